"""How firmly the result of a case stands: how far it is from the next one, and what it hangs on. It needs no solver."""

from collections.abc import Iterator

from risk_engine.engine.work import Worked
from risk_engine.model.outlook import Margins, ToNextBand
from risk_engine.outlook.further import further_findings
from risk_engine.outlook.if_wrong import if_wrong
from risk_engine.outlook.replay import Replays, deciding
from risk_engine.outlook.stability import stability


def margins(worked: Worked) -> Margins:
    """Return the margins of a case, with texts in the language of its criteria."""
    criteria = worked.criteria
    result = deciding(criteria)
    escalation = criteria.head.roles.escalation
    every = dict.fromkeys((*result, *(() if escalation is None else (escalation,))))
    replays = Replays(worked, result)
    wrong = if_wrong(worked, replays)
    stable = stability(worked, replays)
    return Margins(
        bands=tuple(_bands(worked)),
        findings=further_findings(worked, Replays(worked, tuple(every))),
        if_wrong=wrong.first,
        answers=wrong.answers,
        moving=wrong.moving,
        tips=stable.tips,
        tried=stable.tried,
        refused=stable.refused,
    )


def _bands(worked: Worked) -> Iterator[ToNextBand]:
    points = worked.criteria.head.severity
    for rating in worked.ratings:
        at_most = rating.residual[1]
        above = next(((name, first) for name, first in points.bands.items() if first > at_most), None)
        critical = sum(
            one.residual[1] == "critical" for one in worked.found if one.indicator.dimension == rating.dimension
        )
        most = critical * points.of("critical") + points.cap
        yield ToNextBand(
            dimension=rating.dimension,
            points=at_most,
            next_band=None if above is None else points.titles.get(above[0], above[0]),
            missing_points=None if above is None else above[1] - at_most,
            only_critical=above is not None and most < above[1],
        )
