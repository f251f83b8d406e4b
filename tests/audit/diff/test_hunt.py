"""Nothing is called proved that some case with up to six entries shows otherwise (issue 16, section 0).

Random sets and random changes, from a fixed seed each; every case of them is worked out. `RISK_ENGINE_HUNT=10000` looks
at so many instead of a few, `RISK_ENGINE_HUNT_FROM` says from which seed on.
"""

import os
import random
import tempfile
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.diff.targets import Target, classify
from risk_engine.audit.proofs.prove import prove
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.propose import with_levels
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import case_model
from risk_engine.model.changes import Meaning
from risk_engine.model.criteria import Criteria
from risk_engine.model.proof import Claim
from risk_engine.model.references import read_by
from risk_engine.solver.space import Limits
from tests.engine.builder import DAY, LADDERS, criteria_of, written
from tests.strategies import HEADS

Data: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[bool | None, tuple[str | None, ...] | None]
"""A case: the answer to `trip.wet`, of the list `device` the kind of each entry."""

FIRST = int(os.environ.get("RISK_ENGINE_HUNT_FROM", "28"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("RISK_ENGINE_HUNT", "1")))
MANY = 6
KINDS = ("plain", "laser", "fragile")
SEVERITIES = ("low", "moderate", "high", "critical")
FACTS: Data = {
    "trip": {"facts": {"wet": {"type": "boolean", "riskier": True}}},
    "device": {"many": MANY, "facts": {"kind": {"type": "choice", "options": KINDS, "riskier": "later"}}},
}


