"""What a paper that comes back says of itself out of sight, and the words that its fields offer.

Questionnaires and letters share it, so that whatever somebody filled in is read in one way.
"""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic import Field as Range

from risk_engine.files.language import ENGLISH, N_, _, current, one_line


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


class Words(BaseModel):
    """The words of one form; what it offers to choose is told apart, for one word for two things would be misread."""

    model_config = ConfigDict(frozen=True, strict=True)

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
        told = {name: _(one.default) for name, one in cls.model_fields.items() if name != "language"}
        return cls(language=current(), **told)

    @model_validator(mode="after")
    def _differ(self) -> "Words":
        offered = [same_label(one) for one in self.offered()]
        if not all(offered) or len(set(offered)) < len(offered):
            raise ValueError(offered)
        return self

    def offered(self) -> tuple[str, ...]:
        """Return what a form offers to choose."""
        return (self.not_known, self.unsure, self.none_of_these, self.no_entries, self.yes, self.no)

    def beside(self) -> "Choices":
        """Return what can be chosen beside an answer."""
        return _alike(self.unsure, self.not_known)

    def of_several(self) -> "Choices":
        """Return what can be chosen where several answers could be marked and none is."""
        return _alike(self.none_of_these, self.not_known)

    def of_list(self) -> "Choices":
        """Return what can be said of a list as a whole."""
        return _alike(self.no_entries, self.not_known)


Choices: TypeAlias = tuple[tuple[str, str], ...]
"""What can be chosen: how the case or the form writes it, and the title that people read."""


def _alike(*words: str) -> Choices:
    return tuple((word, word) for word in words)


ENGLISH_WORDS = Words()


def distinct(options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield options with titles that can be told from each other and from what every question can be answered with."""
    words = (NOT_KNOWN, UNSURE, NONE_OF_THESE)
    taken = {same_label(one) for one in (*words, *map(_, words))}
    titles = [one_line(title) for title in options.values()]
    counted = Counter(same_label(one) for one in titles)
    taken |= {one for one, count in counted.items() if count > 1}
    for name, title in zip(options, titles, strict=True):
        shown = f"{title} [{name}]" if same_label(title) in taken else title
        yield name, shown


def for_people(text: str, choices: Mapping[str, str]) -> str:
    """Return help without the words that only a case file knows: titles in place of names."""
    for name, title in {**choices, "[]": _(NONE_OF_THESE), "unknown": _(NOT_KNOWN)}.items():
        text = text.replace(f"`{name}`", _("“{text}”", text=title))
    return one_line(text)


class Made(BaseModel):
    """What a form was made from; it stands in the form, out of sight."""

    model_config = ConfigDict(frozen=True, strict=True)

    questionnaire: Literal[1]
    """The number of this layout of forms; a form with another number is refused."""
    set_id: str
    version: str
    digest: str
    role: str | None = None
    case_id: str | None = None
    salt: str = ""
    confidential: tuple[str, ...]
    """Questions of which no answer is copied into notes; a later version may have them no more, so the form says it."""
    words: Words = ENGLISH_WORDS
    """In which words the form offers the answers that every question can have."""

    def text(self) -> str:
        """Return it as the text that `made_from` reads."""
        left_out = {
            *(["words"] if self.words == ENGLISH_WORDS else []),
            *([] if self.salt else ["salt"]),
        }
        return json.dumps(self.model_dump(mode="json", exclude=left_out), ensure_ascii=True)


class PlanMade(BaseModel):
    """What a mitigation plan was made from, and what it said of each control then: only what differs is an answer."""

    model_config = ConfigDict(frozen=True, strict=True)

    plan: Literal[1]
    """The number of this layout of plans; a plan with another number is refused."""
    set_id: str
    version: str
    case_id: str
    statuses: dict[str, str]
    """What people read in the field of a status: how the case writes it."""
    controls: dict[str, dict[str, str]]
    """Control: what stood in its fields, by name; empty where nothing did."""
    texts: list[str] = []
    """Which text is the plan's own; a workbook notes it for each sheet."""

    def text(self) -> str:
        """Return it as the text that `made_from` reads."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=True)


M = TypeVar("M", bound=BaseModel)


def made_from(text: object, kind: type[M]) -> M | None:
    """Return what a form says of itself, with what its kind of file notes besides; None if it is none of ours."""
    try:
        return kind.model_validate_json(text) if isinstance(text, str) else None
    except ValidationError:
        return None


_Slot = Annotated[int, Range(ge=0, le=10_000)]
"""No form has more numbers of entries."""


class DocumentMade(Made):
    """What the numbers of the tags mean too, and which text is the form's own."""

    questions: list[tuple[str, list[str]]]
    """Each question with its options, where several can apply."""
    lists: list[str]
    entries: dict[str, list[str]]
    slots: dict[str, tuple[_Slot, _Slot]]
    """Question: the first and the last number of an entry for which there are fields."""
    texts: list[str]
    left_out: tuple[str, ...] = ()
    """Question and entry, as in a tag, of which there are no fields."""


def mark_of(text: str) -> str:
    """Return a short sign for a text of the form itself, by which reading back knows it; spaces make no difference."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]


_HIDDEN = "~"
"""No id begins so."""


def hidden_id(name: str, salt: str) -> str:
    """Return a sign for an id by which reading back knows it, and which tells nobody else what it is."""
    return _HIDDEN + hashlib.sha256(f"{salt} {name}".encode()).hexdigest()[:16]


def hides(told: str) -> bool:
    """Return whether this is a sign in the place of an id."""
    return told.startswith(_HIDDEN)


def is_id(told: str, name: str, salt: str) -> bool:
    """Return whether an id of a case is the one that a form tells, or hides."""
    return told == (hidden_id(name, salt) if hides(told) else name)
