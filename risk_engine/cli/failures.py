"""What several criteria commands print where something fails: cases of a set, sets that cannot be used."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from risk_engine.cli.exits import Exit
from risk_engine.diagnostics import RiskEngineError

if TYPE_CHECKING:
    from risk_engine.audit.cases import CaseResult


def print_failed(failed: "Sequence[CaseResult]", *, err: bool = False) -> None:
    """Print the cases of a set that do not come out as expected, with what differs."""
    for result in failed:
        typer.echo(f"{result.place}: {result.name}", err=err)
        for line in result.differences:
            typer.echo(f"  {line}", err=err)


def refuse(failed: Sequence[RiskEngineError]) -> None:
    """Print what is wrong and end with the exit code for it; go on where nothing is."""
    for one in failed:
        typer.echo(f"{one}", err=True)
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)
