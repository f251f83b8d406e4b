"""A report on who works with whom: what its page is given, chosen and sorted; the words are in `awareness.j2`.

Figures 1 to 3 of ReConnect China Policy Brief 2 on data of one's own: what two regions have in common a year, what each
has a year, which institutions of one work most with which of the other. A figure that the data cannot carry is refused
with its reason; pairs that are suspect are in no ranking and no network, and stand apart.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import fsum
from typing import Final, TypeVar

from risk_engine.awareness.carried import Refusal
from risk_engine.awareness.doubt import Reason, Status, reason_words, status_words
from risk_engine.awareness.pictures import MOST_YEARS, Edge, Number, Strip, network, year_columns
from risk_engine.awareness.published import Published
from risk_engine.awareness.works import Source
from risk_engine.files.language import N_, _
from risk_engine.report import page
from risk_engine.report.blocks import BoxLook, Picture, Run, View
from risk_engine.report.pages.portfolio_pictures import Bar, bars

T = TypeVar("T")

MOST_INSTITUTIONS: Final = 15
"""So many institutions are ranked, as in the brief."""
MOST_PAIRS: Final = 20
MOST_EDGES: Final = 12
"""So many pairs a network draws: more cannot be told apart on paper."""
MOST_PARTNERS: Final = 3
MOST_SUSPECT: Final = 30
MOST_WORKS: Final = 15
"""So many works of a pair are named; the rest is counted."""
MOST_TOPICS: Final = 15
FIGURES: Final = {
    "by_pair": N_("Works of both regions a year"),
    "by_region": N_("Works a year by region"),
    "topics": N_("What the works of both regions are about"),
}
UNKNOWN: Final = {
    "without_year": N_("works without a year"),
    "without_title": N_("works without a title"),
    "without_doi": N_("works without a DOI"),
    "without_country": N_("works of which no country is told"),
    "with_institution_without_country": N_("works with an institution whose country is not told"),
    "without_institution": N_("works of which no institution is told"),
    "with_country_without_institution": N_("works with a country of which no institution is told"),
    "without_topic": N_("works without a topic"),
}


@dataclass(frozen=True)
class Institution:
    """An institution as its sources write it; `listed` says which lists name it, each with its date."""

    key: str
    name: str
    country: str | None
    ror: str | None = None
    listed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """An institution of one region and one of the other, the works that join them, and what is known of the pair."""

    a: Institution
    b: Institution
    works: tuple[str, ...]
    status: Status
    reasons: tuple[Reason, ...] = ()
    fraction: float | None = None
    """Of each work 1/(its institutions of one region x those of the other); None in full counts."""

    @property
    def weight(self) -> float:
        """Return what the pair counts: its works, or its parts of them."""
        return len(self.works) if self.fraction is None else self.fraction


@dataclass(frozen=True)
class Work:
    """A work, as far as a reader needs it to find it."""

    title: str | None
    year: int | None
    link: str | None


@dataclass(frozen=True)
class ByYear:
    """What is counted a year, by what it is called; `unknown` are those whose year no source says."""

    years: tuple[int, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]
    unknown: tuple[float, ...]


@dataclass(frozen=True)
class Ranked:
    """An institution of one region, its works with the other, and with whom: in full counts, or in fractions."""

    party: Institution
    works: float
    confirmed: float
    partners: tuple[tuple[Institution, float], ...]
    more: int


@dataclass(frozen=True)
class Cut:
    """The first ones of a list, and how many more there are; `alike` of them share the last count that is shown."""

    more: int
    alike: int


@dataclass(frozen=True)
class Drawn:
    """All that a report tells: counts or why there are none, pairs, and what the data say of themselves."""

    a: str
    b: str
    sources: tuple[Source, ...]
    joint: int
    """So many works have an institution of both regions."""
    by_pair: ByYear | Refusal
    by_region: ByYear | Refusal
    pairs: tuple[Pair, ...]
    works: Mapping[str, Work]
    unknown: tuple[tuple[str, int], ...]
    topics: tuple[tuple[str, int], ...] | Refusal
    members: Mapping[str, tuple[str, ...]]
    """The countries of each region that is named."""
    published: tuple[Published, ...] = ()
    areas: tuple[tuple[str, int, bool], ...] = ()
    """Critical areas that topics may belong to: what each is called, its works, and whether somebody checked it."""
    mapped: str = ""
    """The day and the source of the mapping that says it."""
    fractional: bool = False
    """Whether regions, institutions and pairs are counted in fractions; joint works a year and topics never are."""
    left_out: tuple[int, int] | None = None
    """How many works are in no pair since they have more institutions than so many."""


@dataclass
class _Lists:
    """Gives each pair that is named the list of its works, in the order in which they come."""

    said: Callable[[float], str]
    told: dict[tuple[str, ...], tuple[str, Pair]] = field(default_factory=dict)

    def number(self, pair: Pair) -> Run:
        """Return what a pair counts, leading to its works."""
        key = (named(pair.a), pair.a.key, named(pair.b), pair.b.key)
        anchor, _pair = self.told.setdefault(key, (f"works-{len(self.told) + 1}", pair))
        return Run(self.said(pair.weight), ref=anchor)

    def all(self) -> list[tuple[str, Pair]]:
        """Return the pairs that were named so far, each with where its works stand."""
        return list(self.told.values())


def in_order(pairs: Sequence[Pair]) -> list[Pair]:
    """Return pairs by their count, then by country, then by name."""
    return sorted(pairs, key=lambda one: (-one.weight, *_by_name(one.a), *_by_name(one.b)))


def _by_name(one: Institution) -> tuple[str, bytes]:
    return one.country or "", one.name.encode()


def cut(several: Sequence[T], most: int, count: Callable[[T], float]) -> tuple[Sequence[T], Cut]:
    """Return the first ones, and what of the rest shares the last count: who is cut by the alphabet is said."""
    shown, rest = several[:most], several[most:]
    alike = sum(1 for one in rest if shown and count(one) == count(shown[-1]))
    return shown, Cut(len(rest), alike)


def ranked(pairs: Sequence[Pair]) -> list[Ranked]:
    """Return the institutions of the first region by their works with the second one, those that are not suspect."""
    by_key: dict[tuple[str | None, str], list[Pair]] = {}
    for one in in_order([one for one in pairs if one.status != "suspect"]):
        by_key.setdefault((one.a.country, one.a.key), []).append(one)
    found = [
        Ranked(
            several[0].a,
            _works_of(several),
            _works_of([one for one in several if one.status == "confirmed"]),
            tuple((one.b, one.weight) for one in several[:MOST_PARTNERS]),
            max(0, len(several) - MOST_PARTNERS),
        )
        for several in by_key.values()
    ]
    return sorted(found, key=lambda one: (-one.works, *_by_name(one.party)))


def _works_of(pairs: Sequence[Pair]) -> float:
    """Return the works of several pairs, each once; or, in fractions, their parts of them."""
    if any(one.fraction is not None for one in pairs):
        return fsum(one.weight for one in pairs)
    return len({work for one in pairs for work in one.works})


def awareness_view(drawn: Drawn, *, on: date) -> View:
    """Return the report in the current language; `on` is the day that it speaks of."""
    number, weight = Number(fractional=False), Number(fractional=drawn.fractional, places=2)
    lists = _Lists(weight)
    good = in_order([one for one in drawn.pairs if one.status != "suspect"])
    bad = in_order([one for one in drawn.pairs if one.status == "suspect"])
    shown, more = cut(good, MOST_PAIRS, lambda one: one.weight)
    told, others = cut(ranked(drawn.pairs), MOST_INSTITUTIONS, lambda one: one.works)
    suspect, more_suspect = cut(bad, MOST_SUSPECT, lambda one: one.weight)
    edges = [_edge(one, weight) for one in good[:MOST_EDGES]]
    statuses = [one.status for one in drawn.pairs]
    topics, more_topics = ((), None) if isinstance(drawn.topics, Refusal) else _topics(drawn.topics)
    whole = all(one.whole for one in drawn.sources)
    facts = {
        "drawn": drawn,
        "a": drawn.a,
        "b": drawn.b,
        "whole": whole,
        "refused": [
            (name, one)
            for name, one in (("by_pair", drawn.by_pair), ("by_region", drawn.by_region), ("topics", drawn.topics))
            if isinstance(one, Refusal)
        ],
        "is_refused": lambda one: isinstance(one, Refusal),
        "by_pair_picture": _picture("joint", _("Joint works a year"), drawn.by_pair, number),
        "by_region_picture": _picture("regions", _("Works a year and region"), drawn.by_region, weight),
        "ranked": told,
        "ranked_cut": others,
        "ranked_picture": _ranking(told, _("Works with {region}", region=drawn.b), weight) if told else None,
        "pairs": shown,
        "pairs_cut": more,
        "network": network("network", _("The largest pairs"), edges, more=len(good) - len(edges)) if edges else None,
        "suspect": suspect,
        "suspect_cut": more_suspect,
        "confirmed": statuses.count("confirmed"),
        "unchecked": statuses.count("unchecked"),
        "suspects": statuses.count("suspect"),
        "topics": topics,
        "topics_cut": more_topics,
        "published_pictures": [_shares(number_at, one) for number_at, one in enumerate(drawn.published, 1)],
        "n": number,
        "weight": weight,
        "fraction": Number(fractional=True),
        "number": lists.number,
        "lists": lists.all,
        "works_of": lambda pair: [drawn.works[one] for one in pair.works[:MOST_WORKS] if one in drawn.works],
        "more_works": lambda pair: max(0, len(pair.works) - MOST_WORKS),
        "in_full": named,
        "figure_title": lambda key: _(FIGURES[key]),
        "status_words": status_words,
        "unknown_words": lambda what: _(UNKNOWN[what]),
        "reason_words": reason_words,
        "selection_words": lambda several: "; ".join(", ".join(sorted(one)) for one in several),
        "told_years": told_years,
        "year_shares": lambda columns: " ".join(["16", *[str(84 // columns)] * columns]),
    }
    return page.view(
        "awareness",
        facts,
        case_id=f"{drawn.a}-{drawn.b}",
        on=on,
        kept_by=", ".join(one.digest[:12] for one in drawn.sources[:3]),
    )


def told_years(counted: ByYear) -> list[int]:
    """Return the places of the years that a table has: all that are drawn, and of earlier ones those with works.

    One work of 1914 is told, and not seventy years without any behind it.
    """
    first = len(counted.years) - MOST_YEARS
    return [at for at in range(len(counted.years)) if at >= first or any(values[at] for _label, values in counted.rows)]


def named(one: Institution) -> str:
    """Return what an institution is called, with its country."""
    return f"{one.name} ({one.country})" if one.country else one.name


def _edge(pair: Pair, number: Number) -> Edge:
    return Edge(named(pair.a), named(pair.b), pair.weight, number(pair.weight), pair.status == "confirmed")


def _topics(topics: Sequence[tuple[str, int]]) -> tuple[Sequence[tuple[str, int]], Cut]:
    return cut(sorted(topics, key=lambda one: (-one[1], one[0].encode())), MOST_TOPICS, lambda one: one[1])


def _picture(key: str, title: str, counted: ByYear | Refusal, number: Number) -> Picture | None:
    if isinstance(counted, Refusal) or not counted.years:
        return None
    return year_columns(key, title, counted.years, [Strip(*row) for row in counted.rows], number)


def _ranking(told: Sequence[Ranked], title: str, number: Number) -> Picture:
    several = [
        Bar(
            _("{label}: {text}", label=named(one.party), text=number(one.works)),
            (("now", _drawn(one.confirmed)), ("without", _drawn(one.works) - _drawn(one.confirmed))),
        )
        for one in told
    ]
    signs: tuple[tuple[BoxLook, str], ...] = (
        ("now", _("in a pair that is confirmed")),
        ("without", _("in pairs that are not checked")),
    )
    # A picture draws fewer bars than the table has rows, and says how many more there are.
    return bars("ranking", title, several, signs, of=max((_drawn(one.works) for one in told), default=1))


def _drawn(works: float) -> int:
    """Return how long a bar is: fractions need hundredths of a work."""
    return round(100 * works)


def _shares(at: int, one: Published) -> Picture:
    number = Number(fractional=True)
    several = [
        Bar(_("{label}: {text}", label=each.region, text=number(each.number)), (("now", round(each.number)),))
        for each in one.totals
    ]
    of = max((round(each.number) for each in one.totals), default=1) or 1
    return bars(f"published-{at}", one.said.title, several, (), of=of)
