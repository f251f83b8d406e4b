"""The log of the office application as it leaves it: lines of JSON that hold without the office.

Each event holds the hash of the one before. What it was about stands beside it under a commitment, and may be erased,
or not be for whoever took the log out: the chain holds without it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from risk_engine.files.diagnostics import file_problem, reason
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.model.words import Model
from risk_engine.records.verify import Link, broken, holds, noted

FIRST: Final = "0" * 64
"""What stands in the first event where others name the one before."""
SHOWN: Final = 16
"""So many digits of a head are shown."""


class EventBody(Model):
    """What of an event is hashed: no names and no content."""

    number: int = Field(ge=1)
    at: str
    person: int | None
    verb: str
    case: str
    commitment: str


class LogLine(EventBody):
    """An event as a line of the file; without salt and detail where these were erased, or not to be seen."""

    previous: str
    hash: str
    salt: str | None = None
    detail: dict[str, Any] | None = None


def commitment(salt: str, detail: Mapping[str, Any]) -> str:
    """Return what proves a detail that is there, and says nothing of one that is not."""
    return hashlib.sha256(salt.encode() + canonical(detail)).hexdigest()


def event_hash(previous: str, event: EventBody) -> str:
    """Return the hash of an event: of what it says and of the hash of the one before."""
    body = event.model_dump(include=set(EventBody.model_fields))
    return hashlib.sha256(previous.encode() + canonical(body)).hexdigest()


def read_log(path: Path) -> list[LogLine | int]:
    """Return the lines of a file; of one that is no event its number there. InvalidSourceError where none is one."""
    try:
        raw = read_bytes(path)
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    found = [_line(number, text) for number, text in enumerate(raw.split(b"\n"), 1) if text.strip()]
    if not any(isinstance(one, LogLine) for one in found):
        message = _("this is no log of the office: none of its lines is an event")
        raise file_problem(path, message, _("it is what the page of the log gives as a file"))
    return found


def _line(number: int, text: bytes) -> LogLine | int:
    try:
        return LogLine.model_validate(json.loads(text))
    except (ValueError, ValidationError, RecursionError):
        return number


def links(lines: Iterable[LogLine | int], head: tuple[int, str] | None = None) -> Iterator[Link]:
    """Yield what is wrong with a log, each with the number of the event, else that it holds; notes on details.

    `head` is number and hash (or its first digits) of an event, as somebody kept them elsewhere.
    """
    several = list(lines)
    events = [one for one in several if isinstance(one, LogLine)]
    faults = [
        *(broken(_("line {number}: this is no event", number=one)) for one in several if isinstance(one, int)),
        *_faults(events),
        *_against(events, head),
    ]
    yield from faults
    if not faults:
        last = events[-1]
        of = ngettext("{number} event", "{number} events", len(events))
        yield holds(_("{events}, the head is {head}", events=of, head=f"{last.number}:{last.hash[:SHOWN]}"))
    if without := sum(one.detail is None for one in events):
        yield noted(
            ngettext("{number} event is without its detail", "{number} events are without their details", without)
        )


def _faults(events: list[LogLine]) -> Iterator[Link]:
    by_number = {one.number: one for one in events}
    gone = sorted({*range(1, max(by_number) + 1)} - set(by_number))
    yield from (broken(_("event {number}: missing", number=one)) for one in gone)
    before = 0
    for one in events:
        if one.number <= before:
            yield broken(_("event {number}: stands behind event {other}", number=one.number, other=before))
        before = max(before, one.number)
        earlier = by_number.get(one.number - 1)
        if one.hash != event_hash(one.previous, one):
            yield broken(_("event {number}: changed", number=one.number))
        elif one.number == 1 and one.previous != FIRST:
            yield broken(_("event {number}: names another as the one before", number=1))
        elif earlier is not None and one.previous != earlier.hash:
            yield broken(_("event {number}: names another as the one before", number=one.number))
        if one.detail is not None and one.commitment != commitment(one.salt or "", one.detail):
            yield broken(_("event {number}: its detail was changed", number=one.number))


def _against(events: list[LogLine], head: tuple[int, str] | None) -> Iterator[Link]:
    if head is None:
        return
    number, digits = head
    found = next((one for one in events if one.number == number), None)
    if found is None:
        yield broken(_("event {number}: the head that was kept names it, and it is not there", number=number))
    elif not found.hash.startswith(digits):
        yield broken(_("event {number}: it is another one than the head that was kept names", number=number))
