"""Every layout in which lists come: known by what stands in a file, and read with all that a hit will have to say."""

import doctest
import json
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from risk_engine.screening import countries, identifiers
from risk_engine.screening.entry import Entry, IdentifierKind, Name, Relation
from risk_engine.screening.formats import detected, format_of, mapped, misp, of_all, ofac
from risk_engine.screening.formats import reading as reading_room
from risk_engine.screening.formats.reading import Reading, is_acronym
from tests.screening.samples import CSL_CSV, FTM, write_all


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_all(tmp_path_factory.mktemp("samples"))


def read(path: Path, *, mapping: str | None = None, persons: bool = False) -> tuple[list[Entry], Reading, str]:
    """Return what stands in a file, how reading it went, and as what it was read."""
    layout, _mapping = (format_of("table", mapping), mapping) if mapping else detected(path, path.name)
    beside = {what: found for what, name in ofac.beside(path.name).items() if (found := path.with_name(name)).is_file()}
    reading = Reading(path, "l", with_persons=persons, beside=beside if layout.name == "ofac-csv" else {})
    entries = list(layout.read(reading))
    reading.end()
    return entries, reading, layout.name


@pytest.mark.parametrize(
    ("name", "layout", "counts"),
    [
        ("targets.simple.csv", "opensanctions-csv", (2, 1, 1)),
        ("entities.ftm.json", "opensanctions-ftm", (2, 1, 0)),
        ("sdn.csv", "ofac-csv", (2, 1, 1)),
        ("consolidated.xml", "un-xml", (1, 1, 0)),
        ("eu.xml", "eu-xml", (1, 1, 0)),
        ("eu.csv", "eu-csv", (1, 1, 0)),
        # A denied party without a type is a person unless its name is that of a firm.
        ("csl.csv", "csl-csv", (3, 2, 1)),
        ("csl.json", "csl-json", (1, 1, 0)),
        ("cluster.json", "misp-galaxy", (1, 0, 0)),
        ("ror.json", "ror", (2, 0, 0)),
        ("ror.jsonl", "ror", (2, 0, 0)),
        ("v2.1-2026-10-01-ror-data.zip", "ror", (2, 0, 0)),
    ],
)
def test_a_layout_is_known_by_its_content_and_persons_and_vessels_are_counted(
    folder: Path, tmp_path: Path, name: str, layout: str, counts: tuple[int, int, int]
) -> None:
    # Under a name that says nothing; an archive keeps its own, and the other files of OFAC are found by theirs.
    path = folder / name
    if layout != "ofac-csv" and not name.endswith(".zip"):
        path = Path(tmp_path / "list.txt")
        path.write_bytes((folder / name).read_bytes())
    found, reading, known = read(path)
    assert known == layout
    entries, persons, _others = counts
    assert (len(found), reading.dropped_persons, reading.dropped_others) == counts
    kept, _reading, _known = read(path, persons=True)
    assert len(kept) == entries + persons
    assert sum(one.is_person for one in kept) == persons


def test_no_entry_says_a_nationality(folder: Path) -> None:
    for name in ("targets.simple.csv", "entities.ftm.json", "consolidated.xml", "eu.xml"):
        assert [one.countries for one in read(folder / name, persons=True)[0] if one.is_person] == [()]


def test_the_table_of_opensanctions(folder: Path) -> None:
    (first, second), reading, _known = read(folder / "targets.simple.csv")
    assert first == Entry(
        list="l",
        key="NK-a1",
        names=(
            Name("Institute of Quiet Optics"),
            Name("IQO", "acronym"),
            Name("Quiet Optics Laboratory", "alias"),
        ),
        identifiers={"other": ("91230000MA18X1",)},
        countries=("CN", "HK"),
        places=("12 Pine Road, Harbin",),
        programmes=("US-BIS-EL",),
        since=date(2023, 4, 20),
        why="Entity List",
        link="https://www.opensanctions.org/entities/NK-a1/",
        on=("US Trade Consolidated Screening List (CSL)",),
        standings=("evidence",),
    )
    assert second.identifiers == {"wikidata": ("Q900001",)}
    known = of_all(reading, detected(folder / "targets.simple.csv", "x")[0], "x")
    assert known is not None
    assert (known.standing, known.jurisdiction) == ("evidence", "US")
    assert "BY-NC" in known.licence


