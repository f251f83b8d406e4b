"""The elements of a Word document, its languages and its styles."""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart

from risk_engine.files.reading import read_bytes, templates_folder

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


# Word checks the spelling of a language together with a country; where their letters are alike, nothing stands here.
_WITH_COUNTRY = {
    "cs": "cs-CZ", "da": "da-DK", "el": "el-GR", "en": "en-GB", "et": "et-EE", "ga": "ga-IE",
    "he": "he-IL", "ja": "ja-JP", "ka": "ka-GE", "ko": "ko-KR", "nb": "nb-NO", "nn": "nn-NO",
    "sl": "sl-SI", "sq": "sq-AL", "sr": "sr-RS", "sv": "sv-SE", "uk": "uk-UA", "zh": "zh-CN",
}  # fmt: skip
_LETTERS = 2
"""A language by two letters may have a country; what has more says already what it is."""

# Fonts that come with Word; where one is missing, Word and LibreOffice take another that has the characters.
_EAST_ASIAN = {"und-Hani": "Microsoft YaHei", "ja": "Yu Gothic", "ko": "Malgun Gothic", "zh": "Microsoft JhengHei"}
_COMPLEX = {
    "und-Arab": "Arial", "he": "Arial", "syr": "Estrangelo Edessa", "dv": "MV Boli", "und-Deva": "Nirmala UI",
    "bn": "Nirmala UI", "pa": "Nirmala UI", "gu": "Nirmala UI", "ta": "Nirmala UI", "te": "Nirmala UI",
    "kn": "Nirmala UI", "ml": "Nirmala UI", "si": "Nirmala UI", "th": "Leelawadee UI",
    "lo": "Leelawadee UI", "bo": "Microsoft Himalaya", "my": "Myanmar Text", "km": "Leelawadee UI",
}  # fmt: skip
_RIGHT_TO_LEFT = {"und-Arab", "he", "syr", "dv"}


def word_language(tag: str) -> str:
    """Return a language as Word names it.

    >>> word_language("de"), word_language("en"), word_language("und-Hani")
    ('de-DE', 'en-GB', 'und-Hani')
    """
    return _WITH_COUNTRY.get(tag, f"{tag}-{tag.upper()}") if len(tag) == _LETTERS else tag


def font_of(tag: str) -> Element | None:
    """Return the `w:rFonts` of a run in that language, None where the font of the document has its letters."""
    if font := _EAST_ASIAN.get(tag):
        return element("w:rFonts", {"w:eastAsia": font, "w:hint": "eastAsia"})
    if font := _COMPLEX.get(tag):
        return element("w:rFonts", {"w:cs": font})
    return None


def marks_of(tag: str) -> list[Element]:
    """Return what else says that a run is in that language: Word neither checks a name nor turns it around."""
    spoken = word_language(tag)
    unchecked = element("w:noProof")
    if tag in _EAST_ASIAN:
        return [unchecked, element("w:lang", {"w:eastAsia": spoken})]
    if tag in _COMPLEX:
        direction = "w:rtl" if tag in _RIGHT_TO_LEFT else "w:cs"
        return [unchecked, element(direction), element("w:lang", {"w:bidi": spoken})]
    return [unchecked, element("w:lang", {"w:val": spoken})]


_NUMBERING = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
_POINTERS = ("w:basedOn", "w:next", "w:link")
DEFAULTS = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
"""What every document has, under whatever name: `default` marks them."""


def part(name: str) -> Element:
    """Return one of the parts that a report without a template begins with."""
    return parse_xml(read_bytes(templates_folder() / "word" / name))


def ids(document: Any) -> dict[str, str]:
    """Return the ids of the styles of a report in a document by their names; add those that it lacks."""
    styles = document.part._styles_part.element  # noqa: SLF001 (the library names no way to add a style as it is)
    known = {_key(one): one.get(qn("w:styleId")) for one in _styles(styles)}
    defaults = {one.get(qn("w:type")): one.get(qn("w:styleId")) for one in _styles(styles) if _is_default(one)}
    taken = {one.get(qn("w:styleId")) for one in _styles(styles)}
    found: dict[str, str] = {}
    ours: dict[str, str] = {}
    added: list[Element] = []
    for one in _styles(part("styles.xml")):
        kind, name, own = one.get(qn("w:type")), _name(one), one.get(qn("w:styleId"))
        there = known.get(_key(one)) or (defaults.get(kind) if _is_default(one) else None)
        if there is None:
            there = _free(own, taken)
            taken.add(there)
            copy = deepcopy(one)
            copy.set(qn("w:styleId"), there)
            added.append(copy)
        ours[own] = found[name] = there
    list_number: str | None = None
    for copy in added:
        for pointer in (child for tag in _POINTERS for child in copy.iter(qn(tag))):
            pointer.set(qn("w:val"), ours[pointer.get(qn("w:val"))])
        for number in copy.iter(qn("w:numId")):
            list_number = list_number or _add_list(document)
            number.set(qn("w:val"), list_number)
        styles.append(copy)
    return found


def _styles(styles: Element) -> list[Element]:
    found: list[Element] = styles.findall(qn("w:style"))
    return found


def _name(style: Element) -> str:
    return str(style.find(qn("w:name")).get(qn("w:val")))


def _key(style: Element) -> tuple[str, str]:
    # A paragraph style of the office may have the name that a character style has here.
    return style.get(qn("w:type")), _name(style).casefold()


def _is_default(style: Element) -> bool:
    return style.get(qn("w:default")) in {"1", "true"}


def _free(wanted: str, taken: set[str]) -> str:
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}{number}"
    return found


def _add_list(document: Any) -> str:
    """Add the list of a report to the lists of a document; return its number."""
    numbering = _numbering(document)
    ours = part("numbering.xml")
    abstracts, numbers = numbering.findall(qn("w:abstractNum")), numbering.findall(qn("w:num"))
    abstract, number = deepcopy(ours.find(qn("w:abstractNum"))), deepcopy(ours.find(qn("w:num")))
    abstract_id = str(1 + max((int(one.get(qn("w:abstractNumId"))) for one in abstracts), default=-1))
    number_id = str(1 + max((int(one.get(qn("w:numId"))) for one in numbers), default=0))
    abstract.set(qn("w:abstractNumId"), abstract_id)
    number.set(qn("w:numId"), number_id)
    number.replace(number.find(qn("w:abstractNumId")), value("w:abstractNumId", abstract_id))
    # All abstract lists stand before the first number.
    if abstracts:
        abstracts[-1].addnext(abstract)
    elif numbers:
        numbers[0].addprevious(abstract)
    else:
        numbering.append(abstract)
    if numbers:
        numbers[-1].addnext(number)
    else:
        abstract.addnext(number)
    return number_id


def _numbering(document: Any) -> Element:
    main = document.part
    for one in main.rels.values():
        if one.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return one.target_part.element
    empty = part("numbering.xml")
    for child in list(empty):
        empty.remove(child)
    made = NumberingPart(PackURI("/word/numbering.xml"), _NUMBERING, empty, main.package)
    main.relate_to(made, RELATIONSHIP_TYPE.NUMBERING)
    return made.element
