"""One version of a criteria set as one file: its rules as they were parsed, with their places, and its words."""

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from risk_engine.model.words import Model, Speech, Verbatim

Hex: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest."""
Place: TypeAlias = Annotated[str, Speech.VERBATIM]
"""A place of a set, or none."""


class Words(Model):
    """The texts of a version in another language; the digest is that of the texts."""

    digest: Hex
    texts: dict[Verbatim, dict[Place, Verbatim]] = Field(
        description="Text with white space collapsed: what it is in the language, by the place it is for (empty: all)."
    )


class File(Model):
    """What one file says. In `places` are line and column of each key and value, in their order."""

    data: Any
    places: tuple[int, ...]
    depth: int = Field(description="Down to which depth places are kept.")


class CaseOutcome(Model):
    """What the engine gave for one case of cases.yaml when the version was released."""

    name: Verbatim
    ladders: dict[Verbatim, tuple[Verbatim, Verbatim, Verbatim]] = Field(
        description="The level that is proposed, the lowest and the highest that it can be."
    )
    findings: dict[Verbatim, tuple[Verbatim, Verbatim, Verbatim, Verbatim, Verbatim]] = Field(
        description="Of each that is not absent: outcome, inherent and possible severity, lowest and highest residual."
    )


class Bundle(Model):
    """One version of a criteria set, complete in one file that is written in one way only (decision 0051)."""

    kind: Literal["criteria"] = "criteria"
    form: Literal[1] = Field(1, description="The number of this form; a later form has another.")
    id: Verbatim
    version: Verbatim
    in_force_from: date
    digest: Hex = Field(description="Of the rules, as in releases.lock.")
    source: Hex | None = Field(None, description="Of the files that it was made from, layout and comments included.")
    rules: dict[Verbatim, File] = Field(description="Each file of rules by its name.")
    words: dict[Verbatim, Words] = Field({}, description="By language.")
    cases: File | None = Field(None, description="cases.yaml: the base case and the tests.")
    outcomes: tuple[CaseOutcome, ...] = Field((), description="What came of each test, in their order.")
    changes: Annotated[str, Speech.VERBATIM] = Field("", description="What CHANGES.md says of this version.")
