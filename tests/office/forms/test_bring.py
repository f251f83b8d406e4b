"""Questionnaires into a case: what is added, confirmed, contradicted, set aside and kept, and what is refused."""

import hashlib
import json
import shutil
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.files.source import read
from risk_engine.office.forms.export_form import form_for
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, done, refused, run
from tests.editing import edit
from tests.office.forms.bringing import bring, data, docx, line, xlsx
from tests.office.forms.people import NO_ENTRIES, NOT_KNOWN, Person, Unsure, fill_workbook
from tests.versions import newest

# --- what comes in ---


def test_answers_go_where_they_belong_and_nothing_else_of_the_file_changes(here: Path) -> None:
    before = (here / "case.yaml").read_text("utf-8").splitlines()
    answers = {"borrower.2.damages": Unsure(3), "loan.swap": "hard"}
    result = bring(xlsx("a.xlsx", "conservator", answers, known=True, by="Ann C.", day=date(2026, 2, 27)))
    assert (result.code, result.err) == (0, "wrote case.yaml; as it was before: case.yaml.bak\n")
    assert result.out == (
        "a.xlsx: filled in by Ann C. on 2026-02-27: 2 answers taken, 1 of them unsure; 0 not known yet\n"
    )
    after = (here / "case.yaml").read_text("utf-8").splitlines()
    gone = [line for line in before if line not in after]
    assert gone == []
    assert data()["borrower"][1]["damages"] == 3
    assert (here / "case.yaml.bak").read_text("utf-8").splitlines() == before


def test_who_answered_and_when_is_evidence_of_the_case(here: Path) -> None:
    answers = {"borrower.2.damages": Unsure(3), "loan.swap": "hard"}
    assert bring(xlsx("a.xlsx", "conservator", answers, known=True, by="Ann C.")).code == 0
    digest = hashlib.sha256((here / "a.xlsx").read_bytes()).hexdigest()
    sure, unsure = data()["evidence"][-2:]
    assert sure == {
        "for": ["loan.swap"],
        "kind": "questionnaire",
        "reference": "a.xlsx",
        "date": date(2026, 11, 20),
        "collected_by": "Ann C.",
        "confidence": "declared",
        "sha256": digest,
    }
    assert unsure["for"] == ["borrower.plain.damages"]
    assert (unsure["kind"], unsure["confidence"]) == ("questionnaire", "unsure")
    done("assess", "case.yaml", *LOAN)


@pytest.mark.usefixtures("here")
def test_not_known_yet_is_written_down_and_takes_nothing_away() -> None:
    answers = {"loan.reach": NOT_KNOWN, "borrower.2.damages": NOT_KNOWN}
    result = bring(xlsx("a.xlsx", None, answers, known=True))
    assert "0 answers taken, 0 of them unsure; 2 not known yet" in result.out
    assert data()["loan"]["reach"] == 60000
    assert data()["borrower"][1]["damages"] == "unknown"


@pytest.mark.usefixtures("here")
def test_several_files_make_a_new_case_and_mean_the_same_entry_by_its_name() -> None:
    one = xlsx("r.xlsx", "registrar", {"borrower.1.called": "Harbour Museum", "borrower.1.seat": "NO"},
               more={"title": "Fans"}, lists={"artwork": NOT_KNOWN})  # fmt: skip
    other = docx("c.docx", "conservator", {"borrower.1.called": " harbour  museum", "borrower.1.climate": "steady"})
    nowhere = "there is no folder cases\n  help: name one that is there\n"
    assert bring(one, other, into="cases/2026-007.yaml").err == nowhere
    Path("cases").mkdir()
    result = bring(one, other, into="cases/2026-007.yaml")
    same = "taken as the same entry as `borrower.harbour-museum`"
    warned = f"c.docx: table 4, row 2: “harbour museum” is {same}, “Harbour Museum”\n"
    assert (result.code, result.err) == (0, f"{warned}wrote cases/2026-007.yaml\n")
    assert f"“harbour museum” is {same}, “Harbour Museum”" in data("cases/2026-007.yaml")["notes"]
    assert "r.xlsx: Borrowing house!C7: new entry `borrower.harbour-museum`, “Harbour Museum”" in result.out
    case = data("cases/2026-007.yaml")
    assert (case["id"], case["title"], case["criteria"]) == ("2026-007", "Fans", "loan-desk")
    (house,) = case["borrower"]
    known = {key: value for key, value in house.items() if value != "unknown"}
    assert known == {"id": "harbour-museum", "called": "Harbour Museum", "seat": "NO", "climate": "steady"}
    assert case["artwork"] == [dict.fromkeys(case["artwork"][0], "unknown") | {"id": "artwork-1"}]
    done("assess", "cases/2026-007.yaml", *LOAN, "--on", "2026-12-01")


