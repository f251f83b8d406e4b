"""What an operation answers that cannot do what it was asked: RFC 9457, every problem at once, each with its place."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, assert_never

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.files.source import Document, Mark
from risk_engine.web.cases import ConflictError, LockedError, RefusedError
from risk_engine.web.jobs import NotYetError
from risk_engine.web.screening import BeingReadError
from risk_engine.web.wording import problem_words

MEDIA_TYPE: Final = "application/problem+json"
SOON: Final = 5
"""Seconds after which what is being worked out may be asked for again."""
_URN: Final = "urn:collab-risk:problem:"


class Kind(StrEnum):
    """What sort of problem it is: the end of its `type`, by which a program tells them apart."""

    UNREADABLE = "unreadable"
    NO_TOKEN = "no-token"  # noqa: S105 (a word)
    NOT_ALLOWED = "not-allowed"
    SCOPE = "scope-missing"
    BROWSER = "done-in-the-browser"
    NOT_FOUND = "not-found"
    METHOD = "wrong-method"
    CONFLICT = "conflict"
    LOCKED = "locked"
    TOO_LARGE = "too-large"
    MEDIA_TYPE = "wrong-media-type"
    INVALID = "invalid"
    TOO_MANY = "too-many"
    NOT_YET = "not-yet"
    DEFECT = "defect"


STATUS: Final[Mapping[Kind, int]] = {
    Kind.UNREADABLE: 400,
    Kind.NO_TOKEN: 401,
    Kind.NOT_ALLOWED: 403,
    Kind.SCOPE: 403,
    Kind.BROWSER: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.CONFLICT: 409,
    Kind.LOCKED: 409,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA_TYPE: 415,
    Kind.INVALID: 422,
    Kind.TOO_MANY: 429,
    Kind.NOT_YET: 503,
    Kind.DEFECT: 500,
}


class Fault(BaseModel):
    """One thing that is wrong, and where."""

    detail: str = Field(description="What is wrong.")
    pointer: str | None = Field(None, description="Where in the body: a JSON Pointer as a fragment, like `#/title`.")
    parameter: str | None = Field(None, description="Which parameter of the address it is.")
    help: str | None = Field(None, description="The way out, where one is known.")
    line: int | None = Field(None, description="In which line of the body.")
    column: int | None = Field(None, description="In which column of it.")
    number: int | None = Field(None, description="Of a conflict: the number of the answer that stands by now.")
    value: Any = Field(None, description="Of a conflict: the answer that stands by now.")


class Problem(BaseModel):
    """Why something was not done, as RFC 9457 says it. Nothing was kept."""

    type: str = Field(description="Tells problems apart; stays as it is.", examples=[f"{_URN}invalid"])
    title: str = Field(description="What sort of problem it is, in the language that was asked for.")
    status: int = Field(description="The status of the answer.")
    detail: str | None = Field(None, description="What happened here.")
    errors: list[Fault] = Field(default=[], description="Everything that is wrong, each with its place.")
    where: str | None = Field(None, description="The page on which a person does it.")


class ProblemError(Exception):
    """Ends an operation with a problem."""

    def __init__(self, kind: Kind, detail: str = "", errors: Iterable[Fault] = (), where: str = "") -> None:
        super().__init__(kind, detail)
        self.kind, self.detail, self.errors, self.where = kind, detail, list(errors), where
        self.wait = 0
        """Seconds after which to ask again."""


def _title(kind: Kind) -> str:
    match kind:
        case Kind.UNREADABLE:
            return _("The body cannot be read")
        case Kind.NO_TOKEN:
            return _("No token that is good")
        case Kind.NOT_ALLOWED:
            return _("Not allowed")
        case Kind.SCOPE:
            return _("The token does not reach so far")
        case Kind.BROWSER:
            return _("This is done in the browser")
        case Kind.NOT_FOUND:
            return _("Not found")
        case Kind.METHOD:
            return _("Not done so")
        case Kind.CONFLICT:
            return _("Something else stands by now")
        case Kind.LOCKED:
            return _("This case takes no answers now")
        case Kind.TOO_LARGE:
            return _("The body is too large")
        case Kind.MEDIA_TYPE:
            return _("The body is of another type")
        case Kind.INVALID:
            return _("Not in order")
        case Kind.TOO_MANY:
            return _("Not now")
        case Kind.NOT_YET:
            return _("Not there yet")
        case Kind.DEFECT:
            return _("Not done")
        case _:
            assert_never(kind)


def answered(error: ProblemError) -> HttpResponse:
    """Return the answer that tells of a problem."""
    status = STATUS[error.kind]
    told = Problem(
        type=f"{_URN}{error.kind}",
        title=_title(error.kind),
        status=status,
        detail=error.detail or None,
        errors=error.errors,
        where=error.where or None,
    )
    content = canonical(told.model_dump(mode="json", exclude_none=True))
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE)
    if error.kind is Kind.NO_TOKEN:
        response["WWW-Authenticate"] = "Bearer"
    if error.wait:
        response["Retry-After"] = str(error.wait)
    return response


def not_found() -> ProblemError:
    """Return the problem of what is not there, or not for who asks."""
    return ProblemError(Kind.NOT_FOUND, _("There is nothing at this address, or nothing that you may see."))


def defect() -> ProblemError:
    """Return the problem of an error of the program, of which the server keeps the reason."""
    told = _(
        "An error of the program: look whether what you sent is there before you send it again. "
        "Whoever runs the office finds the reason where `serve` writes."
    )
    return ProblemError(Kind.DEFECT, told)


def wrong_method() -> ProblemError:
    """Return the problem of a method that an address does not have."""
    return ProblemError(Kind.METHOD, _("This address is not asked so; `Allow` says how."))


# --- from what went wrong ---


def faults(diagnostics: Iterable[Diagnostic], document: Document | None = None) -> list[Fault]:
    """Return what is wrong in a document that was sent, each with its place in it as a pointer."""
    places = _places(document.marks) if document else {}
    return [
        Fault(
            detail=one.message,
            pointer=places.get((one.position.line - 1, one.position.column - 1)),
            help=one.help or None,
            line=one.position.line,
            column=one.position.column,
        )
        for one in diagnostics
    ]


def pointer(loc: Iterable[str | int]) -> str:
    """Return a place in a body as a JSON Pointer (RFC 6901), as a fragment of an address.

    >>> pointer(("partner", 0, "a/b"))
    '#/partner/0/a~1b'
    """
    return "#" + "".join(f"/{str(one).replace('~', '~0').replace('/', '~1')}" for one in loc)


def _places(marks: Mapping[tuple[str | int, ...], Mark]) -> dict[object, str]:
    """Return what stands at each line and column; of two that begin together the outer one."""
    found: dict[object, str] = {}
    for loc in marks:
        for place in marks[loc]:
            found.setdefault(place, pointer(loc))
    return found


def _parameters(error: ValidationError) -> Iterator[Fault]:
    """Yield what is wrong with the parts of a request, in words of this program."""
    for one in error.errors:
        source, *rest = one["loc"]
        told = _misfit(one)
        if source != "body":
            names = [one for one in rest if isinstance(one, str)]  # behind a list's name stands a number
            yield Fault(detail=told, parameter=names[-1] if names else None)
        else:  # behind it the name by which the operation takes it
            yield Fault(detail=told, pointer=pointer(rest[1:]))


def _misfit(error: Mapping[str, Any]) -> str:
    """Return what is wrong with one value; of what is seldom the reader's own words."""
    limits = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return _("this is needed and not there")
        case "extra_forbidden":
            return _("nothing of this name is known here")
        case "string_type":
            return _("a text is needed")
        case "int_type" | "int_parsing" | "int_from_float":
            return _("a whole number is needed")
        case "bool_type" | "bool_parsing":
            return _("true or false is needed")
        case "list_type" | "tuple_type":
            return _("a list is needed")
        case "enum" | "literal_error":
            return _("one of these is needed: {words}", words=limits["expected"])
        case "date_from_datetime_parsing" | "date_parsing" | "date_type":
            return _("a day is needed, like 2026-01-31")
        case "string_too_long" | "too_long":
            return _("it is too long: {number} at most", number=limits["max_length"])
        case "string_too_short" | "too_short":
            return _("it is too short: {number} at least", number=limits["min_length"])
        case "greater_than_equal":
            return _("{number} at least", number=limits["ge"])
        case "less_than_equal":
            return _("{number} at most", number=limits["le"])
        case "string_pattern_mismatch":
            return _("it is not written like `{pattern}`", pattern=limits["pattern"])
        case _:
            return str(error["msg"])


