"""Two criteria sets to the single edits that make the later one of the earlier: none is missed, none is guessed."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias, assert_never, get_args

from pydantic import BaseModel

from risk_engine.audit.diff.uses import Readership, named
from risk_engine.files.plain import canonical
from risk_engine.model.changes import Edit, Layer, Step, plain
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    children,
)
from risk_engine.model.criteria import Authorship, AwarenessRule, Criteria, Indicator, Option, Records
from risk_engine.model.facts import RuleFact
from risk_engine.model.ladders import InForce, Ladder, LevelRef, Rule, SetHead, SeverityPoints
from risk_engine.model.tables import Citation, Column, DatedValue, Parameter, Row
from risk_engine.model.translation import texts_of
from risk_engine.model.words import Deprecation, FormerFact, FormerName, Period

Loc: TypeAlias = tuple[Step, ...]

_ATOMS = (
    *(*get_args(Node), Option, Citation, Authorship, Period, InForce, Records, ParameterRef, LevelRef),
    *(FormerName, FormerFact, Deprecation),
)
"""Records that change as a whole: no part of one means anything without the others."""
_LAYERS: dict[tuple[type, str], Layer] = {
    (SetHead, "schema_"): "release",
    (SetHead, "id"): "release",
    (SetHead, "version"): "release",
    (SetHead, "in_force"): "release",
    (SetHead, "language"): "words",
    (SeverityPoints, "titles"): "words",
    (Criteria, "sources"): "words",
    (Indicator, "sources"): "words",
    (Indicator, "author"): "words",
    (AwarenessRule, "sources"): "words",
    (Parameter, "source"): "words",
    (DatedValue, "source"): "words",
    (Column, "source"): "words",
    (Column, "as_of"): "words",
    **dict.fromkeys(((one, "changeable") for one in get_args(RuleFact)), "words"),
    (Row, "name"): "structure",
}
"""What is no rule though no text either: it says what rules rest on, or which version this is. A case may name a row by
its name, so that is more than a text. What a redesign can change decides no case: it says what may be advised."""
_OUTSIDE = frozenset({"digest", "places", "path", "bundle", "is_draft", "is_withdrawn"})
"""What a set holds of its files; it is no part of what they say."""


def compare(before: Criteria, after: Criteria) -> tuple[Edit, ...]:
    """Return every single change between two sets, in the order of the later one, what is gone after what is there."""
    comparison = _Comparison(before, after)
    comparison.part((), before, after, None)
    return renames(comparison.edits)


class _Comparison:
    """Walks through two sets side by side."""

    def __init__(self, before: Criteria, after: Criteria) -> None:
        self.edits: list[Edit] = []
        self._texts = frozenset(loc for one in (before, after) for loc, _text in texts_of(one))
        self._readership = Readership(before, after)

    def part(self, loc: Loc, one: Any, other: Any, layer: Layer | None) -> None:
        """Note how a part of the later set differs from that of the earlier one; `layer` is what its owner says."""
        if one is other:
            return
        match one, other:
            case BaseModel(), BaseModel() if type(one) is type(other) and not isinstance(one, _ATOMS):
                for name, field in type(one).model_fields.items():
                    if not (isinstance(one, Criteria) and name in _OUTSIDE):
                        step = field.alias or name
                        said = layer or _LAYERS.get((type(one), name))
                        self.part((*loc, step), getattr(one, name), getattr(other, name), said)
            case dict(), dict():
                self._entries(loc, one, other, layer)
            case tuple(), tuple() if (pair := labelled(one, other)) is not None:
                self._entries(loc, *pair, layer)
            case _:
                if not _same(one, other):
                    is_text = loc in self._texts or (*loc, 0) in self._texts
                    kind = "added" if one is None else "removed" if other is None else "changed"
                    self._note(loc, kind, one, other, layer=layer or ("words" if is_text else "structure"))

    def _entries(self, loc: Loc, one: dict[Any, Any], other: dict[Any, Any], layer: Layer | None) -> None:
        before = [key for key in one if key in other]
        after = [key for key in other if key in one]
        seen: list[Step] = []
        for key, value in other.items():
            if key in one:
                self.part((*loc, key), one[key], value, layer)
            else:
                follows = tuple(reversed(seen))
                self._note((*loc, key), "added", None, value, layer=layer or "structure", follows=follows)
            seen.append(key)
        for key, value in one.items():
            if key not in other:
                self._note((*loc, key), "removed", value, None, layer=layer or "structure")
        if before != after:
            self._note(loc, "reordered", tuple(before), tuple(after), layer=layer or "structure")

    def _note(self, loc: Loc, kind: Any, one: Any, other: Any, *, layer: Layer, follows: Loc = ()) -> None:
        record, place = named(loc)
        readers = self._readership.of(loc) if layer == "structure" else ()
        edit = Edit(
            kind=kind,
            layer=layer,
            record=record,
            place=place,
            loc=loc,
            before=one,
            after=other,
            read_by=tuple(reader for reader in readers if reader != record),
            follows=follows,
        )
        self.edits.append(edit)


def _same(one: Any, other: Any) -> bool:
    """Return whether two parts are written alike: `true` is not 1, though Python takes them for equal."""
    if type(one) is not type(other) or one != other:
        return False
    match one:
        case tuple():
            return all(map(_same, one, other))
        case BaseModel():
            return bool(one.model_dump_json() == other.model_dump_json())
        case _:
            return True


Labelled: TypeAlias = dict[Step, Any]
"""The entries of a list by what they are called in both: an index of the earlier list, or `+` and one of the later."""

_Key: TypeAlias = Callable[[Any], Hashable]

_KEYS: dict[type, tuple[_Key, ...]] = {
    Rule: (lambda one: one.when.model_dump_json(), lambda one: one.sentence, lambda one: (one.level, one.provisional)),
    Option: (lambda one: frozenset(one.all) or (one.when and one.when.model_dump_json()),),
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


def renames(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits with a hint at each pair of which one is gone and one is new while all else is equal."""
    listed = tuple(edits)
    pairs = dict(_gone_and_new(listed))
    return tuple(
        one.model_copy(update={"looks_renamed": f"{pairs[one.name].loc[-1]}"}) if one.name in pairs else one
        for one in listed
    )


