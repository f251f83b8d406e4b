"""By which ladders a version is called milder: a committee that is no longer called need not let anything through."""

from collections.abc import Sequence

from risk_engine.audit.meaning.findings import same_rules, same_sums
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.meaning import Shift


def only_bars_more(ladder: str, before: CriteriaSet, after: CriteriaSet, shifts: Sequence[Shift]) -> bool:
    """Return whether a ladder that is not claimed to be monotone can fall only because some finding rises.

    Its rules and what they count are the same, no indicator is gone or has other days, and no finding can be lower: a
    case that no longer goes to a committee then has a graver finding, which the ladders that are claimed show.
    """
    is_there_alike = all(
        name in after.indicators and after.indicators[name].effective == one.effective
        for name, one in before.indicators.items()
    )
    fallen = any(one.of.startswith("finding") and one.direction == "milder" for one in shifts)
    return is_there_alike and not fallen and same_sums(before, after) and same_rules(ladder, before, after)
