"""An answer that takes the place of another: what supported the old one, and what the notes may say."""

import shutil
import unicodedata
from pathlib import Path

import pytest

from tests.cli.running import LOAN, LOAN_DESK, done, run
from tests.office.forms.bringing import bring, data, line, xlsx
from tests.office.forms.people import NOT_KNOWN

OLD = "laboratory report LAB-77, 2026-01-12, documented"


@pytest.mark.usefixtures("here")
def test_evidence_of_a_replaced_answer_does_not_count_for_the_new_one_and_is_noted() -> None:
    fan = {"artwork.1.called": "Fan with cranes", "artwork.1.material": "oil_paint"}
    assert bring(xlsx("a.xlsx", "conservator", fan), "--prefer", "new").code == 0
    report, contract, *new = data()["evidence"]
    assert report["for"] == ["artwork.fan.hazards.arsenic"]
    assert contract["for"] == ["loan.paperwork"]
    assert [one["for"] for one in new] == [["artwork.fan.material"]]
    head = "a.xlsx, A. Person, 2026-11-20: artwork.fan.material"
    assert f"{head}: no longer counts as evidence, for the answer was replaced: {OLD}" in data()["notes"]
    done("assess", "case.yaml", *LOAN)


@pytest.mark.nightly
def test_a_record_that_supports_nothing_any_more_goes_to_the_notes_and_the_rest_of_the_file_stays(here: Path) -> None:
    before = (here / "case.yaml").read_text("utf-8").splitlines()
    assert bring(xlsx("a.xlsx", "registrar", {"loan.paperwork": "unsigned"}), "--prefer", "new").code == 0
    after = (here / "case.yaml").read_text("utf-8").splitlines()
    assert [one["reference"] for one in data()["evidence"]] == ["LAB-77", "a.xlsx"]
    assert "no longer counts as evidence, for the answer was replaced: contract C-12, 2026-02-01" in data()["notes"]
    gone = [one for one in before if one not in after]
    assert [one.strip().split()[0] for one in gone] == ["paperwork:", "-", "notes:"]


def test_evidence_for_an_option_counts_as_long_as_the_option_is_as_it_was(here: Path) -> None:
    text = (here / "case.yaml").read_text("utf-8").replace("evidence:\n  - for", EVIDENCE + "  - for")
    (here / "case.yaml").write_text(text, "utf-8")
    fan = {"artwork.1.called": "Fan with cranes", "artwork.1.hazards": ("arsenic", "radium")}
    assert bring(xlsx("a.xlsx", "conservator", fan), "--prefer", "new").code == 0
    assert data()["artwork"][0]["hazards"] == ["arsenic", "radium"]
    assert [(one["reference"], one["for"]) for one in data()["evidence"]] == [
        ("S-1", ["artwork.fan.hazards.nitrate"]),
        ("LAB-77", ["artwork.fan.hazards.arsenic", "artwork.fan.material"]),
        ("C-12", ["loan.paperwork"]),
        ("a.xlsx", ["artwork.fan.hazards"]),
    ]
    assert "# all of them" not in (here / "case.yaml").read_text("utf-8")
    assert "artwork.fan.hazards.radium: no longer counts" in data()["notes"]


EVIDENCE = """\
evidence:
  - for: [artwork.fan.hazards]   # all of them
    kind: scan
    reference: S-0
    date: 2026-01-01
    collected_by: B.
    sha256: "%s"
  - {for: [artwork.fan.hazards.radium, artwork.fan.hazards.nitrate], kind: scan, reference: S-1, date: 2026-01-01}
""" % ("0" * 64)  # fmt: skip


@pytest.mark.nightly
@pytest.mark.usefixtures("here")
def test_the_notes_hold_no_confidential_answer() -> None:
    harbour = {"borrower.1.called": "Harbour Museum", "borrower.1.damages": 77}
    result = bring(xlsx("a.xlsx", "conservator", harbour), "--prefer", "new")
    assert result.code == 0
    assert data()["borrower"][0]["damages"] == 77
    assert (
        f"borrower.harbour.damages: (confidential) stands; case.yaml:{line('damages:')}:14 said (confidential)"
        in data()["notes"]
    )
    assert "77" not in data()["notes"].replace("LAB-77", "")
    harbour["borrower.1.damages"] = NOT_KNOWN
    assert bring(xlsx("b.xlsx", "conservator", harbour)).code == 0
    assert "damages: (confidential) stands; b.xlsx: Borrowing house!C9 said “Not known yet”" in data()["notes"]


@pytest.mark.nightly
def test_no_confidential_answer_to_an_old_question_reaches_the_notes(here: Path) -> None:
    name = xlsx("a.xlsx", "conservator", {"borrower.1.called": "Harbour Museum", "borrower.1.damages": 77})
    newer = other_version(here)
    result = run("case", "import", name, "--into", "new.yaml", "--criteria", newer)
    assert result.code == 0, result.err
    assert "`borrower.damages` is not a question of this version; not taken: “77”" in result.err
    assert (
        "`borrower.damages` is not a question of this version; not taken: (confidential)" in data("new.yaml")["notes"]
    )
    assert "77" not in data("new.yaml")["notes"]


