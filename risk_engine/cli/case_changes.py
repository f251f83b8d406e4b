"""`risk-engine case import`, `set`, `add` and their like: what changes a case file, and keeps what it held before."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from risk_engine.cli import options
from risk_engine.cli.options import CriteriaOption, Day, Reading, day_option
from risk_engine.cli.output import OTHER_DOCUMENTS, Exit, put_bytes, wrote
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import open_file, read_bytes
from risk_engine.files.writing import check_folder, check_new, write_new, write_text

if TYPE_CHECKING:
    from risk_engine.office.forms.edit_case import CaseEdit
    from risk_engine.office.forms.plan_form import ReturnedPlan

EXAMPLES: Final = {
    "import": """Examples: risk-engine case import researcher.xlsx --into cases/2026-014.yaml ·
risk-engine case import researcher.xlsx partner.docx --into cases/2026-014.yaml --prefer case""",
    "export": "Example: risk-engine case export cases/2026-014.yaml 2026-014.xlsx",
    "set": """Examples: risk-engine case set cases/2026-014.yaml technology.detector.trl 4
--evidence 'Work plan of 3 November; kind=work plan' · risk-engine case set cases/2026-014.yaml
title 'Images of the lung' collaboration.exit_clause false activity.training.transfer_mode unknown""",
    "add": """Examples: risk-engine case add cases/2026-014.yaml partner 'Songhua University' 'Nordic Cell AB' ·
risk-engine case add cases/2026-014.yaml partner dutch='Delft Labs' funding csc='CSC scholarship'""",
    "add-control": """Examples: risk-engine case add-control cases/2026-014.yaml CTL-24
--owner 'B. Ode' --due 2027-01-31 · risk-engine case add-control cases/2026-014.yaml CTL-24 --status implemented
--evidence 'Contract of 3 November, clause 7; kind=contract; date=2026-11-03'""",
    "add-evidence": """Example: risk-engine case add-evidence cases/2026-014.yaml --for technology.detector.trl
--kind 'registry extract' --title 'File 14/3' --date 2026-11-03""",
    "migrate": """Examples: risk-engine case migrate cases/2026-014.yaml ·
risk-engine case migrate cases/2026-014.yaml cases/2026-015.yaml --criteria reconnect-china@2.1.0""",
    "remove": """Examples: risk-engine case remove cases/2026-014.yaml technology.detector ·
risk-engine case remove cases/2026-014.yaml CTL-24 evidence.1 assessor""",
}
"""Command: its examples."""

CaseArgument = Annotated[Path, typer.Argument(help="The case file.", metavar="CASE")]
RecordedOn = Annotated[date | None, day_option("--recorded-on", "The day of the evidence; without it today.")]
Confidence = Annotated[
    str | None,
    typer.Option("--confidence", metavar="WORD", help="`unsure`, `declared`, `documented` or `verified`."),
]


def bring_in(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    files: Annotated[list[Path], typer.Argument(help="Questionnaires that came back.", metavar="FILE...")],
    into: Annotated[Path, typer.Option("--into", metavar="CASE", help="The case file; if there is none, it is made.")],
    prefer: Annotated[
        list[str] | None,
        typer.Option(
            "--prefer",
            metavar="[PATH=]WHO",
            help="Which answer stands where two contradict: `case`, `new`, or that of a file; for one PATH or for all.",
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--answered-by", metavar="NAME", help="Who answered, where a file does not say it.")
    ] = None,
    answered_on: Annotated[date | None, day_option("--answered-on", "When, where a file does not say it.")] = None,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Take files from which fields were lost; each one is named.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing as long as anything is wrong in one of several files.")
    ] = False,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Read questionnaires, a mitigation plan, or the workbook of a whole case, back into a case.

    A file in which something is wrong is left out, and the others are taken; the exit code is then 2. What contradicts
    the case, or another file, is reported with both places, and nothing is written until it is decided with --prefer.
    Who answered, and when, becomes evidence of the case. The old file is kept beside it.
    """
    from risk_engine.office.forms.import_form import Request, import_forms

    if plans := _plans(files):
        _take_plans(plans, into, criteria, on, prefer or ())
        return
    if _is_book(files):
        _take_book(files[0], into, criteria, on, prefer or ())
        return
    if into.suffix.casefold().removeprefix(".") in OTHER_DOCUMENTS:
        way_out = _("name a file that ends in .yaml or .json")
        raise RiskEngineError(_("{into}: a case cannot be written as {suffix}", into=into, suffix=into.suffix), way_out)
    before = bytes_of(into)
    if before is None:
        check_folder(into)
    request = Request(files, criteria, on, by, answered_on, tuple(prefer or ()), allow_missing, strict, options.today())
    result = import_forms(request, into, before, *case_id(into))
    for line in result.warned:
        typer.echo(line, err=True)
    put_changed(into, before, result.text, result.said)
    if result.refused:
        for problem in dict.fromkeys(map(str, result.refused)):
            typer.echo(problem, err=True)
        counts = {"number": result.refused_files, "all": len(files)}
        typer.echo(_("{number} of {all} could not be used; the others were", **counts), err=True)
        raise typer.Exit(Exit.INVALID_INPUT)


