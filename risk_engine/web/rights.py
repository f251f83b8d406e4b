"""Who may do what to which case. `may` is the only test, and `cases_for` the only way to a case."""

from typing import Final, Literal, TypeAlias

from django.db.models import Q, QuerySet

from risk_engine.web.models import Case, CaseAccess, Faculty, Person
from risk_engine.web.words import ActName, Role

Action: TypeAlias = Literal["see", "answer", "note", "access", "begin", "people"] | ActName
"""What a route does: an act, or something that leaves the case where it is."""

_STAFF: Final = frozenset({Role.ASSESSOR, Role.REVIEWER, Role.DECIDER})
_OPINION: Final = frozenset({Role.EXPORT_OFFICER, Role.DATA_PROTECTION_OFFICER})
_ASSESSOR: Final = frozenset({Role.ASSESSOR})

RIGHTS: Final[dict[Action, frozenset[Role]]] = {
    "see": _STAFF | _OPINION | {Role.AUDITOR},
    "begin": _ASSESSOR,
    "answer": _ASSESSOR,
    "note": _STAFF | _OPINION,
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
    ActName.OPINION: _OPINION,
}
"""Which roles have a right; in which faculties is said by the membership that gives the role."""


def may(person: Person, action: Action, case: Case | None = None) -> bool:
    """Return whether a person may do something, to a case where there is one.

    A confidential case is done nothing to but by who is named in it, whatever their role; for others it is not there.
    """
    if not person.is_active:
        return False
    held = person.memberships.filter(role__in=RIGHTS[action])
    if case is None:
        return held.exists()
    if case.confidential and not case.access.filter(person=person).exists():
        return False
    return held.filter(Q(faculty=case.faculty_id) | Q(faculty=None)).exists()


def faculties_of(person: Person, action: Action) -> QuerySet[Faculty]:
    """Return the faculties in which a person may do something, by name."""
    held = person.memberships.filter(role__in=RIGHTS[action])
    if held.filter(faculty=None).exists():
        return Faculty.objects.order_by("name")
    return Faculty.objects.filter(membership__in=held).distinct().order_by("name")


def cases_for(person: Person) -> QuerySet[Case]:
    """Return the cases that a person may see."""
    held = person.memberships.filter(role__in=RIGHTS["see"])
    if not person.is_active or not held.exists():
        return Case.objects.none()
    open_to = Q() if held.filter(faculty=None).exists() else Q(faculty__in=held.values("faculty"))
    # No join: rows are wide, and a join would make each of them be compared with all others.
    named = CaseAccess.objects.filter(person=person).values("case")
    return Case.objects.filter(open_to & (Q(confidential=False) | Q(pk__in=named)))
