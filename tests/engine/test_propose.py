"""Expected values: design, sections 4 (ladders), 5 (range, provisional), 8 (the rules) and 9 (an unknown rule)."""

import pytest

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.find import control_states, find
from risk_engine.engine.propose import Proposed, propose, rate, with_levels, with_results
from risk_engine.engine.resolve import resolve
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from tests.engine.builder import DAY, case_from, condition
from tests.engine.conftest import Toy
from tests.told import assess_told

INDICATORS = """
    # A is high if risky; B is moderate if alone, and nobody may start then; C may be anything.
    A: {severity: {high: {fact: trip.risky, is: true}}}
    B: {severity: {moderate: {fact: trip.alone, is: true}}, knock_out: {hold: always}, dimension: mind, ground: order}
    C: {severity: {low: {fact: trip.insured, is: true}, critical: {fact: trip.days, at_least: 9}}}
"""
# Each rule reads one finding, so a case can make each of them hold, fail or stay unknown.
HAS = "some: finding, where: {all_of: [{fact: finding.id, is: %s}, {fact: finding.inherent, at_least: moderate}]}"
RULES = f"""
    measure:
      levels: {{green: {{}}, amber: {{}}, orange: {{}}, red: {{}}}}
      rules:
        - {{level: red, when: {{{HAS % "C"}}}}}
        - {{level: orange, when: {{{HAS % "A"}}}}}
        - level: orange
          provisional: true
          when:
            some: finding
            where: {{all_of: [{{fact: finding.open, is: true}}, {{fact: finding.possible, at_least: high}}]}}
        - {{level: amber, when: {{{HAS % "B"}}}}}
      otherwise: green
"""
HEAD = "roles: {headline: measure}"


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(indicators=INDICATORS, ladders=RULES, head=HEAD)


def proposed(criteria: Criteria, trip: str, more: str = "") -> dict[str, Proposed]:
    case = case_from(criteria, f"trip: {{{trip}}}\n{more}")
    facts = resolve(case, criteria, DAY)
    found = find(facts, criteria, DAY, control_states(case, DAY))
    results = with_results(facts, found, rate(found, criteria.head), criteria)
    return {one.ladder: one for one in propose(results, criteria)}


@pytest.mark.parametrize(
    ("trip", "level", "rule", "provisional", "between"),
    [
        ("risky: false, alone: false, insured: false, days: 0", "green", None, False, ("green", "green")),
        ("risky: false, alone: true, insured: false, days: 0", "amber", 3, False, ("amber", "amber")),
        ("risky: true, alone: true, insured: false, days: 0", "orange", 1, False, ("orange", "orange")),
        ("risky: true, alone: true, insured: false, days: 9", "red", 0, False, ("red", "red")),
        # An unknown rule above one that holds is skipped for the level and kept for the range.
        ("risky: true, alone: false, insured: false", "orange", 1, True, ("orange", "red")),
        # What is unknown below one that holds changes nothing.
        ("alone: false, insured: false, days: 9", "red", 0, False, ("red", "red")),
        # A provisional rule counts when it holds and is left out of the range: without it this is green.
        ("risky: false, alone: false, insured: false", "orange", 2, True, ("green", "red")),
        ("risky: false, alone: true, insured: false", "orange", 2, True, ("amber", "red")),
        # One missing answer that is not weighty enough for the provisional rule: the range alone says it.
        ("risky: false, insured: false, days: 0", "green", None, True, ("green", "amber")),
        # Nothing is known. The provisional rule decides, and the range reaches beyond it.
        ("", "orange", 2, True, ("green", "red")),
        ("alone: false, insured: false, days: 0", "orange", 2, True, ("green", "orange")),
    ],
)
def test_first_rule_that_holds_decides_and_unknown_ones_widen_the_range(
    criteria: Criteria, trip: str, level: str, rule: int | None, provisional: bool, between: tuple[str, str]
) -> None:
    found = proposed(criteria, trip)["measure"]
    assert (found.level, found.rule, found.provisional) == (level, rule, provisional)
    assert (found.lowest, found.highest) == between


