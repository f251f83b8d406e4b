"""A proof as a whole: what is asked, on which day, how far it looks, and that it says the same however it is made."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.audit.proofs.prove import proof_of
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.proof import TOPICS, ProofReport, Topic
from risk_engine.solver.space import Limits
from tests.audit.proofs.parts import asked, toy
from tests.cli.running import LOAN_DESK

MANY = "\n".join(
    f"A{number}: {{severity: {{high: {{count: guest, where: {{fact: guest.age, at_least: {number}}}, at_least: 3}}}}}}"
    for number in range(1, 4)
)


def test_nothing_is_decided_where_no_work_may_be_done(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        MANY,
        invariants="results: {R: {then: {count: guest, where: {fact: guest.fit, is: true}, at_most: 8}}}",
    )
    report = asked(criteria, *TOPICS, limits=Limits(steps=1))
    about_indicators = [one for one in report.of("occur") if one.subject.startswith("A")]
    assert {one.status for one in (*about_indicators, *report.of("promises"))} == {"undecided"}
    assert {one.reason for one in about_indicators} == {"Not decided within the work that one question may take"}


@pytest.fixture(scope="module")
def loan() -> ProofReport:
    """Return what is proved of the loan desk."""
    return proof_of(str(LOAN_DESK)).report


@pytest.mark.nightly
def test_over_several_processes_it_is_the_same(loan: ProofReport) -> None:
    assert proof_of(str(LOAN_DESK), limits=Limits(jobs=2)).report == loan
    assert loan.count("undecided") == 0


def test_of_a_small_set_it_is_the_same_over_several_processes(tmp_path: Path) -> None:
    criteria = toy(tmp_path, MANY)
    one, two = (asked(criteria, "occur", "monotone", limits=Limits(jobs=jobs)) for jobs in (1, 2))
    assert one.claims == two.claims
    assert one.count("undecided") == 0


def test_only_what_is_asked_for_is_answered(tmp_path: Path) -> None:
    criteria = toy(tmp_path, MANY)
    for topic in TOPICS:
        report = asked(criteria, topic)
        assert report.topics == (topic,)
        assert {one.topic for one in report.claims} <= {topic}


def test_without_a_day_it_is_that_of_the_base_case_or_the_first_one_of_the_version() -> None:
    proved = proof_of(str(LOAN_DESK), only=["directions"])
    assert proved.report.on == proved.base.assessment_date
    assert proved.report.is_in_force
    assert proved.report.later[0] == date(2026, 10, 1)
    early = proof_of(str(LOAN_DESK / "1.0.0"), date(2019, 1, 1), only=["directions"]).report
    assert (early.on, early.is_in_force) == (date(2019, 1, 1), False)


def test_a_parameter_without_a_value_on_the_day_is_told_also_by_another_process(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        MANY,
        parameters="limit: {values: [{from: 2020-01-01, value: 9}]}",
        invariants="results: {R: {then: {fact: trip.days, at_least: {parameter: limit}}}}",
    )
    # The version is in force from 2020 on; who asks about an earlier day is told what is not there yet.
    for jobs in (1, 2):
        with pytest.raises(RiskEngineError, match="the parameter `limit` is not in force on 2019-01-01"):
            asked(criteria, "promises", "occur", on=date(2019, 1, 1), limits=Limits(jobs=jobs))


def test_how_far_it_has_come_is_told() -> None:
    told: list[tuple[int, int]] = []
    proof_of(str(LOAN_DESK), only=["options"], tell=lambda done, of: told.append((done, of)))
    assert told[0][0] == 0
    # A few indicators are asked about together.
    assert told == sorted(told)
    assert [told[0][0], *told[-1]] == [0, told[-1][1], told[-1][1]]


@pytest.mark.nightly
@pytest.mark.parametrize("topic", ["monotone", "missing", "controls"])
def test_claims_about_ladders_need_no_other_topic(topic: Topic, loan: ProofReport) -> None:
    assert proof_of(str(LOAN_DESK), only=[topic]).report.claims == loan.of(topic)
