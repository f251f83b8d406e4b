"""`risk-engine register`: file cases, assessments, decisions and evidence in a plain folder, and look after them."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli import options, register_log, register_similar
from risk_engine.cli.commands import App
from risk_engine.cli.options import CriteriaOption, Day, JobsOfMany, ProfileOption, day_option
from risk_engine.cli.output import (
    FORM,
    Exit,
    Table,
    TableFormat,
    check_outside,
    form_of,
    progress,
    put_table,
    refuse,
    say,
    spoken,
    warn,
)
from risk_engine.cli.register_log import CaseNumber, Register
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext, pgettext
from risk_engine.files.writing import check_new, write_new

if TYPE_CHECKING:
    from risk_engine.office.register.record import Survey
    from risk_engine.office.register.upkeep import Reassessed

app = App(help="Keep cases, assessments, decisions and evidence in a plain folder, and look after them.")

LONGEST_LOOK = 36_525
"""Days in a hundred years; nothing that an office keeps is due later."""
ExportFormat: TypeAlias = Literal["zip", "json", "csv"]
"""The forms a register can be exported in."""
Level = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="[LADDER=]LEVEL",
        help="Cases at this level, open ones that may be, and ones decided to be; without LADDER: the result.",
    ),
]
Partner = Annotated[
    str | None, typer.Option("--partner", metavar="TEXT", help="Cases with an entry whose name or id holds this.")
]
IsDue = Annotated[bool, typer.Option("--due", help="Cases with something overdue on the day.")]
StillOpen = Annotated[bool, typer.Option("--still-open", help="Cases whose result missing answers leave open.")]
Awaiting = Annotated[
    bool, typer.Option("--awaiting-decision", help="Cases whose last assessment has no confirmed decision yet.")
]
OlderThan = Annotated[
    str | None,
    typer.Option("--older-than", metavar="[SET@]VERSION", help="Cases that were assessed under an earlier version."),
]
Output: TypeAlias = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write there instead of to standard output; nothing is written over."),
]
OnDay = Annotated[date | None, day_option("--on", "The day for what is overdue; without it, today.")]


@app.command(
    epilog="""Examples: risk-engine register add register case.yaml --on 2026-11-25 ·
risk-engine register add register other.json ·
risk-engine register add register ours.yaml --evidence --case 2026-014 --keep ·
risk-engine register add register cases/ --jobs 4"""
)
def add(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    folder: Register,
    files: Annotated[
        list[Path],
        typer.Argument(help="Cases, assessments, decisions, evidence, or folders of them.", metavar="FILE..."),
    ],
    criteria: CriteriaOption = None,
    on: Day = None,
    profile: ProfileOption = None,
    case: Annotated[str | None, typer.Option("--case", metavar="ID", help="The case that evidence is for.")] = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="File everything named as evidence.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep a copy of evidence, not only its SHA-256.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Make an earlier version of a case count again.")] = False,
    jobs: JobsOfMany = None,
) -> None:
    """File things in a register; a new or empty folder becomes one.

    Each file is recognised by what it says. A case is assessed as well; its new assessment supersedes the last one.
    What is filed already is not filed twice, and nothing is ever written over. Evidence belongs to the case that states
    its SHA-256, or to --case. What lies in a folder and is none of all this is named and left; a case that is damaged
    is named too.
    """
    from risk_engine.files.processes import in_order, processes_for
    from risk_engine.office.register.add import (
        Assessing,
        Filing,
        NoRecordError,
        Recognised,
        add_case,
        files_at,
        recognised,
    )
    from risk_engine.office.register.add import add as file_one
    from risk_engine.office.register.history import damage
    from risk_engine.portfolio.assess import Assessor

    how = Filing(folder, Assessor(criteria, on, profile), options.today(), case, keep=keep, again=again, tell=warn)
    found: list[Recognised] = []
    failed: list[tuple[Path, RiskEngineError]] = []
    paths = [below for path in files for below in files_at(path)]
    for path in paths:
        try:
            found.append(Recognised("evidence", "", path) if evidence else recognised(path))
        except RiskEngineError as error:
            failed.append((path, error))
    found.sort(key=Recognised.order)
    cases = [one.path for one in found if one.kind == "case"]
    assessed = in_order(Assessing(how.assessor), cases, processes_for(len(cases), jobs))
    for kind, _day, path in found:
        try:
            for line in add_case(next(assessed), how) if kind == "case" else file_one(path, kind, how):
                say(line)
        except RiskEngineError as error:
            failed.append((path, error))
    left = [error for path, error in failed if isinstance(error, NoRecordError) and path not in files]
    for unfit in left:
        warn(_("left as it is: {unfit}", unfit=unfit))
    wrong = [f"{error}" for _, error in failed if error not in left]
    touched = sorted(one for one in how.touched if one.exists())  # not one that was taken back with what failed
    for lines in in_order(damage, touched, processes_for(len(touched), jobs)):
        for line in lines:
            if line not in wrong:
                warn(line)
    refuse(wrong, len(paths) - len(left))


@app.command(
    "list",
    epilog="""Examples: risk-engine register list register ·
