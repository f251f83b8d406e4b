"""The ladders of a set compiled: what findings come to, for who asks that of one case many times (`engine.replay`).

Held to the reference (`engine.propose`, `engine.rate`) by `tests/engine/test_replay.py`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from risk_engine.engine.find import Found
from risk_engine.engine.program_results import SEEN_OF, Came, Ranks, Rated, Results, keep
from risk_engine.engine.program_source import ladders_source
from risk_engine.engine.work import Worked
from risk_engine.files.once import once
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Reached
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES

KEPT = 16
"""So many are kept for one set: each for other rules in force, or other values of parameters."""

_SEVERITY = {one: rank for rank, one in enumerate(SEVERITIES)}
_KNOCK_OUT = {one: rank for rank, one in enumerate(KNOCK_OUTS)}


def ladders_of(worked: Worked) -> "Ladders":
    """Return the ladders of a set, as they stand for a case; NotInForceError where one reads what has no value yet."""
    kept = _by_time(worked.criteria)
    key = tuple(one.id for one in worked.found), tuple(worked.facts.parameters.items())
    return kept.get(key) or keep(kept, key, Ladders(worked), KEPT)


@once
def _by_time(_criteria: Criteria) -> "dict[tuple[Any, ...], Ladders]":
    return {}


class Ladders:
    """All ladders of a set as one function of findings and dimensions."""

    def __init__(self, worked: Worked) -> None:
        """Compile them."""
        self._numbers = {one.id: number for number, one in enumerate(worked.found)}
        text, constants = ladders_source(worked.criteria, worked.on, worked.profile)
        space = {**constants, "__builtins__": {"map": map, "max": max}, "seen_of": SEEN_OF}
        exec(compile(text, "<ladders>", "exec"), space)  # noqa: S102 (no text of an author stands in it)
        self._walk = cast("Callable[[Sequence[Came], Sequence[Rated]], tuple[tuple[Any, ...], ...]]", space["walk"])
        self._levels = [(name, tuple(one.levels)) for name, one in worked.criteria.ladders.items()]
        self._made: dict[tuple[str, tuple[Any, ...]], Reached] = {}

    def results(self, criteria: Criteria) -> Results:
        """Return what rates findings by the points of a set: that of the ladders, or one that has other points."""
        return Results(criteria, tuple(self._numbers))

    def reached(self, found: Iterable[Found], results: Results) -> dict[str, Reached]:
        """Return what every ladder comes to with all findings of a case and what rates them."""
        came = [results.came(_ranks(self._numbers[one.id], one)) for one in found if one.outcome != "absent"]
        walked = self._walk(came, results.rated(came))
        return {
            name: self._made.get((name, one)) or self._reached(name, levels, one)
            for (name, levels), one in zip(self._levels, walked, strict=True)
        }

    def _reached(self, name: str, levels: Sequence[str], came: tuple[Any, ...]) -> Reached:
        _rule, level, settled, highest = came
        made = Reached(ladder=name, level=levels[level], lowest=levels[settled], highest=levels[highest])
        self._made[name, came] = made
        return made


def _ranks(number: int, found: Found) -> Ranks:
    """Return a finding in ranks."""
    return Ranks(
        number,
        _SEVERITY[found.inherent],
        _SEVERITY[found.possible],
        (_SEVERITY[found.residual[0]], _SEVERITY[found.residual[1]]),
        (_SEVERITY[found.expected[0]], _SEVERITY[found.expected[1]]),
        (_KNOCK_OUT[found.knock_out[0]], _KNOCK_OUT[found.knock_out[1]]),
        (_KNOCK_OUT[found.knock_out_before[0]], _KNOCK_OUT[found.knock_out_before[1]]),
        found.open,
    )
