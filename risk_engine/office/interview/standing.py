"""How a case stands: which levels can still come out, which open questions can matter to them, which is asked next.

`Bounds` tells it by bounds, with nothing but the engine. Every open finding is one reason why the case may come out
worse. A question is asked the sooner the likelier it is that it shows such a finding, the fewer answers that takes, and
the further the finding alone would move the ladders that decide: so what can end a case comes first. Beside that it
counts if it is on the shortest way to rule a finding out: so one answer that rules out many comes before many that rule
out one each, and what is on no shortest way comes last.

`Exact` leaves out what the bounds leave open and no answers can bring about, by a solver (extra `audit`). While very
much is open both say the same, and the solver takes long; so it is asked once few questions are left, and no list of
which nobody has said what is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

from risk_engine.engine.facts import Facts, Read, holders
from risk_engine.engine.find import Found, find
from risk_engine.engine.propose import Proposed, propose, rate, with_results
from risk_engine.engine.replay import ladders_of, unanswered
from risk_engine.engine.work import Worked
from risk_engine.model.case import Case
from risk_engine.model.facts import AnyFact, TextFact
from risk_engine.model.outlook import ExactRange
from risk_engine.office.interview.decisive_answers import Shares, Ways

if TYPE_CHECKING:
    from risk_engine.outlook.still_open import StillOpen


@dataclass(frozen=True)
class LadderStanding:
    """The levels of one ladder that can still come out or that it has while answers are missing, mildest first."""

    ladder: str
    levels: tuple[str, ...]
    is_open: bool
    """Whether the assessment calls it still open, or it is another without answers that contradict each other."""


@dataclass(frozen=True)
class Step:
    """Something to ask: the names of all entries of a list, the name of one that is there, or one fact."""

    read: Read
    findings: tuple[str, ...] = ()
    """Those that an answer can decide."""

    @property
    def kind(self) -> Literal["list", "name", "fact"]:
        """Which of the three it is."""
        if self.read.fact is not None:
            return "fact"
        return "list" if self.read.entry is None else "name"


@dataclass(frozen=True)
class Standing:
    """What is certain, what is still open, and in which order to ask."""

    ladders: tuple[LadderStanding, ...]
    """Those that decide: headline and gate."""
    deciding: tuple[Step, ...]
    """Questions that can still matter to those ladders, the most telling first."""
    waiting: frozenset[Read]
    """Those that can matter too, but are asked only once another is answered."""
    unanswered: tuple[Read, ...]
    """Every question that people are asked and nobody has answered, whether it can matter or not."""
    further: tuple[Step, ...]
    """Questions that can still move a finding, though no level of those ladders."""
    others: tuple[Read, ...]
    """All other open questions, in the order of the case file."""
    is_exact: bool

    @property
    def matter(self) -> int:
        """How many questions can still matter."""
        return len(self.deciding) + len(self.waiting)

    @property
    def irrelevant_questions(self) -> int:
        """How many of those that people are asked move no level as the case stands, as an outlook counts them."""
        return len({*self.unanswered} - {one.read for one in self.deciding} - self.waiting)

    @property
    def is_settled(self) -> bool:
        """Whether the assessment calls none of the ladders that decide still open, and no correction moves one."""
        return not any(one.is_open for one in self.ladders)


class Looker(Protocol):
    """Whatever tells how a case stands."""

    def look(self, worked: Worked) -> Standing:
        """Return how it stands."""


def is_settled(worked: Worked) -> bool:
    """Return whether one level of each ladder that decides is left, and none stands only until there are answers.

    Of answers that contradict each other and so count as open, any may be corrected (decision 0072): a level that is
    another without them is not settled.
    """
    return not any(one.is_open for one in _standings(_readings(worked)))


def _readings(worked: Worked) -> tuple[Worked, ...]:
    """Return a case as it is, and after it what it comes to without the answers that count as open, if there are any.

    That is never looked at again for contradictions: it is what corrections may lead to, not a case of its own.
    """
    again = worked.facts.again
    if again is None:
        return (worked,)
    found = find(again, worked.criteria, worked.on, worked.controls, worked.profile)
    results = with_results(again, found, rate(found, worked.criteria.head), worked.criteria)
    return worked, replace(worked, facts=again, found=found, proposed=propose(results, worked.criteria))


def open_questions(worked: Worked) -> tuple[Read, ...]:
    """Return every question that a person could answer now, in the order of the case file; a list without a fact.

    What a table knows is no question, nor what is settled by another answer or waits for one.
    """
    found: list[Read] = []
    facts = worked.facts
    for name, entity in worked.criteria.entities.items():
        whole = Read(name, None, None)
        if facts.lists.get(name, ()) is None and facts.to_ask(whole) == (whole,):
            found.append(whole)
        reads = (Read(name, entry.id, short) for entry in holders(facts, name) for short in entity.facts)
        found += [one for one in reads if _can_be_asked(one, entity.facts, facts)]
    return tuple(found)


def asked_of_people(worked: Worked) -> tuple[Read, ...]:
    """Return every question that people are asked and nobody has answered: lists, then facts as in the case file.

    One that another answer rules out is none, nor one that is answered already and waits for another to count; but one
    that waits without an answer is. What only a table states nobody is asked, even where the table does not know it.
    """
    questions, lists = unanswered(worked)
    declared = worked.criteria.entities
    asked = [Read(*one) for one in questions if declared[one[0]].facts[one[2]].question]
    return (*(Read(one, None, None) for one in lists), *asked)


def _can_be_asked(read: Read, declared: Mapping[str, AnyFact], facts: Facts) -> bool:
    """Return whether a question has no answer and can be asked now."""
    fact = declared[read.fact or ""]
    if isinstance(fact, TextFact) or facts.origins[read] != "missing" or facts.to_ask(read) != (read,):
        return False
    # A row that only facts take their value from which are not asked is of no use.
    taken = [
        Read(read.entity, read.entry, one) for one, f in declared.items() if getattr(f, "from_", None) == read.fact
    ]
    return not taken or any(facts.origins[one] != "not_asked" for one in taken)


LITTLE = Fraction(1, 20)
"""What a finding weighs that moves no ladder alone: many of them together may."""
POWER = 3
"""How much more it counts to move the ladders twice as far: to end a case spares all other questions."""
FURTHER = 1 / 2
"""What each further answer counts for that must come out badly: harmless ones are likelier than their share says."""
RULED_OUT = 1 / 10
"""What it counts to rule a finding out, beside showing it: that has to be done in the end, at whatever time."""


class Bounds:
    """Looks at cases under one set; what it found of a condition it need not find again."""

    def __init__(self) -> None:
        self._shares: Shares = {}

    def look(self, worked: Worked) -> Standing:
        """Return how a case stands by its bounds."""
        readings = _readings(worked)
        ladders = _standings(readings)
        settled = not any(one.is_open for one in ladders)
        # What is asked, answers that contradict each other hide from the case as it is.
        seen = readings[-1]
        asked = open_questions(seen)
        moved = self.moved(seen)
        ordered = self.in_order(seen, asked, moved)
        deciding = () if settled else ordered
        missing = {read for found in seen.found for read in found.missing}
        unasked = asked_of_people(worked)
        waiting = frozenset(one for one in unasked if one in missing and seen.facts.to_ask(one) != (one,))
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
    ) -> tuple[Step, ...]:
        """Return the questions that can move a finding: first questions, then the most telling, else as in the file."""
        weights = _weights(worked, {one.id: one for those in moved.values() for one in those})
        those = [read for read in asked if read in moved]
        score = self._score(worked, weights)
        first = [one.fact for one in worked.criteria.head.triage]

        def place(read: Read) -> tuple[int, float]:
            name = f"{read.entity}.{read.fact}"
            return first.index(name) if name in first else len(first), -score.get(read, 0)

        ordered = sorted(those, key=place)
        return tuple(
            Step(read, tuple(one.id for one in sorted(moved[read], key=lambda one: -weights[one.id])))
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
                shown = weight * way.chance * FURTHER**further / len(way.shows)
                ruled_out = RULED_OUT * weight / len(way.rules_out)
                for reads, counts in ((way.shows, shown), (way.rules_out, ruled_out)):
                    for read in reads:
                        score[read] = score.get(read, 0) + counts
        return score


def _to_ask(found: Found, worked: Worked) -> tuple[Read, ...]:
    return tuple(dict.fromkeys(one for read in found.missing for one in worked.facts.to_ask(read)))


def _standings(readings: Sequence[Worked]) -> tuple[LadderStanding, ...]:
    """Return how the ladders that decide stand, as the case is and as it is without what counts as open."""
    criteria = readings[0].criteria
    return tuple(
        _standing(
            list(criteria.ladders[name].levels),
            [one for each in readings for one in each.proposed if one.ladder == name],
        )
        for name in criteria.head.roles.deciding
    )


def _standing(order: Sequence[str], proposed: Sequence[Proposed]) -> LadderStanding:
    places = [order.index(one) for each in proposed for one in (each.level, each.lowest, each.highest)]
    is_open = any(one.provisional or one.level != proposed[0].level for one in proposed)
    return LadderStanding(proposed[0].ladder, tuple(order[min(places) : max(places) + 1]), is_open=is_open)


def _weights(worked: Worked, found: Mapping[str, Found]) -> dict[str, Fraction]:
    """Return how far each of these findings alone would move the ladders that decide, if it came out at its worst."""
    ladders = ladders_of(worked)
    results = ladders.results(worked.criteria)
    mildest = {one.id: _at_least(one) for one in worked.found}

    def places(changed: Mapping[str, Found]) -> list[Fraction]:
        reached = ladders.reached({**mildest, **changed}.values(), results)
        orders = {name: list(worked.criteria.ladders[name].levels) for name in worked.criteria.head.roles.deciding}
        return [Fraction(order.index(reached[name].level), len(order) - 1) for name, order in orders.items()]

    before = sum(places({}))
    return {name: LITTLE + sum(places({name: _at_most(one)})) - before for name, one in found.items()}


def _at_least(found: Found) -> Found:
    return replace(
        found,
        outcome="absent" if found.inherent == "none" else "present",
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


FEW = 20
"""From so few questions on, within a third of a second, it is told exactly what can still matter."""


class Exact:
    """Looks at cases as `Bounds` does, and exactly once few questions are left."""

    def __init__(self, base: Case | None) -> None:
        """Take the harmless case of the set that examples stay near to; without one they stay near the case itself."""
        self.bounds = Bounds()
        self._base = base

    def look(self, worked: Worked) -> Standing:
        """Return how a case stands."""
        found = self.bounds.look(worked)
        has_open_list = any(one.read.fact is None for one in found.deciding)
        if found.is_settled or found.matter > FEW or has_open_list:
            return found
        from risk_engine.outlook.questions import irrelevant_questions  # what needs the solver
        from risk_engine.outlook.still_open import StillOpen, exact_ranges

        still = StillOpen(worked, self._base or worked.case)
        ranges = {one.ladder: one for one in exact_ranges(still)}
        ladders = tuple(_left(one, ranges[one.ladder], still) for one in found.ladders)
        idle = irrelevant_questions(still, tuple(ranges.values()))
        asked = tuple(one for one in found.deciding if one.read.path() not in idle)
        return replace(
            found,
            ladders=ladders,
            deciding=asked,
            further=tuple(one for one in found.deciding if one not in asked),
            waiting=frozenset(one for one in found.waiting if one.path() not in idle),
            is_exact=True,
        )


def _left(bounds: LadderStanding, exactly: ExactRange, still: "StillOpen") -> LadderStanding:
    """Return the levels that can come out, what was not decided in its time among them; and the one that stands now."""
    left = {*(one.level for one in exactly.possible), *exactly.undecided, still.proposed[bounds.ladder].level}
    return replace(bounds, levels=tuple(one for one in still.criteria.ladders[bounds.ladder].levels if one in left))
