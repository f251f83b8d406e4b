"""A case is changed by commands: what changes is checked and shown, all else in the file stays as it is."""

import difflib
import hashlib
import json
from pathlib import Path
from unittest import mock

import pytest
import yaml

from risk_engine.cli import case_changes
from risk_engine.files.source import parse
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, done, refused, run

TEXT = LOAN_CASE.read_text("utf-8").replace("criteria: loan-desk", f"criteria: {LOAN_DESK}")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "case.yaml"
    file.write_bytes(TEXT.encode())
    return file


def moved(case: Path) -> list[str]:
    """Return the lines of the case that are other ones than in the example, without what stayed."""
    before, after = TEXT.splitlines(), case.read_text("utf-8").splitlines()
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


# --- set ---


def test_each_value_is_shown_as_it_was_and_as_it_is_and_nothing_else_in_the_file_changes(case: Path) -> None:
    pairs = ("title", "Fans", "loan.months", "9", "borrower.harbour.seat", "RIFT", "artwork.fan.hazards", "none")
    shown = done("case", "set", case, *pairs)
    assert [line.partition(" (")[0] for line in shown.splitlines()[:4]] == [
        "title: Fans of the old court -> Fans",
        "loan.months: 8 -> 9",
        "borrower.harbour.seat: NO -> RIFT",
        "artwork.fan.hazards: [arsenic] -> []",
    ]
    assert [line for line in moved(case) if "evidence" not in line and "for:" not in line] == [
        "- title: Fans of the old court",
        "+ title: Fans",
        "-   months: 8",
        "+   months: 9",
        "-     seat: NO",
        "+     seat: RIFT",
        "-     hazards: [arsenic]",
        "+     hazards: []",
    ]


def test_everything_that_is_wrong_is_told_at_once_with_what_was_meant_and_nothing_is_written(case: Path) -> None:
    pairs = {
        "loan.ocasion": "display",
        "loan.occasion": "disply",
        "loan.months": "many",
        "loan.opens_on": "2026-02-30",
        "borrower.harbor.seat": "NO",
        "borrower.seat": "NO",
        "artwork.fan.hazards": "arsenic, arsen",
        "borrower": "Harbour Museum",
        "nothing.here": "1",
        "evidence": "none",
    }
    said = refused("case", "set", case, *(word for pair in pairs.items() for word in pair))
    assert [path for path in pairs if f"{path}: " not in said] == []
    for meant in ("occasion", "display", "borrower.harbour", "borrower.harbour.seat", "arsenic"):
        assert f"`{meant}`" in said
    assert f"risk-engine case add {case} borrower NAME" in said
    assert said.endswith("nothing was written\n")
    assert case.read_bytes() == TEXT.encode()


def test_a_path_without_a_value_and_one_that_is_named_twice_are_refused(case: Path) -> None:
    assert "`loan.months` has no value" in refused("case", "set", case, "title", "Fans", "loan.months")
    assert "loan.months: this is named twice" in refused("case", "set", case, "loan.months", "9", "loan.months", "8")


def test_unknown_is_an_answer_to_every_question_and_to_a_list(case: Path) -> None:
    done("case", "set", case, "loan.months", "unknown", "artwork.fan.hazards", "unknown", "loan.story", "unknown")
    stated = yaml.safe_load(case.read_text("utf-8"))
    assert (stated["loan"]["months"], stated["artwork"][0]["hazards"], stated["loan"]["story"]) == ("unknown",) * 3


def test_a_list_with_entries_is_not_thrown_away_by_a_word(case: Path) -> None:
    assert "case remove" in refused("case", "set", case, "borrower", "none")


def test_evidence_comes_with_its_answers_on_the_day_that_is_named(case: Path) -> None:
    done(
        *("case", "set", case, "borrower.plain.climate", "steady", "loan.escorted", "true", "title", "Fans"),
        *("--evidence", "Letter 7; kind=letter; by=A. Registrar", "--recorded-on", "2026-02-27"),
    )
    record = yaml.safe_load(case.read_text("utf-8"))["evidence"][-1]
    assert record.pop("date").isoformat() == "2026-02-27"
    assert record == {
        "for": ["borrower.plain.climate", "loan.escorted"],
        "kind": "letter",
        "reference": "Letter 7",
        "collected_by": "A. Registrar",
    }


@pytest.mark.parametrize("title", ["", " ", "\u3164", "; kind=letter"])
def test_evidence_without_a_title_is_refused_and_nothing_is_set(title: str, case: Path) -> None:
    before = case.read_bytes()
    said = refused("case", "set", case, "borrower.plain.climate", "steady", "--evidence", title)
    assert "--evidence is empty" in said
    assert case.read_bytes() == before


