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
from risk_engine.diagnostics import RiskEngineError, help_line
from risk_engine.language import ENGLISH, _, current

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


OF_A_DECISION = frozenset({Kind.decision, Kind.letter, Kind.plan})
"""The kinds of document that say what was decided."""
RECORDS = frozenset({".json", ".yaml", ".yml"})
"""How the files end that everything else is made from."""

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
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="TEMPLATE",
            help="With --format docx: the paper of the office (docs/templates.md).",
        ),
    ] = None,
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
        _refuse_record(output)
        keep_inputs(output, [one for one in (file, decision, profile, template) if one is not None])
    if template is not None and form is not Format.docx:
        message = _("--template is for Word documents, and this one is written as {form}", form=form.value)
        raise RiskEngineError(message, _("use it with --format docx, or with -o FILE.docx"))
    _refuse_unused(kind, to, decision, criteria, profile)
    assessment, decided = read_records(file, decision)
    name: documents.Kind = kind.value
    assessment, untold = in_current_language(assessment, criteria)
    if untold:
        typer.echo(
            _("{file} cannot be told in `{language}`: {reason}", file=file, language=current(), reason=untold), err=True
        )
    given = redacted(assessment, criteria, profile) if name == "redacted" else None
    put_document(given or view_of(assessment, name, decided, to=to), form.value, output, template)
    if kind is Kind.letter and decided is not None:
        from risk_engine.report.documents.letter import letter_warning

        if untold := letter_warning(decided):
            typer.echo(untold, err=True)


def _refuse_record(output: Path) -> None:
    """Raise RiskEngineError where a document would be called as a record is, and be taken for one or take its place."""
    if output.suffix.casefold() in RECORDS:
        message = _(
            "{output}: a document is not a record, so it is not written as {ending}",
            output=output,
            ending=output.suffix,
        )
        known = ", ".join(f".{one.value}" for one in Format if one is not Format.text)
        raise RiskEngineError(message, _("endings that are known: {known}", known=known))


def _refuse_unused(
    kind: Kind, to: str | None, decision: Path | None, criteria: str | None, profile: Path | None
) -> None:
    """Raise RiskEngineError with every option that a document of the kind has no use for."""
    problems: list[str] = []
    if to is not None and kind is not Kind.questions:
        message = _("--to names who is asked, and a document of the kind `{kind}` asks nobody", kind=kind.value)
        problems.append(message + help_line(_("use it with --kind questions")))
    if decision is not None and kind not in OF_A_DECISION:
        message = _("--decision: a document of the kind `{kind}` says nothing of a decision", kind=kind.value)
        problems.append(message + help_line(_("use it with --kind decision, letter or plan")))
    # In another language every kind may look for the criteria: they hold the translation.
    if criteria is not None and kind is not Kind.redacted and current() == ENGLISH:
        message = _("--criteria: a document of the kind `{kind}` needs the record alone", kind=kind.value)
        problems.append(message + help_line(_("use it with --kind redacted, or in another language")))
    if profile is not None and kind is not Kind.redacted:
        message = _("--profile: a document of the kind `{kind}` withholds nothing", kind=kind.value)
        problems.append(message + help_line(_("use it with --kind redacted")))
    if problems:
        raise RiskEngineError("\n".join(problems))


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
    from risk_engine.engine.intact import is_intact
    from risk_engine.loading.records import read_assessment

    assessment = read_assessment(file)
    if not is_intact(assessment):
        message = _("{file}: the assessment was changed after it was written, so nothing is made from it", file=file)
        way_out = _("assess the case again; `risk-engine verify` says what changed")
        raise RiskEngineError(message, way_out)
    return assessment, None if decision is None else read_decision_on(assessment, decision)


def read_decision_on(assessment: "Assessment", file: Path) -> "Decision":
    """Return the decision in a file; raise RiskEngineError where it does not count.

    It was altered, its confirmation does not hold, it is on another assessment, or one beside it takes its place.
    """
    from risk_engine.audit.standing import superseding_beside
    from risk_engine.engine.belongs import misfit
    from risk_engine.engine.confirm import confirmation_problem
    from risk_engine.engine.decide import decision_digest
    from risk_engine.loading.records import read_decision

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
    if wrong := misfit(decision, assessment):
        way_out = _("`risk-engine verify` on both files says more")
        raise RiskEngineError(_("{file}: {problem}", file=file, problem=wrong), way_out)
    return decision
