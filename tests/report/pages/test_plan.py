"""The mitigation plan: what the start hangs on first, and what is missing visibly to be filled in."""

from datetime import date

from risk_engine.model.outlook import Change
from risk_engine.records.decide import Said, decide
from risk_engine.records.decisions import StatedCondition
from risk_engine.report.blocks import Table, View, words
from risk_engine.report.pages import view_of
from risk_engine.report.pages.plan import plan
from tests.report.outlook.samples import down, outlook, way
from tests.report.pages.samples import HEAD, decided, lines, orchard
from tests.report.parts import control, finding, gap, option, proposal, severity
from tests.report.samples import assessment

HELD = proposal("opening", "shut", findings=("ROT-1",))
CHANGE = Change(path="tree.old.bark", before="loose", after="firm")
NOW, LATER, KEPT = "What the start or the result hangs on", "What follows", "In place, and must stay"


def rows(shown: View, caption: str) -> list[str]:
    """Return the rows of one table of the plan, cells with strokes between."""
    (section,) = (one for one in shown.sections if one.key == "controls")
    tables = [one for one in section.blocks if isinstance(one, Table) and one.caption.startswith(caption)]
    return [" | ".join(words(cell) for cell in row) for table in tables for row in table.rows]


def test_what_the_start_hangs_on_stands_first_then_the_nearest_day() -> None:
    found = tuple(
        finding(name, options=(option(*controls, lacking=controls),))
        for name, controls in (("ROT-1", ("A", "B", "C")), ("WIND-5", ("D",)))
    )
    controls = (
        control("D", "agreed", due=date(2026, 4, 1), findings=("WIND-5",)),
        control("A", "planned"),
        control("B", "agreed", due=date(2026, 6, 1)),
        control("C", "agreed", due=date(2026, 5, 1)),
    )
    shown = view_of(assessment(proposals=(HELD,), findings=found, controls=controls), "plan")
    assert [one.partition(" (")[0] for one in rows(shown, NOW)] == ["Control C", "Control B", "Control A"]
    assert rows(shown, LATER) == [
        (
            "Control D (D): Do D. | Title of WIND-5 (WIND-5): to low | P-2 | 1 April 2026 | "
            "wanted: A look from below | agreed"
        )
    ]


def test_an_owner_a_day_and_evidence_that_nobody_named_are_to_be_filled_in() -> None:
    found = finding(options=(option("NET", lacking=("NET",)),))
    made = assessment(proposals=(HELD,), findings=(found,), controls=(control("NET", "planned", findings=("ROT-1",)),))
    assert rows(view_of(made, "plan"), NOW) == [
        (
            "Control NET (NET): Do NET. | Title of ROT-1 (ROT-1): to low | The gardener to be filled in | to be "
            "filled in | wanted: A look from below | planned"
        )
    ]


def test_what_is_late_and_what_lacks_evidence_says_so() -> None:
    found = finding(options=(option("NET", lacking=("NET",)),))
    late = control("NET", "agreed", stated="implemented", due=date(2026, 3, 1))
    row = rows(view_of(assessment(proposals=(HELD,), findings=(found,), controls=(late,)), "plan"), NOW)[0]
    assert "| 1 March 2026 overdue |" in row
    assert row.endswith("| implemented without the evidence it needs, so it counts as agreed")


def test_where_nothing_is_listed_the_way_that_adds_least_has_a_row_for_each_control_and_names_the_others() -> None:
    ways = (option("NET", lacking=("NET",)), option("ROPE", "NET", counts="unknown", lacking=("ROPE", "NET")))
    controls = (control("NET"), control("ROPE", who="The roper"))
    made = assessment(proposals=(HELD,), findings=(finding(options=ways),), controls=controls)
    assert rows(view_of(made, "plan"), NOW) == [
        (
            "Control NET (NET): Do NET. | Title of ROT-1 (ROT-1): to low, or Control ROPE (ROPE) + Control NET (NET): "
            "low | The gardener to be filled in | to be filled in | wanted: A look from below | to be chosen"
        ),
    ]


def test_a_control_has_one_row_with_every_finding_that_it_answers() -> None:
    found = tuple(finding(name, options=(option("NET", lacking=("NET",)),)) for name in ("ROT-1", "WIND-5"))
    alone = finding("BUG-2", options=(option("SPRAY", lacking=("SPRAY",)), option("NET", lacking=("NET",))))
    made = assessment(proposals=(HELD,), findings=(*found, alone), controls=(control("NET"), control("SPRAY")))
    shown = view_of(made, "plan")
    (row,) = [*rows(shown, NOW), *rows(shown, LATER)]
    assert "Title of ROT-1 (ROT-1): to low; Title of WIND-5 (WIND-5): to low; also BUG-2 |" in row


