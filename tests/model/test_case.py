"""Expected values: design, section 4 (facts.yaml, a case file): every fact typed, every answer optional."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from risk_engine.model.case import RESERVED, Case, ControlRecord, answer, case_model, entries, shown_in_place
from risk_engine.model.criteria import Criteria
from tests.engine.conftest import Toy

FACTS = """
    trip:
      title: The trip
      facts:
        risky: {type: boolean, question: Is it risky?, help: Think of ice.}
        pace: {type: choice, options: {calm: A calm pace, wild: A wild pace}, question: Which pace?}
        gear: {type: choices, options: [rope, axe]}
        days: {type: integer, range: [1, 9]}
        starts: {type: date}
        story: {type: text}
        home: {type: row, of: places}
        law: {type: boolean, from: home}
    guest: {help: Everybody., many: 2, facts: {fit: {type: boolean}}}
"""
TABLES = """
    places:
      rows:
        NO: {name: Norway}
        CI: {name: Côte d'Ivoire, aliases: [Ivory Coast]}
        SO: {name: South}
      columns: {law: {values: {NO: true}}}
"""
CORE: dict[str, Any] = {"id": "c", "title": "C"}


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(facts=FACTS, tables=TABLES, indicators="A: {severity: {low: {fact: trip.risky, is: true}}}")


def trip(criteria: Criteria, **answers: Any) -> Any:
    case: Any = case_model(criteria).model_validate({**CORE, "trip": answers})
    return case.trip


def errors(criteria: Criteria, data: dict[str, Any]) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        case_model(criteria).model_validate({**CORE, **data})
    return [(one["loc"], one["type"]) for one in caught.value.errors()]


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("risky", True),
        ("risky", False),
        ("pace", "calm"),
        ("gear", ()),
        ("gear", ("axe", "rope")),
        ("days", 1),
        ("days", 9),
        ("starts", date(2026, 1, 1)),
        ("story", "Once"),
        ("home", "NO"),
        ("law", True),
    ],
)
def test_answer_of_the_right_type_is_kept(criteria: Criteria, fact: str, value: object) -> None:
    assert answer(trip(criteria, **{fact: value}), fact) == value


@pytest.mark.parametrize("fact", ["risky", "pace", "gear", "days", "starts", "story", "home", "law"])
def test_answer_that_is_left_out_or_unknown_is_none(criteria: Criteria, fact: str) -> None:
    assert answer(trip(criteria), fact) is None
    assert answer(trip(criteria, **{fact: "unknown"}), fact) is None
    assert answer(trip(criteria, **{fact: None}), fact) is None


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("risky", "true"),
        ("risky", 1),
        ("pace", "brisk"),
        ("pace", "A calm pace"),
        ("gear", "axe"),
        ("gear", ("axe", "saw")),
        ("gear", ("axe", "axe")),
        ("gear", ("unknown",)),
        ("days", 0),
        ("days", 10),
        ("days", True),
        ("days", "3"),
        ("starts", "tomorrow"),
        ("starts", "2026-02-30"),
        ("starts", 20260101),
        ("story", 3),
        ("home", "XX"),
        ("law", "mild"),
        ("nothing", True),
    ],
)
def test_answer_that_does_not_fit_is_refused(criteria: Criteria, fact: str, value: object) -> None:
    assert len(errors(criteria, {"trip": {fact: value}})) == 1


def test_date_may_be_text_as_json_has_it(criteria: Criteria) -> None:
    assert answer(trip(criteria, starts="2026-01-31"), "starts") == date(2026, 1, 31)
    assert len(errors(criteria, {"trip": {"starts": "2026-1-31"}})) == 1


@pytest.mark.parametrize(
    ("value", "help_text"),
    [
        ("Norway", "did you mean `NO` (Norway)?"),
        ("norway", "did you mean `NO` (Norway)?"),
        ("no", "did you mean `NO` (Norway)?"),
        ("Norwey", "did you mean `NO` (Norway)?"),
        ("IVORY COAST", "did you mean `CI` (Côte d'Ivoire)?"),
        ("Atlantis", "a row of the table, for example `NO`"),
    ],
)
def test_row_that_is_not_there_is_refused_with_a_suggestion(criteria: Criteria, value: str, help_text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        trip(criteria, home=value)
    (error,) = caught.value.errors()
    assert (error["type"], error["ctx"]["help"]) == ("row", help_text)


def test_an_alias_of_a_row_stands_for_the_row(criteria: Criteria) -> None:
    assert answer(trip(criteria, home="Ivory Coast"), "home") == "CI"
    assert trip(criteria, home="Ivory Coast").model_dump() == trip(criteria, home="CI").model_dump()


@pytest.mark.parametrize(
    ("stated", "count"), [({}, None), ({"guest": "unknown"}, None), ({"guest": None}, None), ({"guest": ()}, 0)]
)
def test_list_that_is_left_out_is_unanswered_and_an_empty_one_is_empty(
    criteria: Criteria, stated: dict[str, Any], count: int | None
) -> None:
    found = entries(case_model(criteria).model_validate({**CORE, **stated}), "guest")
    assert (None if found is None else len(found)) == count


def test_list_is_refused_beyond_its_limit_never_cut(criteria: Criteria) -> None:
    three = tuple({"id": one} for one in "abc")
    assert errors(criteria, {"guest": three}) == [(("guest",), "too_long")]
    assert len(entries(case_model(criteria).model_validate({**CORE, "guest": three[:2]}), "guest") or ()) == 2


@pytest.mark.parametrize("entry_id", ["A", "a b", "a.b", "", 3])
def test_id_of_an_entry_is_small_letters_digits_and_lines(criteria: Criteria, entry_id: object) -> None:
    assert errors(criteria, {"guest": ({"id": entry_id},)})[0][0][:3] == ("guest", 0, "id")
    kept = case_model(criteria).model_validate({**CORE, "guest": ({"id": "a-1_b"},)})
    assert [answer(one, "id") for one in entries(kept, "guest") or ()] == ["a-1_b"]


def test_whoever_answers_may_say_that_they_are_not_sure(criteria: Criteria) -> None:
    record = {"for": ("trip.days",), "kind": "k", "reference": "r", "date": "2026-01-01", "confidence": "unsure"}
    case = case_model(criteria).model_validate({**CORE, "evidence": (record,)})
    assert case.evidence[0].confidence == "unsure"


@pytest.mark.parametrize(
    "core",
    [
        {"status": "open"},
        {"assessment_date": 5},
        {"controls": ({"id": "X", "status": "done"},)},
        {"controls": ({"id": "X", "status": "agreed", "evidence": ({"kind": "k", "reference": "r"},)},)},
        {"evidence": ({"for": (), "kind": "k", "reference": "r", "date": "2026-01-01"},)},
        {
            "evidence": (
                {"for": ("trip.days",), "kind": "k", "reference": "r", "date": "2026-01-01", "confidence": "sure"},
            )
        },
        {"evidence": ({"for": ("trip.days",), "kind": "k", "reference": "r", "date": "2026-01-01", "sha256": "AB"},)},
        {"criteria": "toy@1"},
        {"criteria": "toy "},
        {"nothing": 1},
        {"id": "ä"},
        {"title": ""},
    ],
)
def test_core_that_does_not_fit_is_refused(criteria: Criteria, core: dict[str, Any]) -> None:
    assert len(errors(criteria, core)) == 1


def test_core_is_the_same_for_every_set(criteria: Criteria) -> None:
    case = case_model(criteria).model_validate(
        {
            **CORE,
            "criteria": "toy@1.0.0",
            "assessment_date": "2026-01-01",
            "status": "draft",
            "controls": ({"id": "X", "status": "agreed", "due": "2026-02-01"},),
            "evidence": (
                {"for": ("trip.days",), "kind": "k", "reference": "r", "date": "2026-01-01", "sha256": "a" * 64},
            ),
            "set_aside": {"trip.pace": "calm"},
        }
    )
    assert isinstance(case, Case)
    assert case.assessment_date == date(2026, 1, 1)
    assert case.controls[0].due == date(2026, 2, 1)
    assert case.evidence[0].for_ == ("trip.days",)
    assert case.set_aside == {"trip.pace": "calm"}


def test_words_of_cases_and_rules_cannot_name_an_entity() -> None:
    assert {"id", "title", "controls", "evidence", "notes", "finding", "dimension", "ladder"} <= RESERVED


def test_schema_describes_every_question_with_its_options(criteria: Criteria) -> None:
    schema = case_model(criteria).model_json_schema(by_alias=True)
    facts = schema["$defs"]["trip"]["properties"]
    assert facts["risky"]["description"] == "Is it risky?\nThink of ice."
    assert facts["pace"]["description"] == "Which pace?\n`calm`: A calm pace\n`wild`: A wild pace"
    assert "unknown" in str(facts["pace"]["anyOf"])
    assert facts["gear"]["anyOf"][0]["uniqueItems"] is True
    assert facts["home"]["anyOf"][0]["enum"] == ["NO", "CI", "Ivory Coast", "SO"]
    assert schema["properties"]["guest"]["description"] == "Everybody."
    assert schema["properties"]["trip"]["description"] == "The trip"


def test_a_control_that_is_shown_in_place_names_a_proof_of_the_day() -> None:
    control = ControlRecord.model_validate(shown_in_place("X", date(2026, 1, 31)))
    (proof,) = control.evidence
    assert (control.id, control.status) == ("X", "implemented")
    assert (proof.kind, proof.reference, proof.date) == ("proof", "proof", date(2026, 1, 31))
