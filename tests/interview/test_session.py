import random
from datetime import date
from typing import Any

import pytest

from risk_engine.engine.facts import Read
from risk_engine.interview.bounds import Bounds
from risk_engine.interview.record import Record, Under, consistent
from risk_engine.interview.session import Session, Step
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import BooleanFact, ChoiceFact, ChoicesFact, DateFact, IntegerFact, RowFact

RUNS = 40


def session(record: Record) -> Session:
    return Session(record, Bounds())


def first(one: Session, kind: str = "fact") -> Step:
    step = one.next()
    while step is not None and step.kind != kind:
        (one.none if step.kind == "list" else one.keep)(step)
        step = one.next()
    assert step is not None
    return step


# --- what is asked ---


def test_a_list_comes_before_what_is_asked_about_its_entries(empty: Record) -> None:
    one = session(empty)
    step = first(one, "list")
    assert one.name(step, "Fan") is not None
    more = one.next()
    assert more is not None
    assert more.kind == "more"
    assert one.name(more, "Head") is not None
    again = one.next()
    assert again == more
    one.keep(more)
    assert one.next() != more


def test_no_further_entry_is_asked_for_where_a_list_is_full(empty: Record) -> None:
    one = session(empty)
    step: Step | None = Step("list", Read("borrower", None, None))
    for name in ("A", "B", "C"):
        assert step is not None
        assert step.kind != "fact"
        one.name(step, name)
        step = one.next()
    assert step is not None
    assert step.kind != "more"


def test_what_was_skipped_is_not_asked_again_in_this_sitting(empty: Record) -> None:
    one = session(empty)
    seen: set[Step] = set()
    while (step := one.next()) is not None:
        assert step not in seen
        seen.add(step)
        one.skip(step)
    assert seen
    assert one.record.data == empty.data  # nobody knows: nothing was answered


def test_a_later_sitting_asks_whether_a_list_that_was_being_filled_goes_on(empty: Record) -> None:
    record, _entry = empty.with_entry("artwork", "Fan")
    step = session(record).next()
    assert step is not None
    assert (step.kind, step.read.entity) == ("more", "artwork")
    record, _moved = record.with_answer(Read("artwork", "fan", "material"), "paper")
    step = session(record).next()
    assert step is not None
    assert step.kind != "more"


# --- the way back ---


def test_back_asks_the_question_before_with_its_answer_standing(empty: Record) -> None:
    one = session(empty)
    step = first(one)
    answer(one, step, random.Random(1), {})  # noqa: S311 (a case, no secret)
    before = one.record.data
    assert one.back()
    assert one.next() == step
    assert one.record.data == before
    one.keep(step)
    assert one.record.data == before
    assert one.next() != step


def test_back_goes_over_what_is_not_asked_any_more(empty: Record) -> None:
    record, _entry = empty.with_entry("artwork", "Fan")
    one = session(record)
    material, lux = Step("fact", Read("artwork", "fan", "material")), Step("fact", Read("artwork", "fan", "lux_hours"))
    one.answer(material, "paper")
    one.answer(lux, 5)
    assert one.back()
    assert one.back()
    assert one.answer(material, "stone") == ("artwork.fan.lux_hours",)
    step = one.next()
    assert step is not None
    assert step.read != lux.read


def test_there_is_no_way_back_before_the_first_question(empty: Record) -> None:
    assert not session(empty).back()


# --- it ends with the same result as if everything had been asked ---


@pytest.mark.parametrize("seed", range(RUNS))
def test_what_is_not_asked_does_not_matter(seed: int, under: Under, base: dict[str, Any]) -> None:
    """The interview of a random complete case ends where the whole case ends, for fewer answers."""
    draw = random.Random(seed)  # noqa: S311 (a case, no secret)
    whole = random_case(draw, under.criteria, base)
    whole = consistent(Record(whole, under))[0].data
    wanted = Bounds().look(Record(whole, under).worked)
    one = session(Record({"id": "L-1", "title": "A loan"}, under))
    while (step := one.next()) is not None:
        answer(one, step, draw, whole)
    assert one.standing.ladders == wanted.ladders


def random_case(draw: random.Random, criteria: CriteriaSet, base: dict[str, Any]) -> dict[str, Any]:
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


def one_entry(draw: random.Random, criteria: CriteriaSet, entity: str, entry: dict[str, Any]) -> dict[str, Any]:
    for short, fact in criteria.entities[entity].facts.items():
        if short not in entry and getattr(fact, "from_", None) is not None:
            continue
        if short in entry and draw.random() < 0.7:
            continue
        match fact:
            case BooleanFact():
                entry[short] = draw.random() < 0.5
            case ChoiceFact():
                entry[short] = draw.choice(list(fact.options))
            case ChoicesFact():
                entry[short] = tuple(one for one in fact.options if draw.random() < 0.3)
            case IntegerFact():
                entry[short] = draw.randint(*fact.range)
            case DateFact():
                entry[short] = date(draw.choice((1925, 1938, 1960, 2027)), 5, 1)
            case RowFact():
                entry[short] = draw.choice(list(criteria.tables[fact.of].rows))
            case _:
                entry.setdefault(short, "x")
    return entry


def answer(one: Session, step: Step, draw: random.Random, whole: dict[str, Any]) -> None:
    """Answer a step as the whole case has it; without one, anything."""
    entity, entry, fact = step.read
    stated = whole.get(entity)
    if step.kind == "list":
        one.name(step, stated[0]["called"]) if stated else one.none(step)
    elif step.kind == "more":
        have = len(one.record.entries(entity))
        one.name(step, stated[have]["called"]) if stated and have < len(stated) else one.keep(step)
    else:
        found = next((each for each in stated or () if each["id"] == entry), {}) if entry else stated or {}
        value = found.get(fact) if whole else one_entry(draw, one.record.criteria, entity, {}).get(fact or "")
        one.answer(step, None if value == "unknown" else value)
