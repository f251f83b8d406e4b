"""`risk-engine interview`: a dialogue that asks what still matters about a case, and writes every answer at once."""

import shlex
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, get_args

import typer

from risk_engine.cli import options
from risk_engine.cli.options import CriteriaOption, Day, ProfileOption, SimilarIn
from risk_engine.cli.output import Exit
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, reason
from risk_engine.files.language import _

if TYPE_CHECKING:
    from risk_engine.cli.dialogue import CaseFile, Dialogue
    from risk_engine.cli.register_similar import Held
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.explanation import Explanation
    from risk_engine.office.forms.case_record import Record
    from risk_engine.office.interview.session import Session
    from risk_engine.office.interview.standing import Looker
    from risk_engine.office.interview.talk import Ended
    from risk_engine.report.pages.similar import SimilarFacts

ENDINGS = ("html", "pdf", "docx", "md")


def offer_report(
    assessment: "Explanation", case: Path, dialogue: "Dialogue", similar: "SimilarFacts | None" = None
) -> bool:
    """Ask whether to write the full report, until it is written or not wanted; return whether it is written."""
    from risk_engine.cli.output import form_of, put_document
    from risk_engine.office.interview.lines import Asked
    from risk_engine.report import DocumentForm
    from risk_engine.report.view import view

    asked = Asked(_("Write the report? Type a file name that ends in .html, .pdf, .docx or .md; Enter: no."))
    while (target := dialogue.until_read(asked, lambda line: _target(line, case))) is not None and target.name:
        try:
            put_document(
                view(assessment, part="report", similar=similar), form_of(target, get_args(DocumentForm)), target
            )
        except RiskEngineError as error:
            dialogue.say(f"{error}")
        else:
            return True
    return False


def _ending(path: Path) -> str:
    return path.suffix.casefold().removeprefix(".")


def _target(line: str, case: Path) -> Path:
    """Return the file that a line names, one without a name for none; raise WrongError where it cannot be written."""
    from risk_engine.files.writing import check_folder, check_new, keep_inputs
    from risk_engine.office.forms.answers import WrongError
    from risk_engine.office.interview.lines import is_no

    if not line or is_no(line):
        return Path()
    try:
        path = Path(line).expanduser()
    except RuntimeError as error:  # there is no such home
        raise WrongError(f"{error}", _("type the whole path")) from error
    if _ending(path) not in ENDINGS or not line.isprintable():
        message = _("“{text}” does not end in .html, .pdf, .docx or .md", text=line)
        raise WrongError(message, _("type a file name like report.html; Enter: no report"))
    try:
        check_folder(path)
        keep_inputs(path, [case])
        check_new(path, _("choose another name"))
    except RiskEngineError as error:
        raise WrongError(error.message, error.way_out or _("choose another name")) from error
    except OSError as error:  # a name that is too long, for example
        raise WrongError(reason(error), _("choose another name")) from error
    return path


EXAMPLES = {
    "interview": """Examples: risk-engine interview ·
risk-engine interview cases/2026-014.yaml ·
risk-engine interview cases/2026-014.yaml --register register ·
risk-engine interview cases/2026-014.yaml --all"""
}


def interview(
    case: Annotated[
        Path | None,
        typer.Argument(
            help="The case file to go on with, or a new one; without it a new case is begun.", metavar="[CASE]"
        ),
    ] = None,
    criteria: CriteriaOption = None,
    on: Day = None,
    profile: ProfileOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Ask every question, also those that cannot change the result any more.")
    ] = False,
    register: SimilarIn = None,
) -> None:
    """Ask, one question at a time, only what can still change the result; write every answer into the case file.

    The questions that decide most come first. After each answer it says how the case stands. Stop at any time and go
    on later with the same file; what an answer rules out is set aside in it, never lost. At the end comes the result,
    as `assess` prints it. Answers may also be piped in, one a line. With --register `similar` tells the decided cases
    of a register that are nearest, at every question by what is answered so far, and so does the end.

    Exit code 0: done, also where questions were left open, or stopped with `q`; 3: the input ended before all was
    asked that decides (all answers are in the file); 2: the case or the criteria cannot be used, or there was no input
    at all.
    """
    from risk_engine.cli.dialogue import Dialogue, begun
    from risk_engine.office.interview.talk import Talk

    dialogue = Dialogue()
    given = _Given(criteria, on, profile)
    near = None if register is None else _Near(register)
    file = _opened(case) if case is not None and case.exists() else None
    is_new = file is None
    if file is None:
        file = begun(case, criteria, on, dialogue)
        if file is None:
            raise typer.Exit(_left(dialogue, None, given))
    session = _session(file, given, dialogue, everything=everything, is_new=is_new)
    if session is None:
        raise typer.Exit(_left(dialogue, file, given))
    talk = Talk(session, dialogue, lambda record: file.save(record.data), None if near is None else near.lines)
    try:
        ended = talk.run()
    except KeyboardInterrupt:
        typer.echo()
        _say_where(file, given)
        raise
    raise typer.Exit(_ended(ended, session, file, dialogue, given, near))


class _Near:
    """Tells the decided cases of a register that are nearest; it is read when that is asked for first."""

    def __init__(self, register: Path) -> None:
        from risk_engine.office.register.folder import check_register

        check_register(register)
        self._register = register

    @cached_property
    def _held(self) -> "Held":
        from risk_engine.cli.output import warn
        from risk_engine.cli.register_similar import Held

        held = Held(self._register)
        for one in held.failed:
            warn(one)
        return held

    def to(self, assessment: "Assessment", criteria: "Criteria") -> "SimilarFacts":
        return self._held.nearest(assessment, criteria)[1]

    def lines(self, record: "Record") -> list[str]:
        """Return what is said of a case as far as it is answered."""
        from risk_engine.engine.assess import recorded
        from risk_engine.report import written
        from risk_engine.report.pages.similar import similar_view

        told = self.to(recorded(record.worked), record.criteria)
        return written(similar_view(told), "text").decode().splitlines()


