"""Checks of `was` and `deprecated`: a former name is gone, only one thing claims it, and old answers become answers."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, assert_never

from risk_engine.files.diagnostics import suggestion
from risk_engine.files.language import N_, _
from risk_engine.loading.checks.context import Context, Place, misfit
from risk_engine.loading.checks.facts import FILE
from risk_engine.model.case import RESERVED, UNKNOWN
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    RuleFact,
    TextFact,
)
from risk_engine.model.words import FormerFact, FormerName


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
            _check_values(context, fact, facts[short][1].at("was"))
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


def _check_values(context: Context, fact: AnyFact, place: Place) -> None:
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
