"""`risk-engine awareness`: who works with whom on what, from an office's own export of works, projects or patents."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from risk_engine.awareness import need_counting
from risk_engine.cli import awareness_judge, awareness_pages
from risk_engine.cli import awareness_options as shared
from risk_engine.cli.commands import App
from risk_engine.cli.output import note, progress, say, wrote
from risk_engine.files.language import _, grouped_by_thousands, ngettext
from risk_engine.files.writing import check_folder

app = App(help="Say who works with whom on what, from your own export of works, projects or patents.")


@app.callback()
def _group() -> None:
    """Keep `awareness` a group, however many commands it has."""


@app.command(
    epilog="""Examples: risk-engine awareness tables works.jsonl --tables tables ·
risk-engine awareness tables works.jsonl --between DE CN --years 2011-2022 --top 50 --tables tables ·
risk-engine awareness tables project.csv organization.csv --tables tables ·
risk-engine awareness tables works.jsonl --whole --growth 2018-2018 2019-2019 --tables tables"""
)
def tables(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    data: shared.Data,
    folder: Annotated[Path, typer.Option("--tables", metavar="DIR", help="Write the tables (TSV) into this folder.")],
    regions: shared.RegionsOption = None,
    between: shared.Between = ("EU27-AC", "CN"),
    years: shared.Years = None,
    fields: shared.Fields = None,
    merge: shared.MergeOption = None,
    max_parties: shared.MaxParties = None,
    top: shared.Top = None,
    overrules: shared.OverrulesOption = None,
    areas: shared.AreasOption = None,
    lists: shared.ListsOption = None,
    growth: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--growth",
            metavar="A-B C-D",
            help="Say what grew from the first span of years to the second; only of files that are whole.",
        ),
    ] = None,
    mapping: shared.Mapping = None,
    aliases: shared.Aliases = None,
    sources: shared.Sources = None,
    whole: shared.Whole = False,
    force: Annotated[bool, typer.Option("--force", help="Write over files that no earlier run wrote.")] = False,
) -> None:
    """Count works by year, country, region, institution, pair and topic, full and in fractions, each table in a file.

    Each work counts once, however many files hold it. What each table says exactly, and in which order, stands in
    docs/awareness-definitions.md; MANIFEST.tsv has the SHA-256 of each table and of each file that was read. Beside the
    counts, and without changing one, stand which pairs are doubted, critical areas, and, with --lists, institutions by
    ROR and partners that stand on lists.

    Exit code 0: the tables are written; 2: something cannot be used, and nothing is written.
    """
    need_counting()
    from risk_engine.awareness.beside import second_tables
    from risk_engine.awareness.made import Asked, every_table
    from risk_engine.awareness.tables import write_tables

    check_folder(folder)
    windows = None if growth is None else (shared.span_of(growth[0]), shared.span_of(growth[1]))
    span = shared.years_of(years)
    known = shared.regions_of(regions)
    sides = known.pair(*between)
    found = shared.read_data(data, merge, known, said=sources, mapping=mapping, whole=whole)
    # What cannot be read is told before lists are gone through.
    aside = shared.beside(overrules, areas)
    if lists is not None:
        found, marked = shared.on_lists(found, sides[1].countries, lists)
        aside = replace(aside, listed=marked)
    asked = Asked(known, sides, span, tuple(fields or ()), max_parties, top, aliases, windows)
    with progress(_("tables")) as tell:
        made = every_table(found, asked, tell)
    for one in made.notes:
        note(one)
    second = second_tables(found, asked, aside)
    every = sorted((*made.tables, *second), key=lambda one: one.name)
    settings = asked.settings() | ({"merge": merge} if merge else {})
    write_tables(folder, every, found.sources, settings, force=force)
    wrote(folder)
    say(
        ngettext(
            "{number} work of {sources}: {tables} tables",
            "{number} works of {sources}: {tables} tables",
            made.works,
            number=grouped_by_thousands(made.works),
            sources=ngettext("{number} file", "{number} files", len(found.sources)),
            tables=len(every),
        )
    )
    if samples := sum(not one.whole for one in found.sources):
        note(
            ngettext(
                "{number} file is a sample of unknown share: its counts are those of the file, no levels and no trends",
                "{number} files are samples of unknown share: their counts are those of the files, no levels and no "
                "trends",
                samples,
            )
        )


app.command("report", epilog=awareness_pages.REPORT_EXAMPLES)(awareness_pages.report)
app.command("brief", epilog=awareness_pages.BRIEF_EXAMPLES)(awareness_pages.brief)
app.command("watch", epilog=awareness_pages.WATCH_EXAMPLES)(awareness_pages.watch)
app.command("judge", epilog=awareness_judge.JUDGE_EXAMPLES)(awareness_judge.judge)
