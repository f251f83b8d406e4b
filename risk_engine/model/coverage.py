"""What the cases of a set show of its rules, as data: every goal, the case that meets it, and the goals that none does.

A goal says all that somebody, or a solver, needs who looks for a case that meets it (docs/decisions/0027).
"""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias, assert_never, get_args

from pydantic import Field

from risk_engine.model.conditions import Compare, Condition, ConditionOrAlways, Holds, Node, children
from risk_engine.model.criteria import CriteriaSet, knock_out_conditions, severity_conditions
from risk_engine.model.places import Path, Spot
from risk_engine.model.words import Model, Severity

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
        description="The way to it from its record. Behind `holds` and the name of a definition it goes on in that one."
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
    """Yield every comparison of a condition with the way to it; one of a definition as often as that is used."""
    if isinstance(condition, str):
        return
    if isinstance(condition, Compare):
        yield at, condition
        return
    for steps, part in parts(condition, definitions):
        yield from branches(part, definitions, (*at, *steps))


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


def root_of(criteria: CriteriaSet, goal: Goal) -> ConditionOrAlways | None:
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
            return getattr(criteria.fact(record), "ask_when", None)
        case "rule" | "rule_branch":
            return criteria.ladders[record].rules[int(at[1])].when if at[0] == "rules" else None
        case "awareness" | "awareness_branch":
            return criteria.awareness[record].when
        case "indicator" | "level" | "contradiction":
            return None
        case _:
            assert_never(goal.kind)
