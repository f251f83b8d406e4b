"""`risk-engine criteria test --generate`: cases for what the cases of a set do not show, for a person to confirm."""

from pathlib import Path

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.failures import print_failed
from risk_engine.cli.output import progress, put
from risk_engine.cli.which import to_work_on
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _
from risk_engine.writing import keep_inputs


def generate_cases(reference: str, output: Path | None) -> None:
    """Print cases in the form of cases.yaml, or write them to a file of their own; exit code 1 if cases fail."""
    from risk_engine.backends.symbolic.solver import need_solver

    if output is not None and output.suffix.casefold() not in {"", ".yaml", ".yml"}:
        message = _("{output}: cases are written as YAML, whatever the ending says", output=output)
        raise RiskEngineError(message, _("end it in .yaml"))
    need_solver()
    from risk_engine.audit.generate.generate import generate
    from risk_engine.loading.files import CASES
    from risk_engine.loading.stated import read_tests
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.generate.entries import entries, summary
    from risk_engine.report.generate.wording import Naming

    version = to_work_on(reference)
    if output is not None:
        keep_inputs(output, [version.path / CASES])
    with progress(_("missing goals")) as done:
        made = generate(version.path, lambda criteria: Naming(criteria_in_words(criteria)).name, done)
    document, _tests = read_tests(made.criteria)
    # The dash of an entry stands two places before its first key.
    indent = max(document.position(("cases", 0)).column - 3, 0)
    put(entries(made.generated, criteria_in_words(made.criteria), indent), output)
    print_failed(made.failed, err=True)
    typer.echo(f"{version}: {summary(made.generated)}", err=True)
    if made.failed:
        raise typer.Exit(Exit.FAILED)
