"""An impact report on an invented orchard, written by hand: every group, every direction, every kind of cause."""

from collections.abc import Callable
from datetime import date
from typing import Any

from risk_engine.model.assessment import KnockOutBounds, SeverityBounds
from risk_engine.model.comparison import (
    CaseImpact,
    Cause,
    Counts,
    Courses,
    Direction,
    FindingMove,
    FindingState,
    FindingTally,
    Flow,
    Group,
    ImpactReport,
    LadderCompared,
    LevelTitle,
    Move,
    Names,
    Place,
    Refusal,
    Remaining,
    Standing,
    Tally,
    Unreplayed,
    VersionUsed,
)
from risk_engine.model.ladders import Role
from risk_engine.model.words import KnockOut, Outcome, Severity
from tests.report.parts import DAY, DIGEST, OPENING, VERDICT, WATCH

Written = Callable[[str], str]


def place(level: str, mildest: str | None = None, strictest: str | None = None) -> Place:
    """Return where a case stands; with two ends it is still open between them."""
    is_open = mildest is not None
    return Place(level=level, provisional=is_open, mildest=mildest or level, strictest=strictest or level)


def move(ladder: str, before: Place, after: Place, direction: Direction, *causes: Cause) -> Move:
    return Move(
        ladder=ladder,
        before=Standing(place=before, rule="otherwise"),
        after=Standing(place=after, rule="otherwise" if direction == "same" else "rules.0"),
        direction=direction,
        causes=causes,
    )


def kept(ladder: str, level: str) -> Move:
    return move(ladder, place(level), place(level), "same")


def state(
    outcome: Outcome, severity: tuple[Severity, Severity], residual: Severity | None = None, bars: KnockOut = "none"
) -> FindingState:
    low, high = severity
    return FindingState(
        outcome=outcome,
        severity=SeverityBounds(at_least=low, at_most=high),
        residual=SeverityBounds(at_least=residual or low, at_most=residual or high),
        knock_out=KnockOutBounds(at_least="none", at_most=bars),
    )


def finding(
    before: FindingState | None, after: FindingState | None, *causes: Cause, name: str = "ROT-1"
) -> FindingMove:
    return FindingMove(id=name, before=before, after=after, direction="stricter", causes=causes)


HIGH = state("present", ("high", "high"))
ABSENT = state("absent", ("none", "none"))
OPEN = place("terms", "word", "refusal")


def case(name: str, text: Written = str, **changes: Any) -> CaseImpact:
    made: dict[str, Any] = {
        "file": f"cases/{name}.yaml",
        "source": "case",
        "case_id": name,
        "title": text(f"The tree {name}"),
        "on": DAY,
        "in_force_before": True,
        "in_force_after": False,
        "group": "compared",
        "course": "same",
        "ladders": (kept("verdict", "word"), kept("opening", "go"), kept("watch", "nobody")),
        "findings": (),
    }
    return CaseImpact.model_validate({**made, **changes})


def ladder(name: str, role: Role | None, levels: dict[str, str], text: Written = str) -> LadderCompared:
    return LadderCompared(
        ladder=name,
        role=role,
        title=text(name.capitalize()),
        levels=tuple(LevelTitle(name=each, title=text(title)) for each, title in levels.items()),
        sentences_before={"otherwise": text("Nothing rots."), "rules.0": text("It rots.")},
        sentences_after={"otherwise": text("Nothing rots."), "rules.0": text("It rots a little.")},
    )


def version(number: str, text: Written = str, **changes: Any) -> VersionUsed:
    made = {
        "id": "orchard",
        "version": number,
        "title": text("May the tree be picked?"),
        "digest": DIGEST,
        "in_force_from": date(2026, 1, 1),
        "in_force_until": None,
        "cases_outside": 0,
    }
    return VersionUsed.model_validate({**made, **changes})


def flow(
    ladder_name: str,
    before: Place,
    after: Place | None,
    cases: int,
    direction: Direction = "same",
    group: Group = "compared",
) -> Flow:
    return Flow(ladder=ladder_name, before=before, after=after, group=group, direction=direction, cases=cases)


FLOWS = (
    flow("verdict", place("word"), place("word"), 12),
    flow("verdict", place("word"), place("terms"), 3, "stricter"),
    flow("verdict", place("terms"), OPEN, 1, "wider"),
    flow("verdict", place("refusal"), place("terms"), 2, "milder"),
    flow("verdict", place("word"), None, 3, "other", "newly_asked"),
    flow("verdict", place("refusal"), None, 1, "other", "refused"),
    flow("opening", place("go"), place("go"), 22),
    flow("watch", place("nobody"), place("nobody"), 21),
    flow("watch", place("nobody"), place("elders"), 1, "stricter"),
)


