"""How many entries of a list a rule can tell apart: with more of them it says nothing else than with these."""

from collections import Counter
from collections.abc import Iterable

from risk_engine.model.conditions import Condition, Quantifier, leaves
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.reading import every_condition
from risk_engine.once import once


def needed(conditions: Iterable[Condition], criteria: CriteriaSet) -> dict[str, int]:
    """Return for each list so many entries that all of these conditions, at once, say all that they can say.

    What a quantifier says is shown by few entries (the one that fulfils `some`, the one that fails `every`, as many as
    `count` counts); a case that keeps those of every quantifier, and drops all others, makes each say the same.
    """
    quantifiers = {
        node
        for condition in conditions
        for node, _inside in leaves(condition, criteria.definitions)
        if isinstance(node, Quantifier)
    }
    found: Counter[str] = Counter()
    for node in quantifiers:
        found[node.entity] += shown_by(node)
    return dict(found)


@once
def most_counted(criteria: CriteriaSet) -> dict[str, int]:
    """Return for each list the largest number of entries that any rule counts to."""
    found: dict[str, int] = {}
    for condition in [*every_condition(criteria), *criteria.definitions.values()]:
        for node, _inside in leaves(condition, criteria.definitions):
            if isinstance(node, Quantifier):
                name = node.entity
                found[name] = max(found.get(name, 0), shown_by(node))
    return found


def shown_by(node: Quantifier) -> int:
    """Return how many entries show what a quantifier says."""
    return node.bound + 1 if node.kind == "at_most" else node.bound
