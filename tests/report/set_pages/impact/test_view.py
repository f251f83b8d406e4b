"""The report on an impact as ready text: the numbers first, what to know before them, each case with its why."""

import html as escaping
from datetime import date

import pytest
from markdown_it import MarkdownIt

from risk_engine.files.language import in_language
from risk_engine.model.comparison import Counts, Courses, FindingTally, ImpactReport
from risk_engine.report.blocks import Group, Picture, Section, View, words
from risk_engine.report.html_markdown import html, markdown
from risk_engine.report.set_pages.impact import impact_view
from risk_engine.report.terminal import document_text
from risk_engine.report.typst import pdf
from tests.report.parts import OPENING
from tests.report.reading import block_lines
from tests.report.set_pages.impact.samples import case, flow, impact, ladder, place, version
from tests.report.test_escaping import Seen, hostile


def section(shown: View, key: str) -> Section:
    return next(one for one in shown.sections if one.key == key)


def lines(shown: View, key: str) -> list[str]:
    return [
        line for block in section(shown, key).blocks if not isinstance(block, Picture) for line in block_lines(block)
    ]


def counted(**numbers: object) -> ImpactReport:
    none = {"cases": 0, "compared": Courses(), "other_reasons": 0, "newly_asked": 0, "refused": 0, "problems": 0}
    made = {**none, "least": Courses(), "most": Courses(), **numbers}
    return impact(counts=Counts.model_validate(made))


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (
            impact(),
            (
                "12 of 22 cases keep their result; 3 become stricter; 2 milder; 1 otherwise; 3 newly asked; "
                "1 with answers not taken"
            ),
        ),
        (counted(cases=20, compared=Courses(same=20)), "20 of 20 cases keep their result"),
        (counted(cases=2, compared=Courses(same=1, milder=1)), "1 of 2 cases keeps its result; 1 milder"),
        (counted(cases=2, compared=Courses(same=1, looser=1)), "1 of 2 cases keeps its result; 1 looser"),
        (counted(cases=1, compared=Courses(stricter=1)), "0 of 1 case keeps its result; 1 becomes stricter"),
        (counted(), "No case was replayed"),
    ],
)
def test_the_first_sentence_counts(report: ImpactReport, sentence: str) -> None:
    answer = impact_view(report).answer
    assert answer is not None
    assert answer.sentence == sentence


def test_what_to_know_before_the_numbers_stands_below_them() -> None:
    answer = impact_view(impact()).answer
    assert answer is not None
    assert [words(one) for one in answer.more] == [
        "not in force 2.0.0 is in force from 1 January 2027. The days of all 22 cases are outside that time.",
        "incomplete 1 case could not be replayed; it is not in these numbers.",
    ]
    assert [words(one) for field in answer.glance for one in field.lines] == [
        "Verdict: A word → Terms: 3 cases, stricter",
        "Verdict: Refusal → Terms: 2 cases, milder",
        "Verdict: Terms → Still open: A word to Refusal: 1 case, wider open",
        "Watch: Nobody → The elders: 1 case, stricter",
        "ROT-1 Rot in the wood: graver in 4 cases, less grave in 2 cases, otherwise in 1 case",
        "with the least risky answers: 3 as before",
        "with the most risky answers: 3 stricter",
        "How old is the tree? tree.age: 1 case",
    ]


def test_equal_rules_under_one_number_are_told_apart_by_old_and_new() -> None:
    same = impact(before=version("1.0.0"), after=version("1.0.0"))
    shown = impact_view(same)
    assert shown.title == "What 1.0.0 (new) changes for cases under 1.0.0 (old)"
    assert shown.answer is not None
    assert words(shown.answer.more[0]) == "same rules Both versions say the same: their digests are equal."


def test_a_version_that_another_one_overtakes_is_never_in_force() -> None:
    from_then = version("2.0.0").in_force_from
    shown = impact_view(impact(after=version("2.0.0", in_force_until=from_then, cases_outside=22)))
    assert shown.answer is not None
    assert "2.0.0 is never in force" in words(shown.answer.more[1])


