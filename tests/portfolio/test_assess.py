import shutil
from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import NotInForceError, RiskEngineError
from risk_engine.loading import criteria as loading
from risk_engine.loading import profile as profiles
from risk_engine.loading.profile import load_profile
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.portfolio import assess as module
from risk_engine.portfolio.assess import Assessor

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SETS = ROOT / "tests" / "sets"
LOAN_DESK = str(SETS / "loan-desk")
LOAN_CASE = SETS / "loan-desk-case.yaml"
LOAN_PROFILE = SETS / "loan-desk-profile.yaml"


def test_set_and_day_come_from_the_case_where_nothing_else_is_asked_for() -> None:
    assessment = Assessor(None, None, None).assess(EXAMPLES / "boreal-carbon.yaml")
    assert (assessment.criteria.id, assessment.on) == ("reconnect-china", date(2026, 11, 25))
    assert assessment.profile is None


def test_set_and_day_that_are_asked_for_come_before_those_of_the_case() -> None:
    assessment = Assessor(LOAN_DESK, date(2025, 1, 1), None).assess(LOAN_CASE)
    assert (assessment.criteria.id, assessment.on) == ("loan-desk", date(2025, 1, 1))
    assert assessment.criteria.in_force


def test_a_version_is_read_once_for_all_cases_and_so_is_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(folder: Path) -> Criteria:
        read.append(folder)
        return loading.read_criteria(folder)

    def counted_profile(path: Path, criteria: Criteria) -> Profile:
        read.append(path)
        return load_profile(path, criteria)

    monkeypatch.setattr(module, "read_criteria", counted)
    monkeypatch.setattr(profiles, "load_profile", counted_profile)
    assessor = Assessor(LOAN_DESK, None, LOAN_PROFILE)
    first, second = assessor.assess(LOAN_CASE), assessor.assess(LOAN_CASE)
    assert first == second
    assert read == [SETS / "loan-desk" / "1.0.0", LOAN_PROFILE]


def test_the_profile_changes_the_result() -> None:
    with_profile = Assessor(LOAN_DESK, None, LOAN_PROFILE).assess(LOAN_CASE)
    assert with_profile.profile is not None
    assert with_profile.profile.profile.institution == "Museum of Small Things"
    assert with_profile.digest != Assessor(LOAN_DESK, None, None).assess(LOAN_CASE).digest


def test_a_named_version_outside_its_time_is_marked() -> None:
    assessment = Assessor("reconnect-china@1.0.0", date(2026, 10, 31), None).assess(EXAMPLES / "boreal-carbon.yaml")
    assert not assessment.criteria.in_force


def test_a_day_before_every_version_is_an_error() -> None:
    with pytest.raises(NotInForceError):
        Assessor(None, date(2026, 10, 31), None).assess(EXAMPLES / "boreal-carbon.yaml")


def test_a_case_without_a_day_is_an_error(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("id: X\ntitle: T\n")
    with pytest.raises(RiskEngineError, match="1:1: the case has no `assessment_date:`"):
        Assessor(LOAN_DESK, None, None).assess(case)


def test_answer_that_another_closes_is_assessed_and_named(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    shutil.copy(LOAN_CASE, case)
    text = case.read_text("utf-8").replace("    hazards: []\n", "    hazards: []\n    lux_hours: 5\n")
    case.write_text(text, "utf-8")
    found = Assessor(LOAN_DESK, None, None).assess(case).problems
    assert [one.paths[0] for one in found if one.kind == "superfluous_contradicts"] == ["artwork.portrait.lux_hours"]
