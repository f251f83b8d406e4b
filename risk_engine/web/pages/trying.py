"""A change of criteria tried in the browser: what is edited comes with each form, and nothing of it is kept."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import trying
from risk_engine.web.pages import shown
from risk_engine.web.pages.criteria import about_version
from risk_engine.web.rights import cases_for
from risk_engine.web.security import person_of
from risk_engine.web.trying import Piece
from risk_engine.web.wording import problem_words


@require_http_methods(["GET", "POST"])
def try_change(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a file or an indicator of a version to edit; say what the edit would do; give it back as file or patch."""
    of = about_version(request, reference)
    if isinstance(of, HttpResponse):
        return of
    sent = request.POST if request.method == "POST" else request.GET
    file, indicator = sent.get("file", ""), sent.get("indicator", "")
    what = trying.piece(of, file, indicator) if file or indicator else None
    if what is None and (indicator or file) and trying.files_of(of):
        raise Http404
    # A browser sends lines as mail does.
    text = request.POST.get("text", "").replace("\r\n", "\n") if request.method == "POST" else ""
    if what is not None and request.method == "POST" and sent.get("do") in {"file", "patch"}:
        return _download(what, text, sent["do"])
    facts: dict[str, Any] = {
        "of": of,
        "files": trying.files_of(of),
        "file": file,
        "indicator": indicator,
        "what": what,
        "text": text if request.method == "POST" else what.text if what else "",
        "number": (number := sent.get("case", "").strip()),
        "tried": None,
        "wrong": "",
        "rows": min(40, max(12, len(what.text.splitlines()) + 2)) if what else 0,
    }
    if what is None or request.method != "POST":
        return shown(request, "criteria_try.j2", facts)
    case = cases_for(person_of(request)).filter(number=number).first() if number else None
    if number and case is None:
        wrong = _("There is no case of this number, or none that you may see.")
        return shown(request, "criteria_try.j2", {**facts, "wrong": wrong}, status=422)
    try:
        tried = trying.tried(of, what, text, case)
    except RiskEngineError as error:
        return shown(request, "criteria_try.j2", {**facts, "wrong": problem_words(error)}, status=422)
    return shown(request, "criteria_try.j2", {**facts, "tried": tried}, status=422 if tried.problems else 200)


def _download(what: Piece, text: str, form: str) -> HttpResponse:
    """Answer with the whole file as it would be, or with what is different."""
    content, name = (what.patch(text), "change.patch") if form == "patch" else (what.whole(text), what.file)
    response = HttpResponse(content.encode(), content_type="text/plain; charset=utf-8")
    named = content_disposition_header(as_attachment=True, filename=name.rpartition("/")[2])
    response["Content-Disposition"] = named or "attachment"
    return response
