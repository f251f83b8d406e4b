"""Institutions by ROR and partners on lists stand beside the counts, in tables of their own."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.awareness.samples import flat, lines
from tests.cli.running import done, refused, run
from tests.screening.samples import ror_v2, write_all

QUIET = "https://ror.org/01rxvg760"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a registry of one university and its hospital, and a list with an institute."""
    folder = write_all(tmp_path_factory.mktemp("lists"))
    path = folder / "lists.sqlite"
    hospital = ror_v2("02dynav67", "Quiet Hospital")
    hospital["names"] = [one for one in hospital["names"] if one["value"] != "University of Quiet"]
    (folder / "ror.json").write_text(json.dumps([ror_v2(), hospital]), "utf-8")
    done("lists", "add", folder / "ror.json", "--as", "ror", "--store", path)
    done("lists", "add", folder / "own.csv", "--as", "own", "--mapping", folder / "mapping.yaml", "--store", path)
    return path


def made(folder: Path, works: Sequence[Mapping[str, object]], *more: str | Path) -> Path:
    file = lines(folder / "works.jsonl", *works)
    done("awareness", "tables", file, "--tables", folder / "tables", "--between", "DE", "CN", *more)
    return folder / "tables"


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    head, *others = (line.split("\t") for line in (folder / f"{name}.tsv").read_text("utf-8").splitlines())
    return [dict(zip(head, one, strict=True)) for one in others]


CALLED_ALIKE = "安静大学"
"""A name that the registry has of the university and of its hospital."""
WORKS = [
    flat("W1", institutions={"DE": ["Uni A"], "CN": ["Quiet University"]}),
    flat("W2", institutions={"DE": ["Uni A"], "CN": ["University of Quiet", "Quiet University"]}),
    flat("W3", institutions={"DE": ["Quiet University"], "CN": ["Institute of Quiet"]}),
]


def test_names_of_one_organisation_are_merged_in_a_second_table_and_stay_apart_in_the_first(
    tmp_path: Path, store: Path
) -> None:
    tables = made(tmp_path, WORKS, "--lists", store)
    names = [(one["country"], one["name"], one["works"]) for one in rows(tables, "institutions")]
    assert ("CN", "Quiet University", "2") in names
    assert ("CN", "University of Quiet", "1") in names
    merged = {one["institution"]: (one["country"], one["works"]) for one in rows(tables, "institutions_by_ror")}
    assert merged[QUIET] == ("CN", "2")
    assert merged["DE|Quiet University"] == ("DE", "1")  # the registry has it in China
    pairs = [(one["name_a"], one["institution_b"], one["works"]) for one in rows(tables, "pairs_by_ror")]
    assert ("Uni A", QUIET, "2") in pairs
    known = {(one["country"], one["name"]): one["ror"] for one in rows(tables, "institutions_with_ror")}
    assert known["CN", "University of Quiet"] == QUIET
    assert known["DE", "Uni A"] == ""


def test_a_name_of_two_organisations_is_neither(tmp_path: Path, store: Path) -> None:
    works = [flat("W1", institutions={"DE": ["Uni A"], "CN": [CALLED_ALIKE, "Quiet University"]})]
    known = {one["name"]: one["ror"] for one in rows(made(tmp_path, works, "--lists", store), "institutions_with_ror")}
    assert known == {"Uni A": "", CALLED_ALIKE: "", "Quiet University": QUIET}


def test_a_partner_on_a_list_is_marked_with_the_list_and_its_date(tmp_path: Path, store: Path) -> None:
    tables = made(tmp_path, WORKS, "--lists", store)
    marked = [(one["name"], one["list"], one["list_date"], one["kind"], one["works"]) for one in rows(tables, "listed")]
    assert marked == [("Institute of Quiet", "Our own list", "2026-11-26", "listed", "1")]


def test_a_hit_that_was_ruled_out_marks_nobody(tmp_path: Path, store: Path) -> None:
    decisions = store.with_name("lists.decisions.sqlite")
    hit = rows(made(tmp_path, WORKS, "--lists", store), "listed")[0]["hit"]
    who = ("--by", "A. Officer", "--reason", "another town")
    run("screen", "Institute of Quiet", "--country", "CN", "--rule-out", hit, *who, "--store", store)
    assert rows(made(tmp_path, WORKS, "--lists", store), "listed") == []
    decisions.unlink()


def test_the_counts_are_the_same_with_and_without_lists(tmp_path: Path, store: Path) -> None:
    plain = made(tmp_path, WORKS)
    before = {one.name: one.read_bytes() for one in plain.glob("*.tsv") if one.name != "MANIFEST.tsv"}
    assert not {"listed.tsv", "institutions_by_ror.tsv"} & before.keys()
    after = made(tmp_path, WORKS, "--lists", store)
    assert {name: (after / name).read_bytes() for name in before} == before


def test_a_pair_has_its_status_and_a_work_its_area_beside_the_counts(tmp_path: Path) -> None:
    works = [*WORKS, flat("W4", institutions={"DE": ["Uni A"]}, keywords=["energy_storage"])]
    tables = made(tmp_path, works)
    told = {(one["name_a"], one["name_b"]): (one["status"], one["reasons"]) for one in rows(tables, "pairs_judged")}
    assert told["Uni A", "Quiet University"] == ("unchecked", "too_few")
    assert told["Quiet University", "Institute of Quiet"] == ("suspect", "shared_words")
    assert rows(tables, "areas") == [
        {"area": "energy", "verified": "false", "works": "1"},
        {"area": "unknown", "verified": "", "works": "3"},
    ]
    assert rows(tables, "areas_between") == [{"area": "unknown", "verified": "", "works": "3"}]


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    file = lines(tmp_path / "works.jsonl", *WORKS)
    said = refused("awareness", "tables", file, "--tables", tmp_path / "t", "--lists", tmp_path / "none.sqlite")
    assert "none.sqlite" in said
    assert not (tmp_path / "t").exists()


def test_a_series_that_is_not_wholly_there_is_refused_with_the_query_that_gives_it(tmp_path: Path) -> None:
    refused_rows = rows(made(tmp_path, WORKS), "refused")
    told = {(one["table"], one["series"]): (one["reason"], one["query"]) for one in refused_rows}
    reason, query = told["region_pairs_by_year", "CN – DE"]
    assert reason == "sample"
    filters = "authorships.countries:CN,authorships.countries:DE"
    assert query == f"https://api.openalex.org/works?filter={filters}&group_by=publication_year"
    assert told["topics", "DE – CN"][0] == "no_topics"
    reason, query = told["institutions_by_authors", "DE – CN"]
    assert reason == "no_authors"
    assert query.startswith("https://api.openalex.org/works?filter=authorships.countries:DE,authorships.countries:CN&")


def test_of_whole_files_only_what_they_were_selected_without_is_refused(tmp_path: Path) -> None:
    many = [flat(f"W{at}", institutions={"DE": ["Uni A"], "CN": ["Quiet University"]}) for at in range(25)]
    told = [(one["table"], one["series"], one["reason"]) for one in rows(made(tmp_path, many, "--whole"), "refused")]
    assert ("regions_by_year", "DE", "selected") in told
    assert not [one for one in told if one[1] in {"CN – DE", "DE – CN"} and one[0] == "region_pairs_by_year"]