def test_provisional_rule_that_is_unknown_counts_and_one_that_fails_does_not(toy: Toy) -> None:
    # `knock_out` of B lies between none and hold, so the rule is neither true nor false.
    criteria = toy(
        indicators=INDICATORS,
        head=HEAD,
        ladders="""
            measure:
              levels: {go: {}, stop: {}}
              rules:
                - level: stop
                  provisional: true
                  when: {some: finding, where: {fact: finding.knock_out, at_least: hold}}
              otherwise: go
        """,
    )
    unknown = proposed(criteria, "")["measure"]
    assert (unknown.level, unknown.provisional, unknown.lowest, unknown.highest) == ("stop", True, "go", "go")
    holds = proposed(criteria, "alone: true")["measure"]
    assert (holds.level, holds.provisional, holds.lowest, holds.highest) == ("stop", True, "go", "go")
    fails = proposed(criteria, "alone: false")["measure"]
    assert (fails.level, fails.provisional, fails.rule) == ("go", False, None)


@pytest.mark.parametrize(
    ("trip", "level", "provisional", "between"),
    [
        # Open with a knock-out that may hold: the gate is blocked beyond its range, because facts are missing.
        ("risky: false, insured: false, days: 0", "blocked", True, ("clear", "blocked")),
        ("risky: false, alone: true, insured: false, days: 0", "blocked", False, ("blocked", "blocked")),
        ("risky: true, alone: false, insured: false, days: 0", "conditional", False, ("conditional", "conditional")),
        ("risky: false, alone: false, insured: true, days: 0", "clear", False, ("clear", "clear")),
    ],
)
def test_gate_of_the_design_is_blocked_by_what_may_block(
    toy: Toy, trip: str, level: str, provisional: bool, between: tuple[str, str]
) -> None:
    criteria = toy(
        indicators=INDICATORS,
        ladders="""
            measure:
              levels: {a: {}, b: {}}
              rules: [{level: b, when: {every: finding, where: {fact: finding.outcome, is: present}}}]
              otherwise: a
            gate:
              levels: {clear: {}, conditional: {}, blocked: {}}
              rules:
                - {level: blocked, when: {some: finding, where: {fact: finding.knock_out, at_least: hold}}}
                - level: blocked
                  provisional: true
                  when:
                    some: finding
                    where: {all_of: [{fact: finding.open, is: true}, {fact: finding.knock_out, at_least: hold}]}
                - {level: conditional, when: {some: finding, where: {fact: finding.residual, at_least: high}}}
              otherwise: clear
        """,
        head="roles: {headline: measure, gate: gate}",
    )
    found = proposed(criteria, trip)["gate"]
    assert (found.level, found.provisional) == (level, provisional)
    assert (found.lowest, found.highest) == between


def test_range_of_a_provisional_result_may_be_a_single_level(toy: Toy) -> None:
    # The bands settle: what is open changes no definite rule, only the provisional one counts it.
    criteria = toy(
        indicators=INDICATORS,
        head=HEAD,
        ladders="""
            measure:
              levels: {go: {}, think: {}, stop: {}}
              rules:
                - {level: stop, provisional: true, when: {some: finding, where: {fact: finding.open, is: true}}}
                - {level: think, when: {some: finding, where: {fact: finding.inherent, is: high}}}
              otherwise: go
        """,
    )
    found = proposed(criteria, "risky: true, insured: false, days: 0")["measure"]
    assert (found.level, found.provisional, found.lowest, found.highest) == ("stop", True, "think", "think")


def test_findings_and_dimensions_are_read_within_their_bounds(toy: Toy) -> None:
    criteria = toy(indicators=INDICATORS, head=HEAD, ladders=RULES)
    case = case_from(criteria, "trip: {risky: true, alone: true, insured: true}")
    facts = resolve(case, criteria, DAY)
    found = find(facts, criteria, DAY, {})
    results = with_results(facts, found, rate(found, criteria.head), criteria)

    def holds(text: str) -> bool | None:
        return evaluate(condition(text), results).value

    # C: low holds, critical is unknown; body: 20 + 1 at least, 20 + 120 at most.
    c = "some: finding, where: {all_of: [{fact: finding.id, is: C}, %s]}"
    assert holds(f"{{{c % '{fact: finding.inherent, at_least: low}'}}}") is True
    assert holds(f"{{{c % '{fact: finding.inherent, at_least: moderate}'}}}") is None
    assert holds(f"{{{c % '{fact: finding.residual, at_least: critical}'}}}") is None
    assert holds(f"{{{c % '{fact: finding.inherent, is: none}'}}}") is False
    assert holds(f"{{{c % '{fact: finding.possible, is: critical}'}}}") is True
    assert holds(f"{{{c % '{fact: finding.open, is: true}'}}}") is True
    assert holds(f"{{{c % '{fact: finding.outcome, at_least: present}'}}}") is True
    assert holds(f"{{{c % '{fact: finding.knock_out, is: none}'}}}") is True
    assert holds("{some: dimension, where: {fact: dimension.inherent_band, at_least: high}}") is True
    assert holds("{some: dimension, where: {fact: dimension.residual_band, is: unacceptable}}") is None
    assert holds("{some: dimension, where: {fact: dimension.residual_capped, is: true}}") is False
    # B: present, and not cured.
    b = "some: finding, where: {all_of: [{fact: finding.dimension, is: mind}, {fact: finding.ground, is: order}, %s]}"
    assert holds(f"{{{b % '{fact: finding.knock_out, at_least: hold}'}}}") is True
    # The facts of the case are there as well.
    assert holds("{fact: trip.risky, is: true}") is True


