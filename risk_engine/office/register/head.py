"""The head of a log, which kept elsewhere tells whether the log is the same still; how two logs stand to each other."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError

from risk_engine.files.diagnostics import RiskEngineError, file_problem, reason
from risk_engine.files.language import _, first_few
from risk_engine.files.plain import digest as digest_of
from risk_engine.files.reading import read_bytes
from risk_engine.model.decision import Signature
from risk_engine.model.words import Digest, Model
from risk_engine.office.register.folder import check_register
from risk_engine.office.register.log import LOG, Entry, Fault, Log, log_state, read_line
from risk_engine.records.criteria import KEPT
from risk_engine.records.decisions import signed
from risk_engine.records.verify import short

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    Keys = Mapping[str, Ed25519PublicKey]

LEAST_DIGITS = 16
"""So many digits of a head that somebody types from paper tell it from any other."""
SHOWN = 4
"""So many lines of a log are named at most."""


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


def head_of(register: Path, key: "Ed25519PrivateKey | None" = None) -> Head:
    """Return the head of a register, signed where there is a key; RiskEngineError where its log does not hold."""
    check_register(register)
    state = log_state(register, anew=True)
    if state.fault is not None:
        raise RiskEngineError(f"{register / state.fault.place}: {state.fault.what}", state.fault.way_out)
    if state.log is None:
        raise file_problem(register, _("this register has no log"), without_log(register))
    head = head_of_log(state.log)
    if key is None:
        return head
    return head.model_copy(update={"signature": signed(head.covered(), key)})


def head_of_log(log: Log) -> Head:
    """Return the head of a log that holds."""
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


def without_log(register: Path) -> str:
    """Return the way out of a register that has no log."""
    return _("`risk-engine register begin {folder}` begins one, and so does the next `add`", folder=register)


def apart() -> str:
    """Return the way out of copies that were changed apart."""
    return _(
        "keep one copy as the register, put what only the other has elsewhere and file it with `risk-engine register "
        "add`; `risk-engine register verify ONE --copy OTHER` says what that is"
    )


def copies(log: Log, copy: Path) -> Iterator[Fault]:
    """Yield how the log of another copy of the register stands to this one; RiskEngineError if it cannot be read."""
    path = copy / LOG if copy.is_dir() else copy
    try:
        entries = [one for one in map(read_line, read_bytes(path).split(b"\n")) if one]
    except OSError as error:
        message = _("{path}: the log cannot be read: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message, _("name another copy of the register, or its log")) from error
    yield from against(f"{copy.absolute()}", log, entries, "")


def against(place: str, log: Log, other: Sequence[Entry], is_same: str) -> Iterator[Fault]:
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
        yield Fault("broken", place, what, apart())


def _which(entries: Sequence[Entry]) -> str:
    return first_few([f"{one.case}/{one.name}" if one.name else f"{one.what} {one.case}" for one in entries], SHOWN)


def read_head(text: str) -> "Head | str":
    """Return a head from a file that `head` wrote, or as somebody typed it from paper, `NUMBER:DIGEST`.

    Raises RiskEngineError where it is neither.
    """
    path = Path(text)
    if path.is_file():
        try:
            return Head.model_validate_json(read_bytes(path))
        except (OSError, ValidationError):
            raise file_problem(
                path, _("this is no head of a register"), _("name what `register head --format json` wrote")
            ) from None
    number, _colon, digits = "".join(text.split()).lower().partition(":")
    if not number.isdecimal() or len(digits) < LEAST_DIGITS or set(digits) - set("0123456789abcdef"):
        message = _("`{text}` is neither a file nor a head like 17:3f9c2ab1d2e4f567", text=text)
        raise RiskEngineError(message, _("type the number, a colon, and at least {number} digits", number=LEAST_DIGITS))
    return f"{int(number)}:{digits}"


def held(register: Path, log: Log, kept: "Head | str", keys: "Keys") -> Iterator[Fault]:
    """Yield how a log stands to a head that was kept elsewhere."""
    n, digits = (kept.n, kept.head) if isinstance(kept, Head) else (int(kept.partition(":")[0]), kept.partition(":")[2])
    if isinstance(kept, Head):
        yield from _signed(kept.signature, kept.covered(), _("the head"), keys)
    backup = _("take the log back from a backup")
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
    yield from (one for one in map(read_line, read_bytes(path).split(b"\n")) if one) if path.is_file() else ()


def signatures(log: Log, keys: "Keys") -> Iterator[Fault]:
    """Yield what there is to say of the signatures on removals."""
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
