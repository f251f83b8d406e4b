"""Lists in the office: an admin has them read, anybody sees how old they are, what is hostile changes none."""

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.screening import lists
from risk_engine.screening.fetch import Fetched
from risk_engine.web import cases, jobs, screened_lists
from risk_engine.web.models import Event, Job, Person
from risk_engine.web.words import Role
from tests.screening import samples
from tests.web.conftest import FOLDER
from tests.web.test_pages import text_of

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
PAGE = "/screening/lists"


@pytest.fixture(autouse=True)
def _no_list_stays() -> Iterator[None]:
    yield
    for one in FOLDER.glob("lists*"):
        shutil.rmtree(one) if one.is_dir() else one.unlink()


@pytest.fixture
def admin(somebody: Make, browsing: Browsing) -> Client:
    return browsing(somebody("Anna Admin", Role.ADMIN))


def files(**contents: str | bytes) -> dict[str, list[SimpleUploadedFile]]:
    """Return files as a form sends them; `__` in a name stands for its dot."""
    named = {name.replace("__", "."): content for name, content in contents.items()}
    encode = (one if isinstance(one, bytes) else one.encode() for one in named.values())
    return {"files": [SimpleUploadedFile(name, content) for name, content in zip(named, encode, strict=True)]}


def sdn() -> dict[str, list[SimpleUploadedFile]]:
    return files(SDN__CSV=samples.SDN, ALT__CSV=samples.ALT, ADD__CSV=samples.ADD)


def work() -> None:
    while jobs.run_next(are_long=True):
        pass


def take_in(client: Client, **fields: Any) -> str:
    """Take a list in, and return what the page says then."""
    client.post(PAGE, {"do": "take_in", **fields})
    work()
    return text_of(client.get(PAGE))


def test_a_list_is_taken_in_with_the_files_beside_it_and_its_days_stand_there_for_everybody(
    admin: Client, somebody: Make, browsing: Browsing
) -> None:
    said = take_in(admin, id="us-sdn", **sdn())
    assert "Specially Designated Nationals: 2 entries; 2 new, 0 said anew, 0 gone." in said
    assert [(one.verb, one.detail.detail["lists" if one.verb == "list_asked" else "list"]) for one in _events()] == [
        ("list_asked", ["us-sdn"]),
        ("list_taken", "us-sdn"),
    ]
    reader = browsing(somebody("Rosa Roth", Role.REVIEWER))
    page = text_of(reader.get(PAGE))
    assert "US Office of Foreign Assets Control · us-sdn" in page
    assert "evidence: what others list, no law here" in page
    assert "not known, read 0 days ago" in page, "the file says no day of the list"
    assert "Take a list in" not in page
    entry = text_of(reader.get(f"{PAGE}/us-sdn/entry", {"entry": "36"}))
    assert "QUIET OPTICS, S.A." in entry
    assert "OPTICA QUIETA" in entry, "it stands in the file beside it"
    assert not list((FOLDER / "lists").rglob("*.CSV")), "what was sent is not kept"


def _events() -> list[Event]:
    return list(Event.objects.filter(verb__startswith="list_").select_related("detail").order_by("number"))


def test_who_is_no_admin_changes_no_list(somebody: Make, browsing: Browsing) -> None:
    others = browsing(somebody("Max Muster", *(set(Role) - {Role.ADMIN})))
    assert others.post(PAGE, {"id": "us-sdn", **sdn()}).status_code == 403
    assert others.post(f"{PAGE}/us-sdn", {"do": "end"}).status_code == 403
    assert not Job.objects.exists()


def test_all_that_is_wrong_in_the_form_is_told_at_once_and_what_was_typed_stays(admin: Client) -> None:
    wrong = {"id": "US SDN", "address": "http://lists.example", "stale_after": "soon", "list_date": "never"}
    answer = admin.post(PAGE, {**wrong, "title": "Our list"})
    said = text_of(answer)
    assert answer.status_code == 422
    for problem in ("such as `us-sdn`", "begins with https://", "a number", "`never` is no day"):
        assert problem in said
    assert 'value="Our list"' in answer.content.decode()
    both = admin.post(PAGE, {"id": "us-sdn", "address": "https://lists.example/sdn.csv", **sdn()})
    assert "one of the two" in text_of(both)
    assert "SDN.CSV, ALT.CSV and ADD.CSV together" in text_of(
        admin.post(PAGE, {"id": "two", **files(a__csv="x", b__csv="y")})
    )
    assert not Job.objects.exists()


