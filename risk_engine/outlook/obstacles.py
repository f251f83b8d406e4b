"""A case with everything in place, as a solver finds it: what stands against a milder level there, there is no way."""

from collections.abc import Iterator

from risk_engine.backends.symbolic.decode import value_of
from risk_engine.backends.symbolic.terms import Order, Term, at_most
from risk_engine.engine.replay import applied
from risk_engine.engine.work import Worked
from risk_engine.model.outlook import Obstacle
from risk_engine.outlook.offered import Offer
from risk_engine.outlook.standing_against import standing_against


def obstacles(offer: Offer, ladder: str, to: int) -> tuple[Obstacle, ...]:
    """Return the findings that keep a ladder above a level, all controls in place and each change at its mildest."""
    return standing_against(mildest(offer), ladder, to)


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
