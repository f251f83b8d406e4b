"""Names in all scripts are printed, and what no font has is a visible sign."""

import re
import sys
import unicodedata

import pytest

from risk_engine.files.harmless import clean_text
from risk_engine.report.blocks import Prose, Run, say, strong
from risk_engine.report.typst import Glyphs, pdf
from tests.report import printing
from tests.report.sheets import document, letter, letters, prose

NAMES = (
    "哈尔滨工业大学",
    "Łódź",
    "Αθήνα",
    "Ὀξφόρδη",
    "Москва",
    "東京大学",
    "ひらがな",
    "서울대학교",
    "Đại học Huế",
    "q̈",
)


@pytest.mark.parametrize(
    ("name", "style"),
    [
        *((name, "plain") for name in NAMES),
        *((NAMES[0], style) for style in ("strong", "em", "code", "mark")),
        *(
            pytest.param(name, style, marks=pytest.mark.nightly)
            for name in NAMES[1:]
            for style in ("strong", "em", "code", "mark")
        ),
    ],
)
def test_a_name_in_another_script_is_printed_and_can_be_copied(name: str, style: str) -> None:
    made = pdf(document(Prose(say(Run(name, style)))))  # type: ignore[arg-type]
    assert name in printing.text(made)


@pytest.mark.parametrize("name", ["دانشگاه تهران", "אוניברסיטה", "दिल्ली विश्वविद्यालय", "มหาวิทยาลัย"])
def test_a_name_whose_letters_join_or_run_leftward_has_all_its_glyphs(name: str) -> None:
    made = pdf(document(prose(f"Institute ({name}) 12")))
    assert "U+" not in printing.text(made)


@pytest.mark.parametrize(
    ("name", "lang"), [("東京大学", "und"), ("ひらがな", "ja"), ("서울", "ko"), ("Αθήνα", "el"), ("אוניברסיטה", "he")]
)
def test_words_of_another_script_tell_a_screen_reader_their_language(name: str, lang: str) -> None:
    page = printing.reader(pdf(document(prose(f"A {name} B")))).pages[0]
    assert f"/Lang({lang})".encode() in page["/Contents"].get_data()  # type: ignore[attr-defined]


def test_characters_are_drawn_as_the_country_of_their_language_writes_them() -> None:
    assert "NotoSansCJKkr" in " ".join(printing.fonts(pdf(document(prose("서울 大學")))))
    assert "NotoSansCJKjp" in " ".join(printing.fonts(pdf(document(prose("ひらがな")))))
    assert "NotoSansCJKsc" in " ".join(printing.fonts(pdf(document(prose("哈尔滨")))))


def test_a_glyph_that_no_font_has_is_a_visible_sign_and_the_first_page_says_so() -> None:
    made = pdf(document(prose("Lab 🙂 and 🙂, \ue000")))
    first = " ".join(printing.pages(made)[0])
    assert "Lab [U+1F642] and [U+1F642], [U+E000]" in first
    assert "2 characters have no glyph in the fonts of this document and stand as code points, as [U+E000]." in first


def is_far_eastern(letter: str) -> bool:
    return unicodedata.category(letter) == "Lo" and unicodedata.east_asian_width(letter) == "W"


@pytest.mark.nightly  # the fonts change with their lock alone
@pytest.mark.parametrize("style", ["plain", "em", "code"])
def test_every_character_that_is_not_shown_as_a_sign_can_be_printed_in_every_style(style: str) -> None:
    # Of the tens of thousands of Chinese and Korean letters, which come from one font, each sixteenth is enough.
    every = (one for one in map(chr, range(0x20, sys.maxunicode + 1)) if ord(one) % 16 == 0 or not is_far_eastern(one))
    letters = [one for one in every if clean_text(one) == Glyphs().shown(one) == one]
    assert len(letters) > 7000
    lines = [" ".join(letters[start : start + 500]) for start in range(0, len(letters), 500)]
    made = pdf(document(*(Prose(say(Run(one, style))) for one in lines)))  # type: ignore[arg-type]
    assert set(printing.fonts(made).values()) == {True}


def test_what_only_chooses_a_variant_of_a_letter_is_not_missing() -> None:
    said = printing.text(pdf(document(prose("葛\U000e0100城 and می\u200cکند, ☎\ufe0e"))))
    assert "葛城" in said
    assert "U+" not in said


def test_what_is_missing_is_said_in_the_language_of_the_document() -> None:
    made = pdf(document(prose("Labor 🙂"), language="de"))
    said = "1 Zeichen fehlt in den Schriften dieses Dokuments und steht als Codepunkt: [U+1F642]."
    assert said in printing.text(made)


def test_a_letter_says_at_its_end_what_is_missing() -> None:
    said = printing.text(pdf(letters(letter("Tree 🙂", prose("Dear picker,")))))
    assert said.index("Dear picker,") < said.index("1 character has no glyph")


def test_what_runs_leftward_reorders_nothing_beside_it() -> None:
    places = printing.word_places(pdf(document(prose("A דג (خبز) 12 B"))))
    arabic = [one.left for one in places if re.search("[خبز]", one.text)]
    after = [one.left for one in places if one.text in {"12", "B"}]
    assert arabic
    assert max(arabic) < min(after)


def test_chinese_characters_are_strong_where_the_words_beside_them_are() -> None:
    def is_outlined(*runs: Run) -> bool:
        page = printing.reader(pdf(document(Prose(say(*runs))))).pages[0]
        return b" 2 Tr" in page["/Contents"].get_data()  # type: ignore[attr-defined]

    assert is_outlined(strong("哈尔滨"))
    assert not is_outlined(Run("哈尔滨"), strong("Łódź"))
