"""An edit of a set tried on one case and on the cases of the release before it: what changes, and which turn red.

The bundle of a release keeps what each of its cases came to. So only that is worked out which the edit can touch: what
the changed indicators come to in the cases that say something of what these read, and what ladders make of it. A case
of which anything is otherwise now is worked out as a whole, and held against what it expects.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, TypeAlias, cast

from risk_engine.audit.cases import OPEN, SEEN_PARTS, CaseResult, Seen, differences, near_base, run_of, seen_of
from risk_engine.audit.diff.edits import compare
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found, control_states, find
from risk_engine.engine.nearby import Nearby
from risk_engine.engine.program import Decided, days_of_change, program_of
from risk_engine.engine.program_results import Bounds, Results
from risk_engine.engine.replay import Ladders, Walked
from risk_engine.engine.resolve import resolve
from risk_engine.engine.work import PAYS, day_of, work
from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.once import once
from risk_engine.loading.case_tests import base_case, read_tests, rows, stated_cases
from risk_engine.loading.releases import that_count
from risk_engine.loading.sets import Version, beside, bundle_path, is_bundle
from risk_engine.model.case import Case
from risk_engine.model.changes import Edit
from risk_engine.model.companion_files import BASE, CaseTest, Expected
from risk_engine.model.criteria import Criteria, severity_conditions
from risk_engine.model.ladders import Ladder
from risk_engine.model.profile import parameters_on
from risk_engine.model.references import reads_by_rule, reopened

Findings: TypeAlias = Mapping[str, Seen]
"""What the findings of a case came to that are not absent, by indicator."""
_LOCAL = frozenset({"indicator", "definition", "parameter"})
"""Records that reach a case by what indicators read alone, as long as only such records read them."""
_OF_RESULTS = frozenset({"ladder", "set severity"})
"""Records that read what cases come to, and nothing that cases state."""
_READ_ALIKE = frozenset({"awareness", "contradiction", "promise"})
"""Further records in which a change lets cases be read as they were."""
_DAY = "assessment_date"
_RATED_BY = attrgetter("dimension", "ground", "points", "effective")
"""What of an indicator says how dimensions and ladders take its findings."""


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
    trial = Trial(released, draft)
    changes = () if cases is None else tuple(moved(released, draft, cases, on))
    red = tuple(one for one in trial.looked_at() if one is not None)
    return Tried(trial.edits, changes, red, trial.total, trial.worked_out)


def moved(released: Criteria, draft: Criteria, cases: tuple[Case, Case], on: date | None = None) -> Iterator[Moved]:
    """Yield the levels and findings of a case that are others since the edit; either version reads it as its own."""
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


class _Kept:
    """A release, with what its bundle keeps of its cases and what was read of them: the same for every edit."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self.document, self.tests = read_tests(criteria)
        outcomes = () if criteria.bundle is None else criteria.bundle.outcomes
        self.outcomes: dict[str, Findings] = {one.name: one.findings for one in outcomes if _is_whole(one.findings)}
        """Of bundles that keep all that ladders see of a finding."""
        self._cases: dict[str, tuple[int, CaseTest, Case]] = {}
        self._facts: dict[str, Facts] = {}

    def cases(self, named: Collection[str] | None) -> Iterator[tuple[int, CaseTest, Case] | InvalidSourceError]:
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
                day = stated[one.name] = one.given.get(_DAY, stated[one.like])
                found[one.name] = one.on or (day if isinstance(day, date) else None)
        return {name: found[name] for name in self.names}

    def came_to(self, test: CaseTest, case: Case) -> Findings:
        """Return what the findings of a case came to when it was released."""
        if test.name not in self.outcomes:
            found = run_of(self.criteria, test, case, self._near).found.values()
            self.outcomes[test.name] = {one.id: seen_of(one) for one in found if one.outcome != "absent"}
        return self.outcomes[test.name]

    def facts(self, name: str, case: Case, on: date) -> Facts:
        """Return the facts of a case as the release resolves them."""
        if name not in self._facts:
            self._facts[name] = resolve(case, self.criteria, on)
        return self._facts[name]

    @cached_property
    def _near(self) -> Nearby | None:
        return near_base(self.criteria)


