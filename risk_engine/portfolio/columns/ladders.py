"""Findings in columns to points of dimensions and levels of ladders, with their ranges (design, sections 8 and 9).

A finding is in one of few states: the ranks of its severities and of its knock-out, at least and at most. What a
condition of a ladder says of it, and what it adds to its dimension, is looked up by the number of its state, and worked
out for those states alone that occur.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Holds,
    Not,
    ParameterRef,
    Quantifier,
    children,
    negation,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact
from risk_engine.model.ladders import Ladder
from risk_engine.model.references import result_entities
from risk_engine.model.words import KNOCK_OUTS, OUTCOMES, SEVERITIES
from risk_engine.portfolio.columns.conditions import places_that_hold

Ranks: TypeAlias = NDArray[np.int8]
Truths: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint64]
Seen: TypeAlias = Mapping[str, int]
"""What a condition sees of a finding or dimension: for each fact the options that it may be, as bits."""
WORD = 63
"""So many bits of a word are used."""


class Ends(NamedTuple):
    """At least and at most."""

    low: Any
    high: Any


@dataclass(frozen=True)
class Findings:
    """What one indicator came to in every case, in ranks; where `inherent.high` is 0 the finding is absent."""

    inherent: Ends
    residual: Ends
    expected: Ends
    knock_out: Ends
    unknown: Truths | None


@dataclass(frozen=True)
class Level:
    """What a ladder came to in every case, in places of its levels; the rule is -1 for `otherwise`."""

    rule: NDArray[np.int16]
    level: Ranks
    lowest: Ranks
    highest: Ranks


class Fields:
    """Several numbers in few words: which bits of which word each takes, so that all are added up together."""

    def __init__(self, widths: Sequence[int]) -> None:
        """Take the width of each number."""
        self.places: list[tuple[int, int, int]] = []
        word, used = 0, 0
        for width in widths:
            if used + width > WORD:
                word, used = word + 1, 0
            self.places.append((word, used, width))
            used += width
        self.words = word + 1

    def packed(self, numbers: Iterable[int]) -> list[int]:
        """Return words that hold these numbers."""
        found = [0] * self.words
        for (word, at, _width), number in zip(self.places, numbers, strict=True):
            found[word] |= number << at
        return found

    def taken(self, words: Sequence[Words], number: int) -> Numbers:
        """Return one of the numbers."""
        word, at, width = self.places[number]
        return ((words[word] >> np.uint64(at)) & np.uint64((1 << width) - 1)).astype(np.int64)


class _Asked(NamedTuple):
    """What a ladder asks of findings, or of dimensions."""

    entity: str
    where: Condition


_ENDS = (("inherent", "low"), ("inherent", "high"), ("residual", "low"), ("residual", "high"))
"""Of what points are added up, what is critical apart; those of `expected` hang on states of their own."""


class Ladders:
    """The points, bands and ladders of a set on a day."""

    def __init__(self, criteria: Criteria, parameters: Mapping[str, Any], in_force: Sequence[str]) -> None:
        """Take the set, what its parameters are, and the indicators that count."""
        self.criteria = criteria
        self._parameters = parameters
        self._in_force = in_force
        self._entities = result_entities(criteria)
        self._asked = list(dict.fromkeys(self._quantified()))
        self._of_findings = [one.where for one in self._asked if one.entity == "finding"]
        self._of_dimensions = [one.where for one in self._asked if one.entity == "dimension"]
        severity = criteria.head.severity
        self._worth = [
            [severity.of(rank, criteria.indicators[name].points) for rank in SEVERITIES] for name in in_force
        ]
        points = max(1, sum(max(one) for one in self._worth).bit_length())
        self._hits = Fields([max(1, len(in_force).bit_length())] * (2 * len(self._of_findings)))
        self._points = Fields([points] * (2 * len(_ENDS) + 2))
        self._expected = Fields([points] * 4)
        self._states = [_Lookup(self._hits.words + self._points.words, _STATES) for _name in in_force]
        self._pairs = [_Lookup(self._expected.words, len(SEVERITIES) ** 2) for _name in in_force]
        self._bands = np.array(list(severity.bands.values()), dtype=np.int64)
        self._rated = [_Lookup(1, 4 * len(self._bands) ** 4) for _name in criteria.head.dimensions]

    def _quantified(self) -> Iterator[_Asked]:
        waiting: list[Condition] = [rule.when for ladder in self.criteria.ladders.values() for rule in ladder.rules]
        read: set[str] = set()
        while waiting:
            match waiting.pop():
                case Quantifier(kind=kind, entity=entity, where=where):
                    yield _Asked(entity, negation(where) if kind == "every" else where)
                case Holds(holds=name):
                    if name not in read:
                        read.add(name)
                        waiting.append(self.criteria.definitions[name])
                case node:
                    waiting += [part for _steps, part in children(node)]

    def of(self, findings: Mapping[str, Findings], number: int) -> "Reached":
        """Return what ladders and dimensions come to in so many cases, of the findings that are not absent in all."""
        hits = [np.zeros(number, np.uint64) for _ in range(self._hits.words)]
        dimensions = list(self.criteria.head.dimensions)
        points = {one: [np.zeros(number, np.uint64) for _ in range(self._points.words)] for one in dimensions}
        expected = {one: [np.zeros(number, np.uint64) for _ in range(self._expected.words)] for one in dimensions}
        for place, name in enumerate(self._in_force):
            own = self.criteria.indicators[name].dimension
            if (found := findings.get(name)) is None:
                for total, word in zip(hits, self._of_state(place, 0), strict=False):
                    total += np.uint64(word)
                continue
            states = _state_of(found)
            words = self._states[place].of(states, lambda state, place=place: self._of_state(place, state))
            for total, word in zip((*hits, *points[own]), words, strict=True):
                total += word
            pairs = _pair_of(found)
            words = self._pairs[place].of(pairs, lambda pair, place=place: self._of_pair(place, pair))
            for total, word in zip(expected[own], words, strict=True):
                total += word
        rated = {one: self._rating(one, points, expected) for one in dimensions}
        truths = _Truths(self, hits, rated, number)
        return Reached(rated, {name: _level(one, truths) for name, one in self.criteria.ladders.items()})

    # --- what a finding in a state adds ---

    def _of_state(self, place: int, state: int) -> list[int]:
        """Return what a finding of an indicator in a state adds: to what is asked of findings, then to points."""
        *ranks, is_open = _ranks_of(state)
        low, high, left_low, left_high, knock_low, knock_high = ranks
        seen = self._seen(self._in_force[place], ranks, is_open=bool(is_open))
        both = [self._both_of("finding", where, seen) for where in self._of_findings]
        own = self._worth[place]
        added = [number for rank in (low, high, left_low, left_high) for number in _apart(own, rank)]
        between = [_apart(own, rank)[1] for rank in range(left_low, left_high + 1)]
        hits = self._hits.packed(int(one) for must_and_may in both for one in must_and_may)
        return [*hits, *self._points.packed([*added, min(between), max(between)])]

    def _of_pair(self, place: int, pair: int) -> list[int]:
        own, ranks = self._worth[place], (pair % len(SEVERITIES), pair // len(SEVERITIES))
        return self._expected.packed([number for rank in ranks for number in _apart(own, rank)])

    def _seen(self, name: str, ranks: Sequence[int], *, is_open: bool) -> Seen:
        indicator = self.criteria.indicators[name]
        low, high, left_low, left_high, knock_low, knock_high = ranks
        present = OUTCOMES.index("present")
        outcome = _from_to(present if low else 0, present if high else 0)
        return {
            "id": 1 << list(self.criteria.indicators).index(name),
            "dimension": 1 << list(self.criteria.head.dimensions).index(indicator.dimension),
            "ground": 1 << list(self.criteria.head.grounds).index(indicator.ground),
            "outcome": outcome,
            "inherent": _from_to(low, high),
            "possible": _from_to(high, high),
            "residual": _from_to(left_low, left_high),
            "knock_out": _from_to(knock_low, knock_high),
            "open": 1 << is_open,
        }

    def _both_of(self, entity: str, condition: Condition, seen: Seen) -> tuple[bool, bool]:
        """Return whether a condition must, and may, hold of a finding or dimension that is seen so."""
        match condition:
            case Compare(fact=name, op=op, operand=operand):
                short = name.partition(".")[2]
                options = _options(self._entities[entity].facts[short])
                wanted = self._parameters[operand.parameter] if isinstance(operand, ParameterRef) else operand
                true = sum(1 << place for place in places_that_hold(op, options, wanted))
                return not seen[short] & ~true, bool(seen[short] & true)
            case AllOf(all_of=parts):
                both = [self._both_of(entity, part, seen) for part in parts]
                return all(must for must, _may in both), all(may for _must, may in both)
            case AnyOf(any_of=parts):
                both = [self._both_of(entity, part, seen) for part in parts]
                return any(must for must, _may in both), any(may for _must, may in both)
            case Not(not_=part):
                must, may = self._both_of(entity, part, seen)
                return not may, not must
            case Holds(holds=name):
                return self._both_of(entity, self.criteria.definitions[name], seen)
            case Quantifier():
                raise AssertionError(condition)  # none within another; checked when the set was loaded
            case _:
                assert_never(condition)

    # --- dimensions ---

    def _rating(
        self, name: str, points: Mapping[str, Sequence[Words]], expected: Mapping[str, Sequence[Words]]
    ) -> "Rating":
        under = self.criteria.head.rated_under(name)
        summed = [sum(several[1:], several[0]) for several in zip(*(points[one] for one in under), strict=True)]
        agreed = [sum(several[1:], several[0]) for several in zip(*(expected[one] for one in under), strict=True)]
        cap = self.criteria.head.severity.cap
        ends = [
            _capped(self._points.taken(summed, 2 * at), self._points.taken(summed, 2 * at + 1), cap)
            for at in range(len(_ENDS))
        ]
        left = [
            _capped(self._expected.taken(agreed, 2 * at), self._expected.taken(agreed, 2 * at + 1), cap)
            for at in (0, 1)
        ]
        least, most = (self._points.taken(summed, 2 * len(_ENDS) + at) for at in (0, 1))
        never = np.zeros(len(least), bool)
        capped = Ends(never, never) if cap is None else Ends(least >= cap, most >= cap)
        return Rating(Ends(*ends[:2]), Ends(*ends[2:]), Ends(*left), capped)

    def _seen_of_dimension(self, name: str, state: int) -> Seen:
        bands = len(self._bands)
        found: list[int] = []
        for base in (bands, bands, bands, bands, 2, 2):
            state, digit = divmod(state, base)
            found.append(digit)
        return {
            "id": 1 << list(self.criteria.head.dimensions).index(name),
            "inherent_band": _from_to(*found[:2]),
            "residual_band": _from_to(*found[2:4]),
            "residual_capped": _from_to(*found[4:]),
        }

    def _dimension_words(self, rating: "Rating", place: int) -> Words:
        """Return of every case what is asked of a dimension: two bits for each condition, must and may."""
        name = list(self.criteria.head.dimensions)[place]
        bands = len(self._bands)
        digits = [np.searchsorted(self._bands, one, "right") - 1 for one in (*rating.inherent, *rating.residual)]
        state = np.zeros(len(digits[0]), np.int64)
        for digit, base in reversed([*((one, bands) for one in digits), *((one, 2) for one in rating.capped)]):
            state = state * base + digit

        def words(state: int) -> list[int]:
            seen = self._seen_of_dimension(name, state)
            both = [self._both_of("dimension", where, seen) for where in self._of_dimensions]
            return [sum(int(one) << at for at, one in enumerate(one for two in both for one in two))]

        (found,) = self._rated[place].of(state, words)
        return found


@dataclass(frozen=True)
class Rating:
    """The points of a dimension in every case."""

    inherent: Ends
    residual: Ends
    expected: Ends
    capped: Ends


@dataclass(frozen=True)
class Reached:
    """What dimensions and ladders came to in every case."""

    rated: Mapping[str, Rating]
    levels: Mapping[str, Level]


class _Lookup:
    """Words by the number of a state, worked out when a state first occurs."""

    def __init__(self, words: int, states: int) -> None:
        self._known = np.zeros(states, bool)
        self._words = np.zeros((words, states), np.uint64)

    def of(self, states: NDArray[np.intp], words: Any) -> list[Words]:
        """Return the words of every state; `words` works one out."""
        if not self._known[states].all():
            for state in np.unique(states[~self._known[states]]):
                self._words[:, state] = words(int(state))
                self._known[state] = True
        return [one.take(states) for one in self._words]


_BASES = (*(len(SEVERITIES),) * 4, *(len(KNOCK_OUTS),) * 2, 2)
_STATES = int(np.prod(_BASES))


def _state_of(found: Findings) -> NDArray[np.intp]:
    """Return the number of the state of a finding in every case."""
    low, high = found.inherent
    is_open = low != high if found.unknown is None else (low != high) | found.unknown
    digits = (low, high, *found.residual, *found.knock_out, is_open)
    state = np.zeros(len(low), np.intp)
    for digit, base in zip(reversed(digits), reversed(_BASES), strict=True):
        state *= base
        state += digit
    state *= high > 0  # an absent finding is in the first state, whatever its conditions say
    return state


def _ranks_of(state: int) -> list[int]:
    found: list[int] = []
    for base in _BASES:
        state, digit = divmod(state, base)
        found.append(digit)
    return found


def _pair_of(found: Findings) -> NDArray[np.intp]:
    low, high = found.expected
    return (low + high.astype(np.intp) * len(SEVERITIES)) * (found.inherent.high > 0)


def _apart(own: Sequence[int], rank: int) -> tuple[int, int]:
    """Return the points of a severity as those of what is critical, and of what is not."""
    return (own[rank], 0) if rank == len(SEVERITIES) - 1 else (0, own[rank])


def _capped(critical: Numbers, below: Numbers, cap: int | None) -> Numbers:
    """Return points that are added up: many that are not critical never sum to one that is."""
    return critical + (below if cap is None else np.minimum(below, cap))


def _from_to(low: int, high: int) -> int:
    """Return the places from one to another as bits."""
    return (2 << high) - (1 << low)


def _options(fact: AnyFact) -> tuple[Any, ...]:
    if isinstance(fact, BooleanFact):
        return (False, True)
    assert isinstance(fact, ChoiceFact)  # noqa: S101 (results have no other facts)
    return tuple(fact.options)


class _Truths:
    """Conditions of ladders over all cases: what must hold, and what may."""

    def __init__(self, ladders: Ladders, hits: Sequence[Words], rated: Mapping[str, Rating], number: int) -> None:
        self._ladders = ladders
        self._hits = hits
        self._number = number
        self._rated = [ladders._dimension_words(one, place) for place, one in enumerate(rated.values())]
        self._held: dict[str, Ends] = {}

    def both(self, condition: Condition) -> Ends:
        match condition:
            case AllOf(all_of=parts):
                both = [self.both(part) for part in parts]
                return Ends(*(np.logical_and.reduce(end) for end in zip(*both, strict=True)))
            case AnyOf(any_of=parts):
                both = [self.both(part) for part in parts]
                return Ends(*(np.logical_or.reduce(end) for end in zip(*both, strict=True)))
            case Not(not_=part):
                return _opposite(self.both(part))
            case Holds(holds=name):
                if name not in self._held:
                    self._held[name] = self.both(self._ladders.criteria.definitions[name])
                return self._held[name]
            case Quantifier(kind=kind, entity=entity, where=where, bound=bound):
                match kind:
                    case "some" | "at_least":
                        return self._counted(entity, where, bound)
                    case "every":
                        return _opposite(self._counted(entity, negation(where), bound))
                    case "at_most":
                        return _opposite(self._counted(entity, where, bound + 1))
                    case _:
                        assert_never(kind)
            case Compare():
                raise AssertionError(condition)  # ladders read lists of results alone
            case _:
                assert_never(condition)

    def _counted(self, entity: str, where: Condition, number: int) -> Ends:
        if entity == "finding":
            place = self._ladders._of_findings.index(where)
            counts = [self._ladders._hits.taken(self._hits, 2 * place + end) for end in (0, 1)]
        else:
            place = self._ladders._of_dimensions.index(where)
            counts = [
                sum(((one >> np.uint64(2 * place + end)) & np.uint64(1)).astype(np.int64) for one in self._rated)
                for end in (0, 1)
            ]
        return Ends(*(one >= number for one in counts))


def _opposite(both: Ends) -> Ends:
    return Ends(~both.high, ~both.low)


def _level(ladder: Ladder, truths: _Truths) -> Level:
    levels = list(ladder.levels)
    otherwise = levels.index(ladder.otherwise.level)
    size = truths._number
    rule = np.full(size, -1, np.int16)
    level, lowest, highest = (np.full(size, otherwise, np.int8) for _ in range(3))
    waits = np.ones(size, bool)
    for number, one in enumerate(ladder.rules):
        place = levels.index(one.level)
        must, may = truths.both(one.when)
        counts = may if one.provisional else must
        is_first = waits & counts & (rule < 0)
        rule[is_first] = number
        level[is_first] = place
        if not one.provisional:
            highest[waits & may] = np.maximum(highest[waits & may], place)
            decided = waits & must
            lowest[decided] = place
            waits &= ~must
    return Level(rule, level, lowest, np.maximum(lowest, highest))
