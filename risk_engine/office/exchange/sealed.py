"""A file that one office signs and another reads: lines of canonical JSON, the last of them a signature over the rest.

It is one file of text, so there is nothing to unpack and no path in it. Nothing but its first line is read before the
signature holds; each line has the one form that it can have, so no key stands twice and no number is written otherwise.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

import orjson
from pydantic import ValidationError

from risk_engine.files.diagnostics import RiskEngineError, is_blank, printable, reason
from risk_engine.files.language import _
from risk_engine.files.plain import canonical, digest
from risk_engine.files.reading import read_bytes
from risk_engine.model.decision import Signature
from risk_engine.model.words import Model
from risk_engine.records.decisions import signed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

M = TypeVar("M", bound=Model)
MOST_BYTES: Final = 16 * 1024 * 1024
MOST_LINES: Final = 50_000
MOST_LINE: Final = 256 * 1024
MOST_TEXT: Final = 300
"""So many letters a text in a line may have."""
MOST_DEPTH: Final = 8
Purpose = Literal["precedents", "criteria-feed"]
"""What a file is: part of what is signed, so a signature on one kind fits no other."""


class RefusedError(RiskEngineError):
    """What came from outside is not taken: it is not signed by whom it should be, or not as it must be."""


class Sealed(NamedTuple):
    """A file as it was opened: what stands in its lines but the last, the key that signed them, and their digest."""

    name: str
    lines: tuple[bytes, ...]
    signature: Signature
    digest: str
    """SHA-256 of the content, the signature left out."""
    raw: bytes


def content_of(lines: tuple[bytes, ...]) -> bytes:
    """Return lines as they stand in the file: what is signed."""
    return b"".join(one + b"\n" for one in lines)


def seal(content: bytes, purpose: Purpose, key: "Ed25519PrivateKey") -> bytes:
    """Return a content with the line of its signature behind it."""
    made = signed(_covered(content, purpose), key)
    return content + canonical(made.model_dump(mode="json")) + b"\n"


def _covered(content: bytes, purpose: Purpose) -> str:
    return digest({"kind": purpose, "content": hashlib.sha256(content).hexdigest()})


def read_sealed(path: Path) -> Sealed:
    """Return the file at a path with its lines and its signature, neither checked yet; RiskEngineError for another."""
    try:
        raw = read_bytes(path, MOST_BYTES + 1)
    except OSError as error:
        message = _("{file}: the file cannot be read: {reason}", file=path, reason=reason(error))
        raise RiskEngineError(message) from error
    return sealed_in(raw, path.as_posix())


def sealed_in(raw: bytes, name: str) -> Sealed:
    """Return what bytes hold, as `read_sealed`."""
    if len(raw) > MOST_BYTES:
        raise unfit(name, _("it is larger than {size} MiB", size=MOST_BYTES // 1024**2))
    if not raw.startswith(b"{") or not raw.endswith(b"}\n"):
        raise unfit(name, _("it is no text of lines that are JSON, or its end is missing"))
    if raw.count(b"\n") > MOST_LINES:
        raise unfit(name, _("it has more than {number} lines", number=MOST_LINES))
    lines = tuple(raw.split(b"\n")[:-1])
    if any(len(one) > MOST_LINE for one in lines):
        raise unfit(name, _("a line of it is longer than {size} KiB", size=MOST_LINE // 1024))
    if len(lines) < 2:  # noqa: PLR2004 (a head and the signature)
        raise unfit(name, _("it has no signature"))
    signature = record_in(lines[-1], Signature, name, len(lines))
    content = content_of(lines[:-1])
    return Sealed(name, lines[:-1], signature, hashlib.sha256(content).hexdigest(), raw)


def check_signature(found: Sealed, purpose: Purpose, office: str, key: "Ed25519PublicKey") -> None:
    """Raise RiskEngineError where a file is not signed with the key of an office, the one that is pinned for it."""
    from risk_engine.files.signing import is_signed, key_id

    wanted = key_id(key)
    if found.signature.key != wanted:
        message = _(
            "it says that it is from {office}, and is signed with another key ({key}) than the one that is pinned for "
            "that office ({pinned})",
            office=office,
            key=found.signature.key,
            pinned=wanted,
        )
        way_out = _(
            "somebody else made it, or the office has a new key: ask there, by telephone, before you pin another one"
        )
        raise unfit(found.name, message, way_out)
    covered = _covered(content_of(found.lines), purpose)
    if found.signature.covers != covered or not is_signed(covered, found.signature.value, key):
        message = _("the signature with the key of {office} is not over this content: it was changed", office=office)
        raise unfit(found.name, message, _("ask {office} for it again", office=office))


def record_in(line: bytes, model: type[M], name: str, number: int) -> M:
    """Return the record in a line; RiskEngineError where it is not in its one form, or is no such record."""
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise unfit(name, _("line {number} is no JSON", number=number)) from None
    _check_texts(data, name, number)
    try:
        if canonical(data) != line:
            message = _("line {number} is not written in the one form that it can have", number=number)
            raise unfit(name, message)
        return model.model_validate_json(line)
    except (TypeError, ValueError) as error:
        place = ""
        if isinstance(error, ValidationError):
            place = ".".join(str(one) for one in error.errors(include_url=False)[0]["loc"])
        message = _("line {number} is not what it should be (at `{place}`)", number=number, place=printable(place)[:80])
        raise unfit(name, message) from None


def _check_texts(data: object, name: str, number: int, depth: int = 0) -> None:
    """Raise RiskEngineError for what lies too deep, and for texts that hide something or are too long."""
    if depth > MOST_DEPTH:
        raise unfit(name, _("line {number} goes deeper than {depth} levels", number=number, depth=MOST_DEPTH))
    match data:
        case str() if len(data) > MOST_TEXT or printable(data) != data or "\t" in data or (data and is_blank(data)):
            message = _("a text in line {number} is too long, or holds what nobody can see", number=number)
            raise unfit(name, message)
        case dict():
            for key, value in data.items():
                _check_texts(key, name, number, depth + 1)
                _check_texts(value, name, number, depth + 1)
        case list():
            for one in data:
                _check_texts(one, name, number, depth + 1)
        case _:
            pass


def unfit(name: str, message: str, way_out: str = "") -> RefusedError:
    """Return the error that nothing of a file is taken, and why."""
    told = _("{file}: nothing of it was taken: {why}", file=printable(name), why=message)
    return RefusedError(told, way_out)


def fingerprint(key: str) -> str:
    """Return the id of a key as people read it out to each other: groups of four."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
