"""The log of what a register exchanges with other offices: whose keys it trusts, what left, came and was adopted.

It lies in the register, `exchange/LOG.jsonl`, a line for each thing that somebody did, each over the one before it.
What holds now is worked out from it when somebody reads; nothing of a package or a feed says whom to trust.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple, TypeAlias

import orjson
from pydantic import Field, ValidationError

from risk_engine.files.diagnostics import RiskEngineError, is_blank, printable, reason
from risk_engine.files.language import _
from risk_engine.files.plain import canonical, digest
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import make_folder, write_once
from risk_engine.model.words import Digest, Model
from risk_engine.office.register.folder import EXCHANGED, check_register, is_exchange, safe_name
from risk_engine.office.register.lock import locked, user
from risk_engine.office.register.log import LOG, NOTHING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

What: TypeAlias = Literal["key added", "key removed", "sent", "came", "feed seen", "adopted", "refused"]
RECEIVED: Final = "received"
SENT: Final = "sent"
_Absent = Annotated[str, Field(exclude_if=lambda value: not value)]


class Event(Model):
    """One thing that somebody did."""

    n: int = Field(ge=1, description="Which line it is, from 1.")
    at: str = Field(description="When, in UTC, as the clock of that machine said.")
    by: str = Field(description="Who did it, as they said, else who was at work on that machine.")
    what: What
    reason: _Absent = Field("", description="Why.")
    office: _Absent = Field("", description="Whose key, package or feed.")
    key: _Absent = Field("", description="The SHA-256 of the public key.")
    pem: _Absent = Field("", description="Of a key that is pinned: its public half.")
    about: _Absent = Field("", description="The set of a package, or the version of a set, `SET@1.0.0`.")
    number: int = Field(0, exclude_if=lambda value: not value, description="Of a package, or of the index of a feed.")
    content: _Absent = Field("", description="The SHA-256 of what was signed, or of the rules of a version.")
    file: _Absent = Field("", description="Where it is kept, in the folder of the exchange.")
    to: _Absent = Field("", description="Of what left: for whom.")
    pool: int = Field(0, exclude_if=lambda value: not value, description="Of what left: of so many decided cases.")
    pool_digest: _Absent = Field("", description="SHA-256 over these cases: whether others came is told by it.")
    withdrawn: bool = Field(default=False, exclude_if=lambda value: not value, description="Of a package.")
    releases: dict[str, Digest] = Field({}, exclude_if=lambda value: not value, description="Of a feed: what it named.")
    before: Digest = Field(description="The digest of the line before; zeros where there is none.")
    digest: Digest = Field(description="SHA-256 over the canonical form of all the rest.")

    def line(self) -> bytes:
        """Return it as it stands in the log."""
        return canonical(self.model_dump(mode="json")) + b"\n"


def _sealed(**said: Any) -> Event:
    event = Event.model_validate({**said, "digest": NOTHING})
    plain = event.model_dump(mode="json", exclude={"digest"})
    return event.model_copy(update={"digest": digest(plain)})


class Pinned(NamedTuple):
    """The key that is trusted for an office, and the line that says so."""

    office: str
    key: str
    event: Event

    def public(self) -> "Ed25519PublicKey":
        """Return the key itself."""
        from risk_engine.files.signing import public_key

        return public_key(self.event.pem.encode(), f"{EXCHANGED}/{LOG}")


def folded(office: str) -> str:
    """Return the name of an office as it is compared: case and spaces make no other one."""
    import unicodedata

    return " ".join(unicodedata.normalize("NFKC", office).casefold().split())


_ALIKE = ("LATIN", "CYRILLIC", "GREEK")
"""Alphabets with letters that nobody can tell apart."""


def mixes_alphabets(office: str) -> bool:
    """Return whether a word of a name has letters of two alphabets that look alike: it would pass for another name."""
    import unicodedata

    def alphabets(word: str) -> set[str]:
        return {unicodedata.name(letter, "").partition(" ")[0] for letter in word}.intersection(_ALIKE)

    return any(len(alphabets(word)) > 1 for word in office.split())


@dataclass
class Journal:
    """The log, as far as it goes, and what follows from it."""

    register: Path
    events: list[Event] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where it lies, with what came and what left."""
        return self.register / EXCHANGED

    def keys(self) -> dict[str, Pinned]:
        """Return the keys that are trusted now, by the name of the office as it is compared."""
        found: dict[str, Pinned] = {}
        for one in self.events:
            if one.what == "key added":
                found[folded(one.office)] = Pinned(one.office, one.key, one)
            elif one.what == "key removed":
                found.pop(folded(one.office), None)
        return found

    def pinned(self, office: str) -> Pinned:
        """Return the key that is trusted for an office; RiskEngineError where none is."""
        found = self.keys().get(folded(office))
        if found is None:
            message = _("no key of {office} is pinned in this register", office=printable(office))
            way_out = _(
                "ask that office for its public key, compare the fingerprint by telephone, then `risk-engine exchange "
                "keys add`; a package or a feed never says itself whom to trust"
            )
            raise RiskEngineError(message, way_out)
        return found

    def of(self, what: What, office: str = "", about: str = "") -> list[Event]:
        """Return what was done of one kind, the oldest first; of one office, about one set or version."""
        return [
            one
            for one in self.events
            if one.what == what
            and (not office or folded(one.office) == folded(office))
            and (not about or one.about == about)
        ]


