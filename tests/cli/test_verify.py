import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from risk_engine.engine.assess import assessment_digest
from risk_engine.model.assessment import Assessment
from risk_engine.version import __version__
from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, LOAN_DESK, LOAN_PROFILE, done, refused, run
from tests.engine.builder import SHIPPED, unpacked
from tests.strategies import by_turns


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    file = tmp_path / "assessment.json"
    done("assess", EXAMPLES / "lung-imaging.yaml", "--format", "json", "-o", file)
    return file


def rewritten(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    content = json.loads(file.read_text("utf-8"))
    change(content)
    file.write_text(json.dumps(content), "utf-8")
    return file


def test_what_nobody_touched_comes_out_the_same(stored: Path) -> None:
    assert done("verify", stored) == f"same: the assessment comes out again to the byte (engine {__version__})\n"


@pytest.mark.parametrize("example", by_turns(sorted(EXAMPLES.glob("*.yaml")), 5), ids=lambda one: one.stem)
def test_every_example_comes_out_the_same(example: Path, tmp_path: Path) -> None:
    if example.stem == "profile":
        return
    file = tmp_path / "a.json"
    done("assess", example, "--profile", EXAMPLES / "profiles" / "university.yaml", "--format", "json", "-o", file)
    assert done("verify", file).startswith("same: ")


def test_a_foreign_set_is_named_by_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    done("assess", LOAN_CASE, *LOAN, "--profile", LOAN_PROFILE, "--format", "json", "-o", file)
    assert done("verify", file, "--criteria", LOAN_DESK).startswith("same: ")
    assert refused("verify", file).startswith(
        "the assessment cannot be recomputed: the criteria of the assessment are not here: loan-desk@1.0.0 with"
    )


def test_what_was_altered_is_said_to_be_altered_and_where(stored: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        content["findings"][0]["inherent"] = "low"

    result = run("verify", rewritten(stored, change))
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith(f"altered: the file was changed after it was written (engine {__version__}); where")
    assert '.inherent: was "low", now "high"' in result.out


def test_what_comes_out_otherwise_under_other_criteria_is_different_and_where(stored: Path, tmp_path: Path) -> None:
    folder = tmp_path / "1.0.0"
    unpacked(SHIPPED, folder)
    file = folder / "indicators" / "ethics.yaml"
    text = file.read_text("utf-8").replace(
        'ethics.review", at_least: "one_side"', 'ethics.review", at_least: "missing"'
    )
    file.write_text(text, "utf-8")
    result = run("verify", stored, "--criteria", folder)
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith(f"different: it does not come out again (engine {__version__}); where:\n")
    assert "  findings.ETH-10: was {" in result.out


def test_another_engine_is_named_and_excuses_no_difference(stored: Path) -> None:
    from risk_engine.engine.assess import assessment_digest
    from risk_engine.model.assessment import Assessment

    def change(content: dict[str, Any]) -> None:
        content["engine"] = "0.0.9"
        content["digest"] = assessment_digest(Assessment.model_validate_json(json.dumps(content)))

    result = run("verify", rewritten(stored, change))
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("same: the assessment comes out again")
    assert f"(engine 0.0.9, recomputed by {__version__})" in result.out

    def change_more(content: dict[str, Any]) -> None:
        content["gaps"] = ["partner"]
        change(content)

    other = run("verify", rewritten(stored, change_more))
    assert (other.code, other.err) == (1, "")
    assert "  gaps: was [" in other.out


def refuse_all(content: dict[str, Any]) -> None:
    content["case"]["partner"][0]["country"] = "XX"


def another_control(content: dict[str, Any]) -> None:
    content["case"]["controls"] = [{"id": "CTL-99", "status": "agreed"}]


def another_parameter(content: dict[str, Any]) -> None:
    profile = {
        "institution": "X",
        "criteria": "reconnect-china",
        "parameters": {"dependence": {"value": 3, "reason": "Ours."}},
    }
    content["profile"] = {"profile": profile, "digest": "0" * 64}


def another_set(content: dict[str, Any]) -> None:
    content["criteria"]["id"] = "reconnect-chile"
    content["criteria"]["digest"] = "0" * 64


def another_version(content: dict[str, Any]) -> None:
    content["criteria"]["version"] = "0.0.1"


def a_version_with_other_names(content: dict[str, Any]) -> None:
    content["criteria"]["version"] = "2.0.0"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (refuse_all, "`XX` is no row of the table"),
        (another_control, "there is no control `CTL-99`"),
        (another_parameter, "there is no parameter `dependence`"),
        (another_set, "there is no criteria set `reconnect-chile`"),
        (another_version, "the set `reconnect-china` has no version `0.0.1`"),
        (
            a_version_with_other_names,
            "names that this version does not have: `collaboration.type`, `activity.0.end_user_known`",
        ),
    ],
)
def test_what_the_criteria_do_not_know_cannot_be_recomputed(
    change: Callable[[dict[str, Any]], object], why: str, stored: Path
) -> None:
    altered = run("verify", rewritten(stored, change))
    assert (altered.code, altered.err) == (1, "")
    assert "altered: the file was changed after it was written" in altered.out
    sealed = Assessment.model_validate_json(stored.read_text("utf-8"))
    message = refused("verify", rewritten(stored, lambda one: one.update(digest=assessment_digest(sealed))))
    assert message.startswith("the assessment cannot be recomputed: ")
    assert why in message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "this is not an assessment that this engine can read (at `schema`)"),
        ("[]", "this is a list of assessments"),
        ('"a"', "this is not an assessment that this engine can read\n"),
        ("{", ""),
        ("", "the file is empty"),
        ('{"schema": 2}', "this is not an assessment that this engine can read (at `"),
    ],
)
def test_what_is_no_assessment_is_refused(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    message = refused("verify", file)
    assert message.startswith(f"{file}:1:1: ") or not why
    assert why in message


def test_a_case_file_is_no_assessment() -> None:
    message = refused("verify", EXAMPLES / "lung-imaging.yaml")
    assert "this is not an assessment that this engine can read\n" in message
    assert "`risk-engine assess --format json` writes" in message


def test_a_missing_assessment_is_refused() -> None:
    assert "there is no such file" in refused("verify", "nowhere.json")
