"""All possible cases of one set, or of two sets at once, with a solver that knows what a case is."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import z3

from risk_engine.files.once import once
from risk_engine.model.case import Case, answer
from risk_engine.model.conditions import Condition, Quantifier, leaves
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import Entity, TextFact
from risk_engine.model.profile import Profile
from risk_engine.model.references import every_condition
from risk_engine.solver.answers import STEPS as SEARCH
from risk_engine.solver.answers import Search
from risk_engine.solver.blanks import Blanks, stated_entries
from risk_engine.solver.domains import Domains
from risk_engine.solver.reading import Reading
from risk_engine.solver.solver import ask_solver, new_solver
from risk_engine.solver.terms import Term, either, key, negated, read_by, tell

if TYPE_CHECKING:
    from risk_engine.engine.nearby import Nearby


def needed(conditions: Iterable[Condition], criteria: Criteria) -> dict[str, int]:
    """Return for each list so many entries that all of these conditions, at once, say all that they can say.

    What a quantifier says is shown by few entries (the one that fulfils `some`, the one that fails `every`, as many as
    `count` counts); a case that keeps those of every quantifier, and drops all others, makes each say the same.
    """
    quantifiers = {
        node
        for condition in conditions
        for node, _inside in leaves(condition, criteria.definitions)
        if isinstance(node, Quantifier)
    }
    found: Counter[str] = Counter()
    for node in quantifiers:
        found[node.entity] += shown_by(node)
    return dict(found)


@once
def most_counted(criteria: Criteria) -> dict[str, int]:
    """Return for each list the largest number of entries that any rule counts to."""
    found: dict[str, int] = {}
    for condition in [*every_condition(criteria), *criteria.definitions.values()]:
        for node, _inside in leaves(condition, {}):
            if isinstance(node, Quantifier):
                name = node.entity
                found[name] = max(found.get(name, 0), shown_by(node))
    return found


def shown_by(node: Quantifier) -> int:
    """Return how many entries show what a quantifier says."""
    return node.bound + 1 if node.kind == "at_most" else node.bound


LEAST_ENTRIES = 3
"""So many entries a list has at least in every question, if the set allows them."""
STEPS = 50_000_000
"""The work that one question may take before it is given up as not decided, in the solver's own count (`rlimit`).

