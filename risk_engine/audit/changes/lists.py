"""Which entry of a later list is which of the earlier one, where entries have no name of their own."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeAlias

from risk_engine.model.changes import Step
from risk_engine.model.criteria import Option
from risk_engine.model.ladders import LevelRef, Rule
from risk_engine.model.tables import DatedValue

Labelled: TypeAlias = dict[Step, Any]
"""The entries of a list by what they are called in both: an index of the earlier list, or `+` and one of the later."""

_Key: TypeAlias = Callable[[Any], Hashable]

_KEYS: dict[type, tuple[_Key, ...]] = {
    Rule: (lambda one: one.when.model_dump_json(), lambda one: one.sentence, lambda one: (one.level, one.provisional)),
    Option: (lambda one: frozenset(one.all),),
    LevelRef: (),
}
"""By what entries are taken for the same one, beside being equal; the surest first."""


def labelled(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Labelled, Labelled] | None:
    """Return both lists with an entry of the same label in each where it is the same one.

    None where a list has no entries that could change by themselves: it is one thing then.
    """
    kinds = {type(one) for one in (*before, *after)}
    if kinds == {DatedValue}:
        # A history without gaps: its values can change one by one only where all of them keep their times.
        same_times = [(one.from_, one.until) for one in before] == [(one.from_, one.until) for one in after]
        return (dict(enumerate(before)), dict(enumerate(after))) if same_times else None
    kind = next(iter(kinds), None)
    if len(kinds) != 1 or kind not in _KEYS:
        return None
    pairs = _pairs(before, after, _KEYS[kind], by_place=kind is not LevelRef)
    return dict(enumerate(before)), {pairs.get(number, f"+{number}"): one for number, one in enumerate(after)}


def _pairs(before: Sequence[Any], after: Sequence[Any], keys: Sequence[_Key], *, by_place: bool) -> dict[int, int]:
    """Return for the index of each later entry that of the earlier one that it is."""
    found: dict[int, int] = {}

    def take(key: _Key) -> None:
        waiting: dict[Hashable, list[int]] = {}
        for old in sorted(set(range(len(before))) - set(found.values())):
            waiting.setdefault(key(before[old]), []).append(old)
        for new in range(len(after)):
            if new not in found and (same := waiting.get(key(after[new]))):
                found[new] = same.pop(0)

    for key in (lambda one: one.model_dump_json(), *keys):
        take(key)
    if by_place:
        found |= {new: old for old, new in _left(before, after, found)}
    return found


def _left(before: Sequence[Any], after: Sequence[Any], found: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Yield pairs of what is left: entries that follow on the same one, in order."""
    taken = set(found.values())
    old_after: dict[int, list[int]] = {}
    last = -1
    for old in range(len(before)):
        if old in taken:
            last = old
        else:
            old_after.setdefault(last, []).append(old)
    last = -1
    for new in range(len(after)):
        if new in found:
            last = found[new]
        elif same := old_after.get(last):
            yield same.pop(0), new
