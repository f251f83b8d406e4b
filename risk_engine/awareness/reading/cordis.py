"""Projects of CORDIS: a file of projects, and beside it one of their organisations; what one lacks the other has."""

import re
from collections.abc import Iterable, Mapping
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

ADDRESS: Final = "https://cordis.europa.eu/project/id/"
"""In front of the number of a project: its page, and its id here."""
PROJECTS: Final = (("project_id", "id"), ("start_date", "startDate"))
ORGANISATIONS: Final = (("project_id", "projectID"), ("org_name", "name"), ("country",))
"""Columns, each with the names that it may have; the latter ones are those of the files of CORDIS itself."""
COLUMNS: Final = frozenset(
    {
        *(name for names in (*PROJECTS, *ORGANISATIONS) for name in names),
        *("title", "countries_list", "keywords", "topics", "programme", "frameworkProgramme", "organisationID"),
    }
)
"""What is read of either file."""
_PARTED: Final = re.compile("[,;]")


def has(head: Iterable[str], columns: tuple[tuple[str, ...], ...]) -> bool:
    """Return whether a table has each of these columns by one of its names."""
    there = set(head)
    return all(there.intersection(names) for names in columns)


def project(line: int, row: Mapping[str, Any], reading: Reading) -> Record | None:
    """Return a project as its own file has it; the countries count where no organisation of them is told."""
    if not (work := _id(line, row, reading, "project_id", "id")):
        return None
    column = "start_date" if "start_date" in row else "startDate"
    keywords = text_of(row, "keywords") or ""
    return Record(
        work=work,
        year=year_of(row.get(column), column, line, reading),
        title=text_of(row, "title"),
        doi=None,
        kind="project",
        paratext=None,
        link=work,
        parties=parties_of(
            (Party(found, None, None), None)
            for one in _PARTED.split(text_of(row, "countries_list") or "")
            if (found := code(one))
        ),
        topics=topics_of(
            [
                *((one, "keyword") for one in _PARTED.split(keywords)),
                *((one, "call-topic") for one in _PARTED.split(text_of(row, "topics") or "")),
                (text_of(row, "programme", "frameworkProgramme"), "programme"),
            ]
        ),
    )


def organisation(line: int, row: Mapping[str, Any], reading: Reading) -> Record | None:
    """Return the part of a project that one organisation has in it."""
    if not (work := _id(line, row, reading, "project_id", "projectID")):
        return None
    name, own_id = text_of(row, "org_name", "name") or "", str(row.get("organisationID") or "")
    found = party(code(text_of(row, "country")), name, own_id, folds=True)
    return Record(work, None, None, None, "project", None, work, parties_of([(found, None)]), ())


def _id(line: int, row: Mapping[str, Any], reading: Reading, *columns: str) -> str:
    column = next(one for one in columns if one in row)
    if not (found := work_id(row[column])):
        reading.problem(line, _("the work has no `{column}`, so nobody can count it once", column=column))
        return ""
    return f"{ADDRESS}{found}"
