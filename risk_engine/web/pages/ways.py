"""The ways down of a case: which there are, what one does before and after it is taken."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import cases, ways
from risk_engine.web.models import Case
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import head_of, locked
from risk_engine.web.security import person_of
from risk_engine.web.standing import range_of
from risk_engine.web.wording import problem_words


@require_GET
def every_way(request: HttpRequest, case: Case) -> HttpResponse:
    """Show what would lower the result of a case, and by which ways."""
    facts = {"targets": ways.targets(case), "range": range_of(case)}
    return shown(request, "ways.j2", {**head_of(request, case), **facts})


@require_http_methods(["GET", "POST"])
def one_way(request: HttpRequest, case: Case, key: str) -> HttpResponse:
    """Show what a way does; take it, or take it back."""
    try:
        chosen, effect = ways.way(case, key)
    except LookupError:
        told = _("The answers have changed since: this is no way down any more. Look at those that there are now.")
        back = (f"/cases/{case.number}/ways", _("Ways down"))
        return shown(request, "problem.j2", {"title": _("Not found"), "told": told, "reason": "", "back": back}, 404)
    wrong = ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "take_back":
                ways.take_back(case, chosen, person_of(request))
            else:
                ways.take(case, chosen, request.POST, person_of(request))
        except cases.LockedError:
            return locked(request, case)
        except cases.ConflictError as error:
            wrong = _("{name} changed this control meanwhile: look at it again.", name=error.stands.author)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect(f"/cases/{case.number}/ways/{key}")
    facts = {"way": chosen, "effect": effect, "range": range_of(case), "wrong": wrong, "sent": request.POST}
    return shown(request, "way.j2", {**head_of(request, case), **facts}, 422 if wrong else 200)
