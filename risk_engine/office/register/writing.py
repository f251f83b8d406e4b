"""What is filed or removed in a register is so whole or not at all: under its lock, in its log, undone where it fails.

A file gets its name first, its line of the log comes last. Whoever is killed in between leaves its lock, and by that
the next writer knows that a file which the log does not know is to be completed, and was not put there by another.
"""

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from risk_engine.files.diagnostics import RiskEngineError, file_problem, reason
from risk_engine.files.interrupts import unheard
from risk_engine.files.language import _, ngettext
from risk_engine.files.writing import UNFINISHED, sync_folder, write_bytes, write_once
from risk_engine.model.criteria import Criteria
from risk_engine.office.register.folder import (
    LIST,
    SHORT,
    CaseFolder,
    Filed,
    Kind,
    case_folder,
    case_paths,
    check_register,
    content_of,
    is_claimed_copy,
    is_of_the_system,
    is_unfinished,
    marked_name,
    number_of,
    read_case_folder,
    safe_name,
    sha256,
    slug,
)
from risk_engine.office.register.lock import PATIENCE, locked, unfinished, user
from risk_engine.office.register.log import (
    ABOUT,
    FILED,
    LOG,
    NOTHING,
    Entry,
    Fault,
    Log,
    forget,
    is_locked,
    log_state,
    logged_name,
    named_log,
    read_log,
    sealed,
)
from risk_engine.records.criteria import KEPT, bundled
from risk_engine.records.decisions import signed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Tell = Callable[[str], None]
"""Says to whoever gave the command what somebody should know beside its result."""

_COPY = re.compile(r"[0-9a-f]{64}\.json")
_ABOUT_TEXT = """This folder is a register of risk-engine: one folder for each case.

In it each file is one thing that was filed, in the order of the numbers. The folder `criteria` keeps the criteria
from which the words of the assessments are made, each under its digest. The letters before the ending are the
beginning of the SHA-256 of the content. Read the files with any program. Do not change, rename or delete them: file
a new version with `risk-engine register add`, and end a case with `risk-engine register remove`. Each of these is a
line of the log, over the line before it. `risk-engine register verify` says whether everything is as it was filed.

Its log is {log}, which begins with {root}.
"""


