"""Expected values: design, sections 4 (`because`), 5 (findings) and 9 (what a finding read, evidence paths)."""

from datetime import date

import pytest

from risk_engine.model.explanation import Explanation, FactRead, Finding
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy
from tests.told import assess_told

FACTS = """
    trip:
      help: What the trip is.
      facts:
        risky: {type: boolean}
        alone: {type: boolean}
        days: {type: integer, range: [0, 99]}
        starts: {type: date, question: When does it start?}
        gear: {type: choices, options: {rope: A rope, axe: An axe}, question: Which gear?}
        permit: {type: boolean, ask_when: {fact: trip.risky, is: true}, otherwise: false}
    guest:
      title: Guests
      help: Everybody who comes along.
      many: 4
      facts:
        called: {type: text, question: What is the guest called?}
        home: {type: row, of: places, question: Where is home?}
        law: {type: choice, options: {mild: Mild law, harsh: Harsh law}, from: home, column: laws}
        member: {type: boolean, from: home}
        age: {type: integer, range: [0, 120], question: How old?}
        fit: {type: boolean, question: Fit?}
    boat:
      title: Boats
      many: 3
      facts: {leaks: {type: boolean}}
"""
TABLES = """
    places:
      rows: {NO: {name: The North}, SO: {name: The South}}
      columns:
        laws: {title: What the law is like, values: {NO: mild, SO: harsh}}
        member: {values: {NO: true}}
"""


def assessed(toy: Toy, indicator: str, case: str = "", **files: str) -> Explanation:
    """Return a case under a set of one indicator."""
    criteria = toy(facts=FACTS, tables=TABLES, indicators=f"X: {{{indicator}}}", **files)
    return assess_told(case_from(criteria, case), criteria)


def finding(toy: Toy, indicator: str, case: str = "", **files: str) -> Finding:
    """Return the finding of the one indicator of a set."""
    return assessed(toy, indicator, case, **files).finding("X")


def read(assessment: Explanation) -> list[tuple[str, FactRead]]:
    """Return the facts that the finding read, each with its path."""
    return [(path, assessment.facts[path]) for path in assessment.finding("X").reads]


GUEST_LTD = "guest: [{id: a, called: 'Rings Co., Ltd.', age: 40, fit: false}]"
UNFIT = "severity: {low: {some: guest, where: {fact: guest.fit, is: false}}}"

# --- the sentences ----------------------------------------------------------------------------------------------------


def test_sentence_about_a_list_is_printed_for_each_entry_that_made_it_so(toy: Toy) -> None:
    got = finding(
        toy,
        f'{UNFIT}, because: "{{guest.called}}, aged {{guest.age}}, fit: {{guest.fit}}."',
        """
        guest:
          - {id: c, called: Cy, age: 30, fit: false}
          - {id: a, called: Ann, age: 40, fit: false}
          - {id: b, called: Bob, age: 50, fit: true}
        """,
    )
    assert got.because == ("Ann, aged 40, fit: no.", "Cy, aged 30, fit: no.")
    assert got.entries == ("guest.a", "guest.c")


def test_a_name_that_ends_in_a_point_ends_its_sentence_once(toy: Toy) -> None:
    got = finding(toy, f'{UNFIT}, because: "{{guest.called}}. Fit: {{guest.fit}}."', GUEST_LTD)
    assert got.because == ("Rings Co., Ltd. Fit: no.",)


def test_sentence_prints_an_unanswered_fact_as_not_known(toy: Toy) -> None:
    got = finding(
        toy,
        f'{UNFIT}, because: "{{guest.called}} of {{guest.home}} ({{guest.law}}), {{guest.age}}, {{trip.days}}."',
        "guest: [{id: a, fit: false}]",
    )
    assert got.because == ("not known of not known (not known), not known, not known.",)


def test_sentence_prints_values_as_people_read_them(toy: Toy) -> None:
    got = finding(
        toy,
        UNFIT + ', because: "{guest.home}: {guest.law}, {guest.member}; {trip.starts}; {trip.gear}; 100 {{%}}"',
        """
        trip: {starts: 2026-07-01, gear: [axe, rope]}
        guest: [{id: a, fit: false, home: NO}, {id: b, fit: false, home: SO, member: false}]
        """,
    )
    assert got.because == (
        "The North: Mild law, yes; 2026-07-01; A rope, An axe; 100 {%}",
        "The South: Harsh law, no; 2026-07-01; A rope, An axe; 100 {%}",
    )
    empty = finding(toy, f'{UNFIT}, because: "Gear: {{trip.gear}}."', "trip: {gear: []}\nguest: [{id: a, fit: false}]")
    assert empty.because == ("Gear: none of these.",)


