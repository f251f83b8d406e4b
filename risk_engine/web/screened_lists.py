"""Lists of organisations in the office: what an admin wants done with them, and the worker's part of it.

They are one file (`screening.place`), read and swapped in by the same functions as on the command line, so that both
may be used. What was sent lies in the office's folder until the worker has read it; a list that cannot be had or read
stays as it was. Nothing is downloaded but where somebody asked for that.
"""

import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from risk_engine.files.diagnostics import RiskEngineError, printable, quoted
from risk_engine.files.language import _, current, first_few, grouped_by_thousands, ngettext
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.screening import lists, swap
from risk_engine.screening.entry import STANDINGS, ListHead
from risk_engine.screening.fetch import is_address
from risk_engine.screening.formats import FORMATS, mapped, ofac
from risk_engine.screening.screen import Screening
from risk_engine.screening.store import Store, sqlite_problems
from risk_engine.web import cases, evidence, log
from risk_engine.web.models import Job, Person
from risk_engine.web.screening import place
from risk_engine.web.wording import as_iso, lines_words
from risk_engine.web.words import JobKind

if TYPE_CHECKING:
    from django.core.files.base import File

_LONGEST: Final = 300
_LONGEST_ADDRESS: Final = 2000
_SHOWN: Final = 8
_PAUSE: Final = 0.5
"""Seconds between two times that a job writes down how far it is."""
_ORDER: Final = "order.json"
_SAID: Final = "said.json"
_MAPPING: Final = "mapping"


@contextmanager
def opened(*, make: bool = False) -> Iterator[Store]:
    """Yield the store of lists; raise RiskEngineError where there is none, unless it is to be made."""
    with Store.open(place(), make=make) as store, sqlite_problems(store.path):
        yield store


def heads(*, ended: bool = False) -> tuple[ListHead, ...]:
    """Return what is known of every list that is kept up; nothing where no list was ever taken in."""
    if not place().is_file():
        return ()
    with opened() as store:
        return store.heads(ended=ended)


# --- what somebody wants ---


@dataclass(frozen=True)
class Order:
    """What is to be done: a list taken in with what is said of it, or lists read again."""

    do: Literal["add", "update"]
    lists: tuple[str, ...]
    source: str = ""
    """An address, or the name of the file that was sent; of an update nothing where each comes from where it came."""
    said: Mapping[str, Any] | None = None
    """Of a list that is taken in: the fields of `lists.Wanted` that somebody filled in."""
    anyway: bool = False


def take_in(sent: Mapping[str, str], files: "Mapping[str, Sequence[File[Any]]]", by: Person) -> Job:
    """Write down that a list is to be taken in, from files or from an address; return the job.

    Raises RiskEngineError with all that is wrong in the form.
    """
    list_id = sent.get("id", "").strip()
    problems = []
    if lists.LIST_ID.fullmatch(list_id) is None:
        problems.append(_("its name here: small letters, digits and hyphens, at most 63, such as `us-sdn`"))
    elif any(one.id == list_id for one in heads(ended=True)):
        problems.append(_("`{id}` is there already: bring its newer version on its own page", id=list_id))
    source, sent_files = _source(sent, files, problems)
    said = _said_of_it(sent, problems)
    if mapping := next(iter(files.get("mapping_file", ())), None):
        said["mapping"] = _MAPPING
        sent_files[f"{_MAPPING}.yaml"] = mapping
    if problems:
        raise RiskEngineError("\n".join(problems))
    return _ask(Order("add", (list_id,), source, said, "anyway" in sent), sent_files, by)


def bring_newer(list_id: str, sent: Mapping[str, str], files: "Mapping[str, Sequence[File[Any]]]", by: Person) -> Job:
    """Write down that the next version of a list is to be read from files or another address; return the job."""
    problems: list[str] = []
    source, sent_files = _source(sent, files, problems)
    if problems:
        raise RiskEngineError("\n".join(problems))
    return _ask(Order("update", (list_id,), source, None, "anyway" in sent), sent_files, by)


