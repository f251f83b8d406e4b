"""An answer of the solver as a case: decoded, read as a case file would be, replayed, and compared with the promise.

What the engine says of everything that is watched must be what the solver said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

import z3

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.resolve import superfluous
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import DefectError
from risk_engine.files.once import once
from risk_engine.loading.case import answered, changed, place_of
from risk_engine.model.case import NO_KIND, UNKNOWN, Case, answer, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import Entity
from risk_engine.model.ladders import Reached
from risk_engine.model.proof import Confirmed, Example, What
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.solver.answers import is_true, stated_case
from risk_engine.solver.blanks import Blank, stated_entries
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Space
from risk_engine.solver.terms import Order, Term, negated, same, some


class Watch(NamedTuple):
    """Something that comes out: of a finding, a dimension or a ladder."""

    of: Literal["finding", "dimension", "ladder"]
    name: str
    what: What


FINDING: tuple[What, ...] = ("severity", "residual", "knock_out")
"""What ladders see of a finding and what can rise and fall: each from at least to at most."""


LADDER: tuple[What, ...] = ("level", "range")
"""What is proposed, and between which levels it may be."""


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


def settled(watched: Sequence[Watch], reading: Reading) -> list[Term]:
    """Return that nothing that is looked at is open: both its ends are the same, of a ladder its level too."""
    return [
        same(*places)
        for several in _together(watched)
        for first, *others in [[order for watch in several for order in terms(watch, reading)]]
        for other in others
        for places in zip(first, other, strict=True)
    ]


def is_settled(watched: Sequence[Watch], worked: Worked) -> bool:
    """Return the same of what the engine made of a case."""
    return all(
        len({value for watch in several for value in words(watch, worked)[1]}) == 1 for several in _together(watched)
    )


def _together(watched: Sequence[Watch]) -> list[list[Watch]]:
    """Return what is looked at, of a ladder its level and its range as one."""
    found: dict[tuple[str, ...], list[Watch]] = {}
    for one in watched:
        found.setdefault((one.of, one.name) if one.of == "ladder" else one, []).append(one)
    return list(found.values())


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


def contradictions(worked: Worked) -> tuple[str, ...]:
    """Return the contradictions among answers, as the set names them, that a case holds."""
    return tuple(
        name
        for name, one in worked.criteria.invariants.facts.items()
        if evaluate(one.whenever, worked.facts).value and evaluate(one.then, worked.facts).value is False
    )


def sound(reading: Reading) -> list[Term]:
    """Return that the answers of a case do not contradict each other, in the way that the set declares."""
    return [negated(reading.breaks(one)) for one in reading.criteria.invariants.facts.values()]


Vary = Callable[[Term], Term]


class SolverMismatchError(DefectError):
    """The solver's reading and the engine disagree about one case: a defect of this program, never of the criteria."""


@dataclass(frozen=True)
class Replayed:
    """A case that the solver found, as the engine works it out, with its plain data."""

    data: dict[str, Any]
    worked: Worked


def as_it_is(term: Term) -> Term:
    """Return the term itself: the case that the blanks state."""
    return term


_model = once(case_model)


def replay(
    space: Space, reading: Reading, model: z3.ModelRef, watched: Sequence[Watch], vary: Vary = as_it_is
) -> Replayed:
    """Return the case of an answer after the engine confirmed all that is watched; `vary` makes the other of a pair.

    Raises SolverMismatchError where the engine says anything else.
    """
    data = known_to(reading.criteria, stated_case(model, space.blanks, space.on, vary), space.blanks.entities)
    replayed = Replayed(*_legal(data, space, reading))
    confirm(watched, reading, model, replayed, vary)
    return replayed


def confirm(
    watched: Sequence[Watch], reading: Reading, model: z3.ModelRef, replayed: Replayed, vary: Vary = as_it_is
) -> None:
    """Raise SolverMismatchError where the engine says anything else of what is watched than the solver's answer."""
    for watch in watched:
        values, found = words(watch, replayed.worked)
        promised = tuple(
            values[max(place for place, term in enumerate(order) if is_true(model, vary(term)))]
            for order in terms(watch, reading)
        )
        if promised != found:
            raise SolverMismatchError(f"{watch}: the solver says {promised}, the engine {found}, of {replayed.data}")


