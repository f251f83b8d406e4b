"""Answers as they count: what tables know filled in, what nobody is asked settled (design, sections 4 and 9)."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, RuleFact, TextFact
from risk_engine.model.profile import Profile, cell_of
from risk_engine.model.references import asked_in_order
from risk_engine.portfolio.columns.conditions import Graph, table_of
from risk_engine.portfolio.columns.layout import Column, column_of, is_answered, unanswered
from risk_engine.portfolio.columns.planes import Held, Plane, Truth, plane_of


class Cells(NamedTuple):
    """What a table says of each row, and of none, and the fact that names the row."""

    row: str
    values: Column

    def filled(self, own: Column, rows: Column) -> Column:
        """Return answers, where there are none what the table says."""
        cells = self.values.take(np.minimum(rows, len(self.values) - 1))
        empty = -(own == unanswered(own.dtype)).astype(own.dtype)  # all bits
        filled: Column = own ^ ((own ^ cells) & empty)
        return filled


class Question(NamedTuple):
    """A fact that rules read, and how an answer to it comes to count."""

    name: str
    table: str
    fact: RuleFact
    cells: Cells | None
    asked: int | None
    """The number of the condition on which it is asked; None: always."""
    otherwise: Column
    """The one value that it has where it is not asked, if that is known."""


def questions_of(graph: Graph, on: date, profile: Profile | None) -> dict[str, Question]:
    """Return the questions of a set; the conditions on which they are asked stand in the graph before what reads them."""
    criteria = graph.criteria
    asked = {
        f"{entity}.{short}": graph.node(ask_when, table_of(criteria, entity))
        for entity, short, _fact, ask_when in asked_in_order(criteria)
    }
    return {
        name: Question(
            name,
            table_of(criteria, name),
            fact,
            _cells(criteria, name, fact, on, profile),
            asked.get(name),
            column_of(fact, [getattr(fact, "otherwise", None)], criteria),
        )
        for name, fact in criteria.every_fact()
        if not isinstance(fact, RowFact | TextFact)
    }


def _cells(criteria: Criteria, name: str, fact: RuleFact, on: date, profile: Profile | None) -> Cells | None:
    if fact.from_ is None:
        return None
    entity, _dot, short = name.partition(".")
    row_fact = criteria.entities[entity].facts[fact.from_]
    assert isinstance(row_fact, RowFact)  # noqa: S101 (checked when the set was loaded)
    column, table = fact.column or short, row_fact.of
    values = [cell_of(criteria, profile, table, row, column, on)[0] for row in criteria.tables[table].rows]
    return Cells(f"{entity}.{fact.from_}", column_of(fact, [*values, None], criteria))


class Counted:
    """The answers of all cases, or entries, to a question as they count."""

    def __init__(
        self, question: Question, own: Column, rows: Column | None, asked: Truth | None, *, keeps: bool
    ) -> None:
        """Take the answers as they are stated, the rows that fill them in, and whether the question is asked.

        `keeps` says whether an answer to a question that others close counts as it is stated.
        """
        self._question, self._keeps = question, keeps
        self.own = own
        self._held = own if question.cells is None or rows is None else question.cells.filled(own, rows)
        self._known = plane_of(is_answered(self._held))
        self.stated = self._known if self._held is own else plane_of(is_answered(own))
        """Where there is an answer."""
        self.closed: Plane | None = None
        if asked is not None:
            self._settle(asked)

    def _settle(self, asked: Truth) -> None:
        otherwise = self._question.otherwise
        self._has_otherwise = bool(is_answered(otherwise)[0])
        same = plane_of(self._held == otherwise) if self._has_otherwise else self._known
        self._stays = asked.must | (asked.may & same)
        """Where the answer counts as it is: the question is asked, or the answer is what it is otherwise too."""
        self.closed = ~asked.may
        self._opened = asked.may & ~self._stays

    @property
    def odd(self) -> Plane | None:
        """Where an answer to a question that others close is not what it comes to then; None: it cannot be closed."""
        if self.closed is None:
            return None
        if not self._has_otherwise:
            return np.zeros_like(self.closed)
        return self.closed & self.stated & ~plane_of(self.own == self._question.otherwise)

    @property
    def known(self) -> Plane:
        """Where there is a value that counts."""
        if self.closed is None:
            return self._known
        if self._has_otherwise:
            return (self._stays & self._known) | self.closed
        return (self._stays & self._known) | (self.closed & self.stated if self._keeps else np.zeros_like(self.closed))

    def truth(self, holds: Callable[[Column], Held]) -> Truth:
        """Return the truth of what holds of a value."""
        held = plane_of(holds(self._held))
        found = Truth(held & self._known, held | ~self._known)
        if self.closed is None:
            return found
        closed = self._where_closed(found, holds)
        return Truth(
            (self._stays & found.must) | (self.closed & closed.must),
            (self._stays & found.may) | (self.closed & closed.may) | self._opened,
        )

    def _where_closed(self, found: Truth, holds: Callable[[Column], Held]) -> Truth:
        """Return the truth where the question is not asked: of the answer if that counts, else of what it is then."""
        nowhere = np.zeros_like(found.must)
        value: Any = holds(self._question.otherwise)[0]
        otherwise = Truth(
            ~nowhere if value and self._has_otherwise else nowhere,
            ~nowhere if value or not self._has_otherwise else nowhere,
        )
        if not self._keeps:
            return otherwise
        own = found.must if self._held is self.own else plane_of(holds(self.own)) & self.stated
        return Truth(own | (otherwise.must & ~self.stated), own | (otherwise.may & ~self.stated))
