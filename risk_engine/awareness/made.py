"""All tables of a run, by what was asked for, and what is to be said beside them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from risk_engine.awareness import counts, shares
from risk_engine.awareness.regions import Region, Regions
from risk_engine.awareness.tables import Made
from risk_engine.awareness.works import Collaborations
from risk_engine.files.language import _, grouped_by_thousands, ngettext

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Asked:
    """What is counted of the works that were read."""

    regions: Regions
    between: tuple[Region, Region]
    years: tuple[int, int] | None = None
    fields: tuple[str, ...] = ()
    max_parties: int | None = None
    top: int | None = None

    def settings(self) -> dict[str, str]:
        """Return it as text, what was not asked for left out."""
        said = {
            "regions": f"{self.regions.as_of.isoformat()}: {', '.join(self.regions.regions)}",
            "between": " ".join(one.name for one in self.between),
            "years": "-".join(map(str, self.years)) if self.years else "",
            "fields": "; ".join(self.fields),
            "max-parties": str(self.max_parties or ""),
            "top": str(self.top or ""),
        }
        return {name: text for name, text in said.items() if text}

    def counted_regions(self) -> list[Region]:
        """Return the regions of the file, and beside them those that a pair is of."""
        return list({one.name: one for one in (*self.regions.regions.values(), *self.between)}.values())


@dataclass(frozen=True)
class Tables:
    """Tables, of how many works they are, and what is said beside them."""

    tables: tuple[Made, ...]
    works: int
    notes: tuple[str, ...]


def every_table(read: Collaborations, asked: Asked) -> Tables:
    """Return the tables of the works that were read; raise RiskEngineError where a field is none that a work has."""
    of = counts.selected(read, years=asked.years, fields=asked.fields)
    regions, notes = asked.counted_regions(), list[str]()
    if asked.years and (undated := read.works["year"].null_count()):
        notes.append(
            ngettext(
                "{number} work has no year, so it is in no span of years",
                "{number} works have no year, so they are in no span of years",
                undated,
                number=grouped_by_thousands(undated),
            )
        )
    small = counts.within(of, asked.max_parties)
    if asked.max_parties is not None:
        left_out = of.works.height - small.works.height
        notes.append(
            ngettext(
                "{number} work has more than {most} institutions and is left out of pairs",
                "{number} works have more than {most} institutions and are left out of pairs",
                left_out,
                number=grouped_by_thousands(left_out),
                most=asked.max_parties,
            )
        )
    whole = {
        "works_by_year": counts.works_by_year(of),
        "regions_by_year": counts.regions_by_year(of, regions),
        "regions_by_year_fractional": shares.regions_by_year_fractional(of, regions),
        "region_pairs_by_year": counts.region_pairs_by_year(of, regions),
        "countries_by_year": counts.countries_by_year(of),
        "unknowns": counts.unknowns(of),
    }
    lists: dict[str, pl.DataFrame] = {
        "countries": counts.countries(of),
        "countries_fractional": shares.countries_fractional(of),
        "institutions": counts.institutions(of),
        "institutions_fractional": shares.institutions_fractional(of),
        "pairs": counts.pairs(small, asked.between),
        "pairs_fractional": shares.pairs_fractional(small, asked.between),
        "topics": counts.topics(of),
        "topics_between": counts.topics(counts.of_both(of, asked.between)),
    }
    if of.parties["authors"].is_not_null().any():
        lists["countries_by_authors"] = shares.countries_by_authors(of)
        lists["institutions_by_authors"] = shares.institutions_by_authors(of)
    made = [Made(name, frame) for name, frame in whole.items()]
    for name, frame in lists.items():
        shown, same = counts.cut(frame, asked.top, frame.columns[-1])
        left_out = frame.height - shown.height
        made.append(Made(name, shown, left_out, same))
        if left_out:
            told = {"table": name, "number": grouped_by_thousands(left_out), "same": grouped_by_thousands(same)}
            notes.append(_("{table}: {number} more rows, {same} of them with the count of the last one shown", **told))
    return Tables(tuple(sorted(made, key=lambda one: one.name)), of.works.height, tuple(notes))
