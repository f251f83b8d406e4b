import random
from typing import Any

import pytest

from risk_engine.engine.facts import Read
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds, Step
from tests.office.interview.playing import answer, completed, random_case
from tests.strategies import by_turns

RUNS = 40
AGAIN = 3
"""So often all that was not asked is answered anew."""


def session(record: Record) -> Session:
    return Session(record, Bounds())


OBJECTS, BORROWERS = (Step(Read(name, None, None)) for name in ("artwork", "borrower"))


def first_list(one: Session) -> Step:
    while (step := one.next()) is not None and step.kind != "list":
        one.skip(step)
    assert step is not None
    return step


# --- what is asked ---


def test_the_names_of_all_entries_are_one_answer_and_no_other_is_asked_for(empty: Record) -> None:
    one = session(empty)
    step = first_list(one)
    one.fill(step, ["Fan", "Head"])
    assert [entry["id"] for entry in one.record.entries(step.read.entity)] == ["fan", "head"]
    left: set[str | None] = set()
    while (after := one.next()) is not None:
        assert after.read != step.read
        left.add(after.read.entry)
        one.skip(after) if after.kind == "fact" else one.none(after)
    assert {"fan", "head"} <= left


def with_borrowers(record: Record, *names: str) -> Record:
    for name in names:
        record, _entry = record.with_entry("borrower", name)
    return record


def test_a_list_of_the_file_is_complete_also_where_only_names_are_answered(empty: Record) -> None:
    one = session(with_borrowers(empty, "A"))
    asked = set()
    while (step := one.next()) is not None:
        asked.add(step.read)
        one.skip(step)
    assert BORROWERS.read not in asked
    assert OBJECTS.read in asked
    assert any(read.entry == "a" for read in asked)


def test_entries_that_were_forgotten_are_asked_for_before_all_else_and_once(empty: Record) -> None:
    one = session(with_borrowers(empty, "A"))
    before = one.next()
    one.add("borrower")
    one.add("borrower")
    assert one.next() == BORROWERS
    one.fill(BORROWERS, ["B"])
    assert [entry["called"] for entry in one.record.entries("borrower")] == ["A", "B"]
    assert one.next() != BORROWERS
    assert before != BORROWERS


@pytest.mark.parametrize("no_others", ["keep", "none", "skip"])
def test_where_none_was_forgotten_a_list_stays_as_it_is(empty: Record, no_others: str) -> None:
    one = session(with_borrowers(empty, "A"))
    before = one.next()
    one.add("borrower")
    getattr(one, no_others)(BORROWERS)
    assert [entry["called"] for entry in one.record.entries("borrower")] == ["A"]
    assert one.next() == before


def test_a_full_list_is_not_asked_about(empty: Record) -> None:
    one = session(with_borrowers(empty, "A", "B", "C"))
    one.add("borrower")
    assert one.next() != BORROWERS


def test_the_way_back_leads_over_each_name_and_not_to_the_list(empty: Record) -> None:
    one = session(empty)
    one.fill(BORROWERS, ["A", "B"])
    for entry in ("b", "a"):
        assert one.back()
        assert one.next() == Step(Read("borrower", entry, None))
    assert not one.back()


def test_an_entry_that_is_taken_out_is_gone_and_a_list_without_any_is_open_again(empty: Record) -> None:
    one = session(with_borrowers(empty, "A", "B"))
    for entry in ("b", "a"):
        assert one.record.is_listed("borrower")
        assert one.back()
        assert one.remove(Step(Read("borrower", entry, None)))
    assert not one.record.is_listed("borrower")
    assert not one.back()


def test_an_entry_gets_another_name_and_keeps_its_id(empty: Record) -> None:
    one = session(with_borrowers(empty, "A"))
    assert one.back()
    one.name(Step(Read("borrower", "a", None)), "B")
    assert one.record.entries("borrower") == ({"id": "a", "called": "B"},)


def test_what_was_skipped_is_not_asked_again_in_this_sitting(empty: Record) -> None:
    one = session(empty)
    seen: set[Step] = set()
    while (step := one.next()) is not None:
        assert step not in seen
        seen.add(step)
        one.skip(step)
    assert seen
    assert one.record.data == empty.data  # nobody knows: nothing was answered


# --- the way back ---


def test_back_asks_the_question_before_with_its_answer_standing(empty: Record) -> None:
    one = session(empty)
    one.none(first_list(one))
    step = one.next()
    assert step is not None
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
    material, lux = Step(Read("artwork", "fan", "material")), Step(Read("artwork", "fan", "lux_hours"))
    one.answer(material, "paper")
    one.answer(lux, 5)
    assert one.back()
    assert one.back()
    assert one.answer(material, "stone") == ("artwork.fan.lux_hours",)
    step = one.next()
    assert step is not None
    assert step.read != lux.read


def test_back_after_a_rest_goes_to_what_the_file_answers(empty: Record) -> None:
    """The last answer of the file first; what a table knows, or nobody answered, is passed over."""
    record = empty.with_answer(Read("loan", None, "months"), 6)[0].with_none("artwork")
    record, town = record.with_entry("borrower", "Town")
    record, _moved = record.with_answer(Read("borrower", town, "seat"), "NO")
    one = session(record)
    order = (
        Read("artwork", None, None),
        Read("borrower", town, "seat"),
        Read("borrower", town, None),
        Read("loan", None, "months"),
    )
    for wanted in order:
        assert one.back()
        assert one.next() == Step(wanted)
    assert not one.back()


def test_there_is_no_way_back_before_the_first_question(empty: Record) -> None:
    assert not session(empty).back()


# --- it ends with the same result as if everything had been asked ---


@pytest.mark.parametrize("seed", by_turns(range(RUNS), 10))
def test_what_is_not_asked_does_not_matter(seed: int, under: Under, base: dict[str, Any]) -> None:
    """The interview of a random complete case ends where the whole case ends, whatever else is answered."""
    draw = random.Random(seed)  # noqa: S311 (a case, no secret)
    whole = completed(draw, Record(random_case(draw, under.criteria, base), under)).data
    wanted = Bounds().look(Record(whole, under).worked)
    one = session(Record({"id": "L-1", "title": "A loan"}, under))
    while (step := one.next()) is not None:
        answer(one, step, draw, whole)
    assert one.standing.ladders == wanted.ladders
    for _again in range(AGAIN):
        other = completed(draw, one.record)
        reached = {level.ladder: (level.level,) for level in other.worked.proposed}
        assert all(reached[each.ladder] == each.levels for each in wanted.ladders)
