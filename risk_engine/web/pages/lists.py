"""The register: the cases that somebody may see, narrowed and sorted by the address, as a page or as a file."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_http_methods, require_POST

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, either
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Ladder
from risk_engine.office.register.listing import What, due_words
from risk_engine.report.several import ROLES, ladder_heads
from risk_engine.web import cases, log, register
from risk_engine.web.models import Case, Person, SavedView
from risk_engine.web.narrowing import DUES, SORTS, criteria_in_use, narrowed, older, wanted
from risk_engine.web.pages import once_of, shown
from risk_engine.web.rights import cases_for, faculties_of
from risk_engine.web.security import number_of, person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.wording import problem_words, state_words
from risk_engine.web.words import State

MOST_ON_A_PAGE: Final = 50
_CHUNK: Final = 1000
"""So many cases are read at once for a file."""
_MOST_NAME: Final = 100
_MOST_QUERY: Final = 1000
_KEPT: Final = frozenset(
    {"q", "faculty", "state", "level", "older", "due", "days", "mine", "confidential", "with", "sort"}
)
"""What of an address makes a view."""


@dataclass(frozen=True)
class Row:
    """A case in the list."""

    case: Case
    summary: register.Summary
    is_older: bool

    @property
    def names(self) -> list[str]:
        """Whom it is with."""
        return self.summary.get("names", [])

    def level_names(self, role: str) -> list[str]:
        """Return which level it has, or may have, as the criteria name it; the mildest first."""
        return self.summary.get("levels", {}).get(role, ("", []))[1]

    def level_words(self, role: str) -> str:
        """Return in words which level it has, or may have."""
        ladder = self.summary.get("levels", {}).get(role, ("", []))[0]
        titles = [_level_title(self.case, ladder, one) for one in self.level_names(role)]
        return either(titles) if titles else ""

    @property
    def is_open(self) -> bool:
        """Whether missing answers leave a result open."""
        return self.summary.get("open", False)

    @property
    def decided(self) -> list[str]:
        """What was decided, as the criteria name it."""
        return [level for _ladder, level in self.summary.get("decided", [])]

    @property
    def decided_words(self) -> str:
        """What was decided, in words."""
        return ", ".join(_level_title(self.case, *one) for one in self.summary.get("decided", []))

    @property
    def due(self) -> date | None:
        """The next day by which something is due."""
        return date.fromisoformat(self.summary["due"][0]) if "due" in self.summary else None

    @property
    def due_what(self) -> What | None:
        """What is due next."""
        return self.summary["due"][1] if "due" in self.summary else None

    @property
    def due_words(self) -> str:
        """What is due next, in words."""
        return due_words(self.due_what) if self.due_what else ""


def _level_title(case: Case, ladder: str, level: str) -> str:
    found = _ladders(case.criteria).get(ladder)
    return found.levels[level].title if found and level in found.levels else level


def _ladders(reference: str) -> Mapping[str, Ladder]:
    criteria = criteria_named(reference)
    return criteria.ladders if criteria else {}


def criteria_named(reference: str) -> Criteria | None:
    """Return criteria in words of the current language; None where they are not here any more."""
    with suppress(RiskEngineError):
        return cases.rules_named(reference)
    return None


def rows_of(found: Iterable[Case], old: frozenset[str]) -> Iterator[Row]:
    """Yield cases as rows; `old` names the criteria that are older than the newest."""
    yield from (Row(one, one.summary, one.criteria in old) for one in found)


def _table(rows: Iterable[Row], heads: tuple[str, ...]) -> Table[Row]:
    levels = [
        Column[Row](role, head, partial(Row.level_names, role=role), partial(Row.level_words, role=role))
        for role, head in zip(ROLES, heads, strict=True)
    ]
    columns = (
        Column[Row]("case", _("Case"), lambda row: row.case.number),
        Column[Row]("title", _("Title"), lambda row: row.case.title),
        Column[Row]("with", _("With"), lambda row: list(row.names)),
        Column[Row]("faculty", _("Faculty"), lambda row: row.case.faculty.name),
        Column[Row]("state", _("State"), lambda row: row.case.state, lambda row: state_words(row.case.state)),
        *levels,
        Column[Row]("open", _("Still open"), lambda row: row.is_open, lambda row: _("yes") if row.is_open else _("no")),
        Column[Row]("decided", _("Decided"), lambda row: row.decided, lambda row: row.decided_words),
        Column[Row]("due", _("Next due"), lambda row: row.due),
        Column[Row]("due_what", _("What is due"), lambda row: row.due_what, lambda row: row.due_words),
        Column[Row]("criteria", _("Criteria"), lambda row: row.case.criteria),
        Column[Row]("changed", _("Changed"), lambda row: row.case.changed.astimezone().date()),
    )
    return Table("cases", _("Cases"), columns, rows)


@require_http_methods(["GET", "HEAD", "POST"])
def case_list(request: HttpRequest) -> HttpResponse:
    """Show the cases that somebody may see, narrowed by the address, or answer with them as a file; or begin one."""
    person = person_of(request)
    if request.method == "POST":
        return _begun(request, person)
    visible, today = cases_for(person), cases.today()
    by, wrong = wanted(request.GET.dict(), request.GET.getlist("level"))
    found = narrowed(visible, by, person, today).defer("document", "search").select_related("faculty")
    used = criteria_in_use(visible)
    old = frozenset(older(used, today))
    titles = [
        (role, criteria.ladders[ladder].title)
        for criteria in filter(None, map(criteria_named, used))
        for role, ladder in criteria.head.roles.by_role.items()
    ]
    heads = ladder_heads(titles)
    if "format" in request.GET:
        rows = rows_of(found.iterator(chunk_size=_CHUNK), old)
        return file_or_why(request, _table(rows, heads))
    page = Paginator(found, MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "by": by,
        "wrong": wrong,
        "page": page,
        "rows": list(rows_of(page.object_list, old)),
        "today": today,
        "heads": dict(zip(ROLES, heads, strict=True)),
        "query": _query(request),
        "unsorted": _query(request, without="sort"),
        "views": _views(person),
        "sees_confidential": visible.filter(confidential=True).exists(),
        **_options(person, used),
    }
    return shown(request, "register.j2", facts)


def _query(request: HttpRequest, without: str = "") -> str:
    """Return what of an address makes a view, in its own order."""
    sent = [(name, one) for name in request.GET for one in request.GET.getlist(name)]
    return urlencode([(name, one) for name, one in sent if one and name in _KEPT - {without}])


def _options(person: Person, used: list[str]) -> dict[str, Any]:
    """Return what can be chosen from."""
    ladders: dict[str, tuple[str, dict[str, str]]] = {}
    for reference in used:
        for name, ladder in _ladders(reference).items():
            levels = {level: one.title for level, one in ladder.levels.items()}
            ladders[name] = (ladder.title, {**ladders.get(name, ("", {}))[1], **levels})
    return {
        "states": {str(one): state_words(one) for one in State},
        "dues": {one: due_words(one) for one in DUES},
        "sorts": SORTS,
        "ladders": ladders,
        "faculties": list(faculties_of(person, "see")),
    }


def _begun(request: HttpRequest, person: Person) -> HttpResponse:
    """Begin a case, in a faculty in which the person assesses."""
    title = " ".join(request.POST.get("title", "").split())
    faculty = next((one for one in faculties_of(person, "begin") if str(one.pk) == request.POST.get("faculty")), None)
    if not title or faculty is None:
        told = _("A case needs a title and a faculty in which you assess.")
        return shown(request, "problem.j2", {"title": _("Not begun"), "told": told, "reason": ""}, status=422)
    try:
        case = cases.begin(person, faculty, title, once_of(request))
    except RiskEngineError as error:
        told = problem_words(error)
        return shown(request, "problem.j2", {"title": _("Not begun"), "told": told, "reason": ""}, status=422)
    return HttpResponseRedirect(f"/cases/{case.number}/triage")


def file_or_why(request: HttpRequest, table: Table[Any]) -> HttpResponse:
    """Answer with a list as a file, or with why it cannot be written here."""
    try:
        return as_file(request, table)
    except RiskEngineError as error:
        told = {"title": _("Not written"), "told": problem_words(error), "reason": ""}
        return shown(request, "problem.j2", told, status=422)


# --- views that somebody keeps ---


def _views(person: Person) -> list[SavedView]:
    """Return the views of the register that somebody keeps, or that others share with their faculty."""
    shared = SavedView.objects.filter(faculty__in=faculties_of(person, "see"))
    return list((shared | SavedView.objects.filter(person=person)).select_related("person", "faculty").order_by("name"))


@require_POST
def views(request: HttpRequest) -> HttpResponse:
    """Keep a view of the register under a name, for oneself or for a faculty; or let go of one's own."""
    person, sent = person_of(request), request.POST
    if "remove" in sent:
        with transaction.atomic():
            gone, _rows = SavedView.objects.filter(person=person, pk=number_of(sent["remove"])).delete()
            if gone:
                log.note("view_removed", person)
        return HttpResponseRedirect("/cases")
    kept = QueryDict(sent.get("query", "")[:_MOST_QUERY])
    query = urlencode([(name, one) for name in kept if name in _KEPT for one in kept.getlist(name) if one])
    name = " ".join(sent.get("name", "").split())
    faculty = next((one for one in faculties_of(person, "see") if str(one.pk) == sent.get("share")), None)
    if not name or len(name) > _MOST_NAME:
        told = _("A view needs a name, of at most {number} letters.", number=_MOST_NAME)
        return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": ""}, status=422)
    with transaction.atomic():
        SavedView.objects.update_or_create(person=person, name=name, defaults={"query": query, "faculty": faculty})
        log.note("view_saved", person, faculty=faculty.pk if faculty else None)
    return HttpResponseRedirect(f"/cases?{query}")