@pytest.mark.parametrize(
    ("outside", "cases", "english", "german"),
    [
        (1, 1, "The day of the case is outside that time.", "Der Tag des Falls liegt nicht in dieser Zeit."),
        (
            1,
            22,
            "The day of 1 of the 22 cases is outside that time.",
            "Der Tag von 1 der 22 Fälle liegt nicht in dieser Zeit.",
        ),
        (
            20,
            22,
            "The days of 20 of the 22 cases are outside that time.",
            "Die Tage von 20 der 22 Fälle liegen nicht in dieser Zeit.",
        ),
        (
            22,
            22,
            "The days of all 22 cases are outside that time.",
            "Die Tage aller 22 Fälle liegen nicht in dieser Zeit.",
        ),
    ],
)
def test_a_version_that_was_in_force_for_a_time_says_when_and_which_cases_are_outside(
    outside: int, cases: int, english: str, german: str
) -> None:
    used = version("1.0.0", in_force_until=date(2026, 12, 2), cases_outside=outside)
    report = impact(before=used)
    report = report.model_copy(update={"counts": report.counts.model_copy(update={"cases": cases})})
    for language, period, said in (
        ("en", "not in force 1.0.0 is in force from 1 January 2026 to 1 December 2026.", english),
        ("de", "gilt nicht 1.0.0 gilt vom 1. Januar 2026 bis zum 1. Dezember 2026.", german),
    ):
        with in_language(language):
            shown = impact_view(report)
        assert shown.answer is not None
        assert words(shown.answer.more[0]) == f"{period} {said}"


def test_of_many_changes_the_first_page_names_the_most_frequent_and_counts_the_others() -> None:
    tallies = tuple(FindingTally(id=f"ROT-{number}", rose=9 - number, fell=0, other=0) for number in range(7))
    answer = impact_view(impact(findings=tallies)).answer
    assert answer is not None
    field = next(one for one in answer.glance if one.label == "Because of these findings")
    assert [words(one) for one in field.lines][-2:] == ["ROT-4: graver in 5 cases", "and 2 more"]


def test_a_ladder_without_a_role_has_a_section_only_if_a_case_moved_on_it() -> None:
    weather = ladder("weather", None, OPENING)
    still = flow("weather", place("go"), place("go"), 22)
    moved = flow("weather", place("go"), place("shut"), 22, "stricter")
    for flows, wanted in (((still,), False), ((moved,), True)):
        shown = impact_view(impact(ladders=(weather,), flows=flows, cases=()))
        assert any(one.key == "ladder-weather" for one in shown.sections) == wanted


def test_a_case_says_what_changed_by_which_rule_and_why() -> None:
    assert lines(impact_view(impact()), "stricter") == [
        "B-1: The tree B-1",
        "Replayed: cases/B-1.yaml, as of 2 March 2026",
        "Verdict: A word → Terms",
        "Verdict: now by the rule “It rots a little.”, before by “Nothing rots.”",
        "Verdict: the rules of “Verdict” are others in 2.0.0; points and bands of 2.0.0 are others",
        (
            "Findings that changed: ROT-1 Rot in the wood: none → high "
            "(Days until it is ripe: 30 → 10; its condition for high is another one)"
        ),
    ]


def test_severity_bars_and_every_cause_are_told_in_words() -> None:
    told = "\n".join(lines(impact_view(impact()), "milder"))
    assert "critical before controls, low now, bars: none to legal → not determined, up to moderate" in told
    assert (
        "(in force on that day under one version only; what controls leave of it is another; its condition for a bar "
        "(legal) is another one; the definition rotten is another one; answers count otherwise: How old is the tree? "
        "tree.age; another value: How old is the tree? tree.old.age)"
    ) in told
    assert "Unknown to 1.0.0, left out there: How old is the tree? tree.old.age" in told


def test_a_case_newly_asked_shows_what_remains() -> None:
    told = lines(impact_view(impact()), "asked")
    assert "Newly asked: Whose is it? tree.old.owner" in told
    assert (
        "With the least risky answers: same result; with the most risky ones: stricter. "
        "Not every combination of answers was tried."
    ) in told
    [row] = [one for one in told if one.startswith("Verdict")]
    assert row == "Verdict | A word | still open: A word to Refusal | A word | Refusal"


