"""Which names of a list are worth comparing with a name: an index over runs of four letters, kept in a file.

A name is cut into all runs of four of its folded text, each is hashed to a place in a table, and behind the place stand
the numbers of all names that hold it. A query reads its rarest runs first and stops when it has read enough, so that a
word a million names share costs nothing; the best of what it met are ordered by their letters and words. What is
equal but for spaces, and what abbreviates the other by its initials, is looked up beside that. Four letters across
words make missing spaces, other orders and slips of the pen cost little.
"""

import threading
import zlib
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from risk_engine.files.reading import open_file
from risk_engine.screening.names import fold, forms_of, read, tables

Ids = NDArray[np.uint32]

_FORMAT = 5
_BITS_AT_LEAST = 12
_BITS_AT_MOST = 22
_PLACES_A_NAME = 16
"""So many places a name has in the table, within those bounds: of a list of 500 names it must not take 32 MB."""
_RUN = 4
_CHUNK = 20_000
_BLOCK = 1 << 22
_READ_AT_MOST = 1_700
"""Entries of the table that a query reads for each name that is wanted before it stops, once it has read
`_RUNS_AT_LEAST` runs."""
_RUNS_AT_LEAST = 3
_SHORTLIST = 5
"""Times as many as are wanted, of what was met, are ordered by all their letters."""
_BY_WORDS = 5
"""Half as many times as are wanted, of those, are ordered by their words too."""
_KEYED_AT_MOST = 50
_ABBREVIATIONS_ONE_IN = 4
"""One candidate in so many may be there for its initials alone."""
_SAME, _INITIALS = "=", "~"
_INITIALS_AT_LEAST = 3


class IndexFileError(Exception):
    """A file is no index of names, or one of another version of this program; it is made anew from the list."""


class _Arrays(NamedTuple):
    """All there is in the file."""

    starts: NDArray[np.int64]
    """Where the entries of a place begin."""
    entries: Ids
    weights: NDArray[np.float32]
    """What all runs of a name weigh together."""
    keys: Ids
    """Hashes of names without spaces and of their initials, in order."""
    keyed: Ids
    text: NDArray[np.uint8]
    ends: NDArray[np.int64]
    """Where the text of each name ends, in letters, though it is kept in UTF-8."""
    format: NDArray[np.int64]


class _Own(threading.local):
    """What a thread keeps for itself."""

    shared: NDArray[np.float32] | None = None


