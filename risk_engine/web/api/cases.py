"""A case: begun, read, and answered, by the functions that the pages use; who answers late is told what stands."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from django.db import transaction
from django.http import HttpRequest
from ninja import Path
from pydantic import BaseModel, Field

from risk_engine.engine.facts import Read
from risk_engine.engine.replay import read_of
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import cases, questions
from risk_engine.web.api.operations import Number, Sent, caller, case_of, operation
from risk_engine.web.api.problems import Fault, Kind, ProblemError, not_found
from risk_engine.web.api.register import FacultyRead
from risk_engine.web.models import Case
from risk_engine.web.record_of_rows import Row
from risk_engine.web.rights import faculties_of, questions_of
from risk_engine.web.standing import range_of
from risk_engine.web.states import offered
from risk_engine.web.words import ActName, Scope, SealedKind, State

PAGE: Final = "api"
"""On which page an answer was given, as its row says it."""
MOST_ANSWERS: Final = 200


class LadderRange(BaseModel):
    """What can still come out on a ladder."""

    ladder: str
    levels: list[str] = Field(description="The levels that can still come out, the mildest first.")
    open: bool = Field(description="Whether missing answers decide which.")
    words: str


class Range(BaseModel):
    """What can still come out of a case."""

    ladders: list[LadderRange]
    open_answers: int = Field(description="So many open answers matter to it.")
    sealed: bool = Field(description="Whether it is what the sealed record says, and not what answers come to today.")


class AnswerRead(BaseModel):
    """An answer that stands."""

    path: str = Field(examples=["LIST.ID.FACT"])
    value: Any = Field(description="As a case file says it; null: not known yet.")
    number: int = Field(description="The number of its row: `base` of whoever answers anew.")
    by: str
    at: datetime


class CaseRead(BaseModel):
    """A case as it stands."""

    number: str = Field(examples=["2026-0001"])
    title: str
    faculty: FacultyRead
    state: State
    round: int
    confidential: bool
    criteria: str
    opened: datetime
    changed: datetime
    due: date | None = Field(description="By when the review is wanted.")
    acts: list[ActName] = Field(description="What the person of the token could do to it now.")
    assessment: str | None = Field(description="The digest of the record that was sealed last.")
    range: Range
    document: dict[str, Any] = Field(description="What its answers come to, as a case file says it.")
    answers: list[AnswerRead]
    seen: int = Field(description="Stands for these answers: who assesses says by it what they saw.")


class CaseSent(Sent):
    """A case to begin."""

    title: Annotated[str, Field(min_length=1, max_length=5_000, description="The name of the project.")]
    faculty: Annotated[int, Field(description="The id of a faculty; `/me` names those that are possible.")]
    once: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")] | None = Field(
        None, description="A word of your own: sent again with the same title it is the case that it began already."
    )


class AnswerSent(Sent):
    """An answer to one question."""

    path: Annotated[str, Field(min_length=1, max_length=300, description="Of the question.")]
    value: Any = Field(description="As a case file says it: a text, number, true, false, a list; null: not known yet.")
    base: Annotated[int, Field(ge=0, le=2**31 - 1, description="The number of the answer that was read; 0 for none.")]


class AnswersSent(Sent):
    """Answers to save, all of them or none; each may open or close questions for those behind it."""

    answers: Annotated[tuple[AnswerSent, ...], Field(min_length=1, max_length=MOST_ANSWERS)]


class Saved(BaseModel):
    """What came of answers."""

    state: State
    range: Range
    answers: list[AnswerRead] = Field(description="The answers that stand now to what was sent.")


class QuestionRead(BaseModel):
    """A question of a case as it is asked now."""

    path: str
    question: str
    help: str
    type: str
    options: dict[str, str] = Field(description="The options by name, with what they mean.")
    asked_of: str = Field(description="Who knows it.")
    yours: bool = Field(description="Whether the person of the token answers it.")
    value: Any = Field(description="The answer that stands; null: none, or not known yet.")
    answered: bool = Field(description="Whether somebody answered, be it that nobody knows yet.")
    number: int = Field(description="The number of the answer that stands, 0 for none: `base` of the next.")


class EntrySent(Sent):
    """An entry of a list, or that it has none."""

    list: Annotated[str, Field(min_length=1, max_length=100, description="The list.")]
    name: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        description="What it is called; null: the list has no entries."
    )


class EntryRead(BaseModel):
    """An entry of a list."""

    list: str
    entry: str | None = Field(description="Its id, which paths name; null where the list has no entries.")


# --- reading ---


@operation("cases", "GET", "/cases/{number}", action="see", scope=Scope.CASES_READ, answers=CaseRead)
def read_case(request: HttpRequest, number: Number) -> CaseRead:
    """Read a case: its state, its answers with their numbers, and what can still come out."""
    return _read(request, case_of(request, number))


def _read(request: HttpRequest, case: Case) -> CaseRead:
    seen = cases.looked_at(case)
    sealed = cases.filed(case, SealedKind.ASSESSMENT)
    return CaseRead(
        number=case.number,
        title=case.title,
        faculty=FacultyRead(id=case.faculty.pk, name=case.faculty.name),
        state=State(case.state),
        round=case.round,
        confidential=case.confidential,
        criteria=case.criteria,
        opened=case.opened,
        changed=case.changed,
        due=case.due,
        acts=list(offered(case, caller(request).person)),
        assessment=sealed.digest if sealed else None,
        range=_range(case),
        document=case.document,
        answers=[_answer(one) for one in cases.latest(case).values()],
        seen=seen,
    )


def _range(case: Case) -> Range:
    found = range_of(case)
    ladders = [
        LadderRange(ladder=one.name, levels=list(one.possible), open=one.is_open, words=one.words)
        for one in found.ladders
    ]
    return Range(ladders=ladders, open_answers=found.open, sealed=found.is_sealed)


def _answer(row: Row) -> AnswerRead:
    return AnswerRead(path=row.path, value=row.value, number=row.seq, by=row.author, at=row.at)


@operation(
    "cases", "GET", "/cases/{number}/questions", action="see", scope=Scope.CASES_READ, answers=list[QuestionRead]
)
def list_questions(request: HttpRequest, number: Number) -> list[QuestionRead]:
    """List what the case asks now, in the order of the criteria; entries of lists come in with their names."""
    case = case_of(request, number)
    sight = questions.of_staff(case, questions_of(caller(request).person, case))
    pages = [
        questions.page(sight, group.entity, entry.id if entry else None)
        for group in questions.groups(sight)
        for entry in (None, *group.entries)
    ]
    return [_question(one, sight) for page in pages for one in page.asked]


def _question(asked: questions.Asked, sight: questions.Sight) -> QuestionRead:
    row = sight.latest.get(asked.path)
    fact = sight.record.criteria.fact(f"{asked.read.entity}.{asked.read.fact}")
    return QuestionRead(
        path=asked.path,
        question=asked.question.text,
        help=fact.help or "",
        type=fact.type,
        options=dict(asked.question.choices),
        asked_of=asked.who,
        yours=asked.is_theirs,
        value=row.value if row else None,
        answered=bool(asked.sent),
        number=asked.base,
    )


# --- writing ---


@operation("cases", "POST", "/cases", action="begin", scope=Scope.CASES_WRITE, answers=CaseRead, status=201)
def begin_case(request: HttpRequest, sent: CaseSent) -> CaseRead:
    """Begin a case in which nothing is answered yet, under the criteria of the office."""
    person = caller(request).person
    faculty = faculties_of(person, "begin").filter(pk=sent.faculty).first()
    title = " ".join(sent.title.split())
    wrong = []
    if not title:
        wrong.append(Fault(detail=_("A case needs a title."), pointer="#/title"))
    if faculty is None:
        wrong.append(Fault(detail=_("The person of this token begins no cases in this faculty."), pointer="#/faculty"))
    if wrong or faculty is None:
        raise ProblemError(Kind.INVALID, errors=wrong)
    return _read(request, cases.begin(person, faculty, title, sent.once or ""))


@operation("cases", "POST", "/cases/{number}/answers", action="answer", scope=Scope.CASES_WRITE, answers=Saved)
def save_answers(request: HttpRequest, number: Number, sent: AnswersSent) -> Saved:
    """Save answers, all of them or none.

    Each says which answer it was made from (`base`). Where another stands by now nothing is saved, and 409 says what
    stands. A change of an assessed case makes it a draft again, as in the browser.
    """
    case = case_of(request, number)
    taking = _Taking(request, case)
    with transaction.atomic():
        for place, one in enumerate(sent.answers):
            taking.take(f"#/answers/{place}", one)
        if taking.faults:
            kind = Kind.CONFLICT if all(one.number is not None for one in taking.faults) else Kind.INVALID
            raise ProblemError(kind, _("Nothing was saved."), taking.faults)
    case.refresh_from_db()
    rows = cases.latest(case)
    stands = [_answer(rows[path]) for path in dict.fromkeys(one.path for one in sent.answers)]
    return Saved(state=State(case.state), range=_range(case), answers=stands)


class _Taking:
    """Takes answers one after another, as pages do, and keeps what is wrong with them."""

    def __init__(self, request: HttpRequest, case: Case) -> None:
        self.case, self.person = case, caller(request).person
        self.answers = questions_of(self.person, case)
        self.faults: list[Fault] = []
        self.sight = questions.of_staff(case, self.answers)

    def take(self, place: str, sent: AnswerSent) -> None:
        """Save one answer, or take down what is wrong with it."""
        read = read_of(sent.path)
        page = self._page(read)
        asked = next((one for one in page.asked if one.path == sent.path), None) if page else None
        if page is None or asked is None:
            help_text = _("an answer before it may open it; the questions that are asked are listed")
            self.faults.append(Fault(detail=_("this is not asked now"), pointer=f"{place}/path", help=help_text))
            return
        if not asked.is_theirs:
            self.faults.append(Fault(detail=_("this is asked of others"), pointer=f"{place}/path"))
            return
        typed = _as_typed(sent.value)
        if typed is None:
            told = _("an answer is a text, a whole number, true, false, or a list of texts; null is not known yet")
            self.faults.append(Fault(detail=told, pointer=f"{place}/value"))
            return
        given = {sent.path: typed, f"base.{sent.path}": (str(sent.base),)}
        told_of, saved = questions.take(self.sight, page, given, self._save)
        if (wrong := told_of.get(sent.path)) is not None and wrong.stands is None:
            self.faults.append(Fault(detail=wrong.error, pointer=f"{place}/value"))
        elif sent.path in saved:
            self.case.refresh_from_db()
            self.sight = questions.of_staff(self.case, self.answers)
        elif typed != asked.sent:
            row = cases.latest(self.case)[sent.path]
            told = _("somebody answered meanwhile")
            self.faults.append(Fault(detail=told, pointer=f"{place}/base", number=row.seq, value=row.value))

    def _page(self, read: Read) -> questions.Page | None:
        try:
            return questions.page(self.sight, read.entity, read.entry)
        except LookupError:
            return None

    def _save(self, read: Read, value: Any, _page: str, base: int) -> None:
        cases.save(self.case, read, value, self.person, PAGE, base)


def _as_typed(value: Any) -> tuple[str, ...] | None:
    """Return an answer as the fields of a form hold it, None for what no answer is."""
    match value:
        case None:
            return (questions.NOT_KNOWN,)
        case bool():
            return ("true" if value else "false",)
        case int():
            return (str(value),)
        case str() if value.strip():
            return (value,)
        case list() | tuple() if all(isinstance(one, str) and one.strip() for one in value):
            return tuple(value) or (questions.NONE,)
        case _:
            return None


@operation("cases", "POST", "/cases/{number}/entries", action=ActName.EDIT, scope=Scope.CASES_WRITE, answers=EntryRead)
def add_entry(request: HttpRequest, number: Number, sent: EntrySent) -> EntryRead:
    """Add an entry to a list by its name, or say that the list has none; one of this name that is there stays."""
    case, person = case_of(request, number), caller(request).person
    record = cases.record(case)
    entity = record.criteria.entities.get(sent.list)
    if entity is None or entity.many is None:
        told = _("the criteria have no such list")
        raise ProblemError(Kind.INVALID, errors=[Fault(detail=told, pointer="#/list")])
    if sent.name is not None:
        name = " ".join(sent.name.split())
        try:
            cases.check_name(name)
        except RiskEngineError as error:
            raise ProblemError(Kind.INVALID, errors=[Fault(detail=error.message, pointer="#/name")]) from error
        return EntryRead(list=sent.list, entry=cases.save_entry(case, sent.list, name, person, PAGE))
    if record.entries(sent.list):
        told = _("it has entries: take them out first")
        raise ProblemError(Kind.INVALID, errors=[Fault(detail=told, pointer="#/name")])
    stands = cases.latest(case).get(sent.list)
    cases.save(case, Read(sent.list, None, None), (), person, PAGE, stands.seq if stands else 0)
    return EntryRead(list=sent.list, entry=None)


@operation(
    "cases",
    "DELETE",
    "/cases/{number}/entries/{list_name}/{entry}",
    action=ActName.EDIT,
    scope=Scope.CASES_WRITE,
    answers=None,
    status=204,
)
def remove_entry(
    request: HttpRequest,
    number: Number,
    list_name: Annotated[str, Path(description="The list.")],
    entry: Annotated[str, Path(description="The id of the entry.")],
) -> None:
    """Take an entry out of a list; what was answered of it comes back if it is added again."""
    case = case_of(request, number)
    record = cases.record(case)
    entity = record.criteria.entities.get(list_name)
    if entity is None or entity.many is None or entry not in {one["id"] for one in record.entries(list_name)}:
        raise not_found()
    cases.withdraw_entry(case, list_name, entry, caller(request).person, PAGE)
