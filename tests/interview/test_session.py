import random
from typing import Any

import pytest

from risk_engine.engine.facts import Read
from risk_engine.interview.bounds import Bounds
from risk_engine.interview.record import Record, Under
from risk_engine.interview.session import Session, Step
from tests.interview.playing import answer, completed, random_case

RUNS = 40
AGAIN = 3
"""So often all that was not asked is answered anew."""


def session(record: Record) -> Session:
    return Session(record, Bounds())


def first(one: Session, kind: str = "fact") -> Step:
    step = one.next()
    while step is not None and step.kind != kind:
        {"list": one.none, "fact": one.skip}.get(step.kind, one.keep)(step)
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


def test_back_after_a_rest_goes_to_what_the_file_answers(empty: Record) -> None:
    """The last answer of the file first; what a table knows, or nobody answered, is passed over."""
    record = empty.with_answer(Read("loan", None, "months"), 6)[0].with_none("artwork")
    record, town = record.with_entry("borrower", "Town")
    record, _moved = record.with_answer(Read("borrower", town, "seat"), "NO")
    one = session(record)
    order = [
        (kind, *entry)
        for kind, entry in (
            ("list", ("artwork", None, None)),
            ("fact", ("borrower", town, "seat")),
            ("name", ("borrower", town, None)),
            ("fact", ("loan", None, "months")),
        )
    ]
    for wanted in order:
        assert one.back()
        step = one.next()
        assert step is not None
        assert (step.kind, *step.read) == wanted
    assert not one.back()


def test_there_is_no_way_back_before_the_first_question(empty: Record) -> None:
    assert not session(empty).back()


# --- it ends with the same result as if everything had been asked ---


@pytest.mark.parametrize("seed", range(RUNS))
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
