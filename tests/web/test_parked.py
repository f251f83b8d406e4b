"""A form that is sent while signed out, or with the token of an earlier sign-in: nothing typed gets lost."""

import re
import time
from collections.abc import Callable
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.web import cases, questions
from risk_engine.web.models import Case, Person
from risk_engine.web.pages import parked, whose_input
from risk_engine.web.words import Role

ORIGIN = "http://localhost"
MONEY = Read("first_look", None, "money")


@pytest.fixture
def strict(assessor: Person) -> Client:
    """A browser that checks tokens, of somebody who is signed in."""
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.force_login(assessor)
    return client


def sent(client: Client, case: Case, token: str, origin: str = ORIGIN, **more: str) -> object:
    path = MONEY.path()
    fields = {path: "true", f"base.{path}": "0", "csrfmiddlewaretoken": token, "proof": "secret", **of(ada())}
    address = f"/cases/{case.number}/q/first_look"
    return client.post(address, fields, headers={"Origin": origin, **more})


def of(person: Person) -> dict[str, str]:
    """Return the field that a form on a page of somebody has."""
    return dict(re.findall(r'name="(\w+)" value="([^"]+)"', whose_input(person)))


def ada() -> Person:
    return Person.objects.get(name="Ada Vogel")


def token_of(client: Client, address: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())
    assert found is not None
    return found[1]


