"""A backup: every row as a line of JSON, every file, and sums, in one archive; and the way back into an empty place.

What is in it are the tables as they are, so it also leads from SQLite to PostgreSQL and back. The secret of the office
and its sessions are not in it. Rows are written and read as the migrations that the archive names had the tables: an
archive of an older version is restored as that, and brought up to date then.
"""

import contextlib
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from risk_engine.files.diagnostics import RiskEngineError, file_problem
from risk_engine.files.language import _
from risk_engine.files.reading import open_file
from risk_engine.files.writing import sync_folder, write_new
from risk_engine.version import __version__
from risk_engine.web import evidence, log, many_files
from risk_engine.web.databases import make_tables, missing_triggers
from risk_engine.web.models import Event, EventDetail
from risk_engine.web.rows import as_json, from_json, in_order
from risk_engine.web.words import JobKind, SealedKind

_LEFT: Final = frozenset({"auth.group", "auth.permission", "contenttypes.contenttype", "web.signedin"})
"""Tables that are made anew, and who is signed in just now."""
_MANIFEST: Final = "manifest.json"
_SUMS: Final = "SHA256SUMS"
_ROWS: Final = "rows/"
_FILES: Final = "files/"
_TABLE: Final = "web.broughttable"
_PACKED: Final = frozenset({".parquet", ".xlsx", ".zip"})
"""Endings of what is made small already."""
_MANY: Final = 500
_PIECE: Final = 1024 * 1024
"""So many bytes of a file are held at a time."""
Step = tuple[str, str]


class NewerError(RiskEngineError):
    """What a later version of the program made."""


# --- what there is ---


def migrated() -> list[Step]:
    """Return the migrations of the database; raise NewerError where this program does not know one."""
    loader = MigrationLoader(connection)
    done = sorted(loader.applied_migrations)
    known = set(loader.graph.nodes)
    check_known(one for one in done if one not in known and one[0] in loader.migrated_apps)
    return [one for one in done if one in known]


def check_known(unknown: Iterable[Step]) -> None:
    """Raise NewerError where something was made by migrations that this program does not have."""
    names = [".".join(one) for one in unknown]
    if names:
        message = _("this was made by a later version of the program: {names}", names=", ".join(names))
        raise NewerError(message, _("install that version; nothing was changed"))


def _tables(steps: Sequence[Step]) -> dict[str, type[models.Model]]:
    """Return the tables as these migrations make them by their names, one after those that its rows name."""
    apps = MigrationLoader(None).project_state(list(steps)).apps
    found = [one for one in apps.get_models() if one._meta.label_lower not in _LEFT and one._meta.managed]
    return {one._meta.label_lower: one for one, _column in in_order(dict.fromkeys(found, ""))}


def before_upgrade() -> Path | None:
    """Write a backup of a database that an earlier version made, in the folder of the office; return its file.

    None where there is nothing to bring up to date. Raises NewerError for a database of a later version.
    """
    done = migrated()
    wanted = [one for one in MigrationLoader(None).graph.nodes if one not in done]
    if not done or not wanted:
        return None
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    path = Path(settings.OFFICE) / f"before-{min(wanted)[1]}-{moment}.zip"
    write_backup(path)
    return path


# --- out ---


@dataclass(frozen=True)
class Size:
    """How much a backup holds: rows, files with their bytes, and how many bytes are of tables of many cases."""

    rows: int = 0
    files: int = 0
    bytes: int = 0
    of_tables: int = 0

    def with_file(self, size: int, *, is_of_table: bool) -> "Size":
        """Return that with one more file."""
        return Size(self.rows, self.files + 1, self.bytes + size, self.of_tables + (size if is_of_table else 0))


def write_backup(path: Path) -> tuple[Size, str]:
    """Write a backup of the office as it stands at one moment; return how much is in it, and the head of its log.

    Work goes on meanwhile. Raises RiskEngineError where it cannot be written; nothing is written over.
    """
    steps = migrated()
    made = _Writing()
    with _one_moment():
        write_new(path, lambda file: made.write(file, steps), 0o600)
    return made.size, made.head


