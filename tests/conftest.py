"""Hypothesis profiles: `dev` at home, `ci` where CI=true, `long`; HYPOTHESIS_PROFILE names one.

What coverage watches, and a language for tests.
"""

import gc
import os
import shutil
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import settings

from risk_engine import language

FRENCH = {"not known": "inconnu", "yes": "oui", "no": "non", "none": "aucun", "none of these": "aucun de ceux-ci"}

settings.register_profile("dev", max_examples=100, deadline=None)
# The same examples on every run, and no time limit for one: a busy machine must not turn a build red. As many as fit
# the time that a build may take; `make laws` looks further, and at other examples each time.
settings.register_profile("ci", max_examples=60, derandomize=True, deadline=None)
settings.register_profile("long", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "dev"))


WHOLE = frozenset({"criteria", "docs", "golden", "pages"})
"""Folders whose tests look at whole sets and documents; the tests of each part say what its lines do."""

WATCHED = frozenset({"engine", "model"})
"""Folders whose laws are watched too: of what they are about every line must be covered."""


def _is_watched(item: pytest.Item) -> bool:
    part = item.path.relative_to(Path(__file__).parent).parts[0]
    is_law = item.get_closest_marker("hypothesis") is not None and part not in WATCHED
    return part not in WHOLE and not is_law and item.get_closest_marker("unwatched") is None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let coverage watch no whole and no law: being watched, a test takes more than twice the time.

    A line that only they reach has no test that says what it does: then it is not covered. A file or a test that takes
    long may say so of itself, with the mark `unwatched`. (The mark `no_cover` of pytest-cov does nothing in the
    processes of pytest-xdist: when it stops the one watcher, another goes on there.)
    """
    if _is_watched(item) or not item.config.pluginmanager.hasplugin("_cov"):
        return (yield)
    watcher = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(watcher)


def pytest_configure() -> None:
    """Let Ctrl-C be heard by what tests start, also where a shell began the whole suite in the background.

    Such a shell has it ignored, and a process hands that on to all that it starts.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let no later look for garbage go through what is there until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def speaks_french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add French, as somebody would who adds a file: a few of the engine's own words are translated."""
    folder = tmp_path / "locale"
    shutil.copytree(Path(language.__file__).parent / "locale", folder)
    words = folder / "fr" / "LC_MESSAGES"
    words.mkdir(parents=True)
    catalog = Catalog(locale="fr")
    for english, french in FRENCH.items():
        catalog.add(english, french)
    with (words / "engine.mo").open("wb") as file:
        write_mo(file, catalog)
    monkeypatch.setattr("risk_engine.language._FOLDER", folder)
