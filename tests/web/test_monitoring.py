"""What changed around cases: told the worst first to who sees the case, and acknowledged with a reason."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from risk_engine.files.reading import examples_folder
from risk_engine.files.source import read
from risk_engine.model.profile import Profile
from risk_engine.office.monitor.cases import Outcome
from risk_engine.office.monitor.criteria import Group, Target
from risk_engine.office.monitor.state import State as Seen
from risk_engine.web import cases, daily, demo, jobs, monitoring, on_file, screening
from risk_engine.web.models import Case, CaseAccess, Changed, ChangeSeen, Event, Faculty, Job, Look, Person, Touched
from risk_engine.web.stated import case_stating
from risk_engine.web.words import JobKind, Role, Scope, State
from tests.web.test_hits import KARLSBORG, hit_of, kept_lists, lists  # noqa: F401 (fixtures)

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
WHY = "Assessed again on Monday."


_OUTCOMES: dict[str, list[Outcome | str]] = {}
_worked_out = Group.outcomes


def _once(group: Group, target: Target, profile: Profile | None) -> Iterator[Outcome | str]:
    rows = [one.row for one in group.cases]
    key = repr((group.own.digest, target.criteria.digest, target.day, profile, rows))
    if key not in _OUTCOMES:
        _OUTCOMES[key] = [*_worked_out(group, target, profile)]
    yield from _OUTCOMES[key]


@pytest.fixture(autouse=True)
def _same_cases_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a version makes of the same case takes most of a look: it is worked out once for all tests."""
    monkeypatch.setattr(Group, "outcomes", _once)


@pytest.fixture
def people(somebody: Make) -> dict[str, Person]:
    names = {"ada": ("Ada Adler", Role.ASSESSOR), "rosa": ("Rosa Reiter", Role.REVIEWER)}
    names |= {"dora": ("Dora Decker", Role.DECIDER), "zoe": ("Zoe Zweig", Role.DECIDER)}
    return {key: somebody(name, role) for key, (name, role) in names.items()}


@pytest.fixture
def decided(people: dict[str, Person], physics: Faculty) -> Case:
    """A case that was decided under a version that another one has replaced since."""
    stated = dict(read(examples_folder() / "drone-swarm.yaml").data) | {"id": "2026-0007", "status": "draft"}
    case = case_stating(stated, f"{stated['criteria']}@1.0.0", physics, people["ada"], "test")
    demo.go(case, State.DECIDED, people, people["ada"], adopt=False)
    case.refresh_from_db()
    return case


def looked() -> Look:
    """Look as the worker does."""
    while jobs.run_next(are_long=True):
        pass
    found = monitoring.last_look()
    assert found is not None, Job.objects.values_list("error", flat=True)
    return found


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content.decode())).split())


def form_of(response: object) -> dict[str, str]:
    """Return the hidden fields of the first form that acknowledges something."""
    content: bytes = response.content  # type: ignore[attr-defined]
    part = content.decode().split('class="hit')[1]
    return dict(re.findall(r'type="hidden" name="(change|seen)" value="([^"]*)"', part)) | {"do": "acknowledge"}


def test_the_office_looks_each_day_and_tells_what_a_version_in_force_does_to_a_decided_case(
    decided: Case, people: dict[str, Person], browsing: Browsing
) -> None:
    daily.run(cases.today())
    daily.run(cases.today())
    assert Job.objects.filter(kind=JobKind.MONITOR).count() == 1, "once a day"
    looked()
    page = text_of(browsing(people["ada"]).get("/monitor"))
    assert decided.number in page
    assert "decides cases otherwise" in page
    assert "(decided)" in page
    assert not Job.objects.filter(given_up=True).exists()
    decided.refresh_from_db()
    assert decided.state == State.DECIDED, "nothing is decided by it"
    event = Event.objects.get(verb="monitor_look")
    assert event.detail.detail == {"changes": Changed.objects.count()}


def test_what_is_acknowledged_with_a_reason_is_not_told_again_until_it_changes(
    decided: Case, people: dict[str, Person], browsing: Browsing
) -> None:
    ada = browsing(people["ada"])
    ada.post("/monitor", {"do": "look"})
    looked()
    sent = form_of(ada.get("/monitor"))
    assert ada.post("/monitor", {**sent, "reason": " "}).status_code == 422
    assert ada.post("/monitor", {**sent, "seen": "x", "reason": WHY}).status_code == 422
    assert not ChangeSeen.objects.exists()
    assert ada.post("/monitor", {**sent, "reason": WHY}).status_code == 302
    page = ada.get("/monitor")
    assert f'id="change-{sent["change"]}"' not in page.content.decode()
    assert WHY in text_of(page), "who, when and why stay there to be read"
    ada.post("/monitor", {"do": "look"})
    again = looked()
    assert again.before == cases.today()
    assert f'id="change-{sent["change"]}"' not in ada.get("/monitor").content.decode()
    Touched.objects.filter(case=decided).update(facts={"other": True})  # it touches the case otherwise
    assert f'id="change-{sent["change"]}"' in ada.get("/monitor").content.decode()


