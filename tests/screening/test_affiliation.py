"""Who is named in an affiliation, from a small registry of our own with the weights that are shipped."""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from risk_engine.screening.affiliation import LIKELY, Affiliations, Tree, Trees, weighings
from risk_engine.screening.affiliation_features import among
from risk_engine.screening.entry import Entry, Name, Relation
from risk_engine.screening.index import IndexFileError
from risk_engine.screening.registry_names import RegistryNames


def entry(
    key: str, name: str, country: str, town: str, *others: str, kind: str = "education", parent: str = ""
) -> Entry:
    """Return a record of a registry."""
    acronyms = [Name(one, "acronym" if one.isupper() else "alias") for one in others]
    relations = (Relation("parent", parent),) if parent else ()
    return Entry(
        "ror", key, (Name(name), *acronyms), {}, (country,), (town,), kind, relations=relations, status="active"
    )


ENTRIES = (
    entry("hit", "Harbin Institute of Technology", "CN", "Harbin", "HIT", "哈尔滨工业大学"),
    entry("heu", "Harbin Engineering University", "CN", "Harbin"),
    entry("zju", "Zhejiang University", "CN", "Hangzhou"),
    entry("zjut", "Zhejiang University of Technology", "CN", "Hangzhou"),
    entry("neu", "Northeastern University", "CN", "Shenyang"),
    entry("northeastern", "Northeastern University", "US", "Boston"),
    entry("cas", "Chinese Academy of Sciences", "CN", "Beijing", "CAS", kind="government"),
    entry("ict", "Institute of Computing Technology", "CN", "Beijing", kind="facility", parent="cas"),
    entry("zurich", "University of Zurich", "CH", "Zurich", "Universität Zürich"),
    entry("usz", "University Hospital of Zurich", "CH", "Zurich", "UniversitätsSpital Zürich", kind="healthcare"),
    entry("calabria", "University of Calabria", "IT", "Rende", "Università della Calabria"),
    entry("nus", "National University of Singapore", "SG", "Singapore", "NUS"),
)


@cache
def registry() -> Affiliations:
    """Return the registry, read once."""
    return Affiliations.of(ENTRIES)


def named(text: str) -> list[str]:
    """Return who is likely named in a text, the surest first."""
    return [found.entry.key for found in registry().find(text) if found.score >= LIKELY]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Sch. of Elect. Eng., Harbin Inst. Technol., Harbin 150001, China", ["hit"]),
        ("School of Electrical Engineering Harbin Institute of Technology Harbin 150001 China", ["hit"]),
        ("哈尔滨工业大学电气工程学院", ["hit"]),
        ("Dipartimento di Fisica, Università della Calabria, Rende, Italy", ["calabria"]),
        ("Harbin Insitute of Technology, Harbin, China", ["hit"]),
    ],
)
def test_an_organisation_is_found_however_an_affiliation_writes_it(text: str, keys: list[str]) -> None:
    assert named(text) == keys


def test_a_name_that_goes_on_is_another_name() -> None:
    assert named("College of Computer Science, Zhejiang University of Technology, Hangzhou, China") == ["zjut"]
    assert named("College of Computer Science, Zhejiang University, Hangzhou, China") == ["zju"]


def test_of_two_with_one_name_the_place_decides() -> None:
    assert registry().find("Northeastern University, Shenyang, China")[0].entry.key == "neu"
    assert registry().find("Northeastern University, Boston, MA, USA")[0].entry.key == "northeastern"


def test_every_organisation_of_an_affiliation_is_found() -> None:
    text = "University Hospital Zurich, University of Zurich, Switzerland; National University of Singapore, Singapore"
    assert set(named(text)) == {"zurich", "usz", "nus"}


def test_a_country_within_a_name_says_nothing_of_the_place() -> None:
    both = (
        entry("taichung", "China Medical University", "TW", "Taichung"),
        entry("shenyang", "China Medical University", "CN", "Shenyang"),
    )
    for registry in (Affiliations.of(both), Affiliations.of(both[::-1])):
        assert registry.find("China Medical University, Taiwan")[0].entry.key == "taichung"
        assert registry.find("China Medical University, China")[0].entry.key == "shenyang"


def test_a_text_that_names_nobody_is_no_hit() -> None:
    assert named("Department of Physics") == []
    assert named("Hangzhou, China") == []
    assert named("") == []
    assert registry().find("?!, 12345 ;") == ()
    assert Affiliations.of(()).find("Zhejiang University") == ()


def test_the_order_of_the_registry_never_matters() -> None:
    text = "Inst. of Comput. Technol., Chinese Acad. of Sci., Beijing, China"
    turned = {one.entry.key: one.score for one in Affiliations.of(ENTRIES[::-1]).find(text)}
    assert turned == pytest.approx({one.entry.key: one.score for one in registry().find(text)})


def test_a_name_finds_itself() -> None:
    for one in ENTRIES:
        text = f"{one.name}, {one.places[0]}"
        assert registry().find(text)[0].entry.key == one.key, text


