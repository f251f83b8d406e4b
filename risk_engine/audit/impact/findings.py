"""The findings of a case that came out differently under the new version, and what in the versions made it so."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from risk_engine.audit.impact.ladders import direction_of
from risk_engine.audit.impact.stored_cases import Pair
from risk_engine.engine.facts import Facts, Stated
from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked
from risk_engine.model.assessment import KnockOutBounds, SeverityBounds
from risk_engine.model.comparison import Cause, CauseKind, Direction, FindingMove, FindingState
from risk_engine.model.conditions import Compare, ParameterRef, definitions_in, facts_in, leaves
from risk_engine.model.criteria import CriteriaSet, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.references import conditions_of
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES, KnockOut

_WORDS: Final = {"question", "help", "evidence", "asked_of", "confidential", "changeable"}
"""What the declaration of a fact says to people; no rule reads it."""


class Causes:
    """Tells why a finding came out differently; what depends on the two versions alone is worked out once."""

    def __init__(self, pair: Pair) -> None:
        self.before = pair.before.criteria
        self.after = pair.after.criteria
        self._known: dict[str, tuple[Cause, ...]] = {}

    def of(self, indicator: str, before: Worked, after: Worked, apart: Mapping[str, CauseKind]) -> tuple[Cause, ...]:
        """Return the causes for an indicator in a case; `apart` says of paths that they are newly asked, or refused."""
        old, new = self.before.indicators.get(indicator), self.after.indicators.get(indicator)
        if old is None or new is None:
            return (Cause(kind="indicator_new" if old is None else "indicator_gone"),)
        if indicator not in self._known:
            self._known[indicator] = tuple(self._of_versions(old, new))
        is_in_force_alike = old.effective.covers(before.on) == new.effective.covers(after.on)
        found = [
            *([] if is_in_force_alike else [Cause(kind="in_force")]),
            *self._known[indicator],
            *self._of_parameters(old, new, before.facts, after.facts),
            *_of_values(sorted(_facts(new, self.after)), before.facts, after.facts, apart),
        ]
        return tuple(dict.fromkeys(found))

    def _of_versions(self, old: Indicator, new: Indicator) -> Iterator[Cause]:
        was, now = dict(severity_conditions(old)), dict(severity_conditions(new))
        yield from (Cause(kind="severity", name=one) for one in SEVERITIES if was.get(one) != now.get(one))
        barred: dict[KnockOut, object] = dict(knock_out_conditions(old))
        bars: dict[KnockOut, object] = dict(knock_out_conditions(new))
        yield from (Cause(kind="knock_out", name=one) for one in KNOCK_OUTS if barred.get(one) != bars.get(one))
        if old.controls != new.controls:
            yield Cause(kind="controls")
        for name in dict.fromkeys((*_definitions(old, self.before), *_definitions(new, self.after))):
            if self.before.definitions.get(name) != self.after.definitions.get(name):
                yield Cause(kind="definition", name=name)
        for name in sorted(_facts(old, self.before) & _facts(new, self.after)):
            if _meaning(name, self.before) != _meaning(name, self.after):
                yield Cause(kind="fact", name=name)

    def _of_parameters(self, old: Indicator, new: Indicator, before: Facts, after: Facts) -> Iterator[Cause]:
        """Yield the parameters that the indicator reads under both versions and that differ on the day."""
        read = _parameters(old, self.before)
        for name in _parameters(new, self.after):
            was, now = before.parameters.get(name), after.parameters.get(name)
            if name in read and was != now:
                yield Cause(kind="parameter", name=name, before=_text(was), after=_text(now))


def _of_values(names: list[str], before: Facts, after: Facts, apart: Mapping[str, CauseKind]) -> Iterator[Cause]:
    """Yield the facts of the case that come to something else, and those that are newly asked or refused."""
    for name in names:
        entity, _dot, short = name.partition(".")
        if entity in apart:
            yield Cause(kind=apart[entity], name=entity)
        was, now = (_values(each, entity, short) for each in (before, after))
        for entry, value in now.items():
            path = ".".join(part for part in (entity, entry, short) if part is not None)
            if path in apart:
                yield Cause(kind=apart[path], name=path)
            elif entry in was and was[entry] != value:
                yield Cause(kind="value", name=path)


def _values(facts: Facts, entity: str, short: str) -> dict[str | None, Stated]:
    entries = (facts.single[entity],) if entity in facts.single else facts.lists.get(entity) or ()
    return {one.id: one.values.get(short) for one in entries}


def _facts(indicator: Indicator, criteria: CriteriaSet) -> frozenset[str]:
    return frozenset().union(*(facts_in(one, criteria.definitions) for one in conditions_of(indicator)))


def _definitions(indicator: Indicator, criteria: CriteriaSet) -> tuple[str, ...]:
    return tuple(one for each in conditions_of(indicator) for one in definitions_in(each, criteria.definitions))


def _parameters(indicator: Indicator, criteria: CriteriaSet) -> tuple[str, ...]:
    wanted = (
        leaf.operand
        for each in conditions_of(indicator)
        for leaf, _inside in leaves(each, criteria.definitions)
        if isinstance(leaf, Compare)
    )
    return tuple(dict.fromkeys(one.parameter for one in wanted if isinstance(one, ParameterRef)))


def _meaning(name: str, criteria: CriteriaSet) -> dict[str, Any]:
    """Return what the declaration of a fact means to rules: of its options the names and their order."""
    stated = criteria.fact(name).model_dump(exclude=_WORDS)
    return {key: tuple(value) if key == "options" else value for key, value in stated.items()}


def _text(value: object) -> str:
    match value:
        case None:
            return "–"
        case tuple():
            return ", ".join(map(str, value)) or "[]"
        case _:
            return str(value)


_NOTHING = (0, 0, 0, 0, 0, 0)


def finding_moves(
    before: Worked, after: Worked, causes: Causes, apart: Mapping[str, CauseKind]
) -> Iterator[FindingMove]:
    """Yield the findings that changed, in the order of the new version; those that it has no more come last."""
    was, now = ({one.id: one for one in each.found} for each in (before, after))
    for name in {**now, **was}:
        old, new = was.get(name), now.get(name)
        ranks = _ranks(old), _ranks(new)
        if ranks[0] != ranks[1]:
            yield FindingMove(
                id=name,
                before=_state(old),
                after=_state(new),
                direction=_direction(*ranks),
                causes=causes.of(name, before, after, apart),
            )


def _direction(before: tuple[int, ...], after: tuple[int, ...]) -> Direction:
    found = direction_of(before, after)
    return "other" if found in {"wider", "narrower"} else found


def _ranks(found: Found | None) -> tuple[int, ...]:
    """Return how grave a finding is in numbers: before and after controls, and what it bars; at least and at most."""
    if found is None:  # what is absent and what nobody looked for weigh the same
        return _NOTHING
    severities = (found.inherent, found.possible, *found.residual)
    return (*map(SEVERITIES.index, severities), *map(KNOCK_OUTS.index, found.knock_out))


def _state(found: Found | None) -> FindingState | None:
    if found is None:
        return None
    low, high = found.residual
    bars, may_bar = found.knock_out
    return FindingState(
        outcome=found.outcome,
        severity=SeverityBounds(at_least=found.inherent, at_most=found.possible),
        residual=SeverityBounds(at_least=low, at_most=high),
        knock_out=KnockOutBounds(at_least=bars, at_most=may_bar),
    )
