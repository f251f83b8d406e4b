"""A whole Word document: what stands above the sections, the sections, and what makes it whole."""

import io
import json
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn

from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes, templates_folder
from risk_engine.report.blocks import Answer, Field, Group, Paper, Section, View, strong
from risk_engine.report.returned import mark_of
from risk_engine.report.word.body import Anchors, Body, Drawing, Lines, Pictures
from risk_engine.report.word.fields import MADE_TAG, PLACEHOLDER, controls, hidden_text, texts_beside
from risk_engine.report.word.styles import (
    Attributes,
    Element,
    element,
    field,
    harmless,
    ids,
    paragraph,
    tab,
    value,
    word_language,
)

_LONGEST = 255
"""The library writes so many characters of a property."""
_EARLIEST = 1980
"""The first year that the list of files in a document can name."""


def finished(document: Any, view: View, lines: Lines) -> bytes:
    """Return the bytes of a document in which everything stands."""
    if view.paper is not None:
        _note_fields(document, view.paper)
    _settle(document.element.body, lines)
    _speak(document, view.language)
    _describe(document, view)
    return packed(document, view.on)


def _note_fields(document: Any, paper: Paper) -> None:
    """Write out of sight what a document that is sent back is, and which text is its own."""
    if PLACEHOLDER not in {one.style_id for one in document.styles}:
        document.styles.add_style(PLACEHOLDER, WD_STYLE_TYPE.CHARACTER)
    body = document.element.body
    fields = [control for _tag, control in controls(body)]
    texts = sorted({mark_of(said) for _line, said in texts_beside(body, fields)})
    made = json.dumps({**paper.made, "texts": texts}, ensure_ascii=True)
    last = body.sectPr.getprevious()  # a paragraph of its own could begin a page
    if last is None or last.tag != qn("w:p"):
        last = element("w:p")
        body.sectPr.addprevious(last)
    last.append(hidden_text(MADE_TAG, made))


def _settle(body: Element, lines: Lines) -> None:
    """Give each picture a number of its own; take out bookmarks that are there twice, and links to nothing."""
    for number, picture in enumerate(body.iter(qn("wp:docPr")), 1):
        picture.set("id", str(number))
    found: set[str] = set()
    doubled: set[str] = set()
    for one in list(body.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))):
        number, name = one.get(qn("w:id")), (one.get(qn("w:name")) or "").casefold()
        if one.tag == qn("w:bookmarkEnd") and number in doubled:
            doubled.discard(number)
            one.getparent().remove(one)
        elif name in found:
            doubled.add(number)
            one.getparent().remove(one)
        elif name:
            found.add(name)
    for link in list(body.iter(qn("w:hyperlink"))):
        name = link.get(qn("w:anchor")) or ""
        if lines.anchors.has(name) and name.casefold() not in found:
            for style in link.iter(qn("w:rStyle")):
                style.getparent().remove(style)
            for piece in link:
                link.addprevious(piece)
            link.getparent().remove(link)


def _speak(document: Any, language: str) -> None:
    """Say in which language a document is: programs that read aloud, hyphenate or check the spelling ask for it."""
    styles = document.part._styles_part.element  # noqa: SLF001 (the library has no name for it)
    spoken = word_language(language)
    defaults = _child(_child(_child(styles, "w:docDefaults", 0), "w:rPrDefault", 0), "w:rPr", 0)
    for properties in (defaults, *styles.xpath("w:style[@w:type='paragraph'][@w:default='1']/w:rPr[w:lang]")):
        _child(properties, "w:lang").set(qn("w:val"), spoken)
    fonts = document.settings.element.find(qn("w:themeFontLang"))
    if fonts is not None:
        fonts.set(qn("w:val"), spoken)


