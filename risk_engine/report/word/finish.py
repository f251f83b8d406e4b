"""The last steps of a Word document: what must be unique in it, what it says of itself, and its bytes."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

from docx.oxml.ns import qn

from risk_engine.report.blocks import View
from risk_engine.report.word.lines import Lines
from risk_engine.report.word.speech import word_language
from risk_engine.report.word.xml import Element, element, harmless

_LONGEST = 255
"""The library writes so many characters of a property."""
_EARLIEST = 1980
"""The first year that the list of files in a document can name."""


def finished(document: Any, view: View, lines: Lines) -> bytes:
    """Return the bytes of a document in which everything stands."""
    _settle(document.element.body, lines)
    _speak(document, view.language)
    _describe(document, view)
    return packed(document, view.on)


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
