"""Full counts: works a year, country, region, institution, pair and topic (docs/awareness-definitions.md).

A work counts once for whatever is counted, however often it has that. Names stand in the order of their UTF-8 bytes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

import polars as pl

from risk_engine.awareness.regions import Region
from risk_engine.awareness.works import Collaborations
from risk_engine.files.diagnostics import RiskEngineError, suggestion
from risk_engine.files.language import _

KEY: Final = ("country", "institution")
"""What tells one institution from another."""
SIDES: Final = ("a", "b")
SHOWN: Final = ("country", "name", "institution")
PAIRS: Final = ("works", *(f"{one}_{side}" for side in SIDES for one in SHOWN))
MOST_FIRST: Final = (True, *([False] * (len(PAIRS) - 1)))
FEW: Final = 10
"""Below so many works in the earlier window a growth has no percentage."""


def selected(
    of: Collaborations, *, years: tuple[int, int] | None = None, fields: Collection[str] = ()
) -> Collaborations:
    """Return the works of some years (the first and the last of them) and fields, with their parties and topics.

    A work without a year is in no selection of years. A field is any topic of any level, however it is capitalised; a
    work is in the selection where it has one of them. Raises RiskEngineError for a field that no work has.
    """
    works = of.works
    if years is not None:
        works = works.filter(pl.col("year").is_between(*years))
    if fields:
        known = {one.casefold(): one for one in of.topics["topic"].unique().sort()}
        for one in fields:
            if one.casefold() not in known:
                raise RiskEngineError(_("no work has the field `{name}`", name=one), suggestion(one, known.values()))
        wanted = {one.casefold() for one in fields}
        names = [one for one in of.topics["topic"].unique() if one.casefold() in wanted]
        having = of.topics.filter(pl.col("topic").is_in(names)).select("work").unique()
        works = works.join(having, on="work", how="semi", maintain_order="left")
    if works.height == of.works.height:
        return of
    parties, topics = (
        one.join(works.select("work"), on="work", how="semi", maintain_order="left") for one in (of.parties, of.topics)
    )
    return Collaborations(of.sources, works, parties, topics, of.notes)


def within(of: Collaborations, most: int | None) -> Collaborations:
    """Return the works that have at most so many institutions, for pairs and the network alone; all without `most`."""
    if most is None:
        return of
    sizes = _named(of).group_by("work").len().filter(pl.col("len") > most)
    works, parties, topics = (
        one.join(sizes, on="work", how="anti", maintain_order="left") for one in (of.works, of.parties, of.topics)
    )
    return Collaborations(of.sources, works, parties, topics, of.notes)


def _named(of: Collaborations) -> pl.DataFrame:
    return of.parties.filter(pl.col("institution").is_not_null())


# --- years, countries, regions ---


def works_by_year(of: Collaborations) -> pl.DataFrame:
    """Return year and works, the years one after another, works without one at the end."""
    return of.works.group_by("year").len("works").sort("year", nulls_last=True)


def countries(of: Collaborations) -> pl.DataFrame:
    """Return country and works, most first."""
    return (
        _countries(of)
        .group_by("country")
        .len("works")
        .sort("works", "country", descending=[True, False], nulls_last=True)
    )


def countries_by_year(of: Collaborations) -> pl.DataFrame:
    """Return year, country and works, by year, then country."""
    dated = _countries(of).join(of.works.select("work", "year"), on="work")
    return dated.group_by("year", "country").len("works").sort("year", "country", nulls_last=True)


def _countries(of: Collaborations) -> pl.DataFrame:
    return of.parties.filter(pl.col("country").is_not_null()).select("work", "country").unique()


def regions_by_year(of: Collaborations, regions: Iterable[Region]) -> pl.DataFrame:
    """Return year, region and works: those with a member of the region, each once; by year, then region."""
    dated = of.works.select("work", "year")
    made = [
        dated.join(_with(of, one), on="work", how="semi")
        .group_by("year")
        .len("works")
        .with_columns(region=pl.lit(one.name))
        for one in regions
    ]
    return _stacked(made, "year", "region").sort("year", "region", nulls_last=True)


def region_pairs_by_year(of: Collaborations, regions: Sequence[Region]) -> pl.DataFrame:
    """Return year, region_a, region_b and works: those with a member of both, of each two that do not overlap."""
    dated = of.works.select("work", "year")
    having = {one.name: _with(of, one) for one in regions}
    made = []
    for one, other in combinations(sorted(regions, key=lambda each: each.name.encode()), 2):
        if one.countries & other.countries:
            continue
        both = dated.join(having[one.name], on="work", how="semi").join(having[other.name], on="work", how="semi")
        counted = both.group_by("year").len("works")
        made.append(counted.with_columns(region_a=pl.lit(one.name), region_b=pl.lit(other.name)))
    return _stacked(made, "year", "region_a", "region_b").sort("year", "region_a", "region_b", nulls_last=True)


def _with(of: Collaborations, region: Region) -> pl.DataFrame:
    """Return the works that have a member of a region."""
    return of.parties.filter(pl.col("country").is_in(sorted(region.countries))).select("work").unique()


def _stacked(frames: Sequence[pl.DataFrame], *columns: str) -> pl.DataFrame:
    kinds = {one: pl.Int32() if one == "year" else pl.String() for one in columns}
    empty = pl.DataFrame(schema={**kinds, "works": pl.get_index_type()})
    return pl.concat([empty, *(one.select(*empty.columns) for one in frames)])


# --- institutions and pairs ---


def institutions(of: Collaborations) -> pl.DataFrame:
    """Return country, name, institution and works, most first.

    An institution is (country, normal name) or (country, the source's own id); of several ways in which its name is
    written the first one by bytes is shown.
    """
    counted = _named(of).group_by(*KEY).len("works")
    return named(of, counted).sort("works", *SHOWN, descending=[True, False, False, False], nulls_last=True)


def named(of: Collaborations, counted: pl.DataFrame) -> pl.DataFrame:
    """Return counts of institutions with the names of these, in front of what is counted."""
    found = counted.join(names(of), on=KEY, how="left", nulls_equal=True)
    return found.select(*SHOWN, pl.all().exclude(*SHOWN))


def names(of: Collaborations) -> pl.DataFrame:
    """Return of each institution the name that is shown."""
    return _named(of).group_by(*KEY).agg(pl.col("name").min())


def one_name(of: Collaborations) -> Collaborations:
    """Return works in which each institution has the name that is shown of it, in whatever part of them it is."""
    return replace(of, parties=of.parties.with_columns(pl.col("name").min().over(KEY)))


def pairs(of: Collaborations, between: tuple[Region, Region]) -> pl.DataFrame:
    """Return pairs of an institution of one region and one of another, with the works that both are in, most first.

    Country, name and institution of each side, then works. The regions do not overlap (`Regions.pair`).
    """
    return shown_pairs(of, coupled(of, between).group_by(*SIDES).len("works")).sort(
        *PAIRS, descending=MOST_FIRST, nulls_last=True
    )


def coupled(of: Collaborations, between: tuple[Region, Region]) -> pl.DataFrame:
    """Return work, a, b and ways: a row for each pair of a work, and how many of them the work has.

    Institutions are numbers, as `_numbered` has them.
    """
    at = _numbered(of).select(*KEY, "at")
    every = _named(of).join(at, on=KEY, nulls_equal=True).select("work", "country", "at")
    one, other = (
        every.filter(pl.col("country").is_in(sorted(region.countries))).select("work", pl.col("at").alias(side))
        for side, region in zip(SIDES, between, strict=True)
    )
    ways = one.group_by("work").len("of_a").join(other.group_by("work").len("of_b"), on="work")
    sized = ways.select("work", ways=pl.col("of_a") * pl.col("of_b"))
    return one.join(sized, on="work").join(other, on="work").select("work", *SIDES, "ways")


def shown_pairs(of: Collaborations, counted: pl.DataFrame) -> pl.DataFrame:
    """Return counts of pairs with country, name and institution of each side in place of the numbers."""
    numbered = _numbered(of)
    for side in SIDES:
        sided = numbered.rename({one: f"{one}_{side}" for one in SHOWN} | {"at": side})
        counted = counted.join(sided, on=side, how="left")
    sides = [f"{one}_{side}" for side in SIDES for one in SHOWN]
    return counted.select(*sides, pl.all().exclude(*sides, *SIDES))


def _numbered(of: Collaborations) -> pl.DataFrame:
    """Return each institution with its name and a number."""
    return names(of).sort("country", "name", "institution").select(*SHOWN).with_row_index("at")


# --- topics, what is not known, growth ---


def topics(of: Collaborations) -> pl.DataFrame:
    """Return level, topic and works, most first."""
    counted = of.topics.group_by("level", "topic").len("works")
    return counted.sort("works", "topic", "level", descending=[True, False, False], nulls_last=True)


def of_both(of: Collaborations, between: tuple[Region, Region]) -> Collaborations:
    """Return the works with a member of both regions."""
    one, other = (_with(of, region) for region in between)
    both = one.join(other, on="work", how="semi")
    works, parties, about = (
        frame.join(both, on="work", how="semi", maintain_order="left") for frame in (of.works, of.parties, of.topics)
    )
    return Collaborations(of.sources, works, parties, about, of.notes)


def unknowns(of: Collaborations) -> pl.DataFrame:
    """Return what is not known, and of how many works."""
    no_country, no_institution = (pl.col(one).is_null() for one in KEY)
    each = of.parties.group_by("work").agg(
        has_country=pl.col("country").is_not_null().any(),
        has_none=no_country.any(),
        has_institution=pl.col("institution").is_not_null().any(),
        has_lone=(no_institution & pl.col("country").is_not_null()).any(),
    )
    works = of.works.join(each, on="work", how="left").join(
        of.topics.select("work").unique().with_columns(has_topic=pl.lit(value=True)), on="work", how="left"
    )
    asked = {
        "works": pl.lit(value=True),
        "without_year": pl.col("year").is_null(),
        "without_title": pl.col("title").is_null(),
        "without_doi": pl.col("doi").is_null(),
        "without_country": ~pl.col("has_country").fill_null(value=False),
        "with_institution_without_country": pl.col("has_none").fill_null(value=False),
        "without_institution": ~pl.col("has_institution").fill_null(value=False),
        "with_country_without_institution": pl.col("has_lone").fill_null(value=False),
        "without_topic": ~pl.col("has_topic").fill_null(value=False),
    }
    found = [(what, works.filter(is_so).height) for what, is_so in asked.items()]
    return pl.DataFrame(found, schema={"what": pl.String, "works": pl.UInt32}, orient="row")


def growth(earlier: pl.DataFrame, later: pl.DataFrame, counted: str = "works") -> pl.DataFrame:
    """Return a table of one window against that of another: earlier, later, growth and percent, most growth first.

    Both tables are of one kind, such as `institutions` of the works of some years, of works in which an institution
    has one name (`one_name`). The growth is the later count minus the earlier one; the percentage is of the earlier
    one, null where that is under 10.
    """
    keys = [one for one in later.columns if one != counted]
    both = earlier.rename({counted: "earlier"}).join(
        later.rename({counted: "later"}), on=keys, how="full", coalesce=True, nulls_equal=True
    )
    filled = both.select(*keys, pl.col("earlier", "later").fill_null(0).cast(pl.Int64))
    grown = filled.with_columns(growth=pl.col("later") - pl.col("earlier"))
    percent = pl.when(pl.col("earlier") >= FEW).then(100 * pl.col("growth") / pl.col("earlier"))
    order = sorted(keys, key=lambda one: one == "level")  # a level comes behind its topic
    return grown.with_columns(percent=percent).sort(
        "growth", *order, descending=[True, *([False] * len(order))], nulls_last=True
    )


def cut(table: pl.DataFrame, top: int | None, counted: str = "works") -> tuple[pl.DataFrame, int]:
    """Return the first rows of a table that is in order, and how many more share the count of the last of them."""
    if top is None or table.height <= top:
        return table, 0
    last = table[counted][top - 1]
    return table.head(top), table.slice(top).filter(pl.col(counted) == last).height
