"""The register: by what it is narrowed, what leaves it as a file, which views are kept."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.db.models import QuerySet
from django.test import Client

from risk_engine.office.register.listing import dues
from risk_engine.web import cases, outbox, register
from risk_engine.web.documents import held, offered
from risk_engine.web.models import (
    Case,
    CaseAccess,
    CaseDue,
    CaseLevel,
    Consultation,
    Deputy,
    Event,
    Faculty,
    Job,
    Person,
    SavedView,
)
from risk_engine.web.narrowing import Wanted, narrowed, older, wanted
from risk_engine.web.rights import OFFICERS, cases_for
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, MailKind, Role, SealedKind, State
from tests.strategies import by_turns

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
DAY = date(2026, 11, 30)


@pytest.fixture
def law(office: None) -> Faculty:  # noqa: ARG001 (its rows are taken back)
    return Faculty.objects.create(name="Law")


@pytest.fixture
def poems(assessor: Person, law: Faculty) -> Case:
    return cases.begin(assessor, law, "A book of poems")


def titles(found: QuerySet[Case]) -> list[str]:
    return [one.title for one in found]


def only(person: Person, **by: object) -> list[str]:
    return titles(narrowed(cases_for(person), Wanted(**by), person, DAY))  # type: ignore[arg-type]


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return content.decode()


def assessed(case: Case, person: Person) -> Case:
    move(case, person, Move(ActName.ASSESS))
    case.refresh_from_db()
    return case


# --- by what it is narrowed ---


@pytest.mark.usefixtures("case")
def test_a_level_or_faculty_that_nothing_has_is_told_and_left_out(
    poems: Case, assessor: Person, browsing: Browsing
) -> None:
    assessed(poems, assessor)
    ladder, levels = next(iter(cases.rules(poems).ladders.items()))
    level = next(iter(levels.levels))
    client = browsing(assessor)
    sent = urlencode([("level", f"{ladder}=nonsense"), ("level", "nonsense=blocked"), ("faculty", 4711)])
    page = text_of(client.get(f"/cases?{sent}"))
    for wrong in (
        f"“{ladder}=nonsense” is not known as level",
        "“nonsense=blocked” is not known as level",
        "“4711” is not known as faculty",
    ):
        assert wrong in page
    assert poems.number in page
    assert "left out" not in text_of(client.get(f"/cases?level={ladder}={level}&faculty={poems.faculty.pk}"))
    assert client.get(f"/cases?level={ladder}=nonsense&format=csv").status_code == 422


def test_what_is_asked_for_together_must_all_fit(case: Case, poems: Case, assessor: Person, somebody: Make) -> None:
    cases.save_entry(case, "partner", "Universität Ulm", assessor, "partner")
    Case.objects.filter(pk=poems.pk).update(state=State.CLOSED, confidential=True)
    CaseAccess.objects.create(case=poems, person=assessor)
    battery, book = ["Battery recycling"], ["A book of poems"]
    assert only(assessor, sort="title") == [*book, *battery]
    assert only(assessor, q="RECYCLING") == battery
    assert only(assessor, q="ulm") == battery
    assert only(assessor, q=poems.number) == book
    assert only(assessor, q="ulm poems") == []
    assert only(assessor, faculty=poems.faculty_id) == book
    assert only(assessor, state=State.CLOSED) == book
    assert only(assessor, confidential=True) == book
    assert only(assessor, named="universitat ulm") == []
    assert only(assessor, named="UNIVERSITÄT") == battery
    assert only(assessor, mine=True) == battery  # a case is begun, and nothing of it answered
    assert only(somebody("Rosa Roth", Role.REVIEWER), mine=True) == []


def test_a_case_stands_under_each_level_that_it_may_have_or_was_decided_to_have(case: Case, assessor: Person) -> None:
    assert only(assessor, levels=(("start_gate", "blocked"),)) == []
    assessed(case, assessor)
    possible = {one.level for one in case.levels.filter(ladder="start_gate")}
    assert possible == {"clear", "conditional", "blocked"}
    for level in possible:
        assert only(assessor, levels=(("start_gate", level),)) == ["Battery recycling"]
    assert only(assessor, levels=(("start_gate", "blocked"), ("start_gate", "nowhere"))) == []
    assert case.summary["open"] is True


@pytest.mark.nightly
def test_a_decided_level_stands_in_the_register(case: Case, assessor: Person, somebody: Make) -> None:
    from risk_engine.web.decisions import Ruling

    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)
    digest = move(case, assessor, Move(ActName.ASSESS)).digest
    move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer))
    move(case, reviewer, Move(ActName.REVIEW, digest))
    sealed = cases.filed(case, SealedKind.ASSESSMENT)
    assert sealed is not None
    record = register.record_of(case)
    assert record.current is not None
    strict = tuple((one.ladder, one.levels[-1]) for one in record.current.assessment.proposals)
    move(case, decider, Move(ActName.DECIDE, digest, ruling=Ruling(strict, "Too much is open.")))
    case.refresh_from_db()
    assert case.summary["decided"] == [[ladder, level] for ladder, level in strict if ladder == "measure"]
    assert register.record_of(case).decision_state() in {"decided", "unconfirmed"}


def test_what_is_due_is_found_by_what_and_when_and_a_closed_case_needs_no_review(case: Case, assessor: Person) -> None:
    assessed(case, assessor)
    due = CaseDue.objects.get(case=case, what="review").day
    before = (due - DAY).days - 1
    assert only(assessor, due="review", days=before) == []
    assert only(assessor, due="review", days=before + 1) == ["Battery recycling"]
    assert only(assessor, due="any", days=before + 1) == ["Battery recycling"]
    assert only(assessor, due="condition", days=before + 1) == []
    assert only(assessor, due="any") == only(assessor, days=before + 1) == ["Battery recycling"]
    assert only(assessor, days=before) == []
    assert next(dues(register.record_of(case))).text == "Look at the case again"
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED)
    case.refresh_from_db()
    register.keep(case)
    assert only(assessor, due="any", days=3660) == []


def test_a_case_under_an_earlier_version_is_under_older_criteria(case: Case, poems: Case, assessor: Person) -> None:
    name, number = case.criteria.split("@")
    Case.objects.filter(pk=poems.pk).update(criteria=f"{name}@0.9.0")
    assert older([f"{name}@0.9.0", f"{name}@{number}", "nobody@1.0.0"], DAY) == [f"{name}@0.9.0"]
    assert only(assessor, is_older=True) == ["A book of poems"]


def test_the_strictest_come_first_and_what_was_not_assessed_last(case: Case, poems: Case, assessor: Person) -> None:
    assessed(case, assessor)
    for by in ("level", "due"):
        assert only(assessor, sort=by) == ["Battery recycling", "A book of poems"]
    assert only(assessor, sort="faculty") == ["A book of poems", "Battery recycling"]
    assert only(assessor, sort="number") == ["Battery recycling", "A book of poems"]
    assert len(only(assessor, sort="state")) == 2
    assert CaseLevel.objects.filter(case=poems).count() == 0


def test_what_means_nothing_in_an_address_is_told_all_of_it(case: Case, assessor: Person, browsing: Browsing) -> None:
    sent = {"state": "gone", "due": "rent", "sort": "luck", "faculty": "x", "days": "99999", "level": "blocked"}
    by, wrong = wanted(sent, ["blocked"])
    assert by == Wanted()
    assert len(wrong) == 6
    page = text_of(browsing(assessor).get(f"/cases?{urlencode(sent)}"))
    assert "“gone” is not known" in page
    assert case.number in page


def test_the_same_partner_in_other_cases_counts_only_cases_that_one_sees(
    case: Case, poems: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    for one in (case, poems):
        cases.save_entry(one, "partner", "Universität Ulm", assessor, "partner")
        cases.save_entry(one, "person", "P-01", assessor, "person")  # who is another one in each case
    rules = cases.rules(case)
    assert register.elsewhere(case, cases_for(assessor), rules) == [("Universität Ulm", 1)]
    assert "1 other case" in text_of(browsing(assessor).get(f"/cases/{case.number}"))
    physicist = somebody("Paul Physik", Role.REVIEWER, faculty=case.faculty)
    assert register.elsewhere(case, cases_for(physicist), rules) == []


# --- as a file ---


def numbers_in(client: Client, form: str) -> list[str]:
    response = client.get(f"/cases?sort=number&format={form}")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment")
    match form:
        case "csv":
            return [row[0] for row in csv.reader(io.StringIO(response.content.decode("utf-8-sig")))][1:]
        case "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
            assert sheet is not None
            return [str(row[0]) for row in sheet.iter_rows(values_only=True)][1:]
        case _:
            return [row["case"] for row in json.loads(response.content)["cases"]]


@pytest.mark.parametrize("role", by_turns([one for one in Role if one is not Role.ADMIN], 3))
def test_a_file_holds_the_rows_of_the_page_and_no_other(
    role: Role, case: Case, poems: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    secret = cases.begin(assessor, case.faculty, "Not for everybody")
    named = cases.begin(assessor, case.faculty, "For some")
    Case.objects.filter(pk__in=[secret.pk, named.pk]).update(confidential=True)
    person = somebody("Max Muster", role, faculty=case.faculty)
    CaseAccess.objects.create(case=named, person=person)
    if role in OFFICERS:  # they see a case where they are asked about it
        for one in (case, secret, named):
            Consultation.objects.create(case=one, person=person, for_opinion=True, due=DAY, by=assessor)
    client = browsing(person)
    page = text_of(client.get("/cases"))
    wanted_here = [case.number, named.number]
    assert [one.number for one in Case.objects.order_by("number") if f'/cases/{one.number}"' in page] == wanted_here
    for form in ("csv", "xlsx", "json"):
        assert numbers_in(client, form) == wanted_here
    assert poems.title not in page


def test_an_admin_has_no_list_in_any_form(case: Case, somebody: Make, browsing: Browsing) -> None:
    client = browsing(somebody("Adam Amt", Role.ADMIN))
    for address in ("/cases", "/cases?format=csv", "/cases?format=json"):
        response = client.get(address)
        assert response.status_code == 403
        assert case.number not in text_of(response)


def test_nothing_in_a_file_is_computed_by_a_spreadsheet(case: Case, assessor: Person, browsing: Browsing) -> None:
    Case.objects.filter(pk=case.pk).update(title="=HYPERLINK(1)")
    client = browsing(assessor)
    raw = client.get("/cases?format=csv").content
    assert raw.startswith(b"\xef\xbb\xbf")
    assert '"\'=HYPERLINK(1)"' in raw.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/cases?format=xlsx").content)).active
    assert sheet is not None
    assert [cell.data_type for cell in sheet[2]][:2] == ["s", "s"]


def test_a_file_is_narrowed_as_the_page_is_and_its_leaving_stands_in_the_log(
    case: Case,  # noqa: ARG001 (it is left out)
    poems: Case,
    assessor: Person,
    browsing: Browsing,
) -> None:
    client = browsing(assessor)
    assert json.loads(client.get("/cases?q=poems&format=json").content)["cases"][0]["case"] == poems.number
    event = Event.objects.get(verb="export")
    assert event.detail.detail == {"table": "cases", "form": "json", "rows": 1}
    assert client.get("/cases?format=exe").status_code == 404


def test_people_deputies_mail_and_the_work_of_somebody_are_files_too(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    admin, gone = somebody("Adam Amt", Role.ADMIN), somebody("Gerd Gegangen", Role.DECIDER, faculty=case.faculty)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    Deputy.objects.create(person=assessor, on_behalf_of=admin, starts=DAY, ends=date(2099, 1, 1))
    secret = cases.begin(assessor, case.faculty, "Not for everybody")
    Case.objects.filter(pk=secret.pk).update(confidential=True)
    for one in (case, secret):
        outbox.post(MailKind.WITHDRAWN, [assessor], one)
    client = browsing(admin)

    def rows(address: str, name: str, as_whom: Client = client) -> list[dict[str, Any]]:
        page = text_of(as_whom.get(address))
        assert all(f"?format={form}" in page for form in ("xlsx", "csv", "json"))
        assert as_whom.get(f"{address}?format=csv").content.startswith(b"\xef\xbb\xbf")
        return list(json.loads(as_whom.get(f"{address}?format=json").content)[name])

    people = {one["name"]: one for one in rows("/people", "people")}
    assert people["Adam Amt"]["roles"] == ["Admin"]
    assert [name for name, one in people.items() if one["has_left"]] == ["Gerd Gegangen"]
    assert [(one["deputy"], one["absent"]) for one in rows("/deputies", "deputies")] == [(assessor.name, "Adam Amt")]
    # Of confidential cases an admin sees no mail, in no form.
    assert [one["to"] for one in rows("/outbox", "mail")] == [assessor.email]
    mine = rows("/", "my-work", browsing(assessor))
    assert {one["number"] for one in mine} == {case.number}


# --- views ---


def test_a_view_is_kept_for_oneself_or_for_a_faculty(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing, law: Faculty
) -> None:
    client = browsing(assessor)
    query = "state=draft&evil=1&sort=title"
    client.post("/cases/views", {"name": "My drafts", "query": query})
    client.post("/cases/views", {"name": "Ours", "query": "mine=1", "share": str(case.faculty_id)})
    assert SavedView.objects.get(name="My drafts").query == "state=draft&sort=title"
    page = text_of(client.get("/cases"))
    assert "My drafts" in page
    physicist = text_of(browsing(somebody("Paul Physik", Role.REVIEWER, faculty=case.faculty)).get("/cases"))
    assert "Ours" in physicist
    assert "My drafts" not in physicist
    assert "Ours" not in text_of(browsing(somebody("Lars Lex", Role.REVIEWER, faculty=law)).get("/cases"))


def test_only_ones_own_view_can_be_let_go(case: Case, assessor: Person, somebody: Make, browsing: Browsing) -> None:
    view = SavedView.objects.create(person=assessor, name="Mine", query="mine=1", faculty=case.faculty)
    browsing(somebody("Rosa Roth", Role.REVIEWER)).post("/cases/views", {"remove": str(view.pk)})
    assert SavedView.objects.filter(pk=view.pk).exists()
    browsing(assessor).post("/cases/views", {"remove": str(view.pk)})
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_a_view_without_a_name_is_not_kept(case: Case, assessor: Person, browsing: Browsing) -> None:  # noqa: ARG001
    response = browsing(assessor).post("/cases/views", {"name": " ", "query": "mine=1"})
    assert response.status_code == 422
    assert not SavedView.objects.exists()


# --- documents ---


@pytest.mark.nightly
def test_every_document_that_is_offered_is_made_and_one_in_every_form_and_others_are_not_there(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    assessed(case, assessor)
    client = browsing(assessor)
    several = list(offered(held(register.record_of(case))))
    Job.objects.update(given_up=True)  # it is not about the ways down
    assert {one.kind for one in several} == {
        *("full", "annex", "decision", "letter", "plan", "redacted", "redacted_annex", "questions", None)
    }
    letters = [one for one in several if one.kind == "questions"]
    assert letters
    for place, one in enumerate([one for one in several if one.kind != "questions"] + letters[:1]):
        # Each takes its time, and the package tests them: the plan in every form, the others in one by turns.
        others = [form for form in one.forms if form != "pdf"]
        for form in one.forms if one.name == "plan" else others[place % max(len(others), 1) :][:1]:
            response = client.get(f"/cases/{case.number}/documents/{one.name}.{form}")
            assert response.status_code == 200, (one.name, form)
            assert response.content
    for name in ("report.xlsx", "questions.html", "questions-nobody.html", "decision.json", "nothing.pdf", "plan.exe"):
        assert client.get(f"/cases/{case.number}/documents/{name}").status_code == 404
    assert [one.why_not for one in several if one.name == "decision" and one.kind is None] == ["once it is decided"]


def test_a_record_that_is_downloaded_is_what_was_sealed(case: Case, assessor: Person, browsing: Browsing) -> None:
    assessed(case, assessor)
    sealed = cases.filed(case, SealedKind.ASSESSMENT)
    assert sealed is not None
    response = browsing(assessor).get(f"/cases/{case.number}/documents/assessment.json")
    assert response.content == bytes(sealed.content)
    bundle = browsing(assessor).get(f"/cases/{case.number}/documents/criteria.json")
    assert json.loads(bundle.content)


def test_no_file_leaves_by_a_filter_that_is_not_understood(case: Case, assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    assert case.number in client.get("/cases?format=csv").content.decode()
    refused = client.get("/cases?state=nowhere&format=csv")
    assert refused.status_code == 422
    assert "nowhere" in text_of(refused)


def test_names_are_those_of_the_cases_that_one_sees_on_the_page_and_in_the_file(
    case: Case, poems: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    for one, name in ((case, "Universität Ulm"), (poems, "Universität Ulm"), (poems, "Verlag Nord")):
        cases.save_entry(one, "partner", name, assessor, "partner")
    client = browsing(assessor)
    rows = json.loads(client.get("/partners?format=json").content)["names"]
    assert [(one["name"], one["list"], one["cases"]) for one in rows] == [
        ("Universität Ulm", "partner", 2),
        ("Verlag Nord", "partner", 1),
    ]
    assert "Verlag Nord" not in text_of(client.get("/partners?q=ULM"))
    physicist = browsing(somebody("Paul Physik", Role.REVIEWER, faculty=case.faculty))
    assert "Verlag Nord" not in text_of(physicist.get("/partners"))
    assert [one["cases"] for one in json.loads(physicist.get("/partners?format=json").content)["names"]] == [1]


@pytest.mark.nightly
def test_a_name_that_is_longer_than_a_list_shows_stays_whole_in_the_case(case: Case, assessor: Person) -> None:
    long = ("Universität " * 50).strip()
    begun = cases.begin(assessor, case.faculty, long)
    cases.save_entry(begun, "partner", long, assessor, "partner")
    begun.refresh_from_db()
    assert begun.document["title"] == long
    assert begun.title == long[:500]
    assert long.casefold() in begun.search
    assert begun.entries.get().name == long[:500]


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(
    "query",
    [
        {"faculty": "1" * 5000},
        {"days": "9" * 5000},
        {"q": " ".join(f"a{one}" for one in range(2000))},
        {"q": "a" * 55000},
        {"with": "a" * 55000},
        {"level": [f"risk={one}" for one in range(990)]},
    ],
)
def test_no_address_asks_more_than_a_database_takes(
    query: dict[str, str | list[str]], assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    for page in ("/cases", "/partners"):
        assert client.get(f"{page}?{urlencode(query, doseq=True)}").status_code == 200
