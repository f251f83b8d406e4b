"""A feed counts by the key that is pinned for its office, never goes back, and is adopted only as a person says."""

import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.plain import canonical
from risk_engine.loading.releases import choose, is_released, newest
from risk_engine.loading.sets import versions
from risk_engine.office.exchange import adopt as adopting
from risk_engine.office.exchange import feed as feeds
from risk_engine.office.exchange.adopt import Said, adopt, refuse, remember
from risk_engine.office.exchange.feed import INDEX, PURPOSE, Feed, index_of, opened, publish, published, read_index
from risk_engine.office.exchange.journal import pin, read_journal
from risk_engine.office.exchange.sealed import RefusedError, seal
from tests.office.exchange.offices import OFFICE, SET, key_of, pair, register_of

SAID = Said("B. Ode", "the same law binds us")


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    register = register_of(tmp_path, "office-b")
    pin(register, OFFICE, pair(OFFICE)[1], OFFICE, by="B. Ode", why="compared")
    return register


def fed(folder: Path, *numbers: str) -> Path:
    made = published([f"{SET}@{one}" for one in numbers], folder, OFFICE, key_of(OFFICE))[1]
    folder.mkdir(exist_ok=True)
    publish(made)
    return folder


def followed(folder: Path, register: Path) -> Feed:
    found = opened(read_index(str(folder)), read_journal(register).pinned(OFFICE).public())
    remember(register, found)
    return found


def resigned(folder: Path, key: str = OFFICE, *, number: int | None = None, **changed: Any) -> Path:
    """Sign the index of a feed anew after its last release was changed."""
    lines = [json.loads(one) for one in (folder / INDEX).read_bytes().splitlines()[:-1]]
    lines[-1] |= changed
    if number is not None:
        lines[0]["number"] = number
    content = b"".join(canonical(one) + b"\n" for one in lines if not one.get("gone"))
    (folder / INDEX).write_bytes(seal(content, PURPOSE, key_of(key)))
    return folder


def test_an_index_names_every_release_with_its_day_and_digest_and_its_number_rises(tmp_path: Path) -> None:
    folder = fed(tmp_path / "feed", "1.0.0")
    again, files = published([f"{SET}@1.0.0"], folder, OFFICE, key_of(OFFICE))
    assert (again.number, files) == (1, {})  # nothing is new
    fed(folder, "2.0.0", "1.1.0")
    found = opened(read_index(str(folder)), key_of(OFFICE).public_key())
    assert found.number == 2
    assert [(one.release, f"{one.in_force_from}") for one in found.releases] == [
        ("guest-labs@1.0.0", "2024-01-01"), ("guest-labs@1.1.0", "2026-06-01"), ("guest-labs@2.0.0", "2026-09-01"),
    ]  # fmt: skip
    with pytest.raises(RefusedError):
        published([f"{SET}@1.0.0"], folder, OFFICE, key_of("Office C"))
    with pytest.raises(RiskEngineError, match="this is the feed of Office A"):
        published([f"{SET}@1.0.0"], folder, "Office B", key_of(OFFICE))


def test_a_draft_is_not_published(tmp_path: Path) -> None:
    draft = Path(shutil.copytree(SET, tmp_path / "guest-labs", ignore=shutil.ignore_patterns("releases*")))
    with pytest.raises(RiskEngineError, match="is a draft: only what was released is published"):
        published([str(draft)], tmp_path / "feed", OFFICE, key_of(OFFICE))


def test_an_older_index_and_another_one_of_the_same_number_are_refused(tmp_path: Path, ours: Path) -> None:
    old = fed(tmp_path / "feed", "1.0.0")
    kept = Path(shutil.copytree(old, tmp_path / "old"))
    new = fed(old, "1.1.0")
    followed(new, ours)
    followed(new, ours)  # the same again is nothing new
    assert len(read_journal(ours).of("feed seen")) == 1
    with pytest.raises(RefusedError, match="this is index 1 of Office A, and index 2 was seen on"):
        followed(kept, ours)
    with pytest.raises(RefusedError, match="this is another index 2 of Office A"):
        followed(resigned(new, in_force_from="2026-07-01"), ours)


