"""From the columns of joint works to the brief of one institution: its judged pairs, its fields, what applies to it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

import polars as pl

from risk_engine.awareness.areas import Areas, by_work
from risk_engine.awareness.brief import Brief, Partner, Prepared, institution_of, situations_of
from risk_engine.awareness.drawn import Wanted, topics_of
from risk_engine.awareness.report import Institution, Pair, named
from risk_engine.awareness.ror import Listed
from risk_engine.awareness.situations import Situation, asked_of, rows_for
from risk_engine.awareness.works import Collaborations
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.loading.screened_facts import load_screened_facts
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact

_Key: TypeAlias = tuple[str, str]
_YEARS: Final = 5
"""What sets call recent: works of so many years, that of the day among them."""


@dataclass(frozen=True)
class Rules:
    """By which set a brief is made on which day, with a mapping of topics to areas; that of another set is not used."""

    criteria: Criteria
    on: date
    areas: Areas


def briefed(
    of: Collaborations,
    wanted: Wanted,
    pairs: Sequence[Pair],
    asked: str,
    rules: Rules,
    marked: Collection[Listed] = (),
) -> Prepared:
    """Return what a brief tells of an institution of the first region; `pairs` are those of both regions, judged.

    `marked` are partners on lists; only a hit that a person confirmed answers something, any other leaves it open.

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
    criteria, on = rules.criteria, rules.on
    areas = rules.areas if rules.areas.criteria == criteria.head.id else None
    if areas is not None:
        areas.check(criteria)
    asked_for = asked_of(criteria, area=None if areas is None else areas.fact)
    belongs = {} if areas is None else by_work(of.topics, areas)
    unsure = frozenset(one.area for one in areas.entries if not one.verified) if areas is not None else frozenset()
    recent = _recent(of, on) if all(one.whole for one in of.sources) else None
    known = _Known(belongs, recent, unsure, _on_lists(marked, criteria, asked_for.listed))
    partners = tuple(Partner(one, tuple(_situations(one, known))) for one in good)
    told = Brief(
        who,
        wanted.b.name,
        partners,
        len(own) - len(good),
        topics_of(of, works),
        _counted(belongs, works),
        of.sources,
        (int(str(years.min())), int(str(years.max()))) if years.len() else None,
    )
    words = criteria_in_words(criteria)
    found = rows_for(situations_of(partners), words, asked_for, on)
    return Prepared(told, tuple(found), words, on, area_titles(words, asked_for.area))


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


def _counted(belongs: Mapping[str, Sequence[str]], works: Collection[str]) -> tuple[tuple[str, int], ...]:
    """Return how many of these works belong to each area, the most first."""
    found = Counter(area for work in works for area in belongs.get(work, ()))
    return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def area_titles(criteria: Criteria, area: str | None) -> Mapping[str, str]:
    """Return what the options of the set's fact on areas are called."""
    fact = None if area is None else criteria.fact(area)
    return fact.options if isinstance(fact, ChoiceFact | ChoicesFact) else {}


def _on_lists(marked: Collection[Listed], criteria: Criteria, fact: str | None) -> Mapping[_Key, tuple[str, ...]]:
    """Return which options of the set's fact on lists the confirmed hits of each partner are."""
    found: dict[_Key, dict[str, None]] = {}
    several = [one for facts in load_screened_facts(criteria, needed=False).values() for one in facts.listed]
    stated = next((one for one in several if one.fact == fact and one.options), None)
    if stated is None or stated.options is None:
        return {}
    for one in marked:
        if not one.is_confirmed or "evidence" not in one.standing:
            continue
        fitting = (name for name, lists in stated.options.items() if _fits(one.list, lists))
        if (option := next(fitting, stated.otherwise)) is not None:
            found.setdefault((one.country, one.institution), {})[option] = None
    return {key: tuple(options) for key, options in found.items()}


def _fits(title: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(title.casefold(), one.casefold()) for one in patterns)


@dataclass(frozen=True)
class _Known:
    areas: Mapping[str, Sequence[str]]
    recent: frozenset[str] | None
    unsure: frozenset[str]
    listed: Mapping[_Key, tuple[str, ...]]


def _situations(pair: Pair, known: _Known) -> list[Situation]:
    """Return what is known of a partner: one situation for each area that a work with it may belong to."""
    if pair.b.country is None:
        return []
    found: list[str | None] = [*dict.fromkeys(area for work in pair.works for area in known.areas.get(work, ()))]
    joint = None if known.recent is None else sum(1 for work in pair.works if work in known.recent)
    listed = known.listed.get((pair.b.country, pair.b.key), ())
    return [Situation(pair.b.country, area, listed, joint, area not in known.unsure) for area in found or [None]]
