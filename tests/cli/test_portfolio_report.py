"""`risk-engine portfolio report`: results of many cases in, a page with the list of every number out."""

import re
from pathlib import Path

import polars as pl
import pytest

from risk_engine.portfolio import figures_files
from risk_engine.portfolio.figures_files import ListFiles
from tests.cli.running import LOAN, LOAN_PROFILE, done, refused, run
from tests.portfolio.many import NUMBER, PROFILE, stated

DAY = ("--on", "2026-06-15")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table of loans, what they come to with a profile, and with none."""
    where = tmp_path_factory.mktemp("loans")
    stated().write_parquet(where / "loans.parquet")
    for name, profile in (("results", ("--profile", LOAN_PROFILE)), ("plain", ())):
        run("portfolio", "assess", where / "loans.parquet", *LOAN, *DAY, *profile, "-o", where / f"{name}.parquet")
    return where


@pytest.mark.nightly
def test_a_report_with_the_cases_lists_the_long_lists_in_files_beside_it(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    (tmp_path / "report-cases").mkdir()
    (tmp_path / "report-cases" / "017-of-an-earlier-run.csv").write_text("case")
    options = ("--cases", folder / "loans.parquet", "--profile", LOAN_PROFILE, "--by", "artwork.material")
    done("portfolio", "report", folder / "results.parquet", *LOAN, *options, "-o", page)
    text = page.read_text("utf-8")
    assert PROFILE.institution in text
    assert "No row of the table was rejected." in text
    files = set(re.findall(r'href="(report-cases/[^"]+)"', text))
    assert {one.name for one in (tmp_path / "report-cases").iterdir()} == {one.partition("/")[2] for one in files}
    settled = next(one for one in files if "ladder-verdict" in one and "settled" in one)
    cases = (tmp_path / settled).read_text("utf-8").splitlines()
    assert cases[0] == '"case"'
    assert f"({len(cases) - 1})</h3>" in text
    assert set(cases[1:]) <= {f'"L-{place:03}"' for place in range(NUMBER)}


@pytest.mark.nightly
def test_a_report_comes_in_german_as_pdf_and_without_the_cases(folder: Path, tmp_path: Path) -> None:
    done("portfolio", "report", folder / "plain.parquet", *LOAN, "--lang", "de", "-o", tmp_path / "report.md")
    text = (tmp_path / "report.md").read_text("utf-8")
    assert f"Von {NUMBER} Fällen" in text
    assert "Schutzmaßnahmen am meisten" not in text
    done("portfolio", "report", folder / "plain.parquet", *LOAN, "-o", tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_what_does_not_fit_the_results_is_refused_with_the_way_out(folder: Path, tmp_path: Path) -> None:
    cases, out = ("--cases", folder / "loans.parquet"), ("-o", tmp_path / "report.html")
    results, plain = folder / "results.parquet", folder / "plain.parquet"
    said = refused("portfolio", "report", results, *LOAN, *cases, *out)
    assert f"the results were made with the profile of {PROFILE.institution}" in said
    said = refused("portfolio", "report", plain, *LOAN, *cases, "--profile", LOAN_PROFILE, *out)
    assert "the results were made without one" in said
    said = refused("portfolio", "report", plain, *LOAN, "--by", "loan.swap", "--sample", "9", *out)
    assert "--by, --sample: without the cases themselves there is no use for it" in said
    said = refused("portfolio", "report", plain, "--criteria", "us-dod-matrix@1.1.0", *out)
    assert "the results were made under loan-desk@1.0.0, which is not this us-dod-matrix@" in said
    stated()[1:].write_parquet(tmp_path / "others.parquet")
    said = refused("portfolio", "report", plain, *LOAN, "--cases", tmp_path / "others.parquet", *out)
    assert "they are not the same ones in the same order" in said
    assert not (tmp_path / "report.html").exists()


def test_what_are_no_results_is_refused(folder: Path, tmp_path: Path) -> None:
    out = ("-o", tmp_path / "report.html")
    (tmp_path / "text.parquet").write_text("case\n")
    pl.read_parquet(folder / "plain.parquet").drop("findings").write_parquet(
        tmp_path / "less.parquet", metadata=pl.read_parquet_metadata(folder / "plain.parquet")
    )
    for name, why in (
        ("text.parquet", "this is no Parquet file"),
        ("less.parquet", "columns are not as they were written: findings"),
        ("no.parquet", "no such file or directory"),
    ):
        assert why in refused("portfolio", "report", tmp_path / name, *LOAN, *out)
    for name in ("tables", "book.xlsx"):
        form = ("--format", "csv") if name == "tables" else ()
        run("portfolio", "assess", folder / "loans.parquet", *LOAN, *DAY, *form, "-o", tmp_path / name)
        said = refused("portfolio", "report", tmp_path / name, *LOAN, *out)
        assert "a report is not made of a workbook or of tables" in said
        assert "name the .parquet file that `risk-engine portfolio assess TABLE -o FILE.parquet` wrote" in said
    said = refused("portfolio", "report", folder / "loans.parquet", *LOAN, *out)
    assert "this does not say under which criteria it was made" in said


def test_rejected_rows_and_results_that_are_not_all_are_told(folder: Path, tmp_path: Path) -> None:
    kept = pl.read_parquet(folder / "plain.parquet").head(5)
    said = pl.read_parquet_metadata(folder / "plain.parquet") | {"risk-engine.ended_early": "ended by Ctrl-C"}
    kept.write_parquet(tmp_path / "loans.partial.parquet", metadata=said)
    rows = [(7, "loans.csv", "loan.months", "x", "no number"), (7, "loans.csv", "loan.reach", "y", "no number")]
    pl.DataFrame(rows, ["row", "table", "column", "value", "reason"], orient="row").write_csv(
        tmp_path / "loans.rejected.partial.csv"
    )
    result = run("portfolio", "report", tmp_path / "loans.partial.parquet", *LOAN, "-o", tmp_path / "report.md")
    assert (result.code, "these are not all cases: ended by Ctrl-C" in result.err) == (0, True)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "1 row of the table was rejected" in text
    assert "Not all cases are in this report" in text
    assert re.search(r"no number \| 2 \|", text)
    (tmp_path / "loans.rejected.partial.csv").write_text("row\nx\n")
    assert "no list of rejected rows" in refused(
        "portfolio", "report", tmp_path / "loans.partial.parquet", *LOAN, "-o", tmp_path / "report.md"
    )


def test_of_a_very_long_list_its_file_has_the_first_cases_and_one_file_has_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures_files, "MOST_IN_FILE", 5)
    monkeypatch.setattr(figures_files, "_HELD", 8)
    cases = {name: [f"{name}-{place}" for place in range(number)] for name, number in (("a", 14), ("b", 5), ("c", 9))}
    (tmp_path / "report-cases").mkdir()
    (tmp_path / "report-cases" / "all.parquet").write_text("of an earlier run")
    with ListFiles(tmp_path / "report.html") as lists:
        for start in range(0, 14, 3):
            for name, several in cases.items():
                if part := several[start : start + 3]:
                    file = lists.add(name, pl.Series(part), len(several))
                    assert (file.cases, file.whole is None) == (5, name == "b")
    folder = tmp_path / "report-cases"
    assert {one.name: one.read_text().split() for one in folder.glob("*.csv")} == {
        f"{name}.csv": ['"case"', *(f'"{one}"' for one in cases[name[4]][:5])]
        for name in ("001-a-first-5", "002-b", "003-c-first-5")
    }
    whole = pl.read_parquet(folder / "all.parquet")
    assert {list_: rows["case"].to_list() for (list_,), rows in whole.group_by("list", maintain_order=True)} == {
        "001-a": cases["a"],
        "003-c": cases["c"],
    }
    assert len(list(folder.iterdir())) == 4


def test_where_a_report_fails_no_file_says_that_it_has_all_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures_files, "MOST_IN_FILE", 5)

    def interrupted() -> None:
        with ListFiles(tmp_path / "report.html") as lists:
            lists.add("a", pl.Series(["1", "2", "3"]), 9)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not (tmp_path / "report-cases" / "all.parquet").exists()
