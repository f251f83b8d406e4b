"""Who sees and does what: by role, by faculty, and in confidential cases by name."""

import hashlib
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from risk_engine.web import cases, evidence
from risk_engine.web.api.interface import ADDRESS, OPERATIONS
from risk_engine.web.api.operations import Operation
from risk_engine.web.models import Case, CaseAccess, Consultation, Evidence, Faculty, Invitation, Person
from risk_engine.web.rights import RIGHTS, cases_for, may
from risk_engine.web.states import WAY
from risk_engine.web.urls import ROUTES
from risk_engine.web.words import Role, Scope
from tests.strategies import by_turns

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
Program = Callable[..., Client]

# From section 5 of the office's design, before any of it was written: who sees a case, and what each role may send.
SEES = {Role.ASSESSOR, Role.REVIEWER, Role.DECIDER, Role.AUDITOR}
OFFICERS = {Role.EXPORT_OFFICER, Role.DATA_PROTECTION_OFFICER}
ACTS = {
    "assess": {Role.ASSESSOR},
    "send": {Role.ASSESSOR},
    "file": {Role.ASSESSOR},
    "close": {Role.ASSESSOR},
    "withdraw": {Role.ASSESSOR},
    "review": {Role.REVIEWER},
    "return": {Role.REVIEWER, Role.DECIDER},
    "decide": {Role.DECIDER},
    "confirm": {Role.DECIDER},
    "reopen": {Role.ASSESSOR, Role.REVIEWER, Role.DECIDER},
}


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_and_does_what_the_design_says(role: Role, case: Case, somebody: Make) -> None:
    person = somebody("Max Muster", role)
    assert may(person, "see", case) == (role in SEES)
    assert {str(name) for name in WAY if may(person, name, case)} == {
        name for name, roles in ACTS.items() if role in roles
    }
    assert cases_for(person).exists() == (role in SEES)
    assert may(person, "many") == (role in ACTS["reopen"]), "who sees all cases of a faculty, and works on them"


@pytest.mark.parametrize("role", by_turns(Role, 3))
def test_who_is_asked_about_a_case_does_what_they_are_asked_for_if_they_are_an_officer(
    role: Role, case: Case, assessor: Person, somebody: Make
) -> None:
    person = somebody("Max Muster", role)
    before = {action for action in RIGHTS if may(person, action, case)}
    for more, gained in (
        ({"for_opinion": True}, {"see", "note", "opinion"}),
        ({"for_opinion": False, "asked_of": "legal"}, {"see", "note", "answer"}),
    ):
        asked = Consultation.objects.create(case=case, person=person, by=assessor, due="2099-01-01", **more)
        after = {action for action in RIGHTS if may(person, action, case)}
        assert after - before == (gained if role in OFFICERS else set())
        assert cases_for(person).exists() == (role in SEES | OFFICERS)
        Consultation.objects.filter(pk=asked.pk).update(withdrawn=True)
        assert {action for action in RIGHTS if may(person, action, case)} == before


def test_an_officer_of_another_faculty_sees_nothing_even_where_they_are_asked(
    case: Case, assessor: Person, somebody: Make
) -> None:
    person = somebody("Max Muster", *OFFICERS, faculty=Faculty.objects.create(name="Law"))
    Consultation.objects.create(case=case, person=person, by=assessor, due="2099-01-01", for_opinion=True)
    assert not cases_for(person).exists()
    assert not any(may(person, action, case) for action in RIGHTS)


@pytest.mark.parametrize("role", Role)
def test_nobody_sees_or_touches_a_case_of_another_faculty(role: Role, case: Case, somebody: Make) -> None:
    person = somebody("Max Muster", role, faculty=Faculty.objects.create(name="Law"))
    assert not cases_for(person).exists()
    assert not any(may(person, action, case) for action in RIGHTS)


@pytest.mark.parametrize("role", Role)
def test_a_confidential_case_is_there_for_who_is_named_alone(role: Role, case: Case, somebody: Make) -> None:
    Case.objects.filter(pk=case.pk).update(confidential=True)
    case.refresh_from_db()
    person = somebody("Max Muster", role)
    assert not cases_for(person).exists()
    assert not any(may(person, action, case) for action in RIGHTS)
    CaseAccess.objects.create(case=case, person=person)
    assert cases_for(person).exists() == (role in SEES)


def test_a_page_leads_nobody_to_where_their_role_refuses_them(somebody: Make, browsing: Browsing) -> None:
    client = browsing(somebody("Nora Neu"))
    links = re.findall(r'<a href="(/[a-z]+)">', client.get("/").content.decode())
    assert "/log" in links
    assert {one: client.get(one).status_code for one in links} == dict.fromkeys(links, 200)


def test_who_has_left_may_nothing(case: Case, somebody: Make) -> None:
    person = somebody("Max Muster", *Role)
    person.is_active = False
    person.save()
    assert not cases_for(person).exists()
    assert not any(may(person, action, case) for action in RIGHTS)


ADDRESSES = sorted(one.address for one in ROUTES if "<str:number>" in one.address)
PARTS = {
    "<str:number>": "2026-0001",
    "<slug:group>": "first_look",
    "<slug:entry>": "x",
    "<slug:name>": "assess",
    "<slug:key>": "x",
    "<str:name>": "x",
}


