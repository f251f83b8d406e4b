"""What is held of a person: found, taken out, erased by two people and in no other way; how long things are kept."""

import hashlib
import html
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models import Model, QuerySet
from django.test import Client
from django.utils import timezone
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import (
    beside,
    cases,
    daily,
    erased,
    erasure,
    evidence,
    file_text,
    guests,
    log,
    notes,
    on_file,
    privacy,
    retention,
)
from risk_engine.web.databases import BLANK
from risk_engine.web.erasure import item_of
from risk_engine.web.file_text import Unread
from risk_engine.web.models import (
    Act,
    Answer,
    Case,
    ChangeSeen,
    Erasure,
    ErasureItem,
    Event,
    EventDetail,
    Evidence,
    Faculty,
    GuestAnswer,
    HitDecision,
    Invitation,
    Membership,
    Note,
    OnFile,
    Outbox,
    PairWord,
    Person,
    RetentionRule,
    Sealed,
    Tombstone,
)
from risk_engine.web.privacy import Wanted
from risk_engine.web.record_of_rows import ERASED
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, MailKind, RetentionKind, Role, State
from tests.strategies import by_turns

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
WHO = "Jürgen Björklund"
LOCAL = Read("partner", "ulm", "name_local")
BASIS = "Request of 2026-11-30, Art. 17(1)(c)"


def text_of(response: object) -> str:
    """Return the text of an answer, without marks and with single blanks."""
    content: bytes = response.content  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content.decode())).split())


@pytest.fixture
def officer(somebody: Make) -> Person:
    return somebody("Petra Prüfer", Role.DATA_PROTECTION_OFFICER)


@pytest.fixture
def second(somebody: Make) -> Person:
    return somebody("Zoe Zweit", Role.ADMIN)


@pytest.fixture
def named(case: Case, assessor: Person) -> Case:
    """A case that names somebody wherever people can write."""
    cases.save_entry(case, "partner", "Ulm", assessor, "partner")
    cases.save(case, LOCAL, f"Contact: {WHO}", assessor, "partner", 0)
    notes.write(case, assessor, "", "Ask JÜRGEN  BJÖRKLUND again.")
    Act.objects.create(case=case, round=1, person=assessor, name=ActName.ASSESS, note=f"As {WHO} said.")
    guest, _token = guests.invite(case, "researcher", WHO, "en", assessor)
    guests.save(guest, Read("first_look", None, "ties"), True, "first_look", 0)
    name, digest, size = evidence.taken(SimpleUploadedFile(f"CV {WHO}.txt", b"a life"))
    Evidence.objects.create(case=case, sha256=digest, name=name, size=size, by=assessor)
    made = on_file.begin(assessor, "partner", "Ulm")
    said = on_file.Said(({"for": "", "kind": "note", "reference": WHO, "date": "2026-11-06"},), cases.today())
    on_file.put(made, "name_local", "Ulm", said, assessor, 0)
    told = {"asked": {"names": ["Ulm"]}, "entry": {"name": "Ulm"}, "reason": f"{WHO} says so."}
    HitDecision.objects.create(hit="l/1", verdict="confirmed", **told, by=assessor, case=case)
    ChangeSeen.objects.create(change="3f9c2ab1d2e4", reason=f"{WHO} knows.", by=assessor, case=case)
    sides = {"country_a": "DE", "institution_a": "a", "country_b": "CN", "institution_b": "b"}
    PairWord.objects.create(**sides, said="confirmed", works=3, reason=f"{WHO} says so.", by=assessor)
    return case


def found(reader: Person, text: str = WHO) -> dict[type[Model], list[privacy.Found]]:
    rows: dict[type[Model], list[privacy.Found]] = {}
    for one in privacy.held_about(Wanted.of(text), reader).found:
        rows.setdefault(type(one.row), []).append(one)
    return rows


def test_nobody_is_offered_an_erasure_of_rows_that_they_may_not_read(
    case: Case, assessor: Person, officer: Person, second: Person, browsing: Browsing
) -> None:
    note = notes.write(case, assessor, "", "Ask Sole Person.")
    sent = {"do": "search", "names": "Sole Person"}
    assert b"Ask for the erasure" in browsing(officer).post("/privacy/person", sent).content
    page = browsing(second).post("/privacy/person", sent).content
    assert b"for a data protection officer of its faculty" in page
    assert b"Ask for the erasure" not in page
    address = f"/privacy/erasures/{erased_now(officer, second, note).pk}"
    assert b"for a data protection officer of its faculty" not in browsing(second).get(address).content  # it is gone


def erased_now(by: Person, second: Person, *rows: Model) -> Erasure:
    made = erasure.ask(WHO, BASIS, [item_of(one) for one in rows], by)
    erasure.confirm(made, second)
    made.refresh_from_db()
    return made


# --- found ---


