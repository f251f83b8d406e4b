"""What a map computes: expected levels follow from the rules of the loan desk, read by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from risk_engine.audit.map import criteria_map
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.source import Document
from risk_engine.loading.case import case_of, changed
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.map import load_map
from risk_engine.loading.sets import shipped_sets, versions
from risk_engine.loading.version_files import CASES, MAP
from risk_engine.model.companion_files import CriteriaMap, MapCell
from risk_engine.model.criteria import Criteria
from tests.editing import edit
from tests.strategies import by_turns
from tests.told import assess_told

LOAN_DESK = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"
CRITERIA = read_criteria(LOAN_DESK)
HEAD = {"title": "T", "about": "A", "assumes": ["nothing"]}
ROWS = {"title": "R", "bands": [{"title": "as it is"}]}


def computed(folder: Path = LOAN_DESK, criteria: Criteria = CRITERIA, **options: Any) -> CriteriaMap:
    return criteria_map(load_map(criteria.model_copy(update={"path": str(folder)})), criteria, **options)


def write(folder: Path, *bands: dict[str, Any], **more: Any) -> Path:
    """Write a map of one row with these columns."""
    titled = [{"title": f"band {number}", **band} for number, band in enumerate(bands)]
    content = {**HEAD, "rows": ROWS, "columns": {"title": "C", "bands": titled}, **more}
    (folder / MAP).write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    return folder


def levels(cell: MapCell) -> tuple[str, ...]:
    return tuple(one.level.name for one in cell.proposals)


def test_every_cell_holds_gate_and_headline_and_what_decides() -> None:
    (table,) = computed().cells
    robust, delicate, brittle = ([(levels(cell), cell.deciding, cell.other) for cell in row[:3]] for row in table)
    ready, held = ("ready", "lend"), ("held", "lend_on_terms")
    assert robust == [(ready, (), ()), (ready, (), ()), (held, ("OBJ-6",), ())]
    # The rule on a strained dimension rests on all findings of that dimension, as in an assessment.
    assert delicate == [(ready, (), ()), (ready, (), ("OBJ-1",)), (held, ("OBJ-1", "OBJ-6"), ())]
    terms = ("checks_due", "lend_on_terms")
    assert brittle == [(ready, (), ()), (terms, ("OBJ-1",), ()), (held, ("OBJ-1", "OBJ-6"), ())]


def test_a_cell_with_missing_answers_is_still_open_between_its_levels() -> None:
    cell = computed().cells[0][2][3]
    gate, headline = cell.proposals
    assert (gate.level.name, gate.provisional, [one.name for one in gate.range]) == (
        "held",
        True,
        ["ready", "checks_due"],
    )
    assert (headline.provisional, [one.name for one in headline.range]) == (True, ["lend", "lend_on_terms"])
    assert cell.deciding == ("OBJ-1",)


def test_the_day_decides_which_rules_and_tables_are_read(desk: Path) -> None:
    plain = write(desk, {"given": {"borrower.town.seat": "RIFT", "artwork.head.fragility": "delicate"}})
    before, after = computed(plain, on=date(2025, 12, 31)), computed(plain)
    assert levels(before.cells[0][0][0]) == ("ready", "lend")
    assert levels(after.cells[0][0][0]) == ("checks_due", "lend_on_terms")
    assert (before.on, after.on) == (date(2025, 12, 31), date(2026, 2, 1))


def test_a_version_that_has_not_begun_is_marked() -> None:
    assert computed().in_force
    assert not computed(on=date(2024, 2, 29)).in_force
    assert not computed(in_force=False).in_force


def test_without_any_day_there_is_no_map(desk: Path) -> None:
    edit(desk / CASES, "  assessment_date: 2026-02-01\n", "")
    with pytest.raises(RiskEngineError, match=r"the base case has no assessment date\n  help: .*`--on`"):
        computed(desk)
    assert computed(desk, on=date(2026, 2, 1)).cells == computed().cells


def test_a_set_without_a_gate_has_one_level_in_each_cell() -> None:
    roles = CRITERIA.head.roles.model_copy(update={"gate": None})
    criteria = CRITERIA.model_copy(update={"head": CRITERIA.head.model_copy(update={"roles": roles})})
    got = criteria_map(load_map(criteria), criteria)
    assert levels(got.cells[0][2][1]) == ("lend_on_terms",)
    assert [one.name for one in got.ladders] == ["verdict"]


def test_answers_that_contradict_each_other_are_told_once_with_the_first_cell(desk: Path) -> None:
    quiet = {"loan.occasion": "close_study", "loan.reach": 60000}
    with pytest.raises(InvalidSourceError) as error:
        computed(write(desk, {"given": quiet}, {"given": quiet}))
    (only,) = error.value.diagnostics
    assert str(only.position) == f"{desk}/map.yaml:5:1"
    assert only.message.startswith("in the case of as it is · band 0: answers contradict each other: ")
    assert "loan.reach: 60000" in only.message


def test_an_answer_to_a_question_that_is_not_asked_is_told(desk: Path) -> None:
    with pytest.raises(InvalidSourceError) as error:
        computed(write(desk, {"given": {"artwork.head.lux_hours": 9000}}))
    (only,) = error.value.diagnostics
    assert only.message.startswith("in the case of as it is · band 0: answers contradict each other: artwork.head.lux")


def test_bands_that_fit_alone_but_not_together_are_told(desk: Path) -> None:
    houses = {f"borrower.house{number}": {"seat": "NO"} for number in range(2)}
    rows = {"title": "R", "bands": [{"title": "two more", "given": houses}]}
    with pytest.raises(InvalidSourceError) as error:
        computed(write(desk, {"given": {"borrower.annexe": {"seat": "NO"}}}, rows=rows))
    (only,) = error.value.diagnostics
    assert only.message == "in the case of two more · band 0: at most 3 entries are allowed here, not 4"


def test_what_was_set_is_shown_in_words(desk: Path) -> None:
    given = {
        "borrower.town.seat": "RIFT",
        "borrower.town.climate": "unknown",
        "borrower.town.shielded": "unknown",
        "artwork.fan": {"material": "paper", "hazards": []},
        "loan": {"months": 7, "escorted": True},
        "borrower": [{"id": "barn", "seat": "ALP", "quake_zone": "calm"}],
    }
    first, second = dict(list(given.items())[:5]), {"borrower": given["borrower"]}
    got = computed(write(desk, {"given": second}, given=first))
    assert [f"{one.path} | {one.question} | {one.shown}" for one in got.given] == [
        "borrower.town.seat | In which region does it stand? | Rift Plain",
        "borrower.town.climate | How steady is the climate of the room? | not known",
        "borrower.town.shielded | Does the law of the region protect loans from seizure? | as the table says",
        "artwork.fan.material | What is it made of? | Paper",
        "artwork.fan.hazards | Which poisons or hazards does it hold? | none of these",
        "loan.months | For how many months? | 7",
        "loan.escorted | Does one of us travel with it? | yes",
    ]
    assert [f"{one.path} | {one.question} | {one.shown}" for one in got.columns.bands[0].given] == [
        "borrower.barn.seat | In which region does it stand? | Upper Valleys",
        "borrower.barn.quake_zone | Earthquakes | Hardly any earthquakes",
    ]


def test_whole_lists_and_bare_entries_are_shown_in_words_too(desk: Path) -> None:
    bands = [
        {"borrower": []},
        {"borrower": "unknown"},
        {"borrower.annexe": {}},
        {"borrower": [{"id": "barn"}]},
        {"loan": {}},
    ]
    got = computed(write(desk, *({"given": one} for one in bands)))
    assert [f"{one.path} | {one.question} | {one.shown}" for band in got.columns.bands for one in band.given] == [
        "borrower | Borrowing house | none",
        "borrower | Borrowing house | not known",
        "borrower.annexe | Borrowing house | there, nothing known about it",
        "borrower.barn | Borrowing house | there, nothing known about it",
        "loan | The loan | there, nothing known about it",
    ]


def test_every_band_of_every_axis_is_in_the_map_and_only_named_indicators_are_listed(desk: Path) -> None:
    tables = {
        "title": "Months",
        "bands": [{"title": f"{number}", "given": {"loan.months": number}} for number in (1, 2)],
    }
    got = computed(write(desk, {}, {"given": {"borrower.town.night_watch": "empty"}}, tables=tables))
    assert [[len(row) for row in table] for table in got.cells] == [[2], [2]]
    assert got.tables is not None
    assert [one.title for one in got.tables.bands] == ["1", "2"]
    assert [one.id for one in got.indicators] == ["OBJ-6"]


@pytest.mark.parametrize(
    "folder",
    by_turns([LOAN_DESK, *(one.path for name in shipped_sets() for one in versions(name)[-1:])], 5),
    ids=lambda one: one.parent.name,
)
def test_a_cell_says_what_an_assessment_of_the_same_case_says(folder: Path) -> None:
    criteria = read_criteria(folder)
    loaded = load_map(criteria)
    got = criteria_map(loaded, criteria)
    tables = loaded.axes.get("tables", (None,))
    for t, table in list(enumerate(tables))[-1:]:
        for r, row in list(enumerate(loaded.axes["rows"]))[::3]:
            for c, column in enumerate(loaded.axes["columns"]):
                data: Any = loaded.base
                for given in (loaded.declared.given, *(one.given for one in (table, row, column) if one)):
                    for path, value in given.items():
                        data = changed(data, path, value)
                whole = assess_told(case_of(Document("cell", data, {}, ()), criteria), criteria)
                cell = got.cells[t][r][c]
                assert cell.proposals == tuple(one for one in whole.proposals if one.role in {"gate", "headline"})
                found = {one.id for one in whole.findings if one.outcome != "absent"}
                assert {*cell.deciding, *cell.other} == found
                assert not set(cell.deciding) & set(cell.other)
