"""What waits for a second person and is no case: erasures, retention, criteria of new cases, packages that leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max, QuerySet

from risk_engine.files.language import spoken_by
from risk_engine.web.models import CriteriaAct, Erasure, Outbox, PackageAct, Person, RetentionRule
from risk_engine.web.rights import Action, may
from risk_engine.web.words import MailKind, PackageActName, ReleaseAct

NEEDS: Final[dict[MailKind, Action]] = {
    MailKind.ERASURE: "privacy",
    MailKind.RETENTION: "privacy",
    MailKind.CRITERIA: "change_criteria",
    MailKind.PACKAGE: "exchange",
}
"""What somebody must be allowed to be the second person; no deputy is."""


@dataclass(frozen=True)
class Waiting:
    """Something that one person asked for and another confirms or refuses."""

    kind: MailKind
    path: str
    """Where that is done."""
    why: str
    by: Person
    at: datetime


def erasures() -> QuerySet[Erasure]:
    """Return the erasures that nobody confirmed or refused yet."""
    found = Erasure.objects.filter(confirmed_at=None, refused_at=None)
    return found.select_related("by").order_by("pk")


def rules() -> list[RetentionRule]:
    """Return the rules on how long something is kept that nobody confirmed yet."""
    latest = RetentionRule.objects.values("kind").annotate(last=Max("pk")).values("last")
    found = RetentionRule.objects.filter(pk__in=latest, confirmed_at=None)
    return list(found.select_related("by").order_by("pk"))


def proposals() -> QuerySet[CriteriaAct]:
    """Return by which acts criteria were proposed that nobody released or withdrew yet."""
    over = CriteriaAct.objects.exclude(name=ReleaseAct.PROPOSE).values("proposal")
    found = CriteriaAct.objects.filter(name=ReleaseAct.PROPOSE).exclude(proposal__in=over)
    return found.select_related("person").order_by("pk")


def packages() -> QuerySet[PackageAct]:
    """Return by which acts packages were asked for that nobody let leave or refused yet."""
    over = PackageAct.objects.exclude(name=PackageActName.ASK).values("proposal")
    found = PackageAct.objects.filter(name=PackageActName.ASK).exclude(proposal__in=over)
    return found.select_related("person").order_by("pk")


def erasure_path(erasure: Erasure) -> str:
    """Return where an erasure is confirmed."""
    return f"/privacy/erasures/{erasure.pk}"


RETENTION_PATH: Final = "/privacy/retention"


def criteria_path(reference: str) -> str:
    """Return where a version is released for new cases."""
    return f"/criteria/{reference}/use"


def package_path(proposal: int) -> str:
    """Return where a package is shown and leaves."""
    return f"/exchange/packages/{proposal}"


def waiting_for(person: Person) -> list[Waiting]:
    """Return what waits for somebody as second person; never what they asked for themselves."""
    theirs = {kind for kind, action in NEEDS.items() if may(person, action)}
    if not theirs:  # of most people nothing of the kind is asked
        return []
    return [one for one in _waiting() if one.kind in theirs and one.by.pk != person.pk]


def _waiting() -> Iterator[Waiting]:
    for erasure in erasures():
        yield Waiting(MailKind.ERASURE, erasure_path(erasure), erasure.basis, erasure.by, erasure.at)
    for rule in rules():
        yield Waiting(MailKind.RETENTION, RETENTION_PATH, rule.basis, rule.by, rule.at)
    for act in proposals():
        why = f"{act.reference}: {act.reason}"
        yield Waiting(MailKind.CRITERIA, criteria_path(act.reference), why, act.person, act.at)
    for asked in packages():
        yield Waiting(MailKind.PACKAGE, package_path(asked.proposal), asked.reason, asked.person, asked.at)


def tell(kind: MailKind, path: str, by: Person) -> None:
    """Write down a mail to whoever may be the second person to what somebody asked for."""
    people = Person.objects.filter(is_active=True).exclude(pk=by.pk).order_by("pk")
    Outbox.objects.bulk_create(
        Outbox(kind=kind, person=one, language=spoken_by("outside", one.language), path=path)
        for one in people
        if may(one, NEEDS[kind])
    )


def is_waiting(mail: Outbox) -> bool:
    """Return whether what a mail tells of still waits for whom it is to."""
    there = waiting_for(mail.person) if mail.person is not None else []
    return any((one.kind, one.path) == (mail.kind, mail.path) for one in there)
