"""Deputies: who does somebody's work on cases while they are away, from which day until which; an admin says so."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import access, cases, log
from risk_engine.web.models import Deputy, Person
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import day_of
from risk_engine.web.rights import may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.wording import problem_words


@require_http_methods(["GET", "POST"])
def deputies(request: HttpRequest) -> HttpResponse:
    """Show who stands in for whom, to an admin all of it, to others what concerns them; add one, end one."""
    by, sent, wrong = person_of(request), request.POST, ""
    if request.method == "POST":
        try:
            if sent.get("do") == "end":
                _end(sent.get("deputy", ""), by)
            elif sent.get("do") == "take_in":
                _take_in(_one(sent.get("assessor", "")), by)
            else:
                _add(_one(sent.get("absent", "")), _one(sent.get("person", "")), _days(request), by)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect("/deputies")
    found = Deputy.objects.filter(cancelled=False, ends__gte=cases.today()).select_related("person", "on_behalf_of")
    is_admin = may(by, "people")
    if not is_admin:
        found = found.filter(Q(person=by) | Q(on_behalf_of=by))
    if "format" in request.GET:
        columns = (
            Column[Deputy]("deputy", _("Who stands in for them"), lambda row: row.person.name),
            Column[Deputy]("absent", _("Who is away"), lambda row: row.on_behalf_of.name),
            Column[Deputy]("from", _("From"), lambda row: row.starts),
            Column[Deputy]("until", _("Until, that day included"), lambda row: row.ends),
        )
        return as_file(request, Table("deputies", _("Deputies"), columns, found.order_by("starts", "pk")))
    facts = {
        "rows": found.order_by("starts", "pk"),
        "today": cases.today(),
        "people": Person.objects.filter(is_active=True).order_by("name") if is_admin else [],
        "left_alone": len(access.left_alone()) if is_admin else 0,
        "sent": sent if wrong else {},
        "wrong": wrong,
    }
    return shown(request, "deputies.j2", facts, status=422 if wrong else 200)


def _take_in(person: Person | None, by: Person) -> None:
    """Name somebody in the confidential cases that nobody can go on with."""
    if person is None or not access.take_in(person, by):
        raise RiskEngineError(_("Choose somebody who assesses in the faculties of these cases."))


def _one(key: str) -> Person | None:
    return Person.objects.filter(pk=number_of(key), is_active=True).first()


def _days(request: HttpRequest) -> tuple[date, date]:
    first, last = day_of(request.POST.get("starts", "")), day_of(request.POST.get("ends", ""))
    if first is None or last is None:
        raise RiskEngineError(_("Name the first and the last day."))
    return first, last


@transaction.atomic
def _add(absent: Person | None, person: Person | None, days: tuple[date, date], by: Person) -> None:
    """Let somebody do another's work for some days; raise RiskEngineError with all that is wrong with it."""
    first, last = days
    found = []
    if absent is None or person is None or absent == person:
        found.append(_("Choose two people: who is away, and who stands in for them."))
    if last < first or last < cases.today():
        found.append(_("The last day comes after the first, and is not over yet."))
    if found:
        raise RiskEngineError("\n".join(found))
    stated: dict[str, Any] = {
        "person": person,
        "on_behalf_of": absent,
        "starts": first,
        "ends": last,
        "cancelled": False,
    }
    made, is_new = Deputy.objects.get_or_create(**stated)
    if is_new:
        days_said = [f"{one}" for one in days]
        log.note("deputy", by, deputy=made.person_id, on_behalf_of=made.on_behalf_of_id, days=days_said)


@transaction.atomic
def _end(key: str, by: Person) -> None:
    """Let nobody do the work any more by this; what was done by it stays."""
    for one in Deputy.objects.select_for_update().filter(pk=number_of(key), cancelled=False):
        one.cancelled = True
        one.save(update_fields=["cancelled"])
        log.note("deputy_no_more", by, deputy=one.person_id, on_behalf_of=one.on_behalf_of_id)
