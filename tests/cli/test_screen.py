"""`risk-engine screen`: hits in words and as tables, what a person decided of them, and what is new or gone since."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.running import LOAN, LOAN_CASE, TODAY, done, refused, run

TABLE = """name,aliases,country,since,number
Quiet Optics,QO,CU,2024-05-06,1
House on the Plain,,,,2
Harbour Works,,NO,,3
"""
MAPPING = """title: Houses to look at
publisher: Somebody
standing: evidence
jurisdiction: XX
columns: {name: name, key: [number], names: {aliases: alias}, countries: [country], since: since}
"""


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a store of one list."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "houses.csv").write_text(TABLE, "utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, "utf-8")
    done(
        *("lists", "add", folder / "houses.csv", "--as", "houses", "--mapping", folder / "mapping.yaml"),
        *("--store", folder / "lists.sqlite", "--on", "2026-11-01"),
    )
    done("screen", "Quiet Optics", "--store", folder / "lists.sqlite")  # makes the index
    return folder


@pytest.fixture(autouse=True)
def folder(lists: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which each test works, with a store of its own."""
    shutil.copytree(lists, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def update(rows: str) -> None:
    Path("houses.csv").write_text(rows, "utf-8")
    done("lists", "update", "houses", "--from", "houses.csv", "--anyway", "--on", f"{TODAY}")


def rule_out(hit: str = "houses/1", *asked: str) -> str:
    return done("screen", *(asked or ("Quiet Optics",)), "--rule-out", hit, "--by", "A. Vogel", "--reason", "Far away.")


def test_a_hit_is_told_in_words() -> None:
    text = done("screen", "Quiet Optic", "--country", "CU")
    assert text == (
        "Quiet Optic (CU)\n"
        "  strong: Quiet Optics [houses/1]\n"
        "    agrees: the same words: quiet; “optic” stands for “optics”: another language or spelling; country CU\n"
        "    list: Houses to look at, Somebody; read on 2026-11-01, 25 days ago, its own day is not known\n"
        "    a hit is: evidence: what others list, no law here\n"
        "    listed since: 2024-05-06\n"
        "\n"
        f"looked up on 1 list with 4 names, as of {TODAY}\n"
        "no registry is in the store: nothing is said about who it is, and whom it belongs to\n"
    )
    assert "no hit" in done("screen", "Utterly Unheard Of")


def test_a_hit_is_told_in_german() -> None:
    text = done("screen", "Quiet Optics", "--country", "NO", "--lang", "de")
    assert "Land: gefragt NO, auf der Liste CU" in text


def test_a_program_gets_kinds_values_and_words() -> None:
    found = json.loads(done("screen", "Quiet Optics", "--also", "QO", "--format", "json"))
    hit = found["screened"][0]["hits"][0]
    assert (hit["hit"], hit["strength"], hit["list"]["standing"]) == ("houses/1", "identical", "evidence")
    assert hit["agrees"][0]["kind"] == "same_name"
    assert found["screened"][0]["asked"]["names"] == ["Quiet Optics", "QO"]


def test_what_was_ruled_out_is_not_asked_again_until_either_side_changes() -> None:
    text = rule_out()
    assert text == "ruled out: Quiet Optics is not Quiet Optics [houses/1]\n"
    text = done("screen", "quiet OPTICS")
    assert "decided before, but who is asked about is named otherwise since" in text
    text = done("screen", "Quiet Optics")
    assert "no hit\n  ruled out: Quiet Optics [houses/1]" in text
    assert "ruled out by A. Vogel on 2026-11-26: Far away." in done("screen", "Quiet Optics", "--all")
    update(TABLE.replace("2024-05-06", "2025-01-01"))
    text = done("screen", "Quiet Optics")
    assert "decided before, but what the list says of the entry has changed since" in text
    # Who decides anew adds to it; the first word stands in the file.
    done("screen", "Quiet Optics", "--confirm", "houses/1", "--by", "B. Ode", "--reason", "It is them.")
    assert "decision: confirmed by B. Ode" in done("screen", "Quiet Optics")
    kept = sqlite3.connect("lists.decisions.sqlite")
    assert [one for (one,) in kept.execute("SELECT verdict FROM decisions ORDER BY number")] == [
        "ruled_out",
        "confirmed",
    ]
    for query in ("DELETE FROM decisions", "UPDATE decisions SET person = 'X'"):
        with pytest.raises(sqlite3.IntegrityError, match="decision"):
            kept.execute(query)
    kept.close()


def test_lists_that_are_made_anew_take_no_decision_away() -> None:
    rule_out()
    Path("lists.sqlite").unlink()
    done("lists", "add", "houses.csv", "--as", "houses", "--mapping", "mapping.yaml", "--on", "2026-11-01")
    assert "ruled out: Quiet Optics" in done("screen", "Quiet Optics")


def test_the_exit_code_says_on_demand_whether_there_is_a_hit_that_nobody_ruled_out() -> None:
    asked = ("screen", "Quiet Optics", "--fail-on", "strong")
    assert run("screen", "Quiet Optics").code == 0
    assert run(*asked).code == 1
    assert run("screen", "Quiet Works", "--fail-on", "identical").code == 0
    rule_out()
    assert run(*asked).code == 0


def test_the_organisations_of_a_case_are_those_that_the_set_names() -> None:
    case = done("screen", "--case", LOAN_CASE, *LOAN)
    assert "borrower.plain\n  identical: House on the Plain [houses/2]" in case
    assert "Fan" not in case
    one = done("screen", "--case", LOAN_CASE, *LOAN, "--entry", "borrower.harbour")
    assert "House on the Plain" not in one
    assert "artwork.fan" in done("screen", "--case", LOAN_CASE, *LOAN, "--about", "artwork")
    assert "the case has no entry `borrower.x`" in refused(
        "screen", "--case", LOAN_CASE, *LOAN, "--entry", "borrower.x"
    )
    err = refused("screen", "--case", LOAN_CASE, *LOAN, "--about", "loan")
    assert "loan-desk does not say what names an entry of `loan`" in err


def test_a_case_is_asked_about_by_the_local_names_that_the_set_names_too(folder: Path) -> None:
    update(f"{TABLE}北方制造厂,,,,4\n")
    case = (
        "criteria: reconnect-china@2.1.0\nid: A-1\ntitle: Light\npartner:\n  - {{id: north, name: Northern Works{}}}\n"
    )
    (folder / "case.yaml").write_text(case.format(""), "utf-8")
    assert "no hit" in done("screen", "--case", "case.yaml")
    (folder / "case.yaml").write_text(case.format(", name_local: unknown"), "utf-8")
    assert "Northern Works – case.yaml" in done("screen", "--case", "case.yaml")
    (folder / "case.yaml").write_text(case.format(", name_local: 北部工厂; 北方制造厂"), "utf-8")
    assert "identical: 北方制造厂 [houses/4]" in done("screen", "--case", "case.yaml")
    partners = folder / "partners"
    partners.mkdir()
    answers = "answers: {name: Northern Works, name_local: 北方制造厂}\n"
    (partners / "north.yaml").write_text(f"id: north\nabout: partner\nrecorded_on: 2026-01-02\n{answers}", "utf-8")
    text = done("screen", "--recheck", "partners", "--criteria", "reconnect-china")
    assert "new: identical: 北方制造厂 [houses/4]" in text


def test_a_table_gets_a_table(folder: Path) -> None:
    (folder / "partners.csv").write_text("Partner;Land;LEI\nQuiet Optics;CU;\n;;\nNobody;;\n", "utf-8")
    done("screen", "--table", "partners.csv", "-o", "hits.xlsx")
    rows = [[cell or "" for cell in row] for row in load_workbook("hits.xlsx").worksheets[0].values]
    assert rows[0][:6] == ["name", "country", "strength", "how", "entry", "hit"]
    assert [row[:3] for row in rows[1:]] == [["Quiet Optics", "CU", "identical"], ["Nobody", "", "no hit"]]
    book = Workbook()
    for row in (["Firm"], ["Harbour Works"]):
        book.worksheets[0].append(row)
    book.save("firms.xlsx")
    text = done("screen", "--table", "firms.xlsx", "--column", "name=Firm", "--format", "csv")
    assert text.splitlines()[1].startswith('"Harbour Works","","identical","listed","Harbour Works","houses/3",')


@pytest.mark.parametrize(
    ("rows", "arguments", "words"),
    [
        ("a,b\n1,2\n", (), "no column is known to hold the name; there are `a` and `b`"),
        ("a,b\n1,2\n", ("--column", "name=c"), "there is no column `c`"),
        ("a,b\n1,2\n", ("--column", "nom=a"), "--column: `nom` is nothing that is read of a table"),
        ("a,b\n1,2\n", ("--column", "name"), "--column: `name` is not like WHAT=VALUE"),
        ("name\n", (), "the table has no rows"),
        ("name,land\nA College,Nowhere\n...,CN\n", (), "row 3: a name is empty"),
        ("name,land\nA College,Nowhere\n...,CN\n", (), "row 2: `Nowhere` is no country"),
        ("name,lei\nA College,12\n", (), "row 2: `12` is no LEI"),
        ('name\n"A\n', (), "t.csv"),
        ("\x00\x01", (), "t.csv"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_with_its_place(
    folder: Path, rows: str, arguments: tuple[str, ...], words: str
) -> None:
    (folder / "t.csv").write_text(rows, "utf-8")
    assert words in refused("screen", "--table", "t.csv", *arguments)


def test_a_workbook_that_is_none_is_refused(folder: Path) -> None:
    (folder / "t.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert "the file is damaged" in refused("screen", "--table", "t.xlsx")
    assert "no such file" in refused("screen", "--table", "none.csv")
    Workbook().save("empty.xlsx")
    assert "empty" in refused("screen", "--table", "empty.xlsx")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "what is to be screened?"),
        (("A", "--table", "t.csv"), "this says more than once what is screened"),
        (("",), "a name is empty"),
        (("A College", "--country", "Nowhere"), "`Nowhere` is no country"),
        (("A College", "--id", "vat=1"), "`vat` is no kind of identifier"),
        (("A College", "--id", "ror"), "--id: `ror` is not like WHAT=VALUE"),
        (("A College", "--id", "ror=12"), "`12` is no ROR"),
        (("A", "B", "--country", "CN"), "--country is of one organisation"),
        (("--recheck", "--id", "ror=12"), "--id is of one organisation"),
        (("A", "--entry", "partner.a", "--column", "name=X"), "--entry is of a case\n--column is of a table"),
        (("A", "--column", "name=X"), "--column is of a table"),
        (("A", "--on", "2026-13-01"), "`2026-13-01` is no date"),
        (("A", "--on", "2027-01-01"), "nobody knows the lists of a day to come"),
        (("A", "--by", "A. Vogel"), "--by and --reason are of a decision"),
        (("Quiet Optics", "--confirm", "houses/1"), "--by is missing\n--reason is missing"),
        (("Quiet Optics", "--confirm", "houses/1", "--rule-out", "houses/1"), "confirmed and ruled out at once"),
        (("Quiet Optics", "--confirm", "houses/1", "--on", "2026-11-02"), "--on: what is decided is decided of"),
        (("--recheck", "--on", "2026-11-02"), "--recheck goes without --on"),
        (("Quiet Optics", "--on", "2020-01-01", "--store", "none.sqlite"), "there are no lists in none.sqlite"),
        (("Quiet Optics", "--decisions", "houses.csv"), "houses.csv"),
        (("A College, B City", "--affiliations"), "there is no registry in lists.sqlite"),
        (("--recheck", "nowhere"), "there is no such file or folder"),
        (("--recheck", "mapping.yaml"), "no case and no file on a partner names an organisation here"),
    ],
)
def test_what_cannot_be_screened_is_refused_with_the_way_out(arguments: tuple[str, ...], words: str) -> None:
    assert words in refused("screen", *arguments)


def test_a_hit_that_is_not_there_or_of_several_cannot_be_decided(folder: Path) -> None:
    who = ("--by", "A. Vogel", "--reason", "Far.")
    err = refused("screen", "Quiet Optics", "--rule-out", "houses/11", "--rule-out", "x", *who)
    assert "there is no hit `houses/11` here\n  help: did you mean `houses/1`?" in err
    assert "there is no hit `x` here" in err
    (folder / "t.csv").write_text("name\nQuiet Optics\nQuiet Optic\n", "utf-8")
    err = refused("screen", "--table", "t.csv", "--rule-out", "houses/1", *who)
    assert "`houses/1` is a hit of several: `Quiet Optic` and `Quiet Optics`" in err


def test_a_store_without_a_list_says_how_one_comes_in() -> None:
    done("lists", "remove", "houses", "--with-history")
    err = refused("screen", "Quiet Optics")
    assert "there is no list in lists.sqlite" in err
    assert "risk-engine lists add FILE --as ID" in err


def test_a_stale_list_and_an_index_that_is_made_are_told() -> None:
    update(f"{TABLE}New House,,,,4\n")
    assert "note: `houses` is new or has changed: its index is made" in run("screen", "New House").err
    assert run("screen", "New House").err == ""
    old = ("--list-date", "2026-11-01", "--on", "2026-11-02", "--stale-after", "3")
    done("lists", "add", "houses.csv", "--as", "old", "--mapping", "mapping.yaml", *old)
    assert "note: `old` is 24 days old and may be 3" in run("screen", "New House").err


def test_a_recheck_says_only_what_is_new_or_gone_since_the_last(folder: Path) -> None:
    cases = folder / "cases"
    cases.mkdir()
    shutil.copy(LOAN_CASE, cases / "loan.yaml")
    (cases / "note.yaml").write_text("- no case\n", "utf-8")
    done("partner", "save", cases / "loan.yaml", "borrower.harbour", *LOAN)
    asked = ("screen", "--recheck", "cases", *LOAN)
    first = done(*asked)
    assert "House on the Plain" in first
    assert "new: identical: House on the Plain [houses/2]" in first
    assert "cases/loan.yaml, borrower.plain" in first
    assert done(*asked).startswith("nothing new, nothing gone\n2 organisations in 1 file; looked up on 1 list")
    update(TABLE.replace("House on the Plain,,,,2", "Harbour Museum,,,,5"))
    again = run(*asked, "--fail-on", "identical")
    assert "new: identical: Harbour Museum [houses/5]" in again.out
    assert "gone: House on the Plain [houses/2]" in again.out
    assert again.code == 1
    assert json.loads(done(*asked, "--format", "json"))["news"] == []
