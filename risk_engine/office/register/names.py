"""What folders and files of a register are called, on any system and drive, and the list of what was filed.

The list lies in the folder of a case: by it what is gone is missed, also what was filed last. It only grows, and it is
no index: nothing is looked up in it, and a name that it lacks (of what was filed last before a process was killed) is
added with the next one.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.language import _
from risk_engine.files.writing import UNFINISHED
from risk_engine.records.criteria import KEPT

LONGEST = 60
"""Paths on some systems end at 260 characters; a register lies deep in a drive."""

FILED = re.compile(
    r"(?P<number>[0-9]{4,})-(?P<kind>case|assessment|decision|evidence|kept)(-(?P<hint>.*))?"
    r"\.(?P<digest>[0-9a-f]{16})(?P<suffix>\.[A-Za-z0-9]{1,10})?"
)
"""The name of a thing that was filed."""

_PLAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789")}
)
"""Names that mean a device to Windows, with any ending behind a dot."""


def is_plain(text: str) -> bool:
    """Return whether a text can be a name as it is, on every system, beside what else lies in a register."""
    taken = text.partition(".")[0].casefold() in _DEVICES or text.casefold() == KEPT
    return bool(_PLAIN.fullmatch(text)) and len(text) <= LONGEST and not taken


def slug(text: str) -> str:
    """Return what a person may still recognise of a text, in letters, digits and hyphens; may be empty."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", ascii_only)[: LONGEST // 2].strip("-_")


def safe_name(text: str) -> str:
    """Return the name for a text: the text itself where it can be one, else what is left of it with a digest.

    Two texts never have the same name: a plain text holds no `~`, and behind it stands a digest of the whole text.

    >>> safe_name("2026-014")
    '2026-014'
    >>> safe_name("../../etc")
    'etc~d1cbab8d'
    """
    return text if is_plain(text) else marked_name(text)


def marked_name(text: str) -> str:
    """Return the name with a digest, for a text whose plain name is taken by one that differs in case only."""
    short = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug(text) or 'case'}~{short}"


_TEMPORARY = re.compile(rf".+\.[0-9a-f]{{8}}{re.escape(UNFINISHED)}", re.DOTALL)


def is_unfinished(path: Path) -> bool:
    """Return whether this is a file that `write_once` was writing, and no other one with such an ending."""
    return bool(_TEMPORARY.fullmatch(path.name)) and not FILED.fullmatch(path.name) and is_regular_file(path)


def is_regular_file(path: Path) -> bool:
    """Return whether this is a file, as far as anybody can see: not where the folder may not be looked into."""
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:
        return False


COUNT = "FILED.txt"
_HEAD = "What was filed here, in order. By this list the register sees what is gone: do not change it.\n"


def listed(folder: Path) -> tuple[str, ...]:
    """Return the names that are listed; a line that names nothing, as one that was not finished, is passed over."""
    try:
        text = (folder / COUNT).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ()
    return tuple(one for one in text.splitlines() if FILED.fullmatch(one))


def number_of(name: str) -> int:
    """Return the number of a thing that was filed, by its name."""
    return int(name.partition("-")[0])


def note(folder: Path, names: Sequence[str]) -> None:
    """Add names to the list; for whoever holds the lock. RiskEngineError where it cannot be written."""
    path = folder / COUNT
    try:
        before = path.read_bytes() if path.exists() else b""
        # After a power cut the last line may not be whole; it must not run together with the next one.
        lead = "\n" if before and not before.endswith(b"\n") else "" if before else _HEAD
        with path.open("ab") as file:
            file.write((lead + "".join(f"{one}\n" for one in names)).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        message = _(
            "{path}: {name} is filed, but this list of it cannot be written: {reason}",
            path=path,
            name=names[-1],
            reason=reason(error),
        )
        raise RiskEngineError(message) from error
