"""Hold a register against its log, the log against a head that was kept elsewhere, and copies against each other."""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from risk_engine.files.diagnostics import reason
from risk_engine.files.language import _, first_few, ngettext
from risk_engine.files.reading import read_bytes
from risk_engine.loading.on_file import FOLDER
from risk_engine.office.register.folder import (
    LIST,
    SHORT,
    check_register,
    is_exchange,
    is_of_the_system,
    is_unfinished,
    number_of,
    sha256,
)
from risk_engine.office.register.head import (
    SHOWN,
    Head,
    against,
    apart,
    copies,
    head_of_log,
    held,
    signatures,
    without_log,
)
from risk_engine.office.register.lock import Holder, describe, holder_of, move_away, other_than_lock
from risk_engine.office.register.log import (
    ABOUT,
    FILED,
    LOCK,
    LOG,
    MONITOR_LOG,
    MONITOR_STATE,
    Fault,
    Log,
    is_locked,
    log_state,
    logged_name,
    read_line,
    read_log,
)
from risk_engine.records.criteria import KEPT
from risk_engine.records.verify import Link

if TYPE_CHECKING:
    from risk_engine.office.register.head import Keys

_TRIES = 5
_BESIDE = frozenset({ABOUT, LOG, MONITOR_STATE, MONITOR_LOG})
"""What lies in the register itself; what a look for changes leaves there is no record (`office/monitor`)."""


@dataclass(frozen=True)
class Checked:
    """What was found: every fault and note, and the head where the log holds."""

    faults: tuple[Fault, ...]
    head: Head | None

    @property
    def verdict(self) -> Literal["holds", "broken", "unchecked"]:
        """The worst of all."""
        found = {one.verdict for one in self.faults}
        return "broken" if "broken" in found else "unchecked" if "unchecked" in found else "holds"


def verify(
    register: Path, kept: "Head | str | None" = None, copy: Path | None = None, keys: "Keys | None" = None
) -> Checked:
    """Return what does not hold of a register.

    `kept` is a head that somebody kept elsewhere, or as much of it as was typed from paper (`NUMBER:DIGEST`); `copy` is
    another copy of the register; `keys` are the public keys of the office. Raises RiskEngineError for what is no
    register.
    """
    if not (register / LOG).is_file():
        check_register(register)
    for _again in range(_TRIES):
        checked = _checked(register, kept, copy, keys or {})
        holder = holder_of(register)
        if checked.verdict == "holds" or not _is_at_work(register, checked, holder):
            break
        time.sleep(0.2)
    return checked


def _is_at_work(register: Path, checked: Checked, holder: Holder | None) -> bool:
    """Return whether somebody may be filing, so that a look a moment later shows something else."""
    if is_locked(register) or holder is not None:
        return holder is None or not holder.is_gone(register)
    log = read_log(register)
    return checked.head is not None and log is not None and log.head != checked.head.head


class _Seen(NamedTuple):
    """A register at one moment: what lay in its folders, whether somebody was filing then, and its log just after."""

    register: Path
    lying: dict[str, list[Path]]
    is_written: bool
    log: Log | None = None

    @property
    def lags(self) -> Literal["broken", "unchecked"]:
        """What it means that the log lags behind: nothing yet, while somebody files or was killed while filing."""
        return "unchecked" if self.is_written else "broken"


def _seen(register: Path, folders: Iterable[Path]) -> tuple[_Seen, list[Fault]]:
    """Return what lies in folders of a register, its log not read yet, and which of them cannot be looked into."""
    faults: list[Fault] = []
    lying: dict[str, list[Path]] = {}
    for folder in folders:
        try:
            lying[folder.name] = sorted(folder.iterdir())
        except OSError as error:
            what = _("the folder of this case cannot be read: {reason}", reason=reason(error))
            faults.append(Fault("unchecked", folder.name, what, _("ask whoever sets the rights on it")))
    return _Seen(register, lying, is_locked(register)), faults


