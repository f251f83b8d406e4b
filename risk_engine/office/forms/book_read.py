"""The workbook of a case, read as a case file is: plain values, and of each the sheet and the cell where it stands.

What an answer means the criteria say later, as of every case file; so whatever is wrong in it, in cells and in what
they say together, is told at once. Here only titles become the words of the case. What the workbook says into the file
of that case: what changes is shown, its comments stay.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from openpyxl.utils import column_index_from_string

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, Position, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import BROKEN, Loc, broken_in, digest
from risk_engine.files.sheets import LISTS
from risk_engine.files.source import Cell as Spot
from risk_engine.files.source import Document, Mark, parse
from risk_engine.files.syntax import decoded
from risk_engine.loading.case import case_document, case_of, rules_for, today_of
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import UNKNOWN, iso_day
from risk_engine.model.facts import ChoicesFact
from risk_engine.office.forms.answers import NOT_KNOWN_YET, WrongError, options_marked, says_not_known, to_date, to_text
from risk_engine.office.forms.book_write import CASE_KEY, CONTROLS, EVIDENCE, HEAD_KEYS, RECORD_KEY, SUPPORTS, MadeBook
from risk_engine.office.forms.case_file import rewritten, rewritten_of
from risk_engine.office.forms.case_record import SET_ASIDE, id_of
from risk_engine.office.forms.edit_answers import Asked, shown_change
from risk_engine.office.forms.export_form import ENTRY_ID
from risk_engine.office.forms.form import Cell, Field, InvalidFormError, Outside, file_error
from risk_engine.office.forms.xlsx_read import FormReader, Sheet, sheets_of
from risk_engine.office.forms.xlsx_write import MADE, START
from risk_engine.report.blank_case import NO_TITLE, blank_case
from risk_engine.report.returned import NO, NO_ENTRIES, NOT_KNOWN, YES, made_from

_OWN: Final = frozenset({CASE_KEY, CONTROLS, EVIDENCE})
"""The sheets that no questionnaire has."""
_PLACE: Final = re.compile(r"(?P<sheet>.*)!(?P<column>[A-Z]+)(?P<row>[0-9]+)", re.DOTALL)


class Book(NamedTuple):
    """A case as its workbook says it, and what that was made from."""

    document: Document
    made: MadeBook


def is_book(path: Path) -> bool:
    """Return whether a workbook is that of a case; a questionnaire is none. Raises InvalidFormError."""
    sheets, _sha256 = sheets_of(path)
    return _made(sheets) is not None


def read_book(path: Path) -> Document:
    """Return the case that a workbook states; raise InvalidSourceError where it states none."""
    return book_of(path).document


def book_of(path: Path) -> Book:
    """Return what a workbook states and what it was made from; raise InvalidSourceError where it is none of a case."""
    try:
        sheets, sha256 = sheets_of(path)
        made = _made(sheets)
        if made is None:
            way_out = _(
                "`risk-engine case new FILE.xlsx` writes one; a questionnaire is read by `risk-engine case import`"
            )
            raise file_error(path, _("this workbook is not a case"), way_out)
        return Book(_Reading(path, sha256, made, sheets).document(), made)
    except InvalidFormError as error:
        raise InvalidSourceError(
            [_diagnostic(path, one.place, one.message, one.help) for one in error.problems]
        ) from error


def _made(sheets: Mapping[str, Sheet]) -> MadeBook | None:
    return made_from(sheets[MADE].value(1, 1), MadeBook) if MADE in sheets and LISTS in sheets else None


def _spot(path: Path, place: str) -> Spot:
    """Return the cell that a place names; the first one where it names none."""
    found = _PLACE.fullmatch(place.removeprefix(f"{path.as_posix()}: "))
    if found is None:
        return Spot(0, 0, START)
    return Spot(int(found["row"]) - 1, column_index_from_string(found["column"]) - 1, found["sheet"])


def _diagnostic(path: Path, place: str, message: str, way_out: str) -> Diagnostic:
    if "!" not in place:
        return Diagnostic(Position(path.as_posix(), 1, 1), message, way_out)
    spot = _spot(path, place)
    return Diagnostic(
        Position(f"{path.as_posix()}: {spot.sheet}", spot[0] + 1, spot[1] + 1, is_cell=True), message, way_out
    )


class _Reading:
    """Makes the data of a case from the fields of its workbook, and keeps where each stands."""

    def __init__(self, path: Path, sha256: str, made: MadeBook, sheets: dict[str, Sheet]) -> None:
        self.path = path
        self.made = made
        self.sheets: dict[str, Sheet] = {}
        self.reader = FormReader(path, sha256, made, sheets)
        self.marks: dict[Loc, Mark] = {}
        self.answered: dict[Spot, Loc] = {}
        self.problems: list[Diagnostic] = []
        self.data: dict[str, Any] = {}
        for sheet in sheets.values():
            key = sheet.text(1, 1)
            if key in self.sheets and key in _OWN:
                message = _("this sheet is there twice; nobody can say which one counts")
                self._problem(sheet.place(1, 1), message, _("take one out; do not copy a sheet"))
            self.sheets.setdefault(key, sheet)

    def document(self) -> Document:
        """Return the case; what cannot be read is noted in it, and stands there as broken."""
        returned = self.reader.all()
        self._mark((), f"{self.path.as_posix()}: {START}!A1")
        self._head()
        for key, sheet in self.sheets.items():
            kind, _blank, entity = key.partition(" ")
            if kind == "part":
                self._mark((entity,), sheet.place(2, 2))
                if entity in self.made.labels:
                    self._entries(entity, returned.fields, returned.lists.get(entity))
                else:
                    self._single(entity, returned.fields)
        self._controls()
        self._evidence()
        if self.made.kept:
            self.data[SET_ASIDE] = _with_days(json.loads(self.made.kept))
        way_out = _("copy the answers into a new workbook: `risk-engine case new FILE.xlsx`")
        for one in returned.missing:
            self._problem(one.place, one.message, way_out)
        for text in self._outside(returned.outside):
            message = _("this stands outside the fields, and is no answer to anything")
            way_out = _("move it to the notes on the first sheet, or take it out")
            self._problem(text.place, message, way_out)
        for problem in self.reader.problems:
            self._problem(problem.place, problem.message, problem.help)
        return Document(self.path.as_posix(), self.data, self.marks, (), tuple(self.problems), broken_in(self.data))

    def _outside(self, texts: list[Outside]) -> Iterator[Outside]:
        """Yield what stands beside fields; sheets that no questionnaire has bring texts of their own."""
        own = {sheet.title for key, sheet in self.sheets.items() if key in {*_OWN, "help"}}
        yield from (one for one in texts if _spot(self.path, one.place).sheet not in own)

    def _mark(self, loc: Loc, place: str) -> None:
        spot = _spot(self.path, place)
        self.marks[loc] = Mark(spot, spot)

    def _problem(self, place: str, message: str, way_out: str = "") -> None:
        self.problems.append(_diagnostic(self.path, place, message, way_out))

    # --- the head ---

    def _head(self) -> None:
        sheet = self.sheets.get(CASE_KEY)
        if sheet is None:
            self._problem(self.path.as_posix(), _("the first sheet is missing"))
            return
        found = {sheet.text(row, 1): row for row in sheet.rows() if row > 1 and sheet.text(row, 1)}
        for key in HEAD_KEYS:
            if key not in found:
                continue
            cell = self.reader.cell(sheet, found[key], 3)
            self._mark((key,), cell.place)
            if key == "title":
                self.data[key] = NO_TITLE
            if not cell.is_empty:
                self.data[key] = self._said(cell, is_day=key in {"assessment_date", "retain_until"})

    def _said(self, cell: Cell, *, is_day: bool) -> Any:
        try:
            return to_date(cell.value) if is_day else to_text(cell.value)
        except WrongError as error:
            self._problem(cell.place, f"{error}", error.help)
            return BROKEN

    # --- answers ---

    def _single(self, entity: str, fields: Mapping[tuple[str, int], Field]) -> None:
        found: dict[str, Any] = {}
        for (name, number), asked in fields.items():
            owner, _dot, short = name.partition(".")
            if owner == entity and number == 0:
                self._answer(found, (entity, short), name, asked)
        if found:
            self.data[entity] = found

    def _entries(self, entity: str, fields: Mapping[tuple[str, int], Field], whole: Cell | None) -> None:
        blocks: list[dict[str, Any]] = []
        taken = {self._id_given(one) for (name, _n), one in fields.items() if name == f"{entity}.{ENTRY_ID}"}
        for number in sorted({at for name, at in fields if name.partition(".")[0] == entity and at}):
            own = {
                name.partition(".")[2]: one
                for (name, at), one in fields.items()
                if at == number and name.startswith(f"{entity}.")
            }
            block = self._entry(entity, len(blocks), own, taken)
            if block is not None:
                blocks.append(block)
                taken.add(str(block.get(ENTRY_ID)))
        is_empty = whole is None or whole.is_empty
        if blocks:
            self.data[entity] = tuple(blocks)
            if whole is not None and not is_empty:
                message = _("this says {text}, but there are answers about an entry below", text=f"“{whole.value}”")
                self._problem(whole.place, message, _("take out one of the two"))
        elif whole is not None and not is_empty:
            self._mark((entity,), whole.place)
            self.data[entity] = self._of_list(whole)

    def _of_list(self, whole: Cell) -> Any:
        words = self.made.words
        if whole.says(words.no_entries, NO_ENTRIES):
            return ()
        if says_not_known(whole, words) or whole.says(NOT_KNOWN):
            return UNKNOWN
        message = _(
            "{text} is not one of {known}", text=f"“{whole.value}”", known=f"“{words.no_entries}”, “{words.not_known}”"
        )
        self._problem(whole.place, message, _("choose one of them, or leave it empty and name the entries below"))
        return BROKEN

    def _id_given(self, asked: Field) -> str:
        cell = asked.answer
        return "" if cell is None or cell.is_empty else str(cell.value).strip()

    def _entry(self, entity: str, index: int, own: Mapping[str, Field], taken: set[str]) -> dict[str, Any] | None:
        """Return an entry of a list, None where its column is empty."""
        label = self.made.labels[entity]
        answers: dict[str, Any] = {}
        for short, asked in own.items():
            if short != ENTRY_ID:
                self._answer(answers, (entity, index, short), f"{entity}.{short}", asked)
        given = self._id_given(own[ENTRY_ID]) if ENTRY_ID in own else ""
        if not answers and not given:
            return None
        named = own.get(label)
        place = next(one.place for one in (own.get(ENTRY_ID), named, *own.values()) if one is not None)
        self._mark((entity, index), place)
        self._mark((entity, index, ENTRY_ID), place)
        name = answers.get(label)
        if not given and not isinstance(name, str):
            at = place if named is None else named.place
            self._problem(at, _("this entry has answers, but no name"), _("write which one it is"))
            return {ENTRY_ID: BROKEN, **answers}
        made = given or id_of(str(name), entity, taken, is_id=label == ENTRY_ID)
        return {ENTRY_ID: made, **answers}

    def _answer(self, into: dict[str, Any], loc: Loc, name: str, asked: Field) -> None:
        """Take the answer to a question, if there is one."""
        self._mark(loc, asked.place)
        try:
            value = self._value(name, asked)
        except WrongError as error:
            for one in (error, *error.more):
                self._problem(one.place or asked.place, f"{one}", one.help)
            value = BROKEN
        if value is not None:
            into[f"{loc[-1]}"] = value
            cells = (asked.answer, *asked.options.values())
            self.answered |= {_spot(self.path, one.place): loc for one in cells if one is not None}

    def _value(self, name: str, asked: Field) -> Any:
        words, kind, cell = self.made.words, self.made.kinds.get(name, "text"), asked.answer
        if kind == "choices" and asked.options:
            options = {one: one for one in asked.options}
            found = options_marked(asked, ChoicesFact(type="choices", options=options), words)
            return UNKNOWN if found is NOT_KNOWN_YET else found
        if cell is None or cell.is_empty:
            return None
        title = _written(cell, asked.titles)
        if not title and says_not_known(cell, words):
            return UNKNOWN
        match kind:
            case "boolean":
                if title in {"true", "false"}:
                    return title == "true"
                says = {True: (words.yes, YES, "true"), False: (words.no, NO, "false")}
                return next((truth for truth, said in says.items() if cell.says(*said)), cell.value)
            case "integer":
                is_digits = isinstance(cell.value, str) and re.fullmatch(r"\s*-?[0-9]{1,16}\s*", cell.value, re.ASCII)
                return int(str(cell.value)) if is_digits else cell.value
            case "date":
                return to_date(cell.value)
            case "text":
                return to_text(cell.value)
            case _:
                return title or to_text(cell.value)

    # --- controls and evidence ---

    def _records(self, key: str) -> Iterator[dict[str, Cell]]:
        """Yield the rows of a table that hold anything, by the keys of their columns."""
        sheet = self.sheets.get(key)
        if sheet is None:
            self._problem(self.path.as_posix(), _("the sheet of {what} is missing", what=f"`{key}`"))
            return
        columns = {sheet.text(1, one): one for one in sheet.columns() if one > 1 and sheet.text(1, one)}
        for row in sheet.rows():
            if sheet.text(row, 1) == RECORD_KEY:
                cells = {name: self.reader.cell(sheet, row, column) for name, column in columns.items()}
                if any(not one.is_empty for one in cells.values()):
                    yield cells

    def _record(self, key: str, loc: Loc, cells: Mapping[str, Cell]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self._mark(loc, next(iter(cells.values())).place)
        for name, cell in cells.items():
            self._mark((*loc, name), cell.place)
            if cell.is_empty:
                continue
            title = _written(cell, self.reader.titles.get(f"{key}.{name}", {}))
            found[name] = title or self._said(cell, is_day=name in {"date", "due"})
        return found

    def _controls(self) -> None:
        records = enumerate(self._records(CONTROLS))
        if found := tuple(self._record(CONTROLS, (CONTROLS, at), cells) for at, cells in records):
            self.data[CONTROLS] = found

    def _evidence(self) -> None:
        """Put each record where it belongs: to the answers, or to the control that it supports."""
        controls = {one.get(ENTRY_ID): at for at, one in enumerate(self.data.get(CONTROLS, ()))}
        known = set(self.reader.titles.get(f"{CONTROLS}.{ENTRY_ID}", {}).values())
        answers: list[dict[str, Any]] = []
        for cells in self._records(EVIDENCE):
            supports = [*self._supported(cells[SUPPORTS])]
            named = [one for one in supports if one in known]
            paths = [one for one in supports if one and one not in known]
            for control in named:
                if control not in controls:
                    message = _("the case has no control `{control}`", control=control)
                    self._problem(cells[SUPPORTS].place, message, _("put it on the sheet of controls"))
                    continue
                self._of_control(controls[control], cells)
            if paths or not named:
                loc = (EVIDENCE, len(answers))
                record = self._record(EVIDENCE, loc, cells)
                record[SUPPORTS] = tuple(paths)
                for number in range(len(paths)):
                    self._mark((*loc, SUPPORTS, number), cells[SUPPORTS].place)
                answers.append(record if paths else {key: one for key, one in record.items() if key != SUPPORTS})
        if answers:
            self.data[EVIDENCE] = tuple(answers)

    def _supported(self, cell: Cell) -> Iterator[str]:
        """Yield what a record supports: as it is written, but answers also by sheet and cell, quoted or not."""
        text = str(cell.value or "")
        sheets = "|".join(sorted((re.escape(one.title) for one in self.sheets.values()), key=len, reverse=True))
        of_cell = re.compile(rf"=?'?(?P<sheet>{sheets})'?!\$?(?P<column>[A-Z]{{1,3}})\$?(?P<row>[0-9]{{1,7}})")
        for found in of_cell.finditer(text):
            loc = self.answered.get(_spot(self.path, f"{found['sheet']}!{found['column']}{found['row']}"))
            if loc is not None:
                entity, *entry, fact = map(str, loc)
                yield ".".join([entity, *(f"{self.data[entity][int(one)][ENTRY_ID]}" for one in entry), fact])
            else:
                way_out = _("name the field of an answer, or its path")
                self._problem(cell.place, _("there is no answer in {cell}", cell=found[0]), way_out)
        yield from re.split(r"[\s;,]+", of_cell.sub("", text).strip())

    def _of_control(self, at: int, cells: Mapping[str, Cell]) -> None:
        controls = self.data[CONTROLS]
        have = controls[at].get(EVIDENCE, ())
        own = {name: cell for name, cell in cells.items() if name != SUPPORTS}
        record = self._record(EVIDENCE, (CONTROLS, at, EVIDENCE, len(have)), own)
        changed = {**controls[at], EVIDENCE: (*have, record)}
        self.data[CONTROLS] = tuple(changed if number == at else one for number, one in enumerate(controls))


def _written(cell: Cell, titles: Mapping[str, str]) -> str | None:
    """Return how a case writes what a cell says by its title, None where it says none of them."""
    return next((written for title, written in titles.items() if cell.says(title)), None)


def _with_days(value: Any) -> Any:
    """Return what JSON says as a case says it: days, and lists that cannot be changed."""
    match value:
        case dict():
            return {key: _with_days(one) for key, one in value.items()}
        case list():
            return tuple(_with_days(one) for one in value)
        case _:
            return iso_day(value)


@dataclass(frozen=True)
class Taken:
    """The new text of the case file, and what changed in it, in words."""

    text: str
    said: tuple[str, ...]


def take_book(file: Path, into: Path, content: bytes | None, asked: Asked, *, is_preferred: bool = False) -> Taken:
    """Return the case file with what a workbook says; `content` is what it holds, None where there is none yet.

    Raises InvalidSourceError with every cell that is wrong; RiskEngineError where the workbook is of another case, or
    of the case as it was before somebody changed its file, unless the workbook `is_preferred`.
    """
    document, made = book_of(file)
    criteria = criteria_in_words(rules_for(document, asked.criteria, asked.on, instead=asked.today)[1])
    case_of(document, criteria)
    document = today_of(document, criteria).document
    if content is None:
        text = blank_case(criteria, f"{document.data['id']}", today=asked.today)
        blank = parse(text, into.as_posix(), nulls=True).data
        new = rewritten(text, blank, _in_blank(blank, document.data), is_json=into.suffix.casefold() == ".json")
        return Taken(new.text, (_("{file}: a new case", file=file),))
    before = decoded(content, into.as_posix())
    old = case_document(before, into, go_on=False)
    today = today_of(old, criteria)
    if old.data.get("id") != document.data.get("id"):
        message = _(
            "{file} is about the case `{case_id}`, {path} is `{have}`",
            file=file,
            case_id=document.data.get("id"),
            path=into,
            have=old.data.get("id"),
        )
        raise RiskEngineError(message, _("name the case that it is about with `--into`"))
    if made.data not in {digest(today.document.data), digest(old.data)} and not is_preferred:
        message = _("{path} is not as it was when {file} was made from it", path=into, file=file)
        raise RiskEngineError(message, _("`--prefer new` writes what the workbook says in its place"))
    data = _as_before(today.document.data, document.data)
    new = rewritten_of(before, old, today, data, _gone(today.document.data, data))
    return Taken(new.text, tuple(_changes(today.document.data, data)))


def _in_blank(blank: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the case with all that a blank one asks, so that its questions stand in the file."""
    found: dict[str, Any] = {}
    for key in [*blank, *(one for one in new if one not in blank)]:
        before, after = blank.get(key), new.get(key, blank.get(key))
        if isinstance(before, dict) and isinstance(after, dict):
            after = {**before, **after}
        elif _has_ids(before) and _has_ids(after) and before and after and key not in {CONTROLS, EVIDENCE}:
            after = ({**before[0], **after[0]}, *after[1:])
        found[key] = after
    return found


