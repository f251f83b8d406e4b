"""The office as people meet it: `risk-engine serve` in a browser, from the first link to a decision, in every state."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from risk_engine.web import serve
from tests.web.served import PASSWORD, WAIT, Join, Office, barriers, begun, saved, stands, tab_to

pytestmark = pytest.mark.long


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


def test_a_case_without_scripts_from_blank_to_assessed(ada: BrowserContext, served: Office, chromium: Browser) -> None:
    context = chromium.new_context(
        base_url=served.address, java_script_enabled=False, storage_state=ada.storage_state()
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


def test_a_case_by_keyboard_alone_from_blank_to_submitted(ada: BrowserContext, joined: Join) -> None:
    joined("Rosa Roth", "reviewer")
    page = ada.new_page()
    page.goto("/")
    press = page.keyboard.press
    tab_to(page, "#title")
    page.keyboard.type("Keys")
    press("Enter")
    page.wait_for_url("**/triage")
    tab_to(page, "input[name='first_look.ties']")
    press("Space")
    saved(page, "first_look.ties")
    tab_to(page, "input[name='first_look.field']")
    press("ArrowDown")
    saved(page, "first_look.field")
    tab_to(page, "button[value=next]")
    press("Enter")
    stands(page, "draft")
    tab_to(page, "a[href$='/q/partner']")
    press("Enter")
    page.wait_for_url("**/q/partner")
    tab_to(page, "#name")
    page.keyboard.type("Borealis")
    press("Enter")
    page.wait_for_url("**/q/partner/borealis")
    tab_to(page, ".where a[href*='/cases/']")
    press("Enter")
    stands(page, "draft")
    tab_to(page, "a.button[href$='/check']")
    press("Enter")
    page.wait_for_url("**/check")
    tab_to(page, "a[href='#assess']")
    press("Enter")
    tab_to(page, "#assess button")
    press("Enter")
    stands(page, "assessed")
    tab_to(page, "a[href$='/act/send']")
    press("Enter")
    page.wait_for_url("**/act/send")
    tab_to(page, "#reviewer")
    page.keyboard.type("Rosa")
    tab_to(page, "main form button")
    press("Enter")
    stands(page, "in review")


def test_from_blank_to_a_decision_by_three_people(ada: BrowserContext, joined: Join) -> None:
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
    stands(theirs, "decided, waits for a second person")
    acts = theirs.locator(".history li").all_inner_texts()
    assert [re.sub(r"^.*?\d\d:\d\d ", "", one) for one in acts] == [
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


def made_older(served: Office) -> None:
    """Let what everybody proved be long ago."""
    more = {"RISK_ENGINE_OFFICE": str(served.folder), "DJANGO_SETTINGS_MODULE": "risk_engine.web.settings"}
    subprocess.run([sys.executable, "-c", OLDER], env={**os.environ, **more}, check=True)


def test_a_passkey_is_made_and_asked_for_at_the_sign_in_and_as_a_proof(served: Office, joined: Join) -> None:
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
    page.fill("#email", "pass@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button")
    expect(page.locator("h1")).to_have_text("Second factor")
    barriers(page)
    page.click("text=Use a passkey")
    expect(page.locator("h1")).to_have_text("My work", timeout=WAIT)
    page.goto("/account")
    expect(page.locator("main")).to_contain_text("Passkey: My passkey")
    barriers(page)
    made_older(served)
    page.goto("/account/password")
    expect(page.locator("main")).to_contain_text("Is it you?")
    barriers(page)
    page.fill("#password", f"{PASSWORD} two")
    page.click("text=Use a passkey")
    expect(page.locator("h1")).to_have_text("Your account", timeout=WAIT)


@pytest.mark.nightly
def test_what_a_change_means_is_worked_out_beside_the_pages_and_comes_by_itself(ada: BrowserContext) -> None:
    page = ada.new_page()
    page.goto("/criteria/us-dod-matrix@1.1.0/changes?from=us-dod-matrix@1.0.2")
    expect(page.locator("article.study")).to_contain_text("was not worked out yet")
    page.click("text=Work it out")
    expect(page.locator("article.study")).to_contain_text("No case is decided otherwise, proved", timeout=2 * WAIT)
    expect(page.locator("#job")).to_be_empty()
    barriers(page)


def test_ctrl_c_closes_the_office_and_meanwhile_no_other_one_takes_its_port(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    other = [sys.executable, "-m", "risk_engine", "serve", "--office", str(tmp_path / "other"), "--port"]
    done = subprocess.run(
        [*other, office.address.rpartition(":")[2]], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "another program listens there already" in done.stderr
    assert not (tmp_path / "other").exists()
    assert office.close() == 0


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
