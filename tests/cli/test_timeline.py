"""Versions in time at the command line: the day of an assessment picks one, and the timeline shows which."""

import json
import shutil
from pathlib import Path

import pytest

from risk_engine.engine.assess import assessment_digest, to_json
from risk_engine.model.assessment import Assessment
from tests.cli.running import LOAN_CASE, LOAN_DESK, done, refused, run
from tests.editing import edit

NOTE = "note: --on DATE marks a day, --all shows the dates outside the time in force too\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The loan desk with a second version from 2026-12-01, in which two controls lower a severity less."""
    folder = tmp_path_factory.mktemp("sets") / "loan-desk"
    shutil.copytree(LOAN_DESK, folder)
    shutil.copytree(folder / "1.0.0", folder / "1.1.0")
    for file, before, after in (
        ("set.yaml", "version: 1.0.0", "version: 1.1.0"),
        ("set.yaml", "from: 2024-03-01", "from: 2026-12-01"),
        ("parameters.yaml", "{value: 24}", "{value: 2}"),
    ):
        path = folder / "1.1.0" / file
        edit(path, before, after)
    return folder


def assessed(desk: str | Path, *more: str) -> dict[str, object]:
    text = done("assess", LOAN_CASE, "--criteria", desk, "--format", "json", *more)
    found: dict[str, object] = json.loads(text)["criteria"]
    return {key: found[key] for key in ("version", "in_force")}


@pytest.mark.parametrize(
    ("day", "version"),
    [("2024-03-01", "1.0.0"), ("2026-11-30", "1.0.0"), ("2026-12-01", "1.1.0"), ("2031-01-01", "1.1.0")],
)
def test_the_day_picks_the_version_that_is_in_force(day: str, version: str, desk: Path) -> None:
    assert assessed(desk, "--on", day) == {"version": version, "in_force": True}


def test_the_day_of_the_case_counts_where_none_is_named(desk: Path) -> None:
    assert assessed(desk) == {"version": "1.0.0", "in_force": True}  # the case says 2026-03-02


@pytest.mark.parametrize(("version", "day"), [("1.0.0", "2026-12-01"), ("1.1.0", "2026-11-30")])
def test_a_version_that_is_named_is_used_on_any_day_and_told_to_be_out_of_force(
    version: str, day: str, desk: Path
) -> None:
    for reference in (f"{desk}@{version}", str(desk / version)):
        assert assessed(reference, "--on", day) == {"version": version, "in_force": False}


def test_before_the_first_version_nothing_is_assessed(desk: Path) -> None:
    message = refused("assess", LOAN_CASE, "--criteria", desk, "--on", "2024-02-29")
    assert "is not in force on 2024-02-29\n  help: version 1.0.0 is in force from 2024-03-01" in message


def test_the_timeline_is_text_without_a_day_unless_one_is_named(desk: Path) -> None:
    result = run("criteria", "timeline", desk)
    assert (result.code, result.err) == (0, NOTE)
    assert "would be in force from 1 March 2024 to 30" in result.out
    assert "No day is marked." in " ".join(result.out.split())
    marked = run("criteria", "timeline", desk, "--on", "2026-12-01")
    assert (marked.code, marked.err) == (0, "")
    assert "No released version is in force on 2026-12-01." in marked.out.replace("1 December 2026", "2026-12-01")


