"""Looked up as it is typed, and all partners looked up anew: what is new or gone, for whom, and who is told."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect

from risk_engine.screening.lists import Wanted, bring
from risk_engine.screening.store import Store
from risk_engine.web import cases, daily, jobs, limits, on_file, rechecks, screening
from risk_engine.web.models import Case, CaseAccess, Event, HitNews, Job, Outbox, Person, Recheck
from risk_engine.web.words import JobKind, MailKind, Role
from tests.screening import samples
from tests.web.conftest import FOLDER
from tests.web.served import WAIT, Office, barriers
from tests.web.test_outbox import to
from tests.web.test_pages import text_of

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
PAGE = "/screening"
OPTICS = "Institute of Quiet Optics"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> "Callable[[str], None]":
    """Let the office have a list of two organisations, or what stands in its place."""
    folder = tmp_path_factory.mktemp("lists")

    def made(text: str = samples.OPENSANCTIONS_CSV) -> None:
        (folder / "targets.simple.csv").write_text(text, encoding="utf-8")
        with Store.open(screening.place(), make=True) as store:
            wanted = Wanted("us-csl", str(folder / "targets.simple.csv"))
            bring(store, wanted, cases.today(), lambda *_: None, anyway=True)

    return made


@pytest.fixture(autouse=True)
def _lists(kept: Callable[..., None], _database: None) -> Iterator[None]:
    kept()
    yield
    screening.close()
    for one in FOLDER.glob("lists*"):
        shutil.rmtree(one) if one.is_dir() else one.unlink()


def named(case: Case, by: Person, name: str = OPTICS) -> None:
    cases.save_entry(case, "partner", name, by, "partner")
    case.refresh_from_db()


# --- looked up as it is typed ---


def test_a_name_is_looked_up_and_the_hit_says_why_which_list_and_how_old(assessor: Person, browsing: Browsing) -> None:
    said = text_of(browsing(assessor).post(PAGE, {"name": "institute of quiet optics", "country": "China"}))
    assert "1 hit · looked up on 1 list" in said
    assert "identical Institute of Quiet Optics" in said
    assert "the name is the same but for how it is written" in said
    assert "country CN" in said
    assert "Consolidated Screening List, US Department of Commerce; read on" in said
    assert "0 days ago, its own day is not known" in said
    assert "evidence: what others list, no law here" in said


def test_while_somebody_types_only_the_hits_come_and_no_page(assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    answer = client.post(PAGE, {"name": "quiet optics lab"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert OPTICS in text_of(answer)
    assert 'hx-swap-oob="innerHTML"' in answer.content.decode(), "how many is said to who does not see it"
    assert text_of(client.post(PAGE, {"name": "q"}, headers={"HX-Request": "true"})).strip() == (
        "Type at least two letters."
    )
    unfinished = text_of(client.post(PAGE, {"name": OPTICS, "country": "Chi"}, headers={"HX-Request": "true"}))
    assert "“Chi” is no country, so it was left out" in unfinished
    assert "1 hit" in unfinished


def test_nothing_that_is_typed_is_kept(assessor: Person, browsing: Browsing, caplog: pytest.LogCaptureFixture) -> None:
    client = browsing(assessor)
    before = Event.objects.count()
    page = client.get(PAGE).content.decode()
    assert 'method="post" action="/screening"' in page
    client.post(PAGE, {"name": "Institute of Very Quiet Optics"})
    assert Event.objects.count() == before
    assert "Very" not in caplog.text
    assert "Very" not in str(dict(client.session))
    stranger = Client(HTTP_HOST="localhost")
    sent = {"name": "Institute of Very Quiet Optics", "whose": page.partition('name="whose" value="')[2].split('"')[0]}
    stranger.post(PAGE, sent, headers={"Origin": "http://localhost"})
    assert "Very" not in str(dict(stranger.session)), "a form that comes without a sign-in is kept, but this is not"


def test_a_new_partner_is_looked_up_from_where_its_name_is_typed(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    for page, is_there in (
        (f"/cases/{case.number}/q/partner", True),
        ("/partners", True),
        (f"/cases/{case.number}/q/person", False),
    ):
        assert ('formaction="/screening"' in client.get(page).content.decode()) == is_there, page
    assert "1 hit · looked up on 1 list" in text_of(
        client.post(PAGE, {"name": OPTICS, "base": "0", "about": "partner"})
    )


def test_who_asks_more_than_anybody_types_waits(
    assessor: Person, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOOKING", limits.Limit(2, 60))
    client = browsing(assessor)
    for _time in range(2):
        assert client.post(PAGE, {"name": OPTICS}).status_code == 200
    assert client.post(PAGE, {"name": OPTICS}).status_code == 429
    typed = client.post(PAGE, {"name": OPTICS}, headers={"HX-Request": "true"})
    assert typed.status_code == 200, "the page tells it beside the field"
    assert "Too many tries" in text_of(typed)


def test_the_lists_are_asked_as_of_another_day(assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    assert "on 1 list, as of" in text_of(client.post(PAGE, {"name": OPTICS, "on": "2025-01-31"}))
    assert "On that day nobody was on any list" in text_of(client.post(PAGE, {"name": OPTICS, "on": "1999-01-31"}))
    assert "is no date" in text_of(client.post(PAGE, {"name": OPTICS, "on": "soon"}))
    link = client.get(PAGE, {"name": OPTICS, "on": "2025-01-31"})
    assert "on 1 list, as of" in text_of(link)


def test_a_list_that_is_too_old_warns_beside_its_hits(assessor: Person, browsing: Browsing) -> None:
    said = text_of(browsing(assessor).post(PAGE, {"name": OPTICS}))
    assert "who is not on it may be on the newer one" not in said
    with Store.open(screening.place()) as store:
        store.connection.execute(
            "UPDATE versions SET head = json_set(head, '$.stale_after', 0, '$.made_on', '2020-01-01')"
        )
    assert "who is not on it may be on the newer one" in text_of(browsing(assessor).post(PAGE, {"name": OPTICS}))


# --- what is new or gone ---


def recheck(by: Person) -> Job:
    job = rechecks.ask(by)
    while jobs.run_next(are_long=True):
        pass
    job.refresh_from_db()
    assert job.finished, job.error
    return job


def news() -> list[tuple[str, str]]:
    return [(one.what, one.hit) for one in HitNews.objects.order_by("pk")]


def test_only_what_is_new_or_gone_since_the_last_time_is_told(
    case: Case, assessor: Person, kept: Callable[..., None], browsing: Browsing
) -> None:
    named(case, assessor)
    client = browsing(assessor)
    client.post("/screening/changes")
    recheck(assessor)
    assert news() == [("new", "us-csl/NK-a1")]
    recheck(assessor)
    assert len(news()) == 1, "it was there the last time"
    kept("".join(one for one in samples.OPENSANCTIONS_CSV.splitlines(keepends=True) if "NK-a1" not in one))
    assert "What is listed has changed since." in text_of(client.get("/screening/changes"))
    recheck(assessor)
    assert news() == [("new", "us-csl/NK-a1"), ("gone", "us-csl/NK-a1")]
    said = text_of(client.get("/screening/changes"))
    assert f"{OPTICS} {case.number} New or gone gone" in said
    rows = client.get("/screening/changes", {"format": "json"}).json()
    assert [(one["what"], one["entry"]) for one in rows["new-and-gone"]] == [("gone", OPTICS), ("new", OPTICS)]
    event = Event.objects.filter(verb="recheck").select_related("detail").latest("number")
    assert event.detail.detail == {"organisations": 1, "new": 0, "gone": 1}


def test_what_was_ruled_out_is_nothing_new_until_the_entry_changes(
    case: Case, assessor: Person, kept: Callable[..., None]
) -> None:
    named(case, assessor)
    entry = cases.record(case).entries("partner")[0]["id"]
    asked = screening.asked_in(cases.record(case), "partner", entry)
    assert asked is not None
    screening.decide(case, asked, screening.screened(asked).hits[0], "ruled_out", "Another town.", assessor)
    recheck(assessor)
    assert news() == []
    kept(samples.OPENSANCTIONS_CSV.replace("12 Pine Road", "13 Pine Road"))
    recheck(assessor)
    assert news() == [("new", "us-csl/NK-a1")]


def test_a_confidential_case_is_told_to_who_is_named_in_it_alone_and_what_is_on_file_to_everybody(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    named(case, assessor)
    dossier = on_file.begin(assessor, "partner", "Pine Works")
    recheck(assessor)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    CaseAccess.objects.create(case=case, person=assessor)
    other = browsing(somebody("Rosa Roth", Role.REVIEWER))
    for form in ({}, {"format": "csv"}):
        mine, theirs = (
            client.get("/screening/changes", form).content.decode() for client in (browsing(assessor), other)
        )
        assert case.number in mine
        assert case.number not in theirs
        assert OPTICS not in theirs
        assert dossier.key in theirs


def test_people_of_a_case_are_told_by_mail_of_what_changed_and_not_of_the_first_time(
    case: Case, assessor: Person, kept: Callable[..., None], somebody: Make
) -> None:
    named(case, assessor)
    auditor = somebody("Otto Prüf", Role.AUDITOR)
    recheck(assessor)
    assert MailKind.HITS not in to(assessor), "who named the partner saw its hits"
    kept(samples.OPENSANCTIONS_CSV.replace("Quiet Optics Laboratory", "Quiet Optical Laboratory"))
    recheck(assessor)
    assert to(assessor).count(MailKind.HITS) == 1
    assert to(auditor) == []
    assert Outbox.objects.get(kind=MailKind.HITS).path == f"/cases/{case.number}"


def test_the_office_looks_all_up_by_itself_on_a_day_on_which_the_lists_are_others(
    case: Case, assessor: Person, kept: Callable[..., None]
) -> None:
    named(case, assessor)
    mine = Job.objects.filter(kind=JobKind.RECHECK)
    daily.run(cases.today())
    assert mine.count() == 1
    jobs.run_next(are_long=True)
    assert news() == [("new", "us-csl/NK-a1")]
    mine.delete()
    daily.run(cases.today())
    assert mine.count() == 0, "nothing has changed"
    kept(samples.OPENSANCTIONS_CSV.replace("12 Pine Road", "13 Pine Road"))
    daily.run(cases.today())
    assert mine.count() == 1
    assert Event.objects.filter(verb="recheck", person=None).count() == 1


def test_who_only_reads_asks_for_no_recheck(somebody: Make, browsing: Browsing) -> None:
    reader = browsing(somebody("Otto Prüf", Role.AUDITOR))
    assert reader.get("/screening/changes").status_code == 200
    assert reader.post("/screening/changes").status_code == 403
    admin = browsing(somebody("Anna Admin", Role.ADMIN))
    assert admin.get("/screening/changes").status_code == 403, "they see no case"
    assert not Job.objects.exists()


def test_what_is_shown_no_more_is_cleared_but_the_last_time_stays(case: Case, assessor: Person) -> None:
    named(case, assessor)
    recheck(assessor)
    Recheck.objects.update(at=timezone.now() - rechecks.SHOWN - timedelta(days=1))
    rechecks.clear()
    assert news(), "it is the last one"
    recheck(assessor)
    rechecks.clear()
    assert news() == []


def test_a_file_of_lists_that_is_damaged_is_told_and_the_rest_of_the_day_is_done(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    named(case, assessor)
    auditor = somebody("Otto Prüf", Role.AUDITOR)
    screening.close()
    screening.place().write_bytes(b"no lists at all" * 100)
    client = browsing(assessor)
    for page in ("/screening/changes", "/screening/lists", "/screening/lists/us-csl"):
        answer = client.get(page)
        assert answer.status_code == 503
        assert "The lists of the office cannot be read." in text_of(answer)
        assert str(FOLDER) not in text_of(answer)
    assert "The lists of the office cannot be read." in text_of(client.post(PAGE, {"name": OPTICS}))
    daily.run(cases.today())
    jobs.run_next(are_long=True)
    assert Job.objects.get(kind=JobKind.RECHECK).given_up
    assert MailKind.HEAD in to(auditor)


# --- in a browser ---


@pytest.mark.nightly
def test_hits_come_while_a_name_is_typed_and_without_scripts_by_the_button(
    ada: BrowserContext, served: Office, chromium: Browser, tmp_path: Path
) -> None:
    (tmp_path / "targets.simple.csv").write_text(samples.OPENSANCTIONS_CSV, encoding="utf-8")
    with Store.open(served.folder / "lists.sqlite", make=True) as store:
        bring(store, Wanted("us-csl", str(tmp_path / "targets.simple.csv")), cases.today(), lambda *_: None)
    page = ada.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
    page.goto(PAGE)
    page.locator("#name").press_sequentially("institute of quiet optics", delay=15)
    expect(page.locator("#found .hit")).to_contain_text(OPTICS, timeout=WAIT)
    expect(page.locator("#how-many")).to_have_text("1 hit")
    assert len(asked) < len(OPTICS) / 2, "not for each letter"
    assert page.url.endswith(PAGE), "what was typed stands in no address"
    page.locator("#name").fill("Nobody of That Name Whatsoever")
    expect(page.locator("#how-many")).to_have_text("No hit", timeout=WAIT)
    barriers(page)
    page.goto("/screening/lists")
    barriers(page)
    without = chromium.new_context(
        base_url=served.address, java_script_enabled=False, storage_state=ada.storage_state()
    ).new_page()
    without.goto(PAGE)
    without.fill("#name", OPTICS)
    without.click("main form button")
    expect(without.locator("#found .hit")).to_contain_text(OPTICS, timeout=WAIT)