def test_several_sentences_are_printed_each_for_its_own_entries(toy: Toy) -> None:
    got = finding(
        toy,
        """
        severity: {low: {all_of: [
          {some: guest, where: {fact: guest.fit, is: false}}, {some: boat, where: {fact: boat.leaks, is: true}}]}},
        because: ["{guest.called} is not fit.", "A boat leaks: {boat.leaks}.", "Days: {trip.days}."]
        """,
        """
        trip: {days: 3}
        guest: [{id: a, called: Ann, fit: false}, {id: b, called: Bob, fit: false}]
        boat: [{id: x, leaks: true}, {id: y, leaks: true}, {id: z, leaks: false}]
        """,
    )
    # The same words twice are said once.
    assert got.because == ("Ann is not fit.", "Bob is not fit.", "A boat leaks: yes.", "Days: 3.")
    assert got.entries == ("guest.a", "guest.b", "boat.x", "boat.y")


def test_sentences_about_a_list_that_made_nothing_are_not_printed(toy: Toy) -> None:
    got = finding(
        toy,
        """
        severity: {low: {any_of: [
          {some: guest, where: {fact: guest.fit, is: false}}, {some: boat, where: {fact: boat.leaks, is: true}}]}},
        because: ["{guest.called} is not fit.", "A boat leaks."]
        """,
        "guest: [{id: a, called: Ann, fit: true}]\nboat: [{id: x, leaks: true}]",
    )
    assert got.because == ("A boat leaks.",)


def test_title_and_facts_are_printed_where_no_sentence_is(toy: Toy) -> None:
    only_a_boat = finding(
        toy,
        """
        title: Something is wrong,
        severity: {low: {any_of: [
          {fact: trip.risky, is: true}, {fact: trip.days, at_least: 9},
          {some: boat, where: {fact: boat.leaks, is: true}}]}},
        because: "{guest.called} is not fit."
        """,
        "trip: {risky: true, days: 10}\nboat: [{id: x, leaks: false}]",
    )
    assert only_a_boat.because == ("Something is wrong: risky? yes; days? 10",)


def test_title_and_facts_name_a_list_that_is_empty(toy: Toy) -> None:
    whole = assessed(
        toy,
        'title: T, severity: {low: {every: boat, where: {fact: boat.leaks, is: true}}}, because: "Leak: {boat.leaks}."',
        "boat: []",
    )
    got = whole.finding("X")
    assert got.outcome == "present"
    assert got.because == ("T: Boats none",)
    assert [(path, one.value, one.shown, one.origin) for path, one in read(whole)] == [("boat", [], "none", "case")]
    assert got.entries == ()


def test_absent_finding_says_nothing_and_offers_nothing(toy: Toy) -> None:
    got = finding(
        toy,
        'severity: {low: {fact: trip.risky, is: true}}, because: "Risky.", controls: [{all: [FIX], residual: none}]',
        "trip: {risky: false}",
        controls="FIX: {}",
    )
    assert (got.outcome, got.open, got.because, got.options) == ("absent", False, (), ())


def test_undetermined_finding_says_nothing_but_what_is_missing(toy: Toy) -> None:
    # docs/decisions/0007: the sentences say what was recorded.
    got = finding(toy, 'severity: {low: {fact: trip.risky, is: true}}, because: "Risky: {trip.risky}."')
    assert (got.outcome, got.because, got.missing) == ("undetermined", (), ("trip.risky",))


# --- the facts --------------------------------------------------------------------------------------------------------


def fact_read(toy: Toy, leaf: str, case: str) -> tuple[str, FactRead]:
    entity = leaf.partition(".")[0].rpartition(" ")[2]
    text = leaf if entity == "trip" else f"{{some: {entity}, where: {leaf}}}"
    (only,) = read(assessed(toy, f"severity: {{low: {text}}}", case))
    return only


