"""A server that is killed in whichever write loses nothing that it said it has, and leaves nothing half done."""

import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.running import ROOT
from tests.web.keeping import environment_of, on

ROUNDS = 3
FOR = {"for": "first_look.field"}
PASSWORD = "many long words for a test"  # noqa: S105 (of nobody)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(office: Path, port: int) -> Iterator[None]:
    """Serve an office; kill the server and its workers at the end."""
    command = [sys.executable, "-m", "risk_engine", "serve", "--office", str(office), "--port", str(port)]
    log = (office.parent / "served.log").open("ab")
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment_of(office), stdout=log, stderr=log, start_new_session=True
    )
    try:
        for _try in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail("the server does not listen")
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


class Browser:
    """Somebody's browser, which sends forms as the pages have them."""

    def __init__(self, port: int) -> None:
        base = f"http://localhost:{port}"
        self.client = httpx.Client(base_url=base, timeout=30, headers={"Origin": base})
        self.token = ""

    def see(self, page: str) -> None:
        """Load a page, whose forms are sent from then on."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.client.get(page).text)
        assert found is not None, page
        self.token = unescape(found[1])

    def other(self) -> "Browser":
        """Return the same person's browser on another machine."""
        made = Browser(self.client.base_url.port or 0)
        made.client.cookies.update(self.client.cookies)
        made.token = self.token
        return made

    def send(self, to: str, files: Any = None, **fields: str) -> httpx.Response:
        return self.client.post(to, data={"csrfmiddlewaretoken": self.token, **fields}, files=files)


def asked(office: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(office / "office.sqlite3", timeout=30)) as there:
        return there.execute(query).fetchall()


def answer_on_and_on(office: Path, browser: Browser, case: str, kept: list[str]) -> None:
    """Give one answer after the other until the server is gone; keep those that it said it has."""
    (seq,) = asked(
        office,
        f"SELECT coalesce(max(a.seq), 0) FROM web_answer a JOIN web_case c ON c.id = a.case_id "  # noqa: S608
        f"WHERE c.number = '{case}' AND a.path = 'first_look.ties'",
    )[0]
    while True:
        value = "true" if seq % 2 else "false"
        sent = {"first_look.ties": value, "base.first_look.ties": f"{seq}"}
        try:
            done = browser.send(f"/cases/{case}/q/first_look", **sent)
        except httpx.TransportError:
            return
        assert done.status_code == 200, done.text
        seq += 1
        kept.append(f"{case} {seq} {value}")


def assess_on_and_on(office: Path, browser: Browser, case: str, kept: list[str]) -> None:
    """Assess, change an answer, assess again; keep the numbers of acts that the server said are done."""
    (acts,) = asked(office, "SELECT count(*) FROM web_act WHERE name = 'assess'")[0]
    while True:
        (seq,) = asked(
            office,
            f"SELECT coalesce(max(a.seq), 0) FROM web_answer a JOIN web_case c ON c.id = a.case_id "  # noqa: S608
            f"WHERE c.number = '{case}' AND a.path = 'first_look.field'",
        )[0]
        sent = {"first_look.field": "true" if seq % 2 else "false", "base.first_look.field": f"{seq}"}
        try:
            browser.send(f"/cases/{case}/q/first_look", **sent)
            (seen,) = asked(
                office,
                f"SELECT max(a.id) FROM web_answer a JOIN web_case c ON c.id = a.case_id WHERE c.number = '{case}'",  # noqa: S608
            )[0]
            done = browser.send(f"/cases/{case}/act/assess", seen=f"{seen}")
        except httpx.TransportError:
            return
        assert done.status_code == 302, done.text
        acts += 1
        kept.append(f"{acts}")


def upload_on_and_on(_office: Path, browser: Browser, case: str, kept: list[str]) -> None:
    """Send one file after the other; keep the digests of those that the server said it has."""
    while True:
        content = b"%PDF-1.7 " + os.urandom(200_000)
        try:
            done = browser.send(
                f"/cases/{case}/evidence", {"file": ("note.pdf", content)}, **{"for": "first_look.field"}
            )
        except httpx.TransportError:
            return
        assert done.status_code == 302, done.text
        kept.append(sha256(content).hexdigest())


WRITES: tuple[Callable[[Path, Browser, str, list[str]], None], ...] = (
    answer_on_and_on,
    assess_on_and_on,
    upload_on_and_on,
)


