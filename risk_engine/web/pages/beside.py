"""The pages on what stands beside the answers of a case: controls and evidence."""

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.words import STATUSES
from risk_engine.web import beside, cases
from risk_engine.web.models import Case
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import head_of, locked, not_saved
from risk_engine.web.security import number_of, person_of
from risk_engine.web.standing import range_of
from risk_engine.web.wording import as_iso, problem_words, status_words


@require_http_methods(["GET", "POST"])
def controls(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the controls that could lower a finding of the case; save what is said of one."""
    wrong, sent = "", request.POST
    if request.method == "POST":
        control, base = sent.get("control", ""), number_of(sent.get("base", "0"))
        said = {name: sent.get(name, "") for name in ("status", "owner")} | {"due": as_iso(sent.get("due", ""))}
        try:
            beside.state_control(case, control, said, person_of(request), "controls", base)
        except cases.LockedError:
            return locked(request, case)
        except cases.ConflictError as error:
            wrong = _("{name} changed this control meanwhile: look at it again.", name=error.stands.author)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect(f"/cases/{case.number}/controls#{control}")
    facts = {
        "controls": beside.controls(case),
        "statuses": [(one, status_words(one)) for one in STATUSES],
        "range": range_of(case),
        "wrong": wrong,
        "failed": sent if wrong else {},
    }
    return shown(request, "controls.j2", {**head_of(request, case), **facts}, status=422 if wrong else 200)


@require_POST
def upload(request: HttpRequest, case: Case) -> HttpResponse:
    """Take a file as evidence for answers as they stand, or for a control."""
    sent = request.POST
    supports = beside.Supports(sent.getlist("for"), sent.get("control", ""), sent.get("kind", ""))
    try:
        beside.attach(case, request.FILES.get("file"), supports, person_of(request))
    except cases.LockedError:
        return locked(request, case)
    except RiskEngineError as error:
        return not_saved(request, problem_words(error))
    back = sent.get("back", "")
    return HttpResponseRedirect(f"/cases/{case.number}/{f'q/{back}' if PAGE.fullmatch(back) else 'controls'}")


PAGE = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)?")
"""What a page of questions is called in its address."""


@require_GET
def attachment(_request: HttpRequest, case: Case, digest: str) -> HttpResponse:
    """Answer with a file of the case, only ever as an attachment."""
    found = beside.attachment(case, digest)
    if found is None:
        raise Http404
    return found
