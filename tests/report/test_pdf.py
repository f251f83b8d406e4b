"""A document as PDF: readable for everybody, to be kept, the same bytes every time, whatever it holds.

The standards are checked by Typst, which refuses a file that breaks them; no second checker is at hand.
"""

import dataclasses
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_engine.diagnostics import MissingExtraError
from risk_engine.language import in_language
from risk_engine.report import written
from risk_engine.report.blocks import (
    Answer,
    Blanks,
    Block,
    Box,
    Bullets,
    Field,
    Fields,
    Group,
    Kind,
    Label,
    Letterhead,
    Line,
    Picture,
    Prose,
    Run,
    Section,
    Table,
    View,
    cleaned,
    mark,
    say,
    shortened,
    strong,
)
from risk_engine.report.documents import view_of
from risk_engine.report.pdf import pdf
from risk_engine.report.view import view
from risk_engine.resources import templates_folder
from tests.pages.made import CROWDED, EXAMPLES, assessment
from tests.report import printing
from tests.report.printing import MM

REPORTS = [*((name, "en") for name in EXAMPLES), ("lung-imaging", "de"), ("loan-desk", "en")]
WIDE, HIGH = 210 * MM, 297 * MM
FILLER = "Something that an officer wrote down about the tree and its apples. " * 5


@cache
def shown(name: str, language: str = "en") -> View:
    with in_language(language):
        return view(assessment(name))


@cache
def report(name: str, language: str = "en") -> bytes:
    return pdf(shown(name, language))


def document(*blocks: Block | Group, kind: Kind = "plan", language: str = "en", title: str = "The tree") -> View:
    return View(
        kind=kind,
        language=language,
        title=title,
        about="Hill Orchard · 2 March 2026",
        case_id="A-1",
        on=date(2026, 3, 2),
        kept_by="A-1 abc",
        warning=None,
        answer=None,
        scales=(),
        scope=None,
        sections=(Section("first", "Steps", blocks),),
        full_report="",
        footer="About the tree.",
    )


def prose(text: str = FILLER) -> Prose:
    return Prose(say(text))


def letter(subject: str, *blocks: Block | Group) -> Section:
    head = Letterhead(("Hill Orchard", "Office"), ("Prof. A. Picker", "The Barn", "12345 Hill"), "2 March 2026")
    return Section(subject, subject, (head, *blocks), starts_page=True)


def letters(*sections: Section) -> View:
    return dataclasses.replace(document(kind="letter"), sections=sections)


# --- what every report keeps ---


@pytest.mark.parametrize(("name", "language"), REPORTS)
def test_a_report_is_tagged_for_readers_of_all_kinds_and_fit_to_be_kept(name: str, language: str) -> None:
    made = report(name, language)
    told = printing.info(made)
    assert (told["Tagged"], told["Page size"]) == ("yes", "595.276 x 841.89 pts (A4)")
    standards = re.sub(r"\s", "", printing.metadata(made))
    for standard in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert standard in standards
    assert told["Title"] == shown(name, language).title
    assert str(printing.reader(made).trailer["/Root"]["/Lang"]) == language  # type: ignore[index]


@pytest.mark.parametrize(("name", "language"), REPORTS)
def test_every_font_is_in_the_file_and_its_letters_can_be_read(name: str, language: str) -> None:
    found = printing.fonts(report(name, language))
    assert found
    assert set(found.values()) == {True}


@pytest.mark.parametrize("name", [*EXAMPLES, "loan-desk", *CROWDED])
def test_the_first_page_alone_answers(name: str) -> None:
    one = shown(name)
    assert one.answer
    assert one.answer.challenge
    first, second = (" ".join(page) for page in printing.pages(report(name))[:2])
    words = one.answer.challenge.lines[0][0].text.split()
    assert " ".join(words[-3:]) in first
    assert "Contents" in second


@pytest.mark.parametrize(("name", "language"), REPORTS)
def test_every_page_says_which_case_it_belongs_to_which_page_it_is_and_what_it_was_made_from(
    name: str, language: str
) -> None:
    one = shown(name, language)
    pages = printing.pages(report(name, language))
    for number, page in enumerate(pages, 1):
        said = f"Seite {number} von {len(pages)}" if language == "de" else f"Page {number} of {len(pages)}"
        assert page[0] == f"{one.case_id} {said}"
        assert page[-1] == f"{one.about} {one.kept_by}"


@pytest.mark.parametrize(("name", "language"), REPORTS)
def test_the_bookmarks_are_the_headings_and_the_first_is_the_answer(name: str, language: str) -> None:
    one = shown(name, language)
    found = printing.outline(report(name, language))
    assert one.answer
    assert found[0] == one.answer.sentence
    assert [title for title in found if title in {part.title for part in one.sections}] == [
        part.title for part in one.sections
    ]