class NameIndex:
    """The names of a list by their letters; a name is known by its place in the list."""

    def __init__(self, arrays: _Arrays) -> None:
        self._arrays = arrays
        self._size = len(arrays.weights)
        self._own = _Own()
        self._slight = np.float32(np.log(self._size + 1))
        """As much as one rare run: of a very short name all is soon met."""

    def __len__(self) -> int:
        return self._size

    @classmethod
    def build(cls, names: Sequence[str], progress: Callable[[int], None] | None = None) -> Self:
        """Index names; `progress` is told how many are done."""
        texts: list[bytes] = []
        runs = 0
        keys: list[Ids] = []
        keyed: list[Ids] = []
        for start in range(0, len(names), _CHUNK):
            folded = [fold(name) for name in names[start : start + _CHUNK]]
            forms = [_text(one) for one in folded]
            runs += sum(max(len(form) - 1, 1) for form in forms)
            several = [(key, number) for number, one in enumerate(folded, len(texts)) for key in _keys_of(one)]
            keys.append(np.array([key for key, _ in several], np.uint32))
            keyed.append(np.array([number for _, number in several], np.uint32))
            texts += [form.encode() for form in forms]
            if progress is not None:
                progress(len(texts))
        none = np.empty(0, np.uint32)
        return cls(
            _arrays(texts, _all_runs(texts, runs), np.concatenate([none, *keys]), np.concatenate([none, *keyed]))
        )

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **self._arrays._asdict())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an index from a file; `IndexFileError` where that is none."""
        try:
            with open_file(path) as file, np.load(file, allow_pickle=False) as stored:
                arrays = _Arrays(*(stored[field] for field in _Arrays._fields))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise IndexFileError(f"{path}: no index of names ({error})") from error
        if int(arrays.format[0]) != _FORMAT:
            raise IndexFileError(f"{path}: an index of format {arrays.format[0]}, this program reads {_FORMAT}")
        return cls(arrays)

    @cached_property
    def _text(self) -> str:
        """The text of all names, one behind the other."""
        return str(self._arrays.text.data, "utf-8")

    def candidates(self, query: str, limit: int = 100) -> Ids:
        """Return the numbers of the names that a query may mean, best first, at most `limit`."""
        if not self._size:
            return np.empty(0, np.uint32)
        folded = fold(query)
        text = _text(folded)
        same, abbreviations = self._keyed(folded, query)
        if " " in folded:  # initials are shared by many: they must not take the place of names
            abbreviations = abbreviations[: limit // _ABBREVIATIONS_ONE_IN]
        met, nearness = self._met(text, limit)
        if len(met) > limit // 2:
            met = self._ordered(text, met, nearness, _BY_WORDS * limit // 2)
        together = np.concatenate([same, abbreviations, met])
        _, first = np.unique(together, return_index=True)
        return together[np.sort(first)][:limit]

    def _keyed(self, folded: str, query: str) -> tuple[Ids, Ids]:
        """Return names equal but for spaces; then those that abbreviate the query or that it abbreviates."""
        compact, initials = folded.replace(" ", ""), _initials(folded)
        same = self._of_key(_SAME + compact)
        short = {initials, *read(query).acronyms}
        wanted = [_SAME + word for word in sorted(short) if len(word) >= _INITIALS_AT_LEAST]
        if " " not in folded:
            wanted.append(_INITIALS + compact)
        return same, np.concatenate([np.empty(0, np.uint32), *(self._of_key(key) for key in wanted)])

    def _of_key(self, key: str) -> Ids:
        keys, wanted = self._arrays.keys, np.uint32(_hash(key))
        start, end = np.searchsorted(keys, wanted), np.searchsorted(keys, wanted, "right")
        return self._arrays.keyed[start : min(end, start + _KEYED_AT_MOST)]

    def _met(self, text: str, wanted: int) -> tuple[Ids, NDArray[np.float32]]:
        """Names that share rare runs with a text, `_SHORTLIST` times as many as wanted, and how much of both it is."""
        arrays = self._arrays
        runs = np.unique(_hashes(np.frombuffer(text.encode("utf-32-le"), np.uint32), _bits_of(self._size)))
        counts = arrays.starts[runs + 1] - arrays.starts[runs]
        weights = _weight(counts, self._size)
        order = np.argsort(counts, kind="stable")
        read_up_to = np.cumsum(counts[order])
        present = int((counts == 0).sum())
        enough = int(np.searchsorted(read_up_to, _READ_AT_MOST * wanted, "right"))
        stop = max(enough, min(present + _RUNS_AT_LEAST, len(order)))
        shared = self._nothing_shared()
        total = np.float32(0)
        rarest = runs[order[:stop]]
        for weight, start, end in zip(
            weights[order[:stop]], arrays.starts[rarest].tolist(), arrays.starts[rarest + 1].tolist(), strict=True
        ):
            total += weight
            # else numpy casts them to read and once more to write
            shared[arrays.entries[start:end].astype(np.intp)] += weight
        met = np.flatnonzero(shared > 0)  # however little of the text it is: a long text has much else
        of_both = 2 * shared[met] / (total + arrays.weights[met])
        # A name that stands whole in a longer text shares little of that text, but all of its own.
        of_name = shared[met] / (arrays.weights[met] + self._slight)
        nearness = np.maximum(of_both, of_name * np.float32(0.8)) + of_both * np.float32(0.1)
        if len(met) > (limit := _SHORTLIST * wanted):
            best = np.argpartition(-nearness, limit)[:limit]
            met, nearness = met[best], nearness[best]
        order = np.argsort(-nearness, kind="stable")
        return met[order].astype(np.uint32), nearness[order]

    def _nothing_shared(self) -> NDArray[np.float32]:
        """Return a zero for each name, in memory that this thread keeps: new memory costs more than what is counted."""
        if self._own.shared is None:
            self._own.shared = np.empty(self._size, np.float32)
        self._own.shared.fill(0)
        return self._own.shared

    def _ordered(self, text: str, met: Ids, nearness: NDArray[np.float32], by_words: int) -> Ids:
        """Names by how near all their letters are, so many of the first by the words they share as well."""
        whole, ends = self._text, self._arrays.ends
        texts = [whole[at:end] for at, end in zip(ends[met].tolist(), ends[met + 1].tolist(), strict=True)]
        letters = process.cdist([text], texts, scorer=fuzz.token_sort_ratio, dtype=np.float32)[0] / 100
        closeness = np.maximum(letters, nearness) + nearness
        order = np.argsort(-closeness, kind="stable")
        first = order[:by_words]
        again = closeness[first] + 2 * _shared_words(text, [texts[at] for at in first.tolist()])
        order[:by_words] = first[np.argsort(-again, kind="stable")]
        return met[order]


def _text(folded: str) -> str:
    """Return what is cut into runs."""
    return " ".join(forms_of(folded)) or folded


def _shared_words(text: str, others: Sequence[str]) -> NDArray[np.float32]:
    """Return how much of a text and of others their common words are, by how rare they are: 0 to 0.5."""
    rarity, rarest = tables().rarity, tables().rarest
    words = set(text.split())
    mine = sum([rarity.get(word, rarest) for word in words])
    found = []
    for other in others:
        theirs = set(other.split())
        common = sum([rarity.get(word, rarest) for word in theirs & words])
        found.append(common / (mine + sum([rarity.get(word, rarest) for word in theirs])) if common else 0.0)
    return np.array(found, np.float32)


def _keys_of(folded: str) -> Iterable[int]:
    yield _hash(_SAME + folded.replace(" ", ""))
    if len(initials := _initials(folded)) >= _INITIALS_AT_LEAST:
        yield _hash(_INITIALS + initials)


def _initials(folded: str) -> str:
    return "".join(word[0] for word in folded.split() if forms_of(word))


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def _bits_of(size: int) -> int:
    """Return how many bits the places of a table have for so many names."""
    return min(max((size * _PLACES_A_NAME).bit_length(), _BITS_AT_LEAST), _BITS_AT_MOST)


def _hashes(letters: NDArray[np.uint32], bits: int) -> NDArray[np.int64]:
    """Return the places of all runs of a text, of which the ends count as spaces."""
    padded = np.full(len(letters) + 2, 32, np.uint64)
    padded[1:-1] = letters
    if len(padded) < _RUN:
        padded = np.append(padded, np.full(_RUN - len(padded), 32, np.uint64))
    mixed = padded[:-3]
    for shift in range(1, _RUN):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + padded[shift : len(padded) - 3 + shift]
    return ((mixed * np.uint64(0xD6E8FEB86659FD93)) >> np.uint64(64 - bits)).astype(np.int64)


def _runs_of(texts: Sequence[str], first: int, bits: int) -> NDArray[np.uint64]:
    """Return the runs of several names, each with the number of its name behind it."""
    lengths = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    # Spaces between two names keep their runs apart: those that reach across are cut out.
    together = "   ".join(texts) + "  "
    places = _hashes(np.frombuffer(together.encode("utf-32-le"), np.uint32), bits)
    begins = np.concatenate([[0], np.cumsum(lengths + 3)[:-1]])
    windows = np.maximum(lengths - 1, 1)
    owner = np.repeat(np.arange(len(texts)), windows)
    at = np.arange(windows.sum()) - np.repeat(np.cumsum(windows) - windows, windows) + np.repeat(begins, windows)
    packed: NDArray[np.uint64] = (places[at].astype(np.uint64) << np.uint64(32)) | (owner + first).astype(np.uint64)
    return packed


def _weight(counts: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    return np.log((size + 1) / (counts + np.float32(0.5))).astype(np.float32)


def _all_runs(texts: Sequence[bytes], size: int) -> NDArray[np.uint64]:
    """Return the runs of all names in order, for which there must be memory only once."""
    packed = np.empty(size, np.uint64)
    bits = _bits_of(len(texts))
    filled = 0
    for start in range(0, len(texts), _CHUNK):
        some = _runs_of([text.decode() for text in texts[start : start + _CHUNK]], start, bits)
        packed[filled : filled + len(some)] = some
        filled += len(some)
    packed.sort()
    return packed


def _arrays(texts: Sequence[bytes], packed: NDArray[np.uint64], keys: Ids, keyed: Ids) -> _Arrays:
    size = len(texts)
    places = 1 << _bits_of(size)
    counts = np.zeros(places, np.int64)
    entries = np.empty(len(packed), np.uint32)
    filled = 0
    for start in range(0, len(packed), _BLOCK):  # likewise
        block = packed[start : start + _BLOCK]
        new = np.empty(len(block), bool)
        new[0] = start == 0 or block[0] != packed[start - 1]
        np.not_equal(block[1:], block[:-1], out=new[1:])
        block = block[new]
        counts += np.bincount((block >> np.uint64(32)).astype(np.int32), minlength=places)
        entries[filled : filled + len(block)] = block  # the lower half
        filled += len(block)
    del packed
    entries = entries[:filled].copy()
    of_place = np.repeat(_weight(counts, size), counts)
    weights = np.zeros(size, np.float64)
    for start in range(0, filled, _BLOCK):
        weights += np.bincount(entries[start : start + _BLOCK], of_place[start : start + _BLOCK], minlength=size)
    order = np.argsort(keys, kind="stable")
    return _Arrays(
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        entries=entries,
        weights=weights.astype(np.float32),
        keys=keys[order],
        keyed=keyed[order],
        text=np.frombuffer(b"".join(texts), np.uint8),
        ends=np.concatenate([[0], np.cumsum([len(text.decode()) for text in texts])]).astype(np.int64),
        format=np.array([_FORMAT], np.int64),
    )
