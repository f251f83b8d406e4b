"""Case files that the earlier version accepts and the later one refuses: a question is asked in fewer cases."""

from collections.abc import Iterator

import z3

from risk_engine.language import _
from risk_engine.solver.solver import answer_of, new_solver
from risk_engine.solver.space import Space
from risk_engine.solver.terms import key, negated, tell


def refused(space: Space) -> Iterator[str]:
    """Yield for each question whose answer only the later of two versions may refuse that it does, as a sentence.

    Every fact of the space was asked for. What the later version does not know at all (an option, a row, a number) is
    another question.
    """
    before, after = (one.facts for one in space.readings)
    same = {key(term) for term in before.accepted.values() if not isinstance(term, bool)}
    own = {key(term) for term in after.accepted.values() if not isinstance(term, bool)}
    narrower = {
        # Entries of a list are in no order, so the first stands for all.
        blank: term
        for blank, term in after.accepted.items()
        if blank.place == 0 and term is not True and key(term) not in same and blank.fact in _facts(space, blank.entity)
    }
    if not narrower:
        return
    solver = new_solver(space.blanks.context)
    solver.set("rlimit", space.limits.steps)
    tell(solver, [*space.blanks.constraints, *before.constraints])
    tell(solver, (one for one in after.constraints if isinstance(one, bool) or key(one) not in own))
    for blank, accepted in narrower.items():
        found = answer_of(solver, negated(accepted))
        if found == z3.sat:
            yield _("an answer to `{fact}` is refused in cases in which it was accepted", fact=blank.name)
        elif found == z3.unknown:
            yield _("it is not decided whether answers to `{fact}` are refused that were accepted", fact=blank.name)


def _facts(space: Space, entity: str) -> frozenset[str]:
    """Return the facts of an entity that the earlier version knows."""
    declared = space.readings[0].criteria.entities.get(entity)
    return frozenset() if declared is None else frozenset(declared.facts)
