"""A full case, and the same with its first questions answered as the set says and all that they close left out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Read
from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.references import asked_in_order, closable
from risk_engine.model.triage import closed_by, with_first_answers
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES

FIRST = "first_look"
"""What the entity of the first questions is called."""
Data = dict[str, Any]


def detailed(data: Mapping[str, Any]) -> Data:
    """Return a case without answers to the first questions: what it answers counts all the same."""
    return {name: value for name, value in data.items() if name != FIRST}


def worked(data: Mapping[str, Any], criteria: Criteria, on: date) -> Worked:
    """Return what plain data come to, as a file that says so."""
    return work(with_first_answers(case_model(criteria).model_validate(data), criteria), criteria, on)


def short(data: Mapping[str, Any], criteria: Criteria, facts: Facts) -> Data:
    """Return a case with the first answers that its others imply, and without all that is closed then.

    `facts` are those of the case. Where nobody can say whether a yes is implied, the first question is left open.
    """
    implied = {one.fact.partition(".")[2]: evaluate(one.implied, facts).value for one in criteria.head.triage}
    closed = _closed(replace(facts, single={**facts.single, FIRST: Entry(None, implied)}), criteria)
    found: Data = {FIRST: {name: value for name, value in implied.items() if value is not None}}
    for name, value in detailed(data).items():
        if Read(name, None, None) in closed:
            continue
        if name not in criteria.entities:
            found[name] = value
        elif isinstance(value, dict):
            found[name] = _asked(name, None, value, closed)
        else:
            found[name] = tuple(_asked(name, one["id"], one, closed) for one in value)
    return found


def _closed(facts: Facts, criteria: Criteria) -> set[Read]:
    """Return what is not asked: lists, and facts with what hangs on them in turn."""
    single = {name: Entry(None, dict(one.values)) for name, one in facts.single.items()}
    lists = {
        name: None if several is None else tuple(Entry(one.id, dict(one.values)) for one in several)
        for name, several in facts.lists.items()
    }
    settled = replace(facts, single=single, lists=lists)
    closed = {
        Read(name, None, None) for name, one in closable(criteria).items() if evaluate(one, settled).value is False
    }
    for name, short_name, fact, ask_when in asked_in_order(criteria):
        for entry in (single[name],) if name in single else lists[name] or ():
            if evaluate(ask_when, settled, entry).value is False:
                closed.add(Read(name, entry.id, short_name))
                cast("dict[str, Any]", entry.values)[short_name] = getattr(fact, "otherwise", None)
    return closed


def _asked(name: str, entry: str | None, stated: Data, closed: set[Read]) -> Data:
    return {one: value for one, value in stated.items() if Read(name, entry, one) not in closed}


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
