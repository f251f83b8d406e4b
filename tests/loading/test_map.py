from pathlib import Path

import pytest

from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.map import NoMapError, load_map
from risk_engine.loading.version_files import MAP
from tests.editing import edit

LOAN_DESK = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"
CRITERIA = read_criteria(LOAN_DESK)


def test_each_makes_a_band_of_every_option_in_the_order_of_the_fact() -> None:
    bands = load_map(CRITERIA).axes["rows"]
    assert [(one.title, one.given) for one in bands] == [
        ("Robust", {"artwork.head.fragility": "robust"}),
        ("Delicate", {"artwork.head.fragility": "delicate"}),
        ("Brittle", {"artwork.head.fragility": "brittle"}),
    ]


def test_an_option_that_is_added_to_the_fact_is_in_the_map_without_a_word(desk: Path) -> None:
    edit(desk / "facts.yaml", "brittle: Brittle", "brittle: Brittle, dust: Dust already")
    assert [one.title for one in load_map(read_criteria(desk)).axes["rows"]][-1] == "Dust already"


def test_listed_bands_are_as_written_and_an_axis_that_is_left_out_is_not_there() -> None:
    loaded = load_map(CRITERIA)
    assert [one.title for one in loaded.axes["columns"]] == [
        "Steady and watched",
        "Drifting",
        "Drifting and empty",
        "Not looked at",
    ]
    assert list(loaded.axes) == ["rows", "columns"]


def test_a_set_without_a_map_is_told_with_the_way_out(desk: Path) -> None:
    (desk / MAP).unlink()
    with pytest.raises(NoMapError) as error:
        load_map(CRITERIA.model_copy(update={"path": str(desk)}))
    assert str(error.value) == (
        "the criteria set `loan-desk` 1.0.0 has no map\n"
        f"  help: describe one in `{desk}/map.yaml` (docs/authors.md, “A map of areas and non-areas”)"
    )


def test_a_broken_test_case_does_not_stop_the_map(desk: Path) -> None:
    edit(desk / "cases.yaml", "expect:", "expct:")
    load_map(CRITERIA.model_copy(update={"path": str(desk)}))


def test_a_broken_map_stops_nothing_else(desk: Path) -> None:
    (desk / MAP).write_text("a: [", "utf-8")
    assert read_criteria(desk).digest == CRITERIA.digest