def test_a_release_that_changed_or_is_gone_is_refused_however_new_the_index_is(tmp_path: Path, ours: Path) -> None:
    folder = fed(tmp_path / "feed", "1.0.0", "1.1.0")
    followed(folder, ours)
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    with pytest.raises(RefusedError, match="a released version never changes"):
        followed(resigned(other, number=7, digest="0" * 64), ours)
    gone = Path(shutil.copytree(folder, tmp_path / "gone"))
    lines = (gone / INDEX).read_bytes().splitlines()
    head = canonical({**json.loads(lines[0]), "number": 8})
    (gone / INDEX).write_bytes(seal(head + b"\n" + lines[1] + b"\n", PURPOSE, key_of(OFFICE)))
    with pytest.raises(RefusedError, match=r"`guest-labs@1\.1\.0`, which was seen on .*, is gone"):
        followed(gone, ours)
    assert followed(folder, ours).number == 1


def test_a_feed_by_another_key_under_the_name_of_an_office_is_refused(tmp_path: Path, ours: Path) -> None:
    folder = resigned(fed(tmp_path / "feed", "1.0.0"), "Office C")
    with pytest.raises(RefusedError, match="is signed with another key"):
        followed(folder, ours)


@pytest.mark.parametrize(
    "changed",
    [{"release": "../x@1.0.0"}, {"size": 10**9}, {"file": "x"}, {"sha256": "zz"}, {"in_force_from": "soon"}],
)
def test_a_hostile_index_is_refused_whole(tmp_path: Path, ours: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        followed(resigned(fed(tmp_path / "feed", "1.0.0"), **changed), ours)


def test_a_version_is_adopted_with_its_lock_and_is_one_of_the_office_then(tmp_path: Path, ours: Path) -> None:
    folder, sets = fed(tmp_path / "feed", "1.0.0", "1.1.0"), tmp_path / "sets"
    found = followed(folder, ours)
    sets.mkdir()
    assert adopt(ours, found, "guest-labs@1.0.0", SAID, sets) == (sets / "guest-labs", True)
    assert adopt(ours, found, "guest-labs@1.0.0", SAID, sets) == (sets / "guest-labs", False)
    assert adopt(ours, found, "guest-labs@1.1.0", SAID, sets)[1]
    there = versions(str(sets / "guest-labs"))
    assert [(f"{one}", is_released(one)) for one in there] == [("guest-labs@1.0.0", True), ("guest-labs@1.1.0", True)]
    assert [one.about for one in read_journal(ours).of("adopted")] == ["guest-labs@1.0.0", "guest-labs@1.1.0"]
    assert newest(str(sets / "guest-labs")).dotted == "1.1.0"
    assert list(feeds.undecided(found, read_journal(ours))) == []


def test_an_adoption_that_was_broken_off_leaves_the_version_from_before(
    tmp_path: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, sets = followed(fed(tmp_path / "feed", "1.0.0", "1.1.0"), ours), tmp_path / "sets"
    adopt(ours, found, "guest-labs@1.0.0", SAID, sets)

    def killed(files: Mapping[Path, str]) -> None:
        path, text = next(iter(files.items()))  # the first file is there, the lock is not
        path.write_text(text, "utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(adopting, "write_together", killed)
        with pytest.raises(KeyboardInterrupt):
            adopt(ours, found, "guest-labs@1.1.0", SAID, sets)
    assert (sets / "guest-labs" / "releases" / "1.1.0.json").is_file()
    assert choose(str(sets / "guest-labs"), date(2026, 12, 1)).version.dotted == "1.0.0"
    assert [one.about for one in read_journal(ours).of("adopted")] == ["guest-labs@1.0.0"]
    assert adopt(ours, found, "guest-labs@1.1.0", SAID, sets)[1]
    assert choose(str(sets / "guest-labs"), date(2026, 12, 1)).version.dotted == "1.1.0"


def test_what_is_refused_is_remembered_and_not_asked_again(tmp_path: Path, ours: Path) -> None:
    found = followed(fed(tmp_path / "feed", "1.0.0", "2.0.0"), ours)
    refuse(ours, found, "guest-labs@2.0.0", Said("B. Ode", "too mild"))
    journal = read_journal(ours)
    assert [(one.by, one.reason) for one in journal.of("refused")] == [("B. Ode", "too mild")]
    assert [one.release for one in feeds.undecided(found, journal)] == ["guest-labs@1.0.0"]


def test_nothing_is_adopted_without_who_and_why_or_where_it_is_not_what_was_signed(tmp_path: Path, ours: Path) -> None:
    folder, sets = fed(tmp_path / "feed", "1.0.0"), tmp_path / "sets"
    found = followed(folder, ours)
    with pytest.raises(RiskEngineError, match="who decided and why"):
        adopt(ours, found, "guest-labs@1.0.0", Said("B. Ode", " "), sets)
    with pytest.raises(RiskEngineError, match=r"there is no release `guest-labs@9\.0\.0`"):
        adopt(ours, found, "guest-labs@9.0.0", SAID, sets)
    file = folder / "guest-labs-1.0.0.json"
    file.write_bytes(file.read_bytes().replace(b'"high"', b'"hihg"', 1))
    with pytest.raises(RefusedError, match="it is not the file that the index of Office A names"):
        adopt(ours, found, "guest-labs@1.0.0", SAID, sets)
    assert not sets.exists()
    assert read_journal(ours).of("adopted") == []


def test_a_file_that_fits_its_index_and_is_no_set_is_refused(tmp_path: Path, ours: Path) -> None:
    import hashlib

    folder = fed(tmp_path / "feed", "1.0.0")
    raw = (folder / "guest-labs-1.0.0.json").read_bytes().replace(b'"high"', b'"low"', 1)
    (folder / "guest-labs-1.0.0.json").write_bytes(raw)
    resigned(folder, sha256=hashlib.sha256(raw).hexdigest(), size=len(raw))
    with pytest.raises(RefusedError, match="the rules in this bundle were changed"):
        adopt(ours, followed(folder, ours), "guest-labs@1.0.0", SAID, tmp_path)


def test_a_withdrawn_version_and_one_that_came_with_the_program_are_not_adopted(tmp_path: Path, ours: Path) -> None:
    folder = resigned(fed(tmp_path / "feed", "1.0.0"), withdrawn=True)
    with pytest.raises(RiskEngineError, match="was withdrawn by Office A"):
        adopt(ours, followed(folder, ours), "guest-labs@1.0.0", SAID, tmp_path)
    shipped = tmp_path / "shipped"
    publish_to = published(["reconnect-china@1.0.0"], shipped, OFFICE, key_of(OFFICE))[1]
    shipped.mkdir()
    publish(publish_to)
    other = opened(read_index(str(shipped)), key_of(OFFICE).public_key())
    with pytest.raises(RiskEngineError, match="is a set that came with the program"):
        adopt(ours, other, "reconnect-china@1.0.0", SAID, tmp_path)


@pytest.fixture
def server() -> Iterator[str]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pytest.fail("nothing is asked of an address that is not encrypted")

        def log_message(self, *_arguments: object) -> None:
            pass

    http = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def test_an_address_is_asked_only_where_the_line_is_encrypted(server: str) -> None:
    for source in (server, f"{server}/feed.jsonl", "ftp://example.org", "file:///etc"):
        with pytest.raises(RiskEngineError, match="this is not encrypted"):
            read_index(source)
    assert index_of("https://example.org/a/") == "https://example.org/a/feed.jsonl"


def test_what_comes_from_an_address_is_checked_as_what_lies_in_a_folder(
    tmp_path: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fed(tmp_path / "feed", "1.0.0")

    def bring(url: str, target: Path, most: int) -> None:
        raw = (folder / url.rpartition("/")[2]).read_bytes()
        assert url.startswith("https://example.org/")
        assert len(raw) <= most
        target.write_bytes(raw)

    monkeypatch.setattr(feeds, "bring", bring)
    found = opened(read_index("https://example.org/feed"), read_journal(ours).pinned(OFFICE).public())
    assert adopt(ours, found, "guest-labs@1.0.0", SAID, tmp_path)[1]
    file = folder / "guest-labs-1.0.0.json"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(RefusedError):
        adopt(ours, found, "guest-labs@1.0.0", SAID, tmp_path / "other")
