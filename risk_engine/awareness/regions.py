"""Regions: sets of countries under a name, from a dated and sourced file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from risk_engine.awareness.reading.record import IN_SOURCES
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.files.source import read
from risk_engine.loading.validate import validated

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(lambda one: IN_SOURCES.get(one, one))]


class _Region(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: str = ""
    source: str = ""
    countries: tuple[Code, ...] = Field(min_length=1)


class _RegionsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    as_of: date
    source: str
    regions: dict[Annotated[str, StringConstraints(pattern=r"^\S+$")], _Region] = Field(min_length=1)


@dataclass(frozen=True)
class Region:
    """A set of countries; `title` and `source` are what its file says of it, empty where that says nothing."""

    name: str
    countries: frozenset[str]
    title: str = ""
    source: str = ""


@dataclass(frozen=True)
class Regions:
    """Regions by name, with the day and the source of the file that they are from."""

    as_of: date
    source: str
    regions: Mapping[str, Region]

    def named(self, name: str) -> Region:
        """Return a region by its name, or a country alone by its code; raise RiskEngineError where it is neither."""
        if found := self.regions.get(name):
            return found
        code = IN_SOURCES.get(name.upper(), name.upper())
        if len(code) == 2 and code.isascii() and code.isalpha():  # noqa: PLR2004 (an ISO code)
            return Region(code, frozenset({code}))
        raise RiskEngineError(_("there is no region `{name}`", name=name), suggestion(name, self.regions))

    def pair(self, first: str, second: str) -> tuple[Region, Region]:
        """Return two regions by their names; raise RiskEngineError where they have a country in common."""
        one, other = self.named(first), self.named(second)
        if common := sorted(one.countries & other.countries):
            message = _(
                "{first} and {second} have countries in common: {codes}",
                first=first,
                second=second,
                codes=", ".join(common),
            )
            raise RiskEngineError(message, _("a pair is of two regions that do not overlap; name others"))
        return one, other


def read_regions(path: Path) -> Regions:
    """Return the regions of a file; raise InvalidSourceError with every problem."""
    document = read(path)
    problems: list[Diagnostic] = []
    found = validated(_RegionsFile, document.data, document, (), problems)
    if found is None or problems:
        raise InvalidSourceError(problems)
    regions = {
        name: Region(name, frozenset(one.countries), " ".join(one.title.split()), " ".join(one.source.split()))
        for name, one in found.regions.items()
    }
    return Regions(found.as_of, " ".join(found.source.split()), regions)


@cache
def shipped_regions() -> Regions:
    """Return the regions that come with the program."""
    return read_regions(Path(str(files("risk_engine.awareness").joinpath("data", "regions.yaml"))))
