"""`risk-engine lists`: a list taken in, told of, kept fresh and taken out; what is wrong with it changes nothing."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from risk_engine.screening.formats import streams
from tests.cli.running import TODAY, Result, done, refused, run
from tests.screening.samples import FILES, write_all

TABLE = ("--mapping", "mapping.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which each test works, with every sample in it."""
    monkeypatch.chdir(tmp_path)
    return write_all(tmp_path)


def shown(*arguments: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(done("lists", "show", *arguments, "--format", "json"))
    return found


def test_a_list_is_read_and_told_of() -> None:
    text = done("lists", "add", "sdn.csv", "--as", "us-sdn")
    assert text == (
        "us-sdn: read as OFAC, its own CSV files\n"
        "  Specially Designated Nationals: 2 entries with 5 names\n"
        "  left out: 1 person, 1 vessel or the like\n"
        "  2 new, 0 said anew, 0 gone\n"
    )
    text = done("lists", "show")
    assert "us-sdn: Specially Designated Nationals (evidence, US)" in text
    assert f"read on {TODAY}, 0 days ago, its own day is not known" in text
    assert "QUIET OPTICS" in done("lists", "show", "us-sdn", "--entry", "36")


def test_the_store_is_where_the_option_or_the_variable_says(folder: Path) -> None:
    done("lists", "add", "eu.xml", "--as", "eu", "--store", "ours.sqlite")
    assert "Consolidated financial" in done("lists", "show", RISK_ENGINE_LISTS=str(folder / "ours.sqlite"))
    assert "there are no lists in lists.sqlite" in refused("lists", "show")


def test_what_is_new_said_anew_and_gone_is_told_and_each_day_can_be_shown(folder: Path) -> None:
    done("lists", "add", "own.csv", "--as", "ours", *TABLE, "--on", "2026-05-01")
    rows = FILES["own.csv"].replace("Institute of Quiet,", "Quiet College,").replace("Still Institute", "New Institute")
    (folder / "own.csv").write_text(rows, "utf-8")
    text = done("lists", "update", "--on", "2026-06-01")
    assert "1 new, 1 said anew, 1 gone" in text
    assert "Institute of Quiet" in done("lists", "show", "ours", "--entry", "=Quiet Institute", "--on", "2026-05-31")
    assert "Quiet College" in done("lists", "show", "ours", "--entry", "=Quiet Institute", "--on", "2026-06-01")
    err = refused("lists", "show", "ours", "--entry", "Still Institute", "--on", "2026-06-01")
    assert "`ours` has no entry `Still Institute` on 2026-06-01" in err
    versions = shown("ours")["versions"]
    assert isinstance(versions, list)
    assert [(one["read_on"], one["new"], one["changed"], one["gone"]) for one in versions] == [
        ("2026-05-01", 2, 0, 0),
        ("2026-06-01", 1, 1, 1),
    ]


def test_the_same_list_again_is_nothing_new() -> None:
    done("lists", "add", "cluster.json", "--as", "cdut", "--on", "2026-05-01")
    assert "0 new, 0 said anew, 0 gone" in done("lists", "update", "cdut")


def test_a_list_that_nobody_knows_says_what_a_hit_on_it_is() -> None:
    err = refused("lists", "add", "entities.ftm.json", "--as", "mixed", "--format", "opensanctions-csv")
    assert "the column `schema` is missing" in err or "column" in err
    done("lists", "add", "entities.ftm.json", "--as", "eu")
    # One list of OpenSanctions is known by its name there, one that is new is not.
    several = FILES["entities.ftm.json"].replace('"eu_fsf"', '"xx_list", "yy_list"')
    Path("mixed.json").write_text(several, "utf-8")
    err = refused("lists", "add", "mixed.json", "--as", "mixed")
    assert "nobody knows what a hit on this list is" in err
    assert "--standing: `law`, `evidence`, `registry` or `tracker`" in err
    done("lists", "add", "mixed.json", "--as", "mixed", "--standing", "evidence", "--title", "Many lists")
    assert shown()["lists"][0]["standing"] == "law"  # type: ignore[index]
    assert "Many lists (evidence)" in done("lists", "show")


COLLECTION = """\
"id","schema","name","aliases","countries","identifiers","sanctions","program_ids","dataset","first_seen"
"q1","Company","Quiet Optics","","cu","","","EU-RUS","EU Financial Sanctions Files (FSF);Global Register","2024-05-06"
"q2","Company","Still Water Works","","ru","","","EU-RUS;US-BIS-EL","EU Sanctions Map;US Trade List","2024-05-06"
"q3","Company","Pine Works","","no","","","SECO-UKRAINE","Swiss SECO Sanctions/Embargoes","2024-05-06"
"q4","Company","Harbour Works","","no","","","EU-RUS","Belgian Financial Sanctions","2024-05-06"
"""


def test_each_entry_of_a_collection_says_itself_whether_a_hit_is_law_or_evidence(folder: Path) -> None:
    (folder / "all.csv").write_text(COLLECTION, "utf-8")
    done("lists", "add", "all.csv", "--as", "all")
    assert "all: all (law / evidence, as each entry says)" in done("lists", "show")
    assert "CC BY-NC 4.0" in done("lists", "show", "all")
    assert "stands on: EU Sanctions Map; US Trade List" in done("lists", "show", "all", "--entry", "q2")
    names = ("Quiet Optics", "Still Water Works", "Pine Works", "Harbour Works")
    found = json.loads(done("screen", *names, "--format", "json"))["screened"]
    assert [one["hits"][0]["standings"] for one in found] == [
        ["law"],  # a register that was merged into the entry lists nobody
        ["law", "evidence"],
        ["evidence"],
        ["evidence"],  # what a member state lists is not the law of the EU
    ]
    text = done("screen", "Still Water Works")
    assert "a hit is: law: binding here; evidence: what others list, no law here\n" in text
    assert "stands on: EU Sanctions Map; US Trade List" in text
    # Who says what it is, says it of all of them.
    done("lists", "add", "all.csv", "--as", "all", "--standing", "tracker")
    assert "all: all (tracker)" in done("lists", "show")
    assert "law" not in done("screen", "Still Water Works")


def test_a_collection_of_one_kind_of_lists_is_of_that_kind(folder: Path) -> None:
    head, *rows = COLLECTION.splitlines()
    (folder / "eu.csv").write_text("\n".join([head, rows[0], rows[0].replace("q1", "q5")]), "utf-8")
    done("lists", "add", "eu.csv", "--as", "eu")
    assert "eu: eu (law)" in done("lists", "show")


def test_persons_are_kept_only_on_a_basis_that_is_recorded() -> None:
    assert "only on a legal basis" in refused("lists", "add", "eu.xml", "--as", "eu", "--persons")
    assert "without --persons" in refused("lists", "add", "eu.xml", "--as", "eu", "--basis", "Art. 6")
    text = done("lists", "add", "eu.xml", "--as", "eu", "--persons", "--basis", "Art. 6(1)(c) GDPR")
    assert "2 entries" in text
    assert "persons are kept: Art. 6(1)(c) GDPR" in done("lists", "show", "eu")
    # It holds for the next version too.
    assert "2 entries" in done("lists", "update", "eu")


def test_persons_are_erased_from_the_history_too_once_nothing_allows_them(folder: Path) -> None:
    done("lists", "add", "eu.xml", "--as", "eu", "--persons", "--basis", "Art. 6", "--on", "2026-05-01")
    assert b"Ada Example" in (folder / "lists.sqlite").read_bytes()
    done("lists", "add", "eu.xml", "--as", "eu", "--on", "2026-06-01")
    assert b"Ada Example" not in (folder / "lists.sqlite").read_bytes()
    assert "no entry `13`" in refused("lists", "show", "eu", "--entry", "13", "--on", "2026-05-02")
    done("lists", "show", "eu", "--entry", "14", "--on", "2026-05-02")


def test_a_list_without_its_other_names_is_refused_unless_somebody_says_so(folder: Path) -> None:
    (folder / "alt.csv").unlink()
    err = refused("lists", "add", "sdn.csv", "--as", "us-sdn")
    assert "`alt.csv`: the other names and the addresses of this list are missing" in err
    result = run("lists", "add", "sdn.csv", "--as", "us-sdn", "--anyway")
    assert (result.code, "2 entries with 3 names" in result.out) == (0, True)
    assert "read without alt.csv" in result.err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("empty.csv", "", "the file is empty"),
        ("odd.bin", "SQLite format 3\x00\x10\r\x01\n", "this is no list in a layout that is known"),
        ("words.txt", "nothing but words\n", "this is no list in a layout that is known"),
        ("cut.json", FILES["ror.json"][:-40], "this is no JSON"),
        ("cut.jsonl", FILES["ror.jsonl"][:-40], "was the file cut off on its way?"),
        ("cut.xml", FILES["eu.xml"][:-40], "this is no XML"),
        ("twice.csv", FILES["targets.simple.csv"].replace("Q900001", "NK-a1"), "two entries have one id: `NK-a1`"),
        (
            "bomb.xml",
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n' + FILES["eu.xml"][56:],
            "entities of its own",
        ),
        ("other.xml", "<html><body/></html>", "no list in a layout"),
        ("deep.json", '{"values": [{"meta": {}, "value": ' + "[" * 100_000, "nested too deep"),
        (
            "long.csv",
            FILES["targets.simple.csv"].replace("Pine Works", "P" * 3000),
            "a name of 3004 characters is none",
        ),
        (
            "days.csv",
            FILES["targets.simple.csv"].replace("2024-01-02", "Harbin"),
            "`first_seen` holds no date: `Harbin`",
        ),
        ("keys.csv", FILES["targets.simple.csv"].replace("Q900001", "Pine Works"), "`id` is no id: `Pine Works`"),
    ],
)
def test_a_bad_file_is_told_and_changes_nothing(folder: Path, name: str, text: str, said: str) -> None:
    done("lists", "add", "cluster.json", "--as", "here")
    before = (folder / "lists.sqlite").read_bytes()
    (folder / name).write_text(text, "utf-8")
    err = refused("lists", "add", name, "--as", "new")
    assert said in err
    assert err.startswith(name)
    assert (folder / "lists.sqlite").read_bytes() == before


