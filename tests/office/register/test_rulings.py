from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_engine.engine.assess import to_json
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.decision import Confirmation, Decision, Person
from risk_engine.office.register.folder import known_case_folder
from risk_engine.office.register.history import history
from risk_engine.office.register.record import CaseRecord, record_of
from risk_engine.records.decide import confirm, confirmation_digest
from risk_engine.records.decisions import decision_digest, decision_json
from tests.cli.running import run
from tests.office.register.filing import CASE_ID, assessed, case_file, decided, filed, put, written
from tests.strategies import by_turns

KEEPER = Person(name="K. Keeper", role="Keeper")
DIRECTOR = Person(name="D. Director", role="Director")
LONGER = ("months: 8", "months: 9")
REFUSE: dict[str, Any] = {"levels": (("verdict", "refuse"),), "reason": "The house is closed."}
"""The set asks for a second person where a loan is refused."""


def record(folder: Path) -> CaseRecord:
    return record_of(known_case_folder(folder, CASE_ID))


def sealed(decision: Decision, **changes: Any) -> Decision:
    """Return a decision that somebody changed by hand, who computed the digest anew."""
    changed = decision.model_copy(update=changes)
    return changed.model_copy(update={"digest": decision_digest(changed)})


def confirmed_by_hand(decided_on: Decision, /, **changes: Any) -> Decision:
    day, nobody = date(2026, 3, 7), "0" * 64
    stated = Confirmation(decision=decided_on.digest, by=DIRECTOR, on=day, different_person=False, digest=nobody)
    changed = stated.model_copy(update=changes)
    return decided_on.model_copy(
        update={"confirmation": changed.model_copy(update={"digest": confirmation_digest(changed)})}
    )


FORGERIES: dict[str, Callable[[Decision], Decision]] = {
    "the person who decided confirmed it too": lambda first: confirmed_by_hand(first, by=KEEPER),
    "the confirmation is dated before the decision": lambda first: confirmed_by_hand(first, on=date(2026, 3, 4)),
    "the confirmation is of another decision": lambda first: confirmed_by_hand(first, decision="f" * 64),
    "does not ask for a second person as the set and the profile do": lambda first: sealed(first, four_eyes=()),
    "it deviates, and no reason is given": lambda first: sealed(first, reason=None),
    "is before the assessment of": lambda first: sealed(first, on=date(2026, 3, 1)),
}
"""What does not hold: how somebody makes it so of a decision."""


def deciding(folder: Path) -> Decision:
    return decided(assessed(case_file(folder)), **REFUSE)


@pytest.mark.parametrize("wrong", by_turns(FORGERIES, 2))
def test_a_forged_decision_is_neither_filed_nor_counted(wrong: str, tmp_path: Path) -> None:
    forged = FORGERIES[wrong](deciding(tmp_path))
    filed(tmp_path / "r", tmp_path / "case.yaml")
    with pytest.raises(RiskEngineError, match=f"d.json.*the decision does not hold: .*{wrong}"):
        filed(tmp_path / "r", written(tmp_path / "d.json", forged))
    assert known_case_folder(tmp_path / "r", CASE_ID).of("decision") == ()
    # Somebody puts it there by hand, with the right digest in its name.
    there = put(tmp_path / "r", "decision", "", ".json", decision_json(forged))
    assert record(tmp_path / "r").decision_state() == "broken"
    assert record(tmp_path / "r").ruled is None
    listed = run("register", "list", tmp_path / "r", "--format", "csv")
    assert f"{there.path}: this decision does not count: " in listed.err
    assert '"does not hold, see `register show`","–"' in listed.out
    shown = run("register", "show", tmp_path / "r", CASE_ID)
    assert (shown.code, "— DOES NOT HOLD" in shown.out, wrong in shown.err) == (1, True, True)


def test_a_forged_confirmation_leaves_the_decision_unconfirmed(tmp_path: Path) -> None:
    first = deciding(tmp_path)
    filed(tmp_path / "r", tmp_path / "case.yaml", written(tmp_path / "d.json", first))
    put(tmp_path / "r", "decision", "", ".json", decision_json(confirmed_by_hand(first, by=KEEPER)))
    assert record(tmp_path / "r").decision_state() == "unconfirmed"


