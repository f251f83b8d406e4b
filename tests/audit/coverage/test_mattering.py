"""What mattered in a condition is what, turned into its opposite by hand, turns the condition round: decision 0027."""

from collections.abc import Iterator
from typing import assert_never

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_engine.audit.coverage.goals import Mattering
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts
from risk_engine.engine.find import control_states, find
from risk_engine.engine.propose import rate, with_results
from risk_engine.engine.resolve import resolve
from risk_engine.model.conditions import AllOf, AnyOf, Compare, Condition, Holds, Node, Not, Quantifier
from risk_engine.model.coverage import Path, parts, segments
from risk_engine.model.criteria import Criteria, severity_conditions
from tests.engine.builder import DAY, condition, criteria_from, facts_from
from tests.strategies import cases_of, rule_sets

Flip = tuple[Path, str | None]
"""One comparison of one entry whose answer is turned into its opposite."""


def truth(
    node: Node, facts: Facts, at: Path, entry: Entry | None, flip: Flip | None, unknown: bool | None = None
) -> bool | None:
    """Kleene logic written down once more, in the slowest way, with one comparison turned round.

    `unknown` is what the condition counts as where that is not known.
    """
    counts = negation(unknown) if turns(node) else unknown

    def of(way: Path, part: Condition, holder: Entry | None = entry) -> bool | None:
        return truth(part, facts, (*at, *way), holder, flip, counts)

    inner = list(parts(node, facts.definitions))
    match node:
        case AllOf():
            return conjunction([of(*one) for one in inner])
        case AnyOf():
            return negation(conjunction([negation(of(*one)) for one in inner]))
        case Not():
            return negation(of(*inner[0]))
        case Holds():
            return of(*inner[0])
        case Quantifier():
            entries = facts.lists[node.entity]
            if entries is None:
                return unknown
            found = [of(*inner[0], one) for one in entries]
            if node.kind == "every":
                return conjunction(found)
            lowest, highest = found.count(True), len(found) - found.count(False)
            if node.kind == "at_most":
                return True if highest <= node.bound else False if lowest > node.bound else None
            return True if lowest >= node.bound else False if highest < node.bound else None
        case Compare():
            value = known(evaluate(node, facts, entry).value, unknown)
            return negation(value) if flip == (at, entry.id if entry else None) else value
        case _:
            assert_never(node)


def turns(node: Node) -> bool:
    """Return whether a condition holds because what is in it fails."""
    return isinstance(node, Not) or (isinstance(node, Quantifier) and node.kind == "at_most")


def known(value: bool | None, unknown: bool | None) -> bool | None:
    return unknown if value is None else value


