"""The ways down of an outlook, held against the engine: each is allowed, told right, and needs every part of it.

That a smallest way is missing only a solver can show, but of single controls: there are so few that each is tried.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from risk_engine.backends.symbolic.domains import Domain, Domains, place_of
from risk_engine.engine.facts import in_json
from risk_engine.model.facts import AnyFact, ChoicesFact, answers_named
from risk_engine.model.outlook import Change, Outlook, Path, Way, WaysDown
from risk_engine.outlook.again.case import Again, Changed, open_questions, same
from risk_engine.outlook.allowed import (
    MOST_EFFORT,
    changeable,
    changes_tried,
    is_mildest,
    may_flip,
    missing_controls,
    nearest,
    others,
    rising,
    strict_end,
)
from risk_engine.outlook.replay import deciding, entry_at, read_of
from risk_engine.outlook.standing_against import standing_against


def wrong_ways(outlook: Outlook, again: Again) -> Iterator[str]:
    """Yield the places at which an outlook says of ways down what does not come out."""
    yield from _targets(outlook, again)
    ways = _Ways(again)
    for target in outlook.ways:
        if target.ladder in again.criteria.ladders:
            yield from (f"ways.{target.ladder}.{target.to}.{one}" for one in ways.wrong_in(target))


def _targets(outlook: Outlook, again: Again) -> Iterator[str]:
    """Yield the ladders whose targets are not the ones that there must be: each one nearer to the mildest level."""
    by_ladder: dict[str, list[WaysDown]] = {}
    for target in outlook.ways:
        by_ladder.setdefault(target.ladder, []).append(target)
    above = [name for name in deciding(again.criteria) if strict_end(again.worked, name) > 0]
    yield from (f"ways.{name}" for name in {*by_ladder} - {*above})
    for name in above:
        levels = list(again.criteria.ladders[name].levels)
        targets = by_ladder.get(name, [])
        places = [levels.index(one.to) if one.to in levels else len(levels) for one in targets]
        steps = [strict_end(again.worked, name), *places]
        falls = all(after < before for before, after in zip(steps, places, strict=False))
        goes_on = all(one.ways for one in targets[:-1])
        # It ends at the mildest level, or where no way leads any further.
        ends = bool(targets) and (places[-1] == 0 or not targets[-1].ways)
        if not (falls and goes_on and ends):
            yield f"ways.{name}"


class _Ways:
    """What a case can be brought to, and by what."""

    def __init__(self, again: Again) -> None:
        self.again, self.criteria, self.worked = again, again.criteria, again.worked
        self.missing = missing_controls(again.worked)
        self.changeable = frozenset(changeable(again.worked))
        self.tried = changes_tried(again.criteria)
        self.open = frozenset(one.path() for one in open_questions(again.worked))
        self.domains = Domains([again.criteria], again.worked.on, again.worked.profile)

    def wrong_in(self, target: WaysDown) -> Iterator[str]:
        levels = list(self.criteria.ladders[target.ladder].levels)
        if target.to not in levels:
            return
        to = levels.index(target.to)
        if target.level != levels[strict_end(self.worked, target.ladder)]:
            yield "level"
        if target.changes_tried != self.tried:
            yield "changes_tried"
        yield from self._wrong_obstacles(target, to)
        for number, way in enumerate(target.ways):
            yield from (f"{number}.{one}" for one in _Way(self, target.ladder, to, way).wrong())
        # A change of design counts as one that nobody has agreed to.
        costs = [(len(_parts(way)), way.effort, way.not_agreed + len(way.changes)) for way in target.ways]
        if costs != sorted(costs):
            yield "order"
        parts = [_parts(way) for way in target.ways]
        yield from (
            f"{number}" for number, one in enumerate(parts) if any(other <= one for other in parts if other is not one)
        )
        if target.is_all:
            yield from (
                name
                for name in self.missing
                if frozenset({name}) not in parts and self.leads(target.ladder, to, self.again.changed({}, (name,)))
            )

    def _wrong_obstacles(self, target: WaysDown, to: int) -> Iterator[str]:
        """Yield that obstacles are told wrong: all of them where no change of design is offered, else what is fixed."""
        if target.ways or not target.is_all:
            if target.obstacles:
                yield "obstacles"
            return
        if not self.changeable:
            made = self.again.changed({}, self.missing)
            if made is None or standing_against(made.worked, target.ladder, to) != target.obstacles:
                yield "obstacles"
            return
        for one in target.obstacles:
            fixed = tuple(path for path in one.rests_on if self._is_fixed(path))
            unknown = [path for path in (*one.rests_on, *one.unanswered) if not self._is_known(path)]
            if one.finding not in self.criteria.indicators or one.fixed != fixed or unknown:
                yield f"obstacles.{one.finding}"

    def _is_fixed(self, path: Path) -> bool:
        fact = self.fact(path)
        return fact is None or not getattr(fact, "changeable", False)

    def _is_known(self, path: Path) -> bool:
        return path in self.criteria.entities or self.fact(path) is not None

    def fact(self, path: Path) -> AnyFact | None:
        entity, *rest = path.split(".")
        declared = self.criteria.entities.get(entity)
        return declared.facts.get(rest[-1]) if declared is not None and rest else None

    def leads(self, ladder: str, to: int, made: Changed | None) -> bool:
        return made is not None and strict_end(made.worked, ladder) <= to


class _Offered(NamedTuple):
    """A change of design that may be offered, its answers as the case has them."""

    fact: AnyFact
    domain: Domain
    before: Any
    after: Any


class _Way:
    """A way of an outlook."""

    def __init__(self, ways: _Ways, ladder: str, to: int, way: Way) -> None:
        self.ways, self.ladder, self.to, self.way = ways, ladder, to, way
        self.answers: Mapping[Path, Any] = {one.path: one.after for one in way.changes}
        self.made = ways.again.changed(self.answers, way.controls)

    def wrong(self) -> Iterator[str]:
        """Yield the parts of the record of a way that are not so; a way that is no case was told of elsewhere."""
        way, ways = self.way, self.ways
        if self.made is None or not set(way.controls) <= set(ways.criteria.controls):
            return
        if len(_parts(way)) != len(way.controls) + len(way.changes):
            yield "controls"
        efforts = [ways.criteria.controls[one].effort for one in way.controls]
        if way.effort != sum(efforts) + MOST_EFFORT * len(way.changes):
            yield "effort"
        if way.not_agreed != sum(one not in ways.worked.controls for one in way.controls):
            yield "not_agreed"
        if sorted(way.set_aside) != sorted(self.made.set_aside):
            yield "set_aside"
        asked = {one.path() for one in open_questions(self.made.worked)} - ways.open
        if sorted(way.then_asked) != sorted(asked):
            yield "then_asked"
        for name in way.controls:
            if name not in ways.missing or self._leads_with(controls=[one for one in way.controls if one != name]):
                yield name
        for change in way.changes:
            kept = {path: value for path, value in self.answers.items() if path != change.path}
            offered = self._offered(change, self.made)
            if offered is None or self._leads_with(kept) or not self._is_nearest(change.path, offered):
                yield change.path
            elif change.or_milder != self._or_milder(change.path, offered):
                yield f"{change.path}.or_milder"

    def _leads_with(self, answers: Mapping[Path, Any] | None = None, controls: list[str] | None = None) -> bool:
        given = self.answers if answers is None else answers
        made = self.ways.again.changed(given, self.way.controls if controls is None else controls)
        return self.ways.leads(self.ladder, self.to, made)

    def _offered(self, change: Change, made: Changed) -> _Offered | None:
        read, fact = read_of(change.path), self.ways.fact(change.path)
        if fact is None or (read.entity, read.entry, read.fact) not in self.ways.changeable:
            return None
        before, after = (entry_at(one.facts, read).values[read.fact or ""] for one in (self.ways.worked, made.worked))
        domain = self.ways.domains[f"{read.entity}.{read.fact}"]
        found = _Offered(fact, domain, before, after)
        return found if same(in_json(after), change.after) and _may_be(found) else None

    def _is_nearest(self, path: Path, offered: _Offered) -> bool:
        """Return whether no answer that is nearer to the stated one does as well, all else as the way has it."""
        return not any(self._leads_with({**self.answers, path: one}) for one in _nearer(offered))

    def _or_milder(self, path: Path, offered: _Offered) -> bool:
        fact, domain, before, after = offered
        if answers_named(fact) is not None or isinstance(fact, ChoicesFact) or rising(fact) is None:
            return False
        now = place_of(before, domain)
        offers = others(fact, now, domain)
        beyond = offers[offers.index(place_of(after, domain)) + 1 :]
        if not beyond:
            return not is_mildest(fact, after, now, domain)
        return all(self._leads_with({**self.answers, path: nearest(now, one, domain)}) for one in beyond)


def _may_be(offered: _Offered) -> bool:
    fact, domain, before, after = offered
    if isinstance(fact, ChoicesFact):
        flipped = [one for one in domain if (one in before) != (one in after)]
        return bool(flipped) and all(may_flip(fact, one, before) for one in flipped)
    now, place = place_of(before, domain), place_of(after, domain)
    return place in others(fact, now, domain) and bool(nearest(now, place, domain) == after)


def _nearer(offered: _Offered) -> Iterator[Any]:
    fact, domain, before, after = offered
    if isinstance(fact, ChoicesFact):
        flipped = [one for one in domain if (one in before) != (one in after)]
        for back in flipped if len(flipped) > 1 else ():
            yield tuple(one for one in domain if (one in after) != (one == back))
        return
    now = place_of(before, domain)
    offers = others(fact, now, domain)
    yield from (nearest(now, one, domain) for one in offers[: offers.index(place_of(after, domain))])


def _parts(way: Way) -> frozenset[str]:
    return frozenset((*way.controls, *(one.path for one in way.changes)))
