"""Packages leave by two people, an admin trusts keys with a reason, what comes is looked into before it counts."""

import html
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from risk_engine.office.exchange.send import leaving, send
from risk_engine.web import exchange, import_folder
from risk_engine.web.models import Case, Event, ExchangeFile, ExchangeLine, Faculty, PackageAct, Person
from risk_engine.web.words import PackageActName, Role
from tests.office.exchange.offices import PASSPHRASE, SETS, key_of, pair, register_of

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
ASKED = {"office": "Office A", "set": "guest-labs"}


@pytest.fixture(autouse=True)
def _sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_ENGINE_CRITERIA", str(SETS))


@pytest.fixture
def office_a(physics: Faculty, tmp_path: Path) -> None:
    """An office with the decided cases of the example."""
    register = register_of(tmp_path)
    plan = import_folder.planned(register, physics.name)
    assert not plan.problems
    import_folder.imported(register, plan, physics.name)


@pytest.fixture
def dora(somebody: Make) -> Person:
    return somebody("Dora Decker", Role.DECIDER)


@pytest.fixture
def anna(somebody: Make) -> Person:
    return somebody("Anna Amt", Role.ADMIN)


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content.decode())).split())


def file(content: bytes, name: str = "key.pem") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def asked(client: Client, **more: str) -> Any:
    """Ask for what would leave now."""
    page = client.get("/exchange/leaving", ASKED).content.decode()
    digest = re.findall(r'name="digest" value="([0-9a-f]{64})"', page)[0]
    return client.post(
        "/exchange/leaving", {**ASKED, "digest": digest, "to": "Office B", "reason": "As agreed.", **more}
    )


def left(dora: Client, anna: Client) -> bytes:
    """Let the package of Office A leave by two people."""
    address = asked(dora).headers["Location"]
    sent = {"do": "leave", "key": file(pair("office-a")[0]), "passphrase": PASSPHRASE}
    response = anna.post(address, sent)
    assert response.status_code == 200, text_of(response)
    return bytes(response.content)


@pytest.mark.usefixtures("office_a")
def test_every_byte_is_shown_and_leaves_by_two_people_alone(dora: Person, anna: Person, browsing: Browsing) -> None:
    mine, theirs = browsing(dora), browsing(anna)
    shown = bytes(mine.get("/exchange/leaving", {**ASKED, "format": "bytes"}).content)
    assert asked(mine, digest="0" * 64).status_code == 422, "what was looked at is what leaves"
    assert asked(mine, reason=" ").status_code == 422
    address = asked(mine).headers["Location"]
    sent: dict[str, Any] = {"do": "leave", "passphrase": PASSPHRASE}
    refused = mine.post(address, {**sent, "key": file(pair("office-a")[0])})
    assert refused.status_code == 409
    assert "does not let it leave" in text_of(refused)
    assert theirs.post(address, {**sent, "key": file(b"no key")}).status_code == 409
    assert not ExchangeLine.objects.exists()
    raw = theirs.post(address, {**sent, "key": file(pair("office-a")[0])})
    assert raw.status_code == 200
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert bytes(raw.content).startswith(shown), "byte for byte what was shown, and the signature"
    (line,) = exchange.journal().of("sent")
    assert (line.to, line.by) == ("Office B", "Dora Decker; Anna Amt")
    assert ExchangeFile.objects.count() == 1
    verbs = list(Event.objects.filter(verb__startswith="package").order_by("number").values_list("verb", flat=True))
    assert verbs == ["package_asked", "package_left"]
    assert not exchange.waiting()
    assert "Office B" in text_of(theirs.get("/exchange"))
    assert theirs.post(address, {**sent, "key": file(pair("office-a")[0])}).status_code == 409, "once"


@pytest.mark.usefixtures("office_a")
def test_the_database_lets_nothing_leave_that_nobody_else_asked_for(dora: Person, browsing: Browsing) -> None:
    asked(browsing(dora))
    one = PackageAct.objects.get()
    said = {"proposal": 1, "office": one.office, "of_set": one.of_set, "digest": one.digest, "reason": ""}
    with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        PackageAct.objects.create(**said, name=PackageActName.LEAVE, person=dora)


@pytest.mark.nightly
@pytest.mark.usefixtures("office_a")
def test_of_a_confidential_case_nothing_leaves(dora: Person, browsing: Browsing) -> None:
    client = browsing(dora)
    before = exchange.would_leave(office="Office A", of_set="guest-labs").pool.cases
    some = Case.objects.order_by("pk")[:3].values_list("pk", flat=True)
    Case.objects.filter(pk__in=list(some)).update(confidential=True)
    assert exchange.would_leave("Office A", "guest-labs").pool.cases == before - 3
    Case.objects.update(confidential=True)
    response = client.get("/exchange/leaving", ASKED)
    assert response.status_code == 422
    assert "nothing can leave" in text_of(response)


@pytest.mark.usefixtures("office_a")
def test_who_asked_or_a_second_person_refuses_with_a_reason(dora: Person, anna: Person, browsing: Browsing) -> None:
    address = asked(browsing(dora)).headers["Location"]
    theirs = browsing(anna)
    assert theirs.post(address, {"do": "refuse", "reason": " "}).status_code == 409
    assert theirs.post(address, {"do": "refuse", "reason": "Not yet."}).status_code == 302
    assert "Not yet." in text_of(theirs.get(address))
    assert not exchange.waiting()


