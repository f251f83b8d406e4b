"""Hypothesis profiles (HYPOTHESIS_PROFILE names one), how tests are collected, and a language for tests."""

import fcntl
import gc
import os
import re
import shutil
import signal
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import Phase, settings

from risk_engine.files import language
from tests.translating import LOAN_DESK, copy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

HERE = Path(__file__).parent
LONGEST = {"test_postgresql.py", "test_the_whole_way.py", "test_killed.py"}
SELDOM = {
    "long": re.compile(r"mark\.long|mostly_long"),
    "nightly": re.compile(r"mark\.nightly|mostly_long|by_turns"),
}
"""Marks of few tests, and what a file says that has such ones, or the conftest.py beside it."""
FRENCH = {"not known": "inconnu", "yes": "oui", "no": "non", "none": "aucun", "none of these": "aucun de ceux-ci"}

# The same examples on every run, and no time limit for one: a busy machine must not turn a build red. As many as fit
# the time that a build may take; `make laws` looks further, and at other examples each time.
settings.register_profile("fixed", max_examples=32, derandomize=True, deadline=None)
settings.register_profile("long", max_examples=1000, deadline=None)
# For scripts/mutate_python.py: an example that fails is enough.
settings.register_profile(
    "mutants", max_examples=20, derandomize=True, deadline=None, database=None, phases=(Phase.explicit, Phase.generate)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "fixed")


def pytest_configure() -> None:
    """Look for garbage seldom: Python's own way takes a third of the time of a test that runs a command.

    And let Ctrl-C be heard by what tests start, also where a shell began the whole suite in the background: such a
    shell has it ignored, and a process hands that on to all that it starts.
    """
    gc.set_threshold(30_000, 20, 100)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over a file without any test of the mark that was asked for: to import all takes longer than many a test."""
    said = SELDOM.get(config.getoption("markexpr").partition(" ")[0])
    if said is None or not collection_path.name.startswith("test_") or collection_path.is_dir():
        return None
    return None if _says(said, collection_path) else True


@cache
def _says(pattern: re.Pattern[str], path: Path) -> bool:
    files = (path, path.with_name("conftest.py"))
    return any(pattern.search(one.read_text("utf-8")) for one in files if one.exists())


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> "Iterator[None]":
    """In the first run of all let one process compile what is imported, while the others wait: not each the same."""
    is_first = not any((HERE / "web" / "__pycache__").glob("test_w*-pytest-*.pyc"))  # what is collected last
    if not (is_first and hasattr(session.config, "workerinput")) or sys.dont_write_bytecode:
        return (yield)
    with Path(__file__).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(file, fcntl.LOCK_SH)
            fcntl.flock(file, fcntl.LOCK_UN)
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let begin first what takes longest, or the other processes wait for it at the end."""
    for item in items:
        for mark, pattern in SELDOM.items():
            if item.get_closest_marker(mark) and not _says(pattern, item.path):
                raise pytest.UsageError(f"{item.path} has tests that are {mark} and does not say so: `SELDOM`")
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """Let no later look for garbage go through what is there until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """A browser; a process can have one only."""
    from tests.pages.browser import browser

    with browser() as started:
        yield started


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A copy of the loan desk."""
    return copy_of(LOAN_DESK, tmp_path / "desk")


@pytest.fixture
def speaks_french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add French, as somebody would who adds a file: a few of the engine's own words are translated."""
    folder = tmp_path / "locale"
    shutil.copytree(Path(language.__file__).parents[1] / "locale", folder)
    words = folder / "fr" / "LC_MESSAGES"
    shutil.rmtree(words, ignore_errors=True)  # the shipped one says more
    words.mkdir(parents=True)
    catalog = Catalog(locale="fr")
    for english, french in FRENCH.items():
        catalog.add(english, french)
    for part in ("outside", "report"):
        with (words / f"{part}.mo").open("wb") as file:
            write_mo(file, catalog)
    monkeypatch.setattr("risk_engine.files.language._FOLDER", folder)
