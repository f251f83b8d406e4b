"""Where the names of a registry may stand in a text: words of the text in, spans of it out, the likeliest names first.

A name is looked up by its words (`names.read`), not by its letters: a text of twenty words holds a name of four, so
what counts is how much of the name stands in the text. A word that no name has is taken for one that it begins
("technol") or from which it differs by a letter or two.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from risk_engine.screening.names import Word, WordKind, read, tables

_Numbers = NDArray[np.int32]
Likeness = Mapping[int, float]
"""How alike a word is to words of the registry, by their numbers: 1 is the same."""

_NEAR = 0.85
_BEGINS = 0.8
_JOINED = 0.97
_SLIP = 0.15
"""What a letter that differs costs."""
_BEGINNING = 3
"""So many letters a word needs to be taken for the beginning of another."""
_BEGUN_AT_MOST = 60
"""What begins more words than that says nothing."""
_SLIPS_FROM = 5
_TWO_SLIPS_FROM = 9
_RARE = 2
"""A word in so few names may be a slip of the registry itself."""
_LEAST_COVER = 0.45
_GAP = 0.5
"""What a word between two words of a name costs, of its rarity."""
_CROSSING = 1.0
"""What a comma between them costs."""
_WORST = -3.0


class Span(NamedTuple):
    """A name in a text."""

    name: int
    start: int
    """Its first word in the text."""
    end: int
    """Behind its last one."""
    found: Mapping[int, tuple[int, float]]
    """By number of the word of the name: which word of the text it is, and how alike they are."""
    score: float


class Text:
    """A text that names organisations, read against a registry."""

    def __init__(self, raw: str, index: "WordIndex") -> None:
        self.raw = raw
        self.read = read(raw)
        self.words = self.read.words
        self.weights = [rarity(word) for word in self.words]
        self.before = [0.0, *np.cumsum(self.weights).tolist()]
        """How much all words before a place weigh."""
        self.likeness = [index.likeness(word) for word in self.words]
        for several in (2, 3):  # "Tian Jin", "Sung Kyun Kwan"
            for place in range(len(self.words) - several + 1):
                words = self.words[place : place + several]
                joined = index.number.get("".join(word.text for word in words))
                if joined is not None and words[0].segment == words[-1].segment:
                    for one in range(place, place + several):
                        self.likeness[one] = {joined: _JOINED, **self.likeness[one]}
        self.said: dict[int, float] = {}
        """Of each word that stands somewhere in it, how alike at best."""
        for likeness in self.likeness:
            for number, how in likeness.items():
                self.said[number] = max(how, self.said.get(number, 0.0))


class Words(NamedTuple):
    """The words of names, as columns that a file can hold; a name is known by its place, a word by its number."""

    words: NDArray[np.uint8]
    """All words in their one form, one a line."""
    weights: NDArray[np.float64]
    starts: NDArray[np.int64]
    """Where the words of each name begin in `ids`; the last is where they end."""
    ids: _Numbers
    held_from: NDArray[np.int64]
    """Where the names of each word begin in `holders`, likewise."""
    holders: _Numbers
    totals: NDArray[np.float32]
    """How much all words of a name weigh."""

    @classmethod
    def of(cls, names: Iterable[Sequence[Word]]) -> Self:
        """Return the words of names."""
        number: dict[str, int] = {}
        weights: list[float] = []
        ids, starts = array("i"), array("q", [0])
        for words in names:
            for word in words:
                if word.form not in number:
                    number[word.form] = len(number)
                    weights.append(rarity(word))
                ids.append(number[word.form])
            starts.append(len(ids))
        every, begins = np.array(ids, np.int32), np.array(starts, np.int64)
        weighs = np.array(weights, np.float64)
        name = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
        pairs = np.unique(every.astype(np.int64) * len(begins) + name)  # a word that a name has twice counts once
        held, holders = pairs // len(begins), (pairs % len(begins)).astype(np.int32)
        return cls(
            np.frombuffer("\n".join(number).encode(), np.uint8),
            weighs,
            begins,
            every,
            np.searchsorted(held, np.arange(len(number) + 1)),
            holders,
            np.bincount(holders, weighs[held], len(begins) - 1).astype(np.float32),
        )

    def of_names(self) -> Iterator[list[int]]:
        """Yield the words of each name."""
        ids, starts = self.ids.tolist(), self.starts.tolist()
        return (ids[start:end] for start, end in pairwise(starts))


class WordIndex:
    """Names by their words."""

    def __init__(self, arrays: Words) -> None:
        self.arrays = arrays
        words = arrays.words.tobytes().decode().split("\n") if len(arrays.weights) else []
        self.number = {word: number for number, word in enumerate(words)}
        """The number of each word."""
        self.weights: list[float] = arrays.weights.tolist()
        self._sorted = sorted(word for word in words if len(word) > _BEGINNING and word.isascii())
        self._turned = sorted(word[::-1] for word in self._sorted)
        self._alike: dict[str, dict[int, float]] = {}

    def words_of(self, name: int) -> tuple[int, ...]:
        """Return the words of a name, by number."""
        begin, end = self.arrays.starts[name : name + 2]
        return tuple(self.arrays.ids[begin:end].tolist())

    def _holders(self, word: int) -> _Numbers:
        begin, end = self.arrays.held_from[word : word + 2]
        return self.arrays.holders[begin:end]

    def total(self, name: int) -> float:
        """Return how much all words of a name weigh."""
        return float(self.arrays.totals[name])

    def likeness(self, word: Word) -> Likeness:
        """Return which words of the registry a word may be."""
        number = self.number.get(word.form)
        if number is None:
            return self._words_like(word.form)
        found = {number: 1.0}
        for relative in tables().near.get(word.form, ()):
            if (near := self.number.get(relative)) is not None:
                found.setdefault(near, _NEAR)
        if len(word.form) >= _SLIPS_FROM and len(self._holders(number)) <= _RARE:
            for like, how in self._words_like(word.form).items():
                found.setdefault(like, how)
        return found

    def _words_like(self, form: str) -> dict[int, float]:
        if form in self._alike:
            return self._alike[form]
        found: dict[int, float] = {}
        if form.isascii() and form.isalpha():
            if len(form) >= _BEGINNING:
                begun = _beginning(self._sorted, form)
                if len(begun) <= _BEGUN_AT_MOST:
                    found = dict.fromkeys((self.number[one] for one in begun), _BEGINS)
            if len(form) >= _SLIPS_FROM:
                slips = 1 if len(form) < _TWO_SLIPS_FROM else 2
                for like, distance, _ in process.extract(
                    form, self._spelt_near(form, slips), scorer=OSA.distance, score_cutoff=slips, limit=8
                ):
                    number = self.number[like]
                    found[number] = max(found.get(number, 0.0), 1 - _SLIP * distance)
        self._alike[form] = found
        return found

    def _spelt_near(self, form: str, slips: int) -> list[str]:
        """Return words that begin or end as a word does: one slip leaves one of its halves as it is.

        Two leave one of its outer thirds, unless one is in each.
        """
        same = (len(form) - 1) // 2 if slips == 1 else len(form) // 3
        ending = (one[::-1] for one in _beginning(self._turned, form[: -same - 1 : -1]))
        return sorted({*_beginning(self._sorted, form[:same]), *ending})

    def spans(self, text: Text, limit: int) -> list[Span]:
        """Return where the names of which most stands in a text stand there, the likeliest first."""
        if not len(self.arrays.totals) or not text.words:
            return []
        shared = np.zeros(len(self.arrays.totals), np.float32)
        for number, how in text.said.items():
            shared[self._holders(number)] += np.float32(self.weights[number] * how)
        cover = shared / self.arrays.totals
        likely = shared * cover**3
        limit = min(limit, len(likely))
        chosen = np.argpartition(-likely, limit - 1)[:limit]
        chosen = chosen[cover[chosen] > _LEAST_COVER]
        chosen = chosen[np.argsort(-likely[chosen], kind="stable")]
        return [span for name in chosen.tolist() if (span := self._span(text, name)) is not None]

    def _span(self, text: Text, name: int) -> Span | None:
        """Return the stretch of the text that says most of a name and least else."""
        wanted = frozenset(self.words_of(name))
        hits: list[tuple[int, int, float]] = []
        for place, likeness in enumerate(text.likeness):
            several = [(how, number) for number, how in likeness.items() if number in wanted]
            if several:
                how, number = max(several)
                hits.append((place, number, how))
        best: Span | None = None
        for first, (start, _, _) in enumerate(hits):
            found: dict[int, tuple[int, float]] = {}
            said = used = 0.0
            for place, number, how in hits[first:]:
                gap = max(0.0, text.before[place + 1] - text.before[start] - used - text.weights[place])
                crossed = text.words[place].segment - text.words[start].segment
                if said - _GAP * gap - _CROSSING * crossed < _WORST:
                    break
                if number in found:
                    if how > found[number][1]:
                        found[number] = (place, how)
                    continue
                found[number] = (place, how)
                said += self.weights[number] * how
                used += text.weights[place]
                score = said - _GAP * gap - _CROSSING * crossed
                if best is None or score > best.score + 1e-6:
                    best = Span(name, start, place + 1, dict(found), score)
        return best


def _beginning(words: Sequence[str], how: str) -> Sequence[str]:
    """Return which of sorted words begin so."""
    return words[bisect_left(words, how) : bisect_left(words, how + "\x7f")]


def rarity(word: Word) -> float:
    """Return how telling a word is in names of organisations: the same for every registry."""
    return tables().rarity.get(word.form, tables().rarest)


def is_place(word: Word, town: frozenset[str]) -> bool:
    """Return whether a word only says where an organisation is."""
    return word.form in town or word.kind is WordKind.COUNTRY
