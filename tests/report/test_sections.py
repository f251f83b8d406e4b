"""Every section is there, in order, and says what the record says."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.assessment import ResolvedFact
from risk_engine.model.explanation import Entry, Explanation, Problem, Recorded
from risk_engine.report import Format, render
from risk_engine.report.blocks import words
from tests.report.parts import bar, finding, note, profile_used, read
from tests.report.reading import answer_of, lines
from tests.report.samples import assessment, full
from tests.told import assess_told

TITLES = [
    "Reasons, with what was recorded",
    "Conditions, each whole",
    "What is open",
    "Who has to do what",
    "How to challenge the result",
    "Case and scope",
    "How each result came about",
    "Dimensions",
    "Findings",
    "What is not known, question by question",
    "What does not fit in the record",
    "Conditions and advice",
    "What to know",
    "Dates",
    "Benefit and necessity against the risk that remains",
    "Looked at and not found",
    "What the institution set for itself",
    "Sources",
    "Versions and decision",
]

GIVEN = "recorded in the case | letter: LAB-7, 2 March 2026, collected by P-1, documented, SHA-256 abababababab…"
"""Where the answer about the bark comes from, and its evidence."""
IN_SHORT = [
    "Why",
    "On what conditions",
    "What is missing",
    "What would change it",
    "What next",
    "How to challenge it",
]


@pytest.mark.parametrize("made", [assessment(), full()], ids=["harmless", "full"])
def test_html_and_markdown_hold_every_section_in_order(made: Explanation) -> None:
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", render(made, "html", annex=True)) == [*IN_SHORT, *TITLES]
    assert re.findall(r"^## (.*)$", render(made, "md", annex=True), re.MULTILINE) == TITLES


def test_markdown_renders_as_headings_lists_and_tables() -> None:
    page = MarkdownIt("commonmark").enable("table").render(render(full(), "md", annex=True))
    assert page.count("<h2>") == len(TITLES)
    assert page.count("<table>") == render(full(), "html", annex=True).count("<table role=")
    assert page.count("<h1>") == 1


def test_html_is_one_file_that_loads_nothing() -> None:
    page = render(full(), "html", annex=True)
    assert "<script" not in page
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert not re.search(r"\b(src|srcset)=|@import|url\((?!#)", page)
    assert '<html lang="en">' in page
    assert page.count("<caption>") == page.count("<table role=") > 0


def test_links_within_the_page_lead_somewhere() -> None:
    page = render(full(), "html", annex=True)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_json_is_the_whole_explanation() -> None:
    assert Explanation.model_validate_json(render(full(), "json")) == full()


def test_rendering_an_explanation_that_was_read_back_gives_the_same_bytes() -> None:
    stored = Explanation.model_validate_json(render(full(), "json"))
    for wanted in ("text", "html", "md"):
        assert render(stored, wanted, annex=True) == render(full(), wanted, annex=True)


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
    assert lines(made, "case")[-1].startswith(
        "How far it reaches: Title of ROT-1 (ROT-1) closes a funding route, not the cooperation."
    )


def test_reasons_give_rule_range_and_findings() -> None:
    shown = lines(full(), "reasons")
    assert shown[:8] == [
        "Opening: Still open: between Go and Shut; 2 answers missing",
        "Question: What of the opening?",
        "Answer: Still open: between Go and Shut; 2 answers missing. As things stand: You may not pick yet.",
        "What it means: What Shut means.",
        "Rule that decided: A rule of the opening held. opening.rules.1",
        "It rests on: Title of ROT-1 (ROT-1)",
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


def confidential(**changes: Any) -> Explanation:
    """Return an assessment in which the answer about the bark is confidential."""
    facts = {**assessment().facts, "tree.old.bark": read(confidential=True)}
    return assessment(**{"facts": facts, "findings": (finding(),), **changes})


@pytest.mark.parametrize("form", ["html", "md"])
def test_a_report_with_confidential_answers_says_so_on_top_and_beside_each(form: Format) -> None:
    page = render(confidential(), form, annex=True)
    assert page.index("This report holds 1 confidential answer") < page.index("Why")
    shown = lines(confidential(), "findings")
    assert "ROT-1 Title of ROT-1 high confidential" in shown
    assert any(one.startswith("How is the bark? confidential | Loose") for one in shown)


def test_what_was_not_found_and_what_contradicts_are_marked_confidential_too() -> None:
    problem = Problem(kind="contradiction", id=None, text="It is loose and firm.", paths=("tree.old.bark",))
    made = confidential(findings=(finding("SUN-4", "none"),), problems=(problem,))
    assert lines(made, "absent") == ["SUN-4 Title of SUN-4 | 1", f"1 | How is the bark? confidential | Loose | {GIVEN}"]
    assert lines(made, "problems")[-1] == "Answers contradict each other: It is loose and firm. confidential"


def test_a_confidential_benefit_counts_too() -> None:
    kept = Recorded(path="tree.old.apples", question="How many apples?", shown="900", confidential=True)
    made = assessment(benefits=(kept,), described=(kept,))
    assert "This report holds 1 confidential answer," in render(made, "md", annex=True)
    assert "Benefit: How many apples? 900 confidential" in lines(made, "benefits")


@pytest.mark.parametrize("form", ["html", "md"])
def test_a_report_without_confidential_answers_does_not_warn(form: Format) -> None:
    missing = read(value=None, shown="not known", origin="missing", confidential=True, evidence=())
    made = confidential(facts={"tree.old.bark": missing})
    assert "This report holds" not in render(made, form, annex=True)


def test_what_the_case_says_of_an_entry_stands_beside_its_name() -> None:
    told = Recorded(path="tree.old.in_own_script", question="How is it written there?", shown="老树")
    apart = Recorded(path="hill.motto", question="What is the motto?", shown="Onward")
    made = assessment(entries=(Entry(path="tree.old", title="Tree", label="Grandmother"),), described=(told, apart))
    shown = lines(made, "case")
    assert "Tree: Grandmother – How is it written there? 老树" in shown
    assert "Also recorded: What is the motto? Onward" in shown
    assert '<bdi lang="und-Hani">老树</bdi>' in render(made, "html", annex=True)


def test_notes_of_the_case_are_shown() -> None:
    assert lines(assessment(case={"notes": "Bring a ladder."}), "case")[-1] == "Notes in the case: Bring a ladder."


def test_notes_of_a_case_with_confidential_answers_are_confidential_too() -> None:
    made = confidential(case={"notes": "The bark hides a wound."})
    assert lines(made, "case")[-1] == "Notes in the case: The bark hides a wound. confidential"


def doubted(**changes: Any) -> Explanation:
    """Return an assessment in which somebody was unsure about the bark, and about what nothing was found for."""
    made = Problem(kind="unsure", id=None, text="tree.old.bark is answered as unsure by P-1", paths=("tree.old.bark",))
    entries = (Entry(path="tree.old", title="Tree", label="Grandmother"),)
    return assessment(
        **{"findings": (finding("SUN-4", "none"),), "problems": (made,), "entries": entries, **changes},
    )


@pytest.mark.parametrize("form", ["text", "html", "md"])
def test_an_unsure_answer_is_never_a_settled_no_on_any_page(form: Format) -> None:
    page = render(doubted(), form, annex=True)
    missing = page.index("What is missing")
    assert missing < page.index("Answered as unsure", missing) < page.index("What next", missing)
    assert "Nothing that could change a finding" not in page
    assert "Ask again for the 1 answer given as unsure." in page


def test_an_unsure_answer_is_marked_wherever_it_stands() -> None:
    asked = "How is the bark? (Tree “Grandmother”)"
    assert lines(doubted(), "absent") == [
        "SUN-4 Title of SUN-4 | 1",
        f"1 | How is the bark? | Loose answered as unsure | {GIVEN}",
    ]
    assert f"{asked} | Loose answered as unsure |" in "\n".join(lines(doubted(findings=(finding(),)), "findings"))
    assert lines(doubted(), "problems")[-1].startswith("An answer was given as unsure: tree.old.bark is answered")
    assert lines(doubted(), "unknown")[-1] == asked
    assert "Ask again for the 1 answer given as unsure." in lines(doubted(), "conditions")
    told = Recorded(path="tree.old.bark", question="How is the bark?", shown="Loose")
    shown = doubted(described=(told,), benefits=(told,))
    assert "Tree: Grandmother – How is the bark? Loose answered as unsure" in lines(shown, "case")
    assert f"Benefit: {asked} Loose answered as unsure" in lines(shown, "benefits")


def test_what_nobody_was_asked_never_reads_like_an_answer() -> None:
    facts = {"tree.old.bark": read(origin="not_asked")}
    assert "not asked, counts as Loose" in "\n".join(lines(assessment(facts=facts, findings=(finding(),)), "findings"))
    made = assessment(facts=facts, findings=(finding("SUN-4", "none"),))
    assert lines(made, "absent")[1].startswith("1 | How is the bark? | not asked, counts as Loose | ")
    told = Recorded(path="tree.old.apples", question="How many apples?", shown="0")
    made = assessment(resolved={"tree.old.apples": ResolvedFact(value=0, origin="not_asked")}, benefits=(told,))
    assert "Benefit: How many apples? not asked, counts as 0" in lines(made, "benefits")


def test_a_value_of_the_profile_is_never_shown_as_that_of_the_set() -> None:
    made = assessment(facts={"tree.old.bark": read(origin="profile")}, findings=(finding("SUN-4", "none"),))
    assert lines(made, "absent")[1].startswith("1 | How is the bark? | Loose set by the institution’s profile | ")


def test_answers_set_aside_are_shown() -> None:
    facts = {"tree.old.bark": read(origin="not_asked", confidential=True)}
    made = assessment(case={"set_aside": {"tree.old.bark": "loose", "tree.old.bees": ["wild", "tame"]}}, facts=facts)
    assert lines(made, "case")[-2:] == [
        "Answers set aside: no longer asked: How is the bark? – loose confidential",
        "Answers set aside: no longer asked: tree.old.bees – wild, tame",
    ]
    assert "This report holds 1 confidential answer" in render(made, "md", annex=True)


@pytest.mark.parametrize("form", ["text", "html", "md"])
def test_the_first_page_says_that_things_do_not_fit(form: Format) -> None:
    page = render(full(), form, annex=True)
    missing = page.index("What is missing")
    assert missing < page.index("1 thing does not fit in the record", missing) < page.index("What next", missing)


def test_many_unsure_answers_are_named_in_part_on_the_first_page() -> None:
    paths = [f"tree.old.part{one}" for one in range(5)]
    made = tuple(Problem(kind="unsure", id=None, text="x", paths=(one,)) for one in paths)
    shown = {one.label: [words(line) for line in one.lines] for one in answer_of(doubted(problems=made)).glance}
    assert shown["What is missing"] == [
        *(f"Answered as unsure: {one} (Tree “Grandmother”)" for one in paths[:3]),
        "and 2 further answers given as unsure",
    ]


def test_dates_stand_in_order_with_what_happens() -> None:
    later = note("monitoring", due=date(2026, 12, 1))
    with_whole_case = note("monitoring", due=assessment().review_due)
    made = full().model_copy(update={"awareness": (later, with_whole_case)})
    assert lines(made, "dates") == [
        "1 January 2020 | HAIL-7 Hail is no longer in force.",
        "1 January 2025 | May the tree be picked?, version 2.0.0, is in force.",
        "2 March 2026 | Day of the assessment.",
        "2 March 2026 | Control SPRAY (SPRAY) is due; not in place yet.",
        "1 May 2026 | Control NET (NET) is due; not in place yet.",
        "1 May 2026 | Control BOOTS (BOOTS) is due; not in place yet.",
        "1 December 2026 | Look again: Note of monitoring.",
        "1 January 2027 | FROST-6 Frost comes into force.",
        "2 March 2027 | The whole case is to be looked at again.",
    ]


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
        "SUN-4 Title of SUN-4 | 1",
        f"1 | How is the bark? | Loose | {GIVEN}",
        "Not in force on the day",
        "FROST-6 Frost: from 1 January 2027",
        "HAIL-7 Hail: to 31 December 2019",
    ]
    made = assessment(findings=(finding("SUN-4", "none", reads=()),))
    assert lines(made, "absent") == ["SUN-4 Title of SUN-4 | –"]


def test_the_profile_shows_both_values_and_the_reason() -> None:
    assert lines(full(), "profile")[-1] == "Age of an old tree | 80 | 60 | Ours age fast."
    unused = assessment(profile=profile_used())
    assert lines(unused, "profile") == ["The profile of Hill Orchard changed nothing on this day."]


def test_how_to_challenge_and_what_the_report_is_not() -> None:
    assert lines(full(), "challenge") == [
        "Write to the head gardener.",
        "What this is, and what it is not",
        "Not the advice of a doctor.",
        f"What identifies it: Assessment {full().digest}",
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
    assert "Engine: risk-engine 1.2.3" in shown
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
    made = assess_told(load_case(folder / "loan-desk-case.yaml", criteria), criteria, profile=profile)
    page = render(made, "md", annex=True)
    assert "**Verdict:** " in page
    assert "Keeping the object whole" in page
    assert not re.search("regulation|restriction|measure|china", page, re.IGNORECASE)
