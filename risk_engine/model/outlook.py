"""What would change a result: a record of its own, bound to the digest of the assessment that it is about (issue 7).

It is outside the assessment, for what a solver finds may depend on how far it looks. Every case in it was replayed by
the engine. The words that a report prints are made from it and the criteria when somebody reads it.
"""

from datetime import date
from typing import Any, Literal, TypeAlias

from pydantic import Field

from risk_engine.files.plain import digest
from risk_engine.model.ladders import Range, Reached
from risk_engine.model.words import Digest, Id, KnockOut, Model, Name, Severity, Shown

SCHEMA: Literal[2] = 2

Path: TypeAlias = str
"""A question of the case as people write it: `entity.fact`, `entity.id.fact`; `entity` alone is a whole list."""
Effect: TypeAlias = Literal["alone", "together", "ways", "none"]
"""What an answer can do to the headline and the gate: change them alone, only with other answers, only once something
is done to lower them, or nothing."""

Direction: TypeAlias = Literal["stricter", "milder", "mixed"]
"""Where several ladders move together."""
Tried: TypeAlias = Literal["all", "some", "none"]
"""Which of the changes of design that a set marks were tried: those of which it says what must really change."""


def answer_key(value: Any) -> str:
    """Return an answer as the text under which `Asked.options` says what it means; options stand in their order."""
    match value:
        case bool():
            return "true" if value else "false"
        case tuple() | list():
            return ", ".join(map(answer_key, value))
        case dict():
            # An entry of a list. JSON that was read back has its keys in another order.
            return "; ".join(f"{name}: {answer_key(value[name])}" for name in sorted(value))
        case _:
            return f"{value}"


class Asked(Model):
    """The words of a question."""

    question: Shown
    asked_of: Shown | None = Field(description="Who should answer.")
    changed_by: Shown | None = Field(default=None, description="What must really change for any other answer.")
    changed_to: dict[str, Shown] = Field(
        default={}, description="The same by answer (of several options: for that one to go, or to come in)."
    )
    confidential: bool = False
    is_asked: bool = Field(default=True, description="Whether people are asked it; else a table states it.")
    options: dict[str, Shown] = Field(description="What the answers of it that stand in this record mean.")


class Contradiction(Model):
    """An invariant among the answers that is broken, and would not be by the case as it is.

    Of a completion also one that the case breaks: where its answers count as open, another completion mends it.
    """

    id: Id
    on_record: dict[Path, Any] = Field(description="The answers of the case that take part in it.")


class Completion(Model):
    """Open questions answered, as few as can be otherwise than in a harmless case, and what comes out then."""

    answers: dict[Path, Any] = Field(description="Every answer that it fills in, as in a case file.")
    telling: tuple[Path, ...] = Field(description="Those that are not as in the harmless base case of the criteria.")
    set_aside: tuple[Path, ...] = Field(default=(), description="Answers of the case that are not asked for then.")
    reached: tuple[Reached, ...]
    is_smallest: bool = Field(
        description="Whether it is proved that none has fewer that are otherwise: of those whose answers go together, "
        "where this is one."
    )
    contradicts: tuple[Contradiction, ...] = Field(default=(), description="What of it does not go together.")


class PossibleLevel(Model):
    """A level that can still come out, with a smallest completion that shows it.

    Its answers go together, and with those on record, where there is such a completion.
    """

    level: Name
    witness: Completion
    only_contradictory: bool = Field(
        default=False, description="Whether it is proved that every completion which comes to it breaks an invariant."
    )


class ExactRange(Range):
    """Which levels of a ladder can come out once every question has its answer: exactly these.

    Its ends are those that the assessment has, by bounds. Answers that contradict each other and count as open may be
    corrected, so that a level beyond the bounds comes out (decision 0072).
    """

    ladder: Name
    possible: tuple[PossibleLevel, ...]
    undecided: tuple[Name, ...] = Field(default=(), description="Levels of which it was not decided in the time given.")


class Moved(Model):
    """A finding that an answer or a control moves; each pair is at least, at most."""

    finding: Id
    before: tuple[Severity, Severity]
    after: tuple[Severity, Severity]
    knock_out_before: tuple[KnockOut, KnockOut] = Field(description="Its strongest knock-out that is not cured.")
    knock_out_after: tuple[KnockOut, KnockOut]


