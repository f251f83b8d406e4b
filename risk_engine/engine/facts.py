"""The facts of one case as conditions read them: resolved, three-valued, and each with its origin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from risk_engine.files.diagnostics import NotInForceError
from risk_engine.files.language import _
from risk_engine.model.conditions import Condition, ParameterRef
from risk_engine.model.facts import Entity, belonging
from risk_engine.model.words import Value

Origin: TypeAlias = Literal["case", "table", "not_asked", "profile", "missing"]


class Among(NamedTuple):
    """A value that is not settled: it is one of these."""

    values: tuple[Value, ...]


Known: TypeAlias = Value | tuple[str, ...]
Stated: TypeAlias = Known | Among | None
"""The value of a fact; None is unanswered."""


class Read(NamedTuple):
    """A fact that a condition read; without a fact the list of that entity as a whole."""

    entity: str
    entry: str | None
    fact: str | None

    def path(self) -> str:
        """Return it as people write it: `entity.id.fact`, `entity.fact` or `entity`."""
        entity, entry, fact = self
        if entry is None:
            return entity if fact is None else f"{entity}.{fact}"
        return f"{entity}.{entry}" if fact is None else f"{entity}.{entry}.{fact}"


class Truth(NamedTuple):
    """What a condition came to (None is unknown) and the facts that made it so: only those whose change matters."""

    value: bool | None
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list, or the only one of its entity (then without an id)."""

    id: str | None
    values: Mapping[str, Stated]


@dataclass(frozen=True)
class Facts:
    """Everything that conditions may read on one day.

    `lists` holds the entries of each list entity, sorted by id, or None for a list that is unanswered.
    """

    on: date
    single: Mapping[str, Entry]
    lists: Mapping[str, tuple[Entry, ...] | None]
    orders: Mapping[str, Mapping[str, int]]
    """Fact: the rank of each of its options, where they are in an order."""
    parameters: Mapping[str, Known]
    definitions: Mapping[str, Condition]
    origins: Mapping[Read, Origin] = field(default_factory=dict)
    asks: Mapping[Read, tuple[Read, ...]] = field(default_factory=dict)
    """What must be answered before an unanswered fact can be known, where that is not the fact itself."""
    again: "Facts | None" = None
    """The same without the answers that contradict each other, where such a contradiction reopens them."""
    superfluous: Mapping[Read, tuple[Read, ...]] = field(default_factory=dict)
    """The answers, and lists of entries, to questions that others close: each with the facts that close it."""
    aside: "Facts | None" = None
    """The same with the superfluous answers set aside, where there are any."""
    held: dict[tuple[str, int], Truth] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What definitions came to, by the entry they were read of: each is read once. No copy shares it."""

    def operand(self, wanted: Known | ParameterRef) -> Known:
        """Return a constant itself, a parameter's value on the day; NotInForceError where it has none yet."""
        if not isinstance(wanted, ParameterRef):
            return wanted
        if wanted.parameter not in self.parameters:
            raise NotInForceError(_("the parameter `{name}`", name=wanted.parameter), self.on)
        return self.parameters[wanted.parameter]

    def to_ask(self, read: Read) -> tuple[Read, ...]:
        """Return what to ask for a fact that is not known: itself, or what decides whether it is asked at all."""
        return self.asks.get(read, (read,))


def value_of(facts: Facts, read: Read) -> Stated:
    """Return the value that a fact has; None where it has none, or the entry is not there, or for a list as a whole."""
    if read.fact is None:
        return None
    return next((one.values[read.fact] for one in holders(facts, read.entity) if one.id == read.entry), None)


def to_ask(reads: Iterable[Read], facts: Facts) -> tuple[str, ...]:
    """Return the paths of what must be answered so that these facts are known."""
    return tuple(dict.fromkeys(asked.path() for read in reads for asked in facts.to_ask(read)))


def in_json(value: Any) -> Any:
    """Return a value as a stored record holds it: JSON knows no dates and no tuples, so one read back has others."""
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def holders(facts: Facts, entity: str) -> tuple[Entry, ...]:
    """Return what holds the facts of an entity: its entries, or the only one; none where the list is unanswered."""
    return (facts.single[entity],) if entity in facts.single else facts.lists[entity] or ()


@dataclass(frozen=True)
class Party:
    """Whom of a list a question is for, where those who are asked are entries of the case: None where nobody said."""

    path: str | None


def party_of(read: Read, asked_of: str, facts: Facts, entities: Mapping[str, Entity]) -> Party | None:
    """Return which entry is asked a question, None where those who are asked are no entries of the case.

    An entry is asked about itself and about what is said to belong to it. What is no entry of a list is asked of the
    only one, where there is only one. Everything else may be another one's, so it is asked of none of them.
    """
    if asked_of not in facts.lists:
        return None
    known = [one.id for one in facts.lists[asked_of] or ()]
    found: Stated = read.entry if read.entity == asked_of else None
    if read.entity in facts.single:
        found = known[0] if len(known) == 1 else None
    elif read.entry is not None and (named := belonging(entities[read.entity])) is not None and named[1] == asked_of:
        found = value_of(facts, read._replace(fact=named[0]))
    return Party(f"{asked_of}.{found}" if found in known else None)
