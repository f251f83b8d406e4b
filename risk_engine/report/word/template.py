"""An office template filled with one document: checked before, bounded while it is written, checked again after."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError as JinjaError
from lxml import etree

from risk_engine.files.language import _, current, in_language
from risk_engine.files.office_files import BROKEN, Bounds, OfficeFileError, content
from risk_engine.report.blocks import View
from risk_engine.report.sandbox import in_own_words
from risk_engine.report.word import placeholders
from risk_engine.report.word.body import Drawing
from risk_engine.report.word.offered import TooMuchError, left_out, offer, unsafe_to_miss
from risk_engine.report.word.paper import Writer, finished
from risk_engine.report.word.placeholders import TemplateError, TemplateProblem, plain
from risk_engine.report.word.styles import Element, element

_NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WITH_TEXT = {qn(one) for one in ("w:t", "w:delText", "w:instrText", "w:delInstrText", "w:fldData")}
_BLOCKS = {qn("w:p"), qn("w:tbl")}
_INSIDE = {qn(one) for one in ("w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:pPr", "w:rPr", "w:hyperlink")}
"""What never holds a paragraph or a table itself."""


def torn(root: Element) -> Iterator[TemplateProblem]:
    """Yield what a template has in a place where Word would call the document damaged."""
    for one in root.iter():
        if not isinstance(one.tag, str) or not one.tag.startswith(_NAMESPACE):
            continue
        inside = (one.text or "") if one.tag not in _WITH_TEXT else ""
        if loose := inside.strip() or (one.tail or "").strip():
            yield TemplateProblem(
                _("text stands outside of every paragraph"),
                _("`{tag}` is for whole paragraphs; write text as `{text}`", tag="{{p … }}", text="{{ … }}"),
                loose,
            )
        parent = one.getparent()
        if one.tag in _BLOCKS and parent is not None and parent.tag in _INSIDE:
            yield TemplateProblem(
                _("a paragraph or table stands within a line"),
                _("give each placeholder for whole paragraphs, rows or cells one of its own"),
                _text(one),
            )
        if one.tag == qn("w:sectPr") and any(True for each in one.iterancestors(qn("w:tc"))):
            yield TemplateProblem(_("several letters cannot stand in a table"))
        if one.tag == qn("w:gridSpan") and not (one.get(qn("w:val")) or "").isdigit():
            yield TemplateProblem(_("`colspan` needs a number"), near=_text(one.getparent().getparent()))


def mend(root: Element) -> None:
    """Take out tables and rows that a loop over nothing left empty; give cells and parts the paragraph they need."""
    for row in list(root.iter(qn("w:tr"))):
        if row.find(f".//{qn('w:tc')}") is None:
            row.getparent().remove(row)
    for table in list(root.iter(qn("w:tbl"))):
        if table.find(f".//{qn('w:tr')}") is None:
            table.getparent().remove(table)
        else:
            _fit(table)
    for frame in list(root.iter(qn("w:sdt"))):
        inside = frame.find(qn("w:sdtContent"))
        if inside is None or len(inside) == 0:
            frame.getparent().remove(frame)
    needing = [*root.iter(qn("w:tc"), qn("w:txbxContent")), *([root] if root.tag in _PARTS else [])]
    for one in needing:
        if len(one) == 0 or one[-1].tag != qn("w:p"):
            one.append(element("w:p"))


_PARTS = {qn("w:hdr"), qn("w:ftr")}


def _fit(table: Element) -> None:
    """Give a table as many columns as its longest row has cells: a loop over cells changes their number."""
    grid = table.find(qn("w:tblGrid"))
    if grid is None:
        grid = element("w:tblGrid")
        before = [one for one in table if one.tag in {qn("w:tblPr"), qn("w:bookmarkStart"), qn("w:bookmarkEnd")}]
        table.insert(len(before), grid)
    count = max(sum(_columns(cell) for cell in row.findall(qn("w:tc"))) for row in table.iter(qn("w:tr")))
    for extra in grid.findall(qn("w:gridCol"))[count:]:
        grid.remove(extra)
    while len(grid.findall(qn("w:gridCol"))) < count:
        last = grid.findall(qn("w:gridCol"))[-1:]
        grid.append(deepcopy(last[0]) if last else element("w:gridCol"))


def _columns(cell: Element) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    return 1 if span is None else int(span.get(qn("w:val")))


def _text(one: Any) -> str:
    return plain("".join(one.itertext()))


_MIB = 1024 * 1024
BOUNDS = Bounds(packed=20 * _MIB, unpacked=60 * _MIB, parts=2_000, tags=200_000)
"""A letterhead has a few thousand tags; pictures may make it large."""
MOST_TEXT = 4 * _MIB
"""How many characters a part of a template may have before it is filled in."""
MOST_WRITTEN = 64 * _MIB
"""How many characters a filled template may have; the largest document of thousands of findings has half of it."""
_UNFILLED = ("endnotes+xml", "comments+xml")
"""Parts that are not filled."""
_DETACHED = f"{RELATIONSHIP_TYPE.SETTINGS.rpartition('/')[0]}/attachedTemplate"
_OLD_STYLES = "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects"
_PARAGRAPH = re.compile(r"(?=<w:p[ >])|(?<=</w:p>)")
_BROKEN_LINE = re.compile(r"\n(?=<w:p[ >])|(?<=</w:p>)\n")
_PARSER = etree.XMLParser(resolve_entities=False)


def filled(view: View, path: Path, draw: Drawing | None) -> bytes:
    """Return a document written into a template; raise TemplateError with every problem that the template has."""
    office = _Office(path)
    document = office.get_docx()
    try:
        writer = Writer(document, view, draw)
    except BROKEN as error:
        raise _unreadable(path) from error
    with in_language(view.language):
        offered = offer(writer)
    env, used = placeholders.environment(), set[str]()
    problems = [*_from_elsewhere(document)]
    for source in office.sources:
        if len(source.xml) > MOST_TEXT:
            raise TemplateError(path, [TemplateProblem(_("the template holds far more text than a template needs"))])
        torn = placeholders.unreadable(source.paragraphs, env)
        problems += torn
        if not torn:  # else what docxtpl makes of it is of no use, and may take it long
            whole = office.patch_xml(source.xml)
            check = placeholders.Check(whole, offered.shapes, used, takes_paragraphs=source.is_body)
            problems += check.look(env)
    problems += _left_over(document)
    problems += [] if problems else [*_nothing_named(used & set(offered.shapes)), *unsafe_to_miss(view, used)]
    if problems:
        raise TemplateError(path, problems)
    try:
        with in_language(view.language):
            office.render(offered.values, env)
    except TooMuchError as error:
        message = _("filled in, the template would be far longer than any document")
        raise TemplateError(path, [TemplateProblem(message, _("take loops out of other loops"))]) from error
    except JinjaError as error:
        raise TemplateError(
            path, [TemplateProblem(_("the template cannot be filled in: {why}", why=in_own_words(str(error))))]
        ) from error
    text = "\n".join(_own_text(one) for one in document.element.body.iter(qn("w:p")))
    if problems := list(left_out(view, text)):
        raise TemplateError(path, problems)
    _detach(document)
    return finished(document, view, writer.lines)


@dataclass(frozen=True)
class _Source:
    """A part of a template: its paragraphs as people read them, and its XML."""

    paragraphs: tuple[str, ...]
    xml: str
    is_body: bool


class _Office(DocxTemplate):  # type: ignore[misc] # it carries no types
    """The template, in which everything that could do more than fill in text is taken out of the hands of docxtpl."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Its problems are told to whoever uses it, in another language maybe than that of the document.
        self.told_in = current()
        try:
            file, _digest = content(path, "docx", BOUNDS)
        except OfficeFileError as error:
            way_out = _("open it in Word, and save it again as .docx") if error.problem else error.help
            raise TemplateError(path, [TemplateProblem(error.message, way_out)]) from error
        super().__init__(file)
        try:
            self.init_docx()
            self._look_at_roots()
            body = self.docx.element.body
            if body.find(qn("w:sectPr")) is None:
                body.append(element("w:sectPr"))
            # Each part is read once before anything is written.
            self.sources = list(self._sources())
        except BROKEN as error:
            raise _unreadable(path) from error

    def _look_at_roots(self) -> None:
        main = self.docx.part
        roots = {"w:document": main.element, "w:styles": main._styles_part.element}  # noqa: SLF001 (no name for it)
        roots["w:settings"] = self.docx.settings.element
        for one in main.rels.values():
            if one.reltype == RELATIONSHIP_TYPE.NUMBERING:
                roots["w:numbering"] = one.target_part.element
        if any(root.tag != qn(name) for name, root in roots.items()):
            raise ValueError(roots)

    def _sources(self) -> Iterator[_Source]:
        yield self._source(self.docx.element.body, is_body=True)
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _key, part in self.get_headers_footers(uri):
                yield self._source(parse_xml(part.blob), is_body=False)
        for part in self._footnotes():
            yield self._source(parse_xml(part.blob), is_body=False)

    def _source(self, root: Any, *, is_body: bool) -> _Source:
        paragraphs = tuple(_own_text(one) for one in root.iter(qn("w:p")))
        return _Source(paragraphs, self.xml_to_string(root), is_body)

    def _footnotes(self) -> list[Any]:
        return [one for one in self.docx.part.package.iter_parts() if one.content_type.endswith("footnotes+xml")]

    def patch_xml(self, src_xml: str) -> str:
        """Make placeholders whole, each paragraph on a line of its own."""
        whole = placeholders.tidy(super().patch_xml(placeholders.tidy(src_xml)))
        return _PARAGRAPH.sub("\n", whole)

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:  # noqa: ARG002 (theirs)
        """Fill a part in, no longer than a document may be; what comes out must be whole."""
        pieces: list[str] = []
        length = 0
        for piece in jinja_env.from_string(src_xml).generate(context):
            length += len(piece)
            if length > MOST_WRITTEN:
                raise TooMuchError
            pieces.append(piece)
        try:
            # With the plain parser: the one of the library gives paragraphs a text of their own.
            root = etree.fromstring(_BROKEN_LINE.sub("", "".join(pieces)), _PARSER)
        except SyntaxError as error:  # what the XML parser raises is one
            with in_language(self.told_in):
                message = _("filled in, the paragraphs of the template do not fit each other")
                way_out = _("let a `for` or `if` begin and end in one paragraph, or give each end its own")
                raise TemplateError(self.path, [TemplateProblem(message, way_out)]) from error
        with in_language(self.told_in):
            if problems := list(torn(root)):
                raise TemplateError(self.path, problems)
        mend(root)
        return str(self.xml_to_string(root))

    def fix_tables(self, xml: str) -> Any:
        """Return the body as a tree; its tables are whole already."""
        return parse_xml(xml)

    def fix_docpr_ids(self, tree: Any) -> None:
        """Leave the numbers of pictures alone: all are numbered at the end."""

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Leave alone what the template says of itself: it is written anew."""

    def render_footnotes(self, context: Any, jinja_env: Any = None) -> None:
        """Fill in the footnotes, once: what users wrote is in them from then on, and must not be read as a template."""
        for part in self._footnotes():
            whole = self.patch_xml(self.xml_to_string(parse_xml(part.blob)))
            filled_in = self.render_xml_part(whole, part, context, jinja_env)
            part._blob = filled_in.encode()  # noqa: SLF001 (the library has no name for it)


def _own_text(paragraph: Any) -> str:
    """Return the text of a paragraph without that of text boxes in it, which have paragraphs of their own."""
    inside = (one for one in paragraph.iter(qn("w:t")) if next(one.iterancestors(qn("w:p"))) is paragraph)
    return "".join(one.text or "" for one in inside)


def _from_elsewhere(document: Any) -> Iterator[TemplateProblem]:
    """Yield what the document would load or run when somebody opens it."""
    for part in document.part.package.iter_parts():
        if "activeX" in part.content_type:
            yield TemplateProblem(_("the template holds controls that run programs"), _("take them out"))
        for one in part.rels.values():
            if one.is_external and one.reltype not in {RELATIONSHIP_TYPE.HYPERLINK, _DETACHED}:
                message = _("the document would load `{address}` when somebody opens it", address=one.target_ref)
                yield TemplateProblem(message, _("put pictures into the template, not links to them"))


def _left_over(document: Any) -> Iterator[TemplateProblem]:
    for part in document.part.package.iter_parts():
        if part.content_type.endswith(_UNFILLED) and (b"{{" in part.blob or b"{%" in part.blob):
            yield TemplateProblem(
                _("placeholders in endnotes and comments are not filled in"), _("move them into the text")
            )


def _nothing_named(used: set[str]) -> Iterator[TemplateProblem]:
    if not used:
        way_out = _("write `{example}` where the document is to stand", example="{{p content }}")
        yield TemplateProblem(
            _("the template has no placeholder, so nothing of the document would stand in it"), way_out
        )


def _detach(document: Any) -> None:
    """Let the document forget the file that the template was made from, which lies on somebody's disk.

    And the copy of its styles for Word 2010, which would have to say the same as its styles.
    """
    settings = document.part._settings_part  # noqa: SLF001 (the library has no name for it)
    for one in settings.element.findall(qn("w:attachedTemplate")):
        settings.element.remove(one)
    for part, kind in ((settings, _DETACHED), (document.part, _OLD_STYLES)):
        for key in [key for key, one in part.rels.items() if one.reltype == kind]:
            del part.rels[key]


def _unreadable(path: Path) -> TemplateError:
    message = _("the template is damaged, or it is written in a way that only Word understands")
    return TemplateError(path, [TemplateProblem(message, _("open it in Word, and save it again as .docx"))])
