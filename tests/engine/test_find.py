"""Expected values: design, sections 8 (inherent to knock-outs) and 9 (options, what a finding read, profile)."""

from datetime import date

import pytest

from risk_engine.engine.find import Found
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from tests.engine.builder import DAY, found_from, paths, written
from tests.engine.conftest import Toy

CONTROLS = "{ONE: {}, TWO: {}, THREE: {}, FIX: {}}"
INDICATORS = """
    # Nested: the higher the number of days, the higher the severity.
    N:
      severity:
        low: {fact: trip.risky, is: true}
        moderate: {fact: trip.days, at_least: 5}
        high: {fact: trip.days, at_least: 10}
        critical: {fact: trip.days, at_least: 20}
    # Knock-outs of two kinds that one option cures, and another option that counts only on foot.
    K:
      severity: {high: {fact: trip.risky, is: true}}
      knock_out: {hold: {fact: trip.alone, is: true}, legal: {fact: trip.insured, is: true}}
      controls:
        - {all: [FIX], residual: moderate}
        - {all: [THREE], residual: low, when: {fact: trip.means, is: foot}}
    # Options of each form.
    R:
      severity: {moderate: {fact: trip.risky, is: true}, critical: {fact: trip.alone, is: true}}
      controls:
        - {all: [ONE, TWO], residual: low}
        - {all: [ONE], lowers_by: 1}
        - {all: [THREE], residual: none, when: {fact: trip.means, is: foot}}
        - {all: [FIX], residual: high}
    # Options that would floor it.
    L:
      severity: {low: {fact: trip.risky, is: true}, high: {fact: trip.alone, is: true}}
      controls: [{all: [ONE], lowers_by: 2}]
    H:
      severity: {low: {fact: trip.risky, is: true}}
      knock_out: {hold: always}
    P:
      severity: {high: {fact: trip.risky, is: true}, critical: {fact: trip.alone, is: true}}
      knock_out:
        policy: always
        hold: {fact: trip.insured, is: true}
        funding: {fact: trip.means, is: train}
        legal: {fact: trip.means, is: boat}
      adjustable: true
      controls: [{all: [ONE], lowers_by: 1}]
"""


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(indicators=INDICATORS, controls=CONTROLS)


def case_with(trip: str, *, in_place: str = "", agreed: str = "", planned: str = "", claimed: str = "") -> str:
    """Return a case with controls of each standing; what is claimed is said to be in place without evidence."""
    evidence = "evidence: [{kind: letter, reference: E, date: 2026-06-01}]"
    controls = [
        *(f"{{id: {one}, status: implemented, {evidence}}}" for one in in_place.split()),
        *(f"{{id: {one}, status: agreed}}" for one in agreed.split()),
        *(f"{{id: {one}, status: planned, {evidence}}}" for one in planned.split()),
        *(f"{{id: {one}, status: verified}}" for one in claimed.split()),
    ]
    return f"trip: {{{trip}}}\ncontrols: [{', '.join(controls)}]"


# --- inherent, possible, outcome --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trip", "outcome", "inherent", "possible", "is_open"),
    [
        ("risky: false, days: 0", "absent", "none", "none", False),
        ("risky: true, days: 0", "present", "low", "low", False),
        ("risky: false, days: 5", "present", "moderate", "moderate", False),
        ("risky: true, days: 19", "present", "high", "high", False),
        ("risky: false, days: 20", "present", "critical", "critical", False),
        ("", "undetermined", "none", "critical", True),
        ("risky: true", "present", "low", "critical", True),
        ("risky: false", "undetermined", "none", "critical", True),
        ("days: 0", "undetermined", "none", "low", True),
        # What is unknown below the severity that counts can raise nothing.
        ("days: 10", "present", "high", "high", False),
    ],
)
def test_finding_has_the_highest_severity_that_holds_and_the_highest_that_may(
    criteria: Criteria, trip: str, outcome: str, inherent: str, possible: str, is_open: bool
) -> None:
    found = found_from(criteria, f"trip: {{{trip}}}")["N"]
    assert (found.outcome, found.inherent, found.possible, found.open) == (outcome, inherent, possible, is_open)


