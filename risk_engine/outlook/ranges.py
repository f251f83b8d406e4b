"""The exact range: which levels can come out once every open question has its answer, each with a case that shows it.

Bounds look at each finding alone and may be wider: two findings that exclude each other are both possible there.
"""

from risk_engine.backends.symbolic.decode import is_true
from risk_engine.backends.symbolic.terms import is_at
from risk_engine.model.outlook import Completion, ExactRange, PossibleLevel
from risk_engine.outlook.still_open import StillOpen, at, reached
from risk_engine.witness.watch import Watch


def exact_ranges(still: StillOpen) -> tuple[ExactRange, ...]:
    """Return of every ladder the levels that can still come out, each with a smallest completion that was replayed.

    Raises SolverMismatchError where the engine says anything else of a completion than the solver.
    """
    return tuple(_range(still, name) for name in still.criteria.ladders)


def _range(still: StillOpen, name: str) -> ExactRange:
    possible: list[PossibleLevel] = []
    undecided: list[str] = []
    for place, level in enumerate(still.criteria.ladders[name].levels):
        verdict, model = still.space.smallest(is_at(still.ladders[name].level, place), *still.complete)
        if verdict == "undecided":
            undecided.append(level)
        elif model is not None:
            possible.append(PossibleLevel(level=level, witness=_completion(still, model)))
    now = still.proposed[name]
    return ExactRange(
        ladder=name, lowest=now.lowest, highest=now.highest, possible=tuple(possible), undecided=tuple(undecided)
    )


def _completion(still: StillOpen, model: object) -> Completion:
    watched = [Watch("ladder", one, what) for one in still.criteria.ladders for what in ("level", "range")]
    replayed = still.case.replayed(model, watched)
    answers = {one.path: at(replayed.data, one.read) for one in still.questions if still.matters(one)}
    return Completion(
        answers={path: value for path, value in answers.items() if value is not None},
        telling=_telling(still, model),
        reached=reached(replayed.worked),
        is_smallest=still.space.is_smallest,
    )


def _telling(still: StillOpen, model: object) -> tuple[str, ...]:
    """Return the questions whose answers are not as in the base case."""
    blanks = still.blanks
    found = {name for name in still.open_lists if any(is_true(model, one) for one in blanks.list_differences(name))}
    found |= {still.path(one) for one in still.open_blanks if is_true(model, blanks.touched[one].differs)}
    return tuple(one.path for one in still.questions if one.path in found)
