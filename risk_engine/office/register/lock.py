"""One writer at a time, also over a network drive: a file that is there or not, and says who holds it (note 0015).

The lock of a process of this machine that is gone is taken over by the next writer, any other one by a person alone.
"""

import contextlib
import getpass
import hashlib
import os
import random
import secrets
import socket
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field, ValidationError

from risk_engine.files.diagnostics import RiskEngineError, help_line, printable
from risk_engine.files.interrupts import unheard
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import UNFINISHED, write_once
from risk_engine.model.words import Model
from risk_engine.office.register.folder import is_claimed_copy, is_regular_file, is_unfinished
from risk_engine.office.register.log import FILED, LOCK

_OF_NOTHING = hashlib.sha256(b"").hexdigest()[:16]
PATIENCE = 30.0
"""For so many seconds a command waits for another one to finish; one write takes a fraction of a second."""


class Holder(Model):
    """Who holds the lock; the token tells this holding from any other by the same process."""

    who: str
    host: str
    machine: str = Field("", description="What it runs on: two that share it can see each other's processes.")
    pid: int
    since: str
    token: str

    def __str__(self) -> str:
        # Whatever somebody wrote into the file of the lock is shown and not obeyed.
        return printable(
            _(
                "{who} on {host} (process {pid}), since {since}",
                who=self.who,
                host=self.host,
                pid=self.pid,
                since=self.since,
            )
        )

    def is_alive(self) -> bool | None:
        """Return whether the process is still there; None where this machine cannot know."""
        if self.host != socket.gethostname() or sys.platform == "win32":
            return None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True

    def is_gone(self) -> bool:
        """Return whether it is certain that the process has ended: its machine is this one, and runs since then."""
        return bool(self.machine) and self.machine == machine() and self.is_alive() is False


def machine() -> str:
    """Return what this process runs on: the boot of the system, and the space in which its processes have numbers.

    The name of a machine does not do: containers share it, and each counts its own processes.
    """
    with contextlib.suppress(OSError):
        boot = read_bytes(Path("/proc/sys/kernel/random/boot_id")).decode().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    return f"{socket.gethostname()} {uuid.getnode():012x}"


class RegisterLockedError(RiskEngineError):
    """Somebody else holds the lock of the register."""

    def __init__(self, folder: Path, holder: Holder | None, help_text: str) -> None:
        super().__init__(f"{folder}: {describe(holder)}{help_line(help_text)}")


def describe(holder: Holder | None) -> str:
    """Return the sentence that names the holder, and whether that process is still there."""
    if holder is None:
        return _("the register is locked, and the file {file} does not say by whom", file=LOCK)
    if holder.is_alive() is False:
        return _("the register is locked by {holder}; that process is gone and may not have finished", holder=holder)
    return _("the register is locked by {holder}", holder=holder)


@contextlib.contextmanager
def locked(folder: Path, patience: float = PATIENCE, seized: bytes | None = None) -> Iterator[str]:
    """Hold the lock of a register; yield who held it and left it behind, nothing where nobody did.

    `seized` is a lock that a person says is left behind. Raises RegisterLockedError where another holder does not let
    go of it.
    """
    mine = Holder(
        who=user(),
        host=socket.gethostname(),
        machine=machine(),
        pid=os.getpid(),
        since=datetime.now(UTC).isoformat(timespec="seconds"),
        token=secrets.token_hex(8),
    )
    path = folder / LOCK
    left_by: str | None = None
    try:
        left_by = _acquire(path, mine, patience, seized)
        yield left_by
    finally:
        with unheard():
            _release(path, mine, was_held=left_by is not None)


def _acquire(path: Path, mine: Holder, patience: float, seized: bytes | None) -> str:
    content = mine.model_dump_json(indent=2).encode() + b"\n"
    give_up = time.monotonic() + patience
    while not _taken(path, content):
        raw = _raw(path)
        holder = _holder(raw)
        if raw is not None and (raw == seized or (holder is not None and holder.is_gone())):
            if _taken_over(path, raw, content, by_person=seized is not None):
                return f"{holder or _('nobody that can be named')}"
        elif seized is not None or (holder is not None and holder.is_alive() is False):
            raise RegisterLockedError(
                path.parent, holder, _("free it with `risk-engine register unlock {folder}`", folder=path.parent)
            )
        if time.monotonic() >= give_up:
            way_out = _(
                "try again; if that work ended midway, `risk-engine register unlock {folder}` frees it",
                folder=path.parent,
            )
            raise RegisterLockedError(path.parent, holder, way_out)
        # Not in step with the others who wait.
        time.sleep(random.uniform(0.005, 0.05))  # noqa: S311
    return ""


