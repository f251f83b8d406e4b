"""Stored records: assessments and decisions read back from their files."""

import os
import re
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from pydantic import ValidationError

from risk_engine.files.diagnostics import InvalidSourceError, file_problem
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import Document, read
from risk_engine.model.assessment import SCHEMA, Assessment
from risk_engine.model.decision import SCHEMA as DECISION_SCHEMA
from risk_engine.model.decision import Decision

if TYPE_CHECKING:
    from risk_engine.model.outlook import Outlook

Kind: TypeAlias = Literal["assessment", "decision", "outlook"]

_MARKS: dict[Kind, frozenset[str]] = {
    "assessment": frozenset({"case_digest", "findings", "proposals", "ratings"}),
    "decision": frozenset({"about", "by", "conditions", "levels"}),
    "outlook": frozenset({"margins", "questions", "ranges", "ways"}),
}
"""Keys that tell a record; one of them may be damaged."""


REGISTER = "REGISTER.txt"
"""The file that marks a folder as a register."""
FILED = re.compile(
    r"(?P<number>[0-9]{4,})-(?P<kind>case|assessment|decision|evidence|kept)(-(?P<hint>.*))?"
    r"\.(?P<digest>[0-9a-f]{16})(?P<suffix>\.[A-Za-z0-9]{1,10})?"
)
"""The name of a thing that was filed in the folder of a case: its number, its kind, the beginning of its SHA-256."""


class Stored(NamedTuple):
    """A record with its file as it was read: the places of its values, and its bytes."""

    record: Assessment | Decision
    document: Document
    raw: bytes


def read_assessment(path: Path | str) -> Assessment:
    """Return a stored assessment; raise InvalidSourceError where the file is not one."""
    return read_stored_assessment(Path(path))[1]


def read_stored_assessment(path: Path) -> tuple[Document, Assessment]:
    """Return a stored assessment with the places of its values; raise InvalidSourceError where it is not one."""
    document, raw = _read(path)
    return document, _assessment(path, document, raw)


def kind_of_file(path: Path) -> Kind | None:
    """Return which record a file is meant to be, None where it is none; InvalidSourceError where it is unreadable."""
    return kind_of(_read(path)[0]) if path.suffix.casefold() == ".json" else None


def read_outlook(path: Path) -> "Outlook":
    """Return a stored outlook; raise InvalidSourceError where the file is not one."""
    from risk_engine.model.outlook import Outlook

    _document, raw = _read(path)
    try:
        return Outlook.model_validate_json(raw)
    except ValidationError as error:
        message = _("this is not an outlook that this engine can read") + _place(error)
        way_out = _("an outlook is what `risk-engine outlook --format json` writes")
        raise file_problem(path, message, way_out) from None


def read_decision(path: Path) -> Decision:
    """Return a stored decision; raise InvalidSourceError where the file is not one."""
    return _decision(path, *_read(path))


def read_record(path: Path) -> Stored:
    """Return whichever record a file holds; raise InvalidSourceError where it holds none."""
    document, raw = _read(path)
    kind = kind_of(document)
    if kind == "outlook":
        message = _("this is an outlook, neither an assessment nor a decision")
        raise file_problem(path, message, _("name the assessment that it is about"))
    make = _decision if kind == "decision" else _assessment
    return Stored(make(path, document, raw), document, raw)


def kind_of(document: Document) -> Kind | None:
    """Return which record a document is meant to be, None where it is like none."""
    keys = document.data.keys() if isinstance(document.data, dict) else frozenset[str]()
    return next((kind for kind, marks in _MARKS.items() if len(marks & keys) >= len(marks) - 1), None)


def _read(path: Path) -> tuple[Document, bytes]:
    try:
        document = read(path, nulls=True)  # says where the JSON is broken, in our words
    except InvalidSourceError:
        if path.is_file() and os.access(path, os.R_OK) and _is_page(read_bytes(path)):
            message = _("this is a page (HTML), neither an assessment nor a decision")
            raise file_problem(path, message, _("give the .json file of it, which holds the record itself")) from None
        raise
    return document, read_bytes(path)


def _is_page(raw: bytes) -> bool:
    return raw.removeprefix(BOM_UTF8).lstrip()[:9].lower().startswith((b"<!doctype", b"<html"))


def _assessment(path: Path, document: Document, raw: bytes) -> Assessment:
    if isinstance(document.data, tuple):
        raise file_problem(path, _("this is a list of assessments"), _("assess one case at a time to verify it later"))
    _check_schema(path, document, SCHEMA)
    try:
        return Assessment.model_validate_json(raw)
    except ValidationError as error:
        message = _("this is not an assessment that this engine can read") + _place(error)
        raise file_problem(
            path, message, _("an assessment is what `risk-engine assess --format json` writes")
        ) from None


def _check_schema(path: Path, document: Document, known: int) -> None:
    """Raise InvalidSourceError for a record of another form than this engine writes."""
    number = document.data.get("schema") if isinstance(document.data, dict) else None
    if isinstance(number, int) and number != known:
        message = _(
            "this record is of schema {number}, and this engine reads schema {known}", number=number, known=known
        )
        raise file_problem(path, message, _("read it with the engine that wrote it, or assess the case again"))


def _decision(path: Path, document: Document, raw: bytes) -> Decision:
    _check_schema(path, document, DECISION_SCHEMA)
    try:
        return Decision.model_validate_json(raw)
    except ValidationError as error:
        message = _("this is not a decision that this engine can read") + _place(error)
        raise file_problem(path, message, _("a decision is what `risk-engine decide` writes")) from None


def _place(error: ValidationError) -> str:
    place = ".".join(str(one) for one in error.errors(include_url=False)[0]["loc"])
    return " " + _("(at `{place}`)", place=place) if place else ""
