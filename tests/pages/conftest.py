"""Every page is made once and opened once in a session; the tests look at it one after the other."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.made import PAGES

FEW = frozenset({"half-filled", "letter-document", "small-map", "german-plan-document"})
"""The pages that every run looks at."""
BEFORE_EACH_LANDING = frozenset(
    {
        *("hostile", "decision", "questions-document", "redacted-document", "impact", "timeline", "outlook"),
        *("awareness", "small-catalogue"),
    }
)
"""One more of every kind, which `make test-long` looks at; another case, or the other language, comes at night."""
THAT_ALONE = frozenset(
    {"test_the_first_printed_page_answers_alone[crowded]", "test_axe_finds_nothing[pack-index-light]"}
)
"""All that is looked at of these pages before each landing: they are dear to make, and of the kinds of the others."""
ALWAYS = frozenset(
    {
        *("test_axe_would_find_what_is_wrong", "test_a_missing_browser_fails_and_says_the_way_out"),
        *("test_axe_finds_nothing[letter-document-light]", "test_axe_finds_nothing[small-map-dark]"),
    }
)
DEAR = ("test_axe_finds_nothing[", "test_a_page_is_complete_without_scripts[half-filled]")
"""Takes seconds with any page: with `ALWAYS` in every run, with the other few before each landing."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        is_here = item.path.parent == Path(__file__).parent
        if is_here and isinstance(item, pytest.Function) and (mark := _mark(item)) is not None:
            item.add_marker(mark)


def _mark(item: pytest.Function) -> pytest.MarkDecorator | None:
    given = item.callspec.params if hasattr(item, "callspec") else {}
    name = given.get("name")
    if item.name in ALWAYS or (name in FEW and not item.name.startswith(DEAR)):
        return None
    is_one_of_a_kind = name in FEW | BEFORE_EACH_LANDING and given.get("scheme") != "dark"
    return pytest.mark.long if is_one_of_a_kind or item.name in THAT_ALONE else pytest.mark.nightly


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
