"""A case worked out again with an answer, a control or a number of its criteria changed.

`applied` works the whole case out as an office would state it. `Replays` computes anew only what one change can reach,
says the same as `work` of the changed case (a test compares the two), and tells only what ladders say, not why.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias, cast

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Read, holders
from risk_engine.engine.find import Found, find
from risk_engine.engine.near_facts import Near
from risk_engine.engine.nearby import Nearby
from risk_engine.engine.program_results import SEEN_OF, Bounds, Came, Ranks, Rated, Results, keep
from risk_engine.engine.program_source import ladders_source
from risk_engine.engine.resolve import answered, near_to, reopened_in, resolve, resolve_near, superfluous
from risk_engine.engine.work import Worked, work
from risk_engine.files.once import once
from risk_engine.model.case import Case, answer, case_model, entries, shown_in_place
from risk_engine.model.conditions import facts_in
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.ladders import Reached, SeverityPoints
from risk_engine.model.profile import Profile, ValueOverride
from risk_engine.model.references import asking_conditions, needed_kinds, readers, reopening, told_apart
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES

Place: TypeAlias = tuple[str, str | None, str]
"""A question of a case: entity, the entry's id where it is one of a list, and the fact."""
Levels: TypeAlias = tuple[Reached, ...]
"""What ladders came to."""
Walked: TypeAlias = tuple[int | None, int, int, int]
"""What a ladder came to: the rule, its level, the lowest and the highest, as numbers."""
OVERRIDDEN = "moved to see whether the result is stable"


def deciding(criteria: Criteria) -> tuple[str, ...]:
    """Return the ladders that make the result: the headline and, where the set has one, then the gate."""
    return criteria.head.roles.deciding[::-1]


as_model = once(case_model)


def applied(worked: Worked, controls: Collection[str] = (), answers: Mapping[Place, Any] | None = None) -> Worked:
    """Return what a case comes to with these controls in place as well, and these answers in place of its own."""
    data = with_answers(plain(worked.case), answers or {})
    data["controls"] = in_place(data.get("controls", ()), controls, worked.criteria, worked.on)
    kept = worked.facts.superfluous.keys() - {Read(*one) for one in answers or ()}
    return worked_as_asked(data, worked.criteria, worked.on, worked.profile, kept)[1]


