"""Every section is there, in order, and says what the record says."""

import re

import pytest
from markdown_it import MarkdownIt

from risk_engine.engine.assess import to_json
from risk_engine.model.assessment import Assessment
from risk_engine.report import render
from risk_engine.report.blocks import Blanks, Block, Bullets, Fields, Group, Prose, words
from risk_engine.report.view import view
from tests.report.samples import (
    assessment,
    bar,
    control,
    finding,
    full,
    option,
    profile_used,
    proposal,
    severity,
    undetermined,
)

TITLES = [
    "Case and scope",
    "Reasons",
    "Dimensions",
    "Findings",
    "What is not known",
    "What does not fit in the record",
    "Conditions and advice",
    "What to know",
    "Benefit and necessity against the risk that remains",
    "Looked at and not found",
    "What the institution set for itself",
    "How to challenge the result",
    "Sources",
    "Versions and decision",
]


def lines(made: Assessment, key: str) -> list[str]:
    """Return the section as plain lines, a table row with " | " between its cells."""
    section = next(one for one in view(made).sections if one.key == key)
    return [line for block in section.blocks for line in block_lines(block)]


def block_lines(block: Block | Group) -> list[str]:
    match block:
        case Prose(line):
            return [words(line)]
        case Bullets(several):
            return [words(one) for one in several]
        case Fields(rows):
            return [f"{row.label}: {words(line)}" for row in rows for line in row.lines]
        case Blanks(labels):
            return list(labels)
        case Group(title, blocks):
            return [words(title), *(line for one in blocks for line in block_lines(one))]
        case table:
            return [" | ".join(words(cell) for cell in row) for row in table.rows]


@pytest.mark.parametrize("made", [assessment(), full()], ids=["harmless", "full"])
def test_html_and_markdown_hold_every_section_in_order(made: Assessment) -> None:
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", render(made, "html")) == TITLES
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
    assert not re.search(r"\b(src|srcset)=|@import|url\(", page)
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
        assert render(stored, wanted) == render(full(), wanted)  # type: ignore[arg-type]


