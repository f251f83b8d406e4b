"""What a look found for other programs: a calendar of what is due (RFC 5545), a feed (RFC 4287), a mail (RFC 5322)."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from risk_engine.files.diagnostics import printable
from risk_engine.files.language import _, current
from risk_engine.files.plain import digest
from risk_engine.office.monitor.changes import Change, Report
from risk_engine.office.monitor.wording import as_lines, day_of, gravity_words, heading, text, title
from risk_engine.version import __version__

OCTETS: Final = 75
"""So many octets a line of a calendar has at most, its end left out (RFC 5545, section 3.1)."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What neither XML nor a calendar may hold."""


def calendar(report: Report, root: str, now: datetime) -> bytes:
    """Return a calendar with a whole day for each change that has one: what is due, and when versions come into force.

    `root` is what the register is known by, `now` when it is written. An event is known by what it is about: whoever
    takes the next calendar in finds it again, on another day if it was moved. What is due has its day also where
    somebody acknowledged that it is.
    """
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//risk-engine//monitor {__version__}//{current().upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    every = (*report.changes, *report.quiet)
    dated = [(day, one) for one in every if (day := day_of(one)) is not None and day < date.max]
    alike = Counter[str]()
    for day, change in sorted(dated, key=lambda one: one[0]):
        key = known_as(change, root)
        alike[key] += 1
        lines += _event(change, day, stamp, key if alike[key] == 1 else f"{key}-{alike[key]}")
    lines.append("END:VCALENDAR")
    return b"".join(folded(one) for one in lines)


def _event(change: Change, day: date, stamp: str, known: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{known}@monitor.risk-engine"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(title(change.kind, change.about))}"
    yield f"DESCRIPTION:{_escaped(chr(10).join((*as_lines(change), change.id)))}"
    yield f"CATEGORIES:{_escaped(gravity_words(change.gravity))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def known_as(change: Change, root: str) -> str:
    """Return what an event is known by: it stays the same when it is moved, and when what was coming is overdue.

    A day of criteria is that day.
    """
    moves = {"overdue", "digest"} | (set() if change.kind == "day" else {"day"})
    about = {key: value for key, value in change.about.items() if key not in moves}
    return digest({"kind": change.kind, "register": root, **about})[:32]


def _escaped(value: str) -> str:
    plain = _CONTROL.sub("", value)
    plain = plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return re.sub(r"\r\n|\r|\n", r"\\n", plain)


def folded(line: str) -> bytes:
    """Return a line of a calendar with its end, in pieces of at most 75 octets; no character is cut in two."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode("utf-8", "replace")
        # Each piece but the first begins with a space.
        if len(piece) + len(octets) > OCTETS - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"


def feed(report: Report, root: str) -> bytes:
    """Return a feed with an entry for each change; `root` is what the register is known by.

    An entry is known by the id of its change, and is of the day on which that was first found; one to which cases came
    is of the day of this look.
    """
    own = f"urn:risk-engine:register:{root or 'without-log'}"
    of_feed = _("What changed: {register}", register=report.register)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(current())}>',
        f"  <id>{escape(own)}</id>",
        f"  <title>{_xml(of_feed)}</title>",
        f"  <updated>{_at(report.on)}</updated>",
        "  <author><name>risk-engine</name></author>",
        f"  <generator version={quoteattr(__version__)}>risk-engine</generator>",
        f"  <subtitle>{_xml(heading(report))}</subtitle>",
    ]
    for change in report.changes:
        first = change.first or report.on
        updated = report.on if change.new else first
        weight = quoteattr(change.gravity.name.lower())
        lines += (
            "  <entry>",
            f"    <id>{escape(own)}:change:{change.id}</id>",
            f"    <title>{_xml(title(change.kind, change.about))}</title>",
            f"    <published>{_at(first)}</published>",
            f"    <updated>{_at(updated)}</updated>",
            f"    <category term={weight} label={_attribute(gravity_words(change.gravity))}/>",
            f'    <content type="text">{_xml(chr(10).join(as_lines(change)))}</content>',
            "  </entry>",
        )
    lines.append("</feed>")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _at(day: date) -> str:
    return datetime.combine(day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(value: str) -> str:
    return escape(_CONTROL.sub("", value))


def _attribute(value: str) -> str:
    return quoteattr(_CONTROL.sub("", value))


def mail(report: Report) -> bytes:
    """Return a mail without sender and receiver: a subject, and the report as text; nothing sends it."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(printable(heading(report)).split())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(map(printable, text(report))) + "\n", charset="utf-8", cte="quoted-printable")
    return message.as_bytes()
