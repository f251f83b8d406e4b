import random
from typing import Any

import pytest

from risk_engine.engine.facts import Read
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds, Step
from tests.office.interview.playing import answer, completed, random_case

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


MORE = Step("more", Read("borrower", None, None))
NAMELESS = Step("name", Read("borrower", None, None))


def with_borrowers(record: Record, *names: str) -> Record:
    for name in names:
        record, _entry = record.with_entry("borrower", name)
    return record


def asked_of_the_list(one: Session) -> list[str]:
    """Return what is asked of the list as a whole, until it is over; each question is left as it is."""
    found: list[str] = []
    while (step := one.next()) is not None and step.read == MORE.read:
        found.append(step.kind)
        one.keep(step)
    return found


@pytest.mark.parametrize("is_yes_said", [False, True])
def test_whoever_wants_one_more_of_the_list_that_is_asked_about_is_asked_once(
    empty: Record, *, is_yes_said: bool
) -> None:
    one = session(with_borrowers(empty, "A"))
    assert one.next() == MORE
    if is_yes_said:
        one.ask_name(MORE)
        assert one.next() == NAMELESS
    one.add("borrower")
    assert one.next() == MORE
    assert asked_of_the_list(one) == ["more"]


def test_one_more_of_a_list_that_waits_behind_another_is_asked_first_and_once(empty: Record) -> None:
    one = session(with_borrowers(empty, "A").with_entry("artwork", "Fan")[0])
    step = one.next()
    assert step is not None
    behind = {"artwork": "borrower", "borrower": "artwork"}[step.read.entity]
    one.add(behind)
    assert one.next() == Step("more", Read(behind, None, None))
    one.keep(Step("more", Read(behind, None, None)))
    assert one.next() == step
    one.keep(step)
    assert (after := one.next()) is None or after.kind != "more"


@pytest.mark.parametrize("is_yes_said", [False, True])
def test_after_the_last_entry_that_fits_none_is_asked_for(empty: Record, *, is_yes_said: bool) -> None:
    """However often one more was wanted."""
    one = session(with_borrowers(empty, "A", "B"))
    if is_yes_said:
        one.ask_name(MORE)
    one.add("borrower")
    one.add("borrower")
    assert one.name(MORE, "C") == "c"
    assert asked_of_the_list(one) == []
    assert one.name(MORE, "D") is None
    assert [entry["called"] for entry in one.record.entries("borrower")] == ["A", "B", "C"]


def test_a_later_sitting_asks_for_no_entry_of_a_list_that_is_full(empty: Record) -> None:
    assert asked_of_the_list(session(with_borrowers(empty, "A", "B", "C"))) == []


def test_the_way_back_passes_over_a_name_for_which_there_is_no_room_any_more(empty: Record) -> None:
    one = session(with_borrowers(empty, "A", "B"))
    one.ask_name(MORE)
    one.skip(NAMELESS)
    one.add("borrower")
    one.name(MORE, "C")
    assert one.back()
    assert one.next() == Step("name", Read("borrower", "c", None))
    one.keep(Step("name", Read("borrower", "c", None)))
    assert one.back()
    assert one.back()
    assert one.next() == Step("name", Read("borrower", "b", None))


def test_an_entry_that_is_taken_out_makes_room_and_the_list_is_asked_about_once(empty: Record) -> None:
    one = session(with_borrowers(empty, "A"))
    one.ask_name(MORE)
    assert one.name(NAMELESS, "B") == "b"
    one.ask_name(MORE)
    assert one.back()
    assert one.remove(Step("name", Read("borrower", "b", None)))
    assert asked_of_the_list(one) == ["more"]


def test_a_list_that_lost_its_only_entry_is_not_asked_about_another(empty: Record) -> None:
    """It was being filled when somebody went back to its first name."""
    one = session(with_borrowers(empty, "A"))
    assert one.back()
    assert one.remove(Step("name", Read("borrower", "a", None)))
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
