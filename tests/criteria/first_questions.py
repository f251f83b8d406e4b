"""A full case, and the same with its first questions answered as the set says and all that they close left out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts
from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.references import closable
from risk_engine.model.triage import closed_by
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES

FIRST = "first"
"""What the entity of the first questions is called."""
Data = dict[str, Any]


def detailed(data: Mapping[str, Any]) -> Data:
    """Return a case without answers to the first questions: what it answers counts all the same."""
    return {name: value for name, value in data.items() if name != FIRST}


def short(data: Mapping[str, Any], criteria: Criteria, on: date) -> Data:
    """Return a case with the first answers that its others imply, and without all that these close.

    Where nobody can say whether a yes is implied, the first question is left open.
    """
    model = case_model(criteria)
    facts = work(model.model_validate(detailed(data)), criteria, on).facts
    implied = {one.fact.partition(".")[2]: evaluate(one.implied, facts).value for one in criteria.head.triage}
    answered = replace(facts, single={**facts.single, FIRST: Entry(None, implied)})
    left = {name: _left(name, value, criteria, answered) for name, value in detailed(data).items()}
    closed = {name for name, condition in closable(criteria).items() if evaluate(condition, answered).value is False}
    first = {name: value for name, value in implied.items() if value is not None}
    return {**{name: value for name, value in left.items() if name not in closed}, FIRST: first}


def denied(data: Mapping[str, Any], first: str, criteria: Criteria) -> Data:
    """Return a case in which a first question is answered with a no, without what is so without being asked."""
    closed = closed_by(criteria)[f"{FIRST}.{first}"]
    plain = {one: getattr(criteria.fact(one), "otherwise", None) for one in closed if "." in one}

    def stated(name: str, entry: Data) -> Data:
        return {one: value for one, value in entry.items() if not _is_plain(value, plain.get(f"{name}.{one}"))}

    found = {
        name: stated(name, value) if isinstance(value, dict) else tuple(stated(name, one) for one in value)
        for name, value in data.items()
        if name in criteria.entities and name != FIRST
    }
    return {**data, **found, FIRST: {first: False}}


def _is_plain(value: Any, otherwise: Any) -> bool:
    return otherwise is not None and value == otherwise


def _left(name: str, value: Any, criteria: Criteria, facts: Facts) -> Any:
    """Return what is left of what a case states, without answers to questions that are closed."""
    if name not in criteria.entities:
        return value
    if isinstance(value, dict):
        return _asked(name, value, criteria, facts, None)
    entries = {one.id: one for one in facts.lists[name] or ()}
    return tuple(_asked(name, one, criteria, facts, entries[one["id"]]) for one in value or ())


def _asked(name: str, stated: Data, criteria: Criteria, facts: Facts, entry: Entry | None) -> Data:
    declared = criteria.entities[name].facts
    asked = {one: fact.ask_when for one, fact in declared.items() if fact.ask_when is not None}
    return {
        one: value
        for one, value in stated.items()
        if one not in asked or evaluate(asked[one], facts, entry).value is not False
    }


def milder(full: Worked, less: Worked) -> Iterator[str]:
    """Yield what is milder in the second of two cases, or gone from it."""
    after = {one.ladder: one for one in less.proposed}
    for proposed in full.proposed:
        order = list(full.criteria.ladders[proposed.ladder].levels)
        for end in ("level", "lowest", "highest"):
            before, now = getattr(proposed, end), getattr(after[proposed.ladder], end)
            if order.index(now) < order.index(before):
                yield f"{proposed.ladder}: {end} {now}, was {before}"
    found = {one.id: one for one in less.found}
    for one in full.found:
        if one.outcome == "present" and _weighs(found[one.id]) != _at_least(_weighs(one), _weighs(found[one.id])):
            yield f"{one.id}: {_weighs(found[one.id])}, was {_weighs(one)}"


def _weighs(found: Found) -> tuple[int, ...]:
    """Return how much a finding weighs: whether it is present, its severities, what is left, what it bars."""
    severities = (found.inherent, found.possible, *found.residual)
    return (
        ("absent", "undetermined", "present").index(found.outcome),
        *map(SEVERITIES.index, severities),
        *map(KNOCK_OUTS.index, found.knock_out),
    )


def _at_least(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(max, one, other))
