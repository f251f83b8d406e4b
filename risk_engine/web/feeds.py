"""Criteria that other offices publish, as the office follows them: looked at, then adopted or refused by a person.

All of it is done by the package (`office/exchange`); its log says what an index named and what was decided, and never
forgets it. The files of a feed that holds are kept beside it. What is adopted comes in as a set that is uploaded does,
so new cases take nothing of it before two people released it.
"""

import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _, current
from risk_engine.files.reading import read_bytes
from risk_engine.files.signing import need_cryptography
from risk_engine.files.writing import write_bytes
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import newest
from risk_engine.loading.sets import named_sets
from risk_engine.office.exchange import adopt as adopting
from risk_engine.office.exchange.feed import (
    INDEX,
    MOST_INDEX,
    MOST_RELEASE,
    Feed,
    Published,
    brought,
    check_against,
    office_of,
    opened,
    read_index,
    undecided,
)
from risk_engine.office.exchange.journal import Event, Journal, folded, read_journal
from risk_engine.office.exchange.sealed import RefusedError, sealed_in
from risk_engine.web import exchange, log, releases, studies, uploads
from risk_engine.web.exchange import FEEDS
from risk_engine.web.models import BroughtIn, ExchangeFile, Job, Person, WorkedOut
from risk_engine.web.releases import version_named
from risk_engine.web.sets import held
from risk_engine.web.words import JobKind

MOST: Final = uploads.MOST
"""Bytes of a feed that is brought as a zip."""
MOST_NEW: Final = 50
"""So many versions that nobody decided about are brought at once."""
_PART: Final = re.compile(
    rf"(?:[^/\\]+/)?(?P<name>{re.escape(INDEX)}|[a-z0-9][a-z0-9-]{{0,59}}-\d{{1,6}}\.\d{{1,6}}\.\d{{1,6}}\.json)"
)


@dataclass(frozen=True)
class Standing:
    """A version that a feed names, and what was decided about it here, if anything was."""

    of: Published
    decided: Event | None
    is_here: bool
    """Whether the office has a version of that name."""

    @property
    def is_new(self) -> bool:
        """Return whether somebody is to decide about it."""
        return self.decided is None and not self.of.withdrawn


@dataclass(frozen=True)
class Followed:
    """The feed of an office as it was seen last; what it says, or why that counts no more."""

    seen: Event
    releases: tuple[Standing, ...]
    problem: RiskEngineError | None = None

    def named(self, release: str) -> Standing | None:
        """Return one of its versions, None where it has none of that name."""
        return next((one for one in self.releases if one.of.release == release), None)


def followed() -> list[Followed]:
    """Return the feeds that were seen, by office. Raises RiskEngineError where the log does not hold."""
    journal = exchange.journal()
    last = {folded(one.office): one for one in journal.of("feed seen")}
    return [_followed(one, journal) for _name, one in sorted(last.items())]


def _followed(seen: Event, journal: Journal) -> Followed:
    try:
        feed = opened(sealed_in(_kept(f"{seen.content}.jsonl"), seen.office), journal.pinned(seen.office).public())
    except RiskEngineError as error:
        return Followed(seen, (), error)
    return Followed(seen, tuple(_standing(one, feed, journal) for one in feed.releases))


def _standing(one: Published, feed: Feed, journal: Journal) -> Standing:
    both = [*journal.of("adopted", feed.office, one.release), *journal.of("refused", feed.office, one.release)]
    try:
        is_here = version_named(one.release) is not None
    except RiskEngineError:
        is_here = False  # the page of the criteria tells that this set cannot be read
    return Standing(one, max(both, key=lambda event: event.n, default=None), is_here)


def _kept(name: str) -> bytes:
    row = ExchangeFile.objects.filter(path=f"{FEEDS}/{name}").first()
    if row is None:
        raise RiskEngineError(_("a file of this feed is not kept here"), _("look at the feed again"))
    return bytes(row.content)


# --- looked at ---


def look(source: bytes | str, by: Person) -> Followed:
    """Look at a feed that somebody sent as a zip, or that lies at an address; return what it says, which is kept.

    Raises RefusedError, which the log of the office remembers, where it is not signed by the key that is trusted for
    its office, is older than what was seen, says another thing, or a file is not what it says; RiskEngineError where
    there is none, or no key is trusted. Nothing of it is kept then.
    """
    need_cryptography()
    with _beside() as place:
        try:
            return _looked(source, place, by)
        except RefusedError as error:
            told = RefusedError(error.message.replace(f"{place}/", ""), error.way_out)
            log.note("feed_refused", by, None, why=told.message)
            raise told from error


