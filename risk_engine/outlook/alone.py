"""What one answer does while all other questions stay open: every answer that moves headline or gate, replayed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import z3

from risk_engine.backends.symbolic.blanks import Blank
from risk_engine.backends.symbolic.decode import is_true
from risk_engine.backends.symbolic.domains import Classes, Domain
from risk_engine.backends.symbolic.terms import Chosen, Interval, Term, both, either, is_at, negated, number
from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked
from risk_engine.model.outlook import IfAnswered, Moved
from risk_engine.model.words import KnockOut, Severity
from risk_engine.outlook.still_open import Question, StillOpen, at, reached
from risk_engine.witness.watch import Watch


@dataclass(frozen=True)
class Tried:
    """An answer that moves headline or gate, and where they stand then."""

    effect: IfAnswered
    places: tuple[int, ...]
    place: int | None
    """Of one value its class, in the order of the domain."""


def answers_that_move(still: StillOpen, question: Question) -> tuple[Tried, ...]:
    """Return the answers to a question that move headline or gate as the assessment has them, each alone.

    None for a question that is asked only if another one is answered so.
    """
    if question.after or not still.matters(question):
        return ()
    if question.is_list:
        return _lists(still, question)
    held = _all_else_open(still, question)
    (blank,) = question.blanks
    match still.blanks.touched[blank].answer:
        case Interval(_unknown, low, _high):
            places = [is_at(low, place) for place in range(len(low))]
            return _grouped(list(_each(still, question, held, places)), still.blanks.domains[blank.name])
        case Chosen(_unknown, options):
            few = [negated(number(options.values(), 1))]
            few += [both(term, negated(number(options.values(), 2))) for term in options.values()]
            found = [replace(one, place=None) for one in _each(still, question, held, few)]
            return (*found, *_outcomes(still, question, held, [one.places for one in found]))


def _lists(still: StillOpen, question: Question) -> tuple[Tried, ...]:
    """Return a smallest list for everything that headline and gate can come to by it."""
    own = still.only(question.path)
    if question.path not in own.open_lists:
        return ()
    held = [own.moved, own.blanks.lists[question.path][0]]
    for blank in own.open_blanks:
        held += _answered_in_entry(own, blank)
    return tuple(_outcomes(own, question, held, []))


def _all_else_open(still: StillOpen, question: Question) -> list[Term]:
    """Return that this question is answered and no other one, and that headline or gate is moved."""
    terms: list[Term] = [still.moved, *(negated(still.blanks.lists[name][0]) for name in still.open_lists)]
    for blank in still.open_blanks:
        unknown = still.blanks.touched[blank].answer.unknown
        terms.append(negated(unknown) if blank in question.blanks else unknown)
    return terms


def _answered_in_entry(still: StillOpen, blank: Blank) -> Iterator[Term]:
    """Yield that a question of an entry has its answer, unless another open question decides whether it is asked."""
    unsure = False
    if blank in still.reading.facts.asked:
        asked = still.reading.facts.asked[blank]
        unsure = both(asked.may, negated(asked.must), still.blanks.touched[blank].answer.unknown)
    needless = negated(both(still.case.is_there(blank), still.case.is_wanted(blank)))
    yield still.case.left_to_table(blank)
    yield either(needless, still.case.is_known(blank), unsure)


def _each(still: StillOpen, question: Question, held: Sequence[Term], values: Sequence[Term]) -> Iterator[Tried]:
    """Yield each of the values that moves headline or gate, in their order."""
    left = dict(enumerate(values))
    models: dict[int, z3.ModelRef] = {}
    while left:
        _verdict, model = still.space.check(*held, either(*left.values()))
        if model is None:
            break
        place = next(place for place, term in left.items() if is_true(model, term))
        models[place] = model
        del left[place]
    for place in sorted(models):
        yield replace(_tried(still, question, models[place]), place=place)


def _outcomes(
    still: StillOpen, question: Question, held: Sequence[Term], seen: list[tuple[int, ...]]
) -> Iterator[Tried]:
    """Yield for everything else that headline and gate can come to a smallest answer that does it."""
    while True:
        _verdict, model = still.space.smallest(*held, *(negated(still.stands_at(one)) for one in seen))
        if model is None:
            return
        found = _tried(still, question, model)
        seen.append(found.places)
        yield found


def _tried(still: StillOpen, question: Question, model: z3.ModelRef) -> Tried:
    watched = [Watch("ladder", one, what) for one in still.decisive for what in ("level", "range")]
    replayed = still.case.replayed(model, watched)
    effect = IfAnswered(
        answer=at(replayed.data, question.read),
        reached=reached(replayed.worked),
        moves=tuple(moves(still.worked, replayed.worked)),
    )
    return Tried(effect, still.places(replayed.worked), None)


def moves(before: Worked, after: Worked) -> Iterator[Moved]:
    """Yield the findings of which severity or strongest knock-out moves, at either end."""
    for one, other in zip(before.found, after.found, strict=True):
        if _ends(one) != _ends(other):
            (was, barred_before), (now, barred_after) = _ends(one), _ends(other)
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
    return one.effect.reached, one.effect.moves


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
