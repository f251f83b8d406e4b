"""Hits on lists, of a partner of a case or of what is on file: confirmed or ruled out, and what they propose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.screening import hit_words
from risk_engine.screening.asked import Asked
from risk_engine.screening.decisions import Verdict
from risk_engine.web import cases, on_file, proposed, questions, screening
from risk_engine.web.hits import in_words
from risk_engine.web.models import Case, Dossier, Person
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import head_of, locked, not_saved
from risk_engine.web.rights import may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.wording import problem_words

_VERDICTS: Final[Mapping[str, Verdict]] = {"confirm": "confirmed", "rule_out": "ruled_out"}


@dataclass(frozen=True)
class _Of:
    """An organisation whose hits are shown: an entry of a case, or what is on file."""

    sight: questions.Sight
    place: tuple[str, str]
    address: str
    """Of the page that this one belongs to, with its questions."""
    page: str
    """Of this one."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.sight.record.label(*self.place)

    @property
    def asked(self) -> Asked | None:
        """Who it is; None where nobody has named it yet."""
        return screening.asked_in(self.sight.record, *self.place)


def _entry(case: Case, group: str, entry: str) -> _Of:
    """Return an entry of a case; raise Http404 where it is no organisation, or not there."""
    record = cases.record(case)
    if not screening.is_looked_up(record, group) or entry not in {one["id"] for one in record.entries(group)}:
        raise Http404
    place = f"{group}/{entry}"
    cases_page = f"/cases/{case.number}"
    return _Of(questions.of_staff(case), (group, entry), f"{cases_page}/q/{place}", f"{cases_page}/hits/{place}")


def _on_file(key: str) -> tuple[Dossier, _Of]:
    """Return what is on file; raise Http404 where it is about no organisation, or not there."""
    found = Dossier.objects.filter(key=key).select_related("sealed").first()
    sight = on_file.sight(found, on_file.standing(found)) if found else None
    if found is None or sight is None or not screening.is_looked_up(sight.record, found.about):
        raise Http404
    return found, _Of(sight, (found.about, found.key), f"/partners/{key}", f"/partners/{key}/hits")


@require_http_methods(["GET", "POST"])
def of_entry(request: HttpRequest, case: Case, group: str, entry: str) -> HttpResponse:
    """Show the hits of an entry of a case and what they propose; confirm one or rule one out."""
    person = person_of(request)
    seen = cases.looked_at(case)
    of = _entry(case, group, entry)
    facts = {
        **head_of(request, case),
        "ways": [
            (f"/cases/{case.number}", f"{case.number} {case.title}"),
            (of.address, of.sight.record.label(*of.place)),
        ],
        "asking": case,
        "seen": seen,
        "may_decide": may(person, "answer", case),
        "take_at": of.page.replace("/hits/", "/proposals/"),
    }
    return _page(request, of, facts, case, lambda: proposed.for_case(case, of.place, person))


@require_http_methods(["GET", "POST"])
def of_dossier(request: HttpRequest, key: str) -> HttpResponse:
    """Show the hits of an organisation on file and what they propose; confirm one or rule one out."""
    person = person_of(request)
    found, of = _on_file(key)
    rows = on_file.standing(found)
    may_put = may(person, "on_file")
    facts = {
        "ways": [("/partners", _("Partners and other names")), (of.address, of.name)],
        "asking": Case(criteria=on_file.reference()),  # in whose words it is asked
        "seen": "",
        "may_decide": may_put,
        "may_add": may_put,
        "take_at": f"/partners/{key}/proposals",
    }
    return _page(request, of, facts, None, lambda: proposed.for_file(found, rows, person))


def _page(
    request: HttpRequest,
    of: _Of,
    facts: dict[str, Any],
    case: Case | None,
    offers: Callable[[], tuple[proposed.Offer, ...]],
) -> HttpResponse:
    """Answer with the page of an organisation, or with why nobody can be looked up; decide about a hit."""
    asked, wrong, status = of.asked, "", 200
    if request.method == "POST" and asked is not None:
        try:
            _decide(request, case, asked)
        except RiskEngineError as error:
            wrong, status = problem_words(error), 422
        else:
            return HttpResponseRedirect(f"{of.page}#decided")
    facts |= {
        "name": of.name,
        "address": of.address,
        "asked": asked,
        "found": None,
        "told": "" if asked is not None else _("Nobody can be looked up by this name: it holds no letter."),
        "is_without_lists": False,
        "wrong": wrong,
        "sent": request.POST if wrong else {},
        "NONE": questions.NONE,
    }
    if asked is not None:
        try:
            facts |= _found(asked, person_of(request), offers)
        except screening.BeingReadError as error:
            facts["told"], status = problem_words(error), 202
        except screening.NoListsError as error:
            facts["told"], facts["is_without_lists"] = problem_words(error), True
        except RiskEngineError as error:
            facts["told"] = problem_words(error)
    response = shown(request, "hits.j2", facts, status=status)
    if status == HTTPStatus.ACCEPTED:
        response["Refresh"] = "3"
    return response


def _found(asked: Asked, person: Person, offers: Callable[[], tuple[proposed.Offer, ...]]) -> dict[str, Any]:
    found, proposals = screening.screened(asked), offers()
    return {
        "found": in_words(found, screening.decided(person, found.hits)),
        "on_lists": sum(one.standing != "registry" for one in screening.heads()),
        "heads": [(hit_words.of_list(one, found.on), one.is_stale(found.on)) for one in screening.heads()],
        "offers": proposals,
        "offered": proposed.digest_of(proposals),
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
    of, sent = _entry(case, group, entry), request.POST
    by, seen = person_of(request), number_of(sent.get("seen", ""))
    try:
        return _taken(request, of, lambda chosen, said: proposed.take(case, of.place, chosen, by, seen, said))
    except cases.LockedError:
        return locked(request, case)


@require_POST
def put_on_file(request: HttpRequest, key: str) -> HttpResponse:
    """Put on file what was ticked of what lists and the registry propose."""
    found, of = _on_file(key)
    return _taken(request, of, lambda chosen, said: proposed.keep(found, chosen, person_of(request), said))


def _taken(request: HttpRequest, of: _Of, take_: Callable[[Mapping[str, str], str], int]) -> HttpResponse:
    sent = request.POST
    try:
        take_({one: sent.get(f"answer.{one}", "") for one in sent.getlist("take")}, sent.get("offered", ""))
    except cases.ConflictError as error:
        told = _("{name} answered one of these meanwhile: look again at what stands.", name=error.stands.author)
        return not_saved(request, told, of.page)
    except RiskEngineError as error:
        return not_saved(request, problem_words(error), of.page)
    return HttpResponseRedirect(f"{of.page}#proposed")
