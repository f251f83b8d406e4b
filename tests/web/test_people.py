"""Who comes in and who works here: the first person, sign-in, people with their roles, in their language."""

import re
import time
from collections.abc import Callable

import pytest
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.web import cases, erasure, log, setup
from risk_engine.web.accounts import wrong_with
from risk_engine.web.models import Case, Event, Faculty, Membership, Person
from risk_engine.web.words import Role, SealedKind
from tests.web.test_pages import text_of

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
TIES = Read("first_look", None, "ties")
FIRST = "/cases/{}/q/first_look"


# --- who comes in ---


def test_the_first_person_comes_in_by_a_link_that_is_good_once(office: None) -> None:  # noqa: ARG001
    token = setup.new_token()
    client = Client(HTTP_HOST="localhost")
    sent = {"name": "Ada", "email": "A@Example.org", "faculty": "Physics", "language": "de", "password": "too short"}
    assert "at least 12 characters" in text_of(client.post(f"/setup/{token}", sent))
    other = client.get("/setup/another")
    assert other.status_code == 404
    assert "the last start printed the one that is good" in text_of(other)
    assert client.post(f"/setup/{token}", {**sent, "password": "correct horse battery"}).status_code == 302
    assert client.get(f"/setup/{token}").status_code == 404
    assert setup.new_token() is None
    assert Person.objects.get().email == "a@example.org"


def test_the_first_person_may_begin_in_a_faculty_that_an_import_made_but_not_as_somebody_who_is_there(
    office: None,  # noqa: ARG001
) -> None:
    Faculty.objects.create(name="Physics")
    Person.objects.create_user("demo@example.invalid", None, name="Somebody of the demo data")
    token = setup.new_token()
    client = Client(HTTP_HOST="localhost")
    sent = {"name": "Ada", "email": "Demo@example.invalid", "faculty": "Physics", "password": "correct horse battery"}
    assert "Somebody has this mail address already." in text_of(client.post(f"/setup/{token}", sent))
    assert client.post(f"/setup/{token}", {**sent, "email": "ada@example.org"}).status_code == 302
    assert Faculty.objects.filter(name="Physics").count() == 1


@pytest.mark.nightly
def test_a_wrong_password_says_nothing_about_the_address(somebody: Make) -> None:
    person = somebody("Ada Vogel", Role.ASSESSOR)
    person.set_password("correct horse battery")
    person.save()
    client = Client(HTTP_HOST="localhost")
    told = [
        text_of(client.post("/account/sign-in", {"email": email, "password": "wrong"})).replace(email, "")
        for email in (person.email, "nobody@example.org")
    ]
    assert told[0] == told[1]
    sent = {"email": person.email, "password": "correct horse battery", "next": "https://evil.example/"}
    assert client.post("/account/sign-in", sent).headers["Location"] == "/"
    assert list(Event.objects.filter(verb__startswith="sign_in").order_by("number").values_list("verb", flat=True)) == [
        "sign_in_refused",
        "sign_in_refused",
        "sign_in",
    ]


def test_a_form_from_elsewhere_changes_nothing(case: Case, assessor: Person) -> None:
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.force_login(assessor)
    response = client.post(FIRST.format(case.number), {"first_look.ties": "true", "base.first_look.ties": "0"})
    assert response.status_code == 403
    assert "nothing was saved" in text_of(response)


def test_every_answer_says_what_a_browser_may_do_with_it(case: Case, assessor: Person, browsing: Browsing) -> None:
    headers = browsing(assessor).get(f"/cases/{case.number}").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_pages_speak_the_language_of_who_reads_them(case: Case, assessor: Person, browsing: Browsing) -> None:
    assessor.language = "de"
    assessor.save()
    response = browsing(assessor).get(FIRST.format(case.number))
    assert '<html lang="de">' in response.content.decode()
    text = text_of(response)
    assert "Noch nicht bekannt" in text
    assert "Not known yet" not in text


# --- people ---


def test_a_password_that_only_repeats_is_told_and_a_long_one_holds_nobody_up() -> None:
    nobody = Person(email="x@example.org", name="X")
    assert ["“abc”" in one for one in wrong_with("abc" * 5, nobody)] == [True]
    assert wrong_with("abc" * 5 + "a", nobody) == []
    began = time.process_time()
    wrong_with("a" * 200_000 + "b", nobody)
    assert time.process_time() - began < 2