def test_a_new_entry_gets_an_id_that_is_free(here: Path) -> None:
    answers = {"borrower.1.called": "Harbour", "borrower.1.climate": "steady",
               "borrower.2.called": "港口", "borrower.2.climate": "steady"}  # fmt: skip
    edit(here / "case.yaml", "  - id: plain\n", "  - id: borrower\n")
    result = bring(xlsx("a.xlsx", "conservator", answers))
    assert "would be one entry too many: at most 3 are allowed\n  help: take one out of the case first" in result.err
    assert result.code == 2
    del answers["borrower.1.called"], answers["borrower.1.climate"]
    assert bring(xlsx("b.xlsx", "conservator", answers)).code == 0
    assert [one["id"] for one in data()["borrower"]] == ["harbour", "borrower", "borrower-2"]


@pytest.mark.usefixtures("here")
def test_there_are_none_is_an_answer() -> None:
    assert bring(xlsx("a.xlsx", "registrar", {}, lists={"artwork": NO_ENTRIES}), into="new.yaml").code == 0
    assert data("new.yaml")["artwork"] == []


@pytest.mark.nightly
def test_a_json_case_stays_json(here: Path) -> None:
    (here / "case.json").write_text(json.dumps(read(LOAN_CASE).data, default=str), "utf-8")
    assert bring(xlsx("a.xlsx", "registrar", {"loan.escorted": True}), into="case.json").code == 0
    assert json.loads((here / "case.json").read_text("utf-8"))["loan"]["escorted"] is True
    done("assess", "case.json", *LOAN)


def test_the_same_files_again_change_nothing(here: Path) -> None:
    name = xlsx("a.xlsx", "registrar", {"loan.escorted": True}, more={"remarks": "Two lines\nof text"})
    assert bring(name).code == 0
    written = (here / "case.yaml").read_bytes()
    assert bring(name).err == "case.yaml: nothing new\n"
    assert (here / "case.yaml").read_bytes() == written
    assert data()["notes"].endswith("a.xlsx, A. Person, 2026-11-20: Two lines\nof text")
    assert sorted(one.name for one in here.glob("case.yaml*")) == ["case.yaml", "case.yaml.bak"]


@pytest.mark.nightly
def test_an_old_copy_is_never_written_over(here: Path) -> None:
    for number in range(3):
        assert bring(xlsx(f"{number}.xlsx", "registrar", {"loan.months": 8}, by=f"P{number}")).code == 0
    names = ["case.yaml", "case.yaml.bak", "case.yaml.bak-2", "case.yaml.bak-3"]
    assert sorted(one.name for one in here.glob("case.yaml*")) == names
    assert (here / "case.yaml.bak").read_bytes() == LOAN_CASE.read_bytes()


@pytest.mark.usefixtures("here")
def test_who_and_when_can_be_given_for_files_that_do_not_say_it() -> None:
    name = docx("a.docx", "registrar", {"loan.escorted": True}, by=None, day=None)
    message = "a.docx: table 1, row 2: the day on which this was filled in is missing\n"
    assert bring(name).err == f"{message}  help: write it there, or give it with `--answered-on`\n"
    assert bring(name, "--answered-on", "2026-02-20", "--answered-by", "The desk").code == 0
    assert data()["evidence"][-1]["collected_by"] == "The desk"
    assert data()["evidence"][-1]["date"] == date(2026, 2, 20)


# --- what contradicts ---


