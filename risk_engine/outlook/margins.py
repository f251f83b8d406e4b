"""How firmly the result of a case stands: how far it is from the next one, and what it hangs on. It needs no solver."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, TypeAlias

from risk_engine.engine.find import Found
from risk_engine.engine.replay import Replays, deciding
from risk_engine.engine.work import Worked
from risk_engine.model.conditions import Compare, ParameterRef, leaves
from risk_engine.model.outlook import Margins, ToNextBand
from risk_engine.model.words import Severity
from risk_engine.outlook.further import further_findings
from risk_engine.outlook.if_wrong import if_wrong
from risk_engine.outlook.stability import stability

When: TypeAlias = Literal["before", "after"]
_BANDS: Mapping[str, When] = {"dimension.inherent_band": "before", "dimension.residual_band": "after"}


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
        bands=tuple(_bands(worked, every)),
        findings=further_findings(worked, Replays(worked, tuple(every))),
        if_wrong=wrong.first,
        answers=wrong.answers,
        moving=wrong.moving,
        tips=stable.tips,
        tried=stable.tried,
        refused=stable.refused,
    )


def _bands(worked: Worked, ladders: Iterable[str]) -> Iterator[ToNextBand]:
    asked = _asked_for(worked, ladders)
    for rating in worked.ratings:
        under = worked.criteria.head.rated_under(rating.dimension)
        found = [one for one in worked.found if one.indicator.dimension in under]
        before, after = [(one, one.possible) for one in found], [(one, one.residual[1]) for one in found]
        if asked["before"]:
            yield _to_next(worked, rating.dimension, "before", rating.inherent, _most(before, worked), asked)
        if asked["after"]:
            yield _to_next(worked, rating.dimension, "after", rating.residual, _most(after, worked), asked)


def _most(severities: Iterable[tuple[Found, Severity]], worked: Worked) -> int | None:
    """Return the most that a dimension can come to while no other finding turns critical; None without a cap."""
    points = worked.criteria.head.severity
    criticals = sum(
        [points.of(severity, one.indicator.points) for one, severity in severities if severity == "critical"]
    )
    return None if points.cap is None else criticals + points.cap


def _to_next(
    worked: Worked,
    dimension: str,
    controls: When,
    ends: tuple[int, int],
    most: int | None,
    asked: Mapping[When, set[str]],
) -> ToNextBand:
    points = worked.criteria.head.severity
    least, at_most = ends
    limits = {name: first for name, first in points.bands.items() if name in asked[controls]}
    above = next(((name, first) for name, first in limits.items() if first > at_most), None)
    return ToNextBand(
        dimension=dimension,
        controls=controls,
        least=least,
        points=at_most,
        band=points.called(at_most),
        next_band=None if above is None else points.titles.get(above[0], above[0]),
        missing_points=None if above is None else above[1] - at_most,
        only_critical=above is not None and most is not None and most < above[1],
    )


def _asked_for(worked: Worked, ladders: Iterable[str]) -> Mapping[When, set[str]]:
    """Return the bands at whose limit some rule of these ladders changes what it says, before and after controls."""
    bands = list(worked.criteria.head.severity.bands)
    found: dict[When, set[str]] = {"before": set(), "after": set()}
    for rule in (rule for name in ladders for rule in worked.criteria.ladders[name].rules):
        for leaf, _inside in leaves(rule.when, worked.criteria.definitions):
            when = _BANDS.get(leaf.fact) if isinstance(leaf, Compare) else None
            if when is not None:
                fits = [_fits(leaf, one, bands, worked) for one in bands]
                found[when] |= {
                    one for one, (last, this) in zip(bands[1:], pairwise(fits), strict=True) if last != this
                }
    return found


def _fits(leaf: Any, band: str, bands: Sequence[str], worked: Worked) -> bool:
    operation, wanted = leaf.op, leaf.operand
    value: Any = worked.facts.operand(wanted) if isinstance(wanted, ParameterRef) else wanted
    match operation:
        case "at_least":
            return bands.index(band) >= bands.index(value)
        case "at_most":
            return bands.index(band) <= bands.index(value)
        case _:
            return band in ((value,) if isinstance(value, str) else value)
