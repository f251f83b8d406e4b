"""A form that came when its sender was signed out, or was signed in anew meanwhile: it is kept, shown, and sent again.

Only forms of our own pages are: what another site sends is neither kept nor offered. A form is offered to whom the page
belonged on which it was filled in, and to nobody else who signs in in that browser.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods

from risk_engine.engine.replay import read_of
from risk_engine.files.language import _
from risk_engine.web import questions
from risk_engine.web.models import Person
from risk_engine.web.notes import is_about
from risk_engine.web.pages import WHOSE, shown, whose
from risk_engine.web.rights import cases_for

ADDRESS: Final = "/parked"
KEPT_FOR: Final = 30 * 60
"""Seconds."""
MOST: Final = 100_000
"""So many characters of one form are kept."""
MOST_FORMS: Final = 5
"""And so many forms of one browser, which may have several pages open."""
FRESH: Final = "X-Fresh-Token"
"""The header that gives a page the token of the new sign-in, so that its saved fields go on."""
_KEY: Final = "parked"
_NOT_KEPT: Final = frozenset({"csrfmiddlewaretoken", WHOSE, "proof", "credential", "password"})
"""Tokens, and what proves who somebody is."""
_UNSEEN: Final = frozenset({"then", "back", "do", "digest", "seen", "once", "name", "none"})
"""Fields that steer a form, and say nothing that somebody typed."""
_SECRET: Final = ("/account", "/people", "/setup")
"""Forms with passwords, and about people, are filled in again."""
_LOOKED_UP: Final = "/screening"
"""What somebody only looks up is kept nowhere."""

Fields = Sequence[Sequence[Any]]


def is_from_here(request: HttpRequest) -> bool:
    """Return whether a browser says that one of our own pages sent this."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()


def _fields(request: HttpRequest) -> Fields | None:
    """Return what a form of ours sent, None where there is nothing that may be kept."""
    if request.method != "POST" or not is_from_here(request):
        return None
    if request.path.startswith(_SECRET) or request.path == _LOOKED_UP:
        return None
    fields = [[name, values] for name, values in request.POST.lists() if name not in _NOT_KEPT]  # as a session has them
    return fields if sum(len(text) for _name, values in fields for text in values) <= MOST else None


def kept(request: HttpRequest) -> str | None:
    """Keep a form that came without a sign-in; return where it is offered after it, None where nothing was kept."""
    fields = _fields(request)
    if not fields or not whose(request):
        return None
    form = _form(request, fields)
    others = [one for one in _there(request) if (one["to"], one["fields"]) != (form["to"], form["fields"])]
    if len(others) == MOST_FORMS:
        return None
    request.session[_KEY] = [*others, form]
    return ADDRESS


def _form(request: HttpRequest, fields: Fields) -> dict[str, Any]:
    return {
        "of": whose(request),
        "to": request.get_full_path(),
        "fields": fields,
        "has_files": bool(request.FILES),
        "at": time.time(),
    }


def _there(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the forms that are kept and not too old."""
    return [one for one in request.session.get(_KEY, ()) if one["at"] + KEPT_FOR >= time.time()]


def offered_again(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a form with the token of an earlier sign-in: the form again, None where it is not ours."""
    fields = _fields(request)
    if fields is None or (whose(request) and whose(request) != request.user.pk):
        return None
    if "HX-Request" in request.headers:
        return HttpResponse(status=403, headers={FRESH: get_token(request)})
    return _page(request, [_form(request, fields)], 403)


@require_http_methods(["GET", "POST"])
def parked(request: HttpRequest) -> HttpResponse:
    """Offer to send what was kept; throw it away."""
    if request.method == "POST":
        request.session[_KEY] = [one for one in _there(request) if one["of"] != request.user.pk]
        return HttpResponseRedirect("/")
    forms = [one for one in _there(request) if one["of"] == request.user.pk]
    return _page(request, forms, 200) if forms else HttpResponseRedirect("/")


def _page(request: HttpRequest, forms: Sequence[dict[str, Any]], status: int) -> HttpResponse:
    rows = [{**one, "seen": _seen(one["fields"], _sight(request, one["to"]))} for one in forms]
    return shown(request, "parked.j2", {"forms": rows}, status)


def _sight(request: HttpRequest, to: str) -> questions.Sight | None:
    """Return the case to which a form goes, where whoever looks at it sees one."""
    number = to.removeprefix("/cases/").partition("/")[0]
    person = request.user
    case = cases_for(person).filter(number=number).first() if isinstance(person, Person) else None
    return questions.of_staff(case) if case is not None else None


def _seen(fields: Fields, sight: questions.Sight | None) -> list[tuple[str, str]]:
    """Return what somebody typed, under the words of its question or field."""
    return [
        _in_words(name, text, sight)
        for name, values in fields
        for text in values
        if text.strip() and name not in _UNSEEN and not name.startswith("base")
    ]


def _in_words(name: str, text: str, sight: questions.Sight | None) -> tuple[str, str]:
    if sight is None or "." not in name or not is_about(sight.record, name):
        return _called().get(name.partition(".")[0], ""), text
    asked = questions.asked_for(read_of(name), sight)
    return questions.title_of(sight.record, name), questions.in_words(replace(asked, sent=(text,)))


def _called() -> dict[str, str]:
    """Return what people call the fields in which they type freely."""
    return {
        "text": _("Note"),
        "note": _("Remark or reason"),
        "title": _("Title"),
        "question": _("Question"),
        "owner": _("Who sees to it"),
        "due": _("By which day"),
    }