def _describe(document: Any, view: View) -> None:
    """Write what the document says of itself, in place of what its template says of somebody else's."""
    about, day = document.core_properties, datetime(view.on.year, view.on.month, view.on.day)  # noqa: DTZ001 (as the library wants it)
    about.title, about.subject = harmless(view.title)[:_LONGEST], harmless(view.about)[:_LONGEST]
    about.author = about.last_modified_by = about.keywords = about.comments = about.category = ""
    about.language = view.language
    about.identifier = harmless(view.kept_by)[:_LONGEST]
    about.created = about.modified = day
    about.revision = 1
    # A date on which somebody printed the template is none of this document.
    for printed in about._element.xpath("cp:lastPrinted"):  # noqa: SLF001 (the library can only set it)
        about._element.remove(printed)  # noqa: SLF001


def packed(document: Any, on: date) -> bytes:
    """Return the bytes of a document, the same whenever and wherever it is written."""
    plain, packed_again = io.BytesIO(), io.BytesIO()
    document.save(plain)
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(packed_again, "w") as after:
        for name in before.namelist():
            info = zipfile.ZipInfo(name, (max(_EARLIEST, on.year), on.month, on.day, 0, 0, 0))
            info.create_system, info.external_attr = 0, 0
            info.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(info, before.read(name))
    return packed_again.getvalue()


def _child(parent: Element, tag: str, place: int | None = None) -> Element:
    found = parent.find(qn(tag))
    if found is None:
        found = element(tag)
        parent.insert(len(parent) if place is None else place, found)
    return found


BESIDE_SCALE = 1843
"""Where a scale begins, in twentieths of a point: the tab stop of its style."""
MANY_SECTIONS = 6
"""A document of so many sections says first what it holds."""


def front(view: View, body: Body, pictures: Pictures) -> list[Element]:
    """Return what stands above the sections of a document that is no letter."""
    styles, lines = body.lines.styles, body.lines
    made = [paragraph(styles["Title"], lines.plain(view.title))]
    if view.about:
        made.append(paragraph(styles["Subtitle"], lines.plain(view.about)))
    made += warning(view, body)
    if view.answer:
        made += _answer(view.answer, view.scope, body)
        made += [one for scale in view.scales for one in pictures.scale(scale, BESIDE_SCALE)]
        for item in view.answer.fields:
            made += _glance(item, body)
        made += body.blocks(view.answer.foot)
    return made


def warning(view: View, body: Body) -> list[Element]:
    """Return the warning that not everybody may read the document, where there is one."""
    return [paragraph(body.lines.styles["Report Warning"], body.lines.of(view.warning))] if view.warning else []


def contents(sections: Sequence[Section], body: Body, *, on_new_page: bool) -> list[Element]:
    """Return a list of the sections, without page numbers: only Word knows them, and can bring the list up to date."""
    styles, lines, anchors = body.lines.styles, body.lines, body.lines.anchors
    entries: list[Element] = []
    for one in sections:
        link: Attributes = {"w:anchor": str(anchors.name(one.key)), "w:history": 1}
        entries.append(paragraph(styles["toc 1"], [element("w:hyperlink", link, lines.plain(one.title))]))
    *begin, _shown, end = field('TOC \\o "1-1" \\h \\n \\z', "")
    for one in reversed(begin):
        entries[0].pPr.addnext(one)
    entries[-1].append(end)
    breaks = [element("w:pageBreakBefore")] if on_new_page else []
    heading = paragraph(styles["TOC Heading"], lines.plain(_("Contents")), breaks)
    gallery = element(
        "w:docPartObj", children=[value("w:docPartGallery", "Table of Contents"), element("w:docPartUnique")]
    )
    properties, inside = element("w:sdtPr", children=[gallery]), element("w:sdtContent", children=[heading, *entries])
    return [element("w:sdt", children=[properties, inside])]


def _answer(answer: Answer, scope: Field | None, body: Body) -> list[Element]:
    styles, lines, tone = body.lines.styles, body.lines, answer.tone.capitalize()
    more = [lines.of(one) for one in answer.more]
    if scope:
        more += [lines.of((strong(f"{scope.label}: "), *one)) for one in scope.lines]
    return [
        paragraph(styles[f"Report Answer {tone}"], lines.plain(answer.sentence)),
        *(paragraph(styles[f"Report Answer More {tone}"], one) for one in more),
    ]


