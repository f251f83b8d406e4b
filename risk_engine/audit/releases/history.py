"""A section of CHANGES.md for a version that has none yet; what a person wrote is never changed."""

import re
from itertools import pairwise
from pathlib import Path

from risk_engine.diagnostics import file_problem, reason
from risk_engine.language import _
from risk_engine.loading.files import CHANGES
from risk_engine.loading.sets import Version

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_VERSION = re.compile(r" {0,3}#{1,6}\s+\[?v?(?P<number>\d+\.\d+\.\d+)(?![\w.+-])", re.IGNORECASE)


def with_section(version: Version, text: str | None) -> str | None:
    """Return the whole of a version's CHANGES.md with a section of that text; None where there is nothing to write.

    `text` is Markdown below the heading. Nothing is to be written where it is None or empty, or where the file has a
    section for the version already. The newest section stands first. Raises InvalidSourceError where the file cannot
    be read.
    """
    path = version.path / CHANGES
    there = _there(path)
    body = (text or "").strip("\n")
    if not body.strip() or _has_section(version, there):
        return None
    heading = f"## {version.dotted} (in force from {version.in_force_from.isoformat()})"
    if there is None or not there.strip():
        return f"# {version.name}\n\n{heading}\n\n{body}\n"
    newline = "\r\n" if "\r\n" in there else "\n"
    section = f"{heading}\n\n{body}\n".replace("\n", newline)
    lines = there.splitlines(keepends=True)
    first = next((number for number, _found in _sections(lines)), None)
    if first is None:
        return f"{there.rstrip()}{newline}{newline}{section}"
    return "".join((*lines[:first], section, newline, *lines[first:]))


def section_of(version: Version, text: str | None = None) -> str:
    """Return what CHANGES.md, or `text` in its place, says of a version; empty where it has no section for it."""
    there = _there(version.path / CHANGES) if text is None else text
    lines = (there or "").splitlines(keepends=True)
    headings = [*_sections(lines), (len(lines), "")]
    for (start, number), (end, _next) in pairwise(headings):
        if number == version.dotted:
            return "".join(lines[start:end]).replace("\r\n", "\n").strip() + "\n"
    return ""


def has_section(version: Version) -> bool:
    """Return whether CHANGES.md speaks of a version under a heading of its own."""
    return _has_section(version, _there(version.path / CHANGES))


def _has_section(version: Version, there: str | None) -> bool:
    return any(found == version.dotted for _number, found in _sections((there or "").splitlines()))


def _sections(lines: list[str]) -> list[tuple[int, str]]:
    """Return the lines that are headings of a version, each with its number; what stands in code is none."""
    found: list[tuple[int, str]] = []
    fence = ""
    for number, line in enumerate(lines):
        marker = _FENCE.match(line)
        if fence:
            fence = "" if marker and marker[1].startswith(fence) else fence
        elif marker:
            fence = marker[1]
        elif heading := _VERSION.match(line):
            found.append((number, heading["number"]))
    return found


def _there(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise file_problem(path, _("this file is no text in UTF-8")) from None
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from None
