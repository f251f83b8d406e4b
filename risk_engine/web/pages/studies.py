"""Pages of what is worked out about criteria: what changes from one version to another, proofs, impact on the cases."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.report.blocks import Blanks, Fields, Prose, View
from risk_engine.report.html_markdown import fragment
from risk_engine.web import releases, sets, studies
from risk_engine.web.pages import shown
from risk_engine.web.pages.criteria import about_version
from risk_engine.web.rights import cases_for, may
from risk_engine.web.security import person_of
from risk_engine.web.sets import Held
from risk_engine.web.studies import Kind, Study
from risk_engine.web.wording import problem_words, study_words
from risk_engine.web.words import JobKind


@require_http_methods(["GET", "POST"])
def study_page(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Show what was worked out about a version, or how far that is; have it worked out."""
    wanted = next((one for one in studies.KINDS if one == kind), None)
    after = about_version(request, reference)
    if isinstance(after, HttpResponse):
        return after
    if wanted is None:
        raise Http404
    others = [one.reference for one in sets.beside(after)]
    study = Study(wanted, after)
    if wanted != JobKind.PROOFS:
        chosen = request.GET.get("from") or sets.usual_before(after, others, releases.used_now())
        if chosen not in others:
            unknown = (
                _("“{text}” is not known as {name}, and was left out.", text=chosen, name="from") if chosen else ""
            )
            return shown(request, "study.j2", {**_facts(wanted, after), "others": others, "unknown": unknown})
        before = about_version(request, chosen)
        if isinstance(before, HttpResponse):
            return before
        study = Study(wanted, after, before)
    why = _why_not(study)
    if request.method == "POST":
        if why is None:
            studies.ask(study, person_of(request))
        return HttpResponseRedirect(request.get_full_path())
    job = study.jobs().first()
    is_running = job is not None and job.finished is None and not job.given_up
    if "HX-Request" in request.headers and not is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    facts = {
        **_facts(wanted, after),
        "others": others,
        "before": study.before,
        "job": job,
        "is_running": is_running,
        "why": why,
        "result": study.result(),
        "in_other_words": study.result_elsewhere(),
        "may_ask": may(person_of(request), "change_criteria"),
    }
    try:
        return shown(request, "study.j2", {**facts, **_page(request, study, why)})
    except RiskEngineError as error:
        told = {"title": _("Not readable"), "told": problem_words(error), "reason": ""}
        return shown(request, "problem.j2", told, status=422)


def _facts(kind: Kind, after: Held) -> dict[str, Any]:
    """Return what every such page has, also where there is nothing to compare with."""
    return {
        "unknown": "",
        "kind": kind,
        "titles": study_words(),
        "of": after,
        "before": None,
        "job": None,
        "is_running": False,
        "why": None,
        "result": None,
        "in_other_words": None,
        "may_ask": False,
        "view": None,
        "lead": "",
        "sections": [],
        "hidden": 0,
    }


def _why_not(study: Study) -> tuple[str, str] | None:
    """Return why something cannot be worked out here, and the way out; None where it can."""
    try:
        study.check()
    except MissingExtraError as error:
        return error.message, error.way_out
    return None


def _page(request: HttpRequest, study: Study, why: tuple[str, str] | None) -> dict[str, Any]:
    """Return what was worked out as parts of a page; of changes also what is different, which is known at once."""
    result = study.result()
    match study.kind:
        case JobKind.CHANGES:
            not_yet = (
                _("what the changes mean was not worked out yet"),
                _("have it worked out; that takes some minutes"),
            )
            return parts_of(studies.changes_page(study, why or not_yet))
        case JobKind.PROOFS:
            return {} if result is None else parts_of(studies.proofs_page(study, result.content))
        case JobKind.IMPACT:
            if result is None:
                return {}
            seen = dict(cases_for(person_of(request)).values_list("number", "title"))
            view, hidden = studies.impact_page(result.content, seen)
            return {**parts_of(view), "hidden": hidden}


def parts_of(view: View) -> dict[str, Any]:
    """Return a document as the parts of a page of the office."""
    answer = view.answer
    more = () if answer is None else (*map(Prose, answer.more), Fields(answer.fields), *answer.foot)
    # Room to sign is for paper: here criteria are released by two people.
    sections = [(one, [part for part in one.blocks if not isinstance(part, Blanks)]) for one in view.sections]
    return {
        "view": view,
        "lead": fragment(one for one in more if not isinstance(one, Blanks)),
        "sections": [(one, fragment(parts)) for one, parts in sections if parts],
    }
