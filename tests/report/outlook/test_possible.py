"""What may still come out of the old tree, and which questions decide it."""

from datetime import date
from typing import Any

from risk_engine.model.outlook import Contradiction
from risk_engine.model.words import KnockOut
from tests.report.outlook.samples import (
    answered,
    between,
    doubtful,
    down,
    lines,
    moved,
    outlook,
    possible,
    question,
    reached,
    read_back,
    way,
)

BARS: tuple[KnockOut, ...] = ("none", "hold")
PEST = "Which pests live in it? (Tree “Grandmother”)"


def test_a_level_between_the_bounds_that_cannot_come_out_is_said_not_to() -> None:
    made = outlook(ranges=(between("opening", "go", "shut", levels=(possible("go"), possible("shut"))),))
    # Read back from a file it says the same: JSON keeps no order of levels.
    for one in (made, read_back(made)):
        assert lines(one)[:2] == [
            "What may still come out",
            "Opening: exactly Go or Shut; Wait can no longer come out",
        ]


def test_where_all_levels_can_come_out_only_these_are_told() -> None:
    levels = tuple(map(possible, ("go", "wait", "shut")))
    made = outlook(ranges=(between("opening", "go", "shut", levels=levels),))
    assert lines(made)[1] == "Opening: exactly Go, Wait or Shut"


def test_bounds_that_are_wider_than_what_can_come_out_are_closed() -> None:
    made = outlook(ranges=(between("verdict", "word", "refusal", levels=(possible("terms"),)),))
    assert lines(made)[1] == "Verdict: Terms, whatever the missing answers are"


def test_a_level_that_was_not_decided_is_not_said_to_be_out() -> None:
    levels = (possible("word"), possible("terms"))
    made = outlook(ranges=(between("verdict", "word", "refusal", levels=levels, undecided=("refusal",)),))
    told = lines(made)[1]
    assert told.startswith("Verdict: A word or Terms; of Refusal it was not decided")


def test_a_level_that_only_answers_reach_which_do_not_go_together_is_told_with_them() -> None:
    levels = (possible("go"), doubtful("shut", {"tree.old.pest": "moth"}))
    ranges = (between("opening", "go", "shut", levels=levels),)
    made = outlook(ranges=ranges, contradictions={"INV-1": "A moth lives in a dead tree"})
    told = lines(made)
    assert told[1] == (
        "Opening: exactly Go or Shut; Wait can no longer come out; Shut only with answers that do not go together"
    )
    assert told[2].startswith("Where answers do not go together one of them is wrong, perhaps the one on record")
    assert told[6] == (
        f"Opening: Shut | {PEST} – Moths – does not fit: A moth lives in a dead tree (INV-1; on record: "
        "How is the bark? (Tree “Grandmother”) – Firm)"
    )


def test_an_answer_that_does_not_fit_what_is_on_record_says_so() -> None:
    moth = answered("moth", moved("PEST-2", "none", "high")).model_copy(
        update={"contradicts": (Contradiction(id="INV-1", on_record={}),)}
    )
    made = outlook(
        questions=(question("tree.old.pest", "alone", moth, answered("none")),),
        contradictions={"INV-1": "A moth lives in a dead tree"},
    )
    row = next(one for one in lines(made) if one.startswith(PEST))
    assert row.count("does not fit") == 1
    assert "– does not fit: A moth lives in a dead tree (INV-1); if No pest" in row


def test_each_level_has_the_answers_that_lead_there_and_not_the_harmless_ones() -> None:
    shut = possible("shut", {"tree.old.pest": "moth", "case.need": False}, {"tree.old.age": 5})
    made = outlook(ranges=(between("opening", "go", "shut", levels=(possible("go", None, {"tree.old.age": 5}), shut)),))
    assert lines(made)[3:6] == [
        "What comes out with which answers",
        "Opening: Go | all that is missing as in a harmless case",
        f"Opening: Shut | {PEST} – Moths; Are there others? – no; all else that is missing as in a harmless case",
    ]


def test_where_no_other_answer_is_missing_nothing_is_said_of_others() -> None:
    shut = possible("shut", {"tree.old.pest": "moth"})
    made = outlook(ranges=(between("opening", "go", "shut", levels=(possible("go"), shut)),))
    assert lines(made)[5] == f"Opening: Shut | {PEST} – Moths"


