"""The files of a version of a criteria set, read one after another, and the records in them by name.

What cannot be read is left out and remembered as broken, so that nobody is told to look for it elsewhere.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter

from risk_engine.diagnostics import Diagnostic, InvalidSourceError, file_problem
from risk_engine.language import _
from risk_engine.loading.files import NAMED_IN, REQUIRED, TRANSLATION, UNREAD, is_rule_file, right_name, yaml_files
from risk_engine.loading.sets import HEAD
from risk_engine.loading.validate import validated
from risk_engine.plain import BROKEN, Loc
from risk_engine.source import Document, read

T = TypeVar("T")

NAME = re.compile(r"[a-z][a-z0-9_]*")
ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
FACT_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


class Kind(NamedTuple, Generic[T]):
    """A kind of record: how it is called, what it must be, how its names look."""

    name: str
    model: type[T] | TypeAdapter[T]
    pattern: re.Pattern[str]


class SetFiles:
    """What stands in the files of a folder, the problems there, and the names that are not to be missed."""

    def __init__(self, folder: Path, documents: dict[str, Document] | None = None) -> None:
        """Read every file, unless they were read already; what is wrong with one is among the problems."""
        self.folder = folder
        self.problems: list[Diagnostic] = []
        self.broken: set[tuple[str, str]] = set()
        self.documents: dict[str, Document] = documents or {}
        if documents is None:
            self._read_files()

    def problem(self, file: str, loc: Loc, message: str, help_text: str = "") -> None:
        """Add a problem at a key of a file."""
        self.problems.append(self.documents[file].problem(loc, message, help_text, key=True))

    def mapping(self, file: str, loc: Loc = ()) -> dict[str, Any]:
        """Return the keys and values at a place; nothing, and perhaps a problem, if something else is there."""
        if file not in self.documents:
            return {}
        data = self.documents[file].data
        for step in loc:
            data = data.get(step, {}) if isinstance(data, dict) else {}
        if isinstance(data, dict):
            return data
        if data is not BROKEN:
            message = _("keys with values are needed here, not a list or a single value")
            self.problems.append(self.documents[file].problem(loc, message))
        self._lose(file)
        return {}

    def records(self, kind: Kind[T], file: str, loc: Loc = ()) -> dict[str, T]:
        """Return the records at a place of a file by name; what cannot be read is noted as broken."""
        found: dict[str, T] = {}
        for name, data in self.mapping(file, loc).items():
            place = (*loc, name)
            record = None
            if kind.pattern.fullmatch(name):
                record = validated(kind.model, data, self.documents[file], place, self.problems)
            else:
                self.wrong_name(kind.name, kind.pattern, file, place)
            if record is not None:
                found[name] = record
            else:
                self.lose_name(kind.name, name, f"{loc[0]}." if kind.name == "fact" else "")
        return found

    def lose_name(self, kind: str, name: str, owner: str = "") -> None:
        """Note that a name is not to be missed elsewhere; nor the one that is meant where it is written in capitals."""
        meant = _NOT_IN_NAMES.sub("_", name.casefold())
        self.broken |= {(kind, f"{owner}{name}"), (kind, f"{owner}{meant}")}

    def wrong_name(self, kind: str, pattern: re.Pattern[str], file: str, place: Loc) -> None:
        """Add that a record cannot be called so."""
        allowed = _("letters, digits, `_` and `-`")
        if pattern is NAME:
            allowed = _("small letters, digits and `_`, a letter first")
        elif pattern is FACT_NAME:
            allowed = _("the name of a fact, `entity.fact`")
        message = _("`{name}` cannot be the name of this {kind}", name=place[-1], kind=_(kind))
        self.problem(file, place, message, _("allowed: {allowed}", allowed=allowed))

    def _read_files(self) -> None:
        present = yaml_files(self.folder)
        for name in present:
            if is_rule_file(name):
                self._read(name)
            elif name not in UNREAD and not TRANSLATION.fullmatch(name):
                self._file_problem(name, _("this file is not part of a criteria set"), right_name(name))
        for name in REQUIRED:
            if name not in present:
                self._file_problem(name, _("there is no such file"))
                self._lose(name)
        if not any(name.startswith("indicators/") for name in present):
            self._file_problem("indicators", _("a set needs at least one file of indicators"))
            self._lose("indicators")

    def _read(self, name: str) -> None:
        try:
            self.documents[name] = document = read(self.folder / name, shown_as=self._shown(name), go_on=True)
            self.problems += _with_numbers(document) if name == HEAD else document.problems
        except InvalidSourceError as error:
            self.problems += error.diagnostics
            self._lose(name)

    def _lose(self, file: str) -> None:
        """Note that no name of this file is to be missed elsewhere."""
        self.broken |= {(kind, "*") for kind in NAMED_IN.get(file.partition("/")[0], ())}

    def _shown(self, name: str) -> str:
        return (self.folder / name).as_posix()

    def _file_problem(self, name: str, message: str, help_text: str = "") -> None:
        self.problems += file_problem(self._shown(name), message, help_text).diagnostics


def _with_numbers(document: Document) -> list[Diagnostic]:
    """Return the problems of set.yaml: a version like 1.0 wants no quotes, but a third number."""
    place = document.position(("version",))
    way_out = _("a version is three numbers, like 1.0.0")
    return [replace(one, help=way_out) if one.position == place else one for one in document.problems]
