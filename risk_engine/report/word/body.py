"""The sections of a report as paragraphs and tables of Word."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, assert_never

from risk_engine.report.blocks import (
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
    Section,
    Table,
)
from risk_engine.report.word.lines import Lines
from risk_engine.report.word.tables import table
from risk_engine.report.word.xml import Element, element, paragraph, run, tab

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

    def section(
        self, section: Section, *, above: Sequence[Element] = (), has_head: bool = True, may_break: bool = True
    ) -> list[Element]:
        """Return a section below its heading; a letter begins with its head, and its heading is the subject.

        `above` stands between the two.
        """
        blocks = list(section.blocks)
        made: list[Element] = []
        style, breaks = "heading 1", section.starts_page and may_break
        if blocks and isinstance(blocks[0], Letterhead):
            made += self._letterhead(blocks[0]) if has_head else []
            del blocks[0]
            style, breaks = "Report Subject", False
        made += above
        made.append(self._heading(style, self.lines.plain(section.title), section.key, breaks=breaks))
        made += self.blocks(blocks)
        return made

    def blocks(self, blocks: Sequence[Block | Group]) -> list[Element]:
        """Return blocks; what follows a table keeps a distance from it."""
        made: list[Element] = []
        for one in blocks:
            new = list(self._block(one))
            if made and new and made[-1].tag == _TABLE and not isinstance(one, Table | Group | Picture):
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
            case Blanks(labels):
                for label in labels:
                    yield self._paragraph("Report Signature", [*self.lines.plain(label), tab(), tab()])
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


_TABLE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tbl"
