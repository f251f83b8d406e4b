"""Works, the parties to each and what they are about, as columns; no person's name is among them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias

import polars as pl

from risk_engine.awareness.gathering import Gathering, merged
from risk_engine.awareness.reading import Layout, Opened, opened
from risk_engine.awareness.reading.mapped import TableMapping
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError
from risk_engine.files.reading import open_file
from risk_engine.screening.formats.reading import Reading

Merge: TypeAlias = Literal["doi", "title"]
"""By what works of different ids are taken for one, where somebody asks for it."""
Tell: TypeAlias = Callable[[int, int], None]
"""Is told how many megabytes of how many are read."""

SELECTED: Final = 20
"""In a file of so many works or more a country that none of them is without is what they were selected by."""


@dataclass(frozen=True)
class Input:
    """A file to read, and what somebody says of it."""

    path: Path
    mapping: TableMapping | None = None
    whole: bool = False
    selection: tuple[frozenset[str], ...] | None = None
    licence: str | None = None
    attribution: str | None = None
    retrieved: date | None = None


@dataclass(frozen=True)
class Source:
    """What a file of works says of itself, and what is said of it."""

    name: str
    digest: str
    """The SHA-256 of its bytes."""
    layout: Layout
    works: int
    """How many different works it holds, whoever else holds them too."""
    whole: bool
    """Whether somebody said that it is whole; else it is a sample of unknown share."""
    selection: tuple[frozenset[str], ...]
    """Each of its works has a member of each of these sets of countries; empty where nothing is known of it."""
    licence: str | None = None
    attribution: str | None = None
    retrieved: date | None = None


@dataclass(frozen=True)
class Collaborations:
    """Works in columns.

    `works`: work, year (Int32 or null), title, doi, kind, paratext, link, source (the index of the first source that
    holds it). `parties`, one row for each distinct (work, country, institution): work, country (null: the source does
    not say it), institution (`CC|normal name` or the source's own id; null where only a country is given), name (as
    written, NFC, spaces collapsed), ror, authors (the share of the work's authors; null where none are given).
    `topics`: work, topic, level. `notes` say what was found while reading.
    """

    sources: tuple[Source, ...]
    works: pl.DataFrame
    parties: pl.DataFrame
    topics: pl.DataFrame
    notes: tuple[str, ...] = ()


def read_collaborations(
    inputs: Sequence[Input], *, merge: Merge | None = None, progress: Tell = lambda _done, _all: None
) -> Collaborations:
    """Return what files of works say, each work once.

    A work is one id of its source. Where several files, or several lines, hold one id with different content, the first
    one that is read counts, and a note says so. `merge` takes works of one DOI, or of one title and year, for one.
    Raises RiskEngineError, InvalidSourceError among them, with every problem of every file.
    """
    files, problems = _opened(inputs)
    everything, before, taken = sum(file.size for _one, file in files), 0, set[str]()
    gathering, sources = Gathering(), list[Source]()
    for one, file in files:
        if (digest := _digest(one.path)) in taken:
            continue
        taken.add(digest)
        reading = Reading(one.path, "")
        tell = partial(_tell, progress, before, everything)
        gathering.begin(file.part)
        try:
            for record in file.records(reading, tell):
                gathering.add(record)
        except InvalidSourceError as error:
            problems += error.diagnostics
        problems += reading.problems
        before += file.size
        mapping = file.mapping
        licence, attribution = (mapping.licence, mapping.attribution or mapping.source) if mapping else (None, None)
        said = one.licence or licence, one.attribution or attribution, one.retrieved
        sources.append(Source(one.path.name, digest, file.layout, 0, one.whole, one.selection or (), *said))
    if problems:
        raise InvalidSourceError(problems)
    gathered = gathering.end()
    told = tuple(
        replace(source, works=works, selection=source.selection or _selection(works, common))
        for source, works, common in zip(sources, gathered.held, gathered.in_all, strict=True)
    )
    frames, notes = gathered.frames, gathered.notes
    if merge is not None:
        frames, note = merged(frames, merge)
        notes = (*notes, note)
    return Collaborations(told, frames.works, frames.parties, frames.topics, notes)


def _tell(progress: Tell, before: int, everything: int, done: int) -> None:
    progress(before + done >> 20, everything >> 20)


def _opened(inputs: Sequence[Input]) -> tuple[list[tuple[Input, Opened]], list[Diagnostic]]:
    """Return how each file is read, and what is wrong with those that cannot be."""
    files: list[tuple[Input, Opened]] = []
    problems: list[Diagnostic] = []
    for one in inputs:
        try:
            files.append((one, opened(one.path, one.mapping)))
        except InvalidSourceError as error:
            problems += error.diagnostics
    return files, problems


def _selection(works: int, common: frozenset[str]) -> tuple[frozenset[str], ...]:
    """Return by what the works of a file were selected, as far as they show it."""
    return tuple(frozenset({one}) for one in sorted(common)) if works >= SELECTED else ()


def _digest(path: Path) -> str:
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
