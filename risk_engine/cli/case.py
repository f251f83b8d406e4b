"""`risk-engine case`: write an empty case, check one, print its JSON Schema."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.options import CriteriaOption, Day, Output, ProfileOption, put
from risk_engine.diagnostics import RiskEngineError

app = typer.Typer(
    help="Write, check and describe case files.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command(epilog="Example: risk-engine case new cases/2026-014.yaml --criteria reconnect-china")
def new(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without one it is printed.")] = None,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Write an empty case with every question, its help and options, and who should answer it.

    A file that is there already is never written over.
    """
    from risk_engine.loading.criteria import load_criteria
    from risk_engine.report.blank_case import blank_case

    if file is not None and file.exists():
        raise RiskEngineError(f"{file} is there already; it is not written over\n  help: choose another name")
    put(blank_case(load_criteria(criteria, on), *_case_id(file)), file)


def _case_id(file: Path | None) -> tuple[str, ...]:
    """Return the id that a file's name suggests, if there is one."""
    ascii_only = unicodedata.normalize("NFKD", file.stem if file else "").encode("ascii", "ignore").decode()
    found = re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_only).strip("-._")
    return (found,) if found else ()


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

    Exit code 2 if a file cannot be used; contradictions and missing answers are reported, but are no failure.
    """
    from risk_engine.portfolio.check import check_case

    failed: list[RiskEngineError] = []
    for file in files:
        try:
            for line in check_case(file, criteria, on, profile):
                typer.echo(line)
        except RiskEngineError as error:
            failed.append(error)
    for text in dict.fromkeys(str(error) for error in failed):
        typer.echo(text, err=True)
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)


@app.command(epilog="Example: risk-engine case schema --criteria reconnect-china -o case.schema.json")
def schema(criteria: CriteriaOption = None, on: Day = None, output: Output = None) -> None:
    """Print the JSON Schema of a case file, so that an editor completes answers and checks them."""
    from risk_engine.audit.schemas import case_schema
    from risk_engine.loading.criteria import load_criteria

    put(json.dumps(case_schema(load_criteria(criteria, on)), indent=2, ensure_ascii=False), output)
