"""The ways down are those that trying everything shows on small sets, and on examples those that the domain names."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given

from risk_engine.engine.replay import Place, applied
from risk_engine.engine.work import work
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import BooleanFact, ChoiceFact, ChoicesFact, IntegerFact, RowFact, TextFact, must_change
from risk_engine.model.outlook import Way, WaysDown
from risk_engine.model.words import Deprecation
from risk_engine.outlook.offers import strict_end
from risk_engine.outlook.ways import ways_down
from tests.engine.builder import DAY, ROOT
from tests.outlook.everything import EVERY, Everything, Question, tried
from tests.strategies import by_turns, few_now

PATIENT = few_now(4, 4)
ENOUGH = 1000
"""More ways than any small case has."""


def parts_of(way: Way) -> frozenset[str]:
    return frozenset((*way.controls, *(one.path for one in way.changes)))


@PATIENT
@given(tried())
def test_the_ways_to_a_level_are_all_smallest_sets_that_reach_it(every: Everything | None) -> None:
    if every is None:
        return
    found = {(one.ladder, one.to): one for one in ways_down(every.worked, ENOUGH)}
    ends = every.lowest()
    for name in ("measure", "gate"):
        levels = list(every.rules.criteria.ladders[name].levels)
        now = strict_end(every.worked, name)
        lowest = ends[name]
        told = {to for to in levels if (name, to) in found}
        expected: set[str] = set()
        further: set[frozenset[str]] | None = None
        for to in range(now):
            reaching = {one for one, end in lowest.items() if end <= to}
            smallest = {one for one in reaching if not any(other < one for other in reaching)}
            if smallest and smallest != further:
                expected.add(levels[to])
                way = found[name, levels[to]]
                assert way.is_all
                assert way.level == levels[now]
                assert {parts_of(one) for one in way.ways} == smallest
                assert len(way.ways) == len(smallest)
            elif smallest and levels[to] in told:
                # The same parts with answers that do not lead further are told too.
                below = next(found[name, one] for one in reversed(levels[:to]) if (name, one) in found)
                further_on = [one.changes for one in below.ways]
                assert any(one.changes not in further_on for one in found[name, levels[to]].ways)
                expected.add(levels[to])
            elif not smallest and (to + 1 == now or any(end <= to + 1 for end in lowest.values())):
                expected.add(levels[to])
                nothing = found[name, levels[to]]
                assert nothing.ways == ()
                assert nothing.is_all
                assert nothing.obstacles or "restriction" not in levels  # of the drawn ladders some read no finding
            further = smallest
        assert told == expected


@PATIENT
@given(tried())
def test_a_way_holds_as_it_is_written_and_no_nearer_answer_does(every: Everything | None) -> None:
    if every is None:
        return
    for down in ways_down(every.worked, ENOUGH):
        to = list(every.rules.criteria.ladders[down.ladder].levels).index(down.to)
        for way in down.ways:
            changes = {one: after for one in every.questions for after in _after(way, one.path)}
            worked = every.comes_to(way.controls, changes)
            assert strict_end(worked, down.ladder) <= to
            assert [(one.ladder, one.level, one.highest) for one in way.reached] == [
                (one.ladder, one.level, one.highest) for one in worked.proposed
            ]
            for one, after in changes.items():
                others = {name: value for name, value in changes.items() if name != one}
                does = {
                    value: strict_end(every.comes_to(way.controls, {**others, one: value}), down.ladder) <= to
                    for value in every.answers[one]
                }
                (change,) = (name for name in way.changes if name.path == one.path)
                _is_nearest(every, one, after, does, or_milder=change.or_milder)


def _after(way: Way, path: str) -> Iterator[Any]:
    for one in way.changes:
        if one.path == path:
            yield _read(one.after)


def _read(value: Any) -> Any:
    """Return a value of a record as a case states it."""
    if isinstance(value, list):
        return tuple(value)
    is_day = isinstance(value, str) and value[:1].isdigit()
    return type(DAY).fromisoformat(value) if is_day else value


def _is_nearest(
    every: Everything, question: Question, after: Any, does: Mapping[Any, bool], *, or_milder: bool
) -> None:
    fact = every.rules.criteria.entities[question.entity].facts[question.fact]
    assert not isinstance(fact, RowFact | TextFact)
    if isinstance(fact, ChoicesFact):
        # No answer that keeps more of what is stated does.
        before = set(every.before(question))
        assert not any(good and before ^ set(one) < before ^ set(after) for one, good in does.items())
    if isinstance(fact, BooleanFact | ChoicesFact) or fact.riskier is None:
        assert not or_milder
        return
    is_by_answer = isinstance(fact.changeable, dict)
    assert not (or_milder and is_by_answer)
    order = list(EVERY["choice"]) if isinstance(fact, ChoiceFact) else sorted({*does, after})
    if fact.riskier in {"later", "higher"}:
        order.reverse()  # the nearest to what is stated now stands first
    nearer = [does[one] for one in order[: order.index(after)] if one in does]
    beyond = [does[one] for one in order[order.index(after) + 1 :] if one in does]
    assert not any(nearer)
    if or_milder:
        assert all(beyond)
    elif isinstance(fact, IntegerFact | ChoiceFact) and not is_by_answer:
        assert not (beyond and all(beyond))


@PATIENT
@given(tried())
def test_of_many_ways_the_best_by_number_effort_and_agreement_are_told(every: Everything | None) -> None:
    if every is None:
        return
    for few, everyone in zip(ways_down(every.worked, 2), ways_down(every.worked, ENOUGH), strict=False):
        if (few.ladder, few.to) != (everyone.ladder, everyone.to):
            return  # What is told of fewer ways may hide that all of them jump over a level.
        measures: tuple[Callable[[Way], int], ...] = (_number, _effort, _new)
        assert [min(map(one, few.ways), default=0) for one in measures] == [
            min(map(one, everyone.ways), default=0) for one in measures
        ]
        assert few.is_all == (len(few.ways) == len(everyone.ways))
        for down in (few, everyone):
            assert list(down.ways) == sorted(down.ways, key=lambda way: (_number(way), _effort(way), _new(way)))


def _number(way: Way) -> int:
    return len(parts_of(way))


def _effort(way: Way) -> int:
    return way.effort


def _new(way: Way) -> int:
    return way.not_agreed + len(way.changes)


# --- what the domain text says ----------------------------------------------------------------------------------------


@cache
def shipped() -> Criteria:
    return load_criteria("reconnect-china@1.0.0")


@cache
def down(name: str) -> dict[tuple[str, str], WaysDown]:
    worked = work(load_case(ROOT / "examples" / f"{name}.yaml", shipped()), shipped())
    return {(one.ladder, one.to): one for one in ways_down(worked)}


def controls(found: WaysDown) -> set[frozenset[str]]:
    assert found.is_all
    return {frozenset(one.controls) for one in found.ways}


def test_what_the_funder_bars_is_open_with_its_consent_or_without_the_partner() -> None:
    """COM-01: CTL-23 leaves none, CTL-06 leaves none."""
    found = down("horizon-robotics")
    assert controls(found["measure", "regulation"]) == {frozenset({"CTL-23"}), frozenset({"CTL-06"})}
    assert controls(found["start_gate", "clear"]) == {frozenset({"CTL-23"}), frozenset({"CTL-06"})}
    advice = found["measure", "advice"]
    assert advice.ways == ()
    assert [(one.finding, one.rests_on) for one in advice.obstacles] == [
        ("COM-01", ("funding.horizon.partner_eligibility",))
    ]


def test_what_is_offered_no_more_on_the_day_of_the_case_is_no_way() -> None:
    case = load_case(ROOT / "examples" / "horizon-robotics.yaml", shipped())
    day = work(case, shipped()).on
    for first, expected in ((day, {"CTL-06"}), (day + timedelta(days=1), {"CTL-23", "CTL-06"})):
        gone = Deprecation.model_validate({"from": first})
        control = shipped().controls["CTL-23"].model_copy(update={"deprecated": gone})
        without = shipped().model_copy(update={"controls": {**shipped().controls, "CTL-23": control}})
        (found,) = (one for one in ways_down(work(case, without)) if (one.ladder, one.to) == ("measure", "regulation"))
        assert controls(found) == {frozenset({name}) for name in expected}


def test_who_the_partner_is_no_change_of_the_project_alters_but_what_is_done_it_may() -> None:
    held = {one.finding: one for one in down("drone-swarm")["measure", "advice"].obstacles}
    assert "partner.songhua.military_link" in held["SEC-08"].fixed
    assert "technology.swarm.trl" in {*held["SEC-08"].rests_on} - {*held["SEC-08"].fixed}


def test_the_terms_of_a_chair_are_struck_and_the_money_is_capped() -> None:
    """COM-09: CTL-36 leaves none; COM-08: CTL-22 leaves low; COM-05: CTL-19 leaves none; what is high needs terms."""
    found = down("endowed-chair")
    assert controls(found["measure", "regulation"]) == {frozenset({"CTL-36"})}
    assert controls(found["start_gate", "conditional"]) == {frozenset({"CTL-36"})}
    assert controls(found["start_gate", "clear"]) == {frozenset({"CTL-36", "CTL-22", "CTL-19"})}
    assert {one.finding for one in found["measure", "advice"].obstacles} == {"COM-05", "COM-08", "COM-09"}


def test_scans_leave_safely_in_three_ways_once_the_approvals_are_there() -> None:
    """ETH-07, ETH-08: CTL-13, CTL-14 or CTL-15, for ETH-08 with the DPIA CTL-16 that ETH-09 needs; ETH-10: CTL-24."""
    found = down("lung-imaging")
    assert set(found) == {
        ("measure", "advice"),
        ("start_gate", "clear"),
    }  # no high finding is left, so none is conditional
    ways = [(one.controls, one.not_agreed) for one in found["start_gate", "clear"].ways]
    assert ways == [
        (("CTL-13", "CTL-16", "CTL-24"), 1),
        (("CTL-14", "CTL-16", "CTL-24"), 0),
        (("CTL-15", "CTL-16", "CTL-24"), 1),
    ]


@pytest.mark.parametrize("name", ["number-theory", "two-eu-hospitals", "humanities-in-the-eu"])
def test_what_is_mildest_already_needs_no_way(name: str) -> None:
    assert down(name) == {}


def test_a_bare_yes_is_no_change_of_design_and_a_text_is() -> None:
    """The share of the money, once the set says what must change: COM-08 is high from 30 on, moderate from 15 on."""
    assert not any(way.changes for one in down("endowed-chair").values() for way in one.ways)
    assert {one.changes_tried for one in down("endowed-chair").values()} == {"none"}
    entities = dict(shipped().entities)
    facts = dict(entities["funding"].facts)
    share = facts["share_of_group_pct"]
    facts["share_of_group_pct"] = share.model_copy(update={"changeable": "Other sources pay the rest of the budget."})
    entities["funding"] = entities["funding"].model_copy(update={"facts": facts})
    criteria = shipped().model_copy(update={"entities": entities})
    worked = work(load_case(ROOT / "examples" / "endowed-chair.yaml", criteria), criteria)
    found = {(one.ladder, one.to): one for one in ways_down(worked)}
    assert {one.changes_tried for one in found.values()} == {"some"}
    ways = {
        (one.controls, *((change.path, change.before, change.after, change.or_milder) for change in one.changes))
        for one in found["start_gate", "clear"].ways
    }
    assert ways == {
        (("CTL-19", "CTL-22", "CTL-36"),),
        (("CTL-19", "CTL-36"), ("funding.gift.share_of_group_pct", 35, 29, True)),
    }


@pytest.mark.parametrize("name", by_turns(["endowed-chair", "drone-swarm", "half-filled", "lung-imaging"], 4))
def test_without_any_of_its_parts_a_way_does_not_reach_its_level(name: str) -> None:
    worked = work(load_case(ROOT / "examples" / f"{name}.yaml", shipped()), shipped())
    for one in down(name).values():
        to = list(shipped().ladders[one.ladder].levels).index(one.to)
        for way in one.ways:
            assert strict_end(applied(worked, way.controls), one.ladder) <= to
            for left_out in way.controls:
                rest = [control for control in way.controls if control != left_out]
                assert strict_end(applied(worked, rest), one.ladder) > to


# --- changes of design, as 2.0.0 says of each answer what must really change ------------------------------------------


@cache
def with_texts() -> Criteria:
    return load_criteria("reconnect-china@2.0.0")


NEWLY_ASKED: dict[Place, Any] = {
    ("collaboration", None, "committee_wanted"): False,
    ("activity", "training", "military_signs"): False,
    ("data", "ct-scans", "licence"): "project_only",
}
"""What 2.0.0 asks of the examples and their files, from before it, do not say; each the harmless answer."""


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("name", "level", "controls"),
    [
        ("lung-imaging-federated", ("measure", "advice"), ()),
        ("lung-imaging", ("start_gate", "clear"), ("CTL-16", "CTL-24")),
    ],
)
def test_scans_stay_where_they_are_or_nobody_can_be_told_in_them_and_no_flow_is_turned_round(
    name: str, level: tuple[str, str], controls: tuple[str, ...]
) -> None:
    """ETH-07 and ETH-08 read data that leave and in which people can be told; no text turns a flow of data round."""
    worked = work(load_case(ROOT / "examples" / f"{name}.yaml", with_texts()), with_texts(), date(2027, 2, 1))
    worked = applied(worked, (), NEWLY_ASKED)
    found = {(one.ladder, one.to): one for one in ways_down(worked)}[level]
    redesigned = [one for one in found.ways if one.changes]
    assert [(one.controls, *((each.path, each.before, each.after) for each in one.changes)) for one in redesigned] == [
        (controls, ("data.ct-scans.direction", "eu_to_partner", "none")),
        (controls, ("data.ct-scans.identifiability", "pseudonymous", "anonymous")),
    ]
    for way in redesigned:
        answers: dict[Place, Any] = {
            ("data", "ct-scans", each.path.rpartition(".")[2]): each.after for each in way.changes
        }
        to = list(with_texts().ladders[level[0]].levels).index(level[1])
        assert strict_end(applied(worked, way.controls, answers), level[0]) <= to


def test_the_text_of_every_choice_is_that_of_one_answer() -> None:
    """One text for all answers of a choice was wrong in print: what is true of one is seldom true of the next."""
    single = [
        f"{entity}.{short}"
        for entity, one in with_texts().entities.items()
        for short, fact in one.facts.items()
        if isinstance(fact, ChoiceFact) and isinstance(must_change(fact), str)
    ]
    assert single == []
