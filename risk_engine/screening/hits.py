"""Which entries of one list an organisation may be, on what grounds, and what speaks against.

Identifiers go first, then names. Records hold kinds and values; `hit_words` says them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from risk_engine.screening.asked import Asked
from risk_engine.screening.comparison import compare
from risk_engine.screening.entry import Entry, IdentifierKind, ListHead, Name, Standing
from risk_engine.screening.match import Candidate, Strength
from risk_engine.screening.names import NameText, WordKind, read, tables
from risk_engine.screening.notes import (
    Note,
    compared,
    country_agrees,
    other_identifiers,
    speaking_against,
    speaking_for,
)
from risk_engine.screening.stored_index import Listing

HitKind: TypeAlias = Literal["listed", "parent", "within", "child"]
"""The entry is it; a registry says that it belongs to the entry; its name holds that of the entry and says more; a
registry says that the entry belongs to it."""
HIT_KINDS: Final[tuple[HitKind, ...]] = ("listed", "parent", "within", "child")

_SURE: Final[frozenset[IdentifierKind]] = frozenset({"ror", "lei", "wikidata", "grid", "isni", "duns", "imo"})
"""One number in the whole world names one organisation."""
_NATIONAL: Final[frozenset[IdentifierKind]] = frozenset({"registration", "tax", "fundref"})
"""One in its country: where that is another one, or nobody says it, the number alone is strong."""
_NAMES_AT_MOST: Final = 25
"""Entries of one list that names bring."""


class Step(NamedTuple):
    """An organisation of a registry on the way from the one that is asked about to the entry."""

    list: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that the organisation may be, or may belong to."""

    kind: HitKind
    strength: Strength
    head: ListHead
    entry: Entry
    name: Name
    """The one of its names that comes nearest."""
    by: str
    """The name that was asked, or that a registry knows, by which it was found."""
    agrees: tuple[Note, ...]
    differs: tuple[Note, ...]
    way: tuple[Step, ...] = ()

    @property
    def is_told_apart(self) -> bool:
        """Return whether a registry knows the entry as another organisation than the one that is asked about."""
        return any(note.kind == "other_in_registry" for note in self.differs)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """What it is to be on that list, or on those of a collection on which the entry stands; law first."""
        return (self.entry.standings if self.head.mixed else ()) or (self.head.standing,)

    @property
    def id(self) -> str:
        """By what a person names it to confirm it or to rule it out."""
        return f"{self.entry.list}/{self.entry.key}"


def direct(asked: Asked, listing: Listing) -> Iterator[Hit]:
    """Yield what numbers and names of an organisation bring, an entry as often as it is found."""
    yield from by_identifier(asked, listing)
    yield from by_same_name(asked, listing)
    yield from by_near_name(asked, listing)


def by_identifier(asked: Asked, listing: Listing) -> Iterator[Hit]:
    """Yield the entries with one of its numbers."""
    for kind, several in asked.identifiers.items():
        for value in several:
            for row in listing.by_identifier(kind, value) if kind in _SURE | _NATIONAL else ():
                entry = listing.entry(row)
                is_sure = kind in _SURE or country_agrees(asked.country, entry) is True
                name = _nearest(asked, entry)
                notes, more = compared(compare(read(asked.name), read(name.text)), entry, name)
                yield Hit(
                    "listed",
                    "identical" if is_sure else "strong",
                    listing.head,
                    entry,
                    name,
                    asked.name,
                    (Note("identifier", (kind, value)), *notes, *speaking_for(asked, entry)),
                    (*more, *speaking_against(asked, entry)),
                )


def _nearest(asked: Asked, entry: Entry) -> Name:
    """Return the name of an entry that shares most words with what is asked."""
    words = set(read(asked.name).plain.split())
    return max(entry.names, key=lambda one: len(words & set(read(one.text).plain.split())))


def by_same_name(asked: Asked, listing: Listing) -> Iterator[Hit]:
    """Yield the entries with one of its names, but for how it is written."""
    for text in asked.names:
        for row in listing.by_same_name(text):
            entry = listing.entry(row)
            compact = read(text).compact
            name = next(one for one in entry.names if read(one.text).compact == compact)
            strength = _of_same_name(read(text), name, asked, entry)
            notes, differs = compared(compare(read(text), read(name.text)), entry, name)
            yield Hit(
                "listed",
                strength,
                listing.head,
                entry,
                name,
                text,
                (*notes, *speaking_for(asked, entry)),
                (*differs, *speaking_against(asked, entry)),
            )


def by_near_name(asked: Asked, listing: Listing, *, same_words: bool = False) -> Iterator[Hit]:
    """Yield the entries with a name near one of its names; with `same_words` strong ones that leave no word alone."""
    for name in asked.names:
        for candidates in listing.searcher.near(name, asked.country, _NAMES_AT_MOST):
            match candidates[0].strength:
                case "strong" if candidates[0].values["same_words"] or not same_words:
                    yield _alike(asked, listing, name, candidates, "strong")
                case "possible" if not same_words:
                    yield _alike(asked, listing, name, candidates, "possible")


def _of_same_name(text: NameText, name: Name, asked: Asked, entry: Entry) -> Strength:
    """Return what a name says that is the same.

    Never identical: an acronym, what the list itself calls weak, where the country or an identifier is another, and,
    unless the country agrees, a name of common words alone or of one short word, which many have.
    """
    if text.is_acronym or read(name.text).is_acronym or name.kind in {"acronym", "weak"}:
        return "possible"
    own = [word for word in text.words if word.kind is WordKind.PROPER]
    agrees = country_agrees(asked.country, entry)
    if agrees is False:
        return "strong" if own else "possible"
    if any(True for _ in other_identifiers(asked, entry)):
        return "strong"
    telling = [word for word in text.words if word.kind not in {WordKind.LEGAL, WordKind.COUNTRY}]
    is_common = not own or (len(telling) == 1 and (len(text.compact) <= _SHORT or telling[0].text in tables().rarity))
    return "strong" if is_common and not agrees else "identical"


_SHORT: Final = 5
"""Letters of a name of one word that many may have."""


def _alike(asked: Asked, listing: Listing, text: str, candidates: list[Candidate], strength: Strength) -> Hit:
    entry = listing.entry(candidates[0].owner)
    candidate, name = _told_by(candidates, entry)
    if name.kind in {"acronym", "weak"}:
        strength = "possible"
    notes, differs = compared(candidate.comparison, entry, name)
    if candidate.values["initials"]:
        notes = (*notes, Note("initials", (name.text,)))
    return Hit(
        "within" if candidate.is_part and strength == "possible" else "listed",
        strength,
        listing.head,
        entry,
        name,
        text,
        (*notes, *speaking_for(asked, entry)),
        (*differs, *speaking_against(asked, entry)),
    )


def _told_by(candidates: list[Candidate], entry: Entry) -> tuple[Candidate, Name]:
    """Return the name by which a hit is told: of those that say as much, the nearest in the script of what is asked."""
    names = {one.text: one for one in reversed(entry.names)}

    def says(one: Candidate) -> tuple[object, ...]:
        return one.strength, one.is_part, names[one.name].kind in {"acronym", "weak"}

    nearest = candidates[0]
    as_much = [one for one in candidates if says(one) == says(nearest)]
    told = next((one for one in as_much if _is_in_one_script(one)), nearest)
    return told, names[told.name]


def _is_in_one_script(candidate: Candidate) -> bool:
    query, name = candidate.comparison.query.words, candidate.comparison.name.words
    return all(word.text.isascii() for word in query) == all(word.text.isascii() for word in name)
