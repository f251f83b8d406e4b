"""What is compared between two versions: ladders and the bands of dimensions, as terms of both readings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from risk_engine.audit.proofs.steps import falls
from risk_engine.audit.proofs.watch import Watch, terms, words
from risk_engine.backends.symbolic.reading import Reading
from risk_engine.backends.symbolic.terms import Order, Term, at_most, both, either, negated, same, some
from risk_engine.engine.work import Worked
from risk_engine.language import _
from risk_engine.model.conditions import definitions_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.meaning import DIRECTIONS, Came, Direction

Of: TypeAlias = Literal["ladder", "inherent", "residual"]


@dataclass(frozen=True)
class Target:
    """Something that two versions come to and that can be compared."""

    of: Of
    name: str

    @property
    def watched(self) -> list[Watch]:
        """What is looked at."""
        match self.of:
            case "ladder":
                return [Watch("ladder", self.name, "level"), Watch("ladder", self.name, "range")]
            case "inherent":
                return [Watch("dimension", self.name, "inherent_band")]
            case "residual":
                return [Watch("dimension", self.name, "residual_band")]

    @property
    def ends(self) -> list[tuple[Watch, int]]:
        """What is compared: of a ladder its level first; then the mild and the strict end."""
        *level, both_ends = self.watched
        return [*((one, 0) for one in level), (both_ends, 0), (both_ends, 1)]

    def came(self, worked: Worked) -> Came:
        """Return what the engine came to."""
        *level, (_values, (lowest, highest)) = (words(one, worked) for one in self.watched)
        return Came(level=str(level[0][1][0]) if level else None, lowest=str(lowest), highest=str(highest))

    def places(self, worked: Worked) -> tuple[int, ...]:
        """Return the same as places in the order, to be compared."""
        return tuple(
            values.index(one) for values, found in (words(one, worked) for one in self.watched) for one in found
        )


def targets(before: CriteriaSet, after: CriteriaSet) -> tuple[list[Target], list[str]]:
    """Return what can be compared between two versions, the decisions first, and what cannot, as sentences."""
    found: list[Target] = []
    not_compared: list[str] = []
    for name in dict.fromkeys((*before.ladders, *after.ladders)):
        if name not in before.ladders or name not in after.ladders:
            not_compared.append(_("the ladder `{name}` is in one of the versions only", name=name))
        elif list(before.ladders[name].levels) != list(after.ladders[name].levels):
            not_compared.append(_("the ladder `{name}` has other levels", name=name))
        else:
            found.append(Target("ladder", name))
    if list(before.head.severity.bands) != list(after.head.severity.bands):
        return found, [*not_compared, _("the bands of dimensions are others")]
    for name in dict.fromkeys((*before.head.dimensions, *after.head.dimensions)):
        if name not in before.head.dimensions or name not in after.head.dimensions:
            not_compared.append(_("the dimension `{name}` is in one of the versions only", name=name))
        else:
            found += [Target("inherent", name), Target("residual", name)]
    return found, not_compared


def happens(target: Target, direction: Direction, before: Reading, after: Reading) -> Term:
    """Return whether a case comes out so under the later version against the earlier.

    Milder is what falls at its strict end, so in a case with every answer the result itself. The mild end, and a level
    that is proposed because answers are missing, can fall only because more is certain: that is `looser`, unless the
    rules of the ladder are others.
    """
    *level, least, most = [_pair(watch, place, before, after) for watch, place in target.ends]
    match direction:
        case "milder":
            counted = level if not _same_rules(target, before.criteria, after.criteria) else []
            return some(falls(*one) for one in (*counted, most))
        case "looser":
            return some(falls(*one) for one in (*level, least))
        case "stricter":
            return some(falls(*one[::-1]) for one in (*level, least, most))
        case "skips":
            return either(some(_jumps(*level[0])), some(_jumps(*level[0][::-1])))
        case "opens":
            return both(negated(falls(most[0], least[0])), falls(most[1], least[1]))


def happens_anyway(target: Target, direction: Direction, before: Reading, after: Reading) -> Term:
    """Return whether it happens whatever new questions leave open: at the end of the range that they do not move."""
    *_level, least, most = [_pair(watch, place, before, after) for watch, place in target.ends]
    match direction:
        case "milder":
            return falls(*most)
        case "skips":
            return either(some(_jumps(*least)), some(_jumps(*most[::-1])))
        case _:
            return falls(*least[::-1])


def findings_differ(before: Reading, after: Reading) -> Term:
    """Return whether any finding comes out otherwise; where none does, only other rules can make a difference."""
    if before.criteria.head.severity != after.criteria.head.severity:
        return True
    if set(before.in_force) != set(after.in_force):
        return True
    rules = all(
        _same_rules(Target("ladder", name), before.criteria, after.criteria) for name in before.criteria.ladders
    )
    if not rules:
        return True
    found = []
    for name in before.in_force:
        one, other = before.finding(name), after.finding(name)
        if one.indicator.dimension != other.indicator.dimension or one.indicator.ground != other.indicator.ground:
            return True
        pairs = [(one.inherent, other.inherent), (one.possible, other.possible)]
        pairs += [*zip(one.residual, other.residual, strict=True), *zip(one.knock_out, other.knock_out, strict=True)]
        found += [negated(same(*ends)) for pair in pairs for ends in zip(*pair, strict=True)]
        found.append(negated(same(one.is_open, other.is_open)))
    return some(found)


def _pair(watch: Watch, place: int, before: Reading, after: Reading) -> tuple[Order, Order]:
    return terms(watch, before)[place], terms(watch, after)[place]


def _same_rules(target: Target, before: CriteriaSet, after: CriteriaSet) -> bool:
    """Return whether a ladder has the same rules in both versions, with all that they use."""
    if target.of != "ladder":
        return True
    one, other = (
        [(rule.level, rule.provisional, rule.when) for rule in criteria.ladders[target.name].rules]
        for criteria in (before, after)
    )
    used = {
        name
        for criteria in (before, after)
        for rule in criteria.ladders[target.name].rules
        for name in definitions_in(rule.when, criteria.definitions)
    }
    return one == other and all(before.definitions.get(name) == after.definitions.get(name) for name in used)


def _jumps(low: Order, high: Order) -> Iterator[Term]:
    """Yield whether a value is two places or more above another one."""
    for place in range(len(low) - 2):
        yield both(at_most(low, place), high[place + 2])


def directions(target: Target, *, asks_more: bool) -> list[Direction]:
    """Return the questions about a target; that something opens is asked where the later version asks more."""
    if target.of != "ladder":
        return ["milder", "stricter"]
    return [one for one in DIRECTIONS if one != "opens" or asks_more]
