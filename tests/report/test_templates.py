"""An office template says where the document stands; its looks win, and what users wrote is never run."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from risk_engine.report.blocks import Prose, Section, say
from risk_engine.report.view import view
from risk_engine.report.word import docx, docx_from_template
from risk_engine.report.word import template as module
from tests.report.offices import changed, filled, lines_of, refusal, saved
from tests.report.opening import W, opened, paragraphs, text
from tests.report.papers import ANSWER, SCALE, document, letters
from tests.report.samples import full
from tests.report.test_escaping import hostile

ANSWERED = document(answer=ANSWER, scales=(SCALE,))


# --- what a template can say ---


def test_names_stand_for_the_texts_of_the_document(office: Path) -> None:
    names = (
        "kind",
        "language",
        "title",
        "about",
        "case_id",
        "date",
        "date_iso",
        "kept_by",
        "footer",
        "answer",
        "challenge",
    )
    made = filled(ANSWERED, office, *(f"{{{{ {one} }}}}" for one in names), header="Case {{ case_id }}")
    assert lines_of(made) == [
        "plan",
        "en",
        "Plan for the old tree (A-1)",
        "Hill Orchard · 2 March 2026",
        "A-1",
        "2 March 2026",
        "2026-03-02",
        "A-1 abababababab",
        "A named person decides.",
        "You may pick once the ladder is mended.",
        "Write to the head gardener.",
    ]
    assert text(made.sections[0].header._element) == "Case A-1"  # noqa: SLF001


def test_lists_are_gone_through_and_parts_left_out(office: Path) -> None:
    shown = view(full())
    made = filled(
        shown,
        office,
        "{{p front }}",
        "{%p for one in reasons %}",
        "{{ loop.index }}. {{ one }}{% if loop.last %} (last){% endif %}",
        "{%p endfor %}",
        "{{ points|length }}: {% for one in points if one.lines|length > 3 %}{{ one.label|upper }};{% endfor %}",
        "{%p if letters or 'x' in title %}",
        "never",
        "{%p elif scope != '' %}",
        "Scope: {{ scope }}",
        "{%p else %}",
        "never",
        "{%p endif %}",
        "{{ more|join(' / ') }} {{ letters|length }} {{ dated|default('no date', true) }}",
        "{# not printed #}",
    )
    printed = lines_of(made)
    assert "1. Opening: A rule of the opening held." in printed
    assert [one for one in printed if one.endswith(" (last)")] == [
        (
            "5. Title of SOIL-3 (SOIL-3): low. Grandmother: The bark was recorded as loose for SOIL-3. "
            "(recorded 2 March 2026, letter) unverified sources only (last)"
        )
    ]
    assert any(one.startswith("6: WHY;") for one in printed)
    assert any(one.startswith("Scope: The proposal as") for one in printed)
    assert any(one.endswith(" 0 no date") for one in printed)
    assert not any("never" in one or "not printed" in one for one in printed)


def test_the_whole_document_stands_where_the_template_says(office: Path) -> None:
    made = filled(ANSWERED, office, "Above", "{{p content }}", "Below")
    assert paragraphs(made) == [("Normal", "Above"), *paragraphs(opened(docx(ANSWERED))), ("Normal", "Below")]


def test_sections_stand_alone_or_one_after_the_other(office: Path) -> None:
    made = filled(document(), office, "{{p section.signing }}", "{{p section['trees'] }}")
    assert [one for style, one in paragraphs(made) if style == "Heading 1"] == ["Signing", "The trees"]
    looped = ("{%p for one in sections %}", "{{ one.key }}: {{ one.title }}", "{{p one.body }}", "{%p endfor %}")
    assert [one for one in lines_of(filled(document(), office, *looped)) if ": " in one] == [
        "trees: The trees",
        "signing: Signing",
    ]


def test_each_letter_has_its_own_head_text_and_signature(office: Path) -> None:
    loop = (
        "{%p for letter in letters %}",
        "{{ letter.recipient|join(', ') }}",
        "{{ letter.dated }}: {{ letter.subject }}",
        "{{p letter.body }}",
        "{%p endfor %}",
    )
    printed = lines_of(filled(letters(), office, *loop))
    assert printed[:3] == [
        "Ada Lovelace, Tree House, 54321 Forest",
        "Hill, 2 March 2026: Questions about the old tree (A-1), for Ada Lovelace",
        "Dear Ada Lovelace,",
    ]
    assert "Grace Hopper, Tree House, 54321 Forest" in printed
    one = letters(sections=letters().sections[:1])
    alone = filled(one, office, "{{ sender|join(', ') }}", "{{ subject }}", "{{p body }}")
    assert lines_of(alone)[0] == "Hill Orchard, Research office, Apple Lane 1, 12345 Hill"
    assert lines_of(filled(document(), office, "{{ subject }}", "{{p body }}"))[:2] == ["", "The trees"]


def test_several_letters_as_a_whole_each_begin_a_page_with_the_paper_of_the_office(office: Path) -> None:
    made = filled(letters(), office, "{{p content }}", header="Our house")
    assert len(made.sections) == 2
    assert {text(one.header._element) for one in made.sections} == {"Our house"}  # noqa: SLF001
    assert {one.page_width for one in made.sections} == {Document().sections[0].page_width}


@pytest.mark.nightly
def test_what_stands_twice_has_its_places_once(office: Path) -> None:
    made = filled(document(), office, "{{p content }}", "{{p section.trees }}")
    names = [one.get(qn("w:name")) for one in made.element.body.iter(qn("w:bookmarkStart"))]
    assert len(names) == len(set(names)) == 3
    left_out = filled(view(full()), office, "{{p front }}")
    assert list(left_out.element.body.iter(qn("w:hyperlink"))) == []
    assert any("Title of ROT-1 (ROT-1): high" in one for one in lines_of(left_out))


def test_a_table_of_the_office_has_a_row_for_each_thing_or_is_gone(office: Path) -> None:
    def table(name: str) -> Callable[[Any], None]:
        def add(made: Any) -> None:
            grid = made.add_table(3, 2)
            grid.cell(0, 0).text = f"{{%tr for one in {name} %}}"
            grid.cell(1, 0).text, grid.cell(1, 1).text = "{{ one.label }}", "{{ one.lines|length }}"
            grid.cell(2, 0).text = "{%tr endfor %}"

        return add

    made = filled(ANSWERED, office, "{{ title }}", change=table("points"))
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [
        ["Why", "2"],
        ["On what conditions", "1"],
        ["How to challenge it", "1"],
    ]
    assert filled(document(), office, "{{ title }}", change=table("points")).tables == []


@pytest.mark.nightly
def test_a_cell_holds_a_whole_document_and_a_loop_over_cells_its_columns(office: Path) -> None:
    def cells(made: Any) -> None:
        made.add_table(1, 1).cell(0, 0).text = "{{p section.trees }}"
        row = made.add_table(1, 3)
        for number, content in enumerate(("{%tc for one in points %}", "{{ one.label }}", "{%tc endfor %}")):
            row.cell(0, number).text = content

    made = filled(replace(ANSWERED, sections=ANSWERED.sections[:1]), office, "{{ title }}", change=cells)
    assert made.tables[0].cell(0, 0).tables[0].cell(0, 0).text == "Tree"
    assert len(made.tables[1].columns) == 3


def test_a_name_that_word_has_cut_into_pieces_or_written_with_other_spaces_is_still_one(office: Path) -> None:
    def pieces(made: Any) -> None:
        line = made.add_paragraph()
        for piece in ("{", "{ ti", "tle\u00a0", "}", "} and {{\u00a0case_id\u202f}}"):
            line.add_run(piece).bold = piece == "{ ti"

    assert lines_of(filled(document(), office, change=pieces)) == ["Plan for the old tree (A-1) and A-1"]


# --- its own looks win, what it lacks is lent ---


def test_the_styles_of_the_office_win_and_those_it_lacks_are_lent(office: Path) -> None:
    def own(made: Any) -> None:
        made.styles["Heading 1"].font.size = Pt(33)
        made.styles.add_style("Report Field", WD_STYLE_TYPE.PARAGRAPH).font.size = Pt(7)
        made.sections[0].left_margin = made.sections[0].right_margin = Cm(5)

    made = filled(ANSWERED, office, "{{p content }}", change=own)
    assert made.styles["Heading 1"].font.size == Pt(33)
    assert made.styles["Report Field"].font.size == Pt(7)
    assert made.styles["Report Answer Middle"].base_style.base_style.name == "Heading 1"
    room = made.sections[0].page_width - Cm(10)
    assert max(one.extent.cx for one in made.element.body.iter(qn("wp:inline"))) <= room


def test_a_template_without_lists_is_lent_one(office: Path) -> None:
    def bare(made: Any) -> None:
        for one in list(made.styles.element):
            if one.tag == qn("w:style") and one.get(qn("w:default")) != "1":
                made.styles.element.remove(one)
        key = next(key for key, one in made.part.rels.items() if one.reltype == RELATIONSHIP_TYPE.NUMBERING)
        del made.part.rels[key]

    made = filled(ANSWERED, office, "{{p content }}", change=bare)
    number = made.styles["List Bullet"].element.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    numbering = made.part.numbering_part.element
    assert number.get(qn("w:val")) in {one.get(qn("w:numId")) for one in numbering.iter(qn("w:num"))}


def test_ids_of_other_languages_are_no_hindrance_and_none_is_taken_twice(office: Path) -> None:
    def german(made: Any) -> None:
        for one in made.styles.element.iter():
            if one.get(qn("w:styleId")) == "Heading1":
                one.set(qn("w:styleId"), "berschrift1")
            elif one.get(qn("w:val")) == "Heading1":
                one.set(qn("w:val"), "berschrift1")
        made.styles.add_style("Something else", WD_STYLE_TYPE.PARAGRAPH).element.set(qn("w:styleId"), "ReportField")

    made = filled(document(), office, "{{p content }}", change=german)
    used = {one.pPr.pStyle.val for one in made.element.body.iter(qn("w:p")) if one.pPr is not None}
    assert "berschrift1" in used
    assert ("Report Field", "Age\t80") in paragraphs(made)


def test_it_speaks_the_language_of_the_document_and_forgets_whose_template_it_was(office: Path) -> None:
    def someone(made: Any) -> None:
        made.core_properties.author = made.core_properties.last_modified_by = "Somebody"
        made.settings.element.insert(
            0, made.settings.element.makeelement(qn("w:attachedTemplate"), {qn("r:id"): "rId9"})
        )
        made.part._settings_part.load_rel(module._DETACHED, "file:///C:/Users/a/office.dotx", "rId9", is_external=True)  # noqa: SLF001

    shown = document(language="de")
    content = docx_from_template(shown, saved(office, "{{p content }}", change=someone))
    made = opened(content)
    assert (made.core_properties.author, made.core_properties.last_modified_by) == ("", "")
    assert made.core_properties.title == "Plan for the old tree (A-1)"
    assert made.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}").get(qn("w:val")) == "de-DE"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not any(b"Users" in package.read(one) for one in package.namelist())


def test_the_bytes_are_the_same_each_time(office: Path) -> None:
    saved(office, "{{p content }}")
    assert docx_from_template(ANSWERED, office) == docx_from_template(ANSWERED, office)


# --- what users wrote is never run ---


def test_what_users_wrote_comes_out_as_they_wrote_it(office: Path) -> None:
    wild = "{{ 7 * 7 }} {_{ title }_} {% for a in b %} {{p content }} <w:t>&amp; \x00 {#"
    shown = document(
        title=wild,
        case_id=wild,
        answer=replace(ANSWER, sentence=wild),
        sections=(Section("a", wild, (Prose(say(wild)),)),),
    )
    made = filled(
        shown, office, "{{ title }}", "{{ answer|trim }}", "{{p content }}", header="{{ title }} {{ case_id }}"
    )
    expected = wild.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert lines_of(made)[:3] == [expected, expected, expected]
    assert text(made.sections[0].header._element) == f"{expected} {expected}"  # noqa: SLF001


@pytest.mark.nightly
def test_a_whole_report_of_what_users_wrote_opens_unharmed(office: Path) -> None:
    assert filled(view(full(hostile)), office, "{{p content }}")


def with_footnote(path: Path, note: str) -> Path:
    """Write a template with a footnote, of two sections."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    saved(path, "{{p content }}", change=lambda made: made.add_section())
    with zipfile.ZipFile(path) as whole:
        types, relations = whole.read("[Content_Types].xml"), whole.read("word/_rels/document.xml.rels")
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
    relation = f'<Relationship Id="rId99" Type="{RELATIONSHIP_TYPE.FOOTNOTES}" Target="footnotes.xml"/></Relationships>'
    notes = (
        f'<w:footnotes xmlns:w="{W.strip("{}")}"><w:footnote w:id="1">'
        f"<w:p><w:r><w:t>{note}</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    return changed(
        path,
        {
            "[Content_Types].xml": types.replace(b"</Types>", override.encode()),
            "word/_rels/document.xml.rels": relations.replace(b"</Relationships>", relation.encode()),
            "word/footnotes.xml": notes.encode(),
        },
    )


def test_a_footnote_is_filled_in_once_however_many_sections_there_are(office: Path) -> None:
    made = docx_from_template(document(title="{{ case_id }}"), with_footnote(office, "See {{ title }}"))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert b"See {{ case_id }}" in package.read("word/footnotes.xml")
    assert refusal(document(), with_footnote(office, "{{ titel }}")) == [
        "office.docx, near `{{ titel }}`: unknown name `titel`",
        "  help: did you mean `title`?",
    ]