def read_journal(register: Path) -> Journal:
    """Return the log of a register's exchange, empty where there is none yet.

    Raises RiskEngineError for what is no register, and where a line was edited, taken out or put in.
    """
    check_register(register)
    path = register / EXCHANGED / LOG
    try:
        raw = read_bytes(path)
    except FileNotFoundError:
        return Journal(register)
    except OSError as error:
        message = _("{path}: the log cannot be read: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message) from error
    events: list[Event] = []
    lines = raw.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        event = _event(line)
        if event is None or event.n != number or event.before != (events[-1].digest if events else NOTHING):
            message = _("{path}: line {number} was edited, or lines were taken out or put in", path=path, number=number)
            raise RiskEngineError(message, _("take the file back from a backup; nothing is exchanged until it holds"))
        events.append(event)
    if lines[-1]:
        message = _("{path}: its last line is not whole: it was cut off", path=path)
        raise RiskEngineError(message, _("take the file back from a backup; nothing is exchanged until it holds"))
    return Journal(register, events)


def _event(line: bytes) -> Event | None:
    try:
        data = orjson.loads(line)
        event = Event.model_validate_json(line)
    except (ValueError, ValidationError):
        return None
    whole = canonical(data) == line and event.digest == digest({k: v for k, v in data.items() if k != "digest"})
    return event if whole else None


@contextlib.contextmanager
def writing(register: Path) -> Iterator[Journal]:
    """Hold the exchange of a register while something is written to it, and yield its log as it stands then.

    The lock is one of its own: what somebody left who was killed while filing is for the next one who files.
    """
    check_register(register)
    folder = register / EXCHANGED
    if folder.is_dir() and not is_exchange(folder) and any(folder.iterdir()):
        message = _("{folder}: this is the folder of a case, and what is exchanged needs its name", folder=folder)
        raise RiskEngineError(message, _("keep what is exchanged in a register of its own"))
    make_folder(folder)
    try:
        with locked(folder):
            yield read_journal(register)
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()  # where nothing was written: it is no folder of a case


def append(journal: Journal, what: What, *, by: str | None = None, why: str = "", **said: Any) -> Event:
    """Add a line to the log, with the lock held; RiskEngineError where it cannot be written."""
    before = journal.events[-1].digest if journal.events else NOTHING
    event = _sealed(
        n=len(journal.events) + 1,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        by=user() if by is None or is_blank(by) else by,
        what=what,
        reason=why,
        before=before,
        **said,
    )
    path = journal.folder / LOG
    try:
        make_folder(journal.folder)
        with path.open("ab") as file:
            file.write(event.line())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        message = _("{path}: the log cannot be written: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message) from error
    journal.events.append(event)
    return event


def keep(journal: Journal, folder: str, name: str, content: bytes) -> str:
    """Keep a file that came or left, for reading alone; return where, in the folder of the exchange."""
    make_folder(journal.folder)
    make_folder(journal.folder / folder)
    path = journal.folder / folder / name
    try:
        write_once(path, content, mode=0o444)
    except FileExistsError:
        if read_bytes(path) != content:
            message = _("{path}: a file of this name is there and cannot be used", path=path)
            raise RiskEngineError(message, _("move that file elsewhere, then give the command again")) from None
    return f"{folder}/{name}"


def file_name(office: str, about: str, number: int, content: str) -> str:
    """Return the name under which a package is kept: what it says of itself makes no path."""
    return f"{safe_name(office)}.{safe_name(about)}.{number:06d}.{content[:16]}.jsonl"


# --- whose keys are trusted ---


def pin(register: Path, office: str, pem: bytes, shown_as: str, *, by: str, why: str) -> Pinned:
    """Trust a public key for an office from now on; the same key again changes nothing.

    Raises RiskEngineError where another key is pinned for that office, this key for another one, the name is none, or
    the file holds no key.
    """
    from risk_engine.files.signing import key_id, public_key

    check_register(register)
    key = key_id(public_key(pem, shown_as))
    for what, text in ((_("the name of the office"), office), (_("who pins it"), by), (_("the reason"), why)):
        if is_blank(text) or printable(text) != text or len(text) > 300:  # noqa: PLR2004 (as in sealed.py)
            raise RiskEngineError(_("{what} is missing, or cannot be written", what=what))
    if mixes_alphabets(office):
        message = _("`{office}`: a word of this name has letters of two alphabets that look alike", office=office)
        raise RiskEngineError(message, _("type the name yourself, as that office writes it: do not copy it"))
    with writing(register) as journal:
        known = journal.keys()
        there = known.get(folded(office))
        if there is not None and there.key == key:
            return there
        if there is not None:
            message = _(
                "another key is pinned for {office}, since {day} by {by}: {key}",
                office=there.office,
                day=there.event.at[:10],
                by=there.event.by,
                key=there.key,
            )
            way_out = _(
                "an office that has a new key says so in person: ask there first, then remove the old key with the "
                "reason (`risk-engine exchange keys remove`) and add the new one"
            )
            raise RiskEngineError(message, way_out)
        other = next((one for one in known.values() if one.key == key), None)
        if other is not None:
            message = _("this key is pinned for {office} already", office=other.office)
            raise RiskEngineError(message, _("two offices have a key each; under which name does this one go?"))
        text = pem.decode("ascii", "replace")
        event = append(journal, "key added", by=by, why=why, office=office, key=key, pem=text)
        return Pinned(office, key, event)


def unpin(register: Path, office: str, *, by: str, why: str) -> Pinned:
    """Trust the key of an office no more; RiskEngineError where none is pinned, or no reason is given."""
    if is_blank(why):
        raise RiskEngineError(_("a reason is needed"), _("say it in a sentence: --reason TEXT"))
    with writing(register) as journal:
        there = journal.pinned(office)
        append(journal, "key removed", by=by, why=why, office=there.office, key=there.key)
        return there
