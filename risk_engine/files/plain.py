"""What a file can say: plain values, where each of them stands, what stands where one could not be read; their digest.

The same data have one form everywhere (RFC 8785).
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

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
    return frozenset(loc for loc, value in places_in(data) if isinstance(value, Broken | Partial))


def places_in(data: Any, depth: int | None = None, loc: Loc = ()) -> Iterator[tuple[Loc, Any]]:
    """Yield every place of plain data down to a depth, in order, with what stands there."""
    yield loc, data
    if len(loc) != depth:
        inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
        for step, value in inside:
            yield from places_in(value, depth, (*loc, step))


_BEYOND_BMP = tuple(bytes([lead]) for lead in range(0xF0, 0xF5))
"""The first byte, in UTF-8, of every character beyond the Basic Multilingual Plane, and of no other."""


def canonical(data: Any, plain: Callable[[Any], Any] | None = None) -> bytes:
    """Return the RFC 8785 JSON of plain data without floats; dates become ISO text, tuples lists.

    `plain` makes plain data of what is none. Raises TypeError for what JSON cannot hold, integers of more than 64 bits
    among it: no file may hold such.
    """
    text = orjson.dumps(data, plain, option=orjson.OPT_SORT_KEYS)
    # The bytes are those of the RFC but for one thing: keys are sorted by code point, in the RFC by UTF-16 unit, and
    # beyond the Basic Multilingual Plane these can differ.
    if any(lead in text for lead in _BEYOND_BMP):
        import rfc8785

        return rfc8785.dumps(orjson.loads(text))
    return text


def digest(data: Any, plain: Callable[[Any], Any] | None = None) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(data, plain)).hexdigest()
