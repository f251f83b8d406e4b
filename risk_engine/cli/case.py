"""`risk-engine case`: write an empty case or questionnaires, check a case, print its JSON Schema."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli import case_changes, options
from risk_engine.cli.case_changes import case_id
from risk_engine.cli.commands import App
from risk_engine.cli.options import AnswerBy, CriteriaOption, Day, Output, ProfileOption, ReplyTo, SenderOption
from risk_engine.cli.output import OTHER_DOCUMENTS, form_of, note_lines, put, put_bytes, refuse
from risk_engine.files.diagnostics import RiskEngineError, printable, quoted
from risk_engine.files.language import _, ngettext
from risk_engine.files.writing import check_folder, check_new, write_new

if TYPE_CHECKING:
    from risk_engine.office.forms.everyone import Everyone, Letter

NEW_EXAMPLES = """Examples: risk-engine case new cases/2026-014.yaml ·
risk-engine case new researcher.xlsx --for researcher ·
risk-engine case new partner.docx --for partner --from cases/2026-014.yaml"""
QUESTION_EXAMPLES = """Examples:
risk-engine case questions cases/2026-014.yaml --out sent --by 2026-12-10 ·
risk-engine case questions cases/2026-014.yaml --for researcher --out again --format xlsx"""
Role = Annotated[
    str | None,
    typer.Option("--for", metavar="WHO", help="Only the questions for this person, a word of the set's `asked_of`."),
]
FromCase = Annotated[
    Path | None,
    typer.Option("--from", metavar="CASE", help="Ask about the entries of this case, under its criteria."),
]
Entries = Annotated[
    list[str] | None,
    typer.Option("--entry", metavar="ENTITY.ID", help="Ask about this entry of its list and no other; repeatable."),
]
Room = Annotated[
    int | None, typer.Option("--room", min=0, max=30, metavar="N", help="Leave room for N new entries in each list.")
]


app = App(help="Write, check and describe case files.")


Form: TypeAlias = Literal["yaml", "xlsx", "docx"]
"""What an empty case can be: a file for the office, or a questionnaire that other people fill in."""
FormKind: TypeAlias = Literal["xlsx", "docx"]
LIST = "questions-sent.md"
"""The list of what went to whom; it names everybody, so it stays in the house."""


@app.command(epilog=NEW_EXAMPLES)
def new(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without one it is printed.")] = None,
    criteria: CriteriaOption = None,
    on: Day = None,
    form: Annotated[
        Form | None, typer.Option("--format", help="A case file, or a questionnaire; default: what FILE ends in.")
    ] = None,
    role: Role = None,
    case: FromCase = None,
    entry: Entries = None,
    room: Room = None,
    every: Annotated[
        bool, typer.Option("--all", help="A case file with every question, also those that first questions may close.")
    ] = False,
) -> None:
    """Write an empty case with its questions, their help and options, and who should answer them.

    Where the criteria have first questions, the case file holds those, and of the rest what they cannot close.

    The questions are those of the version in force today, or on the day given with --on, which is then the day of the
    case. A version that is named is taken as it is.

    As .xlsx it is the whole case as one workbook, which `assess` takes as it takes a case file. With --for or --from,
    and as .docx, it is a questionnaire for the person named with --for; `case import` reads it back.
    A file that is there already is never written over.
    """
    if file is not None:
        check_new(file, _("choose another name"))
    chosen = _form(file, form)
    if chosen == "yaml":
        if role or case or entry or room is not None:
            way_out = _("add `--format xlsx` or `--format docx`")
            raise RiskEngineError(_("`--for`, `--from`, `--entry` and `--room` are for questionnaires"), way_out)
        put(_blank(criteria, on, file, whole=every), file)
    elif chosen == "xlsx" and file is not None and not (role or case or entry or every):
        from risk_engine.files.source import parse
        from risk_engine.office.forms.export_form import book_of_case

        document = parse(_blank(criteria, on, file, whole=True), file.as_posix(), nulls=True)
        put_bytes(book_of_case(document, criteria, on, options.today(), is_new=True, room=room), file)
    elif every:
        raise RiskEngineError(_("`--all` is for case files"), _("a questionnaire has every question"))
    elif file is None:
        raise RiskEngineError(_("a questionnaire is written into a file"), _("name one, like partner.xlsx"))
    else:
        from risk_engine.office.forms.export_form import questionnaire

        content = questionnaire(
            chosen,
            criteria=criteria,
            on=on,
            role=role,
            case=case,
            only=tuple(entry or ()),
            room=room,
            today=options.today(),
        )
        put_bytes(content, file)


def _blank(criteria: str | None, on: date | None, file: Path | None, *, whole: bool) -> str:
    """Return an empty case of the version that holds on the day, today without one, or of the one that is named."""
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.releases import choose
    from risk_engine.loading.sets import name_and_number
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.blank_case import blank_case

    chosen = choose(criteria, on or options.today())
    options.say_if_withdrawn(chosen.version)
    rules = criteria_in_words(read_criteria(chosen.version.path))
    # Whoever names a version that another one stands for on the day wants the case read under it all the same.
    is_pinned = criteria is not None and name_and_number(criteria)[1] and not chosen.in_force
    named = f"{rules.head.id}@{chosen.version.dotted}" if is_pinned else rules.head.id
    return blank_case(rules, *case_id(file), named=named, on=on, today=options.today(), whole=whole)


def _form(file: Path | None, form: Form | None) -> Form:
    """Return what is to be written; a file whose ending says something else is refused."""
    ending = file.suffix.casefold().removeprefix(".") if file else ""
    if form is None:
        return form_of(file, get_args(Form))
    if form != ending and ending in OTHER_DOCUMENTS:
        raise RiskEngineError(
            _(
                "{file} ends in .{ending}, and `--format {form}` is asked for",
                file=file,
                ending=ending,
                form=form,
            ),
            _("choose one"),
        )
    if form not in {"yaml", ending} and file is not None:
        raise RiskEngineError(
            _("{file}: a name that ends in .{ending} is needed", file=file, ending=form),
            _("programs open it by that"),
        )
    return form


@app.command(epilog=QUESTION_EXAMPLES)
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
    lower a finding, unless --for names who gets it. A partner is asked about itself and about what the case says
    belongs to it, and reads no name of another one. What nobody said to whom it belongs goes to no partner: it is for
    the office, and the command says so. `case import` reads all of them back.
    """
    from risk_engine.office.forms.everyone import EVERYONE, everyone
    from risk_engine.office.forms.export_form import written_form

    day = options.today()
    written_by = options.sender_of(sender, reply_to, by, on)
    found = everyone(form, case, written_by, criteria=criteria, on=on, today=day)
    every = list(found.letters())
    letters = _chosen(every, who)
    unneeded = [one for one in every if who == EVERYONE and not one.is_needed]
    unasked = [*map(_unneeded, unneeded), *_unasked(found)]
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
    write_new(out / LIST, _list(found, [*lines, *unasked]).encode())
    for line in lines:
        typer.echo(printable(line))
    note_lines([*unasked, *filter(None, [options.not_said(written_by, has_room=False)])])


