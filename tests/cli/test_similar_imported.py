"""Precedents of another office, which came in a package, beside the own ones."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Result, run
from tests.cli.test_exchange import WHO, exported
from tests.office.exchange.offices import ENVIRONMENT, OFFICE, register_of


def told(*arguments: str | Path) -> Result:
    return run(*arguments, **ENVIRONMENT)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """The register of office B, into which the precedents of office A came."""
    ours, package = register_of(tmp_path, "office-b"), exported(register_of(tmp_path), tmp_path)
    pinned = ("--register", ours, "--office", OFFICE, *WHO)
    assert told("exchange", "keys", "add", tmp_path / f"{OFFICE}.pub.pem", *pinned).code == 0
    assert told("exchange", "import", package, "--register", ours).code == 0
    return ours


def test_they_are_near_by_what_the_package_says_and_have_no_name_and_no_reason(ours: Path) -> None:
    case = next(one.name for one in sorted(ours.iterdir()) if list(one.glob("*-decision-*")))
    result = told("register", "similar", ours, case, "--most", "50", "--format", "json")
    assert result.code == 0, result
    data = json.loads(result.out)
    foreign = [one for one in data["similar"] if one["office"] == OFFICE]
    assert foreign
    assert {one["reason"] for one in foreign} == {None}
    assert {one["decided_on"] for one in foreign} == {None}
    # Two other cases of B, and the lines of A stand for 14 cases: a line is told by how many it is.
    assert data["compared"] == 2 + 14
    assert {one["cases"] for one in foreign} == {3, 4}
    page = told("register", "similar", ours, case, "--most", "50").out
    assert f"{foreign[0]['cases']} cases of {OFFICE} that are alike ({foreign[0]['case']}): " in page


def test_a_package_that_does_not_hold_any_more_is_named_and_counts_no_more(ours: Path) -> None:
    (package,) = (one for one in (ours / "exchange").rglob("*.jsonl") if b"advice" in one.read_bytes())
    package.write_bytes(package.read_bytes().replace(b"advice", b"advicf"))
    case = next(one.name for one in sorted(ours.iterdir()) if list(one.glob("*-decision-*")))
    result = told("register", "similar", ours, case, "--format", "json")
    assert result.code == 2
    assert not [one for one in json.loads(result.out)["similar"] if one["office"]]
    assert OFFICE in result.err or f"{package}" in result.err
