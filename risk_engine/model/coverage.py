"""What the cases of a set show of its rules, the cases that a solver found for the rest, and what the lints remark.

A goal says all that somebody, or a solver, needs who looks for a case that meets it (docs/decisions/0027).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal, TypeAlias, assert_never, get_args

from pydantic import Field

from risk_engine.model.companion_files import CaseTest
from risk_engine.model.conditions import Compare, Condition, ConditionOrAlways, Holds, Node, children
from risk_engine.model.criteria import Criteria, knock_out_conditions, severity_conditions
from risk_engine.model.words import Id, Model, Severity

Path: TypeAlias = tuple[str | int, ...]
"""The way from a record to a part of it, as the keys and numbers of the YAML file."""


class Spot(Model):
    """A place in a file of a version; the file is named from the folder of the version, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


Kind: TypeAlias = Literal[
    "indicator",
    "severity",
    "severity_branch",
    "knock_out",
    "knock_out_branch",
    "option",
    "option_branch",
    "question_branch",
    "rule",
    "rule_branch",
    "level",
    "awareness",
    "awareness_branch",
    "contradiction",
]
"""What a goal is about; a branch is one comparison of a condition."""
KINDS: tuple[Kind, ...] = get_args(Kind)

Wanted: TypeAlias = Literal[
    "present",
    "absent",
    "undetermined",
    "true",
    "false",
    "unknown",
    "open",
    "cured",
    "complete",
    "incomplete",
    "decides",
    "passed_over",
    "reached",
    "contradicted",
]
"""What a case is to show of it."""

Key: TypeAlias = tuple[Kind, str, Path, Wanted]
"""What tells one goal from another."""


class Goal(Model):
    """Something that a case is to show once."""

    kind: Kind
    record: str = Field(description="The id of the indicator, rule or ladder, or the name of the fact that is asked.")
    severity: Severity | None = Field(None, description="The severity whose condition it is about.")
    at: Path = Field(
        description="The way to it from its record. Behind `holds` and the name of a definition it goes on in that. "
        "Of definitions within each other it names the first and the last."
    )
    wanted: Wanted
    leaf: dict[str, object] | None = Field(None, description="Of a branch: the comparison, as in the YAML file.")
    spot: Spot
    case: str | None = Field(None, description="The first case that shows it; none where it is missing.")

    @property
    def key(self) -> Key:
        """What tells it from every other goal of the set."""
        return self.kind, self.record, self.at, self.wanted


class Tally(Model):
    """How many goals of a kind there are, and how many of them a case shows; the share is rounded down."""

    kind: Kind
    goals: int
    met: int
    percent: int


class Coverage(Model):
    """What the cases of one version show of its rules. Cases that fail do not count."""

    criteria: str
    version: str
    digest: str
    cases: int = Field(description="How many cases count.")
    failing: tuple[str, ...] = Field(description="The cases that fail, by name.")
    goals: int
    met: int
    percent: int = Field(description="The share of goals that are met, rounded down: 100 means all.")
    tallies: tuple[Tally, ...]
    shown: tuple[Goal, ...] = Field(description="The goals that a case shows.")
    missing: tuple[Goal, ...] = Field(description="The goals that no case shows.")


def percent(met: int, goals: int) -> int:
    """Return the share in per cent, rounded down, so that 100 means all; of nothing all is met."""
    return met * 100 // goals if goals else 100


# --- the ways through a condition ---


def parts(node: Node, definitions: Mapping[str, Condition]) -> Iterator[tuple[Path, Condition]]:
    """Yield the conditions that a condition is made of, each with the way to it; a comparison is made of none."""
    if isinstance(node, Holds):
        yield ("holds", node.holds), definitions[node.holds]
    yield from children(node)


def branches(
    condition: ConditionOrAlways, definitions: Mapping[str, Condition], at: Path = ()
) -> Iterator[tuple[Path, Compare]]:
    """Yield every comparison of a condition with the way to it.

    One of a definition comes as often as the condition itself uses that, by whichever ways through further definitions:
    of these the way names the first and the last, so that each is looked into once and no way is longer for a chain.
    """
    if isinstance(condition, str):
        return
    # Each with the way to the definition that it is in, of those that the condition itself uses, and all read by that.
    waiting: list[tuple[Condition, Path, tuple[Path, set[str]] | None]] = [(condition, at, None)]
    while waiting:
        node, way, inside = waiting.pop()
        if isinstance(node, Compare):
            yield way, node
            continue
        if isinstance(node, Holds):
            if inside is None:
                inside = (*way, "holds", node.holds), set()
            else:
                way = inside[0]
            if node.holds in inside[1]:
                continue
            inside[1].add(node.holds)
        waiting += reversed([(part, (*way, *steps), inside) for steps, part in parts(node, definitions)])


