"""Hold a register against its log, the log against a head that was kept elsewhere, and copies against each other."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError

from risk_engine.files.diagnostics import RiskEngineError, file_problem, reason
from risk_engine.files.language import _, first_few, ngettext
from risk_engine.files.plain import digest as digest_of
from risk_engine.model.decision import Signature
from risk_engine.model.words import Digest, Model
from risk_engine.office.register.folder import (
    LIST,
    SHORT,
    check_register,
    is_of_the_system,
    is_unfinished,
    number_of,
    sha256,
)
from risk_engine.office.register.lock import describe, holder_of, is_locked
from risk_engine.office.register.log import (
    ABOUT,
    FILED,
    LOCK,
    LOG,
    Entry,
    Fault,
    Log,
    log_state,
    logged_name,
    read_line,
    read_log,
)
from risk_engine.records.criteria import KEPT
from risk_engine.records.verify import Link, short

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    Keys = Mapping[str, Ed25519PublicKey]

LEAST_DIGITS = 16
"""So many digits of a head that somebody types from paper tell it from any other."""
_TRIES = 5
_SHOWN = 4


class Head(Model):
    """The last line of the log, which stands for all before it; to be kept elsewhere, signed or on paper."""

    schema_: Literal[1] = Field(1, alias="schema")
    kind: Literal["register head"] = "register head"
    register_: Digest = Field(alias="register", description="The digest of the first line: the log is known by it.")
    n: int = Field(ge=1, description="The number of the line.")
    at: str = Field(description="When it was written.")
    head: Digest = Field(description="The digest of the line.")
    cases: int
    records: int = Field(description="So many files should be there, the copies of criteria left out.")
    removed: int = Field(description="So many cases were removed.")
    signature: Signature | None = Field(None, description="Over the digest of all the rest.")

    def covered(self) -> str:
        """Return the digest that a signature covers."""
        return digest_of(self.model_dump(mode="json", by_alias=True, exclude={"signature"}))


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


def head_of(register: Path, key: "Ed25519PrivateKey | None" = None) -> Head:
    """Return the head of a register, signed where there is a key; RiskEngineError where its log does not hold."""
    check_register(register)
    state = log_state(register, anew=True)
    if state.fault is not None:
        raise RiskEngineError(f"{register / state.fault.place}: {state.fault.what}", state.fault.way_out)
    if state.log is None:
        raise file_problem(register, _("this register has no log"), _without(register))
    head = _head(state.log)
    if key is None:
        return head
    from risk_engine.files.signing import key_id, sign

    covers = head.covered()
    made = Signature(covers=covers, key=key_id(key.public_key()), value=sign(covers, key))
    return head.model_copy(update={"signature": made})


def _head(log: Log) -> Head:
    cases = {name: there for name, there in log.there.items() if name != KEPT}
    last = log.entries[-1]
    return Head(
        register_=log.root,
        n=last.n,
        at=last.at,
        head=last.digest,
        cases=len(cases),
        records=sum(map(len, cases.values())),
        removed=len(log.removed),
    )


def _without(register: Path) -> str:
    return _("`risk-engine register begin {folder}` begins one, and so does the next `add`", folder=register)


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
        # Somebody may be filing: a file has its name before its line.
        log = read_log(register)
        is_still = checked.head is None or (log is not None and log.head == checked.head.head)
        if checked.verdict == "holds" or (is_still and not is_locked(register)):
            break
        time.sleep(0.2)
    return checked


def _checked(register: Path, kept: "Head | str | None", copy: Path | None, keys: "Keys") -> Checked:
    state = log_state(register, anew=True)
    log = state.sound
    faults: list[Fault] = []
    if is_locked(register):
        way_out = _("wait for it; if that process is gone, the next writer or `register unlock` finishes what it left")
        faults.append(Fault("unchecked", LOCK, describe(holder_of(register)), way_out))
    if state.fault is not None:
        faults.append(state.fault)
        faults += _around_the_fault(state.log)
    elif log is None:
        faults.append(Fault("unchecked", LOG, _("this register has no log"), _without(register)))
    faults += _contents(register, log)
    faults += _beside(register, log)
    if log is not None:
        faults += _told(log)
        faults += _signatures(log, keys)
        if kept is not None:
            faults += _held(register, log, kept, keys)
        if copy is not None:
            faults += _copies(log, copy)
    elif kept is not None or copy is not None:
        faults.append(Fault("unchecked", LOG, _("without a log that holds it cannot be held against anything")))
    return Checked(tuple(faults), _head(log) if log else None)


def faults_of_case(folder: Path) -> Iterator[Fault]:
    """Yield what does not hold of the folder of one case of a register, its name left out of the places."""
    yield from _case(folder, log_state(folder.parent).sound)


def _contents(register: Path, log: Log | None) -> Iterator[Fault]:
    folders = sorted(one for one in register.iterdir() if one.is_dir() and not is_of_the_system(one))
    named = {one.name for one in folders}
    gone = sorted(set(log.there) - named) if log else []
    lying = {one.name: _files(one) for one in folders if log and one.name not in log.there}
    renamed: set[str] = set()
    for name in gone:
        entries = log.there[name] if log else {}
        new = next((one for one, files in lying.items() if files and files <= set(entries)), None)
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
    for folder in folders:
        if folder.name not in renamed:
            yield from _case(folder, log)


def _lost(case: str) -> str:
    return _(
        "take it back from a backup; a case ends with `risk-engine register remove … {case} --reason …` alone",
        case=case,
    )


def _files(folder: Path) -> set[str]:
    return {logged_name(one.name) for one in folder.iterdir() if FILED.fullmatch(one.name)}


def _case(folder: Path, log: Log | None) -> Iterator[Fault]:
    """Yield what does not hold of the folder of a case, or of the criteria."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        what = _("the folder of this case cannot be read: {reason}", reason=reason(error))
        yield Fault("unchecked", folder.name, what, _("ask whoever sets the rights on it"))
        return
    entries = log.there.get(folder.name, {}) if log else {}
    if log and (end := log.removed.get(folder.name)):
        what = _("it was removed on {day} ({reason}) and is there again", day=end.at[:10], reason=end.reason)
        yield Fault(
            _while(folder.parent), folder.name, what, _("remove it again, or add what lies in it anew from elsewhere")
        )
        return
    backup = _("take the file back from a backup")
    seen: set[str] = set()
    numbers: Counter[int] = Counter()
    for path in paths:
        place = f"{folder.name}/{path.name}"
        is_copy = folder.name == KEPT and path.suffix == ".json"
        found = FILED.fullmatch(path.name)
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
            digest = sha256(path.read_bytes())
        except OSError as error:
            yield Fault("unchecked", place, _("the file cannot be read: {reason}", reason=reason(error)))
            continue
        if log and entry is None:
            what = _("it lies there as if it were filed, and the log does not know it")
            way_out = _("move it elsewhere, then file it with `risk-engine register add`; or the log was shortened")
            yield Fault(_while(folder.parent), place, what, way_out)
        elif (entry and digest != entry.sha256) or (found and digest[:SHORT] != found["digest"]):
            yield Fault("broken", place, _("it is not as it was filed: its content was changed"), backup)
    for name in sorted(set(entries) - seen):
        entry = entries[name]
        what = _("it is missing; it was filed on {day} (line {n} of the log)", day=entry.at[:10], n=entry.n)
        yield Fault("broken", f"{folder.name}/{name}", what, backup)
    for number, times in sorted(numbers.items()):
        if number and times > 1:
            what = _(
                "two files have the number {number}: copies that were changed apart were put together", number=number
            )
            yield Fault("broken", folder.name, what, _apart())
    if not log:
        there = set(numbers)
        for number in sorted(set(range(1, max(there, default=0))) - there):
            yield Fault("broken", f"{folder.name}/{number:04d}-…", _("it is missing; it was filed once"), backup)


