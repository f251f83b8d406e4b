"""Which questions are asked of many cases: what closes them, which answers count, and what is to be asked first.

It follows `engine/resolve.py`, where the same is said of one case.
"""

from typing import NamedTuple

from risk_engine.model.facts import AnyFact, RowFact, TextFact
from risk_engine.model.references import asked_in_order, closable
from risk_engine.portfolio.columns.conditions import CASE, Graph
from risk_engine.portfolio.columns.deciding_answers import Marks, Truths, raised
from risk_engine.portfolio.columns.layout import is_answered
from risk_engine.portfolio.columns.planes import Plane, plane_of


class Asked(NamedTuple):
    """A fact that is asked for on a condition."""

    name: str
    table: str
    fact: AnyFact
    asked: int
    """The number of the condition."""

    @property
    def can_be_superfluous(self) -> bool:
        """Return whether an answer to it says what rules read."""
        return not isinstance(self.fact, RowFact | TextFact)


class Questions:
    """The questions of a set, as one reading of the answers settles them."""

    def __init__(self, graph: Graph, *, keeps: bool) -> None:
        """Take the conditions, and whether answers to questions that others close count."""
        self._keeps = keeps
        criteria = graph.criteria
        many = {name for name, one in criteria.entities.items() if one.many is not None}
        of_entries: list[Asked] = []
        of_cases: list[Asked] = []
        for entity, short, fact, ask_when in asked_in_order(criteria):
            table = entity if entity in many else CASE
            of_table = of_entries if entity in many else of_cases
            of_table.append(Asked(f"{entity}.{short}", table, fact, graph.node(ask_when, table)))
        self._of_cases, self._of_entries = of_cases, of_entries
        self._lists = {name: graph.node(ask_when) for name, ask_when in closable(criteria).items()}
        asked = {one.name: one for one in (*of_cases, *of_entries)}
        self._rows = {
            name: f"{name.partition('.')[0]}.{fact.from_}"
            for name, fact in criteria.every_fact()
            if not isinstance(fact, RowFact | TextFact) and fact.from_ is not None
        }
        """By fact that a table fills in, the one that names its row."""
        self._asked_rows = {row: asked.get(row) for row in self._rows.values()}
        self._always_asked = {name: row for name, row in self._rows.items() if name not in asked}
        self._tables = {
            name: entity if entity in many else CASE
            for name, _fact in criteria.every_fact()
            for entity in [name.partition(".")[0]]
        }

    # --- answers ---

    def superfluous(self, truths: Truths) -> tuple[Marks, Marks]:
        """Return the answers that count though others close their question, and those that close it."""
        found, closing = Marks(), Marks()
        if not self._keeps:
            return found, closing
        for one in (*self._of_cases, *self._of_entries):
            if one.can_be_superfluous:
                found.facts[one.name] = own = self._odd(one, truths)[None]
                closing.add(truths.marks({one.asked: truths.asked_from(one.table, one.asked, own)}))
        for name, asked in self._lists.items():
            found.lists[name] = own = plane_of(truths.reading.listed(name).odd)[None]
            closing.add(truths.marks({asked: own}))
        for one in (*reversed(self._of_entries), *reversed(self._of_cases)):
            # In place of what is not asked stands what closes that.
            if one.can_be_superfluous and (weights := closing.facts.get(one.name)) is not None:
                is_closed = ~(truths.reading.seen_from(one.table, one.asked).may | self._odd(one, truths))
                closing.facts[one.name] = weights & ~is_closed
                closing.add(truths.marks({one.asked: truths.asked_from(one.table, one.asked, weights & is_closed)}))
        return found, closing

    def _odd(self, one: Asked, truths: Truths) -> Plane:
        odd = truths.reading.counted(one.name).odd
        assert odd is not None  # noqa: S101 (it can be closed)
        return odd

    def asked(self, marks: Marks, truths: Truths) -> Marks:
        """Return those of the facts that somebody is asked, or answers all the same."""
        found = Marks({**marks.facts})
        for one in (*self._of_cases, *self._of_entries):
            if (weights := marks.facts.get(one.name)) is not None:
                may = truths.reading.seen_from(one.table, one.asked).may
                found.facts[one.name] = weights & (may | self._odd(one, truths) if self._keeps else may)
        return found

    # --- questions ---

    def to_ask(self, marks: Marks, truths: Truths) -> Marks:
        """Return what is to be asked for answers that are not known: themselves, or what decides whether they are."""
        pending, found = Marks({**marks.facts}, {**marks.lists}), Marks()
        for one in reversed(self._of_entries):
            self._ask(one, pending, found, truths)
        for name, asked in self._lists.items():
            if (weights := pending.lists.get(name)) is not None:
                _emptied, unknown = truths.reading.listed(name).planes
                waits = unknown & truths.reading.truths[asked].unknown
                pending.lists[name] = weights & ~waits
                pending.add(truths.marks({asked: weights & waits}))
        for one in reversed(self._of_cases):
            self._ask(one, pending, found, truths)
        for name, row in self._always_asked.items():
            if (weights := pending.facts.pop(name, None)) is not None:
                by_row = self._unanswered(name, truths) & self._unanswered(row, truths, stated=True)
                raised(found.facts, name, weights & ~by_row)
                raised(found.facts, row, weights & by_row)
        found.add(pending)
        return found

    def _ask(self, one: Asked, pending: Marks, found: Marks, truths: Truths) -> None:
        weights = pending.facts.pop(one.name, None)
        if weights is None or not weights.any():
            return
        asked, is_open = truths.reading.seen_from(one.table, one.asked), self._unanswered(one.name, truths)
        waits = is_open & asked.unknown
        pending.add(truths.marks({one.asked: truths.asked_from(one.table, one.asked, weights & waits)}))
        if (row := self._rows.get(one.name)) is not None:
            by_row = is_open & asked.must & self._unanswered(row, truths, stated=True)
            if (of_row := self._asked_rows[row]) is not None:
                by_row &= truths.reading.seen_from(of_row.table, of_row.asked).may
            raised(pending.facts, row, weights & by_row)
            waits |= by_row
        raised(found.facts, one.name, weights & ~waits)

    def _unanswered(self, name: str, truths: Truths, *, stated: bool = False) -> Plane:
        """Return where a fact has no value, as it counts or as it was stated."""
        if name not in truths.reading.questions:  # a row, a text: as it was stated
            return plane_of(~is_answered(truths.reading.column(self._tables[name], name)))
        answers = truths.reading.counted(name)
        return ~(answers.stated if stated else answers.known)
