"""The gate comes before every level, "still open" before any level that may change."""

from datetime import date
from typing import Any

import pytest

from risk_engine.model.explanation import Explanation, Proposal
from risk_engine.report import controls, render
from risk_engine.report.blocks import Run, cut, mark, say, words
from risk_engine.report.pages import view_of
from risk_engine.report.view import view
from tests.report import parts, samples
from tests.report.parts import gap, proposal
from tests.report.reading import answer_of, block_lines
from tests.report.samples import assessment

SURFACES = ["text", "md", "html"]


def sentence(made: Explanation) -> str:
    return answer_of(made).sentence


def more(made: Explanation) -> list[str]:
    return [words(one) for one in answer_of(made).more]


def test_the_first_sentence_is_the_answer_of_the_gate() -> None:
    assert sentence(assessment()) == "You may pick now."


def test_the_result_follows_the_gate() -> None:
    assert more(assessment()) == ["Verdict: A word. A word to the pickers is enough."]


def test_an_open_gate_first_says_between_which_levels_and_how_many_answers_are_missing() -> None:
    made = assessment(proposals=(proposal("opening", "shut", "go", "wait"), proposal("verdict", "word")), gaps=(gap(),))
    assert sentence(made) == "Still open: between Go and Shut; 1 answer missing. As things stand: You may not pick yet."


def test_a_firm_gate_stands_before_a_result_that_is_open() -> None:
    proposals = (proposal("opening", "shut"), proposal("verdict", "terms", "terms", "refusal"))
    made = assessment(proposals=proposals, gaps=(gap(), gap("tree.old.age")))
    assert sentence(made) == "You may not pick yet."
    assert more(made) == [
        (
            "Still open: between Terms and Refusal; 2 answers missing. Verdict, as things stand: Terms. "
            "Picking needs written terms."
        )
    ]


def test_an_open_proposal_that_cannot_change_its_level_says_so() -> None:
    made = assessment(proposals=(proposal("opening", "wait", "wait"),), gaps=(gap(),))
    assert sentence(made).startswith("Still open: Wait, but the reasons may change; 1 answer missing.")


@pytest.mark.parametrize("surface", SURFACES)
def test_the_mildest_result_never_stands_above_a_blocked_gate(surface: str) -> None:
    made = assessment(proposals=(proposal("opening", "shut"), proposal("verdict", "word")))
    page = body(made, surface)
    assert page.index("You may not pick yet.") < page.index("A word")


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_begins_with_still_open(surface: str) -> None:
    made = assessment(proposals=(proposal("opening", "shut", "go"), proposal("verdict", "terms", "word", "terms")))
    page = body(made, surface)
    for level in ("Go", "Shut", "A word", "Terms"):
        assert page.index("Still open") < page.index(level)


def body(made: Explanation, surface: str) -> str:
    page = render(made, surface, annex=True)  # type: ignore[arg-type]
    return page[page.index("<h1>") :] if surface == "html" else page


def test_a_set_without_a_gate_answers_with_its_headline() -> None:
    assert sentence(assessment(proposals=(proposal("verdict", "terms"),))) == "Picking needs written terms."


def test_a_set_without_roles_answers_with_its_first_ladder() -> None:
    made = assessment(proposals=(proposal("weather", "wait"),))
    assert sentence(made) == "You may pick once the ladder is mended."
    assert words(answer_of(made).glance[0].lines[0]) == "Weather: A rule of the weather held."


def test_an_escalation_is_named_where_there_is_one() -> None:
    made = assessment(proposals=(proposal("opening", "go"), proposal("verdict", "word"), proposal("watch", "elders")))
    assert more(made)[-1] == "Watch: The elders. The elders look at it."


def test_two_people_are_named_where_two_must_sign() -> None:
    made = assessment(proposals=(proposal("opening", "go"), proposal("verdict", "refusal", four_eyes=True)))
    assert more(made)[-1] == "Two people must decide this together: neither signs alone."
    assert "Second person" in render(made, "md", annex=True)


def test_criteria_that_are_not_in_force_are_marked_at_the_top() -> None:
    made = assessment()
    late = made.model_copy(update={"criteria": made.criteria.model_copy(update={"in_force": False})})
    assert more(late)[-1] == "Not in force Another version of these criteria than 2.0.0 holds on the day of assessment."
    early = late.model_copy(update={"on": date(2024, 12, 31)})
    assert more(early)[-1].startswith("Not in force Version 2.0.0 of these criteria holds from 1 January 2025")
    assert "not in force on the day of the assessment" in render(late, "html", annex=True)


