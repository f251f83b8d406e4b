"""Answers that contradict each other, as the set declares it: what a solver should avoid, and what a case holds."""

from collections.abc import Collection

from risk_engine.backends.symbolic.reading import Reading
from risk_engine.backends.symbolic.terms import Term, both, negated
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.work import Worked


def contradictions(worked: Worked) -> tuple[str, ...]:
    """Return the contradictions among answers, as the set names them, that a case holds."""
    return tuple(
        name
        for name, one in worked.criteria.invariants.facts.items()
        if evaluate(one.whenever, worked.facts).value and evaluate(one.then, worked.facts).value is False
    )


def sound(reading: Reading, apart_from: Collection[str] = ()) -> list[Term]:
    """Return that the answers of a case do not contradict each other, in the way that the set declares.

    `apart_from` are contradictions that are not looked at.
    """
    found = []
    for name, one in reading.criteria.invariants.facts.items():
        if name in apart_from:
            continue
        whenever, then = reading.holds(one.whenever), reading.holds(one.then)
        found.append(negated(both(whenever.must, negated(then.may))))
    return found
