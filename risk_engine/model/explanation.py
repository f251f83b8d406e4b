"""The result of assessing one case: frozen, complete, JSON; a report needs nothing else (design, section 5)."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from risk_engine.model.finding import CitedSource, DimensionRating, EvidenceShown, FactRead, Finding
from risk_engine.model.ladders import LevelRef, Titled
from risk_engine.model.profile import Profile
from risk_engine.model.words import Model, Severity, Shown

SCHEMA: Literal[1] = 1

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal."""


class LevelShown(Model):
    """A level of a ladder with the words that readers see."""

    name: str
    title: Shown
    answer: Shown
    explain: Shown
    equals: str | None


class Proposal(Model):
    """What one ladder proposes, by which rule, and between which levels the case leaves it open."""

    ladder: str
    title: Shown
    question: Shown
    role: Literal["headline", "gate", "escalation"] | None
    level: LevelShown
    provisional: bool
    range: tuple[LevelShown, ...] = Field(description="Every level from the mildest to the strictest still possible.")
    rule: str = Field(description="`rules.N` or `otherwise`, as in ladders.yaml.")
    sentence: Shown
    findings: tuple[str, ...] = Field(description="The findings that the deciding rule rests on.")
    ladder_levels: tuple[str, ...] = Field(description="All levels of the ladder, mildest first.")
    four_eyes: bool
    # Of a level that is out of question a record holds the name alone. Nobody can write this into a record.
    _titles: dict[str, str] = PrivateAttr(default_factory=dict)

    def with_titles(self, titles: dict[str, str]) -> "Proposal":
        """Return the proposal with what its levels are called in another language, those out of question too."""
        made = self.model_copy()
        made._titles = titles  # noqa: SLF001 (it is of this class)
        return made

    def title_of(self, level: str) -> str:
        """Return what readers call a level of the ladder, as far as that is known here; else its name."""
        shown = {one.name: one.title for one in (*self.range, self.level)}
        return shown.get(level) or self._titles.get(level) or level.replace("_", " ").capitalize()


class Gap(Model):
    """An answer that is missing: whom to ask what, and which findings it could raise to what."""

    path: str
    question: Shown
    help: Shown | None
    asked_of: str | None
    asked_of_title: Shown
    findings: tuple[str, ...]
    possible: Severity


class Note(Model):
    """An awareness rule that applies, or may apply because answers are missing."""

    id: str
    kind: Literal["foreign_rule", "advice", "monitoring", "benefit"]
    title: Shown
    then: Shown
    applies: Literal["yes", "may"]
    depends_on: tuple[str, ...]
    due: date | None
    sources: tuple[CitedSource, ...]


class Problem(Model):
    """What to look at in the record: answers that contradict, evidence that does not count, a control not yet real.

    Of an answer that somebody gave as unsure, `paths` is the answer alone.
    """

    kind: Literal["contradiction", "evidence", "control", "table", "unsure"]
    id: str | None
    text: Shown
    paths: tuple[str, ...]


class ControlShown(Model):
    """A control of the case: its state as it counts, and the findings it could lower."""

    id: str
    title: Shown
    do: Shown
    who: Shown
    effort: int
    supporting: bool
    stated: Literal["planned", "agreed", "implemented", "verified"] | None
    counts_as: Literal["planned", "agreed", "in_place"] | None
    owner: str | None
    due: date | None
    evidence: tuple[EvidenceShown, ...]
    findings: tuple[str, ...]


class Recorded(Model):
    """A fact shown for its own sake, such as a benefit."""

    path: str
    question: Shown
    shown: Shown
    confidential: bool = False


class Entry(Model):
    """An entry of the case with the name that people know it by."""

    path: str
    title: Shown
    label: str


class NotInForce(Model):
    """An indicator of the set that is not in force on the day."""

    id: str
    title: Shown
    effective_from: date | None
    effective_until: date | None


