"""A questionnaire as it came back, before anybody asks what the answers mean; the same for every kind of file."""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, assert_never

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError, help_line, printable
from risk_engine.files.language import _
from risk_engine.files.office_files import Bounds, Kind, OfficeFileError, content, damaged
from risk_engine.office.forms.blank_form import ENGLISH_WORDS, Form, Words


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


def no_office() -> MissingExtraError:
    """Return the error that the libraries for office files are not installed."""
    return MissingExtraError(_("questionnaires need two libraries that are not installed"), "office")


def file_error(path: Path, message: str, help_text: str = "") -> InvalidFormError:
    """Return the error for a file as a whole."""
    return InvalidFormError([FormProblem(path.as_posix(), message, help_text)])


BOUNDS = {
    kind: Bounds(packed=10 * 1024 * 1024, unpacked=12 * 1024 * 1024, parts=2_000, tags=tags)
    for kind, tags in (("xlsx", 250_000), ("docx", 800_000))
}
"""The largest form of the shipped set has a tenth of these tags, a document half."""


def form_content(path: Path, kind: Kind) -> tuple[io.BytesIO, str]:
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


SCHEMA = 1
"""The number of this layout of forms; a form with another number is refused."""


@dataclass(frozen=True)
class Cell:
    """What stands in one field, and where that is."""

    value: str | int | date | None
    place: str


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


@dataclass(frozen=True)
class Made:
    """What a form was made from; it stands in the form, out of sight."""

    set_id: str
    version: str
    digest: str
    role: str | None
    case_id: str | None
    confidential: tuple[str, ...] = ()
    """Questions of which no answer is copied into notes; a later version may have them no more, so the form says it."""
    words: Words = ENGLISH_WORDS
    """In which words the form offers the answers that every question can have."""

    @classmethod
    def of(cls, form: Form) -> "Made":
        """Return what a form was made from."""
        kept = tuple(one.name for part in form.parts for one in part.questions if one.confidential)
        return cls(form.set_id, form.version, form.digest, form.role, form.case_id, kept, form.words)

    def text(self, **more: Any) -> str:
        """Return it as the text that `made_from` reads."""
        stated = {**vars(self), "words": self.words.note()}
        if stated["words"] is None:
            del stated["words"]
        return json.dumps({"questionnaire": SCHEMA, **stated, **more}, ensure_ascii=True)


def made_from(text: object) -> tuple[Made, dict[str, Any]] | None:
    """Return what a form says of itself, and what its kind of file noted besides; None if it is none of ours."""
    try:
        data = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if not isinstance(data, dict) or data.pop("questionnaire", None) != SCHEMA:
        return None
    stated = {name: data.pop(name, None) for name in Made.__dataclass_fields__}
    if not all(isinstance(stated[name], str) for name in ("set_id", "version", "digest")):
        return None
    if not all(stated[name] is None or isinstance(stated[name], str) for name in ("role", "case_id")):
        return None
    kept, words = stated.pop("confidential"), Words.noted(stated.pop("words"))
    if words is None or not isinstance(kept, list) or not all(isinstance(one, str) for one in kept):
        return None
    return Made(**stated, confidential=tuple(kept), words=words), data


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


def mark_of(text: str) -> str:
    """Return a short sign for a text of the form itself, by which reading back knows it; spaces make no difference."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]


def missing(place: str, what: str) -> FormProblem:
    """Return the problem that something which the form had is not there any more."""
    way_out = _("copy the answers into a new questionnaire, or take what is there with `--allow-missing`")
    return FormProblem(place, _("{what} is missing: an answer may be lost", what=what), way_out)
