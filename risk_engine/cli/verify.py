"""`risk-engine verify`: recompute a stored assessment."""

from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.options import CriteriaOption

EXAMPLES = "Example: risk-engine assess case.yaml --format json -o a.json, then years later: risk-engine verify a.json"


def verify_assessment(
    assessment: Annotated[Path, typer.Argument(help="An assessment that `assess --format json` wrote.")],
    criteria: CriteriaOption = None,
) -> None:
    """Recompute a stored assessment and say whether it comes out the same.

    Exit code 0: the same, or the same decision by another version of the engine; 1: different, or altered since it
    was written; 2: it cannot be recomputed.
    """
    from risk_engine.audit.stored import verify_file

    result = verify_file(assessment, criteria)
    engines = f"engine {result.engine_then}" + (
        "" if result.engine_then == result.engine_now else f", recomputed by {result.engine_now}"
    )
    match result.verdict:
        case "same":
            typer.echo(f"same: the assessment comes out again to the byte ({engines})")
        case "same_decision":
            typer.echo(f"same decision by another engine version ({engines}); what differs:")
        case "different":
            typer.echo(f"different: it does not come out again ({engines}); where:")
        case "altered":
            typer.echo(f"altered: the file was changed after it was written ({engines}); where it now differs:")
    for line in result.differences:
        typer.echo(f"  {line}")
    if result.verdict in {"different", "altered"}:
        raise typer.Exit(Exit.FAILED)