def known_to(criteria: Criteria, data: dict[str, Any], entities: Mapping[str, Entity]) -> dict[str, Any]:
    """Return a case without what this set does not know, for a set beside another one."""
    found = dict(data)
    for name in entities:
        if name not in criteria.entities:
            found.pop(name, None)
            continue
        known = {"id", *criteria.entities[name].facts}
        match found.get(name):
            case tuple() as several:
                found[name] = tuple({key: value for key, value in one.items() if key in known} for one in several)
            case dict() as one:
                found[name] = {key: value for key, value in one.items() if key in known}
            case _:
                pass
    found["controls"] = tuple(one for one in data["controls"] if one["id"] in criteria.controls)
    return found


def _legal(data: dict[str, Any], space: Space, reading: Reading) -> tuple[dict[str, Any], Worked]:
    """Work the case out; answers of the base case to questions that are not asked any more are taken out of it."""
    asked = {blank for blank in space.blanks.touched if blank in reading.facts.asked}
    case = case_from(data, reading.criteria)
    needless = superfluous(case, reading.criteria, space.on, space.profile)
    for path in (read.path() for read in needless):
        if _blank(data, path) in asked or path in space.blanks.lists:
            raise SolverMismatchError(f"{path} is answered and not asked, in {data}")
        data = _without(data, path)
    case = case_from(data, reading.criteria) if needless else case
    near = space.near_to(reading)
    if near is not None:
        return data, near.work(case, space.on)
    return data, work(case, reading.criteria, space.on, space.profile)


def case_from(data: dict[str, Any], criteria: Criteria, model: type[Case] | None = None) -> Case:
    """Return the case that plain data state; `model` is the set's case model, where it is at hand."""
    return (model or _model(criteria)).model_validate({"id": "example", "title": "Example", **data})


def _blank(data: dict[str, Any], path: str) -> Blank:
    entity, *rest = place_of(data, path)
    place = next((one for one in rest if isinstance(one, int)), 0)
    return Blank(str(entity), place, str(rest[-1]) if rest else "")


def _without(data: dict[str, Any], path: str) -> dict[str, Any]:
    after = changed(data, path, None)
    if after is None:
        raise SolverMismatchError(path)
    return cast("dict[str, Any]", answered(after))


def example(space: Space, replayed: Replayed) -> Example:
    """Return a confirmed case as its differences from the base case, with what it came to."""
    worked = replayed.worked
    differing = given(replayed.data, space)
    return Example(
        given=differing,
        not_asked=tuple(_not_asked(worked, differing)),
        in_place=tuple(one["id"] for one in replayed.data["controls"]),
        kinds={
            one["id"]: tuple(record["kind"] for record in one["evidence"] if record["kind"] != NO_KIND)
            for one in replayed.data["controls"]
            if one["id"] in space.blanks.kinds
        },
        on=space.on,
        reached=tuple(map(Reached.of, worked.proposed)),
        present={one.id: one.inherent for one in worked.found if one.outcome == "present"},
        open={one.id: one.possible for one in worked.found if one.open},
        is_smallest=space.is_smallest,
        contradicts=contradictions(worked),
    )


def _not_asked(worked: Worked, differing: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths that differ from the base case, of new entries too, whose question other answers close."""
    for read, origin in worked.facts.origins.items():
        if origin == "not_asked" and read.fact is not None:
            path = read.path()
            entity, *_rest = path.split(".")
            if differing.get(path) == UNKNOWN or {entity, path.rpartition(".")[0]} & differing.keys():
                yield path


def given(data: dict[str, Any], space: Space) -> dict[str, Any]:
    """Return by path how plain data differ from the base case, as cases.yaml writes it."""
    found: dict[str, Any] = {}
    for name, entity in space.blanks.entities.items():
        if entity.many is None:
            before = {short: answer(getattr(space.base, name, None), short) for short in entity.facts}
            found.update(_differences(name, before, data.get(name) or {}))
            continue
        found.update(_of_list(name, entity, data.get(name), space.base))
    return found


def _of_list(name: str, entity: Entity, now: Any, base: Case) -> dict[str, Any]:
    stated = stated_entries(base, name)
    before = {str(answer(one, "id")): {short: answer(one, short) for short in entity.facts} for one in stated or ()}
    if now is None:
        return {} if stated is None else {name: UNKNOWN}
    ids = [one["id"] for one in now]
    if stated is None or any(one not in ids for one in before):
        return {name: now}
    found: dict[str, Any] = {}
    for one in now:
        if one["id"] in before:
            found.update(_differences(f"{name}.{one['id']}", before[one["id"]], one))
        else:
            found[f"{name}.{one['id']}"] = {key: value for key, value in one.items() if key != "id"}
    return found


def _differences(path: str, before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{path}.{short}": UNKNOWN if now.get(short) is None else now[short]
        for short, value in before.items()
        if now.get(short) != value
    }