@pytest.mark.usefixtures("here")
def test_not_known_yet_about_what_is_answered_is_said_and_noted() -> None:
    answers = {"loan.reach": NOT_KNOWN, "artwork.1.called": "Fan with cranes", "artwork.1.papers": NOT_KNOWN}
    result = bring(xlsx("a.xlsx", None, answers, lists={"borrower": NOT_KNOWN}))
    place = f"case.yaml:{line('reach:')}:10"
    cell = next(one for one in result.out.splitlines() if "`loan.reach`" in one)
    assert cell.endswith(f"`loan.reach` is answered “Not known yet”, but there is an answer in {place}; it stands")
    assert "`borrower` is answered “Not known yet”" in result.out
    assert "loan.reach: “60000” stands; a.xlsx: The loan!C10 said “Not known yet”" in data()["notes"]
    assert "borrower: “harbour, plain” stands; a.xlsx: Borrowing house!C5 said “Not known yet”" in data()["notes"]
    written = Path("case.yaml").read_bytes()
    assert bring("a.xlsx").code == 0
    assert Path("case.yaml").read_bytes() == written


# --- names and titles ---


@pytest.mark.nightly
@pytest.mark.usefixtures("here")
def test_one_name_written_with_other_characters_is_one_entry() -> None:
    for name, label in (("a.xlsx", "Universität Süd"), ("b.xlsx", "UNIVERSITÄT  SÜD"), ("c.xlsx", "Universität Süd")):
        spelled = unicodedata.normalize("NFD" if name == "b.xlsx" else "NFC", label)
        result = bring(xlsx(name, "registrar", {"borrower.1.called": spelled, "borrower.1.seat": "NO"}), into="n.yaml")
        assert result.code == 0, result.err
    assert [one["called"] for one in data("n.yaml")["borrower"]] == ["Universität Süd"]


@pytest.mark.nightly
@pytest.mark.usefixtures("here")
def test_text_is_written_in_one_form() -> None:
    story = unicodedata.normalize("NFD", "Fächer für Gäste")
    assert bring(xlsx("a.xlsx", None, {"loan.story": story}), into="n.yaml").code == 0
    assert data("n.yaml")["loan"]["story"] == "Fächer für Gäste"


def test_a_name_that_several_entries_have_is_a_problem_that_names_them(here: Path) -> None:
    text = (here / "case.yaml").read_text("utf-8").replace("called: House on the Plain", "called: HARBOUR museum")
    (here / "case.yaml").write_text(text, "utf-8")
    answers = {"borrower.1.called": "Harbour Museum", "borrower.1.climate": "steady"}
    assert bring(xlsx("a.xlsx", "conservator", answers), "--prefer", "new").err.startswith(
        "a.xlsx: Borrowing house!C7: “Harbour Museum” can be any of several entries of the case, which have this "
        "name: `borrower.harbour` and `borrower.plain`\n"
        "  help: give them names that differ, or make a form that says which is which: `case new FILE --from CASE`\n"
    )
    known = xlsx("b.xlsx", "conservator", {"borrower.2.damages": 3}, known=True)
    assert bring(known).code == 0
    assert data()["borrower"][1]["damages"] == 3


@pytest.mark.nightly
def test_an_entry_without_a_name_is_not_called_none(here: Path) -> None:
    text = (here / "case.yaml").read_text("utf-8").replace("    called: House on the Plain\n", "")
    (here / "case.yaml").write_text(text, "utf-8")
    answers = {"borrower.1.called": "None", "borrower.1.climate": "steady"}
    assert bring(xlsx("a.xlsx", "conservator", answers)).code == 0
    assert [one["id"] for one in data()["borrower"]] == ["harbour", "plain", "none"]


@pytest.mark.nightly
def test_a_title_is_taken_where_the_case_has_none_else_it_is_a_contradiction(here: Path) -> None:
    done("case", "new", "new.yaml", *LOAN)
    titled = xlsx("a.xlsx", "registrar", {"loan.months": 8}, more={"title": "Fans"})
    assert bring(titled, into="new.yaml").code == 0
    assert data("new.yaml")["title"] == "Fans"
    refusal = bring(titled)
    assert refusal.err.startswith(
        f"a.xlsx: Start!C15: `title` is answered “Fans”, but case.yaml:{line('title:')}:8 says “Fans of the old court”"
    )
    assert bring(titled, "--prefer", "title=case").code == 0
    assert data()["title"] == "Fans of the old court"
    assert "title: “Fans of the old court” stands; a.xlsx: Start!C15 said “Fans”" in data()["notes"]
    other = xlsx("b.xlsx", "registrar", {"loan.months": 8}, more={"title": "fans of the OLD court"})
    assert bring(other).code == 0
    assert (here / "case.yaml").exists()


def other_version(folder: Path) -> Path:
    """Return a later version of the loan desk in which one question is called otherwise."""
    newer = folder / "newer"
    shutil.copytree(LOAN_DESK / "1.0.0", newer)
    for one in ("map.yaml", "cases.yaml", "mutants.yaml"):
        (newer / one).unlink(missing_ok=True)
    for name in ("set.yaml", "facts.yaml"):
        text = (newer / name).read_text("utf-8")
        text = text.replace("version: 1.0.0", "version: 1.1.0").replace("    damages:\n", "    breakages:\n")
        (newer / name).write_text(text, "utf-8")
    return newer
