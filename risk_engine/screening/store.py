"""The store: one SQLite file with every list that was read, its versions, and since when each entry stands in it.

Nothing of an entry is written over: what is said anew of it is a row of its own, with the days between which each was
what the list said. So any day can be screened: by what the lists say of themselves (since, until), and by when it was
read here. Of a registry the day does not matter, for nobody is put on it for a reason.
"""

import hashlib
import os
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import orjson

from risk_engine.files.diagnostics import RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.files.reading import check_file
from risk_engine.screening.entry import Entry, ListHead, Name, NameKind, Relation

SCHEMA: Final = 1
"""Of the tables; a file of another one is not read."""
KINDS: Final[tuple[NameKind, ...]] = ("main", "alias", "former", "acronym", "translation", "weak")
"""A name keeps the number of its kind here: only add at the end."""
_BLOCK: Final = 2000
_ASKED_AT_ONCE: Final = 500
_TABLES: Final = """
CREATE TABLE lists (id TEXT PRIMARY KEY, how TEXT NOT NULL, ended TEXT) WITHOUT ROWID;
CREATE TABLE versions (
    list TEXT NOT NULL, number INTEGER NOT NULL, read_on TEXT NOT NULL, digest TEXT NOT NULL, head TEXT NOT NULL,
    new INTEGER NOT NULL, changed INTEGER NOT NULL, gone INTEGER NOT NULL, rows TEXT NOT NULL,
    PRIMARY KEY (list, number)
) WITHOUT ROWID;
CREATE TABLE entries (
    row INTEGER PRIMARY KEY, list TEXT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL,
    since TEXT, until TEXT, first_seen TEXT, seen_from TEXT, seen_until TEXT, is_gone INTEGER NOT NULL
);
CREATE INDEX entries_by_key ON entries (list, key);
CREATE TABLE names (
    row INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, kind INTEGER NOT NULL, language TEXT NOT NULL,
    PRIMARY KEY (row, number)
) WITHOUT ROWID;
"""
# `rows` of a version is a sign that no other one has, empty where it left the rows of the entries as they were.
# The first wording of an entry counts from before it was read here: `seen_from` is empty then. Of a registry, and where
# the list says itself since when, that is how it is screened as of an earlier day.
_ON_THE_DAY: Final = """
    (e.seen_from IS NULL OR e.seen_from <= :day) AND (e.seen_until IS NULL OR :day < e.seen_until)
    AND (COALESCE(e.since, e.first_seen) IS NULL OR COALESCE(e.since, e.first_seen) <= :day)
    AND (e.until IS NULL OR :day < e.until)
"""
_COLUMNS: Final = "e.row, e.list, e.key, e.body, e.since, e.until, e.first_seen, e.seen_until, e.is_gone"


class Version(NamedTuple):
    """One time that a list was read: what it said then, and what became new, other and gone by it."""

    number: int
    head: ListHead
    new: int
    changed: int
    gone: int


class Names(NamedTuple):
    """All names of a day in columns, for an index: of which row each is, its text and the number of its kind."""

    rows: "array[int]"
    texts: list[str]
    kinds: "array[int]"
    """As `KINDS` counts them."""