def _as_before(old: Any, new: Any) -> Any:
    """Return what is new in the order of what was there, with what was open in it and is not answered now."""
    match old, new:
        case dict(), dict():
            left = [key for key, value in old.items() if key in new or _is_open(key, value)]
            added = [key for key in new if key not in old]
            return {key: _as_before(old.get(key), new[key]) if key in new else old[key] for key in [*left, *added]}
        case tuple(), tuple() if _has_ids(old) and _has_ids(new):
            entries = _by_id(old)
            return tuple(_as_before(entries.get(one["id"]), one) for one in new)
        case tuple(), tuple() if all(isinstance(one, str) for one in (*old, *new)) and {*old} == {*new}:
            return old  # in which order options stand means nothing
        case _:
            return new


def _is_open(key: str, value: Any) -> bool:
    """Return whether it says the same to leave this out."""
    return value in (None, UNKNOWN) or (value == () and key in {CONTROLS, EVIDENCE})


def _gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[int]:
    """Return which records of evidence are no more there, where the others stand first as they were."""
    before, after = old.get(EVIDENCE) or (), new.get(EVIDENCE) or ()
    left = tuple(one for one in before if one in after)
    if left != after[: len(left)]:
        return frozenset()
    return frozenset(number for number, one in enumerate(before) if one not in after)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], lead: str = "") -> Iterator[str]:
    """Yield what differs between two cases, each as it was and as it is."""
    for key in [*old, *(one for one in new if one not in old)]:
        before, after, path = old.get(key), new.get(key), f"{lead}{key}"
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _changes(before, after, f"{path}.")
        elif _has_ids(before) and _has_ids(after):
            yield from _changes(_by_id(before), _by_id(after), f"{path}.")
        else:
            yield shown_change(path, before, after)


def _has_ids(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, dict) and "id" in one for one in value)


def _by_id(entries: Any) -> dict[str, Any]:
    return {one["id"]: one for one in entries}