def _plans(files: Sequence[Path]) -> "list[ReturnedPlan]":
    """Return the mitigation plans that are read; no other file is read with them."""
    from risk_engine.office.forms.form import office_libraries

    with office_libraries():
        from risk_engine.office.forms.plan_form import plans_of
    return plans_of(files)


def _take_plans(
    plans: "list[ReturnedPlan]", into: Path, criteria: str | None, on: date | None, prefer: Sequence[str]
) -> None:
    """Write into a case file what its plans say of controls."""
    from risk_engine.office.forms.plan_form import take_plan

    beside: list[str] = []
    with editing(into, criteria, on) as edit:
        for one in plans:
            beside += take_plan(one, edit, prefer)
    for line in beside:
        typer.echo(line, err=True)


def _is_book(files: Sequence[Path]) -> bool:
    """Return whether it is the workbook of a whole case that is read; that comes alone."""
    from risk_engine.office.forms.form import InvalidFormError, office_libraries

    with office_libraries():
        from risk_engine.office.forms.book_read import is_book
    found: list[Path] = []
    for file in files:
        if file.suffix.casefold() == ".xlsx":
            with suppress(InvalidFormError):  # what is wrong with it is told with all else
                found += [file] if is_book(file) else []
    if found and len(files) > 1:
        message = _("{file} is the workbook of a whole case, and is read alone", file=found[0])
        raise RiskEngineError(message, _("read the questionnaires in with a second command"))
    return bool(found)


def _take_book(file: Path, into: Path, criteria: str | None, on: date | None, prefer: Sequence[str]) -> None:
    """Write into a case file what the workbook of the case says."""
    from risk_engine.office.forms.book_read import take_book
    from risk_engine.office.forms.edit_answers import Asked

    before = bytes_of(into)
    if before is None:
        check_folder(into)
    taken = take_book(file, into, before, Asked(criteria, on, options.today()), is_preferred="new" in prefer)
    put_changed(into, before, taken.text, taken.said)


def export(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).", metavar="FILE")],
    room: Annotated[
        int | None,
        typer.Option("--room", min=0, max=200, metavar="N", help="Leave room for N new entries in each list."),
    ] = None,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Write a case as one workbook: a sheet for each subject, controls, evidence and help, with what it says filled in.

    `assess` takes the workbook as it takes the case; `case import` writes what was changed in it back into the case.
    """
    from risk_engine.loading.case import read_case_file
    from risk_engine.office.forms.export_form import book_of_case

    if file.suffix.casefold() != ".xlsx":
        raise RiskEngineError(_("{file}: a name that ends in .{ending} is needed", file=file, ending="xlsx"))
    check_new(file, _("choose another name"))
    put_bytes(book_of_case(read_case_file(case), criteria, on, options.today(), room=room), file)


def put_changed(into: Path, before: bytes | None, text: str, said: Iterable[str], *, is_kept: bool = True) -> bool:
    """Write the case if it says anything new, and return that; then say what changed, and where the old one is kept.

    A link keeps pointing where it points.
    """
    target = into.resolve() if into.is_symlink() else into
    is_new = before is None or text.encode("utf-8") != before
    kept = None
    if is_new:
        if before is not None:
            check_untouched(target, before)
            kept = keep(target, before) if is_kept else None
        write_text(target, text)
    # What was taken is said only once it is written.
    for line in said:
        typer.echo(line)
    if kept is not None:
        typer.echo(_("wrote {file}; as it was before: {kept}", file=into, kept=kept), err=True)
    elif is_new:
        wrote(into)
    else:
        typer.echo(_("{into}: nothing new", into=into), err=True)
    return is_new


def case_id(file: Path | None) -> tuple[str, ...]:
    """Return the id that a file's name suggests, if there is one."""
    ascii_only = unicodedata.normalize("NFKD", file.stem if file else "").encode("ascii", "ignore").decode()
    found = re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_only).strip("-._")
    return (found,) if found else ()


def bytes_of(file: Path) -> bytes | None:
    """Return what stands in a file, None if it is not there."""
    if file.is_dir():
        raise RiskEngineError(_("{file} is a folder; a case file is needed", file=file))
    try:
        return read_bytes(file)
    except FileNotFoundError:
        return None


