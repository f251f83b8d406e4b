"""The blocks of a document to Word: lines, pictures, tables, and what they stand in."""

import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import count, zip_longest
from typing import Any, TypeAlias, assert_never
from urllib.parse import quote

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from risk_engine.files.language import _, current
from risk_engine.report.blocks import (
    AnswerField,
    Blanks,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Letterhead,
    Line,
    Picture,
    Prose,
    Run,
    Section,
    Table,
    closing_of,
    words,
)
from risk_engine.report.foreign_scripts import by_language
from risk_engine.report.word.fields import answer_field
from risk_engine.report.word.styles import (
    Attributes,
    Element,
    element,
    font_of,
    harmless,
    marks_of,
    paragraph,
    run,
    tab,
    text,
    value,
)

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

    def __init__(
        self, document: Any, styles: dict[str, str], anchors: Anchors, fields: Mapping[str, AnswerField] | None = None
    ) -> None:
        self.part = document.part
        self.fields = fields or {}
        self.styles = styles
        self.anchors = anchors

    def of(self, line: Line) -> list[Element]:
        """Return the runs of a line."""
        return [one for piece in line for one in self._of(piece)]

    def plain(self, content: str, style: str | None = None) -> list[Element]:
        """Return the runs of a text, in a character style if there is one."""
        return [self._run(piece, tag, style) for piece, tag in by_language(content)]

    def places(self, style: str) -> list[Element]:
        """Return what a paragraph style says of a fixed place on the sheet."""
        sheet: Element = self.part._styles_part.element  # noqa: SLF001 (the library has no name for it)
        found = sheet.xpath(f"w:style[@w:styleId='{self.styles[style]}']/w:pPr/w:framePr")
        return [deepcopy(one) for one in found]

    def field(self, key: str) -> list[Element]:
        """Return a field that can be filled in, and beside an answer how sure it is; nothing where there is none."""
        asked = self.fields.get(key)
        return [] if asked is None else [*answer_field(key, asked, language=current())]

    def _of(self, piece: Run) -> list[Element]:
        if piece.field in self.fields:
            return self.field(piece.field)
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
            for content, tag in by_language(piece.text)
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


_ACROSS = 100
"""About how many letters stand on a line across the sheet."""
_LONGEST_WORD = 20
"""A longer word may break; no column is made wider for it."""
_TO_WRITE_IN = 34
"""So wide is a column to be written into."""
_HANDWRITTEN = 680
"""The height of a row to be written into by hand, in twentieths of a point."""
_WHOLE = 5000
"""A whole width, as Word counts: in fiftieths of a percent."""


