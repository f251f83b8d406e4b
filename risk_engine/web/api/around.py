"""What stands around the answers of a case: controls, evidence, invitations of guests, notes."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from django.conf import settings
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query
from pydantic import BaseModel, Field, Strict

from risk_engine.files.language import _
from risk_engine.model.words import ControlStatus
from risk_engine.web import beside, evidence, guests, notes
from risk_engine.web.api.cases import PAGE
from risk_engine.web.api.operations import Number, Sent, caller, case_of, check_type, operation
from risk_engine.web.api.problems import Fault, Kind, ProblemError, not_found
from risk_engine.web.models import Invitation
from risk_engine.web.words import ActName, Scope

BYTES: Final = "application/octet-stream"

# --- controls ---


class ControlRead(BaseModel):
    """A control that could lower a finding of the case, or that the case states."""

    control: str
    title: str
    do: str = Field(description="What is to be done.")
    who: str = Field(description="Who does that as a rule.")
    findings: list[str] = Field(description="The findings that it could lower.")
    status: ControlStatus | None = Field(description="How far it has come; null: nothing is said of it.")
    owner: str | None = Field(description="Who sees to it.")
    due: date | None = Field(description="By which day.")
    files: list[str] = Field(description="The SHA-256 of the files that say it is in place.")
    number: int = Field(description="The number of what stands, 0 for nothing: `base` of the next.")


class ControlSent(Sent):
    """What is said of a control."""

    control: Annotated[str, Field(min_length=1, max_length=100, description="The control.")]
    status: ControlStatus | None = Field(description="How far it has come; null: take it out of the case.")
    owner: Annotated[str, Field(max_length=500)] = Field("", description="Who sees to it.")
    due: Annotated[date, Strict(strict=False)] | None = Field(None, description="By which day.")
    base: Annotated[int, Field(ge=0, le=2**31 - 1, description="The `number` of what was read; 0 for nothing.")]


class ControlSaved(BaseModel):
    """What came of it."""

    control: str
    number: int


@operation("cases", "GET", "/cases/{number}/controls", action="see", scope=Scope.CASES_READ, answers=list[ControlRead])
def list_controls(request: HttpRequest, number: Number) -> list[ControlRead]:
    """List the controls that could lower a finding of a case, and those that it states."""
    return [
        ControlRead(
            control=one.control.id,
            title=one.control.title,
            do=one.control.do,
            who=one.control.who,
            findings=list(one.control.findings),
            status=one.control.stated,
            owner=one.control.owner,
            due=one.control.due,
            files=[proof.sha256 for proof in one.control.evidence if proof.sha256],
            number=one.number,
        )
        for one in beside.controls(case_of(request, number))
    ]


@operation(
    "cases",
    "POST",
    "/cases/{number}/controls",
    action=ActName.EDIT,
    scope=Scope.CASES_WRITE,
    answers=ControlSaved,
)
def save_control(request: HttpRequest, number: Number, sent: ControlSent) -> ControlSaved:
    """Say of a control how far it has come, who sees to it by which day; or take it out."""
    case = case_of(request, number)
    said = {"status": sent.status or "", "owner": sent.owner, "due": sent.due.isoformat() if sent.due else ""}
    row = beside.state_control(case, sent.control, said, caller(request).person, PAGE, sent.base)
    return ControlSaved(control=sent.control, number=row.seq)


# --- evidence ---


class EvidenceRead(BaseModel):
    """A file that supports answers or a control."""

    sha256: str
    name: str = Field(description="What the file is called; empty where it was erased.")
    size: int = Field(description="In bytes.")
    kind: str = Field(description="What sort of evidence it is.")
    by: str
    date: date
    answers: dict[str, int] = Field(
        description="Which answers it supports, by their paths: those of this number, and no later ones."
    )
    control: str | None = Field(description="Or the control of which it says that it is in place.")


_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file, byte by byte.",
        "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_ATTACHMENT: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@operation("cases", "GET", "/cases/{number}/evidence", action="see", scope=Scope.CASES_READ, answers=list[EvidenceRead])
def list_evidence(request: HttpRequest, number: Number) -> list[EvidenceRead]:
    """List the files of a case, once for each thing that they were to support."""
    return [_evidence(one) for one in beside.files(case_of(request, number))]


def _evidence(file: beside.FileOfCase) -> EvidenceRead:
    return EvidenceRead(
        sha256=file.sha256,
        name=file.name,
        size=file.size,
        kind=file.kind,
        by=file.by.name,
        date=date.fromisoformat(file.date),
        answers=dict(file.answers),
        control=file.control or None,
    )


@operation(
    "cases",
    "POST",
    "/cases/{number}/evidence",
    action="answer",
    scope=Scope.CASES_WRITE,
    answers=EvidenceRead,
    status=201,
    extra=_FILE,
    most=evidence.MOST,
)
def attach_evidence(
    request: HttpRequest,
    number: Number,
    name: Annotated[str, Query(min_length=1, max_length=500, description="What the file is called, with its ending.")],
    answer: Annotated[
        list[str], Query(description="The path of an answer that is given, which it supports; as often as need be.")
    ] = [],  # noqa: B006 (nobody changes it)
    control: Annotated[
        str, Query(max_length=100, description="Or a control that the case states, of which it says it is in place.")
    ] = "",
    kind: Annotated[str, Query(max_length=200, description="What sort of evidence it is.")] = "",
) -> EvidenceRead:
    """Attach a file to answers as they stand, or to a control.

    PDF, Word, Excel, OpenDocument, pictures, text and mail are taken by what is in them, up to 20 MB, without macros.
    """
    case = case_of(request, number)
    check_type(request, BYTES)
    file = ContentFile(request.read(), name=name)
    return _evidence(beside.attach(case, file, beside.Supports(answer, control, kind), caller(request).person))


@operation(
    "cases",
    "GET",
    "/cases/{number}/evidence/{sha256}",
    action="see",
    scope=Scope.CASES_READ,
    answers=Any,
    extra=_ATTACHMENT,
)
def read_evidence(
    request: HttpRequest,
    number: Number,
    sha256: Annotated[str, Path(description="Of the list of evidence.", examples=["0" * 64])],
) -> HttpResponse:
    """Read a file of a case, byte by byte."""
    found = beside.attachment(case_of(request, number), sha256)
    if found is None:
        raise not_found()
    return found


# --- invitations ---


class InvitationRead(BaseModel):
    """Who was invited to answer what the criteria ask of a role."""

    invitation: int
    name: str
    role: str
    language: str
    by: str
    at: datetime
    expires: datetime
    state: Literal["open", "sent", "withdrawn", "over"]


class InvitationMade(InvitationRead):
    """An invitation, with what its guest is to be given: a token is shown once, and so is this."""

    link: str | None = Field(description="The link, where no mail brings it.")
    code: str | None = Field(description="The code that a confidential case asks for, where no mail brings it.")


class InvitationSent(Sent):
    """Whom to invite."""

    role: Annotated[str, Field(min_length=1, max_length=100, description="A role of the criteria.")]
    name: Annotated[str, Field(min_length=1, max_length=1_000, description="What the office calls the guest.")]
    language: Annotated[str, Field(max_length=20, description="In which language they are asked.", examples=["en"])]
    address: Annotated[str, Field(max_length=320)] = Field("", description="Where mail goes, if one is to be sent.")
    mail: bool = Field(default=False, description="Whether the link itself goes there; else it is in the answer.")
    once: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")] | None = Field(
        None, description="A word of your own: sent again with the same guest it is the invitation that is there."
    )


def _invitation(one: Invitation) -> dict[str, Any]:
    if one.sent is not None:
        state = "sent"
    elif one.revoked:
        state = "withdrawn"
    else:
        state = "open" if guests.is_open(one) else "over"
    return {
        "invitation": one.pk,
        "name": one.name,
        "role": one.role,
        "language": one.language,
        "by": one.by.name,
        "at": one.at,
        "expires": one.expires,
        "state": state,
    }


@operation(
    "cases", "GET", "/cases/{number}/invitations", action="see", scope=Scope.CASES_READ, answers=list[InvitationRead]
)
def list_invitations(request: HttpRequest, number: Number) -> list[InvitationRead]:
    """List who was invited to answer, the newest first; links are in no list."""
    rows = case_of(request, number).invitations.select_related("by").order_by("-pk")
    return [InvitationRead(**_invitation(one)) for one in rows]


@operation(
    "cases",
    "POST",
    "/cases/{number}/invitations",
    action="invite",
    scope=Scope.CASES_INVITE,
    answers=InvitationMade,
    status=201,
)
def invite_guest(request: HttpRequest, number: Number, sent: InvitationSent) -> InvitationMade:
    """Invite somebody without an account to answer what the criteria ask of a role.

    What no mail brings to the guest is in the answer, and nowhere else. What guests sent is taken over by people.
    """
    case, address = case_of(request, number), sent.address.strip()
    guest = (sent.role, " ".join(sent.name.split()), sent.language)
    wrong = [Fault(detail=words, pointer=f"#/{part}") for part, words in guests.problems(case, guest, address)]
    if sent.mail and not address:
        wrong.append(Fault(detail=_("say where the mail goes"), pointer="#/address"))
    elif sent.mail and settings.SMTP is None:
        wrong.append(Fault(detail=_("this office sends no mail: hand the link over"), pointer="#/mail"))
    if wrong:
        raise ProblemError(Kind.INVALID, errors=wrong)
    person = caller(request).person
    told = guests.invite_by(case, guest, person, address, mails_link=sent.mail, once=sent.once or "")
    made = Invitation.objects.select_related("by").get(pk=told.invitation)
    link = f"{settings.ADDRESS}{told.link}" if told.link else None
    return InvitationMade(**_invitation(made), link=link, code=told.code or None)


@operation(
    "cases",
    "DELETE",
    "/cases/{number}/invitations/{invitation}",
    action="invite",
    scope=Scope.CASES_INVITE,
    answers=None,
    status=204,
)
def withdraw_invitation(
    request: HttpRequest,
    number: Number,
    invitation: Annotated[int, Path(ge=1, le=2**63 - 1, description="Of the list of invitations.")],
) -> None:
    """Close the link of a guest; what they did not send goes nowhere."""
    found = case_of(request, number).invitations.filter(pk=invitation).first()
    if found is None:
        raise not_found()
    guests.revoke(found, caller(request).person)
    found.refresh_from_db()
    if found.sent is not None:
        raise ProblemError(Kind.CONFLICT, _("The guest has sent the answers: there is nothing to close any more."))


# --- notes ---


class NoteRead(BaseModel):
    """What somebody remarked."""

    about: str = Field(description="A path, or the id of a finding; empty: the case as a whole.")
    text: str = Field(description="Empty where it was erased.")
    by: str
    at: datetime


class NoteSent(Sent):
    """A note to write; it stays as it is written."""

    about: Annotated[str, Field(max_length=300)] = Field(
        "", description="The path of a question, or the id of a finding; empty: the case as a whole."
    )
    text: Annotated[str, Field(min_length=1, max_length=notes.LONGEST)]


@operation("cases", "GET", "/cases/{number}/notes", action="see", scope=Scope.CASES_READ, answers=list[NoteRead])
def list_notes(request: HttpRequest, number: Number) -> list[NoteRead]:
    """List the notes of a case, the newest first."""
    rows = notes.of(case_of(request, number))
    return [NoteRead(about=one.path, text=one.text, by=one.by.name, at=one.at) for one in rows]


@operation(
    "cases", "POST", "/cases/{number}/notes", action="note", scope=Scope.CASES_WRITE, answers=NoteRead, status=201
)
def write_note(request: HttpRequest, number: Number, sent: NoteSent) -> NoteRead:
    """Write a note on a case, a question or a finding."""
    made = notes.write(case_of(request, number), caller(request).person, sent.about, sent.text)
    return NoteRead(about=made.path, text=made.text, by=made.by.name, at=made.at)
