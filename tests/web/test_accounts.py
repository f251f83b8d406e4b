"""Who comes in: limits on tries, the second factor, the proof before a signature, sessions, what the log has of it."""

import base64
import hmac
import json
import re
import struct
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from risk_engine.web import cases, limits, security
from risk_engine.web.accounts import Factors
from risk_engine.web.models import Case, Event, Person, SignedIn
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, Role, SealedKind, State
from tests.strategies import by_turns
from tests.web.test_pages import text_of

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
PASSWORD = "correct horse battery"  # noqa: S105 (of nobody)


def code_of(secret: str, steps: int = 0) -> str:
    """Return what an app shows that holds a secret: RFC 6238, written anew."""
    at = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(secret.replace(" ", "")), at, "sha1")
    start = digest[-1] & 15
    return str((int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF) % 10**6).zfill(6)


def said(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


def enrolled(client: Client) -> tuple[str, list[str]]:
    """Add an app of codes; return its secret, and the recovery codes."""
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', client.get("/account/app").content.decode())
    assert found is not None
    page = client.post("/account/app", {"code": code_of(found[1], -1)}).content.decode()
    return found[1], re.findall(r"<li><code>(\d{4} \d{4})</code>", page)


def tried(email: str, password: str, address: str = "192.0.2.1", client: Client | None = None) -> HttpResponse:
    client = client or Client(HTTP_HOST="localhost")
    sent = {"email": email, "password": password}
    response: HttpResponse = client.post("/account/sign-in", sent, REMOTE_ADDR=address)  # type: ignore[assignment]
    return response


# --- limits ---


def test_after_ten_wrong_passwords_even_the_right_one_waits_and_is_told_how_long(rosa: Person) -> None:
    request = RequestFactory().post("/")
    assert not any(limits.take("password", request, rosa.email) for _ in range(9))
    assert tried(rosa.email, "wrong").status_code == 403
    response = tried(rosa.email, PASSWORD, "192.0.2.99")
    assert response.status_code == 429
    assert 14 * 60 < int(response.headers["Retry-After"]) <= 15 * 60
    assert "Try again in 15 minutes" in said(response)
    assert tried("somebody.else@example.org", "wrong").status_code == 403


def test_a_refused_try_is_not_hashed(rosa: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        limits.take("password", RequestFactory().post("/"), rosa.email)
    hashed: list[str] = []
    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.verify", lambda *_: hashed.append("one"))
    assert tried(rosa.email, PASSWORD).status_code == 429
    assert not hashed


def test_a_right_password_gives_the_tries_back(rosa: Person) -> None:
    request = RequestFactory().post("/")
    assert not any(limits.take("password", request, rosa.email) for _ in range(9))
    assert tried(rosa.email, PASSWORD).status_code == 302
    assert not any(limits.take("password", request, rosa.email) for _ in range(10))


def test_an_address_that_tries_many_people_is_stopped_and_another_is_not(office: None) -> None:  # noqa: ARG001
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
    assert not any(limits.take("password", request, number) for number in range(limits.BY_ADDRESS.most))
    assert limits.take("password", request, "another") > 0
    assert not limits.take("password", RequestFactory().post("/", REMOTE_ADDR="192.0.2.8"), "another")


def test_what_is_larger_than_any_form_is_not_read_whoever_sends_it(rosa: Person, browsing: Browsing) -> None:
    much = str(security.MOST_SENT + 1)
    for client, address in ((Client(HTTP_HOST="localhost"), "/account/sign-in"), (browsing(rosa), "/cases")):
        answer = client.generic("POST", address, b"--x", "multipart/form-data; boundary=x", CONTENT_LENGTH=much)
        assert answer.status_code == 413
        assert "larger than 100 MiB" in text_of(answer)


def test_links_of_guests_are_not_guessed_on(office: None) -> None:  # noqa: ARG001
    client = Client(HTTP_HOST="localhost")
    codes = [client.get(f"/i/{number}").status_code for number in range(limits.BY_ADDRESS.most + 1)]
    assert codes == [404] * limits.BY_ADDRESS.most + [429]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 203.0.113.5", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1"),
        (1, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_a_forwarded_address_is_believed_only_from_as_many_proxies_as_there_are(
    proxies: int, forwarded: str, address: str
) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded})
    with override_settings(PROXIES=proxies):
        assert limits.address_of(request) == address


# --- the second factor ---