def test_a_draft_is_marked_at_the_top() -> None:
    made = assessment()
    draft = made.model_copy(update={"criteria": made.criteria.model_copy(update={"in_force": False, "draft": True})})
    assert more(draft)[-1] == (
        "Draft Version 2.0.0 of these criteria is a draft: nobody has released it, so it is never in force and may "
        "still change."
    )


@pytest.mark.parametrize(
    ("made", "tone"),
    [
        (proposal("opening", "go"), "mild"),
        (proposal("opening", "wait"), "middle"),
        (proposal("opening", "shut"), "strict"),
        (proposal("opening", "shut", "go", "wait"), "open"),
    ],
)
def test_the_tone_follows_the_gate(made: Proposal, tone: str) -> None:
    assert answer_of(assessment(proposals=(made,))).tone == tone


def test_the_page_in_short_names_three_and_counts_the_rest() -> None:
    made = assessment(
        findings=tuple(
            parts.finding(f"ROT-{one}", options=(parts.option(f"C-{one}", lacking=(f"C-{one}",)),)) for one in range(5)
        ),
        proposals=(proposal("opening", "shut", findings=tuple(f"ROT-{one}" for one in range(5))),),
        gaps=tuple(gap(f"tree.old.fact{one}") for one in range(5)),
        controls=tuple(parts.control(f"C-{one}", findings=(f"ROT-{one}",)) for one in range(5)),
    )
    glance = {one.label: [words(line) for line in one.lines] for one in answer_of(made).glance}
    assert glance["Why"][-1] == "and 2 further findings"
    assert glance["What is missing"][-1] == "and 2 further answers"
    assert glance["What next"][0] == (
        "5 answers are missing that could raise a finding; only an outlook tells which can change the result."
    )
    assert glance["What next"][1] == "For “Title of ROT-0 (ROT-0)”: Control C-0 (would lower it to low)"
    assert glance["What next"][-2] == "and 2 further findings that the case lists no control for"
    assert glance["On what conditions"] == [
        "Still to be chosen: a control for each of 5 findings. “What next” names the ways."
    ]


def test_conditions_name_what_must_stay_and_what_must_come() -> None:
    glance = {one.label: [words(line) for line in one.lines] for one in answer_of(samples.full()).glance}
    assert glance["On what conditions"] == [
        "Keep in place: Control ROPE",
        "Agreed, to be put in place: Control NET",
        # MOON lowers no finding of this case.
        "Only planned: Control SPRAY",
        "No control lowers Title of WIND-5 (WIND-5): Nobody stops the wind.",
        "and 1 further finding that no control lowers",
    ]


def conditions(**changes: Any) -> list[str]:
    (field,) = [one for one in answer_of(assessment(**changes)).glance if one.label == "On what conditions"]
    return [words(line) for line in field.lines]


NONE_BINDS = "At this level no condition binds. All the same the case lists:"
REFUSED = "Nothing goes ahead as it was proposed, so no condition binds. For a changed proposal the case lists:"


@pytest.mark.parametrize(
    ("level", "said"), [("word", NONE_BINDS), ("terms", "Agreed, to be put in place"), ("refusal", REFUSED)]
)
def test_page_1_and_the_section_on_conditions_say_alike_whether_what_the_case_lists_binds(
    level: str, said: str
) -> None:
    net = parts.control("NET", "agreed", findings=("ROT-1",))
    found = parts.finding(options=(parts.option("NET", lacking=("NET",)),))
    made = assessment(proposals=(parts.proposal("verdict", level),), findings=(found,), controls=(net,))
    binds = said not in {NONE_BINDS, REFUSED}
    field = [words(one) for one in answer_of(made).glance[1].lines]
    assert field[0].startswith(said)
    assert "Agreed, to be put in place: Control NET" in field
    for shown, key in ((view(made), "terms"), (view_of(made, "decision"), "conditions")):
        section = next(one for one in shown.sections if one.key == key)
        told = [line for block in section.blocks for line in block_lines(block)]
        assert (said in told) != binds
        assert ("Agreed, to be put in place: Control NET" in told) != binds
        assert "None." not in told


def test_of_what_no_control_lifts_the_page_says_so_and_never_that_nothing_is_needed() -> None:
    useless = (parts.option("NET", counts="no", lacking=("NET",)),)
    barred = parts.finding(
        "LAW-1", "critical", knock_out=parts.bar("legal"), options=useless, irreducible="Ask a court."
    )
    assert conditions(findings=(barred,)) == ["No control lifts Title of LAW-1 (LAW-1): Ask a court."]
    assert conditions(findings=tuple(parts.finding(f"ROT-{one}") for one in range(5))) == [
        "No control lowers Title of ROT-0 (ROT-0).",
        "and 4 further findings that no control lowers",
    ]
    # What is in place already, or lowers nothing any more, is not a finding that nothing lowers.
    lowered = parts.finding(options=(parts.option("ROPE"),), residual=parts.severity("low"))
    assert conditions(findings=(lowered,), controls=(parts.control("ROPE", "in_place"),)) == [
        NONE_BINDS,
        "Keep in place: Control ROPE",
    ]
    assert conditions(findings=(parts.undetermined(),), gaps=(gap(),)) == ["No finding needs a control so far."]


