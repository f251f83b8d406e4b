"""Options that may be combined: of all combinations those that rules can tell apart, each as its smallest answer."""

import itertools
from typing import Any

from risk_engine.backends.symbolic.blanks import Blank, Blanks
from risk_engine.engine.work import Worked
from risk_engine.model.conditions import Compare, leaves
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.reading import rule_conditions
from risk_engine.once import once

MOST = 7
"""Of so many groups of options that rules tell apart every combination is tried; of more a solver is asked."""


def smallest_first(worked: Worked, blanks: Blanks, blank: Blank) -> list[tuple[str, ...]] | None:
    """Return an answer for every combination that rules can tell apart, the smallest first; None if they are too many.

    Smaller is what the base case says, then what does without the options that stand first.
    """
    options = blanks.domains[blank.name]
    groups = _groups(worked, blank.name, options)
    if len(groups) > MOST:
        return None
    of_base = blanks.base_answer(blank)
    found = {} if of_base is None else {frozenset(of_base): of_base}
    for taken in itertools.product((False, True), repeat=len(groups)):
        # Of options that do the same the last one is the smallest answer.
        among = frozenset(group[-1] for group, is_in in zip(groups, taken, strict=True) if is_in)
        found.setdefault(among, tuple(one for one in options if one in among))
    return sorted(found.values(), key=lambda value: (value != of_base, [one in value for one in options]))


def _groups(worked: Worked, fact: str, options: tuple[Any, ...]) -> list[list[str]]:
    """Return the options in groups of those that every rule names together or not at all."""
    wanted = (worked.facts.operand(one) for one in _compared(worked.criteria).get(fact, ()))
    named: list[frozenset[Any]] = [frozenset(one if isinstance(one, tuple) else (one,)) for one in wanted]
    groups: dict[tuple[bool, ...], list[str]] = {}
    for option in options:
        groups.setdefault(tuple(option in one for one in named), []).append(option)
    return list(groups.values())


@once
def _compared(criteria: CriteriaSet) -> dict[str, list[Any]]:
    """Return by fact what each comparison of a rule looks for."""
    found: dict[str, list[Any]] = {}
    for condition in rule_conditions(criteria):
        for leaf, _inside in leaves(condition, criteria.definitions):
            if isinstance(leaf, Compare):
                found.setdefault(leaf.fact, []).append(leaf.operand)
    return found
