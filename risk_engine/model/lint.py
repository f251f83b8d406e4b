"""What the lints of a set remark: each remark with its lint, its place, a sentence and the way out."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from risk_engine.model.places import Spot
from risk_engine.model.words import Model

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
