"""Case to facts: table values filled in, what need not be asked settled, parameters with their value of the day."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Among, Entry, Facts, Origin, Read, Stated, Truth
from risk_engine.files.once import once
from risk_engine.model.case import Case, answer, blank_id, entries
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoicesFact, Entity, RowFact, TextFact, orders_of
from risk_engine.model.profile import Profile, cell_of, parameters_on
from risk_engine.model.references import closable, first_answered, reads_of, reopening
from risk_engine.model.words import Model

V = TypeVar("V")


def resolve(case: Case, criteria: Criteria, on: date, profile: Profile | None = None) -> Facts:
    """Return the facts of the case on a day (design, sections 4 and 9)."""

    def read(stated: Case, keeps: Collection[Read] | None) -> Facts:
        return _Resolver(stated, criteria, on, profile, keeps=keeps).facts()

    return _in_each_reading(case, criteria, read)


def resolve_near(case: Case, criteria: Criteria, on: date, profile: Profile | None, near: "Near") -> Facts:
    """Return what `resolve` does, of a case near another one: only the entities are read on which the two differ."""

    def read(stated: Case, keeps: Collection[Read] | None) -> Facts:
        affected = near.affected_in(stated, criteria)
        if not affected:
            return near.facts
        return _Resolver(stated, criteria, on, profile, keeps=keeps, near=near._replace(affected=affected)).facts()

    def breakable(facts: Facts) -> Collection[str]:
        changed = changed_facts(near.facts, facts, criteria)
        return [name for name, read in reopening(criteria).items() if not changed.isdisjoint(read)]

    if read(case, None).superfluous:
        # What closes a question may be closed itself: by what, is known only where all of it is read.
        return resolve(case, criteria, on, profile)
    return _in_each_reading(case, criteria, read, breakable)


def _in_each_reading(
    case: Case,
    criteria: Criteria,
    read: Callable[[Case, Collection[Read] | None], Facts],
    breakable: Callable[[Facts], Collection[str]] | None = None,
) -> Facts:
    """Return the facts of a case as it states them, with the readings in which answers are left out.

    `read` is given what is stated and the superfluous answers that count, None for all; `breakable` says which
    contradictions facts may show, where that is known.
    """
    facts = read(case, None)
    if facts.superfluous:
        facts = replace(facts, aside=read(case, ()))
    reopened = reopened_in(facts, criteria, breakable)
    return replace(facts, again=read(unanswered(case, reopened), ())) if reopened else facts


def as_stated(case: Case, criteria: Criteria, on: date, profile: Profile | None = None) -> Facts:
    """Return the same without the readings in which superfluous or contradicting answers are left out."""
    return _Resolver(case, criteria, on, profile).facts()


class Near(NamedTuple):
    """Another case of the same day, whose answers neither contradict each other nor are superfluous, and its facts."""

    case: Case
    facts: Facts
    origins: Mapping[str, Mapping[Read, Origin]]
    """By entity; that of a list as a whole is not among them."""
    asks: Mapping[str, Mapping[Read, tuple[Read, ...]]]
    affected: Collection[str] = ()
    """The entities that are read anew."""

    def affected_in(self, case: Case, criteria: Criteria) -> frozenset[str]:
        """Return the entities of which another case may have other facts."""
        stated, before = case.__dict__, self.case.__dict__
        others = (name for name in criteria.entities if stated[name] is not before[name])
        hanging = hanging_entities(criteria)
        return frozenset[str]().union(*(hanging[name] for name in others if stated[name] != before[name]))


def near_to(case: Case, facts: Facts, criteria: Criteria) -> Near:
    """Return a case and its facts as others are read near it; its answers fit together and none is superfluous."""
    of_facts = {read: origin for read, origin in facts.origins.items() if read.fact is not None}
    return Near(case, facts, _by_entity(of_facts, criteria), _by_entity(facts.asks, criteria))


def _by_entity(of_reads: Mapping[Read, V], criteria: Criteria) -> dict[str, dict[Read, V]]:
    found: dict[str, dict[Read, V]] = {name: {} for name in criteria.entities}
    for read, value in of_reads.items():
        found[read.entity][read] = value
    return found


def changed_facts(before: Facts, facts: Facts, criteria: Criteria) -> set[str]:
    """Return the facts, and the lists, that are not as those of another case, in one reading of the answers."""
    found: set[str] = set()
    for name, one in facts.single.items():
        if one is not before.single[name]:
            found.update(_otherwise(name, [before.single[name]], [one]))
    for name, now in facts.lists.items():
        was = before.lists[name]
        if now is was:
            continue
        if not now or not was or [one.id for one in was] != [one.id for one in now]:
            found.update((name, *(f"{name}.{short}" for short in criteria.entities[name].facts)))
        else:
            found.update(_otherwise(name, was, now))
    return found


def _otherwise(name: str, was: Iterable[Entry], now: Iterable[Entry]) -> Iterator[str]:
    for one, other in zip(was, now, strict=True):
        values = other.values
        yield from (f"{name}.{short}" for short, value in one.values.items() if values[short] != value)


@once
def hanging_entities(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each entity all whose facts may be others where its answers are: itself, and what it opens."""
    read: dict[str, set[str]] = {name: {name} for name in criteria.entities}
    for name, entity in criteria.entities.items():
        conditions = [entity.ask_when, *(one.ask_when for one in entity.facts.values())]
        reads = reads_of(criteria, *(one for one in conditions if one is not None))
        for one in {fact.partition(".")[0] for fact in reads.facts} | reads.lists:
            read[one].add(name)
    found: dict[str, frozenset[str]] = {}
    for name in read:
        reached, new = {name}, [name]
        while new:
            more = read[new.pop()] - reached
            reached |= more
            new += more
        found[name] = frozenset(reached)
    return found


