"""`risk-engine assess`: from case files to justified proposals; one case under several criteria to a comparison."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.options import Day, Output, ProfileOption, SeveralCriteria
from risk_engine.cli.output import (
    FORM,
    Format,
    form_of,
    own_names,
    put,
    put_document,
    put_one,
    put_several,
    refuse_on_terminal,
)
from risk_engine.cli.report import DecisionOption, TemplatesOption
from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _, ngettext
from risk_engine.files.writing import keep_inputs

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.portfolio.assess import Assessor


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
    from risk_engine.portfolio.compare import compare, to_json

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


class Trace(StrEnum):
    """Who says what came out."""

    program = "program"
    reference = "reference"


EXAMPLES = """Examples: risk-engine assess case.yaml ·
risk-engine assess case.yaml --format html -o report.html ·
risk-engine assess cases/ --fail-on restriction ·
risk-engine assess case.yaml --criteria reconnect-china@1.0.0 --on 2027-01-01 --profile ours.yaml ·
risk-engine assess case.yaml --criteria reconnect-china --criteria us-dod-matrix -o comparison.html ·
risk-engine assess case.yaml --supersedes earlier.json --format json -o later.json ·
risk-engine assess case.yaml --pack documents/"""

MOST_NAMED = 3


def assess_cases(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    cases: Annotated[
        list[Path],
        typer.Argument(help="Case files (YAML or JSON), or folders of them (not what is below).", metavar="CASE..."),
    ],
    criteria: SeveralCriteria = None,
    on: Day = None,
    profile: ProfileOption = None,
    asked: Annotated[Format | None, FORM] = None,
    output: Output = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="LEVEL",
            help="Exit with 1 if the result is at least this, with 3 if it may be.",
        ),
    ] = None,
    supersedes: Annotated[
        Path | None,
        typer.Option(
            "--supersedes",
            metavar="ASSESSMENT",
            help="The earlier assessment (JSON) of the same case that this one takes the place of.",
        ),
    ] = None,
    pack: Annotated[
        Path | None,
        typer.Option(
            "--pack",
            metavar="FOLDER",
            help="Write every document of the case into this folder, with a page that leads into them.",
        ),
    ] = None,
    decision: DecisionOption = None,
    templates: TemplatesOption = None,
    trace: Annotated[
        Trace,
        typer.Option(
            "--trace",
            help="`reference`: every rule is read one by one. `program`: of many cases the criteria are compiled. "
            "Both say the same.",
        ),
    ] = Trace.program,
) -> None:
    """Assess cases: may it start and on what conditions, why, what is missing, what next.

    One case gives its decision; several, or a folder, a table with the worst first. Without --criteria and --on the
    case's own `criteria:` and `assessment_date:` are taken.

    With --criteria twice or more one case is compared: what each of the sets or versions comes to, side by side, where
    they differ and why. The case file may state the facts of all of them.

    With --pack every kind of document is written in every form that can be written here (docs/documents.md says which
    is for what); several cases have a folder each. A form that needs libraries which are not installed is left out and
    named; that is no error. Run again, a pack takes the place of its own documents only.

    Exit code 0: assessed; 2: a case or the criteria cannot be used (of several cases the others are assessed all the
    same); 1 and 3: see --fail-on.
    """
    from risk_engine.portfolio.assess import Assessor

    is_one = len(cases) == 1 and not cases[0].is_dir()
    if criteria is not None and len(criteria) > 1:
        options = {"--profile": profile, "--fail-on": fail_on, "--supersedes": supersedes, "--pack": pack}
        check_comparable({**options, "--decision": decision}, is_one=is_one)
        put_comparison(cases[0], criteria, on, asked, output)
        return
    old = None
    if supersedes is not None:
        from risk_engine.records.files import read_assessment

        if not is_one:
            message = _("--supersedes names the earlier assessment of one case")
            raise RiskEngineError(message, _("assess the cases that changed one by one"))
        old = read_assessment(supersedes)
    _check_pack(pack, decision, templates, is_one=is_one, is_written=asked is not None or output is not None)
    paths = list(_files(cases))
    inputs = [*paths, *(one for one in (profile, supersedes) if one is not None)]
    if output is not None:
        keep_inputs(output, inputs)
    form = form_of(output, get_args(Format), asked)
    refuse_on_terminal(form, output)
    assessor = Assessor(criteria[0] if criteria else None, on, profile, trace.value)
    done: list[tuple[Path, Assessment]] = []
    failed: list[RiskEngineError] = []
    for path in _with_progress(paths):
        try:
            done.append((path, assessor.assess(path, old)))
        except RiskEngineError as error:
            failed.append(error)
    assessments = [one for _, one in done]
    for text in (*_of_one_id(done), *_drafts(assessments)):
        typer.echo(text, err=True)
    threshold = [_check_level(one, assessor, fail_on) for one in assessments] if fail_on else []
    for text in dict.fromkeys(str(error) for error in failed):
        typer.echo(text, err=True)
    if failed and len(paths) > 1:
        text = _("{number} of {all} cases could not be assessed", number=len(failed), all=len(paths))
        typer.echo(text, err=True)
    if pack is not None and done:
        from risk_engine.report.page import pages_of

        with pages_of(templates):
            _put_packs(pack, done, assessor, decision, is_one=is_one)
    if is_one:
        for one in assessments:
            put_one(one, assessor.explain, form, output)
    elif assessments:
        put_several(done, assessor.explain, form, output, inputs)
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)
    if threshold:
        raise typer.Exit(max(threshold, key=[Exit.DONE, Exit.STILL_OPEN, Exit.FAILED].index))


def _of_one_id(done: "list[tuple[Path, Assessment]]") -> Iterator[str]:
    """Yield a sentence for each id that several files state: it names one case, so one of them is a copy."""
    files: dict[str, list[str]] = {}
    for path, assessment in done:
        files.setdefault(assessment.case_id, []).append(str(path))
    for case_id, names in files.items():
        if len(names) > 1:
            told = ", ".join(names[:MOST_NAMED])
            if (more := len(names) - MOST_NAMED) > 0:
                told = ngettext("{files} and {number} more", "{files} and {number} more", more, files=told)
            yield _(
                "the id `{case_id}` stands in {number} files: {files}", case_id=case_id, number=len(names), files=told
            )


def _drafts(assessments: "Iterable[Assessment]") -> Iterator[str]:
    """Yield for each draft that was used that it is one."""
    used = dict.fromkeys(f"{one.criteria.id}@{one.criteria.version}" for one in assessments if one.criteria.draft)
    for name in used:
        text = _("{version} is a draft: nobody has released it, so it is never in force and may still change",
                 version=name)  # fmt: skip
        yield _("note: {text}", text=text)


def _files(cases: Iterable[Path]) -> Iterator[Path]:
    from risk_engine.loading.case import case_files, folders_below

    for path in cases:
        if not path.is_dir():
            yield path
            continue
        found = case_files(path)
        if text := folders_below(path):
            typer.echo(text, err=True)
        yield from found


def _with_progress(paths: list[Path]) -> Iterable[Path]:
    import sys

    worth_showing = 20
    if len(paths) < worth_showing or not sys.stderr.isatty():
        return paths
    from rich.console import Console
    from rich.progress import track

    return track(paths, description=_("Assessing"), console=Console(stderr=True), transient=True)


def _check_level(assessment: "Assessment", assessor: "Assessor", level: str) -> Exit:
    """Return the exit code that a result gives for `--fail-on` (design, section 9)."""
    headline = assessment.proposal("headline")
    assert headline is not None  # noqa: S101 (every set has one)
    order = headline.levels
    if level not in order:
        title = assessor.criteria_of(assessment).ladders[headline.ladder].title
        raise RiskEngineError(
            _("`{level}` is no level of {ladder}", level=level, ladder=title.lower()),
            _("its levels: {levels}", levels=quoted(order)),
        )
    if order.index(headline.range[0]) >= order.index(level):
        return Exit.FAILED
    return Exit.STILL_OPEN if order.index(headline.range[-1]) >= order.index(level) else Exit.DONE


def _check_pack(
    pack: Path | None, decision: Path | None, templates: Path | None, *, is_one: bool, is_written: bool
) -> None:
    """Raise RiskEngineError where options do not go with a pack, or ask for one that is not there."""
    if pack is not None and is_written:
        message = _("--pack writes every document in every form, so --format and -o say nothing")
        raise RiskEngineError(message, _("leave them out, or leave out --pack"))
    if decision is not None and (pack is None or not is_one):
        message = _("--decision goes with the --pack of one case")
        raise RiskEngineError(message, _("for a single document: `risk-engine report`"))
    if templates is not None and pack is None:
        message = _("--templates goes with --pack")
        raise RiskEngineError(message, _("for a single document: `risk-engine report`"))


def _put_packs(
    folder: Path, done: "list[tuple[Path, Assessment]]", assessor: "Assessor", decision: Path | None, *, is_one: bool
) -> None:
    from risk_engine.cli.pack import Wanted, put_pack, put_packs
    from risk_engine.records.trusted import counting_decision

    names = own_names(path for path, _assessment in done)
    several = [
        Wanted(
            folder if is_one else folder / name,
            assessment,
            assessor.explain(assessment),
            None if decision is None else counting_decision(assessment, assessor.criteria_of(assessment), decision),
            assessor.criteria_of(assessment),
        )
        for name, (_path, assessment) in zip(names, done, strict=True)
    ]
    if is_one:
        put_pack(several[0])
    else:
        put_packs(folder, several)
