"""Who sees a confidential case: people who are named in it, whatever their role, and always enough to go on with it.

Each change is in the log. At least one of those who are named assesses; whom the case waits for is not taken out.
"""

from django.db import transaction
from django.db.models import Q

from risk_engine.files.language import _
from risk_engine.web import log
from risk_engine.web.cases import RefusedError
from risk_engine.web.models import Case, CaseAccess, Membership, Person
from risk_engine.web.rights import RIGHTS, Action, may
from risk_engine.web.words import ActName, Role, State


def named(case: Case) -> list[Person]:
    """Return who is named in a case, by name."""
    return list(Person.objects.filter(caseaccess__case=case).order_by("name", "pk"))


def nameable(case: Case) -> list[Person]:
    """Return who could be named beside them: everybody with a role by which they see cases of the faculty."""
    held = Membership.objects.filter(Q(faculty=case.faculty_id) | Q(faculty=None), role__in=RIGHTS["see"])
    found = Person.objects.filter(is_active=True, memberships__in=held).exclude(caseaccess__case=case)
    return list(found.distinct().order_by("name", "pk"))


@transaction.atomic
def make_confidential(case: Case, by: Person) -> None:
    """Let a case be seen by those who worked on it, who is asked about it and who asks for this, and by nobody else.

    Raise RefusedError where nobody of them may go on with it.
    """
    case = _locked(case)
    if case.confidential:
        return
    case.confidential = True
    case.save(update_fields=["confidential"])
    at_work = Person.objects.filter(pk__in={by.pk, *_worked_on(case)}, is_active=True)
    CaseAccess.objects.bulk_create((CaseAccess(case=case, person=one) for one in at_work), ignore_conflicts=True)
    _check(case)
    for asked in case.consultations.filter(withdrawn=False).order_by("pk"):
        _named, asked.names = CaseAccess.objects.get_or_create(case=case, person=asked.person)
        asked.save(update_fields=["names"])
    log.note("confidential", by, case, named=sorted(case.access.values_list("person", flat=True)))


@transaction.atomic
def lift(case: Case, by: Person) -> None:
    """Let a case be seen again by who sees the cases of its faculty."""
    case = _locked(case)
    if not case.confidential:
        return
    case.confidential = False
    case.save(update_fields=["confidential"])
    case.access.all().delete()
    log.note("not_confidential", by, case)


@transaction.atomic
def give(case: Case, person: Person, by: Person) -> None:
    """Name somebody in a confidential case; raise RefusedError where they have no role in its faculty."""
    case = _locked(case)
    if not case.confidential or case.access.filter(person=person).exists():
        return
    if person not in nameable(case):
        raise RefusedError(_("{name} has no role in this faculty: an admin gives them one.", name=person))
    CaseAccess.objects.create(case=case, person=person)
    log.note("access", by, case, given_to=person.pk)


@transaction.atomic
def take(case: Case, person: Person, by: Person) -> None:
    """Take somebody out of a confidential case; raise RefusedError where the case could not go on without them."""
    case = _locked(case)
    if not case.confidential or not case.access.filter(person=person).exists():
        return
    case.access.filter(person=person).delete()
    if case.state == State.IN_REVIEW and case.reviewer_id == person.pk:
        raise RefusedError(_("The case waits for the review of {name}: take it back from review first.", name=person))
    _check(case)
    waits = case.state in {State.IN_REVIEW, State.SIGNED, State.DECIDED}
    if waits and Role.DECIDER in _roles(person) and not can(case, ActName.DECIDE):
        raise RefusedError(_("{name} is the last who may decide this case: name somebody else first.", name=person))
    log.note("access", by, case, taken_from=person.pk)


def left_alone() -> list[Case]:
    """Return the confidential cases with which nobody who is named can go on: people left, or nobody was named yet."""
    return [one for one in Case.objects.filter(confidential=True).order_by("pk") if not can(one, ActName.ASSESS)]


@transaction.atomic
def take_in(person: Person, by: Person) -> int:
    """Name an assessor in such cases of their faculties, whoever does it seeing none of them; return in how many.

    Raise RefusedError where an admin would name themselves.
    """
    if person == by:
        raise RefusedError(_("Name somebody else than yourself."))
    found = [_locked(one) for one in left_alone()]
    mine = [one for one in found if person.is_active and person in nameable(one) and Role.ASSESSOR in _roles(person)]
    for one in mine:
        CaseAccess.objects.create(case=one, person=person)
        log.note("access", by, one, given_to=person.pk)
    return len(mine)


def can(case: Case, action: Action) -> bool:
    """Return whether anybody of those who are named may do something to a case."""
    return any(may(one, action, case) for one in named(case))


def _locked(case: Case) -> Case:
    return Case.objects.select_for_update().get(pk=case.pk)


def _check(case: Case) -> None:
    if not can(case, ActName.ASSESS):
        raise RefusedError(_("Somebody who may assess this case stays named in it: name another assessor first."))


def _worked_on(case: Case) -> set[int]:
    """Return who answered, did something, or was named as reviewer."""
    reviewer = {case.reviewer_id} if case.reviewer_id is not None else set()
    return {*case.answers.values_list("by", flat=True), *case.acts.values_list("person", flat=True), *reviewer}


def _roles(person: Person) -> set[str]:
    return set(person.memberships.values_list("role", flat=True))
