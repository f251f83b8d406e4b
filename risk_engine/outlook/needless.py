"""Which open questions cannot matter any more: whatever is answered to all of them together, the result is the same.

A question that no open finding reads cannot matter, nor what hangs on it. Of the others two completions of one case are
laid side by side. They answer the same questions alike, but for one and for what it opens, closes or fills in by a
table; if the solver shows that headline and gate cannot differ, it cannot matter.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import z3

from risk_engine.backends.symbolic.blanks import Blank, equal
from risk_engine.backends.symbolic.solver import answer_of, new_solver
from risk_engine.backends.symbolic.terms import Term, every, negated, same, some, tell
from risk_engine.model.outlook import ExactRange, IfAnswered, Path
from risk_engine.outlook.still_open import Question, StillOpen
from risk_engine.witness.copies import copied, decides_on, replaced_by

STEPS = 2_000_000
"""The work that one question may take; one of which it is not shown by then that it cannot matter is asked."""


def is_decided(still: StillOpen, ranges: Sequence[ExactRange]) -> bool:
    """Return whether headline and gate have one level left each: then no question matters."""
    return all(len(one.possible) == 1 and not one.undecided for one in ranges if one.ladder in still.decisive)


def needless(
    still: StillOpen, ranges: Sequence[ExactRange], tried: Mapping[Path, Sequence[IfAnswered]] | None = None
) -> frozenset[Path]:
    """Return the paths of the questions that cannot matter any more, taken together.

    `tried` are answers that move headline or gate, by question, where they are known: they save questions.
    """
    if is_decided(still, ranges):
        return frozenset(one.path for one in still.questions)
    idle = frozenset(one.path for one in still.questions if not still.reaches(one))
    known = tried or {}
    asked = [
        one
        for one in still.questions
        if one.path not in idle and not any(_excludes(answer, still, ranges) for answer in known.get(one.path, ()))
    ]
    return idle | {one.path for one in _Pair(still).needless(asked)} if asked else idle


def _excludes(answer: IfAnswered, still: StillOpen, ranges: Sequence[ExactRange]) -> bool:
    """Return whether with an answer headline or gate cannot come to a level any more that it can come to.

    Then the question matters: the completion that comes to that level comes to another one with this answer.
    """
    by_name = {one.ladder: one for one in answer.reached}
    for one in ranges:
        if one.ladder in still.decisive:
            order, reached = list(still.criteria.ladders[one.ladder].levels), by_name[one.ladder]
            # Rules stand strictest first. A provisional one, which the range leaves out, may still hold in the end.
            highest = max(order.index(reached.highest), order.index(reached.level))
            places = [order.index(level.level) for level in one.possible]
            if min(places) < order.index(reached.lowest) or max(places) > highest:
                return True
    return False


class _Pair:
    """Two completions of one case, each with unknowns of its own."""

    def __init__(self, still: StillOpen) -> None:
        self._still = still
        blanks = still.blanks
        context = blanks.context
        pairs: list[tuple[Term, Term]] = []
        self._alike: dict[Blank | str, Term] = {}
        for blank in still.open_blanks:
            stated, other = blanks.touched[blank].answer, blanks.fresh(blank, "'")
            pairs += replaced_by(stated, other)
            self._alike[blank] = equal(stated, other)
        for name in still.open_lists:
            listed, present = blanks.lists[name]
            terms = [listed, *present]
            others = [z3.Bool(f"{name}.{place}!'", context) for place in range(len(terms))]
            pairs += zip(terms, others, strict=True)
            self._alike[name] = every(map(same, terms, others))
        levels = [term for name in still.decisive for term in still.ladders[name].level]
        case = still.space.constraints()
        varied = copied([*levels, *case], pairs)
        differs = some(negated(same(one, other)) for one, other in zip(levels, varied, strict=False))
        self._solver = new_solver(context)
        tell(self._solver, [*case, *varied[len(levels) :], differs])

    def needless(self, questions: Sequence[Question]) -> list[Question]:
        """Return the questions that are shown not to matter, each by itself and all of them together."""
        found = [one for one in questions if self.is_alike([one])]
        # Each alone is enough for all together, for what hangs on an answer goes with it; it is shown all the same.
        if len(found) <= 1 or self.is_alike(found):
            return found
        return self._together(found)

    def is_alike(self, questions: Collection[Question]) -> bool:
        """Return whether it is shown that the results are the same whatever is answered to all of these questions."""
        free = set(self._hanging(questions))
        self._solver.push()
        tell(self._solver, (term for one, term in self._alike.items() if one not in free))
        self._solver.set("rlimit", STEPS)
        found = answer_of(self._solver)
        self._solver.pop()
        return bool(found == z3.unsat)

    def _together(self, questions: Iterable[Question]) -> list[Question]:
        """Return as many of the questions as are shown not to matter together, the first ones first."""
        found: list[Question] = []
        for one in questions:
            if self.is_alike([*found, one]):
                found.append(one)
        return found

    def _hanging(self, questions: Iterable[Question]) -> Iterator[Blank | str]:
        """Yield what the questions ask and all that hangs on their answers."""
        hanging = decides_on(self._still.criteria)
        for question in questions:
            if question.is_list:
                yield question.path
            yield from question.blanks
            for blank in question.blanks:
                is_single = self._still.criteria.entities[blank.entity].many is None
                for one in self._still.open_blanks:
                    if one.name in hanging.get(blank.name, ()) and (is_single or one.place == blank.place):
                        yield one
