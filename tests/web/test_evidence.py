"""Files are taken by what they are, kept by their digest, and leave as attachments to whoever sees the case."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import cases, evidence
from risk_engine.web.models import Case, Evidence, Faculty, Person
from risk_engine.web.words import Role, State

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
PDF = b"%PDF-1.7 a note of the checks"


def archive(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def test_a_file_that_is_what_it_says_is_kept_by_its_digest() -> None:
    name, digest, size = evidence.taken(SimpleUploadedFile("C:\\notes\\Prüfung.pdf", PDF))
    assert (name, size) == ("Prüfung.pdf", len(PDF))
    assert evidence.path_of(digest).read_bytes() == PDF
    assert Path(settings.OFFICE) in evidence.path_of(digest).parents
    assert evidence.path_of(digest).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("run.exe", b"MZ", r"ends in \.exe is not taken"),
        ("no-ending", b"x", "is not taken"),
        ("page.html", b"<html>", "is not taken"),
        ("note.pdf", b"<script>", r"is no \.pdf"),
        ("note.pdf", b"", "empty"),
        ("note.txt", b"\xff\xfe", "no text"),
        ("note.txt", b"a\0b", "no text"),
        ("book.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("book.xlsx", archive(**{"xl/vbaProject.bin": b"x"}), "macros"),
    ],
)
def test_a_file_that_is_not_fit_is_told(name: str, content: bytes, told: str) -> None:
    with pytest.raises(RiskEngineError, match=told):
        evidence.taken(SimpleUploadedFile(name, content))


def test_what_is_too_large_packed_or_unpacked_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_UNPACKED", 1000)
    with pytest.raises(RiskEngineError, match="what the file holds is larger"):
        evidence.taken(SimpleUploadedFile("book.xlsx", archive(sheet=bytes(2000))))
    monkeypatch.setattr(evidence, "MOST", 10)
    with pytest.raises(RiskEngineError, match="larger than"):
        evidence.taken(SimpleUploadedFile("note.pdf", PDF))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "a\r\nX: y.pdf", '"x".pdf', "." * 300 + "pdf", "a" * 500 + ".pdf"]
)
def test_no_name_leads_anywhere_or_breaks_a_line(name: str) -> None:
    safe = evidence.safe_name(name)
    assert "/" not in safe
    assert safe.isprintable()
    assert len(safe) < 140


def test_evidence_is_attached_to_an_answer_and_comes_as_an_attachment(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    cases.save(case, Read("first_look", None, "ties"), False, assessor, "first_look", 0)
    client = browsing(assessor)
    sent = {"for": "first_look.ties", "kind": "note", "back": "first_look", "file": SimpleUploadedFile("note.pdf", PDF)}
    response = client.post(f"/cases/{case.number}/evidence", sent)
    assert response.headers["Location"] == f"/cases/{case.number}/q/first_look#evidence"
    digest = Evidence.objects.get(case=case).sha256
    case.refresh_from_db()
    assert case.document["evidence"][0]["sha256"] == digest
    page = client.get(f"/cases/{case.number}/q/first_look").content.decode()
    assert f'/cases/{case.number}/evidence/{digest}">note.pdf</a> (note, ' in page
    file = client.get(f"/cases/{case.number}/evidence/{digest}")
    assert file.content == PDF
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.nightly
def test_a_control_is_saved_with_the_file_that_shows_that_it_is_in_place(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    client, address = browsing(assessor), f"/cases/{case.number}/controls"
    (control, *_others) = re.findall(r'name="base\.([^"]+)"', client.get(address).content.decode())
    sent = {f"base.{control}": "0", f"status.{control}": "verified", "at": control}
    assert client.post(address, {**sent, f"file.{control}": SimpleUploadedFile("run.exe", b"MZ")}).status_code == 422
    again = {**sent, f"base.{control}": "1", f"file.{control}": SimpleUploadedFile("note.pdf", PDF)}
    assert client.post(address, again).status_code == 302
    case.refresh_from_db()
    assert case.document["controls"][0]["evidence"][0]["reference"] == "note.pdf"
    assert "note.pdf" in client.get(address).content.decode()


def test_a_file_that_was_attached_wrongly_is_taken_out_and_can_come_again(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    cases.save(case, Read("first_look", None, "ties"), False, assessor, "first_look", 0)
    client, there = browsing(assessor), f"/cases/{case.number}"
    (control, *_others) = re.findall(r'name="base\.([^"]+)"', client.get(f"{there}/controls").content.decode())
    agreed = {f"base.{control}": "0", f"status.{control}": "agreed"}
    assert client.post(f"{there}/controls", agreed).status_code == 302
    for _time in range(2):
        sent = {"for": "first_look.ties", "back": "first_look", "file": SimpleUploadedFile("note.pdf", PDF)}
        client.post(f"{there}/evidence", sent)
        client.post(f"{there}/controls", {"at": control, f"base.{control}": "1", f"status.{control}": "agreed",
                    f"file.{control}": SimpleUploadedFile("note.pdf", PDF)})  # fmt: skip
        digest = Evidence.objects.get(case=case).sha256
        page = client.get(f"{there}/q/first_look").content.decode()
        assert f'name="remove" value="{digest}"' in page
        assert client.post(f"{there}/evidence", {"remove": digest, "for": "first_look.field"}).status_code == 302
        case.refresh_from_db()
        assert len(case.document["evidence"]) == len(case.document["controls"][0]["evidence"]) == 1
        gone = {"remove": digest, "for": "first_look.ties", "back": "first_look"}
        assert client.post(f"{there}/evidence", gone).headers["Location"] == f"{there}/q/first_look#evidence"
        taken_out = client.post(f"{there}/controls", {"remove": f"{control} {digest}"})
        assert taken_out.headers["Location"] == f"{there}/controls#{control}"
        case.refresh_from_db()
        assert "evidence" not in case.document
        assert "evidence" not in case.document["controls"][0]


def test_a_file_that_is_sent_twice_is_attached_once(case: Case, assessor: Person, browsing: Browsing) -> None:
    cases.save(case, Read("first_look", None, "ties"), False, assessor, "first_look", 0)
    client = browsing(assessor)
    for _click in range(2):
        sent = {"for": "first_look.ties", "file": SimpleUploadedFile("note.pdf", PDF)}
        assert client.post(f"/cases/{case.number}/evidence", sent).status_code == 302
    case.refresh_from_db()
    assert len(case.document["evidence"]) == 1


def test_a_file_for_a_case_that_somebody_sent_to_review_meanwhile_is_told_as_not_taken(
    case: Case, assessor: Person, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases.save(case, Read("first_look", None, "ties"), False, assessor, "first_look", 0)
    taken = evidence.taken

    def and_sent(sent: SimpleUploadedFile) -> tuple[str, str, int]:
        Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
        return taken(sent)

    monkeypatch.setattr(evidence, "taken", and_sent)
    sent = {"for": "first_look.ties", "file": SimpleUploadedFile("note.pdf", PDF)}
    assert browsing(assessor).post(f"/cases/{case.number}/evidence", sent).status_code == 409
    assert not Evidence.objects.filter(case=case).exists()


def test_a_file_that_supports_nothing_is_not_taken(case: Case, assessor: Person, browsing: Browsing) -> None:
    client = browsing(assessor)
    for more in ({}, {"for": "first_look.ties"}, {"control": "CTL-05"}, {"control": "nonsense"}):
        sent = {**more, "file": SimpleUploadedFile("note.pdf", PDF)}
        assert client.post(f"/cases/{case.number}/evidence", sent).status_code == 422
    assert client.post(f"/cases/{case.number}/evidence", {"for": "first_look.ties"}).status_code == 422
    assert not Evidence.objects.filter(case=case).exists()


def test_nobody_gets_a_file_of_a_case_that_is_not_theirs(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    cases.save(case, Read("first_look", None, "ties"), False, assessor, "first_look", 0)
    sent = {"for": "first_look.ties", "file": SimpleUploadedFile("note.pdf", PDF)}
    browsing(assessor).post(f"/cases/{case.number}/evidence", sent)
    digest = Evidence.objects.get(case=case).sha256
    other = cases.begin(assessor, Faculty.objects.create(name="Law"), "Another")
    assert browsing(assessor).get(f"/cases/{other.number}/evidence/{digest}").status_code == 404
    stranger = browsing(somebody("Lars Lex", Role.REVIEWER, faculty=other.faculty))
    assert stranger.get(f"/cases/{case.number}/evidence/{digest}").status_code == 404


def test_a_file_for_what_is_no_answer_is_refused(case: Case, assessor: Person, browsing: Browsing) -> None:
    sent = {"file": SimpleUploadedFile("note.pdf", PDF), "for": "title"}
    response = browsing(assessor).post(f"/cases/{case.number}/evidence", sent)
    assert "say what the file supports" in response.content.decode()
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("digest", ["./../secret", "../../secret", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_what_is_no_digest_leads_nowhere(digest: str) -> None:
    with pytest.raises(ValueError, match=re.escape(digest)):
        evidence.path_of(digest)


def test_a_file_for_a_case_that_was_sent_meanwhile_is_refused_and_leaves_no_row(
    case: Case, assessor: Person, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases.save(case, Read("first_look", None, "ties"), False, assessor, "first_look", 0)
    before = evidence.taken

    def slowly(sent: "UploadedFile[Any]") -> tuple[str, str, int]:
        Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
        return before(sent)

    monkeypatch.setattr(evidence, "taken", slowly)
    sent = {"for": "first_look.ties", "file": SimpleUploadedFile("note.pdf", PDF)}
    assert browsing(assessor).post(f"/cases/{case.number}/evidence", sent).status_code == 409
    assert not Evidence.objects.exists()


def test_a_file_that_a_backup_came_without_is_not_there(case: Case, assessor: Person, browsing: Browsing) -> None:
    Evidence.objects.create(case=case, sha256="0" * 64, name="note.pdf", size=1, by=assessor)
    assert browsing(assessor).get(f"/cases/{case.number}/evidence/{'0' * 64}").status_code == 404