@pytest.mark.parametrize(
    ("leaf", "case", "expected"),
    [
        ("{fact: trip.risky, is: true}", "trip: {risky: true}", ("trip.risky", "risky?", True, "yes", "case")),
        ("{fact: trip.risky, is: true}", "", ("trip.risky", "risky?", None, "not known", "missing")),
        ("{fact: trip.days, is: 0}", "trip: {days: 0}", ("trip.days", "days?", 0, "0", "case")),
        (
            "{fact: trip.starts, is: 2026-07-01}",
            "trip: {starts: 2026-07-01}",
            # A stored assessment is JSON, and JSON knows no dates.
            ("trip.starts", "When does it start?", "2026-07-01", "2026-07-01", "case"),
        ),
        (
            "{fact: trip.gear, includes: axe}",
            "trip: {gear: [axe, rope]}",
            # In the order of the declaration: that of an answer means nothing.
            ("trip.gear", "Which gear?", ["rope", "axe"], "A rope, An axe", "case"),
        ),
        (
            "{fact: trip.permit, is: false}",
            "trip: {risky: false}",
            ("trip.permit", "permit?", False, "no", "not_asked"),
        ),
        # Asked of nobody: what the column of the table states.
        (
            "{fact: guest.law, is: harsh}",
            "guest: [{id: a, home: SO}]",
            ("guest.a.law", "What the law is like", "harsh", "Harsh law", "table"),
        ),
        (
            "{fact: guest.member, is: true}",
            "guest: [{id: a, home: NO}]",
            ("guest.a.member", "member title", True, "yes", "table"),
        ),
        (
            "{fact: guest.law, is: harsh}",
            "guest: [{id: a, law: harsh}]",
            ("guest.a.law", "What the law is like", "harsh", "Harsh law", "case"),
        ),
        (
            "{fact: guest.fit, is: true}",
            "guest: unknown",
            ("guest", "Everybody who comes along.", None, "not known", "missing"),
        ),
    ],
)
def test_fact_is_shown_with_its_question_its_value_and_where_it_came_from(
    toy: Toy, leaf: str, case: str, expected: tuple[object, ...]
) -> None:
    path, fact = fact_read(toy, leaf, case)
    assert (path, fact.question, fact.value, fact.shown, fact.origin) == expected


def test_fact_from_a_table_cites_the_source_of_its_cell(toy: Toy) -> None:
    tables = """
        places:
          rows: {NO: {name: The North}, SO: {name: The South}}
          columns:
            laws:
              source: {id: rumour, at: page 1}
              as_of: 2025-03-04
              values: {NO: mild, SO: [{value: harsh, source: {id: book, at: page 2}}]}
            member: {values: {NO: true}}
    """
    criteria = toy(
        facts=FACTS.replace("column: laws}", "column: laws, confidential: true}"),
        tables=tables,
        indicators="X: {severity: {low: {some: guest, where: {fact: guest.law, one_of: [mild, harsh]}}}}",
    )
    case = case_from(criteria, "guest: [{id: a, home: NO}, {id: b, home: SO}, {id: c, home: SO, law: harsh}]")
    column, cell, stated = [fact for _, fact in read(assess_told(case, criteria))]
    assert column.source is not None
    assert (column.source.id, column.source.at, column.as_of) == ("rumour", "page 1", date(2025, 3, 4))
    # A dated value may rest on a source of its own.
    assert cell.source is not None
    assert (cell.source.id, cell.source.at, cell.as_of) == ("book", "page 2", date(2025, 3, 4))
    # What the case states does not rest on the table.
    assert (stated.source, stated.as_of, stated.origin) == (None, None, "case")
    assert column.confidential is True


def test_confidential_is_what_the_fact_says(toy: Toy) -> None:
    assert fact_read(toy, "{fact: trip.risky, is: true}", "trip: {risky: true}")[1].confidential is False
    assert fact_read(toy, "{fact: guest.fit, is: true}", "guest: unknown")[1].confidential is False


def test_finding_names_its_facts_once_and_the_entries_among_them(toy: Toy) -> None:
    got = finding(
        toy,
        """
        severity:
          {low: {some: guest, where: {all_of: [
            {fact: trip.risky, is: true}, {fact: guest.fit, is: false}, {fact: guest.age, at_least: 9}]}}}
        """,
        "trip: {risky: true}\nguest: [{id: b, fit: false, age: 9}, {id: a, fit: false, age: 9}]",
    )
    assert got.reads == ("trip.risky", "guest.a.fit", "guest.a.age", "guest.b.fit", "guest.b.age")
    assert got.entries == ("guest.a", "guest.b")
    assert got.missing == ()


