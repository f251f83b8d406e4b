"""Cases as one reading has their answers: what counts, and what every condition of the set comes to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import NamedTuple, assert_never

import numpy as np

from risk_engine.model.conditions import Quantifier
from risk_engine.model.references import reopening
from risk_engine.portfolio.columns.answers import Counted, Question
from risk_engine.portfolio.columns.conditions import CASE, Graph, Node
from risk_engine.portfolio.columns.layout import Cases, Column, Entries
from risk_engine.portfolio.columns.planes import Held, Plane, Truth, everywhere, held_in, plane_of


class Rules(NamedTuple):
    """What is read of every case; conditions by their numbers."""

    graph: Graph
    questions: Mapping[str, Question]
    closable: Mapping[str, int]
    """By list the condition on which its entries are asked for."""
    invariants: Mapping[str, tuple[int, int]]
    """By invariant among the answers whenever what must hold."""


@dataclass(frozen=True)
class Listed:
    """The entries of a list, and of which cases it counts as empty, or nobody knows."""

    entries: Entries
    emptied: Held
    unknown: Held
    odd: Held
    """Of which cases it has answers though it is closed."""

    @cached_property
    def planes(self) -> tuple[Plane, Plane]:
        """Where it counts as empty, and where nobody knows, as bits."""
        return plane_of(self.emptied), plane_of(self.unknown)

    @cached_property
    def there(self) -> Plane:
        """Which cases have entries that count, as bits."""
        return plane_of((np.diff(self.entries.first) > 0) & ~self.emptied)


class Reading:
    """Cases with what their answers count as, and the truth of every condition."""

    def __init__(self, rules: Rules, cases: Cases, *, keeps: bool) -> None:
        """Read cases; `keeps` says whether answers to questions that others close count as they are stated."""
        self.cases = cases
        self.graph = rules.graph
        self.questions = rules.questions
        self._rules = rules
        self._keeps = keeps
        self._counted: dict[str, Counted] = {}
        self._lists: dict[str, Listed] = {}
        self._lent: dict[tuple[str, int], Truth] = {}
        self.truths: list[Truth] = []
        """Of each condition by its number, in planes of cases or of entries."""
        for number, node in enumerate(rules.graph.nodes):
            self.truths.append(self._truth(number, node))

    # --- conditions ---

    def _truth(self, number: int, node: Node) -> Truth:
        match node.kind:
            case "always":
                every = everywhere(self.cases.number, holds=True)
                return Truth(every, every)
            case "fact":
                leaf = self.graph.leaves[number]
                return self.counted(leaf.name).truth(leaf)
            case "all":
                return self._joined(and_, node)
            case "any":
                return self._joined(or_, node)
            case "not":
                return self.truths[node.parts[0]].opposite
            case "entries":
                assert isinstance(node.condition, Quantifier)  # noqa: S101 (by its kind)
                return self._of_entries(node.condition, node.parts[0])
            case _:
                assert_never(node.kind)

    def _joined(self, join: Callable[[Plane, Plane], Plane], node: Node) -> Truth:
        parts = [self.seen_from(node.table, part) for part in node.parts]
        return Truth(reduce(join, [one.must for one in parts]), reduce(join, [one.may for one in parts]))

    def seen_from(self, table: str, number: int) -> Truth:
        """Return the truth of a condition for a table; what is of the case is so for its entries."""
        truth = self.truths[number]
        if table == CASE or self.graph.nodes[number].table != CASE:
            return truth
        if (table, number) not in self._lent:
            slots = self.cases.lists[table].slots
            self._lent[table, number] = Truth(slots.of_cases(truth.must), slots.of_cases(truth.may))
        return self._lent[table, number]

    def _of_entries(self, quantifier: Quantifier, part: int) -> Truth:
        truth = self.seen_from(quantifier.entity, part)
        match quantifier.kind:
            case "some" | "at_least":
                return self._so_many(quantifier.entity, truth, quantifier.bound)
            case "every":
                return self._so_many(quantifier.entity, truth.opposite, 1).opposite
            case "at_most":
                return self._so_many(quantifier.entity, truth, quantifier.bound + 1).opposite
            case _:
                assert_never(quantifier.kind)

    def _so_many(self, entity: str, truth: Truth, number: int) -> Truth:
        """Return whether so many entries of a list fulfil a condition; where it is closed it is empty."""
        slots, (emptied, unknown) = self.cases.lists[entity].slots, self.listed(entity).planes
        must, may = (slots.so_many(one, number) & ~emptied for one in truth)
        return Truth(must, may | unknown)

    # --- answers ---

    def counted(self, name: str) -> Counted:
        """Return the answers to a question as they count."""
        if name not in self._counted:
            question = self.questions[name]
            rows = None if question.cells is None else self.column(question.table, question.cells.row)
            asked = None if question.asked is None else self.seen_from(question.table, question.asked)
            own = self.column(question.table, name)
            self._counted[name] = Counted(question, own, rows, asked, keeps=self._keeps)
        return self._counted[name]

    def column(self, table: str, name: str) -> Column:
        """Return the answers to a question as they were stated, of cases, or of entries as they lie in planes."""
        if table == CASE:
            return self.cases.facts[name]
        entries = self.cases.lists[table]
        return entries.facts[name].take(entries.slots.entries)

    def listed(self, name: str) -> Listed:
        """Return a list; where it is closed it is empty, whatever is in it but answers that count."""
        if name not in self._lists:
            entries, number = self.cases.lists[name], self.cases.number
            asked = self._rules.closable.get(name)
            is_closed = np.zeros(number, bool) if asked is None else ~held_in(self.truths[asked].may, number)
            odd = entries.has_answers & is_closed
            emptied = is_closed & ~odd if self._keeps else is_closed
            self._lists[name] = Listed(entries, emptied, ~entries.answered & ~is_closed, odd)
        return self._lists[name]

    @property
    def lists(self) -> Iterable[str]:
        """The names of the lists."""
        return self.cases.lists

    @cached_property
    def odd(self) -> Held:
        """Of which cases answers contradict each other, so that they are open again."""
        number = self.cases.number
        found = everywhere(number, holds=False)
        for name in reopening(self.graph.criteria):
            found = found | self.broken(name)
        for name, question in self.questions.items():
            if (odd := self.counted(name).odd) is not None:
                found = found | (
                    odd if question.table == CASE else self.cases.lists[question.table].slots.so_many(odd, 1)
                )
        return reduce(or_, [self.listed(name).odd for name in self.lists], held_in(found, number))

    def broken(self, invariant: str) -> Plane:
        """Return where answers break an invariant."""
        whenever, then = (self.truths[one] for one in self._rules.invariants[invariant])
        return whenever.must & ~then.may
