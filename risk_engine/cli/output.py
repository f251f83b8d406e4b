"""What a command found, printed or written to a file: in which form, one result or several, and how far it has come."""

import contextlib
import os
import sys
import time
import traceback
from codecs import iterdecode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

import typer

from risk_engine.files.diagnostics import DefectError, RiskEngineError, help_line, printable
from risk_engine.files.language import ENGLISH, _, current, grouped_by_thousands, in_language
from risk_engine.files.reading import open_file, read_bytes
from risk_engine.files.writing import check_folder, keep_inputs, write_bytes, write_new, write_text
from risk_engine.version import __version__

if TYPE_CHECKING:
    from risk_engine.audit.cases import CaseResult
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.explanation import Explanation
    from risk_engine.model.outlook import ExplainedOutlook
    from risk_engine.report import DocumentForm
    from risk_engine.report.blocks import View
    from risk_engine.report.pages.similar import SimilarFacts
    from risk_engine.report.view import Part


OTHER_DOCUMENTS = frozenset(
    {"pdf", "docx", "doc", "odt", "xlsx", "xls", "ods", "csv", "rtf", "zip", "tar", "gz", "tgz", "7z"}
)
BINARY = frozenset({"pdf", "docx"})
"""The forms that no terminal can show."""
_ALSO = {"text": ("txt",), "table": ("txt",), "yaml": ("yml",)}
"""How files of a form end too; text and tables have no ending of their own name."""
FormT = TypeVar("FormT", bound=str)
FORM = typer.Option("--format", help="The form; without it the ending of -o says it, else it is the first one.")
"""The option by which a form is asked for; a command says beside it which forms it has."""


NO_PAGE: Final = ("json", "svg")
"""The forms that no page template makes."""


def form_of(
    output: Path | None,
    known: tuple[FormT, ...],
    asked: FormT | None = None,
    *,
    inputs: Iterable[Path | None] = (),
    templates: Path | None = None,
    no_page: Sequence[str] = NO_PAGE,
) -> FormT:
    """Return the form of a result: the one asked for, else what the file's ending says; without an ending the first.

    Raises RiskEngineError where its folder is not there, it would be written over one of the `inputs`, no form has that
    ending, the file would hold something else than it says, a terminal cannot show it, or an office gives templates for
    a form that has `no_page`.
    """
    if output is not None:
        check_folder(output)
        keep_inputs(output, filter(None, inputs))
    form = _form_of(output, known, asked)
    if form in BINARY and output is None and sys.stdout.isatty():
        message = _("a .{form} file cannot be shown on a terminal", form=form)
        raise RiskEngineError(message, _("name a file for it: -o FILE.{form}", form=form))
    if templates is not None and form in no_page:
        page = next(one for one in known if one not in no_page)
        raise no_page_error(f"--format {form}", _("leave it out, or write a page: --format {form}", form=page))
    return form


def check_outside(register: Path, output: Path | None) -> None:
    """Raise RiskEngineError if a result would be written among what is filed in a register."""
    if output is not None and output.resolve().is_relative_to(register.resolve()):
        raise RiskEngineError(
            _("{output}: this is in the register itself, where only what is filed lies", output=output),
            _("choose another folder"),
        )


def no_page_error(what: str, way_out: str) -> RiskEngineError:
    """Return the error that an office gives templates where a command, as it is asked, makes no page."""
    return RiskEngineError(_("--templates: no page template says what `{what}` writes", what=what), way_out)


def _form_of(output: Path | None, known: tuple[FormT, ...], asked: FormT | None) -> FormT:
    ending = output.suffix.casefold().removeprefix(".") if output is not None else ""
    if asked is None:
        return next((one for one in known if one == ending), None) or _unsaid(ending, output, known)
    if ending not in (OTHER_DOCUMENTS | set(known)) - {asked}:
        return asked
    raise RiskEngineError(
        _(
            "{output}: with --format {form} this would hold something else than its ending says",
            output=output,
            form=asked,
        ),
        _("end it in .{form}, or leave out --format", form=asked),
    )


def _unsaid(ending: str, output: Path | None, forms: tuple[FormT, ...]) -> FormT:
    first = forms[0]
    also = _ALSO.get(first, ())
    if not ending or ending in also:
        return first
    named = [one for one in forms if one not in {"text", "table"}]
    known = ", ".join(f".{one}" for one in (*named, *also))
    way_out = _("endings that are known: {known}", known=known)
    if ending not in OTHER_DOCUMENTS:
        way_out = _("endings that are known: {known}; with another one, name the form by `--format`", known=known)
    raise RiskEngineError(_("{output}: this cannot be written as .{ending}", output=output, ending=ending), way_out)


def put_document(view: "View", form: "DocumentForm", output: Path | None, template: Path | None = None) -> None:
    """Print a document, or write it to the file that was asked for; what it cannot show here is said beside it."""
    if form == "text" and output is None:
        from rich.console import Console

        from risk_engine.report.terminal import print_document

        print_document(view, Console())
        return
    from risk_engine.report import left_out, written

    put_bytes(written(view, form, template), output)
    if note := left_out(view, form):
        typer.echo(note, err=True)


