"""Laws of margins on random sets and cases: what is told comes out when the whole case is worked out again.

What is not told does not: every other answer, and every number on the way, is tried.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.facts import Read
from risk_engine.engine.find import Found
from risk_engine.engine.propose import propose, rate, with_results
from risk_engine.engine.replay import Levels, Replays, deciding
from risk_engine.engine.resolve import answered, superfluous
from risk_engine.engine.work import Worked, work
from risk_engine.model.outlook import Corner
from risk_engine.model.tables import DatedValue
from risk_engine.model.words import SEVERITIES
from risk_engine.outlook.distance import can_become, further_findings, margins, raised
from risk_engine.outlook.sensitivity import PERCENTS, parameters, stability, step
from risk_engine.outlook.sensitivity import points as numbers_of
from tests.engine.builder import DAY
from tests.outlook.working import if_answered, if_points, result
from tests.strategies import RuleSet, cases_of, domain, few_now, rule_sets

PATIENT = few_now(4, 3)
FEW = few_now(4, 8)
"""Where every number on the way is tried, each on a whole case."""


@st.composite
def worked_cases(draw: st.DrawFn) -> Worked:
    """Draw a set and a case of it, worked out."""
    rules: RuleSet = draw(rule_sets())
    return work(rules.case(draw(cases_of(rules.criteria))), rules.criteria, DAY)


@given(worked_cases())
@PATIENT
def test_an_answer_that_is_wrong_does_what_is_told_and_no_other_one_does_more(worked: Worked) -> None:
    now = result(worked)
    found = margins(worked)
    told = {one.path: one for one in found.if_wrong}
    moving = 0
    for place, recorded, others in every_answer(worked):
        came_to = {str(one): if_answered(worked, place, one) for one in others if can_be_stated(worked, place, one)}
        most = max((steps(now, one, worked) for one in came_to.values()), default=0)
        moving += any(one != now for one in came_to.values())
        if place.path() in told:
            one = told[place.path()]
            assert one.recorded == recorded
            assert if_answered(worked, place, one.instead) == one.reached != now
            assert one.steps == steps(now, one.reached, worked) == most
    assert moving == found.moving <= found.answers
    assert len(told) == min(moving, 10)


def every_answer(worked: Worked) -> Iterator[tuple[Read, Any, list[Any]]]:
    """Yield every answer that the case states, read by a rule or not, with all others; of options those next to it."""
    for name, entity in worked.criteria.entities.items():
        stated = getattr(worked.case, name)
        for one in (stated,) if entity.many is None else stated or ():
            for short, fact in entity.facts.items():
                recorded = getattr(one, short, None)
                others = [other for other in domain(fact, worked.criteria) if other != recorded]
                if isinstance(recorded, tuple):
                    others = [other for other in others if other == () or len(set(other) ^ set(recorded)) == 1]
                if recorded is not None:
                    yield Read(name, None if entity.many is None else one.id, short), recorded, others


def can_be_stated(worked: Worked, place: Read, value: Any) -> bool:
    """Return whether a case can state another answer: one to a question that others close is set aside."""
    case, kept = answered(worked.case, place, value), worked.facts.superfluous.keys() - {place}
    return place not in superfluous(case, worked.criteria, worked.on, worked.profile, kept)


def steps(before: Levels, after: Levels, worked: Worked) -> int:
    return sum(
        abs(order.index(one.level) - order.index(other.level))
        for one, other in zip(before, after, strict=True)
        for order in (list(worked.criteria.ladders[one.ladder].levels),)
    )


@given(worked_cases())
@FEW
def test_a_number_tips_where_it_is_told_and_no_nearer_one_does(worked: Worked) -> None:
    now = result(worked)
    replays = Replays(worked, deciding(worked.criteria))
    told = {(one.what, one.name, one.tips_at > one.value): one for one in stability(worked, replays).tips}
    for number in (*parameters(worked, replays), *numbers_of(worked, replays)):
        for sign in (-1, 1):
            ways = range(number.value + sign, number.value + sign * (step(number.value, 50) + 1), sign)
            came_to = (
                (value, if_number(worked, number.what, number.name, value)) for value in ways if fits(number, value)
            )
            first = next(((value, reached) for value, reached in came_to if reached != now), None)
            one = told.get((number.what, number.name, sign > 0))
            assert (None if one is None else (one.tips_at, one.reached)) == first
            if one is not None:
                away = abs(one.tips_at - one.value)
                assert one.percent == min(per for per in PERCENTS if away <= step(one.value, per))


def fits(number: Any, value: int) -> bool:
    return number.lowest <= value and (number.highest is None or value <= number.highest)


def if_number(worked: Worked, what: str, name: str, value: int) -> Levels:
    """Return what comes out with another number in the criteria, the whole case worked out again."""
    criteria = worked.criteria
    severity = criteria.head.severity
    match what:
        case "points":
            return if_points(worked, severity.model_copy(update={"points": {**severity.points, name: value}}))
        case "band":
            return if_points(worked, severity.model_copy(update={"bands": {**severity.bands, name: value}}))
        case "cap":
            return if_points(worked, severity.model_copy(update={"cap": value}))
        case _:
            parameter = criteria.parameters[name].model_copy(update={"values": (DatedValue(value=value),)})
            changed = criteria.model_copy(update={"parameters": {**criteria.parameters, name: parameter}})
            case = worked.case
            for one in superfluous(case, changed, DAY, kept=worked.facts.superfluous):
                case = answered(case, one, None)
            return result(work(case, changed, DAY))


@given(worked_cases(), st.randoms(use_true_random=False))
@PATIENT
def test_so_many_more_findings_tip_a_ladder_and_no_fewer_or_lower_ones_do(worked: Worked, random: Any) -> None:
    now = {one.ladder: one.level for one in worked.proposed}
    replays = Replays(worked, deciding(worked.criteria))
    told = {
        (one.ladder, place, one.number, one.severity): one.level
        for one in further_findings(worked, replays)
        for place in one.places
    }
    head = worked.criteria.head
    for ladder, (dimension, ground) in product(deciding(worked.criteria), product(head.dimensions, head.grounds)):
        order = list(worked.criteria.ladders[ladder].levels)
        corner = Corner(dimension=dimension, ground=ground)
        came_to: dict[tuple[int, int], int] = {}
        for rank, severity in enumerate(SEVERITIES[1:], start=1):
            able = [one for one in worked.found if can_become(one, severity, corner, worked)]
            for number in range(1, min(5, len(able)) + 1):
                # Whichever are taken.
                taken = {one.id: raised(one, severity) for one in random.sample(able, number)}
                came_to[number, rank] = order.index(
                    level(worked, [taken.get(one.id, one) for one in worked.found], ladder)
                )
        smallest = {
            (ladder, corner, number, SEVERITIES[rank]): order[reached]
            for (number, rank), reached in came_to.items()
            if reached > order.index(now[ladder])
            and not any(
                reached <= other for (fewer, lower), other in came_to.items() if smaller(fewer, lower, number, rank)
            )
        }
        assert {key: one for key, one in told.items() if key[:2] == (ladder, corner)} == smallest


def smaller(fewer: int, lower: int, number: int, rank: int) -> bool:
    return (fewer, lower) != (number, rank) and fewer <= number and lower <= rank


def level(worked: Worked, found: Sequence[Found], ladder: str) -> str:
    results = with_results(worked.facts, found, rate(found, worked.criteria.head), worked.criteria)
    return next(one.level for one in propose(results, worked.criteria) if one.ladder == ladder)
