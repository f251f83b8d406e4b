"""Which names of a list are worth comparing with a name: an index over runs of four letters, kept in a file.

A name is cut into all runs of four of its folded text, each is hashed to a place in a table, and behind the place stand
the numbers of all names that hold it. A query reads its rarest runs first and stops when it has read enough, so that a
word a million names share costs nothing; the best of what it met are ordered by how near their letters are. What is
equal but for spaces, and what abbreviates the other by its initials, is looked up beside that. Four letters across
words make missing spaces, other orders and slips of the pen cost little.
"""

import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from risk_engine.screening.names import fold, forms_of, read

Ids = NDArray[np.uint32]

_FORMAT = 1
_BITS = 22
_PLACES = 1 << _BITS
_RUN = 4
_CHUNK = 20_000
_READ_AT_MOST = 250_000
"""Entries that a query reads of the table before it stops, once it has read `_RUNS_AT_LEAST` runs."""
_RUNS_AT_LEAST = 3
_SHORTLIST = 1_000
_ABBREVIATED_AT_MOST = 50
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
    format: NDArray[np.int64]


class NameIndex:
    """The names of a list by their letters; a name is known by its place in the list."""

    def __init__(self, arrays: _Arrays) -> None:
        self._arrays = arrays
        self._size = len(arrays.weights)
        self._slight = np.float32(np.log(self._size + 1))
        """As much as one rare run: of a very short name all is soon met."""

    def __len__(self) -> int:
        return self._size

    @classmethod
    def build(cls, names: Sequence[str], progress: Callable[[int], None] | None = None) -> Self:
        """Index names; `progress` is told how many are done."""
        texts: list[bytes] = []
        runs: list[NDArray[np.uint64]] = []
        keys: list[int] = []
        keyed: list[int] = []
        for start in range(0, len(names), _CHUNK):
            folded = [fold(name) for name in names[start : start + _CHUNK]]
            forms = [_text(one) for one in folded]
            runs.append(_runs_of(forms, len(texts)))
            for number, one in enumerate(folded, len(texts)):
                for key in _keys_of(one):
                    keys.append(key)
                    keyed.append(number)
            texts += [form.encode() for form in forms]
            if progress is not None:
                progress(len(texts))
        return cls(_arrays(texts, runs, np.array(keys, np.uint32), np.array(keyed, np.uint32)))

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **self._arrays._asdict())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an index from a file; `IndexFileError` where that is none."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = _Arrays(*(stored[field] for field in _Arrays._fields))
        except (OSError, ValueError, KeyError, EOFError, zlib.error) as error:
            raise IndexFileError(f"{path}: no index of names ({error})") from error
        if int(arrays.format[0]) != _FORMAT:
            raise IndexFileError(f"{path}: an index of format {arrays.format[0]}, this program reads {_FORMAT}")
        return cls(arrays)

    def candidates(self, query: str, limit: int = 100) -> Ids:
        """The numbers of the names that a query may mean, best first, at most `limit`."""
        if not self._size:
            return np.empty(0, np.uint32)
        folded = fold(query)
        text = _text(folded)
        sure = self._keyed(folded, query)
        met, nearness = self._met(text, max(limit, _SHORTLIST))
        if len(met) > limit // 2:
            met = met[np.argsort(-self._closeness(text, met, nearness), kind="stable")]
        together = np.concatenate([sure, met])
        _, first = np.unique(together, return_index=True)
        return together[np.sort(first)][:limit]

    def _keyed(self, folded: str, query: str) -> Ids:
        """Names equal but for spaces, then those that abbreviate the query or that it abbreviates."""
        arrays = self._arrays
        found = []
        abbreviations = [_hash(word) for word in sorted(read(query).acronyms) if len(word) >= _INITIALS_AT_LEAST]
        for key in (*_keys_of(folded), *abbreviations):
            start, end = np.searchsorted(arrays.keys, np.uint32(key)), np.searchsorted(arrays.keys, np.uint32(key), "right")
            found.append(arrays.keyed[start : min(end, start + _ABBREVIATED_AT_MOST)])
        return np.concatenate(found) if found else np.empty(0, np.uint32)

    def _met(self, text: str, limit: int) -> tuple[Ids, NDArray[np.float32]]:
        """Names that share rare runs with a text, and how much of both they share."""
        arrays = self._arrays
        runs = np.unique(_hashes(np.frombuffer(text.encode("utf-32-le"), np.uint32)))
        counts = arrays.starts[runs + 1] - arrays.starts[runs]
        weights = _weight(counts, self._size)
        order = np.argsort(counts, kind="stable")
        read_up_to = np.cumsum(counts[order])
        present = int((counts == 0).sum())
        stop = max(int(np.searchsorted(read_up_to, _READ_AT_MOST, "right")), min(present + _RUNS_AT_LEAST, len(order)))
        shared = np.zeros(self._size, np.float32)
        total = np.float32(0)
        for at in order[:stop]:
            total += weights[at]
            shared[arrays.entries[arrays.starts[runs[at]] : arrays.starts[runs[at] + 1]]] += weights[at]
        met = np.flatnonzero(shared > total * np.float32(0.1))
        of_both = 2 * shared[met] / (total + arrays.weights[met])
        # A name that stands whole in a longer text shares little of that text, but all of its own.
        of_name = shared[met] / (arrays.weights[met] + self._slight)
        nearness = np.maximum(of_both, of_name * np.float32(0.8)) + of_both * np.float32(0.1)
        if len(met) > limit:
            best = np.argpartition(-nearness, limit)[:limit]
            met, nearness = met[best], nearness[best]
        order = np.argsort(-nearness, kind="stable")
        return met[order].astype(np.uint32), nearness[order]

    def _closeness(self, text: str, met: Ids, nearness: NDArray[np.float32]) -> NDArray[np.float32]:
        blob, ends = self._arrays.text, self._arrays.ends
        several = [blob[ends[i] : ends[i + 1]].tobytes().decode() for i in met.tolist()]
        letters = process.cdist([text], several, scorer=fuzz.token_sort_ratio, dtype=np.float32)[0] / 100
        return np.maximum(letters, nearness) + nearness  # type: ignore[no-any-return]