@pytest.mark.usefixtures("named")
def test_somebody_is_found_wherever_people_can_write_in_every_spelling_of_the_same_letters(officer: Person) -> None:
    rows = found(officer, "jürgen  björklund")
    assert rows.keys() >= {
        Answer,
        GuestAnswer,
        Note,
        Act,
        Evidence,
        Invitation,
        OnFile,
        HitDecision,
        ChangeSeen,
        PairWord,
    }
    assert {one.case for several in rows.values() for one in several} <= {"2026-0001", ""}
    assert found(officer, "Bj") == {}
    assert [Wanted.of(one).terms for one in ("Bj", "王伟", "王")] == [(), ("王伟",), ()]
    assert found(officer, "Nobody at all") == {}
    assert found(officer, "松花") == {}


def test_a_no_of_a_guest_is_told_as_a_no_beside_its_question(named: Case, officer: Person) -> None:
    guest = Invitation.objects.get()
    guests.save(guest, Read("first_look", None, "field"), False, "first_look", 0)
    guests.save(guest, Read("first_look", None, "data"), None, "first_look", 0)
    told = [one.text for one in found(officer)[GuestAnswer]]
    assert [one.rpartition(": ")[2] for one in told] == ["Yes", "No", "not known yet"]
    assert told[1].startswith("Does a topic belong to a critical technology area of the EU")
    data = privacy.as_data(Wanted.of(WHO), privacy.held_about(Wanted.of(WHO), officer), officer)
    assert told[1] in {one["text"] for one in data["rows"]}
    assert [erasure.text_of(one.row) for one in found(officer)[GuestAnswer]] == ["true", "false", ""]
    assert named.number == "2026-0001"


@pytest.mark.usefixtures("named")
def test_an_account_is_found_by_name_and_mail_with_all_that_stays_of_it(assessor: Person, officer: Person) -> None:
    holding = privacy.held_about(Wanted.of(assessor.email), officer)
    assert holding.accounts == (assessor,)
    assert holding.found[0].kept.startswith("works here")
    told = " ".join(what for what, _why in holding.kept)
    assert "events of the log by Ada Vogel" in told
    assert "answers given by Ada Vogel" in told
    data = privacy.as_data(Wanted.of(assessor.email), holding, officer)
    assert {one["what"] for one in data["accounts"][0]["events"]} >= {"began a case", "wrote a note"}
    assert data["accounts"][0]["roles"] == [{"role": "Assessor", "faculty": None}]


@pytest.mark.nightly
def test_the_content_of_cases_is_read_by_an_officer_of_their_faculty_alone_confidential_ones_too(
    named: Case, officer: Person, second: Person, somebody: Make, browsing: Browsing
) -> None:
    Case.objects.filter(pk=named.pk).update(confidential=True)
    assert found(officer)[Note][0].text.startswith("Ask")
    law = Faculty.objects.create(name="Law")
    stranger = somebody("Lars Lex", Role.DATA_PROTECTION_OFFICER, faculty=law)
    for one in (second, stranger):
        hidden = found(one)[Note][0]
        assert (hidden.is_hidden, hidden.text, hidden.case, hidden.who) == (True, "", "", "")
        page = browsing(one).post("/privacy/person", {"names": WHO, "do": "search"})
        assert named.number not in text_of(page)
        assert "Ask" not in text_of(browsing(one).post("/privacy/person", {"names": WHO, "do": "json"}))
        refused = browsing(one).post(
            "/privacy/person", {"names": WHO, "do": "erase", "row": hidden.key, "basis": BASIS}
        )
        assert refused.status_code == 422
    Membership.objects.create(person=stranger, role=Role.DATA_PROTECTION_OFFICER, faculty=named.faculty)
    assert not found(stranger)[Note][0].is_hidden


@pytest.mark.parametrize("role", by_turns(Role, 3))
def test_only_officers_of_data_protection_and_admins_come_to_personal_data(
    role: Role, somebody: Make, browsing: Browsing
) -> None:
    client = browsing(somebody("Max Muster", role))
    is_theirs = role in {Role.DATA_PROTECTION_OFFICER, Role.ADMIN}
    for address in ("privacy", "privacy/person", "privacy/retention", "privacy/erasures.json"):
        assert client.get(f"/{address}").status_code == (200 if is_theirs else 403)
    for address in ("privacy/person", "privacy/retention"):
        assert client.post(f"/{address}").status_code in ({200, 422} if is_theirs else {403})
    assert client.post("/privacy/erasures/1", {"do": "confirm"}).status_code == (404 if is_theirs else 403)
    assert ('href="/privacy"' in client.get("/").content.decode()) == is_theirs


