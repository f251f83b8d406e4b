"""Two versions over all cases at once: whether a case can come out milder or stricter, and the smallest that does.

What did not change is the same term in both readings, so the solver never compares it (design, section 6).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import z3

from risk_engine.audit.diff.alike import join, join_findings
from risk_engine.audit.diff.by_findings import ByFindings
from risk_engine.audit.diff.overlap import Overlap, refused, union
from risk_engine.audit.diff.required_version import less, required_bump
from risk_engine.audit.diff.single_changes import Causes
from risk_engine.audit.diff.targets import (
    Findings,
    Target,
    classify,
    directions,
    happens,
    happens_anyway,
    is_rising,
    notices_absent,
    only_bars_more,
    same_ladders,
    targets,
)
from risk_engine.audit.versions import changing_days
from risk_engine.engine.nearby import Nearby
from risk_engine.engine.replay import plain
from risk_engine.files.processes import Tell, together
from risk_engine.model.case import Case
from risk_engine.model.changes import Direction, Meaning, Rename, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.model.proof import Status
from risk_engine.solver.answers import STEPS as SEARCH
from risk_engine.solver.answers import is_true
from risk_engine.solver.confirm import Replayed, case_from, example, known_to, replay, settled, sound
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Limits, Space, Verdict
from risk_engine.solver.telling import Told, Trim
from risk_engine.solver.terms import Term, both
from risk_engine.solver.unbounded import AnyLength

LONG = 5 * SEARCH
"""The work after which a case that is not found is no longer one that is found soon."""
WAY = 5 * SEARCH
"""The work that the way to the smallest case may take: what is not needed in it is taken out by the engine anyway."""

_STATUS: dict[Verdict, Status] = {"possible": "refuted", "impossible": "proved", "undecided": "undecided"}


class Known:
    """The cases found in one space, each as the solver's answer with the number of facts in which it differs."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._found: list[tuple[int, z3.ModelRef]] = []

    def smallest(self, goal: Sequence[Term], steps: int | None = None) -> tuple[Verdict, z3.ModelRef | None, bool]:
        """Return the smallest case that fulfils a goal, and whether it is proved that it is.

        `steps` is the work that may be taken to find any, where that is less than the limit.
        """
        there = self._least(goal)
        if there is not None:
            return "possible", *there
        verdict, model = self._space.smallest(*goal, steps=steps)
        if model is not None and not self._space.is_smallest:
            model = self._no_larger(goal, model)
        if model is not None:
            self._found.append((self._differences(model), model))
        return verdict, model, self._space.is_smallest

    def _least(self, goal: Sequence[Term]) -> tuple[z3.ModelRef, bool] | None:
        """Return a known case that fulfils a goal, and whether none has fewer differences; None where one has, or none.

        Among cases that differ in as many facts a reader gains more by one that stands there already than by the one
        that comes first in the file; and as much by one of which it is not shown soon that there is a smaller one.
        """
        found = self._fewest(goal)
        if found is None:
            return None
        number, model = found
        is_needed = number == 0 or self._space.needs(number, *goal)
        return None if is_needed is False else (model, is_needed is True)

    def _no_larger(self, goal: Sequence[Term], model: z3.ModelRef) -> z3.ModelRef:
        """Return a known case that fulfils a goal with no more differences than another one, else that one."""
        found = self._fewest(goal)
        return model if found is None or found[0] > self._differences(model) else found[1]

    def _fewest(self, goal: Sequence[Term]) -> tuple[int, z3.ModelRef] | None:
        fitting = [pair for pair in self._found if all(is_true(pair[1], one) for one in goal)]
        return min(fitting, key=lambda pair: pair[0], default=None)

    def _differences(self, model: z3.ModelRef) -> int:
        return sum(is_true(model, one) for one in self._space.blanks.differences())


