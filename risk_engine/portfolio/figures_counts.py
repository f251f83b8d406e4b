"""Results of many cases to the figures of a report: each number with the list of the cases that it counts.

Cases come in parts, each a frame of results with the columns of the stated cases beside them, and are gone through
twice: first counted, then listed, for only what is told is listed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias, assert_never

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError, help_line, nearest, quoted
from risk_engine.files.language import _
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import BooleanFact, ChoiceFact, ChoicesFact, DateFact, IntegerFact, RowFact, TextFact
from risk_engine.model.portfolio import (
    NONE,
    UNANSWERED,
    YEAR,
    Answered,
    Attention,
    CountedBy,
    DimensionCounts,
    Found,
    LadderCounts,
    Listed,
    ListFile,
    Missing,
    Number,
    Standing,
)

Parts: TypeAlias = Callable[[], Iterable[pl.DataFrame]]
"""Goes through all cases, part by part, as often as it is called."""

WriteList: TypeAlias = Callable[[str, pl.Series, int], ListFile]
"""Writes more cases of a list that has so many in all, and returns where they are."""

LISTED: Final = 20
"""So many cases of a list are named in the report itself."""
ANSWERS: Final = 24
"""So many answers to a fact are told, the most frequent ones."""
FIRST: Final = 30
"""So many cases that need attention are named, and so many missing answers."""
_SIGN: Final = "\x1f"
"""Stands between the parts of a key; no name of a set has it."""


def key(*parts: str) -> str:
    """Return the name of a list."""
    return _SIGN.join(parts)


def counted_by(criteria: Criteria, also: Iterable[str] = ()) -> tuple[str, ...]:
    """Return by which facts cases are counted: those that the set names (`group_by`), `also` others, and the year.

    Raise RiskEngineError with each of the others that there is not, or that is no answer of a few.
    """
    known = dict(criteria.every_fact())
    usable = [name for name, fact in known.items() if not isinstance(fact, IntegerFact | TextFact)]
    lost = [(one, nearest(one, usable)) for one in also if one not in known]
    problems = [
        _("there is no fact `{name}`", name=one) + (help_line(_("did you mean `{near}`?", near=near)) if near else "")
        for one, near in lost
    ]
    problems += [
        _("cases are not counted by `{name}`: every answer to it may be another one", name=one)
        for one in also
        if isinstance(known.get(one), IntegerFact | TextFact)
    ]
    if problems:
        raise RiskEngineError("\n".join(problems), _("name facts such as {names}", names=quoted(usable)))
    wanted = [one for one in criteria.head.roles.group_by if one in usable]
    return (*dict.fromkeys([*wanted, *also]), YEAR)


class Counting:
    """Says of cases for which lists they count."""

    def __init__(self, criteria: Criteria, by: Sequence[str]) -> None:
        """Take the set, and by what cases are counted; without the cases themselves that can be the year alone."""
        self.criteria = criteria
        self.by = tuple(by)
        self._ladders = criteria.head.roles.by_role
        self._deciding = criteria.head.roles.deciding
        self._headline = criteria.head.roles.headline

    def told(self, part: pl.DataFrame) -> pl.DataFrame:
        """Return for each case each list that it counts for: columns `case` and `key`."""
        cases = part.lazy()
        read = cases.filter(pl.col("unread").is_null()).with_columns(self._is_open().alias("is open"))
        several = [
            cases.filter(pl.col("unread").is_not_null()).select("case", key=pl.lit(key("unread"))),
            read.select("case", key=_joined("whole", _state(pl.col("is open")))),
            read.filter(pl.col("contradictions").list.len() > 0).select("case", key=pl.lit(key("contradicting"))),
            *(self._on_ladder(read, one) for one in self._ladders.values()),
            *(self._in_band(read, one) for one in self.criteria.head.dimensions),
            *self._found(read),
            *self._missing(read),
            *(one for by in self.by for one in self._answered(read, by)),
        ]
        return pl.concat(several).collect()

    def _is_open(self) -> pl.Expr:
        return pl.any_horizontal(pl.col(f"{one}.provisional") for one in self._deciding)

    def _on_ladder(self, read: pl.LazyFrame, ladder: str) -> pl.LazyFrame:
        return read.select(
            "case", key=_joined("ladder", ladder, pl.col(ladder), _state(pl.col(f"{ladder}.provisional")))
        )

    def _in_band(self, read: pl.LazyFrame, dimension: str) -> pl.LazyFrame:
        lowest, highest = (self._band(f"{dimension}.residual.{end}") for end in ("lowest", "highest"))
        return read.select("case", key=_joined("dimension", dimension, highest, _state(lowest != highest)))

    def _band(self, column: str) -> pl.Expr:
        bands = self.criteria.head.severity.bands
        falls: pl.Expr = pl.lit(next(iter(bands)))
        for name, first in bands.items():
            falls = pl.when(pl.col(column) >= first).then(pl.lit(name)).otherwise(falls)
        return falls

    def _found(self, read: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
        found = read.select("case", "findings").explode("findings", empty_as_null=False, keep_nulls=False)
        found = found.select(
            "case", indicator=pl.col("findings").struct["indicator"], outcome=pl.col("findings").struct["outcome"]
        )
        yield found.select("case", key=_joined("finding", pl.col("indicator"), pl.col("outcome")))
        ground = {name: one.ground for name, one in self.criteria.indicators.items()}
        on_ground = found.with_columns(ground=pl.col("indicator").replace_strict(ground, return_dtype=pl.String))
        is_present = on_ground.group_by("case", "ground", maintain_order=True).agg(
            present=(pl.col("outcome") == "present").any()
        )
        outcome = pl.when("present").then(pl.lit("present")).otherwise(pl.lit("undetermined"))
        yield is_present.select("case", key=_joined("ground", pl.col("ground"), outcome))

    def _missing(self, read: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
        waiting = read.filter("is open").select("case", "missing", alone=pl.col("missing").list.len() == 1)
        each = waiting.explode("missing", empty_as_null=False, keep_nulls=False)
        fact = pl.col("missing").str.replace(r"^([^.]+)\..*\.([^.]+)$", "$1.$2")
        each = each.with_columns(missing=fact).unique(maintain_order=True)
        yield each.select("case", key=_joined("missing", pl.col("missing")))
        yield each.filter("alone").select("case", key=_joined("alone", pl.col("missing")))

    def _answered(self, read: pl.LazyFrame, by: str) -> Iterator[pl.LazyFrame]:
        is_open = pl.col(f"{self._headline}.provisional")
        state = pl.when(is_open).then(pl.lit("open")).otherwise(pl.col(self._headline).cast(pl.String))
        answers = read.select("case", state=state, value=self.answer(by))
        if isinstance(answers.collect_schema()["value"], pl.List):
            answers = answers.explode("value", empty_as_null=True, keep_nulls=True)
        answers = answers.with_columns(pl.col("value").fill_null(UNANSWERED)).unique(maintain_order=True)
        yield answers.select("case", key=_joined("by", by, pl.col("value")))
        yield answers.select("case", key=_joined("by", by, pl.col("value"), pl.col("state")))

    def answer(self, by: str) -> pl.Expr:
        """Return the answer, or all of them, by which cases are counted, as text."""
        if by == YEAR:
            return pl.col("on").dt.year().cast(pl.String)
        entity, _dot, short = by.partition(".")
        is_several = isinstance(self.criteria.fact(by), ChoicesFact)
        if self.criteria.entities[entity].many is None:
            answers = self._text(by, pl.col(by))
            return _or_none(answers) if is_several else answers
        inside = self._text(by, pl.element().struct[short])
        if is_several:
            return _or_none(pl.col(entity).list.eval(_or_none(inside).fill_null([UNANSWERED]).explode()))
        return _or_none(pl.col(entity).list.eval(inside))

    def _text(self, by: str, answers: pl.Expr) -> pl.Expr:
        match fact := self.criteria.fact(by):
            case DateFact():
                return answers.dt.year().cast(pl.String)
            case BooleanFact() | ChoiceFact() | RowFact():
                return answers.cast(pl.String)
            case ChoicesFact():
                return answers.cast(pl.List(pl.String))
            case IntegerFact() | TextFact():
                raise AssertionError(by)
            case _:
                assert_never(fact)


def _or_none(chosen: pl.Expr) -> pl.Expr:
    """Return lists in which one stands for none at all, so that such a case is not taken for an open one."""
    return pl.when(chosen.list.len() == 0).then(pl.lit([NONE])).otherwise(chosen)


def _joined(*parts: str | pl.Expr) -> pl.Expr:
    return pl.concat_str([pl.lit(one) if isinstance(one, str) else one for one in parts], separator=_SIGN)


def _state(is_open: pl.Expr) -> pl.Expr:
    return pl.when(is_open).then(pl.lit("open")).otherwise(pl.lit("settled"))


@dataclass
class Counts:
    """How many cases each list has, and what else is known once all were gone through."""

    cases: int = 0
    first: date | None = None
    last: date | None = None
    of: Counter[str] = field(default_factory=Counter)

    def add(self, part: pl.DataFrame, told: pl.DataFrame) -> None:
        """Take in a part of the cases."""
        self.cases += part.height
        days = part["on"].drop_nulls()
        if len(days):
            low, high = days.min(), days.max()
            assert isinstance(low, date)  # noqa: S101 (for the types)
            assert isinstance(high, date)  # noqa: S101
            self.first = min(self.first or low, low)
            self.last = max(self.last or high, high)
        self.of.update(dict(told.group_by("key").len().iter_rows()))

    def number(self, *parts: str) -> Number:
        """Return the number of a list."""
        name = key(*parts)
        return Number(self.of[name], name)

    @property
    def read(self) -> int:
        """How many cases could be assessed."""
        return self.cases - self.number("unread").cases

    def named(self, kind: str) -> list[str]:
        """Return what lists of a kind are about, the longest list first."""
        about: Counter[str] = Counter()
        for name, cases in self.of.items():
            first, *rest = name.split(_SIGN)
            if first == kind and len(rest) == 1:
                about[rest[0]] = cases
        return sorted(about, key=lambda one: (-about[one], one))


def ladders_of(counts: Counts, criteria: Criteria) -> tuple[LadderCounts, ...]:
    """Return where cases stand on each ladder that plays a part."""
    return tuple(
        LadderCounts(ladder, role, _standing(counts, "ladder", ladder, criteria.ladders[ladder].levels))
        for role, ladder in criteria.head.roles.by_role.items()
    )


def dimensions_of(counts: Counts, criteria: Criteria) -> tuple[DimensionCounts, ...]:
    """Return in which bands of each dimension cases are."""
    bands = criteria.head.severity.bands
    return tuple(DimensionCounts(one, _standing(counts, "dimension", one, bands)) for one in criteria.head.dimensions)


def _standing(counts: Counts, kind: str, of: str, names: Iterable[str]) -> tuple[Standing, ...]:
    return tuple(
        Standing(one, counts.number(kind, of, one, "settled"), counts.number(kind, of, one, "open")) for one in names
    )


def found_of(counts: Counts, kind: str, names: Iterable[str]) -> tuple[Found, ...]:
    """Return in how many cases each finding, or ground, is there; what is in no case is left out."""
    found = (Found(one, *(counts.number(kind, one, state) for state in ("present", "undetermined"))) for one in names)
    told = [one for one in found if one.present.cases or one.undetermined.cases]
    return tuple(sorted(told, key=lambda one: (-one.present.cases, -one.undetermined.cases)))


def missing_of(counts: Counts) -> tuple[Missing, ...]:
    """Return which missing answers hold most cases open."""
    return tuple(
        Missing(one, counts.number("missing", one), counts.number("alone", one)) for one in counts.named("missing")
    )[:FIRST]


def answers_of(counts: Counts, by: str, criteria: Criteria) -> CountedBy:
    """Return cases by the answers to a fact, the most frequent first; years in their order, what is missing last."""
    levels = criteria.ladders[criteria.head.roles.headline].levels
    about: Counter[str] = Counter()
    for name, cases in counts.of.items():
        kind, *rest = name.split(_SIGN)
        if kind == "by" and rest[0] == by and len(rest) == 2:  # noqa: PLR2004 (the fact and its answer)
            about[rest[1]] = cases
    unanswered = [UNANSWERED] if about.pop(UNANSWERED, 0) else []
    frequent = sorted(about, key=lambda one: (-about[one], one))
    told = frequent[:ANSWERS]
    rest = frequent[ANSWERS:]
    if all(one.isdecimal() for one in told):
        told.sort()
    return CountedBy(
        by,
        tuple(
            Answered(
                one,
                counts.number("by", by, one),
                tuple(counts.number("by", by, one, level) for level in levels),
                counts.number("by", by, one, "open"),
            )
            for one in [*told, *unanswered]
        ),
        rest=len(rest),
        most=about[rest[0]] if rest else 0,
    )


class Order:
    """Which cases need attention first.

    First whether it may start, then how: the strictest level that is certain, on each ladder in that order; then the
    strictest that it may come to; then the points that are certain; of equals the case with the fewest missing answers,
    for it is settled soonest, and last the order of ids.
    """

    def __init__(self, criteria: Criteria) -> None:
        """Take the ladders that decide."""
        self._ladders = criteria.head.roles.deciding
        self._mildest = {next(iter(criteria.ladders[one].levels)) for one in self._ladders}
        self._dimensions = [name for name, one in criteria.head.dimensions.items() if not one.sums]
        self._kept: list[tuple[tuple[Any, ...], Attention]] = []

    def add(self, part: pl.DataFrame) -> None:
        """Take in a part of the cases."""
        ends = [f"{ladder}.{end}" for end in ("lowest", "highest") for ladder in self._ladders]
        ranks = [pl.col(one).to_physical().cast(pl.Int64) for one in ends]
        points = pl.sum_horizontal(f"{one}.residual.lowest" for one in self._dimensions)
        title = pl.col("title") if "title" in part.columns else pl.lit(None, pl.String).alias("title")
        first = (
            part.lazy()
            .filter(pl.col("unread").is_null())
            .select(
                "case",
                title.fill_null(""),
                *ends,
                *(one.neg().alias(f"rank {number}") for number, one in enumerate(ranks)),
                points=points,
                missing=pl.col("missing").list.len().fill_null(0).cast(pl.Int64),
            )
            .sort(*(f"rank {number}" for number in range(len(ranks))), pl.col("points").neg(), "missing", "case")
            .head(FIRST)
            .collect()
        )
        for row in first.iter_rows(named=True):
            place = (
                *(row[f"rank {number}"] for number in range(len(ranks))),
                -row["points"],
                row["missing"],
                row["case"],
            )
            of = tuple((row[f"{one}.lowest"], row[f"{one}.highest"]) for one in self._ladders)
            self._kept.append((place, Attention(row["case"], row["title"], of, row["points"], row["missing"])))
        self._kept = sorted(self._kept, key=lambda one: one[0])[:FIRST]

    def first(self) -> tuple[Attention, ...]:
        """Return the cases that need attention first; those that are settled at the mildest level need none."""
        mildest = {(level, level) for level in self._mildest}
        return tuple(one for _place, one in self._kept if not all(end in mildest for end in one.ends))


class Lists:
    """Gathers the lists that a report tells of, the first cases of each here, all of a long one in a file."""

    def __init__(self, wanted: Mapping[str, int], write: WriteList | None = None) -> None:
        """Take how many cases each list has, and what writes more cases of a long one."""
        self._wanted = {name: cases for name, cases in wanted.items() if cases}
        self._write = write
        self._first: dict[str, list[str]] = {name: [] for name in self._wanted}
        self._files: dict[str, ListFile] = {}

    def add(self, told: pl.DataFrame) -> None:
        """Take in what a part of the cases counts for."""
        by_list = told.filter(pl.col("key").is_in(list(self._wanted))).group_by("key", maintain_order=True).agg("case")
        for name, cases in zip(by_list["key"], by_list["case"], strict=True):
            if (missing := LISTED - len(self._first[name])) > 0:
                self._first[name].extend(cases.head(missing))
            if self._write is not None and self._wanted[name] > LISTED:
                self._files[name] = self._write(name, cases, self._wanted[name])

    def made(self) -> dict[str, Listed]:
        """Return the lists by their keys."""
        return {
            name: Listed(cases, tuple(self._first[name]), self._files.get(name)) for name, cases in self._wanted.items()
        }
