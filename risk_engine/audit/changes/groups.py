"""Which edits can be made without all others, so that each change can be held against the earlier version by itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, cast

from risk_engine.audit.changes.apply import apply
from risk_engine.audit.changes.uses import declares, uses
from risk_engine.loading.checks import Context, check_all, check_head
from risk_engine.model.changes import Edit
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import Document, parse

Group: TypeAlias = tuple[Edit, ...]
"""Edits that can be made together and without all others, in the order in which they were found."""

_ONLY_DECLARE = {"entity", "fact", "definition", "parameter", "control", "table", "column", "row", "source"}
_ONLY_DECLARE |= {"dimension", "ground", "asked_of"}
"""What does nothing by itself, as long as no rule uses it."""


def groups(before: CriteriaSet, edits: Sequence[Edit]) -> tuple[Group, ...]:
    """Return the smallest groups of edits of the structure that can be made alone: an edit with all that it needs.

    An edit needs those that declare what it uses, those that stop using what it takes away, and any other without which
    the set could not be loaded. What only declares something that another edit uses makes no group of its own. An edit
    may be in several groups; `apply(before, group)` makes one of them.
    """
    needs = _needs(before, edits)
    is_sound = is_loadable(before)
    found: dict[frozenset[int], int] = {}
    for number, one in enumerate(edits):
        if one.layer == "structure":
            closed = _closed({number}, needs)
            if is_sound and not is_loadable(apply(before, _these(edits, closed))):
                closed = _least(before, edits, closed, needs)
            found.setdefault(closed, number)
    return tuple(
        _these(edits, closed)
        for closed, number in found.items()
        if not (_only_declares(edits[number]) and any(closed < other for other in found))
    )


def is_loadable(criteria: CriteriaSet) -> bool:
    """Return whether a set hangs together: whether the loader would find no problem in it."""
    documents = cast("Mapping[str, Document]", defaultdict(lambda: parse("{}", "")))
    files = {name: place.partition(":")[0] for name, place in criteria.places.items()}
    context = Context(criteria, documents, dict.fromkeys(criteria.indicators, "") | files)
    check_head(context)
    check_all(context)
    return not context.problems


def _needs(before: CriteriaSet, edits: Sequence[Edit]) -> dict[int, set[int]]:
    """Return for the number of each edit those of the edits that it cannot do without."""
    after = apply(before, edits)
    used_before = [set(uses(one.loc, one.before, before)) if one.kind != "reordered" else set() for one in edits]
    used_after = [set(uses(one.loc, one.after, after)) if one.kind != "reordered" else set() for one in edits]
    declaring = {name: n for n, one in enumerate(edits) if one.kind == "added" for name in declares(one.loc, one.after)}
    ending = {name: n for n, one in enumerate(edits) if one.kind == "removed" for name in declares(one.loc, one.before)}
    needs: dict[int, set[int]] = defaultdict(set)

    def need(one: int, other: int) -> None:
        if one != other:
            needs[one].add(other)

    for number, (old, new) in enumerate(zip(used_before, used_after, strict=True)):
        for name in new - old:
            if name in declaring:
                need(number, declaring[name])
                if name[0] == "column":  # a column that no fact reads is refused
                    need(declaring[name], number)
        for name in old - new:
            if name in ending:
                need(ending[name], number)
                if name[0] == "column":
                    need(number, ending[name])
    return needs


def _closed(chosen: set[int], needs: Mapping[int, set[int]]) -> frozenset[int]:
    """Return edits with all that they need, and what that needs in turn."""
    found, waiting = set(chosen), list(chosen)
    while waiting:
        more = needs.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return frozenset(found)


def _least(
    before: CriteriaSet, edits: Sequence[Edit], closed: frozenset[int], needs: Mapping[int, set[int]]
) -> frozenset[int]:
    """Return edits with no more of the others than the set needs to be loaded: all, then as few as can be."""
    left, tried = frozenset(range(len(edits))), frozenset[int]()
    while tried != left:  # what could not go as long as another one was there can go after it
        tried = left
        for number in _far_first(edits, closed):
            if number in left:
                # Without an edit none can stay that needs it.
                fewer = frozenset(one for one in left if number not in _closed({one}, needs))
                if closed <= fewer and is_loadable(apply(before, _these(edits, fewer))):
                    left = fewer
    return left


def _far_first(edits: Sequence[Edit], closed: frozenset[int]) -> Iterator[int]:
    """Yield the edits that are not among these, those of other records first: what goes together is mostly near."""
    records = {edits[one].record for one in closed}
    others = [one for one in range(len(edits)) if one not in closed]
    yield from sorted(others, key=lambda one: edits[one].record in records)


def _these(edits: Sequence[Edit], numbers: frozenset[int]) -> Group:
    return tuple(edits[one] for one in sorted(numbers))


def _only_declares(edit: Edit) -> bool:
    if edit.kind != "added":
        return False
    declared = {kind for kind, _name in declares(edit.loc, edit.after)} - {"option"}
    return bool(declared) and declared <= _ONLY_DECLARE
