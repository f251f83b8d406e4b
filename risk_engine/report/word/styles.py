"""The styles of a report by their names: which id each has in a document, and those that a template lacks.

Word knows a style by its name in every language; its id differs from one office to the next.
"""

from copy import deepcopy
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart

from risk_engine.report.word.xml import Element, value
from risk_engine.resources import templates_folder

_NUMBERING = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
_POINTERS = ("w:basedOn", "w:next", "w:link")
DEFAULTS = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
"""What every document has, under whatever name: `default` marks them."""


def part(name: str) -> Element:
    """Return one of the parts that a report without a template begins with."""
    return parse_xml((templates_folder() / "word" / name).read_bytes())


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
