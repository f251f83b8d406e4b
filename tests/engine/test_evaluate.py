"""Expected values: design, sections 4 (conditions) and 9 (what a finding read, `count`)."""

from dataclasses import replace
from datetime import date

import pytest

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Among, Entry, Facts, Stated
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.model.criteria import Criteria
from tests.engine.builder import DAY, condition, criteria_from, facts_from, paths

T, F, U = True, False, None
WORDS = {T: "true", F: "false", U: "unknown"}

# Three leaves for the three values, about facts of their own.
LEAVES = {
    T: "{fact: trip.risky, is: true}",
    F: "{fact: trip.insured, is: true}",
    U: "{fact: trip.alone, is: true}",
}
THREE = "trip: {risky: true, insured: false}"


@pytest.fixture(scope="module")
def criteria(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    folder = tmp_path_factory.mktemp("evaluate") / "toy"
    return criteria_from(
        folder,
        definitions="""
            fast: {fact: trip.pace, at_least: brisk}
            weak: {not: {fact: guest.fit, is: true}}
            weak_novice: {all_of: [{holds: weak}, {fact: guest.skill, is: novice}]}
            all_fit: {every: guest, where: {fact: guest.fit, is: true}}
        """,
        parameters="""
            limit:
              values: [{until: 2026-01-01, value: 10}, {from: 2026-01-01, value: 20}]
            late:
              values: [{from: 2027-01-01, value: 5}]
            over:
              values: [{until: 2025-01-01, value: 5}]
            season:
              values: [{value: 2026-04-01}]
            banned:
              values: [{until: 2026-12-02, value: [foot]}, {from: 2026-12-02, value: [foot, boat]}]
            tools:
              values: [{value: [axe, lamp]}]
        """,
    )


def value(criteria: Criteria, text: str, case: str, on: date = DAY) -> bool | None:
    return evaluate(condition(text), facts_from(criteria, case, on)).value


def reads(criteria: Criteria, text: str, case: str) -> list[str]:
    return paths(evaluate(condition(text), facts_from(criteria, case)))


def guests(*fit: bool | None) -> str:
    """Return a case whose guests are fit, not fit, or not known to be, in that order: a, b, c …"""
    entries = [f"{{id: {name}, fit: {WORDS[one]}}}" for name, one in zip("abcd", fit, strict=False)]
    return f"guest: [{', '.join(entries)}]"


# --- Kleene's tables --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (T, T, T, T),
        (T, F, F, T),
        (T, U, U, T),
        (F, T, F, T),
        (F, F, F, F),
        (F, U, F, U),
        (U, T, U, T),
        (U, F, F, U),
        (U, U, U, U),
    ],
)
def test_all_of_and_any_of_two_parts_follow_kleenes_tables(
    criteria: Criteria, one: bool | None, other: bool | None, both: bool | None, either: bool | None
) -> None:
    parts = f"[{LEAVES[one]}, {LEAVES[other]}]"
    assert value(criteria, f"all_of: {parts}", THREE) is both
    assert value(criteria, f"any_of: {parts}", THREE) is either


@pytest.mark.parametrize(("part", "opposite"), [(T, F), (F, T), (U, U)])
def test_not_turns_true_and_false_round_and_leaves_unknown(
    criteria: Criteria, part: bool | None, opposite: bool | None
) -> None:
    assert value(criteria, f"not: {LEAVES[part]}", THREE) is opposite


@pytest.mark.parametrize("part", [T, F, U])
def test_all_of_and_any_of_one_part_are_that_part(criteria: Criteria, part: bool | None) -> None:
    assert value(criteria, f"all_of: [{LEAVES[part]}]", THREE) is part
    assert value(criteria, f"any_of: [{LEAVES[part]}]", THREE) is part


def test_always_holds_and_reads_nothing(criteria: Criteria) -> None:
    assert evaluate("always", facts_from(criteria)) == (True, ())


