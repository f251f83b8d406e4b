"""Every small change of ladders, awareness rules and contradictions."""

from collections.abc import Iterator

from risk_engine.audit.mutants.conditions import Declared, neighbours, of_condition
from risk_engine.audit.mutants.indicators import of_period
from risk_engine.audit.mutants.operators import Operator, Variation, at, dropped, moved, setting, within, without
from risk_engine.model.conditions import Condition, facts_in
from risk_engine.model.criteria import AwarenessRule
from risk_engine.model.invariants import FactInvariant
from risk_engine.model.ladders import Ladder, Rule
from risk_engine.model.results import PROVISIONAL_ONLY


def of_ladder(ladder: Ladder, declared: Declared, definitions: dict[str, Condition]) -> Iterator[Variation[Ladder]]:
    """Yield every variation of a ladder."""
    rules, order = ladder.rules, tuple(ladder.levels)
    for number, rule in enumerate(rules):
        place = f"rules.{number}"
        yield dropped(Operator.DROP_RULE, place, rule, ladder.model_copy(update={"rules": without(rules, number)}))
        may_be_plain = not facts_in(rule.when, definitions) & PROVISIONAL_ONLY
        varied = _of_rule(rule, declared, order, may_be_plain=may_be_plain)
        yield from within("", within(place, varied, at(rules, number)), setting(ladder, "rules"))
    otherwise = ladder.otherwise
    for level in neighbours(order, otherwise.level):
        changed = ladder.model_copy(update={"otherwise": otherwise.model_copy(update={"level": level})})
        yield moved(Operator.SHIFT_LEVEL, "otherwise", otherwise.level, level, changed)


def _of_rule(
    rule: Rule, declared: Declared, order: tuple[str, ...], *, may_be_plain: bool
) -> Iterator[Variation[Rule]]:
    yield from within("", of_condition(rule.when, declared), setting(rule, "when"))
    for level in neighbours(order, rule.level):
        yield moved(Operator.SHIFT_LEVEL, "level", rule.level, level, rule.model_copy(update={"level": level}))
    if not rule.provisional or may_be_plain:
        changed = rule.model_copy(update={"provisional": not rule.provisional})
        yield moved(Operator.SHIFT_LEVEL, "provisional", rule.provisional, changed.provisional, changed)


def of_awareness(rule: AwarenessRule, declared: Declared) -> Iterator[Variation[AwarenessRule | None]]:
    """Yield every variation of an awareness rule; None is the one in which it is not there."""
    yield dropped(Operator.DROP_RULE, "", rule.title, None)
    if rule.when != "always":
        yield from within("when", of_condition(rule.when, declared), setting(rule, "when"))
    yield from within("effective", of_period(rule.effective), setting(rule, "effective"))


def of_contradiction(invariant: FactInvariant, declared: Declared) -> Iterator[Variation[FactInvariant | None]]:
    """Yield every variation of an invariant about answers; None is the one in which it is not there."""
    yield dropped(Operator.DROP_RULE, "", invariant.title, None)
    whenever = invariant.whenever
    if whenever != "always":
        yield dropped(Operator.DROP_PART, "whenever", whenever, invariant.model_copy(update={"whenever": "always"}))
        yield from within("whenever", of_condition(whenever, declared), setting(invariant, "whenever"))
    yield from within("then", of_condition(invariant.then, declared), setting(invariant, "then"))
