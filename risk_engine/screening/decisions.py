"""What people decided about hits: when a decision answers one, and the file in which the command line keeps them.

A decision is about two sides, and bound to both: it answers a hit until the organisation is asked about in other words
or the list says something else of its entry. Nothing that was decided is written over or taken out; who decides anew
adds to it. Where the rows lie is no matter: here in a file beside the store of lists, from which a list that is read
anew, or a store that is made anew, takes nothing; in the office among its own tables. What the last recheck saw lies in
the file too.

What is confirmed holds as well where more is known of the organisation and all that was asked then still is: added may
be whatever does not contradict the entry. A country contradicts that is none of its; a number, where it has others of
the kind; a name that is none of its, where it has names in that script. Whatever is added to what was ruled out asks
again, since what agrees with the entry speaks against that.
"""

import hashlib
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Self, TypeAlias

import orjson

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import check_file
from risk_engine.screening.asked import Asked
from risk_engine.screening.entry import Entry
from risk_engine.screening.hits import Hit
from risk_engine.screening.names import read
from risk_engine.screening.notes import speaking_against
from risk_engine.screening.screen import Screened
from risk_engine.screening.store import body_of, sqlite_problems

Verdict: TypeAlias = Literal["confirmed", "ruled_out"]

SCHEMA: Final = 1
_TABLES: Final = """
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY, hit TEXT NOT NULL, verdict TEXT NOT NULL, person TEXT NOT NULL, reason TEXT NOT NULL,
    day TEXT NOT NULL, asked TEXT NOT NULL, entry TEXT NOT NULL, entry_digest TEXT NOT NULL
);
CREATE INDEX decisions_by_hit ON decisions (hit);
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision stays as it is'); END;
CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision is kept'); END;
CREATE TABLE seen (asked TEXT NOT NULL, hit TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (asked, hit)) WITHOUT ROWID;
CREATE TABLE asked_before (asked TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of a hit."""

    hit: str
    verdict: Verdict
    person: str
    reason: str
    day: date
    changed: tuple[Literal["asked", "entry"], ...]
    """Which side is another one since: where there is any, it has to be decided anew."""
    asked_then: dict[str, Any]
    entry_then: dict[str, Any]

    @property
    def holds(self) -> bool:
        """Return whether both sides are as they were, but for what may be added to what is confirmed."""
        return not self.changed


class Said(NamedTuple):
    """A decision as it is kept: of the two sides what they were."""

    verdict: Verdict
    person: str
    reason: str
    day: date
    asked: dict[str, Any]
    entry: dict[str, Any]
    entry_digest: str


About: TypeAlias = Callable[[Asked, Hit], Decision | None]
"""Says what was decided about a hit, None where nobody did."""


class News(NamedTuple):
    """What is other than at the last recheck of an organisation."""

    new: tuple[Hit, ...]
    gone: tuple[tuple[str, str], ...]
    """Of each the hit and the name of its entry."""
    last: date | None
    """When it was checked last; None: never before."""


def path_beside(store: Path) -> Path:
    """Return where the decisions about the lists of a store are."""
    return store.with_name(f"{store.stem}.decisions{store.suffix}")


def entry_digest(entry: Entry) -> str:
    """Return the digest of what a list says of an entry, without when it was read here."""
    days = [day and day.isoformat() for day in (entry.since, entry.until)]
    names = sorted({(name.text, name.kind) for name in entry.names})
    return hashlib.sha256(orjson.dumps([entry.list, entry.key, names, days]) + body_of(entry)).hexdigest()


# --- when a decision answers a hit ---


def plain_asked(asked: Asked) -> dict[str, Any]:
    """Return what is kept of who was asked about."""
    identifiers = {kind: list(several) for kind, several in asked.identifiers.items()}
    return {"names": list(asked.names), "country": asked.country, "identifiers": identifiers}


def plain_entry(entry: Entry) -> dict[str, Any]:
    """Return what is kept of what a list said of an entry."""
    names = [one.text for one in entry.names]
    return {"name": entry.name, "names": names, "body": orjson.loads(body_of(entry))}


def answering(said: Iterable[Said], asked: Asked, hit: Hit) -> Decision | None:
    """Return which of several decisions about a hit's entry, the last first, answers the hit; None where none does.

    It is about an organisation that is known again by a number or by its first name. The last word on both sides as
    they are now goes before a later one on others; what is other than it was then is said.
    """
    digest, keys = entry_digest(hit.entry), set(asked.keys)
    found: tuple[Said, Asked] | None = None
    for one in said:
        then = Asked(tuple(one.asked["names"]), one.asked["country"], one.asked["identifiers"])
        if keys.isdisjoint(then.keys):
            continue
        if (then.digest, one.entry_digest) == (asked.digest, digest):
            found = one, then
            break
        found = found or (one, then)
    if found is None:
        return None
    last, then = found
    changed: list[Literal["asked", "entry"]] = []
    if then.digest != asked.digest and not (last.verdict == "confirmed" and _only_adds(asked, then, hit.entry)):
        changed.append("asked")
    if last.entry_digest != digest:
        changed.append("entry")
    return Decision(hit.id, last.verdict, last.person, last.reason, last.day, tuple(changed), last.asked, last.entry)


