"""Two versions over all cases at once: whether a case can come out milder or stricter, and the smallest that does.

What did not change is the same term in both readings, so the solver never compares it (design, section 6).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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
from risk_engine.files.processes import Tell, together
from risk_engine.model.case import Case
from risk_engine.model.changes import Direction, Meaning, Rename, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.model.proof import Status
from risk_engine.solver.answers import is_true
from risk_engine.solver.confirm import Replayed, contradictions, example, replay, settled, sound
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Limits, Space, Verdict
from risk_engine.solver.telling import Told, Trim
from risk_engine.solver.terms import Term, both
from risk_engine.solver.unbounded import AnyLength

_OPEN: frozenset[Direction] = frozenset(("looser", "tighter", "opens"))
"""What only open cases show."""
_STATUS: dict[Verdict, Status] = {"possible": "refuted", "impossible": "proved", "undecided": "undecided"}


class Known:
    """The cases found in one space, each as the solver's answer with the number of facts in which it differs."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._found: list[tuple[int, z3.ModelRef]] = []

    def add(self, model: z3.ModelRef) -> None:
        """Keep a case."""
        self._found.append((self._differences(model), model))

    def least(self, goal: Sequence[Term]) -> z3.ModelRef | None:
        """Return a known case that fulfils a goal while none with fewer differences does; None without any.

        Among cases that differ in as many facts a reader gains more by one that stands there already than by the one
        that comes first in the file.
        """
        found = self.fewest(goal)
        if found is None:
            return None
        number, model = found
        return model if number == 0 or self._space.needs(number, *goal) else None

    def no_larger(self, goal: Sequence[Term], model: z3.ModelRef) -> z3.ModelRef:
        """Return a known case that fulfils a goal with no more differences than another one, else that one."""
        found = self.fewest(goal)
        return model if found is None or found[0] > self._differences(model) else found[1]

    def fewest(self, goal: Sequence[Term]) -> tuple[int, z3.ModelRef] | None:
        """Return the known case with the fewest differences that fulfils a goal, and how many these are."""
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
    # What counts and what does not are asked in spaces of their own: neither waits for the other.
    apart = [one for one in found if one.of == "ladder" and one.name not in after.head.roles.deciding]
    lanes = [_Asked(before, after, several, overlap) for several in ([one for one in found if one not in apart], apart)]
    came = together(
        lambda: lanes[0].over(days, base, looked, tell), lambda: lanes[1].over(days, base, looked), looked.jobs
    )
    answers = {key: answer for one in came for key, answer in one.answers.items()}
    shifts = tuple(_shifts({key: answers[key] for target in found for key in answers if key[0] == target}))
    bounds = {name: max(one.bounds.get(name, 0) for one in came) for one in came for name in one.bounds}
    # Whatever else makes a step major, while no result gets milder, is that some old case cannot be read.
    readable = {*not_compared, *less(before, after, days)}
    not_compared += list(dict.fromkeys(text for one in came for text in one.refused))
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
    asked = _Asked(before, after, in_order, Overlap(before, after))
    asked.on(on, base, limits or Limits(), is_first_enough=True)
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
    """What came of several questions, with how far they looked and what could not be compared."""

    answers: dict[tuple[Target, Direction], _Answer]
    bounds: dict[str, int]
    refused: tuple[str, ...]