def update(list_ids: Sequence[str], by: Person, *, anyway: bool = False) -> Job:
    """Write down that lists are to be read again from the addresses that they came from; return the job."""
    return _ask(Order("update", tuple(list_ids), "", None, anyway), {}, by)


def _source(
    sent: Mapping[str, str], files: "Mapping[str, Sequence[File[Any]]]", problems: list[str]
) -> "tuple[str, dict[str, File[Any]]]":
    """Return where a list comes from: an address, or the main one of the files that were sent, by their names."""
    address, given = sent.get("address", "").strip(), files.get("files", ())
    if bool(address) == bool(given):
        problems.append(_("choose a file or write an address, one of the two"))
        return "", {}
    if address:
        if not _is_good(address):
            problems.append(_("an address begins with https:// and names a server"))
        return address, {}
    named = {evidence.safe_name(one.name or ""): one for one in given}
    beside = {other for name in named for other in ofac.beside(name).values()}
    mains = [name for name in named if name not in beside]
    if len(mains) != 1 or len(named) != len(given):
        problems.append(_("one list comes in one file, but that of OFAC: SDN.CSV, ALT.CSV and ADD.CSV together"))
        return "", {}
    return mains[0], named


def _is_good(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return len(address) <= _LONGEST_ADDRESS and parts.scheme == "https" and bool(parts.hostname) and address.isascii()


def _said_of_it(sent: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    """Return what a form says of a list; what is left empty the file says, or what is known of its kind."""
    names = ("title", "publisher", "jurisdiction", "licence", "standing", "format", "mapping")
    said: dict[str, Any] = {name: text for name in names if (text := " ".join(sent.get(name, "").split()))}
    if too_long := [text for text in said.values() if len(text) > _LONGEST]:
        problems.append(_("“{text} …” is too long: {most} characters at most.", text=too_long[0][:30], most=_LONGEST))
    for name, known in (("standing", STANDINGS), ("format", FORMATS), ("mapping", mapped.shipped())):
        if said.get(name, next(iter(known))) not in known:
            problems.append(_("`{text}` is not known: {words}", text=printable(said[name])[:60], words=quoted(known)))
    if text := sent.get("list_date", "").strip():
        try:
            said["source_date"] = date.fromisoformat(as_iso(text)).isoformat()
        except ValueError:
            problems.append(_("`{text}` is no day; write it like 2026-01-31", text=printable(text)[:60]))
    if text := sent.get("stale_after", "").strip():
        if text.isdecimal() and 0 < int(text[:6]) < 10_000:  # noqa: PLR2004 (days of a life)
            said["stale_after"] = int(text)
        else:
            problems.append(_("after how many days it is stale: a number"))
    return said


@transaction.atomic
def _ask(order: Order, files: "Mapping[str, File[Any]]", by: Person) -> Job:
    key = secrets.token_hex(8)
    place = _place(key)
    place.mkdir(mode=0o700, parents=True)
    try:
        for name, file in files.items():
            with (place / name).open("xb") as target:
                for block in file.chunks():
                    target.write(block)
        write_bytes(place / _ORDER, json.dumps(asdict(order)).encode())
        log.note("list_asked", by, lists=list(order.lists), do=order.do, source=shown_source(order.source))
        return Job.objects.create(kind=JobKind.LISTS, by=by, language=current(), about=key)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _place(key: str) -> Path:
    return Path(settings.OFFICE) / "lists" / key


def shown_source(source: str) -> str:
    """Return where a list comes from, without what may be somebody's own in an address: the Commission's links are."""
    return f"https://{urlsplit(source).hostname}" if is_address(source) else source


# --- the worker's part ---


def run(job: Job) -> None:
    """Do what was asked for; the job says meanwhile how far it is, and its folder afterwards what came of it.

    Each list is taken whole or not at all. Raises RiskEngineError with what stands against those that were not.
    """
    key = job.about.partition("\n")[0]
    place, tell = _place(key), _telling(job)
    order = Order(**json.loads(read_bytes(place / _ORDER)))
    said: list[str] = []
    problems: list[str] = []
    with opened(make=order.do == "add") as store:
        for list_id in order.lists:
            try:
                said += _done(store, order, list_id, place, job, tell)
            except RiskEngineError as error:
                problems.append(f"{list_id}: {_told(error, place)}")
        if said:
            _make_index(store, tell)
    write_bytes(place / _SAID, json.dumps({"lists": order.lists, "said": said}).encode())
    for one in place.iterdir():
        if one.name != _SAID:
            one.unlink()
    if problems:
        raise RiskEngineError("\n".join(problems))


def _done(store: Store, order: Order, list_id: str, place: Path, job: Job, tell: lists.Tell) -> list[str]:
    on = cases.today()
    source = order.source if is_address(order.source) or not order.source else str(place / order.source)
    if order.do == "update":
        brought = lists.update(store, list_id, on, tell, source=source or None, anyway=order.anyway)
    else:
        fields = {**(order.said or {})}
        if day := fields.get("source_date"):
            fields["source_date"] = date.fromisoformat(day)
        if fields.get("mapping") == _MAPPING:
            fields["mapping"] = str(_kept_mapping(list_id, place / f"{_MAPPING}.yaml"))
        brought = lists.bring(store, lists.Wanted(list_id, source, **fields), on, tell, anyway=order.anyway)
    version = brought.version
    counts: dict[str, Any] = {"new": version.new, "changed": version.changed, "gone": version.gone}
    log.note("list_taken", job.by, list=list_id, digest=version.head.digest, entries=version.head.entries, **counts)
    return list(_said(brought))


def _kept_mapping(list_id: str, sent: Path) -> Path:
    """Return where a mapping lies from now on: whoever reads the list again needs it."""
    kept = Path(settings.OFFICE) / "lists" / f"{list_id}.yaml"
    shutil.copyfile(sent, kept)
    return kept


def _said(brought: lists.Brought) -> Iterator[str]:
    """Yield what came of reading a list."""
    head, version = brought.version.head, brought.version
    if brought.format is None:
        yield _("{title}: the server says that nothing has changed.", title=head.title)
        return
    numbers = {"new": version.new, "changed": version.changed, "gone": version.gone}
    yield _(
        "{title}: {entries} entries; {new} new, {changed} said anew, {gone} gone.",
        title=head.title,
        entries=grouped_by_thousands(head.entries),
        **{name: grouped_by_thousands(number) for name, number in numbers.items()},
    )
    if brought.skipped:
        yield ngettext(
            "{number} entry could not be read and was left out.",
            "{number} entries could not be read and were left out.",
            brought.skipped,
        )
    if brought.missing:
        yield _("Read without {files}: other names and addresses are missing.", files=", ".join(brought.missing))
    if brought.unknown_countries:
        names = first_few([f"“{printable(one)}”" for one in brought.unknown_countries], _SHOWN)
        yield _("Not known as countries, so left out as such: {names}.", names=names)


def _told(error: RiskEngineError, place: Path) -> str:
    """Return what stands against a list in the words of the pages, which have fields where a command has options."""
    text = lines_words(error, place)
    for option, field in field_words().items():
        text = text.replace(f"--{option}", f"“{field}”")
    for name, one in FORMATS.items():
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", _(one.what), text)
    return text


def field_words() -> dict[str, str]:
    """Return what the fields of the form are called, by the options of the command that say the same."""
    return {
        "as": _("Its name here"),
        "anyway": _("Take it anyway"),
        "standing": _("What a hit on it is"),
        "format": _("Layout"),
        "mapping": _("Which column holds what"),
    }


def _make_index(store: Store, tell: lists.Tell) -> None:
    """Make the index of what has changed here, so that nobody waits for it who looks a name up."""
    Screening(store, cases.today(), lambda list_id, done: tell(_("names in the index of {id}", id=list_id), done, 0))


def _telling(job: Job) -> Callable[[str, int, int], None]:
    key, written = job.about.partition("\n")[0], 0.0

    def tell(what: str, done: int, of: int) -> None:
        nonlocal written
        if monotonic() - written > _PAUSE:
            written = monotonic()
            now = {"about": f"{key}\n{what}", "parts_done": done, "parts": of, "taken": timezone.now()}
            Job.objects.filter(pk=job.pk).update(**now)

    return tell


# --- what there is to see of it ---


def jobs_of() -> QuerySet[Job]:
    """Return what was asked for about lists, the newest first."""
    return Job.objects.filter(kind=JobKind.LISTS).select_related("by").order_by("-pk")


def shown_job() -> Job | None:
    """Return the job that a page shows: the one that is next or at work, else the newest."""
    return jobs_of().filter(finished=None, given_up=False).last() or jobs_of().first()


@transaction.atomic
def stop(number: int, by: Person) -> None:
    """Have a job ended; what it had not taken whole stays as it was. Nothing happens where it is done.

    A list is put into the store in one transaction, and the process that is at it ends (`worker`).
    """
    stopped = jobs_of().filter(pk=number, finished=None, given_up=False)
    about = stopped.values_list("about", flat=True).first()
    if about is not None and stopped.update(given_up=True, error=""):
        key = about.partition("\n")[0]
        transaction.on_commit(lambda: shutil.rmtree(_place(key), ignore_errors=True))
        log.note("list_stopped", by, job=number)


def is_running(job: Job | None) -> bool:
    """Return whether something is still to be done."""
    return job is not None and job.finished is None and not job.given_up


@dataclass(frozen=True)
class Came:
    """What came of a job that is over: which lists it was about, and what there is to say of those that it took."""

    lists: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def came_of(job: Job) -> Came:
    """Return what came of a job; nothing of one that was stopped, or is over for long."""
    kept = _place(job.about.partition("\n")[0]) / _SAID
    if not kept.is_file():
        return Came()
    found = json.loads(read_bytes(kept))
    if isinstance(found, list):  # written before it said which lists it was about
        return Came((), tuple(found))
    return Came(tuple(found["lists"]), tuple(found["said"]))


def clear(kept: timedelta) -> None:
    """Take away what lies of jobs that were done or given up some time ago."""
    folder = Path(settings.OFFICE) / "lists"
    over = timezone.now() - kept
    done = jobs_of().exclude(finished=None, given_up=False).filter(made__lt=over)
    wanted = {one.about.partition("\n")[0] for one in jobs_of().exclude(pk__in=done.values("pk"))}
    with suppress(FileNotFoundError):
        for place in folder.iterdir():
            if place.is_dir() and place.name not in wanted:
                shutil.rmtree(place, ignore_errors=True)


def stale_words(several: Iterable[ListHead], day: date) -> list[str]:
    """Return of each list that is older than it may be that it is, to stand wherever hits are shown."""
    return [
        _(
            "{list} is {days} days old and may be {most}: who is not on it may be on the newer one.",
            list=", ".join(filter(None, (one.title, one.publisher))),
            days=(day - (one.made_on or one.read_on)).days,
            most=one.stale_after,
        )
        for one in several
        if one.is_stale(day)
    ]


def has_address(store: Store, list_id: str) -> bool:
    """Return whether a list can be read again from where it came; what was sent as a file cannot."""
    return is_address(swap.how_read(store, list_id)["source"])


def end(list_id: str, day: date, by: Person) -> None:
    """Take a list out from a day on; raise RiskEngineError where it was read after that day."""
    with opened() as store:
        swap.end(store, list_id, day)
    log.note("list_ended", by, list=list_id, day=day.isoformat())