@pytest.mark.parametrize("name", [*EXAMPLES, "loan-desk", "hostile", *CROWDED])
def test_nothing_is_cut_off_at_the_edge_of_the_paper(name: str) -> None:
    outside = [
        one
        for one in printing.word_places(report(name))
        if not (one.left > 24 * MM and one.right < WIDE - 19 * MM and one.top > 8 * MM and one.bottom < HIGH - 8 * MM)
    ]
    assert outside == []


@pytest.mark.parametrize("name", [*EXAMPLES, "loan-desk"])
def test_no_heading_stands_alone_at_the_foot_of_a_page(name: str) -> None:
    made = report(name)
    headings = set(printing.outline(made))
    assert [page[-2] for page in printing.pages(made) if page[-2] in headings] == []


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", ["decision", "letter", "plan", "questions"])
@pytest.mark.parametrize("name", ["lung-imaging", "half-filled", "loan-desk", "crowded"])
def test_every_kind_of_document_is_written_in_every_language(name: str, kind: Kind, language: str) -> None:
    with in_language(language):
        one = view_of(assessment(name), kind)
    made = pdf(one)
    pages = printing.pages(made)
    assert all(page[0].startswith(shortened(one.case_id, 60)) for page in pages)
    assert set(printing.fonts(made).values()) == {True}
    assert printing.outline(made)[0] == (
        one.answer.sentence if one.answer else one.sections[0].title if one.is_letter else one.title
    )


# --- the same bytes, and nothing of the machine in them ---


def test_the_same_assessment_is_the_same_bytes_on_another_day_and_from_another_place(tmp_path: Path) -> None:
    golden = Path(__file__).parents[1] / "golden" / "lung-imaging.json"
    program = (
        "import sys, pathlib; from risk_engine.model.assessment import Assessment; from risk_engine.report import *;"
        "made = Assessment.model_validate_json(pathlib.Path(sys.argv[1]).read_bytes());"
        "sys.stdout.buffer.write(written(view(made), 'pdf'))"
    )
    root = str(Path(__file__).parents[2])
    told = subprocess.run(
        [sys.executable, "-c", program, str(golden)],
        cwd=tmp_path,
        env={"PYTHONPATH": root, "HOME": str(tmp_path), "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    assert told.stdout == report("lung-imaging") == pdf(shown("lung-imaging"))


def test_the_file_is_of_the_day_that_it_speaks_of() -> None:
    assert printing.info(pdf(document(prose())))["CreationDate"] == "Mon Mar  2 00:00:00 2026 UTC"


def test_no_path_of_the_machine_is_in_the_file() -> None:
    made = report("lung-imaging")
    for one in (Path.home(), Path.cwd(), Path(sys.prefix), templates_folder()):
        assert str(one).encode() not in made
    assert b".typ" not in made


# --- names in all scripts ---


@pytest.mark.parametrize(
    "name",
    ["哈尔滨工业大学", "Łódź", "Αθήνα", "Ὀξφόρδη", "Москва", "東京大学", "ひらがな", "서울대학교", "Đại học Huế", "q̈"],
)
@pytest.mark.parametrize("style", ["plain", "strong", "em", "code", "mark"])
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


# --- text of users is never markup ---

MARKUP = [
    '#include "/etc/passwd"',
    "$ x^2 $ *bold* _em_ `raw`",
    "= Heading",
    "@first <first>",
    r"\u{41} \ // comment /* */",
    "- item + item / term: x",
    '#panic("x")',
    "https://evil.example",
    '"] }; #let x = (',
]
PARTS = ["H1", "H2", "H3", "P", "L", "LI", "Link", "Table", "TR", "TH", "TD", "Figure", "Caption"]


def everything(text: str) -> tuple[Block | Group, ...]:
    """Return every kind of block, each text of it this one."""
    line = say(text, strong(text), mark(text), Run(text, "em"), Run(text, "code"), Run(text, ref="first"))
    picture = Picture("k", text, text, 40, (Box(0, 0, 500, 20, "now"), Label(0, 20, text, "plain")), (("maybe", text),))
    blocks = (
        Prose(line),
        Bullets((line, line)),
        Fields((Field(text, (line,)), Field(text, (line, line)))),
        Table(text, (text, text), ((line, line),)),
        Blanks((text,)),
        picture,
    )
    return (*blocks, Group(line, blocks, anchor=text))


def whole(text: str, *, is_letter: bool) -> View:
    """Return a document with this text in every place."""
    blocks = everything(text)
    line: Line = say(text)
    field = Field(text, (line, line))
    head = (Letterhead((text, text), (text, text), text),) if is_letter else ()
    made = View(
        kind="full",
        language="en",
        title=text,
        about=text,
        case_id=text,
        on=date(2026, 3, 2),
        kept_by=text,
        warning=line,
        answer=None if is_letter else Answer(text, (line,), "open", (field,) * 4, field),
        scales=(Picture("s", text, text, 20, (Label(0, 15, text, "strong"),)),),
        scope=field,
        sections=(Section(text, text, (*head, *blocks)), Section(text, text, ())),
        full_report=text,
        footer=text,
    )
    return cleaned(made)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_name_is_printed_as_it_stands(text: str) -> None:
    made = pdf(document(prose(f"Name: {text}")))
    assert f"Name: {text}" in printing.text(made)


@pytest.mark.parametrize("is_letter", [False, True])
def test_markup_of_users_makes_no_part_and_no_link(is_letter: bool) -> None:
    tame = pdf(whole("Something", is_letter=is_letter))
    wild = pdf(whole(" ".join(MARKUP), is_letter=is_letter))
    # Spans depend on where a line ends.
    counted = [Counter(one for one in printing.tags(made) if one in PARTS) for made in (tame, wild)]
    assert counted[0] == counted[1]
    assert printing.links(wild)[0] == printing.links(tame)[0] == set()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=15), st.booleans())