@dataclass
class Writing:
    """A register while one thing is filed in it: what was made, to be undone, and what the log is to say of it."""

    register: Path
    tell: Tell
    log: Log
    made: list[Path] = field(default_factory=list)
    about: bytes | None = None
    """What the description of the register said before it was changed."""
    pending: list[dict[str, str]] = field(default_factory=list)
    lists: list[Path] = field(default_factory=list)
    """What listed the files of cases before there was a log; it goes once there is one."""

    def opened(self, case_id: str) -> CaseFolder:
        """Return the folder of a case, made now if there is none."""
        if found := case_folder(self.register, case_id):
            return found
        taken = {one.name.casefold() for one in self.register.iterdir()}
        name = safe_name(case_id)
        path = self.register / (marked_name(case_id) if name.casefold() in taken else name)
        if gone := self.log.removed.get(path.name):
            text = _(
                "{case_id}: this case was removed on {day} ({reason}); it begins anew", case_id=case_id, **_of(gone)
            )
            self.tell(text)
        self._make(path)
        return read_case_folder(path)

    def file(self, folder: CaseFolder, kind: Kind, hint: str, suffix: str, data: bytes) -> tuple[CaseFolder, Filed]:
        """File a thing under the next number of a case; return its folder as it is then, and the thing."""
        number = folder.next_number()
        path = folder.path / name_of(number, kind, hint, suffix, data)
        try:
            self._write(path, data)
        except FileExistsError:
            message = _("{path}: a file of this name is there and cannot be used", path=path)
            way_out = _("move that file elsewhere, then give the command again")
            raise RiskEngineError(message, way_out) from None
        new = Filed(number, path.name, kind, sha256(data)[:SHORT], path)
        listed = (*folder.listed, logged_name(path.name))
        return CaseFolder(folder.path, (*folder.filed, new), folder.strays, listed, folder.unlogged), new

    def keep_criteria(self, criteria: Criteria) -> None:
        """Keep a copy of criteria under their digest, if there is none: the words of what is filed are made from it.

        Raises RiskEngineError where they cannot be read any more as they were, or nothing can be written.
        """
        path = self.register / KEPT / f"{criteria.digest}.json"
        if is_claimed_copy(path):  # by somebody who was killed then
            path.unlink()
        if path.is_file():
            return
        content = bundled(criteria)
        if not path.parent.is_dir():
            self._make(path.parent)
        self._write(path, content)

    def _write(self, path: Path, data: bytes) -> None:
        with unheard():  # what is made is known as such, or it could not be undone
            write_once(path, data)
            self.made.append(path)
        self.pending.append({"case": path.parent.name, "name": logged_name(path.name), "sha256": sha256(data)})

    def _make(self, path: Path) -> None:
        try:
            with unheard():
                path.mkdir()
                self.made.append(path)
        except OSError as error:
            message = _("{path}: the folder cannot be made: {reason}", path=path, reason=reason(error))
            raise RiskEngineError(message) from error
        sync_folder(path.parent)

    def commit(self) -> None:
        """Say in the log what was filed."""
        with unheard():
            self.append(*({**one, "what": "filed"} for one in self.pending))
            lists = self.lists
            self.made, self.pending, self.lists, self.about = [], [], [], None
            for path in lists:
                with contextlib.suppress(OSError):  # it stays then, and `verify` tells of it
                    path.unlink(missing_ok=True)

    def append(self, *said: dict[str, Any]) -> None:
        """Add lines to the log, all or none; raise RiskEngineError where that cannot be done."""
        entries: list[Entry] = []
        for one in said:
            before = entries[-1].digest if entries else self.log.head
            entries.append(entry_of(len(self.log.entries) + len(entries) + 1, before, one))
        if not entries:
            return
        path = self.register / LOG
        data = b"".join(one.line() for one in entries)
        try:
            with path.open("r+b", buffering=0) as file:
                if file.seek(0, os.SEEK_END) != self.log.size:
                    message = _("{path}: somebody else wrote in the log while this command held the lock", path=path)
                    raise RiskEngineError(message, _("give the command again"))
                try:
                    while data:
                        data = data[file.write(data) :]
                    os.fsync(file.fileno())
                except BaseException:
                    file.truncate(self.log.size)
                    raise
        except OSError as error:
            message = _("{path}: the log cannot be written: {reason}", path=path, reason=reason(error))
            raise RiskEngineError(message) from error
        for entry in entries:
            self.log.add(entry)
            self.log.size += len(entry.line())

    def undo(self) -> None:
        """Take away what was made, the last first; what cannot be taken away is told."""
        with unheard():
            forget()
            for path in reversed(self.made):
                try:
                    path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
                except OSError as error:
                    about = {"path": path, "reason": reason(error)}
                    self.tell(_("{path}: it was not filed and cannot be taken away: {reason}", **about))
            if self.about is not None:
                write_bytes(self.register / ABOUT, self.about)


def about_text(root: str) -> bytes:
    """Return what the description of a register says whose log begins with this digest."""
    return _ABOUT_TEXT.format(log=LOG, root=root).encode()


def name_of(number: int, kind: Kind, hint: str, suffix: str, data: bytes) -> str:
    """Return the name under which a thing is filed."""
    ending = suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", suffix) else ""
    if ending == UNFINISHED:
        ending = ""  # whoever clears away by hand what was never finished must not meet it
    lead = f"{number:04d}-{kind}" + (f"-{hint}" if (hint := slug(hint)) else "")
    return f"{lead}.{sha256(data)[:SHORT]}{ending}"


def entry_of(number: int, before: str, said: dict[str, Any]) -> Entry:
    """Return an entry as it is written now, by whoever is at work here; `key` is with what it is signed."""
    key: Ed25519PrivateKey | None = said.get("key")
    content = {one: value for one, value in said.items() if one != "key"}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    entry = sealed(before, n=number, at=at, by=user(), **content)
    if key is None:
        return entry
    return sealed(before, n=number, at=at, by=entry.by, **content, signature=signed(entry.covered(), key))


def _of(entry: Entry) -> dict[str, str]:
    return {"day": entry.at[:10], "reason": entry.reason}


