"""`risk-engine partner`: what is on file about organisations, made from cases and used by them."""

from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli import options
from risk_engine.cli.case_changes import CaseArgument, bytes_of, keep
from risk_engine.cli.commands import App
from risk_engine.cli.options import CriteriaOption, Day
from risk_engine.cli.output import wrote
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.writing import check_new, make_folder, write_text

app = App(help="Keep what is known about partners in one place, and use it in every case.")

Files = Annotated[
    Path, typer.Option("--files", metavar="FOLDER", help="The folder in which it is kept; without it `partners`.")
]


@app.command(epilog="Example: risk-engine partner save cases/2026-014.yaml activity.training")
def save(
    case: CaseArgument,
    entry: Annotated[str, typer.Argument(help="The entry that it is about, such as `entity.id`.", metavar="ENTRY")],
    name: Annotated[
        str | None, typer.Option("--as", metavar="ID", help="The name of the file; without it the id of the entry.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over what is on file; the old file is kept beside it.")
    ] = False,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Put on file what a case answers about an entry, with its evidence; other cases use it with `on_file: ID`.

    The folder is `partners`, beside the case or the folder that it is in; without one it is made in the folder
    in which you type this, if it is one of these two, else beside the case.
    """
    from risk_engine.office.partners import file_from

    new = file_from(case, entry, name, criteria, on, options.today())
    make_folder(new.path.parent)
    before = bytes_of(new.path)
    if before is not None and replace:
        kept = keep(new.path, before)
        typer.echo(_("as it was before: {kept}", kept=kept), err=True)
    else:
        check_new(new.path, _("`--replace` writes over it and keeps the old one; or name another with `--as`"))
    write_text(new.path, new.text)
    said = ngettext(
        "{number} answer about {entry} is on file as `{id}`",
        "{number} answers about {entry} are on file as `{id}`",
        new.answers,
        entry=entry,
        id=new.path.stem,
    )
    typer.echo(said)
    wrote(new.path)


@app.command("list", epilog="Example: risk-engine partner list")
def list_files(files: Files = Path("partners"), criteria: CriteriaOption = None) -> None:
    """List what is on file: about what, how many answers, how old the oldest is, and whether that is too old."""
    from risk_engine.office.partners import listed

    if not files.is_dir():
        raise RiskEngineError(_("there is no folder {folder}", folder=files), _("name it with `--files`"))
    for line in listed(files, criteria, options.today()):
        typer.echo(line)


@app.command(epilog="Example: risk-engine partner changed detector cases --files partners")
def changed(
    name: Annotated[str, typer.Argument(help="What is on file.", metavar="ID")],
    places: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders or files with cases, assessments and decisions; a register too. Without: here.",
            metavar="[PLACE...]",
        ),
    ] = None,
    files: Files = Path("partners"),
    criteria: CriteriaOption = None,
) -> None:
    """Say which open and decided cases use what is on file, and which of the answers that they used are others now.

    What was decided stands as it is: a record holds the answers that it used. Whether to assess again is for people.
    """
    from risk_engine.office.partners import touched

    if not files.is_dir():
        raise RiskEngineError(_("there is no folder {folder}", folder=files), _("name it with `--files`"))
    lines = list(touched(name, files, places or [Path()], criteria, options.today()))
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo(_("no case here uses `{name}`", name=name))
