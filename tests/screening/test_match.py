"""A name is matched with names of a list word by word: what agrees makes it identical, strong or possible."""

import json
from importlib.resources import files

import pytest

from risk_engine.screening.comparison import How, compare
from risk_engine.screening.index import NameIndex
from risk_engine.screening.match import Candidate, Searcher
from risk_engine.screening.names import read
from risk_engine.screening.scoring import About, features, weights

LISTED = [
    ["Nanjing University", "南京大学"],
    ["Xi'an Technological University"],
    ["Northwestern Polytechnical University", "NWPU", "西北工业大学"],
    ["Harbin Institute of Technology", "HIT", "哈尔滨工业大学"],
    ["Beihang University", "Beijing University of Aeronautics and Astronautics", "BUAA"],
    ["28th Research Institute of China Electronics Technology Group Corporation"],
    ["Deutsche Bank AG"],
    ["Lanzhou University of Technology"],
    ["Army Engineering University of PLA"],
]
NAMES = [name for names in LISTED for name in names]
OWNERS = [owner for owner, names in enumerate(LISTED) for _ in names]


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return Searcher(NAMES, OWNERS)


def first(searcher: Searcher, name: str, country: str = "") -> Candidate:
    return searcher.search(name, country)[0]


def test_a_name_finds_itself(searcher: Searcher) -> None:
    for name, owner in zip(NAMES, OWNERS, strict=True):
        found = first(searcher, name)
        assert (found.owner, found.strength) == (owner, "possible" if read(name).is_acronym else "identical"), name


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("HARBIN INSTITUTE OF TECHNOLOGY", 3),
        ("Harbin Inst. of Technol.", 3),
        ("HarbinInstitute of Technology", 3),
        ("Harbin Institute of Technolgy", 3),
        ("Northwestern Polytechnical Univ.", 2),
        ("Beijing Univ. Aeronaut. & Astronaut.", 4),
        ("Deutsche Bank Aktiengesellschaft", 6),
        ("哈爾濱工業大學", 3),
        ("Army Engineering University of the People's Liberation Army", 8),
        ("Xibei Gongye Daxue", 2),
        ("Hā'ěrbīn Gōngyè Dàxué", 3),
        ("北京航空航天大学", 4),
        ("Deutsche Bank Company", 6),
    ],
)
def test_the_same_name_written_otherwise_is_a_hit(searcher: Searcher, name: str, owner: int) -> None:
    found = first(searcher, name)
    assert (found.owner, found.strength in {"identical", "strong"}) == (owner, True), (found.name, found.same)


@pytest.mark.parametrize(
    "name",
    [
        "Nanjing University of Aeronautics and Astronautics",
        "Xi'an University of Technology",
        "Northwestern University",
        "Northwest University",
        "38th Research Institute of China Electronics Technology Group Corporation",
        "Research Institute of China Electronics Technology Group Corporation",
        "Deutsche Bank Trust Company",
        "Lanzhou University",
        "Lanzhou Jiaotong University",
        "南京航空航天大学",
        "Nanxing University",
        "Lanzhou Technological University",
        "兰州科技大学",
    ],
)
def test_another_organisation_with_a_like_name_is_no_hit(searcher: Searcher, name: str) -> None:
    hits = [(one.name, one.same) for one in searcher.search(name) if one.strength in {"identical", "strong"}]
    assert hits == []


def test_what_stands_within_a_longer_name_is_at_most_possible_and_marked_as_a_part(searcher: Searcher) -> None:
    for name in (
        "School of Computer Science, Beihang University",
        "Beihang University Hospital",
        "Beihang University Press",
    ):
        found = first(searcher, name)
        assert (found.owner, found.strength, found.is_part) == (4, "possible", True), name


def test_a_line_of_an_author_names_the_only_organisation_of_a_list() -> None:
    line = (
        "State Key Laboratory of Software Development Environment, School of Computer Science and Engineering, "
        "Beihang University, Beijing 100191, China"
    )
    found = first(Searcher(["Beihang University"], [0]), line)
    assert (found.strength, found.is_part) == ("possible", True)


def test_words_of_a_name_that_lie_about_in_another_order_are_no_part_of_it() -> None:
    electronics = Searcher([*NAMES, "中国电子"], [*OWNERS, 99])
    assert first(electronics, "School of Physics, 中国电子").strength == "possible"
    found = electronics.search("Institute of Electronics, Harbin 150001, China")
    assert [one.strength for one in found if one.owner == 99] == [None]


@pytest.mark.parametrize("name", ["BUAA", "HIT", "NWPU"])
def test_a_bare_acronym_is_at_most_possible(searcher: Searcher, name: str) -> None:
    assert {one.strength for one in searcher.search(name)} <= {"possible", None}
    assert first(searcher, name).strength == "possible"


