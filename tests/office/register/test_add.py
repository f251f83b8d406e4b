import hashlib
import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from risk_engine.engine.assess import assessment_digest, to_json
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Person
from risk_engine.office.register.add import add, files_at, recognised
from risk_engine.office.register.folder import case_folders, case_paths, known_case_folder
from risk_engine.office.register.lock import unfinished
from risk_engine.office.register.log import is_locked
from risk_engine.office.register.record import CaseRecord, record_of
from risk_engine.portfolio.assess import Assessor
from risk_engine.records.criteria import KEPT
from risk_engine.records.decide import confirm
from risk_engine.records.decisions import decision_json
from tests.cli.running import EXAMPLES, LOAN_PROFILE
from tests.office.register.filing import CASE_ID, assessed, case_file, decided, filed, filing, names, with_id, written

LONGER = ("months: 8", "months: 9")


def record(folder: Path, case_id: str = CASE_ID) -> CaseRecord:
    return record_of(known_case_folder(folder, case_id))


def test_a_case_is_filed_with_its_assessment_byte_for_byte(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    said = filed(tmp_path / "r", case)
    assert said[0].startswith(f"{case}: {CASE_ID} as of 2026-03-02. Release: Checks due, Verdict: Lend on terms")
    assert names(tmp_path / "r") == [
        f"{CASE_ID}/0001-assessment-2026-03-02.json",
        f"{CASE_ID}/0002-case.yaml",
        "REGISTER.txt",
    ]
    (one,) = known_case_folder(tmp_path / "r", CASE_ID).of("case")
    assert one.read() == case.read_bytes()
    assert record(tmp_path / "r").current is not None
    assert not is_locked(tmp_path / "r")


def test_the_same_case_twice_is_filed_once(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    filed(tmp_path / "r", case)
    before = names(tmp_path / "r")
    (said,) = filed(tmp_path / "r", case)
    assert said.startswith(f"{case}: filed already, as 0002-case.")
    assert names(tmp_path / "r") == before


def test_a_changed_case_gets_a_new_assessment_that_supersedes_the_old_one(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    old = record(tmp_path / "r").current
    said = filed(tmp_path / "r", case_file(tmp_path, LONGER))
    assert old is not None
    assert said[1].endswith(f"; it supersedes {old.filed.name}")
    new = record(tmp_path / "r").current
    assert new is not None
    assert new.assessment.supersedes is not None
    assert new.assessment.supersedes.digest == old.assessment.digest
    assert [one[len(CASE_ID) + 1 :][:15] for one in names(tmp_path / "r")[:-1]] == [
        "0001-assessment", "0002-case.yaml", "0003-assessment", "0004-case.yaml",
    ]  # fmt: skip


def test_the_same_case_on_another_day_is_assessed_anew_and_filed_once(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    filed(tmp_path / "r", case)
    filed(tmp_path / "r", case, on=date(2026, 5, 1))
    assert [one.rpartition("/")[2] for one in names(tmp_path / "r")] == [
        "0001-assessment-2026-03-02.json", "0002-case.yaml", "0003-assessment-2026-05-01.json", "REGISTER.txt",
    ]  # fmt: skip


def test_a_profile_makes_another_assessment(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    filed(tmp_path / "r", case)
    list(add(case, "case", filing(tmp_path / "r", profile=LOAN_PROFILE)))
    current = record(tmp_path / "r").current
    assert current is not None
    assert current.assessment.profile is not None


def test_an_earlier_version_counts_again_only_on_purpose(tmp_path: Path) -> None:
    first, second = case_file(tmp_path), case_file(tmp_path, LONGER, name="second.yaml")
    filed(tmp_path / "r", first, second)
    before = names(tmp_path / "r")
    (said,) = filed(tmp_path / "r", first)
    assert "a later version counts now (see --again)" in said
    assert names(tmp_path / "r") == before
    filed(tmp_path / "r", first, again=True)
    assert record(tmp_path / "r").case["loan"]["months"] == 8
    assert len(known_case_folder(tmp_path / "r", CASE_ID).of("case")) == 3
    filed(tmp_path / "r", first, again=True)
    assert len(known_case_folder(tmp_path / "r", CASE_ID).of("case")) == 3


def test_a_case_that_cannot_be_used_is_not_filed_and_no_register_is_begun(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match="months"):
        filed(tmp_path / "r", case_file(tmp_path, ("months: 8", "months: many")))
    assert not (tmp_path / "r").exists()


def test_a_file_that_changes_while_it_is_read_is_not_filed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, how = case_file(tmp_path), filing(tmp_path / "r")
    assess = how.assessor.assess

    def meanwhile(path: Path, supersedes: Assessment | None = None) -> Assessment:
        result = assess(path, supersedes)
        path.write_bytes(path.read_bytes() + b"\n")
        return result

    monkeypatch.setattr(how.assessor, "assess", meanwhile)
    with pytest.raises(RiskEngineError, match=r"changed while it was read\n  help: save it, then add it again"):
        list(add(case, "case", how))
    assert not (tmp_path / "r").exists()


def test_cases_whose_numbers_differ_only_in_case_have_their_own_folders(tmp_path: Path) -> None:
    for case_id in ("l-1", "L-1", "CON", "con"):
        filed(tmp_path / "r", case_file(tmp_path, with_id(case_id)))
    folders = [one.name for one in (tmp_path / "r").iterdir() if one.is_dir() and one.name != KEPT]
    assert len({one.casefold() for one in folders}) == 4
    assert "l-1" in folders
    for case_id in ("l-1", "L-1", "CON", "con"):
        assert record(tmp_path / "r", case_id).case_id == case_id
    marked = next(one for one in folders if "~" in one)
    assert known_case_folder(tmp_path / "r", marked).path.name == marked
    for case_id in ("l-1", "L-1", "CON", "con"):
        (said,) = filed(tmp_path / "r", case_file(tmp_path, with_id(case_id)))
        assert "filed already" in said


def test_the_newest_version_that_was_assessed_again_since_is_filed_already(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    filed(tmp_path / "r", case)
    filed(tmp_path / "r", case, on=date(2026, 5, 1))
    before = names(tmp_path / "r")
    assert "filed already" in filed(tmp_path / "r", case)[0]
    assert names(tmp_path / "r") == before


# --- assessments ---


def test_an_assessment_is_filed_once(tmp_path: Path) -> None:
    stored = written(tmp_path / "a.json", assessed(case_file(tmp_path)))
    filed(tmp_path / "r", stored)
    (said,) = filed(tmp_path / "r", stored)
    assert "filed already, as 0001-assessment-2026-03-02." in said
    (_, said) = filed(tmp_path / "r", case_file(tmp_path), case_file(tmp_path))
    assert "filed already, as 0002-case." in said
    assert len(known_case_folder(tmp_path / "r", CASE_ID).filed) == 2


def test_an_altered_assessment_is_refused(tmp_path: Path) -> None:
    content = json.loads(to_json(assessed(case_file(tmp_path))))
    content["case"]["title"] = "Another title"
    (tmp_path / "a.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(RiskEngineError, match=r"a\.json.*was altered since it was written\n.*risk-engine verify"):
        filed(tmp_path / "r", tmp_path / "a.json")
    assert not (tmp_path / "r").exists()


def test_an_older_assessment_does_not_come_to_count(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    filed(tmp_path / "r", case, on=date(2026, 5, 1))
    stored = written(tmp_path / "a.json", assessed(case))
    with pytest.raises(
        RiskEngineError, match=rf"as of 2026-03-02; the one of {CASE_ID} that counts is as of 2026-05-01"
    ):
        filed(tmp_path / "r", stored)


# --- decisions ---


def test_a_decision_is_filed_beside_its_assessment_once(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    decision = written(tmp_path / "d.json", decided(assessment))
    filed(tmp_path / "r", written(tmp_path / "a.json", assessment))
    (said,) = filed(tmp_path / "r", decision)
    assert "decision on 0001-assessment-2026-03-02." in said
    assert "filed as 0002-decision-2026-03-05." in said
    assert "filed already, as 0002-" in filed(tmp_path / "r", decision)[0]
    assert record(tmp_path / "r").decision_state() == "decided"
    filed(tmp_path / "r", case_file(tmp_path, LONGER))
    assert record(tmp_path / "r").decision_state() == "outdated"


def test_a_decision_on_what_is_not_filed_is_refused(tmp_path: Path) -> None:
    decision = written(tmp_path / "d.json", decided(assessed(case_file(tmp_path, LONGER))))
    with pytest.raises(RiskEngineError, match="there is no such register"):
        filed(tmp_path / "r", decision)
    filed(tmp_path / "r", case_file(tmp_path))
    with pytest.raises(RiskEngineError, match="the assessment that was decided on is not filed"):
        filed(tmp_path / "r", decision)


def test_a_confirmed_decision_counts_in_whatever_order_it_is_filed(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    # The set asks for a second person only where a loan is refused.
    open_one = decided(assessment, levels=(("verdict", "refuse"),), reason="The house is closed.")
    sure = confirm(open_one, Person(name="D. Director", role="Director"), date(2026, 3, 7))
    filed(tmp_path / "r", tmp_path / "case.yaml", written(tmp_path / "d.json", open_one))
    assert record(tmp_path / "r").decision_state() == "unconfirmed"
    filed(tmp_path / "r", written(tmp_path / "c.json", sure))
    assert record(tmp_path / "r").decision_state() == "decided"
    for one in (tmp_path / "c.json", tmp_path / "d.json"):
        filed(tmp_path / "r2", tmp_path / "case.yaml", one)
    assert record(tmp_path / "r2").decision_state() == "decided"


def test_a_decision_that_is_superseded_does_not_count_though_it_was_filed_last(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    first = decided(assessment)
    last = decided(assessment, date(2026, 3, 8), supersedes=first)
    filed(
        tmp_path / "r",
        tmp_path / "case.yaml",
        written(tmp_path / "d2.json", last),
        written(tmp_path / "d1.json", first),
    )
    ruled = record(tmp_path / "r").ruled
    assert ruled is not None
    assert ruled.decision == last


def test_an_altered_decision_is_refused(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    content = json.loads(decision_json(decided(assessed(case_file(tmp_path)))))
    content["by"]["name"] = "Somebody else"
    (tmp_path / "d.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(RiskEngineError, match="the decision was altered since it was written"):
        filed(tmp_path / "r", tmp_path / "d.json")


# --- evidence ---


def test_evidence_is_filed_as_its_digest_name_size_and_days(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    report = tmp_path / "Gutachten \u202eÜbersicht.pdf"
    report.write_bytes(b"%PDF")
    os.utime(report, (1_700_000_000, 1_700_000_000))
    (said,) = filed(tmp_path / "r", report, case_id=CASE_ID)
    assert "SHA-256 filed for L-2026-07, as 0003-evidence-Gutachten-Ubersicht-pdf." in said
    (one,) = known_case_folder(tmp_path / "r", CASE_ID).of("evidence")
    assert json.loads(one.read()) == {
        "schema": 1,
        "name": report.name,
        "size": 4,
        "sha256": hashlib.sha256(b"%PDF").hexdigest(),
        "modified": "2023-11-14",
        "added": "2026-03-09",
    }
    assert "filed already" in filed(tmp_path / "r", report, case_id=CASE_ID)[0]
    assert len(known_case_folder(tmp_path / "r", CASE_ID).filed) == 3


def test_evidence_is_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF")
    filed(tmp_path / "r", report, case_id=CASE_ID)
    kept, known = filed(tmp_path / "r", report, case_id=CASE_ID, keep=True)
    assert "kept as 0004-kept-report." in kept
    assert "filed already, as 0003-" in known
    (one,) = known_case_folder(tmp_path / "r", CASE_ID).of("kept")
    assert (one.read(), one.path.suffix) == (b"%PDF", ".pdf")


def test_kept_evidence_never_has_the_ending_of_what_was_not_finished(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path, with_id("2026.part")))
    scan = tmp_path / "contract.part"
    scan.write_bytes(b"scan")
    filed(tmp_path / "r", scan, case_id="2026.part", keep=True)
    folder = known_case_folder(tmp_path / "r", "2026.part")
    (kept,) = folder.of("kept")
    assert (kept.read(), kept.path.suffix) == (b"scan", f".{kept.digest}")
    assert unfinished(tmp_path / "r") == []
    assert folder.strays == ()


def test_evidence_finds_the_case_that_states_its_digest(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_bytes(b"steady")
    stated = f"{{kind: log, reference: LOG-1, sha256: {hashlib.sha256(b'steady').hexdigest()},"
    case = case_file(tmp_path, ("{kind: log, reference: LOG-1,", stated))
    filed(tmp_path / "r", case)
    assert f"SHA-256 filed for {CASE_ID}" in filed(tmp_path / "r", tmp_path / "log.txt")[0]
    (tmp_path / "other.txt").write_bytes(b"other")
    with pytest.raises(RiskEngineError, match=r"no case states the SHA-256 of this file\n  help: say .* `--case ID`"):
        filed(tmp_path / "r", tmp_path / "other.txt")
    second = case_file(tmp_path, ("{kind: log, reference: LOG-1,", stated), with_id("L-2"), name="second.yaml")
    filed(tmp_path / "r", second)
    with pytest.raises(RiskEngineError, match="2 cases state the SHA-256"):
        filed(tmp_path / "r", tmp_path / "log.txt")


def test_evidence_for_a_case_that_is_not_there_is_refused(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    (tmp_path / "log.txt").touch()
    with pytest.raises(RiskEngineError, match=r"there is no case `L-2026-7`.*\n  help: did you mean `L-2026-07`"):
        filed(tmp_path / "r", tmp_path / "log.txt", case_id="L-2026-7")


# --- what a file is ---


def test_what_a_file_says_tells_its_kind(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    (tmp_path / "x.pdf").touch()
    (tmp_path / "broken.json").write_text("{", "utf-8")
    (tmp_path / "case.json").write_text('{"id": "x"}', "utf-8")
    paths = [
        tmp_path / "x.pdf",
        written(tmp_path / "d.json", decided(assessment)),
        tmp_path / "case.yaml",
        written(tmp_path / "a2.json", assessed(tmp_path / "case.yaml", date(2026, 4, 1))),
        written(tmp_path / "a1.json", assessment),
        tmp_path / "case.json",
        tmp_path / "broken.json",
    ]
    found = sorted(map(recognised, paths), key=lambda one: one.order())
    assert [(one.kind, one.path.name) for one in found] == [
        ("assessment", "a1.json"), ("assessment", "a2.json"), ("case", "case.yaml"), ("case", "case.json"),
        ("case", "broken.json"), ("decision", "d.json"), ("evidence", "x.pdf"),
    ]  # fmt: skip


def test_what_is_nothing_of_all_this_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[1]", "utf-8")
    outlook = dict.fromkeys(("case_id", "margins", "questions", "ranges", "ways"), "")
    (tmp_path / "outlook.json").write_text(json.dumps(outlook), "utf-8")
    for path, message in (
        (tmp_path / "outlook.json", "this is no case, no assessment and no decision"),
        (tmp_path / "x.json", "this is no case, no assessment and no decision\n.*`--evidence`"),
        (tmp_path / "gone.pdf", "there is no such file"),
    ):
        with pytest.raises(RiskEngineError, match=message):
            recognised(path)


def test_a_folder_stands_for_the_files_directly_in_it(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", ".hidden", "~$b.docx"):
        (tmp_path / name).touch()
    (tmp_path / "below").mkdir()
    assert files_at(tmp_path) == [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    assert files_at(tmp_path / "gone") == [tmp_path / "gone"]
    with pytest.raises(RiskEngineError, match="there is no file in this folder"):
        files_at(tmp_path / "below")


def test_a_folder_with_other_things_in_it_does_not_become_a_register(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    with pytest.raises(RiskEngineError, match="this folder is no register, and something else is in it"):
        filed(tmp_path, case)
    assert list(tmp_path.iterdir()) == [case]
    with pytest.raises(RiskEngineError, match="this is a file, a register is a folder"):
        filed(case, case)


def test_a_folder_that_only_the_system_uses_becomes_a_register(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / ".DS_Store").touch()
    (tmp_path / "r" / "Thumbs.db").touch()
    filed(tmp_path / "r", case_file(tmp_path))
    assert record(tmp_path / "r").current is not None


@pytest.mark.nightly
def test_every_example_can_be_filed(tmp_path: Path) -> None:
    how = replace(filing(tmp_path / "r"), assessor=Assessor(None, None, None))
    for path in EXAMPLES.glob("*.yaml"):
        list(add(path, "case", how))
    assert len(case_paths(tmp_path / "r")) == len(list(EXAMPLES.glob("*.yaml")))
    used = {record_of(folder).current.assessment.criteria.digest for folder in case_folders(tmp_path / "r")}  # type: ignore[union-attr]
    assert {one.stem for one in (tmp_path / "r" / KEPT).iterdir()} == used


def test_a_case_that_is_called_as_the_folder_of_criteria_has_its_own_folder(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path, with_id("criteria")))
    assert record(tmp_path / "r", "criteria").folder.path.name.startswith("criteria~")


def test_a_copy_of_criteria_that_was_begun_and_not_written_is_written_by_the_next_one(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    (copy,) = (tmp_path / "r" / KEPT).iterdir()
    whole = copy.read_bytes()
    copy.write_bytes(b"")
    filed(tmp_path / "r", case_file(tmp_path, LONGER))
    assert copy.read_bytes() == whole


def test_an_assessment_whose_criteria_are_not_here_is_filed_and_that_is_said(tmp_path: Path) -> None:
    made = assessed(case_file(tmp_path))
    unknown = made.criteria.model_copy(update={"id": "nowhere", "digest": "0" * 64})
    other = made.model_copy(update={"criteria": unknown})
    sealed = other.model_copy(update={"digest": assessment_digest(other)})
    said = filed(tmp_path / "r", written(tmp_path / "a.json", sealed))
    assert "filed as 0001-assessment" in said[0]
    assert f"the criteria of the assessment are not here: nowhere@1.0.0 with the digest {'0' * 64}" in said[1]
