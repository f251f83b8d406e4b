"""A view to a PDF through Typst: tagged (PDF/UA-1), to be kept (PDF/A-2a), the same bytes for the same view.

The templates hold no word and no text of a user: everything to be read goes in as data.
"""

import warnings
from datetime import UTC, datetime, time
from typing import Any, cast

from risk_engine.language import in_language
from risk_engine.report.blocks import Picture, View
from risk_engine.report.fonts import Glyphs, fonts, need_typst
from risk_engine.report.typesetting import picture_data, view_data
from risk_engine.resources import templates_folder

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
    return _typeset("document.typ", data, format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=stamp)


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
