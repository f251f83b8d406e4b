"""`risk-engine lists`: lists and the registry of organisations, taken into one file and kept fresh."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from risk_engine.cli import options
from risk_engine.cli.commands import App
from risk_engine.cli.lists_opened import STORE, Store, check_day, opened_store, stale
from risk_engine.cli.lists_results import of_entry, of_list, overview, plain, say_brought
from risk_engine.cli.options import day_option
from risk_engine.cli.output import Exit, form_of, note_lines, progress, put, say, warn
from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _

if TYPE_CHECKING:
    pass

app = App(help="Keep lists of organisations, and a registry of them, in one file with their dates.")

Standing: TypeAlias = Literal["law", "evidence", "registry", "tracker"]
FormatName: TypeAlias = Literal[
    "opensanctions-csv",
    "opensanctions-ftm",
    "ofac-csv",
    "un-xml",
    "eu-xml",
    "eu-csv",
    "csl-csv",
    "csl-json",
    "misp-galaxy",
    "ror",
    "table",
]
ShowFormat: TypeAlias = Literal["text", "json"]
Anyway = Annotated[
    bool,
    typer.Option("--anyway", help="Take it though it has shrunk by half; leave out what cannot be read, and count it."),
]
OnDay = Annotated[date | None, day_option("--on", "The day on which it is read; without it, today.")]


@app.command(
    epilog="""Examples: risk-engine lists add sdn.csv --as us-sdn ·
risk-engine lists add our-list.csv --as ours --mapping mapping.yaml"""
)
def add(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    source: Annotated[str, typer.Argument(help="A file, or an address that begins with http.", metavar="FILE|URL")],
    list_id: Annotated[str, typer.Option("--as", metavar="ID", help="Its name here, such as `eu`.")],
    form: Annotated[
        FormatName | None, typer.Option("--format", help="Its layout; without it, what stands in the file says it.")
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", metavar="NAME|FILE", help="Of a table: which column holds what (docs/screening.md)."),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="What it is called.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who publishes it.")] = None,
    standing: Annotated[
        Standing | None,
        typer.Option(
            "--standing",
            help="What a hit is: binding law here, evidence (what another state lists), an entry of a registry, or of "
            "a tracker; asked for where nobody knows the list.",
        ),
    ] = None,
    jurisdiction: Annotated[
        str | None, typer.Option("--jurisdiction", metavar="CODE", help="Whose list it is: a country, EU or UN.")
    ] = None,
    licence: Annotated[str | None, typer.Option("--licence", help="On what terms it may be used.")] = None,
    list_date: Annotated[
        date | None, day_option("--list-date", "The day of the list, where the file does not say it.")
    ] = None,
    stale_after: Annotated[
        int | None,
        typer.Option("--stale-after", min=1, metavar="DAYS", help="After so many days it is told to be stale."),
    ] = None,
    persons: Annotated[
        bool, typer.Option("--persons", help="Keep persons too; `--basis` must say what allows it.")
    ] = False,
    basis: Annotated[
        str | None, typer.Option("--basis", metavar="TEXT", help="The legal basis on which persons are kept.")
    ] = None,
    anyway: Anyway = False,
    on: OnDay = None,
    store: Store = STORE,
) -> None:
    """Take a list, or a registry of organisations, into the file of lists.

    What stands in it says what it is. Persons, vessels and aircraft are left out, and counted. Of a list that is there
    already this is its next version: what is new, said anew or gone is kept with the day. A download begins
    only here and with `lists update`.
    """
    from risk_engine.screening.lists import Wanted, bring

    check_day("--on", on)
    check_day("--list-date", list_date)
    wanted = Wanted(
        id=_checked_id(list_id),
        source=source,
        format=form,
        mapping=mapping,
        title=title,
        publisher=publisher,
        standing=standing,
        jurisdiction=jurisdiction,
        licence=licence,
        source_date=list_date,
        stale_after=stale_after,
        persons_basis=_checked_basis(persons=persons, basis=basis),
    )
    with opened_store(store, make=True) as opened, _telling(list_id) as tell:
        brought = bring(opened, wanted, on or options.today(), tell, anyway=anyway)
    say_brought(brought)


@app.command(epilog="Examples: risk-engine lists update · risk-engine lists update us-sdn --from sdn.csv")
def update(
    list_ids: Annotated[
        list[str] | None, typer.Argument(help="Which lists; without, all of them.", metavar="ID")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FILE|URL", help="Read this one list from there, now and later.")
    ] = None,
    anyway: Anyway = False,
    on: OnDay = None,
    store: Store = STORE,
) -> None:
    """Read lists again from where they came.

    Each is taken whole or not at all: one that cannot be had, is no list any more or has shrunk to less than half stays
    as it was, the others are taken, and the exit code is 2.
    """
    from risk_engine.screening import lists

    check_day("--on", on)
    failed = 0
    with opened_store(store) as opened:
        known = [one.id for one in opened.heads()]
        named = list(dict.fromkeys(list_ids or known))
        if source is not None and len(named) != 1:
            raise RiskEngineError(_("--from names the place of one list"), _("name the list before it"))
        for one in named:
            opened.head(one)  # a name that is wrong is told before any list is read
        for one in named:
            try:
                with _telling(one) as tell:
                    brought = lists.update(opened, one, on or options.today(), tell, source=source, anyway=anyway)
            except RiskEngineError as error:
                failed += 1
                warn(_("{id}: stays as it was", id=one) + f"\n{error}")
                continue
            say_brought(brought)
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)


@app.command(
    epilog="""Examples: risk-engine lists show ·
