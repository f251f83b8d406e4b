"""A document without a template: a sheet of A4 with head and foot, and everything that a view holds on it."""

import io
import zipfile
from copy import deepcopy
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from risk_engine.language import _
from risk_engine.report.blocks import Group, View
from risk_engine.report.word.body import Body
from risk_engine.report.word.finish import finished
from risk_engine.report.word.front import MANY_SECTIONS, contents, front, warning
from risk_engine.report.word.lines import Anchors, Lines
from risk_engine.report.word.pictures import Drawing, Pictures
from risk_engine.report.word.styles import ids
from risk_engine.report.word.xml import Element, element, field, paragraph, tab, value
from risk_engine.resources import templates_folder

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
        self.lines = Lines(document, ids(document), Anchors((*keys, *filter(None, anchors))))
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
    kept = {f"word/{name}.xml": (templates_folder() / "word" / f"{name}.xml").read_bytes() for name in _PARTS}
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
