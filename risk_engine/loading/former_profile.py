"""A profile that states things as earlier versions called them, in the names of today."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from risk_engine.files.diagnostics import Diagnostic
from risk_engine.files.language import _
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document
from risk_engine.loading.former_names import moved_to
from risk_engine.model.case import UNKNOWN
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact
from risk_engine.model.former_names import Now, answer_now, former_names
from risk_engine.model.references import compared_with


class ProfileToday:
    """Reads a profile in the names of its criteria: indicators, columns of facts that were renamed, old options."""

    def __init__(self, document: Document, criteria: Criteria, problems: list[Diagnostic]) -> None:
        self.before = document
        self.criteria = criteria
        self.names = former_names(criteria)
        self.problems = problems
        self.moved: dict[Loc, Loc] = {}

    def document(self) -> Document:
        """Return the document in the names of today; itself where it uses no other."""
        data: dict[str, Any] = dict(self.before.data) if self.names else self.before.data
        for key, told in (("policy_knock_outs_off", self._knock_outs), ("tables", self._tables)):
            if self.names and isinstance(data.get(key), dict):
                data[key] = told(data[key])
        if self.names and isinstance(data.get("parameters"), dict):
            data["parameters"] = {
                name: self._value(one, self._compared_with(name)) for name, one in data["parameters"].items()
            }
        if data == self.before.data:
            return self.before
        marks = {moved_to(loc, self.moved): mark for loc, mark in self.before.marks.items()}
        return replace(self.before, data=data, marks=marks)

    def _knock_outs(self, found: dict[str, Any]) -> dict[str, Any]:
        return self._renamed(found, ("policy_knock_outs_off",), self.names.indicator)

    def _tables(self, tables: dict[str, Any]) -> dict[str, Any]:
        return {
            table: {
                row: self._cells(table, cells, ("tables", table, row)) if isinstance(cells, dict) else cells
                for row, cells in rows.items()
            }
            if isinstance(rows, dict)
            else rows
            for table, rows in tables.items()
        }

    def _cells(self, table: str, cells: dict[str, Any], loc: Loc) -> dict[str, Any]:
        known = self.criteria.tables[table].columns if table in self.criteria.tables else {}
        columns = {
            old.name: column[1]
            for name, fact in self.criteria.every_fact()
            if (column := self.criteria.column_of(name)) is not None and column[0] == table
            for old in fact.was
            if old.name is not None and old.name not in known
        }
        found = self._renamed(cells, loc, lambda column: columns.get(column, column))
        return {column: self._value(one, self._readers(table, column)) for column, one in found.items()}

    def _readers(self, table: str, column: str) -> Iterator[AnyFact]:
        return (fact for name, fact in self.criteria.every_fact() if self.criteria.column_of(name) == (table, column))

    def _compared_with(self, parameter: str) -> Iterator[AnyFact]:
        names = compared_with(self.criteria).get(parameter, ())
        return (self.criteria.fact(name) for name in names if name.partition(".")[0] in self.criteria.entities)

    def _value(self, override: Any, facts: Iterable[AnyFact]) -> Any:
        """Return an override with a value of today in place of an old answer to the facts that read it."""
        if not isinstance(override, dict) or "value" not in override:
            return override
        values = {answer: new for fact in facts for old in fact.was for answer, new in old.values.items()}
        value = answer_now(override["value"], Now("", None, values), None)
        # Where the old answer says too little for a value of today, it stays, and is told to be none.
        return override if value == UNKNOWN else {**override, "value": value}

    def _renamed(self, found: dict[str, Any], loc: Loc, now: Callable[[str], str]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        at: dict[str, Loc] = {}
        for old, value in found.items():
            new, here = now(old), (*loc, old)
            if new in result and result[new] != value:
                message = _("`{name}` is stated twice, under names of different versions, and not alike", name=new)
                place = self.before.position(at[new], key=True)
                way_out = _("the other stands in {place}; leave the one that is right", place=place)
                self.problems.append(self.before.problem(here, message, way_out, key=True))
                continue
            result[new], at[new] = value, here
            if new != old:
                self.moved[here] = (*loc, new)
        return result
