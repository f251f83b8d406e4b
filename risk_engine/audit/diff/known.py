"""The cases found so far, each worked out under both versions: what else one of them shows, the engine says.

Most cases show several changes, so those that are known are looked at before the solver is asked for another one. For
many questions it is asked at once, those cases first that differ from the base case in the fewest facts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import z3

from risk_engine.audit.diff.overlap import Overlap, union
from risk_engine.audit.diff.targets import (
    Findings,
    Target,
    happened,
    happens,
    happens_anyway,
    is_rising,
    notices_absent,
    same_ladders,
)
from risk_engine.engine.work import Worked
from risk_engine.model.changes import Direction
from risk_engine.solver.answers import at_most_of
from risk_engine.solver.confirm import contradictions, is_settled, replay, settled, sound
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.telling import Told, Trim
from risk_engine.solver.terms import Term, both

MOST = 7
"""Up to so many facts are cases of many questions looked for at once."""


class Way(NamedTuple):
    """Of what kind a case is to be that shows a change."""

    is_alike: bool = False
    """Both versions read it as it stands."""
    is_answered: bool = False
    """Every question is answered that only the later version asks."""
    is_anyway: bool = False
    """The change does not rest on what such questions leave open."""
    is_settled: bool = False
    """Nothing that is looked at is open under either version."""
    is_sound: bool = False
    """Its answers do not contradict each other."""


class Question(NamedTuple):
    """Whether something comes out so in a case of a kind."""

    target: Target
    direction: Direction
    way: Way


@dataclass(frozen=True)
class Found:
    """A case with what both versions make of it, and in how many facts it differs from the base case."""

    told: Told
    number: int
    is_printed: bool
    is_sound: bool
    is_alike: bool
    is_answered: bool

    @property
    def worked(self) -> tuple[Worked, Worked]:
        """What each version makes of it."""
        old, new = self.told.came
        return old.worked, new.worked

    def shows(self, asked: Question) -> bool:
        """Return whether it answers a question, as the engine says."""
        target, direction, way = asked
        is_of_kind = (
            (self.is_sound or not way.is_sound)
            and (self.is_alike or not way.is_alike)
            and (self.is_answered or not way.is_answered)
        )
        return (
            is_of_kind
            and happened(target, direction, *self.worked, is_anyway=way.is_anyway)
            and (not way.is_settled or all(is_settled(target.watched, one) for one in self.worked))
        )


class Known:
    """The cases found in one space."""

    def __init__(self, space: Space, overlap: Overlap) -> None:
        """Take the space; nothing is found yet."""
        self.space = space
        self._worth = space.limits.search
        self._overlap = overlap
        self.trim = Trim(space, lambda stated: not overlap.is_left_by(stated))
        self._found: list[Found] = []
        self._best: dict[Question, tuple[int, Found | None]] = {}
        """The best case for a question, and among how many found ones."""
        self._goals: dict[Question, list[Term]] = {}
        self._impossible: set[Question] = set()
        self._least: dict[Question, int] = {}
        """In fewer facts than so many differs no case that answers a question."""

    def best(self, asked: Question) -> Found | None:
        """Return the case that answers a question and differs in the fewest facts, a printed one before others."""
        # It is asked again and again of one question: only what was found since can be better.
        seen, best = self._best.get(asked, (0, None))
        for one in self._found[seen:]:
            is_less = best is None or (one.number, not one.is_printed) < (best.number, not best.is_printed)
            if is_less and one.shows(asked):
                best = one
        self._best[asked] = len(self._found), best
        return best

    def find(self, asked: Question, steps: int | None = None) -> tuple[Verdict, Found | None, bool]:
        """Return the smallest case that answers a question, and whether it is proved that it is.

        `steps` is the work that may be taken to find any, where that is less than the limit.
        """
        there = self.best(asked)
        if there is None:
            if asked in self._impossible:
                return "impossible", None, True
            verdict, model = self.space.smallest(*self.goal(asked), steps=steps)
        elif there.number <= self._least.get(asked, 0):
            return "possible", there, True
        else:
            verdict, model = self.space.smallest(*self.goal(asked), self._at_most(there.number - 1), steps=self._worth)
        if model is None:
            return ("possible", there, verdict == "impossible") if there else (verdict, None, True)
        return "possible", self.add(model, asked.target), self.space.is_smallest

    def printed(self, found: Found, target: Target) -> Found:
        """Return a case without what it does without, to be printed for what is looked at."""
        told = self.trim.shared(found.told, lambda came: [target.came(one) for one in came])
        printed = self._of(told, is_printed=True)
        self._found.append(printed)
        return printed

    def add(self, model: z3.ModelRef, *looked_at: Target) -> Found:
        """Take a case of the solver's, after the engine confirmed what is looked at."""
        watched = [watch for one in looked_at for watch in one.watched]
        old, new = (replay(self.space, one, model, watched) for one in self.space.readings)
        found = self._of(Told((union(old.data, new.data),), (old, new)), is_printed=False)
        self._found.append(found)
        return found

    def goal(self, asked: Question) -> list[Term]:
        """Return what says that a case answers a question."""
        if asked not in self._goals:
            target, direction, way = asked
            space = self.space
            changes = both(follows(space, target, direction), happens(target, direction, *space.readings))
            self._goals[asked] = [
                both(changes, happens_anyway(target, direction, *space.readings)) if way.is_anyway else changes,
                *(self._overlap.alike(space) if way.is_alike else ()),
                *(self._overlap.answered(space) if way.is_answered else ()),
                *(term for one in space.readings if way.is_settled for term in settled(target.watched, one)),
                *(self._sound if way.is_sound else ()),
            ]
        return self._goals[asked]

    def goals(self, ways: Iterable[Question]) -> list[list[Term]]:
        """Return the goals that together are a question, whatever else a case is that answers it."""
        return [self.goal(one) for one in ways if not (one.way.is_settled or one.way.is_sound)]

    @cached_property
    def _sound(self) -> list[Term]:
        return [term for one in self.space.readings for term in sound(one)]

    def first_shown(self, questions: Sequence[Sequence[Question]]) -> list[Question]:
        """Return of each of several rows of questions the first that a case answers, as far as that is seen soon."""
        in_order = [one for row in questions for one in row]
        places = {one: place for place, one in enumerate(in_order)}
        found: list[Question] = []
        with self.space.asked_with([], [both(*self.goal(one)) for one in in_order], self._worth) as ask:
            for row in questions:
                for one in row:
                    verdict, _core = ask([places[one]])
                    if verdict == "impossible":
                        self._impossible.add(one)
                    elif verdict == "possible":
                        found.append(one)
                        break
        return found

    def sweep(self, questions: Iterable[Question]) -> None:
        """Find the smallest case of each of several questions that have one, as far as that does not take long."""
        goals = {one: both(*self.goal(one)) for one in questions}
        for number in range(MOST + 1):
            waiting = [*goals]
            limit = self._at_most(number)
            with self.space.asked_with([limit], [*goals.values()], self._worth, is_told=True) as ask:
                for place, asked in enumerate(waiting):
                    self._least[asked] = number
                    there = self.best(asked)
                    if there is None or there.number > number:
                        verdict, _core = ask([place])
                        if verdict == "impossible":
                            continue
                        if self.space.shown is not None:
                            self.add(self.space.shown, asked.target)
                    del goals[asked]
            if not goals:
                return

    def _at_most(self, number: int) -> Term:
        differs = [one for one in self.space.blanks.differences() if not isinstance(one, bool)]
        return number >= 0 and (not differs or at_most_of(differs, number))

    def _of(self, told: Told, *, is_printed: bool) -> Found:
        old, new = told.came
        # An answer that another one closes is no difference to a reader; the solver counts it.
        asked = union(old.data, new.data)
        kinds = self.space.blanks.kinds
        lacking = [
            kind
            for control in asked["controls"]
            for kind in kinds.get(control["id"], ())
            if kind not in {one["kind"] for one in control["evidence"]}
        ]
        return Found(
            told=told,
            number=len(self.trim.differences(Told((asked,), told.came))) + len(lacking),
            is_printed=is_printed,
            is_sound=not any(contradictions(one.worked) for one in told.came),
            is_alike=not self._overlap.is_left_by(asked),
            is_answered=self._overlap.is_answered_in(new.worked),
        )


def follows(space: Space, target: Target, direction: Direction) -> Term:
    """Return what must be true of findings wherever a target changes: the solver need not work that out.

    Where only the strict end is looked at, or a dimension, and no finding is lower, nothing can come out milder; and
    nothing stricter where none is higher.
    """
    before, after = space.readings
    if target.of.startswith("finding") or not same_ladders(before.criteria, after.criteria):
        return True
    ladder = target.name if target.of == "ladder" else None
    if ladder is not None and {*before.in_force} != {*after.in_force} and notices_absent(ladder, after):
        return True
    findings = Findings(before, after, None if target.of == "ladder" else target.name)
    if is_rising(before.criteria, ladder) and (ladder is None or ladder in after.criteria.head.roles.deciding):
        if direction == "milder":
            return findings.fall()
        if direction == "stricter":
            return findings.rise()
    return findings.differ()
