"""Names are read so that writings of one organisation come together, and two organisations stay two."""
# ruff: noqa: RUF001

import pytest

from risk_engine.screening.names import WordKind, fold, forms_of, read


def forms(name: str) -> list[str]:
    return [word.form for word in read(name).words]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Universität Zürich", "UNIVERSITAT ZURICH"),
        ("Xi'an Jiaotong University", "Xi’an Jiaotong  University"),
        ("Texas A&amp M University", "Texas A&M University"),
        ("南京航空航天大學", "南京航空航天大学"),
        ("Łódź", "Lodz"),
        ("Наука", "Nauka"),
        ("Ελλάς", "Ellas"),
        ("S.p.A.", "S. P. A."),
        ("Ｂｅｉｊｉｎｇ", "Beijing"),
        ("Université de l'Académie", "Universite de l’Academie"),
    ],
)
def test_case_accents_punctuation_and_alphabet_make_no_other_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Univ. of Vienna", "Universität Wien"),
        ("Harbin Inst. of Technol.", "Harbin Institute of Technology"),
        ("Moskovskij gosudarstvennyj universitet", "Московский государственный университет"),
        ("Natl. Acad. Sci.", "National Academy of Sciences"),
        ("The First Hospital", "1st Hospital"),
        ("Siemens Aktiengesellschaft", "Siemens AG"),
        ("Example Company Limited", "Example Co., Ltd."),
    ],
)
def test_words_in_other_languages_and_short_have_one_form(one: str, other: str) -> None:
    assert forms(one) == forms(other)
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Xi'an University of Technology", "Xi'an Technological University"),
        ("Northwest University", "Northwestern University"),
        ("Nanjing University", "Nanjing University of Aeronautics and Astronautics"),
        ("Example GmbH", "Example AG"),
        ("28th Research Institute", "38th Research Institute"),
    ],
)
def test_what_is_two_organisations_is_read_as_two(one: str, other: str) -> None:
    assert sorted(forms(one)) != sorted(forms(other))


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("Siemens AG", WordKind.LEGAL, ["ag"]),
        ("As Salam Institute", WordKind.LEGAL, []),
        ("Norsk Hydro AS", WordKind.LEGAL, ["as"]),
        ("OOO Gazprom", WordKind.LEGAL, ["ooo"]),
        ("Huawei Technologies (China)", WordKind.COUNTRY, ["china"]),
        ("Example Institute, P. R. China", WordKind.COUNTRY, ["china"]),
        ("Tsinghua University CN", WordKind.COUNTRY, ["china"]),
        ("University of Georgia", WordKind.COUNTRY, []),
        ("54th Research Institute", WordKind.NUMBER, ["54"]),
    ],
)
def test_a_word_is_read_by_its_place(name: str, kind: WordKind, words: list[str]) -> None:
    assert [word.form for word in read(name).words if word.kind is kind] == words


def test_commas_brackets_and_dashes_part_a_name_but_not_from_its_legal_form() -> None:
    segments = [(word.text, word.segment) for word in read("Example Works Co., Ltd. (Group), Harbin - China").words]
    assert segments == [("example", 0), ("works", 0), ("co ltd", 0), ("group", 1), ("harbin", 2), ("china", 3)]


@pytest.mark.parametrize("name", ["BUAA", "UMIST", "CEA", "HIT"])
def test_a_bare_acronym_is_known(name: str) -> None:
    assert read(name).is_acronym


@pytest.mark.parametrize("name", ["Yale", "Huawei", "Tsinghua University", "清华"])
def test_a_short_name_is_no_acronym(name: str) -> None:
    assert not read(name).is_acronym


@pytest.mark.parametrize("name", ["", " ", "&", "...", "the", "E.ON SE", "\u0301", "\ud83d\ude00"])
def test_what_hardly_is_a_name_is_read_all_the_same(name: str) -> None:
    assert read(name).plain == fold(name)
    assert all(word.form for word in read(name).words)
    assert all(forms_of(fold(name)))


def test_capitals_within_a_name_are_its_acronyms() -> None:
    name = read("KTH Royal Institute of Technology (KTH)")
    assert name.acronyms == {"kth"}
    assert name.initials == "krit" + "k"


@pytest.mark.parametrize(
    ("chinese", "others"),
    [
        ("湖南科技大学", ["Hunan Keji Daxue", "Húnán Kējìdàxué", "Hunan University of Science and Technology"]),
        ("中国人民解放军空军指挥学院", ["Kongjun Zhihui Xueyuan, Jiefangjun"]),
        ("华东师范大学", ["East China Normal University"]),
        ("陕西師大", ["Shaanxi Normal University"]),
        (
            "中国电子科技集团公司第五十四研究所",
            ["54 Institute, China Electronic Science Technology Group Corporation"],
        ),
        ("第七七一研究所", ["771 Institute"]),
        ("浙大", ["Zhe University"]),
        ("湖北大学", ["Hubei University"]),  # in which 北大 would name another one
    ],
)
def test_chinese_is_read_as_the_same_words_as_its_sound_and_its_translation(chinese: str, others: list[str]) -> None:
    for other in others:
        assert sorted(forms_of(fold(chinese))) == sorted(forms_of(fold(other)))
        assert read(chinese).plain != read(other).plain


def test_a_term_keeps_the_signs_that_it_was_written_with() -> None:
    assert [(word.text, word.form) for word in read("湖南科技大学").words] == [
        ("湖南", "hunan"),
        ("科技", "science"),
        ("科技", "technology"),
        ("大学", "university"),
    ]


@pytest.mark.parametrize("word", ["jishunese", "university", "Guangji", "shida"])
def test_what_only_looks_like_pinyin_stays_a_word(word: str) -> None:
    assert forms_of(fold(word)) == [fold(word)]


def test_a_company_at_the_end_is_a_legal_form_and_elsewhere_a_word() -> None:
    assert [word.kind for word in read("Saba Steel Company").words][-1] is WordKind.LEGAL
    assert WordKind.LEGAL not in {word.kind for word in read("Company of Saba Steel").words}


def test_one_letter_at_the_end_of_a_name_belongs_to_it() -> None:
    assert forms("Arvend-I") == ["arvend", "i"]
    assert forms("Arvend i Dolm") == ["arvend", "dolm"]