def test_higher_severity_that_holds_counts_although_a_lower_one_does_not(criteria: Criteria) -> None:
    found = found_from(criteria, "trip: {risky: false, alone: true}")["R"]
    assert (found.inherent, found.possible) == ("critical", "critical")


def test_findings_come_in_the_order_of_the_set_and_only_those_in_force(toy: Toy) -> None:
    criteria = toy(
        indicators="""
            Z: {severity: {low: {fact: trip.risky, is: true}}}
            M:
              severity: {low: {fact: trip.risky, is: true}}
              effective: {from: 2026-06-15, until: 2026-07-01}
            A: {severity: {low: {fact: trip.risky, is: true}}}
        """
    )
    assert list(found_from(criteria, "", date(2026, 6, 14))) == ["Z", "A"]
    assert list(found_from(criteria, "", date(2026, 6, 15))) == ["Z", "M", "A"]
    assert list(found_from(criteria, "", date(2026, 6, 30))) == ["Z", "M", "A"]
    # `until` is exclusive everywhere.
    assert list(found_from(criteria, "", date(2026, 7, 1))) == ["Z", "A"]


# --- residual ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("in_place", "residual"),
    [
        ("", "critical"),
        ("ONE", "high"),
        # An option is complete when all its controls are in place.
        ("TWO", "critical"),
        ("FIX", "high"),
        # The lowest that a complete option gives.
        ("ONE TWO", "low"),
        ("ONE TWO FIX", "low"),
    ],
)
def test_residual_is_the_lowest_that_a_complete_option_gives(criteria: Criteria, in_place: str, residual: str) -> None:
    trip = "risky: true, alone: true, means: boat"
    assert found_from(criteria, case_with(trip, in_place=in_place))["R"].residual == (residual, residual)


def test_residual_is_never_above_inherent(criteria: Criteria) -> None:
    # The option leaves `high`, the finding is only moderate.
    found = found_from(criteria, case_with("risky: true, alone: false, means: boat", in_place="FIX"))["R"]
    assert found.residual == ("moderate", "moderate")
    # Its lower bound is never above inherent, its upper bound never above possible.
    found = found_from(criteria, case_with("risky: true, means: boat", in_place="FIX"))["R"]
    assert found.residual == ("moderate", "high")


@pytest.mark.parametrize(
    ("trip", "in_place", "residual"),
    [
        ("risky: true", "", ("low", "high")),
        ("risky: true", "ONE", ("none", "low")),
        ("risky: false", "", ("none", "high")),
        ("risky: false", "ONE", ("none", "low")),
        ("alone: true", "ONE", ("low", "low")),
        ("risky: true, alone: false", "ONE", ("none", "none")),
    ],
)
def test_lowers_by_works_bound_by_bound_with_none_as_floor(
    criteria: Criteria, trip: str, in_place: str, residual: tuple[str, str]
) -> None:
    assert found_from(criteria, case_with(trip, in_place=in_place))["L"].residual == residual


@pytest.mark.parametrize(
    ("means", "residual", "is_open", "missing"),
    [
        ("means: foot", ("none", "none"), False, []),
        ("means: boat", ("critical", "critical"), False, []),
        # Lower bounds take the option, upper bounds do not; the finding is open.
        ("means: unknown", ("none", "critical"), True, ["trip.means"]),
    ],
)
def test_option_counts_only_when_its_condition_holds(
    criteria: Criteria, means: str, residual: tuple[str, str], is_open: bool, missing: list[str]
) -> None:
    found = found_from(criteria, case_with(f"risky: true, alone: true, {means}", in_place="THREE"))["R"]
    assert found.residual == residual
    assert found.open is is_open
    assert paths(found.missing) == missing


def test_finding_is_open_while_an_option_may_count_even_if_its_controls_are_lacking(criteria: Criteria) -> None:
    found = found_from(criteria, "trip: {risky: true, alone: true}")["R"]
    assert (found.inherent, found.possible, found.open) == ("critical", "critical", True)
    assert found.residual == ("critical", "critical")


