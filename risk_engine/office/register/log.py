"""The log of a register: one line for each thing that was filed or removed, each over the one before it (note 0082).

So whoever knows the last line, the head, knows whether anything was taken out, put in, or changed since the first.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeAlias

import orjson
from pydantic import Field, ValidationError, model_validator

from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.language import N_, _
from risk_engine.files.plain import canonical
from risk_engine.files.plain import digest as digest_of
from risk_engine.files.reading import open_file, read_bytes
from risk_engine.model.decision import Signature
from risk_engine.model.words import Digest, Model
from risk_engine.records import files

ABOUT = files.REGISTER
"""Marks a folder as a register, and tells whoever opens it in a file manager what it is, and which log is its own."""
LOG = "LOG.jsonl"
LOCK = "register.lock"
"""The file that is there while somebody writes."""
MONITOR_STATE = "MONITOR.json"
"""What the last look for changes saw; it is no record, and every look writes it anew."""
MONITOR_LOG = "MONITOR.jsonl"
"""What people acknowledged of the changes that were found."""
PUT_ASIDE = re.compile(r"LOG-[0-9]{1,6}\.jsonl")
"""The names of logs that gave way to one that was begun anew."""
NOTHING = "0" * 64
"""What stands for the line before the first one."""
What: TypeAlias = Literal["begun", "found", "filed", "completed", "removed"]
"""`found` lay there when the log was begun; `completed` was filed by somebody who was killed before the line."""
_ADDS: frozenset[What] = frozenset({"found", "filed", "completed"})
_NAMED = re.compile(rf"^Its log is {re.escape(LOG)}, which begins with ([0-9a-f]{{64}})\.$", re.MULTILINE)
FILED = files.FILED
"""The name of a thing that was filed."""
_Absent = Annotated[str, Field(exclude_if=lambda value: not value)]


class Entry(Model):
    """One line of the log."""

    n: int = Field(ge=1, description="Which line it is, from 1.")
    at: str = Field(description="When it was written, in UTC, as the clock of that machine said.")
    by: str = Field(description="Who was at work on that machine.")
    what: What
    register_: _Absent = Field("", alias="register", description="Of the first line: tells it from any other log's.")
    earlier: dict[str, Digest] = Field(
        {}, exclude_if=lambda value: not value, description="Of the first line: logs that gave way to this one."
    )
    case: _Absent = Field("", description="The folder of the case, or that of the criteria.")
    name: _Absent = Field("", description="The file, without what its name says of the content of evidence.")
    sha256: _Absent = Field("", description="Of the file.")
    reason: _Absent = Field("", description="Why a case was removed, or a log begun anew.")
    signature: Signature | None = Field(
        None, exclude_if=lambda value: value is None, description="Over the digest of all but itself and `digest`."
    )
    before: Digest = Field(description="The digest of the line before; zeros where there is none.")
    digest: Digest = Field(description="SHA-256 over the canonical form of all the rest.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needed = {"begun": (self.register_,), "removed": (self.case, self.reason)}.get(
            self.what, (self.case, self.name, self.sha256)
        )
        if not all(needed):
            raise ValueError(self.what)
        return self

    def line(self) -> bytes:
        """Return it as it stands in the log."""
        return canonical(self._plain()) + b"\n"

    def covered(self) -> str:
        """Return the digest that a signature covers."""
        return digest_of(self._plain("digest", "signature"))

    def _plain(self, *without: str) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True, exclude=set(without))


def sealed(before: str, **said: Any) -> Entry:
    """Return an entry over the one with this digest."""
    entry = Entry.model_validate({**said, "before": before, "digest": NOTHING})
    return entry.model_copy(update={"digest": _digest_of(orjson.loads(entry.line()))})


def _digest_of(entry: dict[str, Any]) -> str:
    return digest_of({key: value for key, value in entry.items() if key != "digest"})


def logged_name(name: str) -> str:
    """Return the name of a file as the log tells it: what evidence was called goes when the case goes.

    >>> logged_name("0004-evidence-CV-Li-pdf.9b1c7d20e4f68a35.json")
    '0004-evidence.9b1c7d20e4f68a35.json'
    """
    found = FILED.fullmatch(name)
    if found is None or found["kind"] not in {"evidence", "kept"}:
        return name
    return f"{found['number']}-{found['kind']}.{found['digest']}{found['suffix'] or ''}"


class Fault(NamedTuple):
    """One thing that is wrong, or worth knowing, of a register: where, what, and the way out."""

    verdict: Literal["broken", "unchecked", "noted"]
    place: str
    what: str
    way_out: str = ""


@dataclass
class Log:
    """A log as far as it holds; `fault` is the first line that does not, and nothing behind it is read."""

    entries: list[Entry] = field(default_factory=list)
    size: int = 0
    """So many bytes of the file are these entries."""
    rest: bytes = b""
    """What stands behind them: a line that was not finished, or one that does not hold."""
    fault: str = ""
    there: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """For each case the entry of each file that should be there, by its logged name."""
    removed: dict[str, Entry] = field(default_factory=dict)
    """The cases that were removed, and not begun again since."""

    @property
    def head(self) -> str:
        """The digest of the last entry."""
        return self.entries[-1].digest if self.entries else NOTHING

    @property
    def root(self) -> str:
        """The digest of the first entry, by which a log is known."""
        return self.entries[0].digest if self.entries else ""

    def take(self, data: bytes) -> None:
        """Read on."""
        lines = (self.rest + data).split(b"\n")
        for number, line in enumerate(lines[:-1]):
            if not self.fault:
                self._take_line(line)
            if self.fault:
                self.rest = b"\n".join(lines[number:])
                return
        self.rest = lines[-1]

    def _take_line(self, line: bytes) -> None:
        entry = read_line(line)
        if entry is None:
            self.fault = N_("line {n} was edited: it cannot be read, or its digest is not that of its content")
        elif entry.before != self.head or entry.n != len(self.entries) + 1:
            self.fault = N_("line {n} does not go on from the line before: lines were taken out, put in or moved")
        else:
            self.add(entry)
            self.size += len(line) + 1

    def add(self, entry: Entry) -> None:
        """Take in an entry that holds."""
        self.entries.append(entry)
        if entry.what in _ADDS:
            self.there.setdefault(entry.case, {})[entry.name] = entry
            self.removed.pop(entry.case, None)
        elif entry.what == "removed":
            self.there.pop(entry.case, None)
            self.removed[entry.case] = entry


_read: dict[Path, Log] = {}
"""The log that was read last: a command looks at it for every case, and reads on only what came to it."""


def read_log(register: Path, *, anew: bool = False) -> Log | None:
    """Return the log of a register, None where there is none; raise RiskEngineError where it cannot be read.

    `anew` reads all of it again, also what was read before.
    """
    path = register / LOG
    key = path.resolve()
    log = None if anew else _read.get(key)
    try:
        with open_file(path) as file:
            if log is None or not _stands(log, file.fileno()):
                log = Log()
            file.seek(log.size)
            log.rest = b""
            if not log.fault:
                log.take(file.read())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RiskEngineError(_("{path}: the log cannot be read: {reason}", path=path, reason=reason(error))) from error
    _read.clear()
    _read[key] = log
    return log


def forget() -> None:
    """Read the log anew the next time."""
    _read.clear()


def _stands(log: Log, file: int) -> bool:
    """Return whether what was read last still stands at its place."""
    last = log.entries[-1].line() if log.entries else b""
    os.lseek(file, log.size - len(last), os.SEEK_SET)
    return not log.fault and os.read(file, len(last)) == last


def is_locked(register: Path) -> bool:
    """Return whether there is a lock, whoever holds it; nothing but a regular file is one."""
    path = register / LOCK
    return path.is_file() and not path.is_symlink()


def named_log(register: Path) -> str | None:
    """Return the digest with which the log of a register begins, as its description says; None where it names none."""
    with contextlib.suppress(OSError):
        found = _NAMED.search(read_bytes(register / ABOUT).decode("utf-8", "replace"))
        return found[1] if found else None
    return None


class State(NamedTuple):
    """The log of a register, if it can be built on, and else what is wrong with it."""

    log: Log | None
    fault: Fault | None = None

    @property
    def sound(self) -> Log | None:
        """The log where all of it holds."""
        return None if self.fault else self.log


def log_state(register: Path, *, anew: bool = False, mine: bool = False) -> State:
    """Return the log of a register and whether it holds; neither where there is none, and none was ever begun.

    Its last line may be half written while somebody else holds the lock, but not where it is `mine`.
    """
    try:
        log = read_log(register, anew=anew)
    except RiskEngineError as error:
        return State(None, Fault("unchecked", LOG, error.message))
    named = named_log(register)
    if log is None and named is None:
        return State(None)
    is_written = not mine and is_locked(register)
    return State(log, next(_faults(log, named, register, is_written=is_written), None))


def _faults(log: Log | None, named: str | None, register: Path, *, is_written: bool) -> Iterator[Fault]:
    backup = _(
        "take it back from a backup; where there is none, begin anew: `risk-engine register begin {folder} --reason …`",
        folder=register,
    )
    if log is None:
        yield Fault("broken", LOG, _("the log is gone: it was removed or renamed"), backup)
        return
    if not log.entries and not log.fault:
        text = _("the log was emptied") if not log.rest else _("the log was cut off within its first line")
        yield Fault("broken", LOG, text, backup)
    elif log.root and named is None:
        way_out = _("take it back from a backup")
        yield Fault("broken", ABOUT, _("it does not name the log: it is gone or was changed"), way_out)
    elif log.root and log.root != named:
        yield Fault("broken", LOG, _("this is the log of another register, or of a copy that was begun anew"), backup)
    if log.fault:
        yield Fault("broken", LOG, _(log.fault, n=len(log.entries) + 1), backup)
    elif log.rest and log.entries and not is_written:
        text = _("the last line ({n}) is not whole: it was cut off", n=len(log.entries) + 1)
        yield Fault("broken", LOG, text, backup)


def read_line(line: bytes) -> Entry | None:
    """Return the entry that is a line; None where it is none, or not as it was written."""
    with contextlib.suppress(ValueError, TypeError, KeyError, ValidationError):
        data = orjson.loads(line)
        if isinstance(data, dict) and canonical(data) == line and _digest_of(data) == data["digest"]:
            return Entry.model_validate_json(line)
    return None
