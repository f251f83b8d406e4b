"""`risk-engine report`: a stored assessment to one of the documents that people need."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli.options import CriteriaOption, Output, ProfileOption
from risk_engine.cli.output import FORM, form_of, put_document, refuse_on_terminal
from risk_engine.files.diagnostics import RiskEngineError, help_line
from risk_engine.files.language import _, current
from risk_engine.files.writing import keep_inputs

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.explanation import Explanation
    from risk_engine.report.blocks import View

EXAMPLES = """Examples: risk-engine report 2026-014.json --kind full -o report.pdf ·
risk-engine report 2026-014.json --kind letter --decision 2026-014.decision.json -o letter.docx ·
risk-engine report 2026-014.json --kind questions -o questions.md"""


Kind: TypeAlias = Literal["full", "decision", "letter", "plan", "questions", "redacted"]
"""The kinds of document that an assessment gives."""


Format: TypeAlias = Literal["text", "html", "pdf", "docx", "md"]
"""The forms in which a document can be had."""


TemplatesOption = Annotated[
    Path | None,
    typer.Option(
        "--templates", metavar="FOLDER", help="A folder with pages in the words of the office (docs/templates.md)."
    ),
]

OF_A_DECISION = frozenset({"decision", "letter", "plan"})
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
    ] = "full",
    asked: Annotated[Format | None, FORM] = None,
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
    outlook: Annotated[
        Path | None,
        typer.Option(
            "--outlook",
            metavar="OUTLOOK",
            help="With --kind full: what would change the result (JSON, from `risk-engine outlook`).",
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="TEMPLATE",
            help="With --format docx: the paper of the office (docs/templates.md).",
        ),
    ] = None,
    templates: TemplatesOption = None,
) -> None:
    """Write a document from a stored assessment: for those who decide, the researcher, the partner, the file.

    The words are made now, in the language that is asked for, from the record and the criteria that it was made under:
    they are found by their digest among those that --criteria names, the shipped ones, and what the register or pack
    keeps in which the record lies. For --kind redacted the profile says why something is withheld (--profile; else the
    one in the assessment).
    """
    from risk_engine.records.criteria import criteria_of, in_words
    from risk_engine.records.trusted import counting_decision, unaltered_assessment
    from risk_engine.report.page import pages_of
    from risk_engine.report.pages import view_of

    if output is not None:
        _refuse_record(output)
    form = form_of(output, get_args(Format), asked)
    refuse_on_terminal(form, output)
    if output is not None:
        keep_inputs(output, [one for one in (file, decision, profile, template, outlook) if one is not None])
    if template is not None and form != "docx":
        message = _("--template is for Word documents, and this one is written as {form}", form=form)
        raise RiskEngineError(message, _("use it with --format docx, or with -o FILE.docx"))
    _refuse_unused(kind, to, decision, profile, outlook)
    stored = unaltered_assessment(file)
    under = criteria_of(stored, criteria, file)
    decided = None if decision is None else counting_decision(stored, under, decision)
    assessment, untold = in_words(stored, under)
    if untold:
        typer.echo(
            _("{file} cannot be told in `{language}`: {reason}", file=file, language=current(), reason=untold), err=True
        )
    with pages_of(templates):
        if kind == "redacted":
            made = redacted(assessment, under, profile)
        elif outlook is not None:
            made = _with_outlook(assessment, outlook, stored, under)
        else:
            made = view_of(assessment, kind, decided, to=to)
    put_document(made, form, output, template)
    if kind == "letter" and decided is not None:
        from risk_engine.report.pages.letter import letter_warning

        if left_out := letter_warning(decided, assessment):
            typer.echo(left_out, err=True)


def _with_outlook(assessment: "Explanation", file: Path, stored: "Assessment", criteria: "Criteria") -> "View":
    from risk_engine.cli.outlook import explained
    from risk_engine.records.trusted import belonging_outlook
    from risk_engine.report.view import view

    return view(assessment, explained(belonging_outlook(stored, file), stored, criteria))


def _refuse_record(output: Path) -> None:
    """Raise RiskEngineError where a document would be called as a record is, and be taken for one or take its place."""
    if output.suffix.casefold() in RECORDS:
        message = _(
            "{output}: a document is not a record, so it is not written as {ending}",
            output=output,
            ending=output.suffix,
        )
        known = ", ".join(f".{one}" for one in get_args(Format) if one != "text")
        raise RiskEngineError(message, _("endings that are known: {known}", known=known))


def _refuse_unused(
    kind: Kind, to: str | None, decision: Path | None, profile: Path | None, outlook: Path | None
) -> None:
    """Raise RiskEngineError with every option that a document of the kind has no use for."""
    problems: list[str] = []
    if to is not None and kind != "questions":
        message = _("--to names who is asked, and a document of the kind `{kind}` asks nobody", kind=kind)
        problems.append(message + help_line(_("use it with --kind questions")))
    if decision is not None and kind not in OF_A_DECISION:
        message = _("--decision: a document of the kind `{kind}` says nothing of a decision", kind=kind)
        problems.append(message + help_line(_("use it with --kind decision, letter or plan")))
    if profile is not None and kind != "redacted":
        message = _("--profile: a document of the kind `{kind}` withholds nothing", kind=kind)
        problems.append(message + help_line(_("use it with --kind redacted")))
    if outlook is not None and kind != "full":
        message = _("--outlook: a document of the kind `{kind}` does not say what would change it", kind=kind)
        problems.append(message + help_line(_("use it with --kind full")))
    if problems:
        raise RiskEngineError("\n".join(problems))


def redacted(assessment: "Explanation", criteria: "Criteria", profile: Path | None = None) -> "View":
    """Return the redacted version, and say on standard error what to know before it leaves the house."""
    from risk_engine.loading.profile import load_profile
    from risk_engine.loading.translation import told_in
    from risk_engine.report.pages.redacted import redacted_view, redaction_warning

    given = None if profile is None else load_profile(profile, criteria).disclosure
    made = redacted_view(assessment, told_in(criteria, current()), given)
    typer.echo(redaction_warning(assessment, given), err=True)
    return made
