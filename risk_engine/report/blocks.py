"""What a report is made of: a few kinds of block that hold ready text, so that a writer only lays out.

Every writer handles every kind; `kind` names it to a template. Nothing here knows what an assessment is.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, cast

from risk_engine.model.facts import Kind as AnswerKind

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class Run:
    """A piece of a line, all in one style. `link` goes to the web, `ref` to an anchor of the same report.

    `change` says that a later text has it and an earlier one did not, or the other way round.
    """

    text: str
    style: Literal["plain", "strong", "em", "mark", "code"] = "plain"
    link: str | None = None
    ref: str | None = None
    change: Literal["added", "removed"] | None = None
    field: str = ""
    """The key of the field of a `Paper` that stands here where it can be filled in; elsewhere the text does."""


Line: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    line: Line
    kind: ClassVar[str] = "prose"


@dataclass(frozen=True)
class Bullets:
    """A list without order."""

    lines: tuple[Line, ...]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Field:
    """A label and what belongs to it; in the page in short a `key` names it to an office template."""

    label: str
    lines: tuple[Line, ...]
    key: str = ""


@dataclass(frozen=True)
class Fields:
    """Labels with what belongs to them."""

    rows: tuple[Field, ...]
    kind: ClassVar[str] = "fields"


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its heading.

    `shares` says how much of the width each column has, in per cent; without it the text of the columns does.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    shares: tuple[int, ...] = ()
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Blanks:
    """Labels with room to write on paper; `fields` has for each label the key of a field of a `Paper`, or nothing."""

    labels: tuple[str, ...]
    fields: tuple[str, ...] = ()
    kind: ClassVar[str] = "blanks"


@dataclass(frozen=True)
class Letterhead:
    """What stands above the subject of a letter: who writes, to whom, where and when; lines of an address each.

    It is the first block of its section, and printed above the section's title, which is the subject.
    """

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    dated: str
    kind: ClassVar[str] = "letterhead"


BoxLook: TypeAlias = Literal["track", "now", "expected", "without", "maybe", "rule", "today"]
LabelLook: TypeAlias = Literal["plain", "soft", "strong"]
MarkLook: TypeAlias = Literal["now", "before", "unsure", "day", "begins", "due", "review"]
RibbonLook: TypeAlias = Literal["same", "stricter", "milder", "looser", "tighter", "other", "apart"]


@dataclass(frozen=True)
class Box:
    """A rectangle of a picture: `x` and `width` in per mille of the picture's width, `y` and `height` in pixels."""

    x: int
    y: int
    width: int
    height: int
    look: BoxLook
    kind: ClassVar[str] = "box"


@dataclass(frozen=True)
class Mark:
    """A small sign of a picture around its place, `shift` pixels to the right of `x`."""

    x: int
    y: int
    look: MarkLook
    shift: int = 0
    kind: ClassVar[str] = "mark"


@dataclass(frozen=True)
class Label:
    """A line of text in a picture that begins at its place, or ends there, `shift` pixels to the right of `x`."""

    x: int
    y: int
    text: str
    look: LabelLook
    shift: int = 0
    ends_there: bool = False
    kind: ClassVar[str] = "label"


@dataclass(frozen=True)
class Ribbon:
    """A band of a picture that runs from a stretch on the left, which begins at `y`, to one at `to` on the right.

    `x` and `width` are in per mille of the picture's width; the rest, the height of both stretches too, is in pixels.
    """

    x: int
    width: int
    y: int
    to: int
    height: int
    look: RibbonLook
    kind: ClassVar[str] = "ribbon"


Item: TypeAlias = Box | Mark | Label | Ribbon


@dataclass(frozen=True)
class Picture:
    """A picture with a title and a description; a table or sentence beside it says the same.

    `signs` pairs the looks that it uses with what they mean.
    """

    key: str
    title: str
    desc: str
    height: int
    items: tuple[Item, ...]
    signs: tuple[tuple[str, str], ...] = ()
    kind: ClassVar[str] = "picture"


Block: TypeAlias = Prose | Bullets | Fields | Table | Blanks | Letterhead | Picture


@dataclass(frozen=True)
class Group:
    """A titled part of a section; `anchor` is where a `ref` finds it."""

    title: Line
    blocks: tuple[Block, ...]
    anchor: str | None = None
    kind: ClassVar[str] = "group"


@dataclass(frozen=True)
class Section:
    """A part of the report with its heading; `key` is its anchor. On paper it may begin a new page.

    Where it is `folded`, a screen shows its heading alone until a reader opens it.
    """

    key: str
    title: str
    blocks: tuple[Block | Group, ...]
    starts_page: bool = False
    folded: bool = False
    kind: ClassVar[str] = "section"


def closing_of(letter: Section) -> int:
    """Return with how many of its blocks a letter closes: they stay together and with what is said before them."""
    closing = takewhile(lambda block: isinstance(block, Prose | Blanks | Fields), reversed(letter.blocks))
    return min(_CLOSING, sum(1 for _block in closing))


_CLOSING = 7
"""With more a letter does not close: where to send it, greeting, name, and lines to sign on."""


_LARGE = 200
"""How many letters of a first sentence are set large."""


