"""A view to a Word document (.docx) that the office can go on writing in: every look is a style, every heading one."""

from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.language import _, in_language
from risk_engine.report.blocks import Group, Picture, View

if TYPE_CHECKING:
    from risk_engine.report.word.body import Drawing


def docx(view: View) -> bytes:
    """Return a document as the bytes of a .docx file, the same for the same view.

    Pictures are drawn by what makes PDF files; where that is not installed a sentence stands in the place of each, and
    `pictures_left_out` says so.
    """
    try:
        from risk_engine.report.word.paper import written
    except ModuleNotFoundError as error:
        raise _missing() from error
    with in_language(view.language):
        return written(view, _drawing())


def docx_from_template(view: View, template: Path) -> bytes:
    """Return a document written into a template of the office; raise RiskEngineError where the template is wrong."""
    try:
        from risk_engine.report.word.template import filled
    except ModuleNotFoundError as error:
        raise _missing() from error
    return filled(view, template, _drawing())


def pictures_left_out(view: View) -> str:
    """Return what is to be said about pictures that a Word document cannot show here; nothing if it shows all."""
    blocks = [one for section in view.sections for one in section.blocks]
    blocks += [one for group in blocks if isinstance(group, Group) for one in group.blocks]
    if not (view.scales or any(isinstance(one, Picture) for one in blocks)) or _drawing():
        return ""
    return str(
        MissingExtraError(_("the pictures are left out of the document: what draws them is not installed"), "pdf")
    )


def _drawing() -> "Drawing | None":
    from risk_engine.report.typst import need_typst, picture_png

    try:
        need_typst()
    except MissingExtraError:
        return None
    return picture_png


def _missing() -> MissingExtraError:
    return MissingExtraError(_("Word files need libraries that are not installed"), "office")
