"""Lines of a report to runs of Word: character styles, links, and words of a foreign script in their own language."""

from collections.abc import Collection, Iterable
from copy import deepcopy
from itertools import count
from typing import Any
from urllib.parse import quote

from docx.opc.constants import RELATIONSHIP_TYPE

from risk_engine.report.blocks import Line, Run
from risk_engine.report.word.speech import font_of, marks_of, pieces
from risk_engine.report.word.xml import Attributes, Element, element, run, text, value

_LONGEST_NAME = 40
"""Word allows so many characters for the name of a bookmark."""
_FIRST_NUMBER = 100_000
"""Bookmarks of a template have smaller numbers: Word counts them from 0."""
_WEB = ("https://", "http://", "mailto:")
_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%~"
"""What may stand in an address as it is: Word calls a document damaged that refers to anything else."""
_SLANT = ("w:i", "w:iCs")
_CHANGES: dict[str | None, tuple[str, ...]] = {None: (), "added": ("w:u",), "removed": ("w:strike",)}
_LOOKS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "plain": (None, ()),
    "strong": ("Strong", ("w:b", "w:bCs")),
    "em": ("Emphasis", _SLANT),
    "mark": ("Report Mark", ("w:b", "w:bCs")),
    "code": ("Report Code", ()),
}
"""Each style of a run as a character style, and as properties beside another one."""


class Anchors:
    """The places of a report that can be gone to, each with its bookmark."""

    def __init__(self, anchors: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self._numbers = count(_FIRST_NUMBER)
        for one in dict.fromkeys(anchors):
            # A name that begins with an underscore is kept out of the list that people see.
            plain = "_" + "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in one)
            name, number = plain[:_LONGEST_NAME], 1
            while name.casefold() in self._taken:
                number += 1
                name = f"{plain[: _LONGEST_NAME - len(str(number)) - 1]}_{number}"
            self._taken.add(name.casefold())
            self._names[one] = name

    def name(self, anchor: str | None) -> str | None:
        """Return the bookmark of an anchor, None where the report has none of that name."""
        return None if anchor is None else self._names.get(anchor)

    def has(self, name: str) -> bool:
        """Return whether a bookmark is one of the report."""
        return name.casefold() in self._taken

    def around(self, anchor: str | None, content: Collection[Element]) -> list[Element]:
        """Return content with the bookmark of an anchor around it."""
        if (name := self.name(anchor)) is None:
            return list(content)
        number = next(self._numbers)
        start = element("w:bookmarkStart", {"w:id": number, "w:name": name})
        return [start, *content, element("w:bookmarkEnd", {"w:id": number})]


class Lines:
    """Writes lines into one document: links to the web are noted in it, `styles` has its ids by name."""

    def __init__(self, document: Any, styles: dict[str, str], anchors: Anchors) -> None:
        self.part = document.part
        self.styles = styles
        self.anchors = anchors

    def of(self, line: Line) -> list[Element]:
        """Return the runs of a line."""
        return [one for piece in line for one in self._of(piece)]

    def plain(self, content: str, style: str | None = None) -> list[Element]:
        """Return the runs of a text, in a character style if there is one."""
        return [self._run(piece, tag, style) for piece, tag in pieces(content)]

    def places(self, style: str) -> list[Element]:
        """Return what a paragraph style says of a fixed place on the sheet."""
        sheet: Element = self.part._styles_part.element  # noqa: SLF001 (the library has no name for it)
        found = sheet.xpath(f"w:style[@w:styleId='{self.styles[style]}']/w:pPr/w:framePr")
        return [deepcopy(one) for one in found]

    def _of(self, piece: Run) -> list[Element]:
        if piece.link and piece.link.startswith(_WEB):
            address = quote(piece.link, safe=_IN_ADDRESSES)
            target = self.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            return [element("w:hyperlink", {"r:id": target, "w:history": 1}, self._styled(piece, "Hyperlink"))]
        if name := self.anchors.name(piece.ref):
            within: Attributes = {"w:anchor": name, "w:history": 1}
            return [element("w:hyperlink", within, self._styled(piece, "Report Reference"))]
        return self._styled(piece)

    def _styled(self, piece: Run, link: str | None = None) -> list[Element]:
        style, direct = _LOOKS[piece.style]
        # A run has one character style. In a link what else it is stands beside that of links.
        return [
            self._run(
                content,
                tag,
                link or style,
                (*(direct if link else ()), *_CHANGES[piece.change]),
                is_upright=piece.style == "em" and bool(tag),
            )
            for content, tag in pieces(piece.text)
        ]

    def _run(
        self,
        content: str,
        tag: str | None,
        style: str | None,
        direct: Iterable[str] = (),
        *,
        is_upright: bool = False,
    ) -> Element:
        # In the order of the standard: style, font, weight and slant, language.
        properties = [value("w:rStyle", self.styles[style])] if style else []
        if tag and (font := font_of(tag)) is not None:
            properties.append(font)
        if is_upright:  # slanted letters are a custom of few scripts
            properties += [value("w:i", "0"), value("w:iCs", "0")]
            direct = [one for one in direct if one not in _SLANT]
        properties += [value(one, "single") if one == "w:u" else element(one) for one in direct]
        return run(text(content), properties=[*properties, *(marks_of(tag) if tag else [])])
