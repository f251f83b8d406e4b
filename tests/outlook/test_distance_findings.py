"""So many more findings tip a ladder; expected values: the ladders of the builder (design, section 8)."""

import pytest

from risk_engine.engine.replay import Replays
from risk_engine.engine.work import work
from risk_engine.model.outlook import FindingsMore
from risk_engine.model.profile import KnockOutOff, Profile
from risk_engine.outlook.distance import further_findings, margins
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy
from tests.outlook.working import worked_from

GRADED = "severity: {moderate: {fact: trip.pace, is: brisk}, high: {fact: trip.pace, is: wild}}"
CALM = "trip: {pace: calm, risky: false}"

SAME_GROUND = """
    measure:
      levels: {advice: {}, regulation: {}}
      rules:
        - level: regulation
          when:
            count: finding
            where: {all_of: [{fact: finding.residual, at_least: moderate}, {fact: finding.ground, is: care}]}
            at_least: 2
      otherwise: advice
    gate:
      levels: {clear: {}, blocked: {}}
      rules: [{level: blocked, when: {some: finding, where: {fact: finding.knock_out, at_least: hold}}}]
      otherwise: clear
    escalation:
      levels: {none: {}, committee: {}}
      rules:
        - level: committee
          when:
            some: finding
            where:
              all_of:
                - {fact: finding.outcome, is: present}
                - {any_of: [{fact: finding.id, is: I0}, {fact: finding.id, one_of: [I1]}]}
      otherwise: none
"""


def graded(number: int, rest: str = GRADED) -> str:
    return "\n".join(f"I{one}: {{{rest}}}" for one in range(number))


def told(found: tuple[FindingsMore, ...]) -> list[tuple[str, str, int, str]]:
    return [(one.ladder, one.level, one.number, one.severity) for one in found]


def test_the_smallest_numbers_are_told_for_each_ladder(toy: Toy) -> None:
    found = margins(worked_from(toy(indicators=graded(6)), CALM)).findings
    # 20 points make a dimension high; five high ones are 100 points, and the cap is 119.
    assert told(found) == [
        ("measure", "regulation", 1, "high"),
        ("measure", "regulation", 4, "moderate"),
        ("gate", "conditional", 1, "high"),
    ]
    assert [(one.dimension, one.ground) for one in found[0].places] == [("body", "care")]


def test_milder_levels_stand_before_stricter_ones(toy: Toy) -> None:
    critical = f"{GRADED[:-1]}, critical: {{fact: trip.risky, is: true}}}}"
    found = margins(worked_from(toy(indicators=graded(4, critical)), CALM)).findings
    assert told(found) == [
        ("measure", "regulation", 1, "high"),
        ("measure", "regulation", 4, "moderate"),
        ("measure", "restriction", 1, "critical"),
        ("gate", "conditional", 1, "high"),
    ]


def test_what_is_there_already_counts(toy: Toy) -> None:
    there = "\nTHERE: {severity: {moderate: {fact: trip.risky, is: true}}}"
    found = margins(worked_from(toy(indicators=graded(6) + there), "trip: {pace: calm, risky: true}")).findings
    assert ("measure", "regulation", 3, "moderate") in told(found)


def test_no_more_findings_are_told_than_indicators_can_make(toy: Toy) -> None:
    found = margins(worked_from(toy(indicators=graded(3)), CALM)).findings
    assert told(found) == [("measure", "regulation", 1, "high"), ("gate", "conditional", 1, "high")]


def test_what_may_be_there_is_not_one_more(toy: Toy) -> None:
    # Unanswered: every finding is undetermined, none is absent.
    assert margins(worked_from(toy(indicators=graded(6)))).findings == ()


def test_an_indicator_that_is_not_in_force_makes_none(toy: Toy) -> None:
    criteria = toy(indicators=graded(4, f"{GRADED}, effective: {{from: 2027-01-01}}") + f"\nNOW: {{{GRADED}}}")
    found = margins(worked_from(criteria, CALM)).findings
    assert told(found) == [("measure", "regulation", 1, "high"), ("gate", "conditional", 1, "high")]


def test_places_where_the_same_tips_stand_together(toy: Toy) -> None:
    of = "severity: {high: {fact: trip.risky, is: true}}"
    criteria = toy(indicators=f"A: {{{of}}}\nB: {{{of}, dimension: mind}}\nC: {{{of}, dimension: mind, ground: order}}")
    found = margins(worked_from(criteria, CALM)).findings
    assert [(one.dimension, one.ground) for one in found[0].places] == [
        ("body", "care"),
        ("mind", "care"),
        ("mind", "order"),
    ]


def test_two_more_moderate_findings_on_one_ground(toy: Toy) -> None:
    criteria = toy(ladders=SAME_GROUND, indicators=graded(4) + f"\nORDER: {{{GRADED}, ground: order}}")
    found = margins(worked_from(criteria, CALM)).findings
    # Not two high ones: two moderate ones do. Of the four, I0 and I1 are named by a rule: not like any other, so it is
    # not said that one finding more brings the committee.
    assert told(found) == [("measure", "regulation", 2, "moderate")]
    assert [one.ground for one in found[0].places] == ["care"]


def test_what_makes_a_ladder_milder_is_not_told(toy: Toy) -> None:
    ladders = """
        measure:
          levels: {advice: {}, regulation: {}}
          rules: [{level: regulation, when: {every: finding, where: {fact: finding.outcome, is: absent}}}]
          otherwise: advice
    """
    criteria = toy(head="roles: {headline: measure}", ladders=ladders, indicators=graded(2))
    assert margins(worked_from(criteria, CALM)).findings == ()


@pytest.mark.parametrize("off", [False, True])
def test_a_severity_that_the_profile_caps_is_none_that_could_come(toy: Toy, off: bool) -> None:
    critical = "severity: {critical: {fact: trip.risky, is: true}}, knock_out: {policy: always}, adjustable: true"
    criteria = toy(indicators=f"RED: {{{critical}}}")
    reason = {"RED": KnockOutOff(reason="we may")} if off else {}
    profile = Profile(institution="U", criteria="toy", policy_knock_outs_off=reason)
    worked = work(case_from(criteria, CALM), criteria, DAY, profile)
    found = further_findings(worked, Replays(worked, ("measure",)))
    assert told(found) == [("measure", *(("regulation", 1, "high") if off else ("restriction", 1, "critical")))]


def test_findings_that_count_points_of_their_own_are_told_by_themselves(toy: Toy) -> None:
    own = f"{GRADED}, points: {{moderate: 12}}"
    criteria = toy(indicators=f"{graded(5)}\nA: {{{own}}}\nB: {{{own}}}")
    found = margins(worked_from(criteria, CALM)).findings
    # 20 points make a dimension high: four of 5 points do, and two of 12.
    assert [(one.level, one.number, one.severity, one.points) for one in found if one.ladder == "measure"] == [
        ("regulation", 1, "high", None),
        ("regulation", 2, "moderate", 12),
        ("regulation", 4, "moderate", None),
    ]


def test_where_every_indicator_counts_points_of_its_own_further_findings_are_told(toy: Toy) -> None:
    criteria = toy(indicators=graded(3, f"{GRADED}, points: {{moderate: 7, high: 9}}"))
    found = margins(worked_from(criteria, CALM)).findings
    assert [(one.level, one.number, one.severity, one.points) for one in found if one.ladder == "measure"] == [
        ("regulation", 3, "moderate", 7)
    ]
