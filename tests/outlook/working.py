"""A toy set and a case of it, worked out; and the same without any short cut, for tests to compare with."""

from typing import Any

from risk_engine.engine.facts import Read
from risk_engine.engine.replay import Levels, deciding
from risk_engine.engine.resolve import answered, superfluous
from risk_engine.engine.work import Worked, work
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Reached, SeverityPoints
from tests.engine.builder import DAY, case_from


def worked_from(criteria: Criteria, text: str = "") -> Worked:
    """Return what the case that a YAML text states comes to."""
    return work(case_from(criteria, text), criteria, DAY)


def result(worked: Worked) -> Levels:
    """Return what headline and gate came to."""
    by_name = {one.ladder: one for one in worked.proposed}
    return tuple(
        Reached(ladder=name, level=one.level, lowest=one.lowest, highest=one.highest)
        for name in deciding(worked.criteria)
        for one in (by_name[name],)
    )


def levels(reached: Levels) -> list[str]:
    return [one.level for one in reached]


def if_answered(worked: Worked, place: Read, value: Any) -> Levels:
    """Return what headline and gate come to with another answer, the whole case worked out again."""
    case = answered(worked.case, place, value)
    under = worked.criteria, worked.on, worked.profile
    for read in superfluous(case, *under, worked.facts.superfluous.keys() - {place}):
        case = answered(case, read, None)
    return result(work(case, *under))


def if_points(worked: Worked, points: SeverityPoints) -> Levels:
    """Return what headline and gate come to with other points, the whole case worked out again."""
    head = worked.criteria.head.model_copy(update={"severity": points})
    criteria = worked.criteria.model_copy(update={"head": head})
    return result(work(worked.case, criteria, worked.on, worked.profile))