risk-engine register list register --level regulation --still-open ·
risk-engine register list register --level start_gate=blocked --format csv ·
risk-engine register list register --partner institute --older-than reconnect-china@1.1.0 -o cases.xlsx""",
)
def list_cases(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    folder: Register,
    level: Level = None,
    partner: Partner = None,
    due: IsDue = False,
    still_open: StillOpen = False,
    awaiting_decision: Awaiting = False,
    older_than: OlderThan = None,
    on: OnDay = None,
    asked: Annotated[TableFormat | None, FORM] = None,
    output: Output = None,
) -> None:
    """List the cases of a register as they count now; several options narrow the list together.

    Exit code 2 if a case cannot be read; the others are listed all the same.
    """
    from risk_engine.office.register.listing import Narrowed, Narrowing, columns, is_untold, row, titles
    from risk_engine.office.register.record import Survey

    form = _table_form(folder, output, asked)
    narrowing = Narrowing(Narrowed(level, partner, due, still_open, awaiting_decision, older_than), _day(on))
    survey = Survey(folder)
    rows: list[tuple[str, ...]] = []
    untold = 0
    heads: dict[str, frozenset[tuple[str, str]]] = {}
    shown: set[str] = set()
    for record in survey:
        fits = narrowing.fits(record)
        criteria = record.current.assessment.criteria.digest if record.current else ""
        with spoken(form):
            if criteria not in heads:
                heads[criteria] = titles(record)
            if fits:
                rows.append(row(record))
                shown.add(criteria)
                untold += is_untold(record)
    _warn_of(survey)
    narrowing.check()
    if not rows:
        none = _("no case matches") if survey.number else _("there is no case in this register")
        warn(_("no case that can be read matches") if survey.failed else none)
    with spoken(form):
        names = columns(title for criteria in shown or heads for title in heads[criteria])
    put_table(Table(_("Cases"), names, rows, untold), form, output)
    _refuse_of(survey)


@app.command(epilog="Example: risk-engine register show register 2026-014")
def show(folder: Register, case: CaseNumber) -> None:
    """Print the history of a case: what was filed, what takes the place of what, and whether all of it is as it was.

    Exit code 1 if something was altered, is missing, or lies there although nobody filed it, if a decision does not
    hold, or if two stand side by side.
    """
    from risk_engine.office.register.folder import known_case_folder
    from risk_engine.office.register.history import history
    from risk_engine.office.register.lock import lock_left

    found = known_case_folder(folder, case)
    for line in lock_left(folder):
        warn(line)
    lines = list(history(found))
    say(_("{case}: {number} filed in {folder}", case=case, number=len(found.filed), folder=found.path))
    for one in lines:
        say(f"{one.name}\n  {one.text}{f' — {_(one.mark)}' if one.wrong else ''}")
    for one in lines:
        if one.wrong:
            warn(one.wrong)
    if any(one.wrong for one in lines):
        raise typer.Exit(Exit.FAILED)
    say(_("everything is as it was filed"))


@app.command(
    epilog="""Examples: risk-engine register due register --on 2027-01-15 ·
