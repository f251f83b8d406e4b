"""Questionnaires into a case file: read all of them, put the answers in, check the case, return its new text."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from risk_engine.engine.resolve import resolve
from risk_engine.files.diagnostics import RiskEngineError, help_line, suggestion
from risk_engine.files.language import ENGLISH, N_, _, in_language, languages
from risk_engine.files.source import Document, parse
from risk_engine.files.syntax import decoded
from risk_engine.loading.case import case_document, case_of, notes_of, place_of, rules_for, stated_date, today_of
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.sets import UnknownSetError
from risk_engine.loading.translation import criteria_in_words
from risk_engine.loading.validate import mappings
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoicesFact
from risk_engine.model.former_names import Now, answer_now, answer_text, former_names
from risk_engine.office.forms.answers import Filled, answers_of
from risk_engine.office.forms.case_file import rewritten_of
from risk_engine.office.forms.case_record import Under, consistent
from risk_engine.office.forms.form import (
    Cell,
    Field,
    FormProblem,
    InvalidFormError,
    ReturnedForm,
    file_error,
    office_libraries,
)
from risk_engine.office.forms.merge import CASE, NEW, Merged, Preference, merged
from risk_engine.report.blank_case import blank_case
from risk_engine.report.returned import YES, is_id

HOW_TO_DECIDE = N_(
    "decide with `--prefer PATH={case}`, `--prefer PATH={new}` or `--prefer PATH=FILE`, for each path or without it "
    "for all; nothing was written"
)


LATEST = 366
"""So many days after the day of the case a form may be filled in; later is a slip, such as 2126 for 2026."""


@dataclass(frozen=True)
class Request:
    """What a person asks for: which files, into which case, and what stands in where they do not say it."""

    files: Sequence[Path]
    criteria: str | None = None
    on: date | None = None
    by: str | None = None
    answered_on: date | None = None
    prefer: Sequence[str] = ()
    allow_missing: bool = False
    """Are forms taken from which fields were lost?"""
    strict: bool = False
    """Is nothing taken as long as one of several files cannot be?"""
    today: date | None = None
    """The day whose criteria count where neither `on` nor the case names one."""


@dataclass
class Imported:
    """The new text of the case file, and what there is to say about it."""

    text: str
    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    refused: list[FormProblem] = field(default_factory=list)
    """What is wrong in the files of which nothing was taken."""
    refused_files: int = 0


def import_forms(request: Request, target: Path, content: bytes | None, new_id: str = "NEW-1") -> Imported:
    """Return the case file with the answers of all questionnaires; `content` is what it holds, None without a file.

    A file with a problem is left out whole, and the others are taken, if any is right and `strict` does not say
    otherwise. Else, and where answers contradict each other, raises InvalidFormError with every problem of every file;
    InvalidSourceError where the case itself cannot be used.
    """
    returned_forms, refused = _returned_forms(request.files)
    if not returned_forms:
        raise InvalidFormError(refused)
    before = None if content is None else decoded(content, target.as_posix())
    as_it_stands, criteria = _case(request, target, before, returned_forms, new_id)
    today = today_of(as_it_stands, criteria)
    document = today.document
    preference = Preference.of(request.prefer, [path.as_posix() for path in request.files])
    about = request.on or (None if before is None else stated_date(document))
    filled: list[Filled] = []
    for returned in returned_forms:
        one, problems = _filled(returned, document, criteria, request)
        if one is not None and (late := _too_late(one, about)) is not None:
            problems.append(late)
        refused += problems
        filled += [] if one is None or problems else [one]
    if not filled or (refused and request.strict):
        raise InvalidFormError(refused)
    returned_forms = [one.returned for one in filled]
    in_words = criteria_in_words(criteria)
    day = stated_date(document) or request.on or max(one.day for one in filled)
    result = merged(document, filled, Under(in_words, day, path=document.path), preference)
    if result.contradictions:
        problems = [*refused, *result.contradictions, *_no_such(result)]
        raise InvalidFormError(problems, _(HOW_TO_DECIDE, case=CASE, new=NEW))
    _set_aside(result, document, criteria, preference)
    stated = "\n".join(document.lines) if before is None else before
    text = rewritten_of(stated, as_it_stands, today, result.record.data, result.gone)
    warned = [_made_for(returned, criteria) for returned in returned_forms if returned.made.digest != criteria.digest]
    warned += [] if before is None else notes_of(as_it_stands, criteria, request.on)
    warned += [f"{one.place}: {one.message}" for returned in returned_forms for one in returned.missing]
    warned += result.warned
    warned += [_("`--prefer {path}=…`: nothing contradicts there", path=path) for path in sorted(result.undecided)]
    warned += [str(left.problem) for one in filled for left in one.left]
    if not text.keeps_comments:
        warned.append(
            _(
                "{target}: the file had to be written anew; its comments are only in the copy of the old one",
                target=target,
            )
        )
    later = [one for one in filled if about is not None and one.day > about]
    if about is not None and later and text.text != before:
        warned.append(_later(later, about, target))
    return Imported(text.text, result.said, warned, refused, len(request.files) - len(filled))


def _filled(
    returned: ReturnedForm, document: Document, criteria: Criteria, request: Request
) -> tuple[Filled | None, list[FormProblem]]:
    """Return what a form says, and everything that is wrong with it; None where nobody can tell what it says."""
    other = _of_another(returned, document, criteria)
    problems = [] if other is None else [other]
    problems += [] if request.allow_missing else returned.missing
    returned = _with_ids(returned, document)
    one, wrong = answers_of(
        _of_today(returned, criteria), _as_read(returned, criteria), by=request.by, day=request.answered_on
    )
    return one, [*problems, *wrong]


def _with_ids(returned: ReturnedForm, document: Document) -> ReturnedForm:
    """Return a form with the ids of the case's entries in place of the signs by which it hides them."""
    if not returned.made.salt:
        return returned
    entries = {
        (entity, number): next(
            (
                str(entry["id"])
                for _number, entry in mappings(document.data.get(entity))
                if is_id(told, str(entry.get("id")), returned.made.salt)
            ),
            told,
        )
        for (entity, number), told in returned.entries.items()
    }
    return replace(returned, entries=entries)


