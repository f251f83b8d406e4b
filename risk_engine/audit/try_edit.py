"""An edit of a set tried on one case and on the cases of the release before it: what changes, and which turn red.

Only cases that the edit can touch are worked out: those that say something of what the changed indicators read. Where
an edit may reach any case (ladders, points, facts, tables, contradictions), all are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain

from risk_engine.audit.cases import CaseResult, differences, run_of
from risk_engine.audit.diff.edits import compare
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found, control_states, find
from risk_engine.engine.program import program_of
from risk_engine.engine.resolve import resolve
from risk_engine.engine.work import PAYS, day_of, work
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.case_tests import base_case, read_tests, rows, stated_cases
from risk_engine.loading.releases import that_count
from risk_engine.loading.sets import Version, beside, bundle_path, is_bundle
from risk_engine.model.case import Case
from risk_engine.model.changes import Edit
from risk_engine.model.companion_files import BASE, CaseTest, CaseTests
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import parameters_on
from risk_engine.model.references import reads_by_rule, reopened

_LOCAL = frozenset({"indicator", "definition", "parameter"})
"""Records that reach a case by what indicators read alone, as long as only such records read them."""
_COMPILED = _LOCAL | {"ladder", "set severity", "awareness", "contradiction"}
"""Records of which a program of either version says whether a case comes to the same."""


@dataclass(frozen=True)
class Moved:
    """A level or a finding of a case, before the edit and since; nothing where it was not, or is not there."""

    name: str
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Tried:
    """What an edit does."""

    edits: tuple[Edit, ...]
    """The edits of rules; what only words say otherwise is none."""
    moved: tuple[Moved, ...]
    red: tuple[CaseResult, ...]
    """The released cases that come out otherwise than they expect."""
    cases: int
    worked_out: int
    """How many of them had to be worked out."""


def release_before(draft: Version) -> Version:
    """Return the newest release beside an edited version, itself too where it was released; as it was released.

    Raises RiskEngineError where there is none.
    """
    bundled = [one for one in that_count(beside(draft)) if is_bundle(bundle_path(one)) and one.number <= draft.number]
    if not bundled:
        message = _("{version}: there is no release beside it to compare it with", version=draft)
        raise RiskEngineError(message, _("name the version to compare it with, `--against SET@VERSION`"))
    newest = bundled[-1]
    return Version(newest.name, newest.number, bundle_path(newest), newest.in_force_from)


def try_edit(
    released: Criteria, draft: Criteria, cases: tuple[Case, Case] | None = None, on: date | None = None
) -> Tried:
    """Return what an edit does to a case, as either version reads it, and to the cases of the released version.

    Raises InvalidSourceError where the cases cannot be read.
    """
    edits = tuple(one for one in compare(released, draft) if one.layer == "structure")
    _document, tests = read_tests(released)
    total = sum(len(one.each) or 1 for one in tests.cases)
    moved = () if cases is None else tuple(_moved(released, draft, cases, on))
    if not edits:
        return Tried(edits, moved, (), total, 0)
    trial = _Trial(released, draft, edits, tests)
    red = tuple(trial.red())
    return Tried(edits, moved, red, total, trial.worked_out)


def _moved(released: Criteria, draft: Criteria, cases: tuple[Case, Case], on: date | None) -> Iterator[Moved]:
    before, after = work(cases[0], released, on), work(cases[1], draft, on)
    was = {one.ladder: released.ladders[one.ladder].levels[one.level].title for one in before.proposed}
    now = {one.ladder: draft.ladders[one.ladder].levels[one.level].title for one in after.proposed}
    for name in dict.fromkeys((*was, *now)):
        if was.get(name) != now.get(name):
            title = (draft.ladders.get(name) or released.ladders[name]).title
            yield Moved(name, title, was.get(name, ""), now.get(name, ""))
    seen, sees = ({one.id: _seen(one) for one in side.found if one.outcome != "absent"} for side in (before, after))
    for name in dict.fromkeys((*seen, *sees)):
        if seen.get(name) != sees.get(name):
            title = (draft.indicators.get(name) or released.indicators[name]).title
            yield Moved(name, title, seen.get(name, ""), sees.get(name, ""))


def _seen(found: Found) -> str:
    """Return what a finding came to, in the words of cases.yaml."""
    severity = found.inherent if found.outcome == "present" else f"undetermined, {found.possible}"
    low, high = found.residual
    left = (
        ""
        if (low, high) == (found.inherent, found.inherent)
        else f", residual {low if low == high else f'{low} to {high}'}"
    )
    bar = "" if found.knock_out == ("none", "none") else f", knock-out {found.knock_out[1]}"
    return f"{severity}{left}{bar}"


class _Trial:
    """The cases of a released version, worked out under an edit of it as far as the edit can touch them."""

    def __init__(self, released: Criteria, draft: Criteria, edits: tuple[Edit, ...], tests: CaseTests) -> None:
        self.released = released
        self.draft = draft
        self.tests = tests
        self.worked_out = 0
        # Whatever reads a finding, it is seen in what the case comes to.
        named = {one.record for one in edits} | {
            reader for one in edits if not one.record.startswith("indicator ") for reader in one.read_by
        }
        kinds = {one if one == "set severity" else one.partition(" ")[0] for one in named}
        self.is_local = kinds <= _LOCAL
        self.is_compiled = kinds <= _COMPILED
        self.indicators = frozenset(one.partition(" ")[2] for one in named if one.startswith("indicator "))

    def red(self) -> Iterator[CaseResult]:
        """Yield each case that comes out otherwise than it expects."""
        document, _tests = read_tests(self.released)
        touched = self._touched()
        for stated in stated_cases(self.draft, document, self.tests, touched):
            if isinstance(stated, InvalidSourceError):
                # The draft cannot read the case: that is what turns it red.
                for one in stated.diagnostics:
                    yield CaseResult(_("the edited version cannot read it"), str(one.position), (one.message,))
                continue
            number, test, case = stated
            self.worked_out += 1
            if self.is_compiled and self._is_same(test, case):
                continue
            place = str(document.position(("cases", number)))
            try:
                found = tuple(differences(run_of(self.draft, test, case)))
            except RiskEngineError as error:
                found = tuple(f"{error}".splitlines())
            if found:
                yield CaseResult(test.name, place, found)

    def _touched(self) -> frozenset[str] | None:
        """Return the names of the cases that the edit can touch; None where it can touch any."""
        if not self.is_local:
            return None
        base = base_case(self.released)[1]
        if base.assessment_date is None or not self._is_same(None, base):
            return None
        facts = self._facts
        reach = [reopened(one) for one in (self.released, self.draft)]
        opening = {name for one in reach for name, opened in one.items() if not opened.isdisjoint(facts)}
        says: dict[str, bool] = {BASE: False}
        found: set[str] = set()
        for test in self.tests.cases:
            says[test.name] = says[test.like] or self._says(test)
            for one in rows(test).values() or (test,):
                says[one.name] = says[one.like] or self._says(one)
                # What contradicts itself may open answers that it does not name.
                if says[one.name] or not opening.isdisjoint(one.expect.contradictions):
                    found.add(one.name)
        return frozenset(found)

    def _says(self, test: CaseTest) -> bool:
        """Return whether a case says something of what the changed indicators rest on."""
        if test.on is not None or not self._controls.isdisjoint(test.in_place):
            return True
        return any(self._is_about(path) for path in test.given)

    def _is_about(self, path: str) -> bool:
        name, *rest = path.split(".")
        if name not in self.draft.entities and name not in self.released.entities:
            return name == "controls"
        if not rest or (len(rest) == 1 and f"{name}.{rest[0]}" not in self._known):
            return name in self._entities
        return f"{name}.{rest[-1]}" in self._facts

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(name for one in (self.released, self.draft) for name, _fact in one.every_fact())

    @cached_property
    def _facts(self) -> frozenset[str]:
        """The facts and lists that the changed indicators read in either version, and what these hang on."""
        found: set[str] = set()
        for criteria in (self.released, self.draft):
            reads = reads_by_rule(criteria)
            rules = [reads["indicator"][one] for one in self.indicators if one in reads["indicator"]]
            new = {name for one in rules for name in one.facts | one.lists}
            while new:
                found |= new
                asked = {*new, *(name.partition(".")[0] for name in new)}
                hanging = (reads["fact"][name] for name in asked if name in reads["fact"])
                new = {name for one in hanging for name in one.facts | one.lists} - found
        return frozenset(found)

    @cached_property
    def _entities(self) -> frozenset[str]:
        return frozenset(name.partition(".")[0] for name in self._facts)

    @cached_property
    def _controls(self) -> frozenset[str]:
        """The controls that lower one of the changed indicators in either version."""
        indicators = chain.from_iterable(one.indicators.items() for one in (self.released, self.draft))
        options = (option for name, one in indicators if name in self.indicators for option in one.controls)
        return frozenset(control for option in options for control in option.all)

    def _is_same(self, test: CaseTest | None, case: Case) -> bool:
        """Return whether a case comes to the same under both versions, whatever it expects."""
        on = day_of(case, None if test is None else test.on)
        if test is not None and test.expect.gaps is not None:
            return False
        sides = [self._decided(one, case, on) for one in (self.released, self.draft)] if test is not None else [None]
        if None not in sides:
            return sides[0] == sides[1]
        return self.is_local and self._comes_to_the_same(case, on)

    def _decided(self, criteria: Criteria, case: Case, on: date) -> object | None:
        """Return what a program says that a case comes to; None where it cannot, or where making it does not pay."""
        if self.is_local and self._often[on] <= PAYS:
            return None
        program = program_of(criteria, on)
        decided = None if program is None else program.decide(case, on, full=not self.is_local)
        return None if decided is None else (decided, decided.awareness, decided.contradictions)

    @cached_property
    def _often(self) -> Counter[date | None]:
        """How many cases there are on each day."""
        day = base_case(self.released)[1].assessment_date
        return Counter(test.on or day for test in self.tests.cases for _row in rows(test) or (test,))

    def _comes_to_the_same(self, case: Case, on: date) -> bool:
        """Return whether the changed indicators come to the same by the reference walk; no fact hangs on the edit."""
        facts = resolve(case, self.draft, on)
        return self._found(self.released, case, facts) == self._found(self.draft, case, facts)

    def _found(self, criteria: Criteria, case: Case, facts: Facts) -> Mapping[str, object]:
        """Return what the changed indicators come to with the words and numbers of one of the versions."""
        changed = {name: one for name, one in criteria.indicators.items() if name in self.indicators}
        only = criteria.model_copy(update={"indicators": changed})
        read = _read_by(facts, criteria)
        return {
            one.id: (
                *(one.outcome, one.inherent, one.possible, one.residual, one.knock_out, one.open),
                *(one.indicator.dimension, one.indicator.ground, tuple(one.indicator.points.items())),
            )
            for one in find(read, only, facts.on, control_states(case, facts.on))
            if one.outcome != "absent"
        }


def _read_by(facts: Facts, criteria: Criteria) -> Facts:
    """Return facts with the definitions and parameters of a version."""
    again, aside = (None if one is None else _read_by(one, criteria) for one in (facts.again, facts.aside))
    numbers = parameters_on(criteria, facts.on, None)
    return replace(facts, parameters=numbers, definitions=criteria.definitions, again=again, aside=aside)
