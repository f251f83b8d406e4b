"""What the worker does each day, and long jobs: once, for whoever it is for, and given up where it cannot be done."""

import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone

from risk_engine.engine.facts import Read
from risk_engine.web import access, cases, consultations, daily, guests, jobs, outbox, worker
from risk_engine.web.models import Case, Job, Outbox, Person
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, JobKind, MailKind, Role, State
from tests.web.test_outbox import to
from tests.web.test_pages import text_of
from tests.web.test_states import assessed, decided, sent

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]


# --- each day ---


def test_each_day_people_are_told_once_of_what_is_due_and_of_invitations_that_end(
    case: Case, assessor: Person, somebody: Make
) -> None:
    reviewer, officer = somebody("Rosa Roth", Role.REVIEWER), somebody("Xaver Zoll", Role.EXPORT_OFFICER)
    auditor = somebody("Otto Prüf", Role.AUDITOR)
    today = cases.today()
    consultations.ask(case, assessor, consultations.Wanted(officer, True, "", "", today + timedelta(days=3)))
    guest, _token = guests.invite(case, "researcher", "Dr Berg", "en", assessor)
    guest.expires = timezone.now() + timedelta(days=1)
    guest.save()
    sent(case, assessor, reviewer)
    Case.objects.update(due=today + timedelta(days=7))
    for _day in range(2):
        daily.run(today)
    assert to(officer) == [MailKind.ASKED, MailKind.DUE]
    assert to(reviewer) == [MailKind.SENT, MailKind.DUE]
    assert to(assessor) == [MailKind.EXPIRES]
    assert to(auditor) == [MailKind.HEAD]
    assert Outbox.objects.get(person=auditor).path.startswith(f"{today} ")


def test_who_assessed_is_told_when_a_decided_case_is_to_be_looked_at_again(
    case: Case, assessor: Person, somebody: Make
) -> None:
    decided(case, assessor, somebody, somebody("Rosa Roth", Role.REVIEWER))
    case.refresh_from_db()
    day = case.dues.get().day
    daily.run(day - timedelta(days=8))
    assert to(assessor) == [MailKind.DECIDED]
    daily.run(day - timedelta(days=7))
    assert to(assessor) == [MailKind.DECIDED, MailKind.DUE]
    assert Case.objects.get().state == State.DECIDED


@pytest.mark.nightly
def test_where_who_assessed_has_left_who_may_go_on_with_a_case_is_told(
    case: Case, assessor: Person, somebody: Make
) -> None:
    decided(case, assessor, somebody, somebody("Rosa Roth", Role.REVIEWER))
    Person.objects.filter(pk=assessor.pk).update(is_active=False)
    other = somebody("Bea Bunt", Role.ASSESSOR)
    case.refresh_from_db()
    day = case.dues.get().day
    for _run in range(2):
        daily.run(day)
    assert to(other) == [MailKind.DUE]


def test_who_had_a_case_as_a_task_is_told_that_it_was_taken_back_and_of_the_day_when_it_comes_again(
    case: Case, assessor: Person, somebody: Make
) -> None:
    reviewer, due = somebody("Rosa Roth", Role.REVIEWER), cases.today() + timedelta(days=3)
    for number in (1, 2):
        digest = assessed(case, assessor)
        move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer, due=due))
        for _run in range(2):
            daily.run(cases.today())
        if number == 1:
            move(case, assessor, Move(ActName.WITHDRAW, note="the partner is missing"))
    assert to(reviewer) == [MailKind.SENT, MailKind.DUE, MailKind.WITHDRAWN, MailKind.SENT, MailKind.DUE]
    assert to(assessor) == []


@pytest.mark.nightly
def test_who_had_a_hand_in_a_decision_is_told_that_the_case_is_open_again(
    case: Case, assessor: Person, somebody: Make
) -> None:
    reviewer, second = somebody("Rosa Roth", Role.REVIEWER), somebody("Zoe Zweig", Role.DECIDER)
    decider = decided(case, assessor, somebody, reviewer)
    move(case, assessor, Move(ActName.REOPEN, note="the partner is another one"))
    for person in (reviewer, decider, second):
        assert to(person)[-1] == MailKind.REOPENED
    assert MailKind.REOPENED not in to(assessor)


