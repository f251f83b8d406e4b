"""How an operation is made: with an action that its person must be allowed, and a scope that its token must have.

Who asks is known by a token and nothing else; of a case that its person does not see nothing is there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Path, Router
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import BaseModel, ConfigDict

from risk_engine.files.diagnostics import suggestion
from risk_engine.files.language import _
from risk_engine.files.source import MAX_BYTES, parse
from risk_engine.files.syntax import decoded
from risk_engine.loading.sets import shipped_sets
from risk_engine.web import limits, log
from risk_engine.web.api.problems import Fault, Kind, ProblemError
from risk_engine.web.models import Case, Person, Token
from risk_engine.web.proofs import factors
from risk_engine.web.rights import Action, cases_for, may
from risk_engine.web.wording import wait_words
from risk_engine.web.words import Scope

V = TypeVar("V", bound=Callable[..., Any])
JSON: Final = "application/json"
router: Final = Router()
SOME_SET: Final = next(iter(shipped_sets()), "SET")
"""For examples: a set that is there."""
NUL: Final = "\0"
"""PostgreSQL keeps no text with it."""
Number: TypeAlias = Annotated[str, Path(description="The number of a case.", examples=["2026-0001"])]


class Sent(BaseModel):
    """What comes in: what is not known in it is an error, not left out in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class Caller:
    """Who asks, by which token, and about which case where the address names one."""

    person: Person
    token: Token
    case: Case | None


class Bearer(HttpBearer):
    """Lets in who may do an action, by a token with a scope."""

    openapi_description = "A token that a person made on the page of their account."

    def __init__(self, action: Action | Literal["self"], scope: Scope | None, most: int) -> None:
        super().__init__()
        self.action, self.scope, self.most = action, scope, most
        self.parameters: frozenset[str] = frozenset()
        """What an address may say behind its question mark."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Return who asks, None without a token that is good; raise a problem or Http404 where they may not."""
        token: Token | None = request.token  # type: ignore[attr-defined] # set before any operation (security.py)
        if token is None:
            _count_refused(request)
            return None
        if seconds := limits.ask(token.pk):
            raise _later(seconds)
        _check_body(request, self.most)
        if any(NUL in one for name in request.GET for one in (name, *request.GET.getlist(name))):
            raise ProblemError(Kind.INVALID, _("A character in it is one that no text has: write it anew."))
        found = self._caller(request, token)
        # What is left out in silence is a filter that somebody mistyped, and a list that says more than it was asked.
        unknown = [one for one in request.GET if one not in self.parameters]
        if unknown:
            told, known = _("nothing of this name is known here"), sorted(self.parameters)
            wrong = [Fault(detail=told, parameter=one, help=suggestion(one, known) or None) for one in unknown]
            raise ProblemError(Kind.INVALID, errors=wrong)
        return found

    def _caller(self, request: HttpRequest, token: Token) -> Caller:
        person = token.person
        if settings.FACTOR_REQUIRED and not factors(person):
            told = _("This office asks for a second factor: add one in your account, then the token is good.")
            raise ProblemError(Kind.NOT_ALLOWED, told, where="/account")
        if self.scope is not None and self.scope not in token.scopes:
            raise ProblemError(Kind.SCOPE, _("This token has no scope `{scope}`.", scope=self.scope))
        parts: Mapping[str, Any] = request.resolver_match.kwargs if request.resolver_match else {}
        if any(NUL in str(one) for one in parts.values()):
            raise Http404
        case = None
        if "number" in parts:
            case = cases_for(person).filter(number=parts["number"]).first()
            if case is None:
                raise Http404
        if self.action != "self" and not may(person, self.action, case):
            raise ProblemError(Kind.NOT_ALLOWED, _("Your role does not allow this."))
        return Caller(person, token, case)

    def authenticate(self, request: HttpRequest, token: str) -> None:  # noqa: ARG002 (of the library)
        """Answer nobody: `__call__` does, with the token that was read before."""
        raise AssertionError


