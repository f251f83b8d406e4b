"""The pages: each takes a request and whom and what it is about, and fills in a template of `templates/web`."""

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import jinja2
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.backends.utils import csrf_input
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from risk_engine.files.language import _, current, name_of, ngettext, pgettext, spoken_by
from risk_engine.report.sandbox import Sentences
from risk_engine.report.wording import colon, day
from risk_engine.version import __version__
from risk_engine.web import cases
from risk_engine.web.models import Case, Person
from risk_engine.web.notices import Notices
from risk_engine.web.rights import may, remembered
from risk_engine.web.security import number_of
from risk_engine.web.wording import wait_words

WHOSE: Final = "whose"
"""The field of a form that says on whose page it stood."""


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
    made.globals |= {"_": _, "gettext": _, "ngettext": ngettext, "pgettext": pgettext}
    made.globals |= {"name_of": name_of, "spoken_by": spoken_by, "lang_of": lang_of, "marked": marked, "colon": colon}
    made.globals |= {"spoken": current, "day": day, "clock": clock, "once": once, "version": __version__}
    made.globals |= {"moment": moment, "notices": _notices}
    return made


def _notices() -> Notices:
    found: Notices = settings.NOTICES
    return found.here()


def lang_of(case: Case, text: str) -> SafeString:
    """Return the attribute that says in which language a text of the criteria stands, where that is not the page's."""
    rules = cases.rules(case)
    return format_html(' lang="{}"', rules.head.language) if text in cases.as_written(case) else SafeString()


def marked(case: Case, text: str) -> SafeString:
    """Return a text in which what the criteria say before or behind a colon is marked with its language, as `lang_of`.

    A text that they say as a whole is marked by the element around it.
    """
    parts = [text] if text in cases.as_written(case) else _COLON.split(text, maxsplit=1)
    if len(parts) == 1:
        return format_html("{}", text)
    return format_html_join("", "<span{}>{}</span>", ((lang_of(case, part), part) for part in parts))


_COLON: Final = re.compile(r"(\s?: )")
_ONCE: Final = re.compile(r"[\w-]{20,40}")


def once() -> str:
    """Return what names a form of a page that is loaded, so that the same one sent twice does something once."""
    return secrets.token_urlsafe(24)


def once_of(request: HttpRequest) -> str:
    """Return which form was sent, nothing where that is not said."""
    sent = request.POST.get("once", "")
    return sent if _ONCE.fullmatch(sent) else ""


def clock(at: datetime) -> str:
    """Return what a clock on the wall shows: of another day the day too."""
    here = at.astimezone()
    return f"{here:%H:%M}" if here.date() == datetime.now(UTC).astimezone().date() else moment(at)


def moment(at: datetime) -> str:
    """Return a day, as people write it, with its time."""
    here = at.astimezone()
    return f"{day(here.date())}, {here:%H:%M}"


def shown(request: HttpRequest, template: str, facts: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Return a page: a template, what it is given, and what every page has."""
    person = request.user
    with remembered():  # after what was written
        is_admin = isinstance(person, Person) and may(person, "people")
        is_private = isinstance(person, Person) and may(person, "privacy")
        sees_cases = isinstance(person, Person) and may(person, "see")
        exchanges = isinstance(person, Person) and may(person, "exchange")
        may_screen = isinstance(person, Person) and may(person, "screen")
        may_read_criteria = isinstance(person, Person) and may(person, "criteria")
    given = {
        "person": person,
        "is_admin": is_admin,
        "sees_cases": sees_cases,
        "is_private": is_private,
        "exchanges": exchanges,
        "may_screen": may_screen,
        "may_read_criteria": may_read_criteria,
        "csrf": csrf_input(request) + whose_input(person),
        "csrf_token": get_token(request),
        **facts,
    }
    return HttpResponse(get_template(template).render(given, request), status=status)


def whose_input(person: object) -> SafeString:
    """Return the field that says whose page a form stands on, where somebody is signed in."""
    signed = Signer(salt=WHOSE).sign(f"{person.pk}") if isinstance(person, Person) else ""
    return format_html('<input type="hidden" name="{}" value="{}">', WHOSE, signed) if signed else SafeString("")


def whose(request: HttpRequest) -> int:
    """Return on whose page a form was filled in, 0 where that is not said."""
    try:
        return number_of(Signer(salt=WHOSE).unsign(request.POST.get(WHOSE, "")))
    except BadSignature:
        return 0


def too_many(
    request: HttpRequest, seconds: int, template: str = "problem.j2", facts: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Answer that there were too many tries, and when the next one is let through."""
    told = wait_words(seconds)
    given = facts or {"title": _("Not now"), "told": told, "reason": ""}
    response = shown(request, template, {**given, "wrong": told}, status=429)
    response["Retry-After"] = str(seconds)
    return response
