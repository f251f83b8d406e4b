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
    from risk_engine.awareness.regions import Region
    from risk_engine.awareness.ror import Listed
    from risk_engine.awareness.works import Collaborations

Data = Annotated[
    list[Path],
    typer.Argument(
        help="Works of OpenAlex (JSON Lines), or projects of CORDIS (CSV: the projects and their organisations).",
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


def read_data(data: Sequence[Path], merge: Literal["doi", "title"] | None = None) -> "Collaborations":
    """Return the works of files, and say what was found while they were read."""
    from risk_engine.awareness.works import Input, read_collaborations

    with progress(_("MB")) as tell:
        found = read_collaborations([Input(one) for one in data], merge=merge, progress=tell)
    for one in found.notes:
        note(one)
    return found


def beside(
    found: "Collaborations",
    between: "tuple[Region, Region]",
    overrules: Path | None,
    areas: Path | None,
    lists: Path | None,
) -> "Beside":
    """Return what stands beside the works: files of people, and what screening has stored of their institutions."""
    from risk_engine.awareness.areas import read_areas, shipped_areas
    from risk_engine.awareness.beside import Beside
    from risk_engine.awareness.overrules import read_overrules

    mapping = shipped_areas() if areas is None else read_areas(areas)
    words = None if overrules is None else read_overrules(overrules)
    if lists is None:
        return Beside(mapping, words)
    known, marked = on_lists(found, between[1].countries, lists)
    return Beside(mapping, words, known, marked)


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
