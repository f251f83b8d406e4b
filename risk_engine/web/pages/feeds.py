"""Criteria that other offices publish: what feeds name, what a version would have decided here, a decision."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import exchange, feeds, proofs, studies
from risk_engine.web.feeds import Followed, Standing
from risk_engine.web.models import Person
from risk_engine.web.pages import shown
from risk_engine.web.pages.studies import parts_of
from risk_engine.web.rights import cases_for, may
from risk_engine.web.security import person_of
from risk_engine.web.wording import day_at


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show the feeds that were looked at; look at one, which is asked for by nothing else than this."""
    person, wrong, status = person_of(request), "", 200
    if request.method == "POST" and (wrong := proofs.given(request, person)):
        status = 403
    elif request.method == "POST":
        try:
            made = feeds.look(_sent(request), person)
        except RiskEngineError as error:
            wrong, status = exchange.told(error), 422
        else:
            return HttpResponseRedirect(f"/exchange/feeds#feed-{made.seen.n}")
    try:
        found, broken = feeds.followed(), ""
    except RiskEngineError as error:
        found, broken = [], exchange.told(error)
    facts = {
        "feeds": [
            (
                one,
                day_at(one.seen.at),
                exchange.told(one.problem) if one.problem else "",
                [(each, _state(each), day_at(each.decided.at) if each.decided else "") for each in one.releases],
            )
            for one in found
        ],
        "broken": broken,
        "wrong": wrong,
        "address": request.POST.get("address", ""),
        "may_change": (may_change := may(person, "change_criteria")),
        "proof": proofs.asked(request, person) if may_change else None,
    }
    return shown(request, "exchange_feeds.j2", facts, status=status)


def _state(one: Standing) -> str:
    """Return what became of a version here."""
    if one.decided is not None:
        return _("adopted") if one.decided.what == "adopted" else _("refused")
    return _("withdrawn by its office") if one.of.withdrawn else _("not decided yet")


def _sent(request: HttpRequest) -> bytes | str:
    """Return the feed that was sent, or its address."""
    if (file := request.FILES.get("feed")) is not None:
        if (file.size or 0) > feeds.MOST:
            raise RiskEngineError(_("the file is larger than {size} MiB", size=feeds.MOST // 1024 // 1024))
        return bytes(file.read())
    if address := request.POST.get("address", "").strip():
        return address
    raise RiskEngineError(_("Choose the zip of a feed, or give its address."))


@require_http_methods(["GET", "HEAD", "POST"])
def release_page(request: HttpRequest, line: int, release: str) -> HttpResponse:
    """Show what a version would have decided on the cases of the office; adopt it or refuse it, with a reason."""
    person, wrong, status = person_of(request), "", 200
    of, one = _named(line, release)
    if request.method == "POST" and request.POST.get("do") == "work":
        feeds.ask(one.of, person)
        return HttpResponseRedirect(request.path)
    if request.method == "POST" and (wrong := proofs.given(request, person)):
        status = 403
    elif request.method == "POST":
        try:
            return _decided(request, of, one, person)
        except RiskEngineError as error:
            wrong, status = exchange.told(error), 409
    may_change = may(person, "change_criteria")
    facts = {
        "feed": of,
        "one": one,
        "state": _state(one),
        "decided_on": day_at(one.decided.at) if one.decided else "",
        "wrong": wrong,
        "reason": request.POST.get("reason", ""),
        "may_change": may_change,
        "proof": proofs.asked(request, person) if may_change else None,
        **_impact(one, person),
    }
    if "HX-Request" in request.headers and not facts["is_running"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return shown(request, "exchange_release.j2", facts, status=status)


def _named(line: int, release: str) -> tuple[Followed, Standing]:
    try:
        found = next((one for one in feeds.followed() if one.seen.n == line), None)
    except RiskEngineError as error:
        raise Http404 from error  # the page of the feeds says that the log does not hold
    one = None if found is None else found.named(release)
    if found is None or one is None:
        raise Http404
    return found, one


def _decided(request: HttpRequest, of: Followed, one: Standing, person: Person) -> HttpResponse:
    reason, release = request.POST.get("reason", "").strip(), one.of.release
    if request.POST.get("do") == "refuse":
        feeds.refuse(of, release, person, reason)
        return HttpResponseRedirect("/exchange/feeds")
    feeds.adopt(of, release, person, reason)
    return HttpResponseRedirect(f"/criteria/{release}/use")


def _impact(one: Standing, person: Person) -> dict[str, Any]:
    """Return what it would have decided as parts of a page; cases that somebody does not see are counted alone."""
    facts: dict[str, Any] = {"before": "", "job": None, "is_running": False, "result": None, "view": None, "why": ""}
    try:
        before = feeds.before(one.of)
        result = feeds.result(one.of, before) if before else None
    except RiskEngineError as error:
        return {**facts, "why": exchange.told(error)}
    if not before:
        return facts
    job = feeds.jobs(one.of, before).first()
    is_running = job is not None and job.finished is None and not job.given_up
    facts |= {"before": before, "job": job, "is_running": is_running, "result": result}
    if result is not None:
        view, hidden = studies.impact_page(result.content, dict(cases_for(person).values_list("number", "title")))
        facts |= {**parts_of(view), "hidden": hidden}
    return facts
