"""`risk-engine case questions`: all questionnaires of a case at once, and a list of what went to whom."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from risk_engine.cli import options
from risk_engine.cli.options import AnswerBy, CriteriaOption, Day, ReplyTo, SenderOption
from risk_engine.cli.output import note_lines
from risk_engine.files.diagnostics import RiskEngineError, printable, quoted
from risk_engine.files.language import _, ngettext
from risk_engine.files.writing import check_folder, write_new

if TYPE_CHECKING:
    from risk_engine.office.forms.everyone import Everyone, Letter

EXAMPLES = """Examples:
risk-engine case questions cases/2026-014.yaml --out sent --by 2026-12-10 ·
risk-engine case questions cases/2026-014.yaml --for researcher --out again --format xlsx"""
FormKind: TypeAlias = Literal["xlsx", "docx"]
LIST = "questions-sent.md"
"""The list of what went to whom; it names everybody, so it stays in the house."""


def questions(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The case file.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for them; it is made if need be.")],
    who: Annotated[
        str,
        typer.Option("--for", metavar="WHO", help="`everyone`, a word of the set's `asked_of`, or one partner alone."),
    ] = "everyone",
    form: Annotated[FormKind, typer.Option("--format", help="Workbooks or documents.")] = "docx",
    sender: SenderOption = None,
    reply_to: ReplyTo = None,
    by: AnswerBy = None,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Write a questionnaire for each of those who should answer what is open, and list what went to whom.

    Each holds only open questions that are for this person or office; none is written where no answer could raise or
    lower a finding, unless --for names who gets it. A partner is asked about itself and about what
    the case says belongs to it, and reads no name of another one. What nobody said to whom it belongs goes to no
    partner: it is for the office, and the command says so. `case import` reads all of them back.
    """
    from risk_engine.office.forms.everyone import EVERYONE, everyone
    from risk_engine.office.forms.export_form import written_form

    day = options.today()
    written_by = options.sender_of(sender, reply_to, by, on)
    found = everyone(form, case, written_by, criteria=criteria, on=on, today=day)
    every = list(found.letters())
    letters = _chosen(every, who)
    unasked = [*(map(_unneeded, filter(_is_unneeded, every)) if who == EVERYONE else ()), *_unasked(found)]
    files = {out / f"questions-{one.stem}.{form}": one for one in letters}
    taken = [file for file in (*files, out / LIST) if file.exists() or file.is_symlink()]
    if taken:
        message = _("{files}: there already; nothing was written", files=", ".join(map(str, taken)))
        raise RiskEngineError(message, _("name another folder with `--out`, or move them away"))
    contents = {file: written_form(form, one.form) for file, one in files.items()}
    if out.exists() and not out.is_dir():
        raise RiskEngineError(_("{out} is no folder", out=out), _("name one for the questionnaires with `--out`"))
    check_folder(out)
    out.mkdir(exist_ok=True)
    for file, content in contents.items():
        write_new(file, content)
    lines = [_line(file, one) for file, one in files.items()]
    write_new(out / LIST, _list(found, lines, unasked).encode())
    for line in lines:
        typer.echo(printable(line))
    note_lines([*unasked, *filter(None, [options.not_said(written_by, has_room=False)])])


def _chosen(letters: "list[Letter]", who: str) -> "list[Letter]":
    from risk_engine.office.forms.everyone import EVERYONE

    # Who is named gets what is open, also what could raise nothing.
    chosen = [one for one in letters if who in {one.key, one.key.partition(".")[0]}]
    if who == EVERYONE:
        chosen = [one for one in letters if one.is_needed]
    if not chosen:
        known = _("they are: {addressees}", addressees=quoted(one.key for one in letters)) if letters else ""
        message = _("nobody has an open question whose answer could raise or lower a finding")
        if who != EVERYONE:
            message = _("nobody who is called `{to}` has a question to answer", to=who)
        raise RiskEngineError(message, known or _("nothing was written"))
    return chosen


def _line(file: Path, one: "Letter") -> str:
    number = ngettext("{number} question", "{number} questions", one.questions)
    return _("{file}: to {who}, {questions}", file=file.name, who=one.to, questions=number)


def _is_unneeded(one: "Letter") -> bool:
    return not one.is_needed


def _unneeded(one: "Letter") -> str:
    number = ngettext("{number} question", "{number} questions", one.questions)
    return _(
        "{who}: no questionnaire; {questions} open, but no answer could raise or lower a finding (`--for {key}` writes it)",
        who=one.to,
        questions=number,
        key=one.key,
    )


def _list(found: "Everyone", lines: list[str], unasked: list[str]) -> str:
    head = _("Questions on the case {case_id} that went out", case_id=found.record.case.id)
    sent = [*(f"- {line}" for line in lines), *(f"- {line}" for line in unasked)]
    return "\n".join([f"# {head}", "", *map(printable, sent), ""])


def _unasked(found: "Everyone") -> list[str]:
    """Return what is said of questions that nobody outside is asked, or nobody at all yet."""
    return [
        *(
            _("{entity}: none is named yet; who is asked about each gets a questionnaire once some are", entity=name)
            for name in found.not_named()
        ),
        *(
            _(
                "{path}: nobody said to whom of `{role}` it belongs, so no {role} is asked about it",
                path=path,
                role=role,
            )
            for path, role in found.unassigned()
        ),
    ]
