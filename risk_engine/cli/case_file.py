"""A case file that is written again and again: whole or not at all, and never over what somebody else wrote."""

import stat
from pathlib import Path
from typing import Any

import typer

from risk_engine.cli.questionnaire import bytes_of, keep
from risk_engine.diagnostics import RiskEngineError, file_problem
from risk_engine.language import _
from risk_engine.source import MAX_BYTES, Document, parse
from risk_engine.syntax import decoded
from risk_engine.writing import write_text


class CaseFile:
    """The file of a case: what it says, and how it comes to say something else."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self.content = content
        self.document = self._read()

    @classmethod
    def begun(cls, path: Path, text: str) -> "CaseFile":
        """Write a new file; raise RiskEngineError where one is there, or it cannot be written."""
        from risk_engine.writing import write_new

        write_new(path, text.encode("utf-8"))
        return cls(path, text.encode("utf-8"))

    def _read(self) -> Document:
        name = self.path.as_posix()
        if len(self.content) > MAX_BYTES:
            raise file_problem(self.path, _("the file is larger than {size} KiB", size=MAX_BYTES // 1024))
        from risk_engine.loading.case import keyed

        return keyed(parse(decoded(self.content, name), name, is_json=self._is_json, nulls=True, go_on=True))

    @property
    def _is_json(self) -> bool:
        return self.path.suffix.casefold() == ".json"

    def check_writable(self) -> None:
        """Raise RiskEngineError where the file is marked as one that may not be changed."""
        mode = self.path.stat().st_mode
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            message = _("{file}: the file may only be read", file=self.path)
            raise RiskEngineError(message, _("allow that it is written, or go on with a copy"))

    def save(self, data: dict[str, Any]) -> None:
        """Write what the case says now; its comments stay.

        Raises RiskEngineError where the file is not as it was written last: then somebody else works on it.
        """
        from risk_engine.forms.case_file import rewritten

        if data == self.document.data:
            return
        target = self._untouched()
        before = decoded(self.content, self.path.as_posix())
        new = rewritten(before, self.document.data, data, is_json=self._is_json)
        if not new.keeps_comments and "#" in before:
            kept = keep(target, self.content)
            text = _(
                "{target}: the file had to be written anew; its comments are only in {kept}",
                target=self.path,
                kept=kept,
            )
            typer.echo(text, err=True)
        self._write(target, new.text)

    def begin_with(self, head: str, instead_of: str) -> None:
        """Write another head into a file that begins with this one; any other file stays as it is.

        Raises RiskEngineError where the file is not as it was written last.
        """
        text = decoded(self.content, self.path.as_posix())
        if head != instead_of and text.startswith(instead_of):
            self._write(self._untouched(), head + text.removeprefix(instead_of))

    def _untouched(self) -> Path:
        """Return where to write; raise RiskEngineError where the file is not as it was written last."""
        target = self.path.resolve() if self.path.is_symlink() else self.path
        if bytes_of(target) != self.content:
            message = _(
                "{file} was changed by somebody else meanwhile; the last answer was not written", file=self.path
            )
            raise RiskEngineError(message, _("look at the file, and begin again with it: the other answers stand"))
        return target

    def _write(self, target: Path, text: str) -> None:
        write_text(target, text)
        self.content = text.encode("utf-8")
        self.document = self._read()
