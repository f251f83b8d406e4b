"""A criteria set compiled once, and cases decided with it: the same levels as the reference walk, many times faster.

The reference (`engine.work`) says what a set means, with every fact that was read; a program says what comes out of it.
That both agree, for random sets and cases, is held by `tests/engine/test_program.py`.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import starmap
from typing import Any, NamedTuple

from pydantic import BaseModel

from risk_engine.engine.find import control_states
from risk_engine.engine.program_source import Walk, source_of
from risk_engine.engine.work import Worked, day_of, work
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.model.words import KNOCK_OUTS, OUTCOMES, SEVERITIES, KnockOut, Outcome, Severity

KEPT = 16
"""So many programs are kept: a process works with few sets at a time, each over few times in which no rule changes."""


SEEN = 4096
"""So many findings and dimensions are remembered as ladders see them: most cases have the same ones."""
Pair = tuple[int, int]


class Level(NamedTuple):
    """What one ladder came to: its level, how far missing answers leave it open, and the rule that decided."""

    level: str
    lowest: str
    highest: str
    provisional: bool
    rule: int | None
    """The number of the rule; None for `otherwise`."""


class Bounds(NamedTuple):
    """What one finding came to that is not absent; pairs are (at least, at most)."""

    outcome: Outcome
    inherent: Severity
    possible: Severity
    residual: tuple[Severity, Severity]
    expected: tuple[Severity, Severity]
    knock_out: tuple[KnockOut, KnockOut]
    knock_out_before: tuple[KnockOut, KnockOut]
    open: bool


class Points(NamedTuple):
    """The points of one dimension; pairs are (at least, at most)."""

    inherent: tuple[int, int]
    residual: tuple[int, int]
    expected: tuple[int, int]
    capped: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a case comes to, without the facts that made it so."""

    levels: Mapping[str, Level]
    """By ladder, in the order of the set."""
    findings: Mapping[str, Bounds]
    """By indicator, those that are present or undetermined."""
    points: Mapping[str, Points]
    """By dimension."""
    in_force: tuple[str, ...]
    awareness: Mapping[str, bool | None] | None = field(default=None, compare=False)
    """By awareness rule in force whether it applies; None, as of the contradictions, where nobody asked for it."""
    contradictions: frozenset[str] | None = field(default=None, compare=False)

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The outcome of every indicator in force."""
        present = {name: bounds.outcome for name, bounds in self.findings.items()}
        return {name: present.get(name, "absent") for name in self.in_force}


def decide_only(case: Case, criteria: Criteria, on: date | None = None, profile: Profile | None = None) -> Decided:
    """Return what a case comes to: levels, ranges and outcomes, and no record.

    The first call for a criteria set compiles it; the later ones are fast. Raises what `assess` raises.
    """
    day = day_of(case, on)
    program = program_of(criteria, day, profile)
    decided = None if program is None else program.decide(case, day)
    return decided_by(work(case, criteria, day, profile)) if decided is None else decided


def decided_by(worked: Worked) -> Decided:
    """Return what the reference walk came to, as a program says it."""
    return Decided(
        levels={
            one.ladder: Level(one.level, one.lowest, one.highest, one.provisional, one.rule) for one in worked.proposed
        },
        findings={
            one.id: Bounds(
                one.outcome,
                one.inherent,
                one.possible,
                one.residual,
                one.expected,
                one.knock_out,
                one.knock_out_before,
                one.open,
            )
            for one in worked.found
            if one.outcome != "absent"
        },
        points={one.dimension: Points(one.inherent, one.residual, one.expected, one.capped) for one in worked.ratings},
        in_force=tuple(one.id for one in worked.found),
    )


_PROGRAMS: dict[tuple[int, int, int], tuple[Criteria, Profile | None, "Program | None"]] = {}
_DAYS: dict[tuple[int, int], tuple[Criteria, Profile | None, tuple[date, ...]]] = {}


def program_of(criteria: Criteria, on: date, profile: Profile | None = None) -> "Program | None":
    """Return the program of a set with a profile on a day; None where a rule reads what has no value yet."""
    pair = id(criteria), id(profile)
    if pair not in _DAYS:
        _forget(_DAYS)
        _DAYS[pair] = criteria, profile, days_of_change(criteria, profile)
    key = (*pair, bisect_right(_DAYS[pair][2], on))
    if key not in _PROGRAMS:
        _forget(_PROGRAMS)
        try:
            program: Program | None = Program(criteria, on, profile)
        except NotInForceError:
            program = None
        # Kept with what it was made of, so that no later object can take its identity.
        _PROGRAMS[key] = criteria, profile, program
    return _PROGRAMS[key][2]


def _forget(kept: dict[Any, Any]) -> None:
    while len(kept) >= KEPT:
        kept.pop(next(iter(kept)), None)


def days_of_change(criteria: Criteria, profile: Profile | None = None) -> tuple[date, ...]:
    """Return the days on which a rule, a parameter or a table of a set or a profile begins or ends to count."""
    parts: list[Any] = [criteria.indicators, criteria.awareness, criteria.parameters, criteria.tables, profile]
    return tuple(sorted(set(_days(parts))))


def _days(value: Any) -> Iterator[date]:
    match value:
        case BaseModel():
            for name in ("from_", "until"):
                if (day := getattr(value, name, None)) is not None:
                    yield day
            yield from _days(tuple(value.__dict__.values()))
        case dict():
            yield from _days(tuple(value.values()))
        case tuple() | list():
            for one in value:
                yield from _days(one)
        case _:
            pass


class Program:
    """A criteria set compiled for the time in which none of its rules, parameters and tables changes."""

    def __init__(self, criteria: Criteria, on: date, profile: Profile | None) -> None:
        """Compile it. Raises NotInForceError where a rule reads a parameter that has no value on the day."""
        self.source = source_of(criteria, on, profile)
        runtime: dict[str, Any] = {
            "__builtins__": {"map": map, "max": max, "starmap": starmap, "enumerate": enumerate},
            "present": present,
            "rated": _rating(criteria, self.source.in_force),
            "seen_finding": _finding_seen(criteria, self.source.in_force),
            "seen_dimension": _dimension_seen(criteria),
            "unlike": _unlike,
        }
        space = {**self.source.constants, **runtime}
        exec(compile(self.source.text, "<criteria>", "exec"), space)  # noqa: S102 (no text of an author stands in it)
        self._walk: Walk = space["walk"]
        self._criteria = criteria
        self._ladders = [
            (name, tuple(one.levels), [rule.provisional for rule in one.rules])
            for name, one in criteria.ladders.items()
        ]
        self._dimensions = tuple(criteria.head.dimensions)
        self._invariants = tuple(criteria.invariants.facts)

    def decide(self, case: Case, on: date, *, full: bool = False) -> Decided | None:
        """Return what a case comes to; None where the reference has something to say about its answers.

        `full` asks also which awareness rules apply and which contradictions among its answers there are.
        """
        in_place: set[str] = set()
        agreed: set[str] = set()
        for name, state in control_states(case, on).items():
            if state.counts_as == "in_place":
                in_place.add(name)
            if state.counts_as != "planned":
                agreed.add(name)
        walked = self._walk(case.__dict__, in_place, agreed, full)
        if walked is None:
            return None
        found, dimensions, reached, told, broken = walked
        names = self.source.in_force
        return Decided(
            levels={
                name: _level(levels, provisional, *one)
                for (name, levels, provisional), one in zip(self._ladders, reached, strict=True)
            },
            findings={names[ranks[0]]: _bounds(ranks[2:]) for ranks in found},
            points=dict(zip(self._dimensions, dimensions, strict=True)),
            in_force=names,
            awareness=dict(zip(self.source.awareness, told, strict=True)) if full else None,
            contradictions=(
                frozenset(name for name, one in zip(self._invariants, broken, strict=True) if one) if full else None
            ),
        )


def _level(
    levels: Sequence[str], provisional: Sequence[bool], rule: int | None, level: int, settled: int, highest: int
) -> Level:
    is_provisional = settled != highest or (rule is not None and provisional[rule])
    return Level(levels[level], levels[settled], levels[highest], is_provisional, rule)


@lru_cache(maxsize=SEEN)
def _bounds(ranks: tuple[int, int, Pair, Pair, Pair, Pair, bool]) -> Bounds:
    inherent, possible, residual, expected, knock_out, before, is_open = ranks
    return Bounds(
        "present" if inherent else "undetermined",
        SEVERITIES[inherent],
        SEVERITIES[possible],
        (SEVERITIES[residual[0]], SEVERITIES[residual[1]]),
        (SEVERITIES[expected[0]], SEVERITIES[expected[1]]),
        (KNOCK_OUTS[knock_out[0]], KNOCK_OUTS[knock_out[1]]),
        (KNOCK_OUTS[before[0]], KNOCK_OUTS[before[1]]),
        is_open,
    )


# --- what a program calls: findings, points and what ladders see of them, in ranks ---

Option = tuple[frozenset[str], int | None, int]
"""The controls of an option, the severity that it leaves, and by how many it lowers."""
Ranks = tuple[int, str, int, int, Pair, Pair, Pair, Pair, bool]
"""A finding: its number and dimension, inherent and possible; residual, expected, knock-out and that before; open."""


_NONE: Pair = 0, 0


def present(  # noqa: PLR0913, PLR0917 (what the conditions of an indicator came to)
    rule: tuple[int, str, Sequence[int], Sequence[Option]],
    inherent: int,
    possible: int,
    holds: Sequence[bool | None],
    counts: Sequence[bool | None],
    in_place: set[str],
    agreed: set[str],
) -> Ranks:
    """Return a finding that is not absent (design, sections 8 and 9)."""
    number, dimension, kinds, options = rule
    if not kinds and not options:
        both = inherent, possible
        return number, dimension, inherent, possible, both, both, _NONE, _NONE, inherent != possible
    complete = [(option, count) for option, count in zip(options, counts, strict=True) if option[0] <= in_place]
    wanted = [(option, count) for option, count in zip(options, counts, strict=True) if option[0] <= agreed]
    certain = max([kind for kind, one in zip(kinds, holds, strict=True) if one], default=0) if inherent else 0
    maybe = max([kind for kind, one in zip(kinds, holds, strict=True) if one is not False], default=0)
    before = certain, maybe
    if any(count is not False for _option, count in complete):
        certain = 0
    if any(count is True for _option, count in complete):
        maybe = 0
    is_open = inherent != possible or None in holds or None in counts
    return (
        number,
        dimension,
        inherent,
        possible,
        _left(inherent, possible, complete),
        _left(inherent, possible, wanted),
        (certain, maybe),
        before,
        is_open,
    )


def _left(inherent: int, possible: int, options: Iterable[tuple[Option, bool | None]]) -> tuple[int, int]:
    """Return what complete options leave: the lower bound takes those that may count, the upper does not."""
    low, high = inherent, possible
    for (_all, residual, lowers_by), count in options:
        if count is not False:
            low = min(low, inherent - lowers_by if residual is None else residual)
        if count:
            high = min(high, possible - lowers_by if residual is None else residual)
    return max(low, 0), max(high, 0)


def _rating(criteria: Criteria, in_force: Sequence[str]) -> Callable[[Sequence[Ranks]], list[Points]]:
    """Return how findings are rated: the points of each dimension as the reference sums them (`engine.rate`)."""
    points, head, critical = criteria.head.severity, criteria.head, len(SEVERITIES) - 1
    worth = [[points.of(one, criteria.indicators[name].points) for one in SEVERITIES] for name in in_force]
    under = [frozenset(head.rated_under(name)) for name in head.dimensions]
    cap = points.cap
    nothing = Points((0, 0), (0, 0), (0, 0), (False, False))
    kept: dict[tuple[int, int, int, Pair, Pair], tuple[int, ...]] = {}

    def counted(number: int, inherent: int, possible: int, residual: Pair, expected: Pair) -> tuple[int, ...]:
        """Return what a finding adds: at each end what is critical and what is not, then what may reach the cap."""
        own, added = worth[number], []
        for severity in (inherent, possible, *residual, *expected):
            added += [own[severity], 0] if severity == critical else [0, own[severity]]
        between = [0 if one == critical else own[one] for one in range(residual[0], residual[1] + 1)]
        return *added, min(between), max(between)

    def together(criticals: int, below: int) -> int:
        return criticals + (below if cap is None else min(cap, below))

    def rated(found: Sequence[Ranks]) -> list[Points]:
        added = []
        for one in found:
            known = one[0], one[2], one[3], one[4], one[5]
            if known not in kept:
                kept[known] = counted(*known)
            added.append((one[1], kept[known]))
        ratings = []
        for dimensions in under:
            own = [parts for dimension, parts in added if dimension in dimensions]
            if not own:
                ratings.append(nothing)
                continue
            a, b, c, d, e, f, g, h, i, j, k, m, least, most = (
                own[0] if len(own) == 1 else map(sum, zip(*own, strict=True))
            )
            ratings.append(
                Points(
                    (together(a, b), together(c, d)),
                    (together(e, f), together(g, h)),
                    (together(i, j), together(k, m)),
                    (False, False) if cap is None else (least >= cap, most >= cap),
                )
            )
        return ratings

    return rated


def _unlike(chosen: Sequence[str], options: Sequence[str]) -> bool:
    """Return whether chosen options are others than these; their order means nothing."""
    return set(chosen) != set(options)


def _range(low: int, high: int) -> int:
    """Return the ranks from `low` to `high` as bits."""
    return (2 << high) - (1 << low)


def _finding_seen(criteria: Criteria, in_force: Sequence[str]) -> Callable[[Ranks], tuple[int, ...]]:
    """Return what ladders see of a finding: for each fact the options that it may be, as bits."""
    names, head = list(criteria.indicators), criteria.head
    dimensions, grounds = list(head.dimensions), list(head.grounds)
    fixed = [
        (1 << names.index(name), 1 << dimensions.index(one.dimension), 1 << grounds.index(one.ground))
        for name, one in ((name, criteria.indicators[name]) for name in in_force)
    ]
    any_outcome, is_present = _range(0, len(OUTCOMES) - 1), 1 << OUTCOMES.index("present")

    @lru_cache(maxsize=SEEN)
    def seen(ranks: Ranks) -> tuple[int, ...]:
        number, _dimension, inherent, possible, residual, _expected, knock_out, _before, is_open = ranks
        return (
            number,
            *fixed[number],
            is_present if inherent else any_outcome,
            _range(inherent, possible),
            1 << possible,
            _range(*residual),
            _range(*knock_out),
            1 << is_open,
        )

    return seen


def _dimension_seen(criteria: Criteria) -> Callable[[int, Points], tuple[int, ...]]:
    """Return what ladders see of a dimension, as bits."""
    first = list(criteria.head.severity.bands.values())

    def bands(points: tuple[int, int]) -> int:
        low, high = points
        return _range(bisect_right(first, low) - 1, bisect_right(first, high) - 1)

    @lru_cache(maxsize=SEEN)
    def seen(place: int, points: Points) -> tuple[int, ...]:
        inherent, residual, _expected, (at_least, at_most) = points
        return place, 1 << place, bands(inherent), bands(residual), _range(at_least, at_most)

    return seen
