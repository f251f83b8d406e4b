"""A questionnaire before it is written, what it says beside the words of the criteria, and as it came back.

Both kinds of file share it; what the answers mean is asked later.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, assert_never

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError, help_line, printable
from risk_engine.files.language import _
from risk_engine.files.office_files import Bounds, OfficeFileError, content, damaged
from risk_engine.files.office_files import Kind as FileKind
from risk_engine.model.facts import Kind
from risk_engine.report.pages import NOBODY, Sender
from risk_engine.report.returned import (
    NO_ENTRIES,
    NONE_OF_THESE,
    NOT_KNOWN,
    UNSURE,
    Choices,
    M,
    Made,
    Words,
    hides,
    same_label,
)
from risk_engine.report.wording import day as shown_day


def in_quotes(text: str) -> str:
    """Return a text in the quotation marks of the current language."""
    return _("“{text}”", text=text)


SHOWN_LENGTH = 60
"""So much of what was written is shown in a message."""


def short(value: object) -> str:
    """Return what was written, in quotes and not too long for a message."""
    text = " ".join(str(value).split())
    return in_quotes(text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…")


@cache
def not_known_words(words: Words) -> frozenset[str]:
    """Return all that means "not known yet" in a form with these words, as names are compared."""
    return frozenset(same_label(one) for one in (words.not_known, *words.usual.split("|")))


@dataclass(frozen=True)
class Question:
    """One question: its full name, its words, and how it can be answered."""

    name: str
    kind: Kind
    text: str
    only_if: str = ""
    meant: str = ""
    """What counts as a yes to a first question: too much hangs on it to be found in the help alone."""
    notes: tuple[str, ...] = ()
    choices: Choices = ()
    """What can be chosen; titles differ from each other."""
    range: tuple[int, int] = (0, 0)
    confidential: bool = False

    @property
    def entity(self) -> str:
        """The entity that it asks about."""
        return self.name.partition(".")[0]

    @property
    def short(self) -> str:
        """The name of the fact within its entity."""
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class Entry:
    """An entry that the case has already: it is named in the form, so that everybody answers about the same."""

    id: str
    label: str


@dataclass(frozen=True)
class Part:
    """The questions about one entity: asked once, or of a list once for each entry."""

    entity: str
    title: str
    help: str
    many: int | None
    questions: tuple[Question, ...]
    label: Question | None = None
    """What a person writes to name a new entry of a list."""
    entries: tuple[Entry, ...] = ()
    room: int = 0
    """For so many new entries there is room."""
    asks_whether: bool = False
    """May the person say that there are none?"""
    answered: frozenset[tuple[str, str]] = frozenset()
    """Entries with the questions that are not asked of them, for they are answered."""

    def is_asked(self, number: int, question: Question) -> bool:
        """Return whether a question is asked of the entry with a number, which may be a new one."""
        have = self.entries[number - 1] if 0 < number <= len(self.entries) else None
        return have is None or (have.id, question.name) not in self.answered


@dataclass(frozen=True)
class Form:
    """A questionnaire for one person, and what it was made from."""

    set_id: str
    set_title: str
    version: str
    digest: str
    language: str
    words: Words
    role: str | None
    role_title: str
    case_id: str | None
    case_title: str
    notice: tuple[str, ...]
    parts: tuple[Part, ...]
    sender: Sender = NOBODY
    salt: str = ""
    """Where a name may not be told, not even out of sight: what is hashed with it in its place."""


def how_to(kind: Literal["sheet", "document"]) -> tuple[str, ...]:
    """Return how to fill it in, sentence by sentence."""
    sheets = (
        _("Each sheet asks about one subject. Fill in the light yellow fields; everything else is locked."),
        _("Help stands in the comment of a question: rest the pointer on its words."),
    )
    document = (_("Fill in the fields; everything else is locked. Help stands below each question."),)
    return (
        *(sheets if kind == "sheet" else document),
        _(
            "If nobody knows an answer yet, choose “{not_known}”. That is a good answer: it is never taken as a no.",
            not_known=_(NOT_KNOWN),
        ),
        _("If you answer but are not sure, choose “{unsure}” beside the answer.", unsure=_(UNSURE)),
        _("A question that begins with “Only if” can be left out where that is not so."),
        _(
            "Where several answers can apply, mark each that does. If none does, choose “{none_of_these}”.",
            none_of_these=_(NONE_OF_THESE),
        ),
        _("What you leave empty counts as not answered. Save the file and send it back."),
    )


def whether(part: Part) -> str:
    """Return the question whether a list has entries at all."""
    return _("{title}: is there any? If there is, leave this field empty and name each one below.", title=part.title)


def many_help(part: Part) -> str:
    """Return how many entries there may be, and what to do with more than there is room for."""
    if not part.room:
        return _("Answer for each entry that is named here.")
    most = _("There may be at most {number}.", number=part.many)
    if len(part.entries) + part.room < (part.many or 0):
        most += " " + _("If there is no room left here, fill in a second copy of this file.")
    if part.asks_whether:
        none = _("If there is none, say “{no_entries}”.", no_entries=_(NO_ENTRIES))
        return " ".join((_("One entry for each."), most, none))
    return " ".join((_("Those already known are named. Add others beside them."), most))


def rules_of(form: Form) -> str:
    """Return what a form is made from."""
    return _("{title} (version {version})", title=form.set_title, version=form.version)


def about_case(form: Form) -> str:
    """Return which case a form is about, as far as it may be told."""
    if form.case_id is None or hides(form.case_id):
        return _("About: {title}", title=form.case_title) if form.case_title else ""
    if not form.case_title:
        return _("About: case {case_id}", case_id=form.case_id)
    return _("About: {title} (case {case_id})", title=form.case_title, case_id=form.case_id)


def sent_by(form: Form) -> tuple[str, ...]:
    """Return who sends a form, by which day it is needed and where, as far as somebody said it."""
    sender = form.sender
    return (
        *([_("From: {name}", name=sender.name)] if sender.name else []),
        *([_("Please answer by {day}.", day=shown_day(sender.by))] if sender.by else []),
        *([_("Please send it to: {address}", address=sender.reply_to)] if sender.reply_to else []),
    )


def first_fields(form: Form) -> tuple[tuple[str, str], ...]:
    """Return the fields of the first page: how reading back knows each, and what people read."""
    title = ("title", _("Title of the case, as you would call it"))
    return (
        ("by", _("Your name and role")),
        ("day", _("Date, like 2026-01-31")),
        *(() if form.case_id is not None else (title,)),
        ("remarks", _("What you want to add")),
    )


@dataclass(frozen=True)
class FormProblem:
    """One problem in one place, such as `answers.xlsx: Partner!C12`."""

    place: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        said = f"{self.place}: {self.message}{help_line(self.help)}"
        return "\n".join(printable(line) for line in said.split("\n"))


class InvalidFormError(RiskEngineError):
    """Questionnaires cannot be taken as they are; `problems` holds every one, file by file in their order."""

    def __init__(self, problems: Iterable[FormProblem], help_text: str = "") -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(str(one) for one in self.problems) + help_line(help_text))


@contextmanager
def office_libraries() -> Iterator[None]:
    """Let a block import what reads and writes office files; MissingExtraError where the libraries are not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(_("questionnaires need two libraries that are not installed"), "office") from error


