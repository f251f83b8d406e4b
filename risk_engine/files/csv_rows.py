"""Cells in a text file: which signs it is written in, what parts them, and row by row what stands in them.

A file of any size is read, a line at a time.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from risk_engine.files.diagnostics import file_problem, quoted, reason
from risk_engine.files.harmless import unguarded
from risk_engine.files.language import _
from risk_engine.files.reading import open_file

SEPARATORS: Final = ",;\t"
SAYS_SEPARATOR: Final = re.compile(r"""\ufeff?"?sep=(?P<by>[,;\t])"?[,;\t]*\r?\n""", re.IGNORECASE)
"""The first line in which a CSV file says to Excel what parts its cells."""
MOST_OF_A_LINE: Final = 4 * 1024 * 1024
"""No line is longer: without an end it would be read until memory is full."""
_BLOCK: Final = 1024 * 1024
_BYTE_ORDER: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Row(NamedTuple):
    """One row: its number as a spreadsheet counts, the head being the first, and its cells."""

    number: int
    cells: list[str]
    problem: str = ""
    """Why nobody can tell which cells are which."""


@dataclass(frozen=True)
class CsvFile:
    """A file that was looked through: it is text, in these signs, with so many lines."""

    path: Path
    encoding: str
    lines: int
    separator: str
    head: tuple[str, ...]
    """What stands above each column, without space around it."""
    before: int
    """So many lines stand before the head."""

    header: int
    """The row of the head; 0 where there is none."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the head; blank ones are counted and left out."""
        with io.TextIOWrapper(open_file(self.path), encoding=self.encoding, newline="") as file:
            lines = islice(_lines(file, self.path), self.before, None)
            reader = csv.reader(lines, delimiter=self.separator, strict=True)
            yield from _rows(reader, len(self.head), self.header)


def open_csv(path: Path, header: int = 1, columns: tuple[str, ...] = ()) -> CsvFile:
    """Look through a file and return how it is read, by the row in which its headers stand.

    A file without headers has the columns that are given, parted by commas. Raises RiskEngineError where it is no text
    with cells.
    """
    try:
        encoding, lines = _looked_through(path)
        if columns:
            return CsvFile(path, encoding, lines, ",", columns, 0, 0)
        with io.TextIOWrapper(open_file(path), encoding=encoding, newline="") as file:
            said = SAYS_SEPARATOR.match(next(_lines(file, path), ""))
        before = header - 1 + (said is not None)
        with io.TextIOWrapper(open_file(path), encoding=encoding, newline="") as file:
            rest = islice(_lines(file, path), before, None)
            text = next(rest, "")
            separator = _separator(text) if said is None else said["by"]
            # A title of several lines stands in quotes.
            head = next(csv.reader(iter([text, *_until_closed(text, rest)]), delimiter=separator), [])
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    except csv.Error as error:
        message = _("row {row}, in which the headers stand, cannot be read: {reason}", row=header, reason=error)
        raise file_problem(path, message) from error
    return CsvFile(path, encoding, lines, separator, headers_in(head, header, path), before, header)


def headers_in(cells: Iterable[str], row: int, path: Path) -> tuple[str, ...]:
    """Return what a row says of the columns of a table; raise RiskEngineError where that is nothing, or twice the same.

    A column within it may have no header; beyond the last one there are none.
    """
    names = [" ".join(one.split()) for one in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise file_problem(path, _("row {row} is empty; it says what stands in each column", row=row))
    twice = sorted({one for one in names if one and names.count(one) > 1})
    if twice:
        message = _("two columns have one header: {names}", names=quoted(twice, "and"))
        raise file_problem(path, message, _("take one out, or give it a name of its own"))
    return tuple(names)


def _until_closed(text: str, rest: Iterator[str]) -> Iterator[str]:
    quotes = text.count('"')
    while quotes % 2 and (line := next(rest, "")):
        quotes += line.count('"')
        yield line


def _separator(text: str) -> str:
    """Return what parts the cells of a first line: what makes the most of it."""
    parted = {one: len(next(csv.reader([text], delimiter=one), [])) for one in SEPARATORS}
    return max(SEPARATORS, key=lambda one: (parted[one], -SEPARATORS.index(one)))


def _looked_through(path: Path) -> tuple[str, int]:
    """Return in which signs a file is written and how many lines it has; raise RiskEngineError where it is no text."""
    as_utf8 = _("save it as “CSV UTF-8”")
    with open_file(path) as file:
        start = file.read(4)
        encoding = next((name for mark, name in _BYTE_ORDER.items() if start.startswith(mark)), "utf-8")
        decode = codecs.getincrementaldecoder(encoding)().decode
        lines, block, ends = 0, start, True
        try:
            while block:
                text = decode(block)
                if "\0" in text:
                    raise file_problem(path, _("this is no text that can be read"), as_utf8)
                lines += text.count("\n")
                ends = text.endswith("\n") if text else ends
                block = file.read(_BLOCK)
            decode(b"", True)  # noqa: FBT003 (the end: half a sign is none)
        except UnicodeDecodeError as error:
            line = lines + 1 + error.object[: error.start].count(b"\n")
            message = _("line {line} is not {encoding} text", line=line, encoding=encoding.upper()[:6].rstrip("-"))
            raise file_problem(path, message, as_utf8) from None
    return encoding, lines + (not ends)


def _lines(file: io.TextIOWrapper, path: Path) -> Iterator[str]:
    while line := file.readline(MOST_OF_A_LINE + 1):
        if len(line) > MOST_OF_A_LINE:
            raise file_problem(path, _("there is a line of more than {size} MiB", size=MOST_OF_A_LINE // 1024**2))
        yield line


def _rows(reader: Any, width: int, header: int) -> Iterator[Row]:
    if header:
        next(reader, None)
    number = header
    while True:
        number += 1
        before = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines = _("lines {first} to {last}: {reason}", first=before + 1, last=reader.line_num, reason=error)
            problem = _("quotes do not fit here, and nobody can tell which cells there are ({lines})", lines=lines)
            yield Row(number, [], problem)
            continue
        # What was guarded against a spreadsheet that computes (`harmless.guarded`) is text as it was before.
        if "'" in "".join(cells):
            cells = [unguarded(one) for one in cells]
        if len(cells) == width:
            if any(cells) and not all(map(str.isspace, filter(None, cells))):
                yield Row(number, cells)
        elif any(one.strip() for one in cells):
            beyond = any(one.strip() for one in cells[width:])
            if len(cells) < width or beyond:
                numbers = {"cells": len(cells), "columns": width}
                problem = _("the row has {cells} cells, and there are {columns} columns", **numbers)
                yield Row(number, cells, problem)
            else:
                yield Row(number, cells[:width])
