"""Whoever reads something of the office reads it in their language; what that lacks is in English as a whole."""

import gettext
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from risk_engine.files import language
from risk_engine.files.source import read
from risk_engine.loading.sets import VARIABLE
from risk_engine.web import cases, guests, jobs, outbox
from risk_engine.web.models import Case, Faculty, Job, Outbox, Person
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, MailKind
from tests.cli.running import LOAN_CASE
from tests.versions import two_releases

Browsing = Callable[[Person], Client]
APART = re.compile(r" [:;?!»]|« |\w'\w")
"""What French prints with a space at which no line ends, or with a curved mark."""


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))


class Untranslated(gettext.NullTranslations):
    """Marks what has no translation, so that it is seen where it is shown."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{context} {message}⟧"


@pytest.fixture
def marking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every message that French lacks marked where it is shown."""
    known: gettext.NullTranslations = Untranslated()
    for path in sorted((language.folder() / "fr" / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            domain = gettext.GNUTranslations(file)
        domain.add_fallback(known)
        known = domain
    monkeypatch.setattr(language, "_translation", lambda _tag: known)


def in_french(response: object) -> str:
    """Return what a page says, all of it in French, marked as that and set as French is."""
    content: bytes = response.content  # type: ignore[attr-defined]
    page = content.decode()
    assert '<html lang="fr">' in page
    assert ' lang="en"' not in page
    text = text_of(response)
    assert re.findall("⟦[^⟧]*⟧", text) == []
    assert re.findall(rf".{{0,20}}(?:{APART.pattern})", text) == []
    return text


@pytest.mark.usefixtures("marking")
def test_a_guest_goes_the_whole_way_in_french(case: Case, assessor: Person) -> None:
    made, token = guests.invite(case, "researcher", "Dr Berg", "fr", assessor)
    client = Client(HTTP_HOST="localhost", headers={"Accept-Language": "en"})
    assert "le service de la recherche vous interroge" in in_french(client.get(f"/i/{token}"))
    client.post(f"/i/{token}")
    assert "Premières questions" in in_french(client.get("/i"))
    client.post("/i/entries/technology", {"name": "Cathodes"})
    (entry,) = set(re.findall(r"/i/q/technology/[\w-]+", client.get("/i/q/technology").content.decode()))
    for address in ("/i/q/first_look", "/i/q/technology", entry):
        in_french(client.get(address))
    wrong: dict[str, str | list[str]] = {"technology.cathodes.trl": "onze", "base.technology.cathodes.trl": "0"}
    wrong |= {"technology.cathodes.uses_ai": ["?", "true"], "base.technology.cathodes.uses_ai": "0"}
    assert "2 réponses n’ont pas été enregistrées" in in_french(client.post(entry, wrong))
    blank = client.post("/i/entries/technology", {"name": " "})
    assert "Écrivez un nom. Retour" in in_french(blank)
    nothing = client.get("/i/q/nothing")
    assert "Il n’y a rien à cette adresse" in in_french(nothing)
    assert '<a href="/i">' in nothing.content.decode()
    assert "Relisez vos réponses" in in_french(client.get("/i/check"))
    assert "Elles sont parvenues au service de la recherche" in in_french(client.post("/i/check"))
    closed = Client(HTTP_HOST="localhost", headers={"Accept-Language": "fr-CH, en;q=0.5"})
    over = closed.get(f"/i/{token}")
    assert "Ce lien n’est plus valable" in in_french(over)
    assert "<a href" not in over.content.decode().partition("<main")[2]
    assert made.language == "fr"


@pytest.mark.usefixtures("marking")
@pytest.mark.parametrize("kind", list(MailKind))
def test_no_mail_to_a_french_reader_lacks_a_word(kind: MailKind, case: Case, assessor: Person) -> None:
    row = Outbox(kind=kind, person=assessor, language="fr", case=case, path="/there", secret="1234")  # noqa: S106
    mail = outbox.message(row)
    assert "⟦" not in f"{mail.subject}{mail.body}"
    assert "Ce courriel n’en dit pas plus" in mail.body


def test_who_chose_french_gets_mail_in_it_and_pages_in_english(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    assert "Français: mail and letters; pages in English" in text_of(client.get("/account"))
    client.post("/account", {"do": "names", "name": assessor.name, "language": "fr"})
    assessor.refresh_from_db()
    assert assessor.language == "fr"
    page = client.get("/").content.decode()
    assert '<html lang="en">' in page
    assert "My work" in page
    outbox.post(MailKind.DUE, [assessor], case)
    assert Outbox.objects.get().language == "fr"


@pytest.mark.nightly
def test_questions_that_nobody_translated_are_marked_as_what_they_are(
    assessor: Person, physics: Faculty, browsing: Browsing
) -> None:
    older = cases.begin(assessor, physics, "Battery recycling")
    Case.objects.filter(pk=older.pk).update(criteria="reconnect-china@2.0.0")
    invited = text_of(browsing(assessor).get(f"/cases/{older.number}/invitations"))
    assert "Français: the questions as they were written" in invited
    assert "Deutsch: the questions" not in invited
    _made, token = guests.invite(Case.objects.get(pk=older.pk), "researcher", "Dr Berg", "fr", assessor)
    client = Client(HTTP_HOST="localhost")
    client.post(f"/i/{token}")
    page = client.get("/i/q/first_look").content.decode()
    assert '<html lang="fr">' in page
    assert '<h1 lang="en">First questions</h1>' in page
    assert re.search(r'<legend lang="en">Does a topic belong', page)
    assert "<span>Pas encore connu</span>" in page
    assert re.search(r'<p><span>Ce qui le prouverait</span><span>\s: </span><span lang="en">\w', page)


@pytest.mark.nightly
def test_all_answers_are_marked_where_their_words_stand_in_the_language_of_their_set(
    assessor: Person, physics: Faculty, browsing: Browsing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_releases(tmp_path / "loan-desk")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    case = cases.begin(assessor, physics, "A vase")
    document = {**cases.plain(read(LOAN_CASE).data), "id": case.number, "criteria": "loan-desk@1.1.0"}
    Case.objects.filter(pk=case.pk).update(criteria="loan-desk@1.1.0", document=document)
    Person.objects.filter(pk=assessor.pk).update(language="de")
    page = browsing(assessor).get(f"/cases/{case.number}/check").content.decode()
    assert '<html lang="de">' in page
    assert '<dt lang="en">' in page
    assert "<dt>" not in page
    assert '<h3><span lang="en">Borrowing house</span><span>: </span><span>' in page


@pytest.mark.nightly
def test_each_document_is_in_the_language_that_is_chosen_as_far_as_it_is_there_in_it(
    mild: Case, assessor: Person, browsing: Browsing
) -> None:
    move(mild, assessor, Move(ActName.ASSESS))
    assert jobs.run_next()
    client, address = browsing(assessor), f"/cases/{mild.number}"
    before = client.get(f"{address}/documents/assessment.json").content
    page = client.get(f"{address}?lang=fr").content.decode()
    assert 'lang="fr" aria-current="true">Français</a>' in page
    assert f"{address}/documents/letter.html?lang=fr" in page
    assert f"{address}/documents/report.html?lang=en" in page  # there is none in French
    assert f"{address}/documents/report.html?lang=de" in client.get(f"{address}?lang=de").content.decode()
    for kind, wanted, spoken in (
        ("letter", "fr", "fr"),
        ("report", "fr", "en"),
        ("report", "de", "de"),
        ("letter", "x", "en"),
    ):
        document = client.get(f"{address}/documents/{kind}.html?lang={wanted}").content.decode()
        assert f'<html lang="{spoken}">' in document, (kind, wanted)
    named = client.get(f"{address}/documents/letter.md?lang=fr")
    assert f"{mild.number}-letter-fr.md" in named.headers["Content-Disposition"]
    assert "Votre projet, «\N{NO-BREAK SPACE}Battery recycling\N{NO-BREAK SPACE}»" in named.content.decode()
    Person.objects.filter(pk=assessor.pk).update(language="fr")
    assert "Votre projet" in client.get(f"{address}/documents/letter.md").content.decode()
    assert client.get(f"{address}/documents/assessment.json?lang=fr").content == before


def test_a_letter_in_a_language_that_its_criteria_do_not_speak_is_in_english(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    Case.objects.filter(pk=case.pk).update(criteria="reconnect-china@2.0.0")
    case.refresh_from_db()
    move(case, assessor, Move(ActName.ASSESS))
    Job.objects.update(given_up=True)  # it is not about ways down
    document = browsing(assessor).get(f"/cases/{case.number}/documents/letter.html?lang=fr").content.decode()
    assert '<html lang="en">' in document


def test_a_document_tells_the_ways_down_once_the_worker_has_found_them(
    mild: Case, assessor: Person, browsing: Browsing
) -> None:
    move(mild, assessor, Move(ActName.ASSESS))
    client, address = browsing(assessor), f"/cases/{mild.number}/documents/report.md"
    waiting = client.get(address)
    assert (waiting.status_code, waiting.headers["Refresh"]) == (202, "2")
    assert "are being worked out" in text_of(waiting)
    assert client.get(re.findall(r'"(/cases/[^"]+ways=no)"', waiting.content.decode())[0]).status_code == 200
    assert jobs.run_next()
    document = client.get(address)
    assert document.status_code == 200
    assert "What next" in document.content.decode()
    # After some days the file is gone, and is made again when somebody asks.
    job = Job.objects.get(case=mild)
    jobs.file_of(job).unlink()
    assert client.get(address).status_code == 202
    assert jobs.run_next()
    assert client.get(address).content == document.content
