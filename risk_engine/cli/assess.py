"""`risk-engine assess`: from case files to justified proposals; cases under several criteria to a comparison."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from risk_engine.cli.options import (
    AnnexOption,
    AnswerBy,
    Day,
    DecisionOption,
    JobsOfMany,
    Output,
    Pages,
    ProfileOption,
    ReplyTo,
    SenderOption,
    SeveralCriteria,
    SimilarIn,
    check_by,
    sender_of,
    withdrawn,
)
from risk_engine.cli.output import FORM, Exit, Format, form_of, note, note_lines, put, put_document, put_one
from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _, listed

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.outlook import ExplainedOutlook
    from risk_engine.portfolio.assess import Assessor
    from risk_engine.report.pages import Sender
    from risk_engine.report.pages.similar import SimilarFacts
    from risk_engine.report.view import Part


def check_comparable(options: Mapping[str, object]) -> None:
    """Raise RiskEngineError where an option is given that is of one set alone."""
    given = [name for name, value in options.items() if value is not None]
    if given:
        message = _("{options}: this goes with one criteria set, not with several", options=quoted(given, "and"))
        raise RiskEngineError(message, _("assess the case under each of them by itself"))


def put_comparison(
    path: Path,
    criteria: Sequence[str],
    on: date | None,
    asked: Format | None,
    output: Path | None,
    templates: Path | None,
) -> None:
    """Print the comparison of one case under several criteria, or write it to the file that was asked for."""
    form = form_of(output, get_args(Format), asked, inputs=[path], templates=templates)
    from risk_engine.portfolio.compare import compare, to_json

    compared = compare(path, criteria, on)
    for lines in compared.notes:
        note_lines(lines)
    if form == "json":
        put(to_json(compared.comparison).decode(), output, kept=True)
        return
    from risk_engine.report.set_pages.comparison import comparison_text, comparison_view, print_comparison

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


EXAMPLES = {
    "assess": """Examples: risk-engine assess case.yaml ·
