import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_engine.engine.assess import assess, to_json
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import parse
from risk_engine.loading.case import (
    case_of,
    changed,
    folders_below,
    load_case,
    place_of,
    read_case_file,
    stated_criteria,
    stated_date,
)
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from tests.versions import newest

SETS = Path(__file__).parents[1] / "sets"
CASE = SETS / "loan-desk-case.yaml"
CRITERIA = read_criteria(SETS / "loan-desk" / "1.0.0")


def case_from(text: str, *, is_json: bool = False) -> Any:
    return case_of(parse(text, "case", is_json=is_json, nulls=True), CRITERIA)


def test_a_case_is_typed_by_the_facts_of_its_set() -> None:
    case: Any = load_case(CASE, CRITERIA)
    assert case.loan.opens_on == date(2026, 9, 1)
    assert case.loan.escorted is None
    assert [one.id for one in case.borrower] == ["harbour", "plain"]
    assert case.artwork[0].hazards == ("arsenic",)


def test_the_same_case_in_json_is_the_same(tmp_path: Path) -> None:
    data = read_case_file(CASE).data
    (tmp_path / "case.json").write_text(json.dumps(data, default=str, indent="\t"), "utf-8")
    in_json, in_yaml = load_case(tmp_path / "case.json", CRITERIA), load_case(CASE, CRITERIA)
    assert in_json.model_dump() == in_yaml.model_dump()


@pytest.mark.parametrize("answer", ["unknown", "null", "~", ""])
def test_unknown_and_nothing_are_the_same_as_no_answer(answer: str) -> None:
    text = f"id: A\ntitle: T\nloan:\n  months: {answer}\nartwork: {answer}\n"
    case = case_from(text)
    assert case.loan.months is None
    assert case.artwork is None


def test_a_stored_assessment_is_said_to_be_one_and_not_a_case_full_of_unknown_keys(tmp_path: Path) -> None:
    record = tmp_path / "assessment.json"
    record.write_bytes(to_json(assess(load_case(CASE, CRITERIA), CRITERIA)))
    with pytest.raises(InvalidSourceError) as error:
        load_case(record, CRITERIA)
    (problem,) = error.value.diagnostics
    assert problem.message == "this is a stored assessment, not a case"
    assert problem.help == "name the case file; of an assessment, `risk-engine report` writes documents"


def test_keys_that_are_left_empty_are_left_out() -> None:
    case = case_from("id: A\ntitle: T\ncontrols:\nevidence:\nnotes:\nborrower:\n  - {id: a, seat: }\n")
    assert (case.controls, case.evidence, case.notes) == ((), (), None)
    assert case.borrower[0].seat is None


def test_an_empty_list_says_that_there_is_none() -> None:
    assert case_from("id: A\ntitle: T\nartwork: []\n").artwork == ()


def test_norway_stays_a_region() -> None:
    assert case_from("id: A\ntitle: T\nborrower: [{id: a, seat: NO}]\n").borrower[0].seat == "NO"


def test_answers_that_are_set_aside_are_kept_as_they_are() -> None:
    case = case_from("id: A\ntitle: T\nset_aside: {artwork.fan.lux_hours: [1, {a: 2}]}\n")
    assert case.set_aside == {"artwork.fan.lux_hours": (1, {"a": 2})}


@pytest.mark.parametrize(
    ("text", "criteria", "day"),
    [
        ("criteria: loan-desk\nassessment_date: 2026-01-31", "loan-desk", date(2026, 1, 31)),
        ("criteria: 7\nassessment_date: '2026-01-31'", None, date(2026, 1, 31)),
        ("assessment_date: soon", None, None),
        ("assessment_date: 7", None, None),
        ("title: x", None, None),
    ],
)
def test_what_a_case_says_of_set_and_day_is_read_before_the_set(
    text: str, criteria: str | None, day: date | None
) -> None:
    document = parse(text, "case")
    assert stated_criteria(document) == criteria
    assert stated_date(document) == day


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("borrower.plain.climate", ("borrower", 1, "climate")),
        ("artwork.fan.hazards.arsenic", ("artwork", 0, "hazards", "arsenic")),
        ("loan.months", ("loan", "months")),
        ("borrower", ("borrower",)),
        ("borrower.nobody.climate", ("borrower", "nobody", "climate")),
        ("nothing.at.all", ("nothing", "at", "all")),
    ],
)
def test_a_path_that_people_write_has_a_place_in_the_file(path: str, place: tuple[str | int, ...]) -> None:
    assert place_of(read_case_file(CASE).data, path) == place


def test_evidence_of_a_list_that_is_not_there_names_no_entry() -> None:
    text = "id: A\ntitle: T\nevidence: [{for: [artwork.fan.claim], kind: k, reference: r, date: 2026-01-01}]"
    with pytest.raises(InvalidSourceError, match="`artwork` has no entry `fan`"):
        case_from(text)


@pytest.mark.parametrize(
    "broken", ["controls: 7", "controls: [7]", "evidence: [7]", "evidence: [{for: 7}]", "artwork: [7]"]
)
def test_what_has_the_wrong_form_is_one_problem_and_no_crash(broken: str) -> None:
    with pytest.raises(InvalidSourceError):
        case_from(f"id: A\ntitle: T\n{broken}\n")


def test_a_profile_is_read() -> None:
    profile = load_profile(SETS / "loan-desk-profile.yaml", CRITERIA)
    assert profile.parameters["light_limit"].value == 30000
    assert profile.parameters["long_loan"].from_ == date(2026, 1, 1)
    assert list(profile.policy_knock_outs_off) == ["LAW-2"]


def test_folders_below_are_named_and_files_and_hidden_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").touch()
    (tmp_path / ".git").mkdir()
    assert folders_below(tmp_path) == ""
    for name in ("older", "2025"):
        (tmp_path / name).mkdir()
    assert folders_below(tmp_path) == f"{tmp_path}: folders below are not read: 2025, older"


def test_a_part_of_a_case_that_is_not_stated_yet_can_be_changed_as_one_that_is() -> None:
    data = {"id": "x", "borrower": ({"id": "a"},)}
    assert changed(data, "loan.months", 3) == {**data, "loan": {"months": 3}}
    assert changed(data, "loan.months.more", 3) is None
    assert changed(data, "artwork.a.fragility", "robust") is None


@pytest.mark.nightly
@pytest.mark.parametrize("lead", ["", "partner:\n  - id: p\n"])
def test_five_thousand_unknown_keys_are_told_in_less_than_five_seconds(lead: str, tmp_path: Path) -> None:
    """Less than a millisecond each, and every one is told."""
    criteria = newest("reconnect-china")
    file = tmp_path / "case.yaml"
    indent = "    " if lead else ""
    keys = "".join(f"{indent}kountry_{number}: {number}\n" for number in range(5000))
    file.write_text(f"id: a\ntitle: A\nassessment_date: 2026-11-29\n{lead}{keys}", "utf-8")
    begun = time.process_time()
    with pytest.raises(InvalidSourceError) as error:
        load_case(file, criteria)
    assert time.process_time() - begun < 5
    assert len(error.value.diagnostics) == 5000
