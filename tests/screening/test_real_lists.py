"""The lists of real publishers, where they lie beside the repository: as many entries as their README says.

Nothing of them is copied; some may not be used commercially.
"""

from datetime import date
from pathlib import Path

import pytest

from risk_engine import load_criteria
from risk_engine.loading.screened_facts import REGISTRY_TYPES, load_screened_facts
from risk_engine.office.prefill.proposals import fits
from risk_engine.screening.entry import Entry, ListHead
from risk_engine.screening.formats import detected
from risk_engine.screening.formats.reading import Reading
from risk_engine.screening.lists import Wanted, bring
from risk_engine.screening.store import Store

SHARED = Path(__file__).parents[3] / "shared" / "data"
if not SHARED.is_dir():
    SHARED = Path(__file__).parents[4] / "shared" / "data"

DAY = date(2026, 11, 26)
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the real lists are no part of the repository")

FEW = 1000
"""Longer lists are read at night."""
IN_THE_README = [
    ("canada_nro/named_research_organizations_2024-04-18.csv", "table", 103),
    ("us_bis_entity_list/china_university_like_entities.csv", "table", 60),
    ("misp_china_defence_universities/cdut.csv", "table", 159),
    ("us_ofac/sdn_entities.csv", "table", 3673),
    ("un_sc/un_entities.csv", "table", 273),
    ("un_sc/un_entities.xml", "un-xml", 273),
    ("opensanctions_nc/us_dod_1260h.csv", "table", 397),
    ("opensanctions_nc/cn_countermeasures_orgs.csv", "table", 415),
    ("opensanctions_nc/us_bis_mieu.csv", "table", 13),
    ("opensanctions_nc/us_section_889.csv", "table", 5),
    ("opensanctions_nc/us_section_154.csv", "table", 6),
    ("opensanctions_nc/eu_journal_orgs.csv", "table", 2780),
    ("ror/ror_cn_hk_mo_tw.jsonl", "ror", 2503),
    ("ror/ror_eu_ac_fr.jsonl", "ror", 3482),
    ("ror/ror_eu_ac_pt.jsonl", "ror", 908),
    ("ror/ror_eu_ac_other.jsonl", "ror", 5107),
    ("ror/ror_ru_ir_kp_by.jsonl", "ror", 897),
    ("ror/ror_v2_full_sample.json", "ror", 40),
    ("ror/ror_other_countries_in_gold.jsonl", "ror", 1697),
    ("ror/ror_eu_ac_other_types_in_gold.jsonl", "ror", 251),
]


@pytest.mark.parametrize(
    ("name", "layout", "entries"),
    [pytest.param(*one, marks=pytest.mark.nightly if one[2] > FEW else ()) for one in IN_THE_README],
)
def test_a_real_list_is_known_and_has_as_many_entries_as_its_readme_says(name: str, layout: str, entries: int) -> None:
    path = SHARED / name
    known, _mapping = detected(path, path.name)
    assert known.name == layout
    reading = Reading(path, "l")
    found = list(known.read(reading))
    reading.end()
    assert len(found) == entries
    assert len({one.key for one in found}) == entries
    assert reading.dropped_persons == 0
    assert not reading.unknown_countries or sum(reading.unknown_countries.values()) < entries / 100


A_NAME_OF_OTHERS = {
    "*section 1286*": "the programme as OpenSanctions writes it out (us_special_leg); its table of it is not here",
    "US-MCCAIN-1286": "the same programme, by its id",
    "Japan METI End User List": "the title in a collection of OpenSanctions (jp_meti_eul); the list is not here",
    "*foreign end user list*": "the name that METI gives it",
    "jp_meti_eul": "its name in a collection",
    "GB": "what --jurisdiction says of a list of the United Kingdom; none is here",
    "GB-*": "its programmes in a collection of OpenSanctions, such as GB-RUS",
    "UK *": "the titles of its lists in a collection, such as UK FCDO Sanctions List",
    "CMIC-EO13959": "the programme in the list of OFAC that is not SDN; only the SDN is here",
    "*(CMIC)*": "the source in the Consolidated Screening List; it is not here",
    "US-NS-CMIC": "the same programme in a collection of OpenSanctions",
}
"""Patterns of the shipped sets that no real list here can bear out, and what each stands for."""


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[ListHead, Entry | None]]:
    """Return the real lists of other states, by the names of their mappings, each also with its entries."""
    lists = {
        "canada-nro": IN_THE_README[0][0],
        "us-bis-entity-list": IN_THE_README[1][0],
        "us-1260h": "opensanctions_nc/us_dod_1260h.csv",
    }
    with Store.open(tmp_path_factory.mktemp("real") / "lists.sqlite", make=True) as store:
        for list_id, name in lists.items():
            bring(store, Wanted(list_id, str(SHARED / name)), DAY, lambda *_said: None)
        heads = {one.id: one for one in store.heads()}
        of_entries = [(heads[one.list], one) for one in store.entries(None, DAY)]
    return [*((one, None) for one in heads.values()), *of_entries]


