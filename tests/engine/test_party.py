"""Who is asked a question where those who are asked are entries of the case: the one it is about, or it belongs to."""

from typing import Any

import pytest

from risk_engine.engine.assess import assess
from risk_engine.engine.explain import explain
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from tests.asked import CASE, houses_are_asked


@pytest.fixture(scope="module")
def criteria(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    return houses_are_asked(tmp_path_factory.mktemp("sets") / "loan-desk")


def explained(criteria: Criteria, *changes: tuple[str, str]) -> Explanation:
    text = CASE.read_text("utf-8")
    for before, after in (("night_watch: staffed", "night_watch: unknown"), *changes):
        assert before in text
        text = text.replace(before, after)
    case: Any = case_of(parse(text, "case", nulls=True), criteria)
    return explain(assess(case, criteria), criteria)


def parties(made: Explanation) -> dict[str, str | None]:
    return {one.path: one.party for one in made.gaps}


def test_an_entry_is_asked_about_itself_and_what_belongs_to_it(criteria: Criteria) -> None:
    to_plain = ("called: Fan with cranes", "called: Fan with cranes\n    goes_to: plain")
    made = explained(criteria, ("lux_hours: 40000", "lux_hours: unknown"), to_plain)
    asked = parties(made)
    assert asked["borrower.harbour.night_watch"] == "borrower.harbour"
    assert asked["artwork.fan.lux_hours"] == "borrower.plain"
    assert {one.path: one.belongs_to for one in made.entries} == {
        "artwork.fan": "borrower.plain",
        "artwork.portrait": None,
        "borrower.harbour": None,
        "borrower.plain": None,
    }
    assert [one.shown for one in made.described if one.path == "artwork.fan.goes_to"] == ["House on the Plain"]


def test_what_nobody_said_to_whom_it_belongs_is_asked_of_none_of_them(criteria: Criteria) -> None:
    asked = parties(explained(criteria, ("lux_hours: 40000", "lux_hours: unknown")))
    assert asked["artwork.fan.lux_hours"] == ""


def test_whoever_is_no_entry_of_the_case_is_asked_without_more(criteria: Criteria) -> None:
    asked = parties(explained(criteria, ("fragility: delicate", "fragility: unknown")))
    assert asked["artwork.fan.fragility"] is None
