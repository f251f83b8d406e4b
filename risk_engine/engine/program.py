"""A criteria set compiled once, and cases decided with it: the same levels as the reference walk, many times faster.

The reference (`engine.work`) says what a set means, with every fact that was read; a program says what comes out of it.
That both agree, for random sets and cases, is held by `tests/engine/test_program.py`.
"""

import gc
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias, cast

from risk_engine.engine.find import control_states
from risk_engine.engine.program_data import CALLED, OddDataError, core_of
from risk_engine.engine.program_results import SEEN_OF, Bounds, Points, Results, unlike
from risk_engine.engine.program_source import Source, Walk, source_of
from risk_engine.engine.program_text import as_shown
from risk_engine.engine.work import Worked, day_of, work
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.loading.case import load_case
from risk_engine.model.case import UNKNOWN, Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile, days_of_change
from risk_engine.model.words import Outcome

KEPT = 16
"""So many programs are kept: a process works with few sets at a time, each over few times in which no rule changes."""


class Level(NamedTuple):
    """What one ladder came to: its level, how far missing answers leave it open, and the rule that decided."""

    level: str
    lowest: str
    highest: str
    provisional: bool
    rule: int | None
    """The number of the rule; None for `otherwise`."""


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


def decide_only(
    case: Case | Mapping[str, Any], criteria: Criteria, on: date | None = None, profile: Profile | None = None
) -> Decided:
    """Return what a case comes to: levels, ranges and outcomes, and no record.

    `case` may be plain data too, as `load_case` takes them: they are checked as it checks them, and no case is made.
    The first call for a criteria set compiles it; the later ones are fast. Raises what `assess` raises, and for plain
    data what `load_case` raises.
    """
    if not isinstance(case, Case):
        try:
            return _of_data(case, criteria, on, profile)
        except OddDataError:
            case = load_case(case, criteria)
    day = day_of(case, on)
    program = program_of(criteria, day, profile)
    decided = None if program is None else program.decide(case, day)
    return decided_by(work(case, criteria, day, profile)) if decided is None else decided


def _of_data(data: Mapping[str, Any], criteria: Criteria, on: date | None, profile: Profile | None) -> Decided:
    """Return what plain data come to; OddDataError where a case has to be made of them first."""
    if data.__class__ is not dict:
        raise OddDataError
    core = core_of(data, criteria)
    program = program_of(criteria, day_of(core, on), profile)
    decided = None if program is None else program.decide_data(data, core, day_of(core, on))
    if decided is None:
        raise OddDataError
    return decided


def _unanswered(data: Mapping[str, Any], name: str) -> bool:
    """Return whether nobody answered a first question: then a case says whether other answers open it."""
    entity, _, short = name.partition(".")
    held = data.get(entity)
    return not isinstance(held, dict) or held.get(short) in (None, UNKNOWN)


BULK = 50_000
"""So many objects more than were given back, and Python looks for garbage; it does so after 700 by itself."""


