"""Records one after another into columns: each work once, its parties and topics as numbers until all are read."""

from array import array
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

import polars as pl

from risk_engine.awareness.reading.record import PARTIES as PARTS
from risk_engine.awareness.reading.record import PLAIN, Party, Record
from risk_engine.files.language import _, first_few, grouped_by_thousands, ngettext

_CHUNK: Final = 20_000
"""So many works are kept as objects before they are put into columns."""
_SHOWN: Final = 3
_MASK: Final = 0x7FFF_FFFF_FFFF_FFFF
_NONE: Final = float("nan")
_ATTRIBUTES: Final = {
    "year": pl.Int32(),
    "title": pl.String(),
    "doi": pl.String(),
    "kind": pl.String(),
    "paratext": pl.Boolean(),
    "link": pl.String(),
}
_ROWS: Final = pl.Schema(
    {"work": pl.String(), **_ATTRIBUTES, "source": pl.UInt32(), "part": pl.UInt8(), "content": pl.Int64()}
)
WORKS: Final = pl.Schema({"work": pl.String(), **_ATTRIBUTES, "source": pl.UInt32()})
_TEXTS: Final = ("country", "institution", "name", "ror")
PARTIES: Final = pl.Schema({"work": pl.String(), **dict.fromkeys(_TEXTS, pl.String()), "authors": pl.Float64()})
TOPICS: Final = pl.Schema(dict.fromkeys(("work", "topic", "level"), pl.String()))


class Frames(NamedTuple):
    """Works, their parties and their topics."""

    works: pl.DataFrame
    parties: pl.DataFrame
    topics: pl.DataFrame


class Gathered(NamedTuple):
    """All that was read, each work once."""

    frames: Frames
    held: tuple[int, ...]
    """How many works each source holds, whoever else holds them too."""
    in_all: tuple[frozenset[str], ...]
    """Of each source the countries that none of its records is without."""
    notes: tuple[str, ...]


class Gathering:
    """What was read so far: works in chunks of columns, all else as numbers."""

    def __init__(self) -> None:
        self._chunks: list[pl.DataFrame] = []
        self._rows: list[tuple[Any, ...]] = []
        self._count = 0
        self._part = PLAIN
        self._in_all: list[frozenset[str] | None] = []
        self._parties: dict[Party, int] = {}
        self._party_row, self._party, self._share = array("I"), array("I"), array("d")
        self._topics: dict[tuple[str, str], int] = {}
        self._topic_row, self._topic = array("I"), array("I")

    def begin(self, part: int) -> None:
        """Have what comes be of the next source, with records of this part of a work."""
        self._in_all.append(None)
        self._part = part

    def add(self, one: Record) -> None:
        """Take a record."""
        row, source = self._count, len(self._in_all) - 1
        for found, share in one.parties.values():
            self._party_row.append(row)
            self._party.append(self._parties.setdefault(found, len(self._parties)))
            self._share.append(_NONE if share is None else share)
        for topic in one.topics:
            self._topic_row.append(row)
            self._topic.append(self._topics.setdefault(topic, len(self._topics)))
        common = self._in_all[source]
        if self._part != PARTS and (common is None or common):
            countries = frozenset(country for country, _institution in one.parties if country is not None)
            self._in_all[source] = countries if common is None else common & countries
        content = hash((one.year, one.title, one.doi, *sorted(map(hash, one.parties)), *sorted(one.topics))) & _MASK
        self._rows.append((*one[:7], source, self._part, content))
        self._count += 1
        if len(self._rows) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(_ROWS)
        made = {
            name: pl.Series(name, column, dtype=kind)
            for (name, kind), column in zip(_ROWS.items(), columns, strict=True)
        }
        self._chunks.append(pl.DataFrame(made))
        self._rows = []

    def end(self) -> Gathered:
        """Return all that was taken, each work once."""
        self._flush()
        rows = pl.concat(self._chunks).with_row_index("row")
        self._chunks = []
        per_part = pl.col("row").min().over("work", "part"), pl.col("source").min().over("work", "part")
        counts = (
            pl.when(pl.col("part") == PLAIN)
            .then(pl.col("row") == per_part[0])
            .otherwise(pl.col("source") == per_part[1])
        )
        kept = rows.filter(counts).select("row", *WORKS)
        is_whole = kept["work"].n_unique() == kept.height
        frames = Frames(
            works=kept.select(*WORKS) if is_whole else _each_work(kept.select(*WORKS)),
            parties=self._party_frame(kept, is_whole=is_whole),
            topics=self._topic_frame(kept, is_whole=is_whole),
        )
        held = dict(rows.group_by("source").agg(pl.col("work").n_unique()).iter_rows())
        by_work = _in_all_parts(rows, frames.parties)
        return Gathered(
            frames,
            tuple(held.get(one, 0) for one in range(len(self._in_all))),
            tuple(one or by_work.get(at, frozenset()) for at, one in enumerate(self._in_all)),
            tuple(_notes(rows)),
        )

    def _party_frame(self, kept: pl.DataFrame, *, is_whole: bool) -> pl.DataFrame:
        known = pl.DataFrame(list(self._parties), schema=dict.fromkeys(Party._fields, pl.String), orient="row")
        numbers = pl.DataFrame(
            {"row": _numbers(self._party_row), "at": _numbers(self._party), "authors": _numbers(self._share)}
        ).with_columns(pl.col("authors").fill_nan(None))
        self._party_row, self._party, self._share = array("I"), array("I"), array("d")
        found = kept.select("row", "work").join(numbers, on="row", how="inner", maintain_order="left_right")
        texts = [known[column].gather(found["at"]).alias(column) for column in _TEXTS]
        parties = found.select("work", *texts, "authors")
        return parties if is_whole else each_party(parties)

    def _topic_frame(self, kept: pl.DataFrame, *, is_whole: bool) -> pl.DataFrame:
        known = pl.DataFrame(list(self._topics), schema={"topic": pl.String, "level": pl.String}, orient="row")
        numbers = pl.DataFrame({"row": _numbers(self._topic_row), "at": _numbers(self._topic)})
        found = kept.select("row", "work").join(numbers, on="row", how="inner", maintain_order="left_right")
        topics = found.select("work", *(known[one].gather(found["at"]).alias(one) for one in known.columns))
        return topics if is_whole else topics.unique(maintain_order=True)


