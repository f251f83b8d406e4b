"""A reply of the researcher or the partner: a file to its record in a decision."""

import hashlib
from datetime import date
from pathlib import Path

from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.language import _
from risk_engine.files.syntax import UNFIT
from risk_engine.model.decision import Reply

MAX_TEXT = 64 * 1024
"""A longer text is not kept in the record, only its digest."""

_ODD_BREAKS = frozenset("\x85\u2028\u2029")
"""Ends of lines that readers of JSON do not agree on."""


def read_reply(path: Path, by: str, on: date) -> Reply:
    """Return the record of a reply; raise RiskEngineError where the file cannot be read."""
    hashed = hashlib.sha256()
    size, first = 0, b""
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                first = first or part
                hashed.update(part)
                size += len(part)
    except OSError as error:
        message = _("{path}: the reply cannot be read: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message) from error
    return Reply.model_validate(
        {
            "name": _name(path),
            "sha256": hashed.hexdigest(),
            "size": size,
            "text": _text(first) if size <= MAX_TEXT else None,
            "from": by,
            "date": on,
        }
    )


def _name(path: Path) -> str:
    """Return the name of a file as text; what cannot stand in a text is replaced."""
    return UNFIT.sub("\N{REPLACEMENT CHARACTER}", path.name)


def _text(raw: bytes) -> str | None:
    """Return the bytes as text, None where they are not plain text that comes back from JSON as it was."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return None if UNFIT.search(text) or _ODD_BREAKS.intersection(text) else text
