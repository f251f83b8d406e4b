"""`awareness report`: figures 1 to 3 of the brief on data of one's own, what is refused, and what is left out."""

import json
import zipfile
from pathlib import Path

import pytest

from risk_engine.awareness.report import ByYear, Institution, Pair, cut, ranked, told_years
from tests.awareness.pages import FUDAN, export
from tests.awareness.samples import flat
from tests.cli.running import run

A = [Institution(f"NL|{one}", one, "NL") for one in ("One", "Two")]
B = [Institution(f"CN|{one}", one, "CN") for one in ("Eins", "Zwei")]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(tmp_path_factory.mktemp("data") / "works.jsonl")


def page(data: Path, *more: str | Path, form: str = "md") -> str:
    path = data.with_name(f"report.{form}")
    said = run("awareness", "report", data, *more, "--on", "2026-12-01", "-o", path)
    assert said.code == 0, said.err
    return path.read_text("utf-8")


def test_a_whole_export_has_the_works_of_both_regions_a_year_with_the_unknown_ones(data: Path) -> None:
    said = page(data, "--whole")
    # 4 + 4 + 4 of Delft in 2018 to 2020, 3 of Lund in 2020, 2 of the metal institutes in no year that is known.
    rows = [line for line in said.splitlines() if line.startswith(("| 2018", "| 2019", "| 2020", "| unknown"))]
    assert rows[:4] == ["| 2018 | 4 |", "| 2019 | 4 |", "| 2020 | 7 |", "| unknown | 2 |"]
    # A year and region: the one work of China alone is in 2019.
    assert rows[4:] == ["| 2018 | 4 | 4 |", "| 2019 | 4 | 5 |", "| 2020 | 7 | 7 |", "| unknown | 2 | 2 |"]
    assert "17 works have an institution in EU27-AC and one in CN." in said


def test_in_fractions_regions_institutions_and_pairs_are_shared_out_and_joint_works_stay_whole(tmp_path: Path) -> None:
    path = export(tmp_path / "works.jsonl")
    both = flat("W60", 2020, {"SE": ["Lund University", "KTH Royal Institute"]} | FUDAN, doi="https://doi.org/10.1/x")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(both)}\n")
    said = page(path, "--whole", "--fractional", "--max-parties", "3")
    rows = [line for line in said.splitlines() if line.startswith(("| 2018", "| 2019", "| 2020", "| unknown"))]
    assert rows[:4] == ["| 2018 | 4 |", "| 2019 | 4 |", "| 2020 | 8 |", "| unknown | 2 |"]
    # Half of a joint work for each side, and the whole of the one of China alone in 2019.
    assert [row.replace("\\", "") for row in rows[4:]] == [
        "| 2018 | 2.00 | 2.00 |",
        "| 2019 | 2.00 | 3.00 |",
        "| 2020 | 4.00 | 4.00 |",
        "| unknown | 1.00 | 1.00 |",
    ]
    assert "| Lund University (SE) | 3\\.50 | Fudan University (3.50) |" in said
    assert "| KTH Royal Institute (SE) | 0\\.50 | Fudan University (0.50) |" in said
    assert "0 works are left out of pairs: they have more institutions than 3." in said
    assert "1 work is left out of pairs: it has more institutions than 2." in page(path, "--max-parties", "2")


def test_a_sample_prints_no_trend_and_no_level_but_says_so(data: Path) -> None:
    said = page(data)
    assert "sample of unknown share" in said
    assert "In this sample 17 works" in said
    assert "| 2018" not in said
    assert said.count("**Not drawn.**") == 2


def test_a_suspect_pair_is_in_no_ranking_and_stands_apart_with_its_works(data: Path) -> None:
    said = page(data, "--whole")
    before, _head, after = said.partition("## Suspect pairs, left out above")
    assert "Non-Ferrous" not in before
    table, _works, listed = after.partition("## The works behind the numbers")
    assert "| Institute of Non-Ferrous Metals (PL) | Guangzhou Institute of Non-Ferrous Metals (CN) |" in table
    assert "(<https://openalex.org/W30>)" in listed


def test_the_ranking_names_partners_and_leads_to_the_works(data: Path) -> None:
    said = page(data, "--whole")
    assert "| Delft University (NL) | 12 | Tsinghua University (12) |" in said
    assert "| Lund University (SE) | 3 | Fudan University (3) |" in said


def test_a_picture_has_a_title_and_says_in_words_what_it_shows(data: Path) -> None:
    said = page(data, "--whole", form="html")
    assert 'aria-labelledby="title-of-joint desc-of-joint"' in said
    assert "EU27-AC – CN: 15 in all, most in 2020 (7)" in said
    assert "Delft University (NL) with Tsinghua University (CN): 12" in said


def test_a_workbook_has_each_table_on_a_sheet_with_numbers_that_can_be_added_up(data: Path) -> None:
    import openpyxl

    path = data.with_name("report.xlsx")
    assert run("awareness", "report", data, "--whole", "--on", "2026-12-01", "-o", path).code == 0
    book = openpyxl.load_workbook(path)
    assert "Works of both regions a year" in book.sheetnames
    rows = list(book["Works of both regions a year"].values)
    assert rows[2] == (2018, 4)
    assert zipfile.is_zipfile(path)


def test_one_early_work_brings_no_row_for_each_year_since() -> None:
    years = tuple(range(1914, 2024))
    counted = ByYear(years, (("A", tuple(1 if year in {1914, 2023} else 0 for year in years)),), (0,))
    assert [years[at] for at in told_years(counted)] == [1914, *range(1994, 2024)]


def test_who_is_cut_from_a_list_by_the_alphabet_is_counted() -> None:
    shown, rest = cut([5, 3, 3, 3, 1], 2, lambda one: one)
    assert (list(shown), rest.more, rest.alike) == ([5, 3], 3, 2)


def test_an_institution_counts_a_work_once_however_many_partners_are_in_it() -> None:
    pairs = [
        Pair(A[0], B[0], ("w1", "w2"), "confirmed"),
        Pair(A[0], B[1], ("w2", "w3"), "unchecked"),
        Pair(A[1], B[0], ("w4",), "suspect", ("shared_words",)),
    ]
    (only,) = ranked(pairs)
    assert (only.party, only.works, only.confirmed) == (A[0], 3, 2)
    assert only.partners == ((B[0], 2), (B[1], 2))


def test_what_is_said_of_a_file_that_is_not_among_the_data_is_refused(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n  work.jsonl: {whole: true}\n", "utf-8")
    said = run("awareness", "report", data, "--sources", path, "-o", tmp_path / "r.md")
    assert said.code == 2
    assert "did you mean `works.jsonl`?" in said.err


def test_what_is_said_of_a_file_stands_in_the_list_of_sources(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    text = "{whole: true, selected: [[CN], [GR, GB]], licence: CC0-1.0, attribution: OpenAlex, retrieved: 2026-01-31}"
    path.write_text(f"sources:\n  works.jsonl: {text}\n", "utf-8")
    said = page(data, "--sources", path)
    assert "CC0-1.0; OpenAlex; copy of 31 January 2026" in said
    assert "selected: each work has one of CN; GB, GR" in said
