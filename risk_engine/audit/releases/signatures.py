"""`releases.signatures`: who signed which release, with which key; what can be checked of it, with keys and without.

The file stands beside `releases.lock`. Each record binds set, version and digest of the rules to a person and a day, so
it fits no other release; what stands in it is compared with the lock, so a lock that was rewritten is noticed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.audit.links import Link, broken, holds, short, unchecked
from risk_engine.canonical import digest
from risk_engine.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.language import _
from risk_engine.loading.lock import locks_of
from risk_engine.loading.messages import validated
from risk_engine.loading.sets import Version
from risk_engine.model.decision import Person
from risk_engine.model.releases import ReleaseSignature
from risk_engine.source import Document, read

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURES = "releases.signatures"
HEADING = """\
# Who signed which release, written by `risk-engine criteria release --sign` and `criteria sign`. What each covers
# is computed from release, digest, person and day; `risk-engine criteria verify` checks it. No record changes or goes.
"""
_ESCAPED = {ord(one): f"\\u{ord(one):04x}" for one in "\x85\u2028\u2029\ufeff"}


@dataclass(frozen=True)
class Signing:
    """Who signs, when, and with which key."""

    key: "Ed25519PrivateKey"
    by: Person
    on: date


@dataclass(frozen=True)
class SignatureFile:
    """One file of signatures: where it is, and its records."""

    path: Path
    document: Document | None = None
    records: tuple[ReleaseSignature, ...] = ()

    def text_with(self, record: ReleaseSignature) -> str:
        """Return the text of the file with one more record at its end; what is there stays as it is."""
        there = "\n".join(self.document.lines).rstrip("\n") + "\n" if self.document else HEADING
        return there + _written(record)


def signature_files(folder: Path) -> tuple[SignatureFile, ...]:
    """Return the files with signatures of a version's releases: that of its set, then that of the folder of sets.

    Raises InvalidSourceError with every problem where one cannot be read.
    """
    here = folder.resolve()
    places = (here.parent / SIGNATURES, here.parent.parent / SIGNATURES)
    return tuple(_read(one) for one in places if one.is_file())


def signatures_of(version: Version) -> tuple[ReleaseSignature, ...]:
    """Return every signature of a version."""
    files = signature_files(version.folder)
    return tuple(one for file in files for one in file.records if one.release == f"{version}")


def stated(record: ReleaseSignature) -> str:
    """Return the digest of what a record states, which its signature must cover."""
    content = record.model_dump(mode="json", include={"release", "digest", "by", "on"})
    # Named, so that it is the statement on no other kind of record.
    return digest({"kind": "release", **content})


def signature_of(release: str, rules: str, signing: Signing) -> ReleaseSignature:
    """Return the signature of a release, such as `desk@1.0.0`, whose rules have that digest."""
    from risk_engine.signing import key_id, sign

    unsigned = ReleaseSignature(
        release=release,
        digest=f"sha256:{rules}",
        by=signing.by,
        on=signing.on,
        covers=f"sha256:{'0' * 64}",
        key=f"sha256:{key_id(signing.key.public_key())}",
        value="0" * 128,
    )
    covers = stated(unsigned)
    return unsigned.model_copy(update={"covers": f"sha256:{covers}", "value": sign(covers, signing.key)})


def with_signature(version: Version, lock: Path, rules: str, signing: Signing) -> tuple[Path, str]:
    """Return the file of signatures beside a lock, with one more record in it.

    Raises RiskEngineError where the key has signed this release already.
    """
    made = signature_of(f"{version}", rules, signing)
    for one in signatures_of(version):
        if one.key == made.key:
            message = _(
                "{version} is signed with this key already, by {name} ({role}) on {day}",
                version=version,
                name=one.by.name,
                role=one.by.role,
                day=one.on,
            )
            raise RiskEngineError(message, _("a second person signs with a key of their own"))
    path = lock.with_name(SIGNATURES)
    file = _read(path) if path.is_file() else SignatureFile(path)
    return path, file.text_with(made)


def signature_problems(folder: Path) -> list[Diagnostic]:
    """Return what is wrong with the signatures around a version as far as that is seen without any key."""
    recorded = {name: one for lock in locks_of(folder) for name, one in lock.releases.items()}
    return [
        file.document.problem((number, "release"), text)
        for file in signature_files(folder)
        if file.document is not None
        for number, one in enumerate(file.records)
        if (text := _misfit(one, recorded))
    ]


def signature_links(version: Version, keys: "Mapping[str, Ed25519PublicKey]") -> Iterator[Link]:
    """Yield for each signature of a version whether it holds; `keys` are the trusted public keys, by id.

    One by another key could not be checked, whatever it says of itself.
    """
    recorded = {name: one for lock in locks_of(version.folder) for name, one in lock.releases.items()}
    for one in signatures_of(version):
        who = {"name": one.by.name, "role": one.by.role, "day": one.on, "key": short(_bare(one.key))}
        key = keys.get(_bare(one.key))
        if wrong := _misfit(one, recorded):
            yield broken(wrong)
        elif key is None:
            yield unchecked(
                _(
                    "signed by an unknown key, {key}, in the name of {name} ({role}) on {day}: name its public half "
                    "with --key if you trust it",
                    **who,
                )
            )
        else:
            from risk_engine.signing import is_signed

            if is_signed(_bare(one.covers), one.value, key):
                yield holds(_("signed by {name} ({role}) on {day} with the key {key}", **who))
            else:
                yield broken(_("the signature with the key {key} is not right", **who))


def _misfit(one: ReleaseSignature, recorded: Mapping[str, str]) -> str:
    """Return why a signature cannot be of the release that it names; empty where nothing speaks against it."""
    if stated(one) != _bare(one.covers):
        return _("the signature of `{release}` covers something else than stands beside it", release=one.release)
    if one.release not in recorded:
        return _("`{release}` was signed as a release, but no `releases.lock` names it", release=one.release)
    if recorded[one.release] != _bare(one.digest):
        return _(
            "`{release}` was signed as sha256:{signed}, but released is sha256:{recorded}",
            release=one.release,
            signed=_bare(one.digest),
            recorded=recorded[one.release],
        )
    return ""


def _read(path: Path) -> SignatureFile:
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
    return (
        f"- release: {record.release}\n"
        f"  digest: {record.digest}\n"
        f"  by: {{{by}}}\n"
        f"  on: {record.on.isoformat()}\n"
        f"  covers: {record.covers}\n"
        f"  key: {record.key}\n"
        f'  value: "{record.value}"\n'
    )


def _bare(prefixed: str) -> str:
    return prefixed.removeprefix("sha256:")