def cases(text: Written = str) -> tuple[CaseImpact, ...]:
    lower = Cause(kind="parameter", name="ripe", before="30", after="10")
    stricter = case(
        "B-1",
        text,
        course="stricter",
        ladders=(
            move("verdict", place("word"), place("terms"), "stricter", Cause(kind="rules"), Cause(kind="points")),
            kept("opening", "go"),
            kept("watch", "nobody"),
        ),
        findings=(finding(ABSENT, HIGH, lower, Cause(kind="severity", name="high")),),
    )
    milder = case(
        "C-1",
        text,
        course="milder",
        ladders=(move("verdict", place("refusal"), place("terms"), "milder"), kept("opening", "go")),
        findings=(
            finding(
                state("present", ("critical", "critical"), "low", "legal"),
                state("undetermined", ("none", "moderate")),
                *(Cause(kind=kind) for kind in ("in_force", "controls")),
                Cause(kind="knock_out", name="legal"),
                Cause(kind="definition", name="rotten"),
                Cause(kind="fact", name="tree.age"),
                Cause(kind="value", name="tree.old.age"),
            ),
        ),
        left_out=(Refusal(path="tree.old.age", why="no_fact"),),
    )
    otherwise = case(
        "D-1",
        text,
        course="otherwise",
        ladders=(move("verdict", place("terms"), OPEN, "wider"), kept("opening", "go")),
        findings=(finding(None, HIGH, Cause(kind="indicator_new")), finding(HIGH, None, Cause(kind="indicator_gone"))),
    )
    asked = case(
        "E-1",
        text,
        group="newly_asked",
        course="stricter",
        ladders=(move("verdict", place("word"), OPEN, "stricter"), kept("opening", "go")),
        findings=(finding(ABSENT, HIGH, Cause(kind="asked", name="tree.old.owner")),),
        asked=("tree.old.owner",),
        remaining=Remaining(
            least=(kept("verdict", "word"), kept("opening", "go")),
            most=(move("verdict", place("word"), place("refusal"), "stricter"), kept("opening", "go")),
            least_course="same",
            most_course="stricter",
            complete=False,
        ),
    )
    refused = case(
        "F-1",
        text,
        group="refused",
        ladders=(kept("verdict", "refusal"), kept("opening", "go")),
        findings=(finding(HIGH, ABSENT, Cause(kind="refused", name="tree.old.age")),),
        refused=(
            Refusal(path="tree.old.age", why="answer"),
            Refusal(path="controls.NET", why="no_control"),
            Refusal(path="shed", why="no_entity"),
        ),
    )
    return (
        case("A-1", text),
        case("A-2", text, findings=(finding(ABSENT, HIGH, lower),)),
        stricter,
        milder,
        otherwise,
        asked,
        refused,
    )


def impact(text: Written = str, **changes: Any) -> ImpactReport:
    """Return a report with everything in it; `text` changes what an author or an officer may have written."""
    made = {
        "engine": "9.9.9",
        "before": version("1.0.0", text),
        "after": version("2.0.0", text, digest="cd" * 32, in_force_from=date(2027, 1, 1), cases_outside=22),
        "on": None,
        "profile": text("Orchard School"),
        "counts": Counts(
            cases=22,
            compared=Courses(same=12, stricter=3, milder=2, otherwise=1),
            other_reasons=1,
            newly_asked=3,
            least=Courses(same=3),
            most=Courses(stricter=3),
            refused=1,
            problems=1,
        ),
        "ladders": (
            ladder("verdict", "headline", VERDICT, text),
            ladder("opening", "gate", OPENING, text),
            ladder("watch", "escalation", WATCH, text),
        ),
        "ladders_gone": (text("Weather"),),
        "ladders_new": (text("Moon"),),
        "flows": FLOWS,
        "findings": (FindingTally(id="ROT-1", rose=4, fell=2, other=1),),
        "asked": (Tally(name="tree.owner", cases=3),),
        "refused": (Tally(name="tree.age", why="answer", cases=1),),
        "cases": cases(text),
        "names": Names(
            indicators={"ROT-1": text("Rot in the wood")},
            facts={"tree.age": text("How old is the tree?"), "tree.owner": text("Whose is it?"), "shed": text("Shed")},
            parameters={"ripe": text("Days until it is ripe")},
            controls={"NET": text("A net below")},
        ),
        "notes": (text("2 decisions left aside"),),
        "problems": (Unreplayed(file=text("cases/bad.yaml"), reason=text("there is no such file"), told="all of it"),),
    }
    return ImpactReport.model_validate({**made, **changes})