risk-engine lists show us-sdn ·
risk-engine lists show us-sdn --entry 36 --format json"""
)
def show(
    list_id: Annotated[str | None, typer.Argument(help="One list, with its versions.", metavar="ID")] = None,
    entry: Annotated[
        str | None, typer.Option("--entry", metavar="KEY", help="What the list says of one entry.")
    ] = None,
    on: Annotated[date | None, day_option("--on", "As of this day; without it, today.")] = None,
    form: Annotated[ShowFormat | None, typer.Option("--format", help="Text, or JSON for programs.")] = None,
    output: options.Output = None,
    store: Store = STORE,
) -> None:
    """Show the lists, how old each is and what a hit on it means; or one list with its versions, or one entry of it.

    A list that is older than it may be is told on standard error.
    """
    wanted = form_of(output, ("text", "json"), form, inputs=(store,))
    check_day("--on", on)
    day = on or options.today()
    if entry is not None and list_id is None:
        raise RiskEngineError(_("--entry: of which list?"), _("name the list too"))
    with opened_store(store) as opened:
        heads = opened.heads() if list_id is None else (opened.head_on(list_id, day),)
        note_lines([stale(one, day) for one in heads if one.is_stale(day)])
        if entry is not None:
            lines, data = of_entry(opened, heads[0], entry, day)
        elif list_id is not None:
            lines, data = of_list(opened, list_id, day)
        else:
            lines, data = overview(heads, day), {"lists": [plain(one, day) for one in heads]}
    if wanted == "json":
        import orjson

        put(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode(), output)
    elif output is None:
        say("\n".join(lines))
    else:
        put("\n".join(lines), output)


@app.command(epilog="Examples: risk-engine lists remove us-sdn · risk-engine lists remove us-sdn --with-history")
def remove(
    list_id: Annotated[str, typer.Argument(help="The list.", metavar="ID")],
    with_history: Annotated[
        bool, typer.Option("--with-history", help="As if it had never been read: no earlier day can be screened on it.")
    ] = False,
    on: Annotated[date | None, day_option("--on", "From this day on; without it, today.")] = None,
    store: Store = STORE,
) -> None:
    """Take a list out: from that day on nobody is on it, and what was on it before can still be screened."""
    from risk_engine.screening.swap import end, erase

    with opened_store(store) as opened:
        if with_history:
            erase(opened, list_id)
            typer.echo(_("`{id}` is gone, with its history", id=list_id))
        else:
            day = on or options.today()
            end(opened, list_id, day)
            typer.echo(_("`{id}` is taken out from {day} on", id=list_id, day=day))


# --- what they share ---


@contextmanager
def _telling(list_id: str) -> Iterator[Callable[[str, int, int], None]]:
    with progress(list_id, is_even=False, has_rate=True) as tell:
        yield lambda _what, done, of: tell(done, of)


def _checked_id(list_id: str) -> str:
    from risk_engine.screening.lists import LIST_ID

    if LIST_ID.fullmatch(list_id):
        return list_id
    message = _("--as: `{id}` is no id", id=list_id)
    raise RiskEngineError(message, _("small letters, digits and hyphens, such as `us-sdn`"))


def _checked_basis(*, persons: bool, basis: str | None) -> str:
    if persons and (basis is None or is_blank(basis)):
        message = _("persons are kept only on a legal basis, which is recorded with the list")
        raise RiskEngineError(message, _('say it: --persons --basis "…"'))
    if basis is not None and not persons:
        raise RiskEngineError(_("--basis: without --persons no person is kept"), _("leave it out, or add --persons"))
    return " ".join((basis or "").split())
