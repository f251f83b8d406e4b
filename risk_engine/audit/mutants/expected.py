"""What a case expects, compared with what the engine makes of it part by part, without a whole assessment.

The same comparison as `audit.cases` makes over an assessment; a test holds the two together.
"""

from collections.abc import Sequence

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found
from risk_engine.engine.propose import Proposed, with_levels
from risk_engine.model.cases import Expected, ExpectedLevel
from risk_engine.model.criteria import CriteriaSet


def finding_fits(expect: Expected, name: str, found: Found | None) -> bool:
    """Return whether an indicator came to what is expected; None is one that is not in force."""
    present = found.inherent if found is not None and found.outcome == "present" else None
    undetermined = found.possible if found is not None and found.outcome == "undetermined" else None
    if expect.findings.get(name) != present or expect.undetermined.get(name) != undetermined:
        return False
    if name in expect.residual:
        wanted = expect.residual[name]
        if found is None or found.residual != ((wanted, wanted) if isinstance(wanted, str) else wanted):
            return False
    return name not in expect.knock_out or (found is not None and set(found.knock_out) == {expect.knock_out[name]})


def ladder_fits(expect: Expected, proposed: Proposed) -> bool:
    """Return whether a ladder proposes what is expected, if anything is expected of it."""
    wanted = expect.ladders.get(proposed.ladder)
    if wanted is None:
        return True
    level = wanted if isinstance(wanted, ExpectedLevel) else ExpectedLevel(level=wanted)
    ends = (proposed.lowest, proposed.highest)
    return (proposed.level, proposed.provisional) == (level.level, level.provisional) and level.range in {None, ends}


def awareness_fits(expect: Expected, results: Facts, criteria: CriteriaSet) -> bool:
    """Return whether the awareness rules that apply are those that are expected."""
    if expect.awareness is None:
        return True
    return set(expect.awareness) == {one for one in criteria.awareness if rule_applies(one, results, criteria)}


def rule_applies(name: str, results: Facts, criteria: CriteriaSet) -> bool:
    """Return whether an awareness rule is in force and applies for certain."""
    rule = criteria.awareness[name]
    return rule.effective.covers(results.on) and evaluate(rule.when, results).value is True


def contradictions_fit(expect: Expected, facts: Facts, criteria: CriteriaSet) -> bool:
    """Return whether the answers contradict each other where that is expected, and nowhere else."""
    return set(expect.contradictions) == {
        name
        for name, one in criteria.invariants.facts.items()
        if evaluate(one.whenever, facts).value is True and evaluate(one.then, facts).value is False
    }


def gaps_fit(expect: Expected, facts: Facts, found: Sequence[Found]) -> bool:
    """Return whether the missing answers are those that are expected."""
    if expect.gaps is None:
        return True
    return set(expect.gaps) == {asked.path() for one in found for read in one.missing for asked in facts.to_ask(read)}


def promises_hold(results: Facts, proposed: Sequence[Proposed], criteria: CriteriaSet) -> bool:
    """Return whether the case keeps every invariant over results."""
    promises = criteria.invariants.results
    if not promises:
        return True
    everything = with_levels(results, proposed, criteria)
    return not any(
        evaluate(one.whenever, everything).value and evaluate(one.then, everything).value is False
        for one in promises.values()
    )
