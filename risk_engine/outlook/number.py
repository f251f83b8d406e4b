"""A number of the criteria that can be moved, to see whether a result depends on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from risk_engine.engine.replay import Levels

What: TypeAlias = Literal["parameter", "points", "band", "cap"]


@dataclass(frozen=True)
class Number:
    """A number of the criteria that can be moved."""

    what: What
    name: str
    title: str
    value: int
    lowest: int
    """Below it, or above the highest, no criteria could have it: the loader would refuse them."""
    highest: int | None
    came_to: Callable[[int], Levels]
    """What headline and gate come to with another value."""
    changes: Callable[[int], Iterable[int]]
    """The values from here outward to an end at which something about the case may begin to be otherwise."""

    def clipped(self, value: int) -> int:
        """Return the nearest value that criteria may have."""
        value = max(value, self.lowest)
        return value if self.highest is None else min(value, self.highest)
