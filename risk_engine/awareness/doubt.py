"""Whether two institutions really work together, or only seem to: each pair is confirmed, unchecked or suspect.

The count may be right and the collaboration wrong: one affiliation was matched to two institutions, one upload stands
as 255 works, covers and errata count as papers. A pair that is suspect is counted all the same; rankings, networks and
briefs leave it out, and it is listed apart with its works. Codes are kept here, words are made where somebody reads.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

import polars as pl

from risk_engine.awareness.alike import is_short_for, names_country, said_by, shared_words
from risk_engine.awareness.overrules import Overrules, Said
from risk_engine.awareness.pieces import told_of_works
from risk_engine.awareness.works import Collaborations
from risk_engine.files.language import N_, _

Status: TypeAlias = Literal["confirmed", "unchecked", "suspect"]
STATUSES: Final[tuple[Status, ...]] = ("confirmed", "unchecked", "suspect")

Reason: TypeAlias = Literal[
    "shared_words",
    "acronym",
    "generic_name",
    "few_no_doi",
    "one_tree",
    "paratext",
    "meeting_abstracts",
    "names_country",
    "large_groups",
    "several_places",
    "several_projects",
    "too_few",
    "person",
]
"""What speaks for or against a pair (`reason_words`)."""
REASONS: Final[tuple[Reason, ...]] = (
    "person",
    "one_tree",
    "paratext",
    "meeting_abstracts",
    "shared_words",
    "acronym",
    "generic_name",
    "few_no_doi",
    "names_country",
    "large_groups",
    "several_places",
    "several_projects",
    "too_few",
)
"""In the order in which they are told."""

PAIR: Final = ("country_a", "institution_a", "country_b", "institution_b")
"""What a pair is known by."""

FEW: Final = 3
"""So few institutions a work has that may be one affiliation, matched more than once."""
_SOME: Final = 8
"""Up to so many a name that many institutions have, alone for its country, is more likely matched than meant."""
_STATUS: Final[Mapping[Said, Status]] = {"confirmed": "confirmed", "suspect": "suspect", "open": "unchecked"}
_HALF: Final = 0.5
_QUARTER: Final = 0.25
_MANY: Final = 30
"""With more institutions a work says that all were part of something large, not that two of them work together."""
_TREE_WORKS: Final = 3
_TREE_SHARE: Final = 2 / 3
_PIECES_SHARE: Final = 1 / 3
_CONFIRMED_PIECES: Final = 3
_CONFIRMED_PLACES: Final = 2


def judge_pairs(
    collaborations: Collaborations, pairs: pl.DataFrame, overrules: Overrules | None = None
) -> pl.DataFrame:
    """Return pairs (with the columns `PAIR`) with `status`, `reasons` (codes) and `work_ids` (in order) beside them.

    What is suspect says why; what is confirmed says by what; a person's word goes before both, and the reasons that it
    overrules stay beside it. The same works in another order, or another day, give the same.
    """
    works = _works_of(collaborations, pairs)
    figures = _figures(works)
    names = _names(collaborations.parties)
    judged = pairs.select(PAIR).unique().join(figures, on=PAIR, how="left").sort(PAIR)
    statuses: list[Status] = []
    reasons: list[list[Reason]] = []
    for row in judged.drop("work_ids").iter_rows(named=True):
        status, found = _judged(row, names)
        word = overrules.last(row) if overrules is not None else None
        if word is not None:
            status, found = _STATUS[word.said], ["person", *found]
        statuses.append(status)
        reasons.append(found)
    told = judged.select(
        *PAIR,
        status=pl.Series(statuses, dtype=pl.String),
        reasons=pl.Series(reasons, dtype=pl.List(pl.String)),
        work_ids=pl.col("work_ids").fill_null([]),
    )
    return pairs.join(told, on=PAIR, how="left", maintain_order="left")


def _works_of(collaborations: Collaborations, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each work of each pair, with what is told of the work."""
    parties = collaborations.parties.filter(pl.col("institution").is_not_null() & pl.col("country").is_not_null())
    parties = parties.select("work", "country", "institution").unique()
    at_home = parties.group_by("work", "country").agg(at_home=pl.len())
    parties = parties.join(at_home, on=["work", "country"])
    sides = [
        parties.rename({"country": f"country_{side}", "institution": f"institution_{side}", "at_home": f"alone_{side}"})
        .with_columns(pl.col(f"alone_{side}") == 1)
        .join(pairs.select(PAIR[at : at + 2]).unique(), on=PAIR[at : at + 2], how="semi")
        for side, at in (("a", 0), ("b", 2))
    ]
    of_pairs = sides[0].join(sides[1], on="work").join(pairs.select(PAIR).unique(), on=PAIR, how="semi")
    told = told_of_works(collaborations.works, collaborations.parties)
    # Projects and patents have no DOI, and that says nothing of them.
    lacks = collaborations.works.select(
        "work", lacks_doi=pl.col("doi").is_null() & pl.col("doi").is_not_null().any().over("source")
    )
    # Who takes part in a project the funder says itself: no affiliation was matched to anybody.
    stated = [at for at, one in enumerate(collaborations.sources) if one.layout == "cordis"]
    lacks = lacks.with_columns(is_stated=collaborations.works["source"].is_in(stated))
    return of_pairs.join(told, on="work", how="left").join(lacks, on="work", how="left")