def _checked(register: Path, kept: "Head | str | None", copy: Path | None, keys: "Keys") -> Checked:
    # What is on file about partners is no record: people change it. What is exchanged has a log of its own.
    there = (one for one in register.iterdir() if one.is_dir() and not is_of_the_system(one))
    folders = sorted(one for one in there if one.name != FOLDER and not is_exchange(one))
    seen, faults = _seen(register, folders)
    state = log_state(register, anew=True)
    log = state.sound
    if seen.is_written:
        way_out = _("wait for it; if that process is gone, the next writer or `register unlock` finishes what it left")
        faults.append(Fault("unchecked", LOCK, describe(register, holder_of(register)), way_out))
    if wrong := other_than_lock(register):
        faults.append(Fault("broken", LOCK, wrong, move_away()))
    if state.fault is not None:
        faults.append(state.fault)
        faults += _around_the_fault(state.log)
    elif log is None:
        faults.append(Fault("unchecked", LOG, _("this register has no log"), without_log(register)))
    faults += _contents(seen._replace(log=log))
    faults += _beside(register, log)
    if log is not None:
        faults += _told(log)
        faults += signatures(log, keys)
        if kept is not None:
            faults += held(register, log, kept, keys)
        if copy is not None:
            faults += copies(log, copy)
    elif kept is not None or copy is not None:
        faults.append(Fault("unchecked", LOG, _("without a log that holds it cannot be held against anything")))
    return Checked(tuple(faults), head_of_log(log) if log else None)


def faults_of_case(folder: Path) -> Iterator[Fault]:
    """Yield what does not hold of the folder of one case, of a register or by itself."""
    seen, faults = _seen(folder.parent, [folder])
    yield from faults
    log = log_state(folder.parent).sound if (folder.parent / ABOUT).is_file() else None
    for name in seen.lying:
        yield from _case(seen._replace(log=log), name)


def _contents(seen: _Seen) -> Iterator[Fault]:
    there = seen.log.there if seen.log else {}
    known = {one.name for one in seen.register.iterdir()}  # a case may have come since
    unknown = {name: _names(paths) for name, paths in seen.lying.items() if name not in there}
    renamed: set[str] = set()
    for name in sorted(set(there) - known):
        entries = there[name]
        new = next((one for one, names in unknown.items() if names and names <= set(entries)), None)
        if new is not None:
            renamed.add(new)
            way_out = _("give it its name back: {name}", name=name)
            yield Fault("broken", new, _("the folder of {name} was renamed to this", name=name), way_out)
            continue
        what = ngettext(
            "the folder is gone, with {number} file that was filed",
            "the folder is gone, with {number} files that were filed",
            len(entries),
        )
        yield Fault("broken", name, what, _lost(name) if name != KEPT else _("take it back from a backup"))
    for name in seen.lying:
        if name not in renamed:
            yield from _case(seen, name)


def _lost(case: str) -> str:
    return _(
        "take it back from a backup; a case ends with `risk-engine register remove … {case} --reason …` alone",
        case=case,
    )


def _names(paths: Iterable[Path]) -> set[str]:
    return {logged_name(one.name) for one in paths if FILED.fullmatch(one.name)}


def _case(looked: _Seen, case: str) -> Iterator[Fault]:
    """Yield what does not hold of the folder of a case, or of the criteria."""
    folder, log = looked.register / case, looked.log
    entries = log.there.get(folder.name, {}) if log else {}
    if log and (end := log.removed.get(folder.name)):
        what = _("it was removed on {day} ({reason}) and is there again", day=end.at[:10], reason=end.reason)
        yield Fault(looked.lags, case, what, _("remove it again, or add what lies in it anew from elsewhere"))
        return
    backup = _("take the file back from a backup")
    seen: set[str] = set()
    numbers: Counter[int] = Counter()
    for path in looked.lying[case]:
        place = f"{folder.name}/{path.name}"
        is_copy = folder.name == KEPT and path.suffix == ".json"
        found = FILED.fullmatch(path.name)
        if not os.path.lexists(path):  # finished or cleared away since; of what was filed `missing` tells below
            continue
        if not path.is_file() or not (found or is_copy):
            if not is_of_the_system(path) and not is_unfinished(path) and (log or path.name != LIST):
                what = _("nobody filed this, or its name was changed")
                yield Fault("broken", place, what, _("move it elsewhere, or file it with `risk-engine register add`"))
            continue
        name = logged_name(path.name)
        entry = entries.get(name)
        seen.add(name)
        numbers[number_of(path.name) if found else 0] += 1
        try:
            digest = sha256(read_bytes(path))
        except OSError as error:
            yield Fault("unchecked", place, _("the file cannot be read: {reason}", reason=reason(error)))
            continue
        if log and entry is None:
            what = _("it lies there as if it were filed, and the log does not know it")
            way_out = _("move it elsewhere, then file it with `risk-engine register add`; or the log was shortened")
            if looked.is_written:
                way_out = _("somebody is filing it, or was killed while filing; the next writer takes it in")
            yield Fault(looked.lags, place, what, way_out)
        elif (entry and digest != entry.sha256) or (found and digest[:SHORT] != found["digest"]):
            yield Fault("broken", place, _("it is not as it was filed: its content was changed"), backup)
    missing = set(entries) - seen
    if missing:  # or came since
        missing -= {logged_name(one.name) for one in folder.iterdir()}
    for name in sorted(missing):
        entry = entries[name]
        what = _("it is missing; it was filed on {day} (line {n} of the log)", day=entry.at[:10], n=entry.n)
        yield Fault("broken", f"{folder.name}/{name}", what, backup)
    for number, times in sorted(numbers.items()):
        if number and times > 1:
            what = _(
                "two files have the number {number}: copies that were changed apart were put together", number=number
            )
            yield Fault("broken", folder.name, what, apart())
    if not log:
        there = set(numbers)
        for number in sorted(set(range(1, max(there, default=0))) - there):
            yield Fault("broken", f"{folder.name}/{number:04d}-…", _("it is missing; it was filed once"), backup)


