"""What old names and old answers mean today: expected values from decision 0073."""

from pathlib import Path
from typing import Any

import pytest

from risk_engine.model.former_names import answer_now, former_names
from tests.engine.builder import criteria_from

FACTS = """
trip:
  was: journey
  facts:
    days: {type: integer, range: [0, 99]}
    gear:
      type: choices
      options: [rope, axe, lamp]
      was: {name: tool, values: {cord: [rope], both: [rope, axe], light: lamp}}
"""


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("journey.tool", "trip.gear"),
        ("journey.tool.light", "trip.gear.lamp"),
        ("journey.tool.cord", "trip.gear.rope"),
        # What is several options today supports the answer as a whole.
        ("journey.tool.both", "trip.gear"),
        ("elsewhere.tool", "elsewhere.tool"),
    ],
)
def test_path_of_evidence_is_that_of_the_answer_today(old: str, today: str, tmp_path: Path) -> None:
    criteria = criteria_from(tmp_path, facts=FACTS)
    assert former_names(criteria).path(old, criteria) == today


@pytest.mark.parametrize(
    ("given", "today"),
    [
        (["both", "light"], ("rope", "axe", "lamp")),
        ("cord", ("rope",)),
        # What nobody can have meant is left for the reader of the case to refuse.
        (["cord", 3], ("rope", 3)),
        ({"light": True}, {"light": True}),
        (None, None),
    ],
)
def test_answer_is_that_of_today_and_what_is_none_stays_as_it_is(given: Any, today: Any, tmp_path: Path) -> None:
    criteria = criteria_from(tmp_path, facts=FACTS)
    now = former_names(criteria).fact("trip", "tool")
    assert answer_now(given, now, criteria.fact("trip.gear")) == today