def check_untouched(file: Path, content: bytes) -> None:
    """Raise RiskEngineError if the file holds something else by now."""
    if bytes_of(file) != content:
        raise RiskEngineError(
            _("{file} was changed by somebody else meanwhile; nothing was written", file=file), _("run it again")
        )


def keep(file: Path, content: bytes) -> Path:
    """Write the old content beside the file, under a name that is free; refuse if the file changed meanwhile."""
    check_untouched(file, content)
    for number in range(1, 1000):
        kept = file.with_name(f"{file.name}.bak" + (f"-{number}" if number > 1 else ""))
        if not kept.exists() and not kept.is_symlink():
            write_new(kept, content)
            return kept
    raise RiskEngineError(_("there are too many old copies of {file}", file=file), _("move some of them away"))


@contextmanager
def editing(
    case: Path, criteria: str | None, on: date | None, *, problems: Callable[[], list[str]] = list
) -> "Iterator[CaseEdit]":
    """Let a block change a case; write it and say what changed, or say everything that is wrong and write nothing.

    `problems` are those of the options, which are told with those of the changes.
    """
    from risk_engine.office.forms.edit_answers import Asked
    from risk_engine.office.forms.edit_case import CaseEdit

    before = bytes_of(case)
    if before is None:
        raise RiskEngineError(
            _("{file}: there is no such file", file=case), _("write one: `risk-engine case new {file}`", file=case)
        )
    if case.suffix.casefold().removeprefix(".") in OTHER_DOCUMENTS:
        way_out = _("make a case file of it: `risk-engine case import {file} --into CASE.yaml`", file=case)
        raise RiskEngineError(_("{file} is changed where it is opened, not by a command", file=case), way_out)
    edit = CaseEdit(case, before, Asked(criteria, on, options.today()))
    yield edit
    edit.problems += problems()
    new = edit.written()
    loses_comments = not new.keeps_comments and "#" in edit.text
    if not put_changed(case, before, new.text, edit.said, is_kept=edit.is_smaller or loses_comments):
        return
    if loses_comments:
        text = _(
            "{target}: the file had to be written anew; its comments are only in the copy of the old one", target=case
        )
        typer.echo(text, err=True)
    for line in edit.new_contradictions(new.text):
        typer.echo(_("look at this: {text}", text=line))


