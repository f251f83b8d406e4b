"""JSON Schema for each kind of file, so that an editor completes and checks while somebody writes."""

from typing import Any

from pydantic import TypeAdapter

from risk_engine.model.case import case_model
from risk_engine.model.cases import CaseTests
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import (
    AwarenessRule,
    Control,
    CriteriaSet,
    Indicator,
    Parameter,
    Source,
    Table,
)
from risk_engine.model.facts import Entity
from risk_engine.model.invariants import Invariants
from risk_engine.model.ladders import Ladder, SetHead
from risk_engine.model.map import MapFile
from risk_engine.model.profile import Profile
from risk_engine.model.survivors import MutantReasons
from risk_engine.model.translation_file import TranslationFile
from risk_engine.model.words import Id, Name

DIALECT = "https://json-schema.org/draft/2020-12/schema"

KINDS: dict[str, Any] = {
    "set": SetHead,
    "facts": dict[Name, Entity],
    "definitions": dict[Name, Condition],
    "indicators": dict[Id, Indicator],
    "controls": dict[Id, Control],
    "parameters": dict[Name, Parameter],
    "tables": Table,
    "ladders": dict[Name, Ladder],
    "awareness": dict[Id, AwarenessRule],
    "invariants": Invariants,
    "sources": dict[str, Source],
    "cases": CaseTests,
    "mutants": MutantReasons,
    "map": MapFile,
    "translations": TranslationFile,
    "profile": Profile,
}
"""Kind of file: what is in it. Named like the file of a set, or like the folder of several."""


def criteria_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file of a criteria set, or of a profile; KeyError for another kind."""
    return {"$schema": DIALECT, **TypeAdapter(KINDS[kind]).json_schema(by_alias=True), "title": kind}


def case_schema(criteria: CriteriaSet) -> dict[str, Any]:
    """Return the JSON Schema of a case file for a criteria set, with every question as a description."""
    schema = case_model(criteria).model_json_schema(by_alias=True)
    return {"$schema": DIALECT, **schema, "title": f"A case for {criteria.head.id} {criteria.head.version}"}
