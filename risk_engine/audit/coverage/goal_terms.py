"""A goal as a term: what every case fulfils that meets it, as `shown` says it of one case.

Whether a comparison mattered is MC/DC in its masking form (docs/decisions/0027).
"""

from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from typing import Literal, NamedTuple, TypeAlias, assert_never

from risk_engine.files.once import once
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    Quantifier,
    definitions_in,
    negation,
)
from risk_engine.model.coverage import Goal, Path, root_at, root_of, segments
from risk_engine.model.criteria import knock_out_conditions, severity_conditions
from risk_engine.solver.conditions import Entry, Further, Readable, read
from risk_engine.solver.findings import Finding, after
from risk_engine.solver.reading import Reading
from risk_engine.solver.terms import Pair, Term, both, either, every, falls, is_at, negated, number, some

Truth = Literal["true", "false"]


def mattered(
    condition: ConditionOrAlways,
    way: Path,
    wanted: Truth,
    over: Readable,
    key: object = None,
    *,
    unknown: bool | None = None,
) -> Term:
    """Return whether the comparison at `way` is so, and its opposite alone would turn the condition round.

    Within a quantifier that is so where it is for one of the entries; `key` is the entry that the condition is about.
    Where definitions use each other, every way to the comparison through them counts that begins as this one does.
    `unknown` is what the condition counts as where it is unknown, as that of a provisional rule does.
    """
    if isinstance(condition, str):  # "always"
        return False
    (_name, steps), *through = segments(way)
    ends = list(_led_to(condition, steps, _Place(key, unknown), over, decides=True))
    if through:
        (first, _steps), (last, steps) = through[0], through[-1]
        ends = [
            end
            for used in ends
            for place, decides in _of_definitions(first, used.place, over)[last].items()
            for end in _led_to(over.definitions[last], steps, place, over, both(used.decides, decides))
        ]
    return some(both(one.decides, _says(one, wanted, over)) for one in ends)


class _Place(NamedTuple):
    """Where a condition is read: the entry that it is about, and what it counts as there if it is unknown."""

    key: object
    unknown: bool | None

    def turned(self) -> "_Place":
        """Return the same for what makes the condition hold by failing."""
        return self if self.unknown is None else _Place(self.key, not self.unknown)

    def reads(self, pair: Pair) -> Pair:
        """Return what must hold and what may, as it counts here."""
        if self.unknown is None:
            return pair
        counts = pair.may if self.unknown else pair.must
        return Pair(counts, counts)


class _End(NamedTuple):
    """A comparison of a condition, or a use of a definition: where it is read, and whether it decides there."""

    node: Compare | Holds
    place: _Place
    decides: Term


def _says(end: _End, wanted: Truth, over: Readable) -> Term:
    said = end.place.reads(read(end.node, over, end.place.key))
    return said.must if wanted == "true" else negated(said.may)


def _led_to(node: Node, way: Path | None, here: _Place, over: Readable, decides: Term) -> Iterator[_End]:
    """Yield what a way through a condition leads to; without one all definitions that the condition itself uses."""
    match node:
        case AllOf(all_of=parts):
            said = [here.reads(read(part, over, here.key)).must for part in parts]
        case AnyOf(any_of=parts):
            said = [negated(here.reads(read(part, over, here.key)).may) for part in parts]
        case Not(not_=part):
            yield from _led_to(part, way and way[1:], here.turned(), over, decides)
            return
        case Quantifier(where=where):
            inside = here.turned() if node.kind == "at_most" else here
            for entry, alone in _pivotal(node, where, over, inside):
                place = _Place(entry.key, inside.unknown)
                yield from _led_to(where, way and way[1:], place, over, both(decides, alone))
            return
        case Compare() | Holds():
            yield _End(node, here, decides)
            return
        case _:
            assert_never(node)
    leading = [int(way[1])] if way else [at for at, part in enumerate(parts) if definitions_in(part, {})]
    for at in leading:
        yield from _led_to(parts[at], way and way[2:], here, over, both(decides, *said[:at], *said[at + 1 :]))


_Deciding: TypeAlias = dict[str, dict[_Place, Term]]
"""By definition and place: whether what it says there decides."""


@once
def _known(_over: Readable) -> dict[tuple[str, _Place], _Deciding]:
    """Return what was worked out over the same cases; all goals share it."""
    return {}


