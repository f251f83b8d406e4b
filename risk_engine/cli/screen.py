"""`risk-engine screen`: is an organisation on a list, which one is it really, and what did a person say of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from risk_engine.cli import options
from risk_engine.cli.lists_opened import (
    STORE,
    DecisionsFile,
    EntryOption,
    Store,
    check_day,
    check_extra,
    opened_lists,
    screened_by,
)
from risk_engine.cli.options import CriteriaOption, Reading, day_option
from risk_engine.cli.output import Exit, form_of, note, note_lines, refuse, say
from risk_engine.cli.screen_results import Form, is_ruled_out, show, show_news
from risk_engine.files.diagnostics import RiskEngineError, quoted, suggestion
from risk_engine.files.language import _

if TYPE_CHECKING:
    from risk_engine.screening.asked import Asked
    from risk_engine.screening.asked_in import Found
    from risk_engine.screening.decisions import Decisions, Verdict
    from risk_engine.screening.hits import Hit
    from risk_engine.screening.screen import Screened, Screening

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


@dataclass(frozen=True)
class _Question:
    """Who is to be screened, as the options say it."""

    names: tuple[str, ...]
    also: tuple[str, ...]
    country: str
    identifiers: tuple[str, ...]
    case: Path | None
    entry: str | None
    about: tuple[str, ...]
    criteria: str | None
    on: date | None
    table: Path | None
    columns: tuple[str, ...]
    recheck: bool

    def check(self) -> None:
        """Raise RiskEngineError where it is not said, or said twice, what is to be screened, or too much of it."""
        stated = [bool(self.names) and not self.recheck, self.case is not None, self.table is not None, self.recheck]
        if sum(stated) != 1:
            message = (
                _("what is to be screened?") if not any(stated) else _("this says more than once what is screened")
            )
            raise RiskEngineError(
                message, _("name organisations, or one of --case CASE, --table FILE, --recheck PLACE")
            )
        problems = []
        of_one = {"--also": self.also, "--country": self.country, "--id": self.identifiers}
        if self.case is not None or self.table is not None or self.recheck or len(self.names) > 1:
            problems += [_("{option} is of one organisation", option=key) for key, value in of_one.items() if value]
        if self.case is None:
            of_case = {"--entry": self.entry, "--about": self.about}
            problems += [_("{option} is of a case", option=key) for key, value in of_case.items() if value]
        if self.table is None and self.columns:
            problems.append(_("{option} is of a table", option="--column"))
        if problems:
            raise RiskEngineError("\n".join(problems), _("leave it out"))

    def asked(self) -> "list[Asked]":
        """Return the organisations; raise RiskEngineError with all that cannot be read of them."""
        from risk_engine.screening.asked import Asked, kind_of
        from risk_engine.screening.asked_in import in_table

        if self.table is not None:
            return in_table(self.table, _pairs("--column", self.columns))
        if self.case is not None:
            return self._of_case(self.case)
        if len(self.names) > 1:
            return [Asked.of([one]) for one in self.names]
        several: dict[Any, list[str]] = {}
        for one in self.identifiers:
            for kind, value in _pairs("--id", [one]).items():
                several.setdefault(kind_of(kind), []).append(value)
        return [Asked.of([*self.names, *self.also], self.country, several)]

    def _of_case(self, case: Path) -> "list[Asked]":
        from risk_engine.screening.asked_in import in_case

        found = in_case(case, self.criteria, self.on, options.today(), self.about)
        if self.entry is not None and self.entry not in dict(found):
            message = _("the case has no entry `{path}`", path=self.entry)
            raise RiskEngineError(message, suggestion(self.entry, list(dict(found))))
        if not found:
            raise RiskEngineError(_("{case}: no organisation is named in it", case=case))
        return [asked for one, asked in found if self.entry in {None, one}]


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
    entry: EntryOption = None,
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
    question = _Question(
        names=tuple(names or ()),
        also=tuple(also or ()),
        country=country,
        identifiers=tuple(identifiers or ()),
        case=case,
        entry=entry,
        about=tuple(about or ()),
        criteria=criteria,
        on=on,
        table=table,
        columns=tuple(columns or ()),
        recheck=recheck,
    )
    verdicts = _verdicts(confirm, rule_out)
    question.check()
    _check_day(on, verdicts, recheck=recheck)
    person, why = _who(by, reason, verdicts)
    known = _ROWS if table is not None else _NAMES[:2] if recheck else _NAMES
    wanted = form_of(output, known, form, inputs=(store, case, table))
    asked = [] if recheck else question.asked()
    found_in = _in_places(question) if recheck else None
    make = bool(verdicts) or recheck
    # A registry alone says who it is; that nobody is listed, or no longer, it must not seem to say.
    needs_lists = make or fail_on is not None
    with opened_lists(store, decisions, on, make=make, needs_lists=needs_lists, affiliations=affiliations) as (
        screening,
        kept,
    ):
        if found_in is not None:
            found = _recheck(screening, kept, found_in, wanted, output)
        else:
            found = list(screened_by(screening, asked))
            if verdicts:
                _decide(kept, found, verdicts, person, why)
                return
            show(found, screening, kept, wanted, output, show_all=show_all)
        if fail_on is not None and any(_counts(one, kept, fail_on) for one in found):
            raise typer.Exit(Exit.FAILED)


# --- what is asked ---


def _verdicts(confirm: list[str] | None, rule_out: list[str] | None) -> "dict[str, Verdict]":
    both = sorted(set(confirm or ()) & set(rule_out or ()))
    if both:
        raise RiskEngineError(_("{hits}: confirmed and ruled out at once", hits=quoted(both, "and")))
    confirmed: dict[str, Verdict] = dict.fromkeys(confirm or (), "confirmed")
    return confirmed | dict.fromkeys(rule_out or (), "ruled_out")


def _check_day(on: date | None, verdicts: "dict[str, Verdict]", *, recheck: bool) -> None:
    """Raise RiskEngineError where the lists cannot be looked at as of that day, or not with what else is wanted."""
    if recheck and (verdicts or on is not None):
        message = _("--recheck goes without --on, --confirm and --rule-out")
        raise RiskEngineError(message, _("`risk-engine screen NAME` takes them"))
    if on is not None and verdicts:
        message = _("--on: what is decided is decided of the lists as they stand today")
        raise RiskEngineError(message, _("leave --on out"))
    check_day("--on", on)


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


def _pairs(option: str, several: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in several:
        left, sign, right = (part.strip() for part in one.partition("="))
        if not (left and sign and right):
            message = _("{option}: `{text}` is not like WHAT=VALUE", option=option, text=one)
            raise RiskEngineError(message)
        found[left] = right
    return found


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
            problems.append(str(RiskEngineError(_("there is no hit `{hit}` here", hit=hit_id), way_out)))
        elif len(of_it) > 1 and len({one.asked.digest for one, _hit in of_it}) > 1:
            names = quoted(sorted({one.asked.name for one, _hit in of_it}), "and")
            message = _("`{hit}` is a hit of several: {names}", hit=hit_id, names=names)
            problems.append(str(RiskEngineError(message, _("decide of one at a time: --entry, or its name"))))
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


def _in_places(question: _Question) -> "Found":
    """Return the organisations of all cases and files on partners; tell which of them could not be read."""
    from risk_engine.screening.asked_in import in_places

    found = in_places([Path(one) for one in question.names or ["."]], question.criteria, options.today())
    note_lines(found.unread)
    if not found.asked:
        raise RiskEngineError(_("no case and no file on a partner names an organisation here"), _("name other places"))
    return found


def _recheck(
    screening: "Screening", kept: "Decisions", found: "Found", form: Form, output: Path | None
) -> "list[Screened]":
    """Say what is new or gone since the last recheck, and remember what is there now; return what is new."""
    screened = list(screened_by(screening, [asked for asked, _where in found.asked]))
    new = show_news(found, screened, screening, kept, form, output)
    kept.remember(screened)
    return new
