"""A document as a PDF: its text and fonts as Typst takes them, and the file that Typst makes."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, assert_never, cast
from unicodedata import category, east_asian_width

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.language import _, in_language, ngettext
from risk_engine.files.reading import templates_folder
from risk_engine.report.blocks import (
    Answer,
    Blanks,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Label,
    Letterhead,
    Line,
    Picture,
    Prose,
    Run,
    Section,
    Table,
    View,
    closing_of,
    cut,
    say,
    shortened,
    words,
)
from risk_engine.report.foreign_scripts import by_language
from risk_engine.report.terminal import widths

if TYPE_CHECKING:
    from typst import Fonts


_FOR_CODE = "fontpkg_source_code_pro"
_FOR_TEXT = {
    "fontpkg_source_sans_3": "files/SourceSans3-Italic[wght].ttf",
    "fontpkg_noto_sans": "files/NotoSans-Italic[wdth,wght].ttf",
    "noto_cjk_sans_otc": "NotoSansCJK-Regular.ttc",
    "fontpkg_noto_sans_arabic": "files/NotoSansArabic[wdth,wght].ttf",
    "fontpkg_assistant": "files/Assistant[wght].ttf",
    "fontpkg_noto_sans_thai": "files/NotoSansThai[wdth,wght].ttf",
}
"""Each package, in the order of templates/fonts.typ, with its file that has the fewest characters: a word may be set in
any of its files."""
_INVISIBLE = re.compile(r"[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Joiners and selectors of variants choose the look of their neighbours and have none of their own."""


def need_typst() -> None:
    """Raise MissingExtraError where what sets documents in type is not installed."""
    try:
        import fontTools  # noqa: F401 (only whether it is there)
        import typst  # noqa: F401 (likewise)

        for package in (*_FOR_TEXT, _FOR_CODE):
            files(package)
    except ImportError as error:
        raise MissingExtraError(_("PDF files need libraries that are not installed"), "pdf") from error


@cache
def fonts() -> "Fonts":
    """Return the fonts that documents are set in, and no others."""
    from typst import Fonts

    folders = [str(files(one)) for one in (*_FOR_TEXT, _FOR_CODE)]
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


