"""Demo data shows an office at work, is marked as such, opens no way in, and goes again as a whole."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from risk_engine.web import cases, demo, evidence, log, setup
from risk_engine.web.models import Answer, Case, Event, Faculty, Person, Sealed
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, Role, SealedKind, State

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]


@pytest.fixture
def admin(somebody: Make) -> Person:
    return somebody("Anna Admin", Role.ADMIN, Role.ASSESSOR)


def test_a_button_brings_cases_in_every_state_and_takes_them_away_as_if_they_had_never_been(
    admin: Person, browsing: Browsing
) -> None:
    client = browsing(admin)
    assert b"Bring demo data" in client.get("/people/demo").content
    client.post("/people/demo", {"do": "bring"})
    made = list(Case.objects.all())
    assert {one.state for one in made} == set(State)
    assert all(one.number.startswith("DEMO-") and one.document["id"] == one.number for one in made)
    assert all(one.faculty.name.startswith("Demo: ") for one in made)
    decided = next(one for one in made if one.state == State.DECIDED)
    assert [one.name for one in decided.acts.order_by("pk")][:2] == [ActName.ANSWER, ActName.ASSESS]
    client.post("/people/demo", {"do": "bring"})
    assert Case.objects.count() == len(made)
    client.post("/people/demo", {"do": "remove"})
    assert not Case.objects.exists()
    assert not Answer.objects.exists()
    assert not Sealed.objects.exclude(kind=SealedKind.CRITERIA).exists()
    assert list(Person.objects.all()) == [admin]
    assert not Faculty.objects.exists()
    assert not list(log.problems())


@pytest.mark.nightly
def test_a_case_of_the_office_s_own_is_not_begun_in_a_faculty_of_the_demo_data_unless_that_is_chosen(
    admin: Person, physics: Faculty, browsing: Browsing
) -> None:
    demo.bring(admin)
    choices = re.findall(r'<option value="\d+">([^<]+)', browsing(admin).get("/").content.decode())
    assert choices == [physics.name, "Demo: Engineering", "Demo: Medicine and humanities"]


@pytest.mark.nightly
@pytest.mark.usefixtures("office")
def test_people_of_the_demo_data_do_not_close_the_link_of_the_first_person_and_cannot_sign_in() -> None:
    demo.bring()
    token = setup.new_token()
    assert token is not None
    assert setup.is_open(token)
    assert not any(one.has_usable_password() for one in Person.objects.all())


@pytest.mark.nightly
def test_a_case_of_the_office_s_own_that_is_numbered_so_stays(admin: Person, physics: Faculty) -> None:
    own = cases.begin(admin, physics, "Our own")
    Case.objects.filter(pk=own.pk).update(number="DEMO-1")
    assert not demo.is_there()
    demo.bring(admin)
    demo.remove(admin)
    assert [one.number for one in Case.objects.all()] == ["DEMO-1"]


@pytest.mark.nightly
def test_what_somebody_did_with_it_on_a_case_of_their_own_stays(admin: Person) -> None:
    demo.bring(admin)
    own = cases.begin(admin, Faculty.objects.filter(name__startswith="Demo: ").first() or Faculty(), "Our own")
    reviewer = Person.objects.get(email="rosa@demo.invalid")
    digest = move(own, admin, Move(ActName.ASSESS)).digest
    move(own, admin, Move(ActName.SEND, digest, reviewer=reviewer))
    demo.remove(admin)
    assert list(Case.objects.all()) == [own]
    reviewer.refresh_from_db()
    assert not reviewer.is_active
    assert Event.objects.filter(verb="demo_removed").exists()


@pytest.mark.usefixtures("office")
def test_a_file_that_no_row_names_is_swept_once_its_row_would_have_come() -> None:
    for name in ("aa" * 32, f"{'bb' * 32}.4711"):
        path = Path(settings.OFFICE) / "evidence" / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert evidence.sweep() == 0
    os.utime(path, (0, 0))
    assert evidence.sweep() == 1
    assert not path.exists()
