"""The promises of invariants.yaml over all cases, about results and about the base case; `alike` has those on pairs."""

from collections.abc import Iterator

from risk_engine.audit.proofs.ask import bounded, never, worked
from risk_engine.backends.symbolic.blanks import Blank, is_stated
from risk_engine.backends.symbolic.terms import Term, both, negated
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.propose import with_levels
from risk_engine.engine.work import Worked
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import entries
from risk_engine.model.conditions import Compare, ConditionOrAlways, facts_in, leaves
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.invariants import AloneInvariant, ResultInvariant
from risk_engine.model.proof import Claim
from risk_engine.witness.entries import needed
from risk_engine.witness.example import SolverMismatchError
from risk_engine.witness.space import Space
from risk_engine.witness.watch import Watch


def of_results(space: Space) -> Iterator[Claim]:
    """Yield for each promise about results whether it holds in every case."""
    for name, promise in space.reading.criteria.invariants.results.items():
        yield _claim(space, name, promise, [_broken(space, promise)])


def alone(name: str, space: Space) -> Claim:
    """Return whether a promise about the base case holds whatever is answered to its facts; in a space of its own."""
    promise = space.reading.criteria.invariants.alone[name]
    space.reading.facts.whole()
    return _claim(space, name, promise, [_broken(space, promise), *_unchanged(space, frozenset(promise.change))])


def _unchanged(space: Space, free: frozenset[str]) -> Iterator[Term]:
    """Yield that a case is the base case but for some facts."""
    for entity, (listed, present) in space.blanks.lists.items():
        there = entries(space.base, entity)
        yield listed if there is not None else negated(listed)
        for place, one in enumerate(present):
            yield one if place < len(there or ()) else negated(one)
    for blank, stated in space.blanks.touched.items():
        if blank.name not in free:
            of_base = _of_base(space, blank)
            domain = space.blanks.domains[blank.name]
            yield stated.answer.unknown if of_base is None else is_stated(stated.answer, of_base, domain)
    yield from (negated(one) for one in space.blanks.controls.values())


def _of_base(space: Space, blank: Blank) -> object:
    if space.blanks.entities[blank.entity].many is not None:
        listed = entries(space.base, blank.entity) or ()
        if blank.place >= len(listed):
            return None
    return space.blanks.base_answer(blank)


def _broken(space: Space, promise: ResultInvariant | AloneInvariant) -> Term:
    whenever, then = space.reading.holds(promise.whenever), space.reading.holds(promise.then)
    return both(whenever.must, negated(then.may))


def _claim(space: Space, name: str, promise: ResultInvariant | AloneInvariant, goal: list[Term]) -> Claim:
    verdict, found = worked(space, _watched(space, promise), *goal)
    if found is not None and not _breaks(promise, found[1]):
        raise SolverMismatchError(f"{name}: the engine keeps this promise in {found[0].given}")
    why = _within(space, promise) if verdict == "impossible" else ""
    shown = () if found is None else (found[0],)
    words = criteria_in_words(space.reading.criteria).invariants
    title = (words.alone[name] if isinstance(promise, AloneInvariant) else words.results[name]).title
    return never("promises", name, title, verdict, shown, why=why)


def _watched(space: Space, promise: ResultInvariant | AloneInvariant) -> list[Watch]:
    """Return the ladders, findings and dimensions that a promise reads."""
    criteria = space.reading.criteria
    read = {fact.partition(".")[0] for one in (promise.whenever, promise.then) for fact in _read(one, criteria)}
    found = [Watch("ladder", one, "level") for one in criteria.ladders] if "ladder" in read else []
    if "finding" in read:
        found += [Watch("finding", one, "severity") for one in space.reading.in_force]
    if "dimension" in read:
        found += [Watch("dimension", one, "residual_band") for one in criteria.head.dimensions]
    return found


def _read(condition: ConditionOrAlways, criteria: CriteriaSet) -> frozenset[str]:
    return frozenset() if isinstance(condition, str) else facts_in(condition, criteria.definitions)


def _breaks(promise: ResultInvariant | AloneInvariant, found: Worked) -> bool:
    everything = with_levels(found.results, found.proposed, found.criteria)
    whenever = evaluate(promise.whenever, everything).value
    return bool(whenever) and evaluate(promise.then, everything).value is False


def _within(space: Space, promise: ResultInvariant | AloneInvariant) -> str:
    """Return how far the proof reaches where a list could have more entries than were looked at."""
    if isinstance(promise, AloneInvariant):
        return ""
    criteria = space.reading.criteria
    conditions = [one for one in (promise.whenever, promise.then) if not isinstance(one, str)]
    short = [name for name, number in needed(conditions, criteria).items() if space.blanks.bounds.get(name, 0) < number]
    reads_results = any(
        isinstance(leaf, Compare) and leaf.fact.partition(".")[0] not in criteria.entities
        for one in conditions
        for leaf, _inside in leaves(one, criteria.definitions)
    )
    if not short and not reads_results:
        return ""
    return bounded(space)
