"""A Word document is what it looks like: a heading is a heading, a list a list; it opens unharmed, always the same."""

import io
import sys
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.report.blocks import Field, Fields, Prose, Run, Section, Table, View, mark, say, strong
from risk_engine.report.view import view
from risk_engine.report.word import docx, pictures_left_out
from tests.report.opening import W, damage, opened, paragraphs, runs, style_of, text
from tests.report.papers import ANSWER, PICTURE, SCALE, document, letters
from tests.report.samples import full
from tests.report.test_escaping import hostile

PLAIN = docx(document())
ANSWERED = document(answer=ANSWER, scales=(SCALE,), scope=Field("How far it reaches", (say("One tree."),)))
LETTERS = docx(letters())


def with_line(*parts: str | Run) -> View:
    """Return a document of one paragraph."""
    return document(sections=(Section("one", "One", (Prose(say(*parts)),)),))


def body(content: bytes) -> Any:
    return opened(content).element.body


# --- it opens unharmed ---


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(document(), id="blocks"),
        pytest.param(ANSWERED, id="answer"),
        pytest.param(letters(), id="letters"),
        pytest.param(view(full(hostile)), id="hostile"),
        pytest.param(document(warning=say(strong("Secret. "), "Keep it."), footer=""), id="warning"),
    ],
)
def test_no_reader_finds_anything_to_repair(shown: View) -> None:
    assert damage(docx(shown)) == []


def test_what_is_looked_for_as_damage_would_be_found() -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as whole:
        parts = {one: whole.read(one) for one in whole.namelist()}
    target = io.BytesIO()
    wrong = parts["word/document.xml"].replace(b"<w:cantSplit/><w:tblHeader/>", b"<w:jc w:val='nowhere'/>")
    assert wrong != parts["word/document.xml"]
    with zipfile.ZipFile(target, "w") as broken:
        for name, content in (parts | {"word/document.xml": wrong}).items():
            broken.writestr(name, content)
    assert damage(target.getvalue()) != []


def test_all_numbers_and_names_are_there_once_and_all_links_arrive() -> None:
    made = opened(docx(view(full())))
    every = made.element.body
    names = [one.get(qn("w:name")) for one in every.iter(qn("w:bookmarkStart"))]
    starts = [one.get(qn("w:id")) for one in every.iter(qn("w:bookmarkStart"))]
    ends = [one.get(qn("w:id")) for one in every.iter(qn("w:bookmarkEnd"))]
    pictures = [one.get("id") for one in every.iter(qn("wp:docPr"))]
    assert len(names) > 15
    assert len(pictures) > 4
    assert len({one.casefold() for one in names}) == len(names)
    assert (len(set(starts)), starts) == (len(starts), ends)
    assert len(set(pictures)) == len(pictures)
    links = {one.get(qn("w:anchor")) for one in every.iter(qn("w:hyperlink"))} - {None}
    assert links <= set(names)
    assert len(links) > 3
    noted = {one.get(qn("r:id")) for one in every.iter(qn("w:hyperlink"))} - {None}
    drawn = {one.get(qn("r:embed")) for one in every.iter(qn("a:blip"))}
    assert noted | drawn <= set(made.part.rels)


def test_the_bytes_are_the_same_each_time_and_bear_the_day_of_the_document() -> None:
    again = docx(document())
    assert again == PLAIN
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as package:
        assert {one.date_time for one in package.infolist()} == {(2026, 3, 2, 0, 0, 0)}
        assert b"2026-03-02T00:00:00Z" in package.read("docProps/core.xml")
    assert docx(document(on=date(1970, 1, 1)))[:2] == b"PK"


# --- headings, lists, tables ---


def test_every_block_has_its_own_style() -> None:
    assert paragraphs(opened(PLAIN)) == [
        ("Title", "Plan for the old tree (A-1)"),
        ("Subtitle", "Hill Orchard · 2 March 2026"),
        ("Heading 1", "The trees"),
        ("Normal", "Of all trees this one is unverified, see tree.py, the law and its fruit."),
        ("List Bullet", "First"),
        ("List Bullet", "Second"),
        ("Report Field", "Age\t80"),
        ("Report Field Label", "Owners"),
        ("Report Field Bullet", "Ada"),
        ("Report Field Bullet", "Grace"),
        ("Caption", "What grows"),
        ("Report Table Head", "Tree"),
        ("Report Table Head", "Fruit"),
        ("Report Table Text", "Old"),
        ("Report Table Text", "Apples ripe"),
        ("Report Table Text", "Young"),
        ("Report Table Text", "Pears"),
        ("Normal", "Below the table."),
        ("Heading 2", "Its fruit ripe"),
        ("Report Picture Title", "Apples of each tree"),
        ("Report Picture", ""),
        ("Normal", "Sweet."),
        ("Heading 1", "Signing"),
        ("Report Signature", "Name\t\t"),
        ("Report Signature", "Date and signature\t\t"),
        ("Report Closing", "A named person decides."),
    ]


