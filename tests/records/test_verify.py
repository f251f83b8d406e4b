"""Expected values: design, section 9 (Digests) and the verdicts that issue 2 (section 5) names."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from risk_engine.engine.assess import assess, assessment_digest, plain, to_json
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.assessment import Assessment, AwarenessOutcome, ControlOutcome, ProblemFound, ResolvedFact
from risk_engine.model.criteria import Criteria
from risk_engine.records.verify import Standing, Verification, verify
from risk_engine.version import __version__
from tests.engine.builder import ROOT, case_from
from tests.engine.conftest import Toy

RULES = """
    A: {severity: {low: {fact: trip.risky, is: true}, high: {fact: trip.days, at_least: %d}}}
    B: {severity: {low: {fact: trip.alone, is: true}}}
"""
CASE = "trip: {risky: true, days: 5, gear: [axe, rope]}\nguest: [{id: a, called: Ann}]"


def stored(criteria: Criteria, case: str = CASE) -> Assessment:
    """Return an assessment as it comes back from its file."""
    return Assessment.model_validate_json(to_json(assess(case_from(criteria, case), criteria)))


def sealed(assessment: Assessment, **changes: Any) -> Assessment:
    """Return an assessment with other content and the digest that goes with it."""
    changed = assessment.model_copy(update=changes)
    return changed.model_copy(update={"digest": assessment_digest(changed)})


def test_assessment_that_comes_out_the_same_is_the_same(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    assert verify(stored(criteria), criteria, IN_FORCE) == Verification(
        verdict="same", differences=(), engine_then=__version__, engine_now=__version__
    )


@pytest.mark.parametrize("example", ["lung-imaging", "drone-swarm", "half-filled", "boreal-carbon"])
def test_shipped_example_is_the_same(shipped: Criteria, example: str) -> None:
    case = load_case(ROOT / "examples" / f"{example}.yaml", shipped)
    profile = load_profile(ROOT / "examples" / "profiles" / "university.yaml", shipped)
    for assessment in (
        assess(case, shipped),
        assess(case, shipped, date(2027, 1, 1), profile),
    ):
        assert verify(Assessment.model_validate_json(to_json(assessment)), shipped).verdict == "same"


def test_foreign_example_is_the_same(loan_desk: Criteria) -> None:
    sets = ROOT / "tests" / "sets"
    case = load_case(sets / "loan-desk-case.yaml", loan_desk)
    assessment = assess(case, loan_desk, profile=load_profile(sets / "loan-desk-profile.yaml", loan_desk))
    assert verify(assessment, loan_desk).verdict == "same"


def test_another_engine_that_writes_the_same_is_said_and_is_no_difference(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    older = sealed(stored(criteria), engine="0.0.1")
    got = verify(older, criteria)
    assert (got.verdict, got.engine_then, got.engine_now) == ("same", "0.0.1", __version__)
    assert got.differences == ()


def test_rules_that_only_moved_in_their_file_are_the_same(tmp_path: Path, toy: Toy) -> None:
    older = stored(toy(indicators=RULES % 9))
    file = tmp_path / "toy" / "indicators" / "all.yaml"
    file.write_text(f"# A comment.\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    assert verify(older, read_criteria(tmp_path / "toy")).verdict == "same"


def test_another_engine_under_other_rules_is_different_although_it_decides_the_same(toy: Toy) -> None:
    # Two versions of the engine can be compared only on the same case under the same rules.
    older = sealed(stored(toy(indicators=RULES % 8)), engine="0.0.1")
    got = verify(older, toy(indicators=RULES % 9))
    assert got.verdict == "different"
    assert [one.partition(":")[0] for one in got.differences] == ["criteria.digest"]


def test_another_engine_that_decides_otherwise_is_different(toy: Toy) -> None:
    first = toy(indicators=RULES % 5)
    older = sealed(stored(first), engine="0.0.1")
    got = verify(older, toy(indicators=RULES % 9))
    assert got.verdict == "different"
    assert any(one.startswith("findings.A.inherent: was") for one in got.differences)


OTHERWISE: dict[str, Any] = {
    "findings": (),
    "ratings": (),
    "proposals": (),
    "gaps": (),
    "absent": ("Z",),
    "awareness": (AwarenessOutcome(id="Z", applies="yes", depends_on=()),),
    "controls": (ControlOutcome(id="Z", counts_as="in_place"),),
    "problems": (ProblemFound(kind="later_evidence", id=None, paths=(), evidence=0),),
    "resolved": {"trip.alone": ResolvedFact(value=False, origin="not_asked")},
    "review_due": date(2030, 1, 1),
}


@pytest.mark.parametrize("part", OTHERWISE)
def test_another_engine_excuses_no_difference(toy: Toy, part: str) -> None:
    criteria = toy(indicators=RULES % 9)
    got = verify(sealed(stored(criteria), engine="0.0.1", **{part: OTHERWISE[part]}), criteria)
    assert got.verdict == "different"
    assert any(one.startswith(part) for one in got.differences)


# --- in force, and a draft ---

IN_FORCE, EARLIER, DRAFT = Standing(True, False), Standing(False, False), Standing(False, True)
"""The version that holds on the day, one that a later one has taken the place of, and one that nobody released."""


def of(assessment: Assessment, *, in_force: bool, draft: bool = False, withdrawn: bool = False) -> Assessment:
    """Return the assessment with what somebody says of its criteria, and the digest that goes with it."""
    said = {"in_force": in_force, "draft": draft, "withdrawn": withdrawn}
    used = assessment.criteria.model_copy(update=said)
    return sealed(assessment, criteria=used)


@pytest.mark.parametrize(
    ("said", "now", "day"),
    [
        # Before its own day no version is in force, whoever says so.
        ((True, False), IN_FORCE, date(2019, 12, 31)),
        ((True, False), None, date(2019, 12, 31)),
        # A draft is none, and one that is said to be none does not verify.
        ((True, False), DRAFT, date(2026, 6, 15)),
        ((False, False), DRAFT, date(2026, 6, 15)),
        ((True, True), DRAFT, date(2026, 6, 15)),
        ((True, True), None, date(2026, 6, 15)),
        ((True, True), IN_FORCE, date(2026, 6, 15)),
        # Nor does one that was in force and is said not to have been.
        ((False, False), IN_FORCE, date(2026, 6, 15)),
    ],
)
def test_what_a_forged_record_says_of_its_criteria_does_not_verify(
    toy: Toy, said: tuple[bool, bool], now: Standing | None, day: date
) -> None:
    criteria = toy(indicators=RULES % 9)
    forged = of(assess(case_from(criteria, CASE), criteria, day), in_force=said[0], draft=said[1])
    got = verify(forged, criteria, now)
    assert got.verdict == "different"
    assert {one.partition(":")[0] for one in got.differences} <= {"criteria.in_force", "criteria.draft"}


@pytest.mark.parametrize(
    ("said", "now", "note"),
    [
        ((True, False), IN_FORCE, ""),
        ((False, True), DRAFT, ""),
        ((False, False), EARLIER, ""),
        ((True, False), EARLIER, "by now a later version is in force on that day"),
        ((False, True), IN_FORCE, "they were released since"),
        ((False, True), EARLIER, "they were released since"),
    ],
)
def test_what_came_after_the_record_is_a_note_and_no_difference(
    toy: Toy, said: tuple[bool, bool], now: Standing, note: str
) -> None:
    criteria = toy(indicators=RULES % 9)
    got = verify(of(stored(criteria), in_force=said[0], draft=said[1]), criteria, now)
    assert (got.verdict, got.differences) == ("same", ())
    assert len(got.notes) == bool(note)
    assert note in "".join(got.notes)


def test_whether_criteria_were_in_force_is_not_checked_where_no_other_version_is_at_hand(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    got = verify(of(stored(criteria), in_force=True, draft=False), criteria, None)
    assert (got.verdict, got.notes) == ("same", ())
    assert got.unchecked == ("whether they were in force, a draft, or withdrawn: no other version of the set is here",)


WITHDRAWN = Standing(in_force=False, draft=False, withdrawn=True)
LEFT = Standing(in_force=True, draft=False, gave_way=True)
"""In force by now, for what was in force before it was withdrawn."""


@pytest.mark.parametrize(
    ("said", "now", "notes"),
    [
        ({"in_force": False, "withdrawn": True}, WITHDRAWN, ()),
        ({"in_force": True}, WITHDRAWN, ("they were withdrawn since",)),
        ({"in_force": False}, WITHDRAWN._replace(gave_way=True), ("they were withdrawn since",)),
        ({"in_force": False, "draft": True}, WITHDRAWN, ("they were released since", "they were withdrawn since")),
        ({"in_force": False}, LEFT, ("the version that was has been withdrawn since",)),
        ({"in_force": True}, LEFT, ()),
        ({"in_force": False, "withdrawn": True}, None, ()),
    ],
)
def test_a_withdrawal_after_the_record_is_a_note_and_no_difference(
    toy: Toy, said: dict[str, bool], now: Standing | None, notes: tuple[str, ...]
) -> None:
    criteria = toy(indicators=RULES % 9)
    got = verify(of(stored(criteria), **said), criteria, now)
    assert (got.verdict, got.differences) == ("same", ())
    assert len(got.notes) == len(notes)
    assert all(part in note for part, note in zip(notes, got.notes, strict=True))


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ({"in_force": False, "withdrawn": True}, IN_FORCE),
        ({"in_force": False, "withdrawn": True}, LEFT),
        ({"in_force": False, "withdrawn": True}, DRAFT),
        ({"in_force": True, "withdrawn": True}, WITHDRAWN),
        ({"in_force": True, "withdrawn": True}, None),
        ({"in_force": False, "draft": True, "withdrawn": True}, WITHDRAWN),
        ({"in_force": False, "draft": True, "withdrawn": True}, None),
        # It was in force, or gave way to none: nothing that was withdrawn can have been in force before it.
        ({"in_force": False}, IN_FORCE),
    ],
)
def test_a_record_that_says_withdrawn_of_what_was_not_does_not_verify(
    toy: Toy, said: dict[str, bool], now: Standing | None
) -> None:
    criteria = toy(indicators=RULES % 9)
    got = verify(of(stored(criteria), **said), criteria, now)
    assert got.verdict == "different"


# --- what differs ---


def test_other_rules_are_different_and_said_where(toy: Toy) -> None:
    first = stored(toy(indicators=RULES % 5))
    got = verify(first, toy(indicators=RULES % 9))
    assert got.verdict == "different"
    assert 'findings.A.inherent: was "high", now "low"' in got.differences
    assert "ratings.body.inherent.at_least: was 20, now 1" in got.differences
    assert any(one.startswith("criteria.digest: was") for one in got.differences)
    # Its own digest says nothing more.
    assert not any(one.startswith("digest") for one in got.differences)


def test_same_engine_with_other_content_is_different_although_it_decides_the_same(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    assert verify(sealed(stored(criteria), gaps=()), criteria).verdict == "different"


def test_assessment_that_was_changed_after_it_was_written_is_altered(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    first = stored(criteria)
    mild = first.findings[0].model_copy(update={"inherent": "none"})
    got = verify(first.model_copy(update={"findings": (mild, *first.findings[1:])}), criteria)
    assert got.verdict == "altered"
    assert got.differences == ('findings.A.inherent: was "none", now "low"',)
    # Also where another engine is named to explain it away.
    assert verify(first.model_copy(update={"engine": "0.0.1"}), criteria).verdict == "altered"


def test_long_value_is_cut_in_a_difference(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    first = stored(criteria)
    got = verify(sealed(first, absent=("x" * 77,)), criteria)
    assert got.differences == (f'absent: was ["{"x" * 75}…, now []',)
    assert verify(sealed(first, absent=("x" * 76,)), criteria).differences == (f'absent: was ["{"x" * 76}"], now []',)


def test_list_of_another_length_is_one_difference(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    got = verify(sealed(stored(criteria), gaps=()), criteria)
    assert [one.partition(":")[0] for one in got.differences] == ["gaps"]


def test_case_that_does_not_fit_the_criteria_cannot_be_recomputed(toy: Toy) -> None:
    first = stored(toy(indicators=RULES % 9))
    other = toy(
        facts="trip: {facts: {deep: {type: boolean}}}", indicators="A: {severity: {low: {fact: trip.deep, is: true}}}"
    )
    with pytest.raises(ValidationError):
        verify(first, other)


def test_assessment_outside_the_time_of_its_set_is_the_same(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    early = assess(case_from(criteria, CASE), criteria, date(2019, 1, 1))
    assert early.criteria.in_force is False
    assert verify(early, criteria).verdict == "same"
    assert plain(early)["on"] == "2019-01-01"
