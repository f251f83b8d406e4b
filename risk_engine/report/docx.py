"""A view to a Word document (.docx) that the office can go on writing in: every look is a style, every heading a heading."""

import io
import zipfile
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from risk_engine.report.blocks import View

if TYPE_CHECKING:
    from risk_engine.report.word.pictures import Drawing


def docx(view: View) -> bytes:
    """Return a document as the bytes of a .docx file, the same for the same view."""
    from risk_engine.report.word.paper import written

    return written(view, drawing())
