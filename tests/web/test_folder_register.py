"""The folder register and the office are the same thing twice: what goes from one to the other comes back as it was."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from risk_engine.engine.explain import explain
from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.decision import Person as Named
from risk_engine.office.register.add import Filing, add, recognised
from risk_engine.office.register.folder import known_case_folder
from risk_engine.office.register.record import Survey, assessments
from risk_engine.office.register.verify import verify
from risk_engine.portfolio.assess import Assessor
from risk_engine.records.decide import Said, confirm, decide
from risk_engine.records.decisions import decision_json
from risk_engine.web import cases, evidence, guests
from risk_engine.web.cases import RefusedError
from risk_engine.web.decisions import Ruling, assessment_of
from risk_engine.web.export_folder import exported
from risk_engine.web.import_folder import imported, planned
from risk_engine.web.models import Act, Case, Evidence, Filed, HitDecision, Person, RegisterLine
from risk_engine.web.rows import Statement
from risk_engine.web.states import Move, move
from risk_engine.web.wording import who_did
from risk_engine.web.words import ActName, Role, SealedKind, State
from tests.cli.running import EXAMPLES
from tests.strategies import by_turns
from tests.web.keeping import contents

Make = Callable[..., Person]
ON = date(2026, 11, 25)
OF_THE_NEXT_VERSION = {"battery-recycling.yaml", "lung-imaging-federated.yaml"}
LEVELS = (("start_gate", "blocked"), ("measure", "restriction"), ("escalation", "committee"))
RULING = Ruling(levels=LEVELS, reason="Too much is open.")
TIES = Read("first_look", None, "ties")
EVIDENCE = b"%PDF-1.7 a note of the checks"


def file_in(register: Path, *paths: Path, on: date = ON, version: str = "1.0.0", **how: object) -> None:
    filing = Filing(register, Assessor(f"reconnect-china@{version}", on, None), ON)
    for path in paths:
        add(path, recognised(path).kind, replace(filing, **how))  # type: ignore[arg-type]


def take(register: Path, faculty: str | None = "Physics", **how: bool) -> None:
    plan = planned(register, faculty)
    assert plan.problems == []
    imported(register, plan, faculty, **how)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register that was kept by hand: cases in two versions, assessed again, decided, confirmed, with evidence."""
    folder = tmp_path_factory.mktemp("by-hand")
    register, note = folder / "register", folder / "Prüfung der Partner.pdf"
    note.write_bytes(EVIDENCE)
    lung = EXAMPLES / "lung-imaging.yaml"
    file_in(register, EXAMPLES / "drone-swarm.yaml", lung, EXAMPLES / "half-filled.yaml")
    case_id = "KUH-2026-031"
    changed = folder / "lung.yaml"
    changed.write_text(lung.read_text("utf-8").replace("title: AI for", "title: Seen again, AI for"), "utf-8")
    file_in(register, changed, on=date(2026, 11, 26))
    current = next(assessments(known_case_folder(register, case_id))).assessment
    by, second = Named(name="Dora Decker", role="Dean"), Named(name="Zoe Zweit", role="Rector")
    levels = tuple((one.ladder, one.level) for one in current.proposals)
    said = Said(by=by, on=date(2026, 11, 27), levels=levels, reason="As proposed.")
    decision = decide(explain(current, load_criteria("reconnect-china@1.0.0")), said)
    for number, one in enumerate(
        (decision, confirm(decision, second, date(2026, 11, 28))) if decision.four_eyes else (decision,)
    ):
        path = folder / f"decision-{number}.json"
        path.write_bytes(decision_json(one))
        file_in(register, path)
    file_in(register, note, case_id=case_id, keep=True)
    assert verify(register).verdict == "holds"
    return register


@pytest.fixture
def taken_back(office: None) -> Callable[[], None]:  # noqa: ARG001 (its rows go)
    """Make the office what it was when the test began."""
    begun = transaction.savepoint()
    return lambda: transaction.savepoint_rollback(begun)


