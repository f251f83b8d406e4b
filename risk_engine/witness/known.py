"""Findings of a case that stay as they are: the engine says what they come to, so no solver need read their rules.

What missing answers leave settled no answer moves (design, section 9: information order).
"""

from collections.abc import Collection, Iterator

from risk_engine.backends.symbolic.findings import Finding
from risk_engine.backends.symbolic.terms import constant
from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked
from risk_engine.model.reading import read_by
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.witness.copies import decides_on

_SEVERITY = {one: constant(place, len(SEVERITIES)) for place, one in enumerate(SEVERITIES)}
_KNOCK_OUT = {one: constant(place, len(KNOCK_OUTS)) for place, one in enumerate(KNOCK_OUTS)}


def settled(worked: Worked) -> Iterator[Found]:
    """Yield the findings that are the same in every completion of the case."""
    return (one for one in worked.found if not one.open)


def beyond(worked: Worked, names: Collection[str]) -> Iterator[Found]:
    """Yield the findings that no answer to these facts, or to lists of these names, reaches, nor what hangs on it."""
    hanging = decides_on(worked.criteria)
    reached = {*names, *(other for one in names for other in hanging.get(one, ()))}
    read = read_by(worked.criteria)
    return (one for one in worked.found if not one.open or read[one.id].isdisjoint(reached))


def as_terms(found: Found) -> Finding:
    """Return what a finding comes to as terms that are all settled."""
    return Finding(
        id=found.id,
        indicator=found.indicator,
        inherent=_SEVERITY[found.inherent],
        possible=_SEVERITY[found.possible],
        residual=(_SEVERITY[found.residual[0]], _SEVERITY[found.residual[1]]),
        knock_out=(_KNOCK_OUT[found.knock_out[0]], _KNOCK_OUT[found.knock_out[1]]),
        is_open=found.open,
        severities=(),
        bars=(),
        counts=(),
        complete=(),
        is_capped=False,
    )
