"""A condition as the tests of a row: what each looks like, what comes back, and what is refused with a way out."""

from collections.abc import Mapping
from typing import Any

import pytest

from risk_engine.audit.tables.cells import CellError, Reader, cells_of, rest_of
from risk_engine.files.source import parse
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.references import result_entities
from tests.cli.running import LOAN_DESK

DESK = read_criteria(LOAN_DESK / "1.0.0")
FACTS = Reader(DESK, DESK.entities)
RESULTS = Reader(DESK, result_entities(DESK))


def condition(text: str) -> Any:
    return parse(f"when: {text}", "test").data["when"]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("{fact: loan.paperwork, is: unsigned}", {"loan.paperwork": "unsigned"}),
        ("{fact: loan.paperwork, one_of: [unsigned, signed_both]}", {"loan.paperwork": "unsigned, signed_both"}),
        ("{fact: loan.paperwork, one_of: [unsigned]}", {"loan.paperwork": "in unsigned"}),
        ("{not: {fact: loan.paperwork, is: unsigned}}", {"loan.paperwork": "not(unsigned)"}),
        ("{fact: finding.residual, at_least: high}", {"finding.residual": ">= high"}),
        ("{fact: x.days, at_most: {parameter: longest}}", {"x.days": "<= parameter longest"}),
        ("{fact: x.tags, includes_any: {parameter: bad}}", {"x.tags": "in parameter bad"}),
        ("{fact: x.tags, is: []}", {"x.tags": "[]"}),
        ("{fact: x.day, is: 2026-01-31}", {"x.day": "2026-01-31"}),
        ("{fact: x.open, is: true}", {"x.open": "true"}),
        ("{holds: fragile}", {"holds fragile": "true"}),
        ("{not: {holds: fragile}}", {"holds fragile": "false"}),
        ("{all_of: [{fact: x.n, at_least: 3}, {fact: x.n, at_most: 8}]}", {"x.n": "3..8"}),
        (
            "{some: a, where: {all_of: [{fact: a.open, is: true}, {fact: a.possible, at_least: high}]}}",
            {"some a: a.open": "true", "some a: a.possible": ">= high"},
        ),
        (
            "{count: finding, where: {fact: finding.residual, is: high}, at_least: 3}",
            {"count finding": ">= 3", "count finding: finding.residual": "high"},
        ),
        (
            "{all_of: [{some: a, where: {fact: a.b, is: c}}, {every: d, where: {holds: e}}]}",
            {"some a: a.b": "c", "every d: holds e": "true"},
        ),
    ],
)
def test_a_simple_condition_is_a_row_of_tests(text: str, cells: Mapping[str, str]) -> None:
    assert cells_of(condition(text)) == cells
    assert rest_of(condition(text)) == ""


@pytest.mark.parametrize(
    ("text", "cells", "rest"),
    [
        ("{any_of: [{holds: a}, {holds: b}]}", {}, "{any_of: [{holds: a}, {holds: b}]}"),
        ("{all_of: [{holds: a}, {any_of: [{holds: b}]}]}", {"holds a": "true"}, "{any_of: [{holds: b}]}"),
        (
            "{all_of: [{some: a, where: {holds: b}}, {some: a, where: {holds: c}}]}",
            {"some a: holds b": "true"},
            "{some: a, where: {holds: c}}",
        ),
        ("{not: {some: a, where: {holds: b}}}", {}, "{not: {some: a, where: {holds: b}}}"),
        ("{some: a, where: {any_of: [{holds: b}]}}", {}, "{some: a, where: {any_of: [{holds: b}]}}"),
    ],
)
def test_what_is_no_row_of_tests_stands_as_yaml(text: str, cells: Mapping[str, str], rest: str) -> None:
    assert cells_of(condition(text)) == cells
    assert rest_of(condition(text)) == rest
    assert Reader.yaml(rest) in (condition(text), condition(text).get("all_of", (None,))[-1])


@pytest.mark.parametrize(
    ("test", "text"),
    [
        ("unsigned", "{fact: loan.paperwork, is: unsigned}"),
        ("unsigned,signed_both", "{fact: loan.paperwork, one_of: [unsigned, signed_both]}"),
        ("in unsigned", "{fact: loan.paperwork, one_of: [unsigned]}"),
        ("not( unsigned )", "{not: {fact: loan.paperwork, is: unsigned}}"),
    ],
)
def test_a_test_is_read_as_the_comparison_that_it_is(test: str, text: str) -> None:
    assert FACTS.tests("loan.paperwork", test) == (condition(text),)


