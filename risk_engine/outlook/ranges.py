"""The exact range: which levels can come out once every open question has its answer, each with a case that shows it.

Bounds look at each finding alone and may be wider: two findings that exclude each other are both possible there.
"""

from typing import Any

from risk_engine.backends.symbolic.decode import is_true
from risk_engine.backends.symbolic.terms import Term, is_at
from risk_engine.model.outlook import Completion, ExactRange, PossibleLevel
from risk_engine.outlook.still_open import StillOpen, at, reached
from risk_engine.witness.applied import plain, set_aside
from risk_engine.witness.space import Verdict
from risk_engine.witness.watch import Watch


def exact_ranges(still: StillOpen) -> tuple[ExactRange, ...]:
    """Return of every ladder the levels that can still come out, each with a smallest completion that was replayed.

    Raises SolverMismatchError where the engine says anything else of a completion than the solver.
    """
    smallest = _Smallest(still)
    return tuple(_range(still, name, smallest) for name in still.criteria.ladders)


def _range(still: StillOpen, name: str, smallest: "_Smallest") -> ExactRange:
    possible: list[PossibleLevel] = []
    undecided: list[str] = []
    for place, level in enumerate(still.criteria.ladders[name].levels):
        verdict, witness = smallest.at_level(name, place)
        if verdict == "undecided":
            undecided.append(level)
        elif witness is not None:
            possible.append(PossibleLevel(level=level, witness=witness))
    now = still.proposed[name]
    return ExactRange(
        ladder=name, lowest=now.lowest, highest=now.highest, possible=tuple(possible), undecided=tuple(undecided)
    )


class _Smallest:
    """The smallest completions of one case; each of them is worked out once."""

    def __init__(self, still: StillOpen) -> None:
        self._still = still
        self._known: list[tuple[dict[str, Any], Completion]] = []
        self._of_all = self._found()[1]
        """The smallest of all completions: of each level that it comes to, it is the smallest as well."""

    def at_level(self, ladder: str, place: int) -> tuple[Verdict, Completion | None]:
        """Return the smallest completion in which a ladder comes to a level, by its place."""
        if self._of_all is not None and self._place(self._of_all, ladder) == place:
            return "possible", self._of_all
        return self._found(is_at(self._still.ladders[ladder].level, place))

    def _place(self, completion: Completion, ladder: str) -> int:
        level = next(one.level for one in completion.reached if one.ladder == ladder)
        return list(self._still.criteria.ladders[ladder].levels).index(level)

    def _found(self, *goal: Term) -> tuple[Verdict, Completion | None]:
        verdict, model = self._still.space.smallest(*goal)
        return verdict, None if model is None else self._completion(model)

    def _completion(self, model: Any) -> Completion:
        still = self._still
        data = still.case.data(model)
        known = next((one for before, one in self._known if before == data), None)
        if known is not None:
            return known.model_copy(update={"is_smallest": still.space.is_smallest})
        watched = [Watch("ladder", one, what) for one in still.criteria.ladders for what in ("level", "range")]
        replayed = still.case.replayed(model, watched, data)
        answers = {one.path: at(replayed.data, one.read) for one in still.questions if still.matters(one)}
        found = Completion(
            answers={path: value for path, value in answers.items() if value is not None},
            telling=_telling(still, model),
            set_aside=set_aside(plain(still.worked.case), replayed.data, still.criteria),
            reached=reached(replayed.worked),
            is_smallest=still.space.is_smallest,
        )
        self._known.append((data, found))
        return found


def _telling(still: StillOpen, model: Any) -> tuple[str, ...]:
    """Return the questions whose answers are not as in the base case."""
    blanks = still.blanks
    found = {name for name in still.open_lists if any(is_true(model, one) for one in blanks.list_differences(name))}
    found |= {still.path(one) for one in still.open_blanks if is_true(model, blanks.touched[one].differs)}
    return tuple(one.path for one in still.questions if one.path in found)