def test_controls_that_lower_a_finding_together_name_each_other() -> None:
    found = finding(options=(option("NET", "ROPE", lacking=("NET", "ROPE")),))
    made = assessment(proposals=(HELD,), findings=(found,), controls=(control("NET"), control("ROPE")))
    net, rope = rows(view_of(made, "plan"), NOW)
    assert "Title of ROT-1 (ROT-1): to low (with ROPE) |" in net
    assert "Title of ROT-1 (ROT-1): to low (with NET) |" in rope


def test_it_says_that_nobody_looked_for_the_smallest_set() -> None:
    made = assessment(findings=(finding(options=(option("NET", lacking=("NET",)),)),), controls=(control("NET"),))
    assert "the smallest set that lowers the result was not looked for" in lines(view_of(made, "plan"), "controls")[0]


FIRST = "First, the smallest set that reaches: "


def test_the_smallest_set_of_an_outlook_stands_first_and_no_row_twice() -> None:
    found = tuple(finding(name, options=(option("NET", lacking=("NET",)),)) for name in ("ROT-1", "WIND-5"))
    other = finding("BUG-2", options=(option("SPRAY", lacking=("SPRAY",)),))
    levels = (HELD, proposal("verdict", "terms"))
    made = assessment(proposals=levels, findings=(*found, other), controls=(control("NET"), control("SPRAY")))
    told = outlook(ways=(down(way("SPRAY", changes=(CHANGE,)), way("SPRAY")),))
    shown = plan(made, None, told)
    (first,) = rows(shown, FIRST)
    assert first.startswith("Control SPRAY (SPRAY): Do SPRAY. | Title of BUG-2 (BUG-2): to low |")
    later = [*rows(shown, NOW), *rows(shown, LATER)]
    assert [one.partition(" (")[0] for one in later] == ["Control NET"]
    assert "was not looked for" not in " ".join(lines(shown, "controls"))


def test_where_controls_alone_lower_nothing_the_plan_says_so() -> None:
    made = assessment(
        proposals=(HELD, proposal("verdict", "terms")),
        findings=(finding(options=(option("NET", lacking=("NET",)),)),),
        controls=(control("NET"),),
    )
    shown = plan(made, None, outlook(ways=(down(way(changes=(CHANGE,))),)))
    said = " ".join(lines(shown, "controls"))
    assert "What would change it" in said
    assert "No set of controls alone lowers the result. Effort: 1 little" in said
    assert rows(shown, FIRST) == []


def test_where_nothing_can_be_milder_the_plan_says_that_alone() -> None:
    shown = plan(assessment(proposals=(HELD,)), None, outlook())
    said = " ".join(lines(shown, "controls"))
    assert "cannot be milder" in said
    assert "No set of controls" not in said
    assert "Effort" not in said


def test_what_else_would_change_it_does_not_repeat_the_smallest_set() -> None:
    other = finding("BUG-2", options=(option("SPRAY", lacking=("SPRAY",)),))
    levels = (HELD, proposal("verdict", "terms"))
    made = assessment(proposals=levels, findings=(other,), controls=(control("NET"), control("SPRAY")))
    smallest, second = way("SPRAY"), way("NET")
    many = way("NET", changes=(CHANGE,) * 5)
    shown = plan(made, None, outlook(ways=(down(smallest, second, many),)))
    (first,) = rows(shown, FIRST)
    assert first.startswith("Control SPRAY (SPRAY)")
    others = [one for one in lines(shown, "controls") if "– then" in one]
    assert len(others) == 2
    assert others[0].startswith("A net (effort 3 of at most 3) – then")
    # Page 1 counts the steps of a long way and leads here: each stands in the plan. The effort is explained once.
    assert others[1].count("Somebody binds it") == 5
    said = " ".join(lines(shown, "controls"))
    assert said.count("Effort: 1 little") == 1


def test_where_the_smallest_set_is_the_only_way_it_is_told_once() -> None:
    made = assessment(proposals=(HELD, proposal("verdict", "terms")), controls=(control("SPRAY"),))
    shown = plan(made, None, outlook(ways=(down(way("SPRAY")),)))
    assert [one for one in lines(shown, "controls") if "– then" in one or "further way" in one] == []
    assert len(rows(shown, FIRST)) == 1


