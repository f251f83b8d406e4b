"""What a table of rules is: columns, rows and its hit policy; made of records, and read back from a grid of cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from risk_engine.audit.tables.cells import (
    BOOLEANS,
    CellError,
    Reader,
    cells_of,
    group_of,
    meant,
    rest_of,
)
from risk_engine.files.diagnostics import Diagnostic, Position, quoted, suggestion
from risk_engine.files.harmless import clean_text
from risk_engine.files.language import N_, _
from risk_engine.files.syntax import one_line
from risk_engine.model.facts import RowFact, TextFact

Kind: TypeAlias = Literal["name", "names", "text", "lines", "number", "boolean", "yaml", "test", "fact"]
"""What the cells of a column hold: a name, several with commas, a text, a text on each line, …, YAML on a line."""

MARK: Final = "risk-engine table"
"""How the first cell of a table begins: then follow what it is of, the version, and the digest of its rules."""
HEAD_ROWS: Final = 3
"""Above the rules: what the table is, the names of the columns, and what people read."""
IF, YAML = "if ", "yaml"
"""How the name of a column begins that holds tests of one fact; the column for conditions that are no row of tests."""
FACT, TEST = "fact ", "test "
"""How the names of pairs of columns begin where each row tests facts of its own."""
LEAST_PAIRS: Final = 3

POLICIES: Final = {
    "FIRST": N_("the first row that holds decides"),
    "PRIORITY": N_("the row with the highest severity that holds decides"),
    "COLLECT": N_("each row that holds is a way, and of those in place the one that leaves least counts"),
    "UNIQUE": N_("each row stands for itself"),
}


@dataclass(frozen=True)
class Column:
    """A column: its name, by which it is read, what people read above it, and what its cells hold."""

    key: str
    title: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    help: str = ""
    is_needed: bool = False


@dataclass(frozen=True)
class Record:
    """What a file states as one record: its key, its fields as cells, and the condition, which may be none."""

    key: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    condition: Any = None

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """The conditions of which one must hold: each is a row."""
        return alternatives_of(self.condition)


def alternatives_of(condition: Any) -> tuple[Any, ...]:
    """Return the conditions of which one must hold for a condition to hold."""
    return tuple(condition["any_of"]) if condition is not None and "any_of" in condition else (condition,)


@dataclass(frozen=True)
class Form:
    """What tables of one kind have in common."""

    of: str
    """How the table is asked for, like `ladder:measure`."""
    title: str
    policy: Literal["FIRST", "PRIORITY", "COLLECT", "UNIQUE"]
    keys: tuple[Column, ...]
    """Columns whose cells say which record a row is about."""
    fields: tuple[Column, ...]
    reader: Reader | None
    """Reads the conditions; None where the records have none."""
    are_pairs: bool = False
    """Whether each row names the facts that it tests, in place of a column for each fact."""
    owner: int = 0
    """So many of the keys say which record the fields belong to; 0: all of them."""

    @property
    def policy_told(self) -> str:
        """What is done where several rows hold, by its name and in words; with two keys it is so for each indicator."""
        words = _(POLICIES[self.policy])
        if len(self.keys) > 1:
            words = _("within each indicator, {rule}", rule=words)
        return f"{self.policy}: {words}"


@dataclass(frozen=True)
class Table:
    """A table as it is written: each row by the names of its columns."""

    form: Form
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, str], ...]
    about: tuple[str, str]
    """`SET@VERSION`, and the digest of the rules that it was made from."""
    remarks: tuple[str, ...] = ()
    """What it shows of its rows: its hit policy, then what is open between them."""


def table_of(form: Form, records: Sequence[Record], about: tuple[str, str]) -> Table:
    """Return the table of these records, a row for each condition that alone makes a record hold."""
    alternatives = [one for record in records for one in record.alternatives]
    columns = (*form.keys, *_condition_columns(form, alternatives), *form.fields)
    rows: list[Mapping[str, str]] = []
    owners: set[tuple[str, ...]] = set()
    for record in records:
        for number, condition in enumerate(record.alternatives):
            row = dict(zip((one.key for one in form.keys), record.key, strict=True))
            owner = record.key[: form.owner or None]
            if number == 0 and owner not in owners:
                row |= record.fields
                owners.add(owner)
            rows.append(row | _condition_cells(form, condition))
    return Table(form, columns, tuple(rows), about)


def _condition_columns(form: Form, conditions: Sequence[Any]) -> Iterator[Column]:
    if form.reader is None:
        return
    reader = form.reader
    tests = [cells_of(one) for one in conditions]
    if form.are_pairs:
        most = max((len(one) for one in tests), default=0)
        for number in range(1, 1 + max(LEAST_PAIRS, most)):
            yield Column(f"{FACT}{number}", _("Fact {number}", number=number), "fact")
            yield Column(f"{TEST}{number}", _("Test {number}", number=number), "test")
    else:
        names = list(dict.fromkeys(column for one in tests for column in one))
        groups = list(dict.fromkeys(group_of(one) for one in names))
        for name in sorted(names, key=lambda one: groups.index(group_of(one))):
            yield Column(f"{IF}{name}", *described(reader, name))
    yield Column(YAML, _("Condition (YAML)"), "yaml", help=_("What cannot be a row of tests; it is read as it stands."))


def described(reader: Reader, column: str) -> tuple[str, Kind, tuple[str, ...], str]:
    """Return of a column of tests what stands above it, what it holds, what it offers, and what its words mean."""
    inner = column.rpartition(": ")[2]
    if group_of(column) == column and " " in column:
        return column, "test", (">= 1", ">= 2", ">= 3") if column.startswith("count ") else ("true", "false"), ""
    if " " in inner:
        return column, "test", ("true", "false"), ""
    fact = reader.fact(inner)
    asked = None
    if inner.partition(".")[0] in reader.words.entities:
        told = reader.words.fact(inner)
        fact = fact if isinstance(told, RowFact | TextFact) else told
        asked = reader.words.title_of(inner)
    options: Mapping[str, str] = getattr(fact, "options", {})
    ordered = getattr(fact, "riskier", None) is not None
    choices = tuple(options) if options else ("true", "false") if fact.type == "boolean" else ()
    if fact.type == "choice" and ordered:
        choices += tuple(f">= {one}" for one in list(options)[1:-1])
    legend = "\n".join(f"{name}: {title}" for name, title in options.items() if name != title)
    return f"{asked}\n{column}" if asked else column, "test", choices, legend


def _condition_cells(form: Form, condition: Any) -> dict[str, str]:
    if form.reader is None:
        return {}
    tests = cells_of(condition)
    found = {YAML: rest} if (rest := rest_cell(condition)) else {}
    if not form.are_pairs:
        return {f"{IF}{column}": test for column, test in tests.items()} | found
    for number, (column, test) in enumerate(tests.items(), 1):
        found |= {f"{FACT}{number}": column, f"{TEST}{number}": test}
    return found


# --- and back ---


class Cell(NamedTuple):
    """What stands in a cell, and where."""

    text: str
    row: int
    column: int


@dataclass
class Grid:
    """The cells of a sheet that hold anything, by row and column, from 1."""

    path: str
    cells: Mapping[tuple[int, int], str]
    is_date: frozenset[tuple[int, int]] = frozenset()
    """Cells that the spreadsheet holds as a day."""

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell; nothing where it is empty."""
        return self.cells.get((row, column), "")

    def problem(self, row: int, column: int, message: str, way_out: str = "") -> Diagnostic:
        """Return what is wrong with a cell, with its place as people find it."""
        if (row, column) in self.is_date:
            way_out = _("the spreadsheet made a day of this; format the cell as text, and write it again")
        return Diagnostic(Position(self.path, row, column, is_cell=True), message, way_out)

    @property
    def rows(self) -> list[int]:
        """The rows below the head that hold anything."""
        return sorted({row for row, _column in self.cells if row > HEAD_ROWS})