@pytest.mark.parametrize("name", ["reconnect-china", "us-dod-matrix"])
def test_each_pattern_of_a_shipped_set_fits_a_real_list_or_it_is_said_why_none_is_here(
    name: str, evidence: list[tuple[ListHead, Entry | None]]
) -> None:
    listed = load_screened_facts(load_criteria(name, on=DAY))["partner"].listed
    several = [lists for one in listed for lists in (one.lists or (), *(one.options or {}).values())]
    patterns = {pattern for lists in several for pattern in lists}
    assert [one.on for one in listed if one.options] == ["evidence"]
    fitting = {one for one in patterns if any(fits([one], *each) for each in evidence)}
    assert patterns - fitting == patterns & A_NAME_OF_OTHERS.keys()


@pytest.mark.nightly
def test_the_kinds_of_organisations_that_a_set_names_are_those_of_the_registry() -> None:
    path = SHARED / "ror/ror_cn_hk_mo_tw.jsonl"
    kinds = {kind for one in detected(path, path.name)[0].read(Reading(path, "l")) for kind in one.category.split(", ")}
    assert kinds == {*REGISTRY_TYPES}
    named = load_screened_facts(load_criteria("reconnect-china", on=DAY))["partner"].kind
    assert named is not None
    assert named.types.keys() <= kinds


def test_the_aliases_of_the_entity_list_are_read_from_its_text_without_the_addresses() -> None:
    path = SHARED / "us_bis_entity_list/china_university_like_entities.csv"
    found = {one.name: one for one in detected(path, path.name)[0].read(Reading(path, "l"))}
    ustc = found["University of Science and Technology of China"]
    assert [one.text for one in ustc.names if one.kind in {"alias", "acronym"}] == ["USTC"]
    every = [one.text for entry in found.values() for one in entry.names]
    assert [one for one in every if " Road" in one or "China 1" in one] == []


def test_as_of_a_day_a_list_holds_those_whom_it_says_were_on_it_then(tmp_path: Path) -> None:
    """397 rows, each from its first day on; 12 ended on 2026-02-17, 6 on 2025-01-07, 3 on 2024-01-31."""
    wanted_counts = {
        "2021-06-02": 0,
        "2021-06-03": 47,
        "2022-10-05": 60,
        "2024-01-30": 60,
        "2024-01-31": 60 + 16 - 3,
        "2025-01-06": 73,
        "2025-01-07": 73 + 133 - 6,
        "2026-02-16": 200,
        "2026-02-17": 200 - 12,
        "2026-06-08": 188 + 188,
        "2026-11-26": 376,
    }
    wanted = Wanted("us-1260h", str(SHARED / "opensanctions_nc/us_dod_1260h.csv"))
    with Store.open(tmp_path / "lists.sqlite", make=True) as store:
        bring(store, wanted, date(2026, 11, 26), lambda *_said: None)
        counts = {day: sum(1 for _entry in store.entries(None, date.fromisoformat(day))) for day in wanted_counts}
        assert counts == wanted_counts
        assert all(one.holds_on(date(2026, 2, 17)) for one in store.entries(None, date(2026, 2, 17)))


def test_the_programmes_of_ofac_are_told_one_by_one() -> None:
    path = SHARED / "us_ofac/sdn_entities.csv"
    found = list(detected(path, path.name)[0].read(Reading(path, "l")))
    assert [one for one in found for programme in one.programmes if "[" in programme] == []
    assert ("NPWMD", "IFSR") in {one.programmes for one in found}


def test_the_xml_and_the_table_of_the_united_nations_say_the_same() -> None:
    both = []
    for ending in ("csv", "xml"):
        path = SHARED / f"un_sc/un_entities.{ending}"
        both.append({one.key: one for one in detected(path, path.name)[0].read(Reading(path, "l"))})
    table, xml = both
    assert table.keys() == xml.keys()
    assert [key for key, one in table.items() if one.since != xml[key].since] == []
    assert [key for key, one in table.items() if {*one.countries} != {*xml[key].countries}] == []
    assert xml["6908402"].since == date(2014, 6, 30)
