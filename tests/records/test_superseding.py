"""Expected values: issue 18, section 1 ("what moved and why"), and the rules that each test states itself.

A part is a cause where the case, worked out with it changed and with it unchanged, comes to another level.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from risk_engine.engine.assess import assess, superseded, to_json
from risk_engine.model.assessment import Assessment, Superseded, Tried
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.records.superseding import is_true_of, superseded_by
from tests.engine.builder import DAY, FACTS, case_from, written
from tests.engine.conftest import Toy

RISKY = "{fact: trip.risky, is: true}"
LONG = "{fact: trip.days, at_least: 10}"
LATER = DAY + timedelta(days=200)


def critical(condition: str, more: str = "") -> str:
    return f"A: {{severity: {{critical: {condition}}}{more}}}"


def stored(criteria: Criteria, case: str, on: date = DAY, profile: Profile | None = None) -> Assessment:
    """Return an assessment as it is read back from its file: JSON knows no tuples and no dates."""
    made = assess(case_from(criteria, case), criteria, on, profile)
    return Assessment.model_validate_json(to_json(made))


def moved(
    first: Criteria, before: str, second: Criteria, now: str, on: date = DAY, *, at_hand: bool = True
) -> Superseded:
    earlier = first if at_hand else None
    return superseded_by(case_from(second, now), second, on, None, stored(first, before), earlier)


def causes(made: Superseded, ladder: str = "measure") -> dict[str, tuple[str | None, str | None]]:
    """Return of each part that is different the levels with it alone and without it."""
    return {part: (one.alone.get(ladder), one.without.get(ladder)) for part, one in made.causes.items()}


def test_nothing_is_tried_where_no_level_moved(toy: Toy) -> None:
    rules = toy(indicators=critical(RISKY))
    made = moved(rules, "trip: {risky: false, days: 2}", rules, "trip: {risky: false, days: 3}")
    assert (made.causes, made.turning) == ({}, {})


def test_what_was_open_keeps_between_which_levels_it_was(toy: Toy) -> None:
    """Whoever reads the new assessment is to see that a range narrowed, though the level is the same."""
    rules = toy(indicators=critical(RISKY))
    made = moved(rules, "trip: {days: 2}", rules, "trip: {risky: false, days: 2}")
    assert made.open["measure"] == ("advice", "restriction")
    assert moved(rules, "trip: {risky: false}", rules, "trip: {risky: false}").open == {}


def test_what_earlier_criteria_did_not_ask_is_named_where_they_are_at_hand(toy: Toy) -> None:
    first = toy(indicators=critical(RISKY))
    more = FACTS.replace("insured: {type: boolean}", "insured: {type: boolean}\n        far: {type: boolean}")
    second = toy(indicators=critical(RISKY), facts=more)
    was, now = "trip: {risky: false, days: 2}", "trip: {risky: false, days: 2, far: true}"
    assert moved(first, was, second, now).unasked == ("trip.far",)
    assert moved(first, was, second, was).unasked == ()
    assert moved(first, was, second, now, at_hand=False).unasked == ()
    assert moved(second, was, second, now).unasked == ()


def test_the_answer_that_moved_a_level_is_named_and_others_are_not(toy: Toy) -> None:
    rules = toy(indicators=critical(RISKY))
    made = moved(rules, "trip: {risky: false, days: 2}", rules, "trip: {risky: true, days: 3}", LATER)
    assert causes(made) == {"answers": ("restriction", "advice"), "day": ("advice", "restriction")}
    assert made.turning["measure"] == ("trip.risky",)


def test_of_two_answers_each_of_which_would_do_none_is_named(toy: Toy) -> None:
    rules = toy(indicators=critical(f"{{any_of: [{RISKY}, {LONG}]}}"))
    made = moved(rules, "trip: {risky: false, days: 2}", rules, "trip: {risky: true, days: 10}")
    assert causes(made) == {"answers": ("restriction", "advice")}
    assert made.turning == {}


def test_the_criteria_alone_moved_what_the_same_answers_come_to(toy: Toy) -> None:
    first = toy(indicators=critical(LONG))
    second = toy(indicators=critical("{fact: trip.days, at_least: 3}"), head="{version: 2.0.0}")
    made = moved(first, "trip: {days: 5}", second, "trip: {days: 5}")
    assert causes(made) == {"criteria": ("restriction", "advice")}


def test_answers_and_criteria_that_are_both_needed_and_that_each_suffice(toy: Toy) -> None:
    shorter = "{fact: trip.days, at_least: 3}"
    before, now = "trip: {risky: false, days: 5}", "trip: {risky: true, days: 5}"
    first = toy(indicators=critical(f"{{all_of: [{RISKY}, {LONG}]}}"))
    second = toy(indicators=critical(f"{{all_of: [{RISKY}, {shorter}]}}"), head="{version: 2.0.0}")
    together = moved(first, before, second, now)
    assert causes(together) == {"answers": ("advice", "advice"), "criteria": ("advice", "advice")}
    assert together.turning["measure"] == ("trip.risky",)
    first = toy(indicators=critical(f"{{any_of: [{RISKY}, {LONG}]}}"))
    second = toy(indicators=critical(f"{{any_of: [{RISKY}, {shorter}]}}"), head="{version: 2.0.0}")
    either = moved(first, before, second, now)
    assert causes(either) == {"answers": ("restriction", "restriction"), "criteria": ("restriction", "restriction")}
    unknown = moved(first, before, second, now, at_hand=False)
    assert causes(unknown) == {"answers": (None, "restriction"), "criteria": ("restriction", None)}


def test_what_earlier_criteria_do_not_ask_cannot_have_moved_what_they_come_to(toy: Toy) -> None:
    facts = "trip: {facts: {risky: {type: boolean}"
    first = toy(facts=facts + "}}", indicators=critical(RISKY))
    more = ", wet: {type: boolean}}}\nguest: {many: 2, facts: {fit: {type: boolean}}}"
    second = toy(facts=facts + more, indicators=critical(RISKY), head="{version: 2.0.0}")
    now = "trip: {risky: true, wet: true}\nguest: [{id: a, fit: true}]"
    made = moved(first, "trip: {risky: false}", second, now)
    assert causes(made) == {"answers": ("restriction", "advice"), "criteria": ("advice", "restriction")}


def test_an_answer_under_another_name_than_the_earlier_criteria_have_cannot_be_tried_under_them(toy: Toy) -> None:
    first = toy(facts="trip: {facts: {bold: {type: boolean}}}", indicators=critical("{fact: trip.bold, is: true}"))
    facts = "trip: {facts: {risky: {type: boolean, was: bold}}}"
    second = toy(facts=facts, indicators=critical(RISKY), head="{version: 2.0.0}")
    made = moved(first, "trip: {bold: false}", second, "trip: {risky: true}")
    assert causes(made) == {"answers": (None, "advice"), "criteria": ("advice", None)}
    assert made.turning["measure"] == ("trip.risky",)


def test_a_control_that_was_put_in_place_moved_a_level(toy: Toy) -> None:
    rules = toy(indicators=critical(RISKY, ", controls: [{all: [ROPE], residual: low}]"), controls="ROPE: {}")
    proof = "evidence: [{kind: note, reference: R, date: 2026-06-01}]"
    before = "trip: {risky: true}\ncontrols: [{id: ROPE, status: planned}]"
    made = moved(rules, before, rules, f"trip: {{risky: true}}\ncontrols: [{{id: ROPE, status: implemented, {proof}}}]")
    assert causes(made) == {"controls": ("regulation", "restriction")}
    assert made.turning["measure"] == ("controls.ROPE",)
    gone = moved(rules, f"trip: {{risky: true}}\ncontrols: [{{id: ROPE, status: implemented, {proof}}}]", rules, before)
    assert gone.turning["measure"] == ("controls.ROPE",)


def test_entries_and_whole_lists_are_put_back_as_a_whole(toy: Toy) -> None:
    rules = toy(indicators=critical("{some: guest, where: {fact: guest.fit, is: false}}"))
    one, both = "guest: [{id: a, fit: true}]", "guest: [{id: a, fit: true}, {id: b, fit: false}]"
    assert moved(rules, one, rules, both).turning["measure"] == ("guest.b",)
    assert moved(rules, both, rules, one).turning["measure"] == ("guest.b",)
    assert moved(rules, "guest: []", rules, both).turning["measure"] == ("guest.b",)
    assert moved(rules, "trip: {days: 1}", rules, both).turning["measure"] == ("guest",)
    other = "guest: [{id: a, fit: false}]"
    assert moved(rules, one, rules, other).turning["measure"] == ("guest.a.fit",)


TABLE = """
    places:
      rows: {NO: {name: North}, SO: {name: South}}
      columns: {law: {values: {NO: mild, SO: [{from: 2025-01-01, value: mild}, {from: 2026-12-01, value: harsh}]}}}