def _gone_and_new(edits: tuple[Edit, ...]) -> Iterator[tuple[str, Edit]]:
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


# --- what two versions have in common ---


def decide_alike(ladder: Ladder, other: Ladder, before: Criteria, after: Criteria) -> bool:
    """Return whether a ladder of one version decides as one of another does, whatever the findings; words may differ.

    What a definition says may stand in its place, or the other way round: conditions are compared with their
    definitions opened.
    """
    return (
        tuple(ladder.levels) == tuple(other.levels)
        and ladder.otherwise.level == other.otherwise.level
        and [(rule.level, rule.provisional) for rule in ladder.rules]
        == [(rule.level, rule.provisional) for rule in other.rules]
        and all(
            say_the_same(rule.when, its.when, before, after)
            for rule, its in zip(ladder.rules, other.rules, strict=True)
        )
    )


def say_the_same(condition: Condition, other: Condition, before: Criteria, after: Criteria) -> bool:
    """Return whether conditions of two versions are the same once the definitions that they use are opened."""
    waiting: list[tuple[Condition, Condition]] = [(condition, other)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        one, its = waiting.pop()
        one, its = _opened(one, before), _opened(its, after)
        if (id(one), id(its)) in seen:
            continue
        seen.add((id(one), id(its)))
        if _apart_from_parts(one) != _apart_from_parts(its):
            return False
        waiting += zip((part for _steps, part in children(one)), (part for _steps, part in children(its)), strict=True)
    return True


def _opened(condition: Condition, criteria: Criteria) -> Node:
    while isinstance(condition, Holds):
        condition = criteria.definitions[condition.holds]
    return condition


def _apart_from_parts(node: Node) -> object:
    """Return what a condition says beside its parts."""
    match node:
        case Compare():
            return node
        case Quantifier(entity=entity, kind=kind, bound=bound):
            return entity, kind, bound
        case AllOf() | AnyOf() | Not() | Holds():
            return type(node), len(children(node))
        case _:
            assert_never(node)
