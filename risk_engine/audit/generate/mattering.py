"""Whether a comparison of a condition mattered, over every possible case: what `coverage.branches` says of one case.

That is MC/DC in its masking form (docs/decisions/0027). What is found with it is measured by the coverage again.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, assert_never

from risk_engine.model.conditions import AllOf, AnyOf, Compare, Condition, ConditionOrAlways, Holds, Not, Quantifier
from risk_engine.model.places import Path
from risk_engine.solver.conditions import Entry, Further, Readable, read
from risk_engine.solver.terms import Pair, Term, both, either, every, negated, number, some

Truth = Literal["true", "false"]


def mattered(condition: ConditionOrAlways, way: Path, wanted: Truth, over: Readable, key: object = None) -> Term:
    """Return whether the comparison at `way` is so, and its opposite alone would turn the condition round.

    Within a quantifier that is so where it is for one of the entries; `key` is the entry that the condition is about.
    """
    match condition:
        case str():  # "always"
            return False
        case AllOf(all_of=parts):
            others = [read(part, over, key).must for part in _others(parts, way)]
            return both(*others, mattered(parts[_place(way)], way[2:], wanted, over, key))
        case AnyOf(any_of=parts):
            others = [negated(read(part, over, key).may) for part in _others(parts, way)]
            return both(*others, mattered(parts[_place(way)], way[2:], wanted, over, key))
        case Not(not_=part):
            return mattered(part, way[1:], wanted, over, key)
        case Holds(holds=name):
            return mattered(over.definitions[name], way[2:], wanted, over, key)
        case Quantifier(where=where):
            return some(
                both(decides, mattered(where, way[1:], wanted, over, one.key))
                for one, decides in _pivotal(condition, where, over)
            )
        case Compare():
            said = read(condition, over, key)
            return said.must if wanted == "true" else negated(said.may)
        case _:
            assert_never(condition)


def _place(way: Path) -> int:
    return int(way[1])


def _others(parts: Sequence[Condition], way: Path) -> list[Condition]:
    return [part for place, part in enumerate(parts) if place != _place(way)]


def _pivotal(node: Quantifier, where: Condition, over: Readable) -> Iterator[tuple[Entry, Term]]:
    """Yield each entry with whether it alone makes the quantifier hold or fail."""
    listed, entries = over.entries(node.entity)
    further = over.further(node.entity, Not(not_=where) if node.kind == "every" else where)
    if further is not None:
        # Entries are in no order, so the one that decides is the first that has a place of its own.
        yield entries[0], both(listed, entries[0].present, _leaves_it(node, further))
        return
    said = [read(where, over, one.key) for one in entries]
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


def _leaves_it(node: Quantifier, further: Further) -> Term:
    """Return the same of further entries, however many there are; of `every` they say what does not fulfil it."""
    needed = node.bound - 1 if node.kind == "at_least" else node.bound
    match node.kind:
        case "some" | "every":
            return negated(further(1).may)
        case "at_least" | "at_most":
            return both(further(needed).must if needed else True, negated(further(needed + 1).may))
        case _:
            assert_never(node.kind)


def _just(needed: int, others: Sequence[tuple[Term, Pair]]) -> Term:
    """Return whether just so many entries hold, and of none it is unknown."""
    held = [both(present, pair.must) for present, pair in others]
    known = every(either(negated(present), negated(pair.may), pair.must) for present, pair in others)
    return both(known, number(held, needed), negated(number(held, needed + 1)))