def test_a_condition_of_the_decision_binds_with_its_owner_and_day() -> None:
    made = orchard()
    conditions = (StatedCondition("SPRAY", "A. Elder", date(2026, 4, 3)), StatedCondition("Mend the ladder"))
    shown = view_of(made, "plan", decided(made, *conditions, opening="wait"))
    said = lines(shown, "controls")
    (row,) = [one for one in said if one.startswith("Control SPRAY")]
    assert "| A. Elder | 3 April 2026 |" in row
    assert row.endswith("| planned condition")
    assert "Mend the ladder | decided | to be filled in | to be filled in | to be filled in | condition" in said


def test_a_condition_that_the_case_only_plans_is_called_planned_as_on_the_sheet() -> None:
    made = assessment(controls=(control("SPRAY", "planned"),))
    shown = view_of(made, "plan", decided(made, StatedCondition("SPRAY")))
    (row,) = [one for one in lines(shown, "controls") if one.startswith("Control SPRAY")]
    assert row.endswith("| planned condition")
    assert shown.paper is not None
    # What the plan says of itself is the status of the case: read back as it went out, nothing is new.
    assert shown.paper.fields["plan.SPRAY.status"].value == "planned"
    assert shown.paper.made["controls"]["SPRAY"]["status"] == "planned"


def test_a_finding_that_a_condition_serves_needs_no_choice() -> None:
    found = finding(options=(option("NET", lacking=("NET",)), option("ROPE", lacking=("ROPE",))))
    levels = (proposal("opening", "shut", findings=("ROT-1",)), proposal("verdict", "terms"))
    made = assessment(proposals=levels, findings=(found,), controls=(control("NET"), control("ROPE")))
    assert "to be chosen" in " ".join(lines(view_of(made, "plan"), "controls"))
    said = " ".join(lines(view_of(made, "plan", decided(made, StatedCondition("NET"))), "controls"))
    assert "to be chosen" not in said
    assert "Control NET" in said
    assert "ROPE" not in said


def test_what_is_in_place_must_stay_with_its_evidence() -> None:
    shown = view_of(orchard(), "plan")
    (row,) = rows(shown, KEPT)
    assert row.startswith("Control ROPE (ROPE): Do ROPE. | Title of ROT-1 (ROT-1): to ")
    assert "PHOTO-1" in row
    assert row.endswith("| implemented")
    assert [one.partition(" (")[0] for one in rows(shown, "Always advisable")] == [
        "Control SONG",
        "Control HAT",
        "Control BOOTS",
    ]


def test_missing_answers_come_first_and_what_no_control_lowers_is_named() -> None:
    stuck = finding("WIND-5", irreducible="Nobody stops the wind")
    shown = view_of(assessment(gaps=(gap(),), findings=(stuck,)), "plan")
    assert lines(shown, "controls") == [
        "1 answer is missing that could raise a finding; only an outlook tells whether it can change the result."
    ]
    assert lines(shown, "stuck") == ["Title of WIND-5 (WIND-5): Nobody stops the wind."]


def test_it_holds_no_answer_of_the_case() -> None:
    said = str(view_of(orchard(lambda text: f"{text} ZZ" if "bark" in text.casefold() else text), "plan"))
    assert "ZZ" not in said


def test_a_row_names_few_findings_by_their_titles_and_the_others_by_their_ids() -> None:
    found = tuple(
        finding(f"F-{n}", residual=severity("high"), options=(option("NET", lacking=("NET",)),)) for n in range(5)
    )
    net = control("NET", "planned", findings=tuple(one.id for one in found))
    row = rows(view_of(assessment(findings=found, controls=(net,)), "plan"), LATER)[0]
    assert "Title of F-0 (F-0): to low; Title of F-1 (F-1): to low; also F-2, F-3, F-4 |" in row


def test_a_plan_on_a_decision_that_awaits_a_second_person_says_that_it_binds_nobody_yet() -> None:
    made = orchard()
    said = Said(HEAD, date(2026, 3, 5), (("opening", "wait"), ("verdict", "terms")), "We looked.")
    warning = view_of(made, "plan", decide(made, said)).warning
    assert warning is not None
    assert words(warning).startswith("The decision is not in effect yet: a second person must confirm it.")
    assert view_of(made, "plan", decided(made, opening="wait")).warning is None
    assert view_of(made, "plan").warning is None
