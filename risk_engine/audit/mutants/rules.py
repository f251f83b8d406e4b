"""Every small change of ladders, awareness rules and contradictions."""

from collections.abc import Iterator
from typing import TypeVar

from risk_engine.audit.mutants.conditions import Declared, neighbours, of_condition
from risk_engine.audit.mutants.indicators import of_period
from risk_engine.audit.mutants.operators import Operator, Variation, dropped, moved, within
from risk_engine.model.conditions import Condition, facts_in
from risk_engine.model.criteria import AwarenessRule, FactInvariant
from risk_engine.model.ladders import Ladder, Rule
from risk_engine.model.results import PROVISIONAL_ONLY

R = TypeVar("R", AwarenessRule, FactInvariant)


def of_ladder(ladder: Ladder, declared: Declared, definitions: dict[str, Condition]) -> Iterator[Variation[Ladder]]:
    """Yield every variation of a ladder."""
    rules, order = ladder.rules, tuple(ladder.levels)
    for number, rule in enumerate(rules):
        before, after, place = rules[:number], rules[number + 1 :], f"rules.{number}"
        yield dropped(Operator.DROP_RULE, place, rule, ladder.model_copy(update={"rules": (*before, *after)}))
        yield from within(
            place,
            _of_rule(rule, declared, order, may_be_plain=not facts_in(rule.when, definitions) & PROVISIONAL_ONLY),
            lambda one, before=before, after=after: ladder.model_copy(update={"rules": (*before, one, *after)}),  # type: ignore[misc]
        )
    otherwise = ladder.otherwise
    for level in neighbours(order, otherwise.level):
        changed = ladder.model_copy(update={"otherwise": otherwise.model_copy(update={"level": level})})
        yield moved(Operator.SHIFT_LEVEL, "otherwise", otherwise.level, level, changed)


def _of_rule(
    rule: Rule, declared: Declared, order: tuple[str, ...], *, may_be_plain: bool
) -> Iterator[Variation[Rule]]:
    yield from within("", of_condition(rule.when, declared), lambda one: rule.model_copy(update={"when": one}))
    for level in neighbours(order, rule.level):
        yield moved(Operator.SHIFT_LEVEL, "level", rule.level, level, rule.model_copy(update={"level": level}))
    if not rule.provisional or may_be_plain:
        changed = rule.model_copy(update={"provisional": not rule.provisional})
        yield moved(Operator.SHIFT_LEVEL, "provisional", rule.provisional, changed.provisional, changed)


def of_awareness(rule: AwarenessRule, declared: Declared) -> Iterator[Variation[AwarenessRule | None]]:
    """Yield every variation of an awareness rule; None is the one in which it is not there."""
    yield dropped(Operator.DROP_RULE, "", rule.title, None)
    if rule.when != "always":
        yield from within("when", of_condition(rule.when, declared), lambda one: rule.model_copy(update={"when": one}))
    yield from within("effective", of_period(rule.effective), lambda one: rule.model_copy(update={"effective": one}))


def of_contradiction(invariant: FactInvariant, declared: Declared) -> Iterator[Variation[FactInvariant | None]]:
    """Yield every variation of an invariant about answers; None is the one in which it is not there."""
    yield dropped(Operator.DROP_RULE, "", invariant.title, None)
    whenever = invariant.whenever
    if whenever != "always":
        yield dropped(Operator.DROP_PART, "whenever", whenever, invariant.model_copy(update={"whenever": "always"}))
        yield from within(
            "whenever", of_condition(whenever, declared), lambda one: invariant.model_copy(update={"whenever": one})
        )
    yield from within(
        "then", of_condition(invariant.then, declared), lambda one: invariant.model_copy(update={"then": one})
    )
