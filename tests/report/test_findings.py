"""Findings, missing answers and what is to be done about them."""

import json
import re
from datetime import date
from typing import Literal

import pytest

from risk_engine.report import Format, render
from risk_engine.report.blocks import Group, Table, words
from risk_engine.report.brief import brief
from risk_engine.report.controls import to_choose
from risk_engine.report.view import view
from risk_engine.report.wording import Names
from tests.report.parts import bar, control, finding, option, proposal, read, severity, source, undetermined
from tests.report.reading import answer_of, block_lines, lines
from tests.report.samples import assessment, full


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
        (
            "How is the bark? (Tree “Grandmother”) | Loose | recorded in the case | letter: LAB-7, 2 March 2026, "
            "collected by P-1, documented, SHA-256 abababababab…"
        ),
        "How old? (Tree “Grandmother”) | 90 | from the table | –",
        "Control ROPE + Control NET | low | Control NET | yes",
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


@pytest.mark.parametrize(
    ("form", "beside"),
    [
        ("text", "Title of {id} ({id}): {severity}. {fact} [unverified sources only]"),
        ("md", r"Title of {id} ({id}): {severity}. {fact} **\[unverified sources only\]**"),
        ("md", r"### `{id}` Title of {id} **\[{severity}\]** **\[unverified\]**"),
        ("html", 'Title of {id} ({id})</a>: {severity}. {fact} <span class="mark">unverified sources only</span>'),
        ("html", '<code>{id}</code> Title of {id} <span class="mark">{severity}</span> <span class="mark">unverified'),
    ],
)
def test_every_form_of_the_report_says_so_beside_the_finding(form: Format, beside: str) -> None:
    page = " ".join(render(full(), form, annex=True).split())
    for name, weight, there in (("SOIL-3", "low", True), ("WIND-5", "moderate", False)):
        evidence = {"text": "{}", "md": "*{}*", "html": "<em>{}</em>"}[form].format("(recorded 2 March 2026, letter)")
        fact = f"Grandmother: The bark was recorded as loose for {name}. {evidence}"
        assert (beside.format(id=name, severity=weight, fact=fact) in page) is there


def test_the_stored_record_says_so_too() -> None:
    stored = json.loads(render(full(), "json"))
    assert [one["id"] for one in stored["findings"] if one["only_unverified"]] == ["SOIL-3"]


def test_a_finding_that_nothing_lowers_says_so() -> None:
    assert "No control lowers it: Nobody stops the wind." in lines(full(), "findings")


def test_a_finding_that_controls_lowered_names_them_and_does_not_say_that_none_does() -> None:
    lowered = finding("ROT-1", residual=severity("low"), options=(option("SPRAY"),), irreducible="Wind stays.")
    not_yet = finding("ROT-2", options=(option("SPRAY", lacking=("SPRAY",)),))
    stays = finding("WIND-3", irreducible="Wind stays.")
    shown = assessment(findings=(lowered, not_yet, stays), controls=(control("SPRAY", "in_place"),))
    told = {one.finding.id: one.help for one in brief(shown, Names(shown), None).findings}
    assert told == {"ROT-1": "lowered by: Control SPRAY", "ROT-2": "Control SPRAY", "WIND-3": "Wind stays."}


def test_an_undetermined_finding_says_that_nothing_on_record_makes_it_one() -> None:
    page = render(full(), "md", annex=True)
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


def test_a_bar_that_controls_in_place_lifted_is_still_told() -> None:
    shown = lines(assessment(findings=(finding(knock_out_before=bar("hold")),)), "findings")
    assert (
        "Bar: Lifted by controls in place. Without them: Holds the start until a document or decision exists." in shown
    )


def test_a_finding_lowered_by_answers_says_which_do_it() -> None:
    by_answers = option().model_copy(update={"answers": ("tree.old.bark",)})
    lowered = finding(residual=severity("low"), knock_out_before=bar("hold"), options=(by_answers, option("NET")))
    shown = lines(assessment(findings=(lowered,)), "findings")
    assert (
        "Bar: Lifted by what is answered. Without that: Holds the start until a document or decision exists." in shown
    )
    said = "How is the bark? Loose"
    assert f"Answers that lower it: {said}. Lowers it to: low." in shown
    assert f"answers alone: {said} | low | nothing is to be put in place | yes" in shown