def test_nothing_of_a_list_steers_the_terminal_or_is_half_a_sign(folder: Path) -> None:
    text = (
        FILES["cluster.json"]
        .replace("Quiet Officers School", "\\u001b[31mRed\\ud800")
        .replace('Military"', '\\u001b[2J"')
    )
    (folder / "red.json").write_text(text, "utf-8")
    done("lists", "add", "red.json", "--as", "red")
    shown = done("lists", "show", "red", "--entry", json.loads(text)["values"][0]["uuid"])
    assert "\x1b" not in shown
    assert "[31mRed" in shown
    (folder / "half.json").write_text(FILES["cluster.json"].replace('"Military"', '"\\ud800"'), "utf-8")
    assert "signs that are no text: `Quiet Military University`" in refused("lists", "add", "half.json", "--as", "half")
    twice = FILES["targets.simple.csv"].replace("Q900001", "NK-a1").replace("NK-a1", "NK-\x1b[31m")
    (folder / "twice.csv").write_text(twice, "utf-8")
    assert "\x1b" not in refused("lists", "add", "twice.csv", "--as", "twice")
    lands = "Institute,Other names,Land,From,Until,Parent\nOne,,\x1b[31m,,,\n"
    (folder / "own.csv").write_text(lands, "utf-8")
    assert "\x1b" not in run("lists", "add", "own.csv", "--as", "ours", *TABLE).err