def test_evidence_for_an_answer_that_is_replaced_goes_and_the_old_file_is_kept(case: Path) -> None:
    shown = done("case", "set", case, "artwork.fan.material", "textile")
    assert "artwork.fan.material: no longer counts as evidence, for the answer was replaced: " in shown
    assert "laboratory report LAB-77" in shown
    assert (case.parent / "case.yaml.bak").read_bytes() == TEXT.encode()
    assert yaml.safe_load(case.read_text("utf-8"))["evidence"][0]["for"] == ["artwork.fan.hazards.arsenic"]


def test_the_same_value_again_changes_nothing(case: Path) -> None:
    result = run("case", "set", case, "loan.months", "8", "artwork.fan.material", "paper")
    assert (result.code, result.err) == (0, f"{case}: nothing new\n")
    assert case.read_bytes() == TEXT.encode()


def test_a_case_that_cannot_be_used_is_mended_by_the_answer_that_is_right(case: Path) -> None:
    text = TEXT.replace("months: 8", "months: eight")
    case.write_text(text, "utf-8")
    assert "case.yaml:12" in refused("case", "set", case, "title", "Fans")
    assert case.read_text("utf-8") == text
    done("case", "set", case, "loan.months", "8")
    assert case.read_bytes() == TEXT.encode()


