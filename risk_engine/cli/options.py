"""Options that several commands share, and what they mean."""

import contextlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from risk_engine.diagnostics import RiskEngineError, reason
from risk_engine.language import _

if TYPE_CHECKING:
    from risk_engine.report import DocumentForm
    from risk_engine.report.blocks import View


def read_day(text: str) -> date:
    """Return the day that an option states."""
    # Python would read 20260131 and 2026-W05-6 too; the files of this engine do not.
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(text)
    raise typer.BadParameter(_("`{text}` is no date; write it like 2026-01-31", text=text))


Day = Annotated[
    date | None,
    typer.Option(
        "--on",
        parser=read_day,
        metavar="DATE",
        help="The day for which rules and tables are read, like 2026-01-31.",
    ),
]
DecisionDay = Annotated[
    date | None,
    typer.Option(
        "--on", parser=read_day, metavar="DATE", help="The day of the decision, like 2026-01-31; default: today."
    ),
]
CriteriaOption = Annotated[
    str | None,
    typer.Option(
        "--criteria",
        metavar="SET[@VERSION]",
        help="A shipped set, or the folder of a set or of one version; without it the one that the case names, else "
        "the default.",
    ),
]
SeveralCriteria = Annotated[
    list[str] | None,
    typer.Option(
        "--criteria",
        metavar="SET[@VERSION]",
        help="A shipped set, or the folder of a set or of one version; without it the one that the case names, else "
        "the default. Given twice or more, they are compared.",
    ),
]
OTHER_DOCUMENTS = frozenset(
    {"pdf", "docx", "doc", "odt", "xlsx", "xls", "ods", "csv", "rtf", "zip", "tar", "gz", "tgz", "7z"}
)
ProfileOption = Annotated[Path | None, typer.Option("--profile", help="The profile of your institution.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write there instead of to standard output.")]


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: under another name first, then put in its place."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        if path.exists():
            shutil.copymode(path, temporary)  # what only some may read, only they may read afterwards
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise RiskEngineError(
            _("{path}: the file cannot be written: {reason}", path=path, reason=reason(error))
        ) from error


