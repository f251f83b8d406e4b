"""What would lower the result of the old tree, or what stands against it."""

from risk_engine.model.outlook import Change
from tests.report.outlook.samples import WORDS, down, lines, obstacle, outlook, reached, section, way
from tests.report.samples import full

BIND = Change(path="tree.old.bark", before="loose", after="firm")
CAME = "Opening: Wait; Verdict: Terms"


def test_a_way_says_what_it_takes_its_effort_and_what_comes_out() -> None:
    assert lines(outlook(ways=(down(way("ROPE")),)))[:3] == [
        "Verdict: what would lower it",
        "Terms instead of Refusal: this",
        f"A rope (ROPE) [in place] | 3 | {CAME}",
    ]


def test_controls_of_a_way_are_marked_with_how_far_they_are() -> None:
    made = outlook(ways=(down(way("NET", "SPRAY", "HOE")),), controls={"NET": "A net", "SPRAY": "A spray"})
    assert lines(made)[2].startswith("A net (NET) [agreed] + A spray (SPRAY) [planned] + HOE (HOE) | ")


def test_a_control_of_a_way_is_told_with_the_evidence_that_it_needs() -> None:
    kinds = {"NET": (("A licence", "A letter"), ("A report",))}
    made = outlook(ways=(down(way("NET", "SPRAY")),), kinds=kinds)
    wanted = "with evidence of the kind “A licence” or “A letter” and “A report”"
    assert lines(made)[2].startswith(f"A net (NET) {wanted} [agreed] + A spray (SPRAY) [planned] | ")


def test_evidence_that_serves_a_wider_choice_too_is_asked_for_once() -> None:
    made = outlook(ways=(down(way("NET")),), kinds={"NET": (("A licence", "A letter"), ("A licence",))})
    assert lines(made)[2].startswith("A net (NET) with evidence of the kind “A licence” [agreed] | ")


def test_of_several_ways_any_one_is_enough() -> None:
    told = lines(outlook(ways=(down(way("ROPE"), way("NET")),)))
    assert told[1] == "Terms instead of Refusal: any one of these"
    assert [one.partition(" (")[0] for one in told[2:4]] == ["A rope", "A net"]
    assert told[4] == "Fewest parts stand first, then least effort."


def test_a_change_says_the_other_answer_and_what_must_really_change() -> None:
    told = lines(outlook(ways=(down(way(changes=(BIND,))),)))
    question = "How is the bark? (Tree “Grandmother”)"
    assert told[2] == f"{question} – Firm instead of Loose – Somebody binds it. | 3 | {CAME}"
    assert told[3] == "Fewest parts stand first, then least effort; a change of the project counts as an effort of 3."


PEST = {"moth": "They are lured away.", "wasp": "They stay.", "worm": "They are picked.", "ants": "They get a bridge."}


def test_where_each_answer_has_a_text_that_of_the_answer_is_told() -> None:
    asked = WORDS["tree.old.bark"].model_copy(update={"changed_by": None, "changed_to": {"firm": "It is bound."}})
    made = outlook(ways=(down(way(changes=(BIND,))),), facts=WORDS | {"tree.old.bark": asked})
    assert "– Firm instead of Loose – It is bound. |" in lines(made)[2]
    back = BIND.model_copy(update={"before": "firm", "after": "loose"})
    made = outlook(ways=(down(way(changes=(back,))),), facts=WORDS | {"tree.old.bark": asked})
    assert "– Loose instead of Firm |" in lines(made)[2]
    asked = WORDS["case.need"].model_copy(update={"changed_to": {"false": "They are gone."}})
    alone = Change(path="case.need", before=True, after=False)
    made = outlook(ways=(down(way(changes=(alone,))),), facts=WORDS | {"case.need": asked})
    assert "– no instead of yes – They are gone. |" in lines(made)[2]


def test_of_several_options_the_texts_of_those_that_go_or_come_in_are_told() -> None:
    asked = WORDS["tree.old.pest"].model_copy(update={"changed_to": PEST})
    less = Change(path="tree.old.pest", before=["moth", "worm", "wasp"], after=["wasp", "ants"])
    made = outlook(ways=(down(way(changes=(less,))),), facts=WORDS | {"tree.old.pest": asked})
    assert " – They are lured away. They are picked. They get a bridge. |" in lines(made)[2]


def test_where_no_change_of_design_was_tried_that_is_said() -> None:
    told = lines(outlook(ways=(down(changes_tried="none"),)))
    assert told[1] == (
        "Terms instead of Refusal: no control leads there. These criteria say of no change of design what must really "
        "change, so none was tried."
    )
    assert "; others were not tried." in lines(outlook(ways=(down(changes_tried="some"),)))[1]


def test_another_ladder_is_told_where_it_comes_to_another_level() -> None:
    """As things stand the elders watch."""
    brings = way("ROPE", reached=reached(watch="nobody", verdict="terms", opening="wait"))
    assert lines(outlook(ways=(down(brings),)))[2].endswith(f"| {CAME}; Watch: Nobody")
    brings = way("ROPE", reached=reached(watch=("elders", "nobody", "elders"), verdict="terms", opening="wait"))
    assert lines(outlook(ways=(down(brings),)))[2].endswith(f"| {CAME}")
    may = way("ROPE", reached=reached(weather=("go", "go", "shut"), verdict="terms", opening="wait"))
    assert lines(outlook(ways=(down(may),)))[2].endswith(f"| {CAME}; Weather: still open (go, wait or shut)")


