"""`-o` means the same for every command: the ending says the form, and a slip in a path makes no folders."""

from pathlib import Path

import pytest

from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, SETS, done, refused, run
from tests.report.test_docx import without


@pytest.mark.parametrize(
    ("ending", "command"),
    [
        ("json", ("assess", LOAN_CASE, *LOAN)),
        ("html", ("assess", LOAN_CASE, *LOAN)),
        ("json", ("case", "schema", *LOAN)),
        ("md", ("criteria", "show", LOAN_DESK)),
        ("html", ("criteria", "map", LOAN_DESK)),
        ("json", ("criteria", "lint", LOAN_DESK, "--fail-on", "problem")),
        ("svg", ("criteria", "timeline", LOAN_DESK)),
        ("json", ("criteria", "timeline", LOAN_DESK)),
    ],
)
def test_a_result_goes_into_a_folder_that_is_there_and_makes_none(
    ending: str, command: tuple[str | Path, ...], tmp_path: Path
) -> None:
    slip = tmp_path / "reprots"
    message = refused(*command, "-o", slip / f"made.{ending}")
    assert f"there is no folder {slip}\n  help: name one that is there" in message
    assert not slip.exists()
    target = tmp_path / f"made.{ending}"
    assert done(*command, "-o", target) == ""
    assert target.is_file()


@pytest.mark.parametrize("form", ["html", "pack"])
def test_a_folder_for_several_results_is_made_but_none_above_it(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "typst", "docx")
    several = ("assess", LOAN_CASE, *LOAN, "--pack") if form == "pack" else ("assess", LOAN_CASE, LOAN_CASE, *LOAN)
    where = ("--format", form, "-o") if form == "html" else ()
    folder = tmp_path / "new"
    message = refused(*several, *where, folder / "below")
    assert f"there is no folder {folder}\n  help: name one that is there" in message
    assert not folder.exists()
    run(*several, *where, folder)
    assert any(folder.iterdir())


@pytest.mark.parametrize(
    ("command", "known"),
    [
        (("assess", LOAN_CASE, *LOAN, "-o"), ".json, .html, .md, .pdf, .docx, .txt"),
        (("assess", LOAN_CASE, *LOAN, *LOAN, "-o"), ".json, .html, .md, .pdf, .docx, .txt"),
        (("outlook", LOAN_CASE, *LOAN, "-o"), ".json, .html, .md, .pdf, .docx, .txt"),
        (("criteria", "map", LOAN_DESK, "-o"), ".html, .txt"),
        (("case", "new", *LOAN), ".yaml, .xlsx, .docx, .yml"),
    ],
    ids=lambda one: " ".join(map(str, one[:2])) if isinstance(one, tuple) else "",
)
def test_an_ending_that_no_form_has_is_refused(
    command: tuple[str | Path, ...], known: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused(*command, "made.htm")
    assert said == (
        "made.htm: this cannot be written as .htm\n"
        f"  help: endings that are known: {known}; with another one, name the form by `--format`\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "more"), [("made", ()), ("made.txt", ()), ("made.TXT", ()), ("made.log", ("--format", "text"))]
)
def test_text_has_an_ending_of_text_none_or_any_where_it_is_asked_for(
    name: str, more: tuple[str, ...], tmp_path: Path
) -> None:
    done("assess", LOAN_CASE, *LOAN, *more, "-o", tmp_path / name)
    assert (tmp_path / name).read_text("utf-8") == done("assess", LOAN_CASE, *LOAN)


def test_a_case_is_yaml_under_both_endings_of_it(tmp_path: Path) -> None:
    for name in ("a.yaml", "a.yml", "a"):
        done("case", "new", tmp_path / name, *LOAN)
    assert len({one.read_text("utf-8") for one in tmp_path.iterdir()}) == 1


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (("assess", SETS / "two-rooms-case.yaml", "--criteria", LOAN_DESK, "--criteria", "x"), "--format json"),
        (("criteria", "timeline", LOAN_DESK), "--format json"),
        (("criteria", "timeline", LOAN_DESK), "--format svg"),
        (("criteria", "diff", LOAN_DESK, LOAN_DESK), "--format json"),
        (("criteria", "impact", LOAN_DESK, LOAN_DESK, SETS / "two-rooms-case.yaml"), "--format json"),
        (("criteria", "prove", LOAN_DESK), "--format json"),
        (("criteria", "test", LOAN_DESK, "--coverage"), "--format json"),
        (("criteria", "lint", LOAN_DESK), "--format json"),
        (("criteria", "lint", LOAN_DESK), "--format text"),
        (("criteria", "lint"), "--list"),
    ],
)
def test_templates_of_an_office_are_refused_where_no_page_is_written(
    command: tuple[str | Path, ...], what: str, tmp_path: Path
) -> None:
    (tmp_path / "lint.j2").write_text('{% extends "shipped/lint.j2" %}', "utf-8")
    said = refused(*command, *what.split(), "--templates", tmp_path)
    assert said.startswith(f"--templates: no page template says what `{what}` writes\n  help: leave it out")


def test_templates_of_an_office_are_refused_where_cases_are_only_run(tmp_path: Path) -> None:
    (tmp_path / "coverage.j2").write_text('{% extends "shipped/coverage.j2" %}', "utf-8")
    for more in ((), ("--generate",)):
        said = refused("criteria", "test", LOAN_DESK, *more, "--templates", tmp_path)
        assert said == "--templates: this is about the coverage\n  help: add --coverage\n"
