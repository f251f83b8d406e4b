"""Who may do what to which case. `may` is the only test, and `cases_for` the only way to a case."""

from typing import Final, Literal, TypeAlias

from django.db.models import Q, QuerySet

from risk_engine.web.models import Case, CaseAccess, Consultation, Faculty, Membership, Person
from risk_engine.web.words import ActName, Role

Action: TypeAlias = Literal["see", "answer", "note", "invite", "consult", "access", "begin", "people"] | ActName
"""What a route does: an act, or something that leaves the case where it is."""

_STAFF: Final = frozenset({Role.ASSESSOR, Role.REVIEWER, Role.DECIDER})
_ASSESSOR: Final = frozenset({Role.ASSESSOR})
OFFICERS: Final = frozenset({Role.EXPORT_OFFICER, Role.DATA_PROTECTION_OFFICER})
"""Who sees a case where they are asked about it, and gives an opinion on it."""

RIGHTS: Final[dict[Action, frozenset[Role]]] = {
    "see": _STAFF | {Role.AUDITOR},
    "begin": _ASSESSOR,
    "answer": _ASSESSOR,
    "note": _STAFF,
    "invite": _ASSESSOR,
    "consult": _ASSESSOR,
    "access": _ASSESSOR | {Role.DECIDER},
    "people": frozenset({Role.ADMIN}),
    ActName.ANSWER: _ASSESSOR,
    ActName.ASSESS: _ASSESSOR,
    ActName.EDIT: _ASSESSOR,
    ActName.FILE: _ASSESSOR,
    ActName.SEND: _ASSESSOR,
    ActName.WITHDRAW: _ASSESSOR,
    ActName.CLOSE: _ASSESSOR,
    ActName.REVIEW: frozenset({Role.REVIEWER}),
    ActName.RETURN: frozenset({Role.REVIEWER, Role.DECIDER}),
    ActName.DECIDE: frozenset({Role.DECIDER}),
    ActName.CONFIRM: frozenset({Role.DECIDER}),
    ActName.REOPEN: _STAFF,
    ActName.OPINION: frozenset(),
}
"""Which roles have a right; in which faculties is said by the membership that gives the role."""

WHERE_ASKED: Final[dict[Action, Q]] = {
    "see": Q(),
    "note": Q(),
    "answer": ~Q(asked_of=""),
    ActName.OPINION: Q(for_opinion=True),
}
"""Which rights officers have in a case about which they were asked so."""


def may(person: Person, action: Action, case: Case | None = None) -> bool:
    """Return whether a person may do something, to a case where there is one.

    A confidential case is done nothing to but by who is named in it, whatever their role; for others it is not there.
    """
    if not person.is_active:
        return False
    if case is None:
        return person.memberships.filter(role__in=_roles(action)).exists()
    if case.confidential and not case.access.filter(person=person).exists():
        return False
    held = set(person.memberships.filter(_in_faculty_of(case)).values_list("role", flat=True))
    return bool(held & RIGHTS[action]) or (
        action in WHERE_ASKED and bool(held & OFFICERS) and _asked(person, case).filter(WHERE_ASKED[action]).exists()
    )


def _roles(action: Action) -> frozenset[Role]:
    """Return the roles that may do something to some case."""
    return RIGHTS[action] | (OFFICERS if action in WHERE_ASKED else frozenset())


def _in_faculty_of(case: Case) -> Q:
    return Q(faculty=case.faculty_id) | Q(faculty=None)


def _asked(person: Person, case: Case) -> QuerySet[Consultation]:
    return Consultation.objects.filter(case=case, person=person, withdrawn=False)


def questions_of(person: Person, case: Case) -> frozenset[str] | None:
    """Return of which roles of the criteria a person answers the questions, None for every question."""
    here = person.memberships.filter(_in_faculty_of(case))
    if here.filter(role__in=RIGHTS["answer"]).exists():
        return None
    return frozenset(_asked(person, case).exclude(asked_of="").values_list("asked_of", flat=True))


def faculties_of(person: Person, action: Action) -> QuerySet[Faculty]:
    """Return the faculties in which a person may do something, by name."""
    held = person.memberships.filter(role__in=_roles(action))
    if held.filter(faculty=None).exists():
        return Faculty.objects.order_by("name")
    return Faculty.objects.filter(membership__in=held).distinct().order_by("name")


def cases_for(person: Person) -> QuerySet[Case]:
    """Return the cases that a person may see."""
    if not person.is_active:
        return Case.objects.none()
    asked = Consultation.objects.filter(person=person, withdrawn=False).values("case")
    seen = _of(person, RIGHTS["see"]) | (_of(person, OFFICERS) & Q(pk__in=asked))
    named = CaseAccess.objects.filter(person=person).values("case")
    # No join: rows are wide, and a join would make each of them be compared with all others.
    return Case.objects.filter(seen & (Q(confidential=False) | Q(pk__in=named)))


def _of(person: Person, roles: frozenset[Role]) -> Q:
    """Return which cases are of a faculty in which a person has one of some roles."""
    held = Membership.objects.filter(person=person, role__in=roles)
    faculties = set(held.values_list("faculty", flat=True))
    return ~Q(pk__in=[]) if None in faculties else Q(faculty__in=faculties)
