"""`risk-engine screen`: is an organisation on a list, which one is it really, and what did a person say of that."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from risk_engine.cli import options
from risk_engine.cli.lists import STORE, Store, stale
from risk_engine.cli.options import CriteriaOption, Reading, day_option
from risk_engine.cli.output import Exit, form_of, note, note_lines, progress, refuse, say
from risk_engine.cli.screen_results import Form, is_ruled_out, show, show_news
from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError, quoted, suggestion
from risk_engine.files.interrupts import end_if_interrupted
from risk_engine.files.language import _

if TYPE_CHECKING:
    from risk_engine.screening.asked import Asked
    from risk_engine.screening.decisions import Decisions, Verdict
    from risk_engine.screening.hits import Hit, Screened, Screening

EXAMPLES = {
    "screen": """Examples: risk-engine screen 'Quiet Optics' --country CU ·
risk-engine screen --case cases/2026-014.yaml ·
risk-engine screen --table partners.csv -o hits.xlsx ·
risk-engine screen 'Quiet Optics' --rule-out us-sdn/36 --by 'A. Vogel' --reason 'Another place.' ·
risk-engine screen --recheck cases partners""",
}
Strength: TypeAlias = Literal["identical", "strong", "possible"]
_NAMES: tuple[Form, ...] = ("text", "json", "table", "csv", "xlsx")
_ROWS: tuple[Form, ...] = ("table", "csv", "xlsx", "json", "text")
_EVERY = 20


DecisionsFile = Annotated[
    Path | None,
    typer.Option("--decisions", metavar="FILE", help="Where decisions are kept; without it, beside the lists."),
]


def screen(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Organisations, each by its name; with --recheck files and folders.", metavar="[NAME...]"),
    ] = None,
    also: Annotated[
        list[str] | None, typer.Option("--also", metavar="NAME", help="Another name of it, such as the local one.")
    ] = None,
    country: Annotated[
        str, typer.Option("--country", metavar="CODE", help="Where it is at home, like CN, if that is known.")
    ] = "",
    identifiers: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="KIND=NUMBER", help="Such as ror=…, lei=…, registration=… or wikidata=…."),
    ] = None,
    case: Annotated[Path | None, typer.Option("--case", metavar="CASE", help="The organisations of a case.")] = None,
    entry: Annotated[
        str | None, typer.Option("--entry", metavar="ENTRY", help="Of a case only this entry, such as `entity.id`.")
    ] = None,
    about: Annotated[
        list[str] | None,
        typer.Option("--about", metavar="ENTITY", help="Of a case these lists, instead of those that the set means."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE", help="The rows of a table (.csv, .xlsx) with a column of names."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="WHAT=HEADER", help="Of a table: which column holds what, such as name=Firm."),
    ] = None,
    affiliations: Annotated[
        bool,
        typer.Option(
            "--affiliations",
            help="The names are lines of authors: look up the organisations that a registry finds there.",
        ),
    ] = False,
    recheck: Annotated[
        bool,
        typer.Option("--recheck", help="Say only what is new or gone since the last time, for cases and `partners`."),
    ] = False,
    confirm: Annotated[
        list[str] | None, typer.Option("--confirm", metavar="HIT", help="This hit is the organisation: you checked.")
    ] = None,
    rule_out: Annotated[
        list[str] | None, typer.Option("--rule-out", metavar="HIT", help="This hit is another organisation.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who confirms or rules out.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Also at length what was ruled out, and what a registry tells apart.")
    ] = False,
    fail_on: Annotated[
        Strength | None,
        typer.Option("--fail-on", help="Exit code 1 if a hit that nobody ruled out is at least so strong."),
    ] = None,
    on: Annotated[date | None, day_option("--on", "As the lists stood on this day; without it, today.")] = None,
    criteria: CriteriaOption = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="The form; without it the ending of -o says it, else it is the first one."),
    ] = None,
    output: options.Output = None,
    store: Store = STORE,
    decisions: DecisionsFile = None,
) -> None:
    """Look organisations up on the lists, and say in words what agrees and what differs.

    A hit is identical, strong or possible, never a share of truth: a person confirms it or rules it out, with a reason,
    and is not asked again until the organisation is named otherwise or the list says something else. Part of a listed
    organisation, as the registry knows it, is a hit of its own kind. Nothing is looked up on the network.
    """
    check_extra()
    verdicts = _verdicts(confirm, rule_out)
    _check(names, case=case, table=table, recheck=recheck, verdicts=verdicts, on=on)
    _check_parts(names, also, country, identifiers, case, entry, about, table, columns)
    person, why = _who(by, reason, verdicts)
    known = _ROWS if table is not None else _NAMES[:2] if recheck else _NAMES
    wanted = form_of(output, known, form, inputs=(store, case, table))
    if recheck:
        places = [Path(one) for one in names or ["."]]
        asked: list[Asked] = []
    else:
        asked = _asked(names, also, country, identifiers, case, entry, about, table, columns, criteria, on)
    make = bool(verdicts) or recheck
    with opened_lists(store, decisions, on, make=make, affiliations=affiliations) as (screening, kept):
        if recheck:
            found = _recheck(screening, kept, places, criteria, wanted, output)
        else:
            found = list(screened_by(screening, asked))
            if verdicts:
                _decide(kept, found, verdicts, person, why)
                return
            show(found, screening, kept, wanted, output, show_all=show_all)
        if fail_on is not None and any(_counts(one, kept, fail_on) for one in found):
            raise typer.Exit(Exit.FAILED)


# --- what is asked ---


def check_extra() -> None:
    """Raise MissingExtraError where the libraries of screening are missing."""
    from importlib.util import find_spec

    if not all(find_spec(name) is not None for name in ("numpy", "rapidfuzz")):
        raise MissingExtraError(_("screening needs libraries that are not installed"), "screening")


def _verdicts(confirm: list[str] | None, rule_out: list[str] | None) -> "dict[str, Verdict]":
    both = sorted(set(confirm or ()) & set(rule_out or ()))
    if both:
        raise RiskEngineError(_("{hits}: confirmed and ruled out at once", hits=quoted(both, "and")))
    confirmed: dict[str, Verdict] = dict.fromkeys(confirm or (), "confirmed")
    return confirmed | dict.fromkeys(rule_out or (), "ruled_out")


def _check(
    names: list[str] | None,
    *,
    case: Path | None,
    table: Path | None,
    recheck: bool,
    verdicts: "dict[str, Verdict]",
    on: date | None,
) -> None:
    """Raise RiskEngineError where it is not said, or said twice, what is to be screened."""
    stated = [bool(names) and not recheck, case is not None, table is not None, recheck]
    if sum(stated) != 1:
        message = _("what is to be screened?") if not any(stated) else _("this says more than once what is screened")
        raise RiskEngineError(message, _("name organisations, or one of --case CASE, --table FILE, --recheck PLACE"))
    if recheck and (verdicts or on is not None):
        message = _("--recheck goes without --on, --confirm and --rule-out")
        raise RiskEngineError(message, _("`risk-engine screen NAME` takes them"))
    if on is not None and verdicts:
        message = _("--on: what is decided is decided of the lists as they stand today")
        raise RiskEngineError(message, _("leave --on out"))
    if on is not None and on > options.today():
        message = _("--on {day}: nobody knows the lists of a day to come", day=on)
        raise RiskEngineError(message, _("name today or an earlier day"))


def _check_parts(  # noqa: PLR0913, PLR0917 (one for each option)
    names: list[str] | None,
    also: list[str] | None,
    country: str,
    identifiers: list[str] | None,
    case: Path | None,
    entry: str | None,
    about: list[str] | None,
    table: Path | None,
    columns: list[str] | None,
) -> None:
    """Raise RiskEngineError where an option says something of what is not screened."""
    problems = []
    of_one = {"--also": also, "--country": country, "--id": identifiers}
    if case is not None or table is not None or (names is not None and len(names) > 1):
        problems += [_("{option} is of one organisation", option=key) for key, value in of_one.items() if value]
    of_case = {"--entry": entry, "--about": about}
    if case is None:
        problems += [_("{option} is of a case", option=key) for key, value in of_case.items() if value]
    if table is None and columns:
        problems.append(_("{option} is of a table", option="--column"))
    if problems:
        raise RiskEngineError("\n".join(problems), _("leave it out"))


def _who(by: str | None, reason: str | None, verdicts: "dict[str, Verdict]") -> tuple[str, str]:
    if not verdicts:
        if by is not None or reason is not None:
            message = _("--by and --reason are of a decision")
            raise RiskEngineError(message, _("name the hit: --confirm HIT, or --rule-out HIT"))
        return "", ""
    reading = Reading()
    person, why = reading.text("--by", by), reading.text("--reason", reason, lines=True)
    reading.end()
    return person, why


def _pairs(option: str, several: list[str] | None) -> dict[str, str]:
    found = {}
    for one in several or ():
        left, sign, right = (part.strip() for part in one.partition("="))
        if not (left and sign and right):
            message = _("{option}: `{text}` is not like WHAT=VALUE", option=option, text=one)
            raise RiskEngineError(message)
        found[left] = right
    return found


def _asked(  # noqa: PLR0913, PLR0917 (one for each option)
    names: list[str] | None,
    also: list[str] | None,
    country: str,
    identifiers: list[str] | None,
    case: Path | None,
    entry: str | None,
    about: list[str] | None,
    table: Path | None,
    columns: list[str] | None,
    criteria: str | None,
    on: date | None,
) -> "list[Asked]":
    from risk_engine.screening.asked import Asked, kind_of
    from risk_engine.screening.asked_in import in_case, in_table

    if table is not None:
        return in_table(table, _pairs("--column", columns))
    if case is not None:
        found = in_case(case, criteria, on, options.today(), about or ())
        if entry is not None and entry not in dict(found):
            message = _("the case has no entry `{path}`", path=entry)
            raise RiskEngineError(message, suggestion(entry, list(dict(found))))
        if not found:
            raise RiskEngineError(_("{case}: no organisation is named in it", case=case))
        return [asked for one, asked in found if entry in {None, one}]
    several: dict[Any, list[str]] = {}
    for one in identifiers or ():
        for kind, value in _pairs("--id", [one]).items():
            several.setdefault(kind_of(kind), []).append(value)
    if names is not None and len(names) > 1:
        return [Asked.of([one]) for one in names]
    return [Asked.of([*(names or ()), *(also or ())], country, several)]


@contextmanager
def opened_lists(
    store: Path, decisions: Path | None, on: date | None, *, make: bool, affiliations: bool = False
) -> "Iterator[tuple[Screening, Decisions]]":
    """Open the lists as they stood on a day, and what was decided; say which of them are stale."""
    from risk_engine.screening.decisions import Decisions, path_beside
    from risk_engine.screening.hits import Screening
    from risk_engine.screening.store import Store as Opened
    from risk_engine.screening.store import sqlite_problems

    day = on or options.today()
    with ExitStack() as stack:
        opened = stack.enter_context(Opened.open(store))
        stack.enter_context(sqlite_problems(store))
        with _indexing() as tell:
            screening = Screening(opened, day, tell, affiliations=affiliations)
        if not screening.lists:
            message = _("there is no list in {path} on {day} to look anybody up on", path=store, day=day)
            raise RiskEngineError(message, _("`risk-engine lists add FILE --as ID` takes one in"))
        if affiliations and not screening.registries:
            message = _("there is no registry in {path} that says which organisations a line names", path=store)
            raise RiskEngineError(message, _("take in ROR: `risk-engine lists add FILE --as ror`"))
        note_lines([stale(head, day) for head in screening.heads if head.is_stale(day)])
        kept = stack.enter_context(Decisions.open(decisions or path_beside(store), make=make))
        yield screening, kept


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


def _counts(screened: "Screened", kept: "Decisions", least: Strength) -> bool:
    from risk_engine.screening.match import STRENGTHS

    return any(
        STRENGTHS.index(hit.strength) <= STRENGTHS.index(least)
        for hit in screened.hits
        if not hit.is_told_apart and not is_ruled_out(screened, kept, hit)
    )


# --- what a person says of it, and what is new ---


def _decide(
    kept: "Decisions", found: "Sequence[Screened]", verdicts: "dict[str, Verdict]", person: str, reason: str
) -> None:
    """Keep what a person says of hits, all or none of it."""
    pairs: list[tuple[Screened, Hit, Verdict]] = []
    problems: list[str] = []
    for hit_id, verdict in verdicts.items():
        of_it = [(one, hit) for one in found for hit in one.hits if hit.id == hit_id]
        if not of_it:
            known = sorted({hit.id for one in found for hit in one.hits})
            way_out = suggestion(hit_id, known) or _("without it, `risk-engine screen` shows the hits and their names")
            problems.append(f"{RiskEngineError(_('there is no hit `{hit}` here', hit=hit_id), way_out)}")
        elif len(of_it) > 1 and len({one.asked.digest for one, _hit in of_it}) > 1:
            names = quoted(sorted({one.asked.name for one, _hit in of_it}), "and")
            message = _("`{hit}` is a hit of several: {names}", hit=hit_id, names=names)
            problems.append(f"{RiskEngineError(message, _('decide of one at a time: --entry, or its name'))}")
        else:
            pairs += [(*of_it[0], verdict)]
    refuse(problems)
    for screened, hit, verdict in pairs:
        kept.decide(screened.asked, hit, verdict, person, reason, options.today())
        told = {"asked": screened.asked.name, "entry": hit.entry.name, "hit": hit.id}
        if verdict == "confirmed":
            say(_("confirmed: {asked} is meant by {entry} [{hit}]", **told))
        else:
            say(_("ruled out: {asked} is not {entry} [{hit}]", **told))
    note(_("not asked again until either side changes; kept in {path}", path=kept.path))


def _recheck(
    screening: "Screening",
    kept: "Decisions",
    places: list[Path],
    criteria: str | None,
    form: Form,
    output: Path | None,
) -> "list[Screened]":
    """Say what is new or gone since the last recheck, and remember what is there now; return what is new."""
    from risk_engine.screening.asked_in import in_places

    found = in_places(places, criteria, options.today())
    note_lines(found.unread)
    if not found.asked:
        raise RiskEngineError(_("no case and no file on a partner names an organisation here"), _("name other places"))
    screened = list(screened_by(screening, [asked for asked, _where in found.asked]))
    new = show_news(found, screened, screening, kept, form, output)
    kept.remember(screened)
    return new