def _figures(works: pl.DataFrame) -> pl.DataFrame:
    """Return of each pair what its works say: how many, in how many pieces, and which shares of them give doubts."""
    largest = works.group_by(*PAIR, "piece").agg(n=pl.len()).group_by(PAIR).agg(largest=pl.col("n").max())
    few = pl.col("parties") <= FEW
    some = pl.col("parties") <= _SOME
    figures = works.group_by(PAIR).agg(
        n=pl.len(),
        pieces=pl.col("piece").n_unique(),
        places=pl.col("place").drop_nulls().n_unique(),
        with_doi=pl.col("piece").filter(pl.col("doi").is_not_null()).n_unique(),
        stated=pl.col("piece").filter(pl.col("is_stated")).n_unique(),
        few=few.mean(),
        few_no_doi=(few & pl.col("lacks_doi")).mean(),
        large=(pl.col("parties") > _MANY).mean(),
        paratext=pl.col("paratext").mean(),
        meeting=pl.col("meeting").mean(),
        alone_a=(pl.col("alone_a") & some).mean(),
        alone_b=(pl.col("alone_b") & some).mean(),
        work_ids=pl.col("work").sort(),
    )
    return figures.join(largest, on=PAIR)


def _names(parties: pl.DataFrame) -> Mapping[tuple[str, str], str]:
    named = parties.group_by("country", "institution").agg(pl.col("name").drop_nulls().min())
    return {(country, one): name or one for country, one, name in named.iter_rows()}


def _judged(row: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> tuple[Status, list[Reason]]:
    if row["n"] is None:
        return "unchecked", ["too_few"]
    a, b = (names[row[f"country_{side}"], row[f"institution_{side}"]] for side in "ab")
    n, pieces, largest = row["n"], row["pieces"], row["largest"]
    found: set[Reason] = set()
    hints: set[Reason] = set()
    if largest >= _TREE_WORKS and (pieces <= n * _PIECES_SHARE or largest >= n * _TREE_SHARE):
        found.add("one_tree")
    _add("paratext", row["paratext"], found, hints)
    _add("meeting_abstracts", row["meeting"], found, hints)
    _add("few_no_doi", row["few_no_doi"], found, hints, half=False)
    if row["stated"] < pieces:
        _doubt_names((a, b), row, found, hints)
    if row["large"] > _HALF:
        hints.add("large_groups")
    if found:
        return "suspect", _in_order(found | hints)
    if not hints and row["with_doi"] >= _CONFIRMED_PIECES and row["places"] >= _CONFIRMED_PLACES:
        return "confirmed", ["several_places"]
    if not hints and row["stated"] >= _CONFIRMED_PIECES:
        return "confirmed", ["several_projects"]
    return "unchecked", _in_order(hints) or ["too_few"]


def _doubt_names(names: tuple[str, str], row: Mapping[str, Any], found: set[Reason], hints: set[Reason]) -> None:
    """Count the doubts that names give, of works whose affiliations somebody matched to institutions."""
    a, b = names
    if shared_words(a, b):
        _add("shared_words", row["few"], found, hints, least=0.0)
    if is_short_for(a, b):
        _add("acronym", row["few"], found, hints, least=0.0)
    for name, alone in ((a, row["alone_a"]), (b, row["alone_b"])):
        if said_by(name).is_generic:
            _add("generic_name", alone, found, hints)
    if names_country(a, row["country_b"]) or names_country(b, row["country_a"]):
        hints.add("names_country")


def _add(
    reason: Reason,
    share: float,
    found: set[Reason],
    hints: set[Reason],
    least: float = _QUARTER,
    *,
    half: bool = True,
) -> None:
    """Count a doubt by the share of the works that give it: half (or only more) make it one, a quarter a hint."""
    if share > _HALF or (half and share == _HALF):
        found.add(reason)
    elif share >= least:
        hints.add(reason)


def _in_order(reasons: Iterable[Reason]) -> list[Reason]:
    several = set(reasons)
    return [one for one in REASONS if one in several]


# --- in words ---


_STATUS_WORDS: Final[Mapping[Status, str]] = {
    "confirmed": N_("confirmed"),
    "unchecked": N_("unchecked"),
    "suspect": N_("suspect"),
}
_WORDS: Final[Mapping[Reason, str]] = {
    "person": N_("a person said so"),
    "one_tree": N_("most works are one piece of work: one upload, one book, one series"),
    "paratext": N_("covers, errata, reports of reviewers: no articles"),
    "meeting_abstracts": N_("abstracts of a congress, in which names of people are taken for institutions"),
    "shared_words": N_("both names share the words that tell an institution from others, and few others took part"),
    "acronym": N_("one name is the first letters of the other"),
    "generic_name": N_("a name that many institutions have, alone for its country"),
    "few_no_doi": N_("few institutions and no DOI"),
    "names_country": N_("one name holds the country of the other"),
    "large_groups": N_("most works have more than 30 institutions"),
    "several_places": N_("several works with DOIs of different places, and no sign of doubt"),
    "several_projects": N_("several projects in which the funder names both, and no sign of doubt"),
    "too_few": N_("too few works to say it"),
}


def status_words(status: Status) -> str:
    """Return a status in words."""
    return _(_STATUS_WORDS[status])


def reason_words(reason: Reason) -> str:
    """Return a reason in words."""
    return _(_WORDS[reason])
