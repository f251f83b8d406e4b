"""What is still open of a case, read once for all that is asked about it, and the exact range of each ladder.

The range: which levels can come out once every open question has its answer, each with a case that shows it. Bounds
look at each finding alone and may be wider: two findings that exclude each other are both possible there.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeAlias

from risk_engine.engine.facts import Facts, Read, in_json, value_of
from risk_engine.engine.find import Found
from risk_engine.engine.propose import Proposed
from risk_engine.engine.replay import Replays, deciding, plain, set_aside, unanswered, worked_as_asked
from risk_engine.engine.resolve import broken
from risk_engine.engine.work import Worked
from risk_engine.files.once import once
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Reached
from risk_engine.model.outlook import Completion, Contradiction, ExactRange, Path, PossibleLevel
from risk_engine.model.references import bears_on, conditions_on_the_way, read_by, reopening, rule_conditions
from risk_engine.outlook.near_harmless import Change, Near, Question
from risk_engine.outlook.offers import changeable, strict_end
from risk_engine.solver.answers import is_true
from risk_engine.solver.blanks import Blank
from risk_engine.solver.confirm import SolverMismatchError, Watch
from risk_engine.solver.open_case import OpenCase, beyond, settled, unsettled
from risk_engine.solver.space import LEAST_ENTRIES, Limits, Verdict, needed
from risk_engine.solver.terms import Term, is_at

PAIR = 2
"""Two answerings of one case are laid side by side."""
STEPS = 20_000_000
"""The work that one question about one case may take (`rlimit`): a few seconds."""


class StillOpen:
    """A case with all its open questions and lists as unknowns, and what its ladders come to.

    Everything that ladders depend on is asked for here, in one order, so that no answer depends on what was asked of it
    before.
    """

    def __init__(self, worked: Worked, base: Case, limits: Limits | None = None) -> None:
        """Take a case that was worked out, and the harmless case that completions stay near to, or the case itself."""
        self.worked, self.criteria, self.base = worked, worked.criteria, base
        self.limits = limits or Limits(steps=STEPS, search=STEPS, bounds=entries_enough(self.criteria))
        self._places, self._lists = unanswered(worked)
        self.decisive = deciding(worked.criteria)
        self.replays = Replays(worked, self.decisive)
        """The case worked out again with one thing changed: what headline and gate come to."""
        self._others = Replays(worked, tuple(one for one in worked.criteria.ladders if one not in self.decisive))
        self.case = OpenCase(
            worked,
            base,
            questions=self._places,
            lists=self._lists,
            limits=self.limits,
            completed=True,
            known=settled(worked),
        )
        self.space, self.blanks, self.reading = self.case.space, self.case.blanks, self.case.reading
        self.ladders = {name: self.reading.ladder(name) for name in self.criteria.ladders}
        self.space.hold(self.case.complete())
        self.proposed: dict[str, Proposed] = {one.ladder: one for one in worked.proposed}

    @cached_property
    def near(self) -> Near:
        """Return the completions that differ from the harmless case in one thing at most."""
        return Near(self.case, self.questions)

    @cached_property
    def partly(self) -> OpenCase:
        """Return the case with every open question answered or left open."""
        found = OpenCase(
            self.worked,
            self.base,
            questions=self._places,
            lists=self._lists,
            limits=replace(self.limits, domains=self.blanks.domains, bounds=entries_enough(self.criteria, PAIR)),
            known=settled(self.worked),
            context=self.blanks.context,
        )
        for name in self.decisive:
            found.reading.ladder(name)
        found.space.hold(found.as_given())
        return found

    def with_only(self, question: Question) -> OpenCase:
        """Return the case with one question or list as the only unknown."""
        place = question.read.entity, question.read.entry, str(question.read.fact)
        return OpenCase(
            self.worked,
            self.base,
            questions=() if question.is_list else (place,),
            lists=(question.path,) if question.is_list else (),
            limits=replace(self.limits, domains=self.blanks.domains),
            known=beyond(self.worked, {question.path, *(blank.name for blank in question.blanks)}),
            context=self.blanks.context,
        )

    @cached_property
    def open_blanks(self) -> tuple[Blank, ...]:
        """Return the unknowns of open questions that ladders depend on, in the order of a case file."""
        return tuple(one for one in self.blanks.in_order() if self.blanks.is_open(one))

    @cached_property
    def open_lists(self) -> tuple[str, ...]:
        """Return the open lists that ladders depend on, in the order of a case file."""
        opened = self.blanks.opened.lists
        return tuple(one for one in self.criteria.entities if one in opened and one in self.blanks.lists)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Return every open question and every open list, in the order of a case file."""
        found: list[Question] = []
        for name in self.criteria.entities:
            if name in self._lists:
                blanks = tuple(one for one in self.open_blanks if one.entity == name)
                whole = Read(name, None, None)
                found.append(Question(name, whole, blanks, is_list=True, after=self._first(whole)))
            found += [self._question(Read(*place)) for place in self._places if place[0] == name]
        return tuple(found)

    def _question(self, read: Read) -> Question:
        blank = self.case.blank((read.entity, read.entry, str(read.fact)))
        return Question(
            path=read.path(),
            read=read,
            blanks=(blank,) if blank in self.blanks.touched else (),
            is_list=False,
            after=self._first(read),
        )

    def _first(self, read: Read) -> tuple[Path, ...]:
        """Return what must be answered before a question is asked; of an answer that is open again, nothing."""
        facts = self.worked.facts
        is_stated = facts.origins.get(read) == "case" or read in facts.superfluous
        known = facts if facts.again is None or is_stated else facts.again
        return tuple(dict.fromkeys(one.path() for one in known.to_ask(read) if one != read))

    def matters(self, question: Question) -> bool:
        """Return whether any ladder depends on a question at all, as far as is plain from the rules."""
        return question.path in self.open_lists if question.is_list else bool(question.blanks)

    def reaches(self, question: Question) -> bool:
        """Return whether a finding that is open reads the question, or what hangs on its answer."""
        names = {f"{blank.entity}.{blank.fact}" for blank in question.blanks}
        names |= {question.path} if question.is_list else set()
        return self.matters(question) and len(list(beyond(self.worked, names))) < len(self.worked.found)

    def may_touch_a_way(self, question: Question) -> bool:
        """Return whether an answer may matter once controls are in place or the project is changed.

        It cannot where headline and gate are at their mildest, nor where every finding that reads the question, or what
        hangs on it, is absent for good: settled by answers that no change of the project alters (decision 0084).
        """
        if all(strict_end(self.worked, name) == 0 for name in self.decisive):
            return False
        names = {f"{blank.entity}.{blank.fact}" for blank in question.blanks}
        names |= {question.path} if question.is_list else set()
        hanging, read = bears_on(self.criteria), read_by(self.criteria)
        reached = {*names, *(other for one in names for other in hanging.get(one, ()))}
        return any(
            one.outcome != "absent" or one.open or not read[one.id].isdisjoint(self._movable)
            for one in self.worked.found
            if not read[one.id].isdisjoint(reached)
        )

    @cached_property
    def _movable(self) -> frozenset[str]:
        """Return the facts of which the answer on record may become another one."""
        facts = self.worked.facts
        stated = {read.path() if read.fact is None else f"{read.entity}.{read.fact}" for read in facts.superfluous}
        changed = {f"{entity}.{fact}" for entity, _entry, fact in changeable(self.worked)}
        hanging = bears_on(self.criteria)
        return frozenset(
            {*stated, *changed, *unsettled(self.worked), *(other for one in changed for other in hanging.get(one, ()))}
        )

    def reached(self, found: Mapping[str, Found]) -> tuple[Reached, ...]:
        """Return what all ladders come to with these findings in place of those of the case."""
        several = (*self.replays.with_findings(found), *self._others.with_findings(found))
        by_name = {one.ladder: one for one in several}
        return tuple(by_name[name] for name in self.criteria.ladders)

    def contradictions(self, facts: Facts) -> tuple[Contradiction, ...]:
        """Return what does not go together in other facts of the case, but for what does not in its own."""
        return clashes(self.worked.facts, self._broken, facts, self.criteria)

    def left_over(self, facts: Facts) -> tuple[Contradiction, ...]:
        """Return what does not go together in a completion, but for what does not in the case and none can mend."""
        return clashes(self.worked.facts, self._lasting, facts, self.criteria)

    @cached_property
    def _broken(self) -> frozenset[str]:
        return broken_by(self.worked.facts, self.criteria)

    @cached_property
    def _lasting(self) -> frozenset[str]:
        return lasting(self.worked.facts, self.criteria)

    @cached_property
    def fitting(self) -> tuple[Term, ...]:
        """Return that the answers go together, but for contradictions of the case itself that no completion mends."""
        return tuple(self.case.fitting(self._lasting))

    def path(self, blank: Blank) -> Path:
        """Return the question that an unknown belongs to; of an open list that list."""
        if blank.entity in self.blanks.opened.lists:
            return blank.entity
        return Read(*self.case.place(blank)).path()

    @cached_property
    def now(self) -> tuple[int, ...]:
        """Return the places where headline and gate stand now: of each its level, and the ends of its range."""
        return self.places(self.worked.proposed)

    def places(self, reached: Iterable[Reached | Proposed]) -> tuple[int, ...]:
        """Return the same places of what ladders came to."""
        found: list[int] = []
        by_name = {one.ladder: one for one in reached}
        for one in map(by_name.__getitem__, self.decisive):
            levels = list(self.criteria.ladders[one.ladder].levels)
            found += [levels.index(one.level), levels.index(one.lowest), levels.index(one.highest)]
        return tuple(found)


