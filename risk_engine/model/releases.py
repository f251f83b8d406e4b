"""What is on record of released versions: how far a number is raised, who signed a release with which key."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from risk_engine.model.decision import Person
from risk_engine.model.words import Model, Text

Bump: TypeAlias = Literal["patch", "minor", "major"]
"""Which part of a version's number a release raises."""
BUMPS: tuple[Bump, ...] = ("patch", "minor", "major")
"""From the least to the most."""


class RequiredBump(Model):
    """How far the number must be raised at least, for what the version changes."""

    bump: Bump
    why: Text = Field(description="A sentence: what is milder, stricter, new or gone.")


PrefixedDigest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A digest with the name of its function, as `releases.lock` states it."""


class ReleaseSignature(Model):
    """A signature of a release: an office states who released or adopted what, and when, and signs that with its key.

    What is signed is `covers`, as 64 hexadecimal digits in ASCII; it binds all that stands above it here.
    """

    release: Annotated[
        str, Field(pattern=r"^[a-z0-9][a-z0-9-]*@(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$", description="SET@VERSION.")
    ]
    digest: PrefixedDigest = Field(description="The digest of the rules, the same as in `releases.lock`.")
    by: Person
    on: date
    covers: PrefixedDigest = Field(description="SHA-256 over the canonical form of what was stated.")
    key: PrefixedDigest = Field(description="SHA-256 of the 32 bytes of the public key.")
    value: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$", description="The Ed25519 signature.")]
