"""Words that must not be read are found however they are written, and nothing else is struck out."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.report.pages.redact_text import secrets


def struck(text: str, *words: str, known: tuple[str, ...] = ()) -> str:
    """Return a text with `#` in place of every word that tells one of the words."""
    return secrets(words, known).struck(text, "#")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Work with Songhua Institute on maps", "Work with # on maps"),
        ("SONGHUA INSTITUTE", "#"),
        ("the Songhua\u00a0 \n Institute.", "the #."),
        ("songhua-institute/2026", "#/2026"),
        ("SonghuaInstitute", "#"),
        ("Song\u00adhua Insti\u200dtute", "#"),
        ("Songhua’s Institute", "Songhua’s Institute"),
        ("Songhua Institutes", "#"),
        ("(Songhua, Institute)", "(#)"),
        ("Sònghuá Institute", "#"),
        ("Songhua alone, Institute alone", "Songhua alone, Institute alone"),
        ("Songhua Institute and Songhua Institute", "# and #"),
    ],
)
def test_a_name_is_struck_however_it_is_written(text: str, wanted: str) -> None:
    assert struck(text, "Songhua Institute") == wanted


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_letter_may_be_written_in_each_form_of_unicode(form: str) -> None:
    text = normalize(form, "Die Universität Łódź, ﬁlial")  # type: ignore[arg-type]
    assert struck(text, "Universität Łódź") == f"Die #, {normalize(form, 'ﬁlial')}"  # type: ignore[arg-type]
    assert struck(text, "filial").endswith(", #")


def test_scripts_without_spaces_are_searched_letter_by_letter() -> None:
    assert struck("与哈尔滨工业大学合作", "哈尔滨工业大学") == "与#合作"
    assert struck("与清华合作", "清华") == "与#合作"
    assert struck("하얼빈공업대학과 함께", "하얼빈공업대학") == "#과 함께"


def test_a_short_word_is_struck_as_a_word_only() -> None:
    assert struck("Xian, the Xians of Maxian", "Xian") == "#, the Xians of Maxian"


@pytest.mark.parametrize("word", ["", "Xu", "7", "no", "华", "—"])
def test_a_word_of_hardly_any_letters_is_not_searched_for(word: str) -> None:
    assert struck(f"a {word} b", word) == f"a {word} b"


def test_a_number_is_found_with_signs_between_its_digits_and_not_within_another() -> None:
    assert struck("18 000, 18.000, 18000; 118000 and 180001", "18000") == "#, #, #; 118000 and 180001"


def test_words_that_overlap_are_struck_as_one() -> None:
    assert struck("a Northern Harbour Museum b", "Northern Harbour", "Harbour Museum") == "a # b"


def test_what_is_known_as_a_whole_from_elsewhere_is_no_secret() -> None:
    assert struck("Harbour Museum", "Harbour museum", known=("HARBOUR MUSEUM",)) == "Harbour Museum"
    assert struck("Harbour Museum", "Harbour Museum", known=("The Harbour Museum",)) == "#"


def test_a_combining_mark_goes_with_its_letter() -> None:
    assert struck("Museo\u0301\u0302 x", "Museo") == "# x"


@given(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.text("abcdefgh", min_size=6, max_size=12),
    st.text(st.characters(codec="utf-8"), max_size=30),
)
def test_no_word_of_six_letters_or_more_is_left(before: str, word: str, after: str) -> None:
    text = struck(f"{before}{word}{after}", word)
    assert word not in text.casefold()
    assert not list(secrets([word], ()).told(text))


@given(st.text("klm ,-\n"), st.text("abc", min_size=1, max_size=8))
def test_a_text_without_a_letter_of_the_word_stays_as_it_is(text: str, word: str) -> None:
    assert struck(text, word) == text


SIGNS = st.text(
    st.sampled_from("abK \u00b4`^\u00a8\u0301\u0345\u00ad-#\u534e\u3005\u330f\u32c0\u24b6\u02b0\ufdfaüue\uac00"),
    max_size=12,
)


@given(
    st.one_of(SIGNS, st.text(max_size=20)),
    st.lists(st.one_of(SIGNS, st.text(max_size=8)), min_size=1, max_size=4),
    st.sampled_from(["#", "[withheld: ab]"]),
)
def test_after_striking_nothing_is_told_whatever_the_text_and_the_secrets_are(
    text: str, words: list[str], mark: str
) -> None:
    searched = secrets([*words, text[1:4], text[2:8]])
    assert list(searched.told(searched.struck(text, mark), [mark])) == []


@pytest.mark.parametrize("sign", "`^\u00b4\u00a8'\u201c_")
def test_a_sign_between_words_parts_them_also_an_accent_that_stands_alone(sign: str) -> None:
    assert struck(f"{sign}Lab{sign}Kim{sign} work", "Kim") == f"{sign}Lab{sign}#{sign} work"


def test_what_is_told_across_a_mark_is_not_told() -> None:
    searched = secrets(["Lab [x] Kim"])
    assert list(searched.told("Lab [x] Kim")) == ["Lab [x] Kim"]
    assert list(searched.told("Lab [x] Kim", ["[x]"])) == []


def test_what_is_left_is_told_by_another_way_to_look() -> None:
    searched = secrets(["Songhua Institute", "Xian"], ())
    assert set(searched.told("the songhua   INSTITUTE")) == {"Songhua Institute"}
    assert set(searched.told("Xian")) == {"Xian"}
    assert set(searched.told("Maxian, Songhua, an Institute")) == set()
