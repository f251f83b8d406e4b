"""What lies in a register: a folder for each case, in it one file for each thing that was filed, in its order.

A file's name says everything that an index would: `0002-assessment-2026-11-25.3f9c2ab1d2e4f567.json` is the second
thing filed, an assessment as of that day, and the beginning of the SHA-256 of its content. So nothing can go stale, and
a file that was changed no longer fits its name. By a list beside the files what is gone is missed, also what was filed
last. It only grows, and it is no index: nothing is looked up in it, and a name that it lacks (of what was filed last
before a process was killed) is added with the next one.
"""

import contextlib
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, cast

from risk_engine.files.diagnostics import (
    InvalidSourceError,
    RiskEngineError,
    file_problem,
    help_line,
    printable,
    reason,
    suggestion,
)
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import UNFINISHED, is_device, sync_folder, write_once
from risk_engine.model.criteria import Criteria
from risk_engine.records.criteria import KEPT, bundled
from risk_engine.records.verify import Link, broken, unchecked

Kind: TypeAlias = Literal["case", "assessment", "decision", "evidence", "kept"]

ABOUT = "REGISTER.txt"
"""Marks a folder as a register, and tells whoever opens it in a file manager what it is."""

_ABOUT_TEXT = """This folder is a register of risk-engine: one folder for each case.

In it each file is one thing that was filed, in the order of the numbers. The folder `criteria` keeps the criteria
from which the words of the assessments are made, each under its digest. The letters before the ending are the
beginning of the SHA-256 of the content. Read the files with any program. Do not change, rename or delete them: file
a new version with `risk-engine register add`. `risk-engine register show` says whether everything is as it was filed.
"""
_SHORT = 16
_SYSTEM = frozenset({"desktop.ini", "thumbs.db"})
LOCK = "register.lock"
"""The file that is there while somebody writes."""

LONGEST = 60
"""Paths on some systems end at 260 characters; a register lies deep in a drive."""

FILED = re.compile(
    r"(?P<number>[0-9]{4,})-(?P<kind>case|assessment|decision|evidence|kept)(-(?P<hint>.*))?"
    r"\.(?P<digest>[0-9a-f]{16})(?P<suffix>\.[A-Za-z0-9]{1,10})?"
)
"""The name of a thing that was filed."""

_PLAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")


def is_plain(text: str) -> bool:
    """Return whether a text can be a name as it is, on every system, beside what else lies in a register."""
    taken = is_device(text) or text.casefold() == KEPT
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
        text = read_bytes(folder / COUNT).decode("utf-8", "replace")
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
        before = read_bytes(path) if path.exists() else b""
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
        if sha256(data)[:_SHORT] != self.digest:
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

    def of(self, kind: Kind) -> tuple[Filed, ...]:
        """Return what was filed of one kind, the oldest first."""
        return tuple(one for one in self.filed if one.kind == kind)

    def missing(self) -> tuple[str, ...]:
        """Return the names of what was filed and is not there any more; of what no list names, the number."""
        names = {one.name for one in self.filed}
        gone = sorted(set(self.listed) - names)
        numbers = {one.number for one in self.filed} | set(map(number_of, gone))
        unnamed = (f"{one:04d}-…" for one in set(range(1, max(numbers, default=0))) - numbers)
        return tuple(sorted((*gone, *unnamed)))

    def to_look_at(self) -> Iterator[str]:
        """Yield what somebody should look at: what is gone, and what nobody filed."""
        yield from (
            _("{path}: {name} is missing; it was filed once", path=self.path, name=one) for one in self.missing()
        )
        yield from (_("{stray}: nobody filed this; it is no part of the register", stray=one) for one in self.strays)

    def holds(self, kind: Kind, data: bytes) -> Filed | None:
        """Return the thing of a kind with just this content that was filed last; None if there is none."""
        same = (one for one in reversed(self.of(kind)) if one.digest == sha256(data)[:_SHORT])
        return next((one for one in same if read_bytes(one.path) == data), None)

    def add(self, kind: Kind, hint: str, suffix: str, data: bytes) -> "tuple[CaseFolder, Filed]":
        """File a thing under the next number; return the folder as it is then, and the thing."""
        number = max((*(one.number for one in self.filed), *map(number_of, self.listed)), default=0) + 1
        ending = suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", suffix) else ""
        if ending == UNFINISHED:
            ending = ""  # whoever clears away by hand what was never finished must not meet it
        lead = f"{number:04d}-{kind}" + (f"-{hint}" if (hint := slug(hint)) else "")
        path = self.path / f"{lead}.{sha256(data)[:_SHORT]}{ending}"
        try:
            write_once(path, data)
        except FileExistsError:
            message = _("{path}: a file of this name is there and cannot be used", path=path)
            way_out = _("move that file elsewhere, then give the command again")
            raise RiskEngineError(message, way_out) from None

        new = Filed(number, path.name, kind, sha256(data)[:_SHORT], path)
        unlisted = [one.name for one in (*self.filed, new) if one.name not in self.listed]
        note(self.path, unlisted)
        return CaseFolder(self.path, (*self.filed, new), self.strays, (*self.listed, *unlisted)), new


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def begin(folder: Path) -> None:
    """Make a folder a register, if it is none yet; raise RiskEngineError where something else is in it."""
    if (folder / ABOUT).is_file():
        return
    if folder.is_file():
        raise file_problem(folder, _("this is a file, a register is a folder"))
    # Something unfinished may be left of a command that was killed when it began this register.
    others = folder.is_dir() and any(not _is_of_the_system(one) and not is_unfinished(one) for one in folder.iterdir())
    if others and not (folder / ABOUT).is_file():  # looked at again: somebody else may have begun it just now
        help_text = _("name a new or an empty folder to begin a register")
        raise file_problem(folder, _("this folder is no register, and something else is in it"), help_text)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write_once(folder / ABOUT, _ABOUT_TEXT.encode())
    except FileExistsError:
        return  # two people began it at once


