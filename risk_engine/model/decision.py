"""What a named person decided on an assessment: a record of its own, bound to the assessment by its digest.

A decision holds the words that were signed, so that it can be read without the assessment in ten years: it is *the*
paper, not a paper made anew.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from risk_engine.model.ladders import LevelRef, Role
from risk_engine.model.words import Digest, Model, Text, WhereTrue

SCHEMA: Literal[2] = 2


class Person(Model):
    """Who signs: the name and in which capacity."""

    name: Text
    role: Text


class ProfileNamed(Model):
    """The institution's profile under which it was assessed; the assessment holds all of it."""

    institution: Text
    digest: str


class Assessed(Model):
    """The assessment that was decided on; `digest` binds the decision to it."""

    digest: Digest
    on: date = Field(description="The day of the assessment.")
    case_id: str
    case_title: str
    criteria: str = Field(description="The criteria set, `SET@VERSION`.")
    challenge: str = Field(description="How the result can be challenged, as the set says it.")
    in_force: bool = Field(description="Whether the criteria were in force on that day.")
    in_force_from: date
    draft: bool = Field(description="Whether they were a draft beside released versions.")
    withdrawn: WhereTrue = Field(default=False, description="Whether they had been withdrawn by then.")
    profile: ProfileNamed | None
    missing: Annotated[int, Field(ge=0, description="How many answers were missing.")]


class LevelNamed(Model):
    """A level of a ladder with the word that readers see."""

    name: str
    title: str


class Decided(Model):
    """What was decided on one ladder, beside what was proposed."""

    ladder: str
    title: str
    question: str
    role: Role | None
    proposed: LevelNamed
    provisional: bool
    between: tuple[LevelNamed, LevelNamed] = Field(description="The mildest and the strictest level still possible.")
    decided: LevelNamed
    answer: str = Field(description="What the decided level says to the question.")

    @property
    def deviates(self) -> bool:
        """Return whether another level was decided than the one proposed."""
        return self.decided.name != self.proposed.name


class Condition(Model):
    """What must be done or kept: a control of the assessment, or a text of the person who decided."""

    text: Text
    control: Text | None = None
    state: Literal["planned", "agreed", "in_place"] | None = Field(
        None, description="As what the control counted in the assessment; null where the case did not list it."
    )
    owner: Text | None = None
    owner_is_role: bool = Field(
        default=False, description="Whether the owner is not named: it is whoever the criteria name for the control."
    )
    due: date | None = None
    sent: bool = Field(
        default=True,
        description="Whether the letter to the researcher tells it; else the office tells it in person.",
        exclude_if=lambda sent: sent,
    )


class Sheet(Model):
    """The decision sheet that was shown to the person who decided."""

    form: Literal["md"] = Field(description="The form in which it is hashed: the sheet as Markdown, in UTF-8.")
    sha256: Digest


class Reply(Model):
    """What the researcher or the partner wrote back; `text` is there where the file is plain text and not too long."""

    name: Text = Field(description="The name of the file, without its folder.")
    sha256: Digest
    size: Annotated[int, Field(ge=0)]
    text: str | None
    from_: Text = Field(alias="from", description="Who wrote it.")
    date: date


class Confirmation(Model):
    """The second pair of eyes, bound to the decision by its digest."""

    decision: Digest
    by: Person
    on: date
    different_person: bool = Field(
        description="Whether somebody said that both names, which may be of one person, are of two."
    )
    digest: Digest = Field(description="SHA-256 over the canonical form of the rest of the confirmation.")


class Signature(Model):
    """An Ed25519 signature over a digest, written as its 64 hexadecimal digits in ASCII."""

    covers: Digest = Field(description="The digest of the decision, or of its confirmation (which names the decision).")
    key: Digest = Field(description="SHA-256 of the 32 bytes of the public key.")
    value: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class Decision(Model):
    """What a named person decided on one assessment, why, and on what conditions."""

    schema_: Literal[2] = Field(alias="schema")
    kind: Literal["decision"]
    engine: str = Field(description="The version of the engine that wrote it.")
    language: str = Field(description="The language of the words that were signed.")
    sheet: Sheet | None = Field(description="The sheet that was shown; null where none was.")
    about: Assessed
    levels: tuple[Decided, ...] = Field(description="Every ladder, in the order of the assessment: the gate first.")
    reason: Text | None = Field(description="Why; there must be one where a level is not the proposed one.")
    conditions: tuple[Condition, ...]
    replies: tuple[Reply, ...]
    by: Person
    on: date
    four_eyes: tuple[LevelRef, ...] = Field(
        description="The proposed, decided or still possible levels for which the set or the profile asks for a second "
        "person, and those of the decision that this one takes the place of."
    )
    supersedes: Digest | None = Field(description="The digest of the decision that this one takes the place of.")
    digest: Digest = Field(
        description="SHA-256 over the canonical form of all the rest, confirmation and signatures left out."
    )
    confirmation: Confirmation | None = None
    signatures: tuple[Signature, ...] = ()

    @property
    def deviates(self) -> bool:
        """Return whether any level is not the proposed one."""
        return any(one.deviates for one in self.levels)