def test_signs_of_a_keyboard_and_of_a_book_mean_the_same() -> None:
    assert RESULTS.tests("finding.residual", "≥high") == RESULTS.tests("finding.residual", ">= high")
    assert RESULTS.tests("finding.residual", "≤ low") == (condition("{fact: finding.residual, at_most: low}"),)
    assert RESULTS.tests("finding.residual", "low..high") == (
        condition("{fact: finding.residual, at_least: low}"),
        condition("{fact: finding.residual, at_most: high}"),
    )


@pytest.mark.parametrize("word", ["true", "TRUE", "WAHR", "wahr"])
def test_a_boolean_is_read_however_the_spreadsheet_says_it(word: str) -> None:
    assert RESULTS.tests("finding.open", word) == (condition("{fact: finding.open, is: true}"),)


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ("loan.paperwrk", "there is no fact `loan.paperwrk` that a condition can read"),
        ("some lon: loan.paperwork", "there is no list `lon`"),
        ("some finding", "there is no list `finding`"),
        ("holds nothing", "there is no definition `nothing`"),
    ],
)
def test_a_column_about_nothing_is_refused(column: str, problem: str) -> None:
    with pytest.raises(CellError) as error:
        FACTS.check_column(column)
    assert error.value.message == problem


@pytest.mark.parametrize(
    ("column", "problem", "way_out"),
    [
        ("finding.open", "`finding.open` belongs to a list of entries", "write it like `some finding: finding.open`"),
        ("some finding", "`some finding` is about no fact", "write it like `some finding: finding.FACT`"),
        (
            "some finding: dimension.id",
            "`dimension.id` is of another list than `finding`",
            "write it like `some dimension: dimension.id`",
        ),
    ],
)
def test_a_fact_in_the_wrong_place_is_refused_with_the_right_one(column: str, problem: str, way_out: str) -> None:
    with pytest.raises(CellError) as error:
        RESULTS.check_column(column)
    assert (error.value.message, error.value.way_out) == (problem, way_out)


@pytest.mark.parametrize(
    ("column", "test", "problem"),
    [
        ("finding.residual", "hihg", "`finding.residual`: `hihg` is no option of the fact"),
        ("finding.open", "perhaps", "`finding.open`: the fact is true or false"),
        ("finding.ground", ">= ownership", "`finding.ground`: `at_least` needs an order, and the fact declares none"),
        ("finding.residual", "not(low..high)", "`not( )` holds a single test"),
        ("finding.residual", "parameter nothing", "there is no parameter `nothing`"),
    ],
)
def test_a_test_that_does_not_fit_its_fact_is_refused(column: str, test: str, problem: str) -> None:
    with pytest.raises(CellError) as error:
        RESULTS.tests(column, test)
    assert error.value.message == problem


def test_a_changed_cell_changes_its_comparison_alone() -> None:
    old = condition(
        "{all_of: [{any_of: [{holds: a}]}, {some: finding, where: {all_of: [{fact: finding.residual, at_least: high}, "
        "{fact: finding.open, is: true}]}}, "
        "{some: dimension, where: {fact: dimension.residual_capped, is: true}}]}"
    )
    cells = cells_of(old) | {"some finding: finding.residual": ">= moderate"}
    new = RESULTS.changed(old, cells, rest_of(old))
    assert new == condition(
        "{all_of: [{any_of: [{holds: a}]}, {some: finding, where: "
        "{all_of: [{fact: finding.residual, at_least: moderate}, {fact: finding.open, is: true}]}}, "
        "{some: dimension, where: {fact: dimension.residual_capped, is: true}}]}"
    )


def test_an_emptied_cell_takes_its_comparison_away_and_one_that_is_left_needs_no_list() -> None:
    old = condition("{all_of: [{holds: fragile}, {some: finding, where: {fact: finding.open, is: true}}]}")
    assert RESULTS.changed(old, {"some finding: finding.open": "true"}, "") == condition(
        "{some: finding, where: {fact: finding.open, is: true}}"
    )
    assert RESULTS.changed(old, {}, "") is None


def test_a_number_of_entries_needs_a_bound_and_a_test() -> None:
    made = RESULTS.changed(None, {"count finding": ">= 2", "count finding: finding.open": "true"}, "")
    assert made == condition("{count: finding, where: {fact: finding.open, is: true}, at_least: 2}")
    at_most = RESULTS.changed(made, {"count finding": "<= 1", "count finding: finding.open": "true"}, "")
    assert at_most == condition("{count: finding, where: {fact: finding.open, is: true}, at_most: 1}")
    for cells in ({"count finding": ">= 2"}, {"count finding: finding.open": "true"}):
        with pytest.raises(CellError, match="needs a"):
            RESULTS.changed(None, cells, "")
