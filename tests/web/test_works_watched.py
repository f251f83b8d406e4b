"""Exports of works in the daily look: partners whom no case names, and others whose works are other than they were."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from risk_engine.files.reading import examples_folder
from risk_engine.files.source import read
from risk_engine.web import cases, monitoring, works
from risk_engine.web.models import BroughtWorks, Case, CaseAccess, Changed, Event, Faculty, Person
from risk_engine.web.stated import case_stating
from risk_engine.web.words import Role
from tests.awareness.samples import flat
from tests.web.test_works import SENT, export, text_of, work

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
ULM = "University of Ulm"


@pytest.fixture(autouse=True)
def _no_export_stays() -> Iterator[None]:
    yield
    import shutil

    shutil.rmtree(settings.OFFICE / "works", ignore_errors=True)


@pytest.fixture
def ada(somebody: Make) -> Person:
    return somebody("Ada Adler", Role.ASSESSOR)


def draft(ada: Person, faculty: Faculty, partner: str) -> Case:
    """Return a case about a partner of this name, of which nothing is filed."""
    stated = dict(read(examples_folder() / "drone-swarm.yaml").data) | {"id": "2026-0009", "status": "draft"}
    named = dict(next(iter(stated["partner"]))) | {"name": partner}
    return case_stating(stated | {"partner": (named,)}, f"{stated['criteria']}@1.0.0", faculty, ada, "t")


def brought(client: Client, number: int, ours: str = ULM) -> BroughtWorks:
    """Bring an export with so many works of Ulm with Beihang, and have the daily look read it."""
    several = [flat(f"W{at}", 2020, {"DE": [ULM], "CN": ["Beihang University"]}) for at in range(number)]
    client.post("/awareness", {**SENT, "files": [export(*several)]})
    work()
    of = BroughtWorks.objects.order_by("-pk")[0]
    answer = client.post(of.address, {"do": "watch", "ours": ours})
    assert answer.status_code == 302, text_of(answer)
    return of


def look(person: Person) -> None:
    monitoring.ask(person)
    work()


def test_a_partner_whom_no_case_names_is_told_until_a_draft_names_them(
    ada: Person, physics: Faculty, browsing: Browsing
) -> None:
    client = browsing(ada)
    of = brought(client, 6)
    look(ada)
    page = text_of(client.get("/monitor"))
    assert "University of Ulm with Beihang University: 6 joint works, and no case names them" in page
    assert "nobody has checked yet whether the two really work together" in page
    assert f"works.jsonl , joint works of {ULM} (EU27-AC – CN) brought by Ada Adler" in page
    assert "works.jsonl: 6 works; University of Ulm has 1 partner there; looked at for the first time" in page
    assert "The daily look holds the partners of University of Ulm" in text_of(client.get(of.address))
    assert "in the daily look" in text_of(client.get("/awareness"))
    draft(ada, physics, "Beihang University")
    look(ada)
    assert not Changed.objects.filter(kind="uncovered").exists()


@pytest.mark.nightly
def test_a_later_export_takes_the_place_of_the_earlier_one_and_is_compared_with_it(
    ada: Person, physics: Faculty, browsing: Browsing
) -> None:
    client = browsing(ada)
    case = draft(ada, physics, "Beihang University")
    first = brought(client, 6)
    look(ada)
    assert not Changed.objects.filter(kind="joint").exists()
    second = brought(client, 9, "university of ulm")
    assert [one.pk for one in works.watched()] == [second.pk]
    assert Event.objects.filter(verb="works_watched").count() == 2
    look(ada)
    page = text_of(client.get("/monitor"))
    assert f"{ULM} with Beihang University: 9 joint works, 6 when looked at on {cases.today()}" in page
    assert case.number in page
    assert "named there: “Beihang University”" in page
    client.post(second.address, {"do": "leave"})
    assert (works.watched(), first.folder.is_dir()) == ([], True)


@pytest.mark.nightly
def test_a_confidential_case_is_known_to_nobody_by_what_is_not_told(
    ada: Person, physics: Faculty, somebody: Make, browsing: Browsing
) -> None:
    case = draft(ada, physics, "Beihang University")
    Case.objects.filter(pk=case.pk).update(confidential=True)
    CaseAccess.objects.create(case=case, person=ada)
    brought(browsing(ada), 6)
    look(ada)
    told = "University of Ulm with Beihang University: 6 joint works, and no case names them"
    rosa = browsing(somebody("Rosa Reiter", Role.REVIEWER))
    page = text_of(rosa.get("/monitor"))
    assert told in page
    assert case.number not in page
    assert told not in text_of(browsing(ada).get("/monitor"))


def test_the_page_says_when_works_were_last_brought_and_that_none_were(ada: Person, browsing: Browsing) -> None:
    client = browsing(ada)
    look(ada)
    page = text_of(client.get("/monitor"))
    assert "joint works: not looked at" in page
    assert "No works have been brought, so nobody knows which collaborations no case is about." in page
    client.post("/awareness", {**SENT, "files": [export()]})
    work()
    page = text_of(client.get("/monitor"))
    assert "Works were last brought:" in page
    assert "The daily look reads none of them" in page


def test_an_institution_that_the_export_has_not_is_refused_with_what_comes_near(
    ada: Person, somebody: Make, browsing: Browsing
) -> None:
    client = browsing(ada)
    of = brought(client, 6)
    client.post(of.address, {"do": "leave"})
    answer = client.post(of.address, {"do": "watch", "ours": "Universität Ulm"})
    assert answer.status_code == 422
    assert "University of Ulm (DE)" in text_of(answer)
    assert client.post(of.address, {"do": "watch", "ours": "Beihang University"}).status_code == 422, "it is theirs"
    assert client.post(of.address, {"do": "watch", "ours": " "}).status_code == 422
    assert not works.watched()
    auditor = browsing(somebody("Otto Ohr", Role.AUDITOR))
    assert auditor.post(of.address, {"do": "watch", "ours": ULM}).status_code == 403


@pytest.mark.nightly
def test_works_that_are_not_there_any_more_are_told_as_not_looked_at(ada: Person, browsing: Browsing) -> None:
    client = browsing(ada)
    of = brought(client, 6)
    (of.folder / "sources.json").unlink()
    look(ada)
    page = text_of(client.get("/monitor"))
    assert "joint works: not looked at, or not all" in page
    assert "works.jsonl: its works are not there any more" in page
    assert "Not all of it could be looked at." in page