@contextlib.contextmanager
def writing(
    register: Path, tell: Tell, *, begins: bool = False, patience: float = PATIENCE, seized: bytes | None = None
) -> Iterator[Writing]:
    """Hold a register for one thing that is filed: afterwards it is in the log, or nothing of it is there.

    `begins` makes a new or empty folder a register. One that had no log gets one, and that is told. Raises
    RiskEngineError where somebody else is at work, the log does not hold, or something cannot be written.
    """
    is_new = begins and _check_can_begin(register)
    made_folders = list(_made_folders(register)) if is_new else []
    try:
        with locked(register, patience, seized) as left_by:
            work = Writing(register, tell, Log())
            try:
                _prepare(work, left_by, is_new=is_new)
                yield work
                work.commit()
            except BaseException:
                work.undo()
                raise
    except BaseException:
        for folder in reversed(made_folders):
            with contextlib.suppress(OSError):  # somebody else began it too
                folder.rmdir()
        raise


def take_up(register: Path, tell: Tell) -> None:
    """Complete what a process that is gone left behind, where its lock still lies there; else do nothing.

    For a command that reads first and may find nothing to file: what a killed one left would mislead it.
    """
    if is_locked(register):
        with writing(register, tell):
            pass


def _check_can_begin(register: Path) -> bool:
    """Return whether a folder is no register yet; raise RiskEngineError where something else is in it."""
    if (register / ABOUT).is_file():
        return False
    if register.is_file():
        raise file_problem(register, _("this is a file, a register is a folder"))
    # Something unfinished may be left of a command that was killed when it began this register.
    others = register.is_dir() and any(
        not is_of_the_system(one) and not is_unfinished(one) and one.name != LOG for one in register.iterdir()
    )
    if others and (register / ABOUT).is_file():  # looked at again: somebody else may have begun it just now
        return False
    if others:
        if (register / LOG).is_file():
            check_register(register)
        help_text = _("name a new or an empty folder to begin a register")
        raise file_problem(register, _("this folder is no register, and something else is in it"), help_text)
    return True


def _made_folders(register: Path) -> Iterator[Path]:
    above = [register, *register.parents]
    missing = [one for one in above if not one.exists()]
    register.mkdir(parents=True, exist_ok=True)
    yield from reversed(missing)


def _prepare(work: Writing, left_by: str, *, is_new: bool) -> None:
    """Find the log, or begin one; complete what somebody left who was killed."""
    register = work.register
    if left_by:
        work.tell(
            _(
                "{folder}: the lock of {holder} was taken over; that process is gone and may not have finished",
                folder=register,
                holder=left_by,
            )
        )
        for left in unfinished(register):
            left.unlink(missing_ok=True)
            work.tell("  " + _("taken away, never finished: {file}", file=left.relative_to(register).as_posix()))
        clear(register)
    state = log_state(register, mine=True)
    if (register / ABOUT).is_file() and state.fault is None and state.log is not None:
        work.log = state.log
    elif state.log is None and state.fault is None:
        begin_log(work, is_new=not (register / ABOUT).is_file())
    elif (left_by or is_new) and state.log is not None and _was_just_begun(state.log, register):
        _name_log(work, state.log)
    else:
        check_register(register)
        raise problem_of(register, state.fault)
    if left_by:
        _complete(work)


def problem_of(register: Path, fault: Fault | None) -> RiskEngineError:
    """Return the error that nothing is written over a log that does not hold."""
    fault = fault or Fault("broken", ABOUT, _("it does not name the log: it is gone or was changed"))
    return RiskEngineError(f"{register / fault.place}: {fault.what}", fault.way_out)


def begin_log(work: Writing, *, is_new: bool, said_why: str = "", earlier: dict[str, str] | None = None) -> None:
    """Begin the log: of what lies there already it says that it was found, no more."""
    register = work.register
    first = {"what": "begun", "register": secrets.token_hex(8), "reason": said_why, "earlier": earlier or {}}
    entries = [entry_of(1, NOTHING, first)]
    for path in lying(register):
        data = content_of(path)
        said = {"what": "found", "case": path.parent.name, "name": logged_name(path.name), "sha256": sha256(data)}
        entries.append(entry_of(len(entries) + 1, entries[-1].digest, said))
    try:
        with unheard():
            write_once(register / LOG, b"".join(one.line() for one in entries))
            work.made.append(register / LOG)
    except FileExistsError:
        raise RiskEngineError(
            _("{path}: a file of this name is there and cannot be used", path=register / LOG)
        ) from None
    log = read_log(register, anew=True)
    assert log is not None  # noqa: S101 (it was written under the lock)
    _name_log(work, log)
    if is_new:
        return
    found = len(entries) - 1
    work.tell(
        ngettext(
            "{folder}: a log of this register was begun. It vouches from now on only: of the {number} file that lies "
            "there already it says no more than that it was so today",
            "{folder}: a log of this register was begun. It vouches from now on only: of the {number} files that lie "
            "there already it says no more than that they were so today",
            found,
            folder=register,
        )
    )
    for folder in case_paths(register):
        if (folder / LIST).is_file():
            work.lists.append(folder / LIST)
            names = {one.name for one in folder.iterdir()}
            listed = [
                one for one in content_of(folder / LIST).decode("utf-8", "replace").splitlines() if FILED.fullmatch(one)
            ]
            for gone in sorted(set(listed) - names):
                work.tell(_("{path}: {name} is missing; it was filed once", path=folder, name=gone))