def _of_today(returned: ReturnedForm, criteria: Criteria) -> ReturnedForm:
    """Return a form in the names of the criteria; it may have been made from a version that called things otherwise."""
    names = former_names(criteria)
    if not names or returned.made.digest == criteria.digest:
        return returned
    fields: dict[tuple[str, int], Field] = {}
    for (path, number), asked in returned.fields.items():
        old, _dot, short = path.partition(".")
        entity = names.entity(old)
        now = names.fact(entity, short)
        known = criteria.entities.get(entity)
        fact = None if known is None else known.facts.get(now.name)
        fields.setdefault((f"{entity}.{now.name}", number), _field_of_today(asked, now, fact))
    return replace(
        returned,
        fields=fields,
        entries={(names.entity(entity), number): one for (entity, number), one in returned.entries.items()},
        lists={names.entity(entity): one for entity, one in returned.lists.items()},
    )


def _field_of_today(asked: Field, now: Now, fact: AnyFact | None) -> Field:
    """Return a field that offers the answers of today for the old ones; what it says stays as somebody wrote it."""
    if not now.values:
        return asked
    options: dict[str, Cell] = {}
    for option, cell in asked.options.items():
        new = answer_now((option,), now, fact)
        for one in new if isinstance(new, tuple) else (option,):
            if options.get(one, cell).is_empty or one not in options:
                options[one] = cell
    titles = {title: answer_text(answer_now(old, now, None)) for title, old in asked.titles.items()}
    if isinstance(fact, ChoicesFact) and not asked.options and asked.answer is not None:
        # One answer of several was chosen from a list, where today each one is marked.
        chosen = next((old for title, old in asked.titles.items() if asked.answer.says(title)), None)
        new = () if chosen is None else answer_now(chosen, now, fact)
        if chosen is not None and isinstance(new, tuple):
            return Field(mark=asked.mark, options={one: Cell(YES, asked.answer.place) for one in new})
    return replace(asked, options=options, titles=titles)


def _as_read(returned: ReturnedForm, criteria: Criteria) -> Criteria:
    """Return the set in the language of the form: its answers are also known by the words of the version in use."""
    language = returned.made.words.language
    with in_language(language if language in languages() else ENGLISH):
        return criteria_in_words(criteria)


def _too_late(filled: Filled, about: date | None) -> FormProblem | None:
    """Return that a form says it was filled in so long after the day of the case that it must be a slip.

    The day of the case, and no clock: the same files give the same result whenever they are read.
    """
    if about is None or (filled.day - about).days <= LATEST:
        return None
    message = _("filled in on {day}, more than a year after the day of the case, {about}", day=filled.day, about=about)
    way_out = _("correct it; if it is right, give the case a new `assessment_date:`, or name the day with `--on`")
    return FormProblem(filled.returned.day.place, message, way_out)


def _later(filled: Sequence[Filled], about: date, target: Path) -> str:
    """Return what it means that forms were filled in after the day of the case, as most are that are sent out."""
    files = ", ".join(f"{one.returned.name} ({one.day})" for one in filled)
    said = _(
        "filled in after the day of the case, {about}: {files}; the answers count all the same",
        about=about,
        files=files,
    )
    way_out = _(
        "where rules and tables of that day are to hold, `risk-engine case set {target} assessment_date {day}`",
        target=target,
        day=max(one.day for one in filled),
    )
    return f"{said}{help_line(way_out)}"


def _no_such(result: Merged) -> list[FormProblem]:
    """Return what was to be decided, but is none of the contradictions that are left."""
    return [
        FormProblem(f"`--prefer {path}=…`", _("there is no such contradiction"), suggestion(path, result.open))
        for path in sorted(result.undecided)
    ]


