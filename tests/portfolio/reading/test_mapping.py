"""A table of an office's own, by a mapping of which a person confirmed each line; and the one that is proposed."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from jsonschema import Draft202012Validator
from openpyxl import Workbook

from risk_engine.audit.schemas import criteria_schema
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.source import read
from risk_engine.portfolio.reading import read as reading
from risk_engine.portfolio.reading.mapping import load_mapping
from risk_engine.portfolio.reading.propose import as_file, propose
from risk_engine.portfolio.reading.tables import open_table
from tests.engine.test_program import LOAN_RULES
from tests.portfolio.reading.tables_of_cases import all_of, reasons, write_csv
from tests.versions import newest

CRITERIA = LOAN_RULES.criteria
ROWS = [
    {
        "Nr.": "17",
        "What": "Fans",
        "Travels with us": "oui",
        "Houses": "Northern Coast | The Isles",
        "Damages": "1|",
        "Arsenic?": "yes",
        "Radium?": "no",
        "Budget": "5",
    },
    {"Nr.": "18", "Travels with us": "?", "Houses": "", "Arsenic?": "no", "Radium?": "no"},
    {"Nr.": "19", "Travels with us": "no", "Houses": "Nowhere", "Arsenic?": "maybe", "Radium?": ""},
    {"Nr.": "20", "Arsenic?": "", "Radium?": "yes", "Houses": "NO|NO|NO|NO"},
]
MAPPING = """
criteria: loan-desk
columns:
  Nr.: {to: case, confirmed: true}
  What: {to: title, confirmed: true}
  Travels with us: {to: loan.escorted, values: {OUI: true, "?": unknown}, confirmed: true}
  Houses: {to: borrower.*.seat, split: "|", confirmed: true}
  Damages: {to: borrower.*.damages, split: "|", confirmed: true}
  Arsenic?: {to: artwork.1.hazards, option: arsenic, confirmed: true}
  Radium?: {to: artwork.1.hazards, option: radium, confirmed: true}
constants:
  loan.occasion: {value: display, confirmed: true}
  borrower.*.climate: {value: steady, confirmed: true}
  artwork.1.material: {value: stone, confirmed: true}
left_out: [Budget]
"""


def mapping(tmp_path: Path, text: str = MAPPING) -> Path:
    path = tmp_path / "map.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_table_of_an_offices_own_is_read_by_its_mapping(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "ours.csv", ROWS)
    came = all_of(table, CRITERIA, mapping=mapping(tmp_path), strict=True)
    first, second = came.stated.to_dicts()
    columns = ("case", "title", "loan.escorted", "loan.occasion")
    assert [first[one] for one in columns] == ["17", "Fans", True, "display"]
    houses = [(one["id"], one["seat"], one["damages"], one["climate"]) for one in first["borrower"]]
    assert houses == [("borrower-1", "NO", 1, "steady"), ("borrower-2", "ISL", None, "steady")]
    assert [(one["hazards"], one["material"]) for one in first["artwork"]] == [(["arsenic"], "stone")]
    assert second["loan.escorted"] is None
    assert second["borrower"] is None
    assert [(one["hazards"], one["material"]) for one in second["artwork"]] == [([], "stone")]
    assert [(row, column, value) for row, column, value, _reason in reasons(came)] == [
        (4, "Houses", "Nowhere"),
        (4, "Arsenic? / Radium?", "maybe"),
        (5, "borrower", "4"),
    ]


def test_a_mapping_has_a_schema_for_editors(tmp_path: Path) -> None:
    check = Draft202012Validator(criteria_schema("table_columns"))
    document = read(mapping(tmp_path), nulls=True).data
    assert check.is_valid(json.loads(json.dumps(document, default=str)))
    assert not check.is_valid({"criteria": "loan-desk", "columns": {"A": {"from": "loan.months"}}})


def test_nothing_is_used_that_nobody_confirmed(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "ours.csv", ROWS[:1])
    text = MAPPING.replace("unknown}, confirmed: true", "unknown}")
    text = text.replace("{value: display, confirmed: true}", "{value: display}")
    came = all_of(table, CRITERIA, mapping=mapping(tmp_path, text.replace("left_out: [Budget]", "")))
    assert came.stated.select("loan.escorted", "loan.occasion").row(0) == (None, None)
    assert came.notes == (
        "ours.csv: nobody has confirmed, so it is not used: Travels with us, loan.occasion",
        "ours.csv: not in the mapping, so it is not read: Budget",
    )
    with pytest.raises(RiskEngineError, match="nobody has confirmed"):
        all_of(table, CRITERIA, mapping=mapping(tmp_path, text), strict=True)
    with pytest.raises(RiskEngineError, match="no column is confirmed that says of which case a row is"):
        all_of(table, CRITERIA, mapping=mapping(tmp_path, text.replace("{to: case, confirmed: true}", "{to: case}")))


def test_every_problem_of_a_mapping_is_told_with_its_place(tmp_path: Path) -> None:
    path = mapping(
        tmp_path,
        """
