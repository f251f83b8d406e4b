"""Every page is made once and opened once in a session; the tests look at it one after the other."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.made import PAGES

FEW = frozenset({"half-filled", "letter-document", "small-map", "german-plan-document"})
"""The pages that every run looks at; `make test-long` looks at one of every kind, and at all that is hostile."""
AT_NIGHT = frozenset(
    {
        *(
            "aerospace-institute-in-the-eu",
            "boreal-carbon",
            "drone-swarm",
            "endowed-chair",
            "endowed-chair-renegotiated",
        ),
        *("horizon-robotics", "lung-imaging-federated", "number-theory", "quantum-with-preapproved-country"),
        *("two-eu-hospitals", "half-filled-de", "crowded-de", "crowded-loan-de", "crowded-decision-document"),
        *("crowded-questions-document", "german-letter-document", "german-impact", "german-proof", "german-timeline"),
        "small-comparison",
    }
)
"""Another case, or the other language, on a page of a kind that is looked at before each landing."""
ALONE = frozenset({"test_axe_would_find_what_is_wrong", "test_a_missing_browser_fails_and_says_the_way_out"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and isinstance(item, pytest.Function):
            name = item.callspec.params.get("name") if hasattr(item, "callspec") else None
            if name not in FEW and item.name not in ALONE:
                item.add_marker(pytest.mark.nightly if name in AT_NIGHT else pytest.mark.long)


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
