"""A change of criteria tried in the browser: its problems at once, what it would do once the worker found it out."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import jobs, trying
from risk_engine.web.models import Job
from risk_engine.web.pages import shown
from risk_engine.web.pages.criteria import about_version
from risk_engine.web.rights import cases_for
from risk_engine.web.security import number_of, person_of
from risk_engine.web.sets import Held
from risk_engine.web.trying import Edit, Piece
from risk_engine.web.wording import problem_words
from risk_engine.web.words import JobKind


@require_http_methods(["GET", "POST"])
def try_change(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a file or an indicator of a version to edit; have it tried; give it back as file or patch."""
    of = about_version(request, reference)
    if isinstance(of, HttpResponse):
        return of
    if request.method == "GET" and "job" in request.GET:
        return _tried(request, of)
    sent = request.POST if request.method == "POST" else request.GET
    file, indicator = sent.get("file", ""), sent.get("indicator", "")
    what = trying.piece(of, file, indicator) if file or indicator else None
    if what is None and (indicator or file) and trying.files_of(of):
        raise Http404
    if what is None or request.method != "POST":
        return shown(request, "criteria_try.j2", {**_facts(of, file, indicator, what), "number": sent.get("case", "")})
    # A browser sends lines as mail does.
    text = request.POST.get("text", "").replace("\r\n", "\n")
    if sent.get("do") in {"file", "patch"}:
        return _download(what, text, sent["do"])
    number = sent.get("case", "").strip()
    facts = {**_facts(of, file, indicator, what), "text": text, "number": number}
    case = cases_for(person_of(request)).filter(number=number).first() if number else None
    if number and case is None:
        wrong = _("There is no case of this number, or none that you may see.")
        return shown(request, "criteria_try.j2", {**facts, "wrong": wrong}, status=422)
    try:
        problems = trying.problems_of(of, what, text)
    except RiskEngineError as error:
        return shown(request, "criteria_try.j2", {**facts, "wrong": problem_words(error)}, status=422)
    if problems is not None:
        return shown(request, "criteria_try.j2", {**facts, "tried": problems}, status=422)
    job = jobs.ask_to_try(Edit(of.reference, file, indicator, text), case, person_of(request))
    return HttpResponseRedirect(f"{of.address}/try?job={job.pk}")


def _tried(request: HttpRequest, of: Held) -> HttpResponse:
    """Show what an edit would do, to whoever typed it, or how far that is; where its time is over, the empty form."""
    those = Job.objects.select_related("case").filter(kind=JobKind.TRY, by=person_of(request), about=of.reference)
    job = those.filter(pk=number_of(request.GET["job"])).first()
    if job is None or not jobs.file_of(job).is_file():
        return HttpResponseRedirect(f"{of.address}/try")
    is_running = job.finished is None and not job.given_up
    if "HX-Request" in request.headers and not is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    edit = trying.kept(jobs.file_of(job))
    # Perhaps it is confidential by now: then neither its number nor what changes in it is shown.
    case = cases_for(person_of(request)).filter(pk=job.case.pk).first() if job.case else None
    facts = {
        **_facts(of, edit.file, edit.indicator, trying.piece(of, edit.file, edit.indicator)),
        "text": edit.text,
        "number": case.number if case else "",
        "job": job,
        "is_running": is_running,
        "tried": edit.tried,
    }
    return shown(request, "criteria_try.j2", facts)


def _facts(of: Held, file: str, indicator: str, what: Piece | None) -> dict[str, Any]:
    """Return what the page has before anything was tried."""
    return {
        "of": of,
        "files": trying.files_of(of),
        "file": file,
        "indicator": indicator,
        "what": what,
        "text": what.text if what else "",
        "number": "",
        "job": None,
        "is_running": False,
        "tried": None,
        "wrong": "",
        "rows": min(40, max(12, len(what.text.splitlines()) + 2)) if what else 0,
    }


def _download(what: Piece, text: str, form: str) -> HttpResponse:
    """Answer with the whole file as it would be, or with what is different."""
    content, name = (what.patch(text), "change.patch") if form == "patch" else (what.whole(text), what.file)
    response = HttpResponse(content.encode(), content_type="text/plain; charset=utf-8")
    named = content_disposition_header(as_attachment=True, filename=name.rpartition("/")[2])
    response["Content-Disposition"] = named or "attachment"
    return response
