"""A riskier answer, an answer that was missing, a control in place: what none of them may do, with the pair that does.

The first case of a pair has the answer that is less risky, the second differs from it in that answer alone and in what
that opens or closes.
"""

from pathlib import Path

import pytest

from risk_engine.model.proof import Topic
from tests.audit.proofs.parts import FACTS, asked, the, toy

PROVED = ("proved", "")
OPENING = """
    trip:
      facts:
        pace: {type: choice, options: [calm, brisk, wild], riskier: later}
        days: {type: integer, range: [0, 99], riskier: higher}
        insured: {type: boolean, riskier: false}
        means: {type: choice, options: [foot, boat]}
        rope: {type: boolean, ask_when: {fact: trip.pace, is: wild}, otherwise: false}
    guest: {many: 3, facts: {fit: {type: boolean, riskier: false}, age: {type: integer, range: [0, 99]}}}
"""


def test_an_indicator_that_falls_with_a_riskier_answer_has_its_pair(tmp_path: Path) -> None:
    criteria = toy(tmp_path, "PACE: {severity: {moderate: {fact: trip.pace, is: brisk}}}")
    claim = the(asked(criteria, "monotone").claims, "A riskier answer never lowers the severity of PACE")
    assert (claim.status, claim.reason) == ("refuted", "It falls with a riskier answer to `trip.pace`")
    before, after = claim.examples
    assert (before.given, after.given) == ({"trip.pace": "brisk"}, {"trip.pace": "wild"})
    assert (before.present, after.present) == ({"PACE": "moderate"}, {})


def test_every_fact_with_which_it_falls_is_named(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        "BOTH: {severity: {high: {any_of: [{fact: trip.pace, is: calm}, {fact: trip.days, at_most: 3}]}}}",
    )
    claim = the(asked(criteria, "monotone").claims, "A riskier answer never lowers the severity of BOTH")
    assert claim.reason == "It falls with a riskier answer to `trip.pace`, `trip.days`"


@pytest.mark.parametrize(
    ("direction", "condition", "status"),
    [
        ("true", "is: true", "proved"),
        ("true", "is: false", "refuted"),
        ("false", "is: false", "proved"),
        ("false", "is: true", "refuted"),
    ],
)
def test_the_direction_of_yes_and_no(tmp_path: Path, direction: str, condition: str, status: str) -> None:
    facts = f"trip: {{facts: {{flag: {{type: boolean, riskier: {direction}}}}}}}"
    criteria = toy(tmp_path, f"A: {{severity: {{high: {{fact: trip.flag, {condition}}}}}}}", facts)
    claim = the(
        asked(criteria, "monotone", base={"trip": {"flag": True}}).claims, "A riskier answer never lowers the s"
    )
    assert claim.status == status


@pytest.mark.parametrize(
    ("kind", "condition", "status"),
    [
        ("{type: choice, options: [a, b, c], riskier: earlier}", "one_of: [a, b]", "proved"),
        ("{type: choice, options: [a, b, c], riskier: earlier}", "one_of: [b, c]", "refuted"),
        ("{type: choice, options: [a, b, c], riskier: earlier}", "at_least: b", "refuted"),
        ("{type: choices, options: [a, b], riskier: more}", "includes: b", "proved"),
        ("{type: choices, options: [a, b], riskier: more}", "is: []", "refuted"),
        ("{type: choices, options: [a, b], riskier: fewer}", "is: []", "proved"),
        ("{type: choices, options: [a, b], riskier: fewer}", "includes_any: [a, b]", "refuted"),
        ("{type: integer, range: [0, 9], riskier: lower}", "at_most: 4", "proved"),
        ("{type: integer, range: [0, 9], riskier: lower}", "is: 4", "refuted"),
        ("{type: date, riskier: earlier}", "at_most: 2026-01-01", "proved"),
        ("{type: date, riskier: earlier}", "at_least: 2026-01-01", "refuted"),
    ],
)
def test_the_direction_of_every_kind_of_answer(tmp_path: Path, kind: str, condition: str, status: str) -> None:
    criteria = toy(
        tmp_path, f"A: {{severity: {{high: {{fact: trip.it, {condition}}}}}}}", f"trip: {{facts: {{it: {kind}}}}}"
    )
    claim = the(asked(criteria, "monotone", base={"trip": {}}).claims, "A riskier answer never lowers the severity")
    assert claim.status == status


def test_the_nearest_riskier_answer_is_shown(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path, "A: {severity: {low: {fact: trip.days, at_most: 20}, high: {fact: trip.days, at_least: 60}}}"
    )
    claim = the(asked(criteria, "monotone").claims, "A riskier answer never lowers the severity of A")
    # From one day on, as in the base case, the next number of days with another result is 21.
    assert [one.given for one in claim.examples] == [{}, {"trip.days": 21}]