@contextlib.contextmanager
def _one_moment() -> Iterator[None]:
    """Read as of one moment, while others go on writing."""
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined] # of SQLite alone: read, take no lock
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor != "sqlite" and is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class _Writing:
    def __init__(self) -> None:
        self.size = Size()
        self.head = ""
        """Number and hash of the last event of the log; nothing where there is none."""
        self.sums: list[str] = []

    def write(self, file: IO[bytes], steps: list[Step]) -> None:
        tables = _tables(steps)
        counted: dict[str, int] = {}
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for label, table in tables.items():
                before = self.size.rows
                self._add(archive, f"{_ROWS}{label}.jsonl", self._lines(table))
                counted[label] = self.size.rows - before
            sealed = tables["web.sealed"]._default_manager.filter(kind=SealedKind.KEPT)
            named = tables["web.evidence"]._default_manager.exclude(name="")  # what was erased has no file
            kept = {*named.values_list("sha256", flat=True)}
            kept |= {*sealed.values_list("sha256", flat=True)}
            paths = {f"{_FILES}{one}": evidence.path_of(one) for one in sorted(kept)}
            missing = [
                name.removeprefix(_FILES) for name, path in paths.items() if not self._add_file(archive, name, path)
            ]
            if _TABLE in tables:
                missing += self._add_tables(archive, tables)
            last = tables["web.event"]._default_manager.order_by("-number").values_list("number", "hash").first()
            self.head = f"{last[0]}:{last[1]}" if last else ""
            manifest = {
                "schema": 1,
                "program": __version__,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "migrations": [list(one) for one in steps],
                "rows": counted,
                "log": self.head,
                "missing": missing,
            }
            self._add(archive, _MANIFEST, [json.dumps(manifest, indent=1).encode() + b"\n"])
            archive.writestr(zipfile.ZipInfo(_SUMS), "".join(self.sums))

    def _lines(self, table: type[models.Model]) -> Iterator[bytes]:
        for row in table._default_manager.order_by("pk").iterator(chunk_size=_MANY):
            self.size = replace(self.size, rows=self.size.rows + 1)
            yield json.dumps(as_json(row), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def _add_tables(self, archive: zipfile.ZipFile, tables: dict[str, type[models.Model]]) -> Iterator[str]:
        """Add the tables of many cases with all that came of them; yield which of them are not there.

        What is being made just now is left out: the job is in the backup, and begins anew.
        """
        at_work = tables["web.job"]._default_manager.filter(kind=JobKind.MANY, finished=None, given_up=False)
        running = {*at_work.values_list("about", flat=True)}
        for key, name in tables[_TABLE]._default_manager.order_by("pk").values_list("key", "name"):
            own = many_files.name_of(key, f"table/{name}")
            if not self._add_file(archive, own, many_files.place_of(own)):
                yield own
            stamp = None if key in running else many_files.outcome_of(key)
            for file in many_files.beside_table(key, is_whole=stamp is not None):
                self._add_file(archive, file, many_files.place_of(file))
            if stamp is not None and many_files.outcome_of(key) == stamp:  # else somebody began it anew meanwhile
                self._add(archive, many_files.name_of(key, many_files.OUTCOME), [stamp])

    def _add_file(self, archive: zipfile.ZipFile, name: str, path: Path) -> bool:
        """Add a file piece by piece; return whether it was there."""
        try:
            file = open_file(path)
        except FileNotFoundError:
            return False
        with file:
            pieces = iter(lambda: file.read(_PIECE), b"")
            self._add(archive, name, pieces, zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED)
        return True

    def _add(
        self, archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], packing: int = zipfile.ZIP_DEFLATED
    ) -> None:
        found, size, part = hashlib.sha256(), 0, zipfile.ZipInfo(name)
        part.compress_type = packing
        with archive.open(part, "w", force_zip64=True) as entry:
            for piece in pieces:
                found.update(piece)
                entry.write(piece)
                size += len(piece)
        self.sums.append(f"{found.hexdigest()}  {name}\n")
        if name.startswith((_FILES, many_files.PREFIX)):
            self.size = self.size.with_file(size, is_of_table=name.startswith(many_files.PREFIX))


# --- and back ---


