"""What is gone and what is new, all else equal: that looks like a rename, and whether it is one, people say."""

from collections.abc import Iterable, Iterator
from typing import Any

from risk_engine.canonical import canonical
from risk_engine.model.changes import Edit, Step, plain


def renames(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits with a hint at each pair of which one is gone and one is new while all else is equal."""
    listed = tuple(edits)
    pairs = dict(_pairs(listed))
    return tuple(
        one.model_copy(update={"looks_renamed": f"{pairs[one.name].loc[-1]}"}) if one.name in pairs else one
        for one in listed
    )


def _pairs(edits: tuple[Edit, ...]) -> Iterator[tuple[str, Edit]]:
    alike: dict[tuple[tuple[Step, ...], bytes], list[Edit]] = {}
    for one in edits:
        if one.kind in {"added", "removed"} and _has_a_name(one):
            value = one.after if one.before is None else one.before
            alike.setdefault((one.loc[:-1], _nameless(value, f"{one.loc[-1]}")), []).append(one)
    for found in alike.values():
        if sorted(one.kind for one in found) == ["added", "removed"]:  # of three alike nobody knows which is which
            first, second = found
            yield first.name, second
            yield second.name, first


def _has_a_name(edit: Edit) -> bool:
    """Return whether an edit is of something that is known by a name of its own: a cell or a number is not."""
    match edit.loc:
        case ("tables", _, "columns", _, "values", *_) | ("head", "severity" | "roles", *_):
            return False
        case ("invariants", "undirected", *_):
            return False
        case (("entities" | "tables" | "ladders" | "invariants"), _, _, _):
            return True
        case ("entities", _, "facts", _, "options", _):
            return True
        case ("head", _, _) | (_, _) | ("invariants", _, _):
            return edit.loc[0] != "head" or len(edit.loc) > len(("head", "id"))
        case _:
            return False


def _nameless(value: Any, name: str) -> bytes:
    """Return a value as text in which the facts of an entity do not say which entity it is."""
    return canonical(plain(value)).replace(f'"{name}.'.encode(), b'".')