def meaning(  # noqa: PLR0913, PLR0917 (the two versions, and how they are to be read)
    before: Criteria,
    after: Criteria,
    base: Case,
    limits: Limits | None = None,
    on: date | None = None,
    tell: Tell = lambda *_: None,
    renamed: Sequence[Rename] = (),
) -> Meaning:
    """Return what can come out otherwise under the later version; `base` is the earlier version's base case.

    The earlier version is in the names of the later one; `renamed` says what was called otherwise.

    Both versions are read on the same days: from the first day of the later one every day on which anything in either
    begins or ends; or on one day alone. Raises TypesDifferError where a fact is of another type in the later version,
    SolverMismatchError (a defect of this program) where the engine does not confirm a case.
    """
    overlap = Overlap(before, after)
    found, not_compared = targets(before, after)
    days = [on] if on is not None else days_to_ask(before, after)
    looked = limits or Limits()
    apart = [one for one in found if one.of == "ladder" and one.name not in after.head.roles.deciding]
    causes = Causes(before, after)
    findings, counting, others = (
        _Asked(several, overlap, causes)
        for several in (
            [one for one in found if one.of.startswith("finding")],
            [one for one in found if not one.of.startswith("finding") and one not in apart],
            apart,
        )
    )
    bounds, narrowed = dict[str, int](), dict[str, None]()
    for number, day in enumerate(days):
        tell(number, len(days))
        cases = _Cases(before, after, base, day, looked, overlap)
        # A case of a single finding is found fast, and often shows what it does to dimensions and ladders too.
        came = [findings.on(cases)]
        # What counts and what does not know that much of each other: neither waits for the other.
        came += together(partial(counting.on, cases), partial(others.on, cases), looked.jobs)
        for asked, one in zip((findings, counting, others), came, strict=True):
            asked.answers = one.answers
            bounds = {name: max(bounds.get(name, 0), entries) for name, entries in one.bounds.items()}
        narrowed |= dict.fromkeys(refused(cases.lists.few))
    tell(len(days), len(days))
    answers = findings.answers | counting.answers | others.answers
    shifts = tuple(_shifts({key: answers[key] for target in found for key in answers if key[0] == target}))
    # Whatever else makes a step major, while no result gets milder, is that some old case cannot be read.
    readable = {*not_compared, *less(before, after, days)}
    not_compared += narrowed
    counted = [
        *after.head.roles.deciding,
        *(one.name for one in apart if not only_bars_more(one.name, before, after, shifts)),
    ]
    required = required_bump(before, after, shifts, not_compared, days, counted, renamed)
    is_read = required.why in readable or before.head.roles != after.head.roles
    return Meaning(
        days=tuple(days),
        is_one_day=on is not None,
        counted=tuple(counted),
        bounds=bounds,
        new_facts=overlap.new,
        gone_facts=overlap.gone,
        not_compared=tuple(not_compared),
        shifts=shifts,
        required=required,
        turns_away=required.bump == "major" and not is_read,
    )


def first_difference(
    before: Criteria, after: Criteria, base: Case, on: date, limits: Limits | None = None
) -> Shift | None:
    """Return something that comes out otherwise on a day, with its case; None where nothing was found that does.

    It asks of single findings first and stops at the first answer: to be told that two versions differ takes less than
    to be told everything that `meaning` tells.
    """
    found, _not_compared = targets(before, after)
    in_order = sorted(found, key=lambda one: not one.of.startswith("finding"))
    overlap = Overlap(before, after)
    asked = _Asked(in_order, overlap, Causes(before, after))
    asked.on(_Cases(before, after, base, on, limits or Limits(), overlap), is_first_enough=True)
    return next((one for one in _shifts(asked.answers) if one.status == "refuted"), None)


def days_to_ask(before: Criteria, after: Criteria) -> list[date]:
    """Return the first day of the later version, and each later one on which a rule or value begins or ends."""
    first = after.head.in_force.from_
    return [first, *(one for one in sorted({*changing_days(before), *changing_days(after)}) if one > first)]


def _shifts(answers: Mapping[tuple[Target, Direction], "_Answer"]) -> Iterator[Shift]:
    """Yield what came of each question."""
    for (target, direction), answer in answers.items():
        status = _STATUS[answer.verdict]
        if status == "proved" and target.of.startswith("finding"):
            continue  # hardly any of them can differ, and only those are worth a line
        yield answer.shift or Shift(of=target.of, name=target.name, direction=direction, status=status)