def set_values(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    case: CaseArgument,
    values: Annotated[
        list[str],
        typer.Argument(help="What is to be set and its value, as often as you like.", metavar="PATH VALUE..."),
    ],
    evidence: Annotated[
        str | None,
        typer.Option(
            "--evidence", metavar="TITLE", help="What supports these answers: 'TITLE; kind=KIND; date=DATE; by=NAME'."
        ),
    ] = None,
    recorded_on: RecordedOn = None,
    confidence: Confidence = None,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Set answers in a case, checked against the questions of its criteria; comments and order of the file stay.

    A PATH is `entity.fact`, `entity.id.fact`, a list, `controls.ID.status`, or a key of the head such as `title`. A
    VALUE is written as in the file; several options have commas between. `unknown` says that nobody knows, `none`
    that a list has no entries, or that no option applies. What was there before is printed beside what is there now.
    Evidence for an answer that is replaced no longer counts and is taken out, with a copy of the old file kept.
    """
    reading = Reading()
    record = None if evidence is None else _record(reading, "--evidence", evidence, recorded_on, confidence)
    if evidence is None and (recorded_on or confidence):
        name = "--recorded-on" if recorded_on else "--confidence"
        reading.problem(_("{option} is there without --evidence", option=name), _("say what the evidence is"))
    if len(values) % 2:
        reading.problem(
            _("`{path}` has no value: paths and values come in pairs", path=values[-1]),
            _("what holds a blank stands in quotes; what begins with `-` comes behind `--`"),
        )
    with editing(case, criteria, on, problems=lambda: reading.problems) as edit:
        answered = [path for path, value in zip(values[::2], values[1::2], strict=False) if edit.set(path, value)]
        if record is not None and answered:
            edit.add_evidence(answered, record)


def add_entries(
    case: CaseArgument,
    words: Annotated[
        list[str],
        typer.Argument(
            help="A list and the names of its new entries; then, where wanted, the next list.", metavar="LIST NAME..."
        ),
    ],
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Add entries to the lists of a case: partners, people, data, funding and what else its criteria ask about.

    An id is made from each name, and printed; 'ID=NAME' gives one of your own. A word that is the name of a list begins
    that list. The answers about the entries follow with `case set`, or in the interview.
    """
    with editing(case, criteria, on) as edit:
        for entity, names in _by_list(words, edit.lists_as_called):
            if not names:
                edit.problem(entity, _("an entry needs a name"))
            for name in names:
                edit.add(entity, name)


def _by_list(words: Sequence[str], lists: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each list that is named with the names behind it; the first word is one, whatever it is."""
    starts = [0, *(number for number, word in enumerate(words) if number and word in lists)]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        yield words[start], list(words[start + 1 : end])


def add_control(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    case: CaseArgument,
    controls: Annotated[list[str], typer.Argument(help="Controls of the set, by their ids.", metavar="CONTROL...")],
    status: Annotated[
        str | None,
        typer.Option(
            "--status", metavar="WORD", help="`planned` (a new one without it), `agreed`, `implemented` or `verified`."
        ),
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Who sees to it.")] = None,
    due: Annotated[date | None, day_option("--due", "By when it should be in place.")] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            "--evidence", metavar="TITLE", help="What shows it: 'TITLE; kind=KIND; date=DATE; by=NAME'. Repeatable."
        ),
    ] = None,
    recorded_on: RecordedOn = None,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Add controls to a case, or change what it says of them; evidence comes to what is there.

    Says which findings of the case one lowers, and with what evidence and which other controls it counts for each.
    """
    reading = Reading()
    records = [_record(reading, "--evidence", one, recorded_on, None) for one in evidence or ()]
    stated = {"status": status, "owner": owner, "due": due}
    with editing(case, criteria, on, problems=lambda: reading.problems) as edit:
        for control in controls:
            known = {name: value for name, value in stated.items() if value is not None}
            edit.add_control(control, known, records)


def add_evidence(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    case: CaseArgument,
    paths: Annotated[list[str], typer.Option("--for", metavar="PATH", help="An answer that it supports; repeatable.")],
    title: Annotated[str, typer.Option("--title", help="What it is called, and where it is kept.")],
    kind: Annotated[
        str, typer.Option("--kind", help="What it is, or the name of a kind that the criteria declare.")
    ] = "document",
    day: Annotated[date | None, day_option("--date", "Its day; without it today.")] = None,
    by: Annotated[str | None, typer.Option("--collected-by", metavar="NAME", help="Who collected it.")] = None,
    confidence: Confidence = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="The file itself: its digest tells later whether it is the same.")
    ] = None,
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Add a record of what supports answers of a case; it changes no result, it lets others check it."""
    record: dict[str, Any] = {"kind": kind, "reference": title, "date": day or options.today()}
    more = {"collected_by": by, "confidence": confidence, "sha256": None if file is None else _digest(file)}
    record |= {name: value for name, value in more.items() if value is not None}
    with editing(case, criteria, on) as edit:
        edit.add_evidence(paths, record)


def remove(
    case: CaseArgument,
    paths: Annotated[
        list[str],
        typer.Argument(
            help="An answer, an entry (`entity.id`), a control, `evidence.N`, or a key of the head.", metavar="PATH..."
        ),
    ],
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Take answers, entries, controls or evidence out of a case; the file as it was stays beside it."""
    with editing(case, criteria, on) as edit:
        for path in paths:
            edit.remove(path)


def migrate(
    cases: Annotated[list[Path], typer.Argument(help="Case files.", metavar="CASE...")],
    criteria: CriteriaOption = None,
    on: Day = None,
) -> None:
    """Write cases in the names of a version that calls questions, answers or controls otherwise; comments stay.

    Without --criteria it is the version that the case is read by anyway. A case that names another version of the set
    names this one then. A case in old names is read all the same, so nobody must do this; the old file stays beside it.
    """
    for case in cases:
        with editing(case, criteria, on) as edit:
            edit.rename()
            edit.is_smaller = True  # whatever an old name said more, stays in the copy


def _record(reading: Reading, option: str, stated: str, day: date | None, confidence: str | None) -> dict[str, Any]:
    """Return a record of evidence as an option states it, without what it is for; what is wrong is noted."""
    title, clauses = reading.clauses(option, stated, ("kind", "date", "by"))
    its_day = reading.day(f"{option}: `date`", clauses.get("date")) or day or options.today()
    record: dict[str, Any] = {"kind": clauses.get("kind", "document"), "reference": title, "date": its_day}
    more = {"collected_by": clauses.get("by"), "confidence": confidence}
    return record | {name: value for name, value in more.items() if value is not None}


def _digest(file: Path) -> str:
    from hashlib import file_digest

    with open_file(file) as opened:
        return file_digest(opened, "sha256").hexdigest()


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "set": set_values,
    "add": add_entries,
    "add-control": add_control,
    "add-evidence": add_evidence,
    "remove": remove,
    "migrate": migrate,
    "export": export,
    "import": bring_in,
}
"""Commands that change a case, by name, in the order in which the help lists them."""
