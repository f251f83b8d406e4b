"""The reports on the newest version that are kept as examples say what the engine says now."""

from pathlib import Path

import pytest

from risk_engine.audit.changes.versions import compared
from risk_engine.audit.impact.run import impact
from risk_engine.audit.meaning.between import base_of, meaning_of
from risk_engine.report import DocumentForm, written
from risk_engine.report.blocks import View
from risk_engine.report.changes.pages import changes_view
from risk_engine.report.impact.view import impact_view

ROOT = Path(__file__).parents[2]
AUDIT = ROOT / "examples" / "audit"
VERSIONS = ("reconnect-china@1.0.0", "reconnect-china@1.1.0")
FORMS: tuple[DocumentForm, ...] = ("md", "html")


@pytest.fixture(scope="module")
def diff() -> View:
    """The meaning takes seconds, so it is worked out once for all forms."""
    found = compared(*VERSIONS)
    base = base_of(found)
    changes = found.changes.model_copy(update={"meaning": meaning_of(found, base)})
    return changes_view(changes, *found.words, shown=found.shown, base=base)


@pytest.mark.parametrize("form", FORMS)
def test_the_diff_that_is_kept_is_fresh(form: DocumentForm, diff: View) -> None:
    assert (AUDIT / f"diff.{form}").read_text("utf-8") == written(diff, form).decode(), "`make docs` writes it anew"


@pytest.mark.parametrize("form", FORMS)
def test_the_impact_that_is_kept_is_fresh(form: DocumentForm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # the report names the files as they were given
    found = impact([Path("examples/audit/cases")], *VERSIONS, jobs=1)
    page = impact_view(found, with_pictures=form == "html")
    assert (AUDIT / f"impact.{form}").read_text("utf-8") == written(page, form).decode(), "`make docs` writes it anew"


def test_the_new_version_is_proved_to_be_nowhere_milder_as_its_history_says(diff: View) -> None:
    assert diff.answer is not None
    assert diff.answer.sentence.startswith("Nowhere milder, proved of every possible case: Start and Measure.")
    assert "not decided" not in written(diff, "md").decode()
