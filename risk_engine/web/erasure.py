"""Erasure of what people said: asked for row by row, confirmed by a second person, done at once, with a tombstone each.

The database lets a row that is only added to lose its text while an erasure that names it is confirmed and not done,
and in no other way (`databases`); that moment is inside one transaction. What stays of each row is who erased it when
and why, and a digest of what stood there. The chain of the log holds: it commits to details, and has none.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import cases, evidence, log, many, monitoring, on_file, precedents, second_person, sessions
from risk_engine.web.models import (
    Act,
    Answer,
    BroughtTable,
    Case,
    Changed,
    ChangeSeen,
    Consultation,
    Dossier,
    Erasure,
    ErasureItem,
    EventDetail,
    Evidence,
    Filed,
    GuestAnswer,
    HitDecision,
    Invitation,
    Note,
    OnFile,
    Outbox,
    PairWord,
    Person,
    RetentionRule,
    Sealed,
    Tombstone,
)
from risk_engine.web.record_of_rows import ERASED
from risk_engine.web.words import MailKind

MOST_ITEMS: Final = 2000
"""So many rows one erasure is about at most: a second person is to look through it."""
_NOBODY: Final = "@erased.invalid"
"""How the address of an account ends that was erased."""
MENDED: Final = "person_mended"
"""The event that a name was mended, whose detail says who somebody is: it goes with their account."""


@dataclass(frozen=True)
class Item:
    """A row that somebody wants erased."""

    table: str
    row: int

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.table}.{self.row}"


TABLES: Final[dict[str, type[models.Model]]] = {
    one._meta.db_table: one
    for one in (
        Answer, GuestAnswer, Note, Act, Evidence, OnFile, EventDetail, Consultation, Invitation, Outbox, Person, Case,
        BroughtTable, HitDecision, ChangeSeen, PairWord,
    )
}  # fmt: skip
"""What can be erased, by the names of the tables."""
TEXTS: Final[Mapping[type[models.Model], tuple[str, ...]]] = {
    Answer: ("value",),
    GuestAnswer: ("value",),
    Note: ("text",),
    Act: ("note",),
    Evidence: ("name",),
    OnFile: ("value", "evidence"),
    EventDetail: ("detail",),
    Consultation: ("question",),
    Invitation: ("name",),
    Outbox: ("address",),
    Person: ("name", "email"),
    Case: ("title",),
    BroughtTable: ("name", "sha256"),
    HitDecision: ("reason", "asked", "entry"),
    ChangeSeen: ("reason",),
    PairWord: ("reason",),
}
"""Which columns hold what people wrote, or who they are."""


def item_of(row: models.Model) -> Item:
    """Return what names a row in an erasure."""
    return Item(row._meta.db_table, int(row.pk))


def text_of(row: models.Model) -> str:
    """Return what stands in a row that can be erased."""
    values = [getattr(row, name) for name in TEXTS[type(row)]]
    # A no and a nought are answers too. Sorted: a database that keeps JSON as it likes gives the same digest.
    said = [one for one in values if one or one == 0]
    return " ".join(
        one if isinstance(one, str) else json.dumps(one, ensure_ascii=False, sort_keys=True) for one in said
    )


def is_blank(row: models.Model) -> bool:
    """Return whether somebody erased a row already."""
    return row.email.endswith(_NOBODY) if isinstance(row, Person) else not text_of(row)


def case_number(row: models.Model) -> str:
    """Return the number of the case that a row belongs to, blank for none."""
    if isinstance(row, Case):
        return row.number
    if isinstance(row, EventDetail):
        return row.event.case
    found = getattr(row, "case", None)
    return found.number if isinstance(found, Case) else str(found or "")


def rows_of(items: Iterable[Item]) -> Iterator[models.Model]:
    """Yield the rows of items that are still there, table by table."""
    keys: dict[str, list[int]] = {}
    for one in items:
        keys.setdefault(one.table, []).append(one.row)
    for table, found in keys.items():
        yield from TABLES[table]._default_manager.filter(pk__in=found).order_by("pk")


def digest_of(text: str) -> str:
    """Return the digest that is kept of a text: nobody tries texts against it who has not the office's secret."""
    return salted_hmac("risk_engine.erasure", text, algorithm="sha256").hexdigest()


# --- asked, confirmed, refused ---


