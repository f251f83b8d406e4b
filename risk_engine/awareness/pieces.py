"""Which works of a source are one piece of work, and which are none: before anybody counts what two institutions wrote.

One upload to a Dataverse is a DOI for each of its files, a book one for each chapter, a preprint one for each version;
a cover, an erratum and a report of a reviewer have DOIs as articles do.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

import orjson
import polars as pl

from risk_engine.files.reading import read_bytes

_DATA: Final = Path(__file__).with_name("data")
_VERSION: Final = r"[./_-]?v\d{1,2}(\.\d{1,2})?$"
_PARTS: Final = (
    _VERSION,
    # Reports of reviewers, supplements and single figures, by what comes behind the DOI of the article.
    r"(/review(er)?s?/\d+|[-/.]supp(l|lement)?(ementary)?[-_]?\w*|\.s\d{3}|/(fig|table|supp)-?\d+)$",
    _VERSION,
)
_TREES: Final = (
    r"^(10\.\d+/(?:[a-z0-9]{2,5}/)?[a-z0-9]{6})/[a-z0-9]{6}$",  # the files of a Dataverse
    r"^(10\.\d+/\D{0,6}97[89](?:-?\d){9}-?[\dx])(?:[._(/-].*)?$",  # the chapters of a book, by its ISBN
)
_TITLE_AT_LEAST: Final = 20
"""Letters of a title that two works do not have by chance."""
_SERIES_AT_LEAST: Final = 4
"""So many works of one year and one place, all by the same parties, of which there are so many at least, are a series:
the entries of a glossary, the days of a measurement."""
_PASSES: Final = 3


@cache
def _stored() -> tuple[str, str, frozenset[str]]:
    stored = orjson.loads(read_bytes(_DATA / "paratexts.json"))
    begins = (re.escape(one.removesuffix("$")) + (r"\W*$" if one.endswith("$") else "") for one in stored["begins"])
    ends = "|".join(map(re.escape, stored["ends"]))
    return (
        f"^\\W*(?:{'|'.join(begins)})|\\b(?:{ends})$",
        f"^\\W*(?:{'|'.join(stored['meetings'])})",
        frozenset(stored["kinds"]),
    )


def bare_doi(column: str = "doi") -> pl.Expr:
    """Return a DOI without the address before it, in lower case; null where there is none."""
    bare = pl.col(column).str.to_lowercase().str.strip_chars().str.extract(r"(10\.\d{4,9}/\S+)$", 1)
    return bare.str.strip_chars_end("/")


def doi_tree(doi: pl.Expr) -> pl.Expr:
    """Return what a DOI without address belongs to: the upload, the book, the article that its version is of."""
    for part in _PARTS:
        doi = doi.str.replace(part, "")
    for tree in _TREES:
        doi = doi.str.replace(tree, "${1}")
    return doi


def doi_place(doi: pl.Expr) -> pl.Expr:
    """Return where a DOI was given: its prefix, and the letters with which the rest begins (a journal, mostly)."""
    return doi.str.extract(r"^(10\.\d+/[^\d]*)", 1)


def told_of_works(works: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Return of each work: `doi` (bare), `place`, `piece`, `paratext`, `meeting` and `parties`, how many it has.

    `piece` names one of the works that are one piece: of one DOI tree, of one title, or of one series.
    """
    begins, meetings, kinds = _stored()
    title = pl.col("title").str.to_lowercase().str.normalize("NFKC").str.strip_chars()
    told = works.select(
        "work",
        "year",
        doi=bare_doi(),
        title=title.str.replace_all(r"<[^>]*>|[^\p{L}\p{N}]+", " ").str.strip_chars(),
        paratext=(
            pl.col("paratext").fill_null(value=False)
            | pl.col("kind").str.to_lowercase().is_in(list(kinds)).fill_null(value=False)
            | title.str.contains(begins).fill_null(value=False)
        ),
        meeting=(title.str.contains(meetings) | pl.col("doi").str.contains(r"(?i)[._]suppl_\d")).fill_null(value=False),
    ).with_columns(tree=doi_tree(pl.col("doi")), place=doi_place(pl.col("doi")))
    told = told.join(_groups(parties), on="work", how="left").with_columns(pl.col("parties").fill_null(0))
    return _pieces(told).select("work", "doi", "place", "piece", "paratext", "meeting", "parties")


def _groups(parties: pl.DataFrame) -> pl.DataFrame:
    """Return of each work how many institutions it has, and one number for exactly these."""
    institutions = parties.filter(pl.col("institution").is_not_null()).select("work", "institution").unique()
    return institutions.group_by("work").agg(
        parties=pl.len(), group=pl.col("institution").sort().str.join("\n").hash(seed=7)
    )


def _pieces(told: pl.DataFrame) -> pl.DataFrame:
    """Add `piece`, the least number among the works that are bound to each other by a tree, a title or a series."""
    bound = (
        told.with_row_index("piece")
        .with_columns(
            tree=pl.coalesce(pl.col("tree"), pl.format("work {}", "work")),
            title=pl.when(pl.col("title").str.len_chars() >= _TITLE_AT_LEAST)
            .then("title")
            .otherwise(pl.format("work {}", "work")),
            series=pl.when((pl.col("parties") >= _SERIES_AT_LEAST) & pl.col("place").is_not_null())
            .then(pl.format("{} {} {}", pl.col("year").fill_null(0), "group", "place"))
            .otherwise(pl.format("work {}", "work")),
        )
        .with_columns(
            series=pl.when(pl.len().over("series") >= _SERIES_AT_LEAST)
            .then("series")
            .otherwise(pl.format("work {}", "work"))
        )
    )
    for _pass in range(_PASSES):
        for by in ("tree", "title", "series"):
            bound = bound.with_columns(piece=pl.col("piece").min().over(by))
    return bound
