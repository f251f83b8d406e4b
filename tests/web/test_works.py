"""An export of works is read and deleted, told in a report and briefs; people judge pairs that are doubted."""

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from risk_engine.screening.asked import Asked
from risk_engine.web import jobs, screening, works
from risk_engine.web.models import BroughtWorks, Case, Event, Job, PairWord, Person
from risk_engine.web.words import Role
from tests.awareness.samples import flat
from tests.web.test_hits import hit_of, kept_lists, lists  # noqa: F401 (fixtures)

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
WHO = "Erika Beispiel"
WORKS = [
    *(flat(f"W{one}", 2019 + one % 2, {"DE": ["University of Ulm"], "CN": ["Beihang University"]}) for one in range(6)),
    *(
        flat(f"V{one}", 2020, {"PL": ["Institute of Non-Ferrous Metals"], "CN": ["Institute of Nonferrous Metals"]})
        for one in range(5)
    ),
]
SENT = {"a": "EU27-AC", "b": "CN", "whole": "yes"}


@pytest.fixture(autouse=True)
def _no_export_stays() -> Iterator[None]:
    yield
    import shutil

    shutil.rmtree(settings.OFFICE / "works", ignore_errors=True)


@pytest.fixture
def ada(somebody: Make, browsing: Browsing) -> Client:
    return browsing(somebody("Ada Adler", Role.ASSESSOR))


def export(*records: dict[str, Any]) -> SimpleUploadedFile:
    text = "".join(f"{json.dumps({**one, 'authors': [WHO]})}\n" for one in records or WORKS)
    return SimpleUploadedFile("works.jsonl", text.encode())


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content.decode())).split())


def work() -> None:
    while jobs.run_next(are_long=True):
        pass
    assert not Job.objects.filter(given_up=True).exists(), Job.objects.values_list("error", flat=True)


def brought(client: Client) -> BroughtWorks:
    response = client.post("/awareness", {**SENT, "files": [export()]})
    assert response.status_code == 302, text_of(response)
    work()
    return BroughtWorks.objects.get()


def test_an_export_is_read_told_and_deleted_and_nobody_is_named_in_what_is_kept(ada: Client) -> None:
    of = brought(ada)
    page = text_of(ada.get(of.address))
    assert "Read the report" in page
    assert "University of Ulm" in page
    report = ada.get(f"{of.address}/report.html")
    assert "sandbox" in report.headers["Content-Security-Policy"]
    assert "University of Ulm" in text_of(report)
    assert not (of.folder / "raw").exists(), "what was sent is not kept"
    assert not any(WHO.encode() in one.read_bytes() for one in of.folder.rglob("*") if one.is_file())
    found = ada.get(f"{of.address}/files/report.en.xlsx")
    assert found.content.startswith(b"PK")
    assert ada.get(f"{of.address}/files/works.parquet").status_code == 404
    assert ada.get(f"{of.address}/files/..%2f..%2fsecret").status_code == 404
    assert Event.objects.filter(verb="works_brought").exists()


def test_somebody_says_whether_it_is_whole_and_from_a_sample_no_trend_is_drawn(ada: Client) -> None:
    silent = ada.post("/awareness", {"a": "EU27-AC", "b": "CN", "files": [export()]})
    assert silent.status_code == 422
    assert "whole or a sample" in text_of(silent)
    assert ada.post("/awareness", {**SENT, "b": "DE", "files": [export()]}).status_code == 422, "they overlap"
    assert not BroughtWorks.objects.exists()
    ada.post("/awareness", {**SENT, "whole": "no", "files": [export()]})
    work()
    of = BroughtWorks.objects.get()
    assert "a sample of unknown share" in text_of(ada.get(of.address))


def test_a_doubted_pair_is_judged_with_a_reason_and_the_report_made_anew(ada: Client) -> None:
    of = brought(ada)
    (suspect,) = [one for one in works.pairs_of(of) if one["status"] == "suspect"]
    page = ada.get(of.address).content.decode()
    assert all(f'href="https://openalex.org/V{one}"' in page for one in range(5)), "what is doubted can be looked at"
    sent = {"do": "judge", "pair": works.pair_key(suspect), "said": "confirmed"}
    assert ada.post(of.address, {**sent, "reason": " "}).status_code == 422
    assert ada.post(of.address, {**sent, "said": "never", "reason": "So."}).status_code == 422
    assert not PairWord.objects.exists()
    assert ada.post(of.address, {**sent, "reason": "Both named the laboratory."}).status_code == 302
    work()
    assert not [one for one in works.pairs_of(of) if one["status"] == "suspect"]
    assert "Both named the laboratory." in text_of(ada.get(of.address))
    assert Event.objects.get(verb="pair_judged").detail.detail["said"] == "confirmed"
    ada.post(of.address, {**sent, "said": "open", "reason": "I was wrong."})
    work()
    assert [one["status"] for one in works.pairs_of(of)].count("suspect") == 1


