"""What is on file about an organisation is used by the cases that name it, with its age, and followed when it moves."""

import json
from pathlib import Path

import pytest

from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, done, refused, run

TEXT = LOAN_CASE.read_text("utf-8").replace("criteria: loan-desk", f"criteria: {LOAN_DESK}")
PLAIN = """\
  - id: plain
    called: House on the Plain
    seat: RIFT
    climate: drifting
    night_watch: alarmed
"""
ON_FILE = """\
id: plain
about: borrower
recorded_on: 2026-02-01
answers:
  seat: RIFT
  climate: drifting
  damages: 2
  night_watch: alarmed
evidence:
  - for: [climate]
    kind: report
    reference: Visit of 20 February
    date: 2026-02-20
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Return the folder of an office: one case, and what is on file about a house."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "partners").mkdir()
    (tmp_path / "partners" / "plain.yaml").write_text(ON_FILE, "utf-8")
    used = PLAIN.replace("    seat: RIFT\n    climate: drifting\n", "    on_file: plain\n    climate: unknown\n")
    (tmp_path / "cases" / "case.yaml").write_text(TEXT.replace(PLAIN, used), "utf-8")
    return tmp_path


def record(office: Path, *more: str) -> dict[str, object]:
    said: dict[str, object] = json.loads(done("assess", office / "cases" / "case.yaml", "--format", "json", *more))
    return said


def test_a_case_takes_what_it_leaves_open_and_the_record_holds_the_answers(office: Path) -> None:
    case = record(office)["case"]
    assert isinstance(case, dict)
    (plain,) = (one for one in case["borrower"] if one["id"] == "plain")
    assert plain == {
        "id": "plain",
        "called": "House on the Plain",
        "seat": "RIFT",
        "climate": "drifting",
        "damages": 2,
        "night_watch": "alarmed",
    }
    (taken,) = case["on_file"]
    assert (taken["entry"], taken["file"], taken["stale_after_days"]) == ("borrower.plain", "plain", 365)
    assert taken["answers"] == {"climate": "2026-02-20", "damages": "2026-02-01", "seat": "2026-02-01"}
    *_others, visit, rest = case["evidence"]
    assert (visit["for"], visit["reference"]) == (["borrower.plain.climate"], "Visit of 20 February")
    assert (rest["reference"], rest["date"]) == ("partners/plain.yaml", "2026-02-01")
    assert sorted(rest["for"]) == ["borrower.plain.damages", "borrower.plain.seat"]


def test_a_record_verifies_without_the_file(office: Path) -> None:
    file = office / "a.json"
    done("assess", office / "cases" / "case.yaml", "-o", file)
    (office / "partners" / "plain.yaml").unlink()
    assert "same: the assessment comes out again" in done("verify", file, *LOAN)


def test_the_age_of_what_was_taken_stands_in_terminal_and_report_and_too_old_is_told(office: Path) -> None:
    case = office / "cases" / "case.yaml"
    flat = " ".join(done("assess", case).split())
    # From 1 February to 2 March 2026 are 29 days.
    assert "3 answers about House on the Plain are from the office's file `plain`" in flat
    assert "the oldest of 1 February 2026 (29 days before; limit 365)" in flat
    assert "29 days before; limit 365" in " ".join(done("assess", case, "--format", "md").split())
    assert "older than" not in done("case", "check", case)
    (office / "partners" / "limit.yaml").write_text("stale_after_days: 20\n", "utf-8")
    assert "2 answers on file (`plain`, used for borrower.plain) are older than 20 days" in done("case", "check", case)
    own = ON_FILE.replace("answers:", "stale_after_days: 5\nanswers:")
    (office / "partners" / "plain.yaml").write_text(own, "utf-8")
    assert "3 answers on file (`plain`, used for borrower.plain) are older than 5 days" in done("case", "check", case)
    assert "older than 5 days" in " ".join(done("assess", case).split())


def test_an_answer_of_the_case_stands_and_one_on_file_that_differs_is_told(office: Path) -> None:
    case = office / "cases" / "case.yaml"
    shown = done("case", "set", case, "borrower.plain.climate", "steady")
    assert "borrower.plain.climate is answered" in shown
    assert "on file (`plain`) it is" in shown
    said = record(office)["case"]
    assert isinstance(said, dict)
    assert said["borrower"][1]["climate"] == "steady"
    assert said["on_file"][0]["differs"] == {"climate": "drifting"}


def test_everything_that_is_wrong_with_what_is_on_file_is_told_with_its_place(office: Path) -> None:
    case, file = office / "cases" / "case.yaml", office / "partners" / "plain.yaml"
    wrong = ON_FILE.replace("climate: drifting", "climate: drfting").replace("[climate]", "[climat]")
    file.write_text(wrong.replace("damages: 2", "damage: 2"), "utf-8")
    said = refused("assess", case)
    assert f"{file}:6:12: " in said
    for meant in ("`drifting`", "`damages`", "`climate`"):
        assert meant in said
    file.write_text(ON_FILE, "utf-8")
    done("case", "set", case, "borrower.harbour.on_file", "plain")
    assert "did you mean `plain`?" in refused("case", "set", case, "borrower.harbour.on_file", "plian")
    file.rename(office / "plain.yaml")
    (office / "partners").rmdir()
    assert "there is no folder `partners`" in refused("assess", case)


def test_what_a_case_says_of_an_entry_goes_on_file_and_the_next_case_takes_it(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    case, other = tmp_path / "cases" / "case.yaml", tmp_path / "cases" / "other.yaml"
    case.write_text(TEXT, "utf-8")
    out = done("partner", "save", case, "borrower.harbour")
    file = tmp_path / "cases" / "partners" / "harbour.yaml"
    assert out == "5 answers about borrower.harbour are on file as `harbour`\n"
    assert "is there already" in refused("partner", "save", case, "borrower.harbour")
    assert "did you mean `borrower.harbour`?" in refused("partner", "save", case, "borrower.harbor")
    text = TEXT.replace("L-2026-07", "L-2026-08").replace(PLAIN, "  - id: new\n    called: Harbour\n")
    other.write_text(text, "utf-8")
    done("case", "set", other, "borrower.new.on_file", "harbour")
    said = json.loads(done("assess", other, "--format", "json"))["case"]
    assert said["borrower"][1]["climate"] == "steady"
    assert said["borrower"][1]["called"] == "Harbour"
    listed = done("partner", "list", "--files", file.parent, *LOAN)
    assert listed.startswith("harbour: borrower “Harbour Museum”, 5 answers, the oldest of 2026-03-02")


@pytest.mark.nightly
def test_a_workbook_of_the_case_takes_what_is_on_file_as_the_case_does(office: Path) -> None:
    case, book = office / "cases" / "case.yaml", office / "cases" / "case.xlsx"
    done("case", "export", case, book)
    assert done("assess", book, "--format", "json") == done("assess", case, "--format", "json")
    assert run("case", "import", book, "--into", case).err == f"{case}: nothing new\n"


def test_a_change_names_the_open_and_the_decided_cases_that_it_touches(office: Path) -> None:
    cases, files = office / "cases", ("--files", office / "partners", *LOAN)
    done("assess", cases / "case.yaml", "-o", office / "decided.json")
    done("assess", cases / "case.yaml", "--on", "2026-03-03", "-o", office / "assessed.json")
    decision = run(
        *("decide", office / "decided.json", *LOAN, "--level", "verdict=refuse", "--reason", "The keeper is ill."),
        *("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09"),
    )
    assert decision.code == 0, decision
    assert "as it is on file now" in done("partner", "changed", "plain", office, *files)
    (office / "partners" / "plain.yaml").write_text(ON_FILE.replace("climate: drifting", "climate: steady"), "utf-8")
    lines = done("partner", "changed", "plain", office, *files).splitlines()
    assert f"open: {cases / 'case.yaml'}: uses it for borrower.plain; assess it again" in lines
    assert f"decided: {office / 'decided.json'} (L-2026-07, 2026-03-02): climate: drifting -> steady" in lines
    assert f"assessed: {office / 'assessed.json'} (L-2026-07, 2026-03-03): climate: drifting -> steady" in lines
    assert len(lines) == 3
    assert "did you mean `plain`?" in refused("partner", "changed", "plian", office, *files)
    assert done("partner", "changed", "plain", office / "partners", *files) == "no case here uses `plain`\n"
