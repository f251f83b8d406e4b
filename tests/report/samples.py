"""Assessments of an invented orchard, written by hand: the words are of no shipped set, and every section has content."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from risk_engine.model.assessment import (
    Assessment,
    CitedSource,
    ControlShown,
    CriteriaUsed,
    DimensionRating,
    Entry,
    EvidenceShown,
    FactRead,
    Finding,
    Gap,
    KnockOutBounds,
    LevelShown,
    Note,
    NotInForce,
    OptionState,
    Override,
    Points,
    Problem,
    ProfileUsed,
    Proposal,
    Recorded,
    SeverityBounds,
)
from risk_engine.model.ladders import LevelRef, Titled
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
            "ladder_levels": tuple(levels),
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


def read(path: str = "tree.old.bark", **changes: Any) -> FactRead:
    made = FactRead(
        path=path,
        question="How is the bark?",
        value="loose",
        shown="Loose",
        origin="case",
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
        open=False,
        entries=("tree.old",),
        reads=(read(),),
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
        because=("The old tree was recorded as full of pests.",),
        reads=(read("tree.old.pest", value=None, shown="not known", origin="missing", evidence=()),),
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


def profile_used(*overrides: Override) -> ProfileUsed:
    return ProfileUsed(
        profile=Profile(institution="Hill Orchard", criteria="orchard"), digest=DIGEST, overrides=overrides
    )


def assessment(**changes: Any) -> Assessment:
    """Return a settled, harmless assessment with nothing in its lists but what `changes` puts there."""
    criteria = CriteriaUsed(
        id="orchard",
        version="2.0.0",
        title="May the tree be picked?",
        digest=DIGEST,
        in_force_from=date(2025, 1, 1),
        in_force=True,
        dimensions={
            "safety": Titled(title="Safety of pickers", explain="Whether people fall."),
            "taste": Titled(title="Taste"),
        },
        grounds={"harvest": Titled(title="The harvest", explain="Apples must not be lost.")},
        bands=("calm", "stormy"),
        notice=("Not the advice of a doctor.",),
        challenge="Write to the head gardener.",
        four_eyes=(LevelRef(ladder="verdict", level="refusal"),),
    )
    made = Assessment(
        schema_=1,
        engine="0.1.0",
        criteria=criteria,
        profile=None,
        on=DAY,
        case_id="A-1",
        case_title="The old tree",
        institution=None,
        assessor=None,
        case={},
        case_digest=DIGEST,
        resolved={},
        entries=(),
        proposals=(proposal("opening", "go"), proposal("verdict", "word"), proposal("watch", "nobody")),
        ratings=(rating(),),
        findings=(),
        not_in_force=(),
        gaps=(),
        problems=(),
        controls=(),
        awareness=(),
        benefits=(),
        necessity=(),
        review_due=date(2027, 3, 2),
        digest=DIGEST,
    )
    return made.model_copy(update=changes)


def full(text: Callable[[str], str] = str) -> Assessment:
    """Return an open assessment with content in every section; `text` changes everything a user may have written."""
    fact = read(shown=text("Loose"), evidence=(evidence(text("LAB-7")),))
    rot = finding(
        residual=severity("low"),
        expected=severity("none"),
        knock_out=bar("hold"),
        reads=(fact, read("tree.old.age", question="How old?", shown="90", origin="table", evidence=())),
        because=(text("The bark of the old tree was recorded as loose."),),
        options=(option("ROPE", "NET", lacking=("NET",)), option("ROPE")),
    )
    unsure = undetermined(
        knock_out=bar("none", "funding"), options=(option("SPRAY", counts="unknown", lacking=("SPRAY",)),)
    )
    return assessment(
        case_title=text("The old tree"),
        institution=text("Hill Orchard"),
        assessor=text("P-9"),
        profile=profile_used(
            Override(what="Age of an old tree", set_value="80", value=text("60"), reason=text("Ours age fast."))
        ),
        entries=(Entry(path="tree.old", title="Tree", label=text("Grandmother")),),
        proposals=(
            proposal("opening", "shut", "go", "wait"),
            proposal("verdict", "terms", "terms", "refusal", four_eyes=True),
            proposal("watch", "elders"),
            proposal("weather", "go", level=level("go", "fine of almanac"), findings=()),
        ),
        ratings=(
            rating(residual=points(1, 121), capped_at_most=True),
            rating(dimension="taste", title="Taste", capped_at_least=True, capped_at_most=True),
        ),
        findings=(
            finding(
                "SOIL-3", "low", sources=(source("list", kind="foreign_list", verified=False),), only_unverified=True
            ),
            finding(
                "SUN-4",
                "none",
                sources=(source("act", verified=False), source("essay", kind="blog", link=None, at=None)),
            ),
            unsure,
            rot,
            finding("WIND-5", "moderate", irreducible="Nobody stops the wind."),
        ),
        not_in_force=(
            NotInForce(id="FROST-6", title="Frost", effective_from=date(2027, 1, 1), effective_until=None),
            NotInForce(id="HAIL-7", title="Hail", effective_from=None, effective_until=date(2020, 1, 1)),
        ),
        gaps=(gap(), gap("tree.old.owner", question="Whose is it?", help=None, asked_of=None, asked_of_title="")),
        problems=(
            Problem(kind="table", id=None, text=text("The case says 90, the table 80."), paths=("tree.old.age",)),
        ),
        controls=(
            control("ROPE", "in_place"),
            control("NET", "agreed", owner=text("P-2")),
            control("SPRAY", "planned", due=DAY, findings=("PEST-2",)),
            control("MOON", "planned", findings=()),
            control("SONG", supporting=True, findings=()),
            control("HAT", "in_place", supporting=True, effort=2, findings=()),
            control("BOOTS", "agreed", supporting=True, effort=2, findings=()),
        ),
        awareness=(
            note(
                "foreign_rule",
                applies="may",
                depends_on=("tree.old.pest",),
                sources=(source("law", kind="foreign_law"),),
            ),
            note("advice", applies="may"),
            note("monitoring"),
            note("benefit"),
        ),
        benefits=(Recorded(path="tree.old.apples", question="How many apples?", shown=text("900")),),
        necessity=(Recorded(path="case.need", question="Are there others?", shown="few"),),
    )
