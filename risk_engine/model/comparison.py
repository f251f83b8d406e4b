"""Results laid side by side: many cases under two versions of a set, or one case under several sets."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple, TypeAlias

from pydantic import Field

from risk_engine.model.assessment import Assessment, KnockOutBounds, SeverityBounds
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.ladders import Role
from risk_engine.model.words import Model, Outcome, Shown, WhereTrue

Group: TypeAlias = Literal["compared", "newly_asked", "refused"]
Direction: TypeAlias = Literal["same", "stricter", "milder", "looser", "tighter", "wider", "narrower", "other"]
"""How a result moved. Looser, tighter: answers are missing, and what is proposed meanwhile or the mild end fell, or
rose; the strict end stayed. Wider and narrower: the range of what is still open grew or shrank at both ends."""
Course: TypeAlias = Literal["same", "stricter", "milder", "looser", "tighter", "otherwise"]
"""How a case moved over all ladders; otherwise: up on one and down on another, or open another way."""
CauseKind: TypeAlias = Literal[
    "indicator_new",
    "indicator_gone",
    "in_force",
    "severity",
    "knock_out",
    "controls",
    "definition",
    "parameter",
    "fact",
    "value",
    "asked",
    "refused",
    "rules",
    "points",
]
RefusalKind: TypeAlias = Literal["no_entity", "no_fact", "no_control", "answer", "too_many"]


class Place(Model):
    """Where on a ladder a case stands: its level, and between which levels it may come to be, both ends included.

    While answers are missing a level may be proposed that lies outside of them.
    """

    level: str
    provisional: bool
    mildest: str
    strictest: str


_ROLES_IN_REPORTS: Final[tuple[Role, ...]] = ("headline", "gate", "escalation")


class PairedLadder(NamedTuple):
    """A ladder that two versions of a set have, with what each calls it."""

    role: Role | None
    before: str
    after: str


def paired_ladders(before: Criteria, after: Criteria) -> tuple[PairedLadder, ...]:
    """Return the ladders of both versions: those in the same role, then those of the same name that have none."""
    old, new = before.head.roles.by_role, after.head.roles.by_role
    in_role = [PairedLadder(role, old[role], new[role]) for role in _ROLES_IN_REPORTS if role in old and role in new]
    taken = {*old.values(), *new.values()}
    others = [name for name in after.ladders if name in before.ladders and name not in taken]
    return (*in_role, *(PairedLadder(None, name, name) for name in others))


class Standing(Model):
    """A place on a ladder with the rule that put the case there."""

    place: Place
    rule: str = Field(description="`rules.N` or `otherwise`, as in ladders.yaml.")


class Cause(Model):
    """What in the two versions differs, where it bears on a finding or a ladder.

    `name` is the severity, the kind of knock-out, the definition, the parameter, the fact (`entity.fact`), or for
    `value` the path of a fact that comes to something else under the new version. Values are those of parameters only.
    """

    kind: CauseKind
    name: str | None = None
    before: str | None = None
    after: str | None = None


class Move(Model):
    """What one ladder says of a case under the old and the new version."""

    ladder: str
    before: Standing
    after: Standing
    direction: Direction
    causes: tuple[Cause, ...] = Field((), description="What of the ladder itself is different.")


class FindingState(Model):
    """What a finding came to under one version."""

    outcome: Outcome
    severity: SeverityBounds = Field(description="Before controls.")
    residual: SeverityBounds = Field(description="After the controls that are in place.")
    knock_out: KnockOutBounds = Field(description="The strongest that is not cured.")


class FindingMove(Model):
    """A finding that changed. A version without the indicator, or with it out of force, says nothing of it."""

    id: str
    before: FindingState | None
    after: FindingState | None
    direction: Direction
    causes: tuple[Cause, ...]


class Refusal(Model):
    """Something that a case states and one version does not take, by its path; the answer itself is not told."""

    path: str
    why: RefusalKind


class Remaining(Model):
    """What comes out when what is newly asked is answered in the least, and in the most risky way."""

    least: tuple[Move, ...]
    most: tuple[Move, ...]
    least_course: Course
    most_course: Course
    complete: bool = Field(description="Whether every answer without a declared direction was tried.")


class CaseImpact(Model):
    """One case under both versions."""

    file: str
    source: Literal["case", "assessment"]
    case_id: str
    title: str
    on: date
    in_force_before: bool = Field(description="Whether the old version is the one in force on the day.")
    in_force_after: bool
    group: Group
    course: Course = Field(description="As things stand: newly asked facts not answered, refused answers left out.")
    ladders: tuple[Move, ...]
    findings: tuple[FindingMove, ...] = Field(description="Those that changed.")
    asked: tuple[str, ...] = Field((), description="Paths that the new version asks for and the old one did not.")
    remaining: Remaining | None = None
    refused: tuple[Refusal, ...] = Field((), description="What the new version does not take.")
    left_out: tuple[Refusal, ...] = Field((), description="What the old version does not know; it went without.")


class Courses(Model):
    """How many cases went which way."""

    same: int = 0
    stricter: int = 0
    milder: int = 0
    looser: int = 0
    tighter: int = 0
    otherwise: int = 0

    @property
    def changed(self) -> int:
        """How many did not stay the same."""
        return self.stricter + self.milder + self.looser + self.tighter + self.otherwise


class Counts(Model):
    """All cases in numbers."""

    cases: int = Field(description="That were replayed under both versions.")
    compared: Courses
    other_reasons: int = Field(description="Of those that stayed the same: how many have other findings.")
    newly_asked: int
    least: Courses = Field(description="Of those newly asked: with the least risky answers.")
    most: Courses = Field(description="Of those newly asked: with the most risky answers.")
    refused: int
    problems: int


class Flow(Model):
    """How many cases went from one place on a ladder to another; into no place where the group is counted apart."""

    ladder: str
    before: Place
    after: Place | None
    group: Group
    direction: Direction
    cases: int


class FindingTally(Model):
    """In how many of the cases compared a finding rose, fell, or changed in another way."""

    id: str
    rose: int
    fell: int
    other: int


class Tally(Model):
    """In how many cases something is so: a fact newly asked, an answer refused."""

    name: str
    why: RefusalKind | None = None
    cases: int


class LevelTitle(Model):
    """A level and what readers call it."""

    name: str
    title: Shown


class LadderCompared(Model):
    """A ladder of both versions; matched by its role, else by its name."""

    ladder: str
    role: Role | None
    title: Shown
    levels: tuple[LevelTitle, ...] = Field(description="Of both versions, mildest first as far as they agree.")
    sentences_before: dict[str, Shown] = Field(description="Rule: the sentence that it prints.")
    sentences_after: dict[str, Shown]

    def title_of(self, level: str) -> str:
        """Return what readers call a level."""
        return next(one.title for one in self.levels if one.name == level)


class Unreplayed(Model):
    """A case that could not be replayed. What is wrong in it quotes it, so the report says only where."""

    file: str
    reason: str
    told: str = Field(
        "", exclude=True, description="All that is wrong, with the way out, for whoever runs the command."
    )


class Names(Model):
    """What readers call what the report names by its id."""

    indicators: dict[str, Shown] = {}
    facts: dict[str, Shown] = Field({}, description="`entity.fact`, or `entity` for a list: what is asked.")
    parameters: dict[str, Shown] = {}
    controls: dict[str, Shown] = {}


class VersionUsed(Model):
    """One of the two versions, and for how many cases it is not the one in force on their day."""

    id: str
    version: str
    title: Shown
    digest: str
    in_force_from: date
    in_force_until: date | None = Field(
        description="The first day of the version after it; its own first day where it was withdrawn."
    )
    withdrawn: WhereTrue = Field(default=False, description="Whether it was withdrawn.")
    cases_outside: int


class ImpactReport(Model):
    """The whole result; a page needs nothing else."""

    schema_: Literal[1] = Field(1, alias="schema")
    engine: str
    before: VersionUsed
    after: VersionUsed
    on: date | None = Field(description="The day for all cases; null where each has its own.")
    profile: str | None = Field(description="The institution whose profile was used for all cases.")
    counts: Counts
    ladders: tuple[LadderCompared, ...] = Field(description="Headline first, then gate, escalation and the rest.")
    ladders_gone: tuple[str, ...] = Field(description="Titles of ladders that only the old version has.")
    ladders_new: tuple[str, ...]
    flows: tuple[Flow, ...]
    findings: tuple[FindingTally, ...] = Field(description="Of the cases compared; the most frequent first.")
    asked: tuple[Tally, ...] = Field(description="Facts newly asked, by `entity.fact`.")
    refused: tuple[Tally, ...] = Field(description="What the new version does not take.")
    cases: tuple[CaseImpact, ...]
    names: Names
    notes: tuple[str, ...] = Field(description="What else to know, in words: cases left aside, ids given twice.")
    problems: tuple[Unreplayed, ...]

    def of_group(self, group: Group, *courses: Course) -> tuple[CaseImpact, ...]:
        """Return the cases of a group; with courses only those that went so."""
        return tuple(one for one in self.cases if one.group == group and (not courses or one.course in courses))


ROLES: tuple[Role, ...] = ("gate", "headline", "escalation")


class LevelPlace(Model):
    """Where a level of one ladder lies on another: what it equals there, else between which levels of it it lies."""

    level: str
    equals: tuple[str, ...] = Field(description="Levels of the other ladder that mean the same.")
    above: str | None = Field(description="The strictest level there that is milder; where it equals none.")
    below: str | None = Field(description="The mildest level there that is stricter; where it equals none.")


class Relation(Model):
    """How the ladders of two of the sets in one role compare, and what the case comes to on both."""

    role: Role
    first: int = Field(description="Which assessment, from 0.")
    second: int
    verdict: Literal["same", "differs", "open", "unrelated"] = Field(
        description="`open`: missing answers decide; `unrelated`: nothing says how the levels compare."
    )
    stricter: int | None = Field(description="Which assessment is stricter, where they differ.")
    places: tuple[LevelPlace, ...] = Field(description="Every level of the first ladder on the second, mildest first.")


class SharedAnswer(Model):
    """An answer that several of the sets ask for, and what each of them found in it."""

    path: str
    findings: tuple[tuple[str, ...], ...] = Field(description="For each assessment, indicators that are not absent.")


class Comparison(Model):
    """One case file on one day under several sets or versions, each with its whole assessment."""

    schema_: Literal[2] = Field(2, alias="schema")
    engine: str = Field(description="The version of the engine that computed it.")
    on: date
    case_id: str
    case_title: str
    assessments: tuple[Assessment, ...] = Field(min_length=2)
    relations: tuple[Relation, ...] = Field(description="Of every two assessments, in each role that both have.")
    shared_answers: tuple[SharedAnswer, ...]
    not_asked: tuple[tuple[str, ...], ...] = Field(
        description="For each assessment the answers of the case file that its set does not ask for, as `entity.fact`."
    )


@dataclass(frozen=True)
class Compared:
    """A comparison with its assessments in words, in the same order."""

    comparison: Comparison
    told: tuple[Explanation, ...]
    notes: tuple[tuple[str, ...], ...] = ()
    """Lines for each set about names of the case that it has not or should not be stated by."""
