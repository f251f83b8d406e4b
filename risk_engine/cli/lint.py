"""`risk-engine criteria lint`: what is not wrong in a set, but misleads, does nothing or could be better."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, assert_never, get_args

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.options import Day, Output
from risk_engine.cli.output import FORM, form_of, put
from risk_engine.cli.which import to_work_on
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _

if TYPE_CHECKING:
    from risk_engine.model.lint import Linted

EXAMPLES = """Examples: risk-engine criteria lint reconnect-china ·
risk-engine criteria lint our-criteria/1.0.0 --ignore LINT-20 --ignore LINT-31 -o remarks.html ·
risk-engine criteria lint our-criteria --only LINT-07 --fail-on advice ·
risk-engine criteria lint --list"""


LintFormat: TypeAlias = Literal["text", "json", "html", "md"]
"""The forms remarks can be had in."""


FailOn: TypeAlias = Literal["problem", "advice", "never"]
"""What makes the command fail."""


def lint_set(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    reference: Annotated[
        str | None,
        typer.Argument(help="A shipped set, or the folder of a set or of one version.", metavar="SET[@VERSION]"),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this lint; may be repeated.", metavar="LINT")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Not this lint; may be repeated.", metavar="LINT")] = None,
    on: Day = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="What gives exit code 1.")] = "problem",
    shows_list: Annotated[bool, typer.Option("--list", help="Show every lint with its weight, and no set.")] = False,
    asked: Annotated[
        LintFormat | None,
        FORM,
    ] = None,
    output: Output = None,
) -> None:
    """Look for questions that lead or judge, words for who people are, missing texts, and rules that do nothing.

    A problem misleads people or does nothing at all; advice is for a person to weigh. Each remark has its place; exit
    code 1 if there is a problem. Questions are looked at in every language of the set that there are word lists for.
    Dates are looked at from the day on which the version begins to be in force, or from --on.
    """
    if shows_list:
        put("\n".join(_every()), output)
        return
    if reference is None:
        raise RiskEngineError(_("a set is missing"), _("name one, or show every lint with --list"))
    from risk_engine.audit.lint.check import lint

    form = form_of(output, get_args(LintFormat), asked)
    version = to_work_on(reference)
    linted = lint(version.path, on, only or (), ignore or ())
    _put(linted, version.path, form, output)
    fails = {
        "problem": linted.problems > 0,
        "advice": bool(linted.remarks),
        "never": False,
    }
    if fails[fail_on]:
        raise typer.Exit(Exit.FAILED)


def _every() -> list[str]:
    from risk_engine.audit.lint.every import LINTS
    from risk_engine.report.coverage.lint import weight_word

    return [f"{one.id}  {weight_word(one.weight)}\t{_(one.title)}" for one in LINTS]


def _put(linted: "Linted", folder: Path, form: LintFormat, output: Path | None) -> None:
    from risk_engine.report.coverage.lint import lint_lines, lint_view

    match form:
        case "text":
            put("\n".join(lint_lines(linted, folder.as_posix())), output)
        case "json":
            put(linted.model_dump_json(indent=2), output)
        case "html":
            from risk_engine.report.html import html

            put(html(lint_view(linted)), output)
        case "md":
            from risk_engine.report.markdown import markdown

            put(markdown(lint_view(linted)), output)
        case _:
            assert_never(form)