def test_no_paragraph_is_there_for_the_space_it_takes() -> None:
    empty = [
        one for one in body(docx(view(full()))).iter(qn("w:p")) if not text(one) and not list(one.iter(qn("a:blip")))
    ]
    assert [one for one in empty if one.getparent().tag != qn("w:tc")] == []


def test_bullets_are_a_list_and_headings_stay_with_what_follows() -> None:
    styles = opened(PLAIN).styles
    assert styles["List Bullet"].element.find(f"{W}pPr/{W}numPr/{W}numId") is not None
    for name in ("Title", "Heading 1", "Heading 2", "Caption", "Report Glance", "Report Table Head"):
        assert any(
            one.element.find(f"{W}pPr/{W}keepNext") is not None for one in (styles[name], styles[name].base_style)
        ), name


def test_a_table_repeats_its_head_keeps_rows_whole_and_says_what_it_is() -> None:
    table = body(PLAIN).find(qn("w:tbl"))
    rows = table.findall(qn("w:tr"))
    assert [one.find(f"{W}trPr/{W}tblHeader") is not None for one in rows] == [True, False, False]
    assert all(one.find(f"{W}trPr/{W}cantSplit") is not None for one in rows)
    look = table.find(f"{W}tblPr/{W}tblLook")
    assert (look.get(qn("w:firstRow")), look.get(qn("w:firstColumn"))) == ("1", "1")
    assert table.find(f"{W}tblPr/{W}tblCaption").get(qn("w:val")) == "What grows"
    shares = [int(one.get(qn("w:w"))) for one in rows[0].iter(qn("w:tcW"))]
    assert sum(shares) == 5000


def test_a_column_is_as_wide_as_what_it_holds_needs() -> None:
    long = "Untersuchung der Eigenschaften von Verbundwerkstoffen unter sehr hoher Belastung. " * 3
    rows = tuple((say(f"{number}"), say(long), say("ja")) for number in range(3))
    made = body(docx(document(sections=(Section("one", "One", (Table("T", ("No.", "What", "So?"), rows),)),))))
    first, second, third = (int(one.get(qn("w:w"))) for one in list(made.iter(qn("w:tcW")))[:3])
    assert second > 4 * max(first, third)
    wordy = tuple(f"{'Verbundwerkstoff' * 4}-{number}" for number in range(12))
    crowded = Table("T", wordy, (tuple(map(say, wordy)),))
    widths = [
        int(one.get(qn("w:w")))
        for one in body(docx(document(sections=(Section("o", "O", (crowded,)),)))).iter(qn("w:tcW"))
    ]
    assert min(widths) > 0
    assert sum(widths[:12]) == 5000


def test_a_row_to_write_into_has_room_for_a_hand() -> None:
    rows = ((say("1"), say("What is it?"), say(" ")), (say("2"), say("Why?"), say(" ")))
    made = body(docx(document(sections=(Section("one", "One", (Table("T", ("No.", "Question", "Answer"), rows),)),))))
    assert [one.find(f"{W}trPr/{W}trHeight") is not None for one in made.iter(qn("w:tr"))] == [False, True, True]
    widths = [int(one.get(qn("w:w"))) for one in list(made.iter(qn("w:tcW")))[:3]]
    assert widths[2] > 5000 // 4


def test_a_long_label_stands_above_what_belongs_to_it() -> None:
    label = "Answers set aside: no longer asked"
    fields = Fields((Field(label, (say("None."),)), Field("Nothing", ())))
    made = paragraphs(opened(docx(document(sections=(Section("one", "One", (fields,)),)))))
    assert ("Report Field", f"{label}\nNone.") in made
    assert ("Report Field Label", "Nothing") in made


def test_a_section_may_begin_a_new_page() -> None:
    new = [text(one.getparent().getparent()) for one in body(PLAIN).iter(qn("w:pageBreakBefore"))]
    assert new == ["Signing"]


# --- runs ---