def test_entities_of_follow_the_money_with_what_stands_beside_them(folder: Path) -> None:
    (works, ended), reading, _known = read(folder / "entities.ftm.json")
    assert works.names == (
        Name("Still Water Works"),
        Name("SWW", "acronym"),
        Name("Завод «Тихая вода»", "alias"),
        Name("Pond Works", "former"),
        Name("Works", "weak"),
    )
    assert works.identifiers == {"domain": ("stillwater.example",), "lei": ("529900T8BM49AURSDO55",)}
    assert (works.since, works.until) == (date(2021, 5, 6), None)
    assert works.programmes == ("EU-RUS",)
    assert works.why == "Dual use"
    assert works.relations == (Relation("parent", "NK-9"),)
    assert works.countries == ("RU",)
    assert ended.until == date(2023, 7, 1)
    assert reading.datasets == {"eu_fsf"}
    assert (works.on, works.standings) == (("eu_fsf",), ("law",))


def test_what_an_entity_is_merged_from_and_what_has_ceased_to_list_it_says_nothing_of_it(tmp_path: Path) -> None:
    text = FTM.replace('"datasets": ["eu_fsf"]', '"datasets": ["eu_fsf", "us_ofac_sdn"]')
    lines = text.splitlines()
    ended, holding = (json.loads(next(one for one in lines if f'"id": "{key}"' in one)) for key in ("s-1", "s-2"))
    ended["datasets"], ended["properties"]["endDate"] = ["eu_fsf"], ["2024-01-01"]
    holding["datasets"] = ["us_ofac_sdn"]
    rest = [one for one in lines if '"s-1"' not in one and '"s-2"' not in one]
    (tmp_path / "f.json").write_text("\n".join([*rest, json.dumps(ended), json.dumps(holding)]), "utf-8")
    (works, _ended), reading, _known = read(tmp_path / "f.json")
    assert (works.on, works.standings) == (("us_ofac_sdn",), ("evidence",))
    assert reading.standings == {"law", "evidence"}


def test_the_three_files_of_ofac(folder: Path) -> None:
    (optics, works), reading, _known = read(folder / "sdn.csv")
    assert optics.key == "36"
    assert optics.names == (
        Name("QUIET OPTICS, S.A."),
        Name("QUIET OPTICAL WORKS", "alias"),
        Name("OPTICA QUIETA", "former"),
        Name("OPTIC", "weak"),
    )
    assert optics.identifiers == {"tax": ("800890696",)}
    assert (optics.countries, optics.places) == (("CU",), ("Calle 1, Havana, Cuba",))
    assert optics.relations == (Relation("related", "", "STILL WATER WORKS"),)
    assert works.programmes == ("NPWMD", "IFSR")
    assert works.countries == ("IR",)
    assert reading.unknown_countries == {"undetermined": 1}


def test_the_list_of_the_united_nations(folder: Path) -> None:
    (academy,), reading, _known = read(folder / "consolidated.xml")
    assert academy.names == (
        Name("ACADEMY OF QUIET SCIENCE (AQS)"),
        Name("QUIET ACADEMY", "alias"),
        Name("조용한 과학원", "translation"),
        Name("Second Academy", "alias"),
        Name("Old Academy", "former"),
    )
    assert (academy.key, academy.category, academy.programmes) == ("111", "KPe.001", ("DPRK",))
    assert (academy.since, academy.countries) == (date(2016, 3, 2), ("KP",))
    assert academy.why == "Works on quiet things."
    assert reading.made_on == date(2026, 11, 20)


