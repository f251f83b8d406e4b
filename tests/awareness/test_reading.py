"""Each layout in which works come, and what is told of files that are broken."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from risk_engine.awareness.reading.mapped import read_mapping
from risk_engine.awareness.works import Collaborations, Input, read_collaborations
from risk_engine.files.diagnostics import RiskEngineError
from tests.awareness.samples import SHARED, flat, lines, needs_real_data


def read(*paths: Path, mapping: Path | None = None) -> Collaborations:
    known = None if mapping is None else read_mapping(mapping)
    return read_collaborations([Input(one, known) for one in paths])


def told(*paths: Path, mapping: Path | None = None) -> str:
    with pytest.raises(RiskEngineError) as error:
        read(*paths, mapping=mapping)
    return str(error.value)


def institution(number: int, country: str | None) -> dict[str, Any]:
    return {
        "id": f"https://openalex.org/I{number}",
        "display_name": f"Institute {number}",
        "ror": f"https://ror.org/0{number}",
        "country_code": country,
    }


def author(*institutions: dict[str, Any], countries: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "author": {"id": "https://openalex.org/A5", "display_name": "Jane Doe"},
        "raw_author_name": "J. Doe",
        "institutions": list(institutions),
        "countries": list(countries),
    }


WORK = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.1/x",
    "title": None,
    "display_name": "A work",
    "publication_year": 2021,
    "type": "article",
    "is_paratext": False,
    "authorships": [
        author(institution(1, "DE"), institution(2, "CN"), countries=("CN", "DE")),
        author(institution(2, "CN")),
        author(institution(3, None), countries=("FR",)),
        author(countries=("DE",)),
        author(),
    ],
    "topics": [
        {"display_name": "Robots", "field": {"display_name": "Engineering"}, "subfield": None, "domain": None},
        {"display_name": "Optics", "field": {"display_name": "Engineering"}},
    ],
    "keywords": [{"display_name": "Lens"}],
}


def test_a_work_object_has_of_its_authors_nothing_but_shares(tmp_path: Path) -> None:
    found = read(lines(tmp_path / "1.jsonl", WORK))
    assert found.works.drop("source").row(0) == (
        "https://openalex.org/W1",
        2021,
        "A work",
        "https://doi.org/10.1/x",
        "article",
        False,
        "https://openalex.org/W1",
    )
    got = found.parties.sort("country", "institution", nulls_last=True).drop("work", "name")
    of = "https://openalex.org/I{}".format
    ror = "https://ror.org/0{}".format
    # Five authors: each a fifth, of two institutions a tenth each; the last one's fifth is nobody's.
    assert [(*row[:-1], round(row[-1], 9)) for row in got.rows()] == [
        ("CN", of(2), ror(2), 0.3),
        ("DE", of(1), ror(1), 0.1),
        ("DE", None, None, 0.2),
        ("FR", None, None, 0.0),
        (None, of(3), ror(3), 0.2),
    ]
    assert found.topics.drop("work").rows() == [
        ("Robots", "topic"),
        ("Optics", "topic"),
        ("Engineering", "field"),
        ("Lens", "keyword"),
    ]
    everything = "".join(str(one.to_dict(as_series=False)) for one in (found.works, found.parties, found.topics))
    assert "Doe" not in everything
    assert "A5" not in everything


def test_pages_of_the_interface_are_read_printed_in_any_way(tmp_path: Path) -> None:
    page = {"meta": {"count": 2}, "results": [WORK, {**WORK, "id": "W2"}]}
    paths = [tmp_path / f"{number}.json" for number in range(4)]
    paths[0].write_text(json.dumps(page), "utf-8")
    paths[1].write_text(json.dumps(page, indent=2), "utf-8-sig")
    paths[2].write_text(json.dumps(page["results"], indent=1), "utf-8")
    line = json.dumps({**page, "results": [WORK]})
    paths[3].write_text(f"{line}\n{line}", "utf-8")
    for path, number in zip(paths, (2, 2, 2, 1), strict=True):
        found = read(path)
        assert found.sources[0].layout == "openalex"
        assert found.works.height == number, path
    assert read(*paths).works.height == 2


CSV = """id,doi,title,publication_year,type,authorships.author.display_name,authorships.institutions.id,\
authorships.institutions.display_name,authorships.institutions.country_code,authorships.countries,\
primary_topic.display_name,primary_topic.field.display_name,keywords.display_name
W1,,One,2020,article,Jane Doe|John Doe,https://openalex.org/I1|https://openalex.org/I2,Uni A|Uni B,DE|CN,DE|CN,Optics,\
Physics,Lens|Laser
W2,,Two,,article,Jane Doe,,Uni A|Uni C,,FR,Optics,Physics,
W3,,Three,2021,article,,,Uni A|Uni C,,FR|CN,,,
W4,,Four,2021,article,,,Uni A,,FR,,,
W5,,Five,2021,article,,,Uni A,DE|UK,,,,
W6,,Six,2021,article,,,,CN,,,,
"""


def test_lists_in_cells_stand_beside_each_other(tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    path.write_text(CSV, "utf-8")
    found = read(path)
    assert found.parties.select(pl.col("work").str.tail(2), "country", "institution", "name").rows() == [
        ("W1", "DE", "https://openalex.org/I1", "Uni A"),
        ("W1", "CN", "https://openalex.org/I2", "Uni B"),
        ("W2", "FR", "FR|Uni A", "Uni A"),
        ("W2", "FR", "FR|Uni C", "Uni C"),
        # Of two countries nobody can tell whose is which.
        ("W3", None, "|Uni A", "Uni A"),
        ("W3", None, "|Uni C", "Uni C"),
        ("W3", "FR", None, None),
        ("W3", "CN", None, None),
        # There is a column for it, and it is empty.
        ("W4", None, "|Uni A", "Uni A"),
        ("W4", "FR", None, None),
        # A country counts, whoever of it is not named.
        ("W5", None, "|Uni A", "Uni A"),
        ("W5", "DE", None, None),
        ("W5", "GB", None, None),
        ("W6", "CN", None, None),
    ]
    assert found.topics.filter(pl.col("work").str.ends_with("W1")).drop("work").rows() == [
        ("Optics", "topic"),
        ("Physics", "field"),
        ("Lens", "keyword"),
        ("Laser", "keyword"),
    ]
    assert "Doe" not in str(found.parties.to_dict(as_series=False))
    text = pl.read_csv(path, infer_schema=False)
    text.with_columns(pl.col("publication_year").cast(pl.Int64)).write_parquet(tmp_path / "works.parquet")
    assert read(tmp_path / "works.parquet").parties.equals(found.parties)


def test_work_objects_in_parquet(tmp_path: Path) -> None:
    pl.DataFrame([WORK], infer_schema_length=None, strict=False).write_parquet(tmp_path / "1.parquet")
    assert read(tmp_path / "1.parquet").parties.equals(read(lines(tmp_path / "1.jsonl", WORK)).parties)


FLAT = (
    flat("W1", 2019, {"DE": ["Aachen", "[Bonn]"], "CN": []}, ["HK"], ["optics", "Robots"], title="[One]"),
    flat("W2", None, {"FR": ["Zürs"]}),
)


@pytest.mark.parametrize("form", ["list.json", "printed.json", "page.json", "page.jsonl", "1.csv", "1.parquet"])
def test_flat_works_are_the_same_in_each_form(tmp_path: Path, form: str) -> None:
    path, several = tmp_path / form, list(FLAT)
    texts = {
        "list.json": json.dumps(several),
        "printed.json": json.dumps(several, indent=1),
        "page.json": json.dumps({"meta": {}, "results": several}, indent=2),
        "page.jsonl": "\n".join(json.dumps({"results": [one]}) for one in several),
    }
    if form in texts:
        path.write_text(texts[form], "utf-8")
    elif form == "1.csv":
        cells = {"institutions": json.dumps, "countries": json.dumps, "technology_keywords": "|".join}
        rows = [{name: cells.get(name, str)(cell or "") for name, cell in one.items()} for one in several]
        pl.DataFrame(rows).write_csv(path)
    else:
        pl.DataFrame(several, infer_schema_length=None).write_parquet(path)
    found, wanted = read(path), read(lines(tmp_path / "1.jsonl", *FLAT))
    assert found.sources[0].layout == "openalex-flat"
    assert found.works.drop("doi").equals(wanted.works.drop("doi"))
    assert found.topics.equals(wanted.topics)
    columns = ["work", "country", "institution"]
    assert found.parties.sort(columns).equals(wanted.parties.sort(columns))
    assert wanted.parties["country"].to_list() == ["DE", "DE", "CN", "HK", "FR"]


def test_half_a_character_and_an_institution_without_a_name_are_no_fault(tmp_path: Path) -> None:
    broken = '{"paper_id": "W1", "institutions": {"DE": ["A\\ud83d"]}, "countries": [], "title": "\\udc00"}'
    found = read(lines(tmp_path / "1.jsonl", broken))
    assert (found.parties["name"].item(), found.works["title"].item()) == ("A\ufffd", "\ufffd")
    nameless = {**WORK, "authorships": [author({"id": None, "display_name": None, "country_code": "UK"})]}
    parties = read(lines(tmp_path / "2.jsonl", nameless)).parties
    assert parties.select("country", "institution", "authors").rows() == [("GB", None, 1.0)]


MAPPING = """source: The office
rows: party
names: folded
columns:
  No: {to: work, confirmed: true}
  Begun: {to: year, dates: DD.MM.YYYY, confirmed: true}
  Partner: {to: institution, split: ";", confirmed: true}
  Land: {to: country, split: ";", values: {Volksrepublik: CN}, confirmed: true}
  Field: {to: topic, level: field, confirmed: true}
  Notes: {to: title}
