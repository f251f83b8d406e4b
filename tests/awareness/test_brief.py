"""`awareness brief`: two pages for one institution, never without the gate, and rows that the engine chose."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from risk_engine.awareness.areas import shipped_areas
from risk_engine.awareness.drawn import Wanted, judged_pairs
from risk_engine.awareness.for_one import Rules, briefed
from risk_engine.awareness.regions import shipped_regions
from risk_engine.awareness.ror import Listed
from risk_engine.awareness.situations import Asked, Row, Situation, asked_of, rows_for
from risk_engine.awareness.works import Input, read_collaborations
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import Criteria
from tests.awareness.pages import export
from tests.awareness.samples import flat, lines
from tests.cli.running import LOAN_DESK, run
from tests.strategies import by_turns

DAY = date(2026, 12, 1)
AREA = "technology.eu_critical_area"


@pytest.fixture(scope="module")
def rules() -> Criteria:
    return load_criteria("reconnect-china", DAY)


@pytest.fixture(scope="module")
def asked(rules: Criteria) -> Asked:
    return asked_of(rules, area=AREA)


def told(rows: list[Row]) -> tuple[set[str], set[str]]:
    return {one.id for one in rows if one.holds}, {one.id for one in rows if one.may}


def test_ten_works_in_a_critical_area_make_a_frequent_partner(rules: Criteria, asked: Asked) -> None:
    # AW-02: ten joint publications in five years, and a critical area.
    holds, _may = told(rows_for([Situation("CN", "quantum", (), 10)], rules, asked, DAY))
    assert "AW-02" in holds
    holds, may = told(rows_for([Situation("CN", "quantum", (), 9)], rules, asked, DAY))
    assert "AW-02" not in holds
    assert "AW-02" in may  # joint patents are not known


def test_an_area_that_nobody_checked_makes_no_row_hold(rules: Criteria, asked: Asked) -> None:
    # The topics may belong to another area: AW-02 waits for whoever knows it, here the researcher.
    rows = {one.id: one for one in rows_for([Situation("CN", "quantum", (), 10, is_sure=False)], rules, asked, DAY)}
    assert not rows["AW-02"].holds
    assert rows["AW-02"].ask == ("Lead researcher",)


def test_what_is_not_known_is_never_no(rules: Criteria, asked: Asked) -> None:
    _holds, may = told(rows_for([Situation("CN", "quantum")], rules, asked, DAY))
    assert {"AW-02", "AW-01j", "AW-01n"} <= may


def test_rules_of_china_are_told_of_a_partner_in_china_alone(rules: Criteria, asked: Asked) -> None:
    def of(country: str) -> set[str]:
        return set().union(*told(rows_for([Situation(country)], rules, asked, DAY)))

    assert "AW-01j" in of("CN")
    assert "AW-01j" not in of("US")


def test_a_partner_on_a_list_of_the_united_states_has_the_rows_on_that(rules: Criteria, asked: Asked) -> None:
    holds, _may = told(rows_for([Situation("CN", None, ("us_entity",))], rules, asked, DAY))
    assert {"AW-01n", "AW-26"} <= holds


def test_a_row_that_hangs_on_other_answers_alone_is_not_told(rules: Criteria, asked: Asked) -> None:
    # AW-08 reads the public benefit, AW-10 applies to everybody.
    every = set().union(*told(rows_for([Situation("CN", "quantum", (), 50)], rules, asked, DAY)))
    assert not {"AW-08", "AW-10", "AW-04"} & every


def test_a_row_says_who_knows_what_it_waits_for(rules: Criteria, asked: Asked) -> None:
    rows = {one.id: one for one in rows_for([Situation("CN")], rules, asked, DAY)}
    assert rows["AW-01j"].ask == ("Lead researcher",)


def test_a_country_that_a_set_has_no_row_for_is_not_known_to_it(tmp_path: Path) -> None:
    said = made(tmp_path, "Delft University", "--criteria", LOAN_DESK)
    assert "No row of the set reads what these data know." in said


def test_a_set_that_does_not_say_whose_country_is_meant_is_refused(tmp_path: Path) -> None:
    shutil.copytree(LOAN_DESK, tmp_path / "desk")
    (tmp_path / "desk" / "1.0.0" / "screening.yaml").unlink()
    data = export(tmp_path / "works.jsonl")
    who = ("--institution", "Delft University", "--criteria", tmp_path / "desk")
    said = run("awareness", "brief", data, *who, "-o", tmp_path / "b.md")
    assert said.code == 2
    assert "does not say whose country such data answer in it" in said.err


def made(folder: Path, who: str, *more: str | Path) -> str:
    path = folder / "brief.md"
    given = ("--institution", who, "--on", "2020-12-31" if not more else "2026-12-01")
    said = run("awareness", "brief", export(folder / "works.jsonl"), *given, *more, "-o", path)
    assert said.code == 0, said.err
    return path.read_text("utf-8")


def test_a_brief_names_partners_fields_and_rows(tmp_path: Path) -> None:
    said = made(tmp_path, "delft university", "--whole", "--contact", "Research office, ext. 12")
    assert "12 works in these data were made together with one institution in CN." in said
    assert "Tsinghua University (CN): 12" in said
    assert "image processing: 12" in said
    assert "AW-01j" in said
    assert "Research office, ext. 12" in said


def test_a_cell_below_five_is_marked(tmp_path: Path) -> None:
    said = made(tmp_path, "Lund University", "--whole")
    assert "Fudan University (CN): 3\\*" in said or "Fudan University (CN): 3*" in said
    assert "Below 5" in said


@pytest.mark.nightly
def test_a_brief_in_german(tmp_path: Path) -> None:
    said = made(tmp_path, "Lund University", "--whole", "--lang", "de")
    assert "Ihre Partner" in said or "Partner" in said
    assert "Your partners" not in said


def test_no_brief_where_every_pair_is_suspect(tmp_path: Path) -> None:
    data = export(tmp_path / "works.jsonl")
    given = ("--institution", "Institute of Non-Ferrous Metals", "-o", tmp_path / "b.md")
    said = run("awareness", "brief", data, *given)
    assert said.code == 2
    assert "the one pair of Institute of Non-Ferrous Metals (PL) is suspect, so there is no brief" in said.err


def test_names_that_come_near_are_told_where_there_is_none(tmp_path: Path) -> None:
    data = export(tmp_path / "works.jsonl")
    said = run("awareness", "brief", data, "--institution", "Delft Univesity", "-o", tmp_path / "b.md")
    assert said.code == 2
    assert "near to it: Delft University (NL)" in said.err


def test_an_institution_of_the_other_region_is_said_to_be_there(tmp_path: Path) -> None:
    data = export(tmp_path / "works.jsonl")
    said = run("awareness", "brief", data, "--institution", "Tsinghua University", "-o", tmp_path / "b.md")
    assert said.code == 2
    assert "--between CN EU27-AC" in said.err


@pytest.mark.long
@pytest.mark.parametrize("language", by_turns(["de", "en"], 2))
def test_a_brief_on_paper_has_two_pages(tmp_path: Path, language: str) -> None:
    import pikepdf

    path = tmp_path / "brief.pdf"
    who = ("--institution", "Delft University", "--whole", "--on", "2026-12-01", "--lang", language)
    assert run("awareness", "brief", export(tmp_path / "works.jsonl"), *who, "-o", path).code == 0
    with pikepdf.open(path) as paper:
        assert len(paper.pages) == 2


def test_topics_lead_to_an_area_that_nobody_checked_so_its_row_may_apply(tmp_path: Path) -> None:
    quantum = [
        flat(
            f"W{at}", 2026, {"NL": ["Delft University"], "CN": ["Tsinghua University"]}, keywords=["quantum computing"]
        )
        for at in range(12)
    ]
    path, brief = lines(tmp_path / "works.jsonl", *quantum), tmp_path / "b.md"
    run("awareness", "brief", path, "--institution", "Delft University", "--whole", "--on", "2026-12-01", "-o", brief)
    said = brief.read_text("utf-8")
    assert "Area 3, most sensitive: quantum technologies: 12" in said
    (row,) = [line for line in said.splitlines() if "(AW-02)" in line and line.startswith("|")] or [said]
    assert "may apply" in row


def test_a_row_names_the_partners_that_are_meant_where_not_all_are(tmp_path: Path) -> None:
    partners = [{"CN": ["Tsinghua University"]}, {"JP": ["Kyoto University"]}]
    works = [
        flat(f"W{at}", 2020 + at % 3, {"NL": ["Delft University"]} | partners[at % 2], keywords=words)
        for at, words in enumerate([["quantum computing"], [], [], []])
    ]
    regions = "as_of: 2026-01-01\nsource: us\nregions: {NL: {countries: [NL]}, Asia: {countries: [CN, JP]}}\n"
    (tmp_path / "r.yaml").write_text(regions, "utf-8")
    path, brief = lines(tmp_path / "works.jsonl", *works), tmp_path / "b.md"
    asked = ("--regions", tmp_path / "r.yaml", "--between", "NL", "Asia", "--on", "2026-12-01")
    run("awareness", "brief", path, "--institution", "Delft University", *asked, "-o", brief)
    rows = {line.partition(" (AW-")[2][:3]: line for line in brief.read_text("utf-8").splitlines() if "(AW-" in line}
    # Of China alone, whatever the area; and of both, for it hangs on what is offered in China, whoever the partner is.
    assert rows["01i"].endswith("| may apply (CN); to ask: Lead researcher |")
    assert rows["01c"].endswith("| may apply; to ask: Lead researcher |")


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_only_a_hit_that_a_person_confirmed_answers_whether_a_partner_is_listed(
    tmp_path: Path, rules: Criteria, is_confirmed: bool
) -> None:
    of = read_collaborations([Input(export(tmp_path / "works.jsonl"))])
    wanted = Wanted(*shipped_regions().pair("EU27-AC", "CN"))
    marked = Listed(
        country="CN",
        institution="CN|Tsinghua University",
        name="Tsinghua University",
        list="Entity List of the BIS",
        as_of=DAY,
        standing=("evidence",),
        entry="Tsinghua University",
        hit="h1",
        kind="listed",
        strength="identical",
        is_confirmed=is_confirmed,
    )
    under = Rules(rules, DAY, shipped_areas())
    made = briefed(of, wanted, judged_pairs(of, wanted), "Delft University", under, [marked])
    assert any(one.id == "AW-26" and one.holds for one in made.rows) is is_confirmed
