"""Content controls of a document: fields for text, drop-down lists and boxes to tick, each with a tag to find it by."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
CHECKED, NOT_CHECKED = "☒", "☐"
PLACEHOLDER = "PlaceholderText"
"""The style of what stands in an empty field; Word knows it by this name."""


def text_field(tag: str, title: str, hint: str) -> Any:
    """Return a field for text of any length."""
    kind = OxmlElement("w:text")
    kind.set(qn("w:multiLine"), "1")
    return _control(tag, title, kind, hint)


def date_field(tag: str, title: str, hint: str, language: str) -> Any:
    """Return a field for a date, with a calendar in that language (`de-DE`) to choose it from."""
    kind = OxmlElement("w:date")
    for name, value in (
        ("dateFormat", "yyyy-MM-dd"),
        ("lid", language),
        ("storeMappedDataAs", "date"),
        ("calendar", "gregorian"),
    ):
        kind.append(_value(f"w:{name}", value))
    return _control(tag, title, kind, hint)


def list_field(tag: str, title: str, choices: Sequence[tuple[str, str]], hint: str) -> Any:
    """Return a drop-down list of these choices: how the case writes each, and what people read."""
    kind = OxmlElement("w:dropDownList")
    for name, words in choices:
        item = OxmlElement("w:listItem")
        item.set(qn("w:displayText"), words)
        item.set(qn("w:value"), name)
        kind.append(item)
    return _control(tag, title, kind, hint)


def box(tag: str, title: str) -> Any:
    """Return a box to tick."""
    kind = OxmlElement("w14:checkbox", nsdecls={"w14": W14})
    for name, value in (("checked", "0"), ("checkedState", "2612"), ("uncheckedState", "2610")):
        part = OxmlElement(f"w14:{name}", nsdecls={"w14": W14})
        part.set(f"{{{W14}}}val", value)
        if name != "checked":
            part.set(f"{{{W14}}}font", "MS Gothic")
        kind.append(part)
    return _control(tag, title, kind, NOT_CHECKED, is_empty=False)


def hidden_text(tag: str, text: str) -> Any:
    """Return text that nobody sees, and that stays in the document whoever saves it."""
    control = _control(tag, "", OxmlElement("w:text"), text, is_empty=False)
    run = control.find(f".//{qn('w:r')}")
    properties = OxmlElement("w:rPr")
    properties.append(OxmlElement("w:vanish"))
    run.insert(0, properties)
    return control


def controls(body: Any) -> Iterator[tuple[str, Any]]:
    """Yield the controls of a document with their tags."""
    for control in body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        if tag is not None:
            yield str(tag.get(qn("w:val"))), control


def content_of(control: Any) -> str | None:
    """Return the text that somebody entered, None where nobody did; a tick is `Yes`."""
    checked = control.find(f"{qn('w:sdtPr')}/{{{W14}}}checkbox/{{{W14}}}checked")
    if checked is not None:
        return "Yes" if checked.get(f"{{{W14}}}val") in {"1", "true"} else None
    shows_hint = control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")
    if shows_hint is not None and shows_hint.get(qn("w:val")) not in {"0", "false"}:
        return None
    content = control.find(qn("w:sdtContent"))
    return "".join(_texts(() if content is None else content.iter())).strip("\n")


def texts_beside(body: Any, fields: Collection[Any]) -> Iterator[tuple[Any, str]]:
    """Yield each paragraph of a document that has text outside these controls, and that text."""
    inside = {one for control in fields for one in control.iter()}
    for paragraph in body.iter(qn("w:p")):
        # A text box stands in a paragraph, and has paragraphs of its own.
        own = (one for one in paragraph.iter() if next(one.iterancestors(qn("w:p")), None) is paragraph)
        text = "".join(_texts(one for one in own if one not in inside))
        if text.strip():
            yield paragraph, text


def titles_of(control: Any) -> dict[str, str]:
    """Return what a drop-down list offers: what people read, and how the case writes it."""
    items = control.iterfind(f"{qn('w:sdtPr')}/{qn('w:dropDownList')}/{qn('w:listItem')}")
    pairs = ((one.get(qn("w:displayText")), one.get(qn("w:value"))) for one in items)
    return {title or name: name for title, name in pairs if name}


def _texts(elements: Iterable[Any]) -> Iterator[str]:
    for one in elements:
        if one.tag == qn("w:t"):
            yield one.text or ""
        elif one.tag in {qn("w:br"), qn("w:cr"), qn("w:p")}:
            yield "\n"
        elif one.tag == qn("w:tab"):
            yield "\t"


def _control(tag: str, title: str, kind: Any, text: str, *, is_empty: bool = True) -> Any:
    control = OxmlElement("w:sdt")
    properties = OxmlElement("w:sdtPr")
    if title:
        properties.append(_value("w:alias", title))
    properties.append(_value("w:tag", tag))
    properties.append(_value("w:lock", "sdtLocked"))
    if is_empty:
        properties.append(OxmlElement("w:showingPlcHdr"))
    properties.append(kind)
    content = OxmlElement("w:sdtContent")
    run = OxmlElement("w:r")
    if is_empty:
        style = OxmlElement("w:rPr")
        style.append(_value("w:rStyle", PLACEHOLDER))
        run.append(style)
    words = OxmlElement("w:t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    content.append(run)
    control.append(properties)
    control.append(content)
    return control


def _value(name: str, value: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), value)
    return element
