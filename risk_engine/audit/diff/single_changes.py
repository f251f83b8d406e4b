"""The single changes between two versions: which can be made without all others, and what each does by itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias, cast

from pydantic import BaseModel

from risk_engine.audit.diff.edits import compare
from risk_engine.audit.diff.targets import Target
from risk_engine.audit.diff.uses import declares, uses
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.plain import digest
from risk_engine.files.source import Document, parse
from risk_engine.loading.checks import set_problems
from risk_engine.model.case import Case, case_model
from risk_engine.model.changes import Edit, Step
from risk_engine.model.criteria import Criteria
from risk_engine.solver.confirm import Replayed, case_from


def apply(before: Criteria, edits: Iterable[Edit]) -> Criteria:
    """Return the earlier set with some of the edits that `compare` found; with all of them it says what the later does.

    Parts in which nothing changes stay the same objects. Whether the result hangs together is not looked at: `groups`
    says which edits can be made without others. It lies in no folder, and its digest is its own.
    """
    chosen = tuple(edits)
    made = cast("Criteria", _part(before, chosen, 0))
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


Group: TypeAlias = tuple[Edit, ...]
"""Edits that can be made together and without all others, in the order in which they were found."""

_MOST_LOADED = 200
"""So many sets are tried to make groups smaller; one of sixty indicators takes a fortieth of a second."""
_ONLY_DECLARE = {"entity", "fact", "definition", "parameter", "control", "table", "column", "row", "source"}
_ONLY_DECLARE |= {"dimension", "ground", "asked_of"}
"""What does nothing by itself, as long as no rule uses it."""


def groups(before: Criteria, edits: Sequence[Edit]) -> tuple[Group, ...]:
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


def is_loadable(criteria: Criteria) -> bool:
    """Return whether a set hangs together: whether the loader would find no problem in it."""
    documents = cast("Mapping[str, Document]", defaultdict(lambda: parse("{}", "")))
    files = {name: place.partition(":")[0] for name, place in criteria.places.items()}
    return not set_problems(criteria, documents, dict.fromkeys(criteria.indicators, "") | files)


def _needs(before: Criteria, edits: Sequence[Edit]) -> dict[int, set[int]]:
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

    def __init__(self, before: Criteria, edits: Sequence[Edit]) -> None:
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


_WITHOUT_RESULT = frozenset({"awareness", "invariants", "sources"})
"""The parts of a set that no result depends on."""


class Causes:
    """The single changes between two versions, each held against the earlier version by itself."""

    def __init__(self, before: Criteria, after: Criteria) -> None:
        """Take the earlier and the later version."""
        self.before = before
        self.after = after
        self._done: dict[str, list[tuple[str, Worked]]] = {}

    @cached_property
    def alone(self) -> list[tuple[str, Criteria, type[Case]]]:
        """What each change that can be made alone is called, with the earlier version that has it and its cases."""
        edits = [
            one
            for one in compare(self.before, self.after)
            if one.layer == "structure" and one.loc[0] not in _WITHOUT_RESULT
        ]
        changed = [(group[0].name, apply(self.before, group)) for group in groups(self.before, edits)]
        return [(name, criteria, case_model(criteria)) for name, criteria in dict(changed[::-1]).items()][::-1]

    def of(self, target: Target, old: Replayed, new: Replayed) -> tuple[str, ...]:
        """Return the changes that alone make the case come out otherwise, in the same direction as all together."""
        was, now = target.places(old.worked), target.places(new.worked)
        return tuple(name for name, worked in self._worked(old) if _is_like(was, target.places(worked), now))

    def _worked(self, old: Replayed) -> list[tuple[str, Worked]]:
        """Return what a case comes to under each change alone; a case that shows several things is worked out once."""
        key = f"{old.worked.on} {old.data}"
        if key not in self._done:
            self._done[key] = []
            for name, changed, model in self.alone:
                try:
                    case = case_from(old.data, changed, model)
                    self._done[key].append((name, work(case, changed, old.worked.on, old.worked.profile)))
                except (RiskEngineError, ValueError):
                    continue  # this change alone does not read the case, so it cannot be the one
        return self._done[key]


def _is_like(was: tuple[int, ...], alone: tuple[int, ...], now: tuple[int, ...]) -> bool:
    """Return whether a change alone moves something that all together move, the same way."""
    return any((one - start) * (end - start) > 0 for start, one, end in zip(was, alone, now, strict=True))
