"""Many cases in the office: a table is brought, its columns are confirmed, it is assessed, its rows are looked at."""

import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from risk_engine.web import jobs, many
from risk_engine.web.models import Case, Faculty, Person
from tests.web.conftest import FOLDER

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


def brought(client: Client, physics: Faculty, text: str = TABLE, name: str = "ours.csv") -> str:
    """Bring a table in, and return the address of its page."""
    file = SimpleUploadedFile(name, text.encode())
    answer = client.post("/many", {"faculty": physics.pk, "table": file, "header": "1", "sheet": ""})
    assert answer.status_code == 302, said(answer)
    return answer.headers["Location"]


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def form(page: Any) -> dict[str, Any]:
    """Return what a browser would send of the form on the columns, were it sent as it is shown."""
    html = page.content.decode()
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input (?:type="hidden" |id="[^"]*" )name="([^"]*)" value="([^"]*)"', html):
        found.setdefault(name, []).append(unescape(value))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]*)">(.*?)</select>', html):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    return found


def confirmed(client: Client, address: str, **changed: Any) -> Any:
    """Confirm the first four columns as they are proposed, and have the table assessed."""
    sent = form(client.get(f"{address}/columns"))
    sent |= {f"ok.{number}": "1" for number in range(4)} | {"do": "assess"} | changed
    return client.post(f"{address}/columns", sent)


def test_a_table_is_assessed_by_what_somebody_confirmed_and_each_row_says_what_it_comes_to(
    physics: Faculty, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    address = brought(client, physics)
    page = said(client.get(address, follow=True))
    assert "Country of partner 1 China, Norway, Atlantis" in page
    assert "2 of 3 different values are answers" in page
    assert confirmed(client, address).headers["Location"] == address
    assert "It is next in line" in said(client.get(address))
    assert client.get(f"{address}/report.html").status_code == 404
    assert not jobs.run_next(), "mail does not wait for it"
    assert jobs.run_next(are_long=True)
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = said(client.get(address))
    assert "assessed 2" in page
    assert "rejected rows 1" in page
    print(page)
    row = client.get(f"{address}/row", {"case": "P-1"})
    open("/tmp/row.html", "w").write(row.content.decode())
    open("/tmp/table.html", "w").write(client.get(address).content.decode())
    r = client.get(f"{address}/report.html")
    print(r.headers, len(r.content))
    for one in many.FILES:
        print(one, client.get(f"{address}/files/{one}").content[:300])
    print(client.post(f"{address}/row", {"case": "P-1"}).headers)
    print(Case.objects.get().document)
    assert 0
