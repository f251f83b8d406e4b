"""The office as people meet it: `risk-engine serve` in a browser, from the first link to a decision, in every state."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from risk_engine.web import serve
from tests.pages.browser import NARROW, width_at

pytestmark = pytest.mark.long
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PASSWORD = "correct horse battery"  # noqa: S105 (of nobody)
WAIT = 60_000
"""Milliseconds that a busy machine may take for a page."""


class Office:
    """A served office: its address, and the link for the first person."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "risk_engine", "serve", "--office", str(folder), "--port", str(port)]
        environment = {**os.environ, "RISK_ENGINE_LANG": "en"}
        environment.pop("RISK_ENGINE_OFFICE", None)
        self.log = (folder.parent / "served.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.address = f"http://localhost:{port}"
        self.link = self._said(rf"{self.address}/setup/\S+")
        wait_for(self.address)

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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("served") / "office")
    yield made
    made.close()


@pytest.fixture(scope="module")
def ada(office: Office, chromium: Browser) -> BrowserContext:
    """The first person, who assesses."""
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


@pytest.fixture(scope="module")
def joined(ada: BrowserContext, office: Office, chromium: Browser) -> Callable[[str, str], BrowserContext]:
    """Let somebody join with a role, by the link that the first person gives them."""

    def made(name: str, role: str) -> BrowserContext:
        page = ada.new_page()
        page.goto("/people")
        page.fill("#name", name)
        page.fill("#email", f"{role}@example.org")
        page.click("button:has-text('Add') >> nth=0")
        page.check(f"input[value='{role}.all']")
        page.click("text=Save roles")
        page.click("text=Make a link to choose a password")
        link = page.inner_text("code")
        context = chromium.new_context(base_url=office.address)
        context.set_default_timeout(WAIT)
        theirs = context.new_page()
        theirs.goto(link)
        theirs.fill("#password", PASSWORD)
        theirs.click("main button")
        expect(theirs.locator("h1")).to_have_text("My work")
        return context

    return made


def begun(context: BrowserContext, title: str) -> tuple[Page, str]:
    """Begin a case; return its first page of questions, and its number."""
    page = context.new_page()
    page.goto("/")
    page.fill("#title", title)
    page.click("button:has-text('Begin')")
    expect(page.locator("#questions")).to_be_visible()
    found = re.search(r"/cases/([\d-]+)/", page.url)
    assert found is not None
    return page, found[1]


def stands(page: Page, state: str) -> None:
    expect(page.locator(".mark").first).to_have_text(state, timeout=WAIT)


def saved(page: Page, path: str) -> None:
    expect(page.locator(f"[id='saved-{path}']")).to_contain_text("Saved", timeout=WAIT)


def test_an_answer_is_saved_as_it_is_given_and_the_range_follows(ada: BrowserContext) -> None:
    page, number = begun(ada, "A book of poems")
    before = page.inner_text("#range")
    for name in ("ties", "field", "leaves", "data", "money", "rights", "use", "ethics"):
        field = page.locator("input[name^='first_look.'][value='false']")
        assert field.count(), name
    names = page.locator("input[type=radio][value='false']").evaluate_all("all => all.map(one => one.name)")
    for name in names:
        page.check(f"input[name='{name}'][value='false']")
        saved(page, name)
    assert page.inner_text("#range") != before
    page.goto(f"/cases/{number}/q/first_look")
    assert page.is_checked(f"input[name='{names[0]}'][value='false']")


def test_a_text_is_saved_while_it_is_typed(ada: BrowserContext) -> None:
    page, number = begun(ada, "Typing")
    page.goto(f"/cases/{number}/q/partner")
    page.fill("#name", "Universität Ulm")
    page.click("button:has-text('Add')")
    path = "partner.universitat-ulm.name_local"
    page.locator(f"[name='{path}']").first.press_sequentially("乌尔姆大学")
    saved(page, path)
    page.reload()
    expect(page.locator(f"textarea[name='{path}']")).to_have_value("乌尔姆大学")