def test_an_option_names_the_kind_of_evidence_that_it_needs_where_it_is_offered() -> None:
    needy = option("NET", lacking=("NET",)).model_copy(update={"needs": ("A licence", "A letter")})
    wanted = "with evidence of the kind “A licence” or “A letter”"
    made = assessment(findings=(finding(options=(needy,)),), controls=(control("NET", stated=None, counts_as=None),))
    said = lines(made, "findings")
    assert any(line.endswith(f"{wanted} | low | Control NET | yes") for line in said)
    assert any(wanted in line for line in lines(made, "conditions"))


def test_a_control_in_place_with_other_evidence_is_no_reason_to_choose_nothing() -> None:
    needy = option("NET", lacking=("NET",)).model_copy(update={"needs": ("A licence",)})
    made = assessment(findings=(finding(options=(needy,)),), controls=(control("NET", counts_as="in_place"),))
    assert [one.id for one in to_choose(made)] == ["ROT-1"]
    agreed = assessment(findings=(finding(options=(needy,)),), controls=(control("NET", counts_as="agreed"),))
    assert to_choose(agreed) == []


def test_answers_that_do_not_lower_a_finding_yet_are_told_as_they_would_have_to_be() -> None:
    wanted = "“Was it felled?” is “yes”"
    missing = option(counts="unknown").model_copy(update={"answers": ("tree.old.felled",), "condition": wanted})
    shown = lines(assessment(findings=(finding(options=(missing, option(counts="no"))),)), "findings")
    assert (
        f"other answers alone: {wanted} | low | nothing is to be put in place | not known: answers are missing" in shown
    )
    assert not [line for line in shown if line.startswith("Answers that lower it")]


@pytest.mark.parametrize(("counts", "is_served"), [("yes", True), ("no", False), ("unknown", False)])
def test_a_finding_that_answers_lower_needs_no_control(
    counts: Literal["yes", "no", "unknown"], is_served: bool
) -> None:
    options = (option(counts=counts), option("NET", lacking=("NET",)))
    left = severity("low" if counts == "yes" else "high")
    made = assessment(findings=(finding(residual=left, options=options),), proposals=())
    assert [one.id for one in to_choose(made)] == ([] if is_served else ["ROT-1"])


def test_a_value_from_a_table_names_its_source_and_date() -> None:
    listed = read(origin="table", source=source("list", verified=False), as_of=date(2026, 1, 31), evidence=())
    shown = lines(assessment(findings=(finding(),), facts={"tree.old.bark": listed}), "findings")
    expected = "Loose | from the table | The list, Art. 5 (EU law) unverified As of 31 January 2026."
    assert [line for line in shown if line.endswith(expected)] != []


def test_what_is_not_known_names_whom_to_ask_and_what_it_could_raise() -> None:
    assert lines(full(), "unknown")[1:] == [
        (
            "Which pests live in it? (Tree “Grandmother”) | The gardener | Knock on the trunk. | "
            "Title of PEST-2 (PEST-2) – up to critical"
        ),
        "Whose is it? (Tree “Grandmother”) | whoever knows the case | – | Title of PEST-2 (PEST-2) – up to critical",
        (
            "What may still come out is told by its bounds here. The command risk-engine outlook says exactly which "
            "results are possible, and which of these answers decides (it needs the extra audit)."
        ),
    ]


