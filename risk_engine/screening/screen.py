"""An organisation held against all lists of a day, and what a registry knows more of it.

Its other names and numbers, whom it belongs to, and what belongs to it: "part of a listed organisation" is a hit of its
own kind, never the same as listed. Each list is searched by itself, so that a list more never takes a hit away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from risk_engine.screening.affiliation import LIKELY, SURE
from risk_engine.screening.asked import Asked
from risk_engine.screening.entry import Entry, ListHead
from risk_engine.screening.hits import HIT_KINDS, Hit, HitKind, Step, by_identifier, by_near_name, by_same_name, direct
from risk_engine.screening.match import STRENGTHS, Candidate, Strength
from risk_engine.screening.names import read
from risk_engine.screening.notes import (
    Note,
    country_agrees,
    speaking_against,
)
from risk_engine.screening.store import Store
from risk_engine.screening.stored_index import Listing, Tell

_UP_AT_MOST: Final = 6
_DOWN_AT_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Registered:
    """Who a registry says that it is."""

    head: ListHead
    entry: Entry
    strength: Strength
    is_part: bool
    """It is named as a part of that one."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What came of one organisation."""

    asked: Asked
    on: date
    hits: tuple[Hit, ...]
    registered: tuple[Registered, ...]


class Screening:
    """All lists as they stood on a day."""

    def __init__(self, store: Store, on: date, tell: Tell, *, affiliations: bool = False) -> None:
        """Open the lists; where an index must be made, `tell` is called as it goes on.

        With `affiliations` names are lines of authors, in which organisations of the registries are found.
        """
        self.on = on
        heads = (store.head_on(one.id, on) for one in store.heads(ended=True))
        listings = [one for head in heads if (one := Listing.of(store, head, on, tell)) is not None]
        self.registries = [one for one in listings if one.head.standing == "registry"]
        self.lists = [one for one in listings if one.head.standing != "registry"]
        read_in = self.registries if affiliations else ()
        self._affiliations = {one.head.id: one.affiliations(store, on, tell) for one in read_in}

    @property
    def heads(self) -> tuple[ListHead, ...]:
        """What was searched, by its id."""
        return tuple(sorted((one.head for one in (*self.lists, *self.registries)), key=lambda head: head.id))

    def screen(self, asked: Asked) -> Screened:
        """Return the entries that an organisation may be or belong to, the strongest first."""
        hits = [hit for listing in self.lists for hit in direct(asked, listing)]
        registered: list[Registered] = []
        for registry in self.registries:
            found = _registered(asked, registry)
            if registry.head.id in self._affiliations and not any(one.strength == "identical" for one in found):
                found = list(self._in_affiliation(asked, registry.head))
                hits += [hit for one in found for hit in self._through(asked, registry, one)]
            elif len(found) == 1:
                if not found[0].is_part:
                    hits = [_told_apart(hit, registry, found[0]) for hit in hits]
                hits += self._through(asked, registry, found[0])
            registered += found
        return Screened(asked, self.on, _sorted(_best(hits)), tuple(registered))

    def _in_affiliation(self, asked: Asked, registry: ListHead) -> Iterator[Registered]:
        """Yield the organisations that a line of an author names; who asks is at one of them, or a part of it."""
        for one in self._affiliations[registry.id].find(asked.name):
            if one.score >= LIKELY:
                strength: Strength = "strong" if one.score >= SURE and not one.by_acronym else "possible"
                yield Registered(registry, one.entry, strength, is_part=True)

    def _through(self, asked: Asked, registry: Listing, found: Registered) -> Iterator[Hit]:
        """Yield what a registry knows more: other names and numbers, parents and children."""
        if not found.is_part:
            yield from self._as_known(asked, "listed", found.entry, found.strength, (_step(found.entry),))
        if not found.is_part and found.strength == "identical":
            yield from (_told_apart(hit, registry, found) for hit in self._near_known(asked, found.entry))
        for way in _up(registry, found.entry, with_itself=found.is_part):
            yield from self._as_known(asked, "parent", way[-1], found.strength, tuple(map(_step, way)))
        if not found.is_part:
            for way in _down(registry, found.entry):
                yield from self._as_known(asked, "child", way[-1], found.strength, tuple(map(_step, way)))

    def _as_known(
        self, asked: Asked, kind: HitKind, known: Entry, at_most: Strength, way: tuple[Step, ...]
    ) -> Iterator[Hit]:
        """Yield the entries that an organisation of a registry is, by its numbers and by names that are the same.

        A name alone that the registry has of it in one country and the list in another is possible at most: 東北大学 in
        Japan is not 东北大学 in China.
        """
        of_registry, note = _as_asked(known)
        for listing in self.lists:
            same_name = (
                replace(hit, strength="possible") if country_agrees(of_registry.country, hit.entry) is False else hit
                for hit in by_same_name(of_registry, listing)
                if hit.strength != "possible"
            )
            for hit in (*by_identifier(of_registry, listing), *same_name):
                differs = (*hit.differs, *(speaking_against(asked, hit.entry) if kind == "listed" else ()))
                strength = _weaker(hit.strength, at_most)
                agrees = (note, *hit.agrees)
                yield replace(hit, kind=kind, strength=strength, agrees=agrees, differs=differs, way=way)

    def _near_known(self, asked: Asked, known: Entry) -> Iterator[Hit]:
        """Yield the entries with a name of the same words as one that the registry has of an organisation."""
        of_registry, note = _as_asked(known)
        for listing in self.lists:
            for hit in by_near_name(replace(of_registry, identifiers={}), listing, same_words=True):
                differs = (*hit.differs, *speaking_against(asked, hit.entry))
                yield replace(hit, agrees=(note, *hit.agrees), differs=differs, way=(_step(known),))


