"""`risk-engine criteria test | mutate | lint`: what cases show of a set, what none notices, and what misleads."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, assert_never, cast, get_args

import typer

from risk_engine.cli import options
from risk_engine.cli.options import Day, Jobs, Output, Pages, Reading, Set, Sets, to_work_on
from risk_engine.cli.output import (
    FORM,
    NO_PAGE,
    Exit,
    form_of,
    no_page_error,
    print_failed,
    progress,
    put,
    put_document,
)
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.files.writing import keep_inputs

if TYPE_CHECKING:
    from risk_engine.audit.case_from import FromLife
    from risk_engine.audit.cases import CaseResult
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.coverage import Coverage, Linted
    from risk_engine.model.criteria import Criteria

Confidential: TypeAlias = Literal["keep", "leave-out"]
"""What becomes of confidential answers in a case of the set."""


TEST_EXAMPLES = """Examples: risk-engine criteria test reconnect-china ·
risk-engine criteria test our-criteria --coverage --fail-under 50 ·
risk-engine criteria test our-criteria --generate -o missing-cases.yaml ·
risk-engine criteria test our-criteria --coverage -o coverage.html"""


CoverageFormat: TypeAlias = Literal["text", "json", "html", "md"]
"""The forms coverage can be had in."""


def run_tests(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    references: Sets,
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
    templates: Pages = None,
    jobs: Jobs = None,
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
        _refuse_without_coverage(asked, None if with_cases else output, fail_under, templates)
    if not with_coverage and not with_cases:
        _run(references, jobs)
        return
    if len(references) > 1:
        raise RiskEngineError(
            _("{option} is about one set, and {number} are named", option=option, number=len(references))
        )
    if with_cases:
        generate_cases(references[0], output)
        return
    _cover(references[0], asked, output, fail_under, templates, jobs)


def _tell(version: object, failed: "Sequence[CaseResult]", passed: int, *, err: bool = False) -> None:
    print_failed(failed, err=err)
    text = _("{version}: {passed} passed, {failed} failed", version=version, passed=passed, failed=len(failed))
    typer.echo(text, err=err)


def _run(references: Sequence[str], jobs: int | None) -> None:
    from risk_engine.audit.cases import run_cases
    from risk_engine.loading.criteria import read_criteria

    failures = 0
    for reference in references:
        version = to_work_on(reference)
        with progress(_("cases")) as tell:
            results = run_cases(read_criteria(version.path), jobs=jobs, tell=tell)
        failed = [one for one in results if one.differences]
        failures += len(failed)
        _tell(version, failed, len(results) - len(failed))
    if failures:
        raise typer.Exit(Exit.FAILED)


def _refuse_without_coverage(
    asked: CoverageFormat | None, output: Path | None, fail_under: int | None, templates: Path | None
) -> None:
    given = {"--format": asked, "--output": output, "--fail-under": fail_under, "--templates": templates}
    names = ", ".join(name for name, value in given.items() if value is not None)
    if names:
        raise RiskEngineError(_("{options}: this is about the coverage", options=names), _("add --coverage"))


def _cover(
    reference: str,
    asked: CoverageFormat | None,
    output: Path | None,
    fail_under: int | None,
    templates: Path | None,
    jobs: int | None,
) -> None:
    from risk_engine.audit.coverage.goals import check_coverage
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.loading.version_files import CASES

    version = to_work_on(reference)
    form = form_of(output, get_args(CoverageFormat), asked, inputs=[version.path / CASES], templates=templates)
    with progress(_("cases")) as done:
        check = check_coverage(version.path, done, jobs=jobs)
    coverage = check.coverage
    # What is printed as JSON, HTML or Markdown is a file: nothing else may stand in it.
    _tell(version, check.failed, coverage.cases, err=form != "text")
    _put_coverage(coverage, criteria_in_words(check.criteria), form, output)
    is_low = fail_under is not None and coverage.percent < fail_under
    if is_low:
        text = _("the coverage is {percent} %, less than {wanted} %", percent=coverage.percent, wanted=fail_under)
        typer.echo(text, err=True)
    if is_low or check.failed:
        raise typer.Exit(Exit.FAILED)


def _put_coverage(coverage: "Coverage", criteria: "Criteria", form: CoverageFormat, output: Path | None) -> None:
    if form == "json":
        put(coverage.model_dump_json(indent=2), output)
        return
    from risk_engine.report.set_pages.coverage import coverage_view

    put_document(coverage_view(coverage, criteria), form, output)


def generate_cases(reference: str, output: Path | None) -> None:
    """Print cases in the form of cases.yaml, or write them to a file of their own; exit code 1 if cases fail."""
    from risk_engine.solver.solver import need_solver

    if output is not None and output.suffix.casefold() not in {"", ".yaml", ".yml"}:
        message = _("{output}: cases are written as YAML, whatever the ending says", output=output)
        raise RiskEngineError(message, _("end it in .yaml"))
    need_solver()
    from risk_engine.audit.coverage.generate import generate
    from risk_engine.loading.case_tests import read_tests
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.loading.version_files import CASES
    from risk_engine.report.generate import Naming, entries, summary

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


def show_cases(criteria: "Criteria", name: str, form: 'Literal["text", "md", "html"]', output: Path | None) -> None:
    """Print the cases of a set of that name, or with it in theirs: what is given, what must come out, what does."""
    from risk_engine.audit.cases import result_of
    from risk_engine.loading.case_tests import read_tests, stated_cases
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.set_pages.case_tests import every_test, tests_view

    document, tests = read_tests(criteria)
    known = every_test(tests)
    wanted = {name} if name in known else {one for one in known if name.casefold() in one.casefold()}
    if not wanted:
        raise RiskEngineError(_("the set has no case `{name}`", name=name), suggestion(name, known))
    if output is not None:
        keep_inputs(output, [Path(document.path)])
    differing: dict[str, tuple[str, ...]] = {}
    for found in stated_cases(criteria, document, tests, wanted):
        if isinstance(found, InvalidSourceError):
            raise found
        number, test, case = found
        place = str(document.position(("cases", number)))
        differing[test.name] = result_of(test, case, criteria, place).differences
    put_document(tests_view(criteria_in_words(criteria), tests, differing), form, output)


FROM_EXAMPLES = """Example: risk-engine criteria case-from 2026-014.json --criteria our-criteria
--name 'a listed partner' --confidential leave-out --confirm 'B. Ode'"""


def case_from_assessment(
    file: Annotated[Path, typer.Argument(metavar="ASSESSMENT", help="The stored assessment (JSON).")],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What the case shows, as a sentence.")],
    reference: Annotated[
        str | None,
        typer.Option(
            "--criteria",
            metavar="SET",
            help="The folder of the set whose cases.yaml takes the case; without it the set that the record names.",
        ),
    ] = None,
    confidential: Annotated[
        Confidential | None,
        typer.Option(
            "--confidential", help="What becomes of confidential answers, in a file for all who read the set."
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--confirm", metavar="NAME", help="Who says that this is what must come out; else it is asked."),
    ] = None,
) -> None:
    """Make a test of cases.yaml of an assessment, once a person confirms what it expects.

    It prints what the record came to and what the test would expect, which is what the rules of the set say today.
    Without a person's yes nothing is written. Texts and ids of the record stay out, and what each control rests on; the
    test is added at the end of the cases, and all else in the file stays as it is.

    Exit code 0: written; 2: nobody confirmed it, or something cannot be used.
    """
    from risk_engine.audit.case_from import appended, case_from
    from risk_engine.files.writing import write_text
    from risk_engine.loading.criteria import edited_criteria
    from risk_engine.loading.sets import check_own
    from risk_engine.records.trusted import unaltered_assessment

    stored = unaltered_assessment(file)
    reference = reference or stored.criteria.id
    check_own(reference)
    version = to_work_on(reference)
    if version.path.suffix == ".json":
        message = _("{version} is read from its bundle, and a case is added to files", version=version)
        raise RiskEngineError(message, _("name the folder of the set with `--criteria`"))
    criteria = edited_criteria(version.path)
    name = name_of_case(name)
    made = case_from(stored, criteria, name, confidential or "keep", file.as_posix())
    if made.confidential and confidential is None:
        answer = _asked(_("Confidential answers: keep them, or leave them out? [keep/leave-out]"))
        if answer not in get_args(Confidential):
            paths = ", ".join(made.confidential)
            message = _("the case has confidential answers, and nobody said what becomes of them: {paths}", paths=paths)
            raise RiskEngineError(message, _("say `--confidential keep` or `--confidential leave-out`"))
        made = case_from(stored, criteria, name, cast("Confidential", answer), file.as_posix())
    _show_from(made, stored)
    if by is None:
        by = _asked(_("Is this what must come out? Your name confirms it; an empty line does not:"))
    reading = Reading()
    by = reading.text("--confirm", by) if by else ""
    reading.end()
    if not by:
        raise RiskEngineError(
            _("nobody confirmed what the case expects, so nothing is written"),
            _("a person says yes with `--confirm NAME`"),
        )
    path, text = appended(made, stored, criteria, by, options.today())
    write_text(path, text)
    typer.echo(_("{path}: “{name}” stands at the end of the cases", path=path, name=name))


def name_of_case(name: str) -> str:
    """Return the name of a case as it can stand on a line; raise RiskEngineError where it is none."""
    reading = Reading()
    text = reading.text("--name", name)
    reading.end()
    return text


def _asked(question: str) -> str:
    """Return what a person types; nothing where nobody sits there."""
    if not sys.stdin.isatty():
        return ""
    return str(typer.prompt(question, default="", show_default=False, prompt_suffix=" ")).strip()


def _show_from(made: "FromLife", stored: "Assessment") -> None:
    from risk_engine.report.generate import entry

    levels = ", ".join(f"{one.ladder} {one.level}" for one in stored.proposals)
    record = {"criteria": f"{stored.criteria.id}@{stored.criteria.version}", "day": stored.on, "levels": levels}
    typer.echo(_("The record came, under {criteria} on {day}, to: {levels}", **record))
    if stored.profile is not None:
        typer.echo(_("It was made with the profile of an institution; cases of a set know none."))
    for line in made.unlike:
        typer.echo(f"  {line}")
    if made.texts:
        typer.echo(_("Texts that stay in the record: {paths}", paths=", ".join(made.texts)))
    typer.echo(_("The case would be:"))
    typer.echo("\n".join(f"  {one}" for one in entry(made.test)))


MUTATE_EXAMPLES = """Examples: risk-engine criteria mutate our-criteria/1.0.0 ·
risk-engine criteria mutate reconnect-china --only SEC-07 --only SEC-08 ·
risk-engine criteria mutate reconnect-china --only "ladder measure rules.2" --jobs 1"""


def mutate(
    reference: Set,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only mutants whose record or place begins like this; may be repeated.", metavar="PREFIX"),
    ] = None,
    jobs: Jobs = None,
) -> None:
    """Change a set in every small way (mutants) and print each change that no case of its cases.yaml notices.

    Conditions are dropped, comparisons swapped, numbers, dates, severities and levels shifted by one. Exit code 1 if a
    mutant survives and mutants.yaml gives no reason why no case can tell it apart.
    """
    from risk_engine.audit.mutants.check import check_mutants, lines

    version = to_work_on(reference)
    with progress(_("mutants")) as tell:
        check = check_mutants(version.path, only or (), jobs=jobs or os.cpu_count() or 1, tell=tell)
    counts = {"cases": check.cases, "mutants": len(check.tried)}
    typer.echo(_("{version}: {cases} cases against {mutants} mutants", version=version, **counts))
    for line in lines(check):
        typer.echo(line)
    if not check.passed:
        raise typer.Exit(Exit.FAILED)


LINT_EXAMPLES = """Examples: risk-engine criteria lint reconnect-china ·
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
    templates: Pages = None,
) -> None:
    """Look for questions that lead or judge, words for who people are, missing texts, and rules that do nothing.

    A problem misleads people or does nothing at all; advice is for a person to weigh. Each remark has its place; exit
    code 1 if there is a problem. Questions are looked at in every language of the set that there are word lists for.
    Dates are looked at from the day on which the version begins to be in force, or from --on.
    """
    if shows_list:
        if templates is not None:
            raise no_page_error("--list", _("leave it out"))
        put("\n".join(_every()), output)
        return
    if reference is None:
        raise RiskEngineError(_("a set is missing"), _("name one, or show every lint with --list"))
    from risk_engine.audit.lint import lint

    form = form_of(output, get_args(LintFormat), asked, templates=templates, no_page=(*NO_PAGE, "text"))
    version = to_work_on(reference)
    linted = lint(version.path, on, only or (), ignore or ())
    _put_remarks(linted, version.path, form, output)
    fails = {
        "problem": linted.problems > 0,
        "advice": bool(linted.remarks),
        "never": False,
    }
    if fails[fail_on]:
        raise typer.Exit(Exit.FAILED)


def _every() -> list[str]:
    from risk_engine.audit.lint import LINTS
    from risk_engine.report.set_pages.coverage import weight_word

    return [f"{one.id}  {weight_word(one.weight)}\t{_(one.title)}" for one in LINTS]


def _put_remarks(linted: "Linted", folder: Path, form: LintFormat, output: Path | None) -> None:
    from risk_engine.report.set_pages.coverage import lint_lines, lint_view

    match form:
        case "text":
            put("\n".join(lint_lines(linted, folder.as_posix())), output)
        case "json":
            put(linted.model_dump_json(indent=2), output)
        case "html" | "md":
            put_document(lint_view(linted), form, output)
        case _:
            assert_never(form)