@dataclass(frozen=True)
class Answer:
    """The first thing that every surface prints: one sentence, what completes it, and the page in short.

    Where it is `dense`, paper has it in smaller letters. `challenge` closes the page, where it is not said elsewhere.
    `foot` stands below all of it: a table, or room to sign.
    """

    sentence: str
    more: tuple[Line, ...]
    tone: Literal["mild", "middle", "strict", "open"]
    glance: tuple[Field, ...]
    challenge: Field | None
    dense: bool = False
    foot: tuple[Block, ...] = ()

    @property
    def is_long(self) -> bool:
        """Return whether the sentence is too long to be set large, such as one that names answers."""
        return len(self.sentence) > _LARGE

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return all of the page in short, in order."""
        return (*self.glance, self.challenge) if self.challenge else self.glance


Kind: TypeAlias = Literal["decision", "full", "annex", "letter", "plan", "redacted", "redacted_annex", "questions"]
"""The kinds of document that one assessment gives."""


@dataclass(frozen=True)
class AnswerField:
    """A field to be filled in: its name, and what there is to choose from, as a case writes it and in words."""

    kind: AnswerKind
    title: str
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    """What stands in it already, as a case writes it."""


@dataclass(frozen=True)
class Paper:
    """The fields of a document that is sent back, by key, and what it says of itself out of sight, as plain data."""

    fields: Mapping[str, AnswerField]
    made: Mapping[str, Any]
    asks: tuple[str, ...] = ()
    """The paths of the questions of a case that it asks."""


@dataclass(frozen=True)
class Must:
    """What a document has to say in full, whoever lays it out."""

    what: Literal["condition", "open answer", "notice", "challenge", "digest"]
    text: str


@dataclass(frozen=True)
class View:
    """A whole document as ready text, in one language (a BCP 47 tag); an index leads into several of them.

    An audit is about a set of criteria itself; its `case_id` is the version. `kept_by` is what a printed page is found
    by; `warning` says that not everybody may read the document; `scales` show where the answer lies among the levels of
    each ladder; `scope` says how far it reaches. A document without an `answer` begins with its title as the heading, a
    letter (its sections begin with a Letterhead) with its subject. `on` is the day that it speaks of; `must` is what no
    layout may leave out.
    """

    kind: Kind | Literal["index", "audit", "comparison"]
    language: str
    title: str
    about: str
    case_id: str
    on: date
    kept_by: str = ""
    warning: Line | None = None
    answer: Answer | None = None
    scales: tuple[Picture, ...] = ()
    scope: Field | None = None
    sections: tuple[Section, ...] = ()
    full_report: str = ""
    footer: str = ""
    must: tuple[Must, ...] = ()
    paper: Paper | None = None

    @property
    def is_letter(self) -> bool:
        """Return whether it is a letter, or several, each in a section of its own."""
        return any(isinstance(one.blocks[0], Letterhead) for one in self.sections if one.blocks)


def say(*parts: str | Run) -> Line:
    """Return a line of plain text and styled runs; empty text is left out."""
    runs = (part if isinstance(part, Run) else Run(part) for part in parts)
    return tuple(run for run in runs if run.text)


def joined(lines: Iterable[Line], between: str) -> Line:
    """Return lines as one, with a text between them."""
    runs: list[Run] = []
    for line in lines:
        runs += [Run(between)] if runs else []
        runs += line
    return tuple(runs)


def unlinked(line: Line) -> Line:
    """Return a line that leads nowhere inside the page."""
    return tuple(dataclasses.replace(run, ref=None) for run in line)


def changed_lines(part: T, change: Callable[[Line], Line]) -> T:
    """Return a part of a document in which each line is changed."""
    return cast("T", _changed(part, change))


def _changed(part: object, change: Callable[[Line], Line]) -> object:
    match part:
        case (Run(), *_rest):
            return change(cast("Line", part))
        case tuple():
            return tuple(_changed(one, change) for one in part)
        case _ if dataclasses.is_dataclass(part):
            parts = {name: _changed(one, change) for name, one in vars(part).items()}
            return dataclasses.replace(cast("Any", part), **parts)
        case _:
            return part


def leading_inside(view: View) -> View:
    """Return a document in which nothing leads to a place that it does not have."""
    groups = (part for section in view.sections for part in section.blocks if isinstance(part, Group))
    places = {*(one.key for one in view.sections), *(one.anchor for one in groups)}

    def change(line: Line) -> Line:
        return tuple(run if run.ref in places else dataclasses.replace(run, ref=None) for run in line)

    return changed_lines(view, change)


def strong(text: str) -> Run:
    """Return a run that stands out."""
    return Run(text, "strong")


def mark(text: str) -> Run:
    """Return a run that warns or classifies, such as "unverified"."""
    return Run(text, "mark")


def words(line: Line) -> str:
    """Return the bare text of a line."""
    return "".join(run.text for run in line)


def texts_of(part: object, *, links: bool = False) -> Iterator[str]:
    """Yield every text of a part of a document, a line as a whole; with `links` also where its runs lead."""
    match part:
        case str():
            yield part
        case (Run(), *_rest):
            line = cast("Line", part)
            yield words(line)
            if links:
                yield from (to for run in line for to in (run.link, run.ref) if to)
        case tuple():
            for one in part:
                yield from texts_of(one, links=links)
        case _ if dataclasses.is_dataclass(part):
            yield from texts_of(tuple(vars(part).values()), links=links)
        case _:
            pass


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Return items together that have the same key, in the order in which each key comes first."""
    found: dict[K, list[T]] = {}
    for one in items:
        found.setdefault(key(one), []).append(one)
    return found


def shortened(text: str, room: int) -> str:
    """Return text of at most so many letters, cut between words where it has any, with an ellipsis."""
    return text if len(text) <= room else f"{text[: room - 1].rsplit(' ', 1)[0]}…"


def cut(line: Line, room: int) -> Line:
    """Return a line of at most so many letters, cut between words with an ellipsis; the marks in it stay."""
    if len(words(line)) <= room:
        return line
    left = room - sum(len(run.text) + 1 for run in line if run.style == "mark")
    made: list[Run] = []
    for run in line:
        if run.style == "mark":
            made += [Run(" "), run]
        elif left > 0:
            made.append(dataclasses.replace(run, text=shortened(run.text, left)))
            left -= len(run.text)
    return tuple(made)
