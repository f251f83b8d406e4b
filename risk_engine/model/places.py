"""Where something stands in the files of a version, and the way to it within a record."""

from typing import TypeAlias

from risk_engine.model.words import Model

Path: TypeAlias = tuple[str | int, ...]
"""The way from a record to a part of it, as the keys and numbers of the YAML file."""


class Spot(Model):
    """A place in a file of a version; the file is named from the folder of the version, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
