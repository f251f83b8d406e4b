"""The case that tells something: nothing is in it that this does not need, as the engine itself says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from risk_engine.engine.replay import worked_as_asked
from risk_engine.engine.work import Worked
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.case import answer
from risk_engine.model.facts import Entity
from risk_engine.solver.blanks import stated_entries
from risk_engine.solver.confirm import Replayed, contradictions, known_to
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Space

Data: TypeAlias = dict[str, Any]


class Told(NamedTuple):
    """Cases as a person states them, and what each set makes of what it asks of each."""

    stated: tuple[Data, ...]
    came: tuple[Replayed, ...]


Shows: TypeAlias = Callable[[Sequence[Worked]], Any]
"""What cases were looked for because of, of what each set makes of each: it must stay the same."""


class Difference(NamedTuple):
    """Where a case is otherwise than the base case: an answer, an entry of a list, a whole list, a control."""

    entity: str
    entry: str | None
    fact: str | None


class Trim:
    """Takes out of cases what they do without; what was worked out for one of them is known for the others."""

    def __init__(self, space: Space, is_one_file: Callable[[Mapping[str, Any]], bool] = lambda _stated: True) -> None:
        """Take the space in which the cases were found.

        `is_one_file` says of a case whether all sets read it as it stands: of such a case none is made that is not so.
        """
        self._space = space
        self._is_one_file = is_one_file
        self._done: dict[str, tuple[Replayed, ...] | None] = {}
        self._known: list[Told] = []

    def trimmed(self, told: Told, shows: Shows) -> Told:
        """Return cases that show the same, of which no difference from the base case can be taken out.

        Of a pair only what both have is taken out, so the step from one to the other stays.
        """
        return self._least(told, shows, self._shown(told, shows))

    def shared(self, told: Told, shows: Shows) -> Told:
        """Return the same, or a case that was returned before and does as well: a reader sees fewer of them."""
        came = self._shown(told, shows)
        told = self._least(told, shows, came)
        number = len(self.differences(told))
        for other in self._known:
            is_alike = self._shown(other, shows) == came and len(self.differences(other)) <= number
            if is_alike and not self._less(other, shows, came):
                return other
        self._known.append(told)
        return told

    def _shown(self, told: Told, shows: Shows) -> Any:
        return shows([one.worked for one in told.came])

    def _least(self, told: Told, shows: Shows, came: Any) -> Told:
        # Most that can go goes at once: what cannot be done without as a whole is halved.
        waiting = [self.differences(told)]
        while waiting:
            there = set(self.differences(told))
            several = [one for one in waiting.pop() if one in there]
            less = self._without(told, several, shows, came) if several else None
            if less is not None:
                told = less
            elif len(several) > 1:
                half = len(several) // 2
                waiting += [several[:half], several[half:]]
        less = self._less(told, shows, came)
        return told if less is None else self._least(less, shows, came)

    def _less(self, told: Told, shows: Shows, came: Any) -> Told | None:
        """Return the cases without one of their differences if they still show the same; None where each is needed."""
        tried = (self._without(told, [one], shows, came) for one in self.differences(told))
        return next((one for one in tried if one is not None), None)

    def _without(self, told: Told, differences: Sequence[Difference], shows: Shows, came: Any) -> Told | None:
        stated = told.stated
        for one in differences:
            stated = tuple(self._as_base(each, one) for each in stated)
        if any(
            self._is_one_file(was) and not self._is_one_file(one) for was, one in zip(told.stated, stated, strict=True)
        ):
            return None
        worked = self._worked(stated)
        if worked is None:
            return None
        less = Told(stated, worked)
        if self._shown(less, shows) != came or self._step(less) != self._step(told):
            return None
        if any(
            {*contradictions(now.worked)} - {*contradictions(was.worked)}
            for was, now in zip(told.came, worked, strict=True)
        ):
            return None
        return less

    def _worked(self, stated: tuple[Data, ...]) -> tuple[Replayed, ...] | None:
        """Return what every set makes of every case; None where one cannot read one."""
        key = repr(stated)
        if key not in self._done:
            try:
                readings = self._space.readings
                self._done[key] = tuple(self._by(one, each) for each in stated for one in readings)
            except (RiskEngineError, ValueError):
                self._done[key] = None
        return self._done[key]

    def _by(self, reading: Reading, stated: Data) -> Replayed:
        known = known_to(reading.criteria, stated, self._space.blanks.entities)
        data = {"id": "example", "title": "Example", **{key: one for key, one in known.items() if one is not None}}
        return Replayed(
            *worked_as_asked(data, reading.criteria, reading.on, reading.profile, near=self._space.near_to(reading))
        )

    def differences(self, told: Told) -> list[Difference]:
        """Return where cases are otherwise than the base case, all alike; a new entry is held against its first one."""
        first, *others = told.stated
        return [
            one for one in self._differences(first) if all(_said(each, one) == _said(first, one) for each in others)
        ]

    def _step(self, told: Told) -> set[Difference]:
        """Return where two cases are otherwise than each other, of what they are asked."""
        if len(told.stated) == 1:
            return set()
        both = [{"controls": (), **one.data} for one in told.came]
        apart = {difference for one in both for difference in self._differences(one)}
        return {one for one in apart if _said(both[0], one) != _said(both[-1], one)}

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


def _said(stated: Data, difference: Difference) -> Any:
    """Return what a case says where it is otherwise than the base case."""
    name, entry, fact = difference
    there = stated.get(name)
    if entry is not None:
        there = next((one for one in there or () if one["id"] == entry), None)
    return there if fact is None or there is None else there.get(fact)