@contextmanager
def bulk() -> Iterator[None]:
    """Make many cases faster: within it Python looks for garbage seldom, and never among what was there before.

    It changes settings of the whole process and puts them back: a host that made its own, or has many threads, leaves
    it out. Nothing else in the library touches them; the command sets its own.
    """
    thresholds, is_frozen = gc.get_threshold(), gc.get_freeze_count() > 0
    if not is_frozen:
        gc.collect()
        gc.freeze()
    gc.set_threshold(max(BULK, thresholds[0]) if thresholds[0] else 0, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        if not is_frozen:
            gc.unfreeze()


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


Reached: TypeAlias = tuple[int | None, int, int, int]
"""What a walk says of a ladder: the rule, its level, the lowest and the highest."""


class Program:
    """A criteria set compiled for the time in which none of its rules, parameters and tables changes."""

    def __init__(self, criteria: Criteria, on: date, profile: Profile | None) -> None:
        """Compile it. Raises NotInForceError where a rule reads a parameter that has no value on the day."""
        self._made_of = criteria, on, profile
        self.source = source_of(criteria, on, profile)
        self._results = Results(criteria, self.source.in_force)
        self._of_case = self._compiled(self.source)
        self._ladders = [
            (name, tuple(one.levels), [rule.provisional for rule in one.rules])
            for name, one in criteria.ladders.items()
        ]
        self._levels: dict[tuple[int, Reached], Level] = {}
        options = (option for one in criteria.indicators.values() for option in one.controls)
        self._needed = frozenset({(), *(one.needs for one in options)})
        self._dimensions = tuple(criteria.head.dimensions)
        self._invariants = tuple(criteria.invariants.facts)

    def decide(self, case: Case, on: date, *, full: bool = False) -> Decided | None:
        """Return what a case comes to; None where the reference has something to say about its answers.

        `full` asks also which awareness rules apply and which contradictions among its answers there are.
        """
        return self._decided(self._of_case(case.__dict__, *_counting(case, on, self._needed), full), full=full)

    def decide_data(self, data: dict[str, Any], core: Case, on: date) -> Decided | None:
        """Return what plain data come to, of which `core` says what is no fact; None as `decide`.

        Raises OddDataError where the data may be wrong: `load_case` says whether and what.
        """
        if any(_unanswered(data, one.fact) for one in self._made_of[0].head.triage):
            raise OddDataError
        return self._decided(self._of_data(data, *_counting(core, on, self._needed), False), full=False)  # noqa: FBT003

    @cached_property
    def _of_data(self) -> Walk:
        criteria, on, profile = self._made_of
        return self._compiled(source_of(criteria, on, profile, from_data=True))

    def _compiled(self, source: Source) -> Walk:
        called = {
            "__builtins__": {"map": map, "max": max, "set": set, "str": str, "int": int},
            "date": date,
            "seen_of": SEEN_OF,
            **CALLED,
        }
        of_set = {"present": self._results.present, "rated": self._results.rated, "unlike": unlike}
        ready = {name: self._results.ready(rule) for name, rule in source.ready.items()}
        space = {**source.constants, **ready, **called, **of_set}
        exec(compile(source.text, "<criteria>", "exec"), space)  # noqa: S102 (no text of an author stands in it)
        return cast("Walk", space["walk"])

    def _decided(self, walked: Any, *, full: bool) -> Decided | None:
        if walked is None:
            return None
        found, dimensions, reached, told, broken = walked
        return Decided(
            levels={
                one[0]: self._levels.get((place, came)) or self._level(place, came)
                for place, (one, came) in enumerate(zip(self._ladders, reached, strict=True))
            },
            findings={one.name: one.bounds for one in found},
            points={name: one.points for name, one in zip(self._dimensions, dimensions, strict=True)},
            in_force=self.source.in_force,
            awareness=dict(zip(self.source.awareness, told, strict=True)) if full else None,
            contradictions=(
                frozenset(name for name, one in zip(self._invariants, broken, strict=True) if one) if full else None
            ),
        )

    def _level(self, place: int, came: Reached) -> Level:
        _name, levels, provisional = self._ladders[place]
        rule, level, settled, highest = came
        is_provisional = settled != highest or (rule is not None and provisional[rule])
        made = Level(levels[level], levels[settled], levels[highest], is_provisional, rule)
        # There are few of them: the rules of the ladder times its ranges.
        self._levels[place, came] = made
        return made


def _counting(case: Case, on: date, needed: Collection[tuple[str, ...]]) -> tuple[set[str], set[str]]:
    """Return the controls that are in place, and those that are agreed at least.

    `needed` are the kinds of evidence that options need; what is in place for them stands there as such too.
    """
    in_place: set[str] = set()
    agreed: set[str] = set()
    for name, state in control_states(case, on).items() if case.controls else ():
        if state.counts_as == "in_place":
            in_place.update(as_shown(name, needs) for needs in needed if state.shows(needs))
        if state.counts_as != "planned":
            agreed.add(name)
    return in_place, agreed
