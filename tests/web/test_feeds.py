"""A feed counts by a trusted key and never goes back; a version comes in as an upload does, or is refused for good."""

import html
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from risk_engine.loading.sets import VARIABLE
from risk_engine.office.exchange.feed import INDEX, publish, published
from risk_engine.web import exchange, feeds, import_folder, jobs, log, uploads
from risk_engine.web.models import BroughtIn, Event, ExchangeFile, Faculty, Job, Person, WorkedOut
from risk_engine.web.words import JobKind, Role
from tests.office.exchange.offices import OFFICE, SET, SETS, key_of, pair, register_of
from tests.office.exchange.test_feeds import resigned

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
FIRST, LATER = "guest-labs@1.0.0", "guest-labs@1.1.0"


@pytest.fixture
def vera(somebody: Make) -> Person:
    return _with_right(somebody("Vera Wolf", Role.REVIEWER))


@pytest.fixture
def otto(somebody: Make) -> Person:
    return _with_right(somebody("Otto Zorn", Role.ADMIN))


def _with_right(person: Person) -> Person:
    person.edits_criteria = True
    person.save()
    return person


@pytest.fixture
def client(vera: Person, browsing: Browsing) -> Client:
    """Whoever may propose criteria, in an office that trusts the key of Office A and has no set of that name."""
    exchange.trust(OFFICE, pair(OFFICE)[1], vera, "Compared by telephone.")
    return browsing(vera)


@pytest.fixture(autouse=True)
def _criteria_of_the_office(office: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 (its folder)
    """Sets that come in, as `serve` has them read."""
    monkeypatch.setenv(VARIABLE, str(uploads.folder()))
    uploads.put_back()
    yield
    shutil.rmtree(uploads.folder(), ignore_errors=True)


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content.decode())).split())


def fed(folder: Path, *numbers: str) -> Path:
    files = published([f"{SET}@{one}" for one in numbers], folder, OFFICE, key_of(OFFICE))[1]
    folder.mkdir(exist_ok=True)
    publish(files)
    return folder


def zipped(folder: Path, above: str = "feed/") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, above + path.name)
    return buffer.getvalue()


def looked(client: Client, folder: Path) -> Any:
    return client.post("/exchange/feeds", {"feed": SimpleUploadedFile("feed.zip", zipped(folder))})


def address_of(release: str) -> str:
    (one,) = feeds.followed()
    return f"/exchange/feeds/{one.seen.n}/{release}"


def decided(client: Client, release: str, do: str, reason: str = "The same law binds us.") -> Any:
    return client.post(address_of(release), {"do": do, "reason": reason})


def test_a_version_is_adopted_as_an_uploaded_set_and_new_cases_take_it_by_two_people(
    client: Client, otto: Person, browsing: Browsing, tmp_path: Path
) -> None:
    folder = fed(tmp_path / "feed", "1.0.0", "1.1.0")
    assert looked(client, folder).status_code == 302
    assert not BroughtIn.objects.exists(), "looking adopts nothing"
    assert "not decided yet" in text_of(client.get("/exchange/feeds"))
    page = text_of(client.get(address_of(FIRST)))
    assert "nothing was decided here that it could move" in page
    assert decided(client, FIRST, "adopt", " ").status_code == 409
    response = decided(client, FIRST, "adopt")
    assert response.status_code == 302, text_of(response)
    assert response.headers["Location"] == f"/criteria/{FIRST}/use"
    assert BroughtIn.objects.get().name == "guest-labs"
    assert decided(client, LATER, "adopt").status_code == 302
    assert BroughtIn.objects.count() == 2, "the first version is in what came after it"
    assert decided(client, LATER, "adopt").status_code == 409, "once"
    shown = client.get(f"/criteria/{LATER}/use")
    assert shown.status_code == 200
    (line, other) = exchange.journal().of("adopted")
    assert (line.about, line.by, line.reason) == (FIRST, "Vera Wolf", "The same law binds us.")
    assert (other.about, other.file) == (LATER, "criteria/guest-labs")

    def done(who: Client, do: str) -> int:
        found = who.get(f"/criteria/{FIRST}/use").content.decode()
        sent = {name: re.search(rf'name="{name}" value="([^"]*)"', found) for name in ("digest", "proposal")}
        data = {name: one[1] for name, one in sent.items() if one}
        return who.post(f"/criteria/{FIRST}/use", {**data, "do": do, "reason": "Read"}).status_code

    second = browsing(otto)
    assert done(client, "propose") == 302
    assert done(client, "release") == 409
    assert jobs.run_next(are_long=True)
    assert done(second, "release") == 302
    assert not list(log.problems())


def test_what_is_refused_is_remembered_with_the_reason_and_not_asked_again(client: Client, tmp_path: Path) -> None:
    folder = fed(tmp_path / "feed", "1.0.0", "2.0.0")
    looked(client, folder)
    assert decided(client, "guest-labs@2.0.0", "refuse", " ").status_code == 409
    assert decided(client, "guest-labs@2.0.0", "refuse", "Too mild.").status_code == 302
    assert decided(client, "guest-labs@2.0.0", "refuse", "Again.").status_code == 409
    looked(client, fed(folder, "1.1.0"))
    (one,) = feeds.followed()
    assert [(each.of.release, each.is_new) for each in one.releases] == [
        (FIRST, True), (LATER, True), ("guest-labs@2.0.0", False),
    ]  # fmt: skip
    assert "Too mild." in text_of(client.get("/exchange/feeds"))
    verbs = Event.objects.filter(verb__startswith="feed").order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["feed_seen", "feed_declined", "feed_seen"]


