"""What is still open of a case, read once for all that is asked about it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from risk_engine.engine.facts import Facts, Read, in_json, value_of
from risk_engine.engine.find import Found
from risk_engine.engine.problems import broken
from risk_engine.engine.propose import Proposed
from risk_engine.engine.replay import Replays, deciding
from risk_engine.engine.work import Worked
from risk_engine.files.once import once
from risk_engine.model.case import Case
from risk_engine.model.conditions import facts_in
from risk_engine.model.criteria import CriteriaSet, FactInvariant
from risk_engine.model.outlook import Contradiction, Path
from risk_engine.model.proof import Reached
from risk_engine.model.references import rule_conditions
from risk_engine.outlook.near_harmless import Near, Question
from risk_engine.solver.blanks import Blank
from risk_engine.solver.confirm import sound
from risk_engine.solver.open_case import OpenCase, beyond, settled, unanswered
from risk_engine.solver.space import LEAST_ENTRIES, Limits, needed
from risk_engine.solver.terms import Term

PAIR = 2
"""Two answerings of one case are laid side by side."""
STEPS = 20_000_000
"""The work that one question about one case may take (`rlimit`): a few seconds."""


class StillOpen:
    """A case with all its open questions and lists as unknowns, and what its ladders come to.

    Everything that ladders depend on is asked for here, in one order, so that no answer depends on what was asked of it
    before.
    """

    def __init__(self, worked: Worked, base: Case, limits: Limits | None = None) -> None:
        """Take a case that was worked out, and the harmless case that completions stay near to, or the case itself."""
        self.worked, self.criteria, self.base = worked, worked.criteria, base
        self.limits = limits or Limits(steps=STEPS, search=STEPS, bounds=entries_enough(self.criteria))
        self._places, self._lists = unanswered(worked)
        self.decisive = deciding(worked.criteria)
        self.replays = Replays(worked, self.decisive)
        """The case worked out again with one thing changed: what headline and gate come to."""
        self._others = Replays(worked, tuple(one for one in worked.criteria.ladders if one not in self.decisive))
        self.case = OpenCase(
            worked,
            base,
            questions=self._places,
            lists=self._lists,
            limits=self.limits,
            completed=True,
            known=settled(worked),
        )
        self.space, self.blanks, self.reading = self.case.space, self.case.blanks, self.case.reading
        self.ladders = {name: self.reading.ladder(name) for name in self.criteria.ladders}
        self.space.hold(self.case.complete())
        self.proposed: dict[str, Proposed] = {one.ladder: one for one in worked.proposed}

    @cached_property
    def near(self) -> Near:
        """Return the completions that differ from the harmless case in one thing at most."""
        return Near(self.case, self.questions)

    @cached_property
    def partly(self) -> OpenCase:
        """Return the case with every open question answered or left open."""
        found = OpenCase(
            self.worked,
            self.base,
            questions=self._places,
            lists=self._lists,
            limits=replace(self.limits, domains=self.blanks.domains, bounds=entries_enough(self.criteria, PAIR)),
            known=settled(self.worked),
            context=self.blanks.context,
        )
        for name in self.decisive:
            found.reading.ladder(name)
        found.space.hold(found.as_given())
        return found

    @cached_property
    def open_blanks(self) -> tuple[Blank, ...]:
        """Return the unknowns of open questions that ladders depend on, in the order of a case file."""
        return tuple(one for one in self.blanks.in_order() if self.blanks.is_open(one))

    @cached_property
    def open_lists(self) -> tuple[str, ...]:
        """Return the open lists that ladders depend on, in the order of a case file."""
        opened = self.blanks.opened.lists
        return tuple(one for one in self.criteria.entities if one in opened and one in self.blanks.lists)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Return every open question and every open list, in the order of a case file."""
        found: list[Question] = []
        for name in self.criteria.entities:
            if name in self._lists:
                blanks = tuple(one for one in self.open_blanks if one.entity == name)
                found.append(Question(name, Read(name, None, None), blanks, is_list=True, after=()))
            found += [self._question(Read(*place)) for place in self._places if place[0] == name]
        return tuple(found)

    def _question(self, read: Read) -> Question:
        blank = self.case.blank((read.entity, read.entry, str(read.fact)))
        first = (one for one in self.worked.facts.to_ask(read) if one != read)
        return Question(
            path=read.path(),
            read=read,
            blanks=(blank,) if blank in self.blanks.touched else (),
            is_list=False,
            after=tuple(dict.fromkeys(one.path() for one in first)),
        )

    def matters(self, question: Question) -> bool:
        """Return whether any ladder depends on a question at all, as far as is plain from the rules."""
        return question.path in self.open_lists if question.is_list else bool(question.blanks)

    def reaches(self, question: Question) -> bool:
        """Return whether a finding that is open reads the question, or what hangs on its answer."""
        names = {f"{blank.entity}.{blank.fact}" for blank in question.blanks}
        names |= {question.path} if question.is_list else set()
        return self.matters(question) and len(list(beyond(self.worked, names))) < len(self.worked.found)

    def reached(self, found: Mapping[str, Found]) -> tuple[Reached, ...]:
        """Return what all ladders come to with these findings in place of those of the case."""
        several = (*self.replays.with_findings(found), *self._others.with_findings(found))
        by_name = {one.ladder: one for one in several}
        return tuple(by_name[name] for name in self.criteria.ladders)

    def contradictions(self, facts: Facts) -> tuple[Contradiction, ...]:
        """Return what does not go together in other facts of the case, but for what does not in its own."""
        return clashes(self.worked.facts, self._broken, facts, self.criteria)

    @cached_property
    def _broken(self) -> frozenset[str]:
        return broken_by(self.worked.facts, self.criteria)

    @cached_property
    def sound(self) -> tuple[Term, ...]:
        """Return that the answers go together, but for invariants that the case itself breaks with any of them.

        Invariants that read an open question on which no ladder depends are passed over: a completion leaves it open.
        """
        known = {blank.name for blank in self.blanks.touched}
        open_ = {f"{entity}.{fact}" for entity, _entry, fact in self._places}
        open_ |= {f"{name}.{fact}" for name in self._lists for fact in self.criteria.entities[name].facts}
        stated = self.criteria.invariants.facts.items()
        beyond = {name for name, one in stated if not self._reads(one).isdisjoint(open_ - known)}
        return tuple(sound(self.reading, {*self._broken, *beyond}))

    def _reads(self, invariant: FactInvariant) -> frozenset[str]:
        conditions = [one for one in (invariant.whenever, invariant.then) if one != "always"]
        return frozenset().union(*(facts_in(one, self.criteria.definitions) for one in conditions))

    def path(self, blank: Blank) -> Path:
        """Return the question that an unknown belongs to; of an open list that list."""
        if blank.entity in self.blanks.opened.lists:
            return blank.entity
        return Read(*self.case.place(blank)).path()

    @cached_property
    def now(self) -> tuple[int, ...]:
        """Return the places where headline and gate stand now: of each its level, and the ends of its range."""
        return self.places(self.worked.proposed)

    def places(self, reached: Iterable[Reached | Proposed]) -> tuple[int, ...]:
        """Return the same places of what ladders came to."""
        found: list[int] = []
        by_name = {one.ladder: one for one in reached}
        for one in map(by_name.__getitem__, self.decisive):
            levels = list(self.criteria.ladders[one.ladder].levels)
            found += [levels.index(one.level), levels.index(one.lowest), levels.index(one.highest)]
        return tuple(found)


