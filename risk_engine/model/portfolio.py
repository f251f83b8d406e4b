"""What a report on many cases says: numbers of cases, each with its list, and what was tried on a sample."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from risk_engine.model.ladders import Role

UNANSWERED = ""
"""Stands for the answer that is missing, where cases are counted by an answer."""
NONE = "[]"
"""Stands for an answer that nothing is there: no entry of a list, none of the options."""
YEAR = "year"
"""By what cases are counted where it is no fact: the year in which they were assessed."""


@dataclass(frozen=True)
class Number:
    """Of how many cases something is so; `key` is the name of their list."""

    cases: int
    key: str


@dataclass(frozen=True)
class ListFile:
    """A file with so many cases of a list, its first ones; where these are not all, `whole` is the file that has all.

    Both as seen from the report.
    """

    path: str
    cases: int
    whole: str | None = None


@dataclass(frozen=True)
class Listed:
    """A list of cases: so many, the first of them in the order of the table, and where there are more."""

    cases: int
    first: tuple[str, ...]
    file: ListFile | None = None


@dataclass(frozen=True)
class Standing:
    """Cases at one level of a ladder, or in one band of a dimension: those that are settled, and those still open.

    An open case stands at the level that is proposed meanwhile; in the highest band that it may come to.
    """

    name: str
    settled: Number
    open: Number


@dataclass(frozen=True)
class LadderCounts:
    """Where cases stand on a ladder, its levels mildest first."""

    ladder: str
    role: Role
    levels: tuple[Standing, ...]


@dataclass(frozen=True)
class DimensionCounts:
    """In which bands of a dimension cases are after the controls in place, the lowest band first."""

    dimension: str
    bands: tuple[Standing, ...]


@dataclass(frozen=True)
class Found:
    """Of one indicator, or of all on one ground: cases in which it is found, and others in which it is undetermined."""

    name: str
    present: Number
    undetermined: Number


@dataclass(frozen=True)
class Answered:
    """Cases with one answer: all of them, those settled at each level of the headline ladder, and those still open."""

    value: str
    cases: Number
    levels: tuple[Number, ...]
    open: Number


@dataclass(frozen=True)
class CountedBy:
    """Cases by the answers to a fact, or by year; a case with several answers counts for each of them.

    `rest` says how many more answers there are than are told, the most frequent of which has `most` cases.
    """

    by: str
    answers: tuple[Answered, ...]
    rest: int
    most: int


@dataclass(frozen=True)
class Missing:
    """Open cases in which an answer is missing that matters, and those of them in which it alone is missing."""

    fact: str
    cases: Number
    alone: Number


@dataclass(frozen=True)
class Attention:
    """A case that needs attention, with the ends of each ladder that decides and the points that are certain."""

    case: str
    title: str
    ends: tuple[tuple[str, str], ...]
    points: int
    missing: int


@dataclass(frozen=True)
class Rejected:
    """What could not be read: rows of the input, and the reasons with how many values each has, the most first."""

    rows: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Helped:
    """What one control does where it is not in place: cases in which the highest level that they may come to falls.

    `severity` counts cases in which a finding is graver without it. `tried`: all cases in which it could count.
    """

    control: str
    tried: int
    level: Number
    severity: Number


@dataclass(frozen=True)
class Controls:
    """What controls would help, each put in place alone, in a sample of all cases."""

    sample: int
    of: int
    helped: tuple[Helped, ...]


@dataclass(frozen=True)
class Moves:
    """How many cases of a sample move at all, and how many become stricter and milder."""

    either: Number
    stricter: Number
    milder: Number

    @property
    def cases(self) -> int:
        """How many move at all."""
        return self.either.cases


@dataclass(frozen=True)
class Alike:
    """Rows of a table of which all columns say the same, so that every case comes to the same with each of them.

    `levels` and `open` say where the sample stands with such a row on the headline ladder; `by_column` what moves where
    one column alone is as that of these rows, and all others stay as they are.
    """

    rows: tuple[str, ...]
    cells: Mapping[str, object]
    levels: tuple[Number, ...]
    open: Number
    moves: Moves
    by_column: Mapping[str, Moves]


@dataclass(frozen=True)
class ColumnMoves:
    """What moves where one column of a table says `value` of the row of a case; so many rows of the table have it."""

    column: str
    value: object
    rows: int
    moves: Moves


@dataclass(frozen=True)
class Swapped:
    """Cases decided again with each row of a table in the place of their own answer, all other answers as they are.

    `now` and `open` say where the sample stands as it is. `aside` counts cases that state something themselves in place
    of the table.
    """

    fact: str
    table: str
    on: date
    sample: int
    of: int
    without: int
    aside: int
    now: tuple[Number, ...]
    open: Number
    alike: tuple[Alike, ...]
    columns: tuple[ColumnMoves, ...]


@dataclass(frozen=True)
class Figures:
    """All that a report on many cases says."""

    first: date | None
    last: date | None
    cases: int
    settled: Number
    open: Number
    unread: Number
    contradicting: Number
    rejected: Rejected | None
    ladders: tuple[LadderCounts, ...]
    dimensions: tuple[DimensionCounts, ...]
    grounds: tuple[Found, ...]
    counted_by: tuple[CountedBy, ...]
    findings: tuple[Found, ...]
    missing: tuple[Missing, ...]
    attention: tuple[Attention, ...]
    controls: Controls | None
    swapped: tuple[Swapped, ...]
    lists: Mapping[str, Listed]
