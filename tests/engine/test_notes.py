"""Expected values: design, sections 4 (awareness, contradictions, `records`), 5 (gaps) and 9 (evidence, tables)."""

from datetime import date

import pytest

from risk_engine.engine.assess import assess
from risk_engine.model.assessment import Assessment, ControlShown, Note, Problem
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import Profile
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy

# --- awareness --------------------------------------------------------------------------------------------------------

AWARENESS = """
    always: {when: always, then: Know this., kind: monitoring, title: Always, sources: [{id: book, at: page 1}]}
    risky: {when: {fact: trip.risky, is: true}, kind: foreign_rule}
    both: {when: {all_of: [{fact: trip.risky, is: true}, {some: guest, where: {fact: guest.fit, is: false}}]}}
    soon: {when: always, effective: {from: 2026-06-15, until: 2026-07-01}, kind: benefit}
    finding: {when: {some: finding, where: {fact: finding.inherent, at_least: high}}}
    dimension: {when: {some: dimension, where: {fact: dimension.residual_band, at_least: high}}}
"""


@pytest.fixture
def aware(toy: Toy) -> CriteriaSet:
    return toy(
        awareness=AWARENESS,
        indicators="""
            A: {severity: {low: {fact: trip.alone, is: true}, high: {fact: trip.days, at_least: 9}}}
            B: {severity: {high: {fact: trip.pace, is: wild}}, dimension: mind}
        """,
    )


def notes(criteria: CriteriaSet, case: str, on: date = DAY) -> dict[str, Note]:
    return {one.id: one for one in assess(case_from(criteria, case), criteria, on).awareness}


CALM = "alone: false, days: 0, pace: calm"


def test_note_applies_where_its_condition_holds(aware: CriteriaSet) -> None:
    got = notes(aware, f"trip: {{risky: true, {CALM}}}\nguest: [{{id: a, fit: true}}]")
    assert list(got) == ["always", "risky", "soon"]
    assert {one.applies for one in got.values()} == {"yes"}
    assert got["risky"].depends_on == ()
    assert (got["risky"].kind, got["risky"].title, got["risky"].then) == ("foreign_rule", "risky title", "risky then")


def test_note_may_apply_where_its_condition_is_unknown_and_says_what_it_depends_on(aware: CriteriaSet) -> None:
    got = notes(aware, f"trip: {{{CALM}}}")
    assert (got["risky"].applies, got["risky"].depends_on) == ("may", ("trip.risky",))
    assert (got["both"].applies, got["both"].depends_on) == ("may", ("trip.risky", "guest"))
    assert "finding" not in got