def test_an_admin_alone_trusts_a_key_with_a_reason_and_one_for_each_office(
    dora: Person, anna: Person, browsing: Browsing
) -> None:
    mine, theirs = browsing(dora), browsing(anna)
    sent = {"do": "add", "office": "Office A", "reason": "Compared by telephone."}
    assert mine.post("/exchange/keys", {**sent, "key": file(pair("office-a")[1])}).status_code == 403
    assert theirs.post("/exchange/keys", {**sent, "key": file(b"no key")}).status_code == 422
    assert theirs.post("/exchange/keys", {**sent, "reason": "", "key": file(pair("office-a")[1])}).status_code == 422
    assert theirs.post("/exchange/keys", {**sent, "key": file(pair("office-a")[1])}).status_code == 302
    other = theirs.post("/exchange/keys", {**sent, "key": file(pair("office-c")[1])})
    assert other.status_code == 422
    assert "another key is pinned" in text_of(other)
    assert "Compared by telephone." in text_of(mine.get("/exchange/keys"))
    assert theirs.post("/exchange/keys", {**sent, "do": "remove", "reason": "Lost."}).status_code == 302
    assert not exchange.journal().keys()
    assert [one.verb for one in Event.objects.filter(verb__startswith="key").order_by("number")] == [
        "key_pinned",
        "key_removed",
    ]


def made_by(name: str, key: str, folder: Path) -> bytes:
    """Return the package of another office, signed with a key."""
    register = register_of(folder, name)
    found = leaving(register, "Office B", reference="guest-labs")
    return send(register, found.head, found.content, folder / f"{key}.jsonl", key_of(key), found.pool)


def test_what_comes_is_looked_into_first_and_a_forged_package_is_refused(
    dora: Person, anna: Person, browsing: Browsing, tmp_path: Path
) -> None:
    mine, theirs = browsing(dora), browsing(anna)
    raw = made_by("office-a", "office-b", tmp_path)
    untrusted = mine.post("/exchange", {"do": "look", "package": file(raw)})
    assert untrusted.status_code == 422
    assert "no key of Office B is pinned" in text_of(untrusted)
    sent = {"do": "add", "office": "Office B", "reason": "Compared."}
    theirs.post("/exchange/keys", {**sent, "key": file(pair("office-b")[1])})
    page = mine.post("/exchange", {"do": "look", "package": file(raw)})
    assert "Its signature holds" in text_of(page)
    assert not exchange.journal().of("came"), "looking takes nothing in"
    (kept,) = re.findall(r'name="raw" value="([^"]+)"', page.content.decode())
    assert mine.post("/exchange", {"do": "take", "raw": kept}).status_code == 302
    assert "guest-labs · 1" in text_of(mine.get("/exchange"))
    assert Event.objects.get(verb="package_came").detail.detail["office"] == "Office B"
    found = exchange.of_others("guest-labs")
    assert {one.office for one in found.precedents} == {"Office B"}
    forged = raw.replace(b'"cases":', b'"cases": ', 1)
    assert mine.post("/exchange", {"do": "look", "package": file(forged)}).status_code == 422
    assert mine.post("/exchange", {"do": "take", "raw": "!"}).status_code == 422
    theirs.post("/exchange/keys", {**sent, "do": "remove", "reason": "Lost."})
    assert not exchange.of_others("guest-labs").precedents, "whose key is trusted no more counts no more"


def test_what_stands_against_a_package_is_told_in_the_words_of_the_pages(
    dora: Person, anna: Person, browsing: Browsing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = browsing(dora), browsing(anna)
    raw = made_by("office-a", "office-b", tmp_path)
    look = {"do": "look", "package": file(raw, "a-1.jsonl")}
    page = text_of(mine.post("/exchange", look))
    assert "then “Trust a key, or trust one no more”" in page, "a page is named, no command"
    assert "risk-engine exchange" not in page
    sent = {"office": "Office B", "reason": "By telephone."}
    theirs.post("/exchange/keys", {**sent, "do": "add", "key": file(pair("office-b")[1])})
    page = text_of(mine.post("/exchange", {"do": "look", "package": file(raw[:-9], "a-1.jsonl")}))
    assert "a-1.jsonl: nothing of it was taken" in page, "it is called as it was sent"
    assert "/package.jsonl" not in page, "no folder of the server is named"
    look = {"do": "look", "package": file(raw, "a-1.jsonl")}
    assert "It is here already" not in text_of(mine.post("/exchange", look))
    packed = re.findall(
        r'name="raw" value="([^"]+)"', mine.post("/exchange", {**look, "package": file(raw)}).content.decode()
    )
    assert mine.post("/exchange", {"do": "take", "raw": packed[0]}).status_code == 302
    assert "It is here already; taken once more it changes nothing." in text_of(
        mine.post("/exchange", {"do": "look", "package": file(raw)})
    )
    assert "stands beside none of its cases" not in text_of(mine.get("/exchange"))
    page = text_of(mine.get("/exchange/leaving", {"office": "x" * 301, "set": "guest-labs"}))
    assert "“How this office calls itself”" in page
    assert "--office" not in page
    shutil.copytree(SETS / "guest-labs", tmp_path / "sets" / "guest-labs")
    (tmp_path / "sets" / "guest-labs" / "exchange.yaml").unlink()
    monkeypatch.setenv("RISK_ENGINE_CRITERIA", str(tmp_path / "sets"))
    page = text_of(mine.get("/exchange/leaving", ASKED))
    assert "`guest-labs/exchange.yaml`" in page
    assert str(tmp_path) not in page


def test_who_has_no_part_in_it_sees_nothing_of_it(somebody: Make, browsing: Browsing) -> None:
    client = browsing(somebody("Ada Adler", Role.ASSESSOR))
    for address in ("/exchange", "/exchange/keys", "/exchange/leaving", "/exchange/packages/1"):
        assert client.get(address).status_code == 403
    assert 'href="/exchange"' not in client.get("/").content.decode()
