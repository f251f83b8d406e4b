"""A compiled criteria set decides every case as the reference walk does: random sets, cases, days and profiles.

The solver is held to both in `tests/backends/test_agreement.py`.
"""

import gc
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.engine.assess import assess, assessment_digest, recorded, to_json
from risk_engine.engine.program import bulk, decide_only, decided_by, program_of
from risk_engine.engine.program_data import CALLED
from risk_engine.engine.program_source import source_of
from risk_engine.engine.resolve import broken
from risk_engine.engine.work import PAYS, Worked, work
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import read_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria, Indicator
from risk_engine.model.profile import KnockOutOff, Profile, ValueOverride, days_of_change
from risk_engine.model.references import reopening
from risk_engine.model.words import Period
from tests.engine.builder import DAY, LOAN_DESK, ROOT, SHIPPED, case_from, criteria_from
from tests.strategies import DAYS, PATIENT, Pen, RuleSet, by_turns, cases_of, changed_cases, one_in, rule_set, rule_sets
from tests.versions import newest

EXAMPLES = settings().max_examples
CASES = 20 if EXAMPLES >= 1000 else 1 + 300 // EXAMPLES
"""So many cases are drawn for each set: 300 pairs at least, 20,000 with HYPOTHESIS_PROFILE=long."""
FEW = one_in(2)
EXAMPLE_FILES = sorted((ROOT / "examples").glob("*.yaml"))
EVERY_DAY = (*DAYS, DAY)
SHIPPED_RULES = rule_set(read_criteria(SHIPPED))
LOAN_RULES = rule_set(read_criteria(LOAN_DESK))


def is_left_to_reference(worked: Worked) -> bool:
    """Return whether answers contradict each other and are open again."""
    return bool(worked.facts.superfluous) or any(broken(worked.facts, worked.criteria, reopening(worked.criteria)))


def agree(rules: RuleSet, data: dict[str, object], on: date, profile: Profile | None = None) -> None:
    """Assert that the program says what the reference says, also that it can say nothing."""
    case = rules.case(data)
    program = program_of(rules.criteria, on, profile)
    assert program is not None
    worked = work(case, rules.criteria, on, profile)
    wanted = decided_by(worked)
    assert program.decide(case, on) == (None if is_left_to_reference(worked) else wanted)
    assert decide_only(case, rules.criteria, on, profile) == wanted


@st.composite
def profiles(draw: st.DrawFn, criteria: Criteria) -> Profile | None:
    """Draw a profile that overrides a parameter and a cell from a day on, and takes a policy knock-out back."""
    pen = Pen(draw)
    if pen.chance(2):
        return None
    since, why = pen.one((None, *EVERY_DAY)), "They want it so."
    return Profile(
        institution="I",
        criteria=criteria.head.id,
        parameters={"limit": ValueOverride(value=pen.index(4), reason=why, from_=since)},
        tables={"places": {"R2": {"known": ValueOverride(value=pen.chance(2), reason=why, from_=since)}}},
        policy_knock_outs_off={
            name: KnockOutOff(reason=why, from_=since) for name in pen.some(tuple(criteria.indicators), 2, 0)
        },
    )


@st.composite
def dated_sets(draw: st.DrawFn) -> RuleSet:
    """Draw a set some of whose indicators are in force for a time only."""
    rules = draw(rule_sets())
    pen = Pen(draw)

    def dated(indicator: Indicator) -> Indicator:
        period = Period(from_=pen.one((None, *DAYS)), until=None)
        return indicator.model_copy(update={"effective": period}) if pen.chance(3) else indicator

    indicators = {name: dated(one) for name, one in rules.criteria.indicators.items()}
    return rule_set(rules.criteria.model_copy(update={"indicators": indicators}), rules.pieces)


