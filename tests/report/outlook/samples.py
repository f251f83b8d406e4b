"""Outlooks on an invented orchard, written by hand, and what the report on the old tree says of them."""

from collections.abc import Callable
from typing import Any

from risk_engine.model.explanation import Explanation
from risk_engine.model.ladders import Reached
from risk_engine.model.outlook import (
    Asked,
    Change,
    Completion,
    Contradiction,
    Corner,
    ExactRange,
    ExplainedOutlook,
    FindingsMore,
    IfAnswered,
    IfWrong,
    Margins,
    Moved,
    NextQuestion,
    Obstacle,
    Outlook,
    PossibleLevel,
    Tips,
    ToNextBand,
    Way,
    WaysDown,
    outlook_digest,
)
from risk_engine.model.words import KnockOut, Severity
from risk_engine.report.blocks import Block, Bullets, Group, Line, Prose, Section, Table
from risk_engine.report.outlook import outlook_view
from tests.report.parts import DAY, DIGEST, OPENING, VERDICT, WATCH
from tests.report.samples import full

LADDERS = {"opening": OPENING, "verdict": VERDICT, "watch": WATCH}
WORDS: dict[str, Asked] = {
    "tree.old.pest": Asked(
        question="Which pests live in it?",
        asked_of="The gardener",
        options={"none": "No pest", "moth": "Moths", "worm": "Worms", "wasp": "Wasps", "ants": "Ants"},
    ),
    "tree.old.bark": Asked(
        question="How is the bark?",
        asked_of=None,
        changed_by="Somebody binds it.",
        options={"loose": "Loose", "firm": "Firm"},
    ),
    "tree.old.age": Asked(question="How old?", asked_of="The owner", options={}),
    "tree.old.planted": Asked(question="When was it planted?", asked_of="The owner", options={}),
    "tree.old.shade": Asked(question="Shade, as the map has it", asked_of=None, is_asked=False, options={}),
    "tree.old.owner": Asked(question="Whose is it?", asked_of=None, confidential=True, options={"us": "Ours"}),
    "case.need": Asked(question="Are there others?", asked_of="The cook", options={"true": "yes", "false": "no"}),
    "ladder": Asked(question="Ladder", asked_of=None, options={"": "none", "height: 3; id: a": "a ladder, but: 3"}),
}

BANDS = {"calm": "calm", "stormy": "Stormy"}
PARAMETERS = {"age": "Age of an old tree"}


def outlook(**changes: Any) -> ExplainedOutlook:
    """Return an outlook of which nothing is told but what `changes` puts there."""
    made = ExplainedOutlook(
        schema_=2,
        engine="1.2.3",
        solver="z3 1.0",
        base=DIGEST,
        language="en",
        assessment=DIGEST,
        case_id="A-1",
        on=DAY,
        entries={},
        ranges=(),
        questions=(),
        ways=(),
        margins=Margins(),
        facts=WORDS,
        controls={"ROPE": "A rope", "NET": "A net", "SPRAY": "A spray"},
        findings={"ROT-1": "Title of ROT-1", "PEST-2": "Title of PEST-2"},
        contradictions={},
        levels=LADDERS,
        bands=BANDS,
        parameters=PARAMETERS,
        digest="",
    ).model_copy(update=changes)
    return made.model_copy(update={"digest": outlook_digest(record(made))})


def record(made: ExplainedOutlook) -> Outlook:
    """Return the outlook that is stored: without its words."""
    return Outlook(**{name: getattr(made, name) for name in Outlook.model_fields})


def read_back(made: ExplainedOutlook) -> ExplainedOutlook:
    """Return an outlook as it is read from its file, with the same words."""
    from risk_engine.outlook.outlook import to_json

    stored = Outlook.model_validate_json(to_json(record(made)))
    return made.model_copy(update={name: getattr(stored, name) for name in Outlook.model_fields})


def reached(**levels: str | tuple[str, str, str]) -> tuple[Reached, ...]:
    """Return what ladders come to: a level, or level, lowest and highest."""
    ends = {name: (one, one, one) if isinstance(one, str) else one for name, one in levels.items()}
    return tuple(Reached(ladder=name, level=at, lowest=low, highest=high) for name, (at, low, high) in ends.items())


def possible(
    level: str, telling: dict[str, Any] | None = None, harmless: dict[str, Any] | None = None
) -> PossibleLevel:
    told = telling or {}
    witness = Completion(answers={**told, **(harmless or {})}, telling=tuple(told), reached=(), is_smallest=True)
    return PossibleLevel(level=level, witness=witness)


def doubtful(level: str, telling: dict[str, Any], harmless: dict[str, Any] | None = None) -> PossibleLevel:
    """Return a level that only answers reach which do not go together."""
    found = possible(level, telling, harmless)
    against = Contradiction(id="INV-1", on_record={"tree.old.bark": "firm"})
    witness = found.witness.model_copy(update={"contradicts": (against,)})
    return found.model_copy(update={"witness": witness, "only_contradictory": True})


def between(ladder: str, *ends: str, levels: tuple[PossibleLevel, ...], undecided: tuple[str, ...] = ()) -> ExactRange:
    lowest, highest = ends
    return ExactRange(ladder=ladder, lowest=lowest, highest=highest, possible=levels, undecided=undecided)


def question(path: str, effect: Any, *answers: IfAnswered) -> NextQuestion:
    return NextQuestion(path=path, effect=effect, findings=(), if_answered=answers)