def _while(register: Path) -> Literal["broken", "unchecked"]:
    """Return what it means that the log lags behind: nothing yet, while somebody files or was killed while filing."""
    return "unchecked" if is_locked(register) else "broken"


def _apart() -> str:
    return _(
        "keep one copy as the register, put what only the other has elsewhere and file it with `risk-engine register "
        "add`; `risk-engine register verify ONE --copy OTHER` says what that is"
    )


def _beside(register: Path, log: Log | None) -> Iterator[Fault]:
    """Yield what lies in the register itself and does not belong there; a copy of the log among it."""
    earlier = log.entries[0].earlier if log else {}
    for path in sorted(register.iterdir()):
        if path.is_dir() or is_of_the_system(path) or is_unfinished(path) or path.name in {ABOUT, LOG}:
            continue
        try:
            data = path.read_bytes() if path.is_file() else b""
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
            yield from _against(path.name, log, entries, _("move it elsewhere"))
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
        lines = first_few([f"{one.n}" for one in completed], _SHOWN)
        what = _("lines {lines}: taken in by the next writer, after one was killed before it could", lines=lines)
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
            yield Fault("broken", LOG, what, _apart())
            return


def _copies(log: Log, copy: Path) -> Iterator[Fault]:
    path = copy / LOG if copy.is_dir() else copy
    try:
        entries = [one for one in map(read_line, path.read_bytes().split(b"\n")) if one]
    except OSError as error:
        message = _("{path}: the log cannot be read: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message, _("name another copy of the register, or its log")) from error
    yield from _against(f"{copy}", log, entries, "")


def _against(place: str, log: Log, other: Sequence[Entry], is_same: str) -> Iterator[Fault]:
    """Yield how another log stands to this one: a part of it, further on, parted from it, or of another register."""
    mine = [one.digest for one in log.entries]
    theirs = [one.digest for one in other]
    common = next(
        (n for n, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]),
        min(map(len, (mine, theirs))),
    )
    only_here, only_there = log.entries[common:], other[common:]
    if not common:
        yield Fault("broken", place, _("this is the log of another register"), _("name or keep a copy of this one"))
    elif not only_there:
        what = (
            _("this copy is as this register was at line {n}", n=common)
            if only_here
            else _("this copy has the same log")
        )
        yield Fault("broken" if is_same else "noted", place, what, is_same)
    elif not only_here:
        what = _(
            "this copy goes on from here: it has {number} more ({which})",
            number=len(only_there),
            which=_which(only_there),
        )
        yield Fault("broken", place, what, _("take that copy for the register; this one is older"))
    else:
        what = _(
            "a fork: both have the same {n} lines, until {at}; then this register has {number} of its own ({here}), "
            "the copy {others} ({there})",
            n=common,
            at=log.entries[common - 1].at,
            number=len(only_here),
            here=_which(only_here),
            others=len(only_there),
            there=_which(only_there),
        )
        yield Fault("broken", place, what, _apart())


