"""What the new version asks of a case that the old one did not, and what comes out whatever the answers are."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain, combinations
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

from risk_engine.audit.impact.moves import LadderPair, course, moves, ranks
from risk_engine.audit.impact.stored_cases import Came, Fitted, Side, worked_out
from risk_engine.engine.facts import Known, Read
from risk_engine.engine.replay import with_answers
from risk_engine.files.once import once
from risk_engine.model.comparison import Remaining, Standing
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoicesFact, RowFact, TextFact, rising
from risk_engine.model.profile import days_of_change
from risk_engine.solver.domains import Domain, Domains

Risk: TypeAlias = Literal["least", "most"]
Entries: TypeAlias = tuple[dict[str, str], ...]

_MOST_SUBSETS: Final = 5
"""Of so many options every selection is tried; of more: none, each alone, all."""
_SEVERAL: Final = 3
"""A list that nobody answered is tried with no entry, with one, and with so many."""


def riskiest(fact: AnyFact, domain: Domain, risk: Risk) -> Known | None:
    """Return the least or the most risky answer to a fact; None where no direction is declared."""
    is_up = rising(fact)
    if is_up is None:
        return None
    is_last = is_up is (risk == "most")
    if isinstance(fact, ChoicesFact):
        return domain if is_last else ()
    return cast("Known", domain[-1 if is_last else 0])


def tryable(fact: AnyFact, domain: Domain) -> tuple[Domain, bool]:
    """Return answers to a fact, and whether no rule can tell others from them."""
    if not isinstance(fact, ChoicesFact):
        return domain, True
    every = len(domain) <= _MOST_SUBSETS
    sizes = range(len(domain) + 1) if every else (0, 1, len(domain))
    return tuple(chain.from_iterable(combinations(domain, size) for size in sizes)), every


def _entries(name: str, criteria: Criteria) -> tuple[Entries, ...]:
    """Return the entries that are tried for a whole list."""
    numbers = dict.fromkeys((0, 1, min(criteria.entities[name].many or 1, _SEVERAL)))
    return tuple(tuple({"id": f"entry-{one + 1}"} for one in range(number)) for number in numbers)


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

    before: Came
    after: Fitted
    side: Side
    """The new version."""

    @cached_property
    def domains(self) -> Domains:
        """The answers that rules of the new version can tell apart on the day."""
        criteria, on, profile = self.side.criteria, self.after.worked.on, self.after.worked.profile
        key = profile.model_dump_json(by_alias=True) if profile else ""
        known = _by_profile(criteria)
        if key not in known:
            known[key] = _Kept(days_of_change(criteria, profile), {})
        period = bisect_right(known[key].days, on)
        if period not in known[key].domains:
            known[key].domains[period] = Domains([criteria], on, profile)
        return known[key].domains[period]


class _Kept(NamedTuple):
    """The answers to tell apart, by how many of the days have come on which a rule changes: to make them takes long."""

    days: tuple[date, ...]
    domains: dict[int, Domains]


@once
def _by_profile(_criteria: Criteria) -> dict[str, _Kept]:
    return {}


def newly_asked(case: Replayed) -> tuple[Lacking, ...]:
    """Return what the new version lacks an answer to, and the old one did not ask of this case.

    The old one did not ask for what it does not know, nor for what it took from a table or from other answers.
    """
    return tuple(_lacking(case.before, case.after.worked))


def remaining(case: Replayed, pairs: Sequence[LadderPair]) -> Remaining | None:
    """Return what comes out with the least and the most risky answers; None where they change no result."""
    was, now = case.before.standings, case.after.worked.standings
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


def _lacking(before: Came, after: Came) -> Iterator[Lacking]:
    missing = dict.fromkeys(read for found in after.found if found.open for read in found.missing)
    for read in missing:
        for ask in after.facts.to_ask(read):
            if not _was_asked(ask, before):
                yield Lacking(ask, read if _is_row(ask, after) else ask)


def _was_asked(read: Read, before: Came) -> bool:
    if read.fact is None:
        return read.entity in before.facts.lists
    return before.facts.origins.get(read) in {"case", "missing"}


def _is_row(read: Read, worked: Came) -> bool:
    return read.fact is not None and isinstance(
        worked.criteria.entities[read.entity].facts[read.fact], RowFact | TextFact
    )


@dataclass
class _Tried:
    """What came out with every way to answer that was tried, and whether there are no others."""

    standings: list[Mapping[str, Standing]] = field(default_factory=list)
    is_complete: bool = True


def _tried(case: Replayed, risk: Risk) -> _Tried:
    explorer = _Explorer(case, risk)
    explorer.explore(_State(case.after.data, case.after.worked, {}))
    if not explorer.tried.standings:
        # What the case states elsewhere rules out the answer at this end.
        explorer = _Explorer(case, None)
        explorer.explore(_State(case.after.data, case.after.worked, {}))
    return explorer.tried if explorer.tried.standings else _Tried([case.after.worked.standings], is_complete=False)


@dataclass(frozen=True)
class _State:
    """A case with some of what is newly asked answered; `chosen` is what was taken for facts without direction."""

    data: dict[str, Any]
    worked: Came
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
            self.tried.standings.append(state.worked.standings)
            return
        settled = [(one, value) for one in reads if (value := self._settled(one, state)) is not None]
        if settled:
            self._explore_with(state, settled)
            return
        first = _name(reads[0])
        values, is_complete = self._tryable(first)
        self.tried.is_complete &= is_complete
        for value in values:
            alike = [(one, value) for one in reads if _name(one) == first]
            self._explore_with(replace(state, chosen={**state.chosen, first: value}), alike)

    def _settled(self, read: Read, state: _State) -> Any:
        """Return the answer that was chosen for a fact, or is at the end that is wanted; None if it is to be tried."""
        name = _name(read)
        if name in state.chosen:
            return state.chosen[name]
        if self.risk is None or read.fact is None:
            return None
        return riskiest(self.case.side.criteria.fact(name), self.case.domains[name], self.risk)

    def _tryable(self, name: str) -> tuple[tuple[Any, ...], bool]:
        criteria = self.case.side.criteria
        return (
            tryable(criteria.fact(name), self.case.domains[name]) if "." in name else (_entries(name, criteria), False)
        )

    def _explore_with(self, state: _State, answers: Sequence[tuple[Read, Any]]) -> None:
        data = with_answers(state.data, dict(answers))
        old = state.worked
        worked = worked_out(data, self.case.side, old.on, old.profile)
        if not worked.facts.superfluous.keys() <= old.facts.superfluous.keys():
            return  # what the case states rules this answer out
        self.explore(_State(data, worked, state.chosen, state.stated | {read for read, _value in answers}))


def _name(read: Read) -> str:
    return read.entity if read.fact is None else f"{read.entity}.{read.fact}"


def _places(standing: Mapping[str, Standing], pairs: Sequence[LadderPair]) -> list[object]:
    return [standing[one.after].place for one in pairs]


def _end(several: Sequence[Mapping[str, Standing]], pairs: Sequence[LadderPair], risk: Risk) -> dict[str, Standing]:
    """Return for each ladder the mildest, or the strictest, place that came out."""
    found: dict[str, Standing] = {}
    for pair in pairs:
        order = {name: rank for rank, name in enumerate(pair.levels)}

        def strictness(one: Standing, order: dict[str, int] = order) -> tuple[int, ...]:
            return ranks(one.place, order)[::-1]

        choose = min if risk == "least" else max
        found[pair.after] = choose((one[pair.after] for one in several), key=strictness)
    return found
