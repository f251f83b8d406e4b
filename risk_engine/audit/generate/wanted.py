"""A goal as a term: what every case fulfils that meets it, as `coverage.shown` says it of one case."""

from typing import assert_never

from risk_engine.audit.generate.mattering import Truth, mattered
from risk_engine.model.coverage import Goal, root_at, root_of
from risk_engine.model.criteria import knock_out_conditions, severity_conditions
from risk_engine.solver.conditions import read
from risk_engine.solver.findings import Finding, after
from risk_engine.solver.reading import Reading
from risk_engine.solver.terms import Order, Pair, Term, both, either, is_at, negated, some


def meets(goal: Goal, reading: Reading) -> Term:
    """Return whether a case meets a goal; False where nothing of it is in force on the day.

    Raises NotInForceError where it rests on a parameter that has no value on the day.
    """
    match goal.kind:
        case "indicator" | "severity" | "severity_branch" | "knock_out" | "knock_out_branch" | "option":
            return _of_indicator(goal, reading)
        case "option_branch":
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
            one = reading.criteria.invariants.facts[goal.record]
            return both(read(one.whenever, reading.facts).must, negated(read(one.then, reading.facts).may))
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
    lower = [_less(left[place], found.inherent), *(either(negated(t), _less(left[place], one)) for t, one in others)]
    bars = some(pair.must for _kind, pair in found.bars)
    return either(both(*lower), both(bars, *(negated(there) for there, _left in others)))


def _less(one: Order, other: Order) -> Term:
    return some(both(high, negated(low)) for low, high in zip(one, other, strict=True))


def _question(goal: Goal, reading: Reading) -> Term:
    """Return whether it is so for the question of some entry."""
    entity = goal.record.partition(".")[0]
    condition = root_of(reading.criteria, goal) or "always"
    if reading.criteria.entities[entity].many is None:
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
    condition = reading.criteria.ladders[goal.record].rules[number].when
    return both(negated(some(decides[:number])), mattered(condition, _within(goal), _truth(goal), reading))


def _awareness(goal: Goal, reading: Reading) -> Term:
    rule = reading.criteria.awareness[goal.record]
    if not rule.effective.covers(reading.on):
        return False
    if goal.kind == "awareness":
        return _is(reading.holds(rule.when), goal)
    return mattered(rule.when, _within(goal), _truth(goal), reading)
