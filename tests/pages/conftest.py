"""Every page is made once and opened once in a session; the tests look at it one after the other."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.browser import browser
from tests.pages.made import PAGES


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="session")
def file_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def made(name: str) -> Path:
        path = folder / f"{name}.html"
        path.write_text(PAGES[name](), "utf-8")
        return path

    return made


@pytest.fixture(scope="session")
def opened(chromium: Browser, file_of: Callable[[str], Path]) -> Callable[[str], Page]:
    @cache
    def page(name: str) -> Page:
        made = chromium.new_page()
        made.goto(file_of(name).as_uri())
        return made

    return page
