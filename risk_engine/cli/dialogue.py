"""A dialogue on a terminal, or on pipes: paragraphs out, lines in; it works on the plainest terminal."""

import contextlib
import os
import re
import shutil
import signal
import stat
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from risk_engine.cli import options
from risk_engine.cli.case_changes import bytes_of, case_id, keep
from risk_engine.files.diagnostics import NotInForceError, RiskEngineError
from risk_engine.files.interrupts import end_on_interrupt
from risk_engine.files.language import _
from risk_engine.files.source import Document
from risk_engine.files.syntax import decoded
from risk_engine.files.writing import check_folder, check_new, write_text
from risk_engine.loading.former_names import Renamed
from risk_engine.office.interview.lines import Asked, Option, picked

if TYPE_CHECKING:
    from risk_engine.model.criteria import Criteria
    from risk_engine.office.interview.lines import Asked


Read = TypeVar("Read")

_WIDEST = 100
_PAUSE = 0.05
"""As long as a line that is waited for may take to hear of Ctrl-C."""


class Dialogue:
    """Shows paragraphs and reads lines."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdin is not None and sys.stdin.isatty()
        self.lines = 0
        """So many lines came in."""
        self.stopped = False
        """Whether somebody typed `q` at the beginning, where there is no case yet to ask about."""
        is_dumb = os.environ.get("TERM", "dumb") in {"", "dumb"} or "NO_COLOR" in os.environ
        self._reads = False
        end_on_interrupt(self)
        self._is_bold = sys.stdout.isatty() and not is_dumb
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        if self.is_terminal and not is_dumb:
            with contextlib.suppress(ImportError):
                import readline

                # What was answered to one question is nobody's business at the next.
                readline.set_auto_history(False)

    def say(self, text: str = "", *, lead: str = "", strong: bool = False) -> None:
        """Show a paragraph, its lines with this lead."""
        for line in self._wrapped(text, lead):
            typer.echo(typer.style(line, bold=True) if strong and self._is_bold else line)

    def _wrapped(self, text: str, lead: str) -> list[str]:
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        number = re.match(r" *[0-9]+  ", text)  # further lines of an option stand under its words
        below = lead + " " * (number.end() if number else 0)
        wrapped = textwrap.wrap(lead + _clean(text), max(width, 20), subsequent_indent=below, break_on_hyphens=False)
        return wrapped or [""]

    def ask(self, asked: "Asked", *, again: bool = False) -> str | None:
        """Put a question and return the next line that is typed, None where there will be none."""
        if not again:
            self.say()
            if asked.head:
                self.say(asked.head)
            self.say(asked.text, strong=True)
            for text in asked.meant:
                self.say(text, lead="  ")
            width = len(f"{len(asked.options)}")
            for number, option in enumerate(asked.options, 1):
                self.say(f"{number:>{width}}  {option.title}", lead="  ")
            for text in (*asked.typing, *asked.notes):
                self.say(text, lead="  ")
        return self._line()

    def _line(self) -> str | None:
        if sys.stdin is None:
            return None
        self._reads = True
        try:
            line = input("> ")
        except EOFError:
            typer.echo()
            return None
        finally:
            self._reads = False
        self.lines += 1
        if not self.is_terminal:
            typer.echo(_clean_text(line))  # nobody else shows what came through a pipe
        return line

    def interrupt(self) -> None:
        """Say again that Ctrl-C was heard, where it came just before a line was waited for and so woke nobody."""
        time.sleep(_PAUSE)
        if self._reads:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def asked(self, asked: "Asked") -> str | None:
        """Put a question of the beginning or the end; return what is typed, None where it is `q` or nothing will be."""
        line = self.ask(asked)
        if line is not None:
            line = line.strip()
            self.stopped = line.casefold() == "q"
        return None if self.stopped else line

    def until_read(self, asked: "Asked", read: Callable[[str], Read]) -> Read | None:
        """Ask until what is typed can be read; return that, None where it is `q` or nothing will come.

        `read` raises WrongError.
        """
        from risk_engine.office.forms.answers import WrongError
        from risk_engine.office.interview.lines import problem_lines

        while (line := self.asked(asked)) is not None:
            try:
                return read(line)
            except WrongError as error:
                for problem in problem_lines(error):
                    self.say(problem)
        return None


def _clean(text: str) -> str:
    return text[: len(text) - len(text.lstrip())] + _clean_text(text.lstrip())


def _clean_text(text: str) -> str:
    from risk_engine.files.harmless import clean_text

    return clean_text(text)


class CaseFile:
    """The file of a case: what it says, and how it comes to say something else."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self.content = content
        self.document = self._read()
        self.today = Renamed(self.document)
        """What the file says in the names of its criteria, once somebody said which these are."""

    def read_under(self, criteria: "Criteria") -> None:
        """Take what the file says in the names of these criteria; it is written so with the next answer."""
        from risk_engine.loading.case import today_of

        self.today = today_of(self.document, criteria)

    @classmethod
    def begun(cls, path: Path, text: str) -> "CaseFile":
        """Write a new file; raise RiskEngineError where one is there, or it cannot be written."""
        from risk_engine.files.writing import write_new

        write_new(path, text.encode("utf-8"))
        return cls(path, text.encode("utf-8"))

    def _read(self) -> Document:
        from risk_engine.loading.case import case_document

        return case_document(decoded(self.content, self.path.as_posix()), self.path)

    def check_writable(self) -> None:
        """Raise RiskEngineError where the file is marked as one that may not be changed."""
        mode = self.path.stat().st_mode
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            message = _("{file}: the file may only be read", file=self.path)
            raise RiskEngineError(message, _("allow that it is written, or go on with a copy"))

    def save(self, data: dict[str, Any]) -> None:
        """Write what the case says now; its comments stay.

        Raises RiskEngineError where the file is not as it was written last: then somebody else works on it.
        """
        from risk_engine.office.forms.case_file import rewritten_of

        if data == self.today.document.data:
            return
        target = self._untouched()
        before = decoded(self.content, self.path.as_posix())
        new = rewritten_of(before, self.document, self.today, data)
        if not new.keeps_comments and "#" in before:
            kept = keep(target, self.content)
            text = _(
                "{target}: the file had to be written anew; its comments are only in {kept}",
                target=self.path,
                kept=kept,
            )
            typer.echo(text, err=True)
        self._write(target, new.text)

    def begin_with(self, head: str, instead_of: str) -> None:
        """Write another head into a file that begins with this one; any other file stays as it is.

        Raises RiskEngineError where the file is not as it was written last.
        """
        text = decoded(self.content, self.path.as_posix())
        if head != instead_of and text.startswith(instead_of):
            self._write(self._untouched(), head + text.removeprefix(instead_of))

    def _untouched(self) -> Path:
        """Return where to write; raise RiskEngineError where the file is not as it was written last."""
        target = self.path.resolve() if self.path.is_symlink() else self.path
        if bytes_of(target) != self.content:
            message = _(
                "{file} was changed by somebody else meanwhile; the last answer was not written", file=self.path
            )
            raise RiskEngineError(message, _("look at the file, and begin again with it: the other answers stand"))
        return target

    def _write(self, target: Path, text: str) -> None:
        write_text(target, text)
        self.content = text.encode("utf-8")
        self.document = self._read()
        self.today = Renamed(self.document)


