"""A criteria set read once into columns, and many cases decided with it at a time (design, section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
import polars as pl

from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile, parameters_on
from risk_engine.portfolio.columns.answers import ODD, add_answers, closed
from risk_engine.portfolio.columns.conditions import CASE, WHOLE, Tables
from risk_engine.portfolio.columns.findings import Finding, Pair, finding_of, in_force
from risk_engine.portfolio.columns.ladders import Level, levels_of
from risk_engine.portfolio.columns.layout import Cases, Entries
from risk_engine.portfolio.columns.ratings import Ends, Findings, Rating, Ratings, Truths


@dataclass(frozen=True)
class Decided:
    """What cases come to, each in its place."""

    odd: Truths
    """Cases whose answers contradict each other: the reference decides them, nothing else here is about them."""
    findings: Mapping[str, Findings]
    """By indicator in force; what is absent in every case is left out."""
    before: Mapping[str, Ends]
    """By indicator the strongest knock-out, cured or not."""
    ratings: Mapping[str, Rating]
    levels: Mapping[str, Level]


class Kernel:
    """A criteria set in columns, for the time in which none of its rules, parameters and tables changes."""

    def __init__(self, criteria: Criteria, on: date, profile: Profile | None = None) -> None:
        """Read the set. Raises KeyError where a rule reads a parameter that has no value on the day."""
        self._made_of = criteria, on, profile
        self.in_force = in_force(criteria, on)
        parameters = parameters_on(criteria, on, profile)
        self._tables = Tables(criteria, parameters)
        add_answers(self._tables, on, profile)
        self._plans: dict[frozenset[str], list[Finding]] = {}
        self._ratings = Ratings(criteria, parameters, self.in_force)
        self._plan(frozenset())

    def _plan(self, there: frozenset[str]) -> list[Finding]:
        """Return the findings, given the columns of controls of which any case has one."""
        if there not in self._plans:
            _criteria, on, profile = self._made_of
            self._plans[there] = [finding_of(self._tables, one, on, profile, there) for one in self.in_force]
        return self._plans[there]

    def decide(self, cases: Cases) -> Decided:
        """Return what cases come to."""
        number = cases.frame.height
        controls = [one.alias(f"in place {name}") for name, one in cases.in_place.items()]
        controls += [one.alias(f"agreed {name}") for name, one in cases.agreed.items()]
        plan = self._plan(frozenset(one.name for one in controls))
        frame = _added(cases.frame, self._tables, CASE)
        odd = np.zeros(number, bool)
        gathered: list[pl.Series] = []
        for name, listed in cases.lists.items():
            asked = {one.asked for one in self._tables.gathered.values() if one.entity == name}
            table = _added(self._with_lent(listed, frame, name), self._tables, name)
            odd |= self._odd_in(listed, frame, table, name)
            counts = {one: _counts(table[one], listed) for one in asked}
            unknown = self._unanswered(listed, frame, name)
            for column, one in self._tables.gathered.items():
                if one.entity == name:
                    must, may = counts[one.asked]
                    gathered.append(_truths(column, must >= one.number, (may >= one.number) | unknown))
        frame = _added(frame.with_columns(*gathered, *controls), self._tables, WHOLE)
        for column in frame.columns:
            if column.startswith(f"{ODD} "):
                odd |= frame[column].to_numpy()
        results = frame.with_columns(one for finding in plan for one in finding.columns())
        findings, before = {}, {}
        for finding in plan:
            found, strongest = _found(finding, results, number)
            if found.inherent.high.any():
                findings[finding.name], before[finding.name] = found, strongest
        rated = self._ratings.of(findings, number)
        return Decided(odd, findings, before, rated.dimensions, levels_of(self._made_of[0], rated, number))

    def _with_lent(self, listed: Entries, frame: pl.DataFrame, name: str) -> pl.DataFrame:
        lent = self._tables.lent(name)
        return listed.frame.with_columns(frame.select(lent)[listed.of_case]) if lent else listed.frame

    def _odd_in(self, listed: Entries, frame: pl.DataFrame, table: pl.DataFrame, name: str) -> Any:
        """Return the cases of which an entry, or that there are any, contradicts what closes the question."""
        odd = np.zeros(frame.height, bool)
        columns = [one for one in table.columns if one.startswith(f"{ODD} ")]
        if columns:
            any_of = reduce(or_, [table[one] for one in columns]).to_numpy()
            np.logical_or.at(odd, listed.of_case[any_of], True)  # noqa: FBT003 (a value)
        if closed(name) in frame.columns:
            odd |= (np.diff(listed.first) > 0) & ~frame[closed(name)].fill_null(value=True).to_numpy()
        return odd

    def _unanswered(self, listed: Entries, frame: pl.DataFrame, name: str) -> Any:
        """Return the cases of which it is not known what is in a list."""
        if closed(name) not in frame.columns:
            return ~listed.answered
        return ~listed.answered & frame[closed(name)].fill_null(value=True).to_numpy()


def _added(frame: pl.DataFrame, tables: Tables, table: str) -> pl.DataFrame:
    for step in tables.steps(table):
        frame = frame.with_columns(step)
    return frame


def _counts(asked: pl.Series, listed: Entries) -> tuple[Any, Any]:
    """Return for how many entries of each case something must hold, and may."""
    found = []
    for unknown in (False, True):
        holds = np.concatenate([[0], np.cumsum(asked.fill_null(value=unknown).to_numpy())])
        found.append(np.diff(holds[listed.first]))
    return found[0], found[1]


def _truths(name: str, must: Any, may: Any) -> pl.Series:
    """Return a column of truths: null where something may hold and need not."""
    column = pl.Series(name, must)
    return column.set(pl.Series(may & ~must), None)


def _found(finding: Finding, results: pl.DataFrame, number: int) -> tuple[Findings, Ends]:
    def ends(what: str) -> Ends:
        return Ends(*(results[f"{finding.name} {what} {end}"].to_numpy() for end in Pair._fields))

    none = Ends(np.zeros(number, np.int8), np.zeros(number, np.int8))
    inherent = ends("inherent")
    unknown = None if finding.unknown is None else results[f"{finding.name} unknown"].to_numpy()
    found = Findings(
        inherent=inherent,
        residual=ends("residual") if "residual" in finding.pairs else inherent,
        expected=ends("expected") if "expected" in finding.pairs else inherent,
        knock_out=ends("knock_out") if "knock_out" in finding.pairs else none,
        unknown=unknown,
    )
    return found, ends("knock_out_before") if "knock_out_before" in finding.pairs else none