def superfluous(
    case: Case, criteria: Criteria, on: date, profile: Profile | None = None, kept: Collection[Read] = ()
) -> tuple[Read, ...]:
    """Return the answers of a case that others close, and that are not what the question comes to then.

    Those that are `kept` are left out, and count.
    """
    resolver = _Resolver(case, criteria, on, profile, keeps=kept)
    resolver.facts()
    return tuple(resolver.dropped)


def broken(
    facts: Facts, criteria: Criteria, among: Collection[str] | None = None
) -> Iterator[tuple[str, tuple[Read, ...]]]:
    """Yield the name of each invariant among the answers that the case breaks, and the answers that do so.

    `among` are those that it may break, where that is known.
    """
    for name, invariant in criteria.invariants.facts.items():
        if among is not None and name not in among:
            continue
        if evaluate(invariant.then, facts).value is False and evaluate(invariant.whenever, facts).value is True:
            reads = (*evaluate(invariant.whenever, facts).reads, *evaluate(invariant.then, facts).reads)
            yield name, tuple(dict.fromkeys(reads))


def reopened_in(
    facts: Facts, criteria: Criteria, breakable: Callable[[Facts], Collection[str]] | None = None
) -> tuple[Read, ...]:
    """Return the answers of a case that count as open because they contradict each other (decision 0072).

    Only what the case itself states is an answer: what tables know, nobody can answer anew. A superfluous answer
    contradicts those that close its question. `breakable` says which contradictions facts may show, where that is
    known.
    """
    among = reopening(criteria) if breakable is None else breakable(facts)
    reads = [read for _name, several in broken(facts, criteria, among) for read in several]
    reads += [read for one in facts.superfluous for read in contradicting(one, facts)]
    of_aside = () if facts.aside is None else reopened_in(facts.aside, criteria, breakable)
    return tuple(dict.fromkeys((*as_answered(reads, facts), *of_aside)))


def contradicting(superfluous: Read, facts: Facts) -> tuple[Read, ...]:
    """Return a superfluous answer, and the facts that close its question."""
    return (superfluous, *facts.superfluous[superfluous])


def as_answered(reads: Iterable[Read], facts: Facts) -> Iterator[Read]:
    """Yield those of the facts that the case itself states, and lists of entries that are superfluous."""
    return (read for read in reads if facts.origins.get(read) == "case" or read in facts.superfluous)


def unanswered(case: Case, places: Collection[Read]) -> Case:
    """Return a case without these answers; an entry goes with its list."""
    lists = {place.entity for place in places if place.fact is None}
    for place in places:
        if place.fact is None or place.entity not in lists:
            case = answered(case, place, None)
    return case


def answered(case: Case, place: Read, value: Any) -> Case:
    """Return a case with another answer to one question, None for no answer; the entry must be there."""
    stated = getattr(case, place.entity)
    if place.fact is None:
        return case.model_copy(update={place.entity: value})
    update = {place.fact: value}
    if place.entry is None:
        if stated is None or isinstance(stated, SimpleNamespace):  # of this part of the case nothing was said
            said = SimpleNamespace(**(vars(stated) if stated else {}) | update)
        else:
            said = stated.model_copy(update=update)
        return case.model_copy(update={place.entity: said})
    entries = tuple(one.model_copy(update=update) if one.id == place.entry else one for one in stated)
    return case.model_copy(update={place.entity: entries})


