"""What a list says of an organisation, and what is known of the list itself: frozen records, no file, no clock.

A registry of organisations is a list too: nobody is listed there for anything, but names, parents and identifiers are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

Standing: TypeAlias = Literal["law", "evidence", "registry", "tracker"]
"""What a hit is: binding law here (EU, UN), evidence (what another state lists), an organisation in a registry, or
what somebody keeps track of without listing anybody."""
STANDINGS: Final[tuple[Standing, ...]] = ("law", "evidence", "registry", "tracker")

NameKind: TypeAlias = Literal["main", "alias", "former", "acronym", "translation", "weak"]
"""What a name is to its organisation; `weak` is what the list itself calls too vague to identify anybody alone."""

RelationKind: TypeAlias = Literal["parent", "child", "related", "predecessor", "successor"]

IdentifierKind: TypeAlias = Literal[
    "ror", "lei", "registration", "tax", "wikidata", "grid", "isni", "fundref", "duns", "imo", "domain", "other"
]

DAYS_UNTIL_STALE: Final = 30
"""So old a list may be before who screens is warned; each list may say its own."""
DAYS_UNTIL_A_REGISTRY_IS_STALE: Final = 120

NOTHING: Final[Mapping[IdentifierKind, tuple[str, ...]]] = MappingProxyType({})


class Name(NamedTuple):
    """One name as the list writes it, what kind of name it is, and its language (BCP 47) where the list says one."""

    text: str
    kind: NameKind = "main"
    language: str = ""


class Relation(NamedTuple):
    """Another entry that this one belongs to or came from: how, its key in the same list, and its name there."""

    kind: RelationKind
    key: str
    """Empty where the list only names it."""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One organisation on one list. The names are never empty, and the first one is its main name."""

    list: str
    """The id of the list in the store."""
    key: str
    """The list's own id of the entry, which stays the same from version to version."""
    names: tuple[Name, ...]
    identifiers: Mapping[IdentifierKind, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    """As `identifiers.normal` writes them."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2, as the list connects it with them; where it is at home first, if the list says so."""
    places: tuple[str, ...] = ()
    category: str = ""
    """What the list calls this kind of entry, such as `Seven sons of national defence`."""
    programmes: tuple[str, ...] = ()
    """Under which measures it is listed, as the list writes them."""
    since: date | None = None
    """From when on it is listed, as the list itself says."""
    until: date | None = None
    """The first day on which it is no longer listed, as the list itself says; None where it names none."""
    why: str = ""
    link: str = ""
    relations: tuple[Relation, ...] = ()
    status: str = ""
    """Of a registry: `active`, `inactive` or `withdrawn`."""
    is_person: bool = False
    on: tuple[str, ...] = ()
    """Of a collection: which of its lists it stands on, as the collection calls them."""
    standings: tuple[Standing, ...] = ()
    """Of a collection: what it is to stand on those; empty where nobody knows them."""
    first_seen: date | None = None
    """The first day on which it stood in a version of the list that was read here."""
    removed: date | None = None
    """The first day on which it was missing in a version that was read here; None while it stands in the newest."""

    @property
    def name(self) -> str:
        """The main name."""
        return self.names[0].text

    def holds_on(self, day: date) -> bool:
        """Return whether the entry was on the list on a day.

        What the list says of itself goes before when it was read here: who reads a list for the first time today can
        screen as of last year where the list says since when each entry stands.
        """
        begin = self.since or self.first_seen
        ends = [one for one in (self.until, self.removed) if one is not None]
        return (begin is None or begin <= day) and all(day < one for one in ends)


@dataclass(frozen=True, slots=True)
class ListHead:
    """What is known of one version of a list, without its entries."""

    id: str
    title: str
    publisher: str
    standing: Standing
    jurisdiction: str
    """Whose list it is: an ISO 3166-1 code, `EU`, `UN`; empty where it is nobody's law."""
    format: str
    """As what it was read (`formats.FORMATS`)."""
    source: str
    """The file or the address that it was read from."""
    source_date: date | None
    """The day of the list itself, where it says one."""
    read_on: date
    licence: str
    digest: str
    """Over its entries in the order of their keys: whoever reads the same list gets the same."""
    entries: int
    names: int
    dropped_persons: int = 0
    dropped_others: int = 0
    """Vessels, aircraft and whatever else is no organisation."""
    persons_basis: str = ""
    """The legal basis on which persons were kept; empty where they were dropped."""
    stale_after: int = DAYS_UNTIL_STALE
    made_on: date | None = None
    """The day on which the file was made, where it says so; the list in it may be older."""
    mixed: tuple[Standing, ...] = ()
    """Of a collection in which each entry says it: all that a hit may be; `standing` is for entries that do not."""

    @property
    def standings(self) -> tuple[Standing, ...]:
        """All that a hit on it may be."""
        return self.mixed or (self.standing,)

    def age(self, on: date) -> int:
        """Return how many days ago the list was made, or, where it does not say so, was read."""
        return (on - (self.source_date or self.read_on)).days

    def is_stale(self, on: date) -> bool:
        """Return whether it was made, or else read, too long ago to say that somebody is not on it."""
        return (on - (self.made_on or self.read_on)).days > self.stale_after
