"""One form for the same data everywhere (RFC 8785), and its SHA-256 digest."""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson

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
