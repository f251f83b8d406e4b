"""What is done to a case as a whole, and what comes of it: acts, the documents, the sealed result in words."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Path
from pydantic import BaseModel, Field, Strict

from risk_engine.files.language import _, current
from risk_engine.model.explanation import Explanation
from risk_engine.web import documents, proofs, register
from risk_engine.web.api.calculate import in_json
from risk_engine.web.api.operations import JSON, Number, Sent, caller, case_of, operation
from risk_engine.web.api.problems import Fault, Kind, ProblemError, not_found
from risk_engine.web.models import Person
from risk_engine.web.rights import may
from risk_engine.web.states import WAY, Move, move
from risk_engine.web.words import ActName, Scope, State


class ActSent(Sent):
    """What goes with an act."""

    digest: Annotated[str, Field(max_length=64)] = Field(
        "", description="For an opinion: the digest of the assessment that it is about."
    )
    note: Annotated[str, Field(max_length=20_000)] = Field("", description="Why; some acts need it.")
    reviewer: Annotated[str, Field(max_length=320)] | None = Field(
        None, description="To send: the mail address of who reviews.", examples=["rosa@example.org"]
    )
    seen: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(
        None, description="To assess or file: `seen` of the case that was read; refused where answers came since."
    )
    due: Annotated[date, Strict(strict=False)] | None = Field(None, description="To send: by when.")


class ActRead(BaseModel):
    """An act that was done; one that was done already by the same person is told again."""

    act: ActName
    at: datetime
    digest: str = Field(description="Of the record that it made or is about; empty for none.")
    state: State = Field(description="Where the case is now.")


class DocumentRead(BaseModel):
    """A document of a case."""

    name: str
    to: str = Field(description="To whom, or what it is; empty for a document of the whole case.")
    forms: list[str] = Field(description="In which forms it is there.", examples=[["html", "pdf"]])
    why_not: str = Field(description="Why there is none yet.")


_DOCUMENT: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {
                kind.partition(";")[0]: {"schema": {} if form == "json" else {"type": "string", "format": "binary"}}
                for form, kind in documents.TYPES.items()
            },
        },
        503: {"$ref": "#/components/responses/Problem"},
    }
}


@operation("cases", "POST", "/cases/{number}/acts/{name}", action="see", scope=Scope.CASES_WRITE, answers=ActRead)
def do_act(
    request: HttpRequest,
    number: Number,
    name: Annotated[str, Path(description="The act.", examples=["assess"])],
    sent: ActSent,
) -> ActRead:
    """Do an act: assess, send, withdraw, return, file, close, reopen, opinion.

    To sign, to decide and to confirm are done in the browser, where a person proves that it is them: the problem
    says on which page.
    """
    case, person = case_of(request, number), caller(request).person
    if name not in {str(one) for one in WAY}:
        raise not_found()
    wanted = ActName(name)
    if not may(person, wanted, case):
        raise ProblemError(Kind.NOT_ALLOWED, _("Your role does not allow this."))
    if wanted in proofs.SIGNS:
        told = _("A token is no proof of a person: sign, decide and confirm on this page.")
        raise ProblemError(Kind.BROWSER, told, where=f"{settings.ADDRESS}/cases/{case.number}/act/{wanted}")
    reviewer = None
    if sent.reviewer is not None:
        reviewer = Person.objects.filter(email=sent.reviewer.casefold(), is_active=True).first()
        if reviewer is None or not may(reviewer, ActName.REVIEW, case):
            told = _("nobody of this address may review this case")
            raise ProblemError(Kind.INVALID, errors=[Fault(detail=told, pointer="#/reviewer")])
    done = move(case, person, Move(wanted, sent.digest, sent.note.strip(), reviewer, sent.due, seen=sent.seen))
    case.refresh_from_db()
    return ActRead(act=wanted, at=done.at, digest=done.digest, state=State(case.state))


@operation(
    "cases", "GET", "/cases/{number}/documents", action="see", scope=Scope.CASES_READ, answers=list[DocumentRead]
)
def list_documents(request: HttpRequest, number: Number) -> list[DocumentRead]:
    """List the documents of a case, with those that are not there yet and why."""
    record = register.record_of(case_of(request, number))
    return [
        DocumentRead(name=one.name, to=one.to, forms=list(one.forms), why_not=one.why_not)
        for one in documents.offered(documents.held(record))
    ]


@operation(
    "cases",
    "GET",
    "/cases/{number}/documents/{name}.{form}",
    action="see",
    scope=Scope.CASES_READ,
    answers=Any,
    extra=_DOCUMENT,
)
def read_document(
    request: HttpRequest,
    number: Number,
    name: Annotated[str, Path(description="Of the list of documents.", examples=["assessment"])],
    form: Annotated[str, Path(description="One of its forms.", examples=["json"])],
) -> HttpResponse:
    """Read a document on what was assessed last, or one of the records as the package wrote it."""
    found = documents.as_file(case_of(request, number), name, form, current())
    if found is None:
        raise not_found()
    return found


@operation("cases", "GET", "/cases/{number}/explanation", action="see", scope=Scope.CASES_READ, answers=Explanation)
def explain_result(request: HttpRequest, number: Number) -> HttpResponse:
    """Read what was assessed last in words, in the language of `Accept-Language`; 404 before it is assessed."""
    held = documents.held(register.record_of(case_of(request, number)))
    if held is None:
        raise not_found()
    return HttpResponse(in_json(held.explanation), content_type=JSON)
