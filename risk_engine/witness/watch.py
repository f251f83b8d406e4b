"""What a question looks at, said twice: as terms of the solver's reading, and as what the engine found of one case."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from risk_engine.backends.symbolic.reading import Reading
from risk_engine.backends.symbolic.terms import Order, Term, some
from risk_engine.engine.work import Worked
from risk_engine.model.proof import Confirmed, What
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES


class Watch(NamedTuple):
    """Something that comes out: of a finding, a dimension or a ladder."""

    of: Literal["finding", "dimension", "ladder"]
    name: str
    what: What


FINDING: tuple[What, ...] = ("severity", "residual", "knock_out")
"""What ladders see of a finding and what can rise and fall: each from at least to at most."""


def terms(watch: Watch, reading: Reading) -> tuple[Order, ...]:
    """Return what is looked at as terms; where it has two ends, both."""
    match watch:
        case Watch("finding", name, what):
            found = reading.finding(name)
            match what:
                case "severity":
                    return found.inherent, found.possible
                case "residual":
                    return found.residual
                case "knock_out":
                    return found.knock_out
                case _:
                    return ((True, found.is_open),)
        case Watch("dimension", name, what):
            rated = reading.rating(name)
            return rated.inherent if what == "inherent_band" else rated.residual
        case Watch(_, name, what):
            ladder = reading.ladder(name)
            match what:
                case "level":
                    return (ladder.level,)
                case "range":
                    return ladder.lowest, ladder.highest
                case _:
                    return (_numbered(ladder.decides),)


def words(watch: Watch, worked: Worked) -> tuple[Sequence[object], tuple[object, ...]]:
    """Return the values that can come out, in order, and what the engine found; where it has two ends, both."""
    match watch:
        case Watch("finding", name, what):
            found = next(one for one in worked.found if one.id == name)
            match what:
                case "severity":
                    return SEVERITIES, (found.inherent, found.possible)
                case "residual":
                    return SEVERITIES, found.residual
                case "knock_out":
                    return KNOCK_OUTS, found.knock_out
                case _:
                    return (False, True), (found.open,)
        case Watch("dimension", name, what):
            rated = next(one for one in worked.ratings if one.dimension == name)
            points = worked.criteria.head.severity
            sums = rated.inherent if what == "inherent_band" else rated.residual
            return tuple(points.bands), tuple(points.band(one) for one in sums)
        case Watch(_, name, what):
            proposed = next(one for one in worked.proposed if one.ladder == name)
            ladder = worked.criteria.ladders[name]
            match what:
                case "level":
                    return tuple(ladder.levels), (proposed.level,)
                case "range":
                    return tuple(ladder.levels), (proposed.lowest, proposed.highest)
                case _:
                    return (None, *range(len(ladder.rules))), (proposed.rule,)


def confirmed(watch: Watch, worked: Worked) -> Confirmed:
    """Return what was looked at as it came out; the number of a rule begins with 1, `otherwise` where none decides."""
    _values, found = words(watch, worked)
    told = [_told(watch.what, one) for one in found]
    return Confirmed(of=watch.of, name=watch.name, what=watch.what, at_least=told[0], at_most=told[-1])


def _told(what: What, value: object) -> str:
    match value:
        case int() if what == "rule":
            return f"{value + 1}"
        case None:
            return "otherwise"
        case bool():
            return "yes" if value else "no"
        case _:
            return f"{value}"


def _numbered(decides: Sequence[Term]) -> Order:
    """Return the number of the rule that decides as a value: first that none does, then one after the other."""
    return (True, *(some(decides[number:]) for number in range(len(decides))))
