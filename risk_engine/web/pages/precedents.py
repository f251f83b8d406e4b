"""Decided cases beside a case: the nearest ones, what differs, how they were decided and why; and decided otherwise."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.report.pages.consistency import consistency_view
from risk_engine.report.pages.similar import similar_view
from risk_engine.web import cases, exchange, precedents
from risk_engine.web.models import Case
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import head_of
from risk_engine.web.pages.studies import parts_of
from risk_engine.web.security import person_of
from risk_engine.web.wording import problem_words


@require_GET
def similar(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the nearest decided cases to a case: of those that somebody sees, and of other offices."""
    facts: dict[str, Any] = {**head_of(request, case), "view": None, "wrong": ""}
    try:
        others = exchange.of_others(cases.rules(case).head.id).precedents
        facts |= parts_of(similar_view(precedents.similar(case, person_of(request), others)))
    except RiskEngineError as error:  # as where its criteria are not there any more
        facts["wrong"] = problem_words(error)
    return shown(request, "similar_cases.j2", facts)


@require_GET
def alike(request: HttpRequest) -> HttpResponse:
    """Show the decided cases in which the same was found and that were decided otherwise, of those somebody sees."""
    facts: dict[str, Any] = {"view": None, "wrong": ""}
    try:
        facts |= parts_of(consistency_view(precedents.inconsistent(person_of(request))))
    except RiskEngineError as error:
        facts["wrong"] = problem_words(error)
    return shown(request, "consistency_cases.j2", facts)