T = TypeVar("T")


def begun(path: Path | None, criteria: str | None, on: date | None, dialogue: Dialogue) -> CaseFile | None:
    """Ask for what every case has and return its new file; None where the input ended or somebody stopped first."""
    from risk_engine.loading.criteria import load_criteria
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.office.interview.wording import new_case

    if path is not None:
        _check_name(path)
    dialogue.say(_("A new case. `q` stops."))
    reference = criteria or _asked_set(dialogue)
    if reference is None:
        return None
    # Whatever is wrong with the set is said before anybody answers.
    loaded = criteria_in_words(load_criteria(reference, on or options.today()))
    number = _number(path, dialogue)
    if number is None:
        return None
    target = path or Path(f"{number}.yaml")
    check_new(target, _("go on with it: `risk-engine interview {file}`", file=target))
    file = CaseFile.begun(target, new_case(loaded, reference if criteria is None else loaded.head.id, number))
    if on is not None:
        file.save({**file.document.data, "assessment_date": on})
    dialogue.say(_("Every answer is written into {file}.", file=target))
    return file if _ask_head(file, dialogue, 0) else None


def ask_missing_head(file: CaseFile, dialogue: Dialogue) -> bool:
    """Ask for the title that a case still lacks, as where somebody stopped before it; False where nobody goes on."""
    from risk_engine.report.blank_case import NO_TITLE

    return file.document.data.get("title") != NO_TITLE or _ask_head(file, dialogue, 0)