def test_what_was_found_says_by_which_name_and_where_in_the_text() -> None:
    found = registry().find("Physik-Institut, Universität Zürich, Zürich")[0]
    assert (found.entry.key, found.name, found.by_acronym) == ("zurich", "University of Zurich", False)
    assert found.end - found.start == 2
    assert registry().find("哈尔滨工业大学")[0].name == "哈尔滨工业大学"


def test_of_several_names_of_one_organisation_that_is_taken_which_stands_there() -> None:
    of_technology = "Xi'an University of Technology"
    for names in ((of_technology, "西安理工大学"), ("西安理工大学", of_technology)):
        several = Affiliations.of([entry("xaut", names[0], "CN", "Xi'an", *names[1:])])
        found = several.find(f"School of Science, {of_technology}, Xi'an, China")[0]
        assert (found.entry.key, found.name) == ("xaut", of_technology)
        assert several.find("西安理工大学")[0].name == "西安理工大学"


def test_other_names_of_an_organisation_speak_for_it_where_they_stand_apart() -> None:
    def spoken(text: str) -> dict[str, float]:
        alone = next(one.alone for one in registry().rivals(text) if one.key == "hit")
        return {feature: alone[feature] for feature in ("acronym_too", "other_names")}

    name = "Harbin Institute of Technology"
    assert spoken(name) == {"acronym_too": 0, "other_names": 0}
    assert spoken(f"{name} (HIT), Harbin") == {"acronym_too": 1, "other_names": 0}
    assert spoken(f"{name}, 哈尔滨工业大学") == {"acronym_too": 0, "other_names": 1}
    assert spoken("HIT, Harbin") == {"acronym_too": 0, "other_names": 0}


def test_an_acronym_is_told_from_a_name() -> None:
    found = registry().find("NUS, Singapore")[0]
    assert (found.entry.key, found.name, found.by_acronym) == ("nus", "NUS", True)


def test_a_name_whose_words_are_written_as_one_or_behind_a_number_is_found() -> None:
    both = Affiliations.of((entry("pcl", "Peng Cheng Laboratory", "CN", "Shenzhen", kind="facility"), *ENTRIES))
    assert both.find("Pengcheng Laboratory, Shenzhen, China")[0].entry.key == "pcl"
    assert both.find("1Zhejiang University, Hangzhou, China")[0].entry.key == "zju"


def test_what_is_kept_of_a_registry_answers_as_what_was_read(tmp_path: Path) -> None:
    RegistryNames.build(enumerate(ENTRIES)).save(tmp_path / "words")
    kept = Affiliations(RegistryNames.load(tmp_path / "words"), dict(enumerate(ENTRIES)))
    for text in ("Harbin Insitute of Technology, Harbin, China", "NUS, Singapore", "哈尔滨工业大学电气工程学院"):
        assert kept.find(text) == registry().find(text) != ()


@pytest.mark.parametrize("cut", [0, 100, -200])
def test_a_file_that_holds_no_names_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "words"
    RegistryNames.build(enumerate(ENTRIES)).save(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(IndexFileError, match="words: no names of a registry"):
        RegistryNames.load(path)


def test_names_of_another_format_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("risk_engine.screening.registry_names._FORMAT", 99)
        RegistryNames.build(enumerate(ENTRIES)).save(tmp_path / "words")
    with pytest.raises(IndexFileError, match=r"names of format 99, this program reads \d+"):
        RegistryNames.load(tmp_path / "words")


def test_who_reads_a_long_registry_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("risk_engine.screening.registry_names._TOLD", 100)  # 10,000: they take seconds
    told: list[int] = []
    RegistryNames.build(((0, replace(ENTRIES[0], names=(Name(f"Body {one}"),))) for one in range(201)), told.append)
    assert told == [100, 200]


def test_trees_ask_above_a_bound_and_give_what_stands_at_the_end_of_the_way() -> None:
    asks = (("near", 0.5), ("", 0.0), ("far", 2.0), *[("", 0.0)] * 12)
    tree = Tree(asks, tuple(float(end) for end in range(16)))
    rows = [{"near": 0.5, "far": 9.0}, {"near": 1.0, "far": 2.0}, {"near": 1.0, "far": 3.0}]
    assert Trees(-1.0, [tree, tree]).logits(rows) == [-1.0, 15.0, 23.0]
    assert Trees(-1.0, [tree]).logits([]) == []
    assert Tree.read(tree.line()) == tree


def test_each_feature_has_a_reason_in_words() -> None:
    reasons = json.loads(files("risk_engine.screening").joinpath("data", "affiliation.json").read_text("utf-8"))[
        "reasons"
    ]
    rivals = registry().rivals("Universities of Zurich and of Calabria")
    assert {*rivals[0].alone, *among(rivals)[0]} == reasons.keys()
    assert {feature for weighing in weighings() for feature in weighing.features} <= reasons.keys()