def test_a_sign_in_asks_for_the_app_that_somebody_added(rosa: Person, browsing: Browsing) -> None:
    secret, codes = enrolled(browsing(rosa))
    assert len(codes) == 10
    client = Client(HTTP_HOST="localhost")
    assert tried(rosa.email, PASSWORD, client=client).headers["Location"] == "/account/second-factor"
    assert client.get("/").headers["Location"].startswith("/account/sign-in")
    assert client.post("/account/second-factor", {"code": "000000"}).status_code == 403
    assert client.post("/account/second-factor", {"code": code_of(secret)}).headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_code_is_good_once_whoever_saw_it(rosa: Person, browsing: Browsing) -> None:
    secret, _codes = enrolled(browsing(rosa))
    code = code_of(secret)
    for expected in (302, 403):
        client = Client(HTTP_HOST="localhost")
        tried(rosa.email, PASSWORD, client=client)
        assert client.post("/account/second-factor", {"code": code}).status_code == expected


def test_a_recovery_code_is_good_once_and_new_ones_end_the_old(rosa: Person, browsing: Browsing) -> None:
    mine = browsing(rosa)
    _secret, codes = enrolled(mine)

    def comes_in(code: str) -> int:
        client = Client(HTTP_HOST="localhost")
        tried(rosa.email, PASSWORD, client=client)
        return client.post("/account/second-factor", {"code": code}).status_code

    assert [comes_in(codes[0]), comes_in(codes[0])] == [302, 403]
    assert "shown now and never again" in said(mine.post("/account/codes"))
    assert comes_in(codes[1]) == 403


def test_codes_are_not_guessed(rosa: Person, browsing: Browsing) -> None:
    secret, _codes = enrolled(browsing(rosa))
    client = Client(HTTP_HOST="localhost")
    tried(rosa.email, PASSWORD, client=client)
    for _ in range(10):
        client.post("/account/second-factor", {"code": "000000"})
    assert "Too many tries" in said(client.post("/account/second-factor", {"code": code_of(secret)}))


def test_nothing_that_makes_codes_lies_open_in_the_database_or_session(rosa: Person, browsing: Browsing) -> None:
    client = browsing(rosa)
    client.get("/account/app")
    row = SignedIn.objects.get(person=rosa.pk)
    pending = row.get_decoded()["totp"]
    secret, _codes = enrolled(client)
    plain = secret.replace(" ", "")
    assert pending != plain
    kept = json.dumps([one.data for one in Authenticator.objects.filter(user=rosa)])
    assert plain not in kept
    seed = Authenticator.objects.get(user=rosa, type="recovery_codes").data["seed"]
    assert re.fullmatch(r"[0-9a-f]{80}", Factors().decrypt(seed))
    with override_settings(SECRET_KEY="of another office"):  # noqa: S106 (of none)
        assert Factors().decrypt(seed) != Factors().decrypt(seed), "without the secret file no code fits"


def test_in_a_network_nobody_goes_on_without_a_second_factor(rosa: Person, case: Case, browsing: Browsing) -> None:
    with override_settings(FACTOR_REQUIRED=True):
        client = browsing(rosa)
        for address in ("/", f"/cases/{case.number}", "/cases"):
            assert client.get(address).headers["Location"] == "/account"
        assert client.post(f"/cases/{case.number}/act/review").headers["Location"] == "/account"
        assert "This office asks for a second factor" in said(client.get("/account"))
        enrolled(client)
        assert client.get(f"/cases/{case.number}").status_code == 200
        number = Authenticator.objects.get(user=rosa, type="totp").pk
        assert "before you remove the last" in said(client.post("/account", {"do": "remove", "factor": number}))


def test_an_admin_takes_a_lost_factor_away_and_its_sessions_with_it(
    rosa: Person, somebody: Make, browsing: Browsing
) -> None:
    mine = browsing(rosa)
    enrolled(mine)
    admin = browsing(somebody("Al Admin", Role.ADMIN))
    assert "Take second factors away" in said(admin.get(f"/people/{rosa.pk}"))
    admin.post(f"/people/{rosa.pk}", {"do": "reset_factors"})
    assert mine.get("/").status_code == 302
    assert tried(rosa.email, PASSWORD).headers["Location"] == "/"
    assert Event.objects.filter(verb="factor_reset").count() == 1


