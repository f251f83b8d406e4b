"""Files of works become columns: each work once, each party of it once, and no person among them."""

from pathlib import Path

import polars as pl
import pytest

from risk_engine.awareness.works import Collaborations, Input, read_collaborations
from risk_engine.files.diagnostics import InvalidSourceError
from tests.awareness.samples import ORGANISATIONS, PROJECTS, SHARED, flat, lines, needs_real_data


def read(*paths: Path) -> Collaborations:
    return read_collaborations([Input(one) for one in paths])


def parties(of: Collaborations) -> list[tuple[str | None, str | None]]:
    return of.parties.select("country", "institution").sort("country", "institution").rows()


def test_a_work_that_several_files_hold_counts_once(tmp_path: Path) -> None:
    one, other = flat("W1", institutions={"DE": ["A"], "CN": ["B"]}), flat("W2", institutions={"FR": ["C"]})
    found = read(lines(tmp_path / "1.jsonl", one, one), lines(tmp_path / "2.jsonl", other, one))
    assert found.works["work"].to_list() == ["https://openalex.org/W1", "https://openalex.org/W2"]
    assert found.works["source"].to_list() == [0, 1]
    assert [one.works for one in found.sources] == [1, 2]
    assert parties(found) == [("CN", "CN|B"), ("DE", "DE|A"), ("FR", "FR|C")]
    assert found.notes == ()


def test_of_a_work_with_different_content_the_first_counts_and_that_is_said(tmp_path: Path) -> None:
    before, after = flat("W1", 2019, {"DE": ["A"]}), flat("W1", 2020, {"DE": ["A"], "CN": ["B"]})
    found = read(lines(tmp_path / "1.jsonl", before), lines(tmp_path / "2.jsonl", after))
    assert found.works["year"].to_list() == [2019]
    assert parties(found) == [("DE", "DE|A")]
    (note,) = found.notes
    assert note.startswith("1 work stands several times with different content; the first that was read counts")
    assert "W1" in note


def test_codes_and_names_are_brought_to_one_form(tmp_path: Path) -> None:
    named = {"UK": ["Univ  of\u00a0X "], "GB": ["Univ of X", "Universite\u0301 Y"], "EL": ["Z"], "HK": ["H"]}
    found = read(lines(tmp_path / "1.jsonl", flat("W1", institutions=named)))
    assert parties(found) == [("GB", "GB|Univ of X"), ("GB", "GB|Université Y"), ("GR", "GR|Z"), ("HK", "HK|H")]


def test_a_country_without_an_institution_is_a_party_and_one_with_is_not_told_twice(tmp_path: Path) -> None:
    work = flat("W1", None, {"DE": ["A"], "FR": [], "": ["Nowhere"]}, countries=("DE", "US"))
    found = read(lines(tmp_path / "1.jsonl", work, flat("W2")))
    assert parties(found) == [(None, "|Nowhere"), ("DE", "DE|A"), ("FR", None), ("US", None)]
    assert found.works["year"].to_list() == [None, 2020]


def test_what_the_works_of_a_file_were_selected_by_is_seen_in_enough_of_them(tmp_path: Path) -> None:
    works = [flat(f"W{number}", institutions={"CN": ["A"], ("DE", "FR")[number % 2]: ["B"]}) for number in range(20)]
    assert read(lines(tmp_path / "1.jsonl", *works)).sources[0].selection == (frozenset({"CN"}),)
    assert read(lines(tmp_path / "2.jsonl", *works[:19])).sources[0].selection == ()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_projects_and_their_organisations_are_put_together(tmp_path: Path, order: tuple[int, int]) -> None:
    files = [tmp_path / "p.csv", tmp_path / "o.csv"]
    for path, text in zip(files, (PROJECTS, ORGANISATIONS), strict=True):
        path.write_text(text, "utf-8")
    found = read(*(files[one] for one in order))
    works = found.works.sort("work").with_columns(pl.col("work").str.split("/").list.last())
    assert works.select("work", "year", "title", "kind").rows() == [
        ("7", 2021, "On tyres", "project"),
        ("8", None, "On music", "project"),
        ("9", None, None, "project"),
    ]
    assert parties(found) == [
        (None, "|nobody knows"),
        ("CN", "CN|shandong tyres"),
        ("GB", "GB|university of x"),
        ("GR", None),
    ]
    assert sorted(found.topics.select("topic", "level").rows()) == [
        ("H2020", "programme"),
        ("H2020", "programme"),
        ("LC-1", "call-topic"),
        ("noise", "keyword"),
        ("tyres", "keyword"),
    ]


def test_files_of_parts_of_works_are_selected_by_what_all_their_works_have_together(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "project_id,title,start_date\n" + "".join(f"{at},x,2020-01-01\n" for at in range(20)), "utf-8"
    )
    told = "".join(f"{at},A,CN\n{at},B,{'DE' if at else 'FR'}\n" for at in range(20))
    (tmp_path / "o.csv").write_text(f"project_id,org_name,country\n{told}", "utf-8")
    found = read(tmp_path / "p.csv", tmp_path / "o.csv")
    assert [one.selection for one in found.sources] == [(frozenset({"CN"}),), (frozenset({"CN"}),)]


def test_every_problem_of_every_file_is_told_with_its_line(tmp_path: Path) -> None:
    broken = lines(tmp_path / "1.jsonl", flat("W1"), '{"paper_id": "W2",', flat("W3", publication_year="soon"))
    empty = tmp_path / "2.jsonl"
    empty.write_text("\n", "utf-8")
    with pytest.raises(InvalidSourceError) as told:
        read(broken, empty, tmp_path / "not-there.jsonl")
    places = [(Path(one.position.path).name, one.position.line) for one in told.value.diagnostics]
    assert places == [("1.jsonl", 2), ("1.jsonl", 3), ("2.jsonl", 1), ("not-there.jsonl", 1)]


@needs_real_data
def test_the_files_of_seventeen_countries_hold_6369_works() -> None:
    files = sorted((SHARED / "openalex_collab").glob("*.jsonl"))
    found = read(*files)
    assert found.works.height == 6369
    assert sum(one.works for one in found.sources) == 6997
    assert all(frozenset({"CN"}) in one.selection for one in found.sources if one.works >= 20)
