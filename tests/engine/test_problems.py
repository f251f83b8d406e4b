"""Expected values: design, sections 4 (contradictions, `records`) and 9 (evidence, tables)."""

import pytest

from risk_engine.model.assessment import ResolvedFact
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation, Problem, Recorded
from risk_engine.model.profile import Profile
from tests.engine.builder import case_from
from tests.engine.conftest import Toy
from tests.told import assess_told


def assessed(criteria: Criteria, case: str = "") -> Explanation:
    return assess_told(case_from(criteria, case), criteria)


# --- problems: answers that contradict each other ---------------------------------------------------------------------

INVARIANTS = """
    facts:
      calm_is_slow:
        title: A calm trip is not risky
        whenever: {fact: trip.pace, is: calm}
        then: {fact: trip.risky, is: false}
      fit: {then: {every: guest, where: {fact: guest.fit, is: true}}, title: All are fit}
    results: {}
"""


@pytest.mark.parametrize(
    ("trip", "is_found"),
    [
        ("pace: calm, risky: true", True),
        ("pace: calm, risky: false", False),
        ("pace: wild, risky: true", False),
        # Unknown is no contradiction.
        ("pace: calm", False),
        ("risky: true", False),
    ],
)
def test_contradiction_is_found_where_one_thing_is_stated_and_the_other_fails(
    toy: Toy, trip: str, is_found: bool
) -> None:
    got = assessed(toy(invariants=INVARIANTS), f"trip: {{{trip}}}\nguest: []").problems
    assert [one.id for one in got] == (["calm_is_slow"] if is_found else [])


def test_contradiction_names_both_places(toy: Toy) -> None:
    criteria = toy(invariants=INVARIANTS)
    (got,) = assessed(criteria, "trip: {pace: calm, risky: true}").problems
    assert got == Problem(
        kind="contradiction",
        id="calm_is_slow",
        text="A calm trip is not risky (trip.pace: calm; trip.risky: yes)",
        paths=("trip.pace", "trip.risky"),
        title="A calm trip is not risky",
        answers=(
            Recorded(path="trip.pace", question="pace?", shown="calm"),
            Recorded(path="trip.risky", question="risky?", shown="yes"),
        ),
    )


def test_contradiction_without_a_condition_always_counts(toy: Toy) -> None:
    (got,) = assessed(toy(invariants=INVARIANTS), "guest: [{id: a, fit: true}, {id: b, fit: false}]").problems
    assert (got.id, got.text, got.paths) == ("fit", "All are fit (guest.b.fit: no)", ("guest.b.fit",))


# --- problems: answers unlike the table -------------------------------------------------------------------------------

TABLE_FACTS = """
    trip: {facts: {risky: {type: boolean}}}
    guest:
      many: 3
      facts:
        called: {type: text}
        home: {type: row, of: places}
        law: {type: choice, options: {mild: Mild law, harsh: Harsh law}, from: home}
        tools: {type: choices, options: {axe: An axe, saw: A saw}, from: home, column: allowed}
"""
TABLES = """
    places:
      rows: {NO: {name: The North}, SO: {name: The South}, WE: {name: The West}}
      columns:
        law: {values: {NO: mild, SO: [{from: 2027-01-01, value: harsh}]}}
        allowed: {values: {NO: [axe], SO: [], WE: [saw, axe]}}
"""


@pytest.mark.parametrize(
    ("guest", "expected"),
    [
        ("home: NO, law: mild", []),
        ("home: NO, law: harsh", ["guest.a.law"]),
        ("home: NO, law: unknown", []),
        ("law: harsh", []),
        # On that day the table says nothing.
        ("home: SO, law: harsh", []),
        ("home: NO, tools: [axe]", []),
        ("home: NO, tools: [saw]", ["guest.a.tools"]),
        ("home: SO, tools: []", []),
        # The order of options means nothing.
        ("home: WE, tools: [saw, axe]", []),
        ("home: WE, tools: [axe, saw]", []),
        ("home: WE, tools: [axe]", ["guest.a.tools"]),
        ("home: SO, tools: [saw], called: Ann", ["guest.a.tools"]),
    ],
)
def test_answer_unlike_the_table_is_shown(toy: Toy, guest: str, expected: list[str]) -> None:
    criteria = toy(facts=TABLE_FACTS, tables=TABLES, indicators="A: {severity: {low: {fact: trip.risky, is: true}}}")
    got = assessed(criteria, f"guest: [{{id: a, {guest}}}]").problems
    assert [one.kind for one in got] == ["table"] * len(expected)
    assert [one.paths for one in got] == [(path, "guest.a.home") for path in expected]


def test_answer_unlike_the_table_is_shown_with_both_values(toy: Toy) -> None:
    criteria = toy(facts=TABLE_FACTS, tables=TABLES, indicators="A: {severity: {low: {fact: trip.risky, is: true}}}")
    (got,) = assessed(criteria, "guest: [{id: a, home: NO, law: harsh}]").problems
    assert got.text == ("the case states “Harsh law” for guest.a.law; the table of places has “Mild law” for The North")


