"""`risk-engine portfolio`: many cases of a table at once, under the same criteria as a single one."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, NoReturn, TypeAlias, get_args

import typer

from risk_engine.cli import portfolio_report, portfolio_tables
from risk_engine.cli.commands import App
from risk_engine.cli.options import CriteriaOption, Day, Output, ProfileOption, to_work_on, today, withdrawn
from risk_engine.cli.output import FORM, Exit, Format, form_of, note, progress, put_one, say, wrote
from risk_engine.files.diagnostics import DefectError, NotInForceError, RiskEngineError
from risk_engine.files.interrupts import end_well
from risk_engine.files.language import _, grouped_by_thousands, ngettext
from risk_engine.portfolio import leave_a_processor, need_columns

if TYPE_CHECKING:
    from risk_engine.loading.releases import Chosen
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.profile import Profile
    from risk_engine.portfolio.impact import Moves
    from risk_engine.portfolio.many import Levels, Tally
    from risk_engine.portfolio.places import Outputs

app = App(help="Assess many cases of a table at once: a faculty's, a funder's, a country's.")

_TABLE = typer.Argument(
    help="A table of cases (.parquet, .csv, .xlsx), a file with a case in each line (.jsonl), or a folder: of "
    "tables that are joined by the case, of case files, or a register.",
    metavar="INPUT",
)
Input = Annotated[Path, _TABLE]
Mapping = Annotated[
    Path | None,
    typer.Option(
        "--mapping", metavar="FILE", help="What the columns of the table are (`portfolio map` proposes such a file)."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over the results of an earlier run.")]
Engine: TypeAlias = Literal["here", "spark"]
"""What works on a table."""
TableForm: TypeAlias = Literal["parquet", "csv", "xlsx"]
"""The forms that results of many cases can be had in."""


class Under(NamedTuple):
    """What cases are assessed under."""

    criteria: "Criteria"
    chosen: "Chosen"
    profile: "Profile | None"


def under(reference: str | None, on: date | None, profile: Path | None) -> Under:
    """Return what a table is assessed under; a version that was withdrawn, or is a draft, is named on standard error.

    Without `on` it is the version that is in force today: one table has one version.
    """
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.profile import load_profile
    from risk_engine.loading.releases import choose

    chosen = choose(reference, on or today())
    criteria = read_criteria(chosen.version.path)
    name = f"{criteria.head.id}@{criteria.head.version}"
    if chosen.withdrawn:
        note(withdrawn(name))
    elif chosen.draft:
        note(
            _(
                "{version} is a draft: nobody has released it, so it is never in force and may still change",
                version=name,
            )
        )
    return Under(criteria, chosen, load_profile(profile, criteria) if profile else None)


@app.command(
    epilog="""Examples: risk-engine portfolio assess projects.parquet -o results.parquet ·
