"""The table of countries against lists that others keep: codes, names, memberships, and what stays unknown.

`iso_3166.csv` is cut from datasets/country-codes (PDDL 1.0, state of 2026-05-15): ISO 3166-1 codes with the names of
Unicode CLDR and of the United Nations, what is a territory of whom, and the 27 Member States of the EU.
"""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_engine.engine.assess import assess
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.model.tables import DatedValue, cell_on, source_on, was_read
from tests.versions import newest

ROOT = Path(__file__).parents[2]
LIST = (Path(__file__).parent / "iso_3166.csv").read_text("utf-8")
ISO = {row["code"]: row for row in csv.DictReader(LIST.splitlines())}
CRITERIA = newest("reconnect-china")
COUNTRIES = CRITERIA.tables["countries"]
DAY = date(2026, 11, 25)

SHORTER = {
    "CD": "Congo (Kinshasa)",
    "CG": "Congo (Brazzaville)",
    "GB": "United Kingdom",
    "US": "United States",
}
"""Names that the list has only as a code, with a hyphen or in a longer form."""
PARTS_OF_THE_UNION = {"AX", "GF", "GP", "MF", "MQ", "RE", "YT"}
"""Åland and the outermost regions: no Member States, yet inside the Union."""
EEA_ONLY = {"IS", "LI", "NO"}
KOSOVO = "XK"
"""No code of ISO 3166-1: one that it leaves to users, as the European Commission and Unicode use it."""


def having(column: str, value: object) -> set[str]:
    """Return the rows for which a column says this on the day."""
    return {row for row in COUNTRIES.rows if cell_on(COUNTRIES.columns[column], row, DAY) == value}


def spelt_out(name: str) -> str:
    """Return a name of the list as the table writes it: no abbreviations, plain apostrophes."""
    for short, long in {"&": "and", "St.": "Saint", "U.S.": "United States", "’": "'"}.items():
        name = name.replace(short, long)
    return name


# --- rows -------------------------------------------------------------------------------------------------------------


def test_the_rows_are_the_codes_of_iso_3166_and_the_one_that_it_leaves_to_users_for_kosovo() -> None:
    assert len(ISO) == 249
    assert set(COUNTRIES.rows) == set(ISO) | {KOSOVO}
    assert COUNTRIES.rows[KOSOVO].name == "Kosovo"


@pytest.mark.parametrize("spelling", ["XK", "Kosova", "XKX", "XKK"])
def test_a_case_with_a_partner_in_kosovo_is_assessed(spelling: str) -> None:
    assert case_with(spelling).partner[0].country == KOSOVO
    assert assess(case_with(spelling), CRITERIA) == assess(case_with(KOSOVO), CRITERIA)


def test_kosovo_is_associated_to_horizon_europe_and_in_no_other_circle() -> None:
    said = {name: cell_on(column, KOSOVO, DAY) for name, column in COUNTRIES.columns.items()}
    assert said.pop("horizon_associated") is True
    assert said.pop("compulsion_law") is None
    assert {name for name, value in said.items() if value not in (False, "none")} == set()


@pytest.mark.parametrize("code", ISO)
def test_a_row_has_the_name_of_its_code(code: str) -> None:
    name = COUNTRIES.rows[code].name
    if code in SHORTER:
        assert name == SHORTER[code]
    else:
        assert name in {spelt_out(ISO[code]["name"]), spelt_out(ISO[code]["official_name"])}


def case_with(country: str) -> Any:
    text = f"id: a\ntitle: A\nassessment_date: {DAY}\npartner: [{{id: p, country: {country}}}]\n"
    return case_of(parse(text, "case.yaml", nulls=True), CRITERIA)


@pytest.mark.parametrize(("spelling", "code"), [("UK", "GB"), ("XI", "GB"), ("EL", "GR"), ("中国", "CN")])
def test_a_case_may_use_another_usual_spelling_and_is_the_same_case(spelling: str, code: str) -> None:
    assert case_with(spelling).partner[0].country == code
    assert assess(case_with(spelling), CRITERIA) == assess(case_with(code), CRITERIA)


# --- memberships ------------------------------------------------------------------------------------------------------


def test_the_union_has_27_member_states_and_the_parts_that_belong_to_them() -> None:
    states = {code for code, row in ISO.items() if row["eu27"] == "true"}
    assert len(states) == 27
    assert having("in_eu27", value=True) == states | PARTS_OF_THE_UNION
    assert having("in_eu27", value=False) == set(COUNTRIES.rows) - states - PARTS_OF_THE_UNION


@pytest.mark.parametrize("code", sorted(PARTS_OF_THE_UNION))
def test_what_counts_as_part_of_the_union_is_part_of_a_member_state(code: str) -> None:
    part, state = ISO[code]["status"].rsplit(" ", 1)
    assert part == "Part of"
    assert ISO[state]["eu27"] == "true"


def test_the_economic_area_has_30_states() -> None:
    states = having("in_eea", value=True) - PARTS_OF_THE_UNION
    assert len(states) == 30
    assert states == having("in_eu27", value=True) - PARTS_OF_THE_UNION | EEA_ONLY
    assert having("in_eea", value=False) == set(COUNTRIES.rows) - states - PARTS_OF_THE_UNION


@pytest.mark.parametrize(("column", "also"), [("preapproved", {"CH", "GB", "US", "JP"}), ("adequacy", {"CH", "GB"})])
def test_the_economic_area_is_pre_approved_and_adequate_and_so_are_some_others(column: str, also: set[str]) -> None:
    assert having("in_eea", value=True) | also <= having(column, value=True)
    assert "CN" in having(column, value=False)