def test_any_text_in_any_place_can_be_printed(text: str, is_letter: bool) -> None:
    assert pdf(whole(text, is_letter=is_letter)).startswith(b"%PDF-1.7")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(
        st.sampled_from(
            "a x\u0301\u0308\u0327\u200d\u200c\ufe0f\u20e3🙂1שא\u05b7مر\u064eका\u094dกำ서ᄒ\u1161哈\ue000\U000e0100"
        )
    )
)
def test_letters_with_marks_of_any_script_can_be_printed(text: str) -> None:
    assert pdf(document(Prose(say(text, strong(text), Run(text, "code"))))).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("letter", ["x", "x ", "哈", "🙂"])
def test_a_text_of_any_length_can_stand_anywhere(letter: str) -> None:
    text = letter * 20_000
    picture = Picture("k", text, text, 40, (Label(0, 20, text, "plain"),))
    blocks = (prose(text), picture, Group(say(text, Run("go", ref=text)), (prose(),), anchor=text))
    assert len(printing.pages(pdf(document(*blocks, title=text)))) > 5


# --- structure and layout ---


def test_headings_go_down_step_by_step_from_a_single_first_one() -> None:
    levels = [int(one[1]) for one in printing.tags(report("lung-imaging")) if re.fullmatch(r"H\d", one)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_lists_fields_tables_code_and_pictures_are_what_they_are_to_a_screen_reader() -> None:
    found = printing.tags(pdf(document(*everything("Something"))))
    for wanted, times in {"P": 8, "L": 6, "TH": 4, "TD": 4, "Caption": 4, "Figure": 2, "THead": 2}.items():
        assert (wanted, found.count(wanted)) == (wanted, times)
    assert {"LI", "Lbl", "LBody", "Code", "Link"} <= set(found)


def test_a_picture_says_in_words_what_it_shows() -> None:
    picture = Picture("k", "How far", "It reaches far.", 20, (Box(0, 0, 500, 20, "now"),))
    found = [one for one in printing.elements(pdf(document(picture))) if str(one["/S"]) == "/Figure"]
    assert [str(one["/Alt"]) for one in found] == ["How far. It reaches far."]


@pytest.mark.parametrize("words", [1, 4, 6, 9, 40])
def test_a_label_of_any_length_covers_neither_the_next_one_nor_what_belongs_to_it(words: int) -> None:
    rows = tuple(Field(f"Label{one} {'words ' * words}", (say(f"Value{one}"),)) for one in range(3))
    boxes = [
        one for one in printing.word_places(pdf(document(Fields(rows)))) if re.match("Label|words|Value", one.text)
    ]
    covered = [
        (one.text, other.text)
        for one, other in combinations(boxes, 2)
        if one.left < other.right
        and other.left < one.right
        # The box of a word is higher than its letters: those of two lines may touch.
        and min(one.bottom, other.bottom) - max(one.top, other.top) > 2
    ]
    assert covered == []


def test_the_head_of_a_table_is_repeated_on_each_page() -> None:
    rows = tuple((say(f"Row {number}"), say(FILLER)) for number in range(60))
    pages = printing.pages(pdf(document(Table("All of them", ("Number", "What was said"), rows))))
    assert len(pages) > 2
    assert all("Number What was said" in page for page in pages)


def test_a_row_is_not_broken_between_pages_unless_it_is_long() -> None:
    rows = tuple((say(f"Row{number}"), say(f"Begin{number} {'word ' * 50} End{number}")) for number in range(60))
    where = {one.text: one.page for one in printing.word_places(pdf(document(Table("", ("Number", "What"), rows))))}
    assert all(where[f"Begin{number}"] == where[f"End{number}"] for number in range(60))


def test_a_row_longer_than_a_page_breaks() -> None:
    made = pdf(document(Table("", ("Number", "What"), ((say("Row"), say(FILLER * 30)),))))
    assert len(printing.pages(made)) > 1
    assert printing.text(made).count("apples") == 150


def test_a_row_with_fewer_cells_than_the_head_or_more_stays_a_row() -> None:
    made = pdf(document(Table("", ("A", "B"), ((say("one"),), (say("x"), say("y"), say("z"))))))
    assert (printing.tags(made).count("TR"), printing.tags(made).count("TD")) == (3, 6)


def test_a_digest_stays_in_its_column_and_can_be_copied() -> None:
    digest = "0123456789abcdef" * 4
    made = pdf(document(Table("", ("A", "B", "C"), ((say(Run(digest, "code")),) * 3,))))
    assert printing.reader(made).pages[0].extract_text().replace("\n", "").count(digest) >= 1
    assert max(one.right for one in printing.word_places(made)) < WIDE - 19 * MM


def test_links_lead_to_the_web_and_to_places_of_the_document_that_there_are() -> None:
    line = say(
        Run("law", link="https://law.example/act"),
        Run("part", ref="part"),
        Run("section", ref="first"),
        Run("no", ref="x"),
    )
    made = pdf(document(Prose(line), Group(say("Part"), (prose(),), anchor="part")))
    assert printing.links(made) == ({"https://law.example/act"}, 2)


def test_two_places_of_one_name_make_no_error_and_the_first_is_meant() -> None:
    part = Group(say("Part"), (prose(),), anchor="first")
    assert printing.links(pdf(document(Prose(say(Run("go", ref="first"))), part, part)))[1] == 1


def test_the_address_of_a_source_is_printed_for_those_who_read_on_paper() -> None:
    line = say(Run("The act", link="https://law.example/act"))
    sources = dataclasses.replace(document(), sections=(Section("sources", "Sources", (Prose(line),)),))
    assert "The act <https://law.example/act>" in printing.text(pdf(sources))
    assert "law.example" not in printing.text(pdf(document(Prose(line))))


def test_a_section_that_begins_a_page_begins_one_unless_it_is_the_first_thing_of_the_document() -> None:
    first, second = (Section(one, one, (prose("Text."),), starts_page=True) for one in ("One", "Two"))
    made = pdf(dataclasses.replace(document(), sections=(first, second)))
    assert ["One" in page for page in printing.pages(made)] == [True, False]
    assert printing.pages(made)[1][1] == "Two"


def test_a_warning_stands_on_the_first_page() -> None:
    one = dataclasses.replace(document(*[prose()] * 60), warning=say(strong("Confidential."), " Keep it."))
    pages = printing.pages(pdf(one))
    assert "Confidential. Keep it." in pages[0]
    assert "Confidential. Keep it." not in [line for page in pages[1:] for line in page]


# --- letters ---


def test_the_address_of_a_letter_stands_in_the_window_of_an_envelope() -> None:
    places = printing.word_places(pdf(letters(letter("Tree", prose()))))
    address = [one for one in places if one.text in {"Picker", "Barn", "12345"}]
    assert len(address) == 3
    # DIN 5008, form B: 27.3 mm of address from 62.7 mm on, 85 mm wide; the subject below 98.4 mm.
    assert all(one.bottom > 62.7 * MM and one.bottom < 90 * MM and 24 * MM < one.left < 105 * MM for one in address)
    assert min(one.top for one in places if one.text == "Tree") > 98 * MM


def test_the_subject_of_each_letter_is_its_first_heading_and_each_counts_its_own_pages() -> None:
    made = pdf(letters(letter("First", *[prose()] * 14), letter("Second", prose())))
    assert printing.outline(made) == ["First", "Second"]
    assert [tag for tag in printing.tags(made) if tag.startswith("H")] == ["H1", "H1"]
    assert [page[0] for page in printing.pages(made)] == ["A-1 Page 1 of 2", "A-1 Page 2 of 2", "A-1 Page 1 of 1"]


def test_a_long_address_pushes_the_subject_down_and_covers_nothing() -> None:
    head = Letterhead(("Hill Orchard",), tuple(f"Line{number}" for number in range(20)), "2 March 2026")
    made = pdf(letters(Section("a", "Subject", (head, prose()))))
    places = {one.text: one for one in printing.word_places(made)}
    assert places["Line19"].bottom < places["Subject"].top


# --- what is not installed ---


@pytest.mark.parametrize("module", ["typst", "fontTools", "noto_cjk_sans_otc"])
def test_without_the_extra_the_way_out_is_named(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError) as caught:
        written(document(prose()), "pdf")
    assert str(caught.value) == (
        "PDF files need libraries that are not installed\n  help: `pip install 'risk-engine[pdf]'`"
    )
