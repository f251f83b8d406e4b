"""How a case moved between two versions: on each ladder, in each finding, and what in the versions made it so."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from risk_engine.audit.diff.edits import decide_alike
from risk_engine.audit.impact.stored_cases import Pair
from risk_engine.engine.facts import Facts, Stated
from risk_engine.engine.find import Found
from risk_engine.model.assessment import KnockOutBounds, SeverityBounds
from risk_engine.model.comparison import (
    Cause,
    CauseKind,
    Course,
    Direction,
    FindingMove,
    FindingState,
    Move,
    Place,
    Standing,
    paired_ladders,
)
from risk_engine.model.criteria import Criteria, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.ladders import Role
from risk_engine.model.references import reads_of_indicators
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES, KnockOut, Outcome, Severity


class Graded(NamedTuple):
    """How grave a finding is; pairs are (at least, at most)."""

    outcome: Outcome
    inherent: Severity
    possible: Severity
    residual: tuple[Severity, Severity]
    knock_out: tuple[KnockOut, KnockOut]


Ends: TypeAlias = tuple[int, int, int]
"""How strict a place is: at least, as things stand, at most."""
_MEANWHILE: Final[tuple[tuple[Course, Direction], ...]] = (("milder", "looser"), ("stricter", "tighter"))
_COURSES: Final[frozenset[Direction]] = frozenset(("stricter", "milder", "looser", "tighter"))


@dataclass(frozen=True)
class LadderPair:
    """A ladder of both versions under its new name; `order` is that of all levels, mildest first.

    Where each version has levels that the other has not, nobody can say which is stricter: there is no order then.
    """

    role: Role | None
    before: str
    after: str
    levels: tuple[str, ...]
    order: Mapping[str, int] | None
    causes: tuple[Cause, ...]

    @property
    def decides(self) -> bool:
        """Whether only its strict end says that it is milder, or stricter: whether a case may start, or the result."""
        return self.role in {"gate", "headline"}

    @property
    def has_other_rules(self) -> bool:
        """Whether a rule for cases that are still open may be gone."""
        return any(one.kind == "rules" for one in self.causes)


def ladder_pairs(pair: Pair) -> tuple[LadderPair, ...]:
    """Return the ladders that both versions have, by their role, else by their name."""
    old, new = pair.before.criteria, pair.after.criteria
    made: list[LadderPair] = []
    points = () if old.head.severity == new.head.severity else (Cause(kind="points"),)
    for role, before, after in paired_ladders(old, new):
        one, other = old.ladders[before], new.ladders[after]
        rules = () if decide_alike(one, other, old, new) else (Cause(kind="rules"),)
        levels, is_in_order = _merged(tuple(one.levels), tuple(other.levels))
        order = {name: rank for rank, name in enumerate(levels)} if is_in_order else None
        made.append(LadderPair(role, before, after, levels, order, (*rules, *points)))
    return tuple(made)


def moves(pairs: Sequence[LadderPair], before: Mapping[str, Standing], after: Mapping[str, Standing]) -> list[Move]:
    """Return how a case moved on every ladder that both versions have."""
    made: list[Move] = []
    for pair in pairs:
        old, new = before[pair.before], after[pair.after]
        direction = _direction(pair, old.place, new.place)
        causes = () if direction == "same" else pair.causes
        made.append(Move(ladder=pair.after, before=old, after=new, direction=direction, causes=causes))
    return made


def course(directions: Sequence[Direction]) -> Course:
    """Return how a case moved, from how it moved on each ladder."""
    found = set(directions) - {"same"}
    if not found:
        return "same"
    for moved, meanwhile in _MEANWHILE:
        if found == {moved, meanwhile}:
            return moved
    return found.pop() if len(found) == 1 and found < _COURSES else "otherwise"  # type: ignore[return-value]


def direction_of(before: Sequence[int], after: Sequence[int]) -> Direction:
    """Return how bounds moved, the lowest first: each may rise, fall or stay."""
    if before == after:
        return "same"
    rose = [new > old for old, new in zip(before, after, strict=True)]
    fell = [new < old for old, new in zip(before, after, strict=True)]
    if not any(fell):
        return "stricter"
    if not any(rose):
        return "milder"
    if fell[0] and rose[-1]:
        return "wider"
    return "narrower" if rose[0] and fell[-1] else "other"


def _direction(pair: LadderPair, before: Place, after: Place) -> Direction:
    if before == after:
        return "same"
    if pair.order is None:
        return "other"
    was, now = ranks(before, pair.order), ranks(after, pair.order)
    if pair.decides and _falls_meanwhile(was, now, has_other_rules=pair.has_other_rules):
        return "looser"
    if pair.decides and _falls_meanwhile(now, was, has_other_rules=pair.has_other_rules):
        return "tighter"
    found = direction_of(was, now)
    # The same level, but settled under one version and for reasons that may still change under the other.
    return "other" if found == "same" else found


def _falls_meanwhile(before: Ends, after: Ends, *, has_other_rules: bool) -> bool:
    """Return whether nothing is milder and a level that is proposed meanwhile falls, or else the mild end.

    As `diff` says it: milder is what falls at the strict end, or a level that falls by other rules (decision 0111).
    """
    (low, level, high), (lowest, now, highest) = before, after
    if high != highest or now > level or (has_other_rules and now < level):
        return False
    return now < level or lowest < low


def ranks(place: Place, order: Mapping[str, int]) -> Ends:
    """Return how strict a place is: at least, as things stand, at most."""
    return order[place.mildest], order[place.level], order[place.strictest]


def _merged(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Return all levels of two ladders and whether they are in order: one ladder then holds all of the other."""
    for longer, shorter in ((other, one), (one, other)):
        if tuple(name for name in longer if name in shorter) == shorter:
            return longer, True
    return (*other, *(name for name in one if name not in other)), False


