"""Problems that a person can mend, and the exceptions that carry them: where, what is wrong, the way out."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from risk_engine.files.language import N_, _, either, listed

A = TypeVar("A")
B = TypeVar("B")

SHOWN_CANDIDATES = 8
"""A message that lists what would be allowed names at most so many."""

_OF_THE_SYSTEM = (
    N_("device or resource busy"),
    N_("file exists"),
    N_("file name too long"),
    N_("input/output error"),
    N_("is a directory"),
    N_("no space left on device"),
    N_("no such file or directory"),
    N_("not a directory"),
    N_("operation not permitted"),
    N_("permission denied"),
    N_("read-only file system"),
    N_("too many levels of symbolic links"),
)
"""What systems say most; what they say else stays as it is."""

SHOWN_COLUMNS = 100
"""So much of a long source line is shown, around the place."""


class RiskEngineError(Exception):
    """Any failure that a user of the engine can cause and mend; `str()` is ready to print, with the way out below."""

    def __init__(self, message: str = "", way_out: str = "") -> None:
        self.message = message
        self.way_out = way_out
        super().__init__(f"{message}{help_line(way_out)}")


class DefectError(Exception):
    """A defect of this program, which contradicts itself: only those who write it can mend that."""


class MissingExtraError(RiskEngineError):
    """Libraries that an extra of the package brings are not installed; `message` says what needs them."""

    def __init__(self, message: str, extra: str) -> None:
        # By its folder, never by a name: under the name of the command others offer another package.
        way_out = _(
            "install the extra `{extra}`, in the folder of this program with what installed it: `pipx install --force "
            "'.[{extra}]'`, `uv tool install --force '.[{extra}]'` or `pip install '.[{extra}]'` (README, “Extras”)",
            extra=extra,
        )
        super().__init__(message, way_out)


@dataclass(frozen=True, order=True)
class Position:
    """A place in a source file; lines and columns count from 1. Of a cell the path names its sheet too."""

    path: str
    line: int
    column: int
    is_cell: bool = False

    def __str__(self) -> str:
        if self.is_cell:
            return f"{self.path}!{column_letters(self.column)}{self.line}"
        return f"{self.path}:{self.line}:{self.column}"


def column_letters(number: int) -> str:
    """Return what people call a column of a sheet.

    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = f"{chr(ord('A') + letter)}{letters}"
    return letters


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One problem in one place, with the line it stands on and, where there is one, the way out."""

    position: Position
    message: str
    help: str = ""
    source_line: str = ""

    def __str__(self) -> str:
        lines = [printable(f"{self.position}: {self.message}")]
        if self.source_line:
            number, column = str(self.position.line), self.position.column - 1
            is_long = len(self.source_line) > SHOWN_COLUMNS
            start = max(0, column - SHOWN_COLUMNS // 2) if is_long else 0
            shown = self.source_line[start : start + SHOWN_COLUMNS]
            if start:
                shown = f"…{shown[1:]}"
            if start + SHOWN_COLUMNS < len(self.source_line):
                shown = f"{shown[:-1]}…"
            lead = "".join(_blank(char) for char in shown[: column - start])
            lines += [f"  {number} | {printable(shown)}", f"  {' ' * len(number)} | {lead}^"]
        if self.help:
            lines.append(printable(help_line(self.help).removeprefix("\n")))
        return "\n".join(lines)


def printable(line: str) -> str:
    """Return a line without what a terminal would obey in place of showing it: controls, marks of direction."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_hidden(char) else char for char in line)


def _is_hidden(char: str) -> bool:
    return char != "\t" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


