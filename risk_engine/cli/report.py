"""`risk-engine report`: a stored assessment to one of the documents that people need."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.options import (
    CriteriaOption,
    Output,
    ProfileOption,
    form_of,
    keep_inputs,
    put_document,
    refuse_on_terminal,
)
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _, current

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.decision import Decision
    from risk_engine.report import blocks as documents
    from risk_engine.report.blocks import View

EXAMPLES = """Examples: risk-engine report 2026-014.json --kind full -o report.pdf ·
risk-engine report 2026-014.json --kind letter --decision 2026-014.decision.json -o letter.docx ·
risk-engine report 2026-014.json --kind questions -o questions.md"""


class Kind(StrEnum):
    """The kinds of document that an assessment gives."""

    full = "full"
    decision = "decision"
    letter = "letter"
    plan = "plan"
    questions = "questions"
    redacted = "redacted"


class Format(StrEnum):
    """The forms in which a document can be had."""

    text = "text"
    html = "html"
    pdf = "pdf"
    docx = "docx"
    md = "md"


DecisionOption = Annotated[
    Path | None,
    typer.Option("--decision", metavar="DECISION", help="The decision (JSON) that was taken on the assessment."),
]


def report_on(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    file: Annotated[Path, typer.Argument(metavar="ASSESSMENT", help="The stored assessment (JSON).")],
    kind: Annotated[
        Kind, typer.Option("--kind", help="Which document; docs/documents.md says which is for what.")
    ] = Kind.full,
    asked: Annotated[
        Format | None, typer.Option("--format", help="The form of the document; without it the ending of -o says it.")
    ] = None,
    output: Output = None,
    decision: DecisionOption = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="WHO", help="With --kind questions: only the letter to those, such as partner.songhua."
        ),
    ] = None,
    criteria: CriteriaOption = None,
    profile: ProfileOption = None,
) -> None:
    """Write a document from a stored assessment: for those who decide, the researcher, the partner, the file.

    It needs the record alone; the criteria set may be gone. Only --kind redacted looks for it (--criteria) and for the
    profile that says what is withheld and why (--profile; else the one in the assessment).
    """
    from risk_engine.audit.stored import in_current_language
    from risk_engine.report.documents import view_of

    form = form_of(output, Format, asked)
    refuse_on_terminal(form.value, output)
    if output is not None:
        keep_inputs(output, [one for one in (file, decision) if one is not None])
    if to is not None and kind is not Kind.questions:
        message = _("--to names who is asked, and a document of the kind `{kind}` asks nobody", kind=kind.value)
        raise RiskEngineError(message, _("use it with --kind questions"))
    assessment, decided = read_records(file, decision)
    name: documents.Kind = kind.value
    assessment, untold = in_current_language(assessment, criteria)
    if untold:
        typer.echo(
            _("{file} cannot be told in `{language}`: {reason}", file=file, language=current(), reason=untold), err=True
        )
    given = redacted(assessment, criteria, profile) if name == "redacted" else None
    put_document(given or view_of(assessment, name, decided, to=to), form.value, output)


def redacted(assessment: "Assessment", criteria: str | None = None, profile: Path | None = None) -> "View":
    """Return the redacted version, and say on standard error what to know before it leaves the house.

    Where the criteria are gone it shows less; those that are named, or that a profile is made for, must be there.
    """
    from risk_engine.audit.stored import criteria_of
    from risk_engine.loading.profile import load_profile
    from risk_engine.loading.translation import told_in
    from risk_engine.report.documents import view_of
    from risk_engine.report.documents.redacted import redaction_warning

    known = given = None
    try:
        known = criteria_of(assessment, criteria)
    except RiskEngineError:
        if criteria is not None or profile is not None:
            raise
    if known is not None and profile is not None:
        given = load_profile(profile, known).disclosure
    told = None if known is None else told_in(known, current())
    made = view_of(assessment, "redacted", criteria=told, disclosure=given)
    typer.echo(redaction_warning(assessment, known, given), err=True)
    return made


def read_records(file: Path, decision: Path | None) -> "tuple[Assessment, Decision | None]":
    """Return a stored assessment and the decision on it; RiskEngineError where one was altered or is of another."""
    from risk_engine.engine.assess import assessment_digest
    from risk_engine.loading.records import read_assessment

    assessment = read_assessment(file)
    if assessment_digest(assessment) != assessment.digest:
        message = _("{file}: the assessment was changed after it was written, so nothing is made from it", file=file)
        way_out = _("assess the case again; `risk-engine verify` says what changed")
        raise RiskEngineError(message, way_out)
    return assessment, None if decision is None else read_decision_on(assessment, decision)


def read_decision_on(assessment: "Assessment", file: Path) -> "Decision":
    """Return the decision in a file; raise RiskEngineError where it was altered, or is on another assessment."""
    from risk_engine.engine.belongs import misfit
    from risk_engine.engine.decide import decision_digest
    from risk_engine.loading.records import read_decision

    decision = read_decision(file)
    if decision_digest(decision) != decision.digest:
        message = _("{file}: the decision was changed after it was written, so nothing is made from it", file=file)
        raise RiskEngineError(message, _("`risk-engine verify` says what changed"))
    if decision.about.digest != assessment.digest:
        message = _(
            "{file}: this decision is on the assessment {other}… of the case `{case}`, not on {own}…",
            file=file,
            other=decision.about.digest[:12],
            case=decision.about.case_id,
            own=assessment.digest[:12],
        )
        raise RiskEngineError(message, _("name the assessment that it is on, or the decision on this one"))
    if wrong := misfit(decision, assessment):
        way_out = _("`risk-engine verify` on both files says more")
        raise RiskEngineError(_("{file}: {problem}", file=file, problem=wrong), way_out)
    return decision
