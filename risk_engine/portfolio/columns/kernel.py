"""A criteria set read once into columns, and many cases decided with it at a time (design, section 6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import assert_never

import numpy as np
import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.conditions import AllOf, AnyOf, Compare, Condition, Holds, Not, Quantifier, children
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile, parameters_on
from risk_engine.model.references import reads_of, reopening
from risk_engine.portfolio.columns.answers import ODD, add_answers, broken, closed
from risk_engine.portfolio.columns.conditions import CASE, WHOLE, Tables
from risk_engine.portfolio.columns.contradictions import (
    Readings,
    Walk,
    contradicting,
    is_wider,
    part_of,
    put,
    taken,
    without,
)
from risk_engine.portfolio.columns.findings import asked_of, found, in_force
from risk_engine.portfolio.columns.ladders import Level, level_of
from risk_engine.portfolio.columns.ladders import Truths as ResultTruths
from risk_engine.portfolio.columns.layout import NO, UNKNOWN, YES, Cases, Entries, from_codes, in_codes
from risk_engine.portfolio.columns.missing import Sought, Waiting, in_all, open_weights, paths, waiting_of
from risk_engine.portfolio.columns.questions import Questions
from risk_engine.portfolio.columns.ratings import Ends, Findings, Rating, Ratings
from risk_engine.portfolio.columns.ratings import Truths as Held
from risk_engine.portfolio.columns.reads import Graph, Listed, Marks, Reading
from risk_engine.portfolio.columns.reads import Truths as AnswerTruths


@dataclass(frozen=True)
class Decided:
    """What cases come to, each in its place."""

    odd: Held
    """Cases whose answers contradict each other so that they are open again."""
    findings: Mapping[str, Findings]
    """By indicator in force; what is absent in every case is left out."""
    ratings: Mapping[str, Rating]
    levels: Mapping[str, Level]
    contradictions: Mapping[str, Held]
    """By invariant among the answers whether they break it."""
    awareness: Mapping[str, Held]
    """By rule in force whether it certainly applies."""
    missing: pl.Series | None
    """Of each case the unanswered questions that matter, the weightiest first; None where nobody asked for it."""


class Kernel:
    """A criteria set in columns, for the time in which none of its rules, parameters and tables changes."""

    def __init__(self, criteria: Criteria, on: date, profile: Profile | None = None, *, keeps: bool = True) -> None:
        """Read the set.

        `keeps` says whether answers to questions that others close count as they are stated. Raises KeyError where a
        rule reads a parameter that has no value on the day.
        """
        self._made_of = criteria, on, profile
        self.in_force = in_force(criteria, on)
        self._keeps = keeps
        parameters = parameters_on(criteria, on, profile)
        self._tables = Tables(criteria, parameters)
        add_answers(self._tables, on, profile, keeps=keeps)
        self._awareness = [name for name, one in criteria.awareness.items() if one.effective.covers(on)]
        for name in self._awareness:
            self._add_awareness(name)
        self._asked = {name: asked_of(self._tables, name, on, profile) for name in self.in_force}
        self._ratings = Ratings(criteria, parameters, self.in_force)
        columns = dict.fromkeys(column for one in self._asked.values() for column in one.columns)
        self._codes = [in_codes(pl.col(column)) for column in columns]

    def _add_awareness(self, name: str) -> None:
        criteria = self._made_of[0]
        when = criteria.awareness[name].when
        if when != "always" and _of_results(when, criteria):
            for part in _parts_of_answers(when, criteria):  # made here, read once findings are known
                self._tables.expression(part, WHOLE)
        else:
            self._tables.add(WHOLE, f"told {name}", self._tables.expression(when, WHOLE).fill_null(value=False))

    @cached_property
    def graph(self) -> Graph:
        """The conditions of the set, for which answers they read."""
        return Graph(self._tables)

    @cached_property
    def questions(self) -> Questions:
        """The questions of the set that are asked on a condition."""
        return Questions(self._tables, self.graph, keeps=self._keeps)

    @cached_property
    def _dropping(self) -> "Kernel":
        """The same where superfluous answers do not count."""
        return Kernel(*self._made_of, keeps=False)

    def decide(self, cases: Cases, *, missing: bool = False) -> Decided:
        """Return what cases come to; on request also which unanswered questions matter, at some cost."""
        criteria, number = self._made_of[0], cases.frame.height
        stated = self.walk(cases)
        read, findings, odd = stated.read, stated.findings, None
        if read.odd.any():
            odd = self._read_again(cases, stated)
            changed = put(findings, odd.places, odd.together(), number)
            findings = {name: changed[name] for name in self.in_force if name in changed}
        rated = self._ratings.of(findings, number)
        truths = ResultTruths(criteria, rated, lambda condition: self._of_answers(condition, read))
        return Decided(
            odd=read.odd,
            findings=findings,
            ratings=rated.dimensions,
            levels={name: level_of(ladder, truths, number) for name, ladder in criteria.ladders.items()},
            contradictions={name: read.frame[broken(name)].to_numpy() for name in criteria.invariants.facts},
            awareness={name: self._told(name, read, truths) for name in self._awareness},
            missing=self._missing(stated, odd, findings) if missing else None,
        )

    def walk(self, cases: Cases) -> Walk:
        """Return what findings come to as one reading has the answers."""
        read = self.read(cases)
        codes = {one.name: one.to_numpy() for one in read.frame.select(self._codes)}
        came = ((name, found(asked, codes, cases)) for name, asked in self._asked.items())
        return Walk(read, {name: one for name, one in came if one is not None})

    def _read_again(self, cases: Cases, stated: Walk) -> Readings:
        """Return what the cases whose answers contradict each other come to in all readings."""
        places = np.flatnonzero(stated.read.odd)
        some, stand = taken(cases, places)
        own, aside = part_of(stated, places, stand), self._dropping.walk(some)
        opened = self.open_again(own)
        opened.add(self._dropping.open_again(aside))
        opened_cases, left = without(some, opened)
        again = self._dropping.walk(opened_cases)
        return Readings(places, stand, left, own, aside, again)

    def open_again(self, walk: Walk) -> Marks:
        """Return the answers that contradict each other so that they are open."""
        truths = AnswerTruths(self.graph, walk.read)
        return contradicting(self._made_of[0], self.graph, self.questions, truths)

    def _missing(self, stated: Walk, odd: Readings | None, findings: Mapping[str, Findings]) -> pl.Series:
        """Return of each case the paths of the unanswered questions that matter."""
        possible = {name: one.inherent.high for name, one in findings.items()}
        truths = AnswerTruths(self.graph, stated.read)
        found = Sought(stated, truths, open_weights(stated, possible)).marks(self.waiting)
        if odd is not None:
            some = {name: one[odd.places] for name, one in possible.items()}
            aside, again = (AnswerTruths(self._dropping.graph, one.read) for one in (odd.aside, odd.again))
            set_aside = Sought(odd.aside, aside, open_weights(odd.aside, some)).marks(self._dropping.waiting)
            found.add(in_all(set_aside, odd.places, odd.stand, stated.read))
            wider = {name: one * is_wider(*odd.worst(name)) for name, one in some.items()}
            opened = Sought(odd.again, again, open_weights(odd.again, wider)).marks(self._dropping.waiting)
            opened = self._dropping.questions.to_ask(opened, again)
            stand = {name: one[odd.left[name]] for name, one in odd.stand.items()}
            found.add(in_all(opened, odd.places, stand, stated.read))
        return paths(self.questions.to_ask(found, truths), stated.read)

    @cached_property
    def waiting(self) -> dict[str, Waiting]:
        """The conditions of the indicators in force, which may wait for answers."""
        return waiting_of(self.graph, *self._made_of)

    def _told(self, name: str, read: Reading, truths: ResultTruths) -> Held:
        if (column := f"told {name}") in read.frame.columns:
            return read.frame[column].to_numpy()
        when = self._made_of[0].awareness[name].when
        assert when != "always"  # noqa: S101 (that reads no result)
        return truths.both(when).low

    def _of_answers(self, condition: Condition, read: Reading) -> Ends:
        """Return whether what reads no result must, and may, hold."""
        (truth,) = read.frame.select(self._tables.expression(condition, WHOLE))
        return Ends(*(truth.fill_null(value=unknown).to_numpy() for unknown in (False, True)))

    def read(self, cases: Cases) -> Reading:
        """Return cases with the columns that the rules of the set read."""
        frame = _added(cases.frame, self._tables, CASE)
        odd = _any_of(frame, [one for one in frame.columns if one.startswith(f"{ODD} ")])
        lists: dict[str, Listed] = {}
        gathered: list[pl.Series] = []
        for name, entries in cases.lists.items():
            table = _added(self._with_lent(entries, frame, name), self._tables, name)
            lists[name] = listed = self._listed(name, entries, table, frame)
            odd |= self._odd_in(listed, frame, name)
            gathered += self._gathered(name, listed)
        truths = pl.DataFrame(gathered).select(from_codes(pl.all())) if gathered else pl.DataFrame()
        frame = _added(frame.hstack(truths), self._tables, WHOLE)
        odd |= _any_of(frame, [broken(one) for one in reopening(self._made_of[0])])
        return Reading(frame, lists, odd)

    def _listed(self, name: str, entries: Entries, table: pl.DataFrame, frame: pl.DataFrame) -> Listed:
        """Return a list with its columns; where it is closed it is empty, whatever is in it but answers that count."""
        is_closed = np.zeros(len(entries.answered), bool)
        if closed(name) in frame.columns:
            is_closed = ~frame[closed(name)].fill_null(value=True).to_numpy()
        kept = entries.has_answers & self._keeps
        with_columns = Entries(table, entries.first, entries.answered, entries.blank)
        return Listed(with_columns, is_closed & ~kept, ~entries.answered & ~is_closed)

    def _gathered(self, name: str, listed: Listed) -> Iterator[pl.Series]:
        """Yield whether so many entries of each case fulfil what is asked of them, as numbers."""
        wanted = {column: one for column, one in self._tables.gathered.items() if one.entity == name}
        asked = sorted({one.asked for one in wanted.values()})
        table = {one.name: one.to_numpy() for one in listed.entries.frame.select(in_codes(pl.col(asked)))}
        for column, one in wanted.items():
            codes = table[one.asked]
            if one.number == 1:
                found = listed.entries.most(codes)
            else:
                must, may = (listed.entries.total(codes >= least) >= one.number for least in (YES, UNKNOWN))
                found = must.astype(np.uint8) + may
            found[listed.emptied] = NO
            found[listed.unknown & (found == NO)] = UNKNOWN
            yield pl.Series(column, found)

    def _with_lent(self, entries: Entries, frame: pl.DataFrame, name: str) -> pl.DataFrame:
        lent = self._tables.lent(name)
        return entries.frame.with_columns(frame.select(lent)[entries.of_case]) if lent else entries.frame

    def _odd_in(self, listed: Listed, frame: pl.DataFrame, name: str) -> Held:
        """Return the cases of which an entry, or that there are any, contradicts what closes the question."""
        entries = listed.entries
        odd = np.zeros(frame.height, bool)
        of_entries = _any_of(entries.frame, [one for one in entries.frame.columns if one.startswith(f"{ODD} ")])
        odd[entries.of_case[of_entries]] = True
        if closed(name) in frame.columns:
            odd |= entries.has_answers & ~frame[closed(name)].fill_null(value=True).to_numpy()
        return odd


def _of_results(condition: Condition, criteria: Criteria) -> bool:
    """Return whether a condition reads findings or dimensions."""
    return not {one.partition(".")[0] for one in reads_of(criteria, condition).lists} <= criteria.entities.keys()


def _parts_of_answers(condition: Condition, criteria: Criteria) -> Iterator[Condition]:
    """Yield the parts of a condition over results that read answers alone.

    Raises RiskEngineError where what is asked of a finding reads an answer too.
    """
    waiting, read = [condition], set[str]()
    while waiting:
        match node := waiting.pop():
            case Holds(holds=name):
                waiting += [] if name in read else [criteria.definitions[name]]
                read.add(name)
            case Quantifier(entity=entity) if entity not in criteria.entities:
                if any(one.partition(".")[0] in criteria.entities for one in reads_of(criteria, node).facts):
                    raise RiskEngineError(
                        _("a rule asks of each {entity} for an answer of the case: columns cannot", entity=entity)
                    )
            case Quantifier() | Compare():
                yield node
            case AllOf() | AnyOf() | Not():
                waiting += [part for _steps, part in children(node)]
            case _:
                assert_never(node)


def _added(frame: pl.DataFrame, tables: Tables, table: str) -> pl.DataFrame:
    for step in tables.steps(table):
        frame = frame.with_columns(step)
    return frame


def _any_of(frame: pl.DataFrame, columns: list[str]) -> Held:
    if not columns:
        return np.zeros(frame.height, bool)
    held: Held = reduce(or_, [frame[one] for one in columns]).to_numpy(writable=True)
    return held
