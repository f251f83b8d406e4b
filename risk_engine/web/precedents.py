"""Decided cases beside a case: the nearest of those that somebody sees, told by the package (`office/precedents`).

A person is told of the cases that they see and of no other one, so two people may read another answer on the page of
the same case.
"""

from django.conf import settings

from risk_engine.office.precedents.consistency import consistency
from risk_engine.office.precedents.consistency_words import shown
from risk_engine.office.precedents.library import Library
from risk_engine.office.precedents.similar_words import similar_to
from risk_engine.report.blocks import View
from risk_engine.report.pages.consistency import consistency_view
from risk_engine.report.pages.similar import similar_view
from risk_engine.web import cases
from risk_engine.web.decisions import assessment_of
from risk_engine.web.exchange import of_others
from risk_engine.web.models import Case, Person
from risk_engine.web.precedent_rows import MOST_HELD, held
from risk_engine.web.rights import cases_for
from risk_engine.web.words import SealedKind


def similar_page(case: Case, person: Person) -> tuple[View, int]:
    """Return the nearest decided cases to a case, and how many decisions are older than those it was held against.

    A case that takes answers is held against them as it stands today. Raises RiskEngineError where it cannot be
    assessed, or a page that the institution changed cannot be used.
    """
    sealed = None if case.state in cases.EDITABLE else cases.filed(case, SealedKind.ASSESSMENT)
    assessment = cases.assessed(case) if sealed is None else assessment_of(sealed)
    criteria = cases.rules(case)
    own, number = held(cases_for(person), criteria.head.id)
    links = {one.id: f"/cases/{one.id}" for one in own}
    others = of_others(criteria.head.id).precedents
    told = similar_to(assessment, criteria, (*own, *others), Library(), links)
    return similar_view(told), max(0, number - MOST_HELD)


def consistency_page(person: Person) -> tuple[View, int]:
    """Return the decided cases in which the same was found and that were decided otherwise, of those somebody sees.

    With it how many decisions are older than those that were held against each other. Raises RiskEngineError where a
    page that the institution changed cannot be used.
    """
    own, number = held(cases_for(person))
    library = Library()
    found = consistency(own, library.criteria_of)
    links = {one.id: f"/cases/{one.id}" for one in own}
    told = shown(found, settings.ADDRESS, cases.today(), library, links)
    return consistency_view(told), max(0, number - MOST_HELD)
