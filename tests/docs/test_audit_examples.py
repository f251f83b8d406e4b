"""The reports on the newest version that are kept as examples say what the engine says now."""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from risk_engine.audit.impact.run import impact
from risk_engine.loading.criteria import load_criteria
from risk_engine.report import written
from risk_engine.report.set_pages.impact import impact_view
from risk_engine.version import __version__

ROOT = Path(__file__).parents[2]
AUDIT = ROOT / "examples" / "audit"
VERSIONS = ("reconnect-china@1.0.0", "reconnect-china@2.0.0")
SCRIPT = """
import sys
from pathlib import Path
from risk_engine.audit.versions import compared
from risk_engine.audit.versions import base_of, meaning_of
from risk_engine.report import written
from risk_engine.report.set_pages.changes import changes_view

folder, before, after = sys.argv[1:]
found = compared(before, after)
base = base_of(found)
changes = found.changes.model_copy(update={"meaning": meaning_of(found, base)})
page = changes_view(changes, *found.words, shown=found.shown, base=base)
for form in ("md", "html"):
    (Path(folder) / f"diff.{form}").write_bytes(written(page, form))
"""


@pytest.fixture(scope="module")
def diff(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report in each form. The meaning takes seconds, so it is worked out once.

    A process of its own, as the command has: what a solver finds first depends on what it was asked before.
    """
    folder = tmp_path_factory.mktemp("diff")
    subprocess.run((sys.executable, "-c", SCRIPT, folder, *VERSIONS), check=True, cwd=ROOT)
    return {form: (folder / f"diff.{form}").read_text("utf-8") for form in ("md", "html")}


def kept(name: str) -> str:
    """Return a report that is kept as an example, as if this version of the engine had computed it."""
    return re.sub(r"(?<=risk-engine )\d+\.\d+\.\d+", __version__, (AUDIT / name).read_text("utf-8"))


@pytest.mark.long
def test_the_diff_that_is_kept_is_fresh_and_the_page_says_the_same(diff: dict[str, str]) -> None:
    assert kept("diff.md") == diff["md"], "`make docs` writes it anew"
    assert title(diff["html"]) == diff["md"].splitlines()[0].removeprefix("# ")


def test_the_impact_that_is_kept_is_fresh_and_the_page_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # the report names the files as they were given
    found = impact([Path("examples/audit/cases")], *VERSIONS, jobs=1)
    assert kept("impact.md") == written(impact_view(found, with_pictures=False), "md").decode(), "see `make docs`"
    page = written(impact_view(found), "html").decode()
    assert title(page) == kept("impact.md").splitlines()[0].removeprefix("# ")


def title(page: str) -> str:
    """Return what the first heading of an HTML page says."""
    return html.unescape(page.partition("<h1>")[2].partition("</h1>")[0])


@pytest.mark.long
def test_the_new_version_is_a_major_step_as_its_history_says_and_nothing_is_left_undecided(
    diff: dict[str, str],
) -> None:
    assert diff["md"].startswith("# Milder in some cases: Start, Measure and Committee.")
    assert "From 1.0.0 to 2.0.0 is a major step." in diff["md"]
    assert "not decided" not in diff["md"]


def test_every_promise_of_the_new_version_is_proved_in_the_report_that_is_kept() -> None:
    proved = kept("prove.md")
    assert f"digest {load_criteria(VERSIONS[1]).digest}" in proved.replace("sha256:", ""), "`make docs` writes it anew"
    assert "refuted" not in proved
    assert "not decided" not in proved