@pytest.mark.long
def test_nothing_that_was_acknowledged_is_lost_and_nothing_is_half_done(tmp_path: Path) -> None:
    office, port = tmp_path / "office", free_port()
    browser = Browser(port)
    with served(office, port):
        (first,) = re.findall(r"(/setup/\S+)", (tmp_path / "served.log").read_text("utf-8"))
        browser.see(first)
        person = {"name": "Ada Vogel", "email": "ada@example.org", "faculty": "Physics", "language": "en"}
        assert browser.send(first, password=PASSWORD, **person).status_code == 302
        browser.see("/")
        for title in ("Answers", "Acts", "Files"):
            assert browser.send("/cases", title=title, faculty="1").status_code == 302
        numbers = [one for (one,) in asked(office, "SELECT number FROM web_case ORDER BY number")]
        sent = {"first_look.field": "true", "base.first_look.field": "0"}
        assert browser.send(f"/cases/{numbers[2]}/q/first_look", **sent).status_code == 200
    browsers: dict[str, Browser] = {}
    kept: dict[str, list[str]] = {one.__name__: [] for one in WRITES}
    seed = time.time_ns()
    chance = random.Random(seed)  # noqa: S311 (when to kill)
    for _round in range(ROUNDS):
        with ThreadPoolExecutor(len(WRITES)) as pool:
            with served(office, port):
                begun: list[Future[None]] = []
                for does, case in zip(WRITES, numbers, strict=True):
                    own = browsers.setdefault(case, browser.other())
                    begun.append(pool.submit(does, office, own, case, kept[does.__name__]))
                _wait_for_one_more_of_each(kept, begun)
                time.sleep(chance.uniform(0, 1.5))
            for future in begun:
                future.result(timeout=60)
        _check(office, kept)
    for one in (browser, *browsers.values()):
        one.client.close()
    # A connection that is still open to the server that is gone may end a round before it has written anything.
    assert all(kept.values()), (seed, {name: len(one) for name, one in kept.items()})
    for path in (office / "evidence").glob("*/*"):
        os.utime(path, (0, 0))
    assert on(office, "serve", "--prepare").code == 0  # its triggers are looked for, what no row names is swept
    named = {one for (one,) in asked(office, "SELECT sha256 FROM web_evidence")}
    assert {one.name for one in (office / "evidence").glob("*/*")} == named
    assert on(office, "backup", tmp_path / "b.zip").code == 0
    assert on(tmp_path / "back", "restore", tmp_path / "b.zip").code == 0  # the chain of the log holds


def _wait_for_one_more_of_each(kept: dict[str, list[str]], begun: "list[Future[None]]") -> None:
    before = {name: len(done) for name, done in kept.items()}
    for _try in range(600):
        if all(len(done) > before[name] for name, done in kept.items()) or any(one.done() for one in begun):
            return
        time.sleep(0.1)
    pytest.fail("nothing is written")


def _check(office: Path, kept: dict[str, list[str]]) -> None:
    answers = asked(
        office,
        "SELECT c.number || ' ' || a.seq || ' ' || a.value FROM web_answer a "
        "JOIN web_case c ON c.id = a.case_id WHERE a.path = 'first_look.ties'",
    )
    assert set(kept["answer_on_and_on"]) <= {one for (one,) in answers}
    files = {one for (one,) in asked(office, "SELECT sha256 FROM web_evidence")}
    assert set(kept["upload_on_and_on"]) <= files
    assert all((office / "evidence" / one[:2] / one).is_file() for one in files)
    acts = [one for (one,) in asked(office, "SELECT digest FROM web_act WHERE name = 'assess' ORDER BY id")]
    assert len(acts) >= len(kept["assess_on_and_on"])
    filed = [
        one
        for (one,) in asked(
            office,
            "SELECT f.sealed_id FROM web_filed f JOIN web_sealed s "
            "ON s.digest = f.sealed_id WHERE s.kind = 'assessment' ORDER BY f.id",
        )
    ]
    assert filed == acts
    told = asked(
        office,
        "SELECT d.detail FROM web_event e JOIN web_eventdetail d ON d.event_id = e.number "
        "WHERE e.verb = 'assess' ORDER BY e.number",
    )
    assert [json.loads(one)["digest"] for (one,) in told] == acts
    for number, document in asked(office, "SELECT number, document FROM web_case"):
        last = asked(
            office,
            f"SELECT a.value FROM web_answer a JOIN web_case c ON c.id = a.case_id "  # noqa: S608
            f"WHERE c.number = '{number}' AND a.path = 'first_look.ties' ORDER BY a.seq DESC LIMIT 1",
        )
        stated = json.loads(document).get("first_look", {}).get("ties")
        assert [json.dumps(stated)] == [one for (one,) in last] or not last