def test_a_session_that_is_over_keeps_the_text_and_goes_on_by_itself_after_a_new_sign_in(ada: BrowserContext) -> None:
    page, _number = begun(ada, "Out and in")
    kept = ada.cookies()
    ada.clear_cookies(name="session")
    page.check("input[name='first_look.ties'][value='true']")
    expect(page.locator("#session")).to_be_visible(timeout=WAIT)
    assert page.is_checked("input[name='first_look.ties'][value='true']")
    ada.add_cookies(kept)  # type: ignore[arg-type] # what was read can be written; as a sign-in in another tab brings one
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    saved(page, "first_look.ties")
    expect(page.locator("#session")).to_be_hidden()


def test_a_new_token_of_another_sign_in_keeps_what_is_typed(ada: BrowserContext) -> None:
    page, number = begun(ada, "Another token")
    ada.clear_cookies(name="csrf")
    ada.new_page().goto(f"/cases/{number}")  # brings a new one
    page.check("input[name='first_look.ties'][value='true']")
    saved(page, "first_look.ties")


def test_without_a_connection_an_answer_waits_and_is_sent_once_there_is_one(ada: BrowserContext) -> None:
    page, _number = begun(ada, "In a tunnel")
    ada.set_offline(True)
    page.check("input[name='first_look.ties'][value='true']")
    expect(page.locator("#offline")).to_be_visible(timeout=WAIT)
    ada.set_offline(False)
    saved(page, "first_look.ties")
    expect(page.locator("#offline")).to_be_hidden()


def test_the_back_button_brings_back_a_page_with_its_answers(ada: BrowserContext) -> None:
    page, number = begun(ada, "Back and forth")
    page.check("input[name='first_look.ties'][value='true']")
    page.click("text=Save and go on")
    page.wait_for_url(f"**/cases/{number}")
    page.go_back()
    expect(page.locator("input[name='first_look.ties'][value='true']")).to_be_checked(timeout=WAIT)
    expect(page.locator("#busy")).to_be_hidden()


def test_a_slow_network_shows_that_it_works_and_a_second_click_sends_nothing(ada: BrowserContext) -> None:
    page, number = begun(ada, "Slowly")
    page.goto(f"/cases/{number}/check")
    sent: list[Route] = []
    page.route("**/act/assess", lambda route: sent.append(route))  # noqa: PLW0108 (a method of a list is refused)
    twice = "button => { button.click(); const is_busy = !busy.hidden; button.click(); return is_busy; }"
    assert page.locator("main button:has-text('Assess')").evaluate(twice)
    page.wait_for_timeout(300)  # a second request would be here by now
    sent[0].continue_()
    expect(page.locator(".banner.done")).to_contain_text("Assess: done at", timeout=WAIT)
    assert len(sent) == 1
    expect(page.locator(".history li")).to_have_count(1)


def test_two_tabs_show_both_answers(ada: BrowserContext) -> None:
    page, number = begun(ada, "Two tabs")
    other = ada.new_page()
    other.goto(f"/cases/{number}/q/first_look")
    page.check("input[name='first_look.ties'][value='true']")
    saved(page, "first_look.ties")
    other.check("input[name='first_look.ties'][value='false']")
    expect(other.locator("[id='wrong-first_look.ties']")).to_contain_text(
        "Ada Vogel answered “Yes” meanwhile", timeout=WAIT
    )


def test_a_case_without_scripts_from_blank_to_assessed(ada: BrowserContext, office: Office, chromium: Browser) -> None:
    context = chromium.new_context(
        base_url=office.address, java_script_enabled=False, storage_state=ada.storage_state()
    )
    context.set_default_timeout(WAIT)
    page, number = begun(context, "No scripts")
    page.check("input[name='first_look.ties'][value='true']")
    page.click("text=Save and go on")
    assert page.url.endswith(f"/cases/{number}")
    page.click("text=Look at all answers, and assess")
    page.locator("a[href*='back=check']:has-text('Change')").first.click()
    page.click("text=Save and go back to all answers")
    assert f"/cases/{number}/check#p-" in page.url
    page.click("main button:has-text('Assess')")
    stands(page, "assessed")