@dataclass(frozen=True)
class Archive:
    """A backup that was looked at whole: everything in it is as it was written, and its log holds."""

    file: zipfile.ZipFile
    steps: list[Step]
    counted: dict[str, int]
    missing: tuple[str, ...]
    made: str
    """When."""

    def files(self) -> list[str]:
        """Return the digests of its files."""
        return [one.removeprefix(_FILES) for one in self.file.namelist() if one.startswith(_FILES)]

    def of_tables(self) -> list[str]:
        """Return the names of the files of tables of many cases."""
        return [one for one in self.file.namelist() if one.startswith(many_files.PREFIX)]

    def size(self) -> Size:
        """Return how much it holds."""
        made = Size(sum(self.counted.values()))
        for one in self.file.infolist():
            if one.filename.startswith((_FILES, many_files.PREFIX)):
                made = made.with_file(one.file_size, is_of_table=one.filename.startswith(many_files.PREFIX))
        return made

    def rows(self, label: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table."""
        with self.file.open(f"{_ROWS}{label}.jsonl") as lines:
            for line in lines:
                found: dict[str, Any] = json.loads(line)
                yield found


@dataclass(frozen=True)
class Restored:
    """What came of a backup: how much, which files were missing when it was made, and when that was."""

    size: Size
    missing: tuple[str, ...]
    made: datetime


def restore(path: Path, then: Callable[[], None]) -> Restored:
    """Bring an office back into an empty place, whole or not at all; `then` is done before it is there.

    The archive is looked at whole first, its log too. Raises RiskEngineError for one that is damaged, and where
    something is in the place; nothing is left there then.
    """
    with _opened(path) as file, contextlib.ExitStack() as undo:
        archive = _checked(path, file)
        _check_empty()
        undo.callback(evidence.drop, [one for one in archive.files() if not evidence.path_of(one).exists()])
        for digest in archive.files():
            evidence.keep(digest, archive.file.read(f"{_FILES}{digest}"))
        undo.callback(many_files.drop, many_files.put_back(archive.file, archive.of_tables()))
        if connection.vendor == "sqlite":
            _into_sqlite(archive, then)
        else:
            with transaction.atomic():
                _fill(archive, then)
        undo.pop_all()
    return Restored(archive.size(), archive.missing, datetime.fromisoformat(archive.made))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with open_file(path) as opened, zipfile.ZipFile(opened) as file:
            yield file
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError, KeyError) as error:
        raise file_problem(path, _("this is no backup, or it is damaged"), _("take another one")) from error
    except FileNotFoundError as error:
        raise file_problem(path, _("there is no such file")) from error


def _checked(path: Path, file: zipfile.ZipFile) -> Archive:
    """Return an archive of which everything holds; raise RiskEngineError with all that does not."""
    names = set(file.namelist())
    if not {_MANIFEST, _SUMS} <= names:
        raise file_problem(path, _("this is no backup, or it is damaged"), _("take another one"))
    problems: list[str] = []
    lines = file.read(_SUMS).decode().splitlines()
    sums = {name: digest for digest, _blank, name in (one.partition("  ") for one in lines)}
    problems += [_("{name}: no sum is given for it", name=one) for one in sorted(names - sums.keys() - {_SUMS})]
    for name, wanted in sums.items():
        if name not in names:
            problems.append(_("{name}: missing", name=name))
        elif _sum_of(file, name) != wanted or _leads_elsewhere(name, wanted):
            problems.append(_("{name}: it is not what was written", name=name))
    if problems:
        raise _damaged(path, problems)
    manifest = json.loads(file.read(_MANIFEST))
    steps = [(app, name) for app, name in manifest["migrations"]]
    loader = MigrationLoader(None)  # without the database: looking at it would make one
    check_known(one for one in steps if one not in loader.graph.nodes)
    archive = Archive(file, steps, manifest["rows"], tuple(manifest["missing"]), manifest["at"])
    if problems := [*_row_problems(archive), *log.problems(_events(archive))]:
        raise _damaged(path, problems)
    return archive


def _leads_elsewhere(name: str, digest: str) -> bool:
    """Return whether the name of a file is none that a backup gives it."""
    if name.startswith(many_files.PREFIX):
        return not many_files.is_name(name)
    return name.startswith(_FILES) and name != f"{_FILES}{digest}"


def _damaged(path: Path, problems: Sequence[str]) -> RiskEngineError:
    told = "\n".join(f"{path}: {one}" for one in problems)
    return RiskEngineError(told, _("the backup is damaged, nothing was restored: take another one"))


def _sum_of(file: zipfile.ZipFile, name: str) -> str:
    try:
        with file.open(name) as entry:
            return hashlib.file_digest(entry, "sha256").hexdigest()  # type: ignore[arg-type] # it reads, and that is all
    except (zipfile.BadZipFile, EOFError, zlib.error):
        return ""


def _row_problems(archive: Archive) -> Iterator[str]:
    for label, number in archive.counted.items():
        if sum(1 for _row in archive.rows(label)) != number:
            yield _("{name}: rows are missing", name=label)
    there = set(archive.files()) | set(archive.missing)
    for row in archive.rows("web.evidence"):
        if row["name"] and row["sha256"] not in there:
            yield _("{name}: missing", name=row["sha256"])
    there |= set(archive.of_tables())
    for row in archive.rows(_TABLE) if _TABLE in archive.counted else ():
        if (own := many_files.name_of(row["key"], f"table/{row['name']}")) not in there | set(archive.missing):
            yield _("{name}: missing", name=own)


def _events(archive: Archive) -> Iterator[Event]:
    """Yield the log of an archive, each event with its detail where that is still there."""
    details = {row["event_id"]: row for row in archive.rows("web.eventdetail")}
    for row in archive.rows("web.event"):
        event = from_json(Event, row)
        assert isinstance(event, Event)  # noqa: S101 (the model says so)
        if (detail := details.get(event.number)) is not None:
            EventDetail(event=event, salt=detail["salt"], detail=detail["detail"])
        else:
            Event._meta.get_field("detail").set_cached_value(event, None)  # it was erased: no database is asked for it
        yield event


def _check_empty() -> None:
    way_out = _("name a folder that is new, or a database in which nothing is")
    if connection.vendor == "sqlite":
        if Path(settings.DATABASES["default"]["NAME"]).exists():
            raise RiskEngineError(_("{folder}: an office is there already", folder=settings.OFFICE), way_out)
    elif connection.introspection.table_names():
        raise RiskEngineError(_("the database is not empty"), way_out)


def _into_sqlite(archive: Archive, then: Callable[[], None]) -> None:
    """Make the database under another name, then give it its own: whoever is killed before has restored nothing."""
    place = Path(settings.DATABASES["default"]["NAME"])
    beside = place.with_name(f"{place.name}.restoring")
    parts = (beside, *(beside.with_name(f"{beside.name}{end}") for end in ("-wal", "-shm", "-journal")))
    for one in parts:
        one.unlink(missing_ok=True)
    connection.close()
    connection.settings_dict["NAME"] = beside
    try:
        _fill(archive, then)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except BaseException:
        connection.close()
        for one in parts:
            one.unlink(missing_ok=True)
        raise
    finally:
        connection.close()
        connection.settings_dict["NAME"] = place
    with beside.open("r+b") as file:
        os.fsync(file.fileno())
    beside.replace(place)
    sync_folder(place.parent)


def _fill(archive: Archive, then: Callable[[], None]) -> None:
    """Make the tables as the archive has them, put its rows in, bring all of it up to date."""
    executor = MigrationExecutor(connection)
    if set(archive.steps) != set(executor.loader.graph.nodes) or not make_tables(connection.alias):
        executor.migrate([one for one in archive.steps if not _is_before(executor, one, archive.steps)])
    tables = _tables(archive.steps)
    with transaction.atomic():
        for label, table in tables.items():
            _put(table, archive.rows(label))
        if statements := connection.ops.sequence_reset_sql(no_style(), list(tables.values())):
            with connection.cursor() as cursor:
                cursor.execute("\n".join(statements))
    call_command("migrate", verbosity=0)
    if missing := missing_triggers():
        raise AssertionError(missing)
    number, digest = log.head()
    log.note("restore", made=archive.made, rows=sum(archive.counted.values()), head=f"{number}:{digest}")
    then()


def _is_before(executor: MigrationExecutor, step: Step, steps: Sequence[Step]) -> bool:
    """Return whether another of these migrations rests on one, so that it need not be named."""
    node = executor.loader.graph.node_map[step]
    return any(child.key in steps for child in node.children)


def _put(table: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    for one in table._meta.concrete_fields:
        if isinstance(
            one, models.DateField
        ):  # the tables of a state are our own: here nothing is set while it is saved
            one.auto_now = one.auto_now_add = False
    several: list[models.Model] = []
    for row in rows:
        several.append(from_json(table, row))
        if len(several) == _MANY:
            table._default_manager.bulk_create(several)
            several = []
    table._default_manager.bulk_create(several)