@pytest.mark.parametrize(
    ("standing", "residual", "expected"),
    [
        ({"planned": "ONE TWO"}, "critical", "critical"),
        ({"agreed": "ONE"}, "critical", "high"),
        ({"agreed": "ONE TWO"}, "critical", "low"),
        ({"in_place": "ONE", "agreed": "TWO"}, "high", "low"),
        ({"in_place": "ONE", "planned": "TWO"}, "high", "high"),
        # Said to be in place without evidence: agreed.
        ({"claimed": "ONE TWO"}, "critical", "low"),
    ],
)
def test_expected_counts_agreed_controls_and_never_planned_ones(
    criteria: Criteria, standing: dict[str, str], residual: str, expected: str
) -> None:
    found = found_from(criteria, case_with("risky: true, alone: true, means: boat", **standing))["R"]
    assert found.residual == (residual, residual)
    assert found.expected == (expected, expected)


def test_expected_is_a_pair_while_open(criteria: Criteria) -> None:
    found = found_from(criteria, case_with("risky: true, means: boat", agreed="ONE"))["R"]
    assert found.residual == ("moderate", "critical")
    assert found.expected == ("low", "high")


def test_options_say_what_they_lack_and_leave(criteria: Criteria) -> None:
    found = found_from(criteria, case_with("risky: true, alone: true", in_place="ONE", agreed="TWO"))["R"]
    assert [(one.counts, one.lacking, one.residual) for one in found.options] == [
        (True, ("TWO",), "low"),
        (True, (), "high"),
        (None, ("THREE",), "none"),
        (True, ("FIX",), "high"),
    ]
    on_board = found_from(criteria, "trip: {risky: true, alone: false, means: boat}")["R"]
    assert [one.counts for one in on_board.options] == [True, True, False, True]
    # What an option would leave is never more than there was.
    assert [one.residual for one in on_board.options] == ["low", "low", "none", "moderate"]


@pytest.mark.parametrize(
    ("trip", "residual", "expected", "knock_out"),
    [
        ("insured: true", ("low", "low"), ("low", "low"), ("none", "none")),
        ("insured: false", ("high", "high"), ("high", "high"), ("hold", "hold")),
        ("days: 0", ("low", "high"), ("low", "high"), ("none", "hold")),
    ],
)
def test_an_option_without_controls_lowers_and_cures_as_one_in_place_where_its_answers_are_given(
    toy: Toy, trip: str, residual: tuple[str, str], expected: tuple[str, str], knock_out: tuple[str, str]
) -> None:
    criteria = toy(
        indicators="""
        A:
          severity: {high: {fact: trip.risky, is: true}}
          knock_out: {hold: always}
          controls: [{when: {fact: trip.insured, is: true}, residual: low}]
        """
    )
    found = found_from(criteria, f"trip: {{risky: true, {trip}}}")["A"]
    assert (found.residual, found.expected, found.knock_out) == (residual, expected, knock_out)
    assert [one.lacking for one in found.options] == [()]


# --- knock-outs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trip", "knock_out", "is_open"),
    [
        ("risky: true, alone: false, insured: false", ("none", "none"), False),
        ("risky: true, alone: true, insured: false", ("hold", "hold"), False),
        # The strongest of several.
        ("risky: true, alone: true, insured: true", ("legal", "legal"), False),
        ("risky: true, alone: false, insured: true", ("legal", "legal"), False),
        ("risky: true, alone: true", ("hold", "legal"), True),
        ("risky: true, insured: true", ("legal", "legal"), True),
        ("risky: true, insured: false", ("none", "hold"), True),
        # For certain on present findings, possibly on undetermined ones, never on absent ones.
        ("alone: true, insured: false", ("none", "hold"), True),
        ("alone: true, insured: true", ("none", "legal"), True),
        ("alone: false, insured: false", ("none", "none"), True),
        ("risky: false, alone: true, insured: true", ("none", "none"), False),
        ("risky: false", ("none", "none"), False),
    ],
)
def test_knock_out_is_the_strongest_that_holds_and_the_strongest_that_may(
    criteria: Criteria, trip: str, knock_out: tuple[str, str], is_open: bool
) -> None:
    found = found_from(criteria, f"trip: {{{trip}, means: boat}}")["K"]
    assert found.knock_out == knock_out
    assert found.open is is_open


def test_knock_out_always_holds_on_a_present_finding_alone(criteria: Criteria) -> None:
    assert found_from(criteria, "trip: {risky: true}")["H"].knock_out == ("hold", "hold")
    assert found_from(criteria, "trip: {risky: true}")["H"].open is False
    assert found_from(criteria, "")["H"].knock_out == ("none", "hold")
    assert found_from(criteria, "trip: {risky: false}")["H"].knock_out == ("none", "none")


