"""A view to a PDF through Typst: tagged (PDF/UA-1), to be kept (PDF/A-2a), the same bytes for the same view.

The templates hold no word and no text of a user: everything to be read goes in as data.
"""

from typing import Any

from risk_engine.report.blocks import Picture
from risk_engine.report.fonts import Glyphs, fonts, need_typst
from risk_engine.report.typesetting import picture_data
from risk_engine.resources import templates_folder

_DENSITY = 288
"""Dots to the inch of a picture: three to each pixel of the page that it is laid out for."""
PICTURE_WIDTH = 640
"""About the width of the text on a sheet of A4, in the pixels that pictures are laid out in."""


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
    made: bytes = typst.compile(
        folder / template,
        root=folder,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        **options,
    )
    return made
