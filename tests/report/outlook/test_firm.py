"""How firmly the result on the old tree stands."""

from datetime import date
from typing import Any

from risk_engine.model.outlook import Corner, FindingsMore, Margins, ToNextBand
from tests.report.outlook.samples import lines, outlook, tip, wrong


def told(**margins: Any) -> list[str]:
    return lines(outlook(margins=Margins(**margins)))


def band(points: int, missing: int | None, **changes: Any) -> ToNextBand:
    made = {"dimension": "safety", "least": points, "points": points, "band": "calm", "missing_points": missing}
    return ToNextBand.model_validate(made | {"next_band": None if missing is None else "stormy"} | changes)


def more(number: int, *corners: tuple[str, str]) -> FindingsMore:
    places = tuple(Corner(dimension=dimension, ground=ground) for dimension, ground in corners)
    return FindingsMore(ladder="verdict", level="refusal", number=number, severity="high", places=places)


def test_the_way_to_the_next_band_is_told() -> None:
    taste = {"dimension": "taste"}
    bands = (
        band(19, 1, controls="before"),
        band(1, 19, only_critical=True),
        band(130, None, **taste, controls="before"),
        band(130, None, **taste),
    )
    assert told(bands=bands)[:3] == [
        "How far it is to the next result",
        (
            "Safety of pickers: 19 points before controls, 1 point below Stormy; "
            "1 point after controls, 19 points below Stormy, which only a critical finding reaches"
        ),
        "Taste: 130 points before controls, calm already; 130 points after controls, calm already",
    ]


def test_what_only_missing_answers_could_bring_is_not_told_as_there() -> None:
    bands = (band(140, None, least=0, controls="before"), band(15, 4, least=1))
    assert told(bands=bands)[1] == (
        "Safety of pickers: 0 to 140 points before controls while answers are missing, at most calm; "
        "1 to 15 points after controls while answers are missing, at the most 4 points below Stormy"
    )


def test_further_findings_are_told_with_where_they_may_be() -> None:
    findings = (more(1, ("safety", "harvest")), more(2, ("safety", "harvest"), ("safety", "law"), ("taste", "harvest")))
    assert told(findings=findings)[1:3] == [
        "1 more high finding on one ground – then Verdict: Refusal. It may be in: Safety of pickers: The harvest",
        (
            "2 more high findings on one ground – then Verdict: Refusal. "
            "It may be in: Safety of pickers: The harvest or law; Taste: The harvest"
        ),
    ]


def test_of_findings_that_count_points_of_their_own_it_is_told_how_many() -> None:
    several = [more(number, ("safety", "law")).model_copy(update={"points": 12}) for number in (1, 2)]
    assert [line.partition(" on one ground")[0] for line in told(findings=tuple(several))[1:3]] == [
        "1 more high finding of 12 points",
        "2 more high findings of 12 points each",
    ]


def test_of_many_answers_to_verify_the_first_are_told_and_the_rest_counted() -> None:
    several = tuple(wrong("tree.old.bark", "loose", "firm") for _ in range(12))
    lines_ = told(if_wrong=several, answers=40, moving=29)
    assert sum(" | " in one for one in lines_) == 10
    assert lines_[-1] == "and 19 more, all in the outlook as JSON (risk-engine outlook FILE --format json)"


def test_moves_that_no_criteria_could_have_are_counted() -> None:
    assert told(tried=12, refused=6)[-1] == "6 of these moves were left out: no criteria could have those numbers."
    assert not [one for one in told(tried=12) if "left out" in one]


def test_without_any_distance_there_is_no_such_part() -> None:
    assert "How far it is to the next result" not in told()


def test_the_answers_to_verify_first_say_what_comes_out_if_they_are_wrong() -> None:
    first = (
        wrong("tree.old.bark", "loose", "firm"),
        wrong("tree.old.owner", "us", None, "milder"),
        wrong("tree.old.age", date(2026, 3, 2), 4, "mixed"),
    )
    came = "Opening: Shut; Verdict: Refusal"
    assert told(if_wrong=first, answers=9, moving=3)[:6] == [
        "Which answer to verify first",
        (
            "3 answers on record, of 9, would each change Opening or Verdict if it alone were wrong. "
            "Those that would change most come first."
        ),
        "Answers to verify first",
        f"How is the bark? (Tree “Grandmother”) – Loose | Firm | stricter: {came}",
        f"Whose is it? (Tree “Grandmother”) [confidential] – Ours | not known | milder: {came}",
        f"How old? (Tree “Grandmother”) – 2026-03-02 | 4 | in part stricter, in part milder: {came}",
    ]


def test_one_answer_to_verify_is_told_as_one() -> None:
    lines_ = told(if_wrong=(wrong("tree.old.bark", "loose", "firm"),), answers=9, moving=1)
    assert lines_[1] == "1 answer on record, of 9, would change Opening or Verdict if it alone were wrong."


def test_where_no_wrong_answer_moves_anything_it_says_so() -> None:
    assert told(answers=7)[1] == ("Of 7 answers on record none would change Opening or Verdict if it alone were wrong.")
    assert told(answers=1)[1] == "The 1 answer on record would not change Opening or Verdict if it were wrong."


def test_without_an_answer_on_record_there_is_none_to_verify() -> None:
    assert "Which answer to verify first" not in told(answers=0)


def test_a_result_that_no_number_tips_is_stable() -> None:
    assert told(tried=12)[-1] == (
        "The result is stable: 12 numbers of the criteria were moved down and up by 10, 25 and 50 %, each by itself, "
        "and it stays."
    )
    assert told(tried=1)[-1].startswith("The result is stable: 1 number of the criteria was moved")


def test_the_numbers_that_tip_it_are_named() -> None:
    tips = (
        tip("parameter", "age"),
        tip("points", "high", percent=25),
        tip("band", "stormy"),
        tip("cap", "cap"),
        tip("parameter", "height"),
    )
    lines_ = told(tips=tips, tried=12)
    assert lines_[1].endswith("each by itself. These would tip the result:")
    assert lines_[2:] == [
        "Numbers that tip the result",
        "Age of an old tree | 80 | 72 (within 10 %) | Verdict: A word",
        "Points of a high finding | 80 | 72 (within 25 %) | Verdict: A word",
        "Limit of the band Stormy | 80 | 72 (within 10 %) | Verdict: A word",
        "The cap of what is not critical | 80 | 72 (within 10 %) | Verdict: A word",
        "height | 80 | 72 (within 10 %) | Verdict: A word",
    ]
