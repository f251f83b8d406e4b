"""Who asks, and the register: the cases that they see, narrowed as in the browser, page by page or as one file."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from risk_engine.files.language import _
from risk_engine.web import monitoring
from risk_engine.web.api.operations import JSON, SOME_SET, caller, operation
from risk_engine.web.api.problems import Fault, Kind, ProblemError
from risk_engine.web.listing import Listed, known, listed_for
from risk_engine.web.models import Faculty
from risk_engine.web.narrowing import LONGEST_LOOK, LONGEST_TEXT, MOST_WORDS, Sort, Wanted
from risk_engine.web.rights import faculties_of
from risk_engine.web.tables import XLSX, as_file, plain_row
from risk_engine.web.words import Role, Scope, State

MOST_ON_A_PAGE: Final = 200


class FacultyRead(BaseModel):
    """A part of the institution."""

    id: int
    name: str


class RoleRead(BaseModel):
    """What somebody is, in a faculty or in all."""

    role: Role
    faculty: FacultyRead | None = Field(description="Null: in every faculty.")


class Myself(BaseModel):
    """Whose token it is, and what it is good for."""

    name: str
    language: str
    token: str = Field(description="What its person called the token.")
    scopes: list[Scope]
    ends: date = Field(description="Its last day.")
    roles: list[RoleRead]
    begins_in: list[FacultyRead] = Field(description="In which faculties they may begin a case.")


class Filters(BaseModel):
    """By what the register is narrowed and sorted; a case must fit all of it."""

    q: str = Field("", max_length=LONGEST_TEXT, description="Words that stand in the case.")
    faculty: Annotated[int, Field(ge=1, le=2**31)] | None = Field(None, description="The id of a faculty.")
    state: State | None = Field(None, description="Where it is on its way.")
    level: list[Annotated[str, Field(pattern="^[^=]+=.+$", max_length=200)]] = Field(
        [], max_length=MOST_WORDS, description="`LADDER=LEVEL`: a level that it has, or may have."
    )
    older: bool = Field(default=False, description="Only cases under criteria that have a newer version.")
    due: Literal["any", "condition", "control", "review", "retention"] | None = Field(
        None, description="What of it is due."
    )
    days: Annotated[int, Field(ge=0, le=LONGEST_LOOK)] | None = Field(
        None, description="Within so many days something of it is due; without it at any time."
    )
    mine: bool = Field(default=False, description="Only cases on which the person of the token worked.")
    confidential: bool = Field(default=False, description="Only confidential ones.")
    named: str = Field("", alias="with", max_length=LONGEST_TEXT, description="Whom or what it names in a list.")
    sort: Sort = Field("changed", description="In which order.")

    def wanted(self) -> Wanted:
        """Return what the register is asked for."""
        return Wanted(
            q=self.q,
            faculty=self.faculty,
            state=self.state,
            levels=tuple((ladder, level) for ladder, _sign, level in (one.partition("=") for one in self.level)),
            is_older=self.older,
            due=self.due,
            days=self.days,
            mine=self.mine,
            confidential=self.confidential,
            named=self.named,
            sort=self.sort,
        )


class CaseRow(BaseModel):
    """A case as a list says it; everything by names that stay."""

    case: str = Field(description="Its number.", examples=["2026-0001"])
    title: str
    partners: list[str] = Field(alias="with", description="Whom it is with.")
    faculty: str
    state: State
    gate: list[str] = Field(description="Levels that it has or may have on the ladder of this role.")
    headline: list[str] = Field(description="Likewise.")
    escalation: list[str] = Field(description="Likewise.")
    open: bool = Field(description="Whether missing answers leave the result open.")
    decided: list[str] = Field(description="The levels that were decided.")
    due: date | None = Field(description="The next day by which something is due.")
    due_what: str | None
    criteria: str = Field(examples=[f"{SOME_SET}@2.0.0"])
    changed: date


class CasePage(BaseModel):
    """A page of the register."""

    total: int = Field(description="So many cases there are on all pages.")
    page: int
    pages: int
    cases: list[CaseRow]


_LIST: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"cases": {"type": "array", "items": {"type": "object"}}},
}
_FILE: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "Every case that fits, as a file.",
            "content": {
                JSON: {"schema": _LIST},
                "text/csv": {"schema": {"type": "string"}},
                XLSX: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    }
}
_CHANGES: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "A calendar (RFC 5545), or a feed (RFC 4287).",
            "content": {one: {"schema": {"type": "string"}} for one in monitoring.TYPES.values()},
        }
    }
}


@operation("register", "GET", "/me", action="self", scope=None, answers=Myself)
def read_myself(request: HttpRequest) -> Myself:
    """Say whose token this is, and what it is good for."""
    asks = caller(request)
    held = asks.person.memberships.select_related("faculty").order_by("role", "faculty__name")
    return Myself(
        name=asks.person.name,
        language=asks.person.language,
        token=asks.token.name,
        scopes=asks.token.scopes,
        ends=asks.token.ends,
        roles=[RoleRead(role=Role(one.role), faculty=_faculty(one.faculty)) for one in held],
        begins_in=faculties(list(faculties_of(asks.person, "begin"))),
    )


def faculties(found: Sequence[Faculty]) -> list[FacultyRead]:
    """Return faculties as programs read them."""
    return [FacultyRead(id=one.pk, name=one.name) for one in found]


def _faculty(found: Faculty | None) -> FacultyRead | None:
    return None if found is None else FacultyRead(id=found.pk, name=found.name)


@operation("register", "GET", "/cases", action="see", scope=Scope.CASES_READ, answers=CasePage)
def list_cases(
    request: HttpRequest,
    filters: Query[Filters],
    page: Annotated[int, Query(ge=1, le=10_000, description="Which page.")] = 1,
) -> CasePage:
    """List the cases that the person sees, page by page."""
    listed = _listed(request, filters)
    pages = Paginator(listed.found, MOST_ON_A_PAGE)
    found = pages.get_page(page)
    table = listed.table()
    rows = [CaseRow.model_validate(plain_row(table, one)) for one in listed.rows(found.object_list)]
    return CasePage(total=pages.count, page=found.number, pages=pages.num_pages, cases=rows)


@operation("register", "GET", "/register", action="see", scope=Scope.REGISTER_READ, answers=dict[str, Any], extra=_FILE)
def read_register(
    request: HttpRequest,
    filters: Query[Filters],
    form: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format", description="What sort of file.")] = "json",
) -> HttpResponse:
    """Read the register as one file, with all its pages; that it left stands in the log."""
    return as_file(request, _listed(request, filters).table(), form)


@operation("register", "GET", "/changes", action="see", scope=Scope.CASES_READ, answers=Any, extra=_CHANGES)
def read_changes(
    request: HttpRequest,
    form: Annotated[monitoring.Form, Query(alias="format", description="A calendar, or a feed.")] = "ics",
) -> HttpResponse:
    """Read what changed around the cases that the person sees, as the last look of the office found it."""
    found = monitoring.for_programs(caller(request).person, form)
    return HttpResponse(found, content_type=f"{monitoring.TYPES[form]}; charset=utf-8")


def _listed(request: HttpRequest, filters: Filters) -> Listed:
    """Return the cases that fit. Raise ProblemError with each level and faculty that nothing has which they see."""
    person = caller(request).person
    by, unknown = known(filters.wanted(), person)
    if unknown:
        errors = [Fault(detail=_("“{text}” is not known.", text=text), parameter=name) for name, text in unknown]
        raise ProblemError(Kind.INVALID, errors=errors)
    return listed_for(person, by)