def test_by_keyboard_alone(ada: BrowserContext) -> None:
    page, number = begun(ada, "Keys")
    page.locator("input[name='first_look.ties']").first.focus()
    page.keyboard.press("ArrowDown")
    saved(page, "first_look.ties")
    for _ in range(200):
        if page.evaluate("document.activeElement.textContent.trim()") == "Save and go on":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{number}")


def test_from_blank_to_a_decision_by_three_people(
    ada: BrowserContext, joined: Callable[[str, str], BrowserContext]
) -> None:
    page, number = begun(ada, "Battery recycling")
    rosa, dora = joined("Rosa Roth", "reviewer"), joined("Dora Decker", "decider")
    act = f"/cases/{number}/act"
    page.goto(f"{act}/assess")
    page.dblclick("main button")  # the second click is no second act
    stands(page, "assessed")
    page.goto(f"{act}/send")
    page.select_option("#reviewer", label="Rosa Roth")
    page.click("main button")
    stands(page, "in review")
    hers = rosa.new_page()
    hers.goto("/")
    hers.click(f"text={number}")
    hers.click("a[href$='/act/review']")
    hers.click("main button")
    stands(hers, "signed, waits for a decision")
    theirs = dora.new_page()
    theirs.goto(f"{act}/decide")
    for level in ("blocked", "restriction", "committee"):
        theirs.check(f"input[value='{level}']")
    theirs.fill("#note", "Too much is open.")
    theirs.click("main button")
    stands(theirs, "decided")
    acts = theirs.locator(".history li").all_inner_texts()
    assert [re.sub(r"^\S+ \S+ ", "", one) for one in acts] == [
        "Dora Decker: Decide – Too much is open.",
        "Rosa Roth: Sign",
        "Ada Vogel: Send to a reviewer",
        "Ada Vogel: Assess",
    ]


OLDER = """if True:
    import django
    django.setup()
    from risk_engine.web.models import SignedIn
    from risk_engine.web.sessions import SessionStore
    for row in SignedIn.objects.all():
        session = SessionStore(row.session_key)
        session["proved"] = 0
        session.save()
"""


def made_older(office: Office) -> None:
    """Let what everybody proved be long ago."""
    more = {"RISK_ENGINE_OFFICE": str(office.folder), "DJANGO_SETTINGS_MODULE": "risk_engine.web.settings"}
    subprocess.run([sys.executable, "-c", OLDER], env={**os.environ, **more}, check=True)


