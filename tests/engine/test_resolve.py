"""Expected values: design, sections 4 (tables, `ask_when`) and 9 (`ask_when`, tables, profile)."""

from datetime import date

import pytest

from risk_engine.engine.facts import Facts, Origin, Read, Stated
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile, parameters_on
from tests.engine.builder import DAY, facts_from, paths, written
from tests.engine.conftest import Toy

FACTS = """
    trip:
      facts:
        abroad: {type: boolean}
        visa:
          type: choice
          options: [not_needed, applied, granted]
          ask_when: {fact: trip.abroad, is: true}
          otherwise: not_needed
        visa_days:
          {type: integer, range: [0, 90], ask_when: {not: {fact: trip.visa, is: not_needed}}, otherwise: 0}
        stamps:
          type: choices
          options: [red, blue]
          ask_when: {all_of: [{fact: trip.visa, is: granted}, {fact: trip.visa_days, at_least: 30}]}
          otherwise: []
        leaves_on: {type: date, ask_when: {holds: sent_away}, otherwise: 9999-12-31}
        back: {type: boolean, ask_when: {fact: trip.abroad, is: true}, otherwise: true}
    guest:
      many: 4
      facts:
        called: {type: text}
        home: {type: row, of: places}
        law: {type: choice, options: [mild, harsh], riskier: later, from: home}
        member: {type: boolean, from: home}
        vaccinated: {type: boolean}
        doses: {type: integer, range: [0, 9], ask_when: {fact: guest.vaccinated, is: true}, otherwise: 0}
        # Asked only of trips abroad; the table knows it, else somebody must say it.
        passport:
          type: choice
          options: [plain, special]
          from: home
          column: papers
          ask_when: {fact: trip.abroad, is: true}
          otherwise: plain
"""
TABLES = """
    places:
      rows: {NO: {name: North}, SO: {name: South}, WE: {name: West, aliases: [Far West]}}
      columns:
        law:
          adjustable: true
          values:
            NO: mild
            SO: [{from: 2025-01-01, until: 2026-01-01, value: mild}, {from: 2026-01-01, value: harsh}]
        member: {otherwise: false, values: {NO: true, SO: [{from: 2026-06-15, value: true}]}}
        papers: {values: {NO: plain, SO: special}}
"""


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(
        facts=FACTS,
        tables=TABLES,
        indicators="A: {severity: {low: {fact: trip.abroad, is: true}}}",
        definitions="sent_away: {fact: trip.abroad, is: true}",
        parameters="""
            limit:
              adjustable: true
              values: [{from: 2025-01-01, until: 2026-01-01, value: 3}, {from: 2026-01-01, value: 4}]
            kinds: {values: [{until: 2026-06-15, value: [red]}]}
        """,
    )


def read(path: str) -> Read:
    entity, *rest = path.split(".")
    return Read(entity, rest[0] if len(rest) > 1 else None, rest[-1])


def value(facts: Facts, path: str) -> Stated:
    entity, entry, fact = read(path)
    if entry is None:
        return facts.single[entity].values[fact or ""]
    listed = facts.lists[entity]
    assert listed is not None
    return next(one for one in listed if one.id == entry).values[fact or ""]


def state(facts: Facts, path: str) -> tuple[Stated, Origin]:
    return value(facts, path), facts.origins[read(path)]


def to_ask(facts: Facts, path: str) -> list[str]:
    return paths(facts.to_ask(read(path)))


def profile(text: str) -> Profile:
    return Profile.model_validate({"institution": "I", "criteria": "toy", **written(text)})


# --- answers and lists ------------------------------------------------------------------------------------------------


def test_answer_of_the_case_is_the_fact(criteria: Criteria) -> None:
    facts = facts_from(criteria, "trip: {abroad: false}\nguest: [{id: a, called: Ann, vaccinated: true, doses: 2}]")
    assert state(facts, "trip.abroad") == (False, "case")
    assert state(facts, "guest.a.called") == ("Ann", "case")
    assert state(facts, "guest.a.doses") == (2, "case")
    assert to_ask(facts, "guest.a.doses") == ["guest.a.doses"]


@pytest.mark.parametrize("case", ["", "trip: unknown", "trip: {}", "trip: {abroad: unknown}"])
def test_fact_left_out_or_unknown_is_unanswered(criteria: Criteria, case: str) -> None:
    facts = facts_from(criteria, case)
    assert state(facts, "trip.abroad") == (None, "missing")
    assert to_ask(facts, "trip.abroad") == ["trip.abroad"]


