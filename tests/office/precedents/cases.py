"""Cases of the shipped criteria that differ from a harmless one in what is said here, and decisions on them."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from risk_engine.engine.assess import assess
from risk_engine.engine.explain import explain
from risk_engine.files.plain import canonical
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Decision, Person
from risk_engine.office.precedents.precedent import Precedent, precedent_of
from risk_engine.records.decide import Said, decide

EXAMPLE = Path(__file__).parents[3] / "examples" / "humanities-in-the-eu.yaml"
DAY = date(2026, 11, 25)
HEAD = Person(name="A. Vogel", role="Head of the office")

MILITARY_CHIPS = {
    "partner.valmarina.country": "CN",
    "partner.valmarina.military_link": "direct",
    "technology.trade.eu_critical_area": "semiconductors",
    "technology.trade.research_type": "applied",
    "technology.trade.public_domain": False,
    "technology.trade.trl": 5,
}
"""Semiconductors with a partner that is tied to armed forces."""


@cache
def criteria() -> Criteria:
    return load_criteria("reconnect-china@2.1.0")


@cache
def _harmless() -> str:
    read = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    read["collaboration"] |= {"committee_wanted": False, "start": "2027-01-15", "end": "2028-12-31"}
    read["activity"][0] |= {"military_signs": False}
    read["assessment_date"] = f"{DAY}"
    return canonical({key: one for key, one in read.items() if key != "criteria"}).decode()


def assessed(case_id: str, changes: dict[str, Any] | None = None, **core: Any) -> Assessment:
    """Return the harmless case with answers, by path, and parts in place of its own; None takes one out."""
    case: dict[str, Any] = json.loads(_harmless()) | {"id": case_id} | core
    case = {key: one for key, one in case.items() if one is not None}
    for path, value in (changes or {}).items():
        entity, *entry, fact = path.split(".")
        held = next(one for one in case[entity] if one["id"] == entry[0]) if entry else case[entity]
        held.pop(fact, None) if value is None else held.update({fact: value})
    read = case_of(parse(canonical(case).decode(), "case", is_json=True, nulls=True), criteria())
    return assess(read, criteria(), DAY)


def decision(assessment: Assessment, on: date = date(2026, 12, 1), **said: Any) -> Decision:
    levels = tuple((one.ladder, one.level) for one in assessment.proposals)
    wanted: dict[str, Any] = {"levels": levels, "reason": "As proposed.", "adopt": False, **said}
    return decide(explain(assessment, criteria(), "en"), Said(by=HEAD, on=on, **wanted))


def decided(assessment: Assessment, **said: Any) -> Precedent:
    return precedent_of(assessment, decision(assessment, **said))
