"""Where a case stands on each ladder of both versions, and how it moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from risk_engine.audit.impact.sides import Pair
from risk_engine.engine.propose import Proposed
from risk_engine.engine.work import Worked
from risk_engine.model.impact import Cause, Course, Direction, Move, Place, Role, Standing
from risk_engine.model.ladders import Ladder, Roles

ROLES: Final[tuple[Role, ...]] = get_args(Role)


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
        rules = () if _decides_alike(one, other) else (Cause(kind="rules"),)
        levels, is_in_order = _merged(tuple(one.levels), tuple(other.levels))
        order = {name: rank for rank, name in enumerate(levels)} if is_in_order else None
        made.append(LadderPair(role, before, after, levels, order, (*rules, *points)))
    return tuple(made)


def standings(worked: Worked) -> dict[str, Standing]:
    """Return where a case stands on each ladder of one version."""
    return {one.ladder: _standing(one, list(worked.criteria.ladders[one.ladder].levels)) for one in worked.proposed}


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
    if found == {"stricter"}:
        return "stricter"
    return "milder" if found == {"milder"} else "otherwise"


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
    found = direction_of(ranks(before, pair.order), ranks(after, pair.order))
    # The same level, but settled under one version and for reasons that may still change under the other.
    return "other" if found == "same" else found


def ranks(place: Place, order: Mapping[str, int]) -> tuple[int, int, int]:
    """Return how strict a place is: at least, as things stand, at most."""
    return order[place.mildest], order[place.level], order[place.strictest]


def _standing(one: Proposed, order: list[str]) -> Standing:
    ends = sorted((one.lowest, one.level, one.highest), key=order.index)
    place = Place(level=one.level, provisional=one.provisional, mildest=ends[0], strictest=ends[-1])
    return Standing(place=place, rule="otherwise" if one.rule is None else f"rules.{one.rule}")


def _named(roles: Roles, role: Role) -> str | None:
    return {"headline": roles.headline, "gate": roles.gate, "escalation": roles.escalation}[role]


def _decides_alike(one: Ladder, other: Ladder) -> bool:
    """Return whether two ladders decide alike whatever the findings; their words may differ."""
    rules = [
        [(rule.level, rule.provisional, rule.when) for rule in each.rules] + [each.otherwise.level]
        for each in (one, other)
    ]
    return rules[0] == rules[1] and tuple(one.levels) == tuple(other.levels)


def _merged(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Return all levels of two ladders and whether they are in order: one ladder then holds all of the other."""
    for longer, shorter in ((other, one), (one, other)):
        if tuple(name for name in longer if name in shorter) == shorter:
            return longer, True
    return (*other, *(name for name in one if name not in other)), False