@pytest.mark.parametrize(
    ("text", "without", "with_it"),
    [
        ("some: finding, where: {fact: finding.inherent, is: high}", True, True),
        ("some: finding, where: {fact: finding.residual, is: high}", True, False),
        ("some: finding, where: {fact: finding.residual, is: low}", False, True),
        ("some: finding, where: {fact: finding.knock_out, is: funding}", True, False),
        ("some: finding, where: {fact: finding.knock_out, is: none}", False, True),
        ("some: dimension, where: {fact: dimension.inherent_band, is: high}", True, True),
        ("some: dimension, where: {fact: dimension.residual_band, is: high}", True, False),
        ("some: dimension, where: {fact: dimension.residual_band, is: limited}", False, True),
    ],
)
def test_rules_read_what_is_left_after_the_controls_in_place(toy: Toy, text: str, without: bool, with_it: bool) -> None:
    criteria = toy(
        indicators="""
            A:
              severity: {high: {fact: trip.risky, is: true}}
              knock_out: {funding: always}
              controls: [{all: [FIX], residual: low}]
        """,
        controls="FIX: {}",
        head=HEAD,
        ladders=f"""
            measure: {{levels: {{go: {{}}, stop: {{}}}}, rules: [{{level: stop, when: {{{text}}}}}], otherwise: go}}
        """,
    )
    fixed = "controls: [{id: FIX, status: verified, evidence: [{kind: k, reference: r, date: 2026-01-01}]}]"
    expected = {True: "stop", False: "go"}
    assert proposed(criteria, "risky: true")["measure"].level == expected[without]
    assert proposed(criteria, "risky: true", fixed)["measure"].level == expected[with_it]


@pytest.mark.parametrize(
    ("outcome", "level", "between"),
    [
        # Nobody knows yet whether A is present: unknown is never "no", nor is it an answer of its own.
        ("is: present", "go", ("go", "stop")),
        ("is: absent", "go", ("go", "stop")),
        ("is: undetermined", "go", ("go", "stop")),
        ("at_least: absent", "stop", ("stop", "stop")),
    ],
)
def test_rule_about_the_outcome_of_an_undetermined_finding_is_unknown(
    toy: Toy, outcome: str, level: str, between: tuple[str, str]
) -> None:
    criteria = toy(
        indicators="A: {severity: {high: {fact: trip.risky, is: true}}}",
        head=HEAD,
        ladders=f"""
            measure:
              levels: {{go: {{}}, stop: {{}}}}
              rules: [{{level: stop, when: {{some: finding, where: {{fact: finding.outcome, {outcome}}}}}}}]
              otherwise: go
        """,
    )
    found = proposed(criteria, "")["measure"]
    assert (found.level, (found.lowest, found.highest)) == (level, between)


def test_cap_that_may_be_reached_is_unknown(toy: Toy) -> None:
    many = "\n".join(f"I{one}: {{severity: {{high: {{fact: trip.risky, is: true}}}}}}" for one in range(5))
    criteria = toy(indicators=f"{many}\nC: {{severity: {{high: {{fact: trip.alone, is: true}}}}}}")
    assert proposed(criteria, "risky: true, alone: true")["escalation"].level == "committee"
    open_one = proposed(criteria, "risky: true")["escalation"]
    assert (open_one.level, open_one.lowest, open_one.highest) == ("none", "none", "committee")
    assert proposed(criteria, "risky: true, alone: false")["escalation"].highest == "none"


def test_levels_can_be_read_once_they_are_proposed(criteria: Criteria) -> None:
    case = case_from(criteria, "trip: {risky: true, alone: true, insured: false, days: 0}")
    facts = resolve(case, criteria, DAY)
    found = find(facts, criteria, DAY, {})
    ratings = rate(found, criteria.head)
    results = with_results(facts, found, ratings, criteria)
    levels = with_levels(results, propose(results, criteria), criteria)
    assert evaluate(condition("{fact: ladder.measure, is: orange}"), levels).value is True
    assert evaluate(condition("{fact: ladder.measure, at_least: amber}"), levels).value is True
    assert evaluate(condition("{fact: ladder.measure, at_least: red}"), levels).value is False
    assert evaluate(condition("{fact: trip.risky, is: true}"), levels).value is True


