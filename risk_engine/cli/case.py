"""`risk-engine case`: write an empty case or a questionnaire, read one back, check a case, print its JSON Schema."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli import clock, questionnaire
from risk_engine.cli.exits import Exit
from risk_engine.cli.options import CriteriaOption, Day, Output, ProfileOption
from risk_engine.cli.output import OTHER_DOCUMENTS, form_of, put
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _

app = typer.Typer(
    help="Write, check and describe case files.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


Form: TypeAlias = Literal["yaml", "xlsx", "docx"]
"""What an empty case can be: a file for the office, or a questionnaire that other people fill in."""


@app.command(epilog=questionnaire.NEW_EXAMPLES)
def new(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without one it is printed.")] = None,
    criteria: CriteriaOption = None,
    on: Day = None,
    form: Annotated[
        Form | None, typer.Option("--format", help="A case file, or a questionnaire; default: what FILE ends in.")
    ] = None,
    role: questionnaire.Role = None,
    case: questionnaire.FromCase = None,
    entry: questionnaire.Entries = None,
    room: questionnaire.Room = None,
) -> None:
    """Write an empty case with every question, its help and options, and who should answer it.

    The questions are those of the version in force today, or on the day given with --on, which is then the day of the
    case. A version that is named is taken as it is.

    As .xlsx or .docx it is a questionnaire for the person named with --for; `case import` reads it back.
    A file that is there already is never written over.
    """
    if file is not None and file.exists():
        raise RiskEngineError(_("{file} is there already; it is not written over", file=file), _("choose another name"))
    chosen = _form(file, form)
    if chosen == "yaml":
        if role or case or entry or room is not None:
            way_out = _("add `--format xlsx` or `--format docx`")
            raise RiskEngineError(_("`--for`, `--from`, `--entry` and `--room` are for questionnaires"), way_out)
        put(_blank(criteria, on, file), file)
    elif file is None:
        raise RiskEngineError(_("a questionnaire is written into a file"), _("name one, like partner.xlsx"))
    else:
        wanted = questionnaire.Wanted(criteria, on, role, case, tuple(entry or ()), room)
        questionnaire.write(file, chosen, wanted)


def _blank(criteria: str | None, on: date | None, file: Path | None) -> str:
    """Return an empty case of the version that holds on the day, today without one, or of the one that is named."""
    from risk_engine.loading.choose import choose
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.sets import name_and_number
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.blank_case import blank_case

    chosen = choose(criteria, on or clock.today())
    rules = criteria_in_words(read_criteria(chosen.version.path))
    # Whoever names a version that another one stands for on the day wants the case read under it all the same.
    is_pinned = criteria is not None and name_and_number(criteria)[1] and not chosen.in_force
    named = f"{rules.head.id}@{chosen.version.dotted}" if is_pinned else rules.head.id
    return blank_case(rules, *questionnaire.case_id(file), named=named, on=on)


def _form(file: Path | None, form: Form | None) -> Form:
    """Return what is to be written; a file whose ending says something else is refused."""
    ending = file.suffix.casefold().removeprefix(".") if file else ""
    if form is None:
        return form_of(file, get_args(Form))
    if form != ending and ending in OTHER_DOCUMENTS:
        raise RiskEngineError(
            _(
                "{file} ends in .{ending}, and `--format {form}` is asked for",
                file=file,
                ending=ending,
                form=form,
            ),
            _("choose one"),
        )
    if form not in {"yaml", ending} and file is not None:
        raise RiskEngineError(
            _("{file}: a name that ends in .{ending} is needed", file=file, ending=form),
            _("programs open it by that"),
        )
    return form


app.command("import", epilog=questionnaire.IMPORT_EXAMPLES)(questionnaire.bring_in)


@app.command(
    epilog="""Examples: risk-engine case check cases/2026-014.yaml ·
risk-engine case check cases/2026-014.yaml --on 2027-01-01 --profile ours.yaml"""
)
def check(
    files: Annotated[list[Path], typer.Argument(help="Case files.", metavar="FILE...")],
    criteria: CriteriaOption = None,
    on: Day = None,
    profile: ProfileOption = None,
) -> None:
    """Report what is wrong with cases, what in them does not fit together, and what is not answered yet, by whom.

    Without a day, neither given nor in the case, it is read under the version in force today.
    Exit code 2 if a file cannot be used; contradictions and missing answers are reported, but are no failure.
    """
    from risk_engine.portfolio.check import check_case

    failed: list[RiskEngineError] = []
    for file in files:
        try:
            for line in check_case(file, criteria, on, profile, today=clock.today()):
                typer.echo(line)
        except RiskEngineError as error:
            failed.append(error)
    for text in dict.fromkeys(str(error) for error in failed):
        typer.echo(text, err=True)
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)


@app.command(epilog="Example: risk-engine case schema --criteria reconnect-china -o case.schema.json")
def schema(criteria: CriteriaOption = None, on: Day = None, output: Output = None) -> None:
    """Print the JSON Schema of a case file, so that an editor completes answers and checks them.

    It is of the version in force today, or on the day given with --on, or of the one that is named.
    """
    from risk_engine.audit.schemas import case_schema
    from risk_engine.loading.criteria import load_criteria

    put(json.dumps(case_schema(load_criteria(criteria, on or clock.today())), indent=2, ensure_ascii=False), output)
