"""Tables of cases as Parquet, made of case files."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from risk_engine.loading.case import load_case
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.stated import stated_of


def table_of(cases: Iterable[Path], criteria: Criteria, path: Path, *, times: int = 1) -> Path:
    """Write the cases of files as a table, so many times one after another, each with an id of its own."""
    stated = stated_of([load_case(one, criteria) for one in cases], criteria)
    several = pl.concat([stated] * times)
    if times > 1:
        several = several.with_columns(pl.format("{}-{}", "case", pl.int_range(pl.len())).alias("case"))
    several.write_parquet(path)
    return path
