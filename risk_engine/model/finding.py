"""What an assessment finds: each indicator with what it rests on, and what the findings make of each dimension.

Bounds: what is not settled because answers are missing is a pair, `at_least` and `at_most`; equal where it is settled.
"""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from risk_engine.model.words import KnockOut, Model, Outcome, Severity, Shown


class SeverityBounds(Model):
    """Between which severities a finding lies."""

    at_least: Severity
    at_most: Severity


class KnockOutBounds(Model):
    """Between which knock-outs, those cured left out, a finding lies."""

    at_least: KnockOut
    at_most: KnockOut


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
    """A source with the place in it; unverified where nobody read the text itself yet."""

    id: str
    instrument: Shown
    at: Shown | None
    link: str | None
    kind: str
    verified: bool


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


class OptionState(Model):
    """A control option of a finding: what it leaves of it at most, whether it counts, what it still lacks."""

    controls: tuple[str, ...]
    residual: Severity
    counts: Literal["yes", "no", "unknown"] = Field(description="Whether its `when` condition holds.")
    complete: bool
    lacking: tuple[str, ...]


class Finding(Model):
    """What one indicator came to, and why. Present, undetermined or absent; open while missing facts could raise it."""

    id: str
    title: Shown
    dimension: str
    ground: str
    outcome: Outcome
    inherent: Severity = Field(description="Before controls: the highest severity whose condition holds.")
    possible: Severity = Field(description="The highest severity whose condition holds or is unknown.")
    residual: SeverityBounds = Field(description="After the controls that are in place, with evidence on record.")
    expected: SeverityBounds = Field(description="If all agreed controls were in place; no rule reads it.")
    knock_out: KnockOutBounds = Field(description="The strongest that is not cured; rules read this one.")
    knock_out_before: KnockOutBounds = Field(description="The strongest, cured or not.")
    open: bool
    entries: tuple[str, ...] = Field(description="The entries that made it so, as `entity.id`.")
    reads: tuple[str, ...] = Field(description="Paths of the facts that made it so: only those that matter.")
    bars: tuple[str, ...] = Field(description="Paths of what its knock-outs and the conditions of its options rest on.")
    missing: tuple[str, ...] = Field(description="Paths of the answers that could raise it.")
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
