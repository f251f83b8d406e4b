"""A mitigation plan that is filled in: as a workbook, and read back from a document or a workbook into its case.

What a plan said when it was made stands in it out of sight. Only a field that says something else now is an answer, so
nothing in the case is written over that nobody changed in the plan.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.files.diagnostics import RiskEngineError, suggestion
from risk_engine.files.language import _, in_language
from risk_engine.files.sheets import BOX, GREY, WRAP, Lists, at, font_of, new_book, put, put_head, validate
from risk_engine.model.criteria import Criteria
from risk_engine.model.former_names import former_names
from risk_engine.office.forms.answers import WrongError, to_date, to_text
from risk_engine.office.forms.case_record import Data
from risk_engine.office.forms.docx_form import ReturnedDocument
from risk_engine.office.forms.edit_answers import CONTROLS
from risk_engine.office.forms.edit_case import CaseEdit
from risk_engine.office.forms.form import Cell
from risk_engine.office.forms.merge import CASE, NEW
from risk_engine.office.forms.xlsx_read import sheets_of
from risk_engine.office.forms.xlsx_write import MADE, answer, date_rule, finished, height, set_up
from risk_engine.report.blocks import Paper, Table, View, words
from risk_engine.report.pages.plan import FIELDS
from risk_engine.report.returned import PlanMade, made_from, mark_of, same_label
from risk_engine.report.word.fields import MADE_TAG, PLAN, content_of, texts_beside

_SHEET: Final = "plan"
_WIDTHS: Final = (0, 44, 40, 24, 14, 30, 24, 30, 14, 16)
_OF_A_CONTROL: Final = ("status", "owner", "due")


@dataclass
class ReturnedPlan:
    """A plan that came back: what it was made from, what stands in its fields, and what somebody wrote beside them."""

    path: Path
    made: PlanMade
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    """Control and field."""
    beside: list[Cell] = field(default_factory=list)
    twice: list[Cell] = field(default_factory=list)
    """Fields that are there a second time."""


# --- the workbook ---


def plan_workbook(view: View) -> bytes:
    """Return a plan as the bytes of a workbook that can be filled in and read back, in the language of the plan."""
    with in_language(view.language):
        return _written(view)


def _written(view: View) -> bytes:
    paper = view.paper
    assert paper is not None  # noqa: S101 (every plan is one)
    lists = Lists()
    book, sheet = new_book(view.title, _("Plan"))
    put(at(sheet, 1, 1), _SHEET)
    set_up(sheet, widths=_WIDTHS)
    put(at(sheet, 2, 2), view.title, font_of(16, bold=True))
    put(at(sheet, 3, 2), view.about, font_of(10, color=GREY))
    row = 4
    for caption, rows in _tables(view):
        row += 1
        put(at(sheet, row, 2), caption, font_of(12, bold=True))
        row += 1
        heads = (_("Control"), _("Why"), _("Owner"), _("Due"), _("Evidence"), *_titles(paper))
        for column, head in enumerate(heads, 2):
            put_head(at(sheet, row, column), head)
        for control, texts in rows:
            row += 1
            _row(sheet, row, control, texts, paper, lists)
    sheet.freeze_panes = "C4"
    sheet.page_setup.orientation = "landscape"
    return finished(book, lists, PlanMade.model_validate(paper.made))


def _titles(paper: Paper) -> Iterator[str]:
    """Yield the names of the fields that have columns of their own behind the evidence on record."""
    first = next(iter(paper.made["controls"]), None)
    for name in ("kind", "reference", "date", "status"):
        yield paper.fields[f"{PLAN}{first}.{name}"].title if first else name


def _tables(view: View) -> Iterator[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """Yield the tables of a plan whose rows have fields: the caption, and of each row the control and its texts."""
    for block in (block for section in view.sections for block in section.blocks):
        if isinstance(block, Table):
            keyed = [(next((run.field for cell in row for run in cell if run.field), ""), row) for row in block.rows]
            rows = [(key.split(".")[1], tuple(map(words, row))) for key, row in keyed if key]
            if rows:
                yield block.caption, rows


def _row(sheet: Worksheet, row: int, control: str, texts: Sequence[str], paper: Paper, lists: Lists) -> None:
    put(at(sheet, row, 1), control)
    what, why, _owner, _due, evidence, _status = texts
    for column, text in ((2, what), (3, why), (6, evidence)):
        cell = put(at(sheet, row, column), text, font_of(10))
        cell.alignment, cell.border = WRAP, BOX
    sheet.row_dimensions[row].height = max(height(text, 40, 11) for text in (what, why))
    for name, column in _COLUMNS.items():
        asked, cell = paper.fields[f"{PLAN}{control}.{name}"], at(sheet, row, column)
        answer(cell, asked.kind)
        if asked.kind == "date":
            validate(sheet, date_rule(), [cell])
            if asked.value:
                cell.value = date.fromisoformat(asked.value)
        elif asked.choices:
            validate(sheet, lists.rule(asked.choices, name), [cell])
            if asked.value:
                put(cell, dict(asked.choices)[asked.value])
        elif asked.value:
            put(cell, asked.value)


_COLUMNS: Final = {"owner": 4, "due": 5, "kind": 7, "reference": 8, "date": 9, "status": 10}


# --- reading ---


def read_plan(path: Path) -> ReturnedPlan | None:
    """Return what stands in the fields of a plan; None for a file that is none. Raises InvalidFormError."""
    match path.suffix.casefold():
        case ".docx":
            return _from_document(path)
        case ".xlsx":
            return _from_workbook(path)
        case _:
            return None


def _from_document(path: Path) -> ReturnedPlan | None:
    back = ReturnedDocument(path)
    made = back.made(PlanMade)
    if made is None:
        return None
    plan = ReturnedPlan(path, made)
    own = [control for tag, control in back.controls if tag == MADE_TAG or tag.startswith(PLAN)]
    taken = ((tag.removeprefix(PLAN).rpartition("."), one) for tag, one in back.controls if tag.startswith(PLAN))
    _take(plan, (((parts[0], parts[2]), Cell(content_of(one), back.place(one))) for parts, one in taken))
    others = texts_beside(back.body, own)
    plan.beside = [Cell(text, back.place(one)) for one, text in others if mark_of(text) not in made.texts]
    return plan


def _from_workbook(path: Path) -> ReturnedPlan | None:
    sheets, _sha256 = sheets_of(path)
    made = made_from(sheets[MADE].value(1, 1), PlanMade) if MADE in sheets else None
    sheet = next((one for one in sheets.values() if one.value(1, 1) == _SHEET), None)
    if made is None or sheet is None:
        return None
    plan = ReturnedPlan(path, made)
    keys = {row: key for row in sheet.rows() if row > 1 and (key := sheet.text(row, 1))}
    fields = {(row, column): (key, name) for row, key in keys.items() for name, column in _COLUMNS.items()}
    _take(plan, ((asked, sheet.cell(*at_)) for at_, asked in fields.items()))
    own = {sheets[MADE].text(row, column) for column in sheets[MADE].columns() for row in sheets[MADE].rows()}
    others = (at_ for at_ in sheet.cells if min(at_) > 1 and at_ not in fields)
    plan.beside += [sheet.cell(*at_) for at_ in sorted(others) if mark_of(sheet.text(*at_)) not in own]
    return plan


def _take(plan: ReturnedPlan, cells: Iterator[tuple[tuple[str, str], Cell]]) -> None:
    """Keep the fields of a plan; apart what is there twice, and what no plan has."""
    for (control, name), one in cells:
        if control not in plan.made.controls or name not in FIELDS:
            plan.beside.append(one)
        elif (control, name) in plan.cells:
            plan.twice.append(one)
        else:
            plan.cells[control, name] = one


# --- into the case ---


def take_plan(plan: ReturnedPlan, edit: CaseEdit, prefer: Sequence[str] = ()) -> list[str]:
    """Change the controls of a case as a plan says, and return what was not taken; all that is wrong is noted.

    What the case says otherwise than it did when the plan was made, and the plan changed too, contradicts: `prefer`
    says which stands, `case` or `new`, for one `controls.ID.field` or for all.
    """
    made, head = plan.made, edit.criteria.head
    if made.set_id != head.id or made.case_id != edit.data.get("id"):
        message = _("this plan is of the case `{made}` under `{set_id}`", made=made.case_id, set_id=made.set_id)
        edit.problem(plan.path.as_posix(), message, _("name the case that it is about with `--into`"))
        return []
    for one in plan.twice:
        message = _("this field is there twice, so nobody can say which one counts")
        edit.problem(one.place, message, _("take the second one out"))
    wanted = dict(_preferences(prefer, edit))
    for control in made.controls:
        row = {name: cell for (id_, name), cell in plan.cells.items() if id_ == control}
        if row:
            _take_row(control, row, plan, edit, wanted)
    return [
        _("{place}: not taken, for it stands outside the fields: {text}", place=one.place, text=one.value)
        for one in plan.beside
    ]


def _preferences(prefer: Sequence[str], edit: CaseEdit) -> Iterator[tuple[str, str]]:
    for one in prefer:
        path, is_, who = one.rpartition("=")
        if who not in {CASE, NEW}:
            edit.problem(
                f"--prefer {one}", _("of a plan, `case` or `new` can be preferred"), suggestion(who, (CASE, NEW))
            )
        else:
            yield (path if is_ else ""), who


def _take_row(
    control: str, row: Mapping[str, Cell], plan: ReturnedPlan, edit: CaseEdit, prefer: Mapping[str, str]
) -> None:
    before, problems = plan.made.controls[control], len(edit.problems)
    control = former_names(edit.criteria).control(control, edit.day)
    have: Data = next((one for one in edit.data.get(CONTROLS) or () if one.get("id") == control), {})
    stated: Data = {}
    for name in _OF_A_CONTROL:
        cell = row.get(name)
        value = None if cell is None or cell.is_empty else _value(name, cell, plan, edit)
        if cell is None or value is None or _written_as(value) == before[name] or value == have.get(name):
            continue
        path = f"{CONTROLS}.{control}.{name}"
        now = "" if have.get(name) is None else _written_as(have[name])
        if now not in {"", before[name]} and (chosen := prefer.get(path, prefer.get(""))) != NEW:
            if chosen != CASE:
                message = _(
                    "the plan says `{new}`; since it was made the case was changed to `{now}`",
                    new=_written_as(value),
                    now=now,
                )
                edit.problem(cell.place, message, f"--prefer {path}={NEW}, --prefer {path}={CASE}")
            continue
        stated[name] = value
    evidence = _evidence(row, before, edit)
    known = [
        {name: str(one.get(name, "")) for name in ("kind", "reference", "date")} for one in have.get("evidence", ())
    ]
    new = [one for one in evidence if {name: str(value) for name, value in one.items()} not in known]
    if (stated or new) and len(edit.problems) == problems:
        edit.add_control(control, stated, new)


def _written_as(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(name: str, cell: Cell, plan: ReturnedPlan, edit: CaseEdit) -> object:
    """Return what a field says as a case says it, None where it cannot be read; what is wrong is noted."""
    text = _text_or_day(name, cell, edit)
    if name != "status" or not isinstance(text, str):
        return text
    known = {same_label(word): status for word, status in plan.made.statuses.items()}
    known |= {status: status for status in plan.made.statuses.values()}
    if same_label(text) not in known:
        way_out = suggestion(text, plan.made.statuses) or _("one of: {words}", words=", ".join(plan.made.statuses))
        edit.problem(cell.place, _("`{text}` is no status", text=text), way_out)
        return None
    return known[same_label(text)]


def _evidence(row: Mapping[str, Cell], before: Mapping[str, str], edit: CaseEdit) -> list[Data]:
    """Return the new evidence of a row; a kind that the plan proposed and nobody filled in further is none."""
    given = {name: row[name] for name in ("kind", "reference", "date") if name in row and not row[name].is_empty}
    if not given or (given.keys() == {"kind"} and str(given["kind"].value) == before["kind"]):
        return []
    if lacking := [name for name in ("kind", "reference", "date") if name not in given]:
        titles = {"kind": _("Kind of evidence"), "reference": _("Reference"), "date": _("Date of the evidence")}
        place = next(iter(given.values())).place
        message = _("this evidence lacks: {fields}", fields=", ".join(titles[one] for one in lacking))
        edit.problem(place, message, _("fill them in, or empty the others"))
        return []
    read = {name: _text_or_day(name, cell, edit) for name, cell in given.items()}
    if None in read.values():
        return []
    return [{**read, "kind": _kind(str(read["kind"]), edit.criteria)}]


def _text_or_day(name: str, cell: Cell, edit: CaseEdit) -> object:
    try:
        return to_date(cell.value) if name in {"due", "date"} else to_text(cell.value)
    except WrongError as error:
        edit.problem(cell.place, f"{error}", error.help)
        return None


def _kind(text: str, criteria: Criteria) -> str:
    """Return a kind of evidence by its name, where the criteria have it under this name or title."""
    known = criteria.head.evidence_kinds
    return next((name for name, title in known.items() if same_label(text) in {name, same_label(title)}), text)


def plans_of(files: Sequence[Path]) -> list[ReturnedPlan]:
    """Return the plans among files; raise RiskEngineError where others are read with them."""
    found: list[ReturnedPlan] = []
    for file in files:
        with suppress(RiskEngineError):  # what is wrong with it is told with all else
            found += [plan] if (plan := read_plan(file)) is not None else []
    if found and len(found) < len(files):
        message = _("{file} is a mitigation plan, and is read without other files", file=found[0].path)
        raise RiskEngineError(message, _("read the others in with a second command"))
    return found