def test_each_style_of_a_run_is_a_character_style() -> None:
    found = {name: style_of(one) for name, one in runs(opened(PLAIN)).items()}
    assert found["Of "] is None
    assert found["all"] == "Strong"
    assert found["this one"] == "Emphasis"
    assert found["unverified"] == "ReportMark"
    assert found["tree.py"] == "ReportCode"
    assert found["the law"] == "Hyperlink"
    assert found["its fruit"] == "ReportReference"


def test_a_link_goes_to_the_web_and_a_reference_to_its_place() -> None:
    made = opened(PLAIN)
    law, fruit = made.element.body.iter(qn("w:hyperlink"))
    assert made.part.rels[law.get(qn("r:id"))].target_ref == "https://law.example/act?a=1&b=2"
    heading = next(one for one in made.element.body.iter(qn("w:p")) if text(one) == "Its fruit ripe")
    assert fruit.get(qn("w:anchor")) == heading.find(qn("w:bookmarkStart")).get(qn("w:name"))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "//evil.example"])
def test_only_addresses_of_the_web_are_links(address: str) -> None:
    made = opened(docx(with_line(Run("here", link=address))))
    assert list(made.element.body.iter(qn("w:hyperlink"))) == []
    assert text(made.element.body).count("here") == 1


def test_an_address_that_no_reader_takes_is_written_so_that_all_do() -> None:
    made = opened(docx(with_line(Run("here", link='https://law.example/a b"<c>|ä'))))
    assert [one.target_ref for one in made.part.rels.values() if one.is_external] == [
        "https://law.example/a%20b%22%3Cc%3E%7C%C3%A4"
    ]


def test_what_is_gone_is_struck_out_and_what_is_new_is_underlined() -> None:
    parts = ("It ", Run("was", change="removed"), Run("is", "strong", change="added"), Run(" 哈", "em", change="added"))
    made = body(docx(with_line(*parts)))
    assert [text(one.getparent().getparent()) for one in made.iter(qn("w:strike"))] == ["was"]
    assert "".join(text(one.getparent().getparent()) for one in made.iter(qn("w:u"))) == "is 哈"


def test_a_reference_to_a_place_that_this_document_has_not_is_plain_text() -> None:
    made = body(docx(with_line("See ", Run("ROT-1", ref="ROT-1"))))
    assert list(made.iter(qn("w:hyperlink"))) == []
    assert "See ROT-1" in text(made)


def test_anchors_that_differ_by_signs_only_are_places_of_their_own() -> None:
    keys = ("a-b", "a_b", "A.b", "x" * 60, f"{'x' * 60}-2")
    sections = tuple(Section(one, one, (Prose(say(Run(f"to {one}", ref=one))),)) for one in keys)
    made = body(docx(document(sections=sections)))
    names = [one.get(qn("w:name")) for one in made.iter(qn("w:bookmarkStart"))]
    assert len({one.casefold() for one in names}) == len(keys)
    assert max(map(len, names)) <= 40
    assert [one.get(qn("w:anchor")) for one in made.iter(qn("w:hyperlink")) if text(one).startswith("to ")] == names


# --- languages and scripts ---


def test_the_document_says_its_language_and_words_in_it_follow() -> None:
    made = opened(docx(document(language="de")))
    spoken = made.styles.element.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    assert (spoken.get(qn("w:val")), made.core_properties.language) == ("de-DE", "de")
    assert text(made.sections[0].header._element) == "A-1\tSeite 1 von 1"  # noqa: SLF001


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("哈尔滨工业大学", {"eastAsia": "und-Hani"}),
        ("ひらがな", {"eastAsia": "ja-JP"}),
        ("Αθήνα", {"val": "el-GR"}),
        ("Харьков", {"val": "und-Cyrl"}),
        ("جامعة", {"bidi": "und-Arab"}),
        ("अहमद", {"bidi": "und-Deva"}),
    ],
)
def test_a_name_in_another_script_says_its_language(name: str, marked: dict[str, str]) -> None:
    made = opened(docx(with_line("At ", strong(f"the {name}"), " today")))
    run = runs(made)[name]
    language = run.find(f"{W}rPr/{W}lang")
    assert {key.removeprefix(W): value for key, value in language.attrib.items()} == marked
    assert style_of(run) == "Strong"
    assert runs(made)["the "].find(f"{W}rPr/{W}lang") is None