_UNSEEN = re.compile(r"[\u115f\u1160\u2065\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Default-ignorable characters (Unicode, DerivedCoreProperties) that are neither marks nor of the category Cf."""
_EMPTY_BRAILLE = "\u2800"


def without_unseen(text: str) -> str:
    """Return a text without the letters and signs that no font draws."""
    return _UNSEEN.sub("", text)


def is_blank(text: str) -> bool:
    """Return whether nobody can see anything of a text: there is nothing but space, controls and marks of nothing."""
    left = without_unseen(text).replace(_EMPTY_BRAILLE, "")
    return all(unicodedata.category(char)[0] in "CMZ" for char in left)


def _blank(char: str) -> str:
    """Return blank space as wide as a character, so that the caret stands below its place on a terminal."""
    if char == "\t":
        return "\t"
    if unicodedata.combining(char):
        return ""
    return "  " if unicodedata.east_asian_width(char) in {"W", "F"} else " "


class InvalidSourceError(RiskEngineError):
    """One or more source files cannot be used; `diagnostics` holds every problem, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n".join(str(one) for one in self.diagnostics))


class NotInForceError(RiskEngineError):
    """Nothing that could answer is in force on the date asked for."""

    def __init__(self, what: str, on: date, help_text: str = "") -> None:
        self.on = on
        super().__init__(_("{what} is not in force on {day}", what=what, day=on.isoformat()), help_text)


def with_every_problem(make: Callable[[A], B], parts: Iterable[A]) -> list[B]:
    """Return what is made of each part; raise InvalidSourceError with the problems of all that cannot be made."""
    made: list[B] = []
    problems: list[Diagnostic] = []
    for part in parts:
        try:
            made.append(make(part))
        except InvalidSourceError as error:
            problems += error.diagnostics
    if problems:
        raise InvalidSourceError(problems)
    return made


def file_problem(path: str | Path, message: str, help_text: str = "") -> InvalidSourceError:
    """Return the error for a file as a whole (missing, a folder, not text), placed at its first character."""
    return InvalidSourceError([Diagnostic(Position(Path(path).as_posix(), 1, 1), message, help_text)])


def reason(error: OSError) -> str:
    """Return what the system says about a file, a folder or a disk, to stand behind a colon."""
    if error.strerror:
        return _(error.strerror.lower())
    # Polars tells what the system said as its text alone.
    return _(_SYSTEM_NUMBER.sub("", str(error)).lower()) if _SYSTEM_NUMBER.search(str(error)) else _("unknown reason")


_SYSTEM_NUMBER = re.compile(r" \(os error \d+\)$")


def help_line(text: str) -> str:
    """Return the way out as a line below a message; nothing where there is none."""
    return "\n  " + _("help: {text}", text=text) if text else ""


def quoted(words: Iterable[str], last: Literal["or", "and"] = "or") -> str:
    """Return words in backticks as an enumeration; more than SHOWN_CANDIDATES are cut with an ellipsis.

    >>> quoted(["is", "one_of", "at_least"])
    '`is`, `one_of` or `at_least`'
    """
    names = [f"`{word}`" for word in words]
    if len(names) > SHOWN_CANDIDATES:
        return ", ".join([*names[:SHOWN_CANDIDATES], "…"])
    if not names:
        return ""
    return either(names) if last == "or" else listed(names)


def suggestion(word: str, candidates: Iterable[str]) -> str:
    """Return the help line for a word that none of the candidates is: the nearest one, else what there is.

    >>> suggestion("wieght", ["weight", "height"])
    'did you mean `weight`?'
    >>> suggestion("zzz", ["weight", "height"])
    'known: `weight` or `height`'
    """
    known = list(candidates)
    if near := nearest(word, known):
        return _("did you mean `{near}`?", near=near)
    return _("known: {words}", words=quoted(known)) if known else ""


def _unpadded(word: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", word)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a misspelt word most likely means, None if it is like none of them."""
    known = {one.casefold(): one for one in candidates}
    # `SEC-8` means `SEC-08`, whatever else is as near.
    unpadded = {_unpadded(one): found for one, found in known.items()}
    if found := unpadded.get(_unpadded(word.casefold())):
        return found
    # Ids of one kind share their letters, so they are like each other without being near.
    cutoff = 0.8 if any(one.isdigit() for one in word) else 0.6
    near = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=cutoff)
    return known[near[0]] if near else None
