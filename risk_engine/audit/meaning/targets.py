"""What is compared between two versions: ladders and the bands of dimensions, as terms of both readings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from risk_engine.audit.proofs.steps import falls
from risk_engine.audit.proofs.watch import Watch, terms, words
from risk_engine.backends.symbolic.reading import Reading
from risk_engine.backends.symbolic.terms import Order, Term, at_most, both, either, negated, some
from risk_engine.engine.work import Worked
from risk_engine.language import _
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.meaning import Came, Direction

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

    def came(self, worked: Worked) -> Came:
        """Return what the engine came to."""
        *level, (_values, (lowest, highest)) = (words(one, worked) for one in self.watched)
        return Came(level=str(level[0][1][0]) if level else None, lowest=str(lowest), highest=str(highest))

    def places(self, worked: Worked) -> tuple[int, ...]:
        """Return the same as places in the order, to be compared."""
        return tuple(values.index(one) for values, found in (words(one, worked) for one in self.watched) for one in found)


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
    """Return whether a case comes out so under the later version against the earlier."""
    old = [one for watch in target.watched for one in terms(watch, before)]
    new = [one for watch in target.watched for one in terms(watch, after)]
    match direction:
        case "milder":
            return some(falls(one, other) for one, other in zip(old, new, strict=True))
        case "stricter":
            return some(falls(other, one) for one, other in zip(old, new, strict=True))
        case "skips":
            return either(some(_jumps(old[0], new[0])), some(_jumps(new[0], old[0])))
        case "opens":
            settled = negated(falls(old[-1], old[-2]))
            return both(settled, falls(new[-1], new[-2]))


def shows_unanswered(target: Target, before: Reading, after: Reading) -> Term:
    """Return whether a case is milder at its level or its strict end, whatever new questions leave open."""
    kept = (*(watch for watch in target.watched if watch.what == "level"),)
    levels = [falls(*(terms(watch, one)[0] for one in (before, after))) for watch in kept]
    most = [terms(target.watched[-1], one)[1] for one in (before, after)]
    return either(*levels, falls(*most))


def _jumps(low: Order, high: Order) -> Iterator[Term]:
    """Yield whether a value is two places or more above another one."""
    for place in range(len(low) - 2):
        yield both(at_most(low, place), high[place + 2])


def directions(target: Target, *, asks_more: bool) -> list[Direction]:
    """Return the questions about a target; that something opens is asked where the later version asks more."""
    if target.of != "ladder":
        return ["milder", "stricter"]
    return ["milder", "stricter", "skips", *(["opens"] if asks_more else [])]  # type: ignore[list-item]
