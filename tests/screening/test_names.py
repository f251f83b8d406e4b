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