def _near(criteria: Criteria, base: Case, space: Space) -> Nearby | None:
    """Return what works out cases near the base case under one of the versions; None where that cannot read it."""
    try:
        return Nearby(
            criteria,
            case_from(known_to(criteria, {"controls": (), **plain(base)}, space.blanks.entities), criteria),
            space.profile,
        )
    except ValueError:
        return None


def _whole(space: Space) -> None:
    """Ask for every fact of both versions, so that nothing of a case is left to the base case."""
    before, after = space.readings
    before.facts.whole()
    join(space)
    after.facts.whole()


@dataclass
class _Answer:
    """What came of a question so far: the worst of all days."""

    verdict: Verdict = "impossible"
    shift: Shift | None = None


@dataclass(frozen=True)
class _Came:
    """What came of several questions on a day, with how far they looked."""

    answers: dict[tuple[Target, Direction], _Answer]
    bounds: dict[str, int]


@dataclass(frozen=True)
class _At:
    """What was found in one space: its cases, how they are trimmed, and that answers do not contradict each other."""

    space: Space
    known: Known
    trim: Trim
    sound: list[Term]


class _Cases:
    """The cases of both versions on a day, of which all is asked for that any question needs."""

    def __init__(
        self, before: Criteria, after: Criteria, base: Case, day: date, limits: Limits, overlap: Overlap
    ) -> None:
        space = Space([before, after], base, day, replace(limits, way=WAY))
        space.near = [_near(one, base, space) for one in space.sets]
        self.lists = AnyLength(space, _whole)
        join_findings(self.lists.unbounded)
        self.freed = ByFindings(self.lists.unbounded)
        self._overlap = overlap
        self._at: dict[int, _At] = {}

    def at(self, space: Space) -> _At:
        """Return what was found in one space of this day."""
        if id(space) not in self._at:
            self._at[id(space)] = _At(
                space,
                Known(space),
                Trim(space, lambda stated: not self._overlap.is_left_by(stated)),
                [term for one in space.readings for term in sound(one)],
            )
        return self._at[id(space)]


