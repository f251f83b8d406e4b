"""First questions first, filing what is harmless, and what each answer would do, told beside the questions."""

import re
from collections.abc import Callable
from html import unescape

from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.web import cases, questions
from risk_engine.web.models import Act, Case, Event, Person
from risk_engine.web.standing import range_beside
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, SealedKind, State

Browsing = Callable[[Person], Client]
FIRST = ("ties", "field", "leaves", "data", "money", "terms", "use", "ethics")


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def first_answers(answer: str) -> dict[str, str]:
    sent = {f"first_look.{one}": answer for one in FIRST}
    return {**sent, **{f"base.{path}": "0" for path in sent}, "then": "next"}


def test_a_case_begins_with_the_first_questions_and_goes_on_to_the_task_list(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}"
    begun = client.post("/cases", {"title": "Poems", "faculty": case.faculty.pk})
    assert begun.headers["Location"].endswith("/triage")
    content = client.get(f"{address}/triage").content.decode()
    asked = set(re.findall(r'name="base\.([\w.]+)"', content))
    assert asked == {f"first_look.{one}" for one in FIRST}
    response = client.post(f"{address}/triage", first_answers("true"))
    assert response.headers["Location"] == address
    case.refresh_from_db()
    assert cases.record(case).answer(Read("first_look", None, "money")) is True


def test_a_harmless_case_is_filed_with_what_was_asked_and_its_record(
    mild: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{mild.number}"
    answered = {**first_answers("false"), **{f"base.first_look.{one}": "1" for one in FIRST}}
    assert client.post(f"{address}/triage", answered).headers["Location"] == f"{address}/act/file"
    text = text_of(client.get(f"{address}/act/file"))
    assert "nothing stricter comes out than this: Start: Clear Measure: Advice" in text
    assert "or could it touch people's rights, safety or freedom? No" in text
    client.post(f"{address}/act/file", {"seen": cases.last_answer(mild)})
    mild.refresh_from_db()
    assert mild.state == State.CLOSED
    sealed = cases.filed(mild, SealedKind.ASSESSMENT)
    assert sealed is not None
    assert Act.objects.get(case=mild, name=ActName.FILE).digest == sealed.digest


def test_a_second_click_on_what_makes_a_record_makes_no_second_one_and_says_when(
    mild: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{mild.number}/act/file"
    first, second = (client.post(address, {"seen": cases.last_answer(mild)}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Event.objects.filter(verb="file").count() == mild.filed.count() == 1
    (act,) = Act.objects.filter(case=mild, name=ActName.FILE)
    assert f"File as harmless: done at {act.at.astimezone():%H:%M}" in text_of(client.get(second.headers["Location"]))
    assert move(mild, assessor, Move(ActName.FILE)) == act


def test_beside_a_question_stands_what_each_answer_would_do(mild: Case, assessor: Person, browsing: Browsing) -> None:
    path = "collaboration.governance"
    page = questions.page(questions.of_staff(mild), "collaboration")
    about = range_beside(mild, page, path).about
    assert about is not None
    options = {name for name, _title in next(one for one in page.asked if one.path == path).question.choices}
    assert len(about.effects) == len(options) - 1  # the one that stands does nothing
    response = browsing(assessor).get(f"/cases/{mild.number}/range", {"about": path})
    text = text_of(response)
    assert about.question in text
    for title, moves in about.effects:
        assert f"{title} {' '.join(moves) or 'nothing moves'}" in text


def test_what_an_answer_would_do_is_what_it_does(mild: Case, assessor: Person) -> None:
    read = Read("first_look", None, "ties")
    page = questions.page(questions.of_staff(mild), "first_look")
    about = range_beside(mild, page, read.path()).about
    assert about is not None
    ((_title, moves),) = about.effects
    cases.save(mild, read, True, assessor, "first_look", 1)
    mild.refresh_from_db()
    after = {f"{one.title}: {one.words}" for one in range_beside(mild, page, "-").ladders}
    assert {one for one in moves if one.startswith(("Start:", "Measure:"))} <= after


def test_of_a_question_that_is_none_nothing_is_told(case: Case, assessor: Person, browsing: Browsing) -> None:
    for about in ("", "nonsense", "first_look.nonsense", "partner.nobody.country"):
        assert browsing(assessor).get(f"/cases/{case.number}/range", {"about": about}).status_code == 404
