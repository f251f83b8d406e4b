"""Works of OpenAlex, flat: the names of the institutions stand below the code of their country.

They come as objects, or in the rows of a table: with a column for each country, or with the same as JSON in cells.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from risk_engine.awareness.reading.record import (
    Party,
    Record,
    code,
    parties_of,
    party,
    text_of,
    topics_of,
    work_id,
    year_of,
)
from risk_engine.files.language import _
from risk_engine.screening.formats.reading import Reading

NEEDED: Final = ("paper_id", "institutions")
"""What tells such a work from one with all that OpenAlex knows of it."""
_BELOW: Final = "institutions."
"""In front of the code of a country, in the column of a table that has one for each."""
_LISTS: Final = ("countries", "technology_keywords")
_COLUMNS: Final = frozenset({"paper_id", "doi", "title", "publication_year", "type", "institutions", *_LISTS})
_BY: Final = "|"


def columns(head: Sequence[str]) -> frozenset[str]:
    """Return what is read of a table with these columns; nothing where it does not hold such works."""
    found = frozenset(one for one in head if one in _COLUMNS or one.startswith(_BELOW))
    parties = any(one.startswith(NEEDED[1]) for one in found)
    return found if NEEDED[0] in found and parties else frozenset()


def row(line: int, value: Mapping[str, Any], reading: Reading) -> Record | None:
    """Return a work as a row of a table has it; a list may be JSON in its cell, or parted by `|`."""
    found = {name: cell for name, cell in value.items() if not name.startswith(_BELOW)}
    found |= {name: _of_cell(found.get(name)) for name in ("institutions", *_LISTS)}
    if below := {name.removeprefix(_BELOW): cell for name, cell in value.items() if name.startswith(_BELOW)}:
        found["institutions"] = below
    for name in _LISTS:
        if isinstance(cell := found[name], str):
            found[name] = cell.split(_BY)
    return record(line, found, reading)


def _of_cell(cell: Any) -> Any:
    if isinstance(cell, str) and cell.lstrip().startswith(("{", "[")):
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(cell)
    return cell or None


def record(line: int, value: Mapping[str, Any], reading: Reading) -> Record | None:
    """Return a work; None, with a problem, where it cannot be counted."""
    if not (work := work_id(value.get("paper_id"))):
        reading.problem(line, _("the work has no `{column}`, so nobody can count it once", column="paper_id"))
        return None
    institutions, countries = value.get("institutions"), value.get("countries")
    if not isinstance(institutions, dict | None) or not isinstance(countries, list | None):
        message = _("`institutions` is a mapping of codes to names, `countries` a list of codes")
        reading.problem(line, message)
        return None
    parties = [*_named(line, institutions or {}, reading)]
    parties += [Party(found, None, None) for one in countries or () if isinstance(one, str) and (found := code(one))]
    keywords = value.get("technology_keywords")
    return Record(
        work=work,
        year=year_of(value.get("publication_year"), "publication_year", line, reading),
        title=text_of(value, "title"),
        doi=text_of(value, "doi"),
        kind=text_of(value, "type"),
        paratext=None,
        link=work if work.startswith("http") else None,
        parties=parties_of((one, None) for one in parties),
        topics=topics_of((one, "keyword") for one in keywords if isinstance(one, str))
        if isinstance(keywords, list)
        else (),
    )


def _named(line: int, institutions: Mapping[str, Any], reading: Reading) -> Iterator[Party]:
    for said, names in institutions.items():
        country = code(said)
        if names is None:  # of a column of Parquet that is there for each country
            continue
        if not isinstance(names, list):
            reading.problem(line, _("below `{code}` of `institutions` stands no list of names", code=said[:20]))
            continue
        if country is not None:
            yield Party(country, None, None)
        for name in names:
            if isinstance(name, str):
                yield party(country, name)
