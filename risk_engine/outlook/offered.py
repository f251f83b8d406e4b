"""What may be done about a result as a solver sees it: each control and each change of design with its term."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from risk_engine.backends.symbolic.blanks import Blank
from risk_engine.backends.symbolic.domains import Domain, place_of
from risk_engine.backends.symbolic.terms import Chosen, Interval, Term, is_at, negated
from risk_engine.engine.replay import Place
from risk_engine.engine.work import Worked
from risk_engine.model.facts import AnyFact
from risk_engine.model.words import Id
from risk_engine.outlook.allowed import (
    MOST_EFFORT,
    changeable,
    is_mildest,
    may_flip,
    missing_controls,
    nearest,
    others,
)
from risk_engine.witness.open_case import OpenCase


@dataclass(frozen=True, eq=False)
class Part:
    """One thing that may be done: a control, or another answer to a question; `done` is its term."""

    done: Term
    control: Id | None = None
    place: Place | None = None
    effort: int = MOST_EFFORT
    is_new: bool = True


@dataclass(frozen=True)
class Offer:
    """Everything that may be done about a case, with the case open for it."""

    worked: Worked
    opened: OpenCase
    ladders: tuple[str, ...]

    @classmethod
    def of(cls, worked: Worked, ladders: tuple[str, ...]) -> "Offer":
        """Return what may be done about these ladders."""
        opened = OpenCase(
            worked, worked.case, questions=changeable(worked), controls=missing_controls(worked), binding=False
        )
        for name in ladders:
            opened.reading.ladder(name)
        return cls(worked, opened, ladders)

    @property
    def changes(self) -> list[Blank]:
        """The questions of which another answer is offered, those that no rule of these ladders reads left out."""
        return [one for one in self.opened.blanks.in_order() if self.opened.blanks.is_open(one)]

    def parts(self) -> list[Part]:
        """Return everything that may be done, controls first, in the order of the files."""
        blanks, states, declared = self.opened.blanks, self.worked.controls, self.worked.criteria.controls
        controls = [
            Part(blanks.controls[name], name, None, one.effort, is_new=name not in states)
            for name, one in declared.items()
            if name in blanks.controls
        ]
        changes = [Part(blanks.touched[one].differs, None, self.opened.place(one)) for one in self.changes]
        return [one for one in (*controls, *changes) if not isinstance(one.done, bool)]

    def allowed(self) -> list[Term]:
        """Return that every answer stays as it is, or becomes one that may be offered."""
        return [term for blank in self.changes for term in self._allowed(blank)]

    def _allowed(self, blank: Blank) -> Iterator[Term]:
        asked = self.opened.blanks.touched[blank].answer
        yield negated(asked.unknown)
        value = self.before(blank)
        match asked:
            case Chosen(_unknown, options):
                yield from (
                    term if one in value else negated(term)
                    for one, term in options.items()
                    if not may_flip(self.fact(blank), one, value)
                )
            case Interval(_unknown, low, _high):
                now, length = self.now(blank), len(low)
                allowed = {now, *self.others(blank)}
                yield from (negated(is_at(low, place)) for place in range(length) if place not in allowed)

    def fact(self, blank: Blank) -> AnyFact:
        """Return the declaration of a question."""
        return self.worked.criteria.entities[blank.entity].facts[blank.fact]

    def before(self, blank: Blank) -> Any:
        """Return what the case states."""
        return self.opened.blanks.stated_in_case(blank)

    def now(self, blank: Blank) -> int:
        """Return the place of the class that the stated answer belongs to."""
        return place_of(self.before(blank), self.domain(blank))

    def domain(self, blank: Blank) -> Domain:
        """Return the classes of answers to a question."""
        return self.opened.blanks.domains[blank.name]

    def others(self, blank: Blank) -> list[int]:
        """Return the places of the answers that are offered in place of the stated one, the nearest first."""
        return others(self.fact(blank), self.now(blank), self.domain(blank))

    def nearest(self, blank: Blank, place: int) -> Any:
        """Return of a class of answers the one that is nearest to the stated answer."""
        return nearest(self.now(blank), place, self.domain(blank))

    def is_mildest(self, blank: Blank, value: Any) -> bool:
        """Return whether no answer is milder than this one, of a fact with a direction."""
        return is_mildest(self.fact(blank), value, self.now(blank), self.domain(blank))
