"""`risk-engine awareness`: who works with whom on what, from an office's own export of works, projects or patents."""

from pathlib import Path
from typing import Annotated

import typer

from risk_engine.awareness import need_counting
from risk_engine.cli import awareness_judge
from risk_engine.cli.awareness_options import (
    AreasOption,
    Between,
    Data,
    Fields,
    ListsOption,
    MaxParties,
    MergeOption,
    OverrulesOption,
    RegionsOption,
    Top,
    Years,
    beside,
    read_data,
    years_of,
)
from risk_engine.cli.commands import App
from risk_engine.cli.output import note, say, wrote
from risk_engine.files.language import grouped_by_thousands, ngettext

app = App(help="Say who works with whom on what, from your own export of works, projects or patents.")


@app.callback()
def _group() -> None:
    """Keep `awareness` a group, however many commands it has."""


@app.command(
    epilog="""Examples: risk-engine awareness tables works.jsonl --tables tables ·
risk-engine awareness tables works.jsonl --between DE CN --years 2011-2022 --top 50 --tables tables ·
risk-engine awareness tables project.csv organization.csv --tables tables"""
)
def tables(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    data: Data,
    folder: Annotated[Path, typer.Option("--tables", metavar="DIR", help="Write the tables (TSV) into this folder.")],
    regions: RegionsOption = None,
    between: Between = ("EU27-AC", "CN"),
    years: Years = None,
    fields: Fields = None,
    merge: MergeOption = None,
    max_parties: MaxParties = None,
    top: Top = None,
    overrules: OverrulesOption = None,
    areas: AreasOption = None,
    lists: ListsOption = None,
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
    from risk_engine.awareness.regions import read_regions, shipped_regions
    from risk_engine.awareness.tables import write_tables

    span = years_of(years)
    known = shipped_regions() if regions is None else read_regions(regions)
    sides = known.pair(*between)
    found = read_data(data, merge)
    asked = Asked(known, sides, span, tuple(fields or ()), max_parties, top)
    made = every_table(found, asked)
    for one in made.notes:
        note(one)
    second = second_tables(found, asked, beside(found, asked.between, overrules, areas, lists))
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


app.command("judge", epilog=awareness_judge.JUDGE_EXAMPLES)(awareness_judge.judge)