class _Asked:
    """The questions about two versions and what came of them, day after day."""

    def __init__(self, before: Criteria, after: Criteria, found: Sequence[Target], overlap: Overlap) -> None:
        self.before = before
        self.after = after
        self.overlap = overlap
        self.refused: dict[str, None] = {}
        self.causes = Causes(before, after)
        self._known: dict[int, Known] = {}
        self._trims: dict[int, Trim] = {}
        self.answers: dict[tuple[Target, Direction], _Answer] = {
            (target, one): _Answer()
            for target in found
            for one in directions(target, after, asks_more=bool(overlap.new))
        }

    def over(self, days: Sequence[date], base: Case, limits: Limits, tell: Tell = lambda *_: None) -> _Came:
        """Ask on one day after the other."""
        bounds: dict[str, int] = {}
        for number, day in enumerate(days if self.answers else ()):
            tell(number, len(days))
            bounds |= self.on(day, base, limits)
        tell(len(days), len(days))
        return _Came(self.answers, bounds, tuple(self.refused))

    def on(self, day: date, base: Case, limits: Limits, *, is_first_enough: bool = False) -> dict[str, int]:
        """Ask what is not answered by a case yet, on a day; return the most entries of each list."""
        space = Space([self.before, self.after], base, day, limits)
        lists = AnyLength(space, _whole)
        join_findings(lists.unbounded)
        self.refused |= dict.fromkeys(refused(space))
        self._known, self._trims = {}, {}
        freed = ByFindings(lists.unbounded)
        # A case of a single finding is found fast, and often shows what it does to dimensions and ladders too.
        for target, direction in sorted(self.answers, key=lambda one: not one[0].of.startswith("finding")):
            if is_first_enough and any(one.shift is not None for one in self.answers.values()):
                break
            answer = self.answers[target, direction]
            if answer.verdict != "possible" and target.is_there(*space.readings):
                self._ask(lists, freed, target, direction, answer)
        return lists.bounds

    def _ask(self, lists: AnyLength, freed: ByFindings, target: Target, direction: Direction, answer: _Answer) -> None:
        if happens(target, direction, *lists.unbounded.readings) is False:
            return  # the same terms in both readings

        def changes(before: Reading, after: Reading) -> Term:
            return happens(target, direction, before, after)

        if freed.is_ruled_out(changes):
            return
        # A case that is found soon needs no proof that there might be none.
        if any(lists.few.shows(*goal) for goal in self._ways(lists.few, target, direction)):
            verdict, shift = self._look(lists.few, target, direction)
            if shift is not None:
                answer.verdict, answer.shift = verdict, shift
                return
        if freed.rule_out(changes):
            return
        verdict, shift = lists.find(
            lambda space: self._ways(space, target, direction),
            lambda space: self._look(space, target, direction),
            # That no finding moves is shown at once; without it a solver adds up the points of all of them.
            lambda space: self._follows(space, target, direction),
        )
        if verdict != "impossible":
            answer.verdict, answer.shift = verdict, shift

    def _look(self, space: Space, target: Target, direction: Direction) -> tuple[Verdict, Shift | None]:
        """Look for the smallest case in which it happens, with as many entries as the lists of a space have."""
        known = self._known.setdefault(id(space), Known(space))
        verdict: Verdict = "impossible"
        for goal in self._ways(space, target, direction):
            found, model, is_smallest = self._smallest(space, known, goal)
            if model is not None:
                better, only_open = self._settled(space, target, direction, model)
                way, model, is_smallest = better or (goal, model, is_smallest)
                shift = self._confirmed(space, target, direction, way, model, is_smallest=is_smallest)
                return found, shift.model_copy(update={"only_open": only_open})
            verdict = found if found == "undecided" else verdict
        return verdict, None

    def _settled(
        self, space: Space, target: Target, direction: Direction, found: z3.ModelRef
    ) -> tuple[tuple[list[Term], z3.ModelRef, bool] | None, bool]:
        """Return a case in which what is looked at is settled under both versions, where another one is not.

        What an open case shows, the answers that are missing may still change: one with them tells more. And return
        whether it is proved that there is none.
        """
        wanted = self._closed(space, target)
        if direction in _OPEN or all(is_true(found, one) for one in wanted):
            return None, False
        is_proved = True
        for goal in self._ways(space, target, direction):
            way = [*goal, *wanted]
            verdict, model, is_smallest = self._smallest(space, self._known[id(space)], way)
            if model is not None:
                return (way, model, is_smallest), False
            is_proved = is_proved and verdict == "impossible"
        return None, is_proved

    def _closed(self, space: Space, target: Target) -> list[Term]:
        return [term for one in space.readings for term in settled(target.watched, one)]

    def _smallest(self, space: Space, known: Known, goal: Sequence[Term]) -> tuple[Verdict, z3.ModelRef | None, bool]:
        """Return the smallest case that fulfils a goal, and whether it is proved that it is."""
        there = known.least(goal)
        if there is not None:
            return "possible", there, True
        verdict, model = space.smallest(*goal)
        if verdict == "undecided" and (found := known.fewest(goal)) is not None:
            return "possible", found[1], False
        if model is not None and not space.is_smallest:
            model = known.no_larger(goal, model)
        if model is not None:
            known.add(model)
        return verdict, model, space.is_smallest

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
        self,
        space: Space,
        target: Target,
        direction: Direction,
        goal: Sequence[Term],
        model: z3.ModelRef,
        *,
        is_smallest: bool,
    ) -> Shift:
        before, after = space.readings
        pair = self._replayed(space, target, model)
        if contradictions(pair[0].worked) or contradictions(pair[1].worked):
            good = [*sound(before), *sound(after)]
            ways = [[*one, *self._closed(space, target), *good] for one in self._ways(space, target, direction)]
            for way in ([] if direction in _OPEN else ways) + [[*goal, *good]]:
                _verdict, better = space.smallest(*way)
                if better is not None:
                    pair, is_smallest = self._replayed(space, target, better), space.is_smallest
                    break
        if id(space) not in self._trims:
            sets = self.before, self.after
            self._trims[id(space)] = Trim(sets, space, lambda stated: not self.overlap.is_left_by(stated))
        told = Told((union(pair[0].data, pair[1].data),), pair)
        (stated,), (old, new) = self._trims[id(space)].shared(told, lambda came: [target.came(one) for one in came])
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
