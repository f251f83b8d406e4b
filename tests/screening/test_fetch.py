"""A list from an address: over a real server on this machine, and whatever it answers, a list that is there stays."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from risk_engine.screening import fetch
from tests.cli.running import done, refused
from tests.screening.samples import FILES

ETAG = '"version-1"'


class Server(ThreadingHTTPServer):
    """A server that has the samples, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.files = files
        self.asked: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    """One answer."""

    server: Server

    def do_GET(self) -> None:
        """Answer with a file, or as the path says."""
        known = self.headers.get("If-None-Match", "")
        self.server.asked.append((self.path, known))
        name = self.path.rpartition("/")[2]
        if name == "elsewhere":
            self.send_response(302)
            self.send_header("Location", f"{self.server.address}/eu.xml")
            self.end_headers()
        elif name == "file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        elif name not in self.server.files:
            self.send_error(404)
        elif known == ETAG:
            self.send_response(304)
            self.end_headers()
        else:
            content = self.server.files[name]
            self.send_response(200)
            self.send_header("ETag", ETAG)
            self.send_header("Content-Length", str(len(content) + (1000 if "cut" in self.path else 0)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(files: dict[str, str]) -> Iterator[Server]:
    server = Server({name: text.encode() for name, text in files.items()})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(FILES) as one:
        yield one


def test_a_list_is_brought_and_brought_again_only_when_it_has_changed(server: Server) -> None:
    done("lists", "add", f"{server.address}/eu.xml", "--as", "eu", "--on", "2026-05-01")
    text = done("lists", "update", "--on", "2026-06-01")
    assert text == "eu: the server says that nothing has changed\n"
    assert server.asked[-1] == ("/eu.xml", ETAG)
    shown = done("lists", "show", "eu")
    assert f"source: {server.address}/eu.xml" in shown
    assert "2026-06-01: 1 (0 new, 0 said anew, 0 gone)" in shown


def test_the_other_files_of_ofac_are_brought_too(server: Server) -> None:
    assert "2 entries with 5 names" in done("lists", "add", f"{server.address}/exports/sdn.csv", "--as", "us-sdn")
    assert [path for path, _known in server.asked] == [f"/exports/{one}.csv" for one in ("sdn", "alt", "add")]
    del server.files["alt.csv"]
    assert "`alt.csv`: the other names" in refused("lists", "update", "us-sdn")
    assert "2 entries with 5 names" in done("lists", "show", "us-sdn")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none.xml", "the server answers 404"),
        ("elsewhere", "the server sends elsewhere without encryption"),
        ("file", "is not allowed"),
        ("cut/eu.xml", "bytes came"),
    ],
)
def test_what_a_server_answers_wrongly_is_told_and_changes_nothing(server: Server, path: str, said: str) -> None:
    done("lists", "add", f"{server.address}/eu.xml", "--as", "eu")
    assert said in refused("lists", "add", f"{server.address}/{path}", "--as", "eu")
    told = done("lists", "show")
    assert "5 days old, read here on" in told
    assert "· 1 entry with 3 names" in told


def test_a_problem_in_what_was_downloaded_names_the_file_and_no_temporary_one(server: Server) -> None:
    server.files["eu.xml"] = server.files["eu.xml"][:-40]
    assert refused("lists", "add", f"{server.address}/eu.xml", "--as", "eu").startswith("eu.xml:")


def test_what_is_too_large_is_not_downloaded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 1000)
    assert "this is larger than" in refused("lists", "add", f"{server.address}/eu.xml", "--as", "eu")


def test_a_server_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for address in (f"http://127.0.0.1:{port}/eu.xml", "http://127.0.0.1:99999/eu.xml"):
        assert "this cannot be had" in refused("lists", "add", address, "--as", "eu")


def test_nothing_stays_of_a_download(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    done("lists", "add", f"{server.address}/eu.xml", "--as", "eu")
    refused("lists", "add", f"{server.address}/own.csv", "--as", "other")
    assert list((tmp_path / "temporary").iterdir()) == []
