"""The file of lists, opened for a command: where it is, how old the lists are, and who is screened on them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli import options
from risk_engine.cli.output import note, note_lines, progress
from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.files.interrupts import end_if_interrupted
from risk_engine.files.language import _

if TYPE_CHECKING:
    from risk_engine.screening.asked import Asked
    from risk_engine.screening.decisions import Decisions
    from risk_engine.screening.entry import ListHead
    from risk_engine.screening.screen import Screened, Screening
    from risk_engine.screening.store import Store as OpenStore

VARIABLE = "RISK_ENGINE_LISTS"
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
DecisionsFile = Annotated[
    Path | None,
    typer.Option("--decisions", metavar="FILE", help="Where decisions are kept; without it, beside the lists."),
]
EntryOption = Annotated[
    str | None, typer.Option("--entry", metavar="ENTRY", help="Of a case only this entry, such as `entity.id`.")
]
_EVERY = 20


def check_extra() -> None:
    """Raise MissingExtraError where the libraries of screening are missing."""
    from importlib.util import find_spec

    if not all(find_spec(name) is not None for name in ("numpy", "rapidfuzz")):
        raise MissingExtraError(_("screening needs libraries that are not installed"), "screening")


@contextmanager
def opened_store(path: Path, *, make: bool = False) -> "Iterator[OpenStore]":
    """Open the file of lists; `make` makes a new one where there is none."""
    from risk_engine.screening.store import Store as Opened
    from risk_engine.screening.store import sqlite_problems

    with Opened.open(path, make=make) as opened, sqlite_problems(path):
        yield opened


def stale(head: "ListHead", day: date) -> str:
    """Return what to tell of a list that is older than it may be."""
    days = (day - (head.made_on or head.read_on)).days
    return _(
        "`{id}` is {days} days old and may be {most}: `risk-engine lists update {id}` reads it anew",
        id=head.id,
        days=days,
        most=head.stale_after,
    )


@contextmanager
def opened_lists(
    store: Path,
    decisions: Path | None,
    on: date | None,
    *,
    make: bool,
    needs_lists: bool = False,
    affiliations: bool = False,
) -> "Iterator[tuple[Screening, Decisions]]":
    """Open the lists as they stood on a day, and what was decided; say which of them are stale.

    Raises RiskEngineError where there is nothing to look anybody up in, or, if a list is needed, a registry alone.
    """
    from risk_engine.screening.decisions import Decisions, path_beside
    from risk_engine.screening.screen import Screening
    from risk_engine.screening.store import Store as Opened
    from risk_engine.screening.store import sqlite_problems

    day = on or options.today()
    with ExitStack() as stack:
        opened = stack.enter_context(Opened.open(store))
        stack.enter_context(sqlite_problems(store))
        with _indexing() as tell:
            screening = Screening(opened, day, tell, affiliations=affiliations)
        if not screening.lists and (needs_lists or not screening.registries):
            message = _("there is no list in {path} on {day} to look anybody up on", path=store, day=day)
            raise RiskEngineError(message, _("`risk-engine lists add FILE --as ID` takes one in"))
        if affiliations and not screening.registries:
            message = _("there is no registry in {path} that says which organisations a line names", path=store)
            raise RiskEngineError(message, _("take in ROR: `risk-engine lists add FILE --as ror`"))
        note_lines([stale(head, day) for head in screening.heads if head.is_stale(day)])
        kept = stack.enter_context(Decisions.open(decisions or path_beside(store), make=make))
        yield screening, kept


def check_day(option: str, day: date | None) -> None:
    """Raise RiskEngineError where an option names a day to come."""
    if day is not None and day > options.today():
        message = _("{option} {day}: nobody knows the lists of a day to come", option=option, day=day)
        raise RiskEngineError(message, _("name today or an earlier day"))


def not_looked_at(screening: "Screening") -> list[str]:
    """Return what nothing is said about, for the store has no list, or no registry."""
    lines = []
    if not screening.lists:
        lines.append(_("no list is in the store: nothing is said about listing"))
    if not screening.registries:
        lines.append(_("no registry is in the store: nothing is said about who it is, and whom it belongs to"))
    return lines


@contextmanager
def _indexing() -> Iterator[Callable[[str, int], None]]:
    told: set[str] = set()
    with progress(_("making the index"), is_even=False, has_rate=True) as tell:

        def making(list_id: str, done: int) -> None:
            if list_id not in told:
                told.add(list_id)
                note(_("`{id}` is new or has changed: its index is made", id=list_id))
            end_if_interrupted()
            tell(done, 0)

        yield making


def screened_by(screening: "Screening", asked: "Sequence[Asked]") -> "Iterator[Screened]":
    """Yield what comes of each organisation, with how far it has come."""
    with progress(_("screening"), has_rate=True) as tell:
        for number, one in enumerate(asked, 1):
            if number % _EVERY == 0:
                end_if_interrupted()
                tell(number, len(asked))
            yield screening.screen(one)
