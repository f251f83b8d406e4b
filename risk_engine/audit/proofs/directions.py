"""The declared directions are no loophole: a fact that rules read has one, or the set says why it has none."""

from collections.abc import Iterator

from risk_engine.audit.proofs.ask import never
from risk_engine.language import _
from risk_engine.model.conditions import Condition, facts_in
from risk_engine.model.criteria import CriteriaSet, knock_out_conditions, severity_conditions
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.proof import Claim


def facts_read(criteria: CriteriaSet) -> frozenset[str]:
    """Return every fact of a case that a rule reads on the way to a result: indicators, ladders, what is asked when."""
    found: set[str] = set()
    for condition in _rules(criteria):
        found |= {
            fact for fact in facts_in(condition, criteria.definitions) if fact.partition(".")[0] in criteria.entities
        }
    return frozenset(found)


def _rules(criteria: CriteriaSet) -> Iterator[Condition]:
    for indicator in criteria.indicators.values():
        yield from (condition for _severity, condition in severity_conditions(indicator))
        yield from (one for _kind, one in knock_out_conditions(indicator) if not isinstance(one, str))
        yield from (one.when for one in indicator.controls if one.when is not None)
    for ladder in criteria.ladders.values():
        yield from (rule.when for rule in ladder.rules)
    for entity in criteria.entities.values():
        for fact in entity.facts.values():
            if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None:
                yield fact.ask_when


def directions(criteria: CriteriaSet) -> Iterator[Claim]:
    """Yield for each fact that rules read and that has no direction whether the set gives a reason."""
    reasons = criteria.invariants.undirected
    for name in sorted(facts_read(criteria)):
        fact = criteria.fact(name)
        if isinstance(fact, RowFact | TextFact) or fact.riskier is not None:
            continue
        given = reasons.get(name)
        statement = _("`{fact}` is read by rules and has no direction, for a reason that the set gives", fact=name)
        why = (
            _("the set gives no reason; add it to `undirected` in invariants.yaml") if given is None else given.because
        )
        verdict = never("directions", name, statement, "possible" if given is None else "impossible", (), why=why)
        yield verdict.model_copy(update={"is_by_form": True})
