"""Topics of works to the critical technology areas of a set, by a mapping with a date, a source, and who checked it.

What the mapping does not name is unknown: nobody said that it is uncritical.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, quoted
from risk_engine.files.language import N_, _
from risk_engine.files.source import read
from risk_engine.loading.validate import validated
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact

UNKNOWN: Final = "unknown"
"""Of a work whose topics no entry names, or that has none."""
_BY_NAME: Final = frozenset({"topic", "subfield", "field"})
"""Levels whose names are looked up; words are looked for in topics and in all that is no level of these."""
CHECKED: Final = N_("write `checked_by` and `checked_on` beside it, or `verified: false`")
_SPLIT: Final = re.compile(r"[\s_]+")

_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_Texts = tuple[_Text, ...]


class Entry(BaseModel):
    """Topics and words that belong to one area."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    area: _Text = Field(description="The option of the set's fact.")
    of: _Text = Field(description="Which part of the area, in words.")
    verified: bool = Field(description="Whether somebody compared the entry with what the area is.")
    checked_by: _Text | None = None
    checked_on: date | None = None
    topics: _Texts = ()
    subfields: _Texts = ()
    fields: _Texts = ()
    words: _Texts = Field(default=(), description="Whole words in a topic or keyword; `*` is any end of one.")
    excluded: _Texts = Field(default=(), alias="not", description="Topics that the words mean wrongly.")

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        several = (re.escape(_plain(one)).replace(r"\*", r"\w*") for one in self.words)
        joined = "|".join(several)
        return re.compile(rf"(?<!\w)(?:{joined})(?!\w)") if joined else None

    @cached_property
    def _named(self) -> Mapping[str, frozenset[str]]:
        several = {"topic": self.topics, "subfield": self.subfields, "field": self.fields, "not": self.excluded}
        return {level: frozenset(map(_plain, names)) for level, names in several.items()}

    def names(self, text: str, level: str) -> bool:
        """Return whether a topic of a level belongs to the area."""
        plain = _plain(text)
        if plain in self._named["not"]:
            return False
        if plain in self._named.get(level, ()):
            return True
        # Keywords of a source may be the names of topics.
        if level not in _BY_NAME and plain in self._named["topic"]:
            return True
        return level not in {"subfield", "field"} and self._pattern is not None and bool(self._pattern.search(plain))


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    as_of: date
    source: _Text
    criteria: _Text
    fact: Annotated[str, StringConstraints(pattern=r"^\w+\.\w+$")]
    entries: tuple[Entry, ...] = Field(min_length=1)


def _plain(text: str) -> str:
    return _SPLIT.sub(" ", text).strip().casefold()


@dataclass(frozen=True)
class Areas:
    """A mapping of topics to the areas of a fact of a set."""

    as_of: date
    source: str
    criteria: str
    fact: str
    """`entity.fact` of the set."""
    entries: tuple[Entry, ...]

    def of_topic(self, text: str, level: str) -> tuple[Entry, ...]:
        """Return the entries that name a topic; empty where it is unknown."""
        return tuple(one for one in self.entries if one.names(text, level))

    def check(self, criteria: Criteria) -> None:
        """Raise RiskEngineError where the set has not the fact, or not the areas that the mapping names."""
        entity, _dot, name = self.fact.partition(".")
        fact = criteria.entities[entity].facts.get(name) if entity in criteria.entities else None
        if not isinstance(fact, ChoiceFact | ChoicesFact):
            message = _("{set} has no fact {fact} to choose an area in", set=criteria.head.id, fact=self.fact)
            raise RiskEngineError(message, _("name another mapping (--areas), or another set (--criteria)"))
        if unknown := sorted({one.area for one in self.entries} - fact.options.keys()):
            message = _(
                "{fact} of {set} has no option {areas}", fact=self.fact, set=criteria.head.id, areas=quoted(unknown)
            )
            raise RiskEngineError(message, _("there are {areas}", areas=quoted(sorted(fact.options), "and")))


def read_areas(path: Path) -> Areas:
    """Return the mapping of a file; raise InvalidSourceError with every problem."""
    document = read(path)
    problems: list[Diagnostic] = []
    found = validated(_File, document.data, document, (), problems)
    problems += [
        document.problem(("entries", at, "verified"), _("nobody is named who checked it"), _(CHECKED))
        for at, one in enumerate(found.entries if found is not None else ())
        if one.verified and (one.checked_by is None or one.checked_on is None)
    ]
    if found is None or problems:
        raise InvalidSourceError(problems)
    return Areas(found.as_of, " ".join(found.source.split()), found.criteria, found.fact, found.entries)


def shipped_areas() -> Areas:
    """Return the mapping that comes with the program."""
    return read_areas(Path(str(files("risk_engine.awareness").joinpath("data", "areas.yaml"))))


def of_topics(topics: pl.DataFrame, areas: Areas) -> pl.DataFrame:
    """Return topic, level, area and verified: a row for each area that a topic belongs to; others have none."""
    rows = []
    for topic, level in topics.select("topic", "level").unique().sort("topic", "level").iter_rows():
        verified: dict[str, bool] = {}
        for entry in areas.of_topic(topic, level):
            verified[entry.area] = verified.get(entry.area, False) or entry.verified
        rows += [(topic, level, area, is_verified) for area, is_verified in verified.items()]
    schema = {"topic": pl.String, "level": pl.String, "area": pl.String, "verified": pl.Boolean}
    return pl.DataFrame(rows, schema, orient="row")


def by_work(topics: pl.DataFrame, areas: Areas) -> Mapping[str, Sequence[str]]:
    """Return the areas of each work that has any, in the order of the mapping; a work that is not there is unknown."""
    order = {one.area: at for at, one in reversed(list(enumerate(areas.entries)))}
    found: dict[str, set[str]] = {}
    for work, area in topics.join(of_topics(topics, areas), on=["topic", "level"]).select("work", "area").iter_rows():
        found.setdefault(work, set()).add(area)
    return {work: tuple(sorted(several, key=order.__getitem__)) for work, several in found.items()}


def counted(works: pl.DataFrame, topics: pl.DataFrame, areas: Areas) -> pl.DataFrame:
    """Return area, verified and works, most first, those of no area last as `unknown` (never as uncritical).

    A work counts once for each of its areas; `verified` says whether every entry by which works came to an area was.
    """
    named = topics.join(of_topics(topics, areas), on=["topic", "level"]).join(
        works.select("work"), on="work", how="semi"
    )
    each = named.group_by("area").agg(works=pl.col("work").n_unique(), verified=pl.col("verified").all())
    unknown = works.join(named.select("work").unique(), on="work", how="anti").height
    last = pl.DataFrame(
        {"area": [UNKNOWN], "verified": [None], "works": [unknown]},
        {"area": pl.String, "verified": pl.Boolean, "works": pl.UInt32},
    )
    table = each.select("area", "verified", pl.col("works").cast(pl.UInt32)).sort(
        "works", "area", descending=[True, False]
    )
    return pl.concat([table, last])
