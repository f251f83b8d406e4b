"""Many cases in the office: a table is brought, its columns are confirmed, it is assessed, its rows are looked at."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from playwright.sync_api import BrowserContext, expect

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import cases, daily, jobs, many, many_files, privacy, retention
from risk_engine.web.backup import write_backup
from risk_engine.web.file_text import Unread
from risk_engine.web.models import BroughtTable, Event, Faculty, Job, Person
from risk_engine.web.words import RetentionKind, Role
from tests.cli.running import EXAMPLES
from tests.web.conftest import FOLDER
from tests.web.served import WAIT, barriers, tab_to

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
TABLE = (
    "Project no,Title,Country of partner 1,Partner 1 type,Remarks\n"
    "P-1,Batteries,China,university,a\n"
    "P-2,Number theory,Norway,university,b\n"
    "P-3,Drones,Atlantis,unversity,c\n"
)
SMALL = "No,Title\nP-1,Batteries\n"
COLUMNS = {"to.0": "case", "ok.0": "1", "to.1": "title", "ok.1": "1", "do": "assess"}


@pytest.fixture(autouse=True)
def _no_table_stays() -> Iterator[None]:
    yield
    shutil.rmtree(FOLDER / "many", ignore_errors=True)


def committed() -> Any:
    """Do as at the end of a transaction what waits for it, within that of the test."""
    return TestCase.captureOnCommitCallbacks(execute=True)


def bring(client: Client, faculty: Faculty, text: str = TABLE, name: str = "ours.csv", **more: str) -> Any:
    file = SimpleUploadedFile(name, text.encode())
    return client.post("/many", {"faculty": faculty.pk, "table": file, "header": "1", "sheet": "", **more})


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def test_columns_are_proposed_with_reason_and_cells_and_only_what_is_confirmed_is_kept_as_that(
    physics: Faculty, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    address = bring(client, physics).headers["Location"]
    page = client.get(address, follow=True)
    assert "Country of partner 1 China, Norway, Atlantis" in said(page)
    assert "2 of 3 different values are answers" in said(page)
    assert re.search(r'value="partner\.1\.country" selected', page.content.decode())
    assert not re.search(r'name="ok\.\d+" value="1" checked', page.content.decode()), "nobody has confirmed anything"
    columns = {"to.0": "case", "to.2": "partner.1.country", "was.2": "partner.1.country", "ok.2": "1"}
    cells = {"says.2": "Atlantis", "means.2": "unknown"}
    assert client.post(f"{address}/columns", {**columns, **cells, "do": "save"}).status_code == 302
    table = many.table_for(assessor, address.rpartition("/")[2])
    assert table is not None
    kept = many.saved(table)
    assert kept is not None
    assert {one: (column.to, column.confirmed) for one, column in kept.columns.items()} == {
        "Project no": ("case", False),
        "Country of partner 1": ("partner.1.country", True),
    }
    assert dict(kept.columns["Country of partner 1"].values) == {"Atlantis": "unknown"}
    assert kept.left_out == ("Title", "Partner 1 type", "Remarks")
    refused = client.post(f"{address}/columns", {**columns, **cells, "do": "assess"})
    assert refused.status_code == 422
    assert "Confirm the column “Project no”: it tells one case from another." in said(refused)
    nothing = client.post(f"{address}/columns", {"do": "assess"})
    assert "Choose “Its number or id” for the column" in said(nothing)
    twice = client.post(f"{address}/columns", {**columns, "to.1": "case", "do": "save"})
    assert twice.status_code == 422
    assert "`Project no` is said to state `case` too" in said(twice)
    assert not Job.objects.exists()
    assert client.post(f"{address}/columns", {**columns, "ok.0": "1", "do": "assess"}).headers["Location"] == address
    assert "It is next in line" in said(client.get(address))
    assert client.get(f"{address}/report.html").status_code == 404, "nothing came of it yet"
    client.post(address, {"do": "assess"})
    assert Job.objects.count() == 1, "a second click asks for nothing more"
    client.post(address, {"do": "remove"})
    assert client.get(address).status_code == 200, "nothing is taken from under the worker"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("ours.pdf", "%PDF-", "a file that ends in .pdf is not taken"),
        ("ours.parquet", "no such thing", "what is in the file is no .parquet"),
        ("ours.csv", "", "the file is empty"),
        ("ours.csv", "No,Title\n", "no row below its headers"),
        ("ours.csv", ",".join(f"c{one}" for one in range(101)) + "\n", "more than 100 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason_and_nothing_of_it_stays(
    name: str, text: str, why: str, physics: Faculty, assessor: Person, browsing: Browsing
) -> None:
    answer = bring(browsing(assessor), physics, text, name)
    assert answer.status_code == 422
    assert why in said(answer)
    assert str(FOLDER) not in said(answer)
    assert not list((FOLDER / "many").glob("*"))


def test_a_table_is_there_for_who_works_with_the_cases_of_its_faculty_and_goes_with_its_time(
    physics: Faculty, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    own = browsing(assessor)
    address = bring(own, physics, '{"id": "P-1", "title": "Batteries"}\n', "ours.jsonl").headers["Location"]
    rosa = browsing(somebody("Rosa Roth", Role.REVIEWER, faculty=physics))
    assert "ours.jsonl" in said(rosa.get("/many"))
    assert rosa.get(address).status_code == 200
    assert "Only who brought a table" in said(rosa.post(address, {"do": "remove"}))
    assert own.get(address).status_code == 200, "who did not bring it deletes nothing"
    law = browsing(somebody("Lars Lex", Role.ASSESSOR, faculty=Faculty.objects.create(name="Law")))
    assert "ours.jsonl" not in said(law.get("/many"))
    assert law.get(address).status_code == law.post(address, {"do": "assess"}).status_code == 404
    assert bring(law, physics).status_code == 422, "nor does anybody bring one in elsewhere"
    for number, role in enumerate((Role.AUDITOR, Role.ADMIN, Role.DATA_PROTECTION_OFFICER)):
        assert browsing(somebody(f"Max Muster{number}", role)).get(address).status_code == 403
    with committed():
        assert own.post(address, {"do": "remove"}).headers["Location"] == "/many"
    assert own.get(address).status_code == 404
    assert not list((FOLDER / "many").glob("*"))
    assert list(Event.objects.values_list("verb", flat=True)) == ["many_brought", "many_removed"]


def test_a_confidential_table_is_there_for_who_brought_it_alone_and_so_is_a_case_that_is_begun_from_it(
    physics: Faculty, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    own = browsing(assessor)
    address = bring(own, physics, SMALL, confidential="1").headers["Location"]
    rosa = browsing(somebody("Rosa Roth", Role.REVIEWER, faculty=physics))
    assert "ours.csv" not in said(rosa.get("/many"))
    assert rosa.get(address).status_code == rosa.post(address, {"do": "assess"}).status_code == 404
    assert "only you see it" in said(own.get("/many"))
    own.post(f"{address}/columns", COLUMNS)
    assert jobs.run_next(are_long=True)
    begun = own.post(f"{address}/row", {"case": "P-1"}).headers["Location"]
    assert own.get(begun).status_code == 200
    assert rosa.get(begun).status_code == 404


def test_a_table_goes_by_itself_when_its_time_is_over_which_a_rule_of_two_people_changes(
    physics: Faculty, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    client = browsing(assessor)
    bring(client, physics, "{}\n", "ours.jsonl")
    address = bring(client, physics, "{}\n", "theirs.jsonl").headers["Location"]
    table = BroughtTable.objects.get(name="theirs.jsonl")
    BroughtTable.objects.filter(pk=table.pk).update(at=timezone.now() - timedelta(days=31))
    rule = retention.propose(RetentionKind.TABLE, 60, "Rule 7", somebody("Petra Prüfer"), is_automatic=True)
    retention.confirm(rule, somebody("Zoe Zweit"))
    today = cases.today()
    with committed():
        daily.run(today)
    assert client.get(address).status_code == 200
    assert retention.until(table) == timezone.localdate(table.at) + timedelta(days=60)
    with committed():
        retention.run(today + timedelta(days=30))
    assert [one.name for one in BroughtTable.objects.all()] == ["ours.jsonl"]
    assert not table.folder.exists()
    with committed():
        many.clear(timedelta(0))
    assert not list((FOLDER / "many").glob("*"))
    assert Event.objects.filter(verb="many_over").count() == 1


def test_an_assessment_that_somebody_stops_ends_keeps_nothing_and_can_be_begun_anew(
    physics: Faculty, assessor: Person, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browsing(assessor)
    address = bring(client, physics, SMALL).headers["Location"]
    client.post(f"{address}/columns", COLUMNS)
    job = Job.objects.get()

    def stopped(*_: object) -> None:  # while it is worked on
        assert not jobs.is_unwanted(job.pk)
        client.post(address, {"do": "stop"})
        raise RiskEngineError("the reading ended")

    with monkeypatch.context() as patched:
        patched.setattr(many, "begun", stopped)
        assert jobs.run_next(are_long=True)
    assert jobs.is_unwanted(job.pk)
    assert not jobs.run_next(are_long=True), "nobody takes it again"
    page = said(client.get(address))
    assert "It was stopped" in page
    assert "the reading ended" not in page
    client.post(address, {"do": "assess"})
    assert jobs.run_next(are_long=True)
    assert "assessed 1 rejected 0" in said(client.get(address))
    client.post(address, {"do": "stop"})
    verbs = list(Event.objects.order_by("number").values_list("verb", flat=True))
    assert verbs == ["many_brought", "many_mapped", "many_asked", "many_stopped", "many_asked"]


@pytest.mark.nightly
def test_how_a_column_writes_its_days_is_proposed_and_kept_and_nobody_is_told_that_they_are_no_days(
    physics: Faculty, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    text = "No,collaboration.end,assessment_date\nP-1,31.01.2027,03/02/2028\nP-2,1.2.2027,01/02/2028\n"
    address = bring(client, physics, text).headers["Location"]
    page = client.get(f"{address}/columns").content.decode()
    offered = re.findall(r'name="dates\.(\d)">(.*?)</select>', page)
    chosen = {number: re.findall(r"<option selected>([^<]+)", forms) for number, forms in offered}
    assert chosen == {"1": ["DD.MM.YYYY"], "2": []}
    assert "days may be written as `DD/MM/YYYY` or `MM/DD/YYYY`, and nobody can tell which" in unescape(page)
    columns = {"to.0": "case", "ok.0": "1"}
    for number, to, form in ((1, "collaboration.end", "DD.MM.YYYY"), (2, "assessment_date", "DD/MM/YYYY")):
        columns |= {f"to.{number}": to, f"was.{number}": to, f"ok.{number}": "1", f"dates.{number}": form}
    client.post(f"{address}/columns", {**columns, "do": "save"})
    page = client.get(f"{address}/columns").content.decode()
    assert re.findall(r"<option selected>([^<]+)", page) == ["DD.MM.YYYY", "DD/MM/YYYY"]
    assert "Cells that are no answer" not in page
    wrong = client.post(f"{address}/columns", {**columns, "dates.1": "D.M.YY", "do": "save"})
    assert wrong.status_code == 422
    assert "`D.M.YY` is not one of" in said(wrong)


def test_what_is_the_same_in_every_case_is_asked_and_kept_and_rejected_rows_say_why(
    physics: Faculty, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    address = bring(client, physics).headers["Location"]
    columns = {"to.0": "case", "ok.0": "1", "to.2": "partner.1.country", "ok.2": "1"}
    asked = client.post(f"{address}/columns", {**columns, "same.to.0": "ip.publicly_funded", "do": "assess"})
    assert asked.headers["Location"] == f"{address}/columns?same=ip.publicly_funded#same"
    assert not Job.objects.exists(), "a question without its answer is not passed over"
    page = client.get(asked.headers["Location"]).content.decode()
    assert 'name="same.was.0" value="ip.publicly_funded"' in page
    answered = {"same.to.0": "ip.publicly_funded", "same.was.0": "ip.publicly_funded", "same.says.0": "yes"}
    forms = "collaboration.cooperation_forms"
    more = {"same.to.1": forms, "same.was.1": forms, "same.says.1": ["project", "visit"]}
    table = BroughtTable.objects.get()
    wrong = client.post(f"{address}/columns", {**columns, **answered, "same.says.0": "perhaps", "do": "assess"})
    assert wrong.status_code == 422
    taken = client.post(f"{address}/columns", {**columns, **answered, **more, "do": "assess"})
    assert taken.status_code == 302, said(taken)
    assert many.constants(table) == {"ip.publicly_funded": "yes", forms: "project; visit"}
    assert re.search(r'value="visit" selected', client.get(f"{address}/columns").content.decode())
    assert "is being assessed" in said(client.get("/many"))
    assert jobs.run_next(are_long=True)
    done = said(client.get(address))
    assert "Column Country of partner 1 Cell Atlantis Why the table has no such row" in done
    assert re.search(r"no such row[^|]{0,40} Rows 4 ", done)
    assert "P-3" not in done.partition("Rows At the level")[2]
    assert "2 assessed, 1 rejected" in said(client.get("/many"))
    row = said(client.get(f"{address}/row?case=P-1"))
    assert "Begin a case from this row" in row
    assert "risk-engine outlook" not in row, "nobody here has a command line"
    assert "--annex" not in row


@pytest.mark.nightly
def test_options_that_have_a_column_each_are_chosen_under_it_and_a_profile_beside_the_table_counts(
    physics: Faculty, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    table = "No,Country,Joint project,Visits,Staff\nP-1,China,yes,x,no\nP-2,China,no,nein,yes\nP-3,China,no,no,?\n"
    address = bring(client, physics, table).headers["Location"]
    forms, of = "collaboration.cooperation_forms", BroughtTable.objects.get()
    columns = {"to.0": "case", "ok.0": "1", "to.1": "partner.1.country", "ok.1": "1"}
    for number in (2, 3, 4):
        columns |= {f"to.{number}": forms, f"ok.{number}": "1"}
    twice = client.post(f"{address}/columns", {**columns, "do": "assess"})
    assert twice.status_code == 422
    assert "choose under each another answer" in said(twice)
    assert 'name="option.2"' in twice.content.decode()
    for number, option in ((2, "project"), (3, "visit"), (4, "exchange")):
        columns |= {f"was.{number}": forms, f"option.{number}": option}
    same = client.post(f"{address}/columns", {**columns, "option.3": "project", "do": "save"})
    assert same.status_code == 422
    wrong = SimpleUploadedFile("ours.yaml", b"institution: TH\ncriteria: reconnect-china\nparameters: {no_such: 1}\n")
    refused = client.post(f"{address}/columns", {**columns, "profile": wrong, "do": "assess"})
    assert refused.status_code == 422
    assert "Profile, line 3: " in said(refused)
    assert not Job.objects.exists()
    assert many.profile(of) is None
    page = client.get(f"{address}/columns").content.decode()
    assert re.search(r'name="says\.3" value="x"', page), "what is no yes and no no is asked about"
    assert not re.search(r'name="says\.3" value="nein"', page)
    columns |= {f"was.option.{number}": columns[f"option.{number}"] for number in (2, 3, 4)}
    columns |= {"says.3": "x", "means.3": "yes", "says.4": "?", "means.4": "unknown"}
    profile = SimpleUploadedFile("ours.yaml", (EXAMPLES / "profiles" / "university.yaml").read_bytes())
    taken = client.post(f"{address}/columns", {**columns, "profile": profile, "do": "assess"})
    assert taken.status_code == 302, said(taken)
    assert jobs.run_next(are_long=True)
    stated = pl.read_parquet(of.folder / "stated.parquet")
    assert stated[forms].to_list() == [["project", "visit"], ["exchange"], None]
    assert "Assessed by the profile of Technische Hochschule Auental" in said(client.get(address))
    assert "Technische Hochschule Auental" in said(client.get(f"{address}/report.html"))
    assert client.get(f"{address}/files/profile.yaml").status_code == 200
    row = client.get(f"{address}/row?case=P-1")
    assert "so its result may differ from this one" in said(row), "by columns and by rules alone it is the same"
    before = pl.read_parquet(of.folder / "results.parquet")
    client.post(address, {"do": "assess", "no_profile": "1"})
    assert jobs.run_next(are_long=True)
    assert not pl.read_parquet(of.folder / "results.parquet").equals(before)
    assert "Technische Hochschule" not in said(client.get(address))


def test_a_workbook_to_fill_in_comes_back_and_is_assessed_for_the_day_that_is_named(
    physics: Faculty, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    book = load_workbook(io.BytesIO(client.get("/many/template.xlsx").content))
    book["cases"].append(["T-1", "Batteries"])
    file = io.BytesIO()
    book.save(file)
    sent = SimpleUploadedFile("ours.xlsx", file.getvalue())
    address = client.post("/many", {"faculty": physics.pk, "table": sent, "header": "1"}).headers["Location"]
    assert "it can be assessed as it is" in said(client.get(address))
    assert "a day is written like 2027-01-31" in said(client.post(address, {"do": "assess", "on": "31.1.2027"}))
    client.post(address, {"do": "assess", "on": "2027-01-31"})
    assert jobs.run_next(are_long=True)
    made = many.outcome(BroughtTable.objects.get())
    assert made is not None
    assert (made.assessed, made.rejected, made.on) == (1, 0, date(2027, 1, 31))


def workbook(*rows: tuple[str, ...], author: str = "") -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.properties.creator = author
    assert book.active is not None
    book.create_sheet("Contacts").append(("Who", "Björn Holm"))
    for one in rows:
        book.active.append(one)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", "No;First;Last\nP-1;Ada;Lov\nP-2;Bjo\u0308rn;HOLM\n".encode(), "row 3 (No: P-2; "),
        ("a.csv", "No,Björn Holm\nP-1,x\n".encode(), "headers (Björn Holm)"),
        pytest.param(
            "a.jsonl",
            b'{"id": "P-1"}\n{"id": "P-2", "title": "Bj\\u00f6rn Holm"}\n',
            "row 2 (Björn Holm)",
            marks=pytest.mark.nightly,
        ),
        ("a.xlsx", workbook(("No", "Title"), ("P-2", "Björn  Holm")), "in 2 rows · Sheet: row 2 (Title: Björn Holm)"),
        pytest.param(
            "a.xlsx",
            workbook(("No",), ("P-1",), author="Björn Holm"),
            "beside the cells (Björn Holm)",
            marks=pytest.mark.nightly,
        ),
        ("björn holm.csv", b"No\nP-1\n", "björn holm.csv (Physics)"),
    ],
)
def test_who_is_named_in_a_table_is_found_with_the_row_by_the_officer_of_its_faculty(
    name: str, content: bytes, place: str, physics: Faculty, assessor: Person, somebody: Make
) -> None:
    many.bring_in(SimpleUploadedFile(name, content), physics, assessor, confidential=True)
    officer = somebody("Petra Prüfer", Role.DATA_PROTECTION_OFFICER, faculty=physics)
    admin = somebody("Zoe Zweit", Role.ADMIN)
    wanted = privacy.Wanted.of("björn holm")
    (found,) = privacy.held_about(wanted, officer).found
    assert name in found.text
    assert place in found.text
    (hidden,) = privacy.held_about(wanted, admin).found
    assert (hidden.is_hidden, hidden.text, hidden.who) == (True, "", "")
    assert not privacy.held_about(privacy.Wanted.of("Nobody Here"), officer).found


def test_a_table_that_cannot_be_searched_yet_is_named_as_that(
    physics: Faculty, assessor: Person, somebody: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    many.bring_in(SimpleUploadedFile("a.csv", b"No\nP-1\n"), physics, assessor)
    officer = somebody("Petra Prüfer", Role.DATA_PROTECTION_OFFICER)
    monkeypatch.setattr(privacy, "READING", -1)
    (unread,) = privacy.held_about(privacy.Wanted.of("Björn"), officer).unread
    assert (unread.name, unread.why) == ("a.csv", Unread.WAITS)
    shutil.rmtree(FOLDER / "many")
    monkeypatch.setattr(privacy, "READING", 10)
    (unread,) = privacy.held_about(privacy.Wanted.of("Björn"), officer).unread
    assert unread.why == Unread.DAMAGED


def test_a_table_is_erased_by_two_people_with_all_that_came_of_it_and_a_backup_brings_it_back_whole(
    physics: Faculty, assessor: Person, somebody: Make, browsing: Browsing, tmp_path: Path
) -> None:
    table = many.bring_in(SimpleUploadedFile("a.csv", TABLE.encode()), physics, assessor)
    many.save(table, {"Project no": {"to": "case", "confirmed": True}}, assessor)
    many.ask(table, assessor)
    assert jobs.run_next(are_long=True)
    lain = {one.relative_to(table.folder).as_posix() for one in table.folder.rglob("*") if one.is_file()}
    write_backup(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        kept = {one for one in archive.namelist() if one.startswith("many/")}
        assert kept == {f"many/{table.key}/{one}" for one in lain}
        assert {"table/a.csv", "mapping.yaml", "outcome.json", "report.html", "results.parquet"} <= lain
        officer, zoe = (somebody(name, Role.DATA_PROTECTION_OFFICER) for name in ("Petra Prüfer", "Zoe Zweit"))
        client = browsing(officer)
        sent = {"names": "Batteries", "row": f"web_broughttable.{table.pk}", "basis": "Art. 17", "do": "erase"}
        asked = client.post("/privacy/person", sent).headers["Location"]
        assert "a.csv (Physics)" in said(client.get(asked))
        assert "a.csv" not in said(browsing(somebody("Max Muster", Role.ADMIN)).get(asked))
        with committed():
            browsing(zoe).post(asked, {"do": "confirm"})
        assert not table.folder.exists()
        assert not BroughtTable.objects.exists()
        assert not Job.objects.filter(kind="many").exists(), "what it came to an end with quotes it"
        # A restore brings back the files of what came back with its rows.
        assert many_files.put_back(archive, sorted(kept)) == [table.key]
        assert {one.relative_to(table.folder).as_posix() for one in table.folder.rglob("*") if one.is_file()} == lain
        assert many_files.put_back(archive, sorted(kept)) == [], "what lies there already stays"
        many_files.drop([table.key])
    assert not (FOLDER / "many").exists()


def test_what_is_being_assessed_is_kept_without_what_came_of_it_before(
    physics: Faculty, assessor: Person, tmp_path: Path
) -> None:
    table = many.bring_in(SimpleUploadedFile("a.csv", TABLE.encode()), physics, assessor)
    many.save(table, {"Project no": {"to": "case", "confirmed": True}}, assessor)
    many.ask(table, assessor)
    (table.folder / "outcome.json").write_text("{}")
    (table.folder / "report.html").touch()
    size, _head = write_backup(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        kept = [one.rpartition("/")[2] for one in archive.namelist() if one.startswith("many/")]
    assert sorted(kept) == ["a.csv", "mapping.yaml"]
    assert size.files == 2
    assert size.bytes == size.of_tables > len(TABLE)


@pytest.mark.parametrize("rest", ["../../x", "table/../x", "a/b", ".x", "a\\b", "", "table/"])
def test_a_name_in_a_backup_leads_nowhere_else(rest: str) -> None:
    assert many_files.is_name(many_files.name_of("0123456789abcdef", "table/x y.csv"))
    assert not many_files.is_name(many_files.name_of("0123456789abcdef", rest))


@pytest.mark.nightly
def test_from_a_table_to_a_report_and_from_a_row_to_a_case(ada: BrowserContext, tmp_path: Path) -> None:
    table = tmp_path / "projects.csv"
    table.write_text(TABLE + "".join(f"Q-{one},Fans,China,university,\n" for one in range(60)))
    page = ada.new_page()
    page.goto("/cases")
    page.click("text=Many cases: assess a table")
    barriers(page)
    page.set_input_files("#table", table)
    page.click("text=Bring it in")
    expect(page.locator("h1")).to_have_text("What the columns state")
    barriers(page)
    for number in range(4):
        page.check(f"[name='ok.{number}']")
    page.click("text=Save and assess")
    expect(page.locator("#job")).to_contain_text(re.compile("next in line|Assessed so far|report is being made"))
    tab_to(page, "button[value='stop']")
    page.keyboard.press("Enter")
    expect(page.locator("#job")).to_contain_text("It was stopped")
    page.click("text=Assess it")
    expect(page.locator("text=Read the report")).to_be_visible(timeout=4 * WAIT)
    expect(page.locator(".counts")).to_contain_text(re.compile(r"assessed\s*62\s*rejected\s*1"))
    barriers(page)
    page.locator(".counted a").first.click()
    expect(page.locator("#rows ~ table tbody tr")).to_have_count(50)
    page.click("text=Next")
    address = page.url.partition("?")[0]
    with page.expect_download() as rejected:
        page.click("text=All of them as a file")
    assert "Atlantis" in rejected.value.path().read_text("utf-8-sig")
    page.click("text=Read the report")
    expect(page.locator("h1")).to_contain_text("of 62 cases")
    page.locator("details:has(a[href^='report-cases/']) > summary").first.click()
    with page.expect_download() as listed:
        page.locator("a[href^='report-cases/']").first.click()
    assert "P-1" in listed.value.path().read_text()
    page.goto(address)
    page.click("text=P-1")
    expect(page.locator("h1")).to_have_text("P-1")
    expect(page.locator(".study .answer")).to_be_visible()
    barriers(page)
    page.click("text=Begin a case from this row")
    expect(page.locator("h1")).to_contain_text("Batteries")
    begun = page.url.rpartition("/")[2]
    page.goto(f"{address}/row?case=P-1")
    expect(page.locator("main")).to_contain_text(f"A case was begun from this row: {begun}")
    page.goto(address)
    page.click("summary:has-text('Delete the table')")
    page.click("text=Delete the table and all")
    expect(page.locator("h1")).to_have_text("Many cases")
    page.close()