class _Given(NamedTuple):
    """What the command was given beside the case."""

    criteria: str | None
    on: date | None
    profile: Path | None

    def command(self, words: str, file: Path) -> str:
        """Return the command that goes on with a case in the same way."""
        options = {"--criteria": self.criteria, "--on": self.on, "--profile": self.profile}
        more = [part for name, value in options.items() if value is not None for part in (name, f"{value}")]
        return shlex.join(["risk-engine", words, f"{file}", *more])


def _opened(path: Path) -> "CaseFile":
    from risk_engine.cli.case_changes import bytes_of
    from risk_engine.cli.dialogue import CaseFile

    file = CaseFile(path, bytes_of(path) or b"")
    file.check_writable()
    return file


def _session(
    file: "CaseFile", given: _Given, dialogue: "Dialogue", *, everything: bool, is_new: bool
) -> "Session | None":
    """Return the session on a case file; None where the input ended first. Raises RiskEngineError with its problems."""
    from risk_engine.cli.dialogue import ask_day, ask_missing_head
    from risk_engine.loading.case import notes_of, stated_date
    from risk_engine.loading.profile import load_profile
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.office.forms.case_record import Record, Under
    from risk_engine.office.interview.session import Session
    from risk_engine.office.interview.wording import header

    day = given.on or stated_date(file.document)
    # Whatever is wrong with the case is said before anybody answers.
    loaded, others = _read(file, given, day or options.today())
    if not is_new and not ask_missing_head(file, dialogue):
        return None
    if day is None:
        day = ask_day(file, dialogue, lambda one: _read(file, given, one))
        if day is None:
            return None
        before, (loaded, others) = loaded, _read(file, given, day)
        # The head of a new case was written for today.
        file.begin_with(header(criteria_in_words(loaded)), instead_of=header(criteria_in_words(before)))
        file.save({**file.document.data, "assessment_date": day})
    applied = load_profile(given.profile, loaded) if given.profile else None
    for line in notes_of(file.document, loaded, day):
        dialogue.say(line)
    file.read_under(loaded)
    record = Record(file.today.document.data, Under(criteria_in_words(loaded), day, applied, others, f"{file.path}"))
    return Session(record, _looker(loaded, dialogue), "all" if everything else "deciding")


def _read(file: "CaseFile", given: _Given, day: date) -> "tuple[Criteria, tuple[Criteria, ...] | None]":
    """Return the criteria of a case on a day, and those it is compared with; raise what is wrong with the case."""
    from risk_engine.loading.case import basis, case_of
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.multi_set import compared_sets
    from risk_engine.model.case import COMPARE_WITH, case_model

    _day, chosen = basis(file.document, given.criteria, given.on, instead=day)
    options.say_if_withdrawn(chosen.version)
    loaded = read_criteria(chosen.version.path)
    others = tuple(compared_sets(file.document, day)) if COMPARE_WITH in file.document.data else None
    case_of(file.document, loaded, case_model(loaded), others)
    return loaded, others


def _looker(criteria: "Criteria", dialogue: "Dialogue") -> "Looker":
    """Return what tells how a case stands: exactly where a solver is installed."""
    from importlib.util import find_spec

    if find_spec("z3") is None:
        from risk_engine.office.interview.standing import Bounds

        dialogue.say(_("What can still matter is told by bounds. With the extra `audit` it is told exactly."))
        return Bounds()
    from risk_engine.loading.case_tests import base_case
    from risk_engine.office.interview.standing import Exact

    try:
        base = base_case(criteria)[1]
    except InvalidSourceError:
        base = None  # a set of one's own need have no cases
    return Exact(base)


def _ended(
    ended: "Ended", session: "Session", file: "CaseFile", dialogue: "Dialogue", given: _Given, near: "_Near | None"
) -> Exit:
    if ended == "no_more_input" and not session.standing.is_settled:
        return _left(dialogue, file, given)
    if ended == "quit":
        _say_where(file, given)
        return Exit.DONE
    from risk_engine.cli.output import put_one
    from risk_engine.outlook.wording import ways_of
    from risk_engine.portfolio.assess import Assessor

    assessor = Assessor(*given)
    assessment = assessor.assess(file.path)
    typer.echo()
    criteria = assessor.criteria_of(assessment)
    similar = None if near is None else near.to(assessment, criteria)
    put_one(assessment, assessor.explain, "text", None, outlook=ways_of(assessment, criteria), similar=similar)
    typer.echo()
    if not (dialogue.is_terminal and offer_report(assessor.explain(assessment), file.path, dialogue, similar)):
        report = f"{given.command('assess', file.path)} -o {shlex.quote(f'{file.path.stem}.html')}"
        typer.echo(_("The full report: {command}", command=report))
    _say_where(file, given)
    return Exit.DONE


def _left(dialogue: "Dialogue", file: "CaseFile | None", given: _Given) -> Exit:
    """Say where the answers are and return the exit code, where somebody stopped or the input ended too soon."""
    if dialogue.lines == 0 and not dialogue.is_terminal:
        way_out = _("run it at a terminal, or pipe the answers in, one a line")
        raise RiskEngineError(_("there is nobody to ask, and no answers came in"), way_out)
    if file is not None:
        _say_where(file, given)
    return Exit.DONE if dialogue.stopped else Exit.STILL_OPEN


def _say_where(file: "CaseFile", given: _Given) -> None:
    command = given.command("interview", file.path)
    typer.echo(_("All answers are in {file}; go on with: {command}", file=file.path, command=command))
