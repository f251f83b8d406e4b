"""Answers to questions that other answers close: expected values from decision 0078."""

from dataclasses import replace

import pytest
from hypothesis import given

from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.explain import explain
from risk_engine.engine.find import Found, find
from risk_engine.engine.program import decide_only, program_of
from risk_engine.engine.work import Worked, recall, work
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy
from tests.engine.test_properties import LOAN_BASE, LOAN_RULES, SHIPPED_BASE, SHIPPED_RULES, settled
from tests.strategies import Data, RuleSet, cases_of, changed_cases, one_in, rule_sets
from tests.told import assess_told

FACTS = """
    trip:
      facts:
        alone: {type: boolean}
        leader: {type: boolean, ask_when: {fact: trip.alone, is: false}, otherwise: false}
        pace: {type: choice, options: [calm, brisk, wild], riskier: later, %s}
"""
WITHOUT_LEADER = "ask_when: {fact: trip.leader, is: true}, otherwise: %s"
INDICATORS = """
    I1:
      severity: {moderate: {fact: trip.pace, at_least: brisk}, critical: {fact: trip.pace, is: wild}}
      knock_out: {legal: {fact: trip.pace, is: wild}}
    I2: {severity: {high: {fact: trip.alone, is: false}}}
"""


def made(toy: Toy, otherwise: str = "calm") -> Criteria:
    return toy(facts=FACTS % (WITHOUT_LEADER % otherwise), indicators=INDICATORS)


def worked(criteria: Criteria, trip: str) -> Worked:
    return work(case_from(criteria, f"trip: {{{trip}}}"), criteria, DAY)


def told(found: Found) -> tuple[str, str, str]:
    return found.outcome, found.inherent, found.possible


def test_superfluous_answer_counts_as_it_is_stated(toy: Toy) -> None:
    of_pace, _of_alone = worked(made(toy), "alone: false, leader: false, pace: wild").found
    assert told(of_pace) == ("present", "critical", "critical")
    assert of_pace.knock_out == ("legal", "legal")


def test_answers_that_close_its_question_count_as_open_for_all_that_may_be(toy: Toy) -> None:
    _of_pace, of_alone = worked(made(toy), "alone: true, pace: brisk").found
    # `alone` closes `leader`, and that closes `pace`: it is `alone` that somebody answered.
    assert told(of_alone) == ("undetermined", "none", "high")
    assert of_alone.open
    assert [one.path() for one in of_alone.missing] == ["trip.alone"]


def test_result_is_open_where_a_superfluous_answer_rules_out_what_may_be(toy: Toy) -> None:
    got = worked(made(toy), "alone: false, leader: false, pace: brisk")
    assert told(got.found[0]) == ("present", "moderate", "critical")
    (measure,) = (one for one in got.proposed if one.ladder == "measure")
    assert (measure.lowest, measure.highest) == ("regulation", "restriction")


def test_what_is_certain_without_it_stays_certain(toy: Toy) -> None:
    criteria = made(toy, otherwise="wild")
    assert told(worked(criteria, "alone: false, leader: false").found[0]) == ("present", "critical", "critical")
    assert told(worked(criteria, "alone: false, leader: false, pace: calm").found[0]) == (
        "present",
        "critical",
        "critical",
    )


def test_answer_that_is_what_the_question_comes_to_changes_nothing(toy: Toy) -> None:
    criteria = made(toy)
    got, without = (worked(criteria, f"alone: false, leader: false{more}") for more in (", pace: calm", ""))
    assert got.found == without.found
    assert (got.facts.superfluous, got.facts.again, got.facts.aside) == ({}, None, None)


def test_such_an_answer_is_named_by_who_reads_the_record_and_not_in_it(toy: Toy) -> None:
    criteria = made(toy)
    made_of = assess(case_from(criteria, "trip: {alone: false, leader: false, pace: calm}"), criteria, DAY)
    assert made_of.problems == ()
    (problem,) = explain(made_of, criteria).problems
    assert (problem.kind, problem.paths) == ("superfluous", ("trip.pace",))
    assert problem.text == "trip.pace need not be answered: the answer is what it comes to anyhow"


def test_superfluous_answer_is_named_with_those_that_close_its_question(toy: Toy) -> None:
    criteria = made(toy)
    (problem,) = assess_told(case_from(criteria, "trip: {alone: true, pace: wild}"), criteria, DAY).problems
    assert (problem.kind, problem.id, problem.paths) == ("contradiction", None, ("trip.pace", "trip.alone"))
    assert problem.title == "“pace?” is answered, and by other answers need not be asked"
    assert problem.decides
    assert problem.text == (
        "trip.pace is answered “wild”, but the answer to `trip.alone` says that it need not be asked: both count as "
        "given, and what hangs on them is open"
    )


def test_question_that_is_open_again_says_what_contradicts_its_answer(toy: Toy) -> None:
    criteria = made(toy)
    gaps = assess_told(case_from(criteria, "trip: {alone: true, pace: brisk}"), criteria, DAY).gaps
    assert [(one.path, one.answered, one.against) for one in gaps] == [
        # Whether `pace` is asked hangs on it.
        ("trip.alone", "yes", ("“pace?” is answered, and by other answers need not be asked",)),
    ]


