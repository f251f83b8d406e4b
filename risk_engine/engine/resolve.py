"""Case to facts: table values filled in, what need not be asked settled, parameters with their value of the day."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, TypeVar

from risk_engine.engine.answerable import Answerable, facts_of, in_order, orders_in
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Origin, Read, Stated, Truth, holders
from risk_engine.engine.near_facts import Near, changed_facts
from risk_engine.model.case import Case, answer, blank_id, entries
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, RowFact, TextFact
from risk_engine.model.profile import Profile, cell_of, parameters_on
from risk_engine.model.references import asked_in_order, closable, reopening
from risk_engine.model.words import Model

V = TypeVar("V")


def resolve(case: Case, criteria: Criteria, on: date, profile: Profile | None = None) -> Facts:
    """Return the facts of the case on a day (design, sections 4 and 9)."""

    def read(stated: Case, keeps: Collection[Read] | None) -> Facts:
        return _Resolver(stated, criteria, on, profile, keeps=keeps).facts()

    return _in_each_reading(case, criteria, read)


def resolve_near(case: Case, criteria: Criteria, on: date, profile: Profile | None, near: Near) -> Facts:
    """Return what `resolve` does, of a case near another one: only those facts are read on which the two differ."""

    def read(stated: Case, keeps: Collection[Read] | None) -> Facts:
        affected = near.affected_in(stated, criteria)
        if not affected:
            return near.facts
        return _Resolver(stated, criteria, on, profile, keeps=keeps, near=near._replace(affected=affected)).facts()

    def breakable(facts: Facts) -> Collection[str]:
        changed = changed_facts(near.facts, facts, criteria)
        return [name for name, read in reopening(criteria).items() if not changed.isdisjoint(read)]

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


def near_to(case: Case, facts: Facts, criteria: Criteria, profile: Profile | None = None) -> Near:
    """Return a case and its facts as others are read near it; its answers fit together and none is superfluous."""
    of_facts = {read: origin for read, origin in facts.origins.items() if read.fact is not None}
    resolver = _Resolver(case, criteria, facts.on, profile)
    resolver.facts()
    return Near(case, facts, _by_entity(of_facts, criteria), _by_entity(facts.asks, criteria), resolver.closed_by)


def _by_entity(of_reads: Mapping[Read, V], criteria: Criteria) -> dict[str, dict[Read, V]]:
    found: dict[str, dict[Read, V]] = {name: {} for name in criteria.entities}
    for read, value in of_reads.items():
        found[read.entity][read] = value
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
        `near` another one only the facts that are `affected` are read, all else is as there.
        """
        self.keeps = keeps
        self.near = near
        self.superfluous: dict[Read, tuple[Read, ...]] = {}
        self.dropped: list[Read] = []
        self.closed_by: dict[Read, tuple[Read, ...]] = {} if near is None else dict(near.closed_by)
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
            if near is not None:
                self.origins.update(near.origins[name])
                self.asks.update(near.asks[name])
            if near is not None and name not in near.affected:
                if name in near.facts.single:
                    single[name] = near.facts.single[name]
                else:
                    self.lists[name] = near.facts.lists[name]
            elif criteria.entities[name].many is None:
                single[name] = self._entry(name, facts, None, getattr(case, name))
            else:
                self._listed(name, facts, entries(case, name))
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

    def _listed(self, name: str, facts: Sequence[Answerable], stated: tuple[Model, ...] | None) -> None:
        if self.near is not None and "" in self.near.affected[name]:
            for read in self.near.origins[name]:
                del self.origins[read]
                self.asks.pop(read, None)
                self.closed_by.pop(read, None)
        elif self.near is not None and not self.near.facts.lists[name]:
            self.lists[name] = self.near.facts.lists[name]  # closed, or as the case states it too
            return
        if stated is None:
            self.lists[name] = None
        else:
            found = [self._entry(name, facts, str(answer(one, "id")), one) for one in stated]
            self.lists[name] = tuple(sorted(found, key=lambda one: one.id or ""))

    def _is_as_near(self, name: str, short: str) -> bool:
        return self.near is not None and short not in self.near.affected.get(name, ())

    def facts(self) -> Facts:
        # Whether there are entries hangs on facts of single entities alone, whose conditions read no list.
        asked = [one for one in asked_in_order(self.criteria) if not self._is_as_near(one[0], one[1])]
        for name, short, fact, ask_when in asked:
            if name in self.resolved.single:
                self._settle(Read(name, None, short), fact, evaluate(ask_when, self.resolved))
        for name, ask_when in closable(self.criteria).items():
            if not self._is_as_near(name, ""):
                self._settle_list(name, evaluate(ask_when, self.resolved))
            elif self.near is not None and (read := Read(name, None, None)) in self.near.facts.origins:
                self.origins[read] = self.near.facts.origins[read]
        for name, short, fact, ask_when in asked:
            for entry in self.resolved.lists.get(name) or ():
                self._settle(Read(name, entry.id, short), fact, evaluate(ask_when, self.resolved, entry))
        return self.resolved

    def _entry(self, name: str, facts: Sequence[Answerable], entry_id: str | None, stated: Model | None) -> Entry:
        values: dict[str, Stated] = {}
        if self.near is not None and "" not in self.near.affected[name]:
            affected = self.near.affected[name]
            values.update(next(one for one in holders(self.near.facts, name) if one.id == entry_id).values)
            facts = [one for one in facts if one.short in affected]
        self.values[name, entry_id] = values
        given = {} if stated is None else stated.__dict__
        for short, fact, table in facts:
            read = Read(name, entry_id, short)
            self.asks.pop(read, None)
            self.closed_by.pop(read, None)
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