def is_open(decision: Decision | None) -> bool:
    """Return whether a hit of which this was decided is still to be decided by a person."""
    return decision is None or not decision.holds


def _only_adds(asked: Asked, then: Asked, entry: Entry) -> bool:
    """Return whether all that was asked then still is, and nothing that was added contradicts the entry."""
    names = set(asked.names) - set(then.names)
    numbers = {kind: set(several) - set(then.identifiers.get(kind, ())) for kind, several in asked.identifiers.items()}
    is_kept = (
        set(then.names) <= set(asked.names)
        and then.country in {"", asked.country}
        and all(set(several) <= set(asked.identifiers.get(kind, ())) for kind, several in then.identifiers.items())
    )
    added = Asked(
        tuple(names),
        "" if then.country else asked.country,
        {kind: tuple(several) for kind, several in numbers.items() if several},
    )
    return is_kept and not any(speaking_against(added, entry)) and not any(_is_none_of_its(one, entry) for one in names)


def _is_none_of_its(text: str, entry: Entry) -> bool:
    """Return whether an entry has names in the script of a name, and this is none of its names."""
    comparable = [one.text for one in entry.names if _scripts(one.text) & _scripts(text)]
    return bool(comparable) and read(text).compact not in {read(one).compact for one in comparable}


def _scripts(text: str) -> set[str]:
    letters = filter(str.isalpha, unicodedata.normalize("NFKC", text))
    return {unicodedata.name(one, "").partition(" ")[0] for one in letters}


# --- the file ---


class Decisions:
    """The file of decisions, open; use it in a `with`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    @classmethod
    @contextmanager
    def open(cls, path: Path, *, make: bool) -> Iterator[Self]:
        """Open the file; without `make`, one that is not there is as if nothing had been decided.

        Raises RiskEngineError where it is another file.
        """
        is_there = path.exists()
        if is_there:
            check_file(path)
        with sqlite_problems(path):
            connection = sqlite3.connect(path if is_there or make else ":memory:", isolation_level=None, timeout=10)
            try:
                schema = connection.execute("PRAGMA user_version").fetchone()[0]
                if schema == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                    connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
                elif schema != SCHEMA:
                    message = _("{path}: this is no file of decisions that this version reads", path=path)
                    raise RiskEngineError(message, _("move it away, and bring back a backup of it"))
                yield cls(connection, path)
            finally:
                connection.close()

    def decide(self, asked: Asked, hit: Hit, verdict: Verdict, person: str, reason: str, on: date) -> None:
        """Keep what a person says of a hit; what was said before stays beside it."""
        self.connection.execute(
            "INSERT INTO decisions (hit, verdict, person, reason, day, asked, entry, entry_digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                hit.id,
                verdict,
                person,
                reason,
                on.isoformat(),
                orjson.dumps(plain_asked(asked)).decode(),
                orjson.dumps(plain_entry(hit.entry)).decode(),
                entry_digest(hit.entry),
            ),
        )

    def about(self, asked: Asked, hit: Hit) -> Decision | None:
        """Return what was said of a hit last, of the sides as they are or as they were; None where nobody said it."""
        rows = self.connection.execute(
            "SELECT verdict, person, reason, day, asked, entry, entry_digest FROM decisions WHERE hit = ?"
            " ORDER BY number DESC",
            (hit.id,),
        )
        said = (
            Said(verdict, person, reason, date.fromisoformat(day), orjson.loads(then), orjson.loads(entry), digest)
            for verdict, person, reason, day, then, entry, digest in rows
        )
        return answering(said, asked, hit)

    def news(self, screened: Screened) -> News:
        """Return which hits of an organisation are new since it was last rechecked, and which are gone.

        What a person ruled out is nothing new, until either side changes.
        """
        asked = screened.asked
        key = asked.digest
        last = self.connection.execute("SELECT day FROM asked_before WHERE asked = ?", (key,)).fetchone()
        rows = self.connection.execute("SELECT hit, name FROM seen WHERE asked = ? ORDER BY hit", (key,))
        before = {hit: (name, digest) for hit, name, digest in ((one, *text.rsplit("\n", 1)) for one, text in rows)}
        now = {hit.id: hit for hit in screened.hits}
        new = tuple(
            hit
            for hit in screened.hits
            if before.get(hit.id, ("", ""))[1] != entry_digest(hit.entry) and is_open(self.about(asked, hit))
        )
        gone = tuple((hit, name) for hit, (name, _digest) in before.items() if hit not in now)
        return News(new, gone, date.fromisoformat(last[0]) if last else None)

    def remember(self, several: Iterable[Screened]) -> None:
        """Keep what was found now, for the next recheck."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            for screened in several:
                key = screened.asked.digest
                self.connection.execute("DELETE FROM seen WHERE asked = ?", (key,))
                rows = {(key, one.id, f"{one.entry.name}\n{entry_digest(one.entry)}") for one in screened.hits}
                self.connection.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", sorted(rows))
                self.connection.execute(
                    "INSERT OR REPLACE INTO asked_before VALUES (?, ?)", (key, screened.on.isoformat())
                )
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