def test_of_a_case_that_somebody_does_not_see_no_change_tells(
    decided: Case, people: dict[str, Person], somebody: Make, browsing: Browsing
) -> None:
    monitoring.ask(people["ada"])
    looked()
    Case.objects.filter(pk=decided.pk).update(confidential=True)
    rosa = browsing(people["rosa"])
    page = text_of(rosa.get("/monitor"))
    assert decided.number not in page
    assert decided.title not in page
    ada = browsing(people["ada"])
    CaseAccess.objects.create(case=decided, person=people["ada"])
    ada.post("/monitor", {**form_of(ada.get("/monitor")), "reason": "Of the secret one."})
    assert "Of the secret one." in text_of(ada.get("/monitor"))
    assert "Of the secret one." not in text_of(rosa.get("/monitor"))
    lars = browsing(somebody("Lars Lex", Role.ASSESSOR, faculty=Faculty.objects.create(name="Law")))
    assert decided.number not in text_of(lars.get("/monitor"))


def test_programs_read_a_calendar_and_a_feed_of_what_the_person_may_see(
    decided: Case, people: dict[str, Person], browsing: Browsing, program: Callable[..., Client]
) -> None:
    assert b"VEVENT" not in browsing(people["ada"]).get("/monitor/changes.ics").content, "nobody looked"
    monitoring.ask(people["ada"])
    made = looked()
    due = {"case": decided.number, "what": "review", "day": "2027-01-31", "text": "review", "overdue": False}
    change = Changed.objects.create(
        look=made, kind="due", about=due, least=7, is_event=False, first=cases.today(), is_new=True, touches_some=True
    )
    Touched.objects.create(change=change, case=decided, state="decided", gravity=6, facts={}, lines=[], is_new=True)
    ada = browsing(people["ada"])
    calendar, feed = ada.get("/monitor/changes.ics"), ada.get("/monitor/changes.atom")
    assert calendar.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"DTSTART;VALUE=DATE:20270131\r\n" in calendar.content
    assert feed.content.count(b"<entry>") == Changed.objects.count()
    token = program(people["ada"])
    assert token.get("/api/v1/changes?format=atom").content == feed.content
    assert b"DTSTART;VALUE=DATE:20270131\r\n" in token.get("/api/v1/changes").content
    assert token.get("/api/v1/changes?format=pdf").status_code == 422
    assert program(people["ada"], Scope.REGISTER_READ).get("/api/v1/changes").status_code == 403
    assert ada.get("/monitor/changes.pdf").status_code == 404
    found = monitoring.found_for(people["ada"])
    (told,) = [one for one in found.report.changes if one.kind == "due"] if found else []
    monitoring.acknowledge(people["ada"], told.id, monitoring.digest_of(told), WHY)
    assert b"DTSTART;VALUE=DATE:20270131\r\n" in ada.get("/monitor/changes.ics").content, "it is due all the same"
    assert ada.get("/monitor/changes.atom").content.count(b"<entry>") == Changed.objects.count() - 1
    Case.objects.filter(pk=decided.pk).update(confidential=True)
    answers = [browsing(people["rosa"]).get(f"/monitor/changes.{form}").content for form in ("ics", "atom")]
    answers += [program(people["rosa"]).get(f"/api/v1/changes?format={form}").content for form in ("ics", "atom")]
    assert not [one for one in answers if decided.number.encode() in one or decided.title.encode() in one]
    assert Client().get("/monitor/changes.ics").status_code in {302, 404}


def test_who_only_reads_acknowledges_nothing_and_an_admin_sees_none_of_it(
    decided: Case, people: dict[str, Person], somebody: Make, browsing: Browsing
) -> None:
    monitoring.ask(people["ada"])
    looked()
    auditor = browsing(somebody("Otto Ohr", Role.AUDITOR))
    page = auditor.get("/monitor")
    assert decided.number in text_of(page)
    assert 'name="reason"' not in page.content.decode()
    assert auditor.post("/monitor", {"do": "look"}).status_code == 403
    assert browsing(somebody("Anna Amt", Role.ADMIN)).get("/monitor").status_code == 403


