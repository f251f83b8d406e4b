"""Takes the pictures of real pages that the README and the guides show: `python -m tests.pages.pictures FOLDER`."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.pages.browser import browser
from tests.pages.made import PAGES

EXAMPLE = "lung-imaging"
WIDTH = 780
PICTURES = {
    "report-first-page.png": (EXAMPLE, "body > header", "main > .first"),
    "report-findings.png": (EXAMPLE, "#findings", "#findings > .group table >> nth=1"),
    "pack.png": ("pack-index", "body > header", "#documents"),
}
"""The file: of which page, and the elements from whose top to whose bottom it reaches."""


def main(folder: Path) -> None:
    """Write the pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        for name, (of, first, last) in PICTURES.items():
            page.set_content(PAGES[of]())
            # As a reader who set a smaller letter would see it: the files stay small.
            page.add_style_tag(content="html { font-size: 14px }")
            top, bottom = _edges(page, first)[0], _edges(page, last)[1]
            area = {"x": 0, "y": max(0, top - 24), "width": WIDTH, "height": bottom - max(0, top - 24)}
            page.screenshot(path=folder / name, full_page=True, clip=area)  # type: ignore[arg-type]


def _edges(page: Page, element: str) -> tuple[float, float]:
    box = page.locator(element).first.bounding_box()
    if box is None:
        raise RuntimeError(f"`{element}` is not on the page")
    return box["y"], box["y"] + box["height"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
