"""What ladders and dimensions can do, told from findings alone: what no findings show together, no case shows.

A ladder reads findings, not answers. So each finding that is the same in both versions is set free, any value in its
order; of one that is not, the answers that it reads are free, but for what is said of these alone. What is impossible
of findings so freed is impossible of every case, for cases allow less. Most of what a change cannot do is shown so at
once, where a solver that keeps all conditions in mind gives up: a change of one finding in one direction moves no sum
and no count the other way.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise

import z3

from risk_engine.audit.proofs.monotone import rising_points
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.words import SEVERITIES
from risk_engine.solver.answers import is_true
from risk_engine.solver.findings import CRITICAL, Finding, Rating, Worth
from risk_engine.solver.reading import Reading
from risk_engine.solver.solver import ask_solver, new_solver
from risk_engine.solver.terms import Order, Term, both, either, every, is_same, key, negated, read_by, same, some, tell
from risk_engine.solver.unbounded import Unbounded

STEPS = 2_000_000
"""The work that one question about freed findings may take: where it takes more, cases are asked."""
TURNS = 60
"""How often freed findings may be asked anew in one question."""
LOOKS = 8
"""How many terms may be looked up with the entries that show them: where it takes more, cases are asked."""


class _Freed(Reading):
    """What one version makes of findings that are free, and of their sums, of which nothing is added up."""

    free: Callable[[Term], Term]
    """What stands for a term; the same for the same one."""

    @property
    def rated(self) -> frozenset[str]:
        """The dimensions of which the rating was asked for."""
        return frozenset(self._ratings)

    def finding(self, name: str) -> Finding:
        """Return a finding as it was freed."""
        return self.known[name]

    def rating(self, dimension: str) -> Rating:
        """Return the rating of a dimension, with a term of its own for each sum."""
        if dimension not in self._ratings:
            found = super().rating(dimension)
            inherent, residual = (
                (tuple(map(self._unsummed, least)), tuple(map(self._unsummed, most)))
                for least, most in (found.inherent, found.residual)
            )
            capped = self._unsummed(found.capped[0]), self._unsummed(found.capped[1])
            self._ratings[dimension] = replace(found, inherent=inherent, residual=residual, capped=capped)
        return self._ratings[dimension]

    def _unsummed(self, term: Term) -> Term:
        """Return a term with what stands for each of its sums."""
        sums = [] if isinstance(term, bool) else list(_sums_in(term))
        return z3.substitute(term, *((one, self.free(one)) for one in sums)) if sums else term


def _sums_in(term: z3.BoolRef) -> Iterator[z3.BoolRef]:
    """Yield the sums of which a term is made, however deep what it reads of findings is."""
    seen, waiting = set[int](), [term]
    while waiting:
        part = waiting.pop()
        if key(part) in seen:
            continue
        seen.add(key(part))
        if part.decl().kind() == z3.Z3_OP_PB_GE:
            yield part
        elif z3.is_and(part) or z3.is_or(part):
            waiting += part.children()


class ByFindings:
    """Two versions of which findings that are the same in both are free, and all others in what both make of them."""

    def __init__(self, unbounded: Unbounded) -> None:
        """Take the cases, with lists of any length, of which all findings were asked for under both versions."""
        self._unbounded = unbounded
        self._free: dict[int, tuple[Term, Term]] = {}
        self._pairs = dict(_changed(*unbounded.readings))
        """What comes out otherwise, by finding: each term under the earlier and under the later version."""
        own = [
            term
            for one in unbounded.readings
            for name in self._pairs
            for term in chain(*one.finding(name).seen)
            if not isinstance(term, bool)
        ]
        self._free = {key(term): (term, term) for term in own}
        before, after = (self._freed(one) for one in unbounded.readings)
        self.readings = before, after
        self._solver = new_solver(unbounded.blanks.context)
        tell(self._solver, unbounded.said_of(frozenset().union(*map(read_by, own))))
        for one in self.readings:
            tell(self._solver, chain.from_iterable(map(_within, one.findings())))
        self._possible: dict[int, tuple[Term, bool]] = {}
        self._seen: set[int] = set()
        """Which of them were looked up with the entries that show them."""
        self._summed: set[str] = set()
        """The dimensions of which the solver knows how their sums follow."""

    def is_ruled_out(self, happens: Callable[[Reading, Reading], Term]) -> bool:
        """Return whether findings show at once that something happens in no case, of whatever length its lists are."""
        goal = self._goal(happens)
        if isinstance(goal, bool):
            return not goal
        return bool(self._shown(goal)[0] == z3.unsat)

    def _goal(self, happens: Callable[[Reading, Reading], Term]) -> Term:
        goal = happens(*self.readings)
        for dimension in self.readings[0].rated - self._summed:
            tell(self._solver, _sums_follow(dimension, *self.readings))
            self._summed.add(dimension)
        return goal

    def learn(self, happens: Callable[[Reading, Reading], Term]) -> None:
        """Take it as proved that something happens in no case, of whatever length its lists are."""
        tell(self._solver, [negated(self._goal(happens))])

    def rule_out(self, happens: Callable[[Reading, Reading], Term], *, is_looked_up: bool = True) -> bool:
        """Return whether it is proved that something happens in no case, of whatever length its lists are.

        What findings show is asked of the cases, one finding at a time, until they show nothing or all that they show
        is possible; and where `is_looked_up`, with the entries that show it.
        """
        goal = self._goal(happens)
        if isinstance(goal, bool):
            return not goal
        for _turn in range(TURNS):
            verdict, model = self._shown(goal)
            if model is None:
                return bool(verdict == z3.unsat)
            learned = [term for pairs in self._pairs.values() for term in self._learned(pairs, model, self._may)]
            if not learned and is_looked_up:
                learned = [
                    term for pairs in self._pairs.values() for term in self._learned(pairs, model, self._looked_up)
                ]
            if not learned:
                return False
            tell(self._solver, learned)
        return False

    def _shown(self, goal: Term) -> tuple[z3.CheckSatResult, z3.ModelRef | None]:
        """Return whether freed findings show a goal, with some that do."""
        self._solver.push()
        try:
            tell(self._solver, [goal])
            self._solver.set("rlimit", STEPS)
            found = ask_solver(self._solver)
            return found, self._solver.model() if found == z3.sat else None
        finally:
            self._solver.pop()

    def _learned(
        self, pairs: Sequence[tuple[Term, Term]], model: z3.ModelRef, may: Callable[[Term], bool]
    ) -> list[Term]:
        """Return what the cases rule out of what a model says of one finding."""
        fallen, risen = (
            [pair for pair in both_ways if self._is_true(model, pair[0]) and not self._is_true(model, pair[1])]
            for both_ways in (pairs, [(other, one) for one, other in pairs])
        )
        for lost, every_pair in ((fallen, pairs), (risen, [(other, one) for one, other in pairs])):
            for looked in (every_pair, lost) if lost else ():
                if not may(some(both(one, negated(other)) for one, other in looked)):
                    return [either(negated(self._freed_term(one)), self._freed_term(other)) for one, other in looked]
        return []

    def _is_true(self, model: z3.ModelRef, term: Term) -> bool:
        return term if isinstance(term, bool) else is_true(model, self._freed_term(term))

    def _may(self, term: Term) -> bool:
        """Return whether a case may fulfil a term, as far as is seen at once."""
        if isinstance(term, bool):
            return term
        if key(term) not in self._possible:
            self._possible[key(term)] = term, not self._unbounded.is_ruled_out(term)
        return self._possible[key(term)][1]

    def _looked_up(self, term: Term) -> bool:
        """Return whether a case may fulfil a term, with the entries that show it."""
        if not self._may(term) or isinstance(term, bool):
            return self._may(term)
        if key(term) not in self._seen and len(self._seen) < LOOKS:
            self._seen.add(key(term))
            self._possible[key(term)] = term, self._unbounded.check(term)[0] != "impossible"
        return self._possible[key(term)][1]

    def _freed(self, reading: Reading) -> _Freed:
        found = _Freed(reading.criteria, self._unbounded.blanks, reading.on, reading.profile)
        found.free = self._freed_term
        found.known = {one.id: self._freed_finding(one) for one in reading.findings()}
        return found

    def _freed_finding(self, found: Finding) -> Finding:
        return found.combined(lambda order: tuple(map(self._freed_term, order)))

    def _freed_term(self, term: Term) -> Term:
        """Return what stands for a term: itself where a finding is made of it that comes out otherwise."""
        if isinstance(term, bool):
            return term
        if key(term) not in self._free:
            self._free[key(term)] = term, z3.Bool(f"freed {len(self._free)}", term.ctx)
        return self._free[key(term)][1]


def _changed(before: Reading, after: Reading) -> Iterator[tuple[str, list[tuple[Term, Term]]]]:
    """Yield the findings that are not the same terms in both versions, each with the terms that are not."""
    for name in before.in_force:
        if name in after.in_force:
            sides = (chain(*one.finding(name).seen) for one in (before, after))
            pairs = [(one, other) for one, other in zip(*sides, strict=True) if not is_same(one, other)]
            if pairs:
                yield name, pairs


def _within(found: Finding) -> Iterator[Term]:
    """Yield what is true of a finding whatever its conditions are."""
    severity = found.inherent, found.possible
    for order in (*severity, *found.residual, *found.knock_out):
        yield from (either(negated(higher), lower) for lower, higher in pairwise(order))
    for least, most in (severity, found.residual, found.knock_out):
        for low, high in zip(least, most, strict=True):
            yield either(negated(low), high)
            yield either(found.is_open, same(low, high))
    for whole, left, barred in zip(severity, found.residual, found.knock_out, strict=True):
        yield from (either(negated(one), other) for one, other in zip(left, whole, strict=True))
        yield either(negated(barred[1]), whole[1])
    yield either(negated(found.is_open), found.possible[1])


# --- sums ---


def _sums_follow(dimension: str, before: Reading, after: Reading) -> Iterator[Term]:
    """Yield that a dimension falls, or rises, nowhere where none of its findings does, at each end.

    A sum is that of the points of all findings, of which what is not critical counts up to the cap. No solver needs to
    add up what is the same in both.
    """
    for one in (before, after):
        if dimension in one.criteria.head.dimensions:
            yield from _reaches_by_one(dimension, one)
    bands = before.criteria.head.severity.bands, after.criteria.head.severity.bands
    if dimension in after.criteria.head.dimensions and list(bands[0]) == list(bands[1]):
        yield from _reaches_where(dimension, before, after)
        yield from _reaches_where(dimension, after, before)


def _reaches_where(dimension: str, one: Reading, other: Reading) -> Iterator[Term]:
    """Yield that a dimension reaches a band under one version only where it does under another one that counts more."""
    points, counted = one.criteria.head.severity, other.criteria.head.severity
    if _cap(counted) < _cap(points) or not (rising_points(points) and rising_points(counted)):
        return
    rated, against = one.rating(dimension), other.rating(dimension)
    sides = ((rated.inherent, against.inherent), (rated.residual, against.residual))
    for place, (bands, later) in enumerate(sides):
        for end in (0, 1):
            reached = [
                (is_reached, follows)
                for is_reached, follows, name in zip(bands[end], later[end], points.bands, strict=True)
                if counted.bands[name] <= points.bands[name] and not is_same(is_reached, follows)
            ]
            if reached:
                counts = every(_counts_more(dimension, one, other, place, end))
                yield from (either(negated(counts), negated(low), high) for low, high in reached)


def _reaches_by_one(dimension: str, reading: Reading) -> Iterator[Term]:
    """Yield that one finding that counts enough reaches a band, and that only a critical one does beyond the cap.

    And that what a dimension reaches for certain, or with more points, it reaches.
    """
    points, rated = reading.criteria.head.severity, reading.rating(dimension)
    for place, ends in enumerate((rated.inherent, rated.residual)):
        yield from (either(negated(least), most) for least, most in zip(*ends, strict=True))
        for end, bands in enumerate(ends):
            yield from (either(negated(more), less) for less, more in _in_order(bands, points))
            found = [(_severity(one, place, end), _worth(one, reading.criteria)) for one in _of(dimension, reading)]
            for is_reached, least in zip(bands, points.bands.values(), strict=True):
                is_beyond = least > _cap(points)
                yield from (
                    either(negated(there), is_reached)
                    for severity, worth in found
                    for rank, there in enumerate(severity)
                    if min(worth[rank:]) >= least and (rank == CRITICAL or not is_beyond)
                )
                if is_beyond:
                    yield either(negated(is_reached), some(severity[CRITICAL] for severity, _worth in found))


def _in_order(bands: Order, points: SeverityPoints) -> Iterator[tuple[Term, Term]]:
    return pairwise(
        band for _least, band in sorted(zip(points.bands.values(), bands, strict=True), key=lambda one: one[0])
    )


def _cap(points: SeverityPoints) -> float:
    return float("inf") if points.cap is None else points.cap


def _counts_more(dimension: str, one: Reading, other: Reading, place: int, end: int) -> Iterator[Term]:
    """Yield of each finding that it counts under the other version at least as much, and is critical if it was."""
    there = {found.id: found for found in _of(dimension, other)}
    for found in _of(dimension, one):
        severity, worth = _severity(found, place, end), _worth(found, one.criteria)
        if found.id not in there:
            yield from (negated(at_least) for at_least, points in zip(severity, worth, strict=True) if points)
            continue
        against, counts = _severity(there[found.id], place, end), _worth(there[found.id], other.criteria)
        for rank, at_least in enumerate(severity):
            enough = next((there for there, points in enumerate(counts) if points >= worth[rank]), None)
            if rank == CRITICAL and enough is not None:
                enough = CRITICAL
            reaches = False if enough is None else against[enough]
            if not is_same(at_least, reaches):
                yield either(negated(at_least), reaches)


def _of(dimension: str, reading: Reading) -> list[Finding]:
    under = reading.criteria.head.rated_under(dimension)
    return [one for one in reading.findings() if one.indicator.dimension in under]


def _severity(found: Finding, place: int, end: int) -> Order:
    return ((found.inherent, found.possible), found.residual)[place][end]


def _worth(found: Finding, criteria: Criteria) -> Worth:
    points = criteria.head.severity
    return [points.of(severity, found.indicator.points) for severity in SEVERITIES]
