"""How files of works are read: which layout a file is in, by what stands in it, and its works one after another."""

import contextlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from risk_engine.awareness.reading import cordis, flat, mapped, openalex
from risk_engine.awareness.reading.record import HEAD, PARTIES, PLAIN, Record
from risk_engine.files.csv_rows import open_csv
from risk_engine.files.diagnostics import file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.reading import open_file
from risk_engine.portfolio.reading.tables import CsvTable, ParquetTable, Table
from risk_engine.screening.formats.reading import Reading
from risk_engine.screening.formats.streams import MOST_OF_AN_ITEM, as_problems, json_items, json_lines

Layout: TypeAlias = Literal["openalex", "openalex-flat", "cordis", "table"]
"""How a file says what it says: Work objects of OpenAlex, flat ones, CORDIS, or a table that a mapping explains."""
Tell: TypeAlias = Callable[[int], None]
"""Is told how many bytes are read."""
_Read: TypeAlias = Callable[[int, Mapping[str, Any], Reading], Record | None]

PARQUET, ARCHIVE = b"PAR1", b"PK\x03\x04"
"""How files of Parquet and workbooks begin."""
_AT_ONCE: Final = 4_000
_LOOKED_AT: Final = 64 * 1024
_LINES_LOOKED_AT: Final = 100
_OFTEN: Final = 5_000
_PAGE: Final = re.compile(r'"results"\s*:\s*\[')
_FLAT: Final = re.compile(rf'"{flat.NEEDED[0]}"\s*:')


class Opened(NamedTuple):
    """A file whose layout is known."""

    layout: Layout
    part: int
    """What part of a work each of its records is (`reading/record.py`)."""
    size: int
    records: Callable[[Reading, Tell], Iterator[Record]]
    mapping: mapped.TableMapping | None = None


def opened(path: Path, mapping: mapped.TableMapping | None = None) -> Opened:
    """Return how a file is read; raise RiskEngineError where it cannot be, or has no layout that is known.

    A table is read by the mapping if it has all its columns, else as it would be without.
    """
    try:
        with open_file(path) as file:
            start = file.read(_LOOKED_AT)
        size = path.stat().st_size
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    if not start.strip():
        raise file_problem(path, _("the file is empty"))
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}:
        return _of_json(path, start, size)
    sheet, header = (None, 1) if mapping is None else (mapping.sheet, mapping.header)
    return _of_table(open_table(path, start, sheet, header), path, size, mapping)


def _of_json(path: Path, start: bytes, size: int) -> Opened:
    text = start.decode("utf-8-sig", "replace").lstrip()
    first = None if text.startswith("[") else _first_object(path)
    # A page that is printed for people, and a list, have no object in a line: by what stands in front then.
    is_flat = bool(_FLAT.search(text)) if first is None or "results" in first else set(flat.NEEDED) <= first.keys()
    key = "" if text.startswith("[") else "results" if first is None and _PAGE.search(text) else None
    read = flat.record if is_flat else openalex.record
    return Opened("openalex-flat" if is_flat else "openalex", PLAIN, size, partial(_objects, key, read))


def _first_object(path: Path) -> dict[str, Any] | None:
    """Return the first of the first lines of a file that is an object; what is broken is told when all is read."""
    with as_problems(path), open_file(path) as file:
        for _each_line in range(_LINES_LOOKED_AT):
            line = file.readline(MOST_OF_AN_ITEM + 1)
            with contextlib.suppress(ValueError):
                if isinstance(value := json.loads(line), dict):
                    return value
    return None


def _objects(key: str | None, read: _Read, reading: Reading, tell: Tell) -> Iterator[Record]:
    """Yield the works of a list, the whole file or below a key of it, or of lines with a work or a page each."""
    with as_problems(reading.path), open_file(reading.path) as file:
        several = json_lines(file, reading) if key is None else json_items(file, reading, key)
        for count, (line, value) in enumerate(several, 1):
            yield from _each(line, value, read, reading)
            if count % _OFTEN == 0:
                tell(file.tell())


def _each(line: int, value: Mapping[str, Any], read: _Read, reading: Reading) -> Iterator[Record]:
    """Yield the work that an object is, or all works of a page of the interface."""
    pages = value.get("results")
    for one in pages if isinstance(pages, list) else (value,):
        if not isinstance(one, dict):
            reading.problem(line, _("here must stand an object in braces"))
        elif (found := read(line, one, reading)) is not None:
            yield found


def _of_table(table: Table, path: Path, size: int, mapping: mapped.TableMapping | None) -> Opened:
    head = list(table.schema)

    def opened_as(layout: Layout, part: int, wanted: Collection[str], read: _Read) -> Opened:
        own = mapping if layout == "table" else None
        return Opened(layout, part, size, partial(_rows, table, wanted, read, size), own)

    if mapping is not None and not mapped.missing(mapping, head)[0]:
        return _by(mapping, table, size)
    if cordis.has(head, cordis.ORGANISATIONS):
        return opened_as("cordis", PARTIES, cordis.COLUMNS, cordis.organisation)
    if cordis.has(head, cordis.PROJECTS):
        return opened_as("cordis", HEAD, cordis.COLUMNS, cordis.project)
    if wanted := flat.columns(head):
        return opened_as("openalex-flat", PLAIN, wanted, flat.row)
    if openalex.is_table(head):
        return opened_as("openalex", PLAIN, openalex.COLUMNS | openalex.NESTED, openalex.row)
    if (known := mapped.known_by_columns(head)) is not None:
        return _by(known, table, size)
    if mapping is not None:
        raise file_problem(path, *mapped.missing(mapping, head))
    message = _("these are no works in a layout that is known")
    way_out = _("say by --mapping which column states what (docs/awareness-definitions.md)")
    raise file_problem(path, message, way_out)


def _by(mapping: mapped.TableMapping, table: Table, size: int) -> Opened:
    read = partial(mapped.record, mapping=mapping)
    part = PARTIES if mapping.rows == "party" else PLAIN
    return Opened("table", part, size, partial(_rows, table, mapping.used(), read, size), mapping)


def _rows(
    table: Table, wanted: Collection[str], read: _Read, size: int, reading: Reading, tell: Tell
) -> Iterator[Record]:
    total = table.total or 1
    for number, row in rows_of(table, wanted, reading):
        if (found := read(number, row, reading)) is not None:
            yield found
        if number % _OFTEN == 0:
            tell(min(size, size * number // total))


def open_table(path: Path, start: bytes, sheet: str | None = None, header: int = 1) -> Table:
    """Return the table in a file that begins so; raise RiskEngineError where it cannot be read as one."""
    if start.startswith(PARQUET):
        return ParquetTable(path)
    if start.startswith(ARCHIVE):
        from risk_engine.portfolio.reading.workbook import SheetTable, Workbook

        return SheetTable(Workbook(path), sheet, header)
    return CsvTable(open_csv(path, header))


def rows_of(table: Table, wanted: Collection[str], reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield of each row its number and what is wanted of it, as far as there are such columns."""
    columns = [one for one in table.schema if one in wanted]
    for part in table.parts(_AT_ONCE):
        torn = [None] * part.rows.len() if part.torn is None else part.torn.to_list()
        rows = part.frame.select(columns).iter_rows(named=True)
        for number, problem, row in zip(part.rows, torn, rows, strict=True):
            if problem is not None:
                reading.problem(number, problem)
            else:
                yield number, row