@transaction.atomic
def ask(subject: str, basis: str, items: Collection[Item], by: Person, rule: RetentionRule | None = None) -> Erasure:
    """Write down what is to be erased and why; return it. Raise RiskEngineError where that is not said or cannot be."""
    basis = basis.strip()
    if not basis:
        raise RiskEngineError(_("Say why it is erased: the request, or the rule, and its legal basis."))
    if not items:
        raise RiskEngineError(_("Tick what is to be erased."))
    if len(items) > MOST_ITEMS:
        raise RiskEngineError(_("One erasure is about {most} rows at most: make several.", most=MOST_ITEMS))
    rows = list(rows_of({*items, *_with_accounts(items)}))
    waiting = set(ErasureItem.objects.filter(waiting_items()).values_list("table", "row"))
    rows = [one for one in rows if (one._meta.db_table, one.pk) not in waiting]
    if not rows:
        raise RiskEngineError(_("All of this is in another erasure that waits already."))
    if any(isinstance(one, Person) and one.is_active for one in rows):
        raise RiskEngineError(_("Whoever works here keeps their account: say first that they have left."))
    made = Erasure.objects.create(subject=subject.strip()[:500], basis=basis, by=by, rule=rule)
    _name(made, rows)
    log.note("erasure_asked", by, erasure=made.pk, rows=len(rows))
    if rule is None or not rule.is_automatic:
        second_person.tell(MailKind.ERASURE, second_person.erasure_path(made), by)
    return made


def _name(erasure: Erasure, rows: Iterable[models.Model]) -> None:
    """Write down which rows an erasure is about."""
    ErasureItem.objects.bulk_create(
        ErasureItem(
            erasure=erasure, table=one._meta.db_table, row=one.pk, case=case_number(one), digest=digest_of(text_of(one))
        )
        for one in rows
    )


def _with_accounts(items: Iterable[Item]) -> Iterator[Item]:
    """Yield what goes with the accounts among some items: details of the log that say what somebody was called."""
    accounts = [one.row for one in items if one.table == Person._meta.db_table]
    if accounts:
        mended = EventDetail.objects.filter(event__verb=MENDED, detail__of__in=accounts)
        yield from map(item_of, mended)


def waiting_items() -> Q:
    """Return which items are of an erasure that nobody confirmed or refused yet."""
    return Q(erasure__confirmed_at=None, erasure__refused_at=None)


@transaction.atomic
def confirm(erasure: Erasure, by: Person | None) -> None:
    """Confirm an erasure as second person, None where its rule needs nobody, and do it.

    Raise RiskEngineError where it does not wait any more, or by the person who asked.
    """
    erasure = _waiting(erasure)
    if by is not None and by.pk == erasure.by_id:
        raise RiskEngineError(_("Somebody else confirms what you asked for."))
    erasure.confirmed_by = by
    _carry_out(erasure, "erased", by)


@transaction.atomic
def do_again(
    basis: str, rows: Collection[models.Model], by: int, confirmed_by: int | None, rule: RetentionRule | None
) -> None:
    """Erase rows that came back with a backup, as two people or a rule had it done before; nobody does it now."""
    made = Erasure.objects.create(basis=basis, by_id=by, rule=rule)
    _name(made, rows)
    made.confirmed_by_id = confirmed_by
    _carry_out(made, "erased_again", None)


def _carry_out(erasure: Erasure, verb: str, by: Person | None) -> None:
    """Do an erasure that is confirmed, with the events of it."""
    erasure.confirmed_at = timezone.now()
    erasure.save(update_fields=["confirmed_by", "confirmed_at"])
    items = [Item(one.table, one.row) for one in erasure.items.all()]
    numbers = _do(list(rows_of(items)), erasure)
    erasure.subject, erasure.done_at = "", timezone.now()
    erasure.save(update_fields=["subject", "done_at"])
    log.note(verb, by, erasure=erasure.pk, rows=len(items))
    for case in Case.objects.filter(number__in=numbers).order_by("pk"):
        log.note(verb, by, case, erasure=erasure.pk)


@transaction.atomic
def refuse(erasure: Erasure, by: Person) -> None:
    """Refuse an erasure, or take one's own back. Raise RiskEngineError where it does not wait any more."""
    erasure = _waiting(erasure)
    erasure.subject, erasure.refused_at = "", timezone.now()
    erasure.save(update_fields=["subject", "refused_at"])
    log.note("erasure_refused", by, erasure=erasure.pk)


