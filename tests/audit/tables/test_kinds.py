"""Each kind of table: what its rows are, that nothing is lost on the way back, and what cannot stand in it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given

from risk_engine.audit.tables.cells import cells_of, rest_of
from risk_engine.audit.tables.kinds import kind_of
from risk_engine.audit.tables.rules import Rules
from risk_engine.audit.tables.table import HEAD_ROWS, Grid, ReturnedTable, read_table
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.syntax import one_line
from tests.audit.tables.sheets import every_table, grid_of, made, rules_of
from tests.cli.running import LOAN_DESK, ROOT, SETS
from tests.engine.builder import criteria_of
from tests.strategies import RuleSet, by_turns, few_now, rule_sets

DESK = LOAN_DESK / "1.0.0"
FOLDERS = [
    *(ROOT / "criteria" / one for one in ("reconnect-china", "us-dod-matrix")),
    *(SETS / one / "1.0.0" for one in ("field-trips", "loan-desk", "print-room")),
]


def taken(rules: Rules, of: str, grid: Grid) -> tuple[dict[str, Any], ReturnedTable]:
    """Return what the files are to say after a table, and the table with its problems."""
    kind = kind_of(of, rules)
    found = read_table(grid, kind.form, made(rules, of))
    return ({} if found.problems else kind.taken(found)), found


@pytest.mark.parametrize(
    "folder",
    by_turns([FOLDERS[3], *FOLDERS[:3], *FOLDERS[4:]], 5),
    ids=lambda one: one.parent.name if one.name == "1.0.0" else one.name,
)
def test_every_table_of_a_set_that_comes_back_unchanged_says_what_the_files_say(folder: Path) -> None:
    rules = rules_of(folder)
    for of in every_table(rules):
        files, found = taken(rules, of, grid_of(made(rules, of)))
        assert found.problems == []
        for name, data in files.items():
            assert data == rules.documents[name].data, of
            assert list(data) == list(rules.documents[name].data), of


@few_now(4, 10)
@given(rule_sets())
def test_every_table_of_a_drawn_set_comes_back_as_it_was_and_its_rows_say_all_of_each_condition(drawn: RuleSet) -> None:
    with TemporaryDirectory() as folder:
        criteria_of(Path(folder) / "toy", drawn.pieces)
        rules = rules_of(Path(folder) / "toy")
        for of in every_table(rules):
            files, found = taken(rules, of, grid_of(made(rules, of)))
            assert found.problems == []
            for name, data in files.items():
                assert data == rules.documents[name].data, of
            kind = kind_of(of, rules)
            for condition in (each for one in kind.records() for each in one.alternatives if each is not None):
                assert kind.form.reader is not None
                cells, rest = cells_of(condition), rest_of(condition)
                for column in cells:
                    kind.form.reader.check_column(column)
                again = kind.form.reader.changed(None, cells, rest)
                assert (cells_of(again), rest_of(again)) == (cells, rest)
                assert parts(again) == parts(condition)


def parts(condition: Any) -> list[str]:
    """Return what must hold, each as it is written, in an order that says nothing."""
    if "where" in condition:
        head = {key: value for key, value in condition.items() if key != "where"}
        return [f"{one_line(head)} {parts(condition['where'])}"]
    if "all_of" in condition:
        return sorted(one for part in condition["all_of"] for one in parts(part))
    return [one_line(condition)]


def test_a_ladder_has_a_row_for_each_way_in_which_a_rule_holds_and_one_for_all_else() -> None:
    table = made(rules_of(DESK), "ladder:verdict")
    assert table.form.policy == "FIRST"
    assert [row["rule"] for row in table.rows] == ["1", "2", "3", "4", "4", "5", "otherwise"]
    assert [row.get("level", "") for row in table.rows] == [
        "refuse", "refuse", "lend_on_terms", "lend_on_terms", "", "lend_on_terms", "lend",
    ]  # fmt: skip
    assert table.rows[0]["if some finding: finding.knock_out"] == ">= funding"
    assert table.rows[3]["if count finding"] == ">= 2"
    assert table.rows[5]["provisional"] == "true"


def test_severities_stand_with_the_highest_first() -> None:
    table = made(rules_of(DESK), "severity:LAW-1")
    assert table.form.policy == "PRIORITY"
    assert [row["severity"] for row in table.rows] == ["moderate", "low"]


def test_a_table_that_there_is_not_is_refused_with_what_there_is() -> None:
    rules = rules_of(DESK)
    for of, message, way_out in (
        ("ladder:verdikt", "there is no ladder `verdikt`", "did you mean `verdict`?"),
        ("ladder", "there is no ladder ``", "name it, like `ladder:verdict`"),
        ("severity:LAW-01", "there is no indicator `LAW-01`", "did you mean `LAW-1`?"),
        (
            "tables",
            "there is no table `tables`",
            "tables: `ladder:NAME`, `severity:INDICATOR`, `controls`, `options` or `indicators`",
        ),
    ):
        with pytest.raises(RiskEngineError) as error:
            kind_of(of, rules)
        assert (error.value.message, error.value.way_out) == (message, way_out)


# --- what a person changes, cell by cell ---


def cell(of: str, row: int, column: str) -> tuple[Grid, tuple[int, int]]:
    """Return a table of the loan desk as cells, and the place of one: the row of the table from 1, and its column."""
    table = made(rules_of(DESK), of)
    number = [one.key for one in table.columns].index(column) + 1
    return grid_of(table), (HEAD_ROWS + row, number)


def changed(of: str, row: int, column: str, text: str) -> tuple[dict[str, Any], ReturnedTable]:
    grid, place = cell(of, row, column)
    cells = {**grid.cells, place: text} if text else {at: one for at, one in grid.cells.items() if at != place}
    return taken(rules_of(DESK), of, Grid(grid.path, cells))


def test_a_test_that_changes_changes_that_rule_alone() -> None:
    files, found = changed("ladder:verdict", 1, "if some finding: finding.knock_out", ">= hold")
    assert found.problems == []
    before, after = rules_of(DESK).documents["ladders.yaml"].data["verdict"], files["ladders.yaml"]["verdict"]
    assert after["rules"][0]["when"]["where"] == {"fact": "finding.knock_out", "at_least": "hold"}
    assert after["rules"][1:] == before["rules"][1:]


def test_a_row_below_a_rule_that_is_like_it_makes_it_hold_in_one_way_more() -> None:
    table = made(rules_of(DESK), "severity:LAW-1")
    grid = grid_of(table)
    fact = [one.key for one in table.columns].index("if loan.paperwork") + 1
    row = HEAD_ROWS + len(table.rows) + 1
    files, found = taken(
        rules_of(DESK), "severity:LAW-1", Grid(grid.path, {**grid.cells, (row, 1): "low", (row, fact): "signed_both"})
    )
    assert found.problems == []
    low = files["indicators/title.yaml"]["LAW-1"]["severity"]["low"]
    assert low["any_of"][-1] == {"fact": "loan.paperwork", "is": "signed_both"}


def test_a_control_keeps_what_no_column_shows() -> None:
    files, found = changed("controls", 2, "effort", "3")
    assert found.problems == []
    assert files["controls.yaml"]["CRATE"]["effort"] == 3
    assert list(files["controls.yaml"]) == list(rules_of(DESK).documents["controls.yaml"].data)


@pytest.mark.parametrize(
    ("of", "row", "column", "text", "problem"),
    [
        ("ladder:verdict", 1, "level", "refused", "there is no `refused` here"),
        ("ladder:verdict", 1, "level", "", "a value is missing here"),
        ("ladder:verdict", 1, "rule", "9", "there is no rule `9`; the ladder has 5"),
        ("ladder:verdict", 1, "level", "lend_on_terms", "`refuse` is stricter than `lend_on_terms` above it"),
        (
            "ladder:verdict", 1, "if some finding: finding.knock_out", "",
            "this rule has no condition: it would always hold",
        ),
        (
            "ladder:verdict", 1, "if some finding: finding.knock_out", "bar",
            "`finding.knock_out`: `bar` is no option of the fact",
        ),
        ("ladder:verdict", 7, "rule", "", "the row `otherwise` is missing"),
        ("ladder:verdict", 7, "provisional", "true", "the row `otherwise` cannot be provisional"),
        ("ladder:verdict", 7, "if count finding", ">= 2", "the row `otherwise` can have no condition"),
        ("ladder:verdict", 1, "provisional", "perhaps", "`perhaps` is neither true nor false"),
        ("ladder:verdict", 1, "yaml", "{fact: [", "this is no YAML: this bracket is not closed, or a comma is missing"),
        ("ladder:verdict", 5, "level", "refuse", "row 7 says something else of the same record"),
        ("severity:LAW-1", 1, "severity", "severe", "there is no severity `severe`"),
        ("severity:LAW-1", 1, "severity", "", "a severity is missing here"),
        ("severity:LAW-1", 1, "if loan.paperwork", "", "this row tests nothing: it would always hold"),
        ("controls", 1, "control", "", "a control has no id here"),
        ("controls", 1, "control", "TÜR", "`TÜR` cannot be the name of this control"),
        ("indicators", 1, "indicator", "Stand: Mai", "`Stand: Mai` cannot be the name of this indicator"),
        ("controls", 1, "effort", "much", "`much` is no whole number"),
        ("controls", 1, "effort", "5", "there is no `5` here"),
        ("options", 1, "option", "", "an option has no number here"),
        ("options", 1, "lowers_by", "2", "an option needs exactly one of `residual` and `lowers_by`"),
        ("options", 1, "residual", "", "an option needs exactly one of `residual` and `lowers_by`"),
        ("controls", 1, "who", "nobody", "there is no `nobody` here"),
        ("options", 1, "all", "NOTHING", "there is no `NOTHING` here"),
        ("options", 1, "option", "one", "`one` is no whole number"),
        ("options", 1, "indicator", "LAW-99", "there is no indicator `LAW-99`"),
        ("indicators", 1, "indicator", "", "an indicator has no id here"),
        ("indicators", 1, "fact 1", "", "the fact that is tested is missing"),
        ("indicators", 1, "test 1", "", "a test is missing"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_is_refused_with_its_address(
    of: str, row: int, column: str, text: str, problem: str
) -> None:
    _files, found = changed(of, row, column, text)
    assert problem in [one.message for one in found.problems]
    assert all(str(one.position).startswith("rules.csv!") for one in found.problems)


@pytest.mark.parametrize(
    ("of", "row", "column", "text", "way_out"),
    [
        ("options", 1, "all", "LOGGER; CRATE", "several stand with commas between them"),
        ("severity:LAW-1", 1, "if loan.paperwork", "unsigned; signed_here", "several stand with commas between them"),
        ("indicators", 1, "test 1", "> 3", "a test is like `3`, `>= 3`, `<= 3` or `3..8`"),
        ("controls", 1, "effort", "5", "`1`, `2` or `3`"),
    ],
)
def test_what_a_cell_could_say_is_told_with_what_it_cannot(
    of: str, row: int, column: str, text: str, way_out: str
) -> None:
    table = made(rules_of(DESK), of)
    grid, place = cell(of, row, column)
    cells = {**grid.cells, place: text}
    if of == "indicators":
        fact = [one.key for one in table.columns].index("fact 1") + 1
        cells[place[0], fact] = "loan.months"
    _files, found = taken(rules_of(DESK), of, Grid(grid.path, cells))
    assert way_out in [one.help for one in found.problems]


def test_a_rule_below_the_row_for_all_else_is_never_reached() -> None:
    table = made(rules_of(DESK), "ladder:verdict")
    grid = grid_of(table)
    rows = {row: {column: text for (at, column), text in grid.cells.items() if at == row} for row in (9, 10)}
    cells = {at: text for at, text in grid.cells.items() if at[0] not in rows}
    cells |= {(10, column): text for column, text in rows[9].items()}
    cells |= {(9, column): text for column, text in rows[10].items()}
    _files, found = taken(rules_of(DESK), "ladder:verdict", Grid(grid.path, cells))
    assert [one.message for one in found.problems] == ["no row can stand below `otherwise`: it would never be reached"]


def test_rows_of_one_rule_must_stand_together_where_the_order_decides() -> None:
    grid, place = cell("ladder:verdict", 6, "rule")
    _files, found = taken(rules_of(DESK), "ladder:verdict", Grid(grid.path, {**grid.cells, place: "3"}))
    assert "the rows of a rule stand below each other: `3` began in row 6" in [one.message for one in found.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("if some finding: finding.residul", "there is no fact `finding.residul` that a condition can read"),
        ("residue", "there is no column `residue` in such a table"),
        ("", "the column `level` is missing"),
        ("sentence", "the column `sentence` is there twice"),
    ],
)
def test_columns_that_are_wrong_missing_or_twice_are_named(text: str, problem: str) -> None:
    grid, (_row, column) = cell("ladder:verdict", 1, "level")
    cells = {at: one for at, one in grid.cells.items() if at[1] != column}
    _files, found = taken(
        rules_of(DESK), "ladder:verdict", Grid(grid.path, cells | ({(2, column): text} if text else {}))
    )
    assert problem in [one.message for one in found.problems]


def test_a_new_column_is_named_by_what_it_tests() -> None:
    table = made(rules_of(DESK), "ladder:verdict")
    grid = grid_of(table)
    column = len(table.columns) + 1
    more = {(3, column): "some finding: finding.outcome", (HEAD_ROWS + 1, column): "present"}
    files, found = taken(rules_of(DESK), "ladder:verdict", Grid(grid.path, {**grid.cells, **more}))
    assert found.problems == []
    assert files["ladders.yaml"]["verdict"]["rules"][0]["when"]["where"]["all_of"] == (
        {"fact": "finding.knock_out", "at_least": "funding"},
        {"fact": "finding.outcome", "is": "present"},
    )
    beside = {(HEAD_ROWS + 2, column): "see the file"}
    _files, found = taken(rules_of(DESK), "ladder:verdict", Grid(grid.path, {**grid.cells, **beside}))
    assert [one.message for one in found.problems] == ["this column is none of the table"]
