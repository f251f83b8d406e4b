"""Every page of the office without a barrier (axe, WCAG 2.2 AA), in light and dark, and never wider than the window."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.pages.browser import NARROW
from tests.web.served import PASSWORD, WAIT, Join, Office, barriers, begun, saved

pytestmark = pytest.mark.long
MATRIX = "/criteria/us-dod-matrix@1.1.0"
ROLES = ("assessor", "reviewer", "decider", "admin")


def choose_control(page: Page, number: str) -> None:
    """Have a case state a control, so that the page of controls has a field for a file."""
    page.goto(f"/cases/{number}/controls")
    page.locator("main select").first.select_option("agreed")
    page.locator("button[name=at]").first.click()
    expect(page.locator("main input[type=file]")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_no_page_has_a_barrier_or_scrolls_sideways(
    scheme: Literal["light", "dark"], ada: BrowserContext, served: Office, chromium: Browser
) -> None:
    context = chromium.new_context(base_url=served.address, storage_state=ada.storage_state(), color_scheme=scheme)
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
    choose_control(page, number)
    addresses = [
        "/",
        "/cases",
        "/cases?q=nothing-has-this-name",
        "/cases?state=draft&days=30&due=rent",
        "/partners",
        "/privacy",
        "/privacy/person",
        "/privacy/retention",
        "/log",
        "/criteria",
        f"{MATRIX}?q=china",
        f"{MATRIX}/records/F1-01",
        f"{MATRIX}/use",
        f"{MATRIX}/try?indicator=F1-01",
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
    page.select_option("#language", label="Français")
    page.click("button:has-text('Invite')")
    barriers(page)
    guests = chromium.new_context(base_url=served.address, color_scheme=scheme)
    guests.set_default_timeout(WAIT)
    link, page = page.inner_text("code"), guests.new_page()
    page.goto(link)
    barriers(page)
    page.click("main button")
    page.wait_for_url("**/i")
    for address in ("/i", "/i/check", "/i/q/first_look"):
        page.goto(address)
        barriers(page)
    page.locator("fieldset").first.get_by_text("Pas encore connu").click()
    expect(page.locator(".saved").first).to_contain_text("Enregistré")
    page.click("text=Enregistrer et continuer")
    page.click("text=Relire toutes les réponses, puis envoyer")
    page.click("text=Envoyer au service de la recherche")
    expect(page.locator(".banner[role=status]")).to_contain_text("Elles sont parvenues au service de la recherche")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    barriers(page)
    page.goto("/account/sign-in")
    barriers(page)


@pytest.mark.nightly
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_no_state_that_is_seldom_seen_has_a_barrier_in_german(
    scheme: Literal["light", "dark"], joined: Join, served: Office, chromium: Browser
) -> None:
    context = joined(f"Gerda {scheme.title()}", *ROLES, language="de", color_scheme=scheme)
    page, number = begun(context, "Kathodenmaterialien für Hochleistungsbatterieanwendungen")
    there = f"/cases/{number}"
    # What came since somebody looked, and a case that is confidential, with the code of a guest.
    page.goto(f"{there}/check")
    other = context.new_page()
    other.goto(f"{there}/q/first_look")
    other.check("input[name='first_look.ties'][value='true']")
    saved(other, "first_look.ties", "Gespeichert")
    other.close()
    page.click("#assess button")
    expect(page.locator("#summary")).to_be_focused()
    barriers(page)
    page.goto(f"{there}/access")
    page.click("main button >> nth=0")
    page.goto(f"{there}/invitations")
    page.fill("#name", "Dr Berg")
    page.click("button[value=invite]")
    barriers(page)
    guest = chromium.new_context(base_url=served.address, color_scheme=scheme, locale="de-DE").new_page()
    guest.goto(page.locator("code").first.inner_text())
    barriers(guest)
    guest.fill("input[name=code]", "123")
    guest.click("main button")
    barriers(guest)
    # What was sent while signed out.
    page.goto(f"{there}/notes")
    page.fill("textarea[name=text]", "Fragen Sie den Partner, ob die Zusage noch gilt.")
    context.clear_cookies(name="session")
    page.click("main form button >> nth=0")
    page.fill("#email", f"{scheme}@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/parked")
    barriers(page)


@pytest.mark.nightly
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_no_page_about_what_others_sealed_has_a_barrier_in_german(
    scheme: Literal["light", "dark"], joined: Join
) -> None:
    page = joined(f"Gerda {scheme.title()}", *ROLES, language="de", color_scheme=scheme).new_page()
    page.goto("/people/demo")
    barriers(page)
    page.click("main form button")
    expect(page.locator("main button[value=remove]")).to_be_visible()
    barriers(page)
    page.goto("/cases")
    page.set_viewport_size({"width": NARROW, "height": 900})
    labels = page.locator("table.register tbody tr").first.locator(".label")
    assert labels.evaluate_all("all => all.map(one => one.checkVisibility())") == [True] * 4
    for address in (
        "/cases/DEMO-PT-2026-064/act/decide",
        "/cases/DEMO-LU-2026-007/act/send",
        "/cases/DEMO-PT-2026-064/act/return",
        "/cases/DEMO-UPL-2026-118/act/reopen",
        "/log",
    ):
        page.goto(address)
        barriers(page)
    page.goto("/cases/DEMO-UPL-2026-118/ways")
    page.click("main a[href*='/ways/'] >> nth=0")
    barriers(page)
    page.goto("/cases/DEMO-UPL-2026-118")
    page.click("form[action$='/pack'] button")
    page.wait_for_url("**/jobs/*")
    barriers(page)
    page.goto("/people/demo")
    page.click("main button[value=remove]")
    expect(page.locator("main button[value=remove]")).to_be_hidden()
