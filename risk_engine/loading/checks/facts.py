"""Checks of facts.yaml: what a fact needs to be asked, where its table value comes from, when it is asked."""

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

FILE = "facts.yaml"
NO_OPTIONS = frozenset({UNKNOWN, "yes", "no", "on", "off", "true", "false", "null"})
"""What YAML or people read as something else than the name of an option."""


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
