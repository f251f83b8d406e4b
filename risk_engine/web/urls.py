"""Every route, with the action that whoever takes it must be allowed; a route without one is an error at the start."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, Literal, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, path

from risk_engine.files.language import _
from risk_engine.web.api import interface, problems
from risk_engine.web.models import Case, Person
from risk_engine.web.pages import (
    account,
    around,
    awareness,
    beside,
    criteria,
    deputies,
    exchange,
    feeds,
    guest,
    hits,
    home,
    lists,
    log,
    many,
    many_columns,
    monitor,
    parked,
    partners,
    people,
    post,
    privacy,
    screened_lists,
    screening,
    shown,
    studies,
    tokens,
    trying,
)
from risk_engine.web.pages import case as case_pages
from risk_engine.web.pages import ways as way_pages
from risk_engine.web.rights import Action, cases_for, may, remembered
from risk_engine.web.security import API
from risk_engine.web.words import ActName

View: TypeAlias = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Route:
    """An address, what answers there, and which action that is: of reading, and of what is sent there."""

    address: str
    view: View
    reads: Action | Literal["open", "self"]
    writes: Action | Literal["open", "self"] | None = None
    name: str | None = None
    """By which allauth asks for it."""


ROUTES: Final = (
    Route("", home.my_work, "self", "self"),
    Route("account", account.account, "self", "self"),
    Route("account/sign-in", account.sign_in, "open", "open", "account_login"),
    Route("account/second-factor", account.second_factor, "open", "open", "mfa_authenticate"),
    Route("account/sign-out", account.sign_out, "self", "self"),
    Route("account/password", account.change_password, "self", "self"),
    Route("account/app", account.add_app, "self", "self"),
    Route("account/passkey", account.add_passkey, "self", "self"),
    Route("account/codes", account.new_codes, "self", "self"),
    Route("account/bind/<str:key>/<str:token>", account.bind, "open", "open"),
    Route("account/sign-on/<str:provider_id>", account.to_provider, "open", "open", "openid_connect_login"),
    Route("account/sign-on/<str:provider_id>/back", account.from_provider, "open", name="openid_connect_callback"),
    Route("account/choose/<str:key>/<str:token>", people.choose_password, "open", "open"),
    Route("people", people.people, "people", "people"),
    Route("account/tokens", tokens.own, "self", "self"),
    Route("people/tokens", tokens.everyones, "people", "people"),
    Route("people/demo", people.demo_data, "people", "people"),
    Route("people/sign-ins", people.sign_ins, "people"),
    Route("people/<int:person>", people.person_page, "people", "people"),
    Route("parked", parked.parked, "self", "self"),
    Route("deputies", deputies.deputies, "self", "people"),
    Route("outbox", post.outbox_page, "people", "people"),
    Route("jobs/<int:job>", post.job_page, "self"),
    Route("jobs/<int:job>/file", post.job_file, "self"),
    Route("setup/<str:token>", home.first_person, "open", "open"),
    Route(f"{interface.ADDRESS}openapi.json", interface.openapi, "open"),  # what else is there has guards of its own
    Route("cases", lists.case_list, "see", "begin"),
    Route("cases/views", lists.views, "see", "see"),
    Route("cases/<str:number>", case_pages.case_page, "see"),
    Route("cases/<str:number>/triage", case_pages.triage, "see", "answer"),
    Route("cases/<str:number>/range", case_pages.effects, "see"),
    Route("cases/<str:number>/q/<slug:group>", case_pages.question_page, "see", "answer"),
    Route("cases/<str:number>/q/<slug:group>/<slug:entry>", case_pages.question_page, "see", "answer"),
    Route("cases/<str:number>/ways", way_pages.every_way, "see"),
    Route("cases/<str:number>/ways/<slug:key>", way_pages.one_way, "see", ActName.EDIT),
    Route("cases/<str:number>/similar", around.similar, "see"),
    Route("cases/<str:number>/check", case_pages.check, "see"),
    Route("cases/<str:number>/title", case_pages.title, "see", ActName.EDIT),
    Route("cases/<str:number>/entries/<slug:group>", case_pages.entries, "see", ActName.EDIT),
    Route("cases/<str:number>/controls", beside.controls, "see", ActName.EDIT),
    Route("cases/<str:number>/evidence", beside.upload, "see", "answer"),
    Route("cases/<str:number>/evidence/<slug:digest>", beside.attachment, "see"),
    Route("cases/<str:number>/invitations", guest.invitations, "see", "invite"),
    Route("cases/<str:number>/access", around.access, "access", "access"),
    Route("cases/<str:number>/opinions", around.opinions, "see", "consult"),
    Route("cases/<str:number>/notes", around.notes_page, "see", "note"),
    Route("cases/<str:number>/on-file/<slug:group>/<slug:entry>", partners.of_entry, "see", ActName.EDIT),
    Route("cases/<str:number>/hits/<slug:group>/<slug:entry>", hits.of_entry, "see", "answer"),
    Route("cases/<str:number>/proposals/<slug:group>/<slug:entry>", hits.take, "see", ActName.EDIT),
    Route("partners", partners.names, "see", "on_file"),
    Route("partners/<slug:key>", partners.dossier, "see", "on_file"),
    Route("partners/<slug:key>/hits", hits.of_dossier, "see", "on_file"),
    Route("partners/<slug:key>/proposals", hits.put_on_file, "see", "on_file"),
    Route("many", many.tables, "many", "many"),
    Route("many/template.xlsx", many.template, "many"),
    Route("many/<slug:key>", many.one_table, "many", "many"),
    Route("many/<slug:key>/columns", many_columns.columns, "many", "many"),
    Route("many/<slug:key>/row", many.row, "many", "begin"),
    Route("many/<slug:key>/report.html", many.report, "many"),
    Route("many/<slug:key>/report-cases/<str:name>", many.long_list, "many"),
    Route("many/<slug:key>/files/<str:name>", many.download, "many"),
    Route("criteria", criteria.every_set, "criteria", "change_criteria"),
    Route("criteria/<str:reference>", criteria.explorer, "criteria"),
    Route("criteria/<str:reference>/records/<str:record>", criteria.record_page, "criteria"),
    Route("criteria/<str:reference>/try", trying.try_change, "change_criteria", "change_criteria"),
    Route("criteria/<str:reference>/use", criteria.use, "criteria", "change_criteria"),
    Route("criteria/<str:reference>/<slug:kind>", studies.study_page, "criteria", "change_criteria"),
    Route("monitor", monitor.found, "see", "monitor"),
    Route("monitor/changes.<slug:form>", monitor.for_programs, "see"),
    Route("precedents", around.alike, "see"),
    Route("awareness", awareness.overview, "awareness", "awareness"),
    Route("awareness/<slug:key>", awareness.one_export, "awareness", "awareness"),
    Route("awareness/<slug:key>/report.html", awareness.report, "awareness"),
    Route("awareness/<slug:key>/files/<str:name>", awareness.download, "awareness"),
    Route("exchange", exchange.overview, "exchange", "exchange"),
    Route("exchange/keys", exchange.keys, "exchange", "keys"),
    Route("exchange/feeds", feeds.overview, "criteria", "change_criteria"),
    Route("exchange/feeds/<int:line>/<str:release>", feeds.release_page, "criteria", "change_criteria"),
    Route("exchange/leaving", exchange.leaving, "exchange", "exchange"),
    Route("exchange/packages/<int:proposal>", exchange.package, "exchange", "exchange"),
    Route("screening", screening.look_up, "screen", "screen"),
    Route("screening/changes", screening.changes, "see", "recheck"),
    Route("screening/lists", screened_lists.every_list, "screen", "lists"),
    Route("screening/lists/<slug:key>", screened_lists.one_list, "screen", "lists"),
    Route("screening/lists/<slug:key>/entry", screened_lists.entry, "screen"),
    Route("privacy", privacy.overview, "privacy"),
    Route("privacy/person", privacy.of_person, "privacy", "privacy"),
    Route("privacy/erasures.json", privacy.every_erasure, "privacy"),
    Route("privacy/erasures/<int:erasure>", privacy.one_erasure, "privacy", "privacy"),
    Route("privacy/retention", privacy.how_long, "privacy", "privacy"),
    Route("log", log.events, "self"),
    Route("export", log.chain, "audit"),
    Route("i", guest.tasks, "open"),
    Route("i/check", guest.check, "open", "open"),
    Route("i/q/<slug:group>", guest.question_page, "open", "open"),
    Route("i/q/<slug:group>/<slug:entry>", guest.question_page, "open", "open"),
    Route("i/entries/<slug:group>", guest.entries, "open", "open"),
    Route("i/<str:token>", guest.come_in, "open", "open"),
    Route("cases/<str:number>/act/<slug:name>", case_pages.act, "see", "see"),  # `move` asks who may do the act
    Route("cases/<str:number>/pack", post.ask_for_pack, "see", "see"),
    Route("cases/<str:number>/documents/<slug:kind>.<slug:form>", case_pages.document, "see"),
)


_LOG: Final = logging.getLogger(__name__)
NUL: Final = "\0"
"""PostgreSQL keeps no text with it."""


def guarded(route: Route) -> View:
    """Return what answers at a route, to whom may: a case that somebody does not see is not there for them."""

    @wraps(route.view)
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return answer(request, route.writes, parts)
        with remembered():
            return answer(request, route.reads, parts)

    def answer(
        request: HttpRequest, action: Action | Literal["open", "self"] | None, parts: dict[str, Any]
    ) -> HttpResponse:
        if action is None:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if any(NUL in one for sent in (request.GET, request.POST) for name in sent for one in sent.getlist(name)):
            told = _("A character in it is one that no text has: write it anew.")
            return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": ""}, status=422)
        if action == "open":
            return route.view(request, **parts)
        person = request.user
        if not isinstance(person, Person):
            raise Http404
        if action == "self":
            return route.view(request, **parts)
        case: Case | None = None
        with remembered():  # what is written asks once more, in its own transaction
            if "number" in parts:
                case = cases_for(person).filter(number=parts.pop("number")).first()
                if case is None:
                    return _nothing_there(request)
                parts["case"] = case
            is_allowed = may(person, action, case)
        if not is_allowed:
            told = _("Your role does not allow this.")
            return shown(request, "problem.j2", {"title": _("Not allowed"), "told": told, "reason": ""}, status=403)
        return route.view(request, **parts)

    return answered


def _nothing_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 (Django's)
    if request.path.startswith(API):
        return problems.answered(problems.not_found())
    return shown(request, "problem.j2", {"title": _("Not found"), "told": "", "reason": ""}, status=404)


def _broken(request: HttpRequest) -> HttpResponse:
    """Answer after an error of the program; the database, which may be the reason, is not asked who asks."""
    if request.path.startswith(API):
        return problems.answered(problems.defect())
    told = _(
        "An error of the program: look whether what you sent is there before you send it again. "
        "Whoever runs the office finds the reason where `serve` writes."
    )
    who = {"person": AnonymousUser(), "is_admin": False, "is_private": False, "exchanges": False}
    who |= {"may_screen": False, "may_read_criteria": False}
    facts = {"title": _("Not done"), "told": told, "reason": "", **who}
    return HttpResponse(get_template("problem.j2").render({**facts, "csrf": ""}, request), status=500)


handler404, handler500 = _nothing_there, _broken


def fitting(view: View) -> View:
    """Answer with why nothing was saved where the database takes something no more, as a text that is too long."""

    @wraps(view)
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            return view(request, **parts)
        except DataError:
            _LOG.warning("the database refused what was sent to %s", request.path, exc_info=True)
            told = _("A text or a number in it is larger than the office can keep: shorten it.")
            return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": ""}, status=422)

    return answered


urlpatterns: list[URLPattern | URLResolver] = [
    *(path(one.address, fitting(guarded(one)), name=one.name) for one in ROUTES),
    path(interface.ADDRESS, interface.api.urls),
]
