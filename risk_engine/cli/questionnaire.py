"""Questionnaires at the command line: `case new --format xlsx|docx` writes one, `case import` reads them back."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli import clock
from risk_engine.cli.options import CriteriaOption, Day, read_day
from risk_engine.cli.output import OTHER_DOCUMENTS
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _
from risk_engine.writing import write_bytes, write_new, write_text

NEW_EXAMPLES = """Examples: risk-engine case new cases/2026-014.yaml ·
risk-engine case new researcher.xlsx --for researcher ·
risk-engine case new partner.docx --for partner --from cases/2026-014.yaml"""
IMPORT_EXAMPLES = """Examples: risk-engine case import researcher.xlsx --into cases/2026-014.yaml ·
risk-engine case import researcher.xlsx partner.docx --into cases/2026-014.yaml --prefer case"""

Role = Annotated[
    str | None,
    typer.Option("--for", metavar="WHO", help="Only the questions for this person, a word of the set's `asked_of`."),
]
FromCase = Annotated[
    Path | None,
    typer.Option("--from", metavar="CASE", help="Ask about the entries of this case, under its criteria."),
]
Entries = Annotated[
    list[str] | None,
    typer.Option("--entry", metavar="ENTITY.ID", help="Ask about this entry of its list and no other; repeatable."),
]
Room = Annotated[
    int | None, typer.Option("--room", min=0, max=30, metavar="N", help="Leave room for N new entries in each list.")
]


@dataclass(frozen=True)
class Wanted:
    """What a questionnaire is wanted for."""

    criteria: str | None
    on: date | None
    role: str | None
    case: Path | None
    entries: tuple[str, ...]
    room: int | None


def write(file: Path, kind: str, wanted: Wanted) -> None:
    """Write a questionnaire."""
    from risk_engine.forms.make import questionnaire

    content = questionnaire(
        kind,
        criteria=wanted.criteria,
        on=wanted.on,
        role=wanted.role,
        case=wanted.case,
        only=wanted.entries,
        room=wanted.room,
        today=clock.today(),
    )
    write_bytes(file, content)
    typer.echo(_("wrote {file}", file=file), err=True)


def bring_in(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    files: Annotated[list[Path], typer.Argument(help="Questionnaires that came back.", metavar="FILE...")],
    into: Annotated[Path, typer.Option("--into", metavar="CASE", help="The case file; if there is none, it is made.")],
    prefer: Annotated[
        list[str] | None,
        typer.Option(
            "--prefer",
            metavar="[PATH=]WHO",
            help="Which answer stands where two contradict: `case`, `new`, or that of a file; for one PATH or for all.",
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--answered-by", metavar="NAME", help="Who answered, where a file does not say it.")
    ] = None,
    answered_on: Annotated[
        date | None,
        typer.Option("--answered-on", parser=read_day, metavar="DATE", help="When, where a file does not say it."),
    ] = None,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Take files from which fields were lost; each one is named.")
    ] = False,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Read questionnaires back into a case.

    What contradicts the case, or another file, is reported with both places, and nothing is written until it is
    decided with --prefer. Who answered, and when, becomes evidence of the case. The old file is kept beside it.
    """
    from risk_engine.forms.bring import Request, bring

    if into.suffix.casefold().removeprefix(".") in OTHER_DOCUMENTS:
        way_out = _("name a file that ends in .yaml or .json")
        raise RiskEngineError(_("{into}: a case cannot be written as {suffix}", into=into, suffix=into.suffix), way_out)
    before = bytes_of(into)
    request = Request(files, criteria, on, by, answered_on, tuple(prefer or ()), allow_missing, clock.today())
    result = bring(request, into, before, *case_id(into))
    for line in result.warned:
        typer.echo(line, err=True)
    is_new = before is None or result.text.encode("utf-8") != before
    kept = _written(into, before, result.text) if is_new else None
    # What was taken is said only once it is written.
    for line in result.said:
        typer.echo(line)
    if is_new:
        typer.echo(
            _("wrote {file}; as it was before: {kept}", file=into, kept=kept) if kept else _("wrote {file}", file=into),
            err=True,
        )

    else:
        typer.echo(_("{into}: nothing new", into=into), err=True)


def _written(into: Path, before: bytes | None, text: str) -> Path | None:
    """Write the case; return where the old one is kept, if there was one. A link keeps pointing where it points."""
    target = into.resolve() if into.is_symlink() else into
    kept = keep(target, before) if before is not None else None
    write_text(target, text)
    return kept


def case_id(file: Path | None) -> tuple[str, ...]:
    """Return the id that a file's name suggests, if there is one."""
    ascii_only = unicodedata.normalize("NFKD", file.stem if file else "").encode("ascii", "ignore").decode()
    found = re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_only).strip("-._")
    return (found,) if found else ()


def bytes_of(file: Path) -> bytes | None:
    """Return what stands in a file, None if it is not there."""
    if file.is_dir():
        raise RiskEngineError(_("{file} is a folder; a case file is needed", file=file))
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def keep(file: Path, content: bytes) -> Path:
    """Write the old content beside the file, under a name that is free; refuse if the file changed meanwhile."""
    if bytes_of(file) != content:
        raise RiskEngineError(
            _("{file} was changed by somebody else meanwhile; nothing was written", file=file), _("run it again")
        )
    for number in range(1, 1000):
        kept = file.with_name(f"{file.name}.bak" + (f"-{number}" if number > 1 else ""))
        if not kept.exists() and not kept.is_symlink():
            write_new(kept, content)
            return kept
    raise RiskEngineError(_("there are too many old copies of {file}", file=file), _("move some of them away"))
