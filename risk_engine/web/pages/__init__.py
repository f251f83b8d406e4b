"""The pages: each takes a request and whom and what it is about, and fills in a template of `templates/web`."""

from collections.abc import Mapping
from typing import Any

import jinja2
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.backends.utils import csrf_input
from django.template.loader import get_template

from risk_engine.files.language import _, current, ngettext
from risk_engine.report.sandbox import Sentences
from risk_engine.report.wording import day
from risk_engine.version import __version__
from risk_engine.web.models import Person
from risk_engine.web.rights import may
from risk_engine.web.wording import wait_words


def environment(**options: Any) -> jinja2.Environment:
    """Return what templates are filled in with: everything escaped, a name that is not given is an error."""
    made = jinja2.Environment(  # noqa: S701 (it is set below)
        **{
            **options,
            "autoescape": True,
            "undefined": jinja2.StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "extensions": [Sentences],
        }
    )
    made.policies["ext.i18n.trimmed"] = True
    made.globals |= {"_": _, "gettext": _, "ngettext": ngettext}
    made.globals |= {"spoken": current, "day": day, "version": __version__}
    return made


def shown(request: HttpRequest, template: str, facts: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Return a page: a template, what it is given, and what every page has."""
    person = request.user
    is_admin = isinstance(person, Person) and may(person, "people")
    given = {
        "person": person,
        "is_admin": is_admin,
        "csrf": csrf_input(request),
        "csrf_token": get_token(request),
        **facts,
    }
    return HttpResponse(get_template(template).render(given, request), status=status)


def too_many(
    request: HttpRequest, seconds: int, template: str = "problem.j2", facts: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Answer that there were too many tries, and when the next one is let through."""
    told = wait_words(seconds)
    given = facts or {"title": _("Not now"), "told": told, "reason": ""}
    response = shown(request, template, {**given, "wrong": told}, status=429)
    response["Retry-After"] = str(seconds)
    return response