def test_a_forged_decision_supersedes_nothing(tmp_path: Path) -> None:
    first = confirm(deciding(tmp_path), DIRECTOR, date(2026, 3, 7))
    filed(tmp_path / "r", tmp_path / "case.yaml", written(tmp_path / "d.json", first))
    forged = sealed(first, supersedes=first.digest, four_eyes=(), confirmation=None)
    put(tmp_path / "r", "decision", "", ".json", decision_json(forged))
    assert record(tmp_path / "r").decision_state() == "decided"


def test_a_second_decision_on_an_assessment_must_supersede_the_first(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    first, other = decided(assessment), decided(assessment, date(2026, 3, 6))
    filed(tmp_path / "r", tmp_path / "case.yaml", written(tmp_path / "d1.json", first))
    with pytest.raises(RiskEngineError) as caught:
        filed(tmp_path / "r", written(tmp_path / "d2.json", other))
    (there,) = known_case_folder(tmp_path / "r", CASE_ID).of("decision")
    (about,) = known_case_folder(tmp_path / "r", CASE_ID).of("assessment")
    assert f"{there.name} is a decision on the same assessment already" in str(caught.value)
    assert f"`risk-engine decide {about.path} --supersedes {there.path} …`" in str(caught.value)
    later = decided(assessment, date(2026, 3, 6), supersedes=first)
    filed(tmp_path / "r", written(tmp_path / "d3.json", later))
    assert record(tmp_path / "r").ruled is not None
    with pytest.raises(RiskEngineError, match="is a decision on the same assessment already"):
        filed(tmp_path / "r", tmp_path / "d2.json")


def test_decisions_that_stand_side_by_side_are_named(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    filed(tmp_path / "r", tmp_path / "case.yaml", written(tmp_path / "d.json", decided(assessment)))
    other = confirm(decided(assessment, **REFUSE), DIRECTOR, date(2026, 3, 7))
    put(tmp_path / "r", "decision", "", ".json", decision_json(other))
    one, two = known_case_folder(tmp_path / "r", CASE_ID).of("decision")
    assert record(tmp_path / "r").decision_state() == "contradicted"
    told = f"decisions stand side by side, none supersedes another: {one.name} and {two.name}\n  help: assess the case"
    listed = run("register", "list", tmp_path / "r", "--awaiting-decision", "--format", "csv")
    assert told in listed.err
    assert '"Refuse / Lend on terms"' in listed.out
    assert CASE_ID in run("register", "list", tmp_path / "r", "--level", "refuse").out
    shown = run("register", "show", tmp_path / "r", CASE_ID)
    assert (shown.code, told in shown.err) == (1, True)
    assert f"{one.name} + {two.name}\n  on the same assessment, and none supersedes another — SIDE BY SIDE" in shown.out


def test_a_decision_on_an_earlier_assessment_never_hides_one_on_the_newest(tmp_path: Path) -> None:
    old = assessed(case_file(tmp_path))
    filed(tmp_path / "r", tmp_path / "case.yaml", case_file(tmp_path, LONGER, name="second.yaml"))
    current = record(tmp_path / "r").current
    assert current is not None
    new = decided(current.assessment, date(2026, 3, 6))
    filed(tmp_path / "r", written(tmp_path / "new.json", new), written(tmp_path / "old.json", decided(old)))
    assert record(tmp_path / "r").decision_state() == "decided"
    ruled = record(tmp_path / "r").ruled
    assert ruled is not None
    assert ruled.decision == new
    assert not [one.wrong for one in history(known_case_folder(tmp_path / "r", CASE_ID)) if one.wrong]


def test_an_older_assessment_that_cannot_be_read_hides_no_decision(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path), case_file(tmp_path, LONGER, name="second.yaml"))
    current = record(tmp_path / "r").current
    assert current is not None
    filed(tmp_path / "r", written(tmp_path / "d.json", decided(current.assessment, date(2026, 3, 6))))
    known_case_folder(tmp_path / "r", CASE_ID).of("assessment")[0].path.write_bytes(b"{}")
    assert record(tmp_path / "r").decision_state() == "decided"


def test_a_decision_on_an_assessment_that_was_altered_is_not_filed(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    altered = assessment.model_copy(update={"case": {**assessment.case, "title": "Another title"}})
    filed(tmp_path / "r", tmp_path / "case.yaml")
    (there,) = known_case_folder(tmp_path / "r", CASE_ID).of("assessment")
    there.path.unlink()
    by_hand = put(tmp_path / "r", "assessment", "", ".json", to_json(altered))
    with pytest.raises(RiskEngineError, match=f"{by_hand.name}, which was decided on, was altered"):
        filed(tmp_path / "r", written(tmp_path / "d.json", decided(altered)))