def again(client: Client, page: str) -> object:
    """Press the button of the page that offers a form."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.partition('action="/parked"')[0])
    (address,) = re.findall(r'<form method="post" action="(/cases[^"]+)">', page)
    return client.post(address, {name: unescape(text) for name, text in fields}, headers={"Origin": ORIGIN})


def answered(case: Case) -> object:
    case.refresh_from_db()
    return cases.record(case).answer(MONEY)


def test_a_form_that_is_sent_while_signed_out_is_offered_after_the_sign_in(
    case: Case, assessor: Person, strict: Client
) -> None:
    token = token_of(strict, f"/cases/{case.number}/q/first_look")
    strict.cookies.pop("session")
    response = sent(strict, case, token)
    assert response.headers["Location"] == "/account/sign-in?next=%2Fparked"  # type: ignore[attr-defined]
    strict.force_login(assessor)
    page = strict.get("/parked").content.decode()
    assert "Nothing is lost" in page
    assert "secret" not in page
    title = questions.title_of(cases.record(case), MONEY.path())
    assert f"<dt>{title}</dt><dd>Yes</dd>" in unescape(page)
    assert answered(case) is None
    again(strict, page)
    assert answered(case) is True


def test_forms_of_two_pages_are_both_kept_and_a_file_that_is_not_is_told(
    case: Case, assessor: Person, strict: Client
) -> None:
    strict.cookies.pop("session")
    sent(strict, case, "")
    note = f"/cases/{case.number}/notes"
    for _click in range(2):
        strict.post(note, {"text": "Ask the partner", **of(assessor)}, headers={"Origin": ORIGIN})
    evidence = {"kind": "extract", "file": SimpleUploadedFile("note.pdf", b"%PDF-"), **of(assessor)}
    strict.post(f"/cases/{case.number}/evidence", evidence, headers={"Origin": ORIGIN})
    strict.force_login(assessor)
    page = strict.get("/parked").content.decode()
    assert page.count("Send it now") == 3
    assert f'action="/cases/{case.number}/q/first_look" target="_blank"' in page
    assert page.count("Ask the partner") == 2  # once to read, once in the form
    assert "<dt>Note</dt><dd>Ask the partner</dd>" in page
    assert "A file cannot be kept" in page


def test_what_was_kept_is_thrown_away_on_demand_and_after_half_an_hour(
    case: Case, assessor: Person, strict: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        strict.cookies.pop("session")
        sent(strict, case, "")
        strict.force_login(assessor)
        assert strict.get("/parked").status_code == 200
        if _ == 0:
            fresh = token_of(strict, "/parked")
            strict.post("/parked", {"csrfmiddlewaretoken": fresh}, headers={"Origin": ORIGIN})
            assert strict.get("/parked").headers["Location"] == "/"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + parked.KEPT_FOR + 1)
    assert strict.get("/parked").headers["Location"] == "/"


def test_a_token_of_an_earlier_sign_in_keeps_the_input(case: Case, strict: Client) -> None:
    old = token_of(strict, f"/cases/{case.number}/q/first_look")
    strict.cookies.pop("csrf")
    response = sent(strict, case, old)
    assert response.status_code == 403  # type: ignore[attr-defined]
    again(strict, response.content.decode())  # type: ignore[attr-defined]
    assert answered(case) is True


def test_a_saved_field_gets_the_token_of_the_new_sign_in(case: Case, strict: Client) -> None:
    old = token_of(strict, f"/cases/{case.number}/q/first_look")
    strict.cookies.pop("csrf")
    refused = sent(strict, case, old, **{"HX-Request": "true"})
    fresh = refused.headers[parked.FRESH]  # type: ignore[attr-defined]
    assert sent(strict, case, fresh, **{"HX-Request": "true"}).status_code == 200  # type: ignore[attr-defined]
    assert answered(case) is True


def test_what_another_site_sends_is_neither_kept_nor_offered(case: Case, assessor: Person, strict: Client) -> None:
    refused = sent(strict, case, "", origin="https://elsewhere.example")
    assert refused.status_code == 403  # type: ignore[attr-defined]
    assert "first_look.money" not in refused.content.decode()  # type: ignore[attr-defined]
    strict.cookies.pop("session")
    response = sent(strict, case, "", origin="https://elsewhere.example")
    assert "parked" not in response.headers["Location"]  # type: ignore[attr-defined]
    strict.force_login(assessor)
    assert strict.get("/parked").headers["Location"] == "/"


def test_a_form_that_is_too_long_or_holds_passwords_is_not_kept(case: Case, strict: Client) -> None:
    strict.cookies.pop("session")
    for address, text in (("/people", "Ada"), (f"/cases/{case.number}/entries/partner", "x" * (parked.MOST + 1))):
        response = strict.post(address, {"name": text, **of(ada())}, headers={"Origin": ORIGIN})
        assert "parked" not in response.headers["Location"]


def test_what_somebody_filled_in_is_offered_to_nobody_else_who_signs_in_there(
    case: Case, assessor: Person, strict: Client, somebody: Callable[..., Person]
) -> None:
    ben = somebody("Ben Adler", Role.ASSESSOR)
    token = token_of(strict, f"/cases/{case.number}/q/first_look")
    strict.cookies.pop("session")
    sent(strict, case, token)
    strict.force_login(ben)
    assert strict.get("/parked").headers["Location"] == "/"
    fresh = token_of(strict, "/")
    strict.post("/parked", {"csrfmiddlewaretoken": fresh}, headers={"Origin": ORIGIN})
    strict.cookies.pop("session")
    sent(strict, case, fresh)
    strict.post(f"/cases/{case.number}/notes", {"text": "of nobody"}, headers={"Origin": ORIGIN})
    strict.force_login(assessor)
    page = strict.get("/parked").content.decode()
    assert "first_look.money" in page
    assert "of nobody" not in page


@pytest.mark.parametrize("more", [{}, {"HX-Request": "true"}])
def test_a_page_of_somebody_sends_nothing_in_the_name_of_who_signed_in_since(
    case: Case, strict: Client, somebody: Callable[..., Person], more: dict[str, str]
) -> None:
    token = token_of(strict, f"/cases/{case.number}/q/first_look")
    strict.force_login(somebody("Ben Adler", Role.ASSESSOR))
    strict.cookies.pop("csrf")  # a sign-in makes a new one
    refused = sent(strict, case, token, **more)
    assert refused.status_code == 403  # type: ignore[attr-defined]
    assert parked.FRESH not in refused.headers  # type: ignore[attr-defined]
    assert "Send it now" not in refused.content.decode()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("office")
def test_the_sign_in_says_that_what_was_sent_is_kept() -> None:
    client = Client(HTTP_HOST="localhost")
    assert b"is kept for half an hour" in client.get("/account/sign-in?next=/parked").content
    assert b"is kept for half an hour" not in client.get("/account/sign-in?next=/cases").content