class IfAnswered(Model):
    """What an answer does while all other questions stay open.

    Of options that may be combined, and of a list, the smallest answer that comes to what no smaller one comes to.
    """

    answer: Any
    alike: tuple[Any, ...] = Field(default=(), description="Other options or rows that do the same.")
    first: Any = Field(default=None, description="Of a number or a day: all from this one on do the same.")
    last: Any = Field(default=None, description="Of a number or a day: up to this one; None is without end.")
    reached: tuple[Reached, ...]
    moves: tuple[Moved, ...] = Field(description="Findings whose highest possible severity, or the certain one, moves.")
    contradicts: tuple[Contradiction, ...] = Field(default=(), description="What it does not go together with.")


class NextQuestion(Model):
    """An open question, what it can decide, and what each answer would do."""

    path: Path
    effect: Effect
    after: tuple[Path, ...] = Field(default=(), description="Questions that decide whether it must be asked at all.")
    findings: tuple[Id, ...] = Field(description="The findings that it can move.")
    if_answered: tuple[IfAnswered, ...] = Field(default=(), description="Of a question that decides alone.")


class Change(Model):
    """Another answer, which a redesign of the project would give: the nearest one that does."""

    path: Path
    before: Any
    after: Any
    or_milder: bool = Field(default=False, description="Whether every answer that is milder still does as well.")


class Way(Model):
    """A smallest set of controls and changes of design that lowers a result; without any of them it does not."""

    controls: tuple[Id, ...] = Field(description="Controls to be put in place, with evidence, that are not yet.")
    changes: tuple[Change, ...]
    effort: int = Field(
        description="The sum of the efforts of the controls, as the criteria declare them; a change of design counts 3."
    )
    not_agreed: int = Field(description="How many of the controls the case lists neither as agreed nor as planned.")
    reached: tuple[Reached, ...] = Field(description="What every ladder comes to, as the engine works it out.")
    set_aside: tuple[Path, ...] = Field(default=(), description="Answers of the case that are not asked for then.")
    then_asked: tuple[Path, ...] = Field(
        default=(), description="Questions that the changes open; they count as answered for the worst until they are."
    )


class Obstacle(Model):
    """A finding that holds the result where it is whatever is put in place, and the answers that it rests on."""

    finding: Id
    rests_on: tuple[Path, ...]
    fixed: tuple[Path, ...] = Field(default=(), description="Those of them that no redesign of the project may change.")
    unanswered: tuple[Path, ...] = Field(default=(), description="What nobody has answered yet and could end it.")


class WaysDown(Model):
    """How a ladder can come to a level that is milder than now: all smallest ways up to a limit, or why there is none.

    What is now and what a way reaches is the strict end: the stricter of the level that is proposed and the highest one
    that missing answers can still make of it.
    """

    ladder: Name
    level: Name = Field(description="What it is now, at its strict end.")
    to: Name = Field(description="The level to be reached; a way may reach a milder one.")
    ways: tuple[Way, ...] = Field(description="Fewest parts first, then least effort, then most agreed already.")
    is_all: bool = Field(description="Whether these are all smallest ways; else the search ended at its limit.")
    changes_tried: Tried = Field(default="all", description="Of which changes of design the criteria say enough.")
    obstacles: tuple[Obstacle, ...] = Field(
        default=(), description="Where no way leads there: what stands against it with everything in place."
    )


class ToNextBand(Model):
    """How far a dimension is, before or after controls, from the next band that a rule of a ladder asks for."""

    dimension: Name
    controls: Literal["before", "after"] = Field(default="after", description="Before or after controls.")
    least: int = Field(description="The least that its findings sum to; less than the most while answers are missing.")
    points: int = Field(description="The most that its findings sum to.")
    band: Name = Field(description="The band of that.")
    next_band: Name | None = Field(description="None where no rule asks for a higher band.")
    missing_points: int | None
    only_critical: bool = Field(
        default=False, description="Findings below critical cannot reach it, however many: the cap is below it."
    )


class Corner(Model):
    """A dimension and a ground, which findings have together."""

    dimension: Name
    ground: Name


class FindingsMore(Model):
    """So many more findings of one severity, all in one dimension and on one ground, tip a ladder; one less does not.

    What is left of them by controls is their severity, and none of them bars anything by itself.
    """

    ladder: Name
    level: Name = Field(description="To which level.")
    number: int
    severity: Severity
    points: int | None = Field(
        default=None, description="What each of them counts, where that is not what the set says of the severity."
    )
    places: tuple[Corner, ...] = Field(description="Where they do: in any one of these.")


