"""Expected values: design, sections 4 (awareness, `records`) and 5 (gaps)."""

from datetime import date

import pytest

from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import ControlShown, Explanation, Note
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy
from tests.told import assess_told

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
def aware(toy: Toy) -> Criteria:
    return toy(
        awareness=AWARENESS,
        indicators="""
            A: {severity: {low: {fact: trip.alone, is: true}, high: {fact: trip.days, at_least: 9}}}
            B: {severity: {high: {fact: trip.pace, is: wild}}, dimension: mind}
        """,
    )


def notes(criteria: Criteria, case: str, on: date = DAY) -> dict[str, Note]:
    return {one.id: one for one in assess_told(case_from(criteria, case), criteria, on).awareness}


CALM = "alone: false, days: 0, pace: calm"


def test_note_applies_where_its_condition_holds(aware: Criteria) -> None:
    got = notes(aware, f"trip: {{risky: true, {CALM}}}\nguest: [{{id: a, fit: true}}]")
    assert list(got) == ["always", "risky", "soon"]
    assert {one.applies for one in got.values()} == {"yes"}
    assert got["risky"].depends_on == ()
    assert (got["risky"].kind, got["risky"].title, got["risky"].then) == ("foreign_rule", "risky title", "risky then")


def test_note_may_apply_where_its_condition_is_unknown_and_says_what_it_depends_on(aware: Criteria) -> None:
    got = notes(aware, f"trip: {{{CALM}}}")
    assert (got["risky"].applies, got["risky"].depends_on) == ("may", ("trip.risky",))
    assert (got["both"].applies, got["both"].depends_on) == ("may", ("trip.risky", "guest"))
    assert "finding" not in got


def test_note_about_results_depends_on_what_the_findings_miss(aware: Criteria) -> None:
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
def test_note_is_printed_while_it_is_in_force(aware: Criteria, on: date, expected: bool) -> None:
    assert ("soon" in notes(aware, "", on)) is expected


def test_monitoring_alone_is_due_on_the_review_date(aware: Criteria) -> None:
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
def gappy(toy: Toy) -> Criteria:
    return toy(
        facts=GAP_FACTS,
        indicators=GAP_INDICATORS,
        tables="places: {rows: {NO: {name: North}}, columns: {law: {values: {NO: true}}}}",
    )


def assessed(criteria: Criteria, case: str = "") -> Explanation:
    return assess_told(case_from(criteria, case), criteria)


def test_gaps_stand_weightiest_first_then_by_path(gappy: Criteria) -> None:
    got = assessed(gappy)
    assert [(one.path, one.possible, one.findings) for one in got.gaps] == [
        ("trip.deep", "critical", ("B", "C")),
        # Whether `after` is asked hangs on `risky`, so that is what to ask.
        ("trip.risky", "critical", ("A", "B")),
        ("trip.far", "moderate", ("C",)),
        ("guest", "low", ("D",)),
    ]


def test_gap_says_whom_to_ask_what(gappy: Criteria) -> None:
    gaps = {one.path: one for one in assessed(gappy).gaps}
    deep, guest = gaps["trip.deep"], gaps["guest"]
    assert (deep.question, deep.help, deep.asked_of, deep.asked_of_title) == (
        "How deep?",
        "Measure it.",
        "guide",
        "The guide",
    )
    assert (guest.question, guest.help, guest.asked_of, guest.asked_of_title) == ("Everybody.", "Everybody.", None, "")


def test_gap_is_only_what_could_raise_a_finding(gappy: Criteria) -> None:
    known = assessed(
        gappy, "trip: {risky: true, after: false, far: true}\nguest: [{id: b}, {id: a, home: NO, fit: true}]"
    )
    # `deep` could not raise B any more, and C is there already; guest a makes D low, so guest b adds nothing.
    assert known.gaps == ()
    waiting = assessed(gappy, "trip: {risky: false, deep: false, far: false}\nguest: [{id: b, fit: true}, {id: a}]")
    assert [one.path for one in waiting.gaps] == ["guest.a.fit", "guest.a.home", "guest.b.home"]


def test_case_without_missing_answers_has_no_gaps(gappy: Criteria) -> None:
    assert assessed(gappy, "trip: {risky: false, deep: false, far: false}\nguest: []").gaps == ()


# --- controls ---------------------------------------------------------------------------------------------------------

CONTROLS = """
    ONE: {records: {fact: trip.insured, is: true}}
    TWO: {records: {fact: guest.fit, is: true}}
    THREE: {}
    HELP: {supporting: true, who: guide, effort: 3}
"""
IN_TIME = "{kind: k, reference: T, date: 2026-06-15}"

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
