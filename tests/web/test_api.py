"""Programs: what they assess, begin, read, answer and do to cases, and what they are told where that cannot be."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.cache import cache
from django.test import Client, RequestFactory

from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.facts import Read
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.web import cases, limits, tokens
from risk_engine.web.models import Answer, Case, Consultation, Event, Faculty, Person, Sealed
from risk_engine.web.urls import handler500
from risk_engine.web.words import ActName, Role, Scope, SealedKind, State

Make = Callable[..., Person]
Program = Callable[..., Client]
ROOT = Path(__file__).parents[2]
BATTERY = (ROOT / "examples" / "battery-recycling.yaml").read_bytes()
JSON, YAML = "application/json", "application/yaml"


@pytest.fixture
def mine(assessor: Person, program: Program) -> Client:
    return program(assessor)


def sent(client: Client, address: str, body: Any, status: int = 200) -> Any:
    response = client.post(f"/api/v1/{address}", body, content_type=JSON)
    assert response.status_code == status, response.content
    return response.json() if response.content else None


def read(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == status, response.content
    return response.json()


def said(response: Any, status: int, kind: str) -> Mapping[str, Any]:
    """Return the problem that an operation answers with, which is told as RFC 9457 says."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    told: Mapping[str, Any] = json.loads(response.content)
    assert (response.status_code, told["status"], told["type"]) == (status, status, f"urn:collab-risk:problem:{kind}")
    return told


def answers(*given: tuple[str, Any, int]) -> dict[str, Any]:
    return {"answers": [{"path": path, "value": value, "base": base} for path, value, base in given]}


# --- a case that is sent ---


def test_what_is_sent_is_assessed_to_the_record_of_the_engine_and_nothing_is_kept(mine: Client) -> None:
    before = (Case.objects.count(), Answer.objects.count(), Sealed.objects.count(), Event.objects.count())
    response = mine.post("/api/v1/assess?criteria=reconnect-china@2.1.0&on=2026-11-30", BATTERY, content_type=YAML)
    criteria = load_criteria("reconnect-china@2.1.0")
    case = load_case(ROOT / "examples" / "battery-recycling.yaml", criteria)
    assert response.content == to_json(assess(case, criteria, date(2026, 11, 30)))
    as_json = json.dumps(yaml.safe_load(BATTERY), default=str)
    again = mine.post("/api/v1/assess?criteria=reconnect-china@2.1.0&on=2026-11-30", as_json, content_type=JSON)
    assert again.content == response.content
    assert before == (Case.objects.count(), Answer.objects.count(), Sealed.objects.count(), Event.objects.count())


def test_a_result_is_told_in_the_language_that_a_program_asks_for(mine: Client, assessor: Person) -> None:
    def explained(**headers: str) -> Any:
        return mine.post("/api/v1/explain", BATTERY, content_type=YAML, headers=headers).json()["proposals"]

    english, german = explained(), explained(**{"Accept-Language": "de-AT, en;q=0.5"})
    assert english != german
    assessor.language = "de"
    assessor.save()
    assert explained() == german
    assert explained(**{"Accept-Language": "en"}) == english


def test_everything_that_is_wrong_with_a_case_is_told_at_once_with_its_place(mine: Client) -> None:
    body = {
        "id": "X",
        "title": 3,
        "status": "draft",
        "collaboration": {"nope": True},
        "partner": [{"id": "p1", "x/y": 1}],
    }
    errors = said(mine.post("/api/v1/assess", body, content_type=JSON), 422, "invalid")["errors"]
    assert {one["pointer"] for one in errors} >= {"#/title", "#/collaboration/nope", "#/partner/0/x~1y"}
    assert all(one["detail"] and one["line"] == 1 for one in errors)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"criteria": "/etc"}, "#/criteria"),
        ({"criteria": "criteria/reconnect-china"}, "#/criteria"),
        ({"criteria": "nowhere@1.0.0"}, "#/criteria"),
        ({"criteria": "reconnect-china@9.9.9"}, "#/criteria"),
        ({"compare_with": ["/etc"]}, "#/compare_with"),
        ({"partner": [{"id": "p1", "on_file": "../../secret"}]}, "#/partner/0/on_file"),
    ],
)
def test_a_case_that_is_sent_names_no_file_of_the_server(body: Any, pointer: str, mine: Client) -> None:
    told = said(mine.post("/api/v1/assess", {"id": "X", "title": "X", **body}, content_type=JSON), 422, "invalid")
    assert [one["pointer"] for one in told["errors"]] == [pointer]