def _count_refused(request: HttpRequest) -> None:
    """Count and note a token that is none; who sends too many is told to wait."""
    if "Authorization" not in request.headers:
        return
    if seconds := limits.take("token", request):
        raise _later(seconds)
    log.note("token_refused", address=limits.address_of(request))


def _later(seconds: int) -> ProblemError:
    error = ProblemError(Kind.TOO_MANY, wait_words(seconds))
    error.wait = seconds
    return error


def _check_body(request: HttpRequest, most: int) -> None:
    """Raise the problem of a body that is not read: of what is larger than it may be, not a byte."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > most:
        raise ProblemError(Kind.TOO_LARGE, _("At most {size} KiB are read.", size=most // 1024))


def check_type(request: HttpRequest, *types: str) -> str:
    """Return which of some types the body is; raise the problem of another one."""
    given = (request.content_type or "").casefold()
    if given not in types:
        told = _("`Content-Type` says `{given}`; what is read is {types}.", given=given or "-", types=", ".join(types))
        raise ProblemError(Kind.MEDIA_TYPE, told)
    return given


def content_of(request: HttpRequest, *types: str) -> tuple[str, str]:
    """Return the body as text, and which of the types it is; raise the problem of another one, or of no text."""
    given = check_type(request, *types)
    return decoded(request.body, "body"), given


class Strict(Parser):
    """Reads bodies as case files are read: no key twice, no characters that no text has, bounded in depth."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what a body says."""
        text, _type = content_of(request, JSON)
        return parse(text, "body", is_json=True, nulls=True).data


def caller(request: HttpRequest) -> Caller:
    """Return who asks."""
    found: Caller = request.auth  # type: ignore[attr-defined] # set by the guard of each operation
    return found


def case_of(request: HttpRequest, number: str) -> Case:
    """Return the case of an operation, which its caller sees."""
    case = caller(request).case
    if case is None or case.number != number:
        raise Http404
    return case


# --- operations ---


@dataclass(frozen=True)
class Operation:
    """An operation as a table of them says it."""

    name: str
    method: str
    address: str
    action: Action | Literal["self"]
    scope: Scope | None
    writes: bool


def operation(  # noqa: PLR0913 (what an operation is)
    tag: str,
    method: Literal["GET", "POST", "DELETE"],
    address: str,
    *,
    action: Action | Literal["self"],
    scope: Scope | None,
    answers: Any,
    status: int = 200,
    extra: dict[str, Any] | None = None,
    most: int = MAX_BYTES,
) -> Callable[[V], V]:
    """Make a function an operation at an address, for whose token has the scope and who may do the action.

    Of a body at most `most` bytes are read.
    """

    def made(view: V) -> V:
        summary = (view.__doc__ or "").partition("\n")[0].rstrip(".:")
        guard = Bearer(action, scope, most)
        router.add_api_operation(
            address,
            [method],
            view,
            auth=guard,
            response={status: answers},
            by_alias=True,
            operation_id=view.__name__,
            tags=[tag],
            summary=summary,
            openapi_extra=extra,
        )
        models = router.path_operations[address].operations[-1].models
        queries = (one for one in models if one.__ninja_param_source__ == "query")
        guard.parameters = frozenset(name for one in queries for name in getattr(one, "__ninja_flatten_map__", ()))
        return view

    return made


def operations(api: NinjaAPI) -> Iterator[Operation]:
    """Yield every operation of an interface; one without a guard is an error at the start."""
    for router in api._get_bound_routers():  # noqa: SLF001 (there is no public name)
        for address, view in router.path_operations.items():
            for one in view.operations:
                (guard,) = one.auth_callbacks
                assert isinstance(guard, Bearer)  # noqa: S101 (else a program would be let in without a token)
                for method in one.methods:
                    yield Operation(
                        one.operation_id or "",
                        method,
                        f"{router.prefix}{address}".lstrip("/"),
                        guard.action,
                        guard.scope,
                        method != "GET",
                    )
