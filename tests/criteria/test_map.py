"""The maps of the newest versions. Expected cells follow from the catalogue, whatever else it comes to hold."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from risk_engine.audit.map import criteria_map
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.map import LoadedMap, load_map
from risk_engine.loading.sets import shipped_sets, versions
from risk_engine.model.companion_files import Band, CriteriaMap, MapCell
from risk_engine.model.facts import ChoiceFact

FOLDER = versions("reconnect-china")[-1].path
FOLDERS = [versions(name)[-1].path for name in shipped_sets()]
CRITICAL = range(1, 11)
MOST_SENSITIVE = range(7, 11)
"""Rows of the ten areas, and of the four that the Commission assesses first, as facts.yaml lists them."""
OPEN_BASIC, APPLIED, NEAR_USE = range(3)
PREAPPROVED, OTHER, INDIRECT, DIRECT, MILITARY = range(5)
RESTRICTED = ("blocked", "restriction")
# Each process works out all its cells, which takes seconds; what rules do is shown by each run of test_cases.py.
pytestmark = pytest.mark.nightly


@cache
def loaded(folder: Path = FOLDER) -> LoadedMap:
    return load_map(read_criteria(folder))


@cache
def computed(folder: Path = FOLDER) -> CriteriaMap:
    return criteria_map(loaded(folder), read_criteria(folder))


def cell(table: int, row: int, column: int) -> MapCell:
    return computed().cells[table][row][column]


def levels(one: MapCell) -> tuple[str, ...]:
    return tuple(proposal.level.name for proposal in one.proposals)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda one: one.parent.name)
def test_a_shipped_map_can_be_computed_and_leaves_nothing_open(folder: Path) -> None:
    every = [one for table in computed(folder).cells for row in table for one in row]
    assert [one for one in every if any(proposal.provisional for proposal in one.proposals)] == []


def test_every_area_that_the_set_knows_is_in_the_map_and_the_one_outside_them() -> None:
    fact = read_criteria(FOLDER).fact("technology.eu_critical_area")
    assert isinstance(fact, ChoiceFact)
    assert len(fact.options) == len(CRITICAL) + 1
    assert [one.title for one in computed().rows.bands] == list(fact.options.values())
    set_to = [one.given["technology.t1.eu_critical_area"] for one in loaded().axes["rows"]]
    assert set_to == list(fact.options)


def test_something_leaves_in_every_cell() -> None:
    assert loaded().declared.given["activity.a1.transfer_mode"] != "none"
    assert not [
        path for bands in loaded().axes.values() for band in bands for path in band.given if path.startswith("activity")
    ]


def test_a_harmless_area_with_a_preapproved_partner_is_advised_and_clear() -> None:
    for table in (OPEN_BASIC, APPLIED, NEAR_USE):
        assert levels(cell(table, 0, PREAPPROVED)) == ("clear", "advice")
        assert cell(table, 0, PREAPPROVED).deciding == ()


def test_open_basic_research_is_advised_with_any_civilian_partner_in_any_area() -> None:
    # SEC-08, SEC-10 and SEC-12 leave it out; SEC-09 alone is moderate.
    for row in (0, *CRITICAL):
        for column in (PREAPPROVED, OTHER, INDIRECT, DIRECT):
            assert levels(cell(OPEN_BASIC, row, column)) == ("clear", "advice"), (row, column)


def test_a_direct_tie_in_a_critical_area_beyond_open_basic_research_is_restricted_by_sec_08() -> None:
    for table in (APPLIED, NEAR_USE):
        for row in CRITICAL:
            assert levels(cell(table, row, DIRECT)) == RESTRICTED
            assert "SEC-08" in cell(table, row, DIRECT).deciding


def test_a_direct_tie_outside_the_critical_areas_is_noted_and_not_restricted() -> None:
    for table in (OPEN_BASIC, APPLIED, NEAR_USE):
        found = cell(table, 0, DIRECT)
        assert levels(found)[1] != "restriction"
        assert "SEC-09" in {*found.deciding, *found.other}


def test_an_indirect_tie_in_a_most_sensitive_area_is_regulated_by_sec_10() -> None:
    for row in MOST_SENSITIVE:
        assert levels(cell(APPLIED, row, INDIRECT)) == ("conditional", "regulation")
        assert "SEC-10" in cell(APPLIED, row, INDIRECT).deciding


def test_a_military_body_is_restricted_everywhere_by_sec_07() -> None:
    for table in (OPEN_BASIC, APPLIED, NEAR_USE):
        for row in (0, *CRITICAL):
            assert levels(cell(table, row, MILITARY)) == RESTRICTED
            assert "SEC-07" in cell(table, row, MILITARY).deciding


def test_without_a_tie_no_cell_is_restricted() -> None:
    # No country alone leads to a restriction, and nothing here is sanctioned or refused.
    for table in computed().cells:
        for row in table:
            assert "restriction" not in {levels(row[column])[1] for column in (PREAPPROVED, OTHER, INDIRECT)}


def test_no_cell_is_milder_than_its_neighbour_of_less_risk() -> None:
    def strictness(one: MapCell) -> tuple[int, ...]:
        return tuple(proposal.ladder_levels.index(proposal.level.name) for proposal in one.proposals)

    cells = computed().cells
    for table, tables in enumerate(cells):
        for row, rows in enumerate(tables):
            for column, one in enumerate(rows):
                neighbours = [
                    *([cells[table - 1][row][column]] if table else []),
                    *([tables[row - 1][column]] if row else []),
                    *([rows[column - 1]] if column else []),
                ]
                for milder in neighbours:
                    for low, high in zip(strictness(milder), strictness(one), strict=True):
                        assert low <= high, (table, row, column)


def rows_of(axes: dict[str, tuple[Band, ...]]) -> Iterator[tuple[int, int, int, MapCell]]:
    one = loaded()
    other = LoadedMap(one.declared, {**one.axes, **axes}, one.base, one.document)
    for table, tables in enumerate(criteria_map(other, read_criteria(FOLDER)).cells):
        for row, rows in enumerate(tables):
            yield from ((table, row, column, got) for column, got in enumerate(rows))


def is_no_stricter(got: MapCell, than: MapCell) -> bool:
    return all(
        mine.ladder_levels.index(mine.level.name) <= mine.ladder_levels.index(theirs.level.name)
        for mine, theirs in zip(got.proposals, than.proposals, strict=True)
    )


def test_a_partner_in_the_european_union_is_never_stricter_than_the_column_that_stands_for_it() -> None:
    inside = loaded().axes["columns"][PREAPPROVED].model_copy(update={"given": {"partner.p1.country": "DE"}})
    for table, row, _, got in rows_of({"columns": (inside,)}):
        assert is_no_stricter(got, cell(table, row, PREAPPROVED)), (table, row)


@pytest.mark.parametrize(("table", "lowest"), [(OPEN_BASIC, 1), (APPLIED, 3), (NEAR_USE, 5)])
def test_the_lower_end_of_a_band_is_never_stricter_than_the_end_that_stands_for_it(table: int, lowest: int) -> None:
    band = loaded().axes["tables"][table]
    lower = band.model_copy(update={"given": {**band.given, "technology.t1.trl": lowest}})
    for _, row, column, got in rows_of({"tables": (lower,)}):
        assert is_no_stricter(got, cell(table, row, column)), (row, column)