def table(block: Table, lines: Lines, room: int) -> list[Element]:
    """Return the caption and the table below it; `room` is the width of the text in twentieths of a point."""
    shares = [share * _WHOLE // _ACROSS for share in _widths(block)]
    shares[-1] += _WHOLE - sum(shares)
    styles = lines.styles
    head = _row(
        [paragraph(styles["Report Table Head"], lines.plain(name)) for name in block.head], shares, is_head=True
    )
    rows = [
        _row(
            [paragraph(styles["Report Table Text"], lines.of(cell)) for cell in row],
            shares,
            has_room=any(not words(cell).strip() for cell in row),
        )
        for row in block.rows
    ]
    properties = element(
        "w:tblPr",
        children=[
            value("w:tblStyle", styles["Report Table"]),
            element("w:tblW", {"w:w": _WHOLE, "w:type": "pct"}),
            element("w:tblLayout", {"w:type": "fixed"}),
            # The first row and the first column are heads: readers of the screen say them with each cell.
            element(
                "w:tblLook",
                {
                    "w:val": "00A0",
                    "w:firstRow": 1,
                    "w:lastRow": 0,
                    "w:firstColumn": 1,
                    "w:lastColumn": 0,
                    "w:noHBand": 0,
                    "w:noVBand": 0,
                },
            ),
            value("w:tblCaption", block.caption),
        ],
    )
    grid = element("w:tblGrid", children=[element("w:gridCol", {"w:w": room * one // _WHOLE}) for one in shares])
    caption = paragraph(styles["caption"], lines.plain(block.caption))
    return [caption, element("w:tbl", children=[properties, grid, head, *rows])]


def _row(cells: Sequence[Element], shares: Sequence[int], *, is_head: bool = False, has_room: bool = False) -> Element:
    marks = [
        element("w:cantSplit"),
        *([element("w:trHeight", {"w:val": _HANDWRITTEN, "w:hRule": "atLeast"})] if has_room else []),
        *([element("w:tblHeader")] if is_head else []),
    ]
    made = [
        element("w:tc", children=[element("w:tcPr", children=[element("w:tcW", {"w:w": one, "w:type": "pct"})]), cell])
        for cell, one in zip(cells, shares, strict=True)
    ]
    return element("w:tr", children=[element("w:trPr", children=marks), *made])


def _widths(block: Table) -> list[int]:
    """Return how many letters wide each column is: no ordinary word breaks, and the rows are as low as they can be."""
    if block.shares:
        return list(block.shares)
    rows = [block.head, *([words(cell) for cell in row] for row in block.rows)]
    wide = [_least(*column) for column in zip(*rows, strict=True)]
    if sum(wide) > _ACROSS:
        wide = [max(1, one * _ACROSS // sum(wide)) for one in wide]
    lengths = [[len(cell) for cell in row] for row in rows]
    for _each in range(_ACROSS - sum(wide)):
        wide[_neediest(lengths, wide)] += 1
    return wide


def _least(name: str, *cells: str) -> int:
    """Return how many letters wide a column is at least; one without a word is there to be written into."""
    if cells and not any(one.strip() for one in cells):
        return _TO_WRITE_IN
    return min(_LONGEST_WORD, max(len(word) for cell in (name, *cells) for word in cell.split() or [""])) + 2


def _neediest(rows: Sequence[Sequence[int]], wide: Sequence[int]) -> int:
    """Return the column that makes most rows lower where it gets a letter more."""
    gain = [0] * len(wide)
    for row in rows:
        # In hundredths of a line, so that each letter counts.
        heights = [100 * letters // room for letters, room in zip(row, wide, strict=True)]
        tallest = max(heights)
        number = heights.index(tallest)
        others = max((one for place, one in enumerate(heights) if place != number), default=0)
        gain[number] += tallest - max(others, 100 * row[number] // (wide[number] + 1))
    return max(range(len(wide)), key=lambda one: (gain[one], -wide[one]))


Drawn: TypeAlias = Callable[[Picture], list[Element]]
"""Gives the paragraphs of a picture."""
_SHORT_LABEL = 25
"""So many letters of a label fit beside what belongs to it."""
_AFTER_TABLE = {"w:before": 200}


class Body:
    """Writes sections into one document; `room` is the width of its text in twentieths of a point."""

    def __init__(self, lines: Lines, drawn: Drawn, room: int) -> None:
        self.lines = lines
        self.drawn = drawn
        self.room = room

    def section(self, section: Section, *, above: Sequence[Element] = (), may_break: bool = True) -> list[Element]:
        """Return a section below its heading; a letter begins with its head, and its heading is the subject.

        `above` stands between the two.
        """
        blocks = list(section.blocks)
        made: list[Element] = []
        style, breaks = "heading 1", section.starts_page and may_break
        if blocks and isinstance(blocks[0], Letterhead):
            made += self._letterhead(blocks[0])
            del blocks[0]
            style, breaks = "Report Subject", False
        made += above
        made.append(self._heading(style, self.lines.plain(section.title), section.key, breaks=breaks))
        closing = closing_of(section) if style == "Report Subject" else 0
        opening = self.blocks(blocks[: len(blocks) - closing])
        written = self.blocks(blocks) if closing else opening
        # Greeting and signature never stand alone on a page: they keep together, and with what was said before them.
        for one in written[max(0, len(opening) - 1) :] if closing else ():
            rows = list(one.iter(qn("w:tr")))
            for part in (rows[-1] if rows else one).iter(qn("w:p")):
                part.get_or_add_pPr().get_or_add_keepNext()
        made += written
        return made

    def blocks(self, blocks: Sequence[Block | Group]) -> list[Element]:
        """Return blocks; what follows a table keeps a distance from it."""
        made: list[Element] = []
        for one in blocks:
            new = list(self._block(one))
            if made and new and made[-1].tag == qn("w:tbl") and not isinstance(one, Table | Group | Picture):
                new[0].pPr.append(element("w:spacing", _AFTER_TABLE))
            made += new
        return made

    def _letterhead(self, head: Letterhead) -> list[Element]:
        """Return who writes, to whom, where and when; the styles say where on the sheet each stands."""
        return [
            *(self._placed("Report Sender", one) for one in head.sender),
            *(self._placed("Report Recipient", one) for one in head.recipient),
            self._placed("Report Dated", head.dated),
        ]

    def _placed(self, style: str, content: str) -> Element:
        # LibreOffice looks for the place on the sheet at the paragraph only, Word at its style too.
        return paragraph(self.lines.styles[style], self.lines.plain(content), self.lines.places(style))

    def bullets(self, lines: Sequence[Line], style: str = "List Bullet") -> list[Element]:
        """Return a list."""
        return [self._paragraph(style, self.lines.of(one)) for one in lines]

    def _block(self, block: Block | Group) -> Iterator[Element]:
        match block:
            case Prose(line):
                yield self._paragraph("Normal", self.lines.of(line))
            case Bullets(several):
                yield from self.bullets(several)
            case Fields(rows):
                for row in rows:
                    yield from self._field(row)
            case Table():
                yield from table(block, self.lines, self.room)
            case Blanks(labels, fields):
                for label, key in zip_longest(labels, fields, fillvalue=""):
                    room = self.lines.field(key) or [tab()]
                    yield self._paragraph("Report Signature", [*self.lines.plain(label), tab(), *room])
            case Letterhead():
                yield from self._letterhead(block)
            case Picture():
                yield from self.drawn(block)
            case Group(title, blocks, anchor):
                yield self._heading("heading 2", self.lines.of(title), anchor)
                yield from self.blocks(blocks)
            case _:
                assert_never(block)

    def _field(self, field: Field) -> Iterator[Element]:
        label = self.lines.plain(field.label, "Report Label")
        if len(field.lines) == 1:
            gap = run(element("w:br")) if len(field.label) > _SHORT_LABEL else tab()
            yield self._paragraph("Report Field", [*label, gap, *self.lines.of(field.lines[0])])
            return
        yield self._paragraph("Report Field Label", label)
        yield from self.bullets(field.lines, "Report Field Bullet")

    def _heading(self, style: str, title: Sequence[Element], anchor: str | None, *, breaks: bool = False) -> Element:
        properties = [element("w:pageBreakBefore")] if breaks else []
        return paragraph(self.lines.styles[style], self.lines.anchors.around(anchor, title), properties)

    def _paragraph(self, style: str, content: Sequence[Element]) -> Element:
        return paragraph(self.lines.styles[style], content)
