"""The register: the cases that somebody may see, narrowed and sorted by the address, as a page or as a file."""

from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_http_methods, require_POST

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.office.register.listing import due_words
from risk_engine.report.several import ROLES
from risk_engine.web import cases, log
from risk_engine.web.listing import known, ladders_of, listed_for
from risk_engine.web.models import Person, SavedView
from risk_engine.web.narrowing import DUES, SORTS, wanted
from risk_engine.web.pages import once_of, shown
from risk_engine.web.rights import cases_for, faculties_of, may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.tables import as_file
from risk_engine.web.wording import problem_words, standing_words, state_words
from risk_engine.web.words import State

MOST_ON_A_PAGE: Final = 50
_MOST_NAME: Final = 100
_MOST_QUERY: Final = 1000
_KEPT: Final = frozenset(
    {"q", "faculty", "state", "level", "older", "due", "days", "mine", "confidential", "with", "sort"}
)
"""What of an address makes a view."""


@require_http_methods(["GET", "HEAD", "POST"])
def case_list(request: HttpRequest) -> HttpResponse:
    """Show the cases that somebody may see, narrowed by the address, or answer with them as a file; or begin one."""
    person = person_of(request)
    if request.method == "POST":
        return _begun(request, person)
    by, wrong = wanted(request.GET.dict(), request.GET.getlist("level"))
    by, unknown = known(by, person)
    wrong += [_("“{text}” is not known as {name}, and was left out.", text=text, name=name) for name, text in unknown]
    listed = listed_for(person, by)
    is_file = "format" in request.GET
    if is_file and not wrong:  # a file has no place to say that it is more than what was asked for
        return as_file(request, listed.table())
    page = Paginator(listed.found, MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "by": by,
        "wrong": wrong,
        "page": page,
        "rows": list(listed.rows(page.object_list)),
        "today": cases.today(),
        "heads": dict(zip(ROLES, listed.heads, strict=True)),
        "query": _query(request),
        "unsorted": _query(request, without="sort"),
        "views": _views(person),
        "works_with_many": may(person, "many"),
        "works_with_whom": may(person, "awareness"),
        "sees_confidential": cases_for(person).filter(confidential=True).exists(),
        **_options(person, listed.criteria),
    }
    return shown(request, "register.j2", facts, status=422 if is_file else 200)


def _query(request: HttpRequest, without: str = "") -> str:
    """Return what of an address makes a view, in its own order."""
    sent = [(name, one) for name in request.GET for one in request.GET.getlist(name)]
    return urlencode([(name, one) for name, one in sent if one and name in _KEPT - {without}])


def _options(person: Person, used: list[str]) -> dict[str, Any]:
    """Return what can be chosen from."""
    ladders: dict[str, tuple[str, dict[str, str]]] = {}
    for reference in used:
        for name, ladder in ladders_of(reference).items():
            levels = {level: one.title for level, one in ladder.levels.items()}
            ladders[name] = (ladder.title, {**ladders.get(name, ("", {}))[1], **levels})
    return {
        "states": {str(one): state_words(one) for one in State},
        "standing_words": standing_words,
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
    kept = QueryDict(sent.get("query", ""))
    query = urlencode([(name, one) for name in kept if name in _KEPT for one in kept.getlist(name) if one])
    name = " ".join(sent.get("name", "").split())
    faculty = next((one for one in faculties_of(person, "see") if str(one.pk) == sent.get("share")), None)
    told = (
        "" if 0 < len(name) <= _MOST_NAME else _("A view needs a name, of at most {number} letters.", number=_MOST_NAME)
    )
    if len(query) > _MOST_QUERY:
        told = " ".join(filter(None, (told, _("What the view narrows by is too long to be kept: shorten the texts."))))
    if told:
        return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": ""}, status=422)
    with transaction.atomic():
        SavedView.objects.update_or_create(person=person, name=name, defaults={"query": query, "faculty": faculty})
        log.note("view_saved", person, faculty=faculty.pk if faculty else None)
    return HttpResponseRedirect(f"/cases?{query}")
