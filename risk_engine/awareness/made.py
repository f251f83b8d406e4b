"""All tables of a run, by what was asked for, and what is to be said beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.awareness import counts, merging, shares
from risk_engine.awareness.regions import Region, Regions
from risk_engine.awareness.tables import Made
from risk_engine.awareness.works import Collaborations, Tell
from risk_engine.files.diagnostics import RiskEngineError, quoted
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
    aliases: Path | None = None
    growth: tuple[tuple[int, int], tuple[int, int]] | None = None

    def settings(self) -> dict[str, str]:
        """Return it as text, what was not asked for left out."""
        said = {
            "regions": f"{self.regions.as_of.isoformat()}: {', '.join(self.regions.regions)}",
            "between": " ".join(one.name for one in self.between),
            "years": "-".join(map(str, self.years)) if self.years else "",
            "fields": "; ".join(self.fields),
            "max-parties": str(self.max_parties or ""),
            "top": str(self.top or ""),
            "aliases": self.aliases.name if self.aliases else "",
            "growth": " ".join(f"{first}-{last}" for first, last in self.growth or ()),
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


def every_table(read: Collaborations, asked: Asked, tell: Tell = lambda _done, _all: None) -> Tables:
    """Return the tables of the works that were read.

    Raises RiskEngineError where a field is none that a work has, where aliases cannot be read, and where growth is
    asked for of works that nobody says are whole, or of spans that are not one after the other. `tell` hears of each
    table that is made.
    """
    of = counts.one_name(counts.selected(read, years=asked.years, fields=asked.fields))
    small = counts.within(of, asked.max_parties)
    notes = [*of_no_year(read, asked.years), *left_out_of_pairs(of, asked.max_parties)]
    kinds = {"": (of, small)}
    if of.parties["ror"].is_not_null().any():
        kinds["_by_ror"] = merging.by_ror(of), merging.by_ror(small)
    if asked.aliases is not None:
        aliases, unused = merging.read_aliases(asked.aliases, read)
        kinds["_by_alias"] = merging.by_alias(of, aliases), merging.by_alias(small, aliases)
        if unused:
            notes.append(
                ngettext(
                    "{number} alias names nobody that is there", "{number} aliases name nobody that is there", unused
                )
            )
    made = [Made(name, frame) for name, frame in _whole(of, asked)]
    for name, frame in chain(_lists(of, kinds, asked), _growth(of, small, asked)):
        counted = next(one for one in ("growth", "works", shares.FRACTION) if one in frame.columns)
        shown, same = counts.cut(frame, asked.top, counted)
        left_out = frame.height - shown.height
        made.append(Made(name, shown, left_out, same))
        tell(len(made), 0)
        if left_out:
            told = {"table": name, "number": grouped_by_thousands(left_out), "same": grouped_by_thousands(same)}
            notes.append(_("{table}: {number} more rows, {same} of them with the count of the last one shown", **told))
    return Tables(tuple(sorted(made, key=lambda one: one.name)), of.works.height, tuple(notes))


def of_no_year(read: Collaborations, years: tuple[int, int] | None) -> Iterator[str]:
    """Yield what is to be said where works are chosen by their years: those without one, and that there are none."""
    if years is None:
        return
    known = read.works["year"]
    if undated := known.null_count():
        yield ngettext(
            "{number} work has no year, so it is in no span of years",
            "{number} works have no year, so they are in no span of years",
            undated,
            number=grouped_by_thousands(undated),
        )
    if undated < known.len() and not known.is_between(*years).any():
        yield _("no work is of these years: the data have {first} to {last}", first=known.min(), last=known.max())


def left_out_of_pairs(of: Collaborations, most: int | None) -> Iterator[str]:
    """Yield how many works have so many institutions that they are left out of pairs and of the network."""
    if most is not None:
        number = of.works.height - counts.within(of, most).works.height
        yield ngettext(
            "{number} work is left out of pairs: it has more institutions than {most}",
            "{number} works are left out of pairs: they have more institutions than {most}",
            number,
            number=grouped_by_thousands(number),
            most=most,
        )


def _whole(of: Collaborations, asked: Asked) -> Iterator[tuple[str, "pl.DataFrame"]]:
    """Yield the tables that no `--top` cuts."""
    regions = asked.counted_regions()
    yield "works_by_year", counts.works_by_year(of)
    yield "countries_by_year", counts.countries_by_year(of)
    yield "regions_by_year", counts.regions_by_year(of, regions)
    yield "regions_by_year_fractional", shares.regions_by_year_fractional(of, regions)
    yield "region_pairs_by_year", counts.region_pairs_by_year(of, regions)
    yield "unknowns", counts.unknowns(of)


def _lists(
    of: Collaborations, kinds: Mapping[str, tuple[Collaborations, Collaborations]], asked: Asked
) -> Iterator[tuple[str, "pl.DataFrame"]]:
    """Yield the lists, of institutions as the source has them (``), and as they were put together."""
    yield "countries", counts.countries(of)
    yield "countries_fractional", shares.countries_fractional(of)
    yield "topics", counts.topics(of)
    yield "topics_between", counts.topics(counts.of_both(of, asked.between))
    for kind, (every, small) in kinds.items():
        yield f"institutions{kind}", counts.institutions(every)
        yield f"institutions{kind}_fractional", shares.institutions_fractional(every)
        yield f"pairs{kind}", counts.pairs(small, asked.between)
        yield f"pairs{kind}_fractional", shares.pairs_fractional(small, asked.between)
    if of.parties["authors"].is_not_null().any():
        yield "countries_by_authors", shares.countries_by_authors(of)
        yield "institutions_by_authors", shares.institutions_by_authors(of)


def _growth(of: Collaborations, small: Collaborations, asked: Asked) -> Iterator[tuple[str, "pl.DataFrame"]]:
    if asked.growth is None:
        return
    if asked.growth[0][1] >= asked.growth[1][0]:
        message = _("the first span of years does not end before the second begins")
        raise RiskEngineError(message, _("name the earlier years first, and no year twice"))
    if samples := [one.name for one in of.sources if not one.whole]:
        message = _(
            "growth is a trend, and of a sample of unknown share nobody can tell one: {files}",
            files=quoted(samples, "and"),
        )
        raise RiskEngineError(message, _("say with --whole, or in --sources, that the files are whole, if they are"))
    earlier, later = (counts.selected(of, years=span) for span in asked.growth)
    yield "countries_growth", counts.growth(counts.countries(earlier), counts.countries(later))
    yield "institutions_growth", counts.growth(counts.institutions(earlier), counts.institutions(later))
    yield "topics_growth", counts.growth(counts.topics(earlier), counts.topics(later))
    earlier, later = (counts.selected(small, years=span) for span in asked.growth)
    yield "pairs_growth", counts.growth(counts.pairs(earlier, asked.between), counts.pairs(later, asked.between))
