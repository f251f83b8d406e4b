"""The names worth comparing are found by their letters, and the file that keeps them is read as it was written."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.screening.altered import CHANGES
from risk_engine.screening.index import IndexFileError, NameIndex

PLACES = [
    "Arvend",
    "Bolmar",
    "Cestrow",
    "Dunvik",
    "Elbrin",
    "Farnost",
    "Gilmund",
    "Horvath",
    "Istrel",
    "Jarnov",
    "Kelmar",
]
KINDS = [
    "University of {}",
    "{} Institute of Technology",
    "{} Academy of Sciences",
    "Hospital of {}",
    "{} Works Co., Ltd.",
]
FIELDS = ["Medicine", "Physics", "Aviation", "Electronics", "Forestry", "Music", "Applied Optics", "Metallurgy"]
NAMES = [f"{kind.format(place)} for {field}" for place in PLACES for kind in KINDS for field in FIELDS]
ODD = [
    "南京大学",
    "南京航空航天大学",
    "Университет Дубна",
    "E",
    "&",
    "",
    "BUAA",
    "Beihang University of Aeronautics and Astronautics",
]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex.build([*NAMES, *ODD])


def test_a_name_finds_itself_first(index: NameIndex) -> None:
    for place, name in enumerate([*NAMES, *ODD]):
        if name not in {"&", ""}:
            assert index.candidates(name, 5)[0] == place, name


def test_names_as_people_write_them_are_found(index: NameIndex) -> None:
    drawn = random.Random(4)  # noqa: S311
    for change in CHANGES:
        asked = range(drawn.randrange(6), len(NAMES), 6)
        lost = [NAMES[place] for place in asked if place not in index.candidates(change(NAMES[place], drawn), 100)]
        assert len(lost) <= 1, (change.__name__, lost)


def test_an_acronym_finds_what_it_stands_for_and_is_found_by_it() -> None:
    index = NameIndex.build(["Example Body", "North Coast Institute of Arts", "NCIA", *NAMES])
    assert 1 in index.candidates("NCIA", 5)
    assert 2 in index.candidates("North Coast Institute of Arts", 5)
    assert 2 in index.candidates("Some Works (NCIA)", 5)


def test_a_name_in_a_longer_text_is_found(index: NameIndex) -> None:
    text = "Department of Theoretical Studies and General Inquiries, Horvath Academy of Sciences for Music, Springfield"
    assert NAMES.index("Horvath Academy of Sciences for Music") in index.candidates(text, 5)


@pytest.mark.parametrize("others", [0, 2, 400])
def test_a_name_in_a_line_of_an_author_is_found_however_few_names_there_are(others: int) -> None:
    """Of a short list no run of letters is rare, and what the list has not is as rare as can be."""
    index = NameIndex.build(["Beihang University", *NAMES[:others]])
    text = (
        "State Key Laboratory of Software Development Environment, School of Computer Science and Engineering, "
        "Beihang University, Beijing 100191, China"
    )
    assert 0 in index.candidates(text, 5)


def test_of_names_that_look_alike_those_with_the_very_word_come_first() -> None:
    alike = [f"Farn{one}st {other}pticals" for one in "aei" for other in "AEU"]
    names = [*alike, "Opticals Company of Farnost", *NAMES]
    found = [names[place] for place in NameIndex.build(names).candidates("Farnost Opticals", 5)]
    assert all("Farnost" in name for name in found), found


def test_several_may_ask_at_once(index: NameIndex) -> None:
    asked = NAMES[::3] * 3
    alone = [index.candidates(name, 20).tolist() for name in asked]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda name: index.candidates(name, 20).tolist(), asked)) == alone


def test_candidates_are_no_more_than_asked_for_and_each_once(index: NameIndex) -> None:
    found = index.candidates(NAMES[7], 30).tolist()
    assert len(found) == len(set(found)) == 30


def test_what_shares_nothing_finds_nothing() -> None:
    assert NameIndex.build(["Beihang University"]).candidates("zzzzqqqqxxxx", 10).tolist() == []
    assert NameIndex.build([]).candidates("University", 10).tolist() == []


def test_the_order_of_names_makes_no_difference_to_what_is_found(index: NameIndex) -> None:
    names = [*NAMES, *ODD]
    shuffled = random.Random(1).sample(range(len(names)), len(names))  # noqa: S311
    other = NameIndex.build([names[place] for place in shuffled])
    for name in (NAMES[11], "Dunvik Inst. Technol. Forestry", "南京"):
        found = {names[place] for place in index.candidates(name, len(names)).tolist()}
        assert found == {names[shuffled[place]] for place in other.candidates(name, len(names)).tolist()}


def test_a_stored_index_answers_as_the_one_that_was_built(index: NameIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "index")
    stored = NameIndex.load(tmp_path / "index")
    assert len(stored) == len(index) == len(NAMES) + len(ODD)
    for name in NAMES[::40]:
        assert stored.candidates(name, 50).tolist() == index.candidates(name, 50).tolist()


@pytest.mark.parametrize("cut", [0, 10, 4_000])
def test_a_file_that_is_no_index_is_refused_with_its_name(index: NameIndex, tmp_path: Path, cut: int) -> None:
    index.save(tmp_path / "index")
    (tmp_path / "index").write_bytes((tmp_path / "index").read_bytes()[:cut])
    with pytest.raises(IndexFileError, match=r"index: no index of names"):
        NameIndex.load(tmp_path / "index")


def test_an_index_of_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("risk_engine.screening.index._FORMAT", 99)
        NameIndex.build(["a"]).save(tmp_path / "index")
    with pytest.raises(IndexFileError, match=r"index: an index of format 99, this program reads \d+"):
        NameIndex.load(tmp_path / "index")


def test_who_builds_a_long_index_is_told_how_far_it_is() -> None:
    told: list[int] = []
    NameIndex.build([f"Name {number}" for number in range(21_000)], told.append)
    assert told == [20_000, 21_000]
