"""Two versions over all cases at once: whether a case can come out milder or stricter, and the smallest that does.

What did not change is the same term in both readings, so the solver never compares it (design, section 6).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from risk_engine.audit.diff.alike import holds_later, join, join_findings
from risk_engine.audit.diff.by_findings import ByFindings
from risk_engine.audit.diff.known import Found, Known, Question, Way, follows
from risk_engine.audit.diff.overlap import Overlap, refused, union
from risk_engine.audit.diff.required_version import less, required_bump
from risk_engine.audit.diff.single_changes import Causes
from risk_engine.audit.diff.targets import (
    Target,
    classify,
    directions,
    happens,
    only_bars_more,
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
from risk_engine.solver.confirm import Replayed, case_from, example, known_to
from risk_engine.solver.space import Limits, Space, Verdict
from risk_engine.solver.unbounded import AnyLength

LONG = 5 * SEARCH
"""The work after which a case that is not found is no longer one that is found soon."""
WAY = 5 * SEARCH
"""The work that the way to the smallest case may take: what is not needed in it is taken out by the engine anyway."""
SETTLED = 5
"""So many times the work of any other case a settled one is worth."""

_STATUS: dict[Verdict, Status] = {"possible": "refuted", "impossible": "proved", "undecided": "undecided"}


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
    cases: _Cases | None = None
    for number, day in enumerate(days):
        tell(number, len(days))
        asked_of_day = any(one.is_of_day for each in (counting, others) for one in each.answers.values())
        if cases is not None and not asked_of_day and holds_later(cases.lists.unbounded, day):
            continue
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
    is_of_day: bool = False
    """Whether cases of that day had to be asked: findings alone did not say it, of which it is."""


@dataclass(frozen=True)
class _Came:
    """What came of several questions on a day, with how far they looked."""

    answers: dict[tuple[Target, Direction], _Answer]
    bounds: dict[str, int]


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
        self._known: dict[int, Known] = {}

    def known(self, space: Space) -> Known:
        """Return what was found in one space of this day."""
        if id(space) not in self._known:
            self._known[id(space)] = Known(space, self._overlap)
        return self._known[id(space)]


class _Asked:
    """The questions about two versions and what came of them, day after day."""

    def __init__(self, found: Sequence[Target], overlap: Overlap, causes: Causes) -> None:
        self.before = causes.before
        self.after = causes.after
        self.overlap = overlap
        self.causes = causes
        self._shown: dict[tuple[Target, Direction], tuple[Found, Way]] = {}
        """The case that is shown for an answer, and of what kind it was looked for."""
        self.answers: dict[tuple[Target, Direction], _Answer] = {
            (target, one): _Answer()
            for target in found
            for one in directions(target, causes.after, asks_more=bool(overlap.new))
        }

    def on(self, cases: _Cases, *, is_first_enough: bool = False) -> _Came:
        """Ask what is not answered by a case yet, on a day."""
        waiting = {
            (target, direction): answer
            for (target, direction), answer in self.answers.items()
            if answer.verdict != "possible"
            and target.is_there(*cases.lists.few.readings)
            # Else they are the same terms in both readings.
            and happens(target, direction, *cases.lists.unbounded.readings) is not False
        }
        if not is_first_enough:
            self._sweep(cases, waiting)
        for (target, direction), answer in waiting.items():
            if is_first_enough and any(one.shift is not None for one in self.answers.values()):
                break
            self._ask(cases, target, direction, answer)
        for (target, direction), answer in waiting.items():
            self._better(cases.known(cases.lists.few), self._ways(target, direction), answer)
        return _Came(self.answers, cases.lists.bounds)

    def _sweep(self, cases: _Cases, waiting: Iterable[tuple[Target, Direction]]) -> None:
        """Look for the smallest cases of all questions at once: of findings, and of what findings showed already."""
        known, rows = cases.known(cases.lists.few), list[list[Question]]()
        asked: list[Question] = []
        for target, direction in waiting:
            ways = self._ways(target, direction)
            if not target.of.startswith("finding"):
                asked += [one for one in ways[:1] if known.best(one)]
            elif not cases.freed.is_ruled_out(partial(happens, target, direction)):
                rows.append(ways)
        known.sweep([*asked, *known.first_shown(rows)])

    def _ask(self, cases: _Cases, target: Target, direction: Direction, answer: _Answer) -> None:
        lists, freed = cases.lists, cases.freed
        ways = self._ways(target, direction)
        changes = partial(happens, target, direction)
        known = cases.known(lists.few)
        # Of a finding others say nothing; of a ladder a settled case is found sooner by whoever looked for any.
        if any(known.best(one) for one in (ways if target.of.startswith("finding") else ways[:1])):
            answer.verdict, answer.shift = self._look(known, ways)
            return
        if freed.is_ruled_out(changes):
            return
        # A case that is found soon needs no proof that there might be none; what is hard to find is worth one first.
        for steps in (SEARCH, LONG):
            if any(lists.few.check(*one, steps=steps)[1] is not None for one in known.goals(ways)):
                verdict, shift = self._look(known, ways)
                if shift is not None:
                    answer.verdict, answer.shift = verdict, shift
                    return
            if target.of.startswith("finding"):
                break  # of a finding others say nothing
            if freed.rule_out(changes, is_looked_up=steps == LONG):
                return
        verdict, shift = lists.find(
            lambda space: cases.known(space).goals(ways),
            lambda space: self._look(cases.known(space), ways),
            # That no finding moves is shown at once; without it a solver adds up the points of all of them.
            lambda space: follows(space, target, direction),
        )
        answer.is_of_day = not target.of.startswith("finding")
        if verdict == "impossible":
            freed.learn(changes)
        else:
            answer.verdict, answer.shift = verdict, shift

    def _better(self, known: Known, ways: Sequence[Question], answer: _Answer) -> None:
        """Show a case that was found for a later question, where it tells more than the one found for this one."""
        if answer.shift is None or ways[0][:2] not in self._shown:
            return
        shown, way = self._shown[ways[0][:2]]
        for asked in ways:
            # What was taken out of it may have been an answer that its kind asks for: it tells no less without.
            case, is_so = known.best(asked), asked.way == way or shown.shows(asked)
            if case is not None and not (is_so and shown.number <= case.number):
                only_open = answer.shift.only_open and not asked.way.is_settled
                answer.shift = self._shift(known, asked, case, is_smallest=False, only_open=only_open)
            if case is not None or is_so:
                return

    def _look(self, known: Known, ways: Sequence[Question]) -> tuple[Verdict, Shift | None]:
        """Look for the smallest case in which it happens, with as many entries as the lists of a space have.

        Each way is worth some work, before the last; a settled case tells most, so it is worth more.
        """
        worth = known.space.limits.search
        is_impossible = {one.way.is_settled: True for one in ways}
        for asked in ways:
            is_last = not (asked.way.is_settled or asked.way.is_sound)
            most = worth * SETTLED if asked.way.is_settled else worth
            found, case, is_smallest = known.find(asked, None if is_last else most)
            if case is not None:
                only_open = not asked.way.is_settled and is_impossible.get(True, False)
                return found, self._shift(known, asked, case, is_smallest=is_smallest, only_open=only_open)
            if not asked.way.is_sound:
                is_impossible[asked.way.is_settled] &= found == "impossible"
        return ("impossible" if is_impossible[False] else "undecided"), None

    def _ways(self, target: Target, direction: Direction) -> list[Question]:
        """Return the ways in which a case may show it, the one that tells most first.

        Better is a case in which what is looked at is settled under both versions: what an open case shows, the answers
        that are missing may still change. And one that runs under both versions, and one whose answers do not
        contradict each other.
        """
        if not self.overlap.new:
            several = [Way(is_alike=True), *([Way()] if self.overlap.gone or self.overlap.controls else [])]
        elif direction == "opens":
            several = [Way(is_alike=True)]
        elif direction == "looser":
            several = [Way(is_alike=True, is_answered=True), Way(is_answered=True)]
        else:
            # What a new question leaves open is neither milder nor stricter yet.
            several = [Way(is_alike=True, is_anyway=True), Way(is_answered=True)]
        return [
            Question(target, direction, one._replace(is_settled=is_settled, is_sound=is_sound))
            for is_settled in ((False,) if direction in {"looser", "tighter", "opens"} else (True, False))
            for one in several
            for is_sound in (True, False)
        ]

    def _shift(self, known: Known, asked: Question, case: Found, *, is_smallest: bool, only_open: bool) -> Shift:
        target = asked.target
        printed = known.printed(case, target)
        self._shown[target, asked.direction] = printed, asked.way
        (stated,), (old, new) = printed.told
        shown = example(known.space, Replayed(stated, new.worked))
        return Shift(
            of=target.of,
            name=target.name,
            direction=asked.direction,
            status="refuted",
            on=known.space.on,
            before=target.came(old.worked),
            after=target.came(new.worked),
            example=shown.model_copy(update={"is_smallest": is_smallest}),
            only_open=only_open,
            ladders=tuple(classify(old.worked, new.worked)),
            answers_new=self.overlap.is_left_by(union(old.data, new.data)),
            because=self.causes.of(target, old, new),
        )