def test_case_and_scope() -> None:
    assert lines(full(), "case") == [
        "Case: The old tree (A-1)",
        "Institution: Hill Orchard",
        "Assessed by: P-9",
        "Day of the assessment: 2 March 2026",
        "Criteria: May the tree be picked?, version 2.0.0 (orchard)",
        "Profile: Hill Orchard",
        "Tree: Grandmother",
        "How far it reaches: The proposal as the case describes it, on this day and under these criteria. "
        "If it changes, assess again.",
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
    assert "Safety of pickers | 1 to 121 points, calm to stormy | 25 points, stormy | 0 points, calm" in shown
    assert "Safety of pickers: the sum may have reached its limit; read each finding." in shown
    assert "Taste: the sum has reached its limit; read each finding." in shown
    assert "Safety of pickers: Whether people fall." in shown
    assert "Taste | 1 point, calm | 25 points, stormy | 0 points, calm" in shown


def test_findings_stand_present_first_the_gravest_first() -> None:
    titles = [line for line in lines(full(), "findings") if re.match(r"[A-Z]+-\d ", line)]
    assert titles == [
        "ROT-1 Title of ROT-1 high before controls, low now",
        "WIND-5 Title of WIND-5 moderate",
        "SOIL-3 Title of SOIL-3 low unverified",
        "PEST-2 Title of PEST-2 not determined still open",
    ]


def test_a_finding_shows_what_was_recorded_and_what_helps() -> None:
    shown = lines(full(), "findings")
    start = shown.index("ROT-1 Title of ROT-1 high before controls, low now")
    assert shown[start + 1 : start + 15] == [
        "The bark of the old tree was recorded as loose.",
        "Severity: high before controls → low now → none once all agreed controls are in place",
        "Bar: Holds the start until a document or decision exists.",
        "How is the bark? (Tree “Grandmother”) | Loose | recorded in the case | letter LAB-7, 2 March 2026, "
        "collected by P-1, documented, SHA-256 abababababab…",
        "How old? (Tree “Grandmother”) | 90 | from the table | –",
        "Control ROPE and Control NET | low | Control NET | yes",
        "Control ROPE | low | nothing, it is in place | yes",
        "Why it matters: Branches fall on people.",
        "Question of the indicator: Could a branch fall?",
        "Dimension: Safety of pickers",
        "Ground: The harvest. Apples must not be lost.",
        "Rests on: The act, Art. 5 (EU law)",
        "Evidence that settles it: A look from below",
        "Written in: indicators/rot.yaml:3:1",
    ]


def test_a_finding_on_unverified_sources_alone_says_so() -> None:
    shown = lines(full(), "findings")
    assert (
        "Sources: unverified This finding rests on unverified sources only: look up the text before you rely on it."
        in shown
    )
    assert "Rests on: The list, Art. 5 (list of another state) evidence, not EU law unverified" in shown


def test_a_finding_that_nothing_lowers_says_so() -> None:
    assert "No control lowers it: Nobody stops the wind." in lines(full(), "findings")


def test_an_undetermined_finding_never_states_what_would_make_it_one() -> None:
    page = render(full(), "md")
    assert "full of pests" not in page
    assert "Nothing on record makes this a finding, and nothing rules it out: answers are missing." in page


def test_an_undetermined_finding_names_the_missing_answers_and_what_may_bar() -> None:
    shown = lines(full(), "findings")
    assert "Answers missing: How is the bark? (Tree “Grandmother”)" not in shown
    assert "Answers missing: Which pests live in it? (Tree “Grandmother”)" in shown
    assert (
        "Bar: Not settled, answers are missing. It may be that this closes this funding route, not the cooperation."
        in shown
    )
    assert "Control SPRAY | low | not in place | not known: answers are missing" in shown


def test_a_bar_that_could_become_stronger_names_both() -> None:
    made = assessment(findings=(finding(knock_out=bar("hold", "legal"), options=(option("NET", counts="no"),)),))
    shown = lines(made, "findings")
    assert (
        "Bar: Holds the start until a document or decision exists. Answers are missing: it may also be that this is "
        "barred by law: only an authority, or taking the cause away, can lift it." in shown
    )
    assert "NET | low | nothing, it is in place | no: what it presupposes does not hold" in shown


def test_what_is_not_known_names_whom_to_ask_and_what_it_could_raise() -> None:
    assert lines(full(), "unknown")[1:] == [
        "Which pests live in it? (Tree “Grandmother”) | The gardener | Knock on the trunk. | PEST-2 Title of PEST-2 – up to critical",
        "Whose is it? (Tree “Grandmother”) | whoever knows the case | – | PEST-2 Title of PEST-2 – up to critical",
    ]


def test_problems_are_shown() -> None:
    assert lines(full(), "problems")[-1] == "The case differs from the table: The case says 90, the table 80."


def test_conditions_part_now_from_later_and_supporting_from_lowering() -> None:
    shown = lines(full(), "conditions")
    titles = ["Do now", "Later", "In place", "Supporting: always advisable, lower nothing alone"]
    now, later, in_place, supporting = (shown.index(one) for one in titles)
    assert shown[now + 1 : later] == [
        "Get the 2 missing answers listed under “What is not known”.",
        "Control NET (NET) agreed – bears on the start | Do NET. | The gardener; owner: P-2; due 1 May 2026 | "
        "lowers ROT-1 to low, together with Control ROPE",
        "Control SPRAY (SPRAY) planned | Do SPRAY. | The gardener; no owner named; due 2 March 2026 | "
        "would lower PEST-2 to low, should it be found",
    ]
    assert shown[later + 1 : in_place] == [
        "Control MOON (MOON) planned | Do MOON. | The gardener; no owner named | lowers no finding of this case"
    ]
    assert shown[in_place + 1 : supporting] == [
        "Control ROPE (ROPE) implemented | Do ROPE. | The gardener; no owner named | letter PHOTO-1, 2 March 2026, "
        "collected by P-1, documented, SHA-256 abababababab… | ROT-1 Title of ROT-1"
    ]
    assert shown[supporting + 1 :] == [
        "Control SONG (SONG): Do SONG. The gardener. Not listed yet; little effort: do it now.",
        "Control HAT (HAT): Do HAT. The gardener; no owner named. In place.",
        "Control BOOTS (BOOTS): Do BOOTS. The gardener; owner: P-2; due 1 May 2026. Agreed; can come later.",
    ]


def test_what_bars_the_result_is_for_now_after_what_holds_the_gate() -> None:
    made = assessment(
        proposals=(proposal("opening", "shut"), proposal("verdict", "refusal", findings=("ROT-1", "PEST-1"))),
        findings=(
            finding("PEST-1", "critical", options=(option("SPRAY", counts="unknown", lacking=("SPRAY",)),)),
            finding(options=(option("NET", lacking=("NET",)), option("MOON", counts="no", lacking=("MOON",)))),
        ),
        controls=(control("SPRAY"), control("NET", effort=3), control("MOON")),
    )
    shown = lines(made, "conditions")
    now, later = shown.index("Do now"), shown.index("Later")
    assert [one.partition(" (")[0] for one in shown[now + 1 : later]] == ["Control NET", "Control SPRAY"]
    assert shown[now + 2].endswith("may lower PEST-1 to low")


def test_controls_against_what_is_not_found_are_not_urged() -> None:
    made = assessment(
        findings=(undetermined(options=(option("SPRAY", lacking=("SPRAY",)),)),), controls=(control("SPRAY"),)
    )
    assert not any("SPRAY" in one for one in lines(made, "conditions"))


def test_notes_stand_by_kind_and_say_what_they_depend_on() -> None:
    assert lines(full(), "awareness") == [
        "Rules of other states that touch this case",
        "Note of foreign_rule: Tell the pickers. may apply depends on: Which pests live in it? (Tree “Grandmother”) "
        "Source: The law, Art. 5 (law of another state, not EU law).",
        "Advice",
        "Note of advice: Tell the pickers. may apply depends on: answers that are missing",
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


def test_severity_bounds_stay_visible_while_a_finding_is_open() -> None:
    made = assessment(findings=(finding(possible="critical", residual=severity("low", "critical"), open=True),))
    shown = lines(made, "findings")
    assert (
        "Severity: high to critical before controls → low to critical now → high once all agreed controls are in place"
        in shown
    )