@pytest.mark.usefixtures("office")
def test_a_day_is_begun_once_and_its_work_done_once() -> None:
    assert worker.work_once()
    assert not worker.work_once()
    # What takes long, such as the look at what changed, is another process's.
    assert Job.objects.exclude(kind=JobKind.MONITOR).get().finished is not None
    assert Job.objects.filter(kind=JobKind.MONITOR).count() == 1


# --- jobs ---


def test_all_documents_are_made_by_the_worker_for_whoever_asked_and_nobody_else(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk_engine.report.pages.pack.FORMS", ("md",))
    client = browsing(assessor)
    assert client.post(f"/cases/{case.number}/pack").status_code == 404
    sent(case, assessor, somebody("Rosa Roth", Role.REVIEWER))
    Job.objects.filter(kind=JobKind.WAYS).update(given_up=True)  # they take their time
    address = client.post(f"/cases/{case.number}/pack").headers["Location"]
    assert client.post(f"/cases/{case.number}/pack").headers["Location"] == address
    assert "next in line" in text_of(client.get(address))
    assert client.get(f"{address}/file").status_code == 404
    while jobs.run_next():
        pass
    assert "It is here for a week." in text_of(client.get(address))
    response = client.get(f"{address}/file")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{case.number}.zip"'
    names = zipfile.ZipFile(BytesIO(response.content)).namelist()
    assert f"{case.number}/annex.md" in names
    stranger = browsing(somebody("Bea Bunt", Role.ASSESSOR))
    assert stranger.get(address).status_code == stranger.get(f"{address}/file").status_code == 404
    Job.objects.update(finished=timezone.now() - jobs.KEPT - timedelta(days=1))
    gone = jobs.file_of(Job(pk=10**6, kind=JobKind.WAYS))
    gone.write_bytes(b"{}")  # of a case that was deleted, with its jobs
    daily_job = Job.objects.create(kind=JobKind.DAILY, language="en")
    while jobs.run_next():
        pass
    daily_job.refresh_from_db()
    assert daily_job.finished is not None
    assert not gone.exists()
    assert "no longer here" in text_of(client.get(address))


@pytest.mark.nightly
def test_the_documents_of_a_case_that_was_opened_again_hold_no_decision_on_what_stood_before(
    case: Case, assessor: Person, somebody: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk_engine.report.pages.pack.FORMS", ("md",))
    decider = decided(case, assessor, somebody, somebody("Rosa Roth", Role.REVIEWER))
    assert "decision.json" in _names_of_a_pack(case, assessor)
    move(case, decider, Move(ActName.REOPEN, note="the partner answered"))
    cases.save(case, Read("first_look", None, "ties"), True, assessor, "first_look", 1)
    move(case, assessor, Move(ActName.ASSESS))
    assert "decision.json" not in _names_of_a_pack(case, assessor)


def _names_of_a_pack(case: Case, by: Person) -> list[str]:
    Job.objects.filter(kind=JobKind.WAYS).update(given_up=True)  # they take their time
    job = jobs.ask_for_pack(case, by, "en")
    while jobs.run_next():
        pass
    return [name.rpartition("/")[2] for name in zipfile.ZipFile(jobs.file_of(job)).namelist()]


def test_a_job_on_a_case_that_is_not_there_for_somebody_any_more_is_given_up(
    case: Case, assessor: Person, somebody: Make
) -> None:
    auditor = somebody("Otto Prüf", Role.AUDITOR)
    sent(case, assessor, somebody("Rosa Roth", Role.REVIEWER))
    Job.objects.filter(kind=JobKind.WAYS).update(given_up=True)  # they take their time
    job = jobs.ask_for_pack(case, auditor, "en")
    access.make_confidential(case, assessor)
    assert jobs.run_next()
    job.refresh_from_db()
    assert job.given_up
    assert "not there for you" in job.error
    assert not jobs.file_of(job).exists()


@pytest.mark.usefixtures("office")
def test_a_job_that_ends_its_worker_each_time_is_given_up() -> None:
    job = Job.objects.create(kind=JobKind.DAILY, language="en", tries=outbox.MOST_TRIES)
    assert jobs.run_next()
    job.refresh_from_db()
    assert job.given_up
    assert not jobs.run_next()
