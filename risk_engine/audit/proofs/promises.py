"""The promises of invariants.yaml over all cases, about results and about the base case; `alike` has those on pairs."""

from collections.abc import Iterator
from functools import partial

from risk_engine.audit.proofs.ask import looked_at, never, worked, worked_of_any_length
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.propose import with_levels
from risk_engine.engine.work import Worked
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import entries
from risk_engine.model.conditions import ConditionOrAlways, facts_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.invariants import AloneInvariant, ResultInvariant
from risk_engine.model.proof import Claim, Example
from risk_engine.solver.blanks import Blank, is_stated
from risk_engine.solver.confirm import SolverMismatchError, Watch
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.terms import Term, both, negated
from risk_engine.solver.unbounded import AnyLength


def of_results(lists: AnyLength) -> Iterator[Claim]:
    """Yield for each promise about results whether it holds in every case."""
    for name, promise in lists.few.reading.criteria.invariants.results.items():
        came = worked_of_any_length(lists, _watched(lists.few, promise), partial(_broken, promise))
        yield _claim(lists.few, name, promise, came, looked_at(lists))


def alone(name: str, space: Space) -> Claim:
    """Return whether a promise about the base case holds whatever is answered to its facts; in a space of its own."""
    promise = space.reading.criteria.invariants.alone[name]
    space.reading.facts.whole()
    goal = [*_broken(promise, space), *_unchanged(space, frozenset(promise.change))]
    return _claim(space, name, promise, worked(space, _watched(space, promise), *goal))


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


def _broken(promise: ResultInvariant | AloneInvariant, space: Space) -> list[Term]:
    whenever, then = space.reading.holds(promise.whenever), space.reading.holds(promise.then)
    return [both(whenever.must, negated(then.may))]


def _claim(
    space: Space,
    name: str,
    promise: ResultInvariant | AloneInvariant,
    came: tuple[Verdict, tuple[Example, Worked] | None],
    looked: str = "",
) -> Claim:
    verdict, found = came
    if found is not None and not _breaks(promise, found[1]):
        raise SolverMismatchError(f"{name}: the engine keeps this promise in {found[0].given}")
    shown = () if found is None else (found[0],)
    words = criteria_in_words(space.reading.criteria).invariants
    title = (words.alone[name] if isinstance(promise, AloneInvariant) else words.results[name]).title
    return never("promises", name, title, verdict, shown, looked=looked)


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
