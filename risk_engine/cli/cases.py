"""`risk-engine criteria test`: run the cases of a set, say what they show of its rules, and what cases it lacks."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, assert_never, get_args

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.failures import print_failed
from risk_engine.cli.options import Output
from risk_engine.cli.output import FORM, form_of, progress, put
from risk_engine.cli.which import to_work_on
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _
from risk_engine.writing import keep_inputs

if TYPE_CHECKING:
    from risk_engine.audit.cases import CaseResult
    from risk_engine.model.coverage import Coverage
    from risk_engine.model.criteria import CriteriaSet

EXAMPLES = """Examples: risk-engine criteria test reconnect-china ·
risk-engine criteria test our-criteria --coverage --fail-under 50 ·
risk-engine criteria test our-criteria --generate -o missing-cases.yaml ·
risk-engine criteria test our-criteria --coverage -o coverage.html"""


CoverageFormat: TypeAlias = Literal["text", "json", "html", "md"]
"""The forms coverage can be had in."""


def run_tests(
    references: Annotated[list[str], typer.Argument(help="Sets or folders.", metavar="SET[@VERSION]...")],
    with_coverage: Annotated[
        bool,
        typer.Option("--coverage", help="Say what the cases of one set show of its rules, and what no case shows."),
    ] = False,
    with_cases: Annotated[
        bool,
        typer.Option(
            "--generate",
            help="Write cases for what no case shows, with today's answers for a person to confirm, as in cases.yaml.",
        ),
    ] = False,
    asked: Annotated[
        CoverageFormat | None,
        FORM,
    ] = None,
    output: Output = None,
    fail_under: Annotated[
        int | None,
        typer.Option(min=0, max=100, metavar="PERCENT", help="Exit code 1 if the coverage is less than this."),
    ] = None,
) -> None:
    """Run the cases.yaml of a set and print where a result is not the one expected; exit code 1 if there is any.

    With --coverage it names every indicator, severity, comparison of a condition, knock-out, control option, rule and
    level that no case exercises, with its place. With --generate it asks a solver for cases that do, as few as
    it finds and as small as can be; they go to standard output or into a file of their own, never into cases.yaml.
    """
    option = "--generate" if with_cases else "--coverage"
    if with_cases and with_coverage:
        message = _("--coverage and --generate are two results")
        raise RiskEngineError(message, _("ask for one after the other"))
    if not with_coverage:
        _refuse_without_coverage(asked, None if with_cases else output, fail_under)
    if not with_coverage and not with_cases:
        _run(references)
        return
    if len(references) > 1:
        raise RiskEngineError(
            _("{option} is about one set, and {number} are named", option=option, number=len(references))
        )
    if with_cases:
        from risk_engine.cli.generate import generate_cases

        generate_cases(references[0], output)
        return
    _cover(references[0], asked, output, fail_under)


def _tell(version: object, failed: "Sequence[CaseResult]", passed: int, *, err: bool = False) -> None:
    print_failed(failed, err=err)
    text = _("{version}: {passed} passed, {failed} failed", version=version, passed=passed, failed=len(failed))
    typer.echo(text, err=err)


def _run(references: Sequence[str]) -> None:
    from risk_engine.audit.cases import run_cases
    from risk_engine.loading.criteria import read_criteria

    failures = 0
    for reference in references:
        version = to_work_on(reference)
        results = run_cases(read_criteria(version.path))
        failed = [one for one in results if one.differences]
        failures += len(failed)
        _tell(version, failed, len(results) - len(failed))
    if failures:
        raise typer.Exit(Exit.FAILED)


def _refuse_without_coverage(asked: CoverageFormat | None, output: Path | None, fail_under: int | None) -> None:
    given = {"--format": asked, "--output": output, "--fail-under": fail_under}
    names = ", ".join(name for name, value in given.items() if value is not None)
    if names:
        raise RiskEngineError(_("{options}: this is about the coverage", options=names), _("add --coverage"))


def _cover(reference: str, asked: CoverageFormat | None, output: Path | None, fail_under: int | None) -> None:
    from risk_engine.audit.coverage.check import check_coverage
    from risk_engine.loading.files import CASES
    from risk_engine.loading.translation import criteria_in_words

    version = to_work_on(reference)
    if output is not None:
        keep_inputs(output, [version.path / CASES])
    form = form_of(output, get_args(CoverageFormat), asked)
    with progress(_("cases")) as done:
        check = check_coverage(version.path, done)
    coverage = check.coverage
    # What is printed as JSON, HTML or Markdown is a file: nothing else may stand in it.
    _tell(version, check.failed, coverage.cases, err=form != "text")
    _put(coverage, criteria_in_words(check.criteria), form, output)
    is_low = fail_under is not None and coverage.percent < fail_under
    if is_low:
        text = _("the coverage is {percent} %, less than {wanted} %", percent=coverage.percent, wanted=fail_under)
        typer.echo(text, err=True)
    if is_low or check.failed:
        raise typer.Exit(Exit.FAILED)


def _put(coverage: "Coverage", criteria: "CriteriaSet", form: CoverageFormat, output: Path | None) -> None:
    if form == "json":
        put(coverage.model_dump_json(indent=2), output)
        return
    from risk_engine.report.coverage.page import coverage_view

    view = coverage_view(coverage, criteria)
    match form:
        case "text" if output is None:
            from rich.console import Console

            from risk_engine.report.document_text import print_document

            print_document(view, Console())
        case "text":
            from risk_engine.report.document_text import document_text

            put(document_text(view), output)
        case "html":
            from risk_engine.report.html import html

            put(html(view), output)
        case "md":
            from risk_engine.report.markdown import markdown

            put(markdown(view), output)
        case _:
            assert_never(form)