def test_a_file_in_another_encoding_is_told(folder: Path) -> None:
    (folder / "latin.csv").write_bytes(FILES["targets.simple.csv"].replace("Quiet", "Qüiet").encode("latin-1"))
    assert "is not UTF-8 text" in refused("lists", "add", "latin.csv", "--as", "new")
    (folder / "latin.json").write_bytes(FILES["cluster.json"].replace("teaches", "tëaches").encode("latin-1"))
    assert "no UTF-8 text" in refused("lists", "add", "latin.json", "--as", "new")


def test_an_archive_that_would_fill_the_disk_or_holds_nothing_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(folder / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert "no list in a layout" in refused("lists", "add", "other.zip", "--as", "new")
    with monkeypatch.context() as smaller:
        smaller.setattr(streams, "MOST_UNPACKED", 1000)
        err = refused("lists", "add", "v2.1-2026-10-01-ror-data.zip", "--as", "new")
    assert "the archive would unpack to" in err
    whole = (folder / "v2.1-2026-10-01-ror-data.zip").read_bytes()
    (folder / "cut.zip").write_bytes(whole[: len(whole) // 2])
    assert "no list in a layout" in refused("lists", "add", "cut.zip", "--as", "new")
    with zipfile.ZipFile(folder / "v2.1-2026-10-01-ror-data.zip") as archive:
        begin = archive.infolist()[1].header_offset + 150
    (folder / "broken.zip").write_bytes(whole[:begin] + bytes(50) + whole[begin + 50 :])
    assert "cannot be unpacked" in refused("lists", "add", "broken.zip", "--as", "new", "--format", "ror")


def test_all_problems_are_told_at_once_up_to_a_limit(folder: Path) -> None:
    rows = [f"Institute {one},,China,yesterday,," for one in range(30)]
    (folder / "bad.csv").write_text("\n".join(["Institute,Other names,Land,From,Until,Parent", *rows, ""]), "utf-8")
    err = refused("lists", "add", "bad.csv", "--as", "new", *TABLE)
    assert err.count("holds no date: `yesterday`") == 20
    assert "bad.csv:2:1" in err
    assert "there are more problems" in err


def test_swapped_columns_of_a_table_are_told(folder: Path) -> None:
    rows = [f"China,,Institute {one},,," for one in range(30)]
    (folder / "bad.csv").write_text("\n".join(["Institute,Other names,Land,From,Until,Parent", *rows, ""]), "utf-8")
    err = refused("lists", "add", "bad.csv", "--as", "new", *TABLE)
    assert "`Land`: most cells name no country, such as `Institute 0`" in err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("https://quiet.example/{number}", "own.csv:2:1: a name is an address: `https://quiet.example/0`"),
        ("OWN-LIST", "own.csv:1:1: most entries have one name: `OWN-LIST`"),
    ],
)
def test_a_column_of_names_that_are_none_is_told(folder: Path, name: str, said: str) -> None:
    rows = [f"{name.format(number=number)},,China,1 March 2024,," for number in range(12)]
    head = FILES["own.csv"].splitlines()[0]
    (folder / "own.csv").write_text("\n".join((head, *rows)), "utf-8")
    err = refused("lists", "add", "own.csv", "--as", "ours", *TABLE)
    assert said in err
    assert "are the columns the right way round?" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "eu.xml", "--as", "eu", "--on", "2027-01-01"), "--on 2027-01-01: nobody knows"),
        (("add", "eu.xml", "--as", "eu", "--list-date", "2027-01-01"), "--list-date 2027-01-01: nobody knows"),
        (("update", "--on", "2027-01-01"), "--on 2027-01-01: nobody knows the lists of a day to come"),
        (("show", "--on", "2027-01-01"), "help: name today or an earlier day"),
    ],
)
def test_a_day_to_come_is_refused_for_no_list_could_be_read_before_it(arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("lists", *arguments)


def test_an_entry_that_is_not_there_is_told_with_the_keys_that_are() -> None:
    done("lists", "add", "ror.json", "--as", "ror")
    assert "help: known: `https://ror.org/01rxvg760`" in refused("lists", "show", "ror", "--entry", "01rxvg760")
    err = refused("lists", "show", "ror", "--entry", "Quiet University")
    assert "its keys are such as `https://ror.org/01rxvg760`" in err


def test_swapped_columns_of_a_list_without_headers_are_told(folder: Path) -> None:
    rows = [line.split(",", 2) for line in FILES["sdn.csv"].splitlines() if line.startswith("3")]
    (folder / "sdn.csv").write_text("".join(f"{one[0]},-0-,{one[1]},{one[2]}\n" for one in rows), "utf-8")
    err = refused("lists", "add", "sdn.csv", "--as", "us-sdn", "--format", "ofac-csv")
    assert err.count("the row has 13 cells, and there are 12 columns") == 4
    swapped = FILES["sdn.csv"].replace('"QUIET OPTICS, S.A.",-0- ,', '-0- ,"QUIET OPTICS, S.A.",', 1)
    (folder / "sdn.csv").write_text(swapped, "utf-8")
    assert "is no kind of entry of this list" in refused("lists", "add", "sdn.csv", "--as", "us-sdn")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("consolidated.xml", "<DATAID>111</DATAID>", "<DATAID>KPe.001</DATAID>", "ENTITY 1: `DATAID` is no number"),
        ("consolidated.xml", "2016-03-02-04:00", "March", "ENTITY 1: LISTED_ON` holds no date: `March`"),
        ("eu.xml", 'logicalId="14"', 'logicalId="EU.2.2"', "`logicalId` holds no number: `EU.2.2`"),
        ("eu.xml", '<subjectType code="enterprise" classificationCode="E"/>', "", "`subjectType` is missing"),
        ("eu.xml", 'wholeName="Quiet Parts JSC"', 'wholeName="—"', "the entry has no name"),
        ("eu.csv", "Entity_SubjectType;", "Entity_Kind;", "the column `Entity_SubjectType` is missing"),
        ("eu.csv", "\n21/11/2026;14;", "\n21/11/2026;Quiet;", "`Entity_LogicalId` holds no number: `Quiet`"),
        ("csl.csv", "Quiet Radar Institute", "", "the entry has no name"),
        ("csl.json", '"name": "Quiet Radar Institute"', '"name": 7', "`name` is missing, or no text"),
        ("csl.json", '"2001-05-14"', '"soon"', "`start_date` holds no date: `soon`"),
        ("cluster.json", '"uuid"', '"id"', "an entry needs the texts `value` and `uuid`, and `meta`"),
        ("cluster.json", '"values": [', '"values": [7, ', "here must stand an object in braces"),
        ("ror.json", '"id": "https://ror.org/01rxvg760"', '"id": "https://ror.org/1"', "no identifier of the registry"),
        ("ror.json", '"types": [', '"kinds": [', "the record is not as the registry writes one: 'types'"),
        ("ror.jsonl", '"country_code": "CN", "country_name"', '"code": "CN", "country_name"', "'country_code'"),
        ("entities.ftm.json", '"id": "NK-1"', '"id": 1', "an entity needs the texts `id` and `schema`"),
        ("entities.ftm.json", '"schema": "Company"', '"schema": "Firm"', "there is no kind of entity `Firm`"),
        ("entities.ftm.json", "\n", "\n7\n", "here must stand an object in braces"),
        ("targets.simple.csv", '"Company"', '"cn"', "there is no kind of entity `cn`"),
        ("targets.simple.csv", '"Pine Works Ltd",', '"Pine "Works" Ltd",', "quotes do not fit here"),
        ("own.csv", "China,1 March 2024", "China", "the row has 5 cells, and there are 6 columns"),
    ],
)
def test_what_a_list_says_in_another_way_than_it_should_is_told_with_its_place(
    folder: Path, name: str, old: str, new: str, said: str
) -> None:
    text = FILES[name]
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8", newline="")
    err = refused("lists", "add", name, "--as", "new", *(TABLE if name == "own.csv" else ()))
    assert said in err
    assert err.startswith(f"{name}:")
    assert done("lists", "show") == "there is no list yet\n"


