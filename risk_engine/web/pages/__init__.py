"""The pages: each takes a request and whom and what it is about, and fills in a template of `templates/web`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jinja2
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.backends.utils import csrf_input
from django.template.loader import get_template
from markupsafe import Markup

from risk_engine.files.language import _, current, name_of, ngettext, spoken_by
from risk_engine.report.sandbox import Sentences
from risk_engine.report.wording import day
from risk_engine.version import __version__
from risk_engine.web import cases
from risk_engine.web.models import Case, Person
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
    made.globals |= {"name_of": name_of, "spoken_by": spoken_by, "lang_of": lang_of}
    made.globals |= {"spoken": current, "day": day, "clock": clock, "version": __version__}
    return made


def lang_of(case: Case, text: str) -> Markup:
    """Return the attribute that says in which language a text of the criteria stands, where that is not the page's."""
    rules = cases.rules(case)
    return Markup(' lang="{}"').format(rules.head.language) if text in cases.as_written(case) else Markup()


def clock(at: datetime) -> str:
    """Return what a clock on the wall shows: of another day the day too."""
    here = at.astimezone()
    return f"{here:%H:%M}" if here.date() == datetime.now(UTC).astimezone().date() else f"{here:%Y-%m-%d %H:%M}"


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
