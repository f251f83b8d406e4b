"""Fractions: of each work a whole is shared by its countries, institutions or pairs; a whole of any other kind is not.

Sums are exact: each is a sum of 1/n with the number of works for each n, and is rounded once. So equal ones are equal,
whatever order the works were read in.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Final

import polars as pl

from risk_engine.awareness.counts import KEY, MOST_FIRST, PAIRS, SHOWN, SIDES, coupled, named, shown_pairs
from risk_engine.awareness.regions import Region
from risk_engine.awareness.works import Collaborations

FRACTION: Final = "fraction"
DIGITS: Final = 12
"""So many decimals of a share of authors are kept: it is a sum of doubles, and beyond that of what it is made."""


def countries_fractional(of: Collaborations) -> pl.DataFrame:
    """Return country and fraction, most first: of each work 1/its distinct countries."""
    summed = _summed(_by_country(of), "country")
    return summed.sort(FRACTION, "country", descending=[True, False], nulls_last=True)


def regions_by_year_fractional(of: Collaborations, regions: Iterable[Region]) -> pl.DataFrame:
    """Return year, region and fraction, by year, then region: of each work the share of its countries in the region."""
    dated = _by_country(of).join(of.works.select("work", "year"), on="work")
    made = [
        _summed(dated.filter(pl.col("country").is_in(sorted(one.countries))), "year").select(
            "year", pl.lit(one.name).alias("region"), FRACTION
        )
        for one in regions
    ]
    empty = pl.DataFrame(schema={"year": pl.Int32, "region": pl.String, FRACTION: pl.Float64})
    return pl.concat([empty, *made]).sort("year", "region", nulls_last=True)


def _by_country(of: Collaborations) -> pl.DataFrame:
    each = of.parties.filter(pl.col("country").is_not_null()).select("work", "country").unique()
    return each.with_columns(ways=pl.len().over("work"))


def institutions_fractional(of: Collaborations) -> pl.DataFrame:
    """Return country, name, institution and fraction, most first: of each work 1/its distinct institutions."""
    each = of.parties.filter(pl.col("institution").is_not_null()).select("work", *KEY)
    summed = _summed(each.with_columns(ways=pl.len().over("work")), *KEY)
    return named(of, summed).sort(FRACTION, *SHOWN, descending=[True, False, False, False], nulls_last=True)


def pairs_fractional(of: Collaborations, between: tuple[Region, Region]) -> pl.DataFrame:
    """Return pairs as `pairs` does, each with the sum of 1/(institutions of one region x those of the other)."""
    order = (FRACTION, *PAIRS[1:])
    return shown_pairs(of, _summed(coupled(of, between), *SIDES)).sort(*order, descending=MOST_FIRST, nulls_last=True)


def countries_by_authors(of: Collaborations) -> pl.DataFrame:
    """Return country and fraction, most first: of each work the share of its authors, where these are given."""
    return _by_authors(of, "country").sort(FRACTION, "country", descending=[True, False], nulls_last=True)


def institutions_by_authors(of: Collaborations) -> pl.DataFrame:
    """Return country, name, institution and fraction, most first: of each work the share of its authors.

    An author counts 1/the authors of the work, and of that the same for each institution of theirs; what an author
    without an institution counts is nobody's.
    """
    return named(of, _by_authors(of, *KEY)).sort(
        FRACTION, *SHOWN, descending=[True, False, False, False], nulls_last=True
    )


def _by_authors(of: Collaborations, *keys: str) -> pl.DataFrame:
    given = of.parties.filter(pl.col("authors").is_not_null() & pl.col(keys[-1]).is_not_null())
    # In one order, whatever the order of the works: floats are summed as they come.
    ordered = given.sort(*keys, "authors")
    return ordered.group_by(*keys, maintain_order=True).agg(pl.col("authors").sum().round(DIGITS).alias(FRACTION))


def _summed(each: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return the sum of 1/`ways` for each key, exact and rounded once."""
    counts = each.group_by(*keys, "ways").len("times").sort("ways")
    grouped = counts.group_by(*keys, maintain_order=True).agg("ways", "times")
    alone = grouped.filter(pl.col("ways").list.len() == 1)
    several = grouped.filter(pl.col("ways").list.len() > 1)
    sums = [_sum(tuple(ways), tuple(times)) for ways, times in several.select("ways", "times").iter_rows()]
    return pl.concat(
        [
            alone.select(*keys, (pl.col("times").list.first() / pl.col("ways").list.first()).alias(FRACTION)),
            several.select(*keys, pl.Series(FRACTION, sums, dtype=pl.Float64)),
        ]
    )


@cache
def _sum(ways: tuple[int, ...], times: tuple[int, ...]) -> float:
    return float(sum(Fraction(count, of) for count, of in zip(times, ways, strict=True)))
