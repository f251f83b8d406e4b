"""What stands around a case: who sees it, what people remarked on it, and what was decided in cases like it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.report.pages.consistency import consistency_view
from risk_engine.report.pages.similar import similar_view
from risk_engine.web import access as named
from risk_engine.web import cases, consultations, exchange, notes, precedents
from risk_engine.web.cases import RefusedError
from risk_engine.web.models import Case, Person
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import day_of, head_of
from risk_engine.web.pages.studies import parts_of
from risk_engine.web.rights import cases_for, may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.wording import problem_words, role_words
from risk_engine.web.words import ActName, State


@require_http_methods(["GET", "POST"])
def access(request: HttpRequest, case: Case) -> HttpResponse:
    """Show who sees a case; make it confidential or not, name somebody, take somebody out."""
    wrong, by = "", person_of(request)
    if request.method == "POST":
        try:
            _change(request, case, by)
        except RefusedError as error:
            wrong = str(error)
        else:
            still = cases_for(by).filter(pk=case.pk).exists()
            return HttpResponseRedirect(f"/cases/{case.number}/access" if still else "/cases")
    facts: dict[str, Any] = {
        "people": [
            {"person": one, "roles": [role_words(role) for role in _roles(one, case)]} for one in named.named(case)
        ],
        "nameable": named.nameable(case) if case.confidential else [],
        "lacks": [
            words
            for action, words in ((ActName.REVIEW, _("review")), (ActName.DECIDE, _("decide")))
            if case.confidential and not named.can(case, action)
        ],
        "wrong": wrong,
    }
    return shown(request, "access.j2", {**head_of(request, case), **facts}, status=409 if wrong else 200)


def _change(request: HttpRequest, case: Case, by: Person) -> None:
    key = request.POST.get("person", "")
    person = Person.objects.filter(pk=number_of(key)).first()
    match request.POST.get("do"), person:
        case "confidential", _person:
            named.make_confidential(case, by)
        case "lift", _person:
            named.lift(case, by)
        case "give", None:
            raise RefusedError(_("Choose whom to name."))
        case "give", Person():
            named.give(case, person, by)
        case "take", Person():
            named.take(case, person, by)
        case _:
            pass


def _roles(person: Person, case: Case) -> list[str]:
    held = person.memberships.filter(faculty=case.faculty_id) | person.memberships.filter(faculty=None)
    return sorted(set(held.values_list("role", flat=True)))


@require_http_methods(["GET", "POST"])
def opinions(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the opinions on a case, and who is asked for what by which day; ask somebody, or no longer."""
    wrong, by, sent = "", person_of(request), request.POST
    if request.method == "POST":
        try:
            if sent.get("do") == "ask":
                consultations.ask(case, by, _wanted(request))
            elif "asked" in sent:
                consultations.withdraw(case, number_of(sent.get("asked", "")), by)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect(f"/cases/{case.number}/opinions")
    roles = cases.rules(case).head.asked_of
    may_ask = may(by, "consult", case) and case.state != State.CLOSED
    facts: dict[str, Any] = {
        "opinions": consultations.opinions(case),
        "may_give": may(by, ActName.OPINION, case) and case.state != State.CLOSED,
        "asked": [
            {
                "is": one,
                "role": roles.get(one.asked_of, one.asked_of),
                "is_done": (is_done := one.for_opinion and consultations.has_given(one)),
                "is_over": is_done and not one.asked_of,
                "is_late": one.due < cases.today(),
            }
            for one in consultations.of(case)
        ],
        "may_ask": may_ask,
        "askable": [(one, map(role_words, _roles(one, case))) for one in consultations.askable(case)]
        if may_ask
        else [],
        "roles": roles,
        "sent": sent if wrong else {},
        "wrong": wrong,
    }
    return shown(request, "opinions.j2", {**head_of(request, case), **facts}, status=422 if wrong else 200)


def _wanted(request: HttpRequest) -> consultations.Wanted:
    """Return what a form asks somebody for."""
    sent = request.POST
    key = sent.get("person", "")
    person = Person.objects.filter(pk=number_of(key)).first()
    due = day_of(sent.get("due", ""))
    question = sent.get("question", "").strip()
    return consultations.Wanted(person, "opinion" in sent, sent.get("asked_of", ""), question, due)


@require_http_methods(["GET", "POST"])
def notes_page(request: HttpRequest, case: Case) -> HttpResponse:
    """Show what was remarked on a case, its questions and findings; add a note, about one of them or about all."""
    record, wrong = cases.record(case), ""
    sent = request.POST if request.method == "POST" else request.GET
    path, text = sent.get("about", ""), sent.get("text", "")
    if request.method == "POST":
        try:
            notes.write(case, person_of(request), path, text)
        except RiskEngineError as error:
            wrong = str(error)
        else:
            place = notes.place_of(case, record, path)
            return HttpResponseRedirect(place if "#" in place else f"/cases/{case.number}/notes")
    path = path if notes.is_about(record, path) else ""
    facts = {
        "notes": notes.shown(case, notes.of(case), record),
        "abouts": _abouts(case, path),
        "about": path,
        "text": text,
        "may_note": may(person_of(request), "note", case),
        "wrong": wrong,
    }
    return shown(request, "notes.j2", {**head_of(request, case), **facts}, status=422 if wrong else 200)


def _abouts(case: Case, path: str) -> list[tuple[str, str]]:
    """Return what a note can be about on this page: the case, what somebody came for, and what is found so far."""
    record = cases.record(case)
    found = explain(cases.assessed(case), record.criteria).findings
    present = [one.id for one in found if one.outcome != "absent"]
    return [(one, notes.about(record, one)) for one in dict.fromkeys(["", path, *present])]


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