def _which(entries: Sequence[Entry]) -> str:
    return first_few([f"{one.case}/{one.name}" if one.name else f"{one.what} {one.case}" for one in entries], _SHOWN)


def read_head(text: str) -> "Head | str":
    """Return a head from a file that `head` wrote, or as somebody typed it from paper, `NUMBER:DIGEST`.

    Raises RiskEngineError where it is neither.
    """
    path = Path(text)
    if path.is_file():
        try:
            return Head.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise file_problem(
                path, _("this is no head of a register"), _("name what `register head --format json` wrote")
            ) from None
    number, _colon, digits = "".join(text.split()).lower().partition(":")
    if not number.isdecimal() or len(digits) < LEAST_DIGITS or set(digits) - set("0123456789abcdef"):
        message = _("`{text}` is neither a file nor a head like 17:3f9c2ab1d2e4f567", text=text)
        raise RiskEngineError(message, _("type the number, a colon, and at least {number} digits", number=LEAST_DIGITS))
    return f"{int(number)}:{digits}"


def _held(register: Path, log: Log, kept: "Head | str", keys: "Keys") -> Iterator[Fault]:
    n, digits = (kept.n, kept.head) if isinstance(kept, Head) else (int(kept.partition(":")[0]), kept.partition(":")[2])
    if isinstance(kept, Head):
        yield from _signed(kept.signature, kept.covered(), _("the head"), keys)
    backup = _("take the log back from a backup; whoever shortened or rewrote it knows why")
    if n <= len(log.entries) and log.entries[n - 1].digest.startswith(digits):
        yield Fault("noted", LOG, _("the head that was kept is line {n}: all up to it is as it was then", n=n))
    elif any(one.digest.startswith(digits) for path in log.entries[0].earlier for one in _earlier(register / path)):
        yield Fault("unchecked", LOG, _("the head that was kept is of a log that was put aside since"))
    elif n > len(log.entries):
        what = _(
            "the log was shortened: the head that was kept is line {n}, it has {number}", n=n, number=len(log.entries)
        )
        yield Fault("broken", LOG, what, backup)
    else:
        what = _(
            "line {n} is not the head that was kept: the log was rewritten, or is of a copy that was changed apart", n=n
        )
        yield Fault("broken", LOG, what, backup)


def _earlier(path: Path) -> Iterator[Entry]:
    yield from (one for one in map(read_line, path.read_bytes().split(b"\n")) if one) if path.is_file() else ()


def _signatures(log: Log, keys: "Keys") -> Iterator[Fault]:
    for entry in log.entries:
        if entry.what == "removed":
            what = _("line {n}, that {case} was removed", n=entry.n, case=entry.case)
            yield from _signed(entry.signature, entry.covered(), what, keys)


def _signed(signature: Signature | None, covered: str, what: str, keys: "Keys") -> Iterator[Fault]:
    """Yield what there is to say of a signature; it must be there where keys are named."""
    if signature is None:
        text = _("{what}: not signed, so nothing proves by whom", what=what)
        yield Fault("broken" if keys else "noted", LOG, text)
    elif signature.covers != covered:
        yield Fault("broken", LOG, _("{what}: a signature is of another record", what=what))
    elif (key := keys.get(signature.key)) is None:
        text = _(
            "{what}: signed with the key {name}; name its public half with --key", what=what, name=short(signature.key)
        )
        yield Fault("unchecked", LOG, text)
    else:
        from risk_engine.files.signing import is_signed

        if not is_signed(signature.covers, signature.value, key):
            yield Fault(
                "broken",
                LOG,
                _("{what}: the signature with the key {name} is not right", what=what, name=short(signature.key)),
            )


def links(folder: Path) -> Iterator[tuple[Path, Link]]:
    """Yield what is not as it was filed in a register, or in the folder of a case of one; nothing for other folders."""
    if (folder / ABOUT).is_file():
        found: Iterable[Fault] = verify(folder).faults
        register = folder
    elif (folder.parent / ABOUT).is_file():
        found, register = faults_of_case(folder), folder.parent
    else:
        return
    for one in found:
        way_out = f" ({one.way_out})" if one.way_out else ""
        yield register / one.place, Link(one.verdict, f"{one.what}{way_out}")
