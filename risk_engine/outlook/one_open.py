"""One question of a case taken for open and all else left as it is, answered or not: what headline and gate come to.

This is asked of a solver, for a list has too many answers to try them all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from risk_engine.backends.symbolic.blanks import Blank
from risk_engine.backends.symbolic.terms import Order, Term, both, either, every, is_at, negated
from risk_engine.engine.work import Worked
from risk_engine.outlook.question import Question
from risk_engine.outlook.still_open import StillOpen, at
from risk_engine.witness.known import beyond
from risk_engine.witness.open_case import OpenCase
from risk_engine.witness.watch import Watch


class OneOpen:
    """A case with one question or list as the only unknown."""

    def __init__(self, still: StillOpen, question: Question) -> None:
        """Take the case with everything that is open, and the question or list of it."""
        self._still, self._question = still, question
        self._case = OpenCase(
            still.worked,
            still.base,
            questions=() if question.is_list else (tuple(question.read),),  # type: ignore[arg-type]
            lists=(question.path,) if question.is_list else (),
            limits=replace(still.limits, domains=still.blanks.domains),
            known=beyond(still.worked, {question.path, *(blank.name for blank in question.blanks)}),
            context=still.blanks.context,
        )
        ladders = [self._case.reading.ladder(name) for name in still.decisive]
        self._looked_at: list[Order] = [order for one in ladders for order in (one.level, one.lowest, one.highest)]

    def outcomes(self, known: Sequence[tuple[int, ...]]) -> Iterator[tuple[Any, Worked]]:
        """Yield for everything else that headline and gate can come to a smallest answer, and the case with it.

        `known` are the places where they stand by answers that are known already. Where they stand now is left out.
        """
        blanks = self._case.blanks
        held = [term for blank in blanks.touched if blanks.is_open(blank) for term in self._answered(blank)]
        if self._question.is_list:
            held.append(blanks.lists[self._question.path][0])
        held += [negated(self._stands_at(one)) for one in (self._still.now, *known)]
        watched = [Watch("ladder", one, what) for one in self._still.decisive for what in ("level", "range")]
        while True:
            _verdict, model = self._case.space.smallest(*held)
            if model is None:
                return
            replayed = self._case.replayed(model, watched)
            held.append(negated(self._stands_at(self._still.places(replayed.worked.proposed))))
            yield at(replayed.data, self._question.read), replayed.worked

    def _stands_at(self, places: Sequence[int]) -> Term:
        return every(is_at(order, place) for order, place in zip(self._looked_at, places, strict=True))

    def _answered(self, blank: Blank) -> Iterator[Term]:
        """Yield that a question has its answer, unless another open question decides whether it is asked."""
        stated = self._case.blanks.touched[blank].answer
        if not self._question.is_list:
            yield negated(stated.unknown)
            return
        unsure = False
        if blank in self._case.reading.facts.asked:
            asked = self._case.reading.facts.asked[blank]
            unsure = both(asked.may, negated(asked.must), stated.unknown)
        needless = negated(both(self._case.is_there(blank), self._case.is_wanted(blank)))
        yield self._case.left_to_table(blank)
        yield either(needless, self._case.is_known(blank), unsure)
