"""Programs beside the answers of a case: controls, evidence, invitations and notes, by the rules of the pages."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.web import cases, guests
from risk_engine.web.models import Case, Event, Evidence, Invitation, Outbox, Person
from risk_engine.web.words import Role, Scope, State
from tests.web.test_api import read, said, sent

Make = Callable[..., Person]
Program = Callable[..., Client]
PDF = b"%PDF-1.7\n"
BYTES = "application/octet-stream"


@pytest.fixture
def mine(assessor: Person, program: Program) -> Client:
    return program(assessor)


@pytest.fixture
def place(case: Case) -> str:
    return f"cases/{case.number}"


def control(name: str, status: str | None, base: int, **more: Any) -> dict[str, Any]:
    return {"control": name, "status": status, "base": base, **more}


def faults(response: Any) -> list[str]:
    return [one["pointer"] for one in json.loads(response.content)["errors"]]


# --- controls ---


def test_a_control_is_planned_with_owner_and_day_and_taken_out_again(mine: Client, case: Case, place: str) -> None:
    name = next(iter(cases.rules(case).controls))
    body = control(name, "planned", 0, owner=" Rosa  Roth", due="2099-01-31")
    made = sent(mine, f"{place}/controls", body)
    assert made == sent(mine, f"{place}/controls", body)
    (stands,) = [one for one in read(mine, f"{place}/controls") if one["control"] == name]
    assert (stands["status"], stands["owner"], stands["due"]) == ("planned", "Rosa Roth", "2099-01-31")
    assert stands["number"] == made["number"]
    late = mine.post(f"/api/v1/{place}/controls", control(name, "agreed", 0), content_type="application/json")
    assert said(late, 409, "conflict")["errors"][0]["number"] == made["number"]
    sent(mine, f"{place}/controls", control(name, None, made["number"]))
    case.refresh_from_db()
    assert "controls" not in case.document


def test_a_control_that_there_is_not_or_of_a_locked_case_is_not_saved(mine: Client, case: Case, place: str) -> None:
    address = f"/api/v1/{place}/controls"
    unknown = mine.post(address, control("NONE-1", "planned", 0), content_type="application/json")
    said(unknown, 422, "invalid")
    Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
    name = next(iter(cases.rules(case).controls))
    said(mine.post(address, control(name, "planned", 0), content_type="application/json"), 409, "locked")


# --- evidence ---


def test_a_file_goes_in_and_out_byte_by_byte_and_supports_the_answer_as_it_stood(
    mine: Client, case: Case, place: str, assessor: Person
) -> None:
    cases.save(case, Read("first_look", None, "ties"), False, assessor, "first_look", 0)
    address = f"/api/v1/{place}/evidence?name=note.pdf&kind=contract&answer=first_look.ties"
    for _ in range(2):
        made = mine.post(address, PDF, content_type=BYTES)
        assert made.status_code == 201, made.content
    assert read(mine, f"{place}/evidence") == [made.json()]
    assert (made.json()["answers"], made.json()["kind"]) == ({"first_look.ties": 1}, "contract")
    found = mine.get(f"/api/v1/{place}/evidence/{made.json()['sha256']}")
    assert (found.content, found.headers["Content-Type"]) == (PDF, BYTES)
    assert found.headers["Content-Disposition"].startswith("attachment")
    said(mine.get(f"/api/v1/{place}/evidence/{'f' * 64}"), 404, "not-found")
    said(mine.get(f"/api/v1/{place}/evidence/..%2f..%2fsecret"), 404, "not-found")


def test_a_file_that_is_not_taken_or_supports_nothing_is_told(mine: Client, case: Case, place: str) -> None:
    address = f"/api/v1/{place}/evidence?name=note.pdf"
    said(mine.post(address, PDF, content_type=BYTES), 422, "invalid")
    said(mine.post(address, PDF, content_type="application/pdf"), 415, "wrong-media-type")
    said(mine.post(address, b"x" * (20 * 1024 * 1024 + 1), content_type=BYTES), 413, "too-large")
    Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
    said(mine.post(f"{address}&answer=title", PDF, content_type=BYTES), 409, "locked")
    assert not Evidence.objects.filter(case=case).exists()


# --- invitations ---


def test_a_guest_is_invited_once_by_a_word_and_the_link_is_good_until_it_is_withdrawn(
    mine: Client, case: Case, place: str
) -> None:
    body = {"role": "researcher", "name": "Gina Gast", "language": "fr", "once": "a-1"}
    made = sent(mine, f"{place}/invitations", body, 201)
    assert sent(mine, f"{place}/invitations", body, 201) == made
    assert made["link"].startswith(f"{settings.ADDRESS}/i/")
    assert (made["code"], made["state"]) == (None, "open")
    invitation = guests.by_token(made["link"].rpartition("/")[2])
    assert invitation is not None
    assert (invitation.pk, invitation.language) == (made["invitation"], "fr")
    assert [one["state"] for one in read(mine, f"{place}/invitations")] == ["open"]
    address = f"/api/v1/{place}/invitations/{invitation.pk}"
    assert [mine.delete(address).status_code for _ in range(2)] == [204, 204]
    assert guests.by_token(made["link"].rpartition("/")[2]) is None
    assert [one["state"] for one in read(mine, f"{place}/invitations")] == ["withdrawn"]
    assert Event.objects.filter(verb="revoke", case=case.number).count() == 1
    assert all("link" not in one for one in read(mine, f"{place}/invitations"))


def test_what_a_guest_sent_is_not_withdrawn_and_what_is_wrong_with_an_invitation_is_told_at_once(
    mine: Client, case: Case, place: str, assessor: Person
) -> None:
    invitation, _token = guests.invite(case, "researcher", "Gina Gast", "en", assessor)
    guests.send(invitation)
    said(mine.delete(f"/api/v1/{place}/invitations/{invitation.pk}"), 409, "conflict")
    said(mine.delete(f"/api/v1/{place}/invitations/{invitation.pk + 1}"), 404, "not-found")
    body = {"role": "nobody", "name": " ", "language": "xx", "address": "nonsense"}
    wrong = mine.post(f"/api/v1/{place}/invitations", body, content_type="application/json")
    said(wrong, 422, "invalid")
    assert faults(wrong) == ["#/role", "#/name", "#/language", "#/address"]
    good = {"role": "researcher", "name": "Gina", "language": "en", "mail": True}
    assert faults(mine.post(f"/api/v1/{place}/invitations", good, content_type="application/json")) == ["#/address"]
    no_server = {**good, "address": "gina@example.org"}
    assert faults(mine.post(f"/api/v1/{place}/invitations", no_server, content_type="application/json")) == ["#/mail"]
    assert Invitation.objects.count() == 1


def test_a_program_without_the_scope_invites_nobody_and_a_link_that_goes_by_mail_is_in_no_answer(
    case: Case, place: str, assessor: Person, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"role": "researcher", "name": "Gina", "language": "en", "address": "gina@example.org", "mail": True}
    client = program(assessor, Scope.CASES_READ, Scope.CASES_WRITE)
    said(client.post(f"/api/v1/{place}/invitations", body, content_type="application/json"), 403, "scope-missing")
    monkeypatch.setattr(settings, "SMTP", object())
    Case.objects.filter(pk=case.pk).update(confidential=True)
    case.access.create(person=assessor)
    made = sent(program(assessor), f"{place}/invitations", body, 201)
    assert (made["link"], made["code"]) == (None, None)
    assert list(Outbox.objects.order_by("pk").values_list("kind", flat=True)) == ["invitation", "code"]


# --- notes ---


def test_a_note_is_written_beside_a_question_by_who_may_and_stays(
    mine: Client, place: str, somebody: Make, program: Program
) -> None:
    made = sent(mine, f"{place}/notes", {"about": "first_look.ties", "text": "Ask again."}, 201)
    assert sent(program(somebody("Rosa Roth", Role.REVIEWER)), f"{place}/notes", {"text": "Seen."}, 201)["about"] == ""
    assert read(mine, f"{place}/notes")[1] == made
    for wrong in ({"about": "first_look.nonsense", "text": "x"}, {"text": "  "}):
        said(mine.post(f"/api/v1/{place}/notes", wrong, content_type="application/json"), 422, "invalid")
    auditor = program(somebody("Otto Zorn", Role.AUDITOR))
    refused = auditor.post(f"/api/v1/{place}/notes", {"text": "x"}, content_type="application/json")
    said(refused, 403, "not-allowed")