def entries_enough(criteria: CriteriaSet, copies: int = 1) -> dict[str, int]:
    """Return so many entries of each list that more of them, as far as the set allows more, change nothing.

    What a quantifier says of a list few of its entries show: a case that keeps those of every quantifier and drops all
    others comes to the same. `copies` are so many cases that have the list in common: each has entries of its own that
    show it.
    """
    wanted = _needed(criteria)
    return {
        name: min(entity.many, max(LEAST_ENTRIES, copies * wanted.get(name, 0)))
        for name, entity in criteria.entities.items()
        if entity.many is not None
    }


@once
def _needed(criteria: CriteriaSet) -> dict[str, int]:
    return needed(rule_conditions(criteria), criteria)


def reached(worked: Worked) -> tuple[Reached, ...]:
    """Return what every ladder came to."""
    return tuple(map(Reached.of, worked.proposed))


def at(data: Mapping[str, Any], read: Read) -> Any:
    """Return what plain data of a case state for a question or a list; None where they state nothing."""
    found: Any = data.get(read.entity)
    if read.fact is None or found is None:
        return found
    if read.entry is not None:
        found = next(one for one in found if one["id"] == read.entry)
    return found.get(read.fact)


def broken_by(facts: Facts, criteria: CriteriaSet) -> frozenset[str]:
    """Return the names of the invariants among the answers that facts of a case break."""
    return frozenset(name for name, _reads in broken(facts, criteria))


def clashes(before: Facts, known: Collection[str], after: Facts, criteria: CriteriaSet) -> tuple[Contradiction, ...]:
    """Return the invariants among the answers that changed facts of a case break because of what changed.

    One that the case breaks itself (`known`) is told only where an answer takes part that was not there, or was another
    one.
    """
    found: list[Contradiction] = []
    for name, reads in broken(after, criteria):
        same = [one for one in reads if value_of(before, one) == value_of(after, one)]
        if name not in known or len(same) < len(reads):
            on_record = {one.path(): _plain(value_of(before, one)) for one in same if one.fact is not None}
            found.append(Contradiction(id=name, on_record=on_record))
    return tuple(found)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else in_json(value)