def put_bytes(content: bytes, output: Path | None) -> None:
    """Print a document, or write it to the file that was asked for; text is printed as the terminal can show it."""
    if output is not None:
        write_bytes(output, content)
        wrote(output)
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
    if kept and output.is_file() and read_bytes(output) != text.encode("utf-8"):
        raise _holds_other(output)
    write_text(output, text)
    wrote(output)


def put_records(records: IO[bytes], output: Path | None) -> None:
    """Print records that were gathered in a file, or write them as `put` writes what is kept; never all in memory."""
    records.seek(0)
    if output is None:
        for text in iterdecode(_pieces(records), "utf-8"):
            typer.echo(text, nl=False)
        return
    if output.is_file() and not _hold_the_same(output, records):
        raise _holds_other(output)
    records.seek(0)
    write_bytes(output, _pieces(records))
    wrote(output)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(1 << 20):
        yield piece


def _hold_the_same(path: Path, records: IO[bytes]) -> bool:
    with open_file(path) as file:
        return all(one == other for one, other in zip_longest(_pieces(file), _pieces(records)))


def _holds_other(output: Path) -> RiskEngineError:
    message = _(
        "{output} is there already and holds something else; a decision may rest on it, so it stays as it is",
        output=output,
    )
    return RiskEngineError(message, _("choose another name with -o"))


Format: TypeAlias = Literal["text", "json", "html", "md", "pdf", "docx"]
"""The forms a result can be had in."""


Explain: TypeAlias = "Callable[[Assessment], Explanation]"
"""Says an assessment in words; called only where words are printed."""


def put_one(  # noqa: PLR0913, PLR0917 (what is said of one case, each part where it is wanted)
    assessment: "Assessment",
    explain: Explain,
    form: Format,
    output: Path | None,
    part: "Part" = "report",
    outlook: "ExplainedOutlook | None" = None,
    similar: "SimilarFacts | None" = None,
) -> None:
    """Print the result of one case, or write it to the file that was asked for; only what is stored has no words."""
    match form:
        case "json":
            from risk_engine.engine.assess import to_json

            put(to_json(assessment).decode(), output, kept=True)
        case "text" if output is None:
            from rich.console import Console

            from risk_engine.report.terminal import print_text

            # The command that looks further needs a solver: nobody is sent to one that cannot run here.
            print_text(explain(assessment), Console(), can_be_exact=find_spec("z3") is not None, outlook=outlook)
            if similar is not None:
                from risk_engine.report.pages.similar import similar_view

                typer.echo()
                put_document(similar_view(similar), "text", None)
        case "text":
            from risk_engine.report.answer import screen
            from risk_engine.report.terminal import plain_text

            text = plain_text(screen(explain(assessment), outlook=outlook))
            if similar is not None:
                from risk_engine.report import written
                from risk_engine.report.pages.similar import similar_view

                text = f"{text}\n{written(similar_view(similar), 'text').decode()}"
            put(text, output)
        case _:
            from risk_engine.report.view import view

            put_document(view(explain(assessment), outlook, part=part, similar=similar), form, output)


def in_words(what: object, stored: "Assessment", criteria: "Criteria") -> "Explanation":
    """Return a stored assessment in the current language; where that has no words for it, say so of `what`."""
    from risk_engine.records.criteria import in_words as explained

    assessment, untold = explained(stored, criteria)
    if untold:
        text = _("{file} cannot be told in `{language}`: {reason}", file=what, language=current(), reason=untold)
        typer.echo(text, err=True)
    return assessment


def say(text: str) -> None:
    """Print a result, line by line, without what a terminal would obey."""
    for line in text.split("\n"):
        typer.echo(printable(line))


def wrote(file: Path) -> None:
    """Say that a file was written."""
    typer.echo(_("wrote {file}", file=file), err=True)


def note(text: str) -> None:
    """Say what somebody should know beside a result."""
    typer.echo(_("note: {text}", text=text), err=True)


def note_lines(lines: Sequence[str]) -> None:
    """Say what somebody should know beside a result, which has a line for each of its places."""
    if lines:
        note("\n".join(map(printable, lines)))


def warn(text: str) -> None:
    """Print what somebody should look at to standard error."""
    for line in text.split("\n"):
        typer.echo(printable(line), err=True)


TableFormat: TypeAlias = Literal["table", "csv", "xlsx"]
"""The forms a table can be had in."""


