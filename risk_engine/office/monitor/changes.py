"""What changed, and which cases it touches and how; facts and ids alone, words are made when somebody reads.

The id of a change is a digest over what changed and its content, so what was acknowledged under it stays so until it
changes. A touched case has a digest of its own: one that a change touches later is shown although the change was seen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from typing import Any, Final, Literal, TypeAlias

from risk_engine.files.plain import digest

Kind: TypeAlias = Literal[
    "version",
    "day",
    "released",
    "withdrawn",
    "gone",
    "due",
    "listed",
    "unlisted",
    "list_gone",
    "profile",
    "uncovered",
    "joint",
]
"""`version`: another version decides otherwise; `day`: a date of the criteria does; `released`, `withdrawn`, `gone`: of
a version itself; `due`: a date of a case; `listed`: a list has an entry that nobody confirmed or ruled out; `unlisted`:
it has it no more; `list_gone`: a list is not kept any more; `profile`: what is on file about a partner;
`uncovered`: joint works that no case is about; `joint`: other joint works of a partner whom cases name."""
CaseState: TypeAlias = Literal["decided", "open", "closed", "on_file"]
"""`on_file` is no case, but what is on file about a partner."""
ID: Final = 12
"""So many digits of a digest name a change: people type them."""


class Gravity(IntEnum):
    """How much a change weighs for a case, the worst first."""

    STRICTER = 0
    MAY_BE_STRICTER = 1
    OVERDUE = 2
    TO_LOOK_AT = 3
    """What it comes to nobody knows, or only a person."""
    OTHERWISE = 4
    MILDER = 5
    COMING = 6
    NOTED = 7
    """No case comes out otherwise."""


@dataclass(frozen=True)
class Touch:
    """A case that a change touches: how much, what tells this from another touch, and the difference in words."""

    case_id: str
    title: str
    state: CaseState
    gravity: Gravity
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Plain values without words."""
    lines: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What it is known by: the case, and how it is touched."""
        return digest({"case": self.case_id, **self.facts})

    @property
    def order(self) -> tuple[Any, ...]:
        """The worst first, decided cases before open ones, for a decision rests on them."""
        return self.gravity, self.state != "decided", self.case_id


@dataclass(frozen=True)
class Change:
    """Something that changed, with the cases that it touches, the worst first."""

    kind: Kind
    about: Mapping[str, Any]
    """What changed and its content, in plain values without words."""
    touches: tuple[Touch, ...] = ()
    lines: tuple[str, ...] = ()
    """What there is to say of it, whatever it touches."""
    least: Gravity = Gravity.NOTED
    """What it weighs where it touches no case."""
    is_event: bool = False
    """It can be told only against an earlier look, and is kept until somebody acknowledges it."""
    first: date | None = None
    """When it was first found."""
    is_new: bool = True
    """It was not found at the last look."""
    new: frozenset[str] = frozenset()
    """Of one that was found before the digests of the cases that came to it since."""
    known: tuple["Acknowledged", ...] = ()
    """Who acknowledged it before other cases came to it."""

    @property
    def id(self) -> str:
        """What people name it by."""
        return digest({"kind": self.kind, **self.about})[:ID]

    @property
    def gravity(self) -> Gravity:
        """How much it weighs: as much as for the case that it touches worst."""
        return min((one.gravity for one in self.touches), default=self.least)

    @property
    def order(self) -> tuple[Any, ...]:
        """The worst first; of equal ones what touches decided cases, more of them, the sooner, more works."""
        decided = sum(one.state == "decided" for one in self.touches)
        day = str(self.about.get("day", ""))
        due, works = day if self.kind == "due" else "", self.about.get("works", 0)
        return self.gravity, not decided, due, -len(self.touches), day, -works, self.id

    def touching(self, touches: Iterable[Touch]) -> "Change":
        """Return it with these cases, the worst first."""
        return replace(self, touches=tuple(sorted(touches, key=lambda one: one.order)))


@dataclass(frozen=True)
class Acknowledged:
    """That somebody saw a change: who, when, why, and which cases it touched then."""

    id: str
    kind: Kind
    about: Mapping[str, Any]
    touched: frozenset[str]
    by: str
    on: date
    reason: str


PartName: TypeAlias = Literal["cases", "dates", "criteria", "lists", "profiles", "works"]
PART_OF: Final[Mapping[Kind, PartName]] = {
    "listed": "lists",
    "unlisted": "lists",
    "list_gone": "lists",
    "profile": "profiles",
    "uncovered": "works",
    "joint": "works",
}
"""What kinds of changes come of, where that is not looked at each time."""


@dataclass(frozen=True)
class Part:
    """Something that was to be looked at: what, in words what was found there, or why nobody could look."""

    name: PartName
    said: str
    state: Literal["looked", "not_asked", "failed"] = "looked"


@dataclass(frozen=True)
class Report:
    """What a look found: the changes that nobody acknowledged, the worst first, and what was and was not looked at."""

    register: str
    on: date
    last: date | None
    changes: tuple[Change, ...]
    acknowledged: int
    """So many were found and are not shown, for somebody acknowledged them."""
    parts: tuple[Part, ...]
    problems: tuple[str, ...] = ()
    """What could not be looked at, each with its place."""
    quiet: tuple[Change, ...] = ()
    """Of what somebody acknowledged what is due: a calendar has its day still."""

    @property
    def failed(self) -> bool:
        """Return whether something could not be looked at."""
        return bool(self.problems) or any(one.state == "failed" for one in self.parts)

    @property
    def new(self) -> int:
        """How many changes are new, or touch a case that they did not touch at the last look."""
        return sum(one.is_new or bool(one.new) for one in self.changes)


def still_due(changes: Iterable[Change], acknowledged: Sequence[Acknowledged]) -> Iterator[Change]:
    """Yield what is due and is told no more, with who acknowledged it."""
    for one in changes:
        if one.kind == "due" and left(one, acknowledged) is None:
            yield replace(one, known=tuple(each for each in acknowledged if each.id == one.id))


def left(change: Change, acknowledged: Iterable[Acknowledged]) -> Change | None:
    """Return what is to be shown of a change after what was acknowledged; None where that is all of it."""
    about = tuple(one for one in acknowledged if one.id == change.id)
    if not about:
        return change
    seen = frozenset[str]().union(*(one.touched for one in about))
    rest = tuple(one for one in change.touches if one.digest not in seen)
    return replace(change, touches=rest, known=about) if rest else None