def test_value_that_the_case_does_not_state_is_never_unlike_the_table(toy: Toy) -> None:
    facts = TABLE_FACTS.replace(
        "from: home}", "from: home, ask_when: {fact: trip.risky, is: true}, otherwise: harsh}", 1
    )
    criteria = toy(facts=facts, tables=TABLES, indicators="A: {severity: {low: {fact: trip.risky, is: true}}}")
    not_asked = assessed(criteria, "trip: {risky: false}\nguest: [{id: a, home: NO}]")
    assert (not_asked.resolved["guest.a.law"], not_asked.problems) == (
        ResolvedFact(value="harsh", origin="not_asked"),
        (),
    )
    own = {"places": {"NO": {"law": {"value": "harsh", "reason": "R"}}}}
    profile = Profile.model_validate({"institution": "I", "criteria": "toy", "tables": own})
    case = case_from(criteria, "trip: {risky: true}\nguest: [{id: a, home: NO}]")
    replaced = assess_told(case, criteria, profile=profile)
    assert (replaced.resolved["guest.a.law"], replaced.problems) == (ResolvedFact(value="harsh", origin="profile"), ())


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        ("harsh", []),
        ("mild", ["the case states “Mild law” for guest.a.law; the profile has “Harsh law” for The North"]),
    ],
)
def test_answer_is_held_against_the_value_that_the_profile_put_in_place_of_the_table(
    toy: Toy, law: str, expected: list[str]
) -> None:
    criteria = toy(facts=TABLE_FACTS, tables=TABLES, indicators="A: {severity: {low: {fact: trip.risky, is: true}}}")
    own = {"places": {"NO": {"law": {"value": "harsh", "reason": "R"}}}}
    profile = Profile.model_validate({"institution": "I", "criteria": "toy", "tables": own})
    case = case_from(criteria, f"guest: [{{id: a, home: NO, law: {law}}}]")
    assert [one.text for one in assess_told(case, criteria, profile=profile).problems] == expected


# --- problems: evidence and controls ----------------------------------------------------------------------------------

CONTROLS = """
    ONE: {records: {fact: trip.insured, is: true}}
    TWO: {records: {fact: guest.fit, is: true}}
    THREE: {}
    HELP: {supporting: true, who: guide, effort: 3}
"""
LATER = "{kind: k, reference: L, date: 2026-06-16}"
IN_TIME = "{kind: k, reference: T, date: 2026-06-15}"