def test_initials_are_found_though_the_list_has_no_acronym() -> None:
    searcher = Searcher(["Lanzhou University of Technology", "Lanzhou Jiaotong University"], [0, 1])
    assert first(searcher, "LUT").owner == 0


def test_another_country_is_no_strong_hit() -> None:
    searcher = Searcher(["Northeastern University of Boston"], [0], about={0: About(countries=frozenset({"us"}))})
    query = "Northeastern Univ. of Boston"
    assert first(searcher, query).strength == "strong"
    assert first(searcher, query, "US").strength == "strong"
    assert first(searcher, query, "CN").strength == "possible"


def test_each_organisation_is_found_once_by_its_nearest_name(searcher: Searcher) -> None:
    found = searcher.search("Beijing University of Aeronautics and Astronautics")
    assert found[0].name == "Beijing University of Aeronautics and Astronautics"
    assert len({one.owner for one in found}) == len(found)


def test_who_asks_a_registry_gets_the_organisation_of_which_a_department_is_meant(searcher: Searcher) -> None:
    answer = searcher.answer("School of Astronautics, Harbin Institute of Technology, Harbin, China")
    assert answer is not None
    assert (answer.candidate.owner, answer.is_given) == (3, True)


def test_words_that_are_only_related_make_an_answer_less_sure() -> None:
    searcher = Searcher(["Isaac Dolm Institute", "Arvend University"], [0, 1])
    same, related = (searcher.answer(f"Isaac Dolm {kind}") for kind in ("Institute", "Centre"))
    assert same is not None
    assert related is not None
    assert (same.candidate.owner, related.candidate.owner) == (0, 0)
    assert related.sureness < same.sureness - 1


def test_who_asks_a_registry_for_what_it_has_not_gets_no_answer(searcher: Searcher) -> None:
    answer = searcher.answer("Institute of Marine Biology")
    assert answer is None or not answer.is_given
    assert searcher.answer("qqq") is None


def test_words_that_the_record_explains_do_not_count_as_more() -> None:
    about = About(acronyms=frozenset({"hit"}), places=frozenset({"harbin"}), countries=frozenset({"cn"}))
    found = compare(read("Example Institute (HIT), Harbin, China"), read("Example Institute"))
    assert features(found, about)["left_query_sum"] == 0
    assert features(found, About())["left_query_sum"] > 0


@pytest.mark.parametrize(
    ("query", "name", "how"),
    [
        ("Universität Arvend", "University of Arvend", How.FORM),
        ("Arvend Psychiat Centre", "Arvend Psychiatric Centre", How.SHORT),
        ("Arvend Hospitel", "Arvend Hospital", How.SPELLING),
        ("Gröningen Stadt", "Groeningen Stadt", How.SPELLING),
        ("Farwest Institute", "Far West Institute", How.JOINED),
        ("Far West Institute", "Farwest Institute", How.JOINED),
        ("Arvend Technical College", "Arvend College of Technology", How.NEAR),
    ],
)
def test_how_two_words_agree_is_told(query: str, name: str, how: How) -> None:
    found = compare(read(query), read(name))
    assert how in {pair.how for pair in found.pairs}
    assert (found.left_query, found.left_name) == ((), ())


def test_a_word_that_stands_twice_is_taken_beside_the_rest_of_the_name() -> None:
    name = "Dolm Institute of Technology"
    found = compare(read(f"Key Laboratory of Imaging Technology and Systems {name}"), read(name))
    # key, laboratory, imaging, technology, systems, dolm, institute, technology
    assert sorted((pair.query, pair.name) for pair in found.pairs) == [(5, 0), (6, 1), (7, 2)]
    assert found.left_query == (0, 1, 2, 3, 4)
    assert not features(found, About())["inside"]


def test_who_asks_a_registry_has_more_names_compared_than_who_asks_a_list() -> None:
    searcher = Searcher([f"Dolmvend Institute {number}" for number in range(100)], range(100))
    few, many = (searcher.compared("Dolmvend Institute", to_answer=to_answer) for to_answer in (False, True))
    assert len(few) * 2 < len(many)
    assert {one.place for one in few} <= {one.place for one in many}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Hunan Institute", "Henan Institute"),
        ("28th Institute", "38th Institute"),
        ("Northwest Bank", "Northwestern Bank"),
        ("Xiangnan Institute", "Xiangtan Institute"),
        ("南京研究所", "南经研究所"),
    ],
)
def test_known_words_numbers_and_directions_are_no_slips_of_each_other(query: str, name: str) -> None:
    assert [pair.how for pair in compare(read(query), read(name)).pairs] == [How.SAME]


