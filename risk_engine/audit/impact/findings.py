"""The findings of a case that came out differently under the new version."""

from collections.abc import Iterator, Mapping

from risk_engine.audit.impact.causes import Causes
from risk_engine.audit.impact.ladders import direction_of
from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked
from risk_engine.model.finding import KnockOutBounds, SeverityBounds
from risk_engine.model.impact import CauseKind, Direction, FindingMove, FindingState
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES

_NOTHING = (0, 0, 0, 0, 0, 0)


def finding_moves(
    before: Worked, after: Worked, causes: Causes, apart: Mapping[str, CauseKind]
) -> Iterator[FindingMove]:
    """Yield the findings that changed, in the order of the new version; those that it has no more come last."""
    was, now = ({one.id: one for one in each.found} for each in (before, after))
    for name in {**now, **was}:
        old, new = was.get(name), now.get(name)
        ranks = _ranks(old), _ranks(new)
        if ranks[0] != ranks[1]:
            yield FindingMove(
                id=name,
                before=_state(old),
                after=_state(new),
                direction=_direction(*ranks),
                causes=causes.of(name, before, after, apart),
            )


def _direction(before: tuple[int, ...], after: tuple[int, ...]) -> Direction:
    found = direction_of(before, after)
    return "other" if found in {"wider", "narrower"} else found


def _ranks(found: Found | None) -> tuple[int, ...]:
    """Return how grave a finding is in numbers: before and after controls, and what it bars; at least and at most."""
    if found is None:  # what is absent and what nobody looked for weigh the same
        return _NOTHING
    severities = (found.inherent, found.possible, *found.residual)
    return (*map(SEVERITIES.index, severities), *map(KNOCK_OUTS.index, found.knock_out))


def _state(found: Found | None) -> FindingState | None:
    if found is None:
        return None
    low, high = found.residual
    bars, may_bar = found.knock_out
    return FindingState(
        outcome=found.outcome,
        severity=SeverityBounds(at_least=found.inherent, at_most=found.possible),
        residual=SeverityBounds(at_least=low, at_most=high),
        knock_out=KnockOutBounds(at_least=bars, at_most=may_bar),
    )