# --- leaves -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leaf", "answer", "expected"),
    [
        ("{fact: trip.risky, is: true}", "risky: true", T),
        ("{fact: trip.risky, is: true}", "risky: false", F),
        ("{fact: trip.risky, is: false}", "risky: false", T),
        ("{fact: trip.days, is: 1}", "days: 1", T),
        ("{fact: trip.days, is: 1}", "days: 0", F),
        ("{fact: trip.means, is: boat}", "means: boat", T),
        ("{fact: trip.means, is: boat}", "means: foot", F),
        ("{fact: trip.starts, is: 2026-06-15}", "starts: 2026-06-15", T),
        ("{fact: trip.starts, is: 2026-06-15}", "starts: 2026-06-16", F),
        ("{fact: trip.gear, is: []}", "gear: []", T),
        ("{fact: trip.gear, is: []}", "gear: [rope]", F),
        ("{fact: trip.means, one_of: [foot, boat]}", "means: boat", T),
        ("{fact: trip.means, one_of: [foot, boat]}", "means: train", F),
        ("{fact: trip.days, at_least: 7}", "days: 6", F),
        ("{fact: trip.days, at_least: 7}", "days: 7", T),
        ("{fact: trip.days, at_least: 7}", "days: 8", T),
        ("{fact: trip.days, at_most: 7}", "days: 6", T),
        ("{fact: trip.days, at_most: 7}", "days: 7", T),
        ("{fact: trip.days, at_most: 7}", "days: 8", F),
        ("{fact: trip.days, at_least: 0}", "days: 0", T),
        ("{fact: trip.starts, at_least: 2026-06-15}", "starts: 2026-06-14", F),
        ("{fact: trip.starts, at_least: 2026-06-15}", "starts: 2026-06-15", T),
        ("{fact: trip.starts, at_most: 2026-06-15}", "starts: 2026-06-15", T),
        ("{fact: trip.starts, at_most: 2026-06-15}", "starts: 2026-06-16", F),
        ("{fact: trip.gear, includes: axe}", "gear: [rope, axe]", T),
        ("{fact: trip.gear, includes: axe}", "gear: [rope]", F),
        ("{fact: trip.gear, includes: axe}", "gear: []", F),
        ("{fact: trip.gear, includes_any: [axe, lamp]}", "gear: [rope, lamp]", T),
        ("{fact: trip.gear, includes_any: [axe, lamp]}", "gear: [rope]", F),
        ("{fact: trip.gear, includes_any: [axe, lamp]}", "gear: []", F),
    ],
)
def test_leaf_on_an_answer_compares_it(criteria: Criteria, leaf: str, answer: str, expected: bool | None) -> None:
    assert value(criteria, leaf, f"trip: {{{answer}}}") is expected


@pytest.mark.parametrize(
    ("bound", "answer", "at_least", "at_most"),
    [
        # The order is that of the declaration: calm, brisk, wild; by name it would be brisk, calm, wild.
        ("brisk", "calm", F, T),
        ("brisk", "brisk", T, T),
        ("brisk", "wild", T, F),
        ("calm", "brisk", T, F),
        ("wild", "calm", F, T),
    ],
)
def test_bounds_of_ordered_options_follow_the_declared_order(
    criteria: Criteria, bound: str, answer: str, at_least: bool, at_most: bool
) -> None:
    case = f"trip: {{pace: {answer}}}"
    assert value(criteria, f"{{fact: trip.pace, at_least: {bound}}}", case) is at_least
    assert value(criteria, f"{{fact: trip.pace, at_most: {bound}}}", case) is at_most


def test_bounds_where_earlier_is_riskier_still_follow_the_declared_order(criteria: Criteria) -> None:
    some = "{some: guest, where: {fact: guest.skill, at_least: trained}}"
    assert value(criteria, some, "guest: [{id: a, skill: expert}]") is T
    assert value(criteria, some, "guest: [{id: a, skill: novice}]") is F


@pytest.mark.parametrize(
    "leaf",
    [
        "{fact: trip.risky, is: true}",
        "{fact: trip.risky, is: false}",
        "{fact: trip.gear, is: []}",
        "{fact: trip.means, one_of: [foot, boat, train]}",
        "{fact: trip.days, at_least: 0}",
        "{fact: trip.pace, at_least: calm}",
        "{fact: trip.days, at_most: 99}",
        "{fact: trip.starts, at_most: 9999-12-31}",
        "{fact: trip.gear, includes: rope}",
        "{fact: trip.gear, includes_any: [rope, axe, lamp]}",
    ],
)
@pytest.mark.parametrize("case", ["", "trip: {}", "trip: {risky: unknown, gear: unknown, days: null}"])
def test_leaf_on_an_unanswered_fact_is_unknown_and_names_it(criteria: Criteria, leaf: str, case: str) -> None:
    # Even where every possible answer would give the same: the design asks no more of a leaf.
    truth = evaluate(condition(leaf), facts_from(criteria, case))
    assert truth.value is None
    assert len(truth.reads) == 1
    assert f"fact: {truth.reads[0].path()}," in leaf