def write_together(files: Mapping[Path, str]) -> None:
    """Write several text files, all or none: under other names first, then each in its place, in this order.

    Where one cannot be put in its place, those before it get back what they held, and a folder that was made goes.
    """
    written: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    path = Path()
    made: list[Path] = []
    try:
        for path, text in files.items():
            if not path.parent.exists():
                path.parent.mkdir()
                made.append(path.parent)
            written[path] = path.with_name(f".{path.name}.{os.getpid()}.part")
            written[path].write_bytes(text.encode("utf-8"))
        for path, temporary in written.items():
            there = path.read_bytes() if path.exists() else None
            temporary.replace(path)
            before[path] = there
    except OSError as error:
        for one, content in before.items():
            with contextlib.suppress(OSError):
                one.unlink() if content is None else one.write_bytes(content)
        for temporary in written.values():
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        message = _("{path}: the file cannot be written: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message) from error


def check_new(path: Path, way_out: str = "") -> None:
    """Raise RiskEngineError if something is there already: what is asked for must not be written over it."""
    if path.exists() or path.is_symlink():
        message = _("{file} is there already; it is not written over", file=path)
        raise RiskEngineError(message, way_out or _("choose another name with -o"))


def check_folder(path: Path) -> None:
    """Raise RiskEngineError if the folder of a new file is not there: a slip in a path makes none."""
    if not path.parent.is_dir():
        raise RiskEngineError(_("there is no folder {folder}", folder=path.parent), _("name one that is there"))


def write_new(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a new file whole or not at all; what is there already, or comes in between, is never written over."""
    from risk_engine.register.store import write_new as write_once

    check_new(path)
    make_folder(path.parent)
    try:
        write_once(path, content, mode)
    except FileExistsError:
        check_new(path)
        raise


_ALSO = {"text": ("txt",), "table": ("txt",), "yaml": ("yml",)}
"""How files of a form end too; text and tables have no ending of their own name."""
FormatT = TypeVar("FormatT", bound=StrEnum)


def form_of(output: Path | None, forms: type[FormatT], asked: FormatT | None = None) -> FormatT:
    """Return the form of a result: the one asked for, else what the file's ending says; without an ending the first.

    Raises RiskEngineError where no form has that ending, and where the file would hold something else than it says.
    """
    ending = output.suffix.casefold().removeprefix(".") if output is not None else ""
    known = {one.value for one in forms}
    if asked is None:
        return forms(ending) if ending in known else _unsaid(ending, output, forms)
    if ending not in (OTHER_DOCUMENTS | known) - {asked.value}:
        return asked
    raise RiskEngineError(
        _(
            "{output}: with --format {form} this would hold something else than its ending says",
            output=output,
            form=asked.value,
        ),
        _("end it in .{form}, or leave out --format", form=asked.value),
    )


def _unsaid(ending: str, output: Path | None, forms: type[FormatT]) -> FormatT:
    first = next(iter(forms))
    also = _ALSO.get(first.value, ())
    if not ending or ending in also:
        return first
    named = [one.value for one in forms if one.value not in {"text", "table"}]
    known = ", ".join(f".{one}" for one in (*named, *also))
    way_out = _("endings that are known: {known}", known=known)
    if ending not in OTHER_DOCUMENTS:
        way_out = _("endings that are known: {known}; with another one, name the form by `--format`", known=known)
    raise RiskEngineError(_("{output}: this cannot be written as .{ending}", output=output, ending=ending), way_out)


def make_folder(folder: Path) -> None:
    """Make a folder for several results, if it is not there yet."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RiskEngineError(
            _("{folder}: this cannot be a folder for the results: {reason}", folder=folder, reason=reason(error))
        ) from error


def keep_inputs(target: Path, inputs: Iterable[Path]) -> None:
    """Raise RiskEngineError if a result would be written over a file that it was made from."""
    if any(target.resolve() == one.resolve() for one in inputs):
        message = _("{target} is read for this result, so it is not written over", target=target)
        raise RiskEngineError(message, _("choose another name"))


BINARY = frozenset({"pdf", "docx"})
"""The forms that no terminal can show."""


def refuse_on_terminal(form: str, output: Path | None) -> None:
    """Raise RiskEngineError where a result of that form would be printed to a terminal, which cannot show it."""
    if form in BINARY and output is None and sys.stdout.isatty():
        message = _("a .{form} file cannot be shown on a terminal", form=form)
        raise RiskEngineError(message, _("name a file for it: -o FILE.{form}", form=form))


def put_document(view: "View", form: "DocumentForm", output: Path | None, template: Path | None = None) -> None:
    """Print a document, or write it to the file that was asked for; what it cannot show here is said beside it."""
    from risk_engine.report import left_out, written

    put_bytes(written(view, form, template), output)
    if note := left_out(view, form):
        typer.echo(note, err=True)


def put_bytes(content: bytes, output: Path | None) -> None:
    """Print a document, or write it to the file that was asked for; text is printed as the terminal can show it."""
    if output is not None:
        write_bytes(output, content)
        typer.echo(_("wrote {file}", file=output), err=True)
    elif sys.stdout.isatty():
        typer.echo(content.decode(), nl=False)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


def put(text: str, output: Path | None, *, kept: bool = False) -> None:
    """Print a result, or write it to the file that was asked for.

    What is `kept` is a record that others may rest on: a file with other content is then never written over.
    """
    text = text if text.endswith("\n") else f"{text}\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    if kept and output.is_file() and output.read_bytes() != text.encode("utf-8"):
        message = _(
            "{output} is there already and holds something else; a decision may rest on it, so it stays as it is",
            output=output,
        )
        if _differ_in_languages(output.read_bytes(), text):
            message = _(
                "{output} is there already and is the same assessment with other languages; it stays as it is",
                output=output,
            )
        raise RiskEngineError(message, _("choose another name with -o"))
    write_text(output, text)
    typer.echo(_("wrote {file}", file=output), err=True)


def _differ_in_languages(there: bytes, text: str) -> bool:
    """Return whether two contents are one assessment that is kept in different languages."""
    try:
        records = [json.loads(one) for one in (there, text)]
    except ValueError:
        return False
    if not all(isinstance(one, dict) for one in records):
        return False
    for one in records:
        one.pop("translations", None)
    return bool(records[0] == records[1])
