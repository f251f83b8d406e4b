"""A view to plain data for the Typst templates: text in pieces that say their language and whether they may break."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from risk_engine.report.blocks import Label, Picture
from risk_engine.report.fonts import Glyphs
from risk_engine.report.scripts import spans

Data: TypeAlias = dict[str, Any]
Piece: TypeAlias = str | Data

_UNBROKEN = re.compile(r"\S{40,}|(?=\S*[^\W\d_]\S*[\d_/.:@+=&?#-])\S{24,}")
"""A word that no rule of a language divides, such as an address: too long for a column, it breaks anywhere."""


def pieces(text: str, glyphs: Glyphs) -> list[Piece]:
    """Return text in pieces: each is plain, or of a language of its own, or breaks anywhere, or both."""
    shown = glyphs.shown(text)
    return list(_pieces(shown))


def _pieces(text: str) -> Iterator[Piece]:
    done = 0
    for one in [] if text.isascii() else spans(text):
        yield from _by_breaks(text[done : one.start], None)
        yield from _by_breaks(text[one.start : one.end], one.tag.partition("-")[0])
        done = one.end
    yield from _by_breaks(text[done:], None)


def _by_breaks(text: str, lang: str | None) -> Iterator[Piece]:
    done = 0
    for found in _UNBROKEN.finditer(text):
        yield from _piece(text[done : found.start()], lang)
        yield {"text": found[0], "lang": lang, "breaks": True}
        done = found.end()
    yield from _piece(text[done:], lang)


def _piece(text: str, lang: str | None) -> Iterator[Piece]:
    if text:
        yield {"text": text, "lang": lang, "breaks": False} if lang else text


def picture_data(picture: Picture, glyphs: Glyphs) -> Data:
    """Return a picture as data."""
    items = [
        {**vars(one), "kind": one.kind, **({"text": pieces(one.text, glyphs)} if isinstance(one, Label) else {})}
        for one in picture.items
    ]
    return {
        "kind": picture.kind,
        "title": pieces(picture.title, glyphs),
        "alt": f"{picture.title}. {picture.desc}",
        "height": picture.height,
        "items": items,
        "signs": [[look, pieces(meaning, glyphs)] for look, meaning in picture.signs],
    }
