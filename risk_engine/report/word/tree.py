"""A filled template as a tree: what placeholders tore apart is found, what they left empty is made whole."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from docx.oxml.ns import qn

from risk_engine.language import _
from risk_engine.report.word.problems import TemplateProblem
from risk_engine.report.word.tags import plain
from risk_engine.report.word.xml import Element, element

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
