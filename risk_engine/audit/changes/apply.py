"""Some of the edits between two criteria sets made on the earlier one: what a single change does by itself."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from pydantic import BaseModel

from risk_engine.canonical import digest
from risk_engine.model.changes import Edit, Step
from risk_engine.model.criteria import CriteriaSet


def apply(before: CriteriaSet, edits: Iterable[Edit]) -> CriteriaSet:
    """Return the earlier set with some of the edits that `compare` found; with all of them it says what the later does.

    Parts in which nothing changes stay the same objects. Whether the result hangs together is not looked at: `groups`
    says which edits can be made without others. It lies in no folder, and its digest is its own.
    """
    chosen = tuple(edits)
    made = cast("CriteriaSet", _part(before, chosen, 0))
    own = digest([before.digest, *([one.name, one.model_dump(mode="json")] for one in chosen)])
    return made.model_copy(update={"digest": own, "path": None, "bundle": None}) if chosen else before


def _part(value: Any, edits: Sequence[Edit], depth: int) -> Any:
    """Return a part with the edits that lie `depth` steps down or deeper."""
    for one in edits:
        if len(one.loc) == depth and one.kind != "reordered":
            return one.after
    match value:
        case BaseModel():
            names: dict[Step, str] = {field.alias or name: name for name, field in type(value).model_fields.items()}
            made = {
                names[step]: _part(getattr(value, names[step]), within, depth + 1)
                for step, within in _by_step(edits, depth).items()
            }
            return value.model_copy(update=made)
        case tuple():
            return tuple(_entries(dict(enumerate(value)), edits, depth).values())
        case _:
            return _entries(value, edits, depth)


def _entries(value: dict[Any, Any], edits: Sequence[Edit], depth: int) -> dict[Any, Any]:
    entries = dict(value)
    added: list[Edit] = []
    for step, within in _by_step(edits, depth).items():
        first = within[0]
        if len(first.loc) > depth + 1 or first.kind in {"changed", "reordered"}:
            entries[step] = _part(entries[step], within, depth + 1)
        elif first.kind == "removed":
            del entries[step]
        else:
            added.append(first)
    for one in edits:
        if len(one.loc) == depth:
            entries = _reordered(entries, one.after)
    for one in added:
        entries = _with(entries, one)
    return entries


def _by_step(edits: Iterable[Edit], depth: int) -> dict[Step, list[Edit]]:
    found: dict[Step, list[Edit]] = {}
    for one in edits:
        if len(one.loc) > depth:
            found.setdefault(one.loc[depth], []).append(one)
    return found


def _reordered(entries: dict[Any, Any], order: Sequence[Step]) -> dict[Any, Any]:
    """Return entries in an order; what it does not name keeps its place."""
    named = [one for one in order if one in entries]
    wanted = iter(named)
    return {key: entries[key] for key in [next(wanted) if one in named else one for one in entries]}


def _with(entries: dict[Any, Any], added: Edit) -> dict[Any, Any]:
    """Return entries with a new one behind the nearest that stands before it in the later version."""
    keys = list(entries)
    place = next((keys.index(one) + 1 for one in added.follows if one in entries), 0)
    keys.insert(place, added.loc[-1])
    return {key: added.after if key == added.loc[-1] else entries[key] for key in keys}
