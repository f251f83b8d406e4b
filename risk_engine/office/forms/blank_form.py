"""A questionnaire before it is written: for whom, its parts, each question with its words and choices."""

import unicodedata
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Literal, TypeAlias

from risk_engine.files.language import ENGLISH, N_, _, current


def in_quotes(text: str) -> str:
    """Return a text in the quotation marks of the current language."""
    return _("“{text}”", text=text)


def same_label(text: str) -> str:
    """Return a name so that two spellings of the same name are equal.

    One letter can be written as one character or as two (ü); NFKC makes them one, and wide or joined letters plain.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


NOT_KNOWN = N_("Not known yet")
UNSURE = N_("Unsure")
NONE_OF_THESE = N_("None of these")
NO_ENTRIES = N_("There are none")
YES, NO = N_("Yes"), N_("No")
_USUAL = N_("not known | don't know | do not know")
"""How else people say that they do not know; none of these is ever taken as a no."""


@dataclass(frozen=True)
class Words:
    """The words of one form."""

    language: str = ENGLISH
    not_known: str = NOT_KNOWN
    unsure: str = UNSURE
    none_of_these: str = NONE_OF_THESE
    no_entries: str = NO_ENTRIES
    yes: str = YES
    no: str = NO
    usual: str = _USUAL
    """How else people say that nobody knows yet, with strokes between."""

    @classmethod
    def now(cls) -> "Words":
        """Return the words of the current language."""
        return cls(current(), _(NOT_KNOWN), _(UNSURE), _(NONE_OF_THESE), _(NO_ENTRIES), _(YES), _(NO), _(_USUAL))

    @classmethod
    def noted(cls, data: object) -> "Words | None":
        """Return the words that a form notes, the English ones where it notes none; None where that can be no note."""
        if data is None:
            return ENGLISH_WORDS
        if not isinstance(data, dict) or not all(isinstance(one, str) for one in data.values()):
            return None
        words = cls(**{one.name: data[one.name] for one in fields(cls) if one.name in data})
        offered = [same_label(one) for one in words.offered()]
        # One word for two things would be read as the wrong one.
        return words if all(offered) and len(set(offered)) == len(offered) else None

    def note(self) -> dict[str, Any] | None:
        """Return what a form notes of its words: nothing where they are the English ones."""
        return None if self == ENGLISH_WORDS else {**vars(self)}

    def offered(self) -> tuple[str, ...]:
        """Return what a form offers to choose."""
        return (self.not_known, self.unsure, self.none_of_these, self.no_entries, self.yes, self.no)


ENGLISH_WORDS = Words()


@cache
def not_known_words(words: Words) -> frozenset[str]:
    """Return all that means "not known yet" in a form with these words, as names are compared."""
    return frozenset(same_label(one) for one in (words.not_known, *words.usual.split("|")))


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
