"""Outlooks of shipped and toy cases, and what becomes of one that somebody rewrote, its digest with it."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from risk_engine.engine.assess import assess
from risk_engine.engine.assess import to_json as assessment_json
from risk_engine.engine.work import worked_again
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.outlook import Outlook, OutlookChecked
from risk_engine.outlook.outlook import outlook, to_json
from risk_engine.outlook.verify import Anew, compare, made_anew, replay
from tests.engine.builder import ROOT, SHIPPED

SETS = ROOT / "tests" / "sets"
LOAN = SETS / "loan-desk-case.yaml"
EXAMPLES = ROOT / "examples"
UNSAID = (
    "    acquired_on: 1938-04-01\n",
    "    lux_hours: 40000\n",
    "  shipper: SLOWBOAT\n",
    "    night_watch: staffed\n",
)
"""What the open loan leaves out: a day, a number, a row of a table and a choice."""
Record = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """An assessment and its outlook as their files hold them, with the criteria of both."""

    stored: Assessment
    outlook: Record
    criteria: Criteria

    @cached_property
    def anew(self) -> Anew:
        """The outlook worked out anew: once, however often it is forged."""
        return made_anew(self.stored, self.criteria)

    def again(self, change: Callable[[Record], Any] = lambda _made: None) -> OutlookChecked:
        """Return what comes out again of the outlook with a change."""
        forged = self._with(change)
        return compare(forged, self.anew, replay(forged, self.stored, self.criteria))

    def _with(self, change: Callable[[Record], Any]) -> Outlook:
        made = copy.deepcopy(self.outlook)
        change(made)
        return Outlook.model_validate_json(json.dumps(made))


def written(case: Path, folder: Path, on: date, profile: Path | None = None) -> Written:
    """Return the outlook of a case, and what it is about, as they are read back from their files."""
    criteria = read_criteria(folder)
    house = None if profile is None else load_profile(profile, criteria)
    made = assess(load_case(case, criteria), criteria, on, house)
    stored = Assessment.model_validate_json(assessment_json(made))
    told = outlook(stored, worked_again(stored, criteria), base_case(criteria)[1])
    return Written(stored, json.loads(to_json(told)), criteria)


@cache
def example(name: str) -> Written:
    """Return an example under the newest criteria."""
    return written(EXAMPLES / f"{name}.yaml", SHIPPED, date(2026, 11, 25))


def loan(folder: Path, *unsaid: str, **instead: str) -> Written:
    """Return the loan with these answers left out, and words of it put otherwise."""
    text = LOAN.read_text(encoding="utf-8")
    for one, other in (*((one, "") for one in unsaid), *instead.items()):
        assert one in text
        text = text.replace(one, other, 1)
    case = folder / f"loan-{len(unsaid)}.yaml"
    case.write_text(text, encoding="utf-8")
    return written(case, SETS / "loan-desk" / "1.0.0", date(2026, 3, 2), profile=SETS / "loan-desk-profile.yaml")
