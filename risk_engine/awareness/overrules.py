"""What people said of pairs of institutions that were doubted, or not doubted: who, why, when; added to, never changed.

A file of words (YAML), the last one on a pair holds. Whoever takes a word back adds another one, `open`: what was said
before stays in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import MAX_SET_BYTES, Document, parse, read
from risk_engine.files.writing import write_bytes
from risk_engine.loading.validate import validated

Said: TypeAlias = Literal["confirmed", "suspect", "open"]
SAID: Final[tuple[Said, ...]] = ("confirmed", "suspect", "open")
"""`open`: as if nobody had said anything, from then on."""

_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_HEAD: Final = (
    "# What people said of pairs of institutions (`risk-engine awareness judge`); docs/awareness-doubt.md says what\n"
    "# each word means. Words are only added: the last one on a pair holds.\n"
)


class Side(BaseModel):
    """An institution as tables name it: its country and its key there."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    institution: _Text


class Word(BaseModel):
    """What a person said of a pair."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    pair: tuple[Side, Side]
    said: Said
    by: _Text = Field(description="Who says it.")
    reason: _Text
    on: date
    works: int = Field(ge=0, description="How many works of the two there were then.")


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    words: tuple[Word, ...]


_Key: TypeAlias = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Overrules:
    """All words of a file, in the order in which they were said."""

    words: tuple[Word, ...] = ()
    _last: dict[_Key, Word] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look up which word on each pair is the last."""
        object.__setattr__(self, "_last", {_key(*word.pair): word for word in self.words})

    def last(self, row: Mapping[str, Any]) -> Word | None:
        """Return the word that holds on a pair (a row with `doubt.PAIR`), whichever side is named first.

        None where nobody said anything, or took it back.
        """
        key = frozenset((row[f"country_{side}"], row[f"institution_{side}"]) for side in "ab")
        word = self._last.get(key)
        return None if word is None or word.said == "open" else word

    def about(self, pair: tuple[Side, Side]) -> tuple[Word, ...]:
        """Return all that was said of a pair, the first word first."""
        return tuple(word for word in self.words if _key(*word.pair) == _key(*pair))


def _key(one: Side, other: Side) -> _Key:
    return frozenset(((one.country, one.institution), (other.country, other.institution)))


def read_overrules(path: Path) -> Overrules:
    """Return the words of a file; raise InvalidSourceError with every problem, where there is no such file too."""
    return _words_of(read(path, most=MAX_SET_BYTES))


def add_word(path: Path, word: Word) -> Overrules:
    """Add a word at the end of a file, which is made if it is not there; return all words.

    What stands in the file stays as it is, byte by byte. Raises InvalidSourceError, and adds nothing, where that cannot
    be read, or where it is written in a form to which nothing can be added below.
    """
    there = path.exists()
    before = read_overrules(path).words if there else ()
    text = read_bytes(path).decode("utf-8") if there else f"{_HEAD}words:\n"
    text = f"{text.rstrip()}\n{_written(word)}"
    message = _("{path}: nothing can be added at its end", path=path)
    try:
        after = _words_of(parse(text, path.as_posix(), most=MAX_SET_BYTES))
    except InvalidSourceError as error:
        raise RiskEngineError(message, _("write `words:` as a list with a dash before each")) from error
    if after.words != (*before, word):
        raise RiskEngineError(message, _("write `words:` as a list with a dash before each"))
    write_bytes(path, text.encode())
    return after


def _words_of(document: Document) -> Overrules:
    problems: list[Diagnostic] = []
    found = validated(_File, document.data, document, (), problems)
    if found is None or problems:
        raise InvalidSourceError(problems)
    return Overrules(found.words)


def _written(word: Word) -> str:
    """Return a word as an entry of the list; JSON texts are YAML ones too."""
    sides = ", ".join(
        f"{{country: {_quoted(one.country)}, institution: {_quoted(one.institution)}}}" for one in word.pair
    )
    return (
        f"  - pair: [{sides}]\n    said: {word.said}\n    by: {_quoted(word.by)}\n    reason: {_quoted(word.reason)}\n"
        f"    on: {word.on.isoformat()}\n    works: {word.works}\n"
    )


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
