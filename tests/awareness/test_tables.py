"""Tables in a folder: what they hold byte for byte, and what of others they never write over."""

import hashlib
from pathlib import Path

import pytest

from risk_engine.awareness.tables import MANIFEST
from tests.awareness.samples import flat, lines
from tests.cli.running import done, refused

WORKS = (
    flat("W1", 2019, {"DE": ["A", "B"], "CN": ["C"]}, keywords=["optics"]),
    flat("W2", None, {"DE": ["A"], "CN": ["C", "D"], "": ["E"]}),
)


@pytest.fixture
def works(tmp_path: Path) -> Path:
    return lines(tmp_path / "works.jsonl", *WORKS)


def test_tables_are_these_bytes(tmp_path: Path, works: Path) -> None:
    said = done("awareness", "tables", works, "--tables", tmp_path / "t")
    assert said == "2 works of 1 file: 18 tables\n"
    tables = {path.name: path.read_bytes().decode() for path in (tmp_path / "t").iterdir()}
    assert tables["works_by_year.tsv"] == "year\tworks\n2019\t1\nunknown\t1\n"
    assert tables["pairs_fractional.tsv"] == (
        "country_a\tname_a\tinstitution_a\tcountry_b\tname_b\tinstitution_b\tfraction\n"
        "DE\tA\tDE|A\tCN\tC\tCN|C\t1.0\nDE\tA\tDE|A\tCN\tD\tCN|D\t0.5\nDE\tB\tDE|B\tCN\tC\tCN|C\t0.5\n"
    )
    assert tables["institutions_fractional.tsv"] == (
        "country\tname\tinstitution\tfraction\n"
        "CN\tC\tCN|C\t0.5833333333333334\nDE\tA\tDE|A\t0.5833333333333334\n"
        "DE\tB\tDE|B\t0.3333333333333333\nCN\tD\tCN|D\t0.25\nunknown\tE\t|E\t0.25\n"
    )
    manifest = [line.split("\t") for line in tables[MANIFEST].splitlines()]
    digests = {name: sha256 for _kind, name, sha256, *_rest in manifest}
    assert digests["works.jsonl"] == hashlib.sha256(works.read_bytes()).hexdigest()
    assert digests["pairs.tsv"] == hashlib.sha256(tables["pairs.tsv"].encode()).hexdigest()
    assert {name for name in digests if name.endswith(".tsv")} == tables.keys() - {MANIFEST}


def test_a_second_run_takes_the_place_of_the_first_and_of_nothing_else(tmp_path: Path, works: Path) -> None:
    folder = tmp_path / "t"
    whole = ("--whole", "--growth", "2018", "2019")
    done("awareness", "tables", works, "--tables", folder, *whole)
    (folder / "notes.txt").write_text("ours", "utf-8")
    assert (folder / "pairs_growth.tsv").exists()
    done("awareness", "tables", works, "--tables", folder)
    assert not (folder / "pairs_growth.tsv").exists()
    (folder / "pairs.tsv").write_text("what somebody changed", "utf-8")
    said = refused("awareness", "tables", works, "--tables", folder)
    assert "holds files that no earlier run wrote as they are: `pairs.tsv`" in said
    assert (folder / "pairs.tsv").read_text("utf-8") == "what somebody changed"
    done("awareness", "tables", works, "--tables", folder, "--force")
    assert (folder / "pairs.tsv").read_text("utf-8").startswith("country_a\t")
    assert (folder / "notes.txt").read_text("utf-8") == "ours"


def test_nothing_is_written_where_something_cannot_be_used(tmp_path: Path, works: Path) -> None:
    to = ("--tables", tmp_path / "t")
    assert "`2020-2011` is no span of years" in refused("awareness", "tables", works, *to, "--years", "2020-2011")
    assert "growth is a trend" in refused("awareness", "tables", works, *to, "--growth", "2018", "2019")
    for spans in (("2019", "2018"), ("2018-2019", "2019")):
        said = refused("awareness", "tables", works, *to, "--whole", "--growth", *spans)
        assert "the first span of years does not end before the second begins" in said
    assert "have countries in common: DE" in refused("awareness", "tables", works, *to, "--between", "EU27", "DE")
    assert "there is no folder" in refused("awareness", "tables", works, "--tables", tmp_path / "no" / "t")
    assert not (tmp_path / "t").exists()


def test_what_is_said_of_files_stands_in_the_manifest(tmp_path: Path, works: Path) -> None:
    said = tmp_path / "sources.yaml"
    text = "sources:\n  works.jsonl:\n    whole: true\n    selected: [[DE], [CN]]\n    retrieved: 2026-11-01\n"
    said.write_text(text, "utf-8")
    done("awareness", "tables", works, "--tables", tmp_path / "t", "--sources", said, "--growth", "2018", "2019")
    assert "openalex-flat, whole" in (tmp_path / "t" / MANIFEST).read_text("utf-8")
    said.write_text(text.replace("works.jsonl", "work.jsonl").replace("[DE]", "[EU-27]"), "utf-8")
    told = refused("awareness", "tables", works, "--tables", tmp_path / "t", "--sources", said)
    assert "no file of this name is read" in told
    assert "did you mean `works.jsonl`" in told
    assert "there is no region `EU-27`" in told


def test_a_name_of_a_file_parts_no_cell_of_the_manifest(tmp_path: Path) -> None:
    path, folder = lines(tmp_path / "a\tb\u2028c\n.jsonl", *WORKS), tmp_path / "t"
    done("awareness", "tables", path, "--tables", folder)
    done("awareness", "tables", path, "--tables", folder)
    (row,) = [row for row in (folder / MANIFEST).read_text("utf-8").split("\n") if row.startswith("source")]
    assert row.split("\t")[1] == "a b c .jsonl"