criteria: loan-desk
columns:
  A: {to: loan.month}
  B: {to: loan.escorted, values: {x: perhaps}}
  C: {to: borrower.1.seat, split: ";"}
  D: {to: borrower.*.seat}
  E: {to: loan.months, option: arsenic}
  F: {to: artwork.1.hazards, option: lead}
  G: {to: artwork, values: {x: some}}
  H: {to: loan.escorted}
  I: {to: artwork.2.hazards, option: radium}
  J: {to: artwork.2.hazards, option: radium}
constants:
  loan.mont: {value: 8}
  loan.months: {value: 800}
  loan.opens_on: {value: 2027-01-31}
""",
    )
    with pytest.raises(InvalidSourceError) as raised:
        load_mapping(path, CRITERIA)
    told = [(one.position.line, one.message) for one in raised.value.diagnostics]
    assert told == [
        (4, "no case has this"),
        (5, "it is neither yes nor no; write one of these words"),
        (6, "`entity.*.fact` and `split` go together"),
        (7, "`entity.*.fact` and `split` go together"),
        (8, "only of a fact of several choices an option has a column"),
        (9, "`artwork.1.hazards` has no option `lead`"),
        (10, "a list as a whole is `none` or `unknown`"),
        (11, "`B` is said to state `loan.escorted` too"),
        (13, "`I` is said to be the column of `radium` too"),
        (15, "no case has this"),
        (16, "a whole number from 1 to 60 is asked for"),
    ]
    assert raised.value.diagnostics[0].help == "did you mean `loan.months`?"
    with pytest.raises(InvalidSourceError, match="the mapping is made for `another`"):
        load_mapping(mapping(tmp_path, "criteria: another\ncolumns: {}\n"), CRITERIA)


def test_what_cannot_be_read_in_a_mapping_hides_nothing_else_and_nothing_follows_from_it(tmp_path: Path) -> None:
    path = mapping(
        tmp_path,
        """
criteria: loan-desk
sheets: Projects
columns:
  A: {to: loan.month, confirmd: true}
  B: {to: borrower.*.seat, splt: ";"}
  C: {too: case, values: {x: y}}
  D: {to: artwork.1.hazards, options: arsenic, values: {x: true}}
  E: {to: artwork.1.hazards, option: lead, confirmed: perhaps}
  F: {to: loan.escorted, values: {x: perhaps, z: [true]}}
constants:
  loan.months: {value: 800}
  loan.opens_on: 7
  loan.mont: {value: 8}
tables:
  ours.csv: {about: borrowers, columns: {A: {to: 7}}}
""",
    )
    with pytest.raises(InvalidSourceError) as raised:
        load_mapping(path, CRITERIA)
    told = [(one.position.line, one.message.split(", not")[0]) for one in raised.value.diagnostics]
    assert told == [
        (3, "unknown key `sheets`"),
        (5, "no case has this"),
        (5, "unknown key `confirmd`"),
        (6, "unknown key `splt`"),
        (7, "unknown key `too`"),
        (8, "unknown key `options`"),
        (9, "`artwork.1.hazards` has no option `lead`"),
        (9, "`true` or `false` is needed here"),
        (10, "it is neither yes nor no; write one of these words"),
        (10, "text is needed here"),
        (12, "a whole number from 1 to 60 is asked for"),
        (13, "keys with values are needed here"),
        (14, "no case has this"),
        (16, "no case has this"),
        (16, "text is needed here"),
    ]


def test_a_mapping_without_columns_or_that_is_a_list_is_told_as_such(tmp_path: Path) -> None:
    for text, why in (("sheet: 7\n", "the key `columns` is missing"), ("- A\n", "keys with values are needed here")):
        with pytest.raises(InvalidSourceError, match=why):
            load_mapping(mapping(tmp_path, text), CRITERIA)


DAYS = """
criteria: loan-desk
columns:
  Nr.: {to: case, confirmed: true}
  Opens: {to: loan.opens_on, dates: FORM, values: {"n. a.": unknown, soon: 2027-03-01}, confirmed: true}
