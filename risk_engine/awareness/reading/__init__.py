"""How files of works are read: which layout a file is in, by what stands in it, and its works one after another."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from risk_engine.awareness.reading import cordis, flat
from risk_engine.awareness.reading.record import HEAD, PARTIES, PLAIN, Record
from risk_engine.files.csv_rows import open_csv
from risk_engine.files.diagnostics import file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.reading import open_file
from risk_engine.screening.formats.reading import Reading
from risk_engine.screening.formats.streams import as_problems, csv_cells, json_lines

Layout: TypeAlias = Literal["openalex", "openalex-flat", "cordis", "table"]
"""How a file says what it says: Work objects of OpenAlex, flat ones, CORDIS, or a table that a mapping explains."""
Tell: TypeAlias = Callable[[int], None]
"""Is told how many bytes are read."""

_LOOKED_AT: Final = 64 * 1024
_OFTEN: Final = 5_000


class Opened(NamedTuple):
    """A file whose layout is known."""

    layout: Layout
    part: int
    """What part of a work each of its records is (`reading/record.py`)."""
    size: int
    records: Callable[[Reading, Tell], Iterator[Record]]


def opened(path: Path) -> Opened:
    """Return how a file is read; raise InvalidSourceError where it cannot be, or has no layout that is known."""
    try:
        size = path.stat().st_size
        with open_file(path) as file:
            raw = file.read(_LOOKED_AT)
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    if not raw.strip():
        raise file_problem(path, _("the file is empty"))
    text = raw.decode("utf-8-sig", "replace").lstrip()
    if text.startswith("{"):
        return Opened("openalex-flat", PLAIN, size, _lines(flat.record))
    head = open_csv(path).head
    if cordis.has(head, cordis.ORGANISATIONS):
        return Opened("cordis", PARTIES, size, _cells(cordis.rows))
    if cordis.has(head, cordis.PROJECTS):
        return Opened("cordis", HEAD, size, _cells(cordis.rows))
    raise file_problem(path, _("these are no works in a layout that is known"))


def _lines(
    record: Callable[[int, dict[str, Any], Reading], Record | None],
) -> Callable[[Reading, Tell], Iterator[Record]]:
    def read(reading: Reading, tell: Tell) -> Iterator[Record]:
        with as_problems(reading.path), open_file(reading.path) as file:
            for number, value in json_lines(file, reading):
                if (found := record(number, value, reading)) is not None:
                    yield found
                if number % _OFTEN == 0:
                    tell(file.tell())

    return read


def _cells(rows: Callable[..., Iterator[Record]]) -> Callable[[Reading, Tell], Iterator[Record]]:
    def read(reading: Reading, _tell: Tell) -> Iterator[Record]:
        yield from rows(open_csv(reading.path).head, csv_cells(reading, ()), reading)

    return read
