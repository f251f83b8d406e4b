"""Measure the margins of every example: `python benchmarks/margins.py` prints CPU time and what they tell."""

import statistics
import time
from datetime import date
from pathlib import Path

from risk_engine.engine.work import work
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.outlook.distance import margins

ROOT = Path(__file__).parent.parent
ON = date(2026, 12, 3)
"""A day on which 2.0.0 is in force."""
RUNS = 3


def main() -> None:
    """Print a line for each example."""
    criteria = load_criteria("reconnect-china@2.0.0")
    print(f"{len(criteria.indicators)} indicators, {ON}; CPU time is the median of {RUNS} runs")
    print("ms CPU  answers  move  most steps  numbers  tip  findings more  case")
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        if path.stem == "compare":
            continue
        worked = work(load_case(path, criteria), criteria, ON)
        times = []
        for _ in range(RUNS):
            start = time.process_time()
            found = margins(worked)
            times.append((time.process_time() - start) * 1000)
        most = found.if_wrong[0].steps if found.if_wrong else 0
        print(
            f"{statistics.median(times):6.0f}  {found.answers:7}  {found.moving:4}  {most:10}  {found.tried:7}"
            f"  {len(found.tips):3}  {len(found.findings):13}  {path.stem}"
        )


if __name__ == "__main__":
    main()