@pytest.fixture(scope="module")
def released(desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same set with its first version released: the second is a draft beside it."""
    folder = tmp_path_factory.mktemp("released") / "loan-desk"
    shutil.copytree(desk, folder)
    done("criteria", "release", f"{folder}@1.0.0")
    return folder


def test_beside_a_release_a_draft_is_not_taken_by_its_day(released: Path) -> None:
    assert assessed(released, "--on", "2027-03-01") == {"version": "1.0.0", "in_force": True}
    marked = run("criteria", "timeline", released, "--on", "2027-03-01")
    assert [one.split()[0] for one in marked.out.splitlines() if one.rstrip().endswith("[in force]")] == ["1.0.0"]
    assert "draft" in marked.out


def test_a_draft_that_is_named_is_told_to_be_one_in_result_record_and_reports(released: Path, tmp_path: Path) -> None:
    arguments = ("assess", LOAN_CASE, "--criteria", f"{released}@1.1.0", "--on", "2027-03-01")
    shown = run(*arguments)
    assert "[Draft] Version 1.1.0 of these criteria is a draft" in " ".join(shown.out.split())
    assert shown.err == (
        "note: loan-desk@1.1.0 is a draft: nobody has released it, so it is never in force and may still change\n"
    )
    record = tmp_path / "record.json"
    done(*arguments, "-o", record)
    assert json.loads(record.read_text("utf-8"))["criteria"]["draft"] is True
    for form in ("md", "html"):
        page = done("report", record, "--criteria", released / "1.1.0", "--format", form)
        assert "Version 1.1.0 of these criteria is a draft: nobody has released it" in page
        annex = done("report", record, "--criteria", released / "1.1.0", "--format", form, "--annex")
        assert "a draft, not released" in annex
        assert "not in force on the day" not in page + annex
    assert run("verify", record, "--criteria", released / "1.1.0").code == 0


def test_a_record_that_is_forged_not_to_be_of_a_draft_does_not_verify(released: Path, tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    done("assess", LOAN_CASE, "--criteria", f"{released}@1.1.0", "--on", "2027-03-01", "-o", record)
    stored = Assessment.model_validate_json(record.read_bytes())
    for forged in ({"draft": False}, {"in_force": True}, {"draft": False, "in_force": True}):
        other = stored.model_copy(update={"criteria": stored.criteria.model_copy(update=forged)})
        sealed = other.model_copy(update={"digest": assessment_digest(other)})
        record.write_bytes(to_json(sealed) + b"\n")
        result = run("verify", record, "--criteria", released / "1.1.0")
        assert (result.code, result.out.startswith("different: ")) == (1, True), forged
        assert "  criteria." in result.out


def test_a_record_that_is_forged_to_be_in_force_before_the_day_of_its_version_does_not_verify(
    released: Path, tmp_path: Path
) -> None:
    record = tmp_path / "record.json"
    done("assess", LOAN_CASE, "--criteria", f"{released}@1.0.0", "--on", "2024-02-29", "-o", record)
    stored = Assessment.model_validate_json(record.read_bytes())
    assert not stored.criteria.in_force
    other = stored.model_copy(update={"criteria": stored.criteria.model_copy(update={"in_force": True})})
    record.write_bytes(to_json(other.model_copy(update={"digest": assessment_digest(other)})) + b"\n")
    result = run("verify", record, "--criteria", released / "1.0.0")
    assert (result.code, "  criteria.in_force: was true, now false" in result.out) == (1, True)
    chained = run("verify", record, record, "--criteria", released / "1.0.0")
    assert "does not hold: the assessment does not come out again: criteria.in_force: was true" in chained.out


@pytest.mark.nightly
def test_a_draft_that_was_released_since_is_a_note_and_no_difference(released: Path, tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    done("assess", LOAN_CASE, "--criteria", f"{released}@1.1.0", "--on", "2027-03-01", "-o", record)
    done("criteria", "release", released / "1.1.0")
    result = run("verify", record, "--criteria", f"{released}@1.1.0")
    assert result.code == 0
    assert "note: the criteria were a draft then; they were released since" in result.out


def test_all_shows_what_lies_outside_the_time_in_force(desk: Path) -> None:
    reference = f"{desk}@1.1.0"
    assert "REGION_LAW) is told from then on" not in " ".join(done("criteria", "timeline", reference).split())
    shown = done("criteria", "timeline", reference, "--all", "--format", "md")
    assert "| 1 March 2024 **\\[not in force\\]** | The region protects loans (awareness rule `REGION_LAW`)" in shown


@pytest.mark.parametrize(
    ("name", "begins"), [("t.svg", "<svg "), ("t.html", "<!doctype html>"), ("t.md", "# Versions"), ("t.json", "{\n")]
)
def test_the_ending_says_the_form(name: str, begins: str, desk: Path, tmp_path: Path) -> None:
    assert run("criteria", "timeline", desk, "-o", tmp_path / name).err == f"wrote {tmp_path / name}\n"
    text = (tmp_path / name).read_text("utf-8")
    assert text.startswith(begins)
    assert text == done("criteria", "timeline", desk, "--format", name.removeprefix("t."))
    assert ("<svg" in text) == (name in {"t.svg", "t.html"})


def test_the_json_holds_the_times_in_force_and_what_changes(desk: Path) -> None:
    found = json.loads(done("criteria", "timeline", desk, "--format", "json", "--on", "2026-12-01"))
    assert found["on"] == "2026-12-01"
    (one,) = found["sets"]
    assert [(each["version"], each["in_force_from"], each["in_force_until"]) for each in one["versions"]] == [
        ("1.0.0", "2024-03-01", "2026-12-01"),
        ("1.1.0", "2026-12-01", None),
    ]
    (change,) = (each for each in one["versions"][0]["changes"] if each["on"] == "2025-07-01")
    assert (change["what"], change["step"], change["id"]) == ("parameter", "changes", "light_limit")
    assert (change["before"], change["after"]) == (
        {"value": 60000, "shown": ["60000"]},
        {"value": 50000, "shown": ["50000"]},
    )


def test_one_picture_has_nothing_to_show_for_all(desk: Path) -> None:
    message = refused("criteria", "timeline", desk, "--all", "--format", "svg")
    assert "--all says nothing there" in message
    assert "help: leave out --all" in message


def test_several_sets_stand_below_each_other(desk: Path) -> None:
    text = done("criteria", "timeline", desk, "reconnect-china@1.0.0")
    assert text.index("(loan-desk)") < text.index("(reconnect-china)")


def test_a_timeline_in_german_is_german(desk: Path) -> None:
    text = " ".join(
        done("criteria", "timeline", desk, "reconnect-china@1.0.0", "--on", "2026-11-28", "--lang", "de").split()
    )
    for said in ("würde vom 1. März 2024", "[in Kraft]", "Markiert: 28. November 2026"):
        assert said in text


def test_a_set_that_is_not_there_is_refused() -> None:
    assert "there is no criteria set `loan`" in refused("criteria", "timeline", "loan")
