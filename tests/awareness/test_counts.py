"""Each definition of docs/awareness-definitions.md on works written by hand, and all of them against a second count."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.awareness import counts, merging, shares
from risk_engine.awareness.made import Asked, every_table
from risk_engine.awareness.regions import Region, read_regions, shipped_regions
from risk_engine.awareness.works import Collaborations, Input, read_collaborations
from risk_engine.files.diagnostics import RiskEngineError
from tests.awareness import second_count
from tests.awareness.samples import SHARED, flat, lines, needs_real_data

OURS = shipped_regions().pair("EU27-AC", "CN")
SIX = (
    # Two of one country, one of China: China 1/2, Germany 1/2; each institution 1/3; each of two pairs 1/2.
    flat("W1", 2019, {"DE": ["Aachen", "Bonn"], "CN": ["Peking"]}, keywords=["optics", "optics"]),
    flat("W2", 2019, {"DE": ["Aachen"], "CN": ["Peking", "Östliche"]}, keywords=["optics", "Robots"]),
    # Hong Kong is no part of China.
    flat("W3", None, {"FR": ["Zürs"], "HK": ["Kowloon"]}),
    # An institution of one name in two countries is two.
    flat("W4", 2020, {"NO": ["Peking"], "CN": ["Peking"]}),
    flat("W5", 2020, {"US": ["Yale"], "CN": []}),
    flat("W6", 2020),
)


@pytest.fixture
def six(tmp_path: Path) -> Collaborations:
    return read(lines(tmp_path / "six.jsonl", *SIX))


def read(*paths: Path) -> Collaborations:
    return read_collaborations([Input(one) for one in paths])


def rows(frame: pl.DataFrame, *left_out: str) -> list[tuple[Any, ...]]:
    return frame.drop(*left_out).rows()


def test_works_and_countries(six: Collaborations) -> None:
    assert rows(counts.works_by_year(six)) == [(2019, 2), (2020, 3), (None, 1)]
    assert rows(counts.countries(six)) == [("CN", 4), ("DE", 2), ("FR", 1), ("HK", 1), ("NO", 1), ("US", 1)]
    assert rows(shares.countries_fractional(six)) == [
        ("CN", 2.0),
        ("DE", 1.0),
        ("FR", 0.5),
        ("HK", 0.5),
        ("NO", 0.5),
        ("US", 0.5),
    ]


def test_a_region_counts_a_work_once(six: Collaborations) -> None:
    regions = [*shipped_regions().regions.values()]
    assert rows(counts.regions_by_year(six, regions)) == [
        (2019, "CN", 2),
        (2019, "EU27", 2),
        (2019, "EU27-AC", 2),
        (2020, "CN", 2),
        (2020, "EU27-AC", 1),
        (2020, "US", 1),
        (None, "EU27", 1),
        (None, "EU27-AC", 1),
    ]
    assert rows(counts.region_pairs_by_year(six, regions)) == [
        (2019, "CN", "EU27", 2),
        (2019, "CN", "EU27-AC", 2),
        (2020, "CN", "EU27-AC", 1),
        (2020, "CN", "US", 1),
    ]
    both = Region("DE-CN", frozenset({"DE", "CN"}))
    assert rows(counts.regions_by_year(six, [both])) == [(2019, "DE-CN", 2), (2020, "DE-CN", 2)]
    assert rows(shares.regions_by_year_fractional(six, [both])) == [(2019, "DE-CN", 2.0), (2020, "DE-CN", 1.0)]


def test_institutions_and_pairs_in_the_order_of_their_bytes(six: Collaborations) -> None:
    assert rows(counts.institutions(six), "institution") == [
        ("CN", "Peking", 3),
        ("DE", "Aachen", 2),
        ("CN", "Östliche", 1),
        ("DE", "Bonn", 1),
        ("FR", "Zürs", 1),
        ("HK", "Kowloon", 1),
        ("NO", "Peking", 1),
        ("US", "Yale", 1),
    ]
    assert rows(shares.institutions_fractional(six), "institution") == [
        ("CN", "Peking", 7 / 6),
        ("US", "Yale", 1.0),
        ("DE", "Aachen", 2 / 3),
        ("FR", "Zürs", 0.5),
        ("HK", "Kowloon", 0.5),
        ("NO", "Peking", 0.5),
        ("CN", "Östliche", 1 / 3),
        ("DE", "Bonn", 1 / 3),
    ]
    ids = "institution_a", "institution_b"
    assert rows(counts.pairs(six, OURS), *ids) == [
        ("DE", "Aachen", "CN", "Peking", 2),
        ("DE", "Aachen", "CN", "Östliche", 1),
        ("DE", "Bonn", "CN", "Peking", 1),
        ("NO", "Peking", "CN", "Peking", 1),
    ]
    assert rows(shares.pairs_fractional(six, OURS), *ids) == [
        ("DE", "Aachen", "CN", "Peking", 1.0),
        ("NO", "Peking", "CN", "Peking", 1.0),
        ("DE", "Aachen", "CN", "Östliche", 0.5),
        ("DE", "Bonn", "CN", "Peking", 0.5),
    ]


@pytest.mark.parametrize("names", [("UNI X", "Uni X"), ("Uni X", "UNI X")])
def test_of_several_ways_of_writing_a_name_the_first_by_bytes_is_shown(tmp_path: Path, names: tuple[str, str]) -> None:
    head, told = "project_id,org_name,country\n", f"7,{names[0]},DE\n7,{names[1]},DE\n"
    for text in (f"{head}{told}", f"{head}{told.replace('7', '8', 1)}"):
        path = tmp_path / "o.csv"
        path.write_text(text, "utf-8")
        (row,) = rows(counts.institutions(read(path)))
        assert row[:3] == ("DE", "UNI X", "DE|uni x")


def test_topics_and_what_is_not_known(six: Collaborations) -> None:
    assert rows(counts.topics(six)) == [("keyword", "optics", 2), ("keyword", "Robots", 1)]
    assert dict(rows(counts.unknowns(six))) == {
        "works": 6,
        "without_year": 1,
        "without_title": 0,
        "without_doi": 6,
        "without_country": 1,
        "with_institution_without_country": 0,
        "without_institution": 1,
        "with_country_without_institution": 1,
        "without_topic": 4,
    }


def test_years_and_fields_select_and_a_work_without_a_year_is_in_no_span(six: Collaborations) -> None:
    assert counts.selected(six, years=(2000, 2030)).works.height == 5
    assert counts.selected(six, years=(2019, 2019)).works.height == 2
    assert counts.selected(six, fields=["ROBOTS"]).works["work"].to_list() == ["https://openalex.org/W2"]
    with pytest.raises(RiskEngineError, match="no work has the field `robotz`\n  help: did you mean `Robots`"):
        counts.selected(six, fields=["robotz"])


def test_years_without_any_work_are_told_with_those_that_there_are(six: Collaborations) -> None:
    assert every_table(six, Asked(shipped_regions(), OURS, years=(2030, 2031))).notes == (
        "1 work has no year, so it is in no span of years",
        "no work is of these years: the data have 2019 to 2020",
    )


def test_works_of_many_institutions_are_left_out_of_pairs_alone(six: Collaborations) -> None:
    asked = Asked(shipped_regions(), OURS, max_parties=2)
    made = every_table(six, asked)
    tables = {one.name: one.frame for one in made.tables}
    assert rows(tables["pairs"], "institution_a", "institution_b") == [("NO", "Peking", "CN", "Peking", 1)]
    assert tables["institutions"].height == 8
    assert "2 works are left out of pairs: they have more institutions than 2" in made.notes


def test_a_cut_list_says_how_many_more_share_the_last_count(six: Collaborations) -> None:
    shown, same = counts.cut(counts.institutions(six), 3)
    assert (shown.height, same) == (3, 5)
    assert counts.cut(counts.institutions(six), 8)[1] == 0
    made = {one.name: one for one in every_table(six, Asked(shipped_regions(), OURS, top=2)).tables}
    assert (made["pairs"].left_out, made["pairs"].same_count_left_out) == (2, 2)


def test_growth_has_both_windows_and_no_percentage_of_few(tmp_path: Path) -> None:
    old = [flat(f"W{number}", 2010, {"CN": ["A"], "DE": ["B"] if number < 9 else ["b"]}) for number in range(10)]
    new = [flat(f"W{number}", 2020, {"CN": ["A"], "DE": ["B"]}) for number in range(20, 35)]
    of = read(lines(tmp_path / "1.jsonl", *old, *new))
    earlier, later = (counts.institutions(counts.selected(of, years=(year, year))) for year in (2010, 2020))
    assert rows(counts.growth(earlier, later), "institution") == [
        ("DE", "B", 9, 15, 6, None),
        ("CN", "A", 10, 15, 5, 50.0),
        ("DE", "b", 1, 0, -1, None),
    ]
    asked = Asked(shipped_regions(), OURS, growth=((2010, 2010), (2020, 2020)))
    with pytest.raises(RiskEngineError, match="of a sample of unknown share nobody can tell one"):
        every_table(of, asked)


def test_growth_has_the_names_of_the_other_tables_and_topics_before_their_levels(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "project_id,title,start_date,countries_list,keywords,topics,programme\n"
        '1,x,2010-01-01,DE,"Ä, z",,\n2,x,2015-01-01,DE,,b,\n3,x,2020-01-01,DE,a,b,\n',
        "utf-8",
    )
    (tmp_path / "o.csv").write_text("project_id,org_name,country\n1,Uni,DE\n2,UNI,DE\n3,uni,DE\n", "utf-8")
    inputs = [Input(tmp_path / name, whole=True) for name in ("p.csv", "o.csv")]
    asked = Asked(shipped_regions(), OURS, growth=((2010, 2010), (2020, 2020)))
    tables = {one.name: one.frame for one in every_table(read_collaborations(inputs), asked).tables}
    assert rows(tables["institutions_growth"]) == [("DE", "UNI", "DE|uni", 1, 1, 0, None)]
    assert [row[:2] for row in rows(tables["topics_growth"])] == [
        ("keyword", "a"),
        ("call-topic", "b"),
        ("keyword", "z"),
        ("keyword", "Ä"),
    ]


def test_regions_that_overlap_make_no_pair() -> None:
    with pytest.raises(RiskEngineError, match="EU27 and DE have countries in common: DE"):
        shipped_regions().pair("EU27", "DE")
    with pytest.raises(RiskEngineError, match="there is no region `EU-27`\n  help: did you mean `EU27`"):
        shipped_regions().pair("EU-27", "CN")


def test_a_region_file_may_put_hong_kong_to_china(tmp_path: Path, six: Collaborations) -> None:
    path = tmp_path / "regions.yaml"
    path.write_text("as_of: 2026-01-01\nsource: us\nregions:\n  China:\n    countries: [CN, HK]\n", "utf-8")
    ours = read_regions(path).pair("FR", "China")
    assert rows(counts.pairs(six, ours), "institution_a", "institution_b") == [("FR", "Zürs", "HK", "Kowloon", 1)]


def test_works_of_one_doi_or_title_are_one_where_that_is_asked_for(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "1.jsonl",
        flat("W1", 2019, {"DE": ["A"]}, doi="https://doi.org/10.1/X", title="One"),
        flat("W2", 2020, {"CN": ["B"]}, doi="10.1/x", title="one"),
        flat("W3", 2019, {"CN": ["C"]}, title="ONE"),
    )
    merged = read_collaborations([Input(path)], merge="doi")
    assert merged.works.select("work", "year").rows() == [
        ("https://openalex.org/W1", 2019),
        ("https://openalex.org/W3", 2019),
    ]
    assert merged.notes == ("1 work was put to another one by its DOI",)
    assert rows(counts.pairs(merged, OURS), "institution_a", "institution_b") == [("DE", "A", "CN", "B", 1)]
    titled = read_collaborations([Input(path)], merge="title")
    assert titled.works["work"].to_list() == ["https://openalex.org/W1", "https://openalex.org/W2"]
    assert titled.notes == ("1 work was put to another one by its title and year",)


def test_institutions_are_put_together_by_aliases_in_tables_of_their_own(tmp_path: Path, six: Collaborations) -> None:
    path = tmp_path / "aliases.csv"
    path.write_text("country,name,as\nDE,Bonn,Aachen\nDE,Nowhere,Aachen\n", "utf-8")
    made = every_table(six, Asked(shipped_regions(), OURS, aliases=path))
    tables = {one.name: one.frame for one in made.tables}
    assert rows(tables["pairs_by_alias"], "institution_a", "institution_b")[0] == ("DE", "Aachen", "CN", "Peking", 2)
    assert rows(tables["institutions_by_alias"]).count(("DE", "Bonn", "DE|Bonn", 1)) == 0
    assert ("DE", "Bonn", "DE|Bonn", 1) in rows(tables["institutions"])
    assert "1 alias names nobody that is there" in made.notes
    path.write_text("country,name,as\nDE,Bonn,Aachen\nDE,Bonn,Peking\nDE,,X\n", "utf-8")
    with pytest.raises(RiskEngineError, match=r"called otherwise in an earlier row(.|\n)*an alias has a name"):
        merging.read_aliases(path, six)


# --- against a second count ---


def same_tables(paths: list[Path], first: str = "EU27-AC", second: str = "CN") -> None:
    known = shipped_regions()
    made = {one.name: one.frame for one in every_table(read(*paths), Asked(known, known.pair(first, second))).tables}
    again = second_count.tables(second_count.works_in(paths), first, second)
    for name, frame in made.items():
        wanted = again.get(name, [])
        if name in {"unknowns", "topics_between"} or ((first, second) != ("EU27-AC", "CN") and "region" in name):
            continue
        columns = [one for one in frame.columns if not one.startswith(("institution", "level"))]
        got = [tuple("unknown" if one is None else one for one in row) for row in frame.select(columns).rows()]
        flattened = [(*flat_key(key), value) for key, value in wanted]
        assert [(*map(str, row[:-1]), row[-1]) for row in got] == flattened, name


def flat_key(key: Any) -> tuple[str, ...]:
    if isinstance(key, str):
        return (key,)
    return tuple(part for one in key for part in flat_key(one))


NAMES = st.sampled_from(["A", "a", "B b", "B  b", "Ä", "A\u0308", "\U00010400x", "\uffeex", "Z"])
CODES = st.sampled_from(["DE", "FR", "CN", "US", "NO", "HK", "UK", "GB", "EL"])
WORKS = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sampled_from([None, 1999, 2020]),
        st.dictionaries(CODES, st.lists(NAMES, max_size=3), max_size=4),
        st.lists(st.sampled_from(["optics", "Robots", "ärzte"]), max_size=2),
    ),
    max_size=9,
)


@given(WORKS)
@settings(max_examples=settings().max_examples // 4)
def test_all_tables_of_any_works_are_those_of_the_second_count(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Any]
) -> None:
    works = [flat(f"W{number}", year, named, keywords=keywords) for number, year, named, keywords in drawn]
    path = tmp_path_factory.mktemp("drawn") / "works.jsonl"
    if works:
        same_tables([lines(path, *works)])


@pytest.mark.nightly
@needs_real_data
def test_all_tables_of_the_real_files_are_those_of_the_second_count() -> None:
    files = sorted((SHARED / "openalex_collab").glob("*.jsonl"))
    same_tables(files)
    same_tables([*files[5:9], files[3]], "FR", "CN")
