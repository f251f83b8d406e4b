"""What one answer does while all other questions stay open: every answer that moves headline or gate.

What answers there are is known of most questions, and the engine tries them. A list has too many: of those a solver is
asked, with the list as the only unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked
from risk_engine.model.facts import ChoicesFact
from risk_engine.model.outlook import Contradiction, IfAnswered, Moved
from risk_engine.model.proof import Reached
from risk_engine.model.words import KnockOut, Severity
from risk_engine.outlook.near_harmless import Question, smallest_first
from risk_engine.outlook.still_open import StillOpen, at
from risk_engine.solver.blanks import Blank
from risk_engine.solver.confirm import Watch
from risk_engine.solver.domains import Classes, Domain
from risk_engine.solver.open_case import OpenCase, beyond
from risk_engine.solver.terms import Order, Term, both, either, every, is_at, negated


@dataclass(frozen=True)
class Tried:
    """An answer that moves headline or gate, and where they stand then."""

    effect: IfAnswered
    places: tuple[int, ...]
    place: int | None
    """Of one value its class, in the order of the domain."""


def answers_that_move(still: StillOpen, question: Question) -> tuple[Tried, ...]:
    """Return the answers to a question that move headline or gate as the assessment has them, each alone.

    None for a question that is asked only if another one is answered so. What answers there are is known of all but
    lists, and of options of which rules tell too many apart; of those a solver finds them.
    """
    if question.after or not still.matters(question):
        return ()
    if question.is_list:
        return tuple(_found_by_solver(still, question, []))
    (blank,) = question.blanks
    domain = still.blanks.domains[blank.name]
    if not isinstance(still.criteria.fact(blank.name), ChoicesFact):
        return _grouped([replace(one, place=place) for place, one in _moving(still, question, domain)], domain)
    few = [(), *((one,) for one in domain)]
    found = [one for _place, one in _moving(still, question, few)]
    combined = smallest_first(still.worked, still.blanks, blank)
    if combined is None:
        return (*found, *_found_by_solver(still, question, found))
    seen = {one.places for one in found}
    for _place, one in _moving(still, question, combined):
        if one.places not in seen:
            seen.add(one.places)
            found.append(one)
    return tuple(found)


def _moving(still: StillOpen, question: Question, values: Sequence[Any]) -> Iterator[tuple[int, Tried]]:
    """Yield each of the values that moves headline or gate, with its place among them."""
    for place, value in enumerate(values):
        facts, differing = still.replays.facts_with(question.read, value)
        found = still.replays.found_under(facts, differing)
        if still.places(still.replays.with_findings(found)) != still.now:
            (blank,) = question.blanks
            answer = still.blanks.as_in_base(blank, value)
            yield place, _tried(still, answer, still.reached(found), found, still.contradictions(facts))


def _found_by_solver(still: StillOpen, question: Question, before: Sequence[Tried]) -> Iterator[Tried]:
    """Yield for everything else that headline and gate can come to a smallest answer that does it."""
    for value, worked in OneOpen(still, question).outcomes([one.places for one in before]):
        found = {one.id: one for one in worked.found}
        broken = still.contradictions(worked.facts)
        yield _tried(still, value, tuple(map(Reached.of, worked.proposed)), found, broken)


def _tried(
    still: StillOpen,
    value: Any,
    reached: Sequence[Reached],
    found: Mapping[str, Found],
    broken: tuple[Contradiction, ...],
) -> Tried:
    moved = tuple(moves(still.worked.found, found))
    effect = IfAnswered(answer=value, reached=tuple(reached), moves=moved, contradicts=broken)
    return Tried(effect, still.places(reached), None)


def moves(before: Sequence[Found], after: Mapping[str, Found]) -> Iterator[Moved]:
    """Yield the findings of which severity or strongest knock-out moves, at either end; `after` are those reached."""
    for one in before:
        (was, barred_before), (now, barred_after) = _ends(one), _ends(after.get(one.id, one))
        if (was, barred_before) != (now, barred_after):
            yield Moved(
                finding=one.id, before=was, after=now, knock_out_before=barred_before, knock_out_after=barred_after
            )


def _ends(found: Found) -> tuple[tuple[Severity, Severity], tuple[KnockOut, KnockOut]]:
    return (found.inherent, found.possible), found.knock_out


def _grouped(tried: Sequence[Tried], domain: Domain) -> tuple[Tried, ...]:
    """Return answers with those that do the same taken together: of numbers and days those that follow each other."""
    groups: list[list[Tried]] = []
    is_ordered = isinstance(domain, Classes) and not domain.rows
    for one in tried:
        same = [group for group in groups if _does(group[0]) == _does(one)]
        if is_ordered:
            same = [group for group in same if (group[-1].place or 0) + 1 == one.place]
        if same:
            same[0].append(one)
        else:
            groups.append([one])
    return tuple(_named(group, domain) for group in groups)


def _does(one: Tried) -> object:
    return one.effect.reached, one.effect.moves, one.effect.contradicts


def _named(group: Sequence[Tried], domain: Domain) -> Tried:
    first, places = group[0], [one.place or 0 for one in group]
    named: dict[str, Any]
    match domain:
        case Classes(rows=rows) if rows:
            alike = (row for row, place in rows.items() if place in places)
            named = {"alike": tuple(one for one in alike if one != first.effect.answer)}
        case Classes(starts=starts):
            is_day = isinstance(starts[0], date)
            beyond = places[-1] + 1
            step = timedelta(days=1) if is_day else 1
            named = {
                "first": None if is_day and places[0] == 0 else starts[places[0]],
                "last": starts[beyond] - step if beyond < len(starts) else None,
            }
        case _:
            named = {"alike": tuple(domain[place] for place in places[1:])}
    return replace(first, effect=first.effect.model_copy(update=named))


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
        idle = negated(both(self._case.is_there(blank), self._case.is_wanted(blank)))
        yield self._case.left_to_table(blank)
        yield either(idle, self._case.is_known(blank), unsure)
