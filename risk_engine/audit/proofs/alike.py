"""The promises of invariants.yaml about pairs of cases: two that differ in some facts alone get the same results."""

from collections.abc import Iterable
from typing import assert_never

from risk_engine.audit.proofs.ask import by_form, never, pair
from risk_engine.audit.proofs.steps import otherwise
from risk_engine.language import _
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.conditions import facts_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.invariants import SameInvariant
from risk_engine.model.proof import Claim
from risk_engine.model.reading import conditions_of
from risk_engine.solver.confirm import FINDING, Watch, terms
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.terms import negated, same, some


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