"""


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("DD.MM.YYYY", "3.12.2027"),
        ("DD/MM/YYYY", "03/12/2027"),
        ("MM/DD/YYYY", "12/3/2027"),
        ("DD-MM-YYYY", "03-12-2027"),
        ("MM-DD-YYYY", "12-03-2027"),
        ("YYYY/MM/DD", "2027/12/03"),
        ("YYYYMMDD", "20271203"),
    ],
)
def test_a_mapping_says_how_a_column_writes_its_days(form: str, written: str, tmp_path: Path) -> None:
    said = [f" {written} ", "2027-01-31", "", "N. A.", "soon"]
    table = write_csv(tmp_path / "ours.csv", [{"Nr.": f"{row}", "Opens": one} for row, one in enumerate(said)])
    came = all_of(table, CRITERIA, mapping=mapping(tmp_path, DAYS.replace("FORM", form)))
    assert came.rejected.height == 0
    days = [date(2027, 12, 3), date(2027, 1, 31), None, None, date(2027, 3, 1)]
    assert came.stated["loan.opens_on"].to_list() == days


def test_a_day_that_is_not_written_as_the_mapping_says_is_rejected_and_shown_as_it_stands(tmp_path: Path) -> None:
    said = ["12/31/2027", "31.02.2027", "31.12.27", "1.2.2027 10:00"]
    table = write_csv(tmp_path / "ours.csv", [{"Nr.": f"{row}", "Opens": one} for row, one in enumerate(said)])
    came = all_of(table, CRITERIA, mapping=mapping(tmp_path, DAYS.replace("FORM", "DD.MM.YYYY")))
    other = "it is not written as the mapping says that days of this column are (`dates`)"
    assert [(value, why) for _row, _column, value, why in reasons(came)] == [
        (said[0], other),
        (said[1], "there is no such day"),
        (said[2], other),
        (said[3], other),
    ]


def test_days_that_are_days_already_need_no_form_and_numbers_are_read_by_theirs(tmp_path: Path) -> None:
    frame = pl.DataFrame({"Nr.": ["1", "2"], "Opens": [date(2027, 12, 3), None]})
    text = DAYS.replace("FORM", "DD.MM.YYYY").replace(', values: {"n. a.": unknown, soon: 2027-03-01}', "")
    frame.write_parquet(tmp_path / "ours.parquet")
    came = all_of(tmp_path / "ours.parquet", CRITERIA, mapping=mapping(tmp_path, text))
    assert came.stated["loan.opens_on"].to_list() == [date(2027, 12, 3), None]
    frame.with_columns(Opens=pl.Series([20271203, 20271331])).write_parquet(tmp_path / "ours.parquet")
    came = all_of(
        tmp_path / "ours.parquet", CRITERIA, mapping=mapping(tmp_path, text.replace("DD.MM.YYYY", "YYYYMMDD"))
    )
    assert came.stated["loan.opens_on"].to_list() == [date(2027, 12, 3)]
    assert reasons(came) == [(2, "Opens", "20271331", "there is no such day")]


def test_a_form_of_days_that_is_none_or_for_what_is_no_day_is_refused(tmp_path: Path) -> None:
    for old, new, why in (
        ("FORM", "D.M.YY", r"`D.M.YY` is not one of `DD.MM.YYYY`"),
        ("loan.opens_on, dates: FORM", "loan.months, dates: DD.MM.YYYY", "`loan.months` is no day"),
    ):
        with pytest.raises(InvalidSourceError, match=why):
            load_mapping(mapping(tmp_path, DAYS.replace(old, new)), CRITERIA)


@pytest.mark.parametrize(
    ("said", "form", "reason"),
    [
        (["31.12.2027", "1.2.2027", "2027-05-05"], "DD.MM.YYYY", "written as DD.MM.YYYY all are days"),
        (["01/02/2027", "12/31/2027"], "MM/DD/YYYY", "written as MM/DD/YYYY all are days"),
        (["01/02/2027", "03/04/2027"], None, "days may be written as `DD/MM/YYYY` or `MM/DD/YYYY`, and nobody"),
        (["31/12/2027", "12/31/2027"], None, "0 of 2 different values are answers"),
        (["2027-01-02"], None, "1 of 1 different values are answers"),
    ],
)
def test_the_form_of_days_is_proposed_where_it_can_be_no_other(
    said: list[str], form: str | None, reason: str, tmp_path: Path
) -> None:
    rows = [{"Nr.": f"{row}", "Opens on": one} for row, one in enumerate(said)]
    table = write_csv(tmp_path / "ours.csv", rows)
    proposal = propose(open_table(table), CRITERIA)
    (guess,) = (one for one in proposal.guesses if one.header == "Opens on")
    assert (guess.to, guess.dates) == ("loan.opens_on", form)
    assert reason in guess.reason
    text = as_file(proposal, CRITERIA, "ours.csv", None, 1).replace("confirmed: false", "confirmed: true")
    assert load_mapping(mapping(tmp_path, text), CRITERIA).columns["Opens on"].dates == form


def test_a_mapping_names_columns_that_are_there_and_says_where_they_begin(tmp_path: Path) -> None:
    table = tmp_path / "ours.csv"
    table.write_text("Our list\n\nNumber,Months\n17,8\n", "utf-8")
    text = """
