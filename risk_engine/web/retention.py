"""How long things are kept: a rule for each kind, by two people; what is due waits for a yes, or goes by itself."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, assert_never

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, in_language
from risk_engine.web import erasure, log, many, second_person
from risk_engine.web.erasure import Item
from risk_engine.web.models import (
    BroughtTable,
    Case,
    Erasure,
    ErasureItem,
    Event,
    EventDetail,
    Invitation,
    Outbox,
    Person,
    RetentionRule,
)
from risk_engine.web.wording import account_words
from risk_engine.web.words import ActName, MailKind, RetentionKind, State

AGAIN: Final = timedelta(days=90)
"""So long after somebody refused it, what is due by a rule is not asked about again."""
LONGEST: Final = 36_525
"""Days: a hundred years."""


def standing() -> dict[RetentionKind, RetentionRule]:
    """Return the rule that counts for each kind: the last that a second person confirmed."""
    confirmed = RetentionRule.objects.exclude(confirmed_at=None).order_by("confirmed_at", "pk")
    return {RetentionKind(one.kind): one for one in confirmed.select_related("by", "confirmed_by")}


@transaction.atomic
def propose(kind: str, days: int, basis: str, by: Person, *, is_automatic: bool) -> RetentionRule:
    """Write down how long something is to be kept. Raise RiskEngineError where that is not said whole."""
    if kind not in set(RetentionKind) or not 0 < days <= LONGEST:
        raise RiskEngineError(_("Say what is kept, and for how many days."))
    if not basis.strip():
        raise RiskEngineError(_("Say why it is kept so long and no longer: the law, or the rule of the house."))
    rule = RetentionRule.objects.create(kind=kind, days=days, basis=basis.strip(), is_automatic=is_automatic, by=by)
    log.note("retention_proposed", by, rule=rule.pk, kind=kind, days=days)
    second_person.tell(MailKind.RETENTION, second_person.RETENTION_PATH, by)
    return rule


@transaction.atomic
def confirm(rule: RetentionRule, by: Person) -> None:
    """Confirm a rule as second person. Raise RiskEngineError by who proposed it, or where another took its place."""
    rule = RetentionRule.objects.select_for_update().get(pk=rule.pk)
    if by.pk == rule.by_id:
        raise RiskEngineError(_("Somebody else confirms what you asked for."))
    if rule not in second_person.rules():
        raise RiskEngineError(_("This was done or refused meanwhile."))
    rule.confirmed_by, rule.confirmed_at = by, timezone.now()
    rule.save(update_fields=["confirmed_by", "confirmed_at"])
    log.note("retention_confirmed", by, rule=rule.pk, kind=rule.kind, days=rule.days)


def due(kind: RetentionKind, days: int, today: date) -> Iterator[Item]:
    """Yield the rows of a kind whose time is over on a day, but those that wait already or were refused lately."""
    refused = Q(erasure__rule__isnull=False, erasure__refused_at__gt=timezone.now() - AGAIN)
    waiting = set(ErasureItem.objects.filter(erasure.waiting_items() | refused).values_list("table", "row"))
    before = timezone.make_aware(datetime.combine(today - timedelta(days=days), datetime.min.time()))
    yield from (one for one in _over(kind, before, today) if (one.table, one.row) not in waiting)


def _over(kind: RetentionKind, before: datetime, today: date) -> Iterator[Item]:
    match kind:
        case RetentionKind.CASE:
            closed = Q(acts__name__in=[ActName.CLOSE, ActName.FILE])
            over = Case.objects.filter(state=State.CLOSED).annotate(ended=Max("acts__at", filter=closed))
            for one in over.filter(ended__lt=before).order_by("pk"):
                until = one.document.get("retain_until")
                if until is None or date.fromisoformat(until) < today:
                    yield erasure.item_of(one)
        case RetentionKind.ACCOUNT:
            for person in Person.objects.filter(is_active=False).exclude(email__endswith=".invalid").order_by("pk"):
                left = Event.objects.filter(verb="leaves", detail__detail__of=person.pk).order_by("-number").first()
                if left is not None and left.at < before:
                    yield erasure.item_of(person)
        case RetentionKind.INVITATION:
            over_ = Q(sent__lt=before) | Q(sent=None, expires__lt=before)
            for guest in Invitation.objects.filter(over_).exclude(name="").order_by("pk"):
                yield from map(erasure.item_of, guest.answers.filter(is_erased=False))
                yield erasure.item_of(guest)  # last: without a name they are not looked for
        case RetentionKind.SIGN_IN:
            of_sign_ins = EventDetail.objects.filter(event__verb__in=list(account_words()), event__at__lt=before)
            # Who left is asked of the log for as long as their account is there.
            yield from map(erasure.item_of, of_sign_ins.exclude(event__verb="leaves").order_by("pk"))
        case RetentionKind.MAIL:
            mails = Outbox.objects.filter(Q(finished__lt=before) | Q(given_up=True, made__lt=before), once=None)
            yield from map(erasure.item_of, mails.order_by("pk"))
        case RetentionKind.TABLE:
            yield from map(erasure.item_of, BroughtTable.objects.filter(at__lt=before).order_by("pk"))
        case _:
            assert_never(kind)


def days_of_tables() -> int:
    """Return for how many days a table of many cases is kept: as the rule says, without one as the program has it."""
    rule = standing().get(RetentionKind.TABLE)
    return rule.days if rule else many.KEPT.days


def until(table: BroughtTable) -> date:
    """Return the day on which the time of a table is over."""
    return (table.at + timedelta(days=days_of_tables())).astimezone().date()


def run(today: date) -> list[Erasure]:
    """Write down what is due by each rule, for a second person to confirm; do it where the rule needs nobody.

    Return what was written down.
    """
    made: list[Erasure] = []
    for kind, rule in standing().items():
        while items := list(due(kind, rule.days, today))[: erasure.MOST_ITEMS]:
            with in_language(rule.by.language):
                made.append(erasure.ask("", basis_of(rule), items, rule.by, rule))
            if rule.is_automatic:
                erasure.confirm(made[-1], None)
    return made


def basis_of(rule: RetentionRule) -> str:
    """Return why something goes by a rule."""
    return _("{kind}: kept for {days} days. {basis}", kind=kind_words(rule.kind), days=rule.days, basis=rule.basis)


def kind_words(kind: str) -> str:
    """Return what a rule is about, and from when its days count."""
    match RetentionKind(kind):
        case RetentionKind.CASE:
            return _("Cases, from their closing")
        case RetentionKind.ACCOUNT:
            return _("Accounts, from the day on which somebody left")
        case RetentionKind.INVITATION:
            return _("Guests and their answers, from sending or the end of the link")
        case RetentionKind.SIGN_IN:
            return _("Details of sign-ins, from each")
        case RetentionKind.MAIL:
            return _("Mail, from sending")
        case RetentionKind.TABLE:
            return _("Tables of many cases, from the day on which they were brought")
        case one:
            assert_never(one)
