"""The criteria as the office sees them: which sets and versions there are, one of them read, its records looked for.

Sets are those that come with the program and those in the folders that are set up; an address names one by `SET@1.0.0`,
never by a path.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db.models import Q, QuerySet

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import current, listed
from risk_engine.files.once import once
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import in_force_until, ready, state_of
from risk_engine.loading.sets import (
    Version,
    named_sets,
    not_read,
    set_up_in_vain,
    shipped_sets,
    source_digest,
    versions,
)
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria, Indicator, severity_conditions
from risk_engine.model.references import decides_on, readers
from risk_engine.model.tables import Source, was_read
from risk_engine.model.words import Model, State
from risk_engine.report.blocks import Block, Run
from risk_engine.report.set_pages.catalogue import Entry, anchor_of, entries_of, whole
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import UNREAD, kind_of_source, reading, severity_word
from risk_engine.web import cases
from risk_engine.web.models import Case, CaseFinding
from risk_engine.web.releases import version_named

KINDS: Final = (
    "indicator", "ladder", "control", "awareness", "parameter", "definition", "fact", "table", "invariant", "source",
)  # fmt: skip
"""Kinds of records that are looked for, in the order in which a set tells them."""
MOST_WORDS: Final = 20
"""So many words are looked for at once."""


@dataclass(frozen=True)
class Shown:
    """A version as a list shows it: by which name it is found, what it is, and where it comes from."""

    reference: str
    version: Version
    state: State
    until: date | None
    is_shipped: bool


@dataclass(frozen=True)
class SetShown:
    """A set with its versions, the newest first; or why it cannot be read."""

    name: str
    title: str
    versions: tuple[Shown, ...]
    problem: RiskEngineError | None = None


def every_set() -> tuple[list[SetShown], list[str]]:
    """Return every set that is there, and what is set up in vain or hidden by another name, in words."""
    found = []
    for name in named_sets():
        try:
            there = _versions(name)
            found.append(SetShown(name, read(there[0].version).head.title, there))
        except RiskEngineError as error:
            found.append(SetShown(name, "", (), error))
    return found, [*set_up_in_vain(), *not_read()]


def _versions(name: str) -> tuple[Shown, ...]:
    return tuple(
        Shown(
            reference=f"{name}@{one.dotted}",
            version=one,
            state=state_of(one),
            until=in_force_until(one),
            is_shipped=name in shipped_sets(),
        )
        for one in reversed(versions(name))
    )


@dataclass(frozen=True)
class Held:
    """A version that was read: by which name it is found, where it lies, what it is, its rules in words."""

    reference: str
    version: Version
    state: State
    criteria: Criteria

    @property
    def address(self) -> str:
        """Where the office shows it."""
        return f"/criteria/{self.reference}"


def held(reference: str) -> Held | None:
    """Return the version of that name, read in the current language; None where there is none.

    Raises what reading it raises: every problem in it.
    """
    version = version_named(reference)
    return None if version is None else Held(reference, version, state_of(version), read(version))


def beside(of: Held) -> list[Shown]:
    """Return the other versions of a set under the same name, the newest first."""
    name = of.reference.rpartition("@")[0]
    return [one for one in _versions(name) if one.reference != of.reference]


def usual_before(of: Held, others: Sequence[str], used: str) -> str:
    """Return what a version is compared with where nobody says: what new cases take, else the one before it."""
    earlier = [one for one in others if _number(one) < of.version.number]
    return used if used in others else next(iter([*earlier, *others]), "")


def _number(reference: str) -> tuple[int, ...]:
    return tuple(map(int, reference.rpartition("@")[2].split(".")))


def read(version: Version) -> Criteria:
    """Return a version in words of the current language. Raises what reading it raises: every problem in it."""
    return _read(*_as_it_is(version), current())


def about(version: Version) -> tuple[Block, ...]:
    """Return what a set says of itself: what it is for, its digest, how its sources were read, what to note."""
    return _about(*_as_it_is(version), current(), state_of(version))


def _as_it_is(version: Version) -> tuple[Path, str | None]:
    """Return where a version is read from and, of files that somebody may edit meanwhile, what they are now."""
    path = ready(version).path
    return path, None if path.suffix == ".json" else source_digest(path)


@lru_cache(maxsize=16)
def _read(path: Path, _source: str | None, _language: str) -> Criteria:
    return criteria_in_words(read_criteria(path))


@lru_cache(maxsize=16)
def _about(path: Path, source: str | None, language: str, state: State) -> tuple[Block, ...]:
    return whole(_read(path, source, language), is_released=state != "draft").lead


# --- what is looked for ---


@dataclass(frozen=True)
class Record:
    """A record of a set as a list shows it."""

    kind: str
    name: str
    title: str
    about: str
    dimension: str = ""
    """The title of that of an indicator."""
    severities: str = ""
    unread: int = 0
    """How many of its sources nobody looked up."""


@dataclass(frozen=True)
class Wanted:
    """What of a set is looked for: records that have all of some words, of one dimension, of one kind."""

    q: str = ""
    dimension: str = ""
    kind: str = ""


def records(criteria: Criteria, by: Wanted) -> Iterator[Record]:
    """Yield the records of a set that fit, by kind, each in the order of the set."""
    speech, words = Speech(criteria), by.q.casefold().split()[:MOST_WORDS]
    texts = _texts(criteria)
    for kind in [by.kind] if by.kind in KINDS else KINDS:
        # Indicators by dimension, as the catalogue has them.
        order = list(criteria.head.dimensions)
        entries = _entries(criteria)[kind]
        for entry in sorted(entries, key=lambda one: order.index(one[2].dimension)) if kind == "indicator" else entries:
            _kind, name, content = entry
            fits = not by.dimension or getattr(content, "dimension", "") == by.dimension
            if fits and all(word in texts[kind, name] for word in words):
                yield _shown(entry, speech)


def counted(criteria: Criteria) -> dict[str, int]:
    """Return how many records of each kind a set has; kinds of which it has none are left out."""
    return {kind: len(entries) for kind, entries in _entries(criteria).items() if entries}


@once
def _entries(criteria: Criteria) -> dict[str, list[Entry]]:
    """Return the records of a set by their kind; lists of questions and columns of tables stand with what has them."""
    found: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
    for entries in entries_of(criteria).values():
        for entry in entries:
            if entry[0] in found:
                found[entry[0]].append(entry)
    return found


@once
def _texts(criteria: Criteria) -> dict[tuple[str, str], str]:
    """Return by what each record is found: its name, every text in it, and what its sources are called."""
    found = {}
    for kind, entries in _entries(criteria).items():
        for entry in entries:
            _kind, name, content = entry
            said = content.model_dump(mode="json") if isinstance(content, Model) else {}
            cited = [criteria.sources[one.id].instrument for one in getattr(content, "sources", ())]
            found[kind, name] = cases.words({"name": name, "says": said, "titles": [_title(entry, criteria), *cited]})
    return found


def _shown(entry: Entry, speech: Speech) -> Record:
    kind, name, content = entry
    criteria = speech.criteria
    title, cited = _title(entry, criteria), getattr(content, "sources", ())
    unread = sum(one in UNREAD for one in speech.readings(cited))
    match content:
        case Indicator():
            severities = listed([severity_word(one) for one, _if in reversed(severity_conditions(content))])
            dimension = criteria.head.dimensions[content.dimension].title
            return Record(kind, name, title, content.question, dimension, severities, unread)
        case Source():
            how = reading(content.grade, was_read(content))
            return Record(kind, name, title, kind_of_source(content.kind), unread=int(how in UNREAD))
        case _ if kind == "fact":
            return Record(kind, name, title, criteria.entities[name.partition(".")[0]].title)
        case _:
            return Record(kind, name, title, "", unread=unread)


def _title(entry: Entry, criteria: Criteria) -> str:
    match entry:
        case "fact", name, _fact:
            return criteria.title_of(name)
        case "definition", name, _condition:
            return str(name).replace("_", " ")
        case _, _name, Source() as source:
            return source.instrument
        case _, _name, content:
            return str(content.title)


def leading(of: Held) -> Callable[[Run], Run]:
    """Return what makes a run that leads to a place on the catalogue's page lead to the page of that record."""
    at = of.address
    places = {f"dimension-{name}": f"{at}?dimension={name}" for name in of.criteria.head.dimensions}
    for entries in entries_of(of.criteria).values():
        for kind, name, _content in entries:
            # A column stands on the page of its table.
            places[anchor_of(kind, name)] = f"{at}/records/{name if isinstance(name, str) else name[0]}"
    return lambda run: replace(run, ref=None, link=places.get(run.ref or ""))


# --- what reads it, and which cases come to it ---


def indicators_through(criteria: Criteria, fact: str) -> list[str]:
    """Return the indicators that do not read a fact, but others that it opens, closes or fills in."""
    read = readers(criteria)
    reached = (read.get(one, frozenset()) for one in decides_on(criteria).get(fact, ()))
    return sorted(frozenset[str]().union(*reached) - read.get(fact, frozenset()))


def triggering(visible: QuerySet[Case], criteria: Criteria, indicator: str) -> QuerySet[CaseFinding]:
    """Return the findings of an indicator in the cases that somebody sees, under whatever version of its set."""
    names = {indicator, *(one.name for one in criteria.indicators[indicator].was)}
    of_set = Q(case__criteria__startswith=f"{criteria.head.id}@")
    found = CaseFinding.objects.filter(of_set, indicator__in=names, case__in=visible)
    return found.select_related("case").order_by("-is_present", "-case__changed", "pk")
