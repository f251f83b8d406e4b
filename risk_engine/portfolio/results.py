"""What many cases come to, a row for each: names of levels, points, findings and what is missing.

What is a word of the set is kept as its place among the words (Enum), as answers are in `stated.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.files.once import once
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Ladder
from risk_engine.model.words import KNOCK_OUTS, OUTCOMES, SEVERITIES
from risk_engine.portfolio.columns.kernel import Decided
from risk_engine.portfolio.columns.ladders import Level
from risk_engine.portfolio.columns.layout import in_lists
from risk_engine.portfolio.columns.planes import Held, Places
from risk_engine.portfolio.stated import words_of

ENDS = ("lowest", "highest")
POINTS = ("inherent", "residual", "expected", "capped")
SEVERITY, KNOCK_OUT = words_of(SEVERITIES), words_of(KNOCK_OUTS)
FINDING = {
    "outcome": words_of(OUTCOMES),
    "inherent": SEVERITY,
    "possible": SEVERITY,
    **{f"{what}_{end}": SEVERITY for what in ("residual", "expected") for end in ENDS},
    **{f"knock_out_{end}": KNOCK_OUT for end in ENDS},
}
"""What is said of a finding beside its indicator."""


@once
def result_schema(criteria: Criteria) -> pl.Schema:
    """Return the columns of what cases come to under a set, in their order."""
    columns: dict[str, pl.DataType] = {"case": pl.String(), "on": pl.Date()}
    for name, ladder in criteria.ladders.items():
        levels = words_of(tuple(ladder.levels))
        columns |= {name: levels} | {f"{name}.{end}": levels for end in ENDS}
        columns |= {f"{name}.provisional": pl.Boolean(), f"{name}.rule": pl.Int64()}
    for name in criteria.head.dimensions:
        for what in POINTS:
            dtype = pl.Boolean() if what == "capped" else pl.Int64()
            columns |= {f"{name}.{what}.{end}": dtype for end in ENDS}
    columns |= {
        "findings": pl.List(pl.Struct({"indicator": words_of(tuple(criteria.indicators)), **FINDING})),
        "missing": pl.List(pl.String()),
        "contradictions": pl.List(words_of(tuple(criteria.invariants.facts))),
        "awareness": pl.List(words_of(tuple(criteria.awareness))),
    }
    return pl.Schema({**columns, "unread": pl.String()})


def unread(cases: pl.Series, days: pl.Series, why: pl.Series, criteria: Criteria) -> pl.DataFrame:
    """Return results of cases of which nothing can be said, each with the reason."""
    said = {"case": cases, "on": days, "unread": why}
    nothing = pl.repeat(None, len(cases), eager=True)
    return pl.DataFrame(
        [said.get(name, nothing).cast(dtype).alias(name) for name, dtype in result_schema(criteria).items()]
    )


def results_of(decided: Decided, cases: pl.Series, days: pl.Series, criteria: Criteria) -> pl.DataFrame:
    """Return what cases came to, each on its day, in the order in which they were decided."""
    number, schema = len(cases), result_schema(criteria)
    columns: dict[str, pl.Series] = {"case": cases, "on": days}
    for name, level in decided.levels.items():
        columns |= _of_ladder(name, level, criteria.ladders[name])
    for name, rating in decided.ratings.items():
        for what in POINTS:
            columns |= {
                f"{name}.{what}.{end}": pl.Series(points)
                for end, points in zip(ENDS, getattr(rating, what), strict=True)
            }
    columns["findings"] = _findings(decided, number, tuple(criteria.indicators))
    columns["contradictions"] = _named(decided.contradictions, number, tuple(criteria.invariants.facts))
    columns["awareness"] = _named(decided.awareness, number, tuple(criteria.awareness))
    nothing = pl.repeat(None, number, eager=True)
    columns["missing"] = nothing if decided.missing is None else decided.missing
    columns["unread"] = nothing
    return pl.DataFrame([columns[name].cast(dtype).alias(name) for name, dtype in schema.items()])


def _of_ladder(name: str, level: Level, ladder: Ladder) -> dict[str, pl.Series]:
    levels = tuple(ladder.levels)
    return {
        name: _words(level.level, levels),
        f"{name}.lowest": _words(level.lowest, levels),
        f"{name}.highest": _words(level.highest, levels),
        f"{name}.provisional": pl.Series(is_provisional(level, ladder)),
        f"{name}.rule": pl.Series(level.rule.astype(np.int64)).set(pl.Series(level.rule < 0), None),
    }


def is_provisional(level: Level, ladder: Ladder) -> NDArray[np.bool_]:
    """Return in which cases a level may still become another one."""
    rules = np.array([False, *(one.provisional for one in ladder.rules)])
    held: NDArray[np.bool_] = (level.lowest != level.highest) | rules[level.rule + 1]
    return held


def _words(places: NDArray[Any], words: tuple[str, ...]) -> pl.Series:
    dtype = words_of(words)
    # Numbers become words only as they lie in memory.
    return pl.Series(places).cast(pl.Series(dtype=dtype).to_physical().dtype).cat.to(dtype)


class _CaseByCase:
    """What was found part by part, of each part once in a case at most, case by case."""

    def __init__(self, parts: Mapping[str, Places], number: int, names: tuple[str, ...]) -> None:
        """Take by name in which of so many cases each part was found; of a case they stand in this order."""
        self._number = number
        self._of_case = _joined(list(parts.values()), np.int64)
        numbers = np.bincount(self._of_case, minlength=number)
        free, goes = np.cumsum(numbers) - numbers, []
        for places in parts.values():
            goes.append(free[places])
            free[places] += 1
        self._goes = _joined(goes, np.int64)
        which = [np.full(len(places), names.index(name), np.uint16) for name, places in parts.items()]
        self.names = self.words(_joined(which, np.uint16), names)
        """The name of each."""

    def words(self, places: NDArray[Any], words: tuple[str, ...]) -> pl.Series:
        """Return what is said of each by places among words, which come part by part."""
        put = np.empty_like(places)
        put[self._goes] = places
        return _words(put, words)

    def lists(self, values: pl.Series) -> pl.Series:
        """Return for each case the list of its values, which come case by case."""
        return in_lists(self._of_case, values, self._number)


def _findings(decided: Decided, number: int, indicators: tuple[str, ...]) -> pl.Series:
    """Return the findings of every case that are not absent, in the order of the set."""
    found = list(decided.findings.values())
    by_case = _CaseByCase({name: one.places for name, one in decided.findings.items()}, number, indicators)
    low, high = (_joined([one.inherent[end] for one in found], np.uint8) for end in (0, 1))
    fields = {
        "indicator": by_case.names,
        "outcome": by_case.words(np.uint8(OUTCOMES.index("undetermined")) + (low > 0), OUTCOMES),
        "inherent": by_case.words(low, SEVERITIES),
        "possible": by_case.words(high, SEVERITIES),
    }
    for what, words in (("residual", SEVERITIES), ("expected", SEVERITIES), ("knock_out", KNOCK_OUTS)):
        for end, at in zip(ENDS, (0, 1), strict=True):
            ranks = _joined([getattr(one, what)[at] for one in found], np.uint8)
            fields[f"{what}_{end}"] = by_case.words(ranks, words)
    return by_case.lists(pl.DataFrame(fields).to_struct())


def _named(truths: Mapping[str, Held], number: int, names: tuple[str, ...]) -> pl.Series:
    """Return the names of what is true of each case, in their order."""
    by_case = _CaseByCase({name: np.flatnonzero(one) for name, one in truths.items()}, number, names)
    return by_case.lists(by_case.names)


def _joined(parts: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *parts])
