"""Where the names of a registry may stand in a text: words of the text in, spans of it out, the likeliest names first.

A name is looked up by its words (`names.read`), not by its letters: a text of twenty words holds a name of four, so
what counts is how much of the name stands in the text. A word that no name has is taken for one that it begins
("technol") or from which it differs by a letter or two.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from risk_engine.screening.names import NameText, Word, WordKind, read, tables

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
        for place, (word, after) in enumerate(zip(self.words, self.words[1:], strict=False)):
            joined = index.number.get(word.text + after.text)
            if joined is not None and word.segment == after.segment:  # "Tian Jin"
                for one in (place, place + 1):
                    self.likeness[one] = {joined: _JOINED, **self.likeness[one]}


class WordIndex:
    """Names by their words; a name is known by its place in what the index was built from."""

    def __init__(self, names: Sequence[NameText]) -> None:
        self.names = tuple(names)
        self.number: dict[str, int] = {}
        """The number of each word."""
        self.ids: list[tuple[int, ...]] = []
        """The words of each name, by number."""
        holders: list[list[int]] = []
        weights: list[float] = []
        for name, text in enumerate(names):
            ids = []
            for word in text.words:
                if word.form not in self.number:
                    self.number[word.form] = len(holders)
                    holders.append([])
                    weights.append(rarity(word))
                ids.append(self.number[word.form])
            self.ids.append(tuple(ids))
            for one in set(ids):
                holders[one].append(name)
        self.weights = weights
        self._holders: list[_Numbers] = [np.array(some, np.int32) for some in holders]
        self._totals = np.array([sum(weights[one] for one in set(ids)) for ids in self.ids], np.float32)
        self._sorted = sorted(word for word in self.number if len(word) > _BEGINNING and word.isascii())
        self._alike: dict[str, dict[int, float]] = {}

    def total(self, name: int) -> float:
        """Return how much all words of a name weigh."""
        return float(self._totals[name])

    def likeness(self, word: Word) -> Likeness:
        """Return which words of the registry a word may be."""
        number = self.number.get(word.form)
        if number is None:
            return self._words_like(word.form)
        found = {number: 1.0}
        for relative in tables().near.get(word.form, ()):
            if (near := self.number.get(relative)) is not None:
                found.setdefault(near, _NEAR)
        if len(word.form) >= _SLIPS_FROM and len(self._holders[number]) <= _RARE:
            for like, how in self._words_like(word.form).items():
                found.setdefault(like, how)
        return found

    def _words_like(self, form: str) -> dict[int, float]:
        if form in self._alike:
            return self._alike[form]
        found: dict[int, float] = {}
        if form.isascii() and form.isalpha():
            if len(form) >= _BEGINNING:
                first = bisect_left(self._sorted, form)
                last = bisect_left(self._sorted, form + "\x7f")
                if last - first <= _BEGUN_AT_MOST:
                    found = dict.fromkeys((self.number[one] for one in self._sorted[first:last]), _BEGINS)
            if len(form) >= _SLIPS_FROM:
                slips = 1 if len(form) < _TWO_SLIPS_FROM else 2
                for like, distance, _ in process.extract(
                    form, self._sorted, scorer=OSA.distance, score_cutoff=slips, limit=8
                ):
                    number = self.number[like]
                    found[number] = max(found.get(number, 0.0), 1 - _SLIP * distance)
        self._alike[form] = found
        return found

    def spans(self, text: Text, limit: int) -> list[Span]:
        """Return where the names of which most stands in a text stand there, the likeliest first."""
        if not self.names or not text.words:
            return []
        best: dict[int, float] = {}
        for likeness in text.likeness:
            for number, how in likeness.items():
                best[number] = max(how, best.get(number, 0.0))
        shared = np.zeros(len(self.names), np.float32)
        for number, how in best.items():
            shared[self._holders[number]] += np.float32(self.weights[number] * how)
        cover = shared / self._totals
        likely = shared * cover**3
        limit = min(limit, len(likely))
        chosen = np.argpartition(-likely, limit - 1)[:limit]
        chosen = chosen[cover[chosen] > _LEAST_COVER]
        chosen = chosen[np.argsort(-likely[chosen], kind="stable")]
        return [span for name in chosen.tolist() if (span := self._span(text, name)) is not None]

    def _span(self, text: Text, name: int) -> Span | None:
        """Return the stretch of the text that says most of a name and least else."""
        wanted = frozenset(self.ids[name])
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


def rarity(word: Word) -> float:
    """Return how telling a word is in names of organisations: the same for every registry."""
    return tables().rarity.get(word.form, tables().rarest)


def is_place(word: Word, town: frozenset[str]) -> bool:
    """Return whether a word only says where an organisation is."""
    return word.form in town or word.kind is WordKind.COUNTRY
