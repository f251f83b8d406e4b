"""Which edits can be made without all others, so that each change can be held against the earlier version by itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

from risk_engine.audit.changes.apply import apply
from risk_engine.audit.changes.uses import declares, uses
from risk_engine.loading.checks import Context, check_all, check_head
from risk_engine.model.changes import Edit
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import Document, parse

Group: TypeAlias = tuple[Edit, ...]
"""Edits that can be made together and without all others, in the order in which they were found."""

_MOST_LOADED = 200
"""So many sets are tried to make groups smaller; one of sixty indicators takes a fortieth of a second."""
_ONLY_DECLARE = {"entity", "fact", "definition", "parameter", "control", "table", "column", "row", "source"}
_ONLY_DECLARE |= {"dimension", "ground", "asked_of"}
"""What does nothing by itself, as long as no rule uses it."""


def groups(before: CriteriaSet, edits: Sequence[Edit]) -> tuple[Group, ...]:
    """Return the smallest groups of edits of the structure that can be made alone: an edit with all that it needs.

    An edit needs those that declare what it uses, those that stop using what it takes away, and any other without which
    the set could not be loaded. What only declares something that another edit uses makes no group of its own. An edit
    may be in several groups; `apply(before, group)` makes one of them. Between sets that have little in common, where
    looking for the smallest would take long, some groups are larger than they need be.
    """
    search = _Search(before, edits)
    found: dict[frozenset[int], int] = {}
    for number, one in enumerate(edits):
        if one.layer == "structure":
            found.setdefault(search.least(number), number)
    return tuple(
        search.these(closed)
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


def _closed(number: int, needs: Mapping[int, set[int]]) -> frozenset[int]:
    """Return an edit with all that it needs, and what that needs in turn."""
    found, waiting = {number}, [number]
    while waiting:
        more = needs.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return frozenset(found)


class _Search:
    """Looks for the fewest edits with which an edit can be made."""

    def __init__(self, before: CriteriaSet, edits: Sequence[Edit]) -> None:
        self._before = before
        self._edits = edits
        needs = _needs(before, edits)
        self._closed = [_closed(one, needs) for one in range(len(edits))]
        self._is_sound = is_loadable(before)
        self._to_try = _MOST_LOADED
        self._known = [frozenset(range(len(edits)))]
        """Edits that can be made together."""

    def these(self, numbers: frozenset[int]) -> Group:
        """Return edits by their numbers, in order."""
        return tuple(self._edits[one] for one in sorted(numbers))

    def least(self, number: int) -> frozenset[int]:
        """Return the numbers of the fewest edits with which this one can be made."""
        closed = self._closed[number]
        if not self._is_sound or self._can_be_made(closed):
            return closed
        found = self._fewer(closed, min((one for one in self._known if closed <= one), key=len))
        self._known.append(found)
        return found

    def _can_be_made(self, numbers: frozenset[int]) -> bool:
        return is_loadable(apply(self._before, self.these(numbers)))

    def _fewer(self, closed: frozenset[int], left: frozenset[int]) -> frozenset[int]:
        """Return as few edits as can be that hold some: from what can be made, ever smaller parts are left out."""
        size = len(left)
        while size > 1:
            size = (size + 1) // 2
            others = sorted(left - closed)
            for first in range(0, len(others), size):
                dropped = set(others[first : first + size]) & left
                # Without an edit none can stay that needs it.
                fewer = frozenset(one for one in left if dropped.isdisjoint(self._closed[one]))
                if self._to_try and dropped and closed <= fewer:
                    self._to_try -= 1
                    left = fewer if self._can_be_made(fewer) else left
            if size == 1 and set(others) - left:  # what could not go as long as another one was there can go after it
                size = 2
        return left


def _only_declares(edit: Edit) -> bool:
    if edit.kind != "added":
        return False
    declared = {kind for kind, _name in declares(edit.loc, edit.after)} - {"option"}
    return bool(declared) and declared <= _ONLY_DECLARE