# --- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "days", "expected"),
    [
        (date(2025, 12, 31), 9, F),
        (date(2025, 12, 31), 10, T),
        (date(2026, 1, 1), 19, F),
        (date(2026, 1, 1), 20, T),
    ],
)
def test_parameter_has_the_value_of_the_day(criteria: Criteria, on: date, days: int, expected: bool) -> None:
    leaf = "{fact: trip.days, at_least: {parameter: limit}}"
    assert value(criteria, leaf, f"trip: {{days: {days}}}", on) is expected


@pytest.mark.parametrize(("on", "expected"), [(date(2026, 12, 1), F), (date(2026, 12, 2), T)])
def test_option_list_of_a_parameter_grows_on_its_day(criteria: Criteria, on: date, expected: bool) -> None:
    assert value(criteria, "{fact: trip.means, one_of: {parameter: banned}}", "trip: {means: boat}", on) is expected


def test_parameter_can_stand_in_every_leaf_that_takes_one(criteria: Criteria) -> None:
    case = "trip: {days: 20, starts: 2026-04-01, gear: [lamp]}"
    assert value(criteria, "{fact: trip.days, is: {parameter: limit}}", case) is T
    assert value(criteria, "{fact: trip.days, at_most: {parameter: limit}}", case) is T
    assert value(criteria, "{fact: trip.starts, at_most: {parameter: season}}", case) is T
    assert value(criteria, "{fact: trip.gear, includes_any: {parameter: tools}}", case) is T
    assert value(criteria, "{fact: trip.gear, includes_any: {parameter: tools}}", "trip: {gear: [rope]}") is F


@pytest.mark.parametrize("parameter", ["late", "over"])
def test_parameter_without_a_value_on_the_day_is_not_in_force(criteria: Criteria, parameter: str) -> None:
    facts = facts_from(criteria, "trip: {days: 20}")
    with pytest.raises(NotInForceError, match=f"the parameter `{parameter}` is not in force on 2026-06-15"):
        evaluate(condition(f"{{fact: trip.days, at_least: {{parameter: {parameter}}}}}"), facts)


# --- values that are known only within bounds -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leaf", "have", "expected"),
    [
        ("{fact: trip.pace, at_least: brisk}", Among(("calm", "brisk")), U),
        ("{fact: trip.pace, at_least: brisk}", Among(("brisk", "wild")), T),
        ("{fact: trip.pace, at_least: wild}", Among(("calm", "brisk")), F),
        ("{fact: trip.pace, at_most: brisk}", Among(("brisk", "wild")), U),
        ("{fact: trip.pace, at_most: brisk}", Among(("calm", "brisk")), T),
        ("{fact: trip.pace, at_most: calm}", Among(("brisk", "wild")), F),
        ("{fact: trip.pace, is: brisk}", Among(("calm", "brisk", "wild")), U),
        ("{fact: trip.pace, is: calm}", Among(("brisk", "wild")), F),
        ("{fact: trip.pace, one_of: [brisk, wild]}", Among(("brisk", "wild")), T),
        ("{fact: trip.pace, one_of: [wild]}", Among(("brisk", "wild")), U),
        ("{fact: trip.pace, one_of: [calm]}", Among(("brisk", "wild")), F),
        ("{fact: trip.risky, is: true}", Among((False, True)), U),
        ("{fact: trip.days, at_least: 3}", Among((3, 4)), T),
        ("{fact: trip.days, at_least: 4}", Among((3, 4)), U),
        ("{fact: trip.days, at_most: 2}", Among((3, 4)), F),
    ],
)
def test_leaf_on_a_value_within_bounds_is_known_where_every_value_agrees(
    criteria: Criteria, leaf: str, have: Stated, expected: bool | None
) -> None:
    facts = facts_from(criteria)
    name = condition(leaf).fact.partition(".")[2]  # type: ignore[union-attr]
    facts = replace(facts, single={"trip": Entry(None, {name: have})})
    assert evaluate(condition(leaf), facts) == (expected, (("trip", None, name),))


# --- quantifiers ------------------------------------------------------------------------------------------------------

SOME = "{some: guest, where: {fact: guest.fit, is: true}}"
EVERY = "{every: guest, where: {fact: guest.fit, is: true}}"
TWO = "{count: guest, where: {fact: guest.fit, is: true}, at_least: 2}"
AT_MOST_ONE = "{count: guest, where: {fact: guest.fit, is: true}, at_most: 1}"


@pytest.mark.parametrize("quantifier", [SOME, EVERY, TWO, AT_MOST_ONE])
@pytest.mark.parametrize("case", ["", "guest: unknown", "guest: null"])
def test_quantifier_over_an_unanswered_list_is_unknown_and_names_the_list(
    criteria: Criteria, quantifier: str, case: str
) -> None:
    truth = evaluate(condition(quantifier), facts_from(criteria, case))
    assert truth.value is None
    assert paths(truth) == ["guest"]


