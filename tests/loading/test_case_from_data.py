"""A case can be given as plain data: it is checked as a file of the same data is."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.model.criteria import Criteria
from tests.engine.builder import criteria_from


@pytest.fixture
def criteria(tmp_path: Path) -> Criteria:
    return criteria_from(tmp_path)


def stated(**answers: Any) -> dict[str, Any]:
    return {"id": "c", "title": "C", **answers}


def test_data_come_to_the_case_of_a_file_that_says_the_same(tmp_path: Path, criteria: Criteria) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(
        "id: c\ntitle: C\ntrip: {risky: true, starts: 2026-06-01, gear: [rope]}\nguest: [{id: a, age: 3}]\n"
    )
    data = stated(
        trip={"risky": True, "starts": date(2026, 6, 1), "gear": ["rope"], "days": None}, guest=[{"id": "a", "age": 3}]
    )
    assert load_case(data, criteria) == load_case(file, criteria)
    data["trip"]["starts"] = "2026-06-01"  # as JSON has it
    assert load_case(data, criteria) == load_case(file, criteria)


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"trip": {"riskyy": True}}, "case:5:5: unknown key `riskyy`"),
        ({"trip": {"days": 1.5}}, "case:5:13: "),
        ({"trip": {"days": 100}}, "the number must be at most 99"),
        ({"guest": [{"id": "a"}, {"id": "a"}]}, "`guest` has an entry `a` already"),
        ({"controls": [{"id": "NONE", "status": "planned"}]}, "there is no control `NONE`"),
        ({"evidence": [{"for": ["trip.nothing"], "kind": "k", "reference": "r", "date": "2026-01-01"}]}, "`nothing`"),
    ],
)
def test_every_problem_of_data_is_told_with_its_place(
    criteria: Criteria, answers: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidSourceError) as error:
        load_case(stated(**answers), criteria)
    assert problem in f"{error.value}"


def test_what_no_file_can_say_is_refused(criteria: Criteria) -> None:
    with pytest.raises(RiskEngineError, match="a case cannot hold a value of the type `complex`"):
        load_case(stated(trip={"days": 1j}), criteria)
