"""What the new version asks of a case that the old one did not, and what comes out whatever the answers are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, combinations
from typing import Any, Final, Literal, TypeAlias, TypeVar, assert_never

from risk_engine.audit.impact.moves import LadderPair, course, moves, ranks, standings
from risk_engine.audit.impact.stored_cases import Fitted, Side, worked_out
from risk_engine.audit.versions import days_around
from risk_engine.engine.facts import Facts, Known, Read
from risk_engine.engine.replay import with_answers
from risk_engine.engine.work import Worked
from risk_engine.files.diagnostics import InvalidCaseError
from risk_engine.model.comparison import Remaining, Standing
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    RuleFact,
    TextFact,
)
from risk_engine.model.references import comparisons_on_the_way

T = TypeVar("T")
Risk: TypeAlias = Literal["least", "most"]
Entries: TypeAlias = tuple[dict[str, str], ...]

_MOST_SUBSETS: Final = 5
"""Of so many options every selection is tried; of more: none, each alone, all."""
_SEVERAL: Final = 3
"""A list that nobody answered is tried with no entry, with one, and with so many."""


def riskiest(name: str, criteria: Criteria, risk: Risk) -> Known | None:
    """Return the least or the most risky answer to `entity.fact`; None where no direction is declared."""
    fact = _rule_fact(name, criteria)
    is_most = risk == "most"
    match fact:
        case BooleanFact(riskier=riskier):
            return None if riskier is None else riskier is is_most
        case ChoiceFact(riskier=riskier, options=options):
            return None if riskier is None else list(options)[-1 if (riskier == "later") is is_most else 0]
        case ChoicesFact(riskier=riskier, options=options):
            return None if riskier is None else tuple(options) if (riskier == "more") is is_most else ()
        case IntegerFact(riskier=riskier, range=(lowest, highest)):
            return None if riskier is None else highest if (riskier == "higher") is is_most else lowest
        case DateFact(riskier=riskier):
            return None if riskier is None else date.max if (riskier == "later") is is_most else date.min
        case _:
            assert_never(fact)


def tryable(name: str, criteria: Criteria, facts: Facts) -> tuple[tuple[Known | Entries, ...], bool]:
    """Return answers to `entity.fact`, or entries for a whole list, and whether no rule can tell others from them."""
    if "." not in name:
        most = criteria.entities[name].many or 1
        numbers = dict.fromkeys((0, 1, min(most, _SEVERAL)))
        return tuple(tuple({"id": f"entry-{one + 1}"} for one in range(number)) for number in numbers), False
    fact = _rule_fact(name, criteria)
    match fact:
        case BooleanFact():
            return (False, True), True
        case ChoiceFact(options=options):
            return tuple(options), True
        case ChoicesFact(options=options):
            every = len(options) <= _MOST_SUBSETS
            sizes = range(len(options) + 1) if every else (0, 1, len(options))
            return tuple(chain.from_iterable(combinations(options, size) for size in sizes)), every
        case IntegerFact(range=(lowest, highest)):
            near = {value + step for value in _compared(name, criteria, facts, int) for step in (-1, 0, 1)}
            return tuple(sorted({lowest, highest} | {one for one in near if lowest <= one <= highest})), True
        case DateFact():
            days = {day for one in _compared(name, criteria, facts, date) for day in (one, *days_around(one))}
            return tuple(sorted(days)) or (facts.on,), True
        case _:
            assert_never(fact)


def _rule_fact(name: str, criteria: Criteria) -> RuleFact:
    fact = criteria.fact(name)
    assert not isinstance(fact, RowFact | TextFact)  # noqa: S101 -- no condition reads these
    return fact


def _compared(name: str, criteria: Criteria, facts: Facts, kind: type[T]) -> set[T]:
    """Return the values of a kind that some condition compares a fact with."""
    values = (facts.operand(leaf.operand) for leaf in comparisons_on_the_way(criteria).get(name, ()))
    several = (value if isinstance(value, tuple) else (value,) for value in values)
    return {one for options in several for one in options if isinstance(one, kind)}


MOST_TRIED: Final = 200
"""So many ways to answer what has no declared direction are tried for a case, for each of the two ends."""


@dataclass(frozen=True)
class Lacking:
    """An answer that the new version lacks and the old one did not ask for, and the fact that is stated to give it.

    These differ for a row of a table: what the table would say of it is stated instead.
    """

    ask: Read
    state: Read


@dataclass(frozen=True)
class Replayed:
    """One case under both versions."""

    before: Worked
    after: Fitted
    side: Side
    """The new version."""


def newly_asked(case: Replayed) -> tuple[Lacking, ...]:
    """Return what the new version lacks an answer to, and the old one did not ask of this case.

    The old one did not ask for what it does not know, nor for what it took from a table or from other answers.
    """
    return tuple(_lacking(case.before, case.after.worked))


def remaining(case: Replayed, pairs: Sequence[LadderPair]) -> Remaining | None:
    """Return what comes out with the least and the most risky answers; None where they change no result."""
    was, now = standings(case.before), standings(case.after.worked)
    tried = {risk: _tried(case, risk) for risk in ("least", "most")}
    if all(_places(one, pairs) == _places(now, pairs) for each in tried.values() for one in each.standings):
        return None
    least = moves(pairs, was, _end(tried["least"].standings, pairs, "least"))
    most = moves(pairs, was, _end(tried["most"].standings, pairs, "most"))
    return Remaining(
        least=tuple(least),
        most=tuple(most),
        least_course=course([one.direction for one in least]),
        most_course=course([one.direction for one in most]),
        complete=all(one.is_complete for one in tried.values()),
    )


def _lacking(before: Worked, after: Worked) -> Iterator[Lacking]:
    missing = dict.fromkeys(read for found in after.found if found.open for read in found.missing)
    for read in missing:
        for ask in after.facts.to_ask(read):
            if not _was_asked(ask, before):
                yield Lacking(ask, read if _is_row(ask, after) else ask)


def _was_asked(read: Read, before: Worked) -> bool:
    if read.fact is None:
        return read.entity in before.facts.lists
    return before.facts.origins.get(read) in {"case", "missing"}


def _is_row(read: Read, worked: Worked) -> bool:
    return read.fact is not None and isinstance(
        worked.criteria.entities[read.entity].facts[read.fact], RowFact | TextFact
    )


@dataclass
class _Tried:
    """What came out with every way to answer that was tried, and whether there are no others."""

    standings: list[dict[str, Standing]] = field(default_factory=list)
    is_complete: bool = True


def _tried(case: Replayed, risk: Risk) -> _Tried:
    explorer = _Explorer(case, risk)
    explorer.explore(_State(case.after.data, case.after.worked, {}))
    if not explorer.tried.standings:
        # What the case states elsewhere rules out the answer at this end.
        explorer = _Explorer(case, None)
        explorer.explore(_State(case.after.data, case.after.worked, {}))
    return explorer.tried if explorer.tried.standings else _Tried([standings(case.after.worked)], is_complete=False)


@dataclass(frozen=True)
class _State:
    """A case with some of what is newly asked answered; `chosen` is what was taken for facts without direction."""

    data: dict[str, Any]
    worked: Worked
    chosen: dict[str, Known | tuple[dict[str, str], ...]]
    stated: frozenset[Read] = frozenset()


class _Explorer:
    """Answers what is newly asked until nothing more is, in every way that it has to try.

    An answer may lead to the next question. A fact of several entries is answered alike in all of them.
    """

    def __init__(self, case: Replayed, risk: Risk | None) -> None:
        self.case = case
        self.risk = risk
        self.tried = _Tried()

    def explore(self, state: _State) -> None:
        """Add what comes out of a state, and of every one that follows from it."""
        if len(self.tried.standings) >= MOST_TRIED:
            self.tried.is_complete = False
            return
        lacking = (one.state for one in _lacking(self.case.before, state.worked))
        reads = [one for one in dict.fromkeys(lacking) if one not in state.stated]
        if not reads:
            self.tried.standings.append(standings(state.worked))
            return
        settled = [(one, value) for one in reads if (value := self._settled(one, state)) is not None]
        if settled:
            self._explore_with(state, settled)
            return
        first = _name(reads[0])
        values, is_complete = tryable(first, self.case.side.criteria, state.worked.facts)
        self.tried.is_complete &= is_complete
        for value in values:
            alike = [(one, value) for one in reads if _name(one) == first]
            self._explore_with(replace(state, chosen={**state.chosen, first: value}), alike)

    def _settled(self, read: Read, state: _State) -> Any:
        """Return the answer that was chosen for a fact, or is at the end that is wanted; None if it is to be tried."""
        name = _name(read)
        if name in state.chosen:
            return state.chosen[name]
        return riskiest(name, self.case.side.criteria, self.risk) if self.risk and read.fact is not None else None

    def _explore_with(self, state: _State, answers: Sequence[tuple[Read, Any]]) -> None:
        data = with_answers(state.data, dict(answers))
        old = state.worked
        try:
            worked = worked_out(data, self.case.side, old.on, old.profile)
        except InvalidCaseError:
            return  # what the case states rules this answer out
        self.explore(_State(data, worked, state.chosen, state.stated | {read for read, _value in answers}))


def _name(read: Read) -> str:
    return read.entity if read.fact is None else f"{read.entity}.{read.fact}"


def _places(standing: dict[str, Standing], pairs: Sequence[LadderPair]) -> list[object]:
    return [standing[one.after].place for one in pairs]


def _end(several: Sequence[dict[str, Standing]], pairs: Sequence[LadderPair], risk: Risk) -> dict[str, Standing]:
    """Return for each ladder the mildest, or the strictest, place that came out."""
    found: dict[str, Standing] = {}
    for pair in pairs:
        order = {name: rank for rank, name in enumerate(pair.levels)}

        def strictness(one: Standing, order: dict[str, int] = order) -> tuple[int, ...]:
            return ranks(one.place, order)[::-1]

        choose = min if risk == "least" else max
        found[pair.after] = choose((one[pair.after] for one in several), key=strictness)
    return found