def test_answers_that_fall_away_are_named() -> None:
    shut = possible("shut", {"tree.old.pest": "moth"})
    shut = shut.model_copy(update={"witness": shut.witness.model_copy(update={"set_aside": ("tree.old.age",)})})
    made = outlook(ranges=(between("opening", "go", "shut", levels=(possible("go"), shut)),))
    away = " (no longer asked then: “How old?” (Tree “Grandmother”))"
    assert lines(made)[5] == f"Opening: Shut | {PEST} – Moths{away}"
    left = way("ROPE", set_aside=("tree.old.age",))
    assert f"A rope (ROPE) [in place]{away} | 3 | " in lines(outlook(ways=(down(left),)))[2]


def test_an_entry_of_an_open_list_has_its_words_in_a_file_too() -> None:
    with_entry = possible("shut", {"ladder": ({"id": "a", "height": 3},)})
    made = outlook(ranges=(between("opening", "go", "shut", levels=(possible("go"), with_entry)),))
    for one in (made, read_back(made)):
        assert lines(one)[-1] == "Opening: Shut | Ladder – a ladder, but: 3"


def test_a_level_that_counts_only_until_the_answers_are_there_is_said_to_be_no_outcome() -> None:
    made = outlook(ranges=(between("opening", "wait", "wait", levels=(possible("wait"),)),))
    assert lines(made)[1] == (
        "Opening: Wait in the end, whatever the missing answers are; until they are there it is Shut"
    )
    made = outlook(ranges=(between("opening", "go", "wait", levels=(possible("go"), possible("wait"))),))
    assert lines(made)[1] == ("Opening: exactly Go or Wait in the end; until the missing answers are there it is Shut")


def test_an_answer_that_leaves_a_level_that_only_counts_for_now_says_it_is_open() -> None:
    one = answered("moth").model_copy(update={"reached": reached(opening=("shut", "wait", "wait"))})
    told = lines(outlook(questions=(question("tree.old.pest", "alone", one),)))
    assert told[2].endswith("if Moths: Opening: still open (Wait or Shut)")


def test_what_is_settled_has_no_range() -> None:
    settled = between("watch", "elders", "elders", levels=(possible("elders"),))
    told = lines(outlook(ranges=(settled,)))
    assert "What may still come out" not in told
    assert not [one for one in told if "elders" in one]


def test_questions_are_told_by_what_they_decide() -> None:
    made = outlook(
        questions=(
            question("tree.old.pest", "alone", answered("moth", moved("PEST-2", "high", "critical"))),
            question("case.need", "together"),
            question("tree.old.owner", "none"),
        )
    )
    assert lines(made) == [
        "What to ask next",
        "Ask these first: each can change the result alone",
        f"{PEST} | The gardener | if Moths: PEST-2 becomes high to critical – Opening: Wait; Verdict: Terms",
        "These can change it only together with other answers:",
        "Are there others?",
        "You need not ask this 1 question: no answer to it changes Opening or Verdict, or any way to lower them.",
        "Whose is it? (Tree “Grandmother”) [confidential]",
    ]


def test_nothing_is_said_of_questions_where_none_is_open() -> None:
    assert "What to ask next" not in lines(outlook())


def test_what_a_table_states_is_no_question_that_need_not_be_asked() -> None:
    told = lines(outlook(questions=(question("tree.old.shade", "none"),)))
    assert "What to ask next" not in told
    told = lines(outlook(questions=(question("tree.old.shade", "none"), question("case.need", "none"))))
    needless = "no answer to it changes Opening or Verdict, or any way to lower them."
    assert told[1:3] == [f"You need not ask this 1 question: {needless}", "Are there others?"]


def test_what_follows_from_an_open_row_of_a_table_is_no_question_of_its_own() -> None:
    cell = question("tree.old.shade", "together").model_copy(update={"after": ("case.need",)})
    told = lines(outlook(questions=(question("case.need", "together"), cell)))
    assert told[1:] == ["These can change it only together with other answers:", "Are there others?"]
    several = (*[question("case.need", "together")] * 8, cell)
    assert not [one for one in lines(outlook(questions=several)) if one.startswith("and ")]
    # A cell that is empty in the row on record follows from nothing: somebody has to find out.
    told = lines(outlook(questions=(question("tree.old.shade", "together"),)))
    assert told[-1].startswith("Shade, as the map has it (")


def _row(*answers: Any, path: str = "tree.old.pest") -> str:
    made = outlook(questions=(question(path, "alone", *answers),))
    return lines(made)[2]


def test_answers_that_do_the_same_are_told_together() -> None:
    assert "if Moths, Worms or Wasps: Opening" in _row(answered("moth", alike=("worm", "wasp")))
    assert "if Moths (or 3 that do the same): Opening" in _row(answered("moth", alike=("worm", "wasp", "ants")))


