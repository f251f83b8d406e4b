"""Institutions put together, by the registry's id or a table of aliases: a claim, so a count beside the first one."""

from pathlib import Path
from typing import Final

import polars as pl

from risk_engine.awareness.gathering import each_party
from risk_engine.awareness.reading import open_table, rows_of
from risk_engine.awareness.reading.record import code, composed, party
from risk_engine.awareness.works import Collaborations
from risk_engine.files.diagnostics import InvalidSourceError, file_problem, quoted, reason
from risk_engine.files.language import _
from risk_engine.files.reading import open_file
from risk_engine.screening.formats.reading import Reading

COLUMNS: Final = ("country", "name", "as")
"""The columns of a table of aliases: an institution, by its name or the source's own id, and what to call it."""
_KEY: Final = ("country", "institution")


def by_ror(of: Collaborations) -> Collaborations:
    """Return works whose institutions of one country are one where they have one id of ROR; others stay as they are."""
    parties = of.parties.with_columns(institution=pl.coalesce("ror", "institution"))
    return _with(of, parties)


def by_alias(of: Collaborations, aliases: pl.DataFrame) -> Collaborations:
    """Return works whose institutions are called as a table of aliases says; those that it does not name stay."""
    named = of.parties.join(aliases, on=_KEY, how="left", maintain_order="left")
    parties = named.with_columns(
        institution=pl.coalesce("into", "institution"), name=pl.coalesce("called", "name")
    ).drop("into", "called")
    return _with(of, parties)


def _with(of: Collaborations, parties: pl.DataFrame) -> Collaborations:
    return Collaborations(of.sources, of.works, each_party(parties), of.topics, of.notes)


def read_aliases(path: Path, of: Collaborations) -> tuple[pl.DataFrame, int]:
    """Return country, institution, into and called for each alias, and how many of them no work has.

    A name is found as it is written and, of projects, in any case. Raises RiskEngineError with every problem.
    """
    try:
        with open_file(path) as file:
            start = file.read(4)
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    table, reading = open_table(path, start), Reading(path, "")
    if missing := [one for one in COLUMNS if one not in table.schema]:
        raise file_problem(path, _("the table has no column {columns}", columns=quoted(missing, "and")))
    there = set(of.parties.select(*_KEY).unique().iter_rows())
    found: dict[tuple[str | None, str], tuple[str | None, str]] = {}
    unused = 0
    for line, row in rows_of(table, COLUMNS, reading):
        country, name, called = code(str(row["country"] or "")), str(row["name"] or ""), composed(str(row["as"] or ""))
        if not composed(name) or not called:
            reading.problem(line, _("an alias has a name, and what it is called"))
            continue
        keys = {party(country, name).institution, party(country, name, folds=True).institution, composed(name)}
        known = [key for key in sorted(filter(None, keys)) if (country, key) in there]
        unused += not known
        into = party(country, called).institution
        for key in known:
            if found.setdefault((country, key), (into, called)) != (into, called):
                reading.problem(line, _("`{name}` is called otherwise in an earlier row", name=composed(name)))
    if reading.problems:
        raise InvalidSourceError(reading.problems)
    rows = [(country, key, into, called) for (country, key), (into, called) in found.items()]
    names = (*_KEY, "into", "called")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row"), unused