def test_list_left_out_is_unanswered_and_an_empty_one_is_empty(criteria: Criteria) -> None:
    assert facts_from(criteria, "").lists["guest"] is None
    assert facts_from(criteria, "guest: unknown").lists["guest"] is None
    assert facts_from(criteria, "guest: []").lists["guest"] == ()


def test_entries_are_sorted_by_id(criteria: Criteria) -> None:
    listed = facts_from(criteria, "guest: [{id: c}, {id: b-2}, {id: a}, {id: '10'}]").lists["guest"]
    assert listed is not None
    assert [one.id for one in listed] == ["10", "a", "b-2", "c"]


def test_chosen_options_stand_in_the_order_of_the_declaration(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                far: {type: boolean}
                gear:
                  type: choices
                  options: [rope, axe, lamp]
                  ask_when: {fact: trip.far, is: true}
                  otherwise: [lamp, rope]
        """,
        indicators="A: {severity: {low: {fact: trip.gear, includes: axe}}}",
    )
    assert state(facts_from(criteria, "trip: {far: true, gear: [lamp, axe]}"), "trip.gear") == (("axe", "lamp"), "case")
    assert state(facts_from(criteria, "trip: {far: false}"), "trip.gear") == (("rope", "lamp"), "not_asked")
    # The same options in another order are the same answer.
    for gear in ("[rope, lamp]", "[lamp, rope]"):
        assert state(facts_from(criteria, f"trip: {{gear: {gear}}}"), "trip.gear") == (("rope", "lamp"), "case")
        assert state(facts_from(criteria, f"trip: {{far: false, gear: {gear}}}"), "trip.gear")[0] == ("rope", "lamp")


# --- tables -----------------------------------------------------------------------------------------------------------


def test_fact_from_a_table_is_the_cell_of_its_row(criteria: Criteria) -> None:
    facts = facts_from(criteria, "guest: [{id: a, home: NO}, {id: b, home: SO}]")
    assert state(facts, "guest.a.home") == ("NO", "case")
    assert state(facts, "guest.a.law") == ("mild", "table")
    assert state(facts, "guest.b.law") == ("harsh", "table")


@pytest.mark.parametrize(
    ("on", "law"),
    [
        # Before the first dated value of a cell the cell is empty.
        (date(2024, 12, 31), (None, "missing")),
        (date(2025, 1, 1), ("mild", "table")),
        (date(2025, 12, 31), ("mild", "table")),
        (date(2026, 1, 1), ("harsh", "table")),
    ],
)
def test_dated_cell_has_the_value_of_the_day(criteria: Criteria, on: date, law: tuple[Stated, Origin]) -> None:
    assert state(facts_from(criteria, "guest: [{id: b, home: SO}]", on), "guest.b.law") == law


def test_empty_cell_is_unknown_where_the_column_says_no_otherwise(criteria: Criteria) -> None:
    facts = facts_from(criteria, "guest: [{id: c, home: WE}]")
    assert state(facts, "guest.c.law") == (None, "missing")
    # The row is known and does not help: the fact itself must be asked.
    assert to_ask(facts, "guest.c.law") == ["guest.c.law"]


def test_empty_cell_is_otherwise_where_the_column_says_so(criteria: Criteria) -> None:
    case = "guest: [{id: c, home: WE}, {id: b, home: SO}]"
    assert state(facts_from(criteria, case), "guest.c.member") == (False, "table")
    # Before its first dated value a cell is empty, and `otherwise` fills empty cells.
    assert state(facts_from(criteria, case, date(2026, 6, 14)), "guest.b.member") == (False, "table")
    assert state(facts_from(criteria, case, date(2026, 6, 15)), "guest.b.member") == (True, "table")


@pytest.mark.parametrize("guest", ["{id: a}", "{id: a, home: unknown}"])
def test_unanswered_row_makes_its_facts_unknown_and_is_asked_first(criteria: Criteria, guest: str) -> None:
    facts = facts_from(criteria, f"guest: [{guest}]")
    # `otherwise` fills empty cells of existing rows only.
    assert state(facts, "guest.a.member") == (None, "missing")
    assert state(facts, "guest.a.law") == (None, "missing")
    assert to_ask(facts, "guest.a.law") == ["guest.a.home"]
    assert to_ask(facts, "guest.a.member") == ["guest.a.home"]


def test_stated_answer_wins_over_the_table(criteria: Criteria) -> None:
    facts = facts_from(criteria, "guest: [{id: a, home: NO, law: harsh, member: false}, {id: b, law: mild}]")
    assert state(facts, "guest.a.law") == ("harsh", "case")
    assert state(facts, "guest.a.member") == (False, "case")
    assert state(facts, "guest.b.law") == ("mild", "case")


def test_explicit_unknown_lets_the_table_answer(criteria: Criteria) -> None:
    facts = facts_from(criteria, "guest: [{id: a, home: NO, law: unknown}]")
    assert state(facts, "guest.a.law") == ("mild", "table")


# --- profile ----------------------------------------------------------------------------------------------------------


def test_profile_without_from_replaces_a_cell_on_every_day(criteria: Criteria) -> None:
    own = profile("tables: {places: {SO: {law: {value: mild, reason: R}}}}")
    case = "guest: [{id: b, home: SO}, {id: a, home: NO}, {id: c, home: SO, law: harsh}, {id: d}]"
    facts = facts_from(criteria, case, DAY, own)
    assert state(facts, "guest.b.law") == ("mild", "profile")
    assert state(facts, "guest.a.law") == ("mild", "table")
    assert state(facts, "guest.b.member") == (True, "table")
    assert state(facts, "guest.c.law") == ("harsh", "case")
    assert state(facts, "guest.d.law") == (None, "missing")
    # Also before the set's own first value.
    assert state(facts_from(criteria, case, date(2024, 1, 1), own), "guest.b.law") == ("mild", "profile")


@pytest.mark.parametrize(
    ("on", "law"), [(date(2026, 6, 14), ("harsh", "table")), (date(2026, 6, 15), ("mild", "profile"))]
)
def test_profile_with_from_replaces_a_cell_from_that_day(
    criteria: Criteria, on: date, law: tuple[Stated, Origin]
) -> None:
    own = profile("tables: {places: {SO: {law: {value: mild, reason: R, from: 2026-06-15}}}}")
    assert state(facts_from(criteria, "guest: [{id: b, home: SO}]", on, own), "guest.b.law") == law


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 12, 31), {"kinds": ("red",)}),
        (date(2025, 1, 1), {"limit": 3, "kinds": ("red",)}),
        (date(2026, 1, 1), {"limit": 4, "kinds": ("red",)}),
        # `until` is exclusive.
        (date(2026, 6, 15), {"limit": 4}),
    ],
)
def test_parameters_are_those_with_a_value_on_the_day(
    criteria: Criteria, on: date, expected: dict[str, Stated]
) -> None:
    assert parameters_on(criteria, on, None) == expected


def test_parameter_of_the_profile_replaces_that_of_the_set(criteria: Criteria) -> None:
    always = profile("parameters: {limit: {value: 9, reason: R}}")
    later = profile("parameters: {limit: {value: 9, reason: R, from: 2026-03-01}}")
    assert parameters_on(criteria, date(2020, 1, 1), always)["limit"] == 9
    assert parameters_on(criteria, date(2026, 2, 28), later)["limit"] == 4
    assert parameters_on(criteria, date(2026, 3, 1), later)["limit"] == 9
    assert parameters_on(criteria, date(2026, 3, 1), later)["kinds"] == ("red",)
    assert facts_from(criteria, "", DAY, later).parameters["limit"] == 9


# --- ask_when ---------------------------------------------------------------------------------------------------------


def test_fact_that_is_asked_is_its_answer(criteria: Criteria) -> None:
    facts = facts_from(criteria, "trip: {abroad: true, visa: applied}")
    assert state(facts, "trip.visa") == ("applied", "case")
    # Not answered although asked: unknown, and asked for itself.
    assert state(facts, "trip.visa_days") == (None, "missing")
    assert to_ask(facts, "trip.visa_days") == ["trip.visa_days"]


@pytest.mark.parametrize("visa", ["", ", visa: unknown", ", visa: not_needed"])
def test_fact_that_is_not_asked_is_its_otherwise(criteria: Criteria, visa: str) -> None:
    facts = facts_from(criteria, f"trip: {{abroad: false{visa}}}")
    assert state(facts, "trip.visa") == ("not_needed", "not_asked")
    assert state(facts, "trip.leaves_on") == (date(9999, 12, 31), "not_asked")
    assert state(facts, "trip.back") == (True, "not_asked")


def test_otherwise_that_is_stated_while_nobody_knows_whether_it_is_asked_stands(criteria: Criteria) -> None:
    facts = facts_from(criteria, "trip: {visa: not_needed, back: true}")
    assert state(facts, "trip.visa") == ("not_needed", "case")
    assert state(facts, "trip.back") == (True, "case")
    assert to_ask(facts, "trip.visa") == ["trip.visa"]
    # `visa` is settled, so what hangs on it is.
    assert state(facts, "trip.visa_days") == (0, "not_asked")


@pytest.mark.parametrize("trip", ["{visa: granted}", "{}", "{visa: granted, abroad: unknown}"])
def test_other_answer_while_nobody_knows_whether_it_is_asked_is_unknown(criteria: Criteria, trip: str) -> None:
    facts = facts_from(criteria, f"trip: {trip}")
    assert state(facts, "trip.visa") == (None, "missing")
    assert to_ask(facts, "trip.visa") == ["trip.abroad"]


def test_false_answer_counts_as_an_answer(criteria: Criteria) -> None:
    # `back` is true where it is not asked; false is another answer, and the integer 0 another than no answer.
    assert state(facts_from(criteria, "trip: {back: false}"), "trip.back") == (None, "missing")
    no = facts_from(criteria, "trip: {abroad: false, back: false}")
    assert state(no, "trip.back") == (False, "case")
    assert [one.path() for one in no.superfluous] == ["trip.back"]
    assert state(facts_from(criteria, "guest: [{id: a, doses: 0}]"), "guest.a.doses") == (0, "case")


def test_chain_of_questions_is_settled_from_its_beginning(criteria: Criteria) -> None:
    no = facts_from(criteria, "trip: {abroad: false}")
    assert [value(no, f"trip.{one}") for one in ("visa", "visa_days", "stamps")] == ["not_needed", 0, ()]
    yes = facts_from(criteria, "trip: {abroad: true, visa: granted, visa_days: 30, stamps: [red]}")
    assert state(yes, "trip.stamps") == (("red",), "case")
    too_short = facts_from(criteria, "trip: {abroad: true, visa: granted, visa_days: 29, stamps: []}")
    assert state(too_short, "trip.stamps") == ((), "not_asked")


def test_chain_of_questions_that_is_open_asks_for_its_beginning(criteria: Criteria) -> None:
    facts = facts_from(criteria, "")
    assert to_ask(facts, "trip.visa_days") == ["trip.abroad"]
    assert to_ask(facts, "trip.stamps") == ["trip.abroad"]
    begun = facts_from(criteria, "trip: {abroad: true}")
    assert to_ask(begun, "trip.visa") == ["trip.visa"]
    assert to_ask(begun, "trip.stamps") == ["trip.visa"]
    # `visa_days` alone is missing now, and `stamps` waits for it.
    nearly = facts_from(criteria, "trip: {abroad: true, visa: granted}")
    assert to_ask(nearly, "trip.stamps") == ["trip.visa_days"]


def test_chain_is_settled_whatever_the_order_of_the_declarations(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                last: {type: boolean, ask_when: {fact: trip.middle, is: true}, otherwise: false}
                middle: {type: boolean, ask_when: {fact: trip.first, is: true}, otherwise: false}
                first: {type: boolean}
        """,
        indicators="A: {severity: {low: {fact: trip.last, is: true}}}",
    )
    facts = facts_from(criteria, "trip: {first: false}")
    assert state(facts, "trip.last") == (False, "not_asked")
    assert to_ask(facts_from(criteria, ""), "trip.last") == ["trip.first"]