@PATIENT
@given(st.data())
def test_program_decides_every_drawn_case_as_the_reference_does(data: st.DataObject) -> None:
    rules = data.draw(dated_sets())
    on, profile = data.draw(st.sampled_from(EVERY_DAY)), data.draw(profiles(rules.criteria))
    for _ in range(CASES):
        agree(rules, data.draw(cases_of(rules.criteria)), on, profile)


@FEW
@pytest.mark.parametrize("folder", [LOAN_DESK, SHIPPED], ids=["loan-desk", "shipped"])
@given(data=st.data())
def test_program_of_a_set_that_is_there_decides_as_the_reference_does(folder: Path, data: st.DataObject) -> None:
    rules = SHIPPED_RULES if folder == SHIPPED else LOAN_RULES
    agree(rules, data.draw(changed_cases(rules.criteria, read_cases(rules.criteria).data["base"])), DAY)


@pytest.mark.parametrize("example", by_turns(EXAMPLE_FILES, 5), ids=lambda path: path.stem)
def test_program_decides_every_example_as_the_reference_does(example: Path) -> None:
    criteria = newest("reconnect-china")
    case = load_case(example, criteria)
    assert decide_only(case, criteria) == decided_by(work(case, criteria))


@FEW
@given(st.data())
def test_record_made_with_a_program_is_the_record_of_the_reference(data: st.DataObject) -> None:
    rules = data.draw(dated_sets())
    on, profile = data.draw(st.sampled_from(EVERY_DAY)), data.draw(profiles(rules.criteria))
    program = program_of(rules.criteria, on, profile)
    assert program is not None
    for _ in range(3):
        case = rules.case(data.draw(cases_of(rules.criteria)))
        decided = program.decide(case, on, full=True)
        if decided is not None:
            fast = recorded(work(case, rules.criteria, on, profile, decided))
            assert to_json(fast) == to_json(assess(case, rules.criteria, on, profile, trace="reference"))
            assert fast.digest == assessment_digest(fast)


@pytest.mark.parametrize("example", by_turns(EXAMPLE_FILES, 5), ids=lambda path: path.stem)
def test_record_of_an_example_is_the_same_with_a_program_and_without(example: Path) -> None:
    criteria = newest("reconnect-china")
    case = load_case(example, criteria)
    for _ in range(PAYS + 1):
        fast = assess(case, criteria)
    assert to_json(fast) == to_json(assess(case, criteria, trace="reference"))
    assert fast.digest == assessment_digest(fast)


@pytest.mark.parametrize("from_data", [False, True], ids=["case", "plain data"])
def test_no_text_of_an_author_stands_in_the_source(*, from_data: bool) -> None:
    text = source_of(newest("reconnect-china"), DAY, None, from_data=from_data).text
    words = set(re.findall(r"[A-Za-z_]\w*", text))
    python = {"def", "return", "if", "elif", "else", "for", "in", "is", "not", "and", "or", "while", "break"}
    names = """
        walk D e p i entries found add append full levels dimensions number in_place agreed seen get __dict__ __class__
    """
    called = "present rated map max set unlike isdisjoint seen_of str int date", *CALLED
    left = words - python - set(" ".join((names, *called)).split()) - {"True", "False", "None"}
    assert {one for one in left if not re.fullmatch(r"[A-Za-z]+\d+[A-Za-z]?|finding_\w+|dimension_\w+", one)} == set()
    assert not set(text) & set("\"'#\\")


def test_one_program_serves_all_days_between_two_changes(tmp_path: Path) -> None:
    rule = "A: {severity: {high: {fact: trip.risky, is: true}}, effective: {from: 2026-01-01, until: 2026-07-01}}"
    criteria = criteria_from(tmp_path, indicators=rule)
    first, last = date(2026, 1, 1), date(2026, 7, 1)
    assert {first, last} <= set(days_of_change(criteria))
    assert program_of(criteria, first) is program_of(criteria, date(2026, 6, 30))
    assert program_of(criteria, first) is not program_of(criteria, last)
    case = case_from(criteria, "trip: {risky: true}")
    outcomes = [decide_only(case, criteria, day).outcomes for day in (date(2025, 12, 31), first, last)]
    assert outcomes == [{}, {"A": "present"}, {}]


