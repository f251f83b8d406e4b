"""Sessions end when they should, and the account with its log is what its owner and an admin see of it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from risk_engine.web import limits, log, sessions
from risk_engine.web.models import Event, Person, SignedIn
from risk_engine.web.words import Role
from tests.web.test_accounts import PASSWORD, older, said, tried

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]


# --- sessions ---


def test_somebody_sees_their_sessions_and_ends_another(rosa: Person, browsing: Browsing) -> None:
    here, there = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    there.defaults["HTTP_USER_AGENT"] = agent
    for client in (here, there):
        tried(rosa.email, PASSWORD, client=client)
    page = here.get("/account").content.decode()
    assert "Firefox · Linux" in page
    assert str(there.session.session_key) not in page
    found = re.search(r'name="session" value="(\w+)"', page)
    assert found is not None
    here.post("/account", {"do": "end", "session": found[1]})
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    assert browsing(rosa).post("/account", {"do": "end_others"}).status_code == 302
    assert here.get("/").status_code == 302


def test_nobody_ends_the_session_of_somebody_else(rosa: Person, assessor: Person, browsing: Browsing) -> None:
    mine = browsing(rosa)
    key = sessions.shown_key(str(mine.session.session_key))
    browsing(assessor).post("/account", {"do": "end", "session": key})
    assert mine.get("/").status_code == 200


def test_a_new_password_ends_every_other_session(rosa: Person, browsing: Browsing) -> None:
    here, there = browsing(rosa), browsing(rosa)
    assert "too common" in said(here.post("/account/password", {"password": "password1234"}))
    assert here.post("/account/password", {"password": "another long one"}).headers["Location"] == "/account"
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    assert SignedIn.objects.filter(person=rosa.pk).count() == 1
    older(here, 301)
    assert here.post("/account/password", {"password": "a third long one"}).status_code == 422
    sent = {"password": "a third long one", "proof": "another long one"}
    assert here.post("/account/password", sent).status_code == 302


@pytest.mark.nightly
def test_who_leaves_has_no_session_any_more(rosa: Person, somebody: Make, browsing: Browsing) -> None:
    browsing(rosa)
    browsing(somebody("Al Admin", Role.ADMIN)).post(f"/people/{rosa.pk}", {"do": "leave"})
    assert not SignedIn.objects.filter(person=rosa.pk).exists()
    assert tried(rosa.email, PASSWORD).status_code == 403


@pytest.mark.parametrize(("hours", "status"), [(11.9, 200), (12.1, 302)])
def test_a_session_is_over_after_twelve_hours_however_busy(
    hours: float, status: int, rosa: Person, browsing: Browsing
) -> None:
    client = browsing(rosa)
    session = client.session
    session["since"] = time.time() - hours * 3600
    session.save()
    assert client.get("/").status_code == status


@pytest.mark.nightly
def test_a_session_is_over_after_an_idle_hour_and_its_row_goes(rosa: Person, browsing: Browsing) -> None:
    client = browsing(rosa)
    SignedIn.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/").status_code == 302
    tried(rosa.email, PASSWORD)
    assert SignedIn.objects.filter(person=rosa.pk).count() == 1


def test_sessions_and_counted_tries_lie_apart_from_cases(office: None) -> None:  # noqa: ARG001
    apart = {"web_signedin", "web_cache"}
    there = {alias: set(connections[alias].introspection.table_names()) for alias in connections}
    assert apart <= there.get("sessions", there["default"])
    assert "web_case" in there["default"]
    assert "sessions" not in there or not apart & there["default"]


@pytest.mark.nightly
def test_behind_tls_cookies_belong_to_this_host_alone(tmp_path: Path) -> None:
    program = """if True:
        from risk_engine.web import wsgi
        from django.conf import settings
        from django.test import Client
        client = Client(HTTP_HOST="office.example.org")
        environ = client._base_environ(PATH_INFO="/account/sign-in")
        got = []
        b"".join(wsgi.application(environ, lambda status, headers: got.append((status, headers))))
        print(environ["wsgi.url_scheme"], got[0][0], settings.FACTOR_REQUIRED, settings.SESSION_COOKIE_NAME)
        print([value for name, value in got[0][1] if name == "Set-Cookie"])
    """
    environment = {**os.environ, "RISK_ENGINE_OFFICE": str(tmp_path), "RISK_ENGINE_HOST": "office.example.org"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "https 200 OK True __Host-session"
    assert re.search(r"__Host-csrf=\w+;.*HttpOnly.*Path=/;.*SameSite=Strict.*Secure", second), second


# --- the account, the log ---


def test_somebody_changes_their_name_and_language(rosa: Person, browsing: Browsing) -> None:
    client = browsing(rosa)
    client.post("/account", {"do": "names", "name": " Rosa  Rot ", "language": "de"})
    text = said(client.get("/account"))
    assert "Rosa Rot" in client.get("/account").content.decode()
    assert "Zweiter Faktor" in text
    for name, language in (("", "de"), ("x" * 201, "de"), ("Rosa", "tlh")):
        assert client.post("/account", {"do": "names", "name": name, "language": language}).status_code == 422


def test_what_is_wrong_with_a_password_is_said_in_the_language_of_who_reads_it(
    rosa: Person, browsing: Browsing
) -> None:
    rosa.language = "de"
    rosa.save()
    assert "zu kurz" in said(browsing(rosa).post("/account/password", {"password": "kurz"}))


def test_an_admin_reads_who_came_in_and_who_was_refused_and_the_chain_names_nobody(
    rosa: Person, somebody: Make, browsing: Browsing
) -> None:
    tried(rosa.email, "wrong", "198.51.100.9")
    tried(rosa.email, PASSWORD)
    tried("nobody@example.org", "wrong")
    admin = somebody("Al Admin", Role.ADMIN)
    text = said(browsing(admin).get("/people/sign-ins"))
    assert "Rosa Roth signed in" in text
    assert "Rosa Roth was not let in 198.51.100.9" in text
    assert "unknown was not let in" in text
    assert browsing(rosa).get("/people/sign-ins").status_code == 403
    chain = json.dumps(list(Event.objects.values("verb", "person", "case", "commitment")))
    assert "example.org" not in chain
    assert "Rosa" not in chain
    assert not list(log.problems())


def test_a_request_without_an_address_counts_too(office: None) -> None:  # noqa: ARG001
    request = HttpRequest()
    assert not limits.take("link", request)