def _of_definitions(name: str, here: _Place, over: Readable) -> _Deciding:
    """Return whether each definition that one uses decides what that one says at a place, and the one itself.

    Each is looked into once, after all that use it, however many ways lead to it.
    """
    known = _known(over)
    if (name, here) not in known:
        reached = (name, *definitions_in(over.definitions[name], over.definitions))
        used = {one: definitions_in(over.definitions[one], {}) for one in reached}
        led: dict[str, dict[_Place, list[Term]]] = {one: {} for one in reached}
        led[name][here] = [True]
        deciding: _Deciding = {}
        for one in reversed([*TopologicalSorter(used).static_order()]):
            deciding[one] = {place: some(terms) for place, terms in led[one].items()}
            for place, decides in deciding[one].items():
                for end in _led_to(over.definitions[one], None, place, over, decides) if used[one] else ():
                    if isinstance(end.node, Holds):
                        led[end.node.holds].setdefault(end.place, []).append(end.decides)
        known[name, here] = deciding
    return known[name, here]


def _pivotal(node: Quantifier, where: Condition, over: Readable, inside: _Place) -> Iterator[tuple[Entry, Term]]:
    """Yield each entry with whether it alone makes the quantifier hold or fail; `inside` it is read so."""
    listed, entries = over.entries(node.entity)
    further = over.further(node.entity, negation(where) if node.kind == "every" else where)
    if further is not None:
        # Entries are in no order, so the one that decides is the first that has a place of its own.
        yield (
            entries[0],
            both(
                listed,
                entries[0].present,
                _leaves_it(node, further, inside.turned() if node.kind == "every" else inside),
            ),
        )
        return
    said = [inside.reads(read(where, over, one.key)) for one in entries]
    for place, one in enumerate(entries):
        others = [
            (other.present, pair)
            for number, (other, pair) in enumerate(zip(entries, said, strict=True))
            if number != place
        ]
        yield one, both(listed, one.present, _leave_it(node, others))


def _leave_it(node: Quantifier, others: Sequence[tuple[Term, Pair]]) -> Term:
    """Return whether the other entries leave it to one what the quantifier says."""
    match node.kind:
        case "some":
            return every(negated(both(present, pair.may)) for present, pair in others)
        case "every":
            return every(either(negated(present), pair.must) for present, pair in others)
        case "at_least":
            return _just(node.bound - 1, others)
        case "at_most":
            return _just(node.bound, others)
        case _:
            assert_never(node.kind)


def _leaves_it(node: Quantifier, further: Further, inside: _Place) -> Term:
    """Return the same of further entries, however many there are; of `every` they say what does not fulfil it."""
    needed = node.bound - 1 if node.kind == "at_least" else node.bound
    match node.kind:
        case "some" | "every":
            return negated(inside.reads(further(1)).may)
        case "at_least" | "at_most":
            return both(
                inside.reads(further(needed)).must if needed else True,
                negated(inside.reads(further(needed + 1)).may),
            )
        case _:
            assert_never(node.kind)


def _just(needed: int, others: Sequence[tuple[Term, Pair]]) -> Term:
    """Return whether just so many entries hold, and of none it is unknown."""
    held = [both(present, pair.must) for present, pair in others]
    known = every(either(negated(present), negated(pair.may), pair.must) for present, pair in others)
    return both(known, number(held, needed), negated(number(held, needed + 1)))


def meets(goal: Goal, reading: Reading) -> Term:
    """Return whether a case meets a goal; False where nothing of it is in force on the day.

    Raises NotInForceError where it rests on a parameter that has no value on the day.
    """
    match goal.kind:
        case "indicator" | "severity" | "severity_branch" | "knock_out" | "knock_out_branch":
            return _of_indicator(goal, reading)
        case "option" | "option_branch":
            return _of_indicator(goal, reading)
        case "question_branch":
            return _question(goal, reading)
        case "level":
            ladder = reading.criteria.ladders[goal.record]
            return is_at(reading.ladder(goal.record).level, list(ladder.levels).index(str(goal.at[1])))
        case "rule" | "rule_branch":
            return _rule(goal, reading)
        case "awareness" | "awareness_branch":
            return _awareness(goal, reading)
        case "contradiction":
            return reading.breaks(reading.criteria.invariants.facts[goal.record])
        case _:
            assert_never(goal.kind)


def _truth(goal: Goal) -> Truth:
    return "true" if goal.wanted == "true" else "false"


def _is(pair: Pair, goal: Goal) -> Term:
    match goal.wanted:
        case "true":
            return pair.must
        case "false":
            return negated(pair.may)
        case _:
            return both(pair.may, negated(pair.must))


def _of_indicator(goal: Goal, reading: Reading) -> Term:
    if goal.record not in reading.in_force:
        return False
    found = reading.finding(goal.record)
    match goal.kind:
        case "indicator" if goal.wanted == "present":
            return found.present
        case "indicator" if goal.wanted == "absent":
            return negated(found.not_absent)
        case "indicator":
            return both(found.not_absent, negated(found.present))
        case "severity" | "severity_branch":
            return _severity(goal, found, reading)
        case "knock_out" | "knock_out_branch":
            return both(found.present, _knock_out(goal, found, reading))
        case _:
            return both(found.present, _option(goal, found, reading))


