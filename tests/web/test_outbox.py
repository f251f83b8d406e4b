"""Mail and jobs: written with the act, taken by one worker, sent at least once, and without content."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.test import Client
from django.utils import timezone

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import access, cases, consultations, erasure, guests, outbox, releases, retention, smtp
from risk_engine.web.cases import RefusedError
from risk_engine.web.models import Case, Invitation, Outbox, Person
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, MailKind, RetentionKind, Role
from tests.web.test_pages import text_of
from tests.web.test_states import decided, of_decision, sent

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
SHIPPED = "us-dod-matrix@1.1.0"


class Letters:
    """Keeps what a mail server was given; refuses while `refuses` says how often."""

    def __init__(self) -> None:
        self.kept: list[tuple[list[str], str]] = []
        self.refuses = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802 (its name)
        if self.refuses:
            self.refuses -= 1
            return "451 try again"
        mail = message_from_bytes(envelope.content, policy=default)  # type: ignore[attr-defined]
        head, body = f"From: {mail['From']}\nSubject: {mail['Subject']}\n", mail.get_content()
        self.kept.append((envelope.rcpt_tos, head + body))  # type: ignore[attr-defined]
        return "250 OK"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
    return found


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letters]:
    """A real mail server, which the settings name."""
    letters = Letters()
    controller = Controller(letters, hostname="127.0.0.1", port=(port := free_port()))
    controller.start()
    named = smtp.Server("127.0.0.1", port, "", "", "office@example.org", "none")
    for name, value in (
        ("SMTP", named),
        ("EMAIL_HOST", named.host),
        ("EMAIL_PORT", port),
        ("DEFAULT_FROM_EMAIL", named.sender),
        ("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"),
    ):
        monkeypatch.setattr(settings, name, value)
    yield letters
    controller.stop()


def to(person: Person) -> list[str]:
    return list(Outbox.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def send_all() -> None:
    while outbox.send_next():
        pass


# --- who is told ---


def test_whom_a_case_waits_for_is_told_and_who_worked_on_it_what_became_of_it(
    case: Case, assessor: Person, somebody: Make
) -> None:
    reviewer, other = somebody("Rosa Roth", Role.REVIEWER), somebody("Zoe Zweit", Role.DECIDER)
    decider = decided(case, assessor, somebody, reviewer)
    assert to(reviewer) == [MailKind.SENT, MailKind.DECIDED]
    assert to(assessor) == [MailKind.DECIDED]
    assert to(decider) == [MailKind.SIGNED]
    assert to(other) == [MailKind.SIGNED, MailKind.CONFIRM]
    move(case, other, Move(ActName.CONFIRM, of_decision(case)))
    assert to(assessor) == [MailKind.DECIDED, MailKind.DECIDED]


def test_who_assessed_is_told_of_a_return_and_who_asked_of_an_opinion(
    case: Case, assessor: Person, somebody: Make
) -> None:
    reviewer, officer = somebody("Rosa Roth", Role.REVIEWER), somebody("Xaver Zoll", Role.EXPORT_OFFICER)
    wanted = consultations.Wanted(officer, True, "", "", date(2099, 1, 31))
    consultations.ask(case, assessor, wanted)
    move(case, officer, Move(ActName.OPINION, note="No licence needed."))
    digest = sent(case, assessor, reviewer)
    move(case, reviewer, Move(ActName.RETURN, digest, note="The partner is missing."))
    assert to(officer) == [MailKind.ASKED]
    assert to(assessor) == [MailKind.OPINION, MailKind.RETURNED]


def test_an_act_that_is_refused_leaves_no_mail(case: Case, assessor: Person, somebody: Make) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    with pytest.raises(RefusedError):
        move(case, assessor, Move(ActName.SEND, reviewer=reviewer))
    assert not Outbox.objects.exists()


# --- sent ---


def test_a_mail_holds_number_and_link_and_no_content_in_the_language_of_whom_it_is_to(
    case: Case, assessor: Person, somebody: Make, server: Letters
) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    Person.objects.filter(pk=reviewer.pk).update(language="de")
    reviewer.refresh_from_db()
    sent(case, assessor, reviewer)
    assert outbox.send_next()
    ((addresses, text),) = server.kept
    assert addresses == ["roth@example.org"]
    assert "From: office@example.org" in text
    assert f"{case.number} wartet auf Ihre" in text
    assert f"http://localhost:8000/cases/{case.number}/act/review" in text
    assert case.title not in text
    assert not outbox.send_next()
    assert Outbox.objects.get().finished is not None


@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_is_in_the_language_of_whom_it_is_to_and_names_no_title(
    kind: MailKind, case: Case, assessor: Person
) -> None:
    said = []
    for language in ("en", "de"):
        row = Outbox(kind=kind, person=assessor, language=language, case=case, path="/there", secret="1234")  # noqa: S106
        mail = outbox.message(row)
        assert case.title not in f"{mail.subject} {mail.body}"
        said.append(mail.subject)
    assert len(set(said)) == 2


def test_a_server_that_refuses_is_asked_again_later_and_at_last_no_more(
    case: Case, assessor: Person, somebody: Make, server: Letters
) -> None:
    sent(case, assessor, somebody("Rosa Roth", Role.REVIEWER))
    server.refuses = outbox.MOST_TRIES
    waits = []
    for number in range(1, outbox.MOST_TRIES + 1):
        assert outbox.send_next()
        row = Outbox.objects.get()
        assert row.tries == number
        assert "try again" in row.error
        waits.append(round((row.after - timezone.now()).total_seconds() / 60))
        assert not outbox.send_next()
        Outbox.objects.update(after=timezone.now())
    assert waits[:4] == [1, 2, 4, 8]
    assert Outbox.objects.get().given_up
    assert not server.kept


def test_a_mail_that_nothing_can_be_made_of_says_why_and_is_tried_again_and_the_others_are_sent(
    case: Case, assessor: Person, somebody: Make, server: Letters, caplog: pytest.LogCaptureFixture
) -> None:
    rosa = somebody("Rosa Roth", Role.REVIEWER)
    Person.objects.filter(pk=rosa.pk).update(email="rosa@example.org\nBcc: all@example.org")
    sent(case, assessor, rosa)
    consultations.ask(case, rosa, consultations.Wanted(assessor, False, "researcher", "", cases.today()))
    assert outbox.send_next()
    assert outbox.send_next()
    assert [address for address, _text in server.kept] == [["vogel@example.org"]]
    odd = Outbox.objects.get(finished=None)
    assert (odd.tries, odd.taken, odd.given_up) == (1, None, False)
    assert odd.after > timezone.now()
    assert odd.error.startswith("ValueError: Invalid address")
    assert f"mail {odd.pk} was not sent" in caplog.text
    assert not outbox.send_next()


def test_who_may_no_longer_see_the_case_gets_nothing(
    case: Case, assessor: Person, somebody: Make, server: Letters
) -> None:
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)
    digest = sent(case, assessor, reviewer)
    move(case, reviewer, Move(ActName.REVIEW, digest))
    access.make_confidential(case, assessor)
    assert to(decider) == [MailKind.SIGNED]
    send_all()
    assert [addresses for addresses, _text in server.kept] == [["roth@example.org"]]
    assert Outbox.objects.get(person=decider).given_up


def test_what_is_too_old_is_not_sent_any_more(case: Case, assessor: Person, somebody: Make, server: Letters) -> None:
    sent(case, assessor, somebody("Rosa Roth", Role.REVIEWER))
    Outbox.objects.update(made=timezone.now() - outbox.GOOD_FOR - timedelta(days=1))
    send_all()
    assert not server.kept
    assert Outbox.objects.get().given_up


@pytest.mark.nightly
def test_what_somebody_took_and_never_finished_is_taken_again(
    case: Case, assessor: Person, somebody: Make, server: Letters
) -> None:
    sent(case, assessor, somebody("Rosa Roth", Role.REVIEWER))
    assert outbox.taken(Outbox.objects.all()) is not None
    assert outbox.taken(Outbox.objects.all()) is None
    assert not outbox.send_next()
    Outbox.objects.update(taken=timezone.now() - outbox.AGAIN - timedelta(seconds=1))
    assert outbox.send_next()
    assert len(server.kept) == 1


# --- the page ---


@pytest.mark.nightly
def test_without_a_server_the_outbox_shows_what_would_be_sent_and_takes_that_it_was_passed_on(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    sent(case, assessor, somebody("Rosa Roth", Role.REVIEWER))
    assert not outbox.send_next()
    client = browsing(somebody("Adi Min", Role.ADMIN))
    page = text_of(client.get("/outbox"))
    assert "No mail server is named" in page
    assert f"{case.number} waits for your review. http://localhost:8000/cases/{case.number}/act/review" in page
    assert case.title not in page
    client.post("/outbox", {"do": "passed_on", "mail": Outbox.objects.get().pk})
    assert "Sent or passed on" in text_of(client.get("/outbox"))
    assert Outbox.objects.get().finished is not None
    assert browsing(assessor).get("/outbox").status_code == 403


def test_a_mail_that_was_given_up_is_tried_again_when_somebody_says_so(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing, server: Letters
) -> None:
    sent(case, assessor, somebody("Rosa Roth", Role.REVIEWER))
    Outbox.objects.update(given_up=True, error="SMTPServerDisconnected: gone", tries=8)
    client = browsing(somebody("Adi Min", Role.ADMIN))
    page = text_of(client.get("/outbox"))
    assert "at least once" in page
    assert "gone" in page
    client.post("/outbox", {"do": "again", "mail": Outbox.objects.get().pk})
    send_all()
    assert len(server.kept) == 1


def test_the_outbox_shows_no_mail_of_a_confidential_case(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    access.make_confidential(case, assessor)
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    access.give(case, reviewer, assessor)
    sent(case, assessor, reviewer)
    client = browsing(somebody("Adi Min", Role.ADMIN))
    assert case.number not in text_of(client.get("/outbox"))
    client.post("/outbox", {"do": "passed_on", "mail": Outbox.objects.get().pk})
    assert Outbox.objects.get().finished is None


# --- which server ---


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "smtp://ada:p%40ss@mail.example.org?from=office@example.org",
            smtp.Server("mail.example.org", 587, "ada", "p@ss", "office@example.org", "starttls"),
        ),
        ("smtps://m.example.org?from=o@example.org", smtp.Server("m.example.org", 465, "", "", "o@example.org", "tls")),
        (
            "smtp://localhost:25?from=o@example.org&tls=no",
            smtp.Server("localhost", 25, "", "", "o@example.org", "none"),
        ),
    ],
)
def test_the_address_of_the_server_is_read_from_a_file_or_a_variable(
    text: str, found: smtp.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert smtp.read(tmp_path) is None
    (tmp_path / "smtp").write_text(f"{text}\n", encoding="utf-8")
    assert smtp.read(tmp_path) == found
    (tmp_path / "smtp").unlink()
    monkeypatch.setenv(smtp.VARIABLE, text)
    assert smtp.read(tmp_path) == found


@pytest.mark.parametrize(
    "text",
    [
        "mail.example.org",
        "http://mail.example.org?from=o@example.org",
        "smtp://mail.example.org",
        "smtp://mail.example.org:port?from=o@example.org",
        "smtp://mail.example.org?from=o@example.org&tls=maybe",
        "smtp://mail.example.org?from=o@example.org&what=1",
    ],
)
def test_an_address_that_cannot_be_read_is_told_without_its_password(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(smtp.VARIABLE, text.replace("//", "//ada:secret@"))
    with pytest.raises(RiskEngineError, match="RISK_ENGINE_SMTP") as told:
        smtp.read(tmp_path)
    assert "secret" not in f"{told.value}"


def test_a_guest_whose_link_was_closed_before_it_was_sent_gets_no_mail(
    case: Case, assessor: Person, server: Letters
) -> None:
    for name in ("Dr Berg", "Dr Tal"):
        guests.invite_by(case, ("researcher", name, "en"), assessor, "guest@example.org", mails_link=True)
    guests.revoke(Invitation.objects.get(name="Dr Berg"), assessor)
    send_all()
    assert len(server.kept) == 1
    assert Outbox.objects.filter(kind=MailKind.INVITATION, finished=None).get().given_up


@pytest.mark.nightly
def test_a_mail_is_sent_after_the_worker_that_had_it_was_killed(tmp_path: Path) -> None:
    class Slow(Letters):
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
            if not (tmp_path / "fast").exists():
                (tmp_path / "came").touch()
                import asyncio

                await asyncio.sleep(60)
            return await super().handle_DATA(server, session, envelope)

    letters = Slow()
    controller = Controller(letters, hostname="127.0.0.1", port=(port := free_port()))
    controller.start()
    environment = {
        **os.environ,
        "RISK_ENGINE_OFFICE": str(tmp_path / "office"),
        "RISK_ENGINE_SMTP": f"smtp://127.0.0.1:{port}?from=office@example.org&tls=no",
    }
    environment.pop("RISK_ENGINE_DATABASE", None)

    def python(code: str) -> str:
        command = [sys.executable, "-c", f"import django; django.setup()\nfrom risk_engine.web.models import *\n{code}"]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    subprocess.run(
        [sys.executable, "-m", "risk_engine.web.keeping", "prepare"], env=environment, check=True, capture_output=True
    )
    python(
        "p = Person.objects.create_user('rosa@example.org', name='Rosa')\n"
        "Outbox.objects.create(kind='head', person=p, language='en', path='1 2 3')"
    )
    command = [sys.executable, "-m", "risk_engine.web.worker"]
    try:
        first = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)
        wait_until((tmp_path / "came").exists)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        (tmp_path / "fast").touch()
        assert "True None" in python("row = Outbox.objects.get(); print(row.taken is not None, row.finished)")
        python("from datetime import timedelta; from django.db.models import F\n"
               "Outbox.objects.update(taken=F('taken') - timedelta(minutes=11))")  # fmt: skip
        second = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)
        wait_until(lambda: letters.kept != [])
        second.communicate(timeout=20)
        assert second.returncode == 0
    finally:
        controller.stop()
    assert "True" in python("print(Outbox.objects.get().finished is not None)")


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(1200):  # two minutes: others may be at work on this machine
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError


def test_who_may_be_the_second_person_is_told_and_finds_it_until_it_is_done(
    somebody: Make, browsing: Browsing, server: Letters
) -> None:
    petra, second = somebody("Petra Prüfer", Role.DATA_PROTECTION_OFFICER), somebody("Zoe Zweit", Role.ADMIN)
    vera, otto = somebody("Vera Wolf", Role.REVIEWER), somebody("Otto Zorn", Role.REVIEWER)
    Person.objects.filter(pk__in=[vera.pk, otto.pk]).update(edits_criteria=True)
    third = somebody("Ida Iben", Role.ASSESSOR)
    asked = erasure.ask("Somebody", "Art. 17", [erasure.item_of(_left(somebody))], petra)
    retention.propose(RetentionKind.MAIL, 30, "Rule 7", petra, is_automatic=False)
    version = releases.version_named(SHIPPED)
    assert version is not None
    for _ in range(2):
        releases.propose(version, SHIPPED, "a" * 64, vera, "Read")
    assert to(second) == [MailKind.ERASURE, MailKind.RETENTION]
    assert (to(otto), to(petra), to(vera), to(third)) == ([MailKind.CRITERIA], [], [], [])
    assert "Art. 17" in text_of(browsing(second).get("/"))
    assert all("Art. 17" not in text_of(browsing(one).get("/")) for one in (petra, otto, third))
    assert [one["title"] for one in browsing(otto).get("/?format=json").json()["my-work"]] == [f"{SHIPPED}: Read"]
    erasure.confirm(asked, second)
    assert "Art. 17" not in text_of(browsing(second).get("/"))
    send_all()
    subjects = {(to[0], text.partition("Subject: ")[2].split(" wait")[0]) for to, text in server.kept}
    assert subjects == {
        (second.email, "A rule on how long something is kept"),
        (otto.email, "Criteria for new cases"),
    }
    assert all("Somebody" not in text and "Rule 7" not in text for _to, text in server.kept)


def _left(somebody: Make) -> Person:
    person = somebody("Gone Away")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    return person
