"""The cases.yaml of the newest version of every set, each case a test; test_released.py runs older ones.

They are worked out near the base case, as `criteria test` does it: in half the time, and the same (test_nearby.py).
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.cases import FILE, near_base, result_of, tried
from risk_engine.engine.nearby import Nearby
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import read
from risk_engine.loading.bundle import read_bundle
from risk_engine.loading.case_tests import read_tests, stated_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import Version, bundle_path, shipped_sets, versions
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest
from risk_engine.model.criteria import CaseOutcome, Criteria
from tests.versions import names_of

FOREIGN = Path(__file__).parents[1] / "sets" / "loan-desk"


@cache
def listed(version: Version) -> tuple[dict[str, Any], ...]:
    """Return the cases as the file has them."""
    found: tuple[dict[str, Any], ...] = read(version.path / FILE, nulls=True).data["cases"]
    return found


VERSIONS = [versions(name)[-1] for name in (*shipped_sets(), str(FOREIGN))]
CASES = [
    pytest.param(version, name, id=f"{version}: {name}") for version in VERSIONS for name in names_of(listed(version))
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
    criteria, near = read_once(version)
    result, _run = tried(test, case, criteria, place, near)
    assert result.differences == (), "\n".join([f"{place}: {name}", *result.differences])
    if (released := outcomes(version).get(name)) is not None:
        assert result.outcome == released


@pytest.mark.nightly
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_case_that_is_worked_out_as_a_whole_comes_to_the_same(version: Version) -> None:
    criteria, near = read_once(version)
    for test, case, place in stated(version).values():
        assert result_of(test, case, criteria, place) == tried(test, case, criteria, place, near)[0]


@cache
def read_once(version: Version) -> tuple[Criteria, Nearby | None]:
    """Return a version with what works out cases near its base case."""
    criteria = read_criteria(version.path)
    return criteria, near_base(criteria)


@cache
def outcomes(version: Version) -> dict[str, CaseOutcome]:
    """Return what came of each case when the version was released; nothing of a draft."""
    path = bundle_path(version)
    return {one.name: one for one in read_bundle(path).outcomes} if path.is_file() else {}


@pytest.mark.parametrize("version", [versions(name)[-1] for name in shipped_sets()], ids=str)
@pytest.mark.parametrize("outcome", ["findings", "undetermined"])
def test_every_indicator_is_expected_in_a_case_as_present_and_as_undetermined(version: Version, outcome: str) -> None:
    expected = {name for case in listed(version) for name in case["expect"].get(outcome, ())}
    assert set(read_criteria(version.path).indicators) - expected == set()
