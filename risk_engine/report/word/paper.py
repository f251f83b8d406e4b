"""A document without a template: a sheet of A4 with head and foot, and everything that a view holds on it."""

import io
import zipfile
from copy import deepcopy
from itertools import pairwise
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from risk_engine.language import _
from risk_engine.report.blocks import Group, View
from risk_engine.report.word.body import Body
from risk_engine.report.word.finish import describe, packed, settle, speak
from risk_engine.report.word.front import MANY_SECTIONS, contents, front, warning
from risk_engine.report.word.lines import Anchors, Lines
from risk_engine.report.word.pictures import Drawing, Pictures
from risk_engine.report.word.styles import ids
from risk_engine.report.word.xml import Element, element, field, paragraph, tab, value
from risk_engine.resources import templates_folder

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = {"document": "document.main", "styles": "styles", "numbering": "numbering", "settings": "settings"}


def written(view: View, draw: Drawing | None) -> bytes:
    """Return a document as bytes; without `draw`, text stands in place of its pictures."""
    document = _sheet()
    writer = Writer(document, view, draw)
    body = document.element.body
    for one in writer.whole():
        body.insert(len(body) - 1, one)
    _head_and_foot(document, view, writer.lines)
    if view.answer and view.answer.dense:
        _make_dense(document)
    settle(body, writer.lines)
    speak(document, view.language)
    describe(document, view)
    return packed(document, view.on)


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
        made = self._letters() if view.is_letter else [*front(view, body, self.pictures), *self._sections()]
        return [*made, *self.closing()]

    def closing(self) -> list[Element]:
        """Return the sentence that stands below everything."""
        footer = self.view.footer
        return [paragraph(self.lines.styles["Report Closing"], self.lines.plain(footer))] if footer else []

    def _sections(self) -> list[Element]:
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


def _end_pages(made: list[Element], last: Element) -> None:
    """End the pages of a letter after what was written so far; they look like the last ones of the document."""
    if made[-1].tag != qn("w:p"):
        made.append(paragraph(_style_of(made), []))
    made[-1].get_or_add_pPr().append(_count_anew(deepcopy(last)))
