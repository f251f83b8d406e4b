"""The cases.yaml of the newest version of every set, each case a test; test_released.py runs older ones."""

from functools import cache
from pathlib import Path

import pytest

from risk_engine.audit.cases import FILE, result_of
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import read
from risk_engine.loading.bundle import read_bundle
from risk_engine.loading.case_tests import read_tests, stated_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import Version, bundle_path, shipped_sets, versions
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest
from risk_engine.model.criteria import CaseOutcome
from tests.versions import names_of

FOREIGN = Path(__file__).parents[1] / "sets" / "loan-desk"
VERSIONS = [versions(name)[-1] for name in (*shipped_sets(), str(FOREIGN))]
CASES = [
    pytest.param(version, name, id=f"{version}: {name}")
    for version in VERSIONS
    for name in names_of(read(version.path / FILE, nulls=True).data["cases"])
]


@cache
def stated(version: Version) -> dict[str, tuple[CaseTest, Case, str]]:
    """Return each test of a version with the case that it states and where it stands; only what is run is assessed."""
    document, tests = read_tests(read_criteria(version.path))
    found: dict[str, tuple[CaseTest, Case, str]] = {}
    for one in stated_cases(read_criteria(version.path), document, tests):
        if isinstance(one, InvalidSourceError):
            raise one
        number, test, case = one
        found[test.name] = test, case, str(document.position(("cases", number)))
    return found


@pytest.mark.parametrize(("version", "name"), CASES)
def test_the_set_decides_the_case_as_expected(version: Version, name: str) -> None:
    test, case, place = stated(version)[name]
    result = result_of(test, case, read_criteria(version.path), place)
    assert result.differences == (), "\n".join([f"{place}: {name}", *result.differences])
    if (released := outcomes(version).get(name)) is not None:
        assert result.outcome == released


@cache
def outcomes(version: Version) -> dict[str, CaseOutcome]:
    """Return what came of each case when the version was released; nothing of a draft."""
    path = bundle_path(version)
    return {one.name: one for one in read_bundle(path).outcomes} if path.is_file() else {}


@pytest.mark.parametrize("version", [versions(name)[-1] for name in shipped_sets()], ids=str)
@pytest.mark.parametrize("outcome", ["findings", "undetermined"])
def test_every_indicator_is_expected_in_a_case_as_present_and_as_undetermined(version: Version, outcome: str) -> None:
    cases = read(version.path / FILE, nulls=True).data["cases"]
    expected = {name for case in cases for name in case["expect"].get(outcome, ())}
    assert set(read_criteria(version.path).indicators) - expected == set()
