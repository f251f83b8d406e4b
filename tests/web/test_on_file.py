"""What is on file about organisations: with source and day, taken by who looked at it, the same as in a folder."""

import html
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.loading.case import load_case
from risk_engine.loading.on_file import read_on_file
from risk_engine.web import cases, on_file
from risk_engine.web.export_folder import exported
from risk_engine.web.import_folder import imported, planned
from risk_engine.web.models import Case, Dossier, Event, Faculty, OnFile, Person, RegisterFile
from risk_engine.web.words import Role, State
from tests.web.keeping import contents

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
NAME = "Songhua Institute"
TODAY = cases.today()


def text_of(response: object) -> str:
    """Return the text of an answer, without marks and with single blanks."""
    content = response if isinstance(response, str) else response.content.decode()  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content)).split())


EXTRACT = {"for": "", "kind": "registry extract", "reference": "HRB 1", "date": "2026-11-06"}
SOURCE = {"kind": "registry extract", "reference": "HRB 1", "date": "2026-11-06"}


@pytest.fixture
def songhua(case: Case, assessor: Person) -> Dossier:
    """On file: a name, a country with its source, an answer that is too old."""
    del case  # its faculty
    made = on_file.begin(assessor, "partner", NAME)
    on_file.put(made, "country", "CN", on_file.Said((EXTRACT,), TODAY), assessor, 0)
    old = {**EXTRACT, "date": "2020-01-01"}
    on_file.put(made, "military_link", "direct", on_file.Said((old,), TODAY), assessor, 0)
    return made


@pytest.fixture
def entry(case: Case, assessor: Person) -> str:
    return cases.save_entry(case, "partner", NAME, assessor, "partner")


def page_of(case: Case, entry: str) -> str:
    return f"/cases/{case.number}/on-file/partner/{entry}"


def sent(case: Case, found: Dossier, *facts: str) -> Mapping[str, object]:
    last = case.answers.order_by("-pk").first()
    assert last is not None
    seen = {"seen_answers": last.pk, "seen_rows": on_file.last_row(found)}
    return {"do": "take", "file": found.key, "fact": facts, **seen}


def test_what_is_on_file_is_offered_with_source_and_day_and_nothing_is_taken_by_itself(
    case: Case, songhua: Dossier, entry: str, assessor: Person, browsing: Browsing
) -> None:
    text = text_of(browsing(assessor).get(page_of(case, entry)))
    assert "This name is on file. Whether it is the same is for you to say" in text
    assert "registry extract" not in text
    content = browsing(assessor).get(f"{page_of(case, entry)}?file={songhua.key}").content.decode()
    text = text_of(content)
    assert "registry extract: HRB 1 (2026-11-06)" in text
    assert "too old: look at it again" in text
    assert 'value="country" checked' in content
    assert 'value="military_link">' in content  # too old to be ticked
    case.refresh_from_db()
    assert "on_file" not in case.document
    assert cases.record(case).answer(Read("partner", entry, "country")) is None


