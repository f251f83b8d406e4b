"""Who may do what to which case. `may` is the only test, and `cases_for` the only way to a case."""

from collections.abc import Collection
from typing import Final, Literal, TypeAlias

from django.db.models import Q, QuerySet

from risk_engine.web import cases
from risk_engine.web.models import Case, CaseAccess, Consultation, Deputy, Faculty, Membership, Person
from risk_engine.web.words import ActName, Role

Action: TypeAlias = (
    Literal[
        "see",
        "answer",
        "note",
        "invite",
        "consult",
        "access",
        "begin",
        "on_file",
        "people",
        "audit",
        "criteria",
        "privacy",
    ]
    | ActName
)
"""What a route does: an act, or something that leaves the case where it is."""

_STAFF: Final = frozenset({Role.ASSESSOR, Role.REVIEWER, Role.DECIDER})
_ASSESSOR: Final = frozenset({Role.ASSESSOR})
OFFICERS: Final = frozenset({Role.EXPORT_OFFICER, Role.DATA_PROTECTION_OFFICER})
"""Who sees a case where they are asked about it, and gives an opinion on it."""

RIGHTS: Final[dict[Action, frozenset[Role]]] = {
    "see": _STAFF | {Role.AUDITOR},
    "begin": _ASSESSOR,
    "on_file": _ASSESSOR,
    "answer": _ASSESSOR,
    "note": _STAFF,
    "invite": _ASSESSOR,
    "consult": _ASSESSOR,
    "access": _ASSESSOR | {Role.DECIDER},
    "people": frozenset({Role.ADMIN}),
    "audit": frozenset({Role.AUDITOR}),
    "criteria": frozenset(Role),
    "privacy": frozenset({Role.DATA_PROTECTION_OFFICER, Role.ADMIN}),
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


NOT_DEPUTISED: Final[frozenset[Action]] = frozenset({"begin", "on_file", "people", "criteria", "privacy"})
"""What a deputy does not do for somebody: their own new cases, and what is of no case."""


def may(person: Person, action: Action, case: Case | None = None) -> bool:
    """Return whether a person may do something, to a case where there is one: by a right of their own or as a deputy.

    A confidential case is done nothing to but by who is named in it, whatever their role or whom they stand in for; for
    others it is not there.
    """
    return bool(_holders(person, action, case))


def on_behalf_of(person: Person, action: Action, case: Case) -> Person | None:
    """Return for whom somebody does something to a case as a deputy; None where they may do it themselves."""
    holders = _holders(person, action, case)
    if action == ActName.REVIEW and case.reviewer_id in holders - {person.pk}:
        return case.reviewer
    return None if person.pk in holders else Person.objects.filter(pk__in=holders).order_by("pk").first()


def _holders(person: Person, action: Action, case: Case | None) -> set[int]:
    """Return whose rights let a person do something: their own, those of whom they stand in for today."""
    if not person.is_active or (case and case.confidential and not case.access.filter(person=person).exists()):
        return set()
    own = Q(person=person)
    held = Membership.objects.filter(own if action in NOT_DEPUTISED else own | Q(person__in=stood_in_for(person)))
    if case is None:
        return set(held.filter(role__in=_roles(action)).values_list("person", flat=True))
    here = list(held.filter(_in_faculty_of(case)).values_list("role", "person"))
    found = {key for role, key in here if role in RIGHTS[action]}
    officers = {key for role, key in here if role in OFFICERS}
    if action in WHERE_ASKED and officers - found:
        found |= set(_asked(officers, case).filter(WHERE_ASKED[action]).values_list("person", flat=True))
    return found


def stood_in_for(person: Person) -> QuerySet[Person]:
    """Return for whom somebody does the work today."""
    return Person.objects.filter(pk__in=_today().filter(person=person).values("on_behalf_of"), is_active=True)


def deputies_of(person: Person) -> QuerySet[Person]:
    """Return who does somebody's work today beside themselves."""
    return Person.objects.filter(pk__in=_today().filter(on_behalf_of=person).values("person"), is_active=True)


def _today() -> QuerySet[Deputy]:
    day = cases.today()
    return Deputy.objects.filter(cancelled=False, starts__lte=day, ends__gte=day)


def _roles(action: Action) -> frozenset[Role]:
    """Return the roles that may do something to some case."""
    return RIGHTS[action] | (OFFICERS if action in WHERE_ASKED else frozenset())


def _in_faculty_of(case: Case) -> Q:
    return Q(faculty=case.faculty_id) | Q(faculty=None)


def _asked(people: Collection[int], case: Case) -> QuerySet[Consultation]:
    return Consultation.objects.filter(case=case, person__in=people, withdrawn=False)


def questions_of(person: Person, case: Case) -> frozenset[str] | None:
    """Return of which roles of the criteria a person answers the questions, None for every question."""
    people = {person.pk, *stood_in_for(person).values_list("pk", flat=True)}
    here = Membership.objects.filter(_in_faculty_of(case), person__in=people, role__in=RIGHTS["answer"])
    if here.exists():
        return None
    return frozenset(_asked(people, case).exclude(asked_of="").values_list("asked_of", flat=True))


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
    people = [person, *stood_in_for(person)]
    asked = Consultation.objects.filter(person__in=people, withdrawn=False)
    seen = _of(people, RIGHTS["see"])
    for one in people:
        seen |= _of([one], OFFICERS) & Q(pk__in=asked.filter(person=one).values("case"))
    named = CaseAccess.objects.filter(person=person).values("case")
    # No join: rows are wide, and a join would make each of them be compared with all others.
    return Case.objects.filter(seen & (Q(confidential=False) | Q(pk__in=named)))


def _of(people: Collection[Person], roles: frozenset[Role]) -> Q:
    """Return which cases are of a faculty in which one of some people has one of some roles."""
    held = Membership.objects.filter(person__in=people, role__in=roles)
    faculties = set(held.values_list("faculty", flat=True))
    return ~Q(pk__in=[]) if None in faculties else Q(faculty__in=faculties)
