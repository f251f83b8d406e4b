"""A criteria set read once into columns, and many cases decided with it at a time (design, section 6)."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import assert_never

import numpy as np
import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    ParameterRef,
    Quantifier,
    children,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile, parameters_on
from risk_engine.model.references import closable, reads_by_rule, reads_of
from risk_engine.portfolio.columns.answers import questions_of
from risk_engine.portfolio.columns.case_truths import Reading, Rules
from risk_engine.portfolio.columns.conditions import Graph
from risk_engine.portfolio.columns.contradictions import (
    Readings,
    Walk,
    contradicting,
    is_wider,
    put,
    spread,
    taken,
    without,
)
from risk_engine.portfolio.columns.deciding_answers import Marks
from risk_engine.portfolio.columns.deciding_answers import Truths as AnswerTruths
from risk_engine.portfolio.columns.findings import asked_of, found, in_force
from risk_engine.portfolio.columns.ladders import Level, level_of
from risk_engine.portfolio.columns.ladders import Truths as ResultTruths
from risk_engine.portfolio.columns.layout import Cases
from risk_engine.portfolio.columns.missing import Sought, in_all, open_weights, paths
from risk_engine.portfolio.columns.planes import Held, held_in
from risk_engine.portfolio.columns.questions import Questions
from risk_engine.portfolio.columns.ratings import Ends, Findings, Rating, Ratings


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


def _read_by_ladders(criteria: Criteria) -> set[str]:
    """Return the parameters that rules of ladders, and days of review of their levels, read."""
    levels = (level for ladder in criteria.ladders.values() for level in ladder.levels.values())
    months = {one.review_months.parameter for one in levels if isinstance(one.review_months, ParameterRef)}
    return months.union(*(rule.parameters for rule in reads_by_rule(criteria)["ladder"].values()))


class Kernel:
    """A criteria set in columns, for the time in which none of its rules, parameters and tables changes."""

    def __init__(
        self,
        criteria: Criteria,
        on: date,
        profile: Profile | None = None,
        *,
        keeps: bool = True,
        known: dict[Hashable, Ratings] | None = None,
    ) -> None:
        """Read the set.

        `keeps` says whether answers to questions that others close count as they are stated; `known` holds how findings
        add up, for other days on which they add up alike. Raises KeyError where a rule reads a parameter that has no
        value on the day.
        """
        self._made_of = criteria, on, profile
        self._criteria = criteria
        self._keeps = keeps
        self.in_force = in_force(criteria, on)
        parameters = parameters_on(criteria, on, profile)
        for name in sorted(_read_by_ladders(criteria) - parameters.keys()):
            raise KeyError(name)  # also where no finding and no level of a case would have it read
        graph = Graph(criteria, parameters)
        self._rules = Rules(
            graph,
            questions_of(graph, on, profile),
            {name: graph.node(ask_when) for name, ask_when in closable(criteria).items()},
            {name: (graph.node(one.whenever), graph.node(one.then)) for name, one in criteria.invariants.facts.items()},
        )
        self._asked = {name: asked_of(graph, name, on, profile) for name in self.in_force}
        self._awareness = [name for name, one in criteria.awareness.items() if one.effective.covers(on)]
        of_results = [rule.when for ladder in criteria.ladders.values() for rule in ladder.rules]
        for when in (*of_results, *(criteria.awareness[name].when for name in self._awareness)):
            for part in _parts_of_answers(when, criteria):
                graph.node(part)
        self.questions = Questions(graph, keeps=keeps)
        self._parameters, self._known = parameters, {} if known is None else known

    @cached_property
    def _ratings(self) -> Ratings:
        """How findings add up; what they come to in each state is worked out when that first occurs."""
        key = self.in_force, tuple(self._parameters.items())
        if key not in self._known:
            self._known[key] = Ratings(self._criteria, self._parameters, self.in_force)
        return self._known[key]

    @cached_property
    def _dropping(self) -> "Kernel":
        """The same where superfluous answers do not count."""
        return Kernel(*self._made_of, keeps=False)

    def decide(self, cases: Cases, *, missing: bool = False) -> Decided:
        """Return what cases come to; on request also which unanswered questions matter, at some cost."""
        criteria, number = self._criteria, cases.number
        stated = self.walk(cases)
        read, findings, odd = stated.read, stated.findings, None
        if read.odd.any():
            odd = self._read_again(cases, read)
            findings = put(findings, read.odd, odd.together(), self.in_force)
        rated = self._ratings.of(findings, number)
        truths = ResultTruths(criteria, rated, lambda condition: self._of_answers(condition, read))
        return Decided(
            odd=read.odd,
            findings=findings,
            ratings=rated.dimensions,
            levels={name: level_of(ladder, truths, number) for name, ladder in criteria.ladders.items()},
            contradictions={name: held_in(read.broken(name), number) for name in criteria.invariants.facts},
            awareness={name: self._told(name, truths, number) for name in self._awareness},
            missing=self._missing(stated, odd, findings) if missing else None,
        )

    def walk(self, cases: Cases) -> Walk:
        """Return what findings come to as one reading has the answers."""
        read = self.read(cases)
        came = ((name, found(asked, read)) for name, asked in self._asked.items())
        return Walk(read, {name: one for name, one in came if one is not None})

    def read(self, cases: Cases) -> Reading:
        """Return cases with what the conditions of the set come to."""
        return Reading(self._rules, cases, keeps=self._keeps)

    def _read_again(self, cases: Cases, stated: Reading) -> Readings:
        """Return what the cases whose answers contradict each other come to in all readings."""
        places = np.flatnonzero(stated.odd)
        some, stand = taken(cases, places)
        own, aside = self.walk(some), self._dropping.walk(some)
        opened = self.open_again(own)
        opened.add(self._dropping.open_again(aside))
        opened_cases, left = without(some, opened)
        again = self._dropping.walk(opened_cases)
        return Readings(places, stand, left, own, aside, again)

    def open_again(self, walk: Walk) -> Marks:
        """Return the answers that contradict each other so that they are open."""
        return contradicting(self._rules, self.questions, AnswerTruths(walk.read))

    def _missing(self, stated: Walk, odd: Readings | None, findings: Mapping[str, Findings]) -> pl.Series:
        """Return of each case the paths of the unanswered questions that matter."""
        read = stated.read
        possible = {name: spread(one.inherent.high, one.places, read.cases.number) for name, one in findings.items()}
        truths = AnswerTruths(read)
        found = Sought(stated, truths, open_weights(stated, possible)).marks(self._asked)
        if odd is not None:
            some = {name: one[odd.places] for name, one in possible.items()}
            aside, again = (AnswerTruths(one.read) for one in (odd.aside, odd.again))
            set_aside = Sought(odd.aside, aside, open_weights(odd.aside, some)).marks(self._asked)
            found.add(in_all(set_aside, odd.aside.read.cases, odd.places, odd.stand, read.cases))
            wider = {name: some[name] * is_wider(*odd.worst[name]) for name in odd.again.findings}
            opened = Sought(odd.again, again, open_weights(odd.again, wider)).marks(self._asked)
            opened = self._dropping.questions.to_ask(opened, again)
            stand = {name: one[odd.left[name]] for name, one in odd.stand.items()}
            found.add(in_all(opened, odd.again.read.cases, odd.places, stand, read.cases))
        return paths(self.questions.to_ask(found, truths), read)

    def _told(self, name: str, truths: ResultTruths, number: int) -> Held:
        when = self._criteria.awareness[name].when
        return np.ones(number, bool) if when == "always" else truths.both(when).low

    def _of_answers(self, condition: Condition, read: Reading) -> Ends:
        """Return whether what reads no result must, and may, hold."""
        truth = read.truths[self._rules.graph.node(condition)]
        return Ends(*(held_in(one, read.cases.number) for one in truth))


def _parts_of_answers(condition: ConditionOrAlways, criteria: Criteria) -> Iterator[Condition]:
    """Yield the parts of a condition over results that read answers alone.

    Raises RiskEngineError where what is asked of a finding reads an answer too.
    """
    waiting, read = [condition], set[str]()
    while waiting:
        match node := waiting.pop():
            case str():
                pass  # always
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
