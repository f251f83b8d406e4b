"""Guests see their own questions and nothing else; what they send stands once somebody of the office takes it over."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import access, cases, erasure, guests, notices, outbox, questions, smtp
from risk_engine.web.models import Case, Event, GuestAnswer, Invitation, Membership, Outbox, Person
from risk_engine.web.settings import without_tokens
from risk_engine.web.words import MailKind, Role, State
from tests.strategies import by_turns

Browsing = Callable[[Person], Client]
FIELD = Read("first_look", None, "field")


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))


@pytest.fixture
def link(case: Case, assessor: Person, browsing: Browsing) -> str:
    """The link that an assessor made for the lead researcher."""
    sent = {"do": "invite", "name": "Dr Berg", "role": "researcher", "language": "en"}
    response = browsing(assessor).post(f"/cases/{case.number}/invitations", sent)
    found = re.search(r"http://localhost(/i/[\w-]+)", response.content.decode())
    assert found is not None
    return found[1]


def page_of_guests(client: Client, case: Case) -> str:
    return client.get(f"/cases/{case.number}/invitations").content.decode()


@pytest.fixture
def guest(link: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert "Dr Berg" in text_of(client.get(link))
    assert client.post(link).headers["Location"] == "/i"
    return client


def test_opening_the_link_changes_nothing_and_its_token_is_not_kept(link: str) -> None:
    for _ in range(3):
        assert Client(HTTP_HOST="localhost").get(link).status_code == 200
    assert Client(HTTP_HOST="localhost").get("/i").status_code == 404
    kept = Invitation.objects.get()
    assert link.rpartition("/")[2] not in str(vars(kept))


def test_a_guest_sees_the_questions_of_their_role_and_no_answer_but_their_own(
    case: Case, assessor: Person, guest: Client
) -> None:
    cases.save(case, FIELD, True, assessor, "first_look", 0)
    page = guest.get("/i/q/first_look")
    text = text_of(page)
    assert "Does a topic belong to a critical technology area of the EU" in text  # asked of the lead researcher
    assert "Did the checks of the partners" not in text  # asked of the research office
    assert "checked" not in page.content.decode()
    assert "What can still come out" not in text
    assert case.number not in text
    for address in (f"/cases/{case.number}", f"/cases/{case.number}/q/first_look", "/cases", "/", "/people"):
        assert guest.get(address).headers["Location"].startswith("/account/sign-in")


def test_a_guests_answers_stand_once_they_are_sent_and_taken_over(
    case: Case, assessor: Person, guest: Client, browsing: Browsing, link: str
) -> None:
    path = FIELD.path()
    guest.post("/i/q/first_look", {path: "false", f"base.{path}": "0", "first_look.ties": "true"})
    guest.post("/i/entries/technology", {"name": "Cathodes"})
    case.refresh_from_db()
    assert "first_look" not in case.document
    office = browsing(assessor)
    address = f"/cases/{case.number}/invitations"
    assert "Take these over" not in text_of(office.get(address))
    assert "No" in text_of(guest.get("/i/check"))
    assert "are with the office" in text_of(guest.post("/i/check"))
    assert guest.get("/i").status_code == 404
    assert guest.post("/i/q/first_look", {path: "true", f"base.{path}": "1"}).status_code == 404
    assert Client(HTTP_HOST="localhost").get(link).status_code == 404
    assert "Take these over" in text_of(office.get(address))
    key = Invitation.objects.get().pk
    office.post(address, {"do": "take_over", "invitation": key, "group": "first_look"})
    case.refresh_from_db()
    assert case.document["first_look"] == {"field": False}
    assert "technology" not in case.document
    row = case.answers.get(path=path)
    assert (row.by, row.page) == (assessor, f"invitation {key}")


def test_a_guest_who_answered_twice_in_two_tabs_is_told(guest: Client) -> None:
    path = FIELD.path()
    guest.post("/i/q/first_look", {path: "false", f"base.{path}": "0"})
    late = guest.post("/i/q/first_look", {path: "true", f"base.{path}": "0"}, headers={"HX-Request": "true"})
    assert "Dr Berg answered “No” meanwhile" in text_of(late)


@pytest.mark.parametrize("how", by_turns(["revoked", "over"], 2))
def test_a_link_that_is_revoked_or_over_is_good_for_nothing(
    how: str, case: Case, assessor: Person, guest: Client, browsing: Browsing, link: str
) -> None:
    made = Invitation.objects.get()
    if how == "revoked":
        for _twice in range(2):
            browsing(assessor).post(f"/cases/{case.number}/invitations", {"do": "revoke", "invitation": made.pk})
        assert [one.person for one in Event.objects.filter(verb="revoke")] == [assessor.pk]
    else:
        Invitation.objects.filter(pk=made.pk).update(expires=timezone.now() - timedelta(seconds=1))
    for client in (guest, Client(HTTP_HOST="localhost")):
        assert client.get(link).status_code == 404
    assert guest.get("/i").status_code == 404
    path = FIELD.path()
    assert guest.post("/i/q/first_look", {path: "false", f"base.{path}": "0"}).status_code == 404


@pytest.mark.parametrize("number", by_turns(["²", "9" * 5000, "9" * 18, "-1", "x", ""], 3))
def test_what_is_the_number_of_no_row_is_nobody_s(
    number: str, case: Case, assessor: Person, browsing: Browsing, link: str
) -> None:
    assert link
    answered = browsing(assessor).post(
        f"/cases/{case.number}/invitations", {"do": "revoke", "invitation": number}, follow=True
    )
    assert answered.status_code == 200
    assert not Invitation.objects.get().revoked


def test_a_guest_reads_in_the_language_of_the_invitation(case: Case, assessor: Person) -> None:
    made, token = guests.invite(case, "researcher", "Frau Berg", "de", assessor)
    client = Client(HTTP_HOST="localhost", headers={"Accept-Language": "en"})
    assert '<html lang="de">' in client.get(f"/i/{token}").content.decode()
    client.post(f"/i/{token}")
    assert "Noch nicht bekannt" in text_of(client.get("/i/q/first_look"))
    assert made.language == "de"


@pytest.mark.nightly
def test_an_invitation_needs_a_name_a_role_and_a_language(case: Case, assessor: Person, browsing: Browsing) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/invitations"
    for wrong in ({"name": " "}, {"role": "king"}, {"language": "xx"}):
        sent = {"do": "invite", "name": "Dr Berg", "role": "researcher", "language": "en", **wrong}
        assert client.post(address, sent).status_code == 422
    kept = client.post(address, {"do": "invite", "name": " ", "role": "partner", "language": "en"}).content.decode()
    assert '<option value="partner" selected>' in kept
    assert not Invitation.objects.exists()


def test_answers_of_a_guest_of_another_case_cannot_be_taken_over(
    case: Case, assessor: Person, guest: Client, browsing: Browsing
) -> None:
    path = FIELD.path()
    guest.post("/i/q/first_look", {path: "false", f"base.{path}": "0"})
    other = cases.begin(assessor, case.faculty, "Another")
    sent = {"do": "take_over", "invitation": Invitation.objects.get().pk, "group": "first_look"}
    browsing(assessor).post(f"/cases/{other.number}/invitations", sent)
    other.refresh_from_db()
    assert "first_look" not in other.document


@pytest.mark.parametrize("is_revoked", by_turns([True, False], 2))
def test_what_a_guest_has_not_sent_cannot_be_taken_over(
    is_revoked: bool, case: Case, assessor: Person, guest: Client, browsing: Browsing
) -> None:
    path, address = FIELD.path(), f"/cases/{case.number}/invitations"
    guest.post("/i/q/first_look", {path: "true", f"base.{path}": "0"})
    made = Invitation.objects.get()
    client = browsing(assessor)
    if is_revoked:
        client.post(address, {"do": "revoke", "invitation": made.pk})
    before = case.document
    client.post(address, {"do": "take_over", "invitation": made.pk, "group": "first_look"})
    case.refresh_from_db()
    assert case.document == before


def test_what_somebody_answered_since_the_page_was_read_is_not_taken_over_by_a_guests_answer(
    case: Case, assessor: Person, guest: Client, browsing: Browsing
) -> None:
    path, office, address = FIELD.path(), browsing(assessor), f"/cases/{case.number}/invitations"
    guest.post("/i/q/first_look", {path: "false", f"base.{path}": "0"})
    guest.post("/i/check")
    sent = {"do": "take_over", "invitation": Invitation.objects.get().pk, "group": "first_look"}

    def seen() -> str:
        found = re.search(r'name="seen" value="([0-9]+)"', office.get(address).content.decode())
        assert found is not None
        return found[1]

    before = seen()
    cases.save(case, FIELD, True, assessor, "first_look", 0)
    assert "answered one of these meanwhile" in text_of(office.post(address, {**sent, "seen": before}))
    case.refresh_from_db()
    assert cases.record(case).answer(FIELD) is True
    office.post(address, {**sent, "seen": seen()})
    case.refresh_from_db()
    assert cases.record(case).answer(FIELD) is False


def test_nothing_is_taken_over_into_a_case_in_review(
    case: Case, assessor: Person, guest: Client, browsing: Browsing
) -> None:
    path = FIELD.path()
    guest.post("/i/q/first_look", {path: "false", f"base.{path}": "0"})
    guest.post("/i/check")
    Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
    sent = {"do": "take_over", "invitation": Invitation.objects.get().pk, "group": "first_look"}
    assert browsing(assessor).post(f"/cases/{case.number}/invitations", sent).status_code == 409


# --- by mail ---


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a mail server is named; nothing is sent here (`test_outbox` sends)."""
    named = smtp.Server("localhost", 25, "", "", "office@example.org", "none")
    monkeypatch.setattr(settings, "SMTP", named)


