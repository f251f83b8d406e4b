"""`risk-engine monitor`: what changed around the cases of a register, which of them it touches, and who saw it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeAlias, get_args

import typer

from risk_engine.cli import options
from risk_engine.cli.commands import App
from risk_engine.cli.lists_opened import check_extra
from risk_engine.cli.options import JobsOfMany, Pages, Reading, day_option
from risk_engine.cli.output import (
    Exit,
    check_outside,
    form_of,
    note_lines,
    progress,
    put,
    put_bytes,
    put_document,
    say,
    warn,
)
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.portfolio import need_columns

if TYPE_CHECKING:
    from risk_engine.office.monitor.changes import Report
    from risk_engine.office.monitor.works import Data

app = App(help="Look at what changed around the cases of a register, and remember who saw it.")

MonitorForm: TypeAlias = Literal["text", "json", "html", "ics", "atom", "mail"]
"""The forms in which what a look found can be had."""
_ENDINGS: dict[str, MonitorForm] = {".xml": "atom", ".eml": "mail"}
"""How files of some forms end too."""
FURTHEST = 36_525
"""Days in a hundred years; nothing that an office keeps is due later."""
RegisterOption = Annotated[
    Path, typer.Option("--register", metavar="FOLDER", help="The folder of the register; without it `register`.")
]
REGISTER = Path("register")
StateFile = Annotated[
    Path | None,
    typer.Option("--state", metavar="FILE", help="Where the last look is remembered; without it, in the register."),
]
Today = Annotated[date | None, day_option("--today", "Look as of this day; without it, today.")]


@app.command(
    epilog="""Examples: risk-engine monitor run --register register ·