def _waiting(erasure: Erasure) -> Erasure:
    found = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if found.confirmed_at or found.refused_at:
        raise RiskEngineError(_("This was done or refused meanwhile."))
    return found


# --- done ---


def _do(rows: list[models.Model], erasure: Erasure) -> set[str]:
    """Erase rows; return the numbers of the cases that they were of and that are still there."""
    by_type: dict[type[models.Model], list[Any]] = {}
    for one in rows:
        by_type.setdefault(type(one), []).append(one)
    numbers = {case_number(one) for one in rows if not isinstance(one, Case)} - {""}
    for model, several in by_type.items():
        keys = [one.pk for one in several]
        table = model._default_manager.filter(pk__in=keys)
        match model.__name__:
            case "Answer" | "GuestAnswer":
                table.update(value=None, is_erased=True)
            case "OnFile":
                table.update(value=None, is_erased=True, evidence=[])
                _make_anew(Dossier.objects.filter(rows__in=keys).distinct())
            case "HitDecision":  # it answers nothing any more: the hit is asked about again
                table.update(reason="", asked={}, entry={}, is_erased=True)
            case "ChangeSeen" | "PairWord":
                table.update(reason="")
            case "EventDetail" | "Outbox":
                table.delete()
            case "BroughtTable":
                many.forget(several)
            case "Evidence":
                table.update(name="")
                _forget({one.sha256 for one in several})
            case "Person":
                for person in several:
                    blank(person)
            case "Case":
                for ended in several:
                    end_case(ended, erasure.basis, erasure.confirmed_by or erasure.by)
            case _:  # one column of text
                table.update(**dict.fromkeys(TEXTS[model], ""))
    if Invitation in by_type:
        Invitation.objects.filter(pk__in=[one.pk for one in by_type[Invitation]]).update(revoked=True)
    of_answers = {one.case_id for one in by_type.get(Answer, ())}
    for changed in Case.objects.filter(pk__in=of_answers):
        cases.make_anew(changed)
        monitoring.forget(Changed.objects.filter(touched__case=changed))
    return numbers


def _make_anew(dossiers: Iterable[Dossier]) -> None:
    """Let go of the files that dossiers came with, which still say what was erased, and of names that are gone."""
    for one in dossiers:
        sealed, one.sealed = one.sealed, None
        one.save(update_fields=["sealed"])
        if sealed is not None and not Dossier.objects.filter(sealed=sealed).exists():
            sealed.delete()
        monitoring.forget(Changed.objects.filter(about__name__in=list(one.names.values_list("name", flat=True))))
        on_file.keep_names(one, on_file.standing(one))


def _forget(digests: Collection[str]) -> None:
    """Take files away, once all of it stands, that nothing names any more."""
    transaction.on_commit(lambda: evidence.forget(digests))


def blank(person: Person) -> None:
    """Take from the row of somebody who has left who they are; what they did stays, and names the row alone."""
    person.name, person.email, person.is_active = f"{ERASED} {person.pk}", f"{person.pk}{_NOBODY}", False
    person.set_unusable_password()
    person.save()
    person.memberships.all().delete()
    person.views.all().delete()
    person.tokens.all().delete()
    Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
    Outbox.objects.filter(person=person).delete()
    sessions.end(person)


def end_case(case: Case, basis: str, by: Person) -> None:
    """Take a case away with all that belongs to it; that it was there, and why it may go, stays.

    The database asks for an erasure that names it, or that it is demo data.
    """
    filed = Filed.objects.filter(case=case).values_list("sealed_id", flat=True)
    files = {
        *case.files.values_list("sha256", flat=True),
        *Sealed.objects.filter(pk__in=filed).values_list("sha256", flat=True),
    }
    digests, number = list(filed), case.number
    Tombstone.objects.create(case=case.pk, number=number, basis=basis, by=by)
    precedents.forget(case.pk)
    monitoring.forget(Changed.objects.filter(touched__case=case))
    case.delete()
    Sealed.objects.filter(digest__in=digests, filed=None).delete()
    EventDetail.objects.filter(event__case=number).delete()
    _forget(files)
