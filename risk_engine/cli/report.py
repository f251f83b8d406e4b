"""`risk-engine report`: a stored assessment to one of the documents that people need."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli.commands import speak
from risk_engine.cli.options import (
    AnnexOption,
    AnswerBy,
    CriteriaOfRecord,
    CriteriaOption,
    Day,
    DecisionOption,
    Output,
    Pages,
    ProfileOption,
    ReplyTo,
    SenderOption,
    SimilarIn,
    not_said,
    sender_of,
)
from risk_engine.cli.output import FORM, Format, form_of, in_words, note_lines, progress, put, put_bytes, put_document
from risk_engine.files.diagnostics import RiskEngineError, help_line
from risk_engine.files.language import N_, _, current, either, in_language
from risk_engine.files.once import once_of_each

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.decision import Decision
    from risk_engine.model.explanation import Explanation
    from risk_engine.model.outlook import Outlook
    from risk_engine.report.blocks import View
    from risk_engine.report.pages import Sender
    from risk_engine.report.pages.similar import SimilarFacts
    from risk_engine.report.view import Part


EXAMPLES = {
    "report": """Examples: risk-engine report 2026-014.json --kind full -o report.pdf ·
risk-engine report 2026-014.json --kind letter --decision 2026-014.decision.json -o letter.docx ·
risk-engine report 2026-014.json --kind questions -o questions.md""",
    "outlook": """Examples: risk-engine outlook case.yaml ·
