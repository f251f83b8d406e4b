"""Take the time of the ways down of every example: `python benchmarks/ways.py [--all]`, CPU seconds per case.

With `--all` every fact that the set calls changeable is offered, as if it said what must change: the worst case.
"""

import sys
import time
from pathlib import Path

from risk_engine import load_case, load_criteria
from risk_engine.engine.work import work
from risk_engine.model.criteria import Criteria
from risk_engine.outlook.ways import ways_down

EXAMPLES = Path(__file__).parents[1] / "examples"
TARGET = 2.0
"""Seconds of the processor that one case may take."""


def main() -> None:
    """Print the seconds and the number of ways of each example."""
    criteria = load_criteria("reconnect-china@2.0.0")
    if "--all" in sys.argv:
        criteria = all_offered(criteria)
    slowest = 0.0
    for path in sorted(EXAMPLES.glob("*.yaml")):
        if path.stem == "compare":  # states facts of two sets
            continue
        worked = work(load_case(path, criteria), criteria)
        ways_down(worked)
        start = time.process_time()
        found = ways_down(worked)
        took = time.process_time() - start
        slowest = max(slowest, took)
        levels = ", ".join(f"{one.ladder} to {one.to}: {len(one.ways)}{'' if one.is_all else '+'}" for one in found)
        print(f"{path.stem:40} {took:6.2f} s  {levels}")
    print(f"{'slowest':40} {slowest:6.2f} s  (target {TARGET:g} s)")


def all_offered(criteria: Criteria) -> Criteria:
    """Return the set as if it said what must change of every fact that it calls changeable."""
    entities = {
        name: entity.model_copy(
            update={
                "facts": {
                    short: fact.model_copy(update={"changeable": "It must change."})
                    if getattr(fact, "changeable", False)
                    else fact
                    for short, fact in entity.facts.items()
                }
            }
        )
        for name, entity in criteria.entities.items()
    }
    return criteria.model_copy(update={"entities": entities})


if __name__ == "__main__":
    main()
