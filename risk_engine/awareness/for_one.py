"""From the columns of joint works to the brief of one institution: its judged pairs, its fields, what applies to it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from risk_engine.awareness.brief import Brief, Partner, Prepared, institution_of, situations_of
from risk_engine.awareness.drawn import Wanted, topics_of
from risk_engine.awareness.report import Institution, Pair, named
from risk_engine.awareness.situations import Situation, asked_of, rows_for
from risk_engine.awareness.works import Collaborations
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria

_YEARS: Final = 5
"""What sets call recent: works of so many years, that of the day among them."""


def briefed(
    of: Collaborations, wanted: Wanted, pairs: Sequence[Pair], asked: str, criteria: Criteria, on: date
) -> Prepared:
    """Return what a brief tells of an institution of the first region; `pairs` are those of both regions, judged.

    Raises RiskEngineError where there is no such institution, with names that come near; where it is one of the other
    region; and where every pair of it is suspect, for then there is nothing to tell.
    """
    who = _institution(asked, pairs, wanted)
    own = [one for one in pairs if (one.a.country, one.a.key) == (who.country, who.key)]
    good = [one for one in own if one.status != "suspect"]
    if not good:
        message = ngettext(
            "the one pair of {name} is suspect, so there is no brief",
            "all {number} pairs of {name} are suspect, so there is no brief",
            len(own),
            name=named(who),
        )
        raise RiskEngineError(message, _("look at their works (`awareness report`) and judge them (`awareness judge`)"))
    works = {work for one in good for work in one.works}
    years = of.works.filter(pl.col("work").is_in(list(works)))["year"].drop_nulls()
    asked_for = asked_of(criteria)
    recent = _recent(of, on) if all(one.whole for one in of.sources) else None
    partners = tuple(Partner(one, tuple(_situations(one, {}, recent))) for one in good)
    told = Brief(
        who,
        wanted.b.name,
        partners,
        len(own) - len(good),
        topics_of(of, works),
        (),
        of.sources,
        (int(str(years.min())), int(str(years.max()))) if years.len() else None,
    )
    words = criteria_in_words(criteria)
    rows = rows_for(situations_of(partners), words, asked_for, on)
    return Prepared(told, tuple(rows), words, on, {})


def _institution(asked: str, pairs: Sequence[Pair], wanted: Wanted) -> Institution:
    sides: list[dict[tuple[str | None, str], Institution]] = [{}, {}]
    for one in pairs:
        sides[0][one.a.country, one.a.key] = one.a
        sides[1][one.b.country, one.b.key] = one.b
    try:
        return institution_of(asked, list(sides[0].values()))
    except RiskEngineError:
        try:
            other = institution_of(asked, list(sides[1].values()))
        except RiskEngineError:
            other = None
        if other is None:
            raise
    message = _("{name} is in {region}", name=named(other), region=wanted.b.name)
    way_out = _("name the regions the other way round: --between {b} {a}", a=wanted.a.name, b=wanted.b.name)
    raise RiskEngineError(message, way_out)


def _recent(of: Collaborations, on: date) -> frozenset[str]:
    """Return the works of the last years; a work without a year is not known to be one."""
    return frozenset(of.works.filter(pl.col("year").is_between(on.year - _YEARS + 1, on.year))["work"])


def _situations(pair: Pair, areas: Mapping[str, Sequence[str]], recent: frozenset[str] | None) -> "list[Situation]":
    """Return what is known of a partner: one situation for each area that a work with it may belong to."""
    if pair.b.country is None:
        return []
    found: list[str | None] = [*dict.fromkeys(area for work in pair.works for area in areas.get(work, ()))]
    joint = None if recent is None else sum(1 for work in pair.works if work in recent)
    return [Situation(pair.b.country, area, (), joint) for area in found or [None]]