risk-engine outlook 2026-014.json --format json -o 2026-014.outlook.json ·
risk-engine report 2026-014.json --outlook 2026-014.outlook.json -o report.pdf ·
risk-engine outlook case.yaml -o report.html""",
}


Kind: TypeAlias = Literal["full", "decision", "letter", "plan", "questions", "redacted"]
"""The kinds of document that an assessment gives."""


ReportFormat: TypeAlias = Literal["text", "html", "pdf", "docx", "md", "xlsx"]
"""The forms in which a document can be had; a plan as a workbook too."""

OF_A_DECISION = frozenset({"full", "decision", "letter", "plan", "redacted"})
"""The kinds of document that say what was decided."""
OF_AN_OUTLOOK = frozenset({"full", "decision", "letter", "plan"})
"""The kinds of document that say what would change the result."""
_WORKED_OUT = OF_AN_OUTLOOK - {"plan"}
"""The kinds of document for which the ways down are worked out where no outlook is given: that is soon done."""
WITH_ANNEX = frozenset({"full", "redacted"})
"""The kinds of document that have an annex."""
LETTERS = frozenset({"letter", "questions"})
"""The kinds of document that are sent by somebody."""
RECORDS = frozenset({".json", ".yaml", ".yml"})
"""How the files end that everything else is made from."""


def report_on(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="ASSESSMENT", help="The stored assessment (JSON).")],
    kind: Annotated[
        Kind, typer.Option("--kind", help="Which document; docs/documents.md says which is for what.")
    ] = "full",
    asked: Annotated[ReportFormat | None, FORM] = None,
    output: Output = None,
    decision: DecisionOption = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="WHO", help="With --kind questions: only the letter to those, such as partner.songhua."
        ),
    ] = None,
    sender: SenderOption = None,
    reply_to: ReplyTo = None,
    by: AnswerBy = None,
    criteria: CriteriaOfRecord = None,
    profile: ProfileOption = None,
    annex: AnnexOption = False,
    outlook: Annotated[
        Path | None,
        typer.Option(
            "--outlook",
            metavar="OUTLOOK",
            help="With --kind full, decision, letter or plan: what would change the result (JSON, from "
            "`risk-engine outlook`). Without it full, decision and letter work out the ways down alone.",
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
    register: SimilarIn = None,
    _templates: Pages = None,
) -> None:
    """Write a document from a stored assessment: for those who decide, the researcher, the partner, the file.

    The words are made now, in the language that is asked for, from the record and the criteria that it was made under:
    they are found by their digest among those that --criteria names, the shipped ones, and what the register or pack
    keeps in which the record lies. For --kind redacted the profile says why something is withheld (--profile; else the
    one in the assessment). With --register the report tells the decided cases of that register that are nearest.
    """
    from risk_engine.records.criteria import criteria_of
    from risk_engine.records.trusted import belonging_outlook, counting_decision, unaltered_assessment
    from risk_engine.report.pages import view_of

    context.with_resource(in_language(speak(current(), "outside" if kind in LETTERS else "report")))
    if output is not None:
        _refuse_record(output)
    form = form_of(output, get_args(ReportFormat), asked, inputs=(file, decision, profile, template, outlook))
    if template is not None and form != "docx":
        message = _("--template is for Word documents, and this one is written as {form}", form=form)
        raise RiskEngineError(message, _("use it with --format docx, or with -o FILE.docx"))
    _refuse_unused(
        kind, {"--to": to, "--decision": decision, "--profile": profile, "--outlook": outlook, "--annex": annex or None}
    )
    _refuse_unused(kind, {"--from": sender, "--reply-to": reply_to, "--by": by, "--register": register})
    part: Part = "whole" if annex else "report"
    if form == "xlsx" and kind not in {"plan", "questions"}:
        message = _("a document of the kind `{kind}` cannot be a workbook", kind=kind)
        raise RiskEngineError(message, _("use it with --kind {kinds}", kinds=either(["plan", "questions"])))
    stored = unaltered_assessment(file)
    under = criteria_of(stored, criteria, file)
    decided = None if decision is None else counting_decision(stored, under, decision)
    assessment = in_words(file, stored, under)
    written_by = sender_of(sender, reply_to, by, assessment.on)
    if kind == "redacted":
        made = redacted(assessment, under, profile, decided, part=part)
    else:
        found = None
        if outlook is not None:
            from risk_engine.outlook.wording import explained

            found = explained(belonging_outlook(stored, outlook), stored, under)
        elif kind in _WORKED_OUT:
            from risk_engine.outlook.wording import ways_of

            found = ways_of(stored, under)
        if kind == "full":
            from risk_engine.report.view import view

            near = None if register is None else _near(register, stored, under)
            made = view(assessment, found, decided, part=part, similar=near)
        else:
            made = view_of(assessment, kind, decided, to=to, sender=written_by, outlook=found)
    if kind == "questions":
        for letter, own in _letters(assessment, made, form, output, (to, written_by)):
            _put_letter((stored, under), letter, form, own, written_by, template)
    elif form == "xlsx":
        _put_workbook(made, output)
    else:
        put_document(made, form, output, template)
    if kind in LETTERS and (room := not_said(written_by, has_room=True)):
        typer.echo(room, err=True)
    if kind == "letter" and decided is not None:
        from risk_engine.report.pages.letter import letter_warning

        if left_out := letter_warning(decided, assessment):
            typer.echo(left_out, err=True)


def _near(register: Path, stored: "Assessment", criteria: "Criteria") -> "SimilarFacts":
    from risk_engine.cli.register_similar import similar_for

    return similar_for(register, stored, criteria)


def _letters(
    assessment: "Explanation", made: "View", form: ReportFormat, output: Path | None, asked: "tuple[str | None, Sender]"
) -> "Iterator[tuple[View, Path | None]]":
    """Yield the letters as they are written: those that come back one by one, each with its own file, others as `made`.

    Of several letters in one file nobody could say which one came back.
    """
    from risk_engine.report.pages import view_of
    from risk_engine.report.pages.questions import letters_of

    to, sender = asked
    several = letters_of(assessment, to) if form in {"docx", "xlsx"} else []
    if len(several) < 2:  # noqa: PLR2004 (one letter is as it was asked for)
        yield made, output
        return
    if output is None:
        message = _("several letters are written into a file each, so that each can come back")
        raise RiskEngineError(message, _("name a file with -o, or one of those who are asked with `--to`"))
    for one, name in several:
        letter = view_of(assessment, "questions", to=one.key, sender=sender)
        if form == "docx" or (letter.paper and letter.paper.asks):
            yield letter, output.with_name(f"{output.stem}-{name}.{form}")


def _put_letter(
    records: "tuple[Assessment, Criteria]",
    letter: "View",
    form: ReportFormat,
    output: Path | None,
    sender: "Sender",
    template: Path | None,
) -> None:
    if form != "xlsx":
        put_document(letter, form, output, template)
    else:
        from risk_engine.office.forms.everyone import letter_book

        put_bytes(letter_book(*records, letter, sender), _workbook(output))


def _workbook(output: Path | None) -> Path:
    if output is None:
        raise RiskEngineError(_("a workbook is written into a file"), _("name one, like plan.xlsx"))
    return output


def _put_workbook(plan: "View", output: Path | None) -> None:
    """Write a plan as a workbook that can be filled in."""
    from risk_engine.office.forms.form import office_libraries

    output = _workbook(output)
    with office_libraries():
        from risk_engine.office.forms.plan_form import plan_workbook
    put_bytes(plan_workbook(plan), output)


def _refuse_record(output: Path) -> None:
    """Raise RiskEngineError where a document would be called as a record is, and be taken for one or take its place."""
    if output.suffix.casefold() in RECORDS:
        message = _(
            "{output}: a document is not a record, so it is not written as {ending}",
            output=output,
            ending=output.suffix,
        )
        known = ", ".join(f".{one}" for one in get_args(ReportFormat) if one != "text")
        raise RiskEngineError(message, _("endings that are known: {known}", known=known))


_UNUSED = {
    "--to": ({"questions"}, N_("--to names who is asked, and a document of the kind `{kind}` asks nobody")),
    "--decision": (OF_A_DECISION, N_("--decision: a document of the kind `{kind}` says nothing of a decision")),
    "--profile": ({"redacted"}, N_("--profile: a document of the kind `{kind}` withholds nothing")),
    "--outlook": (OF_AN_OUTLOOK, N_("--outlook: a document of the kind `{kind}` does not say what would change it")),
    "--register": ({"full"}, N_("--register: a document of the kind `{kind}` tells no similar cases")),
    "--annex": (WITH_ANNEX, N_("--annex: a document of the kind `{kind}` has no annex")),
    **dict.fromkeys(
        ("--from", "--reply-to", "--by"),
        (LETTERS, N_("{option}: a document of the kind `{kind}` is no letter")),
    ),
}
"""For each option the kinds of document that have a use for it, and what is said of the others."""


def _refuse_unused(kind: Kind, given: Mapping[str, object]) -> None:
    """Raise RiskEngineError with every option that a document of the kind has no use for."""
    problems: list[str] = []
    for option, value in given.items():
        kinds, message = _UNUSED[option]
        if value is not None and kind not in kinds:
            known = either(sorted(kinds, key=get_args(Kind).index))
            way_out = help_line(_("use it with --kind {kinds}", kinds=known))
            problems.append(_(message, kind=kind, option=option) + way_out)
    if problems:
        raise RiskEngineError("\n".join(problems))


def redacted(
    assessment: "Explanation",
    criteria: "Criteria",
    profile: Path | None = None,
    decision: "Decision | None" = None,
    *,
    part: "Part" = "report",
) -> "View":
    """Return the redacted version, and say on standard error what to know before it leaves the house."""
    from risk_engine.loading.profile import load_profile
    from risk_engine.loading.translation import told_in
    from risk_engine.report.pages.redacted import redacted_view, redaction_warning

    given = None if profile is None else load_profile(profile, criteria).disclosure
    made = redacted_view(assessment, told_in(criteria, current()), given, decision, part=part)
    typer.echo(redaction_warning(assessment, given), err=True)
    return made


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
    from risk_engine.outlook.wording import explained
    from risk_engine.solver.solver import need_solver

    form = form_of(output, get_args(Format), asked, inputs=(file, profile))
    need_solver()
    stored, under, found = _made(file, criteria, on, profile)
    if form == "json":
        from risk_engine.outlook.outlook import to_json

        put(to_json(found).decode(), output, kept=True)
        return
    assessment, outlook = in_words(file, stored, under), explained(found, stored, under)
    if form == "text":
        from risk_engine.report.outlook import outlook_view

        shown = outlook_view(outlook, assessment)
    else:
        from risk_engine.report.view import view

        shown = view(assessment, outlook, part="report")
    put_document(shown, form, output)


def _made(
    file: Path, reference: str | None, on: date | None, profile: Path | None
) -> "tuple[Assessment, Criteria, Outlook]":
    """Return the assessment of a case, or the stored one, its criteria, and its outlook."""
    assessment, criteria = assessed(file, reference, on, profile)
    return assessment, criteria, outlook_of(assessment, criteria)


@once_of_each
def outlook_of(assessment: "Assessment", criteria: "Criteria") -> "Outlook":
    """Return the outlook on an assessment, which may take its time; that is seen on a terminal."""
    from risk_engine.engine.work import worked_again
    from risk_engine.loading.case_tests import base_or_itself
    from risk_engine.outlook.outlook import outlook

    worked = worked_again(assessment, criteria)
    with progress(_("parts of the outlook"), is_even=False) as tell:
        return outlook(assessment, worked, base_or_itself(criteria, worked.case), tell)


def assessed(file: Path, reference: str | None, on: date | None, profile: Path | None) -> "tuple[Assessment, Criteria]":
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
        note_lines(assessor.notes)
        criteria = assessor.criteria_of(assessment)
    return assessment, criteria


def _refuse_with_record(options: Mapping[str, object]) -> None:
    """Raise RiskEngineError where an option says anew what a stored assessment says already."""
    said = [name for name, value in options.items() if value is not None]
    if said:
        message = _("{options}: a stored assessment has its own day and profile", options=", ".join(said))
        raise RiskEngineError(message, _("give the case file to assess it otherwise"))
