"""The result of assessing one case as it is stored: facts, ids and numbers; every word is made when somebody reads.

No text of a criteria set or of the engine stands in it, so it is the same in every language: the set is named by its
digest, and `explain` makes the words from both. What people typed (the case, the profile) stays as it was typed.
"""

from datetime import date
from typing import Any, Literal, TypeAlias

from pydantic import Field, model_validator

from risk_engine.model.ladders import LevelRef, Role
from risk_engine.model.profile import Profile
from risk_engine.model.words import Digest, KnockOut, Model, Outcome, Severity, WhereTrue

SCHEMA: Literal[2] = 2


class CriteriaUsed(Model):
    """The version of the criteria, by its digest."""

    id: str
    version: str
    digest: Digest
    in_force_from: date
    in_force: bool = Field(description="Whether it was the version in force on the day.")
    draft: bool = Field(description="Whether it was a draft beside released versions.")
    withdrawn: WhereTrue = Field(default=False, description="Whether it had been withdrawn by then.")
    four_eyes: tuple[LevelRef, ...] = Field(description="The levels at which it asks for a second person.")


class ProfileUsed(Model):
    """The profile of the institution as it was stated, with its digest."""

    profile: Profile
    digest: Digest


Part: TypeAlias = Literal["answers", "controls", "criteria", "tables", "day", "profile"]
"""What an assessment rests on; tables change with the criteria, the day or the profile."""


class Tried(Model):
    """What ladders come to with one part of an assessment changed; a ladder is left out where nobody could tell."""

    alone: dict[str, str] = Field(description="With this part as it is now and all else as it was.")
    without: dict[str, str] = Field(description="With this part as it was and all else as it is now.")


class Superseded(Model):
    """The assessment of the same case that this one takes the place of."""

    digest: Digest
    on: date
    recorded: dict[str, Any] = Field(
        description="What it held for the answers that controls record: path and value, as in the case file."
    )
    version: str = Field(
        default="", description="Under which set and version it was made.", exclude_if=lambda version: not version
    )
    levels: dict[str, str] = Field(
        default={}, description="Where its ladders stood.", exclude_if=lambda levels: not levels
    )
    open: dict[str, tuple[str, str]] = Field(
        default={},
        description="Of its ladders that were open: between which levels, the mildest first.",
        exclude_if=lambda ladders: not ladders,
    )
    unasked: tuple[str, ...] = Field(
        default=(),
        description="What the case states though the criteria of then, which were at hand, did not ask for it: facts.",
        exclude_if=lambda facts: not facts,
    )
    held: dict[str, Any] = Field(
        default={},
        description="All that it knew, stated or filled in, under the names of the criteria that took its place.",
        exclude_if=lambda held: not held,
    )
    causes: dict[Part, Tried] = Field(
        default={},
        description="Of the levels that moved: what each part that is different does to them.",
        exclude_if=lambda causes: not causes,
    )
    turning: dict[str, tuple[str, ...]] = Field(
        default={},
        description="By ladder that moved the answers, entries and controls without each of which it stands elsewhere.",
        exclude_if=lambda turning: not turning,
    )


class ResolvedFact(Model):
    """A fact that is not as the case states it: from a table or the profile, not asked, or not settled yet."""

    value: Any = Field(description="As in a case file; null where it is not known.")
    origin: Literal["table", "profile", "not_asked", "missing"]


class SeverityBounds(Model):
    """Between which severities a finding lies."""

    at_least: Severity
    at_most: Severity


class KnockOutBounds(Model):
    """Between which knock-outs, those cured left out, a finding lies."""

    at_least: KnockOut
    at_most: KnockOut


class OptionOutcome(Model):
    """A control option of a finding, in the order of the indicator: whether it counts, what it lacks and leaves."""

    counts: Literal["yes", "no", "unknown"] = Field(description="Whether its `when` condition holds.")
    lacking: tuple[str, ...] = Field(description="Its controls that are not in place.")
    residual: Severity = Field(description="What it leaves at most.")


class FindingBounds(Model):
    """What one indicator came to, whoever tells it: between which bounds, and the paths of what made it so."""

    id: str
    inherent: Severity = Field(description="Before controls: the highest severity whose condition holds.")
    possible: Severity = Field(description="The highest severity whose condition holds or is unknown.")
    residual: SeverityBounds = Field(description="After the controls that are in place, with evidence on record.")
    expected: SeverityBounds = Field(description="If all agreed controls were in place; no rule reads it.")
    knock_out: KnockOutBounds = Field(description="The strongest that is not cured; rules read this one.")
    knock_out_before: KnockOutBounds = Field(description="The strongest, cured or not.")
    open: bool
    reads: tuple[str, ...] = Field(description="Paths of the facts that made it so: only those that matter.")
    bars: tuple[str, ...] = Field(description="Paths of what its knock-outs and the conditions of its options rest on.")
    missing: tuple[str, ...] = Field(description="Paths of the answers that could raise it.")


class FindingOutcome(FindingBounds):
    """What one indicator came to that is not absent."""

    outcome: Literal["present", "undetermined"]
    options: tuple[OptionOutcome, ...] = Field(description="What would lower it.")


