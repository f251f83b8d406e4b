"""The facts of every possible case as one set resolves them: tables filled in, questions that are not asked settled.

Where answers contradict each other so that they count as open, they are read once more without them (decision 0072).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, assert_never, cast

from risk_engine.files.diagnostics import NotInForceError
from risk_engine.files.language import _
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    ParameterRef,
    Quantifier,
    used_here,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoicesFact, IntegerFact, RowFact, RuleFact, TextFact, orders_of
from risk_engine.model.profile import Profile, cell_of, parameters_on
from risk_engine.model.references import closable, reopening
from risk_engine.model.tables import CellValue
from risk_engine.solver.blanks import Answer, Blank, Blanks, is_stated, known
from risk_engine.solver.conditions import Entry, Further, read
from risk_engine.solver.domains import Domain, place_of
from risk_engine.solver.terms import (
    Chosen,
    Interval,
    Pair,
    Term,
    both,
    choose,
    constant,
    either,
    is_at,
    negated,
    picked,
    some,
)


def _made_so(condition: ConditionOrAlways, over: "Facts", key: Any, *, value: bool) -> Mapping[Blank, Term]:
    """Return the questions whose answers make a condition true, or false, each with whether it does where it is so.

    These are the reads that the engine's evaluator names with a truth.
    """
    match condition:
        case str():  # "always"
            return {}
        case Compare(fact=fact):
            entity, _dot, short = fact.partition(".")
            place = 0 if over.criteria.entities[entity].many is None else key
            return {Blank(entity, place, short): True}
        case Not(not_=part):
            return _made_so(part, over, key, value=not value)
        case Holds(holds=name):
            return over.made_so(name, key, value=value)
        case AllOf(all_of=parts) | AnyOf(any_of=parts):
            needs_all = value is isinstance(condition, AllOf)
            return _gathered(
                (True if needs_all else _is(read(part, over, key), value=value), _made_so(part, over, key, value=value))
                for part in parts
            )
        case Quantifier(entity=entity, where=where, kind=kind):
            of_each = value is not (kind == "at_most")
            _listed, entries = over.entries(entity)
            keys = [(one.key, one.present) for one in entries]
            keys += [(ANY, True)] if over.further(entity, where) is not None else []
            return _gathered(
                (both(present, _is(read(where, over, one), value=of_each)), _made_so(where, over, one, value=of_each))
                for one, present in keys
            )
        case _:
            assert_never(condition)


def _is(pair: Pair, *, value: bool) -> Term:
    return pair.must if value else negated(pair.may)


def _gathered(parts: Iterable[tuple[Term, Mapping[Blank, Term]]]) -> dict[Blank, Term]:
    found: dict[Blank, Term] = {}
    for guard, several in parts:
        for blank, term in several.items() if guard is not False else ():
            found[blank] = either(found.get(blank, False), both(guard, term))
    return found


ANY = -1
"""The place of the entry that stands for any further one."""


class Facts:
    """What conditions of one set read of a case of blanks."""

    def __init__(
        self,
        criteria: Criteria,
        blanks: Blanks,
        on: date,
        profile: Profile | None = None,
        as_stated: "Facts | None" = None,
        contradicting: Sequence["Facts"] = (),
    ) -> None:
        """Take the set, the case, the day and the profile.

        With the same facts `as_stated`, these are without superfluous answers, and without those that contradict each
        other in facts that are `contradicting`, and so are open again.
        """
        self.as_stated = as_stated
        self._contradicting = contradicting
        self._kept, self._kept_lists = blanks.kept if as_stated is None else ((), ())
        self.superfluous: dict[Blank | str, Term] = {}
        """Whether a question, or a list, is answered that others close, of those that were read."""
        self._closers: dict[Blank, Mapping[Blank, Term]] = {}
        self.criteria = criteria
        self.blanks = blanks
        self.on = on
        self.profile = profile
        self.definitions: Mapping[str, Condition] = criteria.definitions
        self.orders: Mapping[str, Mapping[str, int]] = orders_of(criteria.entities)
        self.held: dict[tuple[str, Any], Pair] = {}
        self.compared: dict[tuple[str, str, Any, Any], Pair] = {}
        self.constraints: list[Term] = []
        """What a case fulfils that this set accepts: it answers no question that is not asked, as the set allows."""
        self._parameters = parameters_on(criteria, on, profile)
        self._stated: set[Blank] = set()
        self._broken: dict[str, Mapping[Blank, Term]] = {}
        self._made_so: dict[tuple[str, Any, bool], Mapping[Blank, Term]] = {}
        self._lists: set[str] = set()
        self._resolved: dict[Blank, Answer] = {}
        self.given: dict[Blank, Term] = {}
        """Whether a table gives the value of a fact, of those that were read and take theirs from one."""
        self.asked: dict[Blank, Pair] = {}
        """Whether a question with `ask_when` is asked, of those that were read."""
        self.accepted: dict[Blank, Term] = {}
        """Of the same questions whether what is stated is no answer to a question that is not asked."""

    def operand(self, wanted: Any) -> Any:
        """Return the value of a parameter on the day."""
        if not isinstance(wanted, ParameterRef):
            return wanted
        if wanted.parameter not in self._parameters:
            raise NotInForceError(_("the parameter `{name}`", name=wanted.parameter), self.on)
        return self._parameters[wanted.parameter]

    def likeness(self, entity: str, where: Condition, key: Any) -> Any:  # noqa: ARG002 (two entries are seldom alike)
        """Return None: every entry of a case is read by itself."""
        return None

    def entries(self, entity: str) -> tuple[Term, Sequence[Entry]]:
        """Return whether a list is answered, and its entries."""
        listed, present = self._listed(entity)
        return either(listed, negated(self.may_have(entity))), [Entry(place, one) for place, one in enumerate(present)]

    def may_have(self, entity: str) -> Term:
        """Return whether a list may have entries: closed, it is answered and empty, unless what it has counts."""
        condition = closable(self.criteria).get(entity)
        if condition is None:
            return True
        may_have = read(condition, self).may
        if entity not in self._kept_lists:
            return may_have
        has_some = some(self.blanks.listed(entity)[1])
        self.superfluous[entity] = both(has_some, negated(may_have))
        return either(may_have, has_some)

    def further(self, entity: str, where: Condition) -> Further | None:  # noqa: ARG002 (every entry has a place)
        """Return None: every entry has a place of its own."""
        return None

    def answer(self, fact: str, key: Any) -> tuple[Answer, Domain]:
        """Return what a fact comes to, tables and questions that are not asked settled."""
        entity, _dot, short = fact.partition(".")
        place = 0 if self.criteria.entities[entity].many is None else key
        blank = Blank(entity, place, short)
        if blank not in self._resolved:
            self._resolved[blank] = self._resolve(blank)
        return self._resolved[blank], self.blanks.domains[fact]

    def ask(self, names: Iterable[str]) -> None:
        """Ask for facts of all entries, and for lists, by their names: as if a condition read them."""
        for name in names:
            entity, _dot, short = name.partition(".")
            if self.criteria.entities[entity].many is None:
                self.answer(name, 0)
                continue
            self._listed(entity)
            for place in self.blanks.places(entity) if short else ():
                self.answer(name, place)

    def whole(self) -> None:
        """Ask for every fact of every entry, so that nothing of a case is left to the base case."""
        for entity, declared in self.criteria.entities.items():
            if declared.many is not None:
                self._listed(entity)
            for short, fact in declared.facts.items():
                for place in self.blanks.places(entity):
                    if isinstance(fact, RowFact):
                        self.stated(Blank(entity, place, short))
                    elif not isinstance(fact, TextFact):
                        self.answer(f"{entity}.{short}", place)

    def _listed(self, entity: str) -> tuple[Term, tuple[Term, ...]]:
        listed, present = self.blanks.listed(entity)
        if self._contradicting:
            opened = some(one.reopened_list(entity) for one in self._contradicting)
            listed, present = both(listed, negated(opened)), tuple(both(one, negated(opened)) for one in present)
        may_have = self.may_have(entity)
        if entity not in self._lists:
            self._lists.add(entity)
            # Another set may allow more entries.
            self.constraints += [negated(one) for one in present[self.criteria.entities[entity].many :]]
            if self.as_stated is None and self.blanks.binds_list(entity):
                self.constraints += [either(may_have, negated(one)) for one in present]
        if self.as_stated is not None:
            # Entries of a list that is closed are set aside: once it is open again, nothing is said of it.
            may_stay = self.as_stated.may_have(entity)
            listed = both(listed, either(may_stay, negated(some(present))))
            present = tuple(both(may_stay, one) for one in present)
        return listed, tuple(both(may_have, one) for one in present)

    def _resolve(self, blank: Blank) -> Answer:
        fact = self.criteria.entities[blank.entity].facts[blank.fact]
        assert not isinstance(fact, RowFact | TextFact)  # noqa: S101 (no condition reads them)
        stated = self.stated(blank)
        found = stated if fact.from_ is None else self._filled(blank, fact, stated)
        if self._completed(blank):
            found = found._replace(unknown=False)
        if fact.ask_when is None:
            return found
        asked = self.asked[blank] = read(fact.ask_when, self, blank.place)
        return self._settled(blank, fact, asked, stated, found)

    def stated(self, blank: Blank) -> Answer:
        """Return what is stated for a question, held to the values that this set knows."""
        if self.as_stated is not None:
            found = self.as_stated.stated(blank)
            reopened = (one.reopened(blank) for one in self._contradicting)
            return found._replace(unknown=either(found.unknown, self.as_stated.set_aside(blank), *reopened))
        found = self.blanks.stated(blank)
        if blank not in self._stated:
            self._stated.add(blank)
            self.constraints += self._within(blank, found)
        return found

    def reopened(self, blank: Blank) -> Term:
        """Return whether an answer counts as open because it is one of those that contradict each other."""
        names = (name for name, reads in reopening(self.criteria).items() if blank.name in reads)
        contradicts = some(self._contradicted(name).get(blank, False) for name in names)
        contradicts = either(contradicts, self._closing.get(blank, False))
        fact = self.criteria.entities[blank.entity].facts[blank.fact]
        if isinstance(fact, RowFact | TextFact) or fact.ask_when is None:
            return contradicts
        if contradicts is False and blank not in self._kept:
            return False
        # What is not asked is no answer, whatever is stated, unless it counts all the same.
        return either(both(contradicts, self._is_asked(blank)), self.superfluous.get(blank, False))

    def opened_again(self, contradiction: str) -> Iterator[Term]:
        """Yield of each answer that a contradiction reads whether it is stated, and counts as open because of it."""
        for blank, contradicts in self._contradicted(contradiction).items():
            fact = self.criteria.entities[blank.entity].facts[blank.fact]
            is_asked = True if fact.ask_when is None else self._is_asked(blank)
            yield both(contradicts, is_asked, negated(self.stated(blank).unknown))

    def reopened_list(self, entity: str) -> Term:
        """Return whether a list counts as open because it has entries though others close it."""
        if entity in self._kept_lists:
            self.may_have(entity)
        return self.superfluous.get(entity, False)

    def _is_asked(self, blank: Blank) -> Term:
        self.answer(blank.name, blank.place)
        return self.asked[blank].may

    @cached_property
    def _closing(self) -> Mapping[Blank, Term]:
        """The answers that close the question of a superfluous one, each with whether it does."""
        parts: list[tuple[Term, Mapping[Blank, Term]]] = []
        for blank in self._kept:
            self.answer(blank.name, blank.place)
            parts.append((self.superfluous[blank], self._closes_question(blank)))
        for entity in self._kept_lists:
            self.may_have(entity)
            parts.append((self.superfluous[entity], self._closes(closable(self.criteria)[entity], 0)))
        return _gathered(parts)

    def _closes_question(self, blank: Blank) -> Mapping[Blank, Term]:
        if blank not in self._closers:
            condition = self.criteria.entities[blank.entity].facts[blank.fact].ask_when
            self._closers[blank] = {} if condition is None else self._closes(condition, blank.place)
        return self._closers[blank]

    def _closes(self, ask_when: Condition, key: Any) -> Mapping[Blank, Term]:
        """Return the questions whose answers close another; in place of what is not asked, what closes that."""
        found = _made_so(ask_when, self, key, value=False)
        parts: list[tuple[Term, Mapping[Blank, Term]]] = [(True, found)]
        for blank, term in found.items():
            closes = self._closes_question(blank)
            if closes:
                is_settled = both(negated(self._is_asked(blank)), negated(self.superfluous.get(blank, False)))
                parts.append((both(term, is_settled), closes))
        return _gathered(parts)

    def set_aside(self, blank: Blank) -> Term:
        """Return whether an answer is none since it is not asked: no case that is worked out states it."""
        fact = self.criteria.entities[blank.entity].facts[blank.fact]
        if isinstance(fact, RowFact | TextFact) or fact.ask_when is None or self.blanks.binds(blank):
            return False
        if blank in self._kept:
            return False
        self.answer(blank.name, blank.place)
        return negated(self.accepted[blank])

    def _contradicted(self, name: str) -> Mapping[Blank, Term]:
        """Return the answers that a contradiction reopens, each with whether it does."""
        if name not in self._broken:
            invariant = self.criteria.invariants.facts[name]
            whenever, then = read(invariant.whenever, self), read(invariant.then, self)
            is_broken = both(whenever.must, negated(then.may))
            self._broken[name] = _gathered(
                (is_broken, _made_so(one, self, None, value=value))
                for one, value in ((invariant.whenever, True), (invariant.then, False))
            )
        return self._broken[name]

    def made_so(self, name: str, key: Any, *, value: bool) -> Mapping[Blank, Term]:
        """Return the questions whose answers make a definition true, or false; those it uses are gone through first."""
        waiting = [name] if (name, key, value) not in self._made_so else []
        while waiting:
            body = self.definitions[waiting[-1]]
            unread = [
                one
                for one in used_here(body)
                for either_way in (True, False)
                if (one, key, either_way) not in self._made_so
            ]
            waiting += unread
            if not unread:
                used = waiting.pop()
                for either_way in (True, False):
                    self._made_so[used, key, either_way] = _made_so(body, self, key, value=either_way)
        return self._made_so[name, key, value]

    def _completed(self, blank: Blank) -> bool:
        return self.as_stated is None and self.blanks.completed(blank)

    def _within(self, blank: Blank, found: Answer) -> list[Term]:
        fact = self.criteria.entities[blank.entity].facts[blank.fact]
        domain = self.blanks.domains[blank.name]
        match found:
            case Chosen(unknown, options) if isinstance(fact, ChoicesFact):
                return [either(unknown, negated(options[one])) for one in domain if one not in fact.options]
            case Interval(unknown, low, _high):
                allowed = [self._allows(fact, one) for one in domain]
                return [either(unknown, negated(is_at(low, place))) for place, one in enumerate(allowed) if not one]
            case _:
                return []

    def _allows(self, fact: Any, value: Any) -> bool:
        match fact:
            case IntegerFact(range=(lowest, highest)):
                return bool(lowest <= value <= highest)
            case RowFact(of=table):
                return value in self.criteria.tables[table].rows
            case _ if hasattr(fact, "options"):
                return value in fact.options
            case _:
                return True

    def _filled(self, blank: Blank, fact: RuleFact, stated: Answer) -> Answer:
        """Return a fact that its row's table gives where the case does not state it."""
        row_fact = self.criteria.entities[blank.entity].facts[fact.from_ or ""]
        assert isinstance(row_fact, RowFact)  # noqa: S101 (checked when the set was loaded)
        row_blank = Blank(blank.entity, blank.place, fact.from_ or "")
        row = self.stated(row_blank)
        rows = self.blanks.domains[row_blank.name]
        column = row_fact.of, fact.column or blank.fact
        cells = [self._cell(column, one, blank) for one in rows]
        assert isinstance(row, Interval)  # noqa: S101 (a row is one value)
        is_row = [both(negated(row.unknown), is_at(row.low, place)) for place in range(len(rows))]
        given = [(term, value) for term, value in zip(is_row, cells, strict=True) if value is not None]
        self.given[blank] = some(term for term, _value in given)
        unknown = both(stated.unknown, negated(self.given[blank]))
        domain = self.blanks.domains[blank.name]
        match stated:
            case Chosen(_unknown, options):
                listed = [(term, cast("tuple[str, ...]", value)) for term, value in given]
                from_table = {one: some(term for term, value in listed if one in value) for one in options}
                return Chosen(
                    unknown, {one: choose(stated.unknown, from_table[one], term) for one, term in options.items()}
                )
            case Interval(_unknown, low, _high):
                length = len(domain)
                table = picked([(term, constant(place_of(value, domain), length)) for term, value in given], length)
                order = tuple(choose(stated.unknown, one, other) for one, other in zip(table, low, strict=True))
                return Interval(unknown, order, order)

    def _cell(self, column: tuple[str, str], row: str, blank: Blank) -> CellValue | None:
        table, name = column
        if row not in self.criteria.tables[table].rows:
            return self.blanks.domains.cell_elsewhere(blank.name, row)
        return cell_of(self.criteria, self.profile, table, row, name, self.on)[0]

    def _settled(self, blank: Blank, fact: RuleFact, asked: Pair, stated: Answer, found: Answer) -> Answer:
        """Return a fact with `ask_when`: not asked it is `otherwise`; unless that is sure, its answer if the same.

        A superfluous answer that counts is as it is stated.
        """
        domain = self.blanks.domains[blank.name]
        otherwise = fact.otherwise
        not_asked = negated(asked.may)
        if blank in self._kept:
            is_plain = either(stated.unknown, is_stated(stated, otherwise, domain))
            is_single = self.criteria.entities[blank.entity].many is None
            is_there = True if is_single else self._listed(blank.entity)[1][blank.place]
            self.superfluous[blank] = both(is_there, not_asked, negated(is_plain))
            not_asked = both(not_asked, is_plain)
        # Only what the case itself states can contradict; what a table knows is passed over.
        self.accepted[blank] = either(stated.unknown, asked.may, is_stated(stated, otherwise, domain))
        if self.as_stated is None and self.blanks.binds(blank):
            self.constraints.append(self.accepted[blank])
        unknown: Term = False
        if not self._completed(blank):
            unsure = both(negated(asked.must), negated(is_stated(found, otherwise, domain)))
            unknown = both(asked.may, either(found.unknown, unsure))
        settled = known(otherwise, domain)
        match found, settled:
            case Chosen(), Chosen():
                options = {one: choose(not_asked, settled.options[one], term) for one, term in found.options.items()}
                return Chosen(unknown, options)
            case Interval(), Interval():
                pairs = zip(settled.low, found.low, strict=True)
                order = tuple(choose(not_asked, one, other) for one, other in pairs)
                return Interval(unknown, order, order)
            case _:
                raise TypeError(found, settled)
