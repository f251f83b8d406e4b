"""Mail: written down with the act that it tells of, sent by the worker, at least once. It holds a number and a link.

A row is made in the act's transaction, so that there is no act without its mail and no mail without its act. Who may no
longer see the case when it is sent gets nothing.
"""

import hashlib
import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException
from typing import Final, Literal, TypeVar, assert_never

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from risk_engine.files.language import _, in_language, spoken_by
from risk_engine.web import second_person
from risk_engine.web.models import Act, Case, Invitation, Job, Outbox, Person
from risk_engine.web.rights import cases_for, deputies_of, may
from risk_engine.web.words import ActName, MailKind

AGAIN: Final = timedelta(minutes=10)
"""Whatever was taken and not done for so long is taken again: whoever took it is gone."""
MOST_TRIES: Final = 8
GOOD_FOR: Final = timedelta(days=14)
"""A mail that could not be sent for so long is not sent any more: what it says has passed."""

Row = TypeVar("Row", Outbox, Job)
_LOG: Final = logging.getLogger(__name__)


# --- written down ---


def post(kind: MailKind, people: Iterable[Person], case: Case, path: str = "", once: str = "") -> None:
    """Write down a mail to each of some people, and to who stands in for them today, in their language.

    With `once`, one that they did not get already.
    """
    for person in dict.fromkeys(one for each in people for one in (each, *deputies_of(each))):
        fields = {
            "kind": kind,
            "person": person,
            "language": spoken_by("outside", person.language),
            "case": case,
            "path": path or f"/cases/{case.number}",
        }
        if once:
            Outbox.objects.get_or_create(once=f"{once} {person.pk}", defaults=fields)
        else:
            Outbox.objects.create(**fields)


def tell_of(act: Act, deciders_confirm: bool) -> None:  # noqa: FBT001 (what `states` knows of the case)
    """Write down who is told of an act: whoever the case waits for now, or had a hand in it; never who did it."""
    case = act.case
    there = f"/cases/{case.number}/act"
    match ActName(act.name):
        case ActName.SEND if case.reviewer is not None:
            _post(MailKind.SENT, [case.reviewer], act, f"{there}/review")
        case ActName.WITHDRAW if case.reviewer is not None:
            _post(MailKind.WITHDRAWN, [case.reviewer], act)
        case ActName.REOPEN:
            _post(MailKind.REOPENED, _had_a_hand(act), act)
        case ActName.RETURN:
            _post(MailKind.RETURNED, assessors(case, act.round), act)
        case ActName.REVIEW:
            _post(MailKind.SIGNED, _who_may(ActName.DECIDE, act), act, f"{there}/decide")
        case ActName.DECIDE:
            reviewer = [case.reviewer] if case.reviewer is not None else []
            _post(MailKind.DECIDED, [*assessors(case, act.round), *reviewer], act)
            if deciders_confirm:
                _post(MailKind.CONFIRM, _who_may(ActName.CONFIRM, act), act, f"{there}/confirm")
        case ActName.CONFIRM:
            _post(MailKind.DECIDED, assessors(case, act.round), act)
        case ActName.OPINION:
            asked = Person.objects.filter(pk__in=case.consultations.filter(for_opinion=True).values("by"))
            _post(MailKind.OPINION, asked, act, f"/cases/{case.number}/opinions")
        case _:
            pass


def _post(kind: MailKind, people: Iterable[Person], act: Act, path: str = "") -> None:
    post(kind, [one for one in people if one.is_active and one.pk != act.person_id], act.case, path)


def assessors(case: Case, number: int) -> list[Person]:
    """Return who answered in a round of a case."""
    acts = case.acts.filter(name=ActName.ANSWER, round=number)
    return list(Person.objects.filter(pk__in=acts.values("person"), is_active=True).order_by("pk"))


def whose(case: Case) -> list[Person]:
    """Return who worked on a case; where nobody of them is there any more, who may go on with it."""
    worked = [one for one in assessors(case, case.round) if may(one, ActName.ASSESS, case)]
    people = Person.objects.filter(is_active=True).order_by("pk")
    return worked or [one for one in people if may(one, ActName.ASSESS, case)]