def test_question_of_an_entry_hangs_on_the_same_entry(criteria: Criteria) -> None:
    case = "guest: [{id: a, vaccinated: true, doses: 3}, {id: b, vaccinated: false}, {id: c, doses: 3}]"
    facts = facts_from(criteria, case)
    assert state(facts, "guest.a.doses") == (3, "case")
    assert state(facts, "guest.b.doses") == (0, "not_asked")
    assert state(facts, "guest.c.doses") == (None, "missing")
    assert to_ask(facts, "guest.c.doses") == ["guest.c.vaccinated"]


def test_answers_to_questions_that_others_close_count_as_they_are_stated(criteria: Criteria) -> None:
    case = """
        trip: {abroad: false, visa: granted, visa_days: 3}
        guest: [{id: b, vaccinated: false, doses: 1}, {id: a, vaccinated: false, doses: 2}]
    """
    found = facts_from(criteria, case)
    closed_by = {one.path(): [each.path() for each in closing] for one, closing in found.superfluous.items()}
    # `visa` counts as granted, so how many days it holds is asked.
    assert closed_by == {
        "trip.visa": ["trip.abroad"],
        "guest.a.doses": ["guest.a.vaccinated"],
        "guest.b.doses": ["guest.b.vaccinated"],
    }
    answered = {one: state(found, one) for one in ("trip.visa", "trip.visa_days", "guest.a.doses")}
    assert answered == {"trip.visa": ("granted", "case"), "trip.visa_days": (3, "case"), "guest.a.doses": (2, "case")}


