"""From the columns of joint works to what a report draws: counts a year, judged pairs, and the works that are named."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import polars as pl

from risk_engine.awareness import counts, shares
from risk_engine.awareness.areas import UNKNOWN, Areas
from risk_engine.awareness.areas import counted as counted_areas
from risk_engine.awareness.carried import Refusal, Series, lacking, without_topics
from risk_engine.awareness.doubt import judge_pairs
from risk_engine.awareness.overrules import Overrules
from risk_engine.awareness.published import Published
from risk_engine.awareness.regions import Region
from risk_engine.awareness.report import (
    MOST_PAIRS,
    MOST_SUSPECT,
    MOST_WORKS,
    ByYear,
    Drawn,
    Institution,
    Pair,
    Work,
    in_order,
)
from risk_engine.awareness.works import Collaborations

_LEVELS: Final = ("topic", "keyword", "subfield", "field")
"""What works are about, the most telling level first; levels are never mixed in one count."""
Listed = Mapping[tuple[str, str], tuple[str, ...]]
"""By country and institution the lists that name it, each with its date."""


@dataclass(frozen=True)
class Wanted:
    """Which regions are compared: A and B, and others beside them in what is counted a year; full, or in fractions."""

    a: Region
    b: Region
    also: tuple[Region, ...] = ()
    fractional: bool = False

    @property
    def every(self) -> tuple[Region, ...]:
        """Return all of them, A first."""
        return (self.a, self.b, *self.also)


def judged_pairs(
    of: Collaborations,
    wanted: Wanted,
    *,
    overrules: Overrules | None = None,
    listed: Listed | None = None,
    most: int | None = None,
) -> tuple[Pair, ...]:
    """Return the pairs of institutions of A and B, each judged; works of more than `most` institutions are left out."""
    small = counts.within(of, most)
    paired = counts.pairs(small, (wanted.a, wanted.b))
    judged = judge_pairs(small, paired, overrules)
    if wanted.fractional:
        keys = [f"{one}_{side}" for side in counts.SIDES for one in counts.KEY]
        parts = shares.pairs_fractional(small, (wanted.a, wanted.b)).select(*keys, shares.FRACTION)
        judged = judged.join(parts, on=keys, how="left", maintain_order="left")
    rors = _rors(of)
    named = listed or {}

    def side(row: Mapping[str, str], of: str) -> Institution:
        key = (row[f"country_{of}"], row[f"institution_{of}"])
        return Institution(key[1], row[f"name_{of}"], key[0], rors.get(key), named.get(key, ()))

    return tuple(
        Pair(
            side(row, "a"),
            side(row, "b"),
            tuple(row["work_ids"]),
            row["status"],
            tuple(row["reasons"]),
            row.get(shares.FRACTION),
        )
        for row in judged.iter_rows(named=True)
    )


def _rors(of: Collaborations) -> dict[tuple[str, str], str]:
    having = of.parties.filter(pl.col("ror").is_not_null() & pl.col("institution").is_not_null())
    found = having.group_by("country", "institution").agg(pl.col("ror").min())
    return {(country, one): ror for country, one, ror in found.iter_rows()}


def drawn(
    of: Collaborations,
    wanted: Wanted,
    pairs: Sequence[Pair],
    *,
    published: Sequence[Published] = (),
    areas: tuple[Areas, Mapping[str, str]] | None = None,
    most: int | None = None,
) -> Drawn:
    """Return what a report tells of works; `pairs` are those of A and B, judged.

    `areas` are a mapping of topics to critical areas, and what these are called; works of more than `most` institutions
    are in none of the pairs.
    """
    joint = joint_works(of, wanted)
    good = in_order([one for one in pairs if one.status != "suspect"])[:MOST_PAIRS]
    bad = in_order([one for one in pairs if one.status == "suspect"])[:MOST_SUSPECT]
    return Drawn(
        wanted.a.name,
        wanted.b.name,
        of.sources,
        len(joint),
        _pairs_by_year(of, wanted),
        _regions_by_year(of, wanted),
        tuple(pairs),
        told_works(of, {work for one in (*good, *bad) for work in one.works[:MOST_WORKS]}),
        _unknown(of),
        topics_of(of, joint) or without_topics((wanted.a, wanted.b), of.sources),
        {one.name: tuple(sorted(one.countries)) for one in wanted.every},
        tuple(published),
        _areas(of, wanted, *areas) if areas is not None else (),
        "" if areas is None else f"{areas[0].as_of.isoformat()}; {areas[0].source}",
        wanted.fractional,
        None if most is None else (of.works.height - counts.within(of, most).works.height, most),
    )


def joint_works(of: Collaborations, wanted: Wanted) -> frozenset[str]:
    """Return the works that have an institution of both regions."""
    a, b = (
        set(of.parties.filter(pl.col("country").is_in(sorted(one.countries)))["work"]) for one in (wanted.a, wanted.b)
    )
    return frozenset(a & b)


def topics_of(of: Collaborations, works: Collection[str]) -> tuple[tuple[str, int], ...]:
    """Return what works are about, on the most telling level that is there, with how many works, the most first."""
    told = of.topics.filter(pl.col("work").is_in(list(works)))
    level = next((one for one in _LEVELS if one in set(told["level"])), None)
    if level is None:
        return ()
    counted = told.filter(pl.col("level") == level).group_by("topic").agg(pl.col("work").n_unique())
    return tuple(sorted(counted.iter_rows(), key=lambda one: (-one[1], one[0].encode())))


def _areas(
    of: Collaborations, wanted: Wanted, areas: Areas, titles: Mapping[str, str]
) -> tuple[tuple[str, int, bool], ...]:
    both = counts.of_both(of, (wanted.a, wanted.b))
    return tuple(
        (titles.get(area, area), works, bool(verified))
        for area, verified, works in counted_areas(both.works, both.topics, areas).iter_rows()
        if area != UNKNOWN
    )


def told_works(of: Collaborations, ids: Collection[str]) -> dict[str, Work]:
    """Return works by their ids, as far as a reader needs them to find them."""
    told = of.works.filter(pl.col("work").is_in(list(ids)))
    return {
        one["work"]: Work(one["title"], one["year"], _on_the_web(one["link"]) or _on_the_web(one["work"]))
        for one in told.iter_rows(named=True)
    }


def _on_the_web(text: str | None) -> str | None:
    return text if text and text.startswith(("https://", "http://")) else None


def _pairs_by_year(of: Collaborations, wanted: Wanted) -> ByYear | Refusal:
    two = [Series(pair) for pair in combinations(wanted.every, 2) if not pair[0].countries & pair[1].countries]
    if (refused := lacking(two, of.sources)) is not None:
        return refused
    names = {frozenset(one.name for one in each.regions): each.name for each in two}
    counted = [
        {"label": names[frozenset((a, b))], "year": year, "works": works}
        for year, a, b, works in counts.region_pairs_by_year(of, wanted.every).iter_rows()
    ]
    schema = {"label": pl.String, "year": pl.Int32, "works": pl.Int64}
    return by_year(pl.DataFrame(counted, schema), list(names.values()))


def _regions_by_year(of: Collaborations, wanted: Wanted) -> ByYear | Refusal:
    if (refused := lacking([Series((one,)) for one in wanted.every], of.sources)) is not None:
        return refused
    counted = (
        shares.regions_by_year_fractional(of, wanted.every).rename({shares.FRACTION: "works"})
        if wanted.fractional
        else counts.regions_by_year(of, wanted.every)
    )
    return by_year(counted.rename({"region": "label"}), [one.name for one in wanted.every])


def by_year(counted: pl.DataFrame, labels: Iterable[str]) -> ByYear:
    """Return counts (label, year, works) a year, with nought for each year between that has none."""
    found = {(label, year): works for label, year, works in counted.select("label", "year", "works").iter_rows()}
    known = [year for _label, year in found if year is not None]
    years = tuple(range(min(known), max(known) + 1)) if known else ()
    several = list(labels)
    return ByYear(
        years,
        tuple((label, tuple(found.get((label, year), 0) for year in years)) for label in several),
        tuple(found.get((label, None), 0) for label in several),
    )


def _unknown(of: Collaborations) -> tuple[tuple[str, int], ...]:
    return tuple(one for one in counts.unknowns(of).iter_rows() if one[0] != "works")
