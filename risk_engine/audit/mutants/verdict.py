"""Whether a case turns red under a mutant: only what the change can reach is computed again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple, TypeAlias

from risk_engine.audit.cases import (
    Run,
    differences,
    of_awareness,
    of_contradictions,
    of_findings,
    of_gaps,
    of_ladders,
    of_promises,
    rule_applies,
)
from risk_engine.audit.hanging import hangs_on
from risk_engine.audit.mutants.alike import AlikeCases, Part, says_the_same, within
from risk_engine.audit.mutants.variations import Mutant
from risk_engine.engine.facts import Facts, Known
from risk_engine.engine.find import Found, find
from risk_engine.engine.nearby import Thin
from risk_engine.engine.propose import Proposed, Rating, propose, rate, with_results
from risk_engine.engine.resolve import as_stated, broken, resolve
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.conditions import ParameterRef
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import parameters_on
from risk_engine.model.references import (
    Reads,
    RuleKind,
    conditions_of,
    reached_by,
    reads_by_rule,
    reads_of,
    rules_reading,
)


def changed(before: Criteria, after: Criteria) -> Reads:
    """Return the definitions, parameters and facts that can be different in a set that shares the rest with another."""
    # Who uses a definition lists those within it too, so only the changed one itself is named here.
    definitions = frozenset(one for one, body in after.definitions.items() if body is not before.definitions[one])
    parameters = frozenset(one for one, value in after.parameters.items() if value is not before.parameters[one])
    return reached_by(before, Reads(definitions, parameters, frozenset(_changed_facts(before, after))))


def _changed_facts(before: Criteria, after: Criteria) -> Iterator[str]:
    if after.tables is not before.tables:
        columns = {
            (name, title)
            for name, table in after.tables.items()
            if table is not before.tables[name]
            for title, column in table.columns.items()
            if column is not before.tables[name].columns[title]
        }
        yield from (name for name, _fact in after.every_fact() if after.column_of(name) in columns)
    for name, entity in after.entities.items():
        was = before.entities[name]
        if entity is not was:
            yield from (f"{name}.{short}" for short, fact in entity.facts.items() if fact is not was.facts[short])
            if entity.ask_when is not was.ask_when:
                yield name


RESULTS = frozenset({"finding", "dimension"})


@dataclass(frozen=True)
class Reach:
    """What must be computed again under a mutant; everything else is as the set itself has it."""

    criteria: Criteria
    indicators: tuple[str, ...]
    touched: tuple[str, ...]
    """Of the indicators those that are changed, or read what is; others only read what a contradiction opens again."""
    own: tuple[str, ...]
    """Of the indicators those that are changed themselves: no others are, where nothing that they read is different."""
    ladders: tuple[str, ...]
    awareness: tuple[str, ...]
    contradictions: tuple[str, ...]
    own_contradictions: bool
    """Whether a contradiction is changed itself, or no longer there."""
    promises: bool
    points: bool
    answers: bool
    """Whether answers themselves can be different: what a table says, what need not be asked."""
    facts: bool
    """Whether these are, or answers that contradict each other are open again."""
    values: bool
    """Whether definitions or parameters are different."""
    reviews: bool
    """Whether a parameter is different that says when to look again."""
    levels: dict[object, tuple[Proposed, ...]] | None
    """By results, what the changed ladders propose; None where they read more than results."""
    thin: dict[date, Thin]
    """By day, the changed ladders as they are asked of what is not absent alone."""
    part: Part
    """What it reaches of a case."""

    @cached_property
    def only_indicators(self) -> Criteria:
        """The changed set with no other indicators than those to find again."""
        return _only(self.criteria, "indicators", self.indicators)

    @cached_property
    def only_own(self) -> Criteria:
        """The changed set with no other indicators than those that are changed themselves."""
        return _only(self.criteria, "indicators", self.own)

    @cached_property
    def only_ladders(self) -> Criteria:
        """The changed set with no other ladders than those to propose again."""
        return _only(self.criteria, "ladders", self.ladders)


def _only(criteria: Criteria, field: str, names: Sequence[str]) -> Criteria:
    of_set = getattr(criteria, field)
    return criteria.model_copy(update={field: {one: of_set[one] for one in names}})


def reach(before: Criteria, mutant: Mutant) -> Reach:
    """Return how far a mutant of a set reaches."""
    after = mutant.criteria
    reads = changed(before, after)
    contradictions = _touched(before.invariants.facts, after.invariants.facts, before, "contradiction", reads)
    # What a contradiction reopens any indicator can read.
    reopened = any(
        facts[one].reopens
        for one in contradictions
        for facts in (before.invariants.facts, after.invariants.facts)
        if one in facts
    )
    touched = _touched(before.indicators, after.indicators, before, "indicator", reads)
    own = tuple(one for one in touched if after.indicators[one] is not before.indicators[one])
    return Reach(
        criteria=after,
        indicators=tuple({**dict.fromkeys(after.indicators), **dict.fromkeys(touched)}) if reopened else touched,
        touched=touched,
        own=own,
        ladders=_touched(before.ladders, after.ladders, before, "ladder", reads),
        awareness=_touched(before.awareness, after.awareness, before, "awareness", reads),
        contradictions=contradictions,
        own_contradictions=before.invariants is not after.invariants,
        promises=bool(rules_reading(before, "promise", reads)),
        points=before.head is not after.head,
        answers=bool(reads.facts),
        facts=bool(reads.facts) or reopened,
        values=bool(reads.definitions or reads.parameters),
        reviews=not reads.parameters.isdisjoint(_reviews(before)),
        levels={} if all(_reads_results_only(one) for one in reads_by_rule(before)["ladder"].values()) else None,
        thin={},
        part=_part(before, after, reads, touched, contradictions),
    )


def _reviews(criteria: Criteria) -> Iterator[str]:
    """Yield the parameters that say after how many months to look at a case again."""
    levels = [level for ladder in criteria.ladders.values() for level in ladder.levels.values()]
    months = (level.review_months for level in levels)
    yield from (one.parameter for one in months if isinstance(one, ParameterRef))


def _part(
    before: Criteria, after: Criteria, reads: Reads, indicators: Sequence[str], contradictions: Sequence[str]
) -> Part:
    """Return what is reached of a case: all that is read for it, before or after, by what comes to something else."""
    known, facts, controls = reads_by_rule(before), set(reads.facts), set[str]()
    read = [known["indicator"][one] for one in indicators]
    read += [known["contradiction"][one] for one in contradictions]
    read += [reads_of(after, after.definitions[one]) for one in reads.definitions]
    for name in indicators:
        indicator = after.indicators[name]
        controls.update(control for option in indicator.controls for control in option.all)
        if indicator is not before.indicators[name]:
            read.append(reads_of(after, *conditions_of(indicator)))
            controls.update(control for option in before.indicators[name].controls for control in option.all)
    for name in contradictions:
        if name in after.invariants.facts:
            invariant = after.invariants.facts[name]
            read.append(reads_of(after, invariant.whenever, invariant.then))
    for fact in reads.facts:
        entity, _dot, short = fact.partition(".")
        asked = [after.entities[entity].ask_when, after.entities[entity].facts[short].ask_when if short else None]
        read.append(reads_of(after, *(one for one in asked if one is not None)))
    facts.update(*(one.facts | one.lists for one in read))
    hanging = hangs_on(before)
    return Part(frozenset[str]().union(*(hanging[one] for one in facts)), frozenset(controls))


def _reads_results_only(reads: Reads) -> bool:
    return not reads.parameters and all(one.partition(".")[0] in RESULTS for one in reads.facts)


def _touched(
    was: Mapping[str, object], now: Mapping[str, object], criteria: Criteria, kind: RuleKind, reads: Reads
) -> tuple[str, ...]:
    """Return the records that are not the same, or read something that is not; those that are gone come last."""
    reading = rules_reading(criteria, kind, reads)
    if was is now:
        return tuple(one for one in now if one in reading) if reading else ()
    gone = tuple(one for one in was if one not in now)
    return (*(one for one in now if now[one] is not was[one] or one in reading), *gone)


Differs: TypeAlias = Mapping[str, Found | None]
"""By indicator what a case comes to under a change, where that is not what it was; None: it is not in force."""


class Suite:
    """A set with its cases, ready to be asked about mutants."""

    def __init__(self, criteria: Criteria, runs: tuple[Run, ...]) -> None:
        """Take the set and what its cases come to."""
        self.criteria = criteria
        self.runs = runs
        self._alike = AlikeCases(criteria, runs)
        self._order: tuple[str, list[int]] = "", []

    def failing(self) -> tuple[str, ...]:
        """Return the names of the cases that fail without any change."""
        return tuple(run.test.name for run in self.runs if any(differences(run)))

    def killer(self, mutant: Mutant) -> str | None:
        """Return the name of a case that turns red under the mutant, None if none does."""
        far = reach(self.criteria, mutant)
        order = self._in_order(mutant.record, far)
        tried = self.tried(far)
        for place, number in enumerate(order):
            came = tried.of(number)
            if came.may_be_red and turns_red(self.runs[number], far, came.differs):
                order.insert(0, order.pop(place))
                return self.runs[number].test.name
        return None

    def tried(self, far: Reach) -> "Tried":
        """Return what says of each case whether it may turn red under a change that reaches so far."""
        return Tried(far, self.runs, self._alike)

    def _in_order(self, record: str, far: Reach) -> list[int]:
        """Return the cases in the order in which they are tried, the one that last noticed this record first."""
        if self._order[0] != record:
            about = {*far.indicators, *record.split(" ")}
            # Nearly always one of the cases that name the record notices.
            numbers = range(len(self.runs))
            self._order = record, sorted(numbers, key=lambda one: about.isdisjoint(self.runs[one].mentions))
        return self._order[1]


class Came(NamedTuple):
    """What a change does to a case."""

    may_be_red: bool
    differs: Differs | None = None
    """What of its findings is not what it was, where that is known."""
    other_answers: bool = False
    """Whether any of its answers are others, which it may notice if it expects some to be missing."""


ANY = Came(may_be_red=True)
"""Of which nothing is known."""


class Tried:
    """Says of each case whether it may turn red under a change.

    Of the cases that say the same of all that the change reaches one is tried, and of that one nothing else is read.
    """

    def __init__(self, far: Reach, runs: Sequence[Run], alike: AlikeCases) -> None:
        """Take how far the change reaches, and the cases."""
        self._far = far
        self._runs = runs
        # Ladders look at all findings together.
        self._alike = None if far.points or far.reviews or far.ladders else alike.in_part(far.part)
        self._known: dict[int, Came] = {}
        now = far.criteria.invariants.facts
        contradictions = {one: now[one] for one in far.contradictions if one in now}
        self._part = within(far.criteria, far.part, contradictions) if far.answers else None

    def of(self, number: int) -> Came:
        """Return what the change does to a case."""
        expect, first = self._runs[number].test.expect, None if self._alike is None else self._alike.first(number)
        if first is None or (self._far.awareness and expect.awareness is not None):
            return ANY  # answers that do not go together bear on more than what reads them
        came = self._known.get(first)
        if came is None:
            came = self._known[first] = self._try(self._runs[first])
        return ANY if came.other_answers and expect.gaps is not None else came

    def _try(self, run: Run) -> Came:
        try:
            return self._came(run)
        except RiskEngineError:
            return ANY  # a parameter without a value: each case says so for itself

    def _came(self, run: Run) -> Came:
        far, before = self._far, run.worked.facts
        if self._part is None:
            after, is_otherwise = _with_values(run, far) if far.values else before, far.values
        else:
            after = resolve(run.worked.case, self._part, run.worked.on)
            is_otherwise = far.values or not says_the_same(before, after, far.part)
        if after.superfluous or after.again is not None:
            return ANY
        differs = _differs(run, after, _only(far.criteria, "indicators", far.touched if is_otherwise else far.own))
        breaks = far.contradictions and _broken(before, run.worked.criteria, far) != _broken(after, far.criteria, far)
        may_be_red = bool(differs or breaks or (is_otherwise and far.promises))
        return Came(may_be_red, differs, other_answers=is_otherwise and far.answers)


def _broken(facts: Facts, criteria: Criteria, far: Reach) -> set[str]:
    """Return which of the contradictions that a change reaches a case has."""
    return {name for name, _reads in broken(facts, criteria, far.contradictions)}


def _differs(run: Run, facts: Facts, only: Criteria) -> Differs:
    """Return the findings of the indicators of `only` that are not what they were."""
    names = only.indicators
    came = {one.id: one for one in find(facts, only, run.worked.on, run.worked.controls)} if names else {}
    return {one: came.get(one) for one in names if _seen(came.get(one)) != _seen(run.found.get(one))}


def turns_red(run: Run, far: Reach, differs: Differs | None = None) -> bool:
    """Return whether a case is no longer as expected under the change that reaches so far.

    `differs` is what of its findings is not what it was, where that is known.
    """
    try:
        if differs is not None and _findings_are_red(run, differs):
            return True
        return _turns_red(run, far)
    except RiskEngineError:
        # A parameter without a value: not what a case expects.
        return True


def _findings_are_red(run: Run, differs: Differs) -> bool:
    now_found = {name: found for name, found in differs.items() if found is not None}
    return any(of_findings(run.test.expect, now_found, differs))


def _turns_red(run: Run, far: Reach) -> bool:
    facts = _facts(run, far)
    if far.values:
        # A review interval that has no value on the day is an error, whatever else comes out.
        for one in run.proposed.values():
            facts.operand(far.criteria.ladders[one.ladder].levels[one.level].review_months)
    is_otherwise = facts is not run.worked.facts
    only = far.only_indicators if is_otherwise else far.only_own
    if is_otherwise and any(one.superfluous or one.again is not None for one in (facts, run.worked.facts)):
        only = far.criteria  # what contradicts, or closes what is answered, is open again whoever reads it
    differs = _differs(run, facts, only)
    if _findings_are_red(run, differs):
        return True
    if far.points and not differs and not _moves_bands(run, far.criteria):
        return False
    if far.points or (is_otherwise and (far.promises or far.facts)):
        return _rest_is_red(run, facts, differs, far.criteria)
    if (far.own_contradictions or (far.contradictions and is_otherwise)) and any(
        of_contradictions(run.test.expect, facts, far.criteria)
    ):
        return True
    if far.ladders or far.awareness:
        return _rest_is_red(run, facts, differs, far.criteria) if differs else _rules_are_red(run, facts, far)
    if not differs:
        return False
    # Many mutants make of a finding the same other one.
    key = tuple((name, _seen(found)) for name, found in differs.items())
    if key not in run.known:
        run.known[key] = _rest_is_red(run, facts, differs, far.criteria)
    return run.known[key]


def _facts(run: Run, far: Reach) -> Facts:
    """Return the facts of the case under a change: the very same ones where nothing about them is different."""
    before = run.worked.facts
    if far.facts:
        goes_together = not (before.superfluous or run.contradicts or far.own_contradictions or far.values)
        if goes_together and _stated(as_stated(run.worked.case, far.criteria, run.worked.on)) == _stated(before):
            return before
        facts = resolve(run.worked.case, far.criteria, run.worked.on)
        return facts if far.values or _answers(facts) != _answers(before) else before
    return _with_values(run, far) if far.values else before


def _with_values(run: Run, far: Reach) -> Facts:
    """Return the facts of the case under changed definitions and parameters that no answer hangs on."""
    return _renewed(run.worked.facts, far.criteria, parameters_on(far.criteria, run.worked.on, None))


def _renewed(facts: Facts, criteria: Criteria, parameters: Mapping[str, Known]) -> Facts:
    """Return the same answers under other definitions and parameters, in each reading of the case."""
    again, aside = (None if one is None else _renewed(one, criteria, parameters) for one in (facts.again, facts.aside))
    return replace(facts, definitions=criteria.definitions, parameters=parameters, again=again, aside=aside)


def _answers(facts: Facts | None) -> object:
    """Return what a case answers, what others close, and the same of the readings without that."""
    if facts is None:
        return None
    return _stated(facts), _answers(facts.aside), _answers(facts.again)


def _stated(facts: Facts) -> object:
    return facts.single, facts.lists, facts.asks, facts.superfluous


def _rules_are_red(run: Run, facts: Facts, far: Reach) -> bool:
    """Return whether changed ladders and awareness rules make the case red where every finding is as it was."""
    expect = run.test.expect
    results = replace(run.worked.results, definitions=facts.definitions, parameters=facts.parameters)
    proposed = _proposed(run, results, far) if far.ladders else ()
    if any(_level(one) != _level(run.proposed[one.ladder]) for one in proposed):
        together = {**run.proposed, **{one.ladder: one for one in proposed}}
        if any(of_ladders(expect, together, far.criteria)):
            return True
        if any(of_promises(results, tuple(together.values()), far.criteria)):
            return True
    if expect.awareness is None:
        return False
    return any(
        (one in expect.awareness) != (one in far.criteria.awareness and rule_applies(one, results, far.criteria))
        for one in far.awareness
    )


def _proposed(run: Run, results: Facts, far: Reach) -> tuple[Proposed, ...]:
    known = far.levels if far.levels is not None else {}
    if run.came_to not in known:
        # Absent findings say the same in every case of a day: they are asked once.
        if run.worked.on not in far.thin:
            far.thin[run.worked.on] = Thin(far.only_ladders, results)
        thin = far.thin[run.worked.on]
        known[run.came_to] = propose(thin.seen(results, run.present), thin.criteria)
    return known[run.came_to]


def _rest_is_red(run: Run, facts: Facts, differs: Differs, criteria: Criteria) -> bool:
    """Return whether anything but the findings themselves is not as expected."""
    now = {**run.found, **differs}
    found = tuple(one for one in (now.get(name) for name in criteria.indicators) if one is not None)
    expect = run.test.expect
    if any(of_contradictions(expect, facts, criteria)) or any(of_gaps(expect, facts, found)):
        return True
    results = with_results(facts, found, rate(found, criteria.head), criteria)
    proposed = propose(results, criteria)
    if any(of_ladders(expect, {one.ladder: one for one in proposed}, criteria)):
        return True
    return any(of_awareness(expect, results, criteria)) or any(of_promises(results, proposed, criteria))


def _seen(found: Found | None) -> object:
    """Return what expectations, ladders and awareness rules can see of a finding."""
    if found is None:
        return None
    points = tuple(found.indicator.points.items()) if found.outcome != "absent" else ()
    bounds = found.inherent, found.possible, found.residual, found.knock_out
    return found.outcome, bounds, found.open, found.missing, points


def _moves_bands(run: Run, criteria: Criteria) -> bool:
    """Return whether other points put the same findings into other bands."""
    rated = rate([run.worked.found[place] for place in run.present], criteria.head)
    return _bands(rated, criteria) != _bands(run.worked.ratings, run.worked.criteria)


def _bands(ratings: Sequence[Rating], criteria: Criteria) -> object:
    """Return what ladders can see of ratings."""
    band = criteria.head.severity.band
    return [([band(points) for points in (*one.inherent, *one.residual)], one.capped) for one in ratings]


def _level(proposed: Proposed) -> object:
    return proposed.level, proposed.provisional, proposed.lowest, proposed.highest
