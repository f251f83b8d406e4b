"""One list, ready to be searched: by identifiers, by equal names, and by names that come near.

What a search needs of a list is kept beside the store, by the digest of what stood on the list on a day, and made anew
where that is another one. Each list has an index of its own: what another list holds never changes what is found here.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, NamedTuple, Self, overload
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from risk_engine.screening.affiliation import Affiliations
from risk_engine.screening.entry import Entry, IdentifierKind, ListHead
from risk_engine.screening.index import IndexFileError, NameIndex
from risk_engine.screening.match import Searcher
from risk_engine.screening.names import fold, forms_of, read
from risk_engine.screening.registry_names import RegistryNames
from risk_engine.screening.scoring import NOTHING, About
from risk_engine.screening.store import Store
from risk_engine.version import __version__

Tell = Callable[[str, int], None]
"""Is called with the id of a list and how many of its names are in its index by now, as one is made."""

_FORMAT: Final = 2
_KEPT: Final = 3
"""So many indexes of one list stay: of today, of before its last update, and of a day that was asked for."""


class _Arrays(NamedTuple):
    """Of each name, in the order of the index: the row of its entry in the store, and its number among its names."""

    rows: NDArray[np.int64]
    numbers: NDArray[np.int32]
    same: NDArray[np.uint64]
    """Hashes of names that are written the same but for case, spaces, accents and punctuation, in order."""
    same_rows: NDArray[np.int64]
    known: NDArray[np.uint64]
    """Hashes of identifiers, likewise."""
    known_rows: NDArray[np.int64]
    format: NDArray[np.int64]


class _Texts(Sequence[str]):
    """The names of a list, each read from the store when it is asked for: of a million a search needs forty."""

    def __init__(self, store: Store, arrays: _Arrays) -> None:
        self._store, self._arrays = store, arrays

    def __len__(self) -> int:
        return len(self._arrays.rows)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return self._store.name_at(int(self._arrays.rows[place]), int(self._arrays.numbers[place]))


class _Abouts(Mapping[int, About]):
    """What is known of organisations beside a name, likewise."""

    def __init__(self, entries: "_Entries", rows: NDArray[np.int64]) -> None:
        self._entries, self._rows = entries, rows
        self._made: dict[int, About] = {}

    def __getitem__(self, row: int) -> About:
        if (found := self._made.get(row)) is None:
            found = self._made[row] = about(self._entries[row])
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows.tolist())

    def __len__(self) -> int:
        return len(self._rows)


class _Entries(dict[int, Entry]):
    """Entries by their row, each read from the store once."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def __missing__(self, row: int) -> Entry:
        self[row] = found = self._store.by_rows([row])[row]
        return found


def about(entry: Entry) -> About:
    """Return what is known of an organisation beside its names, as they are compared with."""
    short = [name.text for name in entry.names if name.kind == "acronym" or read(name.text).is_acronym]
    places = {form for place in entry.places for form in forms_of(fold(place))}
    if not (short or places or entry.countries):
        return NOTHING
    return About(
        acronyms=frozenset(fold(one).replace(" ", "") for one in short),
        places=frozenset(places),
        countries=frozenset(one.casefold() for one in entry.countries),
    )


@dataclass(frozen=True)
class Listing:
    """A list as it stood on a day, ready to be searched."""

    head: ListHead
    searcher: Searcher
    _arrays: _Arrays
    _entries: _Entries

    @classmethod
    def of(cls, store: Store, head: ListHead, on: date, tell: Tell) -> Self | None:
        """Return a list as it stood on a day; None where nothing did. Its index is made if none is kept."""
        folder, stem = _folder(store), _stem(store, head.id, on)
        kept = _kept(folder, stem)
        if kept is None:
            arrays, texts = _read_list(store, head.id, on)
            tell(head.id, 0)
            index = NameIndex.build(texts, lambda done: tell(head.id, done))
            _keep(folder, head.id, stem, arrays, index)
        else:
            arrays, index = kept
        if not len(index):
            return None
        entries = _Entries(store)
        owners: Sequence[int] = arrays.rows.tolist()
        names = _Texts(store, arrays)
        return cls(head, Searcher(names, owners, about=_Abouts(entries, arrays.rows), index=index), arrays, entries)

    def affiliations(self, store: Store, on: date, tell: Tell) -> Affiliations:
        """Return what finds the organisations of a registry in a text; its index is made if none is kept."""
        path = _folder(store) / f"{_stem(store, self.head.id, on)}.words.npz"
        try:
            names = RegistryNames.load(path)
        except IndexFileError:
            tell(self.head.id, 0)
            names = RegistryNames.build(store.rows_of([self.head.id], on), lambda done: tell(self.head.id, done))
            with suppress(OSError):
                _written(path, names.save)
        return Affiliations(names, self._entries)

    def entry(self, row: int) -> Entry:
        """Return an entry by its row."""
        return self._entries[row]

    def by_identifier(self, kind: IdentifierKind, value: str) -> list[int]:
        """Return the rows of the entries that have an identifier."""
        rows = _found(self._arrays.known, self._arrays.known_rows, _hash(f"{kind}:{value}"))
        return [row for row in rows if value in self.entry(row).identifiers.get(kind, ())]

    def by_same_name(self, name: str) -> list[int]:
        """Return the rows of the entries that have a name which is the same but for how it is written."""
        compact = read(name).compact
        rows = _found(self._arrays.same, self._arrays.same_rows, _hash(compact))
        return [row for row in rows if any(read(one.text).compact == compact for one in self.entry(row).names)]

    def by_key(self, key: str) -> Entry | None:
        """Return an entry by the list's own id of it."""
        rows = _found(self._arrays.known, self._arrays.known_rows, _hash(f"key:{key}"))
        return next((self.entry(row) for row in rows if self.entry(row).key == key), None)