def test_a_country_that_a_decision_covers_in_part_is_not_covered_whole() -> None:
    assert not having("adequacy_in_part", value=True) & having("adequacy", value=True)


def test_what_sanctions_bar_or_touch_is_of_countries_under_sanctions() -> None:
    touched = having("public_support_touched", value=True)
    assert having("public_support_barred", value=True) <= touched
    assert not touched & having("country_sanctions", "none")


def test_no_pre_approved_country_is_under_an_arms_embargo() -> None:
    assert having("preapproved", value=True) <= having("arms_embargo", "none")


# --- what stays unknown -----------------------------------------------------------------------------------------------


def test_only_columns_with_an_exhaustive_source_answer_for_every_country() -> None:
    exhaustive = {name: column.otherwise for name, column in COUNTRIES.columns.items() if column.otherwise is not None}
    assert exhaustive == {
        "in_eu27": False,
        "in_eea": False,
        "preapproved": False,
        "adequacy": False,
        "adequacy_in_part": False,
        "arms_embargo": "none",
        "country_sanctions": "none",
        "public_support_barred": False,
        "public_support_touched": False,
        "services_barred": False,
        "horizon_associated": False,
        "horizon_limits": "none",
        "ai_rules": "none",
    }


def test_a_country_without_a_source_is_unknown() -> None:
    assert cell_on(COUNTRIES.columns["compulsion_law"], "SG", DAY) is None
    assert cell_on(COUNTRIES.columns["compulsion_law"], "CN", DAY) is True


def test_rules_on_ai_begin_with_the_first_of_the_three_regulations() -> None:
    column = COUNTRIES.columns["ai_rules"]
    assert cell_on(column, "CN", date(2022, 2, 28)) == "none"
    assert cell_on(column, "CN", date(2022, 3, 1)) == "cn"


def test_what_is_read_nationally_or_is_an_offices_choice_may_be_adjusted() -> None:
    adjustable = {name for name, column in COUNTRIES.columns.items() if column.adjustable}
    assert adjustable == {
        "preapproved",
        "adequacy",
        "adequacy_in_part",
        "arms_embargo",
        "country_sanctions",
        "public_support_barred",
        "public_support_touched",
        "services_barred",
        "horizon_associated",
        "horizon_limits",
    }
    for name in adjustable - {"public_support_barred", "services_barred", "horizon_limits"}:
        assert COUNTRIES.columns[name].note, f"`{name}` does not say what an institution must confirm"


def test_the_embargo_on_china_is_political_and_says_that_it_is_disputed() -> None:
    column = COUNTRIES.columns["arms_embargo"]
    assert column.values["CN"] == "political"
    assert "read it differently" in (column.note or "")


# --- where it comes from ----------------------------------------------------------------------------------------------


def test_no_column_rests_on_what_nobody_looked_up() -> None:
    unread = {name for name, one in columns() if not was_read(CRITERIA.sources[one.source.id], one.source)}
    assert unread == set()


def test_no_embargo_is_from_memory() -> None:
    column = COUNTRIES.columns["arms_embargo"]
    cited = {row: source_on(column, row, DAY) for row in column.values}
    unread = {row for row, one in cited.items() if not was_read(CRITERIA.sources[one.id], one)}
    assert unread == set()


def columns() -> list[tuple[str, Any]]:
    return list(COUNTRIES.columns.items())


def test_every_verified_source_says_when_it_was_read() -> None:
    missing = [name for name, one in CRITERIA.sources.items() if was_read(one) and one.read is None]
    assert missing == [], f"read by somebody, but nobody knows when: {', '.join(missing)}"


def test_every_link_is_a_secure_address() -> None:
    wrong = [name for name, one in CRITERIA.sources.items() if one.link and not one.link.startswith("https://")]
    assert wrong == []


PROGRAMMES = ROOT / ".." / "shared" / "data" / "opensanctions_nc" / "eu_sanctions_programs.csv"


def test_a_country_under_a_binding_embargo_has_a_sanctions_programme_of_the_eu() -> None:
    if not PROGRAMMES.exists():
        pytest.skip("the list of programmes is for non-commercial use only, so it is not part of the repository")
    # ISO 3166-1 alpha-3, as that list writes it; Russia stands there by its sectoral measures.
    programmes = {"BY": "BLR", "IR": "IRN", "KP": "PRK", "MM": "MMR", "RU": "RUS"}
    programmes |= {"LY": "LBY", "SD": "SDN", "SS": "SSD", "VE": "VEN"}
    rows = csv.DictReader(PROGRAMMES.read_text("utf-8").splitlines())
    listed = {key for row in rows for key in row["program_keys"].split(";")}
    # Of the measures on Zimbabwe the embargo alone is left, so it has no list of names.
    assert having("arms_embargo", "binding") == set(programmes) | {"ZW"}
    assert set(programmes.values()) <= listed


def test_a_dated_cell_is_unlike_what_holds_before_it() -> None:
    for name, column in columns():
        for row, cell in column.values.items():
            dated = cell if isinstance(cell, tuple) else ()
            for one in dated:
                if isinstance(one, DatedValue) and one.from_ is not None:
                    before = cell_on(column, row, date.fromordinal(one.from_.toordinal() - 1))
                    assert before != one.value, f"{name} of {row}: nothing changes on {one.from_}"