def test_what_is_held_is_taken_out_to_read_and_as_data_and_the_log_has_no_name(
    named: Case, officer: Person, browsing: Browsing
) -> None:
    client = browsing(officer)
    assert "three letters" in text_of(client.post("/privacy/person", {"names": "Bj", "do": "search"}))
    shown = text_of(client.post("/privacy/person", {"names": WHO, "do": "search"}))
    assert f"Contact: {WHO}" in shown
    page = client.post("/privacy/person", {"names": WHO, "do": "page"})
    assert page["Content-Disposition"].startswith("attachment")
    assert f"Contact: {WHO}" in text_of(page)
    data = json.loads(client.post("/privacy/person", {"names": WHO, "do": "json"}).content)
    assert data["complete"]
    assert {one["table"] for one in data["rows"]} >= {"web_note", "web_answer", "web_invitation"}
    assert {one["case"] for one in data["rows"]} <= {named.number, ""}
    noted = EventDetail.objects.filter(event__verb__startswith="person_")
    assert noted.count() == 3
    assert not any("rklund" in json.dumps(one.detail) for one in noted)


# --- erased ---


def test_all_that_names_somebody_goes_once_a_second_person_confirmed_and_the_log_still_holds(
    named: Case, officer: Person, second: Person, browsing: Browsing
) -> None:
    client = browsing(officer)
    keys = [one.key for several in found(officer).values() for one in several]
    sent = {"names": WHO, "do": "erase", "row": keys, "basis": BASIS}
    assert client.post("/privacy/person", {**sent, "basis": " "}).status_code == 422
    assert client.post("/privacy/person", {**sent, "row": []}).status_code == 422
    place = client.post("/privacy/person", sent).headers["Location"]
    assert f"Contact: {WHO}" in text_of(client.get(place))
    assert client.post(place, {"do": "confirm"}).status_code == 409
    assert found(officer)[Note]
    assert "All of this is in another erasure" in text_of(client.post("/privacy/person", sent))
    other = browsing(second)
    assert f"Contact: {WHO}" not in text_of(other.get(place))
    assert other.post(place, {"do": "confirm"}).status_code == 302
    assert other.post(place, {"do": "confirm"}).status_code == 409
    assert found(officer) == {}
    done = Erasure.objects.get()
    assert (done.subject, done.by, done.confirmed_by) == ("", officer, second)
    assert "rklund" not in text_of(client.get(place))
    named.refresh_from_db()
    assert "rklund" not in json.dumps(named.document) + named.search
    assert cases.record(named).answer(LOCAL) is None
    assert Event.objects.filter(verb="erased", case=named.number).exists()
    assert not list(log.problems())
    assert BASIS in text_of(client.get("/privacy"))
    note = ErasureItem.objects.get(table="web_note")
    assert note.digest == erasure.digest_of("Ask JÜRGEN  BJÖRKLUND again.")


@pytest.mark.nightly
def test_pages_of_a_case_stand_without_what_was_erased(
    named: Case, assessor: Person, officer: Person, second: Person, browsing: Browsing
) -> None:
    title = named.answers.get(path="title")
    entry = named.answers.get(path="partner.ulm")
    rows = [one.row for several in found(officer).values() for one in several]
    erased_now(officer, second, title, entry, *rows)
    named.refresh_from_db()
    assert named.title == ERASED
    assert cases.record(named).label("partner", "ulm") == ERASED
    client = browsing(assessor)
    for address in ("", "/notes", "/q/partner/ulm", "/invitations"):
        assert client.get(f"/cases/{named.number}{address}").status_code == 200, address
    dossier = on_file.standing(on_file.proposed("partner", "Ulm")[0])
    assert "name_local" not in on_file.answers(dossier)
    assert "erased" in text_of(client.get("/partners/ulm"))


def test_a_file_goes_with_its_name_unless_another_row_names_it(
    named: Case, assessor: Person, officer: Person, second: Person
) -> None:
    row = named.files.get()
    other = cases.begin(assessor, named.faculty, "Another one")
    twin = Evidence.objects.create(case=other, sha256=row.sha256, name="life.txt", size=6, by=assessor)
    erased_now(officer, second, row)
    evidence.forget([row.sha256])  # as after the transaction
    assert evidence.path_of(row.sha256).is_file()
    erased_now(officer, second, twin)
    evidence.forget([row.sha256])
    assert not evidence.path_of(row.sha256).exists()


@pytest.mark.usefixtures("named")
def test_the_file_with_which_something_came_on_file_goes_with_what_is_erased_of_it(
    officer: Person, second: Person
) -> None:
    dossier = on_file.proposed("partner", "Ulm")[0]
    content = b"id: ulm\n# names somebody"
    dossier.sealed = Sealed.objects.create(digest="d" * 64, sha256="d" * 64, kind="profile", content=content)
    dossier.in_file = dossier.rows.count()
    dossier.save()
    assert on_file.content_of(dossier, on_file.standing(dossier)) == content
    erased_now(officer, second, *[one.row for one in found(officer)[OnFile]])
    assert not Sealed.objects.filter(kind="profile").exists()
    dossier.refresh_from_db()
    assert b"rklund" not in on_file.content_of(dossier, on_file.standing(dossier))