@pytest.mark.nightly
@pytest.mark.usefixtures("office")
def test_a_register_that_was_kept_by_hand_comes_back_byte_for_byte(by_hand: Path, tmp_path: Path) -> None:
    take(by_hand)
    assert exported(tmp_path / "out") == 3
    assert contents(tmp_path / "out") == contents(by_hand)


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("name", by_turns(sorted(one.name for one in EXAMPLES.glob("*.yaml")), 5, pytest.mark.long))
def test_every_example_comes_back_byte_for_byte_and_states_what_it_stated(name: str, tmp_path: Path) -> None:
    file_in(tmp_path / "in", EXAMPLES / name, version="2.1.0" if name in OF_THE_NEXT_VERSION else "1.0.0")
    take(tmp_path / "in")
    exported(tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tmp_path / "in")
    case = Case.objects.get()
    sealed = case.filed.filter(sealed__kind="assessment").get().sealed
    assert cases.assessed(case).findings == assessment_of(sealed).findings


@pytest.mark.usefixtures("office")
def test_a_case_of_the_folder_goes_on_in_the_office_where_it_stood(by_hand: Path) -> None:
    take(by_hand, confidential=True)
    lung, drone = Case.objects.get(number="KUH-2026-031"), Case.objects.exclude(number="KUH-2026-031").first()
    assert drone is not None
    assert (lung.state, drone.state) == (State.DECIDED, State.ASSESSED)
    assert lung.confidential
    assert lung.title.startswith("Seen again")
    assert "notes" in lung.document
    assert {one.author for one in cases.latest(lung).values()} == {"Folder register"}
    kept = Evidence.objects.get(case=lung)
    assert kept.name == "Prüfung der Partner.pdf"
    assert evidence.path_of(kept.sha256).read_bytes() == EVIDENCE


def office_of(case: Case, assessor: Person, somebody: Make, browsing: Callable[[Person], Client]) -> None:
    """Fill an office: answers with evidence, a decision, an end of the first round, a guest, a confidential draft."""
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)
    cases.save(case, TIES, True, assessor, "first_look", 0)
    file = SimpleUploadedFile("Vertrag.pdf", EVIDENCE)
    browsing(assessor).post(f"/cases/{case.number}/evidence", {"file": file, "for": "first_look.ties"})
    for _round in range(2):
        digest = move(case, assessor, Move(ActName.ASSESS)).digest
        move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer, due=date(2099, 1, 1)))
        move(case, reviewer, Move(ActName.REVIEW, digest))
        move(case, decider, Move(ActName.DECIDE, digest, ruling=RULING))
        move(case, decider, Move(ActName.REOPEN, digest, note="Something is new."))
    guest, _token = guests.invite(case, "researcher", "Dr Berg", "en", assessor)
    guests.save(guest, Read("first_look", None, "field"), True, "first_look", 0)
    quiet = cases.begin(assessor, case.faculty, "Something quiet")
    Case.objects.filter(pk=quiet.pk).update(confidential=True)
    quiet.access.create(person=reviewer)
    cases.save_entry(quiet, "partner", "Universität Ulm", assessor, "partner")
    decided = {"verdict": "ruled_out", "reason": "Another one.", "asked": {}, "entry": {}}
    HitDecision.objects.create(hit="l/1", **decided, case=case, by=assessor)


def whole() -> list[object]:
    """Return everything that a folder register is to bring back."""
    told = [Statement(one).content for one in Case.objects.order_by("number")]
    for act in (one for each in told for one in each["rows"].get("Act", ())):
        act.pop("imported")  # whether it was done here
    filed = Filed.objects.order_by("case__number", "order").values_list(
        "case__number", "order", "supersedes", "sealed__digest", "sealed__sha256", "sealed__kind"
    )
    return [told, list(filed), list(Evidence.objects.order_by("pk").values_list("sha256", "name", "size", "at"))]