class _Asked:
    """The questions about two versions and what came of them, day after day."""

    def __init__(self, found: Sequence[Target], overlap: Overlap, causes: Causes) -> None:
        self.before = causes.before
        self.after = causes.after
        self.overlap = overlap
        self.causes = causes
        self.answers: dict[tuple[Target, Direction], _Answer] = {
            (target, one): _Answer()
            for target in found
            for one in directions(target, causes.after, asks_more=bool(overlap.new))
        }

    def on(self, cases: _Cases, *, is_first_enough: bool = False) -> _Came:
        """Ask what is not answered by a case yet, on a day."""
        for target, direction in self.answers:
            if is_first_enough and any(one.shift is not None for one in self.answers.values()):
                break
            answer = self.answers[target, direction]
            if answer.verdict != "possible" and target.is_there(*cases.lists.few.readings):
                self._ask(cases, target, direction, answer)
        return _Came(self.answers, cases.lists.bounds)

    def _ask(self, cases: _Cases, target: Target, direction: Direction, answer: _Answer) -> None:
        lists, freed = cases.lists, cases.freed
        if happens(target, direction, *lists.unbounded.readings) is False:
            return  # the same terms in both readings

        def changes(before: Reading, after: Reading) -> Term:
            return happens(target, direction, before, after)

        if freed.is_ruled_out(changes):
            return
        # A case that is found soon needs no proof that there might be none; what is hard to find is worth one first.
        for steps in (SEARCH, LONG):
            if any(lists.few.shows(*goal, steps=steps) for goal in self._ways(lists.few, target, direction)):
                verdict, shift = self._look(cases.at(lists.few), target, direction)
                if shift is not None:
                    answer.verdict, answer.shift = verdict, shift
                    return
            if target.of.startswith("finding"):
                break  # of a finding others say nothing
            if freed.rule_out(changes, is_looked_up=steps == LONG):
                return
        verdict, shift = lists.find(
            lambda space: self._ways(space, target, direction),
            lambda space: self._look(cases.at(space), target, direction),
            # That no finding moves is shown at once; without it a solver adds up the points of all of them.
            lambda space: self._follows(space, target, direction),
        )
        if verdict == "impossible":
            freed.learn(changes)
        else:
            answer.verdict, answer.shift = verdict, shift

    def _look(self, at: _At, target: Target, direction: Direction) -> tuple[Verdict, Shift | None]:
        """Look for the smallest case in which it happens, with as many entries as the lists of a space have.

        Better is one in which what is looked at is settled under both versions: what an open case shows, the answers
        that are missing may still change. And one whose answers do not contradict each other. Each is worth some work.
        """
        ways, worth = self._ways(at.space, target, direction), at.space.limits.search
        wanted = [term for one in at.space.readings for term in settled(target.watched, one)]
        only_open = direction not in {"looser", "tighter", "opens"}
        for goal in ways if only_open else ():
            for wish in (at.sound, []):
                found, model, is_smallest = at.known.smallest([*goal, *wanted, *wish], worth)
                if model is not None:
                    return found, self._confirmed(at, target, direction, model, is_smallest=is_smallest)
            only_open = only_open and found == "impossible"
        verdict: Verdict = "impossible"
        for goal in ways:
            for wish, steps in ((at.sound, worth), ([], None)):
                found, model, is_smallest = at.known.smallest([*goal, *wish], steps)
                if model is not None:
                    shift = self._confirmed(at, target, direction, model, is_smallest=is_smallest)
                    return found, shift.model_copy(update={"only_open": only_open})
            verdict = found if found == "undecided" else verdict
        return verdict, None

    def _ways(self, space: Space, target: Target, direction: Direction) -> list[list[Term]]:
        """Return the goals that together are the question; a case that runs under both versions is looked for first."""
        before, after = space.readings
        changes = both(self._follows(space, target, direction), happens(target, direction, before, after))
        alike = list(self.overlap.alike(space))
        if not self.overlap.new:
            return [[changes, *alike], *([[changes]] if self.overlap.gone or self.overlap.controls else [])]
        if direction == "opens":
            return [[changes, *alike]]
        # What a new question leaves open is neither milder nor stricter yet.
        known = list(self.overlap.answered(space))
        if direction == "looser":
            return [[changes, *alike, *known], [changes, *known]]
        return [[both(changes, happens_anyway(target, direction, before, after)), *alike], [changes, *known]]

    def _follows(self, space: Space, target: Target, direction: Direction) -> Term:
        """Return what must be true of findings wherever a target changes: the solver need not work that out.

        Where only the strict end is looked at, or a dimension, and no finding is lower, nothing can come out milder;
        and nothing stricter where none is higher.
        """
        if target.of.startswith("finding") or not same_ladders(self.before, self.after):
            return True
        before, after = space.readings
        ladder = target.name if target.of == "ladder" else None
        if ladder is not None and {*before.in_force} != {*after.in_force} and notices_absent(ladder, after):
            return True
        findings = Findings(before, after, None if target.of == "ladder" else target.name)
        if is_rising(self.before, ladder) and (ladder is None or ladder in self.after.head.roles.deciding):
            if direction == "milder":
                return findings.fall()
            if direction == "stricter":
                return findings.rise()
        return findings.differ()

    def _confirmed(
        self, at: _At, target: Target, direction: Direction, model: z3.ModelRef, *, is_smallest: bool
    ) -> Shift:
        space = at.space
        pair = self._replayed(space, target, model)
        told = Told((union(pair[0].data, pair[1].data),), pair)
        (stated,), (old, new) = at.trim.shared(told, lambda came: [target.came(one) for one in came])
        shown = example(space, Replayed(stated, new.worked))
        return Shift(
            of=target.of,
            name=target.name,
            direction=direction,
            status="refuted",
            on=space.on,
            before=target.came(old.worked),
            after=target.came(new.worked),
            example=shown.model_copy(update={"is_smallest": is_smallest}),
            ladders=tuple(classify(old.worked, new.worked)),
            answers_new=self.overlap.is_left_by(union(old.data, new.data)),
            because=self.causes.of(target, old, new),
        )

    def _replayed(self, space: Space, target: Target, model: z3.ModelRef) -> tuple[Replayed, Replayed]:
        before, after = space.readings
        return replay(space, before, model, target.watched), replay(space, after, model, target.watched)