class Glyphs:
    """What can be printed; `missing` gathers the characters that no font has."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def shown(self, text: str) -> str:
        """Return text in which each character that no font has stands as its code point, such as `[U+1F600]`."""
        if text.isascii():
            return text
        made = text.translate(_SIGNS)
        if made != text:
            self.missing |= {one for one in text if _SIGNS[ord(one)] != ord(one)}
        return made


class _Signs(dict[int, int | str]):
    """Says of each character what is printed, as `str.translate` asks; each is looked up once."""

    def __missing__(self, code: int) -> int | str:
        return self.setdefault(code, code if _is_printable(chr(code)) else f"[U+{code:04X}]")


_SIGNS = _Signs()


def _is_printable(letter: str) -> bool:
    # What a character for private use means nobody could tell: PDF/A forbids it, even where a font has one.
    if category(letter) == "Co":
        return False
    return _INVISIBLE.fullmatch(letter) is not None or any(letter in _characters(package) for package in _FOR_TEXT)


@cache
def _characters(package: str) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(str(files(package) / _FOR_TEXT[package]), fontNumber=0, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


Data: TypeAlias = dict[str, Any]
Piece: TypeAlias = str | Data

_UNBROKEN = re.compile(r"(?=\S*[\d_/.:@+=&?#\\-])\S{24,}|\S{40,}")
"""A word that no rule of a language divides, such as an address: too long for a column, it breaks anywhere."""
_STRING = 32_000
"""PDF/A allows no longer string, in the letters that it is written with; headings are such strings as well."""
_HEADING = 3000
"""So many letters fit into such a string, even where each of them is shown as its code point."""
_NAME = 1000
"""Of a place that has a longer name nothing is said to refer to it."""
_CONTENTS_FROM = 7
"""A document of so many sections has a table of contents."""
_WITH_ADDRESSES = "sources"
"""The section in which the address of a link is printed as well, once in a document."""
_RUNNING = 100
"""How many letters of a text stand on the edge of each page."""
_LONG_CELL = 300
"""A row with more letters in a cell may break between two pages."""
_LABEL = 24
"""How many letters of a label have room on a line beside what belongs to it; it may have two lines there."""


def view_data(view: View) -> Data:
    """Return a whole document as data; its own words are in the current language."""
    return _Typesetter(view).document()


def picture_data(picture: Picture, glyphs: Glyphs) -> Data:
    """Return a picture as data."""
    return {
        "kind": picture.kind,
        "title": pieces(picture.title, glyphs),
        "alt": _fitting(f"{picture.title}. {picture.desc}"),
        "height": picture.height,
        "items": [
            {**vars(one), "kind": one.kind, **({"text": pieces(one.text, glyphs)} if isinstance(one, Label) else {})}
            for one in picture.items
        ],
        "signs": [[look, pieces(meaning, glyphs)] for look, meaning in picture.signs],
    }


def _fitting(text: str) -> str:
    """Return text that is no longer than a string of a PDF may be: what is not ASCII is written in hexadecimal."""
    written_with = 1 if text.isascii() else 4 if max(text) <= "\uffff" else 8
    return shortened(text, _STRING // written_with)


def pieces(text: str, glyphs: Glyphs) -> list[Piece]:
    """Return text in pieces: each is plain, or of a language of its own, or breaks anywhere, or both."""
    return [made for piece, tag in by_language(glyphs.shown(text)) for made in _by_breaks(piece, tag)]


def _by_breaks(text: str, tag: str | None) -> Iterator[Piece]:
    done = 0
    for found in _UNBROKEN.finditer(text):
        yield from _piece(text[done : found.start()], tag)
        yield {"text": found[0], "tag": tag, "breaks": True}
        done = found.end()
    yield from _piece(text[done:], tag)


def _piece(text: str, tag: str | None) -> Iterator[Piece]:
    if text:
        yield {"text": text, "tag": tag, "breaks": False} if tag else text


class _Typesetter:
    """One document: which places in it can be referred to, and which characters could not be printed."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.glyphs = Glyphs()
        self.places = set(_places(view.sections))
        self.placed: set[str] = set()
        self.prints_addresses = False

    def document(self) -> Data:
        view = self.view
        made = {
            "language": view.language,
            "name": _fitting(view.title.strip() or view.case_id.strip() or "–"),
            "document": view.kind,
            "closer": False,
            "is_letter": view.is_letter,
            "title": self.heading(1, say(view.title)),
            "about": self.text(view.about),
            "case_id": self.text(shortened(view.case_id, _RUNNING)),
            "kept_by": self.text(shortened(view.kept_by, _RUNNING)),
            "running": self.text(shortened(view.about, _RUNNING)),
            "page": _("Page {number} of {count}"),
            "warning": self.line(view.warning) if view.warning else None,
            "answer": self.answer(view.answer) if view.answer else None,
            "scales": [picture_data(one, self.glyphs) for one in view.scales],
            "scope": self.field(view.scope) if view.scope else None,
            "contents": self.heading(2, say(_("Contents")))
            if len(view.sections) >= _CONTENTS_FROM and not view.is_letter
            else None,
            "contents_at": self.contents_at(),
            "sections": list(self.sections()),
            "footer": self.text(view.footer),
        }
        return made | {"notice": self.notice()}

    def contents_at(self) -> int:
        """Return before which section the contents stand: what an audit tells on its first pages comes before them."""
        starts = (number for number, one in enumerate(self.view.sections) if one.starts_page)
        return next(starts, 0) if self.view.kind == "audit" else 0

    def notice(self) -> list[Piece] | None:
        """Say that characters are missing, which is known only when everything else was said."""
        if not self.glyphs.missing:
            return None
        said = ngettext(
            "{number} character has no glyph in the fonts of this document and stands as its code point: {example}.",
            "{number} characters have no glyph in the fonts of this document and stand as code points, as {example}.",
            len(self.glyphs.missing),
            example=self.glyphs.shown(min(self.glyphs.missing)),
        )
        return pieces(said, self.glyphs)

    def text(self, text: str) -> list[Piece]:
        return pieces(text, self.glyphs)

    def heading(self, level: int, line: Line, place: str | None = None) -> Data:
        """Return a heading with something to read; of several of one place the first is what a `ref` means."""
        is_first = place in self.places and place not in self.placed
        self.placed.update([place] if place else [])
        return {
            "level": level,
            "line": self.line(cut(line, _HEADING) if words(line).strip() else say("–")),
            "place": place if is_first else None,
        }

    def line(self, line: Line) -> list[Data]:
        return [self.run(one) for one in line]

    def lines(self, lines: Iterable[Line]) -> list[list[Data]]:
        return [self.line(one) for one in lines]

    def run(self, run: Run) -> Data:
        made: Data = {"style": run.style}
        if run.change:
            made["change"] = run.change
        if run.style == "code":
            made["code"] = self.glyphs.shown(run.text)
        else:
            made["pieces"] = self.text(run.text)
        if run.link:
            made["link"] = run.link
            if self.prints_addresses and run.text != run.link:
                made["address"] = self.glyphs.shown(run.link)
        elif run.ref in self.places:
            made["ref"] = run.ref
        return made

    def answer(self, answer: Answer) -> Data:
        return {
            "sentence": self.heading(1, say(answer.sentence)),
            "is_long": answer.is_long,
            "more": self.lines(answer.more),
            "tone": answer.tone,
            "glance": [self.titled(one) for one in (*answer.glance, answer.challenge) if one],
            "foot": [self.block(one) for one in answer.foot],
        }

    def field(self, field: Field) -> Data:
        width = sum(2 if east_asian_width(one) in {"W", "F"} else 1 for one in field.label)
        return {"label": self.text(field.label), "label_lines": 1 + width // _LABEL, "lines": self.lines(field.lines)}

    def titled(self, field: Field) -> Data:
        return {"title": self.heading(2, say(field.label)), "lines": self.lines(field.lines)}

    def sections(self) -> Iterator[Data]:
        has_top = not self.view.is_letter
        for one in self.view.sections:
            first = one.blocks[0] if one.blocks else None
            head = first if isinstance(first, Letterhead) else None
            level = 1 if head or not has_top else 2
            has_top = True
            self.prints_addresses = one.key == _WITH_ADDRESSES
            yield {
                "title": self.heading(level, say(one.title), one.key),
                "starts_page": one.starts_page,
                "letterhead": self.letterhead(head) if head else None,
                "closing": closing_of(one) if head else 0,
                "blocks": [self.block_or_group(part, level + 1) for part in (one.blocks[1:] if head else one.blocks)],
            }

    def letterhead(self, head: Letterhead) -> Data:
        return {
            "sender": [self.text(one) for one in head.sender],
            "recipient": [self.text(one) for one in head.recipient],
            "dated": self.text(head.dated),
        }

    def block_or_group(self, part: Block | Group, level: int) -> Data:
        if not isinstance(part, Group):
            return self.block(part)
        return {
            "kind": part.kind,
            "title": self.heading(level, part.title, part.anchor),
            "blocks": [self.block(one) for one in part.blocks],
        }

    def block(self, block: Block) -> Data:
        match block:
            case Prose():
                return {"kind": block.kind, "line": self.line(block.line)}
            case Bullets():
                return {"kind": block.kind, "lines": self.lines(block.lines)}
            case Fields():
                return {"kind": block.kind, "rows": [self.field(one) for one in block.rows]}
            case Table():
                return {"kind": block.kind, **self.table(block)}
            case Blanks():
                return {"kind": block.kind, "labels": [self.text(one) for one in block.labels]}
            case Letterhead():
                return {"kind": block.kind, **self.letterhead(block)}
            case Picture():
                return picture_data(block, self.glyphs)
            case _:
                assert_never(block)

    def table(self, table: Table) -> Data:
        columns = max([len(table.head), *map(len, table.rows)])
        head = (*table.head, *[""] * (columns - len(table.head)))
        rows = [(*row, *[()] * (columns - len(row))) for row in table.rows]
        said = [[self.said(cell).strip() for cell in row] for row in rows]
        return {
            "caption": self.text(table.caption),
            "widths": table.shares or widths(head, said),
            "head": [self.text(one) for one in head],
            "rows": [
                {
                    "cells": [self.line(cell) if said else [] for cell, said in zip(row, cells, strict=True)],
                    "breaks": max(map(len, cells)) > _LONG_CELL,
                }
                for row, cells in zip(rows, said, strict=True)
            ],
            "by_hand": any(map(_is_by_hand, zip(*rows, strict=True))),
        }

    def said(self, line: Line) -> str:
        """Return everything that is printed of a line."""
        return "".join(f"{one.text} {one.link}" if one.link and self.prints_addresses else one.text for one in line)


def _is_by_hand(column: Sequence[Line]) -> bool:
    """Return whether a column is there to be written into."""
    return all(not words(cell).strip() or any(one.field for one in cell) for cell in column)


def _places(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        groups = (part for part in section.blocks if isinstance(part, Group))
        yield from (name for name in (section.key, *(one.anchor for one in groups)) if name and len(name) <= _NAME)


_DENSITY = 288
"""Dots to the inch of a picture: three to each pixel of the page that it is laid out for."""
PICTURE_WIDTH = 640
"""About the width of the text on a sheet of A4, in the pixels that pictures are laid out in."""


def pdf(view: View) -> bytes:
    """Return a document as PDF; raise MissingExtraError where what sets it in type is not installed."""
    need_typst()
    with in_language(view.language):
        data = view_data(view)
    # The day that the document speaks of, never that of the writing.
    stamp = datetime.combine(view.on, time(), UTC)
    options: dict[str, Any] = {"format": "pdf", "pdf_standards": ["a-2a", "ua-1"], "timestamp": stamp}
    made = _typeset("document.typ", data, **options)
    if view.kind in _BOUNDED and (end := _end(data)) and end.page > 1 and end.filled < _LITTLE:
        # Set a little closer it may not need that page.
        closer = {**data, "closer": True}
        if (sooner := _end(closer)) and sooner.page < end.page:
            return _typeset("document.typ", closer, **options)
    return made


def length(view: View) -> int:
    """Return on how many pages a document is set; MissingExtraError where what sets it in type is not installed."""
    need_typst()
    with in_language(view.language):
        end = _end(view_data(view))
    return end.page if end else 1


_BOUNDED = frozenset({"decision", "full", "letter", "plan", "redacted"})
"""The kinds of document of which no page is to hold a few lines alone; an annex has as many as it has."""
_LITTLE = 0.45
"""A last page that is filled no further than this holds little."""


class _End(NamedTuple):
    page: int
    filled: float
    """How much of its page is above it."""


def _end(data: object) -> _End | None:
    """Return where a document ends; None where an office's own template does not mark it."""
    import json

    import typst

    folder = templates_folder()
    found = typst.query(
        folder / "document.typ",
        "<end>",
        field="value",
        root=folder,
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    ends = json.loads(found)
    return _End(**ends[-1]) if ends else None


def picture_png(picture: Picture, language: str, width: int = PICTURE_WIDTH, *, with_key: bool = True) -> bytes:
    """Return a picture as PNG, `width` pixels of 1/96 inch wide; the key below it says what its looks mean."""
    need_typst()
    data = {
        "language": language,
        "width": width,
        "with_key": with_key,
        "picture": picture_data(picture, Glyphs()),
    }
    return _typeset("picture.typ", data, format="png", ppi=_DENSITY)


def _typeset(template: str, data: object, **options: Any) -> bytes:
    import json

    import typst

    folder = templates_folder()
    made, found = typst.compile_with_warnings(
        folder / template,
        root=folder,
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        **options,
    )
    for one in found:
        warnings.warn(one, stacklevel=2)  # the template is wrong, not what it prints
    return cast("bytes", made)
