"""`risk-engine lists`: lists and the registry of organisations, taken into one file and kept fresh."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from risk_engine.cli import options
from risk_engine.cli.commands import App
from risk_engine.cli.options import day_option
from risk_engine.cli.output import Exit, form_of, note, note_lines, progress, put, say, warn
from risk_engine.files.diagnostics import RiskEngineError, is_blank, printable
from risk_engine.files.language import _, first_few, grouped_by_thousands, ngettext, pgettext

if TYPE_CHECKING:
    from risk_engine.screening.entry import Entry, ListHead
    from risk_engine.screening.lists import Brought
    from risk_engine.screening.store import Store as OpenStore

app = App(help="Keep lists of organisations, and a registry of them, in one file with their dates.")

VARIABLE = "RISK_ENGINE_LISTS"
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
Store = Annotated[
    Path,
    typer.Option(
        "--store",
        envvar=VARIABLE,
        show_envvar=False,
        show_default=False,
        metavar="FILE",
        help="The file that holds the lists; else RISK_ENGINE_LISTS names it, else it is `lists.sqlite`.",
    ),
]
STORE = Path("lists.sqlite")
Anyway = Annotated[
    bool,
    typer.Option("--anyway", help="Take it though it has shrunk by half; leave out what cannot be read, and count it."),
]
OnDay = Annotated[date | None, day_option("--on", "The day on which it is read; without it, today.")]
_SHOWN = 8


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
    with _opened(store, make=True) as opened, _telling(list_id) as tell:
        brought = bring(opened, wanted, on or options.today(), tell, anyway=anyway)
    _say_brought(brought)


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

    failed = 0
    with _opened(store) as opened:
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
            _say_brought(brought)
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
    day = on or options.today()
    if entry is not None and list_id is None:
        raise RiskEngineError(_("--entry: of which list?"), _("name the list too"))
    with _opened(store) as opened:
        heads = opened.heads() if list_id is None else (opened.head_on(list_id, day),)
        note_lines([stale(one, day) for one in heads if one.is_stale(day)])
        if entry is not None:
            lines, data = _entry(opened, heads[0], entry, day)
        elif list_id is not None:
            lines, data = _versions(opened, list_id, day)
        else:
            lines, data = _table(heads, day), {"lists": [_plain(one, day) for one in heads]}
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

    with _opened(store) as opened:
        if with_history:
            erase(opened, list_id)
            typer.echo(_("`{id}` is gone, with its history", id=list_id))
        else:
            day = on or options.today()
            end(opened, list_id, day)
            typer.echo(_("`{id}` is taken out from {day} on", id=list_id, day=day))


# --- what they share ---


@contextmanager
def _opened(path: Path, *, make: bool = False) -> "Iterator[OpenStore]":
    from risk_engine.screening.store import Store as Opened
    from risk_engine.screening.store import sqlite_problems

    with Opened.open(path, make=make) as opened, sqlite_problems(path):
        yield opened


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


def _number(number: int) -> str:
    return grouped_by_thousands(number)


def _say_brought(brought: "Brought") -> None:
    version = brought.version
    head = version.head
    if brought.format is None:
        typer.echo(_("{id}: the server says that nothing has changed", id=head.id))
        return
    what = _(brought.format.what, mapping=brought.mapping)
    typer.echo(_("{id}: read as {what}", id=head.id, what=what))
    say(f"  {_said_of(head)}")
    if left_out := _left_out(head):
        say(f"  {left_out}")
    numbers = {"new": _number(version.new), "changed": _number(version.changed), "gone": _number(version.gone)}
    say("  " + _("{new} new, {changed} said anew, {gone} gone", **numbers))
    if brought.skipped:
        note(
            ngettext(
                "{number} entry could not be read and was left out",
                "{number} entries could not be read and were left out",
                brought.skipped,
            )
        )
    if brought.missing:
        note(_("read without {files}: other names and addresses are missing", files=", ".join(brought.missing)))
    if brought.unknown_countries:
        names = first_few([f"`{printable(one)}`" for one in brought.unknown_countries], _SHOWN)
        note(_("not known as countries, so left out as such: {names}", names=names))


def _said_of(head: "ListHead") -> str:
    entries = ngettext("{count} entry", "{count} entries", head.entries, count=_number(head.entries))
    return _("{title}: {entries} with {names} names", title=head.title, entries=entries, names=_number(head.names))


def _left_out(head: "ListHead") -> str:
    if head.persons_basis:
        return _("persons are kept: {basis}", basis=head.persons_basis)
    several = []
    if head.dropped_persons:
        several.append(
            ngettext("{count} person", "{count} persons", head.dropped_persons, count=_number(head.dropped_persons))
        )
    if head.dropped_others:
        count = _number(head.dropped_others)
        several.append(
            ngettext("{count} vessel or the like", "{count} vessels and the like", head.dropped_others, count=count)
        )
    return _("left out: {several}", several=", ".join(several)) if several else ""


STANDING_WORDS = {
    "law": lambda: pgettext("what a hit on a list is", "law"),
    "evidence": lambda: pgettext("what a hit on a list is", "evidence"),
    "registry": lambda: pgettext("what a hit on a list is", "registry"),
    "tracker": lambda: pgettext("what a hit on a list is", "tracker"),
}


def stale(head: "ListHead", day: date) -> str:
    """Return what to tell of a list that is older than it may be."""
    days = (day - (head.made_on or head.read_on)).days
    return _(
        "`{id}` is {days} days old and may be {most}: `risk-engine lists update {id}` reads it anew",
        id=head.id,
        days=days,
        most=head.stale_after,
    )


def _age(head: "ListHead", day: date) -> str:
    return ngettext("{number} day", "{number} days", max(head.age(day), 0))


def _table(heads: "tuple[ListHead, ...]", day: date) -> list[str]:
    if not heads:
        return [_("there is no list yet")]
    lines = []
    for one in heads:
        whose = f", {one.jurisdiction}" if one.jurisdiction else ""
        lines.append(f"{one.id}: {one.title} ({STANDING_WORDS[one.standing]()}{whose})")
        dated = one.source_date or "–"
        days = {"dated": dated, "read": one.read_on, "age": _age(one, day)}
        lines.append(
            "  " + _("dated {dated}, read on {read}, {age} old", **days) + f" · {_said_of(one).rpartition(': ')[2]}"
        )
    return lines


def _plain(head: "ListHead", day: date) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(head) | {"age": head.age(day), "is_stale": head.is_stale(day)}


def _versions(opened: "OpenStore", list_id: str, day: date) -> tuple[list[str], dict[str, Any]]:
    head = opened.head_on(list_id, day)
    several = opened.versions(list_id)
    lines = _table((head,), day)
    for label, text in (
        (_("publisher"), head.publisher),
        (_("source"), head.source),
        (_("layout"), head.format),
        (_("licence"), head.licence),
        (_("digest"), head.digest),
    ):
        if text:
            lines.append(f"  {label}: {text}")
    if left_out := _left_out(head):
        lines.append(f"  {left_out}")
    if (ended := opened.ended(list_id)) is not None:
        lines.append("  " + _("taken out from {day} on", day=ended))
    lines.append(_("versions:"))
    for one in several:
        numbers = {"new": _number(one.new), "changed": _number(one.changed), "gone": _number(one.gone)}
        counts = _("{new} new, {changed} said anew, {gone} gone", **numbers)
        lines.append(f"  {one.head.read_on}: {_number(one.head.entries)} ({counts})")
    versions = [_plain(one.head, day) | {"new": one.new, "changed": one.changed, "gone": one.gone} for one in several]
    return lines, _plain(head, day) | {"ended": ended, "versions": versions}


def _entry(opened: "OpenStore", head: "ListHead", key: str, day: date) -> tuple[list[str], dict[str, Any]]:
    from dataclasses import asdict

    found = opened.entry(head.id, key, day)
    if found is None:
        message = _("`{id}` has no entry `{key}` on {day}", id=head.id, key=key, day=day)
        earlier = opened.entry(head.id, key)
        raise RiskEngineError(message, "" if earlier is None else _("on another day it has: --on"))
    names = [one._asdict() for one in found.names]
    relations = [one._asdict() for one in found.relations]
    return list(_entry_lines(found)), asdict(found) | {"names": names, "relations": relations}


def _entry_lines(entry: "Entry") -> Iterator[str]:
    from risk_engine.screening.lists import entry_words

    yield f"{entry.name} ({entry.list}, {entry.key})"
    yield from (f"  {label}: {text}" for label, text in entry_words(entry))
