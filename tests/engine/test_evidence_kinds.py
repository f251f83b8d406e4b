"""Control options that need kinds of evidence: what counts, what the record says, what is put in place for a replay."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.audit.mutants.every import mutants
from risk_engine.engine.explainer import evidence_shown
from risk_engine.engine.find import control_states
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.language import in_language
from risk_engine.model.case import NO_KIND, shown_in_place
from risk_engine.model.criteria import Criteria
from risk_engine.model.references import needed_kinds
from risk_engine.outlook.offers import missing_controls
from tests.engine.builder import DAY, case_from, criteria_from, found_from
from tests.told import assess_told

HEAD = "evidence_kinds: {licence: A licence, letter: A letter of the authority, report: A report}"
CONTROLS = "{FIX: {}, ROPE: {}}"
INDICATORS = """
    A:
      severity: {high: {fact: trip.risky, is: true}}
      knock_out: {hold: always}
      controls:
        - {all: [FIX], needs: [licence, letter], residual: none}
        - {all: [FIX, ROPE], needs: [report], residual: low}
    B:
      severity: {high: {fact: trip.risky, is: true}}
      controls: [{all: [FIX], residual: low}]
"""


@pytest.fixture
def criteria(tmp_path: Path) -> Criteria:
    return criteria_from(tmp_path / "toy", head=HEAD, indicators=INDICATORS, controls=CONTROLS)


def case_with(*fix: str, rope: str = "report", day: str = "2026-01-01", status: str = "verified") -> str:
    """Return a risky trip whose control FIX has evidence of these kinds, and ROPE of another."""
    records = ", ".join(f"{{kind: {kind}, reference: R, date: {day}}}" for kind in fix)
    more = f"{{id: ROPE, status: verified, evidence: [{{kind: {rope}, reference: R, date: 2026-01-01}}]}}"
    return f"trip: {{risky: true}}\ncontrols: [{{id: FIX, status: {status}, evidence: [{records}]}}, {more}]"


@pytest.mark.parametrize(
    ("kinds", "left", "lacking"),
    [
        (("licence",), "none", [(), ("FIX",)]),
        (("letter",), "none", [(), ("FIX",)]),
        (("report",), "low", [("FIX",), ()]),
        (("a photograph",), "high", [("FIX",), ("FIX",)]),
        # What people call it is not its name.
        (("A licence",), "high", [("FIX",), ("FIX",)]),
        (("a photograph", "letter", "report"), "none", [(), ()]),
    ],
)
def test_a_control_counts_for_an_option_with_evidence_of_a_kind_that_it_needs(
    criteria: Criteria, kinds: tuple[str, ...], left: str, lacking: list[tuple[str, ...]]
) -> None:
    found = found_from(criteria, case_with(*kinds))
    assert found["A"].residual == (left, left)
    assert [one.lacking for one in found["A"].options] == lacking
    assert found["A"].knock_out == (("hold", "hold") if left == "high" else ("none", "none"))
    # It counts as agreed there alone: for another finding it is in place, and with all that is agreed it helps.
    assert found["A"].expected == ("none", "none")
    assert found["B"].residual == ("low", "low")


def test_evidence_dated_later_is_of_no_kind_yet(criteria: Criteria) -> None:
    both = case_with("a photograph").replace(
        "]}, {id: ROPE", ", {kind: licence, reference: R, date: 2027-01-01}]}, {id: ROPE"
    )
    assert control_states(case_from(criteria, both), DAY)["FIX"].kinds == {"a photograph"}
    assert found_from(criteria, both)["A"].residual == ("high", "high")


def test_an_option_of_several_controls_needs_the_kind_of_each(criteria: Criteria) -> None:
    assert [one.lacking for one in found_from(criteria, case_with("report", rope="licence"))["A"].options] == [
        ("FIX",),
        ("ROPE",),
    ]


def test_the_record_says_for_which_finding_a_control_counts_as_agreed(criteria: Criteria) -> None:
    got = assess_told(case_from(criteria, case_with("a photograph")), criteria)
    assert [(one.kind, one.id, one.text) for one in got.problems] == [
        (
            "control",
            "FIX",
            "FIX has no evidence of the kind “A licence” or “A letter of the authority”: it counts as agreed for A",
        ),
        ("control", "FIX", "FIX has no evidence of the kind “A report”: it counts as agreed for A"),
    ]
    assert [one.needs for one in got.finding("A").options] == [
        ("A licence", "A letter of the authority"),
        ("A report",),
    ]
    # The control itself is in place: for other findings it counts.
    assert {one.id: one.counts_as for one in got.controls} == {"FIX": "in_place", "ROPE": "in_place"}


def test_a_control_that_counts_for_no_finding_is_shown_as_agreed(criteria: Criteria) -> None:
    alone = criteria.model_copy(update={"indicators": {"A": criteria.indicators["A"]}})
    for kind, shown in (("a photograph", "agreed"), ("licence", "in_place")):
        got = assess_told(case_from(alone, case_with(kind)), alone)
        assert {one.id: one.counts_as for one in got.controls}["FIX"] == shown


def test_a_kind_that_is_misspelt_is_said_with_the_one_that_was_meant(criteria: Criteria) -> None:
    first, second = assess_told(case_from(criteria, case_with("licens")), criteria).problems
    assert first.text.endswith("it counts as agreed for A; `licens`: did you mean `licence`?")
    assert second.text.endswith("it counts as agreed for A")


def test_a_kind_is_not_missed_where_something_else_in_set_yaml_is_wrong(tmp_path: Path) -> None:
    wrong = f"{HEAD}\nfour_eyes: everyone"
    with pytest.raises(InvalidSourceError) as error:
        criteria_from(tmp_path / "toy", head=wrong, indicators=INDICATORS, controls=CONTROLS)
    assert "evidence kind" not in str(error.value)
    misspelt = INDICATORS.replace("[licence, letter]", "[letters]")
    with pytest.raises(InvalidSourceError, match="there is no evidence kind `letters`"):
        criteria_from(tmp_path / "other", head=wrong, indicators=misspelt, controls=CONTROLS)


def test_nothing_is_said_of_a_kind_where_the_control_is_not_in_place_or_nothing_is_found(criteria: Criteria) -> None:
    # Nor where another option does as much already.
    assert assess_told(case_from(criteria, case_with("licence")), criteria).problems == ()
    (told,) = assess_told(case_from(criteria, case_with("report")), criteria).problems
    assert told.text.endswith("“A licence” or “A letter of the authority”: it counts as agreed for A")
    agreed = assess_told(case_from(criteria, case_with("a photograph", status="agreed")), criteria)
    assert agreed.problems == ()
    calm = case_with("a photograph").replace("risky: true", "risky: false")
    assert assess_told(case_from(criteria, calm), criteria).problems == ()


def test_what_is_in_place_for_a_replay_has_evidence_of_every_kind_that_options_need(criteria: Criteria) -> None:
    assert needed_kinds(criteria) == {"FIX": ("licence", "letter", "report"), "ROPE": ("report",)}
    shown = shown_in_place("FIX", date(2026, 1, 1), needed_kinds(criteria)["FIX"])
    assert [one["kind"] for one in shown["evidence"]] == ["licence", "letter", "report"]
    assert [one["kind"] for one in shown_in_place("FIX", date(2026, 1, 1), ())["evidence"]] == [NO_KIND]


@pytest.mark.parametrize(
    ("kinds", "offered"),
    [(("a photograph",), ("FIX",)), (("licence",), ("FIX",)), (("letter", "report"), ())],
)
def test_a_control_in_place_is_offered_where_an_option_lacks_a_kind_of_evidence(
    criteria: Criteria, kinds: tuple[str, ...], offered: tuple[str, ...]
) -> None:
    assert missing_controls(work(case_from(criteria, case_with(*kinds)), criteria, DAY)) == offered


def test_a_mutant_asks_for_no_kind(criteria: Criteria) -> None:
    (found,) = (one for one in mutants(criteria) if one.name == "indicator A controls.0.needs dropped")
    assert [one.needs for one in found.criteria.indicators["A"].controls] == [(), ("report",)]
    assert found_from(found.criteria, case_with("a photograph"))["A"].residual == ("none", "none")


def test_the_kinds_that_commands_write_themselves_are_told_in_the_language_of_the_paper(criteria: Criteria) -> None:
    (fix, *_others) = case_from(criteria, case_with("licence", "questionnaire", "on file", "a photograph")).controls
    with in_language("de"):
        told = [evidence_shown(one, criteria).kind for one in fix.evidence]
    assert told == ["A licence", "Fragebogen", "hinterlegt", "a photograph"]
