"""What lies in a register: a folder for each case, in it one file for each thing that was filed, in its order.

A file's name says everything that an index would: `0002-assessment-2026-11-25.3f9c2ab1d2e4f567.json` is the second
thing filed, an assessment as of that day, and the beginning of the SHA-256 of its content. So nothing can go stale, and
a file that was changed no longer fits its name. By the log of the register what is gone is missed, and what was put in;
it is no index: nothing is looked up in it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, cast

from risk_engine.files.diagnostics import RiskEngineError, file_problem, help_line, printable, reason, suggestion
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import UNFINISHED, is_device
from risk_engine.loading.on_file import FOLDER
from risk_engine.office.register.log import ABOUT, FILED, LOCK, LOG, is_locked, log_state, logged_name
from risk_engine.records.criteria import KEPT

Kind: TypeAlias = Literal["case", "assessment", "decision", "evidence", "kept"]

SHORT = 16
_SYSTEM = frozenset({"desktop.ini", "thumbs.db"})
EXCHANGED = "exchange"
"""The folder of what is exchanged with other offices, with a log of its own (`office/exchange/journal.py`)."""
LIST = "FILED.txt"
"""What listed the files of a case in a register before it had a log; the log takes its place."""

LONGEST = 60
"""Paths on some systems end at 260 characters; a register lies deep in a drive."""

_PLAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")


def is_plain(text: str) -> bool:
    """Return whether a text can be a name as it is, on every system, beside what else lies in a register."""
    taken = is_device(text) or text.casefold() in {KEPT, FOLDER, EXCHANGED}
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


def number_of(name: str) -> int:
    """Return the number of a thing that was filed, by its name."""
    return int(name.partition("-")[0])


@dataclass(frozen=True, order=True)
class Filed:
    """One thing in the folder of a case, as the name of its file tells it."""

    number: int
    name: str
    kind: Kind
    digest: str
    path: Path

    def read(self) -> bytes:
        """Return the content; raise RiskEngineError where it is not what was filed."""
        data = content_of(self.path)
        if sha256(data)[:SHORT] != self.digest:
            raise RiskEngineError(f"{self.path}: {_altered(data)}", _("take the file back from a backup"))
        return data


def content_of(path: Path) -> bytes:
    """Return what a file holds; raise RiskEngineError where it cannot be read."""
    try:
        return read_bytes(path)
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error


def _altered(data: bytes) -> str:
    return (
        _("it was altered after it was filed")
        if data
        else _("it is empty; whoever filed it did not finish, or it was altered")
    )


@dataclass(frozen=True)
class CaseFolder:
    """The folder of one case: what was filed in it, in order, and what lies there that nobody filed."""

    path: Path
    filed: tuple[Filed, ...]
    strays: tuple[Path, ...] = ()
    listed: tuple[str, ...] = ()
    """What should be there, by its names in the log; nothing where there is no log that holds."""
    unlogged: tuple[Filed, ...] = ()
    """What lies there as if it were filed, and the log knows nothing of; nothing while somebody is filing."""

    def of(self, kind: Kind) -> tuple[Filed, ...]:
        """Return what was filed of one kind, the oldest first."""
        return tuple(one for one in self.filed if one.kind == kind)

    def missing(self) -> tuple[str, ...]:
        """Return the names of what was filed and is not there any more; of what no log names, the number."""
        gone = sorted(set(self.listed) - {logged_name(one.name) for one in self.filed})
        numbers = {one.number for one in self.filed} | set(map(number_of, gone))
        unnamed = (f"{one:04d}-…" for one in set(range(1, max(numbers, default=0))) - numbers)
        return tuple(sorted((*gone, *unnamed)))

    def to_look_at(self) -> Iterator[str]:
        """Yield what somebody should look at: what is gone, and what nobody filed."""
        yield from (
            _("{path}: {name} is missing; it was filed once", path=self.path, name=one) for one in self.missing()
        )
        yield from (_("{stray}: nobody filed this; it is no part of the register", stray=one) for one in self.strays)
        yield from (_("{path}: the log of the register does not know this", path=one.path) for one in self.unlogged)

    def holds(self, kind: Kind, data: bytes) -> Filed | None:
        """Return the thing of a kind with just this content that was filed last; None if there is none."""
        same = (one for one in reversed(self.of(kind)) if one.digest == sha256(data)[:SHORT])
        return next((one for one in same if read_bytes(one.path) == data), None)

    def next_number(self) -> int:
        """Return the number of what is filed next; the one of what is gone is never given again."""
        return max((*(one.number for one in self.filed), *map(number_of, self.listed)), default=0) + 1


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def check_register(folder: Path) -> None:
    """Raise RiskEngineError if a folder is no register."""
    if not (folder / ABOUT).is_file():
        if (folder / LOG).is_file():
            raise file_problem(folder / ABOUT, _("this file of the register is gone"), _("take it back from a backup"))
        what = _("this folder is no register") if folder.is_dir() else _("there is no such register")
        raise file_problem(folder, what, _("`risk-engine register add {folder} CASE` begins one", folder=folder))


def case_folders(folder: Path) -> list[CaseFolder]:
    """Return the folders of all cases, by name; raise RiskEngineError if it is no register, or one cannot be read."""
    return [read_case_folder(one) for one in case_paths(folder)]


def case_paths(folder: Path) -> list[Path]:
    """Return where the folders of all cases are, by name; raise RiskEngineError if the folder is no register."""
    check_register(folder)
    paths = (one for one in folder.iterdir() if one.is_dir() and not is_of_the_system(one))
    return sorted(one for one in paths if one.name not in {KEPT, FOLDER} and not is_exchange(one))


def is_exchange(path: Path) -> bool:
    """Return whether this is the folder of what is exchanged: a case may have been called so before there was one."""
    return path.name == EXCHANGED and (path / LOG).is_file()


def case_folder(folder: Path, case_id: str) -> CaseFolder | None:
    """Return the folder of a case; None where nothing was filed for it yet."""
    # By the exact names as they are listed: a drive that ignores case would find another case's folder.
    there = {one.name for one in folder.iterdir() if one.is_dir()}
    for name in (safe_name(case_id), marked_name(case_id)):
        if name in there:
            return read_case_folder(folder / name)
    return None


def known_case_folder(folder: Path, case_id: str) -> CaseFolder:
    """Return the folder of a case; raise RiskEngineError with what it may have meant where there is none."""
    check_register(folder)
    found = case_folder(folder, case_id)
    if found is None and case_id in {one.name for one in case_paths(folder)}:
        found = read_case_folder(folder / case_id)  # somebody names the folder as the file manager shows it
    if found is None:
        log = log_state(folder).sound
        ended = [log.removed[one] for one in (safe_name(case_id), marked_name(case_id)) if log and one in log.removed]
        if ended:
            about = {"case_id": case_id, "day": ended[0].at[:10], "reason": ended[0].reason}
            message = _("{folder}: the case `{case_id}` was removed on {day} ({reason})", folder=folder, **about)
            raise RiskEngineError(printable(message))
        known = suggestion(case_id, [one.name for one in case_paths(folder)])
        message = printable(
            _("{folder}: there is no case `{case_id}` in this register", folder=folder, case_id=case_id)
        )
        raise RiskEngineError(message + help_line(known))
    return found


def read_case_folder(folder: Path) -> CaseFolder:
    """Return what lies in the folder of a case; raise RiskEngineError where nobody can look into it."""
    try:
        return _read(folder)
    except OSError as error:
        message = _("the folder of this case cannot be read: {reason}", reason=reason(error))
        raise file_problem(folder, message, _("ask whoever sets the rights on it")) from error


def _read(folder: Path) -> CaseFolder:
    # Whoever files meanwhile publishes a file, then its line of the log, then lets go of the lock.
    paths = sorted(folder.iterdir())
    is_written = is_locked(folder.parent)
    state = log_state(folder.parent) if (folder.parent / ABOUT).is_file() else None
    log = state.sound if state else None
    entries = log.there.get(folder.name, {}) if log else {}
    filed: list[Filed] = []
    strays: list[Path] = []
    for path in paths:
        found = FILED.fullmatch(path.name)
        if found and path.is_file():
            kind = cast("Kind", found["kind"])  # the pattern names the kinds
            filed.append(Filed(int(found["number"]), path.name, kind, found["digest"], path))
        elif not is_of_the_system(path) and not is_unfinished(path) and (log is not None or path.name != LIST):
            strays.append(path)
    unlogged = [one for one in sorted(filed) if log and not is_written and logged_name(one.name) not in entries]
    there = CaseFolder(folder, tuple(sorted(filed)), tuple(strays), tuple(entries), tuple(unlogged))
    if there.missing() and {one.name for one in folder.iterdir()} - {one.name for one in paths}:
        return _read(folder)
    return there


def is_of_the_system(path: Path) -> bool:
    """Return whether this lies there for the system or the lock, and not for the register."""
    return path.name.startswith((".", "~$")) or path.name.casefold() in _SYSTEM or path.name == LOCK


def is_claimed_copy(path: Path) -> bool:
    """Return whether the name of a copy of criteria was claimed, and nothing written to it yet."""
    return path.parent.name == KEPT and is_regular_file(path) and path.stat().st_size == 0