def test_rule_without_a_value_on_the_day_is_left_to_the_reference(tmp_path: Path) -> None:
    criteria = criteria_from(
        tmp_path,
        indicators="A: {severity: {high: {fact: trip.days, at_least: {parameter: long_trip}}}}",
        parameters="long_trip: {values: [{from: 2021-01-01, value: 9}]}",
        head="in_force: {from: 2021-01-01}",
    )
    day = date(2020, 12, 31)
    assert program_of(criteria, day) is None
    assert decide_only(case_from(criteria), criteria, day).outcomes == {"A": "undetermined"}
    with pytest.raises(NotInForceError):
        decide_only(case_from(criteria, "trip: {days: 3}"), criteria, day)


def test_finding_that_answers_may_still_make_is_neither_present_nor_absent_to_a_ladder(tmp_path: Path) -> None:
    ladders = """
        measure:
          levels: {low: , high: }
          rules: [{level: high, when: {some: finding, where: {fact: finding.outcome, is: present}}}]
          otherwise: low
    """
    criteria = criteria_from(
        tmp_path,
        indicators="A: {severity: {low: {fact: trip.risky, is: true}}}",
        ladders=ladders.replace("low: , high: ", "low: {}, high: {}"),
        head="roles: {headline: measure}",
    )
    for risky, level in (("true", ("high", "high", "high")), ("unknown", ("low", "low", "high"))):
        case = case_from(criteria, f"trip: {{risky: {risky}}}")
        decided = decide_only(case, criteria)
        assert decided == decided_by(work(case, criteria))
        assert decided.levels["measure"][:3] == level


def test_awareness_and_contradictions_are_found_by_a_program_on_their_days_only(tmp_path: Path) -> None:
    criteria = criteria_from(
        tmp_path,
        awareness="N: {when: {fact: trip.risky, is: true}, effective: {from: 2026-06-01}}",
        invariants="facts: {X: {whenever: {fact: trip.risky, is: true}, then: {fact: trip.insured, is: true}}}",
    )
    case = case_from(criteria, "trip: {risky: true, insured: false}")
    for day, told in ((date(2026, 5, 31), {}), (date(2026, 6, 1), {"N": True})):
        program = program_of(criteria, day)
        assert program is not None
        decided = program.decide(case, day, full=True)
        assert decided is not None
        assert decided.awareness == told
        assert decided.contradictions == frozenset({"X"})
        few = program.decide(case, day)
        assert few is not None
        assert to_json(recorded(work(case, criteria, day, None, few))) == to_json(assess(case, criteria, day))
        fast = recorded(work(case, criteria, day, None, decided))
        assert to_json(fast) == to_json(assess(case, criteria, day, trace="reference"))


def test_deeply_nested_conditions_are_no_trouble_for_the_parser(tmp_path: Path) -> None:
    nested = "{fact: trip.risky, is: true}"
    for _ in range(51):
        nested = f"{{not: {nested}}}"
    criteria = criteria_from(tmp_path, indicators=f"A: {{severity: {{high: {nested}}}}}")
    for risky, outcome in (("true", "absent"), ("false", "present"), ("unknown", "undetermined")):
        assert decide_only(case_from(criteria, f"trip: {{risky: {risky}}}"), criteria).outcomes == {"A": outcome}


def test_bulk_looks_for_garbage_seldom_and_puts_everything_back() -> None:
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)
        with bulk():
            assert gc.get_threshold() == (50_000, 10, 10)
            assert gc.get_freeze_count() > 0
        assert (gc.get_threshold(), gc.get_freeze_count()) == ((700, 10, 10), 0)
        gc.freeze()
        gc.set_threshold(0)  # a host that made settings of its own keeps them
        with bulk():
            assert gc.get_threshold()[0] == 0
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        if frozen:
            gc.freeze()
        gc.set_threshold(*thresholds)
