"""Criteria that an office publishes: an index that it signs, and beside it each released version as one file.

An index names every release that it ever named, with digest, day and signatures, and its number only rises. Who follows
it remembers what it said: an index that is older, or says something else of a release, is refused.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, StringConstraints

from risk_engine.files.diagnostics import RiskEngineError, printable, reason
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_together
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import is_released, is_withdrawn, newest
from risk_engine.loading.sets import Version, bundle_path, is_bundle
from risk_engine.loading.signatures import bare, signatures_of, stated
from risk_engine.model.changes import ReleaseSignature
from risk_engine.model.words import Digest, Model, Text
from risk_engine.office.exchange.sealed import (
    RefusedError,
    Sealed,
    check_signature,
    content_of,
    read_sealed,
    record_in,
    seal,
    sealed_in,
    unfit,
)
from risk_engine.screening.fetch import bring, sibling

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from risk_engine.office.exchange.journal import Journal

PURPOSE: Final = "criteria-feed"
INDEX: Final = "feed.jsonl"
MOST_INDEX: Final = 4 * 1024 * 1024
MOST_RELEASE: Final = 16 * 1024 * 1024
_NAME = re.compile(r"(?P<set>[a-z0-9][a-z0-9-]{0,59})@(?P<version>\d{1,6}\.\d{1,6}\.\d{1,6})")
Release = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}@\d{1,6}\.\d{1,6}\.\d{1,6}$")]


class FeedHead(Model):
    """What an index says of itself."""

    kind: Literal["criteria-feed"]
    schema_: Literal[1] = Field(1, alias="schema")
    office: Text
    number: int = Field(ge=1, le=10**9, description="Rises with each index of this office.")


class Published(Model):
    """A released version as an index names it."""

    release: Release
    digest: Digest = Field(description="Of its rules, as `releases.lock` has it.")
    in_force_from: date
    sha256: Digest = Field(description="Of its file.")
    size: int = Field(ge=1, le=MOST_RELEASE)
    withdrawn: bool = Field(default=False, exclude_if=lambda value: not value)
    signatures: tuple[ReleaseSignature, ...] = ()

    @property
    def file(self) -> str:
        """How its file is called, beside the index: by its name, so that no index names a path."""
        return f"{self.release.replace('@', '-')}.json"

    @property
    def set_id(self) -> str:
        """Of which set it is a version."""
        return self.release.partition("@")[0]


@dataclass(frozen=True)
class Feed:
    """An index that was opened: its signature holds, and it fits itself."""

    source: str
    office: str
    number: int
    releases: tuple[Published, ...]
    digest: str

    def named(self, release: str) -> Published:
        """Return a release; RiskEngineError where the index names none so."""
        for one in self.releases:
            if one.release == release:
                return one
        known = ", ".join(one.release for one in self.releases)
        message = _("{feed}: there is no release `{release}`", feed=self.source, release=printable(release))
        raise RiskEngineError(message, _("there is {known}", known=known or "–"))

    def digests(self) -> dict[str, str]:
        """Return what it says of each release."""
        return {one.release: one.digest for one in self.releases}


def is_address(source: str) -> bool:
    """Return whether a feed lies on the network; only what begins with https is ever asked for."""
    return "://" in source


def index_of(source: str) -> str:
    """Return where the index of a feed lies: the file itself, or that in the folder."""
    if is_address(source):
        return source if source.endswith(".jsonl") else f"{source.rstrip('/')}/{INDEX}"
    path = Path(source)
    return (path / INDEX if path.is_dir() else path).as_posix()


def read_index(source: str) -> Sealed:
    """Return the index of a feed with its signature, which is not checked yet; RiskEngineError where there is none."""
    where = index_of(source)
    if not is_address(source):
        return read_sealed(Path(where))
    with TemporaryDirectory(prefix="risk-engine-") as folder:
        target = Path(folder) / INDEX
        bring(where, target, MOST_INDEX)
        return sealed_in(read_bytes(target), where)


def office_of(sealed: Sealed) -> str:
    """Return whose index it says to be."""
    return record_in(sealed.lines[0], FeedHead, sealed.name, 1).office


def opened(sealed: Sealed, key: "Ed25519PublicKey") -> Feed:
    """Return the index in a sealed file; RefusedError where it is not signed with this key, or does not fit itself."""
    name = sealed.name
    head = record_in(sealed.lines[0], FeedHead, name, 1)
    check_signature(sealed, PURPOSE, head.office, key)
    releases = tuple(record_in(line, Published, name, number) for number, line in enumerate(sealed.lines[1:], 2))
    names = [one.release for one in releases]
    if names != sorted(set(names)):
        raise unfit(name, _("its releases are not in their order, or one stands twice"))
    for one in releases:
        for signature in one.signatures:
            if wrong := _misfit(one, signature, key):
                raise unfit(name, wrong)
    return Feed(name, head.office, head.number, releases, sealed.digest)


def _misfit(one: Published, signature: ReleaseSignature, key: "Ed25519PublicKey") -> str:
    """Return why a signature cannot be of the release beside which it stands; empty where nothing speaks against it."""
    from risk_engine.files.signing import is_signed, key_id

    if signature.release != one.release or bare(signature.digest) != one.digest or signature.withdrawn > one.withdrawn:
        return _("a signature of `{release}` is of something else", release=one.release)
    covers = stated(signature)
    if covers != bare(signature.covers):
        return _("the signature of `{release}` covers something else than stands beside it", release=one.release)
    if bare(signature.key) == key_id(key) and not is_signed(covers, signature.value, key):
        return _("the signature of `{release}` is not right", release=one.release)
    return ""


def check_against(feed: Feed, journal: "Journal") -> bool:
    """Return whether a feed says something new to a register.

    Raises RefusedError where its index is older than the one that was seen last, where it is another one of the same
    number, where a release has another digest than it was seen with, or is gone.
    """
    seen = journal.of("feed seen", feed.office)
    if seen:
        last = seen[-1]
        about = {"number": feed.number, "last": last.number, "office": feed.office, "day": last.at[:10]}
        if feed.number < last.number:
            message = _(
                "this is index {number} of {office}, and index {last} was seen on {day}: an older one may hide what "
                "was withdrawn",
                **about,
            )
            raise unfit(feed.source, message, _("ask {office} where its feed lies", office=feed.office))
        if feed.number == last.number and feed.digest != last.content:
            message = _("this is another index {number} of {office} than the one that was seen on {day}", **about)
            raise unfit(feed.source, message, _("ask {office} which one counts", office=feed.office))
    now = feed.digests()
    for one in seen:
        for release, digest in one.releases.items():
            if now.get(release, digest) != digest:
                message = _(
                    "`{release}` was sha256:{digest} when it was seen on {day}, and is now sha256:{now}: a released "
                    "version never changes",
                    release=release,
                    digest=digest,
                    day=one.at[:10],
                    now=now[release],
                )
                raise unfit(feed.source, message, _("ask {office} what happened", office=feed.office))
            if release not in now:
                message = _("`{release}`, which was seen on {day}, is gone", release=release, day=one.at[:10])
                raise unfit(feed.source, message, _("ask {office} what happened", office=feed.office))
    return not seen or seen[-1].content != feed.digest


def brought(feed: Feed, one: Published, folder: Path) -> Path:
    """Write the file of a release into a folder of its set and return where; it is what the index says, or refused.

    Raises RefusedError where it has another digest, is none of a criteria set, or its rules are others than are stated.
    """
    target = folder / one.set_id / "releases" / f"{one.release.partition('@')[2]}.json"
    target.parent.mkdir(parents=True)
    if is_address(feed.source):
        bring(sibling(feed.source, one.file), target, one.size + 1024)
    else:
        path = Path(feed.source).with_name(one.file)
        try:
            target.write_bytes(read_bytes(path, one.size + 1))
        except OSError as error:
            message = _("{file}: the file cannot be read: {reason}", file=path, reason=reason(error))
            raise RiskEngineError(message) from error
    raw = read_bytes(target, MOST_RELEASE)
    if len(raw) != one.size or hashlib.sha256(raw).hexdigest() != one.sha256:
        raise unfit(one.file, _("it is not the file that the index of {office} names", office=feed.office))
    try:
        criteria = read_criteria(target)
    except RiskEngineError as error:
        raise unfit(one.file, f"{error.message or error}") from error
    stated_ = (f"{criteria.head.id}@{criteria.head.version}", criteria.digest, criteria.head.in_force.from_)
    if stated_ != (one.release, one.digest, one.in_force_from):
        raise unfit(one.file, _("its rules are others than the index of {office} says", office=feed.office))
    return target


# --- publish ---


def check_releases(references: Sequence[str]) -> None:
    """Raise RiskEngineError with everything that `published` would say of these releases."""
    failed: list[RiskEngineError] = []
    for one in references:
        try:
            _as_published(newest(one))
        except RiskEngineError as error:
            failed.append(error)
    if len(failed) == 1:
        raise failed[0]
    if failed:
        raise RiskEngineError("\n".join(f"{one}" for one in failed))


def published(
    references: Sequence[str], folder: Path, office: str, key: "Ed25519PrivateKey"
) -> tuple[Feed, Mapping[Path, str]]:
    """Return the index with these releases added to what is in a folder, and the files to write, the index last.

    Raises RiskEngineError where one is no release, its file is not there, or the index there is not one's own.
    """
    public = key.public_key()
    there: Feed | None = None
    if (folder / INDEX).is_file():
        there = opened(read_sealed(folder / INDEX), public)
        if there.office != office:
            message = _("{folder}: this is the feed of {office}", folder=folder, office=there.office)
            raise RiskEngineError(message, _("name another folder"))
    files: dict[Path, str] = {}
    known = {one.release: one for one in there.releases} if there else {}
    for reference in references:
        made, content = _as_published(newest(reference))
        if made.release in known and known[made.release].digest != made.digest:
            message = _("`{release}` was published with another digest", release=made.release)
            raise RefusedError(message, _("a released version never changes: give the change a number of its own"))
        known[made.release] = made
        files[folder / made.file] = content
    releases = [known[name] for name in sorted(known)]
    if there is not None and list(there.releases) == releases:
        return there, {}
    head = FeedHead(kind=PURPOSE, office=office, number=there.number + 1 if there else 1)
    said = (head.model_dump(mode="json", by_alias=True), *(one.model_dump(mode="json") for one in releases))
    raw = seal(content_of(tuple(canonical(one) for one in said)), PURPOSE, key)
    files[folder / INDEX] = raw.decode()
    return opened(sealed_in(raw, INDEX), public), files


def _as_published(version: Version) -> tuple[Published, str]:
    if not is_released(version):
        message = _("{version} is a draft: only what was released is published", version=version)
        raise RiskEngineError(message, _("release it with `risk-engine criteria release`"))
    path = bundle_path(version)
    if not is_bundle(path):
        raise RiskEngineError(
            _("{version} is released, and its bundle is not there: {file}", version=version, file=path)
        )
    raw = read_bytes(path)
    criteria = read_criteria(path)
    made = Published(
        release=f"{version}",
        digest=criteria.digest,
        in_force_from=version.in_force_from,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        withdrawn=is_withdrawn(version),
        signatures=signatures_of(version),
    )
    return made, raw.decode("utf-8")


def publish(files: Mapping[Path, str]) -> None:
    """Write what `published` returned, all or none, the index last."""
    write_together(files)


def at_hand() -> "AbstractContextManager[str]":
    """Return a folder for what is brought, gone at the end."""
    return TemporaryDirectory(prefix="risk-engine-")


def undecided(feed: Feed, journal: "Journal") -> Iterator[Published]:
    """Yield the releases of a feed that nobody has adopted or refused, the withdrawn ones left out."""
    decided = {one.about for one in (*journal.of("adopted", feed.office), *journal.of("refused", feed.office))}
    yield from (one for one in feed.releases if one.release not in decided and not one.withdrawn)
