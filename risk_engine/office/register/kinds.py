"""Which kind of thing a file is that somebody wants to file: what it says tells, not its name."""

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from risk_engine.files.diagnostics import RiskEngineError, file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.source import Document
from risk_engine.records.files import kind_of as kind_of_record

Given: TypeAlias = Literal["assessment", "case", "decision", "evidence"]

ORDER: tuple[Given, ...] = ("assessment", "case", "decision", "evidence")
"""In this order files that are given at once are filed: a decision is about an assessment that is there."""

_CASE = frozenset({"id", "title"})
"""Keys of every case; one of them may be damaged."""


class NoRecordError(RiskEngineError):
    """A file that is no record and that no case names as evidence: wrong if somebody named it, not in a folder."""


class Recognised(NamedTuple):
    """A file with its kind and, where it says so, its day: what was filed last counts, so older things go first."""

    kind: Given
    day: str
    path: Path

    def order(self) -> tuple[int, str]:
        """Return the key by which files are filed one after the other."""
        return ORDER.index(self.kind), self.day


def files_at(path: Path) -> list[Path]:
    """Return the files that a path stands for: itself, or what lies directly in a folder, hidden files left out."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith((".", "~$")))
    if not found:
        raise file_problem(path, _("there is no file in this folder"))
    return found


def recognised(path: Path) -> Recognised:
    """Return a file with its kind; what is neither YAML nor JSON is evidence.

    Raises RiskEngineError for a file that is not there, NoRecordError for JSON that is none of the kinds.
    """
    if not path.exists():
        raise file_problem(path, _("there is no such file"))
    match path.suffix.casefold():
        case ".json":
            return _by_content(path, _json(path))
        case ".yaml" | ".yml":
            return Recognised(
                "case", "", path
            )  # nothing else is written in YAML by people or by this engine; its reader says what is wrong
        case _:
            return Recognised("evidence", "", path)


def _json(path: Path) -> Any:
    """Return what a JSON file says, roughly: the reader of its kind says later what is wrong in it, and where."""
    try:
        return json.loads(path.read_bytes(), parse_int=str, parse_float=str)
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error

    except (ValueError, RecursionError):
        return dict.fromkeys(_CASE)


def _by_content(path: Path, data: Any) -> Recognised:
    found = kind_of_record(Document(path.as_posix(), data, {}, ()))
    # An outlook is made anew from its assessment whenever somebody wants it: a register keeps none.
    if found is not None and found != "outlook":
        return Recognised(found, str(data.get("on", "")), path)
    if isinstance(data, dict) and data.keys() & _CASE:
        return Recognised("case", "", path)
    message = _("this is no case, no assessment and no decision")
    raise NoRecordError(str(file_problem(path, message, _("if it supports a case, say so with `--evidence`"))))
