"""Answers that do not go together, as the set says: those that another answer brings about, not those on record."""

from collections.abc import Collection
from typing import Any

from risk_engine.engine.facts import Facts, in_json, value_of
from risk_engine.engine.problems import broken
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.outlook import Contradiction


def broken_by(facts: Facts, criteria: CriteriaSet) -> frozenset[str]:
    """Return the names of the invariants among the answers that facts of a case break."""
    return frozenset(name for name, _reads in broken(facts, criteria))


def clashes(before: Facts, known: Collection[str], after: Facts, criteria: CriteriaSet) -> tuple[Contradiction, ...]:
    """Return the invariants among the answers that changed facts of a case break because of what changed.

    One that the case breaks itself (`known`) is told only where an answer takes part that was not there, or was another
    one.
    """
    found: list[Contradiction] = []
    for name, reads in broken(after, criteria):
        same = [one for one in reads if value_of(before, one) == value_of(after, one)]
        if name not in known or len(same) < len(reads):
            on_record = {one.path(): _plain(value_of(before, one)) for one in same if one.fact is not None}
            found.append(Contradiction(id=name, on_record=on_record))
    return tuple(found)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else in_json(value)