criteria: loan-desk
header: 3
columns:
  Number: {to: case, confirmed: true}
  Months: {to: loan.months, confirmed: true}
"""
    came = all_of(table, CRITERIA, mapping=mapping(tmp_path, text))
    assert came.stated.select("case", "loan.months").rows() == [("17", 8)]
    wrong = mapping(tmp_path, text.replace("Months: {", "Month: {"))
    with pytest.raises(RiskEngineError, match=r"not there: `Month` \(did you mean `Months`\?\)"):
        all_of(table, CRITERIA, mapping=wrong)
    with pytest.raises(RiskEngineError, match="a mapping is for a table"):
        all_of(tmp_path, CRITERIA, mapping=wrong)


def test_what_is_proposed_is_read_back_and_uses_nothing(tmp_path: Path) -> None:
    table = write_csv(
        tmp_path / "ours.csv",
        [
            {
                "Case number": f"{one}",
                "Title": "x",
                "How many months?": "8",
                "Does one of us travel with it?": "yes",
                "Region of borrower 2": "Northern Cost" if one else "The Isles",
                "Swap": "Hard",
                "Called by whom": "…",
                "Budget": "12",
            }
            for one in range(4)
        ],
    )
    proposal = propose(open_table(table), CRITERIA)
    placed = {one.header: (one.to, dict(one.values)) for one in proposal.guesses}
    assert placed["Case number"] == ("case", {})
    assert placed["Title"] == ("title", {})
    assert placed["How many months?"] == ("loan.months", {})
    assert placed["Does one of us travel with it?"] == ("loan.escorted", {})
    assert placed["Region of borrower 2"] == ("borrower.2.seat", {"Northern Cost": "NO"})
    assert placed["Swap"] == ("loan.swap", {})
    assert proposal.unplaced["Budget"] == "12"
    text = as_file(proposal, CRITERIA, "ours.csv", None, 1)
    assert "# the header is “Does one of us travel with it?”" in text
    assert "# Budget: 12" in text
    path = mapping(tmp_path, text)
    assert not any(one.confirmed for one in load_mapping(path, CRITERIA).columns.values())
    confirmed = mapping(tmp_path, text.replace("confirmed: false", "confirmed: true"))
    came = all_of(table, CRITERIA, mapping=confirmed)
    assert came.rejected.height == 0
    assert came.stated["borrower"][1][-1]["seat"] == "NO"


def test_a_column_with_several_entries_in_a_cell_is_proposed_with_what_parts_them(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "ours.csv", [{"Id": "1", "Regions": "NO; ALP"}, {"Id": "2", "Regions": "RIFT"}])
    (guess,) = (one for one in propose(open_table(table), CRITERIA).guesses if one.header == "Regions")
    assert (guess.to, guess.split) == ("borrower.*.seat", ";")


def test_columns_of_types_and_hostile_headers_are_proposed_without_harm(tmp_path: Path) -> None:
    path = tmp_path / "ours.parquet"
    columns = {"id": ["a", "b"], "months\n: {x": [8, 9], "loan.escorted": [True, False]}
    frame = pl.DataFrame({**columns, "artwork": [[{"id": "a"}], None]})
    frame.write_parquet(path)
    proposal = propose(open_table(path), CRITERIA)
    assert {one.header: one.to for one in proposal.guesses} == {
        "id": "case",
        "months\n: {x": "loan.months",
        "loan.escorted": "loan.escorted",
    }
    assert load_mapping(mapping(tmp_path, as_file(proposal, CRITERIA, "x\n- y", None, 1)), CRITERIA).columns.keys() == {
        one.header for one in proposal.guesses
    }


def test_a_day_is_no_day_of_assessment_and_a_number_no_id_of_an_entry_because_they_could_be_read_so(
    tmp_path: Path,
) -> None:
    criteria = newest("reconnect-china")
    table = write_csv(tmp_path / "ours.csv", [{"id": "1", "start_date": "2027-01-31", "eu_partners": "6"}])
    guesses = {one.header: one.to for one in propose(open_table(table), criteria).guesses}
    assert guesses["id"] == "case"
    assert guesses.get("start_date") != "assessment_date"
    assert "eu_partners" not in guesses


def test_a_proposal_says_what_columns_are_like_for_which_it_makes_no_guess(tmp_path: Path) -> None:
    rows = [
        {
            "Aktenzeichen": "A",
            "Months (about)": "many",
            "Region": "NO",
            "Region (again)": "NO",
            "Travel (yes/no)": "no",
        },
        *(
            {"Aktenzeichen": f"{one}", "Months (about)": "few", "Region": "ISL", "Region (again)": "NO"}
            for one in range(9)
        ),
        {"Aktenzeichen": "A", "Months (about)": "9 months", "Region": "ISL", "Region (again)": ""},
    ]
    proposal = propose(open_table(write_csv(tmp_path / "ours.csv", rows)), CRITERIA)
    placed = {one.header: one for one in proposal.guesses}
    assert placed["Aktenzeichen"].to == "case"
    assert "1 one that another row has too" in placed["Aktenzeichen"].reason
    assert "0 of 3 different values are answers" in proposal.near["Months (about)"]
    assert proposal.near["Region (again)"] == "like `borrower.1.seat`, which `Region` fits better"
    text = as_file(proposal, CRITERIA, "ours.csv", None, 1)
    assert "# most like `loan.months`" in text


def test_a_title_above_the_headers_is_told_and_so_is_a_mapping_for_another_row(tmp_path: Path) -> None:
    table = tmp_path / "ours.csv"
    table.write_text("Loan;;\nNr.;What;Months\n1;Fans;8\n", "utf-8")
    (note,) = propose(open_table(table), CRITERIA).notes
    assert "2 of the first 2 rows do not fit the headers" in note
    assert "`--header`" in note
    assert not propose(open_table(table, None, 2), CRITERIA).notes
    path = mapping(tmp_path, "criteria: loan-desk\ncolumns:\n  Nr.: {to: case, confirmed: true}\n")
    with pytest.raises(RiskEngineError, match=r"not there: `Nr\.`\n  help: the table has `Loan`; where its headers"):
        all_of(table, CRITERIA, mapping=path)


def test_a_table_without_a_day_is_refused_where_none_is_named(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "ours.csv", [{"case": "A"}, {"case": "B"}])
    with pytest.raises(RiskEngineError, match=r"no column is called `assessment_date`.*\n  help: .*`--on`"):
        list(reading(table, CRITERIA))


RELATED = """
criteria: loan-desk
columns:
  Nr.: {to: case, confirmed: true}
  What: {to: title, confirmed: true}
