"""Several small numbers in few words, all of which are added up together, and words by the number of a state."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint64]
WORD = 63
"""So many bits of a word are used."""


class Fields:
    """Which bits of which word each of several numbers takes."""

    def __init__(self, widths: Sequence[int]) -> None:
        """Take the width of each number, which is that of its sum over all that is added."""
        self.places: list[tuple[int, int, int]] = []
        word, used = 0, 0
        for width in widths:
            if used + width > WORD:
                word, used = word + 1, 0
            self.places.append((word, used, width))
            used += width
        self.words = word + 1

    def packed(self, numbers: Iterable[int]) -> list[int]:
        """Return words that hold these numbers."""
        found = [0] * self.words
        for (word, at, _width), number in zip(self.places, numbers, strict=True):
            found[word] |= number << at
        return found

    def zeros(self, number: int) -> list[Words]:
        """Return words of so many cases to which nothing was added yet."""
        return [np.zeros(number, np.uint64) for _ in range(self.words)]

    def taken(self, words: Sequence[Words], place: int) -> Numbers:
        """Return one of the numbers, of every case."""
        word, at, width = self.places[place]
        return ((words[word] >> np.uint64(at)) & np.uint64((1 << width) - 1)).view(np.int64)


class Lookup:
    """Words by the number of a state, each worked out when the state first occurs."""

    def __init__(self, words: int, bases: Sequence[int], worked_out: Callable[[list[int]], list[int]]) -> None:
        """Take how many words a state has, the digits of its number, and what works them out from these digits."""
        self._bases = tuple(bases)
        self._worked_out = worked_out
        states = int(np.prod(self._bases))
        self._known = np.zeros(states, bool)
        self._words = np.zeros((words, states), np.uint64)

    def of(self, digits: Sequence[NDArray[Any]]) -> list[Words]:
        """Return the words of states by their digits."""
        state = np.zeros(len(digits[0]), np.intp)
        for digit, base in zip(reversed(digits), reversed(self._bases), strict=True):
            state *= base
            state += digit
        if not self._known[state].all():
            for new in np.unique(state[~self._known[state]]):
                self._words[:, new] = self._worked_out(self._digits(int(new)))
                self._known[new] = True
        return [one.take(state) for one in self._words]

    def _digits(self, state: int) -> list[int]:
        found: list[int] = []
        for base in self._bases:
            state, digit = divmod(state, base)
            found.append(digit)
        return found


def add(totals: Iterable[Words], words: Iterable[Words]) -> None:
    """Add words to totals, in place."""
    for total, word in zip(totals, words, strict=True):
        np.add(total, word, out=total)