def test_what_does_not_fit_any_more_is_said_after_it_is_written(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    done("case", "new", case, "--criteria", "reconnect-china", "--on", "2026-11-29")
    done("case", "add", case, "partner", "s=Songhua University")
    answers = ("partner.s.military_link", "none", "partner.s.defence_labs", "3")
    assert "look at this: " in done("case", "set", case, *answers)


def test_a_file_with_line_ends_of_windows_and_one_in_json_keep_their_form(case: Path, tmp_path: Path) -> None:
    case.write_bytes(TEXT.encode().replace(b"\n", b"\r\n"))
    done("case", "set", case, "loan.months", "9", "institution", "Museum")
    content = case.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == TEXT.encode().count(b"\n")
    stated = parse(TEXT, "case.yaml").data
    file = tmp_path / "case.json"
    file.write_text(json.dumps(stated, default=str), "utf-8")
    done("case", "set", file, "loan.months", "9")
    assert json.loads(file.read_text("utf-8"))["loan"]["months"] == 9


def test_a_key_of_the_head_that_is_new_stands_behind_those_before_it(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    done("case", "new", case, *LOAN)
    case.write_text(case.read_text("utf-8").replace("criteria: loan-desk", f"criteria: {LOAN_DESK}"), "utf-8")
    done("case", "set", case, "institution", "Museum", "retain_until", "2041-12-31", "assessor", "A. Registrar")
    keys = list(yaml.safe_load(case.read_text("utf-8")))
    assert keys.index("title") < keys.index("institution") < keys.index("assessor") < keys.index("loan")


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(case: Path) -> None:
    with mock.patch.object(case_changes, "bytes_of", side_effect=[TEXT.encode(), b"other"]):
        assert "was changed by somebody else" in run("case", "set", case, "loan.months", "9").err
    assert case.read_bytes() == TEXT.encode()


def test_a_case_that_is_not_there_is_said_to_be_made_first(tmp_path: Path) -> None:
    file = tmp_path / "none.yaml"
    assert f"risk-engine case new {file}" in refused("case", "set", file, "title", "Fans")


def test_a_change_is_told_in_german(case: Path) -> None:
    said = refused("--lang", "de", "case", "set", case, "loan.ocasion", "display")
    assert "meinten Sie `occasion`?" in said
    assert "nichts wurde geschrieben" in said


# --- add and remove ---


def test_entries_of_several_lists_are_added_under_ids_that_are_made_or_given(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    done("case", "new", case, *LOAN)
    case.write_text(case.read_text("utf-8").replace("criteria: loan-desk", f"criteria: {LOAN_DESK}"), "utf-8")
    shown = done("case", "add", case, "borrower", "Harbour Museum", "quay=House on the Quay", "artwork", "Fan")
    assert shown == (
        "new: borrower.harbour-museum (Harbour Museum)\nnew: borrower.quay (House on the Quay)\n"
        "new: artwork.fan (Fan)\n"
    )
    stated = yaml.safe_load(case.read_text("utf-8"))
    assert [(one["id"], one["called"]) for one in stated["borrower"]] == [
        ("harbour-museum", "Harbour Museum"),
        ("quay", "House on the Quay"),
    ]
    assert stated["borrower"][0]["climate"] == "unknown"  # the empty block was there to be filled in
    done("case", "set", case, "borrower.quay.seat", "NO")


def test_what_cannot_be_added_is_told_at_once(case: Path) -> None:
    said = refused("case", "add", case, "borrower", "HARBOUR museum", "plain=Other House", "artwork")
    assert "this is in the list already, as `borrower.harbour`" in said
    assert "the id `plain` is taken" in said
    assert "artwork: an entry needs a name" in said
    assert "did you mean `borrower`?" in refused("case", "add", case, "borower", "Quay")


def test_what_is_taken_out_is_shown_and_its_evidence_goes_with_it(case: Path) -> None:
    shown = done("case", "remove", case, "artwork.fan", "SIGN", "evidence.2", "loan.swap", "notes")
    assert "artwork.fan: taken out\n  id: fan\n  called: Fan with cranes\n" in shown
    assert "loan.swap: hard -> -" in shown
    stated = yaml.safe_load(case.read_text("utf-8"))
    assert [one["id"] for one in stated["artwork"]] == ["portrait"]
    assert [one["id"] for one in stated["controls"]] == ["LOGGER"]
    assert (stated["evidence"], "swap" in stated["loan"], "notes" in stated) == ([], False, False)
    assert (case.parent / "case.yaml.bak").read_bytes() == TEXT.encode()
    assert case.read_text("utf-8").startswith("# A case of the loan desk")


def test_a_list_without_its_last_entry_is_not_known_rather_than_empty(case: Path) -> None:
    done("case", "remove", case, "borrower.harbour", "borrower.plain")
    assert yaml.safe_load(case.read_text("utf-8"))["borrower"] == "unknown"


def test_what_is_not_there_or_must_stay_cannot_be_taken_out(case: Path) -> None:
    said = refused("case", "remove", case, "title", "borrower.harbor", "SIGM", "evidence.9", "loan.ocasion")
    for part in ("title: every case has one", "`borrower.harbour`", "SIGM: ", "evidence.9: ", "`occasion`"):
        assert part in said


# --- controls and evidence ---


def test_a_control_is_added_and_changed_later_with_what_shows_it(case: Path) -> None:
    done("case", "add-control", case, "CRATE", "--owner", "Keeper", "--due", "2026-08-01")
    stated = yaml.safe_load(case.read_text("utf-8"))["controls"][-1]
    assert stated.pop("due").isoformat() == "2026-08-01"
    assert stated == {"id": "CRATE", "status": "planned", "owner": "Keeper"}
    shown = done(
        *("case", "add-control", case, "CRATE", "--status", "implemented"),
        *("--evidence", "Protocol 3; kind=log; date=2026-02-25"),
    )
    assert "controls.CRATE.status: planned -> implemented" in shown
    assert "counts as agreed" not in shown
    (record,) = yaml.safe_load(case.read_text("utf-8"))["controls"][-1]["evidence"]
    assert (record["kind"], record["reference"]) == ("log", "Protocol 3")


def test_a_control_that_is_said_to_be_in_place_without_evidence_is_told_to_count_as_agreed(case: Path) -> None:
    assert "SIGN: no evidence counts on 2026-03-02, so it counts as agreed" in done(
        "case", "set", case, "controls.SIGN.status", "implemented"
    )


def test_of_a_new_control_it_is_said_which_findings_of_the_case_it_lowers_and_with_what(case: Path) -> None:
    shown = done("case", "add-control", case, "CRATE", "MOUNT", "GUARD").splitlines()
    assert [line for line in shown if "it lowers" in line] == [
        "CRATE: it lowers OBJ-1 (A fragile object in an unsteady climate), together with `LOGGER`",
        "MOUNT: it lowers OBJ-2 (An earthquake zone)",
        "GUARD: it lowers no finding that the case has now",  # both houses are watched at night
    ]
    assert "it lowers" not in done("case", "add-control", case, "CRATE", "--status", "agreed")


def test_a_control_that_there_is_not_is_refused_with_what_was_meant(case: Path) -> None:
    assert "did you mean `LOGGER`?" in refused("case", "add-control", case, "LOGER", "--status", "don")


def test_evidence_is_added_with_the_digest_of_its_file(case: Path) -> None:
    letter = case.parent / "letter.txt"
    letter.write_text("We have guards.", "utf-8")
    done(
        *("case", "add-evidence", case, "--for", "borrower.harbour.night_watch", "--kind", "letter"),
        *("--title", "Letter of 1 February", "--date", "2026-02-01", "--file", letter, "--confidence", "documented"),
    )
    record = yaml.safe_load(case.read_text("utf-8"))["evidence"][-1]
    assert record["sha256"] == hashlib.sha256(letter.read_bytes()).hexdigest()
    assert (record["confidence"], record["for"]) == ("documented", ["borrower.harbour.night_watch"])
    said = refused("case", "add-evidence", case, "--for", "borrower.harbor.seat", "--for", "loan.month", "--title", "x")
    assert "`harbour`" in said
    assert "`months`" in said
