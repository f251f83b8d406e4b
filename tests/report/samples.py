"""Whole assessments of an invented orchard: a harmless one, and one with content in every section."""

from collections.abc import Callable
from datetime import date
from typing import Any

from risk_engine.files.language import current
from risk_engine.model.explanation import CriteriaShown, Entry, Explanation, NotInForce, Override, Problem, Recorded
from risk_engine.model.ladders import LevelRef, Titled
from tests.report.parts import (
    DAY,
    DIGEST,
    bar,
    control,
    evidence,
    finding,
    gap,
    level,
    note,
    option,
    points,
    profile_used,
    proposal,
    rating,
    read,
    severity,
    source,
    undetermined,
)


def assessment(**changes: Any) -> Explanation:
    """Return a settled, harmless assessment with nothing in its lists but what `changes` puts there."""
    criteria = CriteriaShown(
        id="orchard",
        version="2.0.0",
        title="May the tree be picked?",
        digest=DIGEST,
        in_force_from=date(2025, 1, 1),
        in_force=True,
        draft=False,
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
    made = Explanation(
        language=current(),
        is_translated=True,
        engine="1.2.3",
        criteria=criteria,
        profile=None,
        on=DAY,
        case_id="A-1",
        case_title="The old tree",
        institution=None,
        assessor=None,
        case={},
        case_digest=DIGEST,
        supersedes=None,
        resolved={},
        described=(),
        entries=(),
        proposals=(proposal("opening", "go"), proposal("verdict", "word"), proposal("watch", "nobody")),
        ratings=(rating(),),
        findings=(),
        facts={
            "tree.old.bark": read(),
            "tree.old.pest": read(value=None, shown="not known", origin="missing", evidence=()),
        },
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


def full(text: Callable[[str], str] = str) -> Explanation:
    """Return an open assessment with content in every section; `text` changes everything a user may have written."""
    rot = finding(
        residual=severity("low"),
        expected=severity("none"),
        knock_out=bar("hold"),
        reads=("tree.old.bark", "tree.old.age"),
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
        facts={
            "tree.old.bark": read(shown=text("Loose"), evidence=(evidence(text("LAB-7")),)),
            "tree.old.age": read(question="How old?", shown="90", origin="table", evidence=()),
            "tree.old.pest": read(value=None, shown="not known", origin="missing", evidence=()),
        },
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