def test_an_older_index_another_digest_a_wrong_key_and_another_file_are_refused_loudly(
    client: Client, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(fed(tmp_path / "feed", "1.0.0"), tmp_path / "old"))
    new = fed(tmp_path / "feed", "1.1.0")
    assert looked(client, new).status_code == 302

    def copy(name: str) -> Path:
        return Path(shutil.copytree(new, tmp_path / name))

    edited = fed(copy("edited"), "2.0.0")
    (edited / "guest-labs-2.0.0.json").write_bytes((edited / "guest-labs-1.0.0.json").read_bytes())
    kept = ExchangeFile.objects.count()
    for folder, why in (
        (old, "this is index 1 of Office A, and index 2 was seen on"),
        (resigned(copy("other"), number=7, digest="0" * 64), "a released version never changes"),
        (resigned(copy("forged"), "Office C"), "is signed with another key"),
        (edited, "it is not the file that the index of Office A names"),
    ):
        response = looked(client, folder)
        assert response.status_code == 422
        assert why in text_of(response)
    assert ExchangeFile.objects.count() == kept
    assert len(exchange.journal().of("feed seen")) == 1
    told = [one.detail.detail["why"] for one in Event.objects.filter(verb="feed_refused").order_by("number")]
    assert len(told) == 4
    assert "signed with another key" in told[2]


def test_without_a_trusted_key_nothing_is_looked_at_and_with_the_key_gone_nothing_counts(
    vera: Person, browsing: Browsing, tmp_path: Path
) -> None:
    client, folder = browsing(vera), fed(tmp_path / "feed", "1.0.0")
    response = looked(client, folder)
    assert response.status_code == 422
    assert "no key of Office A is pinned" in text_of(response)
    exchange.trust(OFFICE, pair(OFFICE)[1], vera, "Compared.")
    looked(client, folder)
    exchange.distrust(OFFICE, vera, "Lost.")
    assert "no key of Office A is pinned" in text_of(client.get("/exchange/feeds"))
    assert client.get(address_of(FIRST)).status_code == 404


@pytest.mark.parametrize("address", ["/etc/passwd", "http://office-a.example/feed", "file:///etc/passwd"])
def test_an_address_is_one_that_begins_with_https(client: Client, address: str) -> None:
    response = client.post("/exchange/feeds", {"address": address})
    assert response.status_code == 422
    assert "begins with https" in text_of(response)


def test_an_address_is_asked_when_the_button_is_pressed(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, asked = fed(tmp_path / "feed", "1.0.0"), []

    def bring(url: str, target: Path, _most: int) -> None:
        asked.append(url)
        shutil.copyfile(folder / url.rpartition("/")[2], target)

    monkeypatch.setattr("risk_engine.office.exchange.feed.bring", bring)
    assert client.post("/exchange/feeds", {"address": "https://office-a.example/feed"}).status_code == 302
    at = "https://office-a.example/feed/"
    assert asked == [at + INDEX, at + "guest-labs-1.0.0.json"]
    assert decided(client, FIRST, "adopt").status_code == 302
    client.get("/exchange/feeds")
    assert len(asked) == 2, "what was looked at is what is adopted"


@pytest.mark.parametrize("content", [b"no zip", zipfile.ZipFile], ids=["no zip", "an empty one"])
def test_what_is_no_feed_is_told(client: Client, content: Any) -> None:
    if content is zipfile.ZipFile:
        buffer = io.BytesIO()
        zipfile.ZipFile(buffer, "w").close()
        content = buffer.getvalue()
    response = client.post("/exchange/feeds", {"feed": SimpleUploadedFile("feed.zip", content)})
    assert response.status_code == 422
    assert "zip the folder of the feed" in text_of(response)
    assert client.post("/exchange/feeds").status_code == 422


@pytest.mark.nightly  # every case of a register is worked out under both
def test_a_version_is_held_against_the_offices_own_on_its_cases_and_unseen_ones_are_only_counted(
    client: Client,
    physics: Faculty,
    somebody: Make,
    browsing: Browsing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, str(SETS))
    register = register_of(tmp_path)
    import_folder.imported(register, import_folder.planned(register, physics.name), physics.name)
    assert looked(client, fed(tmp_path / "feed", "1.1.0")).status_code == 302
    assert Job.objects.filter(kind=JobKind.FEED).count() == 1, "asked for by looking"
    assert "It is next in line" in text_of(client.get(address_of(LATER)))
    assert jobs.run_next(are_long=True)
    job = Job.objects.get(kind=JobKind.FEED)
    assert (job.given_up, job.error) == (False, "")
    assert WorkedOut.objects.get().kind == JobKind.IMPACT
    other = browsing(somebody("Max Meer", Role.REVIEWER, faculty=Faculty.objects.create(name="Music")))
    page = text_of(client.get(address_of(LATER)))
    assert "Held against guest-labs@2.0.0" in page
    assert "may not see" not in page
    assert "counted here and not listed" in text_of(other.get(address_of(LATER)))
    assert other.post(address_of(LATER), {"do": "refuse", "reason": "No."}).status_code == 403
    response = decided(client, LATER, "adopt")
    assert response.status_code == 409
    assert "did not come in so" in text_of(response)
    assert not exchange.journal().of("adopted"), "what does not come in was not adopted"
