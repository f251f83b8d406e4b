"""`risk-engine assess CASE --criteria A --criteria B`: one case under several criteria, to one comparison."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import get_args

from risk_engine.cli.output import Format, form_of, put, put_document, refuse_on_terminal
from risk_engine.diagnostics import RiskEngineError, quoted
from risk_engine.language import _
from risk_engine.writing import keep_inputs


def check_comparable(options: Mapping[str, object], *, is_one: bool) -> None:
    """Raise RiskEngineError where more than one case is asked for, or an option that is of one set alone."""
    if not is_one:
        message = _("several criteria are compared for one case")
        raise RiskEngineError(message, _("name one case file, or one `--criteria`"))
    given = [name for name, value in options.items() if value is not None]
    if given:
        message = _("{options}: this goes with one criteria set, not with several", options=quoted(given, "and"))
        raise RiskEngineError(message, _("assess the case under each of them by itself"))


def put_comparison(
    path: Path, criteria: Sequence[str], on: date | None, asked: Format | None, output: Path | None
) -> None:
    """Print the comparison of one case under several criteria, or write it to the file that was asked for."""
    if output is not None:
        keep_inputs(output, [path])
    form = form_of(output, get_args(Format), asked)
    refuse_on_terminal(form, output)
    from risk_engine.portfolio.comparison import compare, to_json

    compared = compare(path, criteria, on)
    if form == "json":
        put(to_json(compared.comparison).decode(), output, kept=True)
        return
    from risk_engine.report.comparison import comparison_text, comparison_view, print_comparison

    if form == "text" and output is None:
        from rich.console import Console

        print_comparison(compared, Console())
    elif form == "text":
        put(comparison_text(compared), output)
    else:
        put_document(comparison_view(compared), form, output)