def _taken_over(path: Path, left: bytes, content: bytes, *, by_person: bool = False) -> bool:
    """Put this holder in the place of one that is gone; return whether that could be done.

    The lock is never gone in between. Who may replace it is decided by a name that only one can take, made from the
    lock that is to be replaced; whoever comes later finds another lock there, and gives that name back.
    """
    claim = path.with_name(f"{LOCK}.{hashlib.sha256(left).hexdigest()[:8]}{UNFINISHED}")
    try:
        write_once(claim, content)
    except FileExistsError:
        other = _raw(claim)
        holder = _holder(other)
        # Somebody was killed who had just claimed it: that claim is a lock like any other.
        if holder is None and by_person:
            claim.unlink(missing_ok=True)  # of a drive without links, where a name is claimed before it is filled
            return False
        if other is None or holder is None or not holder.is_gone() or not _taken_over(claim, other, content):
            return False
    try:
        if _raw(path) == left:
            claim.replace(path)
            return True
    except OSError:  # cleared away by whoever was sooner
        return False
    claim.unlink(missing_ok=True)
    return False


def _taken(path: Path, content: bytes) -> bool:
    """Return whether the lock could be taken: the name was free, and is now ours."""
    if path.exists():
        return False
    try:
        write_once(path, content)
    except FileExistsError:
        return False
    except RiskEngineError as error:
        # Whoever breaks a lock clears away what looks unfinished, a lock on its way among it.
        if isinstance(error.__cause__, FileNotFoundError) and path.parent.is_dir():
            return False
        raise
    return True


def _release(path: Path, mine: Holder, *, was_held: bool) -> None:
    holder = _holder(_raw(path))
    if holder == mine:  # also where Ctrl-C came just as it was taken
        path.unlink(missing_ok=True)
        return
    if not was_held:
        return
    now = _("it is now held by {holder}", holder=holder) if holder else _("it is gone")
    raise RiskEngineError(
        _("{path}: the lock was broken while this command held it; {now}", path=path, now=now),
        _("look with `risk-engine register show` whether everything is there, and add again what is not"),
    )


def holder_of(folder: Path) -> Holder | None:
    """Return who holds the lock of a register; None where nobody does (or nobody can be named, see `is_locked`)."""
    return _holder(_raw(folder / LOCK))


def is_locked(folder: Path) -> bool:
    """Return whether there is a lock, whoever holds it."""
    return (folder / LOCK).exists()


def _raw(path: Path) -> bytes | None:
    try:
        return read_bytes(path)
    except OSError:
        return None


def _holder(raw: bytes | None) -> Holder | None:
    try:
        return None if raw is None else Holder.model_validate_json(raw)
    except ValidationError:
        return None


def breakable(folder: Path, *, force: bool = False) -> bytes | None:
    """Return the lock of somebody who is gone, as it lies there; None where there is no lock.

    Raises RegisterLockedError while the holder may still be at work, unless `force` says that it is not.
    """
    raw = _raw(folder / LOCK)
    holder = _holder(raw)
    if raw is not None and not force and (holder is None or holder.is_alive() is not False):
        way_out = _("this machine cannot tell that it is gone; ask, and if it is, add `--force`")
        if holder is not None and holder.is_alive():
            way_out = _("that process is at work on this machine; wait for it, or end it and add `--force`")
        raise RegisterLockedError(folder, holder, way_out)
    return raw


def lock_left(folder: Path) -> Iterator[str]:
    """Yield what somebody should look at: a lock whose holder is gone, and what was never finished."""
    if is_locked(folder) and ((holder := holder_of(folder)) is None or holder.is_alive() is False):
        way_out = _("free it with `risk-engine register unlock {folder}`", folder=folder)
        yield f"{folder}: {describe(holder)}{help_line(way_out)}"
        for left in unfinished(folder):
            yield _("{left}: this was never finished; it is no part of the register", left=left)


def unfinished(folder: Path) -> list[Path]:
    """Return the files that somebody was writing, in the register and in the folders of its cases.

    Where a drive knows no links, a name that was claimed and not filled yet is such a file: it is empty, and the digest
    in its name is that of something else.
    """
    there = [*folder.glob("*"), *folder.glob("*/*")]
    return sorted(
        one
        for one in there
        if is_unfinished(one) or (one.parent != folder and (_is_claimed(one) or is_claimed_copy(one)))
    )


def _is_claimed(path: Path) -> bool:
    found = FILED.fullmatch(path.name)
    if found is None or found["digest"] == _OF_NOTHING or not is_regular_file(path):
        return False
    return path.stat().st_size == 0


def user() -> str:
    """Return the name under which somebody is at work here."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"
