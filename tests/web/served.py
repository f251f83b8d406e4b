"""A served office in a browser: what the tests of its pages share."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.pages.browser import NARROW, width_at

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PASSWORD = "correct horse battery"  # noqa: S105 (of nobody)
WAIT = 60_000
"""Milliseconds that a busy machine may take for a page."""
Join: TypeAlias = Callable[..., BrowserContext]
"""With a name, a role, perhaps more roles, and perhaps another `language` than English."""


class Office:
    """A served office: its address, and the link for the first person."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "risk_engine", "serve", "--office", str(folder), "--port", str(port)]
        environment = {**os.environ, "RISK_ENGINE_LANG": "en"}
        for own in ("RISK_ENGINE_OFFICE", "RISK_ENGINE_DATABASE"):  # tests of rows may have another database
            environment.pop(own, None)
        self.log = (folder.parent / "served.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.address = f"http://localhost:{port}"
        self.link = self._said(rf"{self.address}/setup/\S+")
        self._said("The office is open at")
        with urllib.request.urlopen(f"{self.address}/account/sign-in", timeout=WAIT / 1000):  # noqa: S310 (it is open)
            pass

    def _said(self, pattern: str) -> str:
        for _ in range(600):
            self.log.seek(0)
            if found := re.search(pattern, text := self.log.read()):
                return found[0]
            assert self.process.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(text)

    def close(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self.log.close()
        return code


def first_person(office: Office, chromium: Browser) -> BrowserContext:
    """Let the first person come in, who assesses."""
    context = chromium.new_context(base_url=office.address)
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(office.link)
    page.fill("#name", "Ada Vogel")
    page.fill("#email", "ada@example.org")
    page.fill("#faculty", "Physics")
    page.fill("#password", PASSWORD)
    page.click("main button")
    expect(page.locator("h1")).to_have_text("My work")
    return context


def joins(ada: BrowserContext, office: Office, chromium: Browser) -> Join:
    """Return what lets somebody join with roles, once, by the link that the first person gives them."""
    there: dict[str, BrowserContext] = {}

    def made(name: str, role: str, *more: str, language: str = "en", **looks: Any) -> BrowserContext:
        if name in there:
            return there[name]
        page = ada.new_page()
        page.goto("/people")
        page.fill("#name", name)
        page.fill("#email", f"{name.rsplit(maxsplit=1)[-1].casefold()}@example.org")
        page.select_option("#language", language)
        page.click("button:has-text('Add') >> nth=0")
        for one in (role, *more):
            page.check(f"input[value='{one}.all']")
        page.click("text=Save roles")
        page.click("text=Make a link to choose a password")
        link = page.inner_text("code")
        context = there[name] = chromium.new_context(base_url=office.address, **looks)
        context.set_default_timeout(WAIT)
        theirs = context.new_page()
        theirs.goto(link)
        theirs.fill("#password", PASSWORD)
        theirs.click("main button")
        theirs.wait_for_url(f"{office.address}/")
        return context

    return made


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator until something has the focus."""
    page.wait_for_load_state()
    for _press in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("found => document.activeElement.matches(found)", selector):
            return
    raise AssertionError(selector, page.url)


def begun(context: BrowserContext, title: str) -> tuple[Page, str]:
    """Begin a case; return its first page of questions, and its number."""
    page = context.new_page()
    page.goto("/")
    page.fill("#title", title)
    page.press("#title", "Enter")
    expect(page.locator("#questions")).to_be_visible()
    found = re.search(r"/cases/([\d-]+)/", page.url)
    assert found is not None
    return page, found[1]


def stands(page: Page, state: str) -> None:
    expect(page.locator(".mark").first).to_have_text(state, timeout=WAIT)


def saved(page: Page, path: str, word: str = "Saved") -> None:
    expect(page.locator(f"[id='saved-{path}']")).to_contain_text(word, timeout=WAIT)


def barriers(page: Page) -> None:
    page.wait_for_load_state()
    page.wait_for_function("() => document.documentElement && document.readyState === 'complete'")
    made = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    found = [f"{one['id']}: {node['html']}" for one in made.response["violations"] for node in one["nodes"]]
    assert found == [], page.url
    assert width_at(page, NARROW) <= NARROW, page.url
    page.set_viewport_size({"width": 1280, "height": 900})
