"""Answers as they count: what tables know filled in, what nobody is asked settled (design, sections 4 and 9).

Where answers contradict each other so that they are open again, the columns say nothing of a case but that: the
reference works it out twice then.
"""

from datetime import date
from typing import Any

import polars as pl

from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, RowFact, RuleFact, TextFact
from risk_engine.model.profile import Profile, cell_of
from risk_engine.model.references import asked_in_order, closable
from risk_engine.portfolio.columns.conditions import CASE, WHOLE, Tables
from risk_engine.portfolio.columns.layout import coded, dtype_of

ODD = "odd"
"""A column: answers of the case contradict each other; there are several, each begins so."""


def broken(invariant: str) -> str:
    """Return the column of cases that says whether answers break an invariant."""
    return f"broken {invariant}"


def closed(entity: str) -> str:
    """Return the column of cases that says whether entries of a list are asked for."""
    return f"asked for {entity}"


def add_answers(tables: Tables, on: date, profile: Profile | None, *, keeps: bool) -> None:
    """Add the columns of the facts that rules read as they count, and what shows contradictions among them.

    `keeps` says whether answers to questions that others close count as they are stated.
    """
    criteria = tables.criteria
    stated = dict(tables.facts)
    for name, fact in criteria.every_fact():
        if not isinstance(fact, RowFact | TextFact) and fact.from_ is not None:
            filled = _filled(criteria, name, fact, on, profile)
            tables.facts[name] = f"{name} filled"
            tables.add(_table(criteria, name), tables.facts[name], filled)
    for entity, short, fact, ask_when in asked_in_order(criteria):
        if not isinstance(fact, RowFact | TextFact):
            asked = tables.expression(ask_when, _table(criteria, f"{entity}."))
            _settle(tables, f"{entity}.{short}", fact, stated[f"{entity}.{short}"], asked, keeps=keeps)
    for entity, ask_when in closable(criteria).items():
        tables.add(CASE, closed(entity), tables.expression(ask_when, CASE))
    for name, invariant in criteria.invariants.facts.items():
        whenever, then = (tables.expression(one, WHOLE) for one in (invariant.whenever, invariant.then))
        tables.add(WHOLE, broken(name), whenever.fill_null(value=False) & ~then.fill_null(value=True))


def _table(criteria: Criteria, name: str) -> str:
    entity = name.partition(".")[0]
    return CASE if criteria.entities[entity].many is None else entity


def _filled(criteria: Criteria, name: str, fact: RuleFact, on: date, profile: Profile | None) -> pl.Expr:
    """Return an answer, or else what the row of the table says on the day."""
    entity = name.partition(".")[0]
    row_fact = criteria.entities[entity].facts[fact.from_ or ""]
    assert isinstance(row_fact, RowFact)  # noqa: S101 (checked when the set was loaded)
    column = fact.column or name.partition(".")[2]
    values = [
        coded(fact, cell_of(criteria, profile, row_fact.of, row, column, on)[0], criteria)
        for row in criteria.tables[row_fact.of].rows
    ]
    cells = pl.lit(pl.Series(values, dtype=dtype_of(fact)))
    return pl.coalesce(pl.col(name), cells.gather(pl.col(f"{entity}.{fact.from_}")))


def _settle(tables: Tables, name: str, fact: RuleFact, stated: str, asked: pl.Expr, *, keeps: bool) -> None:
    """Add a fact as it counts where it is asked on a condition only."""
    table = _table(tables.criteria, name)
    held = pl.col(tables.facts[name])
    when = tables.add(table, f"{name} asked", asked)
    otherwise = _literal(fact, tables.criteria)
    own = pl.col(stated)
    tables.add(table, f"{ODD} {name}", (~when & (own != otherwise)).fill_null(value=False))
    is_open = when.is_null() & (held != otherwise).fill_null(value=False)
    closed = pl.coalesce(own, otherwise) if keeps else otherwise
    settled = pl.when(~when).then(closed).when(is_open).then(None).otherwise(held)
    tables.facts[name] = f"{name} settled"
    tables.add(table, tables.facts[name], settled)


def _literal(fact: AnyFact, criteria: Criteria) -> pl.Expr:
    otherwise: Any = getattr(fact, "otherwise", None)
    return pl.lit(coded(fact, otherwise, criteria), dtype_of(fact))