@dataclass(frozen=True)
class Alternative:
    """A row as a condition: its tests, what it says in YAML, and where each stands."""

    tests: Mapping[str, str]
    rest: str
    places: Mapping[str, Cell]
    row: int


@dataclass
class Returned:
    """A record as the rows of a sheet state it."""

    key: tuple[str, ...]
    at: Cell
    alternatives: list[Alternative] = field(default_factory=list)


@dataclass
class ReturnedTable:
    """What stands in a sheet: records in the order of their first rows, and the fields of each owner."""

    grid: Grid
    form: Form
    records: list[Returned]
    fields: dict[tuple[str, ...], dict[str, Cell]]
    problems: list[Diagnostic]

    def problem(self, cell: Cell, message: str, way_out: str = "") -> None:
        """Note what is wrong with a cell."""
        self.problems.append(self.grid.problem(cell.row, cell.column, message, way_out))

    def field(self, key: tuple[str, ...], column: str) -> str:
        """Return what a field of a record says; nothing where it is empty."""
        cell = self.fields.get(key, {}).get(column)
        return cell.text if cell else ""

    def value(self, record: Returned, owner: tuple[str, ...], column: Column, old: Any) -> Any:
        """Return the value of a field, None where it has none; what the cell said before stays the value it was."""
        cell = self.fields.get(owner, {}).get(column.key)
        text = cell.text if cell else ""
        if text == shown(old, column.kind):
            return old
        at = cell or record.at
        try:
            return _value(column, text, old)
        except CellError as error:
            self.problem(at, error.message, error.way_out)
            return old

    def condition(self, record: Returned, old: Any) -> Any:
        """Return the condition that the rows of a record state; what is as it was stays as it was written."""
        assert self.form.reader is not None  # noqa: S101 (only tables with conditions ask)
        before = list(alternatives_of(old))
        rows = [(dict(one.tests), one.rest) for one in record.alternatives]
        if rows == [(cells_of(one), rest_cell(one)) for one in before]:
            return old
        found = []
        free = list(before)
        for number, row in enumerate(rows):
            same = next((one for one in free if one is not None and (cells_of(one), rest_cell(one)) == row), None)
            if same is not None:
                free.remove(same)
                found.append(same)
                continue
            later = rows[number + 1 :]
            own = next((one for one in free if (cells_of(one), rest_cell(one)) not in later), None)
            if own is not None:
                free.remove(own)
            made = self._condition_of(record.alternatives[number], own)
            if made is not None:
                found.append(made)
        if not found:
            return None
        return found[0] if len(found) == 1 else {"any_of": tuple(found)}

    def _condition_of(self, row: Alternative, old: Any) -> Any:
        assert self.form.reader is not None  # noqa: S101 (likewise)
        reader = self.form.reader
        before = cells_of(old)
        good = dict(row.tests)
        for column, test in row.tests.items():
            if before.get(column) == test:
                continue
            try:
                reader.check_column(column)
                inner = column.rpartition(": ")[2]
                if group_of(column) != column or " " not in column or column.startswith("holds "):
                    reader.tests(inner, test)
            except CellError as error:
                self.problem(row.places[column], error.message, error.way_out)
                del good[column]
        if len(good) < len(row.tests):
            return old
        try:
            # What stands in the cell as it was is what the file says, to the letter.
            return reader.changed(old, good, rest_of(old) if row.rest == rest_cell(old) else row.rest)
        except CellError as error:
            self.problem(row.places.get(YAML) or next(iter(row.places.values())), error.message, error.way_out)
            return old


