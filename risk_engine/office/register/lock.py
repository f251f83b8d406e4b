"""One writer at a time, also over a network drive: a file that is there or not, and says who holds it (note 0015).

The lock of a process of this machine that is gone is taken over by the next writer, any other one by a person alone.
Beside it lies a file that the system itself locks for the process, on a drive of this machine (note 0092).
"""

import contextlib
import getpass
import hashlib
import os
import random
import re
import secrets
import socket
import stat
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError

from risk_engine.files.diagnostics import RiskEngineError, help_line, printable
from risk_engine.files.interrupts import unheard
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import UNFINISHED, write_once
from risk_engine.model.words import Model
from risk_engine.office.register.folder import is_claimed_copy, is_regular_file, is_unfinished
from risk_engine.office.register.log import FILED, LOCK, is_locked

_OF_NOTHING = hashlib.sha256(b"").hexdigest()[:16]
PATIENCE = 30.0
"""For so many seconds a command waits for another one to finish; one write takes a fraction of a second."""


_LIFE = f".{LOCK}"
_OWN_DRIVES = frozenset({"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "tmpfs", "xfs", "zfs"})
"""What no second system can write to meanwhile; not those of a network, of a host, of layers, or made by a program."""
_WAITS_FOR_LIFE = 20
"""So often a free lock waits for the sign of life of whoever had it, which goes just after it."""


class Holder(Model):
    """Who holds the lock; the token tells this holding from any other by the same process."""

    who: str
    host: str
    machine: str = Field("", description="What it runs on: two that share it can see each other's processes.")
    pid: int
    since: str
    token: str
    life: str = Field("", description="The file that the system locks for it as long as it lives; none elsewhere.")

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

    def is_gone(self, folder: Path, mark: str = "") -> bool:
        """Return whether it is certain that the process has ended, which held the lock of this folder.

        Its machine is this one and runs since then; or what the system locked for it is free, also after a restart, or
        held by this process (`mark`).
        """
        if self.life and self.life == mark:
            return True
        if self.machine and self.machine == machine() and self.is_alive() is False:
            return True
        if not self.life or not is_own_drive(folder):
            return False
        with Life(folder / _LIFE, is_new=False) as life:
            return life.mark == self.life

    def has_ended(self, folder: Path) -> bool:
        """Return whether the process is not there, as far as this machine can see: what a person is told."""
        return self.is_gone(folder) or self.is_alive() is False


def machine() -> str:
    """Return what this process runs on: the boot of the system, and the space in which its processes have numbers.

    The name of a machine does not do: containers share it, and each counts its own processes.
    """
    with contextlib.suppress(OSError):
        boot = read_bytes(Path("/proc/sys/kernel/random/boot_id")).decode().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    return f"{socket.gethostname()} {uuid.getnode():012x}"


class Life:
    """A file that the system locks for this process: it lets go of it when the process ends, however it ends.

    Its mark is its number on the drive and the moment when it was made. So a copy of it, as a synchronising drive makes
    one on another machine, is another file. Without a mark it is not held: somebody lives who holds it, or the drive
    has no such locks.
    """

    def __init__(self, path: Path, *, is_new: bool) -> None:
        self.path = path
        self.is_new = is_new
        self.mark = ""
        self.handle = -1

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_error: object) -> None:
        self.let_go()

    def take(self) -> bool:
        """Take it if nobody has it; return whether this process has it now."""
        if self.mark:
            return True
        with contextlib.suppress(OSError, ImportError):
            # Nothing is written to it: whoever may only read what another user made can lock it all the same.
            self.handle = os.open(self.path, os.O_RDONLY | (os.O_CREAT if self.is_new else 0), 0o666)
            _lock(self.handle)
            mine, there = os.fstat(self.handle), self.path.stat()
            if (mine.st_ino, mine.st_dev) == (there.st_ino, there.st_dev):  # not one that was just taken away
                self.mark = f"{mine.st_ino} {mine.st_ctime_ns}"
                return True
        self._close()
        return False

    def let_go(self) -> None:
        """Let go of it; where it was made for this, it goes."""
        if sys.platform == "win32":  # a file that is open cannot go, and one that another has opened stays
            self._close()
        if self.mark and self.is_new:
            with contextlib.suppress(OSError):
                self.path.unlink()
        self._close()
        self.mark = ""

    def _close(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)
        self.handle = -1


def _lock(handle: int) -> None:
    """Lock an open file for this process; raise OSError where another one has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_own_drive(folder: Path) -> bool:
    """Return whether no other system can write to this folder: only then this one knows every lock in it."""
    place = folder.resolve()
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(place.anchor) == 3)  # noqa: PLR2004 (DRIVE_FIXED)
    kind = ""
    nearest = -1
    with contextlib.suppress(OSError):
        for line in read_bytes(Path("/proc/self/mountinfo")).decode("utf-8", "surrogateescape").splitlines():
            about, _dash, of_drive = line.partition(" - ")
            mounted = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), about.split(" ")[4])
            # Of several at one place the last one is seen.
            if place.is_relative_to(mounted) and len(Path(mounted).parts) >= nearest:
                kind, nearest = of_drive.partition(" ")[0], len(Path(mounted).parts)
    return kind in _OWN_DRIVES


class RegisterLockedError(RiskEngineError):
    """Somebody else holds the lock of the register."""

    def __init__(self, folder: Path, holder: Holder | None, help_text: str) -> None:
        super().__init__(f"{folder}: {describe(folder, holder)}{help_line(help_text)}")


def describe(folder: Path, holder: Holder | None) -> str:
    """Return the sentence that names the holder, and whether that process is still there."""
    if holder is None:
        return _("the register is locked, and the file {file} does not say by whom", file=LOCK)
    if holder.has_ended(folder):
        return _("the register is locked by {holder}; that process is gone and may not have finished", holder=holder)
    return _("the register is locked by {holder}", holder=holder)


@contextlib.contextmanager
def locked(folder: Path, patience: float = PATIENCE, seized: bytes | None = None) -> Iterator[str]:
    """Hold the lock of a register; yield who held it and left it behind, nothing where nobody did.

    `seized` is a lock that a person says is left behind. Raises RegisterLockedError where another holder does not let
    go of it.
    """
    path = folder / LOCK
    refuse_other(folder)
    life = Life(folder / _LIFE, is_new=True) if folder.is_dir() and is_own_drive(folder) else None
    mine = Holder(
        who=user(),
        host=socket.gethostname(),
        machine=machine(),
        pid=os.getpid(),
        since=datetime.now(UTC).isoformat(timespec="seconds"),
        token=secrets.token_hex(8),
    )
    left_by: str | None = None
    try:
        left_by = _acquire(path, mine, life, patience, seized)
        yield left_by
    finally:
        with unheard():
            try:
                _release(path, mine, was_held=left_by is not None)
            finally:
                # Only after the lock: who finds a lock whose sign of life is free knows that its holder is gone.
                if life is not None:
                    life.let_go()


def _acquire(path: Path, mine: Holder, life: Life | None, patience: float, seized: bytes | None) -> str:
    give_up = time.monotonic() + patience
    waits = 0
    while True:
        if life is not None and life.take() and life.mark != mine.life:
            mine = mine.model_copy(update={"life": life.mark})
        # The sign of life comes before the lock that names it, and outlasts it.
        if (life is None or mine.life or waits >= _WAITS_FOR_LIFE) and _taken(path, _content(mine)):
            return ""
        raw = _raw(path)
        waits += raw is None
        holder = _holder(raw)
        if raw is not None and (raw == seized or (holder is not None and holder.is_gone(path.parent, mine.life))):
            if _taken_over(path, raw, mine, by_person=seized is not None):
                return str(holder or _("nobody that can be named"))
        elif (
            raw is not None
            and (seized is not None or (holder is not None and _is_left(holder, path.parent, mine.life)))
            and _raw(path) == raw  # not of one that ended as it should while this looked
        ):
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


def _is_left(holder: Holder, folder: Path, mark: str) -> bool:
    """Return whether the process is not there, but perhaps at work on another machine; not one killed just now."""
    return holder.is_alive() is False and not holder.is_gone(folder, mark)


def _content(mine: Holder) -> bytes:
    return mine.model_dump_json(indent=2).encode() + b"\n"


def _taken_over(path: Path, left: bytes, mine: Holder, *, by_person: bool = False) -> bool:
    """Put this holder in the place of one that is gone; return whether that could be done.

    The lock is never gone in between. Who may replace it is decided by a name that only one can take, made from the
    lock that is to be replaced; whoever comes later finds another lock there, and gives that name back.
    """
    claim = path.with_name(f"{LOCK}.{hashlib.sha256(left).hexdigest()[:8]}{UNFINISHED}")
    if not _taken(claim, _content(mine)):
        other = _raw(claim)
        holder = _holder(other)
        # Somebody was killed who had just claimed it: that claim is a lock like any other.
        if holder is None and by_person:
            claim.unlink(missing_ok=True)  # of a drive without links, where a name is claimed before it is filled
            return False
        is_gone = holder is not None and holder.is_gone(path.parent, mine.life)
        if other is None or not is_gone or not _taken_over(claim, other, mine):
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
    if holder is not None and holder.token == mine.token:  # also where Ctrl-C came just as it was taken
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
    """Return who holds the lock of a register; None where nobody does (or nobody can be named, see `log.is_locked`)."""
    return _holder(_raw(folder / LOCK))


def other_than_lock(folder: Path) -> str:
    """Return what is said of something in the place of the lock that no command put there; nothing of a lock."""
    path = folder / LOCK
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""
    if stat.S_ISREG(mode):
        return ""
    return _("{file} is no regular file, so no command made it; while it is there nothing can be filed", file=LOCK)


def refuse_other(folder: Path) -> None:
    """Raise RiskEngineError where something that is no lock lies in its place: to wait for it would help nobody."""
    if wrong := other_than_lock(folder):
        raise RiskEngineError(f"{folder}: {wrong}", move_away())


def move_away() -> str:
    """Return what to do about something that lies in the place of the lock."""
    return _("ask who put it there, and move it elsewhere")


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
    refuse_other(folder)
    raw = _raw(folder / LOCK)
    holder = _holder(raw)
    if raw is not None and not force and (holder is None or not holder.has_ended(folder)):
        way_out = _("this machine cannot tell that it is gone; ask, and if it is, add `--force`")
        if holder is not None and holder.is_alive():
            way_out = _("that process is at work on this machine; wait for it, or end it and add `--force`")
        raise RegisterLockedError(folder, holder, way_out)
    return raw


def lock_left(folder: Path) -> Iterator[str]:
    """Yield what somebody should look at: a lock whose holder is gone, what is no lock, and what was never finished."""
    if wrong := other_than_lock(folder):
        yield f"{folder}: {wrong}{help_line(move_away())}"
    if is_locked(folder) and ((holder := holder_of(folder)) is None or holder.has_ended(folder)):
        way_out = _("free it with `risk-engine register unlock {folder}`", folder=folder)
        yield f"{folder}: {describe(folder, holder)}{help_line(way_out)}"
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
