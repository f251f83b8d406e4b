"""What many kinds of change of the shipped set mean, each written down on paper first (issue 19)."""

from pathlib import Path

import pytest

from tests.audit.diff.kinds import kinds, meaning_of_kind, undecided, verdict

QUICK = frozenset(("words", "translation", "grade_of_a_source", "awareness", "definition_put_to_use"))
"""What the plain suite looks at."""


@pytest.mark.parametrize(
    "name", [one if one in QUICK else pytest.param(one, marks=pytest.mark.long) for one in kinds()]
)
def test_a_change_means_what_was_written_down_and_all_of_it_is_decided(name: str, tmp_path: Path) -> None:
    kind = kinds()[name]
    found = meaning_of_kind(kind, tmp_path)
    assert verdict(found) == kind.means
    assert undecided(found) == []
