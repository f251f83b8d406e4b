"""Decided cases beside a case: the nearest ones, what differs, how they were decided and why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import precedents
from risk_engine.web.models import Case
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import head_of
from risk_engine.web.pages.studies import parts_of
from risk_engine.web.security import person_of
from risk_engine.web.wording import problem_words


@require_GET
def similar(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the nearest decided cases to a case, of those that somebody sees."""
    facts: dict[str, Any] = {**head_of(request, case), "view": None, "left_out": 0, "wrong": ""}
    try:
        view, facts["left_out"] = precedents.similar_page(case, person_of(request))
        facts |= parts_of(view)
    except RiskEngineError as error:  # as where its criteria are not there any more
        facts["wrong"] = problem_words(error)
    return shown(request, "similar_cases.j2", facts)


@require_GET
def alike(request: HttpRequest) -> HttpResponse:
    """Show the decided cases in which the same was found and that were decided otherwise, of those somebody sees."""
    facts: dict[str, Any] = {"view": None, "left_out": 0, "wrong": ""}
    try:
        view, facts["left_out"] = precedents.consistency_page(person_of(request))
        facts |= parts_of(view)
    except RiskEngineError as error:
        facts["wrong"] = problem_words(error)
    return shown(request, "consistency_cases.j2", facts)