def _had_a_hand(act: Act) -> list[Person]:
    """Return who assessed, reviewed, decided or confirmed in the round of an act, and who was asked to confirm."""
    names = [ActName.ANSWER, ActName.REVIEW, ActName.DECIDE, ActName.CONFIRM]
    acts = act.case.acts.filter(name__in=names, round=act.round)
    decided = acts.filter(name=ActName.DECIDE).order_by("-pk").first()
    asked = Outbox.objects.filter(case=act.case, kind=MailKind.CONFIRM, made__gte=decided.at if decided else act.at)
    those = Q(pk__in=acts.values("person")) | Q(pk__in=asked.values("person"))
    return list(Person.objects.filter(those, is_active=True).order_by("pk"))


def _who_may(name: ActName, act: Act) -> list[Person]:
    """Return who may do an act next, and had no hand in what it is about."""
    apart = act.case.acts.filter(round=act.round, name__in=[ActName.ANSWER, ActName.DECIDE]).values("person")
    people = Person.objects.filter(is_active=True).exclude(pk__in=apart).order_by("pk")
    return [one for one in people if may(one, name, act.case)]


def post_secret(kind: MailKind, address: str, language: str, case: Case, secret: str) -> None:
    """Write down a mail to a guest, with what only they may know."""
    path = f"/i/{secret}" if kind == MailKind.INVITATION else ""
    Outbox.objects.create(kind=kind, address=address, language=language, case=case, path="", secret=path or secret)


# --- in words ---


def subject_of(kind: str, number: str) -> str:
    """Return what stands above a mail, in the current language; guests are told no number."""
    match MailKind(kind):
        case MailKind.SENT:
            return _("{number} waits for your review", number=number)
        case MailKind.RETURNED:
            return _("{number} was returned", number=number)
        case MailKind.WITHDRAWN:
            return _("{number} was taken back from review", number=number)
        case MailKind.REOPENED:
            return _("{number} was opened again", number=number)
        case MailKind.SIGNED:
            return _("{number} waits for a decision", number=number)
        case MailKind.DECIDED:
            return _("{number} is decided", number=number)
        case MailKind.CONFIRM:
            return _("{number} waits for a second person's confirmation", number=number)
        case MailKind.ASKED:
            return _("You are asked about {number}", number=number)
        case MailKind.OPINION:
            return _("An opinion on {number} is there", number=number)
        case MailKind.ANSWERED:
            return _("Answers to {number} came in", number=number)
        case MailKind.EXPIRES:
            return _("An invitation to {number} ends soon", number=number)
        case MailKind.DUE:
            return _("Something of {number} is due soon", number=number)
        case MailKind.HITS:
            return _("What stands on lists about partners of {number} has changed", number=number)
        case (
            MailKind.INVITATION
            | MailKind.CODE
            | MailKind.HEAD
            | MailKind.ERASURE
            | MailKind.RETENTION
            | MailKind.CRITERIA
            | MailKind.PACKAGE as one
        ):
            return _without_number(one)
        case one:
            assert_never(one)


def _without_number(
    kind: Literal[
        MailKind.INVITATION,
        MailKind.CODE,
        MailKind.HEAD,
        MailKind.ERASURE,
        MailKind.RETENTION,
        MailKind.CRITERIA,
        MailKind.PACKAGE,
    ],
) -> str:
    match kind:
        case MailKind.INVITATION:
            return _("The research office has questions for you")
        case MailKind.CODE:
            return _("Your code for the questions of the research office")
        case MailKind.HEAD:
            return _("The head of the log")
        case MailKind.ERASURE:
            return _("An erasure waits for a second person")
        case MailKind.RETENTION:
            return _("A rule on how long something is kept waits for a second person")
        case MailKind.CRITERIA:
            return _("Criteria for new cases wait for a second person")
        case MailKind.PACKAGE:
            return _("A package for another office waits for a second person")
        case _:
            assert_never(kind)