def test_contradictions_are_reported_with_both_places_all_at_once_and_nothing_is_written(here: Path) -> None:
    one = xlsx("r.xlsx", "registrar", {"loan.months": 9, "artwork.1.called": "FAN with cranes",
                                       "artwork.1.papers": ("invoice",)})  # fmt: skip
    other = docx("s.docx", "registrar", {"loan.escorted": False, "loan.months": 8})
    third = xlsx("t.xlsx", "registrar", {"loan.escorted": True}, lists={"artwork": NO_ENTRIES})
    result = bring(one, other, third)
    assert result.code == 2
    assert result.out == ""
    assert result.err == (
        f"r.xlsx: The loan!C6: `loan.months` is answered “9”, but case.yaml:{line('months:')}:11 says “8”\n"
        "r.xlsx: Object!C8: `artwork.fan.papers` is answered “An invoice”, "
        f"but case.yaml:{line('papers:')}:13 says “A dated photograph”\n"
        "t.xlsx: The loan!C9: `loan.escorted` is answered “yes”, but s.docx: table 2, row 6 says “no”\n"
        "t.xlsx: Object!C4: `artwork` is answered “there are none”, "
        f"but case.yaml:{line('- id: fan')}:3 says “fan, portrait”\n"
        "  help: decide with `--prefer PATH=case`, `--prefer PATH=new` or `--prefer PATH=FILE`, for each path or "
        "without it for all; nothing was written\n"
    )
    assert (here / "case.yaml").read_bytes() == LOAN_CASE.read_bytes()
    assert list(here.glob("case.yaml?*")) == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("prefer", "months", "escorted"),
    [
        (("new",), 10, True),
        pytest.param(("case", "loan.escorted=s.xlsx"), 8, False, marks=pytest.mark.nightly),
        (("r.xlsx", "loan.escorted=new"), 9, True),
        pytest.param(("loan.months=s.xlsx", "loan.escorted=s.xlsx"), 10, False, marks=pytest.mark.nightly),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_preference_decides_and_what_is_lost_stands_in_the_notes(
    prefer: tuple[str, ...], months: int, escorted: bool
) -> None:
    files = (
        xlsx("r.xlsx", "registrar", {"loan.months": 9}, by="R."),
        xlsx("s.xlsx", "registrar", {"loan.escorted": False, "loan.months": 10}, by="S."),
        xlsx("t.xlsx", "registrar", {"loan.escorted": True}, by="T."),
    )
    result = bring(*files, *(word for one in prefer for word in ("--prefer", one)))
    assert result.code == 0, result.err
    assert (data()["loan"]["months"], data()["loan"]["escorted"]) == (months, escorted)
    notes = data()["notes"]
    assert f"loan.months: “{months}” stands" in notes
    for value, place in (
        (8, f"case.yaml:{line('months:')}:11"),
        (9, "r.xlsx: The loan!C6"),
        (10, "s.xlsx: The loan!C6"),
    ):
        assert value == months or f"{place} said “{value}”" in notes
    supported = {one["reference"]: one["for"] for one in data()["evidence"] if one["kind"] == "questionnaire"}
    assert ("t.xlsx" in supported) == escorted
    assert ("r.xlsx" in supported) == (months == 9)


@pytest.mark.nightly
def test_a_preference_for_case_does_not_decide_between_two_files(here: Path) -> None:
    files = (xlsx("s.xlsx", None, {"loan.escorted": False}), xlsx("t.xlsx", None, {"loan.escorted": True}))
    assert (
        "t.xlsx: The loan!C13: `loan.escorted` is answered “yes”, but s.xlsx" in bring(*files, "--prefer", "case").err
    )
    assert "escorted: unknown" in (here / "case.yaml").read_text("utf-8")


@pytest.mark.usefixtures("here")
def test_entries_are_not_thrown_away_by_a_word_on_a_form() -> None:
    name = xlsx("t.xlsx", "registrar", {}, lists={"artwork": NO_ENTRIES})
    message = bring(name, "--prefer", "new").err
    assert "prefer `artwork=case`, or take the entries out of the case yourself" in message
    assert bring(name, "--prefer", "artwork=case").code == 0
    assert len(data()["artwork"]) == 2
    assert "artwork: “fan, portrait” stands; t.xlsx: Object!C4 said “there are none”" in data()["notes"]


def test_entries_where_the_case_says_there_are_none_are_a_contradiction(here: Path) -> None:
    (here / "none.yaml").write_text("criteria: loan-desk\nid: N\ntitle: T\nborrower: []\n", "utf-8")
    name = xlsx("a.xlsx", "registrar", {"borrower.1.called": "Harbour"})
    message = "a.xlsx: Borrowing house!C7: `borrower` is answered “harbour”, but none.yaml:4:11 says “there are none”"
    assert message in bring(name, into="none.yaml").err
    assert bring(name, "--prefer", "new", into="none.yaml").code == 0
    assert data("none.yaml")["borrower"] == [{"id": "harbour", "called": "Harbour"}]


@pytest.mark.usefixtures("here")
def test_a_preference_that_decides_nothing_is_named() -> None:
    name = xlsx("a.xlsx", "registrar", {"loan.months": 8})
    result = bring(name, "--prefer", "loan.moths=new")
    assert (result.code, result.err.splitlines()[0]) == (0, "`--prefer loan.moths=…`: nothing contradicts there")


@pytest.mark.usefixtures("here")
def test_a_preference_for_no_such_contradiction_is_named_beside_those_that_are_left() -> None:
    name = xlsx("a.xlsx", "registrar", {"loan.months": 9})
    result = bring(name, "--prefer", "loan.month=new")
    assert result.code == 2
    assert "`--prefer loan.month=…`: there is no such contradiction\n  help: did you mean `loan.months`?" in result.err
    assert "a.xlsx: The loan!C6: `loan.months` is answered “9”, but" in result.err


@pytest.mark.nightly
@pytest.mark.usefixtures("here")
def test_the_same_name_in_two_files_is_said_once_and_one_answer_is_one_answer() -> None:
    one = xlsx("r.xlsx", "registrar", {"borrower.1.called": "Harbour"})
    other = xlsx("c.xlsx", "conservator", {"borrower.1.called": "Harbour", "borrower.1.climate": "steady"})
    result = bring(one, other, into="new.yaml")
    assert "c.xlsx: Borrowing house!C7: “Harbour” is taken as the same entry as `borrower.harbour`, “" in result.out
    assert "r.xlsx: filled in by A. Person on 2026-11-20: 1 answer taken, 0 of them" in result.out
    assert "notes" not in data("new.yaml")
    again = bring(one, other, into="new.yaml")
    assert ("the same entry" in again.out, again.err) == (False, "new.yaml: nothing new\n")


@pytest.mark.usefixtures("here")
def test_an_id_ends_with_a_whole_word() -> None:
    name = "Qingyuan University of Technology Laboratory"
    bring(xlsx("r.xlsx", "registrar", {"borrower.1.called": name}), into="new.yaml")
    assert data("new.yaml")["borrower"][0]["id"] == "qingyuan-university-of-technology"
    bring(xlsx("s.xlsx", "registrar", {"borrower.1.called": "x" * 50}), into="other.yaml")
    assert data("other.yaml")["borrower"][0]["id"] == "x" * 40


@pytest.mark.usefixtures("here")
def test_a_preference_for_nobody_is_refused() -> None:
    name = xlsx("a.xlsx", "registrar", {"loan.months": 9})
    assert bring(name, "--prefer", "ours").err == (
        "`--prefer ours` names none of `case`, `new` or `a.xlsx`\n  help: or write `PATH=` before it\n"
    )


# --- what need not be asked ---


@pytest.mark.usefixtures("here")
def test_an_answer_that_need_not_be_given_is_set_aside() -> None:
    # The portrait is oil on canvas, of which nobody asks for lux hours.
    answers = {"artwork.1.called": "Portrait of a dancer", "artwork.1.lux_hours": 500}
    result = bring(xlsx("a.xlsx", "conservator", answers))
    assert "a.xlsx: Object!C13: `artwork.portrait.lux_hours` need not be asked; set aside\n" in result.out
    assert data()["set_aside"] == {"artwork.portrait.lux_hours": 500}
    assert data()["artwork"][1]["lux_hours"] == "unknown"
    done("assess", "case.yaml", *LOAN)


def test_a_new_answer_that_rules_out_an_old_one_is_a_contradiction(here: Path) -> None:
    name = xlsx("a.xlsx", "conservator", {"artwork.1.called": "Fan with cranes", "artwork.1.material": "stone"})
    message = bring(name, "--prefer", "artwork.fan.material=new").err
    assert message == (
        f"case.yaml:{line('lux_hours:')}:16: `artwork.fan.lux_hours` is answered in the case, "
        "but the new answers say that it need not be "
        "asked\n  help: `--prefer artwork.fan.lux_hours=new` sets it aside\n"
    )
    assert (here / "case.yaml").read_bytes() == LOAN_CASE.read_bytes()
    assert bring(name, "--prefer", "new").code == 0
    assert data()["set_aside"] == {"artwork.fan.lux_hours": 40000}


# --- another case, another version ---


def test_a_form_about_another_case_is_refused(here: Path) -> None:
    name = xlsx("a.xlsx", "registrar", {"loan.escorted": True}, known=True)
    text = (here / "case.yaml").read_text("utf-8").replace("id: L-2026-07", "id: L-2026-08")
    (here / "case.yaml").write_text(text, "utf-8")
    assert bring(name).err == (
        "a.xlsx: this questionnaire is about the case `L-2026-07`, case.yaml is `L-2026-08`\n"
        "  help: name the case that it is about with `--into`\n"
    )


def test_a_form_of_another_set_is_refused(here: Path) -> None:
    full = form_for(newest("reconnect-china"), "dpo", room=1)
    fill_workbook(full, Person({}), here / "other.xlsx")
    message = bring("other.xlsx").err
    assert message.startswith("other.xlsx: this questionnaire is of the set `reconnect-china`, the case is under")


def test_an_entry_that_the_case_has_no_more_is_named(here: Path) -> None:
    name = xlsx("a.xlsx", "conservator", {"borrower.2.damages": 3}, known=True)
    text = (here / "case.yaml").read_text("utf-8").replace("  - id: plain", "  - id: plains")
    (here / "case.yaml").write_text(text, "utf-8")
    assert "a.xlsx: Borrowing house!E8: the case has no entry `borrower.plain` any more" in bring(name).err


def test_a_form_of_another_version_gives_what_fits_and_names_the_rest(here: Path) -> None:
    answers = {"loan.paperwork": "signed_here", "loan.months": 60, "loan.escorted": True, "loan.shipper": "SLOWBOAT",
               "loan.reach": 70000, "loan.swap": "hard", "loan.story": "Of fans"}  # fmt: skip
    name = xlsx("a.xlsx", None, answers)
    newer = here / "newer"
    shutil.copytree(LOAN_DESK / "1.0.0", newer)
    (newer / "mutants.yaml").unlink(missing_ok=True)
    for one in ("map.yaml", "cases.yaml"):
        (newer / one).unlink()
    escorted = (
        "question: Does one of us travel with it?\n      type: boolean\n      riskier: false\n      asked_of: {}\n"
    )
    changes = {
        "set.yaml": [("version: 1.0.0", "version: 1.1.0")],
        "facts.yaml": [
            ("range: [1, 60]", "range: [1, 24]"),
            ("signed_here: Our house only", "signed_here: Only we"),
            ("easy: Easily, hard: Hardly", "easy: Easily, tough: Hardly"),
            ("    story:\n", "    tale:\n"),
            (escorted.format("registrar"), escorted.format("conservator")),
        ],
    }
    for file, pairs in changes.items():
        text = (newer / file).read_text("utf-8")
        for before, after in pairs:
            assert before in text, before
            text = text.replace(before, after, 1)
        (newer / file).write_text(text, "utf-8")
    gone = ("reach:", "months:", "swap:", "story:", "escorted:")
    lines = (here / "case.yaml").read_text("utf-8").splitlines(keepends=True)
    (here / "case.yaml").write_text("".join(one for one in lines if not one.strip().startswith(gone)), "utf-8")
    result = run("case", "import", name, "--into", "case.yaml", "--criteria", newer)
    assert result.code == 0, result.err
    assert result.err.splitlines()[:4] == [
        "a.xlsx: made from loan-desk 1.0.0, the case is under 1.1.0; taken is what fits",
        "a.xlsx: The loan!C6: `loan.months`: 60 is not between 1 and 24; not taken",
        "a.xlsx: The loan!C11: `loan.swap`: “Hardly” is no answer in this version; not taken",
        "a.xlsx: The loan!C12: `loan.story` is not a question of this version; not taken: “Of fans”",
    ]
    assert data()["loan"]["paperwork"] == "signed_here"
    assert (data()["loan"]["reach"], data()["loan"]["escorted"]) == (70000, True)
    assert "months" not in data()["loan"]
    assert "60 is not between 1 and 24" in data()["notes"]


# --- the case itself ---


def test_a_case_that_cannot_be_used_is_refused_before_anything_is_taken(here: Path) -> None:
    text = (here / "case.yaml").read_text("utf-8").replace("fragility: robust", "fragility: rubust")
    (here / "case.yaml").write_text(text, "utf-8")
    message = bring(xlsx("a.xlsx", "registrar", {"loan.escorted": True})).err
    assert f"case.yaml:{line('fragility: robust')}:16: `rubust` is not one of" in message
    (here / "list.yaml").write_text("- a\n", "utf-8")
    assert "a case is keys with values" in bring("a.xlsx", into="list.yaml").err
    assert "is a folder; a case file is needed" in bring("a.xlsx", into=".").err


@pytest.mark.usefixtures("here")
def test_without_the_set_that_it_was_made_from_the_way_out_is_said() -> None:
    name = xlsx("a.xlsx", "registrar", {"loan.escorted": True})
    message = refused("case", "import", name, "--into", "new.yaml")
    assert message.startswith("a.xlsx was made from loan-desk 1.0.0: there is no criteria set `loan-desk`")
    assert message.endswith("  help: name the set or its folder with `--criteria`\n")


@pytest.mark.nightly
@pytest.mark.usefixtures("here")
def test_a_case_made_from_the_folder_of_a_set_can_be_used_with_that_folder() -> None:
    done("case", "new", "made.yaml", *LOAN)
    done("case", "check", "made.yaml", *LOAN, "--on", "2026-12-01")
    assert bring(xlsx("a.xlsx", "registrar", {"loan.escorted": True}), into="made.yaml").code == 0
    done("assess", "made.yaml", *LOAN, "--on", "2026-12-01")
    done("case", "new", "again.xlsx", "--from", "made.yaml", *LOAN)


@pytest.mark.usefixtures("here")
def test_a_file_given_twice_is_named() -> None:
    name = xlsx("a.xlsx", "registrar", {"loan.escorted": True})
    shutil.copy(name, "b.xlsx")
    assert "b.xlsx: this is the same file as a.xlsx\n  help: name each questionnaire once" in bring(name, "b.xlsx").err


def test_a_question_that_is_asked_of_somebody_else_is_not_taken(here: Path) -> None:
    """Whoever writes the key of another question into a form answers in nobody's name."""
    name = xlsx("a.xlsx", "registrar", {"loan.escorted": True})
    book = load_workbook(name)
    sheet = book["The loan"]
    assert isinstance(sheet, Worksheet)
    sheet["A9"] = "loan.swap"
    book.save(name)
    result = bring(name, "--allow-missing")
    assert (
        "a.xlsx: The loan!C9: `loan.swap` is not asked of `registrar` in this version; not taken: “Yes”" in result.err
    )
    assert data()["loan"]["swap"] == "hard"
    assert "escorted: unknown" in (here / "case.yaml").read_text("utf-8")


# --- what is wrong in one of several files ---

NINE: dict[str, dict[str, object]] = {
    "1.xlsx": {"loan.occasion": "display"},
    "2.docx": {"loan.months": 6},
    "3.xlsx": {"loan.paperwork": "signed_both"},
    "4.docx": {"loan.shipper": "QUICKVAN"},
    "5.xlsx": {"loan.reach": 9000},
    "6.docx": {"loan.swap": "hard"},
    "7.xlsx": {"loan.story": "Wind"},
    "8.docx": {"loan.escorted": True},
}


def nine(wrong: str = "many") -> list[str]:
    """Write nine questionnaires, eight of which are right; the ninth says a word where a number is asked for."""
    for name, content in nine_once(wrong).items():
        Path(name).write_bytes(content)
    return [*NINE, "9.xlsx"]


@cache
def nine_once(wrong: str) -> dict[str, bytes]:
    for name, answers in NINE.items():
        (xlsx if name.endswith("xlsx") else docx)(name, None, answers)
    xlsx("9.xlsx", None, {"loan.opens_on": date(2026, 5, 1)})
    book = load_workbook("9.xlsx")
    sheet = book["The loan"]
    assert isinstance(sheet, Worksheet)
    assert sheet["B6"].value == "For how many months?"
    sheet["C6"] = wrong
    book.save("9.xlsx")
    return {name: Path(name).read_bytes() for name in (*NINE, "9.xlsx")}


@pytest.mark.usefixtures("bare_folder")
def test_one_wrong_field_in_one_of_nine_questionnaires_keeps_the_other_eight() -> None:
    result = bring(*nine())
    assert result.code == 2
    assert result.out.count("1 answer taken") == 8
    assert "9.xlsx" not in result.out
    loan = data()["loan"]
    stated = {f"loan.{name}": value for name, value in loan.items() if value != "unknown"}
    assert stated == {path: value for one in NINE.values() for path, value in one.items()}
    said = result.err.splitlines()
    assert [one for one in said if one.startswith("9.xlsx: The loan!C6: ")] != []
    assert said[-1] == "1 of 9 could not be used; the others were"
    done("assess", "case.yaml", *LOAN, "--on", "2026-11-20")
    assert (bring("9.xlsx").code, data()["loan"]["opens_on"]) == (2, "unknown")
    nine("6")
    assert bring("9.xlsx").code == 0
    assert data()["loan"]["opens_on"] == date(2026, 5, 1)


@pytest.mark.nightly
@pytest.mark.usefixtures("bare_folder")
def test_with_strict_nothing_is_written_while_anything_is_wrong() -> None:
    result = bring(*nine(), "--strict")
    assert (result.code, result.out) == (2, "")
    assert "9.xlsx: The loan!C6: " in result.err
    assert not Path("case.yaml").exists()
    nine("6")
    assert bring(*NINE, "9.xlsx", "--strict").code == 0


@pytest.mark.nightly
@pytest.mark.usefixtures("bare_folder")
def test_the_faults_of_all_files_are_told_at_once() -> None:
    files = nine()
    Path("10.xlsx").write_bytes(b"PK")
    shutil.copy("1.xlsx", "11.xlsx")
    result = bring(*files, "10.xlsx", "11.xlsx", "12.docx")
    assert result.code == 2
    for name in ("9.xlsx: The loan!C6", "10.xlsx", "11.xlsx: this is the same file as 1.xlsx", "12.docx"):
        assert f"{name}: " in result.err or f"{name}\n" in result.err, result.err
    assert result.err.splitlines()[-1] == "4 of 12 could not be used; the others were"
    assert result.out.count("1 answer taken") == 8


@pytest.mark.nightly
@pytest.mark.usefixtures("bare_folder")
def test_where_no_file_is_right_nothing_is_written() -> None:
    nine()
    result = bring("9.xlsx", "12.docx")
    assert (result.code, result.out) == (2, "")
    assert "9.xlsx: The loan!C6: " in result.err
    assert "12.docx: there is no such file" in result.err
    assert not Path("case.yaml").exists()


@pytest.mark.usefixtures("bare_folder")
def test_a_contradiction_stops_all_and_is_told_with_what_is_wrong_in_other_files() -> None:
    files = nine()
    xlsx("8.xlsx", None, {"loan.swap": "easy"})
    result = bring(*files, "8.xlsx")
    assert (result.code, result.out) == (2, "")
    assert "9.xlsx: The loan!C6: " in result.err
    assert "`loan.swap` is answered" in result.err
    assert not Path("case.yaml").exists()
