"""The walk of three offices in examples/exchange, whole: what is adopted and refused, and how each forgery ends."""

import importlib.util
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.office.exchange.offices import EXCHANGE

CAUGHT = {
    "is handed A's package, in which C changed a level": "is not over this content",
    "is handed C's package, which says that it is A's": "is signed with another key",
    "cannot pin C's key in the place of A's": "another key is pinned for Office A",
    "is handed the old package once more by C": "it is package 1 of Office A, and package 2 came",
    "is given the index from before by C": "this is index 1 of Office A, and index 2 was seen",
    "looks at A's feed, behind whose index C changed a rule": "it is not the file that the index of Office A names",
    "is given C's feed, which says that it is A's": "is signed with another key",
}


@pytest.mark.long  # every command of three offices
def test_three_offices_walk_and_the_one_that_forges_is_caught_each_time(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("walk", EXCHANGE / "walk.py")
    assert spec is not None
    assert spec.loader is not None
    walk = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(walk)
    steps = {one.why: one.said for one in walk.Walk(tmp_path, run).all()}
    for why, said in CAUGHT.items():
        assert said in steps[why], why
    assert "1 becomes stricter" in steps["sees what 1.1.0 would have decided"]
    assert "1 milder" in steps["sees what 2.0.0 would have decided"]
    listed = steps["has what it adopted; that it is of A, the index said, which A signed"].splitlines()
    assert [one.partition("\t")[0] for one in listed] == ["guest-labs@1.0.0", "guest-labs@1.1.0"]
    assert "refused by Head of B" in steps["looks once more, and is not asked again"]
    assert "4 cases of Office A that are alike (1/3): Regulation" in steps["sees what A decided on cases like its own"]
    assert "is here already" in steps["takes it again, and nothing changes"]
    assert [one.split("\t")[-1] for one in steps["has what it took, and no more"].splitlines()] == [
        "counts no more", "withdraws",
    ]  # fmt: skip
