"""Options that the commands of `risk-engine awareness` share, and how they read their data."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from risk_engine.cli.output import note, progress
from risk_engine.files.language import _

if TYPE_CHECKING:
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

Sources = Annotated[
    Path | None,
    typer.Option("--sources", metavar="FILE", help="What each file is (YAML): whole, selected how, licence, day."),
]
Whole = Annotated[
    bool, typer.Option("--whole", help="The data are all that their query has; without it they are a sample.")
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


def read_data(
    data: Sequence[Path],
    merge: Literal["doi", "title"] | None = None,
    *,
    sources: Path | None = None,
    whole: bool = False,
) -> "Collaborations":
    """Return the works of files, with what is said of these, and say what was found while they were read."""
    from risk_engine.awareness.described import described
    from risk_engine.awareness.works import read_collaborations

    inputs = described(data, sources, whole=whole)
    with progress(_("MB")) as tell:
        found = read_collaborations(inputs, merge=merge, progress=tell)
    for one in found.notes:
        note(one)
    return found
