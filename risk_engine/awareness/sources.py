"""What somebody says of files of works, in a file of its own: whether they are whole, how selected, and whose."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from risk_engine.awareness.reading.mapped import TableMapping, read_mapping
from risk_engine.awareness.regions import Regions
from risk_engine.awareness.works import Input
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.files.source import read
from risk_engine.loading.validate import validated
from risk_engine.model.words import Model, Text, Verbatim


class Said(Model):
    """What is said of one file."""

    whole: bool = Field(default=False, description="Whether nothing is missing that belongs to the selection.")
    selected: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] | None = Field(
        None, description="Sets of codes or regions: each work has a member of each of these sets."
    )
    licence: Text | None = None
    attribution: Text | None = None
    retrieved: date | None = Field(None, description="The day on which the data were taken from their source.")
    mapping: Text | None = Field(None, description="The file, beside this one, that says what the columns state.")


class SourcesFile(Model):
    """What is said of files, by their names."""

    sources: dict[Verbatim, Said]


def inputs_of(
    paths: Sequence[Path],
    regions: Regions,
    *,
    said: Path | None = None,
    mapping: Path | None = None,
    whole: bool = False,
) -> list[Input]:
    """Return files with what is said of them; `whole` says of all that they are.

    Raises InvalidSourceError with every problem of the file that says it, among them names of files that are not read.
    """
    known = None if mapping is None else read_mapping(mapping)
    told: Mapping[str, Said] = {}
    mappings: dict[str, TableMapping] = {}
    selections: dict[str, tuple[frozenset[str], ...]] = {}
    if said is not None:
        document = read(said)
        problems: list[Diagnostic] = []
        found = validated(SourcesFile, document.data, document, (), problems)
        told = {} if found is None else found.sources
        for name, one in told.items():
            if name not in (names := [path.name for path in paths]):
                message = _("no file of this name is read")
                problems.append(document.problem(("sources", name), message, suggestion(name, names), key=True))
            try:
                if one.mapping is not None:
                    mappings[name] = read_mapping(said.parent / one.mapping)
                if one.selected is not None:
                    selections[name] = tuple(_selections(one.selected, regions))
            except InvalidSourceError as error:
                problems += error.diagnostics
            except RiskEngineError as error:
                problems.append(document.problem(("sources", name, "selected"), error.message, error.way_out))
        if problems:
            raise InvalidSourceError(problems)
    of_each = {path: told.get(path.name, Said()) for path in paths}
    return [
        Input(
            path,
            mappings.get(path.name, known),
            whole or one.whole,
            selections.get(path.name),
            one.licence,
            one.attribution,
            one.retrieved,
        )
        for path, one in of_each.items()
    ]


def _selections(sets: Sequence[Sequence[str]], regions: Regions) -> Iterator[frozenset[str]]:
    for several in sets:
        yield frozenset().union(*(regions.named(one).countries for one in several))