@pytest.mark.parametrize(("quantifier", "expected"), [(SOME, F), (EVERY, T), (TWO, F), (AT_MOST_ONE, T)])
def test_quantifier_over_an_empty_list_is_decided_and_names_the_list(
    criteria: Criteria, quantifier: str, expected: bool
) -> None:
    truth = evaluate(condition(quantifier), facts_from(criteria, "guest: []"))
    assert truth.value is expected
    assert paths(truth) == ["guest"]


@pytest.mark.parametrize(
    ("fit", "some", "every", "two", "at_most_one"),
    [
        ((T,), T, T, F, T),
        ((F,), F, F, F, T),
        ((U,), U, U, F, T),
        ((T, T), T, T, T, F),
        ((T, F), T, F, F, T),
        ((F, F), F, F, F, T),
        # `count` holds if the true entries are at least n, fails if true plus unknown are fewer.
        ((T, U), T, U, U, U),
        ((F, U), U, F, F, T),
        ((U, U), U, U, U, U),
        ((T, T, U), T, U, T, F),
        ((T, U, F), T, F, U, U),
        ((T, T, F), T, F, T, F),
        ((U, U, U, F), U, F, U, U),
        ((T, T, T, T), T, T, T, F),
    ],
)
def test_quantifier_over_entries_follows_kleene(
    criteria: Criteria,
    fit: tuple[bool | None, ...],
    some: bool | None,
    every: bool | None,
    two: bool | None,
    at_most_one: bool | None,
) -> None:
    case = guests(*fit)
    assert value(criteria, SOME, case) is some
    assert value(criteria, EVERY, case) is every
    assert value(criteria, TWO, case) is two
    assert value(criteria, AT_MOST_ONE, case) is at_most_one


@pytest.mark.parametrize(
    ("fit", "at_least_one", "at_most_three"),
    [((F, F, F, F), F, T), ((F, F, F, U), U, T), ((T, T, T, U), T, U), ((T, T, T, T), T, F), ((T, T, T), T, T)],
)
def test_count_at_its_extremes_counts_exactly(
    criteria: Criteria, fit: tuple[bool | None, ...], at_least_one: bool | None, at_most_three: bool | None
) -> None:
    where = "count: guest, where: {fact: guest.fit, is: true}"
    assert value(criteria, f"{{{where}, at_least: 1}}", guests(*fit)) is at_least_one
    assert value(criteria, f"{{{where}, at_most: 3}}", guests(*fit)) is at_most_three


def test_where_about_two_facts_wants_one_entry_that_has_both(criteria: Criteria) -> None:
    both = "{some: guest, where: {all_of: [{fact: guest.fit, is: true}, {fact: guest.age, at_least: 18}]}}"
    assert value(criteria, both, "guest: [{id: a, fit: true, age: 9}, {id: b, fit: false, age: 40}]") is F
    assert value(criteria, both, "guest: [{id: a, fit: true, age: 18}, {id: b, fit: false, age: 9}]") is T
    assert value(criteria, both, "guest: [{id: a, fit: true}, {id: b, fit: false, age: 40}]") is U


def test_where_may_read_facts_that_a_case_has_once(criteria: Criteria) -> None:
    where = "{some: guest, where: {all_of: [{fact: trip.risky, is: true}, {fact: guest.fit, is: false}]}}"
    truth = evaluate(condition(where), facts_from(criteria, f"{THREE}\n{guests(F)}"))
    assert truth.value is True
    assert paths(truth) == ["trip.risky", "guest.a.fit"]


# --- definitions ------------------------------------------------------------------------------------------------------


def test_holds_is_the_definition_read_where_it_is_used(criteria: Criteria) -> None:
    assert value(criteria, "{holds: fast}", "trip: {pace: wild}") is T
    assert value(criteria, "{holds: fast}", "trip: {pace: calm}") is F
    assert value(criteria, "{holds: all_fit}", guests(T, F)) is F
    some = "{some: guest, where: {holds: weak_novice}}"
    assert value(criteria, some, "guest: [{id: a, fit: false, skill: expert}, {id: b, fit: false, skill: novice}]") is T
    assert reads(criteria, some, "guest: [{id: a, fit: false, skill: expert}, {id: b, fit: false, skill: novice}]") == [
        "guest.b.fit",
        "guest.b.skill",
    ]


# --- what a finding read ----------------------------------------------------------------------------------------------

