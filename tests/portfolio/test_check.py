from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.portfolio.assess import check_case

SETS = Path(__file__).parents[1] / "sets"
LOAN_DESK = str(SETS / "loan-desk")
LOAN_CASE = SETS / "loan-desk-case.yaml"
TODAY = date(2026, 3, 2)


def lines(path: Path, on: date | None = None) -> list[str]:
    return [line.strip() for line in check_case(path, LOAN_DESK, on, today=TODAY)]


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    text = LOAN_CASE.read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path = folder / "case.yaml"
    path.write_text(text, "utf-8")
    return path


def place(path: Path, text: str, column: int) -> str:
    line = path.read_text("utf-8").splitlines().index(text) + 1
    return f"{path}:{line}:{column}"


def test_what_is_answered_is_counted_by_who_is_asked() -> None:
    assert lines(LOAN_CASE)[1:] == [
        "The registrar: 11 of 12 answered",
        "not answered: loan.escorted: Does one of us travel with it?",
        "true · false",
        "The conservator: 10 of 11 answered",
        "not answered: borrower.plain.damages: How many loans came back damaged?",
        "The house that borrows: 4 of 4 answered",
        f"to answer: `risk-engine case set {LOAN_CASE} PATH VALUE`, or be asked: `risk-engine interview {LOAN_CASE}`",
    ]


def test_a_list_that_is_not_answered_counts_once_for_everybody_who_would_be_asked(tmp_path: Path) -> None:
    text = LOAN_CASE.read_text("utf-8")
    start, end = text.index("artwork:"), text.index("controls:")
    path = tmp_path / "case.yaml"
    path.write_text(f"{text[:start]}artwork: unknown\n{text[end : text.index('evidence:', end)]}", "utf-8")
    found = lines(path)
    assert found.count("not answered: artwork: Object") == 2


def test_an_answer_unlike_the_table_is_shown_with_both_places(tmp_path: Path) -> None:
    path = changed(tmp_path, ("    seat: RIFT\n", "    seat: RIFT\n    quake_zone: calm\n"))
    found = lines(path)
    number = next(number for number, line in enumerate(found) if line.startswith("look at this: the case states"))
    assert found[number] == (
        "look at this: the case states “Hardly any earthquakes” for borrower.plain.quake_zone; "
        "the table of regions has “Severe ones” for Rift Plain"
    )
    assert found[number + 1 : number + 3] == [
        place(path, "    quake_zone: calm", 17),
        place(path, "    seat: RIFT", 11),
    ]


def test_a_record_for_many_answers_is_shown_with_few_places(tmp_path: Path) -> None:
    answers = [f"loan.{one}" for one in ("occasion", "months", "opens_on", "paperwork", "shipper", "reach", "swap")]
    for number, last in ((7, "and 3 more places"), (5, "swap")):
        record = f"  - {{for: [{', '.join(answers[-number:])}], kind: form, reference: F-1, date: 2126-11-20}}"
        path = changed(tmp_path, ("\nevidence:\n", f"\nevidence:\n{record}\n"))
        found = lines(path)
        about = "the evidence “F-1” is dated 2126-11-20, after the day of the assessment"
        start = found.index(f"look at this: {about}; the answers count all the same")
        end = next(at for at, line in enumerate(found) if at > start and not line.startswith((f"{path}:", "and ")))
        assert end - start - 1 == 5
        assert found[end - 1] == (last if last != "swap" else place(path, "  swap: hard", 9))


def test_a_control_said_to_be_in_place_without_evidence_is_shown(tmp_path: Path) -> None:
    path = changed(tmp_path, ("status: planned, due", "status: verified, due"))
    found = lines(path)
    assert "look at this: SIGN is said to be verified, but no evidence counts: it counts as agreed" in found
    assert place(path, "  - {id: SIGN, status: verified, due: 2026-04-01}", 5) in found


def test_the_day_that_is_asked_for_comes_before_that_of_the_case() -> None:
    assert any(
        "LAB-77" in line and "dated 2026-01-12, after the day" in line for line in lines(LOAN_CASE, date(2026, 1, 1))
    )
    assert not any("LAB-77" in line for line in lines(LOAN_CASE))


def test_a_question_of_no_use_is_not_missed() -> None:
    # Nothing is opened to the public, so nobody needs to know in which country.
    found = list(check_case(Path(__file__).parents[2] / "examples" / "boreal-carbon.yaml", None, None, today=TODAY))
    assert [line for line in found if "not answered" in line] == []


def test_without_a_day_nothing_is_checked(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match="2:1: the case has no `assessment_date:`"):
        lines(changed(tmp_path, ("assessment_date: 2026-03-02\n", "")))


def test_answer_that_another_closes_is_told_with_its_place(tmp_path: Path) -> None:
    path = changed(tmp_path, ("    hazards: []\n", "    hazards: []\n    lux_hours: 5\n"))
    told = list(lines(path))
    (at,) = (number for number, one in enumerate(told) if "look at this: artwork.portrait.lux_hours is answered" in one)
    assert told[at + 1].strip() == place(path, "    lux_hours: 5", 16)


def test_problems_are_raised_before_anything_is_said(tmp_path: Path) -> None:
    path = changed(tmp_path, ("fragility: robust", "fragility: rubust"), ("status: submitted", "status: sent"))
    with pytest.raises(InvalidSourceError) as error:
        next(iter(check_case(path, LOAN_DESK, None, today=TODAY)))
    assert len(error.value.diagnostics) == 2
