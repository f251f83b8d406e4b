"""Every section is there, in order, and says what the record says."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from risk_engine.engine.assess import assess, to_json
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.assessment import Assessment
from risk_engine.report import render
from tests.report.parts import bar, finding, profile_used
from tests.report.reading import lines
from tests.report.samples import assessment, full

TITLES = [
    "Case and scope",
    "Reasons",
    "Dimensions",
    "Findings",
    "What is not known",
    "What does not fit in the record",
    "Conditions and advice",
    "What to know",
    "Dates",
    "Benefit and necessity against the risk that remains",
    "Looked at and not found",
    "What the institution set for itself",
    "How to challenge the result",
    "Sources",
    "Versions and decision",
]


IN_SHORT = [
    "Why",
    "On what conditions",
    "What is missing",
    "What next",
    "How far it reaches",
    "How to challenge it",
]


@pytest.mark.parametrize("made", [assessment(), full()], ids=["harmless", "full"])
def test_html_and_markdown_hold_every_section_in_order(made: Assessment) -> None:
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", render(made, "html")) == [*IN_SHORT, *TITLES]
    assert re.findall(r"^## (.*)$", render(made, "md"), re.MULTILINE) == TITLES


def test_markdown_renders_as_headings_lists_and_tables() -> None:
    page = MarkdownIt("commonmark").enable("table").render(render(full(), "md"))
    assert page.count("<h2>") == len(TITLES)
    assert page.count("<table>") == render(full(), "html").count("<table role=")
    assert page.count("<h1>") == 1


def test_html_is_one_file_that_loads_nothing() -> None:
    page = render(full(), "html")
    assert "<script" not in page
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert not re.search(r"\b(src|srcset)=|@import|url\((?!#)", page)
    assert '<html lang="en">' in page
    assert page.count("<caption>") == page.count("<table role=") > 0


def test_links_within_the_page_lead_somewhere() -> None:
    page = render(full(), "html")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_json_is_the_whole_assessment() -> None:
    assert render(full(), "json") == to_json(full()).decode()


def test_rendering_a_stored_assessment_again_gives_the_same_bytes() -> None:
    stored = Assessment.model_validate_json(render(full(), "json"))
    for wanted in ("text", "html", "md"):
        assert render(stored, wanted) == render(full(), wanted)


def test_case_and_scope() -> None:
    assert lines(full(), "case") == [
        "Case: The old tree (A-1)",
        "Institution: Hill Orchard",
        "Assessed by: P-9",
        "Day of the assessment: 2 March 2026",
        "Criteria: May the tree be picked?, version 2.0.0 (orchard)",
        "Profile: Hill Orchard",
        "Tree: Grandmother",
        (
            "How far it reaches: The proposal as the case describes it, on this day and under these criteria. "
            "If it changes, assess again."
        ),
    ]
    assert "Institution: not named" in lines(assessment(), "case")


def test_a_bar_on_a_funding_route_is_not_a_bar_on_the_cooperation() -> None:
    made = assessment(findings=(finding(knock_out=bar("funding")), finding("ROT-2", knock_out=bar("hold"))))
    assert lines(made, "case")[-1].startswith("How far it reaches: ROT-1 closes a funding route, not the cooperation.")


def test_reasons_give_rule_range_and_findings() -> None:
    shown = lines(full(), "reasons")
    assert shown[:8] == [
        "Opening: Still open: between Go and Shut; 2 answers missing",
        "Question: What of the opening?",
        "Answer: Still open: between Go and Shut; 2 answers missing. As things stand: You may not pick yet.",
        "What it means: What Shut means.",
        "Rule that decided: A rule of the opening held. opening.rules.1",
        "It rests on: ROT-1 Title of ROT-1",
        "Range: From Go to Shut, whatever the missing answers are.",
        "Levels, mildest first: Go, Wait, Shut",
    ]
    assert "Four eyes: Two people must decide this together: neither signs alone." in shown
    assert shown[-5:] == [
        "Rule that decided: A rule of the weather held. weather.rules.1",
        "It rests on: no finding",
        "Range: Settled: no missing answer changes this level.",
        "Levels, mildest first: Go, Wait, Shut",
        "Comparable with: fine of almanac",
    ]


def test_dimensions_show_bounds_and_the_limit_of_the_sum() -> None:
    shown = lines(full(), "dimensions")
    assert "Safety of pickers | 1 to 121 points, calm to stormy | 0 points, calm | 25 points, stormy" in shown
    assert "Safety of pickers: the sum may have reached its limit; read each finding." in shown
    assert "Taste: the sum has reached its limit; read each finding." in shown
    assert "Safety of pickers: Whether people fall." in shown
    assert "Taste | 1 point, calm | 0 points, calm | 25 points, stormy" in shown


def test_problems_are_shown() -> None:
    assert lines(full(), "problems")[-1] == "The case differs from the table: The case says 90, the table 80."


def test_notes_stand_by_kind_and_say_what_they_depend_on() -> None:
    assert lines(full(), "awareness") == [
        "Rules of other states that touch this case",
        (
            "Note of foreign_rule: Tell the pickers. may apply, depends on: "
            "Which pests live in it? (Tree “Grandmother”). Source: The law, Art. 5 (law of another state, not EU law)."
        ),
        "Advice",
        "Note of advice: Tell the pickers. may apply, depends on: answers that are missing.",
        "Monitoring: look again when",
        "Note of monitoring: Tell the pickers. Due 2 September 2026.",
        "What speaks for it",
        "Note of benefit: Tell the pickers.",
    ]


def test_benefit_and_necessity_stand_against_the_risk_that_remains() -> None:
    assert lines(full(), "benefits") == [
        "They inform the person who decides. They change no level and lift no bar.",
        "Benefit: How many apples? (Tree “Grandmother”) 900",
        "Necessity: Are there others? few",
        "Risk that remains now: Safety of pickers: 1 to 121 points, calm to stormy",
        "Risk that remains now: Taste: 1 point, calm",
    ]
    assert "Benefit: not asked by these criteria" in lines(assessment(), "benefits")


def test_what_was_not_found_is_listed_with_what_was_read() -> None:
    assert lines(full(), "absent") == [
        "SUN-4 Title of SUN-4: How is the bark? (Tree “Grandmother”) – Loose",
        "Not in force on the day",
        "FROST-6 Frost: from 1 January 2027",
        "HAIL-7 Hail: until 1 January 2020, that day not included",
    ]
    made = assessment(findings=(finding("SUN-4", "none", reads=()),))
    assert lines(made, "absent") == ["SUN-4 Title of SUN-4"]


def test_the_profile_shows_both_values_and_the_reason() -> None:
    assert lines(full(), "profile")[-1] == "Age of an old tree | 80 | 60 | Ours age fast."
    unused = assessment(profile=profile_used())
    assert lines(unused, "profile") == ["The profile of Hill Orchard changed nothing on this day."]


def test_how_to_challenge_and_what_the_report_is_not() -> None:
    assert lines(full(), "challenge") == [
        "Write to the head gardener.",
        "What this is, and what it is not",
        "Not the advice of a doctor.",
    ]


def test_sources_are_listed_once_with_whether_they_were_read() -> None:
    assert lines(full(), "sources") == [
        "The list | list of another state evidence, not EU law | Art. 5 | unverified | SOIL-3",
        "The act | EU law | Art. 5 | in part unverified | SUN-4, PEST-2, ROT-1, WIND-5",
        "The essay | blog | as a whole | verified | SUN-4",
        "The law | law of another state, not EU law | Art. 5 | verified | FOREIGN_RULE",
    ]


def test_versions_and_room_for_the_decision() -> None:
    shown = lines(full(), "versions")
    assert f"Assessment: {'ab' * 32}" in shown
    assert "Engine: risk-engine 0.1.0" in shown
    assert "Review due: 2 March 2027" in shown
    assert shown[-7:] == [
        "Decision",
        "Conditions",
        "Reasons, above all where it differs from the proposal",
        "Name and role",
        "Date and signature",
        "Second person: name and role",
        "Second person: date and signature",
    ]


def test_a_set_of_other_words_is_reported_in_its_own() -> None:
    folder = Path(__file__).parents[1] / "sets"
    criteria = read_criteria(folder / "loan-desk" / "1.0.0")
    profile = load_profile(folder / "loan-desk-profile.yaml", criteria)
    made = assess(load_case(folder / "loan-desk-case.yaml", criteria), criteria, profile=profile)
    page = render(made, "md")
    assert "**Verdict:** " in page
    assert "Keeping the object whole" in page
    assert not re.search("regulation|restriction|measure|china", page, re.IGNORECASE)