def test_an_admin_adds_a_person_who_chooses_a_password_by_a_link_that_is_good_once(
    somebody: Make, browsing: Browsing, case: Case
) -> None:
    client = browsing(somebody("Al Admin", Role.ADMIN))
    response = client.post("/people", {"name": "Rosa Roth", "email": "rosa@example.org", "language": "en"})
    address = response.headers["Location"]
    client.post(address, {"do": "roles", "role": [f"reviewer.{case.faculty_id}", "nonsense.1", "decider.999"]})
    rosa = Person.objects.get(email="rosa@example.org")
    assert [(one.role, one.faculty_id) for one in rosa.memberships.all()] == [("reviewer", case.faculty_id)]
    link = re.search(r"http://localhost(/account/choose/[^<]+)", client.post(address, {"do": "link"}).content.decode())
    assert link is not None
    fresh = Client(HTTP_HOST="localhost")
    assert "too short" in text_of(fresh.post(link[1], {"password": "short"}))
    for wrong in (" " * 12, "passwordpassword"):
        assert "only repeats" in text_of(fresh.post(link[1], {"password": wrong}))
    assert fresh.post(link[1], {"password": "correct horse battery"}).status_code == 302
    assert "Battery recycling" in text_of(fresh.get("/cases"))
    assert Client(HTTP_HOST="localhost").get(link[1]).status_code == 404


def test_an_admin_stays_one_until_another_takes_it_so_that_there_is_always_one(
    somebody: Make, browsing: Browsing
) -> None:
    admin, other = somebody("Al Admin", Role.ADMIN), somebody("Bea Bunt", Role.ADMIN)
    address = f"/people/{admin.pk}"
    refused = browsing(admin).post(address, {"do": "roles", "role": "assessor.all"})
    assert refused.status_code == 422
    assert "Another admin takes this role from you" in text_of(refused)
    assert [one.role for one in admin.memberships.all()] == [Role.ADMIN]
    browsing(other).post(address, {"do": "roles", "role": "assessor.all"})
    assert [one.role for one in admin.memberships.all()] == [Role.ASSESSOR]


def test_the_role_of_an_admin_counts_everywhere_and_is_neither_shown_nor_given_for_one_faculty(
    somebody: Make, browsing: Browsing, case: Case
) -> None:
    admin, other = somebody("Al Admin", Role.ADMIN), somebody("Bea Bunt")
    Membership.objects.create(person=other, role=Role.ADMIN, faculty=case.faculty)
    client, address = browsing(admin), f"/people/{other.pk}"
    assert browsing(other).get("/people").status_code == 200
    assert f"Admin ({case.faculty.name})" not in text_of(client.get("/people"))
    page = client.get(address).content.decode()
    assert 'value="admin.all" checked' in page
    assert f'value="admin.{case.faculty.pk}"' not in page
    client.post(address, {"do": "roles", "role": "admin.all"})
    assert [(one.role, one.faculty) for one in other.memberships.all()] == [(Role.ADMIN, None)]
    client.post(address, {"do": "roles", "role": f"admin.{case.faculty.pk}"})
    assert not other.memberships.exists()


def test_an_admin_sees_no_case(somebody: Make, browsing: Browsing, case: Case) -> None:
    client = browsing(somebody("Al Admin", Role.ADMIN))
    assert client.get("/people").status_code == 200
    assert client.get(f"/cases/{case.number}").status_code == 404
    assert client.get("/cases").status_code == 403


def test_nobody_else_sees_the_people(assessor: Person, browsing: Browsing) -> None:
    assert browsing(assessor).get("/people").status_code == 403
    assert browsing(assessor).post("/people", {"name": "X", "email": "x@example.org"}).status_code == 403
    mended = {"do": "mend", "name": "X", "email": "x@example.org"}
    assert browsing(assessor).post(f"/people/{assessor.pk}", mended).status_code == 403


