"""Who else is asked about a case: for an opinion, or for answers to what the criteria ask of a role; and by which day.

An export officer or data protection officer sees a case from then on. Their opinion is an act like others, bound to
what was sealed; it stands before whoever decides, and bars nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import cases, log, outbox
from risk_engine.web.models import Act, Case, CaseAccess, Consultation, Membership, Person
from risk_engine.web.rights import OFFICERS, RIGHTS
from risk_engine.web.wording import who_did
from risk_engine.web.words import ActName, MailKind, SealedKind, State


@dataclass(frozen=True)
class OpinionShown:
    """An opinion: who gave it and when, in which words, and whether it is about what is sealed now."""

    name: str
    at: datetime
    text: str
    is_current: bool


@dataclass(frozen=True)
class Wanted:
    """What somebody is asked for."""

    person: Person | None
    for_opinion: bool
    asked_of: str
    question: str
    due: date | None


def askable(case: Case) -> list[Person]:
    """Return who can be asked: officers of the faculty, and who answers questions there anyway."""
    return [one for one in Person.objects.filter(is_active=True).order_by("name", "pk") if _roles(one, case)]


def _roles(person: Person, case: Case) -> set[str]:
    held = Membership.objects.filter(Q(faculty=case.faculty_id) | Q(faculty=None), person=person)
    return set(held.filter(role__in=OFFICERS | RIGHTS["answer"]).values_list("role", flat=True))


@transaction.atomic
def ask(case: Case, by: Person, wanted: Wanted) -> Consultation:
    """Ask somebody about a case; in a confidential one that names them. Return what they were asked, once.

    Raise RiskEngineError with all that is wrong with it.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if wrong := _problems(case, wanted):
        raise RiskEngineError("\n".join(wrong))
    asked = {
        "person": wanted.person,
        "for_opinion": wanted.for_opinion,
        "asked_of": wanted.asked_of,
        "question": wanted.question,
        "due": wanted.due,
        "withdrawn": False,
    }
    made, is_new = Consultation.objects.get_or_create(case=case, **asked, defaults={"by": by})
    if is_new:
        if case.confidential:
            _named, made.names = CaseAccess.objects.get_or_create(case=case, person=made.person)
            made.save(update_fields=["names"])
        others = [made.person] if made.person_id != by.pk else []
        outbox.post(MailKind.ASKED, others, case, f"/cases/{case.number}/opinions")
        log.note("ask", by, case, asked=made.person_id, opinion=made.for_opinion, role=made.asked_of)
    return made


def _problems(case: Case, wanted: Wanted) -> list[str]:
    roles = set() if wanted.person is None else _roles(wanted.person, case)
    found = []
    if case.state == State.CLOSED:
        found.append(_("This case is closed."))
    if wanted.person is None or not wanted.person.is_active or not roles:
        found.append(_("Choose whom to ask."))
    elif wanted.for_opinion and not roles & OFFICERS:
        found.append(_("{name} is no officer: only their opinion is asked for.", name=wanted.person))
    if not wanted.for_opinion and not wanted.asked_of:
        found.append(_("Say what you ask for: an opinion, or answers."))
    if wanted.asked_of and wanted.asked_of not in cases.rules(case).head.asked_of:
        found.append(_("Choose whose questions are to be answered."))
    if wanted.due is None or wanted.due < cases.today():
        found.append(_("Name a day that is still to come."))
    return found


@transaction.atomic
def withdraw(case: Case, key: int, by: Person) -> None:
    """Ask somebody no longer; what they wrote stays. Who sees the case only because they were asked sees it no more."""
    for one in case.consultations.select_for_update().filter(pk=key, withdrawn=False):
        one.withdrawn = True
        one.save(update_fields=["withdrawn"])
        if one.names and not of(case).filter(person=one.person).update(names=True):
            CaseAccess.objects.filter(case=case, person=one.person).delete()
        log.note("ask_no_more", by, case, asked=one.person_id)


def of(case: Case) -> QuerySet[Consultation]:
    """Return who is asked about a case, the latest first."""
    return case.consultations.filter(withdrawn=False).select_related("person", "by").order_by("-pk")


def waits_for(people: Collection[Person]) -> QuerySet[Consultation]:
    """Return what some people are asked and did not give: answers are asked until somebody asks no longer."""
    by_them = Q(person=OuterRef("person")) | Q(on_behalf_of=OuterRef("person"))
    given = Act.objects.filter(by_them, case=OuterRef("case"), name=ActName.OPINION, at__gte=OuterRef("at"))
    found = Consultation.objects.filter(person__in=people, withdrawn=False)
    return found.exclude(Exists(given), for_opinion=True, asked_of="")


def has_given(one: Consultation) -> bool:
    """Return whether an opinion came after it was asked for."""
    by_them = Q(person=one.person_id) | Q(on_behalf_of=one.person_id)
    return Act.objects.filter(by_them, case=one.case_id, name=ActName.OPINION, at__gte=one.at).exists()


def opinions(case: Case) -> list[OpinionShown]:
    """Return the opinions on a case, the latest first."""
    sealed = cases.filed(case, SealedKind.ASSESSMENT)
    now = sealed.digest if sealed else ""
    acts = case.acts.filter(name=ActName.OPINION).select_related("person", "on_behalf_of").order_by("-pk")
    return [OpinionShown(who_did(one), one.at, one.note, one.digest == now) for one in acts]


def waiting(case: Case) -> Mapping[str, tuple[str, ...]]:
    """Return for each role of the criteria who was asked for its questions, by invitation or in the office."""
    found: dict[str, dict[str, None]] = {}
    for one in case.invitations.filter(revoked=False, sent=None, expires__gt=timezone.now()).order_by("pk"):
        found.setdefault(one.role, {})[one.name] = None
    for asked in of(case).exclude(asked_of="").order_by("pk"):
        found.setdefault(asked.asked_of, {})[asked.person.name] = None
    return {role: tuple(names) for role, names in found.items()}
