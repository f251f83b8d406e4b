"""Words that must not be read in a text, found however they are written there, and struck out.

Case, white space, punctuation, accents, unseen characters and the different ways of Unicode to write one letter make no
difference. Scripts that put no space between words are searched letter by letter.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from unicodedata import category, normalize

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


@dataclass(frozen=True)
class Secrets:
    """What must not be read: as it was written, and as bare letters."""

    written: frozenset[str]
    folded: frozenset[str]

    def struck(self, text: str, mark: str) -> str:
        """Return the text with the mark in place of every word that tells a secret."""
        found = sorted(_places(text, self.folded))
        made: list[str] = []
        done = 0
        for first, last in found:
            if last <= done:
                continue
            if first >= done:
                made += [text[done:first], mark]
            done = last
        return "".join((*made, text[done:]))

    def told(self, text: str) -> Iterator[str]:
        """Yield the secrets that stand in a text letter by letter; another way to look than `struck`, on purpose."""
        plain = _plain(text)
        for one in self.written:
            secret = _plain(one)
            ends = r"\b" if len(secret) < _PLAIN and secret.isascii() else ""
            if re.search(f"{ends}{re.escape(secret)}{ends}", plain):
                yield one


def secrets(words: Iterable[str], known: Iterable[str]) -> Secrets:
    """Return as secrets those of the words that mean something and that nobody may know from elsewhere as a whole."""
    open_words = {_fold(one).letters for one in known}
    found = {one: _fold(one).letters for one in words}
    kept = {one: letters for one, letters in found.items() if weight(letters) >= LEAST and letters not in open_words}
    return Secrets(frozenset(kept), frozenset(kept.values()))


def without_spaces(sign: str) -> bool:
    """Return whether a sign is of a script that puts no space between words."""
    return _WITHOUT_SPACES.match(sign) is not None


def weight(text: str) -> int:
    """Return how many letters a text has, those of scripts without spaces counted twice."""
    return len(_fold(text).letters) + len(_WITHOUT_SPACES.findall(text))


def _fold(text: str) -> _Folded:
    letters: list[str] = []
    at: list[int] = []
    begins: list[bool] = []
    is_first = True
    for place, sign in enumerate(text):
        for one in normalize("NFKD", normalize("NFKD", sign).casefold()):
            if one.isalnum():
                letters.append(one)
                at.append(place)
                begins.append(is_first or _WITHOUT_SPACES.match(one) is not None)
                is_first = False
        is_first = is_first or not (sign.isalnum() or _is_unseen(sign)) or _WITHOUT_SPACES.match(sign) is not None
    return _Folded("".join(letters), tuple(at), tuple(begins))


def _is_unseen(sign: str) -> bool:
    """Return whether a sign belongs to the letter before it, or cannot be seen: accents, joiners, soft hyphens."""
    return category(sign)[0] == "M" or category(sign) in {"Cf", "Lm", "Sk"}


def _places(text: str, wanted: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield from where to where a text tells one of the words, whole words of the text always."""
    folded = _fold(text)
    number = len(folded.letters)
    ends = (*folded.begins[1:], True)
    for one in wanted:
        first = folded.letters.find(one)
        while first >= 0:
            last = first + len(one) - 1
            if weight(one) >= _PLAIN or (folded.begins[first] and ends[last]):
                begin = next(place for place in range(first, -1, -1) if folded.begins[place])
                end = next(place for place in range(last, number) if ends[place])
                yield folded.at[begin], _after(text, folded.at[end] + 1)
            first = folded.letters.find(one, first + 1)


def _after(text: str, place: int) -> int:
    """Return where a word ends of which the last letter stands before a place: with what is written upon it."""
    while place < len(text) and _is_unseen(text[place]):
        place += 1
    return place


def _plain(text: str) -> str:
    seen = "".join(one for one in normalize("NFKC", text) if category(one) != "Cf")
    return " ".join(normalize("NFKC", seen.casefold()).split())
