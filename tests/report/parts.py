"""The parts of an assessment of an invented orchard, written by hand, in words of no shipped set."""

from datetime import date
from typing import Any, Literal

from risk_engine.model.assessment import KnockOutBounds, SeverityBounds
from risk_engine.model.explanation import (
    CitedSource,
    ControlShown,
    DimensionRating,
    EvidenceShown,
    FactRead,
    Finding,
    Gap,
    LevelShown,
    Note,
    OptionState,
    Override,
    Points,
    ProfileShown,
    Proposal,
)
from risk_engine.model.profile import Profile
from risk_engine.model.words import KnockOut, Severity

DAY = date(2026, 3, 2)
DIGEST = "ab" * 32

OPENING = {"go": "Go", "wait": "Wait", "shut": "Shut"}
VERDICT = {"word": "A word", "terms": "Terms", "refusal": "Refusal"}
WATCH = {"nobody": "Nobody", "elders": "The elders"}
ANSWERS = {
    "go": "You may pick now",
    "wait": "You may pick once the ladder is mended.",
    "shut": "You may not pick yet.",
    "word": "A word to the pickers is enough.",
    "terms": "Picking needs written terms.",
    "refusal": "This tree is not picked.",
    "nobody": "The gardener decides alone.",
    "elders": "The elders look at it.",
}


def level(name: str, equals: str | None = None) -> LevelShown:
    title = (OPENING | VERDICT | WATCH)[name]
    return LevelShown(name=name, title=title, answer=ANSWERS[name], explain=f"What {title} means.", equals=equals)


def proposal(ladder: str, name: str, *between: str, **changes: Any) -> Proposal:
    """Return a proposal; with levels in `between` it is still open between them."""
    levels, role = {
        "opening": (OPENING, "gate"),
        "verdict": (VERDICT, "headline"),
        "watch": (WATCH, "escalation"),
        "weather": (OPENING, None),
    }[ladder]
    made = Proposal.model_validate(
        {
            "ladder": ladder,
            "title": ladder.capitalize(),
            "question": f"What of the {ladder}?",
            "role": role,
            "level": level(name),
            "provisional": bool(between),
            "range": tuple(level(one) for one in between or (name,)),
            "rule": "rules.1",
            "sentence": f"A rule of the {ladder} held",
            "findings": ("ROT-1",),
            "levels": tuple(level(one) for one in levels),
            "four_eyes": False,
        }
    )
    return made.model_copy(update=changes)


def evidence(reference: str = "LAB-7") -> EvidenceShown:
    return EvidenceShown(
        kind="letter", reference=reference, date=DAY, collected_by="P-1", confidence="documented", sha256=DIGEST
    )


def source(name: str = "act", *, verified: bool = True, **changes: Any) -> CitedSource:
    made = CitedSource(
        id=name, instrument=f"The {name}", at="Art. 5", link="https://law.example/act", kind="eu_law", verified=verified
    )
    return made.model_copy(update=changes)


def read(**changes: Any) -> FactRead:
    made = FactRead(
        question="How is the bark?",
        value="loose",
        shown="Loose",
        origin="case",
        source=None,
        as_of=None,
        confidential=False,
        evidence=(evidence(),),
    )
    return made.model_copy(update=changes)


def severity(low: Severity, high: Severity | None = None) -> SeverityBounds:
    return SeverityBounds(at_least=low, at_most=high or low)


def bar(low: KnockOut, high: KnockOut | None = None) -> KnockOutBounds:
    return KnockOutBounds(at_least=low, at_most=high or low)


def option(
    *controls: str, counts: Literal["yes", "no", "unknown"] = "yes", lacking: tuple[str, ...] = ()
) -> OptionState:
    return OptionState(controls=controls, residual="low", counts=counts, complete=not lacking, lacking=lacking)


def finding(name: str = "ROT-1", inherent: Severity = "high", **changes: Any) -> Finding:
    made = Finding(
        id=name,
        title=f"Title of {name}",
        dimension="safety",
        ground="harvest",
        outcome="present" if inherent != "none" else "absent",
        inherent=inherent,
        possible=inherent,
        residual=severity(inherent),
        expected=severity(inherent),
        knock_out=bar("none"),
        knock_out_before=bar("none"),
        open=False,
        entries=("tree.old",),
        reads=("tree.old.bark",),
        bars=(),
        missing=(),
        because=(f"The bark was recorded as loose for {name}.",) if inherent != "none" else (),
        question="Could a branch fall?",
        reason="Branches fall on people.",
        wanted_evidence="A look from below",
        options=(),
        irreducible=None,
        sources=(source(),),
        only_unverified=False,
        defined_at="indicators/rot.yaml:3:1",
    )
    return made.model_copy(update=changes)


def undetermined(name: str = "PEST-2", possible: Severity = "critical", **changes: Any) -> Finding:
    made = finding(
        name,
        "none",
        outcome="undetermined",
        possible=possible,
        residual=severity("none", possible),
        expected=severity("none", possible),
        open=True,
        missing=("tree.old.pest",),
        because=(),
        reads=("tree.old.pest",),
    )
    return made.model_copy(update=changes)


def gap(path: str = "tree.old.pest", **changes: Any) -> Gap:
    made = Gap(
        path=path,
        question="Which pests live in it?",
        help="Knock on the trunk.",
        asked_of="gardener",
        asked_of_title="The gardener",
        findings=("PEST-2",),
        possible="critical",
    )
    return made.model_copy(update=changes)


def control(
    name: str, counts_as: Literal["planned", "agreed", "in_place"] | None = None, **changes: Any
) -> ControlShown:
    made = ControlShown(
        id=name,
        title=f"Control {name}",
        do=f"Do {name}.",
        who="The gardener",
        effort=1,
        supporting=False,
        stated="implemented" if counts_as == "in_place" else counts_as,
        counts_as=counts_as,
        owner="P-2" if counts_as == "agreed" else None,
        due=date(2026, 5, 1) if counts_as == "agreed" else None,
        evidence=(evidence("PHOTO-1"),) if counts_as == "in_place" else (),
        findings=("ROT-1",),
    )
    return made.model_copy(update=changes)


def note(kind: Literal["foreign_rule", "advice", "monitoring", "benefit"], **changes: Any) -> Note:
    made = Note(
        id=kind.upper(),
        kind=kind,
        title=f"Note of {kind}",
        then="Tell the pickers.",
        applies="yes",
        depends_on=(),
        due=date(2026, 9, 2) if kind == "monitoring" else None,
        sources=(),
    )
    return made.model_copy(update=changes)


def points(low: int, high: int | None = None) -> Points:
    def band(number: int) -> str:
        return "calm" if number < 20 else "stormy"

    top = low if high is None else high
    return Points(at_least=low, at_most=top, band_at_least=band(low), band_at_most=band(top))


def rating(**changes: Any) -> DimensionRating:
    made = DimensionRating(
        dimension="safety",
        title="Safety of pickers",
        inherent=points(25),
        residual=points(1),
        expected=points(0),
        capped_at_least=False,
        capped_at_most=False,
    )
    return made.model_copy(update=changes)


def profile_used(*overrides: Override) -> ProfileShown:
    return ProfileShown(
        profile=Profile(institution="Hill Orchard", criteria="orchard"), digest=DIGEST, overrides=overrides
    )