def test_an_answer_that_is_taken_says_that_it_was_on_file_and_brings_its_evidence(
    case: Case, songhua: Dossier, entry: str, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    done = client.post(page_of(case, entry), sent(case, songhua, "country", "military_link"))
    assert done.status_code == 302, text_of(done)
    case.refresh_from_db()
    record = cases.record(case)
    assert record.answer(Read("partner", entry, "country")) == "CN"
    (taken,) = record.case.on_file or ()
    assert (taken.file, taken.entry) == (songhua.key, f"partner.{entry}")
    assert taken.answers == {"country": date(2026, 11, 6), "military_link": date(2020, 1, 1)}
    assert taken.stale(TODAY) == ("military_link",)
    assert {one.reference for one in record.case.evidence} == {"HRB 1"}
    assert case.entries.get().on_file == songhua.key
    assert "uses what is on file" in text_of(client.get(f"/partners/{songhua.key}"))
    problems = {one.kind for one in cases.assessed(case).problems}
    assert "on_file_stale" in problems
    load_case(case.document, cases.rules(case))  # as a file of the package it is the same


@pytest.mark.nightly
def test_an_answer_that_somebody_gives_later_is_theirs_and_the_case_says_that_it_differs(
    case: Case, songhua: Dossier, entry: str, assessor: Person, browsing: Browsing
) -> None:
    browsing(assessor).post(page_of(case, entry), sent(case, songhua, "country"))
    read = Read("partner", entry, "country")
    cases.save(case, read, "DE", assessor, "partner", cases.latest(case)[read.path()].seq)
    case.refresh_from_db()
    (taken,) = case.document["on_file"]
    assert (taken["answers"], taken["differs"]) == ({}, {"country": "CN"})
    assert "evidence" not in case.document
    assert "The case says otherwise: Germany" in text_of(browsing(assessor).get(page_of(case, entry)))


@pytest.mark.nightly
def test_who_ticks_what_changed_meanwhile_is_told_and_nothing_is_taken(
    case: Case, songhua: Dossier, entry: str, assessor: Person, browsing: Browsing
) -> None:
    read, before = Read("partner", entry, "country"), sent(case, songhua, "country")
    cases.save(case, read, "DE", assessor, "partner", 0)
    told = browsing(assessor).post(page_of(case, entry), before)
    assert (told.status_code, "answered one of these meanwhile" in text_of(told)) == (422, True)
    before = sent(case, songhua, "country")
    on_file.put(songhua, "country", "RU", on_file.Said((EXTRACT,), TODAY), assessor, 1)
    told = browsing(assessor).post(page_of(case, entry), before)
    assert (told.status_code, "Something else is on file by now" in text_of(told)) == (422, True)
    case.refresh_from_db()
    assert cases.record(case).answer(read) == "DE"


def test_what_a_case_says_is_kept_with_its_evidence_or_a_source_and_never_without(
    case: Case, songhua: Dossier, entry: str, assessor: Person, browsing: Browsing
) -> None:
    client, local = browsing(assessor), Read("partner", entry, "name_local")
    cases.save(case, local, "松花", assessor, "partner", 0)
    keep = {"do": "keep", "file": songhua.key, "fact": "name_local", "base.name_local": "0"}
    told = client.post(page_of(case, entry), keep)
    assert (told.status_code, "from where it is known" in text_of(told)) == (422, True)
    assert client.post(page_of(case, entry), {**keep, **SOURCE, "until": "2027-01-01"}).status_code == 302
    row = songhua.rows.get(path="name_local")
    assert (row.value, row.until, row.case, row.by) == ("松花", date(2027, 1, 1), case.number, assessor)
    assert row.evidence == [{**EXTRACT, "collected_by": assessor.name}]
    moved = {"path": "x", "base": 0, **SOURCE}
    country = Read("partner", entry, "country")
    seq = cases.save(case, country, "RU", assessor, "partner", 0).seq
    evidence = {"kind": "note", "reference": "N 1", "date": "2026-11-30", "answers": {country.path(): seq}}
    cases.save_beside(case, "evidence.1", evidence, assessor, "evidence", 0)
    client.post(
        page_of(case, entry), {**moved, "do": "keep", "file": songhua.key, "fact": "country", "base.country": 1}
    )
    assert [one["reference"] for one in on_file.standing(songhua)["country"].evidence] == ["N 1"]


def test_a_page_shows_what_is_known_from_where_and_all_that_was_before(
    songhua: Dossier, assessor: Person, browsing: Browsing
) -> None:
    client, page = browsing(assessor), f"/partners/{songhua.key}"
    path = f"partner.{songhua.key}.country"
    sent = {"path": "country", path: "RU", f"base.{path}": "1"}
    told = client.post(page, sent)
    assert (told.status_code, "say from where it is known" in text_of(told)) == (422, True)
    wrong = client.post(page, {**sent, path: ""})
    assert "an answer is needed here" in text_of(wrong)
    for day in ("soon", "2999-01-01"):
        assert client.post(page, {**sent, **SOURCE, "date": day}).status_code == 422
    assert client.post(page, {**sent, **SOURCE}).status_code == 302
    stale = client.post(page, {**sent, **SOURCE, path: "DE"})
    assert (stale.status_code, "put something else on file meanwhile" in text_of(stale)) == (422, True)
    text = text_of(client.get(page))
    assert "Russia" in text
    assert "China" in text  # in its history
    assert client.get(f"{page}?fact=country").status_code == 200
    assert client.post(page, {"path": "country", "base": "2", "do": "off"}).status_code == 302
    assert "country" not in on_file.answers(on_file.standing(songhua))
    assert "taken off the file" in text_of(client.get(page))
    assert client.post(page, {"path": "name", "base": "1", "do": "off"}).status_code == 422
    assert client.post(page, {"path": "nothing"}).status_code == 422
    noted = Event.objects.filter(verb__startswith="on_file").order_by("number")
    verbs = list(noted.values_list("verb", flat=True))
    assert verbs == ["on_file_begun", *["on_file"] * 5]


def test_it_is_found_under_every_name_and_old_after_its_own_days(
    case: Case, songhua: Dossier, assessor: Person, browsing: Browsing
) -> None:
    client, page = browsing(assessor), f"/partners/{songhua.key}"
    assert client.post(page, {"path": "also.1", "value": "SIAE"}).status_code == 302
    assert client.post(page, {"path": "also.2", "value": " "}).status_code == 422
    assert on_file.proposed("partner", "siae") == [songhua]
    assert on_file.proposed("technology", "siae") == []
    assert "SIAE" in text_of(client.get("/partners?q=siae"))
    row = on_file.standing(songhua)["country"]
    assert not on_file.is_old(row, on_file.limit_of(on_file.standing(songhua)))
    days = {"path": on_file.LIMIT_PATH, "base": "0", "value": "0"}
    assert client.post(page, days).status_code == 422
    assert client.post(page, {**days, "value": "3"}).status_code == 302
    assert on_file.is_old(row, on_file.limit_of(on_file.standing(songhua)))
    over = OnFile(evidence=[], recorded_on=TODAY, until=TODAY - timedelta(days=1))
    assert on_file.is_old(over, 365)
    client.post(page, {"path": "also.1", "base": "1", "do": "off"})
    assert on_file.proposed("partner", "SIAE") == []
    assert case.number not in text_of(client.get(page))


def test_only_assessors_put_something_on_file_and_a_page_names_only_cases_that_one_sees(
    case: Case, songhua: Dossier, entry: str, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    reader = browsing(somebody("Rosa Roth", Role.REVIEWER))
    assert reader.post("/partners", {"name": "X", "about": "partner"}).status_code == 403
    assert reader.post(f"/partners/{songhua.key}", {"path": "also.1", "value": "X"}).status_code == 403
    assert reader.post(page_of(case, entry), sent(case, songhua, "country")).status_code == 403
    assert case.number in text_of(reader.get(f"/partners/{songhua.key}"))
    stranger = browsing(somebody("Lars Lex", Role.ASSESSOR, faculty=Faculty.objects.create(name="Law")))
    text = text_of(stranger.get(f"/partners/{songhua.key}"))
    assert NAME in text
    assert case.number not in text
    assert browsing(assessor).get("/partners/nobody").status_code == 404
    assert browsing(assessor).get(page_of(case, "nobody")).status_code == 404


def test_something_new_is_begun_by_name_or_from_an_entry(
    case: Case, entry: str, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    for bad in (" ", "\u200b", "a\x07b"):
        assert client.post("/partners", {"name": bad, "about": "partner"}).status_code == 422
    assert not Dossier.objects.exists()
    assert client.post("/partners", {"name": "Acme", "about": "partner"}).headers["Location"] == "/partners/acme"
    again = client.post("/partners", {"name": "ACME ", "about": "partner"})
    assert (again.status_code, "is on file already, as acme" in text_of(again)) == (422, True)
    assert "Nothing is on file under this name" in text_of(client.get(page_of(case, entry)))
    done = client.post(page_of(case, entry), {"do": "begin"})
    assert done.headers["Location"].endswith("?file=songhua-institute")
    assert client.post(page_of(case, entry), {"do": "take", "file": "acme"}).status_code == 422
    assert client.post(page_of(case, entry), {"do": "take", "file": "nobody"}).status_code == 422


def test_a_case_that_takes_no_answers_takes_none_of_what_is_on_file(
    case: Case, songhua: Dossier, entry: str, assessor: Person, browsing: Browsing
) -> None:
    before = sent(case, songhua, "country")
    Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
    assert browsing(assessor).post(page_of(case, entry), before).status_code in {403, 409}
    assert not case.answers.filter(path__contains="country").exists()


# --- as a folder ---

FILE = """# Kept by hand.
id: songhua
about: partner
recorded_on: 2026-11-25
stale_after_days: 90
answers:
  name: Songhua Institute
  country: CN
  security_list: unknown
evidence:
  - for: [country, name]
    kind: due diligence note
    reference: DD 7
    date: 2026-11-06
"""


@pytest.fixture
def folder(case: Case, tmp_path: Path) -> Path:
    """A folder register, with what is on file beside it."""
    del case
    exported(tmp_path / "register")
    (tmp_path / "partners").mkdir()
    (tmp_path / "partners" / "songhua.yaml").write_text(FILE, "utf-8")
    (tmp_path / "partners" / "limit.yaml").write_text("stale_after_days: 180\n", "utf-8")
    return tmp_path / "register"


def test_what_is_on_file_in_a_folder_comes_back_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    plan = planned(folder, "Physics")
    assert plan.problems == []
    imported(folder, plan, "Physics")
    found = Dossier.objects.get()
    rows = on_file.standing(found)
    assert {path: row.value for path, row in on_file.answers(rows).items()} == {"name": NAME, "country": "CN"}
    assert (on_file.limit_of(rows), on_file.limit_of({})) == (90, 180)
    assert RegisterFile.objects.filter(name="partners/limit.yaml").exists()
    exported(tmp_path / "out")
    assert contents(tmp_path / "out" / "partners") == contents(tmp_path / "partners")
    again = planned(tmp_path / "out", "Physics")
    assert (again.problems, again.on_file.there) == ([], ["songhua"])


def test_what_was_changed_in_the_office_comes_back_with_who_said_it_and_all_that_was_before(
    folder: Path, assessor: Person, tmp_path: Path
) -> None:
    imported(folder, planned(folder, "Physics"), "Physics")
    found = Dossier.objects.get()
    on_file.put(found, "country", "RU", on_file.Said((EXTRACT,), TODAY, TODAY), assessor, 1)
    on_file.put(found, "also.1", "SIAE", on_file.Said((), TODAY), assessor, 0)
    before = list(OnFile.objects.order_by("pk").values("path", "seq", "value", "evidence", "until", "by", "at"))
    exported(tmp_path / "out")
    file = read_on_file(tmp_path / "out" / "partners" / "songhua.yaml", on_file.rules())
    assert file.digest == on_file.digest_of(found, on_file.standing(found))
    assert (file.answers["country"], file.day_of("country")) == ("RU", date(2026, 11, 6))
    _forget()
    plan = planned(tmp_path / "out", "Physics")
    assert plan.problems == []
    imported(tmp_path / "out", plan, "Physics")
    assert list(OnFile.objects.order_by("pk").values("path", "seq", "value", "evidence", "until", "by", "at")) == before
    assert on_file.proposed("partner", "SIAE") == [Dossier.objects.get()]
    exported(tmp_path / "second")
    assert contents(tmp_path / "second") == contents(tmp_path / "out")


def _forget() -> None:
    """Take what is on file away, as if this were another office."""
    from django.db import connection

    from risk_engine.web.databases import keep_what_is_there, let_go

    connection.check_constraints()  # PostgreSQL drops no trigger of a table of which it has something to look at
    let_go()
    with connection.cursor() as cursor:
        for table in ("web_onfile", "web_dossiername", "web_dossier"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (a name of ours)
    keep_what_is_there("default")


def test_files_that_are_wrong_or_say_something_else_are_told_all_at_once(
    folder: Path, songhua: Dossier, tmp_path: Path
) -> None:
    partners = tmp_path / "partners"
    (partners / f"{songhua.key}.yaml").write_text(FILE.replace("id: songhua", f"id: {songhua.key}"), "utf-8")
    (partners / "songhua.yaml").write_text(FILE.replace("country: CN", "country: Atlantis"), "utf-8")
    (partners / "limit.yaml").write_text("stale_after_days: never\n", "utf-8")
    (partners / "other.yaml").write_text(FILE.replace("id: songhua", "id: other"), "utf-8")
    (partners / "other.office.json").write_text(json.dumps({"rows": [{"x": 1}]}), "utf-8")
    told = "\n".join(planned(folder, "Physics").problems)
    assert "something else is on file under this name" in told
    assert "Atlantis" in told
    assert "never" in told
    assert "what an office said of it cannot be read" in told
