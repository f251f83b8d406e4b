import json
from pathlib import Path
from typing import Any

import pytest

from risk_engine.engine.assess import assess, assessment_digest, to_json
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.loading.sets import UnknownSetError
from risk_engine.model.assessment import Assessment
from risk_engine.records.criteria import criteria_of, verify_file
from risk_engine.records.files import read_assessment

SETS = Path(__file__).parents[1] / "sets"
LOAN_DESK = str(SETS / "loan-desk")
CRITERIA = load_criteria(LOAN_DESK)
ASSESSMENT = assess(
    load_case(SETS / "loan-desk-case.yaml", CRITERIA),
    CRITERIA,
    profile=load_profile(SETS / "loan-desk-profile.yaml", CRITERIA),
)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "assessment.json"
    path.write_bytes(to_json(ASSESSMENT))
    return path


def edit(path: Path, *steps: str | int, value: Any, seal: bool = True) -> None:
    content = json.loads(path.read_text("utf-8"))
    part = content
    for step in steps[:-1]:
        part = part[step]
    part[steps[-1]] = value
    if seal:  # what does not fit its digest is altered, whatever the criteria say
        content["digest"] = assessment_digest(Assessment.model_validate_json(json.dumps(content)))
    path.write_text(json.dumps(content), "utf-8")


def test_what_is_read_back_is_what_was_written(stored: Path) -> None:
    assert read_assessment(stored) == ASSESSMENT
    assert to_json(read_assessment(stored)) == stored.read_bytes()


def test_it_comes_out_the_same_with_a_profile_and_without(stored: Path) -> None:
    assert verify_file(stored, LOAN_DESK).verdict == "same"
    stored.write_bytes(to_json(assess(load_case(SETS / "loan-desk-case.yaml", CRITERIA), CRITERIA)))
    assert verify_file(stored, LOAN_DESK).verdict == "same"


def test_a_set_that_is_not_there_means_that_it_cannot_be_recomputed(stored: Path) -> None:
    with pytest.raises(RiskEngineError) as error:
        verify_file(stored)
    first, way_out = str(error.value).splitlines()
    needed = f"the criteria of the assessment are not here: loan-desk@1.0.0 with the digest {CRITERIA.digest}"
    assert first == f"the assessment cannot be recomputed: {needed} (there is no criteria set `loan-desk`)"
    assert way_out == "  help: the folder of its criteria can be named with `--criteria`"


def test_criteria_that_somebody_named_are_not_passed_over_for_others(tmp_path: Path) -> None:
    shipped = load_criteria("reconnect-china@1.0.0")
    record = tmp_path / "assessment.json"
    record.write_bytes(to_json(assess(load_case("examples/lung-imaging.yaml", shipped), shipped)))
    assert verify_file(record).verdict == "same"
    with pytest.raises(RiskEngineError, match="cannot be recomputed: there is no criteria set `nowhere`"):
        verify_file(record, "nowhere")
    with pytest.raises(UnknownSetError, match="there is no criteria set `nowhere`"):
        criteria_of(read_assessment(record), "nowhere")


def test_a_set_that_was_not_in_force_means_that_it_cannot_be_recomputed(stored: Path) -> None:
    edit(stored, "on", value="2020-01-01")
    with pytest.raises(
        RiskEngineError, match=r"cannot be recomputed: the criteria set .* is not in force on 2020-01-01"
    ):
        verify_file(stored, LOAN_DESK)


@pytest.mark.parametrize(
    ("steps", "value", "told"),
    [
        (("case", "borrower", 0, "seat"), "XX", "`XX` is no row of the table"),
        (("case", "borrower", 0, "climate"), "wet", "`wet`"),
        (("case", "controls", 0, "id"), "LOGER", "there is no control `LOGER`"),
        (("case", "evidence", 0, "for"), ["artwork.fan.weight"], "`artwork` has no fact `weight`"),
        (("case", "garden"), [], "unknown key `garden`"),
        (("profile", "profile", "criteria"), "pawn-shop", "the profile is made for `pawn-shop`"),
        (("profile", "profile", "tables", "planets"), {}, "there is no table `planets`"),
        (
            ("profile", "profile", "policy_knock_outs_off", "LAW-1"),
            {"reason": "Ours."},
            "`LAW-1` has no policy knock-out",
        ),
    ],
)
def test_what_the_criteria_do_not_know_is_told_with_its_place(
    steps: tuple[str | int, ...], value: Any, told: str, stored: Path
) -> None:
    edit(stored, *steps, value=value)
    with pytest.raises(RiskEngineError) as error:
        verify_file(stored, LOAN_DESK)
    first, *problems = str(error.value).splitlines()
    assert first == (
        f"the assessment cannot be recomputed: its case or profile does not fit the criteria `{LOAN_DESK}`"
    )
    assert told in problems[0]
    assert problems[0].startswith(f"{stored.as_posix()}:1:")


def test_what_is_no_assessment_is_told_with_the_first_thing_that_is_wrong(stored: Path) -> None:
    edit(stored, "findings", 0, "inherent", value="enormous", seal=False)
    with pytest.raises(InvalidSourceError, match=r"this is not an assessment .* \(at `findings.0.inherent`\)"):
        read_assessment(stored)


def test_what_is_no_json_is_told_in_our_words(stored: Path) -> None:
    stored.write_text('{"schema": 1,,}')
    with pytest.raises(InvalidSourceError) as error:
        read_assessment(stored)
    assert "pydantic" not in str(error.value)
    stored.write_text("schema: 1\n")
    with pytest.raises(InvalidSourceError):
        read_assessment(stored)