def test_a_case_with_answers_not_taken_names_them_and_says_what_comes_out_without() -> None:
    told = lines(impact_view(impact()), "refused")
    assert "Not taken: How old is the tree? tree.old.age: 2.0.0 does not take this answer" in told
    assert "Not taken: NET A net below: 2.0.0 does not know this control" in told
    assert "Not taken: Shed shed: there is nothing of that kind in 2.0.0" in told
    assert "Verdict: Refusal" in told


def test_groups_and_courses_have_their_own_sections_and_nothing_stands_in_two() -> None:
    shown = impact_view(impact())
    titles = {
        one.key: [words(part.title) for part in one.blocks if isinstance(part, Group)]
        for one in shown.sections
        if any(isinstance(part, Group) for part in one.blocks)
    }
    assert titles == {
        "milder": ["C-1: The tree C-1"],
        "stricter": ["B-1: The tree B-1"],
        "otherwise": ["D-1: The tree D-1"],
        "asked": ["E-1: The tree E-1"],
        "refused": ["F-1: The tree F-1"],
        "reasons": ["A-2: The tree A-2"],
    }


def test_a_short_one_has_so_many_cases_of_each_kind_and_counts_the_others() -> None:
    several = tuple(case(f"B-{number}", course="stricter") for number in range(5))
    told = lines(impact_view(impact(cases=several), most=2), "stricter")
    assert [one for one in told if one.startswith("B-")] == ["B-0: The tree B-0", "B-1: The tree B-1"]
    assert told[-1] == "and 3 more; `-o FILE.html` shows all"


def test_problems_stand_in_a_document_and_not_on_a_terminal_which_tells_them_apart() -> None:
    assert "cases/bad.yaml: there is no such file" in lines(impact_view(impact()), "problems")
    assert [one.key for one in impact_view(impact(), most=20).sections if one.key == "problems"] == []


def test_what_a_report_tells_of_a_problem_does_not_hold_what_the_case_says() -> None:
    assert "all of it" not in impact().model_dump_json()


def test_pictures_are_for_the_result_and_the_start_and_only_where_they_can_be_shown() -> None:
    def pictures(shown: View) -> list[str]:
        return [part.key for one in shown.sections for part in one.blocks if isinstance(part, Picture)]

    assert pictures(impact_view(impact())) == ["flow-verdict", "flow-opening"]
    assert pictures(impact_view(impact(), with_pictures=False)) == []


def test_a_page_gains_no_tag_attribute_or_link_from_what_people_wrote() -> None:
    tame, wild = (Seen(html(impact_view(impact(text)))) for text in (str, hostile))
    assert (wild.tags, wild.names, wild.links) == (tame.tags, tame.names, tame.links)
    assert "<script>alert(1)</script>" in wild.text


def test_markdown_and_text_show_what_people_wrote_as_it_is() -> None:
    page = MarkdownIt("commonmark").enable("table").render(markdown(impact_view(impact(hostile), with_pictures=False)))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in escaping.unescape(page)
    text = document_text(impact_view(impact(hostile), with_pictures=False))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_it_can_be_typeset_with_its_pictures() -> None:
    assert pdf(impact_view(impact())).startswith(b"%PDF-")


def test_in_german_no_word_is_left_in_english() -> None:
    with in_language("de"):
        shown = impact_view(impact())
        told = document_text(shown)
    assert shown.answer is not None
    assert shown.answer.sentence == (
        "12 von 22 Fällen behalten ihr Ergebnis; 3 werden strenger; 2 milder; 1 anders; 3 neu gefragt; "
        "1 mit nicht angenommenen Antworten"
    )
    english = ("result", "newly", "answers", "condition", "rule", "open", "cases keep", "another", "severity", "bars")
    flat = told.replace("cases/", "")
    assert [word for word in english if f" {word}" in flat] == []
