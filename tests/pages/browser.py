"""The pages that a browser opens, and the browser: the one that the system has, never one that is downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
NARROW = 320
"""The width in CSS pixels that WCAG 1.4.10 asks for; 1280 pixels at a zoom of 400 % come to the same."""
SHEET = 658
"""How wide a sheet of A4 is between its margins, in CSS pixels."""
ZOOMED = 640
"""1280 pixels at a zoom of 200 %."""


@contextmanager
def browser(places: str = os.environ["PATH"]) -> Iterator[Browser]:
    """Start the Chromium found in these folders; RuntimeError where there is none: a test fails, it never skips."""
    path = next((found for name in NAMES if (found := shutil.which(name, path=places))), None)
    if path is None:
        raise RuntimeError(f"none of {', '.join(NAMES)} is installed; `make system-packages` installs Chromium")
    with sync_playwright() as playwright:
        # The sandbox of Chromium does not run for root, as in a container; the pages are our own.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def width_at(page: Page, width: int) -> int:
    """Return how wide the page is where the window has this width: more than the window means sideways scroll."""
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("width => window.innerWidth === width", arg=width)  # a busy machine resizes late
    return int(page.evaluate("document.scrollingElement.scrollWidth"))