def test_who_has_left_is_blanked_and_who_works_here_is_not(
    named: Case, assessor: Person, officer: Person, second: Person
) -> None:
    with pytest.raises(RiskEngineError, match="keeps their account"):
        erasure.ask("", BASIS, [item_of(assessor)], officer)
    assessor.is_active = False
    assessor.save()
    erased_now(officer, second, assessor)
    assessor.refresh_from_db()
    assert "Vogel" not in assessor.name + assessor.email
    assert not assessor.has_usable_password()
    assert not assessor.memberships.exists()
    assert named.answers.filter(by=assessor).exists()


def test_an_erasure_that_is_refused_or_taken_back_erases_nothing(
    named: Case, officer: Person, second: Person, browsing: Browsing
) -> None:
    note = named.notes.get()
    for by in (officer, second):
        made = erasure.ask(WHO, BASIS, [item_of(note)], officer)
        assert browsing(by).post(f"/privacy/erasures/{made.pk}", {"do": "refuse"}).status_code == 302
        made.refresh_from_db()
        assert (made.subject, made.refused_at is None) == ("", False)
        with pytest.raises(RiskEngineError, match="meanwhile"):
            erasure.confirm(made, second)
    note.refresh_from_db()
    assert note.text


# --- in the database: this way and no other ---


BLANKS: dict[type[Model], dict[str, object]] = {
    Answer: {"value": None, "is_erased": True},
    GuestAnswer: {"value": None, "is_erased": True},
    OnFile: {"value": None, "is_erased": True, "evidence": []},
    Note: {"text": ""},
    Act: {"note": ""},
    Evidence: {"name": ""},
    HitDecision: {"reason": "", "asked": {}, "entry": {}, "is_erased": True},
    ChangeSeen: {"reason": ""},
    PairWord: {"reason": ""},
}
MORE: dict[type[Model], dict[str, object]] = {
    Answer: {"page": "x"},
    GuestAnswer: {"page": "x"},
    OnFile: {"path": "x"},
    Note: {"path": "x"},
    Act: {"digest": "x"},
    Evidence: {"size": 9},
    HitDecision: {"verdict": "ruled_out"},
    ChangeSeen: {"touch": "x"},
    PairWord: {"said": "open"},
}


def refused(model: type[Model], match: str = "only added to", /, **change: object) -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        model._default_manager.update(**change)


def opened(by: Person, second: Person, *rows: Model) -> Erasure:
    """Return an erasure in the moment in which it is being done, which nobody outside its transaction sees."""
    made = erasure.ask("", BASIS, [item_of(one) for one in rows], by)
    Erasure.objects.filter(pk=made.pk).update(confirmed_by=second, confirmed_at=timezone.now())
    return made


@pytest.mark.usefixtures("named")
def test_a_row_loses_its_text_while_an_erasure_names_it_and_nothing_else_of_it(officer: Person, second: Person) -> None:
    assert BLANKS.keys() == BLANK.keys()
    for model, blank in BLANKS.items():
        row = model._default_manager.order_by("-pk").first()
        assert row is not None
        mine, others = model._default_manager.filter(pk=row.pk), model._default_manager.exclude(pk=row.pk)
        unchanged(others, blank)
        unchanged(mine, blank)
        made = opened(officer, second, row)
        unchanged(mine, MORE[model])
        unchanged(mine, {**blank, **MORE[model]})
        unchanged(others, blank)
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            row.delete()
        mine.update(**blank)
        Erasure.objects.filter(pk=made.pk).update(done_at=timezone.now(), subject="")
        unchanged(mine, blank)
    note = Note.objects.create(case=Case.objects.get(), round=1, text="Harsh.", by=officer)
    opened(officer, second, note)
    unchanged(Note.objects.filter(pk=note.pk), {"text": "Milder."})


def unchanged(rows: QuerySet[Model], change: dict[str, object]) -> None:
    """Look that the database refuses a change of rows, where there are any."""
    if rows.exists():
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            rows.update(**change)


def test_the_database_lets_nobody_open_an_erasure_alone_or_add_to_one_that_is_open(
    named: Case, officer: Person, second: Person
) -> None:
    note, now = named.notes.get(), timezone.now()
    made = erasure.ask("", BASIS, [item_of(note)], officer)
    refused(Erasure, "erasure_by_two", confirmed_by=officer, confirmed_at=now)
    refused(Erasure, confirmed_at=now)
    refused(Erasure, confirmed_by=second, confirmed_at=now, done_at=now)
    refused(Erasure, done_at=now)
    refused(Erasure, basis="Something else")
    refused(Erasure, by=second)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        Erasure.objects.create(basis=BASIS, by=officer, confirmed_by=second, confirmed_at=now)
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        made.items.all().delete()
    Erasure.objects.filter(pk=made.pk).update(confirmed_by=second, confirmed_at=now)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        ErasureItem.objects.create(erasure=made, table="web_act", row=1, digest="x")
    refused(Erasure, refused_at=now)
    refused(Erasure, done_at=now, confirmed_at=None)
    Erasure.objects.filter(pk=made.pk).update(done_at=now, subject="")
    refused(Erasure, done_at=None)
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        cursor.execute("DELETE FROM web_erasure")


