"""Whether a case turns red under a mutant: only what the change can reach is computed again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

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
from risk_engine.audit.mutants.variations import Mutant
from risk_engine.engine.facts import Facts, Known
from risk_engine.engine.find import Found, find
from risk_engine.engine.propose import Proposed, Rating, propose, rate, with_results
from risk_engine.engine.resolve import as_stated, resolve
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import parameters_on
from risk_engine.model.references import Reads, closable, reached_by, reads_by_rule


def changed(before: Criteria, after: Criteria) -> Reads:
    """Return the definitions, parameters and facts that can be different in a set that shares the rest with another."""
    # Who uses a definition lists those within it too, so only the changed one itself is named here.
    definitions = frozenset(one for one, body in after.definitions.items() if body is not before.definitions[one])
    parameters = frozenset(one for one, value in after.parameters.items() if value is not before.parameters[one])
    return reached_by(before, Reads(definitions, parameters, frozenset(_changed_facts(before, after))))


def _changed_facts(before: Criteria, after: Criteria) -> Iterator[str]:
    columns = {
        (name, title)
        for name, table in after.tables.items()
        if table is not before.tables[name]
        for title, column in table.columns.items()
        if column is not before.tables[name].columns[title]
    }
    gates = closable(before)
    for name, entity in after.entities.items():
        if entity.ask_when is not gates.get(name):
            yield name
    for name, fact in after.every_fact():
        if fact is not before.fact(name) or after.column_of(name) in columns:
            yield name


RESULTS = frozenset({"finding", "dimension"})


@dataclass(frozen=True)
class Reach:
    """What must be computed again under a mutant; everything else is as the set itself has it."""

    criteria: Criteria
    indicators: tuple[str, ...]
    own: tuple[str, ...]
    """Of the indicators those that are changed themselves: no others are, where nothing that they read is different."""
    ladders: tuple[str, ...]
    awareness: tuple[str, ...]
    contradictions: bool
    own_contradictions: bool
    """Whether a contradiction is changed itself, or no longer there."""
    promises: bool
    points: bool
    facts: bool
    """Whether answers themselves can be different: what a table says, what need not be asked, what contradicts."""
    values: bool
    """Whether definitions or parameters are different."""
    levels: dict[object, tuple[Proposed, ...]] | None
    """By results, what the changed ladders propose; None where they read more than results."""

    @cached_property
    def only_indicators(self) -> Criteria:
        """The changed set with no other indicators than those to find again."""
        return self._with(self.indicators)

    @cached_property
    def only_own(self) -> Criteria:
        """The changed set with no other indicators than those that are changed themselves."""
        return self._with(self.own)

    def _with(self, names: Sequence[str]) -> Criteria:
        kept = {one: self.criteria.indicators[one] for one in names}
        return self.criteria.model_copy(update={"indicators": kept})

    @cached_property
    def only_ladders(self) -> Criteria:
        """The changed set with no other ladders than those to propose again."""
        kept = {one: self.criteria.ladders[one] for one in self.ladders}
        return self.criteria.model_copy(update={"ladders": kept})


def reach(before: Criteria, mutant: Mutant) -> Reach:
    """Return how far a mutant of a set reaches."""
    after = mutant.criteria
    readers, reads = reads_by_rule(before), changed(before, after)
    contradictions = _touched(before.invariants.facts, after.invariants.facts, readers["contradiction"], reads)
    # What a contradiction reopens any indicator can read.
    reopened = any(
        facts[one].reopens
        for one in contradictions
        for facts in (before.invariants.facts, after.invariants.facts)
        if one in facts
    )
    touched = _touched(before.indicators, after.indicators, readers["indicator"], reads)
    return Reach(
        criteria=after,
        indicators=tuple({**dict.fromkeys(after.indicators), **dict.fromkeys(touched)}) if reopened else touched,
        own=tuple(one for one in after.indicators if after.indicators[one] is not before.indicators[one]),
        ladders=_touched(before.ladders, after.ladders, readers["ladder"], reads),
        awareness=_touched(before.awareness, after.awareness, readers["awareness"], reads),
        contradictions=bool(before.invariants is not after.invariants or contradictions),
        own_contradictions=before.invariants is not after.invariants,
        promises=any(one.meets(reads) for one in readers["promise"].values()),
        points=before.head is not after.head,
        facts=bool(reads.facts) or reopened,
        values=bool(reads.definitions or reads.parameters),
        levels={} if all(_reads_results_only(one) for one in readers["ladder"].values()) else None,
    )


def _reads_results_only(reads: Reads) -> bool:
    return not reads.parameters and all(one.partition(".")[0] in RESULTS for one in reads.facts)


def _touched(
    before: Mapping[str, object], after: Mapping[str, object], reading: Mapping[str, Reads], reads: Reads
) -> tuple[str, ...]:
    """Return the records that are not the same, or read something that is not; those that are gone come last."""
    gone = tuple(one for one in before if one not in after)
    return (*(one for one in after if after[one] is not before[one] or reading[one].meets(reads)), *gone)


@dataclass(frozen=True)
class Suite:
    """A set with its cases, ready to be asked about mutants."""

    criteria: Criteria
    runs: tuple[Run, ...]
    order: dict[str, list[Run]] = field(default_factory=dict)
    """Record: the cases in the order in which they are tried, the one that noticed last first."""

    def failing(self) -> tuple[str, ...]:
        """Return the names of the cases that fail without any change."""
        return tuple(run.test.name for run in self.runs if any(differences(run)))

    def killer(self, mutant: Mutant) -> str | None:
        """Return the name of a case that turns red under the mutant, None if none does."""
        far = reach(self.criteria, mutant)
        order = self.order.get(mutant.record)
        if order is None:
            about = {*far.indicators, *mutant.record.split(" ")}
            # Nearly always one of the cases that name the record notices.
            order = sorted(self.runs, key=lambda run: about.isdisjoint(run.mentions))
            self.order[mutant.record] = order
        for number, run in enumerate(order):
            if turns_red(run, far):
                order.insert(0, order.pop(number))
                return run.test.name
        return None


def turns_red(run: Run, far: Reach) -> bool:
    """Return whether a case is no longer as expected under the change that reaches so far."""
    try:
        return _turns_red(run, far)
    except RiskEngineError:
        # A parameter without a value: not what a case expects.
        return True


def _turns_red(run: Run, far: Reach) -> bool:
    facts = _facts(run, far)
    if far.values:
        # A review interval that has no value on the day is an error, whatever else comes out.
        for one in run.proposed.values():
            facts.operand(far.criteria.ladders[one.ladder].levels[one.level].review_months)
    is_otherwise = facts is not run.worked.facts
    names, only = (far.indicators, far.only_indicators) if is_otherwise else (far.own, far.only_own)
    came = {one.id: one for one in find(facts, only, run.worked.on, run.worked.controls)} if names else {}
    differs = {one: came.get(one) for one in names if _seen(came.get(one)) != _seen(run.found.get(one))}
    now_found = {name: found for name, found in differs.items() if found is not None}
    if any(of_findings(run.test.expect, now_found, differs)):
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
    if far.values:
        parameters = parameters_on(far.criteria, run.worked.on, None)
        return _renewed(before, far.criteria, parameters)
    return before


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
        known[run.came_to] = propose(results, far.only_ladders)
    return known[run.came_to]


def _rest_is_red(run: Run, facts: Facts, differs: Mapping[str, Found | None], criteria: Criteria) -> bool:
    """Return whether anything but the findings themselves is not as expected."""
    kept = {name: one for name, one in run.found.items() if name not in differs}
    new = {name: one for name, one in differs.items() if one is not None}
    found = tuple(kept[name] if name in kept else new[name] for name in criteria.indicators if name in {*kept, *new})
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
    return found.outcome, found.inherent, found.possible, found.residual, found.knock_out, found.open, found.missing


def _moves_bands(run: Run, criteria: Criteria) -> bool:
    """Return whether other points put the same findings into other bands."""
    rated = rate(run.worked.found, criteria.head)
    return _bands(rated, criteria) != _bands(run.worked.ratings, run.worked.criteria)


def _bands(ratings: Sequence[Rating], criteria: Criteria) -> object:
    """Return what ladders can see of ratings."""
    band = criteria.head.severity.band
    return [([band(points) for points in (*one.inherent, *one.residual)], one.capped) for one in ratings]


def _level(proposed: Proposed) -> object:
    return proposed.level, proposed.provisional, proposed.lowest, proposed.highest
