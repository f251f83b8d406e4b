"""The open questions of an outlook, held against the engine: which there are, and what each answer does alone.

That a question cannot matter together with others, and what lists and combined options can do, only a solver can show.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from risk_engine.backends.symbolic.domains import Classes, Domain, Domains
from risk_engine.engine.facts import Read
from risk_engine.engine.find import Found
from risk_engine.model.facts import ChoicesFact
from risk_engine.model.outlook import Contradiction, Effect, IfAnswered, Moved, NextQuestion, Outlook, answer_key
from risk_engine.model.proof import Reached
from risk_engine.outlook.again.case import Again, open_questions
from risk_engine.outlook.replay import Replays, deciding

EFFECTS: tuple[Effect, ...] = ("alone", "together", "none")


class _Does(NamedTuple):
    """What an answer does."""

    reached: tuple[Reached, ...]
    moves: tuple[Moved, ...]
    contradicts: tuple[Contradiction, ...]

    @classmethod
    def of(cls, answered: IfAnswered) -> "_Does":
        return cls(answered.reached, answered.moves, answered.contradicts)


def wrong_questions(outlook: Outlook, again: Again) -> Iterator[str]:
    """Yield the places at which an outlook says of the open questions what does not come out."""
    reads = {one.path(): one for one in open_questions(again.worked)}
    told = [one.path for one in outlook.questions]
    yield from (f"questions.{one}" for one in dict.fromkeys((*reads, *told)) if told.count(one) != (one in reads))
    questions = _Questions(again)
    for one in outlook.questions:
        if one.path in reads:
            yield from (f"questions.{one.path}{wrong}" for wrong in questions.wrong_in(one, reads[one.path]))


def wrong_order(outlook: Outlook, again: Again) -> Iterator[str]:
    """Yield that the questions do not stand in their order; all else that is said of them must come out."""
    places = [one.path() for one in open_questions(again.worked)]
    if list(outlook.questions) != _Questions(again).in_order(outlook, places):
        yield "questions.order"


class _Questions:
    """What answers to single questions of a case do."""

    def __init__(self, again: Again) -> None:
        self.again, self.worked = again, again.worked
        self.replays = Replays(again.worked, tuple(again.criteria.ladders))
        self.decisive = deciding(again.criteria)
        self.domains = Domains([again.criteria], again.worked.on, again.worked.profile)
        self.findings: dict[str, dict[str, None]] = {}
        for found in again.worked.found:
            for read in found.missing:
                for asked in (read, *again.worked.facts.to_ask(read)):
                    self.findings.setdefault(asked.path(), {})[found.id] = None

    def wrong_in(self, told: NextQuestion, read: Read) -> Iterator[str]:
        after = [one.path() for one in self.worked.facts.to_ask(read) if one != read] if read.fact else []
        if list(told.after) != list(dict.fromkeys(after)):
            yield ".after"
        if (told.effect == "alone") != bool(told.if_answered) or (told.if_answered and told.after):
            yield ".effect"
        moved = [move.finding for answered in told.if_answered for move in answered.moves]
        findings = () if told.effect == "none" else tuple(dict.fromkeys((*moved, *self.findings.get(told.path, ()))))
        if told.findings != findings:
            yield ".findings"
        for answered in told.if_answered:
            made = self.again.changed({told.path: answered.answer})
            if made is None:
                continue  # it is a case that does not come out
            if answered.moves != self._moves({one.id: one for one in made.worked.found}):
                yield f".{answer_key(answered.answer)}.moves"
            if answered.contradicts != self.again.contradictions(made.worked.facts):
                yield f".{answer_key(answered.answer)}.contradicts"
        if read.fact is not None and not told.after:
            yield from self._wrong_alone(told, read)

    def in_order(self, outlook: Outlook, places: Sequence[str]) -> list[NextQuestion]:
        """Return the questions, those that decide most first, as an outlook orders what it says of them."""
        ranges = (one for one in outlook.ranges if one.ladder in self.decisive)
        shown = [level.witness.telling for one in ranges for level in one.possible]

        def rank(one: NextQuestion) -> tuple[int, ...]:
            if not one.if_answered:
                of_all = -sum(one.path in telling for telling in shown), len(one.after), 0
            else:
                then = [self._ends(each.reached) for each in one.if_answered]
                now = self._ends(self.replays.now)
                of_all = (
                    -max(_distance(now[::3], ends[::3]) for ends in then),
                    -any(ends[1::3] == ends[2::3] for ends in then),
                    -max(_distance(now, ends) for ends in then),
                )
            return EFFECTS.index(one.effect), *of_all, places.index(one.path)

        return sorted(outlook.questions, key=rank)

    def _ends(self, reached: Iterable[Reached]) -> list[int]:
        """Return the places of headline and gate: of each its level, and the ends of its range."""
        by_name = {one.ladder: one for one in reached}
        found: list[int] = []
        for name in self.decisive:
            levels, one = list(self.again.criteria.ladders[name].levels), by_name[name]
            found += [levels.index(one.level), levels.index(one.lowest), levels.index(one.highest)]
        return found

    def _wrong_alone(self, told: NextQuestion, read: Read) -> Iterator[str]:
        """Yield that answers are missing that move the result, or do something else than is said of them."""
        name = f"{read.entity}.{read.fact}"
        domain = self.domains[name]
        if isinstance(self.again.criteria.fact(name), ChoicesFact):
            # What several options together do comes after these, and only where it is something else.
            few: list[Any] = [(), *((one,) for one in domain)]
            does = [self._does(read, one) for one in few]
            told_of = {answer_key(one.answer) for one in told.if_answered}
            left_out = any(
                one is not None and answer_key(value) not in told_of for value, one in zip(few, does, strict=True)
            )
            if left_out or any(one.alike or (one.first, one.last) != (None, None) for one in told.if_answered):
                yield ""
            return
        moving = {place: one for place, value in enumerate(domain) if (one := self._does(read, value)) is not None}
        covered: set[int] = set()
        for answered in told.if_answered:
            places = _places(answered, domain)
            if places is None or any(moving.get(one) != _Does.of(answered) for one in places):
                yield f".{answer_key(answered.answer)}"
            covered |= places or set()
        if covered != {*moving}:
            yield ""

    def _does(self, read: Read, value: Any) -> _Does | None:
        """Return what an answer does; None where headline and gate stay as they are."""
        facts, differing = self.replays.facts_with(read, value)
        found = self.replays.found_under(facts, differing)
        reached = self.replays.with_findings(found)
        if all(one == now for one, now in zip(reached, self.replays.now, strict=True) if one.ladder in self.decisive):
            return None
        return _Does(reached, self._moves(found), self.again.contradictions(facts))

    def _moves(self, after: Mapping[str, Found]) -> tuple[Moved, ...]:
        return tuple(
            Moved(
                finding=one.id,
                before=(one.inherent, one.possible),
                after=(then.inherent, then.possible),
                knock_out_before=one.knock_out,
                knock_out_after=then.knock_out,
            )
            for one, then in ((one, after.get(one.id, one)) for one in self.worked.found)
            if (one.inherent, one.possible, one.knock_out) != (then.inherent, then.possible, then.knock_out)
        )


def _places(answered: IfAnswered, domain: Domain) -> set[int] | None:
    """Return the classes of answers that it is said of, None where they are not told as an outlook tells them."""
    keys = {answer_key(one) for one in (answered.answer, *answered.alike)}
    if not isinstance(domain, Classes):
        return {place for place, one in enumerate(domain) if answer_key(one) in keys}
    if domain.rows:
        places = {domain.rows[one] for one in keys if one in domain.rows}
        return places if keys == {row for row, place in domain.rows.items() if place in places} else None
    starts = domain.starts
    is_day = isinstance(starts[0], date)
    step: Any = timedelta(days=1) if is_day else 1
    # The ends as an outlook tells them: of days the first class has no beginning, and the last class never has an end.
    begins = {_end(None if is_day and not place else one): place for place, one in enumerate(starts)}
    ends = {_end(one - step): place for place, one in enumerate(starts[1:])} | {"": len(starts) - 1}
    first, last = begins.get(_end(answered.first)), ends.get(_end(answered.last))
    if first is None or last is None or answered.alike:
        return None
    places = set(range(first, last + 1))
    value = date.fromisoformat(answer_key(answered.answer)) if is_day else answered.answer
    return places if domain.place(value) in places else None


def _distance(now: Sequence[int], then: Sequence[int]) -> int:
    return sum(abs(one - other) for one, other in zip(now, then, strict=True))


def _end(value: Any) -> str:
    return "" if value is None else answer_key(value)