constants:
  borrower.*.climate: {value: steady, confirmed: true}
tables:
  houses.csv:
    about: borrower
    header: 2
    only: {Side: [theirs]}
    columns:
      Loan: {to: case, confirmed: true}
      House: {to: borrower.seat, values: {up there: NO}, confirmed: true}
      Broken: {to: damages, confirmed: true}
      Name: {to: id, confirmed: false}
    left_out: [Town]
"""
HOUSES = """Houses;;;;;
Loan;House;Broken;Name;Side;Town
17;Up there;1;a;theirs;x
17;The Isles;;b;Theirs;x
17;Nowhere;;c;ours;x
18;Nowhere;;d;theirs;x
19;NO;many;e;theirs;x
77;NO;;f;theirs;x
"""


def two_tables(tmp_path: Path) -> Path:
    (tmp_path / "houses.csv").write_text(HOUSES, "utf-8")
    return write_csv(tmp_path / "ours.csv", [{"Nr.": one, "What": one} for one in ("17", "18", "19", "20")])


def test_tables_of_an_offices_own_are_joined_by_its_mapping(tmp_path: Path) -> None:
    came = all_of(two_tables(tmp_path), CRITERIA, mapping=mapping(tmp_path, RELATED))
    assert came.stated["case"].to_list() == ["17", "20"]
    houses = [(one["id"], one["seat"], one["damages"], one["climate"]) for one in came.stated["borrower"][0]]
    assert houses == [("borrower-1", "NO", 1, "steady"), ("borrower-2", "ISL", None, "steady")]
    assert came.stated["borrower"][1] is None
    assert came.rejected.select("row", "table", "column", "value").rows() == [
        (6, "houses.csv", "House", "Nowhere"),
        (7, "houses.csv", "Broken", "many"),
        (8, "houses.csv", "Loan", "77"),
    ]
    assert came.notes == ("houses.csv: nobody has confirmed, so it is not used: Name",)


def test_sheets_of_a_workbook_are_joined_by_its_mapping(tmp_path: Path) -> None:
    book = Workbook()
    cases, houses = book.active, book.create_sheet("houses")
    assert cases is not None
    for row in (["Nr.", "What"], ["17", "Fans"]):
        cases.append(row)
    for row in (line.split(";") for line in HOUSES.splitlines()[:4]):
        houses.append(row)
    book.save(tmp_path / "ours.xlsx")
    said = mapping(tmp_path, RELATED.replace("houses.csv", "houses"))
    came = all_of(tmp_path / "ours.xlsx", CRITERIA, mapping=said)
    assert [one["seat"] for one in came.stated["borrower"][0]] == ["NO", "ISL"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("about: borrower", "about: borower", "did you mean `borrower`"),
        ("  houses.csv:", "  ../houses.csv:", "a name without a folder"),
        ("to: damages", "to: damage", "did you mean `damages`"),
        ("to: damages", "to: borrower.1.damages", "no case has this"),
        ("to: damages", 'to: damages, split: ";"', "a row of this table tells of one alone"),
        ("up there: NO", "up there: NOWHERE", "the table has no such row"),
        ("to: damages", "to: borrower.seat", "`House` is said to state `borrower.seat` too"),
        ("to: borrower.seat, values", "to: case, values", "is said to state `case` too"),
    ],
)
def test_what_a_mapping_says_wrong_of_a_related_table_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(InvalidSourceError, match=told):
        load_mapping(mapping(tmp_path, RELATED.replace(old, new)), CRITERIA)


def test_a_related_table_that_is_not_there_or_lacks_what_it_is_filtered_by_is_told(tmp_path: Path) -> None:
    table = two_tables(tmp_path)
    with pytest.raises(RiskEngineError, match=r"houses.csv: the mapping names columns that are not there: `Party`"):
        all_of(table, CRITERIA, mapping=mapping(tmp_path, RELATED.replace("{Side:", "{Party:")))
    (tmp_path / "houses.csv").unlink()
    with pytest.raises(RiskEngineError, match=r"houses\.csv:1:1: the file cannot be read"):
        all_of(table, CRITERIA, mapping=mapping(tmp_path, RELATED))


def test_a_related_table_is_proposed_with_its_entity_and_uses_nothing(tmp_path: Path) -> None:
    table = two_tables(tmp_path)
    proposal = propose(open_table(tmp_path / "houses.csv", None, 2), CRITERIA, "borrower")
    text = as_file(proposal, CRITERIA, "houses.csv", None, 2, "borrower")
    whole = "criteria: loan-desk\ncolumns:\n  Nr.: {to: case, confirmed: true}\n" + text
    read_back = load_mapping(mapping(tmp_path, whole), CRITERIA).tables["houses.csv"]
    assert (read_back.about, read_back.header) == ("borrower", 2)
    assert not any(one.confirmed for one in read_back.columns.values())
    with pytest.raises(RiskEngineError, match="no case has `borower`"):
        propose(open_table(table), CRITERIA, "borower")
