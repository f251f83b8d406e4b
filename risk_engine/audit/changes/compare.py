"""Two criteria sets to the single edits that make the later one of the earlier: none is missed, none is guessed."""

from typing import Any, TypeAlias, get_args

from pydantic import BaseModel

from risk_engine.audit.changes.lists import labelled
from risk_engine.audit.changes.names import named
from risk_engine.audit.changes.readers import Readership
from risk_engine.audit.changes.renames import renames
from risk_engine.model.changes import Edit, Layer, Step
from risk_engine.model.conditions import Node, ParameterRef
from risk_engine.model.criteria import Authorship, AwarenessRule, CriteriaSet, Indicator, Option, Records
from risk_engine.model.facts import RuleFact
from risk_engine.model.ladders import InForce, LevelRef, SetHead, SeverityPoints
from risk_engine.model.sources import Citation
from risk_engine.model.tables import Column, DatedValue, Parameter, Row
from risk_engine.model.texts import texts_of
from risk_engine.model.words import Period

Loc: TypeAlias = tuple[Step, ...]

_ATOMS = (*get_args(Node), Option, Citation, Authorship, Period, InForce, Records, ParameterRef, LevelRef)
"""Records that change as a whole: no part of one means anything without the others."""
_LAYERS: dict[tuple[type, str], Layer] = {
    (SetHead, "schema_"): "release",
    (SetHead, "id"): "release",
    (SetHead, "version"): "release",
    (SetHead, "in_force"): "release",
    (SetHead, "language"): "words",
    (SeverityPoints, "titles"): "words",
    (CriteriaSet, "sources"): "words",
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
_OUTSIDE = frozenset({"digest", "places", "path", "bundle"})
"""What a set holds of its files; it is no part of what they say."""


def compare(before: CriteriaSet, after: CriteriaSet) -> tuple[Edit, ...]:
    """Return every single change between two sets, in the order of the later one, what is gone after what is there."""
    comparison = _Comparison(before, after)
    comparison.part((), before, after, None)
    return renames(comparison.edits)


class _Comparison:
    """Walks through two sets side by side."""

    def __init__(self, before: CriteriaSet, after: CriteriaSet) -> None:
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
                    if not (isinstance(one, CriteriaSet) and name in _OUTSIDE):
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
