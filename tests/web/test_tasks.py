"""The task list and the last look: for whom a group waits, why it is not needed, hidden answers, the way back."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.web import cases, guests, questions
from risk_engine.web.models import Case, Person
from risk_engine.web.states import Move, move
from risk_engine.web.tasks import last_look, task_list
from risk_engine.web.words import ActName, Role

Browsing = Callable[[Person], Client]
ETHICS = Read("first_look", None, "ethics")
MONEY = Read("first_look", None, "money")
TERMS = Read("first_look", None, "terms")


def answer(case: Case, by: Person, read: Read, value: object, base: int = 0) -> None:
    cases.save(case, read, value, by, read.entity, base)  # type: ignore[arg-type] # whatever a fact takes
    case.refresh_from_db()


def states(case: Case) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {one.group.entity: (one.state, one.names) for one in task_list(case, questions.of_staff(case))}


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    said = re.sub(r"</?bdi>", "", content.decode())  # no words of their own
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", said)))


def test_a_group_is_not_started_in_progress_answered_or_not_needed_and_why(case: Case, assessor: Person) -> None:
    assert states(case)["first_look"] == ("not_started", ())
    answer(case, assessor, ETHICS, False)
    assert states(case)["first_look"] == ("in_progress", ())
    assert states(case)["ethics"] == ("not_needed", ())
    (ethics,) = (one for one in task_list(case, questions.of_staff(case)) if one.group.entity == "ethics")
    assert ethics.why.endswith("could it touch people's rights, safety or freedom?”: No")
    for one in questions.page(questions.of_staff(case), "first_look").asked:
        answer(case, assessor, one.read, False, one.base)
    assert states(case)["first_look"] == ("answered", ())


def test_a_group_waits_for_who_was_invited_until_they_send(case: Case, assessor: Person) -> None:
    answer(case, assessor, ETHICS, False)
    berg, _token = guests.invite(case, "researcher", "Dr Berg", "en", assessor)
    assert states(case)["technology"] == ("waiting", ("Dr Berg",))
    assert states(case)["ethics"] == ("not_needed", ())
    guests.send(berg)
    assert states(case)["technology"] == ("not_started", ())


@pytest.mark.nightly
def test_a_day_is_told_as_people_write_it_and_taken_so_too(case: Case, assessor: Person, browsing: Browsing) -> None:
    Case.objects.filter(pk=case.pk).update(criteria="reconnect-china@1.0.0")  # which asks for a day
    client, address = browsing(assessor), f"/cases/{case.number}/q/collaboration"
    client.post(address, {"collaboration.start": "3.2.2027", "base.collaboration.start": "0"})
    case.refresh_from_db()
    assert case.document["collaboration"] == {"start": "2027-02-03"}
    assert "3 February 2027" in text_of(client.get(f"/cases/{case.number}/check"))


def test_a_field_for_a_day_shows_how_people_write_one(case: Case, assessor: Person, browsing: Browsing) -> None:
    address = f"/cases/{case.number}/opinions"
    assert 'placeholder="2026-01-31"' in browsing(assessor).get(address).content.decode()
    Person.objects.filter(pk=assessor.pk).update(language="de")
    assert 'placeholder="31.1.2026"' in browsing(assessor).get(address).content.decode()
    refused = browsing(assessor).post(address, {"do": "ask", "due": "bald"})
    assert "schreiben Sie es wie 31.1.2026" in text_of(refused)


def test_the_last_look_has_no_answer_that_another_closes_and_says_why(case: Case, assessor: Person) -> None:
    answer(case, assessor, MONEY, True)
    entry = cases.save_entry(case, "funding", "contract", assessor, "funding")
    answer(case, assessor, Read("funding", entry, "share_of_group_pct"), 40)
    look = last_look(questions.of_staff(case), frozenset())
    assert "40" in {line.answer for part in look.answered for line in part.lines}
    answer(case, assessor, MONEY, False, 1)
    look = last_look(questions.of_staff(case), frozenset())
    assert "40" not in {line.answer for part in look.answered for line in part.lines}
    closed = {one.title: one.reasons for one in look.not_asked}
    ((why, _questions),) = closed[cases.rules(case).entities["funding"].title]
    assert why.endswith("or with conditions?”: No")


def test_what_is_open_and_can_move_the_result_stands_first(case: Case, assessor: Person, browsing: Browsing) -> None:
    answer(case, assessor, ETHICS, None)
    page = text_of(browsing(assessor).get(f"/cases/{case.number}/check"))
    assert page.index("Still open") < page.index("can move the result") < page.index("Answered")
    assert "not known yet" in page


def test_change_leads_back_to_the_last_look(case: Case, assessor: Person, browsing: Browsing) -> None:
    answer(case, assessor, ETHICS, False)
    client = browsing(assessor)
    content = client.get(f"/cases/{case.number}/check").content.decode()
    address = f"/cases/{case.number}/q/first_look?back=check"
    assert f'href="{address}#q-first_look.ethics"' in content
    form = client.get(address).content.decode()
    assert '<input type="hidden" name="back" value="check">' in form
    sent = {"first_look.ethics": "true", "base.first_look.ethics": "1", "then": "next", "back": "check"}
    response = client.post(address, sent)
    assert response.headers["Location"] == f"/cases/{case.number}/check#p-first_look"
    elsewhere = client.post(address, {**sent, "back": "https://example.org"})
    assert "example.org" not in elsewhere.headers["Location"]


def test_a_case_is_assessed_from_the_last_look(case: Case, assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    assert f'action="/cases/{case.number}/act/assess"' in client.get(f"/cases/{case.number}/check").content.decode()
    client.post(f"/cases/{case.number}/act/assess", {"seen": cases.last_answer(case)})
    assert "/act/assess" not in client.get(f"/cases/{case.number}/check").content.decode()


def test_what_is_sealed_is_what_was_seen_and_what_came_since_is_shown(
    case: Case, assessor: Person, somebody: Callable[..., Person], browsing: Browsing
) -> None:
    second = somebody("Ben Adler", Role.ASSESSOR)
    answer(case, assessor, ETHICS, False)
    client, address = browsing(assessor), f"/cases/{case.number}/act/assess"
    seen = seen_at(client, f"/cases/{case.number}/check")
    answer(case, second, ETHICS, True, base=1)
    stated = {"status": "planned", "owner": "Ada Vogel"}
    control = next(iter(cases.rules(case).controls.items()))
    cases.save_beside(case, f"controls.{control[0]}", stated, second, "controls", 0)
    refused = client.post(address, {"seen": seen})
    assert refused.status_code == 409
    told = text_of(refused)
    assert "Answers are not what they were when you looked at them" in told
    title = questions.title_of(cases.record(case), "first_look.ethics")
    assert f"{title} Before No Now Yes Who Ben Adler" in told
    assert f"{control[1].title} Before not answered Now planned, Ada Vogel Who Ben Adler" in told
    assert not case.filed.exists()
    assert client.post(address, {"seen": seen_in(refused)}).status_code == 302
    assert case.filed.count() == 1


def test_a_harmless_case_is_filed_as_it_was_seen(mild: Case, assessor: Person, browsing: Browsing) -> None:
    client, address = browsing(assessor), f"/cases/{mild.number}/act/file"
    seen = seen_at(client, address)
    control = next(iter(cases.rules(mild).controls))
    cases.save_beside(mild, f"controls.{control}", {"status": "planned"}, assessor, "controls", 0)
    assert "not what they were" in text_of(client.post(address, {"seen": seen}))
    assert client.post(address).status_code == 409
    assert not mild.filed.exists()


def seen_at(client: Client, address: str) -> str:
    return seen_in(client.get(address))


def seen_in(response: object) -> str:
    found = re.search(r'name="seen" value="(\d+)"', response.content.decode())  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def test_a_question_says_which_answer_opened_it_and_on_which_findings_it_bears(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    answer(case, assessor, TERMS, True)
    text = text_of(browsing(assessor).get(f"/cases/{case.number}/q/ip"))
    assert "It is asked because of “Do rights or the agreement need a closer look" in text
    assert "Why it is asked: it bears on COM-02 Ownership of results open or given away" in text
    first = text_of(browsing(assessor).get(f"/cases/{case.number}/q/first_look"))
    assert "Why it is asked: it settles what else is asked." in first


def test_a_guest_is_told_neither_the_answer_that_opened_a_question_nor_what_reads_it(
    case: Case, assessor: Person
) -> None:
    answer(case, assessor, TERMS, True)
    _invited, token = guests.invite(case, "researcher", "Dr Berg", "en", assessor)
    guest = Client(HTTP_HOST="localhost")
    guest.post(f"/i/{token}")
    text = text_of(guest.get("/i/q/ip"))
    assert "Can and will the results be used in the EU?" in text
    assert "asked because" not in text
    assert "bears on" not in text


def test_answers_that_contradict_each_other_are_named_where_they_count_as_open(
    case: Case, assessor: Person, somebody: Callable[..., Person], browsing: Browsing
) -> None:
    answer(case, assessor, Read("first_look", None, "field"), True)
    entry = cases.save_entry(case, "technology", "Magnetometers", assessor, "technology")
    answer(case, assessor, Read("technology", entry, "eu_critical_area"), "quantum")
    client, told = browsing(assessor), "Contradict each other, and count as open"
    assert told not in text_of(client.get(f"/cases/{case.number}"))
    answer(case, assessor, Read("technology", entry, "subitem"), "not_in_an_area")
    for page in ("", "/check", f"/q/technology/{entry}"):
        response = client.get(f"/cases/{case.number}{page}")
        text = text_of(response)
        assert f"{told} " in text
        assert "It is in none of the ten areas" in text.partition(told)[2]
        place = f"/cases/{case.number}/q/technology/{entry}#q-technology.{entry}.subitem"
        assert f'href="{place}"' in response.content.decode()
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    digest = move(case, assessor, Move(ActName.ASSESS)).digest
    move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer))
    assert told in text_of(browsing(reviewer).get(f"/cases/{case.number}/act/review"))


def test_entries_of_a_list_that_another_answer_rules_out_are_no_contradiction(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    answer(case, assessor, MONEY, True)
    cases.save_entry(case, "funding", "contract", assessor, "funding")
    answer(case, assessor, MONEY, False, 1)
    assert "Contradict each other" not in text_of(browsing(assessor).get(f"/cases/{case.number}"))