def test_a_number_or_a_day_has_its_limits() -> None:
    age = "tree.old.age"
    assert "| if 60 to 80: " in _row(answered(60, first=60, last=80), path=age)
    assert "| if 60 or more: " in _row(answered(60, first=60), path=age)
    assert "| if 80 or less: " in _row(answered(60, last=80), path=age)
    assert "| if 60: " in _row(answered(60, first=60, last=60), path=age)


def test_days_have_words_of_their_own_and_where_every_day_does_the_same_none_is_singled_out() -> None:
    day, planted = date(2026, 3, 2), "tree.old.planted"
    for answer, told in (
        (answered(day, first=day), "if 2026-03-02 or later"),
        (answered(day, last=day), "if 2026-03-02 or earlier"),
        (answered(day, first=day, last=day), "if 2026-03-02"),
        (answered(day), "whatever day it is"),
    ):
        made = outlook(questions=(question(planted, "alone", answer),))
        for one in (made, read_back(made)):
            assert f"| {told}: " in lines(one)[2]


def test_only_the_first_answers_of_a_question_are_told() -> None:
    told = _row(*(answered(one) for one in ("moth", "worm", "wasp", "ants", "none")))
    assert "if Ants: " in told
    assert "No pest" not in told
    assert told.endswith("; and more answers")
    assert not _row(answered("moth")).endswith("and more answers")


def test_what_an_answer_brings_about_comes_before_what_it_rules_out() -> None:
    told = _row(answered("moth", moved("ROT-1", "none", "none"), moved("PEST-2", "high", "high")))
    assert "if Moths: PEST-2 becomes high, ROT-1 is out of the question – " in told
    told = _row(answered("moth", moved("ROT-1", "none", "high"), moved("PEST-2", "high", "high")))
    assert "if Moths: PEST-2 becomes high, ROT-1 becomes none to high – " in told
    several = [moved(f"PEST-{one}", "high", "high") for one in range(6)]
    assert "PEST-3 becomes high, 2 more findings move – " in _row(answered("moth", *several))


def test_a_finding_whose_severity_stays_moves_by_what_it_bars() -> None:
    freed, held = (moved("PEST-2", "none", "critical", bars=bars) for bars in BARS)
    assert "PEST-2 bars nothing any more" in _row(answered("moth", freed))
    assert "PEST-2 is settled" in _row(answered("moth", held))


def test_what_is_open_after_an_answer_is_told_with_its_levels_in_order() -> None:
    open_ = reached(opening=("wait", "go", "shut"), verdict="word", watch="elders")
    made = answered("moth").model_copy(update={"reached": open_})
    one = outlook(questions=(question("tree.old.pest", "alone", made),))
    for each in (one, read_back(one)):
        assert lines(each)[2].endswith("Opening: still open (Go, Wait or Shut); Verdict: A word")


def test_of_many_questions_the_first_are_told_and_the_rest_counted() -> None:
    alone = tuple(question("case.need", "alone", answered(answer=True)) for _ in range(10))
    together = tuple(question("tree.old.pest", "together") for _ in range(9))
    told = lines(outlook(questions=(*alone, *together)))
    assert sum(one.startswith("Are there others?") for one in told) == 8
    assert [one for one in told if one.startswith("and ")] == [
        "and 2 more, all in the outlook as JSON (risk-engine outlook FILE --format json)",
        "and 1 more, in the outlook as JSON (risk-engine outlook FILE --format json)",
    ]
    told = lines(outlook(questions=tuple(question("case.need", "none") for _ in range(191))))
    assert told.count("Are there others?") == 8
    assert told[-1] == "and 183 more, all in the outlook as JSON (risk-engine outlook FILE --format json)"


def test_of_an_entry_of_a_list_only_what_gets_worse_is_told() -> None:
    """An entry answers all that is asked of it, and so settles nearly everything."""
    entry = ({"id": "a", "height": 3},)
    milder = tuple(moved(f"ROT-{one}", "none", "none") for one in range(12))
    told = _row(answered(entry, *milder, moved("PEST-2", "high", "high")), path="ladder")
    assert "if a ladder, but: 3: PEST-2 becomes high – Opening: " in told
    assert "if a ladder, but: 3: Opening: " in _row(answered(entry, *milder), path="ladder")
    bars = moved("ROT-1", "none", "critical").model_copy(update={"knock_out_after": ("hold", "hold")})
    assert "if a ladder, but: 3: ROT-1 " in _row(answered(entry, bars, *milder), path="ladder")


def test_who_should_answer_is_said_where_the_criteria_do() -> None:
    assert "| The cook | " in _row(answered(answer=True), path="case.need")
    assert "| whoever knows the case | " in _row(answered("us"), path="tree.old.owner")
