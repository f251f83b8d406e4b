"""What many cases come to, a row for each: names of levels, points, findings and what is missing."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.files.once import once
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Ladder
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.portfolio.columns.kernel import Decided
from risk_engine.portfolio.columns.ladders import Level
from risk_engine.portfolio.columns.layout import in_lists
from risk_engine.portfolio.stated import each_entry

ENDS = ("lowest", "highest")
POINTS = ("inherent", "residual", "expected", "capped")
FINDING = pl.List(
    pl.Struct(
        dict.fromkeys(
            (
                "indicator",
                "outcome",
                "inherent",
                "possible",
                *(f"{what}_{end}" for what in ("residual", "expected", "knock_out") for end in ENDS),
            ),
            pl.String(),
        )
    )
)
NAMES = pl.List(pl.String())


@once
def result_schema(criteria: Criteria) -> pl.Schema:
    """Return the columns of what cases come to under a set, in their order."""
    columns: dict[str, pl.DataType] = {"case": pl.String(), "on": pl.Date()}
    for name in criteria.ladders:
        columns |= {name: pl.String()} | {f"{name}.{end}": pl.String() for end in ENDS}
        columns |= {f"{name}.provisional": pl.Boolean(), f"{name}.rule": pl.Int64()}
    for name in criteria.head.dimensions:
        for what in POINTS:
            dtype = pl.Boolean() if what == "capped" else pl.Int64()
            columns |= {f"{name}.{what}.{end}": dtype for end in ENDS}
    lists = {"missing": NAMES, "contradictions": NAMES, "awareness": NAMES}
    return pl.Schema({**columns, "findings": FINDING, **lists, "unread": pl.String()})


def unread(cases: pl.Series, days: pl.Series, why: pl.Series, criteria: Criteria) -> pl.DataFrame:
    """Return results of cases of which nothing can be said, each with the reason."""
    said = {"case": cases, "on": days, "unread": why}
    nothing = pl.repeat(None, len(cases), eager=True)
    return pl.DataFrame(
        [said.get(name, nothing).cast(dtype).alias(name) for name, dtype in result_schema(criteria).items()]
    )


def results_of(decided: Decided, cases: pl.Series, days: pl.Series, criteria: Criteria) -> pl.DataFrame:
    """Return what cases came to, each on its day, in the order in which they were decided."""
    number = len(cases)
    columns: dict[str, pl.Series] = {"case": cases, "on": days}
    for name, level in decided.levels.items():
        columns |= _of_ladder(name, level, criteria.ladders[name])
    for name, rating in decided.ratings.items():
        for what in POINTS:
            columns |= {
                f"{name}.{what}.{end}": pl.Series(points)
                for end, points in zip(ENDS, getattr(rating, what), strict=True)
            }
    columns["findings"] = _findings(decided, number)
    for what in ("contradictions", "awareness"):
        columns[what] = named(getattr(decided, what), number)
    nothing = pl.repeat(None, number, dtype=NAMES, eager=True)
    columns["missing"] = nothing if decided.missing is None else decided.missing
    columns["unread"] = pl.repeat(None, number, dtype=pl.String(), eager=True)
    return pl.DataFrame([columns[name].cast(dtype).alias(name) for name, dtype in result_schema(criteria).items()])


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


def _words(places: NDArray[Any], words: Sequence[str]) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(places.astype(np.uint32))


def _findings(decided: Decided, number: int) -> pl.Series:
    """Return the findings of every case that are not absent, in the order of the set."""
    names = list(decided.findings)
    there = [one.places for one in decided.findings.values()]
    of_case = _joined(there, np.int64)
    in_order = np.argsort(of_case, kind="stable")

    def taken(values: Sequence[NDArray[Any]], words: Sequence[str]) -> pl.Series:
        return _words(_joined(values, np.uint8)[in_order], words)

    found = list(decided.findings.values())
    which = _joined([np.full(len(places), at, np.uint16) for at, places in enumerate(there)], np.uint16)
    fields = {
        "indicator": _words(which[in_order], names),
        "outcome": taken([one.inherent.low > 0 for one in found], ("undetermined", "present")),
        "inherent": taken([one.inherent.low for one in found], SEVERITIES),
        "possible": taken([one.inherent.high for one in found], SEVERITIES),
    }
    for what, words in (("residual", SEVERITIES), ("expected", SEVERITIES), ("knock_out", KNOCK_OUTS)):
        for end, at in zip(ENDS, (0, 1), strict=True):
            fields[f"{what}_{end}"] = taken([getattr(one, what)[at] for one in found], words)
    return _held(of_case[in_order], pl.DataFrame(fields).to_struct(), number)


def named(truths: Mapping[str, NDArray[np.bool_]], number: int) -> pl.Series:
    """Return the names of what is true of each case, in their order."""
    there = [np.flatnonzero(one) for one in truths.values()]
    of_case = _joined(there, np.int64)
    in_order = np.argsort(of_case, kind="stable")
    which = _joined([np.full(len(places), at, np.uint32) for at, places in enumerate(there)], np.uint32)
    return _held(of_case[in_order], _words(which[in_order], list(truths)), number)


def _held(of_case: NDArray[np.int64], values: pl.Series, number: int) -> pl.Series:
    """Return a list for each case of its values, which come case by case: they are not copied, only where each ends."""
    ends = in_lists(of_case, pl.repeat(0, len(values), dtype=pl.UInt8(), eager=True), number)
    return each_entry(ends, lambda _zeros: values, pl.List(values.dtype))


def _joined(parts: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *parts])
