import shutil
from datetime import date
from pathlib import Path

import pytest

from risk_engine.engine.assess import assessment_digest
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.explanation import Note, Problem
from risk_engine.office.register.add import add
from risk_engine.office.register.compare import changes
from risk_engine.office.register.folder import known_case_folder
from risk_engine.office.register.listing import dues
from risk_engine.office.register.record import Assessed, record_of
from risk_engine.office.register.upkeep import Reassessed, day_for
from risk_engine.portfolio.assess import Assessor
from tests.cli.running import LOAN_DESK, LOAN_PROFILE
from tests.editing import edit
from tests.office.register.filing import (
    CASE_ID,
    assessed,
    case_file,
    decided,
    filed,
    filing,
    names,
    reassess,
    told,
    written,
)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Return a set with a second version, in force from June 2026, that the tests change."""
    folder = tmp_path / "loan-desk"
    shutil.copytree(LOAN_DESK, folder)
    version = shutil.copytree(folder / "1.0.0", folder / "1.1.0")
    edit(version / "set.yaml", "version: 1.0.0", "version: 1.1.0")
    edit(version / "set.yaml", "{from: 2024-03-01}", "{from: 2026-06-01}")
    return folder


def current(folder: Path) -> Assessed:
    found = record_of(known_case_folder(folder, CASE_ID)).current
    assert found is not None
    return found


def again(
    folder: Path, on: date | None = None, criteria: Path | str = LOAN_DESK, *, dry_run: bool = False, **options: bool
) -> Reassessed:
    found = reassess(folder, current(folder), Assessor(str(criteria), on, None), dry_run=dry_run, **options)
    assert found is not None
    return found


def test_where_nothing_changed_nothing_is_filed(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    before = names(tmp_path / "r")
    found = again(tmp_path / "r", date(2026, 4, 1))
    assert not found.changes
    assert found.filed is None
    assert names(tmp_path / "r") == before


def test_what_changed_is_told_and_filed_and_the_old_assessment_stays(tmp_path: Path, newer: Path) -> None:
    edit(newer / "1.1.0" / "parameters.yaml", "value: 50000", "value: 30000")
    filed(tmp_path / "r", case_file(tmp_path))
    old = current(tmp_path / "r").assessment
    found = again(tmp_path / "r", date(2026, 7, 1), newer)
    assert found.changes.findings != ()
    assert found.filed is not None
    new = current(tmp_path / "r").assessment
    assert (new.criteria.version, new.on) == ("1.1.0", date(2026, 7, 1))
    assert new.supersedes is not None
    assert new.supersedes.digest == old.digest
    assert len(known_case_folder(tmp_path / "r", CASE_ID).of("assessment")) == 2


def test_a_new_day_can_change_a_result_under_the_same_version(tmp_path: Path) -> None:
    # Radium is on the list of poisons from October 2026.
    filed(tmp_path / "r", case_file(tmp_path, ("hazards: [arsenic]", "hazards: [radium]")))
    assert again(tmp_path / "r", date(2026, 9, 30)).filed is None
    found = again(tmp_path / "r", date(2026, 10, 1))
    assert found.filed is not None
    assert found.filed.startswith("0003-assessment-2026-10-01.")
    assert found.changes.findings != ()
    assert again(tmp_path / "r", date(2026, 10, 2)).filed is None


def test_a_dry_run_files_nothing(tmp_path: Path, newer: Path) -> None:
    edit(newer / "1.1.0" / "parameters.yaml", "value: 50000", "value: 30000")
    filed(tmp_path / "r", case_file(tmp_path))
    before = names(tmp_path / "r")
    found = again(tmp_path / "r", date(2026, 7, 1), newer, dry_run=True)
    assert found.changes
    assert found.filed is None
    assert names(tmp_path / "r") == before


def test_levels_ranges_findings_and_new_questions_are_told_apart(tmp_path: Path) -> None:
    old = told(assessed(case_file(tmp_path)))
    unknown = (("hazards: [arsenic]", "hazards: unknown"), ("papers: [photograph]", "papers: unknown"))
    new = told(assessed(case_file(tmp_path, *unknown)))
    found = changes(old, new)
    assert any(": “Lend on terms” as before, but still open now: “" in one for one in found.levels)
    assert any("was " in one and "undetermined" in one for one in found.findings)
    assert [one.partition(":")[0] for one in found.newly_asked] == [
        one.path for one in new.gaps if one.path not in {gap.path for gap in old.gaps}
    ]
    assert found.newly_asked != ()
    back = changes(new, old)
    assert back.newly_asked == ()
    assert back.levels != ()
    assert not changes(old, old)


def test_notes_and_problems_are_compared(tmp_path: Path) -> None:
    old = told(assessed(case_file(tmp_path)))
    note = Note(
        id="N-1", kind="advice", title="Insurance", then="Ask.", applies="may", depends_on=(), due=None, sources=()
    )
    problem = Problem(kind="evidence", id=None, text="the evidence “X” is dated later", paths=())
    new = old.model_copy(update={"awareness": (*old.awareness, note), "problems": (*old.problems, problem)})
    found = changes(old, new)
    assert found.notes == ("note N-1 “Insurance” may apply now: Ask.",)
    assert found.problems == ("to look at: the evidence “X” is dated later",)
    assert found
    surely = new.model_copy(update={"awareness": (*old.awareness, note.model_copy(update={"applies": "yes"}))})
    assert changes(new, surely).notes == ("note N-1 “Insurance” applies now: Ask.",)
    back = changes(new, old)
    assert back.notes == ("note N-1 “Insurance” applies no more",)
    assert back.problems == ("not to look at any more: the evidence “X” is dated later",)
    moved = new.model_copy(update={"awareness": (*old.awareness, note.model_copy(update={"due": old.on}))})
    assert not changes(new, moved)


def test_evidence_that_has_come_of_age_is_told_and_filed(tmp_path: Path) -> None:
    later = ("date: 2026-02-01}", "date: 2026-03-20}")
    filed(tmp_path / "r", case_file(tmp_path, later))
    assert any("2026-03-20" in one.text for one in told(current(tmp_path / "r").assessment).problems)
    found = again(tmp_path / "r", date(2026, 3, 21))
    assert any("not to look at any more: " in one and "2026-03-20" in one for one in found.changes.problems)
    assert found.filed is not None


def test_a_warning_that_only_the_assessment_before_could_give_is_no_change(tmp_path: Path) -> None:
    old = told(assessed(case_file(tmp_path)))
    warning = Problem(kind="control", id="NOT-LISTED", text="answered as if it were in place", paths=())
    assert not changes(old.model_copy(update={"problems": (*old.problems, warning)}), old)


def test_what_did_not_change_is_filed_on_purpose_and_the_review_moves_and_the_decision_counts(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    filed(tmp_path / "r", case, written(tmp_path / "d.json", decided(assessed(case))))
    before = current(tmp_path / "r").assessment
    found = again(tmp_path / "r", date(2026, 8, 1), file_unchanged=True)
    assert not found.changes
    assert found.filed is not None
    after = current(tmp_path / "r").assessment
    assert (after.on, after.supersedes is not None) == (date(2026, 8, 1), True)
    assert before.review_due < after.review_due == found.review_due
    record = record_of(known_case_folder(tmp_path / "r", CASE_ID))
    assert record.decision_state() == "decided"
    assert [one.day for one in dues(record) if one.what == "review"] == [after.review_due]
    assert again(tmp_path / "r", date(2026, 8, 1), file_unchanged=True).filed is None  # the same day: nothing is new
    assert again(tmp_path / "r", date(2026, 9, 1), file_unchanged=True, dry_run=True).filed is None
    again(tmp_path / "r", date(2026, 9, 1), file_unchanged=True)
    assert record_of(known_case_folder(tmp_path / "r", CASE_ID)).decision_state() == "decided"
    filed(tmp_path / "r", case_file(tmp_path, ("months: 8", "months: 9")), on=date(2026, 9, 2))
    assert record_of(known_case_folder(tmp_path / "r", CASE_ID)).decision_state() == "outdated"


def test_ladders_and_findings_that_are_gone_are_told(tmp_path: Path) -> None:
    old = told(assessed(case_file(tmp_path)))
    new = old.model_copy(update={"proposals": old.proposals[:1], "findings": ()})
    found = changes(old, new)
    assert found.levels == (
        "Verdict: was “Lend on terms”, the criteria have no such ladder any more",
        "Company on the journey: was “Alone”, the criteria have no such ladder any more",
    )
    present = [one for one in old.findings if one.outcome != "absent"]
    assert len(found.findings) == len(present)
    assert all(one.endswith(", not in force now") for one in found.findings)
    assert "Verdict: new, and “Lend on terms”" in changes(new, old).levels


def test_a_level_that_is_called_otherwise_has_not_moved(tmp_path: Path) -> None:
    old = told(assessed(case_file(tmp_path)))
    verdict = old.proposals[0]
    called = verdict.level.model_copy(update={"title": "Mit Auflagen"})
    again_ = verdict.model_copy(update={"level": called, "range": (called,)})
    assert not changes(old, old.model_copy(update={"proposals": (again_, *old.proposals[1:])}))
    # Another level that is called the same has.
    other = verdict.level.model_copy(update={"name": "refuse"})
    moved = verdict.model_copy(update={"level": other, "range": (other,)})
    assert changes(old, old.model_copy(update={"proposals": (moved, *old.proposals[1:])})).levels != ()
    # So has one that is open towards another end.
    wide = verdict.model_copy(update={"provisional": True, "range": (verdict.level, other)})
    assert changes(old, old.model_copy(update={"proposals": (wide, *old.proposals[1:])})).levels != ()


def test_the_profile_of_a_case_is_kept(tmp_path: Path) -> None:
    list(add(case_file(tmp_path), "case", filing(tmp_path / "r", profile=LOAN_PROFILE)))
    old = current(tmp_path / "r")
    assessor = Assessor(str(LOAN_DESK), date(2026, 4, 1), None)
    new = assessor.assess_again(old.filed.path, old.assessment)
    assert new.profile is not None
    assert old.assessment.profile is not None
    assert new.profile.digest == old.assessment.profile.digest


def test_a_profile_that_does_not_fit_any_more_is_named(tmp_path: Path, newer: Path) -> None:
    list(add(case_file(tmp_path), "case", filing(tmp_path / "r", profile=LOAN_PROFILE)))
    for file in (newer / "1.1.0").rglob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("adjustable: true", "adjustable: false"), "utf-8")
    with pytest.raises(RiskEngineError, match=r"\(its profile\):1:"):
        again(tmp_path / "r", date(2026, 7, 1), newer)


def test_a_case_that_does_not_fit_the_new_criteria_is_named_and_left(tmp_path: Path, newer: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    for file in (newer / "1.1.0").rglob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("LOGGER", "RECORDER"), "utf-8")
    with pytest.raises(RiskEngineError, match=r"\(its case\):1:\d+: there is no control `LOGGER`"):
        again(tmp_path / "r", date(2026, 7, 1), newer)


def test_answers_that_the_new_criteria_close_count_and_are_named(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    old = current(tmp_path / "r")
    fan, portrait = old.assessment.case["artwork"]
    case = {**old.assessment.case, "artwork": [fan, {**portrait, "lux_hours": 5}]}
    changed = old.assessment.model_copy(update={"case": case})
    sealed = changed.model_copy(update={"digest": assessment_digest(changed)})
    new = Assessor(str(LOAN_DESK), None, None).assess_again(old.filed.path, sealed)
    assert [one.paths[0] for one in new.problems if one.kind == "superfluous_contradicts"] == [
        "artwork.portrait.lux_hours"
    ]


def test_criteria_that_are_not_there_are_named_with_the_way_out(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    with pytest.raises(
        RiskEngineError, match=r"cannot be assessed again: there is no criteria set `loan-desk`(.*\n)*.*`--criteria`"
    ):
        reassess(tmp_path / "r", current(tmp_path / "r"), Assessor(None, date(2026, 4, 1), None), dry_run=True)


def test_a_case_under_other_criteria_is_left_as_it_is(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    assessor = Assessor("reconnect-china", date(2026, 11, 25), None)
    assert reassess(tmp_path / "r", current(tmp_path / "r"), assessor, dry_run=False) is None


def test_what_somebody_filed_meanwhile_is_not_superseded_unseen(tmp_path: Path, newer: Path) -> None:
    edit(newer / "1.1.0" / "parameters.yaml", "value: 50000", "value: 30000")
    filed(tmp_path / "r", case_file(tmp_path))
    before = current(tmp_path / "r")
    filed(tmp_path / "r", case_file(tmp_path, ("months: 8", "months: 9")))
    with pytest.raises(RiskEngineError, match="somebody filed another assessment meanwhile"):
        reassess(tmp_path / "r", before, Assessor(str(newer), date(2026, 7, 1), None), dry_run=False)


def test_something_must_be_new() -> None:
    assert day_for(None, "x") is None
    assert day_for(date(2026, 1, 1), None) == date(2026, 1, 1)
    with pytest.raises(RiskEngineError, match=r"say what is new: the day \(`--on DATE`\)"):
        day_for(None, None)
