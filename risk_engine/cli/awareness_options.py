"""Options that the commands of `awareness` share, and how their data are read."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from risk_engine.cli.output import note, progress
from risk_engine.files.language import _

if TYPE_CHECKING:
    from risk_engine.awareness.beside import Beside
    from risk_engine.awareness.regions import Regions
    from risk_engine.awareness.ror import Listed
    from risk_engine.awareness.works import Collaborations, Input

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

OverrulesOption = Annotated[
    Path | None,
    typer.Option("--overrules", metavar="FILE", help="What people said of pairs (YAML); `judge` adds words to it."),
]
AreasOption = Annotated[
    Path | None,
    typer.Option("--areas", metavar="FILE", help="Which topics belong to which critical area (YAML), of your own."),
]
ListsOption = Annotated[
    Path | None,
    typer.Option("--lists", metavar="STORE", help="The file of lists: institutions by ROR, and partners on lists."),
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


def span_of(text: str) -> tuple[int, int]:
    """Return the first and the last year that a text says."""
    span = years_of(text)
    assert span is not None  # noqa: S101 (a text says one, or is refused)
    return span


def regions_of(path: Path | None) -> "Regions":
    """Return the regions of a file, or the shipped ones."""
    from risk_engine.awareness.regions import read_regions, shipped_regions

    return shipped_regions() if path is None else read_regions(path)


def read_data(
    data: Sequence[Path],
    merge: Literal["doi", "title"] | None,
    regions: "Regions",
    *,
    said: Path | None = None,
    mapping: Path | None = None,
    whole: bool = False,
) -> "Collaborations":
    """Return the works of files, and say what was found while they were read.

    `said`, `mapping` and `whole` are what `--sources`, `--mapping` and `--whole` say of the files; `regions` are those
    that the first of them may name.
    """
    from risk_engine.awareness.sources import inputs_of

    return read_inputs(inputs_of(data, regions, said=said, mapping=mapping, whole=whole), merge)


def read_inputs(inputs: "Sequence[Input]", merge: Literal["doi", "title"] | None) -> "Collaborations":
    """Return the works of files of which is known what is said of them."""
    from risk_engine.awareness.works import read_collaborations

    with progress(_("MB")) as tell:
        found = read_collaborations(inputs, merge=merge, progress=tell)
    for one in found.notes:
        note(one)
    return found


def chosen(
    found: "Collaborations",
    years: tuple[int, int] | None,
    fields: Sequence[str] | None = None,
    most: int | None = None,
) -> "Collaborations":
    """Return the works of some years and fields; say what has no year, and what has too many institutions for pairs."""
    from risk_engine.awareness.counts import selected
    from risk_engine.awareness.made import left_out_of_pairs, of_no_year

    of = selected(found, years=years, fields=fields or ())
    for one in (*of_no_year(found, years), *left_out_of_pairs(of, most)):
        note(one)
    return of


def beside(overrules: Path | None, areas: Path | None) -> "Beside":
    """Return what files of people say beside the works: of pairs, and of topics."""
    from risk_engine.awareness.areas import read_areas, shipped_areas
    from risk_engine.awareness.beside import Beside
    from risk_engine.awareness.overrules import read_overrules

    mapping = shipped_areas() if areas is None else read_areas(areas)
    return Beside(mapping, None if overrules is None else read_overrules(overrules))


def on_lists(
    found: "Collaborations", countries: "Collection[str]", lists: Path
) -> "tuple[Collaborations, tuple[Listed, ...]]":
    """Return the works with the ROR of their institutions, and which of them in some countries stand on lists."""
    from risk_engine.awareness.ror import listed, with_ror
    from risk_engine.cli.lists_opened import check_extra, opened_lists

    check_extra()
    with opened_lists(lists, None, None, make=False) as (screening, decisions):
        if not screening.registries:
            note(_("no registry is in {path}: no institution gets its ROR from there", path=lists))
        if not screening.lists:
            note(_("no list is in {path}: nothing is said about listing", path=lists))
        with progress(_("institutions")) as tell:
            known = with_ror(found, screening, tell)
        with progress(_("partners on lists")) as tell:
            return known, listed(known, countries, screening, decisions.about, tell)
