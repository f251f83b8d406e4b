"""A version to all that can be checked of its release: its rules are those released, and trusted keys signed it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from risk_engine.audit.releases.signatures import signature_links
from risk_engine.language import _
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.lock import is_released
from risk_engine.loading.sets import Version
from risk_engine.loading.signatures import signatures_of
from risk_engine.records.links import Link, broken, holds, noted, unchecked

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


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
