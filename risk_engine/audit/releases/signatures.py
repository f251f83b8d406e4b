"""To sign a release, to check its signatures with the keys that are trusted, and that its rules are those released."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import SIGNATURES, is_released
from risk_engine.loading.sets import Version
from risk_engine.loading.signatures import (
    SignatureFile,
    bare,
    misfit,
    read_signatures,
    recorded_in,
    signatures_of,
    stated,
)
from risk_engine.model.changes import ReleaseSignature
from risk_engine.model.decision import Person
from risk_engine.records.links import Link, broken, holds, noted, short, unchecked

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True)
class Signing:
    """Who signs, when, and with which key."""

    key: "Ed25519PrivateKey"
    by: Person
    on: date


def signature_of(release: str, rules: str, signing: Signing) -> ReleaseSignature:
    """Return the signature of a release, such as `desk@1.0.0`, whose rules have that digest."""
    from risk_engine.files.signing import key_id, sign

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
    file = read_signatures(path) if path.is_file() else SignatureFile(path)
    return path, file.text_with(made)


def signature_links(version: Version, keys: "Mapping[str, Ed25519PublicKey]") -> Iterator[Link]:
    """Yield for each signature of a version whether it holds; `keys` are the trusted public keys, by id.

    Of one by another key it is only known that it was made for these rules, whatever else it says of itself.
    """
    recorded = recorded_in(version.path)
    for one in signatures_of(version):
        who = {"name": one.by.name, "role": one.by.role, "day": one.on, "key": short(bare(one.key))}
        key = keys.get(bare(one.key))
        if wrong := misfit(one, recorded):
            yield broken(wrong)
        elif key is None:
            yield noted(
                _(
                    "signed for these rules in the name of {name} ({role}) on {day}, by an unknown key, {key}: the "
                    "signature itself was not checked; name the public half of the key with --key if you trust it",
                    **who,
                )
            )
        else:
            from risk_engine.files.signing import is_signed

            if is_signed(bare(one.covers), one.value, key):
                yield holds(_("signed by {name} ({role}) on {day} with the key {key}", **who))
            else:
                yield broken(_("the signature with the key {key} is not right", **who))


def release_links(version: Version, keys: "Mapping[str, Ed25519PublicKey]") -> Iterator[Link]:
    """Yield what holds of a version's release and what does not; `keys` are the trusted public keys, by id.

    Raises InvalidSourceError where the version is not what was released, or cannot be read.
    """
    criteria = read_criteria(version.path)
    if is_released(version):
        yield holds(_("the rules are those that were released, sha256:{digest}", digest=criteria.digest))
    else:
        yield unchecked(_("it is a draft: nobody has released it, so it may still change"))
    links = list(signature_links(version, keys))
    yield from links
    # Without a key nobody asked who signed; with one an unsigned release is not what was asked for.
    if keys and not any(one.verdict == "holds" for one in links):
        yield broken(_("it is not signed with a key that was named"))
    elif not signatures_of(version):
        yield noted(_("not signed: whoever may write the files could have rewritten the rules and the lock"))