READS = "trip: {risky: true, pace: wild, insured: false, means: foot}"
HOLD = "{fact: trip.risky, is: true}, {fact: trip.pace, is: wild}"
FAIL = "{fact: trip.insured, is: true}, {fact: trip.means, is: boat}"
OPEN = "{fact: trip.alone, is: true}, {fact: trip.days, is: 1}"


@pytest.mark.parametrize(
    ("text", "expected", "named"),
    [
        (f"all_of: [{HOLD}]", T, ["trip.risky", "trip.pace"]),
        (f"all_of: [{HOLD}, {FAIL}, {OPEN}]", F, ["trip.insured", "trip.means"]),
        (f"all_of: [{OPEN}, {FAIL}, {HOLD}]", F, ["trip.insured", "trip.means"]),
        (f"all_of: [{HOLD}, {OPEN}]", U, ["trip.alone", "trip.days"]),
        (f"any_of: [{FAIL}]", F, ["trip.insured", "trip.means"]),
        (f"any_of: [{HOLD}, {FAIL}, {OPEN}]", T, ["trip.risky", "trip.pace"]),
        (f"any_of: [{OPEN}, {FAIL}, {HOLD}]", T, ["trip.risky", "trip.pace"]),
        (f"any_of: [{FAIL}, {OPEN}]", U, ["trip.alone", "trip.days"]),
        (f"not: {{all_of: [{HOLD}, {FAIL}]}}", T, ["trip.insured", "trip.means"]),
        (f"not: {{any_of: [{HOLD}, {FAIL}]}}", F, ["trip.risky", "trip.pace"]),
        (f"not: {{all_of: [{HOLD}, {OPEN}]}}", U, ["trip.alone", "trip.days"]),
        # One part stands for all that it read itself.
        (f"any_of: [{{all_of: [{HOLD}]}}, {{all_of: [{FAIL}]}}]", T, ["trip.risky", "trip.pace"]),
        (f"all_of: [{{all_of: [{HOLD}]}}, {{any_of: [{FAIL}]}}]", F, ["trip.insured", "trip.means"]),
    ],
)
def test_reads_of_a_connective_are_the_parts_that_made_it_so(
    criteria: Criteria, text: str, expected: bool | None, named: list[str]
) -> None:
    truth = evaluate(condition(text), facts_from(criteria, READS))
    assert truth.value is expected
    assert paths(truth) == named


@pytest.mark.parametrize(
    ("quantifier", "fit", "expected", "named"),
    [
        (SOME, (F, T, U, T), T, ["guest.b.fit", "guest.d.fit"]),
        (SOME, (F, F), F, ["guest.a.fit", "guest.b.fit"]),
        (SOME, (F, U, F, U), U, ["guest.b.fit", "guest.d.fit"]),
        (EVERY, (T, T), T, ["guest.a.fit", "guest.b.fit"]),
        (EVERY, (T, F, U, F), F, ["guest.b.fit", "guest.d.fit"]),
        (EVERY, (T, U), U, ["guest.b.fit"]),
        (TWO, (T, F, T, U), T, ["guest.a.fit", "guest.c.fit"]),
        (TWO, (T, F, U), U, ["guest.c.fit"]),
        # One that holds already could change nothing.
        (TWO, (T, F, F), F, ["guest.b.fit", "guest.c.fit"]),
        (TWO, (U, F, F), F, ["guest.a.fit", "guest.b.fit", "guest.c.fit"]),
        (AT_MOST_ONE, (T, F, T), F, ["guest.a.fit", "guest.c.fit"]),
        (AT_MOST_ONE, (T, F, F), T, ["guest.b.fit", "guest.c.fit"]),
        (AT_MOST_ONE, (T, U, F), U, ["guest.b.fit"]),
    ],
)
def test_reads_of_a_quantifier_are_the_entries_that_made_it_so(
    criteria: Criteria, quantifier: str, fit: tuple[bool | None, ...], expected: bool | None, named: list[str]
) -> None:
    truth = evaluate(condition(quantifier), facts_from(criteria, guests(*fit)))
    assert truth.value is expected
    assert paths(truth) == named


def test_entries_are_read_in_the_order_of_their_ids(criteria: Criteria) -> None:
    assert reads(criteria, SOME, "guest: [{id: b, fit: true}, {id: a, fit: true}]") == ["guest.a.fit", "guest.b.fit"]


def test_facts_made_by_hand_need_no_origins(criteria: Criteria) -> None:
    facts = facts_from(criteria)
    bare = Facts(DAY, {"trip": Entry(None, {"days": 3})}, {}, facts.orders, {}, {})
    assert evaluate(condition("{fact: trip.days, at_least: 3}"), bare).value is True
