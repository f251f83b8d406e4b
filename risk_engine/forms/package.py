"""A questionnaire as bytes: what is damaged, locked, too large or holds macros is refused before it is read."""

import io
from pathlib import Path
from typing import assert_never

from risk_engine.forms.problems import InvalidFormError, file_error
from risk_engine.language import _
from risk_engine.office import Bounds, Kind, OfficeFileError, content, damaged

BOUNDS = {
    kind: Bounds(packed=10 * 1024 * 1024, unpacked=12 * 1024 * 1024, parts=2_000, tags=tags)
    for kind, tags in (("xlsx", 250_000), ("docx", 800_000))
}
"""The largest form of the shipped set has a tenth of these tags, a document half."""


def form_content(path: Path, kind: Kind) -> tuple[io.BytesIO, str]:
    """Return the bytes of a file that can be read as this kind, and their SHA-256; raise InvalidFormError."""
    try:
        return content(path, kind, BOUNDS[kind])
    except OfficeFileError as error:
        raise _as_form(error) from error


def damaged_form(path: Path) -> InvalidFormError:
    """Return the error for a questionnaire that no reader of such files can make anything of."""
    return _as_form(damaged(path))


def _as_form(error: OfficeFileError) -> InvalidFormError:
    match error.problem:
        case "damaged":
            way_out = _("ask for the file again")
        case "unpacked":
            way_out = _("a questionnaire is far smaller: ask for the file again")
        case "tags":
            way_out = _("a questionnaire is far smaller: copy the answers into a new one")
        case None:
            way_out = error.help
        case _:
            assert_never(error.problem)
    return file_error(error.path, error.message, way_out)