def check_register(folder: Path) -> None:
    """Raise RiskEngineError if a folder is no register."""
    if not (folder / ABOUT).is_file():
        what = _("this folder is no register") if folder.is_dir() else _("there is no such register")
        raise file_problem(folder, what, _("`risk-engine register add {folder} CASE` begins one", folder=folder))


def case_folders(folder: Path) -> list[CaseFolder]:
    """Return the folders of all cases, by name; raise RiskEngineError if it is no register, or one cannot be read."""
    return [read_case_folder(one) for one in case_paths(folder)]


def case_paths(folder: Path) -> list[Path]:
    """Return where the folders of all cases are, by name; raise RiskEngineError if the folder is no register."""
    check_register(folder)
    return sorted(one for one in folder.iterdir() if one.is_dir() and one.name != KEPT and not _is_of_the_system(one))


def keep_criteria(folder: Path, criteria: Criteria) -> None:
    """Keep a copy of criteria under their digest, if there is none yet: the words of what is filed are made from it.

    Raises RiskEngineError where they cannot be read any more as they were, or nothing can be written.
    """
    path = folder / KEPT / f"{criteria.digest}.json"
    if is_claimed_copy(path):  # by somebody who was killed then: whoever calls holds the lock now
        path.unlink()
    if path.is_file():
        return
    content = bundled(criteria)
    _make(path.parent, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # somebody else kept it just now
        write_once(path, content)


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
        known = suggestion(case_id, [one.name for one in case_paths(folder)])
        message = printable(
            _("{folder}: there is no case `{case_id}` in this register", folder=folder, case_id=case_id)
        )
        raise RiskEngineError(message + help_line(known))
    return found


def opened_case_folder(folder: Path, case_id: str) -> CaseFolder:
    """Return the folder of a case, made now if there is none; for whoever holds the lock."""
    if found := case_folder(folder, case_id):
        return found
    taken = {one.name.casefold() for one in folder.iterdir()}
    name = safe_name(case_id)
    path = folder / (marked_name(case_id) if name.casefold() in taken else name)
    _make(path)
    sync_folder(folder)
    return CaseFolder(path, ())


def _make(path: Path, *, exist_ok: bool = False) -> None:
    try:
        path.mkdir(exist_ok=exist_ok)
    except OSError as error:
        message = _("{path}: the folder cannot be made: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message) from error


def read_case_folder(folder: Path) -> CaseFolder:
    """Return what lies in the folder of a case; raise RiskEngineError where nobody can look into it."""
    try:
        return _read(folder)
    except OSError as error:
        message = _("the folder of this case cannot be read: {reason}", reason=reason(error))
        raise file_problem(folder, message, _("ask whoever sets the rights on it")) from error


def _read(folder: Path) -> CaseFolder:
    filed: list[Filed] = []
    strays: list[Path] = []
    for path in sorted(folder.iterdir()):
        found = FILED.fullmatch(path.name)
        if found and path.is_file():
            kind = cast("Kind", found["kind"])  # the pattern names the kinds
            filed.append(Filed(int(found["number"]), path.name, kind, found["digest"], path))
        elif path.name != COUNT and not _is_of_the_system(path) and not is_unfinished(path):
            strays.append(path)
    return CaseFolder(folder, tuple(sorted(filed)), tuple(strays), listed(folder))


def not_as_filed(folder: Path) -> Iterator[tuple[Path, Link]]:
    """Yield what is gone, altered or foreign in a register, or in the folder of a case; nothing for any other folder.

    Where nobody can look, it is not checked.
    """
    is_case = (folder / COUNT).is_file()
    for path in case_paths(folder) if (folder / ABOUT).is_file() else [folder] * is_case:
        try:
            case = read_case_folder(path)
        except RiskEngineError as error:
            yield path, unchecked(" ".join(str(error).split()))
            continue
        yield from ((path, broken(_("{name} is missing; it was filed once", name=name))) for name in case.missing())
        yield from ((stray, broken(_("nobody filed this, or its name was changed"))) for stray in case.strays)
        for one in case.filed:
            try:
                one.read()
            except InvalidSourceError:  # told apart from what was read and is another content
                yield one.path, unchecked(_("the file cannot be read"))
            except RiskEngineError:
                yield one.path, broken(_("it is not as it was filed: its content does not fit its name"))


def _is_of_the_system(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name.casefold() in _SYSTEM or path.name == LOCK


def is_claimed_copy(path: Path) -> bool:
    """Return whether the name of a copy of criteria was claimed, and nothing written to it yet."""
    return path.parent.name == KEPT and is_regular_file(path) and path.stat().st_size == 0
