"""What a file can say: plain values, where each of them stands, and what stands where one could not be read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from datetime import date

Loc: TypeAlias = tuple[str | int, ...]
"""The way from the top of a file to a value: keys and list indices."""


class Broken:
    """What stands where a value could not be read."""


BROKEN: Final = Broken()

Plain: TypeAlias = "dict[str, Plain] | tuple[Plain, ...] | str | int | date | Broken | None"
"""What a file can say; a boolean is an integer to Python's types."""


class Partial(dict[str, Plain]):
    """A mapping with a key that could not be read."""


def broken_in(data: Plain) -> frozenset[Loc]:
    """Return the places where something could not be read."""
    return frozenset(_broken(data, ()))


def _broken(data: Plain, loc: Loc) -> Iterator[Loc]:
    match data:
        case Broken():
            yield loc
        case dict():
            if isinstance(data, Partial):
                yield loc
            for key, value in data.items():
                yield from _broken(value, (*loc, key))
        case tuple():
            for number, value in enumerate(data):
                yield from _broken(value, (*loc, number))
