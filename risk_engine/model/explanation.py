"""An assessment in words, for whoever reads it: made from the record and its criteria in one language, never stored."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from risk_engine.model.assessment import AssessedCase, CriteriaUsed, FindingBounds, OptionOutcome, ProfileUsed
from risk_engine.model.facts import Kind
from risk_engine.model.ladders import Role, Titled
from risk_engine.model.tables import Grade
from risk_engine.model.words import Model, Outcome, Severity, Shown, WhereTrue


class Points(Model):
    """Between which sums of points, and in which bands, a dimension lies."""

    at_least: int
    at_most: int
    band_at_least: Shown
    band_at_most: Shown


class EvidenceShown(Model):
    """Evidence on record for a fact or a control."""

    kind: str
    reference: str
    date: date
    collected_by: str | None = None
    confidence: str | None = None
    sha256: str | None = None


class CitedSource(Model):
    """A source with the place in it, and how that was read: unverified where nobody read it, or from memory alone."""

    id: str
    instrument: Shown
    at: Shown | None
    link: str | None
    kind: str
    verified: bool
    grade: Grade | None = Field(None, exclude_if=lambda grade: grade is None)


class FactRead(Model):
    """A fact that findings read: what was asked, what was recorded and where that came from."""

    question: Shown
    value: Any = Field(description="As in the case file; null where it is not known.")
    shown: Shown
    origin: Literal["case", "table", "not_asked", "profile", "missing"]
    source: CitedSource | None = Field(description="What the table rests on, where the value is from one.")
    as_of: date | None = Field(description="The date of that source.")
    confidential: bool
    evidence: tuple[EvidenceShown, ...] = ()


class OptionState(OptionOutcome):
    """A control option of a finding, with its controls, and whether none of them is lacking.

    Where answers alone lower the finding there are no controls, and `complete` says nothing: `counts` says all.
    """

    controls: tuple[str, ...]
    needs: tuple[Shown, ...] = Field((), description="Kinds of evidence, one of which each of its controls needs.")
    answers: tuple[str, ...] = Field(
        (), description="Where it has no controls: paths of the answers that its `when` rests on."
    )
    condition: Shown = Field(
        default="",
        description="Where it has no controls and does not count yet: what would have to be answered.",
        exclude_if=lambda told: not told,
    )
    complete: bool


class Finding(FindingBounds):
    """What one indicator came to, and why. Present, undetermined or absent; open while missing facts could raise it."""

    title: Shown
    dimension: str
    ground: str
    outcome: Outcome
    entries: tuple[str, ...] = Field(description="The entries that made it so, as `entity.id`.")
    because: tuple[Shown, ...]
    question: Shown
    reason: Shown
    wanted_evidence: Shown
    options: tuple[OptionState, ...] = Field(description="What would lower it; nothing where it is absent.")
    irreducible: Shown | None
    sources: tuple[CitedSource, ...]
    only_unverified: bool = Field(description="Whether it rests on unverified sources only.")
    defined_at: str = Field(description="File, line and column in the set; outside the digest.")


class DimensionRating(Model):
    """The points and bands of one dimension: before controls, with those in place, with those agreed as well."""

    dimension: str
    title: Shown
    inherent: Points
    residual: Points
    expected: Points
    capped_at_least: bool
    capped_at_most: bool


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
    role: Role | None
    level: LevelShown
    provisional: bool
    range: tuple[LevelShown, ...] = Field(description="Every level from the mildest to the strictest still possible.")
    rule: str = Field(description="`rules.N` or `otherwise`, as in ladders.yaml.")
    sentence: Shown
    findings: tuple[str, ...] = Field(description="The findings that the deciding rule rests on.")
    levels: tuple[LevelShown, ...] = Field(description="All levels of the ladder, mildest first.")
    four_eyes: bool

    @property
    def ladder_levels(self) -> tuple[str, ...]:
        """The names of all levels of the ladder, mildest first."""
        return tuple(level.name for level in self.levels)

    def level_named(self, name: str) -> LevelShown | None:
        """Return a level of the ladder with its words; None where it has none of that name."""
        return next((level for level in self.levels if level.name == name), None)

    def title_of(self, name: str) -> str:
        """Return what readers call a level of the ladder; its name where it has none of that name."""
        level = self.level_named(name)
        return level.title if level else name


class Gap(Model):
    """An answer that is missing, or open again: whom to ask what, and which findings it could raise to what."""

    path: str
    question: Shown
    help: Shown | None
    asked_of: str | None
    asked_of_title: Shown
    party: str | None = Field(
        default=None,
        description="Where those who are asked are entries of the case: the path of the one; empty where nobody said.",
        exclude_if=lambda path: path is None,
    )
    findings: tuple[str, ...]
    possible: Severity
    kind: Kind | Literal["list"] = Field("list", exclude=True)
    choices: tuple[tuple[str, str], ...] = Field((), exclude=True)
    answered: Shown | None = Field(
        default=None,
        description="The answer on record, where it counts as open because it contradicts others.",
        exclude_if=lambda answer: answer is None,
    )
    against: tuple[Shown, ...] = Field(
        default=(),
        description="What that answer does not fit, in the words of the set.",
        exclude_if=lambda told: not told,
    )


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


class MovedFact(Model):
    """A fact that is another one than in the assessment which this one takes the place of; None is not known."""

    path: str
    question: Shown
    before: Shown | None
    after: Shown | None
    is_from_table: bool
    confidential: bool


class Recorded(Model):
    """A fact shown for its own sake, such as a benefit, or as one of those that contradict each other."""

    path: str
    question: Shown
    shown: Shown
    confidential: bool = False


class Problem(Model):
    """What to look at in the record: answers that contradict, evidence that does not count, a control not yet real.

    Of an answer that somebody gave as unsure, `paths` is the answer alone. A contradiction without an `id` is an answer
    to a question that others close: it comes first in `paths`, then what closes it.
    """

    kind: Literal["contradiction", "superfluous", "evidence", "control", "table", "unsure"]
    id: str | None
    text: Shown
    paths: tuple[str, ...]
    decides: tuple[str, ...] = Field(
        default=(),
        description="Of a contradiction: the ladders that may come out otherwise once it is cleared up.",
        exclude_if=lambda ladders: not ladders,
    )
    title: Shown = Field(
        default="", description="Of a contradiction: what does not fit.", exclude_if=lambda title: not title
    )
    answers: tuple[Recorded, ...] = Field(
        default=(), description="Of a contradiction: the answers that make it.", exclude_if=lambda answers: not answers
    )


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


class Entry(Model):
    """An entry of the case with the name that people know it by."""

    path: str
    title: Shown
    label: str
    belongs_to: str | None = Field(
        default=None,
        description="The path of the entry to which it belongs, where the set asks for that and the case says it.",
        exclude_if=lambda path: path is None,
    )


class NotInForce(Model):
    """An indicator of the set that is not in force on the day."""

    id: str
    title: Shown
    effective_from: date | None
    effective_until: date | None


class CriteriaShown(CriteriaUsed):
    """The version of the criteria, with everything of it that a report prints."""

    withdrawn_since: WhereTrue = Field(
        default=False, description="Whether it was withdrawn after the record was made, as far as is known."
    )
    title: Shown
    dimensions: dict[str, Titled]
    grounds: dict[str, Titled]
    bands: tuple[Shown, ...]
    notice: tuple[Shown, ...]
    challenge: Shown


class Override(Model):
    """A value of the set that the institution's profile replaced, both values and the reason."""

    what: Shown
    set_value: Shown
    value: Shown
    reason: str


