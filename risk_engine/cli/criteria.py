"""`risk-engine criteria`: list, show, check, test, mutate and describe criteria sets."""

import json
import os
from typing import Annotated

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.options import Output, make_folder, put, write_text
from risk_engine.cli.progress import progress
from risk_engine.diagnostics import RiskEngineError, suggestion

app = typer.Typer(
    help="List, show, check, test, mutate and describe criteria sets.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Set = Annotated[
    str,
    typer.Argument(help="A shipped set, or the folder of a set or of one version.", metavar="SET[@VERSION]"),
]


@app.command("list", epilog="Example: risk-engine criteria list")
def list_sets(
    sets: Annotated[list[str] | None, typer.Argument(help="Sets or folders; without any, the shipped ones.")] = None,
) -> None:
    """List criteria sets with their versions and when each is in force from."""
    from risk_engine.loading.sets import shipped_sets, versions

    for name in sets or shipped_sets():
        for version in versions(name):
            typer.echo(f"{version}\tin force from {version.in_force_from}")


@app.command(
    epilog="Examples: risk-engine criteria show reconnect-china · risk-engine criteria show reconnect-china SEC-08"
)
def show(
    reference: Set,
    record: Annotated[
        str | None, typer.Argument(help="An indicator, ladder, control, …; without one, the whole set.")
    ] = None,
    output: Output = None,
) -> None:
    """Show a set, or one record of it, in readable words (Markdown): conditions as sentences, ladders as tables."""
    from risk_engine.loading.criteria import load_criteria
    from risk_engine.report.catalogue import catalogue

    put(catalogue(load_criteria(reference), record), output)


@app.command(epilog="Example: risk-engine criteria check our-criteria/1.0.0")
def check(
    references: Annotated[list[str], typer.Argument(help="Sets or folders.", metavar="SET[@VERSION]...")],
) -> None:
    """Check every file of a set and print every problem found, with its place and the way out."""
    from risk_engine.loading.criteria import load_criteria

    failed: list[RiskEngineError] = []
    for reference in references:
        try:
            criteria = load_criteria(reference)
        except RiskEngineError as error:
            failed.append(error)
        else:
            head = criteria.head
            typer.echo(f"{head.id} {head.version}: {len(criteria.indicators)} indicators, no problems")
    for one in failed:
        typer.echo(f"{one}", err=True)
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)


@app.command(epilog="Example: risk-engine criteria test reconnect-china")
def test(
    references: Annotated[list[str], typer.Argument(help="Sets or folders.", metavar="SET[@VERSION]...")],
) -> None:
    """Run the cases.yaml of a set and print where a result is not the one expected; exit code 1 if there is any."""
    from risk_engine.audit.cases import run_cases
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.sets import choose

    failures = 0
    for reference in references:
        version, _ = choose(reference, None)
        results = run_cases(read_criteria(version.folder), version.folder)
        for result in results:
            if result.differences:
                failures += 1
                typer.echo(f"{result.place}: {result.name}")
                for line in result.differences:
                    typer.echo(f"  {line}")
        passed = sum(not one.differences for one in results)
        typer.echo(f"{version}: {passed} passed, {len(results) - passed} failed")
    if failures:
        raise typer.Exit(Exit.FAILED)


@app.command(
    epilog="Examples: risk-engine criteria mutate our-criteria/1.0.0 · "
    "risk-engine criteria mutate reconnect-china --only SEC-07 --only SEC-08 · "
    'risk-engine criteria mutate reconnect-china --only "ladder measure rules.2" --jobs 1'
)
def mutate(
    reference: Set,
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
    from risk_engine.loading.sets import choose

    version, _ = choose(reference, None)
    with progress("mutants") as tell:
        check = check_mutants(version.folder, only or (), jobs=jobs or os.cpu_count() or 1, tell=tell)
    typer.echo(f"{version}: {check.cases} cases against {len(check.tried)} mutants")
    for line in lines(check):
        typer.echo(line)
    if not check.passed:
        raise typer.Exit(Exit.FAILED)


@app.command(epilog="Examples: risk-engine criteria schema indicators · risk-engine criteria schema -o schemas/")
def schema(
    kind: Annotated[
        str | None, typer.Argument(help="A kind of file, such as indicators; without one, all of them.")
    ] = None,
    output: Output = None,
) -> None:
    """Print the JSON Schema of a kind of criteria file, so that an editor completes and checks what authors write.

    Without a kind every schema is written into the folder named with -o, one file each.
    """
    from risk_engine.audit.schemas import KINDS, criteria_schema

    if kind is not None:
        if kind not in KINDS:
            raise RiskEngineError(f"there is no kind of file `{kind}`\n  help: {suggestion(kind, KINDS)}")
        put(json.dumps(criteria_schema(kind), indent=2, ensure_ascii=False), output)
        return
    if output is None:
        raise RiskEngineError(
            f"say which kind of file\n  help: one of {', '.join(f'`{one}`' for one in KINDS)}, or `-o FOLDER` for all"
        )
    make_folder(output)
    for one in KINDS:
        write_text(
            output / f"{one}.schema.json",
            json.dumps(criteria_schema(one), indent=2, ensure_ascii=False) + "\n",
        )
    typer.echo(f"wrote {len(KINDS)} schemas to {output}", err=True)
