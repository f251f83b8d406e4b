"""The parameters of a set as numbers that can be moved, with the values at which a case may come out otherwise."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from risk_engine.engine.replay import Replays, parameters_in
from risk_engine.engine.work import Worked
from risk_engine.model.case import answer
from risk_engine.model.conditions import Compare, ParameterRef, leaves
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import IntegerFact, RowFact
from risk_engine.model.ladders import MOST_MONTHS
from risk_engine.model.profile import cell_of, parameters_on
from risk_engine.model.reading import conditions_of, promise_conditions, rule_conditions
from risk_engine.model.tables import CellValue
from risk_engine.once import once
from risk_engine.outlook.number import Number


def parameters(worked: Worked, replays: Replays) -> Iterator[Number]:
    """Yield the parameters that are numbers and have a part in the result; 0 has no percentage."""
    criteria = worked.criteria
    deciding = _deciding_parameters(criteria)
    for name, value in parameters_on(criteria, worked.on, worked.profile).items():
        if isinstance(value, bool) or not isinstance(value, int) or value == 0 or name not in deciding:
            continue
        facts = _compared(criteria)[name]
        ranges = [fact.range for one in facts if isinstance(fact := criteria.fact(one), IntegerFact)]
        if name in _review_months(criteria):
            ranges.append((1, MOST_MONTHS))
        yield Number(
            what="parameter",
            name=name,
            title=criteria.parameters[name].title,
            value=value,
            lowest=max(low for low, _high in ranges),
            highest=min(high for _low, high in ranges),
            came_to=partial(replays.with_parameter, name),
            changes=partial(_around, value, {one for fact in facts for one in _answers(worked, fact)}),
        )


def _around(value: int, compared: set[int], end: int) -> list[int]:
    """Return where a comparison of these with a number may come out otherwise while it goes outward to an end.

    It does at each of them and right beside it: `at_least 5` of a 5 still holds at 5 and no longer at 6.
    """
    found = {near for one in compared for near in (one - 1, one, one + 1)}
    return sorted(
        (one for one in found if min(value, end) <= one <= max(value, end) and one != value),
        key=lambda one: abs(one - value),
    )


def _answers(worked: Worked, name: str) -> Iterator[int]:
    """Yield every number that a fact can be in the case, whichever questions a parameter makes be asked."""
    entity, _, short = name.partition(".")
    declared = worked.criteria.entities[entity]
    fact = declared.facts[short]
    assert isinstance(fact, IntegerFact)  # noqa: S101 (it is compared with a number: checked at load)
    several = declared.many is not None
    entries = worked.facts.lists[entity] or () if several else (worked.facts.single[entity],)
    stated = getattr(worked.case, entity)
    found: list[Any] = [fact.otherwise, *(one.values[short] for one in entries)]
    row = declared.facts.get(fact.from_ or "")
    if isinstance(row, RowFact):
        for one in (stated or ()) if several else (stated,):
            named = answer(one, fact.from_ or "")
            if isinstance(named, str):
                found.append(_cell(worked, row.of, named, fact.column or short))
    yield from (one for one in found if isinstance(one, int))


def _cell(worked: Worked, table: str, row: str, column: str) -> CellValue | None:
    return cell_of(worked.criteria, worked.profile, table, row, column, worked.on)[0]


@once
def _deciding_parameters(criteria: CriteriaSet) -> frozenset[str]:
    """Return the parameters that can have a part in a result: an indicator reads them, or what is asked."""
    conditions = [one for indicator in criteria.indicators.values() for one in conditions_of(indicator)]
    for entity in criteria.entities.values():
        asked = (getattr(fact, "ask_when", None) for fact in entity.facts.values())
        conditions += [one for one in asked if one is not None]
    return frozenset(name for one in conditions for name in parameters_in(one, criteria))


@once
def _compared(criteria: CriteriaSet) -> dict[str, frozenset[str]]:
    """Return for each parameter the facts that some condition of the set compares with it."""
    found: dict[str, set[str]] = {}
    for condition in (*rule_conditions(criteria), *promise_conditions(criteria)):
        for leaf, _inside in leaves(condition, criteria.definitions):
            if isinstance(leaf, Compare) and isinstance(wanted := leaf.operand, ParameterRef):
                found.setdefault(wanted.parameter, set()).add(leaf.fact)
    return {name: frozenset(facts) for name, facts in found.items()}


@once
def _review_months(criteria: CriteriaSet) -> frozenset[str]:
    """Return the parameters that say when a level is looked at again."""
    levels = [level for ladder in criteria.ladders.values() for level in ladder.levels.values()]
    return frozenset(one.review_months.parameter for one in levels if isinstance(one.review_months, ParameterRef))