def _looked(source: bytes | str, place: Path, by: Person) -> Followed:
    if isinstance(source, bytes):
        where = f"{_unzipped(source, place / 'feed')}"
    elif source.lower().startswith("https://"):
        where = source
    else:  # nothing that lies on the server is read so
        raise RiskEngineError(_("the address of a feed begins with https://"))
    sealed, journal = read_index(where), exchange.journal()
    feed = opened(sealed, journal.pinned(office_of(sealed)).public())
    check_against(feed, journal)
    new = list(undecided(feed, journal))
    if len(new) > MOST_NEW:
        message = _("the feed has more than {number} versions that nobody decided about", number=MOST_NEW)
        raise RiskEngineError(message, _("`risk-engine criteria follow` decides about each"))
    files = {f"{feed.digest}.jsonl": sealed.raw}
    for number, one in enumerate(new):
        files[f"{one.sha256}.json"] = read_bytes(brought(feed, one, place / f"{number}"), MOST_RELEASE)
    with exchange.changing() as folder:
        adopting.remember(folder, feed)
        for name, content in files.items():
            ExchangeFile.objects.get_or_create(path=f"{FEEDS}/{name}", defaults={"content": content})
        log.note("feed_seen", by, None, office=feed.office, number=feed.number, new=[one.release for one in new])
        journal = read_journal(folder)
    for one in new:
        ask(one, by)
    return _followed(journal.of("feed seen", feed.office)[-1], journal)


def _unzipped(content: bytes, place: Path) -> Path:
    """Write the index and the versions that a zip holds into a folder; what else it holds is left where it is.

    Raises RiskEngineError for what is no zip, holds too much, or anything twice.
    """
    place.mkdir()
    left = uploads.MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > uploads.MOST_FILES:
                raise RiskEngineError(_("the zip holds more than {number} files", number=uploads.MOST_FILES))
            for one in parts:
                if (found := _PART.fullmatch(one.filename)) is None:
                    continue
                target = place / found["name"]
                if one.flag_bits & 1 or one.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                    message = _("{name}: it is encrypted, or packed in a way that is not read", name=target.name)
                    raise RiskEngineError(message)
                if target.exists():
                    raise RiskEngineError(_("{name}: the zip holds it twice", name=target.name))
                most = min(left, MOST_INDEX if target.name == INDEX else MOST_RELEASE)
                with archive.open(one) as entry:
                    raw = entry.read(most + 1)
                if len(raw) > most:
                    message = _("what the file holds is larger than {size} MiB", size=most // 1024 // 1024)
                    raise RiskEngineError(message)
                left -= len(raw)
                write_bytes(target, raw)
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError, NotImplementedError) as error:
        message = _("the file is no zip, or it is damaged")
        raise RiskEngineError(message, _("zip the folder of the feed, with its `{index}`", index=INDEX)) from error
    if not (place / INDEX).is_file():
        message = _("the zip holds no `{index}`", index=INDEX)
        raise RiskEngineError(message, _("zip the folder of the feed, with its `{index}`", index=INDEX))
    return place


@contextmanager
def _beside() -> Iterator[Path]:
    above = Path(settings.OFFICE) / "jobs"
    above.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=above) as name:
        yield Path(name)


# --- decided ---


def refuse(of: Followed, release: str, by: Person, reason: str) -> None:
    """Remember that a version is not adopted, and why; it is not asked again. Raises RiskEngineError without a reason.

    Raises it too where somebody decided already.
    """
    _check_reason(reason)
    with exchange.changing() as folder, _laid_out(of, release, folder) as feed:
        _check_undecided(feed, release, folder, "adopted", "refused")
        adopting.refuse(folder, feed, release, adopting.Said(by.name, reason))
        log.note("feed_declined", by, None, office=feed.office, version=release, reason=reason)