_WORDS: Final = {"question", "help", "evidence", "asked_of", "confidential", "changeable"} | {
    *("was", "deprecated", "deprecated_options")
}
"""What the declaration of a fact says to people, of its names and of its end; no rule reads it."""


class Causes:
    """Tells why a finding came out differently; what depends on the two versions alone is worked out once."""

    def __init__(self, pair: Pair) -> None:
        self.before = pair.before.criteria
        self.after = pair.after.criteria
        self._reads = [reads_of_indicators(one) for one in (self.before, self.after)]
        self._known: dict[str, tuple[Cause, ...]] = {}

    def of(
        self, indicator: str, both: Callable[[], tuple[Facts, Facts]], apart: Mapping[str, CauseKind]
    ) -> tuple[Cause, ...]:
        """Return the causes for an indicator in a case, of which `both` returns the facts before and after.

        `apart` says of paths that they are newly asked, or refused.
        """
        old, new = self.before.indicators.get(indicator), self.after.indicators.get(indicator)
        if old is None or new is None:
            return (Cause(kind="indicator_new" if old is None else "indicator_gone"),)
        if indicator not in self._known:
            self._known[indicator] = tuple(self._of_versions(indicator, old, new))
        before, after = both()
        is_in_force_alike = old.effective.covers(before.on) == new.effective.covers(after.on)
        found = [
            *([] if is_in_force_alike else [Cause(kind="in_force")]),
            *self._known[indicator],
            *self._of_parameters(indicator, before, after),
            *_of_values(sorted(self._reads[1][indicator].facts), before, after, apart),
        ]
        return tuple(dict.fromkeys(found))

    def _of_versions(self, indicator: str, old: Indicator, new: Indicator) -> Iterator[Cause]:
        was, now = dict(severity_conditions(old)), dict(severity_conditions(new))
        yield from (Cause(kind="severity", name=one) for one in SEVERITIES if was.get(one) != now.get(one))
        barred: dict[KnockOut, object] = dict(knock_out_conditions(old))
        bars: dict[KnockOut, object] = dict(knock_out_conditions(new))
        yield from (Cause(kind="knock_out", name=one) for one in KNOCK_OUTS if barred.get(one) != bars.get(one))
        if old.controls != new.controls:
            yield Cause(kind="controls")
        read, reads = (one[indicator] for one in self._reads)
        for name in dict.fromkeys((*self.after.definitions, *self.before.definitions)):
            is_read = name in read.definitions or name in reads.definitions
            if is_read and self.before.definitions.get(name) != self.after.definitions.get(name):
                yield Cause(kind="definition", name=name)
        for name in sorted(read.facts & reads.facts):
            if _meaning(name, self.before) != _meaning(name, self.after):
                yield Cause(kind="fact", name=name)

    def _of_parameters(self, indicator: str, before: Facts, after: Facts) -> Iterator[Cause]:
        """Yield the parameters that the indicator reads under both versions and that differ on the day."""
        read, reads = (one[indicator].parameters for one in self._reads)
        for name in sorted(read & reads):
            was, now = before.parameters.get(name), after.parameters.get(name)
            if was != now:
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


def _meaning(name: str, criteria: Criteria) -> dict[str, Any]:
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


def graded(found: Iterable[Found]) -> dict[str, Graded]:
    """Return how grave each finding is."""
    return {one.id: Graded(one.outcome, one.inherent, one.possible, one.residual, one.knock_out) for one in found}


def finding_moves(
    was: Mapping[str, Graded], now: Mapping[str, Graded], why: Callable[[str], tuple[Cause, ...]]
) -> Iterator[FindingMove]:
    """Yield the findings that changed, in the order of the new version; those that it has no more come last.

    Both are by indicator in force; `why` returns the causes for one.
    """
    for name in {**now, **was}:
        old, new = was.get(name), now.get(name)
        if old != new and (ranks := (_ranks(old), _ranks(new)))[0] != ranks[1]:
            yield FindingMove(
                id=name,
                before=_state(old),
                after=_state(new),
                direction=_direction_of_finding(*ranks),
                causes=why(name),
            )


def _direction_of_finding(before: tuple[int, ...], after: tuple[int, ...]) -> Direction:
    found = direction_of(before, after)
    return "other" if found in {"wider", "narrower"} else found


def _ranks(found: Graded | None) -> tuple[int, ...]:
    """Return how grave a finding is in numbers: before and after controls, and what it bars; at least and at most."""
    if found is None:  # what is absent and what nobody looked for weigh the same
        return _NOTHING
    severities = (found.inherent, found.possible, *found.residual)
    return (*map(SEVERITIES.index, severities), *map(KNOCK_OUTS.index, found.knock_out))


def _state(found: Graded | None) -> FindingState | None:
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