"""
TABLE = """No,Begun,Partner,Land,Field,Notes
P1,01.02.2020,UNI A,DE,Optics,secret
P1,,uni b; Uni C,Volksrepublik;France,,
P2,2021-05-01,Uni D;Uni E,UK,,
"""


def test_any_table_by_what_a_person_confirmed(tmp_path: Path) -> None:
    mapping, table = tmp_path / "m.yaml", tmp_path / "t.csv"
    mapping.write_text(MAPPING, "utf-8")
    table.write_text(TABLE, "utf-8")
    found = read(table, mapping=mapping)
    assert found.works.select("work", "year", "title").rows() == [("P1", 2020, None), ("P2", 2021, None)]
    assert found.parties.select("work", "country", "institution").rows() == [
        ("P1", "DE", "DE|uni a"),
        ("P1", "CN", "CN|uni b"),
        ("P1", "FR", "FR|uni c"),
        ("P2", "GB", "GB|uni d"),
        ("P2", "GB", "GB|uni e"),
    ]
    assert found.topics.rows() == [("P1", "Optics", "field")]
    assert found.sources[0].attribution == "The office"
    table.write_text(f"{TABLE}P3,soon,A;B;C,DE;CN,,\n,,,,,\nP4,1,2\n", "utf-8")
    said = told(table, mapping=mapping)
    assert "there are 3 institutions and 2 countries" in said
    assert "`Begun` holds no year: `soon`" in said
    assert "the row has 3 cells, and there are 6 columns" in said
    mapping.write_text(MAPPING.replace("No: {to: work, confirmed: true}", "No: {to: work}"), "utf-8")
    assert "no column is confirmed that says of which work a row is" in told(table, mapping=mapping)
    mapping.write_text(MAPPING.replace("  Begun:", "  Began:"), "utf-8")
    assert "the table has no column `Began`\n  help: did you mean `Begun`?" in told(table, mapping=mapping)


def test_patents_with_countries_alone_are_known_by_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "patents.csv"
    head = "publication_number,family_id,title,filing_date,publication_date,partner_country"
    path.write_text(f"{head}\nWO-1,7,A lamp,20180516,20191121,DE\n", "utf-8")
    found = read(path)
    assert found.works.select("work", "year", "kind").rows() == [("WO-1", 2019, "patent")]
    assert found.parties.select("country", "institution").rows() == [("DE", None), ("CN", None)]
    assert found.sources[0].licence == "CC BY 4.0"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        ("Müller;1\n".encode("latin-1"), "line 1 is not UTF-8 text"),
        (b"name,year\nA,2020\n", "these are no works in a layout that is known"),
        (b"PAR1 and no more", "this is no Parquet file that can be read"),
        (b"PK\x03\x04 and no more", ""),
        (b'{"paper_id": "W1", "institutions": {}}\n{"paper_id": "W2", "instit', "1.x:2:1: this is no JSON"),
        (b'{"paper_id": "W1", "institutions": {}}\n{"paper_id": "\xff"}\n[1]\n', "1.x:2:1: this is no UTF-8 text"),
        (b'{"paper_id": "W1", "institutions": {}}\n[1]\n', "1.x:2:1: here must stand an object in braces"),
        (b'{"paper_id": " ", "institutions": {}}\n', "the work has no `paper_id`"),
        (b'{"paper_id": "W1", "institutions": []}\n', "`institutions` is a mapping of codes to names"),
        (b'{"paper_id": "W1", "institutions": {"DE": "A"}}\n', "below `DE` of `institutions` stands no list of names"),
        (b'{"id": null, "authorships": []}\n', "the work has no `id`"),
        (b'{"id": "W1", "authorships": 7}\n', "`authorships` is no list"),
        (b'{"meta": {},\n "results": [{"id": "W1"}, {"id', "was the file cut off on its way?"),
        (b'\xef\xbb\xbf[{"id": "W1"}, 7]', "here must stand an object in braces"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "1.x"
    path.write_bytes(content)
    assert said in told(path)


def test_a_file_that_is_not_there_a_folder_and_a_broken_one_are_told_together(tmp_path: Path) -> None:
    good = lines(tmp_path / "good.jsonl", flat("W1"))
    said = told(good, tmp_path / "gone.jsonl", tmp_path, lines(tmp_path / "bad.jsonl", flat("W1"), "{"))
    assert "gone.jsonl:1:1: the file cannot be read: no such file or directory" in said
    assert "is a directory" in said
    assert "bad.jsonl:2:1: this is no JSON" in said


@needs_real_data
def test_the_real_files_of_every_layout_are_read_whole() -> None:
    projects = read(*sorted((SHARED / "cordis").glob("*.csv")))
    assert projects.works.height == 263
    assert projects.works["year"].null_count() == 0
    # 4,993 rows, of which six name an organisation of a project again.
    assert projects.parties.height == 4987
    assert {"UK", "EL"}.isdisjoint(projects.parties["country"].to_list())
    assert read(SHARED / "openalex" / "works_cn_eu_full.json").works.height == 49
    assert read(SHARED / "openalex" / "works_page_sample.json").works.height == 60
    assert read(SHARED / "google_patents" / "cn_copatents.csv").works.height == 200
