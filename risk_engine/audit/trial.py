"""The cases of a release tried on an edit of its set: which of them turn red, one after another.

The bundle of a release keeps what each of its cases came to. So only that is worked out which the edit can touch: what
the changed indicators come to in the cases that say something of what these read, and what ladders make of it. What is
otherwise then is held against what the case expects; only where nothing of that is otherwise is the whole of it worked
out, for it may break a promise.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, TypeAlias, cast

from risk_engine.audit.cases import (
    OPEN,
    CaseResult,
    Seen,
    differences,
    of_findings,
    of_ladders,
    run_of,
    seen_of,
)
from risk_engine.audit.diff.edits import compare
from risk_engine.audit.kept import Findings, kept_of
from risk_engine.audit.reach import Reach, under
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found, control_states, find
from risk_engine.engine.nearby import Nearby
from risk_engine.engine.program import Decided, Level, program_of
from risk_engine.engine.program_results import Bounds, Results
from risk_engine.engine.replay import Ladders, Walked
from risk_engine.engine.resolve import resolve
from risk_engine.engine.work import PAYS, day_of
from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.processes import PART, processes_for, spread
from risk_engine.loading.case_tests import base_case, stated_base, stated_cases
from risk_engine.model.case import Case
from risk_engine.model.companion_files import BASE, CaseTest, Expected
from risk_engine.model.criteria import Criteria, severity_conditions
from risk_engine.model.ladders import Ladder
from risk_engine.model.profile import days_of_change, parameters_on
from risk_engine.model.references import reads_by_rule

_LOCAL = frozenset({"indicator", "definition", "parameter"})
"""Records that reach a case by what indicators read alone, as long as only such records read them."""
_OF_RESULTS = frozenset({"ladder", "set severity"})
"""Records that read what cases come to, and nothing that cases state."""
_READ_ALIKE = frozenset({"awareness", "contradiction", "promise"})
"""Further records in which a change lets cases be read as they were."""
_ANSWERS = frozenset({"fact", "entity", "table"})
"""Records that change what a case answers, and nothing of what is made of answers."""
_ABSENT: Seen = ("absent", "none", "none", "none", "none", "none", "none", "settled")
_WORTH = 4 * PART
"""A process is worth so many cases where it takes a program, and what the base case comes to on some days."""
_RATED_BY = attrgetter("dimension", "ground", "points", "effective")
"""What of an indicator says how dimensions and ladders take its findings."""


class Red:
    """A released case that turns red, with what differs in it, which is worked out when somebody asks."""

    def __init__(self, name: str, result: Callable[[], CaseResult]) -> None:
        """Take its name and what works it out."""
        self.name = name
        self._result = result

    @cached_property
    def result(self) -> CaseResult:
        """What it comes to otherwise than it expects."""
        return self._result()


Stated: TypeAlias = tuple[int, CaseTest, Case]
"""A case with its number and its test."""


class Trial:
    """The cases of a released version under an edit of it, worked out one after another as far as it can touch them."""

    def __init__(self, released: Criteria, draft: Criteria) -> None:
        """Take both; InvalidSourceError where the cases of the release cannot be read."""
        self.released = released
        self.draft = draft
        self.edits = tuple(one for one in compare(released, draft) if one.layer == "structure")
        self.before = kept_of(released)
        self.total = len(self.before.names)
        self.worked_out = 0
        self._ladders: dict[object, tuple[Ladders, Results, tuple[str, ...]]] = {}
        self._times: dict[tuple[bool, int], tuple[Ladders, Results, tuple[str, ...]]] = {}
        """The same by version and time: few times have ladders of their own."""
        # Whatever reads a finding, it is seen in what the case comes to.
        named = {one.record for one in self.edits} | {
            reader for one in self.edits if not one.record.startswith("indicator ") for reader in one.read_by
        }
        self._kinds = {one if one == "set severity" else one.partition(" ")[0] for one in named}
        self._is_local = self._kinds <= _LOCAL
        self._is_of_results = self._kinds <= _LOCAL | _OF_RESULTS
        self._indicators = frozenset(one.partition(" ")[2] for one in named if one.startswith("indicator "))

    def red(self, jobs: int | None = None) -> tuple[CaseResult, ...]:
        """Return what each case that turns red comes to; what other answers make of many is tried by processes.

        `jobs` is how many these are; without it, as many as pay.
        """
        cases = tuple(self._touched_cases())
        many = 1 if self._is_of_results else processes_for(len(cases), jobs, _WORTH)
        # What the first of them make for all others, forked processes inherit.
        found = _red_among((self, cases), 0)
        parts = range(PART, len(cases), PART)
        for one in spread(_red_among, (self, cases), parts, many):
            found += one
        self.worked_out = sum(not isinstance(one, InvalidSourceError) for one in cases)
        return tuple(found)

    def looked_at(self) -> Iterator["Red | None"]:
        """Yield each case that the edit can touch where it turns red; None where it comes out as it expects."""
        for stated in self._touched_cases():
            self.worked_out += not isinstance(stated, InvalidSourceError)
            yield from self.look(stated)

    def _touched_cases(self) -> Iterator[Stated | InvalidSourceError]:
        if not self.edits:
            return
        touched = self._touched() if self._is_of_results else self._reach.names
        released = tuple(self.before.cases(touched))
        anew = self._read_anew
        names = frozenset(one[1].name for one in released)
        names = names if anew is None else names & anew
        read: dict[str, Stated] = {}
        for one in stated_cases(self.draft, self.before.document, self.before.tests, names) if names else ():
            if isinstance(one, InvalidSourceError):
                yield one
            else:
                read[one[1].name] = one
        yield from (read.get(one[1].name, one) for one in released if one[1].name in read or one[1].name not in names)

    def look(self, stated: Stated | InvalidSourceError) -> Iterator["Red | None"]:
        """Yield what turns red of a case, or of one that cannot be read; None where it comes out as it expects."""
        if isinstance(stated, InvalidSourceError):
            # The draft cannot read the case: that is what turns it red.
            for one in stated.diagnostics:
                told = CaseResult(_("the edited version cannot read it"), str(one.position), (one.message,))
                yield Red(told.name, lambda told=told: told)  # type: ignore[misc]
        else:
            yield self._red(*stated)

    def _red(self, number: int, test: CaseTest, case: Case) -> "Red | None":
        try:
            is_red = self._is_red(test, case)
        except NotInForceError:
            is_red = None  # who works out the whole of it says so
        red = Red(test.name, partial(self._held_against, number, test, case))
        if is_red is None:
            is_red = bool(red.result.differences)
        return red if is_red else None

    def _held_against(self, number: int, test: CaseTest, case: Case) -> CaseResult:
        place = str(self.before.document.position(("cases", number)))
        try:
            return CaseResult(test.name, place, tuple(differences(run_of(self.draft, test, case, self._near))))
        except RiskEngineError as error:
            return CaseResult(test.name, place, tuple(f"{error}".splitlines()))

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self.before, self.draft, self.edits)

    @cached_property
    def _near(self) -> Nearby | None:
        # The cases are those of the release, so what they are near is its base case; it was read already.
        if self._read_anew is not None:
            return Nearby(self.draft, base_case(self.released)[1])
        try:
            return Nearby(self.draft, stated_base(self.draft, self.before.document, self.before.tests))
        except InvalidSourceError:
            return None

    @cached_property
    def _read_anew(self) -> frozenset[str] | None:
        """The names of the cases that the edited version may read otherwise than the release; None where any."""
        return frozenset() if self._kinds <= _LOCAL | _OF_RESULTS | _READ_ALIKE else self._reach.read_anew

    # --- which cases an edit can touch ---

    def _touched(self) -> frozenset[str] | None:
        """Return the names of the cases that the edit can touch; None where it can touch any."""
        if not self._is_local:
            return None if self._indicators else frozenset(self._judged_otherwise())
        found = self._reach.of_indicators(self._indicators, is_base_alike=self._is_base_alike)
        if found is not None and self._absent_stays_absent:
            outcomes = self.before.outcomes
            return frozenset(
                one for one in found if one not in outcomes or not self._indicators.isdisjoint(outcomes[one])
            )
        return found

    def _is_base_alike(self) -> bool:
        base = base_case(self.released)[1]
        return self._asks_the_same(BASE, base, day_of(base, None))

    def _judged_otherwise(self) -> Iterator[str]:
        """Yield the names of the cases of whose findings dimensions and ladders make something else now."""
        outcomes = self.before.outcomes
        for name, on in self.before.days.items():
            if name not in outcomes or on is None or not self._means_the_same(outcomes[name], on):
                yield name

    @cached_property
    def _absent_stays_absent(self) -> bool:
        """Whether what is absent stays so: no condition of a severity changed, only what it says when one holds."""
        if not self._kinds <= {"indicator"}:
            return False
        both = [(one.indicators.get(name) for one in (self.released, self.draft)) for name in self._indicators]
        return all(
            was is not None
            and now is not None
            and was.effective == now.effective
            and {one for _severity, one in severity_conditions(was)} == {one for _s, one in severity_conditions(now)}
            for was, now in both
        )

    # --- whether a case comes to the same ---

    def _is_red(self, test: CaseTest, case: Case) -> bool | None:
        """Return whether a case comes out otherwise than it expects; None where only the whole of it says so."""
        on = day_of(case, test.on)
        if test.expect.gaps is not None and not (self._is_of_results and self._asks_the_same(test.name, case, on)):
            return False if self._is_answered_alike(test.name, case, on) else None
        if "promise" in self._kinds:
            return None
        was = self.before.came_to(test, case)
        now = self._now(test, case, on, was)
        if now is None:
            return False if self._is_answered_alike(test.name, case, on) else None
        if now == was and self._means_the_same(was, on):
            return False
        if self._is_unexpected(test.expect, now, on):
            return True
        # Where nothing that it expects is otherwise, it may still break a promise.
        return False if now == was and self._is_unpromised(was, on) else None

    def _is_answered_alike(self, name: str, case: Case, on: date) -> bool:
        """Return whether a case comes to the same by an edit of questions or tables alone, as far as that is plain."""
        if not {one.record.partition(" ")[0] for one in self.edits} <= _ANSWERS or self._has_other_facts:
            return False
        before = self.before.facts(name, case, on)
        if self._reach.asks_alike(before):
            return True
        now = self._reach.facts_now(before)
        if now is None:
            now = resolve(case, self.draft, on) if self._near is None else self._near.facts(case, on)
        is_as_superfluous = _superfluous(before) == _superfluous(now)
        return before.orders == now.orders and is_as_superfluous and self._reach.comes_to_the_same(before, now, case)

    @cached_property
    def _has_other_facts(self) -> bool:
        before, now = ({name for name, _fact in one.every_fact()} for one in (self.released, self.draft))
        return before != now or self.released.entities.keys() != self.draft.entities.keys()

    def _is_unexpected(self, expect: Expected, now: Findings, on: date) -> bool:
        """Return whether findings or levels are not those that a case expects."""
        ladders, results, in_force = self._ladders_on(self.draft, on)
        found = {name: _bounds(now.get(name, _ABSENT)) for name in in_force}
        names = {*found, *expect.findings, *expect.undetermined, *expect.residual, *expect.knock_out}
        if any(of_findings(expect, found, names)):
            return True
        _rated, walked = ladders.walked(((name, found[name]) for name in now), results)
        return any(of_ladders(expect, _levels(self.draft, walked), self.draft))

    def _now(self, test: CaseTest, case: Case, on: date, was: Findings) -> Findings | None:
        """Return what the findings of a case come to now; None where only the whole of it says so."""
        if self._is_of_results and not self._indicators:
            return was
        program = program_of(self.draft, on) if self._often[self._time(on)] > PAYS else None
        decided = None if program is None else program.decide(case, on, full=not self._is_of_results)
        if decided is not None:
            is_told = self._is_of_results or _is_told(test.expect, decided)
            return {name: seen_of(one) for name, one in decided.findings.items()} if is_told else None
        if not self._is_of_results:
            return None
        facts = self.before.facts(test.name, case, on)
        others = {name: one for name, one in was.items() if name not in self._indicators}
        changed = self._found(self.draft, case, facts)
        return {**others, **{one.id: seen_of(one) for one in changed if one.outcome != "absent"}}

    @cached_property
    def _days(self) -> tuple[date, ...]:
        """The days on which a rule of either version begins or ends to count."""
        return tuple(sorted({*self.before.changes, *days_of_change(self.draft)}))

    def _time(self, on: date) -> int:
        """Return the number of the time in which a day lies: no rule changes within it."""
        return bisect_right(self._days, on)

    @cached_property
    def _often(self) -> Counter[int]:
        """How many cases there are in each time: making a program takes as long as a dozen of them."""
        return Counter(self._time(one) for one in self.before.days.values() if one is not None)

    def _asks_the_same(self, name: str, case: Case, on: date) -> bool:
        """Return whether the changed indicators come to the same, and lack the same answers; no fact is another."""
        facts = self.before.facts(name, case, on)
        return _seen_by_tests(self._found(self.released, case, facts)) == _seen_by_tests(
            self._found(self.draft, case, facts)
        )

    def _found(self, criteria: Criteria, case: Case, facts: Facts) -> tuple[Found, ...]:
        """Return what the changed indicators come to with the words and numbers of one of the versions."""
        only = self._only[criteria is self.draft]
        return find(under(criteria, facts), only, facts.on, control_states(case, facts.on))

    @cached_property
    def _only(self) -> tuple[Criteria, Criteria]:
        """Both versions with the changed indicators alone."""
        before, after = (
            one.model_copy(update={"indicators": {k: v for k, v in one.indicators.items() if k in self._indicators}})
            for one in (self.released, self.draft)
        )
        return before, after

    def _means_the_same(self, findings: Findings, on: date) -> bool:
        """Return whether dimensions and ladders make the same of findings under both versions."""
        if self._kinds <= _LOCAL | _ANSWERS and self._are_rated_alike:
            return True
        try:
            return self._reached(self.released, findings, on) == self._reached(self.draft, findings, on)
        except NotInForceError:
            return False

    @cached_property
    def _are_rated_alike(self) -> bool:
        """Whether a finding of each changed indicator means what it meant, if it comes to the same."""
        both = ([one.indicators.get(name) for one in (self.released, self.draft)] for name in self._indicators)
        return all(was is not None and now is not None and _RATED_BY(was) == _RATED_BY(now) for was, now in both)

    def _is_unpromised(self, findings: Findings, on: date) -> bool:
        """Return whether no promise reads what is made otherwise of findings now: levels of some ladders."""
        (dimensions, before), (rated, after) = (self._reached(one, findings, on) for one in (self.released, self.draft))
        changed = {f"ladder.{name}" for name, _level_of in {*before.items()} ^ {*after.items()}}
        promises = reads_by_rule(self.draft)["promise"].values()
        return dimensions == rated and all(changed.isdisjoint(one.facts) for one in promises)

    def _reached(self, criteria: Criteria, findings: Findings, on: date) -> tuple[object, dict[str, Level]]:
        """Return what dimensions and ladders make of findings under a version, in the names that others read."""
        ladders, results, _in_force = self._ladders_on(criteria, on)
        rated, walked = ladders.walked(((name, _bounds(one)) for name, one in findings.items()), results)
        head = criteria.head
        # By which rule a level was reached is nothing that anybody expects.
        levels = {name: one._replace(rule=None) for name, one in _levels(criteria, walked).items()}
        return (tuple(head.dimensions), tuple(head.severity.bands), tuple(one.seen for one in rated)), levels

    def _ladders_on(self, criteria: Criteria, on: date) -> tuple[Ladders, Results, tuple[str, ...]]:
        """Return the ladders of a version on a day, what rates its findings, and the indicators in force."""
        time = criteria is self.draft, self._time(on)
        if time not in self._times:
            in_force = tuple(name for name, one in criteria.indicators.items() if one.effective.covers(on))
            read = frozenset().union(*(one.parameters for one in reads_by_rule(criteria)["ladder"].values()))
            values = tuple((name, one) for name, one in parameters_on(criteria, on, None).items() if name in read)
            key = time[0], in_force, values
            if key not in self._ladders:
                self._ladders[key] = Ladders(criteria, in_force, on), Results(criteria, in_force), in_force
            self._times[time] = self._ladders[key]
        return self._times[time]


def _red_among(trial: tuple[Trial, Sequence[Stated | InvalidSourceError]], start: int) -> list[CaseResult]:
    """Return what each of a part of the cases comes to that turns red."""
    of, cases = trial
    return [red.result for one in cases[start : start + PART] for red in of.look(one) if red is not None]


def _levels(criteria: Criteria, walked: Iterable[Walked]) -> dict[str, Level]:
    """Return what ladders propose of what they came to in numbers."""
    return {name: _level(one, came) for (name, one), came in zip(criteria.ladders.items(), walked, strict=True)}


def _level(ladder: Ladder, walked: Walked) -> Level:
    """Return what a ladder proposes of what it came to in numbers."""
    rule, *numbers = walked
    level, lowest, highest = (tuple(ladder.levels)[one] for one in numbers)
    is_provisional = lowest != highest or (rule is not None and ladder.rules[rule].provisional)
    return Level(level, lowest, highest, is_provisional, rule)


def _bounds(seen: Seen) -> Bounds:
    """Return a finding as it is rated; what agreed controls would leave is nothing that ladders see."""
    outcome, inherent, possible, *pairs, is_open = seen
    residual, knock_out = tuple(pairs[:2]), tuple(pairs[2:])
    made = (outcome, inherent, possible, residual, residual, knock_out, knock_out, is_open == OPEN)
    return Bounds._make(cast("Any", made))


def _is_told(expect: Expected, decided: Decided) -> bool:
    """Return whether the contradictions and awareness rules of a case are those that it expects."""
    applying = {name for name, applies in (decided.awareness or {}).items() if applies}
    is_aware = expect.awareness is None or {*expect.awareness} == applying
    return is_aware and {*(decided.contradictions or ())} == {*expect.contradictions}


def _superfluous(facts: Facts | None) -> object:
    """Return the superfluous answers of each reading of a case."""
    return None if facts is None else (facts.superfluous, _superfluous(facts.again), _superfluous(facts.aside))


def _seen_by_tests(found: Iterable[Found]) -> list[object]:
    return [(one.id, seen_of(one), one.missing) for one in found if one.outcome != "absent"]