class ProfileShown(ProfileUsed):
    """The profile of the institution as it was stated, and what it changed on the day."""

    overrides: tuple[Override, ...]


class Explanation(AssessedCase):
    """One case under one version of the criteria on one day, in the words of one language."""

    language: str = Field(description="The language that was asked for.")
    is_translated: bool = Field(description="Whether the criteria are written in that language, or translated into it.")
    criteria: CriteriaShown
    profile: ProfileShown | None
    case_id: str
    case_title: str
    institution: str | None
    assessor: str | None
    entries: tuple[Entry, ...]
    proposals: tuple[Proposal, ...] = Field(description="Gate first, then headline, escalation and the rest.")
    ratings: tuple[DimensionRating, ...]
    described: tuple[Recorded, ...] = Field(
        description="What the case says in text or by a row of a table: for people, read by no rule."
    )
    findings: tuple[Finding, ...] = Field(description="Of every indicator in force, the absent ones too.")
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
    moved: tuple[MovedFact, ...] = Field(
        default=(),
        description="What is known otherwise than in the assessment before, if it takes the place of one.",
        exclude_if=lambda moved: not moved,
    )
    digest: str = Field(description="The digest of the record.")

    def proposal(self, role: str) -> Proposal | None:
        """Return the proposal of the ladder in that role, None where the set has none."""
        return next((one for one in self.proposals if one.role == role), None)

    @property
    def reopened(self) -> frozenset[str]:
        """The paths of the answers that are on record and count as open, because they contradict others."""
        return frozenset(one.path for one in self.gaps if one.answered is not None)

    def finding(self, indicator: str) -> Finding:
        """Return the finding of an indicator; KeyError if it is not in force or not in the set."""
        for one in self.findings:
            if one.id == indicator:
                return one
        raise KeyError(indicator)