class IfWrong(Model):
    """An answer on record and what comes out if it is wrong; of several the one that changes most."""

    path: Path
    recorded: Any
    instead: Any
    reached: tuple[Reached, ...] = Field(description="The headline and the gate.")
    steps: int = Field(description="By how many levels headline and gate move together; 0 where only a range does.")
    direction: Direction = Field(description="Where to: of the levels, or of the ranges where no level moves.")


class Tips(Model):
    """A number of the criteria that tips headline or gate if it were another: the first one in its direction."""

    what: Literal["parameter", "points", "band", "cap"]
    name: str = Field(description="The parameter, the severity or the band; of the cap `cap`.")
    value: int = Field(description="What it is on the day, in the profile where that overrides it.")
    tips_at: int
    percent: Literal[10, 25, 50] = Field(description="The smallest of these moves that goes so far.")
    reached: tuple[Reached, ...] = Field(description="The headline and the gate.")


class Margins(Model):
    """How firmly a result stands."""

    bands: tuple[ToNextBand, ...] = ()
    findings: tuple[FindingsMore, ...] = ()
    if_wrong: tuple[IfWrong, ...] = Field(
        default=(), description="Those of them, the ones to verify first at the head."
    )
    answers: int = Field(default=0, description="How many answers on record were tried.")
    moving: int = Field(default=0, description="How many of them would move headline or gate if they were wrong.")
    tips: tuple[Tips, ...] = Field(default=(), description="Nearest first; without one the result is stable.")
    tried: int = Field(default=0, description="How many numbers of the criteria were moved, down and up.")
    refused: int = Field(
        default=0, description="How many of the moves by 10, 25 and 50 % no criteria could have: they were left out."
    )


class Outlook(Model):
    """What would change a result: facts, ids and numbers, in no language."""

    schema_: Literal[2] = Field(alias="schema")
    engine: str
    solver: str = Field(description="The solver that looked, and its version.")
    base: Digest = Field(description="Of the harmless case that completions stay near to.")
    assessment: Digest
    case_id: str
    on: date
    entries: dict[Name, int] = Field(
        description="How many entries an open list may have in the cases looked at: more of them change nothing."
    )
    ranges: tuple[ExactRange, ...]
    questions: tuple[NextQuestion, ...] = Field(description="Open questions, those that decide most first.")
    ways: tuple[WaysDown, ...]
    margins: Margins
    digest: str


def outlook_digest(outlook: Outlook) -> str:
    """Return the digest of an outlook: of everything in it but the digest itself."""
    return digest(outlook.model_dump(mode="json", by_alias=True, exclude={"digest"}))


class ExplainedOutlook(Outlook):
    """An outlook with the words that a report prints, made when somebody reads it; it is never stored."""

    language: str
    is_whole: bool = Field(
        default=True, description="Whether all was looked for; else only the ways down and the questions."
    )
    facts: dict[Path, Asked] = Field(description="The words of the questions that stand in this record.")
    controls: dict[Id, Shown] = Field(description="The titles of its controls.")
    kinds: dict[Id, tuple[tuple[Shown, ...], ...]] = Field(
        default={}, description="Of which kinds the evidence of a control must be: of each group one."
    )
    findings: dict[Id, Shown] = Field(description="The titles of its findings.")
    contradictions: dict[Id, Shown] = Field(description="What invariants say that its answers break.")
    levels: dict[Name, dict[Name, Shown]] = Field(description="The titles of the levels of each ladder.")
    bands: dict[Name, Shown] = Field(description="The titles of the bands.")
    parameters: dict[str, Shown] = Field(description="The titles of the parameters.")


class OutlookChecked(Model):
    """What a check of a stored outlook came to; places are those of its JSON."""

    cases: int = Field(description="How many cases it tells; each was assessed again.")
    wrong_cases: tuple[str, ...] = Field(default=(), description="Where it tells one that does not come out so.")
    is_searched: bool = Field(default=False, description="Whether a solver was there to work all of it out anew.")
    wrong: tuple[str, ...] = Field(default=(), description="Where it says anything else that does not come out so.")
    unsure: tuple[str, ...] = Field(
        default=(),
        description="Where it says something else than now, and not it, but the engine, the solver or the harmless "
        "case may have become another since it was written.",
    )
