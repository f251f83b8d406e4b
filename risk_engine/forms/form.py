"""A questionnaire before it is written: for whom it is, its parts, and each question with its words and choices."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from risk_engine.forms.words import Words

Kind: TypeAlias = Literal["one", "several", "integer", "date", "text"]


@dataclass(frozen=True)
class Question:
    """One question: its full name, its words, and how it can be answered."""

    name: str
    kind: Kind
    text: str
    only_if: str = ""
    notes: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    """What can be chosen: how the case writes it, and the title that people read; titles differ from each other."""
    range: tuple[int, int] = (0, 0)
    confidential: bool = False

    @property
    def entity(self) -> str:
        """The entity that it asks about."""
        return self.name.partition(".")[0]

    @property
    def short(self) -> str:
        """The name of the fact within its entity."""
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class Entry:
    """An entry that the case has already: it is named in the form, so that everybody answers about the same."""

    id: str
    label: str


@dataclass(frozen=True)
class Part:
    """The questions about one entity: asked once, or of a list once for each entry."""

    entity: str
    title: str
    help: str
    many: int | None
    questions: tuple[Question, ...]
    label: Question | None = None
    """What a person writes to name a new entry of a list."""
    entries: tuple[Entry, ...] = ()
    room: int = 0
    """For so many new entries there is room."""
    asks_whether: bool = False
    """May the person say that there are none?"""


@dataclass(frozen=True)
class Form:
    """A questionnaire for one person, and what it was made from."""

    set_id: str
    set_title: str
    version: str
    digest: str
    language: str
    words: Words
    role: str | None
    role_title: str
    case_id: str | None
    case_title: str
    notice: tuple[str, ...]
    parts: tuple[Part, ...]
