"""What earlier versions called things and how they were answered: one map of a set, from old names to those of today.

Whatever states answers by name is read through it: cases, questionnaires, profiles, old records.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from risk_engine.files.once import once
from risk_engine.files.plain import BROKEN
from risk_engine.model.case import UNKNOWN
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoicesFact
from risk_engine.model.words import FormerName, Value

_NO_DAY = date.min
"""Where nobody names a day, every former name is read."""


class Now(NamedTuple):
    """What a former name means: the name of today, until which day it is read, and what its answers are now."""

    name: str
    until: date | None = None
    values: Mapping[str, Value | tuple[str, ...]] = {}


Formers: TypeAlias = Mapping[str, Now]


@dataclass(frozen=True)
class FormerNames:
    """The former names of a set. Facts stand by the entity of today, answers by entity and fact of today."""

    entities: Formers
    facts: Mapping[str, Formers]
    answers: Mapping[tuple[str, str], Now]
    """Of facts that kept their name: what their old answers are now."""
    controls: Formers
    indicators: Formers

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.entities or self.facts or self.answers or self.controls or self.indicators)

    def known_facts(self, entity: str, on: date | None = None) -> tuple[str, ...]:
        """Return the former names under which facts of an entity of today are read."""
        return tuple(old for old, now in self.facts.get(entity, {}).items() if _is_read(now, on))

    def known_controls(self, on: date | None = None) -> tuple[str, ...]:
        """Return the former names under which controls are read."""
        return tuple(old for old, now in self.controls.items() if _is_read(now, on))

    def meant_otherwise(self, entity: str) -> frozenset[str]:
        """Return the names of facts of an entity of today under which, on some day, something else was stated."""
        return self._meant.get(entity, frozenset())

    @cached_property
    def _meant(self) -> dict[str, frozenset[str]]:
        found = {name: {*several} for name, several in self.facts.items()}
        for name, short in self.answers:
            found.setdefault(name, set()).add(short)
        return {name: frozenset(several) for name, several in found.items()}

    def entity(self, name: str, on: date | None = None) -> str:
        """Return what an entity is called today."""
        return _now(self.entities, name, on)

    def fact(self, entity: str, name: str, on: date | None = None) -> Now:
        """Return what a fact of an entity of today is called today, and what its old answers are now."""
        found = self.facts.get(entity, {}).get(name)
        if found is not None and _is_read(found, on):
            return found
        kept = self.answers.get((entity, name))
        return kept if kept is not None and _is_read(kept, on) else Now(name)

    def control(self, name: str, on: date | None = None) -> str:
        """Return what a control is called today."""
        return _now(self.controls, name, on)

    def indicator(self, name: str) -> str:
        """Return what an indicator is called today."""
        return _now(self.indicators, name, None)

    def record(self, name: str) -> str:
        """Return what an entity, a fact (`entity.fact`), a control or an indicator is called today."""
        entity, dot, short = name.partition(".")
        if dot:
            now = self.entity(entity)
            return f"{now}.{self.fact(now, short).name}"
        return self.indicator(self.control(self.entity(name)))

    def path(self, path: str, criteria: Criteria, on: date | None = None) -> str:
        """Return a path to an answer, or to one of its options, in the names of today."""
        old_entity, *parts = path.split(".")
        name = self.entity(old_entity, on)
        entity = criteria.entities.get(name)
        if entity is None:
            return path
        steps = [name]
        if entity.many is not None and parts:
            steps.append(parts.pop(0))
        if parts:
            short = self.fact(name, parts.pop(0), on)
            steps.append(short.name)
            if parts:
                option = short.values.get(".".join(parts), ".".join(parts))
                match option:
                    case str() if option != UNKNOWN:
                        steps.append(option)
                    case (str() as single,):
                        steps.append(single)
                    case _:  # no single option of today: then it supports the answer as a whole
                        pass
        return ".".join(steps)


def stated_today(path: str, value: Any, criteria: Criteria, on: date | None = None) -> tuple[str, Any]:
    """Return path and value of an answer, `entity.fact` or `entity.id.fact`, as a case of today states them."""
    names = former_names(criteria)
    entity, *parts = path.split(".")
    owner = criteria.entities.get(names.entity(entity, on))
    if not names or owner is None or not parts:
        return path, value
    now = names.fact(names.entity(entity, on), parts[-1], on)
    return names.path(path, criteria, on), answer_now(value, now, owner.facts.get(now.name))


def _now(names: Formers, name: str, on: date | None) -> str:
    found = names.get(name)
    return found.name if found is not None and _is_read(found, on) else name


def _is_read(former: Now, on: date | None) -> bool:
    return former.until is None or (on or _NO_DAY) < former.until


@once
def former_names(criteria: Criteria) -> FormerNames:
    """Return the former names of a set; of a set that was checked no two things claim the same."""
    facts = {
        name: {
            old.name: Now(short, old.until, old.values)
            for short, fact in entity.facts.items()
            for old in fact.was
            if old.name is not None
        }
        for name, entity in criteria.entities.items()
    }
    return FormerNames(
        entities=_names(criteria.entities.items()),
        facts={name: several for name, several in facts.items() if several},
        answers={
            (name, short): Now(short, old.until, old.values)
            for name, entity in criteria.entities.items()
            for short, fact in entity.facts.items()
            for old in fact.was
            if old.name is None
        },
        controls=_names(criteria.controls.items()),
        indicators=_names(criteria.indicators.items()),
    )


def _names(things: Iterable[tuple[str, Any]]) -> dict[str, Now]:
    was: Iterator[tuple[str, FormerName]] = ((name, old) for name, thing in things for old in thing.was)
    return {old.name: Now(name, old.until) for name, old in was}


def answer_now(value: Any, now: Now, fact: AnyFact | None) -> Any:
    """Return an answer as it is given today; what is no old answer stays as it is."""
    if not now.values or value is None or value is BROKEN:
        return value
    if isinstance(value, list | tuple):  # a record from a file holds lists
        found = [now.values.get(answer_text(one), one) if isinstance(one, str) else one for one in value]
        return UNKNOWN if UNKNOWN in found else tuple(_flat(found, value))
    if not isinstance(value, str | bool | int | date):
        return value
    new = now.values.get(answer_text(value), value)
    is_option = (
        isinstance(fact, ChoicesFact) and isinstance(new, str) and new != UNKNOWN and answer_text(value) in now.values
    )
    return (new,) if is_option else new


def _flat(found: list[Any], given: Sequence[Any]) -> Iterator[Any]:
    """Yield the options of today, what several old ones became only once; what somebody wrote twice stays so."""
    seen: set[str] = set()
    for new, old in zip(found, given, strict=True):
        for one in new if isinstance(new, tuple) else (new,):
            if new is old or one not in seen:
                yield one
            if isinstance(one, str):
                seen.add(one)


def answer_text(value: object) -> str:
    """Return an answer as it is written where answers are keys: `true`, `12`, a day or the name of an option."""
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case _:
            return str(value)
