"""What agrees and what differs between who is asked about and an entry: kinds and values, which `hit_words` says."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from risk_engine.screening.asked import Asked
from risk_engine.screening.comparison import Comparison, How
from risk_engine.screening.entry import Entry, Name
from risk_engine.screening.names import WordKind
from risk_engine.screening.stored_index import about

NoteKind: TypeAlias = Literal[
    "identifier",
    "same_name",
    "name_kind",
    "words",
    "form",
    "short",
    "spelling",
    "joined",
    "initials",
    "acronym",
    "country",
    "place",
    "registry",
    "only_asked",
    "only_asked_common",
    "only_listed",
    "only_listed_common",
    "related",
    "order",
    "legal_form",
    "is_acronym",
    "other_in_registry",
]


class Note(NamedTuple):
    """One thing that agrees or differs: its kind, and what is to be said of it."""

    kind: NoteKind
    values: tuple[str, ...] = ()


def country_agrees(country: str, entry: Entry) -> bool | None:
    """Return whether the entry is of a country; None where one of both does not say."""
    return country in entry.countries if country and entry.countries else None


def speaking_for(asked: Asked, entry: Entry) -> Iterator[Note]:
    """Yield what agrees beside the name."""
    if country_agrees(asked.country, entry):
        yield Note("country", (asked.country,))


def speaking_against(asked: Asked, entry: Entry) -> Iterator[Note]:
    """Yield what differs beside the name: the country, and identifiers."""
    if country_agrees(asked.country, entry) is False:
        yield Note("country", (asked.country, ", ".join(entry.countries)))
    yield from other_identifiers(asked, entry)


def other_identifiers(asked: Asked, entry: Entry) -> Iterator[Note]:
    """Yield each kind of identifier of which both have some and share none."""
    for kind, several in asked.identifiers.items():
        theirs = entry.identifiers.get(kind, ())
        if theirs and not set(several) & set(theirs):
            yield Note("identifier", (kind, ", ".join(several), ", ".join(theirs)))


_SAID: Final[dict[How, NoteKind]] = {
    How.FORM: "form",
    How.SHORT: "short",
    How.SPELLING: "spelling",
    How.JOINED: "joined",
}


def compared(found: Comparison, entry: Entry, name: Name) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
    """Return what agrees and what differs in two names."""
    known = about(entry)
    mine, theirs = found.query.words, found.name.words
    agrees: list[Note] = []
    differs: list[Note] = []
    if name.text != entry.name:
        agrees.append(Note("name_kind", (name.kind, name.text, entry.name)))
    if found.query.compact == found.name.compact:
        agrees.append(Note("same_name", (name.text,)))
        if found.query.is_acronym:
            differs.append(Note("is_acronym", (found.query.raw,)))
        return tuple(agrees), tuple(differs)
    same = [mine[pair.query].text for pair in sorted(found.pairs) if pair.how is How.SAME]
    agrees += [Note("words", tuple(same))] if same else []
    for how, kind in _SAID.items():
        pairs = dict.fromkeys((mine[p.query].text, theirs[p.name].text) for p in sorted(found.pairs) if p.how is how)
        agrees += [Note(kind, pair) for pair in pairs]
    differs += [
        Note("related", (mine[pair.query].text, theirs[pair.name].text))
        for pair in sorted(found.pairs)
        if pair.how is How.NEAR
    ]
    left: dict[NoteKind, list[str]] = {}
    legal = [{word.form: word.text for word in words if word.kind is WordKind.LEGAL} for words in (mine, theirs)]
    for at in found.left_query:
        word = mine[at]
        if word.text in known.acronyms:
            agrees.append(Note("acronym", (word.text.upper(),)))
        elif word.form in known.places:
            agrees.append(Note("place", (word.text,)))
        elif word.kind is not WordKind.LEGAL:
            left.setdefault("only_asked" if word.kind is WordKind.PROPER else "only_asked_common", []).append(word.text)
    for at in found.left_name:
        word = theirs[at]
        if word.kind is not WordKind.LEGAL:
            left.setdefault("only_listed" if word.kind is WordKind.PROPER else "only_listed_common", []).append(
                word.text
            )
    differs += [Note(kind, tuple(words)) for kind, words in sorted(left.items())]
    order = [pair.name for pair in sorted(found.pairs)]
    if order != sorted(order):
        differs.append(Note("order"))
    if legal[0].keys() != legal[1].keys():
        differs.append(Note("legal_form", (", ".join(legal[0].values()), ", ".join(legal[1].values()))))
    return tuple(agrees), tuple(differs)