class PointsBounds(Model):
    """Between which sums of points, and in which bands (by their names), a dimension lies."""

    at_least: int
    at_most: int
    band_at_least: str
    band_at_most: str


class DimensionOutcome(Model):
    """The points and bands of one dimension: before controls, with those in place, with those agreed as well."""

    dimension: str
    inherent: PointsBounds
    residual: PointsBounds
    expected: PointsBounds
    capped_at_least: bool
    capped_at_most: bool


class LadderOutcome(Model):
    """What one ladder proposes, by which rule, and between which levels the case leaves it open."""

    ladder: str
    role: Role | None
    level: str
    provisional: bool
    range: tuple[str, ...] = Field(description="Every level from the mildest to the strictest still possible.")
    rule: str = Field(description="`rules.N` or `otherwise`, as in ladders.yaml.")
    findings: tuple[str, ...] = Field(description="The findings that the deciding rule rests on.")
    levels: tuple[str, ...] = Field(description="All levels of the ladder, mildest first.")


class ControlOutcome(Model):
    """As what a control that the case lists counts."""

    id: str
    counts_as: Literal["planned", "agreed", "in_place"]


ProblemKind = Literal[
    "contradiction",
    "superfluous",
    "superfluous_contradicts",
    "table",
    "later_evidence",
    "unsure",
    "control_later_evidence",
    "control_without_evidence",
    "control_without_kind",
    "control_not_in_place",
    "control_not_listed",
    "on_file_stale",
    "on_file_differs",
]


class ProblemFound(Model):
    """What to look at in the record: its kind, the invariant or control that it is about, the paths that it names."""

    kind: ProblemKind
    id: str | None = Field(description="An invariant or a control; null where it is about an answer alone.")
    paths: tuple[str, ...]
    evidence: int | None = Field(description="Which record of evidence, from 0, of the case or of that control.")


class AwarenessOutcome(Model):
    """An awareness rule that applies, or may apply because answers are missing."""

    id: str
    applies: Literal["yes", "may"]
    depends_on: tuple[str, ...] = Field(description="Paths of the answers that decide it.")


class AssessedCase(Model):
    """What record and explanation both say of one case under one version of the criteria on one day."""

    engine: str = Field(description="The version of the engine that computed it.")
    criteria: CriteriaUsed
    profile: ProfileUsed | None
    on: date
    case: dict[str, Any] = Field(description="The case as stated; answers left open are left out.")
    case_digest: Digest
    supersedes: Superseded | None
    resolved: dict[str, ResolvedFact] = Field(description="Facts that are not as the case states them, by path.")
    review_due: date

    def four_eyes(self) -> tuple[LevelRef, ...]:
        """Return the levels for which the set or the profile asks for two people."""
        own = self.profile.profile.four_eyes if self.profile else ()
        return (*self.criteria.four_eyes, *(LevelRef(ladder=one.ladder, level=one.level) for one in own))


class _OfThisForm(Model):
    """What is read of a record before anything else: whether it has the form that this engine reads."""

    schema_: Literal[2] = Field(alias="schema")


class Assessment(AssessedCase, _OfThisForm):
    """One case under one version of the criteria on one day."""

    proposals: tuple[LadderOutcome, ...] = Field(description="Gate first, then headline, escalation and the rest.")
    ratings: tuple[DimensionOutcome, ...]
    findings: tuple[FindingOutcome, ...] = Field(description="Those that are present or undetermined.")
    absent: tuple[str, ...] = Field(description="The indicators in force that found nothing.")
    gaps: tuple[str, ...] = Field(
        description="Paths of the missing answers that could raise a finding, weightiest first."
    )
    problems: tuple[ProblemFound, ...]
    controls: tuple[ControlOutcome, ...] = Field(description="The controls that the case lists.")
    awareness: tuple[AwarenessOutcome, ...]
    digest: str = Field(description="SHA-256 over the canonical form of all the rest.")

    @model_validator(mode="after")
    def _names_its_case(self) -> "Assessment":
        if not all(isinstance(self.case.get(key), str) for key in ("id", "title")):
            raise ValueError("the case has no `id` and `title`")
        return self

    @property
    def case_id(self) -> str:
        """The office's number of the case."""
        return str(self.case["id"])

    @property
    def case_title(self) -> str:
        """What the case is called."""
        return str(self.case["title"])

    def proposal(self, role: str) -> LadderOutcome | None:
        """Return the proposal of the ladder in that role, None where the set has none."""
        return next((one for one in self.proposals if one.role == role), None)

    def finding(self, indicator: str) -> FindingOutcome:
        """Return what an indicator found; KeyError if that is nothing, or it is not in force."""
        for finding in self.findings:
            if finding.id == indicator:
                return finding
        raise KeyError(indicator)

    def outcome(self, indicator: str) -> Outcome:
        """Return what an indicator came to; KeyError if it is not in force or not in the set."""
        return "absent" if indicator in self.absent else self.finding(indicator).outcome