def _name_log(work: Writing, log: Log) -> None:
    """Say in the description of the register which log is its own."""
    path = work.register / ABOUT
    text = about_text(log.root)
    with unheard():
        if path.is_file():
            before = content_of(path)
            write_bytes(path, text)
            work.about = before
        else:
            write_once(path, text)
            work.made.append(path)
    work.log = log


def lying(register: Path) -> Iterator[Path]:
    """Yield every file that lies in a register as what was filed, and the copies of criteria, by their paths."""
    for folder in sorted(one for one in register.iterdir() if one.is_dir() and not is_of_the_system(one)):
        for path in sorted(folder.iterdir()):
            is_filed = (_COPY if folder.name == KEPT else FILED).fullmatch(path.name)
            if is_filed and path.is_file() and not is_claimed_copy(path):
                yield path


def _was_just_begun(log: Log, register: Path) -> bool:
    return named_log(register) is None and not log.fault and all(one.what in {"begun", "found"} for one in log.entries)


def clear(register: Path) -> None:
    """Take away what somebody who was killed had begun of the log: names without content, half a line."""
    for path in (register / ABOUT, register / LOG) if named_log(register) is None else ():
        if path.is_file() and path.stat().st_size == 0:  # claimed, on a drive without links
            path.unlink()
    log = read_log(register, anew=True)
    if log is not None and log.entries and log.rest and not log.fault:
        os.truncate(register / LOG, log.size)


def _complete(work: Writing) -> None:
    """Finish what somebody who was killed had begun: of one case, what has its name, or its removal."""
    last = work.log.entries[-1]
    if last.what == "removed" and (work.register / last.case).is_dir():
        take_away(work.register / last.case)
        work.tell("  " + _("{case}: its removal was finished", case=last.case))
    unlogged = [
        one for one in lying(work.register) if logged_name(one.name) not in work.log.there.get(one.parent.name, {})
    ]
    of_cases = {one.parent.name for one in unlogged if one.parent.name != KEPT}
    if len(of_cases) > 1 or not all(_can_be_completed(one, work.log) for one in unlogged):
        way_out = _("`risk-engine register verify {folder}` says which", folder=work.register)
        work.tell(
            "  "
            + _(
                "files lie there that no process left so; they were not taken into the log ({way_out})", way_out=way_out
            )
        )
        unlogged = []
    said = [
        {"what": "completed", "case": one.parent.name, "name": logged_name(one.name), "sha256": sha256(content_of(one))}
        for one in unlogged
    ]
    work.append(*said)
    for one in unlogged:
        path = one.relative_to(work.register).as_posix()
        work.tell("  " + _("taken into the log: {file}, which had been filed just before", file=path))
    for folder in work.register.iterdir():
        if folder.is_dir() and not is_of_the_system(folder) and not any(folder.iterdir()):
            folder.rmdir()


def _can_be_completed(path: Path, log: Log) -> bool:
    """Return whether a file is what somebody filed just before: the next one of its case, as its name says."""
    if path.parent.name == KEPT:
        return True
    found = FILED.fullmatch(path.name)
    numbers = map(number_of, log.there.get(path.parent.name, {}))
    fits = found is not None and sha256(content_of(path))[:SHORT] == found["digest"]
    return fits and number_of(path.name) > max(numbers, default=0)


def take_away(path: Path) -> None:
    """Take away the folder of a case that was removed; raise RiskEngineError where that cannot be done."""
    try:
        for below in path.iterdir():
            shutil.rmtree(below) if below.is_dir() else below.unlink()
        path.rmdir()
    except OSError as error:
        message = _(
            "{path}: the log says that this case was removed, but the folder cannot be taken away: {reason}",
            path=path,
            reason=reason(error),
        )
        raise RiskEngineError(message, _("give the command again once it can")) from error
    sync_folder(path.parent)
