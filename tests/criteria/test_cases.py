"""The cases.yaml of the newest version of every set, each case a test; `make criteria` runs those of the older ones."""

from functools import cache
from pathlib import Path

import pytest

from risk_engine.audit.cases import FILE, CaseResult, run_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import Version, shipped_sets, versions
from risk_engine.source import read

FOREIGN = Path(__file__).parents[1] / "sets" / "loan-desk"
VERSIONS = [versions(name)[-1] for name in (*shipped_sets(), str(FOREIGN))]
CASES = [
    pytest.param(version, case["name"], id=f"{version}: {case['name']}")
    for version in VERSIONS
    for case in read(version.folder / FILE, nulls=True).data["cases"]
]


@cache
def results(version: Version) -> dict[str, CaseResult]:
    return {one.name: one for one in run_cases(read_criteria(version.folder), version.folder)}


@pytest.mark.parametrize(("version", "name"), CASES)
def test_the_set_decides_the_case_as_expected(version: Version, name: str) -> None:
    result = results(version)[name]
    assert result.differences == (), "\n".join([f"{result.place}: {name}", *result.differences])


@pytest.mark.parametrize("version", [versions(name)[-1] for name in shipped_sets()], ids=str)
@pytest.mark.parametrize("outcome", ["findings", "undetermined"])
def test_every_indicator_is_expected_in_a_case_as_present_and_as_undetermined(version: Version, outcome: str) -> None:
    cases = read(version.folder / FILE, nulls=True).data["cases"]
    expected = {name for case in cases for name in case["expect"].get(outcome, ())}
    assert set(read_criteria(version.folder).indicators) - expected == set()
