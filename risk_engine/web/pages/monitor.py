"""What changed around the cases that somebody sees, the worst first: looked for, read, acknowledged with a reason."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import current
from risk_engine.office.monitor import wording
from risk_engine.office.monitor.changes import Acknowledged, Change, Gravity, Report, Touch
from risk_engine.web import monitoring, screened_lists, works
from risk_engine.web.models import BroughtWorks, Person
from risk_engine.web.pages import shown
from risk_engine.web.rights import may
from risk_engine.web.security import person_of
from risk_engine.web.wording import problem_words

ON_A_PAGE: Final = 30
MOST_CASES: Final = 20
"""So many cases of a change are shown, the worst; what is acknowledged is all of it."""
_OF_LISTS: Final = frozenset({"listed", "unlisted"})
_WORST: Final = frozenset({Gravity.STRICTER, Gravity.MAY_BE_STRICTER, Gravity.OVERDUE})


@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Show what the last look found; look again, or acknowledge a change."""
    person, sent, wrong = person_of(request), request.POST, ""
    if request.method == "POST":
        try:
            _do(sent, person)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect("/monitor")
    job = monitoring.last_job()
    is_running = screened_lists.is_running(job)
    if "HX-Request" in request.headers and not is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    there = monitoring.found_for(person)
    changes = there.report.changes if there else ()
    page = Paginator(changes, ON_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "there": there,
        "page": page,
        "changes": [_shown(one, there.report) for one in page.object_list] if there else [],
        "parts": [(wording.part_words(one), one.state) for one in there.report.parts] if there else [],
        "works": next((one for one in there.report.parts if one.name == "works"), None) if there else None,
        "exports": works.watched(),
        "brought": BroughtWorks.objects.order_by("-pk").first(),
        "is_whole": not there.report.failed if there else True,
        "lines_in": there.look.language if there and there.look.language != current() else "",
        "seen": [(wording.title(change.kind, change.about), *_who(one)) for change, one in there.seen] if there else [],
        "job": job,
        "is_running": is_running,
        "may_change": may(person, "monitor"),
        "wrong": wrong,
        "sent": sent if wrong else {},
    }
    return shown(request, "monitor.j2", facts, status=422 if wrong else 200)


@require_GET
def for_programs(request: HttpRequest, form: str) -> HttpResponse:
    """Answer with what was found as a calendar or a feed."""
    known = next((one for one in monitoring.TYPES if one == form), None)
    if known is None:
        raise Http404
    found = monitoring.for_programs(person_of(request), known)
    response = HttpResponse(found, content_type=f"{monitoring.TYPES[known]}; charset=utf-8")
    name = content_disposition_header(as_attachment=True, filename=f"changes.{known}")
    response["Content-Disposition"] = name or "attachment"
    return response


def _do(sent: Any, person: Person) -> None:
    """Do what a form asks for."""
    if sent.get("do") == "acknowledge":
        monitoring.acknowledge(person, sent.get("change", ""), sent.get("seen", ""), sent.get("reason", ""))
    else:
        monitoring.ask(person)


def _shown(change: Change, report: Report) -> dict[str, Any]:
    """Return a change in words, with the cases that it touches."""
    return {
        "id": change.id,
        "title": wording.title(change.kind, change.about),
        "weight": wording.gravity_words(change.gravity),
        "is_worst": change.gravity in _WORST,
        "mark": wording.mark(change, report),
        "lines": change.lines,
        "before": [wording.seen_before(one) for one in change.known],
        "cases": [
            {
                "number": one.case_id,
                "title": one.title,
                "state": wording.state_words(one.state),
                "weight": wording.gravity_words(one.gravity),
                "lines": one.lines,
                "hits": _hits_of(change, one),
            }
            for one in change.touches[:MOST_CASES]
        ],
        "more": max(0, len(change.touches) - MOST_CASES),
        "hits": f"/partners?{urlencode({'q': change.about['name']})}"
        if change.kind in _OF_LISTS and not change.touches and change.about.get("name")
        else "",
        "digest": monitoring.digest_of(change),
    }


def _hits_of(change: Change, touch: Touch) -> str:
    """Return where the hit of a case is looked at and decided, nothing for what is no hit."""
    entity, _dot, entry = touch.facts.get("entry", "").partition(".")
    is_there = change.kind in _OF_LISTS and entry and touch.state != "on_file"
    return f"/cases/{touch.case_id}/hits/{entity}/{entry}" if is_there else ""


def _who(one: Acknowledged) -> tuple[str, Any, str]:
    return one.by, one.on, one.reason
