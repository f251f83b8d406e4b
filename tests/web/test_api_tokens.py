"""Tokens: made by a person, shown once, never good for more than the person, over when that is said or they leave."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import cases, limits, security, tokens
from risk_engine.web.models import Case, Event, EventDetail, Membership, Person, Token
from risk_engine.web.words import Role, Scope

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
Program = Callable[..., Client]
ME = "/api/v1/me"


def made(client: Client, **sent: object) -> tuple[HttpResponse, str]:
    """Make a token on the page of the account; return the page, and what it shows of the token."""
    ends = (cases.today() + timedelta(days=30)).isoformat()
    page: HttpResponse = client.post(  # type: ignore[assignment]
        "/account/tokens", {"name": "Grants system", "scope": ["cases:read", "assess"], "ends": ends, **sent}
    )
    found = re.search(r'<code class="secret">(\S+)</code>', page.content.decode())
    return page, found[1] if found else ""


def with_token(text: str) -> Client:
    return Client(HTTP_HOST="localhost", headers={"Authorization": f"Bearer {text}"})


def test_a_token_is_shown_once_and_only_its_hash_is_kept(assessor: Person, browsing: Browsing) -> None:
    page = browsing(assessor)
    _response, text = made(page)
    assert text.startswith(tokens.MARK)
    row = Token.objects.get()
    assert row.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (row.scopes, row.used) == (["assess", "cases:read"], None)
    after = page.get("/account/tokens").content.decode()
    assert text not in after
    assert "Grants system" in after
    assert "not used yet" in after
    assert not any(text in str(one.detail) for one in EventDetail.objects.all())
    assert with_token(text).get(ME).json()["scopes"] == ["assess", "cases:read"]
    assert "not used yet" not in page.get("/account/tokens").content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 101}, "needs a name"),
        ({"scope": []}, "Choose at least one"),
        ({"scope": ["everything"]}, "Choose at least one"),
        ({"ends": ""}, "needs a last day"),
        ({"ends": "2020-01-01"}, "needs a last day"),
        ({"ends": "9999-12-31"}, "needs a last day"),
        ({"ends": "soon"}, "is no date"),
    ],
)
def test_what_is_wrong_with_a_token_is_told_and_none_is_made(
    sent: dict[str, object], told: str, assessor: Person, browsing: Browsing
) -> None:
    page, text = made(browsing(assessor), **sent)
    assert (page.status_code, text) == (422, "")
    assert told in page.content.decode()
    assert not Token.objects.exists()


def test_a_person_has_so_many_tokens_and_no_more(assessor: Person) -> None:
    ends = cases.today()
    for _number in range(tokens.MOST):
        tokens.make(assessor, "x", [Scope.ASSESS], ends)
    with pytest.raises(RiskEngineError, match="revoke one first"):
        tokens.make(assessor, "x", [Scope.ASSESS], ends)


def test_who_makes_a_token_proves_that_it_is_them(assessor: Person) -> None:
    client = Client(HTTP_HOST="localhost")
    client.force_login(assessor)
    page, text = made(client)
    assert (page.status_code, text) == (422, "")
    assert "Prove once more" in page.content.decode()


def test_where_a_second_factor_is_asked_for_no_token_goes_round_it(
    assessor: Person, browsing: Browsing, program: Program
) -> None:
    before = program(assessor)
    with override_settings(FACTOR_REQUIRED=True):
        page, text = made(browsing(assessor))
        assert (page.status_code, text) == (422, "")
        response = before.get(ME)
        assert (response.status_code, response.json()["where"]) == (403, "/account")
    assert before.get(ME).status_code == 200


def test_a_token_that_is_revoked_or_over_is_good_for_nothing(
    assessor: Person, browsing: Browsing, program: Program
) -> None:
    first, second = program(assessor), program(assessor)
    page = browsing(assessor)
    newest = tokens.good(assessor)[0]
    page.post("/account/tokens", {"revoke": newest.pk})
    assert [one.get(ME).status_code for one in (first, second)] == [200, 401]
    Token.objects.exclude(pk=newest.pk).update(ends=cases.today() - timedelta(days=1))
    assert first.get(ME).status_code == 401
    assert Event.objects.filter(verb__in=["token_revoked"]).count() == 1


def test_a_token_does_what_its_person_may_now_and_nothing_once_they_have_left(
    assessor: Person, case: Case, somebody: Make, browsing: Browsing, program: Program
) -> None:
    client, place = program(assessor), f"/api/v1/cases/{case.number}"
    assert client.get(place).status_code == 200
    Membership.objects.filter(person=assessor).delete()
    assert client.get(place).status_code == 404
    Person.objects.filter(pk=assessor.pk).update(is_active=False)
    assert client.get(ME).status_code == 401
    Person.objects.filter(pk=assessor.pk).update(is_active=True)
    assert client.get(ME).status_code == 200
    admin = browsing(somebody("Alma Amt", Role.ADMIN))
    admin.post(f"/people/{assessor.pk}", {"do": "leave"})
    assert client.get(ME).status_code == 401
    admin.post(f"/people/{assessor.pk}", {"do": "leave"})
    assessor.refresh_from_db()
    assert assessor.is_active
    assert client.get(ME).status_code == 401, "who comes back makes new tokens"


def test_an_admin_sees_and_revokes_the_tokens_of_everybody_and_others_their_own_alone(
    assessor: Person, somebody: Make, browsing: Browsing, program: Program
) -> None:
    client, rosa = program(assessor), browsing(somebody("Rosa Roth", Role.REVIEWER))
    token = tokens.good(assessor).get()
    rosa.post("/account/tokens", {"revoke": token.pk})
    assert rosa.get("/people/tokens").status_code == 403
    assert rosa.post("/people/tokens", {"revoke": token.pk}).status_code == 403
    assert "A program" not in rosa.get("/account/tokens").content.decode()
    assert client.get(ME).status_code == 200
    admin = browsing(somebody("Alma Amt", Role.ADMIN))
    page = admin.get("/people/tokens").content.decode()
    assert "Ada Vogel" in page
    assert "A program" in page
    (row,) = json.loads(admin.get("/people/tokens?format=json").content)["tokens"]
    assert (row["person"], row["token"], row["scopes"]) == ("Ada Vogel", "A program", [str(one) for one in Scope])
    admin.post("/people/tokens", {"revoke": token.pk})
    assert client.get(ME).status_code == 401
    assert "Nobody has a token" in admin.get("/people/tokens").content.decode()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x", "Basic x", "Bearer \xff"])
def test_without_a_token_that_is_good_nobody_is_let_in(header: str, office: None) -> None:  # noqa: ARG001
    response = Client(HTTP_HOST="localhost", headers={"Authorization": header}).get(ME)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_who_guesses_tokens_waits_and_a_good_one_from_there_goes_on(assessor: Person, program: Program) -> None:
    good = program(assessor)
    guessing = with_token("x")
    codes = [guessing.get(ME).status_code for _ in range(limits.BY_ADDRESS.most + 1)]
    assert codes == [401] * limits.BY_ADDRESS.most + [429]
    assert good.get(ME).status_code == 200
    assert Event.objects.filter(verb="token_refused").count() == limits.BY_ADDRESS.most


def test_a_browser_that_is_signed_in_is_nobody_to_the_interface(assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    response = client.get(ME)
    assert (response.status_code, dict(response.cookies)) == (401, {})
    response = client.post("/api/v1/cases", {"title": "x", "faculty": 1}, content_type="application/json")
    assert (response.status_code, dict(response.cookies)) == (401, {})


def test_what_a_browser_keeps_is_taken_away_before_anything_looks_at_it() -> None:
    seen: list[dict[str, str]] = []

    def answering(request: HttpRequest) -> HttpResponse:
        seen.append(dict(request.COOKIES))
        return HttpResponse()

    for address in (ME, "/cases"):
        security.headers(answering)(RequestFactory().get(address, headers={"Cookie": "session=x"}))
    assert seen == [{}, {"session": "x"}]