class _Resolver:
    def __init__(
        self,
        case: Case,
        criteria: Criteria,
        on: date,
        profile: Profile | None,
        *,
        keeps: Collection[Read] | None = None,
        near: Near | None = None,
    ) -> None:
        """Take the case, the set, the day and the profile.

        `keeps` are the superfluous answers that count as they are stated, None for all; others are set aside. Of a case
        `near` another one only the entities that are `affected` are read, all else is as there.
        """
        self.keeps = keeps
        self.near = near
        self.superfluous: dict[Read, tuple[Read, ...]] = {}
        self.dropped: list[Read] = []
        self.closed_by: dict[Read, tuple[Read, ...]] = {}
        """Of what is not asked, the facts that say so."""
        self.criteria = criteria
        self.on = on
        self.profile = profile
        self.values: dict[tuple[str, str | None], dict[str, Stated]] = {}
        self.origins: dict[Read, Origin] = {}
        self.asks: dict[Read, tuple[Read, ...]] = {}
        single: dict[str, Entry] = {}
        self.lists: dict[str, tuple[Entry, ...] | None] = {}
        for name, facts in facts_of(criteria).items():
            if near is not None and name not in near.affected:
                self.origins.update(near.origins[name])
                self.asks.update(near.asks[name])
                if name in near.facts.single:
                    single[name] = near.facts.single[name]
                else:
                    self.lists[name] = near.facts.lists[name]
            elif criteria.entities[name].many is None:
                single[name] = self._entry(name, facts, None, getattr(case, name))
            elif (stated := entries(case, name)) is None:
                self.lists[name] = None
            else:
                found = [self._entry(name, facts, str(answer(one, "id")), one) for one in stated]
                self.lists[name] = tuple(sorted(found, key=lambda one: one.id or ""))
        self.resolved = Facts(
            on=on,
            single=single,
            lists=self.lists,
            orders=orders_in(criteria),
            parameters=parameters_on(criteria, on, profile),
            definitions=criteria.definitions,
            origins=self.origins,
            asks=self.asks,
            superfluous=self.superfluous,
        )

    def facts(self) -> Facts:
        # Whether there are entries hangs on facts of single entities alone, whose conditions read no list.
        asked = asked_in_order(self.criteria)
        if self.near is not None:
            asked = tuple(one for one in asked if one[0] in self.near.affected)
        for name, short, fact, ask_when in asked:
            if name in self.resolved.single:
                self._settle(Read(name, None, short), fact, evaluate(ask_when, self.resolved))
        for name, ask_when in closable(self.criteria).items():
            if self.near is None or name in self.near.affected:
                self._settle_list(name, evaluate(ask_when, self.resolved))
            elif (read := Read(name, None, None)) in self.near.facts.origins:
                self.origins[read] = self.near.facts.origins[read]
        for name, short, fact, ask_when in asked:
            for entry in self.resolved.lists.get(name) or ():
                self._settle(Read(name, entry.id, short), fact, evaluate(ask_when, self.resolved, entry))
        return self.resolved

    def _entry(self, name: str, facts: Sequence["Answerable"], entry_id: str | None, stated: Model | None) -> Entry:
        values: dict[str, Stated] = {}
        self.values[name, entry_id] = values
        given = {} if stated is None else stated.__dict__
        for short, fact, table in facts:
            read = Read(name, entry_id, short)
            value: Stated = given.get(short)
            origin: Origin = "missing" if value is None else "case"
            if value is None and table is not None:
                row = given.get(table.row)
                if row is None:
                    self.asks[read] = (Read(name, entry_id, table.row),)
                else:
                    value, known = cell_of(self.criteria, self.profile, table.name, row, table.column, self.on)
                    origin = "missing" if value is None else known
            # Only chosen options come as several values.
            values[short] = in_order(fact, value) if value.__class__ is tuple else value
            self.origins[read] = origin
        return Entry(entry_id, values)

    def _settle_list(self, name: str, asked: Truth) -> None:
        """Settle a list with `ask_when`: closed, it is answered and empty, unless it has entries all the same."""
        read, stated = Read(name, None, None), self.lists[name]
        if asked.value is None and stated is None:
            self.asks[read] = self._first(asked)
        elif asked.value is False and stated != ():
            of_entries = [one for one in self.origins if one.entity == name]
            is_blank = [one.id for one in stated or ()] == [blank_id(name)] and all(
                self.origins[one] != "case" for one in of_entries
            )
            if stated is not None and not is_blank and self._counts(read, asked):
                return
            for one in of_entries:
                del self.origins[one]
                self.asks.pop(one, None)
            self.lists[name] = ()
            self.origins[read] = "not_asked"

    def _counts(self, read: Read, asked: Truth) -> bool:
        """Return whether a superfluous answer counts as it is stated, and note which facts close its question."""
        if self.keeps is not None and read not in self.keeps:
            self.dropped.append(read)
            return False
        self.superfluous[read] = tuple(dict.fromkeys(self._closing(asked)))
        return True

    def _closing(self, asked: Truth) -> Iterator[Read]:
        """Yield the facts that close a question, in place of those that are not asked what closes these."""
        for read in asked.reads:
            yield from self.closed_by.get(read, (read,))

    def _first(self, asked: Truth) -> tuple[Read, ...]:
        """Return what must be answered before it is known whether a question is asked."""
        return tuple(dict.fromkeys(one for part in asked.reads for one in self.resolved.to_ask(part)))

    def _settle(self, read: Read, fact: AnyFact, asked: Truth) -> None:
        """Settle one fact with `ask_when`; the facts that the condition reads are settled already."""
        values, short = self.values[read.entity, read.entry], read.fact or ""
        if isinstance(fact, RowFact | TextFact):
            if values[short] is None and asked.value is not True:
                self.origins[read] = "missing" if asked.value is None else "not_asked"
                if asked.value is None:
                    self.asks[read] = self._first(asked)
            return
        if (rows := self.asks.get(read)) is not None:
            # Where the row that would say it is not asked, the fact itself is.
            self.asks[read] = tuple(one for row in rows for one in self.resolved.to_ask(row))
            if any(self.origins[row] == "not_asked" for row in rows):
                del self.asks[read]
        stated, otherwise = values[short], in_order(fact, fact.otherwise)
        if asked.value is False:
            # A table may know what nobody asks; only what the case itself states can contradict.
            if self.origins[read] == "case" and stated != otherwise and self._counts(read, asked):
                return
            values[short] = otherwise
            self.origins[read] = "not_asked"
            self.closed_by[read] = tuple(self._closing(asked))
            self.asks.pop(read, None)
        elif asked.value is None and stated != otherwise:
            values[short] = None
            self.origins[read] = "missing"
            self.asks[read] = self._first(asked)