def test_a_far_eastern_name_has_a_font_and_a_name_from_the_right_its_direction() -> None:
    made = runs(opened(docx(with_line("哈尔滨", Run(" and ", "em"), Run("جامعة", "em")))))
    assert made["哈尔滨"].find(f"{W}rPr/{W}rFonts").get(qn("w:eastAsia")) == "Microsoft YaHei"
    assert made["جامعة"].find(f"{W}rPr/{W}rtl") is not None
    assert made["جامعة"].find(f"{W}rPr/{W}i").get(qn("w:val")) == "0"


def test_what_xml_cannot_hold_is_shown_as_a_sign_and_markup_as_text() -> None:
    wild = "a\x00b\ufffe <w:t> & ]]> {{ 7 * 7 }} {% raw %} &lt;"
    made = docx(document(title=wild, case_id=wild, sections=(Section("one", wild, (Prose(say(wild)), PICTURE)),)))
    shown = "a�b� <w:t> & ]]> {{ 7 * 7 }} {% raw %} &lt;"
    assert damage(made) == []
    assert paragraphs(opened(made))[0] == ("Title", shown)
    assert opened(made).core_properties.title == shown
    assert text(opened(made).sections[0].header._element).startswith(shown)  # noqa: SLF001


# --- the page, its head and foot ---


