"""Parts of a criteria set as their author would write them, in what JSON can hold."""

from datetime import date

from risk_engine.model.changes import plain
from risk_engine.model.conditions import Compare


def test_a_part_is_told_as_it_is_written() -> None:
    part = {"when": Compare(fact="trip.wet", op="is", operand=True), "days": (date(2026, 12, 2), 3), "title": "Wet"}
    assert plain(part) == {"when": {"fact": "trip.wet", "is": True}, "days": ["2026-12-02", 3], "title": "Wet"}