risk-engine portfolio assess projects.csv --on 2027-01-01 --profile ours.yaml -o results ·
risk-engine portfolio assess projects.csv --strict -o workbook.xlsx"""
)
def assess(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    # As texts, for Spark reads and writes where no path of this machine leads.
    table: Annotated[str, _TABLE],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="Write there: a .parquet or .xlsx file, or a folder for tables of CSV.",
        ),
    ],
    mapping: Mapping = None,
    criteria: CriteriaOption = None,
    on: Day = None,
    profile: ProfileOption = None,
    asked: Annotated[TableForm | None, FORM] = None,
    force: Force = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Stop at the first part of the table in which a row is rejected, or where a column is not read.",
        ),
    ] = False,
    engine: Annotated[
        Engine, typer.Option("--engine", help="Work in this process, or on Spark: Parquet in, a folder of Parquet out.")
    ] = "here",
) -> None:
    """Assess every case of a table, and write what each comes to: levels, points, findings, what is missing.

    Parquet holds all in one file, CSV is a folder of tables (results, findings, missing) joined by `case`, and a
    workbook has these as sheets, each of 1,048,575 rows at most: what does not fit is refused, never cut. A row that
    cannot be read keeps its case out; a table beside the results, `rejected.csv`, says which value it was, and why.

    Without --on each case is assessed for its own date. Ctrl-C leaves what was assessed so far, under a name that says
    so (`.partial`). With --engine spark INPUT is Parquet and OUT a folder of it, each wherever Spark reads and writes;
    Ctrl-C then leaves nothing. `spark-submit` can be given this command (docs/spark.md).

    Exit code 0: all were assessed; 2: something cannot be used (the other rows are assessed all the same); 130: Ctrl-C.
    """
    need_columns()
    if engine == "here":
        leave_a_processor()
    from risk_engine.portfolio.decide import Deciding
    from risk_engine.portfolio.forms import MOST_ROWS
    from risk_engine.portfolio.many import PART, Levels, run
    from risk_engine.portfolio.places import Outputs
    from risk_engine.portfolio.reading import read

    if engine == "spark":
        if mapping is not None or asked not in {None, "parquet"}:
            message = _("Spark reads Parquet with the columns of the criteria, and writes Parquet")
            raise RiskEngineError(message, _("leave out --mapping and --format, or leave out --engine spark"))
        _on_spark(table, output, under(criteria, on, profile), on, force=force, strict=strict)
    source, target = Path(table), Path(output)
    form = form_of(target, get_args(TableForm), _form(target, asked), inputs=[source, mapping, profile])
    what = under(criteria, on, profile)
    head = what.criteria.head
    about = {
        "criteria": f"{head.id}@{head.version}",
        "digest": what.criteria.digest,
        "on": on.isoformat() if on else "",
        "profile": what.profile.institution if what.profile else "",
    }
    outputs = Outputs(target, form, {name: text for name, text in about.items() if text}, force=force)
    if form == "xlsx":
        note(
            _(
                "a sheet holds {number} rows; for more findings than that write Parquet or CSV",
                number=grouped_by_thousands(MOST_ROWS),
            )
        )
    work, levels = Deciding(what.criteria, on, what.profile).results, Levels(what.criteria)
    with progress(_("cases"), has_rate=True) as tell:
        batches = read(source, what.criteria, mapping=mapping, on=on, batch=PART, strict=strict)
        run(batches, work, levels, outputs, strict=strict, tell=tell)
    _end(levels, outputs, f"{head.id} {head.version}")
    _put_levels(levels, what.criteria)
    _exit(levels)


def _on_spark(table: str, output: str, what: Under, on: date | None, *, force: bool, strict: bool) -> NoReturn:
    """Assess a table on Spark, and end the command."""
    from risk_engine.portfolio.decide import Deciding
    from risk_engine.portfolio.spark import assess_on_spark

    deciding = Deciding(what.criteria, on, what.profile)
    with progress(_("parts")) as tell:
        levels = assess_on_spark(table, output, deciding, force=force, strict=strict, tell=tell)
    typer.echo(_("wrote {file}", file=output), err=True)
    _end(levels, None, f"{what.criteria.head.id} {what.criteria.head.version}")
    _put_levels(levels, what.criteria)
    _exit(levels)


def _form(output: Path, asked: TableForm | None) -> TableForm | None:
    """Return the form that is asked for; a name without an ending is that of a folder of tables."""
    return asked or ("csv" if not output.suffix or output.is_dir() else None)


def _end(tally: "Tally", outputs: "Outputs | None", version: str) -> None:
    """Put what was written in its place, and say how many cases came to anything.

    Where Ctrl-C came when all was read already, all is done that was asked for.
    """
    for one in tally.notes:
        note(one)
    for file in outputs.finish() if outputs is not None else ():
        wrote(file)
    if tally.is_whole:
        end_well()
    else:
        say(_("This is a part of the table: {why}.", why=tally.why_partial()))
    say(
        ngettext(
            "{count} case assessed under {version} in {seconds} s ({rate} a second)",
            "{count} cases assessed under {version} in {seconds} s ({rate} a second)",
            tally.assessed,
            count=grouped_by_thousands(tally.assessed),
            version=version,
            seconds=round(tally.seconds),
            rate=grouped_by_thousands(round(tally.assessed / max(tally.seconds, 0.001))),
        )
    )
    counts = {"rejected": tally.rejected, "unread": tally.unread}
    counted = {name: grouped_by_thousands(number) for name, number in counts.items()}
    say(_("rejected rows: {rejected} · not assessed: {unread}", **counted))
    for refused in sorted(tally.refused.values(), key=lambda each: -each.values)[:_MOST_REFUSED]:
        counted = {"told": refused.first}
        say(ngettext("  {number} value: {told}", "  {number} values, the first: {told}", refused.values, **counted))


_MOST_REFUSED = 3
"""Of so many columns it is said what could not be read in them; `rejected.csv` has all."""


def _exit(tally: "Tally") -> NoReturn:
    """End the command as its exit codes say; raise KeyboardInterrupt where Ctrl-C ended the reading."""
    if not tally.is_whole:
        raise KeyboardInterrupt
    raise typer.Exit(Exit.DONE if tally.is_clean else Exit.INVALID_INPUT)


def _put_levels(levels: "Levels", criteria: "Criteria") -> None:
    """Print at which levels the cases are."""
    from rich.console import Console

    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.portfolio.many import AtLevel
    from risk_engine.report.terminal import print_table

    say(_("contradictory: {number}", number=grouped_by_thousands(levels.contradictory)))
    rows = []
    for name, ladder in criteria_in_words(criteria).ladders.items():
        title = ladder.title
        for level, one in reversed(ladder.levels.items()):
            settled, still_open = (levels.levels[AtLevel(name, level, is_open)] for is_open in (False, True))
            if settled or still_open:
                rows.append(
                    (title, one.title, grouped_by_thousands(settled + still_open), grouped_by_thousands(still_open))
                )
                title = ""
    if rows:
        print_table((_("Ladder"), _("Level"), _("Cases"), _("of these still open")), rows, Console())


@app.command(
    epilog="""Examples: risk-engine portfolio explain 101070000 --in projects.parquet ·