def test_it_is_a4_and_each_page_says_which_case_and_which_page() -> None:
    section = opened(PLAIN).sections[0]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    head, foot = section.header._element, section.footer._element  # noqa: SLF001
    assert [one.text.strip() for one in head.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert (text(head), text(foot)) == ("A-1\tPage 1 of 1", "A-1 abababababab")


def test_it_says_of_itself_what_it_is_and_nothing_of_who_wrote_it() -> None:
    said = opened(PLAIN).core_properties
    assert (said.title, said.subject) == ("Plan for the old tree (A-1)", "Hill Orchard · 2 March 2026")
    assert (said.author, said.last_modified_by, said.identifier) == ("", "", "A-1 abababababab")
    long = opened(docx(document(title="x" * 400, about="")))
    assert long.core_properties.title == "x" * 255


# --- the answer ---


def test_the_answer_stands_above_everything() -> None:
    made = paragraphs(opened(docx(ANSWERED)))
    assert made[:13] == [
        ("Title", "Plan for the old tree (A-1)"),
        ("Subtitle", "Hill Orchard · 2 March 2026"),
        ("Report Answer Middle", "You may pick once the ladder is mended."),
        ("Report Answer More Middle", "Verdict: Terms"),
        ("Report Answer More Middle", "How far it reaches: One tree."),
        ("Report Scale", "Opening\t"),
        ("Report Glance", "Why"),
        ("Report Glance Bullet", "The bark is loose."),
        ("Report Glance Bullet", "ROT-1: high"),
        ("Report Glance", "On what conditions"),
        ("Report Glance Text", "A rope."),
        ("Report Glance", "How to challenge it"),
        ("Report Glance Text", "Write to the head gardener."),
    ]


def test_the_answer_is_a_heading_of_the_first_level_and_what_follows_of_the_second() -> None:
    styles = opened(docx(ANSWERED)).styles
    assert styles["Report Answer Middle"].base_style.base_style.name == "Heading 1"
    assert styles["Report Glance"].base_style.name == "Heading 2"


def test_a_dense_answer_is_set_in_smaller_letters() -> None:
    def size(shown: View) -> int:
        return int(opened(docx(shown)).styles["Report Glance Bullet"].font.size)

    assert size(document(answer=replace(ANSWER, dense=True))) < size(ANSWERED)


def test_a_warning_stands_above_the_answer() -> None:
    made = paragraphs(opened(docx(replace(ANSWERED, warning=say(strong("Secret. "), "Keep it.")))))
    assert made[2] == ("Report Warning", "Secret. Keep it.")


def test_a_document_of_many_sections_says_first_what_it_holds() -> None:
    made = opened(docx(view(full())))
    listed = [one for style, one in paragraphs(made) if style == "toc 1"]
    headings = [one for style, one in paragraphs(made) if style == "Heading 1"]
    assert listed == headings
    assert [one.text for one in made.element.body.iter(qn("w:instrText"))] == [' TOC \\o "1-1" \\h \\n \\z ']
    new_pages = [text(one.getparent().getparent()) for one in made.element.body.iter(qn("w:pageBreakBefore"))]
    assert new_pages == ["Contents", "Case and scope"]
    assert not any(style == "toc 1" for style, _ in paragraphs(opened(PLAIN)))


# --- letters ---


def test_a_letter_begins_with_its_head_and_its_heading_is_the_subject() -> None:
    made = paragraphs(opened(LETTERS))
    assert made[:8] == [
        ("Report Sender", "Hill Orchard, Research office"),
        ("Report Sender", "Apple Lane 1, 12345 Hill"),
        ("Report Recipient", "Ada Lovelace"),
        ("Report Recipient", "Tree House"),
        ("Report Recipient", "54321 Forest"),
        ("Report Dated", "Hill, 2 March 2026"),
        ("Report Subject", "Questions about the old tree (A-1), for Ada Lovelace"),
        ("Normal", "Dear Ada Lovelace,"),
    ]


def test_the_address_lies_where_the_window_of_an_envelope_is() -> None:
    address = next(one for one in body(LETTERS).iter(qn("w:p")) if text(one) == "Ada Lovelace")
    place = address.find(f"{W}pPr/{W}framePr")
    top, height, width = (int(place.get(qn(f"w:{one}"))) for one in ("y", "h", "w"))
    millimetre = 1440 / 25.4
    assert 45 * millimetre < top
    assert top + height < 91 * millimetre
    assert width < 86 * millimetre


def test_each_letter_has_pages_of_its_own_and_counts_them_from_one() -> None:
    made = opened(LETTERS)
    assert len(made.sections) == 2
    for section in made.sections:
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"  # noqa: SLF001
        assert section._sectPr.find(qn("w:type")).get(qn("w:val")) == "nextPage"  # noqa: SLF001
        counted = [one.text.strip() for one in section.header._element.iter(qn("w:instrText"))]  # noqa: SLF001
        assert counted == ["PAGE", "SECTIONPAGES"]
        assert text(section.first_page_header._element) == ""  # noqa: SLF001
        assert text(section.first_page_footer._element) == "A-1 abababababab"  # noqa: SLF001
    assert len(opened(docx(letters(sections=letters().sections[:1]))).sections) == 1


def test_a_letter_that_ends_with_a_table_ends_its_pages_too() -> None:
    first, second = letters().sections
    made = docx(letters(sections=(second, replace(first, starts_page=True))))
    assert len(opened(made).sections) == 2
    assert damage(made) == []


def test_a_warning_in_a_letter_stands_above_the_subject_once() -> None:
    made = paragraphs(opened(docx(letters(warning=say(mark("Secret"))))))
    assert made[6:8] == [
        ("Report Warning", "Secret"),
        ("Report Subject", "Questions about the old tree (A-1), for Ada Lovelace"),
    ]
    assert [one for one, _ in made].count("Report Warning") == 1


# --- pictures ---


def test_a_picture_says_in_words_what_it_shows_and_fits_the_page() -> None:
    made = opened(docx(ANSWERED))
    scale, picture = made.element.body.iter(qn("wp:inline"))
    said = picture.find(qn("wp:docPr"))
    assert said.get("descr") == "Apples of each tree. The old tree: 900. The young tree: 20."
    assert said.get("title") == "Apples of each tree"
    room = made.sections[0].page_width - made.sections[0].left_margin - made.sections[0].right_margin
    assert 0.9 * room < picture.extent.cx <= room
    assert scale.extent.cx < 0.85 * room
    assert made.part.related_parts[next(picture.iter(qn("a:blip"))).embed].blob[:4] == b"\x89PNG"


def without(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in modules or name.startswith("risk_engine.report.word"):
            monkeypatch.delitem(sys.modules, name)
    for name in modules:
        monkeypatch.setitem(sys.modules, name, None)


def test_where_nothing_draws_text_stands_in_place_of_pictures_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "typst")
    made = docx(ANSWERED)
    assert damage(made) == []
    lines = [one for _, one in paragraphs(opened(made))]
    assert "Picture left out: Apples of each tree. The text beside it says the same." in lines
    assert "Opening: Levels: Go, Wait, Shut. As things stand: Wait." in lines
    note = pictures_left_out(ANSWERED)
    assert "the pictures are left out of the document" in note
    assert "pipx install --force '.[pdf]'" in note
    assert pictures_left_out(document(sections=())) == ""


def test_nothing_is_said_of_pictures_where_they_are_all_there() -> None:
    assert pictures_left_out(ANSWERED) == ""


def test_without_the_library_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "docx")
    with pytest.raises(RiskEngineError, match=r"Word files need .*\n.*pip install '\.\[office\]'"):
        docx(document())
