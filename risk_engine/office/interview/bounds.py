"""How a case stands as its bounds tell it, and which question is asked first: nothing but the engine is needed.

Every open finding is one reason why the case may come out worse. A question is asked the sooner the likelier it is that
it shows such a finding, the fewer answers that takes, and the further the finding alone would move the ladders that
decide: so what can end a case comes first. Beside that it counts if it is on the shortest way to rule a finding out: so
one answer that rules out many comes before many that rule out one each, and what is on no shortest way comes last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from risk_engine.engine.facts import Read
from risk_engine.engine.find import Found
from risk_engine.engine.propose import Proposed, propose, with_results
from risk_engine.engine.rate import rate
from risk_engine.engine.work import Worked
from risk_engine.model.words import KnockOut, Severity
from risk_engine.office.interview.decisive_answers import Shares, Ways, cost
from risk_engine.office.interview.standing import (
    LadderStanding,
    Next,
    Standing,
    decisive,
    is_settled,
    is_waiting,
    open_questions,
    unanswered,
)

LITTLE = Fraction(1, 20)
"""What a finding weighs that moves no ladder alone: many of them together may."""
POWER = 3
"""How much more it counts to move the ladders twice as far: to end a case spares all other questions."""
FURTHER = 1 / 2
"""What each further answer counts for that must come out badly: harmless ones are likelier than their share says."""
RULED_OUT = 1 / 10
"""What it counts to rule a finding out, beside showing it: that has to be done in the end, at whatever time."""

Upper = tuple[str, Severity, Severity, KnockOut]
Lower = frozenset[Upper]


class Bounds:
    """Looks at cases under one set; what it found of a finding it need not find again."""

    def __init__(self) -> None:
        self._moves: dict[tuple[Lower, Upper], Fraction] = {}
        self._levels: dict[Lower, Mapping[str, str]] = {}
        self._shares: Shares = {}

    def look(self, worked: Worked) -> Standing:
        """Return how a case stands by its bounds."""
        proposed = {one.ladder: one for one in worked.proposed}
        ladders = tuple(_standing(worked, proposed[name]) for name in decisive(worked))
        settled = is_settled(worked)
        asked = open_questions(worked)
        moved = self.moved(worked)
        ordered = self.in_order(worked, asked, moved)
        deciding = () if settled else ordered
        missing = {read for found in worked.found for read in found.missing}
        unasked = unanswered(worked)
        waiting = frozenset(one for one in unasked if one in missing and is_waiting(one, worked.facts))
        return Standing(
            ladders=ladders,
            deciding=deciding,
            waiting=frozenset() if settled else waiting,
            unanswered=unasked,
            further=ordered if settled else (),
            others=tuple(one for one in asked if one not in moved),
            is_exact=False,
        )

    def moved(self, worked: Worked) -> dict[Read, tuple[Found, ...]]:
        """Return the open findings that each question can decide."""
        found: dict[Read, dict[str, Found]] = {}
        for one in worked.found:
            for read in _to_ask(one, worked):
                found.setdefault(read, {})[one.id] = one
        return {read: tuple(those.values()) for read, those in found.items()}

    def in_order(
        self, worked: Worked, asked: Sequence[Read], moved: Mapping[Read, Sequence[Found]]
    ) -> tuple[Next, ...]:
        """Return the questions that can move a finding, the most telling first, else as in the case file."""
        lower = frozenset(_lower(one) for one in worked.found if _is_certain(one))
        weights = {one.id: self._weight(worked, lower, one) for those in moved.values() for one in those}
        those = [read for read in asked if read in moved]
        score = self._score(worked, weights)
        ordered = sorted(those, key=lambda read: -score.get(read, 0))
        return tuple(
            Next(read, tuple(one.id for one in sorted(moved[read], key=lambda one: -weights[one.id])))
            for read in ordered
        )

    def _score(self, worked: Worked, weights: Mapping[str, Fraction]) -> dict[Read, float]:
        """Return what each answer counts for that decides an open finding."""
        ways = Ways(worked, self._shares)
        score = dict[Read, float]()
        for found in worked.found:
            weight = float(weights.get(found.id, 0)) ** POWER
            for way in ways.of(found) if weight else ():
                further = max(0, sum(read.fact is not None for read in way.shows) - 1)
                shown = weight * way.chance * FURTHER**further / cost(way.shows)
                ruled_out = RULED_OUT * weight / cost(way.rules_out)
                for reads, counts in ((way.shows, shown), (way.rules_out, ruled_out)):
                    for read in reads:
                        score[read] = score.get(read, 0) + counts
        return score

    def _weight(self, worked: Worked, lower: Lower, found: Found) -> Fraction:
        """Return how far a finding alone would move the ladders that decide, if it came out at its worst."""
        upper = (found.id, found.possible, found.residual[1], found.knock_out[1])
        if (lower, upper) not in self._moves:
            if lower not in self._levels:
                self._levels[lower] = _levels(worked, [_at_least(one) for one in worked.found])
            before = self._levels[lower]
            after = _levels(worked, [_at_most(one) if one is found else _at_least(one) for one in worked.found])
            steps = Fraction()
            for name in decisive(worked):
                order = list(worked.criteria.ladders[name].levels)
                steps += Fraction(order.index(after[name]) - order.index(before[name]), len(order) - 1)
            self._moves[lower, upper] = LITTLE + steps
        return self._moves[lower, upper]


def _to_ask(found: Found, worked: Worked) -> tuple[Read, ...]:
    return tuple(dict.fromkeys(one for read in found.missing for one in worked.facts.to_ask(read)))


def _standing(worked: Worked, proposed: Proposed) -> LadderStanding:
    order = list(worked.criteria.ladders[proposed.ladder].levels)
    places = [order.index(one) for one in (proposed.level, proposed.lowest, proposed.highest)]
    return LadderStanding(proposed.ladder, tuple(order[min(places) : max(places) + 1]), is_open=proposed.provisional)


# --- a finding at one of its ends ---


def _is_certain(found: Found) -> bool:
    return found.inherent != "none"


def _lower(found: Found) -> Upper:
    return found.id, found.inherent, found.residual[0], found.knock_out[0]


def _at_least(found: Found) -> Found:
    return replace(
        found,
        outcome="present" if _is_certain(found) else "absent",
        possible=found.inherent,
        residual=(found.residual[0],) * 2,
        knock_out=(found.knock_out[0],) * 2,
        open=False,
    )


def _at_most(found: Found) -> Found:
    return replace(
        found,
        outcome="present",
        inherent=found.possible,
        residual=(found.residual[1],) * 2,
        knock_out=(found.knock_out[1],) * 2,
        open=False,
    )


def _levels(worked: Worked, found: Sequence[Found]) -> dict[str, str]:
    ratings = rate(found, worked.criteria.head)
    results = with_results(worked.facts, found, ratings, worked.criteria)
    return {one.ladder: one.level for one in propose(results, worked.criteria)}