risk-engine portfolio explain 101070000 --in projects.csv --on 2027-01-01 -o report.html"""
)
def explain(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    case: Annotated[str, typer.Argument(help="The id of the case.", metavar="CASE-ID")],
    table: Annotated[Path, typer.Option("--in", metavar="INPUT", help="The table that it is a row of.")],
    mapping: Mapping = None,
    criteria: CriteriaOption = None,
    on: Day = None,
    profile: ProfileOption = None,
    asked: Annotated[Format | None, FORM] = None,
    output: Output = None,
) -> None:
    """Explain one row of a table as `risk-engine assess` explains a case file, and check it against the columns.

    The row is assessed once more, as a single case, by every rule read one by one. Where that and the columns should
    ever differ, it says in what, and the exit code is 70: a defect of this program.
    """
    need_columns()
    from risk_engine.engine.assess import assess as assess_case
    from risk_engine.engine.explain import explain as in_words
    from risk_engine.portfolio.decide import Deciding
    from risk_engine.portfolio.reading import read
    from risk_engine.portfolio.single_row import case_in, differences, row_in

    form = form_of(output, get_args(Format), asked, inputs=[table, mapping, profile])
    what = under(criteria, on, profile)
    stated = row_in(read(table, what.criteria, mapping=mapping, on=on), case)
    row = case_in(stated.row(0, named=True), what.criteria, table.name)
    assessment = assess_case(
        row,
        what.criteria,
        on,
        what.profile,
        in_force=_in_force(what.chosen, criteria, on or row.assessment_date),
        draft=what.chosen.draft,
        withdrawn=what.chosen.withdrawn,
        trace="reference",
    )
    put_one(assessment, lambda made: in_words(made, what.criteria), form, output)
    if found := differences(Deciding(what.criteria, on, what.profile).results(stated), assessment):
        lines = [f"{one.column}: {one.in_columns} / {one.alone}" for one in found]
        raise DefectError("\n".join([_("{case}: in columns / as a single case", case=case), *lines]))


def _in_force(chosen: "Chosen", reference: str | None, day: date | None) -> bool:
    """Return whether the version of the whole table is the one in force on the day of a case."""
    from risk_engine.loading.releases import choose

    try:
        then = choose(reference, day)
    except NotInForceError:
        return False
    return then.in_force and then.version.number == chosen.version.number


@app.command(
    epilog="""Examples: risk-engine portfolio impact reconnect-china@2.0.0 reconnect-china projects.parquet ·