def _is_whole(findings: Findings) -> bool:
    return all(len(one) == SEEN_PARTS for one in findings.values())


kept_of = once(_Kept)


class Trial:
    """The cases of a released version under an edit of it, worked out one after another as far as it can touch them."""

    def __init__(self, released: Criteria, draft: Criteria) -> None:
        """Take both; InvalidSourceError where the cases of the release cannot be read."""
        self.released = released
        self.draft = draft
        self.edits = tuple(one for one in compare(released, draft) if one.layer == "structure")
        self.before = kept_of(released)
        self.total = len(self.before.names)
        self.worked_out = 0
        self._ladders: dict[object, tuple[Ladders, Results]] = {}
        self._times: dict[tuple[bool, int], tuple[Ladders, Results]] = {}
        """The same by version and time: few times have ladders of their own."""
        # Whatever reads a finding, it is seen in what the case comes to.
        named = {one.record for one in self.edits} | {
            reader for one in self.edits if not one.record.startswith("indicator ") for reader in one.read_by
        }
        self._kinds = {one if one == "set severity" else one.partition(" ")[0] for one in named}
        self._is_local = self._kinds <= _LOCAL
        self._is_of_results = self._kinds <= _LOCAL | _OF_RESULTS
        self._indicators = frozenset(one.partition(" ")[2] for one in named if one.startswith("indicator "))

    def looked_at(self) -> Iterator[CaseResult | None]:
        """Yield of each case that the edit can touch how it comes out otherwise than it expects; None if as it does."""
        if not self.edits:
            return
        touched = self._touched() if self._is_of_results else None
        if self._kinds <= _LOCAL | _OF_RESULTS | _READ_ALIKE:
            cases = self.before.cases(touched)
        else:
            cases = stated_cases(self.draft, self.before.document, self.before.tests)
        for stated in cases:
            if isinstance(stated, InvalidSourceError):
                # The draft cannot read the case: that is what turns it red.
                for one in stated.diagnostics:
                    yield CaseResult(_("the edited version cannot read it"), str(one.position), (one.message,))
                continue
            number, test, case = stated
            self.worked_out += 1
            try:
                is_same = self._is_same(test, case)
            except NotInForceError:
                is_same = False  # who works out the whole of it says so
            yield None if is_same else self._held_against(number, test, case)

    def _held_against(self, number: int, test: CaseTest, case: Case) -> CaseResult | None:
        try:
            found = tuple(differences(run_of(self.draft, test, case, self._near)))
        except RiskEngineError as error:
            found = tuple(f"{error}".splitlines())
        return CaseResult(test.name, str(self.before.document.position(("cases", number))), found) if found else None

    @cached_property
    def _near(self) -> Nearby | None:
        return near_base(self.draft)

    # --- which cases an edit can touch ---

    def _touched(self) -> frozenset[str] | None:
        """Return the names of the cases that the edit can touch; None where it can touch any."""
        if not self._is_local:
            return None if self._indicators else frozenset(self._judged_otherwise())
        base = base_case(self.released)[1]
        try:
            if base.assessment_date is None or not self._asks_the_same(BASE, base, base.assessment_date):
                return None
        except NotInForceError:
            return None
        facts = self._facts
        reach = [reopened(one) for one in (self.released, self.draft)]
        opening = {name for one in reach for name, opened in one.items() if not opened.isdisjoint(facts)}
        says: dict[str, bool] = {BASE: False}
        found: set[str] = set()
        for test in self.before.tests.cases:
            says[test.name] = says[test.like] or self._says(test)
            for one in rows(test).values() or (test,):
                says[one.name] = says[one.like] or self._says(one)
                # What contradicts itself may open answers that it does not name.
                if says[one.name] or not opening.isdisjoint(one.expect.contradictions):
                    found.add(one.name)
        if self._absent_stays_absent:
            outcomes = self.before.outcomes
            found = {one for one in found if one not in outcomes or not self._indicators.isdisjoint(outcomes[one])}
        return frozenset(found)

    def _judged_otherwise(self) -> Iterator[str]:
        """Yield the names of the cases of whose findings dimensions and ladders make something else now."""
        outcomes = self.before.outcomes
        for name, on in self.before.days.items():
            if name not in outcomes or on is None or not self._means_the_same(outcomes[name], on):
                yield name

    @cached_property
    def _absent_stays_absent(self) -> bool:
        """Whether what is absent stays so: no condition of a severity changed, only what it says when one holds."""
        if not self._kinds <= {"indicator"}:
            return False
        both = [(one.indicators.get(name) for one in (self.released, self.draft)) for name in self._indicators]
        return all(
            was is not None
            and now is not None
            and was.effective == now.effective
            and {one for _severity, one in severity_conditions(was)} == {one for _s, one in severity_conditions(now)}
            for was, now in both
        )

    def _says(self, test: CaseTest) -> bool:
        """Return whether a case says something of what the changed indicators rest on."""
        if test.on is not None or not self._controls.isdisjoint(test.in_place):
            return True
        return any(self._is_about(path) for path in test.given)

    def _is_about(self, path: str) -> bool:
        name, *rest = path.split(".")
        if name not in self.draft.entities:
            return True  # its day, controls, evidence
        if not rest or (len(rest) == 1 and f"{name}.{rest[0]}" not in self._known):
            return name in self._entities
        return f"{name}.{rest[-1]}" in self._facts

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(name for name, _fact in self.draft.every_fact())

    @cached_property
    def _facts(self) -> frozenset[str]:
        """The facts and lists that the changed indicators read in either version, and what these hang on."""
        found: set[str] = set()
        for criteria in (self.released, self.draft):
            reads = reads_by_rule(criteria)
            rules = [reads["indicator"][one] for one in self._indicators if one in reads["indicator"]]
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
        options = (option for name, one in indicators if name in self._indicators for option in one.controls)
        return frozenset(control for option in options for control in option.all)

    # --- whether a case comes to the same ---

    def _is_same(self, test: CaseTest, case: Case) -> bool:
        """Return whether a case comes to what it came to when it was released, as far as that is seen at once."""
        if "promise" in self._kinds:
            return False
        on = day_of(case, test.on)
        if test.expect.gaps is not None and not (self._is_of_results and self._asks_the_same(test.name, case, on)):
            return False
        was = self.before.came_to(test, case)
        return self._now(test, case, on, was) == was and self._means_the_same(was, on)

    def _now(self, test: CaseTest, case: Case, on: date, was: Findings) -> Findings | None:
        """Return what the findings of a case come to now; None where only the whole of it says so."""
        if self._is_of_results and not self._indicators:
            return was
        program = program_of(self.draft, on) if self._often[self._time(on)] > PAYS else None
        decided = None if program is None else program.decide(case, on, full=not self._is_of_results)
        if decided is not None:
            is_told = self._is_of_results or _is_told(test.expect, decided)
            return {name: seen_of(one) for name, one in decided.findings.items()} if is_told else None
        if not self._is_of_results:
            return None
        facts = self.before.facts(test.name, case, on)
        others = {name: one for name, one in was.items() if name not in self._indicators}
        changed = self._found(self.draft, case, facts)
        return {**others, **{one.id: seen_of(one) for one in changed if one.outcome != "absent"}}

    @cached_property
    def _days(self) -> tuple[date, ...]:
        """The days on which a rule of either version begins or ends to count."""
        return tuple(sorted({*days_of_change(self.released), *days_of_change(self.draft)}))

    def _time(self, on: date) -> int:
        """Return the number of the time in which a day lies: no rule changes within it."""
        return bisect_right(self._days, on)

    @cached_property
    def _often(self) -> Counter[int]:
        """How many cases there are in each time: making a program takes as long as a dozen of them."""
        return Counter(self._time(one) for one in self.before.days.values() if one is not None)

    def _asks_the_same(self, name: str, case: Case, on: date) -> bool:
        """Return whether the changed indicators come to the same, and lack the same answers; no fact is another."""
        facts = self.before.facts(name, case, on)
        return _seen_by_tests(self._found(self.released, case, facts)) == _seen_by_tests(
            self._found(self.draft, case, facts)
        )

    def _found(self, criteria: Criteria, case: Case, facts: Facts) -> tuple[Found, ...]:
        """Return what the changed indicators come to with the words and numbers of one of the versions."""
        only = self._only[criteria is self.draft]
        return find(_read_by(facts, criteria), only, facts.on, control_states(case, facts.on))

    @cached_property
    def _only(self) -> tuple[Criteria, Criteria]:
        """Both versions with the changed indicators alone."""
        before, after = (
            one.model_copy(update={"indicators": {k: v for k, v in one.indicators.items() if k in self._indicators}})
            for one in (self.released, self.draft)
        )
        return before, after

    def _means_the_same(self, findings: Findings, on: date) -> bool:
        """Return whether dimensions and ladders make the same of findings under both versions."""
        if self._is_local and self._are_rated_alike:
            return True
        try:
            return self._reached(self.released, findings, on) == self._reached(self.draft, findings, on)
        except NotInForceError:
            return False

    @cached_property
    def _are_rated_alike(self) -> bool:
        """Whether a finding of each changed indicator means what it meant, if it comes to the same."""
        both = ([one.indicators.get(name) for one in (self.released, self.draft)] for name in self._indicators)
        return all(was is not None and now is not None and _RATED_BY(was) == _RATED_BY(now) for was, now in both)

    def _reached(self, criteria: Criteria, findings: Findings, on: date) -> object:
        """Return what dimensions and ladders make of findings under a version, in the names that others read."""
        time = criteria is self.draft, self._time(on)
        if time not in self._times:
            in_force = tuple(name for name, one in criteria.indicators.items() if one.effective.covers(on))
            read = frozenset().union(*(one.parameters for one in reads_by_rule(criteria)["ladder"].values()))
            values = tuple((name, one) for name, one in parameters_on(criteria, on, None).items() if name in read)
            key = time[0], in_force, values
            if key not in self._ladders:
                self._ladders[key] = Ladders(criteria, in_force, on), Results(criteria, in_force)
            self._times[time] = self._ladders[key]
        ladders, results = self._times[time]
        rated, walked = ladders.walked(((name, _bounds(one)) for name, one in findings.items()), results)
        head = criteria.head
        return (
            (tuple(head.dimensions), tuple(head.severity.bands), tuple(one.seen for one in rated)),
            tuple(_proposed(*pair) for pair in zip(criteria.ladders.items(), walked, strict=True)),
        )