def test_a_passkey_is_made_and_asked_for_at_the_sign_in_and_as_a_proof(
    office: Office, joined: Callable[[str, str], BrowserContext]
) -> None:
    page = joined("Pia Pass", "auditor").new_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "automaticPresenceSimulation": True}})
    page.goto("/account/passkey")
    page.click("text=Make a passkey")
    expect(page.locator("h1")).to_have_text("Recovery codes", timeout=WAIT)
    barriers(page)
    page.click("text=Sign out")
    page.fill("#email", "auditor@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button")
    expect(page.locator("h1")).to_have_text("Second factor")
    barriers(page)
    page.click("text=Use a passkey")
    expect(page.locator("h1")).to_have_text("My work", timeout=WAIT)
    page.goto("/account")
    expect(page.locator("main")).to_contain_text("Passkey: My passkey")
    barriers(page)
    made_older(office)
    page.goto("/account/password")
    expect(page.locator("main")).to_contain_text("Is it you?")
    barriers(page)
    page.fill("#password", f"{PASSWORD} two")
    page.click("text=Use a passkey")
    expect(page.locator("h1")).to_have_text("Your account", timeout=WAIT)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_no_page_has_a_barrier_or_scrolls_sideways(
    scheme: Literal["light", "dark"], ada: BrowserContext, office: Office, chromium: Browser
) -> None:
    context = chromium.new_context(base_url=office.address, storage_state=ada.storage_state(), color_scheme=scheme)
    context.set_default_timeout(WAIT)
    page, number = begun(context, "Every page")
    page.goto(f"/cases/{number}/q/technology")
    page.fill("#name", "Kathodenmaterialien für Hochleistungsbatterieanwendungen")
    page.click("button:has-text('Add')")
    entry = page.url
    wrong = page.locator("input[inputmode=numeric]").first
    wrong.fill("eleven")
    page.click("text=Save and go on")
    expect(page.locator("#summary")).to_be_focused()
    barriers(page)
    addresses = [
        "/",
        "/cases",
        "/cases?q=nothing-has-this-name",
        "/cases?state=draft&days=30&due=rent",
        "/partners",
        "/log",
        f"/cases/{number}",
        f"/cases/{number}/q/first_look",
        f"/cases/{number}/q/technology",
        entry,
        f"/cases/{number}/triage",
        f"/cases/{number}/check",
        f"/cases/{number}/q/first_look?back=check",
        f"/cases/{number}/ways",
        f"/cases/{number}/act/assess",
        f"/cases/{number}/act/close",
        f"/cases/{number}/act/opinion",
        f"/cases/{number}/controls",
        f"/cases/{number}/access",
        f"/cases/{number}/opinions",
        f"/cases/{number}/notes?about=first_look.ties",
        f"/cases/{number}/invitations",
        "/outbox",
        "/deputies",
        "/people",
        "/people/1",
        "/people/sign-ins",
        "/account",
        "/account/app",
        "/account/passkey",
        "/account/password",
        "/nothing/here",
    ]
    for address in addresses:
        page.goto(address)
        barriers(page)
    page.goto("/partners")
    page.fill("#name", f"Songhua {scheme}")
    page.click("text=Begin something on file")
    barriers(page)
    page.goto(f"{page.url}?fact=country")
    barriers(page)
    page.goto(entry.replace("/q/", "/on-file/"))
    page.click("text=Begin something on file")
    barriers(page)
    page.goto(f"/cases/{number}/invitations")
    page.fill("#name", "Dr Berg")
    page.select_option("#role", "researcher")
    page.click("button:has-text('Invite')")
    barriers(page)
    guests = chromium.new_context(base_url=office.address, color_scheme=scheme)
    guests.set_default_timeout(WAIT)
    link, page = page.inner_text("code"), guests.new_page()
    page.goto(link)
    barriers(page)
    page.click("main button")
    page.wait_for_url("**/i")
    for address in ("/i", "/i/q/first_look", "/i/check"):
        page.goto(address)
        barriers(page)
    page.goto("/account/sign-in")
    barriers(page)


def barriers(page: Page) -> None:
    page.wait_for_load_state()
    page.wait_for_function("() => document.documentElement && document.readyState === 'complete'")
    made = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    found = [f"{one['id']}: {node['html']}" for one in made.response["violations"] for node in one["nodes"]]
    assert found == [], page.url
    assert width_at(page, NARROW) <= NARROW, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_ctrl_c_closes_the_office(tmp_path: Path) -> None:
    assert Office(tmp_path / "office").close() == 0


@pytest.mark.nightly
def test_a_process_that_hangs_keeps_the_office_from_closing_no_longer_than_its_time(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    children = subprocess.run(
        ["pgrep", "-P", f"{office.process.pid}", "-f", "risk_engine serve"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    os.kill(int(children.stdout.split()[0]), signal.SIGSTOP)
    began = time.monotonic()
    assert office.close() == 0
    assert serve.STUCK <= time.monotonic() - began < serve.STUCK + 10


def wait_for(address: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/account/sign-in", timeout=5):  # noqa: S310
            return
        time.sleep(0.1)
    raise AssertionError(address)
