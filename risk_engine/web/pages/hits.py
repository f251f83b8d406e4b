"""Hits on lists beside a partner of a case, in words: confirmed or ruled out by people, and what they propose."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.office.forms.case_record import Record
from risk_engine.screening import hit_words
from risk_engine.screening.asked import Asked
from risk_engine.screening.decisions import Verdict
from risk_engine.web import cases, proposed, questions, screening
from risk_engine.web.hits import in_words
from risk_engine.web.models import Case, Person
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import head_of, locked, not_saved
from risk_engine.web.rights import may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.wording import problem_words

_VERDICTS: Final[Mapping[str, Verdict]] = {"confirm": "confirmed", "rule_out": "ruled_out"}


def _entry(case: Case, group: str, entry: str) -> tuple[Record, str]:
    """Return the case and the name of one of its organisations; raise Http404 where there is none such."""
    record = cases.record(case)
    if group not in record.criteria.entities or not screening.is_looked_up(record, group):
        raise Http404
    if entry not in {one["id"] for one in record.entries(group)}:
        raise Http404
    return record, record.label(group, entry)


@require_http_methods(["GET", "POST"])
def of_entry(request: HttpRequest, case: Case, group: str, entry: str) -> HttpResponse:
    """Show the hits of an entry and what they propose; confirm one or rule one out."""
    record, name = _entry(case, group, entry)
    asked = screening.asked_in(record, group, entry)
    wrong, status = "", 200
    if request.method == "POST" and asked is not None:
        try:
            _decide(request, case, asked)
        except RiskEngineError as error:
            wrong, status = problem_words(error), 422
        else:
            return HttpResponseRedirect(f"{request.path}#decided")
    facts: dict[str, Any] = {
        "group": record.criteria.entities[group].title,
        "place": f"{group}/{entry}",
        "name": name,
        "asked": asked,
        "found": None,
        "heads": (),
        "offers": (),
        "told": "" if asked is not None else _("Nobody can be looked up by this name: it holds no letter."),
        "is_without_lists": False,
        "may_decide": may(person_of(request), "answer", case),
        "wrong": wrong,
        "sent": request.POST if wrong else {},
        "today": cases.today(),
        "NONE": questions.NONE,
    }
    reads = False
    if asked is not None:
        try:
            facts |= _found(case, (group, entry), asked, person_of(request))
        except screening.BeingReadError as error:
            facts["told"], reads, status = problem_words(error), True, 202
        except screening.NoListsError as error:
            facts["told"], facts["is_without_lists"] = problem_words(error), True
        except RiskEngineError as error:
            facts["told"] = problem_words(error)
    response = shown(request, "hits.j2", {**head_of(request, case), **facts}, status=status)
    if reads:
        response["Refresh"] = "3"
    return response


def _found(case: Case, place: tuple[str, str], asked: Asked, person: Person) -> dict[str, Any]:
    seen = cases.looked_at(case)
    found = screening.screened(asked)
    heads = screening.heads()
    offers = proposed.offers(case, place, person)
    return {
        "found": in_words(found, screening.decided(person, found.hits)),
        "heads": [(one, hit_words.of_list(one, found.on), one.is_stale(found.on)) for one in heads],
        "offers": offers,
        "offered": proposed.digest_of(offers),
        "seen": seen,
    }


def _decide(request: HttpRequest, case: Case | None, asked: Asked) -> None:
    """Confirm a hit or rule it out, as a form says. Raise RiskEngineError where it is another one by now."""
    sent = request.POST
    hits = screening.screened(asked).hits
    hit = next((one for one in hits if screening.digest_of(asked, one) == sent.get("seen")), None)
    verdict = _VERDICTS.get(sent.get("do", ""))
    if hit is None or verdict is None or hit.id != sent.get("hit"):
        raise RiskEngineError(_("The partner or the list says something else by now: look at the hit again."))
    screening.decide(case, asked, hit, verdict, sent.get("reason", ""), person_of(request))


@require_POST
def take(request: HttpRequest, case: Case, group: str, entry: str) -> HttpResponse:
    """Take what was ticked of what lists and the registry propose for an entry into the case."""
    _record, _name = _entry(case, group, entry)
    back, sent = f"/cases/{case.number}/hits/{group}/{entry}", request.POST
    chosen = {one: sent.get(f"answer.{one}", "") for one in sent.getlist("take")}
    try:
        proposed.take(
            case, (group, entry), chosen, person_of(request), number_of(sent.get("seen", "")), sent.get("offered", "")
        )
    except cases.LockedError:
        return locked(request, case)
    except cases.ConflictError as error:
        told = _("{name} answered one of these meanwhile: look again at what stands.", name=error.stands.author)
        return not_saved(request, told, back)
    except RiskEngineError as error:
        return not_saved(request, problem_words(error), back)
    return HttpResponseRedirect(f"{back}#proposed")
