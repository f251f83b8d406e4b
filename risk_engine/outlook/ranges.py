"""The exact range: which levels can come out once every open question has its answer, each with a case that shows it.

Bounds look at each finding alone and may be wider: two findings that exclude each other are both possible there.
"""

from typing import Any, TypeAlias

from risk_engine.engine.replay import plain, set_aside, worked_as_asked
from risk_engine.engine.work import Worked
from risk_engine.model.outlook import Completion, ExactRange, PossibleLevel
from risk_engine.outlook.near_harmless import Change
from risk_engine.outlook.still_open import StillOpen, at, reached
from risk_engine.solver.confirm import SolverMismatchError, Watch
from risk_engine.solver.encoding import is_true
from risk_engine.solver.space import Verdict
from risk_engine.solver.terms import Term, is_at


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
        that_fits, other = self._searched(goal, *still.sound)
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
            contradicts=still.contradictions(worked.facts),
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
        if not still.contradictions(facts):
            fit.update(dict.fromkeys(new, change))
    return fit, found


def _able(still: StillOpen, name: str) -> list[str]:
    """Return the levels that a completion may come to: between the bounds, or by a provisional rule."""
    ladder, now = still.criteria.ladders[name], still.proposed[name]
    levels = list(ladder.levels)
    between = levels[levels.index(now.lowest) : levels.index(now.highest) + 1]
    return [*between, *(rule.level for rule in ladder.rules if rule.provisional)]


def _telling(still: StillOpen, model: Any) -> tuple[str, ...]:
    """Return the questions whose answers are not as in the base case."""
    blanks = still.blanks
    found = {name for name in still.open_lists if any(is_true(model, one) for one in blanks.list_differences(name))}
    found |= {still.path(one) for one in still.open_blanks if is_true(model, blanks.touched[one].differs)}
    return tuple(one.path for one in still.questions if one.path in found)
