"""What is compared between two versions: ladders, dimensions and findings, as terms and as what a case came to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

from risk_engine.audit.diff.edits import decide_alike
from risk_engine.audit.proofs.monotone import rises_with_findings, rising_points
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts
from risk_engine.engine.work import Worked
from risk_engine.files.language import _
from risk_engine.model.changes import DIRECTIONS, Came, Direction, Moved, Of, Shift
from risk_engine.model.conditions import Quantifier, leaves
from risk_engine.model.criteria import Criteria, Indicator
from risk_engine.model.facts import orders_of
from risk_engine.model.profile import parameters_on
from risk_engine.model.references import ABSENT, reads_by_rule, result_entities
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.solver.confirm import FINDING, Watch, terms, words
from risk_engine.solver.reading import Reading
from risk_engine.solver.terms import Order, Term, at_most, both, constant, either, falls, negated, same, some


def same_rules(name: str, before: Criteria, after: Criteria) -> bool:
    """Return whether a ladder has the same rules in both versions, with all that they use."""
    return decide_alike(before.ladders[name], after.ladders[name], before, after) and all(
        before.parameters[one].values == after.parameters[one].values
        for one in reads_by_rule(before)["ladder"][name].parameters
    )


def same_ladders(before: Criteria, after: Criteria) -> bool:
    """Return whether results differ only where findings do: points, ladders, dimensions and grounds are the same."""
    if set(before.ladders) != set(after.ladders) or not same_sums(before, after):
        return False
    return all(same_rules(one, before, after) for one in before.ladders)


def same_sums(before: Criteria, after: Criteria) -> bool:
    """Return whether findings count alike: points, dimensions, and the dimension and ground of each indicator."""
    if before.head.severity != after.head.severity:
        return False
    sums = [{name: set(one.head.rated_under(name)) for name in one.head.dimensions} for one in (before, after)]
    if sums[0] != sums[1]:
        return False
    moved = [
        name
        for name, one in before.indicators.items()
        if name in after.indicators and _where_it_counts(one) != _where_it_counts(after.indicators[name])
    ]
    return not moved


def _where_it_counts(indicator: Indicator) -> tuple[Any, ...]:
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


def is_rising(before: Criteria, ladder: str | None) -> bool:
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


def only_bars_more(ladder: str, before: Criteria, after: Criteria, shifts: Sequence[Shift]) -> bool:
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


def targets(before: Criteria, after: Criteria) -> tuple[list[Target], list[str]]:
    """Return what can be compared between two versions, the decisions first, and what cannot, as sentences."""
    found: list[Target] = []
    not_compared: list[str] = []
    # As in every report: whether it may start comes first, then the result.
    for name in dict.fromkeys((*after.head.roles.deciding, *before.ladders, *after.ladders)):
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


Ends: TypeAlias = list[tuple[Order, Order]]
"""A target under both versions: of a ladder its level first; then the mild and the strict end."""


def happens(target: Target, direction: Direction, before: Reading, after: Reading) -> Term:
    """Return whether a case comes out so under the later version against the earlier.

    Milder is what falls at its strict end, stricter what rises there: in a case with every answer the result itself.
    Where only the mild end moves, or a level that is proposed because answers are missing, that is `looser` or
    `tighter`, unless the rules of the ladder are others (decision 0111).
    """
    return _happens(target, direction, before.criteria, after.criteria, _ends(target, before, after))


def happened(target: Target, direction: Direction, before: Worked, after: Worked, *, is_anyway: bool = False) -> bool:
    """Return the same of what the engine made of a case; with `is_anyway` also that it happens anyway."""
    ends: Ends = [
        (constant(values.index(one[place]), len(values)), constant(values.index(other[place]), len(values)))
        for watch, place in target.ends
        for (values, one), (_values, other) in [(words(watch, before), words(watch, after))]
    ]
    happens_so = _happens(target, direction, before.criteria, after.criteria, ends)
    return bool(happens_so and (not is_anyway or _anyway(direction, ends)))


def _ends(target: Target, before: Reading, after: Reading) -> Ends:
    return [(terms(watch, before)[place], terms(watch, after)[place]) for watch, place in target.ends]


def _happens(target: Target, direction: Direction, before: Criteria, after: Criteria, ends: Ends) -> Term:
    *level, least, _most = ends
    match direction:
        case "milder":
            return some(falls(*one) for one in _counted_ends(target, before, after, ends))
        case "looser":
            is_milder = _happens(target, "milder", before, after, ends)
            return both(negated(is_milder), _falls_meanwhile(level, least))
        case "stricter" | "tighter":
            mirrored: Direction = "milder" if direction == "stricter" else "looser"
            return _happens(target, mirrored, before, after, [one[::-1] for one in ends])
        case "skips":
            return either(some(_jumps(*level[0])), some(_jumps(*level[0][::-1])))
        case "opens":
            return _opens(ends)


def _falls_meanwhile(level: Ends, least: tuple[Order, Order]) -> Term:
    """Return whether what is proposed meanwhile falls, or else the mild end: people act on the former."""
    rises = some(falls(*one[::-1]) for one in level)
    return either(some(falls(*one) for one in level), both(negated(rises), falls(*least)))


def _opens(ends: Ends) -> Term:
    *_level, least, most = ends
    return both(negated(falls(most[0], least[0])), falls(most[1], least[1]))


def _counted_ends(target: Target, before: Criteria, after: Criteria, ends: Ends) -> Ends:
    """Return what counts as milder where it falls, and as stricter where it rises."""
    if target.of != "ladder":
        return ends
    if target.name not in after.head.roles.deciding:
        return ends  # no rule of it is claimed to be monotone, so what falls is told as it is
    return [ends[-1]] if same_rules(target.name, before, after) else [ends[0], ends[-1]]


def happens_anyway(target: Target, direction: Direction, before: Reading, after: Reading) -> Term:
    """Return whether it happens whatever new questions leave open: at the end of the range that they do not move."""
    return _anyway(direction, _ends(target, before, after))


def _anyway(direction: Direction, ends: Ends) -> Term:
    *_level, least, most = ends
    match direction:
        case "milder":
            return falls(*most)
        case "looser":
            return False  # what only the mild end says may rest on the new answers
        case "stricter" | "tighter":
            return falls(*least[::-1])
        case "skips":
            return either(some(_jumps(*least)), some(_jumps(*most[::-1])))
        case "opens":
            return _opens(ends)


def _jumps(low: Order, high: Order) -> Iterator[Term]:
    """Yield whether a value is two places or more above another one."""
    for place in range(len(low) - 2):
        yield both(at_most(low, place), high[place + 2])


def directions(target: Target, after: Criteria, *, asks_more: bool) -> list[Direction]:
    """Return the questions about a target; that something opens is asked where the later version asks more."""
    if target.of != "ladder":
        return ["milder", "stricter"]
    left_out = {"opens"} if not asks_more else set()
    if target.name not in after.head.roles.deciding:
        left_out |= {"looser", "tighter", "opens"}
    return [one for one in DIRECTIONS if one not in left_out]


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
            called = moved_so(one, (old.criteria, new.criteria), was, now, is_asked_anew=is_asked_anew)
            yield Moved(ladder=one.name, before=one.came(old), after=one.came(new), directions=called)


def moved_so(
    ladder: Target, sets: tuple[Criteria, Criteria], was: Sequence[int], now: Sequence[int], *, is_asked_anew: bool
) -> tuple[Direction, ...]:
    """Return what it is called that a ladder moved from places to others: its level first, then both ends.

    Where an answer is missing that only the later version asks for, what rests on it is neither yet.
    """
    levels = len(sets[0].ladders[ladder.name].levels)
    ends = [(constant(place, levels), constant(other, levels)) for place, other in zip(was, now, strict=True)]
    happen = [each for each in DIRECTIONS if _happens(ladder, each, *sets, ends)]
    asked = directions(ladder, sets[1], asks_more=False)
    anyway = tuple(each for each in happen if is_asked_anew and _anyway(each, ends))
    return anyway or tuple(each for each in happen if each in asked)


def lacks_new_answers(before: Criteria, after: Worked) -> bool:
    """Return whether something is open in a case for want of an answer that only the later version asks for."""
    return any(
        read.entity not in before.entities
        or (read.fact is not None and read.fact not in before.entities[read.entity].facts)
        for found in after.found
        if found.open
        for read in found.missing
    )
