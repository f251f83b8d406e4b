import json
from datetime import date
from pathlib import Path

import pytest

from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import parse
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.decision import Person
from risk_engine.records.decide import Said, decide
from risk_engine.records.decisions import decision_json
from risk_engine.records.files import kind_of, read_assessment, read_decision, read_record

SETS = Path(__file__).parents[1] / "sets"
CRITERIA = load_criteria(str(SETS / "loan-desk"))
ASSESSMENT = assess(load_case(SETS / "loan-desk-case.yaml", CRITERIA), CRITERIA)
LEVELS = tuple((one.ladder, one.level) for one in ASSESSMENT.proposals)
DECISION = decide(
    explain(ASSESSMENT, CRITERIA, "en"), Said(by=Person(name="A", role="Keeper"), on=date(2026, 3, 9), levels=LEVELS)
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "a.json", tmp_path / "d.json"
    one.write_bytes(to_json(ASSESSMENT))
    other.write_bytes(decision_json(DECISION))
    return one, other


def test_what_was_written_is_read_back(files: tuple[Path, Path]) -> None:
    assessment, decision = files
    assert read_assessment(assessment) == read_record(assessment).record == ASSESSMENT
    assert read_decision(decision) == read_record(decision).record == DECISION
    assert read_record(decision).raw == decision.read_bytes()


def test_one_is_not_taken_for_the_other(files: tuple[Path, Path]) -> None:
    assessment, decision = files
    with pytest.raises(InvalidSourceError, match="this is not an assessment that this engine can read"):
        read_assessment(decision)
    with pytest.raises(InvalidSourceError, match="this is not a decision that this engine can read"):
        read_decision(assessment)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", r"this is not a decision that this engine can read\n"),
        ("{}", r"not a decision .* \(at `schema`\)"),
        ("{", "cannot be read as JSON"),
        ("", "the file is empty"),
    ],
)
def test_what_is_no_decision_is_refused(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "d.json"
    file.write_text(text)
    with pytest.raises(InvalidSourceError, match=why):
        read_decision(file)


def test_a_record_is_known_although_one_of_its_keys_is_damaged() -> None:
    for kind, content in (("assessment", to_json(ASSESSMENT)), ("decision", decision_json(DECISION))):
        data = json.loads(content)
        for key in data:
            changed = {(f"{name}x" if name == key else name): value for name, value in data.items()}
            assert kind_of(parse(json.dumps(changed), "x", is_json=True, nulls=True)) == kind
    for text in ("[]", "1", "{}", '{"digest": "a", "findings": []}'):
        assert kind_of(parse(text, "x", is_json=True)) is None
