"""What the office does each day: tell of what is due, of invitations that end, and send the head of the log away."""

from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from risk_engine.files.language import spoken_by
from risk_engine.web import cases, log, outbox
from risk_engine.web.decisions import assessment_of, decision_of
from risk_engine.web.models import Case, Consultation, Invitation, Outbox, Person
from risk_engine.web.rights import may
from risk_engine.web.words import ActName, MailKind, Role, SealedKind, State

BEFORE: Final = timedelta(days=7)
"""So long before a day people are told of it."""


def run(day: date) -> None:
    """Do all of it for a day; what was told once is not told again."""
    _tell_of_days(day)
    _tell_of_invitations()
    _tell_head(day)


def _tell_of_days(day: date) -> None:
    until = day + BEFORE
    for one in Case.objects.filter(state=State.IN_REVIEW, due__range=(day, until)).select_related("reviewer"):
        if one.reviewer is not None:
            whom = [one.reviewer] if may(one.reviewer, ActName.REVIEW, one) else _whose(one)
            outbox.post(MailKind.DUE, whom, one, once=f"review {one.number} {one.due}")
    asked = Consultation.objects.filter(withdrawn=False, due__range=(day, until)).exclude(case__state=State.CLOSED)
    for asking in asked.select_related("case", "person"):
        path = f"/cases/{asking.case.number}/opinions"
        outbox.post(MailKind.DUE, [asking.person], asking.case, path, once=f"asked {asking.pk}")
    for case in Case.objects.filter(state=State.DECIDED):
        for due in sorted(days_of(case)):
            if day <= due <= until:
                outbox.post(MailKind.DUE, _whose(case), case, once=f"due {case.number} {due}")


def _whose(case: Case) -> list[Person]:
    """Return who worked on a case; where nobody of them is there any more, who may go on with it."""
    worked = [one for one in outbox.assessors(case, case.round) if may(one, ActName.ASSESS, case)]
    people = Person.objects.filter(is_active=True).order_by("pk")
    return worked or [one for one in people if may(one, ActName.ASSESS, case)]


def days_of(case: Case) -> set[date]:
    """Return the days of a decided case: of its conditions, and when it is looked at again."""
    decision, assessment = cases.filed(case, SealedKind.DECISION), cases.filed(case, SealedKind.ASSESSMENT)
    days = {one.due for one in decision_of(decision).conditions if one.due is not None} if decision else set()
    return days | ({assessment_of(assessment).review_due} if assessment else set())


def _tell_of_invitations() -> None:
    now = timezone.now()
    ending = Invitation.objects.filter(revoked=False, sent=None, expires__range=(now, now + timedelta(days=2)))
    for one in ending.select_related("case", "by"):
        path = f"/cases/{one.case.number}/invitations"
        outbox.post(MailKind.EXPIRES, [one.by], one.case, path, once=f"invitation {one.pk}")


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
                "language": spoken_by("guest", person.language),
                "path": f"{day} {number} {head}",
            },
        )
