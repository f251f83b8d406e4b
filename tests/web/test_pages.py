"""What the pages say and take: as a browser without scripts sends it, and as a saved field comes back."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.web import beside, cases
from risk_engine.web.decisions import decision_of
from risk_engine.web.models import Case, CaseAccess, Job, Person
from risk_engine.web.pages import case as case_pages
from risk_engine.web.security import DOCUMENT_CSP
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, Role, SealedKind, State
from tests.strategies import by_turns
from tests.web.test_states import decided, of_decision

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
TIES = Read("first_look", None, "ties")
FIRST = "/cases/{}/q/first_look"


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    said = re.sub(r"</?bdi>", "", content.decode())  # no words of their own
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", said)))


# --- a page of questions ---


def test_a_page_has_the_questions_of_the_criteria_with_help_and_not_known_yet(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    text = text_of(browsing(assessor).get(FIRST.format(case.number)))
    assert "Did the checks of the partners, of those who own or run them, and of the people in the project" in text
    assert "Not known yet" in text
    assert "Start: Clear, Conditional or Blocked" in text


@pytest.mark.nightly
def test_a_country_is_found_where_its_name_stands_in_the_language_of_the_page(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    entry = cases.save_entry(case, "partner", "Borealis", assessor, "partner")
    Person.objects.filter(pk=assessor.pk).update(language="de")
    page = browsing(Person.objects.get(pk=assessor.pk)).get(f"/cases/{case.number}/q/partner/{entry}").content.decode()
    named = [
        page.index(f">{one}<") for one in ("Afghanistan", "Ägypten", "Albanien", "Österreich", "Pakistan", "Polen")
    ]
    assert named == sorted(named)


def test_good_answers_are_saved_and_a_bad_one_stays_as_it_was_typed(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    entry = cases.save_entry(case, "technology", "Cathodes", assessor, "technology")
    cases.save(case, Read("first_look", None, "field"), True, assessor, "first_look", 0)
    address = f"/cases/{case.number}/q/technology/{entry}"
    names = ("technology.cathodes.trl", "technology.cathodes.crown_jewel")
    sent = {names[0]: "eleven", names[1]: "true", f"base.{names[0]}": "0", f"base.{names[1]}": "0", "then": "next"}
    response = client.post(address, sent)
    assert response.status_code == 200
    text = text_of(response)
    assert "1 answer was not saved" in text
    assert "“eleven” is no whole number" in text
    assert 'value="eleven"' in response.content.decode()
    case.refresh_from_db()
    assert cases.record(case).answer(Read("technology", entry, "crown_jewel")) is True


def test_a_page_without_scripts_goes_on_to_the_next_group(case: Case, assessor: Person, browsing: Browsing) -> None:
    sent = {"first_look.ties": "false", "base.first_look.ties": "0", "then": "next"}
    response = browsing(assessor).post(FIRST.format(case.number), sent)
    assert response.headers["Location"] == f"/cases/{case.number}/q/collaboration"


def test_a_saved_field_comes_back_with_its_mark_its_number_and_the_range(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    sent = {"first_look.ties": "false", "base.first_look.ties": "0"}
    response = browsing(assessor).post(FIRST.format(case.number), sent, headers={"HX-Request": "true"})
    content = response.content.decode()
    assert 'name="base.first_look.ties" value="1"' in content
    assert "Saved" in content
    assert "What can still come out" in content
    assert "<html" not in content


@pytest.mark.nightly
def test_who_answers_late_sees_both_and_chooses(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    cases.save(case, TIES, True, somebody("Bea Bunt", Role.ASSESSOR), "first_look", 0)
    client, address = browsing(assessor), FIRST.format(case.number)
    response = client.post(address, {"first_look.ties": "false", "base.first_look.ties": "0"})
    assert "Bea Bunt answered “Yes” meanwhile" in text_of(response)
    base = re.search(r'name="base.first_look.ties" value="(\d+)"', response.content.decode())
    assert base is not None
    client.post(address, {"first_look.ties": "false", "base.first_look.ties": base[1]})
    case.refresh_from_db()
    assert cases.record(case).answer(TIES) is False
    assert [one.value for one in case.answers.filter(path="first_look.ties").order_by("seq")] == [True, False]


@pytest.mark.nightly
@pytest.mark.parametrize("shown", [None, False])
def test_a_field_that_nobody_touched_leaves_what_somebody_else_answered_meanwhile(
    shown: bool | None, case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    if shown is not None:
        cases.save(case, TIES, shown, assessor, "first_look", 0)
    base = 0 if shown is None else 1
    cases.save(case, TIES, True, somebody("Bea Bunt", Role.ASSESSOR), "first_look", base)
    client, address = browsing(assessor), FIRST.format(case.number)
    sent = {"base.first_look.ties": str(base), "first_look.money": "true", "base.first_look.money": "0"}
    if shown is not None:
        sent["first_look.ties"] = "false"
    for _click in range(2):
        assert "meanwhile" not in text_of(client.post(address, sent))
    case.refresh_from_db()
    assert cases.record(case).answer(TIES) is True
    assert cases.record(case).answer(Read("first_look", None, "money")) is True


@pytest.mark.parametrize("typed", [["?", "true"], ["-", "nonsense"], ["true", "false", "?"]])
def test_contradicting_fields_are_told_and_not_taken(
    typed: list[str], case: Case, assessor: Person, browsing: Browsing
) -> None:
    response = browsing(assessor).post(
        FIRST.format(case.number), {"first_look.ties": typed, "base.first_look.ties": "0"}
    )
    assert "Not saved:" in text_of(response)
    case.refresh_from_db()
    assert cases.record(case).answer(TIES) is None


def test_an_answer_of_several_options_and_none_of_them(case: Case, assessor: Person, browsing: Browsing) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/q/collaboration"
    name = "collaboration.cooperation_forms"
    options = list(cases.record(case).criteria.fact(name).options)[:2]  # type: ignore[union-attr]
    client.post(address, {name: options, f"base.{name}": "0"})
    case.refresh_from_db()
    assert list(case.document["collaboration"]["cooperation_forms"]) == options
    client.post(address, {name: "-", f"base.{name}": "1"})
    case.refresh_from_db()
    assert case.document["collaboration"]["cooperation_forms"] == []


def test_a_list_is_filled_by_name_or_said_to_be_empty(case: Case, assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    response = client.post(f"/cases/{case.number}/entries/partner", {"name": "Universität Ulm"})
    assert response.headers["Location"] == f"/cases/{case.number}/q/partner/universitat-ulm"
    client.post(f"/cases/{case.number}/entries/funding", {"none": "1", "base": "0"})
    case.refresh_from_db()
    assert case.document["funding"] == []
    assert "There are none, somebody said." in text_of(client.get(f"/cases/{case.number}/q/funding"))


def test_a_reviewer_reads_answers_and_cannot_send_any(case: Case, somebody: Make, browsing: Browsing) -> None:
    client = browsing(somebody("Rosa Roth", Role.REVIEWER))
    assert client.get(FIRST.format(case.number)).status_code == 200
    response = client.post(FIRST.format(case.number), {"first_look.ties": "true", "base.first_look.ties": "0"})
    assert response.status_code == 403
    case.refresh_from_db()
    assert "first_look" not in case.document


def test_a_case_in_review_can_be_read_and_not_changed(case: Case, assessor: Person, browsing: Browsing) -> None:
    Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
    client = browsing(assessor)
    assert "its answers can be read, not changed" in text_of(client.get(FIRST.format(case.number)))
    response = client.post(FIRST.format(case.number), {"first_look.ties": "true", "base.first_look.ties": "0"})
    assert response.status_code == 409


# --- from the task list to a decision ---


def test_the_whole_way_by_forms(case: Case, assessor: Person, somebody: Make, browsing: Browsing) -> None:
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)
    mine, hers, theirs = browsing(assessor), browsing(reviewer), browsing(decider)
    act = f"/cases/{case.number}/act/"
    assert mine.post(f"{act}assess", {"seen": cases.last_answer(case)}).status_code == 302
    digest = _digest(mine, f"{act}send")
    assert "What can still come out" in text_of(mine.get(f"/cases/{case.number}"))
    assert "Rosa Roth" in text_of(mine.get(f"{act}send"))
    assert mine.post(f"{act}send", {"digest": digest, "reviewer": reviewer.pk, "due": "2099-01-31"}).status_code == 302
    assert "Battery recycling" in text_of(hers.get("/"))
    assert hers.post(f"{act}review", {"digest": _digest(hers, f"{act}review")}).status_code == 302
    ladders = cases.rules(case).ladders
    for page in (f"{act}decide", FIRST.format(case.number)):
        assert "What was sealed" in text_of(theirs.get(page))
    decision_page = theirs.get(f"{act}decide").content.decode()
    assert f"<span>{ladders['escalation'].levels['committee'].title}" in decision_page
    assert "<span>committee" not in decision_page
    decide = {"digest": _digest(theirs, f"{act}decide"), "note": "Too much is open."}
    refused = theirs.post(f"{act}decide", decide)
    assert refused.status_code == 422
    assert "is still open" in text_of(refused)
    levels = {"level.start_gate": "blocked", "level.measure": "restriction", "level.escalation": "committee"}
    assert theirs.post(f"{act}decide", {**decide, **levels}).status_code == 302
    case.refresh_from_db()
    assert case.state == State.DECIDED
    page = text_of(theirs.get(f"/cases/{case.number}"))
    assert "decided" in page
    assert "Dora Decker: Decide – Too much is open." in page
    second = browsing(somebody("Zoe Zweit", Role.DECIDER))
    seen = _digest(second, f"{act}confirm")
    assert f"about the decision {seen[:12]}" in text_of(second.get(f"{act}confirm"))
    assert second.post(f"{act}confirm", {"digest": digest}).status_code == 409
    assert second.post(f"{act}confirm", {"digest": seen}).status_code == 302


def test_a_wrong_day_leaves_the_reviewer_who_was_chosen(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    reviewer, client = somebody("Rosa Roth", Role.REVIEWER), browsing(assessor)
    address = f"/cases/{case.number}/act/"
    client.post(f"{address}assess", {"seen": cases.last_answer(case)})
    sent = {"digest": _digest(client, f"{address}send"), "reviewer": reviewer.pk, "due": "31.13.2027"}
    refused = client.post(f"{address}send", sent)
    assert refused.status_code == 422
    content = refused.content.decode()
    assert f'<option value="{reviewer.pk}" selected>' in content
    assert 'value="31.13.2027"' in content


@pytest.mark.nightly
def test_who_reviews_again_sees_what_the_case_rests_on_and_what_changed(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    cases.save(case, TIES, True, assessor, "first_look", 0)

    def page() -> str:
        digest = move(case, assessor, Move(ActName.ASSESS)).digest
        move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer))
        return text_of(browsing(reviewer).get(f"/cases/{case.number}/act/review"))

    first = page()
    assert "What it rests on" in first
    assert re.search(r"\d+ findings are open: missing answers decide", first)
    assert "since it was last" not in first
    digest = _digest(browsing(reviewer), f"/cases/{case.number}/act/review")
    move(case, reviewer, Move(ActName.RETURN, digest, "Look again."))
    assert "No answer changed since it was last signed or returned" in page()
    move(case, reviewer, Move(ActName.RETURN, digest, "And again."))
    cases.save(case, TIES, False, assessor, "first_look", 1)
    assert re.search(r"What changed since .*\? Before Yes Now No Who Ada Vogel", page())


@pytest.mark.nightly
def test_what_was_decided_stands_on_the_case_and_waits_for_a_second_person_in_their_work(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    decider = decided(case, assessor, somebody, somebody("Rosa Roth", Role.REVIEWER))
    second, page = somebody("Zoe Zweit", Role.DECIDER), f"/cases/{case.number}"
    text = text_of(browsing(assessor).get(page))
    assert "decided, waits for a second person" in text
    assert "What was decided Not in effect yet: a second person has to confirm it. Start Blocked" in text
    assert "Why Open. Decided by Dora Decker on" in text
    waits = "decided, waits for a second person"
    assert waits in text_of(browsing(second).get("/"))
    assert case.number not in text_of(browsing(decider).get("/"))
    assert waits in text_of(browsing(assessor).get("/cases"))
    move(case, second, Move(ActName.CONFIRM, of_decision(case)))
    assert "Nothing." in text_of(browsing(second).get("/"))
    text = text_of(browsing(assessor).get(page))
    assert "Not in effect" not in text
    assert "Confirmed by Zoe Zweit on" in text
    case.refresh_from_db()
    move(case, assessor, Move(ActName.REOPEN, of_decision(case), "The partner changed."))
    assert "opened again" in text_of(browsing(assessor).get(page))
    case.refresh_from_db()
    cases.save(case, TIES, True, assessor, "first_look", cases.latest(case)[TIES.path()].seq)
    move(case, assessor, Move(ActName.ASSESS))
    assert "holds until the next decision" in text_of(browsing(assessor).get(page))


def _digest(client: Client, address: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', client.get(address).content.decode())
    assert found is not None
    return found[1]


def test_an_act_that_cannot_be_done_has_a_page_that_says_why_and_no_form(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    for name, why in (("decide", "You may not do this to this case."), ("reopen", "This case is not where it was")):
        page = client.get(f"/cases/{case.number}/act/{name}")
        assert why in text_of(page)
        assert 'id="note"' not in page.content.decode()
    assert 'id="note"' in client.get(f"/cases/{case.number}/act/assess").content.decode()


@pytest.mark.nightly
def test_an_assessor_is_offered_no_review_and_is_refused_one(case: Case, assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    client.post(f"/cases/{case.number}/act/assess", {"seen": cases.last_answer(case)})
    assert "Sign " not in text_of(client.get(f"/cases/{case.number}")).replace("Sign out", "")
    assert client.post(f"/cases/{case.number}/act/review").status_code == 409


@pytest.mark.parametrize("form", by_turns(["html", "json", "md"], 3))
def test_a_document_is_of_what_was_sealed_and_runs_nothing(
    form: str, case: Case, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    kind = "assessment" if form == "json" else "report"
    assert "once the case is assessed" in text_of(client.get(f"/cases/{case.number}"))
    assert client.get(f"/cases/{case.number}/documents/{kind}.{form}").status_code == 404
    move(case, assessor, Move(ActName.ASSESS))
    Job.objects.update(given_up=True)  # it is not about the ways down
    response = client.get(f"/cases/{case.number}/documents/{kind}.{form}")
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == DOCUMENT_CSP
    assert b"Battery recycling" in response.content


# --- the register ---


def test_the_register_is_searched_and_holds_nothing_that_somebody_may_not_see(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    secret = cases.begin(assessor, case.faculty, "Battery secrets")
    Case.objects.filter(pk=secret.pk).update(confidential=True)
    client = browsing(somebody("Rosa Roth", Role.REVIEWER))
    text = text_of(client.get("/cases?q=battery"))
    assert "1 case" in text
    assert "Battery secrets" not in text
    CaseAccess.objects.create(case=secret, person=Person.objects.get(name="Rosa Roth"))
    assert "2 cases" in text_of(client.get("/cases?q=BATTERY"))
    assert "0 cases" in text_of(client.get("/cases?q=battery&state=closed"))


def test_what_is_not_there_is_not_found(case: Case, assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    for address in ("q/nothing", "q/partner/nobody", "act/nothing", "documents/report.exe"):
        response = client.get(f"/cases/{case.number}/{address}")
        assert response.status_code == 404
        assert "There is nothing at this address" in text_of(response)
    for address in ("/nothing", f"/cases/{case.number}/nothing"):
        assert "There is nothing at this address" in text_of(client.get(address))
    assert client.post(f"/cases/{case.number}/entries/first_look", {"name": "x"}).status_code == 404
    assert client.post("/cases", {"title": " ", "faculty": case.faculty_id}).status_code == 422


def test_an_error_of_the_program_is_told_on_a_page_of_the_office(
    case: Case, assessor: Person, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(case_pages, "range_of")
    client = browsing(assessor)
    client.raise_request_exception = False
    response = client.get(f"/cases/{case.number}")
    assert response.status_code == 500
    assert "An error of the program" in text_of(response)


def test_a_day_that_is_none_is_told(case: Case, assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    client.post(f"/cases/{case.number}/act/assess", {"seen": cases.last_answer(case)})
    digest = _digest(client, f"/cases/{case.number}/act/send")
    response = client.post(f"/cases/{case.number}/act/send", {"digest": digest, "due": "tomorrow"})
    assert response.status_code == 422
    assert "tomorrow is no date" in text_of(response)


def test_somebody_signs_in_and_out(somebody: Make) -> None:
    person = somebody("Ada Vogel", Role.ASSESSOR)
    person.set_password("correct horse battery")
    person.save()
    client = Client(HTTP_HOST="localhost")
    assert "Sign in" in text_of(client.get("/account/sign-in?next=/cases"))
    sent = {"email": " Vogel@Example.org", "password": "correct horse battery", "next": "/cases"}
    assert client.post("/account/sign-in", sent).headers["Location"] == "/cases"
    assert client.post("/account/sign-out").status_code == 302
    assert client.get("/cases").status_code == 302


def of_controls(client: Client, address: str, **said: dict[str, str]) -> dict[str, str]:
    """Return what the form of a page of controls sends, with what somebody fills in by control."""
    content = client.get(address).content.decode()
    bases = dict(re.findall(r'name="base\.([^"]+)" value="([^"]+)"', content))
    sent = {f"base.{one}": base for one, base in bases.items()} | {"at": next(iter(bases))}
    for control, parts in zip(bases, said.values(), strict=False):
        sent |= {f"{part}.{control}": text for part, text in parts.items()}
    return sent


def test_controls_are_chosen_with_owner_and_day_all_of_a_page_at_once(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/controls"
    agreed = {"status": "agreed", "owner": "B. Ode", "due": "2099-01-31"}
    sent = of_controls(client, address, first=agreed, second={**agreed, "owner": "C. Moll", "due": "31.1.2099"})
    first, second = (one.removeprefix("status.") for one in sent if one.startswith("status."))
    assert client.post(address, sent).headers["Location"] == f"{address}#{first}"
    case.refresh_from_db()
    assert case.document["controls"] == [{"id": first, **agreed}, {"id": second, **agreed, "owner": "C. Moll"}]
    late = client.post(address, {**sent, f"status.{first}": "planned"})
    assert late.status_code == 422
    assert "Ada Vogel changed this control meanwhile" in text_of(late)
    assert re.search(r'<option value="planned" selected>', late.content.decode())
    mixed = {**of_controls(client, address), **sent, f"base.{first}": "1", f"base.{second}": "1"}
    wrong = client.post(address, {**mixed, f"due.{first}": "soon", f"owner.{second}": "D. Nau"})
    assert wrong.status_code == 422
    assert "1 control was not saved" in text_of(wrong)
    assert 'value="soon"' in wrong.content.decode()
    case.refresh_from_db()
    assert case.document["controls"][0]["due"] == "2099-01-31"
    assert case.document["controls"][1]["owner"] == "D. Nau"


def test_a_control_that_nobody_touched_leaves_what_somebody_else_said_of_it_meanwhile(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/controls"
    early = of_controls(client, address)
    sent = of_controls(client, address, first={"status": "agreed", "owner": "B. Ode", "due": "2099-01-31"})
    assert client.post(address, sent).status_code == 302
    assert client.post(address, early).status_code == 302
    case.refresh_from_db()
    assert case.document["controls"][0]["status"] == "agreed"


@pytest.mark.nightly
def test_a_control_does_not_come_by_a_day_that_is_over_and_one_that_is_late_is_still_mended(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/controls"
    past = {"status": "planned", "owner": "B. Ode", "due": "2001-01-31"}
    sent = of_controls(client, address, first=past)
    told = client.post(address, sent)
    assert told.status_code == 422
    assert "2001-01-31 is over already; name a day that is still to come" in text_of(told)
    assert client.post(address, of_controls(client, address, first={**past, "status": "verified"})).status_code == 302
    control = sent["at"]
    with pytest.MonkeyPatch.context() as then:
        then.setattr(cases, "today", lambda: date(2001, 1, 1))
        cases.save_beside(case, f"controls.{control}", past, assessor, "controls", 1)
    owner = {**past, "owner": "C. Moll"}
    assert client.post(address, of_controls(client, address, first=owner)).status_code == 302


def test_what_is_not_saved_leads_back_to_its_page(case: Case, assessor: Person, browsing: Browsing) -> None:
    client, place = browsing(assessor), f"/cases/{case.number}"
    for address, sent, back in (
        ("/entries/partner", {"name": " \u200b "}, "/q/partner"),
        ("/title", {"title": ""}, ""),
        ("/evidence", {"back": "first_look"}, "/q/first_look#evidence"),
    ):
        response = client.post(f"{place}{address}", sent)
        assert response.status_code == 422
        assert f'<a href="{place}{back}">Back</a>' in response.content.decode()


def test_a_title_is_mended_while_answers_are_taken_and_what_was_assessed_is_no_longer_about_it(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, there = browsing(assessor), f"/cases/{case.number}/title"
    sealed = move(case, assessor, Move(ActName.ASSESS)).digest
    assert "Change the title" in text_of(client.get(f"/cases/{case.number}"))
    for bad in (" ", "\u200b", "a\x07b"):
        assert client.post(there, {"title": bad, "base": "1"}).status_code == 422
    assert client.post(there, {"title": " Battery  reuse", "base": "1"}).status_code == 302
    stale = client.post(there, {"title": "Batteries", "base": "1"})
    assert (stale.status_code, "another title meanwhile" in text_of(stale)) == (422, True)
    case.refresh_from_db()
    assert (case.title, case.document["title"], case.state) == ("Battery reuse", "Battery reuse", State.DRAFT)
    assert move(case, assessor, Move(ActName.ASSESS)).digest != sealed
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED)
    assert client.post(there, {"title": "Late", "base": "2"}).status_code == 409
    assert "Change the title" not in text_of(client.get(f"/cases/{case.number}"))


def test_an_entry_is_taken_out_by_its_button(case: Case, assessor: Person, browsing: Browsing) -> None:
    entry = cases.save_entry(case, "partner", "Acme", assessor, "partner")
    client = browsing(assessor)
    client.post(f"/cases/{case.number}/entries/partner", {"remove": entry})
    assert "Acme" not in text_of(client.get(f"/cases/{case.number}/q/partner"))


def test_who_has_no_case_yet_sees_how_one_goes_until_it_is_put_away(
    assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    client = browsing(assessor)
    assert "How a case goes" in text_of(client.get("/"))
    client.post("/")
    assert "How a case goes" not in text_of(client.get("/"))
    assert "How a case goes" not in text_of(browsing(somebody("Rosa Roth", Role.REVIEWER)).get("/"))


def test_my_work_and_the_way_around_hold_what_a_role_can_do(somebody: Make, browsing: Browsing) -> None:
    reviewer = text_of(browsing(somebody("Rosa Roth", Role.REVIEWER)).get("/"))
    assert "Waits for your review Nothing." in reviewer
    assert "You are assessing" not in reviewer
    admin = browsing(somebody("Uta Admin", Role.ADMIN)).get("/").content.decode()
    assert "Nothing waits here for your role" in admin
    assert 'href="/people"' in admin
    assert 'href="/cases"' not in admin  # there they are not let in


def test_how_a_case_goes_is_not_told_beside_a_case(case: Case, assessor: Person, browsing: Browsing) -> None:
    text = text_of(browsing(assessor).get("/"))
    assert case.number in text
    assert "How a case goes" not in text


@pytest.mark.nightly
def test_a_text_that_no_file_can_hold_is_told_and_the_case_can_be_read_after_it(
    case: Case, assessor: Person, browsing: Callable[[Person], Client]
) -> None:
    client, there = browsing(assessor), f"/cases/{case.number}"
    for bad in ("a\x07b", "a\x08b", "a\ufffeb"):
        assert client.post(f"{there}/entries/partner", {"name": bad}).status_code == 422
        stated = {"status": "planned", "owner": bad, "due": "2099-12-31"}
        sent = of_controls(client, f"{there}/controls", first=stated)
        assert client.post(f"{there}/controls", sent).status_code == 422
        number = Case.objects.count()
        begun = client.post("/cases", {"title": bad, "faculty": case.faculty_id})
        assert begun.status_code == 422
        assert "cannot stand in a" in begun.content.decode()
        assert Case.objects.count() == number
    unseen = client.post("/cases", {"title": "\u200b", "faculty": case.faculty_id})
    assert unseen.status_code == 422
    assert "nobody can see anything" in text_of(unseen)
    assert client.get(there).status_code == 200


@pytest.mark.parametrize(
    ("address", "sent"),
    [("/cases?q=a%00b", None), ("/cases/{case}/notes", {"text": "a\0b"}), ("/cases", {"title": "a\0b"})],
)
def test_a_character_that_no_text_has_is_told(
    address: str, sent: dict[str, str] | None, case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, place = browsing(assessor), address.format(case=case.number)
    answered = client.get(place) if sent is None else client.post(place, sent)
    assert answered.status_code == 422
    assert "one that no text has" in text_of(answered)


def test_a_title_and_a_name_of_any_length_stand_in_lists_as_far_as_these_hold(
    case: Case, assessor: Person, browsing: Callable[[Person], Client]
) -> None:
    client = browsing(assessor)
    client.post("/cases", {"title": "t" * 700, "faculty": case.faculty_id})
    long = Case.objects.latest("pk")
    assert (len(long.title), len(long.document["title"])) == (500, 700)
    assert client.post(f"/cases/{long.number}/entries/partner", {"name": "n" * 700}).status_code == 302
    assert [len(one.name) for one in long.entries.all()] == [500]
    assert client.get(f"/cases/{long.number}").status_code == 200


def test_a_number_that_a_form_sends_wrong_is_no_error_of_the_office(
    case: Case, assessor: Person, browsing: Callable[[Person], Client]
) -> None:
    client, there = browsing(assessor), f"/cases/{case.number}/entries/partner"
    assert client.post(there, {"none": "1", "base": "x"}).status_code == 302
    entry = client.post(there, {"name": "Borealis"}).headers["Location"].rpartition("/")[2]
    client.post(there, {"remove": entry})
    cases.save(case, Read("partner", None, None), None, assessor, "partner", 1)
    assert client.post(there, {"none": "1", "base": "1"}).status_code == 422


def test_a_decision_that_binds_is_taken_with_its_conditions_by_the_form(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), browsing(somebody("Dora Decker", Role.DECIDER))
    digest = move(case, assessor, Move(ActName.ASSESS)).digest
    move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer, due=date(2099, 1, 31)))
    move(case, reviewer, Move(ActName.REVIEW, digest))
    address = f"/cases/{case.number}/act/decide"
    levels = {"level.start_gate": "conditional", "level.measure": "regulation", "level.escalation": "committee"}
    sent = {"digest": digest, "note": "Under conditions.", **levels}
    refused = text_of(decider.post(address, sent))
    assert "needs conditions" in refused
    assert "--" not in refused
    for wrong in ({"owner.0": "Ada"}, {"condition.0": "\u200b"}, {"condition.0": "a\x07b c"}, {"due.0": "soon"}):
        assert decider.post(address, {**sent, **wrong}).status_code == 422
    without = text_of(decider.post(address, {**sent, "note": ""}))
    assert "no reason is given: Measure: Regulation" in without
    stated = {"condition.4": "No  student alone in the lab", "owner.4": "Ada Vogel", "due.4": "31.1.2099", "rows": "5"}
    stated |= {"condition.5": "Geheimhaltungsvereinbarung"}
    more = decider.post(address, {**sent, **stated, "more": "1"}).content.decode()
    assert 'name="condition.7"' in more
    assert 'value="No  student alone in the lab"' in more
    assert case.acts.filter(name=ActName.DECIDE).count() == 0
    assert decider.post(address, {**sent, **stated}).status_code == 302
    assert decider.post(address, {**sent, **stated}).status_code == 302
    assert decider.post(address, {**sent, "condition.0": "Something else is done"}).status_code == 409
    sealed = cases.filed(case, SealedKind.DECISION)
    assert sealed is not None
    second = text_of(browsing(somebody("Zoe Zweit", Role.DECIDER)).get(f"/cases/{case.number}/act/confirm"))
    assert re.search(r"Regulation .*Condition No student alone in the lab Ada Vogel, 31 January 2099", second)
    condition, one_word = decision_of(sealed).conditions
    assert one_word.text == "Geheimhaltungsvereinbarung"
    assert (condition.text, condition.owner, str(condition.due)) == (
        "No student alone in the lab",
        "Ada Vogel",
        "2099-01-31",
    )


def test_who_decides_gives_a_control_of_the_case_another_day_where_its_own_is_over(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), browsing(somebody("Dora Decker", Role.DECIDER))
    control = next(one.control for one in beside.controls(case) if one.findings)
    with monkeypatch.context() as then:
        then.setattr(cases, "today", lambda: date(2001, 1, 1))
        planned = {"status": "planned", "owner": "B. Ode", "due": "2001-01-31"}
        cases.save_beside(case, f"controls.{control.id}", planned, assessor, "controls", 0)
    digest = move(case, assessor, Move(ActName.ASSESS)).digest
    move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer))
    move(case, reviewer, Move(ActName.REVIEW, digest))
    address = f"/cases/{case.number}/act/decide"
    assert f'name="due.{control.id}" value="2001-01-31"' in decider.get(address).content.decode()
    levels = {"level.start_gate": "conditional", "level.measure": "regulation", "level.escalation": "committee"}
    sent = {"digest": digest, "note": "Under conditions.", **levels, f"owner.{control.id}": "B. Ode"}
    late = decider.post(address, {**sent, f"due.{control.id}": "2001-01-31"})
    assert late.status_code == 422
    assert f"the condition `{control.title} ({control.id})` is due on 2001-01-31" in text_of(late)
    for _click in range(2):
        assert decider.post(address, {**sent, f"due.{control.id}": "31.1.2099"}).status_code == 302
    assert decider.post(address, {**sent, f"due.{control.id}": "2098-01-31"}).status_code == 409
    sealed = cases.filed(case, SealedKind.DECISION)
    assert sealed is not None
    (condition,) = decision_of(sealed).conditions
    assert (condition.control, condition.owner, str(condition.due)) == (control.id, "B. Ode", "2099-01-31")
