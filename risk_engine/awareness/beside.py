"""Tables that stand beside the counts and change none of them: doubts, critical areas, institutions by ROR, lists."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from risk_engine.awareness import counts
from risk_engine.awareness.areas import Areas, counted
from risk_engine.awareness.carried import Series, lacking, without_authors, without_topics
from risk_engine.awareness.doubt import judge_pairs
from risk_engine.awareness.made import Asked
from risk_engine.awareness.overrules import Overrules
from risk_engine.awareness.ror import Listed, listed_table
from risk_engine.awareness.tables import Made
from risk_engine.awareness.works import Collaborations


@dataclass(frozen=True)
class Beside:
    """What is known beside the works: what people said of pairs, areas of topics, and what screening has stored."""

    areas: Areas
    overrules: Overrules | None = None
    listed: Collection[Listed] | None = None
    """Which partners stand on lists; None where no store of lists was named."""


def second_tables(read: Collaborations, asked: Asked, beside: Beside) -> tuple[Made, ...]:
    """Return the tables beside those of `made.every_table`, of the same selection, in the order of their names."""
    of = counts.one_name(counts.selected(read, years=asked.years, fields=asked.fields))
    both = counts.of_both(of, asked.between)
    made = [
        *(
            Made(name, counted(some.works, some.topics, beside.areas).with_columns(pl.col("verified").cast(pl.String)))
            for name, some in (("areas", of), ("areas_between", both))
        ),
        _judged(counts.within(of, asked.max_parties), asked, beside.overrules),
        Made("refused", _refused(of, asked)),
    ]
    if of.parties["ror"].is_not_null().any():
        made.append(_cut("institutions_with_ror", _with_ror(of), asked.top))
    if beside.listed is not None:
        made.append(Made("listed", listed_table(beside.listed, of)))
    return tuple(sorted(made, key=lambda one: one.name))


def _refused(of: Collaborations, asked: Asked) -> pl.DataFrame:
    """Return what these data cannot carry: of each series why, and the query that would give it.

    What is counted in the other tables is true of the files alone, where a series of it stands here.
    """
    regions = asked.counted_regions()
    series = [("regions_by_year", Series((one,))) for one in regions]
    series += [
        ("region_pairs_by_year", Series((one, other)))
        for one, other in combinations(regions, 2)
        if not one.countries & other.countries
    ]
    found = [(table, one.name, lacking([one], of.sources)) for table, one in series]
    both = Series(asked.between)
    if of.topics.is_empty():
        found.append(("topics", both.name, without_topics(asked.between, of.sources)))
    if of.parties["authors"].is_null().all():
        found.append(("institutions_by_authors", both.name, without_authors(asked.between, of.sources)))
    rows = [(table, name, one.reason, one.query) for table, name, one in found if one is not None]
    return pl.DataFrame(rows, dict.fromkeys(("table", "series", "reason", "query"), pl.String()), orient="row")


def _judged(of: Collaborations, asked: Asked, overrules: Overrules | None) -> Made:
    """Return the pairs with status and reasons: all of them, the suspect ones too."""
    every = counts.pairs(of, asked.between)
    shown, same = counts.cut(every, asked.top)
    judged = judge_pairs(of, shown, overrules).drop("work_ids").with_columns(pl.col("reasons").list.join(" "))
    return Made("pairs_judged", judged, every.height - shown.height, same)


def _with_ror(of: Collaborations) -> pl.DataFrame:
    """Return institutions as they are counted by name, each with its ROR, where it has one."""
    each = of.parties.filter(pl.col("ror").is_not_null()).group_by(counts.KEY).agg(pl.col("ror").min())
    joined = counts.institutions(of).join(each, on=counts.KEY, how="left", nulls_equal=True, maintain_order="left")
    return joined.select("country", "name", "institution", "ror", "works")


def _cut(name: str, frame: pl.DataFrame, top: int | None) -> Made:
    shown, same = counts.cut(frame, top)
    return Made(name, shown, frame.height - shown.height, same)
