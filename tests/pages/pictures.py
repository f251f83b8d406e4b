"""Takes the pictures of real pages that the README and the guides show: `python -m tests.pages.pictures FOLDER`.

Those of the office are of one with demo data, served for them alone.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.pages.browser import browser
from tests.pages.made import PAGES
from tests.web.served import PASSWORD, WAIT, Office

EXAMPLE = "lung-imaging"
WIDTH = 780
PICTURES = {
    "report-first-page.png": (EXAMPLE, "body > header", "main > .first"),
    "report-findings.png": (EXAMPLE, "#findings", "#findings > .group table >> nth=1"),
    "pack.png": ("pack-index", "body > header", "#documents"),
    "awareness-network.png": ("awareness", "#network", "#picture-network"),
}
"""The file: of which page, and the elements from whose top to whose bottom it reaches."""

OFFICE_WIDTH = 1100
OFFICE = {
    "office-register.png": ("/cases", "table.cases"),
    "office-questions.png": ("/cases/DEMO-AM-2026-200/q/collaboration", "#questions .question >> nth=4"),
    "office-ways.png": ("/cases/DEMO-KUH-2026-031/ways", "main section >> nth=-1"),
    "office-criteria.png": ("/criteria/reconnect-china@2.1.0?q=weapons&kind=indicator", "ul.found >> nth=0"),
}
"""The file: at which address, and to the bottom of which element it reaches."""


def main(folder: Path) -> None:
    """Write the pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as chromium:
        of_office(chromium, folder)
        page = chromium.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        for name, (of, first, last) in PICTURES.items():
            page.set_content(PAGES[of]())
            # As a reader who set a smaller letter would see it: the files stay small.
            page.add_style_tag(content="html { font-size: 14px }")
            top, bottom = _edges(page, first)[0], _edges(page, last)[1]
            area = {"x": 0, "y": max(0, top - 24), "width": WIDTH, "height": bottom - max(0, top - 24)}
            page.screenshot(path=folder / name, full_page=True, clip=area)  # type: ignore[arg-type]


def of_office(chromium: Browser, folder: Path) -> None:
    """Write the pictures of an office with demo data."""
    with TemporaryDirectory() as there:
        office = Office(Path(there) / "office")
        page = chromium.new_page(
            viewport={"width": OFFICE_WIDTH, "height": 900}, base_url=office.address, color_scheme="light"
        )
        page.set_default_timeout(WAIT)
        page.goto(office.link)
        for name, text in (("name", "Ada Vogel"), ("email", "ada@example.org"), ("faculty", "Physics")):
            page.fill(f"#{name}", text)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.goto("/people/demo")
        page.click("main button")
        for name, (address, last) in OFFICE.items():
            page.goto(address)
            area = {"x": 0, "y": 0, "width": OFFICE_WIDTH, "height": _edges(page, last)[1] + 24}
            page.screenshot(path=folder / name, full_page=True, clip=area)  # type: ignore[arg-type]
        office.close()


def _edges(page: Page, element: str) -> tuple[float, float]:
    box = page.locator(element).first.bounding_box()
    if box is None:
        raise RuntimeError(f"`{element}` is not on the page")
    return box["y"], box["y"] + box["height"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