def _glance(item: Field, body: Body) -> list[Element]:
    styles, lines = body.lines.styles, body.lines
    heading = paragraph(styles["Report Glance"], lines.plain(item.label))
    if len(item.lines) == 1:
        return [heading, paragraph(styles["Report Glance Text"], lines.of(item.lines[0]))]
    return [heading, *body.bullets(item.lines, "Report Glance Bullet")]


_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_PARTS = {
    "document": "wordprocessingml.document.main",
    "styles": "wordprocessingml.styles",
    "numbering": "wordprocessingml.numbering",
    "settings": "wordprocessingml.settings",
    "fontTable": "wordprocessingml.fontTable",
    "theme": "theme",
}
_BEFORE_TYPE = ("w:headerReference", "w:footerReference", "w:footnotePr", "w:endnotePr")
_BEFORE_NUMBER = (*_BEFORE_TYPE, "w:type", "w:pgSz", "w:pgMar", "w:paperSrc", "w:pgBorders", "w:lnNumType")
"""What stands in the properties of a section before what kind it is, and before how its pages count."""
_ROOM = 9354
"""The width of the text on our own sheet."""
_DENSE = {
    "Report Answer": "30",
    "Report Answer More": "18",
    "Report Glance": "17",
    "Report Glance Text": "16",
    "Report Glance Bullet": "16",
    "Report Scale": "16",
}
"""The size of letters on a first page that has much to say, in half points."""


def written(view: View, draw: Drawing | None) -> bytes:
    """Return a document as bytes; without `draw`, text stands in place of its pictures."""
    document = sheet()
    writer = Writer(document, view, draw)
    _head_and_foot(document.sections[0], view, writer.lines)
    end = document.element.body.sectPr  # looked up once: the library reads all of the body for it
    for one in writer.whole():
        end.addprevious(one)
    if view.answer and view.answer.dense:
        _make_dense(document, writer.lines)
    return finished(document, view, writer.lines)


class Writer:
    """Writes the parts of a view into one document."""

    def __init__(self, document: Any, view: View, draw: Drawing | None) -> None:
        self.view = view
        self.document = document
        keys = (one.key for one in view.sections)
        anchors = (block.anchor for one in view.sections for block in one.blocks if isinstance(block, Group))
        fields = view.paper.fields if view.paper else None
        self.lines = Lines(document, ids(document), Anchors((*keys, *filter(None, anchors))), fields)
        room = room_of(document.element.body.sectPr)
        self.pictures = Pictures(self.lines, view.language, room, draw)
        self.body = Body(self.lines, self.pictures.drawn, room)

    def whole(self) -> list[Element]:
        """Return everything that the document holds."""
        view, body = self.view, self.body
        made = self._letters() if view.is_letter else [*front(view, body, self.pictures), *self.sections()]
        return [*made, *self.closing()]

    def closing(self) -> list[Element]:
        """Return the sentence that stands below everything."""
        footer = self.view.footer
        return [paragraph(self.lines.styles["Report Closing"], self.lines.plain(footer))] if footer else []

    def sections(self) -> list[Element]:
        """Return all sections, below a list of them where there are many."""
        sections, body = self.view.sections, self.body
        has_contents = len(sections) >= MANY_SECTIONS
        made = contents(sections, body, on_new_page=sections[0].starts_page) if has_contents else []
        for number, one in enumerate(sections):
            # The list of contents has begun the new page already.
            made += body.section(one, may_break=number > 0 or not has_contents)
        return made

    def _letters(self) -> list[Element]:
        """Return the letters, each with pages of its own that count from 1."""
        end = self.document.element.body.sectPr
        made: list[Element] = []
        for number, one in enumerate(self.view.sections):
            if number and one.starts_page:
                _end_pages(made, end)
            made += self.body.section(one, above=warning(self.view, self.body) if not number else [])
        if len(made) and any(one.starts_page for one in self.view.sections[1:]):
            _count_anew(end)
        return made