def test_each_open_answer_is_told_only_what_it_does_not_fit_itself(toy: Toy) -> None:
    criteria = toy(
        facts=(FACTS % (WITHOUT_LEADER % "calm")) + "        wet: {type: boolean}\n        boots: {type: boolean}\n",
        indicators=INDICATORS + "    I3: {severity: {high: {fact: trip.boots, is: true}}}\n",
        invariants="""
    facts:
      wet_feet:
        title: Nobody goes without boots where it is wet
        whenever: {fact: trip.wet, is: true}
        then: {fact: trip.boots, is: true}
        reopens: true
    results: {}
""",
    )
    stated = "trip: {alone: true, pace: brisk, wet: true, boots: false}"
    gaps = assess_told(case_from(criteria, stated), criteria, DAY).gaps
    assert {one.path: one.against for one in gaps} == {
        "trip.alone": ("“pace?” is answered, and by other answers need not be asked",),
        "trip.boots": ("Nobody goes without boots where it is wet",),
    }


def test_record_of_it_says_what_it_rests_on_when_it_is_read_again(toy: Toy) -> None:
    criteria = made(toy)
    case = case_from(criteria, "trip: {alone: true, pace: brisk}")
    again = Assessment.model_validate_json(to_json(assess(case, criteria, DAY)))
    facts = recall(again, criteria).facts
    assert facts.single["trip"].values["pace"] == "brisk"
    assert facts.superfluous == work(case, criteria, DAY).facts.superfluous
    assert explain(again, criteria) == assess_told(case, criteria, DAY)


def test_compiled_set_leaves_such_a_case_to_the_reference(toy: Toy) -> None:
    criteria = made(toy)
    case = case_from(criteria, "trip: {alone: true, pace: wild}")
    program = program_of(criteria, DAY)
    assert program is not None
    assert program.decide(case, DAY) is None
    assert decide_only(case, criteria, DAY).levels["measure"].level == "restriction"


LISTS = """
    trip: {facts: {alone: {type: boolean}}}
    guest: {many: 4, ask_when: {fact: trip.alone, is: false}, facts: {fit: {type: boolean}}}
"""
OF_LISTS = """
    I1: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}}
    I2: {severity: {low: {every: guest, where: {fact: guest.fit, is: true}}}}
"""


@pytest.mark.parametrize(
    ("guest", "of_unfit"),
    [
        ("[{id: a, fit: true}]", ("undetermined", "none", "high")),
        ("[{id: a, fit: false}]", ("present", "high", "high")),
    ],
)
def test_entries_of_a_list_that_an_answer_closes_count_and_there_may_be_others(
    toy: Toy, guest: str, of_unfit: tuple[str, str, str]
) -> None:
    criteria = toy(facts=LISTS, indicators=OF_LISTS)
    got = work(case_from(criteria, f"trip: {{alone: true}}\nguest: {guest}"), criteria, DAY)
    assert told(got.found[0]) == of_unfit
    # Without guests all of them are fit, which is certain of the case as it is asked.
    assert told(got.found[1]) == ("present", "low", "low")
    (problem,) = assess_told(got.case, criteria, DAY).problems
    assert problem.paths == ("guest", "trip.alone")
    assert problem.title == "“guest” has entries, and by other answers there are none"
    assert problem.text == (
        "guest has entries (a), but the answer to `trip.alone` says that there are none: both count as given, and what "
        "hangs on them is open"
    )


# --- laws -------------------------------------------------------------------------------------------------------------


def is_no_milder(found: Found, other: Found) -> bool:
    """Return whether nothing of a finding is below what it is of the other, at either end."""
    severities = zip(
        (found.inherent, found.possible, *found.residual, *found.expected),
        (other.inherent, other.possible, *other.residual, *other.expected),
        strict=True,
    )
    knock_outs = zip(
        (*found.knock_out, *found.knock_out_before), (*other.knock_out, *other.knock_out_before), strict=True
    )
    return all(SEVERITIES.index(one) >= SEVERITIES.index(its) for one, its in severities) and all(
        KNOCK_OUTS.index(one) >= KNOCK_OUTS.index(its) for one, its in knock_outs
    )


@one_in(2)
@given(rule_sets().flatmap(lambda one: cases_of(one.criteria).map(lambda data: (one, data))))
def test_finding_is_never_milder_than_without_superfluous_answers_nor_than_as_stated(
    drawn: tuple[RuleSet, Data],
) -> None:
    rules, data = drawn
    got = work(rules.case(data), rules.criteria, DAY)
    without = work(rules.case(settled(rules, data)), rules.criteria, DAY)
    as_stated = find(replace(got.facts, again=None, aside=None), rules.criteria, DAY, got.controls)
    for one, its, stated in zip(got.found, without.found, as_stated, strict=True):
        assert is_no_milder(one, its)
        assert is_no_milder(one, stated)
    if not got.facts.superfluous:
        assert got.found == without.found


@pytest.mark.nightly
@one_in(2)
@given(
    changed_cases(LOAN_RULES.criteria, LOAN_BASE).map(lambda data: (LOAN_RULES, data))
    | cases_of(LOAN_RULES.criteria).map(lambda data: (LOAN_RULES, data))
    | changed_cases(SHIPPED_RULES.criteria, SHIPPED_BASE).map(lambda data: (SHIPPED_RULES, data))
    | cases_of(SHIPPED_RULES.criteria).map(lambda data: (SHIPPED_RULES, data))
)
def test_level_of_a_real_set_is_never_milder_than_without_superfluous_answers(drawn: tuple[RuleSet, Data]) -> None:
    rules, data = drawn
    got = work(rules.case(data), rules.criteria, DAY)
    without = work(rules.case(settled(rules, data)), rules.criteria, DAY)
    for one, its in zip(got.proposed, without.proposed, strict=True):
        levels = list(rules.criteria.ladders[one.ladder].levels)
        assert levels.index(one.level) >= levels.index(its.level)
        assert levels.index(one.lowest) >= levels.index(its.lowest)
        assert levels.index(one.highest) >= levels.index(its.highest)
