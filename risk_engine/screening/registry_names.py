"""The names of a registry by their words, as `Affiliations` finds them in a text: made once, and kept in a file.

Of 115,000 organisations a text needs sixty names, so nothing is read but columns of numbers and one string of all
names; what a name is read as is worked out when it is near.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from risk_engine.files.reading import open_file
from risk_engine.screening.entry import Entry
from risk_engine.screening.index import IndexFileError
from risk_engine.screening.names import NameText, Word, WordKind, read
from risk_engine.screening.spans import WordIndex, Words

_FORMAT: Final = 1
_TOLD: Final = 10_000
"""After so many names `progress` is called."""
_BRACKET: Final = re.compile(r"\s*\([^()]*\)\s*$")
_SYLLABLE: Final = 8
"""Two words of so many letters at most may be written as one: "Pengcheng" for "Peng Cheng"."""
_LONG: Final = MappingProxyType(
    {
        "AOU": "Azienda Ospedaliero Universitaria",
        "CHRU": "Centre Hospitalier Régional Universitaire",
        "CHU": "Centre Hospitalier Universitaire",
        "IIT": "Indian Institute of Technology",
        "MPI": "Max Planck Institute",
        "NIT": "National Institute of Technology",
        "NSW": "New South Wales",
        "SUNY": "State University of New York",
        "TU": "Technical University",
        "UC": "University of California",
        "UMC": "University Medical Center",
        "UT": "University of Texas",
    }
)
"""What people write short before the place of an organisation; alone these letters are acronyms of others."""
_SHORT: Final = re.compile(
    rf"\b(?:{'|'.join(_LONG)})\b(?=[ -–]+(?:de |d'|du |at |for |of )?[A-Z])|(?<=University of )NSW\b"
)
_APART: Final = -1
_LINE: Final = "\n"


class Written(NamedTuple):
    """One way to write a name of an organisation."""

    raw: str
    joined: int
    """The first of two words that are written as one; -1 where none are."""
    owner: int
    """The number of the organisation."""
    is_acronym: bool
    is_alias: bool

    def read(self) -> NameText:
        """Return what is compared with a text."""
        text = read(self.raw)
        if self.joined == _APART:
            return text
        one, after = text.words[self.joined : self.joined + 2]
        joined = Word(one.text + after.text, one.text + after.text, WordKind.PROPER, one.segment)
        return text._replace(words=(*text.words[: self.joined], joined, *text.words[self.joined + 2 :]))


class _Arrays(NamedTuple):
    """All there is of names in the file, beside their words (`spans.Words`)."""

    raws: NDArray[np.uint8]
    """All names, one a line."""
    joined: NDArray[np.int16]
    owners: NDArray[np.int64]
    acronyms: NDArray[np.bool_]
    aliases: NDArray[np.bool_]
    shared_by: NDArray[np.int32]
    """How many organisations have a name of the same words."""
    towns: NDArray[np.uint8]
    """All towns, one a line, as folded words."""
    format: NDArray[np.int64]


class RegistryNames:
    """The names of a registry; one is known by its place."""

    def __init__(self, arrays: _Arrays, words: Words) -> None:
        self._arrays = arrays
        self.index = WordIndex(words)
        self._raws = _lines(arrays.raws)

    def __len__(self) -> int:
        return len(self._arrays.owners)

    @classmethod
    def build(cls, entries: Iterable[tuple[int, Entry]], progress: Callable[[int], None] | None = None) -> Self:
        """Read the names of numbered organisations; `progress` is told how many are done."""
        written: list[Written] = []
        texts: list[tuple[Word, ...]] = []
        towns: dict[tuple[str, ...], None] = {}
        for owner, entry in entries:
            if town := town_of(entry):
                towns[town] = None
            seen: set[tuple[str, ...]] = set()
            for one in _writings(owner, entry):
                words = one.read().words
                forms = tuple(word.form for word in words)
                if forms and forms not in seen:
                    seen.add(forms)
                    written.append(one)
                    texts.append(words)
                    if progress is not None and not len(written) % _TOLD:
                        progress(len(written))
        words_of = Words.of(texts)
        arrays = _Arrays(
            _bytes([one.raw for one in written]),
            np.array([one.joined for one in written], np.int16),
            np.array([one.owner for one in written], np.int64),
            np.array([one.is_acronym for one in written], np.bool_),
            np.array([one.is_alias for one in written], np.bool_),
            np.array(_shared(words_of, [one.owner for one in written]), np.int32),
            _bytes([" ".join(town) for town in towns]),
            np.array([_FORMAT], np.int64),
        )
        return cls(arrays, words_of)

    def save(self, path: Path) -> None:
        """Write all of it to a file."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **self._arrays._asdict(), **self.index.arrays._asdict())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it from a file; `IndexFileError` where that is none."""
        try:
            with open_file(path) as file, np.load(file, allow_pickle=False) as stored:
                arrays = _Arrays(*(stored[field] for field in _Arrays._fields))
                words = Words(*(stored[field] for field in Words._fields))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise IndexFileError(f"{path}: no names of a registry ({error})") from error
        if int(arrays.format[0]) != _FORMAT:
            raise IndexFileError(f"{path}: names of format {arrays.format[0]}, this program reads {_FORMAT}")
        return cls(arrays, words)

    def owner(self, name: int) -> int:
        """Return whose name it is."""
        return int(self._arrays.owners[name])

    def shared_by(self, name: int) -> int:
        """Return how many organisations have a name of the same words."""
        return int(self._arrays.shared_by[name])

    def written(self, name: int) -> Written:
        """Return a name as it may be written."""
        arrays = self._arrays
        return Written(
            self._raws[name],
            int(arrays.joined[name]),
            int(arrays.owners[name]),
            bool(arrays.acronyms[name]),
            bool(arrays.aliases[name]),
        )

    @cached_property
    def towns(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """The towns of all organisations by their first word."""
        found: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for line in _lines(self._arrays.towns):
            town = tuple(line.split(" "))
            found[town[0]].append(town)
        return found


def written_out(text: str) -> str:
    """Return a text with what abbreviates the type of an organisation before its place in words: TU Delft."""
    return _SHORT.sub(lambda short: _LONG[short[0]], text)


def town_of(entry: Entry) -> tuple[str, ...]:
    """Return the words of the town of an organisation."""
    return tuple(word.form for word in read(entry.places[0]).words) if entry.places else ()


def _writings(owner: int, entry: Entry) -> Iterator[Written]:
    """Yield the names of an organisation as the registry writes them and as others do, acronyms last."""
    for name in sorted(entry.names, key=lambda name: name.kind == "acronym"):
        # The registry tells companies and campuses apart by a country or town in brackets, which nobody writes.
        plain = _BRACKET.sub("", name.text)
        for raw in dict.fromkeys((name.text, plain, written_out(plain))):
            text = read(raw)
            is_acronym = name.kind == "acronym" or text.is_acronym
            one = Written(" ".join(raw.split()), _APART, owner, is_acronym, name.kind in {"alias", "former", "weak"})
            yield one
            pairs = enumerate(pairwise(text.words))
            if (place := next((place for place, pair in pairs if all(map(_is_syllable, pair))), None)) is not None:
                yield one._replace(joined=place)


def _is_syllable(word: Word) -> bool:
    return word.kind is WordKind.PROPER and word.text.isascii() and 1 < len(word.text) <= _SYLLABLE


def _shared(words: Words, owners: Sequence[int]) -> list[int]:
    several = [tuple(sorted(ids)) for ids in words.of_names()]
    having: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
    for ids, owner in zip(several, owners, strict=True):
        having[ids].add(owner)
    return [len(having[ids]) for ids in several]


def _bytes(lines: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer(_LINE.join(lines).encode(), np.uint8)


def _lines(signs: NDArray[np.uint8]) -> list[str]:
    return signs.tobytes().decode().split(_LINE) if len(signs) else []