@pytest.mark.parametrize(("body", "media_type"), [(b'{"id": ', JSON), (b"id: [", YAML), (b"- a\n- b\n", YAML)])
def test_a_case_that_cannot_be_read_is_told_with_line_and_column(body: bytes, media_type: str, mine: Client) -> None:
    (error,) = said(mine.post("/api/v1/assess", body, content_type=media_type), 400, "unreadable")["errors"]
    assert error["line"] >= 1
    assert "pointer" not in error


def test_criteria_that_an_address_names_are_a_set_and_no_path(mine: Client) -> None:
    response = mine.post("/api/v1/assess?criteria=../criteria/reconnect-china", BATTERY, content_type=YAML)
    assert [one["parameter"] for one in said(response, 422, "invalid")["errors"]] == ["criteria"]


# --- bodies ---


@pytest.mark.parametrize(
    ("body", "media_type", "status", "kind"),
    [
        (b'{"title": "a", "title": "b", "faculty": 1}', JSON, 400, "unreadable"),
        (b'{"title": "a\\u0000b", "faculty": 1}', JSON, 400, "unreadable"),
        (b'{"title": "\xff", "faculty": 1}', JSON, 400, "unreadable"),
        (b'{"title": "\\ud800", "faculty": 1}', JSON, 400, "unreadable"),
        (b'{"title"', JSON, 400, "unreadable"),
        (b"[" * 5000, JSON, 400, "unreadable"),
        (b"title=a&faculty=1", "application/x-www-form-urlencoded", 415, "wrong-media-type"),
        (b'{"title": "a"}', "text/plain", 415, "wrong-media-type"),
        (b" " * (1024 * 1024 + 1), JSON, 413, "too-large"),
        (b"", JSON, 422, "invalid"),
        (b"[]", JSON, 422, "invalid"),
        (b'{"title": "  ", "faculty": 99}', JSON, 422, "invalid"),
    ],
)
def test_a_body_that_cannot_be_taken_is_told_and_begins_nothing(
    body: bytes, media_type: str, status: int, kind: str, mine: Client
) -> None:
    said(mine.post("/api/v1/cases", body, content_type=media_type), status, kind)
    assert not Case.objects.exists()


def test_what_is_wrong_with_a_request_is_told_at_once_in_words_of_this_program(mine: Client) -> None:
    told = said(mine.get("/api/v1/cases?state=x&days=-1&days=a&sort=y&level=z&page=0"), 422, "invalid")
    assert {one["parameter"] for one in told["errors"]} >= {"state", "days", "sort", "page", "level"}
    for place in ("cases", "register"):
        told = said(mine.get(f"/api/v1/{place}?level=nonsense=high&faculty=4711"), 422, "invalid")
        assert [(one["parameter"], one["detail"]) for one in told["errors"]] == [
            ("level", "“nonsense=high” is not known."),
            ("faculty", "“4711” is not known."),
        ]
    response = mine.post("/api/v1/cases", {"title": 3, "faculty": "1", "x": 1}, content_type=JSON)
    told_of = {one["pointer"]: one["detail"] for one in said(response, 422, "invalid")["errors"]}
    assert told_of == {
        "#/title": "a text is needed",
        "#/faculty": "a whole number is needed",
        "#/x": "nothing of this name is known here",
    }
    german = mine.get("/api/v1/cases?page=x", headers={"Accept-Language": "de"})
    assert "eine ganze Zahl" in said(german, 422, "invalid")["errors"][0]["detail"]