INVITED = {"do": "invite", "name": "Dr Berg", "role": "researcher", "language": "de"}


@pytest.mark.nightly
@pytest.mark.usefixtures("server")
def test_a_link_that_is_mailed_is_shown_to_nobody_else(case: Case, assessor: Person, browsing: Browsing) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/invitations"
    response = client.post(address, {**INVITED, "address": "berg@example.org", "mail": "1"}, follow=True)
    assert "/i/" not in response.content.decode()
    assert "The link goes by mail to berg@example.org." in text_of(response)
    row = Outbox.objects.get()
    assert (row.kind, row.address, row.language) == (MailKind.INVITATION, "berg@example.org", "de")
    mail = outbox.message(row)
    assert mail.to == ["berg@example.org"]
    assert case.number not in f"{mail.subject} {mail.body}"
    found = re.search(r"http://localhost:8000(/i/\S+)", str(mail.body))
    assert found is not None
    assert "Dr Berg" in text_of(Client(HTTP_HOST="localhost").get(found[1]))
    admin = Person.objects.create_user("min@example.org", name="Adi Min")
    Membership.objects.create(person=admin, role=Role.ADMIN)
    assert found[1] not in browsing(admin).get("/outbox").content.decode()


@pytest.mark.nightly
@pytest.mark.usefixtures("server")
def test_a_link_is_mailed_to_an_address_and_shown_where_none_is_named(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/invitations"
    response = client.post(address, {**INVITED, "address": "berg", "mail": "1"})
    assert response.status_code == 422
    assert "“berg” is no mail address" in text_of(response)
    assert not Invitation.objects.exists()
    assert "/i/" in client.post(address, {**INVITED, "address": "", "mail": "1"}).content.decode()
    assert not Outbox.objects.exists()


@pytest.mark.usefixtures("server")
def test_a_guest_of_a_confidential_case_needs_the_mailed_code_beside_the_link(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    access.make_confidential(case, assessor)
    page = browsing(assessor).post(f"/cases/{case.number}/invitations", {**INVITED, "address": "berg@example.org"})
    found = re.search(r"http://localhost(/i/[\w-]+)", page.content.decode())
    assert found is not None
    row = Outbox.objects.get()
    assert row.kind == MailKind.CODE
    assert row.secret not in page.content.decode()
    assert row.secret in str(outbox.message(row).body)
    client = Client(HTTP_HOST="localhost")
    before = text_of(client.get(found[1]))
    assert "Code" in before
    assert case.title not in before
    assert INVITED["name"] not in before
    wrong = f"{(int(row.secret) + 1) % 10**8:08}"
    for code in ("", wrong):
        assert client.post(found[1], {"code": code}).status_code == 403
        assert client.get("/i").status_code == 404
    assert client.post(found[1], {"code": f" {row.secret[:4]} {row.secret[4:]}"}).headers["Location"] == "/i"
    assert case.title in text_of(client.get("/i"))


@pytest.mark.usefixtures("server")
def test_a_code_that_was_passed_on_by_hand_is_kept_no_longer(
    case: Case, assessor: Person, somebody: Callable[..., Person], browsing: Browsing
) -> None:
    guests.invite_by(case, ("researcher", "Dr Berg", "en"), assessor, "berg@example.org", mails_link=True)
    row = Outbox.objects.get()
    assert row.secret
    browsing(somebody("Adi Min", Role.ADMIN)).post("/outbox", {"do": "passed_on", "mail": row.pk})
    row.refresh_from_db()
    assert (row.finished is not None, row.secret) == (True, "")


@pytest.mark.usefixtures("office")
def test_no_link_stands_in_what_the_server_writes_down() -> None:
    kept = logging.getLogger().handlers
    stderr = next(one for one in kept if any(each is without_tokens for each in one.filters))
    told: list[str] = []
    for logger, address in (
        ("django.request", "/i/SECRET"),
        ("django.request", "/account/choose/MQ/SECRET"),
        ("django.request", "/account/bind/MQ/SECRET"),
        ("django.security.csrf", "/setup/SECRET"),
    ):
        record = logging.LogRecord(logger, logging.WARNING, "", 1, "%s: %s", ("Forbidden", address), None)
        assert stderr.filter(record)
        told.append(record.getMessage())
    assert told == [
        "Forbidden: /i/…",
        "Forbidden: /account/choose/…",
        "Forbidden: /account/bind/…",
        "Forbidden: /setup/…",
    ]
    for page in ("/i/q/partner", "/cases/2026-0001/i/x"):
        record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s: %s", ("Not Found", page), None)
        assert stderr.filter(record)
        assert record.getMessage() == f"Not Found: {page}"


def test_without_a_server_the_code_is_shown_once_and_wrong_ones_close_the_link(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    access.make_confidential(case, assessor)
    page = browsing(assessor).post(f"/cases/{case.number}/invitations", INVITED).content.decode()
    link, code = re.search(r"http://localhost(/i/[\w-]+)", page), re.search(r"<code>(\d{8})</code>", page)
    assert link is not None
    assert code is not None
    assert not Outbox.objects.exists()
    client, wrong = Client(HTTP_HOST="localhost"), {"code": f"{(int(code[1]) + 1) % 10**8:08}"}
    answers = [client.post(link[1], wrong).status_code for _ in range(guests.MOST_WRONG)]
    assert answers == [403] * (guests.MOST_WRONG - 1) + [404]
    assert client.post(link[1], {"code": code[1]}).status_code == 404
    assert Invitation.objects.get().revoked


@pytest.mark.nightly
def test_a_guest_adds_no_name_with_which_the_case_could_not_be_read(guest: Client) -> None:
    role = Invitation.objects.get()
    groups = [one.entity for one in questions.groups(guests.sight(role)) if one.many is not None]
    for group in groups:
        for bad in ("a\x07b", "\u200b"):
            assert guest.post(f"/i/entries/{group}", {"name": bad}).status_code == 422
    assert groups
    assert not role.answers.exists()


@pytest.mark.nightly
def test_a_form_that_is_sent_twice_invites_once_and_tells_the_same_link_and_code(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/invitations"
    access.make_confidential(case, assessor)
    once = dict(re.findall(r'name="(once)" value="([^"]+)"', client.get(address).content.decode()))
    first, second = (client.post(address, INVITED | once) for _ in range(2))
    told = re.findall(r"<code>(.+?)</code>", first.content.decode())
    assert len(told) == 2
    assert told == re.findall(r"<code>(.+?)</code>", second.content.decode())
    assert case.invitations.count() == 1
    client.post(address, INVITED | once | {"name": "Dr Tal"})
    client.post(address, INVITED)
    client.post(address, INVITED)
    assert case.invitations.count() == 4


@pytest.mark.nightly
def test_a_guest_who_does_not_know_takes_no_known_answer_away_unless_the_office_chooses_that(
    guest: Client, case: Case, assessor: Person, browsing: Browsing
) -> None:
    field, leaves = "first_look.field", "first_look.leaves"
    cases.save(case, FIELD, True, assessor, "first_look", 0)
    guest.post("/i/q/first_look", {field: "?", f"base.{field}": "0", leaves: "?", f"base.{leaves}": "0"})
    guest.post("/i/check")
    client, address = browsing(assessor), f"/cases/{case.number}/invitations"
    page = client.get(address).content.decode()
    assert re.findall(r'name="unknown" value="([^"]+)"', page) == [field]
    assert "not known yet take “not known yet” in place of what stands" in text_of(client.get(address))
    asked = dict(re.findall(r'name="(invitation|group|seen)" value="([^"]+)"', page))
    client.post(address, {"do": "take_over", **asked})
    stands = {path: row.value for path, row in cases.latest(case).items()}
    assert (stands[field], stands[leaves]) == (True, None)
    seen = dict(re.findall(r'name="(seen)" value="([^"]+)"', client.get(address).content.decode()))
    client.post(address, {"do": "take_over", **asked, **seen, "unknown": field})
    assert cases.latest(case)[field].value is None


@pytest.mark.nightly
def test_answers_that_came_in_are_told_on_the_case_and_to_who_invited_until_they_stand(
    guest: Client, case: Case, assessor: Person, browsing: Browsing
) -> None:
    field, client, address = FIELD.path(), browsing(assessor), f"/cases/{case.number}"
    told, mine = "do not stand in the case yet, from: Dr Berg.", "Answers of guests came in"
    guest.post("/i/q/first_look", {field: "false", f"base.{field}": "0"})
    assert told not in text_of(client.get(address))
    assert mine not in text_of(client.get("/"))
    guest.post("/i/check")
    assert told in text_of(client.get(address))
    assert mine in text_of(client.get("/"))
    asked = dict(re.findall(r'name="(invitation|group|seen)" value="([^"]+)"', page_of_guests(client, case)))
    client.post(f"{address}/invitations", {"do": "take_over", **asked})
    assert told not in text_of(client.get(address))
    assert mine not in text_of(client.get("/"))


def test_what_a_guest_does_not_know_or_was_erased_is_not_offered_as_new(
    guest: Client, case: Case, assessor: Person, somebody: Callable[..., Person], browsing: Browsing
) -> None:
    leaves = "first_look.leaves"
    cases.save(case, FIELD, True, assessor, "first_look", 0)
    sent = {FIELD.path(): "?", f"base.{FIELD.path()}": "0", leaves: "true", f"base.{leaves}": "0"}
    guest.post("/i/q/first_look", sent)
    guest.post("/i/check")
    asked = case.invitations.all()
    assert guests.not_taken_over(asked) == list(asked)
    officer, admin = somebody("Petra Prüfer", Role.DATA_PROTECTION_OFFICER), somebody("Zoe Zweit", Role.ADMIN)
    item = erasure.item_of(GuestAnswer.objects.get(path=leaves))
    erasure.confirm(erasure.ask("Dr Berg", "As asked.", [item], officer), admin)
    assert guests.not_taken_over(asked) == []
    page = page_of_guests(browsing(assessor), case)
    assert re.findall(r'name="unknown" value="([^"]+)"', page) == [FIELD.path()]
    assert page.count('<td><span class="label">Answered</span>erased</td>') == 1


@pytest.mark.nightly
def test_what_was_sent_without_an_answer_says_so(
    guest: Client, case: Case, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    assert "Sent without an answer." not in page_of_guests(client, case)
    guest.post("/i/check")
    assert "Sent without an answer." in page_of_guests(client, case)
    assert "came in" not in text_of(client.get(f"/cases/{case.number}"))


def test_a_guest_is_led_to_how_their_data_are_handled_before_they_begin_and_by_the_mail_too(
    link: str, case: Case, assessor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Data protection" not in Client(HTTP_HOST="localhost").get(link).content.decode()
    monkeypatch.setenv(notices.NOTICE, "https://www.example.org/{language}/privacy")
    monkeypatch.setenv(notices.ACCESSIBILITY, "https://www.example.org/access")
    monkeypatch.setattr(settings, "NOTICES", notices.read())
    page = Client(HTTP_HOST="localhost").get(link).content.decode()
    assert page.count('href="https://www.example.org/en/privacy"') == 2
    assert 'href="https://www.example.org/access"' in page
    for kind in (MailKind.INVITATION, MailKind.CODE):
        outbox.post_secret(kind, "berg@example.org", "fr", case, "secret")
    invitation, code = (outbox.message(one).body for one in Outbox.objects.order_by("pk"))
    assert "https://www.example.org/fr/privacy" in invitation
    assert "privacy" not in code
    assert assessor.language == "en"


def test_what_is_no_address_of_a_page_is_told_with_all_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("javascript:alert(1)", "https://", 'https://x/"onclick="', "https://[", "www.example.org"):
        monkeypatch.setenv(notices.NOTICE, wrong)
        monkeypatch.setenv(notices.ACCESSIBILITY, wrong)
        with pytest.raises(RiskEngineError, match=f"{notices.NOTICE}, {notices.ACCESSIBILITY}"):
            notices.read()
