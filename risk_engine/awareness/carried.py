"""Which counts a year data can carry: whole sources that were not selected so that what is counted may be missing.

A series of works that have a country of A and one of B is complete where for each two such countries some whole source
has all works of both: each of the sets that it was selected by has one of the two in it. A series of a region alone
asks the same of each of its countries. Anything less is refused: a sample has no level, and no trend.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal, TypeAlias

from risk_engine.awareness.regions import Region
from risk_engine.awareness.works import Source

Reason: TypeAlias = Literal["sample", "selected", "no_topics", "no_authors"]
_OPENALEX: Final = "https://api.openalex.org/works?filter={filters}&group_by={by}"
_EXPORT: Final = (
    "https://api.openalex.org/works?filter={filters}&select=id,doi,title,publication_year,type,is_paratext,authorships,"
    "topics&per_page=200&cursor=*"
)
"""The works themselves, page by page, with their authors."""
_CORDIS: Final = "https://cordis.europa.eu/data/cordis-HORIZONprojects-csv.zip"
"""All projects of Horizon Europe with their organisations, as CORDIS gives them."""


@dataclass(frozen=True)
class Refusal:
    """A figure that is not drawn: why, which series the data do not have, and the query that would give them."""

    reason: Reason
    missing: tuple[str, ...]
    query: str


@dataclass(frozen=True)
class Series:
    """Works that have a country of each of these regions: of one, or of two that do not overlap."""

    regions: tuple[Region, ...]

    @property
    def name(self) -> str:
        """Return what the series is called."""
        return " – ".join(one.name for one in self.regions)


def lacking(series: Iterable[Series], sources: Sequence[Source]) -> Refusal | None:
    """Return why not all of these series can be drawn from the sources; None where they can."""
    several = list(series)
    missing = [one for one in several if not _is_complete(one, sources)]
    if not missing:
        return None
    is_whole = all(one.whole for one in sources)
    names = tuple(one.name for one in missing)
    return Refusal("selected" if is_whole else "sample", names, _query(missing[0], sources, "publication_year"))


def without_topics(regions: Sequence[Region], sources: Sequence[Source]) -> Refusal:
    """Return that no topic is told of any work of all these regions."""
    return Refusal("no_topics", (), _query(Series(tuple(regions)), sources, "topics.id"))


def without_authors(regions: Sequence[Region], sources: Sequence[Source]) -> Refusal:
    """Return that the source gives no authors, so that nothing can be shared out by them."""
    if any(one.layout == "cordis" for one in sources):
        return Refusal("no_authors", (), "")
    return Refusal("no_authors", (), _EXPORT.format(filters=_filters(Series(tuple(regions)))))


def _is_complete(series: Series, sources: Sequence[Source]) -> bool:
    whole = [one for one in sources if one.whole]
    return all(
        any(all(not asked.isdisjoint(together) for asked in one.selection) for one in whole)
        for together in product(*(sorted(one.countries) for one in series.regions))
    )


def _query(series: Series, sources: Sequence[Source], by: str) -> str:
    if any(one.layout == "cordis" for one in sources):
        return _CORDIS
    return _OPENALEX.format(filters=_filters(series), by=by)


def _filters(series: Series) -> str:
    return ",".join(f"authorships.countries:{'|'.join(sorted(one.countries))}" for one in series.regions)