def test_a_case_gets_no_tombstone_and_a_detail_does_not_go_without_an_erasure_that_names_it(
    named: Case, officer: Person, second: Person
) -> None:
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        Tombstone.objects.create(case=named.pk, number=named.number, basis="x", by=officer)
    detail = EventDetail.objects.order_by("pk").first()
    assert detail is not None
    for change in (detail.delete, lambda: EventDetail.objects.filter(pk=detail.pk).update(detail={})):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            change()
    erased_now(officer, second, EventDetail.objects.get(pk=detail.pk))
    assert not EventDetail.objects.filter(pk=detail.pk).exists()
    assert not list(log.problems())


def test_a_rule_counts_once_somebody_else_confirmed_it_and_lets_nothing_go_by_itself_that_does_not_say_so(
    officer: Person, second: Person, named: Case
) -> None:
    rule = retention.propose("case", 3650, "The law", officer, is_automatic=True)
    refused(RetentionRule, "rule_by_two", confirmed_by=officer, confirmed_at=timezone.now())
    made = erasure.ask("", BASIS, [item_of(named.notes.get())], officer, rule)
    refused(Erasure, confirmed_at=timezone.now())  # nobody confirmed the rule
    retention.confirm(rule, second)
    refused(RetentionRule, days=1)
    refused(RetentionRule, confirmed_by=None, confirmed_at=None)
    assert Erasure.objects.filter(pk=made.pk).update(confirmed_at=timezone.now()) == 1
    by_hand = retention.propose("mail", 30, "The house", officer, is_automatic=False)
    retention.confirm(by_hand, second)
    other = erasure.ask("", BASIS, [item_of(named.answers.get(path="title"))], officer, by_hand)
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        Erasure.objects.filter(pk=other.pk).update(confirmed_at=timezone.now())


# --- how long ---


LATER = cases.today() + timedelta(days=4000)


def closed(case: Case, by: Person) -> Case:
    move(case, by, Move(ActName.CLOSE, note="Over."))
    case.refresh_from_db()
    return case


def ruled(officer: Person, second: Person, kind: str, *, is_automatic: bool) -> None:
    retention.confirm(retention.propose(kind, 3650, "The law", officer, is_automatic=is_automatic), second)


def test_a_case_whose_time_is_over_is_listed_and_goes_once_somebody_else_confirmed(
    named: Case, assessor: Person, officer: Person, second: Person, browsing: Browsing
) -> None:
    closed(named, assessor)
    ruled(officer, second, "case", is_automatic=False)
    daily.run(cases.today())
    assert not Erasure.objects.exists()
    daily.run(LATER)
    daily.run(LATER)
    made = Erasure.objects.get()
    assert made.rule is not None
    assert "kept for 3650 days. The law" in made.basis
    assert Case.objects.filter(pk=named.pk).exists()
    assert browsing(second).post(f"/privacy/erasures/{made.pk}", {"do": "confirm"}).status_code == 302
    assert not Case.objects.filter(pk=named.pk).exists()
    assert Tombstone.objects.get().basis == made.basis
    assert not list(log.problems())


def test_a_case_that_says_until_when_it_is_kept_and_one_that_was_refused_wait(
    named: Case, assessor: Person, officer: Person, second: Person
) -> None:
    case = closed(named, assessor)
    case.document["retain_until"] = "2099-12-31"
    case.save()
    assert list(retention.due(RetentionKind.CASE, 3650, LATER)) == []
    case.document["retain_until"] = "2030-12-31"
    case.save()
    assert list(retention.due(RetentionKind.CASE, 3650, LATER)) == [item_of(case)]
    ruled(officer, second, "case", is_automatic=False)
    (made,) = retention.run(LATER)
    erasure.refuse(made, second)
    assert retention.run(LATER) == []
    assert case.state == State.CLOSED