@pytest.mark.nightly
def test_what_a_look_says_of_a_case_goes_with_the_case_and_with_what_is_erased_of_it(
    decided: Case, people: dict[str, Person], end: Callable[[Case, Person, str], None]
) -> None:
    monitoring.ask(people["ada"])
    looked()
    assert any(one.lines for one in Touched.objects.filter(case=decided))
    cases.make_anew(decided)
    assert not any(one.lines for one in Touched.objects.filter(case=decided))
    end(decided, people["ada"], "over")
    assert not Touched.objects.exists()


@pytest.mark.nightly
@pytest.mark.usefixtures("decided")
def test_as_many_questions_are_asked_for_many_changes_as_for_few(
    people: dict[str, Person], physics: Faculty, browsing: Browsing
) -> None:
    monitoring.ask(people["ada"])
    made = looked()
    client = browsing(people["ada"])

    def asked() -> int:
        client.get("/monitor")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/monitor").status_code == 200
        return len(found)

    few = asked()
    for number in range(5):
        other = cases.begin(people["ada"], physics, f"Another {number}")
        due = {"case": other.number, "what": "review", "day": f"{cases.today() + timedelta(number)}", "text": "review"}
        change = Changed.objects.create(
            look=made, kind="due", about={**due, "overdue": False}, least=7, is_event=False,
            first=cases.today(), is_new=True, touches_some=True,
        )  # fmt: skip
        Touched.objects.create(change=change, case=other, state="open", gravity=6, facts={}, lines=[], is_new=True)
    assert asked() == few
    assert few <= 20


@pytest.mark.usefixtures("lists")
def test_what_lists_say_of_partners_is_part_of_the_look_until_somebody_decides_about_it(
    decided: Case, people: dict[str, Person], somebody: Make, browsing: Browsing
) -> None:
    ada = people["ada"]
    on_file.begin(ada, "partner", "Karlsborg University")
    Case.objects.filter(pk=decided.pk).update(confidential=True)
    CaseAccess.objects.create(case=decided, person=ada)
    monitoring.ask(ada)
    made = looked()
    states = {one["name"]: one["state"] for one in made.parts}
    assert (states["lists"], states["profiles"]) == ("looked", "looked")
    (change,) = Changed.objects.filter(kind="listed")
    assert change.about["entry"] == "Karlsborg University"
    auditor = browsing(somebody("Otto Ohr", Role.AUDITOR))
    assert "Karlsborg University" in text_of(auditor.get("/monitor")), "what is on file everybody sees who sees cases"
    assert 'href="/partners?q=Karlsborg+University"' in auditor.get("/monitor").content.decode()
    asked = Seen.model_validate_json(made.state).asked
    assert [one.name for one in asked.values() if one.hits] == [""], "who was asked about is not kept by name"
    screening.decide(None, KARLSBORG, hit_of(KARLSBORG), "ruled_out", WHY, ada)
    monitoring.ask(ada)
    looked()
    assert not Changed.objects.filter(kind="listed").exists()


@pytest.mark.usefixtures("lists")
def test_a_hit_of_a_partner_of_a_case_is_told_with_the_case_and_goes_with_it(
    people: dict[str, Person], physics: Faculty, browsing: Browsing, end: Callable[[Case, Person, str], None]
) -> None:
    stated = dict(read(examples_folder() / "drone-swarm.yaml").data) | {"id": "2026-0008", "status": "draft"}
    partner = dict(next(iter(stated["partner"]))) | {"id": "karlsborg", "name": "Karlsborg University"}
    case = case_stating(
        stated | {"partner": (*stated["partner"], partner)}, f"{stated['criteria']}@1.0.0", physics, people["ada"], "t"
    )
    demo.go(case, State.DECIDED, people, people["ada"], adopt=False)
    monitoring.ask(people["ada"])
    looked()
    (change,) = Changed.objects.filter(kind="listed")
    assert [one.case_id for one in change.touched.all()] == [case.pk]
    page = browsing(people["ada"]).get("/monitor")
    assert "Karlsborg University" in text_of(page)
    assert f'href="/cases/{case.number}/hits/partner/karlsborg"' in page.content.decode(), "there it is decided"
    end(case, people["ada"], "over")
    assert not Changed.objects.filter(kind="listed").exists()
    made = monitoring.last_look()
    assert made is not None
    assert not [one for one in Seen.model_validate_json(made.state).found if one.kind == "listed"]


@pytest.mark.nightly
@pytest.mark.usefixtures("decided")
def test_without_lists_and_files_the_page_says_that_they_were_not_looked_at(
    people: dict[str, Person], browsing: Browsing
) -> None:
    monitoring.ask(people["ada"])
    looked()
    page = text_of(browsing(people["ada"]).get("/monitor"))
    assert "lists: not looked at" in page
    assert "what is on file: not looked at" in page
    assert "criteria: looked at" in page