def _folder(store: Store) -> Path:
    return store.path.with_name(f"{store.path.name}.index")


def _stem(store: Store, list_id: str, on: date) -> str:
    """Return how what is kept is called: by what is listed, in which rows, and how this program reads names."""
    text = f"{_FORMAT} {__version__} {store.digest(on, [list_id])}"
    return f"{list_id}-{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _found(keys: NDArray[np.uint64], rows: NDArray[np.int64], key: int) -> list[int]:
    begin, end = np.searchsorted(keys, np.uint64(key)), np.searchsorted(keys, np.uint64(key), "right")
    return sorted(set(rows[begin:end].tolist()))


def _read_list(store: Store, list_id: str, on: date) -> tuple[_Arrays, list[str]]:
    rows: list[int] = []
    numbers: list[int] = []
    texts: list[str] = []
    known: list[tuple[int, int]] = []
    same: list[tuple[int, int]] = []
    for row, entry in store.rows_of([list_id], on):
        known.append((_hash(f"key:{entry.key}"), row))
        known += [(_hash(f"{kind}:{one}"), row) for kind, several in entry.identifiers.items() for one in several]
        for number, name in enumerate(entry.names):
            rows.append(row)
            numbers.append(number)
            texts.append(name.text)
            same.append((_hash(fold(name.text).replace(" ", "")), row))
    return (
        _Arrays(
            np.array(rows, np.int64),
            np.array(numbers, np.int32),
            *_in_order(same),
            *_in_order(known),
            np.array([_FORMAT], np.int64),
        ),
        texts,
    )


def _in_order(pairs: list[tuple[int, int]]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    pairs.sort()
    return np.array([key for key, _row in pairs], np.uint64), np.array([row for _key, row in pairs], np.int64)


def _kept(folder: Path, stem: str) -> tuple[_Arrays, NameIndex] | None:
    """Return what is kept of a list; None where there is nothing, or it is damaged or of another version."""
    try:
        with np.load(folder / f"{stem}.rows.npz", allow_pickle=False) as stored:
            arrays = _Arrays(*(stored[field] for field in _Arrays._fields))
        index = NameIndex.load(folder / f"{stem}.names.npz")
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, IndexFileError):
        return None
    return (arrays, index) if arrays.format[0] == _FORMAT and len(arrays.rows) == len(index) else None


def _keep(folder: Path, list_id: str, stem: str, arrays: _Arrays, index: NameIndex) -> None:
    """Write both files, and take away what is older; where nothing can be written, the index is made each time."""
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        _written(folder / f"{stem}.rows.npz", lambda path: _save_arrays(path, arrays))
        _written(folder / f"{stem}.names.npz", index.save)
        # An id may begin another one: `us` and `us-sdn`; behind it stand 24 digits.
        mine = folder.glob(f"{list_id}-{'?' * 24}.rows.npz")
        for old in sorted(mine, key=lambda one: one.stat().st_mtime, reverse=True)[_KEPT:]:
            old.unlink()
            for other in (".names.npz", ".words.npz"):
                old.with_name(old.name.replace(".rows.npz", other)).unlink(missing_ok=True)


def _save_arrays(path: Path, arrays: _Arrays) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays._asdict())


def _written(path: Path, save: Callable[[Path], None]) -> None:
    """Write a file whole or not at all."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        temporary = Path(file.name)
    try:
        save(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
