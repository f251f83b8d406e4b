"""Many cases as an office might have them, in columns: drawn near the cases of a set's own tests and examples.

Each is one of those, with some entries of its lists twice and thrice, a few answers taken over from another, and one
answer in ten left out. Of the cases whose answers contradict each other a small share is kept.
"""

import contextlib
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.once import once
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import sound_tests
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import Entity, belonging
from risk_engine.model.references import needed_kinds
from risk_engine.portfolio.columns.kernel import Kernel
from risk_engine.portfolio.stated import cases_from, stated_of, stated_schema
from tests.engine.builder import ROOT

LEFT_OUT, TAKEN_OVER, LISTED = 0.10, 0.01, 0.99
TIMES = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
"""How often an entry stands in its list."""
POOL = 500
"""So many different lists of controls are drawn."""
CONTRADICTORY = 0.02
"""The share of contradictory cases that is kept, at most."""


@once
def seeds(criteria: Criteria) -> pl.DataFrame:
    """Return the cases of a set's own tests and the examples that fit it."""
    cases = [case for _number, _test, case in sound_tests(criteria)[1]]
    if criteria.head.id == "reconnect-china":
        for path in sorted((ROOT / "examples").glob("*.yaml")):
            with contextlib.suppress(RiskEngineError):  # it answers what only another version asks
                cases.append(load_case(path, criteria))
    return stated_of(cases, criteria)


def drawn(criteria: Criteria, number: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return so many stated cases, contradictory ones as they come."""
    known = seeds(criteria)
    own, other = (rng.integers(0, known.height, number) for _ in range(2))
    columns: dict[str, pl.Series] = {"case": pl.Series([f"c-{place}" for place in range(number)])}
    for name, dtype in stated_schema(criteria).items():
        if name in criteria.entities:
            columns[name] = _listed(name, known[name], own, rng, criteria.entities[name])
        elif "." in name:
            columns[name] = _changed(known[name].gather(own), known[name].gather(other), rng)
        elif name == "controls":
            columns[name] = _controls(criteria, rng).gather(rng.integers(0, POOL, number))
        elif name != "case":
            columns[name] = known[name].gather(own).cast(dtype)
    return pl.DataFrame([columns[name].alias(name) for name in stated_schema(criteria)])


def _changed(own: pl.Series, other: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Return answers of which some are those of another case, and some are left out."""
    kept = own.zip_with(pl.Series(rng.random(len(own)) >= TAKEN_OVER), other)
    return pl.select(pl.when(pl.Series(rng.random(len(own)) >= LEFT_OUT)).then(kept)).to_series()


def _listed(name: str, known: pl.Series, own: np.ndarray[Any, Any], rng: np.random.Generator, of: Entity) -> pl.Series:
    """Return a list for each case: the entries of one of the known cases, some more than once; none belongs to another.

    Their ids are new, so what they are said to belong to is not there.
    """
    dtype = known.dtype
    lists = pl.DataFrame({"case": np.arange(len(own)), "entry": known.gather(own)})
    entries = lists.filter(pl.col("entry").list.len() > 0).explode("entry")
    entries = entries[np.repeat(np.arange(entries.height), rng.choice(TIMES, entries.height))].unnest("entry")
    shuffled = entries[rng.permutation(entries.height)]
    facts = [one for one in entries.columns if one not in {"case", "id"}]
    place = pl.int_range(pl.len()).over("case")
    entries = entries.with_columns(
        (pl.lit(f"{name.replace('_', '-')}-") + place.cast(pl.String)).alias("id"),
        *(_changed(entries[one], shuffled[one], rng).alias(one) for one in facts),
    )
    if (belongs := belonging(of)) is not None:
        entries = entries.with_columns(pl.lit(None).alias(belongs[0]))
    by_case = entries.filter(place < (of.many or 0)).group_by("case", maintain_order=True)
    found = by_case.agg(pl.struct("id", *facts).alias("found"))
    joined = lists.join(found, on="case", how="left", maintain_order="left")
    empty = pl.Series([[]], dtype=dtype)
    is_known = pl.Series(rng.random(len(own)) < LISTED)
    stated = pl.when(pl.col("entry").is_not_null() & is_known).then(pl.coalesce("found", pl.lit(empty)))
    return joined.select(stated).to_series().cast(dtype)


def _controls(criteria: Criteria, rng: np.random.Generator) -> pl.Series:
    """Return lists of controls with and without evidence, most of them empty."""
    kinds = sorted({"proof", *(one for several in needed_kinds(criteria).values() for one in several)})
    names = list(criteria.controls)

    def record(control: str) -> dict[str, Any]:
        dates = [date(2026, 1, 1), date(2027, 6, 1)]
        shown = [{"kind": str(rng.choice(kinds)), "date": dates[rng.integers(2)]} for _ in range(rng.integers(3))]
        return {"id": control, "status": str(rng.choice(("implemented", "verified", "agreed", "planned")))} | {
            "evidence": shown
        }

    pool = [
        [record(str(one)) for one in rng.choice(names, min(len(names), int(rng.integers(1, 6))), replace=False)]
        if rng.random() < 0.4
        else []
        for _ in range(POOL)
    ]
    return pl.Series(pool, dtype=stated_schema(criteria)["controls"])


def realistic(criteria: Criteria, number: int, on: date, rng: np.random.Generator) -> tuple[pl.DataFrame, float]:
    """Return so many stated cases of which few contradict themselves, and the share of those that do."""
    kernel = Kernel(criteria, on)
    parts: list[pl.DataFrame] = []
    have = odd = 0
    while have < number:
        part = drawn(criteria, min(2 * number, 65_536), rng)
        is_odd = kernel.read(cases_from(part, criteria)).odd
        some = np.flatnonzero(is_odd)[: int(CONTRADICTORY * (~is_odd).sum())]
        places = np.sort(np.concatenate([np.flatnonzero(~is_odd), some]))
        parts.append(part[places])
        have, odd = have + len(places), odd + len(some)
    numbers = pl.int_range(pl.len()).cast(pl.String)
    return pl.concat(parts)[:number].with_columns(case="c-" + numbers), odd / have
