"""`risk-engine awareness`: who works with whom on what, from an office's own export of works, projects or patents."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from risk_engine.awareness import need_counting
from risk_engine.cli.commands import App
from risk_engine.cli.output import note, progress, say, wrote
from risk_engine.files.language import _, grouped_by_thousands, ngettext
from risk_engine.files.writing import check_folder

if TYPE_CHECKING:
    from risk_engine.awareness.works import Collaborations, Input

app = App(help="Say who works with whom on what, from your own export of works, projects or patents.")

Data = Annotated[
    list[Path],
    typer.Argument(
        help="Works of OpenAlex (JSON, JSON Lines, CSV, Parquet), projects of CORDIS (CSV: the projects and their "
        "organisations), or any table with --mapping.",
        metavar="DATA...",
    ),
]
RegionsOption = Annotated[
    Path | None,
    typer.Option("--regions", metavar="FILE", help="Regions of your own (YAML) in place of the shipped ones."),
]
Years = Annotated[
    str | None, typer.Option("--years", metavar="A-B", help="Only works of these years, such as 2011-2022.")
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--fields", metavar="FIELD", help="Only works with this field, topic or keyword; can be given more than once."
    ),
]
MergeOption = Annotated[
    Literal["doi", "title"] | None,
    typer.Option("--merge", help="Take works of one DOI, or of one title and year, for one."),
]
MaxParties = Annotated[
    int | None,
    typer.Option("--max-parties", min=1, metavar="N", help="Leave works of more institutions out of pairs."),
]
Between = Annotated[
    tuple[str, str],
    typer.Option("--between", metavar="A B", help="The two regions, or countries, whose institutions make a pair."),
]
Top = Annotated[
    int | None,
    typer.Option("--top", min=1, metavar="N", help="Only so many rows of each list; it is said how many are left out."),
]


Mapping = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="FILE", help="What the columns of a table of your own state (YAML)."),
]
Aliases = Annotated[
    Path | None,
    typer.Option(
        "--aliases",
        metavar="FILE",
        help="A table (country, name, as) by which institutions are put together, in tables beside the others.",
    ),
]
Sources = Annotated[
    Path | None,
    typer.Option(
        "--sources", metavar="FILE", help="What is to be said of the files (YAML): whole or not, whose, when."
    ),
]
Whole = Annotated[
    bool, typer.Option("--whole", help="Nothing is missing in these files; else they are samples of unknown share.")
]


def years_of(text: str | None) -> tuple[int, int] | None:
    """Return the first and the last year that an option says; of one year alone it is both."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?", text.strip(), re.ASCII)
    years = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if years[0] > years[1]:
        raise typer.BadParameter(_("`{text}` is no span of years; write it like 2011-2022", text=text))
    return years


def _span(text: str) -> tuple[int, int]:
    span = years_of(text)
    assert span is not None  # noqa: S101 (a text says one, or is refused)
    return span


def read_data(inputs: "Sequence[Input]", merge: Literal["doi", "title"] | None = None) -> "Collaborations":
    """Return the works of files, and say what was found while they were read."""
    from risk_engine.awareness.works import read_collaborations

    with progress(_("MB")) as tell:
        found = read_collaborations(inputs, merge=merge, progress=tell)
    for one in found.notes:
        note(one)
    return found


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
    data: Data,
    folder: Annotated[Path, typer.Option("--tables", metavar="DIR", help="Write the tables (TSV) into this folder.")],
    regions: RegionsOption = None,
    between: Between = ("EU27-AC", "CN"),
    years: Years = None,
    fields: Fields = None,
    merge: MergeOption = None,
    max_parties: MaxParties = None,
    top: Top = None,
    growth: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--growth",
            metavar="A-B C-D",
            help="Say what grew from the first span of years to the second; only of files that are whole.",
        ),
    ] = None,
    mapping: Mapping = None,
    aliases: Aliases = None,
    sources: Sources = None,
    whole: Whole = False,
    force: Annotated[bool, typer.Option("--force", help="Write over files that no earlier run wrote.")] = False,
) -> None:
    """Count works by year, country, region, institution, pair and topic, full and in fractions, each table in a file.

    Each work counts once, however many files hold it. What each table says exactly, and in which order, stands in
    docs/awareness-definitions.md; MANIFEST.tsv has the SHA-256 of each table and of each file that was read.

    Exit code 0: the tables are written; 2: something cannot be used, and nothing is written.
    """
    need_counting()
    from risk_engine.awareness.made import Asked, every_table
    from risk_engine.awareness.regions import read_regions, shipped_regions
    from risk_engine.awareness.sources import inputs_of
    from risk_engine.awareness.tables import write_tables

    check_folder(folder)
    windows = None if growth is None else (_span(growth[0]), _span(growth[1]))
    span = years_of(years)
    known = shipped_regions() if regions is None else read_regions(regions)
    sides = known.pair(*between)
    found = read_data(inputs_of(data, known, said=sources, mapping=mapping, whole=whole), merge)
    asked = Asked(known, sides, span, tuple(fields or ()), max_parties, top, aliases, windows)
    made = every_table(found, asked)
    for one in made.notes:
        note(one)
    settings = asked.settings() | ({"merge": merge} if merge else {})
    write_tables(folder, made.tables, found.sources, settings, force=force)
    wrote(folder)
    say(
        ngettext(
            "{number} work of {sources}: {tables} tables",
            "{number} works of {sources}: {tables} tables",
            made.works,
            number=grouped_by_thousands(made.works),
            sources=ngettext("{number} file", "{number} files", len(found.sources)),
            tables=len(made.tables),
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