def test_a_filter_that_is_mistyped_is_told_and_not_left_out(mine: Client, case: Case) -> None:
    (error,) = said(mine.get("/api/v1/cases?facultyy=1"), 422, "invalid")["errors"]
    assert (error["parameter"], error["help"]) == ("facultyy", "did you mean `faculty`?")
    said(mine.get(f"/api/v1/cases/{case.number}?q=x"), 422, "invalid")


@pytest.mark.parametrize(
    ("address", "body", "pointer", "detail"),
    [
        ("answers", {"answers": []}, "#/answers", "it is too short: 1 at least"),
        ("answers", {"answers": 3}, "#/answers", "a list is needed"),
        ("answers", {"answers": [{"path": "a", "base": -1}]}, "#/answers/0/base", "0 at least"),
        ("answers", {"answers": [{"path": "a", "base": 2**31}]}, "#/answers/0/base", "2147483647 at most"),
        ("answers", {"answers": [{"path": "a" * 301, "base": 0}]}, "#/answers/0/path", "it is too long: 300 at most"),
        ("answers", {"answers": [{"base": 0}]}, "#/answers/0/path", "this is needed and not there"),
        ("acts/send", {"due": "soon"}, "#/due", "a day is needed, like 2026-01-31"),
        ("acts/send", {"note": ["x"]}, "#/note", "a text is needed"),
    ],
)
def test_each_field_says_what_it_needs(
    address: str, body: Any, pointer: str, detail: str, mine: Client, case: Case
) -> None:
    told = sent(mine, f"cases/{case.number}/{address}", body, 422)
    assert (pointer, detail) in [(one["pointer"], one["detail"]) for one in told["errors"]]


def test_what_is_not_there_and_what_is_asked_otherwise_are_problems_too(mine: Client) -> None:
    said(mine.get("/api/v1/nowhere"), 404, "not-found")
    said(mine.get("/api/v1/cases/a%00b"), 404, "not-found")
    said(mine.get("/api/v1/cases?q=a%00b"), 422, "invalid")
    response = mine.put("/api/v1/cases")
    said(response, 405, "wrong-method")
    assert response.headers["Allow"] == "GET, POST"
    broken = handler500(RequestFactory().get("/api/v1/me"))
    assert "Traceback" not in said(broken, 500, "defect")["detail"]


# --- a case of the office ---


