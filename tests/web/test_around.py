"""What stands around a case: who sees it where it is confidential, and notes on it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import access, cases, consultations, guests, notes
from risk_engine.web.cases import RefusedError
from risk_engine.web.models import Case, Note, Person
from risk_engine.web.rights import cases_for
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, Role, State
from tests.web.test_pages import text_of
from tests.web.test_states import sent

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
TIES = "first_look.ties"


# --- notes ---


def test_a_note_stands_beside_its_question_on_the_case_and_in_the_history(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    reviewer = browsing(somebody("Rosa Roth", Role.REVIEWER))
    address = f"/cases/{case.number}/notes"
    form = text_of(reviewer.get(f"{address}?about={TIES}"))
    assert "Did the checks of the partners" in form
    response = reviewer.post(address, {"about": TIES, "text": "Ask them <again>."})
    assert response.headers["Location"] == f"/cases/{case.number}/q/first_look#q-{TIES}"
    assert reviewer.post(address, {"about": "", "text": "Nearly done."}).headers["Location"] == address
    client = browsing(assessor)
    page = client.get(f"/cases/{case.number}/q/first_look")
    assert "Ask them &lt;again&gt;." in page.content.decode()
    assert "Nearly done." not in text_of(page)
    whole = text_of(client.get(f"/cases/{case.number}"))
    assert "Rosa Roth: Note on “The case as a whole” – Nearly done." in whole
    assert "Notes on the case" in whole


def test_a_note_of_a_finding_stands_on_the_page_of_notes(case: Case, assessor: Person, browsing: Browsing) -> None:
    indicator = next(iter(cases.rules(case).indicators))
    client = browsing(assessor)
    client.post(f"/cases/{case.number}/notes", {"about": indicator, "text": "Is that so?"})
    assert f"{indicator} {cases.rules(case).indicators[indicator].title}" in text_of(
        client.get(f"/cases/{case.number}/notes")
    )


@pytest.mark.nightly
@pytest.mark.parametrize("about", ["nothing", "first_look.nothing", "partner.nobody.name", "first_look.x.ties", "."])
def test_a_note_is_about_something_that_is_there(about: str, case: Case, assessor: Person, browsing: Browsing) -> None:
    response = browsing(assessor).post(f"/cases/{case.number}/notes", {"about": about, "text": "Hm."})
    assert response.status_code == 422
    assert "no such question or finding" in text_of(response)
    assert "Hm." in text_of(response)


def test_a_note_of_an_entry_is_about_that_entry(case: Case, assessor: Person) -> None:
    entry = cases.save_entry(case, "technology", "Cathodes", assessor, "technology")
    case.refresh_from_db()
    notes.write(case, assessor, f"technology.{entry}.trl", "From the lab.")
    (shown,) = notes.shown(case, notes.of(case))
    assert shown.about.startswith("Cathodes: ")
    assert shown.place == f"/cases/{case.number}/q/technology/{entry}#q-technology.{entry}.trl"


@pytest.mark.parametrize("text", [" ", "x" * (notes.LONGEST + 1)])
def test_a_note_has_words_and_not_too_many(text: str, case: Case, assessor: Person, browsing: Browsing) -> None:
    assert browsing(assessor).post(f"/cases/{case.number}/notes", {"about": "", "text": text}).status_code == 422
    assert not Note.objects.exists()


def test_a_note_is_written_once_by_two_clicks_and_never_changed(case: Case, assessor: Person) -> None:
    first = notes.write(case, assessor, "", "Twice.")
    assert notes.write(case, assessor, "", "Twice.") == first
    for change in (lambda: Note.objects.update(text="Other."), lambda: Note.objects.all().delete()):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            change()


def test_an_auditor_reads_notes_and_writes_none(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    notes.write(case, assessor, "", "For all.")
    auditor = browsing(somebody("Otto Prüf", Role.AUDITOR))
    page = text_of(auditor.get(f"/cases/{case.number}/notes"))
    assert "For all." in page
    assert "What it is about" not in page
    assert auditor.post(f"/cases/{case.number}/notes", {"about": "", "text": "No."}).status_code == 403


def test_a_returned_case_shows_why_and_the_notes_of_who_returned_it(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    digest = sent(case, assessor, reviewer)
    notes.write(case, assessor, TIES, "Of the assessor.")
    notes.write(case, reviewer, TIES, "Which partner?")
    move(case, reviewer, Move(ActName.RETURN, digest, note="The partner is missing."))
    client = browsing(assessor)
    for page in ("", "/q/collaboration"):
        text = text_of(client.get(f"/cases/{case.number}{page}"))
        assert "Returned by Rosa Roth" in text
        assert "The partner is missing." in text
        assert text.count("Which partner?") == (1 if page else 2)  # beside the reason, and in the history
        assert "Of the assessor." not in text.partition("Read what was returned")[0]
        assert "Read what was returned" in text
    digest = move(case, assessor, Move(ActName.ASSESS)).digest
    assert "Returned by" in text_of(client.get(f"/cases/{case.number}"))
    move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer))
    assert "Returned by" not in text_of(client.get(f"/cases/{case.number}"))
    assert Case.objects.get().state == State.IN_REVIEW


# --- who else is asked ---


TOMORROW = "2099-01-31"
WANTED = {"do": "ask", "opinion": "1", "due": TOMORROW, "question": "May cathodes leave the EU?"}


@pytest.fixture
def officer(somebody: Make) -> Person:
    return somebody("Xaver Zoll", Role.EXPORT_OFFICER)


def test_an_officer_sees_a_case_once_they_are_asked_and_their_opinion_stands_before_who_decides(
    case: Case, assessor: Person, officer: Person, somebody: Make, browsing: Browsing
) -> None:
    theirs, office = browsing(officer), browsing(assessor)
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)
    assert theirs.get(f"/cases/{case.number}").status_code == 404
    office.post(f"/cases/{case.number}/opinions", {**WANTED, "person": officer.pk})
    assert case.number in text_of(theirs.get("/"))
    assert "Ask no longer" in text_of(office.get(f"/cases/{case.number}/opinions"))
    digest = sent(case, assessor, reviewer)
    deciding = browsing(decider)
    assert "Xaver Zoll was asked for an opinion" in text_of(browsing(reviewer).get(f"/cases/{case.number}/act/review"))
    assert "May cathodes leave the EU?" in text_of(theirs.get(f"/cases/{case.number}/opinions"))
    given = {"note": "A licence is needed.", "digest": digest}
    for _click in range(2):
        assert theirs.post(f"/cases/{case.number}/act/opinion", given).status_code == 302
    assert case.acts.filter(name=ActName.OPINION).count() == 1
    assert case.number not in text_of(theirs.get("/"))  # given: nothing waits any more
    assert "Ask no longer" not in text_of(office.get(f"/cases/{case.number}/opinions"))
    move(case, reviewer, Move(ActName.REVIEW, digest))
    page = text_of(deciding.get(f"/cases/{case.number}/act/decide"))
    assert "A licence is needed." in page
    assert "was asked for an opinion" not in page
    assert "Xaver Zoll: Give an opinion – A licence is needed." in text_of(office.get(f"/cases/{case.number}"))
    assert Case.objects.get().state == State.SIGNED


def test_an_opinion_is_about_what_was_seen_and_says_when_that_no_longer_stands(
    case: Case, assessor: Person, officer: Person, browsing: Browsing
) -> None:
    browsing(assessor).post(f"/cases/{case.number}/opinions", {**WANTED, "person": officer.pk})
    move(case, officer, Move(ActName.OPINION, note="So far nothing speaks against it."))
    cases.save(case, Read("first_look", None, "ties"), True, assessor, "first_look", 0)
    move(case, assessor, Move(ActName.ASSESS))
    with pytest.raises(RefusedError, match="not what stands now"):
        move(case, officer, Move(ActName.OPINION, note="Of another paper."))
    assert "on what stood before" in text_of(browsing(assessor).get(f"/cases/{case.number}/opinions"))


def test_an_officer_answers_what_is_asked_of_their_role_and_nothing_else(
    case: Case, assessor: Person, officer: Person, browsing: Browsing
) -> None:
    # Of the first questions one is asked of the lead researcher and another of the research office.
    wanted = {**WANTED, "opinion": "", "asked_of": "researcher", "person": officer.pk}
    del wanted["opinion"]
    browsing(assessor).post(f"/cases/{case.number}/opinions", wanted)
    theirs, address = browsing(officer), f"/cases/{case.number}/q/first_look"
    page = theirs.get(address).content.decode()
    assert 'id="q-first_look.ties" disabled' in page
    assert 'id="q-first_look.field" disabled' not in page
    theirs.post(address, {"first_look.ties": "true", "first_look.field": "true"})
    case.refresh_from_db()
    assert case.document["first_look"] == {"field": True}
    path = f"/cases/{case.number}/evidence"
    cases.save(case, Read("first_look", None, "ties"), True, assessor, "first_look", 0)
    for answer, is_theirs in (("first_look.ties", False), ("first_look.field", True)):
        told = theirs.post(path, {"for": answer, "file": SimpleUploadedFile("a.txt", answer.encode())})
        assert ("asked of others" in text_of(told), case.files.exists()) == (not is_theirs, is_theirs)
    case.refresh_from_db()
    assert 'value="first_look.ties"' not in theirs.get(address).content.decode(), "nor is it offered"
    browsing(assessor).post(path, {"for": "first_look.ties", "file": SimpleUploadedFile("b.txt", b"b")})
    digest = case.files.get(name="b.txt").sha256
    assert "asked of others" in text_of(theirs.post(path, {"for": "first_look.ties", "remove": digest}))
    for locked in ("entries/partner", "invitations", "opinions", "access", "controls", "ways/1"):
        assert theirs.post(f"/cases/{case.number}/{locked}", {"name": "Acme"}).status_code == 403
    assert theirs.post(f"/cases/{case.number}/act/opinion", {"note": "Unasked."}).status_code == 409


def test_the_task_list_says_for_whom_a_group_waits(
    case: Case, assessor: Person, officer: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    wanted = {"do": "ask", "asked_of": "researcher", "person": officer.pk, "due": TOMORROW}
    client.post(f"/cases/{case.number}/opinions", wanted)
    guests.invite(case, "researcher", "Dr Berg", "en", assessor)
    assert "waiting for Dr Berg, Xaver Zoll" in text_of(client.get(f"/cases/{case.number}"))
    key = case.consultations.get().pk
    client.post(f"/cases/{case.number}/opinions", {"do": "withdraw", "asked": key})
    assert "Xaver Zoll" not in text_of(client.get(f"/cases/{case.number}"))
    assert not cases_for(officer).exists()


def test_all_that_is_wrong_with_a_question_is_said_at_once_and_what_was_typed_stays(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/opinions"
    response = client.post(address, {"do": "ask", "question": "What now?", "due": "2001-01-01"})
    text = text_of(response)
    assert response.status_code == 422
    for told in ("Choose whom to ask.", "Say what you ask for", "a day that is still to come", "What now?"):
        assert told in text
    wrong = {"do": "ask", "person": assessor.pk, "opinion": "1", "asked_of": "king", "due": TOMORROW}
    text = text_of(client.post(address, wrong))
    assert "Ada Vogel is no officer" in text
    assert "Choose whose questions" in text
    assert "is no date" in text_of(client.post(address, {**wrong, "due": "soon"}))
    admin = somebody("Adi Min", Role.ADMIN)
    assert "Choose whom" in text_of(client.post(address, {**WANTED, "person": admin.pk}))
    Case.objects.update(state=State.CLOSED)
    with pytest.raises(RiskEngineError, match="closed"):
        consultations.ask(case, assessor, consultations.Wanted(assessor, False, "researcher", "", date(2099, 1, 1)))
    assert not case.consultations.exists()


@pytest.mark.parametrize("is_asked_first", [True, False])
def test_who_is_asked_no_more_sees_a_confidential_case_no_more_unless_they_were_named_for_themselves(
    is_asked_first: bool, case: Case, assessor: Person, officer: Person, somebody: Make, browsing: Browsing
) -> None:
    colleague, client, address = (
        somebody("Bea Bunt", Role.REVIEWER),
        browsing(assessor),
        f"/cases/{case.number}/opinions",
    )
    if is_asked_first:
        client.post(address, {**WANTED, "person": officer.pk})
    access.make_confidential(case, assessor)
    access.give(case, colleague, assessor)
    if not is_asked_first:
        client.post(address, {**WANTED, "person": officer.pk})
    answers = {"do": "ask", "asked_of": "researcher", "due": TOMORROW}
    client.post(address, {**answers, "person": officer.pk})
    assert {officer, colleague} <= {*access.named(case)}
    for left in (True, False):
        first = case.consultations.filter(withdrawn=False).order_by("pk")[0]
        client.post(address, {"do": "withdraw", "asked": first.pk})
        assert (officer in access.named(case)) == left
    assert colleague in access.named(case)


def test_whom_somebody_asks_about_a_confidential_case_is_named_in_it(
    case: Case, assessor: Person, officer: Person, browsing: Browsing
) -> None:
    access.make_confidential(case, assessor)
    client, address = browsing(assessor), f"/cases/{case.number}/opinions"
    assert "whom you ask is named in it" in text_of(client.get(address))
    client.post(address, {**WANTED, "person": officer.pk})
    assert officer in access.named(case)
    assert cases_for(officer).get() == case
