"""The pages on what stands beside the answers of a case: controls and evidence."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.words import STATUSES
from risk_engine.web import beside, cases
from risk_engine.web.models import Case
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import head_of, locked, not_saved
from risk_engine.web.record_of_rows import CONTROLS
from risk_engine.web.security import number_of, person_of
from risk_engine.web.standing import range_of
from risk_engine.web.wording import as_iso, problem_words, status_words


@require_http_methods(["GET", "POST"])
def controls(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the controls that could lower a finding of the case; save all that is said of them, what is good of it."""
    told: dict[str, str] = {}
    if request.method == "POST":
        shown_then = {(one.path, one.seq): one.value for one in case.answers.filter(path__startswith=f"{CONTROLS}.")}
        try:
            for one in beside.controls(case):
                if wrong := _stated(request, case, one, shown_then):
                    told[one.control.id] = wrong
            control, _, digest = request.POST.get("remove", "").partition(" ")
            if digest:
                beside.detach(case, digest, beside.Supports(control=control), person_of(request))
        except cases.LockedError:
            return locked(request, case)
        if not told:
            at = control or request.POST.get("at", "")
            return HttpResponseRedirect(f"/cases/{case.number}/controls#{at}")
        case.refresh_from_db()
    facts = {
        "controls": beside.controls(case),
        "statuses": [(one, status_words(one)) for one in STATUSES],
        "range": range_of(case),
        "told": told,
        "sent": request.POST,
    }
    return shown(request, "controls.j2", {**head_of(request, case), **facts}, status=422 if told else 200)


def _stated(
    request: HttpRequest, case: Case, one: beside.ControlOfCase, shown_then: Mapping[tuple[str, int], Any]
) -> str:
    """Save what a form says of a control, and its file; return why that is not taken, nothing where it is."""
    sent, name = request.POST, one.control.id
    if f"base.{name}" not in sent:
        return ""  # it was not on the page
    base = number_of(sent[f"base.{name}"])
    before = shown_then.get((f"{CONTROLS}.{name}", base)) or {}
    said = {part: " ".join(sent.get(f"{part}.{name}", "").split()) for part in beside.SAID}
    said["due"] = as_iso(said["due"])
    try:
        if said != {part: before.get(part, "") for part in beside.SAID}:
            beside.state_control(case, name, said, person_of(request), "controls", base)
        if file := request.FILES.get(f"file.{name}"):
            beside.attach(case, file, beside.Supports(control=name), person_of(request))
    except cases.ConflictError as error:
        return _("{name} changed this control meanwhile: look at it again.", name=error.stands.author)
    except RiskEngineError as error:
        return problem_words(error)
    return ""


@require_POST
def upload(request: HttpRequest, case: Case) -> HttpResponse:
    """Take a file as evidence for answers as they stand, or for a control; or let one support them no more."""
    sent, back = request.POST, request.POST.get("back", "")
    page = f"/cases/{case.number}/{f'q/{back}#evidence' if PAGE.fullmatch(back) else 'controls'}"
    supports = beside.Supports(sent.getlist("for"), sent.get("control", ""), sent.get("kind", ""))
    try:
        if "remove" in sent:
            beside.detach(case, sent["remove"], supports, person_of(request))
            return HttpResponseRedirect(page)
        beside.attach(case, request.FILES.get("file"), supports, person_of(request))
    except cases.LockedError:
        return locked(request, case)
    except RiskEngineError as error:
        return not_saved(request, problem_words(error), page)
    return HttpResponseRedirect(page)


PAGE = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)?")
"""What a page of questions is called in its address."""


@require_GET
def attachment(_request: HttpRequest, case: Case, digest: str) -> HttpResponse:
    """Answer with a file of the case, only ever as an attachment."""
    found = beside.attachment(case, digest)
    if found is None:
        raise Http404
    return found