def test_a_program_begins_answers_and_assesses_and_the_log_says_by_which_token(
    mine: Client, assessor: Person, physics: Faculty, somebody: Make
) -> None:
    assert read(mine, "me")["begins_in"] == [{"id": physics.pk, "name": "Physics"}]
    begun = sent(mine, "cases", {"title": " Battery  recycling ", "faculty": physics.pk}, 201)
    assert (begun["title"], begun["state"], begun["acts"]) == ("Battery recycling", "draft", ["assess", "close"])
    place = f"cases/{begun['number']}"
    asked = {one["path"]: one for one in read(mine, f"{place}/questions")}
    assert asked["first_look.ties"]["type"] == "boolean"
    assert asked["first_look.ties"]["number"] == 0
    entry = sent(mine, f"{place}/entries", {"list": "partner", "name": "Example Institute"})["entry"]
    given = answers(("first_look.ties", True, 0), (f"partner.{entry}.country", "JP", 0), ("first_look.use", None, 0))
    saved = sent(mine, f"{place}/answers", given)
    assert [(one["value"], one["number"], one["by"]) for one in saved["answers"]] == [
        (True, 1, "Ada Vogel"), ("JP", 1, "Ada Vogel"), (None, 1, "Ada Vogel"),
    ]  # fmt: skip
    case = read(mine, place)
    assert case["document"]["partner"] == [{"id": entry, "name": "Example Institute", "country": "JP"}]
    assert all(one["levels"] for one in case["range"]["ladders"])
    again = {"title": " Battery  recycling ", "faculty": physics.pk, "once": "grant-17"}
    assert sent(mine, "cases", again, 201)["number"] == sent(mine, "cases", again, 201)["number"]
    assert sent(mine, f"{place}/acts/assess", {"seen": begun["seen"]}, 409)["type"].endswith("conflict")
    assert sent(mine, f"{place}/acts/assess", {"seen": case["seen"]})["state"] == "assessed"
    record = mine.get(f"/api/v1/{place}/documents/assessment.json")
    assert json.loads(record.content)["digest"] == read(mine, place)["assessment"]
    assert "assessment" in {one["name"] for one in read(mine, f"{place}/documents")}
    not_yet = mine.get(f"/api/v1/{place}/documents/letter.md")  # the worker has not found its ways down
    assert (not_yet.status_code, not_yet["Retry-After"]) == (503, "5")
    assert json.loads(not_yet.content)["type"].endswith("not-yet")
    for name in ("decision.json", "report.exe", "nothing.html"):
        read(mine, f"{place}/documents/{name}", 404)
    assert read(mine, f"{place}/explanation")["case"]["id"] == begun["number"]
    rosa = somebody("Rosa Roth", Role.REVIEWER)
    sent(mine, f"{place}/acts/send", {"reviewer": "nobody@example.org"}, 422)
    done = sent(mine, f"{place}/acts/send", {"reviewer": rosa.email, "due": "2099-01-01"})
    assert done["state"] == "in_review"
    assert sent(mine, f"{place}/acts/send", {"reviewer": rosa.email, "due": "2099-01-01"}) == done
    token = tokens.good(assessor).get()
    for verb in ("begin", "answer", "assess", "send"):
        assert Event.objects.filter(verb=verb).last().detail.detail["token"] == token.pk  # type: ignore[union-attr]
    assert not mine.cookies


def test_answers_are_saved_all_or_none_and_who_answers_late_is_told_what_stands(
    mine: Client, case: Case, assessor: Person
) -> None:
    place = f"cases/{case.number}/answers"
    cases.save(case, Read("first_look", None, "ties"), True, assessor, "first_look", 0)
    late = mine.post(f"/api/v1/{place}", answers(("first_look.use", True, 0), ("first_look.ties", False, 0)), JSON)
    (error,) = said(late, 409, "conflict")["errors"]
    assert (error["pointer"], error["number"], error["value"]) == ("#/answers/1/base", 1, True)
    assert not case.answers.filter(path="first_look.use").exists()
    wrong = answers(
        ("first_look.ties", "perhaps", 1),
        ("first_look.nothing", True, 0),
        ("nothing", True, 0),
        ("first_look.use", {"a": 1}, 0),
        ("first_look.field", "", 0),
        ("first_look.data", ["true", "false"], 0),
        ("first_look.leaves", True, 0),
    )
    told = said(mine.post(f"/api/v1/{place}", wrong, JSON), 422, "invalid")
    assert [one["pointer"] for one in told["errors"]] == [
        "#/answers/0/value", "#/answers/1/path", "#/answers/2/path", "#/answers/3/value", "#/answers/4/value",
        "#/answers/5/value",
    ]  # fmt: skip
    assert not case.answers.filter(path="first_look.leaves").exists()
    sent(mine, place, answers(("first_look.ties", False, 1)))
    assert sent(mine, place, answers(("first_look.ties", False, 1)))["answers"][0]["number"] == 2
    sent(mine, place, answers(("first_look.ties", True, 1)), 409)