risk-engine assess case.yaml --format html -o report.html ·
risk-engine assess cases/ --fail-on restriction ·
risk-engine assess case.yaml --criteria reconnect-china@1.0.0 --on 2027-01-01 --profile ours.yaml ·
risk-engine assess case.yaml --criteria reconnect-china --criteria us-dod-matrix -o comparison.html ·
risk-engine assess cases/ --criteria reconnect-china --criteria us-dod-matrix -o comparisons.html ·
risk-engine assess case.yaml --supersedes earlier.json --format json -o later.json ·
risk-engine assess case.yaml --outlook ·
risk-engine assess case.yaml --pack documents/ ·
risk-engine assess cases/ --jobs 4 -o results.json"""
}


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
    sender: SenderOption = None,
    reply_to: ReplyTo = None,
    by: AnswerBy = None,
    with_outlook: Annotated[
        bool | None,
        typer.Option(
            "--outlook/--no-outlook",
            help="Of one case: say all that would change it, which may take its time, or nothing of it; without either "
            "a first page tells the smallest ways (needs the extra audit).",
        ),
    ] = None,
    templates: Pages = None,
    annex: AnnexOption = False,
    trace: Annotated[
        Trace,
        typer.Option(
            "--trace",
            help="`reference`: every rule is read one by one. `program`: of many cases the criteria are compiled. "
            "Both say the same.",
        ),
    ] = Trace.program,
    jobs: JobsOfMany = None,
    register: SimilarIn = None,
) -> None:
    """Assess cases: may it start and on what conditions, why, what is missing, what next.

    One case gives its decision; several, or a folder, a table with the worst first. Without --criteria and --on the
    case's own `criteria:` and `assessment_date:` are taken.

    With --criteria twice or more a case is compared: what each of the sets or versions comes to, side by side, where
    they differ and why. The case file may state the facts of all of them. Several cases, or a folder, are rows of a
    table: what each comes to under each of the criteria, which is stricter, and on what that rests.

    With --pack every kind of document is written in every form that can be written here (docs/documents.md says which
    is for what); several cases have a folder each. A form that needs libraries which are not installed is left out and
    named; that is no error. --from, --reply-to and --by stand in its letters. Run
    again, a pack takes the place of its own documents only.

    With --register one case is held against the cases that were decided there (`risk-engine register similar`).

    Exit code 0: assessed; 2: a case or the criteria cannot be used (of several cases the others are assessed all the
    same); 1 and 3: see --fail-on.
    """
    from risk_engine.portfolio.assess import Assessor

    if with_outlook:
        from risk_engine.solver.solver import need_solver

        need_solver()
    is_one = len(cases) == 1 and not cases[0].is_dir()
    if criteria is not None and len(criteria) > 1:
        options: dict[str, object] = {
            "--profile": profile,
            "--fail-on": fail_on,
            "--supersedes": supersedes,
            "--pack": pack,
            "--register": register,
        }
        options |= {"--pack": pack, "--outlook": with_outlook or None}
        check_comparable({**options, "--decision": decision})
        if is_one:
            put_comparison(cases[0], criteria, on, asked, output, templates)
            return
        from risk_engine.cli.assess_many import compare_many

        paths = list(_files(cases))
        form = form_of(output, get_args(Format), asked, inputs=paths, templates=templates)
        compare_many(paths, criteria, on, form, output, jobs)
        return
    old = None
    if supersedes is not None:
        from risk_engine.records.files import read_assessment

        if not is_one:
            message = _("--supersedes names the earlier assessment of one case")
            raise RiskEngineError(message, _("assess the cases that changed one by one"))
        old = read_assessment(supersedes)
    _check_pack(pack, decision, templates, is_one=is_one, is_written=asked is not None or output is not None)
    _check_sender({"--from": sender, "--reply-to": reply_to, "--by": by}, pack)
    writes = None if pack is None else sender_of(sender, reply_to, by, None)
    paths = list(_files(cases))
    inputs = [*paths, *(one for one in (profile, supersedes) if one is not None)]
    form = form_of(output, get_args(Format), asked, inputs=inputs)
    part = _part(form, annex=annex)
    _check_register(register, form, is_alone=is_one and pack is None)
    assessor = Assessor(criteria[0] if criteria else None, on, profile, trace.value)
    if is_one:
        assessment = assessor.assess(paths[0], old)
        say_standings([standing_of(assessment)])
        note_lines(assessor.notes)
        code = level_code(assessment, assessor, fail_on)
        if pack is not None and writes is not None:
            check_by(by, assessment.on)
            _pack(pack, assessment, assessor, decision, writes)
        found = _outlook(assessment, assessor, form, with_outlook)
        put_one(assessment, assessor.explain, form, output, part, found, _near(register, assessment, assessor))
        raise typer.Exit(code)
    from risk_engine.cli.assess_many import Work, assess_many

    packed = None
    if pack is not None and writes is not None:
        from risk_engine.cli.pack import Packed

        packed = Packed(pack, templates, writes)
    assess_many(Work(assessor, form, fail_on, part), paths, inputs, output, packed, jobs)


def _part(form: Format, *, annex: bool) -> "Part":
    """Return what is written of a report; raise RiskEngineError where no report is."""
    if annex and form in {"text", "json"}:
        message = _("--annex goes with a report, and this is written as {form}", form=form)
        raise RiskEngineError(
            message, _("use it with -o FILE.pdf, .docx, .html or .md; --pack writes the annex itself")
        )
    return "whole" if annex else "report"


def _outlook(
    assessment: "Assessment", assessor: "Assessor", form: Format, wanted: bool | None
) -> "ExplainedOutlook | None":
    """Return what would change a result in words: all of it where it is wanted; by itself the ways of a first page."""
    if form == "json" or wanted is False:
        return None
    from risk_engine.cli.report import outlook_of
    from risk_engine.outlook.wording import explained, ways_of

    criteria = assessor.criteria_of(assessment)
    if wanted is None:
        return ways_of(assessment, criteria)
    return explained(outlook_of(assessment, criteria), assessment, criteria)


def _near(register: Path | None, assessment: "Assessment", assessor: "Assessor") -> "SimilarFacts | None":
    """Return similar decided cases where a register is named that has some."""
    if register is None:
        return None
    from risk_engine.cli.register_similar import similar_for

    return similar_for(register, assessment, assessor.criteria_of(assessment))


def _pack(
    folder: Path, assessment: "Assessment", assessor: "Assessor", decision: Path | None, sender: "Sender"
) -> None:
    from risk_engine.cli.pack import Wanted, put_pack
    from risk_engine.records.trusted import counting_decision

    criteria = assessor.criteria_of(assessment)
    decided = None if decision is None else counting_decision(assessment, criteria, decision)
    put_pack(Wanted(folder, assessment, assessor.explain(assessment), decided, criteria, sender))


def level_code(assessment: "Assessment", assessor: "Assessor", level: str | None) -> Exit:
    """Return the exit code that a result gives for `--fail-on` (design, section 9)."""
    if level is None:
        return Exit.DONE
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


def standing_of(assessment: "Assessment") -> str:
    """Return that an assessment was made under a draft, or under what was withdrawn; empty where it was neither."""
    criteria = assessment.criteria
    version = f"{criteria.id}@{criteria.version}"
    if criteria.withdrawn:
        return withdrawn(version)
    if criteria.draft:
        return _("{version} is a draft: nobody has released it, so it is never in force and may still change",
                 version=version)  # fmt: skip
    return ""


def say_standings(several: Iterable[str]) -> None:
    """Say once what is to be known of each version that was used."""
    for text in dict.fromkeys(filter(None, several)):
        note(text)


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


def _check_sender(given: Mapping[str, object], pack: Path | None) -> None:
    """Raise RiskEngineError where it is said who writes letters, and none is written."""
    named = [name for name, value in given.items() if value is not None]
    if named and pack is None:
        message = _("{options}: the letters of a --pack say it, and none is written here", options=listed(named))
        raise RiskEngineError(message, _("for a single document: `risk-engine report`"))


def _check_register(register: Path | None, form: Format, *, is_alone: bool) -> None:
    """Raise RiskEngineError where similar cases are asked for and nothing that is written tells them."""
    if register is not None and (not is_alone or form == "json"):
        message = _("--register goes with one case and text or a page, not with JSON or --pack")
        raise RiskEngineError(message, _("for a single case: `risk-engine register similar`"))


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
        message = _("--templates goes with --pack, or with several `--criteria`")
        raise RiskEngineError(message, _("for a single document: `risk-engine report`"))