def _proposed(named: tuple[str, Ladder], walked: Walked) -> tuple[object, ...]:
    """Return what a ladder proposes: its level, how far it is open, and whether a provisional rule made it so."""
    name, ladder = named
    rule, *numbers = walked
    levels = tuple(ladder.levels)
    return (name, *(levels[one] for one in numbers), rule is not None and ladder.rules[rule].provisional)


def _bounds(seen: Seen) -> Bounds:
    """Return a finding as it is rated; what agreed controls would leave is nothing that ladders see."""
    outcome, inherent, possible, *pairs, is_open = seen
    residual, knock_out = tuple(pairs[:2]), tuple(pairs[2:])
    made = (outcome, inherent, possible, residual, residual, knock_out, knock_out, is_open == OPEN)
    return Bounds._make(cast("Any", made))


def _is_told(expect: Expected, decided: Decided) -> bool:
    """Return whether the contradictions and awareness rules of a case are those that it expects."""
    applying = {name for name, applies in (decided.awareness or {}).items() if applies}
    is_aware = expect.awareness is None or {*expect.awareness} == applying
    return is_aware and {*(decided.contradictions or ())} == {*expect.contradictions}


def _seen_by_tests(found: Iterable[Found]) -> list[object]:
    return [(one.id, seen_of(one), one.missing) for one in found if one.outcome != "absent"]


def _read_by(facts: Facts, criteria: Criteria) -> Facts:
    """Return facts with the definitions and parameters of a version."""
    again, aside = (None if one is None else _read_by(one, criteria) for one in (facts.again, facts.aside))
    numbers = parameters_on(criteria, facts.on, None)
    return replace(facts, parameters=numbers, definitions=criteria.definitions, again=again, aside=aside)