def message(row: Outbox) -> EmailMessage:
    """Return a mail as it is sent, in the language of whom it is to."""
    with in_language(row.language):
        subject = subject_of(row.kind, row.case.number if row.case else "")
        match MailKind(row.kind):
            case MailKind.CODE | MailKind.HEAD:
                told = row.secret or row.path
            case MailKind.INVITATION:
                told = f"{settings.ADDRESS}{row.secret}"
            case _:
                told = f"{settings.ADDRESS}{row.path}"
        lines = [f"{subject}.", told, _("This mail says no more: what it is about stands in the office.")]
        if row.kind == MailKind.INVITATION and (notice := settings.NOTICES.here().notice):
            lines.append(_("How the institution handles your data: {address}", address=notice))
    to = row.person.email if row.person else row.address
    return EmailMessage(subject, "\n\n".join(lines) + "\n", settings.DEFAULT_FROM_EMAIL, [to])


# --- taken and sent ---


def waiting(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return what is to be done now and nobody is doing."""
    now = timezone.now()
    return rows.filter(_is_free(), finished=None, given_up=False, after__lte=now).order_by("after", "pk")


def _is_free() -> Q:
    return Q(taken=None) | Q(taken__lt=timezone.now() - AGAIN)


def taken(rows: QuerySet[Row]) -> Row | None:
    """Take the next of what is to be done; None where there is nothing, or others were faster."""
    for key in waiting(rows).values_list("pk", flat=True)[:5]:
        free = rows.filter(_is_free(), pk=key, finished=None, given_up=False)
        if free.update(taken=timezone.now(), tries=F("tries") + 1):
            return rows.get(pk=key)
    return None


def failed(row: Row, why: str) -> None:
    """Put something back that did not work, for a while that doubles; give it up after so many tries."""
    row.taken, row.error = None, why
    row.after = timezone.now() + timedelta(minutes=2 ** (row.tries - 1))
    row.given_up = row.tries >= MOST_TRIES
    row.save(update_fields=["taken", "error", "after", "given_up"])


def send_next() -> bool:
    """Send the next mail, where a server is named; return whether there was one.

    Whoever is killed after the server took a mail and before the row says so has it sent a second time.
    """
    if settings.SMTP is None:
        return False
    row = taken(Outbox.objects.select_related("case", "person"))
    if row is None:
        return False
    try:
        if row.made < timezone.now() - GOOD_FOR or not _is_still_for(row):
            drop(row, "")
            return True
        message(row).send()
    except (SMTPException, OSError) as error:
        failed(row, f"{type(error).__name__}: {error}")
        return True
    except Exception as error:  # noqa: BLE001 (logged, told in the row, tried again)
        # What nobody thought of concerns one mail: it says so, and the others are sent.
        _LOG.exception("mail %s was not sent", row.pk)
        failed(row, f"{type(error).__name__}: {error}")
        return True
    row.finished, row.error, row.secret = timezone.now(), "", ""
    row.save(update_fields=["finished", "error", "secret"])
    return True


def drop(row: Outbox, why: str) -> None:
    """Let a mail be; nobody sends it any more."""
    row.given_up, row.taken, row.secret, row.error = True, None, "", why
    row.save(update_fields=["given_up", "taken", "secret", "error"])


def _is_still_for(row: Outbox) -> bool:
    """Return whether whom a mail is to may still know that the case is there, and a guest's link is still good."""
    if row.kind == MailKind.INVITATION:
        token = hashlib.sha256(row.secret.rpartition("/")[2].encode()).hexdigest()
        good = Invitation.objects.filter(revoked=False, sent=None, expires__gt=timezone.now())
        return good.filter(token_sha256=token).exists()
    if row.kind in second_person.NEEDS:
        return second_person.is_waiting(row)
    if row.person is None or row.case is None:
        return row.person is None or row.person.is_active
    return cases_for(row.person).filter(pk=row.case.pk).exists()
