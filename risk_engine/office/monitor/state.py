"""What the last look at a register saw, and what people acknowledged since: two files beside what is filed.

The state is written whole or not at all, when a look has ended; who acknowledges adds a line to a log, under the lock
of the register, and no line is changed or taken out.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from risk_engine.files.diagnostics import RiskEngineError, file_problem, quoted, reason
from risk_engine.files.interrupts import unheard
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.model.words import Model
from risk_engine.office.monitor.changes import ID, Acknowledged, Change, Gravity, Kind
from risk_engine.office.register.folder import check_register
from risk_engine.office.register.lock import locked
from risk_engine.office.register.log import MONITOR_LOG, MONITOR_STATE, named_log

_LEAST = 6
"""So many digits of an id are enough where they name one change only."""


class VersionKept(Model):
    """A version of a set as it was."""

    digest: str
    in_force_from: date
    withdrawn: bool


class HitKept(Model):
    """A hit as it was: what the entry is called, and the digest of what the list said of it."""

    name: str
    digest: str


class AskedKept(Model):
    """An organisation that was looked up, and its hits."""

    name: str
    hits: dict[str, HitKept]


class ListKept(Model):
    """A list as it was."""

    title: str
    dated: date | None
    read_on: date


class PairKept(Model):
    """A partner in joint works as it was: how many works, and how many of them in which critical area."""

    name: str
    country: str | None
    ror: str | None
    works: int
    areas: dict[str, int]


class WorksKept(Model):
    """Joint works as they were: on which day, and the partners."""

    on: date
    pairs: dict[str, PairKept]


class FoundKept(Model):
    """A change that was found, in facts alone."""

    kind: Kind
    about: dict[str, Any]
    first: date = Field(description="When it was first found.")
    touched: dict[str, str] = Field(description="Digest of each touched case: the case.")
    is_event: bool
    least: int

    def change(self) -> Change:
        """Return the change, without its cases: those are found anew."""
        return Change(self.kind, self.about, least=Gravity(self.least), is_event=self.is_event, first=self.first)


class State(Model):
    """What the last look saw."""

    schema_: Literal[1] = Field(1, alias="schema")
    register_: str = Field(
        serialization_alias="register",
        validation_alias="register",
        description="The digest with which the log of the register begins.",
    )
    on: date
    versions: dict[str, dict[str, VersionKept]] = Field({}, description="By set, by number.")
    lists: dict[str, ListKept] = Field({}, description="By id.")
    asked: dict[str, AskedKept] = Field({}, description="By the digest of who was asked about.")
    works: dict[str, WorksKept] = Field({}, description="By whose they are, between which regions, how selected.")
    found: tuple[FoundKept, ...] = ()


class _Line(Model):
    """One line of the log."""

    at: str = Field(description="When it was written, in UTC, as the clock of that machine said.")
    id: str
    kind: Kind
    about: dict[str, Any]
    touched: dict[str, str]
    by: str
    on: date
    reason: str


def kept_change(change: Change) -> FoundKept:
    """Return what is kept of a change."""
    touched = {one.digest: one.case_id for one in change.touches}
    assert change.first is not None  # noqa: S101 (whoever keeps it has looked when it was found)
    return FoundKept(
        kind=change.kind,
        about=dict(change.about),
        first=change.first,
        touched=touched,
        is_event=change.is_event,
        least=int(change.least),
    )


def root_of(register: Path) -> str:
    """Return what a register is known by; nothing where it has no log."""
    return named_log(register) or ""


def read_state(path: Path, register: Path) -> State | None:
    """Return what the last look saw, None where there was none.

    Raises RiskEngineError where the file cannot be read, is not whole, or is that of another register.
    """
    way_out = _("take it back from a backup, or move it away: then the next look is a first one, and tells everything")
    try:
        raw = read_bytes(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    try:
        found = State.model_validate_json(raw)
    except ValidationError as error:
        raise file_problem(path, _("what the last look saw cannot be read: the file is damaged"), way_out) from error
    if found.register_ != root_of(register):
        message = _("this is what was seen of another register than {register}", register=register)
        raise file_problem(path, message, _("name another file with `--state`"))
    return found


def write_state(path: Path, state: State) -> None:
    """Keep what a look saw, in the place of what the last one did; raise RiskEngineError where that cannot be done."""
    with unheard():
        write_bytes(path, canonical(state.model_dump(mode="json", by_alias=True)) + b"\n")


def state_path(register: Path, asked: Path | None) -> Path:
    """Return where the state is."""
    return asked or register / MONITOR_STATE


# --- what was acknowledged ---


def acknowledged(register: Path) -> list[Acknowledged]:
    """Return what people acknowledged, the oldest first.

    A line that was not finished was never said; raises RiskEngineError for one that was and cannot be read.
    """
    path = register / MONITOR_LOG
    try:
        raw = read_bytes(path)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    return list(_lines(path, raw.split(b"\n")[:-1]))


def _lines(path: Path, lines: Sequence[bytes]) -> Iterator[Acknowledged]:
    for number, line in enumerate(lines, 1):
        try:
            one = _Line.model_validate_json(line)
        except ValidationError as error:
            message = _("line {line} of what was acknowledged cannot be read", line=number)
            raise file_problem(path, message, _("take the file back from a backup")) from error
        yield Acknowledged(one.id, one.kind, one.about, frozenset(one.touched), one.by, one.on, one.reason)


def found_as(state: State | None, asked: str) -> FoundKept:
    """Return the change that is named by its id or its first digits; raise RiskEngineError where there is none."""
    known = {one.change().id: one for one in state.found} if state else {}
    fits = [one for key, one in known.items() if key.startswith(asked.casefold()) and _LEAST <= len(asked) <= ID]
    if len(fits) == 1:
        return fits[0]
    if fits:
        message = _("`{id}` names more than one change", id=asked)
        raise RiskEngineError(message, _("write more of it"))
    message = _("the last look found no change `{id}`", id=asked)
    near = quoted(list(known)[:5], "and") if known else ""
    way_out = _("it found none; `risk-engine monitor run` looks")
    if known:
        way_out = _("`risk-engine monitor show` lists what it found: {ids}", ids=near)
    raise RiskEngineError(message, way_out)


def acknowledge(register: Path, found: FoundKept, by: str, why: str, today: date) -> Acknowledged:
    """Add to the log that somebody saw a change as it was found; raise RiskEngineError where that cannot be done."""
    check_register(register)
    line = _Line(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        id=found.change().id,
        kind=found.kind,
        about=found.about,
        touched=found.touched,
        by=by,
        on=today,
        reason=why,
    )
    path = register / MONITOR_LOG
    with locked(register), unheard():
        acknowledged(register)  # to what cannot be read nothing is added
        try:
            _append(path, canonical(line.model_dump(mode="json")) + b"\n")
        except OSError as error:
            message = _("{path}: the file cannot be written: {reason}", path=path, reason=reason(error))
            raise RiskEngineError(message) from error
    return Acknowledged(line.id, line.kind, line.about, frozenset(line.touched), by, today, why)


def _append(path: Path, data: bytes) -> None:
    """Add a line, whole or not at all; what somebody who was killed had begun of one goes."""
    with path.open("ab+", buffering=0) as file:
        file.seek(0)
        there = file.read()
        size = there.rfind(b"\n") + 1
        if size != len(there):
            file.truncate(size)
        try:
            while data:
                data = data[file.write(data) :]
            os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                file.truncate(size)
            raise
