"""What cases.yaml says: a harmless base case, and what each test changes in it and expects then."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from risk_engine.model.words import Id, KnockOut, Model, Name, Severity, Text


class ExpectedLevel(Model):
    """The level that a ladder proposes, and where the case leaves it open, its range from mildest to strictest."""

    level: Name = Field(description="The name of the level.")
    provisional: bool = Field(default=False, description="Whether it rests on what is still open.")
    range: tuple[Name, Name] | None = Field(None, description="The mildest and the strictest level that are possible.")


class Expected(Model):
    """What must come out. Findings and undetermined ones are the whole list; the rest is compared where given."""

    findings: dict[Id, Severity] = Field(default={}, description="Every present finding with its inherent severity.")
    undetermined: dict[Id, Severity] = Field(
        default={}, description="Every undetermined one with its possible severity."
    )
    residual: dict[Id, Severity | tuple[Severity, Severity]] = Field(
        {}, description="Findings by what is left of them: a severity, or the lowest and the highest."
    )
    knock_out: dict[Id, KnockOut] = Field(
        {}, description="Findings by the knock-out that is not cured; `none` for none."
    )
    ladders: dict[Name, Name | ExpectedLevel] = Field({}, description="The level that each ladder proposes.")
    awareness: tuple[Id, ...] | None = Field(None, description="Every awareness rule that applies.")
    contradictions: tuple[Id, ...] = Field(
        (), description="Every contradiction among the answers, by the name of its invariant."
    )
    gaps: tuple[Text, ...] | None = Field(None, description="Every answer that is missing, as `entity.id.fact`.")


class CaseTest(Model):
    """One test of the rules: `given` changes the case that it is `like`, path by path."""

    name: Text = Field(description="What it shows, as a sentence.")
    like: Text = Field("base", description="`base`, or the name of an earlier test whose changes are kept.")
    on: date | None = Field(None, description="The day; without it the base case's assessment date.")
    given: dict[Text, Any] = Field(
        default={},
        description="`entity.id.fact`, `entity.fact`, `entity.id` (a whole entry), `entity` (a list) or a core key.",
    )
    in_place: tuple[Id, ...] = Field(default=(), description="Controls that are implemented, with evidence on record.")
    expect: Expected = Field(description="What must come out.")


class CaseTests(Model):
    """The file: the base case, written like a case file, and the tests."""

    base: dict[str, Any] = Field(description="A complete harmless case, with one entry in each list.")
    cases: Annotated[tuple[CaseTest, ...], Field(min_length=1)] = Field(description="The tests.")
