"""What many kinds of change of the shipped set mean, each written down on paper first (issue 19)."""

import os
from pathlib import Path

import pytest

from tests.audit.diff.kinds import NOT_YET, in_words, kinds, meaning_of_kind, rows, undecided, verdict

LONG = ("severity_down",)
NIGHTLY = (
    "words",
    "grade_of_a_source",
    "definition_put_to_use",
    "knock_out_new",
    "severity_up",
    "translation",
    "awareness",
    "committee_sooner",
    "rule_new",
)
"""Of two that are alike one runs before each landing: of severities the one that could let something through."""
RARE = () if "RISK_ENGINE_KINDS" not in os.environ else tuple(sorted({*kinds()} - {*LONG, *NIGHTLY}))
"""Only where RISK_ENGINE_KINDS is set: some take minutes, one over a quarter of an hour."""


@pytest.mark.parametrize(
    "name",
    [
        *(pytest.param(one, marks=pytest.mark.long) for one in (*LONG, *RARE)),
        *(pytest.param(one, marks=pytest.mark.nightly) for one in NIGHTLY),
    ],
)
def test_a_change_means_what_was_written_down_and_all_of_it_is_decided(name: str, tmp_path: Path) -> None:
    kind = kinds()[name]
    found = meaning_of_kind(kind, tmp_path)
    assert verdict(found) == kind.means
    assert undecided(found) == []


def test_the_page_has_each_kind_with_what_was_written_down_and_what_was_found_is_that() -> None:
    told = rows()
    assert {name: in_words(one.means) for name, one in kinds().items()} == {name: one[0] for name, one in told.items()}
    measured = {name: one[1] for name, one in told.items() if one[1:] != list(NOT_YET)}
    assert {name: one for name, one in measured.items() if not one.startswith("the same")} == {}