def read_table(grid: Grid, form: Form, now: Table) -> ReturnedTable:
    """Return what stands in a sheet that is a table of this form; what is wrong is among its problems.

    `now` is the table as the files have it today: a column of it that is missing would take what it says out of them.
    """
    found = ReturnedTable(grid, form, [], {}, [])
    columns = _columns(grid, form, found.problems)
    for missing in (one.key for one in now.columns if one.key not in columns):
        message = _("the column `{name}` is missing", name=missing)
        way_out = _("what the rows say in it would be lost; put it back, and empty the cells that should not count")
        found.problems.append(grid.problem(2, 1, message, way_out))
    if found.problems:
        return found
    known: dict[tuple[str, ...], Returned] = {}
    last: Returned | None = None
    for row in grid.rows:
        cells = {name: Cell(grid.text(row, column), row, column) for name, column in columns.items()}
        key = tuple(cells[one.key].text for one in form.keys)
        first = cells[form.keys[0].key]
        if not all(key) and len(form.keys) == 1:
            key = (f"\0{row}",)  # a new one
        record = known.get(key)
        if record is None:
            record = known[key] = Returned(key, first)
            found.records.append(record)
        elif record is not last and form.policy == "FIRST":
            message = _(
                "the rows of a rule stand below each other: `{rule}` began in row {row}", rule=key[0], row=record.at.row
            )
            found.problem(first, message, _("a new rule has no number in this column"))
        last = record
        _fields(found, key[: form.owner or None], cells)
        if form.reader is not None:
            record.alternatives.append(_alternative(found, cells, row))
    return found


def _columns(grid: Grid, form: Form, problems: list[Diagnostic]) -> dict[str, int]:
    """Return where each column stands by its name; one that is not needed may be missing, none may be unknown."""
    found: dict[str, int] = {}
    named = {one.key for one in (*form.keys, *form.fields)} | ({YAML} if form.reader else set())
    for column in sorted({column for _row, column in grid.cells}):
        key, title = grid.text(2, column), grid.text(3, column)
        row = 2 if key else 3
        if not key and form.reader is not None and not form.are_pairs and title:
            key = f"{IF}{title.splitlines()[-1].strip()}"
        if not key:
            filled = next((one for one in grid.rows if grid.text(one, column)), None)
            if filled is not None or title:
                where = (3, column) if title else (filled or 3, column)
                problems.append(grid.problem(*where, _("this column is none of the table"), _("take it out")))
            continue
        if key in found:
            problems.append(grid.problem(row, column, _("the column `{name}` is there twice", name=key)))
        elif form.are_pairs and key.rpartition(" ")[0] in {FACT.strip(), TEST.strip()}:
            found[key] = column
        elif key.startswith(IF) and form.reader is not None and not form.are_pairs:
            try:
                form.reader.check_column(key.removeprefix(IF))
            except CellError as error:
                problems.append(grid.problem(row, column, error.message, error.way_out))
            found[key] = column
        elif key in named:
            found[key] = column
        else:
            message = _("there is no column `{name}` in such a table", name=key)
            problems.append(grid.problem(row, column, message, suggestion(key, named)))
    return found


