"""What is filed for one case, read: its assessments, its decisions, its evidence, and which of them count now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, ValidationError

from risk_engine.canonical import canonical
from risk_engine.diagnostics import file_problem
from risk_engine.engine.confirm import awaits_confirmation, confirmation_problem
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.model.words import Model, Text
from risk_engine.register.folder import CaseFolder, Filed

DecisionState: TypeAlias = Literal["none", "outdated", "unconfirmed", "decided"]


class EvidenceFiled(Model):
    """That a file was there with this content; the file itself may be kept elsewhere."""

    schema_: Literal[1] = Field(1, alias="schema")
    name: Text = Field(description="The name that the file had.")
    size: int = Field(description="In bytes.")
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    modified: date = Field(description="The day on which the file was last changed, as its system says (UTC).")
    added: date = Field(description="The day on which it was filed.")

    def to_json(self) -> bytes:
        """Return it as it is filed."""
        return canonical(self.model_dump(mode="json", by_alias=True)) + b"\n"


@dataclass(frozen=True)
class Assessed:
    """An assessment and where it is filed."""

    filed: Filed
    assessment: Assessment


@dataclass(frozen=True)
class Ruled:
    """A decision and where it is filed."""

    filed: Filed
    decision: Decision


@dataclass(frozen=True)
class CaseRecord:
    """One case of the register: its folder, and the assessment and the decision that count now."""

    folder: CaseFolder
    current: Assessed | None
    ruled: Ruled | None

    @property
    def case_id(self) -> str:
        """The office's number of the case; the folder's name where nothing was filed in it yet."""
        return self.current.assessment.case_id if self.current else self.folder.path.name

    @property
    def case(self) -> dict[str, Any]:
        """The case as it was stated last; nothing where nothing was filed yet."""
        return self.current.assessment.case if self.current else {}

    def is_closed(self) -> bool:
        """Return whether the office has closed the case: it needs no review any more."""
        return self.case.get("status") == "closed"

    def decision_state(self) -> DecisionState:
        """Return how far the decision has come; one on an assessment that was superseded since is outdated."""
        if self.ruled is None:
            return "none"
        if self.current is None or self.ruled.decision.about.digest != self.current.assessment.digest:
            return "outdated"
        return "unconfirmed" if awaits_confirmation(self.ruled.decision, self.current.assessment) else "decided"


def read_filed_assessment(filed: Filed) -> Assessment:
    """Return a filed assessment; raise RiskEngineError where it was altered or this engine cannot read it."""
    try:
        return Assessment.model_validate_json(filed.read())
    except ValidationError as error:
        place = ".".join(str(one) for one in error.errors(include_url=False)[0]["loc"])
        raise file_problem(filed.path, f"this engine cannot read the assessment (at `{place}`)") from error


def assessments(folder: CaseFolder) -> Iterator[Assessed]:
    """Yield the assessments of a case, the newest first."""
    return (Assessed(one, read_filed_assessment(one)) for one in reversed(folder.of("assessment")))


def decisions(folder: CaseFolder) -> Iterator[Ruled]:
    """Yield the decisions of a case, the newest first."""
    return (Ruled(one, read_filed_decision(one)) for one in reversed(folder.of("decision")))


def record_of(folder: CaseFolder) -> CaseRecord:
    """Return what counts now for a case: the assessment that was filed last, and the decision."""
    return CaseRecord(folder, next(assessments(folder), None), _ruling(list(decisions(folder))))


def _ruling(filed: list[Ruled]) -> Ruled | None:
    """Return the decision that counts: the one filed last that no other supersedes, as confirmed if it was."""
    superseded = {one.decision.supersedes for one in filed}
    newest = next((one for one in filed if one.decision.digest not in superseded), None)
    if newest is None:
        return None
    same = [one for one in filed if one.decision.digest == newest.decision.digest]
    counts = (one for one in same if one.decision.confirmation and confirmation_problem(one.decision) is None)
    return next(counts, newest)


def read_filed_decision(filed: Filed) -> Decision:
    """Return a filed decision; raise RiskEngineError where it was altered or this engine cannot read it."""
    try:
        return Decision.model_validate_json(filed.read())
    except ValidationError as error:
        raise file_problem(filed.path, "this engine cannot read the decision") from error


def read_filed_evidence(filed: Filed) -> EvidenceFiled:
    """Return a filed record of evidence; raise RiskEngineError where it was altered or cannot be read."""
    try:
        return EvidenceFiled.model_validate_json(filed.read())
    except ValidationError as error:
        raise file_problem(filed.path, "this engine cannot read the record of evidence") from error