def test_an_office_that_was_exported_comes_back_as_it_was_and_is_exported_as_the_same_folder(
    taken_back: Callable[[], None],
    case: Case,
    assessor: Person,
    somebody: Make,
    browsing: Callable[[Person], Client],
    tmp_path: Path,
) -> None:
    office_of(case, assessor, somebody, browsing)
    exported(tmp_path / "first")
    before = whole()
    taken_back()
    shutil.rmtree(evidence.path_of("0" * 64).parents[1])
    assert not Case.objects.exists()
    take(tmp_path / "first", faculty=None)
    assert set(Act.objects.values_list("imported", flat=True)) == {True}
    assert whole() == before
    assert not HitDecision.objects.exists(), "no folder rules out a hit for an office"
    quiet = Case.objects.get(title="Something quiet")
    assert quiet.confidential
    assert [(one.person.name, one.person.is_active) for one in quiet.access.all()] == [("Rosa Roth", False)]
    exported(tmp_path / "second")
    assert contents(tmp_path / "second") == contents(tmp_path / "first")


@pytest.mark.parametrize("ends", [ActName.REVIEW, ActName.DECIDE])
def test_a_sign_off_that_a_folder_states_is_none_of_this_office_and_nobody_decides_or_confirms_on_it(
    ends: ActName,
    taken_back: Callable[[], None],
    case: Case,
    assessor: Person,
    somebody: Make,
    tmp_path: Path,
) -> None:
    decider, digest = _signed(case, assessor, somebody)
    if ends == ActName.DECIDE:
        move(case, decider, Move(ActName.DECIDE, digest, ruling=RULING))
    exported(tmp_path / "out")
    taken_back()
    # The same people work here, and one more who decides.
    ada, rosa = somebody("Ada Vogel", Role.ASSESSOR), somebody("Rosa Roth", Role.REVIEWER)
    zoe = somebody("Zoe Zweig", Role.DECIDER)
    somebody("Dora Decker", Role.DECIDER)
    plan = planned(tmp_path / "out", None)
    imported(tmp_path / "out", plan, None)
    case = Case.objects.get(number=case.number)
    assert set(case.acts.exclude(name=ActName.ANSWER).values_list("imported", flat=True)) == {True}
    assert who_did(case.acts.get(name=ActName.REVIEW)) == "Rosa Roth (imported, stated by the folder)"
    if ends == ActName.REVIEW:
        assert any("a sign-off of another office is none here" in one for one in plan.notes)
        assert (case.state, case.round) == (State.ASSESSED, 2)
        with pytest.raises(RefusedError, match="not where it was"):
            move(case, zoe, Move(ActName.DECIDE, digest, ruling=RULING))
        move(case, ada, Move(ActName.SEND, digest, reviewer=rosa))
        move(case, rosa, Move(ActName.REVIEW, digest))
        assert move(case, zoe, Move(ActName.DECIDE, digest, ruling=RULING)).imported is False
    else:
        decision = cases.filed(case, SealedKind.DECISION)
        assert decision is not None
        assert case.state == State.DECIDED
        with pytest.raises(RefusedError, match="nobody signed it here"):
            move(case, zoe, Move(ActName.CONFIRM, decision.digest))


def _signed(case: Case, assessor: Person, somebody: Make) -> tuple[Person, str]:
    """Bring a case to where it is signed; return who may decide, and on what."""
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)
    cases.save(case, TIES, True, assessor, "first_look", 0)
    digest = move(case, assessor, Move(ActName.ASSESS)).digest
    move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer))
    move(case, reviewer, Move(ActName.REVIEW, digest))
    return decider, digest


@pytest.mark.nightly
def test_what_the_office_exports_reads_as_if_it_had_been_filed_by_hand(
    case: Case, assessor: Person, somebody: Make, browsing: Callable[[Person], Client], tmp_path: Path
) -> None:
    office_of(case, assessor, somebody, browsing)
    exported(tmp_path / "out")
    assert verify(tmp_path / "out").verdict == "holds"
    survey = Survey(tmp_path / "out")
    records = list(survey)
    assert (list(survey.warnings()), survey.failed) == ([], [])
    assert [one.case_id for one in records] == ["2026-0001", "2026-0002"]
    assert records[0].decision_state() == "decided" or records[0].decision_state() == "unconfirmed"
    assert records[1].current is None


