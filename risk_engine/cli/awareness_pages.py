"""Pages of `risk-engine awareness`: the report, the brief for an institution, and what is new in a later export."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.awareness import need_counting
from risk_engine.cli import awareness_options as shared
from risk_engine.cli import options
from risk_engine.cli.commands import speak
from risk_engine.cli.options import CriteriaOption, Pages, day_option
from risk_engine.cli.output import FORM, Exit, form_of, put, put_bytes, put_document
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current, in_language

if TYPE_CHECKING:
    from risk_engine.awareness.beside import Beside
    from risk_engine.awareness.drawn import Wanted
    from risk_engine.awareness.regions import Regions
    from risk_engine.awareness.report import Pair
    from risk_engine.awareness.ror import Listed
    from risk_engine.awareness.works import Collaborations
    from risk_engine.report.blocks import View

ReportForm: TypeAlias = Literal["html", "pdf", "xlsx", "md"]
BriefForm: TypeAlias = Literal["html", "pdf", "md"]
WatchForm: TypeAlias = Literal["text", "json"]

REPORT_EXAMPLES = """Examples: risk-engine awareness report works.jsonl --whole -o report.html ·
risk-engine awareness report project.csv organization.csv --sources sources.yaml --between FR CN -o report.md ·
risk-engine awareness report works.jsonl --published published.yaml -o report.xlsx"""
BRIEF_EXAMPLES = """Examples: risk-engine awareness brief works.jsonl --institution A -o brief.html ·
risk-engine awareness brief works.jsonl --institution A --contact "Research office" --lang de -o brief.md"""
WATCH_EXAMPLES = """Examples: risk-engine awareness watch works.jsonl works-2026.jsonl --whole ·
risk-engine awareness watch works.jsonl works-2026.jsonl --format json"""

On = Annotated[date | None, day_option("--on", "The day that the page speaks of; without it today.")]


def report(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    context: typer.Context,
    data: shared.Data,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write the report there.")],
    between: shared.Between = ("EU27-AC", "CN"),
    also: Annotated[
        list[str] | None,
        typer.Option("--also", metavar="REGION", help="Count this region a year too; can be given more than once."),
    ] = None,
    sources: shared.Sources = None,
    mapping: shared.Mapping = None,
    whole: shared.Whole = False,
    regions: shared.RegionsOption = None,
    years: shared.Years = None,
    fields: shared.Fields = None,
    merge: shared.MergeOption = None,
    max_parties: shared.MaxParties = None,
    overrules: shared.OverrulesOption = None,
    areas: shared.AreasOption = None,
    lists: shared.ListsOption = None,
    published: Annotated[
        list[Path] | None,
        typer.Option(
            "--published", metavar="FILE", help="Counts that others published (YAML), in a picture of their own."
        ),
    ] = None,
    fractional: Annotated[
        bool,
        typer.Option(
            "--fractional", help="Share each work out by its countries and pairs, in place of counting it for each."
        ),
    ] = False,
    on: On = None,
    asked: Annotated[ReportForm | None, FORM] = None,
    _templates: Pages = None,
) -> None:
    """Write a report on who works with whom: a year and region, the most active institutions, the network, the works.

    A figure that the data cannot carry is not drawn; the report says why, and which query would give it. Pairs that are
    suspect of being mistakes of the data are in no ranking: they stand apart, with their works.
    """
    need_counting()
    from risk_engine.awareness.drawn import drawn
    from risk_engine.awareness.for_one import area_titles
    from risk_engine.awareness.published import read_published
    from risk_engine.awareness.report import awareness_view
    from risk_engine.loading.criteria import load_criteria
    from risk_engine.loading.translation import criteria_in_words

    context.with_resource(in_language(speak(current(), "report")))
    span = shared.years_of(years)
    form = form_of(
        output, get_args(ReportForm), asked, inputs=(*data, sources, mapping, regions, overrules, areas, lists)
    )
    known = shared.regions_of(regions)
    wanted = replace(_wanted(known, between, also or []), fractional=fractional)
    counted = [read_published(one, {it.name: it.countries for it in wanted.every}) for one in published or ()]
    found = shared.chosen(
        shared.read_data(data, merge, known, said=sources, mapping=mapping, whole=whole), span, fields, max_parties
    )
    aside, day = shared.beside(overrules, areas), on or options.today()
    titles = area_titles(criteria_in_words(load_criteria(aside.areas.criteria, day)), aside.areas.fact)
    found, pairs, _marked = _judged(found, wanted, aside, lists, max_parties)
    told = drawn(found, wanted, pairs, published=counted, areas=(aside.areas, titles), most=max_parties)
    view = awareness_view(told, on=day)
    _put(view, form, output)


def brief(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    context: typer.Context,
    data: shared.Data,
    institution: Annotated[
        str,
        typer.Option("--institution", metavar="NAME|ROR", help="Whom it is for: as the data write it, or its ROR id."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write the brief there.")],
    between: shared.Between = ("EU27-AC", "CN"),
    sources: shared.Sources = None,
    mapping: shared.Mapping = None,
    whole: shared.Whole = False,
    regions: shared.RegionsOption = None,
    years: shared.Years = None,
    merge: shared.MergeOption = None,
    max_parties: shared.MaxParties = None,
    overrules: shared.OverrulesOption = None,
    areas: shared.AreasOption = None,
    lists: shared.ListsOption = None,
    criteria: CriteriaOption = None,
    contact: Annotated[
        str, typer.Option("--contact", metavar="TEXT", help="Whom to ask: an office and how to reach it.")
    ] = "",
    on: On = None,
    asked: Annotated[BriefForm | None, FORM] = None,
    _templates: Pages = None,
) -> None:
    """Write two pages for one institution: its partners, its fields, what applies to exactly that, and whom to ask.

    Which rows of the set apply the engine says, from what is known alone. Suspect pairs are left out and counted.
    """
    need_counting()
    from risk_engine.awareness.brief import fitting_brief
    from risk_engine.awareness.for_one import Rules, briefed
    from risk_engine.loading.criteria import load_criteria

    context.with_resource(in_language(speak(current(), "report")))
    span = shared.years_of(years)
    form = form_of(
        output, get_args(BriefForm), asked, inputs=(*data, sources, mapping, regions, overrules, areas, lists)
    )
    day = on or options.today()
    aside = shared.beside(overrules, areas)
    rules = Rules(load_criteria(criteria, day), day, aside.areas)
    known = shared.regions_of(regions)
    wanted = _wanted(known, between, [])
    found = shared.chosen(
        shared.read_data(data, merge, known, said=sources, mapping=mapping, whole=whole), span, most=max_parties
    )
    found, pairs, marked = _judged(found, wanted, aside, lists, max_parties)
    made = briefed(found, wanted, pairs, institution, rules, marked)
    if form == "pdf":
        from risk_engine.report.typst import length

        _put(fitting_brief(made, contact=contact, pages=length), form, output)
    else:
        _put(fitting_brief(made, contact=contact), form, output)


def watch(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    context: typer.Context,
    old: Annotated[Path, typer.Argument(help="The earlier export, or a folder of `awareness tables`.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The later one.", metavar="NEW")],
    between: shared.Between = ("EU27-AC", "CN"),
    sources: shared.Sources = None,
    mapping: shared.Mapping = None,
    whole: shared.Whole = False,
    regions: shared.RegionsOption = None,
    years: shared.Years = None,
    fields: shared.Fields = None,
    merge: shared.MergeOption = None,
    max_parties: shared.MaxParties = None,
    overrules: shared.OverrulesOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there, not to the screen.")
    ] = None,
    asked: Annotated[WatchForm | None, FORM] = None,
) -> None:
    """Say what is new, growing, smaller or gone between two exports: pairs, institutions, topics.

    Growth is the later count minus the earlier one; a percentage stands beside it from ten on. Nothing is claimed where
    both are samples that were selected differently.

    Exit code 0: nothing is new, growing or gone; 1: something is; 2: the two cannot be compared, or not be read.
    """
    need_counting()
    from risk_engine.awareness.overrules import read_overrules
    from risk_engine.awareness.sources import inputs_of
    from risk_engine.awareness.watch import watch as watched
    from risk_engine.awareness.watch import watched_json
    from risk_engine.awareness.watched import counted_in, watch_text
    from risk_engine.files.plain import canonical

    context.with_resource(in_language(speak(current(), "report")))
    span = shared.years_of(years)
    form = form_of(output, get_args(WatchForm), asked, inputs=(old, new, sources, mapping, regions, overrules))
    known = shared.regions_of(regions)
    wanted = _wanted(known, between, [])
    words = None if overrules is None else read_overrules(overrules)
    exports = [one for one in (old, new) if not one.is_dir()]
    if len(exports) < 2 and (sources or mapping or years or fields or merge or max_parties):  # noqa: PLR2004 (both)
        message = _("a folder of tables is counted already: no work of it can be chosen or left out any more")
        raise RiskEngineError(message, _("name the exports, or write the tables with these options"))
    said = {one.path: one for one in inputs_of(exports, known, said=sources, mapping=mapping, whole=whole)}

    def read(path: Path) -> "Collaborations":
        return shared.chosen(shared.read_inputs([said[path]], merge), span, fields, max_parties)

    sides = [counted_in(one, wanted, read, words, whole=whole, most=max_parties) for one in (old, new)]
    made = watched(*sides)
    put(canonical(watched_json(made)).decode() if form == "json" else watch_text(made), output)
    if made.why:
        raise typer.Exit(Exit.INVALID_INPUT)
    if made.is_news:
        raise typer.Exit(Exit.FAILED)


def _wanted(known: "Regions", between: tuple[str, str], also: list[str]) -> "Wanted":
    from risk_engine.awareness.drawn import Wanted

    return Wanted(*known.pair(*between), tuple(known.named(one) for one in also))


def _judged(
    found: "Collaborations", wanted: "Wanted", aside: "Beside", lists: Path | None, most: int | None
) -> "tuple[Collaborations, tuple[Pair, ...], tuple[Listed, ...]]":
    """Return the works, with ROR where there are lists, the judged pairs, and which partners stand on lists."""
    from risk_engine.awareness.drawn import judged_pairs
    from risk_engine.awareness.ror import lists_by_institution

    marked: tuple[Listed, ...] = ()
    if lists is not None:
        found, marked = shared.on_lists(found, wanted.b.countries, lists)
    named = lists_by_institution(marked)
    return found, judged_pairs(found, wanted, overrules=aside.overrules, listed=named, most=most), marked


def _put(view: "View", form: ReportForm, output: Path) -> None:
    if form == "xlsx":
        from risk_engine.report.workbook import xlsx

        put_bytes(xlsx(view), output)
    else:
        put_document(view, form, output)
