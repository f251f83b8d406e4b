"""Counts by country that somebody else published, and what of them a region has: fractions alone can be added up.

The file says what it holds, who counted it how, and where it is from; the counts are a table beside it. A whole count
counts a work of two countries once for each, so that of a region is not the sum of its countries: it is refused.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.files.language import _, first_few
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import read
from risk_engine.loading.validate import validated
from risk_engine.model.words import Model, Text
from risk_engine.screening.countries import country_code


class PublishedFile(Model):
    """What a table of published counts is."""

    title: Text = Field(description="What is counted, of which years.")
    file: Text = Field(description="The table, a CSV file beside this one.")
    place: Text = Field(description="The column that names the country or territory.")
    number: Text = Field(description="The column that holds the count.")
    counting: Literal["fractional", "full"] = Field(description="How the works of several countries were counted.")
    source: Text = Field(description="Who published it, where.")
    licence: Text = Field(description="On which terms it may be used.")
    retrieved: date = Field(description="The day of the copy.")


@dataclass(frozen=True)
class Total:
    """What the countries of a region come to; `absent` are those that the table does not have."""

    region: str
    number: float
    countries: int
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """Published counts by region, and what the file says of itself; `elsewhere` are rows that name no country."""

    said: PublishedFile
    digest: str
    totals: tuple[Total, ...]
    elsewhere: tuple[str, ...]


def read_published(path: Path, regions: Mapping[str, frozenset[str]]) -> Published:
    """Return the counts of a file by region, the largest first.

    Raises RiskEngineError where the file or its table cannot be read, or where full counts would have to be added up.
    """
    document = read(path)
    found: list[Diagnostic] = []
    said = validated(PublishedFile, document.data, document, (), found)
    if said is None:
        raise InvalidSourceError(found)
    if said.counting != "fractional":
        raise RiskEngineError(
            _("{file}: full counts of countries cannot be added up to those of a region", file=path),
            _("name the column of the fractional counts; a work of two countries is in both full counts"),
        )
    table = path.with_name(said.file)
    content = read_bytes(table)
    numbers, elsewhere = _numbers(table, content.decode("utf-8-sig"), said)
    totals = [
        Total(
            name,
            sum(numbers.get(one, 0.0) for one in members),
            len(members & numbers.keys()),
            tuple(sorted(members - numbers.keys())),
        )
        for name, members in regions.items()
    ]
    digest = hashlib.sha256(content).hexdigest()
    return Published(said, digest, tuple(sorted(totals, key=lambda one: -one.number)), elsewhere)


def _numbers(table: Path, text: str, said: PublishedFile) -> tuple[dict[str, float], tuple[str, ...]]:
    rows = csv.DictReader(text.splitlines())
    missing = [one for one in (said.place, said.number) if one not in (rows.fieldnames or ())]
    if missing:
        raise RiskEngineError(
            "\n".join(_("{file}: there is no column `{column}`", file=table, column=one) for one in missing),
            _("its columns: {names}", names=first_few(list(rows.fieldnames or ()), 12)),
        )
    found: dict[str, float] = {}
    elsewhere: list[str] = []
    problems: list[str] = []
    for line, row in enumerate(rows, 2):
        place = row[said.place]
        code = country_code(place)
        try:
            number = float(row[said.number])
        except (TypeError, ValueError):
            problems.append(_("{file}:{line}: `{text}` is no number", file=table, line=line, text=row[said.number]))
            continue
        if not code:
            elsewhere.append(place)
        elif code in found:
            problems.append(_("{file}:{line}: `{place}` is there twice", file=table, line=line, place=place))
        else:
            found[code] = number
    if problems:
        raise RiskEngineError("\n".join(problems), _("mend the table, or leave these rows out"))
    return found, tuple(elsewhere)