def test_nobody_takes_the_factor_of_somebody_else(rosa: Person, assessor: Person, browsing: Browsing) -> None:
    enrolled(browsing(rosa))
    number = Authenticator.objects.get(user=rosa, type="totp").pk
    browsing(assessor).post("/account", {"do": "remove", "factor": number})
    assert Authenticator.objects.filter(user=rosa).count() == 2


def test_with_the_last_factor_its_recovery_codes_go(rosa: Person, browsing: Browsing) -> None:
    client = browsing(rosa)
    enrolled(client)
    client.post("/account", {"do": "remove", "factor": Authenticator.objects.get(user=rosa, type="totp").pk})
    assert not Authenticator.objects.filter(user=rosa).exists()
    assert client.get("/account/codes").headers["Location"] == "/account"


@pytest.mark.parametrize(
    "sent", by_turns(["", "[]", "{}", '{"id": 3}', '"x"', "{", '{"id": "eA", "response": {}, "rawId": "eA"}'], 6)
)
def test_a_passkey_that_is_none_is_refused_and_told(sent: str, rosa: Person, browsing: Browsing) -> None:
    client = browsing(rosa)
    client.get("/account/passkey")
    response = client.post("/account/passkey", {"name": "Key", "credential": sent})
    assert response.status_code == 422
    assert "made no passkey that fits" in said(response)
    assert not Authenticator.objects.exists()


# --- the proof before a signature ---


def older(client: Client, seconds: int) -> None:
    session = client.session
    session["proved"] = time.time() - seconds
    session.save()


@pytest.fixture
def in_review(case: Case, assessor: Person, rosa: Person) -> Case:
    move(case, assessor, Move(ActName.ASSESS))
    sealed = cases.filed(case, SealedKind.ASSESSMENT)
    assert sealed is not None
    move(case, assessor, Move(ActName.SEND, sealed.digest, reviewer=rosa))
    case.refresh_from_db()
    return case


@pytest.mark.nightly
def test_a_signature_asks_again_after_five_minutes_and_keeps_what_was_typed(
    in_review: Case, rosa: Person, browsing: Browsing
) -> None:
    client, address = browsing(rosa), f"/cases/{in_review.number}/act/review"
    assert "Is it you?" not in said(client.get(address))
    older(client, 301)
    page = client.get(address)
    assert "Is it you?" in said(page)
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page.content.decode())
    assert found is not None
    sent = {"digest": found[1], "note": "All in order."}
    for proof in ("", "wrong"):
        refused = client.post(address, {**sent, "proof": proof})
        assert refused.status_code == 403
        assert "All in order.</textarea>" in refused.content.decode()
    in_review.refresh_from_db()
    assert in_review.state == State.IN_REVIEW
    assert client.post(address, {**sent, "proof": PASSWORD}).status_code == 302
    in_review.refresh_from_db()
    assert in_review.state == State.SIGNED


@pytest.mark.nightly
def test_a_decision_keeps_the_levels_that_were_chosen_while_it_asks_again(
    in_review: Case, rosa: Person, somebody: Make, browsing: Browsing
) -> None:
    sealed = cases.filed(in_review, SealedKind.ASSESSMENT)
    assert sealed is not None
    move(in_review, rosa, Move(ActName.REVIEW, sealed.digest))
    client = browsing(somebody("Dora Decker", Role.DECIDER))
    older(client, 301)
    address = f"/cases/{in_review.number}/act/decide"
    response = client.post(address, {"digest": sealed.digest, "level.measure": "restriction", "note": "Why"})
    assert response.status_code == 403
    assert re.findall(r'value="(\w+)" checked', response.content.decode()) == ["restriction"]


def test_a_code_of_the_app_proves_it_too_and_tries_are_counted(
    in_review: Case, rosa: Person, browsing: Browsing
) -> None:
    client, address = browsing(rosa), f"/cases/{in_review.number}/act/review"
    secret, _codes = enrolled(client)
    older(client, 301)
    for _ in range(10):
        client.post(address, {"proof": "000000"})
    assert "Too many tries" in said(client.post(address, {"proof": code_of(secret)}))
    limits.give_back("proof", rosa.pk)
    assert "What you saw is not what stands now" in said(client.post(address, {"proof": code_of(secret)}))


def test_what_an_assessor_does_asks_for_no_proof(case: Case, assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    older(client, 301)
    assert client.post(f"/cases/{case.number}/act/assess", {"seen": cases.last_answer(case)}).status_code == 302