@dataclass(frozen=True)
class Table:
    """A table in the language that its form speaks, and how many of its cases are not in the language of the run."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    untold: int


def spoken(form: TableFormat) -> contextlib.AbstractContextManager[None]:
    """Speak the language of a form: programs read CSV by its columns and words, so it has one."""
    return in_language(ENGLISH) if form == "csv" else contextlib.nullcontext()


def put_table(table: Table, form: TableFormat, output: Path | None) -> None:
    """Print a table, or write it to the file that was asked for, which must be new."""
    from risk_engine.files.harmless import csv_text
    from risk_engine.office.register.export import xlsx_bytes
    from risk_engine.report.frame import untold

    if form != "csv" and (text := untold(table.untold)):
        warn(text)
    match form:
        case "table":
            content = _table_text(table, output)
        case "csv" if output is None:
            typer.echo(csv_text(table.columns, table.rows), nl=False)
        case "csv":
            # Excel takes CSV for an old code page unless it begins with a mark.
            content = csv_text(table.columns, table.rows).encode("utf-8-sig")
        case "xlsx":
            content = xlsx_bytes(table.title, table.columns, table.rows)
    if output is not None:
        write_new(output, content)
        wrote(output)


def _table_text(table: Table, output: Path | None) -> bytes:
    """Return a table as text; print it where no file was asked for."""
    from rich.console import Console

    from risk_engine.report.terminal import in_plain, print_table

    if output is None:
        if table.rows:
            print_table(table.columns, table.rows, Console())
        return b""
    return in_plain(lambda console: print_table(table.columns, table.rows, console), 160).encode()


@contextlib.contextmanager
def progress(what: str, *, is_even: bool = True, has_rate: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is called with how many of how many are done; the line is gone at the end.

    It moves while one of them takes long, too. Where each takes about as long (`is_even`) it says how long the rest may
    take, else how long it has taken so far; with `has_rate` also how many are done in a second. Of how many, 0: nobody
    knows.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn("line"),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn() if is_even else TimeElapsedColumn(),
    )
    begun = time.monotonic()

    def rate(done: int) -> str:
        each = grouped_by_thousands(round(done / max(time.monotonic() - begun, 1)))
        return _("{number} a second", number=each) if has_rate else ""

    with Progress(*columns, TextColumn("{task.fields[rate]}"), console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(what, total=None, rate="")
        yield lambda done, all_of: bar.update(task, completed=done, total=all_of or None, rate=rate(done))


class Exit(IntEnum):
    """0 done; 1 a test or verification failed, or a result is at least `--fail-on`; 2 invalid input; 3 it may be.

    70: a defect of the program: an error that nobody foresaw, or it contradicts itself. 130: ended by Ctrl-C, as shells
    say it (128 and the signal).
    """

    DONE = 0
    FAILED = 1
    INVALID_INPUT = 2
    STILL_OPEN = 3
    DEFECT = 70
    INTERRUPTED = 130


def print_failed(failed: "Sequence[CaseResult]", *, err: bool = False) -> None:
    """Print the cases of a set that do not come out as expected, with what differs."""
    for result in failed:
        typer.echo(f"{result.place}: {result.name}", err=err)
        for line in result.differences:
            typer.echo(f"  {line}", err=err)


def refuse(failed: Sequence[str | RiskEngineError], of: int = 1) -> None:
    """Print what is wrong, each once, and of many how many they are, and end with the exit code for it; else go on."""
    for text in dict.fromkeys(map(str, failed)):
        warn(text)
    if failed and of > 1:
        some = _("{number} of {all} could not be used; the others were", number=len(failed), all=of)
        warn(some if len(failed) < of else _("none of the {all} could be used", all=of))
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)


TRACEBACK = "RISK_ENGINE_TRACEBACK"
"""The environment variable that shows the whole way to such an error."""
_PACKAGE = Path(__file__).parents[1]
_MOST = 300
"""So many letters of an error are shown: it may quote a whole file."""


def defect(error: Exception) -> str:
    """Return what is said of a defect: what to send, and to whom; the traceback too where the environment asks for it.

    Of a program that contradicts itself the error says all that there is to know.
    """
    if isinstance(error, DefectError):
        told = _("risk-engine contradicts itself: a defect of this program, not of the criteria; nothing is proved.")
        return "\n".join((told, _("Please report it with these lines:"), str(error)))
    told = _("risk-engine met an error that should never happen: a defect of this program, not of your files.")
    way_out = _(
        "send the line above, with the command, to whoever looks after this program for you, once nothing confidential "
        "is left in it; with {variable}=1 in the environment it comes with where it arose",
        variable=TRACEBACK,
    )
    shown = f"{told}\n{_in_short(error)}{help_line(way_out)}"
    if not os.environ.get(TRACEBACK):
        return shown
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join((shown, "", *map(printable, lines)))


def _in_short(error: Exception) -> str:
    """Return in one line what went wrong and where, with the versions that it takes to find out why."""
    first = next(iter(f"{error}".splitlines()), "")
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{printable(what)[:_MOST]} ({_place(error)}risk-engine {__version__}, Python {python}, {sys.platform})"


def _place(error: Exception) -> str:
    """Return the line of this program that was being worked on, where there is one."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if Path(one.filename).is_relative_to(_PACKAGE)]
    if not frames:
        return ""
    path = Path(frames[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return f"{path}:{frames[-1].lineno}, "
