"""What is told of versions: how far a number is raised, who signed a release, which version is in force when."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from risk_engine.model.decision import Person
from risk_engine.model.tables import CellValue
from risk_engine.model.words import Digest, Model, Shown, Text, Verbatim

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


Step: TypeAlias = Literal["begins", "changes", "ends"]
Dated: TypeAlias = Literal["indicator", "parameter", "cell", "awareness"]


class ValueShown(Model):
    """A value of a parameter or of a table, with what people read for it: one text, or one for each option."""

    value: CellValue
    shown: tuple[Shown, ...]


class DatedChange(Model):
    """A day on which something begins to apply, changes or ends, by the dates that stand in the rules."""

    on: date
    what: Dated
    step: Step
    id: Verbatim = Field(description="Of an indicator, a parameter or an awareness rule; of a cell `table.column`.")
    title: Shown
    rows: tuple[Shown, ...] = Field((), description="Of a cell: the rows of the table that change alike.")
    before: ValueShown | None = None
    after: ValueShown | None = None
    in_force: bool = Field(
        description="Whether the day lies in the time in force; of a draft: in the one it would have."
    )


class VersionInTime(Model):
    """A version with its time in force, from its first day until the day on which a higher number takes over.

    Of a draft it is the time that it would have if it were released as it is.
    """

    version: Verbatim
    state: Literal["draft", "released"]
    digest: Digest
    in_force_from: date
    in_force_until: date | None = Field(description="Null while no higher version has a day.")
    changes: tuple[DatedChange, ...] = Field(description="In the order of their days.")

    def is_in_force(self, day: date) -> bool:
        """Return whether a day lies in the time in force; a draft only would be in force on it."""
        return self.in_force_from <= day and (self.in_force_until is None or day < self.in_force_until)

    @property
    def is_never_in_force(self) -> bool:
        """Return whether a higher version is in force from the same day or earlier."""
        return self.in_force_until is not None and self.in_force_until <= self.in_force_from


class SetInTime(Model):
    """A criteria set with its versions, the oldest first."""

    id: Verbatim
    title: Shown
    versions: tuple[VersionInTime, ...]


class Timeline(Model):
    """Which version of which set is in force when, and what begins, changes or ends within each."""

    kind: Literal["timeline"] = "timeline"
    on: date | None = Field(description="The day that was asked for; null: none is marked.")
    sets: tuple[SetInTime, ...]