"""


def test_a_table_that_says_something_else_on_a_later_day_is_told_beside_the_day(toy: Toy) -> None:
    facts = """
        trip:
          facts:
            place: {type: row, of: places}
            law: {type: choice, options: [mild, harsh], riskier: later, from: place}
    """
    rules = toy(facts=facts, tables=TABLE, indicators=critical("{fact: trip.law, is: harsh}"))
    case = "trip: {place: SO}"
    made = moved(rules, case, rules, case, date(2027, 1, 1))
    assert causes(made) == {"day": ("restriction", "advice"), "tables": ("restriction", "advice")}
    # Another row is another answer, and no table moved.
    other = moved(rules, "trip: {place: NO}", rules, case, date(2027, 1, 1))
    assert other.causes.keys() == {"answers", "day"}


def test_a_profile_moved_a_level(toy: Toy) -> None:
    rules = toy(
        indicators=critical("{fact: trip.days, at_least: {parameter: limit}}"),
        parameters="limit: {adjustable: true, values: [{value: 10}]}",
    )
    own = Profile.model_validate(
        {"institution": "U", "criteria": "toy", **written("parameters: {limit: {value: 3, reason: R}}")}
    )
    old = stored(rules, "trip: {days: 5}")
    made = superseded_by(case_from(rules, "trip: {days: 5}"), rules, DAY, own, old, rules)
    assert causes(made) == {"profile": ("restriction", "advice")}


def test_nothing_is_said_where_the_earlier_case_no_longer_comes_to_what_stands_in_its_record(toy: Toy) -> None:
    rules = toy(indicators=critical(RISKY))
    old = stored(rules, "trip: {risky: false}")
    others = tuple(
        one.model_copy(update={"level": "regulation"}) if one.role == "headline" else one for one in old.proposals
    )
    forged = old.model_copy(update={"proposals": others})
    made = superseded_by(case_from(rules, "trip: {risky: true}"), rules, DAY, None, forged, rules)
    assert causes(made) == {"answers": (None, None)}
    assert "measure" not in made.turning


def test_what_a_record_says_of_causes_is_worked_out_again(toy: Toy) -> None:
    rules = toy(indicators=critical(RISKY))
    old, case = stored(rules, "trip: {risky: false}"), case_from(rules, "trip: {risky: true}")
    true = superseded_by(case, rules, DAY, None, old, rules)

    def holds(stated: Superseded | None) -> bool:
        return is_true_of(assess(case, rules, supersedes=stated), rules, old, rules)

    changes: list[dict[str, Any]] = [
        {"causes": {"day": Tried(alone={"measure": "restriction"}, without={})}},
        {"turning": {"measure": ("trip.days",)}},
        {"unasked": ("trip.days",)},
        {"on": LATER},
    ]
    assert holds(true)
    assert holds(superseded(old, rules))  # nobody asked what moved the levels
    assert holds(superseded_by(case, rules, DAY, None, old, None))
    assert not any(holds(true.model_copy(update=change)) for change in changes)
    assert not holds(None)


@pytest.mark.parametrize("then", ["guest: [{id: a, fit: true}]", "trip: {risky: false, days: 7}"])
def test_a_state_that_nothing_can_be_made_of_is_left_out(toy: Toy, then: str) -> None:
    first = toy(indicators=critical(RISKY))
    facts = "trip: {facts: {risky: {type: boolean}}}"
    second = toy(facts=facts, indicators=critical(RISKY), head="{version: 2.0.0}")
    made = moved(first, then, second, "trip: {risky: true}")
    assert causes(made)["criteria"][0] is None
