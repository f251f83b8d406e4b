from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from risk_engine.engine.sentences import Sentences
from risk_engine.files.language import in_language
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.conditions import OPERATION_KEYS, Condition, ConditionOrAlways
from risk_engine.model.references import ladder_entity, result_entities
from tests.versions import newest

CRITERIA = load_criteria(str(Path(__file__).parents[1] / "sets" / "loan-desk"))
SENTENCES = Sentences({**CRITERIA.entities, **result_entities(CRITERIA), **ladder_entity(CRITERIA)})
CONDITIONS: TypeAdapter[ConditionOrAlways] = TypeAdapter(ConditionOrAlways)


def tupled(data: Any) -> Any:
    match data:
        case dict():
            return {key: tupled(value) for key, value in data.items()}
        case list():
            return tuple(tupled(one) for one in data)
        case _:
            return data


def parsed(text: str) -> Any:
    return CONDITIONS.validate_python(tupled(yaml.safe_load(text)))


def sentence(text: str) -> str:
    return SENTENCES.of(parsed(text))


SHOWN = [
    ("always", "always"),
    ("{holds: worn_by_light}", "*worn by light*"),
    ("{not: {holds: soft}}", "not *soft*"),
    ("{fact: loan.paperwork, is: unsigned}", "`loan.paperwork` is “Nobody”"),
    ("{not: {fact: loan.paperwork, is: unsigned}}", "`loan.paperwork` is not “Nobody”"),
    ("{fact: loan.escorted, is: false}", "`loan.escorted` is no"),
    ("{fact: loan.months, is: 8}", "`loan.months` is 8"),
    ("{fact: loan.opens_on, at_least: 2027-01-01}", "`loan.opens_on` is at least 2027-01-01"),
    ("{fact: loan.months, at_least: {parameter: long_loan}}", "`loan.months` is at least the parameter `long_loan`"),
    ("{not: {fact: loan.months, at_least: 24}}", "`loan.months` is not at least 24"),
    ("{fact: borrower.climate, at_most: drifting}", "`borrower.climate` is not “Nobody logs it”"),
    ("{not: {fact: borrower.climate, at_most: drifting}}", "`borrower.climate` is “Nobody logs it”"),
    ("{fact: artwork.material, one_of: [paper, textile]}", "`artwork.material` is one of “Paper”, “Textile”"),
    ("{not: {fact: artwork.material, one_of: [paper]}}", "`artwork.material` is none of “Paper”"),
    (
        "{fact: artwork.material, one_of: {parameter: soft_materials}}",
        "`artwork.material` is one of those in the parameter `soft_materials`",
    ),
    ("{fact: artwork.hazards, is: []}", "`artwork.hazards` has nothing chosen"),
    ("{not: {fact: artwork.hazards, is: []}}", "`artwork.hazards` has something chosen"),
    ("{fact: artwork.hazards, includes: radium}", "`artwork.hazards` includes “Radium paint”"),
    ("{not: {fact: artwork.hazards, includes: radium}}", "`artwork.hazards` does not include “Radium paint”"),
    (
        "{fact: artwork.hazards, includes_any: [arsenic, radium]}",
        "`artwork.hazards` includes any of “Arsenic”, “Radium paint”",
    ),
    ("{not: {fact: artwork.hazards, includes_any: [arsenic]}}", "`artwork.hazards` includes none of “Arsenic”"),
    ("{some: artwork, where: {holds: soft}}", "for at least one object: *soft*"),
    ("{every: artwork, where: {holds: soft}}", "for every object: *soft*"),
    ("{count: artwork, where: {holds: soft}, at_least: 2}", "for at least 2 entries of object: *soft*"),
    ("{count: artwork, where: {holds: soft}, at_most: 2}", "for at most 2 entries of object: *soft*"),
    (
        "{not: {some: artwork, where: {holds: soft}}}",
        "it is not so that (for at least one object: *soft*)",
    ),
    ("{not: {not: {holds: soft}}}", "it is not so that not *soft*"),
    ("{fact: finding.knock_out, at_least: funding}", "`finding.knock_out` is at least “funding”"),
    ("{fact: ladder.verdict, is: refuse}", "`ladder.verdict` is “refuse”"),
]