def test_without_the_library_for_xml_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "defusedxml", None)
    err = refused("lists", "add", "eu.xml", "--as", "eu")
    assert "lists with an XML layout need a library that is not installed" in err
    assert "install the extra `screening`" in err
    done("lists", "add", "eu.csv", "--as", "eu")


def test_the_layout_that_is_named_is_the_one_that_is_read() -> None:
    err = refused("lists", "add", "eu.xml", "--as", "eu", "--format", "un-xml")
    assert "the file begins with `export`, not with `CONSOLIDATED_LIST`" in err
    assert "there is no list of entries in this file" in refused(
        "lists", "add", "eu.xml", "--as", "eu", "--format", "ror"
    )


def test_what_cannot_be_read_is_left_out_and_counted_when_somebody_says_so(folder: Path) -> None:
    (folder / "bad.csv").write_text(FILES["own.csv"].replace("1 March 2025", "some day") + ",,China,,,\n", "utf-8")
    refused("lists", "add", "bad.csv", "--as", "new", *TABLE)
    result = run("lists", "add", "bad.csv", "--as", "new", *TABLE, "--anyway")
    assert result.code == 0
    assert "2 entries could not be read" in result.err


def test_a_mapping_is_checked_against_the_table_and_itself(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("standing: law\ncolumns:\n  name: Institut\n  since: Form\n", "utf-8")
    err = refused("lists", "add", "own.csv", "--as", "new", "--mapping", "wrong.yaml")
    assert "the table has no column `Institut` and `Form`" in err
    assert "did you mean `Institute`?" in err
    (folder / "wrong.yaml").write_text("standing: maybe\ncolumns:\n  nane: Institute\n", "utf-8")
    err = refused("lists", "add", "own.csv", "--as", "new", "--mapping", "wrong.yaml")
    assert err.count("wrong.yaml:") >= 2
    assert "there is no mapping `canada`" in refused("lists", "add", "own.csv", "--as", "new", "--mapping", "canada")
    assert "a table needs a mapping" in refused("lists", "add", "own.csv", "--as", "new", "--format", "table")


def test_a_mapping_and_another_layout_contradict_each_other() -> None:
    err = refused("lists", "add", "eu.csv", "--as", "eu", "--format", "eu-csv", *TABLE)
    assert "a mapping is for a table, and `eu-csv` is read without one" in err


def test_of_the_older_layout_of_the_european_union_the_newer_is_named(folder: Path) -> None:
    (folder / "old.csv").write_text("Date_file;Entity_logical_id;Subject_type;Naal_wholename\n1;2;E;Quiet\n", "utf-8")
    assert "take the file “1.1 - CSV” of the list" in refused("lists", "add", "old.csv", "--as", "eu")


def test_of_several_lists_those_that_can_be_read_are_read(folder: Path) -> None:
    done("lists", "add", "eu.xml", "--as", "eu")
    done("lists", "add", "own.csv", "--as", "ours", *TABLE)
    done("lists", "add", "consolidated.xml", "--as", "un")
    (folder / "eu.xml").write_text(FILES["eu.xml"][:-40], "utf-8")
    (folder / "own.csv").write_text("Institute,Other names,Land,From,Until,Parent\n", "utf-8")
    result: Result = run("lists", "update")
    assert result.code == 2
    assert "eu: stays as it was" in result.err
    assert "ours: stays as it was" in result.err
    assert "there is no organisation in this list" in result.err
    assert result.out.startswith("un: read as")
    assert shown("eu")["entries"] == 1


def test_a_list_can_be_read_from_another_place_from_now_on(folder: Path) -> None:
    done("lists", "add", "eu.xml", "--as", "eu")
    (folder / "eu.xml").rename(folder / "new.xml")
    assert "eu: stays as it was" in refused("lists", "update", "eu")
    done("lists", "update", "eu", "--from", "new.xml")
    done("lists", "update", "eu")
    assert "source: new.xml" in done("lists", "show", "eu")
    assert "--from names the place of one list" in refused("lists", "update", "eu", "un", "--from", "new.xml")


def test_a_list_that_is_too_old_is_told() -> None:
    done("lists", "add", "own.csv", "--as", "ours", *TABLE, "--on", "2026-10-20", "--stale-after", "30")
    done("lists", "add", "eu.xml", "--as", "eu", "--stale-after", "400")
    result = run("lists", "show")
    assert "note: `ours` is 37 days old and may be 30: `risk-engine lists update ours` reads it anew" in result.err
    assert "`eu`" not in result.err
    done("lists", "update", "ours")
    assert run("lists", "show").err == ""


def test_a_program_reads_the_lists_as_json_and_a_file_takes_them(folder: Path) -> None:
    done("lists", "add", "eu.xml", "--as", "eu")
    done("lists", "show", "-o", "lists.json")
    (head,) = json.loads((folder / "lists.json").read_text("utf-8"))["lists"]
    assert (head["id"], head["standing"], head["made_on"], head["is_stale"]) == ("eu", "law", "2026-11-21", False)
    entry = shown("eu", "--entry", "14")
    assert entry["names"] == [
        {"text": "Quiet Parts JSC", "kind": "main", "language": ""},
        {"text": "Завод «Тихие детали»", "kind": "alias", "language": "ru"},
        {"text": "Parts", "kind": "weak", "language": ""},
    ]
    done("lists", "show", "-o", "lists.txt")
    assert "eu: Consolidated" in (folder / "lists.txt").read_text("utf-8")
    assert "--entry: of which list?" in refused("lists", "show", "--entry", "14")


def test_a_list_is_taken_out_with_or_without_its_history() -> None:
    done("lists", "add", "eu.xml", "--as", "eu", "--on", "2026-05-01")
    assert "`eu` is taken out from 2026-06-01 on" in done("lists", "remove", "eu", "--on", "2026-06-01")
    assert "there is no list yet" in done("lists", "show")
    assert "taken out from 2026-06-01 on" in done("lists", "show", "eu")
    assert "Quiet Parts" in done("lists", "show", "eu", "--entry", "14", "--on", "2026-05-31")
    assert "`eu` is gone, with its history" in done("lists", "remove", "eu", "--with-history")
    assert "there is no list `eu`" in refused("lists", "show", "eu")
    assert "there is no list `eu`" in refused("lists", "remove", "eu")


@pytest.mark.parametrize("name", ["EU", "e u", "", "-eu", "../eu"])
def test_an_id_is_a_plain_word(name: str) -> None:
    assert refused("lists", "add", "eu.xml", f"--as={name}")


def test_a_source_that_is_not_there_is_told() -> None:
    assert "no address from which a list is downloaded" in refused("lists", "add", "ftp://quiet.example/x", "--as", "x")
    assert "no such file" in refused("lists", "add", "none.csv", "--as", "new")
    assert "folder" in refused("lists", "add", "eu.xml", "--as", "new", "--store", "none/lists.sqlite")


def test_the_list_is_told_in_another_language() -> None:
    text = done("lists", "add", "sdn.csv", "--as", "us-sdn", "--lang", "de")
    assert "gelesen als" in text
    assert "1 Person" in text
