"""Who may do what to which case. `may` is the only test, and `cases_for` the only way to a case."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar

from django.db.models import Q, QuerySet

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
        "many",
        "people",
        "audit",
        "criteria",
        "privacy",
        "change_criteria",
        "screen",
        "recheck",
        "monitor",
        "awareness",
        "exchange",
        "keys",
        "lists",
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
    "many": _STAFF,
    "answer": _ASSESSOR,
    "note": _STAFF,
    "invite": _ASSESSOR,
    "consult": _ASSESSOR,
    "access": _ASSESSOR | {Role.DECIDER},
    "people": frozenset({Role.ADMIN}),
    "audit": frozenset({Role.AUDITOR}),
    "criteria": frozenset(Role),
    "privacy": frozenset({Role.DATA_PROTECTION_OFFICER, Role.ADMIN}),
    "change_criteria": frozenset(),
    "screen": frozenset(Role),
    "recheck": _STAFF,
    "monitor": _STAFF,
    "awareness": _STAFF,
    "exchange": frozenset({Role.DECIDER, Role.ADMIN}),
    "keys": frozenset({Role.ADMIN}),
    "lists": frozenset({Role.ADMIN}),
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

WHERE_ASKED: Final[dict[Action, Callable[[str, bool], bool]]] = {
    "see": lambda _asked_of, _for_opinion: True,
    "note": lambda _asked_of, _for_opinion: True,
    "answer": lambda asked_of, _for_opinion: bool(asked_of),
    ActName.OPINION: lambda _asked_of, for_opinion: for_opinion,
}
"""Which rights officers have in a case about which they were asked so: for answers of a role, for an opinion."""


NOT_DEPUTISED: Final[frozenset[Action]] = frozenset(
    {
        "begin",
        "on_file",
        "many",
        "people",
        "criteria",
        "privacy",
        "screen",
        "recheck",
        "monitor",
        "awareness",
        "lists",
        "exchange",
        "keys",
    }
)
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


class Held(NamedTuple):
    """A role that somebody has, in a faculty or (None) in all."""

    person: int
    role: str
    faculty: int | None


V = TypeVar("V")
_REMEMBERED: Final[ContextVar[dict[Any, Any] | None]] = ContextVar("remembered", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Ask the database once for each right while a page is made, which changes none: else each button asks anew.

    Within another one, what that remembers is kept.
    """
    token = _REMEMBERED.set({} if (known := _REMEMBERED.get()) is None else known)
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


def _once(key: tuple[Any, ...], asked: Callable[[], V]) -> V:
    known = _REMEMBERED.get()
    if known is None:
        return asked()
    if key not in known:
        known[key] = asked()
    found: V = known[key]
    return found


def _held(person: Person) -> tuple[Held, ...]:
    """Return the roles of a person and of those whom they stand in for today."""

    def asked() -> tuple[Held, ...]:
        those = Q(person=person) | Q(person__in=stood_in_for(person))
        return tuple(Held(*one) for one in Membership.objects.filter(those).values_list("person", "role", "faculty"))

    return _once(("roles", person.pk), asked)


def _holders(person: Person, action: Action, case: Case | None) -> set[int]:
    """Return whose rights let a person do something: their own, those of whom they stand in for today."""
    if not person.is_active or (case and case.confidential and not _is_named(person, case)):
        return set()
    if action == "change_criteria":  # a right beside any role, and of nobody's deputy
        return {person.pk} if person.edits_criteria and case is None else set()
    held = [one for one in _held(person) if one.person == person.pk or action not in NOT_DEPUTISED]
    if case is None:
        return {one.person for one in held if one.role in _roles(action)}
    here = [one for one in held if one.faculty in {None, case.faculty_id}]
    found = {one.person for one in here if one.role in RIGHTS[action]}
    officers = {one.person for one in here if one.role in OFFICERS}
    if action in WHERE_ASKED and officers - found:
        asked = _once(
            ("asked", case.pk, *sorted(officers)),
            lambda: list(_asked(officers, case).values_list("person", "asked_of", "for_opinion")),
        )
        found |= {key for key, asked_of, for_opinion in asked if WHERE_ASKED[action](asked_of, for_opinion)}
    return found


def is_officer(person: Person) -> bool:
    """Return whether somebody has a role that is asked about cases."""
    return any(one.role in OFFICERS and one.person == person.pk for one in _held(person))


def _is_named(person: Person, case: Case) -> bool:
    return _once(("let in", person.pk, case.pk), case.access.filter(person=person).exists)


def stood_in_for(person: Person) -> QuerySet[Person]:
    """Return for whom somebody does the work today."""
    return Person.objects.filter(pk__in=_today().filter(person=person).values("on_behalf_of"), is_active=True)


def deputies_of(person: Person) -> QuerySet[Person]:
    """Return who does somebody's work today beside themselves."""
    return Person.objects.filter(pk__in=_today().filter(on_behalf_of=person).values("person"), is_active=True)


def _today() -> QuerySet[Deputy]:
    day = datetime.now(UTC).astimezone().date()
    return Deputy.objects.filter(cancelled=False, starts__lte=day, ends__gte=day)


def _roles(action: Action) -> frozenset[Role]:
    """Return the roles that may do something to some case."""
    return RIGHTS[action] | (OFFICERS if action in WHERE_ASKED else frozenset())


def _asked(people: Collection[int], case: Case) -> QuerySet[Consultation]:
    return Consultation.objects.filter(case=case, person__in=people, withdrawn=False)


def questions_of(person: Person, case: Case) -> frozenset[str] | None:
    """Return of which roles of the criteria a person answers the questions, None for every question."""
    here = [one for one in _held(person) if one.faculty in {None, case.faculty_id}]
    if any(one.role in RIGHTS["answer"] for one in here):
        return None
    people = {person.pk, *(one.person for one in _held(person))}
    return frozenset(_asked(people, case).exclude(asked_of="").values_list("asked_of", flat=True))


def faculties_of(person: Person, action: Action) -> QuerySet[Faculty]:
    """Return the faculties in which a person may do something, by name."""
    own = {one.faculty for one in _held(person) if one.person == person.pk and one.role in _roles(action)}
    found = Faculty.objects.order_by("name")
    return found if None in own else found.filter(pk__in=[one for one in own if one is not None])


def cases_for(person: Person) -> QuerySet[Case]:
    """Return the cases that a person may see."""
    if not person.is_active:
        return Case.objects.none()
    held = _held(person)
    seen = _of({one.faculty for one in held if one.role in RIGHTS["see"]})
    asked = Consultation.objects.filter(withdrawn=False)
    for officer in {one.person for one in held if one.role in OFFICERS}:
        faculties = {one.faculty for one in held if one.person == officer and one.role in OFFICERS}
        seen |= _of(faculties) & Q(pk__in=asked.filter(person=officer).values("case"))
    named = CaseAccess.objects.filter(person=person).values("case")
    # No join: rows are wide, and a join would make each of them be compared with all others.
    return Case.objects.filter(seen & (Q(confidential=False) | Q(pk__in=named)))


def _of(faculties: Collection[int | None]) -> Q:
    """Return which cases are of one of some faculties; None: all are."""
    return ~Q(pk__in=[]) if None in faculties else Q(faculty__in=faculties)
