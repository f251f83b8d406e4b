"""The next question: open questions ordered by what they decide of headline and gate, and those that are irrelevant.

First those of which one answer alone moves the result, then those that matter only together with others, then those
that may matter only once something is done to lower it (decision 0084), last those that cannot matter any more. A
question that no open finding reads cannot matter, nor what hangs on it. Of the others two answerings of one case are
laid side by side. They answer the same questions alike, but for one and for what it opens, closes or fills in by a
table; if the solver shows that headline and gate cannot differ, it cannot matter. Any open question may be left open in
them, for an answer that only ends a provisional level matters too (decision 0032).

What answers a question has is known of most, and the engine tries them while all other questions stay open. A list has
too many: of those a solver is asked, with the list as the only unknown.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import z3

from risk_engine.engine.find import Found
from risk_engine.engine.propose import Proposed
from risk_engine.engine.work import Worked
from risk_engine.model.facts import ChoicesFact
from risk_engine.model.ladders import Ladder, Reached
from risk_engine.model.outlook import Contradiction, Effect, ExactRange, IfAnswered, Moved, NextQuestion, Path
from risk_engine.model.references import decides_on
from risk_engine.model.words import KnockOut, Severity
from risk_engine.outlook.near_harmless import Question, smallest_first
from risk_engine.outlook.still_open import StillOpen, at
from risk_engine.solver.blanks import Blank, equal
from risk_engine.solver.confirm import Watch
from risk_engine.solver.domains import Classes, Domain
from risk_engine.solver.open_case import OpenCase, unsettled
from risk_engine.solver.solver import ask_solver, new_solver
from risk_engine.solver.terms import (
    Order,
    Term,
    both,
    copied,
    either,
    every,
    is_at,
    negated,
    replaced_by,
    same,
    some,
    tell,
)


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
    """Yield each of the values that moves headline or gate and would not be set aside, with its place among them."""
    replays = still.replays
    for place, value in enumerate(values):
        facts, differing = replays.facts_with(question.read, value)
        found = replays.found_under(facts, differing)
        if still.places(replays.with_findings(found)) != still.now and not replays.sets_aside(question.read, value):
            (blank,) = question.blanks
            answer = still.blanks.as_in_base(blank, value)
            yield place, _tried(still, answer, still.reached(found), found, still.contradictions(facts))


def _found_by_solver(still: StillOpen, question: Question, before: Sequence[Tried]) -> Iterator[Tried]:
    """Yield for everything else that headline and gate can come to a smallest answer that does it."""
    for value, worked in outcomes_of_one(still, question, [one.places for one in before]):
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


def outcomes_of_one(
    still: StillOpen, question: Question, known: Sequence[tuple[int, ...]]
) -> Iterator[tuple[Any, Worked]]:
    """Yield for everything else that headline and gate can come to a smallest answer to one question, and the case.

    The question or list is the only unknown. `known` are the places where they stand by answers that are known already.
    Where they stand now is left out.
    """
    case = still.with_only(question)
    blanks, ladders = case.blanks, [case.reading.ladder(name) for name in still.decisive]
    looked_at: list[Order] = [order for one in ladders for order in (one.level, one.lowest, one.highest)]

    def stands_at(places: Sequence[int]) -> Term:
        return every(is_at(order, place) for order, place in zip(looked_at, places, strict=True))

    held: list[Term] = []
    for blank in filter(blanks.is_open, blanks.touched):
        held += _in_list(case, blank) if question.is_list else [negated(blanks.touched[blank].answer.unknown)]
    if question.is_list:
        held.append(blanks.lists[question.path][0])
    held += [negated(stands_at(one)) for one in (still.now, *known)]
    watched = [Watch("ladder", one, what) for one in still.decisive for what in ("level", "range")]
    while True:
        _verdict, model = case.space.smallest(*held)
        if model is None:
            return
        replayed = case.replayed(model, watched)
        held.append(negated(stands_at(still.places(replayed.worked.proposed))))
        yield at(replayed.data, question.read), replayed.worked


def _in_list(case: OpenCase, blank: Blank) -> list[Term]:
    """Return that a question of a list has its answer, unless another open question decides whether it is asked."""
    unsure: Term = False
    if blank in case.reading.facts.asked:
        asked = case.reading.facts.asked[blank]
        unsure = both(asked.may, negated(asked.must), case.blanks.touched[blank].answer.unknown)
    idle = negated(both(case.is_there(blank), case.is_wanted(blank)))
    return [case.left_to_table(blank), either(idle, case.is_known(blank), unsure)]


EFFECTS: tuple[Effect, ...] = ("alone", "together", "ways", "none")


def next_questions(still: StillOpen, ranges: Sequence[ExactRange]) -> tuple[NextQuestion, ...]:
    """Return every open question and open list with what it can decide, those that decide most first.

    `ranges` are the exact ranges of the same case. Raises SolverMismatchError where the engine says anything else of an
    answer than the solver.
    """
    # Where one level is left nearly always nothing matters any more, which is soon seen; else answers tried come first.
    idle = irrelevant_questions(still, ranges) if is_decided(still, ranges) else frozenset()
    asked = [one for one in still.questions if one.path not in idle and still.reaches(one)]
    answers = {one.path: answers_that_move(still, one) for one in asked}
    if not is_decided(still, ranges):
        idle = irrelevant_questions(still, ranges, {path for path, tried in answers.items() if tried})
    findings = _findings(still)
    found: list[tuple[tuple[int, ...], NextQuestion]] = []
    for place, one in enumerate(still.questions):
        tried = answers.get(one.path, ())
        effect: Effect = "alone" if tried else "together"
        if one.path in idle:
            effect = "ways" if still.may_touch_a_way(one) else "none"
        moved = {move.finding: None for answer in tried for move in answer.effect.moves}
        question = NextQuestion(
            path=one.path,
            effect=effect,
            after=one.after,
            findings=() if effect == "none" else tuple({**moved, **dict.fromkeys(findings.get(one.path, ()))}),
            if_answered=tuple(answer.effect for answer in tried),
        )
        rank = _decides(still, tried) if tried else _shows(still, one, ranges)
        found.append(((EFFECTS.index(effect), *rank, place), question))
    return tuple(question for _key, question in sorted(found, key=lambda one: one[0]))


def _decides(still: StillOpen, tried: Sequence[Tried]) -> tuple[int, int, int]:
    """Return by how many levels an answer moves headline and gate, whether one settles them, how far it moves ends."""
    now = still.now
    levels = max(_distance(now[::3], one.places[::3]) for one in tried)
    settles = any(one.places[1::3] == one.places[2::3] for one in tried)
    ends = max(_distance(now, one.places) for one in tried)
    return -levels, -settles, -ends


def _distance(now: Sequence[int], then: Sequence[int]) -> int:
    return sum(abs(one - other) for one, other in zip(now, then, strict=True))


def _shows(still: StillOpen, question: Question, ranges: Sequence[ExactRange]) -> tuple[int, int, int]:
    """Return in how many smallest completions of levels of headline and gate the question is among those that tell."""
    told = [level.witness.telling for one in ranges if one.ladder in still.decisive for level in one.possible]
    return -sum(question.path in one for one in told), len(question.after), 0


def _findings(still: StillOpen) -> Mapping[str, Sequence[str]]:
    """Return for each question the findings that are open for it, or for a question that waits for it."""
    found: dict[str, dict[str, None]] = {}
    for one in still.worked.found:
        for read in one.missing:
            for asked in (read, *still.worked.facts.to_ask(read)):
                found.setdefault(asked.path(), {})[one.id] = None
    return {path: tuple(several) for path, several in found.items()}


STEPS = 2_000_000
"""The work that one question may take; one of which it is not shown by then that it cannot matter is asked."""


def is_decided(still: StillOpen, ranges: Sequence[ExactRange]) -> bool:
    """Return whether headline and gate have one level left each, once every question is answered."""
    return all(len(one.possible) == 1 and not one.undecided for one in ranges if one.ladder in still.decisive)


def irrelevant_questions(
    still: StillOpen, ranges: Sequence[ExactRange], moving: Collection[Path] = frozenset()
) -> frozenset[Path]:
    """Return the paths of the questions that cannot matter any more, taken together.

    Those that are known to have an answer that moves headline or gate are `moving`: of these nothing is asked.
    """
    final = all(_is_final(still.proposed[name], still.criteria.ladders[name]) for name in still.decisive)
    # What is final by the bounds may still move where an answer makes something otherwise that is stated.
    if final and not unsettled(still.worked):
        return frozenset(one.path for one in still.questions)
    idle = frozenset(one.path for one in still.questions if not still.reaches(one))
    asked = [one for one in still.questions if one.path not in idle and one.path not in moving]
    if asked and not is_decided(still, ranges):
        # What tells completions apart matters: that is soon seen, and leaves few to be looked at while others are open.
        levels = [term for name in still.decisive for term in still.ladders[name].level]
        in_the_end = _Pair(still.case, levels)
        asked = [one for one in asked if in_the_end.is_alike([one])]
    if not asked:
        return idle
    results = [term for name in still.decisive for term in _result(still.partly, name)]
    pair = _Pair(still.partly, results)
    # What cannot matter together cannot matter alone. The other way round it is shown all the same.
    if is_decided(still, ranges) and pair.is_alike(asked):
        found: Sequence[Question] = asked
    else:
        found = pair.together([one for one in asked if pair.is_alike([one])])
    return idle | {one.path for one in found}


def _is_final(proposed: Proposed, ladder: Ladder) -> bool:
    """Return whether no answer moves what is said of a ladder: its range has one level, by rules that never change.

    A provisional rule above might still come to hold.
    """
    return not proposed.provisional and not any(one.provisional for one in ladder.rules[: proposed.rule])


def _result(case: OpenCase, ladder: str) -> Iterator[Term]:
    """Yield what an assessment says of a ladder: its level, the ends of its range, and whether it is provisional."""
    terms = case.reading.ladder(ladder)
    for order in (terms.level, terms.lowest, terms.highest):
        yield from order
    rules = case.criteria.ladders[ladder].rules
    yield some(one for one, rule in zip(terms.decides, rules, strict=True) if rule.provisional)


class _Pair:
    """Two answerings of one case, each with unknowns of its own, of which the results differ."""

    def __init__(self, case: OpenCase, results: Sequence[Term]) -> None:
        """Take the case with all that is open, and what is looked at."""
        self._case = case
        blanks = case.blanks
        context = blanks.context
        self._open = tuple(one for one in blanks.in_order() if blanks.is_open(one))
        pairs: list[tuple[Term, Term]] = []
        self._alike: dict[Blank | str, Term] = {}
        for blank in self._open:
            stated, other = blanks.touched[blank].answer, blanks.fresh(blank, "'")
            pairs += replaced_by(stated, other)
            self._alike[blank] = equal(stated, other)
        for name in (one for one in blanks.lists if one in blanks.opened.lists):
            listed, present = blanks.lists[name]
            terms = [listed, *present]
            others = [z3.Bool(f"{name}.{place}!'", context) for place in range(len(terms))]
            pairs += zip(terms, others, strict=True)
            self._alike[name] = every(map(same, terms, others))
        held = case.space.constraints()
        varied = copied([*results, *held], pairs)
        differs = some(negated(same(one, other)) for one, other in zip(results, varied, strict=False))
        self._solver = new_solver(context)
        tell(self._solver, [*held, *varied[len(results) :], differs])

    def is_alike(self, questions: Collection[Question]) -> bool:
        """Return whether it is shown that the results are the same whatever is answered to all of these questions."""
        free = set(self._hanging(questions))
        self._solver.push()
        tell(self._solver, (term for one, term in self._alike.items() if one not in free))
        self._solver.set("rlimit", STEPS)
        found = ask_solver(self._solver)
        self._solver.pop()
        return bool(found == z3.unsat)

    def together(self, questions: Sequence[Question]) -> Sequence[Question]:
        """Return as many of the questions as are shown not to matter together, the first ones first."""
        if len(questions) <= 1 or self.is_alike(questions):
            return questions
        found: list[Question] = []
        for one in questions:
            if self.is_alike([*found, one]):
                found.append(one)
        return found

    def _hanging(self, questions: Iterable[Question]) -> Iterator[Blank | str]:
        """Yield what the questions ask and all that hangs on their answers."""
        criteria = self._case.criteria
        hanging = decides_on(criteria)
        for question in questions:
            if question.is_list:
                yield question.path
            yield from question.blanks
            for blank in question.blanks:
                yield from (name for name in self._alike if name in hanging.get(blank.name, ()))
                is_single = criteria.entities[blank.entity].many is None
                for one in self._open:
                    if one.name in hanging.get(blank.name, ()) and (is_single or one.place == blank.place):
                        yield one