@pytest.mark.parametrize(
    ("query", "listed", "clean"),
    [
        ("Xian University of Technolog", "Xi'an Technological University", "Xi'an University of Technology"),
        ("Xian Univ Technologi", "Xi'an Technological University", "Xi'an University of Technology"),
        ("Xian Technologic University", "Xi'an University of Technology", "Xi'an Technological University"),
        ("Arvend Electr Institute", "Arvend Electronic Institute", "Arvend Electrical Institute"),
        ("Arvend Electri Institute", "Arvend Electronic Institute", "Arvend Electrical Institute"),
        ("Arvend Pharmac Institute", "Arvend Pharmacy Institute", "Arvend Pharmacology Institute"),
        ("Arvend Psych Institute", "Arvend Psychiatry Institute", "Arvend Psychology Institute"),
        ("Guang University of Technology", "Guangdong University of Technology", "Guangxi University of Technology"),
    ],
)
def test_a_word_cut_short_that_begins_two_is_at_most_possible(query: str, listed: str, clean: str) -> None:
    """What is not listed, here the clean one, may be meant as well: it need not be there to be near."""
    for names in ([listed], [listed, clean]):
        found = Searcher(names, range(len(names))).search(query)
        assert found
        assert {one.strength for one in found} == {"possible"}


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("Xian University of Technol.", "Xi'an University of Technology"),
        ("Arvend University of Aeronaut", "Arvend University of Aeronautics"),
        ("Arvend Institute of Electron", "Arvend Institute of Electronics"),
        ("Arvend Polytechn University", "Arvend Polytechnic University"),
        ("Arvend Polytechn University", "Arvend Polytechnical University"),
        ("Arvend Unive.", "Arvend University"),
        ("Nanj University", "Nanjing University"),
        ("Front for the Liber. of Arvend, Dolm Faction", "Front for the Liberation of Arvend, Dolm Faction"),
    ],
)
def test_a_word_cut_short_that_begins_one_or_stands_among_telling_ones_may_be_strong(query: str, listed: str) -> None:
    assert first(Searcher([listed], [0]), query).strength == "strong"


@pytest.mark.parametrize("country", ["", "CN"])
@pytest.mark.parametrize(
    ("clean", "listed"),
    [
        ("Beijing Jiaotong University", "Shanghai Jiao Tong University"),  # another town
        ("重庆邮电大学", "Xi'an University of Posts and Telecommunications"),
        ("Wuhan Institute of Technology", "Wuhan University of Technology"),  # another type of organisation
        ("Harbin Inst. of Tech.", "Heilongjiang Institute of Technology"),  # nothing of its own agrees
        ("University of Science and Technology of China", "Nanjing University of Science and Technology"),
        ("Harbin Institute of Technology", "Harbin University of Science and Technology"),
        ("Shenyang University", "Shenyang Aerospace University"),  # a town alone agrees
        ("湖南科技学院", "湖南科技大学"),  # a college, and a university
        ("湖北大学", "中北大学"),
        ("江南智能机器人研究院", "Jiangnan Institute of Social Studies"),  # of robots, of society
        ("Shenyang University of Technology", "沈阳理工大学"),  # which calls itself Shenyang Ligong University
    ],
)
def test_what_names_of_a_country_have_in_common_makes_no_strong_hit(clean: str, listed: str, country: str) -> None:
    searcher = Searcher([listed], [0], about={0: About(places=frozenset({"harbin"}), countries=frozenset({"cn"}))})
    assert [one.strength for one in searcher.search(clean, country) if one.strength in {"strong", "identical"}] == []
    assert searcher.search(listed)[0].strength == "identical"


def test_a_chinese_name_may_be_strongly_like_each_of_its_translations() -> None:
    listed = ["Northwestern Polytechnical University", "Northwest University of Technology"]
    searcher = Searcher(listed, [0, 1], about=dict.fromkeys((0, 1), About(countries=frozenset({"cn"}))))
    assert first(searcher, "西北工业大学", "CN").strength == "strong"


def test_every_feature_has_a_weight_and_a_reason() -> None:
    values = features(compare(read("Example Institute"), read("Example")), About())
    by = weights()
    for part in (by.same, by.answer):
        assert part.keys() - {"constant"} == values.keys()
    assert {*by.same, *by.sure} <= by.reasons.keys()
    table = json.loads(files("risk_engine.screening").joinpath("data", "weights.json").read_text(encoding="utf-8"))
    assert all(reason.endswith(".") for reason in table["reasons"].values())


def test_a_searcher_refuses_an_index_of_another_list() -> None:
    with pytest.raises(ValueError, match="3 names, 3 owners and an index of 1"):
        Searcher(["a", "b", "c"], [0, 1, 2], index=NameIndex.build(["a"]))
