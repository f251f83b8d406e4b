"""A case in which every answer is open, or some: what an office might state, as unknowns of the solver.

A list has so many places for entries (its bound); an entry may be missing, the list may be unanswered. Two readings of
the same blanks, by one set of criteria or by two, share them by name. What one case states is settled and folded away:
that costs a solver nothing, and of a nearly complete case only few terms are left.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import z3

from risk_engine.model.case import Case, answer, entries
from risk_engine.model.facts import ChoicesFact, Entity
from risk_engine.model.words import Model
from risk_engine.solver.domains import Domain, Domains, place_of
from risk_engine.solver.terms import (
    Chosen,
    Interval,
    Term,
    between,
    both,
    constant,
    either,
    every,
    is_at,
    negated,
    same,
    some,
)

Answer: TypeAlias = Interval | Chosen


class Blank(NamedTuple):
    """One question of one entry: a fact at a place of the list of its entity; place 0 where the entity is one."""

    entity: str
    place: int
    fact: str

    @property
    def name(self) -> str:
        """The fact as conditions name it."""
        return f"{self.entity}.{self.fact}"


@dataclass(frozen=True)
class Stated:
    """What is stated for a blank, with what the base case says there and whether the two differ."""

    answer: Answer
    differs: Term


class Blanks:
    """The unknowns of a case, each made when it is first asked for.

    `base` is the case from which examples should differ as little as possible: a further entry of a list is compared
    with the first one there, so that it is a twin unless something must be otherwise.
    """

    def __init__(
        self,
        entities: Mapping[str, Entity],
        domains: Domains,
        bounds: Mapping[str, int],
        base: Case,
        context: z3.Context | None = None,
    ) -> None:
        """Take what a case may state, the classes of answers, the places of each list, and the base case.

        `context` is that of other questions about the same case: to make one takes as long as to ask many.
        """
        self.entities = entities
        self.domains = domains
        self.bounds = bounds
        self.base = base
        self.context = context or z3.Context()
        """All terms live in one of their own, or in one with few others, always the same: what a solver finds then does
        not depend on what was asked before."""
        self.constraints: list[Term] = []
        """What every case fulfils by its form alone."""
        self.touched: dict[Blank, Stated] = {}
        self.lists: dict[str, tuple[Term, tuple[Term, ...]]] = {}
        self.controls: dict[str, Term] = {}
        self.kinds: dict[str, dict[str, Term]] = {}
        """By control, each kind of evidence that an option needs, and whether there is evidence of it."""
        self._others: dict[tuple[Blank, str], Answer] = {}

    def stated(self, blank: Blank) -> Answer:
        """Return what is stated for a question; `unknown` where nothing is."""
        if blank not in self.touched:
            self.touched[blank] = self._stated(blank, _fact_of(self.entities, blank))
        return self.touched[blank].answer

    def binds(self, blank: Blank) -> bool:  # noqa: ARG002 (of one case only what is open binds)
        """Return whether a case must not answer this question where it is not asked."""
        return True

    def binds_list(self, entity: str) -> bool:  # noqa: ARG002 (of one case only what is open binds)
        """Return whether a case must not have entries of a list that is closed."""
        return True

    @property
    def kept(self) -> tuple[Sequence[Blank], Sequence[str]]:
        """The questions, and the lists, of which a superfluous answer counts: everywhere else there is none."""
        return (), ()

    def completed(self, blank: Blank) -> bool:  # noqa: ARG002 (of one case only what is open is completed)
        """Return whether only cases are looked at in which this question is settled, one way or the other."""
        return False

    def listed(self, entity: str) -> tuple[Term, tuple[Term, ...]]:
        """Return whether a list is answered, and for each place whether there is an entry."""
        if entity not in self.lists:
            listed = self._unknown(f"{entity}!")
            present = tuple(self._unknown(f"{entity}.{place}!") for place in range(self.bounds[entity]))
            self.constraints += [either(negated(one), listed) for one in present]
            # Entries are in no order: whoever has a second one has a first one.
            self.constraints += [either(negated(later), earlier) for earlier, later in pairwise(present)]
            self.lists[entity] = listed, present
        return self.lists[entity]

    def places(self, entity: str) -> Sequence[int]:
        """Return the places at which something can be stated."""
        return range(1 if self.entities[entity].many is None else self.bounds[entity])

    def is_there(self, blank: Blank) -> Term:
        """Return whether there is an entry at the place of a question; of a single entity there always is."""
        return self.entities[blank.entity].many is None or self.listed(blank.entity)[1][blank.place]

    def in_place(self, control: str, needs: Collection[str] = ()) -> Term:
        """Return whether a control is in place, with evidence on record, of one of these kinds if any are needed.

        Each kind is an unknown of its own: an option may count as in place while another one with the control does not.
        """
        there = self.controls.setdefault(control, self._unknown(f"control {control}"))
        if not needs:
            return there
        kinds = self.kinds.setdefault(control, {})
        return both(there, some(kinds.setdefault(one, self._unknown(f"evidence {control} {one}")) for one in needs))

    def differences(self) -> Iterator[Term]:
        """Yield for everything that was asked for whether it differs from the base case, in the order of the file."""
        order = {name: number for number, name in enumerate(self.entities)}
        for entity in sorted(self.lists, key=order.__getitem__):
            yield from self.list_differences(entity)
        for blank in self.in_order():
            yield self.touched[blank].differs
        yield from self.controls.values()
        # Evidence of all kinds is the plainest case of a control in place.
        for control, kinds in self.kinds.items():
            yield from (both(self.controls[control], negated(one)) for one in kinds.values())

    def in_order(self) -> list[Blank]:
        """Return the questions that were asked for in the order in which a case file states them."""
        order = {name: number for number, name in enumerate(self.entities)}
        facts = {name: {short: number for number, short in enumerate(one.facts)} for name, one in self.entities.items()}
        return sorted(self.touched, key=lambda one: (order[one.entity], one.place, facts[one.entity][one.fact]))

    def list_differences(self, entity: str) -> list[Term]:
        """Return whether a list is left out, lacks an entry of the base case, or has one more."""
        listed, present = self.lists[entity]
        of_base = stated_entries(self.base, entity)
        if of_base is None:
            return [listed]
        gone = [both(listed, negated(one)) for one in present[: len(of_base)]]
        return [negated(listed), *gone, *present[len(of_base) :]]

    def base_answer(self, blank: Blank) -> Any:
        """Return what the base case says there, None where it says nothing; of a further entry, what the first says."""
        if self.entities[blank.entity].many is None:
            return answer(getattr(self.base, blank.entity, None), blank.fact)
        of_base = stated_entries(self.base, blank.entity)
        if not of_base:
            return None
        return answer(of_base[blank.place] if blank.place < len(of_base) else of_base[0], blank.fact)

    def as_in_base(self, blank: Blank, value: Any) -> Any:
        """Return an answer as the base case has it, if that is of the same class; else the answer itself."""
        of_base, domain = self.base_answer(blank), self.domains[blank.name]
        if isinstance(value, tuple) or None in (value, of_base):
            return value
        return of_base if place_of(of_base, domain) == place_of(value, domain) else value

    def fresh(self, blank: Blank, mark: str) -> Answer:
        """Return another answer to the same question, the same one for the same mark."""
        if (blank, mark) not in self._others:
            name = f"{blank.entity}.{blank.place}.{blank.fact}{mark}"
            self._others[blank, mark] = self._answer(blank, _fact_of(self.entities, blank), name)
        return self._others[blank, mark]

    def _unknown(self, name: str) -> Term:
        return z3.Bool(name, self.context)

    def _answer(self, blank: Blank, fact: Any, name: str) -> Answer:
        domain = self.domains[blank.name]
        unknown = self._unknown(f"{name}?")
        if isinstance(fact, ChoicesFact):
            return Chosen(unknown, {option: self._unknown(f"{name}={option}") for option in domain})
        order = (True, *(self._unknown(f"{name}>{place}") for place in range(1, len(domain))))
        self.constraints += [either(negated(later), earlier) for earlier, later in pairwise(order[1:])]
        return Interval(unknown, order, order)

    def _stated(self, blank: Blank, fact: Any) -> Stated:
        found = self._answer(blank, fact, f"{blank.entity}.{blank.place}.{blank.fact}")
        of_base = self.base_answer(blank)
        domain = self.domains[blank.name]
        differs = negated(found.unknown) if of_base is None else negated(is_stated(found, of_base, domain))
        # What an entry says that is not there is no difference of its own.
        return Stated(found, both(self.is_there(blank), differs))


def stated_entries(case: Case, entity: str) -> tuple[Model, ...] | None:
    """Return the entries that a case states for a list; none where its criteria do not know the list."""
    return entries(case, entity) if hasattr(case, entity) else None


def is_stated(found: Answer, value: Any, domain: Domain) -> Term:
    """Return whether an answer is stated and is of the class of this value."""
    match found:
        case Chosen(unknown, options):
            return both(negated(unknown), *(same(term, one in value) for one, term in options.items()))
        case Interval(unknown, low, _high):
            return both(negated(unknown), is_at(low, place_of(value, domain)))


def known(value: Any, domain: Domain) -> Answer:
    """Return a value as an answer that is settled."""
    if isinstance(value, tuple):
        return Chosen(unknown=False, options={one: one in value for one in domain})
    return between(constant(place_of(value, domain), len(domain)))


def equal(one: Answer, other: Answer) -> Term:
    """Return whether two answers to one question say the same."""
    match one, other:
        case Chosen(), Chosen():
            return both(
                same(one.unknown, other.unknown),
                *(same(one.options[name], other.options[name]) for name in one.options),
            )
        case Interval(), Interval():
            return both(same(one.unknown, other.unknown), every(map(same, one.low, other.low)))
        case _:
            raise TypeError(one, other)


def _fact_of(entities: Mapping[str, Entity], blank: Blank) -> Any:
    return entities[blank.entity].facts[blank.fact]
