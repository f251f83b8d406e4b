"""An office for the tests: its database is made once for each process, and what a test writes is taken back."""

import atexit
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from django.test import Client
    from playwright.sync_api import Browser, BrowserContext

    from risk_engine.model.case import Answer
    from risk_engine.web.models import Case, Faculty, Person
    from risk_engine.web.words import Role
    from tests.web.served import Join, Office

# Settings are read once in a process, with whatever first imports a model.
FOLDER = Path(mkdtemp(prefix="office-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["RISK_ENGINE_OFFICE"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "risk_engine.web.settings"
# A browser of other tests leaves an event loop running in this thread; nothing here is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
import django  # noqa: E402 (after the variables that its settings are made from)

django.setup()
from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402 (likewise)

# A password takes a tenth of a second to hash, on purpose: not in each test that signs somebody in.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture(scope="session")
def _database() -> None:
    from risk_engine.web.keeping import bring_up_to_date

    bring_up_to_date()


@pytest.fixture
def office(_database: None) -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic(), transaction.atomic(using="sessions" if "sessions" in _aliases() else "default"):
        yield
        for alias in _aliases():
            transaction.set_rollback(True, using=alias)
    shutil.rmtree(FOLDER / "jobs", ignore_errors=True)  # the next job has the same number


def _aliases() -> list[str]:
    from django.conf import settings

    return list(settings.DATABASES)


@pytest.fixture
def physics(office: None) -> "Faculty":  # noqa: ARG001 (its rows are taken back)
    from risk_engine.web.models import Faculty

    return Faculty.objects.create(name="Physics")


@pytest.fixture
def somebody(office: None) -> "Callable[..., Person]":  # noqa: ARG001 (likewise)
    """Make people by their roles: in one faculty, or in all."""
    from risk_engine.web.models import Membership, Person

    def made(name: str, *roles: "Role", faculty: "Faculty | None" = None) -> "Person":
        person = Person.objects.create_user(f"{name.rsplit(maxsplit=1)[-1].casefold()}@example.org", name=name)
        Membership.objects.bulk_create(Membership(person=person, role=role, faculty=faculty) for role in roles)
        return person

    return made


@pytest.fixture
def assessor(somebody: "Callable[..., Person]") -> "Person":
    from risk_engine.web.words import Role

    return somebody("Ada Vogel", Role.ASSESSOR)


@pytest.fixture
def rosa(somebody: "Callable[..., Person]") -> "Person":
    """Somebody who reviews, with the password of the tests."""
    from risk_engine.web.words import Role

    person = somebody("Rosa Roth", Role.REVIEWER)
    person.set_password("correct horse battery")
    person.save()
    return person


@pytest.fixture
def case(assessor: "Person", physics: "Faculty") -> "Case":
    from risk_engine.web import cases

    return cases.begin(assessor, physics, "Battery recycling")


@pytest.fixture
def mild(case: "Case", assessor: "Person") -> "Case":
    """A case of which every ladder is settled at its mildest, though little is answered."""
    from risk_engine.engine.facts import Read
    from risk_engine.web import cases

    answers: dict[Read, Answer] = {
        Read("partner", None, None): (),
        Read("collaboration", None, "cooperation_forms"): (),
        Read("collaboration", None, "governance"): "by_both",
        Read("collaboration", None, "open_ended"): False,
        Read("collaboration", None, "exit_clause"): True,
    }
    for short in ("ties", "field", "leaves", "data", "money", "terms", "use", "ethics"):
        answers[Read("first_look", None, short)] = False
    for read, value in answers.items():
        cases.save(case, read, value, assessor, read.entity, 0)
        case.refresh_from_db()
    return case


@pytest.fixture
def end(somebody: "Callable[..., Person]") -> "Callable[[Case, Person, str], None]":
    """End a case whose time is over, as two people do."""
    from risk_engine.web import erasure
    from risk_engine.web.models import Person

    def ended(case: "Case", by: "Person", basis: str) -> None:
        second = Person.objects.filter(name="Zoe Zweit").first() or somebody("Zoe Zweit")
        erasure.confirm(erasure.ask("", basis, [erasure.item_of(case)], by), second)

    return ended


@pytest.fixture
def browsing() -> "Callable[[Person], Client]":
    """Sign somebody in, who has just proven that it is them."""
    from django.http import HttpRequest
    from django.test import Client

    from risk_engine.web import proofs

    def made(person: "Person") -> "Client":
        client = Client(HTTP_HOST="localhost")
        client.force_login(person)
        request = HttpRequest()
        request.session = client.session
        proofs.renew(request)
        request.session.save()
        return client

    return made


@pytest.fixture
def program() -> "Callable[..., Client]":
    """Make a program that works in somebody's name: by a token with some scopes, all where none is named."""
    from datetime import timedelta

    from django.test import Client

    from risk_engine.web import cases, tokens
    from risk_engine.web.words import Scope

    def made(person: "Person", *scopes: Scope) -> "Client":
        token = tokens.make(person, "A program", scopes or list(Scope), cases.today() + timedelta(days=30))
        bearer = {"Authorization": f"Bearer {token}"}
        return Client(HTTP_HOST="localhost", headers=bearer, enforce_csrf_checks=True)

    return made


@pytest.fixture
def application(office: None) -> "Iterator[WSGIApplication]":  # noqa: ARG001 (what it writes is taken back)
    """What a server runs, within the transaction of the test: no request closes the connection that holds it."""
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    from risk_engine.web.wsgi import application

    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield application
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """An office in a folder of its own, a backup of it, and what was said of that: for all processes, to read alone."""
    from tests.web.keeping import made_once

    folder = tmp_path_factory.getbasetemp()
    return made_once(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


# --- a served office in a browser: one for all of a process ---


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Office]":
    """An office that is served."""
    from tests.web.served import Office

    made = Office(tmp_path_factory.mktemp("served") / "office")
    yield made
    made.close()


@pytest.fixture(scope="session")
def ada(served: "Office", chromium: "Browser") -> "BrowserContext":
    """The browser of its first person, who assesses."""
    from tests.web.served import first_person

    return first_person(served, chromium)


@pytest.fixture(scope="session")
def joined(ada: "BrowserContext", served: "Office", chromium: "Browser") -> "Join":
    """Let somebody join with a role."""
    from tests.web.served import joins

    return joins(ada, served, chromium)