def test_a_list_has_entries_or_it_is_said_that_it_has_none(mine: Client, case: Case) -> None:
    place = f"cases/{case.number}/entries"
    assert sent(mine, place, {"list": "partner", "name": None}) == {"list": "partner", "entry": None}
    entry = sent(mine, place, {"list": "partner", "name": "Example  Institute"})["entry"]
    assert sent(mine, place, {"list": "partner", "name": "Example Institute"})["entry"] == entry
    for wrong in (
        {"list": "partner", "name": None},
        {"list": "first_look", "name": "X"},
        {"list": "partner", "name": " "},
        {"list": "partner", "name": "\u200b"},
    ):
        sent(mine, place, wrong, 422)
    assert mine.delete(f"/api/v1/{place}/partner/{entry}").status_code == 204
    said(mine.delete(f"/api/v1/{place}/partner/{entry}"), 404, "not-found")
    assert sent(mine, place, {"list": "partner", "name": None})["entry"] is None


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.SIGNED, State.DECIDED, State.CLOSED])
def test_a_case_whose_answers_are_closed_takes_none(state: State, mine: Client, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state=state)
    for address, body in (
        ("answers", answers(("first_look.ties", True, 0))),
        ("entries", {"list": "partner", "name": "X"}),
    ):
        said(mine.post(f"/api/v1/cases/{case.number}/{address}", body, JSON), 409, "locked")


def test_an_officer_answers_what_is_asked_of_them_alone(
    case: Case, assessor: Person, somebody: Make, program: Program
) -> None:
    officer = somebody("Olga Offen", Role.EXPORT_OFFICER)
    Consultation.objects.create(
        case=case, person=officer, by=assessor, due="2099-01-01", for_opinion=False, asked_of="legal"
    )
    theirs = program(officer)
    asked = {one["path"]: one["yours"] for one in read(theirs, f"cases/{case.number}/questions")}
    assert set(asked.values()) <= {True, False}
    assert not asked["first_look.ties"]
    told = sent(theirs, f"cases/{case.number}/answers", answers(("first_look.ties", True, 0)), 422)
    assert told["errors"][0]["pointer"] == "#/answers/0/path"
    control = {"control": next(iter(cases.rules(case).controls)), "status": "planned", "base": 0}
    said(theirs.post(f"/api/v1/cases/{case.number}/controls", control, JSON), 403, "not-allowed")


@pytest.mark.parametrize("name", [ActName.REVIEW, ActName.DECIDE, ActName.CONFIRM])
def test_no_token_signs_or_decides_and_the_problem_says_where_a_person_does(
    name: ActName, case: Case, somebody: Make, program: Program
) -> None:
    sealed = cases.seal_assessment(case)
    Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
    both = program(somebody("Max Muster", Role.REVIEWER, Role.DECIDER))
    response = both.post(f"/api/v1/cases/{case.number}/acts/{name}", {"digest": sealed.digest}, JSON)
    told = said(response, 403, "done-in-the-browser")
    assert told["where"].endswith(f"/cases/{case.number}/act/{name}")
    assert not case.acts.filter(name=name).exists()


def test_an_act_that_cannot_be_done_is_told_with_the_reason(mine: Client, case: Case) -> None:
    place = f"cases/{case.number}/acts"
    assert "Say why" in sent(mine, f"{place}/close", {}, 409)["detail"]
    assert "mildest" in sent(mine, f"{place}/file", {}, 409)["detail"]
    for name in ("answer", "edit", "nothing"):
        sent(mine, f"{place}/{name}", {}, 404)
    assert sent(mine, f"{place}/close", {"note": "Withdrawn"})["state"] == "closed"


def test_a_harmless_case_is_filed_by_a_program_as_by_its_person(mine: Client, mild: Case) -> None:
    assert sent(mine, f"cases/{mild.number}/acts/file", {})["state"] == "closed"
    assert cases.filed(mild, SealedKind.ASSESSMENT) is not None


# --- the register, the criteria ---


