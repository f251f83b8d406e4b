"""Truths of many cases as bits: eight of them lie in a byte, and a step of NumPy takes all of a part out of the cache.

A truth is two planes of bits: where it must hold, and where it may. Unknown is what may hold and must not, so `&`, `|`
and `opposite` are Kleene's. Bits behind the last case or entry mean nothing.
"""

from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]
Held: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.uint8]
Places: TypeAlias = NDArray[np.int64]
ONE_IN = 8
"""Entries have a bit for every case as long as one case in so many has that many entries."""


def plane_of(held: Held) -> Plane:
    """Return truths as bits."""
    return np.packbits(held, bitorder="little")


def plane_at(places: Places, number: int) -> Plane:
    """Return a plane of so many bits, of which those in some places are set."""
    plane = everywhere(number, holds=False)
    np.bitwise_or.at(plane, places >> 3, np.uint8(1) << (places & 7).astype(np.uint8))
    return plane


def held_in(plane: Plane, number: int) -> Held:
    """Return the first bits of a plane as truths."""
    return np.unpackbits(plane, count=number, bitorder="little").view(np.bool_)


class Truth(NamedTuple):
    """Whether something must, and may, hold of each case or entry."""

    must: Plane
    may: Plane

    @property
    def opposite(self) -> "Truth":
        """Return the truth of the contrary."""
        return Truth(~self.may, ~self.must)

    @property
    def unknown(self) -> Plane:
        """Return where nobody knows."""
        return self.may & ~self.must

    def same(self, other: "Truth") -> Plane:
        """Return where another truth comes to the same."""
        return ~((self.must ^ other.must) | (self.may ^ other.may))


class Bits:
    """The bits of some places, of any plane."""

    def __init__(self, places: Places) -> None:
        """Take the places."""
        self._bytes = places >> 3
        self._at = (places & 7).astype(np.uint8)

    def codes(self, truth: Truth) -> Codes:
        """Return the truths there as numbers: no, unknown, yes."""
        return self.of(truth.must) + self.of(truth.may)

    def of(self, plane: Plane) -> Codes:
        """Return the bits there, a number for each."""
        return (plane.take(self._bytes) >> self._at) & np.uint8(1)


class Slots:
    """Where the entries of a list lie in planes: the first ones of all cases, then second ones, as long as many have.

    So what is said of a list is one step for each of these slots, and a plane of cases is one of the entries in a slot.
    What is left of longer lists lies behind them, case by case.
    """

    def __init__(self, first: Places) -> None:
        """Take where the entries of each case begin, and how many there are."""
        numbers, self._number_of_entries = np.diff(first), first[-1]
        self._number, self._width = len(numbers), -(-len(numbers) // 8)
        self._wide = 0
        while (reached := np.count_nonzero(numbers > self._wide)) and reached * ONE_IN >= self._number:
            self._wide += 1
        longer = np.flatnonzero(numbers > self._wide)
        left = numbers[longer] - self._wide
        self._case = np.repeat(longer, left)
        """The case of each entry that lies behind the slots."""
        before = np.repeat(np.cumsum(left) - left, left)
        rest = first[self._case] + self._wide + np.arange(len(self._case)) - before
        slots = np.zeros((self._wide, 8 * self._width), np.int64)
        for slot in range(self._wide):
            np.minimum(first[:-1] + slot, first[-1] - 1, out=slots[slot, : self._number])
        self.entries = np.concatenate([slots.ravel(), rest])
        """The entry of each bit; any where a case has fewer."""
        there = np.zeros(len(self.entries), bool)
        there[len(there) - len(rest) :] = True
        for slot in range(self._wide):
            there[8 * self._width * slot :][: self._number] = numbers > slot
        self.there = plane_of(there)
        """Which bits are those of an entry."""

    @cached_property
    def bits(self) -> Places:
        """The bit of each entry."""
        found = np.empty(self._number_of_entries, np.int64)
        lie = np.flatnonzero(held_in(self.there, len(self.entries)))
        found[self.entries[lie]] = lie
        return found

    def of_cases(self, plane: Plane) -> Plane:
        """Return a plane of cases as one of their entries."""
        behind = plane_of(held_in(plane, self._number)[self._case])
        return np.concatenate([*[plane] * self._wide, behind])

    def held_in(self, plane: Plane) -> Held:
        """Return a plane as truths of the entries, in their order."""
        return held_in(plane, len(self.entries))[self.bits]

    def so_many(self, plane: Plane, number: int) -> Plane:
        """Return of which cases so many entries have their bit."""
        plane = plane & self.there
        wide = self._wide * self._width
        slots = plane[:wide].reshape(self._wide, self._width)
        behind = self._case[held_in(plane[wide:], len(self._case))]
        if number == 1:
            found: Plane = np.bitwise_or.reduce(slots, axis=0)
            if behind.size:
                held = np.zeros(self._number, bool)
                held[behind] = True
                found |= plane_of(held)
            return found
        total = np.bincount(behind, minlength=self._number)
        for slot in slots:
            total += held_in(slot, self._number)
        return plane_of(total >= number)


def everywhere(number: int, *, holds: bool) -> Plane:
    """Return a plane of so many bits that are all alike."""
    return np.full(-(-number // 8), 255 if holds else 0, np.uint8)
