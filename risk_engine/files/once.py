"""Work that depends on nothing but a criteria set is done once for the set, not once for every case."""

from collections import deque
from collections.abc import Callable
from typing import TypeVar

A = TypeVar("A")
K = TypeVar("K")
V = TypeVar("V")

KEPT = 8
"""So many results of one function are kept: a process works with few sets at a time."""


def once(function: Callable[[K], V]) -> Callable[[K], V]:
    """Return the function, computed once for each of the objects it was last asked about.

    An object stands for itself, not for its like: models are frozen, and a changed copy is another object. It is kept
    with the result, so that no later object can take its identity.
    """
    kept: dict[int, tuple[K, V]] = {}

    def remembered(of: K) -> V:
        held = kept.get(id(of))
        if held is None:
            while len(kept) >= KEPT:
                kept.pop(next(iter(kept)), None)
            held = kept[id(of)] = of, function(of)
        return held[1]

    return remembered


def once_of_each(function: Callable[[A, K], V]) -> Callable[[A, K], V]:
    """Return the function, computed once for each of the last values it was asked about, under one object.

    The value stands for its like, so that one that was read again is known; the object for itself, as in `once`.
    """
    kept: deque[tuple[A, K, V]] = deque(maxlen=KEPT)

    def remembered(value: A, of: K) -> V:
        for known, under, found in tuple(kept):
            if under is of and known == value:
                return found
        made = function(value, of)
        kept.append((value, of, made))
        return made

    return remembered