def _text(folded: str) -> str:
    """What is cut into runs."""
    return " ".join(forms_of(folded)) or folded


def _keys_of(folded: str) -> Iterable[int]:
    yield _hash(folded.replace(" ", ""))
    initials = "".join(form[0] for form in folded.split() if forms_of(form))
    if len(initials) >= _INITIALS_AT_LEAST:
        yield _hash(initials)


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def _hashes(letters: NDArray[np.uint32]) -> NDArray[np.int64]:
    """The places of all runs of a text, of which the ends count as spaces."""
    padded = np.full(len(letters) + 2, 32, np.uint64)
    padded[1:-1] = letters
    if len(padded) < _RUN:
        padded = np.append(padded, np.full(_RUN - len(padded), 32, np.uint64))
    mixed = padded[:-3]
    for shift in range(1, _RUN):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + padded[shift : len(padded) - 3 + shift]
    return ((mixed * np.uint64(0xD6E8FEB86659FD93)) >> np.uint64(64 - _BITS)).astype(np.int64)


def _runs_of(texts: Sequence[str], first: int) -> NDArray[np.uint64]:
    """The runs of several names, each with the number of its name behind it."""
    lengths = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    # Spaces between two names keep their runs apart: those that reach across are cut out.
    together = "   ".join(texts) + "  "
    places = _hashes(np.frombuffer(together.encode("utf-32-le"), np.uint32))
    begins = np.concatenate([[0], np.cumsum(lengths + 3)[:-1]])
    windows = np.maximum(lengths - 1, 1)
    owner = np.repeat(np.arange(len(texts)), windows)
    at = np.arange(windows.sum()) - np.repeat(np.cumsum(windows) - windows, windows) + np.repeat(begins, windows)
    return (places[at].astype(np.uint64) << np.uint64(32)) | (owner + first).astype(np.uint64)


def _weight(counts: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    return np.log((size + 1) / (counts + np.float32(0.5))).astype(np.float32)


def _arrays(texts: Sequence[bytes], runs: list[NDArray[np.uint64]], keys: Ids, keyed: Ids) -> _Arrays:
    size = len(texts)
    packed = np.empty(sum(len(some) for some in runs), np.uint64)
    filled = 0
    while runs:  # each freed as soon as it is copied
        some = runs.pop()
        packed[filled : filled + len(some)] = some
        filled += len(some)
    packed.sort()
    if len(packed):
        packed = packed[np.concatenate([[True], packed[1:] != packed[:-1]])]
    counts = np.bincount((packed >> np.uint64(32)).astype(np.int32), minlength=_PLACES)
    entries = packed.astype(np.uint32)
    del packed
    weights = np.zeros(size, np.float64)
    of_place = _weight(counts, max(size, 1))
    step = 1 << 20
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    of_entry = np.repeat(of_place, counts)
    for at in range(0, len(entries), step):
        weights += np.bincount(entries[at : at + step], of_entry[at : at + step], minlength=size) if size else 0
    order = np.argsort(keys, kind="stable")
    return _Arrays(
        starts=starts,
        entries=entries,
        weights=weights.astype(np.float32),
        keys=keys[order],
        keyed=keyed[order],
        text=np.frombuffer(b"".join(texts), np.uint8),
        ends=np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64),
        format=np.array([_FORMAT], np.int64),
    )
