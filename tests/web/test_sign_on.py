"""Single sign-on against a real provider: who is bound comes in by issuer and subject, and nobody by a mail address."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.test import Client, override_settings
from oidc_provider_mock import run_server_in_thread

from risk_engine.web import single_sign_on
from risk_engine.web.models import Event, Person
from risk_engine.web.words import Role

# The provider runs in a thread here, on a library that tells it what will change.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
Make = Callable[..., Person]
Browsing = Callable[[Person], Client]


def provided(issuer: str) -> dict[str, Any]:
    provider = single_sign_on.Provider(issuer, "office", "a secret", "University login")
    return {"SIGN_ON": provider, "SOCIALACCOUNT_PROVIDERS": single_sign_on.for_allauth(provider)}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provider(issuer: str, office: None) -> Iterator[single_sign_on.Provider]:  # noqa: ARG001 (rows are taken back)
    with override_settings(**(settings := provided(issuer))):
        yield settings["SIGN_ON"]


def comes_back(
    client: Client,
    provider: single_sign_on.Provider,
    subject: str,
    sent: dict[str, str] | None = None,
    **claims: object,
) -> str:
    """Sign in at the provider as somebody; return where the office sends them back to."""
    httpx.put(f"{provider.issuer}/users/{subject}", json={"email": f"{subject}@example.org", **claims})
    leaves = client.post(f"/account/sign-on/{provider.key}", {"next": "/cases", **(sent or {})}).headers["Location"]
    assert leaves.startswith(provider.issuer)
    asked = parse_qs(urlsplit(leaves).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid"]
    back = httpx.post(leaves, data={"sub": subject}).headers["Location"]
    assert back.startswith(f"http://localhost/account/sign-on/{provider.key}/back")
    return back


def bound(person: Person, provider: single_sign_on.Provider, subject: str, admin: Client) -> str:
    """Bind an identity to a person by the link of an admin; return the link."""
    page = admin.post(f"/people/{person.pk}", {"do": "bind"}).content.decode()
    found = re.search(r"http://localhost(/account/bind/[^<]+)", page)
    assert found is not None
    client = Client(HTTP_HOST="localhost")
    page = client.get(found[1]).content.decode()
    assert "University login" in page
    sent = dict(re.findall(r'name="(binds|token)" value="([^"]+)"', page))
    assert client.get(comes_back(client, provider, subject, sent)).status_code == 302
    return found[1]


@pytest.mark.nightly
def test_a_link_that_was_opened_binds_nothing_to_who_signs_in_by_the_ordinary_form(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    rosa, admin = somebody("Rosa Roth", Role.REVIEWER), browsing(somebody("Al Admin", Role.ADMIN))
    page = admin.post(f"/people/{rosa.pk}", {"do": "bind"}).content.decode()
    found = re.search(r"http://localhost(/account/bind/[^<]+)", page)
    assert found is not None
    client = Client(HTTP_HOST="localhost")
    client.get(found[1])
    assert client.get(comes_back(client, provider, "somebody-else")).status_code == 403
    assert not SocialAccount.objects.exists()


def test_who_was_bound_by_a_link_comes_in_by_the_subject_alone(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    rosa, admin = somebody("Rosa Roth", Role.REVIEWER), browsing(somebody("Al Admin", Role.ADMIN))
    link = bound(rosa, provider, "r-1", admin)
    client = Client(HTTP_HOST="localhost")
    assert client.get(comes_back(client, provider, "r-1", email="other@example.org")).headers["Location"] == "/cases"
    assert client.get("/cases").status_code == 200
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid, account.extra_data) == (rosa, provider.key, "r-1", {})
    assert Client(HTTP_HOST="localhost").get(link).status_code == 404, "a link is good once"
    assert set(Event.objects.values_list("verb", flat=True)) >= {"identity_link", "identity_bound", "sign_in"}


def test_a_mail_address_of_the_office_opens_nothing(provider: single_sign_on.Provider, somebody: Make) -> None:
    rosa = somebody("Rosa Roth", Role.REVIEWER)
    client = Client(HTTP_HOST="localhost")
    response = client.get(comes_back(client, provider, "thief", email=rosa.email, email_verified=True))
    assert response.status_code == 403
    assert "belongs to nobody here" in response.content.decode()
    assert client.get("/").status_code == 302
    assert not SocialAccount.objects.exists()


@pytest.mark.nightly
def test_the_same_subject_of_another_issuer_is_somebody_else(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    bound(somebody("Rosa Roth", Role.REVIEWER), provider, "r-1", browsing(somebody("Al Admin", Role.ADMIN)))
    with (
        run_server_in_thread() as server,
        override_settings(**(other := provided(f"http://localhost:{server.server_port}"))),
    ):
        client = Client(HTTP_HOST="localhost")
        assert client.get(comes_back(client, other["SIGN_ON"], "r-1")).status_code == 403


def test_a_token_that_names_another_issuer_than_the_file_does_opens_nothing(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    bound(somebody("Rosa Roth", Role.REVIEWER), provider, "r-1", browsing(somebody("Al Admin", Role.ADMIN)))
    client = Client(HTTP_HOST="localhost")
    back = comes_back(client, provider, "r-1")
    elsewhere = single_sign_on.Provider("https://login.example.org", "office", "a secret", "University login")
    with override_settings(SIGN_ON=elsewhere):
        assert client.get(back).status_code == 403


def test_a_code_that_somebody_else_began_with_opens_nothing(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    bound(somebody("Rosa Roth", Role.REVIEWER), provider, "r-1", browsing(somebody("Al Admin", Role.ADMIN)))
    back = comes_back(Client(HTTP_HOST="localhost"), provider, "r-1")
    other = Client(HTTP_HOST="localhost")
    assert other.get(back).status_code == 403
    assert other.get("/").status_code == 302


def test_a_second_factor_is_asked_for_after_single_sign_on_too(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    rosa = somebody("Rosa Roth", Role.REVIEWER)
    bound(rosa, provider, "r-1", browsing(somebody("Al Admin", Role.ADMIN)))
    TOTP.activate(rosa, generate_totp_secret())
    client = Client(HTTP_HOST="localhost")
    assert client.get(comes_back(client, provider, "r-1")).headers["Location"] == "/account/second-factor"
    assert client.get("/").status_code == 302


def test_nobody_binds_an_identity_to_themselves_without_a_link(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    client = browsing(somebody("Rosa Roth", Role.REVIEWER))
    assert client.post(f"/account/sign-on/{provider.key}", {"process": "connect"}).status_code == 404
    assert client.get(comes_back(client, provider, "r-1")).status_code == 403
    assert not SocialAccount.objects.exists()


def test_who_has_left_is_not_let_in_by_the_provider(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    rosa = somebody("Rosa Roth", Role.REVIEWER)
    bound(rosa, provider, "r-1", browsing(somebody("Al Admin", Role.ADMIN)))
    Person.objects.filter(pk=rosa.pk).update(is_active=False)
    client = Client(HTTP_HOST="localhost")
    assert client.get(comes_back(client, provider, "r-1")).status_code == 403
    assert client.get("/").status_code == 302


def test_a_provider_that_says_no_or_is_not_there_is_told(provider: single_sign_on.Provider) -> None:
    client = Client(HTTP_HOST="localhost")
    assert client.get(f"/account/sign-on/{provider.key}").status_code == 405
    assert client.post("/account/sign-on/another").status_code == 404
    response = client.get(f"/account/sign-on/{provider.key}/back", {"error": "access_denied", "state": "x"})
    assert response.status_code == 403
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = provided(f"http://localhost:{free.getsockname()[1]}")
    with override_settings(**nobody):
        response = client.post(f"/account/sign-on/{nobody['SIGN_ON'].key}")
    assert response.status_code == 403
    assert "did not come to an end" in response.content.decode()


def test_a_browser_may_follow_the_form_to_the_provider_and_nowhere_else(
    provider: single_sign_on.Provider, somebody: Make, browsing: Browsing
) -> None:
    response = Client(HTTP_HOST="localhost").get("/account/sign-in")
    assert "Sign in with University login" in response.content.decode()
    assert response.headers["Content-Security-Policy"].endswith(f"form-action 'self' {provider.issuer}")
    page = browsing(somebody("Al Admin", Role.ADMIN)).get("/people").content.decode()
    assert f"http://localhost/account/sign-on/{provider.key}/back" in page


# --- the file ---

GOOD = {"issuer": "https://login.example.org/", "client_id": "office", "client_secret": "a secret"}


def written(folder: Path, said: object, mode: int = 0o600) -> Path:
    path = folder / single_sign_on.FILE
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    path.chmod(mode)
    return folder


def test_the_file_says_who_signs_people_in(tmp_path: Path) -> None:
    assert single_sign_on.read(tmp_path) is None
    found = single_sign_on.read(written(tmp_path, {**GOOD, "form_hosts": ["https://adfs.example.org"]}))
    assert found is not None
    assert (found.issuer, found.name) == ("https://login.example.org", "login.example.org")
    assert found.origins == ("https://login.example.org", "https://adfs.example.org")


@pytest.mark.parametrize(
    ("said", "mode", "told"),
    [
        (GOOD, 0o644, ["others can read the secret"]),
        ("{", 0o600, ["is no JSON"]),
        ("[]", 0o600, ["holds no object"]),
        ({"issuer": " ", "isuer": "x"}, 0o640, ["others", "`issuer`", "`client_id`", "`client_secret`", "`isuer`"]),
        ({**GOOD, "issuer": "http://login.example.org"}, 0o600, ["https address"]),
        ({**GOOD, "issuer": "https://a.example.org; script-src *"}, 0o600, ["https address"]),
        ({**GOOD, "issuer": "https://[oops"}, 0o600, ["https address"]),
        ({**GOOD, "form_hosts": "https://a.example.org"}, 0o600, ["`form_hosts`"]),
    ],
)
def test_what_is_wrong_with_the_file_is_said_all_at_once(
    said: object, mode: int, told: list[str], tmp_path: Path
) -> None:
    with pytest.raises(single_sign_on.SignOnFileError) as caught:
        single_sign_on.read(written(tmp_path, said, mode))
    for one in told:
        assert one in str(caught.value)