@pytest.mark.nightly
def test_a_brief_for_one_institution_is_made_and_a_name_that_there_is_not_is_told(ada: Client) -> None:
    of = brought(ada)
    ada.post(of.address, {"do": "brief", "institution": "University of Ulm"})
    work()
    page = ada.get(of.address).content.decode()
    (name,) = re.findall(r"files/(brief-[0-9a-f]{12}\.en\.pdf)", page)
    assert ada.get(f"{of.address}/files/{name}").content.startswith(b"%PDF")
    ada.post(of.address, {"do": "brief", "institution": "Nowhere"})
    while jobs.run_next(are_long=True):
        pass
    page = text_of(ada.get(of.address))
    assert "It could not be done:" in page
    assert "University of Ulm PDF : University of Ulm HTML" in page, "a brief that was made stays"
    assert "something was said of pairs since" not in page
    (suspect,) = [one for one in works.pairs_of(of) if one["status"] == "suspect"]
    said = {"do": "judge", "pair": works.pair_key(suspect), "said": "confirmed", "reason": "Both named it."}
    ada.post(of.address, said)
    assert "something was said of pairs since: make it anew" in text_of(ada.get(of.address))


MAPPING = """\
source: Ours
columns:
  No: {to: work, confirmed: true}
  Partner: {to: institution, split: ";", confirmed: true}
  Country: {to: country, split: ";", confirmed: true}
"""


def test_a_table_from_elsewhere_is_read_by_the_mapping_that_somebody_brings_with_it(ada: Client) -> None:
    table = b"No,Partner,Country\n1,University of Lodz;Wuhan University,PL;CN\n"
    sent = {**SENT, "files": [SimpleUploadedFile("ours.csv", table)]}
    response = ada.post("/awareness", {**sent, "mapping": SimpleUploadedFile("ours.yaml", MAPPING.encode())})
    assert response.status_code == 302, text_of(response)
    work()
    page = text_of(ada.get(BroughtWorks.objects.get().address))
    assert "University of Lodz (PL) – Wuhan University (CN)" in page


def test_what_cannot_be_read_is_told_without_a_folder_and_an_export_is_deleted_as_a_whole(ada: Client) -> None:
    ada.post("/awareness", {**SENT, "files": [SimpleUploadedFile("note.txt", b"Dear colleague,")]})
    while jobs.run_next(are_long=True):
        pass
    of = BroughtWorks.objects.get()
    page = text_of(ada.get(of.address))
    assert "It could not be done:" in page
    assert str(settings.OFFICE) not in page
    assert "--mapping" not in page, "a page has fields, no options"
    assert not (of.folder / "raw").exists(), "what cannot be read may name persons"
    assert "Nothing of it is kept. Mend the file, and bring it anew." in page
    assert "Make the report" not in page, "no button does what cannot be done"
    assert "note.txt whole · could not be read" in text_of(ada.get("/awareness"))
    folder = of.folder
    works.remove(of, of.by)
    assert not BroughtWorks.objects.exists()
    assert ada.get(of.address).status_code == 404
    assert folder.parent.name == "works"


def test_who_works_on_no_case_sees_none_of_it(somebody: Make, browsing: Browsing) -> None:
    client = browsing(somebody("Anna Amt", Role.ADMIN))
    assert [client.get(one).status_code for one in ("/awareness", "/awareness/0123456789abcdef")] == [403, 403]


@pytest.mark.usefixtures("lists")
def test_partners_on_lists_are_told_with_the_list_and_its_date_and_what_a_confidential_case_decided_is_not(
    ada: Client, case: Case, assessor: Person
) -> None:
    listed = [flat(f"K{one}", 2020, {"DE": ["University of Ulm"], "CN": ["Karlsborg University"]}) for one in range(5)]
    ada.post("/awareness", {**SENT, "files": [export(*listed)]})
    work()
    of = BroughtWorks.objects.get()
    (pair,) = works.pairs_of(of)
    (told,) = pair["lists"]
    assert re.fullmatch(r"List l \(\d{4}-\d\d-\d\d\)", told), told
    page = text_of(ada.get(of.address))
    assert f"Karlsborg University stands, or may stand, on {told}" in page
    assert f"Partners were looked up on: {told}" in page
    assert "List l" in text_of(ada.get(f"{of.address}/report.html"))
    asked = Asked.of(["Karlsborg University"], "CN", {"ror": ("01rxvg760",)})  # as the registry knows it
    screening.decide(case, asked, hit_of(asked), "ruled_out", "Another one.", assessor)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    ada.post(of.address, {"do": "report"})
    work()
    assert works.pairs_of(of)[0]["lists"] == [told], "nothing tells of a case that not all see"
    Case.objects.filter(pk=case.pk).update(confidential=False)
    ada.post(of.address, {"do": "report"})
    work()
    assert not works.pairs_of(of)[0]["lists"]


def test_without_lists_the_page_says_that_nobody_was_looked_up(ada: Client) -> None:
    of = brought(ada)
    assert "Partners were not looked up on lists." in text_of(ada.get(of.address))
