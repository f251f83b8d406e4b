"""The goals of a set: everything that its rules can do, and which of them the cases of its cases.yaml meet."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, TypeAlias, assert_never

from risk_engine.audit.cases import CaseResult, Run, compared_in, contradicted, near_base, tried
from risk_engine.audit.versions import Places
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Stated
from risk_engine.engine.find import Found, FoundOption
from risk_engine.engine.nearby import Nearby
from risk_engine.files.processes import PART, Tell, processes_for, spread
from risk_engine.files.source import Document
from risk_engine.loading.case_tests import sound_tests
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    Quantifier,
    deep_walks,
    facts_in,
)
from risk_engine.model.coverage import (
    KINDS,
    Coverage,
    Goal,
    Key,
    Kind,
    Spot,
    Tally,
    Wanted,
    branches,
    percent,
    root_at,
)
from risk_engine.model.coverage import Path as Way
from risk_engine.model.criteria import Criteria, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.triage import written_at
from risk_engine.model.words import SEVERITIES, Severity

MANY = 8
"""From so many entries on it pays to look for those that are alike."""


class _Alike(NamedTuple):
    """Entries that a condition cannot tell apart: one of them, how many they are, and what it says of each."""

    entry: Entry
    number: int
    value: bool | None


class _Place(NamedTuple):
    """Where a condition is read: the entry that it is about, and what it counts as there if it is unknown."""

    entry: Entry | None
    unknown: bool | None

    def turned(self) -> "_Place":
        """Return the same for what makes the condition hold by failing."""
        return self if self.unknown is None else _Place(self.entry, not self.unknown)


_Inside: TypeAlias = tuple[Way, set[object]]
"""The way to a definition that a condition uses, and all that were read within it, each with the place."""


class Mattering:
    """Finds what mattered over the facts of one case; from `group_from` entries on those alike are looked at once.

    `unknown` is what a condition counts as where it is unknown: a provisional rule counts unless it fails, and so does
    each comparison in it that could make it hold.
    """

    def __init__(self, facts: Facts, group_from: int = MANY, *, unknown: bool | None = None) -> None:
        self.facts = facts
        self._group_from = group_from
        self._unknown = unknown

    def branches(self, condition: ConditionOrAlways, at: Way, entry: Entry | None = None) -> Iterator[tuple[Way, bool]]:
        """Yield each comparison that mattered, by its way from `at` on, with what it said; perhaps several times.

        A comparison within a quantifier is one for each entry. One of a definition that further definitions use comes
        by the way that names it alone behind the first.
        """
        yield from self._branches(condition, at, _Place(entry, self._unknown), None)

    def _value(self, condition: Condition, place: _Place) -> bool | None:
        value = evaluate(condition, self.facts, place.entry).value
        return place.unknown if value is None else value

    def _branches(
        self, condition: ConditionOrAlways, at: Way, place: _Place, inside: _Inside | None
    ) -> Iterator[tuple[Way, bool]]:
        """Yield the same; within a definition that the condition uses, `inside` it."""
        if isinstance(condition, str):
            return
        node: Node = condition
        match node:
            case AllOf(all_of=parts):
                yield from self._joined(parts, (*at, "all_of"), place, inside, decisive=False)
            case AnyOf(any_of=parts):
                yield from self._joined(parts, (*at, "any_of"), place, inside, decisive=True)
            case Not(not_=part):
                yield from self._branches(part, (*at, "not"), place.turned(), inside)
            case Holds(holds=name):
                if inside is None:
                    inside = (*at, "holds", name), set()
                else:
                    at = inside[0]
                if (key := (name, id(place.entry), place.unknown)) not in inside[1]:
                    inside[1].add(key)
                    yield from self._branches(self.facts.definitions[name], (*at, "holds", name), place, inside)
            case Quantifier(where=where):
                within = place.turned() if node.kind == "at_most" else place
                for one in self._pivotal(node, where, within):
                    yield from self._branches(where, (*at, "where"), within._replace(entry=one), inside)
            case Compare():
                value = self._value(node, place)
                if value is not None:
                    yield at, value
            case _:
                assert_never(node)

    def _joined(
        self,
        parts: Sequence[Condition],
        at: Way,
        place: _Place,
        inside: _Inside | None,
        *,
        decisive: bool,
    ) -> Iterator[tuple[Way, bool]]:
        """Yield what mattered in the parts: one decides alone if none of the others is decisive or unknown."""
        alone: int | None = None
        for number, part in enumerate(parts):
            if self._value(part, place) is not (not decisive):
                if alone is not None:
                    return
                alone = number
        for number in range(len(parts)) if alone is None else (alone,):
            yield from self._branches(parts[number], (*at, number), place, inside)

    def _pivotal(self, node: Quantifier, where: Condition, inside: _Place) -> Iterator[Entry]:
        """Yield the entries that alone make the quantifier hold or fail; of those alike only one."""
        alike = self._entries(node.entity, where, inside)
        true = sum(one.number for one in alike if one.value is True)
        unknown = sum(one.number for one in alike if one.value is None)
        match node.kind:
            case "some" | "at_least":
                needed = node.bound
            case "every":
                needed = sum(one.number for one in alike)
            case "at_most":
                needed = node.bound + 1
            case _:
                assert_never(node.kind)
        for one in alike:
            if true - (one.value is True) == needed - 1 and unknown - (one.value is None) == 0:
                yield one.entry

    def _entries(self, entity: str, where: Condition, inside: _Place) -> list[_Alike]:
        """Return the entries of a list in groups: most findings are absent, and alike in all that a rule reads."""
        entries = self.facts.lists[entity] or ()
        if len(entries) < self._group_from:
            return [_Alike(one, 1, self._value(where, inside._replace(entry=one))) for one in entries]
        named = sorted(facts_in(where, self.facts.definitions))
        read = [fact.partition(".")[2] for fact in named if fact.startswith(f"{entity}.")]
        groups: dict[tuple[Stated, ...], list[Entry]] = {}
        for entry in entries:
            groups.setdefault(tuple(map(entry.values.get, read)), []).append(entry)
        return [_Alike(one[0], len(one), self._value(where, inside._replace(entry=one[0]))) for one in groups.values()]


_TRUTHS: dict[bool | None, Wanted] = {True: "true", False: "false", None: "unknown"}


class Shown:
    """Which goals the cases meet that were looked at so far, each with the first case that does."""

    def __init__(self, goals: Iterable[Goal]) -> None:
        self.first: dict[Key, str] = {}
        listed = tuple(goals)
        # Where a condition has no open goal any more, nobody needs to look into it again.
        self._open = Counter((one.kind, one.record, root_at(one.kind, one.at)) for one in listed)

    @deep_walks()
    def add(self, run: Run) -> None:
        """Note all that a case shows."""
        _Reader(self, run).read()

    def note(self, kind: Kind, record: str, at: Way, wanted: Wanted, case: str) -> None:
        """Note that a case meets a goal."""
        key = kind, record, at, wanted
        if key not in self.first:
            self.first[key] = case
            self._open[kind, record, root_at(kind, at)] -= 1

    def seeks(self, kind: Kind, record: str, at: Way) -> bool:
        """Return whether a goal about the condition at this place is still open."""
        return self._open[kind, record, at] > 0


class _Reader:
    def __init__(self, shown: Shown, run: Run) -> None:
        self.shown = shown
        self.run = run

    def read(self) -> None:
        run, expect = self.run, self.run.test.expect
        of_case, of_results = Mattering(run.worked.facts), Mattering(run.worked.results)
        compared = compared_in(expect, run.found)
        for found in run.worked.found:
            if found.id in compared:
                self._indicator(found, of_case)
        if not expect.partial:  # else nobody looks at the rest of what came out
            self._questions(of_case)
            # A provisional rule decides unless it fails.
            self._ladders(of_results, Mattering(run.worked.results, unknown=True))
            self._awareness(of_results)
        for name in contradicted(run.worked.facts, run.worked.criteria):
            self._note("contradiction", name, (), "contradicted")

    def _note(self, kind: Kind, record: str, at: Way, wanted: Wanted) -> None:
        self.shown.note(kind, record, at, wanted, self.run.test.name)

    def _branches(
        self,
        kind: Kind,
        record: str,
        at: Way,
        condition: ConditionOrAlways,
        facts: Mattering,
        entries: Iterable[Entry | None] = (None,),
    ) -> None:
        if self.shown.seeks(kind, record, at):
            for entry in entries:
                for way, value in facts.branches(condition, at, entry):
                    self._note(kind, record, way, _TRUTHS[value])

    def _indicator(self, found: Found, facts: Mattering) -> None:
        name = found.id
        self._note("indicator", name, (), found.outcome)
        for severity, condition in reversed(severity_conditions(found.indicator)):
            at: Way = ("severity", severity)
            value = False if found.outcome == "absent" else evaluate(condition, facts.facts).value
            self._note("severity", name, at, _TRUTHS[value])
            self._branches("severity_branch", name, at, condition, facts)
            if value is True:
                break  # what a lower one says makes no difference
        # What bars, and what would help, shows only where something was found.
        if found.outcome == "present":
            self._knock_outs(found, facts)
            self._options(found, facts)

    def _knock_outs(self, found: Found, facts: Mattering) -> None:
        complete = [one for one in found.options if not one.lacking]
        is_cured = any(one.counts is True for one in complete)
        if not is_cured and any(one.counts is None for one in complete):
            return  # nobody knows whether it is cured
        for kind, condition in reversed(knock_out_conditions(found.indicator)):
            at: Way = ("knock_out", kind)
            holds = evaluate(condition, facts.facts).value
            if holds is True:
                self._note("knock_out", found.id, at, "cured" if is_cured else "open")
            if not is_cured:
                self._branches("knock_out_branch", found.id, at, condition, facts)
            if holds is True:
                break  # the strongest one counts

    def _options(self, found: Found, facts: Mattering) -> None:
        for number, one in enumerate(found.options):
            if not _matters(one, found):
                continue
            at: Way = ("controls", number)
            if one.counts is True:
                self._note("option", found.id, at, "incomplete" if one.lacking else "complete")
            if one.option.when is not None and not one.lacking:
                self._branches("option_branch", found.id, (*at, "when"), one.option.when, facts)

    def _questions(self, facts: Mattering) -> None:
        for name, entity in self.run.worked.criteria.entities.items():
            entries = (
                (self.run.worked.facts.single[name],)
                if entity.many is None
                else self.run.worked.facts.lists[name] or ()
            )
            if entity.ask_when is not None:
                self._branches("question_branch", name, ("ask_when",), entity.ask_when, facts)
            for short, fact in entity.facts.items():
                if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None:
                    self._branches("question_branch", f"{name}.{short}", ("ask_when",), fact.ask_when, facts, entries)

    def _ladders(self, certain: Mattering, provisional: Mattering) -> None:
        for name, proposed in self.run.proposed.items():
            rules = self.run.worked.criteria.ladders[name].rules
            self._note("level", name, ("levels", proposed.level), "reached")
            if proposed.rule is None:
                self._note("rule", name, ("otherwise",), "decides")
            for number, rule in enumerate(rules if proposed.rule is None else rules[: proposed.rule + 1]):
                self._note("rule", name, ("rules", number), "decides" if number == proposed.rule else "passed_over")
                facts = provisional if rule.provisional else certain
                self._branches("rule_branch", name, ("rules", number, "when"), rule.when, facts)

    def _awareness(self, facts: Mattering) -> None:
        for name, rule in self.run.worked.criteria.awareness.items():
            if rule.effective.covers(self.run.worked.on):
                self._note("awareness", name, ("when",), _TRUTHS[evaluate(rule.when, facts.facts).value])
                self._branches("awareness_branch", name, ("when",), rule.when, facts)


def _matters(option: FoundOption, found: Found) -> bool:
    """Return whether it makes a difference that the option is complete and counts: it lowers more than the others do.

    Or it cures a knock-out that no other one cures.
    """
    others = [one for one in found.options if one is not option and not one.lacking and one.counts is not False]
    left: list[Severity] = [found.inherent, *(one.residual for one in others)]
    if SEVERITIES.index(option.residual) < min(map(SEVERITIES.index, left)):
        return True
    return not others and found.knock_out_before[0] != "none"


def goals_of(criteria: Criteria) -> Iterator[Goal]:
    """Yield the goals of a set that was read from a folder: by record, in the order of the set."""
    places = Places(criteria)
    for name, indicator in criteria.indicators.items():
        yield from _of_indicator(name, indicator, criteria, places)
    for entity, declared in criteria.entities.items():
        if declared.ask_when is not None:
            record = _Record(entity, "facts.yaml", (entity,), criteria, places)
            yield from record.branches("question_branch", declared.ask_when, ("ask_when",))
        for short, fact in declared.facts.items():
            if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None:
                record = _Record(f"{entity}.{short}", "facts.yaml", (entity, "facts", short), criteria, places)
                yield from record.branches("question_branch", fact.ask_when, ("ask_when",))
    for name, ladder in criteria.ladders.items():
        record = _Record(name, "ladders.yaml", (name,), criteria, places)
        for level in ladder.levels:
            yield from record.goals("level", ("levels", level), ("reached",))
        for number, rule in enumerate(ladder.rules):
            yield from record.goals("rule", ("rules", number), ("decides", "passed_over"))
            yield from record.branches("rule_branch", rule.when, ("rules", number, "when"))
        yield from record.goals("rule", ("otherwise",), ("decides",))
    for name, note in criteria.awareness.items():
        record = _Record(name, "awareness.yaml", (name,), criteria, places)
        yield from record.goals("awareness", ("when",), ("true",) if note.when == "always" else tuple(_TRUTHS.values()))
        yield from record.branches("awareness_branch", note.when, ("when",))
    for name in criteria.invariants.facts:
        record = _Record(name, *written_at(name, criteria), criteria, places)
        yield from record.goals("contradiction", (), ("contradicted",))


def _of_indicator(name: str, indicator: Indicator, criteria: Criteria, places: Places) -> Iterator[Goal]:
    record = _Record(name, places.of_indicator(name).file, (name,), criteria, places)
    yield from record.goals("indicator", (), ("present", "absent", "undetermined"))
    for severity, condition in severity_conditions(indicator):
        yield from record.goals("severity", ("severity", severity), tuple(_TRUTHS.values()), severity)
        yield from record.branches("severity_branch", condition, ("severity", severity), severity)
    for kind, bar in knock_out_conditions(indicator):
        yield from record.goals(
            "knock_out", ("knock_out", kind), ("open", "cured") if indicator.controls else ("open",)
        )
        yield from record.branches("knock_out_branch", bar, ("knock_out", kind))
    for number, option in enumerate(indicator.controls):
        # What answers alone do is never incomplete.
        states: tuple[Wanted, ...] = ("complete", "incomplete") if option.all else ("complete",)
        yield from record.goals("option", ("controls", number), states)
        if option.when is not None:
            yield from record.branches("option_branch", option.when, ("controls", number, "when"))


class _Record:
    """A record of the set, with the place where it stands."""

    def __init__(self, name: str, file: str, at: Way, criteria: Criteria, places: Places) -> None:
        self.name = name
        self.file = file
        self.place = at
        self.definitions = criteria.definitions
        self.places = places

    def goals(
        self, kind: Kind, at: Way, wanted: tuple[Wanted, ...], severity: Severity | None = None
    ) -> Iterator[Goal]:
        spot = self._spot(at)
        for one in wanted:
            yield Goal(kind=kind, record=self.name, severity=severity, at=at, wanted=one, spot=spot)

    def branches(
        self, kind: Kind, condition: ConditionOrAlways, at: Way, severity: Severity | None = None
    ) -> Iterator[Goal]:
        for way, leaf in branches(condition, self.definitions, at):
            spot, said = self._spot(way), leaf.model_dump(mode="json", by_alias=True)
            for one in ("true", "false"):
                yield Goal(kind=kind, record=self.name, severity=severity, at=way, wanted=one, leaf=said, spot=spot)

    def _spot(self, at: Way) -> Spot:
        return self.places.of_rule(self.file, self.place, at)


@dataclass(frozen=True)
class CoverageCheck:
    """What the cases of a version cover, and those that fail: they do not count."""

    criteria: Criteria
    coverage: Coverage
    failed: tuple[CaseResult, ...]


def check_coverage(folder: Path, tell: Tell = lambda *_: None, *, jobs: int | None = None) -> CoverageCheck:
    """Run every case of the version in `folder` and note which goals it meets.

    `tell` is called with how many of how many cases are done; `jobs` is over how many processes they are spread,
    without it over as many as pay. Raises InvalidSourceError where the set or its cases.yaml cannot be used.
    """
    criteria = read_criteria(folder)
    document, tests = sound_tests(criteria)
    goals = tuple(goals_of(criteria))
    covering = _Covering(criteria, near_base(criteria), document, tests, Shown(goals))
    first: dict[Key, str] = {}
    failed: list[CaseResult] = []
    done = 0
    # What the first of them make and show, forked processes inherit.
    rest = spread(_Covering.part, covering, range(PART, len(tests), PART), processes_for(len(tests), jobs))
    for part in chain([covering.part(0)], rest):
        failed += part.failed
        # One that another process met only later has its first case from the earlier part.
        first = {**part.met, **first}
        done += part.cases
        tell(done, len(tests))
    told = tuple(goal.model_copy(update={"case": first.get(goal.key)}) for goal in goals)
    return CoverageCheck(criteria, _coverage(criteria, told, len(tests), failed), tuple(failed))


class _Covered(NamedTuple):
    """What the cases of a part meet that their process had not met before, and those that fail."""

    cases: int
    met: dict[Key, str]
    failed: list[CaseResult]


class _Covering(NamedTuple):
    """The tests of a set with the goals that are met so far, looked at in parts."""

    criteria: Criteria
    near: Nearby | None
    document: Document
    tests: Sequence[tuple[int, CaseTest, Case]]
    shown: Shown

    def part(self, start: int) -> _Covered:
        """Return what the tests of a part show; a process is given its parts in their order."""
        failed: list[CaseResult] = []
        tests, known = self.tests[start : start + PART], len(self.shown.first)
        for number, test, case in tests:
            place = str(self.document.position(("cases", number)))
            result, run = tried(test, case, self.criteria, place, self.near)
            if run is None or result.differences:
                failed.append(result)
            else:
                self.shown.add(run)
        return _Covered(len(tests), dict(islice(self.shown.first.items(), known, None)), failed)


def _coverage(criteria: Criteria, goals: tuple[Goal, ...], cases: int, failed: list[CaseResult]) -> Coverage:
    every = Counter(one.kind for one in goals)
    met = Counter(one.kind for one in goals if one.case is not None)
    return Coverage(
        criteria=criteria.head.id,
        version=criteria.head.version,
        digest=criteria.digest,
        cases=cases - len(failed),
        failing=tuple(one.name for one in failed),
        goals=every.total(),
        met=met.total(),
        percent=percent(met.total(), every.total()),
        tallies=tuple(
            Tally(kind=one, goals=every[one], met=met[one], percent=percent(met[one], every[one]))
            for one in KINDS
            if every[one]
        ),
        shown=tuple(one for one in goals if one.case is not None),
        missing=tuple(one for one in goals if one.case is None),
    )