def file_error(path: Path, message: str, help_text: str = "") -> InvalidFormError:
    """Return the error for a file as a whole."""
    return InvalidFormError([FormProblem(path.as_posix(), message, help_text)])


BOUNDS = {
    kind: Bounds(packed=10 * 1024 * 1024, unpacked=12 * 1024 * 1024, parts=2_000, tags=tags)
    for kind, tags in (("xlsx", 250_000), ("docx", 800_000))
}
"""The largest form of the shipped set has a tenth of these tags, a document half."""


def form_content(path: Path, kind: FileKind) -> tuple[io.BytesIO, str]:
    """Return the bytes of a file that can be read as this kind, and their SHA-256; raise InvalidFormError."""
    try:
        return content(path, kind, BOUNDS[kind])
    except OfficeFileError as error:
        raise _as_form(error) from error


def damaged_form(path: Path) -> InvalidFormError:
    """Return the error for a questionnaire that no reader of such files can make anything of."""
    return _as_form(damaged(path))


def _as_form(error: OfficeFileError) -> InvalidFormError:
    match error.problem:
        case "damaged":
            way_out = _("ask for the file again")
        case "unpacked":
            way_out = _("a questionnaire is far smaller: ask for the file again")
        case "tags":
            way_out = _("a questionnaire is far smaller: copy the answers into a new one")
        case None:
            way_out = error.help
        case _:
            assert_never(error.problem)
    return file_error(error.path, error.message, way_out)


@dataclass(frozen=True)
class Cell:
    """What stands in one field, and where that is."""

    value: str | int | date | None
    place: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())

    def says(self, *words: str) -> bool:
        """Return whether it holds one of these words, whatever their capitals."""
        return isinstance(self.value, str) and same_label(self.value) in map(same_label, words)


@dataclass(frozen=True)
class Outside:
    """Text that stands outside the fields, where that is, and the question beside which it stands, if there is one."""

    text: str
    place: str
    question: str = ""


@dataclass
class Field:
    """The fields of one question: its answer, the mark beside it, and the options of a question with several."""

    answer: Cell | None = None
    mark: Cell | None = None
    options: dict[str, Cell] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    """Title as people read it: how the case writes it."""

    @property
    def place(self) -> str:
        """Where the answer stands."""
        cells = [one for one in (self.answer, *self.options.values(), self.mark) if one is not None]
        return cells[0].place


def made_of(kind: type[M], form: Form, **more: Any) -> M:
    """Return what a form was made from; `more` is what its kind of file notes besides."""
    return kind(
        questionnaire=1,
        set_id=form.set_id,
        version=form.version,
        digest=form.digest,
        role=form.role,
        case_id=form.case_id,
        salt=form.salt,
        confidential=tuple(one.name for part in form.parts for one in part.questions if one.confidential),
        words=form.words,
        **more,
    )


@dataclass
class ReturnedForm:
    """One file that came back."""

    name: str
    sha256: str
    made: Made
    by: Cell
    day: Cell
    title: Cell | None
    remarks: Cell
    fields: dict[tuple[str, int], Field] = field(default_factory=dict)
    """Full name of the question and number of the entry (0 where there is one only)."""
    entries: dict[tuple[str, int], str] = field(default_factory=dict)
    """Entity and number: the id of an entry that the case had when the form was made."""
    lists: dict[str, Cell] = field(default_factory=dict)
    """Entity: what was said about the list as a whole."""
    missing: list[FormProblem] = field(default_factory=list)
    """Fields that the form had when it was made, and that are no longer in it; there may have been answers in them."""
    outside: list[Outside] = field(default_factory=list)
    """What somebody wrote beside the fields: no answer to any question, and not to be lost."""


def missing(place: str, what: str) -> FormProblem:
    """Return the problem that something which the form had is not there any more."""
    way_out = _("copy the answers into a new questionnaire, or take what is there with `--allow-missing`")
    return FormProblem(place, _("{what} is missing: an answer may be lost", what=what), way_out)
