"""Stated cases written as an office would have them, by a second hand: cells of text in numbered columns."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import base_case
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.reading import Batch, read
from risk_engine.portfolio.stated import stated_of
from tests.strategies import RuleSet, changed_cases

ON = date(2026, 12, 2)


def drawn(data: st.DataObject, rules: RuleSet, number: int = 5) -> pl.DataFrame:
    """Return cases that differ from the base case of a set in some answers, as they are stated."""
    base = dict(base_case(rules.criteria)[0])
    made = [
        load_case({**data.draw(changed_cases(rules.criteria, base)), "id": f"c{place}"}, rules.criteria)
        for place in range(number)
    ]
    return stated_of(made, rules.criteria)


def cell(value: Any) -> str:
    """Return a value as a cell of text says it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "; ".join(value) or "[]"
        case _:
            return str(value)


def flat_rows(stated: pl.DataFrame, criteria: Criteria) -> list[dict[str, str]]:
    """Return cases as rows of one table."""
    found = []
    for case in stated.to_dicts():
        row = {}
        for name, value in case.items():
            entity = criteria.entities.get(name)
            if name == "controls":
                for control in value:
                    row[f"controls.{control['id']}"] = control["status"]
                    for one in control["evidence"][:1]:
                        row[f"controls.{control['id']}.kind"] = one["kind"]
                        row[f"controls.{control['id']}.date"] = cell(one["date"])
            elif entity is not None and entity.many:
                row[name] = "none" if value == [] else ""
                for number, entry in enumerate(value or (), 1):
                    row |= {f"{name}.{number}.{short}": cell(one) for short, one in entry.items()}
            else:
                row[name] = cell(value)
        found.append(row)
    return found


def write_csv(path: Path, rows: Sequence[dict[str, str]], *, encoding: str = "utf-8", separator: str = ",") -> Path:
    """Write rows as CSV; a column that a row does not have is empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names, restval="", delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    return path


def all_of(source: Path, criteria: Criteria, **options: Any) -> Batch:
    """Return what is read of a source, in one piece."""
    batches = list(read(source, criteria, **{"on": ON, **options}))
    return Batch(
        pl.concat([one.stated for one in batches]),
        pl.concat([one.rejected for one in batches]),
        batches[-1].done,
        batches[-1].total,
        tuple(note for one in batches for note in one.notes),
    )


def reasons(batch: Batch) -> list[tuple[int, str, str, str]]:
    """Return row, column, value and reason of what was rejected."""
    return [(row, column, value, reason) for row, _table, column, value, reason in batch.rejected.rows()]