def test_answers_that_no_change_of_the_project_alters_come_first_and_are_named_so() -> None:
    rests = ("tree.old.bark", "tree.old.age", "case.need", "tree.old.pest", "tree.old.owner")
    held = obstacle("ROT-1", *rests[:2]).model_copy(update={"fixed": rests[1:2]})
    told = lines(outlook(ways=(down(obstacles=(held,)),)))[2]
    assert told == (
        "Title of ROT-1 (ROT-1) stands against it; it rests on what no change of the project alters: "
        "“How old?” (Tree “Grandmother”) – 90; and on “How is the bark?” (Tree “Grandmother”) – Loose"
    )
    held = obstacle("ROT-1", *rests).model_copy(update={"fixed": rests})
    told = lines(outlook(ways=(down(obstacles=(held,)),)))[2]
    assert " rests on what no change of the project alters: “How is the bark?” " in told
    assert told.endswith("; 2 more answers")


def test_a_change_may_go_further() -> None:
    further = BIND.model_copy(update={"or_milder": True})
    told = lines(outlook(ways=(down(way("ROPE", changes=(further,))),)))
    assert " + How is the bark? (Tree “Grandmother”) – Firm, or one that is less risky, instead of Loose" in told[2]


def test_an_answer_that_was_never_given_is_not_known() -> None:
    unknown = BIND.model_copy(update={"before": None})
    told = lines(outlook(ways=(down(way(changes=(unknown,))),)))
    assert "Firm instead of not known" in told[2]


def test_several_levels_that_can_be_reached_stand_under_one_title_the_gate_first() -> None:
    made = outlook(
        ways=(
            down(way("ROPE")),
            down(way("NET"), to="word"),
            down(way("SPRAY"), ladder="opening", level="shut", to="go"),
        )
    )
    told = [one for one in lines(made) if " | " not in one]
    assert told[:5] == [
        "Opening: what would lower it",
        "Go instead of Shut: this",
        "Verdict: what would lower it",
        "Terms instead of Refusal: this",
        "A word instead of Refusal: this",
    ]
    turned = full().model_copy(update={"proposals": full().proposals[::-1]})
    assert lines(made, turned)[0] == "Verdict: what would lower it"


def test_a_search_that_ended_at_its_limit_says_so() -> None:
    note = "There may be further ways; the search ended at its limit."
    assert note in lines(outlook(ways=(down(way("ROPE"), is_all=False),)))
    assert note not in lines(outlook(ways=(down(way("ROPE")),)))


def test_questions_that_a_change_opens_are_told_once() -> None:
    opens = way(changes=(BIND,), then_asked=("case.need",))
    told = lines(outlook(ways=(down(opens, opens),)))
    at = told.index("These changes open a further question; until it is answered, the worst is assumed:")
    assert told[at + 1] == "Are there others?"
    assert told.count("Are there others?") == 1
    more = way(changes=(BIND,), then_asked=("case.need", "tree.old.pest"))
    told = lines(outlook(ways=(down(more),)))
    at = told.index("These changes open further questions; until they are answered, the worst is assumed:")
    assert told[at + 1 : at + 3] == ["Are there others?", "Which pests live in it? (Tree “Grandmother”)"]


def test_without_a_way_it_is_told_what_stands_against_it_and_what_that_rests_on() -> None:
    made = outlook(ways=(down(obstacles=(obstacle("ROT-1", "tree.old.bark", "tree.old.age"), obstacle("GONE-9"))),))
    assert lines(made)[1:4] == [
        "Terms instead of Refusal: no control and no change of design leads there.",
        (
            "Title of ROT-1 (ROT-1) stands against it; it rests on “How is the bark?” (Tree “Grandmother”) – Loose; "
            "“How old?” (Tree “Grandmother”) – 90"
        ),
        "GONE-9 stands against it",
    ]


def test_a_finding_that_an_answer_could_end_says_which() -> None:
    paths = ("tree.old.pest", "tree.old.owner")
    told = lines(outlook(ways=(down(obstacles=(obstacle("PEST-2", unanswered=paths),)),)))
    assert told[2] == (
        "Title of PEST-2 (PEST-2) stands against it; it could end with the answer to “Which pests live in it?” "
        "(Tree “Grandmother”), “Whose is it?” (Tree “Grandmother”) [confidential]"
    )


def test_of_many_findings_that_stand_against_it_the_rest_is_counted() -> None:
    told = lines(outlook(ways=(down(obstacles=tuple(obstacle(f"ROT-{one}") for one in range(11))),)))
    assert sum("stands against it" in one for one in told) == 8
    assert told[10] == "and 3 more"


def test_a_finding_leads_to_its_place_in_the_report() -> None:
    (group,) = (one for one in section(outlook(ways=(down(obstacles=(obstacle("ROT-1"),)),))).blocks[1:2])
    (line,) = group.blocks[1].lines  # type: ignore[union-attr]
    assert [(run.text, run.ref) for run in line if run.ref] == [("Title of ROT-1 (ROT-1)", "ROT-1")]