def test_an_indicator_may_give_way_to_another_one_of_its_family(tmp_path: Path) -> None:
    pace = """
        BRISK: {severity: {moderate: {fact: trip.pace, is: brisk}}}
        WILD: {severity: {SEVERITY: {fact: trip.pace, is: wild}}}
    """
    family = "{families: {tempo: [BRISK, WILD]}}"
    claims = asked(toy(tmp_path / "1", pace.replace("SEVERITY", "high"), head=family), "monotone").claims
    gives_way = the(claims, "A riskier answer never lowers the highest severity of the family of BRISK")
    assert gives_way.status == "proved"
    assert gives_way.reason == "BRISK itself falls with `trip.pace` and gives way to another one"
    assert [one.subject for one in claims if "family" in one.statement] == ["BRISK"]
    # A family whose highest falls is refuted, over all of its members.
    claims = asked(toy(tmp_path / "2", pace.replace("SEVERITY", "low"), head=family), "monotone").claims
    falls = the(claims, "A riskier answer never lowers the severity of BRISK")
    assert (falls.status, falls.reason) == ("refuted", "It falls with a riskier answer to `trip.pace`")
    assert [one.present for one in falls.examples] == [{"BRISK": "moderate"}, {"WILD": "low"}]
    # Without the family nothing takes its place.
    claims = asked(toy(tmp_path / "3", pace.replace("SEVERITY", "high")), "monotone").claims
    assert the(claims, "A riskier answer never lowers the severity of BRISK").status == "refuted"


def test_a_question_that_a_riskier_answer_opens_may_be_answered_in_any_way(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        ROPE:
          severity:
            moderate: {fact: trip.pace, at_least: brisk}
            high: {all_of: [{fact: trip.pace, at_least: brisk}, {fact: trip.rope, is: false}]}
        """,
        OPENING,
    )
    claim = the(asked(criteria, "monotone").claims, "A riskier answer never lowers the severity of ROPE")
    assert claim.status == "refuted"
    before, after = claim.examples
    # Nobody was asked for a rope before; now there is one.
    assert (before.given, before.present) == ({"trip.pace": "brisk"}, {"ROPE": "high"})
    assert (after.given, after.present) == ({"trip.pace": "wild", "trip.rope": True}, {"ROPE": "moderate"})


def test_a_question_that_is_asked_before_and_after_keeps_its_answer(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        "ROPE: {severity: {high: {all_of: [{fact: trip.pace, at_least: brisk}, {fact: trip.rope, is: false}]}}}",
        OPENING.replace("{fact: trip.pace, is: wild}", "{fact: trip.pace, at_least: brisk}"),
    )
    claim = the(asked(criteria, "monotone").claims, "A riskier answer never lowers the severity of ROPE")
    assert claim.status == "proved"


def test_a_step_that_also_settles_whether_a_question_is_asked_is_no_step_of_risk_alone(tmp_path: Path) -> None:
    """While it is not known whether it is asked, an answer that was given all the same may be any; then it is known."""
    opened = "{any_of: [{fact: trip.pace, is: wild}, {fact: trip.insured, is: false}]}"
    rope = "rope: {type: boolean, ask_when: {fact: trip.pace, is: wild}, otherwise: false}"
    tool = f"tool: {{type: choice, options: [bare, rope, axe], riskier: later, ask_when: {opened}, otherwise: bare}}"
    criteria = toy(
        tmp_path,
        "TOOL: {severity: {moderate: {fact: trip.tool, at_least: rope}, high: {fact: trip.tool, is: axe}}}",
        OPENING.replace(rope, tool),
    )
    claim = the(asked(criteria, "monotone").claims, "A riskier answer never lowers the severity of TOOL")
    assert claim.status == "proved"


def test_a_ladder_is_asked_about_every_fact_with_which_some_finding_falls(tmp_path: Path) -> None:
    """CALM falls with the pace and with the days. With the pace FAST takes its place; with the days nothing does."""
    calm = (
        "CALM: {severity: {high: {all_of: [{fact: trip.days, at_most: 3}, {fact: trip.pace, one_of: [calm, brisk]}]}}}"
    )
    fast = "FAST: {severity: {high: {fact: trip.pace, is: wild}}}"
    claims = asked(toy(tmp_path, f"{calm}\n{fast}"), "monotone").claims
    findings = the(claims, "A riskier answer never lowers the severity of CALM")
    assert findings.reason == "It falls with a riskier answer to `trip.pace`, `trip.days`"
    ladder = the(claims, "A riskier answer never lowers “measure”")
    assert (ladder.status, ladder.reason) == ("refuted", "It falls with a riskier answer to `trip.days`")
    assert [one.given for one in ladder.examples] == [{}, {"trip.days": 4}]


def test_a_ladder_that_only_asks_for_so_much_follows_its_findings(tmp_path: Path) -> None:
    criteria = toy(tmp_path, "PACE: {severity: {high: {fact: trip.pace, is: wild}}}")
    for statement in ("A riskier answer never lowers “measure”", "A riskier answer never lowers “gate”"):
        claim = the(asked(criteria, "monotone").claims, statement)
        assert (claim.status, claim.is_by_form) == ("proved", True)


def test_a_ladder_that_rewards_a_graver_finding_is_refuted_though_no_finding_falls(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        "PACE: {severity: {moderate: {fact: trip.pace, is: brisk}, high: {fact: trip.pace, is: wild}}}",
        ladders="""
          measure:
            levels: {go: {}, stop: {}}
            rules: [{level: stop, when: {some: finding, where: {fact: finding.inherent, is: moderate}}}]
            otherwise: go
        """,
        head="{roles: {headline: measure}}",
    )
    claims = asked(criteria, "monotone").claims
    assert the(claims, "A riskier answer never lowers the severity of PACE").status == "proved"
    falls = the(claims, "A riskier answer never lowers “measure”")
    assert (falls.status, [one.given for one in falls.examples]) == (
        "refuted",
        [{"trip.pace": "brisk"}, {"trip.pace": "wild"}],
    )


def test_what_is_missing_is_never_better_than_an_answer(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        GUESTS:
          severity:
            low: {some: guest, where: {fact: guest.fit, is: false}}
            high: {every: guest, where: {not: {fact: guest.age, at_most: 70}}}
          controls: [{all: [C], lowers_by: 1, when: {fact: trip.insured, is: true}}]
        """,
        controls="C: {}",
    )
    claims = asked(criteria, "missing").claims
    assert {(one.subject, one.status, one.is_by_form) for one in claims} == {
        ("GUESTS", "proved", False),
        ("measure", "proved", True),
        ("gate", "proved", True),
        ("escalation", "proved", True),
    }


