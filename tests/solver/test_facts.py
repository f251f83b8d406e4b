"""What tables say of an open case, as a solver reads it."""

from pathlib import Path

from risk_engine.engine.work import work
from risk_engine.solver.open_case import OpenCase
from risk_engine.solver.terms import Chosen, both, negated
from tests.engine.builder import DAY, case_from, criteria_from

FACTS = """
    trip:
      facts:
        to: {type: row, of: lands}
        gear: {type: choices, options: [rope, axe, lamp], from: to}
"""
TABLES = """
    lands:
      rows: {A: {name: A}, B: {name: B}, C: {name: C}}
      columns: {gear: {values: {A: [rope, axe], B: []}}}
"""
INDICATORS = "I: {severity: {low: {fact: trip.gear, includes: rope}}}"


def test_a_table_may_give_several_options_at_once(tmp_path: Path) -> None:
    rules = criteria_from(tmp_path / "toy", facts=FACTS, tables=TABLES, indicators=INDICATORS)
    case = case_from(rules)
    opened = OpenCase(work(case, rules, DAY), case, questions=(("trip", None, "to"),))
    gear, _ = opened.reading.answer("trip.gear", None)
    assert isinstance(gear, Chosen)
    rope, axe, lamp = (gear.options[one] for one in ("rope", "axe", "lamp"))
    given = negated(gear.unknown)
    asked = {
        "rope and axe": both(given, rope, axe),
        "nothing": both(given, negated(rope), negated(axe)),
        "rope alone": both(given, rope, negated(axe)),
        "a lamp": both(given, lamp),
    }
    found = {name: opened.space.check(term)[0] for name, term in asked.items()}
    assert found == {
        "rope and axe": "possible",
        "nothing": "possible",
        "rope alone": "impossible",
        "a lamp": "impossible",
    }