def test_the_next_export_goes_on_with_the_log_and_says_which_cases_are_gone(
    case: Case, assessor: Person, end: Callable[[Case, Person, str], None], tmp_path: Path
) -> None:
    cases.save(case, TIES, True, assessor, "first_look", 0)
    other = cases.begin(assessor, case.faculty, "Another one")
    exported(tmp_path / "first")
    head = verify(tmp_path / "first").head
    assert head is not None
    cases.save(case, TIES, False, assessor, "first_look", 1)
    end(other, assessor, "kept until 2026-01-31")
    exported(tmp_path / "second")
    checked = verify(tmp_path / "second", head)
    assert checked.verdict == "holds", checked.faults
    assert not (tmp_path / "second" / other.number).exists()
    assert b"kept until 2026-01-31" in (tmp_path / "second" / "LOG.jsonl").read_bytes()
    before = contents(tmp_path / "first")
    assert contents(tmp_path / "second")["LOG.jsonl"].startswith(before["LOG.jsonl"])


# --- nothing is half imported ---


@pytest.fixture
def damaged(by_hand: Path, tmp_path: Path) -> Iterator[Path]:
    register = tmp_path / "register"
    shutil.copytree(by_hand, register)
    yield register
    assert not Case.objects.exists()
    assert not RegisterLine.objects.exists()


@pytest.mark.usefixtures("office")
def test_a_folder_in_which_something_was_altered_is_told_whole_and_nothing_is_imported(damaged: Path) -> None:
    altered = sorted(damaged.glob("*/0001-*.json"))[:2]
    for path in altered:
        path.write_bytes(path.read_bytes().replace(b'"engine"', b'"Engine"', 1))
    problems = "\n".join(planned(damaged, "Physics").problems)
    assert all(path.parent.name in problems for path in altered)


@pytest.mark.usefixtures("office")
def test_a_case_of_hand_needs_a_faculty(damaged: Path) -> None:
    assert "--faculty" in "\n".join(planned(damaged, None).problems)


@pytest.mark.usefixtures("office")
def test_a_dry_run_does_everything_and_takes_it_back(damaged: Path) -> None:
    take(damaged, dry_run=True)


@pytest.mark.usefixtures("office")
def test_what_was_imported_is_there_already_the_next_time_and_a_case_with_more_in_it_is_told(
    by_hand: Path, tmp_path: Path
) -> None:
    take(by_hand)
    plan = planned(by_hand, "Physics")
    assert [one.is_there for one in plan.found] == [True, True, True]
    register = tmp_path / "register"
    shutil.copytree(by_hand, register)
    file_in(register, EXAMPLES / "drone-swarm.yaml", on=date(2026, 11, 27))
    assert "more was filed since" in "\n".join(planned(register, None).problems)


@pytest.mark.usefixtures("office")
def test_cases_of_a_second_register_are_filed_in_the_log_of_the_first(by_hand: Path, tmp_path: Path) -> None:
    take(by_hand)
    file_in(tmp_path / "other", EXAMPLES / "number-theory.yaml")
    take(tmp_path / "other")
    assert exported(tmp_path / "out") == 4
    assert verify(tmp_path / "out").verdict == "holds"
    assert (tmp_path / "out" / "LOG.jsonl").read_bytes().startswith((by_hand / "LOG.jsonl").read_bytes())


@pytest.mark.usefixtures("office")
def test_an_export_writes_into_no_folder_in_which_something_is(tmp_path: Path) -> None:
    (tmp_path / "note").touch()
    with pytest.raises(RiskEngineError, match="something is there already"):
        exported(tmp_path)


@pytest.mark.usefixtures("office")
def test_a_number_of_another_kind_does_not_stop_the_next_one(case: Case, assessor: Person) -> None:
    Case.objects.filter(pk=case.pk).update(number="2026-014-b")
    assert cases.begin(assessor, case.faculty, "Another one").number == "2026-0001"