@pytest.mark.parametrize("address", by_turns(ADDRESSES, 4))
def test_no_route_of_a_case_tells_that_it_is_there(
    address: str, case: Case, somebody: Make, browsing: Callable[[Person], Client]
) -> None:
    stranger = browsing(somebody("Lars Lex", *Role, faculty=Faculty.objects.create(name="Law")))
    parts = {**PARTS, "<str:number>": case.number, "<slug:kind>": "report", "<slug:form>": "html"}
    missing = {**parts, "<str:number>": "1999-0001"}
    there, nowhere = (f"/{_filled(address, values)}" for values in (parts, missing))
    for send in (stranger.get, stranger.post):
        answers = [send(one) for one in (there, nowhere)]
        assert [one.status_code for one in answers] in ([404, 404], [405, 405])
        assert case.title not in answers[0].content.decode()


def _filled(address: str, parts: dict[str, str]) -> str:
    for name, value in parts.items():
        address = address.replace(name, value)
    return address


@pytest.mark.parametrize("address", by_turns(sorted(one.address for one in ROUTES if one.reads != "open"), 3))
def test_who_is_not_signed_in_is_asked_to_and_sees_nothing(address: str, case: Case) -> None:
    client = Client(HTTP_HOST="localhost")
    parts = {**PARTS, "<str:number>": case.number, "<slug:kind>": "report", "<slug:form>": "html"}
    path = f"/{_filled(address, parts)}"
    assert client.get(path).headers["Location"].startswith("/account/sign-in")
    assert client.post(path, headers={"HX-Request": "true"}).status_code == 401


# --- programs: the same rights, by a token ---

ASKED_FOR = {
    "see": SEES,
    "begin": {Role.ASSESSOR},
    "answer": {Role.ASSESSOR},
    "edit": {Role.ASSESSOR},
    "invite": {Role.ASSESSOR},
    "note": {Role.ASSESSOR, Role.REVIEWER, Role.DECIDER},
    "criteria": set(Role),
    "self": set(Role),
}
OF_A_CASE = [one for one in OPERATIONS if "{number}" in one.address]
FILE = hashlib.sha256(b"kept").hexdigest()
PLACES = {
    "{form}": "json",
    "{list_name}": "partner",
    "{entry}": "x",
    "{version}": "2.0.0",
    "{sha256}": FILE,
    "{invitation}": "1",
}


def named(one: Operation) -> str:
    return one.name


def asked(client: Client, one: Operation, number: str = "") -> tuple[int, str]:
    """Return status and body of what an operation answers to a program that sends next to nothing."""
    address = _filled(
        f"/{ADDRESS}{one.address}", {"{number}": number, **PLACES, "{name}": "assess" if one.writes else "case"}
    )
    send = {"GET": client.get, "POST": client.post, "DELETE": client.delete}[one.method]
    more = {"data": {}, "content_type": "application/json"} if one.method == "POST" else {}
    response = send(address, **more)  # type: ignore[operator]
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("one", OPERATIONS, ids=named)
def test_a_program_may_what_the_role_of_its_person_may(
    one: Operation, case: Case, somebody: Make, program: Program
) -> None:
    sees = SEES if one in OF_A_CASE else SEES | OFFICERS
    for number, role in enumerate((Role.ASSESSOR, Role.AUDITOR, Role.ADMIN)):
        status, body = asked(program(somebody(f"Max Muster{number}", role)), one, case.number)
        if one in OF_A_CASE and role not in SEES:
            assert status == 404, (role, body)
        else:
            may_it = role in (sees if one.action == "see" else ASKED_FOR[one.action])
            is_refused = "problem:not-allowed" in body
            # Which act a role may do is asked behind that.
            assert is_refused == (role not in ACTS["assess"] if one.name == "do_act" else not may_it), (role, body)
            assert (status == 403) == is_refused


@pytest.mark.parametrize("one", by_turns(OF_A_CASE, 4), ids=named)
def test_no_operation_tells_that_a_case_is_there(
    one: Operation, case: Case, assessor: Person, somebody: Make, program: Program
) -> None:
    stranger = program(somebody("Lars Lex", *Role, faculty=Faculty.objects.create(name="Law")))
    assert asked(stranger, one, case.number) == asked(stranger, one, "1999-0001")
    assert asked(stranger, one, case.number)[0] == 404
    cases.save_entry(case, "partner", "X", assessor, "partner")
    cases.seal_assessment(case)
    evidence.keep(FILE, b"kept")
    Evidence.objects.create(case=case, sha256=FILE, name="note.txt", size=4, by=assessor)
    Invitation.objects.create(pk=1, case=case, role="legal", by=assessor, expires=timezone.now())
    mine = program(assessor)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    assert asked(mine, one, case.number) == asked(mine, one, "1999-0001")
    CaseAccess.objects.create(case=case, person=assessor)
    assert asked(mine, one, case.number)[0] != 404


@pytest.mark.parametrize("one", by_turns(OPERATIONS, 4), ids=named)
def test_a_token_reaches_as_far_as_its_scopes_and_a_session_nowhere(
    one: Operation, case: Case, assessor: Person, browsing: Callable[[Person], Client], program: Program
) -> None:
    assert asked(Client(HTTP_HOST="localhost"), one, case.number)[0] == 401
    assert asked(browsing(assessor), one, case.number)[0] == 401
    if one.scope is not None:
        status, body = asked(program(assessor, *(set(Scope) - {one.scope})), one, case.number)
        assert (status, "problem:scope-missing" in body) == (403, True)
