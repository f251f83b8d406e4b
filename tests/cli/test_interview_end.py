"""What is taken for the file of the full report, and what is said of anything else."""

import io
import sys
from pathlib import Path

import pytest

from risk_engine.cli.dialogue import Dialogue
from risk_engine.cli.interview import offer_report
from risk_engine.model.explanation import Explanation
from risk_engine.portfolio.assess import Assessor
from tests.cli.running import LOAN_CASE, LOAN_DESK


@pytest.fixture(scope="module")
def assessment() -> Explanation:
    assessor = Assessor(str(LOAN_DESK), None, None)
    return assessor.explain(assessor.assess(LOAN_CASE))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where somebody works, with a home of their own."""
    (tmp_path / "home").mkdir()
    (tmp_path / "there.md").write_text("mine", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", f"{tmp_path / 'home'}")
    return tmp_path


def offered(assessment: Explanation, monkeypatch: pytest.MonkeyPatch, *lines: str) -> bool:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{one}\n" for one in lines)))
    return offer_report(assessment, LOAN_CASE, Dialogue())


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ("yes", "“yes” does not end in .html, .pdf, .docx or .md"),
        ("b", "does not end in"),
        ("?", "does not end in"),
        ("1", "does not end in"),
        (".md", "does not end in"),
        ("report.txt", "does not end in"),
        ("away/x.md", "there is no folder away: name one that is there"),
        ("there.md", "there.md is there already; it is not written over: choose another name"),
        ("~nobody-of-that-name/x.md", "type the whole path"),
    ],
)
def test_what_is_no_name_of_a_report_is_told_so_and_asked_again(
    assessment: Explanation,
    house: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    slip: str,
    told: str,
) -> None:
    before = {one: one.is_file() and one.read_bytes() for one in house.rglob("*")}
    assert not offered(assessment, monkeypatch, slip, "")
    assert told in " ".join(capsys.readouterr().out.split())
    assert {one: one.is_file() and one.read_bytes() for one in house.rglob("*")} == before


@pytest.mark.parametrize("line", ["", "no", "q"])
def test_no_report_is_written_where_none_is_wanted(
    assessment: Explanation, house: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    assert not offered(assessment, monkeypatch, line, "x.md")
    assert not (house / "x.md").exists()


@pytest.mark.parametrize(("line", "file"), [("x.md", "x.md"), ("~/x.HTML", "home/x.HTML")])
def test_the_report_is_written_where_it_is_wanted(
    assessment: Explanation, house: Path, monkeypatch: pytest.MonkeyPatch, line: str, file: str
) -> None:
    assert offered(assessment, monkeypatch, "yes", line)
    assert "Verdict" in (house / file).read_text("utf-8")


def test_what_cannot_be_written_is_told_and_asked_again(
    assessment: Explanation, house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The longer name is none at all; the shorter one leaves no room for what is written first."""
    assert offered(assessment, monkeypatch, f"{'x' * 300}.md", f"{'x' * 250}.md", "y.md")
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count("the file cannot be written") == 2
    assert shown.index("choose another name") < shown.rindex("the file cannot be written")
    assert (house / "y.md").exists()