@pytest.mark.nightly
def test_the_register_leaves_as_the_same_file_as_in_the_browser(
    mine: Client, mild: Case, assessor: Person, physics: Faculty, browsing: Callable[[Person], Client]
) -> None:
    cases.begin(assessor, physics, "A second case")
    page = browsing(assessor)
    for query in ("sort=number", "q=second", "state=closed", f"faculty={physics.pk}&mine=1&sort=title"):
        for form in ("csv", "json"):
            there, here = (
                client.get(f"{address}?{query}&format={form}")
                for client, address in ((page, "/cases"), (mine, "/api/v1/register"))
            )
            assert here.content == there.content
    assert mine.get("/api/v1/register?format=xlsx").content.startswith(b"PK")
    assert Event.objects.filter(verb="export").last().detail.detail["form"] == "xlsx"  # type: ignore[union-attr]
    listed = read(mine, "cases?q=second")
    assert (listed["total"], listed["cases"][0]["title"]) == (1, "A second case")
    assert [one["case"] for one in read(mine, "cases?sort=number")["cases"]] == [mild.number, "2026-0002"]


def test_criteria_are_read_with_their_sources(mine: Client) -> None:
    there = {(one["name"], one["version"]): one for one in read(mine, "criteria")}
    assert there["reconnect-china", "2.0.0"]["state"] == "released"
    found = read(mine, "criteria/reconnect-china/2.0.0")
    assert len(found["indicators"]) == 63
    assert all(one["sources"] and one["sources"][0]["instrument"] for one in found["indicators"])
    facts = {one["path"]: one for one in found["facts"]}
    assert facts["first_look.ties"]["type"] == "boolean"
    for address in ("criteria/reconnect-china/9.9.9", "criteria/nowhere/1.0.0", "criteria/../x/1.0.0"):
        read(mine, address, 404)
    said(mine.get("/api/v1/criteria/reconnect-china/newest"), 422, "invalid")


def test_a_program_that_asks_too_often_waits_for_the_next_minute(mine: Client, assessor: Person) -> None:
    token, now = tokens.good(assessor).get(), int(time.time())
    for minute in (now // 60, now // 60 + 1):
        cache.set(f"asks.{token.pk}.{minute}", limits.BY_TOKEN.most - 1, 60)
    assert mine.get("/api/v1/me").status_code == 200
    cache.set(f"asks.{token.pk}.{int(time.time()) // 60}", limits.BY_TOKEN.most, 60)
    response = mine.get("/api/v1/me")
    said(response, 429, "too-many")
    assert 0 < int(response.headers["Retry-After"]) <= 60


def test_scopes_have_the_names_that_programs_know() -> None:
    names = ["assess", "cases:read", "cases:write", "cases:invite", "register:read", "criteria:read"]
    assert [str(one) for one in Scope] == names


def test_answers_of_every_kind_are_given_as_a_case_file_says_them(mine: Client, case: Case) -> None:
    # Without the first questions other groups are not asked.
    opened = answers(*((f"first_look.{one}", True, 0) for one in ("ties", "field", "leaves", "terms", "use")))
    sent(mine, f"cases/{case.number}/answers", opened)
    values = {
        "collaboration.cooperation_forms": ["project", "publication"],
        "collaboration.open_ended": False,
        "collaboration.end": "2027-01-31",
        "collaboration.review_interval_months": 12,
        "collaboration.exit_clause": False,
    }
    sent(mine, f"cases/{case.number}/answers", answers(*((path, value, 0) for path, value in values.items())))
    stated = read(mine, f"cases/{case.number}")["document"]["collaboration"]
    assert stated == {
        **{path.split(".")[1]: one for path, one in values.items()},
        "cooperation_forms": ["publication", "project"],
    }
    none = sent(mine, f"cases/{case.number}/answers", answers(("collaboration.cooperation_forms", [], 1)))
    assert none["answers"][0]["value"] == []
    wrong = answers(
        ("collaboration.cooperation_forms", ["project", "party"], 2), ("collaboration.review_interval_months", 121, 1)
    )
    errors = sent(mine, f"cases/{case.number}/answers", wrong, 422)["errors"]
    assert [one["pointer"] for one in errors] == ["#/answers/0/value", "#/answers/1/value"]
