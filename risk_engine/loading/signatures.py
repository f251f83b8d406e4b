"""`releases.signatures`: who signed which release; what is wrong with that as far as it is seen without any key.

The file stands beside `releases.lock`. Each record binds set, version and digest of the rules to a person and a day, so
it fits no other release; what stands in it is compared with the lock, so a lock that was rewritten is noticed whenever
the version is read. Nothing here needs `cryptography`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError
from risk_engine.files.language import _
from risk_engine.files.plain import digest
from risk_engine.files.source import Document, read
from risk_engine.loading.releases import locks_of, signed_in
from risk_engine.loading.sets import Version
from risk_engine.loading.validate import validated
from risk_engine.model.changes import ReleaseSignature

HEADING = """\
# Who signed which release, or its withdrawal; `risk-engine criteria release`, `sign` and `withdraw` write it. What each
# covers is computed from release, digest, person and day; `criteria verify` checks it. No record changes or goes.
"""
_ESCAPED = {ord(one): f"\\u{ord(one):04x}" for one in "\x85\u2028\u2029\ufeff"}


@dataclass(frozen=True)
class SignatureFile:
    """One file of signatures: where it is, and its records."""

    path: Path
    document: Document | None = None
    records: tuple[ReleaseSignature, ...] = ()

    def text_with(self, *records: ReleaseSignature) -> str:
        """Return the text of the file with these records at its end; what is there stays as it is."""
        there = "\n".join(self.document.lines).rstrip("\n") + "\n" if self.document else HEADING
        return there + "".join(map(_written, records))


def signature_files(folder: Path) -> tuple[SignatureFile, ...]:
    """Return the files with signatures of a version's releases: that of its set, then that of the folder of sets.

    Raises InvalidSourceError with every problem where one cannot be read.
    """
    return tuple(map(read_signatures, signed_in(folder)))


def signatures_of(version: Version) -> tuple[ReleaseSignature, ...]:
    """Return every signature of a version."""
    files = signature_files(version.path)
    return tuple(one for file in files for one in file.records if one.release == f"{version}")


def stated(record: ReleaseSignature) -> str:
    """Return the digest of what a record states, which its signature must cover."""
    content = record.model_dump(mode="json", include={"release", "digest", "by", "on"})
    # Named, so that it is the statement on no other kind of record.
    return digest({"kind": "withdrawal" if record.withdrawn else "release", **content})


def signature_problems(folder: Path, releases: Collection[str] | None = None) -> list[Diagnostic]:
    """Return what is wrong with the signatures around a version, or with those of these releases alone.

    Raises InvalidSourceError where a lock or a file of signatures cannot be read.
    """
    # Most sets are not signed: then the locks need not be read again.
    files = [one for one in signature_files(folder) if one.records]
    recorded = recorded_in(folder) if files else Recorded({}, frozenset())
    way_out = _("restore what was signed: rules and lock as they were then; `risk-engine criteria verify` checks them")
    return [
        file.document.problem((number, "release"), text, way_out)
        for file in files
        if file.document is not None
        for number, one in enumerate(file.records)
        if (releases is None or one.release in releases) and (text := misfit(one, recorded))
    ]


class Recorded(NamedTuple):
    """What locks record: the digest of each release, and which of them were withdrawn."""

    digests: Mapping[str, str]
    withdrawn: frozenset[str]


def recorded_in(folder: Path) -> Recorded:
    """Return what the locks around a version record."""
    locks = locks_of(folder)
    digests = {name: one for lock in locks for name, one in lock.releases.items()}
    return Recorded(digests, frozenset[str]().union(*(lock.withdrawn for lock in locks)))


def misfit(one: ReleaseSignature, recorded: Recorded) -> str:
    """Return why a signature cannot be of the release that it names; empty where nothing speaks against it."""
    if stated(one) != bare(one.covers):
        return _("the signature of `{release}` covers something else than stands beside it", release=one.release)
    if one.release not in recorded.digests:
        return _("`{release}` was signed as a release, but no `releases.lock` names it", release=one.release)
    if recorded.digests[one.release] != bare(one.digest):
        return _(
            "`{release}` was signed as sha256:{signed}, but released is sha256:{recorded}",
            release=one.release,
            signed=bare(one.digest),
            recorded=recorded.digests[one.release],
        )
    if one.withdrawn and one.release not in recorded.withdrawn:
        return _("`{release}` was signed as withdrawn, and no `releases.lock` says that it was", release=one.release)
    return ""


def read_signatures(path: Path) -> SignatureFile:
    """Return a file of signatures; raise InvalidSourceError with every problem where it cannot be read."""
    document = read(path)
    problems: list[Diagnostic] = []
    records: list[ReleaseSignature] = []
    if not isinstance(document.data, tuple):
        problems.append(document.problem((), _("a list of signatures is needed here")))
    else:
        for number, one in enumerate(document.data):
            record = validated(ReleaseSignature, one, document, (number,), problems)
            records += [] if record is None else [record]
    if problems:
        raise InvalidSourceError(problems)
    return SignatureFile(path, document, tuple(records))


def _written(record: ReleaseSignature) -> str:
    # A JSON string is YAML too, but for what YAML takes for the end of a line.
    by = ", ".join(
        f"{key}: {json.dumps(text, ensure_ascii=False).translate(_ESCAPED)}"
        for key, text in record.by.model_dump().items()
    )
    withdrawn = "  withdrawn: true\n" if record.withdrawn else ""
    return (
        f"- release: {record.release}\n"
        f"  digest: {record.digest}\n"
        f"{withdrawn}"
        f"  by: {{{by}}}\n"
        f"  on: {record.on.isoformat()}\n"
        f"  covers: {record.covers}\n"
        f"  key: {record.key}\n"
        f'  value: "{record.value}"\n'
    )


def bare(prefixed: str) -> str:
    """Return a digest without the name of its function."""
    return prefixed.removeprefix("sha256:")