def room_of(section: Element) -> int:
    """Return the width of the text on a page, in twentieths of a point."""
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    if size is None or margins is None:
        return _ROOM
    width, left, right = (
        int(one.get(qn(name), 0)) for one, name in ((size, "w:w"), (margins, "w:left"), (margins, "w:right"))
    )
    return max(_ROOM // 4, width - left - right)


def _end_pages(made: list[Element], last: Element) -> None:
    """End the pages of a letter after what was written so far; they look like the last ones of the document."""
    if made[-1].tag != qn("w:p"):
        made.append(element("w:p"))
    pages = deepcopy(last)
    _count_anew(pages)
    made[-1].get_or_add_pPr().append(pages)


def _count_anew(section: Element) -> None:
    """Let the pages of a section begin with a new one, and with the number 1."""
    for tag in ("w:type", "w:pgNumType"):
        for old in section.findall(qn(tag)):
            section.remove(old)
    # In the order of the standard, whatever of it is there.
    before_type = [one for one in section if one.tag in map(qn, _BEFORE_TYPE)]
    section.insert(len(before_type), value("w:type", "nextPage"))
    before_number = [one for one in section if one.tag in map(qn, _BEFORE_NUMBER)]
    section.insert(len(before_number), element("w:pgNumType", {"w:start": 1}))


def sheet() -> Any:
    """Return an empty document with the styles of a report."""
    package = io.BytesIO()
    kept = {f"word/{name}.xml": read_bytes(templates_folder() / "word" / f"{name}.xml") for name in _PARTS}
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_OFFICE}.{kind}+xml"/>' for name, kind in _PARTS.items()
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATION}/{name}" Target="{name}.xml"/>'
        for number, name in enumerate(_PARTS)
        if name != "document"
    )
    kept["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
    ).encode()
    for name, inside in (
        ("_rels/.rels", f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="word/document.xml"/>'),
        ("word/_rels/document.xml.rels", relations),
    ):
        kept[name] = f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'.encode()
    with zipfile.ZipFile(package, "w") as made:
        for name, content in kept.items():
            made.writestr(name, content)
    return Document(package)


def _head_and_foot(section: Any, view: View, lines: Lines) -> None:
    """Write the case and the page above each page, and what the document is found by below it."""
    # Letters to several people each count their own pages.
    count = "SECTIONPAGES" if view.is_letter else "NUMPAGES"
    before, between, after = _("Page {page} of {pages}", page="\0", pages="\0").split("\0")
    numbered = [
        *lines.plain(before),
        *field("PAGE", "1"),
        *lines.plain(between),
        *field(count, "1"),
        *lines.plain(after),
    ]
    _fill(section.header, "header", [*lines.plain(view.case_id), tab(), *numbered], lines)
    _fill(section.footer, "footer", lines.plain(view.kept_by), lines)
    if view.is_letter:
        # Above its first page a letter has its own head.
        section.different_first_page_header_footer = True
        _fill(section.first_page_header, "header", [], lines)
        _fill(section.first_page_footer, "footer", lines.plain(view.kept_by), lines)


def _fill(place: Any, style: str, content: list[Element], lines: Lines) -> None:
    place.is_linked_to_previous = False
    root = place._element  # noqa: SLF001 (the library has no name for it)
    for old in list(root):
        root.remove(old)
    root.append(paragraph(lines.styles[style], content))


def _make_dense(document: Any, lines: Lines) -> None:
    """Set the answer in smaller letters, as `dense` asks; the styles stay styles."""
    styles = document.part._styles_part.element  # noqa: SLF001 (the library has no name for it)
    for name, size in _DENSE.items():
        properties = styles.xpath(f"w:style[@w:styleId='{lines.styles[name]}']/w:rPr")[0]
        for tag in ("w:sz", "w:szCs"):
            properties.find(qn(tag)).set(qn("w:val"), size)
