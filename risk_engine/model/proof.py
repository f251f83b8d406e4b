"""What a proof over all possible cases came to: claims about a criteria set, each proved, refuted, or open."""

from datetime import date
from typing import Any, Literal, TypeAlias

from pydantic import Field

from risk_engine.model.ladders import Reached
from risk_engine.model.words import Id, Model, Name

Status: TypeAlias = Literal["proved", "refuted", "undecided"]
Topic: TypeAlias = Literal["occur", "monotone", "missing", "controls", "promises", "options", "directions"]

TOPICS: tuple[Topic, ...] = ("occur", "monotone", "missing", "controls", "promises", "options", "directions")


What: TypeAlias = Literal[
    "severity", "residual", "knock_out", "open", "level", "range", "rule", "inherent_band", "residual_band"
]


class Confirmed(Model):
    """What came out of an example, as solver and engine say alike; where it is one value both ends say it."""

    of: Literal["finding", "dimension", "ladder"]
    name: str
    what: What
    at_least: str
    at_most: str


class Example(Model):
    """A case that the engine confirmed, told as its differences from the base case of cases.yaml."""

    given: dict[str, Any] = Field(description="As in cases.yaml: path: answer; `unknown` where the base's is left out.")
    not_asked: tuple[str, ...] = Field(
        default=(), description="Which of these, or of the facts of a new entry, other answers close: nobody is asked."
    )
    in_place: tuple[Id, ...] = Field(default=(), description="Controls in place, with evidence.")
    kinds: dict[Id, tuple[Name, ...]] = Field(
        default={}, description="Of those for which an option needs kinds of evidence, the kinds that there are."
    )
    on: date
    reached: tuple[Reached, ...]
    present: dict[Id, str] = Field(default={}, description="Every finding that is present, with its severity.")
    open: dict[Id, str] = Field(
        default={}, description="Every finding that missing answers leave open, with the severity that it may come to."
    )
    confirmed: tuple[Confirmed, ...] = Field(default=(), description="What the question is about, as it came out.")
    is_smallest: bool = Field(
        default=True, description="Whether it is proved that no case with as many entries as were looked at is smaller."
    )
    contradicts: tuple[Id, ...] = Field(default=(), description="Contradictions among its answers that the set names.")


class Claim(Model):
    """One statement about all cases. A refuted one has the case, or the pair of cases, that shows it."""

    topic: Topic
    subject: str = Field(description="What it is about: an indicator, a ladder, a rule, a fact, a promise.")
    statement: str
    status: Status
    reason: str = ""
    examples: tuple[Example, ...] = Field(
        default=(), description="The smallest case that shows it; of two the second has the riskier or further answer."
    )
    is_by_form: bool = Field(default=False, description="Follows from the form of the rules; no solver was needed.")
    on: date | None = Field(default=None, description="The day that it is about, if another than the report's.")


class ProofReport(Model):
    """All claims about one version on one day, with what was put aside."""

    set_id: str
    version: str
    title: str
    digest: str
    engine_version: str
    on: date
    is_in_force: bool = Field(default=True, description="Whether the version is in force on that day.")
    profile: str | None = Field(default=None, description="The institution whose profile was used.")
    topics: tuple[Topic, ...] = Field(default=TOPICS, description="What was asked about.")
    bounds: dict[Name, int] = Field(
        description="Entries of each list with which cases are looked for first; a proof holds for any number."
    )
    put_aside: tuple[str, ...] = Field(description="What no solver saw, and why.")
    later: tuple[date, ...] = Field(default=(), description="Later days on which rules, parameters or tables change.")
    claims: tuple[Claim, ...]

    def of(self, topic: Topic) -> tuple[Claim, ...]:
        """Return the claims on one topic."""
        return tuple(one for one in self.claims if one.topic == topic)

    def count(self, status: Status) -> int:
        """Return how many claims have this status."""
        return sum(one.status == status for one in self.claims)
