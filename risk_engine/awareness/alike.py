"""What the names of two institutions have in common: the doubt whether one affiliation was matched to both of them.

Whoever matches affiliations to institutions by their words takes "Institute of Non-Ferrous Metals" in Gliwice for the
one in Guangzhou. Names are read as screening reads them; fields of science count as the same word in any language.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from risk_engine.files.reading import read_bytes
from risk_engine.screening.names import Word, WordKind, read, tables

_DATA: Final = Path(__file__).with_name("data")
_WEIGHT_AT_LEAST: Final = 4.0
"""So rare all words together must be that two names share: `science` alone is in every other name."""
_SHARE_AT_LEAST: Final = 0.5
"""So much of what the shorter of two names says the other one must say too."""
_BEGINS_AT_LEAST: Final = 5
_ACRONYM_AT_LEAST: Final = 4
_NAMES_OF_ONE: Final = frozenset({"pla", "pap", "cas", "ras", "cnrs", "csic", "cnr"})
"""Forms that stand for the whole name of one organisation."""
_NOT_GENERIC: Final = frozenset({"university", "academy"})
_BETWEEN_STATES: Final = "international"
"""A name that begins so is that of one body, and says no place since it is none of a country's."""
_FIELD: Final = re.compile(r".{2,}(olog|ograf|ograph|onom|ometr)\w{0,8}|.{3,}(ics|istry|istik)")


class _Sciences(NamedTuple):
    whole: Mapping[str, str]
    begins: Mapping[str, str]
    longest: int

    def of(self, text: str) -> str | None:
        if (found := self.whole.get(text)) is not None:
            return found
        for length in range(min(len(text), self.longest), 2, -1):
            if (found := self.begins.get(text[:length])) is not None:
                return found
        return None


class Said(NamedTuple):
    """What the name of an institution says of it."""

    own: Mapping[str, float]
    """Words by which it can be told from others, fields of science among them, and how rare each is."""
    proper: frozenset[str]
    """Those of them that are no field of science."""
    is_generic: bool
    """It says a kind and a field, no place and no name: many institutions are called so."""
    is_university: bool
    initials: str
    acronym: str
    """The name itself where it is one word in capitals; else empty."""
    countries: frozenset[str]
    """Forms of the countries that it names, but for one that only says in brackets where it is."""


@cache
def _sciences() -> tuple[_Sciences, _Sciences]:
    """Return fields of science, and words that tell no more than they do."""
    stored = orjson.loads(read_bytes(_DATA / "sciences.json"))
    fields = {stem: field for field, stems in stored["concepts"].items() for stem in stems.split()}
    return _table(fields), _table(dict.fromkeys(stored["plain"].split(), "plain"))


def _table(stems: Mapping[str, str]) -> _Sciences:
    whole = {stem[:-1]: field for stem, field in stems.items() if stem.endswith("$")}
    begins = {stem: field for stem, field in stems.items() if not stem.endswith("$")}
    return _Sciences(whole, begins, max(map(len, begins)))


@lru_cache(maxsize=100_000)
def said_by(name: str) -> Said:
    """Return what the name of an institution says of it."""
    text = read(name)
    nations = frozenset(tables().codes.values())
    own: dict[str, float] = {}
    proper: set[str] = set()
    countries: set[str] = set()
    is_generic = bool(text.words) and text.words[0].form != _BETWEEN_STATES
    for word, rarity in zip(text.words, text.rarity, strict=True):
        if word.kind in {WordKind.LEGAL, WordKind.NUMBER, WordKind.DIRECTION}:
            continue
        if word.kind is WordKind.COUNTRY or word.form in nations:
            if word.segment == 0:
                countries.add(word.form)
                is_generic = False
            continue
        if word.form in _NAMES_OF_ONE:
            is_generic = False
            own[word.form] = rarity
            continue
        field, tells = _told(word)
        if field is not None:
            own[field] = min(own.get(field, rarity), rarity)
        elif tells:
            own[word.form] = rarity
            proper.add(word.form)
            is_generic = False
    forms = {word.form for word in text.words}
    is_acronym = text.is_acronym and len(text.plain) >= _ACRONYM_AT_LEAST
    return Said(
        own=own,
        proper=frozenset(proper),
        is_generic=is_generic and not forms & _NOT_GENERIC and not text.acronyms & {word.text for word in text.words},
        is_university="university" in forms,
        initials=text.initials,
        acronym=text.plain if is_acronym else "",
        countries=frozenset(countries),
    )


def _told(word: Word) -> tuple[str | None, bool]:
    """Return the field of science that a word names, and whether it tells an institution from others without one."""
    sciences, plain = _sciences()
    if word.kind is WordKind.TYPE and word.form != "factory":  # `plant` is one, and grows
        return None, False
    if plain.of(word.text) is not None:
        return None, False
    if (field := sciences.of(word.text)) is not None:
        return field, False
    if word.kind is WordKind.TOPIC or word.kind is WordKind.TYPE:
        return None, False
    if _FIELD.fullmatch(word.text):
        return word.text[:8], False
    return None, True


def shared_words(one: str, other: str) -> tuple[str, ...]:
    """Return the words that make two names one affiliation's; empty where they share none, or not enough.

    Two universities that only teach the same share no more than that: of those a word must be a name.
    """
    mine, theirs = said_by(one), said_by(other)
    shared = mine.own.keys() & theirs.own.keys()
    weight = sum(min(mine.own[word], theirs.own[word]) for word in shared)
    found = set(shared)
    for word in mine.proper - shared:
        for begun in theirs.proper - shared:
            short = min(word, begun, key=len)
            if len(short) >= _BEGINS_AT_LEAST and word.startswith(short) and begun.startswith(short):
                found.add(short)
                weight += min(mine.own[word], theirs.own[begun])
    if mine.is_university and theirs.is_university and found <= shared - mine.proper:
        return ()
    least = min(sum(mine.own.values()), sum(theirs.own.values()))
    if weight < _WEIGHT_AT_LEAST or weight < _SHARE_AT_LEAST * least:
        return ()
    return tuple(sorted(found))


def is_short_for(one: str, other: str) -> bool:
    """Return whether one of two names is the first letters of the other."""
    mine, theirs = said_by(one), said_by(other)
    return bool(
        (mine.acronym and mine.acronym == theirs.initials) or (theirs.acronym and theirs.acronym == mine.initials)
    )


def names_country(name: str, country: str) -> bool:
    """Return whether the name of an institution holds a country (ISO code), as one abroad does that is about it."""
    return tables().codes.get(country.casefold()) in said_by(name).countries
