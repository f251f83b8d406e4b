"""The promises of invariants.yaml over all cases and over pairs of them, and that directions are no loophole."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import assert_never

from risk_engine.audit.proofs.ask import by_form, looked_at, never, pair, worked, worked_of_any_length
from risk_engine.audit.proofs.steps import otherwise
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.propose import with_levels
from risk_engine.engine.work import Worked
from risk_engine.files.language import _
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import entries
from risk_engine.model.conditions import ConditionOrAlways, facts_in
from risk_engine.model.criteria import AloneInvariant, CriteriaSet, ResultInvariant, SameInvariant
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.proof import Claim, Example
from risk_engine.model.references import conditions_of, facts_of_rules
from risk_engine.solver.blanks import Blank, is_stated
from risk_engine.solver.confirm import FINDING, SolverMismatchError, Watch, terms
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.terms import Term, both, negated, same, some
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


def alike_by_form(name: str, criteria: CriteriaSet) -> Claim | None:
    """Return that no rule can tell apart two cases that differ in these facts; None where some rule reads them."""
    promise = criteria.invariants.same[name]
    if _differing(promise, criteria) & _read_on_the_way(criteria):
        return None
    why = _("No rule reads them")
    if promise.differ_in == "rows":
        why = _("No rule reads a row, only what the tables say of it")
    return by_form(never("promises", name, _title(name, criteria), "impossible", (), why=why))


def alike(name: str, spaces: Iterable[tuple[str, Space]], criteria: CriteriaSet) -> Claim:
    """Return whether two cases that differ in these facts alone get the same results: the same findings.

    `spaces` holds for each indicator one of its own, all of it asked for. Ladders read findings and nothing else.
    """
    facts = criteria.invariants.same[name].differ_in
    assert not isinstance(facts, str)  # noqa: S101 (what those words mean follows from the form)
    given_up: Verdict = "impossible"
    for indicator, space in spaces:
        step = otherwise(space, frozenset(facts))
        if step is None:
            continue
        watched = [Watch("finding", indicator, what) for what in FINDING]
        ends = [end for one in watched for end in terms(one, space.reading)]
        differ = some(negated(same(level, step.vary(level))) for end in ends for level in end)
        verdict, shown = pair(space, step, watched, differ)
        if verdict == "possible":
            why = _("{indicator} tells them apart", indicator=indicator)
            return never("promises", name, _title(name, criteria), verdict, shown, why=why)
        given_up = verdict if verdict == "undecided" else given_up
    return never("promises", name, _title(name, criteria), given_up, ())


def _title(name: str, criteria: CriteriaSet) -> str:
    return criteria_in_words(criteria).invariants.same[name].title


def _read_on_the_way(criteria: CriteriaSet) -> frozenset[str]:
    """Return the facts that are read on the way to a result: by indicators, and by what is asked."""
    conditions = [one for indicator in criteria.indicators.values() for one in conditions_of(indicator)]
    conditions += [
        fact.ask_when
        for entity in criteria.entities.values()
        for fact in entity.facts.values()
        if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None
    ]
    return frozenset(name for one in conditions for name in facts_in(one, criteria.definitions))


def _differing(promise: SameInvariant, criteria: CriteriaSet) -> frozenset[str]:
    """Return the facts in which two cases of a promise may differ, with those that tables give by rows among them."""
    kinds: dict[str, type] = {"text": TextFact, "rows": RowFact}
    match promise.differ_in:
        case "text" | "rows" as kind:
            return frozenset(
                f"{name}.{short}"
                for name, entity in criteria.entities.items()
                for short, fact in entity.facts.items()
                if isinstance(fact, kinds[kind])
            )
        case tuple() as facts:
            return frozenset(facts) | _from_rows(facts, criteria)
        case _:
            assert_never(promise.differ_in)


def _from_rows(facts: tuple[str, ...], criteria: CriteriaSet) -> frozenset[str]:
    """Return the facts that the tables give where rows differ."""
    return frozenset(
        f"{name}.{short}"
        for name, entity in criteria.entities.items()
        for short, fact in entity.facts.items()
        if not isinstance(fact, RowFact | TextFact) and fact.from_ is not None and f"{name}.{fact.from_}" in facts
    )


def directions(criteria: CriteriaSet) -> Iterator[Claim]:
    """Yield for each fact that rules read and that has no direction whether the set gives a reason."""
    reasons = criteria_in_words(criteria).invariants.undirected
    for name in sorted(facts_of_rules(criteria)):
        fact = criteria.fact(name)
        if isinstance(fact, RowFact | TextFact) or fact.riskier is not None:
            continue
        given = reasons.get(name)
        statement = _("Of `{fact}`, which rules read, the set says which answer is riskier, or why none is", fact=name)
        if given is None:
            why = _("The set gives no reason; add it to `undirected` in invariants.yaml")
            yield by_form(never("directions", name, statement, "possible", (), why=why))
        else:
            yield by_form(never("directions", name, statement, "impossible", (), why=given.because))
