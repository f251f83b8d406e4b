"""One writer at a time, also over a network drive: a file that is there or not, and says who holds it (note 0015)."""

import contextlib
import getpass
import hashlib
import os
import random
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from risk_engine.files.diagnostics import RiskEngineError, help_line, printable
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import UNFINISHED, write_once
from risk_engine.model.words import Model
from risk_engine.office.register.folder import FILED, LOCK, is_claimed_copy, is_regular_file, is_unfinished

_OF_NOTHING = hashlib.sha256(b"").hexdigest()[:16]
PATIENCE = 30.0
"""For so many seconds a command waits for another one to finish; one write takes a fraction of a second."""


class Holder(Model):
    """Who holds the lock; the token tells this holding from any other by the same process."""

    who: str
    host: str
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
def locked(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a register; raise RegisterLockedError where another holder does not let go of it."""
    mine = Holder(
        who=_user(),
        host=socket.gethostname(),
        pid=os.getpid(),
        since=datetime.now(UTC).isoformat(timespec="seconds"),
        token=secrets.token_hex(8),
    )
    path = folder / LOCK
    _acquire(path, mine, patience)
    try:
        yield
    finally:
        _release(path, mine)


def _acquire(path: Path, mine: Holder, patience: float) -> None:
    content = mine.model_dump_json(indent=2).encode() + b"\n"
    give_up = time.monotonic() + patience
    while not _taken(path, content):
        holder = _holder_at(path)
        if holder is not None and holder.is_alive() is False and _holder_at(path) == holder:
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


def _release(path: Path, mine: Holder) -> None:
    holder = _holder_at(path)
    if holder == mine:
        path.unlink(missing_ok=True)
        return
    now = _("it is now held by {holder}", holder=holder) if holder else _("it is gone")
    raise RiskEngineError(
        _("{path}: the lock was broken while this command held it; {now}", path=path, now=now),
        _("look with `risk-engine register show` whether everything is there, and add again what is not"),
    )


def holder_of(folder: Path) -> Holder | None:
    """Return who holds the lock of a register; None where nobody does (or nobody can be named, see `is_locked`)."""
    return _holder_at(folder / LOCK)


def is_locked(folder: Path) -> bool:
    """Return whether there is a lock, whoever holds it."""
    return (folder / LOCK).exists()


def _holder_at(path: Path) -> Holder | None:
    try:
        return Holder.model_validate_json(read_bytes(path))
    except (OSError, ValidationError):
        return None


def break_lock(folder: Path, *, force: bool = False) -> str:
    """Take away a lock whose holder is gone and what it had not finished; return what was done, in words.

    Raises RegisterLockedError while the holder may still be at work, unless `force` says that it is not.
    """
    path = folder / LOCK
    if not is_locked(folder):
        return _("{folder}: the register is not locked", folder=folder)
    holder = holder_of(folder)
    if not force and (holder is None or holder.is_alive() is not False):
        way_out = _("this machine cannot tell that it is gone; ask, and if it is, add `--force`")
        if holder is not None and holder.is_alive():
            way_out = _("that process is at work on this machine; wait for it, or end it and add `--force`")
        raise RegisterLockedError(folder, holder, way_out)
    aside = path.with_name(f"{LOCK}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        # Moved first and looked at again: between the look and the move another holder may have taken the lock.
        path.rename(aside)
    except FileNotFoundError:
        return _("{folder}: the register is not locked any more", folder=folder)
    if (moved := _holder_at(aside)) != holder:
        with contextlib.suppress(FileExistsError):
            write_once(path, read_bytes(aside))
        aside.unlink()
        raise RegisterLockedError(folder, moved, _("it was taken just now, by somebody else; try again"))
    aside.unlink()
    held_by = holder or _("nobody that can be named")
    lines = [_("{folder}: unlocked; it was held by {holder}", folder=folder, holder=held_by)]
    for left in unfinished(folder):
        left.unlink(missing_ok=True)
        lines.append("  " + _("taken away, never finished: {file}", file=left.relative_to(folder).as_posix()))

    return "\n".join(lines)


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


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"
