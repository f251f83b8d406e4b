"""Many cases in the office: a table is brought, its columns are confirmed, it is assessed, its rows are looked at."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from risk_engine.web import many
from risk_engine.web.models import Event, Faculty, Job, Person
from risk_engine.web.words import Role
from tests.web.conftest import FOLDER
from tests.web.served import WAIT, barriers

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
TABLE = (
    "Project no,Title,Country of partner 1,Partner 1 type,Remarks\n"
    "P-1,Batteries,China,university,a\n"
    "P-2,Number theory,Norway,university,b\n"
    "P-3,Drones,Atlantis,unversity,c\n"
)


@pytest.fixture(autouse=True)
def _no_table_stays() -> Iterator[None]:
    yield
    shutil.rmtree(FOLDER / "many", ignore_errors=True)


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
    assert "no column is confirmed that says of which case a row is" in said(refused)
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
    assert own.post(address, {"do": "remove"}).headers["Location"] == "/many"
    assert own.get(address).status_code == 404
    assert list(Event.objects.values_list("verb", flat=True)) == ["many_brought", "many_removed"]


def test_a_table_goes_by_itself_when_its_time_is_over(
    physics: Faculty, assessor: Person, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browsing(assessor)
    address = bring(client, physics, "{}\n", "ours.jsonl").headers["Location"]
    many.clear()
    assert client.get(address).status_code == 200
    monkeypatch.setattr(many, "KEPT", timedelta(0))
    many.clear()
    assert client.get(address).status_code == 404
    assert not list((FOLDER / "many").glob("*"))


@pytest.mark.long
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
    expect(page.locator("text=Read the report")).to_be_visible(timeout=4 * WAIT)
    expect(page.locator(".counts")).to_contain_text(re.compile(r"assessed\s*62\s*rejected\s*1"))
    barriers(page)
    page.locator(".counted a").first.click()
    expect(page.locator("#rows ~ table tbody tr")).to_have_count(50)
    page.click("text=Next")
    address = page.url.partition("?")[0]
    with page.expect_download() as rejected:
        page.click("text=Rejected rows")
    assert "Atlantis" in rejected.value.path().read_text("utf-8-sig")
    page.click("text=Read the report")
    expect(page.locator("h1")).to_contain_text("Of 62 cases")
    page.locator("details:has(a[href^='report-cases/']) > summary").first.click()
    with page.expect_download() as listed:
        page.locator("a[href^='report-cases/']").first.click()
    assert listed.value.path().read_text().startswith("case")
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
    page.click("text=Delete the table")
    expect(page.locator("h1")).to_have_text("Many cases")
    page.close()