It is the same on every machine, unlike seconds; here it is about ten of them.
"""

PLAIN = 1_000_000
"""The work that a question may take of which the answer is to be plain."""

Verdict: TypeAlias = Literal["possible", "impossible", "undecided"]
Ask: TypeAlias = Callable[[Collection[int]], tuple[Verdict, frozenset[int]]]
"""Whether a case fulfils some of several terms, by their places, and if none does, some that do not go together."""


@dataclass(frozen=True)
class Limits:
    """How far a question looks."""

    steps: int = STEPS
    """The work that it may take before it is given up as not decided."""
    search: int = SEARCH
    """The work that one step may take on the way from some case to the smallest."""
    way: int | None = None
    """The work that all steps of that way may take together, where that is limited."""
    entries: int = LEAST_ENTRIES
    """The entries that a list has at least, where the set allows them."""
    bounds: Mapping[str, int] = field(default_factory=dict)
    """The entries of some lists."""
    go_together: bool = False
    """Whether answers that count as open since they contradict each other are left out, where a rule reads them."""
    jobs: int = 1
    """The processes over which questions may be spread."""
    domains: Domains | None = None
    """The classes of answers, where they are known from another space of the same sets and day."""
    context: z3.Context | None = None
    """Where terms live, where that is with those of another space."""


class Space:
    """The cases that one or several sets can tell apart, on one day; what is asked for is made when it is asked for."""

    def __init__(
        self,
        sets: Sequence[Criteria],
        base: Case,
        on: date,
        limits: Limits,
        profile: Profile | None = None,
        blanks: Blanks | None = None,
    ) -> None:
        """Take the sets, the case from which examples differ as little as possible, the day, and the limits.

        `blanks` are what is unknown of the cases, where that is not everything.
        """
        self.base = base
        self.on = on
        self.profile = profile
        self.sets = tuple(sets)
        self.limits = limits
        self.blanks = blanks or _everything(sets, base, on, limits, profile)
        self.readings = tuple(self._reading(one) for one in sets)
        self._solver = new_solver(self.blanks.context)
        self._told: dict[int, Term] = {}
        self._heard: dict[int, int] = {}
        self._held: list[Term] = []
        self.near: Sequence[Nearby | None] = [None] * len(self.sets)
        """What works out cases near the base case, of each set, for whoever finds many."""
        self._sorted: dict[int, int] = {}
        self._constraints: dict[int, list[tuple[frozenset[int], Term]]] = {}
        """What every case fulfils, by the first unknown that it reads, with all of them."""
        self.shown: z3.ModelRef | None = None
        """What the solver answered last of what is asked again and again."""
        self.is_smallest = True
        """Whether it is sure that no case is smaller than the one that was found last."""

    def _reading(self, criteria: Criteria) -> Reading:
        return Reading(criteria, self.blanks, self.on, self.profile, go_together=self.limits.go_together)

    @property
    def reading(self) -> Reading:
        """What the first of the sets makes of the cases."""
        return self.readings[0]

    def near_to(self, reading: Reading) -> "Nearby | None":
        """Return what works out cases near the base case under the set of one of the readings, where that is known."""
        return next((near for one, near in zip(self.readings, self.near, strict=True) if one is reading), None)

    def beside(
        self, bounds: Mapping[str, int], *, go_together: bool | None = None, context: z3.Context | None = None
    ) -> "Space":
        """Return the same cases with nothing asked for yet: a question about few rules is quick in a space of its own.

        `bounds` says how many entries its lists need; fewer than the usual number they do not have. `go_together`
        leaves out what its `Limits` say, or takes it in again; else it is as in this space. `context` is that of other
        such spaces, for whoever has many.
        """
        declared = self.blanks.entities
        wanted = {
            name: min(declared[name].many or 1, max(self.blanks.bounds[name], number))
            for name, number in bounds.items()
        }
        limits = replace(
            self.limits, bounds={**self.limits.bounds, **wanted}, domains=self.blanks.domains, context=context
        )
        if go_together is not None:
            limits = replace(limits, go_together=go_together)
        beside = Space(self.sets, self.base, self.on, limits, self.profile)
        beside.near = self.near
        return beside

    def constraints(self) -> list[Term]:
        """Return what every case fulfils, of all that was asked for so far."""
        return [term for source in self._sources() for term in source]

    def _sources(self) -> Iterator[Sequence[Term]]:
        yield self.blanks.constraints
        yield from (one.facts.constraints for one in self.readings)
        yield self._held

    def hold(self, terms: Iterable[Term]) -> None:
        """Look at no other cases from now on than those that fulfil these terms as well."""
        self._held += terms

    def check(self, *goal: Term, steps: int | None = None) -> tuple[Verdict, z3.ModelRef | None]:
        """Return whether a case can fulfil all of this, with an answer of the solver if it can.

        `steps` is the work that it may take, where that is less than the limit.
        """
        if any(term is False for term in goal):
            return "impossible", None
        self._push(goal)
        try:
            return self._verdict(steps=steps)
        finally:
            self._solver.pop()

    def is_plainly_impossible(self, term: Term, reads: frozenset[int] | None = None) -> bool:
        """Return whether no case fulfils a term for what is said of its own unknowns alone, `reads` where known.

        It is asked of few constraints of all, so it takes next to nothing; what it does not see may be impossible too.
        """
        if isinstance(term, bool):
            return not term
        solver = new_solver(self.blanks.context)
        tell(solver, [term, *self.said_of(read_by(term) if reads is None else reads)])
        solver.set("rlimit", PLAIN)
        return bool(ask_solver(solver) == z3.unsat)

    def said_of(self, unknowns: frozenset[int]) -> Iterator[Term]:
        """Yield what every case fulfils, of all that reads none but these unknowns."""
        for number, source in enumerate(self._sources()):
            new = source[self._sorted.get(number, 0) :]
            self._sorted[number] = len(source)
            for term in new:
                reads = read_by(term)
                if reads:
                    self._constraints.setdefault(min(reads), []).append((reads, term))
        for one in unknowns:
            yield from (term for reads, term in self._constraints.get(one, ()) if reads <= unknowns)

    def smallest(
        self, *goal: Term, wishes: Iterable[Sequence[Term]] = (), steps: int | None = None
    ) -> tuple[Verdict, z3.ModelRef | None]:
        """Return the smallest case that fulfils all of this (design, section 9).

        Fewest facts that differ from the base case, then fewest entries, then those that stand first in the file, with
        the answers that stand first. What it leaves open, `wishes` settle: of each, the first term that can hold.
        `steps` is the work that may be taken to find any case, where that is less than the limit.
        """
        if any(term is False for term in goal):
            return "impossible", None
        self._push(goal)
        try:
            verdict, model = self._verdict(steps=steps)
            if model is None:
                return verdict, None
            search = Search(self._solver, self.blanks, self.limits.search, self.limits.way)
            model = search.least(model, wishes)
            self.is_smallest = search.is_proved
            return "possible", model
        finally:
            self._solver.pop()

    @contextmanager
    def asked_with(
        self, goal: Iterable[Term], terms: Sequence[Term], steps: int | None = None, *, is_told: bool = False
    ) -> Iterator[Ask]:
        """Give what is asked again and again: whether a case fulfils the goal and, by their places, some of the terms.

        Where one does, `shown` is the solver's answer, if it `is_told` with answers that stand first and none missing
        without need; where none does, the places are told of some that do not go together with the goal. Nothing else
        may be asked of these cases meanwhile.
        """
        self._push(goal)
        wanted = [z3.FreshBool("wanted", self.blanks.context) for _ in terms]
        places = {key(one): place for place, one in enumerate(wanted)}

        def ask(asked: Collection[int]) -> tuple[Verdict, frozenset[int]]:
            verdict, self.shown = self._verdict(*(wanted[place] for place in asked), steps=steps)
            if self.shown is not None and is_told:
                self._solver.push()
                tell(self._solver, (wanted[place] for place in asked))
                self.shown = Search(self._solver, self.blanks, self.limits.search).lowest(self.shown)
                self._solver.pop()
            core = self._solver.unsat_core() if verdict == "impossible" else ()
            return verdict, frozenset(places[key(one)] for one in core)

        try:
            tell(self._solver, [either(negated(one), term) for one, term in zip(wanted, terms, strict=True)])
            yield ask
        finally:
            self._solver.pop()

    def _push(self, goal: Iterable[Term]) -> None:
        # What every case fulfils is told once; later questions know it. It only grows: what was heard is passed over.
        known = self._told
        for number, source in enumerate(self._sources()):
            new = source[self._heard.get(number, 0) :]
            self._heard[number] = len(source)
            tell(self._solver, [one for one in new if one is not True and known.setdefault(key(one), one) is one])
        self._solver.push()
        tell(self._solver, goal)

    def _verdict(self, *assumed: z3.BoolRef, steps: int | None = None) -> tuple[Verdict, z3.ModelRef | None]:
        self._solver.set("rlimit", steps or self.limits.steps)
        found = ask_solver(self._solver, *assumed)
        if found == z3.sat:
            return "possible", self._solver.model()
        return ("impossible" if found == z3.unsat else "undecided"), None


def _everything(sets: Sequence[Criteria], base: Case, on: date, limits: Limits, profile: Profile | None) -> Blanks:
    """Return the blanks of all cases."""
    entities = together(sets)
    bounds = {**bounds_of(sets, limits.entries), **limits.bounds}
    for name, number in bounds.items():
        bounds[name] = max(number, len(stated_entries(base, name) or ()))
    domains = limits.domains or Domains(sets, on, profile, answers_of(base, entities))
    return Blanks(entities, domains, bounds, base, limits.context)


def together(sets: Sequence[Criteria]) -> dict[str, Entity]:
    """Return the entities of all the sets, each with the facts of all; the first set's word comes first."""
    found: dict[str, Entity] = {}
    for criteria in sets:
        for name, entity in criteria.entities.items():
            there = found.get(name)
            facts = {**entity.facts, **(there.facts if there else {})}
            found[name] = (there or entity).model_copy(update={"facts": facts})
    return found


def bounds_of(sets: Sequence[Criteria], least: int = LEAST_ENTRIES) -> dict[str, int]:
    """Return how many entries each list may have in a question: as many as any rule counts, at least three."""
    found: dict[str, int] = {}
    for criteria in sets:
        for name, entity in criteria.entities.items():
            if entity.many is not None:
                wanted = max(least, most_counted(criteria).get(name, 0))
                found[name] = max(min(entity.many, wanted), found.get(name, 0))
    return found


def answers_of(base: Case, entities: Mapping[str, Entity]) -> dict[str, list[Any]]:
    """Return what a case answers, by fact; of a list what its entries answer."""
    found: dict[str, list[Any]] = {}
    for name, entity in entities.items():
        stated = [getattr(base, name, None)] if entity.many is None else list(stated_entries(base, name) or ())
        for short, fact in entity.facts.items():
            if not isinstance(fact, TextFact):
                values = [answer(one, short) for one in stated]
                found[f"{name}.{short}"] = [one for one in values if one is not None]
    return found
