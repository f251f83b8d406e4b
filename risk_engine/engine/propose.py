"""Findings to ratings of dimensions, and both to proposals: each ladder's first rule that holds, and its range.

A rating is points, at least and at most. The range is what missing answers leave.
Of an open finding what is not settled is known only within its bounds, so a rule holds, fails or is unknown like any
condition. A provisional rule counts unless it fails: it makes unanswered facts count, and is left out of the range.
Beside the ladders stand the awareness rules that apply, or may apply because answers are missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Among, Entry, Facts, Read, Stated, Truth, to_ask
from risk_engine.engine.find import Found
from risk_engine.files.once import once
from risk_engine.model.assessment import AwarenessOutcome
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import orders_of
from risk_engine.model.ladders import Ladder, Rule, SetHead, SeverityPoints
from risk_engine.model.references import ABSENT, ladder_entity, result_entities
from risk_engine.model.words import KNOCK_OUTS, OUTCOMES, SEVERITIES, Severity

if TYPE_CHECKING:
    from risk_engine.engine.program import Level


Bounded: TypeAlias = tuple[Found, Severity, Severity]
"""A finding with the least and the most of one of its severities."""


class Rating(NamedTuple):
    """The points of one dimension; pairs are (at least, at most)."""

    dimension: str
    inherent: tuple[int, int]
    residual: tuple[int, int]
    expected: tuple[int, int]
    capped: tuple[bool, bool]
    """Whether what is not critical reached the cap after the controls in place."""


def rate(found: Sequence[Found], head: SetHead) -> tuple[Rating, ...]:
    """Return the rating of every dimension of the set, in its order (design, section 8)."""
    counting = [one for one in found if one.outcome != "absent"]
    return tuple(
        _rating(name, [one for one in counting if one.indicator.dimension in head.rated_under(name)], head.severity)
        for name in head.dimensions
    )


def rated(points: Mapping[str, Sequence[Any]]) -> tuple[Rating, ...]:
    """Return the rating of every dimension where a program said what it comes to."""
    return tuple(Rating(name, *bounds) for name, bounds in points.items())


def _rating(name: str, found: Sequence[Found], points: SeverityPoints) -> Rating:
    residual = [(one, *one.residual) for one in found]
    return Rating(
        dimension=name,
        inherent=_sums([(one, one.inherent, one.possible) for one in found], points),
        residual=_sums(residual, points),
        expected=_sums([(one, *one.expected) for one in found], points),
        capped=_capped(residual, points),
    )


def _sums(bounds: Sequence[Bounded], points: SeverityPoints) -> tuple[int, int]:
    return (
        _sum([(one, low) for one, low, _high in bounds], points),
        _sum([(one, high) for one, _low, high in bounds], points),
    )


def _sum(severities: Sequence[tuple[Found, Severity]], points: SeverityPoints) -> int:
    """Return the points of findings together: many that are not critical never sum to one that is."""
    worth = [(severity, points.of(severity, one.indicator.points)) for one, severity in severities]
    critical = sum(number for severity, number in worth if severity == "critical")
    return critical + points.capped(sum(number for severity, number in worth if severity != "critical"))


def _capped(bounds: Sequence[Bounded], points: SeverityPoints) -> tuple[bool, bool]:
    """Return whether what is not critical must, and may, reach the cap.

    A finding that turns critical leaves this sum, so its bounds are not those of the severities: each finding adds the
    least and the most that any severity between its bounds would.
    """
    if points.cap is None:
        return False, False
    between = [
        [
            0 if severity == "critical" else points.of(severity, one.indicator.points)
            for severity in SEVERITIES[SEVERITIES.index(low) : SEVERITIES.index(high) + 1]
        ]
        for one, low, high in bounds
    ]
    return sum(min(one) for one in between) >= points.cap, sum(max(one) for one in between) >= points.cap


class Proposed(NamedTuple):
    """What one ladder came to. `rule` is the number of the rule that decided, None for `otherwise`."""

    ladder: str
    level: str
    rule: int | None
    provisional: bool
    lowest: str
    highest: str
    reads: tuple[Read, ...]


def propose(results: Facts, criteria: Criteria, levels: Mapping[str, "Level"] | None = None) -> tuple[Proposed, ...]:
    """Return the proposal of every ladder of the set over facts `with_results`; no ladder reads another.

    `levels` is what the ladders came to, where that is known: then only what the deciding rule read is looked up.
    """
    if levels is None:
        return tuple(_proposed(name, ladder, results) for name, ladder in criteria.ladders.items())
    return tuple(_looked_up(name, ladder, levels[name], results) for name, ladder in criteria.ladders.items())


def with_results(facts: Facts, found: Sequence[Found], ratings: Sequence[Rating], criteria: Criteria) -> Facts:
    """Return the facts of the case together with those of its findings and dimensions."""
    absent = absent_entries(criteria)
    entries = tuple(finding_entry(one, absent) for one in found)
    return with_entries(facts, entries, ratings, criteria, {**facts.orders, **_result_orders(criteria)})


def with_entries(
    facts: Facts,
    findings: tuple[Entry, ...],
    ratings: Sequence[Rating],
    criteria: Criteria,
    orders: Mapping[str, Mapping[str, int]],
) -> Facts:
    """Return the same of findings as ladders see them; `orders` are those of all facts and results."""
    dimensions = tuple(_dimension_entry(one, criteria.head.severity) for one in ratings)
    lists = {**facts.lists, "finding": findings, "dimension": dimensions}
    return replace(facts, lists=lists, orders=orders)


def finding_entry(found: Found, absent: Mapping[str, Entry]) -> Entry:
    """Return a finding as ladders see it; `absent` is what each is of which it is known that it is not there."""
    return absent[found.id] if found.outcome == "absent" else _finding_entry(found)


@once
def absent_entries(criteria: Criteria) -> Mapping[str, Entry]:
    """Return what ladders see of every finding that is absent."""
    return {
        name: Entry(name, {"id": name, "dimension": one.dimension, "ground": one.ground, **ABSENT})
        for name, one in criteria.indicators.items()
    }


@once
def _result_orders(criteria: Criteria) -> dict[str, dict[str, int]]:
    return orders_of(result_entities(criteria))


def with_levels(facts: Facts, proposed: Sequence[Proposed], criteria: Criteria) -> Facts:
    """Return the facts together with the level that each ladder proposes; invariants alone may read them."""
    levels: dict[str, Stated] = {one.ladder: one.level for one in proposed}
    return replace(
        facts,
        single={**facts.single, "ladder": Entry(None, levels)},
        orders={**facts.orders, **orders_of(ladder_entity(criteria))},
    )


def _proposed(name: str, ladder: Ladder, results: Facts) -> Proposed:
    rules = list(_until_certain(ladder, results))
    otherwise = ladder.otherwise.level
    settled = next((rule.level for rule, truth in rules if not rule.provisional and truth.value is True), otherwise)
    order = list(ladder.levels)
    reachable = [rule.level for rule, truth in rules if not rule.provisional and truth.value is not False]
    highest = max([settled, *reachable], key=order.index)
    # A provisional rule counts unless it fails: that is how unanswered facts come to count.
    counts = [truth.value is not False if rule.provisional else truth.value is True for rule, truth in rules]
    number = counts.index(True) if True in counts else None
    rule, decided = (None, Truth(None)) if number is None else rules[number]
    return Proposed(
        ladder=name,
        level=otherwise if rule is None else rule.level,
        rule=number,
        provisional=(rule is not None and rule.provisional) or settled != highest,
        lowest=settled,
        highest=highest,
        reads=tuple(dict.fromkeys(decided.reads)),
    )


def _looked_up(name: str, ladder: Ladder, level: "Level", results: Facts) -> Proposed:
    decided = Truth(None) if level.rule is None else evaluate(ladder.rules[level.rule].when, results)
    return Proposed(
        ladder=name,
        level=level.level,
        rule=level.rule,
        provisional=level.provisional,
        lowest=level.lowest,
        highest=level.highest,
        reads=tuple(dict.fromkeys(decided.reads)),
    )


def _until_certain(ladder: Ladder, results: Facts) -> Iterator[tuple[Rule, Truth]]:
    """Yield the rules with what they come to, down to the first that certainly decides: below it none is stricter."""
    for rule in ladder.rules:
        truth = evaluate(rule.when, results)
        yield rule, truth
        if truth.value is True and not rule.provisional:
            return


def _finding_entry(found: Found) -> Entry:
    values: Mapping[str, Stated] = {
        "id": found.id,
        "dimension": found.indicator.dimension,
        "ground": found.indicator.ground,
        # The missing answers will make it present or absent: a rule that took it for neither would be sure too soon.
        "outcome": Among(OUTCOMES) if found.outcome == "undetermined" else found.outcome,
        "inherent": _between(SEVERITIES, found.inherent, found.possible),
        "possible": found.possible,
        "residual": _between(SEVERITIES, *found.residual),
        "knock_out": _between(KNOCK_OUTS, *found.knock_out),
        "open": found.open,
    }
    return Entry(found.id, values)


def _dimension_entry(rating: Rating, points: SeverityPoints) -> Entry:
    bands = tuple(points.bands)
    at_least, at_most = rating.capped
    values: Mapping[str, Stated] = {
        "id": rating.dimension,
        "inherent_band": _between(bands, *(points.band(one) for one in rating.inherent)),
        "residual_band": _between(bands, *(points.band(one) for one in rating.residual)),
        "residual_capped": at_least if at_least == at_most else Among((False, True)),
    }
    return Entry(rating.dimension, values)


def _between(order: Sequence[str], low: str, high: str) -> Stated:
    """Return the value itself where the bounds meet, else that it is one of those from `low` to `high`."""
    return low if low == high else Among(tuple(order[order.index(low) : order.index(high) + 1]))


def awareness(
    results: Facts, found: Sequence[Found], criteria: Criteria, decided: Mapping[str, bool | None] | None = None
) -> tuple[AwarenessOutcome, ...]:
    """Return the awareness rules in force that apply, or may apply because answers are missing.

    `decided` says which apply, where that is known: then only what the others wait for is looked up.
    """
    outcomes: list[AwarenessOutcome] = []
    in_force: Mapping[str, bool | None]
    if decided is None:
        in_force = {name: None for name, one in criteria.awareness.items() if one.effective.covers(results.on)}
    else:
        in_force = decided
    for name, known in in_force.items():
        truth = evaluate(criteria.awareness[name].when, results) if known is None else Truth(known)
        if truth.value is False:
            continue
        waits_for = () if truth.value else tuple(_missing(truth.reads, found, criteria))
        applies: Literal["yes", "may"] = "yes" if truth.value else "may"
        outcomes.append(AwarenessOutcome(id=name, applies=applies, depends_on=to_ask(waits_for, results)))
    return tuple(outcomes)


def _missing(reads: Sequence[Read], found: Sequence[Found], criteria: Criteria) -> Iterator[Read]:
    """Yield the facts of the case that an unknown condition waits for, those of the findings that it reads included."""
    for read in reads:
        match read.entity:
            case "finding":
                yield from (fact for one in found if one.id == read.entry for fact in one.missing)
            case "dimension" if read.entry is not None:
                under = criteria.head.rated_under(read.entry)
                yield from (fact for one in found if one.indicator.dimension in under for fact in one.missing)
            case _:
                yield read