def _beside(register: Path, log: Log | None) -> Iterator[Fault]:
    """Yield what lies in the register itself and does not belong there; a copy of the log among it."""
    earlier = log.entries[0].earlier if log else {}
    for path in sorted(register.iterdir()):
        if path.is_dir() or is_of_the_system(path) or is_unfinished(path) or path.name in _BESIDE:
            continue
        if not os.path.lexists(path):  # a file on its way, which has arrived since
            continue
        try:
            data = read_bytes(path) if path.is_file() else b""
        except OSError as error:
            yield Fault("unchecked", path.name, _("the file cannot be read: {reason}", reason=reason(error)))
            continue
        if path.name in earlier:
            if sha256(data) != earlier[path.name]:
                what = _("this log, which was put aside, was changed since")
                yield Fault("broken", path.name, what, _("take it back from a backup"))
            continue
        entries = [one for one in map(read_line, data.split(b"\n")) if one]
        if not entries:
            yield Fault("broken", path.name, _("nobody filed this, or its name was changed"), _("move it elsewhere"))
        elif log is None:
            what = _("this is a log of {number} lines under another name", number=len(entries))
            yield Fault(
                "broken", path.name, what, _("if it is the one that is gone, give it its name back: {name}", name=LOG)
            )
        else:
            yield from against(path.name, log, entries, _("move it elsewhere"))
    for name in sorted(set(earlier) - {one.name for one in register.iterdir()}):
        yield Fault("broken", name, _("this log, which was put aside, is gone"), _("take it back from a backup"))


def _told(log: Log) -> Iterator[Fault]:
    """Yield what is worth knowing: what the log does not vouch for, and how often a writer was killed."""
    first = log.entries[0]
    found = sum(one.what == "found" for one in log.entries)
    if found or first.reason:
        what = ngettext(
            "the log was begun on {day}, when {number} file lay there already; of that it vouches from then on only",
            "the log was begun on {day}, when {number} files lay there already; of those it vouches from then on only",
            found,
            day=first.at[:10],
        )
        yield Fault("noted", LOG, what)
    if first.reason:
        yield Fault("noted", LOG, _("it was begun anew, by {by}: {reason}", by=first.by, reason=first.reason))
    if completed := [one for one in log.entries if one.what == "completed"]:
        lines = first_few([f"{one.n}" for one in completed], SHOWN)
        what = ngettext(
            "line {lines}: taken in by the next writer, after one was killed before it could",
            "lines {lines}: taken in by the next writer, after one was killed before it could",
            len(completed),
            lines=lines,
        )
        yield Fault("noted", LOG, what)


def _around_the_fault(log: Log | None) -> Iterator[Fault]:
    """Yield what the lines behind the first one that does not hold tell of how it came about."""
    if log is None or not log.fault:
        return
    known = {one.digest: one.n for one in log.entries}
    lines = log.rest.split(b"\n")
    for number, line in enumerate(lines, len(log.entries) + 1):
        entry = read_line(line)
        if entry is not None and entry.before in known and known[entry.before] < len(log.entries):
            what = _(
                "a fork: line {number} goes on from line {n}, and so does line {next}; copies that were changed apart "
                "were put together",
                number=number,
                n=known[entry.before],
                next=known[entry.before] + 1,
            )
            yield Fault("broken", LOG, what, apart())
            return


def links(folder: Path) -> Iterator[tuple[Path, Link]]:
    """Yield what is not as it was filed in a register, or in the folder of a case; nothing for any other folder."""
    if (folder / ABOUT).is_file():
        found: Iterable[Fault] = verify(folder).faults
        register = folder
    elif (folder.parent / ABOUT).is_file() or any(FILED.fullmatch(one.name) for one in folder.iterdir()):
        found, register = faults_of_case(folder), folder.parent
    else:
        return
    for one in found:
        way_out = f" ({one.way_out})" if one.way_out else ""
        yield register / one.place, Link(one.verdict, f"{one.what}{way_out}")