# --- as an assessment shows it ----------------------------------------------------------------------------------------


def assessed(criteria: Criteria, trip: str) -> Explanation:
    return assess_told(case_from(criteria, f"trip: {{{trip}}}"), criteria)


def test_proposals_stand_gate_first_then_headline_escalation_and_the_rest(toy: Toy) -> None:
    rule = "{level: b, when: {some: finding, where: {fact: finding.outcome, is: present}}}"
    ladder = f"{{levels: {{a: {{}}, b: {{}}}}, rules: [{rule}], otherwise: a}}"
    criteria = toy(
        ladders=f"""
            extra: {ladder}
            look: {ladder}
            result: {ladder}
            door: {ladder}
            more: {ladder}
        """,
        head="roles: {headline: result, gate: door, escalation: look}",
    )
    got = assessed(criteria, "")
    assert [(one.ladder, one.role) for one in got.proposals] == [
        ("door", "gate"),
        ("result", "headline"),
        ("look", "escalation"),
        ("extra", None),
        ("more", None),
    ]
    gate = got.proposal("gate")
    assert gate is not None
    assert gate.ladder == "door"


def test_set_without_a_gate_has_no_proposal_in_that_role(toy: Toy) -> None:
    criteria = toy(ladders=RULES, indicators=INDICATORS, head=HEAD)
    got = assessed(criteria, "")
    assert got.proposal("gate") is None
    assert got.proposal("escalation") is None
    assert got.proposals[0].role == "headline"


def test_proposal_shows_its_level_its_range_and_its_rule(toy: Toy) -> None:
    criteria = toy(
        indicators=INDICATORS,
        head="{roles: {headline: measure}, four_eyes: [{ladder: measure, level: orange}]}",
        ladders=RULES.replace("red: {}", "red: {equals: stop of other, title: Red light}"),
    )
    got = assessed(criteria, "risky: true, alone: false, insured: false").proposals[0]
    assert (got.level.name, got.level.title, got.level.answer, got.level.explain) == (
        "orange",
        "orange",
        "orange.",
        "orange!",
    )
    assert [one.name for one in got.range] == ["orange", "red"]
    assert [one.equals for one in got.range] == [None, "stop of other"]
    assert got.ladder_levels == ("green", "amber", "orange", "red")
    assert (got.rule, got.sentence) == ("rules.1", "measure 1")
    assert (got.title, got.question) == ("measure", "measure?")
    assert got.four_eyes is True
    nothing = assessed(criteria, "risky: false, alone: false, insured: false, days: 0").proposals[0]
    assert (nothing.rule, nothing.four_eyes, nothing.provisional) == ("otherwise", False, False)
    assert nothing.sentence == "measure otherwise"
    assert [one.name for one in nothing.range] == ["green"]
    assert nothing.findings == ()


def test_range_names_every_level_between_its_ends(criteria: Criteria) -> None:
    got = assessed(criteria, "risky: false, alone: true, insured: false").proposals[0]
    assert [one.name for one in got.range] == ["amber", "orange", "red"]


@pytest.mark.parametrize(
    ("when", "findings"),
    [
        # What the rule read of findings: those that made it hold.
        ("{some: finding, where: {fact: finding.inherent, at_least: moderate}}", ("A", "B")),
        ("{some: finding, where: {fact: finding.inherent, is: high}}", ("A",)),
        # Of a dimension: all of its findings that are not absent.
        ("{some: dimension, where: {fact: dimension.inherent_band, at_least: high}}", ("A", "C")),
        ("{every: finding, where: {not: {fact: finding.inherent, is: critical}}}", ("A", "B", "C")),
    ],
)
def test_proposal_names_the_findings_that_its_rule_rests_on(toy: Toy, when: str, findings: tuple[str, ...]) -> None:
    criteria = toy(
        indicators=f"{INDICATORS}\n    D: {{severity: {{low: {{fact: trip.days, at_least: 50}}}}}}",
        ladders=f"measure: {{levels: {{go: {{}}, stop: {{}}}}, rules: [{{level: stop, when: {when}}}], otherwise: go}}",
        head=HEAD,
    )
    got = assessed(criteria, "risky: true, alone: true, insured: true, days: 0").proposals[0]
    assert (got.level.name, got.findings) == ("stop", findings)