def _in_all_parts(rows: pl.DataFrame, parties: pl.DataFrame) -> dict[int, frozenset[str]]:
    """Return of sources that hold parts of works the countries that none of these works is without."""
    works = rows.filter(pl.col("part") != PLAIN).select("source", "work").unique()
    each = works.with_columns(all=pl.len().over("source")).join(parties.select("work", "country").unique(), on="work")
    counted = each.drop_nulls("country").group_by("source", "country").agg(n=pl.len(), all=pl.col("all").first())
    found: dict[int, frozenset[str]] = {}
    for source, country in counted.filter(pl.col("n") == pl.col("all")).select("source", "country").iter_rows():
        found[source] = found.get(source, frozenset()) | {country}
    return found


def _numbers(kept: "array[int] | array[float]") -> pl.Series:
    return pl.Series(kept, dtype=pl.Float64 if kept.typecode == "d" else pl.UInt32)


def _each_work(rows: pl.DataFrame) -> pl.DataFrame:
    """Return each work once: of each column what the first of its rows says that says anything."""
    return rows.group_by("work", maintain_order=True).agg(
        *(pl.col(one).drop_nulls().first() for one in _ATTRIBUTES), pl.col("source").min()
    )


def each_party(parties: pl.DataFrame) -> pl.DataFrame:
    """Return each party of a work once, with the sum of its shares of the authors.

    A country alone is no party where an institution of it is there.
    """
    each = parties.group_by("work", "country", "institution", maintain_order=True).agg(
        pl.col("name").min(),
        pl.col("ror").drop_nulls().first(),
        pl.when(pl.col("authors").is_not_null().any()).then(pl.col("authors").sum()).alias("authors").first(),
    )
    has_named = pl.col("institution").is_not_null().any().over("work", "country")
    return each.filter(pl.col("institution").is_not_null() | ~has_named | (pl.col("authors") > 0)).select(*PARTIES)


def _notes(rows: pl.DataFrame) -> Iterator[str]:
    """Yield what is said of works that stand several times with different content."""
    contents = rows.group_by(
        "work", "part", pl.when(pl.col("part") == PLAIN).then("row").otherwise("source"), maintain_order=True
    )
    several = (
        contents.agg(pl.col("content").sum())
        .group_by("work", "part", maintain_order=True)
        .agg(pl.col("content").n_unique())
        .filter(pl.col("content") > 1)["work"]
        .unique(maintain_order=True)
    )
    if several.len():
        yield ngettext(
            "{number} work stands several times with different content; the first that was read counts: {works}",
            "{number} works stand several times with different content; the first that was read counts: {works}",
            several.len(),
            number=grouped_by_thousands(several.len()),
            works=first_few(several.to_list(), _SHOWN),
        )


def merged(frames: Frames, by: Literal["doi", "title"]) -> tuple[Frames, str]:
    """Return works with those put together that have one DOI, or one title and year, and a note how many they were.

    The first that was read keeps its id and what it says of itself; parties and topics are those of all.
    """
    works = frames.works.with_row_index("row")
    if by == "doi":
        doi = pl.col("doi").str.to_lowercase().str.replace(r"^(?:https?://)?(?:dx\.)?doi\.org/|^doi:\s*", "")
        keys = [doi.replace("", None).alias("key")]
    else:
        title = pl.when(pl.col("year").is_not_null()).then(pl.col("title").str.to_lowercase())
        keys = [title.alias("key"), pl.col("year").alias("year_of_key")]
    keyed = works.with_columns(*keys)
    top = pl.col("work").first().over([one.meta.output_name() for one in keys])
    into = keyed.select("work", pl.when(pl.col("key").is_not_null()).then(top).otherwise("work").alias("into"))
    gone = into.filter(pl.col("work") != pl.col("into"))
    note = ngettext(
        "{number} work was put to another one by its {what}",
        "{number} works were put to others by their {what}",
        gone.height,
        number=grouped_by_thousands(gone.height),
        what=_("DOI") if by == "doi" else _("title and year"),
    )
    if not gone.height:
        return frames, note

    def moved(frame: pl.DataFrame) -> pl.DataFrame:
        named = frame.join(into, on="work", how="left", maintain_order="left")
        return named.with_columns(pl.col("into").alias("work")).drop("into")

    kept = frames.works.filter(~pl.col("work").is_in(gone["work"].implode()))
    parties = each_party(moved(frames.parties))
    return Frames(kept, parties, moved(frames.topics).unique(maintain_order=True)), note