def conjunction(values: list[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def negation(value: bool | None) -> bool | None:
    return None if value is None else not value


def every_way(
    node: Node, facts: Facts, unknown: bool | None, at: Path = ()
) -> Iterator[tuple[Path, Compare, bool | None]]:
    """Yield every comparison with every way to it, one of a definition as often as that is used.

    With each comes what it counts as where it is unknown.
    """
    if isinstance(node, Compare):
        yield at, node, unknown
    for steps, part in parts(node, facts.definitions):
        yield from every_way(part, facts, negation(unknown) if turns(node) else unknown, (*at, *steps))


def found_by(mattering: Mattering, node: Condition) -> set[tuple[Path, bool]]:
    return set(mattering.branches(node, ()))


def by_hand(node: Node, facts: Facts, unknown: bool | None = None) -> Iterator[tuple[Path, bool]]:
    """Yield what mattered: every comparison of every entry is turned round, and the condition is asked again."""
    whole = truth(node, facts, (), None, None, unknown)
    assert whole == known(evaluate(node, facts).value, unknown)  # the engine is the reference
    for way, leaf, counts in every_way(node, facts, unknown):
        for entry in (None, *(one for several in facts.lists.values() for one in several or ())):
            if "where" in way and (entry is None or entry not in quantified(node, way, facts)):
                continue
            if "where" not in way and entry is not None:
                continue
            value = known(evaluate(leaf, facts, entry).value, counts)
            turned = truth(node, facts, (), None, (way, entry.id if entry else None), unknown)
            if value is not None and None not in {whole, turned} and turned != whole:
                yield named(way), value


def named(way: Path) -> Path:
    """Return a way as a goal has it: of the definitions that it leads through it names the first and the last."""
    (_condition, steps), *through = segments(way)
    ends = [one for one, _steps in through[:1]] + [one for one, _steps in through[1:][-1:]]
    return (*steps, *(step for one in ends for step in ("holds", one)), *(through[-1][1] if through else ()))


def quantified(node: Node, way: Path, facts: Facts) -> tuple[Entry, ...]:
    """Return the entries that the quantifier on the way to a comparison ranges over."""
    for steps, part in parts(node, facts.definitions):
        if way[: len(steps)] == steps:
            if isinstance(node, Quantifier):
                return facts.lists[node.entity] or ()
            return quantified(part, way[len(steps) :], facts)
    raise AssertionError(way)


def conditions(criteria: Criteria) -> Iterator[tuple[Condition, bool]]:
    """Yield conditions of a set, each with whether it is about results."""
    for indicator in criteria.indicators.values():
        yield from ((one, False) for _severity, one in severity_conditions(indicator))
    for ladder in criteria.ladders.values():
        yield from ((rule.when, True) for rule in ladder.rules)


@settings(
    max_examples=max(10, settings().max_examples // 3),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_what_mattered_is_what_turns_the_condition_round(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    case = rules.case(data.draw(cases_of(rules.criteria)))
    facts = resolve(case, rules.criteria, DAY)
    found = find(facts, rules.criteria, DAY, control_states(case, DAY))
    results = with_results(facts, found, rate(found, rules.criteria.head), rules.criteria)
    for one, is_about_results in conditions(rules.criteria):
        read = results if is_about_results else facts
        for unknown in (None, True):
            wanted = set(by_hand(one, read, unknown))
            assert found_by(Mattering(read, unknown=unknown), one) == wanted
            assert found_by(Mattering(read, group_from=1, unknown=unknown), one) == wanted


GUESTS = "guest: [{id: a, fit: true, age: 30}, {id: b, fit: false, age: 80}, {id: c, fit: true}]"
FIT, ADULT = "{fact: guest.fit, is: true}", "{fact: guest.age, at_least: 18}"


@pytest.mark.parametrize(
    ("stated", "case", "wanted"),
    [
        # In a conjunction one part matters if all others hold.
        (
            "{all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}",
            "trip: {risky: true, alone: true}",
            2,
        ),
        (
            "{all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}",
            "trip: {risky: true, alone: false}",
            1,
        ),
        (
            "{all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}",
            "trip: {risky: false, alone: false}",
            0,
        ),
        # What is not known decides nothing, and beside it nothing else does.
        ("{all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}", "trip: {risky: true}", 0),
        ("{any_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}", "trip: {risky: false}", 0),
        # Of a list one entry matters if no other one makes it so: b is the only one that is not fit.
        (f"{{every: guest, where: {FIT}}}", GUESTS, 1),
        (f"{{some: guest, where: {FIT}}}", GUESTS, 0),
        (f"{{count: guest, where: {FIT}, at_least: 2}}", GUESTS, 1),  # a and c, both true
        (f"{{count: guest, where: {FIT}, at_least: 3}}", GUESTS, 1),  # b
        (f"{{count: guest, where: {FIT}, at_most: 1}}", GUESTS, 1),  # a and c
        (f"{{some: guest, where: {{all_of: [{FIT}, {ADULT}]}}}}", GUESTS, 0),  # nobody knows how old c is
        (f"{{some: guest, where: {FIT}}}", "guest: []", 0),
        (f"{{some: guest, where: {FIT}}}", "", 0),
    ],
)
def test_one_comparison_alone_decides(
    stated: str, case: str, wanted: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    facts = facts_from(criteria_from(tmp_path_factory.mktemp("set")), case)
    found = found_by(Mattering(facts), condition(stated))
    assert len(found) == wanted
    assert found == set(by_hand(condition(stated), facts))
