"""The records that a document may rest on: an assessment as it was written, and a decision on it that counts."""

from pathlib import Path

from risk_engine.engine.assess import is_intact
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.model.outlook import Outlook, outlook_digest
from risk_engine.records.criteria import explanation_of
from risk_engine.records.decide import confirmation_problem
from risk_engine.records.decision_links import superseding_beside
from risk_engine.records.decisions import decision_digest, misfit
from risk_engine.records.files import read_assessment, read_decision, read_outlook


def unaltered_assessment(file: Path) -> Assessment:
    """Return the assessment in a file; raise RiskEngineError where it is not as it was written."""
    assessment = read_assessment(file)
    if not is_intact(assessment):
        message = _("{file}: the assessment was changed after it was written, so nothing is made from it", file=file)
        way_out = _("assess the case again; `risk-engine verify` says what changed")
        raise RiskEngineError(message, way_out)
    return assessment


def counting_decision(assessment: Assessment, criteria: Criteria, file: Path) -> Decision:
    """Return the decision in a file, held against the assessment's own criteria; raise RiskEngineError if it is none.

    It was altered, its confirmation does not hold, it is on another assessment, or one beside it takes its place.
    """
    decision = read_decision(file)
    if decision_digest(decision) != decision.digest:
        message = _("{file}: the decision was changed after it was written, so nothing is made from it", file=file)
        raise RiskEngineError(message, _("`risk-engine verify` says what changed"))
    if wrong := confirmation_problem(decision):
        message = _("{file}: the confirmation of the decision does not count: {problem}", file=file, problem=wrong)
        raise RiskEngineError(message, _("`risk-engine verify` says more; decide anew with --supersedes"))
    if newer := superseding_beside(file, decision):
        message = _(
            "{file}: the decision {name} takes the place of this one, so nothing is made from it",
            file=file,
            name=newer.name,
        )
        raise RiskEngineError(message, _("name that decision"))
    if decision.about.digest != assessment.digest:
        message = _(
            "{file}: this decision is on the assessment {other}… of the case `{case}`, not on {own}…",
            file=file,
            other=decision.about.digest[:12],
            case=decision.about.case_id,
            own=assessment.digest[:12],
        )
        raise RiskEngineError(message, _("name the assessment that it is on, or the decision on this one"))
    if wrong := misfit(decision, explanation_of(assessment, criteria, decision.language)):
        way_out = _("`risk-engine verify` on both files says more")
        raise RiskEngineError(_("{file}: {problem}", file=file, problem=wrong), way_out)
    return decision


def belonging_outlook(assessment: Assessment | Explanation, file: Path) -> Outlook:
    """Return the outlook in a file; raise RiskEngineError where it was altered or is about another assessment."""
    outlook = read_outlook(file)
    if outlook_digest(outlook) != outlook.digest:
        message = _("{file}: the outlook was changed after it was written, so nothing is made from it", file=file)
        raise RiskEngineError(message, _("write it anew with `risk-engine outlook`"))
    if outlook.assessment != assessment.digest:
        message = _(
            "{file}: this outlook is about the assessment {other}… of the case `{case}`, not about {own}…",
            file=file,
            other=outlook.assessment[:12],
            case=outlook.case_id,
            own=assessment.digest[:12],
        )
        raise RiskEngineError(message, _("name the assessment that it is about, or write its outlook anew"))
    return outlook
