"""Checks of facts.yaml: what a fact needs to be asked, where its table value comes from, when it is asked.

And of `was` and `deprecated`: a former name is gone, only one thing claims it, and old answers become answers.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, assert_never

from risk_engine.files.diagnostics import quoted, suggestion
from risk_engine.files.language import N_, _
from risk_engine.loading.checks.conditions import Scope, check, circles, uses_of
from risk_engine.loading.checks.context import Context, Place, misfit
from risk_engine.model.case import RESERVED, UNKNOWN
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    Entity,
    IntegerFact,
    RowFact,
    RuleFact,
    TextFact,
    answers_named,
)
from risk_engine.model.references import first_answered
from risk_engine.model.words import FormerFact, FormerName

FILE = "facts.yaml"
NO_OPTIONS = frozenset({UNKNOWN, "true", "false", "null"})
"""What a file reads as something else than the name of an option. `yes` and `no` are words here, as everywhere."""


class _Owner(NamedTuple):
    """The entity that a fact belongs to."""

    name: str
    entity: Entity


def check_facts(context: Context) -> None:
    """Report what is wrong with the entities and their facts."""
    before = len(context.problems)
    for name, entity in context.criteria.entities.items():
        place = Place(FILE, (name,))
        if name in RESERVED:
            message = _("an entity cannot be named `{name}`", name=name)
            context.report(place, message, _("cases and rules use that word for something else"), key=True)
        _check_list(context, entity, place)
        for short, fact in entity.facts.items():
            here = place.at("facts", short)
            if short == "id":
                context.report(here, _("a fact cannot be named `id`"), _("every entry of a list has an id"), key=True)
            _check_asked(context, fact, here)
            _check_ask_when(context, _Owner(name, entity), fact, here)
            if isinstance(fact, RowFact):
                context.need("table", fact.of, context.criteria.tables, here.at("of"))
            elif not isinstance(fact, TextFact):
                _check_values(context, fact, here)
                _check_from(context, _Owner(name, entity), short, fact, here)
                _check_otherwise(context, fact, here)
        _check_belonging(context, _Owner(name, entity), place)
    _check_circles(context)
    is_read = not any(kind in {"entity", "fact"} for kind, _ in context.broken)
    context.facts_are_sound = is_read and len(context.problems) == before


def _check_asked(context: Context, fact: AnyFact, place: Place) -> None:
    if fact.asked_of is not None:
        known = context.criteria.head.asked_of
        context.need("`asked_of` word", fact.asked_of, known, place.at("asked_of"))
    if isinstance(fact, RowFact | TextFact) or fact.from_ is None:
        missing = [key for key in ("question", "asked_of") if getattr(fact, key) is None]
        if missing:
            message = _("a fact that people answer needs {keys}", keys=quoted(missing, "and"))
            context.report(place, message, key=True)


def _check_values(context: Context, fact: RuleFact, place: Place) -> None:
    if isinstance(fact, IntegerFact) and fact.range[0] > fact.range[1]:
        context.report(place.at("range"), _("the range ends below its beginning"), _("write `[lowest, highest]`"))
    _check_change(context, fact, place.at("changeable"))
    for option in fact.options if isinstance(fact, ChoiceFact | ChoicesFact) else ():
        if option in NO_OPTIONS:
            message = _("an option cannot be named `{option}`", option=option)
            help_text = _("name it by what it means, like `not_disclosed`")
            context.report(place.at("options", option), message, help_text, key=True)


def _check_change(context: Context, fact: RuleFact, place: Place) -> None:
    """Report a change to an answer that there is not, or to the riskiest one: nobody is led there."""
    match fact:
        case BooleanFact(riskier=riskier):
            known = ["true", "false"]
            worst = None if riskier is None else known[0 if riskier else 1]
        case ChoiceFact(options=options, riskier=riskier):
            known = list(options)
            worst = None if riskier is None else known[-1 if riskier == "later" else 0]
        case ChoicesFact(options=options):
            known, worst = list(options), None
        case IntegerFact() | DateFact():
            return
        case _:
            assert_never(fact)
    for answer in answers_named(fact) or ():
        if answer not in known:
            message = _("`{answer}` is no answer to the fact", answer=answer)
            context.report(place.at(answer), message, suggestion(answer, known), key=True)
        elif answer == worst:
            message = _("`{answer}` is the riskiest answer, so no way down leads to it", answer=answer)
            context.report(place.at(answer), message, _("name the answers that a redesign can reach"), key=True)


def _check_from(context: Context, owner: _Owner, short: str, fact: RuleFact, place: Place) -> None:
    if fact.from_ is None:
        if fact.column is not None:
            context.report(place.at("column"), _("`column` goes with `from`"), _("say which row it is a column of"))
        return
    source = owner.entity.facts.get(fact.from_)
    if not isinstance(source, RowFact):
        if not context.is_broken("fact", f"{owner.name}.{fact.from_}"):
            rows = [one for one, other in owner.entity.facts.items() if isinstance(other, RowFact)]
            help_text = _("its `row` facts: {facts}", facts=quoted(rows, "and")) if rows else _("declare a `row` fact")
            message = _("`{entity}` has no `row` fact `{fact}`", entity=owner.name, fact=fact.from_)
            context.report(place.at("from"), message, help_text)
        return
    if source.ask_when is not None and fact.ask_when is None:
        message = _("`{row}` is not always asked, so nothing may say what `{fact}` is", row=fact.from_, fact=short)
        context.report(place, message, _("give it `ask_when` and `otherwise` as well"), key=True)
    if table := context.criteria.tables.get(source.of):
        where = place.at("column" if fact.column else "from")
        context.need(N_("column") + f" of `{source.of}`", fact.column or short, table.columns, where)


def _check_list(context: Context, entity: Entity, place: Place) -> None:
    """Report a condition of an entity that is no list, or one that reads lists: it says whether there are entries."""
    if entity.ask_when is None:
        return
    if entity.many is None:
        message = _("`ask_when` of an entity goes with `many`: of a single one there is always exactly one")
        context.report(place.at("ask_when"), message, _("say at its facts when they are asked"), key=True)
        return
    scope = Scope(context.criteria.entities, context.in_force(), "ask_when", None)
    check(context, entity.ask_when, place.at("ask_when"), scope)


def _check_belonging(context: Context, owner: _Owner, place: Place) -> None:
    """Report a fact that says to what an entry belongs where that is no other list, or where another fact says so."""
    lists = {name: one for name, one in context.criteria.entities.items() if one.many is not None}
    declared = [
        (place.at("facts", short, "belongs_to"), fact.belongs_to)
        for short, fact in owner.entity.facts.items()
        if isinstance(fact, TextFact) and fact.belongs_to is not None
    ]
    for number, (here, wanted) in enumerate(declared):
        if owner.name not in lists:
            context.report(here, _("`{name}` is no list, so it has no entries that belong", name=owner.name), key=True)
        elif number:
            message = _("another fact of `{name}` says to what an entry belongs", name=owner.name)
            context.report(here, message, _("leave one of them"), key=True)
        elif wanted == owner.name:
            context.report(here, _("an entry cannot belong to another one of the same list"), key=True)
        elif wanted in context.criteria.entities and wanted not in lists:
            context.report(here, _("`{name}` is no list", name=wanted), _("name an entity with `many`"))
        else:
            context.need("entity", wanted, lists, here)


def _check_ask_when(context: Context, owner: _Owner, fact: AnyFact, place: Place) -> None:
    if fact.ask_when is None:
        return
    entry_of = owner.name if owner.entity.many else None
    scope = Scope(context.criteria.entities, context.in_force(), "ask_when", entry_of)
    check(context, fact.ask_when, place.at("ask_when"), scope)


def _check_otherwise(context: Context, fact: RuleFact, place: Place) -> None:
    if fact.ask_when is None:
        if fact.otherwise is not None:
            message = _("`otherwise` goes with `ask_when`")
            context.report(place.at("otherwise"), message, _("say when the fact is asked"), key=True)
    elif fact.otherwise is None:
        message = _("`ask_when` needs `otherwise`")
        context.report(place, message, _("say what the fact is when it is not asked"), key=True)
    elif problem := misfit(fact, fact.otherwise):
        context.report(place.at("otherwise"), *problem)


def _check_circles(context: Context) -> None:
    """Report facts whose `ask_when` depends on themselves."""
    if circles(uses_of(context.criteria.definitions)):
        return
    asks = {
        f"{name}.{short}": sorted(first_answered(context.criteria, name, fact))
        for name, entity in context.criteria.entities.items()
        for short, fact in entity.facts.items()
        if fact.ask_when is not None
    }
    for circle in circles(asks):
        entity_name, _dot, short = circle[0].partition(".")

        message = _("whether `{fact}` is asked depends on itself: {circle}", fact=circle[0], circle=" → ".join(circle))
        context.report(Place(FILE, (entity_name, "facts", short, "ask_when")), message, _("break the circle"))


class _Kind(NamedTuple):
    """Things that are told apart by name: what they are called in a message, and the names of today."""

    called: str
    known: Collection[str]


def check_former_names(context: Context) -> None:
    """Report former names that are none, that two things claim, or whose answers cannot be given today."""
    criteria = context.criteria
    entities = _Kind(N_("entity"), {*criteria.entities, *RESERVED})
    _check_names(context, entities, {name: (one.was, Place(FILE, (name,))) for name, one in criteria.entities.items()})
    for name, entity in criteria.entities.items():
        facts = {short: (fact.was, Place(FILE, (name, "facts", short))) for short, fact in entity.facts.items()}
        _check_names(context, _Kind(N_("fact"), {*entity.facts, "id"}), facts)
        for short, fact in entity.facts.items():
            _check_former_values(context, fact, facts[short][1].at("was"))
            _check_options(context, fact, facts[short][1].at("deprecated_options"))
    controls = {name: (one.was, Place("controls.yaml", (name,))) for name, one in criteria.controls.items()}
    _check_names(context, _Kind(N_("control"), criteria.controls), controls)
    files = context.indicator_files
    indicators = {name: (one.was, Place(files[name], (name,))) for name, one in criteria.indicators.items()}
    _check_names(context, _Kind(N_("indicator"), criteria.indicators), indicators)
    for was, place in indicators.values():
        for number, old in enumerate(was):
            if old.until is not None:
                message = _("only profiles name indicators, and they name no day: `until` says nothing here")
                context.report(place.at("was", number), message, _("take it out"))


def _check_names(
    context: Context, kind: _Kind, things: Mapping[str, tuple[Sequence[FormerName | FormerFact], Place]]
) -> None:
    """Report former names that something still has, or that two things claim."""
    claimed: dict[str, str] = {}
    for name, (was, place) in things.items():
        for number, old in enumerate(was):
            here = place.at("was", number)
            named = {"kind": _(kind.called), "old": old.name, "name": name}
            if old.name is None:
                continue
            if old.name in kind.known:
                message = _("there still is the {kind} `{old}`, so `{name}` cannot have taken its place", **named)
                context.report(here, message, _("name what is gone; two that swap their names need new ones"))
            elif old.name in claimed:
                message = _("`{first}` says already that it was `{old}`", first=claimed[old.name], **named)
                context.report(here, message, _("an old name has one meaning only; take one of the two out"))
            claimed.setdefault(old.name, name)


def _check_former_values(context: Context, fact: AnyFact, place: Place) -> None:
    """Report old answers that are still given, and what they cannot be today."""
    unnamed = [number for number, old in enumerate(fact.was) if old.name is None]
    for number in unnamed[1:]:
        context.report(place.at(number), _("there are two lists of old answers without a name"), _("make one of them"))
    for number, old in enumerate(fact.was):
        here = place.at(number)
        if old.name is None and not old.values:
            context.report(here, _("`was` needs a name, old answers (`values`), or both"))
        if not old.values:
            continue
        if isinstance(fact, RowFact | TextFact):
            way_out = _("give the row an alias") if isinstance(fact, RowFact) else _("take `values` out")
            message = _("`values` is for answers that rules read, and this is a `{type}` fact", type=fact.type)
            context.report(here, message, way_out)
            continue
        for answer, new in old.values.items():
            if answer == UNKNOWN:
                message = _("`unknown` is no answer, and cannot become one")
                context.report(here, message, _("take it out"))
            elif old.name is None and answer in set(_answers(fact, answer)):
                message = _("`{answer}` still is an answer to the fact, so it cannot stand for another", answer=answer)
                context.report(here, message, _("name what is gone"))
            elif new != UNKNOWN and (problem := _misfit(fact, new)):
                what = _("`{answer}` cannot become this: {problem}", answer=answer, problem=problem[0])
                context.report(here, what, problem[1] or _("or `unknown`, where the old answer says too little"))


def _misfit(fact: RuleFact, value: bool | int | date | str | tuple[str, ...]) -> tuple[str, str] | None:  # noqa: FBT001
    """Return why an old answer cannot be this today; of `choices` it may be one option or several."""
    single = isinstance(fact, ChoicesFact) and not isinstance(value, tuple)
    return misfit(fact, (f"{value}",) if single else value)


_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _answers(fact: RuleFact, text: str) -> Iterator[str]:
    """Yield the answers of today that a text may be."""
    match fact:
        case BooleanFact():
            yield from ("true", "false")
        case ChoiceFact(options=options) | ChoicesFact(options=options):
            yield from options
        case IntegerFact(range=(lowest, highest)):
            if _NUMBER.fullmatch(text) and lowest <= int(text) <= highest:
                yield text
        case DateFact():
            if _DAY.fullmatch(text):
                yield text
        case _:
            assert_never(fact)


def _check_options(context: Context, fact: AnyFact, place: Place) -> None:
    """Report an option that is deprecated and not there, and options of which none is left."""
    if not isinstance(fact, ChoiceFact | ChoicesFact):
        return
    for option in fact.deprecated_options:
        if option not in fact.options:
            message = _("`{option}` is no option of the fact", option=option)
            way_out = suggestion(option, fact.options) or _("what is gone stands in `was`, under `values`")
            context.report(place.at(option), message, way_out, key=True)
    if fact.options and fact.options.keys() <= fact.deprecated_options.keys():
        message = _("every option is deprecated, so nothing could be answered")
        context.report(place, message, _("mark the fact as `deprecated`"), key=True)