def entries_enough(criteria: Criteria, copies: int = 1) -> dict[str, int]:
    """Return so many entries of each list that more of them, as far as the set allows more, change nothing.

    What a quantifier says of a list few of its entries show: a case that keeps those of every quantifier and drops all
    others comes to the same. `copies` are so many cases that have the list in common: each has entries of its own that
    show it.
    """
    wanted = _needed(criteria)
    return {
        name: min(entity.many, max(LEAST_ENTRIES, copies * wanted.get(name, 0)))
        for name, entity in criteria.entities.items()
        if entity.many is not None
    }


@once
def _needed(criteria: Criteria) -> dict[str, int]:
    found = Counter(needed(rule_conditions(criteria), criteria))
    if reopening(criteria):
        # Findings are read once more without the answers that contradict each other: other entries may show that.
        found += Counter(needed(conditions_on_the_way(criteria), criteria))
    return dict(found)


def reached(worked: Worked) -> tuple[Reached, ...]:
    """Return what every ladder came to."""
    return tuple(map(Reached.of, worked.proposed))


def at(data: Mapping[str, Any], read: Read) -> Any:
    """Return what plain data of a case state for a question or a list; None where they state nothing."""
    found: Any = data.get(read.entity)
    if read.entry is not None and isinstance(found, tuple):
        found = next((entry for entry in found if entry["id"] == read.entry), None)
    if read.fact is None:
        return found
    return found.get(read.fact) if isinstance(found, Mapping) else None