class Dice:
    """Draws a set and a change of it."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 (nothing is secret)
        self.one = self._random.choice
        self.some = self._random.sample
        self.names = [f"I{number}" for number in range(self.one((2, 2, 3)))]
        self.is_exclusive = self.chance(0.5)
        """Whether each indicator counts entries of a kind of its own: then it takes most entries to show anything."""

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def counted(self) -> Data:
        """Draw what a list must hold; most need several entries, so that few entries show little."""
        where = {"fact": "device.kind", "is": self.one(KINDS)}
        if self.chance(0.3):
            where = {"fact": "device.kind", "at_least": self.one(KINDS[1:])}
        key = self.one(("at_least", "at_least", "at_least", "at_most", "some", "every"))
        if key in {"some", "every"}:
            return {key: "device", "where": where}
        return {"count": "device", "where": where, key: self.one((1, 2, 2, 3))}

    def condition(self) -> Data:
        if self.chance(0.2):
            several = [self.counted(), self.one((self.counted(), {"fact": "trip.wet", "is": True}))]
            return {self.one(("all_of", "any_of")): several}
        return self.counted()

    def indicator(self, name: str) -> Data:
        if self.is_exclusive:
            where = {"fact": "device.kind", "is": KINDS[self.names.index(name)]}
            counted = {"count": "device", "where": where, "at_least": self.one((2, 2, 3))}
            return {"severity": {self.one(SEVERITIES[:2]): counted}}
        severity: Data = {}
        for one in sorted(self.some(SEVERITIES, self.one((1, 1, 2))), key=SEVERITIES.index):
            condition = self.condition()
            if condition not in severity.values():  # else the milder one never counts, and no set is read so
                severity[one] = condition
        found: Data = {"severity": severity}
        if self.chance(0.2):
            found["knock_out"] = {"legal": self.counted()}
        return found

    def about_one(self, name: str | None = None) -> Data:
        of_id = {"fact": "finding.id", "is": name or self.one(self.names)}
        said = self.one(
            (
                {"fact": "finding.residual", "is": self.one(("none", "low", "moderate"))},
                {"fact": "finding.residual", "at_least": self.one(SEVERITIES)},
                {"fact": "finding.outcome", "is": "present"},
                {"fact": "finding.inherent", "one_of": {"parameter": "bad"}},
            )
        )
        return {"some": "finding", "where": {"all_of": [of_id, said]}}

    def when(self) -> Data:
        if self.is_exclusive and self.chance(0.7):
            return {"all_of": [self.about_one(name) for name in self.names]}
        several = self.one(
            (
                {"all_of": [self.about_one(), self.about_one()]},
                {"all_of": [self.about_one(), {"not": self.about_one()}]},
                {"all_of": [self.about_one() for _name in self.names]},
                {"count": "finding", "where": {"fact": "finding.residual", "at_least": "low"}, "at_least": 2},
                {"some": "dimension", "where": {"fact": "dimension.residual_band", "at_least": self.one(("b1", "b2"))}},
                {"every": "finding", "where": {"fact": "finding.outcome", "is": "present"}},
            )
        )
        return several if self.chance(0.8) else self.about_one()

    def gate(self) -> Data:
        levels = ["blocked", "conditional"] if self.chance(0.5) else ["conditional"]
        return {**written(LADDERS)["gate"], "rules": [{"level": one, "when": self.when()} for one in levels]}

    def pieces(self) -> Data:
        ladders = {name: one for name, one in written(LADDERS).items() if name == "escalation"}
        measure = {**written(LADDERS)["measure"], "rules": [{"level": "regulation", "when": self.when()}]}
        return {
            "facts": FACTS,
            "indicators": {name: self.indicator(name) for name in self.names},
            "ladders": {"measure": measure, "gate": self.gate(), **ladders},
            "parameters": {"bad": {"values": [{"value": ["low", "critical"]}]}},
            "head": {**HEADS[0], "roles": {"headline": "measure", "gate": "gate", "escalation": "escalation"}},
            "invariants": {"results": {"P0": {"then": {"not": self.when()}}}},
        }

    def changed(self, before: Data) -> Data:
        """Draw what a change makes of a set: most often of what reads findings alone."""
        match self.one(("rule", "rule", "rule", "points", "bands", "parameter", "indicator")):
            case "rule":
                gate = before["ladders"]["gate"]
                number = self.one(range(len(gate["rules"])))
                rules = [
                    {**rule, "when": self.mended(rule["when"])} if place == number else rule
                    for place, rule in enumerate(gate["rules"])
                ]
                return {**before, "ladders": {**before["ladders"], "gate": {**gate, "rules": rules}}}
            case "points":
                severity = {**HEADS[0]["severity"], "points": {"low": 1, "moderate": 19, "high": 20, "critical": 120}}
                return {**before, "head": {**before["head"], "severity": severity}}
            case "bands":
                severity = {**HEADS[0]["severity"], "bands": {"b0": 0, "b1": 2, "b2": 10, "b3": 120}}
                return {**before, "head": {**before["head"], "severity": severity}}
            case "parameter":
                return {**before, "parameters": {"bad": {"values": [{"value": [self.one(SEVERITIES)]}]}}}
            case _:
                name = self.one(self.names)
                return {**before, "indicators": {**before["indicators"], name: self.indicator(name)}}

    def mended(self, when: Any) -> Any:
        """Draw a condition with another severity or another finding in one place, or another condition."""
        if self.chance(0.2):
            return self.when()
        places = list(_places(when))
        if not places:
            return self.when()
        chosen = self.one(places)
        return _with(when, chosen, self.one([one for one in ("none", *SEVERITIES) if one != _at(when, chosen)]))


def _places(data: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    match data:
        case dict():
            for name, one in data.items():
                yield from _places(one, (*way, name))
        case list():
            for number, one in enumerate(data):
                yield from _places(one, (*way, number))
        case str() if data in {"none", *SEVERITIES} and way[-1] in {"is", "at_least"}:
            yield way
        case _:
            pass


def _at(data: Any, way: tuple[Any, ...]) -> Any:
    return data if not way else _at(data[way[0]], way[1:])


def _with(data: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    if isinstance(data, dict):
        return {**data, way[0]: _with(data[way[0]], way[1:], value)}
    return [_with(one, way[1:], value) if number == way[0] else one for number, one in enumerate(data)]


def _keys() -> Iterator[Key]:
    lists = [
        several
        for number in range(MANY + 1)
        for several in combinations_with_replacement((None, *KINDS), number)
        # Few entries of which nothing is known show all that many do; this keeps a hunt short.
        if several.count(None) <= 2
    ]
    for wet in (True, False, None):
        yield wet, None
        yield from ((wet, one) for one in lists)


KEYS = tuple(_keys())


def keys_of(*sets: Criteria) -> tuple[Key, ...]:
    """Return the cases to try; whether it is wet is tried only where some rule reads it."""
    is_read = any("trip.wet" in names for one in sets for names in read_by(one).values())
    return KEYS if is_read else tuple(key for key in KEYS if key[0] is False)


def world(criteria: Criteria, keys: Iterable[Key]) -> dict[Key, Worked]:
    """Return every case as the engine works it out."""
    model = case_model(criteria)
    named = {"id": "c", "title": "C", "assessment_date": DAY}
    return {key: work(model.model_validate({**named, **data(key)}), criteria, DAY) for key in keys}


def data(key: Key) -> Data:
    wet, kinds = key
    found: Data = {"trip": {} if wet is None else {"wet": wet}}
    if kinds is not None:
        found["device"] = tuple({"id": f"d{n}"} | ({"kind": one} if one else {}) for n, one in enumerate(kinds))
    return found


def base_of(criteria: Criteria) -> Any:
    stated = data((False, ("plain",)))
    return case_model(criteria).model_validate({"id": "b", "title": "B", "assessment_date": DAY, **stated})


def said_falsely(
    found: Meaning, before: dict[Key, Worked], after: dict[Key, Worked], criteria: Criteria
) -> Iterator[str]:
    """Yield what a meaning calls proved and some case shows otherwise."""
    proved = {(one.of, one.name, one.direction) for one in found.shifts if one.status == "proved"}
    listed = {(one.of, one.name, one.direction) for one in found.shifts}
    names = [*criteria.indicators]
    of_finding = [
        Target(of, name) for name in names for of in ("finding_severity", "finding_residual", "finding_knock_out")
    ]
    of_dimension = [Target(of, name) for name in criteria.head.dimensions for of in ("inherent", "residual")]
    for key, old in before.items():
        new = after[key]
        shown = {("ladder", one.ladder, direction) for one in classify(old, new) for direction in one.directions}
        for target in (*of_dimension, *of_finding):
            ends = list(zip(target.places(old), target.places(new), strict=True))
            shown |= {(target.of, target.name, "milder")} if any(now < was for was, now in ends) else set()
            shown |= {(target.of, target.name, "stricter")} if any(now > was for was, now in ends) else set()
        # Of findings only those are listed that are not proved to stay.
        for one in shown & proved | {one for one in shown if one[0].startswith("finding") and one not in listed}:
            yield f"{one} is called proved, and {key} shows it"
        if any(one[0] == "ladder" for one in shown) and (found.is_equal or found.required.bump == "patch"):
            yield f"equal, and {key} is decided otherwise: {shown}"
        if found.required.bump != "major" and any(("ladder", name, "milder") in shown for name in ("gate", "measure")):
            yield f"{found.required}, and {key} gets milder"


@pytest.mark.parametrize("seed", SEEDS)
def test_no_case_shows_what_a_comparison_calls_proved_that_it_never_happens(seed: int) -> None:
    dice = Dice(seed)
    pieces = dice.pieces()
    with tempfile.TemporaryDirectory() as folder:
        before, after = (
            criteria_of(Path(folder) / f"v{number}", one) for number, one in enumerate((pieces, dice.changed(pieces)))
        )
    found = meaning(before, after, base_of(before), Limits(), DAY)
    keys = keys_of(before, after)
    assert next(said_falsely(found, world(before, keys), world(after, keys), before), None) is None
    # So small a set is always decided.
    assert [one for one in found.shifts if one.status == "undecided"] == []


def claimed_falsely(claims: tuple[Claim, ...], cases: dict[Key, Worked], criteria: Criteria) -> Iterator[str]:
    """Yield what a proof says of ladders and promises and some case shows otherwise."""
    for claim in claims:
        if claim.topic == "occur" and claim.subject in criteria.ladders and claim.status == "refuted":
            ladder = criteria.ladders[claim.subject]
            for key, worked in cases.items():
                (came,) = (one for one in worked.proposed if one.ladder == claim.subject)
                rule = "can be what holds otherwise" if came.rule is None else f"rule {came.rule + 1} "
                if rule in claim.statement or f"“{ladder.levels[came.level].title}” can be proposed" in claim.statement:
                    yield f"{claim.statement} is called impossible, and {key} shows it"
        if claim.topic == "promises" and claim.status == "proved":
            promise = criteria.invariants.results[claim.subject]
            for key, worked in cases.items():
                everything = with_levels(worked.results, worked.proposed, criteria)
                if evaluate(promise.then, everything).value is False:
                    yield f"{claim.statement} is called kept, and {key} breaks it"
        if claim.topic == "monotone" and claim.subject in criteria.ladders and claim.status == "proved":
            for key, riskier in steps(cases):
                most = [Target("ladder", claim.subject).places(cases[one])[-1] for one in (key, riskier)]
                if most[1] < most[0]:
                    yield f"{claim.statement} is called proved, and falls from {key} to {riskier}"


def steps(known: Collection[Key]) -> Iterator[tuple[Key, Key]]:
    """Yield cases with one answer, and the same with a riskier one."""
    for wet, kinds in known:
        if wet is False and (True, kinds) in known:
            yield (wet, kinds), (True, kinds)
        there = kinds or ()
        for place, one in enumerate(there):
            for other in KINDS[KINDS.index(one) + 1 :] if one else ():
                changed = (wet, tuple(sorted((*there[:place], other, *there[place + 1 :]), key=_rank)))
                if changed in known:
                    yield (wet, kinds), changed


def _rank(kind: str | None) -> int:
    return (None, *KINDS).index(kind)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_case_shows_otherwise_what_is_proved_of_ladders_and_promises(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        criteria = criteria_of(Path(folder) / "v", Dice(seed).pieces())
    found = prove(criteria, base_of(criteria), DAY, only={"occur", "monotone", "promises"})
    claims = tuple(one for one in found.claims if one.subject not in criteria.indicators)
    assert next(claimed_falsely(claims, world(criteria, keys_of(criteria)), criteria), None) is None
    assert [one for one in claims if one.status == "undecided"] == []