def _severity(goal: Goal, found: Finding, reading: Reading) -> Term:
    """Return whether it is so where no higher severity holds: what a lower one says makes no difference."""
    wanted = str(goal.at[1])
    names = [severity for severity, _pair in found.severities]
    higher = [negated(pair.must) for _severity, pair in found.severities[names.index(goal.at[1]) + 1 :]]  # type: ignore[arg-type]
    if goal.kind == "severity":
        return both(*higher, _is(dict(found.severities)[wanted], goal))  # type: ignore[index]
    condition = dict(severity_conditions(found.indicator))[wanted]  # type: ignore[index]
    return both(*higher, mattered(condition, _within(goal), _truth(goal), reading.facts))


def _within(goal: Goal) -> tuple[str | int, ...]:
    """Return the way to a comparison from the whole condition that it stands in."""
    return goal.at[len(root_at(goal.kind, goal.at)) :]


def _knock_out(goal: Goal, found: Finding, reading: Reading) -> Term:
    """Return whether it is so where no stronger one holds, and where it is known whether it is cured."""
    kinds = [kind for kind, _condition in knock_out_conditions(found.indicator)]
    place = kinds.index(goal.at[1])  # type: ignore[arg-type]
    stronger = [negated(pair.must) for _kind, pair in found.bars[place + 1 :]]
    options = list(zip(found.complete, found.counts, strict=True))
    may_help = some(both(there, counts.may) for there, counts in options)
    helps = some(both(there, counts.must) for there, counts in options)
    if goal.kind == "knock_out":
        return both(*stronger, found.bars[place][1].must, helps if goal.wanted == "cured" else negated(may_help))
    condition = knock_out_conditions(found.indicator)[place][1]
    return both(*stronger, negated(may_help), mattered(condition, _within(goal), _truth(goal), reading.facts))


def _option(goal: Goal, found: Finding, reading: Reading) -> Term:
    """Return whether it is so where it makes a difference that the option is complete and counts."""
    place = int(goal.at[1])
    complete = found.complete[place]
    matters = _makes_a_difference(place, found)
    if goal.kind == "option":
        return both(matters, found.counts[place].must, complete if goal.wanted == "complete" else negated(complete))
    condition = found.indicator.controls[place].when
    assert condition is not None  # noqa: S101 (else it would have no comparison)
    return both(matters, complete, mattered(condition, _within(goal), _truth(goal), reading.facts))


def _makes_a_difference(place: int, found: Finding) -> Term:
    """Return whether an option lowers more than the others do, or cures a knock-out that no other one cures."""
    left = [after(option, found.possible) for option in found.indicator.controls]
    others = [
        (both(found.complete[number], found.counts[number].may), left[number])
        for number in range(len(left))
        if number != place
    ]
    lower = [falls(found.inherent, left[place]), *(either(negated(t), falls(one, left[place])) for t, one in others)]
    bars = some(pair.must for _kind, pair in found.bars)
    return either(both(*lower), both(bars, *(negated(there) for there, _left in others)))


def _question(goal: Goal, reading: Reading) -> Term:
    """Return whether it is so for the question of some entry."""
    entity, is_fact, _short = goal.record.partition(".")
    condition = root_of(reading.criteria, goal) or "always"
    if not is_fact or reading.criteria.entities[entity].many is None:
        return mattered(condition, _within(goal), _truth(goal), reading.facts, 0)
    listed, entries = reading.facts.entries(entity)
    return some(
        both(listed, one.present, mattered(condition, _within(goal), _truth(goal), reading.facts, one.key))
        for one in entries
    )


def _rule(goal: Goal, reading: Reading) -> Term:
    """Return whether it is so in a case that comes to the rule, because none above it decides."""
    decides = reading.ladder(goal.record).decides
    if goal.at[0] == "otherwise":
        return negated(some(decides))
    number = int(goal.at[1])
    if goal.kind == "rule":
        return decides[number] if goal.wanted == "decides" else negated(some(decides[: number + 1]))
    rule = reading.criteria.ladders[goal.record].rules[number]
    unknown = True if rule.provisional else None
    said = mattered(rule.when, _within(goal), _truth(goal), reading, unknown=unknown)
    return both(negated(some(decides[:number])), said)


def _awareness(goal: Goal, reading: Reading) -> Term:
    rule = reading.criteria.awareness[goal.record]
    if not rule.effective.covers(reading.on):
        return False
    if goal.kind == "awareness":
        return _is(reading.holds(rule.when), goal)
    return mattered(rule.when, _within(goal), _truth(goal), reading)
