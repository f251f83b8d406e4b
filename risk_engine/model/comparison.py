"""One case under several criteria sets or versions: the record, and its assessments in words."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from risk_engine.model.assessment import Assessment
from risk_engine.model.explanation import Explanation
from risk_engine.model.ladders import Role
from risk_engine.model.words import Model

SCHEMA: Literal[2] = 2

ROLES: tuple[Role, ...] = ("gate", "headline", "escalation")


class Place(Model):
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
    places: tuple[Place, ...] = Field(description="Every level of the first ladder on the second, mildest first.")


class SharedAnswer(Model):
    """An answer that several of the sets ask for, and what each of them found in it."""

    path: str
    findings: tuple[tuple[str, ...], ...] = Field(description="For each assessment, indicators that are not absent.")


class Comparison(Model):
    """One case file on one day under several sets or versions, each with its whole assessment."""

    schema_: Literal[2] = Field(alias="schema")
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
