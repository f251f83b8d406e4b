"""Gaps, overlaps and rows that never decide, as a decision table shows them; the engine says so of each example too."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from risk_engine.audit.tables.cells import Reader, cells_of, rest_of
from risk_engine.audit.tables.overlaps import Example, Found, TableRow, look_at
from risk_engine.audit.tables.rules import Rules
from risk_engine.audit.tables.table import alternatives_of
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.resolve import as_stated
from risk_engine.files.source import parse
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.conditions import Condition
from risk_engine.model.references import result_entities
from tests.audit.tables.sheets import rules_of
from tests.cli.running import LOAN_DESK
from tests.engine.builder import DAY, criteria_of
from tests.strategies import cases_of, few_now, rule_sets

DESK = read_criteria(LOAN_DESK / "1.0.0")
ADAPTER: TypeAdapter[Any] = TypeAdapter(Condition)
RESULTS = Reader(DESK, result_entities(DESK))


def looked(*rows: tuple[str, str, str], provisional: tuple[str, ...] = ()) -> Found:
    """Look at rows: what each is called, what it leads to, and its condition."""
    made = [
        TableRow(name, outcome, parse(f"when: {text}", "test").data["when"], name in provisional)
        for name, outcome, text in rows
    ]
    return look_at(RESULTS, made)


def some(tests: str) -> str:
    return f"{{some: finding, where: {{all_of: [{tests}]}}}}"


HIGH = "{fact: finding.residual, at_least: high}"
CRITICAL = "{fact: finding.residual, is: critical}"
LOW = "{fact: finding.residual, at_most: low}"


def test_a_row_below_one_that_says_more_never_decides() -> None:
    found = looked(("1", "a", some(HIGH)), ("2", "b", some(CRITICAL)), ("3", "c", some(LOW)))
    assert found.never_decides == [("2", "1")]
    assert found.never_true == []


def test_several_rows_together_can_leave_another_nothing_to_decide() -> None:
    found = looked(
        ("1", "a", some(HIGH)),
        ("2", "a", some("{fact: finding.residual, at_most: moderate}")),
        ("3", "b", some("{fact: finding.open, is: true}")),
    )
    assert found.never_decides == [("3", "1, 2")]
    assert str(found.gap) == "a case without entries"


def test_a_row_of_which_the_tests_contradict_each_other_never_holds() -> None:
    impossible = f"{{all_of: [{some(CRITICAL)}, {{every: finding, where: {LOW}}}]}}"
    found = looked(("1", "a", impossible), ("2", "b", some(HIGH)))
    assert found.never_true == ["1"]
    assert found.overlaps == []


def test_every_and_some_of_one_list_can_exclude_each_other() -> None:
    found = looked(
        ("1", "a", "{every: finding, where: {fact: finding.residual, at_most: low}}"), ("2", "b", some(HIGH))
    )
    assert found.overlaps == []
    assert str(found.gap) == "finding (residual moderate)"


def test_two_rows_that_lead_to_the_same_are_no_overlap_and_others_have_an_example() -> None:
    same = looked(("1", "a", some(HIGH)), ("2", "a", some(CRITICAL)))
    assert same.overlaps == []
    other = looked(("1", "a", some(CRITICAL)), ("2", "b", some(HIGH)))
    assert [(one, two, str(example)) for one, two, example in other.overlaps] == [
        ("1", "2", "finding (residual critical)")
    ]


def test_a_number_of_entries_needs_so_many_and_its_gap_has_fewer() -> None:
    found = looked(("1", "a", f"{{count: finding, where: {HIGH}, at_least: 2}}"), ("2", "b", some(HIGH)))
    assert [str(example) for _one, _two, example in found.overlaps] == [
        "finding (residual high); finding (residual high)"
    ]
    assert found.never_decides == []
    at_most = looked(("1", "a", f"{{count: finding, where: {HIGH}, at_most: 1}}"), ("2", "b", some(HIGH)))
    assert at_most.gap is None  # at most one, or some: one of them always holds
    assert at_most.is_gap_decided


def test_rows_that_count_where_answers_are_missing_are_not_looked_at() -> None:
    found = looked(("1", "a", some(HIGH)), ("2", "b", some(CRITICAL)), provisional=("2",))
    assert (found.provisional, found.never_decides, found.overlaps) == (["2"], [], [])


def test_what_stands_as_yaml_may_hold_or_not() -> None:
    nested = "{any_of: [{some: finding, where: {fact: finding.residual, is: low}}, {holds: x}]}"
    found = looked(("1", "a", nested), ("2", "b", f"{{all_of: [{nested}, {some(HIGH)}]}}"))
    assert found.never_decides == [("2", "1")]


def data_of(example: Example) -> dict[str, Any]:
    """Return the answers of an example as a case states them."""
    data: dict[str, Any] = {}
    for name, value in example.facts.items():
        entity, _dot, short = name.partition(".")
        data.setdefault(entity, {})[short] = value
    for entity, entries in example.entries.items():
        data[entity] = tuple(
            {"id": f"e{number}", **{name.partition(".")[2]: value for name, value in one.items()}}
            for number, one in enumerate(entries)
        )
    return data


def rows_of(rules: Rules) -> list[TableRow]:
    """Return the severities of a set that are rows of tests alone, the highest first, as if in one table."""
    rows = [
        TableRow(f"{name} {severity} {number}", severity, one)
        for severity in ("critical", "high", "moderate", "low")
        for name in rules.indicators
        for number, one in enumerate(alternatives_of(rules.indicator(name)["severity"].get(severity)))
        if one is not None
    ]
    plain = [one for one in rows if not rest_of(one.condition) and "holds" not in str(one.condition)]
    return [one for one in plain if all(_is_always_asked(rules, column) for column in cells_of(one.condition))][:5]


def _is_always_asked(rules: Rules, column: str) -> bool:
    """Return whether a test is about what no other answer closes, for the search looks at each column on its own."""
    group, _colon, name = column.rpartition(": ")
    if name.startswith("count "):
        return True
    if " " in name or (group and name.startswith("deal.")):
        return False
    entity = rules.criteria.entities[name.partition(".")[0]]
    return entity.ask_when is None and entity.facts[name.partition(".")[2]].ask_when is None


@few_now(4, 5)
@given(st.data())
def test_the_engine_says_of_each_example_what_the_table_says(data: st.DataObject) -> None:
    drawn = data.draw(rule_sets())
    with TemporaryDirectory() as folder:
        criteria_of(Path(folder) / "toy", drawn.pieces)
        rules = rules_of(Path(folder) / "toy")
    rows = rows_of(rules)
    found = look_at(rules.facts, rows)
    conditions = {one.name: ADAPTER.validate_python(one.condition) for one in rows}

    def value(name: str, answers: dict[str, Any], on: date = DAY) -> bool | None:
        return evaluate(conditions[name], as_stated(drawn.case(answers), drawn.criteria, on)).value

    first = drawn.criteria.head.in_force.from_
    for above, below, example in found.overlaps:
        assert [value(one, data_of(example), example.since or first) for one in (above, below)] == [True, True]
    if found.gap is not None:
        assert {value(one.name, data_of(found.gap), found.gap.since or first) for one in rows} <= {False}
    never = dict(found.never_decides)
    for _case in range(4):
        answers = data.draw(cases_of(drawn.criteria))
        before: list[bool | None] = []
        for row in rows:
            now = value(row.name, answers)
            assert now is not True or row.name not in found.never_true
            assert now is not True or row.name not in never or set(before) - {False}
            before.append(now)
        assert found.gap is not None or not found.is_gap_decided or set(before) != {False}
