"""Which facts screening answers (screening.yaml): what fits the set, and every problem of what does not."""

import shutil
from pathlib import Path

import pytest

from risk_engine import load_criteria
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.screened_facts import IDENTIFIER_KINDS, load_screened_facts
from risk_engine.loading.sets import versions
from risk_engine.records.criteria import bundled
from risk_engine.screening.asked import IDENTIFIERS
from tests.cli.running import LOAN_DESK

WRONG = """borrower:
  listed:
    - {on: law, fact: borrower.sheilded, answer: true}
    - {on: evidence, fact: borrower.climate, answer: warm, lists: [A], options: {stedy: [B]}}
    - {on: evidence, fact: borrower.damages, answer: true, otherwise: steady}
  identity: artwork.claim
  other_names: borrower.seat
  identifiers: {rore: borrower.called, lei: borrower.seat, tax: borrower.x}
  kind: {fact: borrower.night_watch, types: {univrsity: staffed, archive: alarm}}
loan: {}
artwrok: {}
"""


def test_everything_that_does_not_fit_the_set_is_told_at_once(tmp_path: Path) -> None:
    desk = shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "desk")
    (desk / "screening.yaml").write_text(WRONG, "utf-8")
    with pytest.raises(InvalidSourceError) as error:
        load_screened_facts(load_criteria(str(desk)))
    problems = [(one.position.line, one.message) for one in error.value.diagnostics]
    assert sorted(problems) == [
        (3, "there is no fact `borrower.sheilded` of `borrower`"),
        (4, "`answer` does not stand beside `options`"),
        (4, "`lists` does not stand beside `options`"),
        (4, "`stedy` is no answer to `borrower.climate`"),
        (4, "`warm` is no answer to `borrower.climate`"),
        (5, "`borrower.damages` is no `boolean`, `choice` or `choices` fact"),
        (5, "`otherwise` stands beside `options`"),
        (6, "there is no fact `artwork.claim` of `borrower`"),
        (7, "`borrower.seat` is no `text` fact"),
        (8, "`borrower.seat` is no `text` fact"),
        (8, "`rore` is no kind of identifier"),
        (8, "there is no fact `borrower.x` of `borrower`"),
        (9, "`alarm` is no answer to `borrower.night_watch`"),
        (9, "`univrsity` is no type of organisation in the registry"),
        (10, "there is no list `loan` in loan-desk"),
        (11, "there is no list `artwrok` in loan-desk"),
    ]
    (desk / "screening.yaml").write_text("", "utf-8")
    with pytest.raises(InvalidSourceError):
        load_screened_facts(load_criteria(str(desk)))


def test_of_a_copy_that_a_register_keeps_it_is_that_of_the_set_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "register" / "criteria" / "0123.json"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(bundled(load_criteria(str(LOAN_DESK))))
    assert load_screened_facts(read_criteria(copy), needed=False) == {}  # no set of that name is known here
    monkeypatch.setenv("RISK_ENGINE_CRITERIA", str(LOAN_DESK.parent))
    assert set(load_screened_facts(read_criteria(copy))) == {"borrower"}
    shutil.copytree(LOAN_DESK, tmp_path / "sets" / "loan-desk")
    (tmp_path / "sets" / "loan-desk" / "1.0.0" / "screening.yaml").unlink()
    monkeypatch.setenv("RISK_ENGINE_CRITERIA", str(tmp_path / "sets"))
    with pytest.raises(RiskEngineError, match="does not say which facts screening answers") as error:
        load_screened_facts(read_criteria(copy))
    assert "sets/loan-desk/1.0.0/screening.yaml" in error.value.way_out


def test_the_kinds_of_numbers_are_those_by_which_an_organisation_is_asked_about() -> None:
    assert IDENTIFIER_KINDS == IDENTIFIERS


@pytest.mark.parametrize("name", [pytest.param("reconnect-china", marks=pytest.mark.nightly), "us-dod-matrix"])
def test_every_version_of_a_shipped_set_says_which_facts_screening_answers(name: str) -> None:
    for version in versions(name):
        facts = load_screened_facts(load_criteria(f"{version}"))
        assert "partner" in facts
