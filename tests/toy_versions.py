"""Two versions of a toy set, where they lie, with what the change means: for whatever tells it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from risk_engine.audit.versions import Comparison, base_of, compared, meaning_of
from risk_engine.model.case import Case
from tests.engine.builder import criteria_of, written

DAY = date(2026, 6, 15)
FACTS = """
    trip:
      title: Trip
      facts:
        pace: {type: choice, options: {calm: Calm, brisk: Brisk, wild: Wild}, riskier: later, question: How fast is it?}
        days: {type: integer, range: [0, 99], riskier: higher, question: How many days?}
    guest:
      title: Guest
      many: 4
      facts:
        fit: {type: boolean, riskier: false, question: Is the guest fit?}
"""
ARMED = "        armed: {type: boolean, riskier: true, question: Is anybody armed?}\n"
ASKS_MORE = FACTS.replace("        days:", f"{ARMED}        days:")
BASE = """\
base:
  id: base
  title: A harmless trip
  assessment_date: 2026-06-15
  trip: {pace: calm, days: 1}
  guest: [{id: g, fit: true}]
cases: []
"""


def versions(
    folder: Path, before: str, after: str, *, facts: str = FACTS, later_facts: str | None = None, number: str = "1.1.0"
) -> tuple[Comparison, Case]:
    """Write two versions with these indicators; return them compared, with the meaning, and the base case."""
    paths = []
    for version, rules, asked in (("1.0.0", before, facts), (number, after, later_facts or facts)):
        path = folder / version
        head = {"version": version, "in_force": {"from": DAY}}
        criteria_of(path, {"head": head, "facts": written(asked), "indicators": written(rules)})
        (path / "cases.yaml").write_text(BASE, "utf-8")
        paths.append(path)
    found = compared(*map(str, paths))
    base = base_of(found)
    meaning = meaning_of(found, base)
    return replace(found, changes=found.changes.model_copy(update={"meaning": meaning})), base
