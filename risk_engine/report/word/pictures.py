"""The pictures of a report in a Word document: with what they show as text, or a sentence in their place."""

import io
from collections.abc import Callable
from typing import Any

from docx.oxml.ns import qn

from risk_engine.language import _
from risk_engine.report.blocks import Picture
from risk_engine.report.word.lines import Lines
from risk_engine.report.word.xml import Element, element, harmless, paragraph, run, tab

_PIXEL = 9525
"""A pixel of 1/96 inch, in the units that Word measures pictures in."""
_TWENTIETH = 635
"""A twentieth of a point, likewise."""
Drawing = Callable[..., bytes]
"""What turns a picture into PNG: it takes a picture, a language, a width in pixels, and `with_key`."""


class Pictures:
    """Puts pictures into one document, never wider than its text; without `draw`, what they show as text."""

    def __init__(self, lines: Lines, language: str, room: int, draw: Drawing | None) -> None:
        self.lines = lines
        self.language = language
        self.widest = room * _TWENTIETH // _PIXEL
        self.draw = draw

    def drawn(self, picture: Picture) -> list[Element]:
        """Return a picture below its title."""
        if self.draw is None:
            said = _("Picture left out: {title}. The text beside it says the same.", title=picture.title)
            return [paragraph(self.lines.styles["Normal"], self.lines.plain(said, "Emphasis"))]
        styles, title = self.lines.styles, self.lines.plain(picture.title)
        return [
            paragraph(styles["Report Picture Title"], title),
            paragraph(styles["Report Picture"], [self._inline(picture, self.draw, self.widest, with_key=True)]),
        ]

    def scale(self, picture: Picture, beside: int) -> list[Element]:
        """Return a scale beside its title, which is so many twentieths of a point wide."""
        styles, title = self.lines.styles, self.lines.plain(picture.title)
        if self.draw is None:
            return [paragraph(styles["Normal"], [*title, *self.lines.plain(f": {picture.desc}")])]
        width = self.widest - beside * _TWENTIETH // _PIXEL
        image = self._inline(picture, self.draw, width, with_key=False)
        return [paragraph(styles["Report Scale"], [*title, tab(), image])]

    def _inline(self, picture: Picture, draw: Drawing, width: int, *, with_key: bool) -> Element:
        content = io.BytesIO(draw(picture, self.language, width, with_key=with_key))
        part: Any = self.lines.part
        inline = part.new_pic_inline(content, width * _PIXEL)
        for side in ("distT", "distB", "distL", "distR"):  # else LibreOffice keeps text away from it
            inline.set(side, "0")
        for described in (inline.docPr, next(inline.iter(qn("pic:cNvPr")))):
            described.set("name", picture.key)
            described.set("descr", harmless(f"{picture.title}. {picture.desc}"))
            described.set("title", harmless(picture.title))
        return run(element("w:drawing", children=[inline]))
