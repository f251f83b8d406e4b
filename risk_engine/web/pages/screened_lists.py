"""The lists of organisations: how old each is and what it said when; taken in, read again and taken out by an admin."""

import logging
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Final, TypeAlias

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, grouped_by_thousands
from risk_engine.screening import lists
from risk_engine.screening.entry import STANDINGS, ListHead
from risk_engine.screening.formats import FORMATS, mapped
from risk_engine.screening.hit_words import age, standing, standings
from risk_engine.web import cases, screened_lists, screening
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import day_of
from risk_engine.web.rights import may
from risk_engine.web.security import MOST_SENT, number_of, person_of
from risk_engine.web.wording import problem_words

MOST_VERSIONS: Final = 30
_LOG: Final = logging.getLogger(__name__)
View: TypeAlias = Callable[..., HttpResponse]


def readable(view: View) -> View:
    """Answer that the lists cannot be read where their file is damaged or another one; no folder is named."""

    @wraps(view)
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            return view(request, **parts)
        except RiskEngineError:
            _LOG.warning("the lists cannot be read", exc_info=True)
            told = _("The lists of the office cannot be read.")
            way_out = _(
                "whoever runs the office finds why: `risk-engine lists show --store {file}`",
                file=screening.place().name,
            )
            facts = {"title": _("Lists"), "told": told, "reason": way_out}
            return shown(request, "problem.j2", facts, status=503)

    return answered


@require_http_methods(["GET", "HEAD", "POST"])
@readable
def every_list(request: HttpRequest) -> HttpResponse:
    """Show the lists with their days and their age; have one taken in, or all read again from where they came."""
    person, sent, wrong = person_of(request), request.POST, ""
    if request.method == "POST":
        try:
            match sent.get("do"):
                case "update":
                    screened_lists.update(_with_address(), person)
                case "stop":
                    screened_lists.stop(number_of(sent.get("job", "")), person)
                case _:
                    screened_lists.take_in(sent.dict(), dict(request.FILES.lists()), person)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect("/screening/lists")
    job = screened_lists.shown_job()
    if _is_over(request, job):
        return HttpResponse(headers={"HX-Refresh": "true"})
    today = cases.today()
    facts = {
        "lists": [_line(head, today) for head in screened_lists.heads()],
        "ended": _ended(),
        "stale": screened_lists.stale_words(screened_lists.heads(), today),
        "with_address": _with_address(),
        "standings": _standings(),
        "formats": {name: _(one.what) for name, one in FORMATS.items()},
        "mappings": {name: one.title for name, one in mapped.shipped().items()},
        "size": MOST_SENT // 1024 // 1024,
        "fields": screened_lists.field_words(),
        "wrong": wrong,
        "sent": sent if wrong else {},
        **_job(job),
        "may_change": may(person, "lists"),
    }
    return shown(request, "screened_lists.j2", facts, status=422 if wrong else 200)


def _is_over(request: HttpRequest, job: Any) -> bool:
    """Return whether a page that waits for a job is to be loaded anew."""
    return "HX-Request" in request.headers and not screened_lists.is_running(job)


def _job(job: Any, key: str = "") -> dict[str, Any]:
    """Return how far the newest job is, and what came of it; of one that is over only where it was about a list."""
    is_running = screened_lists.is_running(job)
    came = screened_lists.came_of(job) if job is not None and not is_running else screened_lists.Came()
    if not is_running and key and key not in came.lists:
        job = None
    return {
        "job": job,
        "is_running": is_running,
        "what": job.about.partition("\n")[2] if is_running else "",
        "so_far": grouped_by_thousands(job.parts_done) if is_running else "",
        "came": came.said if job is not None else (),
    }


def _standings() -> dict[str, str]:
    return {one: standing(one) for one in STANDINGS}


def _line(head: ListHead, day: date) -> dict[str, Any]:
    """Return what a list says of itself, as a row."""
    return {
        "is": head,
        "standing": standings(head.standings),
        "entries": grouped_by_thousands(head.entries),
        "names": grouped_by_thousands(head.names),
        "age": age(head, day),
        "is_stale": head.is_stale(day),
        "address": f"/screening/lists/{head.id}",
    }


