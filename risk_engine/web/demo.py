"""Demo data: examples as cases in several states, with made-up people; marked everywhere, and gone again as a whole.

Every number of such a case begins with `DEMO-`, in lists, documents and records; nobody can sign in as one of the
people before somebody gives them a link.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError

from risk_engine.files.language import _, current
from risk_engine.files.reading import examples_folder
from risk_engine.files.source import read
from risk_engine.web import cases, erasure, log
from risk_engine.web.decisions import Ruling, assessment_of, awaits_confirmation
from risk_engine.web.models import Case, Faculty, Membership, Person
from risk_engine.web.stated import case_stating
from risk_engine.web.states import Move, move
from risk_engine.web.words import DEMO, DEMO_FACULTY, ActName, Role, SealedKind, State

_DOMAIN: Final = "demo.invalid"
_PEOPLE: Final = {
    "ada": ("Ada Vogel", Role.ASSESSOR),
    "rosa": ("Rosa Roth", Role.REVIEWER),
    "dora": ("Dora Decker", Role.DECIDER),
    "zoe": ("Zoe Zweig", Role.DECIDER),
    "ada.two": ("Ben Adler", Role.ASSESSOR),
}
_FACULTIES: Final = (("Engineering", "ada"), ("Medicine and humanities", "ada.two"))
_CASES: Final = (
    ("half-filled", 1, State.DRAFT, "1.0.0"),
    ("boreal-carbon", 0, State.ASSESSED, "1.0.0"),
    ("lung-imaging", 1, State.IN_REVIEW, "1.0.0"),
    ("horizon-robotics", 0, State.SIGNED, "1.0.0"),
    ("endowed-chair", 1, State.RETURNED, "1.0.0"),
    ("drone-swarm", 0, State.DECIDED, "1.0.0"),
    ("humanities-in-the-eu", 1, State.DECIDED, "1.0.0"),
    ("number-theory", 0, State.CLOSED, "1.0.0"),
)
"""Which example goes how far, in which faculty, under which version."""


def is_there() -> bool:
    """Return whether there is demo data."""
    return _cases().exists()


def _cases() -> QuerySet[Case]:
    """Return its cases; one of the office's own that is numbered so belongs to a faculty of its own."""
    return Case.objects.filter(number__startswith=DEMO, faculty__name__startswith=DEMO_FACULTY)


def names() -> list[str]:
    """Return the names of the people."""
    return [name for name, _role in _PEOPLE.values()]


@transaction.atomic
def bring(by: Person | None = None) -> int:
    """Make the demo data if there is none; return how many cases it has."""
    if is_there():
        return 0
    people = {key: _person(key, name) for key, (name, _role) in _PEOPLE.items()}
    faculties = [Faculty.objects.get_or_create(name=f"{DEMO_FACULTY}{name}")[0] for name, _key in _FACULTIES]
    for key, (_name, role) in _PEOPLE.items():
        for faculty, (_title, assesses) in zip(faculties, _FACULTIES, strict=True):
            if role != Role.ASSESSOR or assesses == key:
                Membership.objects.get_or_create(person=people[key], role=role, faculty=faculty)
    for name, place, state, version in _CASES:
        case = _case(name, faculties[place], people[_FACULTIES[place][1]], version)
        go(case, state, people, people[_FACULTIES[place][1]])
    log.note("demo", by, cases=len(_CASES))
    return len(_CASES)


def _person(key: str, name: str) -> Person:
    email = f"{key}@{_DOMAIN}"
    found = Person.objects.filter(email=email).first()
    return found or Person.objects.create_user(email, name=f"{name} (Demo)", language=current())


def _case(name: str, faculty: Faculty, by: Person, version: str) -> Case:
    stated = dict(read(examples_folder() / f"{name}.yaml").data)
    number = f"{DEMO}{stated['id']}"
    return case_stating(
        {**stated, "id": number, "status": "draft"}, f"{stated['criteria']}@{version}", faculty, by, "demo"
    )


def go(case: Case, state: State, people: Mapping[str, Person], by: Person, *, adopt: bool | None = None) -> None:
    """Let a case go its way up to a state, with an act of whoever does it.

    `adopt` says of a decision whether the proposed conditions are taken, where it needs some.
    """
    reviewer, decider, second = people["rosa"], people["dora"], people["zoe"]
    for act in _way(state):
        case.refresh_from_db()
        sealed = cases.filed(case, SealedKind.ASSESSMENT)
        digest = sealed.digest if sealed else ""
        match act:
            case ActName.ASSESS:
                move(case, by, Move(act))
            case ActName.SEND:
                move(case, by, Move(act, digest, reviewer=reviewer, due=_soon()))
            case ActName.REVIEW:
                move(case, reviewer, Move(act, digest))
            case ActName.RETURN:
                move(case, reviewer, Move(act, digest, note=_("Look at the open answers once more.")))
            case ActName.DECIDE if sealed is not None:
                levels = tuple((one.ladder, one.level) for one in assessment_of(sealed).proposals)
                move(case, decider, Move(act, digest, ruling=Ruling(levels, _("As proposed."), adopt=adopt)))
                case.refresh_from_db()
                if awaits_confirmation(case):
                    decision = cases.filed(case, SealedKind.DECISION)
                    move(case, second, Move(ActName.CONFIRM, decision.digest if decision else ""))
            case _:
                move(case, by, Move(act, digest, note=_("The project is over.")))


def _way(state: State) -> Iterator[ActName]:
    acts = (ActName.ASSESS, ActName.SEND, ActName.REVIEW, ActName.DECIDE, ActName.CLOSE)
    ends = (State.ASSESSED, State.IN_REVIEW, State.SIGNED, State.DECIDED, State.CLOSED)
    if state == State.RETURNED:
        yield from (*acts[:2], ActName.RETURN)
    elif state in ends:
        yield from acts[: ends.index(state) + 1]


def _soon() -> date:
    return cases.today() + timedelta(days=14)


@transaction.atomic
def remove(by: Person) -> int:
    """Take all demo data away, people and faculties too where nothing of the office's own hangs on them."""
    found = list(_cases())
    for case in found:
        erasure.end_case(case, "demo", by)
    for one in (
        *Person.objects.filter(email__endswith=f"@{_DOMAIN}"),
        *Faculty.objects.filter(name__startswith=DEMO_FACULTY),
    ):
        try:
            with transaction.atomic():
                one.delete()
        except (ProtectedError, RestrictedError):  # somebody worked with it on a case of their own
            if isinstance(one, Person):
                one.is_active = False
                one.save(update_fields=["is_active"])
    log.note("demo_removed", by, cases=len(found))
    return len(found)
