"""The reports on the newest version that are kept as examples say what the engine says now."""

import html
import re
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


def kept(name: str) -> str:
    """Return a report that is kept as an example, as if this version of the engine had computed it."""
    return re.sub(r"(?<=risk-engine )\d+\.\d+\.\d+", __version__, (AUDIT / name).read_text("utf-8"))


@pytest.mark.nightly
def test_the_impact_that_is_kept_is_fresh_and_the_page_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # the report names the files as they were given
    found = impact([Path("examples/audit/cases")], *VERSIONS, jobs=1)
    assert kept("impact.md") == written(impact_view(found, with_pictures=False), "md").decode(), "see `make docs`"
    page = written(impact_view(found), "html").decode()
    assert title(page) == kept("impact.md").splitlines()[0].removeprefix("# ")


def title(page: str) -> str:
    """Return what the first heading of an HTML page says."""
    return html.unescape(page.partition("<h1>")[2].partition("</h1>")[0])


def test_the_new_version_is_a_major_step_as_its_history_says_and_nothing_is_left_undecided() -> None:
    """To work the meaning out anew takes minutes: the digests say of which rules the report is."""
    told = " ".join(kept("diff.txt").split())
    for version in VERSIONS:
        assert load_criteria(version).digest.removeprefix("sha256:")[:12] in told, "`make docs` writes it anew"
    assert told.startswith("Milder in some cases: Start, Measure and Committee (")
    assert "From 1.0.0 to 2.0.0 is a major step." in told
    assert "not decided" not in told


def test_every_promise_of_the_new_version_is_proved_in_the_report_that_is_kept() -> None:
    proved = kept("prove.md")
    assert load_criteria(VERSIONS[1]).digest.removeprefix("sha256:") in proved, "`make docs` writes it anew"
    assert re.match(r"# (\d+) claims: \1 proved, 0 refuted, 0 not decided \(lists of any length;", proved)
