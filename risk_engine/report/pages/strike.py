"""Words that must not be read in a text, found however they are written there, and struck out.

Case, white space, punctuation, accents, unseen characters and the different ways of Unicode to write one letter make no
difference. Scripts that put no space between words are searched letter by letter.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, normalize

from risk_engine.records.persons import plain_letters

LEAST = 3
"""A word of fewer letters means too much else to be searched for; a letter of a script without spaces counts twice."""
_PLAIN = 6
"""From so many letters on, a word is found inside a longer one too."""
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana and ideographs; Korean too, where particles stick to a name."""


class _Folded(NamedTuple):
    """The bare letters of a text: where each stands in it, and whether it begins a word."""

    letters: str
    at: tuple[int, ...]
    begins: tuple[bool, ...]


class _Place(NamedTuple):
    """Where a text tells a word: the letters of the word itself, and the whole words of the text around it."""

    word: str
    begin: int
    end: int


@dataclass(frozen=True)
class Secrets:
    """What must not be read: as it was written, each with its bare letters."""

    words: frozenset[tuple[str, str]]

    def __or__(self, other: "Secrets") -> "Secrets":
        return Secrets(self.words | other.words)

    def struck(self, text: str, mark: str) -> str:
        """Return the text with the mark in place of every word that tells a secret."""
        made: list[str] = []
        done = 0
        for _word, first, last in sorted(self._places(text), key=lambda one: (one.begin, one.end)):
            if last <= done:
                continue
            if first >= done:
                made += [text[done:first], mark]
            done = last
        return "".join((*made, text[done:]))

    def tells(self, text: str) -> bool:
        """Return whether `struck` would strike anything in a text."""
        return next(self._places(text), None) is not None

    def told(self, text: str, marks: Iterable[str] = ()) -> Iterator[str]:
        """Yield the secrets that stand in a text letter by letter, none of them across a mark.

        What a word is, is the same for `struck`: nothing is told in what that returns.
        """
        cut = "|".join(re.escape(one) for one in marks if one)
        for piece in re.split(cut, text) if cut else (text,):
            found = {place.word for place in self._places(piece)}
            plain = _plain(piece) if found else ""
            yield from (one for one, letters in sorted(self.words) if letters in found and _plain(one) in plain)

    def _places(self, text: str) -> Iterator[_Place]:
        return _places(text, {letters for _written, letters in self.words})


def secrets(words: Iterable[str], known: Iterable[str] = ()) -> Secrets:
    """Return as secrets those of the words that mean something and that nobody may know from elsewhere as a whole."""
    open_words = {_fold(one).letters for one in known}
    found = ((one, _fold(one).letters) for one in words)
    return Secrets(
        frozenset((one, letters) for one, letters in found if weight(one) >= LEAST and letters not in open_words)
    )


def without_spaces(sign: str) -> bool:
    """Return whether a sign is of a script that puts no space between words."""
    return _WITHOUT_SPACES.match(sign) is not None


def weight(text: str) -> int:
    """Return how many letters a text has, those of scripts without spaces counted twice."""
    letters = _fold(text).letters
    return len(letters) + len(_WITHOUT_SPACES.findall(letters))


def same_letters(one: str) -> str:
    """Return the bare letters of a text, the same for everything that is found as the same word."""
    return _fold(one).letters


def _fold(text: str) -> _Folded:
    letters: list[str] = []
    at: list[int] = []
    begins: list[bool] = []
    is_first = True
    for place, sign in enumerate(text):
        own = _letters(sign)
        for one in own:
            letters.append(one)
            at.append(place)
            begins.append(is_first or _WITHOUT_SPACES.match(one) is not None)
            is_first = False
        if own:
            is_first = _WITHOUT_SPACES.match(sign) is not None or not (sign.isalnum() or category(sign)[0] == "M")
        elif not _is_unseen(sign):
            is_first = True
    return _Folded("".join(letters), tuple(at), tuple(begins))


@lru_cache(maxsize=4096)
def _letters(sign: str) -> str:
    """Return the bare letters that a sign stands for."""
    parts = normalize("NFKD", plain_letters(normalize("NFKD", sign).casefold()))
    return "".join(one for one in parts if one.isalnum())


def _is_unseen(sign: str) -> bool:
    """Return whether a sign that is no letter belongs to the one before it, or cannot be seen: accents, joiners.

    An accent that stands alone is read as a quotation mark: it parts words.
    """
    return category(sign)[0] == "M" or category(sign) == "Cf"


def _places(text: str, wanted: Iterable[str]) -> Iterator[_Place]:
    """Yield where a text tells one of the words; this alone says what a word in a text is."""
    folded = _fold(text)
    number = len(folded.letters)
    ends = (*folded.begins[1:], True)
    for one in wanted:
        first = folded.letters.find(one)
        is_plain = first >= 0 and weight(one) >= _PLAIN
        while first >= 0:
            last = first + len(one) - 1
            if is_plain or (folded.begins[first] and ends[last]):
                # A sign that stands for several letters is struck as a whole, with the words that it begins and ends.
                begin = next(
                    place
                    for place in range(first, -1, -1)
                    if place == 0 or (folded.begins[place] and folded.at[place] != folded.at[place - 1])
                )
                end = next(
                    place
                    for place in range(last, number)
                    if place + 1 == number or (ends[place] and folded.at[place] != folded.at[place + 1])
                )
                yield _Place(one, folded.at[begin], _after(text, folded.at[end] + 1))
            first = folded.letters.find(one, first + 1)


def _after(text: str, place: int) -> int:
    """Return where a word ends of which the last letter stands before a place: with what is written upon it."""
    while place < len(text) and _is_unseen(text[place]) and not _letters(text[place]):
        place += 1
    return place


def _plain(text: str) -> str:
    seen = "".join(one for one in normalize("NFKC", text) if category(one) != "Cf")
    return " ".join(normalize("NFKC", seen.casefold()).split())
