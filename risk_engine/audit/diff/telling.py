"""The case that tells a difference: nothing is in it that the difference does not need, as the engine itself says."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from risk_engine.audit.diff.overlap import Overlap, union
from risk_engine.audit.diff.targets import Target
from risk_engine.engine.replay import worked_as_asked
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.case import answer
from risk_engine.model.facts import Entity
from risk_engine.solver.blanks import stated_entries
from risk_engine.solver.confirm import Replayed, contradictions, known_to
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Space

Data: TypeAlias = dict[str, Any]


class Told(NamedTuple):
    """A case as a person states it, and what the earlier and the later version make of what they ask of that."""

    stated: Data
    old: Replayed
    new: Replayed


class Difference(NamedTuple):
    """Where a case is otherwise than the base case: an answer, an entry of a list, a whole list, a control."""

    entity: str
    entry: str | None
    fact: str | None


class Trim:
    """Takes out of cases what they do without; what was worked out for one of them is known for the others."""

    def __init__(self, overlap: Overlap, space: Space) -> None:
        """Take what the versions have in common, and the space of both in which the cases were found."""
        self._overlap = overlap
        self._space = space
        self._done: dict[str, tuple[Replayed, Replayed] | None] = {}
        self._shown: list[Told] = []

    def trimmed(self, target: Target, old: Replayed, new: Replayed) -> Told:
        """Return a case that shows the same of a target, of which no difference from the base case can be taken out.

        The result that it shows is what both versions come to; and a case that both can read stays one. Where a case
        that is shown already does as well with as few differences, it is that one: a reader sees fewer of them.
        """
        told = Told(union(old.data, new.data), old, new)
        came = target.came(old.worked), target.came(new.worked)
        told = self._least(told, target, came)
        number = len(self.differences(told))
        for other in self._shown:
            is_alike = (target.came(other.old.worked), target.came(other.new.worked)) == came
            if is_alike and len(self.differences(other)) <= number and not self._less(other, target, came):
                return other
        self._shown.append(told)
        return told

    def _least(self, told: Told, target: Target, came: tuple[Any, Any]) -> Told:
        # Most that can go goes at once: what cannot be done without as a whole is halved.
        waiting = [self.differences(told)]
        while waiting:
            there = set(self.differences(told))
            several = [one for one in waiting.pop() if one in there]
            less = self._without(told, several, target, came) if several else None
            if less is not None:
                told = less
            elif len(several) > 1:
                half = len(several) // 2
                waiting += [several[:half], several[half:]]
        less = self._less(told, target, came)
        return told if less is None else self._least(less, target, came)

    def _less(self, told: Told, target: Target, came: tuple[Any, Any]) -> Told | None:
        """Return the case without one of its differences if it still shows the same; None where each is needed."""
        tried = (self._without(told, [one], target, came) for one in self.differences(told))
        return next((one for one in tried if one is not None), None)

    def _without(
        self, told: Told, differences: Sequence[Difference], target: Target, came: tuple[Any, Any]
    ) -> Told | None:
        stated = told.stated
        for one in differences:
            stated = self._as_base(stated, one)
        if self._overlap.is_left_by(stated) and not self._overlap.is_left_by(told.stated):
            return None
        pair = self._worked(stated)
        if pair is None or (target.came(pair[0].worked), target.came(pair[1].worked)) != came:
            return None
        was = (told.old, told.new)
        if any(
            {*contradictions(now.worked)} - {*contradictions(one.worked)} for one, now in zip(was, pair, strict=True)
        ):
            return None
        return Told(stated, *pair)

    def _worked(self, stated: Data) -> tuple[Replayed, Replayed] | None:
        """Return what both versions make of a case; None where one cannot read it."""
        key = repr(stated)
        if key not in self._done:
            try:
                old, new = (self._by(one, stated) for one in self._space.readings)
                self._done[key] = old, new
            except (RiskEngineError, ValueError):
                self._done[key] = None
        return self._done[key]

    def _by(self, reading: Reading, stated: Data) -> Replayed:
        known = known_to(reading.criteria, stated, self._space.blanks.entities)
        data = {"id": "example", "title": "Example", **{key: one for key, one in known.items() if one is not None}}
        return Replayed(
            *worked_as_asked(data, reading.criteria, reading.on, reading.profile, near=reading.near),
        )

    def differences(self, told: Told) -> list[Difference]:
        """Return where a case is otherwise than the base case; a new entry is held against its first one."""
        return list(self._differences(told.stated))

    def _differences(self, stated: Data) -> Iterator[Difference]:
        for name, entity in self._space.blanks.entities.items():
            if entity.many is None:
                there = self._of_base(name, entity)
                yield from _answers(name, None, stated.get(name) or {}, there, entity)
                continue
            before, now = self._entries(name, entity), stated.get(name)
            if (now is None) != (before is None):
                yield Difference(name, None, None)
            present = {one["id"]: one for one in now or ()}
            known = {one["id"]: one for one in before or ()}
            if now is not None:
                yield from (
                    Difference(name, one, None)
                    for one in dict.fromkeys((*present, *known))
                    if (one in present) != (one in known)
                )
            for one, answers in present.items():
                yield from _answers(name, one, answers, self._like(name, one, entity), entity)
        yield from (Difference("controls", one["id"], None) for one in stated["controls"])

    def _as_base(self, stated: Data, difference: Difference) -> Data:
        name, entry, fact = difference
        if name == "controls":
            return {**stated, name: tuple(one for one in stated[name] if one["id"] != entry)}
        entity = self._space.blanks.entities[name]
        if entity.many is None:
            return {**stated, name: _with(stated.get(name) or {}, str(fact), self._of_base(name, entity))}
        before = self._entries(name, entity)
        if entry is None:
            return {**stated, name: before}
        now = stated.get(name) or ()
        if fact is not None:
            like = self._like(name, entry, entity)
            return {**stated, name: tuple(_with(one, fact, like) if one["id"] == entry else one for one in now)}
        missing = tuple(one for one in before or () if one["id"] == entry)
        return {**stated, name: (*(one for one in now if one["id"] != entry), *missing)}

    def _of_base(self, name: str, entity: Entity) -> Data:
        there = getattr(self._space.base, name, None)
        return {short: value for short in entity.facts if (value := answer(there, short)) is not None}

    def _entries(self, name: str, entity: Entity) -> tuple[Data, ...] | None:
        stated = stated_entries(self._space.base, name)
        if stated is None:
            return None
        return tuple(
            {"id": f"{answer(one, 'id')}"}
            | {short: value for short in entity.facts if (value := answer(one, short)) is not None}
            for one in stated
        )

    def _like(self, name: str, entry: str, entity: Entity) -> Data:
        """Return the entry of the base case that an entry is told by: the same, or else the first."""
        entries = self._entries(name, entity) or ({},)
        return next((one for one in entries if one.get("id") == entry), entries[0])


def _answers(name: str, entry: str | None, now: Data, there: Data, entity: Entity) -> Iterator[Difference]:
    return (Difference(name, entry, short) for short in entity.facts if now.get(short) != there.get(short))


def _with(one: Data, fact: str, like: Data) -> Data:
    rest = {key: value for key, value in one.items() if key != fact}
    return {**rest, fact: like[fact]} if fact in like else rest