risk-engine register due register --on 2027-01-15 --days 365 -o due.csv"""
)
def due(
    folder: Register,
    on: OnDay = None,
    days: Annotated[int, typer.Option("--days", min=0, max=LONGEST_LOOK, help="So many days ahead.")] = 90,
    asked: Annotated[TableFormat | None, FORM] = None,
    output: Output = None,
) -> None:
    """List what is overdue and what comes next: conditions, controls, cases to look at again, ends of retention.

    The review of a case is due until a new assessment of it is filed; `reassess --on DATE --file-unchanged` files one
    also where nothing changed. Nothing is deleted when its time is over; a person does that.

    Exit code 2 if a case cannot be read.
    """
    from risk_engine.office.register.listing import Due, due_columns, due_rows, dues, is_untold
    from risk_engine.office.register.record import Survey

    form = _table_form(folder, output, asked)
    day = _day(on)
    last = day + min(timedelta(days=days), date.max - day)
    survey = Survey(folder)
    found: list[Due] = []
    untold = 0
    for record in survey:
        with spoken(form):
            found += (one for one in dues(record) if one.day <= last)
            untold += is_untold(record)
    _warn_of(survey)
    if not found:
        none = _("nothing is due until {day}", day=last)
        warn(_("nothing is due until {day}, in the cases that can be read", day=last) if survey.failed else none)
    title = pgettext("column", "Due")
    with spoken(form):
        table = Table(title, due_columns(), due_rows(found, day), untold)
    put_table(table, form, output)
    _refuse_of(survey)


@app.command(
    epilog="""Examples: risk-engine register export register -o archive.zip ·
risk-engine register export register --level regulation -o some.json"""
)
def export(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    folder: Register,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; it must not be there yet.")],
    level: Level = None,
    partner: Partner = None,
    due: IsDue = False,
    still_open: StillOpen = False,
    awaiting_decision: Awaiting = False,
    older_than: OlderThan = None,
    on: OnDay = None,
    asked: Annotated[ExportFormat | None, FORM] = None,
) -> None:
    """Write the register, or the cases that the options leave, as one file with the SHA-256 of everything in it.

    ZIP holds the files as they are, JSON their content in one document, CSV only the list of files. The same register
    gives the same bytes. Exit code 2 if something was altered or cannot be read; it is named and left out.
    """
    from risk_engine.office.register.export import as_csv, as_json, as_zip, collected
    from risk_engine.office.register.head import head_of_log
    from risk_engine.office.register.listing import Narrowed, Narrowing
    from risk_engine.office.register.log import log_state
    from risk_engine.office.register.record import Survey

    _check_outside(folder, output)
    form = form_of(output, get_args(ExportFormat), asked)
    narrowing = Narrowing(Narrowed(level, partner, due, still_open, awaiting_decision, older_than), _day(on))
    survey = Survey(folder)
    chosen = [one.folder for one in survey if narrowing.fits(one)]
    _warn_of(survey)
    narrowing.check()
    files, wrong = collected(chosen)
    makers = {"zip": as_zip, "json": as_json, "csv": as_csv}
    log = log_state(folder, anew=True).sound
    head = head_of_log(log).model_dump(mode="json", by_alias=True) if log else None
    write_new(output, makers[form](files, head))
    of_cases = ngettext("of {number} case", "of {number} cases", len(chosen))
    text = ngettext(
        "wrote {number} file {of_cases} to {file}",
        "wrote {number} files {of_cases} to {file}",
        len(files),
        of_cases=of_cases,
        file=output,
    )
    typer.echo(text, err=True)
    failed = [*survey.failed, *wrong]
    refuse(failed, survey.number + len(failed))


@app.command(
    epilog="""Examples: risk-engine register reassess register --on 2027-01-15 --dry-run ·