@pytest.mark.parametrize("name", ["eu.xml", "eu.csv"])
def test_the_list_of_the_european_union_says_the_same_in_both_layouts(folder: Path, name: str) -> None:
    (parts,), reading, _known = read(folder / name)
    assert parts.names[:2] == (Name("Quiet Parts JSC", "main"), Name("Завод «Тихие детали»", "alias", "ru"))
    assert (parts.key, parts.category, parts.programmes) == ("14", "EU.2.2", ("RUS",))
    assert (parts.countries, parts.places) == (
        ("RU",),
        ("Pine 1, 300000, Tula, RUSSIAN FEDERATION", "UNKNOWN")[: len(parts.places)],
    )
    assert parts.identifiers == {"registration": ("1027700000000",)}
    assert parts.link == "https://eur-lex.europa.eu/quiet"
    assert reading.made_on == date(2026, 11, 21)
    if name == "eu.xml":
        assert parts.names[2] == Name("Parts", "weak")
        assert parts.since == date(2022, 3, 15)
    else:
        assert parts.since == date(2022, 3, 16)


@pytest.mark.parametrize("name", ["csl.csv", "csl.json"])
def test_the_consolidated_screening_list_says_the_same_in_both_layouts(folder: Path, name: str) -> None:
    radar = read(folder / name)[0][0]
    assert radar.names == (Name("Quiet Radar Institute"), Name("Quiet Radar", "alias"), Name("QRI", "acronym"))
    assert (radar.key, radar.since, radar.countries) == ("aa1", date(2001, 5, 14), ("CN",))
    assert len(radar.places) == 2
    assert radar.category == "Entity List (EL) - Bureau of Industry and Security"
    assert radar.why == "Presumption of denial. 66 FR 24266"
    assert radar.link == "https://info.example"


def test_an_older_consolidated_screening_list_has_no_ids_and_writes_aliases_as_a_sentence(tmp_path: Path) -> None:
    head, *rows = CSL_CSV.splitlines()
    older = [line.partition(",")[2] for line in (head, *rows, rows[0])]
    path = tmp_path / "csl.csv"
    path.write_text("\n".join(older).replace("Quiet Radar; QRI", "Quiet Radar; and QRI"), "utf-8")
    found = read(path)[0]
    assert [one.key for one in found if "Radar" in one.name] == [
        "Entity List/Quiet Radar Institute",
        "Entity List/Quiet Radar Institute #2",
    ]
    assert [one.text for one in found[0].names[1:]] == ["Quiet Radar", "QRI"]


def test_numbers_in_a_cell_of_the_consolidated_screening_list(folder: Path) -> None:
    works = read(folder / "csl.csv")[0][1]
    assert works.identifiers == {"domain": ("stillwater.example",), "tax": ("101",)}
    assert works.programmes == ("IRAN", "NPWMD")


def test_a_cluster_of_the_misp_galaxy(folder: Path) -> None:
    (university,), _reading, _known = read(folder / "cluster.json")
    assert university.names == (
        Name("Quiet Military University"),
        Name("安静军事大学", "translation", "zh"),
        Name("静军大学", "alias"),
        Name("QMU", "acronym"),
        Name("Quiet Officers School", "alias"),
    )
    assert (university.category, university.countries, university.programmes) == ("Military", ("CN",), ())
    assert university.why == "It teaches quiet officers. · Acoustics"
    assert university.relations == (
        Relation("parent", "", "Quiet Commission"),
        Relation("child", "", "Quiet College (静学院)"),
    )


@pytest.mark.parametrize(("name", "number"), [("ror.json", 0), ("ror.jsonl", 0), ("ror.jsonl", 1)])
def test_a_record_of_the_registry_says_the_same_in_both_schemas(folder: Path, name: str, number: int) -> None:
    university = read(folder / name)[0][number]
    assert university.name == "Quiet University"
    assert {one.text: one.kind for one in university.names[1:]} == {
        "安静大学": "translation",
        "QU": "acronym",
        "University of Quiet": "alias",
    }
    assert university.identifiers["grid"] == ("grid.41156.37",)
    assert university.identifiers["wikidata"] == ("Q30253765",)
    assert "quiet-university.example" in university.identifiers["domain"]
    assert (university.countries, university.places, university.status) == (("CN",), ("Nanjing",), "active")
    assert university.relations == (Relation("child", "https://ror.org/02dynav67", "Quiet Hospital"),)
    # When it was founded is not since when it is listed.
    assert university.since is None