def test_many_controls_are_named_in_part() -> None:
    made = assessment(controls=tuple(parts.control(f"C-{one}", "in_place") for one in range(6)))
    assert words(answer_of(made).glance[1].lines[1]) == (
        "Keep in place: Control C-0; Control C-1; Control C-2; Control C-3; 2 more"
    )


def test_what_next_puts_in_place_what_is_listed_and_offers_whole_ways_for_the_rest() -> None:
    listed = tuple(parts.control(f"C-{one}", "agreed", findings=("ROT-1",)) for one in range(4))
    ways = (
        parts.option("SPRAY", "MOON", lacking=("SPRAY", "MOON")),
        parts.option("NET", lacking=("NET",)),
        parts.option("WALL", counts="no", lacking=("WALL",)),
    )
    made = assessment(
        controls=listed,
        findings=(
            parts.finding("ROT-1", options=(parts.option("C-0", lacking=("C-0",)),)),
            parts.finding("PEST-2", options=ways),
            parts.finding("WIND-3", irreducible="Nobody stops the wind."),
        ),
    )
    glance = {one.label: [words(line) for line in one.lines] for one in answer_of(made).glance}
    steps = glance["What next"]
    assert [one.partition(". ")[0] for one in steps[:3]] == [f"Put in place: Control C-{one}" for one in range(3)]
    assert steps[3:6] == [
        "and 1 further control of the case",
        "For “Title of PEST-2 (PEST-2)”: NET (would lower it to low); or SPRAY + MOON (would lower it to low)",
        "A named person decides. Look at it again by 2 March 2027.",
    ]
    assert "No control lowers Title of WIND-3 (WIND-3): Nobody stops the wind." in glance["On what conditions"]


def test_a_page_that_would_not_fit_one_sheet_is_cut_and_set_smaller_and_the_record_keeps_the_whole() -> None:
    short = assessment(gaps=tuple(gap(f"tree.old.fact{one}") for one in range(3)))
    assert not answer_of(short).dense
    long = "Which of the many pests " * 60
    made = assessment(gaps=tuple(gap(f"tree.old.fact{one}", question=long) for one in range(3)))
    shown = answer_of(made)
    assert shown.dense
    assert words(shown.glance[2].lines[0]).endswith("…")
    assert long.strip() in render(made, "html", annex=True)


def test_marks_stay_when_a_line_is_cut() -> None:
    line = say("a long word ", Run("and another one"), " ", mark("unverified"))
    assert words(cut(line, 29)) == "a long word and… unverified"
    assert cut(line, 99) == line


def test_a_harmless_case_asks_for_nothing() -> None:
    glance = {one.label: [words(line) for line in one.lines] for one in answer_of(assessment()).glance}
    assert glance["On what conditions"] == ["No finding needs a control."]
    assert glance["What is missing"] == ["Nothing that could change a finding."]
    assert glance["What next"] == ["A named person decides. Look at it again by 2 March 2027."]


def test_how_a_source_was_read_stands_behind_what_was_recorded() -> None:
    made = assessment(findings=(parts.finding(only_unverified=True),))
    (line,) = [words(one) for one in answer_of(made).glance[0].lines if "ROT-1" in words(one)]
    assert line.index("unverified sources only") > line.index("The bark was recorded as loose")


def test_the_same_controls_with_the_same_evidence_are_one_way_and_each_control_needs_its_evidence() -> None:
    better, worse = parts.option("NET", "ROPE", lacking=("NET",)), parts.option("NET", "ROPE", lacking=("NET",))
    kinds = {"needs": ("A licence", "A letter")}
    ways = (worse.model_copy(update={**kinds, "residual": "moderate"}), better.model_copy(update=kinds))
    made = assessment(findings=(parts.finding(options=ways),))
    steps = [words(one) for one in answer_of(made).glance[-1].lines]
    assert steps[0] == (
        "For “Title of ROT-1 (ROT-1)”: NET + ROPE each with evidence of the kind “A licence” or “A letter” "
        "(would lower it to low)"
    )
    # What may not count stays beside what surely does.
    unsure = ways[1].model_copy(update={"counts": "unknown"})
    assert len(controls.ways(parts.finding(options=(ways[0], unsure)))) == 2
