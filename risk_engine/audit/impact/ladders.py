"""Where a case stands on each ladder of both versions, and how it moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from risk_engine.audit.impact.stored_cases import Pair
from risk_engine.engine.propose import Proposed
from risk_engine.engine.work import Worked
from risk_engine.model.comparison import Cause, Course, Direction, Move, Place, Standing
from risk_engine.model.conditions import definitions_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.ladders import Ladder, Role, Roles

Ends: TypeAlias = tuple[int, int, int]
"""How strict a place is: at least, as things stand, at most."""
ROLES: Final[tuple[Role, ...]] = ("headline", "gate", "escalation")
_COURSES: Final[frozenset[Direction]] = frozenset(("stricter", "milder", "looser"))


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
    def may_be_looser(self) -> bool:
        """Whether only its strict end says that it is milder: it says whether a case may start, or the result."""
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
    names = [(role, _named(old.head.roles, role), _named(new.head.roles, role)) for role in ROLES]
    taken = {name for _role, *both in names for name in both}
    others = [(None, name, name) for name in new.ladders if name in old.ladders and name not in taken]
    for role, before, after in (*names, *others):
        if before is None or after is None:
            continue
        one, other = old.ladders[before], new.ladders[after]
        is_alike = _decides_alike(one, other) and _used(one, old) == _used(other, new)
        rules = () if is_alike else (Cause(kind="rules"),)
        levels, is_in_order = _merged(tuple(one.levels), tuple(other.levels))
        order = {name: rank for rank, name in enumerate(levels)} if is_in_order else None
        made.append(LadderPair(role, before, after, levels, order, (*rules, *points)))
    return tuple(made)


def standings(worked: Worked) -> dict[str, Standing]:
    """Return where a case stands on each ladder of one version."""
    return {one.ladder: _standing(one) for one in worked.proposed}


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
    if found == {"milder", "looser"}:
        return "milder"
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
    if pair.may_be_looser and _is_looser(was, now, has_other_rules=pair.has_other_rules):
        return "looser"
    found = direction_of(was, now)
    # The same level, but settled under one version and for reasons that may still change under the other.
    return "other" if found == "same" else found


def _is_looser(before: Ends, after: Ends, *, has_other_rules: bool) -> bool:
    """Return whether more is certain and nothing milder: of a level that was proposed meanwhile, or of the mild end.

    As `diff` says it: milder is what falls at the strict end, or a level that falls by other rules (decision 0030).
    """
    (low, level, high), (lowest, now, highest) = before, after
    if high != highest or now > level or (has_other_rules and now < level):
        return False
    return now < level or lowest < low


def ranks(place: Place, order: Mapping[str, int]) -> Ends:
    """Return how strict a place is: at least, as things stand, at most."""
    return order[place.mildest], order[place.level], order[place.strictest]


def _standing(one: Proposed) -> Standing:
    place = Place(level=one.level, provisional=one.provisional, mildest=one.lowest, strictest=one.highest)
    return Standing(place=place, rule="otherwise" if one.rule is None else f"rules.{one.rule}")


def _named(roles: Roles, role: Role) -> str | None:
    return roles.by_role.get(role)


def _decides_alike(one: Ladder, other: Ladder) -> bool:
    """Return whether two ladders decide alike whatever the findings; their words may differ."""
    rules = [
        [(rule.level, rule.provisional, rule.when) for rule in each.rules] + [each.otherwise.level]
        for each in (one, other)
    ]
    return rules[0] == rules[1] and tuple(one.levels) == tuple(other.levels)


def _used(ladder: Ladder, criteria: CriteriaSet) -> dict[str, object]:
    """Return the definitions that a ladder uses."""
    names = {name for rule in ladder.rules for name in definitions_in(rule.when, criteria.definitions)}
    return {one: criteria.definitions[one] for one in names}


def _merged(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Return all levels of two ladders and whether they are in order: one ladder then holds all of the other."""
    for longer, shorter in ((other, one), (one, other)):
        if tuple(name for name in longer if name in shorter) == shorter:
            return longer, True
    return (*other, *(name for name in one if name not in other)), False
