"""`risk-engine register`: file cases, assessments, decisions and evidence in a plain folder, and look after them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli import options, register_tables
from risk_engine.cli.options import CriteriaOption, Day, ProfileOption
from risk_engine.cli.register_tables import Register, records, refuse, say, warn
from risk_engine.cli.usage import App
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext

if TYPE_CHECKING:
    from risk_engine.office.register.reassess import Reassessed

app = App(help="Keep cases, assessments, decisions and evidence in a plain folder, and look after them.")


@app.command(
    epilog="""Examples: risk-engine register add register case.yaml --on 2026-11-25 ·
risk-engine register add register other.json ·
risk-engine register add register ours.yaml --evidence --case 2026-014 --keep"""
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
) -> None:
    """File things in a register; a new or empty folder becomes one.

    Each file is recognised by what it says. A case is assessed as well; its new assessment supersedes the last one.
    What is filed already is not filed twice, and nothing is ever written over. Evidence belongs to the case that states
    its SHA-256, or to --case. What lies in a folder and is none of all this is named and left; a case that is damaged
    is named too.
    """
    from risk_engine.office.register.add import Filing
    from risk_engine.office.register.add import add as file_one
    from risk_engine.office.register.history import damage
    from risk_engine.office.register.kinds import NoRecordError, Recognised, files_at, recognised
    from risk_engine.portfolio.assess import Assessor

    how = Filing(folder, Assessor(criteria, on, profile), options.today(), case, keep=keep, again=again)
    found: list[Recognised] = []
    failed: list[tuple[Path, RiskEngineError]] = []
    paths = [below for path in files for below in files_at(path)]
    for path in paths:
        try:
            found.append(Recognised("evidence", "", path) if evidence else recognised(path))
        except RiskEngineError as error:
            failed.append((path, error))
    for one in sorted(found, key=Recognised.order):
        try:
            for line in file_one(one.path, one.kind, how):
                say(line)
        except RiskEngineError as error:
            failed.append((one.path, error))
    left = [error for path, error in failed if isinstance(error, NoRecordError) and path not in files]
    for unfit in left:
        warn(_("left as it is: {unfit}", unfit=unfit))
    wrong = [error for _, error in failed if error not in left]
    named = {str(error) for error in wrong}
    for line in (each for touched in sorted(how.touched) for each in damage(touched) if each not in named):
        warn(line)
    refuse(wrong, len(paths) - len(left))


app.command("list", epilog=register_tables.LIST_EXAMPLES)(register_tables.list_cases)
app.command("show", epilog=register_tables.SHOW_EXAMPLES)(register_tables.show)
app.command("due", epilog=register_tables.DUE_EXAMPLES)(register_tables.due)
app.command("export", epilog=register_tables.EXPORT_EXAMPLES)(register_tables.export)


@app.command(
    epilog="""Examples: risk-engine register reassess register --on 2027-01-15 --dry-run ·
risk-engine register reassess register --criteria reconnect-china@1.0.0 ·
risk-engine register reassess register --on 2027-01-15 --file-unchanged"""
)
def reassess(
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
) -> None:
    """Assess every open case again, on a new day, under another version, or both, and report only what changed.

    A new assessment is filed where something changed; it supersedes the old one, which stays. Where nothing changed the
    day of the review stays too, unless --file-unchanged says that somebody looked; a decision on the old one then still
    counts.

    Without --on each case keeps its day, without --criteria its set (in the version in force on the day, unless the
    case names one), without --profile its profile. Closed cases stay as they are.
    """
    from risk_engine.cli.output import progress
    from risk_engine.office.register.reassess import Reassessed, day_for
    from risk_engine.office.register.reassess import reassess as assess_again
    from risk_engine.portfolio.assess import Assessor

    assessor = Assessor(criteria, day_for(on, criteria), profile)
    cases, failed = records(folder)
    unreadable = len(failed)
    open_now = [one.current for one in cases if one.current is not None and not one.is_closed()]
    tried: list[Reassessed | None] = []
    with progress(_("reassessing")) as tell:
        for number, current in enumerate(open_now, 1):
            try:
                tried.append(assess_again(folder, current, assessor, dry_run=dry_run, file_unchanged=file_unchanged))
            except RiskEngineError as error:
                failed.append(error)
            tell(number, len(open_now))
    done = [one for one in tried if one is not None]
    changed = [one for one in done if one.changes]
    for one in done:
        _tell(one)
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
    if others := len(tried) - len(done):
        say(
            ngettext(
                "{number} open case under other criteria, left as it was",
                "{number} open cases under other criteria, left as they were",
                others,
            )
        )
    refuse(failed, len(open_now) + unreadable)


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
    """Take away the lock of somebody who is gone, and what they had not finished; nothing that was filed is touched.

    Refused while the holder may be at work: on this machine it is, on another one nobody can know from here.
    """
    from risk_engine.office.register.folder import check_register
    from risk_engine.office.register.lock import break_lock

    check_register(folder)
    say(break_lock(folder, force=force))
