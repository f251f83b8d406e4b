"""What somebody says of files of works: whole or a sample, how they were selected, whose they are and of which day.

Without a word a file is a sample of unknown share, since no file can say of itself what it lacks.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from risk_engine.awareness.works import Input
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.files.source import read
from risk_engine.loading.validate import validated
from risk_engine.model.words import Model, Text, Verbatim

_AS_WRITTEN: Final = {"EL": "GR", "UK": "GB"}
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(lambda one: _AS_WRITTEN.get(one, one))]


class DescribedFile(Model):
    """What is said of a file."""

    whole: bool = Field(default=False, description="Whether it holds all that its query has; else it is a sample.")
    selected: tuple[tuple[Code, ...], ...] | None = Field(
        None, description="Each work has a member of each of these lists of countries; without it the works say it."
    )
    licence: Text | None = Field(None, description="On which terms it may be used.")
    attribution: Text | None = Field(None, description="Whom to name.")
    retrieved: date | None = Field(None, description="The day of the copy.")


class DescriptionFile(Model):
    """What is said of several files, by their names."""

    files: dict[Verbatim, DescribedFile] = Field(min_length=1, description="Name of the file: what is said of it.")


def described(data: Sequence[Path], description: Path | None, *, whole: bool = False) -> list[Input]:
    """Return files of works with what a description says of them; `whole` says that all of them are.

    Raises InvalidSourceError with every problem of the description, RiskEngineError where it speaks of a file that is
    not among the data.
    """
    if description is None:
        return [Input(one, whole=whole) for one in data]
    document = read(description)
    problems: list[Diagnostic] = []
    said = validated(DescriptionFile, document.data, document, (), problems)
    if said is None:
        raise InvalidSourceError(problems)
    names = [one.name for one in data]
    if unused := [one for one in said.files if one not in names]:
        lines = [
            _("{file}: it speaks of `{name}`, which is not among the data", file=description, name=one)
            for one in unused
        ]
        raise RiskEngineError("\n".join(lines), suggestion(unused[0], names))
    return [_input(one, said.files.get(one.name), whole=whole) for one in data]


def _input(path: Path, said: DescribedFile | None, *, whole: bool) -> Input:
    if said is None:
        return Input(path, whole=whole)
    selection = None if said.selected is None else tuple(frozenset(one) for one in said.selected)
    return Input(path, whole or said.whole, selection, said.licence, said.attribution, said.retrieved)
