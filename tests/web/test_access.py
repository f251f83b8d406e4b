"""Who sees a confidential case, and who stands in for whom: enough people are always left to go on with it."""

from collections.abc import Callable

import pytest
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.web import access, cases
from risk_engine.web.cases import RefusedError
from risk_engine.web.models import Case, Deputy, Event, Faculty, Person
from risk_engine.web.rights import cases_for
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, Role
from tests.web.test_pages import text_of
from tests.web.test_states import sent

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
TIES = "first_look.ties"
TOMORROW = "2099-01-31"


# --- confidential cases ---


@pytest.fixture
def secret(case: Case, assessor: Person) -> Case:
    access.make_confidential(case, assessor)
    case.refresh_from_db()
    return case


def test_a_case_that_is_made_confidential_stays_with_who_worked_on_it(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    colleague, decider = somebody("Bea Bunt", Role.ASSESSOR), somebody("Dora Decker", Role.DECIDER)
    cases.save(case, Read("first_look", None, "ties"), True, colleague, "first_look", 0)
    stranger = somebody("Sam Stern", Role.ASSESSOR, Role.REVIEWER, Role.AUDITOR)
    address = f"/cases/{case.number}/access"
    browsing(decider).post(address, {"do": "confidential"})
    case.refresh_from_db()
    assert access.named(case) == [assessor, colleague, decider]
    assert not cases_for(stranger).exists()
    theirs = browsing(stranger)
    for page in (f"/cases?q={case.title}", "/"):
        assert case.number not in text_of(theirs.get(page))
    assert "0 cases" in text_of(theirs.get("/cases"))
    assert theirs.get(address).status_code == 404
    assert [one.verb for one in Event.objects.filter(case=case.number)][-1] == "confidential"


def test_somebody_is_named_and_taken_out_again_and_both_are_in_the_log(
    secret: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    client, address = browsing(assessor), f"/cases/{secret.number}/access"
    text = text_of(client.get(address))
    assert "Nobody who is named here may do this: review, decide." in text
    client.post(address, {"do": "give", "person": reviewer.pk})
    client.post(address, {"do": "give", "person": reviewer.pk})
    assert cases_for(reviewer).get() == secret
    client.post(address, {"do": "take", "person": reviewer.pk})
    assert not cases_for(reviewer).exists()
    assert [one.detail.detail for one in Event.objects.filter(verb="access").order_by("number")] == [
        {"given_to": reviewer.pk},
        {"taken_from": reviewer.pk},
    ]
    client.post(address, {"do": "lift"})
    assert cases_for(reviewer).exists()


def test_the_last_assessor_is_not_taken_out(secret: Case, assessor: Person, somebody: Make, browsing: Browsing) -> None:
    access.give(secret, somebody("Dora Decker", Role.DECIDER), assessor)
    response = browsing(assessor).post(f"/cases/{secret.number}/access", {"do": "take", "person": assessor.pk})
    assert response.status_code == 409
    assert "name another assessor first" in text_of(response)
    assert cases_for(assessor).exists()


def test_who_takes_themselves_out_is_led_to_the_register(
    secret: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    access.give(secret, somebody("Bea Bunt", Role.ASSESSOR), assessor)
    response = browsing(assessor).post(f"/cases/{secret.number}/access", {"do": "take", "person": assessor.pk})
    assert response.headers["Location"] == "/cases"


def test_whom_the_case_waits_for_is_not_taken_out(secret: Case, assessor: Person, somebody: Make) -> None:
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)
    access.give(secret, reviewer, assessor)
    access.give(secret, decider, assessor)
    access.take(secret, decider, assessor)  # as long as nobody waits for a decision
    access.give(secret, decider, assessor)
    digest = sent(secret, assessor, reviewer)
    with pytest.raises(RefusedError, match="take it back from review first"):
        access.take(secret, reviewer, assessor)
    with pytest.raises(RefusedError, match="the last who may decide"):
        access.take(secret, decider, assessor)
    move(secret, reviewer, Move(ActName.REVIEW, digest))
    access.take(secret, reviewer, assessor)
    with pytest.raises(RefusedError, match="the last who may decide"):
        access.take(secret, decider, assessor)


def test_nobody_makes_a_case_confidential_in_which_no_assessor_would_be_left(
    case: Case, assessor: Person, somebody: Make
) -> None:
    assessor.is_active = False
    assessor.save()
    with pytest.raises(RefusedError, match="name another assessor"):
        access.make_confidential(case, somebody("Dora Decker", Role.DECIDER))
    case.refresh_from_db()
    assert not case.confidential


def test_only_who_has_a_role_in_the_faculty_is_named(
    secret: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    admin = somebody("Adi Min", Role.ADMIN)
    client, address = browsing(assessor), f"/cases/{secret.number}/access"
    assert "Everybody who could be named is." in text_of(client.get(address))
    for key in (str(admin.pk), "", "x"):
        assert client.post(address, {"do": "give", "person": key}).status_code == 409
    assert access.named(secret) == [assessor]


def test_the_page_is_for_who_assesses_or_decides(case: Case, somebody: Make, browsing: Browsing) -> None:
    for role in (Role.REVIEWER, Role.AUDITOR):
        client = browsing(somebody(f"Max {role.title()}", role))
        assert client.get(f"/cases/{case.number}/access").status_code == 403
        assert client.post(f"/cases/{case.number}/access", {"do": "confidential"}).status_code == 403
    case.refresh_from_db()
    assert not case.confidential


# --- deputies ---


def test_an_admin_says_who_stands_in_for_whom_and_both_see_it(
    assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    stand_in, other = somebody("Vera Vertretung"), somebody("Bea Bunt")
    admin = browsing(somebody("Adi Min", Role.ADMIN))
    days = {"starts": f"{cases.today()}", "ends": TOMORROW}
    for _click in range(2):
        admin.post("/deputies", {"absent": assessor.pk, "person": stand_in.pk, **days})
    assert Deputy.objects.count() == 1
    for person in (assessor, stand_in):
        assert "Vera Vertretung for Ada Vogel" in text_of(browsing(person).get("/deputies"))
    assert "You stand in for Ada Vogel today" in text_of(browsing(stand_in).get("/"))
    assert "You stand in for nobody" in text_of(browsing(other).get("/deputies"))
    assert browsing(other).post("/deputies", {"do": "end", "deputy": Deputy.objects.get().pk}).status_code == 403
    admin.post("/deputies", {"do": "end", "deputy": Deputy.objects.get().pk})
    assert "Nobody stands in for anybody." in text_of(admin.get("/deputies"))
    assert [one.verb for one in Event.objects.order_by("number")] == ["deputy", "deputy_no_more"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"person": ""}, "Choose two people"),
        ({"starts": "", "ends": ""}, "Name the first and the last day."),
        ({"ends": "2001-01-01"}, "is not over yet"),
        ({"ends": "soon"}, "soon is no date"),
    ],
)
def test_what_is_wrong_with_a_deputy_is_said_and_nothing_is_saved(
    changed: dict[str, str], told: str, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    stand_in = somebody("Vera Vertretung")
    admin = browsing(somebody("Adi Min", Role.ADMIN))
    sent = {"absent": f"{assessor.pk}", "person": f"{stand_in.pk}", "starts": f"{cases.today()}", "ends": TOMORROW}
    response = admin.post("/deputies", {**sent, **changed})
    assert response.status_code == 422
    assert told in text_of(response)
    assert not Deputy.objects.exists()


def test_an_admin_names_an_assessor_in_confidential_cases_that_nobody_can_go_on_with(
    secret: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    admin, colleague = somebody("Adi Min", Role.ADMIN, Role.ASSESSOR), somebody("Bea Bunt", Role.ASSESSOR)
    stranger = somebody("Lars Lex", Role.ASSESSOR, faculty=Faculty.objects.create(name="Law"))
    client = browsing(admin)
    assert "nobody can go on with" not in text_of(client.get("/deputies"))
    client.post("/deputies", {"do": "take_in", "assessor": colleague.pk})
    assert not cases_for(colleague).exists()
    assessor.is_active = False
    assessor.save()
    page = text_of(client.get("/deputies"))
    assert "1 confidential case has nobody named" in page
    assert secret.number not in page
    for person in (admin, stranger, assessor):
        assert client.post("/deputies", {"do": "take_in", "assessor": person.pk}).status_code == 422
    client.post("/deputies", {"do": "take_in", "assessor": colleague.pk})
    assert cases_for(colleague).get() == secret
    assert not cases_for(admin).exists()
    assert Event.objects.order_by("-number")[0].detail.detail == {"given_to": colleague.pk}