def test_a_person_with_a_wrong_or_a_taken_address_is_not_added(somebody: Make, browsing: Browsing) -> None:
    admin = somebody("Al Admin", Role.ADMIN)
    client = browsing(admin)
    assert "no mail address" in text_of(client.post("/people", {"name": "X", "email": "nonsense"}))
    assert "already" in text_of(client.post("/people", {"name": "X", "email": admin.email.upper()}))
    assert Person.objects.count() == 1


def test_who_has_left_is_signed_out_and_comes_in_no_more(assessor: Person, somebody: Make, browsing: Browsing) -> None:
    client = browsing(assessor)
    browsing(somebody("Al Admin", Role.ADMIN)).post(f"/people/{assessor.pk}", {"do": "leave"})
    assert client.get("/").status_code == 302


def test_a_faculty_is_added_once(somebody: Make, browsing: Browsing) -> None:
    client = browsing(somebody("Al Admin", Role.ADMIN))
    for _ in range(2):
        assert client.post("/people", {"faculty_name": "Law"}).status_code == 302
    assert list(Faculty.objects.values_list("name", flat=True)) == ["Law"]
    assert "Law" in text_of(client.get("/people"))


def test_a_name_that_was_mistyped_is_mended_with_an_event_and_what_was_sealed_stays(
    somebody: Make, browsing: Browsing, mild: Case, assessor: Person
) -> None:
    client = browsing(somebody("Al Admin", Role.ADMIN))
    sealed = bytes(cases.seal_assessment(mild).content)
    address = f"/people/{assessor.pk}"
    taken = client.post(address, {"do": "mend", "name": "", "email": "admin@example.org"})
    assert taken.status_code == 422
    assert "Somebody has this mail address already" in text_of(taken)
    assert "A name and a mail address are needed" in text_of(taken)
    for _ in range(2):
        sent = {"do": "mend", "name": " Ada  Vögel", "email": "Ada.Voegel@Example.org"}
        assert client.post(address, sent).status_code == 302
    (event,) = Event.objects.filter(verb="person_mended")
    assert event.detail.detail == {
        "of": assessor.pk,
        "before": {"name": "Ada Vogel", "email": "vogel@example.org"},
        "after": {"name": "Ada Vögel", "email": "ada.voegel@example.org"},
    }
    assert "Ada Vögel" in text_of(browsing(assessor).get(f"/cases/{mild.number}"))
    filed = cases.filed(mild, SealedKind.ASSESSMENT)
    assert filed is not None
    assert bytes(filed.content) == sealed


def test_nobody_who_is_erased_gets_a_name_again_and_the_log_forgets_both(
    somebody: Make, browsing: Browsing, assessor: Person
) -> None:
    admin = somebody("Al Admin", Role.ADMIN)
    client = browsing(admin)
    client.post(f"/people/{assessor.pk}", {"do": "mend", "name": "Ada Vögel", "email": assessor.email})
    client.post(f"/people/{assessor.pk}", {"do": "leave"})
    asked = erasure.ask("", "Art. 17", [erasure.item_of(assessor)], admin)
    erasure.confirm(asked, somebody("Zoe Zweit", Role.ADMIN))
    assert not hasattr(Event.objects.get(verb="person_mended"), "detail")
    assert list(log.problems()) == []
    client.post(f"/people/{assessor.pk}", {"do": "mend", "name": "Ada Vogel", "email": assessor.email})
    assessor.refresh_from_db()
    assert "Ada" not in assessor.name


def test_the_name_of_a_faculty_is_mended_and_none_is_called_like_another_or_like_demo_data(
    somebody: Make, browsing: Browsing, case: Case
) -> None:
    client = browsing(somebody("Al Admin", Role.ADMIN))
    client.post("/people", {"faculty_name": "Law"})
    key = str(case.faculty_id)
    for name, why in (("Law", "of this name already"), ("Demo: Law", "are demo data"), ("", "needs a name")):
        refused = client.post("/people", {"faculty": key, "faculty_name": name})
        assert (refused.status_code, why in text_of(refused)) == (422, True)
    assert client.post("/people", {"faculty": key, "faculty_name": "Physik"}).status_code == 302
    case.refresh_from_db()
    assert case.faculty.name == "Physik"
    assert Event.objects.get(verb="faculty_mended").detail.detail["before"] == "Physics"