def broken_by(facts: Facts, criteria: Criteria) -> frozenset[str]:
    """Return the names of the invariants among the answers that facts of a case break."""
    return frozenset(name for name, _reads in broken(facts, criteria))


def lasting(facts: Facts, criteria: Criteria) -> frozenset[str]:
    """Return the names of those that no completion can mend: none of their answers counts as open (decision 0072)."""
    may_reopen = reopening(criteria)
    return frozenset(
        name
        for name, reads in broken(facts, criteria)
        if name not in may_reopen or all(facts.origins.get(read) != "case" for read in reads)
    )


def clashes(before: Facts, known: Collection[str], after: Facts, criteria: Criteria) -> tuple[Contradiction, ...]:
    """Return the invariants among the answers that changed facts of a case break because of what changed.

    One that the case breaks itself (`known`) is told only where an answer takes part that was not there, or was another
    one.
    """
    found: list[Contradiction] = []
    for name, reads in broken(after, criteria):
        same = [one for one in reads if value_of(before, one) == value_of(after, one)]
        if name not in known or len(same) < len(reads):
            on_record = {one.path(): in_json(value_of(before, one)) for one in same if one.fact is not None}
            found.append(Contradiction(id=name, on_record=on_record))
    return tuple(found)


def exact_ranges(still: StillOpen) -> tuple[ExactRange, ...]:
    """Return of every ladder the levels that can still come out, each with a smallest completion that was replayed.

    Raises SolverMismatchError where the engine says anything else of a completion than the solver.
    """
    smallest = _Smallest(still)
    return tuple(_range(still, name, smallest) for name in still.criteria.ladders)


def _range(still: StillOpen, name: str, smallest: "_Smallest") -> ExactRange:
    possible: list[PossibleLevel] = []
    undecided: list[str] = []
    for level in still.criteria.ladders[name].levels:
        verdict, found = smallest.at_level(name, level)
        if verdict == "undecided":
            undecided.append(level)
        elif found is not None:
            possible.append(found)
    now = still.proposed[name]
    return ExactRange(
        ladder=name, lowest=now.lowest, highest=now.highest, possible=tuple(possible), undecided=tuple(undecided)
    )


