"""Asking for a case, or for a pair of cases one step apart, and telling what came of it."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import z3

from risk_engine.engine.work import Worked
from risk_engine.files.language import _
from risk_engine.model.facts import AnyFact, RowFact, TextFact, rising
from risk_engine.model.proof import Claim, Example, Status, Topic
from risk_engine.model.references import closable, opens
from risk_engine.solver.answers import first_values
from risk_engine.solver.blanks import Answer, Blank, equal
from risk_engine.solver.conditions import read
from risk_engine.solver.confirm import (
    Replayed,
    Watch,
    confirmed,
    contradictions,
    example,
    is_settled,
    replay,
    settled,
    sound,
)
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.telling import Told, Trim
from risk_engine.solver.terms import (
    Chosen,
    Interval,
    Pair,
    Term,
    arrays,
    both,
    copied,
    either,
    every,
    is_at,
    is_same,
    key,
    negated,
    replaced_by,
    same,
    some,
)
from risk_engine.solver.unbounded import AnyLength, Unbounded


@dataclass
class Step:
    """What makes a second case of a first: unknowns that take the place of others, and how the two are related."""

    fact: str
    """What changes: a fact, a list or a control."""
    replaced: list[tuple[Term, Term]]
    related: list[Term]
    wishes: list[list[Term]] = field(default_factory=list)
    """What the second case says where the question leaves it open: of each list the first term that can hold."""
    _seen: dict[int, tuple[Term, Term]] = field(default_factory=dict)

    @cached_property
    def _arrays(self) -> tuple[int, Any, Any]:
        return arrays(self.replaced)

    def vary(self, term: Term) -> Term:
        """Return what a term says of the second case."""
        if isinstance(term, bool):
            return term
        if key(term) not in self._seen:
            # `z3.substitute` would check the pairs at every call. The term is kept with its image: its number stays
            # its own as long as it lives.
            image = z3.BoolRef(z3.Z3_substitute(term.ctx_ref(), term.as_ast(), *self._arrays), term.ctx)
            self._seen[key(term)] = term, image
        return self._seen[key(term)][1]

    def goal(self, space: Space, *wanted: Term) -> list[Term]:
        """Return what a pair fulfils of which both are cases, so related, and something else is wanted."""
        if isinstance(space, Unbounded):
            # What is told of an entry that stands for any stands by itself.
            return [*self.related, *copied(space.constraints(), self.replaced), *wanted]
        return [*self.related, self.vary(every(space.constraints())), *wanted]


def with_further_entries(step: Step, space: Unbounded) -> Step:
    """Return a step with what it makes of further entries: where these answer otherwise, quantifiers say otherwise."""
    replaced = list(step.replaced)
    for one in list(space.blanks.quantified.values()):
        after = space.blanks.many(one.entity, Pair(*map(step.vary, one.where)), one.least)
        terms = {key(was): (was, now) for was, now in zip(one.truth, after, strict=True) if was is not False}
        replaced += [pair for pair in terms.values() if not is_same(*pair)]
    return Step(step.fact, replaced, step.related, step.wishes)


def riskier(space: Space, reading: Reading, only: Container[str] | None = None) -> Iterator[Step]:
    """Yield a step for each fact with a direction that was asked for: a riskier answer, by the declared direction.

    `only` names the facts that are meant, where not all are.

    Questions that it opens are answered in any way, those that it closes are left out; all other answers stay.
    """
    for blank, fact in _asked(space, reading):
        is_up = rising(fact)
        if is_up is None or (only is not None and blank.name not in only):
            continue
        step = _changed(space, reading, blank, is_down=not is_up)
        before, _domain = reading.facts.answer(blank.name, blank.place)
        after = _varied(before, step)
        rises = _rises(before, after) if is_up else _rises(after, before)
        step.related += [negated(before.unknown), negated(after.unknown), *rises]
        yield step


def answered(space: Space, reading: Reading) -> Iterator[Step]:
    """Yield a step for each question and each list that was asked for: from not answered to any answer."""
    for blank, fact in _asked(space, reading):
        stated = space.blanks.touched[blank].answer
        fresh = space.blanks.fresh(blank, "'")
        before = stated if isinstance(fact, RowFact) else reading.facts.answer(blank.name, blank.place)[0]
        related = [space.blanks.is_there(blank), before.unknown, stated.unknown, negated(fresh.unknown)]
        yield Step(blank.name, replaced_by(stated, fresh), related, first_values(fresh))
    for entity, (listed, present) in space.blanks.lists.items():
        _listed, fresh_list = _fresh_list(space, entity)
        replaced = [(listed, _true(space)), *zip(present, fresh_list, strict=True)]
        yield Step(entity, replaced, [negated(listed)], [[negated(one)] for one in fresh_list])


def otherwise(space: Space, facts: frozenset[str]) -> Step | None:
    """Return the step to any other answers to these facts, in every entry; None if none of them was asked for.

    All else stays as it is, also what is answered to questions that they open.
    """
    replaced: list[tuple[Term, Term]] = []
    wishes: list[list[Term]] = []
    for blank in space.blanks.in_order():
        if blank.name in facts:
            stated, fresh = space.blanks.touched[blank].answer, space.blanks.fresh(blank, "'")
            replaced += replaced_by(stated, fresh)
            wishes += [[equal(stated, fresh)], [negated(fresh.unknown)], *first_values(fresh)]
    return Step(", ".join(sorted(facts)), replaced, [], wishes) if replaced else None


def put_in_place(space: Space) -> Iterator[Step]:
    """Yield a step for each control that was asked for: not there, and in place."""
    for name, term in space.blanks.controls.items():
        yield Step(name, [(term, _true(space))], [negated(term)])


def _true(space: Space) -> z3.BoolRef:
    return z3.BoolVal(val=True, ctx=space.blanks.context)


def _asked(space: Space, reading: Reading) -> list[tuple[Blank, AnyFact]]:
    """Return what rules read of answers, rows last; of a list one entry stands for all, as they are in no order."""
    found = [(one, reading.criteria.fact(one.name)) for one in space.blanks.in_order() if one.place == 0]
    known = [(blank, fact) for blank, fact in found if not isinstance(fact, TextFact)]
    return sorted(known, key=lambda pair: isinstance(pair[1], RowFact))


def _changed(space: Space, reading: Reading, blank: Blank, *, is_down: bool) -> Step:
    """Return the step that changes an answer, as little as it can, with what it opens and closes."""
    fresh = space.blanks.fresh(blank, "'")
    replaced = replaced_by(space.blanks.touched[blank].answer, fresh)
    waiting = [one for one in _waiting(space, reading, blank) if one != blank]
    answers = {one: space.blanks.fresh(one, "'") for one in waiting}
    wishes = [[negated(fresh.unknown)], *_nearest(fresh, is_down=is_down)]
    for one, answer in answers.items():
        replaced += replaced_by(space.blanks.touched[one].answer, answer)
        wishes += [[answer.unknown], *first_values(answer)]
    lists = {name: _fresh_list(space, name) for name in _lists_waiting(space, reading, blank)}
    for name, (listed, present) in lists.items():
        was_listed, was_present = space.blanks.lists[name]
        replaced += [(was_listed, listed), *zip(was_present, present, strict=True)]
        wishes += [[negated(one)] for one in present]
    step = Step(blank.name, replaced, [space.blanks.is_there(blank)], wishes)
    for name, (listed, present) in lists.items():
        was_listed, was_present = space.blanks.lists[name]
        asked = read(closable(reading.criteria)[name], reading.facts)
        was, now = asked.may, step.vary(asked.may)
        alike = every(map(same, (was_listed, *was_present), (listed, *present)))
        step.related += [
            either(both(was, negated(now)), both(negated(was), now), alike),
            either(was, negated(now), listed),
            either(negated(was), now, negated(listed)),
            _stays_unsure(asked, step),
        ]
    for one, answer in answers.items():
        was, now = reading.facts.asked[one].may, step.vary(reading.facts.asked[one].may)
        stated = space.blanks.touched[one].answer
        stays = either(both(was, now), both(negated(was), negated(now)))
        step.related += [
            either(negated(stays), equal(stated, answer)),
            either(was, negated(now), negated(answer.unknown)),
            either(negated(was), now, answer.unknown),
        ]
        step.related.append(_stays_unsure(reading.facts.asked[one], step))
    return step


def _nearest(fresh: Answer, *, is_down: bool) -> list[list[Term]]:
    """Return what is wished of a riskier answer: the value next to the one before, of options as few as possible."""
    match fresh:
        case Interval(_unknown, low, _high):
            places = range(len(low))
            return [[is_at(low, place) for place in (reversed(places) if is_down else places)]]
        case Chosen(_unknown, options):
            return [[term if is_down else negated(term)] for term in options.values()]


def _waiting(space: Space, reading: Reading, blank: Blank) -> list[Blank]:
    """Return the questions that were asked for and may be opened or closed by an answer."""
    opened = opens(reading.criteria).get(blank.name, frozenset())
    is_single = space.blanks.entities[blank.entity].many is None
    asked = [one for one in space.blanks.in_order() if one.name in opened and one in reading.facts.asked]
    return [one for one in asked if is_single or one.place == blank.place]


def _lists_waiting(space: Space, reading: Reading, blank: Blank) -> list[str]:
    """Return the lists that were asked for and may be opened or closed by an answer."""
    opened = opens(reading.criteria).get(blank.name, frozenset())
    return [name for name in space.blanks.lists if name in opened]


def _fresh_list(space: Space, name: str) -> tuple[z3.BoolRef, list[z3.BoolRef]]:
    """Return whether a list is answered, and its entries, in a second case."""
    places = range(len(space.blanks.lists[name][1]))
    made = [z3.Bool(f"{name}{of}!'", space.blanks.context) for of in ("", *(f".{place}" for place in places))]
    return made[0], made[1:]


def _varied(answer: Answer, step: Step) -> Answer:
    match answer:
        case Chosen(unknown, options):
            return Chosen(step.vary(unknown), {name: step.vary(term) for name, term in options.items()})
        case Interval(unknown, low, _high):
            order = tuple(map(step.vary, low))
            return Interval(step.vary(unknown), order, order)


def _rises(before: Answer, after: Answer) -> list[Term]:
    """Return that an answer is further up than another one, of options that it has all and more."""
    match before, after:
        case Chosen(), Chosen():
            pairs = list(zip(before.options.values(), after.options.values(), strict=True))
        case Interval(), Interval():
            pairs = list(zip(before.low, after.low, strict=True))
        case _:
            raise TypeError(before, after)
    return [
        every(either(negated(low), high) for low, high in pairs),
        some(both(negated(low), high) for low, high in pairs),
    ]


def _stays_unsure(asked: Pair, step: Step) -> Term:
    """Return that a question of which it was not sure whether it is asked is not settled by the step.

    Else the second case would know more than the first, and what is known is less than all that may be.
    """
    was = both(asked.may, negated(asked.must))
    now = both(step.vary(asked.may), negated(step.vary(asked.must)))
    return either(negated(was), now)


Found: TypeAlias = tuple[Example, Worked]
"""A case that shows something, with all that the engine made of it."""


def find(
    space: Space, watched: Sequence[Watch], *goal: Term, against: Callable[[Worked], Any] | None = None
) -> tuple[Verdict, Found | None]:
    """Return whether there is a case in which all of this holds, with the smallest one, confirmed by the engine.

    A case whose answers contradict each other (as the set says) is taken only where there is no other. Of a case that
    stands against a claim, `against` says what of it does: it is settled where one is, and needs all that is in it.
    """
    verdict, model = space.smallest(*goal)
    if model is None:
        return verdict, None
    is_smallest, replayed = space.is_smallest, replay(space, space.reading, model, watched)
    reads = () if against is None else watched
    for better in _better(space.reading, reads, [replayed.worked]):
        _verdict, model = space.smallest(*goal, *better)
        if model is not None:
            is_smallest, replayed = space.is_smallest, replay(space, space.reading, model, watched)
            break
    if against is not None:
        told = Told((replayed.data,), (replayed,))
        (stated,), (came,) = Trim(space).trimmed(told, lambda came: (against(came[0]), is_settled(watched, came[0])))
        replayed = Replayed(stated, came.worked)
    return verdict, (_shown(space, replayed, watched, is_smallest=is_smallest), replayed.worked)


def _better(reading: Reading, watched: Sequence[Watch], came: Sequence[Worked]) -> Iterator[list[Term]]:
    """Yield what is wished of cases that do not fulfil it: all of it first, then that no answers contradict each other.

    With `watched` it is wished as well that what is looked at is settled.
    """
    is_sound = not any(map(contradictions, came))
    if not all(is_settled(watched, one) for one in came):
        yield [*sound(reading), *settled(watched, reading)]
    if not is_sound:
        yield sound(reading)


def find_of_any_length(
    lists: AnyLength,
    watched: Sequence[Watch],
    goal: Callable[[Space], Sequence[Term]],
    against: Callable[[Worked], Any] | None = None,
) -> tuple[Verdict, Found | None]:
    """Return the same of cases with lists of any length; `goal` is all of it, in any space."""
    return lists.find(lambda space: [goal(space)], lambda space: find(space, watched, *goal(space), against=against))


def pair_of_any_length(
    lists: AnyLength,
    step: Callable[[Space], Step],
    watched: Sequence[Watch],
    wanted: Callable[[Space, Step], Term],
    *,
    is_open: bool = False,
) -> tuple[Verdict, tuple[Example, ...]]:
    """Return whether there are two cases, that step apart, with lists of any length; with the smallest pair."""

    def ways(space: Space) -> Iterator[Sequence[Term]]:
        one = step(space)
        if isinstance(space, Unbounded):
            one = with_further_entries(one, space)
        yield one.goal(space, wanted(space, one))

    def look(space: Space) -> tuple[Verdict, tuple[Example, ...] | None]:
        one = step(space)
        verdict, shown = pair(space, one, watched, wanted(space, one), is_open=is_open)
        return verdict, shown or None

    verdict, found = lists.find(ways, look)
    return verdict, found or ()


def pair(
    space: Space, step: Step, watched: Sequence[Watch], *wanted: Term, is_open: bool = False
) -> tuple[Verdict, tuple[Example, ...]]:
    """Return whether there are two cases, that step apart, of which all of this holds; with the smallest pair.

    Both are confirmed by the engine. Answers that contradict each other are taken only where there are no others, and
    cases in which what is looked at is open likewise, unless `is_open` says that they are meant. Each difference of
    both from the base case is needed.
    """
    verdict, model = space.smallest(*step.goal(space, *wanted), wishes=step.wishes)
    if model is None:
        return verdict, ()
    is_smallest, both_cases = space.is_smallest, _both(space, step, model, watched)
    for better in _better(space.reading, () if is_open else watched, [one.worked for one in both_cases]):
        goal = step.goal(space, *wanted, *better, *map(step.vary, better))
        _verdict, model = space.smallest(*goal, wishes=step.wishes)
        if model is not None:
            is_smallest, both_cases = space.is_smallest, _both(space, step, model, watched)
            break
    first, second = both_cases
    told = Told((first.data, second.data), both_cases)
    stated, came = Trim(space).trimmed(
        told, lambda came: [[confirmed(watch, one) for watch in watched] for one in came]
    )
    return verdict, tuple(
        _shown(space, Replayed(data, one.worked), watched, is_smallest=is_smallest)
        for data, one in zip(stated, came, strict=True)
    )


def _both(space: Space, step: Step, model: z3.ModelRef, watched: Sequence[Watch]) -> tuple[Replayed, Replayed]:
    return (
        replay(space, space.reading, model, watched),
        replay(space, space.reading, model, watched, step.vary),
    )


def _shown(space: Space, replayed: Replayed, watched: Sequence[Watch], *, is_smallest: bool) -> Example:
    found = tuple(confirmed(one, replayed.worked) for one in watched)
    return example(space, replayed).model_copy(update={"is_smallest": is_smallest, "confirmed": found})


def occurs(  # noqa: PLR0913 (what is claimed, of what, and what came of it)
    topic: Topic, subject: str, statement: str, verdict: Verdict, found: Found | None, why: str, *, looked: str = ""
) -> Claim:
    """Return the claim that something can occur: proved by a case, refuted because of `why`, or not decided."""
    reason = why if verdict == "impossible" else ""
    claim = never(topic, subject, statement, verdict, () if found is None else found[:1], why=reason, looked=looked)
    status: dict[Verdict, Status] = {"possible": "proved", "impossible": "refuted", "undecided": "undecided"}
    return claim.model_copy(update={"status": status[verdict]})


def never(  # noqa: PLR0913 (what is claimed, of what, and what came of it)
    topic: Topic,
    subject: str,
    statement: str,
    verdict: Verdict,
    shown: Iterable[Example],
    *,
    why: str = "",
    looked: str = "",
) -> Claim:
    """Return the claim that something can never be: proved, refuted by the cases that show it, or not decided."""
    status: dict[Verdict, Status] = {"possible": "refuted", "impossible": "proved", "undecided": "undecided"}
    return Claim(
        topic=topic,
        subject=subject,
        statement=statement,
        status=status[verdict],
        reason=undecided(verdict, looked) or why,
        examples=tuple(shown),
    )


def by_form(claim: Claim) -> Claim:
    """Return a claim that follows from the form of the rules."""
    return claim.model_copy(update={"is_by_form": True})


def looked_at(lists: AnyLength) -> str:
    """Return among how many entries no case was found, where it is not decided whether there is one."""
    bounds = ", ".join(f"{name} {number}" for name, number in lists.bounds.items())
    return _("None was found with lists of up to so many entries: {bounds}", bounds=bounds) if bounds else ""


def undecided(verdict: Verdict, looked: str = "") -> str:
    """Return what to say where the solver gave up."""
    if verdict != "undecided":
        return ""
    why = _("Not decided within the work that one question may take")
    return _("{why}. {looked}", why=why, looked=looked) if looked else why