def _fields(found: ReturnedTable, owner: tuple[str, ...], cells: Mapping[str, Cell]) -> None:
    """Note the fields that a row states; two rows of one record may not state different things."""
    stated = found.fields.setdefault(owner, {})
    for column in found.form.fields:
        cell = cells[column.key]
        have = stated.get(column.key)
        if have is None or not have.text:
            stated[column.key] = cell
        elif cell.text and cell.text != have.text:
            message = _("row {row} says something else of the same record", row=have.row)
            found.problem(cell, message, _("leave it empty where it is the same"))


def _alternative(found: ReturnedTable, cells: Mapping[str, Cell], row: int) -> Alternative:
    tests: dict[str, str] = {}
    places: dict[str, Cell] = {}
    for key, cell in cells.items():
        if key == YAML:
            places[YAML] = cell
        elif key.startswith(IF) and not found.form.are_pairs and cell.text not in {"", "-"}:
            tests[key.removeprefix(IF)] = cell.text
            places[key.removeprefix(IF)] = cell
        elif key.startswith(FACT) and found.form.are_pairs:
            test = cells.get(f"{TEST}{key.removeprefix(FACT)}")
            _pair(found, cell, test, tests, places)
    return Alternative(tests, cells[YAML].text, places, row)


def _pair(found: ReturnedTable, fact: Cell, test: Cell | None, tests: dict[str, str], places: dict[str, Cell]) -> None:
    if test is None:
        found.problem(fact, _("the column with the test of this fact is missing"))
    elif bool(fact.text) != bool(test.text):
        at, what = (test, _("a test is missing")) if fact.text else (fact, _("the fact that is tested is missing"))
        found.problem(at, what, _("a fact and its test stand beside each other"))
    elif fact.text in tests:
        found.problem(fact, _("`{name}` is tested twice in this row", name=fact.text), _("make two rows of it"))
    elif fact.text:
        tests[fact.text], places[fact.text] = test.text, test


def shown(value: Any, kind: Kind) -> str:
    """Return a value as its cell says it."""
    match value, kind:
        case None, _:
            return ""
        case _, "yaml":
            return normal(one_line(value))
        case tuple(), "names":
            return ", ".join(value)
        case tuple(), "lines":
            return normal("\n".join(" ".join(one.split()) for one in value))
        case str(), _:
            return normal(value)
        case _:
            return one_line(value)


def normal(text: str) -> str:
    """Return a text as a cell keeps it: without space at the ends of its lines, and what nobody sees."""
    return "\n".join(clean_text(line).strip() for line in text.split("\n")).strip()


def rest_cell(condition: Any) -> str:
    """Return what the cell for YAML says of a condition."""
    return normal(rest_of(condition))


def _value(column: Column, text: str, old: Any) -> Any:
    """Return the value that a cell states; raise CellError where it states none that fits."""
    if not text:
        if column.is_needed:
            raise CellError(_("a value is missing here"))
        return None
    match column.kind:
        case "name":
            return _named(column, text)
        case "names":
            return tuple(_named(column, one.strip()) for one in text.split(",") if one.strip())
        case "number":
            if not text.isascii() or not text.isdecimal():
                raise CellError(_("`{text}` is no whole number", text=text))
            if column.choices and text not in column.choices:
                raise CellError(_("there is no `{text}` here", text=text), quoted(column.choices))
            return int(text)
        case "boolean":
            if (value := BOOLEANS.get(text.casefold())) is None:
                raise CellError(_("`{text}` is neither true nor false", text=text), _("write `true` or `false`"))
            return value
        case "lines":
            several = tuple(one.strip() for one in text.split("\n") if one.strip())
            return several if len(several) > 1 or isinstance(old, tuple) else several[0]
        case "yaml":
            return Reader.yaml(text)
        case _:
            return text


def _named(column: Column, text: str) -> str:
    if column.choices and text not in column.choices:
        raise CellError(_("there is no `{text}` here", text=text), meant(text, column.choices))
    return text
