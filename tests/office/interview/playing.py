"""Random complete cases of the loan desk, and an interview that is answered as one of them has it."""

import random
from datetime import date
from typing import Any

from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, DateFact, IntegerFact, RowFact
from risk_engine.office.forms.case_record import Record, consistent
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Step, open_questions


def random_case(draw: random.Random, criteria: Criteria, base: dict[str, Any]) -> dict[str, Any]:
    """Draw a complete case: as the base case, with some answers drawn anew, and sometimes two entries or none."""
    found: dict[str, Any] = {"id": "L-1", "title": "A loan"}
    for name, entity in criteria.entities.items():
        if entity.many is None:
            found[name] = one_entry(draw, criteria, name, dict(base[name]))
            continue
        number = draw.choice((0, 1, 1, 1, 2))
        found[name] = tuple(
            one_entry(draw, criteria, name, {**base[name][0], "id": f"e{at}", "called": f"E{at}"})
            for at in range(number)
        )
    return found


def completed(draw: random.Random, record: Record) -> Record:
    """Return a record in which every question is answered: of a row that was drawn anew the table may know less."""
    record = consistent(record)[0]
    while asked := open_questions(record.worked):
        entity, _entry, short = asked[0]
        if short is None:
            record = record.with_none(entity) if draw.random() < 0.3 else record.with_entry(entity, "New")[0]
            continue
        value = drawn(draw, record.criteria.entities[entity].facts[short], record.criteria)
        record = record.with_answer(asked[0], value)[0]
    return record


def one_entry(draw: random.Random, criteria: Criteria, entity: str, entry: dict[str, Any]) -> dict[str, Any]:
    for short, fact in criteria.entities[entity].facts.items():
        if short not in entry and getattr(fact, "from_", None) is not None:
            continue
        if short in entry and draw.random() < 0.7:
            continue
        value = drawn(draw, fact, criteria)
        if value is None:
            entry.setdefault(short, "x")
        else:
            entry[short] = value
    return entry


def drawn(draw: random.Random, fact: AnyFact, criteria: Criteria) -> Any:
    match fact:
        case BooleanFact():
            return draw.random() < 0.5
        case ChoiceFact():
            return draw.choice(list(fact.options))
        case ChoicesFact():
            return tuple(one for one in fact.options if draw.random() < 0.3)
        case IntegerFact():
            return draw.randint(*fact.range)
        case DateFact():
            return date(draw.choice((1925, 1938, 1960, 2027)), 5, 1)
        case RowFact():
            return draw.choice(list(criteria.tables[fact.of].rows))
        case _:
            return None


def answer(one: Session, step: Step, draw: random.Random, whole: dict[str, Any]) -> None:
    """Answer a step as the whole case has it; without one, anything."""
    entity, entry, fact = step.read
    stated = whole.get(entity)
    if step.kind == "list":
        one.fill(step, [each["called"] for each in stated]) if stated else one.none(step)
    else:
        found = next((each for each in stated or () if each["id"] == entry), {}) if entry else stated or {}
        value = found.get(fact) if whole else one_entry(draw, one.record.criteria, entity, {}).get(fact or "")
        one.answer(step, None if value == "unknown" else value)