risk-engine register reassess register --criteria reconnect-china@1.0.0 ·
risk-engine register reassess register --on 2027-01-15 --file-unchanged ·
risk-engine register reassess register --on 2027-01-15 --jobs 4"""
)
def reassess(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    folder: Register,
    on: Day = None,
    criteria: CriteriaOption = None,
    profile: ProfileOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would change and file nothing.")] = False,
    file_unchanged: Annotated[
        bool,
        typer.Option(
            "--file-unchanged",
            help="Somebody looked at the cases again: file also what did not change, so that the next review moves.",
        ),
    ] = False,
    jobs: JobsOfMany = None,
) -> None:
    """Assess every open case again, on a new day, under another version, or both, and report only what changed.

    A new assessment is filed where something changed; it supersedes the old one, which stays. Where nothing changed the
    day of the review stays too, unless --file-unchanged says that somebody looked; a decision on the old one then still
    counts.

    Without --on each case keeps its day, without --criteria its set (in the version in force on the day, unless the
    case names one), without --profile its profile. Closed cases stay as they are.
    """
    from risk_engine.files.processes import in_order, processes_for
    from risk_engine.office.register.folder import case_paths
    from risk_engine.office.register.record import Survey
    from risk_engine.office.register.upkeep import Reassessed, Reassessing, day_for, file_again
    from risk_engine.office.register.writing import take_up
    from risk_engine.portfolio.assess import Assessor

    assessor = Assessor(criteria, day_for(on, criteria), profile)
    if not dry_run:
        take_up(folder, warn)
    survey = Survey(folder)
    paths = case_paths(folder)
    work = Reassessing(assessor, dry_run, file_unchanged)
    done: list[Reassessed] = []
    failed: list[str] = []
    still_open = others = 0
    with progress(_("reassessing")) as tell:
        for number, one in enumerate(in_order(work, paths, processes_for(len(paths), jobs)), 1):
            survey.add(one.seen)
            still_open += one.is_open
            failed += filter(None, [one.failed])
            others += one.is_open and not one.failed and one.done is None
            if one.done is not None:
                try:
                    done.append(file_again(folder, one.done, assessor, warn))
                except RiskEngineError as error:
                    failed.append(f"{error}")
            tell(number, len(paths))
    _warn_of(survey)
    failed = [*survey.failed, *failed]
    changed = [one for one in done if one.changes]
    for reassessed in done:
        _tell(reassessed)
    filed = sum(one.filed is not None for one in done)
    kept = ngettext("{number} new assessment filed", "{number} new assessments filed", filed)
    if done or not failed:
        say(
            ngettext(
                "{number} open case assessed again, {changed} changed; {kept}",
                "{number} open cases assessed again, {changed} changed; {kept}",
                len(done),
                changed=len(changed),
                kept=kept if filed else _("nothing was filed"),
            )
        )
    if others:
        say(
            ngettext(
                "{number} open case under other criteria, left as it was",
                "{number} open cases under other criteria, left as they were",
                others,
            )
        )
    refuse(failed, still_open + len(survey.failed))


def _tell(one: "Reassessed") -> None:
    case = f"{one.case_id} {one.title}"
    if not one.changes:
        if one.filed:
            say(
                _(
                    "{case}: unchanged, filed as {name}; to look at again by {day}",
                    case=case,
                    name=one.filed,
                    day=one.review_due,
                )
            )
        return
    say(_("{case}: filed as {name}", case=case, name=one.filed) if one.filed else case)
    for line in (*one.changes.levels, *one.changes.findings, *one.changes.notes, *one.changes.problems):
        say(f"  {line}")
    if one.changes.newly_asked:
        say("  " + _("newly asked:"))
    for line in one.changes.newly_asked:
        say(f"    {line}")


@app.command(epilog="Examples: risk-engine register unlock register · risk-engine register unlock register --force")
def unlock(
    folder: Register,
    force: Annotated[bool, typer.Option("--force", help="You know that whoever holds it is gone.")] = False,
) -> None:
    """Take away the lock of somebody who is gone, and finish or take away what they had begun.

    Needed only where the next writer cannot know that they are gone: their process ran on another machine. Refused
    while the holder may be at work. Nothing that was filed is touched.
    """
    from risk_engine.office.register.upkeep import unlock as free

    free(folder, say, force=force)


app.command("similar", epilog=register_similar.SIMILAR_EXAMPLES)(register_similar.print_similar)
app.command("consistency", epilog=register_similar.CONSISTENCY_EXAMPLES)(register_similar.check_consistency)
app.command("verify", epilog=register_log.VERIFY_EXAMPLES)(register_log.verify_register)
app.command("head", epilog=register_log.HEAD_EXAMPLES)(register_log.print_head)
app.command("remove", epilog=register_log.REMOVE_EXAMPLES)(register_log.remove_case)
app.command("begin", epilog=register_log.BEGIN_EXAMPLES)(register_log.begin_log)


def _day(on: date | None) -> date:
    return on or options.today()


def _warn_of(survey: "Survey") -> None:
    for line in survey.warnings():
        warn(line)


def _refuse_of(survey: "Survey") -> None:
    refuse(survey.failed, survey.number + len(survey.failed))


def _table_form(folder: Path, output: Path | None, asked: TableFormat | None) -> TableFormat:
    """Return the form of a table; raise RiskEngineError where it cannot be written there."""
    _check_outside(folder, output)
    form: TableFormat = form_of(output, get_args(TableFormat), asked)
    if form == "xlsx" and output is None:
        raise RiskEngineError(_("a workbook needs a file to be written to"), _("name one with `-o FILE.xlsx`"))
    return form


def _check_outside(folder: Path, output: Path | None) -> None:
    """Raise RiskEngineError if a result would be written over something, or among what is filed."""
    if output is not None:
        check_new(output)
        check_outside(folder, output)
