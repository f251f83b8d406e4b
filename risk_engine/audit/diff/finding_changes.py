"""Which findings two versions can see differently: what no finding shows, no ladder that asks alike can show."""

from collections.abc import Iterator, Sequence
from typing import Any

from risk_engine.audit.proofs.monotone import rises_with_findings, rising_points
from risk_engine.audit.proofs.steps import falls
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts
from risk_engine.model.changes import Shift
from risk_engine.model.conditions import Compare, ParameterRef, Quantifier, definitions_in, leaves
from risk_engine.model.criteria import CriteriaSet, Indicator
from risk_engine.model.facts import orders_of
from risk_engine.model.profile import parameters_on
from risk_engine.model.references import ABSENT, result_entities
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.solver.confirm import FINDING, Watch, terms
from risk_engine.solver.reading import Reading
from risk_engine.solver.terms import Order, Term, constant, negated, same, some


def same_rules(ladder: str, before: CriteriaSet, after: CriteriaSet) -> bool:
    """Return whether a ladder has the same rules in both versions, with all that they use."""
    rules = [
        [(rule.level, rule.provisional, rule.when) for rule in criteria.ladders[ladder].rules]
        for criteria in (before, after)
    ]
    used = {
        name
        for criteria in (before, after)
        for rule in criteria.ladders[ladder].rules
        for name in definitions_in(rule.when, criteria.definitions)
    }
    ends = [(list(one.ladders[ladder].levels), one.ladders[ladder].otherwise.level) for one in (before, after)]
    return (
        rules[0] == rules[1]
        and ends[0] == ends[1]
        and all(before.definitions.get(one) == after.definitions.get(one) for one in used)
        and all(before.parameters[one].values == after.parameters[one].values for one in _parameters(ladder, before))
    )


def _parameters(ladder: str, criteria: CriteriaSet) -> Iterator[str]:
    """Yield the parameters that the rules of a ladder compare with."""
    for rule in criteria.ladders[ladder].rules:
        for leaf, _inside in leaves(rule.when, criteria.definitions):
            if isinstance(leaf, Compare) and isinstance(wanted := leaf.operand, ParameterRef):
                yield wanted.parameter


def same_ladders(before: CriteriaSet, after: CriteriaSet) -> bool:
    """Return whether results differ only where findings do: points, ladders, dimensions and grounds are the same."""
    if set(before.ladders) != set(after.ladders) or not same_sums(before, after):
        return False
    return all(same_rules(one, before, after) for one in before.ladders)


def same_sums(before: CriteriaSet, after: CriteriaSet) -> bool:
    """Return whether findings count alike: points, dimensions, and the dimension and ground of each indicator."""
    if before.head.severity != after.head.severity:
        return False
    sums = [{name: set(one.head.rated_under(name)) for name in one.head.dimensions} for one in (before, after)]
    if sums[0] != sums[1]:
        return False
    moved = [
        name
        for name, one in before.indicators.items()
        if name in after.indicators and _counted(one) != _counted(after.indicators[name])
    ]
    return not moved


def _counted(indicator: Indicator) -> tuple[Any, ...]:
    """Return all that says where and how a finding counts, beside its severities."""
    return indicator.dimension, indicator.ground, indicator.points


def notices_absent(ladder: str, reading: Reading) -> bool:
    """Return whether it may matter to a ladder that there is a finding at all, though nothing of it is there.

    `every` counts it, and so does what asks for something mild; then a new indicator changes more than its finding.
    """
    criteria = reading.criteria
    entities = result_entities(criteria)
    over = Facts(
        on=reading.on,
        single={},
        lists={},
        orders=orders_of(entities),
        parameters=parameters_on(criteria, reading.on, None),
        definitions=criteria.definitions,
        origins={},
        asks={},
    )
    absent = Entry("absent", {**dict.fromkeys(entities["finding"].facts), **ABSENT})
    for rule in criteria.ladders[ladder].rules:
        for node, _inside in leaves(rule.when, criteria.definitions):
            if isinstance(node, Quantifier) and node.entity == "finding":
                told = evaluate(node.where, over, absent).value
                if told is not (node.kind == "every"):
                    return True
    return False


def is_rising(before: CriteriaSet, ladder: str | None) -> bool:
    """Return whether a ladder, or without one every dimension, never falls where no finding falls; by its form."""
    return (
        rising_points(before.head.severity) if ladder is None else rises_with_findings(before.ladders[ladder], before)
    )


class Findings:
    """The findings of two versions, side by side; what one of them does not have is never there."""

    def __init__(self, before: Reading, after: Reading, dimension: str | None = None) -> None:
        """Take what both versions make of the same cases, of one dimension or of all."""
        self.before = before
        self.after = after
        self.names = tuple(
            name
            for one in (before, after)
            for name in one.in_force
            if dimension is None or one.criteria.indicators[name].dimension in one.criteria.head.rated_under(dimension)
        )

    def fall(self) -> Term:
        """Return whether anything that counts of a finding is lower under the later version, at either end."""
        return some(falls(one, other) for name in dict.fromkeys(self.names) for one, other in self._ends(name))

    def rise(self) -> Term:
        """Return whether anything that counts of a finding is higher under the later version, at either end."""
        return some(falls(other, one) for name in dict.fromkeys(self.names) for one, other in self._ends(name))

    def differ(self) -> Term:
        """Return whether any finding comes out otherwise, also where it is only open or not."""
        return some(map(self._differs, dict.fromkeys(self.names)))

    def different(self) -> frozenset[str]:
        """Return the findings that may come out otherwise: those that are not the same terms in both."""
        return frozenset(name for name in self.names if self._differs(name) is not False)

    def _differs(self, name: str) -> Term:
        ends = [*self._ends(name), self._open(name)]
        return some(negated(same(*places)) for pair in ends for places in zip(*pair, strict=True))

    def _ends(self, name: str) -> Iterator[tuple[Order, Order]]:
        for what in FINDING:
            values = KNOCK_OUTS if what == "knock_out" else SEVERITIES
            never = constant(0, len(values))
            sides = [
                terms(Watch("finding", name, what), one) if name in one.in_force else (never, never)
                for one in (self.before, self.after)
            ]
            yield from zip(*sides, strict=True)

    def _open(self, name: str) -> tuple[Order, Order]:
        one, other = (
            terms(Watch("finding", name, "open"), side)[0] if name in side.in_force else (True, False)
            for side in (self.before, self.after)
        )
        return one, other


def only_bars_more(ladder: str, before: CriteriaSet, after: CriteriaSet, shifts: Sequence[Shift]) -> bool:
    """Return whether a ladder that is not claimed to be monotone can fall only because some finding rises.

    Its rules and what they count are the same, no indicator is gone or has other days, and no finding can be lower: a
    case that no longer goes to a committee then has a graver finding, which the ladders that are claimed show.
    """
    is_there_alike = all(
        name in after.indicators and after.indicators[name].effective == one.effective
        for name, one in before.indicators.items()
    )
    fallen = any(one.of.startswith("finding") and one.direction == "milder" for one in shifts)
    return is_there_alike and not fallen and same_sums(before, after) and same_rules(ladder, before, after)
