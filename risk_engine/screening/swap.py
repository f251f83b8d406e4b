"""A version of a list put into the store, whole or not at all: what is new, what is said anew, what is gone.

All of it is one transaction: who is killed in the middle, or runs out of disk, has the list as it was.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Final

import orjson

from risk_engine.files.diagnostics import RiskEngineError, printable
from risk_engine.files.language import _
from risk_engine.screening.entry import Entry, ListHead
from risk_engine.screening.store import KINDS, Store, Version, body_of, sqlite_problems

_KIND_NUMBERS: Final = {kind: number for number, kind in enumerate(KINDS)}
_INCOMING: Final = """
CREATE TEMP TABLE incoming (
    row INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, digest BLOB NOT NULL, body BLOB NOT NULL, since TEXT, until TEXT
);
CREATE TEMP TABLE incoming_names (
    row INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, kind INTEGER NOT NULL, language TEXT NOT NULL,
    PRIMARY KEY (row, number)
) WITHOUT ROWID;
"""
_BLOCK: Final = 5000


class TwiceError(RiskEngineError):
    """Two entries of a list have one id; `key` is that."""

    def __init__(self, key: str, source: str = "") -> None:
        self.key = key
        message = _("{source}: two entries have one id: `{key}`", source=source, key=printable(key))
        super().__init__(message, _("are the columns the right way round?"))


class UnlikelyError(RiskEngineError):
    """A list has less than half of the entries that it had, or none of them."""

    def __init__(self, message: str) -> None:
        super().__init__(message, _("nothing was changed; if it is right, say so with --anyway"))


ANOTHER_LIST: Final = 10
"""Where a list had so many entries and none of them is left, it is another list."""


def put(
    store: Store,
    entries: Iterable[Entry],
    head: Callable[[], ListHead],
    how: dict[str, Any],
    *,
    anyway: bool = False,
) -> Version:
    """Make what was read the newest version of its list, and return it; `how` is kept for who reads it again.

    `head` is asked for once all entries are read; its counts and digest are made here. Raises RiskEngineError, and
    leaves all as it was, where there is no entry, an id stands twice, it was read on a day before the last version, or,
    unless it is to be taken `anyway`, it has shrunk to less than half or is another list.
    """
    with _transaction(store):
        connection = store.connection
        _bring(connection, entries)
        known = head()
        had_persons = _forget_persons(connection, known)
        (entries_read,) = connection.execute("SELECT COUNT(*) FROM incoming").fetchone()
        (names_read,) = connection.execute("SELECT COUNT(*) FROM incoming_names").fetchone()
        known = replace(known, digest=_digest(connection), entries=entries_read, names=names_read)
        _check(store, known, anyway=anyway)
        connection.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, NULL)", (known.id, orjson.dumps(how).decode()))
        counts = _swap(connection, known)
        version = _add_version(connection, known, *counts, has_other_rows=had_persons or any(counts))
    if had_persons:
        _leave_nothing(store)
    return version


def _forget_persons(connection: sqlite3.Connection, head: ListHead) -> bool:
    """Erase the persons of a list that are no longer kept on a legal basis, from its history too; return whether."""
    earlier = "SELECT 1 FROM versions WHERE list = ? AND json_extract(head, '$.persons_basis') <> ''"
    if head.persons_basis or connection.execute(earlier, (head.id,)).fetchone() is None:
        return False
    persons = "SELECT row FROM entries WHERE list = ? AND json_extract(CAST(body AS TEXT), '$.is_person')"
    connection.execute(f"DELETE FROM names WHERE row IN ({persons})", (head.id,))  # noqa: S608
    return connection.execute(f"DELETE FROM entries WHERE row IN ({persons})", (head.id,)).rowcount > 0  # noqa: S608


def _leave_nothing(store: Store) -> None:
    """Take what is erased off the disk too."""
    with sqlite_problems(store.path):
        store.connection.execute("VACUUM")


def put_unchanged(store: Store, list_id: str, day: date) -> Version:
    """Note that a list was looked at on a day, and says what it said before."""
    head = store.head(list_id)
    if day < head.read_on:
        raise _too_early(list_id, day, head.read_on)
    with _transaction(store):
        return _add_version(store.connection, replace(head, read_on=day), 0, 0, 0, has_other_rows=False)


def _add_version(
    connection: sqlite3.Connection, head: ListHead, new: int, changed: int, gone: int, *, has_other_rows: bool
) -> Version:
    number = connection.execute("SELECT COUNT(*) FROM versions WHERE list = ?", (head.id,)).fetchone()[0] + 1
    text = orjson.dumps(asdict(head)).decode()
    rows = secrets.token_hex(8) if has_other_rows else ""
    row = (head.id, number, head.read_on.isoformat(), head.digest, text, new, changed, gone, rows)
    connection.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return Version(number, head, new, changed, gone)


def how_read(store: Store, list_id: str) -> dict[str, Any]:
    """Return what was kept of how a list is read; raise RiskEngineError where there is no such list."""
    store.head(list_id)
    text = store.connection.execute("SELECT how FROM lists WHERE id = ?", (list_id,)).fetchone()[0]
    found: dict[str, Any] = orjson.loads(text)
    return found


def end(store: Store, list_id: str, day: date) -> None:
    """Take a list out from a day on; what was listed before that day can still be screened."""
    last = store.head(list_id).read_on
    if day < last:
        raise _too_early(list_id, day, last)
    with _transaction(store):
        store.connection.execute("UPDATE lists SET ended = ? WHERE id = ?", (day.isoformat(), list_id))
        _close(store.connection, list_id, day.isoformat(), "1")


def erase(store: Store, list_id: str) -> None:
    """Take a list out as if it had never been read."""
    store.head(list_id)
    with _transaction(store):
        connection = store.connection
        connection.execute("DELETE FROM names WHERE row IN (SELECT row FROM entries WHERE list = ?)", (list_id,))
        for table, column in (("entries", "list"), ("versions", "list"), ("lists", "id")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (list_id,))  # noqa: S608
    _leave_nothing(store)


@contextmanager
def _transaction(store: Store) -> Iterator[None]:
    with sqlite_problems(store.path):
        store.connection.executescript("PRAGMA temp_store = FILE")
        store.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            store.connection.execute("COMMIT")
        finally:
            if store.connection.in_transaction:
                store.connection.execute("ROLLBACK")


def _bring(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    for statement in _INCOMING.split(";"):
        connection.execute(statement)
    rows: list[tuple[Any, ...]] = []
    names: list[tuple[Any, ...]] = []
    for number, entry in enumerate(entries):
        since, until = _iso(entry.since), _iso(entry.until)
        try:
            body = body_of(entry)
            said = orjson.dumps([list(map(tuple, entry.names)), since, until]) + body
            entry.key.encode()
        except (orjson.JSONEncodeError, UnicodeEncodeError):  # half a sign, as JSON can write it
            message = _("an entry holds signs that are no text: `{name}`", name=printable(entry.name))
            raise RiskEngineError(message) from None
        digest = hashlib.sha256(said).digest()[:16]
        rows.append((number, entry.key, digest, body, since, until))
        names += [
            (number, place, one.text, _KIND_NUMBERS[one.kind], one.language) for place, one in enumerate(entry.names)
        ]
        if len(rows) >= _BLOCK:
            _write(connection, rows, names)
    _write(connection, rows, names)


def _write(connection: sqlite3.Connection, rows: list[tuple[Any, ...]], names: list[tuple[Any, ...]]) -> None:
    try:
        connection.executemany("INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?)", rows)
    except sqlite3.IntegrityError:
        known = {key for (key,) in connection.execute("SELECT key FROM incoming WHERE row < ?", (rows[0][0],))}
        twice: list[str] = []
        for row in rows:
            if row[1] in known:
                twice.append(row[1])
            known.add(row[1])
        raise TwiceError(twice[0]) from None
    connection.executemany("INSERT INTO incoming_names VALUES (?, ?, ?, ?, ?)", names)
    rows.clear()
    names.clear()


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _digest(connection: sqlite3.Connection) -> str:
    found = hashlib.sha256()
    for key, digest in connection.execute("SELECT key, digest FROM incoming ORDER BY key"):
        found.update(orjson.dumps([key, digest.hex()]))
    return found.hexdigest()


def _check(store: Store, head: ListHead, *, anyway: bool) -> None:
    if not head.entries:
        raise RiskEngineError(_("{source}: there is no organisation in this list", source=head.source))
    before = next((one for one in store.heads(ended=True) if one.id == head.id), None)
    if before is None:
        return
    if head.read_on < before.read_on:
        raise _too_early(head.id, head.read_on, before.read_on)
    if anyway or store.ended(head.id) is not None:
        return
    if 2 * head.entries < before.entries:
        message = _(
            "{source}: the list has {now} entries and had {before}: it may have been cut off on its way",
            source=head.source,
            now=head.entries,
            before=before.entries,
        )
        raise UnlikelyError(message)
    kept = "SELECT 1 FROM incoming i JOIN entries e ON e.list = ? AND e.key = i.key AND e.seen_until IS NULL LIMIT 1"
    if before.entries >= ANOTHER_LIST and store.connection.execute(kept, (head.id,)).fetchone() is None:
        message = _(
            "{source}: this is another list than `{id}`, which was {title}: no entry of that is left",
            source=head.source,
            id=head.id,
            title=before.title,
        )
        raise UnlikelyError(message)


def _too_early(list_id: str, day: date, last: date) -> RiskEngineError:
    message = _("`{id}` was last read on {last}, which is after {day}", id=list_id, last=last, day=day)
    return RiskEngineError(message, _("older versions are read before newer ones"))


def _close(connection: sqlite3.Connection, list_id: str, day: str, which: str) -> int:
    """Let rows that stand until now be gone from a day on; those that came on that day never were."""
    mine = f"e.list = ? AND e.seen_until IS NULL AND ({which})"
    came = f"SELECT e.row FROM entries e WHERE {mine} AND COALESCE(e.seen_from, e.first_seen) = ?"  # noqa: S608
    connection.execute(f"DELETE FROM names WHERE row IN ({came})", (list_id, day))  # noqa: S608
    erased = connection.execute(f"DELETE FROM entries WHERE row IN ({came})", (list_id, day)).rowcount  # noqa: S608
    closed = connection.execute(
        f"UPDATE entries AS e SET seen_until = ?, is_gone = 1 WHERE {mine}",  # noqa: S608
        (day, list_id),
    ).rowcount
    return erased + closed


def _swap(connection: sqlite3.Connection, head: ListHead) -> tuple[int, int, int]:
    """Bring the entries of the list to what was read; return how many are new, said anew, and gone."""
    day, mine = head.read_on.isoformat(), head.id
    # A registry lists nobody for a reason, so whoever is in it is so on every day.
    seen = None if head.standing == "registry" else day
    gone = _close(connection, mine, day, "e.key NOT IN (SELECT key FROM incoming)")
    connection.execute(
        "CREATE TEMP TABLE coming AS SELECT i.row AS incoming, e.row AS earlier,"
        " e.first_seen AS first_seen, e.seen_from AS seen_from FROM incoming i"
        " LEFT JOIN entries e ON e.list = ? AND e.key = i.key AND e.seen_until IS NULL"
        " WHERE e.row IS NULL OR e.digest <> i.digest",
        (mine,),
    )
    changed = connection.execute("SELECT COUNT(*) FROM coming WHERE earlier IS NOT NULL").fetchone()[0]
    new = connection.execute("SELECT COUNT(*) FROM coming WHERE earlier IS NULL").fetchone()[0]
    returning = "(SELECT 1 FROM entries o WHERE o.list = ? AND o.key = i.key)"
    # Said anew on the day on which it came: the last word of a day counts. Else the wording before it ends.
    today = "COALESCE(c.seen_from, c.first_seen) = ?"
    base = connection.execute("SELECT COALESCE(MAX(row), 0) + 1 FROM entries").fetchone()[0]
    connection.execute(
        "INSERT INTO entries SELECT i.row + ?, ?, i.key, i.digest, i.body, i.since, i.until,"  # noqa: S608
        " CASE WHEN c.earlier IS NULL THEN ? ELSE c.first_seen END,"
        f" CASE WHEN c.earlier IS NOT NULL AND {today} THEN c.seen_from"
        f" WHEN c.earlier IS NOT NULL OR EXISTS {returning} THEN ? END, NULL, 0"
        " FROM coming c JOIN incoming i ON i.row = c.incoming",
        (base, mine, seen, day, mine, day),
    )
    connection.execute(
        "INSERT INTO names SELECT n.row + ?, n.number, n.text, n.kind, n.language FROM incoming_names n"
        " JOIN coming c ON c.incoming = n.row",
        (base,),
    )
    over = f"SELECT c.earlier FROM coming c WHERE c.earlier IS NOT NULL AND {today}"  # noqa: S608
    connection.execute(f"DELETE FROM names WHERE row IN ({over})", (day,))  # noqa: S608
    connection.execute(f"DELETE FROM entries WHERE row IN ({over})", (day,))  # noqa: S608
    connection.execute(
        "UPDATE entries SET seen_until = ? WHERE row IN (SELECT earlier FROM coming WHERE earlier IS NOT NULL)", (day,)
    )
    for table in ("coming", "incoming", "incoming_names"):
        connection.execute(f"DROP TABLE temp.{table}")
    return new, changed, gone
