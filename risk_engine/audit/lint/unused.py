"""Lints of what does nothing: facts, options, words and records that no rule uses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from risk_engine.audit.lint.ground import Found, Ground
from risk_engine.diagnostics import quoted
from risk_engine.engine.evaluate import holds
from risk_engine.language import N_, _
from risk_engine.model.conditions import Compare, ParameterRef
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import ChoiceFact, ChoicesFact, RowFact, TextFact


def facts(ground: Ground) -> Iterator[Found]:
    """Find facts that no rule reads and that are not kept for the record."""
    used = ground.uses.facts()
    for name, fact, at in ground.facts():
        is_for_record = isinstance(fact, TextFact) or (not isinstance(fact, RowFact) and fact.used_for == "record")
        if name not in used and not is_for_record:
            yield Found(name, ground.places.of("facts.yaml", at, key=True), _("nothing in the set uses this fact"))


def options(ground: Ground) -> Iterator[Found]:
    """Find options of a question that no rule tells apart."""
    for name, fact, at in ground.facts():
        leaves = ground.uses.compared.get(name, ())
        if not isinstance(fact, ChoiceFact | ChoicesFact) or fact.question is None or not leaves:
            continue
        if name in ground.uses.shown_by_roles:
            continue
        told: dict[object, list[str]] = {}
        order = None if isinstance(fact, ChoicesFact) else {one: place for place, one in enumerate(fact.options)}
        for option in fact.options:
            said = tuple(_holds(leaf, option, order, ground.criteria) for leaf in leaves)
            told.setdefault((said, option in _recorded(name, ground.criteria)), []).append(option)
        if alike := [quoted(same, "and") for same in told.values() if len(same) > 1]:
            spot = ground.places.of("facts.yaml", (*at, "options"), key=True)
            yield Found(name, spot, _("no rule tells these apart: {options}", options="; ".join(alike)))


def _recorded(fact: str, criteria: CriteriaSet) -> tuple[object, ...]:
    """Return the answers to a fact that a control would give."""
    return tuple(one.records.is_ for one in criteria.controls.values() if one.records and one.records.fact == fact)


def _holds(leaf: Compare, option: str, order: Mapping[str, int] | None, criteria: CriteriaSet) -> tuple[bool, ...]:
    """Return whether a comparison holds of an option, for every value that its parameter has at some time.

    A fact without an order has a list of options as its answer: the option is the only one chosen then.
    """
    stated = leaf.operand
    values: Sequence[Any] = (stated,)
    if isinstance(stated, ParameterRef):
        values = tuple(one.value for one in criteria.parameters[stated.parameter].values)
    have = (option,) if order is None else option
    return tuple(holds(leaf.op, have, one, order) for one in values)


def parameters(ground: Ground) -> Iterator[Found]:
    """Find parameters that no rule reads."""
    criteria = ground.criteria
    yield from _unused(ground, "parameters.yaml", criteria.parameters, ground.uses.parameters, N_("no rule reads it"))


def definitions(ground: Ground) -> Iterator[Found]:
    """Find definitions that no rule uses."""
    criteria = ground.criteria
    yield from _unused(ground, "definitions.yaml", criteria.definitions, ground.uses.definitions, N_("no rule uses it"))


def controls(ground: Ground) -> Iterator[Found]:
    """Find controls that no option holds and that are not supporting."""
    active = [name for name, one in ground.criteria.controls.items() if not one.supporting]
    yield from _unused(ground, "controls.yaml", active, ground.uses.controls, N_("no control option holds it"))


def _unused(ground: Ground, file: str, names: Iterable[str], used: Iterable[str], sentence: str) -> Iterator[Found]:
    known = frozenset(used)
    for name in names:
        if name not in known:
            yield Found(name, ground.places.of(file, (name,), key=True), _(sentence))


def words(ground: Ground) -> Iterator[Found]:
    """Find dimensions, grounds and people that set.yaml declares and that nothing names."""
    criteria = ground.criteria
    indicators = criteria.indicators.values()
    asked = {fact.asked_of for _name, fact, _at in ground.facts()} | {one.who for one in criteria.controls.values()}
    used_dimensions = {one.dimension for one in indicators} | _sums(criteria)
    declared: tuple[tuple[str, Iterable[str], Iterable[str | None], str], ...] = (
        (
            "dimensions",
            criteria.head.dimensions,
            used_dimensions,
            N_("no indicator is in it"),
        ),
        ("grounds", criteria.head.grounds, {one.ground for one in indicators}, N_("no indicator is on this ground")),
        ("asked_of", criteria.head.asked_of, asked, N_("nobody is asked, and no control is theirs")),
    )
    for key, names, used, sentence in declared:
        for name in names:
            if name not in used:
                yield Found(name, ground.places.of("set.yaml", (key, name), key=True), _(sentence))


def _sums(criteria: CriteriaSet) -> set[str]:
    return {name for name, one in criteria.head.dimensions.items() if one.sums}


def levels(ground: Ground) -> Iterator[Found]:
    """Find levels that no rule of their ladder proposes."""
    for name, ladder in ground.criteria.ladders.items():
        proposed = {ladder.otherwise.level, *(one.level for one in ladder.rules)}
        for level in ladder.levels:
            if level not in proposed:
                spot = ground.places.of("ladders.yaml", (name, "levels", level), key=True)
                yield Found(name, spot, _("no rule proposes the level `{level}`", level=level))
