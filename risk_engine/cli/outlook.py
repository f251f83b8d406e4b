"""`risk-engine outlook`: what would change the result of a case."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from risk_engine.cli.options import CriteriaOption, Day, Output, ProfileOption
from risk_engine.cli.output import FORM, Format, form_of, progress, put, put_document, refuse_on_terminal
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import N_, _, current
from risk_engine.files.writing import keep_inputs

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.outlook import ExplainedOutlook, Outlook

EXAMPLES = """Examples: risk-engine outlook case.yaml ·
risk-engine outlook 2026-014.json --format json -o 2026-014.outlook.json ·
risk-engine report 2026-014.json --outlook 2026-014.outlook.json -o report.pdf ·
risk-engine outlook case.yaml -o report.html"""

_OTHERS = {
    "decision": N_("{file}: this is a decision, neither a case nor an assessment"),
    "outlook": N_("{file}: this is an outlook, neither a case nor an assessment"),
}


def print_outlook(
    file: Annotated[
        Path, typer.Argument(help="A case file, or a stored assessment (JSON).", metavar="CASE|ASSESSMENT")
    ],
    criteria: CriteriaOption = None,
    on: Day = None,
    profile: ProfileOption = None,
    asked: Annotated[Format | None, FORM] = None,
    output: Output = None,
) -> None:
    """Say what would change a result: answers, controls, changes of design; and how firmly it stands.

    Which results can still come out, exactly, and which missing answers decide it; which controls and changes of the
    project lower it, the smallest ones, or why none does; which answer to verify first. Everything is looked for over
    all possible answers, and every case behind it is assessed by the engine.

    As JSON it is a record of its own, bound to the assessment; `report --outlook` prints both. Text is the outlook
    alone; a page is the report with it.
    """
    from risk_engine.solver.solver import need_solver

    if output is not None:
        keep_inputs(output, [one for one in (file, profile) if one is not None])
    form = form_of(output, get_args(Format), asked)
    refuse_on_terminal(form, output)
    need_solver()
    stored, under, found = _made(file, criteria, on, profile)
    if form == "json":
        from risk_engine.outlook.outlook import to_json

        put(to_json(found).decode(), output, kept=True)
        return
    from risk_engine.records.criteria import in_words

    assessment, untold = in_words(stored, under)
    if untold:
        text = _("{file} cannot be told in `{language}`: {reason}", file=file, language=current(), reason=untold)
        typer.echo(text, err=True)
    told = explained(found, stored, under)
    match form:
        case "text":
            from risk_engine.report.outlook import outlook_view

            put_document(outlook_view(told, assessment), "text", output)
        case _:
            from risk_engine.report.view import view

            put_document(view(assessment, told), form, output)


def _made(
    file: Path, reference: str | None, on: date | None, profile: Path | None
) -> "tuple[Assessment, Criteria, Outlook]":
    """Return the assessment of a case, or the stored one, its criteria, and its outlook."""
    from risk_engine.engine.work import worked_again
    from risk_engine.loading.case_tests import base_or_itself
    from risk_engine.outlook.outlook import outlook

    assessment, criteria = _assessed(file, reference, on, profile)
    worked = worked_again(assessment, criteria)
    base = base_or_itself(criteria, worked.case)
    with progress(_("parts of the outlook"), is_even=False) as tell:
        return assessment, criteria, outlook(assessment, worked, base, tell)


def explained(outlook: "Outlook", stored: "Assessment", criteria: "Criteria") -> "ExplainedOutlook":
    """Return an outlook in the words of the current language, or in those of its criteria where they have no others."""
    from risk_engine.engine.work import case_from
    from risk_engine.loading.case_tests import base_or_itself
    from risk_engine.outlook.wording import explain_outlook
    from risk_engine.records.criteria import words_in

    base = base_or_itself(criteria, case_from(stored.case, criteria))
    return explain_outlook(outlook, words_in(criteria, current()).words, base, current())


def _assessed(
    file: Path, reference: str | None, on: date | None, profile: Path | None
) -> "tuple[Assessment, Criteria]":
    """Return the assessment of a case file, or the stored one, with its criteria."""
    from risk_engine.portfolio.assess import Assessor
    from risk_engine.records.criteria import criteria_of
    from risk_engine.records.files import kind_of_file

    kind = kind_of_file(file)
    if kind in {"decision", "outlook"}:
        raise RiskEngineError(_(_OTHERS[kind], file=file), _("name the case or the assessment that it is about"))
    if kind == "assessment":
        _refuse_with_record({"--on": on, "--profile": profile})
        from risk_engine.records.trusted import unaltered_assessment

        assessment = unaltered_assessment(file)
        criteria = criteria_of(assessment, reference, file)
    else:
        assessor = Assessor(reference, on, profile)
        assessment = assessor.assess(file)
        criteria = assessor.criteria_of(assessment)
    return assessment, criteria


def _refuse_with_record(options: Mapping[str, object]) -> None:
    """Raise RiskEngineError where an option says anew what a stored assessment says already."""
    said = [name for name, value in options.items() if value is not None]
    if said:
        message = _("{options}: a stored assessment has its own day and profile", options=", ".join(said))
        raise RiskEngineError(message, _("give the case file to assess it otherwise"))
