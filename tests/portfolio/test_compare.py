"""One case file under the loan desk and the print room: the comparison holds what each of them comes to alone."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from risk_engine.engine.assess import is_intact, plain
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.plain import canonical
from risk_engine.model.comparison import Comparison, SharedAnswer
from risk_engine.portfolio.assess import Assessor
from risk_engine.portfolio.compare import compare, to_json
from tests.editing import edit

SETS = Path(__file__).parents[1] / "sets"
ROOMS = [str(SETS / "loan-desk"), str(SETS / "print-room")]
CASE = SETS / "two-rooms-case.yaml"
Written = Callable[..., Path]


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(CASE, ROOMS).comparison


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A changed copy of the case."""

    def write(*changes: tuple[str, str]) -> Path:
        text = CASE.read_text("utf-8")
        for before, after in changes:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        (tmp_path / "case.yaml").write_text(text, "utf-8")
        return tmp_path / "case.yaml"

    return write


def test_each_assessment_is_the_one_that_the_set_makes_alone(compared: Comparison, written: Written) -> None:
    path = written(("id: L-2026-09", f"criteria: {ROOMS[0]}\ncompare_with: ['{ROOMS[1]}']\nid: L-2026-09"))
    desk, room = (Assessor(one, None, None).assess(path) for one in ROOMS)
    assert desk.case.pop("criteria") == ROOMS[0]
    assert desk.case == compared.assessments[0].case
    assert [one.level for one in room.proposals] == [one.level for one in compared.assessments[1].proposals]
    assert all(is_intact(one) for one in compared.assessments)
    assert compared.on == date(2026, 3, 2)
    assert (compared.case_id, compared.case_title) == ("L-2026-09", "A head and its drawings")


def test_an_answer_that_both_ask_for_stands_with_what_each_found_in_it(compared: Comparison) -> None:
    # The head is robust, so the drifting climate is nothing to the loan desk.
    assert compared.shared_answers == (SharedAnswer(path="borrower.town.climate", findings=((), ("PRT-1",))),)


def test_a_finding_of_both_stands_on_both_sides(written: Written) -> None:
    found = compare(written(("fragility: robust", "fragility: brittle")), ROOMS).comparison.shared_answers
    assert found == (SharedAnswer(path="borrower.town.climate", findings=(("OBJ-1",), ("PRT-1",))),)


def test_what_a_set_does_not_ask_for_is_counted(compared: Comparison) -> None:
    desk, room = compared.not_asked
    assert desk == ("borrower.drawers", "sheet.called", "sheet.unbound")
    assert "loan.months" in room
    assert "artwork.claim" in room
    assert {"borrower.climate", "loan.paperwork", "borrower.called"}.isdisjoint(room)


def test_an_answer_that_is_not_known_is_none(written: Written) -> None:
    assert (
        "loan.escorted" not in compare(written(("escorted: true", "escorted: unknown")), ROOMS).comparison.not_asked[1]
    )


def test_the_json_is_canonical_and_holds_each_assessment_as_it_is_written_alone(compared: Comparison) -> None:
    content = to_json(compared)
    data = json.loads(content)
    assert canonical(data) == content
    assert data["assessments"] == [plain(one) for one in compared.assessments]
    assert Comparison.model_validate_json(content).relations == compared.relations


def test_the_day_that_is_asked_for_counts_for_all(compared: Comparison) -> None:
    later = compare(CASE, ROOMS, date(2026, 5, 1)).comparison
    assert {one.on for one in later.assessments} == {date(2026, 5, 1)}
    assert compared.on != later.on


def test_two_versions_of_one_set_are_compared(tmp_path: Path, written: Written) -> None:
    shutil.copytree(SETS / "print-room" / "1.0.0", tmp_path / "print-room" / "1.1.0")
    head = tmp_path / "print-room" / "1.1.0" / "set.yaml"
    edit(head, "version: 1.0.0", "version: 1.1.0")
    rules = tmp_path / "print-room" / "1.1.0" / "indicators" / "sheets.yaml"
    edit(rules, "moderate: {some: borrower", "low: {some: borrower")
    both = compare(written(), [ROOMS[0], ROOMS[1], str(tmp_path / "print-room" / "1.1.0")]).comparison
    (headline,) = (one for one in both.relations if (one.first, one.second) == (1, 2))
    assert (headline.verdict, headline.stricter) == ("differs", 1)


# --- refusals ---


def test_one_version_is_not_compared_with_itself() -> None:
    with pytest.raises(RiskEngineError, match=r"loan-desk@1\.0\.0 is named twice"):
        compare(CASE, [ROOMS[0], ROOMS[1], f"{ROOMS[0]}/1.0.0"])


def test_a_case_without_a_day_is_refused(written: Written) -> None:
    with pytest.raises(RiskEngineError, match="2:1: the case has no `assessment_date:`"):
        compare(written(("assessment_date: 2026-03-02", "")), ROOMS)


def test_every_problem_is_said_at_once_and_that_of_one_set_names_it(written: Written) -> None:
    path = written(
        ("climate: drifting", "climate: drifty"),
        ("unbound: true", "unbound: maybe"),
        ("material: stone", "material: clay"),
        ("sheet:  ", "shet:  "),
    )
    with pytest.raises(InvalidSourceError) as error:
        compare(path, ROOMS)
    said = [one.message for one in error.value.diagnostics]
    assert said == [
        "`drifty` is not one of `steady`, `drifting` or `unlogged`",  # both say so, and it stands there once
        "under loan-desk 1.0.0: `clay` is not one of `stone`, `oil_paint`, `paper` or `textile`",
        "unknown key `shet`",
    ]


def test_answers_that_do_not_go_together_under_one_set_are_compared_and_named(written: Written) -> None:
    path = written(("acquired_on: 1890-06-01", "acquired_on: 1890-06-01\n    lux_hours: 5"))
    kinds = [{one.kind for one in each.problems} for each in compare(path, ROOMS).comparison.assessments]
    assert any("superfluous_contradicts" in one for one in kinds)
