"""One criteria set over every possible case: its findings, ratings and ladders, made when first asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from risk_engine.files.once import once
from risk_engine.model.conditions import Condition, ConditionOrAlways, facts_in
from risk_engine.model.criteria import AloneInvariant, Criteria, FactInvariant, ResultInvariant
from risk_engine.model.facts import Entity, orders_of
from risk_engine.model.profile import Profile
from risk_engine.model.references import ladder_entity, read_by, reopened, result_entities
from risk_engine.model.words import KNOCK_OUTS, OUTCOMES, SEVERITIES
from risk_engine.solver.blanks import Answer, Blanks
from risk_engine.solver.conditions import Entry, Further, read
from risk_engine.solver.domains import Domain
from risk_engine.solver.facts import Facts
from risk_engine.solver.findings import Finding, Rating, finding, rating, stricter, widened
from risk_engine.solver.terms import (
    Interval,
    Order,
    Pair,
    Term,
    between,
    both,
    constant,
    either,
    negated,
    settled_ends,
    some,
)


@dataclass(frozen=True)
class LadderTerms:
    """What a ladder comes to: the level that it proposes, both ends of its range, and which rule decides."""

    level: Order
    lowest: Order
    highest: Order
    decides: tuple[Term, ...]
    """For each rule whether it is the one that decides; `otherwise` does where none is."""


class Reading:
    """The results of one set over a case of blanks, and conditions read over facts and results together."""

    def __init__(
        self,
        criteria: Criteria,
        blanks: Blanks,
        on: date,
        profile: Profile | None = None,
        facts: type[Facts] = Facts,
        *,
        go_together: bool = False,
    ) -> None:
        """Take the set, the case, the day, the profile, how facts are read, and whether answers must go together.

        Then no case is looked at in which a contradiction opens again what a finding reads that was asked for.
        """
        self.criteria = criteria
        self.profile = profile
        self.on = on
        self.facts = facts(criteria, blanks, on, profile)
        self.definitions: Mapping[str, Condition] = criteria.definitions
        self._declared = _results_of(criteria)
        self.orders: Mapping[str, Mapping[str, int]] = {**self.facts.orders, **orders_of(self._declared)}
        self.held: dict[tuple[str, Any], Pair] = {}
        self.compared: dict[tuple[str, str, Any, Any], Pair] = {}
        self.known: dict[str, Finding] = {}
        """Findings of which it is known what they come to; what they read is asked for all the same."""
        self._go_together = go_together
        self._unbroken: set[str] = set()
        self._findings: dict[str, Finding] = {}
        self._ratings: dict[str, Rating] = {}
        self._ladders: dict[str, LadderTerms] = {}
        self._answers: dict[tuple[str, Any], tuple[Answer, Domain]] = {}
        self._read: dict[int, tuple[Condition, tuple[str, ...]]] = {}
        self._ends: dict[tuple[str, Any], tuple[int, int] | None] = {}
        self.in_force = tuple(name for name, one in criteria.indicators.items() if one.effective.covers(on))

    def finding(self, name: str) -> Finding:
        """Return what an indicator comes to."""
        if name in self.known and name not in self._findings:
            self.facts.ask(sorted(read_by(self.criteria)[name]))
            self._findings[name] = self.known[name]
        if name not in self._findings:
            found = self._finding(name, self.facts)
            if self._aside is not None:
                found = stricter(found, self._finding(name, self._aside))
            reopening = self._reopening(name)
            if self._go_together and self._aside is None:
                self._leave_out(reopening)
            elif self._aside is not None or reopening:
                found = widened(found, self._finding(name, self._again))
            self._findings[name] = found
        return self._findings[name]

    def _reopening(self, name: str) -> list[str]:
        """Return the contradictions that open again what an indicator reads."""
        read = read_by(self.criteria)[name]
        return [one for one, opened in reopened(self.criteria).items() if not read.isdisjoint(opened)]

    def _leave_out(self, contradictions: Sequence[str]) -> None:
        for one in contradictions:
            if one not in self._unbroken:
                self._unbroken.add(one)
                self.facts.constraints += [negated(opened) for opened in self.facts.opened_again(one)]

    @cached_property
    def _again(self) -> Facts:
        """The facts without the answers that contradict each other, where such a contradiction reopens them."""
        contradicting = [self.facts] if self._aside is None else [self.facts, self._aside]
        return type(self.facts)(self.criteria, self.facts.blanks, self.on, self.profile, self.facts, contradicting)

    @cached_property
    def _aside(self) -> Facts | None:
        """The facts with superfluous answers set aside, where some may count."""
        if not any(self.facts.blanks.kept):
            return None
        return type(self.facts)(self.criteria, self.facts.blanks, self.on, self.profile, self.facts)

    def _finding(self, name: str, facts: Facts) -> Finding:
        off = self.profile.policy_knock_outs_off.get(name) if self.profile else None
        without_policy = off is not None and off.applies(self.on)
        indicator = self.criteria.indicators[name]
        return finding(name, indicator, facts, facts.blanks.in_place, without_policy=without_policy)

    def findings(self) -> Sequence[Finding]:
        """Return what every indicator comes to that is in force on the day, in the order of the set."""
        return [self.finding(name) for name in self.in_force]

    def take(self, found: Finding) -> None:
        """Let what an indicator comes to be other terms that mean the same, before anything is made of it."""
        self._findings[found.id] = found

    def every_facts(self) -> list[Facts]:
        """Return the facts as they are stated, and likewise without what contradicts itself and is open again."""
        return [self.facts, self._again]

    def rating(self, dimension: str) -> Rating:
        """Return the rating of a dimension."""
        if dimension not in self._ratings:
            under = self.criteria.head.rated_under(dimension)
            found = [one for one in self.findings() if one.indicator.dimension in under]
            self._ratings[dimension] = rating(dimension, found, self.criteria.head.severity)
        return self._ratings[dimension]

    def ladder(self, name: str) -> LadderTerms:
        """Return what a ladder comes to."""
        if name not in self._ladders:
            self._ladders[name] = self._ladder(name)
        return self._ladders[name]

    def holds(self, condition: ConditionOrAlways) -> Pair:
        """Return whether a condition over facts and results holds."""
        return read(condition, self)

    def breaks(self, invariant: FactInvariant | ResultInvariant | AloneInvariant) -> Term:
        """Return whether a case breaks for certain what a set says must never happen."""
        return both(self.holds(invariant.whenever).must, negated(self.holds(invariant.then).may))

    def _ladder(self, name: str) -> LadderTerms:
        ladder = self.criteria.ladders[name]
        levels = list(ladder.levels)
        truths = [(levels.index(rule.level), rule.provisional, self.holds(rule.when)) for rule in ladder.rules]
        mildest = levels.index(ladder.otherwise.level)
        counted = [(rank, truth.may if provisional else truth.must) for rank, provisional, truth in truths]
        settled = [(rank, truth.must) for rank, provisional, truth in truths if not provisional]
        # What may decide is what no certain rule stands above.
        certain = _first([term for _rank, term in settled])
        reachable = [truth.may for _rank, provisional, truth in truths if not provisional]
        above = [negated(some(certain[:place])) for place in range(len(certain))]
        length = len(levels)
        lowest = _decided(settled, mildest, length)
        may = [(rank, both(term, free)) for (rank, _), term, free in zip(settled, reachable, above, strict=True)]
        highest = tuple(either(one, some(t for r, t in may if r >= place)) for place, one in enumerate(lowest))
        decides = _first([term for _rank, term in counted])
        return LadderTerms(_decided(counted, mildest, length), lowest, highest, tuple(decides))

    # --- as conditions read it ---

    def operand(self, wanted: Any) -> Any:
        """Return the value of a parameter on the day."""
        return self.facts.operand(wanted)

    def likeness(self, entity: str, where: Condition, key: Any) -> Any:
        """Return where a finding or dimension stands in all that a condition reads of it; None if it is not settled."""
        if entity not in self._declared:
            return None
        if id(where) not in self._read:
            # Kept with what it reads, so that no other condition can take its place.
            self._read[id(where)] = where, tuple(sorted(facts_in(where, self.definitions)))
        ends = tuple(self._ends_of(fact, key) for fact in self._read[id(where)][1])
        return None if None in ends else ends

    def _ends_of(self, fact: str, key: Any) -> tuple[int, int] | None:
        if (fact, key) not in self._ends:
            answer, _domain = self.answer(fact, key)
            self._ends[fact, key] = settled_ends(answer) if isinstance(answer, Interval) else None
        return self._ends[fact, key]

    def entries(self, entity: str) -> tuple[Term, Sequence[Entry]]:
        """Return the entries of a list of the case, or the findings or dimensions."""
        match entity:
            case "finding":
                return True, [Entry(name, present=True) for name in self.in_force]
            case "dimension":
                return True, [Entry(name, present=True) for name in self.criteria.head.dimensions]
            case _:
                return self.facts.entries(entity)

    def further(self, entity: str, where: Condition) -> Further | None:
        """Return what further entries of a list of the case say; of findings and dimensions there are none."""
        return None if entity in self._declared else self.facts.further(entity, where)

    def answer(self, fact: str, key: Any) -> tuple[Answer, Domain]:
        """Return a fact of the case, of a finding, of a dimension, or the level of a ladder."""
        entity, _dot, short = fact.partition(".")
        if entity not in self._declared:
            return self.facts.answer(fact, key)
        if (fact, key) not in self._answers:
            self._answers[fact, key] = self._result(entity, short, key)
        return self._answers[fact, key]

    def _result(self, entity: str, short: str, key: Any) -> tuple[Answer, Domain]:
        match entity:
            case "finding":
                return self._of_finding(short, self.finding(key))
            case "dimension":
                return self._of_dimension(short, self.rating(key))
            case _:
                level = self.ladder(short).level
                return between(level), tuple(self.criteria.ladders[short].levels)

    def _of_finding(self, short: str, found: Finding) -> tuple[Answer, Domain]:
        match short:
            case "outcome":
                # The missing answers will make an undetermined one present or absent, so it is either.
                low = (True, found.present, found.present)
                high = (True, found.not_absent, found.not_absent)
                return between(low, high), OUTCOMES
            case "inherent":
                return between(found.inherent, found.possible), SEVERITIES
            case "possible":
                return between(found.possible), SEVERITIES
            case "residual":
                return between(*found.residual), SEVERITIES
            case "knock_out":
                return between(*found.knock_out), KNOCK_OUTS
            case "open":
                is_open = (True, found.is_open)
                return between(is_open), (False, True)
            case _:
                options = tuple(self._declared["finding"].facts[short].options)  # type: ignore[union-attr]
                value = found.id if short == "id" else getattr(found.indicator, short)
                order = constant(options.index(value), len(options))
                return between(order), options

    def _of_dimension(self, short: str, found: Rating) -> tuple[Answer, Domain]:
        bands = tuple(self.criteria.head.severity.bands)
        match short:
            case "id":
                names = tuple(self.criteria.head.dimensions)
                return between(constant(names.index(found.dimension), len(names))), names
            case "inherent_band":
                return between(*found.inherent), bands
            case "residual_band":
                return between(*found.residual), bands
            case _:
                at_least, at_most = found.capped
                return between((True, at_least), (True, at_most)), (False, True)


def _first(terms: Sequence[Term]) -> list[Term]:
    """Return for each term whether it is the first that holds."""
    found: list[Term] = []
    earlier: Term = False
    for term in terms:
        found.append(both(term, negated(earlier)))
        earlier = either(earlier, term)
    return found


def _decided(rules: Sequence[tuple[int, Term]], mildest: int, length: int) -> Order:
    """Return the level of the first rule that holds, else the mildest that a ladder falls back to."""
    ranks = [rank for rank, _term in rules]
    if ranks == sorted(ranks, reverse=True) and min(ranks, default=mildest) >= mildest:
        # Rules stand strictest first, so the first that holds is at least as strict as any that holds.
        return tuple(place <= mildest or some(term for rank, term in rules if rank >= place) for place in range(length))
    deciding = list(zip(ranks, _first([term for _rank, term in rules]), strict=True))
    none = negated(some(term for _rank, term in rules))
    return tuple(
        place == 0 or some([*(term for rank, term in deciding if rank >= place), both(place <= mildest, none)])
        for place in range(length)
    )


@once
def _results_of(criteria: Criteria) -> dict[str, Entity]:
    return {**result_entities(criteria), **ladder_entity(criteria)}
