"""One case as two versions state it: each leaves out what it does not know, and what it does not ask."""

from collections.abc import Mapping
from typing import Any


def united(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what either of two statements of a case says; they never contradict each other."""
    return {name: _both(before.get(name), after.get(name)) for name in dict.fromkeys((*after, *before))}


def _both(before: Any, after: Any) -> Any:
    match before, after:
        case dict(), dict():
            return {**after, **before}
        case tuple(), tuple():
            there = {one["id"]: one for one in before}
            merged = tuple({**one, **there.get(one["id"], {})} for one in after)
            return (*merged, *(one for name, one in there.items() if name not in {other["id"] for other in after}))
        case _:
            return before if after is None else after
