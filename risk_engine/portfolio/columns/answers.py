"""Answers as they count: what tables know filled in, what nobody is asked settled (design, sections 4 and 9)."""

from datetime import date
from typing import NamedTuple

import numpy as np

from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, RuleFact, TextFact
from risk_engine.model.profile import Profile, cell_of
from risk_engine.model.references import asked_in_order
from risk_engine.portfolio.columns.conditions import Graph, Leaf, table_of
from risk_engine.portfolio.columns.layout import Column, column_of, is_answered, unanswered
from risk_engine.portfolio.columns.planes import Plane, Truth, plane_of


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
    """Return the questions of a set.

    The conditions on which they are asked stand in the graph before all that reads the answers.
    """
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
        self._own, self._otherwise = own, question.otherwise
        self._held = own if question.cells is None or rows is None else question.cells.filled(own, rows)
        known = plane_of(is_answered(self._held))
        self.stated = known if self._held is own else plane_of(is_answered(own))
        """Where there is an answer."""
        self._closed: Plane | None = None
        self._empty: Plane | None = None
        self._kept: Plane | None = None
        self._certain, self._open = known, ~known
        """Where what is compared is the answer, and where nobody knows."""
        if asked is not None:
            self._settle(known, asked, keeps=keeps)

    def _settle(self, known: Plane, asked: Truth, *, keeps: bool) -> None:
        has_otherwise = bool(is_answered(self._otherwise)[0])
        same = plane_of(self._held == self._otherwise) if has_otherwise else known
        stays = asked.must | (asked.may & same)  # asked, or the same in either case
        self._closed = closed = ~asked.may
        kept = closed & self.stated if keeps else np.zeros_like(closed)
        empty = closed & ~kept
        self._certain, self._open = stays & known, asked.may & ~(stays & known)
        if has_otherwise:
            self._empty = empty
        else:
            self._open |= empty
        if self._held is self._own:
            self._certain |= kept
        else:
            self._kept = kept

    @property
    def known(self) -> Plane:
        """Where there is a value that counts."""
        return ~self._open

    @property
    def odd(self) -> Plane | None:
        """Where an answer to a question that others close is not what it comes to then; None: it cannot be closed."""
        if self._closed is None:
            return None
        if self._empty is None:
            return np.zeros_like(self._closed)
        return self._closed & self.stated & ~plane_of(self._own == self._otherwise)

    def truth(self, leaf: Leaf) -> Truth:
        """Return the truth of a comparison."""
        must = plane_of(leaf.holds(self._held)) & self._certain
        if self._kept is not None:
            must |= plane_of(leaf.holds(self._own)) & self._kept
        if self._empty is not None and leaf.otherwise:
            must |= self._empty
        return Truth(must, must | self._open)