class Column(NamedTuple):
    """Where a table holds the value of a fact, and the fact that names the row."""

    name: str
    column: str
    row: str


class Answerable(NamedTuple):
    """A fact as a case answers it, by its short name."""

    short: str
    fact: AnyFact
    table: Column | None


@once
def facts_of(criteria: Criteria) -> Mapping[str, tuple[Answerable, ...]]:
    """Return the facts of every entity, with the column that fills in what is not answered."""
    return {
        name: tuple(Answerable(short, fact, _column(entity, short, fact)) for short, fact in entity.facts.items())
        for name, entity in criteria.entities.items()
    }


def _column(entity: Entity, short: str, fact: AnyFact) -> Column | None:
    if isinstance(fact, RowFact | TextFact) or fact.from_ is None:
        return None
    row = entity.facts[fact.from_]
    assert isinstance(row, RowFact)  # noqa: S101 (checked when the set was loaded)
    return Column(row.of, fact.column or short, fact.from_)


@once
def orders_in(criteria: Criteria) -> dict[str, dict[str, int]]:
    """Return the rank of each option of every fact of a set whose options are in an order."""
    return orders_of(criteria.entities)


def in_order(fact: AnyFact, value: Stated) -> Stated:
    """Return chosen options in the order in which the fact declares them: the order of an answer means nothing."""
    if isinstance(fact, ChoicesFact) and isinstance(value, tuple) and not isinstance(value, Among):
        return tuple(one for one in fact.options if one in value)
    return value


@once
def asked_in_order(criteria: Criteria) -> tuple[tuple[str, str, AnyFact, Condition], ...]:
    """Return the facts with `ask_when`, each after those that its condition reads; there are no circles."""
    asked = {
        f"{name}.{short}": ((name, short, fact, fact.ask_when), first_answered(criteria, name, fact))
        for name, entity in criteria.entities.items()
        for short, fact in entity.facts.items()
        if fact.ask_when is not None
    }
    in_order: list[tuple[str, str, AnyFact, Condition]] = []
    while asked:
        ready = [full for full, (_, reads) in asked.items() if reads.isdisjoint(asked)]
        in_order += [asked.pop(full)[0] for full in ready]
    return tuple(in_order)
