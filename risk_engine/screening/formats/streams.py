"""JSON and XML files of any size, read piece by piece: the items of an array, the lines of a file, one kind of element.

What is hostile ends as an error of the file: entities and external references in XML, archives that unpack to more than
they may, values nested without end.
"""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, ParseError

from risk_engine.files.csv_rows import open_csv
from risk_engine.files.diagnostics import MissingExtraError, file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.reading import open_file
from risk_engine.screening.formats.reading import Reading

MOST_OF_AN_ITEM: Final = 16 * 1024 * 1024
"""So long may one entry be: the longest of the lists that are known has 300 KiB."""
MOST_UNPACKED: Final = 4 * 1024**3
_BLOCK: Final = 1024 * 1024
_LEAD: Final = re.compile(r"[\s,]*")


@contextmanager
def as_problems(path: Path) -> Iterator[None]:
    """Have what cannot be read of a file be told as a problem of the file."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise file_problem(path, _("this is no UTF-8 text: {reason}", reason=error.reason)) from None
    except RecursionError:
        raise file_problem(path, _("values are nested too deep")) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise file_problem(path, _("the archive cannot be unpacked: {reason}", reason=error)) from None
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error


@contextmanager
def unpacked(path: Path, wanted: re.Pattern[str]) -> Iterator[IO[bytes]]:
    """Yield a file, or of an archive the newest member whose name is wanted, which is not unpacked onto the disk."""
    with open_file(path) as file:
        if file.peek(4)[:4] != b"PK\x03\x04":
            yield file
            return
        with zipfile.ZipFile(file) as archive, archive.open(_member(archive, path, wanted)) as member:
            yield member


def _member(archive: zipfile.ZipFile, path: Path, wanted: re.Pattern[str]) -> zipfile.ZipInfo:
    members = sorted((one for one in archive.infolist() if wanted.search(one.filename)), key=lambda one: one.filename)
    if not members:
        raise file_problem(path, _("the archive holds no file that is wanted"))
    member = members[-1]
    if member.file_size > MOST_UNPACKED or member.flag_bits & 1:
        raise file_problem(path, _("the archive would unpack to {size} GiB", size=member.file_size // 1024**3))
    return member


def json_lines(file: IO[bytes], reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file that has one a line, with their lines."""
    number = 0
    while line := file.readline(MOST_OF_AN_ITEM + 1):
        number += 1
        if len(line) > MOST_OF_AN_ITEM:
            reading.problem(number, _("the line is too long"))
            return
        try:
            if not (text := line.decode("utf-8-sig" if number == 1 else "utf-8").strip()):
                continue
            value = json.loads(text)
        except UnicodeDecodeError as error:
            reading.problem(number, _("this is no UTF-8 text: {reason}", reason=error.reason))
            continue
        except ValueError as error:
            reading.problem(number, _("this is no JSON: {reason}", reason=_short(error)), _was_cut())
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            reading.problem(number, _("here must stand an object in braces"))


def json_items(file: IO[bytes], reading: Reading, key: str = "") -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of an array, the whole file or what stands below a key of it, with the lines they begin on."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig")
    try:
        yield from _items(text, reading, key)
    finally:
        text.detach()  # whoever opened the file closes it


def _items(text: io.TextIOWrapper, reading: Reading, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    buffer, line = text.read(_BLOCK), 1
    begin = re.compile(rf'"{key}"\s*:\s*\[').search if key else re.compile(r"\s*\[").match
    while (found := begin(buffer)) is None and len(buffer) <= MOST_OF_AN_ITEM and (more := text.read(_BLOCK)):
        buffer += more
    if found is None:
        reading.problem(1, _("there is no list of entries in this file"))
        return
    line += buffer.count("\n", 0, found.end())
    place, decode = found.end(), json.JSONDecoder().raw_decode
    while True:
        lead = _LEAD.match(buffer, place)
        line += buffer.count("\n", place, lead.end() if lead else place)
        place = lead.end() if lead else place
        if buffer[place : place + 1] == "]":
            return
        try:
            value, end = decode(buffer, place)
        except ValueError as error:
            more = text.read(_BLOCK)
            if more and len(buffer) - place <= MOST_OF_AN_ITEM:
                buffer, place = buffer[place:] + more, 0
                continue
            reading.problem(line, _("this is no JSON: {reason}", reason=_short(error)), "" if more else _was_cut())
            return
        if not isinstance(value, dict):
            reading.problem(line, _("here must stand an object in braces"))
            return
        yield line, value
        line += buffer.count("\n", place, end)
        place = end


def _short(error: ValueError) -> str:
    return str(error).split(":")[0][:80]


def _was_cut() -> str:
    return _("was the file cut off on its way?")


def xml_elements(path: Path, reading: Reading, tag: str, root: str) -> Iterator[tuple[int, Element]]:
    """Yield the elements of one name, whatever their namespace, each with its number; what was yielded is let go.

    The first is the root, for what it says of the list. Raises MissingExtraError where the library is missing.
    """
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import iterparse
    except ImportError:
        message = _("lists with an XML layout need a library that is not installed")
        raise MissingExtraError(message, "screening") from None
    number = 0
    with open_file(path) as file:
        try:
            steps = iterparse(file, events=("start", "end"), forbid_dtd=True)
            top = next(steps)[1]
            without_namespace(top)
            if top.tag != root:
                reading.problem(1, _("the file begins with `{tag}`, not with `{root}`", tag=top.tag[:60], root=root))
                return
            yield 0, top
            for event, element in steps:
                if event == "end" and element.tag.rpartition("}")[2] == tag:
                    number += 1
                    for one in element.iter():
                        without_namespace(one)
                    yield number, element
                    element.clear()
                    top.clear()
        except DefusedXmlException:
            reading.problem(1, _("the file declares entities of its own, as no list does; it is not read"))
        except ParseError as error:
            line, column = error.position
            reading.problem(
                line, _("this is no XML: {reason}", reason=_short_xml(error)), _was_cut(), column=column + 1
            )
        except StopIteration:
            reading.problem(1, _("the file is empty"))


def _short_xml(error: ParseError) -> str:
    return str(error).partition(": line")[0][:80]


def without_namespace(element: Element) -> None:
    """Let the name of an element be what stands behind its namespace."""
    element.tag = element.tag.rpartition("}")[2]


def csv_cells(reading: Reading, needed: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield of each row of a CSV file its number and its cells by header; tell every header that is missing."""
    file = open_csv(reading.path)
    if missing := [one for one in needed if one not in file.head]:
        for one in missing:
            reading.problem(1, _("the column `{column}` is missing", column=one))
        return
    for row in file.rows():
        if row.problem:
            reading.problem(row.number, row.problem)
        else:
            yield row.number, dict(zip(file.head, row.cells, strict=True))