KNOCKED_OUT = "risky: true, alone: true, insured: true"


@pytest.mark.parametrize(
    ("case", "knock_out"),
    [
        # A complete option cures every kind, whatever severity it leaves.
        (case_with(f"{KNOCKED_OUT}, means: boat", in_place="FIX"), ("none", "none")),
        (case_with(f"{KNOCKED_OUT}, means: boat", agreed="FIX"), ("legal", "legal")),
        (case_with(f"{KNOCKED_OUT}, means: foot", in_place="THREE"), ("none", "none")),
        (case_with(f"{KNOCKED_OUT}, means: boat", in_place="THREE"), ("legal", "legal")),
        # Whether it is cured is unknown while nobody knows whether the option counts.
        (case_with(KNOCKED_OUT, in_place="THREE"), ("none", "legal")),
        (case_with(KNOCKED_OUT, in_place="THREE FIX"), ("none", "none")),
        (case_with("risky: true, alone: true, means: boat", in_place="FIX"), ("none", "none")),
        (case_with("alone: true, insured: true, means: boat", in_place="FIX"), ("none", "none")),
    ],
)
def test_knock_out_is_cured_by_a_complete_option_that_counts(
    criteria: Criteria, case: str, knock_out: tuple[str, str]
) -> None:
    found = found_from(criteria, case)["K"]
    assert found.knock_out == knock_out


def test_knock_out_before_controls_is_there_whether_cured_or_not(criteria: Criteria) -> None:
    cured = found_from(criteria, case_with(f"{KNOCKED_OUT}, means: boat", in_place="FIX"))["K"]
    assert (cured.knock_out, cured.knock_out_before) == (("none", "none"), ("legal", "legal"))
    unknown = found_from(criteria, case_with("alone: true, insured: true", in_place="FIX"))["K"]
    assert (unknown.knock_out, unknown.knock_out_before) == (("none", "none"), ("none", "legal"))
    absent = found_from(criteria, "trip: {risky: false, alone: true}")["K"]
    assert absent.knock_out_before == ("none", "none")


# --- a policy knock-out switched off ----------------------------------------------------------------------------------


def switched_off(since: str = "") -> Profile:
    text = f"policy_knock_outs_off: {{P: {{reason: R{since}}}}}"
    return Profile.model_validate({"institution": "I", "criteria": "toy", **written(text)})


def with_policy_off(criteria: Criteria, trip: str, in_place: str = "") -> Found:
    known = trip if "means" in trip else f"{trip}, means: foot"
    return found_from(criteria, case_with(known, in_place=in_place), DAY, switched_off())["P"]


def test_policy_knock_out_counts_until_it_is_switched_off(criteria: Criteria) -> None:
    case = "trip: {risky: true, alone: true, insured: false, means: foot}"
    found = found_from(criteria, case)["P"]
    assert (found.inherent, found.knock_out) == ("critical", ("policy", "policy"))
    off = found_from(criteria, case, DAY, switched_off())["P"]
    # Else the severity would decide the same.
    assert (off.inherent, off.possible, off.residual) == ("high", "high", ("high", "high"))
    assert off.knock_out == ("none", "none")


def test_policy_knock_out_is_switched_off_from_the_day_that_the_profile_says(criteria: Criteria) -> None:
    own = switched_off(", from: 2026-06-15")
    case = "trip: {risky: true, alone: true, insured: false, means: foot}"
    before = found_from(criteria, case, date(2026, 6, 14), own)["P"]
    since = found_from(criteria, case, date(2026, 6, 15), own)["P"]
    assert (before.inherent, before.knock_out) == ("critical", ("policy", "policy"))
    assert (since.inherent, since.knock_out) == ("high", ("none", "none"))


def test_policy_switched_off_leaves_other_knock_outs_and_other_findings(criteria: Criteria) -> None:
    trip = "risky: true, alone: true, insured: true"
    assert with_policy_off(criteria, trip).knock_out == ("hold", "hold")
    assert with_policy_off(criteria, f"{trip}, means: train").knock_out == ("funding", "funding")
    assert with_policy_off(criteria, f"{trip}, means: boat").knock_out == ("legal", "legal")
    everything = found_from(criteria, f"trip: {{{trip}, days: 20}}", DAY, switched_off())
    assert everything["N"].inherent == "critical"
    assert everything["R"].inherent == "critical"