@pytest.mark.usefixtures("named")
def test_what_a_rule_lets_go_by_itself_goes_with_a_tombstone(
    officer: Person, second: Person, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    now, gone = timezone.now(), somebody("Gerd Gegangen")
    browsing(second).post(f"/people/{gone.pk}", {"do": "leave"})
    Outbox.objects.create(kind=MailKind.INVITATION, address="berg@example.org", language="en", path="/", finished=now)
    for kind in ("account", "invitation", "sign_in", "mail"):
        ruled(officer, second, kind, is_automatic=True)
    done = retention.run(LATER)
    assert all(one.by == officer for one in done)
    gone.refresh_from_db()
    assert "Gegangen" not in gone.name
    assert Invitation.objects.get().name == ""
    assert GuestAnswer.objects.get().is_erased
    assert not Outbox.objects.filter(address__contains="berg").exists()
    assert retention.run(LATER) == []
    assert assessor.name == "Ada Vogel"
    assert not list(log.problems())


def test_rules_are_proposed_and_confirmed_on_their_page_and_what_is_wrong_is_told(
    officer: Person, second: Person, browsing: Browsing
) -> None:
    client, other = browsing(officer), browsing(second)
    sent = {"do": "propose", "kind": "case", "days": "3650", "basis": "Ten years after the end"}
    for wrong in ({"days": "soon"}, {"days": "0"}, {"kind": "x"}, {"basis": " "}):
        assert client.post("/privacy/retention", {**sent, **wrong}).status_code == 422
    assert client.post("/privacy/retention", sent).status_code == 302
    rule = RetentionRule.objects.get()
    assert "no rule: kept without end" in text_of(client.get("/privacy/retention"))
    assert client.post("/privacy/retention", {"do": "confirm", "rule": rule.pk}).status_code == 422
    assert other.post("/privacy/retention", {"do": "confirm", "rule": "99"}).status_code == 422
    assert other.post("/privacy/retention", {"do": "confirm", "rule": rule.pk}).status_code == 302
    assert other.post("/privacy/retention", {"do": "confirm", "rule": rule.pk}).status_code == 422
    assert "3650 days" in text_of(client.get("/privacy/retention"))
    assert client.post("/privacy/retention", {"do": "due"}).status_code == 302
    assert "1 rule" in text_of(client.get("/privacy"))


# --- erased again after a restore ---


def of_list(by: int, confirmed_by: int | None, *rows: tuple[Model, str]) -> erased.Done:
    """Return an erasure as a list tells it, of rows that held some texts."""
    told = tuple(
        erased.RowErased(table=item_of(row).table, row=item_of(row).row, digest=erasure.digest_of(text))
        for row, text in rows
    )
    return erased.Done(at=timezone.now(), basis=BASIS, by=by, confirmed_by=confirmed_by, rule=None, rows=told)


def test_what_came_back_is_erased_again_once_if_it_is_what_two_people_had_erased(
    named: Case, officer: Person, second: Person
) -> None:
    note, act = Note.objects.get(case=named), Act.objects.get(case=named, name=ActName.ASSESS)
    changed = notes.write(named, officer, "", "Something else.")
    same = [(one, erasure.text_of(one)) for one in (note, act)]
    done = of_list(officer.pk, second.pk, *same, (changed, "What was erased then."))
    number, told = erased.again([done])
    assert (number, [one.partition(": ")[2] for one in told]) == (
        2,
        ["1 row holds something else than what was erased"],
    )
    for row, text in ((note, ""), (act, ""), (changed, "Something else.")):
        row.refresh_from_db()
        assert erasure.text_of(row) == text
    made = Erasure.objects.get()
    assert (made.by, made.confirmed_by, made.basis.startswith(BASIS)) == (officer, second, True)
    assert Event.objects.filter(verb="erased_again", person=None, case=named.number).exists()
    assert erased.again([done])[0] == 0
    assert Erasure.objects.count() == 1
    assert list(log.problems()) == []


def test_nothing_is_erased_again_in_the_name_of_who_is_not_there_or_without_a_second_person(
    named: Case, officer: Person
) -> None:
    note = Note.objects.get(case=named)
    row = (note, erasure.text_of(note))
    number, told = erased.again([of_list(officer.pk, 999, row), of_list(officer.pk, None, row)])
    assert number == 0
    assert "is not in this backup" in told[0]
    assert "the rule by which it went" in told[1]
    note.refresh_from_db()
    assert note.text


def test_a_list_that_was_changed_or_is_none_is_told(
    named: Case, officer: Person, second: Person, browsing: Browsing, tmp_path: Path
) -> None:
    erased.place().unlink(missing_ok=True)
    erased_now(officer, second, Note.objects.get(case=named))
    file = tmp_path / "erasures.json"
    answer = browsing(officer).get("/privacy/erasures.json")
    file.write_bytes(answer.content)
    (done,) = erased.read(file)
    assert [one.table for one in done.rows] == ["web_note"]
    assert all(one not in answer.content.decode() for one in (WHO, named.number))
    for content, why in (
        (answer.content.replace(b"web_note", b"web_case"), "this list was changed"),
        (b"{}", "no list of erasures"),
        (b"\xff", "no list of erasures"),
    ):
        file.write_bytes(content)
        with pytest.raises(RiskEngineError, match=why):
            erased.read(file)
    with pytest.raises(RiskEngineError, match="no such file"):
        erased.read(tmp_path / "none")


def test_a_list_of_another_office_is_moved_beside_the_one_that_is_kept() -> None:
    erased.keep()
    of_another = erased.place().read_bytes()[:-6] + b'0"}\n'
    erased.place().write_bytes(of_another)
    erased.keep()
    assert erased.read(erased.place()) is not None
    beside = [one for one in erased.place().parent.glob("erasures-*.json") if one.read_bytes() == of_another]
    assert len(beside) == 1
    beside[0].unlink()


def test_what_the_list_names_stays_in_it_though_the_database_knows_nothing_of_it_any_more(
    named: Case, officer: Person, second: Person
) -> None:
    erased.place().unlink(missing_ok=True)
    point = transaction.savepoint()
    erased_now(officer, second, Note.objects.get(case=named))
    erased.keep()
    (first,) = erased.read(erased.place())
    transaction.savepoint_rollback(point)  # as with a database that is lost, and made anew
    erased.keep()
    assert erased.read(erased.place()) == (first,)
    erased_now(officer, second, Act.objects.get(case=named, name=ActName.ASSESS))
    erased.keep()
    erased.keep()
    assert [one.rows[0].table for one in erased.read(erased.place())] == ["web_note", "web_act"]
    erased.place().unlink()


# --- what is written in files ---


def pdf_of(text: str) -> bytes:
    """Return a PDF of one line of plain letters."""
    drawn = f"BT /F1 12 Tf 40 700 Td ({text}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, one) for n, one in enumerate(parts, 1))
    return body + b"trailer << /Root 1 0 R /Size 6 >>\nstartxref\n0\n%%EOF\n"


def zipped(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return made.getvalue()


SPLIT = "<w:p><w:t>Jürgen Björk</w:t></w:r><w:r><w:t>lund &amp; co</w:t></w:p><w:p><w:t>Next</w:t></w:p>"
MAIL = "From: x@example.org\nSubject: =?utf-8?q?J=C3=BCrgen_Bj=C3=B6rklund?=\n\nHello\n"
WRITTEN = {
    "a.txt": f"asks {WHO}".encode(),
    "b.docx": zipped(word__document=SPLIT),
    "c.xlsx": zipped(xl__sharedStrings=f"<sst><si><t>{WHO}</t></si><si><t>x</t></si></sst>"),
    "d.odt": zipped(content=f"<text:p>{WHO.replace(' ', '<text:s/> ')}</text:p>"),
    "e.eml": MAIL.encode(),
    "f.pdf": pdf_of("Jurgen Bjorklund"),
}
UNREAD = {"g.pdf": b"%PDF-1.7\n", "h.png": b"\x89PNG\r\n\x1a\n", "i.pdf": pdf_of(" "), "j.docx": b"PK\x03\x04"}


@pytest.fixture
def files(case: Case, assessor: Person, monkeypatch: pytest.MonkeyPatch) -> Case:
    # However long this machine takes to begin ten processes; who waits too long is tested with no time at all.
    monkeypatch.setattr(privacy, "READING", 600)
    monkeypatch.setattr(file_text, "SLOW", 600)
    for name, content in {**WRITTEN, **UNREAD}.items():
        digest = hashlib.sha256(content).hexdigest()
        evidence.keep(digest, content)
        Evidence.objects.create(case=case, sha256=digest, name=name, size=len(content), by=assessor)
    return case


@pytest.mark.usefixtures("files")
def test_somebody_is_found_in_files_that_can_be_read_and_the_others_are_named(
    officer: Person, second: Person, browsing: Browsing
) -> None:
    client = browsing(officer)
    page = client.post("/privacy/person", {"names": f"{WHO}\nJurgen Bjorklund", "do": "search"})
    for name in WRITTEN:
        assert f"{name}: named in what is written in it" in text_of(page)
    assert "4 files were not searched" in text_of(page)
    for name, why in (("g.pdf", "damaged"), ("h.png", "a picture"), ("i.pdf", "no text in it"), ("j.docx", "damaged")):
        assert f"{name} 2026-0001 · {why}" in text_of(page)
    data = json.loads(client.post("/privacy/person", {"names": WHO, "do": "json"}).content)
    assert {one["text"] for one in data["rows"] if one["in_file"]} == set(WRITTEN) - {"f.pdf"}
    assert [one["why"] for one in data["files_not_read"]] == ["damaged", "kind", "no_text", "damaged"]
    # Who may not read the case learns that there is something, and neither names nor why.
    hidden = text_of(browsing(second).post("/privacy/person", {"names": WHO, "do": "search"}))
    assert "Its content is for a data protection officer" in hidden
    assert "a.txt" not in hidden
    assert "not searched" not in hidden


@pytest.mark.usefixtures("files")
def test_the_text_of_a_file_goes_with_it_and_is_read_no_longer_than_somebody_waits() -> None:
    row = Evidence.objects.get(name="a.txt")
    kept = Path(settings.OFFICE) / "texts" / row.sha256
    kept.unlink(missing_ok=True)
    assert evidence.texts(-1).of(row.sha256, row.name) == ("", Unread.WAITS)
    assert not kept.exists()
    assert evidence.texts().of(row.sha256, row.name) == (f"asks {WHO.casefold()}", None)
    kept.write_bytes(b"half")
    assert [evidence.texts().of(row.sha256, row.name).text for _ in range(2)] == [f"asks {WHO.casefold()}"] * 2
    (kept.parent / ("0" * 64)).touch()
    evidence.sweep()
    assert (kept.exists(), (kept.parent / ("0" * 64)).exists()) == (True, False)
    unnamed = hashlib.sha256(b"unnamed").hexdigest()
    evidence.keep(unnamed, b"unnamed")
    assert evidence.texts().of(unnamed, "z.txt").text == "unnamed"
    evidence.forget([unnamed, row.sha256])
    assert [(kept.parent / one).exists() for one in (unnamed, row.sha256)] == [False, True]


def test_a_file_that_was_erased_does_not_come_back_to_its_case(
    case: Case, assessor: Person, officer: Person, second: Person
) -> None:
    cases.save(case, Read("first_look", None, "ties"), True, assessor, "first_look", 0)
    supports = beside.Supports(("first_look.ties",))
    digest = beside.attach(case, SimpleUploadedFile("a.txt", b"a life"), supports, assessor).sha256
    erased_now(officer, second, Evidence.objects.get())
    with pytest.raises(RiskEngineError, match="was erased from this case"):
        beside.attach(case, SimpleUploadedFile("a.txt", b"a life"), supports, assessor)
    assert not evidence.path_of(digest).exists()


def test_a_pdf_that_takes_too_long_is_left_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_text, "SLOW", 0.01)
    assert file_text.read(pdf_of("x"), "pdf") == ("", Unread.SLOW)


def test_a_mail_is_read_with_its_attachments_and_says_that_one_of_them_is_not() -> None:
    mail = EmailMessage()
    mail["Subject"] = "See below"
    mail.set_content("plain Müller", charset="iso-8859-1")
    mail.add_alternative(f"<p>by <b>{WHO}</b></p>", subtype="html")
    mail.add_attachment(zipped(word__document="<w:p>in Word</w:p>"), "application", "x", filename="a.docx")
    mail.add_attachment(pdf_of("in a PDF"), "application", "pdf", filename="b.pdf")
    text, why = file_text.text_in(mail.as_bytes(), "eml")
    assert all(one in text for one in ("See below", "plain Müller", WHO, "a.docx", "in Word", "in a PDF"))
    assert why is None
    mail.add_attachment(b"x", "image", "png", filename="b.png")
    assert file_text.text_in(mail.as_bytes(), "eml").why == Unread.KIND


def test_half_a_character_in_a_file_is_no_text_and_stops_nobody_who_searches(case: Case, assessor: Person) -> None:
    content = f"From: {WHO}\nContent-Type: text/plain; charset=utf-7\n\n+2AA-\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    evidence.keep(digest, content)
    Evidence.objects.create(case=case, sha256=digest, name="a.eml", size=len(content), by=assessor)
    text, why = evidence.texts().of(digest, "a.eml")
    assert (WHO.casefold() in text, why) == (True, None)


@pytest.mark.nightly
def test_a_file_that_unfolds_to_more_than_is_searched_is_told_and_not_half_read() -> None:
    sheets = {f"xl__worksheets__sheet{one}": "x" * 15_000_000 for one in range(2)}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sheets.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    assert file_text.read(made.getvalue(), "xlsx") == ("", Unread.LONG)
    mail = EmailMessage()
    mail.set_content("See below.")
    half = io.BytesIO()
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "x" * 15_000_000)
    for name in ("a.docx", "b.docx"):
        mail.add_attachment(half.getvalue(), "application", "x", filename=name)
    assert file_text.read(mail.as_bytes(), "eml") == ("", Unread.LONG)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing keeps a process to so much memory")
