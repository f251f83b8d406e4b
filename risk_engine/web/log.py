"""The log: each event holds the hash of the one before, so nothing in between goes missing or changes unnoticed.

Names and contents stand apart, under a commitment, and may be erased; the chain holds without them. Whoever owns the
database can write the whole chain anew: so its head leaves the house, in documents and in what the auditor gets.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from risk_engine.records.office_log import FIRST, EventBody, LogLine, commitment, event_hash
from risk_engine.web.models import Case, Event, EventDetail, Person


def alone_in(what: str) -> None:
    """Let one transaction after the other go on with a chain; on SQLite one that writes is alone.

    A lock of the last row is not enough: who waited for it would go on with that row, though another is the last now.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"risk_engine.{what}"])


_TOKEN: ContextVar[int | None] = ContextVar("token", default=None)


@contextmanager
def by_token(number: int | None) -> Iterator[None]:
    """Let events say by which token they came about, while a program is answered that came with one."""
    before = _TOKEN.set(number)
    try:
        yield
    finally:
        _TOKEN.reset(before)


@transaction.atomic
def note(verb: str, person: Person | None = None, case: Case | None = None, **detail: Any) -> Event:
    """Add an event to the log, in the transaction of what it tells of."""
    alone_in("log")
    head = Event.objects.order_by("-number").first()
    if (token := _TOKEN.get()) is not None:
        detail["token"] = token
    salt = secrets.token_hex(16)
    event = Event(
        number=head.number + 1 if head else 1,
        previous=head.hash if head else FIRST,
        at=datetime.now(UTC),
        person=person.pk if person else None,
        verb=verb,
        case=case.number if case else "",
        commitment=commitment(salt, detail),
    )
    event.hash = _hash(event)
    event.save(force_insert=True)
    EventDetail(event=event, salt=salt, detail=detail).save(force_insert=True)
    return event


def problems(events: Iterable[Event] | None = None) -> Iterator[str]:
    """Yield what is wrong with the log: links that do not hold, details that are not what was committed to.

    Of this office's log, or of events that come from elsewhere, in their order.
    """
    previous, number = FIRST, 0
    for event in Event.objects.select_related("detail").order_by("number").iterator() if events is None else events:
        number += 1
        if event.number != number:
            yield f"{number}: missing"
            number = event.number
        if event.previous != previous or event.hash != _hash(event):
            yield f"{event.number}: changed"
        detail: EventDetail | None = getattr(event, "detail", None)
        if detail is not None and event.commitment != commitment(detail.salt, detail.detail):
            yield f"{event.number}: detail changed"
        previous = event.hash


def head() -> tuple[int, str]:
    """Return number and hash of the last event."""
    event = Event.objects.order_by("-number").first()
    return (event.number, event.hash) if event else (0, FIRST)


def verbs() -> list[str]:
    """Return what is told of in the log: where one ends in the index the next is looked for, not at each event."""
    table = Event._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE found(verb) AS (SELECT min(verb) FROM {table} UNION ALL SELECT (SELECT min(verb)"  # noqa: S608
            f" FROM {table} WHERE verb > found.verb) FROM found WHERE found.verb IS NOT NULL)"
            " SELECT verb FROM found WHERE verb IS NOT NULL"
        )
        return [verb for (verb,) in cursor.fetchall()]


def lines(visible: QuerySet[Case]) -> Iterator[LogLine]:
    """Yield the whole chain as it leaves the office; details of cases that somebody does not see stay here."""
    seen = set(visible.values_list("number", flat=True))
    for event in Event.objects.select_related("detail").order_by("number").iterator():
        detail: EventDetail | None = getattr(event, "detail", None)
        shown = detail if not event.case or event.case in seen else None
        yield LogLine(
            **dict(_body(event)),
            previous=event.previous,
            hash=event.hash,
            salt=shown.salt if shown else None,
            detail=shown.detail if shown else None,
        )


def _body(event: Event) -> EventBody:
    return EventBody(
        number=event.number,
        at=event.at.isoformat(),
        person=event.person,
        verb=event.verb,
        case=event.case,
        commitment=event.commitment,
    )


def _hash(event: Event) -> str:
    return event_hash(event.previous, _body(event))
