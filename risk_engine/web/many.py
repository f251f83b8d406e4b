"""Tables of many cases that somebody brings: what came, what its columns are, what each case comes to.

A row says that a table is there; all else of it lies in a folder of its own in the office's. It is a working copy that
goes after some days. Nothing of it is a case of the office before somebody begins one from a row.
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from pydantic import TypeAdapter

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.criteria import Criteria
from risk_engine.web import cases, evidence, log, releases
from risk_engine.web.models import BroughtTable, Faculty, Job, Person
from risk_engine.web.rights import faculties_of
from risk_engine.web.words import JobKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.base import File

    from risk_engine.model.mapping import MappingFile
    from risk_engine.model.profile import Profile
    from risk_engine.portfolio.reading import Batch

KEPT: Final = timedelta(days=30)
"""So long a table is there, with all that came of it."""
TYPES: Final[dict[str, tuple[bytes, ...]]] = {"csv": (), "xlsx": evidence.ZIP, "jsonl": (), "parquet": (b"PAR1",)}
"""By ending, how a table begins."""
PROFILES: Final[dict[str, tuple[bytes, ...]]] = {"yaml": (), "yml": (), "json": ()}
REJECTED: Final = "results.rejected.csv"
PROFILE: Final = "profile.yaml"
FILES: Final = ("results.xlsx", "results.csv.zip", "results.parquet", REJECTED, "mapping.yaml", PROFILE)
"""What leaves the office of a table, as files."""
MOST_COLUMNS: Final = 100
_BATCH: Final = 4_096
"""So many rows are assessed between two looks at how far it is."""
Stage: TypeAlias = Literal["rows", "files", "report", "ready"]


@lru_cache(maxsize=8)
def _rules(reference: str) -> Criteria:
    return load_criteria(reference)


def rules(of: BroughtTable) -> Criteria:
    """Return the criteria by which a table is assessed, as they were written."""
    return _rules(of.criteria)


@dataclass(frozen=True)
class Standing:
    """How many cases of a table stand at a level, and of how many of them that may change yet."""

    ladder: str
    level: str
    cases: int
    open: int


@dataclass(frozen=True)
class Outcome:
    """What came of a table so far."""

    stage: Stage = "rows"
    done: int = 0
    total: int | None = None
    """Of how many rows; None where the file does not say it before its end."""
    assessed: int = 0
    rejected: int = 0
    unread: int = 0
    contradictory: int = 0
    levels: tuple[Standing, ...] = ()
    notes: tuple[str, ...] = ()
    on: date | None = None
    """The day for which all were assessed, where the table says none."""


_OUTCOME: Final = TypeAdapter(Outcome)


# --- what somebody brings ---


@transaction.atomic
def bring_in(
    sent: "File[Any] | None",
    faculty: Faculty | None,
    by: Person,
    sheet: str = "",
    header: str = "1",
    *,
    confidential: bool = False,
) -> BroughtTable:
    """Keep a table that somebody sent; raise RiskEngineError where it is none."""
    if faculty is None:
        raise RiskEngineError(_("choose a faculty"))
    if sent is None:
        raise RiskEngineError(_("choose a file"))
    if not header.isdecimal() or not 0 < int(header[:5]) <= 1000:  # noqa: PLR2004 (as a mapping file has it)
        raise RiskEngineError(_("the row of the headers is a number from 1 to 1,000"))
    way_out = _("save it anew in the program that made it")
    if (sent.name or "").casefold().endswith(".csv"):
        way_out = _("bring the workbook (.xlsx) itself; or in Excel choose “Save as”, and there “CSV UTF-8”")
    name, content = evidence.looked_at(sent, TYPES, way_out)
    made = BroughtTable(
        key=secrets.token_hex(8),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        faculty=faculty,
        by=by,
        criteria=releases.in_use(cases.today()).reference,
        sheet=sheet.strip()[:200],
        header=int(header),
        confidential=confidential,
    )
    try:
        made.path.parent.mkdir(mode=0o700, parents=True)
        write_bytes(made.path, content)
        if is_mapped(made):
            _check_table(_opened(made))
        made.save()
        log.note("many_brought", by, table=made.key, sha256=made.sha256, faculty=faculty.pk, confidential=confidential)
    except RiskEngineError as error:
        shutil.rmtree(made.folder)
        raise RiskEngineError(told(error, made)) from error
    return made


def _check_table(table: Any) -> None:
    if len(table.schema) > MOST_COLUMNS:
        raise RiskEngineError(_("the table has more than {number} columns", number=MOST_COLUMNS))
    if not len(next(table.parts(1)).rows):
        raise RiskEngineError(_("the table has no row below its headers"), _("is the row of the headers right?"))


def told(error: RiskEngineError, of: BroughtTable) -> str:
    """Return what is wrong with a table, without where it lies here."""
    words = "; ".join(filter(None, (error.message, error.way_out)))
    return words.replace(f"{of.path.parent.as_posix()}/", "").replace(f"{of.path.parent}/", "")


def tables_for(person: Person) -> QuerySet[BroughtTable]:
    """Return the tables that somebody may see, the last first: of the faculties in which they work with many cases.

    A confidential one is there for who brought it alone.
    """
    seen = Q(confidential=False) | Q(by=person)
    found = BroughtTable.objects.filter(seen, faculty__in=faculties_of(person, "many"))
    return found.select_related("faculty", "by").order_by("-at", "-pk")


def table_for(person: Person, key: str) -> BroughtTable | None:
    """Return a table that somebody may see, None where it is not there for them."""
    return tables_for(person).filter(key=key).first()


@transaction.atomic
def remove(of: BroughtTable, by: Person) -> None:
    """Delete a table with all that came of it.

    Raises RiskEngineError while it is worked on, and where somebody else brought it.
    """
    if of.by_id != by.pk:
        raise RiskEngineError(_("Only who brought a table deletes it."))
    _check_idle(of)
    log.note("many_removed", by, table=of.key)
    forget([of])


def forget(tables: Iterable[BroughtTable]) -> None:
    """Let go of tables, with their jobs and, once that stands, all that lies of them; what works on one is ended."""
    for one in tables:
        jobs_of(one).delete()
        one.delete()
        transaction.on_commit(partial(shutil.rmtree, one.folder, ignore_errors=True))


@transaction.atomic
def clear(kept: timedelta | None = KEPT) -> None:
    """Take away tables whose time is over, None where a rule of the office sees to that, and folders that are of none.

    Such a folder is left where somebody was killed who brought a table, or let go of one.
    """
    now = timezone.now()
    if kept is not None:
        over = list(BroughtTable.objects.filter(at__lt=now - kept))
        for one in over:
            log.note("many_over", table=one.key)
        forget(over)
    known = set(BroughtTable.objects.values_list("key", flat=True))
    for folder in (Path(settings.OFFICE) / "many").glob("*"):
        if folder.name not in known and folder.stat().st_mtime < now.timestamp() - evidence.UNCLAIMED:
            shutil.rmtree(folder, ignore_errors=True)


# --- what its columns are ---


def is_mapped(of: BroughtTable) -> bool:
    """Return whether somebody says what the columns are: a template and lines of cases say it themselves."""
    if of.path.suffix.casefold() == ".jsonl":
        return False
    if of.path.suffix.casefold() != ".xlsx" or of.sheet:
        return True
    from risk_engine.portfolio.reading.workbook import Workbook

    return "cases" not in {one.casefold() for one in Workbook(of.path).sheets}


def headers(of: BroughtTable) -> list[str]:
    """Return what stands above the columns of a table, in their order."""
    return list(_opened(of).schema)


def _opened(of: BroughtTable) -> Any:
    from risk_engine.portfolio.reading.tables import open_table

    return open_table(of.path, of.sheet or None, of.header)


@dataclass(frozen=True)
class Shown:
    """A column of a table, as somebody looks at it: what its cells say, what that may be, and what cannot be read."""

    header: str
    says: str
    to: str = ""
    reason: str = ""
    split: str | None = None
    option: str = ""
    """Of several choices the one that a yes in it is; empty where its cells name them."""
    confirmed: bool = False
    meant: dict[str, str] = field(default_factory=dict)
    """What is said for what cells say."""
    unread: tuple[str, ...] = ()
    dates: str | None = None
    """How cells write days, where it is not year-month-day."""


def shown(of: BroughtTable, mapping: "MappingFile | None" = None) -> list[Shown]:
    """Return the columns of a table: as `mapping` says, as it was saved before, or as they are proposed."""
    from risk_engine.portfolio.reading.mapping import as_cell
    from risk_engine.portfolio.reading.propose import SAMPLE, looked_at, propose, samples

    table, criteria = _opened(of), rules(of)
    part = next(table.parts(SAMPLE))
    says = samples(part)
    mapping = mapping or saved(of)
    if mapping is None:
        guesses = {one.header: one for one in propose(table, criteria).guesses}
        return [
            Shown(
                one,
                text,
                guess.to,
                guess.reason,
                guess.split,
                meant=dict(guess.values),
                unread=guess.unread,
                dates=guess.dates,
            )
            if (guess := guesses.get(one))
            else Shown(one, text)
            for one, text in says.items()
        ]
    found = []
    for header, text in says.items():
        column = mapping.columns.get(header)
        if column is None:
            found.append(Shown(header, text))
            continue
        guess = looked_at(part, header, column, criteria)
        meant = {said: as_cell(answer) for said, answer in column.values.items()}
        near = {said: one for said, one in guess.values.items() if not column.confirmed}
        unread = tuple(one for one in (*guess.values, *guess.unread) if one not in near and one not in meant)
        option, meant = column.option or "", {**near, **meant}
        said = (column.split, option, column.confirmed, meant, unread, column.dates or guess.dates)
        found.append(Shown(header, text, column.to, guess.reason, *said))
    return found


def saved(of: BroughtTable) -> "MappingFile | None":
    """Return what somebody said that the columns are, None before."""
    path = of.folder / "mapping.yaml"
    if not path.is_file():
        return None
    from risk_engine.portfolio.reading.mapping import load_mapping

    return load_mapping(path, rules(of))


def constants(of: BroughtTable) -> dict[str, str]:
    """Return what somebody said is the same in every case, as a cell would say it."""
    mapping = saved(of)
    if mapping is None:
        return {}
    from risk_engine.portfolio.reading.mapping import as_cell

    return {name: as_cell(one.value) for name, one in mapping.constants.items()}


@transaction.atomic
def save(
    of: BroughtTable, columns: dict[str, dict[str, Any]], by: Person, same: Mapping[str, str] = MappingProxyType({})
) -> "MappingFile":
    """Keep what somebody says that the columns are, and what is the same in every case.

    Raises InvalidSourceError with all that is wrong in it.
    """
    from risk_engine.portfolio.reading.mapping import load_mapping

    _check_idle(of)
    stated = {"criteria": rules(of).head.id, "header": of.header, "columns": columns}
    stated |= {"constants": {name: {"value": value, "confirmed": True} for name, value in same.items()}}
    stated |= {"left_out": [one for one in headers(of) if one not in columns]}
    if of.sheet:
        stated["sheet"] = of.sheet
    path = of.folder / "said.yaml"  # JSON is YAML, and needs no escaping by hand
    write_bytes(path, json.dumps(stated, ensure_ascii=False, indent=2).encode())
    try:
        found = load_mapping(path, rules(of))
        log.note("many_mapped", by, table=of.key)
        path.replace(of.folder / "mapping.yaml")
        (of.folder / "outcome.json").unlink(missing_ok=True)  # it came of other columns
    finally:
        path.unlink(missing_ok=True)
    return found


# --- by which profile it is assessed ---


def profile(of: BroughtTable) -> "Profile | None":
    """Return the profile that was brought beside a table, None where there is none."""
    path = of.folder / PROFILE
    return load_profile(path, rules(of)) if path.is_file() else None


@transaction.atomic
def set_profile(of: BroughtTable, sent: "File[Any] | None", by: Person) -> None:
    """Keep a profile by which a table is assessed from now on, none where nothing was sent.

    Raises InvalidSourceError with all that is wrong in it, RiskEngineError where it is no such file.
    """
    _check_idle(of)
    path, beside = of.folder / PROFILE, of.folder / "sent.yaml"
    try:
        if sent is not None:
            _name, content = evidence.looked_at(sent, PROFILES, _("save it as a plain text, in UTF-8"))
            write_bytes(beside, content)
            load_profile(beside, rules(of))
        digest = None if sent is None else hashlib.sha256(content).hexdigest()
        log.note("many_profile", by, table=of.key, sha256=digest)
        if sent is None:
            path.unlink(missing_ok=True)
        else:
            beside.replace(path)
        (of.folder / "outcome.json").unlink(missing_ok=True)  # it came of another one
    finally:
        beside.unlink(missing_ok=True)


# --- what it comes to ---


def jobs_of(of: BroughtTable) -> QuerySet[Job]:
    """Return the jobs that assess a table, the last first."""
    return Job.objects.filter(kind=JobKind.MANY, about=of.key).order_by("-pk")


def is_running(of: BroughtTable) -> bool:
    """Return whether a table is being assessed, or is next in line."""
    return jobs_of(of).filter(finished=None, given_up=False).exists()


def _check_idle(of: BroughtTable) -> None:
    if is_running(of):
        raise RiskEngineError(_("It is being assessed just now: wait until that is done, or stop it."))


@transaction.atomic
def ask(of: BroughtTable, by: Person, on: str = "") -> None:
    """Have a table assessed, once at a time: of what says itself what it states all for a day, if one is named.

    Raises RiskEngineError where it could not even be begun.
    """
    if not is_running(of):
        try:
            day = date.fromisoformat(on) if on else None
        except ValueError as error:
            raise RiskEngineError(_("a day is written like 2027-01-31")) from error
        begun(of, day)
        (of.folder / "outcome.json").unlink(missing_ok=True)
        if day is not None and not is_mapped(of):
            keep(of, Outcome(on=day))
        Job.objects.create(kind=JobKind.MANY, about=of.key, by=by, language=current())
        log.note("many_asked", by, table=of.key, criteria=of.criteria)


@transaction.atomic
def stop(of: BroughtTable, by: Person) -> None:
    """Have the assessment of a table ended, of which nothing is kept then; nothing happens where there is none."""
    if jobs_of(of).filter(finished=None, given_up=False).update(given_up=True, error=""):
        log.note("many_stopped", by, table=of.key)


def keep(of: BroughtTable, made: Outcome) -> None:
    """Write down what came of a table so far."""
    write_bytes(of.folder / "outcome.json", _OUTCOME.dump_json(made))


def outcome(of: BroughtTable) -> Outcome | None:
    """Return what came of a table so far, None before it was begun."""
    path = of.folder / "outcome.json"
    return _OUTCOME.validate_json(read_bytes(path)) if path.is_file() else None


def begun(of: BroughtTable, on: date | None = None) -> "Iterator[Batch]":
    """Return the cases of a table, part by part; raise RiskEngineError where they cannot be read at all."""
    from risk_engine.portfolio.reading import read

    mapping = saved(of) if is_mapped(of) else None
    if mapping is None and is_mapped(of):
        raise RiskEngineError(_("nobody has said yet what the columns are"))
    return read(of.path, rules(of), mapping=mapping, on=on or day_of(of, mapping), batch=_BATCH)


def day_of(of: BroughtTable, mapping: "MappingFile | None") -> date | None:
    """Return the day for which all cases are assessed, None where each says its own."""
    has_own = mapping is None or any(one.to == "assessment_date" and one.confirmed for one in mapping.columns.values())
    made = outcome(of)
    return made.on if made else None if has_own else cases.today()
