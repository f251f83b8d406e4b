"""A change of criteria tried in the browser: its problems at their line, and what it would do once it is worked out."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from risk_engine.files.source import read
from risk_engine.loading.sets import VARIABLE
from risk_engine.web import cases, jobs
from risk_engine.web.models import Case, Faculty, Job, Person
from risk_engine.web.words import Role
from tests.cli.running import LOAN_CASE
from tests.versions import two_releases

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
TRY = "/criteria/loan-desk@1.1.0/try"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases of a set, of which the later lies there as files."""
    return two_releases(tmp_path_factory.mktemp("sets") / "loan-desk")


@pytest.fixture
def client(desk: Path, somebody: Make, browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setenv(VARIABLE, str(desk.parent))
    person = somebody("Vera Wolf", Role.ASSESSOR)
    person.edits_criteria = True
    person.save()
    before = {one: one.read_bytes() for one in desk.rglob("*") if one.is_file()}
    yield browsing(person)
    assert {one: one.read_bytes() for one in desk.rglob("*") if one.is_file()} == before, "nothing is stored"


def text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", answer.content.decode())).split())


def outcome(client: Client, **sent: str) -> str:
    """Have a change tried, and return what the page says once the worker has done so."""
    answer = client.post(TRY, {"do": "try", **sent})
    assert answer.status_code == 302
    assert jobs.run_next(are_long=True)
    return text(client.get(answer.headers["Location"]))


def edited(client: Client, **asked: str) -> str:
    """Return what stands in the text area."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", client.get(TRY, asked).content.decode(), re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.nightly
def test_an_indicator_is_edited_alone_and_a_change_says_what_it_would_do(client: Client) -> None:
    rules = edited(client, indicator="OBJ-2")
    assert rules.startswith("OBJ-2:")
    assert "OBJ-3" not in rules
    sent = {"indicator": "OBJ-2", "text": rules.replace("moderate:", "low:").replace("\n", "\r\n")}
    said = outcome(client, **sent)
    assert "2 changes of the rules against loan-desk@1.1.0 as released" in said
    assert re.search(r"[1-9]\d* of \d+ released cases come out otherwise than expected", said)
    assert "got low" in said
    assert "0 changes of the rules" in outcome(client, **{**sent, "text": rules})


def test_what_a_change_would_do_is_worked_out_beside_the_pages_for_whoever_typed_it(
    client: Client, somebody: Make, browsing: Browsing
) -> None:
    sent = {"indicator": "OBJ-2", "do": "try", "text": edited(client, indicator="OBJ-2").replace("moderate:", "low:")}
    first, second = client.post(TRY, sent), client.post(TRY, sent)
    address = first.headers["Location"]
    assert address == second.headers["Location"], "a second click asks for nothing more"
    assert not jobs.run_next(), "mail does not wait for it"
    page = client.get(address)
    assert "It is next in line" in text(page)
    assert "What it would do" not in text(page)
    assert edited_in(page) == sent["text"], "what was typed stays"
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert jobs.run_next(are_long=True)
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "What it would do" in text(client.get(address))
    other = somebody("Otto Orth", Role.ASSESSOR)
    other.edits_criteria = True
    other.save()
    assert browsing(other).get(address).headers["Location"] == TRY, "nobody else reads it"
    key = Job.objects.get().pk
    assert client.get(f"/jobs/{key}").status_code == client.get(f"/jobs/{key}/file").status_code == 404
    jobs.file_of(Job.objects.get()).unlink()  # its time is over
    assert client.get(address).headers["Location"] == TRY


def test_what_is_wrong_is_told_at_its_line_of_what_was_edited_and_what_was_typed_stays(client: Client) -> None:
    rules = edited(client, indicator="OBJ-2")
    number = next(line for line, one in enumerate(rules.splitlines(), 1) if "title:" in one)
    wrong = rules.replace("title:", "tittle:", 1)
    answer = client.post(TRY, {"indicator": "OBJ-2", "do": "try", "text": wrong})
    assert answer.status_code == 422
    assert f"line {number}: unknown key `tittle`" in text(answer)
    assert "did you mean `title`?" in text(answer)
    assert "tittle: " in edited_in(answer)
    other = client.post(TRY, {"file": "facts.yaml", "do": "try", "text": "loan: 3\n"})
    assert other.status_code == 422
    assert "line 1" in text(other)
    assert "and " in text(other), "and what that breaks elsewhere"


def edited_in(answer: Any) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.content.decode(), re.DOTALL)
    assert found
    return unescape(found[1])


def test_what_was_edited_is_given_back_as_the_whole_file_or_as_a_patch_that_applies(
    client: Client, desk: Path, tmp_path: Path
) -> None:
    rules = edited(client, indicator="OBJ-2").replace("moderate:", "low:")
    sent = {"indicator": "OBJ-2", "text": rules.replace("\n", "\r\n")}
    file = desk / "1.1.0" / "indicators" / "object.yaml"
    whole = client.post(TRY, {**sent, "do": "file"})
    assert whole.headers["Content-Disposition"] == 'attachment; filename="object.yaml"'
    copy = tmp_path / "copy"
    shutil.copytree(desk / "1.1.0", copy)
    patch = client.post(TRY, {**sent, "do": "patch"})
    done = subprocess.run(["patch", "-p1"], cwd=copy, input=patch.content, capture_output=True, check=False)  # noqa: S607
    assert done.returncode == 0, done.stdout
    assert (copy / "indicators" / "object.yaml").read_bytes() == whole.content
    assert whole.content != file.read_bytes()


def test_of_a_case_it_says_what_would_change_and_of_one_that_is_not_there_for_somebody_nothing(
    client: Client,
    somebody: Make,
    office: None,  # noqa: ARG001
) -> None:
    law = Faculty.objects.create(name="Law")
    case = cases.begin(somebody("Lars Lex", Role.ASSESSOR), law, "A vase")
    stated = cases.plain(read(LOAN_CASE).data)
    document = {**stated, "id": case.number, "criteria": "loan-desk@1.1.0", "status": "draft"}
    Case.objects.filter(pk=case.pk).update(criteria="loan-desk@1.1.0", document=document)
    rules = edited(client, indicator="OBJ-2").replace("    high:", "    critical:")
    sent = {"indicator": "OBJ-2", "do": "try", "text": rules, "case": case.number}
    said = outcome(client, **sent)
    shown = f"{TRY}?job={Job.objects.get().pk}"
    assert f"{case.number}verdict Verdict: Lend on terms → Refuse" in said
    assert "OBJ-2 An earthquake zone: high → critical" in said
    waiting = client.post(TRY, sent).headers["Location"]
    Case.objects.filter(pk=case.pk).update(confidential=True)
    assert jobs.run_next(are_long=True)
    assert "this case is not there for you any more" in text(client.get(waiting))
    assert "What it would do" in text(client.get(shown))
    assert all(one not in text(client.get(shown)) for one in (case.number, "Lend on terms", "earthquake zone: high"))
    hidden, nowhere = client.post(TRY, sent), client.post(TRY, {**sent, "case": "1999-0001"})
    assert hidden.status_code == nowhere.status_code == 422
    assert "no case of this number, or none that you may see" in text(hidden)


def test_what_is_no_file_of_the_version_is_not_there_and_who_has_no_right_tries_nothing(
    client: Client, somebody: Make, browsing: Browsing
) -> None:
    for asked in ({"file": "../../secret"}, {"file": "cases.yaml"}, {"indicator": "NONE-9"}, {"file": "/etc/passwd"}):
        assert client.get(TRY, asked).status_code == client.post(TRY, {**asked, "text": "x"}).status_code == 404
    assert "kept as one file" in text(client.get("/criteria/reconnect-china@1.0.0/try"))
    other = browsing(somebody("Max Muster", *Role))
    assert other.get(TRY).status_code == other.post(TRY).status_code == 403
    assert "Try a change" not in text(other.get("/criteria/loan-desk@1.1.0"))
    assert "Try a change" in text(client.get("/criteria/loan-desk@1.1.0"))
    assert "Try a change" in text(client.get("/criteria/loan-desk@1.1.0/records/OBJ-2"))