risk-engine portfolio impact reconnect-china@2.0.0 reconnect-china projects.csv --on 2027-01-01 -o moved.xlsx"""
)
def impact(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    before: Annotated[
        str, typer.Argument(help="The old version: a shipped set, or a folder.", metavar="SET[@VERSION]")
    ],
    after: Annotated[str, typer.Argument(help="The new version.", metavar="SET[@VERSION]")],
    table: Input,
    mapping: Mapping = None,
    on: Day = None,
    profile: ProfileOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Write the cases that moved there: as `assess` writes results."
        ),
    ] = None,
    asked: Annotated[TableForm | None, FORM] = None,
    force: Force = False,
) -> None:
    """Assess every case of a table under two versions of a set: how many move, from which level to which.

    The table states cases as the old version has them; what the new one only calls otherwise (`was:`) is read as it is
    called now. An answer that the new version does not take counts as not given, and such cases are counted. With -o
    every case that moved, or whose range did, is written with its levels under both.

    Exit code 0: all were assessed; 2: something cannot be used (the other rows are assessed all the same); 130: Ctrl-C.
    """
    need_columns()
    leave_a_processor()
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.profile import load_profile
    from risk_engine.portfolio.impact import Moves, Versions
    from risk_engine.portfolio.many import PART, run
    from risk_engine.portfolio.places import Outputs
    from risk_engine.portfolio.reading import read

    old, new = (read_criteria(to_work_on(one).path) for one in (before, after))
    profiles = [load_profile(profile, one) if profile else None for one in (old, new)]
    versions = Versions((old, profiles[0]), (new, profiles[1]), on)
    names = [f"{one.head.id} {one.head.version}" for one in (old, new)]
    outputs = None
    if output is not None:
        form = form_of(output, get_args(TableForm), _form(output, asked), inputs=[table, mapping, profile])
        outputs = Outputs(output, form, {"before": names[0], "after": names[1]}, force=force)
    moves = Moves(versions.pairs)
    with progress(_("cases"), has_rate=True) as tell:
        batches = read(table, old, mapping=mapping, on=on, batch=PART)
        run(batches, versions.results, moves, outputs, tell=tell)
    _end(moves, outputs, " / ".join(names))
    _put_moves(moves, old, new)
    _exit(moves)


def _put_moves(moves: "Moves", old: "Criteria", new: "Criteria") -> None:
    """Print how many cases came from which level to which."""
    from rich.console import Console

    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.terminal import print_table

    say(
        _(
            "moved: {moved} · with answers that the new version does not take: {left_out}",
            moved=grouped_by_thousands(moves.moved),
            left_out=grouped_by_thousands(moves.left_out),
        )
    )
    was, now = criteria_in_words(old).ladders, criteria_in_words(new).ladders
    for pair in moves.pairs:
        levels = was[pair.before].levels, now[pair.after].levels
        order = [{name: -place for place, name in enumerate(one)} for one in levels]
        counted = sorted(moves.from_to[pair.after].items(), key=lambda one: (order[0][one[0][0]], order[1][one[0][1]]))
        rows = [
            (levels[0][was_at].title, levels[1][now_at].title, grouped_by_thousands(number))
            for (was_at, now_at), number in counted
        ]
        if rows:
            say("")
            print_table((_("{ladder}: from", ladder=now[pair.after].title), _("to"), _("Cases")), rows, Console())


app.command("map", epilog=portfolio_tables.MAP_EXAMPLES)(portfolio_tables.propose_map)
app.command("template", epilog=portfolio_tables.TEMPLATE_EXAMPLES)(portfolio_tables.write_template)
app.command("report", epilog=portfolio_report.EXAMPLES)(portfolio_report.report)