def adopt(of: Followed, release: str, by: Person, reason: str) -> None:
    """Bring a version in as an uploaded set comes in, beside what came in of that set before.

    Raises RiskEngineError without a reason, where it was adopted or withdrawn, its file is not what the feed says, or
    `bring_in` does not take it; nothing is written then.
    """
    _check_reason(reason)
    name = release.partition("@")[0]
    with transaction.atomic():
        with exchange.changing() as folder, _laid_out(of, release, folder) as feed, _beside() as into:
            _check_undecided(feed, release, folder, "adopted")
            row = BroughtIn.objects.filter(name=name).order_by("pk").last()
            before = uploads.unpacked(bytes(row.content))[1] if row else {}
            for path, content in before.items():
                (into / name / path).parent.mkdir(parents=True, exist_ok=True)
                write_bytes(into / name / path, content)
            said = adopting.Said(by.name, reason)
            home, is_new = adopting.adopt(folder, feed, release, said, into, told_as=f"criteria/{name}")
            content = _zipped(home)
            log.note("feed_adopted", by, None, office=feed.office, version=release, reason=reason)
        if is_new:
            uploads.bring_in(ContentFile(content, f"{name}.zip"), by)


def _check_reason(reason: str) -> None:
    if is_blank(reason):
        raise RiskEngineError(_("a reason is missing"), _("say why"))


def _check_undecided(feed: Feed, release: str, folder: Path, *before: str) -> None:
    for one in read_journal(folder).events:
        if one.what in before and one.about == release and folded(one.office) == folded(feed.office):
            message = _("{name} decided about this version on {day}", name=one.by, day=one.at[:10])
            raise RiskEngineError(message, _("look at it again"))


@contextmanager
def _laid_out(of: Followed, release: str, folder: Path) -> Iterator[Feed]:
    """Yield a feed as it was kept, with the file of one of its versions beside the index."""
    journal = read_journal(folder)
    with _beside() as place:
        write_bytes(place / INDEX, _kept(f"{of.seen.content}.jsonl"))
        feed = opened(read_index(f"{place}"), journal.pinned(of.seen.office).public())
        one = feed.named(release)
        write_bytes(place / one.file, _kept(f"{one.sha256}.json"))
        yield feed


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder.parent).as_posix())
    return buffer.getvalue()


# --- what it would have decided ---


def before(one: Published) -> str:
    """Return the version beside which another office's is held: what new cases take, else the newest of its set.

    It is empty where the office has no such set, or only this version: then nothing was decided that it could move.
    """
    used = releases.used_now()
    if used.startswith(f"{one.set_id}@"):
        return "" if used == one.release else used
    if one.set_id not in named_sets():
        return ""
    last = f"{one.set_id}@{newest(one.set_id).dotted}"
    return "" if last == one.release else last


def result(one: Published, before: str) -> WorkedOut | None:
    """Return what a version would have decided, in the current language; None where nobody worked it out."""
    of = held(before)
    if of is None:
        return None
    about = {"kind": JobKind.IMPACT, "before": of.criteria.digest, "after": one.digest, "language": current()}
    return WorkedOut.objects.filter(**about).first()


def jobs(one: Published, before: str) -> QuerySet[Job]:
    """Return the jobs that work that out, the last first."""
    about = f"{before}\n{one.release}\n{one.sha256}"
    return Job.objects.filter(kind=JobKind.FEED, about=about, language=current()).order_by("-pk")


def ask(one: Published, by: Person) -> Job | None:
    """Have it worked out what a version would have decided; None where there is nothing to hold it against."""
    try:
        against = before(one)
    except RiskEngineError:  # a set that cannot be read: the page of the version tells it
        return None
    if not against:
        return None
    waiting = jobs(one, against).filter(finished=None, given_up=False).first()
    about = f"{against}\n{one.release}\n{one.sha256}"
    return waiting or Job.objects.create(kind=JobKind.FEED, about=about, by=by, language=current())


def run(job: Job) -> None:
    """Work out what a version of another office would have decided on the cases of the office, and keep it.

    Raises RiskEngineError where one of both is not there any more.
    """
    against, release, sha256 = job.about.split("\n")
    name, _at, number = release.partition("@")
    of = held(against)
    if of is None:
        raise RiskEngineError(_("one of the versions is not there any more"))
    with _beside() as place:
        path = place / name / "releases" / f"{number}.json"
        path.parent.mkdir(parents=True)
        write_bytes(path, _kept(f"{sha256}.json"))
        digest = read_criteria(path).digest
        report = studies.impact_on_cases(name, against, f"{path}", studies.telling(job))
    WorkedOut.objects.update_or_create(
        kind=JobKind.IMPACT,
        before=of.criteria.digest,
        after=digest,
        language=current(),
        defaults={"content": report.model_dump_json(by_alias=True)},
    )
