"""The ways down: for headline and gate, every smallest set of controls and changes of design that makes them milder.

What counts is the strict end: the stricter of the level that is proposed and the highest that missing answers can make
of it. So a way holds whatever the missing answers are. Each is replayed through the engine (decision 0033). Where there
is no way, it is told which findings hold the ladder where it is, with everything in place: all controls, and every
change of design at its mildest, as a solver finds it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts, Read, in_json
from risk_engine.engine.find import Found
from risk_engine.engine.propose import propose, rate, with_results
from risk_engine.engine.replay import Place, applied, deciding, plain, set_aside, unanswered
from risk_engine.engine.work import Worked
from risk_engine.model.facts import answers_named, rising
from risk_engine.model.ladders import Reached
from risk_engine.model.outlook import Change, Obstacle, Way, WaysDown
from risk_engine.outlook.offers import HittingSets, Offer, Part, changes_tried, strict_end
from risk_engine.solver.answers import value_of
from risk_engine.solver.blanks import Blank
from risk_engine.solver.confirm import SolverMismatchError
from risk_engine.solver.domains import place_of
from risk_engine.solver.terms import Chosen, Interval, Order, Term, at_most, both, is_at, negated, some

LIMIT = 12
"""So many ways to one level are worth reading."""


def ways_down(worked: Worked, limit: int = LIMIT) -> tuple[WaysDown, ...]:
    """Return for headline and gate how they can come to each milder level, the nearest level first.

    Of the levels that nothing leads to only the nearest is there, with what stands against it. A ladder that is at its
    mildest level already, and a level that every way jumps over, are left out.
    """
    above = [name for name in deciding(worked.criteria) if strict_end(worked, name) > 0]
    if not above:
        return ()
    offer = Offer.of(worked, tuple(above))
    return tuple(one for name in above for one in _Ladder(offer, name, limit).down())


class _Ladder:
    """The ways down one ladder."""

    def __init__(self, offer: Offer, name: str, limit: int) -> None:
        self.offer = offer
        self.name = name
        self.limit = limit
        self.worked = offer.worked
        self.levels = list(offer.worked.criteria.ladders[name].levels)
        self.parts = offer.parts()
        self.left_out = [negated(one.done) for one in self.parts]
        self.allowed = offer.allowed()
        self.tried = changes_tried(offer.worked.criteria)

    def down(self) -> list[WaysDown]:
        """Return the ways to each milder level, the nearest first."""
        now = strict_end(self.worked, self.name)
        found: list[WaysDown] = []
        for to in range(now - 1, -1, -1):
            with self.offer.opened.space.asked_with([*self.allowed, *self._reaches(to)], self.left_out) as ask:
                search = HittingSets(self.parts, ask)
                sets = search.up_to(self.limit)
            ways = tuple(self._way(one, to) for one in sets)
            nothing = not ways and search.is_all
            found.append(
                WaysDown(
                    ladder=self.name,
                    level=self.levels[now],
                    to=self.levels[to],
                    ways=ways,
                    is_all=search.is_all,
                    changes_tried=self.tried,
                    obstacles=obstacles(self.offer, self.name, to) if nothing else (),
                )
            )
            if not ways:
                break
        return [one for one, milder in zip(found, [*found[1:], None], strict=True) if not _jumped_over(one, milder)]

    def _reaches(self, to: int) -> list[Term]:
        ladder = self.offer.opened.reading.ladder(self.name)
        return [at_most(ladder.level, to), at_most(ladder.highest, to)]

    def _way(self, parts: Sequence[Part], to: int) -> Way:
        controls = tuple(one.control for one in parts if one.control is not None)
        changes = self._changes(parts, to)
        answers = {self.offer.opened.place(blank): after for blank, after, _or_milder in changes}
        replayed = applied(self.worked, controls, answers)
        if strict_end(replayed, self.name) > to:
            raise SolverMismatchError(f"{controls} and {answers} do not bring {self.name} to {self.levels[to]}")
        before = set(_open_paths(self.worked))
        return Way(
            controls=controls,
            changes=tuple(
                Change(
                    path=_path(self.offer.opened.place(blank)),
                    before=in_json(self.offer.before(blank)),
                    after=in_json(after),
                    or_milder=or_milder,
                )
                for blank, after, or_milder in changes
            ),
            effort=sum(one.effort for one in parts),
            not_agreed=sum(one.is_new for one in parts if one.control is not None),
            reached=tuple(map(Reached.of, replayed.proposed)),
            set_aside=set_aside(plain(self.worked.case), plain(replayed.case), self.worked.criteria),
            then_asked=tuple(one for one in _open_paths(replayed) if one not in before),
        )

    def _changes(self, parts: Sequence[Part], to: int) -> list[tuple[Blank, Any, bool]]:
        """Return for each question of a way the nearest answer that does, and whether every milder one does as well."""
        held = [*self.allowed, *(one.done if one in parts else negated(one.done) for one in self.parts)]
        said: dict[Blank, tuple[Any, Term]] = {}
        for part in parts:
            if part.place is not None:
                blank = self.offer.opened.blank(part.place)
                said[blank] = self._nearest(blank, [*held, *self._reaches(to), *(term for _, term in said.values())])
        return [
            (
                blank,
                after,
                self._or_milder(blank, after, [*held, *(term for one, (_, term) in said.items() if one != blank)], to),
            )
            for blank, (after, _term) in said.items()
        ]

    def _nearest(self, blank: Blank, held: Sequence[Term]) -> tuple[Any, Term]:
        """Return the answer that is nearest to the stated one of those that do, and its term."""
        match self.offer.opened.blanks.touched[blank].answer:
            case Interval(_unknown, low, _high):
                place = next(one for one in self.offer.others(blank) if self._can([*held, is_at(low, one)]))
                return self.offer.nearest(blank, place), is_at(low, place)
            case Chosen(_unknown, options):
                before = self.offer.before(blank)
                after: list[str] = []
                terms: list[Term] = []
                for one, term in options.items():
                    stays = self._can([*held, *terms, term if one in before else negated(term)])
                    is_chosen = (one in before) == stays
                    terms.append(term if is_chosen else negated(term))
                    after += [one] if is_chosen else []
                return tuple(after), both(*terms)

    def _or_milder(self, blank: Blank, after: Any, held: Sequence[Term], to: int) -> bool:
        """Return whether every answer that is milder than the nearest does as well, all else as the way has it.

        Where each answer has a text of its own, another one takes something else, so only the nearest is told.
        """
        if answers_named(self.offer.fact(blank)) is not None:
            return False
        match self.offer.opened.blanks.touched[blank].answer:
            case Interval(_unknown, low, _high) if rising(self.offer.fact(blank)) is not None:
                others = self.offer.others(blank)
                beyond = others[others.index(place_of(after, self.offer.domain(blank))) + 1 :]
                if not beyond:
                    return not self.offer.is_mildest(blank, after)
                fails = [some(is_at(low, one) for one in beyond), negated(both(*self._reaches(to)))]
                return self.offer.opened.space.check(*held, *fails)[0] == "impossible"
            case _:
                return False

    def _can(self, terms: Sequence[Term]) -> bool:
        return self.offer.opened.space.check(*terms)[1] is not None


def _jumped_over(one: WaysDown, milder: WaysDown | None) -> bool:
    """Return whether every way to a level leads to the next milder one, which then says it all."""
    if milder is None or not one.ways:
        return False
    further = [(way.controls, _answers(way)) for way in milder.ways]
    return all((way.controls, _answers(way)) in further for way in one.ways)


def _answers(way: Way) -> dict[str, Any]:
    return {one.path: one.after for one in way.changes}


def _open_paths(worked: Worked) -> list[str]:
    questions, lists = unanswered(worked)
    return [*lists, *map(_path, questions)]


def _path(place: Place) -> str:
    return Read(*place).path()


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