risk-engine monitor run --register register -o changes.html -o due.ics -o changes.atom ·
risk-engine monitor run --register register --lists lists.sqlite --partners partners ·
risk-engine monitor run --register register --days 90 --format json"""
)
def run(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    register: RegisterOption = REGISTER,
    criteria: Annotated[
        list[str] | None,
        typer.Option(
            "--criteria",
            metavar="SET",
            help="The folder of a set whose name does not say where it lies; can be given more than once.",
        ),
    ] = None,
    lists: Annotated[
        Path | None,
        typer.Option(
            "--lists", metavar="FILE", help="The file that holds the lists; without it they are not looked at."
        ),
    ] = None,
    partners: Annotated[
        Path | None,
        typer.Option("--partners", metavar="FOLDER", help="What is on file; without it that is not looked at."),
    ] = None,
    works: Annotated[
        list[Path] | None,
        typer.Option(
            "--works", metavar="DATA", help="Joint works, as `awareness report` reads them; without it none are."
        ),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="DATA", help="Earlier works: what stands there already is not told."),
    ] = None,
    institution: Annotated[
        str | None,
        typer.Option("--institution", metavar="NAME|ROR", help="Of the works: whose they are, as the data write it."),
    ] = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option("--between", metavar="A B", help="Of the works: the own region and the other one."),
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option("--sources", metavar="FILE", help="Of the works: what is to be said of the files (YAML)."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="Of the works: what the columns of a table state (YAML)."),
    ] = None,
    regions: Annotated[
        Path | None,
        typer.Option(
            "--regions", metavar="FILE", help="Of the works: regions of your own (YAML) in place of the shipped ones."
        ),
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Of the works: nothing is missing in these files.")] = False,
    overrules: Annotated[
        Path | None,
        typer.Option(
            "--overrules", metavar="FILE", help="Of the works: what people said of pairs (`awareness judge`)."
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=0, max=FURTHEST, help="So many days ahead dates are told.")] = 30,
    today: Today = None,
    state: StateFile = None,
    form: Annotated[
        MonitorForm | None,
        typer.Option("--format", help="The form; without it the ending of -o says it, else it is the first one."),
    ] = None,
    outputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write there instead of to standard output; several in one run."
        ),
    ] = None,
    jobs: JobsOfMany = None,
    _templates: Pages = None,
) -> None:
    """Say what changed since the last look, and which open and decided cases it touches and how, the worst first.

    Versions of criteria and their dates, what is due, entries of lists, what is on file, joint works: each case that
    comes out otherwise is assessed anew for the difference in words. Nothing is decided, and nothing that was filed is
    touched. What was found is told again at each look until somebody acknowledges it, or it is over.

    A calendar (.ics) has the days of what is due and of versions, a feed (.atom) an entry for each change, a mail
    (.eml) a subject and the text; nothing is sent.

    Exit code 0: nothing to tell; 1: something; 2: something could not be looked at, whatever else was found.
    """
    need_columns()
    from risk_engine.office.monitor.run import Wanted, look
    from risk_engine.office.monitor.state import state_path, write_state

    kept = state_path(register, state)
    forms = _forms(outputs or [], form, [one for one in (kept, lists) if one is not None])
    for output, _form in forms:
        check_outside(register, output)
    if lists is not None:
        check_extra()
    day = today or options.today()
    data = _works(works, against, institution, between, _Beside(sources, mapping, regions, overrules, whole=whole))
    wanted = Wanted(register, kept, day, days, criteria or (), lists, partners, (data.read,) if data else (), jobs=jobs)
    with progress(_("cases")) as tell:
        found = look(wanted, tell)
    for output, each in forms:
        _put(found.report, each, output, register)
    write_state(wanted.state, found.state)
    note_lines(found.warnings)
    for problem in dict.fromkeys(found.report.problems):
        warn(problem)
    if found.report.failed:
        raise typer.Exit(Exit.INVALID_INPUT)
    if found.report.changes:
        raise typer.Exit(Exit.FAILED)


@app.command(
    epilog="Example: risk-engine monitor acknowledge 3f9c2ab1d2e4 --by 'A. Vogel' --reason 'Assessed again on Monday.'"
)
def acknowledge(
    change: Annotated[str, typer.Argument(help="The id that stands before the change.", metavar="ID")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who saw it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What follows of it, or why nothing does.")],
    register: RegisterOption = REGISTER,
    state: StateFile = None,
) -> None:
    """Remember that somebody saw a change: who, when, why. It is not told again until it changes.

    What is acknowledged is the change as the last look found it, with the cases that it touched then: a case that it
    touches later is told. Nothing else follows: no case is assessed, and none decided.
    """
    from risk_engine.office.monitor.state import acknowledge as keep
    from risk_engine.office.monitor.state import found_as, read_state, state_path
    from risk_engine.office.monitor.wording import seen_before, title
    from risk_engine.office.register.folder import check_register

    reading = Reading()
    person, why = reading.text("--by", by), reading.text("--reason", reason, lines=True)
    reading.end()
    check_register(register)
    found = found_as(read_state(state_path(register, state), register), change)
    one = keep(register, found, person, why, options.today())
    say(f"[{one.id}] {title(one.kind, one.about)}")
    say(seen_before(one))


@app.command(epilog="Example: risk-engine monitor show --register register")
def show(register: RegisterOption = REGISTER, state: StateFile = None) -> None:
    """List what the last look found and nobody acknowledged, and what was acknowledged by whom, when and why."""
    from risk_engine.office.monitor.state import acknowledged, read_state, state_path
    from risk_engine.office.monitor.wording import shown
    from risk_engine.office.register.folder import check_register

    check_register(register)
    for line in shown(read_state(state_path(register, state), register), acknowledged(register)):
        say(line)


class _Beside(NamedTuple):
    """What is said of works beside them."""

    sources: Path | None
    mapping: Path | None
    regions: Path | None
    overrules: Path | None
    whole: bool


def _works(
    works: list[Path] | None,
    against: list[Path] | None,
    institution: str | None,
    between: tuple[str, str] | None,
    beside: _Beside,
) -> "Data | None":
    """Return which works are looked at; raise RiskEngineError where it is not said whose, or said without works."""
    from risk_engine.office.monitor.works import Data

    if works and institution and between:
        check_extra()
        return Data(
            works,
            institution,
            between,
            against or (),
            regions=beside.regions,
            mapping=beside.mapping,
            said=beside.sources,
            whole=beside.whole,
            overrules=beside.overrules,
        )
    if works:
        message = _("--works: whose works these are, and between which regions, is not said")
        raise RiskEngineError(message, _("add --institution NAME and --between A B"))
    if against or institution or between or any(beside):
        message = _(
            "--against, --institution, --between, --sources, --mapping, --regions, --whole and --overrules are of works"
        )
        raise RiskEngineError(message, _("name the works: --works DATA"))
    return None


def _forms(
    outputs: list[Path], asked: MonitorForm | None, inputs: list[Path]
) -> "list[tuple[Path | None, MonitorForm]]":
    """Return where what was found is written, and in which form; raise RiskEngineError where it cannot be."""
    if asked is not None and len(outputs) > 1:
        message = _("--format is of one output")
        raise RiskEngineError(message, _("leave it out: the endings of the files say their forms"))
    known: tuple[MonitorForm, ...] = get_args(MonitorForm)
    if not outputs:
        return [(None, form_of(None, known, asked))]
    if len(set(outputs)) < len(outputs):
        raise RiskEngineError(_("-o names the same file twice"), _("name each once"))
    return [(one, form_of(one, known, asked or _ENDINGS.get(one.suffix.casefold()), inputs=inputs)) for one in outputs]


def _put(report: "Report", form: MonitorForm, output: Path | None, register: Path) -> None:
    from risk_engine.office.monitor import outside
    from risk_engine.office.monitor.state import root_of
    from risk_engine.office.monitor.wording import as_data, text

    match form:
        case "text" if output is None:
            for line in text(report):
                say(line)
        case "text":
            put("\n".join(text(report)), output)
        case "json":
            from risk_engine.files.plain import canonical

            put(canonical(as_data(report)).decode(), output)
        case "html":
            from risk_engine.office.monitor.page import view_of

            put_document(view_of(report), form, output)
        case "ics":
            put_bytes(outside.calendar(report, root_of(register), datetime.now(UTC)), output)
        case "atom":
            put_bytes(outside.feed(report, root_of(register)), output)
        case "mail":
            put_bytes(outside.mail(report), output)
