"""The elements that Word documents are made of; whatever text goes in is text that XML can hold."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

Element: TypeAlias = Any
"""An element of lxml, which carries no types."""
Attributes: TypeAlias = Mapping[str, str | int]

_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, values: Attributes | None = None, children: Iterable[Element] = ()) -> Element:
    """Return an element such as `w:p` with its attributes and children in order."""
    made = OxmlElement(tag)
    for name, value in (values or {}).items():
        made.set(qn(name), harmless(str(value)))
    made.extend(children)
    return made


def value(tag: str, content: str | int) -> Element:
    """Return an element that says one thing: its `w:val`."""
    return element(tag, {"w:val": content})


def text(content: str, tag: str = "w:t") -> Element:
    """Return an element of text that keeps its spaces."""
    made = element(tag)
    made.text = harmless(content)
    made.set(_PRESERVE, "preserve")
    return made


def run(*content: Element, properties: Iterable[Element] = ()) -> Element:
    """Return a run of text with its properties, which must be in the order of the standard."""
    kept = list(properties)
    return element("w:r", children=[*([element("w:rPr", children=kept)] if kept else []), *content])


def paragraph(style: str, content: Iterable[Element] = (), properties: Iterable[Element] = ()) -> Element:
    """Return a paragraph in a style (its id); further properties must be in the order of the standard."""
    return element("w:p", children=[element("w:pPr", children=[value("w:pStyle", style), *properties]), *content])


def tab() -> Element:
    """Return a run that goes on at the next tab stop."""
    return run(element("w:tab"))


def field(instruction: str, shown: str) -> list[Element]:
    """Return the runs of a field that Word works out by itself, such as the number of the page."""
    return [
        run(element("w:fldChar", {"w:fldCharType": "begin"})),
        run(text(f" {instruction} ", "w:instrText")),
        run(element("w:fldChar", {"w:fldCharType": "separate"})),
        run(text(shown)),
        run(element("w:fldChar", {"w:fldCharType": "end"})),
    ]


def harmless(content: str) -> str:
    r"""Return text in which each character that XML has no place for is a sign that something stood there.

    >>> harmless("a\x00b\uffff")
    'a\ufffdb\ufffd'
    """
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", content)