def test_of_a_dump_the_newer_schema_is_read_with_its_day(folder: Path) -> None:
    entries, reading, _known = read(folder / "v2.1-2026-10-01-ror-data.zip")
    assert [one.name for one in entries] == ["Quiet University", "Quiet Hospital"]
    assert reading.made_on == date(2026, 10, 1)


def test_any_table_is_read_by_a_mapping(folder: Path) -> None:
    (quiet, still), _reading, known = read(folder / "own.csv", mapping=str(folder / "mapping.yaml"))
    assert known == "table"
    # What a spreadsheet would compute is a name here like any other.
    assert quiet.name == "=Quiet Institute"
    assert quiet.names[1:] == (Name("QI", "acronym"), Name("Institute of Quiet", "alias"))
    assert quiet.relations == (Relation("parent", "", "Quiet Academy"),)
    assert (still.since, still.until) == (date(2024, 3, 1), date(2025, 3, 1))
    assert still.countries == ("RU",)


def test_what_stands_before_names_is_none(tmp_path: Path) -> None:
    head = "celex,recordId,programKey,annex,measure,startDate,schema,name,alias,weakAlias,previousName,country,"
    head += "jurisdiction,registrationNumber,taxNumber,leiCode,address,website"
    row = "32014R0269,1,EU-UKR,I,Freeze,16.12.2024,LegalEntity,Quiet Optics:,Chinese:; 静光学; Quiet: Lens,,,,,,,,,"
    path = tmp_path / "journal.csv"
    path.write_text(f"{head}\n{row}\n", "utf-8")
    (entry,), _reading, _layout = read(path, mapping="eu-journal")
    assert [one.text for one in entry.names] == ["Quiet Optics:", "静光学", "Quiet: Lens"]


@pytest.mark.parametrize("module", [countries, identifiers, mapped, misp, ofac, reading_room])
def test_the_examples_in_the_code_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("ror", "ROR.org/01RXVG760", "01rxvg760"),
        ("ror", "https://ror.org/11rxvg760", ""),
        ("lei", "5299 00T8BM49AURSDO55", "529900T8BM49AURSDO55"),
        ("lei", "529900T8BM49AURSDO56", ""),  # a wrong check digit
        ("wikidata", "http://www.wikidata.org/entity/Q42", "Q42"),
        ("wikidata", "NK-42", ""),
        ("grid", "https://www.grid.ac/institutes/grid.41156.37", "grid.41156.37"),
        ("isni", "0000 0001 2314 964X", "000000012314964X"),
        ("domain", "HTTPS://www.Quiet.example:8080/en?x", "quiet.example"),
        ("domain", "http://[broken", ""),
        ("domain", "no host", ""),
        ("registration", "CHE-427.006.032", "CHE427006032"),
    ],
)
def test_an_identifier_is_written_one_way_and_what_is_none_is_left_out(
    kind: IdentifierKind, text: str, wanted: str
) -> None:
    assert identifiers.normal(kind, text) == wanted


@pytest.mark.parametrize(
    ("text", "code"),
    [("EL", "GR"), ("UK", "GB"), ("Georgia", "GE"), ("Congo, Republic of the", "CG"), ("Harbin", ""), ("", "")],
)
def test_a_country_is_known_as_lists_write_it(text: str, code: str) -> None:
    assert countries.country_code(text) == code


@pytest.mark.parametrize(
    ("text", "main", "is_one"),
    [
        ("AMMS", "Academy of Military Medical Sciences", True),
        ("N.U.D.T.", "National University of Defense Technology", True),
        ("QUIET", "QUIET OPTICS WORKS", False),
        ("QOW", "QUIET OPTICS WORKS", True),
        ("502", "China Academy of Space Technology 502 Research Institute", False),
        ("Works", "Still Water Works", False),
        ("IBM", "IBM", False),
    ],
)
def test_an_acronym_is_what_the_letters_spell(text: str, main: str, is_one: bool) -> None:
    assert is_acronym(text, main) is is_one
