"""Which stored cases are replayed: files, folders, assessments, lists of them; on which day and with which profile."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from risk_engine.engine.assess import plain, to_json
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.plain import canonical
from risk_engine.model.assessment import Assessment
from risk_engine.portfolio.assess import Assessor
from tests.audit.impact.small import Versions, one, problems, told
from tests.engine.builder import DAY, LADDERS, written
from tests.strategies import by_turns

STRICTER = {"measure": "advice > regulation", "gate": "clear > conditional"}


@pytest.fixture
def stricter(versions: Versions) -> Versions:
    """Ten days are long under the new version, from which a case of ten days is stricter."""
    versions.make("1.0.0", parameters={"long": {"adjustable": True, "values": ({"value": 30},)}})
    versions.make("1.1.0", parameters={"long": {"adjustable": True, "values": ({"value": 10},)}})
    return versions


def assessed(versions: Versions, case: Path, profile: Path | None = None, old: Assessment | None = None) -> Assessment:
    return Assessor(str(versions.folder / "toy" / "1.0.0"), None, profile).assess(case, old)


def stored(versions: Versions, name: str, assessment: Assessment) -> Path:
    path = versions.folder / f"{name}.json"
    path.write_bytes(to_json(assessment))
    return path


def own_profile(versions: Versions, value: int) -> Path:
    path = versions.folder / "ours.yaml"
    parameters = f"parameters: {{long: {{value: {value}, reason: We sail.}}}}"
    path.write_text(f"institution: Harbour School\ncriteria: toy\n{parameters}\n", "utf-8")
    return path


# --- files and records ---


def test_the_case_in_an_assessment_is_replayed_like_the_case_itself(stricter: Versions) -> None:
    case = stricter.case()
    record = stored(stricter, "a", assessed(stricter, case))
    found = one(stricter.replay(record))
    assert (found.source, found.file) == ("assessment", record.as_posix())
    assert (found.case_id, found.title, found.on) == ("c", "The case c", DAY)
    assert told(found.ladders) == STRICTER
    again = one(stricter.replay(case))
    assert found == again.model_copy(update={"source": "assessment", "file": found.file})


def test_a_list_of_assessments_is_replayed_one_by_one(stricter: Versions) -> None:
    several = [plain(assessed(stricter, stricter.case(name))) for name in ("a", "b")]
    path = stricter.folder / "all.json"
    path.write_bytes(canonical([*several, {**several[0], "on": "never"}]))
    report = stricter.replay(path)
    assert report.cases == ()
    assert [text.splitlines()[0] for text in problems(report)] == [
        f"{path.as_posix()}:1:1: entry 3 is not an assessment that this engine can read"
    ]
    path.write_bytes(canonical(several))
    assert [case.file for case in stricter.replay(path).cases] == [f"{path.as_posix()} (1)", f"{path.as_posix()} (2)"]


def test_an_assessment_that_was_changed_is_not_replayed(stricter: Versions) -> None:
    record = stored(stricter, "a", assessed(stricter, stricter.case()))
    data = json.loads(record.read_text("utf-8"))
    data["case"]["trip"]["days"] = 1
    record.write_text(json.dumps(data), "utf-8")
    [problem] = problems(stricter.replay(record))
    assert problem == (
        f"{record.as_posix()}: the assessment was changed after it was written, so it is not replayed\n"
        f"  help: `risk-engine verify {record}` says where"
    )


def test_an_assessment_that_is_only_laid_out_otherwise_is_replayed(stricter: Versions) -> None:
    record = stored(stricter, "a", assessed(stricter, stricter.case()))
    data = {**json.loads(record.read_text("utf-8")), "supersedes": None}
    record.write_text(json.dumps(data, indent=4), "utf-8")
    assert told(one(stricter.replay(record)).ladders) == STRICTER


def test_of_a_case_that_was_assessed_again_only_the_last_assessment_counts(stricter: Versions) -> None:
    case = stricter.case()
    first = assessed(stricter, case)
    stricter.case(trip="days: 1, risky: false, pace: calm")
    second = assessed(stricter, case, old=first)
    report = stricter.replay(stored(stricter, "a", first), stored(stricter, "b", second))
    assert [found.course for found in report.cases] == ["same"]
    assert report.notes == ("1 assessment left aside: a later one takes its place",)


def test_in_a_folder_decisions_are_left_aside_and_a_decision_that_is_named_is_a_problem(stricter: Versions) -> None:
    folder = stricter.folder / "cases"
    stricter.case()
    (folder / "d.decision.json").write_text('{"about": {}, "by": {}, "conditions": [], "levels": {}}', "utf-8")
    (folder / "older").mkdir()
    report = stricter.replay(folder)
    assert (report.counts.cases, report.problems) == (1, ())
    assert report.notes == (
        f"{folder}: folders below are not read: older",
        "1 decision left aside: it holds no case",
    )
    for cases in ((folder / "d.decision.json",), (folder / "d.decision.json", folder)):
        [problem] = problems(stricter.replay(*cases))
        assert "this is a decision, it holds no case" in problem


def test_a_file_that_is_named_and_in_a_folder_is_replayed_once_and_one_id_in_two_files_is_told(
    stricter: Versions,
) -> None:
    path = stricter.case()
    shutil.copy(path, path.with_name("copy.yaml"))
    report = stricter.replay(path, path.parent)
    assert report.counts.cases == 2
    assert report.notes == (f"the id `c` stands in 2 files: {path.as_posix()}, {path.with_name('copy.yaml')}",)


def test_what_cannot_be_read_is_told_all_at_once_and_the_rest_is_replayed(stricter: Versions) -> None:
    good, broken = stricter.case("good"), stricter.case("broken")
    broken.write_text("id: [", "utf-8")
    gone = stricter.folder / "gone.yaml"
    half = stricter.folder / "half.json"
    half.write_text('{"case_digest": 1, "findings": [], "proposals": [], "ratings": []}', "utf-8")
    report = stricter.replay(broken, good, gone, half)
    assert [case.case_id for case in report.cases] == ["good"]
    assert [Path(text.partition(":")[0]) for text in problems(report)] == [broken, gone, half]
    assert report.counts.problems == 3
    assert [(text.file, text.reason) for text in report.problems] == [
        (broken.as_posix(), "it cannot be used as it stands, see line and column 2:1"),
        (gone.as_posix(), "there is no such file"),
        (half.as_posix(), "this is not an assessment that this engine can read (at `schema`)"),
    ]


def test_an_empty_folder_says_so(stricter: Versions) -> None:
    (stricter.folder / "none").mkdir()
    with pytest.raises(InvalidSourceError, match="there is no case in this folder"):
        stricter.replay(stricter.folder / "none")


# --- which set ---


@pytest.mark.parametrize("named", by_turns(["toy@1.0.0", "toy", "toy@7.7.7"], 3))
def test_a_case_of_any_version_of_the_set_is_replayed(stricter: Versions, named: str) -> None:
    assert told(one(stricter.replay(stricter.case(text=f"criteria: {named}"))).ladders) == STRICTER


def test_a_case_that_names_the_folder_of_the_set_is_replayed(stricter: Versions) -> None:
    folder = stricter.folder / "toy"
    assert told(one(stricter.replay(stricter.case(text=f"criteria: {folder}"))).ladders) == STRICTER


def test_a_case_of_another_set_is_a_problem_with_a_way_out(stricter: Versions) -> None:
    path = stricter.case(text="criteria: loan-desk@1.0.0")
    [problem] = problems(stricter.replay(path))
    assert problem == (
        f"{path}: the case is of the set `loan-desk`, not of `toy`\n"
        "  help: leave it out, or compare two versions of `loan-desk`"
    )


def test_versions_of_two_sets_are_refused(stricter: Versions) -> None:
    stricter.make("1.1.0", head={"id": "other"})
    with pytest.raises(RiskEngineError, match="`toy` and `other` are two sets, not two versions of one"):
        stricter.replay(stricter.case())


# --- the day ---


def test_each_case_is_replayed_on_its_own_day_or_all_on_one(versions: Versions) -> None:
    values = ({"from": date(2020, 1, 1), "value": 30}, {"from": date(2026, 7, 1), "value": 10})
    versions.make("1.1.0", parameters={"long": {"values": values}})
    case = versions.case()
    assert one(versions.replay(case)).course == "same"
    later = one(versions.replay(case, on=date(2026, 7, 1)))
    assert (later.course, later.on) == ("stricter", date(2026, 7, 1))


def test_a_case_without_a_day_is_a_problem(stricter: Versions) -> None:
    path = stricter.case()
    path.write_text("id: c\ntitle: C\n", "utf-8")
    [problem] = problems(stricter.replay(path))
    assert "the case has no `assessment_date:`" in problem
    assert stricter.replay(path, on=DAY).problems == ()


def test_a_version_that_is_not_in_force_on_the_day_is_used_and_marked(stricter: Versions) -> None:
    values = ({"value": 10},)
    stricter.make("1.1.0", head={"in_force": {"from": date(2027, 1, 1)}}, parameters={"long": {"values": values}})
    report = stricter.replay(stricter.case())
    assert (one(report).in_force_before, one(report).in_force_after) == (True, False)
    assert (report.before.cases_outside, report.after.cases_outside) == (0, 1)
    assert report.before.in_force_until == report.after.in_force_from == date(2027, 1, 1)
    new_year = stricter.replay(stricter.case(), on=date(2027, 1, 1))
    assert (one(new_year).in_force_before, one(new_year).in_force_after) == (False, True)


def test_a_parameter_without_a_value_on_the_day_is_a_problem_that_names_the_version(versions: Versions) -> None:
    ladders = written(LADDERS)
    ladders["gate"]["levels"]["clear"] = {"review_months": {"parameter": "months"}}
    months = {"values": ({"from": date(2026, 1, 1), "value": 5},)}
    parameters = {"months": months, "long": {"values": ({"value": 30},)}}
    in_force = {"in_force": {"from": date(2026, 1, 1)}}
    versions.make("1.1.0", head=in_force, ladders=ladders, parameters=parameters)
    assert versions.replay(versions.case()).problems == ()
    [problem] = problems(versions.replay(versions.case(), on=date(2025, 1, 1)))
    assert problem.startswith("under toy@1.1.0: the parameter `months` is not in force on 2025-01-01")
    assert "--on" in problem


# --- the profile ---


def test_an_assessment_is_replayed_with_the_profile_that_it_was_made_with(stricter: Versions) -> None:
    record = stored(stricter, "a", assessed(stricter, stricter.case(), own_profile(stricter, 50)))
    report = stricter.replay(record)
    assert (one(report).course, report.profile) == ("same", None)


def test_a_profile_that_is_asked_for_counts_for_all_cases(stricter: Versions) -> None:
    record = stored(stricter, "a", assessed(stricter, stricter.case("a"), own_profile(stricter, 50)))
    report = stricter.replay(record, stricter.case("b"), profile=own_profile(stricter, 5))
    assert [case.course for case in report.cases] == ["same", "same"]
    assert report.profile == "Harbour School"
    assert {case.ladders[0].before.place.level for case in report.cases} == {"regulation"}


def test_a_profile_that_does_not_fit_a_version_is_refused_and_that_of_an_assessment_is_a_problem(
    stricter: Versions,
) -> None:
    profile = own_profile(stricter, 50)
    record = stored(stricter, "a", assessed(stricter, stricter.case(), profile))
    stricter.make("1.1.0", parameters={"long": {"values": ({"value": 10},)}})
    with pytest.raises(InvalidSourceError, match="long"):
        stricter.replay(record, profile=profile)
    [problem] = problems(stricter.replay(record))
    assert "its profile does not fit toy@1.1.0" in problem
    assert "--profile" in problem


# --- in several processes ---


@pytest.mark.nightly
def test_more_processes_give_the_same_report_in_the_same_order(stricter: Versions) -> None:
    cases = [stricter.case(f"n{number}", trip=f"days: {number % 40}") for number in range(40)]
    told_of: list[tuple[int, int]] = []
    two = stricter.replay(*cases, jobs=2, tell=lambda done, every: told_of.append((done, every)))
    assert two == stricter.replay(*cases)
    assert [case.case_id for case in two.cases] == [f"n{number}" for number in range(40)]
    assert told_of == [(16, 40), (32, 40), (40, 40)]
