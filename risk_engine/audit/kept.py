"""What a release keeps of its cases, and what was read of them: each case, its facts, what its findings came to."""

import gc
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from risk_engine.audit.cases import (
    SEEN_PARTS,
    Seen,
    near_base,
    run_of,
    seen_of,
)
from risk_engine.audit.diff.renames import in_names_of
from risk_engine.engine.facts import Facts
from risk_engine.engine.nearby import Nearby
from risk_engine.engine.program import program_of
from risk_engine.engine.resolve import resolve
from risk_engine.engine.work import day_of
from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError
from risk_engine.files.once import once
from risk_engine.loading.case_tests import base_case, read_tests, rows, stated_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import Case
from risk_engine.model.companion_files import BASE, CaseTest, CaseTests
from risk_engine.model.criteria import Criteria
from risk_engine.model.former_names import FormerNames, former_names, stated_today
from risk_engine.model.profile import days_of_change

Findings: TypeAlias = Mapping[str, Seen]
"""What the findings of a case came to that are not absent, by indicator."""
DAY = "assessment_date"
AHEAD = 200
"""So many cases are read at once where somebody may want something else at any time."""
UNLIKE = "?"
"""What a case states that names nothing of the release."""


def released_for(path: Path, draft: Criteria) -> Criteria:
    """Return a released version that lies in `path`, in the names of an edit of it; errors as `read_criteria`."""
    return in_names_of(read_criteria(path), draft)[0]


class Kept:
    """A release, with what its bundle keeps of its cases and what was read of them: the same for every edit."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self.document, tests = read_tests(criteria)
        self.tests = _in_names_of_today(tests, criteria)
        names = former_names(criteria)
        outcomes = () if criteria.bundle is None else criteria.bundle.outcomes
        self.outcomes: dict[str, Findings] = {
            one.name: {names.indicator(name): seen for name, seen in one.findings.items()}
            for one in outcomes
            if _is_whole(one.findings)
        }
        """Of bundles that keep all that ladders see of a finding."""
        self._cases: dict[str, tuple[int, CaseTest, Case]] = {}
        self._facts: dict[str, Facts] = {}
        self.ahead: Iterator[None] = self._read_ahead()
        """Reads, one case at each step, what any edit may ask for: who has time now saves it later."""

    def cases(self, named: Collection[str] | None) -> Iterator[tuple[int, CaseTest, Case]]:
        """Yield the cases of these names, all without, as the release reads them."""
        wanted = frozenset(self.names if named is None else named)
        if new := wanted - self._cases.keys():
            for one in stated_cases(self.criteria, self.document, self.tests, new):
                if isinstance(one, InvalidSourceError):
                    raise one  # a release that cannot read its own cases says nothing of an edit
                self._cases[one[1].name] = one
        yield from (self._cases[name] for name in self.names if name in wanted)

    @cached_property
    def names(self) -> dict[str, None]:
        """The names of all cases, in their order."""
        return {one.name: None for test in self.tests.cases for one in rows(test).values() or (test,)}

    @cached_property
    def days(self) -> dict[str, date | None]:
        """The day of each case, by name; None where only the case itself says it."""
        base = base_case(self.criteria)[1].assessment_date
        stated: dict[str, Any] = {BASE: base}
        found: dict[str, date | None] = {}
        for test in self.tests.cases:
            for one in (test, *rows(test).values()):
                day = stated[one.name] = one.given.get(DAY, stated[one.like])
                found[one.name] = one.on or (day if isinstance(day, date) else None)
        return {name: found[name] for name in self.names}

    @cached_property
    def changes(self) -> tuple[date, ...]:
        """The days on which a rule of the release begins or ends to count."""
        return days_of_change(self.criteria)

    @cached_property
    def stated(self) -> dict[str, frozenset[str]]:
        """What each case states otherwise than the base case, itself or as one that it is like: facts, lists, controls.

        Whoever states an entry or a list states all that is asked of it.
        """
        found: dict[str, frozenset[str]] = {BASE: frozenset()}
        for test in self.tests.cases:
            for one in (test, *rows(test).values()):
                own = {name for path in one.given for name in self._named(path)}
                found[one.name] = found[one.like].union(own, one.in_place, [DAY] if one.on is not None else [])
        return {name: found[name] for name in self.names}

    def _named(self, path: str) -> Iterator[str]:
        name, *parts = path.split(".")
        entity = self.criteria.entities.get(name)
        if entity is None:
            yield name if name in Case.model_fields else UNLIKE
        elif len(parts) == (1 if entity.many is None else 2):
            yield f"{name}.{parts[-1]}" if parts[-1] in entity.facts else UNLIKE
        else:
            yield from (name, *(f"{name}.{short}" for short in entity.facts))

    def came_to(self, test: CaseTest, case: Case) -> Findings:
        """Return what the findings of a case came to when it was released."""
        if test.name not in self.outcomes:
            found = run_of(self.criteria, test, case, self._near).found.values()
            self.outcomes[test.name] = {one.id: seen_of(one) for one in found if one.outcome != "absent"}
        return self.outcomes[test.name]

    def facts(self, name: str, case: Case, on: date) -> Facts:
        """Return the facts of a case as the release resolves them; as the release reads it, where it was read."""
        if name not in self._facts:
            near, stated = self._near, self._cases[name][2] if name in self._cases else case
            self._facts[name] = resolve(stated, self.criteria, on) if near is None else near.facts(stated, on)
        return self._facts[name]

    def _read_ahead(self) -> Iterator[None]:
        names = tuple(self.names)
        for start in range(0, len(names), AHEAD):
            for _number, test, case in self.cases(names[start : start + AHEAD]):
                on = day_of(case, test.on)
                program = program_of(self.criteria, on)
                # Of most cases a program says what they come to; the facts of those are asked for where it does not.
                if program is None or program.decide(case, on) is None:
                    with suppress(NotInForceError):
                        self.facts(test.name, case, on)
                yield
        # All that stays: to look through it for garbage would take longer than many an edit.
        gc.collect()
        gc.freeze()

    @cached_property
    def _near(self) -> Nearby | None:
        return near_base(self.criteria)


def _in_names_of_today(tests: CaseTests, criteria: Criteria) -> CaseTests:
    """Return the tests of a release in the names by which its set is read, which are those of an edit that renames."""
    names = former_names(criteria)
    if not names:
        return tests
    return tests.model_copy(update={"cases": tuple(_today(one, names, criteria) for one in tests.cases)})


def _today(test: CaseTest, names: FormerNames, criteria: Criteria) -> CaseTest:
    expect = test.expect
    found = {
        key: {names.indicator(name): one for name, one in getattr(expect, key).items()}
        for key in ("findings", "undetermined", "residual", "knock_out")
    }
    gaps = None if expect.gaps is None else tuple(names.path(one, criteria) for one in expect.gaps)
    stated = {
        "given": _answers_today(test.given, names, criteria),
        "each": {row: _answers_today(one, names, criteria) for row, one in test.each.items()},
        "in_place": tuple(map(names.control, test.in_place)),
    }
    return test.model_copy(update={**stated, "expect": expect.model_copy(update={**found, "gaps": gaps})})


def _answers_today(given: Mapping[str, Any], names: FormerNames, criteria: Criteria) -> dict[str, Any]:
    answers = (stated_today(path, value, criteria) for path, value in given.items())
    return {names.path(path, criteria): value for path, value in answers}


def _is_whole(findings: Findings) -> bool:
    return all(len(one) == SEEN_PARTS for one in findings.values())


kept_of = once(Kept)
"""What is kept of a release: one for each, as long as it says the same."""