def _returned_forms(files: Sequence[Path]) -> tuple[list[ReturnedForm], list[FormProblem]]:
    """Return what stands in the files that can be read, each once, and what is wrong with the others."""
    problems: list[FormProblem] = []
    returned_forms: dict[str, ReturnedForm] = {}
    for file in files:
        try:
            returned = _read(file)
        except InvalidFormError as error:
            problems += error.problems
            continue
        first = returned_forms.setdefault(returned.sha256, returned)
        if first is not returned:
            message = _("this is the same file as {other}", other=first.name)
            problems.append(FormProblem(returned.name, message, _("name each questionnaire once")))
    return list(returned_forms.values()), problems


def _read(file: Path) -> ReturnedForm:
    with office_libraries():
        match file.suffix.casefold():
            case ".xlsx":
                from risk_engine.office.forms.xlsx_read import read_workbook

                return read_workbook(file)
            case ".docx":
                from risk_engine.office.forms.docx_form import read_document

                return read_document(file)
            case ".xlsm" | ".docm" | ".xltm" | ".dotm":
                raise file_error(file, _("the file may hold macros"), _("save it as .xlsx or .docx"))
            case _:
                way_out = _("save it in the form it came in")
                raise file_error(file, _("a questionnaire is an .xlsx or a .docx file"), way_out)


def _case(
    request: Request, target: Path, before: str | None, returned_forms: Sequence[ReturnedForm], new_id: str
) -> tuple[Document, Criteria]:
    """Return the case and its criteria; a new one is an empty case of the set that the questionnaires are about."""
    if before is not None:
        document = case_document(before, target)
        _day, criteria = rules_for(document, request.criteria, request.on, instead=request.today)
        case_of(document, criteria)
        return document, criteria
    made = returned_forms[0].made
    try:
        criteria = load_criteria(request.criteria or made.set_id, request.on or request.today)
    except UnknownSetError as error:
        version = f"{made.set_id} {made.version}"
        said = _("{file} was made from {version}: {error}", file=returned_forms[0].name, version=version, error=error)
        raise RiskEngineError(said, _("name the set or its folder with `--criteria`")) from error
    new = blank_case(criteria_in_words(criteria), new_id, on=request.on, today=request.today)
    return parse(new, target.as_posix(), nulls=True), criteria


def _of_another(returned: ReturnedForm, document: Document, criteria: Criteria) -> FormProblem | None:
    """Return that a form is about another case, or of another set; None if it is neither."""
    made, have = returned.made, document.data.get("id")
    if made.set_id != criteria.head.id:
        message = _(
            "this questionnaire is of the set `{set_id}`, the case is under `{have}`",
            set_id=made.set_id,
            have=criteria.head.id,
        )
        return FormProblem(returned.name, message, _("make a questionnaire from this case"))
    if made.case_id is not None and not is_id(made.case_id, str(have), made.salt):
        message = _(
            "this questionnaire is about the case `{case_id}`, {path} is `{have}`",
            case_id=made.case_id if not made.salt else "…",
            path=document.path,
            have=have,
        )
        return FormProblem(returned.name, message, _("name the case that it is about with `--into`"))
    return None


def _made_for(returned: ReturnedForm, criteria: Criteria) -> str:
    made, head = returned.made, criteria.head
    if made.version == head.version:
        return _(
            "{name}: made from other rules that also call themselves {set_id} {version}",
            name=returned.name,
            set_id=made.set_id,
            version=made.version,
        )
    return _(
        "{name}: made from {set_id} {version}, the case is under {used}; taken is what fits",
        name=returned.name,
        set_id=made.set_id,
        version=made.version,
        used=head.version,
    )


def _set_aside(result: Merged, document: Document, criteria: Criteria, preference: Preference) -> None:
    """Move answers to questions that need not be asked to `set_aside:`, where they came with a questionnaire.

    Raises InvalidFormError where an answer of the case is ruled out by a new one and nobody decided which stands.
    """
    case_of(Document(document.path, result.record.data, document.marks, document.lines), criteria)
    parts = {name: document.data[name] for name in criteria.entities if name in document.data}
    as_it_was = Document(document.path, {"id": "case", "title": "case", **parts}, document.marks, document.lines)
    before = resolve(case_of(as_it_was, criteria), criteria, result.record.under.on).superfluous
    result.record, moved = consistent(result.record, [one for one in before if one.path() not in result.stated])
    undecided: list[FormProblem] = []
    for path in moved:
        new, where = result.stated.get(path), f"{document.position(place_of(result.record.data, path))}"
        if new is None and preference.of_path(path) != NEW:
            message = _(
                "`{path}` is answered in the case, but the new answers say that it need not be asked", path=path
            )
            way_out = _("`--prefer {path}={new}` sets it aside", path=path, new=NEW)
            undecided.append(FormProblem(where, message, way_out))
            continue
        result.undecided.discard(path)
        result.said.append(
            _("{place}: `{path}` need not be asked; set aside", place=new.place if new else where, path=path)
        )
    if undecided:
        raise InvalidFormError(undecided)