def test_policy_switched_off_caps_what_is_possible_and_what_options_start_from(criteria: Criteria) -> None:
    found = with_policy_off(criteria, "risky: false, insured: false")
    assert (found.inherent, found.possible, found.residual) == ("none", "high", ("none", "high"))
    assert with_policy_off(criteria, "risky: true, alone: true", "ONE").residual == ("moderate", "moderate")
    assert with_policy_off(criteria, "risky: true, alone: false, insured: false").open is False
    # A cap raises nothing.
    assert with_policy_off(criteria, "risky: false, alone: false").inherent == "none"


def test_capped_finding_names_the_facts_that_made_it_so(criteria: Criteria) -> None:
    both = with_policy_off(criteria, "risky: true, alone: true, insured: false")
    assert paths(both.reads) == ["trip.risky"]
    only_critical = with_policy_off(criteria, "risky: false, alone: true, insured: false")
    assert only_critical.inherent == "high"
    assert paths(only_critical.reads) == ["trip.alone"]


def test_capped_finding_misses_no_answer_that_could_not_raise_it(criteria: Criteria) -> None:
    # `alone` could only make it critical, which the cap makes high, and that it is.
    found = with_policy_off(criteria, "risky: true")
    assert found.open is True
    assert paths(found.missing) == ["trip.insured"]
    lower = with_policy_off(criteria, "risky: false")
    assert paths(lower.missing) == ["trip.alone", "trip.insured"]


# --- what it read, and what is missing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trip", "reads", "missing"),
    [
        # Present: the condition that counted.
        ("risky: true, days: 7", ["trip.days"], []),
        ("risky: true, days: 0", ["trip.risky"], []),
        ("risky: true", ["trip.risky"], ["trip.days"]),
        # Undetermined: those that are unknown.
        ("risky: false", ["trip.days"], ["trip.days"]),
        ("", ["trip.risky", "trip.days"], ["trip.risky", "trip.days"]),
        # Absent: all that it takes.
        ("risky: false, days: 0", ["trip.risky", "trip.days"], []),
        # A lower severity could raise nothing.
        ("days: 7", ["trip.days"], []),
    ],
)
def test_finding_names_what_made_it_so_and_what_could_raise_it(
    criteria: Criteria, trip: str, reads: list[str], missing: list[str]
) -> None:
    found = found_from(criteria, f"trip: {{{trip}}}")["N"]
    assert paths(found.reads) == reads
    assert paths(found.missing) == missing


def test_missing_answers_are_those_of_severities_knock_outs_and_options_each_once(criteria: Criteria) -> None:
    found = found_from(criteria, "")["K"]
    assert paths(found.missing) == ["trip.risky", "trip.alone", "trip.insured", "trip.means"]
    present = found_from(criteria, "trip: {risky: true, insured: false, means: foot}")["K"]
    assert paths(present.missing) == ["trip.alone"]
    # An absent finding can be raised by nothing.
    absent = found_from(criteria, "trip: {risky: false}")["K"]
    assert paths(absent.missing) == []
    assert absent.open is False


@pytest.mark.parametrize(
    ("trip", "bars"),
    [
        # What the knock-outs that hold and the settled conditions of options rest on.
        ("risky: true, alone: true, insured: false, means: foot", ["trip.alone", "trip.means"]),
        ("risky: true, alone: true, insured: true, means: boat", ["trip.alone", "trip.insured", "trip.means"]),
        ("risky: true, alone: false, insured: false, means: boat", ["trip.means"]),
        # What is unknown is missing, and bars nothing.
        ("risky: true, insured: true", ["trip.insured"]),
        ("alone: true", ["trip.alone"]),
        ("risky: false, alone: true, insured: true, means: foot", []),
    ],
)
def test_bars_are_the_facts_that_knock_outs_and_options_rest_on(criteria: Criteria, trip: str, bars: list[str]) -> None:
    assert paths(found_from(criteria, f"trip: {{{trip}}}")["K"].bars) == bars