def test_missing_names_what_to_ask_first_and_each_question_once(toy: Toy) -> None:
    got = finding(
        toy,
        """
        severity: {low: {all_of: [
          {fact: trip.permit, is: true}, {fact: trip.risky, is: true},
          {some: guest, where: {all_of: [{fact: guest.law, is: harsh}, {fact: guest.member, is: false}]}}]}}
        """,
        "guest: [{id: a}]",
    )
    assert got.missing == ("trip.risky", "guest.a.home")


# --- evidence ---------------------------------------------------------------------------------------------------------


def references(read: FactRead) -> list[str]:
    return [one.reference for one in read.evidence]


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        ("trip.gear", ["E"]),
        # A further part names one option: that is evidence for the fact.
        ("trip.gear.axe", ["E"]),
        ("trip.risky", []),
        ("trip.risky, trip.gear", ["E"]),
        # One record is shown once, whatever it was filed under.
        ("trip.gear.axe, trip.gear.rope", ["E"]),
        ("trip.gear, trip.gear.axe", ["E"]),
    ],
)
def test_evidence_is_shown_beside_the_fact_it_is_for(toy: Toy, paths: str, found: list[str]) -> None:
    evidence = f"evidence: [{{for: [{paths}], kind: list, reference: E, date: 2026-06-01}}]"
    _, read = fact_read(toy, "{fact: trip.gear, includes: axe}", f"trip: {{gear: [axe, rope]}}\n{evidence}")
    assert references(read) == found


def test_evidence_is_for_one_entry_and_in_the_order_of_the_case(toy: Toy) -> None:
    case = """
        guest: [{id: a, fit: false}, {id: b, fit: false}]
        evidence:
          - {for: [guest.b.fit], kind: letter, reference: E2, date: 2026-06-02}
          - for: [guest.b.fit]
            kind: form
            reference: E1
            date: 2026-06-01
            collected_by: Ann
            confidence: documented
            sha256: &hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
          - {for: [guest.b.age], kind: form, reference: E3, date: 2026-06-01}
    """
    first, second = [fact for _, fact in read(assessed(toy, UNFIT, case))]
    assert (references(first), references(second)) == ([], ["E2", "E1"])
    assert second.evidence[1].model_dump() == {
        "kind": "form",
        "reference": "E1",
        "date": date(2026, 6, 1),
        "collected_by": "Ann",
        "confidence": "documented",
        "sha256": "0123456789abcdef" * 4,
    }


# --- sources, options, the rest of the record -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sources", "verified", "only_unverified"),
    [
        ("[{id: book}]", [True], False),
        ("[{id: rumour}]", [False], True),
        # The place in it was not looked up.
        ("[{id: book, verified: false}]", [False], True),
        ("[{id: rumour}, {id: book, at: page 3}]", [False, True], False),
    ],
)
def test_finding_is_marked_where_it_rests_on_unverified_sources_only(
    toy: Toy, sources: str, verified: list[bool], only_unverified: bool
) -> None:
    got = finding(toy, f"severity: {{low: {{fact: trip.risky, is: true}}}}, sources: {sources}")
    assert [one.verified for one in got.sources] == verified
    assert got.only_unverified is only_unverified


def test_source_is_cited_with_what_the_register_says(toy: Toy) -> None:
    got = finding(toy, "severity: {low: {fact: trip.risky, is: true}}, sources: [{id: book, at: page 3}]")
    (cited,) = got.sources
    assert (cited.id, cited.instrument, cited.at, cited.link, cited.kind) == (
        "book",
        "The book",
        "page 3",
        None,
        "guidance",
    )


BY_ANSWERS = """
    severity: {high: {fact: trip.risky, is: true}}, irreducible: Nothing helps.,
    controls: [
      {residual: low, when: {all_of: [{fact: trip.alone, is: false}, {fact: trip.days, at_most: 5}]}},
      {all: [ONE], lowers_by: 1, when: {fact: trip.days, at_least: 5}}]
"""