def problems(toy: Toy, case: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
    found = assessed(toy(controls=CONTROLS), case).problems
    return [(one.kind, one.id, one.paths) for one in found]


def test_evidence_dated_after_the_day_is_a_problem(toy: Toy) -> None:
    evidence = "{for: [trip.risky, trip.days], kind: k, reference: E%s, date: 2026-06-%s}"
    case = f"evidence: [{evidence % (1, 15)}, {evidence % (2, 16)}]"
    (got,) = assessed(toy(), case).problems
    assert (got.kind, got.id, got.paths) == ("evidence", None, ("trip.risky", "trip.days"))
    assert (
        got.text
        == "the evidence “E2” is dated 2026-06-16, after the day of the assessment; the answers count all the same"
    )


def test_evidence_of_a_control_dated_after_the_day_is_a_problem(toy: Toy) -> None:
    assert problems(toy, f"controls: [{{id: THREE, status: verified, evidence: [{IN_TIME}, {LATER}]}}]") == [
        ("evidence", "THREE", ("controls.THREE",))
    ]


@pytest.mark.parametrize(
    ("status", "evidence", "kinds"),
    [
        ("implemented", "", ["control"]),
        ("verified", "", ["control"]),
        ("verified", LATER, ["evidence", "control"]),
        ("verified", IN_TIME, []),
        ("agreed", "", []),
        ("planned", "", []),
    ],
)
def test_control_said_to_be_in_place_without_evidence_is_a_problem(
    toy: Toy, status: str, evidence: str, kinds: list[str]
) -> None:
    got = problems(toy, f"controls: [{{id: THREE, status: {status}, evidence: [{evidence}]}}]")
    assert [kind for kind, _, _ in got] == kinds


@pytest.mark.parametrize(
    ("trip", "status", "expected"),
    [
        # Warned: the fact has the recorded value while the control is only planned or agreed.
        ("insured: true", "planned", ("trip.insured", "controls.ONE")),
        ("insured: true", "agreed", ("trip.insured", "controls.ONE")),
        ("insured: true", f"verified, evidence: [{IN_TIME}]", None),
        # A control in place with the gap still stated is normal.
        ("insured: false", f"verified, evidence: [{IN_TIME}]", None),
        ("insured: false", "planned", None),
        ("insured: unknown", "planned", None),
    ],
)
def test_answer_that_runs_ahead_of_its_control_is_a_problem(
    toy: Toy, trip: str, status: str, expected: tuple[str, ...] | None
) -> None:
    got = problems(toy, f"trip: {{{trip}}}\ncontrols: [{{id: ONE, status: {status}}}]")
    assert got == ([] if expected is None else [("control", "ONE", expected)])


def test_answer_that_runs_ahead_of_its_control_is_looked_for_in_every_entry(toy: Toy) -> None:
    planned = "controls: [{id: TWO, status: planned}]"
    entries = "guest: [{id: b, fit: true}, {id: a, fit: false}, {id: c, fit: true}]"
    assert problems(toy, f"{entries}\n{planned}") == [
        ("control", "TWO", ("guest.b.fit", "controls.TWO")),
        ("control", "TWO", ("guest.c.fit", "controls.TWO")),
    ]
    assert problems(toy, planned) == []
    found = assessed(toy(controls=CONTROLS), f"{entries}\n{planned}").problems
    assert found[0].text == "guest.b.fit is answered as if TWO were in place, but TWO is only planned"


# --- problems: answers given as unsure --------------------------------------------------------------------------------


def unsure(toy: Toy, *records: str, trip: str = "risky: false", more: str = "") -> list[str]:
    """Return the answers to ask again; a record is its path, confidence and day of June."""
    made = [one.split() for one in records]
    evidence = ", ".join(
        f"{{for: [{path}], kind: k, reference: R, date: 2026-06-{day}, confidence: {sure}}}" for path, sure, day in made
    )
    criteria = toy(facts=UNSURE_FACTS, indicators="A: {severity: {low: {fact: trip.risky, is: true}}}")
    got = assessed(criteria, f"trip: {{{trip}}}\n{more}\nevidence: [{evidence}]").problems
    assert {one.kind for one in got} <= {"unsure", "evidence"}
    return [path for one in got if one.kind == "unsure" for path in one.paths]


UNSURE_FACTS = """
    trip:
      facts:
        risky: {type: boolean}
        tools: {type: choices, options: {axe: An axe, saw: A saw}}
        after: {type: boolean, ask_when: {fact: trip.risky, is: true}, otherwise: false}
    guest: {many: 3, facts: {fit: {type: boolean}, called: {type: text}}}
"""


def test_unsure_is_never_a_settled_no_and_changes_no_result(toy: Toy) -> None:
    evidence = "evidence: [{for: [trip.risky], kind: k, reference: Form 7, date: 2026-06-01, collected_by: P-1%s}]"
    sure, doubted = (
        assessed(toy(), f"trip: {{risky: false}}\n{evidence % more}") for more in ("", ", confidence: unsure")
    )
    assert doubted.problems == (
        Problem(
            kind="unsure",
            id=None,
            text="trip.risky is answered as unsure by P-1 (“Form 7”, 2026-06-01): ask again",
            paths=("trip.risky",),
        ),
    )
    assert (sure.problems, sure.proposals, sure.ratings) == ((), doubted.proposals, doubted.ratings)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (["trip.risky unsure 02"], ["trip.risky"]),
        (["trip.risky unsure 02", "trip.risky declared 03"], []),
        (["trip.risky declared 03", "trip.risky unsure 02"], []),
        (["trip.risky declared 02", "trip.risky unsure 03"], ["trip.risky"]),
        # On one day the order in the case tells.
        (["trip.risky unsure 02", "trip.risky declared 02"], []),
        (["trip.risky declared 02", "trip.risky unsure 02"], ["trip.risky"]),
        # What is dated after the day of the assessment settles nothing, and a doubt stays one.
        (["trip.risky unsure 02", "trip.risky verified 16"], ["trip.risky"]),
        (["trip.risky verified 02", "trip.risky unsure 16"], ["trip.risky"]),
        (["guest.a.fit unsure 02", "guest.b.fit declared 02"], ["guest.a.fit"]),
        (["guest.a.called unsure 02"], ["guest.a.called"]),
        (["trip.tools.axe unsure 02"], ["trip.tools"]),
        (["trip.tools.axe unsure 02", "trip.tools.saw declared 03"], ["trip.tools"]),
        (["trip.tools.axe unsure 02", "trip.tools declared 03"], []),
        (["trip.tools.axe unsure 03", "trip.tools declared 02"], ["trip.tools"]),
        (["trip.tools unsure 02", "trip.tools.axe declared 03"], ["trip.tools"]),
        # Not known, and not asked: those are no answers.
        (["guest.b.fit unsure 02"], []),
        (["trip.after unsure 02"], []),
    ],
)
def test_answer_is_to_be_asked_again_while_its_latest_evidence_is_unsure(
    toy: Toy, records: list[str], expected: list[str]
) -> None:
    more = "guest: [{id: a, fit: true, called: Ann}, {id: b}]"
    assert unsure(toy, *records, trip="risky: false, tools: [axe]", more=more) == expected
