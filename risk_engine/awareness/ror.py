"""Institutions by ROR, as a column beside their names, and partners that stand on lists, by what screening has stored.

The counts by name stay as they are: those after merging by ROR (`merging.by_ror`) are second tables. A name that means
two organisations of a registry, or none, has no ROR here, and is told by its own name.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from risk_engine.awareness.works import Collaborations
from risk_engine.screening.asked import Asked
from risk_engine.screening.decisions import About
from risk_engine.screening.entry import Entry, Standing
from risk_engine.screening.hits import Hit, HitKind, by_same_name
from risk_engine.screening.match import Strength
from risk_engine.screening.screen import Screening

Tell = Callable[[int, int], None]
"""Is told how many institutions of how many are looked up."""

_OF: Final = "https://ror.org/"
_MARKED: Final[frozenset[Strength]] = frozenset({"identical", "strong"})
"""Hits that mark a partner; what is only possible is a question for `risk-engine screen`."""


@dataclass(frozen=True)
class Listed:
    """A partner that stands on a list, or belongs to what stands there, or has it in it."""

    country: str
    institution: str
    name: str
    list: str
    """The title of the list."""
    as_of: date
    """The day of the list, or else on which it was read."""
    standing: tuple[Standing, ...]
    entry: str
    """How the list calls it."""
    hit: str
    """What `risk-engine screen` calls the hit."""
    kind: HitKind
    strength: Strength
    is_confirmed: bool
    """A person confirmed the hit; else nobody decided on it."""


def with_ror(of: Collaborations, screening: Screening, tell: Tell = lambda _done, _all: None) -> Collaborations:
    """Return works whose institutions have their ROR: the source gives it, or one of a registry alone has the name.

    The country has to agree. What the source says goes before; nothing else is changed.
    """
    asked = of.parties.filter(
        pl.col("ror").is_null() & pl.col("institution").is_not_null() & pl.col("country").is_not_null()
    )
    several = asked.select("country", "name").unique().sort("country", "name").rows()
    found: dict[tuple[str, str], str] = {}
    for at, (country, name) in enumerate(several, 1):
        tell(at, len(several))
        if (entry := _registered(country, name, screening)) is not None:
            found[country, name] = f"{_OF}{entry.identifiers['ror'][0]}"
    rows = [(*key, ror) for key, ror in found.items()]
    known = pl.DataFrame(rows, {"country": pl.String, "name": pl.String, "known": pl.String}, orient="row")
    parties = of.parties.join(known, on=["country", "name"], how="left", maintain_order="left")
    parties = parties.with_columns(ror=pl.coalesce(_normal(), "known")).drop("known")
    return replace(of, parties=parties)


def _normal() -> pl.Expr:
    return pl.lit(_OF) + pl.col("ror").str.to_lowercase().str.extract(r"(0[a-z0-9]{6}\d{2})$", 1)


def _registered(country: str, name: str, screening: Screening) -> Entry | None:
    """Return the one organisation of the registries that has a name in a country; None where there is none, or two."""
    if not name.strip():
        return None
    asked = Asked((name,), country)
    found: dict[str, Entry] = {}
    for registry in screening.registries:
        for hit in by_same_name(asked, registry):
            if hit.strength == "identical" and hit.entry.identifiers.get("ror"):
                found[hit.entry.identifiers["ror"][0]] = hit.entry
    living = {ror: entry for ror, entry in found.items() if entry.status in {"", "active"}}
    found = living or found
    return next(iter(found.values())) if len(found) == 1 else None


def listed(
    of: Collaborations,
    countries: Collection[str],
    screening: Screening,
    about: About = lambda _asked, _hit: None,
    tell: Tell = lambda _done, _all: None,
) -> tuple[Listed, ...]:
    """Return which institutions of some countries stand on lists, by what hits, in the order of country and key.

    Hits that are only possible, that a registry tells apart, or that a person ruled out mark nobody.
    """
    parties = of.parties.filter(pl.col("institution").is_not_null() & pl.col("country").is_in(sorted(countries)))
    each = parties.group_by("country", "institution").agg(pl.col("name").min(), pl.col("ror").drop_nulls().min())
    rows = each.sort("country", "institution").rows()
    marked: list[Listed] = []
    for at, (country, institution, name, ror) in enumerate(rows, 1):
        tell(at, len(rows))
        if not name or not name.strip():
            continue
        asked = Asked((name,), country, {"ror": (ror.removeprefix(_OF),)} if ror else {})
        for hit in screening.screen(asked).hits:
            decision = about(asked, hit)
            is_decided = decision is not None and decision.holds
            if is_decided and decision is not None and decision.verdict == "ruled_out":
                continue
            if is_decided or (hit.strength in _MARKED and not hit.is_told_apart):
                marked.append(_marked((country, institution, name), hit, is_confirmed=is_decided))
    return tuple(marked)


def _marked(of: tuple[str, str, str], hit: Hit, *, is_confirmed: bool) -> Listed:
    return Listed(
        *of,
        list=hit.head.title,
        as_of=hit.head.source_date or hit.head.read_on,
        standing=hit.standings,
        entry=hit.entry.name,
        hit=hit.id,
        kind=hit.kind,
        strength=hit.strength,
        is_confirmed=is_confirmed,
    )


def lists_by_institution(marked: Collection[Listed]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return of each institution the lists that mark it, each with its date, for a page."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in marked:
        found.setdefault((one.country, one.institution), {})[f"{one.list} ({one.as_of.isoformat()})"] = None
    return {key: tuple(several) for key, several in found.items()}


def listed_table(marked: Collection[Listed], of: Collaborations) -> pl.DataFrame:
    """Return a row for each hit, with how many works the institution has: a second table beside the counts."""
    works = of.parties.filter(pl.col("institution").is_not_null()).group_by("country", "institution")
    counted = works.agg(works=pl.col("work").n_unique().cast(pl.UInt32))
    schema = dict.fromkeys(
        (
            "country",
            "name",
            "institution",
            "list",
            "list_date",
            "standing",
            "entry",
            "hit",
            "kind",
            "strength",
            "decided",
        ),
        pl.String(),
    )
    rows = [
        (
            *(
                one.country,
                one.name,
                one.institution,
                one.list,
                one.as_of.isoformat(),
                ", ".join(one.standing),
                one.entry,
            ),
            *(one.hit, one.kind, one.strength, "confirmed" if one.is_confirmed else ""),
        )
        for one in marked
    ]
    table = pl.DataFrame(rows, schema, orient="row").join(counted, on=["country", "institution"], how="left")
    return table.sort("works", "country", "name", "institution", "list", "hit", descending=[True, *[False] * 5])