def _as_asked(known: Entry) -> tuple[Asked, Note]:
    """Return what is asked of a list about an organisation of a registry, and what says that it is asked."""
    names = tuple(dict.fromkeys(name.text for name in known.names if name.kind not in {"acronym", "weak"}))
    country = known.countries[0] if known.countries else ""
    note = Note("registry", (known.name, f"{known.list}/{known.key}"))
    return Asked(names, country, known.identifiers), note


def _told_apart(hit: Hit, registry: Listing, itself: Registered) -> Hit:
    """Return a hit with what a registry says against it: that the entry is another of its organisations.

    Such a hit is possible at most: names that come near are of two then. One that is the same stays as it is, and so
    does a strong one where the registry itself was found by a name that only comes near.
    """
    if any(note.kind in {"same_name", "identifier"} for note in hit.agrees):
        return hit
    if itself.strength == "possible" or (itself.strength == "strong" and hit.strength != "possible"):
        return hit
    of_entry = Asked(tuple(name.text for name in hit.entry.names), next(iter(hit.entry.countries), ""))
    others = {one.entry.key: one.entry for one in by_same_name(of_entry, registry) if one.strength == "identical"}
    if not others or itself.entry.key in others:
        return hit
    names = "; ".join(others[key].name for key in sorted(others))
    note = Note("other_in_registry", (names, itself.entry.name, registry.head.title))
    return replace(hit, strength="possible", differs=(*hit.differs, note))


def _step(entry: Entry) -> Step:
    return Step(entry.list, entry.key, entry.name)


def _weaker(one: Strength, other: Strength) -> Strength:
    return max(one, other, key=STRENGTHS.index)


def _best(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield of each entry the best hit of a kind; what is listed itself is not told as a part of itself too."""
    found: dict[tuple[str, HitKind], Hit] = {}
    for hit in sorted(hits, key=lambda one: (STRENGTHS.index(one.strength), len(one.way), one.by)):
        found.setdefault((hit.id, hit.kind), hit)
    for (hit_id, kind), hit in found.items():
        itself = found.get((hit_id, "listed"))
        match kind:
            case "listed":
                yield hit
            case "parent":
                if itself is None or itself.strength == "possible":
                    yield hit
            case "within":
                if itself is None and (hit_id, "parent") not in found:
                    yield hit
            case "child":
                if itself is None:
                    yield hit


def _sorted(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    def order(hit: Hit) -> tuple[bool, int, int, int, str]:
        of_law = 0 if "law" in hit.standings else 1
        strength = STRENGTHS.index(hit.strength)
        return (hit.is_told_apart, strength, HIT_KINDS.index(hit.kind), of_law, hit.id)

    return tuple(sorted(hits, key=order))


# --- the registry ---


def _registered(asked: Asked, registry: Listing) -> list[Registered]:
    """Return who it is in a registry: one, or several that it may be, or nobody."""
    for hits in (by_identifier(asked, registry), by_same_name(asked, registry)):
        sure = {hit.entry.key: hit.entry for hit in hits if hit.strength == "identical"}
        if len(sure) == 1:
            return [Registered(registry.head, entry, "identical", is_part=False) for entry in sure.values()]
        if sure:
            return [Registered(registry.head, sure[key], "possible", is_part=False) for key in sorted(sure)]
    for name in asked.names:
        answer = registry.searcher.answer(name, asked.country)
        if answer is None or not answer.is_given or not _is_it_or_part(answer.candidate):
            continue
        entry = registry.entry(answer.candidate.owner)
        if country_agrees(asked.country, entry) is not False:
            strength: Strength = "possible" if read(name).is_acronym else "strong"
            return [Registered(registry.head, entry, strength, is_part=answer.candidate.is_part)]
    return []


def _is_it_or_part(candidate: Candidate) -> bool:
    """Return whether a name is that of an organisation or of a part of it, rather than of another one.

    A part is named before it, as a school or a hospital of it, or in another part of the line. What goes on behind a
    name, or stands within it, is another organisation: Hunan University of Humanities.
    """
    values = candidate.values
    is_named = values["part_before"] or values["part_after"] or values["apart"]
    return not candidate.is_part or bool(is_named and not values["after"] and not values["inside"])


def _related(registry: Listing, entry: Entry, kind: str) -> list[Entry]:
    keys = sorted({one.key for one in entry.relations if one.kind == kind and one.key})
    return [found for key in keys if (found := registry.by_key(key)) is not None]


def _up(registry: Listing, entry: Entry, *, with_itself: bool) -> Iterator[tuple[Entry, ...]]:
    """Yield the ways to all organisations that it belongs to."""
    if with_itself:
        yield (entry,)
    yield from _ways(registry, entry, "parent", _UP_AT_MOST)


def _down(registry: Listing, entry: Entry) -> Iterator[tuple[Entry, ...]]:
    yield from _ways(registry, entry, "child", _DOWN_AT_MOST)


def _ways(registry: Listing, entry: Entry, kind: str, at_most: int) -> Iterator[tuple[Entry, ...]]:
    met = {entry.key}
    ends: list[tuple[Entry, ...]] = [(entry,)]
    for _level in range(at_most):
        further = []
        for way in ends:
            for one in _related(registry, way[-1], kind):
                if one.key not in met:
                    met.add(one.key)
                    further.append((*way, one))
        yield from further
        ends = further
