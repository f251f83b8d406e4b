"""The mutants of the loan desk: what is changed in each kind of record, and that nothing else is."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from risk_engine.audit.mutants.every import chosen, mutants
from risk_engine.audit.mutants.variations import Mutant, Operator
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.model.tables import cell_on
from tests.versions import newest

LOAN_DESK = read_criteria(Path(__file__).parents[2] / "sets" / "loan-desk" / "1.0.0")
SHIPPED = newest("reconnect-china")
MUTANTS = {one.name: one for one in mutants(LOAN_DESK)}


def named(prefix: str, operator: Operator | None = None) -> list[str]:
    """Return what follows the prefix in the names of mutants, of one operator or of all."""
    return [
        name.removeprefix(prefix).strip()
        for name, one in MUTANTS.items()
        if name.startswith(f"{prefix} ") and operator in {None, one.operator}
    ]


def mutant(name: str) -> Mutant:
    return MUTANTS[name]


@pytest.mark.parametrize("criteria", [LOAN_DESK, SHIPPED], ids=["loan-desk", "shipped"])
def test_no_two_mutants_have_a_name_and_each_is_another_set(criteria: Criteria) -> None:
    found = list(mutants(criteria))
    assert [name for name, number in Counter(one.name for one in found).items() if number > 1] == []
    assert [one.name for one in found if one.criteria == criteria] == []
    assert {one.operator for one in found} == set(Operator)


def test_the_same_set_has_the_same_mutants_in_the_same_order() -> None:
    assert [one.name for one in mutants(LOAN_DESK)] == list(MUTANTS)


def test_every_operator_says_in_a_sentence_what_it_does() -> None:
    sentences = [one.sentence for one in Operator]
    assert all(one[0].isupper() and one.endswith(".") for one in sentences)
    assert len(set(sentences)) == len(Operator)


# --- indicators ---


def test_a_severity_goes_one_step_down_or_up_and_joins_what_is_there() -> None:
    assert named("indicator OBJ-1", Operator.SHIFT_SEVERITY) == [
        "severity moderate -> low",
        "severity moderate -> high",
        "severity high -> moderate",
        "severity high -> critical",
    ]
    before = LOAN_DESK.indicators["OBJ-1"].severity
    after = mutant("indicator OBJ-1 severity moderate -> high").criteria.indicators["OBJ-1"].severity
    assert after.moderate is None
    assert after.high is not None
    assert after.high.model_dump()["any_of"] == (before.moderate.model_dump(), before.high.model_dump())  # type: ignore[union-attr]


def test_a_knock_out_is_dropped_weakened_and_strengthened() -> None:
    assert named("indicator LAW-5 knock_out.funding") == ["dropped"]
    assert named("indicator LAW-5", Operator.SHIFT_KNOCK_OUT) == [
        "knock_out funding -> hold",
        "knock_out funding -> policy",
    ]
    after = mutant("indicator OBJ-6 knock_out hold -> funding").criteria.indicators["OBJ-6"].knock_out
    assert (after.hold, after.funding) == (None, "always")


def test_an_option_loses_itself_its_controls_and_its_when() -> None:
    assert named("indicator OBJ-1 controls.0") == ["dropped"]
    assert named("indicator OBJ-1 controls.0.all") == ["without LOGGER", "without CRATE"]
    assert "controls.0.when dropped" in named("indicator OBJ-3")
    after = mutant("indicator OBJ-1 controls.0.all without LOGGER").criteria.indicators["OBJ-1"].controls
    assert [one.all for one in after] == [("CRATE",), ("LOGGER",)]


def test_what_an_option_leaves_moves_only_where_that_makes_a_difference() -> None:
    # From low to moderate, from moderate to low: LAW-1 is moderate at most, so nothing else is left of it.
    assert named("indicator LAW-1", Operator.SHIFT_CONTROL) == ["controls.0.residual none -> low"]
    assert named("indicator OBJ-1", Operator.SHIFT_CONTROL) == [
        "controls.0.residual low -> none",
        "controls.0.residual low -> moderate",
        "controls.1.lowers_by 1 -> 2",
    ]


def test_a_time_in_force_begins_and_ends_a_day_earlier_and_later() -> None:
    assert named("indicator LAW-6", Operator.SHIFT_DATE) == [
        "effective.from 2027-01-01 -> 2026-12-31",
        "effective.from 2027-01-01 -> 2027-01-02",
        "effective.until 2032-01-01 -> 2031-12-31",
        "effective.until 2032-01-01 -> 2032-01-02",
    ]
    assert named("indicator OBJ-1", Operator.SHIFT_DATE) == []


# --- the other rules ---


def test_a_definition_changes_for_everybody_who_uses_it() -> None:
    assert named("definition worn_by_light", Operator.DROP_PART) == ["all_of.0 dropped", "all_of.1 dropped"]
    after = mutant("definition worn_by_light all_of.0 dropped").criteria
    assert after.indicators == LOAN_DESK.indicators


def test_a_rule_of_a_ladder_is_dropped_and_proposes_the_next_level() -> None:
    assert named("ladder verdict rules.2") == ["dropped", "some -> every"]
    assert named("ladder verdict", Operator.SHIFT_LEVEL)[:2] == [
        "rules.0.level refuse -> lend_on_terms",
        "rules.0.provisional false -> true",
    ]
    # A rule that reads what only a provisional one may read stays provisional: the loader refuses anything else.
    assert named("ladder verdict", Operator.SHIFT_LEVEL)[-3:] == [
        "rules.4.level lend_on_terms -> lend",
        "rules.4.level lend_on_terms -> refuse",
        "otherwise lend -> lend_on_terms",
    ]
    after = mutant("ladder release rules.1 dropped").criteria.ladders["release"]
    assert after.rules == (LOAN_DESK.ladders["release"].rules[0], LOAN_DESK.ladders["release"].rules[2])


def test_an_awareness_rule_or_a_contradiction_is_taken_out() -> None:
    assert named("awareness LOGBOOK") == ["dropped"]
    assert "LOGBOOK" not in mutant("awareness LOGBOOK dropped").criteria.awareness
    assert "quiet_study" not in mutant("contradiction quiet_study dropped").criteria.invariants.facts
    assert (
        mutant("contradiction quiet_study whenever dropped").criteria.invariants.facts["quiet_study"].whenever
        == "always"
    )


# --- values ---


def test_a_parameter_moves_by_one_and_its_list_loses_a_value() -> None:
    assert named("parameter long_loan") == ["values.0.value 24 -> 23", "values.0.value 24 -> 25"]
    assert named("parameter spoliation_end") == [
        "values.0.value 1945-05-08 -> 1945-05-07",
        "values.0.value 1945-05-08 -> 1945-05-09",
    ]
    assert named("parameter soft_materials") == ["values.0.value without paper", "values.0.value without textile"]


def test_an_end_that_the_next_value_hides_is_not_moved_out() -> None:
    assert named("parameter light_limit", Operator.SHIFT_DATE) == [
        "values.0.until 2025-07-01 -> 2025-06-30",
        "values.1.from 2025-07-01 -> 2025-06-30",
        "values.1.from 2025-07-01 -> 2025-07-02",
    ]


def test_a_cell_of_a_table_begins_a_day_earlier_or_later() -> None:
    name = "table regions.quake_zone RIFT.1.from 2026-01-01 -> 2026-01-02"
    column = mutant(name).criteria.tables["regions"].columns["quake_zone"]
    before = LOAN_DESK.tables["regions"].columns["quake_zone"]
    day = date(2026, 1, 1)
    assert (cell_on(before, "RIFT", day), cell_on(column, "RIFT", day)) == ("severe", None)


def test_a_question_is_asked_always_and_is_something_else_where_it_is_not() -> None:
    assert named("fact artwork.lux_hours") == ["ask_when dropped", "otherwise 0 -> 1"]
    assert named("fact artwork.papers") == [
        "ask_when dropped",
        "ask_when at_most -> at_least",
        "otherwise [later_purchase] -> []",
    ]
    after = mutant("fact artwork.lux_hours ask_when dropped").criteria.entities["artwork"].facts["lux_hours"]
    assert (getattr(after, "ask_when"), getattr(after, "otherwise")) == (None, None)  # noqa: B009


def test_what_is_kept_for_the_record_has_no_mutants() -> None:
    shipped = newest("reconnect-china@1.0.0")
    recorded = {
        f"fact {name}.{short}"
        for name, entity in shipped.entities.items()
        for short, fact in entity.facts.items()
        if getattr(fact, "used_for", None) == "record" and getattr(fact, "ask_when", None) is not None
    }
    assert recorded != set()
    assert {one.record for one in mutants(shipped)} & recorded == set()


def test_points_the_cap_and_bands_move_by_one_and_never_below_one() -> None:
    assert named("set severity")[:3] == ["points.low 1 -> 2", "points.moderate 3 -> 2", "points.moderate 3 -> 4"]
    assert named("set severity cap") == ["49 -> 48", "49 -> 50"]
    assert named("set severity bands.noted") == ["1 -> 0", "1 -> 2"]
    assert named("set severity bands.quiet") == []


# --- choosing some ---


@pytest.mark.parametrize(
    ("prefix", "records"),
    [
        ("OBJ-1", {"indicator OBJ-1"}),
        ("indicator OBJ-1", {"indicator OBJ-1"}),
        ("release", {"ladder release"}),
        ("definition", {one.record for one in MUTANTS.values() if one.record.startswith("definition ")}),
        ("borrower", set()),
    ],
)
def test_a_prefix_means_records_with_or_without_their_kind(prefix: str, records: set[str]) -> None:
    assert {one.record for one in MUTANTS.values() if chosen(one, prefix)} == records


def test_a_prefix_may_go_on_into_a_place() -> None:
    found = [name for name, one in MUTANTS.items() if chosen(one, "release rules.2.level")]
    assert found == [
        "ladder release rules.2.level checks_due -> ready",
        "ladder release rules.2.level checks_due -> held",
    ]
