"""What the rules of a criteria set rest on: instruments, and places in them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from risk_engine.model.words import Model, Translatable, Verbatim


def _read_tag(value: object) -> str:
    return "?month" if isinstance(value, str) else "?day"


WhenRead = Annotated[
    Annotated[date, Tag("?day")] | Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$"), Tag("?month")],
    Discriminator(_read_tag),
]
"""The day on which somebody read a text, or the month where only that is on record."""


class Source(Model):
    """An instrument that rules rest on. `verified` is false until someone read the text itself."""

    instrument: Translatable = Field(description="What it is called.")
    link: Verbatim | None = Field(None, description="Where it can be read.")
    read: WhenRead | None = Field(None, description="When the text was read, a day or a month.")
    verified: bool = Field(description="Whether somebody read it.")
    kind: Literal["eu_law", "national_law", "foreign_law", "foreign_list", "guidance", "research"] = Field(
        description="What sort of source it is."
    )
    note: Translatable | None = Field(None, description="What readers should know of it.")


class Citation(Model):
    """A place in a source. `verified: false` where the substance is sure but the place was not looked up."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")] = Field(
        description="The name of a source of sources.yaml."
    )
    at: Translatable | None = Field(None, description="The article, section or page.")
    verified: bool = Field(default=True, description="Whether somebody read it there.")