HOSTILE = {
    "entities": (
        "un.xml",
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>',
        "declares entities of its own",
    ),
    "cut off": ("un.xml", samples.UN_XML[:900].encode(), "was the file cut off on its way?"),
    "no list": ("note.txt", b"Dear colleague,", "this is no list in a layout that is known"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_hostile_or_broken_is_told_in_words_and_the_list_that_was_there_stays(kind: str, admin: Client) -> None:
    take_in(admin, id="ours", **sdn())
    name, content, told = HOSTILE[kind]
    admin.post(f"{PAGE}/ours", {"do": "bring", **files(**{name.replace(".", "__"): content})})
    admin.post(PAGE, {"id": "new", **files(**{name.replace(".", "__"): content})})
    work()
    new, ours = Job.objects.order_by("-pk")[:2]
    assert told in new.error
    assert ours.given_up
    assert str(FOLDER) not in new.error + ours.error
    with screened_lists.opened() as store:
        assert [(one.id, one.entries) for one in store.heads()] == [("ours", 2)]
    assert "Not all of it was read" in text_of(admin.get(PAGE))


def test_an_archive_that_unpacks_to_more_than_it_may_is_not_unpacked(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk_engine.screening.formats.streams.MOST_UNPACKED", 1000 * 1024)
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ror-data.json", b"[" + b" " * 4_000_000)
    assert len(bomb.getvalue()) < 10_000
    assert "the archive would unpack to" in take_in(admin, id="ror", **files(ror__zip=bomb.getvalue()))
    assert not screened_lists.heads()


def test_options_of_the_command_are_called_as_the_fields_of_the_form(admin: Client) -> None:
    said = take_in(admin, id="ours", **files(SDN__CSV=samples.SDN))
    assert "read it without them: “Take it anyway”" in said
    assert "Read without ALT.CSV, ADD.CSV" in take_in(admin, id="ours", anyway="1", **files(SDN__CSV=samples.SDN))


def test_a_list_is_read_again_from_its_address_only_when_somebody_asks_and_never_shown_with_its_key(
    admin: Client, somebody: Make, browsing: Browsing, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    asked = []
    there = tmp_path / "eu.xml"

    def came(source: str, *_: Any) -> Any:
        from contextlib import nullcontext

        asked.append(source)
        return nullcontext(Fetched(there, "eu.xml"))

    monkeypatch.setattr("risk_engine.screening.lists.fetched", came)
    there.write_text(samples.EU_XML)
    address = "https://lists.example/content?token=mine"
    take_in(admin, id="eu", address=address)
    assert asked == [address]
    there.write_text(samples.EU_XML.replace("Quiet Parts JSC", "Quieter Parts JSC"))
    for page in (PAGE, f"{PAGE}/eu"):
        admin.get(page)
    work()
    assert asked == [address], "looking at pages downloads nothing"
    admin.post(PAGE, {"do": "update"})
    work()
    assert asked == [address] * 2
    page = text_of(browsing(somebody("Rosa Roth", Role.REVIEWER)).get(f"{PAGE}/eu"))
    assert "https://lists.example" in page
    assert "token" not in page
    assert not [one for one in _events() if "token" in str(one.detail.detail)]
    assert "law: binding here" in page
    assert "Quieter Parts JSC" in text_of(admin.get(f"{PAGE}/eu/entry", {"entry": "14"}))


def test_a_list_that_is_taken_out_can_be_looked_at_as_of_an_earlier_day(admin: Client) -> None:
    take_in(admin, id="un", **files(un__xml=samples.UN_XML))
    today = cases.today()
    assert admin.post(f"{PAGE}/un", {"do": "end", "day": "2016-01-01"}).status_code == 422, "it was read after that"
    admin.post(f"{PAGE}/un", {"do": "end", "day": f"{today + timedelta(days=1)}"})
    assert "Taken out from" in text_of(admin.get(f"{PAGE}/un"))
    there, gone = (
        text_of(admin.get(f"{PAGE}/un/entry", {"entry": "111", "on": f"{day}"}))
        for day in (today, today + timedelta(days=2))
    )
    assert "Works on quiet things." in there
    assert "it is not on this list" in gone
    assert _events()[-1].verb == "list_ended"
    said = take_in(admin, id="un", **files(un__xml=samples.UN_XML))
    assert "bring its newer version" not in said


def test_a_list_that_is_too_old_says_so(admin: Client) -> None:
    take_in(admin, id="un", list_date="2020-01-01", stale_after="5", **files(un__xml=samples.UN_XML))
    old = list(screened_lists.heads())
    assert screened_lists.stale_words(old, cases.today() + timedelta(days=9))
    said = text_of(admin.get(PAGE))
    assert ("stale" in said) == bool(screened_lists.stale_words(old, cases.today()))


def test_a_form_that_asks_for_nothing_is_refused(somebody: Make) -> None:
    with pytest.raises(RiskEngineError, match="choose a file or write an address"):
        screened_lists.take_in({"id": "ours"}, {}, somebody("Anna Admin", Role.ADMIN))


def test_a_list_that_is_being_read_can_be_stopped_and_what_was_there_stays(
    admin: Client, somebody: Make, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(admin, id="ours", **sdn())
    admin.post(f"{PAGE}/ours", {"do": "bring", **sdn()})
    job = Job.objects.get(finished=None)
    page = admin.get(f"{PAGE}/ours").content.decode()
    assert 'value="stop"' in page
    reader = browsing(somebody("Rosa Roth", Role.REVIEWER))
    assert 'value="stop"' not in reader.get(PAGE).content.decode()
    assert reader.post(PAGE, {"do": "stop", "job": job.pk}).status_code == 403

    def stopped(*_: object, **__: object) -> None:  # while it is read
        admin.post(f"{PAGE}/ours", {"do": "stop", "job": job.pk})
        raise RiskEngineError("the reading ended")

    with monkeypatch.context() as patched:
        patched.setattr(lists, "update", stopped)
        assert jobs.run_next(are_long=True)
    assert jobs.is_unwanted(job.pk), "by this the process that is at it ends"
    assert not jobs.run_next(are_long=True), "nobody takes it again"
    said = text_of(admin.get(PAGE))
    assert "It was stopped" in said
    assert "the reading ended" not in said
    with screened_lists.opened() as store:
        assert [(one.id, one.entries) for one in store.heads()] == [("ours", 2)]
        assert len(store.versions("ours")) == 1
    assert [one.verb for one in _events()][-1] == "list_stopped"
    admin.post(PAGE, {"do": "stop", "job": job.pk})
    assert [one.verb for one in _events()].count("list_stopped") == 1, "what is done is not stopped"


def test_the_page_shows_the_job_that_is_at_work_before_those_that_wait(admin: Client) -> None:
    admin.post(PAGE, {"do": "take_in", "id": "one", **sdn()})
    admin.post(PAGE, {"do": "take_in", "id": "two", **sdn()})
    first, second = Job.objects.order_by("pk")
    assert f'name="job" value="{first.pk}"' in admin.get(PAGE).content.decode()
    admin.post(PAGE, {"do": "stop", "job": first.pk})
    assert f'name="job" value="{second.pk}"' in admin.get(PAGE).content.decode()
    work()
    with screened_lists.opened() as store:
        assert [one.id for one in store.heads()] == ["two"]


def test_what_came_of_reading_stands_on_the_page_of_the_lists_it_was_about_with_who_asked(admin: Client) -> None:
    said = take_in(admin, id="us-sdn", **sdn())
    assert re.search(r"Read at \d\d:\d\d, asked for by Anna Admin: Specially Designated Nationals: 2 entries", said)
    said = take_in(admin, id="note", **files(note__txt="Dear colleague,"))
    assert "OpenSanctions, targets.simple.csv" in said, "a layout is called as the form calls it"
    assert "opensanctions-csv" not in said
    assert "Not all of it was read" not in text_of(admin.get(f"{PAGE}/us-sdn")), "that was about another list"
    wrong = text_of(admin.post(PAGE, {"id": "x" * 64, **sdn()}))
    assert "at most 63" in wrong
    assert "Not all of it was read" not in wrong, "of what was sent now is told alone"