@pytest.mark.parametrize(
    ("trip", "counts", "answers", "irreducible"),
    [
        ("alone: false, days: 3", "yes", ("trip.alone", "trip.days"), None),
        ("alone: true, days: 3", "no", ("trip.alone",), "Nothing helps."),
        ("days: 3", "unknown", ("trip.alone",), None),
    ],
)
def test_an_option_without_controls_names_the_answers_that_it_rests_on(
    toy: Toy, trip: str, counts: str, answers: tuple[str, ...], irreducible: str | None
) -> None:
    got = assessed(toy, BY_ANSWERS, f"trip: {{risky: true, {trip}}}", controls="{ONE: {}}")
    first, second = got.finding("X").options
    assert (first.controls, first.lacking, first.counts, first.answers) == ((), (), counts, answers)
    assert (second.controls, second.answers) == (("ONE",), ())
    assert got.finding("X").irreducible == irreducible
    assert set(answers) <= got.facts.keys() or counts == "unknown"


OPTIONS = """
    severity: {high: {fact: trip.risky, is: true}}, irreducible: Nothing helps.,
    controls: [
      {all: [ONE, TWO], residual: low, when: {fact: trip.alone, is: true}},
      {all: [ONE], lowers_by: 1, when: {fact: trip.days, at_least: 5}}]
"""
IN_PLACE = "controls: [{id: ONE, status: verified, evidence: [{kind: k, reference: r, date: 2026-01-01}]}]"


@pytest.mark.parametrize(
    ("trip", "counts", "irreducible"),
    [
        ("alone: true, days: 0", ["yes", "no"], None),
        ("alone: false, days: 0", ["no", "no"], "Nothing helps."),
        ("alone: false", ["no", "unknown"], None),
        ("alone: true, days: 5", ["yes", "yes"], None),
    ],
)
def test_finding_is_irreducible_where_no_option_can_count(
    toy: Toy, trip: str, counts: list[str], irreducible: str | None
) -> None:
    got = finding(toy, OPTIONS, f"trip: {{risky: true, {trip}}}\n{IN_PLACE}", controls="{ONE: {}, TWO: {}}")
    assert [one.counts for one in got.options] == counts
    assert [(one.controls, one.residual, one.complete, one.lacking) for one in got.options] == [
        (("ONE", "TWO"), "low", False, ("TWO",)),
        (("ONE",), "moderate", True, ()),
    ]
    assert got.irreducible == irreducible


def test_finding_without_options_is_irreducible(toy: Toy) -> None:
    got = finding(toy, "severity: {low: {fact: trip.risky, is: true}}, irreducible: So be it.", "trip: {risky: true}")
    assert (got.options, got.irreducible) == ((), "So be it.")


def test_finding_repeats_what_its_indicator_says(toy: Toy) -> None:
    criteria = toy(
        facts=FACTS,
        tables=TABLES,
        indicators="""
            W: {severity: {low: {fact: trip.risky, is: true}}}
            X:
              title: T
              question: Q?
              dimension: mind
              ground: order
              reason: R
              evidence: E
              severity: {moderate: {fact: trip.risky, is: true}, critical: {fact: trip.alone, is: true}}
              knock_out: {hold: {fact: trip.alone, is: true}}
              controls: [{all: [ONE], lowers_by: 1}]
        """,
        controls="ONE: {}",
    )
    got = assess_told(case_from(criteria, f"trip: {{risky: true}}\n{IN_PLACE}"), criteria).finding("X")
    assert (got.title, got.question, got.dimension, got.ground) == ("T", "Q?", "mind", "order")
    assert (got.reason, got.wanted_evidence) == ("R", "E")
    assert (got.outcome, got.inherent, got.possible, got.open) == ("present", "moderate", "critical", True)
    assert (got.residual.at_least, got.residual.at_most) == ("low", "high")
    assert (got.expected.at_least, got.expected.at_most) == ("low", "high")
    # Knocked out perhaps, but an option is complete: cured.
    assert (got.knock_out.at_least, got.knock_out.at_most) == ("none", "none")
    open_one = assess_told(case_from(criteria, "trip: {risky: true}"), criteria, DAY).finding("X")
    assert (open_one.knock_out.at_least, open_one.knock_out.at_most) == ("none", "hold")
    assert open_one.bars == ()
    barred = assess_told(case_from(criteria, "trip: {risky: true, alone: true}"), criteria)
    assert [(path, barred.facts[path].shown) for path in barred.finding("X").bars] == [("trip.alone", "yes")]
    # Cured or not.
    assert (got.knock_out_before.at_least, got.knock_out_before.at_most) == ("none", "hold")
    lines = [line for line in got.defined_at.split(":") if line]
    assert lines[0] == "indicators/all.yaml"
    assert int(lines[1]) > 1
    assert lines[2] == "1"
