"""The decided cases of examples/audit come out under both versions as their README says, and nobody in them is real."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from risk_engine.audit.impact.run import impact
from risk_engine.files.source import read
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.comparison import CaseImpact, Move
from risk_engine.model.criteria import Criteria
from tests.cli.running import EXAMPLES, ROOT
from tests.criteria.published_names import comparable, published
from tests.told import assess_told

AUDIT = EXAMPLES / "audit"
SHARED = ROOT / ".." / "shared" / "data"
VERSIONS = ("1.0.0", "2.0.0")
ROWS: dict[str, tuple[str, ...]] = {
    found[0]: found[1:]
    for found in re.findall(
        r"^\| \[[\w-]+\]\(cases/([\w-]+)\.yaml\) \|[^|]+\| ([^|]+) \| ([^|]+) \|$",
        (AUDIT / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
}


@cache
def criteria(version: str) -> Criteria:
    return load_criteria(f"reconnect-china@{version}")


@cache
def impacts() -> dict[str, CaseImpact]:
    cases = AUDIT / "cases"
    found = impact([cases], *(f"reconnect-china@{one}" for one in VERSIONS), jobs=1)
    assert found.problems == ()
    return {Path(one.file).stem: one for one in found.cases}


def told(moves: Iterable[Move], version: str, *, before: bool) -> str:
    """Return what a case comes to, as its row has it; open where more than one level may come out."""
    places = {one.ladder: (one.before if before else one.after).place for one in moves}
    decided = [(ladder, places[ladder]) for ladder in ("start_gate", "measure")]
    if any(one.mildest != one.strictest for _ladder, one in decided):
        return "Still open"
    start, measure = (criteria(version).ladders[ladder].levels[one.level].title for ladder, one in decided)
    return f"{start}, {measure.lower()}"


def test_every_case_has_a_row() -> None:
    assert sorted(ROWS) == sorted(one.stem for one in (AUDIT / "cases").glob("*.yaml"))


@pytest.mark.long
@pytest.mark.parametrize("name", ROWS)
def test_a_case_comes_out_under_both_versions_as_its_row_says(name: str) -> None:
    case = impacts()[name]
    least = case.remaining.least if case.remaining else case.ladders
    assert (told(case.ladders, "1.0.0", before=True), told(least, "2.0.0", before=False)) == ROWS[name]


def test_the_change_of_law_counts_from_its_day_on() -> None:
    case = load_case(AUDIT / "cases" / "museum-guide.yaml", criteria("2.0.0"))
    days = (date(2026, 12, 1), date(2026, 12, 2))
    found = [assess_told(case, criteria("2.0.0"), day).finding("ETH-03").inherent for day in days]
    assert found == ["low", "moderate"]


@pytest.mark.nightly
def test_no_organisation_is_called_like_a_real_one() -> None:
    if not SHARED.exists():
        pytest.skip("some of the public lists are for non-commercial use only, so they are not part of the repository")
    ours: dict[str, str] = {}
    for path in (AUDIT / "cases").glob("*.yaml"):
        data = read(path).data
        names = [data["institution"], *(one["home_partner"] for one in data["person"] if "home_partner" in one)]
        names += [one[key] for one in data["partner"] for key in ("name", "name_local") if key in one]
        ours |= {comparable(one): one for one in names}
    assert [(file, ours[one]) for file, names in published(SHARED) for one in sorted(ours.keys() & names)] == []