def test_definitions_are_spelt_out_where_no_page_explains_their_names() -> None:
    definitions = {"long": parsed("{fact: loan.months, is: 8}")}
    definitions["alone"] = parsed("{all_of: [{holds: long}, {fact: loan.escorted, is: false}]}")
    spelt = Sentences(CRITERIA.entities, definitions)
    assert spelt.of(parsed("{any_of: [{holds: alone}, {not: {holds: long}}]}")) == (
        "(`loan.months` is 8 and `loan.escorted` is no) or `loan.months` is not 8"
    )


def test_options_that_say_more_than_their_names_are_listed_where_at_least_would_not_tell_which() -> None:
    assert sentence("{fact: borrower.climate, at_least: drifting}") == "`borrower.climate` is not “Steady for a year”"
    assert sentence("{fact: borrower.climate, at_least: unlogged}") == "`borrower.climate` is “Nobody logs it”"
    assert sentence("{fact: borrower.climate, at_most: steady}") == "`borrower.climate` is “Steady for a year”"
    assert sentence("{fact: loan.paperwork, at_least: signed_here}") == "`loan.paperwork` is not “Both houses”"


@pytest.mark.parametrize(("text", "shown"), SHOWN, ids=[text for text, _ in SHOWN])
def test_a_condition_is_shown_as_a_sentence(text: str, shown: str) -> None:
    assert sentence(text) == shown


def test_parts_that_could_be_misread_stand_in_brackets() -> None:
    either = "{any_of: [{holds: soft}, {holds: unsteady}]}"
    assert (
        sentence(f"{{all_of: [{either}, {{holds: shown_to_people}}]}}")
        == "(*soft* or *unsteady*) and *shown to people*"
    )
    assert sentence(f"{{not: {either}}}") == "it is not so that (*soft* or *unsteady*)"
    assert (
        sentence("{any_of: [{some: artwork, where: {holds: soft}}, {holds: shown_to_people}]}")
        == "(for at least one object: *soft*) or *shown to people*"
    )


def test_options_of_one_condition_are_never_joined_like_conditions() -> None:
    text = sentence("{all_of: [{fact: artwork.material, one_of: [paper, textile]}, {holds: soft}]}")
    assert text == "`artwork.material` is one of “Paper”, “Textile” and *soft*"
    assert " or " not in text


def test_every_operation_is_shown_in_some_sentence() -> None:
    assert [key for key in OPERATION_KEYS if not any(f"{key}:" in text for text, _ in SHOWN) and "_of" not in key] == []


def test_every_condition_of_the_shipped_set_can_be_shown() -> None:
    shipped = newest("reconnect-china")
    sentences = Sentences({**shipped.entities, **result_entities(shipped), **ladder_entity(shipped)})
    conditions: list[Condition] = list(shipped.definitions.values())
    conditions += [rule.when for ladder in shipped.ladders.values() for rule in ladder.rules]
    for one in conditions:
        text = sentences.of(one)
        assert text == text.strip() != ""
        assert "ParameterRef" not in text
        assert text.count("(") == text.count(")")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{not: {fact: loan.paperwork, is: unsigned}}", "`loan.paperwork` ist nicht „Nobody“"),
        (
            "{fact: loan.months, at_least: {parameter: long_loan}}",
            "`loan.months` ist mindestens der Parameter `long_loan`",
        ),
        ("{fact: artwork.hazards, is: []}", "bei `artwork.hazards` ist nichts gewählt"),
        ("{not: {fact: artwork.hazards, includes: radium}}", "`artwork.hazards` enthält „Radium paint“ nicht"),
        (
            "{count: artwork, where: {any_of: [{holds: soft}, {holds: worn_by_light}]}, at_least: 2}",
            "für mindestens 2 Einträge „Object“: *soft* oder *worn by light*",
        ),
    ],
)
def test_a_condition_speaks_german_in_its_own_order(text: str, said: str) -> None:
    with in_language("de"):
        assert sentence(text) == said