def test_a_file_that_takes_all_memory_takes_that_of_its_own_process_alone() -> None:
    greedy = "import risk_engine.web.file_text as own; own.text_in = lambda *_: bytearray(2 * own._MEMORY); own._main()"
    done = subprocess.run([sys.executable, "-c", greedy, "pdf"], input=b"", capture_output=True, check=False)
    assert b"MemoryError" in done.stderr


def test_of_a_pdf_forms_and_authors_are_read_and_a_scanned_page_is_told() -> None:
    written = PdfWriter()
    written.append(io.BytesIO(pdf_of("cover")))
    written.add_metadata({"/Author": WHO})
    field = {"/FT": NameObject("/Tx"), "/T": TextStringObject("who"), "/V": TextStringObject("Erika Muster")}
    form = DictionaryObject({NameObject(name): one for name, one in field.items()})
    kept = written._add_object(form)  # noqa: SLF001 (the library has no other way)
    fields = DictionaryObject({NameObject("/Fields"): ArrayObject([kept])})
    written.root_object[NameObject("/AcroForm")] = fields
    text, why = file_text.text_in(bytes_of(written), "pdf")
    assert (all(one in text for one in ("cover", WHO, "Erika Muster")), why) == (True, None)
    written.add_blank_page()[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): DictionaryObject()})
    text, why = file_text.text_in(bytes_of(written), "pdf")
    assert ("cover" in text, why) == (True, Unread.NO_TEXT)


def bytes_of(written: PdfWriter) -> bytes:
    made = io.BytesIO()
    written.write(made)
    return made.getvalue()


def test_of_word_the_author_and_a_body_of_another_number_are_read() -> None:
    text, _why = file_text.text_in(zipped(word__document2="<w:p>Body</w:p>", docProps__core="<c>Author</c>"), "docx")
    assert ("Body" in text, "Author" in text) == (True, True)
