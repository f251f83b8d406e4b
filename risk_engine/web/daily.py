"""What the office does each day: tell of what is due, end what was kept, send the head of the log away."""

from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from risk_engine.files.language import spoken_by
from risk_engine.web import erased, evidence, log, many, monitoring, outbox, rechecks, retention
from risk_engine.web.models import BroughtTable, Case, CaseDue, Consultation, Evidence, Invitation, Outbox, Person
from risk_engine.web.rights import may
from risk_engine.web.table_text import TablesText
from risk_engine.web.words import ActName, MailKind, RetentionKind, Role, State

BEFORE: Final = timedelta(days=7)
"""So long before a day people are told of it."""
READING: Final = 120
"""Seconds for which files are read each day: mail waits meanwhile."""


def run(day: date) -> None:
    """Do all of it for a day; what was told once is not told again."""
    _tell_of_days(day)
    _tell_of_invitations()
    retention.run(day)
    evidence.sweep()
    many.clear(None if RetentionKind.TABLE in retention.standing() else many.KEPT)
    _read_files()
    erased.keep()
    rechecks.begin_if_changed()
    rechecks.clear()
    monitoring.begin_day()
    _tell_head(day)


def _tell_of_days(day: date) -> None:
    until = day + BEFORE
    for one in Case.objects.filter(state=State.IN_REVIEW, due__range=(day, until)).select_related("reviewer"):
        if one.reviewer is not None:
            whom = [one.reviewer] if may(one.reviewer, ActName.REVIEW, one) else outbox.whose(one)
            outbox.post(MailKind.DUE, whom, one, once=f"review {one.number} {one.round} {one.due}")
    asked = Consultation.objects.filter(withdrawn=False, due__range=(day, until)).exclude(case__state=State.CLOSED)
    for asking in asked.select_related("case", "person"):
        path = f"/cases/{asking.case.number}/opinions"
        outbox.post(MailKind.DUE, [asking.person], asking.case, path, once=f"asked {asking.pk}")
    told = CaseDue.objects.filter(day__range=(day, until), case__state__in=[State.DECIDED, State.CLOSED])
    for due in told.exclude(what="retention").select_related("case").order_by("pk"):
        case = due.case
        outbox.post(MailKind.DUE, outbox.whose(case), case, once=f"due {case.number} {case.round} {due.day}")


def _tell_of_invitations() -> None:
    now = timezone.now()
    ending = Invitation.objects.filter(revoked=False, sent=None, expires__range=(now, now + timedelta(days=2)))
    for one in ending.select_related("case", "by"):
        path = f"/cases/{one.case.number}/invitations"
        outbox.post(MailKind.EXPIRES, [one.by], one.case, path, once=f"invitation {one.pk}")


def _read_files() -> None:
    """Read what was uploaded or brought, so that nobody waits for it who looks for somebody's data."""
    texts = evidence.texts(READING)
    for digest, name in Evidence.objects.exclude(name="").order_by("-pk").values_list("sha256", "name"):
        texts.of(digest, name)
    tables = TablesText(READING)
    for table in BroughtTable.objects.order_by("-pk"):
        tables.keep(table)


def _tell_head(day: date) -> None:
    """Let the head of the log leave the house: who owns the database can write the chain anew, but not that mail."""
    number, head = log.head()
    auditors = Person.objects.filter(is_active=True, memberships__role=Role.AUDITOR, memberships__faculty=None)
    for person in auditors.distinct():
        Outbox.objects.get_or_create(
            once=f"head {day} {person.pk}",
            defaults={
                "kind": MailKind.HEAD,
                "person": person,
                "language": spoken_by("outside", person.language),
                "path": f"{day} {number} {head}",
            },
        )