class Store:
    """The store, open; close it, or use it in a `with`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    @classmethod
    def open(cls, path: Path, *, make: bool = False) -> Self:
        """Open the store in a file; `make` makes a new one where there is none.

        Raises RiskEngineError where there is none, or the file is another one.
        """
        if not path.exists() and not make:
            message = _("there are no lists in {path}", path=path)
            raise RiskEngineError(message, _("`risk-engine lists add FILE --as ID` begins with one"))
        if make and not path.parent.is_dir():
            raise RiskEngineError(_("there is no folder {folder}", folder=path.parent), _("name one that is there"))
        if path.exists():
            check_file(path)
        with sqlite_problems(path):
            # Who reads waits for who swaps a large list in, which takes seconds.
            # The office lets one thread after the other use it.
            connection = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA mmap_size = 1073741824")
                store = cls(connection, path)
                store._prepare(make=make)
            except BaseException:
                connection.close()
                raise
        return store

    def _prepare(self, *, make: bool) -> None:
        schema = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if schema == 0 and make and not self.connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            self.connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
        elif schema != SCHEMA:
            message = _("{path}: this is no store of lists that this version reads", path=self.path)
            raise RiskEngineError(message, _("name another file with --store"))

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # --- what is in it ---

    def heads(self, *, ended: bool = False) -> tuple[ListHead, ...]:
        """Return what is known of the newest version of every list, by its id; `ended`: also of lists that ended."""
        rows = self.connection.execute(
            "SELECT v.head FROM versions v JOIN lists l ON l.id = v.list WHERE (l.ended IS NULL OR ?) AND v.number ="
            " (SELECT MAX(number) FROM versions w WHERE w.list = v.list) ORDER BY v.list",
            (ended,),
        )
        return tuple(head_of(text) for (text,) in rows)

    def head(self, list_id: str) -> ListHead:
        """Return what is known of the newest version of a list; raise RiskEngineError where there is none."""
        for one in self.heads(ended=True):
            if one.id == list_id:
                return one
        message = _("there is no list `{id}` in {path}", id=list_id, path=self.path)
        raise RiskEngineError(message, suggestion(list_id, [one.id for one in self.heads()]))

    def head_on(self, list_id: str, as_of: date) -> ListHead:
        """Return the version of a list that was the newest on a day; of an earlier day the first one that was read."""
        several = self.versions(list_id)
        return next((one.head for one in reversed(several) if one.head.read_on <= as_of), several[0].head)

    def versions(self, list_id: str) -> list[Version]:
        """Return every version of a list, the first one first; raise RiskEngineError where there is no such list."""
        self.head(list_id)
        rows = self.connection.execute(
            "SELECT number, head, new, changed, gone FROM versions WHERE list = ? ORDER BY number", (list_id,)
        )
        return [Version(number, head_of(head), *counts) for number, head, *counts in rows]

    def ended(self, list_id: str) -> date | None:
        """Return the day on which a list was taken out, None while it is kept up."""
        found = self.connection.execute("SELECT ended FROM lists WHERE id = ?", (list_id,)).fetchone()
        return _day(found[0]) if found else None

    # --- entries ---

    def entries(self, list_ids: Sequence[str] | None, as_of: date) -> Iterator[Entry]:
        """Yield what stood on lists on a day, list by list; without ids on every list."""
        return (entry for _row, entry in self.rows_of(list_ids, as_of))

    def rows_of(self, list_ids: Sequence[str] | None, as_of: date) -> Iterator[tuple[int, Entry]]:
        """Yield the same with the row of each, by which `by_rows` and `name_at` find it."""
        where, values = _of_lists(list_ids)
        rows = self.connection.execute(
            f"SELECT {_COLUMNS} FROM entries e WHERE {_ON_THE_DAY} {where} ORDER BY e.row",  # noqa: S608
            {"day": as_of.isoformat()} | values,
        )
        while block := rows.fetchmany(_BLOCK):
            names = self._names_of([row[0] for row in block])
            yield from ((row[0], _entry(row, names[row[0]])) for row in block)

    def name_at(self, row: int, number: int) -> str:
        """Return the text of one name of an entry."""
        query = "SELECT text FROM names WHERE row = ? AND number = ?"
        return str(self.connection.execute(query, (row, number)).fetchone()[0])

    def names(self, list_ids: Sequence[str] | None, as_of: date) -> Names:
        """Return all names of a day in columns, in the order of `entries`; a row is what `by_rows` finds."""
        where, values = _of_lists(list_ids)
        found = self.connection.execute(
            "SELECT n.row, n.text, n.kind FROM entries e CROSS JOIN names n ON n.row = e.row"  # noqa: S608
            f" WHERE {_ON_THE_DAY} {where} ORDER BY e.row, n.number",
            {"day": as_of.isoformat()} | values,
        )
        names = Names(array("q"), [], array("b"))
        # Never all as tuples: of a million names they take twice the room of the names.
        while block := found.fetchmany(_BLOCK):
            rows, texts, kinds = zip(*block, strict=True)
            names.rows.extend(rows)
            names.texts.extend(texts)
            names.kinds.extend(kinds)
        return names

    def by_rows(self, rows: Sequence[int]) -> dict[int, Entry]:
        """Return the entries of some rows, by row."""
        found: dict[int, Entry] = {}
        wanted = sorted(set(rows))
        for begin in range(0, len(wanted), _ASKED_AT_ONCE):
            some = wanted[begin : begin + _ASKED_AT_ONCE]
            names = self._names_of(some)
            marks = ",".join("?" * len(some))
            query = f"SELECT {_COLUMNS} FROM entries e WHERE e.row IN ({marks})"  # noqa: S608
            for row in self.connection.execute(query, some):
                found[row[0]] = _entry(row, names[row[0]])
        return found

    def entry(self, list_id: str, key: str, as_of: date | None = None) -> Entry | None:
        """Return what a list says of an entry, as of a day or, without one, last; None where it is not on it then."""
        when = f"AND {_ON_THE_DAY}" if as_of is not None else ""
        row = self.connection.execute(
            f"SELECT {_COLUMNS} FROM entries e"  # noqa: S608
            f" WHERE e.list = :list AND e.key = :key {when} ORDER BY e.row DESC LIMIT 1",
            {"list": list_id, "key": key, "day": as_of.isoformat() if as_of else ""},
        ).fetchone()
        return None if row is None else _entry(row, self._names_of([row[0]])[row[0]])

    def keys_with(self, list_id: str, text: str = "") -> list[str]:
        """Return the first keys of a list that hold a text."""
        query = "SELECT DISTINCT key FROM entries WHERE list = ? AND instr(key, ?) > 0 ORDER BY key LIMIT 3"
        return [key for (key,) in self.connection.execute(query, (list_id, text))]

    def _names_of(self, rows: Sequence[int]) -> dict[int, tuple[Name, ...]]:
        """Return the names of entries, whose rows rise; where hardly any is between them, in one go."""
        if len(rows) > 1 and rows[-1] - rows[0] < 3 * len(rows):
            query = "SELECT row, text, kind, language FROM names WHERE row BETWEEN ? AND ? ORDER BY row, number"
            found = self.connection.execute(query, (rows[0], rows[-1]))
        else:
            marks = ",".join("?" * len(rows))
            query = f"SELECT row, text, kind, language FROM names WHERE row IN ({marks}) ORDER BY row, number"  # noqa: S608
            found = self.connection.execute(query, list(rows))
        return {
            row: tuple([Name(text, KINDS[kind], language) for _row, text, kind, language in several])
            for row, several in groupby(found, key=lambda one: one[0])
        }

    def digest(self, as_of: date, list_ids: Sequence[str] | None = None) -> str:
        """Return what the rows and names of a day hang on: two days on which the same is listed have one digest.

        It is of this store alone, for who keeps something by its rows; of what a list says it is `ListHead.digest`.
        """
        where, values = _of_lists(list_ids)
        edges = (f"SELECT MAX({one}) AS at FROM entries e WHERE {one} <= :day {where}" for one in _EDGES)  # noqa: S608
        query = f"SELECT MAX(at) FROM ({' UNION ALL '.join(edges)})"  # noqa: S608
        last = self.connection.execute(query, {"day": as_of.isoformat()} | values).fetchone()[0]
        where, values = _of_lists(list_ids)
        versions = self.connection.execute(
            f"SELECT list, rows FROM versions e WHERE rows <> '' {where} ORDER BY list, number",  # noqa: S608
            values,
        ).fetchall()
        where = where.replace("e.list", "e.id")
        ends = self.connection.execute(
            f"SELECT id, ended FROM lists e WHERE ended IS NOT NULL {where} ORDER BY id",  # noqa: S608
            values,
        ).fetchall()
        return hashlib.sha256(orjson.dumps([last, versions, ends])).hexdigest()


_EDGES: Final = ("e.since", "e.until", "e.first_seen", "e.seen_from", "e.seen_until")
"""On no other day does what is listed change."""


def _of_lists(list_ids: Sequence[str] | None) -> tuple[str, dict[str, str]]:
    if list_ids is None:
        return "", {}
    values = {f"list{number}": one for number, one in enumerate(list_ids)}
    return f"AND e.list IN ({','.join(f':{one}' for one in values)})", values


def _entry(row: Sequence[Any], names: tuple[Name, ...]) -> Entry:
    _row, list_id, key, body, since, until, first_seen, seen_until, is_gone = row
    said = orjson.loads(body)
    return Entry(
        list=list_id,
        key=key,
        names=names,
        identifiers={kind: tuple(several) for kind, several in said["identifiers"].items()},
        countries=tuple(said["countries"]),
        places=tuple(said["places"]),
        category=said["category"],
        programmes=tuple(said["programmes"]),
        since=_day(since),
        until=_day(until),
        why=said["why"],
        link=said["link"],
        relations=tuple(Relation(*one) for one in said["relations"]),
        status=said["status"],
        is_person=said["is_person"],
        on=tuple(said.get("on", ())),
        standings=tuple(said.get("standings", ())),
        first_seen=_day(first_seen),
        removed=_day(seen_until) if is_gone else None,
    )


def body_of(entry: Entry) -> bytes:
    """Return what a list says of an entry beside its names and days, as the store keeps it."""
    return orjson.dumps(
        {
            "identifiers": dict(entry.identifiers),
            "countries": entry.countries,
            "places": entry.places,
            "category": entry.category,
            "programmes": entry.programmes,
            "why": entry.why,
            "link": entry.link,
            "relations": list(map(tuple, entry.relations)),
            "status": entry.status,
            "is_person": entry.is_person,
        }
        | ({"on": entry.on, "standings": entry.standings} if entry.on else {})
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def head_of(text: str) -> ListHead:
    """Return what was kept of a version."""
    said = orjson.loads(text)
    return ListHead(
        **said
        | {"read_on": date.fromisoformat(said["read_on"])}
        | {name: _day(said[name]) for name in ("source_date", "made_on")}
        | {"mixed": tuple(said.get("mixed", ()))}
    )


@contextmanager
def sqlite_problems(path: Path) -> Iterator[None]:
    """Have what the database cannot do be told as a problem of its file: a file of another kind, a full disk."""
    try:
        yield
    except sqlite3.Error as error:
        if not path.exists() or not os.access(path, os.R_OK):
            raise RiskEngineError(_("{path}: the file cannot be opened", path=path)) from error
        message = _("{path}: the store of lists cannot be used: {reason}", path=path, reason=error)
        raise RiskEngineError(message, _("nothing was changed")) from error