def _of_http(error: HttpError) -> ProblemError:
    """Return the problem of a body that could not be read: ninja tells it by the error from which its own comes.

    Raises any other error of that kind: it is one of the program.
    """
    match error.__cause__:
        case ProblemError() as cause:
            return cause
        case InvalidSourceError() as cause:
            return ProblemError(Kind.UNREADABLE, errors=faults(cause.diagnostics))
        case _:
            raise error


def answer_problems(api: NinjaAPI) -> None:
    """Let an interface answer with problems wherever an operation ends with an error that a person can mend."""

    def no_token(_request: HttpRequest, _error: AuthenticationError) -> ProblemError:
        told = _("Send a token of your account: `Authorization: Bearer …`. It may be over, or revoked.")
        return ProblemError(Kind.NO_TOKEN, told)

    def refused(_request: HttpRequest, error: RefusedError) -> ProblemError:
        return ProblemError(Kind.CONFLICT, str(error))

    def invalid(_request: HttpRequest, error: RiskEngineError) -> ProblemError:
        return ProblemError(Kind.INVALID, problem_words(error))

    def conflict(_request: HttpRequest, error: ConflictError) -> ProblemError:
        told = _("somebody answered meanwhile")
        fault = Fault(detail=told, pointer="#/base", number=error.stands.seq, value=error.stands.value)
        return ProblemError(Kind.CONFLICT, _("Nothing was saved."), [fault])

    def not_yet(_request: HttpRequest, error: NotYetError | BeingReadError) -> ProblemError:
        problem = ProblemError(Kind.NOT_YET, problem_words(error))
        problem.wait = SOON
        return problem

    told: dict[type[Exception], Any] = {
        NotYetError: not_yet,
        BeingReadError: not_yet,
        ProblemError: lambda _request, error: error,
        AuthenticationError: no_token,
        HttpError: lambda _request, error: _of_http(error),
        Http404: lambda _request, _error: not_found(),
        ValidationError: lambda _request, error: ProblemError(Kind.INVALID, errors=_parameters(error)),
        ConflictError: conflict,
        LockedError: lambda _request, _error: ProblemError(Kind.LOCKED),
        RefusedError: refused,
        RiskEngineError: invalid,
    }
    for kind, problem in told.items():
        api.add_exception_handler(kind, _answering(problem))


def _answering(problem: Any) -> Any:
    return lambda request, error: answered(problem(request, error))