def test_superfluous_answers_are_set_aside_with_what_hangs_on_them(criteria: Criteria) -> None:
    found = facts_from(criteria, "trip: {abroad: false, visa: granted, visa_days: 3}").aside
    assert found is not None
    assert [value(found, f"trip.{one}") for one in ("visa", "visa_days")] == ["not_needed", 0]


def test_superfluous_answer_contradicts_what_closes_a_question_that_closes_its_own(criteria: Criteria) -> None:
    found = facts_from(criteria, "trip: {abroad: false, visa_days: 3}")
    assert {one.path(): [each.path() for each in closing] for one, closing in found.superfluous.items()} == {
        "trip.visa_days": ["trip.abroad"]
    }
    assert found.again is not None
    assert [value(found.again, f"trip.{one}") for one in ("abroad", "visa", "visa_days")] == [None, None, None]


def test_superfluous_answer_names_every_answer_that_closes_its_question(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                one: {type: boolean}
                two: {type: boolean}
                both:
                  type: boolean
                  ask_when:
                    any_of: [{fact: trip.one, is: true}, {fact: trip.two, is: true}, {not: {fact: trip.one, is: false}}]
                  otherwise: false
        """,
        indicators="A: {severity: {low: {fact: trip.both, is: true}}}",
    )
    found = facts_from(criteria, "trip: {one: false, two: false, both: true}")
    ((_answer, closing),) = found.superfluous.items()
    assert [one.path() for one in closing] == ["trip.one", "trip.two"]


# --- ask_when of a fact that a table can answer -----------------------------------------------------------------------


def test_table_answer_stands_where_the_question_is_asked(criteria: Criteria) -> None:
    facts = facts_from(criteria, "trip: {abroad: true}\nguest: [{id: b, home: SO}, {id: c}]")
    assert state(facts, "guest.b.passport") == ("special", "table")
    assert to_ask(facts, "guest.c.passport") == ["guest.c.home"]


def test_table_answer_to_a_question_that_is_not_asked_is_passed_over(criteria: Criteria) -> None:
    # Only a *stated* answer other than `otherwise` is superfluous; the case states nothing here.
    facts = facts_from(criteria, "trip: {abroad: false}\nguest: [{id: b, home: SO}, {id: c}]")
    assert state(facts, "guest.b.passport") == ("plain", "not_asked")
    assert state(facts, "guest.c.passport") == ("plain", "not_asked")
    assert to_ask(facts, "guest.c.passport") == ["guest.c.passport"]


def test_stated_answer_beside_a_table_to_a_question_that_is_not_asked_counts(criteria: Criteria) -> None:
    found = facts_from(criteria, "trip: {abroad: false}\nguest: [{id: b, home: NO, passport: special}]")
    assert state(found, "guest.b.passport") == ("special", "case")
    assert [one.path() for one in found.superfluous] == ["guest.b.passport"]


def test_table_answer_while_nobody_knows_whether_it_is_asked_counts_only_if_it_is_otherwise(
    criteria: Criteria,
) -> None:
    facts = facts_from(criteria, "guest: [{id: a, home: NO}, {id: b, home: SO}, {id: c}]")
    assert state(facts, "guest.a.passport") == ("plain", "table")
    assert state(facts, "guest.b.passport") == (None, "missing")
    assert to_ask(facts, "guest.b.passport") == ["trip.abroad"]
    assert to_ask(facts, "guest.c.passport") == ["trip.abroad"]


# --- orders -----------------------------------------------------------------------------------------------------------


def test_options_have_an_order_only_where_the_fact_declares_a_direction(criteria: Criteria) -> None:
    assert facts_from(criteria, "").orders == {"guest.law": {"mild": 0, "harsh": 1}}
