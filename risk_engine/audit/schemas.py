"""JSON Schema for each kind of file, so that an editor completes and checks while somebody writes."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from risk_engine.loading.checks.facts import NO_OPTIONS
from risk_engine.model.case import COMPARE_WITH, ON_FILE, case_model
from risk_engine.model.companion_files import (
    CaseTests,
    ExchangeRules,
    MapFile,
    MutantReasons,
    ScreenedFacts,
    TranslationFile,
)
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import AwarenessRule, Control, Criteria, Indicator, Invariants
from risk_engine.model.facts import Entity, OptionList
from risk_engine.model.ladders import Ladder, SetHead
from risk_engine.model.mapping import MappingFile
from risk_engine.model.profile import Profile
from risk_engine.model.tables import Parameter, Source, Table
from risk_engine.model.words import Id, Name

DIALECT = "https://json-schema.org/draft/2020-12/schema"

KINDS: dict[str, Any] = {
    "set": SetHead,
    "facts": dict[Name, Entity],
    "options": dict[Name, OptionList],
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
    "screening": dict[Name, ScreenedFacts],
    "exchange": ExchangeRules,
    "translations": TranslationFile,
    "profile": Profile,
    "table_columns": MappingFile,
}
"""Kind of file: what is in it. Named like the file of a set, or like the folder of several."""


_Compared = Annotated[
    tuple[str, ...],
    Field(
        min_length=1,
        description="Further criteria sets whose questions the case answers too, `SET` or `SET@VERSION`.",
    ),
]


def criteria_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file of a criteria set, or of a profile; KeyError for another kind."""
    schema = TypeAdapter(KINDS[kind]).json_schema(by_alias=True)
    if kind == "options":
        (lists,) = schema["patternProperties"]
        schema["patternProperties"][lists] = _named_as_options_are(schema["patternProperties"][lists])
    for found in schema.get("$defs", {}).values():
        _as_facts_are_checked(found.get("properties", {}), found)
    return {"$schema": DIALECT, **schema, "title": kind}


def _as_facts_are_checked(properties: dict[str, Any], schema: dict[str, Any]) -> None:
    """Add to the schema of a kind of fact what no type says of it."""
    if {"ask_when", "otherwise"} <= properties.keys():
        schema["dependentRequired"] = {"ask_when": ["otherwise"]}
    if "options" in properties:
        written = _named_as_options_are(properties["options"])
        shown = {key: written.pop(key) for key in ("title", "description") if key in written}
        by_name = {"type": "string", "description": "The name of a list in options.yaml."}
        properties["options"] = {**shown, "anyOf": [written, by_name]}


def _named_as_options_are(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "propertyNames": {**schema.get("propertyNames", {}), "not": {"enum": sorted(NO_OPTIONS)}}}


def case_schema(criteria: Criteria) -> dict[str, Any]:
    """Return the JSON Schema of a case file for a criteria set, with every question as a description."""
    schema = case_model(criteria).model_json_schema(by_alias=True)
    _let_be_compared(schema, criteria)
    return {"$schema": DIALECT, **schema, "title": f"A case for {criteria.head.id} {criteria.head.version}"}


def _let_be_compared(schema: dict[str, Any], criteria: Criteria) -> None:
    """Let a case that names further sets state what only they know; any other may say nothing that its set does not."""
    schema["properties"][COMPARE_WITH] = TypeAdapter(_Compared).json_schema()
    schema.pop("additionalProperties")
    known: dict[str, Any] = {}
    for name, entity in criteria.entities.items():
        schema["$defs"][name].pop("additionalProperties")
        if entity.many is not None:
            schema["$defs"][name]["properties"][ON_FILE] = {
                "type": "string",
                "description": "The name of what the office has on file about it.",
            }
        names = _only(schema["$defs"][name]["properties"])
        known[name] = names if entity.many is None else {"items": names}
    schema["if"] = {"not": {"required": [COMPARE_WITH]}}
    schema["then"] = {**_only(schema["properties"]), "properties": known}


def _only(names: Iterable[str]) -> dict[str, Any]:
    return {"propertyNames": {"enum": list(names)}}