def _chosen(letters: "list[Letter]", who: str) -> "list[Letter]":
    from risk_engine.office.forms.everyone import EVERYONE

    # Who is named gets what is open, also what could raise or lower nothing.
    chosen = [
        one for one in letters if (one.is_needed if who == EVERYONE else who in {one.key, one.key.partition(".")[0]})
    ]
    if not chosen:
        addressees = quoted(one.key for one in letters)
        message = _("nobody has an open question whose answer could raise or lower a finding")
        known = _("`--for` asks all the same, one of {addressees}", addressees=addressees) if letters else ""
        if who != EVERYONE:
            message = _("nobody who is called `{to}` has a question to answer", to=who)
            known = _("they are: {addressees}", addressees=addressees) if letters else ""
        raise RiskEngineError(message, known or _("nothing was written"))
    return chosen


def _line(file: Path, one: "Letter") -> str:
    number = ngettext("{number} question", "{number} questions", one.questions)
    return _("{file}: to {who}, {questions}", file=file.name, who=one.to, questions=number)


def _list(found: "Everyone", lines: list[str]) -> str:
    head = _("Questions on the case {case_id} that went out", case_id=found.record.case.id)
    return "\n".join([f"# {head}", "", *(printable(f"- {line}") for line in lines), ""])


def _unneeded(one: "Letter") -> str:
    return _(
        "{who}: no questionnaire; {questions} open, but no answer could raise or lower a finding (`--for {key}` asks)",
        who=one.to,
        questions=ngettext("{number} question", "{number} questions", one.questions),
        key=one.key,
    )


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


for name, command in case_changes.COMMANDS.items():
    app.command(name, epilog=case_changes.EXAMPLES[name])(command)


@app.command(
    epilog="""Examples: risk-engine case check cases/2026-014.yaml ·
risk-engine case check cases/2026-014.yaml --on 2027-01-01 --profile ours.yaml"""
)
def check(
    files: Annotated[list[Path], typer.Argument(help="Case files.", metavar="FILE...")],
    criteria: CriteriaOption = None,
    on: Day = None,
    profile: ProfileOption = None,
) -> None:
    """Report what is wrong with cases, what in them does not fit together, and what is not answered yet, by whom.

    Without a day, neither given nor in the case, it is read under the version in force today.
    Exit code 2 if a file cannot be used; contradictions and missing answers are reported, but are no failure.
    """
    from risk_engine.portfolio.assess import check_case

    failed: list[RiskEngineError] = []
    for file in files:
        try:
            for line in check_case(file, criteria, on, profile, today=options.today()):
                typer.echo(line)
        except RiskEngineError as error:
            failed.append(error)
    refuse(failed)


@app.command(epilog="Example: risk-engine case schema --criteria reconnect-china -o case.schema.json")
def schema(criteria: CriteriaOption = None, on: Day = None, output: Output = None) -> None:
    """Print the JSON Schema of a case file, so that an editor completes answers and checks them.

    It is of the version in force today, or on the day given with --on, or of the one that is named.
    """
    from risk_engine.audit.schemas import case_schema
    from risk_engine.loading.criteria import load_criteria

    put(json.dumps(case_schema(load_criteria(criteria, on or options.today())), indent=2, ensure_ascii=False), output)
