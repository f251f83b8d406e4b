"""Why there is no way down: the findings that hold a ladder where it is, everything in place.

All controls are put in place and every change of design is taken to its mildest, as a solver finds it; then the rules
that still stand are read from the engine's trace.
"""

from collections.abc import Iterator, Mapping, Sequence

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts, Read
from risk_engine.engine.find import Found
from risk_engine.engine.propose import propose, with_results
from risk_engine.engine.rate import rate
from risk_engine.engine.replay import applied
from risk_engine.engine.work import Worked
from risk_engine.model.outlook import Obstacle
from risk_engine.outlook.offers import Offer
from risk_engine.solver.encoding import value_of
from risk_engine.solver.terms import Order, Term, at_most


def obstacles(offer: Offer, ladder: str, to: int) -> tuple[Obstacle, ...]:
    """Return the findings that keep a ladder above a level, all controls in place and each change at its mildest."""
    return obstacles_in(mildest(offer), ladder, to)


def mildest(offer: Offer) -> Worked:
    """Return what the case comes to with all controls in place, and each finding as low as changes of design allow."""
    blanks, space, reading = offer.opened.blanks, offer.opened.space, offer.opened.reading
    held: list[Term] = [*offer.allowed(), *blanks.controls.values()]
    model = space.check(*held)[1]
    for one in reading.findings():
        for order in (one.knock_out[1], one.residual[1], one.possible):
            for wish in _lowest(order):
                better = space.check(*held, wish)[1]
                if better is not None:
                    model = better
                    held.append(wish)
                    break
    if model is None:
        return applied(offer.worked, tuple(blanks.controls))
    answers = {}
    for blank in offer.changes:
        value = value_of(model, blanks.touched[blank].answer, offer.domain(blank))
        answers[offer.opened.place(blank)] = value
    return applied(offer.worked, tuple(blanks.controls), answers)


def _lowest(order: Order) -> Iterator[Term]:
    """Yield that a value is at its lowest place, then at the next; nothing where it is settled."""
    if any(not isinstance(term, bool) for term in order):
        yield from (at_most(order, place) for place in range(len(order) - 1))


def obstacles_in(worked: Worked, ladder: str, to: int) -> tuple[Obstacle, ...]:
    """Return the findings of a case that keep a ladder above a level, with what they rest on, in the order of the set.

    They are those that would hold it there alone, and those that would do so together if these were gone.
    """
    left = {one.id: one for one in worked.found if one.outcome != "absent"}
    traced = set(_traced(worked, left, ladder, to))
    found = {name for name in traced if _is_above(worked, [left[name]], ladder, to)}
    left = {name: one for name, one in left.items() if name not in found}
    if _is_above(worked, list(left.values()), ladder, to):
        found |= set(_traced(worked, left, ladder, to))
    return tuple(_obstacle(one, worked) for one in worked.found if one.id in found)


def _is_above(worked: Worked, found: Sequence[Found], ladder: str, to: int) -> bool:
    """Return whether these findings, without all others, keep the ladder above a level."""
    proposed = propose(_results(worked, found), worked.criteria)
    levels = list(worked.criteria.ladders[ladder].levels)
    return any(max(map(levels.index, (one.level, one.highest))) > to for one in proposed if one.ladder == ladder)


def _results(worked: Worked, found: Sequence[Found]) -> Facts:
    return with_results(worked.facts, found, rate(found, worked.criteria.head), worked.criteria)


def _traced(worked: Worked, found: Mapping[str, Found], ladder: str, to: int) -> Iterator[str]:
    """Yield the findings that the rules above a level rest on; for a dimension all that are in it."""
    declared = worked.criteria.ladders[ladder]
    levels = list(declared.levels)
    results = _results(worked, list(found.values()))
    for rule in declared.rules:
        truth = evaluate(rule.when, results)
        if levels.index(rule.level) <= to or truth.value is False:
            continue
        for read in truth.reads:
            match read.entity:
                case "finding":
                    yield from (name for name in found if name == read.entry)
                case "dimension" if read.entry is not None:
                    under = worked.criteria.head.rated_under(read.entry)
                    yield from (name for name, one in found.items() if one.indicator.dimension in under)
                case _:
                    pass


def _obstacle(found: Found, worked: Worked) -> Obstacle:
    reads = dict.fromkeys([*found.reads, *(found.bars if found.knock_out[1] != "none" else ())])
    known = [one for one in reads if _is_known(one, worked)]
    asked = [one for read in found.missing for one in worked.facts.to_ask(read)]
    return Obstacle(
        finding=found.id,
        rests_on=tuple(dict.fromkeys(one.path() for one in known)),
        fixed=tuple(dict.fromkeys(one.path() for one in known if _is_fixed(one, worked))),
        unanswered=tuple(dict.fromkeys(one.path() for one in asked)),
    )


def _is_fixed(read: Read, worked: Worked) -> bool:
    """Return whether no redesign may change an answer, such as who somebody is: the set does not mark its fact."""
    if read.fact is None:
        return True
    return not getattr(worked.criteria.entities[read.entity].facts[read.fact], "changeable", False)


def _is_known(read: Read, worked: Worked) -> bool:
    if read.fact is None:
        return worked.facts.lists[read.entity] is not None
    return worked.facts.origins[read] != "missing"
