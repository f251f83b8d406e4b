"""Work that depends on nothing but a criteria set is done once for the set, not once for every case."""

from collections.abc import Callable
from typing import TypeVar

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