def unanswered(worked: Worked) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Return the questions and the lists of a case that are open, in the order of the case file.

    A question is open where neither the case nor a table answers it and it is not ruled out. Answers that contradict
    each other and so count as open are open questions too, and with them what they rule out (decision 0072).
    """
    questions: list[Place] = []
    lists: list[str] = []
    facts, again = worked.facts, worked.facts.again
    readings = (facts,) if again is None else (facts, again)
    reopened = () if again is None else reopened_in(facts, worked.criteria)
    for name, entity in worked.criteria.entities.items():
        holders = (getattr(worked.case, name),) if entity.many is None else entries(worked.case, name)
        if holders is None or Read(name, None, None) in reopened:
            if any(one.lists[name] is None for one in readings) or holders is not None:
                lists.append(name)
            continue
        for holder in holders:
            entry = None if entity.many is None else f"{answer(holder, 'id')}"
            for short, fact in entity.facts.items():
                read = Read(name, entry, short)
                # What a new case holds of a list that is closed is no entry.
                is_missing = any(one.origins.get(read) == "missing" for one in readings)
                is_unsaid = not isinstance(fact, TextFact) and answer(holder, short) is None
                if read in reopened or (is_unsaid and is_missing):
                    questions.append((name, entry, short))
    return tuple(questions), tuple(lists)


def plain(case: Case) -> dict[str, Any]:
    """Return what a case states, as plain data."""
    return case.model_dump(by_alias=True, exclude_none=True)


def set_aside(before: Mapping[str, Any], after: Mapping[str, Any], criteria: Criteria) -> tuple[str, ...]:
    """Return the paths of the answers that plain data of a case state and those of a changed one no longer do."""
    left = set(_stated(after, criteria))
    return tuple(path for path in _stated(before, criteria) if path not in left)


def _stated(data: Mapping[str, Any], criteria: Criteria) -> Iterator[str]:
    for name in criteria.entities:
        stated = data.get(name) or ()
        if isinstance(stated, Mapping):
            yield from (f"{name}.{fact}" for fact, value in stated.items() if value is not None)
        else:
            for one in stated:
                yield from (f"{name}.{one['id']}.{fact}" for fact in one if fact != "id" and one[fact] is not None)


def with_answers(data: dict[str, Any], answers: Mapping[Place, Any] | Mapping[Read, Any]) -> dict[str, Any]:
    """Return plain data with answers where they belong, without a fact a whole list; None takes one out."""
    found = dict(data)
    by_entry: dict[tuple[str, str | None], dict[str, Any]] = {}
    for (entity, entry, fact), value in answers.items():
        if fact is None and value is None:
            found.pop(entity, None)
        elif fact is None:
            found[entity] = value
        else:
            by_entry.setdefault((entity, entry), {})[fact] = value
    for entity in dict.fromkeys(entity for entity, _entry in by_entry):
        stated = data.get(entity)
        stated = None if isinstance(stated, str) else stated  # not known as a whole
        if (entity, None) in by_entry:
            found[entity] = _with(stated or {}, by_entry[entity, None])
        else:
            found[entity] = tuple(_with(one, by_entry.get((entity, one["id"]), {})) for one in stated or ())
    return found


def _with(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in {**entry, **answers}.items() if one is not None}


def in_place(
    stated: Iterable[Mapping[str, Any]], controls: Iterable[str], criteria: Criteria, on: date
) -> tuple[dict[str, Any], ...]:
    """Return the controls of a case with these in place as well, with evidence of the day of every kind needed."""
    found = {one["id"]: dict(one) for one in stated}
    for name in controls:
        found[name] = {**found.get(name, {}), **shown_in_place(name, on, needed_kinds(criteria).get(name))}
    return tuple(found.values())


def worked_as_asked(
    data: dict[str, Any],
    criteria: Criteria,
    on: date,
    profile: Profile | None,
    kept: Collection[Read] = (),
    near: Nearby | None = None,
) -> tuple[dict[str, Any], Worked]:
    """Return plain data without what is not asked any more, and what the case comes to.

    Superfluous answers that are `kept` stay, and count. `near` works it out where many cases near another one are.
    """
    case = as_model(criteria).model_validate(data)
    worked = work(case, criteria, on, profile) if near is None else near.work(case, on)
    if worked.facts.superfluous.keys() <= set(kept):
        return data, worked
    data = with_answers(data, dict.fromkeys(superfluous(case, criteria, on, profile, kept)))
    return data, work(as_model(criteria).model_validate(data), criteria, on, profile)


class Replays:
    """A case that was worked out, to be worked out again with one thing changed."""

    def __init__(self, worked: Worked, ladders: Sequence[str]) -> None:
        """Take the case and the ladders to look at."""
        self.worked = worked
        criteria = worked.criteria
        self._criteria = criteria.model_copy(update={"ladders": {one: criteria.ladders[one] for one in ladders}})
        self._known: dict[frozenset[Any], Levels] = {}

    @cached_property
    def now(self) -> Levels:
        """What the ladders came to in the case as it is."""
        wanted = self._criteria.ladders
        by_name = {one.ladder: one for one in self.worked.proposed}
        return tuple(Reached.of(by_name[name]) for name in wanted)

    def with_answer(self, place: Read, value: Any) -> Levels:
        """Return what the ladders come to with another answer to one question of the case."""
        return self.with_findings(self.found_with(place, value))

    def found_with(self, place: Read, value: Any) -> Mapping[str, Found]:
        """Return what the findings come to that another answer to one question of the case can reach."""
        return self.found_under(*self.facts_with(place, value))

    def facts_with(self, place: Read, value: Any) -> tuple[Facts, set[str] | None]:
        """Return the facts with another answer to one question of the case, and those that differ.

        None where the names of those are not known. An answer to a question that is not asked is set aside.
        """
        fact = f"{place.entity}.{place.fact}"
        facts = self.worked.facts
        settles = fact in settling(self.worked.criteria) or place in facts.superfluous
        match None if settles else self.is_asked(place):
            case False:
                return facts, set()
            case True:  # no other question hangs on it: to resolve the whole case again would take long
                return with_value(facts, place, value), {fact}
            case _:
                return self._resolved(answered(self.worked.case, place, value), self.worked.profile, place), None

    def found_under(self, facts: Facts, differing: set[str] | None = None) -> Mapping[str, Found]:
        """Return what the findings come to that read what is not the same in these facts as in those of the case.

        `differing` are the names of those, where they are known.
        """
        return self._found(facts, differing_facts(self.worked.facts, facts) if differing is None else differing)

    def is_asked(self, place: Read) -> bool | None:
        """Return whether a question is asked in the case; None where that hangs on what is not answered.

        None too where the entry is not there once answers that contradict each other are set aside or open again.
        """
        asked = getattr(self.worked.criteria.fact(f"{place.entity}.{place.fact}"), "ask_when", None)
        facts = self.worked.facts
        readings = [one for one in (facts, facts.again, facts.aside) if one is not None]
        if any(place.entry not in {one.id for one in holders(reading, place.entity)} for reading in readings):
            return None
        found = {evaluate(asked, one, entry_at(one, place)).value for one in readings if asked is not None}
        return True if asked is None else found.pop() if len(found) == 1 else None

    def sets_aside(self, place: Read, value: Any) -> bool:
        """Return whether another answer to one question is set aside, so that the case cannot state it."""
        worked = self.worked
        kept = worked.facts.superfluous.keys() - {place}
        case = answered(worked.case, place, value)
        return place in superfluous(case, worked.criteria, worked.on, worked.profile, kept)

    def with_parameter(self, name: str, value: int) -> Levels:
        """Return what the ladders come to with another value of a parameter."""
        profile = self.worked.profile or Profile(institution=OVERRIDDEN, criteria=self._criteria.head.id)
        overrides = {**profile.parameters, name: ValueOverride(value=value, reason=OVERRIDDEN)}
        facts = self._resolved(self.worked.case, profile.model_copy(update={"parameters": overrides}))
        reached = {*differing_facts(self.worked.facts, facts), name}
        return self.with_findings(self._found(facts, reached))

    def with_findings(self, changed: Mapping[str, Found]) -> Levels:
        """Return what the ladders come to with these findings in place of those of the case."""
        moves = self.moves(changed)
        if not moves:
            return self.now
        if moves not in self._known:
            found = tuple(changed.get(one.id, one) for one in self.worked.found)
            self._known[moves] = self._levels(found, self._results)
        return self._known[moves]

    def moves(self, changed: Mapping[str, Found]) -> frozenset[Any]:
        """Return what ladders can see of these findings being in place of those of the case; nothing if they see none.

        Rules of ladders go through all findings: which one it is makes no difference where they do not name it.
        """
        before = ((one, changed[one.id]) for one in self.worked.found if one.id in changed)
        return frozenset(Counter(self._move(one, other) for one, other in before if _seen(one) != _seen(other)).items())

    def _move(self, before: Found, after: Found) -> tuple[Any, ...]:
        name = before.id if before.id in told_apart(self._criteria) else None
        points = tuple(before.indicator.points.items())
        return name, before.indicator.dimension, before.indicator.ground, points, _seen(before), _seen(after)

    def with_points(self, points: SeverityPoints) -> Levels:
        """Return what the ladders come to with other points, another cap or other bands."""
        head = self._criteria.head.model_copy(update={"severity": points})
        return self._levels(self.worked.found, self._ladders.results(self._criteria.model_copy(update={"head": head})))

    def _levels(self, found: Sequence[Found], results: Results) -> Levels:
        reached = self._ladders.reached(found, results)
        return tuple(reached[name] for name in self._criteria.ladders)

    @cached_property
    def _ladders(self) -> "Ladders":
        return ladders_of(self.worked)

    @cached_property
    def _results(self) -> Results:
        return self._ladders.results(self._criteria)

    @cached_property
    def _near(self) -> Near | None:
        """The case as others are near it; None where its own answers contradict each other or are superfluous."""
        worked, facts = self.worked, self.worked.facts
        return (
            None if facts.superfluous or facts.again else near_to(worked.case, facts, worked.criteria, worked.profile)
        )

    def _resolved(self, case: Case, profile: Profile | None, place: Read | None = None) -> Facts:
        """Return the facts of a case; answers to questions that are not asked any more are set aside.

        So is the new answer at a `place`; superfluous answers that the worked case has already stay.
        """
        criteria, on = self.worked.criteria, self.worked.on
        kept = self.worked.facts.superfluous.keys() - {place}
        if self._near is None or profile is not self.worked.profile:
            facts = resolve(case, criteria, on, profile)
        else:
            facts = resolve_near(case, criteria, on, profile, self._near)
        if facts.superfluous.keys() <= kept:
            return facts
        for read in superfluous(case, criteria, on, profile, kept):
            case = answered(case, read, None)
        return resolve(case, criteria, on, profile)

    def _found(self, facts: Facts, changed: set[str]) -> dict[str, Found]:
        """Return what the indicators come to that read one of these facts or parameters."""
        of_set = readers(self.worked.criteria)
        names = {one for name in changed for one in of_set.get(name, ())}
        indicators = {name: one for name, one in self.worked.criteria.indicators.items() if name in names}
        only = self.worked.criteria.model_copy(update={"indicators": indicators})
        worked = self.worked
        return {one.id: one for one in find(facts, only, worked.on, worked.controls, worked.profile)}


def with_value(facts: Facts, place: Read, value: Any) -> Facts:
    """Return the facts with another value of one of them, and nothing else changed."""
    old = entry_at(facts, place)
    new = replace(old, values={**old.values, place.fact or "": value})
    again, aside = (None if one is None else with_value(one, place, value) for one in (facts.again, facts.aside))
    if place.entry is None:
        return replace(facts, single={**facts.single, place.entity: new}, again=again, aside=aside)
    entries = tuple(new if one is old else one for one in facts.lists[place.entity] or ())
    return replace(facts, lists={**facts.lists, place.entity: entries}, again=again, aside=aside)


def entry_at(facts: Facts, place: Read) -> Entry:
    """Return the entry, or the only one of its entity, that a question is about; it must be there."""
    if place.entry is None:
        return facts.single[place.entity]
    return next(one for one in facts.lists[place.entity] or () if one.id == place.entry)


def read_of(path: str) -> Read:
    """Return the question that a path means, `entity.fact` or `entity.id.fact`; `entity` alone is a whole list."""
    entity, *parts = path.split(".")
    return Read(entity, parts[0] if len(parts) > 1 else None, parts[-1] if parts else None)


def _seen(one: Found) -> tuple[Any, ...]:
    """Return what ladders, and the ratings of dimensions, see of a finding."""
    return one.outcome, one.inherent, one.possible, one.residual, one.knock_out, one.open


def differing_facts(before: Facts, after: Facts) -> set[str]:
    """Return the names of the facts whose answers differ, and of the lists that have other entries."""
    found = {
        f"{entity}.{short}"
        for entity, old, new in _pairs(before, after)
        for short, value in old.items()
        if value != new[short]
    }
    found |= {name for name in before.lists if _ids(before, name) != _ids(after, name)}
    for one, other in ((before.again, after.again), (before.aside, after.aside)):
        if one is not None or other is not None:
            found |= differing_facts(one or before, other or after)
    return found


def _pairs(before: Facts, after: Facts) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for name, one in before.single.items():
        yield name, one.values, after.single[name].values
    for name, several in before.lists.items():
        if _ids(before, name) == _ids(after, name):
            for old, new in zip(several or (), after.lists[name] or (), strict=True):
                yield name, old.values, new.values


def _ids(facts: Facts, name: str) -> list[str | None] | None:
    several = facts.lists[name]
    return None if several is None else [one.id for one in several]


@once
def settling(criteria: Criteria) -> frozenset[str]:
    """Return the facts that settle others too: whether they are asked or open, or what a table says of them."""
    found: set[str] = set()
    found |= {name for several in reopening(criteria).values() for name in several}
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            if isinstance(fact, RowFact):
                found.add(f"{name}.{short}")
    for condition in asking_conditions(criteria):
        found |= facts_in(condition, criteria.definitions)
    return frozenset(found)


KEPT = 16
"""So many are kept for one set: each for other rules in force, or other values of parameters."""

_SEVERITY = {one: rank for rank, one in enumerate(SEVERITIES)}
_KNOCK_OUT = {one: rank for rank, one in enumerate(KNOCK_OUTS)}


def ladders_of(worked: Worked) -> "Ladders":
    """Return the ladders of a set, as they stand for a case; NotInForceError where one reads what has no value yet."""
    kept = _by_time(worked.criteria)
    key = tuple(one.id for one in worked.found), tuple(worked.facts.parameters.items())
    return kept.get(key) or keep(kept, key, Ladders(worked.criteria, key[0], worked.on, worked.profile), KEPT)


@once
def _by_time(_criteria: Criteria) -> "dict[tuple[Any, ...], Ladders]":
    return {}


class Ladders:
    """All ladders of a set as one function of findings and dimensions."""

    def __init__(self, criteria: Criteria, in_force: Sequence[str], on: date, profile: Profile | None = None) -> None:
        """Compile them, with the indicators in force on a day; NotInForceError where one reads what has no value."""
        self._numbers = {name: number for number, name in enumerate(in_force)}
        text, constants = ladders_source(criteria, on, profile)
        space = {**constants, "__builtins__": {"map": map, "max": max}, "seen_of": SEEN_OF}
        exec(compile(text, "<ladders>", "exec"), space)  # noqa: S102 (no text of an author stands in it)
        self._walk = cast("Callable[[Sequence[Came], Sequence[Rated]], tuple[Walked, ...]]", space["walk"])
        self._levels = [(name, tuple(one.levels)) for name, one in criteria.ladders.items()]
        self._made: dict[tuple[str, Walked], Reached] = {}

    def results(self, criteria: Criteria) -> Results:
        """Return what rates findings by the points of a set: that of the ladders, or one that has other points."""
        return Results(criteria, tuple(self._numbers))

    def reached(self, found: Iterable[Found], results: Results) -> dict[str, Reached]:
        """Return what every ladder comes to with all findings of a case and what rates them."""
        _dimensions, walked = self.walked(((one.id, one) for one in found if one.outcome != "absent"), results)
        return {
            name: self._made.get((name, one)) or self._reached(name, levels, one)
            for (name, levels), one in zip(self._levels, walked, strict=True)
        }

    def walked(
        self, found: Iterable[tuple[str, Found | Bounds]], results: Results
    ) -> tuple[list[Rated], tuple[Walked, ...]]:
        """Return what dimensions and ladders come to with all findings that are not absent, in ranks."""
        came = [results.came(_ranks(self._numbers[name], one)) for name, one in found]
        rated = results.rated(came)
        return rated, self._walk(came, rated)

    def _reached(self, name: str, levels: Sequence[str], came: Walked) -> Reached:
        _rule, level, settled, highest = came
        made = Reached(ladder=name, level=levels[level], lowest=levels[settled], highest=levels[highest])
        self._made[name, came] = made
        return made


def _ranks(number: int, found: Found | Bounds) -> Ranks:
    """Return a finding in ranks."""
    return Ranks(
        number,
        _SEVERITY[found.inherent],
        _SEVERITY[found.possible],
        (_SEVERITY[found.residual[0]], _SEVERITY[found.residual[1]]),
        (_SEVERITY[found.expected[0]], _SEVERITY[found.expected[1]]),
        (_KNOCK_OUT[found.knock_out[0]], _KNOCK_OUT[found.knock_out[1]]),
        (_KNOCK_OUT[found.knock_out_before[0]], _KNOCK_OUT[found.knock_out_before[1]]),
        found.open,
    )