class _Back:
    """What somebody types who wants the question before once more."""


def _ask_head(file: CaseFile, dialogue: Dialogue, number: int) -> bool:
    """Ask what the case is called and whose it is, from one of the two on; False where nobody goes on."""
    from risk_engine.office.forms.answers import to_text
    from risk_engine.report.blank_case import NO_TITLE

    asked = (("title", _("What is the case called?")), ("institution", _("Which institution is it of?")))
    while number < len(asked):
        name, text = asked[number]
        stated = file.document.data.get(name)
        is_kept = stated not in (None, NO_TITLE)
        hint = _("So far: {answer}. Enter keeps it.", answer=stated) if is_kept else _("Enter leaves it open.")
        said = dialogue.until_read(
            _with_back(Asked(text, typing=(hint,)), has_one_before=number > 0), _or_back(to_text)
        )
        if said is None:
            return False
        if isinstance(said, _Back):
            if number == 0:
                dialogue.say(_("There is no question before this one."))
            number = max(0, number - 1)
            continue
        if said:
            file.save({**file.document.data, name: said})
        number += 1
    return True


def ask_day(file: CaseFile, dialogue: Dialogue, fits: Callable[[date], object]) -> date | None:
    """Ask for the day for which rules and tables are read; None where the input ended or somebody stopped.

    `fits` raises NotInForceError of a day for which there are none: then it is asked again. The way back leads to what
    was asked before the day; that is written into the file.
    """
    from risk_engine.office.forms.answers import WrongError, to_date

    now = options.today()

    def read(line: str) -> date:
        day = to_date(line) if line else now
        try:
            fits(day)
        except NotInForceError as error:
            raise WrongError(error.message, error.way_out) from error
        return day

    hint = _("A date like 2026-01-31; Enter: today, {day}.", day=now)
    asked = Asked(_("For which day are rules and tables read?"), typing=(hint,))
    asked = _with_back(asked, has_one_before=True)
    while isinstance(said := dialogue.until_read(asked, _or_back(read)), _Back):
        if not _ask_head(file, dialogue, 1):
            return None
    return said


def _with_back(asked: Asked, *, has_one_before: bool) -> Asked:
    """Return a question with the way back to the one before."""
    if not has_one_before:
        return asked
    return replace(asked, typing=(*asked.typing, _("`b`: the question before.")))


def _or_back(read: Callable[[str], T]) -> Callable[[str], T | _Back]:
    """Return what reads a line as before, or takes it for the way back."""
    from risk_engine.office.interview.lines import unquoted

    return lambda line: _Back() if line.casefold() == "b" else read(unquoted(line))


def _check_name(path: Path) -> None:
    if path.suffix.casefold() not in {".yaml", ".yml", ".json"}:
        raise RiskEngineError(_("{file} can be no case file", file=path), _("name a file that ends in .yaml"))
    check_folder(path)
    check_new(path)


def _asked_set(dialogue: Dialogue) -> str | None:
    """Ask which shipped set to use, where there is more than one; None where the input ended or somebody stopped."""
    from risk_engine.loading.sets import default_set, shipped_sets

    names, usual = list(shipped_sets()), default_set()
    if len(names) == 1:
        return names[0]
    options = tuple(Option(name, name) for name in names)
    hint = () if usual is None else (_("Enter: {name}.", name=usual),)
    asked = Asked(_("Which criteria set?"), options=options, typing=hint)
    while (line := dialogue.asked(asked)) is not None:
        if line == "" and usual:
            return usual
        if (name := picked(line, options)) is not None:
            return name
        dialogue.say(_("type a number from 1 to {last}, or the name", last=len(names)))
    return None


def _number(path: Path | None, dialogue: Dialogue) -> str | None:
    """Ask for the office's own number of the case; None where the input ended or somebody stopped."""
    from risk_engine.office.forms.answers import WrongError

    (usual,) = case_id(path) or ("",)

    def read(line: str) -> str:
        (found,) = case_id(Path(f"{line}.x")) or ("",)
        if line and found == line:
            return line
        if not line and usual:
            return usual
        raise WrongError(_("this cannot be a case number"), _("type letters, digits, dots and dashes, like 2026-014"))

    hint = _("Letters, digits, dots and dashes, like 2026-014.")
    more = " " + _("Enter: {name}.", name=usual) if usual else ""
    return dialogue.until_read(Asked(_("Which number does your office give this case?"), typing=(hint + more,)), read)