def segments(way: Path) -> tuple[tuple[str, Path], ...]:
    """Return the parts of a way from a whole condition: within itself (named ``), then within each definition."""
    found: list[tuple[str, Path]] = [("", ())]
    place = 0
    while place < len(way):
        size = 2 if way[place] in {"holds", "all_of", "any_of"} else 1
        if way[place] == "holds":
            found.append((str(way[place + 1]), ()))
        else:
            name, steps = found[-1]
            found[-1] = name, (*steps, *way[place : place + size])
        place += size
    return tuple(found)


def root_at(kind: Kind, at: Path) -> Path:
    """Return the way to the whole condition that a goal is about, or that its branch stands in."""
    match kind:
        case "severity_branch" | "knock_out_branch":
            return at[:2]
        case "option_branch" | "rule_branch":
            return at[:3]
        case "question_branch" | "awareness_branch":
            return at[:1]
        case "indicator" | "severity" | "knock_out" | "option" | "rule" | "level" | "awareness" | "contradiction":
            return at
        case _:
            assert_never(kind)


def root_of(criteria: Criteria, goal: Goal) -> ConditionOrAlways | None:
    """Return the whole condition that a goal is about, or that its branch stands in; None where it is about none."""
    record, at = goal.record, goal.at
    match goal.kind:
        case "severity" | "severity_branch":
            return dict(severity_conditions(criteria.indicators[record]))[at[1]]  # type: ignore[index]
        case "knock_out" | "knock_out_branch":
            return dict(knock_out_conditions(criteria.indicators[record]))[at[1]]  # type: ignore[index]
        case "option" | "option_branch":
            return criteria.indicators[record].controls[int(at[1])].when
        case "question_branch":
            # Of a fact, or of a list.
            return criteria.fact(record).ask_when if "." in record else criteria.entities[record].ask_when
        case "rule" | "rule_branch":
            return criteria.ladders[record].rules[int(at[1])].when if at[0] == "rules" else None
        case "awareness" | "awareness_branch":
            return criteria.awareness[record].when
        case "indicator" | "level" | "contradiction":
            return None
        case _:
            assert_never(goal.kind)


class GeneratedCase(Model):
    """A case as cases.yaml states it; what it expects is what the set says today, until a person confirms it."""

    test: CaseTest
    shows: tuple[Goal, ...] = Field(description="The missing goals that it meets; it was sought for the first one.")


class Unwritten(Model):
    """A goal that only cases meet which break a promise of the set: such a case fails, so none is written."""

    goal: Goal
    breaks: tuple[Id, ...]


class Generated(Model):
    """What came of the goals that the cases of one version do not meet."""

    criteria: str
    version: str
    digest: str
    missing: int = Field(description="How many goals the cases do not meet.")
    cases: tuple[GeneratedCase, ...]
    impossible: tuple[Goal, ...] = Field(description="Proved: no case meets them.")
    undecided: tuple[Goal, ...] = Field(description="The solver gave up.")
    unwritten: tuple[Unwritten, ...]

    @property
    def met(self) -> int:
        """How many goals the cases meet that were generated."""
        return sum(len(one.shows) for one in self.cases)


Weight: TypeAlias = Literal["problem", "advice"]
"""A problem misleads somebody or does nothing; advice is for a person to weigh."""

LintId = Annotated[str, Field(pattern=r"^LINT-\d\d$")]


class Remark(Model):
    """Something in a set that a lint found."""

    lint: LintId
    weight: Weight
    record: str = Field(description="The indicator, fact, source or other record that it is about.")
    spot: Spot
    sentence: str
    way_out: str


class LintSummary(Model):
    """A lint that remarked something: what it looks for, what to do, and how often it did."""

    lint: LintId
    weight: Weight
    title: str
    way_out: str
    remarks: int


class Linted(Model):
    """What all lints, or those chosen, remark on one version."""

    criteria: str
    version: str
    digest: str
    on: date = Field(description="The day from which dates are looked at.")
    problems: int
    advice: int
    remarks: tuple[Remark, ...] = Field(description="In the order of the files.")
    summary: tuple[LintSummary, ...]
    languages: tuple[str, ...] = Field(description="The languages of the set whose words were looked at.")
    unread: tuple[str, ...] = Field(description="The languages of the set for which there are no word lists.")