def _with_address() -> list[str]:
    """Return which lists can be read again from where they came."""
    heads = screened_lists.heads()
    if not heads:
        return []
    with screened_lists.opened() as store:
        return [one.id for one in heads if screened_lists.has_address(store, one.id)]


def _ended() -> list[tuple[ListHead, date]]:
    """Return the lists that were taken out, with the day."""
    if not screening.place().is_file():
        return []
    with screened_lists.opened() as store:
        several = [(one, store.ended(one.id)) for one in store.heads(ended=True)]
    return [(one, day) for one, day in several if day is not None]


# --- one of them ---


@require_http_methods(["GET", "HEAD", "POST"])
@readable
def one_list(request: HttpRequest, key: str) -> HttpResponse:
    """Show a list with its versions; have it read again or brought anew, take it out from a day on."""
    person, wrong = person_of(request), ""
    if key not in {one.id for one in screened_lists.heads(ended=True)}:
        raise Http404
    if request.method == "POST":
        try:
            _do(request, key)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect(f"/screening/lists/{key}")
    job = screened_lists.shown_job()
    if _is_over(request, job):
        return HttpResponse(headers={"HX-Refresh": "true"})
    today = cases.today()
    with screened_lists.opened() as store:
        head, several, ended = store.head(key), store.versions(key), store.ended(key)
        has_address = screened_lists.has_address(store, key)
    may_change = may(person, "lists")
    facts = {
        "of": _line(head, today),
        "source": head.source if may_change else screened_lists.shown_source(head.source),
        "left_out": (grouped_by_thousands(head.dropped_persons), grouped_by_thousands(head.dropped_others)),
        "ended": ended,
        "stale": screened_lists.stale_words([] if ended else [head], today),
        "versions": [
            (one.head, *map(grouped_by_thousands, (one.head.entries, one.new, one.changed, one.gone)))
            for one in reversed(several[-MOST_VERSIONS:])
        ],
        "more": max(0, len(several) - MOST_VERSIONS),
        "has_address": has_address,
        "size": MOST_SENT // 1024 // 1024,
        "fields": screened_lists.field_words(),
        "today": today,
        "wrong": wrong,
        **_job(job, key),
        "may_change": may_change,
    }
    return shown(request, "screened_list.j2", facts, status=422 if wrong else 200)


def _do(request: HttpRequest, key: str) -> None:
    """Do with a list what a form asks for."""
    sent, by = request.POST, person_of(request)
    match sent.get("do"):
        case "update":
            screened_lists.update([key], by, anyway="anyway" in sent)
        case "stop":
            screened_lists.stop(number_of(sent.get("job", "")), by)
        case "end":
            screened_lists.end(key, day_of(sent.get("day", "")) or cases.today(), by)
        case _:
            screened_lists.bring_newer(key, sent.dict(), dict(request.FILES.lists()), by)


@require_GET
@readable
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a list says of an entry, as of a day."""
    if key not in {one.id for one in screened_lists.heads(ended=True)}:
        raise Http404
    wanted, on, wrong = request.GET.get("entry", "")[:500], cases.today(), ""
    try:
        on = day_of(request.GET.get("on", "")) or on
    except RiskEngineError as error:
        wrong = problem_words(error)
    with screened_lists.opened() as store:
        head = store.head_on(key, on)
        found = store.entry(key, wanted, on)
        last = store.entry(key, wanted) if found is None else found
    if last is None:
        told = _(
            "{title} has no entry with the key “{key}” as of any day. One that comes and goes on one day leaves none.",
            title=head.title,
            key=wanted,
        )
        back = (f"/screening/lists/{key}", head.title)
        return shown(request, "problem.j2", {"title": _("Not found"), "told": told, "reason": "", "back": back}, 404)
    facts = {
        "of": _line(head, on),
        "name": last.name,
        "entry": wanted,
        "on": on,
        "rows": list(lists.entry_words(found)) if found is not None else [],
        "is_there": found is not None,
        "stale": screened_lists.stale_words([head], cases.today()),
        "wrong": wrong,
    }
    return shown(request, "screened_entry.j2", facts, status=422 if wrong else 200)