def test_note_about_results_depends_on_what_the_findings_miss(aware: CriteriaSet) -> None:
    one = notes(aware, "trip: {risky: false, alone: false, days: 0}")
    assert (one["finding"].applies, one["finding"].depends_on) == ("may", ("trip.pace",))
    assert one["dimension"].depends_on == ("trip.pace",)
    # A is open as well, but can be low at most: neither rule waits for it.
    beside = notes(aware, "trip: {risky: false, days: 0}")
    assert (beside["finding"].depends_on, beside["dimension"].depends_on) == (("trip.pace",), ("trip.pace",))
    # Now A may be high, and `alone` is among what it misses.
    both = notes(aware, "trip: {risky: false}")
    assert set(both["finding"].depends_on) == {"trip.alone", "trip.days", "trip.pace"}
    assert set(both["dimension"].depends_on) == {"trip.alone", "trip.days", "trip.pace"}
    settled = notes(aware, "trip: {risky: false, alone: false, pace: wild}")
    assert (settled["finding"].applies, settled["finding"].depends_on) == ("yes", ())


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 6, 14), False),
        (date(2026, 6, 15), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_note_is_printed_while_it_is_in_force(aware: CriteriaSet, on: date, expected: bool) -> None:
    assert ("soon" in notes(aware, "", on)) is expected


def test_monitoring_alone_is_due_on_the_review_date(aware: CriteriaSet) -> None:
    # Advice 12 months, gate 24, no committee 24: the shortest counts.
    got = notes(aware, f"trip: {{risky: true, {CALM}}}\nguest: []")
    assert got["always"].due == date(2027, 6, 15)
    assert got["risky"].due is None
    assert [(one.id, one.at) for one in got["always"].sources] == [("book", "page 1")]


# --- gaps -------------------------------------------------------------------------------------------------------------

GAP_FACTS = """
    trip:
      facts:
        risky: {type: boolean}
        deep: {type: boolean, question: How deep?, help: Measure it., asked_of: guide}
        far: {type: boolean}
        after: {type: boolean, ask_when: {fact: trip.risky, is: true}, otherwise: false}
    guest:
      title: Guests
      help: Everybody.
      many: 3
      facts:
        home: {type: row, of: places}
        law: {type: boolean, from: home}
        fit: {type: boolean}
"""
GAP_INDICATORS = """
    A: {severity: {moderate: {fact: trip.risky, is: true}}}
    B: {severity: {critical: {all_of: [{fact: trip.after, is: true}, {fact: trip.deep, is: true}]}}}
    C: {severity: {moderate: {any_of: [{fact: trip.far, is: true}, {fact: trip.deep, is: true}]}}}
    D: {severity: {low: {some: guest, where: {any_of: [{fact: guest.law, is: true}, {fact: guest.fit, is: false}]}}}}
"""


@pytest.fixture
def gappy(toy: Toy) -> CriteriaSet:
    return toy(
        facts=GAP_FACTS,
        indicators=GAP_INDICATORS,
        tables="places: {rows: {NO: {name: North}}, columns: {law: {values: {NO: true}}}}",
    )


def assessed(criteria: CriteriaSet, case: str = "") -> Assessment:
    return assess(case_from(criteria, case), criteria)


def test_gaps_stand_weightiest_first_then_by_path(gappy: CriteriaSet) -> None:
    got = assessed(gappy)
    assert [(one.path, one.possible, one.findings) for one in got.gaps] == [
        ("trip.deep", "critical", ("B", "C")),
        # Whether `after` is asked hangs on `risky`, so that is what to ask.
        ("trip.risky", "critical", ("A", "B")),
        ("trip.far", "moderate", ("C",)),
        ("guest", "low", ("D",)),
    ]


def test_gap_says_whom_to_ask_what(gappy: CriteriaSet) -> None:
    gaps = {one.path: one for one in assessed(gappy).gaps}
    deep, guest = gaps["trip.deep"], gaps["guest"]
    assert (deep.question, deep.help, deep.asked_of, deep.asked_of_title) == (
        "How deep?",
        "Measure it.",
        "guide",
        "The guide",
    )
    assert (guest.question, guest.help, guest.asked_of, guest.asked_of_title) == ("Everybody.", "Everybody.", None, "")


def test_gap_is_only_what_could_raise_a_finding(gappy: CriteriaSet) -> None:
    known = assessed(
        gappy, "trip: {risky: true, after: false, far: true}\nguest: [{id: b}, {id: a, home: NO, fit: true}]"
    )
    # `deep` could not raise B any more, and C is there already; guest a makes D low, so guest b adds nothing.
    assert known.gaps == ()
    waiting = assessed(gappy, "trip: {risky: false, deep: false, far: false}\nguest: [{id: b, fit: true}, {id: a}]")
    assert [one.path for one in waiting.gaps] == ["guest.a.fit", "guest.a.home", "guest.b.home"]


def test_case_without_missing_answers_has_no_gaps(gappy: CriteriaSet) -> None:
    assert assessed(gappy, "trip: {risky: false, deep: false, far: false}\nguest: []").gaps == ()


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
    assert (not_asked.resolved["guest.a.law"], not_asked.problems) == ({"value": "harsh", "origin": "not_asked"}, ())
    own = {"places": {"NO": {"law": {"value": "harsh", "reason": "R"}}}}
    profile = Profile.model_validate({"institution": "I", "criteria": "toy", "tables": own})
    case = case_from(criteria, "trip: {risky: true}\nguest: [{id: a, home: NO}]")
    replaced = assess(case, criteria, profile=profile)
    assert (replaced.resolved["guest.a.law"], replaced.problems) == ({"value": "harsh", "origin": "profile"}, ())


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
    assert [one.text for one in assess(case, criteria, profile=profile).problems] == expected


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
    assert got.text == "the evidence “E2” is dated 2026-06-16, after the day of the assessment"


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


# --- controls ---------------------------------------------------------------------------------------------------------

HELPED = """
    A:
      severity: {high: {fact: trip.risky, is: true}}
      controls: [{all: [ONE, TWO], residual: low}, {all: [ONE], lowers_by: 1}]
    B: {severity: {high: {fact: trip.alone, is: true}}, controls: [{all: [ONE], residual: none}]}
    C: {severity: {high: {fact: trip.insured, is: true}}, controls: [{all: [THREE], residual: none}]}
"""


def shown(toy: Toy, case: str) -> dict[str, ControlShown]:
    return {one.id: one for one in assessed(toy(controls=CONTROLS, indicators=HELPED), case).controls}


def test_controls_shown_are_those_listed_those_that_could_help_and_the_supporting_ones(toy: Toy) -> None:
    present = shown(toy, "trip: {risky: true, insured: false}")
    # B is undetermined: its control could help too. C is absent.
    assert {name: one.findings for name, one in present.items()} == {"ONE": ("A", "B"), "TWO": ("A",), "HELP": ()}
    listed = shown(toy, "trip: {risky: false, alone: false, insured: false}\ncontrols: [{id: THREE, status: agreed}]")
    assert {name: one.findings for name, one in listed.items()} == {"THREE": (), "HELP": ()}


def test_control_is_shown_as_it_is_stated_and_as_it_counts(toy: Toy) -> None:
    got = shown(
        toy,
        f"""
        controls:
          - {{id: ONE, status: verified, owner: Ann, due: 2026-09-01, evidence: [{IN_TIME}]}}
          - {{id: TWO, status: verified}}
        """,
    )
    one, two, support = got["ONE"], got["TWO"], got["HELP"]
    assert (one.stated, one.counts_as, one.owner, one.due) == ("verified", "in_place", "Ann", date(2026, 9, 1))
    assert [record.reference for record in one.evidence] == ["T"]
    assert (two.stated, two.counts_as, two.owner, two.due, two.evidence) == ("verified", "agreed", None, None, ())
    assert (support.stated, support.counts_as, support.evidence) == (None, None, ())
    assert (support.title, support.do, support.who, support.effort, support.supporting) == (
        "HELP title",
        "Do HELP.",
        "The guide",
        3,
        True,
    )
    assert (one.who, one.supporting) == ("The office", False)


# --- what is shown for its own sake -----------------------------------------------------------------------------------


def test_benefits_and_necessity_are_what_the_case_records(toy: Toy) -> None:
    roles = "roles: {headline: measure, benefit: [trip.pace, guest.skill], necessity: [trip.alone]}"
    criteria = toy(head=roles)
    got = assessed(criteria, "trip: {pace: wild}\nguest: [{id: b, skill: expert}, {id: a}]")
    assert [(one.path, one.question, one.shown) for one in got.benefits] == [
        ("trip.pace", "pace?", "wild"),
        ("guest.a.skill", "skill?", "not known"),
        ("guest.b.skill", "skill?", "expert"),
    ]
    assert [(one.path, one.shown) for one in got.necessity] == [("trip.alone", "not known")]
    assert [one.path for one in assessed(criteria, "").benefits] == ["trip.pace"]


def test_entries_have_the_name_that_people_know_them_by(toy: Toy) -> None:
    case = "guest: [{id: b, called: Bob, age: 30}, {id: a}]"
    named = toy(head="roles: {headline: measure, label: {guest: guest.called}}")
    assert [(one.path, one.title, one.label) for one in assessed(named, case).entries] == [
        ("guest.a", "guest", "a"),
        ("guest.b", "guest", "Bob"),
    ]
    assert [one.label for one in assessed(toy(), case).entries] == ["a", "b"]
    assert assessed(named, "guest: unknown").entries == ()


def test_what_the_case_says_for_people_is_kept_without_labels_and_without_what_it_leaves_open(toy: Toy) -> None:
    facts = """
        guest:
          many: 4
          facts:
            called: {type: text}
            in_own_script: {type: text, question: How is it written there?}
            home: {type: row, of: lands, confidential: true}
            fit: {type: boolean}
        trip:
          facts: {risky: {type: boolean}, motto: {type: text}}
    """
    criteria = toy(
        facts=facts,
        head="roles: {headline: measure, label: {guest: guest.called}}",
        tables="lands: {rows: {XA: {name: Land of XA}}, columns: {}}",
        indicators="A: {severity: {low: {fact: trip.risky, is: true}}}",
    )
    got = assessed(
        criteria, "trip: {motto: Onward}\nguest: [{id: b, called: Bo, in_own_script: 山, home: XA}, {id: a}]"
    )
    assert [(one.path, one.shown, one.confidential) for one in got.described] == [
        ("guest.b.in_own_script", "山", False),
        ("guest.b.home", "Land of XA", True),
        ("trip.motto", "Onward", False),
    ]
    assert got.described[0].question == "How is it written there?"