class CriteriaUsed(Model):
    """The version of the criteria, with everything of it that a report prints."""

    id: str
    version: str
    title: Shown
    digest: str
    in_force_from: date
    in_force: bool
    draft: bool = Field(
        default=False, description="Whether it was a draft beside released versions; left out where it was not."
    )
    dimensions: dict[str, Titled]
    grounds: dict[str, Titled]
    bands: tuple[Shown, ...]
    notice: tuple[Shown, ...]
    challenge: Shown
    four_eyes: tuple[LevelRef, ...]


class Override(Model):
    """A value of the set that the institution's profile replaced, both values and the reason."""

    what: Shown
    set_value: Shown
    value: Shown
    reason: str


class ProfileUsed(Model):
    """The profile of the institution, its digest and what it changed on the day."""

    profile: Profile
    digest: str
    overrides: tuple[Override, ...]


class Superseded(Model):
    """The assessment of the same case that this one takes the place of."""

    digest: Digest
    on: date
    recorded: dict[str, Any] = Field(
        description="What it held for the answers that controls record: path and value, as in the case file."
    )


LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""The tag of a language (BCP 47)."""


class Rendition(Model):
    """What an assessment is in another language: only what people read is different."""

    translation: Digest | None = Field(
        description="The digest of what the criteria's texts are from: of their translation, or of themselves where "
        "they are written in the language; null where only the engine's own words are in it."
    )
    texts: dict[str, str] = Field(
        description="JSON Pointer (RFC 6901) into the assessment: the text that stands there."
    )
    levels: dict[str, dict[str, str]] = Field(
        description="Ladder, level: its title; of a level that is out of question the assessment holds the name alone."
    )
    digest: str = Field(
        default="",
        description="SHA-256 over the canonical form of the assessment's digest, the language and all the rest; "
        "where it is missing or another one, nothing of this is taken.",
    )


class CheckedRendition(Rendition):
    """One that came out of the criteria and their translation here and now; what is read from a file never is."""


class Explanation(Model):
    """One case under one version of the criteria on one day."""

    schema_: Literal[1] = Field(alias="schema")
    engine: str = Field(description="The version of the engine that computed it.")
    criteria: CriteriaUsed
    profile: ProfileUsed | None
    on: date
    case_id: str
    case_title: str
    institution: str | None
    assessor: str | None
    case: dict[str, Any] = Field(description="The case as stated; answers left open are left out.")
    case_digest: str
    supersedes: Superseded | None = None
    resolved: dict[str, Any] = Field(description="Facts that the case did not state: path, value and origin.")
    entries: tuple[Entry, ...]
    proposals: tuple[Proposal, ...] = Field(description="Gate first, then headline, escalation and the rest.")
    ratings: tuple[DimensionRating, ...]
    described: tuple[Recorded, ...] = Field(
        default=(), description="What the case says in text or by a row of a table: for people, read by no rule."
    )
    findings: tuple[Finding, ...]
    facts: dict[str, FactRead] = Field(
        description="What the findings read: under `entity.id.fact`, `entity.fact`, or the entity for a whole list."
    )
    not_in_force: tuple[NotInForce, ...]
    gaps: tuple[Gap, ...]
    problems: tuple[Problem, ...]
    controls: tuple[ControlShown, ...]
    awareness: tuple[Note, ...]
    benefits: tuple[Recorded, ...]
    necessity: tuple[Recorded, ...]
    review_due: date
    digest: str = Field(
        description="SHA-256 over the canonical form of all the rest, places in the YAML and translations left out."
    )
    translations: dict[LanguageTag, Rendition] = Field(
        default={}, description="By the tag of the language: what the texts are in it; outside the digest."
    )

    def four_eyes(self) -> tuple[LevelRef, ...]:
        """Return the levels for which the set or the profile asks for two people."""
        own = self.profile.profile.four_eyes if self.profile else ()
        return (*self.criteria.four_eyes, *(LevelRef(ladder=one.ladder, level=one.level) for one in own))

    def proposal(self, role: str) -> Proposal | None:
        """Return the proposal of the ladder in that role, None where the set has none."""
        return next((one for one in self.proposals if one.role == role), None)

    def finding(self, indicator: str) -> Finding:
        """Return the finding of an indicator; KeyError if it is not in force or not in the set."""
        for one in self.findings:
            if one.id == indicator:
                return one
        raise KeyError(indicator)
