"""What the place of a change is called: in words, whatever an author can write there."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from risk_engine.audit.diff.edits import compare
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria, Invariants, KnockOuts, SeverityConditions
from risk_engine.model.facts import ChoiceFact
from risk_engine.model.words import FormerFact, Period
from risk_engine.report.blocks import words
from risk_engine.report.set_pages.changed_places import LABELS, label
from risk_engine.report.set_pages.changed_values import told
from risk_engine.report.set_pages.record_words import answers, formerly
from risk_engine.report.set_pages.speech import Speech
from tests.engine.builder import DAY
from tests.versions import LOAN_DESK

DESK = read_criteria(LOAN_DESK)
NAMED_OTHERWISE = {Criteria, Invariants, KnockOuts, SeverityConditions, Period}
"""Parts of a set, and records whose fields have names of their own in a sentence, or that change as a whole."""
# A set, its severities, its roles and its knock-outs are said part by part; number and time stand at the top.
NOT_SAID = {"id", "version", "schema", "in_force", "severity", "roles", "knock_out", "until"}


def models(whole: type[BaseModel]) -> set[type[BaseModel]]:
    """Return every kind of record that authors write in a set: no conditions, no bundle, which a release writes."""
    found: set[type[BaseModel]] = set()
    waiting: list[Any] = [whole]
    while waiting:
        one = waiting.pop()
        is_new = isinstance(one, type) and issubclass(one, BaseModel) and one not in found
        if is_new and one.__name__ != "Bundle" and one.__module__ != "risk_engine.model.conditions":
            found.add(one)
            waiting += [field.annotation for field in one.model_fields.values()]
            waiting += [part for field in one.model_fields.values() for part in field.metadata]
        waiting += [*get_args(one), *getattr(one, "__metadata__", ())]
    return found


# What changes as a whole is said as a whole.
WHOLE = {
    *("Citation", "Authorship", "Contributor", "Option", "Records", "LevelRef", "InForce"),
    *("FormerName", "FormerFact", "Deprecation"),
}
KEYS = sorted(
    {
        field.alias or name
        for model in models(Criteria) - NAMED_OTHERWISE
        if model.__name__ not in WHOLE
        for name, field in model.model_fields.items()
    }
    - NOT_SAID
)


@pytest.mark.parametrize("key", KEYS)
def test_whatever_an_author_writes_has_words(key: str) -> None:
    assert key in LABELS


def test_no_words_are_left_of_what_nobody_writes_any_more() -> None:
    assert set(LABELS) - set(KEYS) == set()


def said(**fields: Any) -> list[str]:
    """Return what the changes are called that make these fields of the desk others."""
    return [words(label(one, Speech(DESK))) for one in compare(DESK, DESK.model_copy(update=fields))]


def test_a_place_in_a_record_is_called_by_what_has_a_name_there() -> None:
    table = DESK.tables["regions"]
    north = table.rows["NO"].model_copy(update={"aliases": ()})
    changed = table.model_copy(update={"rows": {**table.rows, "NO": north}})
    assert said(tables={**DESK.tables, "regions": changed}) == ["Row Northern Coast (NO): Other spellings"]
    ladder = DESK.ladders["verdict"]
    level = ladder.levels["lend"].model_copy(update={"equals": None})
    changed_ladder = ladder.model_copy(update={"levels": {**ladder.levels, "lend": level}})
    assert said(ladders={**DESK.ladders, "verdict": changed_ladder}) == ["Level lend: Means the same as"]


def test_former_names_and_what_is_deprecated_are_said_in_words() -> None:
    facts = dict(DESK.entities["borrower"].facts)
    watch = ChoiceFact.model_validate(
        facts["night_watch"].model_dump(by_alias=True)
        | {
            "was": ("watch", {"name": "guard", "values": {"dog": "alarmed", "owl": "unknown"}, "until": DAY}),
            "deprecated": {"from": DAY, "instead": "Ask the house."},
            "deprecated_options": {"empty": DAY},
        }
    )
    house = DESK.entities["borrower"].model_copy(update={"facts": {**facts, "night_watch": watch}})
    edits = compare(DESK, DESK.model_copy(update={"entities": {**DESK.entities, "borrower": house}}))
    speech = Speech(DESK)
    assert {words(label(one, speech)): [words(line) for line in told(one, one.after, speech)] for one in edits} == {
        "Was called": ["watch; guard, dog is now alarmed, owl is now unknown (read until 15 June 2026)"],
        "Not offered": ["from 15 June 2026: Ask the house."],
        "Answer empty is not offered": ["from 15 June 2026"],
    }
    of_catalogue = {one.label: [words(line) for line in one.lines] for one in answers(watch, speech)}
    assert of_catalogue["Was called"] == [
        "watch",
        "guard, dog is now alarmed, owl is now unknown (read until 15 June 2026)",
    ]
    assert of_catalogue["Not offered"] == ["from 15 June 2026: Ask the house.", "empty: from 15 June 2026"]


def test_an_old_option_that_became_none_is_said_to_be_left_out() -> None:
    papers = FormerFact(values={"receipt": (), "snapshot": ("photograph", "invoice")})
    assert words(formerly(papers)) == "receipt is left out now, snapshot is now photograph, invoice"


def test_the_order_of_a_whole_part_is_called_an_order() -> None:
    facts = dict(reversed(DESK.invariants.facts.items()))
    assert said(invariants=DESK.invariants.model_copy(update={"facts": facts})) == ["Order"]
    assert said(controls=dict(reversed(DESK.controls.items()))) == ["Order"]
