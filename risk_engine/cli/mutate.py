"""`risk-engine criteria mutate`: which small changes of a set none of its cases notices."""

import os
from typing import Annotated

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.output import progress
from risk_engine.cli.which import to_work_on
from risk_engine.language import _

EXAMPLES = """Examples: risk-engine criteria mutate our-criteria/1.0.0 ·
risk-engine criteria mutate reconnect-china --only SEC-07 --only SEC-08 ·
risk-engine criteria mutate reconnect-china --only "ladder measure rules.2" --jobs 1"""


def mutate(
    reference: Annotated[
        str, typer.Argument(help="A shipped set, or the folder of a set or of one version.", metavar="SET[@VERSION]")
    ],
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only mutants whose record or place begins like this; may be repeated.", metavar="PREFIX"),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Processes to use; without it, one for each processor.")
    ] = None,
) -> None:
    """Change a set in every small way (mutants) and print each change that no case of its cases.yaml notices.

    Conditions are dropped, comparisons swapped, numbers, dates, severities and levels shifted by one. Exit code 1 if a
    mutant survives and mutants.yaml gives no reason why no case can tell it apart.
    """
    from risk_engine.audit.mutants.check import check_mutants
    from risk_engine.audit.mutants.told import lines

    version = to_work_on(reference)
    with progress(_("mutants")) as tell:
        check = check_mutants(version.path, only or (), jobs=jobs or os.cpu_count() or 1, tell=tell)
    counts = {"cases": check.cases, "mutants": len(check.tried)}
    typer.echo(_("{version}: {cases} cases against {mutants} mutants", version=version, **counts))
    for line in lines(check):
        typer.echo(line)
    if not check.passed:
        raise typer.Exit(Exit.FAILED)