def test_conditions_part_now_from_later_and_supporting_from_lowering() -> None:
    shown = lines(full(), "conditions")
    titles = ["Do now", "Once the decision is adopted", "In place", "Supporting: always advisable, lower nothing alone"]
    now, later, in_place, supporting = (shown.index(one) for one in titles)
    assert shown[now + 1 : later] == [
        "2 answers are missing that could raise a finding; only an outlook tells which can change the result.",
        (
            "Control NET (NET) agreed – bears on the start | Do NET. | The gardener; owner: P-2; due 1 May 2026 | "
            "lowers ROT-1 to low, together with Control ROPE"
        ),
        (
            "Control SPRAY (SPRAY) planned | Do SPRAY. | The gardener; no owner named; due 2 March 2026 | "
            "would lower PEST-2 to low, should it be found"
        ),
    ]
    assert shown[later + 1 : in_place] == [
        "Control MOON (MOON) planned | Do MOON. | The gardener; no owner named | lowers no finding of this case"
    ]
    assert shown[in_place + 1 : supporting] == [
        (
            "Control ROPE (ROPE) implemented | Do ROPE. | The gardener; no owner named | letter: PHOTO-1, 2 March "
            "2026, collected by P-1, documented, SHA-256 abababababab… | Title of ROT-1 (ROT-1)"
        )
    ]
    assert shown[supporting + 1 :] == [
        "Control SONG (SONG): Do SONG. The gardener. Not listed yet; little effort: do it now.",
        (
            "Control HAT (HAT): Do HAT. The gardener; no owner named. In place. Evidence: letter: PHOTO-1, 2 March "
            "2026, collected by P-1, documented, SHA-256 abababababab…"
        ),
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
    now, later = shown.index("Do now"), shown.index("Once the decision is adopted")
    assert [one.partition(" (")[0] for one in shown[now + 1 : later]] == ["Control NET", "Control SPRAY"]
    assert shown[now + 2].endswith("may lower it to low")


def test_controls_against_what_is_not_found_are_not_urged() -> None:
    made = assessment(
        findings=(undetermined(options=(option("SPRAY", lacking=("SPRAY",)),)),), controls=(control("SPRAY"),)
    )
    assert not any("SPRAY" in one for one in lines(made, "conditions"))


def test_controls_that_would_lower_nothing_below_what_it_is_now_are_not_urged() -> None:
    in_place = option("ROPE")
    weaker, stronger = (option(one, lacking=(one,)) for one in ("NET", "WALL"))
    stronger = stronger.model_copy(update={"residual": "none"})
    held = finding(residual=severity("low"), options=(in_place, weaker, stronger))
    controls = (control("ROPE", "in_place"), control("NET"), control("WALL"))
    shown = lines(assessment(findings=(held,), controls=controls), "conditions")
    assert "Could replace what the case lists: Control WALL" in shown
    assert not any("NET" in one for one in shown)

    barred = held.model_copy(update={"knock_out": bar("hold")})
    shown = lines(assessment(findings=(barred,), controls=controls), "conditions")
    assert shown[2] == "Still to be chosen: a control for 1 finding. “What next” names the ways."
    # No proposal rests on it: for later.
    assert [one[:12] for one in shown[5:8]] == ["Once the dec", "Control WALL", "Control NET "]

    agreed = (control("ROPE", "in_place"), control("NET", "agreed"), control("WALL"))
    shown = lines(assessment(findings=(held,), controls=agreed), "conditions")
    assert "Agreed, to be put in place: Control NET" in shown


def test_alternatives_stand_as_one_of_these_and_never_all_as_due() -> None:
    one_way, two = option("NET", lacking=("NET",)), option("ROPE", "WALL", lacking=("WALL",))
    spare = option("SPRAY", lacking=("SPRAY",))
    found = (
        finding(options=(one_way, two)),
        finding("ROT-2", options=(one_way, two)),
        # The agreed control does it already: the other one could only take its place.
        finding("PEST-1", options=(option("SOAP", lacking=("SOAP",)), spare)),
    )
    gate = proposal("opening", "shut", findings=tuple(one.id for one in found))
    controls = (
        *(control(one) for one in ("NET", "WALL", "SPRAY")),
        control("ROPE", "agreed"),
        control("SOAP", "agreed"),
    )
    made = assessment(proposals=(gate,), findings=found, controls=controls)
    (groups,) = [one.blocks for one in view(made).sections if one.key == "conditions"]
    titled = {words(one.title): one for one in groups if isinstance(one, Group)}
    now = [one for one in titled["Do now"].blocks if isinstance(one, Table)]
    assert [one.caption for one in now] == [
        "Controls of the case to see to now",
        "One of these for Title of ROT-1 (ROT-1); Title of ROT-2 (ROT-2)",
    ]
    assert [words(row[0]) for row in now[1].rows] == [
        "Control NET (NET)",
        "Control ROPE (ROPE) agreed + Control WALL (WALL)",
    ]
    instead = block_lines(titled["Instead of what the case lists, or to lower a finding further"])
    assert [one.partition(" | ")[0] for one in instead[2:]] == ["Control SPRAY (SPRAY) would help"]
    assert "Could replace what the case lists: Control SPRAY" in block_lines(groups[0])


def test_a_control_of_the_case_stands_with_owner_and_day_and_says_when_it_is_overdue() -> None:
    late = control("NET", "agreed", due=date(2026, 2, 1))
    (what,) = [one for one in answer_of(assessment(controls=(late,))).glance if one.label == "What next"]
    assert words(what.lines[0]) == "Put in place: Control NET. Do NET. (P-2, overdue since 1 February 2026)"
    row = next(one for one in lines(assessment(controls=(late,)), "conditions") if one.startswith("Control NET"))
    assert "The gardener; owner: P-2; overdue since 1 February 2026" in row


def test_severity_bounds_stay_visible_while_a_finding_is_open() -> None:
    made = assessment(findings=(finding(possible="critical", residual=severity("low", "critical"), open=True),))
    shown = lines(made, "findings")
    assert (
        "Severity: high to critical before controls → low to critical now → high once all agreed controls are in place"
        in shown
    )
