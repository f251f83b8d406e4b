"""Who works with whom: an export of works is brought, its report and briefs are read, doubted pairs are judged."""

import re
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.awareness import need_counting
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current
from risk_engine.files.reading import read_bytes
from risk_engine.web import log, screened_lists, works
from risk_engine.web.models import BroughtWorks, Person
from risk_engine.web.pages import shown
from risk_engine.web.rights import may
from risk_engine.web.security import MOST_SENT, REPORT_CSP, person_of
from risk_engine.web.wording import problem_words
from risk_engine.web.words import PairSaid

_FILE: Final = re.compile(r"(?:report|brief-[0-9a-f]{12})\.[A-Za-z-]{2,20}\.(?:html|xlsx|pdf)", re.ASCII)


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show the exports that were brought; bring one."""
    sent, wrong = request.POST, ""
    if request.method == "POST":
        try:
            between = (sent.get("a", "").strip(), sent.get("b", "").strip())
            whole = _whole(sent.get("whole"))
            files, mapping = request.FILES.getlist("files"), request.FILES.get("mapping")
            made = works.bring(files, between, person_of(request), whole=whole, mapping=mapping)
            return HttpResponseRedirect(made.address)
        except RiskEngineError as error:
            wrong = problem_words(error)
    facts = {
        "exports": [(one, works.is_read(one)) for one in BroughtWorks.objects.select_related("by").order_by("-pk")],
        "mapping_field": works.mapping_field(),
        "regions": _regions(),
        "between": (sent.get("a") or works.BETWEEN[0], sent.get("b") or works.BETWEEN[1]),
        "size": MOST_SENT // 1024 // 1024,
        "wrong": wrong,
        "whole": sent.get("whole"),
    }
    return shown(request, "awareness.j2", facts, status=422 if wrong else 200)


def _whole(said: str | None) -> bool:
    """Return whether an export is whole; RiskEngineError where nobody said that."""
    if said not in {"yes", "no"}:
        raise RiskEngineError(_("Say whether it is whole or a sample: from a sample no trend is drawn."))
    return said == "yes"


def _regions() -> list[str]:
    """Return the names of the regions that there are; none where nothing counts works here."""
    try:
        need_counting()
    except RiskEngineError:
        return []
    from risk_engine.awareness.regions import shipped_regions

    return sorted(shipped_regions().regions)


def _export(key: str) -> BroughtWorks:
    found = BroughtWorks.objects.filter(key=key).select_related("by").first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def one_export(request: HttpRequest, key: str) -> HttpResponse:
    """Show how far an export is, its report, its pairs; judge one, ask for a brief, delete it."""
    of, person, wrong = _export(key), person_of(request), ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_do(of, request, person))
        except RiskEngineError as error:
            wrong = problem_words(error)
    job = works.jobs_of(of).first()
    is_running = screened_lists.is_running(job)
    if "HX-Request" in request.headers and not is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    pairs = works.pairs_of(of)
    facts = {
        "of": of,
        "job": job,
        "is_running": is_running,
        "is_read": works.is_read(of),
        "has_report": (of.folder / f"report.{current()}.html").is_file(),
        "in_others": sorted(one.name.split(".")[1] for one in of.folder.glob("report.*.html")),
        "spoken_in": current(),
        "briefs": works.briefs_of(of),
        "names": sorted({one["a"]["name"] for one in pairs}),
        "pairs": [_shown(one) for one in pairs],
        "said": works.said().words[-works.MOST_PAIRS :] if pairs else (),
        "said_words": said_words(),
        "lists": works.lists_of(of),
        "may_change": may(person, "awareness"),
        "wrong": wrong,
        "sent": request.POST if wrong else {},
    }
    return shown(request, "awareness_export.j2", facts, status=422 if wrong else 200)


def _do(of: BroughtWorks, request: HttpRequest, person: Person) -> str:
    sent = request.POST
    match sent.get("do"):
        case "remove":
            works.remove(of, person)
            return "/awareness"
        case "judge":
            works.judge(of, sent.dict(), person)
        case "watch":
            works.watch(of, sent.get("ours", ""), person)
        case "leave":
            works.leave(of, person)
        case "brief":
            if not (name := sent.get("institution", "").strip()):
                raise RiskEngineError(_("Say for which institution."))
            works.ask(of, person, name)
        case _:
            works.ask(of, person)
    return of.address


def said_words() -> dict[str, str]:
    """Return what may be said of a pair."""
    return {
        PairSaid.CONFIRMED: _("they work together"),
        PairSaid.SUSPECT: _("it is a mistake of the data"),
        PairSaid.OPEN: _("open: as the rules say"),
    }


def _shown(pair: dict[str, Any]) -> dict[str, Any]:
    from risk_engine.awareness.doubt import reason_words, status_words

    return {
        **pair,
        "id": works.pair_key(pair),
        "told": pair.get("told", []),  # not there where the report was made before works were kept beside pairs
        "status": status_words(pair["status"]),
        "is_suspect": pair["status"] == "suspect",
        "reasons": [reason_words(one) for one in pair["reasons"]],
    }


@require_GET
def report(_request: HttpRequest, key: str) -> HttpResponse:
    """Answer with the report on an export, a page of its own that runs nothing."""
    path = _export(key).folder / f"report.{current()}.html"
    if not path.is_file():
        raise Http404
    response = HttpResponse(read_bytes(path), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = REPORT_CSP
    return response


@require_GET
def download(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Answer with a report or a brief as a file."""
    of = _export(key)
    path = of.folder / name
    if _FILE.fullmatch(name) is None or not path.is_file():
        raise Http404
    log.note("export", person_of(request), works=of.key, form=name)
    response = HttpResponse(read_bytes(path), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
