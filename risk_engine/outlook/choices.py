"""Options that may be combined: of all combinations those that rules can tell apart, each as its smallest answer."""

import itertools
from collections.abc import Iterator
from typing import Any

from risk_engine.backends.symbolic.blanks import Blank
from risk_engine.model.conditions import Leaf, ParameterRef, leaves, operand
from risk_engine.model.reading import rule_conditions
from risk_engine.outlook.still_open import StillOpen

MOST = 7
"""Of so many groups of options that rules tell apart every combination is tried; of more a solver is asked."""


def smallest_first(still: StillOpen, blank: Blank) -> list[tuple[str, ...]] | None:
    """Return an answer for every combination that rules can tell apart, the smallest first; None if they are too many.

    Smaller is what the base case says, then what does without the options that stand first.
    """
    options = still.blanks.domains[blank.name]
    groups = _groups(still, blank.name, options)
    if len(groups) > MOST:
        return None
    of_base = still.blanks.base_answer(blank)
    found = {} if of_base is None else {frozenset(of_base): of_base}
    for taken in itertools.product((False, True), repeat=len(groups)):
        # Of options that do the same the last one is the smallest answer.
        among = frozenset(group[-1] for group, is_in in zip(groups, taken, strict=True) if is_in)
        found.setdefault(among, tuple(one for one in options if one in among))
    return sorted(found.values(), key=lambda value: (value != of_base, [one in value for one in options]))


def _groups(still: StillOpen, fact: str, options: tuple[Any, ...]) -> list[list[str]]:
    """Return the options in groups of those that every rule names together or not at all."""
    named = [frozenset(one) for one in _named(still, fact)]
    groups: dict[tuple[bool, ...], list[str]] = {}
    for option in options:
        groups.setdefault(tuple(option in one for one in named), []).append(option)
    return list(groups.values())


def _named(still: StillOpen, fact: str) -> Iterator[tuple[str, ...]]:
    """Yield the options that each comparison of a rule looks for."""
    definitions = still.criteria.definitions
    for condition in rule_conditions(still.criteria):
        for leaf, _inside in leaves(condition, definitions):
            if isinstance(leaf, Leaf) and leaf.fact == fact:
                wanted = operand(leaf)[1]
                value: Any = still.worked.facts.operand(wanted) if isinstance(wanted, ParameterRef) else wanted
                yield value if isinstance(value, tuple) else (value,)
