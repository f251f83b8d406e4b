"""A mitigation plan comes back filled in, as a document and as a workbook, and what was changed goes into the case."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from risk_engine.report.word.fields import controls
from tests.cli.running import EXAMPLES, done, refused, run
from tests.office.forms.people import write
from tests.strategies import by_turns

Changes = Mapping[tuple[str, str], str]
COLUMNS = {"owner": 4, "due": 5, "kind": 7, "reference": 8, "date": 9, "status": 10}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "case.yaml"
    file.write_text((EXAMPLES / "lung-imaging.yaml").read_text("utf-8"), "utf-8")
    return file


def plan_of(case: Path, form: str, *how: str) -> Path:
    record, plan = case.with_name("record.json"), case.with_name(f"plan.{form}")
    done("assess", case, "--format", "json", "-o", record)
    done("report", record, "--kind", "plan", *how, "-o", plan)
    return plan


def enter_document(plan: Path, changes: Changes) -> None:
    """Write into the fields of a document as Word does: the hint goes, the text stands."""
    document: Any = Document(str(plan))
    left = dict(changes)
    for tag, control in controls(document.element.body):
        key = (tag.split(".")[1], tag.split(".")[2]) if tag.startswith("plan.") else ("", "")
        if key in left:
            value = left.pop(key)
            if value == "finished":
                next(control.iter(qn("w:t"))).text = value
            else:
                write(control, value)
    assert left == {}
    document.save(str(plan))


def enter_workbook(plan: Path, changes: Changes) -> None:
    book = load_workbook(plan)
    sheet = book.worksheets[0]
    left = dict(changes)
    for row in range(2, sheet.max_row + 1):
        for name, column in COLUMNS.items():
            key = (str(sheet.cell(row, 1).value), name)
            if key in left:
                sheet.cell(row, column).value = left.pop(key)
    assert left == {}
    book.save(plan)


def enter(plan: Path, changes: Changes) -> Path:
    (enter_document if plan.suffix == ".docx" else enter_workbook)(plan, changes)
    return plan


FORMS = pytest.mark.parametrize("form", ["docx", "xlsx"])
ONE_FORM = pytest.mark.parametrize("form", by_turns(["xlsx", "docx"], 2))


@FORMS
def test_owner_day_status_and_evidence_go_into_the_controls_of_the_case_and_its_comments_stay(
    form: str, case: Path
) -> None:
    before = case.read_text("utf-8")
    changes = {
        ("CTL-16", "owner"): "N. Berg",
        ("CTL-16", "due"): "2027-01-10",
        ("CTL-16", "status"): "implemented",
        ("CTL-16", "kind"): "impact assessment",
        ("CTL-16", "reference"): "File 7/2026",
        ("CTL-16", "date"): "2026-11-20",
        ("CTL-27", "owner"): "Research office, T. Lind",
        ("CTL-27", "status"): "planned",
    }
    said = done("case", "import", enter(plan_of(case, form), changes), "--into", case)
    assert "controls.CTL-16.owner: Data protection officer (P-05) -> N. Berg" in said
    assert "controls.CTL-16.due: 2027-01-15 -> 2027-01-10" in said
    assert "controls.CTL-16.status: agreed -> implemented" in said
    assert "controls.CTL-16: evidence added:" in said
    assert "new: CTL-27 (Briefing on the Chinese rules that match), planned" in said
    after = case.read_text("utf-8")
    assert [line for line in before.splitlines() if line.lstrip().startswith("#") and line not in after] == []
    changed = [line.strip() for line in after.splitlines() if line not in before.splitlines()]
    assert any("N. Berg" in line for line in changed)
    assert any("File 7/2026" in line for line in changed)
    assert "T. Lind" in after
    assert done("case", "check", case)


@ONE_FORM
def test_a_plan_that_nobody_changed_changes_nothing(form: str, case: Path) -> None:
    before = case.read_bytes()
    result = run("case", "import", plan_of(case, form), "--into", case)
    assert (result.code, case.read_bytes()) == (0, before)
    assert "nothing new" in result.err


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_what_is_wrong_is_told_all_at_once_each_with_its_place_and_nothing_is_written(form: str, case: Path) -> None:
    before = case.read_bytes()
    changes = {
        ("CTL-16", "due"): "soon",
        ("CTL-14", "status"): "finished",  # Word offers a list, which other programs do not keep to
        ("CTL-24", "reference"): "Letter of the board",
    }
    said = refused("case", "import", enter(plan_of(case, form), changes), "--into", case)
    place = "plan.docx: table 1, row" if form == "docx" else "plan.xlsx: Plan!"
    assert said.count(place) == 3
    assert "“soon” is no date" in said
    assert "`finished` is no status" in said
    assert "this evidence lacks: Kind of evidence, Date of the evidence" in said
    assert case.read_bytes() == before


@ONE_FORM
def test_what_the_case_says_otherwise_since_is_not_written_over_unless_somebody_says_so(form: str, case: Path) -> None:
    plan = enter(plan_of(case, form), {("CTL-16", "owner"): "N. Berg"})
    done("case", "set", case, "controls.CTL-16.owner", "T. Lind")
    said = refused("case", "import", plan, "--into", case)
    assert "the plan says `N. Berg`; since it was made the case was changed to `T. Lind`" in said
    assert "--prefer controls.CTL-16.owner=new" in said
    kept = run("case", "import", plan, "--into", case, "--prefer", "controls.CTL-16.owner=case")
    assert "nothing new" in kept.err
    taken = done("case", "import", plan, "--into", case, "--prefer", "new")
    assert "controls.CTL-16.owner: T. Lind -> N. Berg" in taken
    again = run("case", "import", plan, "--into", case)
    assert "nothing new" in again.err


@pytest.mark.nightly
@FORMS
def test_a_plan_in_german_is_read_by_the_words_that_it_offers(form: str, case: Path) -> None:
    plan = plan_of(case, form, "--lang", "de")
    done("case", "import", enter(plan, {("CTL-16", "status"): "umgesetzt"}), "--into", case)
    assert "status: implemented" in case.read_text("utf-8")


@pytest.mark.nightly
@FORMS
def test_a_plan_of_another_case_is_refused(form: str, case: Path, tmp_path: Path) -> None:
    plan = plan_of(case, form)
    other = tmp_path / "other.yaml"
    other.write_text((EXAMPLES / "half-filled.yaml").read_text("utf-8"), "utf-8")
    assert "this plan is of the case `KUH-2026-031`" in refused("case", "import", plan, "--into", other)


def test_what_stands_beside_the_fields_is_told_and_not_lost_without_a_word(case: Path) -> None:
    plan = plan_of(case, "xlsx")
    book = load_workbook(plan)
    book.worksheets[0].cell(3, 5).value = "ask again in May"
    book.save(plan)
    result = run("case", "import", plan, "--into", case)
    assert "Plan!E3: not taken, for it stands outside the fields: ask again in May" in result.err


def test_only_a_plan_can_be_a_workbook_and_it_is_read_without_other_files(case: Path) -> None:
    record = case.with_name("record.json")
    plan = plan_of(case, "xlsx")
    assert "cannot be a workbook" in refused("report", record, "--kind", "decision", "-o", case.with_name("d.xlsx"))
    form = case.with_name("researcher.docx")
    done("case", "new", form, "--for", "researcher", "--from", case)
    assert "is read without other files" in refused("case", "import", plan, form, "--into", case)


def test_a_field_that_is_there_twice_is_told_and_nothing_is_written(case: Path) -> None:
    before = case.read_bytes()
    plan = plan_of(case, "docx")
    document: Any = Document(str(plan))
    row = next(one for tag, one in controls(document.element.body) if tag.startswith("plan.")).getparent()
    while row.tag != qn("w:tr"):
        row = row.getparent()
    row.addnext(deepcopy(row))
    document.save(str(plan))
    told = refused("case", "import", plan, "--into", case)
    assert (
        "row 3: this field is there twice, so nobody can say which one counts\n  help: take the second one out" in told
    )
    assert case.read_bytes() == before


def test_a_plan_that_is_damaged_is_told_as_any_file_is(case: Path) -> None:
    plan = case.with_name("plan.docx")
    plan.write_bytes(b"PK\x03\x04")
    assert "plan.docx: the file is damaged, or it is not what its name says" in refused(
        "case", "import", plan, "--into", case
    )