class _Smallest:
    """The smallest completions of one case; each of them is worked out once."""

    def __init__(self, still: StillOpen) -> None:
        self._still = still
        self._fit, self._near = _nearest(still)
        self._changed: dict[Change | None, Completion] = {}
        self._known: list[tuple[dict[str, Any], Completion]] = []

    def at_level(self, ladder: str, level: str) -> tuple[Verdict, PossibleLevel | None]:
        """Return whether a ladder can come to a level, and the smallest completion in which it does.

        That is one of which the answers go together, where there is one.
        """
        still = self._still
        if level not in _able(still, ladder):
            return "impossible", None
        if (ladder, level) in self._fit:
            return "possible", PossibleLevel(level=level, witness=self._tried(self._fit[ladder, level], ladder, level))
        goal = is_at(still.ladders[ladder].level, list(still.criteria.ladders[ladder].levels).index(level))
        verdict, found = self._first(ladder, level, goal)
        if found is None:
            return verdict, None
        if not found.contradicts:
            return verdict, PossibleLevel(level=level, witness=found)
        that_fits, other = self._searched(goal, *still.fitting)
        better = found if other is None or other.contradicts else other
        is_none = that_fits == "impossible"
        return verdict, PossibleLevel(level=level, witness=better, only_contradictory=is_none)

    def _first(self, ladder: str, level: str, goal: Term) -> tuple[Verdict, Completion | None]:
        """Return the smallest completion of all."""
        if (ladder, level) in self._near:
            return "possible", self._tried(self._near[ladder, level], ladder, level)
        return self._searched(goal)

    def _searched(self, *goal: Term) -> tuple[Verdict, Completion | None]:
        verdict, model = self._still.space.smallest(*goal)
        return verdict, None if model is None else self._completion(model)

    def _tried(self, change: Change | None, ladder: str, level: str) -> Completion:
        """Return the completion with a change; raises SolverMismatchError where it does not come to the level."""
        if change not in self._changed:
            still, stated = self._still, self._still.near.data(change)
            assert stated is not None  # noqa: S101 (it was tried)
            data, worked = worked_as_asked(stated, still.criteria, still.worked.on, still.worked.profile)
            self._changed[change] = self._told(data, worked, () if change is None else (change.question,))
        found = self._changed[change]
        if not any((one.ladder, one.level) == (ladder, level) for one in found.reached):
            raise SolverMismatchError(f"{ladder}: {level} was found by a trial, {found.reached} of {found.answers}")
        return found

    def _completion(self, model: Any) -> Completion:
        still = self._still
        data = still.case.data(model)
        known = next((one for before, one in self._known if before == data), None)
        if known is not None:
            return known.model_copy(update={"is_smallest": still.space.is_smallest})
        watched = [Watch("ladder", one, what) for one in still.criteria.ladders for what in ("level", "range")]
        replayed = still.case.replayed(model, watched, data)
        found = self._told(replayed.data, replayed.worked, _telling(still, model))
        found = found.model_copy(update={"is_smallest": still.space.is_smallest})
        self._known.append((data, found))
        return found

    def _told(self, data: dict[str, Any], worked: Worked, telling: tuple[str, ...]) -> Completion:
        still = self._still
        answers = {one.path: at(data, one.read) for one in still.questions if still.matters(one)}
        return Completion(
            answers={path: value for path, value in answers.items() if value is not None},
            telling=telling,
            set_aside=set_aside(plain(still.worked.case), data, still.criteria),
            reached=reached(worked),
            is_smallest=True,
            contradicts=still.left_over(worked.facts),
        )


_Near: TypeAlias = dict[tuple[str, str], Change | None]
"""A ladder and a level: the change of the harmless completion that reaches it, None for none."""


def _nearest(still: StillOpen) -> tuple[_Near, _Near]:
    """Return the smallest change that reaches a level, first of those whose answers go together, then of all.

    Of headline and gate all that one difference reaches; of the other ladders what is met on the way.
    """
    fit: _Near = {}
    found: _Near = {}
    start = still.near.start
    if start is None:
        return fit, found
    wanted = {(name, level) for name in still.decisive for level in _able(still, name)}
    for change in (None, *still.near.changes()):
        if wanted <= fit.keys():
            break
        reached = start.now if change is None else still.near.levels(change)
        new = {(one.ladder, one.level) for one in reached or ()} - fit.keys()
        facts = start.worked.facts if change is None else still.near.facts(change) if new else None
        if not new or facts is None:
            continue
        found.update({one: change for one in new if one not in found})
        if not still.left_over(facts):
            fit.update(dict.fromkeys(new, change))
    return fit, found


def _able(still: StillOpen, name: str) -> list[str]:
    """Return the levels that a completion may come to: between the bounds, or by a provisional rule.

    Where an answer may make something otherwise that is stated, no bounds hold for it.
    """
    ladder, now = still.criteria.ladders[name], still.proposed[name]
    levels = list(ladder.levels)
    if unsettled(still.worked):
        return levels
    between = levels[levels.index(now.lowest) : levels.index(now.highest) + 1]
    return [*between, *(rule.level for rule in ladder.rules if rule.provisional)]


def _telling(still: StillOpen, model: Any) -> tuple[str, ...]:
    """Return the questions whose answers are not as in the base case."""
    blanks = still.blanks
    found = {name for name in still.open_lists if any(is_true(model, one) for one in blanks.list_differences(name))}
    found |= {still.path(one) for one in still.open_blanks if is_true(model, blanks.touched[one].differs)}
    return tuple(one.path for one in still.questions if one.path in found)
