"""Tokens for programs: one's own, made and revoked on a page of the account; those of everybody, for an admin."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import cases, proofs, tokens
from risk_engine.web.models import Person, Token
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import day_of
from risk_engine.web.security import number_of, person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.wording import scope_words
from risk_engine.web.words import Scope


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Show somebody their tokens; make one, which is shown once, or revoke one."""
    person, made, wrong = person_of(request), "", ""
    if request.method == "POST":
        if "revoke" in request.POST:
            tokens.revoke(tokens.good(person).filter(pk=number_of(request.POST["revoke"])), person)
            return HttpResponseRedirect("/account/tokens")
        try:
            made = _made(request, person)
        except RiskEngineError as error:
            wrong = str(error)
    sent = request.POST if wrong else {}
    facts: dict[str, Any] = {
        "made": made,
        "wrong": wrong,
        "tokens": [_shown(one) for one in tokens.good(person)],
        "scopes": [(one.value, scope_words(one)) for one in Scope],
        "chosen": request.POST.getlist("scope") if wrong else [],
        "name": sent.get("name", ""),
        "ends": sent.get("ends", ""),
        "today": cases.today(),
        "most": tokens.LONGEST_NAME,
        "address": settings.ADDRESS,
        "proof": proofs.asked(request, person),
    }
    return shown(request, "tokens.j2", facts, status=422 if wrong else 200)


def _made(request: HttpRequest, person: Person) -> str:
    """Return a new token; raise RiskEngineError with what stands in its way."""
    if wrong := proofs.given(request, person):
        raise RiskEngineError(wrong)
    if settings.FACTOR_REQUIRED and not proofs.factors(person):
        raise RiskEngineError(_("This office asks for a second factor: add one before you make a token."))
    sent = request.POST
    name = " ".join(sent.get("name", "").split())
    return tokens.make(person, name, sent.getlist("scope"), day_of(sent.get("ends", "")))


@require_http_methods(["GET", "POST"])
def everyones(request: HttpRequest) -> HttpResponse:
    """Show an admin the tokens of everybody; revoke one."""
    if request.method == "POST":
        chosen = Token.objects.filter(pk=number_of(request.POST.get("revoke", "")))
        tokens.revoke(chosen, person_of(request))
        return HttpResponseRedirect("/people/tokens")
    if "format" in request.GET:
        columns = (
            Column[Token]("person", _("Name"), lambda row: row.person.name),
            Column[Token]("token", _("For what it is"), lambda row: row.name),
            Column[Token]("scopes", _("What a program may do with it"), lambda row: row.scopes),
            Column[Token]("ends", _("Its last day"), lambda row: row.ends),
            Column[Token]("used", _("Used last"), lambda row: row.used),
        )
        return as_file(request, Table("tokens", _("Tokens"), columns, tokens.everyones()))
    return shown(request, "all_tokens.j2", {"tokens": [_shown(one) for one in tokens.everyones()]})


def _shown(token: Token) -> dict[str, Any]:
    return {"is": token, "scopes": [scope_words(Scope(one)) for one in token.scopes]}
