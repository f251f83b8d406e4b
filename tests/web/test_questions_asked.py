"""What pages ask of the database: as often for many cases as for few, and for what somebody may do once."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from risk_engine.engine.facts import Read
from risk_engine.web import cases, notes
from risk_engine.web.models import Case, Event, Faculty, Person, SignedIn
from risk_engine.web.words import Role

if TYPE_CHECKING:
    from django.test import Client

Browsing = Callable[[Person], "Client"]
LISTS = (
    *("/", "/cases", "/cases?q=project&sort=level", "/cases?mine=1&older=1", "/partners", "/log"),
    *("/monitor", "/precedents", "/awareness", "/exchange"),
)


def asked(client: "Client", path: str) -> list[str]:
    """Return what a page asks of the database, once what a process reads but once is there."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return [one["sql"] for one in found]


def begin(by: Person, faculty: Faculty, number: int) -> None:
    for one in range(number):
        cases.begin(by, faculty, f"Project {one}")


@pytest.fixture
def admin(somebody: Callable[..., Person]) -> Person:
    return somebody("Zoe Zweig", Role.ASSESSOR, Role.AUDITOR, Role.ADMIN)


@pytest.mark.nightly
def test_lists_ask_the_database_as_often_for_many_cases_as_for_few(
    admin: Person, physics: Faculty, browsing: Browsing
) -> None:
    client = browsing(admin)
    begin(admin, physics, 2)
    few = {path: len(asked(client, path)) for path in LISTS}
    begin(admin, physics, 10)
    assert Event.objects.count() == Case.objects.count() == 12
    assert {path: len(asked(client, path)) for path in LISTS} == few
    assert max(few.values()) <= 12


@pytest.mark.nightly
def test_pages_of_a_case_ask_as_often_whatever_is_in_it(case: Case, admin: Person, browsing: Browsing) -> None:
    client, there = browsing(admin), f"/cases/{case.number}"
    pages = (there, f"{there}/q/collaboration", f"{there}/check", f"{there}/notes", f"{there}/similar")
    cases.save(case, Read("collaboration", None, "exit_clause"), True, admin, "collaboration", 0)
    notes.write(case, admin, "", "The first.")
    few = {path: len(asked(client, path)) for path in pages}
    for name in ("one", "two", "three"):
        cases.save_entry(case, "partner", name, admin, "partner")
        notes.write(case, admin, "collaboration.exit_clause", name)
    assert {path: len(asked(client, path)) for path in pages} == few
    assert max(few.values()) <= 20


def test_a_page_asks_once_who_somebody_is(case: Case, admin: Person, browsing: Browsing) -> None:
    for path in ("/", "/cases", f"/cases/{case.number}", f"/cases/{case.number}/q/collaboration"):
        roles = [one for one in asked(browsing(admin), path) if 'FROM "web_membership"' in one]
        assert len(roles) == 1, path


def test_what_an_answer_would_do_is_told_without_reading_a_row_of_answers(
    case: Case, admin: Person, browsing: Browsing
) -> None:
    those = asked(browsing(admin), f"/cases/{case.number}/range?about=collaboration.exit_clause")
    assert len(those) <= 4
    assert not [one for one in those if 'FROM "web_answer"' in one]


def test_who_somebody_is_is_asked_before_and_after_what_they_save(
    case: Case, admin: Person, browsing: Browsing
) -> None:
    client, page = browsing(admin), f"/cases/{case.number}/q/collaboration"
    path = "collaboration.exit_clause"
    for base, value in enumerate(("true", "false")):
        sent = {path: value, f"base.{path}": f"{base}"}
        with CaptureQueriesContext(connection) as found:
            client.post(page, sent, headers={"HX-Request": "true", "HX-Trigger": f"w-{path}"})
    assert case.answers.filter(path=path).count() == 2
    assert len([one for one in found if 'FROM "web_membership"' in one["sql"]]) == 3


def test_a_session_is_written_again_after_a_minute_of_use(admin: Person, browsing: Browsing) -> None:
    client = browsing(admin)
    client.get("/")
    last = SignedIn.objects.get().expire_date
    client.get("/")
    assert SignedIn.objects.get().expire_date == last
    session = client.session
    session["seen"] -= 61
    session.save()
    SignedIn.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    client.get("/")
    assert SignedIn.objects.get().expire_date >= last