CONTRADICTS = """
    facts:
      SURE: {whenever: {fact: trip.pace, is: calm}, then: {fact: trip.insured, is: false}, reopens: %s}
"""


@pytest.mark.parametrize("topic", ["monotone", "missing"])
@pytest.mark.parametrize("reopens", [True, False])
def test_answers_that_are_open_as_they_contradict_each_other_are_compared_with_no_others(
    tmp_path: Path, topic: Topic, *, reopens: bool
) -> None:
    # Said to be calm as well as insured, a trip may be neither; said to be brisk, or nothing, it is insured again.
    indicators = "BARE: {severity: {high: {fact: trip.insured, is: false}}}"
    criteria = toy(tmp_path, indicators, invariants=CONTRADICTS % str(reopens).lower())
    report = asked(criteria, topic)
    assert report.count("proved") == len(report.claims)
    assert any("contradict each other" in one for one in report.put_aside) is reopens
    assert not any("contradict each other" in one for one in asked(criteria, "controls").put_aside)


def test_a_control_in_place_never_raises_anything(tmp_path: Path) -> None:
    indicators = "PACE: {severity: {high: {fact: trip.pace, is: wild}}, controls: [{all: [C], residual: low}]}"
    claims = asked(toy(tmp_path / "1", indicators, controls="C: {}"), "controls").claims
    assert {(one.subject, one.status) for one in claims} == {
        ("PACE", "proved"),
        ("gate", "proved"),
        ("measure", "proved"),
    }


def test_a_ladder_that_asks_for_a_residual_exactly_rises_with_a_control(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        "PACE: {severity: {high: {fact: trip.pace, is: wild}}, controls: [{all: [C], residual: moderate}]}",
        controls="C: {}",
        ladders="""
          measure:
            levels: {go: {}, stop: {}}
            rules: [{level: stop, when: {some: finding, where: {fact: finding.residual, is: moderate}}}]
            otherwise: go
        """,
        head="{roles: {headline: measure}}",
    )
    claim = the(asked(criteria, "controls").claims, "A control in place never raises “measure”")
    assert (claim.status, claim.reason) == ("refuted", "It rises with `C` in place")
    before, after = claim.examples
    assert (before.given, before.in_place) == ({"trip.pace": "wild"}, ())
    assert (after.given, after.in_place) == ({"trip.pace": "wild"}, ("C",))
    assert [one.reached[0].level for one in claim.examples] == ["go", "stop"]


def test_a_fact_that_only_one_entry_of_a_list_has_is_enough(tmp_path: Path) -> None:
    # Two who are not fit are fewer than two who are: riskier, yet the count of those who are fit falls below its limit.
    criteria = toy(
        tmp_path, "FIT: {severity: {low: {count: guest, where: {fact: guest.fit, is: true}, at_least: 2}}}", FACTS
    )
    claim = the(asked(criteria, "monotone").claims, "A riskier answer never lowers the severity of FIT")
    assert claim.reason == "It falls with a riskier answer to `guest.fit`"
    before, after = claim.examples
    assert before.given == {"guest.guest-2": {"fit": True, "age": 40}}
    assert after.given == {"guest.ann.fit": False, "guest.guest-2": {"fit": True, "age": 40}}