def answered(answer: Any, *moves: Moved, to: str = "terms", **changes: Any) -> IfAnswered:
    return IfAnswered(answer=answer, reached=reached(verdict=to, opening="wait"), moves=moves, **changes)


def moved(finding: str, *after: Severity, bars: KnockOut = "none", before: Severity = "none") -> Moved:
    low, high = after
    bounds: tuple[KnockOut, KnockOut] = ("none", "legal")
    return Moved(
        finding=finding,
        before=(before, "critical"),
        after=(low, high),
        knock_out_before=bounds,
        knock_out_after=("none", bars),
    )


def down(*ways: Way, ladder: str = "verdict", **changes: Any) -> WaysDown:
    made: dict[str, Any] = {"ladder": ladder, "level": "refusal", "to": "terms", "ways": ways, "is_all": True}
    return WaysDown(**(made | changes))


def way(*controls: str, changes: tuple[Change, ...] = (), effort: int = 3, **more: Any) -> Way:
    made: dict[str, Any] = {"reached": reached(watch="elders", verdict="terms", opening="wait"), "not_agreed": 0}
    return Way(controls=controls, changes=changes, effort=effort, **(made | more))


def obstacle(finding: str, *rests_on: str, unanswered: tuple[str, ...] = ()) -> Obstacle:
    return Obstacle(finding=finding, rests_on=rests_on, unanswered=unanswered)


def whole(text: Callable[[str], str] = str) -> ExplainedOutlook:
    """Return an outlook with every part; `text` changes everything that comes from the criteria or the case."""
    asked = {
        path: one.model_copy(
            update={
                "question": text(one.question),
                "asked_of": one.asked_of and text(one.asked_of),
                "changed_by": one.changed_by and text(one.changed_by),
                "options": {key: text(option) for key, option in one.options.items()},
            }
        )
        for path, one in WORDS.items()
    }
    change = Change(path="tree.old.bark", before="loose", after="firm", or_milder=True)
    return outlook(
        facts=asked,
        controls={"ROPE": text("A rope"), "NET": text("A net")},
        findings={"ROT-1": text("Title of ROT-1")},
        contradictions={"INV-1": text("A moth lives in a dead tree")},
        levels={ladder: {name: text(title) for name, title in levels.items()} for ladder, levels in LADDERS.items()},
        bands={name: text(title) for name, title in BANDS.items()},
        parameters={name: text(title) for name, title in PARAMETERS.items()},
        ranges=(
            between(
                "opening",
                "go",
                "shut",
                levels=(possible("go"), doubtful("shut", {"tree.old.pest": "moth"}, {"tree.old.age": 5})),
            ),
        ),
        questions=(
            question("tree.old.pest", "alone", answered("moth", moved("ROT-1", "high", "high"))),
            question("case.need", "together"),
            question("tree.old.owner", "none"),
        ),
        ways=(
            down(way("ROPE", changes=(change,), then_asked=("case.need",))),
            down(ladder="opening", level="shut", to="go", obstacles=(obstacle("ROT-1", "tree.old.bark"),)),
        ),
        margins=Margins(
            bands=(
                ToNextBand(
                    dimension="safety",
                    least=1,
                    points=1,
                    band="calm",
                    next_band="stormy",
                    missing_points=19,
                ),
            ),
            findings=(
                FindingsMore(
                    ladder="verdict",
                    level="refusal",
                    number=2,
                    severity="high",
                    places=(Corner(dimension="safety", ground="harvest"),),
                ),
            ),
            if_wrong=(wrong("tree.old.bark", "loose", "firm"),),
            answers=3,
            moving=1,
            tips=(tip("parameter", "age"),),
            tried=9,
        ),
    )


def wrong(path: str, recorded: Any, instead: Any, direction: Any = "stricter") -> IfWrong:
    came_to = reached(verdict="refusal", opening="shut")
    return IfWrong(path=path, recorded=recorded, instead=instead, reached=came_to, steps=2, direction=direction)


def tip(what: Any, name: str, **changes: Any) -> Tips:
    made: dict[str, Any] = {"value": 80, "tips_at": 72, "percent": 10, "reached": reached(verdict="word")}
    return Tips(what=what, name=name, **(made | changes))


def section(made: ExplainedOutlook, of: Explanation | None = None) -> Section:
    """Return what would change the result of the old tree, as it stands alone: the whole report takes much longer."""
    (only,) = outlook_view(made, of or full()).sections
    return only


def lines(made: ExplainedOutlook, of: Explanation | None = None) -> list[str]:
    """Return that section as plain lines, a table with its caption before its rows."""
    return lines_of(section(made, of))


def lines_of(made: Section) -> list[str]:
    return [line for block in made.blocks[1:] for line in _told(block)]


def _told(block: Block | Group) -> list[str]:
    match block:
        case Prose(line):
            return [_words(line)]
        case Bullets(several):
            return [_words(one) for one in several]
        case Group(title, blocks):
            return [_words(title), *(line for one in blocks for line in _told(one))]
        case Table():
            return [block.caption, *(" | ".join(_words(cell) for cell in row) for row in block.rows)]
        case _:
            raise AssertionError(block)


def _words(line: Line) -> str:
    """Return the text of a line, a mark between brackets, as text and Markdown have it."""
    return "".join(f"[{run.text}]" if run.style == "mark" else run.text for run in line)
