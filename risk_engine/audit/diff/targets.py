"""What is compared between two versions: ladders, dimensions and findings, as terms and as what a case came to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from risk_engine.audit.diff.finding_changes import same_rules
from risk_engine.audit.proofs.monotone import claimed
from risk_engine.audit.proofs.steps import falls
from risk_engine.engine.work import Worked
from risk_engine.files.language import _
from risk_engine.model.changes import DIRECTIONS, Came, Direction, Moved, Of
from risk_engine.model.criteria import CriteriaSet
from risk_engine.solver.confirm import Watch, terms, words
from risk_engine.solver.reading import Reading
from risk_engine.solver.terms import Order, Term, at_most, both, either, negated, some

_OF_FINDING: tuple[Of, ...] = ("finding_severity", "finding_residual", "finding_knock_out")


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
            case "finding_severity":
                return [Watch("finding", self.name, "severity")]
            case "finding_residual":
                return [Watch("finding", self.name, "residual")]
            case "finding_knock_out":
                return [Watch("finding", self.name, "knock_out")]
            case _:
                assert_never(self.of)

    def is_there(self, *readings: Reading) -> bool:
        """Return whether both versions can come to it on their day: an indicator must be in force."""
        return not self.of.startswith("finding") or all(self.name in one.in_force for one in readings)

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
    # As in every report: whether it may start comes first, then the result.
    for name in dict.fromkeys((*claimed(after), *before.ladders, *after.ladders)):
        if name not in before.ladders or name not in after.ladders:
            not_compared.append(_("the ladder `{name}` is in one of the versions only", name=name))
        elif list(before.ladders[name].levels) != list(after.ladders[name].levels):
            not_compared.append(_("the ladder `{name}` has other levels", name=name))
        else:
            found.append(Target("ladder", name))
    findings = [Target(of, name) for name in before.indicators if name in after.indicators for of in _OF_FINDING]
    if list(before.head.severity.bands) != list(after.head.severity.bands):
        return [*found, *findings], [*not_compared, _("the bands of dimensions are others")]
    for name in dict.fromkeys((*before.head.dimensions, *after.head.dimensions)):
        if name not in before.head.dimensions or name not in after.head.dimensions:
            not_compared.append(_("the dimension `{name}` is in one of the versions only", name=name))
        else:
            found += [Target("inherent", name), Target("residual", name)]
    return [*found, *findings], not_compared


def happens(target: Target, direction: Direction, before: Reading, after: Reading) -> Term:
    """Return whether a case comes out so under the later version against the earlier.

    Milder is what falls at its strict end, so in a case with every answer the result itself. The mild end, and a level
    that is proposed because answers are missing, can fall only because more is certain: that is `looser`, unless the
    rules of the ladder are others.
    """
    *level, least, most = [_pair(watch, place, before, after) for watch, place in target.ends]
    match direction:
        case "milder":
            return some(falls(*one) for one in _counted(target, before.criteria, after.criteria, [*level, least, most]))
        case "looser":
            is_milder = happens(target, "milder", before, after)
            return both(negated(is_milder), some(falls(*one) for one in (*level, least)))
        case "stricter":
            return some(falls(*one[::-1]) for one in (*level, least, most))
        case "skips":
            return either(some(_jumps(*level[0])), some(_jumps(*level[0][::-1])))
        case "opens":
            return both(negated(falls(most[0], least[0])), falls(most[1], least[1]))


def _counted(
    target: Target, before: CriteriaSet, after: CriteriaSet, ends: list[tuple[Order, Order]]
) -> list[tuple[Order, Order]]:
    """Return what counts as milder where it falls."""
    if target.of != "ladder":
        return ends
    if target.name not in claimed(after):
        return ends  # no rule of it is claimed to be monotone, so what falls is told as it is
    return [ends[-1]] if same_rules(target.name, before, after) else [ends[0], ends[-1]]


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


def _pair(watch: Watch, place: int, before: Reading, after: Reading) -> tuple[Order, Order]:
    return terms(watch, before)[place], terms(watch, after)[place]


def _jumps(low: Order, high: Order) -> Iterator[Term]:
    """Yield whether a value is two places or more above another one."""
    for place in range(len(low) - 2):
        yield both(at_most(low, place), high[place + 2])


def directions(target: Target, after: CriteriaSet, *, asks_more: bool) -> list[Direction]:
    """Return the questions about a target; that something opens is asked where the later version asks more."""
    if target.of != "ladder":
        return ["milder", "stricter"]
    left_out = {"opens"} if not asks_more else set()
    if target.name not in claimed(after):
        left_out |= {"looser", "opens"}
    return [one for one in DIRECTIONS if one not in left_out]


_SKIPS = 2
Places = tuple[int, ...]


def classify(old: Worked, new: Worked) -> Iterator[Moved]:
    """Yield every ladder that comes out otherwise in a case under the later version, as the reports order ladders."""
    found, _not_compared = targets(old.criteria, new.criteria)
    is_asked_anew = lacks_new_answers(old.criteria, new)
    for one in found:
        # An indicator that is out of force on the day has no place; a ladder always has.
        if one.of != "ladder":
            continue
        was, now = one.places(old), one.places(new)
        if was != now:
            called = tuple(_called(one, old.criteria, new.criteria, (was, now), is_asked_anew=is_asked_anew))
            yield Moved(ladder=one.name, before=one.came(old), after=one.came(new), directions=called)


def lacks_new_answers(before: CriteriaSet, after: Worked) -> bool:
    """Return whether something is open in a case for want of an answer that only the later version asks for."""
    return any(
        read.entity not in before.entities
        or (read.fact is not None and read.fact not in before.entities[read.entity].facts)
        for found in after.found
        if found.open
        for read in found.missing
    )


def _called(
    target: Target, before: CriteriaSet, after: CriteriaSet, places: tuple[Places, Places], *, is_asked_anew: bool
) -> Iterator[Direction]:
    """Yield what the questions of `targets` would say of one case."""
    (level, least, most), (now, lowest, highest) = places
    # What a new question leaves open is neither milder nor stricter yet.
    anyway = list(_anyway((least, most), (lowest, highest))) if is_asked_anew else []
    if anyway:
        yield from anyway
        return
    is_claimed = target.name in claimed(after)
    is_milder = highest < most or (now < level and not same_rules(target.name, before, after))
    if not is_claimed:
        is_milder |= now < level or lowest < least
    if is_milder:
        yield "milder"
    elif now < level or lowest < least:
        yield "looser"
    if now > level or lowest > least or highest > most:
        yield "stricter"
    if abs(now - level) >= _SKIPS:
        yield "skips"


def _anyway(before: Places, after: Places) -> Iterator[Direction]:
    """Yield what is so whatever the new answers are: at the end of the range that they do not move."""
    (least, most), (lowest, highest) = before, after
    if highest < most:
        yield "milder"
    if lowest > least:
        yield "stricter"
    if max(lowest - least, most - highest) >= _SKIPS:
        yield "skips"
    if least >= most and lowest < highest:
        yield "opens"
