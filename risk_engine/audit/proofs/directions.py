"""The declared directions are no loophole: a fact that rules read has one, or the set says why it has none."""

from collections.abc import Iterator

from risk_engine.audit.proofs.ask import by_form, never
from risk_engine.language import _
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.proof import Claim
from risk_engine.model.reading import facts_of_rules


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
