"""Answers are rows that are only added to; who answers late is told; the case is what the rows come to."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import cases, evidence, guests, log, notes, on_file
from risk_engine.web.databases import keep_what_is_there, missing_triggers
from risk_engine.web.export_folder import file_what_is_new
from risk_engine.web.models import (
    APPEND_ONLY,
    Act,
    Answer,
    BroughtIn,
    Case,
    ChangeSeen,
    CriteriaAct,
    Erasure,
    ErasureItem,
    Event,
    EventDetail,
    Evidence,
    ExchangeFile,
    ExchangeLine,
    Faculty,
    Filed,
    GuestAnswer,
    HitDecision,
    Note,
    OnFile,
    PackageAct,
    PairWord,
    Person,
    RegisterLine,
    RetentionRule,
    Sealed,
    Tombstone,
)
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, PackageActName, ReleaseAct, SealedKind, State

TIES = Read("first_look", None, "ties")
End = Callable[[Case, Person, str], None]


def test_an_answer_stands_in_the_case_and_every_one_before_it_stays(case: Case, assessor: Person) -> None:
    first = cases.save(case, TIES, True, assessor, "first_look", 0)
    cases.save(case, TIES, False, assessor, "first_look", first.seq)
    case.refresh_from_db()
    assert case.document["first_look"]["ties"] is False
    assert [one.value for one in case.answers.filter(path="first_look.ties").order_by("seq")] == [True, False]


def test_not_known_yet_is_an_answer_to_people_and_none_to_the_rules(case: Case, assessor: Person) -> None:
    cases.save(case, TIES, None, assessor, "first_look", 0)
    case.refresh_from_db()
    assert case.document["first_look"]["ties"] == "unknown"
    assert cases.record(case).answer(TIES) is None


def test_who_answers_what_somebody_else_answered_meanwhile_is_told_and_nothing_is_lost(
    case: Case, assessor: Person
) -> None:
    cases.save(case, TIES, True, assessor, "first_look", 0)
    with pytest.raises(cases.ConflictError) as found:
        cases.save(case, TIES, False, assessor, "first_look", 0)
    assert found.value.stands.value is True
    assert case.answers.filter(path="first_look.ties").count() == 1


def test_the_same_answer_twice_is_one_row(case: Case, assessor: Person) -> None:
    first = cases.save(case, TIES, True, assessor, "first_look", 0)
    assert cases.save(case, TIES, True, assessor, "first_look", 0) == first


def test_two_cannot_be_the_next_answer(case: Case, assessor: Person) -> None:
    Answer.objects.create(case=case, path="first_look.ties", seq=1, value=True, by=assessor, page="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(case=case, path="first_look.ties", seq=1, value=False, by=assessor, page="x")


def test_what_a_parent_rules_out_comes_back_with_it(case: Case, assessor: Person) -> None:
    field = Read("first_look", None, "field")
    cases.save(case, field, True, assessor, "first_look", 0)
    entry = cases.save_entry(case, "technology", "Cathodes", assessor, "technology")
    critical = Read("technology", entry, "crown_jewel")
    cases.save(case, critical, True, assessor, "technology", 0)
    cases.save(case, field, False, assessor, "first_look", 1)
    case.refresh_from_db()
    assert cases.record(case).answer(critical) is None
    cases.save(case, field, True, assessor, "first_look", 2)
    case.refresh_from_db()
    assert cases.record(case).answer(critical) is True
    assert cases.record(case).label("technology", entry) == "Cathodes"


def test_a_list_entry_of_the_same_name_is_there_already(case: Case, assessor: Person) -> None:
    first = cases.save_entry(case, "partner", "Universität Ulm", assessor, "partner")
    assert cases.save_entry(case, "partner", "universität  ulm", assessor, "partner") == first


def test_answers_of_a_case_in_review_do_not_change(case: Case, assessor: Person) -> None:
    Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
    with pytest.raises(cases.LockedError):
        cases.save(case, TIES, True, assessor, "first_look", 0)


def test_a_change_of_an_assessed_case_makes_it_a_draft_again(case: Case, assessor: Person) -> None:
    move(case, assessor, Move(ActName.ASSESS))
    cases.save(case, TIES, True, assessor, "first_look", 0)
    case.refresh_from_db()
    assert case.state == State.DRAFT


def test_a_case_is_found_by_every_text_in_it(case: Case, assessor: Person) -> None:
    cases.save_entry(case, "partner", "Harbin Institute of Technology", assessor, "partner")
    assert Case.objects.filter(search__contains="harbin institute").get() == case


# --- what is only added to ---


@pytest.fixture
def rows(case: Case, assessor: Person, end: End) -> Case:
    """A case with a row of every kind."""
    cases.save(case, TIES, True, assessor, "first_look", 0)
    move(case, assessor, Move(ActName.ASSESS))
    guest, _token = guests.invite(case, "researcher", "Dr Berg", "en", assessor)
    guests.save(guest, TIES, True, "first_look", 0)
    notes.write(case, assessor, "", "By hand.")
    name, digest, size = evidence.taken(SimpleUploadedFile("note.txt", b"a note"))
    Evidence.objects.create(case=case, sha256=digest, name=name, size=size, by=assessor)
    file_what_is_new(case.pk)
    on_file.begin(assessor, "partner", "Acme")
    end(cases.begin(assessor, case.faculty, "What is over"), assessor, "over")
    RetentionRule.objects.create(kind="case", days=3650, basis="the law", is_automatic=False, by=assessor)
    act = {"name": ReleaseAct.PROPOSE, "reference": case.criteria, "digest": "a" * 64, "reason": "So"}
    CriteriaAct.objects.create(proposal=1, person=assessor, **act)
    HitDecision.objects.create(hit="l/1", verdict="confirmed", reason="So", asked={}, entry={}, by=assessor, case=case)
    ChangeSeen.objects.create(change="3f9c2ab1d2e4", reason="So", by=assessor, case=case)
    ExchangeLine.objects.create(number=1, content=b"a line")
    ExchangeFile.objects.create(path="sent/a.jsonl", content=b"a package")
    leaves = {"office": "A", "of_set": "desk", "digest": "a" * 64, "reason": "So"}
    PackageAct.objects.create(proposal=1, name=PackageActName.ASK, person=assessor, **leaves)
    sides = {"country_a": "DE", "institution_a": "a", "country_b": "CN", "institution_b": "b"}
    PairWord.objects.create(**sides, said="confirmed", works=3, reason="So", by=assessor)
    BroughtIn.objects.create(name="desk", sha256="a" * 64, content=b"", by=assessor)
    assert all(model.objects.exists() for model in APPEND_ONLY)
    return case


def delete_all(model: type[Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608 (a name of ours)


CHANGES: dict[type[Model], dict[str, object]] = {
    Answer: {"page": "x"},
    Act: {"note": "x"},
    Sealed: {"sha256": "x"},
    Filed: {"order": 9},
    Event: {"verb": "x"},
    Evidence: {"name": "x"},
    GuestAnswer: {"page": "x"},
    Note: {"text": "x"},
    RegisterLine: {"folder": "x"},
    EventDetail: {"salt": "x"},
    Tombstone: {"basis": "x"},
    RetentionRule: {"days": 9},
    Erasure: {"basis": "x"},
    ErasureItem: {"digest": "x"},
    OnFile: {"path": "x"},
    CriteriaAct: {"reason": "x"},
    BroughtIn: {"name": "x"},
    HitDecision: {"verdict": "ruled_out"},
    ChangeSeen: {"change": "x"},
    ExchangeLine: {"content": b"x"},
    ExchangeFile: {"path": "x"},
    PackageAct: {"reason": "x"},
    PairWord: {"works": 9},
}


@pytest.mark.usefixtures("rows")
def test_the_database_refuses_to_change_or_delete_what_is_only_added_to() -> None:
    for model in APPEND_ONLY:
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            model._default_manager.update(**CHANGES[model])
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            delete_all(model)
    assert not missing_triggers()


def test_a_case_with_a_tombstone_goes_with_all_its_rows(rows: Case, assessor: Person, end: End) -> None:
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        rows.delete()
    end(rows, assessor, "ten years are over")
    assert not Answer.objects.exists()
    assert not EventDetail.objects.filter(event__case=rows.number).exists()
    assert not list(log.problems())
    assert cases.begin(assessor, rows.faculty, "The next one").number != rows.number
    assert {one.kind for one in Sealed.objects.all()} == {SealedKind.CRITERIA}


@pytest.mark.usefixtures("office")
def test_triggers_that_are_gone_are_missed_and_made_anew() -> None:
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else " ON web_answer"
        cursor.execute(f"DROP TRIGGER web_answer_unchanged{table}")
    assert missing_triggers() == ["web_answer_unchanged"]
    keep_what_is_there("default")
    assert not missing_triggers()


def test_two_cases_of_a_year_have_different_numbers(assessor: Person, physics: Faculty) -> None:
    first, second = (cases.begin(assessor, physics, "One").number for _ in range(2))
    assert int(second[5:]) == int(first[5:]) + 1


# --- what stands beside the answers ---


def test_a_control_stands_in_the_case_and_goes_when_it_is_taken_out(case: Case, assessor: Person) -> None:
    stated = {"status": "agreed", "owner": "B. Ode", "due": "2099-01-31"}
    row = cases.save_beside(case, "controls.CTL-05", stated, assessor, "controls", 0)
    case.refresh_from_db()
    assert case.document["controls"] == [{"id": "CTL-05", **stated}]
    cases.save_beside(case, "controls.CTL-05", None, assessor, "controls", row.seq)
    case.refresh_from_db()
    assert "controls" not in case.document


def test_what_is_wrong_with_a_control_is_told_and_nothing_is_saved(case: Case, assessor: Person) -> None:
    with pytest.raises(RiskEngineError, match="a date like 2026-01-31 is needed here, not `soon`"):
        cases.save_beside(case, "controls.CTL-05", {"status": "agreed", "due": "soon"}, assessor, "controls", 0)
    assert not case.answers.filter(path="controls.CTL-05").exists()


def test_evidence_supports_the_answer_that_it_was_attached_to_and_no_later_one(case: Case, assessor: Person) -> None:
    first = cases.save(case, TIES, False, assessor, "first_look", 0)
    about = {"kind": "note", "reference": "checks.pdf", "date": "2026-11-30"}
    stated = {**about, "answers": {"first_look.ties": first.seq}}
    cases.save_beside(case, "evidence.1", stated, assessor, "evidence", 0)
    case.refresh_from_db()
    assert case.document["evidence"] == [{"for": ["first_look.ties"], **about}]
    cases.save(case, TIES, True, assessor, "first_look", first.seq)
    case.refresh_from_db()
    assert "evidence" not in case.document


def test_an_entry_that_is_taken_out_goes_with_its_answers_and_comes_back_with_them(
    case: Case, assessor: Person
) -> None:
    entry = cases.save_entry(case, "partner", "Acme", assessor, "partner")
    name = Read("partner", entry, "name_local")
    cases.save(case, name, "阿克梅", assessor, "partner", 0)
    cases.withdraw_entry(case, "partner", entry, assessor, "partner")
    case.refresh_from_db()
    assert "partner" not in case.document
    cases.save_entry(case, "partner", "Acme", assessor, "partner")
    case.refresh_from_db()
    assert cases.record(case).answer(name) == "阿克梅"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", pytest.param("Etc/GMT+12", marks=pytest.mark.nightly)])
def test_the_day_is_that_of_where_the_office_is(zone: str, tmp_path: Path) -> None:
    code = "import django; django.setup(); from risk_engine.web.cases import today; print(today())"
    own = {"RISK_ENGINE_OFFICE": str(tmp_path), "DJANGO_SETTINGS_MODULE": "risk_engine.web.settings", "TZ": zone}
    before = datetime.now(ZoneInfo(zone)).date()
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env={**os.environ, **own}, capture_output=True, check=True, text=True)
    assert done.stdout.strip() in {str(before), str(datetime.now(ZoneInfo(zone)).date())}


def test_a_form_that_is_sent_twice_begins_one_case(
    assessor: Person, physics: Faculty, browsing: Callable[[Person], Client]
) -> None:
    client = browsing(assessor)
    once = dict(re.findall(r'name="(once)" value="([^"]+)"', client.get("/").content.decode()))
    sent = {"title": "Battery recycling", "faculty": physics.pk, **once}
    first, second, other = (client.post("/cases", {**sent, **more}) for more in ({}, {}, {"title": "Another one"}))
    assert first.headers["Location"] == second.headers["Location"] != other.headers["Location"]
    assert Case.objects.count() == Event.objects.filter(verb="begin").count() == 2
