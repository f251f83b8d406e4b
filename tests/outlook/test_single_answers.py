"""What one answer does alone is tried by the engine; a solver, asked about the same question alone, finds the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.engine.work import work
from risk_engine.model.facts import ChoicesFact
from risk_engine.outlook.near_harmless import MOST
from risk_engine.outlook.questions import answers_that_move, outcomes_of_one
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from risk_engine.outlook.ways import ways_down
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy
from tests.outlook.open_cases import open_cases, open_sets
from tests.outlook.working import worked_from
from tests.strategies import few_now

PATIENT = few_now(6, 2)


@given(st.data())
@settings(PATIENT)
def test_a_solver_comes_to_what_trying_every_answer_comes_to(data: st.DataObject) -> None:
    rules = data.draw(open_sets())
    base, opened = data.draw(open_cases(rules))
    still = StillOpen(work(rules.case(opened), rules.criteria, DAY), rules.case(base))
    for question in still.questions:
        if question.is_list or question.after or not still.matters(question):
            continue
        tried = answers_that_move(still, question)
        single = [one for one in tried if isinstance(one.effect.answer, tuple) and len(one.effect.answer) < 2]
        known = [one.places for one in single]
        found = list(outcomes_of_one(still, question, known))
        places = [still.places(worked.proposed) for _answer, worked in found]
        if isinstance(still.criteria.fact(question.blanks[0].name), ChoicesFact):
            # Combined options: the same answers, in the same order.
            assert [answer for answer, _worked in found] == [one.effect.answer for one in tried if one not in single]
        assert {*known, *places} == {one.places for one in tried}


OPTIONS = [f"o{number}" for number in range(MOST + 1)]
MANY_OPTIONS = f"""
    trip:
      facts:
        risky: {{type: boolean}}
        gear: {{type: choices, options: [{", ".join(OPTIONS)}]}}
"""
NAMED = "\n".join(
    f"    ONE-{one.upper()}: {{severity: {{moderate: {{fact: trip.gear, includes: {one}}}}}}}" for one in OPTIONS
)


def test_of_more_options_than_can_be_combined_a_solver_finds_the_smallest_that_tell(toy: Toy) -> None:
    criteria = toy(facts=MANY_OPTIONS, indicators=NAMED)
    still = StillOpen(worked_from(criteria, "trip: {risky: false}"), case_from(criteria, "trip: {gear: []}"))
    (question,) = (one for one in still.questions if one.path == "trip.gear")
    answers = [one.effect.answer for one in answers_that_move(still, question)]
    # None and each alone settle it at advice; four moderate findings reach the next band.
    assert answers[: len(OPTIONS) + 1] == [(), *((one,) for one in OPTIONS)]
    assert answers[len(OPTIONS) + 1 :] == [tuple(OPTIONS[-4:])]


PACE = """
    trip:
      facts:
        kind: {type: choice, options: [walk, drive], riskier: later, changeable: It is walked.}
        speed: {type: integer, range: [0, 200], ask_when: {fact: trip.kind, is: drive}, otherwise: 0}
"""


def test_answers_that_an_outlook_takes_out_of_the_case_are_named(toy: Toy) -> None:
    criteria = toy(facts=PACE, indicators="FAST: {severity: {high: {fact: trip.speed, at_least: 40}}}")
    base = case_from(criteria, "trip: {kind: walk}")
    still = StillOpen(worked_from(criteria, "trip: {speed: 50}"), base)
    advice, regulation = exact_ranges(still)[0].possible
    assert (advice.witness.answers, advice.witness.set_aside) == ({"trip.kind": "walk"}, ("trip.speed",))
    assert (regulation.witness.answers, regulation.witness.set_aside) == ({"trip.kind": "drive"}, ())
    (way,) = ways_down(worked_from(criteria, "trip: {kind: drive, speed: 50}"))[0].ways
    assert ([one.after for one in way.changes], way.set_aside) == (["walk"], ("trip.speed",))


def test_of_options_that_no_rule_tells_apart_the_last_stands_for_all(toy: Toy) -> None:
    rules = """
        NIGHT: {severity: {high: {all_of: [{fact: trip.gear, includes_any: [rope, axe]},
                                           {fact: trip.gear, includes: lamp}]}}}
    """
    criteria = toy(indicators=rules)
    still = StillOpen(worked_from(criteria, "trip: {risky: false}"), case_from(criteria, "trip: {gear: []}"))
    (question,) = (one for one in still.questions if one.path == "trip.gear")
    assert [one.effect.answer for one in answers_that_move(still, question)] == [
        (),
        ("rope",),
        ("axe",),
        ("lamp",),
        ("axe", "lamp"),
    ]


def test_an_answer_is_tried_where_nothing_is_said_of_that_part_of_the_case(toy: Toy) -> None:
    rules = "RISKY: {severity: {high: {fact: trip.risky, is: true}}}"
    asked = """
        trip:
          facts:
            alone: {type: boolean}
            risky: {type: boolean, ask_when: {fact: trip.alone, is: true}, otherwise: false}
    """
    criteria = toy(facts=asked, indicators=rules)
    still = StillOpen(worked_from(criteria), case_from(criteria, "trip: {alone: false}"))
    alone = next(one for one in still.questions if one.path == "trip.alone")
    assert [one.effect.answer for one in answers_that_move(still, alone)] == [False]


def test_question_that_only_says_whether_a_row_is_asked_is_answered_in_a_completion_too(toy: Toy) -> None:
    facts = """
        trip:
          facts:
            out: {type: boolean}
            far: {type: boolean}
            to: {type: row, of: lands, ask_when: {fact: trip.far, is: true}}
            cold: {type: boolean, from: to, ask_when: {fact: trip.out, is: true}, otherwise: false}
    """
    criteria = toy(
        facts=facts,
        tables="lands: {rows: {NO: {name: North}}, columns: {cold: {values: {NO: true}}}}",
        indicators="COLD: {severity: {critical: {fact: trip.cold, is: true}}}",
    )
    still = StillOpen(worked_from(criteria), case_from(criteria, "trip: {out: false, far: false}"))
    advice, restriction = exact_ranges(still)[0].possible
    assert (advice.level, advice.witness.answers) == ("advice", {"trip.out": False, "trip.far": False})
    assert (restriction.level, restriction.witness.answers) == (
        "restriction",
        {"trip.out": True, "trip.far": False, "trip.cold": True},
    )
